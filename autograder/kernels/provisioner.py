"""How Jupyter asks for warm and for sandboxed kernels: two kernel provisioners (entry points in pyproject.toml).

They replace one step of jupyter_client's own `LocalProvisioner`, the start of the process. So all of Jupyter's tools
can use them, and where a warm kernel cannot be had, the ordinary one of the same kernelspec starts in its place.
"""

from __future__ import annotations

import asyncio
import json
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning import LocalProvisioner

from autograder.errors import KernelServerError, SandboxError, SubmissionError
from autograder.judge.channel import VARIABLE
from autograder.limits import Limits

if sys.platform == "linux":  # elsewhere there is nothing to fork from: ordinary kernels only
    from autograder.kernels import server
    from autograder.kernels.sandbox import CHANNELS, listen, variables
    from autograder.kernels.supervisor import send

LAUNCHER = ["-m", "ipykernel_launcher"]
PAUSE = 0.01  # seconds between looks at a kernel that is to end
LINGER = 0.15  # seconds; for 0.1 of them a manager's closed socket still delivers what it was given
SEND_TIME = 5000  # milliseconds; a kernel that has spoilt its own sockets takes no message at all
MAX_MESSAGE, MAX_QUEUE = 16 << 20, 128  # bytes, messages; what a sandboxed kernel sends beyond is lost


def unavailable(python: str = sys.executable) -> str | None:
    """Tell why kernels of a Python cannot be forked here, or None if they can."""
    if sys.platform != "linux":
        return f"forking after TensorFlow is imported works on Linux only, this is {sys.platform}"
    same = [(path.parent.resolve(), path.resolve()) for path in (Path(python), Path(sys.executable))]
    if same[0] != same[1]:  # links to one Python in two places are two environments
        return f"the kernel's Python is {python}, this program runs in {sys.executable}"
    return None


class KernelProcess:
    """A kernel that a supervisor looks after; does what Jupyter needs of `subprocess.Popen`.

    Attributes:
        pid: the kernel's process number, for a sandboxed one that of its sandbox.
        returncode: None while it runs; negative: the signal that ended it.
        cause: ``"memory"`` if it was ended for using too much, ``"output"`` for sending too much, else None.
    """

    stdin = stdout = stderr = None

    def __init__(self, connection: socket.socket) -> None:
        """Take over a connection on which a request was sent; wait until the kernel runs.

        Raises:
            ConnectionError: when the server or the supervisor went away.
            KernelServerError: when the kernel cannot be started; with the reason.
            SubmissionError: when that is the fault of the files it was to start with.
        """
        self._lock = threading.Lock()  # Jupyter may wait in a thread while its loop asks
        self.returncode: int | None = None
        self.cause: str | None = None
        self._connection = connection
        self._unread = b""
        started = self._read(None)
        if started is None or "error" in started:
            connection.close()
            if started is None:
                raise ConnectionError("the supervisor of the kernel ended")
            raise (SubmissionError if "submission" in started else KernelServerError)(started["error"])
        self.pid: int = started["pid"]

    def _read(self, seconds: float | None) -> dict[str, Any] | None:
        """Read one line of the supervisor's, or give None if it says nothing in time or is gone."""
        end = None if seconds is None else time.monotonic() + seconds
        while b"\n" not in self._unread:
            left = None if end is None else max(0.0, end - time.monotonic())
            if not select.select([self._connection], [], [], left)[0]:
                return None
            try:
                part = self._connection.recv(4096)
            except OSError:
                part = b""
            if not part:
                self.returncode = -signal.SIGKILL  # the supervisor was killed, and the kernel with it
                return None
            self._unread += part
        line, self._unread = self._unread.split(b"\n", 1)
        return dict(json.loads(line))

    def poll(self) -> int | None:
        """Give the exit status, or None while the kernel runs."""
        with self._lock:
            if self.returncode is None and (said := self._read(0)):
                self.returncode, self.cause = said["exit"], said["cause"]
            if self.returncode is not None:
                self._connection.close()
            return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the kernel's end and give its exit status.

        Raises:
            subprocess.TimeoutExpired: when it still runs after ``timeout`` seconds.
        """
        end = None if timeout is None else time.monotonic() + timeout
        while (code := self.poll()) is None:
            if end is not None and time.monotonic() > end:
                raise subprocess.TimeoutExpired("kernel", timeout or 0)
            time.sleep(PAUSE)
        return code

    def send_signal(self, number: int) -> None:
        """Signal the kernel and all that it started and that is still in its process group."""
        if self.poll() is None:
            try:
                self._connection.sendall(bytes([number]))
            except OSError:
                self.poll()  # it ended just now

    def terminate(self) -> None:
        """Ask the kernel to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End the kernel."""
        self.send_signal(signal.SIGKILL)


class _Provisioner(LocalProvisioner):  # type: ignore[misc]
    """What both kinds share: kernels that a supervisor looks after."""

    process: Any

    async def wait(self) -> int | None:
        """Wait for the kernel's end, looking more often than the ten times a second of jupyter_client's."""
        while self.process and self.process.poll() is None:
            await asyncio.sleep(PAUSE)
        return await super().wait()  # type: ignore[no-any-return]

    async def cleanup(self, restart: bool = False) -> None:
        """Let a shutdown request that a dead kernel never read expire: its successor listens soon enough to get it."""
        await super().cleanup(restart)
        if restart:
            await asyncio.sleep(LINGER)


class WarmProvisioner(_Provisioner):
    """Starts kernels that have TensorFlow imported, or ordinary ones where that is not to be had."""

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Start a kernel for a kernelspec's command line.

        ``kwargs`` are those of `subprocess.Popen`, ``channel``: an open file that the kernel gets, see
        `autograder.judge.channel`, and ``processors``: numbers of those that it may run on (an ordinary one: on all).
        """
        why, channel = unavailable(cmd[0]), kwargs.pop("channel", None)
        processors = kwargs.pop("processors", [])
        if cmd[1:3] != LAUNCHER:
            why = f"the kernelspec's command is not python {' '.join(LAUNCHER)}"
        elif {subprocess.PIPE, subprocess.STDOUT} & {kwargs.get("stdout"), kwargs.get("stderr")}:
            why = "its output was asked for through a pipe, or both outputs as one"
        if why is None:
            try:
                await asyncio.to_thread(self._launch, cmd[3:], kwargs, channel, processors)
            except KernelServerError as error:
                why = str(error)
            else:
                self.pid, self.cwd = self.process.pid, kwargs.get("cwd", Path.cwd())
                return self.connection_info
        self.log.warning("No warm kernel: %s. An ordinary one starts; importing TensorFlow takes longer.", why)
        if channel is not None:
            kwargs["env"] = {**(kwargs.get("env") or os.environ), VARIABLE: str(channel)}
            kwargs["pass_fds"] = [channel]
        return await super().launch_kernel(cmd, **kwargs)

    def _launch(self, arguments: list[str], kwargs: dict[str, Any], channel: int | None, processors: list[int]) -> None:
        request: dict[str, Any] = {
            "arguments": arguments,
            "variables": dict(kwargs.get("env") or os.environ),
            "cwd": str(Path(kwargs.get("cwd") or Path.cwd()).resolve()),
            "processors": processors,
            "has_channel": channel is not None,
        }
        outputs = [_file(kwargs.get("stdout"), 1), _file(kwargs.get("stderr"), 2)]
        try:
            self.process = _start(request, outputs + _given(channel), request["variables"])
        finally:
            for output in outputs:
                os.close(output)


def _file(wanted: Any, default: int) -> int:
    """Open what a keyword of Popen's stands for, as a descriptor of our own."""
    if wanted == subprocess.DEVNULL:
        return os.open(os.devnull, os.O_WRONLY)
    if wanted is None:
        return os.dup(default)
    return os.dup(wanted if isinstance(wanted, int) else wanted.fileno())


def _given(file: int | None) -> list[int]:
    return [] if file is None else [file]


def _start(request: dict[str, Any], files: list[int], variables: Mapping[str, str]) -> KernelProcess:
    for attempt in (1, 2):  # a server may end, unused for long enough, just when it is asked
        connection = server.connect(variables)
        try:
            send(connection, request, files)
            return KernelProcess(connection)
        except OSError as error:
            connection.close()
            if attempt == 2:
                raise KernelServerError(f"the fork server went away: {error}") from None
    raise AssertionError("not reached")


class SandboxProvisioner(_Provisioner):
    """Starts kernels for untrusted notebooks: warm, in a sandbox, or not at all."""

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        """Choose how the kernel is talked to: through files that it has no path to."""
        manager = self.parent
        manager.transport = "ipc"
        manager.transport_encryption = "disabled"  # nobody else can reach those files
        if not self._folder.is_dir():
            self._folder.mkdir(mode=0o700)
        manager.ip = str(self._folder / "s")
        for number, channel in enumerate(CHANNELS, 1):
            setattr(manager, f"{channel}_port", number)
        manager.context.maxmsgsize, manager.context.rcvhwm = MAX_MESSAGE, MAX_QUEUE
        manager.context.sndtimeo = SEND_TIME
        return dict(await super().pre_launch(**kwargs))

    @property
    def _folder(self) -> Path:
        return server.folder() / str(self.kernel_id)[:8]

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Start a kernel in a sandbox.

        Of ``kwargs`` these count: ``cwd``, whose files it gets a copy of, ``limits``, and ``channel`` and
        ``processors``, see `WarmProvisioner`.

        Raises:
            SandboxError: when a layer of the sandbox cannot be had.
        """
        why = unavailable(cmd[0])
        if why:
            raise SandboxError(f"Untrusted notebooks cannot be confined here: {why}. See `autograder doctor`.")
        try:
            await asyncio.to_thread(self._launch, cmd[5:], kwargs)  # what follows -f and its file
        except KernelServerError as error:
            raise SandboxError(
                f"Untrusted notebooks cannot be confined here: {error}. See `autograder doctor`."
            ) from None
        self.pid = self.process.pid
        return self.connection_info

    def _launch(self, arguments: list[str], kwargs: dict[str, Any]) -> None:
        limits, channel = kwargs.get("limits") or Limits(), kwargs.get("channel")
        info = {
            name: value.decode() if isinstance(value, bytes) else value for name, value in self.connection_info.items()
        }
        self._folder.mkdir(mode=0o700, exist_ok=True)
        for left in self._folder.iterdir():
            left.unlink()
        sockets = listen(str(self._folder / "s"))
        null = os.open(os.devnull, os.O_WRONLY)
        request: dict[str, Any] = {
            "arguments": arguments,
            "variables": variables(limits),
            "cwd": str(Path(kwargs.get("cwd") or Path.cwd()).resolve()),
            "limits": limits.model_dump(),
            "connection": info,
            "sockets": str(self._folder),
            "processors": kwargs.get("processors", []),
            "has_channel": channel is not None,
        }
        try:
            self.process = _start(request, [null, null, *sockets, *_given(channel)], server.neutral(os.environ))
        finally:
            for file in [null, *sockets]:
                os.close(file)

    async def cleanup(self, restart: bool = False) -> None:
        """Remove the sockets' folder."""
        await super().cleanup(restart)
        if not restart:
            shutil.rmtree(self._folder, ignore_errors=True)

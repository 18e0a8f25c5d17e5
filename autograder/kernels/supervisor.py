"""The small process beside each kernel. It starts the kernel, passes signals on, and ends it when nobody wants it.

A connection to the fork server is a kernel's lifetime: first a request with open files, then single bytes, each a
signal for the kernel. The answers are JSON lines: ``{"pid": 12}`` when the kernel runs or ``{"error": "..."}`` when it
cannot be started, and at the end ``{"exit": -9, "cause": "..."}``. When the connection closes, whatever the reason, the
kernel is killed; when the supervisor is killed, the operating system kills the kernel.
"""

from __future__ import annotations

import ctypes
import itertools
import json
import logging
import os
import random
import select
import shutil
import signal
import socket
import struct
import sys
import threading
import traceback
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, NoReturn

from autograder.judge.channel import VARIABLE

MAX_REQUEST = 4 << 20  # bytes; the environment's variables are most of it
POLL = 0.1  # seconds between looks at a sandboxed kernel's memory
LIBC = ctypes.CDLL(None, use_errno=True)
PR_SET_PDEATHSIG = 1


@dataclass(frozen=True)
class Request:
    """What a client wants to be started.

    Attributes:
        arguments: of the ordinary kernel's command line, after ``python -m ipykernel_launcher``.
        variables: all environment variables of the kernel.
        cwd: the folder it starts in; a sandboxed one gets a copy of its files.
        limits: None for a kernel that is trusted, else the sandbox's limits (`autograder.limits.Limits`).
        connection: for a sandboxed kernel, the content of its connection file.
        sockets: for a sandboxed kernel, the folder of its sockets; removed at the end.
        processors: numbers of those that it may run on; none: all.
        has_channel: whether the last of the open files is a channel to another kernel (`autograder.judge.channel`).
    """

    arguments: list[str]
    variables: dict[str, str]
    cwd: str
    limits: dict[str, Any] | None = None
    connection: dict[str, Any] | None = None
    sockets: str | None = None
    processors: list[int] = field(default_factory=list)
    has_channel: bool = False


def send(connection: socket.socket, request: dict[str, Any], files: list[int]) -> None:
    """Send a request and open files, as `receive` reads them."""
    text = json.dumps(request).encode()
    socket.send_fds(connection, [struct.pack("!I", len(text))], files)
    connection.sendall(text)


def receive(connection: socket.socket) -> tuple[Request, list[int]]:
    """Read a request and its open files.

    Raises:
        ConnectionError: when the client went away, or sent what is no request.
    """
    head, files, _, _ = socket.recv_fds(connection, 4, 16)
    if len(head) < 4 or (length := struct.unpack("!I", head)[0]) > MAX_REQUEST:
        raise ConnectionError("not a request for a kernel")
    text = bytearray()
    while len(text) < length:
        part = connection.recv(length - len(text))
        if not part:
            raise ConnectionError("the client went away")
        text += part
    return Request(**json.loads(text)), list(files)


def supervise(connection: socket.socket) -> int:
    """Serve one connection to its end. Runs in a fork of the server; returns its exit status."""
    try:
        request, files = receive(connection)
    except ConnectionError:
        return 1
    try:
        with connection:
            _serve(connection, request, files)
    finally:
        if request.sockets:
            shutil.rmtree(request.sockets, ignore_errors=True)
    return 0


def _serve(connection: socket.socket, request: Request, files: list[int]) -> None:
    if request.processors:
        os.sched_setaffinity(0, request.processors)  # this process too: it looks at all that the kernel starts
    reports, report = os.pipe()
    if request.limits is None:
        parent = os.pidfd_open(os.getpid())
        pid = os.fork()
        if pid == 0:
            os.setsid()
            end_with_parent(parent)
            become_kernel(request, files, report)
    else:
        from autograder.kernels import sandbox
        from autograder.limits import Limits

        pid = sandbox.fork(Limits(**request.limits), request, files, report)
    os.close(report)
    for file in files:
        os.close(file)
    with open(reports, "rb", buffering=0) as pipe:
        said = json.loads(_line(pipe) or '{"error": "the kernel ended before it was ready"}')
        _tell(connection, {"pid": pid, **said})
        watch = None
        if request.limits is not None:
            client = struct.unpack("3i", connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))[0]
            watches = sandbox.memory_watch(pid, request.limits["memory"]), sandbox.client_watch(client)
            watch = lambda: next(filter(None, (look() for look in watches)), None)  # noqa: E731
        exit_code, cause = _attend(connection, pid, watch)
        rest = _line(pipe)  # the first process of a sandbox tells how the kernel in it ended
    if rest and cause is None:
        exit_code = json.loads(rest)["exit"]
    _tell(connection, {"exit": exit_code, "cause": cause})


def _line(pipe: Any) -> bytes:
    line = b""
    while not line.endswith(b"\n") and (byte := pipe.read(1)):
        line += byte
    return line


def _tell(connection: socket.socket, what: dict[str, Any]) -> None:
    with suppress(OSError):  # nobody is there any more who would want to know
        connection.sendall(json.dumps(what).encode() + b"\n")


def _attend(connection: socket.socket, pid: int, watch: Any) -> tuple[int, str | None]:
    """Pass signals on until the kernel ends; end it when the client is gone or it takes too much memory."""
    ended = os.pidfd_open(pid)
    poll = select.poll()
    poll.register(ended, select.POLLIN)
    poll.register(connection, select.POLLIN)
    cause = None
    while True:
        ready = {file for file, _ in poll.poll(None if watch is None else 1000 * POLL)}
        if ended in ready:
            os.close(ended)
            return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), cause
        if connection.fileno() in ready:
            numbers = _signals(connection)
            if not numbers:
                poll.unregister(connection)
            for number in numbers or [signal.SIGKILL]:
                _signal(pid, number, sandboxed=watch is not None)
        if cause is None and watch is not None and (cause := watch()):
            os.kill(pid, signal.SIGKILL)


def _signals(connection: socket.socket) -> bytes:
    try:
        return connection.recv(64)
    except OSError:
        return b""


def _signal(pid: int, number: int, *, sandboxed: bool) -> None:
    """Signal the kernel and what it started, as Jupyter does; a sandbox's first process does that for its kernel."""
    if sandboxed:
        os.kill(pid, number)
        return
    try:
        os.killpg(pid, number)
    except (ProcessLookupError, PermissionError):
        os.kill(pid, number)


def end_with_parent(parent: int) -> None:
    """Have the operating system kill this process when its parent ends.

    Args:
        parent: a descriptor of the parent, as of `os.pidfd_open`: it may have ended just now.
    """
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if select.select([parent], [], [], 0)[0]:
        os._exit(1)


def become_kernel(request: Request, files: list[int], report: int) -> NoReturn:
    """Turn this fork into an IPython kernel.

    Args:
        request: what was asked for.
        files: standard output and standard error, then listening sockets for a sandboxed kernel's five channels.
        report: a pipe to say when clients can connect; closed.
    """
    status = 1
    try:
        _redirect(files[:2])
        keep = files[2:]
        os.environ.clear()
        os.environ.update(request.variables)
        if request.has_channel:
            os.environ[VARIABLE] = str(keep[-1])
        os.chdir(request.cwd)
        _reseed()
        _close_all_but({0, 1, 2, report, *keep})
        if request.limits is not None:  # its sockets listen already
            os.write(report, b"{}\n")
            os.close(report)
        status = _run(request, keep, report)
    except SystemExit as stop:
        status = stop.code if isinstance(stop.code, int) else int(stop.code is not None)
    except BaseException:  # noqa: BLE001  (nothing of a fork may run on as if it were the server)
        traceback.print_exc()
        sys.stderr.flush()
    finally:
        _exit(status)


def _redirect(outputs: list[int]) -> None:
    null = os.open(os.devnull, os.O_RDWR)
    for target, source in enumerate([null, *outputs]):
        os.dup2(source, target)


def _close_all_but(keep: set[int]) -> None:
    edges = [-1, *sorted(keep), os.sysconf("SC_OPEN_MAX")]
    for low, high in itertools.pairwise(edges):
        if low + 1 < high:  # of an empty range Python closes everything
            os.closerange(low + 1, high)


def _reseed() -> None:
    """Give each kernel random numbers of its own; Python's module does so by itself, NumPy's does not."""
    random.seed()
    if numpy := sys.modules.get("numpy"):
        numpy.random.seed()


def _run(request: Request, sockets: list[int], report: int) -> int:
    import matplotlib as mpl

    from autograder.kernels.kernelapp import SandboxedKernelApp, WarmKernelApp

    mpl.rcParams["backend"] = request.variables.get("MPLBACKEND") or mpl.rcParams["backend"]
    application: Any  # parent_handle 1: do not look for a parent, we do that
    if request.limits is None:
        application = WarmKernelApp.instance(parent_handle=1, report=report)
    else:
        application = SandboxedKernelApp.instance(parent_handle=1, channels=sockets)
    sys.argv = ["ipykernel_launcher.py", *request.arguments]
    known = [reference() for reference in logging._handlerList]  # type: ignore[attr-defined]
    application.initialize(request.arguments)
    streams = {sys.__stdout__: sys.stdout, sys.__stderr__: sys.stderr}
    for handler in known:  # of modules that were imported before there was a notebook to write to
        if isinstance(handler, logging.StreamHandler) and handler.stream in streams:
            handler.setStream(streams[handler.stream])
    application.start()
    return 0


def _exit(status: int) -> NoReturn:
    """End as an interpreter would: run what was registered for the end, flush, go."""
    import atexit

    try:
        threading._shutdown()  # type: ignore[attr-defined]  # waits for threads that are no daemons
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(status)

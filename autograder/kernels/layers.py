"""Is the sandbox tight? Each layer is tried: what must fail inside is done inside, and outside, where it must succeed.

`doctor` shows the result; `grade` refuses to run untrusted notebooks where a required layer is missing. All this runs
in a process of its own: python -m autograder.kernels.layers
"""

from __future__ import annotations

import errno
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

from autograder.errors import SandboxError

MIB = 1 << 20
SMALL = {"memory": 64 * MIB, "disk": 8 * MIB, "file_size": 4 * MIB, "processes": 32, "open_files": 64}
USER_NAMESPACES = (
    "Allow user namespaces: in a container, start it so (podman does; docker: --security-opt seccomp=unconfined); "
    "on Ubuntu: sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0. Or grade as root: the kernels will not be."
)


@dataclass(frozen=True)
class Layer:
    """One layer of the sandbox and what came of trying it."""

    name: str
    why: str
    mend: str
    required: bool = True
    active: bool = False
    seen: str = ""
    """What happened, where it is not as it should be."""
    tries: tuple[str, ...] = field(default=(), repr=False)


LAYERS = (
    Layer(
        "files",
        "without it a submission reads solutions, grades and your home folder",
        USER_NAMESPACES,
        tries=("read_secret", "write_outside", "connect_to_file"),
    ),
    Layer(
        "processes",
        "without it a submission ends other programs, looks into them, and leaves some behind",
        USER_NAMESPACES,
        tries=("signal_outside", "see_outside"),
    ),
    Layer(
        "network",
        "without it a submission sends its tests away, or takes part in something",
        USER_NAMESPACES,
        tries=("connect_to_port", "connect_to_abstract"),
    ),
    Layer(
        "limits",
        "without them one submission takes the machine's memory, disk or processes",
        "These need nothing but Linux; please report this.",
        tries=("much_memory", "much_disk", "large_file", "many_threads", "many_files"),
    ),
    Layer(
        "privileges",
        "without it an error in Linux is easier to use against you",
        USER_NAMESPACES,
        tries=("capable", "new_user_namespace"),
    ),
    Layer(
        "calls",
        "without it shared memory escapes the limits, and rare system calls are open to attack",
        "Install libseccomp: apt install libseccomp2, dnf install libseccomp; and run `make`.",
        tries=("hidden_memory", "virtual_socket"),
    ),
    Layer(
        "landlock",
        "a second wall behind files, should the first one leak",
        "Needs Linux 6.12 or newer with Landlock among its security modules (cat /sys/kernel/security/lsm).",
        required=False,
        tries=("write_in_proc",),
    ),
)


ELSEWHERE = "Grade on Linux: on a machine that has it, in a virtual machine or a container, on Windows in WSL."


@cache
def probe() -> tuple[Layer, ...]:
    """Try each layer on this machine.

    Returns:
        The layers, with what came of it.
    """
    if sys.platform != "linux":
        return tuple(replace(layer, seen=f"needs Linux, this is {sys.platform}", mend=ELSEWHERE) for layer in LAYERS)
    run = subprocess.run(  # noqa: S603
        [sys.executable, "-m", __name__], capture_output=True, text=True, timeout=60, check=False
    )
    try:
        found = json.loads(run.stdout)
    except json.JSONDecodeError:
        found = {"error": (run.stderr.strip().splitlines() or ["the tries ended without a word"])[-1]}
    if "error" in found:
        return tuple(replace(layer, seen=found["error"]) for layer in LAYERS)
    return tuple(_judge(layer, found["outside"], found["inside"]) for layer in LAYERS)


def require() -> None:
    """Make sure that untrusted notebooks can be confined on this machine.

    Raises:
        SandboxError: names the layers that are missing and how to get them.
    """
    missing = [layer for layer in probe() if layer.required and not layer.active]
    if missing:
        names = ", ".join(layer.name for layer in missing)
        raise SandboxError(
            f"Submissions cannot be confined here, so they are not run. Missing: {names} ({missing[0].seen}). "
            f"{missing[0].mend} `autograder doctor` shows each layer. If you trust every submission: --no-sandbox."
        )


NOT_THERE = "not there: "  # nobody need be kept from what this kernel does not have
NONE_SUCH = {errno.EAFNOSUPPORT, errno.EPROTONOSUPPORT, errno.ESOCKTNOSUPPORT, errno.ENOSYS}


def _judge(layer: Layer, outside: dict[str, str], inside: dict[str, str]) -> Layer:
    wrong = [f"{name.replace('_', ' ')} works inside" for name in layer.tries if not inside[name]]
    denied = {name: why for name, why in outside.items() if why and not why.startswith(NOT_THERE)}
    wrong += [f"{name.replace('_', ' ')} fails outside too: {denied[name]}" for name in layer.tries if name in denied]
    return replace(layer, active=not wrong, seen="; ".join(wrong))


class Tries:
    """Things that must fail inside; each raises OSError, MemoryError or RuntimeError where it does."""

    def __init__(self, folder: Path) -> None:
        """Prepare what is tried: a secret, listeners, a process, all outside."""
        self.folder = folder
        self.secret = folder / "secret"
        self.secret.write_text("secret")
        self.file_listener = _listener(str(folder / "listener"))
        self.abstract = f"\0course-kernels-{os.getpid()}"
        self.abstract_listener = _listener(self.abstract)
        self.port_listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.port_listener.getsockname()[1]
        self.outsider = os.getpid()

    def read_secret(self) -> None:
        """Read a file of the grader's."""
        self.secret.read_text()

    def write_outside(self) -> None:
        """Write a file where the grader's are."""
        (self.folder / "written").write_text("here")

    def connect_to_file(self) -> None:
        """Talk to a server of the machine's, as to a database."""
        _connect(str(self.folder / "listener"))

    def connect_to_abstract(self) -> None:
        """Talk to a server that has no file, as the desktop's bus."""
        _connect(self.abstract)

    def connect_to_port(self) -> None:
        """Talk to a server of the machine's through the network."""
        socket.create_connection(("127.0.0.1", self.port), timeout=2).close()

    def signal_outside(self) -> None:
        """Signal a process of the grader's: nought, which only asks whether one could. Inside, the number is free."""
        os.kill(self.outsider, 0)

    def see_outside(self) -> None:
        """See that process."""
        if not Path(f"/proc/{self.outsider}").exists():
            raise FileNotFoundError(f"/proc/{self.outsider}")

    def much_memory(self) -> None:
        """Take twice the memory that is allowed."""
        bytearray(2 * SMALL["memory"])

    def much_disk(self) -> None:
        """Write twice what is allowed, in small files."""
        with tempfile.TemporaryDirectory() as folder:
            for number in range(2 * SMALL["disk"] // MIB):
                Path(folder, str(number)).write_bytes(bytes(MIB))

    def large_file(self) -> None:
        """Write a file of more than is allowed for one, but less than for all."""
        with tempfile.TemporaryFile(buffering=0) as file:
            if file.write(bytes(SMALL["file_size"] + MIB)) <= SMALL["file_size"]:
                raise OSError("cut short")

    def many_threads(self) -> None:
        """Start more threads than are allowed."""
        stop = threading.Event()
        threads = [threading.Thread(target=stop.wait) for _ in range(SMALL["processes"] + 1)]
        started = []
        try:
            for thread in threads:
                thread.start()
                started.append(thread)
        finally:
            stop.set()
            for thread in started:
                thread.join()

    def many_files(self) -> None:
        """Open more files than are allowed."""
        files: list[int] = []
        try:
            files.extend(os.open(os.devnull, os.O_RDONLY) for _ in range(SMALL["open_files"] + 1))
        finally:
            for file in files:
                os.close(file)

    def capable(self) -> None:
        """Have a way to more rights: a capability, or programs that give some."""
        status = dict(
            line.split(":\t", 1) for line in Path("/proc/self/status").read_text().splitlines() if ":\t" in line
        )
        if int(status["CapEff"], 16) == 0 and status["NoNewPrivs"].strip() == "1" and os.geteuid() != 0:
            raise PermissionError("none")

    def new_user_namespace(self) -> None:
        """Be root in a namespace of its own."""
        from autograder.kernels.filters import CLONE_NEWUSER
        from autograder.kernels.syscalls import LIBC

        child = os.fork()
        if child == 0:
            os._exit(LIBC.unshare(CLONE_NEWUSER) != 0)
        if os.waitpid(child, 0)[1]:
            raise PermissionError("unshare")

    def hidden_memory(self) -> None:
        """Have memory that counts as nobody's."""
        os.close(os.memfd_create("hidden"))

    def virtual_socket(self) -> None:
        """Have a socket to the machine that this one runs on; where Linux knows none, another rare kind.

        Not every kernel has each, and some give a kind to root alone; the last two are there for everybody.
        """
        rare = (
            (socket.AF_VSOCK, socket.SOCK_STREAM, 0),
            (socket.AF_VSOCK, socket.SOCK_DGRAM, 0),
            (socket.AF_ALG, socket.SOCK_SEQPACKET, 0),
            (socket.AF_PACKET, socket.SOCK_DGRAM, 0),
            (socket.AF_NETLINK, socket.SOCK_RAW, 16),  # of whatever asks for it
            (socket.AF_NETLINK, socket.SOCK_RAW, 15),  # devices that come and go
        )
        for family, kind, protocol in rare:
            try:
                socket.socket(family, kind, protocol).close()
            except OSError as error:
                last = error
            else:
                return
        raise last

    def write_in_proc(self) -> None:
        """Write to a file that is no one's but that Linux offers for writing."""
        Path("/proc/self/comm").write_text("name")


def _listener(address: str) -> socket.socket:
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(address)
    listener.listen()
    return listener


def _connect(address: str) -> None:
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(address)


def attempt(tries: Tries) -> dict[str, str]:
    """Try everything; give for each what stopped it, or nothing."""
    found = {}
    for layer in LAYERS:
        for name in layer.tries:
            try:
                getattr(tries, name)()
                found[name] = ""
            except (OSError, MemoryError, RuntimeError) as error:
                missing = NOT_THERE * (getattr(error, "errno", None) in NONE_SUCH)
                found[name] = f"{missing}{type(error).__name__}: {error}"
    return found


def main() -> None:
    """Try outside, then inside, and print what happened as JSON."""
    from autograder.kernels import rootfs, sandbox
    from autograder.kernels.limits import Limits

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)
        tries = Tries(folder)
        found: dict[str, Any] = {"outside": attempt(tries)}
        work = folder / "work"
        work.mkdir()
        reports, report = os.pipe()

        def run() -> NoReturn:
            try:
                os.chdir(rootfs.WORK)
                os.environ["TMPDIR"] = tempfile.tempdir = str(rootfs.SCRATCH)
                os.write(report, json.dumps({"inside": attempt(tries)}).encode() + b"\n")
            finally:
                os._exit(0)

        limits = Limits.model_validate(SMALL)
        child = os.fork()
        if child == 0:
            first = sandbox.enter(limits, str(work), report, run)
            os.close(report)
            os._exit(os.waitpid(first, 0)[1] != 0)
        os.close(report)
        with os.fdopen(reports) as lines:
            for line in lines:
                found |= json.loads(line)
        os.waitpid(child, 0)
    found.setdefault("error", "the sandbox ended without a word") if "inside" not in found else None
    print(json.dumps(found))


if __name__ == "__main__":
    main()

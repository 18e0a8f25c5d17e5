"""The fork server: a process that has imported what takes long, and forks whenever somebody connects.

It never reads what is sent to it (the fork does), so nothing of one kernel's is in the memory of the next. One server
serves all programs of a user that run in the same environment; it is found by a socket whose name is a digest of
everything that a preloaded module depends on, so a changed environment simply finds no server and starts its own. A
server ends after ten minutes without a kernel (``KERNEL_SERVER_IDLE`` seconds), or when its socket is gone.

Linux only: it needs `fork` after TensorFlow is imported, which macOS does not allow and Windows does not have.
"""

from __future__ import annotations

import builtins
import fcntl
import gc
import hashlib
import importlib
import os
import resource
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
import traceback
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from autograder.errors import KernelServerError
from autograder.kernels import INLINE, rehearsal

PRELOAD = (
    "course_utils",  # first: it tells TensorFlow to be quiet
    "numpy",
    "pandas",
    "matplotlib.pyplot",
    "sklearn",
    "ipykernel.ipkernel",
    "ipykernel.kernelapp",
    # what a kernel imports while it starts, most of it for JupyterLab's debugger
    "ipykernel.debugger",
    "tornado.platform.asyncio",
    "sqlite3",
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.core.oinspect",
    "IPython.extensions.storemagic",
    "ipywidgets",
    "tensorflow",
    "keras",
    "course_utils.checks",
    "course_utils.plots",
    "course_utils.data",
    "autograder.kernels.sandbox",
    "autograder.kernels.kernelapp",
    "autograder.judge.agent",
    "autograder.judge.reference",
    "autograder.judge.standins",
)
"""Modules that every kernel starts with. They start no thread that a fork misses, run no TensorFlow operation."""

OPTIONAL = ("sandlock", "pyseccomp")  # a sandbox without them says so when it is asked for
PREFIXES = (
    *("TF_", "XLA_", "KERAS_", "CUDA_", "OMP_", "OPENBLAS_", "MKL_", "KMP_", "DNNL_", "ONEDNN_", "NPY_", "SCIPY_"),
    *("MPL", "MATPLOTLIB", "PYTHON", "LD_", "LC_", "XDG_"),
)
NAMES = ("HOME", "LANG", "TMPDIR", "TZ", "KERNEL_SERVER_IDLE")
MACHINE = (
    "PATH",
    "LD_LIBRARY_PATH",
    "OPENBLAS_CORETYPE",
    "OPENBLAS_L2_SIZE",
    "TMPDIR",
    "XDG_RUNTIME_DIR",
    "KERNEL_SERVER_IDLE",
)
"""Variables that say where things are on this machine and how its processor is to be used, and change no result."""
IDLE, ABANDONED = 600.0, 3600.0  # seconds
SHORT = "/tmp"  # noqa: S108  (a folder of ours in it)
LONGEST = 107  # characters of a socket's path
PACKAGES = Path(__file__).resolve().parents[2]


def environment(variables: Mapping[str, str]) -> dict[str, str]:
    """Pick the environment variables that modules may read while they are imported, and no others."""
    kept = {name: value for name, value in variables.items() if name.startswith(PREFIXES) or name in NAMES}
    return {"MPLBACKEND": INLINE, "PYDEVD_DISABLE_FILE_VALIDATION": "1", **kept}


def neutral(variables: Mapping[str, str]) -> dict[str, str]:
    """Give the variables for kernels in which marks are made: nothing of the grader's own settings may reach a mark.

    Not Keras' configuration (``channels_first`` makes right answers fail), nor Python's options (without asserts wrong
    ones pass), nor anything else below the home folder.
    """
    home = folder() / "home"
    home.mkdir(mode=0o700, exist_ok=True)
    return {name: variables[name] for name in MACHINE if name in variables} | {"HOME": str(home), "LANG": "C.UTF-8"}


def folder() -> Path:
    """Give this user's folder for sockets, made if need be.

    Raises:
        KernelServerError: when there is no place for it, somebody else made it, or others may write to it.
    """
    bases = [os.environ.get("XDG_RUNTIME_DIR") or "", tempfile.gettempdir(), SHORT]
    name = f"course-kernels-{os.getuid()}"
    longest = LONGEST - len(f"/{name}/0123456789abcdef.sock")
    fit = [base for base in bases if len(base) <= longest and os.access(base, os.W_OK | os.X_OK)]
    if not fit:
        raise KernelServerError(f"Sockets need a folder with a short path that can be written to; tried {bases}.")
    path = Path(fit[0]) / name
    try:
        path.mkdir(mode=0o700, exist_ok=True)
        found = path.lstat()
    except OSError as error:
        raise KernelServerError(f"The folder for sockets cannot be made: {error}") from None
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o022:
        raise KernelServerError(f"{path} is not a folder that only you can write to. Remove it and try again.")
    return path


def address(variables: Mapping[str, str]) -> Path:
    """Give the socket of the server for this environment: packages, this course's modules, variables, process limits.

    Kernels inherit the latter from their server: file mode mask, resource limits, niceness, processors.
    """
    inherited = [
        next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("Umask")),
        *(str(resource.getrlimit(getattr(resource, n))) for n in sorted(dir(resource)) if n.startswith("RLIMIT_")),
        str(os.nice(0)),
        str(sorted(os.sched_getaffinity(0))),
    ]
    sites = [Path(entry) for entry in sys.path if entry.endswith("-packages")]
    ours = [path for name in ("course_utils", "autograder") for path in (PACKAGES / name).rglob("*.py")]
    seen = [
        sys.executable,
        sys.version,
        *sorted(entry.name for site in sites if site.is_dir() for entry in site.glob("*-info")),
        *sorted(f"{path} {path.stat().st_mtime_ns}" for path in ours),
        *sorted(f"{name}={value}" for name, value in variables.items()),
        *inherited,
    ]
    return folder() / f"{hashlib.sha256(chr(0).join(seen).encode()).hexdigest()[:16]}.sock"


def connect(kernel: Mapping[str, str] | None = None) -> socket.socket:
    """Connect to the fork server of this environment; start it if there is none.

    Args:
        kernel: environment variables of the kernel that is wanted; this process' own by default.

    Returns:
        A connection on which a new supervisor waits for a request.

    Raises:
        KernelServerError: when the server does not start; says where its log is.
    """
    variables = environment(os.environ if kernel is None else kernel)
    path = address(variables)
    connection = _try(path)
    if connection is None:
        with path.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # of several that start at once, one starts the server
            connection = _try(path)
            if connection is None:
                _start(path, variables)
                connection = _try(path)
    if connection is None:
        raise KernelServerError(f"The fork server at {path} does not answer. Its log: {path.with_suffix('.log')}")
    return connection


def _try(path: Path) -> socket.socket | None:
    connection = socket.socket(socket.AF_UNIX)
    try:
        connection.connect(str(path))
    except (FileNotFoundError, ConnectionRefusedError):
        connection.close()
        return None
    return connection


def _start(path: Path, variables: Mapping[str, str]) -> None:
    _sweep(path.parent)
    path.unlink(missing_ok=True)
    ready, tell = os.pipe()
    log = path.with_suffix(".log")
    with log.open("w") as errors:
        subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", "autograder.kernels.server", str(path), str(tell)],
            env={**variables, "PATH": os.defpath},
            cwd=PACKAGES,  # finds this module also in a checkout that is not installed
            start_new_session=True,
            pass_fds=[tell],
            stdin=subprocess.DEVNULL,
            stdout=errors,
            stderr=errors,
        )
    os.close(tell)
    with open(ready, "rb") as pipe:
        if not pipe.read(1):
            raise KernelServerError(f"The fork server did not start: {log.read_text().strip()[-500:]}\nLog: {log}")


def _sweep(folder: Path) -> None:
    """Remove what servers and supervisors left that were killed."""
    for path in folder.glob("*.sock"):
        if (connection := _try(path)) is None:
            for kind in (".sock", ".log"):
                path.with_suffix(kind).unlink(missing_ok=True)
        else:
            connection.close()
    for path in folder.iterdir():
        with suppress(FileNotFoundError):  # somebody else may sweep too
            if time.time() - path.stat().st_mtime < ABANDONED:
                continue
            if path.is_dir() and not _is_in_use(path):
                shutil.rmtree(path, ignore_errors=True)
            elif path.suffix == ".lock" and not path.with_suffix(".sock").exists():
                path.unlink()


def _is_in_use(sockets: Path) -> bool:
    connections = [_try(path) for path in sockets.iterdir()]
    for connection in filter(None, connections):
        connection.close()
    return any(connections)


def main(path: Path, tell: int) -> None:
    """Import, listen, fork; return when no longer needed."""
    warnings.filterwarnings("ignore", message=".*multi-threaded, use of fork", category=DeprecationWarning)
    with _as_in_a_kernel():
        for name in PRELOAD:
            importlib.import_module(name)
    for name in OPTIONAL:
        with suppress(ImportError, RuntimeError):
            importlib.import_module(name)
    if os.getcwd() in sys.path:
        sys.path.remove(os.getcwd())
    os.chdir("/")
    try:
        rehearsal.show_errors()
    except Exception:  # noqa: BLE001  (kernels are only slower without; the log tells)
        traceback.print_exc()
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(path.with_suffix(".new")))
    listener.listen(64)
    listener.settimeout(1)
    path.with_suffix(".new").rename(path)
    inode = path.stat().st_ino
    gc.collect()
    gc.freeze()  # pages that the collector does not touch stay shared with the kernels
    rehearsal.gather_pages()
    os.write(tell, b"!")
    os.close(tell)
    running: set[int] = set()
    last_used = time.monotonic()
    while time.monotonic() - last_used < float(os.environ.get("KERNEL_SERVER_IDLE", IDLE)) and _is_ours(path, inode):
        try:
            connection, _ = listener.accept()
        except TimeoutError:
            connection = None
        while running and (ended := os.waitpid(-1, os.WNOHANG)[0]):
            running.discard(ended)
        if connection is not None:
            running.add(_fork(connection, listener))
        if running or connection is not None:
            last_used = time.monotonic()
    if _is_ours(path, inode):
        for kind in (".sock", ".log", ".lock"):
            path.with_suffix(kind).unlink(missing_ok=True)


@contextmanager
def _as_in_a_kernel() -> Iterator[None]:
    """Let libraries that look, while they are imported, find that they are in a notebook (pandas, TensorFlow)."""
    shell = type("ZMQInteractiveShell", (), {"kernel": None})()
    builtins.get_ipython = lambda: shell  # type: ignore[attr-defined]
    sys.ps1 = "In : "
    try:
        yield
    finally:
        del builtins.get_ipython, sys.ps1  # type: ignore[attr-defined]


def _is_ours(path: Path, inode: int) -> bool:
    return path.exists() and path.stat().st_ino == inode


def _fork(connection: socket.socket, listener: socket.socket) -> int:
    child = os.fork()
    if child:
        connection.close()
        return child
    status = 1
    try:
        listener.close()
        os.setsid()
        signal.signal(signal.SIGINT, signal.default_int_handler)
        from autograder.kernels.supervisor import supervise

        connection.settimeout(None)
        status = supervise(connection)
    except BaseException:  # noqa: BLE001  (nothing of a fork may run on as if it were the server)
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(status)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))

"""What a kernel for untrusted notebooks gives up before it runs a line of them.

Layers, each enough to stop something and most of them covering for one another:

files        a root of its own: the system, Python and `course_utils` read-only, one scratch folder (a tmpfs of limited
             size and number of files) with a copy of the notebook's files, and nothing else
processes    a process namespace: no other process is seen or signalled; when its first process ends, all in it end
network      a network namespace in which nobody else is; abstract sockets of the host are out of reach too
memory       limits for one process (`setrlimit`) and for all together (the supervisor looks ten times a second)
privileges   never root: no capability, none to be had by running a program, no further user namespaces
calls        a seccomp filter: no ptrace, no mounts, no kernel keys, no shared memory that the limits do not see
landlock     once more for files, abstract sockets and signals, should the root leak

The kernel talks to its client through listening sockets that were opened outside and handed in: it has no path to them.

Sources: unshare(2), mount_namespaces(7), pivot_root(2), capabilities(7), landlock(7), seccomp(2), and bubblewrap's
order of doing things. `sandlock` does the Landlock layer, `pyseccomp` the filter.
"""

from __future__ import annotations

import ctypes
import fcntl
import json
import os
import resource
import shutil
import signal
import socket
import stat
import struct
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import NoReturn

from autograder.kernels import INLINE, filters
from autograder.kernels.filters import CLONE_NEWUSER
from autograder.kernels.supervisor import LIBC, Request, become_kernel, end_with_parent
from autograder.limits import Limits

MAX_SOCKETS = 128
MAX_CLIENT_GROWTH = 1 << 30  # bytes; a submission's cells, outputs and all, take a hundredth of it
NOBODY = 65534  # the user that kernels run as where the grader itself runs as root
SCRATCH = Path("/tmp")  # noqa: S108  (inside a sandbox: its own tmpfs)
WORK = SCRATCH / "work"
SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
SETTINGS = ("ld.so.cache", "ld.so.conf", "ld.so.conf.d", "alternatives", "fonts", "localtime", "mime.types")
DEVICES = ("null", "full", "random", "urandom")  # mapping "zero" would be shared memory that nobody counts
CHANNELS = ("shell", "iopub", "stdin", "hb", "control")

CLONE_NEWNS, CLONE_NEWUTS, CLONE_NEWIPC = 0x20000, 0x4000000, 0x8000000
CLONE_NEWPID, CLONE_NEWNET = 0x20000000, 0x40000000
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_REMOUNT = 1, 2, 4, 8, 32
MS_BIND, MS_REC, MS_PRIVATE = 1 << 12, 1 << 14, 1 << 18
MNT_DETACH = 2
SIOCSIFFLAGS, IFF_UP = 0x8914, 1
SYS_PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}
SYS_MOUNT_SETATTR, AT_FDCWD, AT_RECURSIVE = 442, -100, 0x8000  # the call's number is the same on all architectures
PR_SET_DUMPABLE, PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS, PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL = 4, 24, 38, 47, 4

DENIED = """
ptrace process_vm_readv process_vm_writev kcmp pidfd_getfd process_madvise
mount umount2 pivot_root chroot move_mount open_tree fsopen fsmount fspick fsconfig mount_setattr setns unshare
name_to_handle_at open_by_handle_at quotactl acct swapon swapoff fanotify_init
keyctl add_key request_key bpf perf_event_open userfaultfd io_uring_setup io_uring_enter io_uring_register
memfd_create memfd_secret shmget shmat msgget semget mq_open
io_setup io_submit vmsplice
init_module finit_module delete_module kexec_load kexec_file_load reboot syslog iopl ioperm modify_ldt
settimeofday clock_settime clock_adjtime adjtimex sethostname setdomainname vhangup"""


def fork(limits: Limits, request: Request, files: list[int], report: int) -> int:
    """Start a kernel in a sandbox. Called by its supervisor, which enters the sandbox user's namespace if need be.

    Args:
        limits: what it may use.
        request: what was asked for.
        files: standard output and error (not used: nothing goes from a sandbox to a terminal), then the sockets.
        report: a pipe for what `autograder.kernels.supervisor` tells the client.

    Returns:
        The process number of the sandbox's first process; killing it ends everything in the sandbox.
    """
    return enter(limits, request.cwd, report, lambda: _kernel(request, files, report))


def _kernel(request: Request, files: list[int], report: int) -> NoReturn:
    connection = SCRATCH / ".kernel.json"
    connection.write_text(json.dumps(request.connection))
    nowhere = os.open(os.devnull, os.O_WRONLY)
    # IPython keeps its history in memory: its thread would complain when a submission has used up files or disk
    arguments = ["-f", str(connection), "--HistoryManager.hist_file=:memory:", *request.arguments]
    inside = replace(request, arguments=arguments, cwd=str(WORK))
    become_kernel(inside, [nowhere, nowhere, *files[2:]], report)


def enter(limits: Limits, cwd: str, report: int, run: Callable[[], NoReturn]) -> int:
    """Fork a sandbox and run a function in it.

    Args:
        limits: what it may use.
        cwd: its files are copied into the sandbox, notebooks and links excepted.
        report: receives a line ``{"error": "..."}`` if a required layer cannot be had, and at the end ``{"exit": n}``.
        run: never returns.

    Returns:
        The process number of the sandbox's first process.
    """
    root = os.geteuid() == 0
    own = (os.geteuid(), os.getegid())
    visible = {target: path.resolve() for path in readable() for target in (path, path.resolve())}
    try:
        if not root:
            _unshare(CLONE_NEWUSER, "a user namespace")
            _map(*own)
        _unshare(CLONE_NEWPID, "a process namespace")
    except OSError as error:
        _report(report, error)
        return _quitter()
    parent = os.pidfd_open(os.getpid())
    first = os.fork()
    if first:
        os.close(parent)
        return first
    try:
        end_with_parent(parent)
        _unshare(CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS, "mount, network and ipc namespaces")
        LIBC.sethostname(b"sandbox", 7)
        _start_loopback()
        _build_root(limits, Path(cwd), visible, NOBODY if root else own[0])
        if root:
            _become(NOBODY)
            _unshare(CLONE_NEWUSER, "a user namespace")
            _map(NOBODY, NOBODY)
            end_with_parent(parent)  # a change of user undoes it
        Path("/proc/sys/user/max_user_namespaces").write_text("0")
        Path("/proc/sys/user/max_inotify_instances").write_text("16")  # else they come out of the grader's own
        main = os.fork()
        if main == 0:
            os.setsid()
            _limit(limits)
            with suppress(filters.NoLandlockError):  # a second wall behind the root; `doctor` tells if it is missing
                filters.landlock(SCRATCH)
            _drop_rights()
            run()
        _be_first(main, limits, report)
    except BaseException as error:  # noqa: BLE001  (nothing of a fork may run on as if it were the server)
        _report(report, error)
    finally:
        os._exit(1)


def _quitter() -> int:
    child = os.fork()
    if child == 0:
        os._exit(1)
    return child


class TooLargeError(Exception):
    """The files beside the notebook do not fit into the sandbox."""


def _report(report: int, error: BaseException) -> None:
    """Say in one line what failed and why."""
    said = f"{error.strerror}: {error.filename}" if isinstance(error, OSError) and error.filename else str(error)
    whose = {"submission": True} if isinstance(error, TooLargeError) else {}
    os.write(report, json.dumps({"error": said, **whose}).encode() + b"\n")


def _check(result: int, what: str) -> None:
    if result:
        number = ctypes.get_errno()
        raise OSError(number, f"cannot have {what}: {os.strerror(number)}")


def _unshare(flags: int, what: str) -> None:
    _check(LIBC.unshare(flags), what)


def _map(uid: int, gid: int) -> None:
    """Make a user of the new user namespace stand for the one outside; there is no other."""
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{uid} {uid} 1")
    Path("/proc/self/gid_map").write_text(f"{gid} {gid} 1")


def _start_loopback() -> None:
    """Bring up the one interface of a new network namespace; the threads of a kernel talk over it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", IFF_UP))


def _become(user: int) -> None:
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)
    LIBC.prctl(PR_SET_DUMPABLE, 1, 0, 0, 0)  # a change of user takes /proc/self away


def _mount(source: str, target: Path, kind: str = "", flags: int = 0, options: str = "") -> None:
    result = LIBC.mount(source.encode(), bytes(target), kind.encode() or None, flags, options.encode() or None)
    _check(result, f"{target} from {source or kind}")


def _read_only(path: Path) -> None:
    attributes = (ctypes.c_uint64 * 4)(MS_RDONLY | MS_NOSUID | MS_NODEV, 0, 0, 0)
    number = ctypes.c_long(SYS_MOUNT_SETATTR)
    result = LIBC.syscall(number, AT_FDCWD, bytes(path), AT_RECURSIVE, attributes, ctypes.sizeof(attributes))
    _check(result, f"{path} read-only")


def readable() -> list[Path]:
    """Give the folders outside the system that a sandbox may read: this Python, its packages, and `course_utils`."""
    import course_utils

    wanted = [Path(sys.prefix), Path(sys.base_prefix), Path(course_utils.__file__).parent]
    wanted += [Path(sys.executable).resolve().parents[1]]
    found: list[Path] = []
    for path in wanted:
        if not any(path.is_relative_to(other) for other in [*found, Path("/usr")]):
            found.append(path)
    return found


def _build_root(limits: Limits, cwd: Path, visible: dict[Path, Path], user: int) -> None:
    """Make a new root, out of parts of the old one, and go there."""
    _mount("", Path("/"), flags=MS_REC | MS_PRIVATE)
    _mount("tmpfs", SCRATCH, "tmpfs", MS_NOSUID | MS_NODEV, "mode=755,size=4m,nr_inodes=4096")
    Path(SCRATCH, "old").mkdir()
    number = ctypes.c_long(SYS_PIVOT_ROOT[os.uname().machine])
    _check(LIBC.syscall(number, bytes(SCRATCH), bytes(SCRATCH / "old")), "a root of its own")
    os.chdir("/")
    old = Path("/old")
    _make_scratch(limits)
    for name in SYSTEM:
        if (old / name[1:]).is_symlink():
            os.symlink(os.readlink(old / name[1:]), name)
        elif (old / name[1:]).is_dir():
            _bind(old / name[1:], Path(name))
    for target, source in visible.items():  # after the scratch folder: they may lie in what is /tmp outside
        _bind(old / source.relative_to("/"), target)
    for path in [Path("/sys/devices/system/cpu"), *(Path("/etc") / name for name in SETTINGS)]:
        if (old / path.relative_to("/")).exists():
            _bind(old / path.relative_to("/"), path)
    _write_etc(user)
    _make_dev()
    Path("/proc").mkdir()
    _mount("proc", Path("/proc"), "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC)
    _mount(str(SCRATCH / ".shm"), Path("/dev/shm"), flags=MS_BIND)  # noqa: S108  (the sandbox's own)
    _copy(old / cwd.relative_to("/"), WORK)
    _own(user, SCRATCH, SCRATCH / ".shm", *WORK.rglob("*"), WORK)
    _check(LIBC.umount2(b"/old", MNT_DETACH), "the old root out of sight")
    os.rmdir("/old")
    _mount("", Path("/"), flags=MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV)


def _make_scratch(limits: Limits) -> None:
    SCRATCH.mkdir()
    size = f"mode=700,size={limits.disk},nr_inodes={limits.files}"
    _mount("tmpfs", SCRATCH, "tmpfs", MS_NOSUID | MS_NODEV, size)
    (SCRATCH / ".shm").mkdir()


def _write_etc(user: int) -> None:
    Path("/etc").mkdir(exist_ok=True)
    Path("/etc/passwd").write_text(f"student:x:{user}:{user}::{SCRATCH}:/bin/sh\n")
    Path("/etc/group").write_text(f"student:x:{user}:\n")
    Path("/etc/hosts").write_text("127.0.0.1 localhost sandbox\n")


def _make_dev() -> None:
    Path("/dev/shm").mkdir(parents=True)  # noqa: S108  (the sandbox's own)
    for name in DEVICES:
        Path(f"/dev/{name}").touch()
        _mount(f"/old/dev/{name}", Path(f"/dev/{name}"), flags=MS_BIND)
    for name, target in {"fd": "/proc/self/fd", "stdin": "/proc/self/fd/0", "stdout": "/proc/self/fd/1"}.items():
        os.symlink(target, f"/dev/{name}")


def _bind(source: Path, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        path.mkdir(exist_ok=True)
    else:
        path.touch()
    _mount(str(source), path, flags=MS_BIND | MS_REC)
    _read_only(path)


def _copy(source: Path, target: Path) -> None:
    """Copy a submission's folder: files as they are; no notebooks, which hold tests, and no links."""

    def unwanted(folder: str, names: list[str]) -> list[str]:
        kinds = {name: (Path(folder) / name).lstat().st_mode for name in names}
        return [
            n for n, mode in kinds.items() if n.endswith(".ipynb") or not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))
        ]

    try:
        shutil.copytree(source, target, ignore=unwanted)
    except shutil.Error as error:
        raise TooLargeError(f"the files beside the notebook cannot be copied: {error.args[0][0][2]}") from None


def _own(user: int, *paths: Path) -> None:
    group = user if os.geteuid() == 0 else -1
    for path in paths:
        os.chown(path, user, group)
        path.chmod(0o700)


def _limit(limits: Limits) -> None:
    """Set limits that this process and what it starts cannot raise again."""
    Path("/proc/self/oom_score_adj").write_text("1000")
    for which, limit in {
        resource.RLIMIT_DATA: _data_size() + limits.memory,
        resource.RLIMIT_NPROC: limits.processes,
        resource.RLIMIT_NOFILE: limits.open_files,
        resource.RLIMIT_FSIZE: limits.file_size,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_MEMLOCK: 64 << 10,
        resource.RLIMIT_MSGQUEUE: 0,
        resource.RLIMIT_SIGPENDING: 1024,
    }.items():
        resource.setrlimit(which, (limit, limit))
    if tensorflow := sys.modules.get("tensorflow"):
        tensorflow.config.threading.set_intra_op_parallelism_threads(limits.threads)
        tensorflow.config.threading.set_inter_op_parallelism_threads(limits.threads)


def _data_size() -> int:
    with open("/proc/self/status") as status:
        return 1024 * next(int(line.split()[1]) for line in status if line.startswith("VmData"))


def _drop_rights() -> None:
    """Give up all capabilities and the system calls that no notebook needs, for good."""
    for number in range(64):
        LIBC.prctl(PR_CAPBSET_DROP, number, 0, 0, 0)  # unknown numbers: an error that means there is nothing to drop
    LIBC.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0)
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    _check(LIBC.capset(header, (ctypes.c_uint32 * 6)()), "no capabilities")
    _check(LIBC.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no new privileges")
    filters.seccomp(DENIED.split())


def _be_first(main: int, limits: Limits, report: int) -> None:
    """Be the sandbox's first process: pass signals on, collect what ends, and end with the kernel.

    It has no rights and limits but the kernel's, except for Landlock, which keeps the kernel away from its memory.
    """
    os.closerange(0, report)
    os.closerange(report + 1, os.sysconf("SC_OPEN_MAX"))
    _limit(limits)
    _drop_rights()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2, signal.SIGQUIT):
        signal.signal(number, lambda number, _: _pass_on(main, number))
    while True:
        ended, status = os.waitpid(-1, 0)
        if ended == main:
            os.write(report, json.dumps({"exit": os.waitstatus_to_exitcode(status)}).encode() + b"\n")
            os._exit(0)


def _pass_on(main: int, number: int) -> None:
    try:
        os.killpg(main, number)
    except ProcessLookupError:
        os.kill(main, number)  # before it has a group of its own


def memory_watch(first: int, limit: int) -> Callable[[], str | None]:
    """Give a function that tells whether the processes of a sandbox use too much memory together.

    Args:
        first: the sandbox's first process.
        limit: bytes beyond what both its processes start with, a fork's share of what was imported before.
    """
    processes = os.open(f"/proc/{first}/root/proc", os.O_RDONLY | os.O_DIRECTORY)
    itself = os.open("/proc", os.O_RDONLY | os.O_DIRECTORY)

    @cache
    def before() -> int:  # looked at when it matters: that takes as long as a fork
        return 2 * _shared_out(itself, str(os.getpid()))

    def watch() -> str | None:
        if _sockets(processes) > MAX_SOCKETS:  # each may hold a megabyte or two that belongs to no process
            return "memory"
        # The first sum counts pages once for each process that shares them: cheap, and never too small
        cheap = _sum(processes, _all(processes), "status", "RssAnon:", "RssShmem:", "VmSwap:", "VmPTE:")
        if cheap <= limit:
            return None
        if cheap > limit + 32 * before():  # so many processes that the exact sum would take too long
            return "memory"
        return "memory" if _shared_out(processes) - before() > limit else None

    return watch


def _shared_out(processes: int, *only: str) -> int:
    """Count memory exactly: pages that processes share, in proportion (PSS), and their page tables."""
    chosen = only or _all(processes)
    exact = _sum(processes, chosen, "smaps_rollup", "Pss_Anon:", "Pss_Shmem:", "Swap:")
    return exact + _sum(processes, chosen, "status", "VmPTE:")


def _all(processes: int) -> list[str]:
    return [name for name in os.listdir(processes) if name.isdigit()]


def _sum(processes: int, chosen: Iterable[str], file: str, *names: str) -> int:
    return sum(_memory(processes, process, names, file) for process in chosen)


def _memory(processes: int, process: str, names: tuple[str, ...], file: str) -> int:
    try:
        return sum(
            1024 * int(line.split()[1]) for line in _lines(processes, f"{process}/{file}") if line.startswith(names)
        )
    except PermissionError:  # it hides its memory map; its status is open to all
        return _memory(processes, process, ("RssAnon:", "RssShmem:", "VmSwap:"), "status")
    except (FileNotFoundError, ProcessLookupError):
        return 0  # ended meanwhile


def _sockets(processes: int) -> int:
    try:
        return next(int(line.split()[2]) for line in _lines(processes, "1/net/sockstat") if line.startswith("sockets:"))
    except (OSError, StopIteration):
        return 0  # ended meanwhile


def _lines(processes: int, path: str) -> list[str]:
    with open(os.open(path, os.O_RDONLY, dir_fd=processes), errors="replace") as lines:  # names may be any bytes
        return lines.readlines()


def client_watch(client: int) -> Callable[[], str | None]:
    """Give a function that tells whether a kernel's messages fill its client's memory.

    ZeroMQ bounds the size of a part of a message and the number of messages, but not the number of parts.

    Args:
        client: the process that reads the messages; another one than the sandbox's.
    """

    def memory() -> int:
        try:
            status = Path(f"/proc/{client}/status").read_text(errors="replace")
        except OSError:
            return 0
        return 1024 * next((int(line.split()[1]) for line in status.splitlines() if line.startswith("RssAnon:")), 0)

    before = memory()
    return lambda: "output" if memory() - before > MAX_CLIENT_GROWTH else None


def variables(limits: Limits) -> dict[str, str]:
    """Give the environment variables of a sandboxed kernel: of the grader's own, only what nbgrader tells tests."""
    told = {name: os.environ[name] for name in ("NBGRADER_EXECUTION",) if name in os.environ}
    return told | {
        "HOME": str(SCRATCH),
        "PATH": f"{Path(sys.prefix, 'bin')}:/usr/local/bin:/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "TMPDIR": str(SCRATCH),
        "MPLBACKEND": INLINE,
        "KERAS_BACKEND": "tensorflow",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "OMP_NUM_THREADS": str(limits.threads),
    }


def listen(path: str) -> list[int]:
    """Open the listening sockets of a kernel's channels: ``path-1`` is the shell's, and so on as in `CHANNELS`."""
    opened = []
    for number in range(1, len(CHANNELS) + 1):
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(f"{path}-{number}")
        listener.listen(64)
        opened.append(listener.detach())
    return opened

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

The root is built in `rootfs`, memory is watched in `monitor`; all other layers are here.

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
import signal
import socket
import struct
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

from autograder.kernels import filters
from autograder.kernels.filters import CLONE_NEWUSER
from autograder.kernels.launch import become_kernel, end_with_parent
from autograder.kernels.limits import Limits
from autograder.kernels.request import Request
from autograder.kernels.rootfs import SCRATCH, WORK, TooLargeError, build_root, readable
from autograder.kernels.syscalls import (
    CLONE_NEWIPC,
    CLONE_NEWNET,
    CLONE_NEWNS,
    CLONE_NEWPID,
    CLONE_NEWUTS,
    LIBC,
    check,
    unshare,
)

NOBODY = 65534  # the user that kernels run as where the grader itself runs as root

SIOCSIFFLAGS, IFF_UP = 0x8914, 1
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
            unshare(CLONE_NEWUSER, "a user namespace")
            _map(*own)
        unshare(CLONE_NEWPID, "a process namespace")
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
        unshare(CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS, "mount, network and ipc namespaces")
        LIBC.sethostname(b"sandbox", 7)
        _start_loopback()
        build_root(limits, Path(cwd), visible, NOBODY if root else own[0])
        if root:
            _become(NOBODY)
            unshare(CLONE_NEWUSER, "a user namespace")
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


def _report(report: int, error: BaseException) -> None:
    """Say in one line what failed and why."""
    said = f"{error.strerror}: {error.filename}" if isinstance(error, OSError) and error.filename else str(error)
    whose = {"submission": True} if isinstance(error, TooLargeError) else {}
    os.write(report, json.dumps({"error": said, **whose}).encode() + b"\n")


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
    check(LIBC.capset(header, (ctypes.c_uint32 * 6)()), "no capabilities")
    check(LIBC.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no new privileges")
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

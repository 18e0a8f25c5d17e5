"""The two filters that a sandboxed kernel puts on itself, by way of the libraries that know how."""

from __future__ import annotations

import errno
import socket
from collections.abc import Iterable
from pathlib import Path

CLONE_NEWUSER = 0x10000000
SHARED_ANONYMOUS = 0x21  # memory that no process' count shows once its pages are given back to the cache
NO_SUCH_CALL = -1
NETLINK, NETLINK_ROUTE = 16, 0
# Not among them: VSOCK, which crosses network namespaces. NETLINK lists the interfaces (ZeroMQ asks), nothing else
FAMILIES = (socket.AF_UNIX, socket.AF_INET, socket.AF_INET6, NETLINK)


class NoLandlockError(Exception):
    """Landlock cannot be had: the machine has none, or too old a one, or `sandlock` is not installed."""


def landlock(scratch: Path) -> None:
    """Allow writing in one folder only; close abstract sockets and signals to what is outside.

    Raises:
        NoLandlockError: when that cannot be had.
    """
    try:
        from sandlock import Sandbox, confine
        from sandlock.exceptions import SandlockError
    except (ImportError, OSError) as error:
        raise NoLandlockError(str(error)) from None
    try:
        confine(Sandbox(fs_readable=["/"], fs_writable=[str(scratch), "/dev"]))
    except SandlockError as error:
        raise NoLandlockError(str(error)) from None


def seccomp(denied: Iterable[str]) -> None:
    """Refuse system calls that no notebook needs.

    Args:
        denied: names of calls; those that this architecture does not have are skipped.

    Raises:
        ImportError, OSError: without libseccomp or seccomp.
    """
    import pyseccomp as seccomp

    no, unknown = seccomp.ERRNO(errno.EPERM), seccomp.ERRNO(errno.EAFNOSUPPORT)
    calls = seccomp.SyscallFilter(defaction=seccomp.ALLOW)
    for name in denied:
        number = seccomp.resolve_syscall(seccomp.Arch.NATIVE, name)
        if number != NO_SUCH_CALL:
            calls.add_rule(no, number)
    calls.add_rule(no, "clone", seccomp.Arg(0, seccomp.MASKED_EQ, CLONE_NEWUSER, CLONE_NEWUSER))
    calls.add_rule(seccomp.ERRNO(0), "sched_setaffinity")  # an honest program goes on, where it is
    calls.add_rule(
        seccomp.ERRNO(errno.ENOMEM), "mmap", seccomp.Arg(3, seccomp.MASKED_EQ, SHARED_ANONYMOUS, SHARED_ANONYMOUS)
    )
    calls.add_rule(seccomp.ERRNO(errno.ENOSYS), "clone3")  # its flags cannot be seen; the C library falls back to clone
    for family in set(range(max(FAMILIES) + 1)) - set(FAMILIES):
        calls.add_rule(unknown, "socket", seccomp.Arg(0, seccomp.EQ, family))
    calls.add_rule(unknown, "socket", seccomp.Arg(0, seccomp.GT, max(FAMILIES)))
    calls.add_rule(unknown, "socket", seccomp.Arg(0, seccomp.EQ, NETLINK), seccomp.Arg(2, seccomp.NE, NETLINK_ROUTE))
    calls.load()

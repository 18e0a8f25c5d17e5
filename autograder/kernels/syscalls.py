"""Linux' own calls that Python has no functions for: namespaces and mounts."""

from __future__ import annotations

import ctypes
import os
from pathlib import Path

LIBC = ctypes.CDLL(None, use_errno=True)
CLONE_NEWNS, CLONE_NEWUTS, CLONE_NEWIPC = 0x20000, 0x4000000, 0x8000000
CLONE_NEWPID, CLONE_NEWNET = 0x20000000, 0x40000000
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_REMOUNT = 1, 2, 4, 8, 32
MS_BIND, MS_REC, MS_PRIVATE = 1 << 12, 1 << 14, 1 << 18
MNT_DETACH = 2
SYS_PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}
SYS_MOUNT_SETATTR, AT_FDCWD, AT_RECURSIVE = 442, -100, 0x8000  # the call's number is the same on all architectures


def check(result: int, what: str) -> None:
    """Raise the error of a call that has failed.

    Args:
        result: what the call returned.
        what: what was to be had by it, for the message.
    """
    if result:
        number = ctypes.get_errno()
        raise OSError(number, f"cannot have {what}: {os.strerror(number)}")


def unshare(flags: int, what: str) -> None:
    """Move this process into namespaces of its own (unshare(2))."""
    check(LIBC.unshare(flags), what)


def mount(source: str, target: Path, kind: str = "", flags: int = 0, options: str = "") -> None:
    """Mount a filesystem, or bind a part of one to another place (mount(2))."""
    result = LIBC.mount(source.encode(), bytes(target), kind.encode() or None, flags, options.encode() or None)
    check(result, f"{target} from {source or kind}")


def read_only(path: Path) -> None:
    """Make a mount, and all below it, read-only, without devices and set-user-id programs (mount_setattr(2))."""
    attributes = (ctypes.c_uint64 * 4)(MS_RDONLY | MS_NOSUID | MS_NODEV, 0, 0, 0)
    number = ctypes.c_long(SYS_MOUNT_SETATTR)
    result = LIBC.syscall(number, AT_FDCWD, bytes(path), AT_RECURSIVE, attributes, ctypes.sizeof(attributes))
    check(result, f"{path} read-only")

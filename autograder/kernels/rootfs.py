"""The root of a sandbox: the system read-only, one scratch folder with the submission's files, and nothing else."""

from __future__ import annotations

import ctypes
import os
import shutil
import stat
import sys
from pathlib import Path

from autograder.kernels.limits import Limits
from autograder.kernels.syscalls import (
    LIBC,
    MNT_DETACH,
    MS_BIND,
    MS_NODEV,
    MS_NOEXEC,
    MS_NOSUID,
    MS_PRIVATE,
    MS_RDONLY,
    MS_REC,
    MS_REMOUNT,
    SYS_PIVOT_ROOT,
    check,
    mount,
    read_only,
)

SCRATCH = Path("/tmp")  # noqa: S108  (inside a sandbox: its own tmpfs)
WORK = SCRATCH / "work"
SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
SETTINGS = ("ld.so.cache", "ld.so.conf", "ld.so.conf.d", "alternatives", "fonts", "localtime", "mime.types")
DEVICES = ("null", "full", "random", "urandom")  # mapping "zero" would be shared memory that nobody counts


class TooLargeError(Exception):
    """The files beside the notebook do not fit into the sandbox."""


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


def build_root(limits: Limits, cwd: Path, visible: dict[Path, Path], user: int) -> None:
    """Make a new root, out of parts of the old one, and go there.

    Args:
        limits: of the scratch folder.
        cwd: its files are copied into the scratch folder.
        visible: folders of the new root and where each is in the old one, beside the system's own.
        user: the owner of the scratch folder.
    """
    mount("", Path("/"), flags=MS_REC | MS_PRIVATE)
    mount("tmpfs", SCRATCH, "tmpfs", MS_NOSUID | MS_NODEV, "mode=755,size=4m,nr_inodes=4096")
    Path(SCRATCH, "old").mkdir()
    number = ctypes.c_long(SYS_PIVOT_ROOT[os.uname().machine])
    check(LIBC.syscall(number, bytes(SCRATCH), bytes(SCRATCH / "old")), "a root of its own")
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
    mount("proc", Path("/proc"), "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC)
    mount(str(SCRATCH / ".shm"), Path("/dev/shm"), flags=MS_BIND)  # noqa: S108  (the sandbox's own)
    _copy(old / cwd.relative_to("/"), WORK)
    _own(user, SCRATCH, SCRATCH / ".shm", *WORK.rglob("*"), WORK)
    check(LIBC.umount2(b"/old", MNT_DETACH), "the old root out of sight")
    os.rmdir("/old")
    mount("", Path("/"), flags=MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV)


def _make_scratch(limits: Limits) -> None:
    SCRATCH.mkdir()
    size = f"mode=700,size={limits.disk},nr_inodes={limits.files}"
    mount("tmpfs", SCRATCH, "tmpfs", MS_NOSUID | MS_NODEV, size)
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
        mount(f"/old/dev/{name}", Path(f"/dev/{name}"), flags=MS_BIND)
    for name, target in {"fd": "/proc/self/fd", "stdin": "/proc/self/fd/0", "stdout": "/proc/self/fd/1"}.items():
        os.symlink(target, f"/dev/{name}")


def _bind(source: Path, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        path.mkdir(exist_ok=True)
    else:
        path.touch()
    mount(str(source), path, flags=MS_BIND | MS_REC)
    read_only(path)


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

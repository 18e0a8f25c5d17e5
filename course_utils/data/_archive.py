"""Reads the files in a folder, a tar.gz or a zip one by one, in memory.

Nothing is unpacked to disk, so there is nothing that a hostile archive could overwrite; it is refused all the same, as
it is not the published file.
"""

from __future__ import annotations

import stat
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from ._errors import DataFileError, UnsafeFileError, reading

Wanted = Callable[[PurePosixPath], bool]


@dataclass(frozen=True)
class Limits:
    """How much an archive may hold; the published ones stay far below."""

    members: int = 120_000  # aclImdb has 100,000 files
    member_bytes: int = 64 * 2**20  # a CIFAR-10 batch has 31 MB
    total_bytes: int = 2**30


LIMITS = Limits()


def read_members(path: Path, wanted: Wanted, limits: Limits = LIMITS) -> Iterator[tuple[PurePosixPath, bytes]]:
    """Yield name and content of each wanted file, sorted by name for folders, else in the archive's order.

    Args:
        path: a folder (names are relative to its parent, as in the archive it was unpacked from), zip or tar.gz.
        wanted: picks files by name; the others are skipped unread, but must be harmless too.
        limits: bounds on number and size.

    Raises:
        UnsafeFileError: a member has an absolute path, climbs out with "..", is a link or device, or is too large.
        DataFileError: the archive is damaged, cut off, or neither zip nor tar.
    """
    if path.is_dir():
        return _from_folder(path, wanted)
    with reading(path):
        is_zip = zipfile.is_zipfile(path)
    return _from_zip(path, wanted, limits) if is_zip else _from_tar(path, wanted, limits)


def _from_folder(folder: Path, wanted: Wanted) -> Iterator[tuple[PurePosixPath, bytes]]:
    for file in sorted(p for p in folder.rglob("*") if p.is_file()):
        name = PurePosixPath(file.relative_to(folder.parent).as_posix())
        if wanted(name):
            with reading(file):
                content = file.read_bytes()
            yield name, content


def _from_zip(path: Path, wanted: Wanted, limits: Limits) -> Iterator[tuple[PurePosixPath, bytes]]:
    guard = _Guard(path, limits)
    broken = (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, ValueError)
    with reading(path, *broken), zipfile.ZipFile(path) as archive:
        for info in archive.infolist():
            kind = stat.S_IFMT(info.external_attr >> 16)
            if kind not in {0, stat.S_IFREG, stat.S_IFDIR}:
                raise UnsafeFileError(path, f"holds a link or device: {info.filename}")
            name = guard.admit(info.filename, info.file_size)
            if not info.is_dir() and wanted(name):
                yield name, archive.read(info)


def _from_tar(path: Path, wanted: Wanted, limits: Limits) -> Iterator[tuple[PurePosixPath, bytes]]:
    guard = _Guard(path, limits)
    with reading(path, tarfile.TarError, zlib.error, ValueError), tarfile.open(path, "r|*") as archive:
        for info in archive:
            if not (info.isreg() or info.isdir()):
                raise UnsafeFileError(path, f"holds a link or device: {info.name}")
            name = guard.admit(info.name, info.size)
            if info.isreg() and wanted(name):
                stream = archive.extractfile(info)
                content = stream.read() if stream else b""
                if len(content) != info.size:
                    raise DataFileError(path, f"ends in the middle of {info.name}")
                yield name, content


class _Guard:
    """Admits members one by one, keeping count."""

    def __init__(self, path: Path, limits: Limits) -> None:
        self.path, self.limits, self.count, self.total = path, limits, 0, 0

    def admit(self, raw_name: str, size: int) -> PurePosixPath:
        name = PurePosixPath(raw_name)
        if name.is_absolute() or ".." in name.parts or "\\" in raw_name or ":" in raw_name:
            raise UnsafeFileError(self.path, f"holds a file that would be written elsewhere: {raw_name!r}")
        self.count, self.total = self.count + 1, self.total + size
        if size > self.limits.member_bytes or self.total > self.limits.total_bytes:
            raise UnsafeFileError(self.path, f"would unpack to more than any published set, at {raw_name!r}")
        if self.count > self.limits.members:
            raise UnsafeFileError(self.path, f"holds more than {self.limits.members:,} files")
        return name

"""The members of a folder or zip that anybody may have packed: read one by one, with bounds."""

from __future__ import annotations

import os
import re
import stat
import struct
import unicodedata
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any

from autograder.errors import ArchiveError
from autograder.submissions.reader import MAX_BYTES, printable
from autograder.submissions.receipt import Receipt

MAX_MEMBERS = 200_000
MAX_DEPTH = 30  # folders in folders
MAX_RATIO = 100  # of a file to what it takes up in the archive; notebooks reach 10
NOTEBOOKS = (".ipynb", ".ipynb.txt", ".ipynb.json")  # mail programs and browsers add endings
ARCHIVES = (".zip", ".tar", ".gz", ".tgz", ".rar", ".7z", ".bz2", ".xz")
JUNK = re.compile(r"(^|/)(__MACOSX|Thumbs\.db|desktop\.ini|\.(?!\.?(/|$))[^/]+)(/|$)")  # and all that is hidden


@dataclass
class Collected:
    """What was found for one student."""

    student: str
    file: str  # its path in the folder or archive
    change: str  # "new", "unchanged" or "replaced"
    at: datetime | None = None  # when it was handed in, in UTC, where that is known
    late: bool | None = None  # what the platform calls it; None if it does not say


@dataclass
class Collection:
    """What came of a folder or archive."""

    students: list[Collected] = field(default_factory=list)
    ignored: list[tuple[str, str]] = field(default_factory=list)  # path and reason
    without: list[str] = field(default_factory=list)  # students who handed in files, but no notebook that can be used
    others: dict[str, list[str]] = field(default_factory=dict)  # names of files that are no notebooks, by student
    receipts: dict[str, list[Receipt]] = field(default_factory=dict)  # by student, of the last try first


@dataclass
class Member:
    """One file of a folder or archive: its path, when it was changed, and how to open it."""

    path: str
    changed: tuple[int, ...]
    opener: Callable[[], Any]
    stamp: datetime | None = None  # `changed` as a time; without a zone where the archive tells none
    named: str = ""  # the part of the path from the level at which students are told apart

    def read(self, most: int | None = None) -> bytes:
        """Read the content, as far as a notebook, or what else it is, may be large."""
        with self.opener() as file:
            content: bytes = file.read((most or MAX_BYTES) + 1)  # whatever size an archive's directory claims
        if len(content) > (most or MAX_BYTES):
            raise zipfile.BadZipFile(
                f"larger than {most // 2**10} KiB" if most else "it is larger than the archive says"
            )
        return content


def open_members(path: Path, stack: ExitStack, collection: Collection) -> list[Member]:
    """List the members that may be read; the others are noted with the reason.

    Args:
        path: a folder or a zip archive.
        stack: keeps the archive open.
        collection: gets what is not used.

    Raises:
        ArchiveError: no such path, not a zip, or one that is no class.
    """
    if path.is_dir():
        return list(_folder_members(path, collection))
    if not path.exists():
        raise ArchiveError(f"{path} does not exist.")
    try:
        archive = stack.enter_context(zipfile.ZipFile(path))
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise ArchiveError(f"{path} is neither a folder nor a zip archive, or is damaged ({error}).") from None
    return list(_zip_members(path, archive, collection))


def _folder_members(root: Path, collection: Collection) -> Iterator[Member]:
    for path in sorted(_walk(root, collection)):
        name = str(path.relative_to(root)).encode(errors="replace").decode()
        info = path.lstat()
        if JUNK.search(name):
            continue
        if not stat.S_ISREG(info.st_mode):
            collection.ignored.append((printable(name), "a link or special file"))
        elif info.st_size > MAX_BYTES:
            collection.ignored.append((printable(name), f"larger than {MAX_BYTES // 2**20} MiB"))
        else:
            changed = datetime.fromtimestamp(info.st_mtime, UTC)
            yield Member(name, (info.st_mtime_ns,), partial(path.open, "rb"), changed)


def _walk(root: Path, collection: Collection) -> Iterator[Path]:
    """Find all that is in a folder but folders; those that are nested absurdly deep are left out."""
    waiting, seen = [(root, 0)], 0
    while waiting:
        folder, depth = waiting.pop()
        with os.scandir(folder) as entries:
            for entry in entries:
                seen += 1
                if not entry.is_dir(follow_symlinks=False):
                    yield Path(entry.path)
                elif depth < MAX_DEPTH:
                    waiting.append((Path(entry.path), depth + 1))
                else:
                    name = printable(Path(entry.path).relative_to(root))
                    collection.ignored.append((name, f"more than {MAX_DEPTH} folders in each other"))
        if seen > MAX_MEMBERS:
            raise ArchiveError(f"{root} holds more than {MAX_MEMBERS} files: this is not a class.")


def _zip_members(path: Path, archive: zipfile.ZipFile, collection: Collection) -> Iterator[Member]:
    entries = archive.infolist()
    if len(entries) > MAX_MEMBERS:
        raise ArchiveError(f"{path} holds {len(entries)} files, more than {MAX_MEMBERS}: this is not a class.")
    times_there = Counter(unicodedata.normalize("NFC", _name(entry)) for entry in entries)
    for entry in entries:
        name = _name(entry)
        if entry.is_dir() or JUNK.search(name):
            continue
        number = times_there[unicodedata.normalize("NFC", name)]
        if reason := _danger(entry) or (f"there are {number} files of this name" if number > 1 else ""):
            collection.ignored.append((printable(name), reason))
        else:
            yield Member(name, entry.date_time, partial(archive.open, entry), _stamp(entry))


def _name(entry: zipfile.ZipInfo) -> str:
    """Return the name of a member; many programs write UTF-8 and do not say so (Canvas), PowerShell backslashes."""
    name = entry.filename
    if not (entry.flag_bits & 0x800 or name.isascii()):
        with suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    return name if "/" in name else name.replace("\\", "/")


def _stamp(entry: zipfile.ZipInfo) -> datetime | None:
    """Tell when a member was changed: in UTC where the archive tells, else by the clock of whoever packed it."""
    extra = entry.extra
    while len(extra) >= 4:
        kind, size = struct.unpack("<HH", extra[:4])
        if kind == 0x5455 and size >= 5 and len(extra) >= 9 and extra[4] & 1:
            return datetime.fromtimestamp(struct.unpack("<I", extra[5:9])[0], UTC)
        extra = extra[4 + size :]
    try:
        return datetime(*entry.date_time) if entry.date_time[0] > 1980 else None
    except ValueError:
        return None


def _danger(entry: zipfile.ZipInfo) -> str:
    """Say why a member of a zip is not read; empty when it may be."""
    name = _name(entry)
    parts = PurePosixPath(name.replace("\\", "/"))
    if parts.is_absolute() or ".." in parts.parts or "\\" in name or re.match(r"[A-Za-z]:", name):
        return "its path leads out of the archive"
    if stat.S_ISLNK(entry.external_attr >> 16):
        return "a link"
    if entry.flag_bits & 0x1:
        return "encrypted"
    if entry.file_size > MAX_BYTES:
        return f"larger than {MAX_BYTES // 2**20} MiB"
    if entry.file_size > max(2**20, MAX_RATIO * entry.compress_size):
        return f"it would grow to more than {MAX_RATIO} times its size: no notebook does"
    return ""

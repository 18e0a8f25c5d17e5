"""From a folder or zip of submissions, as a learning platform exports it, to nbgrader's submitted folder.

Archives are untrusted: members are read one by one with bounds, never unpacked as they are, and each ends up under a
name that we made.
"""

from __future__ import annotations

import os
import re
import shutil
import stat
import unicodedata
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from autograder.errors import ArchiveError
from autograder.submission import MAX_BYTES, printable

if TYPE_CHECKING:
    from autograder.course import Course

# Tried in this order on each file's path inside the folder or archive. `student` names the student, `try` counts
# resubmissions of the same file, the highest wins.
PATTERNS = {
    "Moodle": r"(?:.*/)?(?P<student>[^/]+_\d+)_assignsubmission_file_?/?(?P<file>.*)",
    "Canvas": r"(?:.*/)?(?P<student>[^/_]+)(?:_LATE)?_(?P<id>\d+)_\d+_"
    r"(?P<file>[^/]*?)(?:-(?P<try>\d+))?\.ipynb(?:\.txt|\.json)?",
    "nbgrader": r"(?:.*/)?(?P<student>[^/]+)/{assignment}/(?P<file>[^/]+)",
    "folder per student": r"(?:.*/)?(?P<student>[^/]+)/(?P<file>[^/]+)",
    "file per student": r"(?P<student>[^/]+?)(?:_{assignment})?\.ipynb(?:\.txt|\.json)?",
}
MAX_MEMBERS = 200_000
MAX_NAME = 200  # bytes of a student's id, which names folders and files
NOTEBOOKS = (".ipynb", ".ipynb.txt", ".ipynb.json")  # mail programs and browsers add endings
JUNK = re.compile(r"(^|/)(__MACOSX|\.ipynb_checkpoints|\.DS_Store|Thumbs\.db|\._[^/]*)(/|$)")


@dataclass
class Collected:
    """What was found for one student."""

    student: str
    file: str  # its path in the folder or archive
    change: str  # "new", "unchanged" or "replaced"


@dataclass
class Collection:
    """What came of a folder or archive."""

    students: list[Collected] = field(default_factory=list)
    ignored: list[tuple[str, str]] = field(default_factory=list)  # path and reason


@dataclass
class _Member:
    """One file of a folder or archive: its path, when it was changed, and how to open it."""

    path: str
    changed: tuple[int, ...]
    opener: Callable[[], Any]

    def read(self) -> bytes:
        with self.opener() as file:
            content: bytes = file.read(MAX_BYTES + 1)  # whatever size an archive's directory claims
        if len(content) > MAX_BYTES:
            raise zipfile.BadZipFile("it is larger than the archive says")
        return content


def collect(course: Course, assignment: str, path: Path, pattern: str | None = None) -> Collection:
    """Copy each student's notebook to ``submitted/<student>/<assignment>/<assignment>.ipynb``.

    A submission that is replaced by a different one is kept in ``submitted_earlier/<student>/<assignment>/<number>/``.

    Args:
        course: the course.
        assignment: the assignment's name.
        path: a folder or a zip archive.
        pattern: a regular expression for paths inside it, with a group ``student``; by default the usual forms of
            Canvas, Moodle and nbgrader, a folder per student, or a file per student.

    Returns:
        What was found, and what was not used and why.

    Raises:
        AssignmentError: unknown assignment.
        ArchiveError: no such path, not a zip, a dangerous zip, a bad pattern, or no notebook that it matches.
    """
    course.require(assignment)
    patterns = _compiled(assignment, pattern)
    collection = Collection()
    with ExitStack() as stack:
        members = _members(path, stack, collection)
        latest = _latest(members, patterns, assignment, collection)
        if not latest:
            raise ArchiveError(f"No notebook in {path} has a name that tells its student. {_example(collection)}")
        for student, member in sorted(latest.items()):
            try:
                content = member.read()
            except Exception as error:  # noqa: BLE001  (zipfile has a dozen ways to stumble over a damaged member)
                collection.ignored.append((member.path, f"cannot be read: {error}"))
            else:
                change = _store(course, assignment, student, content)
                collection.students.append(Collected(student, member.path, change))
    return collection


def _latest(
    members: list[_Member], patterns: list[re.Pattern[str]], assignment: str, collection: Collection
) -> dict[str, _Member]:
    """Pick each student's last notebook."""
    flat = _common_folder(members, assignment)
    handed_in: dict[str, list[tuple[int, tuple[int, ...], str, _Member]]] = {}
    names: dict[str, str] = {}  # the name as it was, by the id made of it, in lower case as some file systems do
    for member in members:
        student, name, attempt = _student(member.path.removeprefix(flat), patterns)
        if not member.path.lower().endswith(NOTEBOOKS):
            collection.ignored.append((member.path, "not a notebook"))
        elif student is None:
            collection.ignored.append((member.path, "its name does not tell the student; see --pattern"))
        elif names.setdefault(student.lower(), name) != name:
            other = names[student.lower()]
            collection.ignored.append(
                (member.path, f"its student cannot be told from {other!r}; rename one of the two")
            )
        else:
            handed_in.setdefault(student, []).append((attempt, member.changed, member.path, member))
    latest = {}
    for student, versions in handed_in.items():
        *older, last = sorted(versions, key=lambda version: version[:3])
        latest[student] = last[3]
        collection.ignored += [(version[2], f"{student} handed in a later one") for version in older]
    return latest


def _common_folder(members: list[_Member], assignment: str) -> str:
    """Return the folder around an archive of files named after students, as zip programs add; else an empty string."""
    notebooks = [PurePosixPath(member.path) for member in members if member.path.lower().endswith(NOTEBOOKS)]
    folders = {path.parent for path in notebooks}
    named_after_assignment = any(path.stem.startswith(assignment) for path in notebooks)
    if len(notebooks) < 2 or len(folders) != 1 or named_after_assignment or folders == {PurePosixPath()}:
        return ""
    return f"{folders.pop()}/"


def _compiled(assignment: str, pattern: str | None) -> list[re.Pattern[str]]:
    if pattern is None:
        return [re.compile(text.replace("{assignment}", re.escape(assignment))) for text in PATTERNS.values()]
    try:
        compiled = re.compile(pattern)
    except re.error as error:
        raise ArchiveError(f"--pattern {pattern!r} is not a regular expression: {error}.") from None
    if "student" not in compiled.groupindex:
        raise ArchiveError(f"--pattern {pattern!r} has no group (?P<student>...).")
    return [compiled]


def _student(path: str, patterns: list[re.Pattern[str]]) -> tuple[str | None, str, int]:
    """Tell the student's id (None where there is none), the name that it was made of, and the number of the try."""
    for pattern in patterns:
        if found := pattern.fullmatch(path):
            groups = found.groupdict()
            name = "_".join(part for part in (groups["student"], groups.get("id")) if part)
            name = unicodedata.normalize("NFC", name)  # macOS takes accents apart
            student = re.sub(r"[^\w.@-]+", "_", name).strip("._")
            attempt = groups.get("try") or ""  # of a --pattern it may be anything
            fits = 0 < len(student.encode()) <= MAX_NAME
            return (student if fits else None), name, int(attempt[:9]) if attempt.isdecimal() else 0
    return None, "", 0


def _members(path: Path, stack: ExitStack, collection: Collection) -> list[_Member]:
    if path.is_dir():
        return list(_folder_members(path, collection))
    if not path.exists():
        raise ArchiveError(f"{path} does not exist.")
    try:
        archive = stack.enter_context(zipfile.ZipFile(path))
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise ArchiveError(f"{path} is neither a folder nor a zip archive, or is damaged ({error}).") from None
    return list(_zip_members(path, archive, collection))


def _folder_members(root: Path, collection: Collection) -> Iterator[_Member]:
    for path in sorted(root.rglob("*")):
        name = printable(path.relative_to(root))
        info = path.lstat()
        if JUNK.search(name) or stat.S_ISDIR(info.st_mode):
            continue
        if not stat.S_ISREG(info.st_mode):
            collection.ignored.append((name, "a link or special file"))
        elif info.st_size > MAX_BYTES:
            collection.ignored.append((name, f"larger than {MAX_BYTES // 2**20} MiB"))
        else:
            yield _Member(name, (info.st_mtime_ns,), partial(path.open, "rb"))


def _zip_members(path: Path, archive: zipfile.ZipFile, collection: Collection) -> Iterator[_Member]:
    entries = archive.infolist()
    if len(entries) > MAX_MEMBERS:
        raise ArchiveError(f"{path} holds {len(entries)} files, more than {MAX_MEMBERS}: this is not a class.")
    for entry in entries:
        name = entry.filename
        if entry.is_dir() or JUNK.search(name):
            continue
        if reason := _danger(entry):
            collection.ignored.append((name, reason))
        else:
            yield _Member(name, entry.date_time, partial(archive.open, entry))


def _danger(entry: zipfile.ZipInfo) -> str:
    """Why a member of a zip is not read; empty when it may be."""
    parts = PurePosixPath(entry.filename.replace("\\", "/"))
    if parts.is_absolute() or ".." in parts.parts or "\\" in entry.filename:
        return "its path leads out of the archive"
    if stat.S_ISLNK(entry.external_attr >> 16):
        return "a link"
    if entry.flag_bits & 0x1:
        return "encrypted"
    if entry.file_size > MAX_BYTES:
        return f"larger than {MAX_BYTES // 2**20} MiB"
    return ""


def _store(course: Course, assignment: str, student: str, content: bytes) -> str:
    folder = course.folder("submitted", student, assignment)
    target = folder / f"{assignment}.ipynb"
    change = "new"
    if target.exists():
        if target.read_bytes() == content:
            return "unchanged"
        _keep_earlier(course, assignment, student, folder)
        change = "replaced"
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / ".collecting"
    draft.write_bytes(content)
    os.replace(draft, target)
    return change


def _keep_earlier(course: Course, assignment: str, student: str, folder: Path) -> None:
    earlier = course.root / "submitted_earlier" / student / assignment
    number = 1 + sum(1 for _ in earlier.glob("*"))
    earlier.mkdir(parents=True, exist_ok=True)
    shutil.move(folder, earlier / str(number))


def _example(collection: Collection) -> str:
    if not collection.ignored:
        return "It is empty."
    name, reason = collection.ignored[0]
    return f"{len(collection.ignored)} files were not used, the first: {name} ({reason})."

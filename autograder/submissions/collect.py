"""From a folder or zip of submissions, as a learning platform exports it, to nbgrader's submitted folder.

Archives are untrusted: members are read one by one with bounds, never unpacked as they are, and each ends up under a
name that we made.
"""

from __future__ import annotations

import os
import re
import shutil
import unicodedata
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from autograder.errors import ArchiveError
from autograder.files import write_atomically
from autograder.submissions import late, receipt
from autograder.submissions.archive import ARCHIVES, NOTEBOOKS, Collected, Collection, Member, open_members
from autograder.submissions.reader import LISTING, printable
from autograder.submissions.times import LATE_MARK, TIMESTAMP, parse_time, read_times, stamp, utc

if TYPE_CHECKING:
    from autograder.course import Course

# Tried in this order on each file's path from the level at which students are told apart (`_Layout`), whole. `student`
# names the student, `try` counts resubmissions of the same file, the highest wins, and `late` is there if the platform
# calls the submission late. What follows the student's name is the student's own and names nobody else.
PATTERNS = {
    "Moodle": r"(?P<student>[^/]+?_\d+)_assignsubmission_(?:file|onlinetext)_?/?(?P<file>.*)",
    "Canvas": r"(?P<student>[^/_]+)(?P<late>_LATE)?_(?P<id>\d+)_\d+_"
    r"(?P<file>[^/]*?)(?:-(?P<try>\d+))?(?:\.ipynb(?:\.txt|\.json)?|\.[^./]+)",
    "Canvas, names hidden": r"(?P<late>LATE_)?(?P<student>anon_[A-Za-z0-9]+)_\d+_"
    r"(?P<file>[^/]*?)(?:-(?P<try>\d+))?(?:\.ipynb(?:\.txt|\.json)?|\.[^./]+)",
    "Blackboard": r"[^/]+?_(?P<student>[^/_]+)_attempt_\d{4}(?:-\d\d){5}(?:_(?P<file>[^/]*))?\.[^./]+",
    "Brightspace": r"\d+-\d+ - (?P<student>[^/]+?) - [^/]+/(?P<file>.+)",
    "nbgrader, inbound": r"(?P<student>[^/+]+)\+{assignment}\+[^/]+/(?P<file>.+)",
    "nbgrader": r"(?P<student>[^/]+)/{assignment}/(?P<file>[^/]+)",
    "folder per student": r"(?P<student>[^/]+)/(?P<file>.+)",
    "file per student": r"(?P<student>[^/]+?)(?:_{assignment})?\.ipynb(?:\.txt|\.json)?",
}
GENERAL = ("folder per student", "file per student")  # what fits any archive; all others are signs of a platform
Forms = Mapping[str, re.Pattern[str]]  # by title
MAX_EARLIER = 10  # of one student from one archive: who packs a thousand fills no disk
MAX_NAMES = 20  # of files of one student who handed in no notebook
MAX_NAME = 128  # bytes of a student's id, which names folders; nbgrader's gradebook has room for so many
LATE_NOTE = "The learning platform calls this submission late. It does not say by how much.\n"


def collect(
    course: Course,
    assignment: str,
    path: Path,
    pattern: str | None = None,
    *,
    times: Path | None = None,
    file_times: bool = False,
) -> Collection:
    """Copy each student's notebook to ``submitted/<student>/<assignment>/<assignment>.ipynb``.

    A submission that is replaced by a different one, and other versions in the archive, are kept in
    ``submitted_earlier/<student>/<assignment>/<number>/``. When a submission was handed in is written to nbgrader's
    ``timestamp.txt`` beside it, where that is known; ``late.txt`` says that a platform calls it late.

    Args:
        course: the course.
        assignment: the assignment's name.
        path: a folder or a zip archive.
        pattern: a regular expression for paths inside it, with a group ``student``; by default the usual forms of
            Canvas, Moodle and nbgrader, a folder per student, or a file per student.
        times: a CSV file that tells when students handed in: Moodle's grading worksheet, or columns student and time.
        file_times: take the times of the files for it. Canvas and Moodle put the time of the download there.

    Returns:
        What was found, and what was not used and why.

    Raises:
        AssignmentError: unknown assignment.
        ArchiveError: no such path, not a zip, a dangerous zip, a bad pattern, or no notebook that it matches.
        CourseError: the policy for late submissions, which holds the time zone, cannot be used.
        TableError: `times` cannot be used.
        FolderError: a folder may not be written; nothing is collected then.
    """
    course.require(assignment)
    patterns, zone = _compiled(assignment, pattern), late.policy(course.config, assignment).zone
    collection = Collection()
    with ExitStack() as stack:
        members = open_members(path, stack, collection)
        for member in members:
            member.named = member.path
        own_times = {}
        if pattern is None:
            _find_students(members, patterns, assignment)
            own_times = _own_times(members, assignment, collection)
        versions = _versions(members, patterns, assignment, collection)
        if not versions:
            raise ArchiveError(f"No notebook in {path} has a name that tells its student. {_example(collection)}")
        places = [_Place.of(course, assignment, student) for student in {*versions, *collection.without}]
        course.require_writable(*(folder for place in places for folder in (place.folder, place.earlier)))
        told = read_times(times, list(versions), lambda text: parse_time(text, zone)) if times else {}
        for student, found in sorted(versions.items()):
            at = told.get(student, own_times.get(student))
            if at is None and file_times and found[-1].stamp:
                at = utc(found[-1].stamp, zone)
            known = Collected(student, found[-1].path, "", at, _marked_late(found[-1].named, patterns))
            _put(_Place.of(course, assignment, student), known, found, collection)
        _take_receipts(members, patterns, collection)
    collection.without = sorted({*collection.without} - {found.student for found in collection.students})
    for student in collection.without:
        _Place.of(course, assignment, student).list_others(collection.others.get(student, []))
    return collection


def _put(place: _Place, known: Collected, versions: list[Member], collection: Collection) -> None:
    """Put a student's last notebook and what is known of it into place."""
    try:
        content = versions[-1].read()
    except Exception as error:  # noqa: BLE001  (zipfile has a dozen ways to stumble over a damaged member)
        collection.ignored.append((printable(known.file), f"cannot be read: {error}"))
        collection.without.append(known.student)
        damaged = f"{printable(PurePosixPath(known.file).name)} (damaged)"
        collection.others.setdefault(known.student, []).append(damaged)
        return
    known.change = place.store(content)
    place.keep_versions(versions[:-1])
    place.note_time(known)
    collection.students.append(known)


def _take_receipts(members: list[Member], patterns: Forms, collection: Collection) -> None:
    """Read what students' own checks left beside notebooks, the last try first; nobody is refused for it."""
    found: dict[str, list[tuple[int, tuple[int, ...], Member]]] = {}
    for member in members:
        if receipt.is_receipt(member.path):
            student, _, attempt = _student(receipt.notebook_of(member.named), patterns)
            if student:
                found.setdefault(student, []).append((attempt, member.changed, member))
    for student, tries in found.items():
        tries.sort(key=lambda one: one[:2], reverse=True)
        for _, _, member in tries[: receipt.MAX_TRIES]:
            try:
                collection.receipts.setdefault(student, []).append(receipt.parse(member.read(receipt.MAX_BYTES)))
            except Exception as error:  # noqa: BLE001  (see _put)
                collection.ignored.append((printable(member.path), f"no receipt that can be read: {error}"))


@dataclass(frozen=True)
class _Place:
    """Where one student's submission goes."""

    folder: Path
    earlier: Path
    notebook: str

    @classmethod
    def of(cls, course: Course, assignment: str, student: str) -> _Place:
        earlier = course.root / "submitted_earlier" / student / assignment
        return cls(course.folder("submitted", student=student, assignment=assignment), earlier, f"{assignment}.ipynb")

    def store(self, content: bytes) -> str:
        """Put a notebook into place, and the one before out of the way; say what has changed."""
        target = self.folder / self.notebook
        change = "new"
        if target.exists():
            if target.read_bytes() == content:
                return "unchanged"
            self.earlier.mkdir(parents=True, exist_ok=True)
            shutil.move(self.folder, self._next())
            change = "replaced"
        self.folder.mkdir(parents=True, exist_ok=True)
        write_atomically(target, content)
        (self.folder / LISTING).unlink(missing_ok=True)
        return change

    def list_others(self, names: list[str]) -> None:
        """Note what was handed in in place of a notebook, so that all tables have its student; an old one stays."""
        if any(self.folder.glob("*.ipynb")):
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        shown = sorted({name[:MAX_NAME] for name in names})
        more = [f"… and {len(shown) - MAX_NAMES} more"] if len(shown) > MAX_NAMES else []
        (self.folder / LISTING).write_text("\n".join([*shown[:MAX_NAMES], *more, ""]), encoding="utf-8")

    def keep_versions(self, versions: list[Member]) -> None:
        """Keep other notebooks that a student handed in, each content once."""
        if not versions:
            return
        there = [self.folder / self.notebook, *self.earlier.glob("*/*.ipynb")]
        kept = {sha256(path.read_bytes()).digest() for path in there}
        for version in versions[-MAX_EARLIER:]:
            try:
                content = version.read()
            except Exception:  # noqa: BLE001, S112  (see _put; it is listed as not used already)
                continue
            digest = sha256(content).digest()
            if digest not in kept:
                kept.add(digest)
                folder = self._next()
                folder.mkdir(parents=True)
                (folder / self.notebook).write_bytes(content)

    def note_time(self, known: Collected) -> None:
        """Write down when a submission was handed in; what is not known is left as it is."""
        if known.at is not None:
            (self.folder / TIMESTAMP).write_text(stamp(known.at), encoding="utf-8")
        if known.late:
            (self.folder / LATE_MARK).write_text(LATE_NOTE, encoding="utf-8")
        elif known.late is not None:
            (self.folder / LATE_MARK).unlink(missing_ok=True)

    def _next(self) -> Path:
        numbers = (int(path.name) for path in self.earlier.glob("*") if path.name.isdecimal())
        return self.earlier / str(1 + max(numbers, default=0))


def _versions(
    members: list[Member], patterns: Forms, assignment: str, collection: Collection
) -> dict[str, list[Member]]:
    """Find each student's notebooks, the one to grade last.

    That is the one named after the assignment (browsers and Canvas add numbers); of several the one with the highest
    number; of several the one changed last.
    """
    by_student: dict[str, list[tuple[bool, int, tuple[int, ...], str, Member]]] = {}
    names: dict[str, str] = {}  # the name as it was, by the id made of it, in lower case as some file systems do
    folders = _in_folders(members, patterns)
    for member in members:
        student, name, attempt = _student(member.named, patterns)
        path = printable(member.path)
        if not member.path.lower().endswith(NOTEBOOKS):
            if not receipt.is_receipt(path):
                collection.ignored.append((path, _not_a_notebook(path)))
            if (
                student
                and _stands_for_student(member.named, patterns, folders=folders)
                and names.setdefault(student.lower(), name) == name
            ):
                collection.without.append(student)
                collection.others.setdefault(student, []).append(printable(PurePosixPath(member.named).name))
        elif student is None:
            collection.ignored.append((path, "its name does not tell the student; see --pattern"))
        elif names.setdefault(student.lower(), name) != name:
            other = printable(names[student.lower()])
            collection.ignored.append((path, f"its student cannot be told from {other!r}; rename one of the two"))
        else:
            named = _is_named(member.named, patterns, assignment)
            by_student.setdefault(student, []).append((named, attempt, member.changed, member.path, member))
    found = {}
    for student, versions in by_student.items():
        versions.sort(key=lambda version: version[:4])
        found[student] = [version[4] for version in versions]
        *older, last = versions
        for version in older:
            other = f"{student} also handed in {printable(PurePosixPath(last[3]).name)}, named after the assignment"
            reason = other if last[0] and not version[0] else f"{student} handed in a later one"
            collection.ignored.append((printable(version[3]), reason))
    return found


def _not_a_notebook(path: str) -> str:
    if path.lower().endswith(ARCHIVES):
        return "an archive inside; it is not opened. Unpack it where it is, and collect the folder"
    return "not a notebook"


def _is_named(path: str, patterns: Forms, assignment: str) -> bool:
    """Tell whether a notebook is named after the assignment, but for “-1” and “ (1)”."""
    groups = next((found.groupdict() for form in patterns.values() if (found := form.fullmatch(path))), {})
    stem = PurePosixPath(groups.get("file") or path).name.split(".ipynb")[0]
    return re.sub(r"(-\d+| ?\(\d+\))$", "", stem).casefold() == assignment.casefold()


def _form(path: str, patterns: Forms) -> str:
    """Return the title of the first form that a path has."""
    return next((title for title, form in patterns.items() if form.fullmatch(path)), "")


def _in_folders(members: list[Member], patterns: Forms) -> bool:
    """Tell whether students have folders: then one without a notebook stands for a student too."""
    notebooks = (member.named for member in members if member.path.lower().endswith(NOTEBOOKS))
    return any(_form(path, patterns) == "folder per student" for path in notebooks)


def _stands_for_student(path: str, patterns: Forms, *, folders: bool) -> bool:
    """Tell whether a file stands for a submission, whatever it holds."""
    return _form(path, patterns) not in ({""} if folders else {"", *GENERAL})


def _marked_late(path: str, patterns: Forms) -> bool | None:
    found = next((found for form in patterns.values() if (found := form.fullmatch(path))), None)
    return bool(found["late"]) if found and "late" in found.re.groupindex else None


def _own_times(members: list[Member], assignment: str, collection: Collection) -> dict[str, datetime]:
    """Read the times that nbgrader wrote beside submissions, and take their files off the list."""
    form = re.compile(rf"(?P<student>[^/]+)/{re.escape(assignment)}/{re.escape(TIMESTAMP)}")
    found = {}
    for member in [member for member in members if form.fullmatch(member.named)]:
        members.remove(member)
        student, _, _ = _student(member.named, {"nbgrader": form})
        try:
            text = member.read()[:100].decode().strip()
            if student:
                found[student] = parse_time(text, UTC)
        except Exception as error:  # noqa: BLE001  (see collect; and the file may hold anything)
            collection.ignored.append((printable(member.path), f"holds no time: {error}"))
    return found


def _find_students(members: list[Member], patterns: Forms, assignment: str) -> None:
    """Find the level of folders at which students are told apart, the same for all, and note each path from there.

    It is the first of those that all notebooks share (a zip has a folder around it, or two) at which a name has the
    form of a platform's; else the one below all that they share. Whatever lies deeper is a student's own: names that
    students give to their folders and files make nobody else.
    """
    notebooks = [member.path.split("/") for member in members if member.path.lower().endswith(NOTEBOOKS)]
    if not notebooks:
        return
    shared = len(os.path.commonprefix([path[:-1] for path in notebooks]))  # noqa: RUF071  (of lists, not of texts)
    platforms_own = [form for title, form in patterns.items() if title not in GENERAL]
    level = next(
        (
            depth
            for depth in range(shared + 1)
            if any(form.fullmatch("/".join(path[depth:])) for path in notebooks for form in platforms_own)
        ),
        None,
    )
    if level is None:
        level = shared
        flat = all(len(path) == shared + 1 for path in notebooks)
        named_after_assignment = any(path[-1].casefold().startswith(assignment.casefold()) for path in notebooks)
        if flat and shared and (len(notebooks) == 1 or named_after_assignment):
            level = shared - 1  # one folder, and it is a student's
    above = notebooks[0][:level]
    for member in members:
        path = member.path.split("/")
        member.named = "/".join(path[level:]) if path[:level] == above else ""
    heads = [member.named for member in members if "/" in member.named]
    prefix = f"{assignment}-"  # as GitHub Classroom names repositories
    if len(heads) > 1 and all(head.startswith(prefix) for head in heads):
        for member in members:
            member.named = member.named.removeprefix(prefix)


def _compiled(assignment: str, pattern: str | None) -> Forms:
    if pattern is None:
        escaped = re.escape(assignment)
        return {title: re.compile(text.replace("{assignment}", escaped)) for title, text in PATTERNS.items()}
    return {"--pattern": compiled(pattern)}


def compiled(pattern: str) -> re.Pattern[str]:
    """Compile what tells students from the paths of their files.

    Args:
        pattern: a regular expression with a group ``student``.

    Raises:
        ArchiveError: it is none, or has no such group.
    """
    try:
        found = re.compile(pattern)
    except re.error as error:
        raise ArchiveError(f"--pattern {pattern!r} is not a regular expression: {error}.") from None
    if "student" not in found.groupindex:
        raise ArchiveError(f"--pattern {pattern!r} has no group (?P<student>...).")
    return found


def _student(path: str, patterns: Forms) -> tuple[str | None, str, int]:
    """Tell the student's id (None where there is none), the name that it was made of, and the number of the try.

    A name that two platforms would read as two students is nobody's: a student may have given it to a file to be
    another.
    """
    found = {title: match for title, pattern in patterns.items() if (match := pattern.fullmatch(path))}
    if not found or len({match["student"] for title, match in found.items() if title not in GENERAL}) > 1:
        return None, "", 0
    groups = next(iter(found.values())).groupdict()
    name = "_".join(part for part in (groups["student"], groups.get("id")) if part)
    name = unicodedata.normalize("NFC", name)  # macOS takes accents apart
    student = re.sub(r"[^\w.@-]+", "_", name).strip("._")
    attempt = groups.get("try") or ""  # of a --pattern it may be anything
    fits = 0 < len(student.encode()) <= MAX_NAME
    return (student if fits else None), name, int(attempt[:9]) if attempt.isdecimal() else 0


def _example(collection: Collection) -> str:
    if not collection.ignored:
        return "It is empty."
    name, reason = collection.ignored[0]
    return f"{len(collection.ignored)} files were not used, the first: {name} ({reason})."

"""Results on their way into the gradebook: each is written here first, and removed when its record is complete.

So whatever moment the grader is killed at, a result is in the journal or recorded, and a result that was recorded only
in part is recorded again. Results that would replace a mark wait in a folder of their own until somebody has agreed:
then they move into the journal.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.files import move, write_atomically
from autograder.grading.job import Done, File
from autograder.grading.records import Record

if TYPE_CHECKING:
    from autograder.course import Course

SUFFIX = ".msgpack"
NAMES = "surrogateescape"  # of files, which need not be UTF-8


def path(course: Course, assignment: str, student: str, *, waiting: bool = False) -> Path:
    """Where a result is on its way, or waits until somebody has agreed."""
    folder = "waiting" if waiting else "journal"
    return course.root / "records" / assignment / folder / f"{student}{SUFFIX}"


def write(course: Course, done: Done, *, waiting: bool = False) -> None:
    """Put a result down so that it is there after a crash of the machine, whole or not at all."""
    import msgpack

    target = path(course, done.record.assignment, done.record.student, waiting=waiting)
    target.parent.mkdir(parents=True, exist_ok=True)
    plain = {**asdict(done), "record": done.record.model_dump_json()}
    plain["files"] = {name: asdict(file) for name, file in done.files.items()}
    write_atomically(target, msgpack.packb(plain, unicode_errors=NAMES), sync=True)


def approve(course: Course, assignment: str, student: str) -> None:
    """Send a result on its way that has waited for that."""
    target = path(course, assignment, student)
    target.parent.mkdir(parents=True, exist_ok=True)
    move(path(course, assignment, student, waiting=True), target, sync=True)


def entries(course: Course, assignment: str, *, waiting: bool = False) -> Iterator[Done]:
    """Read the results that are on their way, or those that wait; a file that is none is removed."""
    for found in sorted(path(course, assignment, "x", waiting=waiting).parent.glob(f"*{SUFFIX}")):
        try:
            yield _read(found)
        except (ValueError, TypeError, KeyError):
            found.unlink()


def _read(found: Path) -> Done:
    import msgpack

    plain = msgpack.unpackb(found.read_bytes(), unicode_errors=NAMES)
    plain["record"] = Record.model_validate_json(plain["record"])
    plain["files"] = {name: File(**file) for name, file in plain["files"].items()}
    return Done(**plain)


def remove(course: Course, assignment: str, student: str, *, waiting: bool = False) -> None:
    """Strike a result out: it is recorded, or not wanted any more."""
    path(course, assignment, student, waiting=waiting).unlink(missing_ok=True)

"""What grading one submission came to: a plain record, kept as JSON in ``records/<assignment>/<student>.json``.

The gradebook holds the marks; the record holds the rest: the outcome, a message per test, what had to be put right, and
the fingerprints by which the next run knows that nothing has changed. It is written last, so a submission whose record
is missing was not graded to the end.
"""

from __future__ import annotations

import hashlib
import os
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel, ValidationError

from autograder import submission
from autograder.errors import SubmissionError
from autograder.late import LATE_MARK, TIMESTAMP

if TYPE_CHECKING:
    from autograder.course import Course


class Outcome(StrEnum):
    """How grading a submission ended."""

    GRADED = "graded"
    UNREADABLE = "unreadable"  # no mark: the file is not a notebook; the reason says why
    MISSING = "missing"  # no mark: there is no notebook among the files
    GRADER_ERROR = "grader error"  # no mark: our fault or the assignment's, not the student's


class Status(StrEnum):
    """How one test or question ended."""

    PASSED = "passed"
    PARTIAL = "partial"
    FAILED = "failed"
    TIMED_OUT = "timed out"
    KERNEL_DIED = "kernel died"
    OUT_OF_MEMORY = "out of memory"
    TOO_MUCH_OUTPUT = "too much output"
    NOT_RUN = "not run"
    UNANSWERED = "unanswered"
    TO_BE_MARKED = "to be marked by hand"


class Item(BaseModel):
    """One graded cell."""

    grade_id: str
    status: Status
    score: float | None  # None until somebody has marked it by hand
    max_score: float
    message: str = ""  # for the student: the check's own words
    references: list[str] = []  # of earlier exercises that failed: it was marked with these in place of the student's


class Record(BaseModel):
    """One graded submission."""

    assignment: str
    student: str
    outcome: Outcome
    reason: str = ""  # for the student, where there is no mark
    notes: list[str] = []  # for the student: what had to be put right
    flags: list[str] = []  # for the instructor: what was odd about its kernel, for a person to look at
    predictions: list[str] = []  # made before the experiment, as the notebook says; no points hang on it
    items: list[Item] = []
    cell_seconds: dict[str, float] = {}  # how long each cell with a grade_id ran
    submission: str = ""  # fingerprint of the files handed in
    version: str = ""  # fingerprint of assignment and configuration, and of the gradebook that has the marks
    sandboxed: bool = True  # False: run with all that the grader's user may do
    seconds: float = 0.0

    @property
    def score(self) -> float | None:
        """Points so far; None where there is no mark."""
        return sum(item.score or 0.0 for item in self.items) if self.outcome is Outcome.GRADED else None

    @property
    def max_score(self) -> float:
        """Points that can be had."""
        return sum(item.max_score for item in self.items)


def path(course: Course, assignment: str, student: str) -> Path:
    """Where the record of a submission is kept."""
    return course.root / "records" / assignment / f"{student}.json"


def load(course: Course, assignment: str, student: str) -> Record | None:
    """Read a record; None when there is none, or when it is not one (it will be made anew)."""
    try:
        return Record.model_validate_json(path(course, assignment, student).read_bytes())
    except (FileNotFoundError, ValidationError):
        return None


def current(course: Course, assignment: str, student: str) -> Record | None:
    """Read a record if it is about what is handed in now; None also when something else was handed in since."""
    record = load(course, assignment, student)
    return record if record and record.submission == handed_in(course, assignment, student) else None


def handed_in(course: Course, assignment: str, student: str) -> str:
    """Fingerprint of what a student handed in; when that was does not count, it changes nothing about the tests."""
    folder = course.folder("submitted", student, assignment)
    times = {folder / TIMESTAMP, folder / LATE_MARK}
    try:
        files = [path for path in submission.files(folder) if path not in times]
        return fingerprint([path for path in files if path.is_file() and not path.is_symlink()])
    except (SubmissionError, OSError) as error:  # it is not read at all, and this is why
        return hashlib.sha256(str(error).encode()).hexdigest()


def fingerprint(paths: list[Path]) -> str:
    """SHA-256 over names and contents of files, in their order."""
    digest = hashlib.sha256()
    for file in paths:
        digest.update(os.fsencode(file.name))
        with file.open("rb") as content:
            digest.update(hashlib.file_digest(content, "sha256").digest())
    return digest.hexdigest()


def save(course: Course, record: Record) -> None:
    """Write a record so that a crash leaves the old one or the new one, never half of one."""
    target = path(course, record.assignment, record.student)
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_suffix(".tmp")
    draft.write_text(record.model_dump_json(indent=1), encoding="utf-8")
    os.replace(draft, target)

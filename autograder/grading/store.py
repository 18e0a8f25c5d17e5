"""What grading leaves of one assignment beside marks, in ``records/<assignment>/``: one place for all of it.

``<student>.json``   the record of a submission, written last
``<student>.log``    what nbgrader said about it
``journal/``         results on their way into the gradebook
``waiting/``         results that would replace a mark, until somebody has agreed
``versions/``        what marks depend on, as it was when they were given
``receipts/``        what students' own checks said, beside what arrived (`autograder.results.receipts`)
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from autograder.errors import SubmissionError
from autograder.files import write_atomically
from autograder.grading.journal import Journal
from autograder.grading.records import Outcome, Record
from autograder.submissions import reader
from autograder.submissions.times import LATE_MARK, TIMESTAMP

if TYPE_CHECKING:
    from autograder.course import Course


@dataclass(frozen=True)
class Store:
    """The records of an assignment.

    Args:
        course: the course.
        assignment: the assignment's name.
    """

    course: Course
    assignment: str

    @cached_property
    def folder(self) -> Path:
        """The folder where all of it is."""
        return self.course.root / "records" / self.assignment

    @cached_property
    def journal(self) -> Journal:
        """Results on their way into the gradebook."""
        return Journal(self.folder / "journal")

    @cached_property
    def pending(self) -> Journal:
        """Results that wait until somebody has agreed."""
        return Journal(self.folder / "waiting")

    def path(self, student: str) -> Path:
        """Return where the record of a submission is kept."""
        return self.folder / f"{student}.json"

    def log(self, student: str) -> Path:
        """Return where the log of grading a submission is kept."""
        return self.folder / f"{student}.log"

    def students(self) -> set[str]:
        """List the students of whom there is a record."""
        return {path.stem for path in self.folder.glob("*.json")}

    def load(self, student: str) -> Record | None:
        """Read a record; None when there is none, or when it is not one (it will be made anew)."""
        try:
            return Record.model_validate_json(self.path(student).read_bytes())
        except (FileNotFoundError, ValidationError):
            return None

    def current(self, student: str) -> Record | None:
        """Read a record if it is about what is handed in now; None also when something else was handed in since."""
        record = self.load(student)
        return record if record and record.submission == self.submission_digest(student) else None

    def marked(self, student: str, submission: str) -> Record | None:
        """Read the record of a submission if it has a mark.

        Args:
            student: whose.
            submission: the digest of what was handed in.
        """
        record = self.load(student)
        return record if record and record.outcome is Outcome.GRADED and record.submission == submission else None

    def save(self, record: Record) -> None:
        """Write a record so that a crash leaves the old one or the new one, never half of one."""
        target = self.path(record.student)
        target.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(target, record.model_dump_json(indent=1))

    def approve(self, students: Iterable[str]) -> None:
        """Send results on their way that have waited for it."""
        for student in students:
            self.pending.move(student, self.journal)

    def submission_digest(self, student: str) -> str:
        """Fingerprint what a student handed in; when that was does not count, it changes nothing about the tests."""
        folder = self.course.folder("submitted", student=student, assignment=self.assignment)
        times = {folder / TIMESTAMP, folder / LATE_MARK}
        try:
            files = [path for path in reader.files(folder) if path not in times]
            return _fingerprint([path for path in files if path.is_file() and not path.is_symlink()])
        except (SubmissionError, OSError) as error:  # it is not read at all, and this is why
            return hashlib.sha256(str(error).encode()).hexdigest()


def _fingerprint(paths: list[Path]) -> str:
    """SHA-256 over names and contents of files, in their order."""
    digest = hashlib.sha256()
    for file in paths:
        digest.update(os.fsencode(file.name))
        with file.open("rb") as content:
            digest.update(hashlib.file_digest(content, "sha256").digest())
    return digest.hexdigest()

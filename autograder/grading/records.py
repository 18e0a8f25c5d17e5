"""What grading one submission came to: a plain record, kept as JSON (`store`).

The gradebook holds the marks; the record holds the rest: the outcome, a message per test, what had to be put right, and
the fingerprints by which the next run knows that nothing has changed. It is written last, so a submission whose record
is missing was not graded to the end.
"""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel


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

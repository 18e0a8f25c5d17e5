"""Feedback pages: nbgrader's for graded submissions, a short one with the reason for the others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.errors import AssignmentError, CourseError, LimitError
from autograder.grading import gradebook
from autograder.grading.records import Outcome
from autograder.grading.store import Store
from autograder.results import bounded, pages
from autograder.submissions import late

if TYPE_CHECKING:
    from autograder.course import Course

MEMORY, SECONDS = 1 << 30, 120.0  # that making one page may take
PAGE = """<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark }}
body {{ font: 1.1em/1.5 sans-serif; max-width: 40em; margin: 3em auto; padding: 0 1em }}</style>
<h1>{title}</h1>
<p><strong>There is no full feedback on your submission yet.</strong></p>
<p>{reason}</p>
</html>
"""
TOO_MUCH = "What you handed in is too large or too intricate to be shown on a page. Your marks are not touched by this."
OUR_FAULT = "This is a fault of the grader, not of your work; your instructor has been told."


def students(course: Course, assignment: str, only: list[str] | None = None) -> list[str]:
    """List the students who can get feedback: all that were graded, or that have a reason why not.

    Args:
        course: the course.
        assignment: the assignment's name.
        only: just these; everybody by default.

    Raises:
        AssignmentError: unknown assignment, or nobody, or not all of those asked for, has been graded.
    """
    course.require(assignment)
    recorded = Store(course, assignment).students()
    found = sorted({*course.students("autograded", assignment), *recorded})
    if not found:
        raise AssignmentError(f"Nobody has been graded. Grade first: autograder grade {assignment}")
    if missing := sorted(set(only or []) - set(found)):
        raise AssignmentError(f"Not graded: {', '.join(missing)}. Grade first: autograder grade {assignment}")
    return only or found


@dataclass(frozen=True)
class Page:
    """A feedback page, and what kept it from being more than an apology."""

    path: Path
    problem: str = ""
    unmarked: bool = False  # somebody still has to mark written answers


def feedback(course: Course, assignment: str, ids: list[str]) -> Iterator[Page]:
    """Write feedback pages. Where one cannot be made from the student's notebook, it says so; the others go on.

    Args:
        course: the course.
        assignment: the assignment's name.
        ids: as from `students`.

    Yields:
        Each page, when it is written.

    Raises:
        GradebookError: when the gradebook cannot be used.
        FolderError: when a folder cannot be written; then no page is.
        CourseError: when pages would not be safe, for the course's settings.
        CourseError, TableError: when penalties for lateness cannot be worked out.
    """
    from nbgrader.converters import NbGraderException

    if problem := pages.unsafe(course.config):
        raise CourseError(problem)
    course.require_writable(*(course.folder("feedback", student=student, assignment=assignment) for student in ids))
    late.apply_penalties(course, assignment)
    waiting = gradebook.unmarked(course, assignment)
    store = Store(course, assignment)
    for student in ids:
        record = store.current(student)
        path = course.folder("feedback", student=student, assignment=assignment) / f"{assignment}.html"
        problem = ""
        if record and record.outcome is not Outcome.GRADED:
            _write(path, student, OUR_FAULT if record.outcome is Outcome.GRADER_ERROR else record.reason)
        else:
            try:
                make = partial(_make, course, assignment, student)
                bounded.call(make, f"The feedback page of {student}", memory=MEMORY, seconds=SECONDS)
            except LimitError as error:
                _write(path, student, TOO_MUCH)
                problem = str(error)
            except NbGraderException as error:
                _write(path, student, OUR_FAULT)
                problem = getattr(error, "log", "").strip() or str(error)
        yield Page(path, problem, unmarked=student in waiting and not problem)


def _make(course: Course, assignment: str, student: str) -> None:
    """Make one page; memory that was not enough is told apart from other trouble, as nbgrader does not do."""
    from nbgrader.converters import GenerateFeedback, NbGraderException

    try:
        course.convert(GenerateFeedback, assignment=assignment, student=student)
    except NbGraderException as error:
        if "\nMemoryError" in getattr(error, "log", ""):
            raise MemoryError from error
        raise


def _write(path: Path, student: str, reason: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(PAGE.format(title=escape(f"{path.stem}: {student}"), reason=escape(reason)), encoding="utf-8")

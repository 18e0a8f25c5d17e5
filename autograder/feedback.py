"""Feedback pages: nbgrader's for graded submissions, a short one with the reason for the others."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from autograder import records
from autograder.errors import AssignmentError
from autograder.records import Outcome, Record

if TYPE_CHECKING:
    from autograder.course import Course

PAGE = """<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>body {{ font: 1.1em/1.5 sans-serif; max-width: 40em; margin: 3em auto; padding: 0 1em }}</style>
<h1>{title}</h1>
<p><strong>Your submission could not be graded, so there is no mark yet.</strong></p>
<p>{reason}</p>
</html>
"""


def students(course: Course, assignment: str, only: list[str] | None = None) -> list[str]:
    """Students who can get feedback: all that were graded, or that have a reason why not.

    Args:
        course: the course.
        assignment: the assignment's name.
        only: just these; everybody by default.

    Raises:
        AssignmentError: unknown assignment, or nobody, or not all of those asked for, has been graded.
    """
    course.require(assignment)
    recorded = [path.stem for path in records.path(course, assignment, "x").parent.glob("*.json")]
    found = sorted({*course.students("autograded", assignment), *recorded})
    if not found:
        raise AssignmentError(f"Nobody has been graded. Grade first: autograder grade {assignment}")
    if missing := sorted(set(only or []) - set(found)):
        raise AssignmentError(f"Not graded: {', '.join(missing)}. Grade first: autograder grade {assignment}")
    return only or found


def feedback(course: Course, assignment: str, ids: list[str]) -> Iterator[Path]:
    """Write feedback pages.

    Args:
        course: the course.
        assignment: the assignment's name.
        ids: as from `students`.

    Yields:
        Each page, when it is written.
    """
    from nbgrader.converters import GenerateFeedback

    for student in ids:
        record = records.current(course, assignment, student)
        page = course.folder("feedback", student, assignment) / f"{assignment}.html"
        if record and record.outcome is not Outcome.GRADED:
            page.parent.mkdir(parents=True, exist_ok=True)
            page.write_text(_page(record))
        else:
            course.convert(GenerateFeedback, assignment, student)
        yield page


def _page(record: Record) -> str:
    reason = record.reason
    if record.outcome is Outcome.GRADER_ERROR:
        reason = "This is a fault of the grader, not of your work; your instructor has been told."
    return PAGE.format(title=escape(f"{record.assignment}: {record.student}"), reason=escape(reason))

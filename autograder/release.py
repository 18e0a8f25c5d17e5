"""Student versions from executed solutions, by nbgrader's generate_assignment."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from autograder.errors import AssignmentError

if TYPE_CHECKING:
    from autograder.course import Course


def release(course: Course, assignment: str) -> Path:
    """Generate the student version of an assignment and register it in the gradebook.

    Args:
        course: the course.
        assignment: the assignment's name.

    Returns:
        The folder of the student version.

    Raises:
        AssignmentError: unknown, not built, or not a valid nbgrader assignment.
    """
    from nbgrader.converters import GenerateAssignment, NbGraderException

    course.require(assignment)
    if not course.source(assignment).exists():
        raise AssignmentError(f"{course.source(assignment)} has not been built from its .py yet. Run `make notebooks`.")
    try:
        course.convert(GenerateAssignment, assignment, ".")
    except NbGraderException as error:
        log = getattr(error, "log", "")
        raise AssignmentError(f"nbgrader cannot generate {assignment}: {_reason(log) or error}") from error
    return course.folder("release", assignment=assignment)


def _reason(log: str) -> str:
    """The last line of nbgrader's log that is the message of an exception, without the traceback around it."""
    lines = [line for line in log.splitlines() if "Error:" in line or "Exception:" in line]
    return lines[-1].strip() if lines else ""

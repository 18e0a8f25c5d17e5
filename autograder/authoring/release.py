"""Student versions from executed solutions, by nbgrader's generate_assignment."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from autograder.errors import AssignmentError
from autograder.notebooks import markers, releases
from autograder.notebooks.source import read_source, student_version
from course_utils.check import ABOUT

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from autograder.course import Course

FIXED = (
    ". Keep the graded and locked cells and their names; their text and points may change. A test that should not "
    "count can be given 0 points, and a new check can go into a test that is there."
)


def release(course: Course, assignment: str) -> Path:
    """Generate the student version of an assignment and register it in the gradebook.

    Args:
        course: the course.
        assignment: the assignment's name.

    Returns:
        The folder of the student version.

    Raises:
        AssignmentError: unknown, not built, or not a valid nbgrader assignment.
        GradebookError: when the gradebook cannot be used.
        FolderError: when a folder cannot be written.
    """
    import nbformat
    from nbgrader.converters import GenerateAssignment, NbGraderException

    course.require(assignment)
    course.require_writable_gradebook()
    course.require_writable(course.root, course.folder("release", assignment=assignment))
    with course.gradebook():
        pass  # it can be used
    if not course.source(assignment).exists():
        raise AssignmentError(f"{course.source(assignment)} has not been built from its .py yet. Run `make notebooks`.")
    source = require_source(course.source(assignment))
    try:
        course.convert(GenerateAssignment, assignment=assignment, student=".")
    except NbGraderException as error:
        log = getattr(error, "log", "")
        mend = FIXED if "Cannot add or remove cells" in log else ""
        raise AssignmentError(f"nbgrader cannot generate {assignment}: {_reason(log) or error}{mend}") from error
    released = course.folder("release", assignment=assignment)
    path = released / course.source(assignment).name
    notebook = nbformat.read(path, as_version=4)
    describe(notebook, course, assignment)
    nbformat.write(notebook, path)
    releases.remember(course.root, assignment, student_version(source, course.config))
    return released


def describe(notebook: NotebookNode, course: Course, assignment: str) -> None:
    """Write into a student version's metadata what `course_utils.check` cannot know from the cells that are left.

    Args:
        notebook: the student version; changed in place.
        course: the course.
        assignment: the assignment's name.
    """
    from autograder.kernels.limits import Limits

    settings = course.config.ExecuteSubmission
    special = settings.get("assignment_limits", {}).get(assignment, {})
    limits = Limits.of(settings.get("limits", {}), special, f"ExecuteSubmission.limits (for {assignment})")
    marked = [cell.metadata.nbgrader for cell in notebook.cells if "nbgrader" in cell.metadata]
    needed = [marks.grade_id for marks in marked if marks.get("grade") or marks.get("solution")]
    notebook.metadata[ABOUT] = {"assignment": assignment, "cell_time": limits.cell_time, "cells": needed}


def require_source(path: Path) -> NotebookNode:
    """Read a solution notebook whose marks for nbgrader are as they should be.

    Raises:
        AssignmentError: when it cannot be read, or says what is wrong with its marks.
    """
    notebook = read_source(path)
    markers.check(path, notebook.cells)
    return notebook


def _reason(log: str) -> str:
    """Return the last line of nbgrader's log that is the message of an exception, without the traceback around it."""
    lines = [line for line in log.splitlines() if "Error:" in line or "Exception:" in line]
    return lines[-1].strip() if lines else ""

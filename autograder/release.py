"""Student versions from executed solutions, by nbgrader's generate_assignment."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import TYPE_CHECKING

from autograder import markers, releases
from autograder.errors import AssignmentError
from course_utils.check import ABOUT

if TYPE_CHECKING:
    from nbformat import NotebookNode
    from traitlets.config import Config

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
        course.convert(GenerateAssignment, assignment, ".")
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
    from autograder.limits import Limits

    settings = course.config.ExecuteSubmission
    special = settings.get("assignment_limits", {}).get(assignment, {})
    limits = Limits.of(settings.get("limits", {}), special, f"ExecuteSubmission.limits (for {assignment})")
    marked = [cell.metadata.nbgrader for cell in notebook.cells if "nbgrader" in cell.metadata]
    needed = [marks.grade_id for marks in marked if marks.get("grade") or marks.get("solution")]
    notebook.metadata[ABOUT] = {"assignment": assignment, "cell_time": limits.cell_time, "cells": needed}


def read_source(path: Path) -> NotebookNode:
    """Read a solution notebook, of whatever nbformat 4.

    Raises:
        AssignmentError: when it is not there, or no notebook.
    """
    import nbformat

    try:
        notebook = nbformat.v4.upgrade(nbformat.read(path, as_version=4))  # before 4.5 cells had no ids
        nbformat.validate(notebook, relax_add_props=True)
    except Exception as error:  # whatever nbformat stumbles over
        said = str(error).strip().partition("\n")[0] or type(error).__name__
        raise AssignmentError(
            f"{path} cannot be read as a notebook: {said}. Build it anew from its .py, or save it in JupyterLab."
        ) from error
    return notebook


def require_source(path: Path) -> NotebookNode:
    """Read a solution notebook whose marks for nbgrader are as they should be.

    Raises:
        AssignmentError: when it cannot be read, or says what is wrong with its marks.
    """
    notebook = read_source(path)
    markers.check(path, notebook.cells)
    return notebook


def student_version(source: NotebookNode, config: Config, *, hidden_tests: bool = False) -> NotebookNode:
    """Make the student version of a notebook in memory, by the same steps as `release` but without the gradebook.

    Grading puts answers into this and not into the file in the release folder, which somebody may have worked in.

    Args:
        source: the solution notebook.
        config: the course's configuration.
        hidden_tests: leave them in, as in what the gradebook keeps of each cell.

    Returns:
        The notebook that students got, if the source has not changed since.

    Raises:
        AssignmentError: when nbgrader cannot make one.
    """
    from nbgrader.converters import GenerateAssignment
    from nbgrader.preprocessors import CheckCellMetadata, InstantiateTests, SaveCells
    from traitlets.utils.importstring import import_item

    notebook = deepcopy(source)
    for step in GenerateAssignment(config=config).preprocessors:
        step_class = import_item(step) if isinstance(step, str) else step
        if hidden_tests and step_class is SaveCells:
            break
        if step_class not in (CheckCellMetadata, InstantiateTests, SaveCells):  # the first: grading does that itself
            try:
                notebook, _ = step_class(config=config).preprocess(notebook, {})
            except Exception as error:  # each of nbgrader's steps has its own
                raise AssignmentError(f"nbgrader cannot make a student version of it: {error}") from error
    return notebook


def _reason(log: str) -> str:
    """The last line of nbgrader's log that is the message of an exception, without the traceback around it."""
    lines = [line for line in log.splitlines() if "Error:" in line or "Exception:" in line]
    return lines[-1].strip() if lines else ""

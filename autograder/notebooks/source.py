"""A solution notebook, and the student version that is made of it in memory."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.errors import AssignmentError

if TYPE_CHECKING:
    from nbformat import NotebookNode
    from traitlets.config import Config


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

"""What a cell is, asked in one place: by nbgrader's marks on it, by its tags, by its outputs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from nbformat import NotebookNode

Result: TypeAlias = "tuple[NotebookNode, dict[str, Any]]"
"""What a preprocessor of nbconvert's returns: the notebook, and what the next ones are told."""


def marks(cell: NotebookNode) -> Mapping[str, Any]:
    """Return nbgrader's metadata of a cell; nothing where there are none."""
    return cell.metadata.get("nbgrader", {})  # type: ignore[no-any-return]


def grade_id(cell: NotebookNode) -> str | None:
    """Return the nbgrader name of a cell, if it has one."""
    name = marks(cell).get("grade_id")
    return name if isinstance(name, str) else None


def is_graded(cell: NotebookNode) -> bool:
    """Tell whether a cell gives points: a test, or an answer that somebody marks."""
    return bool(marks(cell).get("grade"))


def is_answer(cell: NotebookNode) -> bool:
    """Tell whether students are to write their answer into a cell."""
    return bool(marks(cell).get("solution"))


def is_test(cell: NotebookNode) -> bool:
    """Tell whether a cell is an automatic test."""
    return cell.cell_type == "code" and is_graded(cell) and not is_answer(cell)


def is_locked(cell: NotebookNode) -> bool:
    """Tell whether students cannot change a cell."""
    return bool(marks(cell).get("locked"))


def is_demo(cell: NotebookNode) -> bool:
    """Tell whether a cell is marked as one of the lecture's that no answer needs. A test that is not run would pass."""
    return "demo" in cell.metadata.get("tags", []) and not (is_graded(cell) or is_answer(cell))


def is_ours(cell: NotebookNode) -> bool:
    """Tell whether a cell is the instructor's and gives no points: it is not the student's fault if it takes long."""
    return is_demo(cell) or (is_locked(cell) and not is_graded(cell))


def is_ours_alone(cell: NotebookNode) -> bool:
    """Tell whether what a cell defines is never the student's: locked cells and tests, whether they are run or not."""
    return (is_locked(cell) or is_graded(cell)) and not is_answer(cell)


def errors(cell: NotebookNode) -> list[NotebookNode]:
    """Return the errors among the outputs of a cell."""
    return [output for output in cell.get("outputs", []) if output.output_type == "error"]


def last_error(cell: NotebookNode) -> NotebookNode | None:
    """Return the error that ended a cell, if one did."""
    found = errors(cell)
    return found[-1] if found else None

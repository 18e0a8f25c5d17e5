"""A submission is rebuilt, never trusted: the student's answers are put into the released notebook.

What survives of a submission is the source of answer cells, of the student's own cells and of lecture cells that the
student changed. Test cells, points, metadata and tags are always the released ones, at the released places.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field

from nbformat import NotebookNode


@dataclass
class _Matched:
    """What of a submission belongs to one released cell."""

    copies: list[NotebookNode] = field(default_factory=list)
    followers: list[NotebookNode] = field(default_factory=list)  # the student's own cells after it


def rebuild(released: NotebookNode, submitted: NotebookNode) -> tuple[NotebookNode, list[str]]:
    """Put the answers of a submission into the released notebook.

    Cells are matched by nbgrader's grade_id, else by cell id, else by identical text. A cell that matches nothing is
    the student's own and stays behind the released cell that it followed. Answer and lecture cells that are missing are
    put back before such cells, so that what the student wrote in their place is what counts.

    Args:
        released: the student version as generated from the source.
        submitted: as from `autograder.submission.read`.

    Returns:
        The rebuilt notebook, and notes for the student: one sentence for each thing that had to be put right.
    """
    own_first, matched = _match(released, submitted)
    notes: list[str] = []
    cells = [_own(cell) for cell in own_first]
    behind = 0  # the released cell before, and its further versions
    for cell in released.cells:
        found = matched[cell.id]
        answered = _answered(cell, found.copies, notes)
        if not found.copies and not _locked(cell):  # a stub put back must not undo what the student wrote in its place
            cells[behind:behind] = answered
            behind += len(answered)
            continue
        cells += answered
        behind = len(cells)
        cells += [_own(follower) for follower in found.followers]
    for number, cell in enumerate(cells):
        cell.id = f"cell-{number}"
    rebuilt = deepcopy(released)
    rebuilt.cells = cells
    return rebuilt, notes


def grade_id(cell: NotebookNode) -> str | None:
    """The nbgrader name of a cell, if it has one."""
    name = cell.metadata.get("nbgrader", {}).get("grade_id")
    return name if isinstance(name, str) else None


def _locked(cell: NotebookNode) -> bool:
    return bool(cell.metadata.get("nbgrader", {}).get("locked"))


def _match(released: NotebookNode, submitted: NotebookNode) -> tuple[list[NotebookNode], dict[str, _Matched]]:
    by_grade_id = {grade_id(cell): cell.id for cell in released.cells if grade_id(cell)}
    by_id = {cell.id: cell.id for cell in released.cells}
    by_text = {(cell.cell_type, cell.source): cell.id for cell in released.cells if cell.source.strip()}
    matched = {cell.id: _Matched() for cell in released.cells}
    own_first: list[NotebookNode] = []
    current = own_first
    for cell in submitted.cells:
        key = by_grade_id.get(grade_id(cell)) or (None if cell.metadata.get("no_id") else by_id.get(cell.id))
        key = key or by_text.get((cell.cell_type, cell.source))
        if key is None:
            current.append(cell)
        else:
            matched[key].copies.append(cell)
            current = matched[key].followers
    return own_first, matched


def _answered(cell: NotebookNode, copies: list[NotebookNode], notes: list[str]) -> list[NotebookNode]:
    """Return the released cell with the student's text where the student may write, and further versions after it."""
    name = grade_id(cell)
    if _locked(cell):
        if not copies:
            notes.append(f"The cell “{name}” was missing and has been put back.")
        elif any(copy.source != cell.source for copy in copies):
            notes.append(f"The cell “{name}” had been changed; the original was used.")
        elif len(copies) > 1:
            notes.append(f"The cell “{name}” was there {len(copies)} times; it counts once.")
        return [deepcopy(cell)]
    if name and not copies:
        notes.append(f"The answer cell “{name}” was missing; an answer in another cell may not have been found.")
    versions = [copy for copy in copies if copy.source != cell.source]
    if not versions:
        return [deepcopy(cell)]
    if name and len(copies) > 1:
        notes.append(f"The answer cell “{name}” was there {len(copies)} times; what you wrote in any of them was run.")
    first = deepcopy(cell)
    first.source = versions[0].source
    if "attachments" in versions[0] and cell.cell_type == "markdown":
        first.attachments = versions[0].attachments
    if not name:  # a lecture cell that the student changed is the student's own
        first.metadata = NotebookNode()
    return [first, *(_own(version) for version in versions[1:])]


def _own(cell: NotebookNode) -> NotebookNode:
    own = deepcopy(cell)
    own.metadata = NotebookNode()
    return own

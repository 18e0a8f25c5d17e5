"""A submission is rebuilt, never trusted: the student's answers are put into the released notebook.

What survives of a submission is the source of answer cells, of the student's own cells and of lecture cells that the
student changed. Test cells, points, metadata and tags are always the released ones, at the released places.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field

from nbformat import NotebookNode

from autograder.notebooks import names
from autograder.notebooks.cells import grade_id, is_locked
from autograder.notebooks.releases import NOTHING, Known, fingerprint, plain

MISSING = "The answer cell “{name}” was missing; an answer in another cell may not have been found."
FOUND = "The answer cell “{name}” was missing; what you wrote in another cell was run."
BESIDE = "The answer cell “{name}” was empty; your words beside it were taken for the answer."


@dataclass
class _Matched:
    """What of a submission belongs to one released cell."""

    copies: list[NotebookNode] = field(default_factory=list)
    followers: list[NotebookNode] = field(default_factory=list)  # the student's own cells after it


@dataclass
class _Place:
    """The cells that stand in the rebuilt notebook for one released cell."""

    released: NotebookNode
    cells: list[NotebookNode]  # the released cell, with the student's text where there is one, and further versions
    missing: bool
    before: list[NotebookNode] = field(default_factory=list)  # the student's own, taken out of a locked cell
    after: list[NotebookNode] = field(default_factory=list)  # the student's own cells behind it

    @property
    def untouched(self) -> bool:
        """Whether nothing of it is the student's."""
        return bool(self.cells[0].source == self.released.source)

    @property
    def all(self) -> list[NotebookNode]:
        """The cells in order."""
        return [*self.before, *self.cells, *self.after]


def rebuild(released: NotebookNode, submitted: NotebookNode, known: Known = NOTHING) -> tuple[NotebookNode, list[str]]:
    """Put the answers of a submission into the released notebook.

    Cells are matched by nbgrader's grade_id, else by cell id, else by identical text. A cell that matches nothing is
    the student's own and stays behind the released cell that it followed. Answer and lecture cells that are missing are
    put back; no stub ever comes after the student's own definition of one of its names. Words beside a written answer
    that was left empty are taken for the answer, so that a person reads them.

    Args:
        released: the student version as generated from the source.
        submitted: as from `autograder.submissions.reader.read`.
        known: fingerprints of all cells that students were ever given: who has an older one has changed nothing.

    Returns:
        The rebuilt notebook, and notes for the student: one sentence for each thing that had to be put right.
    """
    own_first, matched = _match(released, submitted, known)
    notes: list[str] = []
    first = [_own(cell) for cell in own_first]
    places: list[_Place] = []
    waiting: list[_Place] = []  # missing cells; own cells in their place come after them
    for cell in released.cells:
        found = matched[cell.id]
        place = _Place(cell, _answered(cell, found.copies, known, notes), missing=not found.copies)
        place.before, place.after = _added(cell, found.copies)
        place.after += [_own(follower) for follower in found.followers]
        if place.missing and not is_locked(cell):
            waiting.append(place)
        elif waiting:
            _give_followers(places, waiting)
            waiting = []
        places.append(place)
    _give_followers(places, waiting)
    _take_words(first, places, notes)
    cells = _stubs_first(first, places, notes)
    for number, cell in enumerate(cells):
        cell.id = f"cell-{number}"
    rebuilt = deepcopy(released)
    rebuilt.cells = cells
    return rebuilt, notes


def _give_followers(places: list[_Place], missing: list[_Place]) -> None:
    """Put missing cells before what the student wrote in their place: they take over the followers of what is there."""
    if not missing:
        return
    index = next(i for i, place in enumerate(places) if place is missing[0])
    if index:
        missing[-1].after += places[index - 1].after
        places[index - 1].after = []


def _replace(notes: list[str], old: str, new: str) -> None:
    if old in notes:
        notes.remove(old)
    notes.append(new)


def _stubs_first(first: list[NotebookNode], places: list[_Place], notes: list[str]) -> list[NotebookNode]:
    """Lay all cells in a row; an untouched stub comes before the student's first definition of one of its names."""
    rows = [(cell, True) for cell in first]
    for place in places:
        rows += [(cell, True) for cell in place.before]
        rows += [(cell, cell.source != place.released.source) for cell in place.cells]
        rows += [(cell, True) for cell in place.after]
    stubs = [place for place in places if place.untouched and _may_write(place.released)]
    wanted = set[str]().union(*(names.defined(stub.released.source) for stub in stubs))
    if not wanted:
        return [cell for cell, _ in rows]
    earliest: dict[str, int] = {}
    for index, (cell, own) in enumerate(rows):
        if own and cell.cell_type == "code":
            for name in wanted & names.defined(cell.source):
                earliest.setdefault(name, index)
    keys = {id(cell): (index, 1) for index, (cell, _) in enumerate(rows)}
    for stub in stubs:
        defined = [earliest[name] for name in names.defined(stub.released.source) if name in earliest]
        if defined and min(defined) < keys[id(stub.cells[0])][0]:
            keys[id(stub.cells[0])] = min(defined), 0
        if defined and stub.missing and (missing := grade_id(stub.released)):
            _replace(notes, MISSING.format(name=missing), FOUND.format(name=missing))
    return sorted((cell for cell, _ in rows), key=lambda cell: keys[id(cell)])


def _take_words(first: list[NotebookNode], places: list[_Place], notes: list[str]) -> None:
    """Take for a written answer that was left empty what the student wrote right beside it."""
    for index, place in enumerate(places):
        name = grade_id(place.released)
        if not (place.untouched and place.released.cell_type == "markdown" and name and not is_locked(place.released)):
            continue
        question = places[index - 1] if index else None
        behind = question.after if question else first
        near = [cell for cell in (*behind, *place.after) if cell.cell_type == "markdown" and cell.source.strip()]
        words = [cell.source for cell in near]
        if question and question.released.cell_type == "markdown" and not is_locked(question.released):
            extra = _extra(question.released.source, question.cells[0].source)
            words = [text for text in extra if text.strip()] + words
        words = [text for text in words if plain(text) not in plain(place.released.source)]
        if not words:
            continue
        answer = place.cells[0]
        answer.source = "\n\n".join(words)
        for cell in near:
            answer.attachments = {**answer.get("attachments", {}), **cell.get("attachments", {})}
            (behind if any(cell is other for other in behind) else place.after).remove(cell)
        if not answer.get("attachments"):
            answer.pop("attachments", None)
        _replace(notes, MISSING.format(name=name), BESIDE.format(name=name))


def _may_write(cell: NotebookNode) -> bool:
    return cell.cell_type == "code" and not is_locked(cell)


def _extra(released: str, submitted: str) -> tuple[str, str]:
    """Return what stands before and after the released text in a cell; nothing where that is not there as it was."""
    text = plain(released)
    before, found, after = plain(submitted).partition(text) if text else ("", "", "")
    return (before.strip("\n"), after.strip("\n")) if found else ("", "")


def _added(cell: NotebookNode, copies: list[NotebookNode]) -> tuple[list[NotebookNode], list[NotebookNode]]:
    """Return what a student added to a locked cell, as by merging it with an answer: cells of the student's own."""
    sides: tuple[list[NotebookNode], list[NotebookNode]] = ([], [])
    if is_locked(cell) and cell.cell_type == "code":
        for copy in copies:
            for side, text in zip(sides, _extra(cell.source, copy.source), strict=True):
                if text:
                    own = _own(copy)
                    own.source = text
                    side.append(own)
    return sides


def _match(
    released: NotebookNode, submitted: NotebookNode, known: Known
) -> tuple[list[NotebookNode], dict[str, _Matched]]:
    by_grade_id = {grade_id(cell): cell.id for cell in released.cells if grade_id(cell)}
    by_id = {cell.id: cell.id for cell in released.cells}
    by_text = {(cell.cell_type, plain(cell.source)): cell.id for cell in released.cells if cell.source.strip()}
    matched = {cell.id: _Matched() for cell in released.cells}
    own_first: list[NotebookNode] = []
    current = own_first
    for cell in submitted.cells:
        key = by_grade_id.get(grade_id(cell)) or (None if cell.metadata.get("no_id") else by_id.get(cell.id))
        key = key or by_text.get((cell.cell_type, plain(cell.source)))
        if key is None:
            if not (cell.source.strip() and fingerprint(cell) in known):  # else it is of an older release
                current.append(cell)
        else:
            matched[key].copies.append(cell)
            current = matched[key].followers
    return own_first, matched


def _answered(cell: NotebookNode, copies: list[NotebookNode], known: Known, notes: list[str]) -> list[NotebookNode]:
    """Return the released cell with the student's text where the student may write, and further versions after it."""
    name, text = grade_id(cell), plain(cell.source)
    others = [copy for copy in copies if plain(copy.source) != text and fingerprint(copy, name) not in known]
    if is_locked(cell):
        if not copies:
            notes.append(f"The cell “{name}” was missing and has been put back.")
        elif others:
            notes.append(f"The cell “{name}” had been changed; the original was used.")
        elif len(copies) > 1:
            notes.append(f"The cell “{name}” was there {len(copies)} times; it counts once.")
        return [deepcopy(cell)]
    if name and not copies:
        notes.append(MISSING.format(name=name))
    if not others:
        return [deepcopy(cell)]
    if name and len(copies) > 1:
        notes.append(f"The answer cell “{name}” was there {len(copies)} times; what you wrote in any of them was run.")
    first = deepcopy(cell)
    first.source = others[0].source
    if "attachments" in others[0] and cell.cell_type == "markdown":
        first.attachments = others[0].attachments
    if not name:  # a lecture cell that the student changed is the student's own
        first.metadata = NotebookNode()
    return [first, *(_own(version) for version in others[1:])]


def _own(cell: NotebookNode) -> NotebookNode:
    own = deepcopy(cell)
    own.metadata = NotebookNode()
    return own

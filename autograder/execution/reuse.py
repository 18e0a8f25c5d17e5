"""What an earlier run of the same submission is still good for when only tests have changed since.

A test whose text is the same keeps what it came to, and only the others are run, provided that they have nothing to do
with each other. Names tell: a test that needs no name of another test's gives the same without it.
"""

from __future__ import annotations

from copy import deepcopy

from nbformat import NotebookNode

from autograder.notebooks import names
from autograder.notebooks.cells import grade_id, is_ours_alone, is_test

UNSURE = {"globals", "locals", "vars", "exec", "eval", "get_ipython", "_", "__", "___", "In", "Out", "_ih", "_oh"}
"""What a cell may use to reach names that its text does not tell."""


def kept(now: NotebookNode, before: NotebookNode) -> dict[str, NotebookNode]:
    """Find the tests that need not be run again.

    Args:
        now: a submission as it is to be run.
        before: the same submission as it was run earlier; all its cells but the tests are the same.

    Returns:
        Cells of the earlier run, with outputs, by grade_id; none when the tests that have changed cannot be told apart
        from the others.
    """
    tests, old = _tests(now), _tests(before)
    same = {name: old[name] for name, cell in tests.items() if name in old and old[name].source == cell.source}
    changed = [cell.source for book in (tests, old) for name, cell in book.items() if name not in same]
    others = [cell.source for cell in same.values()]
    if changed and not all(map(_is_plain, [*changed, *others])):
        return {}
    locked = set[str]().union(
        *(names.read(cell.source) for cell in now.cells if _is_code(cell) and is_ours_alone(cell) and not is_test(cell))
    )
    needs, gives = (_all(of, changed) for of in (names.needed, names.defined))
    related = needs & _all(names.defined, others) or gives & (_all(names.needed, others) | locked)
    return {} if related else same


def is_same(now: NotebookNode, before: NotebookNode) -> bool:
    """Tell whether there is nothing to run: all code is the same, so that at most points have changed."""
    texts = ([cell.source for cell in book.cells if _is_code(cell)] for book in (now, before))
    return next(texts) == next(texts)


def fill(now: NotebookNode, before: NotebookNode) -> None:
    """Take over all outputs of the earlier run of the same code, and what was noted about it."""
    pairs = zip(filter(_is_code, now.cells), filter(_is_code, before.cells), strict=True)
    for cell, old in pairs:
        cell.outputs, cell.execution_count = deepcopy(old.outputs), old.execution_count
    now.metadata.autograder, now.metadata.language_info = before.metadata.autograder, before.metadata.language_info


def _tests(book: NotebookNode) -> dict[str, NotebookNode]:
    return {grade_id(cell) or "": cell for cell in book.cells if is_test(cell)}


def _is_code(cell: NotebookNode) -> bool:
    return bool(cell.cell_type == "code")


def _all(of: object, sources: list[str]) -> set[str]:
    return set[str]().union(*(of(source) for source in sources))  # type: ignore[operator]


def _is_plain(source: str) -> bool:
    """Tell whether the text of a test says all about the names that it uses; one that reads none is no Python."""
    reads = names.read(source)
    return bool(reads) and not reads & UNSURE and "import *" not in source

"""A student's notebook as a file: what its cells are, and that nothing in it makes reading stumble."""

from __future__ import annotations

from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell

from course_utils._notebook import NotebookError, calls_exit, defined, is_untouched, read
from tests.support.classroom import Classroom


def test_marks_tell_what_was_touched(ps1: Classroom) -> None:
    for cell in ps1.released().cells:
        if cell.metadata.get("nbgrader"):
            assert is_untouched(cell)
            cell.source += "\nx"
            assert not is_untouched(cell)


def test_file_that_is_not_there_names_those_that_are(tmp_path: Path) -> None:
    (tmp_path / "ps1.ipynb").touch()
    with pytest.raises(NotebookError, match=r"ps2.ipynb is not there. Notebooks in that folder: ps1.ipynb\."):
        read(tmp_path / "ps2.ipynb")


@pytest.mark.parametrize(
    ("source", "calls"), [("exit()", True), ("if x:\n    quit(1)", True), ("sys.exit()", False), ("exit(", False)]
)
def test_calls_of_exit_are_found(source: str, calls: bool) -> None:
    assert calls_exit(new_code_cell(source)) == calls
    assert not calls_exit(new_markdown_cell(source))


def test_names_that_cells_define() -> None:
    cells = map(new_code_cell, ["import a.b, c as d\nfor e in f: pass", "def g(): pass\nclass H: pass", "%magic"])
    assert defined(cells) == {"a", "d", "e", "g", "H"}

"""What `check` makes of the outputs of a notebook that was run."""

from __future__ import annotations

from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from course_utils import _notebook, _outcomes
from tests.support.classroom import Classroom


@pytest.mark.parametrize(
    ("name", "said", "shown"),
    [
        ("AssertionError", "too\n\x1b[31mlarge\x1b[0m", "too large"),
        ("CheckFailed", "wrong", "wrong"),
        ("AssertionError", "", "AssertionError"),
        ("ValueError", "x" * 1000, "ValueError: " + "x" * 288 + "…"),
        ("KeyboardInterrupt", "", "it takes too long and was interrupted. Is there a loop that does not end?"),
    ],
)
def test_messages_are_one_line_and_not_long(name: str, said: str, shown: str) -> None:
    assert _outcomes.message(new_output("error", ename=name, evalue=said, traceback=[])) == shown


@pytest.mark.parametrize("about", [None, 5, {}, {"cell_time": "long"}])
def test_spoilt_metadata_are_as_good_as_none(ps1: Classroom, about: object) -> None:
    notebook = ps1.released()
    notebook.metadata.course = about
    notebook.cells[0].metadata["nbgrader"] = {"solution": False}
    assert _notebook.cell_time(notebook) == _notebook.CELL_TIME
    assert list(_outcomes.changes(notebook, Path("ps1.ipynb"))) == []


def test_title_is_the_exercises_own() -> None:
    marks = {"grade": True, "grade_id": "f-test", "points": 2, "locked": True}
    cells = [
        new_markdown_cell("# Title"),
        new_markdown_cell("text\n\n### ✏️ Exercise 1: `f` (2 points)\n\ntext\n\n#### not this one"),
        new_code_cell("", metadata={"nbgrader": marks}, outputs=[]),
    ]
    assert [exercise.title for exercise in _outcomes.exercises(new_notebook(cells=cells))] == [
        "Exercise 1: f (2 points)"
    ]

"""Marks of nbgrader's that are misspelt, alone or misplaced are refused before students get anything."""

from __future__ import annotations

from pathlib import Path

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook

from autograder.authoring.build import from_source
from autograder.authoring.release import release
from autograder.authoring.validate import validate
from autograder.errors import AssignmentError
from autograder.notebooks import markers
from tests.support.classroom import as_bytes
from tests.support.marked import Marked

GOOD = """# %% nbgrader={"grade_id": "double", "solution": true}
def double(x):
    ### BEGIN SOLUTION
    return 2 * x
    ### END SOLUTION

# %% nbgrader={"grade_id": "double-test", "points": 2}
assert double(1) == 2
### BEGIN HIDDEN TESTS
assert double(2) == 4
### END HIDDEN TESTS

# %% [markdown] nbgrader={"grade_id": "why", "solution": true, "points": 1.5}
# ## Begin here
# #### Solution: in words
"""


def as_notebook(source: str, **marks: object) -> bytes:
    """A solution notebook of one cell."""
    kinds = {"schema_version": 3, **dict.fromkeys(("grade", "solution", "locked", "task"), False), **marks}
    return as_bytes(new_notebook(cells=[new_code_cell(source, metadata={"nbgrader": kinds})]))


def written(tmp_path: Path, old: str = "", new: str = "") -> Path:
    assert old in GOOD
    path = tmp_path / "ps1.py"
    path.write_text(GOOD.replace(old, new, 1) if old else GOOD)
    return path


def test_right_marks_pass(tmp_path: Path) -> None:
    assert len(from_source(written(tmp_path)).cells) == 4


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("BEGIN HIDDEN", "BEGIN HIDEN", "line 9: nbgrader does not know the marker 'BEGIN HIDEN TESTS'. Is it 'BEGIN"),
        ("BEGIN HIDDEN", "begin hidden", "line 9: nbgrader does not know the marker 'begin hidden TESTS'"),
        ("### BEGIN HIDDEN TESTS", "## BEGIN HIDDENTESTS", "does not know the marker 'BEGIN HIDDENTESTS'"),
        ("END SOLUTION", "END SOLUTIONS!", None),  # nbgrader finds it in there
        ("END SOLUTION", "END SOLUTON", "line 5: nbgrader does not know the marker 'END SOLUTON'"),
        ("    ### END SOLUTION\n", "", "line 3: BEGIN SOLUTION without an END SOLUTION after it"),
        ("    ### BEGIN SOLUTION\n", "", "line 4: END SOLUTION without a BEGIN SOLUTION before it"),
        ("### END HIDDEN TESTS", "### END SOLUTION", "END SOLUTION in a cell that is no solution cell"),
        ("BEGIN SOLUTION", "BEGIN HIDDEN TESTS", "line 3|the cell “double”: BEGIN HIDDEN TESTS in a cell"),
        ("### END HIDDEN", "### BEGIN HIDDEN", "BEGIN HIDDEN TESTS within BEGIN HIDDEN TESTS"),
        ("### BEGIN SOLUTION", "### BEGIN ANSWER", "does not know the marker 'BEGIN ANSWER'. Known are"),
        ('"solution": true', '"soluton": true', "the cell “double”: nbgrader does not know the key 'soluton'. Is it"),
        ('"solution": true', '"solution": "yes"', "solution is 'yes'; it is true or false"),
        ('"points": 2', '"points": "two"', "points is 'two'; it is a number, 0 or more"),
        ('"points": 2', '"points": -1', "points is -1"),
        (', "points": 2', "", "the cell “double-test”: it is a test without points"),
        ('"solution": true}', '"solution": true', "line 1: the metadata for nbgrader are no JSON"),
        ('"solution": true', '"solution": True', "line 1: the metadata for nbgrader are no JSON"),
        ('nbgrader={"grade_id": "double",', '{"grade_id": "double",', "line 1: metadata for nbgrader without"),
    ],
)  # fmt: skip
def test_wrong_mark_is_named_with_its_line(tmp_path: Path, old: str, new: str, said: str | None) -> None:
    path = written(tmp_path, old, new)
    if said is None:
        from_source(path)
        return
    with pytest.raises(AssignmentError, match=r"ps1\.py: ") as caught:
        from_source(path)
    assert any(part in str(caught.value) for part in said.split("|"))


def test_notebook_without_a_source_is_looked_at_too(tmp_path: Path) -> None:
    marks = {"grade_id": "double-test", "points": 1, "grade": True, "solution": False, "locked": True, "task": False}
    cell: NotebookNode = new_code_cell("### BEGIN HIDEN TESTS\n1\n### END HIDDEN TESTS", metadata={"nbgrader": marks})
    with pytest.raises(AssignmentError, match="the cell “double-test”: nbgrader does not know the marker"):
        markers.check(tmp_path / "ps1.ipynb", [cell])


MARKED = '# %% nbgrader={"grade_id": "double", "solution": true}'


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("# %% nbgrader=[1]", "are \\[1\\] instead of keys"),
        ('# %% nbgrader="double"', "are 'double' instead of keys"),
        ("# %% nbgrader=null", "are None instead of keys"),
        ('# %% nbgrader={"grade_id": "a/../b", "solution": true}', "letters, digits, - and _ make a name"),
        ('# %% nbgrader={"grade_id": "\\ud800", "solution": true}', "letters, digits, - and _ make a name"),
        ('# %% nbgrader={"grade_id": "double-test", "solution": true}', "two cells have the grade_id 'double-test'"),
        ('# %% nbgrader={"grade_id": "double", "solution": true, "points": NaN}', "points is nan"),
        ('# %% [raw] nbgrader={"grade_id": "double", "solution": true}', "takes no raw cells"),
        ('# %% [markdown] nbgrader={"grade_id": "double", "points": 1}', "a text with points that nobody answers"),
    ],
)
def test_whatever_stands_in_a_cells_line_there_is_no_traceback(tmp_path: Path, line: str, said: str) -> None:
    path = written(tmp_path, MARKED, line)
    with pytest.raises(AssignmentError, match=said):
        from_source(path)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "cannot be read as a notebook"),
        (b"{", "cannot be read as a notebook"),
        (b"[]", "cannot be read as a notebook"),
        (b'{"caf\xe9": 1}', "cannot be read as a notebook"),
        (b'{"cells": [null], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}', "cannot be read as a notebook"),
        (as_notebook("### BEGIN SOLUTION\nx = 1", grade_id="x", solution=True), "without an END SOLUTION"),
        (as_notebook("x = 1", solution=True), "without a grade_id"),
        (as_notebook("assert 1", grade_id="x", grade=True), "a test without points"),
        (as_notebook("x = 1", grade_id="x", solution=True, schema_version=1), "(?i)schema version|old version"),
    ],
)
def test_a_notebook_without_py_is_looked_at_too(marked: Marked, content: bytes, said: str) -> None:
    path = marked.course.source("ps1")
    path.with_suffix(".py").unlink()
    path.write_bytes(content)
    with pytest.raises(AssignmentError, match=said):
        list(validate(marked.course, "ps1"))
    with pytest.raises(AssignmentError, match=said):
        release(marked.course, "ps1")

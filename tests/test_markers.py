"""Marks of nbgrader's that are misspelt, alone or misplaced are refused before students get anything."""

from __future__ import annotations

from pathlib import Path

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from autograder import markers
from autograder.build import from_source
from autograder.errors import AssignmentError

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

"""What comes back from Colab, Kaggle, VS Code and DataSpell is read as what JupyterLab would have saved.

Each of them writes the same notebook in a form of its own (tests/support/editors.py).
"""

from __future__ import annotations

from pathlib import Path

import pytest
from nbformat import NotebookNode

from autograder.notebooks.cells import grade_id
from autograder.submissions import reader
from autograder.submissions.rebuild import rebuild
from course_utils import _outcomes, check
from course_utils._notebook import is_untouched
from tests.support.classroom import Classroom
from tests.support.editors import EDITORS, NAMELESS, run_by_hand, saved


def written(editor: str, notebook: NotebookNode, path: Path) -> Path:
    path.write_bytes(saved(editor, run_by_hand(notebook)))
    return path


@pytest.mark.parametrize("editor", EDITORS)
def test_answers_arrive_from_every_editor(editor: str, ps1: Classroom, tmp_path: Path) -> None:
    path = written(editor, ps1.fill(), tmp_path / "ps1.ipynb")
    rebuilt, notes = rebuild(ps1.released(), reader.read(path))
    texts = [cell.source.strip().replace("\r\n", "\n") for cell in rebuilt.cells]
    names = [grade_id(cell) for cell in rebuilt.cells]
    for name, answer in ps1.right.items():
        place = texts.index(answer.strip())
        # where nothing tells which cell it was, it stands between the stub, which it replaces when run, and the test
        assert names.index(name) <= place < names.index(f"{name}-test")
        assert (names[place] == name) == (editor not in NAMELESS)
    if editor not in NAMELESS:
        assert notes == []


@pytest.mark.parametrize("editor", EDITORS)
def test_check_knows_what_is_untouched_in_every_editor(editor: str, ps1: Classroom, tmp_path: Path) -> None:
    path = written(editor, ps1.released(), tmp_path / "ps1.ipynb")
    if editor == "bare_colab":
        with pytest.raises(check.NotebookError, match="the marks by which they are found are gone"):
            check.read(path)
        return
    if editor == "vscode_2020":
        told = [*_outcomes.changes(check.read(path), path)]
        assert [line for line in told if line.startswith("No cell of code is an answer or a test: ")] == told[:1]
        assert not any("is missing" in line for line in told)
        return
    marked = [cell for cell in check.read(path).cells if cell.metadata.get("nbgrader")]
    assert len(marked) > 5
    assert [cell.source for cell in marked if not is_untouched(cell)] == []

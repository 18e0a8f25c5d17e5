"""nbgrader's own *Validate* keeps working on what students have, and says the same as `check`."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbgrader.validator import Validator

from course_utils.check import FAILS, PASSES, TO_DO, check
from tests.support.classroom import Classroom


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["passing", "failing", "untouched"])
def test_validate_says_the_same(kind: str, ps1: Classroom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = {"double": "def double(x):\n    return 3 * x"} if kind == "failing" else {}
    path = tmp_path / "ps1.ipynb"
    nbformat.write(ps1.released() if kind == "untouched" else ps1.fill(wrong), path)
    monkeypatch.chdir(tmp_path)
    said = Validator().validate(str(path))
    assert "changed" not in said
    failed = "\n".join(cell["source"] for cell in said.get("failed", []))
    states = {exercise.name: exercise.state for exercise in check(path).exercises}
    assert ("checks.close(double(2)" in failed) == (states["double-test"] != PASSES)
    assert ("checks.close(share(1, 4)" in failed) == (states["share-test"] != PASSES)
    wanted = {"passing": PASSES, "failing": FAILS, "untouched": TO_DO}
    assert states["double-test"] == wanted[kind]

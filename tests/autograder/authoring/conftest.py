"""A course whose reference answers get small faults."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.authoring import mutant_runner
from tests.support.mutation import NOTEBOOK, write

ROOT = Path(__file__).parents[3]


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(mutant_runner, "SECONDS", 3)
    (tmp_path / "nbgrader_config.py").write_text(
        (ROOT / "nbgrader_config.py").read_text(encoding="utf-8"), encoding="utf-8"
    )
    write(tmp_path, NOTEBOOK)
    return tmp_path

"""grading.patches: nbgrader is changed from within only where that is known to be right."""

from __future__ import annotations

from contextlib import suppress
from importlib import metadata
from pathlib import Path

import pytest
from nbgrader import api
from packaging.requirements import Requirement

from autograder.course import Course
from autograder.errors import GradebookError
from autograder.grading import patches


@pytest.mark.parametrize("version", ["0.9.4", "0.10.0", "1.0"])
def test_another_nbgrader_is_not_patched(version: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(metadata, "version", lambda _: version)
    before = api.create_engine
    with (
        pytest.raises(GradebookError, match=rf"nbgrader {version} is installed.*pip install"),
        patches.one_engine(tmp_path / "gradebook.db"),
    ):
        pytest.fail("it was patched")
    assert api.create_engine is before


def test_the_bounds_are_those_of_the_project() -> None:
    needed = [Requirement(line) for line in metadata.requires("deep-learning-course") or []]
    assert [one.specifier for one in needed if one.name == "nbgrader"] == [patches.HOLDS_FOR]


def test_what_is_patched_is_there_and_comes_back(tmp_path: Path) -> None:
    before = api.create_engine
    with patches.one_engine(tmp_path / "gradebook.db"):
        assert api.create_engine("sqlite:///elsewhere.db") is api.create_engine("sqlite:///another.db")
    assert api.create_engine is before


@pytest.mark.parametrize("fails", [False, True])
def test_marks_are_committed_together_or_not_at_all(tmp_path: Path, *, fails: bool) -> None:
    Course.tools_on_path()
    url = f"sqlite:///{tmp_path / 'gradebook.db'}"
    with api.Gradebook(url) as gradebook:
        gradebook.add_student("ada")
    with api.Gradebook(url) as gradebook, suppress(KeyError), patches.one_transaction(gradebook):
        gradebook.add_student("bob")
        gradebook.add_student("eve")
        _ = {}["fails"] if fails else None
    with api.Gradebook(url) as gradebook:
        assert sorted(student.id for student in gradebook.students) == (["ada"] if fails else ["ada", "bob", "eve"])

"""course_utils.projects: the test set is used once, with a receipt that fits it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from course_utils import projects
from course_utils.data import ProjectData


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ProjectData:
    """A data set of four training and four test examples, in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("COURSE_LEDGER_DIR", raising=False)
    monkeypatch.setattr(projects, "_uses", {})
    x, y = np.arange(4), np.array([0, 1, 0, 1])
    return ProjectData("small", "A sheet.", ("even", "odd"), x, y, {}, np.array([0, 0, 1, 2]), (x + 4, y))


def share(y, answers):
    return np.mean(y == answers)


def parity(x):
    return x % 2


def always_odd(x):
    return np.ones_like(x)


def test_first_use_gives_the_score_and_a_receipt(project: ProjectData) -> None:
    found = projects.final_test(project, always_odd, share)
    assert found == {"test": 0.5, "examples": 4, "use": 1, "receipt": projects.receipt("small", 0.5, 1)}


def test_later_uses_run_nothing_and_give_the_first_result(
    project: ProjectData, capsys: pytest.CaptureFixture[str]
) -> None:
    first = projects.final_test(project, always_odd, share)
    assert projects.final_test(project, parity, share) == first
    assert "has been used already" in capsys.readouterr().out


def test_it_remembers_after_a_restart(project: ProjectData, monkeypatch: pytest.MonkeyPatch) -> None:
    first = projects.final_test(project, always_odd, share)
    monkeypatch.setattr(projects, "_uses", {})
    assert projects.final_test(project, parity, share) == first


def test_a_second_use_that_is_asked_for_is_counted(project: ProjectData) -> None:
    projects.final_test(project, always_odd, share)
    found = projects.final_test(project, parity, share, again=True)
    assert (found["test"], found["use"]) == (1.0, 2)
    assert found["receipt"] == projects.receipt("small", 1.0, 2)
    assert len(json.loads(Path(projects.FILE).read_text())["small"]) == 2


def test_a_receipt_fits_one_data_set_one_score_and_one_use() -> None:
    given = [("tickets", 0.97, 1), ("steps", 0.97, 1), ("tickets", 0.98, 1), ("tickets", 0.97, 2)]
    assert len({projects.receipt(*one) for one in given}) == 4


def test_an_authors_build_leaves_no_file(project: ProjectData, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("COURSE_LEDGER_DIR", str(tmp_path / "results"))
    projects.final_test(project, parity, share)
    assert not Path(projects.FILE).exists()


def test_a_damaged_file_costs_nothing(project: ProjectData) -> None:
    Path(projects.FILE).write_text("{")
    assert projects.final_test(project, parity, share)["use"] == 1


def test_twins_are_counted_in_validation(project: ProjectData) -> None:
    assert projects.rows_with_twins(project, np.array([0, 2]), np.array([1, 3])) == 1
    assert projects.rows_with_twins(project, np.array([0, 1]), np.array([2, 3])) == 0


def test_what_is_pasted_is_python_with_four_decimals(capsys: pytest.CaptureFixture[str]) -> None:
    projects.paste("tuning", {"a": [0.123456, np.float32(0.5)], "b": np.array([1.0])})
    found: dict[str, object] = {}
    exec(capsys.readouterr().out, found)
    assert found["tuning"] == {"a": [0.1235, 0.5], "b": [1.0]}

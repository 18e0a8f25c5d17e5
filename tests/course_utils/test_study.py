"""Studies: every setting with every seed, once; and a test set that is used once."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import matplotlib.pyplot as plt
import pytest

from course_utils import study
from course_utils.study import Study, evaluate_once

SETTINGS = {"small": {"width": 1}, "large": {"width": 10}}


class Trainer:
    """Stands in for training a model: counts its runs, and stops at one of them if told to."""

    def __init__(self, stop_at: int | None = None) -> None:
        self.runs: list[tuple[int, int]] = []
        self.stop_at = stop_at

    def __call__(self, *, seed: int, width: int) -> dict[str, float]:
        if len(self.runs) == self.stop_at:
            raise KeyboardInterrupt
        self.runs.append((width, seed))
        return {"val_accuracy": width + seed / 10}


@pytest.fixture(autouse=True)
def _fresh_test_sets(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(study, "_used", {})
    yield
    plt.close("all")


def test_results_are_tidy_one_row_per_run() -> None:
    table = Study(Trainer(), SETTINGS, seeds=[0, 1]).results()
    assert list(table.columns) == ["setting", "seed", "width", "val_accuracy", "seconds"]
    assert list(zip(table["setting"], table["seed"], table["val_accuracy"], strict=True)) == [
        ("small", 0, 1.0),
        ("small", 1, 1.1),
        ("large", 0, 10.0),
        ("large", 1, 10.1),
    ]


def test_nothing_is_run_twice() -> None:
    trainer = Trainer()
    experiment = Study(trainer, SETTINGS, seeds=range(3))
    experiment.results()
    experiment.summary("val_accuracy")
    assert len(trainer.runs) == 6


def test_summary_keeps_the_order_and_gives_mean_spread_and_count() -> None:
    summary = Study(Trainer(), SETTINGS, seeds=[0, 1, 2]).summary("val_accuracy")
    assert list(summary.index) == ["small", "large"]
    assert summary.loc["small", "mean"] == pytest.approx(1.1)
    assert summary.loc["small", "std"] == pytest.approx(0.1)
    assert summary.loc["small", "count"] == 3


done: list[tuple[int, int]] = []
factor = 1.0


def train(*, seed: int, width: int) -> dict[str, float | list[float]]:
    """Train nothing, note that it was asked to."""
    done.append((width, seed))
    return {"val_accuracy": factor * width + seed / 10, "loss": [2.0, 1.0]}


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Reset what `train` reads."""
    for name, value in (("done", []), ("factor", 1.0)):
        monkeypatch.setitem(globals(), name, value)
    return monkeypatch


def test_interrupted_study_goes_on_where_it_stopped(tmp_path: Path) -> None:
    store = tmp_path / "runs.jsonl"

    def run(*, seed: int, width: int) -> dict[str, float]:
        if width == 10 and not Path(store.with_suffix(".go")).exists():
            raise KeyboardInterrupt
        with store.with_suffix(".log").open("a") as log:
            log.write(f"{width} {seed}\n")
        return {"val_accuracy": width + seed / 10}

    with pytest.raises(KeyboardInterrupt):
        Study(run, SETTINGS, seeds=[0, 1], store=store).results()
    store.write_text(store.read_text() + '{"setting": "large", "se')  # killed while writing
    store.with_suffix(".go").touch()
    table = Study(run, SETTINGS, seeds=[0, 1], store=store).results()
    assert store.with_suffix(".log").read_text().splitlines() == ["1 0", "1 1", "10 0", "10 1"]
    assert list(table["width"]) == [1, 1, 10, 10]


def test_kept_runs_are_used_by_another_process_and_discarded_when_the_code_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(study.STORE_VARIABLE, str(tmp_path / "kept" / "runs.jsonl"))
    notebook = """
from course_utils.study import Study
epochs = 3
def train(seed, width):
    print("trained", width, seed)
    return {"val_accuracy": width + seed / 10, "loss": [1.0 * epochs]}
study = Study(train, {"small": {"width": 1}, "large": {"width": 10}}, seeds=[0, 1])
print(study.runs("large")[1]["loss"], study.runs("large")[1]["width"])
"""
    (tmp_path / "first.py").write_text(notebook)
    (tmp_path / "second.py").write_text(notebook.replace("epochs = 3", "epochs = 4"))

    def trained(name: str) -> list[str]:
        command = [sys.executable, tmp_path / name]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()

    assert len(trained("first.py")) == 5
    assert trained("first.py") == ["[3.0] 10"]
    assert len(trained("second.py")) == 5


def test_a_changed_number_makes_new_runs(script: pytest.MonkeyPatch) -> None:
    experiment = Study(train, SETTINGS, seeds=[0])
    assert list(experiment.results()["val_accuracy"]) == [1.0, 10.0]
    script.setitem(globals(), "factor", 2.0)
    assert list(experiment.results()["val_accuracy"]) == [2.0, 20.0]
    script.setitem(globals(), "factor", 1.0)
    count = len(done)
    assert list(experiment.results()["val_accuracy"]) == [1.0, 10.0]
    assert len(done) in (count, count + 2)  # `done`, which train reads, has grown since


def test_curves_are_kept_and_given_back_by_setting(script: pytest.MonkeyPatch) -> None:
    experiment = Study(train, SETTINGS, seeds=[0, 1])
    assert [run["loss"] for run in experiment.runs("large")] == [[2.0, 1.0], [2.0, 1.0]]
    assert [run["seed"] for run in experiment.runs("small")] == [0, 1]
    assert len(done) == 4, "asking again trains nothing"
    with pytest.raises(KeyError, match="no setting 'huge', only 'small', 'large'"):
        experiment.runs("huge")


def test_plot_shows_every_run_and_the_means() -> None:
    _, ax = plt.subplots()
    assert Study(Trainer(), SETTINGS, seeds=[0, 1]).plot(ax, "val_accuracy") is ax
    assert [label.get_text() for label in ax.get_yticklabels()] == ["small", "large"]
    assert ax.get_xlabel() == "val accuracy"
    assert list(ax.lines[0].get_xdata()) == [1.0, 1.1]
    assert ax.get_ylim() == (1.5, -0.5), "the first setting is at the top, and none lies on the frame"


def test_test_set_is_used_once_and_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert evaluate_once("digits", lambda: 0.9) == 0.9
    assert capsys.readouterr().out == ""
    assert evaluate_once("digits", lambda: 0.95) == 0.9
    assert "has been used already" in capsys.readouterr().out


def test_test_sets_do_not_mix() -> None:
    assert evaluate_once("digits", lambda: 0.9) == 0.9
    assert evaluate_once("questions", lambda: 0.8) == 0.8

"""Studies: every setting with every seed, once; and a test set that is used once."""

from __future__ import annotations

from collections.abc import Iterator

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


def test_interrupted_study_goes_on_where_it_stopped(tmp_path) -> None:
    store = tmp_path / "runs.jsonl"
    first = Trainer(stop_at=2)
    with pytest.raises(KeyboardInterrupt):
        Study(first, SETTINGS, seeds=[0, 1], store=store).results()
    store.write_text(store.read_text() + '{"setting": "large", "se')  # killed while writing
    second = Trainer()
    table = Study(second, SETTINGS, seeds=[0, 1], store=store).results()
    assert (first.runs, second.runs) == ([(1, 0), (1, 1)], [(10, 0), (10, 1)])
    assert len(table) == 4


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

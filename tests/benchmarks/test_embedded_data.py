"""The benchmark of the embedded sets: every condition can fail, every run is kept, the exit status tells."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from benchmarks.embedded_data.measuring import BUDGET, Benchmark, Condition, Results


def results(**accuracies: list[float]) -> Results:
    """Two models or more; each run takes ten seconds, overfits a little and has its accuracy from the test."""
    rows = [
        {"setting": name, "seed": seed, "accuracy": accuracy, "parameters": 7, "cpu_seconds": 10.0,
         "train_accuracy": accuracy + 20, "lowest_loss": 1.0, "last_loss": 1.5,
         "cross_entropy": 2.0 - accuracy / 100}
        for name, runs in accuracies.items() for seed, accuracy in enumerate(runs)
    ]  # fmt: skip
    return Results("set", pd.DataFrame(rows))


def with_first_run(found: Results, **changes: float) -> Results:
    runs = found.runs.copy()
    for column, value in changes.items():
        runs.loc[0, column] = value
    return Results("set", runs)


FOUND = results(good=[80.0, 90.0], poor=[70.0, 74.0])
JUDGED: list[tuple[Callable[[], Condition], bool]] = [
    (lambda: FOUND.within("good", 85, 90), True),
    (lambda: FOUND.within("good", 86, 90), False),
    (lambda: FOUND.within("good", 80, 84), False),
    (lambda: FOUND.leads("good", "poor", 13), True),
    (lambda: FOUND.leads("good", "poor", 14), False),
    (lambda: FOUND.leads("poor", "good", 1), False),
    (lambda: FOUND.lowers("good", "poor", 0.9), True),
    (lambda: FOUND.lowers("good", "poor", 0.89), False),
    (lambda: FOUND.near("good", "poor", 13), True),
    (lambda: FOUND.near("poor", "good", 12), False),
    (lambda: with_first_run(FOUND, cpu_seconds=9.0).faster("good", "poor"), True),
    (lambda: FOUND.faster("good", "poor"), False),
    (lambda: FOUND.overfits("good"), True),
    (lambda: with_first_run(FOUND, last_loss=1.05).overfits("good"), False),  # one seed is enough to fail
    (lambda: with_first_run(FOUND, train_accuracy=85.0).overfits("good"), False),
    (FOUND.affordable, True),
    (lambda: with_first_run(FOUND, cpu_seconds=2 * BUDGET).affordable(), False),
]


@pytest.mark.parametrize(("judge", "holds"), JUDGED)
def test_conditions_hold_or_fail_by_the_figures(judge: Callable[[], Condition], holds: bool) -> None:
    condition = judge()
    assert condition.holds is holds
    assert str(condition).startswith("pass  set: " if holds else "FAIL  set: ")


def test_a_model_that_was_not_measured_is_an_error() -> None:
    with pytest.raises(KeyError, match="excellent"):
        FOUND.leads("excellent", "poor", 1)


def test_the_table_has_mean_spread_seeds_size_and_cost() -> None:
    first = FOUND.table().splitlines()[0]
    assert first.split() == ["set:", "good", "85.0", "±", "7.1", "2", "7", "10.0"]


class FakeTraining:
    """Stands in for a training: counts its runs."""

    def __init__(self) -> None:
        self.seeds: list[int] = []

    def __reduce__(self) -> tuple[type[FakeTraining], tuple[()]]:
        return FakeTraining, ()  # what it has counted does not make it another training

    def run(self, seed: int) -> dict[str, float]:
        self.seeds.append(seed)
        return {"accuracy": 50.0 + seed, "parameters": 7, "cpu_seconds": 1.0}


def benchmark(training: FakeTraining, wanted: float, code: str = "1") -> Benchmark:
    return Benchmark("fake", code, {"net": lambda: training}, lambda found: [found.within("net", wanted, 100)])


def test_runs_are_kept_until_the_set_changes(tmp_path: Path) -> None:
    training = FakeTraining()
    for seeds, code in ((2, "1"), (3, "1"), (3, "2")):
        found = benchmark(training, 0, code).measure(range(seeds), tmp_path)
    assert training.seeds == [0, 1, 2, 0, 1, 2]
    assert found.mean("net") == 51


def test_the_budget_is_among_the_conditions_of_every_set(tmp_path: Path) -> None:
    checked = benchmark(FakeTraining(), 60)
    conditions = checked.judge(checked.measure(range(2), tmp_path))
    assert [condition.holds for condition in conditions] == [False, True]
    assert "CPU-seconds" in conditions[1].text


@pytest.mark.slow  # imports TensorFlow
@pytest.mark.parametrize(("wanted", "status"), [(0, 0), (60, 1)])
def test_the_exit_status_tells_whether_all_conditions_hold(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], wanted: float, status: int
) -> None:
    from benchmarks.embedded_data import __main__ as command

    training = FakeTraining()
    monkeypatch.setattr(command, "BENCHMARKS", {"fake": benchmark(training, wanted)})
    for extra in ([], [], ["--fresh"]):
        assert command.main(["--seeds", "2", "--results", str(tmp_path), "--only", "fake", *extra]) == status
    assert training.seeds == [0, 1, 0, 1]
    assert ("FAIL" in capsys.readouterr().out) == bool(status)

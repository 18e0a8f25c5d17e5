"""Experiments worth believing: several seeds, a tidy table, means with spread, and a test set that is used once."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

Result = TypeVar("Result")


@dataclass(frozen=True)
class Study:
    """Runs one function over settings and seeds.

    Args:
        run: called as ``run(seed=..., **setting)``; returns numbers by name, such as ``{"val_accuracy": 0.97}``. It
            should set the seed itself, for example with `keras.utils.set_random_seed`.
        settings: keyword arguments of `run` by the name that tables and figures show.
        seeds: one run per setting and seed.
        store: a JSON-lines file; runs that are in it are not run again, so a study can be interrupted and continued.
            Delete it after changing `run`.

    Example::

        study = Study(train, {"one layer": {"layers": 1}, "two layers": {"layers": 2}}, seeds=range(3))
        study.summary("val_accuracy")
    """

    run: Callable[..., Mapping[str, float]]
    settings: Mapping[str, Mapping[str, Any]]
    seeds: Sequence[int]
    store: Path | None = None
    _runs: dict[tuple[str, int], dict[str, Any]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def results(self) -> pd.DataFrame:
        """Run what has not been run yet and return all runs.

        Returns:
            One row per run: ``setting``, ``seed``, the setting's arguments, what `run` returned, ``seconds``.
        """
        import pandas as pd

        return pd.DataFrame(list(self._rows()))

    def summary(self, metric: str) -> pd.DataFrame:
        """Mean, standard deviation (n - 1 in the denominator) and number of runs of one metric.

        Returns:
            One row per setting, in the order in which they were given.
        """
        table = self.results().groupby("setting")[metric].agg(["mean", "std", "count"])
        return table.loc[list(self.settings)]

    def plot(self, ax: Axes, metric: str) -> Axes:
        """Draw every run as a point and the mean with one standard deviation to each side as a bar.

        Returns:
            The same axes.
        """
        results, summary = self.results(), self.summary(metric)
        for row, name in enumerate(self.settings):
            runs = results.loc[results["setting"] == name, metric]
            ax.plot(runs, [row] * len(runs), "o", alpha=0.4, color="C0")
        ax.errorbar(summary["mean"], range(len(summary)), xerr=summary["std"], fmt="k|", markersize=14, capsize=4)
        ax.set_yticks(range(len(summary)), labels=list(self.settings))
        ax.set_ylim(len(summary) - 0.5, -0.5)  # the first setting at the top, and none on the frame
        ax.set_xlabel(metric.replace("_", " "))
        return ax

    def _rows(self) -> Iterator[dict[str, Any]]:
        from tqdm.auto import tqdm

        done = self._done()
        plan = [(name, seed) for name in self.settings for seed in self.seeds]
        for name, seed in tqdm(plan, desc="runs", leave=False, disable=all(key in done for key in plan)):
            if (name, seed) not in done:
                done[name, seed] = self._row(name, seed)
            yield done[name, seed]

    def _row(self, name: str, seed: int) -> dict[str, Any]:
        started = time.perf_counter()
        metrics = self.run(seed=seed, **self.settings[name])
        row = {"setting": name, "seed": seed, **self.settings[name]}
        row |= {key: float(value) for key, value in metrics.items()}
        row["seconds"] = time.perf_counter() - started
        self._runs[name, seed] = row
        if self.store is not None:
            self.store.parent.mkdir(parents=True, exist_ok=True)
            with self.store.open("a", encoding="utf-8") as file:
                file.write(json.dumps(row) + "\n")
        return row

    def _done(self) -> dict[tuple[str, int], dict[str, Any]]:
        done = dict(self._runs)
        if self.store is not None and self.store.exists():
            for line in self.store.read_text(encoding="utf-8").splitlines():
                try:
                    row = json.loads(line)
                except json.JSONDecodeError:  # the last line of an interrupted run
                    continue
                done[row["setting"], row["seed"]] = row
        return done


_used: dict[str, Any] = {}


def evaluate_once(name: str, evaluate: Callable[[], Result]) -> Result:
    """Use a test set, once: choices are made on validation data, the test set only tells how good the choice is.

    Args:
        name: which test set, for example ``"digits"``.
        evaluate: evaluates the final model (or all models of the final table) on it and returns the result.

    Returns:
        What `evaluate` returned the first time in this session. Later calls do not run anything: they say so and
        return that first result again.
    """
    if name in _used:
        print(f"The {name} test set has been used already; this is the result of that time.")
    else:
        _used[name] = evaluate()
    result: Result = _used[name]
    return result

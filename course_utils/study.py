"""Experiments worth believing: several seeds, a tidy table, means with spread, and a test set that is used once."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from course_utils._fingerprint import fingerprint

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

Result = TypeVar("Result")
STORE_VARIABLE = "COURSE_RUNS_FILE"  # set by `autograder measure`


@dataclass(frozen=True)
class Study:
    """Runs one function over settings and seeds.

    A run that is done is not done again, as long as nothing that it depends on has changed: the code of `run` and of
    the functions that it calls, the values that these read, and the setting. See `course_utils._fingerprint`.

    Args:
        run: called as ``run(seed=..., **setting)``; returns numbers by name, such as ``{"val_accuracy": 0.97}``, and
            lists of numbers, such as the history of `fit`. It should set the seed itself, for example with
            `keras.utils.set_random_seed`.
        settings: keyword arguments of `run` by the name that tables and figures show.
        seeds: one run per setting and seed.
        store: a JSON-lines file in which runs are kept, so that a study can be interrupted and continued; by default
            the file that ``COURSE_RUNS_FILE`` names, or none.

    Example::

        study = Study(train, {"one layer": {"layers": 1}, "two layers": {"layers": 2}}, seeds=range(3))
        study.summary("val_accuracy")
    """

    run: Callable[..., Mapping[str, float | Sequence[float]]]
    settings: Mapping[str, Mapping[str, Any]]
    seeds: Sequence[int]
    store: Path | None = None
    _runs: dict[str, dict[str, Any]] = field(default_factory=dict, init=False, repr=False, compare=False)
    _known: dict[str, str] = field(default_factory=dict, init=False, repr=False, compare=False)

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

    def runs(self, setting: str) -> list[dict[str, Any]]:
        """All runs of one setting, one per seed: what `run` returned, curves included.

        Raises:
            KeyError: when there is no such setting.
        """
        if setting not in self.settings:
            raise KeyError(f"there is no setting {setting!r}, only {', '.join(map(repr, self.settings))}")
        return [row for row in self._rows() if row["setting"] == setting]

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

        depends = self._depends()
        done = self._stored() | self._runs
        plan = [(name, seed) for name in self.settings for seed in self.seeds]
        keys = [fingerprint(depends, name, self.settings[name], seed) for name, seed in plan]
        todo = tqdm(zip(plan, keys, strict=True), "runs", len(plan), leave=False, disable=all(k in done for k in keys))
        for (name, seed), key in todo:
            self._runs[key] = done[key] if key in done else self._row(name, seed, key)
            yield self._runs[key]
        self._known[fingerprint(self.run)] = depends

    def _depends(self) -> str:
        """Return the fingerprint of `run`, as it was before its runs left anything in the names that it reads."""
        now = fingerprint(self.run)
        return self._known.get(now, now)

    def _row(self, name: str, seed: int, key: str) -> dict[str, Any]:
        started = time.perf_counter()
        metrics = self.run(seed=seed, **self.settings[name])
        row = {"setting": name, "seed": seed, **self.settings[name]}
        row |= {label: _numbers(value) for label, value in metrics.items()}
        row["seconds"] = time.perf_counter() - started
        if (path := self._path()) is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("a", encoding="utf-8") as file:
                file.write(json.dumps({"key": key, **row}, default=str) + "\n")
        return row

    def _path(self) -> Path | None:
        named = os.environ.get(STORE_VARIABLE)
        return self.store or (Path(named) if named else None)

    def _stored(self) -> dict[str, dict[str, Any]]:
        path, found = self._path(), {}
        if path is not None and path.exists():
            for line in path.read_text(encoding="utf-8").splitlines():
                try:
                    row = json.loads(line)
                except json.JSONDecodeError:  # the last line of an interrupted run
                    continue
                key = row.pop("key", "")
                found[key] = row | self.settings.get(row["setting"], {})  # arguments as they are, not as text
        return found


def _numbers(value: Any) -> float | list[float]:
    return [float(number) for number in value] if isinstance(value, Sequence) else float(value)


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

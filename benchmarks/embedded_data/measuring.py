"""Trains the models of a set over several seeds, keeps every run, and judges the set by conditions on the results."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pandas as pd

from course_utils.data.embedded._code import code_digest
from course_utils.study import Study

if TYPE_CHECKING:
    import keras

BUDGET = 120.0  # CPU-seconds for one training of each model of a set: a quick run's minute on two cores
RISE, GAP = 1.1, 10.0  # overfitting: how far held-out loss ends above its lowest, how many points accuracy falls behind


@dataclass(frozen=True)
class Training:
    """A model and what it is trained and tested on.

    Attributes:
        model: builds and compiles the model, with accuracy as its only metric.
        fit: arguments of `keras.Model.fit`: x, y, epochs and so on.
        test: pictures or texts, and labels.
        curve: whether to measure the loss on these after each epoch, for a learning curve. No leak: nothing is chosen
            by it.
        sure: whether to measure how well the probabilities fit: the cross-entropy on these, without any penalty. For
            models with one output, a probability.
    """

    model: Callable[[], keras.Model]
    fit: Mapping[str, Any]
    test: tuple[Any, Any]
    curve: bool = False
    sure: bool = False

    def run(self, seed: int) -> dict[str, float]:
        """Train once and return accuracy in per cent, number of parameters, CPU-seconds and what `curve` asks for."""
        import keras

        keras.backend.clear_session()
        keras.utils.set_random_seed(seed)
        net = self.model()
        watched = {"validation_data": self.test, "validation_batch_size": 256} if self.curve else {}
        start = time.process_time()
        history = net.fit(**self.fit, **watched, verbose=0).history
        found = {"cpu_seconds": time.process_time() - start}  # wall time would measure what else the computer does
        found |= {"accuracy": self._accuracy(net, *self.test), "parameters": net.count_params()}
        if self.curve:
            found |= {"lowest_loss": min(history["val_loss"]), "last_loss": history["val_loss"][-1]}
            found["train_accuracy"] = self._accuracy(net, self.fit["x"], self.fit["y"])
        if self.sure:
            x, y = self.test
            found["cross_entropy"] = float(keras.losses.BinaryCrossentropy()(y[:, None], net.predict(x, verbose=0)))
        return found

    @staticmethod
    def _accuracy(net: keras.Model, x: Any, y: Any) -> float:
        return 100 * float(net.evaluate(x, y, batch_size=256, verbose=0)[1])


@dataclass(frozen=True)
class Condition:
    """What a set must show, in words with the measured figures, and whether it does."""

    text: str
    holds: bool

    def __str__(self) -> str:
        return f"{'pass' if self.holds else 'FAIL'}  {self.text}"


@dataclass(frozen=True)
class Results:
    """All runs of a set, one row per run with the columns of `Training.run`."""

    name: str
    runs: pd.DataFrame

    def mean(self, model: str, metric: str = "accuracy") -> float:
        """Return the mean over the seeds."""
        return float(self._of(model)[metric].mean())

    def within(self, model: str, low: float, high: float) -> Condition:
        """Ask for a mean accuracy in this range."""
        mean = self.mean(model)
        return Condition(f"{self.name}: {model} at {mean:.1f} %, wanted {low:g} to {high:g}", low <= mean <= high)

    def leads(self, better: str, worse: str, wanted: float) -> Condition:
        """Ask for a mean accuracy that is higher by so many points."""
        lead = self.mean(better) - self.mean(worse)
        text = f"{self.name}: {better} {lead:+.1f} points from {worse}, wanted {wanted:+g} or more"
        return Condition(text, lead >= wanted)

    def lowers(self, better: str, worse: str, share: float) -> Condition:
        """Ask for a mean cross-entropy of at most this share of the other's."""
        ratio = self.mean(better, "cross_entropy") / self.mean(worse, "cross_entropy")
        text = f"{self.name}: {better} has {ratio:.2f} of the loss of {worse}, wanted {share:g} at most"
        return Condition(text, ratio <= share)

    def near(self, one: str, other: str, points: float) -> Condition:
        """Ask for mean accuracies at most so far apart."""
        lead = self.mean(one) - self.mean(other)
        text = f"{self.name}: {one} {lead:+.1f} points from {other}, wanted {points:g} at most"
        return Condition(text, abs(lead) <= points)

    def faster(self, quick: str, slow: str) -> Condition:
        """Ask for fewer CPU-seconds of training."""
        seconds = [self.mean(model, "cpu_seconds") for model in (quick, slow)]
        text = f"{self.name}: {quick} trains in {seconds[0]:.0f} CPU-seconds, {slow} in {seconds[1]:.0f}"
        return Condition(text, seconds[0] < seconds[1])

    def overfits(self, model: str) -> Condition:
        """Ask that each run ends with a risen held-out loss and an accuracy far below that on the training examples."""
        runs = self._of(model)
        rise, gap = runs["last_loss"] / runs["lowest_loss"], runs["train_accuracy"] - runs["accuracy"]
        text = (
            f"held-out loss {rise.min():.2f} times its lowest or more, accuracy {gap.min():.0f} points behind or more"
        )
        holds = bool((rise >= RISE).all() and (gap >= GAP).all())
        return Condition(f"{self.name}: {model} overfits, {text} (wanted {RISE:g} and {GAP:g})", holds)

    def affordable(self) -> Condition:
        """Ask that one training of each model fits into a quick run."""
        seconds = float(self.runs.groupby("setting")["cpu_seconds"].mean().sum())
        text = f"{self.name}: all models once in {seconds:.0f} CPU-seconds, wanted {BUDGET:g} at most"
        return Condition(text, seconds <= BUDGET)

    def table(self) -> str:
        """Write a row per model: mean and standard deviation (n - 1) of the test accuracy, parameters, CPU-seconds."""
        return "\n".join(self._row(str(model)) for model in self.runs["setting"].unique())

    def _row(self, model: str) -> str:
        runs = self._of(model)
        spread = f"{runs['accuracy'].mean():.1f} ± {runs['accuracy'].std():.1f}"
        size, seconds = int(runs["parameters"].iloc[0]), runs["cpu_seconds"].mean()
        return f"{self.name}: {model}".ljust(54) + f"{spread:>14} {len(runs):5} {size:11,} {seconds:11.1f}"

    def _of(self, model: str) -> pd.DataFrame:
        runs = self.runs[self.runs["setting"] == model]
        if runs.empty:
            raise KeyError(model)
        return runs


def made_by(generator: ModuleType, loader: Callable[..., Any]) -> str:
    """Name the code that makes and loads a set: a digest."""
    return code_digest(generator.__name__, loader.__module__)


HEADER = "set: model".ljust(54) + f"{'accuracy, %':>14} {'seeds':>5} {'parameters':>11} {'CPU-seconds':>11}"


@dataclass(frozen=True)
class Benchmark:
    """One embedded set, the models that its lessons train, and what they must show.

    Attributes:
        name: of the set.
        data: names what the set is made and loaded by, as `made_by` does: other data, other runs.
        trainings: by title. Called only where a run is missing; runs that are kept are found again by the title and
            the code of all trainings, with what it calls and reads (see `course_utils.study`).
        conditions: judges the results.
    """

    name: str
    data: str
    trainings: Mapping[str, Callable[[], Training]]
    conditions: Callable[[Results], Sequence[Condition]]

    def measure(self, seeds: Sequence[int], folder: Path) -> Results:
        """Train what `folder` does not hold yet."""
        trainings = self.trainings  # and no more than these: what the conditions ask for changes no run
        study = Study(
            run=lambda seed, title: trainings[title]().run(seed),
            settings={title: {"title": title} for title in trainings},
            seeds=seeds,
            store=self.store(folder),
        )
        return Results(self.name, study.results())

    def store(self, folder: Path) -> Path:
        """Return the file that keeps the runs."""
        return folder / f"{self.name}-{self.data}.jsonl"

    def judge(self, results: Results) -> list[Condition]:
        """Return all conditions, the budget's among them."""
        return [*self.conditions(results), results.affordable()]

"""Numbers about a class: how hard each exercise was, how well it tells students apart, how long cells took."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from autograder.grading.records import Status
from autograder.results.report.gather import Student
from autograder.results.report.messages import is_stub

Numbers = NDArray[np.float64]

MARKED = "marked by hand"
GROUPS = {
    Status.TIMED_OUT: "stopped",
    Status.KERNEL_DIED: "stopped",
    Status.OUT_OF_MEMORY: "stopped",
    Status.TOO_MUCH_OUTPUT: "stopped",
}
HAPPENED = ["passed", "partial", "failed", "stopped", "not run", "unanswered", MARKED, "to be marked by hand"]
FEW = 30  # below this many students, correlations move a lot from class to class


@dataclass(frozen=True)
class Exercise:
    """How a class did on one graded cell."""

    name: str
    max_score: float
    scored: int  # of so many students the points are known
    difficulty: float | None  # mean share of the points; None where nobody has points yet but for empty answers
    discrimination: float | None
    interval: tuple[float, float] | None  # 95 % of the discrimination, where there is one
    reading: str  # what the discrimination says, or why there is none
    happened: Mapping[str, int]  # how often each of `HAPPENED`


@dataclass(frozen=True)
class Scores:
    """The points of all graded students, over the exercises for which all of them have points."""

    points: Numbers
    max_score: float
    left_out: list[str]  # exercises that somebody still has to mark


@dataclass(frozen=True)
class Seconds:
    """How long one cell ran, over the class."""

    name: str
    number: int
    low: float  # one in ten is faster
    median: float
    high: float  # one in ten is slower
    longest: float


def exercises(students: Sequence[Student]) -> list[Exercise]:
    """Measure each graded cell.

    Difficulty is the mean share of its points that students got: 1 is easy, 0 is hard.

    Discrimination is the corrected item-total correlation: Pearson's r between the points x of this exercise and the
    points y that the same students got in all others,

        r = Σ(x - x̄)(y - ȳ) / √(Σ(x - x̄)² Σ(y - ȳ)²).

    Where an exercise can only be right or wrong, that is the point-biserial correlation. Leaving the exercise out of
    the total keeps it from correlating with itself (Henrysson, "Correction of item-total correlations in item
    analysis", Psychometrika 28, 1963). The words for its size are those of Ebel and Frisbie, "Essentials of
    Educational Measurement" (5th ed., 1991); the interval is Fisher's, tanh(artanh r ± 1.96 / √(n - 3)).

    Only exercises for which everybody has points count towards y, so that work not yet marked by hand shifts nobody.

    Args:
        students: the class; only those with a mark count.

    Returns:
        One entry per graded cell, in the order of the notebook.
    """
    graded = [student for student in students if student.graded]
    names, maxima = _cells(graded)
    table = _table(graded, names)
    settled = _settled(table)
    happened = _happened(graded)
    return [
        _exercise(name, maxima[name], table[:, k], _rest(table, settled, k), happened.get(name, Counter()))
        for k, name in enumerate(names)
    ]


def scores(students: Sequence[Student]) -> Scores:
    """Add up the points of graded students over all exercises that are marked for everybody.

    Args:
        students: the class.
    """
    graded = [student for student in students if student.graded]
    names, maxima = _cells(graded)
    table = _table(graded, names)
    settled = _settled(table)
    return Scores(
        points=table[:, settled].sum(axis=1),
        max_score=sum(maxima[name] for name, known in zip(names, settled, strict=True) if known),
        left_out=[name for name, known in zip(names, settled, strict=True) if not known],
    )


def histogram(found: Scores, bins: int = 10) -> list[int]:
    """Count students per tenth of the points; full marks (and more) are in the last.

    Args:
        found: as from `scores`.
        bins: how many equal parts.
    """
    shares = found.points / found.max_score if found.max_score else np.zeros(0)
    places = np.clip(np.floor(shares * bins + 1e-9), 0, bins - 1).astype(int)
    return [int(number) for number in np.bincount(places, minlength=bins)]


def seconds(students: Sequence[Student]) -> list[Seconds]:
    """Say how long each cell ran; empty where the records hold no times.

    Args:
        students: the class.

    Returns:
        One entry per cell with a time, in the order in which cells first turn up.
    """
    times: dict[str, list[float]] = {}
    for student in students:
        for name, value in (student.record.cell_seconds if student.record else {}).items():
            times.setdefault(name, []).append(value)
    return [
        Seconds(name, len(found), *(float(q) for q in np.quantile(found, [0.1, 0.5, 0.9, 1.0])))
        for name, found in times.items()
    ]


def correlation(x: Numbers, y: Numbers) -> float | str:
    """Pearson's r, or why there is none.

    Args:
        x: points in one exercise.
        y: points in the others, of the same students.
    """
    if len(x) < 3:
        return "fewer than three students have points"
    if np.ptp(x) < 1e-9:
        return "everybody has the same points"
    if np.ptp(y) < 1e-9:
        return "everybody has the same points in the other exercises"
    return float(np.corrcoef(x, y)[0, 1])


def _cells(graded: Sequence[Student]) -> tuple[list[str], dict[str, float]]:
    """Names and points of all graded cells, in the order of the longest record."""
    all_items = sorted((s.record.items for s in graded if s.record), key=len, reverse=True)
    maxima: dict[str, float] = {}
    for items in all_items:
        for item in items:
            maxima.setdefault(item.grade_id, item.max_score)
    return list(maxima), maxima


def _table(graded: Sequence[Student], names: Sequence[str]) -> Numbers:
    rows = [[student.points.get(name) for name in names] for student in graded]
    return np.array(rows, dtype=float).reshape(len(graded), len(names))


def _settled(table: Numbers) -> NDArray[np.bool_]:
    """Which exercises have points for everybody."""
    return np.array([not np.isnan(column).any() for column in table.T], dtype=np.bool_)


def _rest(table: Numbers, settled: NDArray[np.bool_], k: int) -> Numbers | None:
    others = settled.copy()
    others[k] = False
    return table[:, others].sum(axis=1) if others.any() else None


def _happened(graded: Sequence[Student]) -> dict[str, Counter[str]]:
    found: dict[str, Counter[str]] = {}
    for student in graded:
        for item in student.record.items if student.record else []:
            what = GROUPS.get(item.status, item.status.value)
            if item.status is Status.TO_BE_MARKED and student.points.get(item.grade_id) is not None:
                what = MARKED
            elif item.status is Status.FAILED and is_stub(item.message):
                what = Status.UNANSWERED.value
            found.setdefault(item.grade_id, Counter())[what] += 1
    return found


def _exercise(name: str, maximum: float, points: Numbers, rest: Numbers | None, happened: Counter[str]) -> Exercise:
    known = ~np.isnan(points)
    number = int(known.sum())
    found: float | str = "there is no other exercise to compare with"
    if rest is not None:
        found = correlation(points[known], rest[known])
    r = None if isinstance(found, str) else found
    only_empty = happened.get(Status.TO_BE_MARKED.value) and not happened.get(MARKED)  # whose zeros say nothing
    return Exercise(
        name=name,
        max_score=maximum,
        scored=number,
        difficulty=float(points[known].mean() / maximum) if number and maximum and not only_empty else None,
        discrimination=r,
        interval=None if r is None else _interval(r, number),
        reading=f"not defined: {found}" if isinstance(found, str) else _reading(found),
        happened=happened,
    )


def _interval(r: float, number: int) -> tuple[float, float] | None:
    if number <= 3 or abs(r) >= 1 - 1e-12:
        return None
    half = 1.96 / math.sqrt(number - 3)
    return math.tanh(math.atanh(r) - half), math.tanh(math.atanh(r) + half)


def _reading(r: float) -> str:
    if r <= -0.1:
        return "those who do well elsewhere lose points here: look at its text and tests"
    words = [(0.4, "tells students apart very well"), (0.3, "tells students apart well"), (0.2, "so so")]
    return next((word for bound, word in words if r >= bound), "hardly tells students apart")

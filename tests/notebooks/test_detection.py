"""Notebook 10's measure of detectors, from its own cells, against a second implementation, written differently."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograder.authoring.build import from_source

SOURCE = Path(__file__).parents[2] / "solutions/10_beyond_classification/10_beyond_classification.py"


@pytest.fixture(scope="module")
def notebook() -> dict[str, Any]:
    """What the cells define that judge answers, without Keras and without data."""
    names: dict[str, Any] = {"np": np}
    for cell in from_source(SOURCE).cells:
        if cell.cell_type == "code" and any(
            f"def {name}(" in cell.source
            for name in ("things", "iou", "average_precision", "is_right", "judged", "mean_ap")
        ):
            names |= {"train": {}, "plt": None, "plots": type("plots", (), {"ORANGE": ""})}
            exec(compile(cell.source, "<cell>", "exec"), names)
    return names


def scenes(rng: np.random.Generator, number: int) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Draw objects, and answers that are mostly near one of them, some of them twice, some nowhere."""
    labels = np.where(rng.uniform(size=(number, 4)) < 0.7, rng.integers(0, 4, (number, 4)), -1)
    labels = np.take_along_axis(labels, np.argsort(labels < 0, axis=1, kind="stable"), axis=1)
    corners = rng.uniform(0, 20, (number, 4, 2))
    boxes = np.concatenate([corners, corners + rng.uniform(4, 12, (number, 4, 2))], axis=2)
    boxes[labels < 0] = 0
    answers = []
    for mine, kinds in zip(boxes, labels, strict=True):
        chosen = rng.integers(0, 4, rng.integers(0, 9))
        moved = (
            mine[chosen] + rng.normal(0, 0.8, (len(chosen), 4)) + np.array([0, 0, 4, 4]) * (kinds[chosen] < 0)[:, None]
        )
        moved[:, 2:] = np.maximum(moved[:, 2:], moved[:, :2] + 1)
        said = np.where(
            rng.uniform(size=len(chosen)) < 0.8, np.maximum(kinds[chosen], 0), rng.integers(0, 4, len(chosen))
        )
        scores = np.sort(rng.uniform(size=len(chosen)))[::-1]
        answers.append({"boxes": moved, "scores": scores, "kinds": said})
    return answers, {"x": np.zeros(number), "boxes": boxes, "labels": labels}


def reference(answers: list[dict[str, Any]], part: dict[str, Any], least: float, iou: Any) -> list[float]:
    """All answers of a kind in one list from the best score down; areas under the curve of precision and recall."""
    found = []
    for kind in range(4):
        everything = sorted(
            (-answer["scores"][k], number, k)
            for number, answer in enumerate(answers)
            for k in np.flatnonzero(answer["kinds"] == kind)
        )
        taken: set[tuple[int, int]] = set()
        objects, area, hits = int((part["labels"] == kind).sum()), 0.0, 0
        for rank, (_, number, k) in enumerate(everything, start=1):
            free = [
                (iou(answers[number]["boxes"][k], part["boxes"][number, j]), -j)
                for j in range(4)
                if part["labels"][number, j] == kind and (number, j) not in taken
            ]
            if free and max(free)[0] >= least:
                taken.add((number, -max(free)[1]))
                hits += 1
                area += hits / rank / objects
        found.append(area)
    return found


@pytest.mark.parametrize("least", [0.3, 0.5, 0.75])
def test_mean_average_precision_is_that_of_a_second_implementation(notebook: dict[str, Any], least: float) -> None:
    answers, part = scenes(np.random.default_rng(int(100 * least)), 60)
    iou = notebook["iou"]
    truths = [notebook["things"](part, number)[0] for number in range(len(answers))]
    overlaps = [
        np.reshape([[iou(a, b) for b in truth] for a in answer["boxes"]], (len(answer["boxes"]), len(truth)))
        for answer, truth in zip(answers, truths, strict=True)
    ]
    mean, each = notebook["mean_ap"](answers, part, overlaps, least)
    wanted = reference(answers, part, least, iou)
    assert each == pytest.approx(wanted)
    assert mean == pytest.approx(np.mean(wanted))
    assert 0.05 < mean < 0.95
    by_hand = [notebook["average_precision"](*notebook["judged"](answers, part, overlaps, k, least)) for k in range(4)]
    assert by_hand == pytest.approx(wanted)

"""Photos of metal castings on a belt, for the project: sound or cracked.

A crack is a thin dark broken line; scratches are straight and bright, dirt is dark and round. What else there is to
find, and what it does to a figure, stands with the instructors' notes, which students do not get.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ._drawing import Canvas, Frame, colours

CLASS_NAMES = ("sound", "cracked")
SIZE = 28
PHOTOS = 3  # of each casting of the training part
NUM_TRAIN, NUM_TEST = 500, 600  # castings; one photo of each of the test part
SHARE = 0.1  # of cracked ones
CHUNK = 100


def make(seed: int = 11) -> dict[str, NDArray[Any]]:
    """Return `x_train` (1500, 28, 28), `x_test` (600, 28, 28), uint8, grey, labels, and `group_train`: castings."""
    rng = np.random.Generator(np.random.PCG64(seed))
    labels = [_labels(num, rng) for num in (NUM_TRAIN, NUM_TEST)]
    x_train = np.concatenate(
        [draw(labels[0][start : start + CHUNK], PHOTOS, rng) for start in range(0, NUM_TRAIN, CHUNK)]
    )
    x_test = np.concatenate([draw(labels[1][start : start + CHUNK], 1, rng) for start in range(0, NUM_TEST, CHUNK)])
    order = rng.permutation(len(x_train))
    casting = np.repeat(np.arange(NUM_TRAIN), PHOTOS)[order]
    return {
        "x_train": x_train[order],
        "y_train": labels[0][casting],
        "group_train": casting,
        "x_test": x_test,
        "y_test": labels[1],
    }


def _labels(num: int, rng: np.random.Generator) -> NDArray[Any]:
    return rng.permutation((np.arange(num) < round(num * SHARE)).astype(np.int64))


def draw(labels: NDArray[Any], photos: int, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Draw castings, each so many times in a row, with a casting's own looks and a photo's own light and place."""
    num = len(labels)

    def looks(low: float, high: float) -> NDArray[Any]:  # of a casting
        return np.repeat(rng.uniform(low, high, num), photos)

    total = num * photos
    canvas = Canvas(total, SIZE)
    ground = np.repeat(colours(rng, num, saturation=(0, 0), value=(0.1, 0.25)), photos, axis=0)
    canvas.shade(ground, ground)
    moved = rng.uniform(-0.07, 0.07, (2, total))
    body = Frame(total, SIZE, centre=(moved[0], moved[1]), scale=looks(0.8, 0.92), angle=looks(0, 2 * np.pi))
    metal = np.repeat(colours(rng, num, saturation=(0, 0), value=(0.55, 0.75)), photos, axis=0)
    canvas.paint(body.ellipse(0, 0, 1), metal)
    canvas.paint(body.ellipse(looks(-0.15, 0.15), looks(-0.15, 0.15), looks(0.14, 0.24)), metal * 0.45)
    for _ in range(4):  # cloudy spots: what tells one casting from another
        radius, angle = looks(0.35, 0.8), looks(0, 2 * np.pi)
        spot = body.ellipse(radius * np.cos(angle), radius * np.sin(angle), looks(0.12, 0.3), looks(0.1, 0.25))
        canvas.paint(spot, metal * np.where(rng.random((num, 1)) < 0.5, 0.86, 1.14).repeat(photos, axis=0), 0.8)
    for _ in range(2):  # scratches: bright and straight
        mark = _mark(body, looks, 0.055)
        canvas.paint(mark, np.minimum(metal * 1.35, 1), looks(0.4, 1) * np.repeat(rng.random(num) < 0.6, photos))
    for _ in range(2):  # dirt: dark and round
        radius, angle = looks(0.3, 0.85), looks(0, 2 * np.pi)
        spot = body.ellipse(radius * np.cos(angle), radius * np.sin(angle), looks(0.05, 0.09))
        canvas.paint(spot, metal * 0.4, looks(0.5, 1) * np.repeat(rng.random(num) < 0.7, photos))
    _crack(canvas, body, metal, looks, np.repeat(labels, photos))
    canvas.pixels *= rng.uniform(0.85, 1.15, (total, 1, 1, 1)).astype(np.float32)
    return canvas.finish(rng, noise=0.03)[..., 0]


def _mark(body: Frame, looks: Any, width: float) -> Any:
    """Give the distance to a straight stroke somewhere on the casting."""
    radius, angle, turn = looks(0.35, 0.65), looks(0, 2 * np.pi), looks(0, np.pi)
    x, y = body.x - _each(radius * np.cos(angle)), body.y - _each(radius * np.sin(angle))
    along, across = np.cos(_each(turn)) * x + np.sin(_each(turn)) * y, np.cos(_each(turn)) * y - np.sin(_each(turn)) * x
    return np.maximum(np.abs(along) - _each(looks(0.15, 0.3)), np.abs(across) - width) * body.pixel


def _crack(canvas: Canvas, body: Frame, metal: NDArray[np.float32], looks: Any, labels: NDArray[Any]) -> None:
    """Draw a dark line that bends twice, on the cracked ones."""
    radius, angle, turn = looks(0.35, 0.6), looks(0, 2 * np.pi), looks(0, 2 * np.pi)
    x, y = body.x - _each(radius * np.cos(angle)), body.y - _each(radius * np.sin(angle))
    along, across = np.cos(_each(turn)) * x + np.sin(_each(turn)) * y, np.cos(_each(turn)) * y - np.sin(_each(turn)) * x
    bend = _each(looks(0.08, 0.13)) * np.sign(np.sin(along * _each(looks(9, 14))))
    line = np.maximum(np.abs(along) - _each(looks(0.25, 0.4)), np.abs(across - bend) - 0.06) * body.pixel
    canvas.paint(line, metal * 0.42, looks(0.75, 1) * labels)


def _each(values: NDArray[Any]) -> NDArray[np.float32]:
    return np.asarray(values, np.float32).reshape(-1, 1, 1)

"""Drawn scenes of 64x64 pixels with one to four things each: for detection and segmentation.

Things are balls, boxes, cones and stars of random colour, size and angle on a two-coloured ground with grain. A later
thing may hide up to two thirds of an earlier one; boxes and masks tell what is left to see.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ._drawing import Canvas, Field, Frame, colours, union

SIZE, MAX_OBJECTS = 64, 4
NUM_TRAIN = {"quick": 800, "full": 4000}
NUM_VAL, NUM_TEST = 200, 200
LEAST_VISIBLE = 1 / 3
CHUNK = 50  # scenes drawn at once: what a core's cache takes


def ball(frame: Frame) -> Field:
    """Outline a disc."""
    return frame.ellipse(0, 0, 0.9)


def box(frame: Frame) -> Field:
    """Outline a square."""
    return frame.box(0, 0, 0.78, 0.78)


def cone(frame: Frame) -> Field:
    """Outline a triangle."""
    return frame.polygon((0, -0.95), (0.9, 0.75), (-0.9, 0.75))


def star(frame: Frame) -> Field:
    """Outline a star of six points: two triangles."""
    low = ((0, -1), (0.866, 0.5), (-0.866, 0.5))
    high = tuple((-x, -y) for x, y in low)
    return union(frame.polygon(*low), frame.polygon(*high))


OUTLINES: dict[str, Callable[[Frame], Field]] = {draw.__name__: draw for draw in (ball, box, cone, star)}
CLASS_NAMES = tuple(OUTLINES)


def make(seed: int = 0, *, num_train: int = NUM_TRAIN["quick"]) -> dict[str, NDArray[Any]]:
    """Return x, boxes, labels and instances with the endings _train, _val (200) and _test (200); see `Scenes`."""
    rng = np.random.Generator(np.random.PCG64(seed))
    arrays: dict[str, NDArray[Any]] = {}
    for part, num in (("val", NUM_VAL), ("test", NUM_TEST), ("train", num_train)):
        chunks = [draw(min(CHUNK, num - start), rng) for start in range(0, num, CHUNK)]
        for name in chunks[0]:
            arrays[f"{name}_{part}"] = np.concatenate([chunk[name] for chunk in chunks])
    return arrays


def draw(num: int, rng: np.random.Generator) -> dict[str, NDArray[Any]]:
    """Draw `num` scenes, thing by thing from back to front."""
    canvas = Canvas(num, SIZE)
    canvas.shade(*(colours(rng, num, saturation=(0.05, 0.5), value=(0.25, 0.85)) for _ in range(2)))
    wanted = rng.integers(1, MAX_OBJECTS + 1, num)
    labels = np.full((num, MAX_OBJECTS), -1)
    instances = np.zeros((num, SIZE, SIZE), np.uint8)
    areas = np.zeros((num, MAX_OBJECTS))
    for k in range(MAX_OBJECTS):
        kind = rng.integers(0, len(CLASS_NAMES), num)
        frame, shape = _thing(num, kind, rng)
        fits = (wanted > k) & _leaves_enough(instances, shape < 0, areas)
        shape = np.where(fits[:, None, None], shape, np.float32(1e3))  # elsewhere: nothing to paint
        canvas.paint(shape, colours(rng, num))
        canvas.light(frame, shape, 0.35)
        instances[shape < 0] = k + 1
        labels[fits, k] = kind[fits]
        areas[:, k] = (shape < 0).sum((1, 2))
    return _numbered(canvas.finish(rng), labels, instances)


def _thing(num: int, kind: NDArray[Any], rng: np.random.Generator) -> tuple[Frame, Field]:
    scale = rng.uniform(0.18, 0.42, num)
    x, y = (rng.uniform(-1, 1, num) * (1 - scale) for _ in range(2))  # wholly inside the picture
    angle = rng.uniform(-0.35, 0.35, num)
    frame = Frame(num, SIZE, centre=(x, y), scale=scale, angle=angle)
    outlines = np.stack([outline(frame) for outline in OUTLINES.values()])
    return frame, outlines[kind, np.arange(num)]


def _leaves_enough(
    instances: NDArray[np.uint8], new: NDArray[np.bool_], areas: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Say for each picture whether every thing would still show enough of its whole area behind the new one."""
    left = [((instances == k) & ~new).sum((1, 2)) for k in range(1, MAX_OBJECTS + 1)]
    return np.asarray((np.stack(left, axis=1) >= areas * LEAST_VISIBLE).all(axis=1))


def _numbered(x: NDArray[np.uint8], labels: NDArray[Any], instances: NDArray[np.uint8]) -> dict[str, NDArray[Any]]:
    """Close the gaps that things left out have made in the numbering, and measure the boxes."""
    order = np.argsort(labels < 0, axis=1, kind="stable")
    old_to_new = np.zeros((len(x), MAX_OBJECTS + 1), np.uint8)
    np.put_along_axis(old_to_new, order + 1, np.arange(1, MAX_OBJECTS + 1, dtype=np.uint8)[None], axis=1)
    instances = old_to_new[np.arange(len(x))[:, None, None], instances]
    labels = np.take_along_axis(labels, order, axis=1).astype(np.int64)
    boxes = np.stack([_boxes(instances == k) for k in range(1, MAX_OBJECTS + 1)], axis=1)
    return {"x": x, "boxes": boxes, "labels": labels, "instances": instances}


def _boxes(masks: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Return (x_min, y_min, x_max, y_max) of each mask, (n, 4); zeros for an empty mask."""
    sides = []
    for axis in (1, 2):  # columns that the mask touches, then rows
        touched = np.asarray(masks.any(axis=axis))
        sides.append((touched.argmax(axis=1), touched.shape[1] - touched[:, ::-1].argmax(axis=1)))
    (left, right), (top, bottom) = sides
    corners = np.stack([left, top, right, bottom], axis=1)
    return np.where(np.asarray(masks.any(axis=(1, 2)))[:, None], corners, 0).astype(np.float32)

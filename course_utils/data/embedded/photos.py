"""Drawn cats and dogs in the place of photos: two classes that differ in form, few of each, in all poses and colours.

A cat has whiskers and a small nose, and mostly pointed ears; a dog has a broad muzzle, sometimes a tongue, and mostly
hanging ears. Fur, patches, turn, place, size and surroundings say nothing. With few examples a network learns these by
heart, and the training animals sit for their picture, upright and in the middle, while the held-out ones are caught in
all poses: turning, shifting and zooming the examples helps, and so does having seen other animals before: `make_source`
draws eight kinds for pre-training, in all poses, from the same parts, cats and dogs not among them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ._drawing import Canvas, Colours, Field, Frame, clutter, colours, cut, union

NUM_TRAIN, NUM_HELD_OUT = 200, 600
POSED = 0.2  # how freely training animals are placed and turned, 1 as freely as the held-out ones
ODD_EARS = 0.2  # share of animals with ears of any kind: ears alone do not tell
CHUNK = 50  # pictures drawn at once: what a core's cache takes
PINK, DARK, WHITE = (0.93, 0.55, 0.58), (0.1, 0.09, 0.1), (0.96, 0.95, 0.93)


@dataclass
class Face:
    """What the parts of a face are drawn with: pictures, where, fur colours, chance."""

    canvas: Canvas
    frame: Frame
    fur: Colours
    rng: np.random.Generator

    def both(self, shape: Callable[[int], Field], colour: Colours | Sequence[float]) -> None:
        """Paint a shape on the left (-1) and on the right (1)."""
        self.canvas.paint(union(shape(-1), shape(1)), colour)


Part = Callable[[Face], None]


def pointed_ears(face: Face) -> None:
    """Draw upright triangles with a light inside."""
    for inner, tint in ((0.0, face.fur), (0.1, np.minimum(face.fur * 0.6 + 0.35, 1))):
        tip, root = -1.0 + 2 * inner, -0.2 - inner
        face.canvas.paint(face.frame.polygon((-0.54, tip), (-0.1 - inner / 2, -0.45), (-0.58 + inner, root)), tint)
        face.canvas.paint(face.frame.polygon((0.54, tip), (0.58 - inner, root), (0.1 + inner / 2, -0.45)), tint)


def hanging_ears(face: Face) -> None:
    """Draw long flaps at the sides of the head."""
    face.both(lambda side: face.frame.ellipse(side * 0.58, -0.02, 0.19, 0.48), face.fur * 0.65)


def round_ears(face: Face) -> None:
    """Draw small discs."""
    face.both(lambda side: face.frame.ellipse(side * 0.44, -0.45, 0.22), face.fur * 0.8)


def large_ears(face: Face) -> None:
    """Draw large discs with a light inside."""
    face.both(lambda side: face.frame.ellipse(side * 0.58, -0.5, 0.36), face.fur * 0.9)
    face.both(lambda side: face.frame.ellipse(side * 0.58, -0.5, 0.24), PINK)


def long_ears(face: Face) -> None:
    """Draw tall spoons."""
    face.both(lambda side: face.frame.ellipse(side * 0.25, -0.8, 0.15, 0.5), face.fur)
    face.both(lambda side: face.frame.ellipse(side * 0.25, -0.8, 0.07, 0.38), PINK)


def no_ears(_face: Face) -> None:
    """Draw nothing."""


def small_nose(face: Face) -> None:
    """Draw two cheeks, a small nose and whiskers."""
    frame = face.frame
    face.both(lambda side: frame.ellipse(side * 0.13, 0.26, 0.17, 0.14), np.minimum(face.fur * 0.5 + 0.45, 1))
    face.canvas.paint(frame.polygon((-0.09, 0.11), (0.09, 0.11), (0, 0.21)), PINK)
    for slope in (-0.08, 0.04, 0.16):
        face.both(lambda side, s=slope: frame.line((side * 0.2, 0.24), (side * 0.85, 0.24 + s), 0.014), WHITE)  # type: ignore[misc]


def broad_muzzle(face: Face) -> None:
    """Draw a large light muzzle with a big dark nose, every other one with a tongue."""
    frame, canvas = face.frame, face.canvas
    canvas.paint(frame.ellipse(0, 0.56, 0.12, 0.2), PINK, face.rng.random(canvas.num) < 0.5)
    muzzle = frame.ellipse(0, 0.28, 0.34, 0.27)
    canvas.paint(muzzle, np.minimum(face.fur * 0.5 + 0.4, 1))
    canvas.light(frame, muzzle)
    canvas.paint(frame.ellipse(0, 0.13, 0.15, 0.1), DARK)
    canvas.paint(frame.line((0, 0.2), (0, 0.42), 0.02), DARK)


def snout(face: Face) -> None:
    """Draw a flat disc with two nostrils."""
    face.canvas.paint(face.frame.ellipse(0, 0.25, 0.27, 0.19), face.fur * 0.75)
    face.both(lambda side: face.frame.ellipse(side * 0.1, 0.25, 0.05, 0.08), DARK)


def beak(face: Face) -> None:
    """Draw a beak."""
    face.canvas.paint(face.frame.polygon((-0.16, 0.05), (0.16, 0.05), (0, 0.42)), (0.95, 0.65, 0.15))


def teeth(face: Face) -> None:
    """Draw a small nose and two front teeth."""
    face.canvas.paint(face.frame.box(0, 0.36, 0.1, 0.1), WHITE)
    face.canvas.paint(face.frame.box(0, 0.36, 0.012, 0.1), DARK)
    face.canvas.paint(face.frame.ellipse(0, 0.18, 0.1, 0.07), PINK)


def wide_mouth(face: Face) -> None:
    """Draw a mouth from cheek to cheek."""
    frame = face.frame
    smile = cut(cut(frame.ellipse(0, 0.1, 0.45, 0.32), frame.ellipse(0, 0.04, 0.45, 0.3)), frame.box(0, -0.2, 1, 0.3))
    face.canvas.paint(smile, DARK)


class Kind(NamedTuple):
    """What makes an animal: its usual ears, its muzzle and the size of its eyes."""

    ears: Part
    muzzle: Part
    eye: float


KINDS = {
    "cat": Kind(pointed_ears, small_nose, 0.1),
    "dog": Kind(hanging_ears, broad_muzzle, 0.1),
    "bear": Kind(round_ears, broad_muzzle, 0.07),
    "fox": Kind(pointed_ears, broad_muzzle, 0.09),
    "frog": Kind(no_ears, wide_mouth, 0.2),
    "mouse": Kind(large_ears, small_nose, 0.09),
    "owl": Kind(no_ears, beak, 0.22),
    "pig": Kind(hanging_ears, snout, 0.08),
    "rabbit": Kind(long_ears, teeth, 0.11),
    "squirrel": Kind(round_ears, teeth, 0.12),
}
EARS = (pointed_ears, hanging_ears, round_ears, large_ears, long_ears, no_ears)
CLASS_NAMES = ("cat", "dog")
SOURCE_CLASS_NAMES = tuple(kind for kind in KINDS if kind not in CLASS_NAMES)


def make(seed: int = 0, *, size: int = 150) -> dict[str, NDArray[Any]]:
    """Return x_train (200, size, size, 3) and x_test (600, ...), uint8, and their labels: 0 cat, 1 dog."""
    rng = np.random.Generator(np.random.PCG64(seed))
    x_train, y_train = _draw_all(CLASS_NAMES, NUM_TRAIN, size, rng, POSED)
    x_test, y_test = _draw_all(CLASS_NAMES, NUM_HELD_OUT, size, rng)
    return {"x_train": x_train, "y_train": y_train, "x_test": x_test, "y_test": y_test}


def make_source(seed: int = 1, *, size: int = 150, num: int = 4000) -> dict[str, NDArray[Any]]:
    """Return x_train (num, size, size, 3), uint8, and labels that count through SOURCE_CLASS_NAMES."""
    x, y = _draw_all(SOURCE_CLASS_NAMES, num, size, np.random.Generator(np.random.PCG64(seed)))
    return {"x_train": x, "y_train": y}


def _draw_all(
    kinds: Sequence[str], num: int, size: int, rng: np.random.Generator, freedom: float = 1
) -> tuple[NDArray[np.uint8], NDArray[Any]]:
    y = np.concatenate([start + rng.permutation(len(kinds)) for start in range(0, num, len(kinds))])[:num] % len(kinds)
    x = np.zeros((num, size, size, 3), np.uint8)
    for label, kind in enumerate(kinds):
        usual = EARS.index(KINDS[kind].ears)
        ears = np.where(rng.random(num) < ODD_EARS, rng.integers(len(EARS), size=num), usual)
        for k, shape in enumerate(EARS):
            where = np.flatnonzero((y == label) & (ears == k))
            for start in range(0, len(where), CHUNK):
                some = where[start : start + CHUNK]
                x[some] = draw(kind, len(some), size, rng, ears=shape, freedom=freedom)
    return x, y


def draw(
    kind: str, num: int, size: int, rng: np.random.Generator, *, ears: Part | None = None, freedom: float = 1
) -> NDArray[np.uint8]:
    """Draw `num` pictures of an animal, (num, size, size, 3), with other ears than its own or less freely if asked."""
    canvas = Canvas(num, size)
    canvas.shade(*(colours(rng, num, saturation=(0.1, 0.6), value=(0.3, 0.9)) for _ in range(2)))
    clutter(canvas, rng, 6, (0.1, 0.5))
    x, y, larger, angle = (freedom * rng.uniform(-limit, limit, num) for limit in (0.35, 0.35, 0.2, 0.7))
    frame = Frame(num, size, centre=(x, y), scale=0.55 + larger, angle=angle)
    fur = colours(rng, num, saturation=(0.1, 0.6), value=(0.35, 0.9))
    _animal(Face(canvas, frame, fur, rng), KINDS[kind], ears or KINDS[kind].ears)
    clutter(canvas, rng, 1, (0.05, 0.15))
    return canvas.finish(rng, 0.04)


def _animal(face: Face, kind: Kind, ears: Part) -> None:
    frame, canvas, rng = face.frame, face.canvas, face.rng
    body = frame.ellipse(0, 1.05, 0.55, 0.62)
    canvas.paint(body, face.fur * 0.85)
    canvas.light(frame, body)
    if ears is not hanging_ears:
        ears(face)
    head = frame.ellipse(0, 0, 0.62, 0.56)
    canvas.paint(head, face.fur)
    patch = frame.ellipse(rng.uniform(-0.5, 0.5, canvas.num), rng.uniform(-0.5, 0.5, canvas.num), 0.3, 0.25)
    canvas.paint(np.maximum(patch, head), colours(rng, canvas.num, saturation=(0.1, 0.6)), rng.random(canvas.num) < 0.5)
    canvas.light(frame, head, 0.3)
    if ears is hanging_ears:  # these lie before the head
        ears(face)
    kind.muzzle(face)
    face.both(lambda side: frame.ellipse(side * 0.24, -0.12, kind.eye), WHITE)
    face.both(lambda side: frame.ellipse(side * 0.24, -0.11, kind.eye * 0.7), DARK)

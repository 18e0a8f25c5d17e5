"""Drawn pictures of 32x32 pixels in the place of CIFAR-10: ten things in random colour, place, size and clutter.

What a thing is shows in its form, and only a little in its colour and surroundings: a network that sees form wherever
it is does far better than one that knows pixels by their place.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ._drawing import Canvas, Frame, clutter, colours, cut, union

SIZE = 32
CHUNK = 100  # pictures drawn at once: what a core's cache takes
NUM_TRAIN, NUM_TEST = 5000, 1000
WHITE, BLACK, WOOD, GLASS = (0.95, 0.95, 0.93), (0.12, 0.12, 0.14), (0.45, 0.3, 0.18), (0.75, 0.88, 0.95)

Draw = Callable[[Canvas, Frame, np.random.Generator], None]


def boat(canvas: Canvas, frame: Frame, rng: np.random.Generator) -> None:
    """Draw a hull with a mast and two sails."""
    tint = colours(rng, canvas.num)
    canvas.paint(frame.line((0, -0.9), (0, 0.4), 0.05), WOOD)
    canvas.paint(
        frame.polygon((0.08, -0.85), (0.75, 0.25), (0.08, 0.25)),
        colours(rng, canvas.num, saturation=(0, 0.4), value=(0.8, 1)),
    )
    canvas.paint(frame.polygon((-0.08, -0.6), (-0.08, 0.25), (-0.6, 0.25)), tint)
    canvas.paint(frame.polygon((-0.9, 0.4), (0.9, 0.4), (0.55, 0.85), (-0.55, 0.85)), tint)


def car(canvas: Canvas, frame: Frame, rng: np.random.Generator) -> None:
    """Draw a body, a cabin with windows, two wheels."""
    tint = colours(rng, canvas.num)
    canvas.paint(frame.polygon((-0.35, -0.4), (0.3, -0.4), (0.6, 0.1), (-0.6, 0.1)), tint)
    canvas.paint(frame.polygon((-0.28, -0.28), (0.22, -0.28), (0.42, 0.05), (-0.45, 0.05)), GLASS)
    body = frame.box(0, 0.22, 0.95, 0.22)
    canvas.paint(body, tint)
    canvas.light(frame, body)
    for x in (-0.5, 0.5):
        canvas.paint(frame.ellipse(x, 0.45, 0.23), BLACK)
        canvas.paint(frame.ellipse(x, 0.45, 0.1), WHITE)


def fish(canvas: Canvas, frame: Frame, rng: np.random.Generator) -> None:
    """Draw an oval body with tail, fin and eye."""
    tint = colours(rng, canvas.num)
    body = frame.ellipse(0.15, 0, 0.7, 0.42)
    canvas.paint(frame.polygon((-0.95, -0.45), (-0.35, 0), (-0.95, 0.45)), tint * 0.8)
    canvas.paint(frame.polygon((0.0, -0.7), (0.4, -0.3), (-0.2, -0.3)), tint * 0.8)
    canvas.paint(body, tint)
    canvas.light(frame, body, 0.35)
    canvas.paint(frame.ellipse(0.5, -0.1, 0.12), WHITE)
    canvas.paint(frame.ellipse(0.53, -0.1, 0.06), BLACK)


def flower(canvas: Canvas, frame: Frame, rng: np.random.Generator) -> None:
    """Draw six petals around a heart, on a stalk with a leaf."""
    tint = colours(rng, canvas.num, value=(0.75, 1))
    green = colours(rng, canvas.num, (0.25, 0.4), value=(0.35, 0.6))
    canvas.paint(frame.line((0, 0), (0, 0.95), 0.06), green)
    canvas.paint(frame.ellipse(0.22, 0.6, 0.22, 0.09), green)
    for k in range(6):
        canvas.paint(frame.ellipse(0.36 * np.cos(k * np.pi / 3), -0.35 + 0.36 * np.sin(k * np.pi / 3), 0.23), tint)
    canvas.paint(frame.ellipse(0, -0.35, 0.2), colours(rng, canvas.num, (0.08, 0.16), value=(0.7, 1)))


def house(canvas: Canvas, frame: Frame, rng: np.random.Generator) -> None:
    """Draw walls, a gable roof, a door and a window."""
    canvas.paint(frame.box(0, 0.35, 0.65, 0.5), colours(rng, canvas.num, saturation=(0.05, 0.5), value=(0.65, 1)))
    canvas.paint(frame.polygon((0, -0.85), (0.9, -0.1), (-0.9, -0.1)), colours(rng, canvas.num, value=(0.4, 0.8)))
    canvas.paint(frame.box(-0.25, 0.55, 0.15, 0.3), WOOD)
    canvas.paint(frame.box(0.28, 0.3, 0.17, 0.17), GLASS)


def mushroom(canvas: Canvas, frame: Frame, rng: np.random.Generator) -> None:
    """Draw a dotted half-round cap on a stem."""
    cap = cut(frame.ellipse(0, 0.05, 0.85, 0.8), frame.box(0, 0.6, 1.0, 0.55))
    stem = frame.polygon((-0.2, 0), (0.2, 0), (0.28, 0.85), (-0.28, 0.85))
    canvas.paint(stem, WHITE)
    canvas.light(frame, stem)
    canvas.paint(cap, colours(rng, canvas.num))
    canvas.light(frame, cap, 0.35)
    for x, y in ((-0.4, -0.2), (0.05, -0.45), (0.42, -0.15)):
        canvas.paint(frame.ellipse(x, y, 0.12), WHITE)


def rocket(canvas: Canvas, frame: Frame, rng: np.random.Generator) -> None:
    """Draw a pointed body with fins, a porthole and a flame."""
    tint = colours(rng, canvas.num)
    canvas.paint(
        frame.polygon((-0.18, 0.55), (0.18, 0.55), (0, 0.98)), colours(rng, canvas.num, (0.02, 0.14), value=(0.9, 1))
    )
    canvas.paint(frame.polygon((-0.2, 0.1), (0.2, 0.1), (0.6, 0.65), (-0.6, 0.65)), tint)
    body = union(frame.box(0, 0.1, 0.28, 0.5), frame.ellipse(0, -0.35, 0.28, 0.6))
    canvas.paint(body, colours(rng, canvas.num, saturation=(0, 0.3), value=(0.75, 1)))
    canvas.light(frame, body, 0.3)
    canvas.paint(frame.ellipse(0, -0.25, 0.14), tint)


def snowman(canvas: Canvas, frame: Frame, rng: np.random.Generator) -> None:
    """Draw three balls with a hat, eyes and a carrot."""
    white = colours(rng, canvas.num, saturation=(0, 0.35), value=(0.8, 1))
    for y, radius in ((0.6, 0.38), (0.05, 0.29), (-0.38, 0.22)):
        ball = frame.ellipse(0, y, radius)
        canvas.paint(ball, white)
        canvas.light(frame, ball)
    canvas.paint(
        union(frame.box(0, -0.57, 0.3, 0.05), frame.box(0, -0.76, 0.18, 0.18)),
        colours(rng, canvas.num, value=(0.15, 0.5)),
    )
    canvas.paint(frame.polygon((0, -0.4), (0.25, -0.34), (0, -0.3)), (0.95, 0.5, 0.1))


def tree(canvas: Canvas, frame: Frame, rng: np.random.Generator) -> None:
    """Draw a trunk under three leafy balls."""
    leaves = union(frame.ellipse(0, -0.45, 0.45), frame.ellipse(-0.38, -0.1, 0.38), frame.ellipse(0.38, -0.1, 0.38))
    canvas.paint(frame.polygon((-0.11, 0), (0.11, 0), (0.17, 0.95), (-0.17, 0.95)), WOOD)
    canvas.paint(leaves, colours(rng, canvas.num, (0.02, 0.42), value=(0.35, 0.8)))
    canvas.light(frame, leaves, 0.4)


def umbrella(canvas: Canvas, frame: Frame, rng: np.random.Generator) -> None:
    """Draw a striped half-round canopy on a handle with a hook."""
    tint = colours(rng, canvas.num)
    hook = cut(cut(frame.ellipse(0.17, 0.7, 0.2), frame.ellipse(0.17, 0.7, 0.1)), frame.box(0.17, 0.4, 0.4, 0.3))
    canvas.paint(union(frame.line((0, -0.9), (0, 0.7), 0.05), hook), BLACK)
    dome = cut(frame.ellipse(0, 0.1, 0.92, 0.9), frame.box(0, 0.62, 1.1, 0.55))
    canvas.paint(dome, tint)
    canvas.paint(np.maximum(dome, frame.ellipse(0, 0.1, 0.32, 0.95)), tint * 0.55)


DRAW: dict[str, Draw] = {
    draw.__name__: draw for draw in (boat, car, fish, flower, house, mushroom, rocket, snowman, tree, umbrella)
}
CLASS_NAMES = tuple(DRAW)


def make(seed: int = 0, *, size: int = SIZE) -> dict[str, NDArray[Any]]:
    """Return x_train (5000, size, size, 3), x_test (1000, ...), uint8, and their labels, evenly mixed."""
    rng = np.random.Generator(np.random.PCG64(seed))
    total = NUM_TRAIN + NUM_TEST
    each = total // len(CLASS_NAMES) // CHUNK
    by_class = [
        np.concatenate([draw_class(label, CHUNK, size, rng) for _ in range(each)]) for label in range(len(CLASS_NAMES))
    ]
    # one of each class in turn, each group of ten in its own order: any leading part of the set is balanced
    x = np.stack(by_class, axis=1).reshape(total, size, size, 3)
    y = np.tile(np.arange(len(CLASS_NAMES)), total // len(CLASS_NAMES))
    order = np.concatenate([start + rng.permutation(10) for start in range(0, total, 10)])
    x, y = x[order], y[order]
    return {"x_train": x[:NUM_TRAIN], "y_train": y[:NUM_TRAIN], "x_test": x[NUM_TRAIN:], "y_test": y[NUM_TRAIN:]}


def draw_class(label: int, num: int, size: int, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Draw `num` pictures of one class, (num, size, size, 3)."""
    canvas = Canvas(num, size)
    canvas.shade(*(colours(rng, num, saturation=(0.1, 0.6), value=(0.3, 0.95)) for _ in range(2)))
    clutter(canvas, rng, 4, (0.1, 0.4))
    centre = rng.uniform(-0.25, 0.25, num), rng.uniform(-0.25, 0.25, num)
    scale, angle = rng.uniform(0.5, 0.85, num), rng.uniform(-0.25, 0.25, num)
    frame = Frame(num, size, centre=centre, scale=scale, angle=angle, mirrored=rng.random(num) < 0.5)
    DRAW[CLASS_NAMES[label]](canvas, frame, rng)
    clutter(canvas, rng, 1, (0.08, 0.2))
    return canvas.finish(rng)

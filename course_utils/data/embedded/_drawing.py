"""Draws many pictures at once: shapes are signed distances (negative inside), edges are smoothed over one pixel.

Coordinates are those of a `Frame`: x to the right, y down, the frame's own square from -1 to 1. A parameter of a shape
is a number for all pictures, or an array of shape (n,) with one for each.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import reduce
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Field = NDArray[Any]  # (n, size, size): a value for each pixel of each picture
Colours = NDArray[np.float32]  # (n, 3) in [0, 1]


def per_picture(value: ArrayLike) -> NDArray[np.float32]:
    """Shape a number, or one for each picture, so that it combines with fields."""
    array = np.asarray(value, np.float32)
    return array.reshape(-1, 1, 1) if array.ndim else array


class Frame:
    """A place, size and angle in each picture, in which shapes are given.

    Args:
        num: number of pictures.
        size: height and width in pixels.
        centre: x and y of the frame's centre in the picture, which spans [-1, 1].
        scale: half the frame's side.
        angle: turn in radians, clockwise as y points down.
        mirrored: True where left and right are swapped.
    """

    def __init__(
        self,
        num: int,
        size: int,
        *,
        centre: tuple[ArrayLike, ArrayLike] = (0, 0),
        scale: ArrayLike = 1,
        angle: ArrayLike = 0,
        mirrored: ArrayLike = False,
    ) -> None:
        axis = ((np.arange(size, dtype=np.float32) + 0.5) / size * 2 - 1).astype(np.float32)
        x, y = axis[None, None, :] - per_picture(centre[0]), axis[None, :, None] - per_picture(centre[1])
        cos, sin = per_picture(np.cos(angle)), per_picture(np.sin(angle))
        self.scale = per_picture(scale)
        self.pixel = self.scale * size / 2  # pixels per unit
        shape = (num, size, size)
        turned = (cos * x + sin * y) / self.scale * np.where(per_picture(mirrored) > 0, -1, 1)
        self.x: Field = np.broadcast_to(turned, shape).astype(np.float32)
        self.y: Field = np.broadcast_to((cos * y - sin * x) / self.scale, shape).astype(np.float32)

    def ellipse(self, x: ArrayLike, y: ArrayLike, width: ArrayLike, height: ArrayLike | None = None) -> Field:
        """Distance to an ellipse by its centre and half axes (a circle without `height`); exact near its edge."""
        a, b = per_picture(width), per_picture(width if height is None else height)
        u, v = (self.x - per_picture(x)) / a, (self.y - per_picture(y)) / b
        distance: Field = (np.sqrt(u * u + v * v) - 1) * np.minimum(a, b) * self.pixel
        return distance

    def box(self, x: ArrayLike, y: ArrayLike, width: ArrayLike, height: ArrayLike) -> Field:
        """Distance to a rectangle by its centre and half sides."""
        u = np.abs(self.x - per_picture(x)) - per_picture(width)
        v = np.abs(self.y - per_picture(y)) - per_picture(height)
        distance: Field = np.maximum(u, v) * self.pixel
        return distance

    def polygon(self, *corners: tuple[float, float]) -> Field:
        """Distance to a convex polygon whose corners are listed clockwise as seen."""
        edges = []
        for (x0, y0), (x1, y1) in zip(corners, [*corners[1:], corners[0]], strict=True):
            dx, dy = x1 - x0, y1 - y0
            edges.append(((self.x - x0) * dy - (self.y - y0) * dx) / math.hypot(dx, dy))
        distance: Field = reduce(np.maximum, edges) * self.pixel
        return distance

    def line(self, start: tuple[float, float], end: tuple[float, float], width: float) -> Field:
        """Distance to a straight stroke of half thickness `width` with round ends."""
        dx, dy = end[0] - start[0], end[1] - start[1]
        along = ((self.x - start[0]) * dx + (self.y - start[1]) * dy) / (dx * dx + dy * dy)
        t = np.clip(along, 0, 1)
        u, v = self.x - start[0] - t * dx, self.y - start[1] - t * dy
        distance: Field = (np.sqrt(u * u + v * v) - width) * self.pixel
        return distance


def union(*shapes: Field) -> Field:
    """Join shapes."""
    return reduce(np.minimum, shapes)


def cut(shape: Field, away: Field) -> Field:
    """Take `away` out of `shape`."""
    return np.maximum(shape, -away)


def cover(shape: Field) -> Field:
    """How much of each pixel lies inside, 0 to 1."""
    return np.asarray(np.clip(0.5 - shape, 0, 1))


class Canvas:
    """Pictures under work.

    Args:
        num: how many.
        size: height and width in pixels.
    """

    def __init__(self, num: int, size: int) -> None:
        self.num, self.size = num, size
        self.pixels = np.zeros((num, size, size, 3), np.float32)

    def shade(self, top: Colours, bottom: Colours) -> None:
        """Fill with a gradient from top to bottom."""
        t = np.linspace(0, 1, self.size, dtype=np.float32)[None, :, None, None]
        self.pixels[:] = top[:, None, None] * (1 - t) + bottom[:, None, None] * t

    def paint(self, shape: Field, colour: Colours | Sequence[float], opacity: ArrayLike = 1) -> None:
        """Fill a shape with a colour for all pictures, or one for each."""
        alpha = (cover(shape) * per_picture(opacity))[..., None]
        tint = np.asarray(colour, np.float32)
        self.pixels += alpha * (tint.reshape(-1, 1, 1, 3) - self.pixels)

    def light(self, frame: Frame, shape: Field, strength: float = 0.25) -> None:
        """Brighten a shape towards the upper left of its frame and darken it to the lower right: it looks round."""
        slope = np.clip(-(frame.x + frame.y) * 0.5, -1, 1) * strength * cover(shape)
        self.pixels *= 1 + slope[..., None]

    def finish(self, rng: np.random.Generator, noise: float = 0.03) -> NDArray[np.uint8]:
        """Add grain and return the pictures, (n, size, size, 3) uint8."""
        grain = rng.random(self.pixels.shape, dtype=np.float32) - np.float32(0.5)
        pixels = np.clip(self.pixels + 2 * noise * grain, 0, 1)
        return np.round(pixels * 255).astype(np.uint8)


def colours(
    rng: np.random.Generator,
    num: int,
    hue: tuple[float, float] = (0, 1),
    saturation: tuple[float, float] = (0.5, 0.95),
    value: tuple[float, float] = (0.5, 1.0),
) -> Colours:
    """Draw colours from ranges of hue (0 red, 1/3 green, 2/3 blue, 1 red again), saturation and value."""
    h, s, v = (rng.uniform(low, high, num) for low, high in (hue, saturation, value))
    sector = (np.array([5, 3, 1]) + 6 * h[:, None]) % 6
    rgb = v[:, None] - v[:, None] * s[:, None] * np.clip(np.minimum(sector, 4 - sector), 0, 1)
    return np.asarray(rgb, np.float32)


def clutter(canvas: Canvas, rng: np.random.Generator, amount: int, scale: tuple[float, float]) -> None:
    """Strew discs, bars and tilted boxes of all colours over each picture."""
    num = canvas.num
    for _ in range(amount):
        centre = rng.uniform(-1, 1, num), rng.uniform(-1, 1, num)
        angle = rng.uniform(0, np.pi, num)
        frame = Frame(num, canvas.size, centre=centre, scale=rng.uniform(*scale, num), angle=angle)
        kind = rng.integers(0, 3, num)
        boxes = frame.box(0, 0, np.where(kind == 1, 1, 0.8), np.where(kind == 1, 0.2, 0.8))
        shape = np.where(per_picture(kind == 0) > 0, frame.ellipse(0, 0, 1), boxes)
        tints = colours(rng, num, saturation=(0.1, 0.8), value=(0.3, 0.95))
        canvas.paint(shape, tints, rng.uniform(0.5, 1, num))

"""Readings of a wristband, for the project: what its wearer is doing.

Each wearer has habits of their own, each band its own way to sit and to measure. What there is to find, and what it
does to a figure, stands with the instructors' notes, which students do not get.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

CLASS_NAMES = ("sit", "walk", "stairs", "run")
LENGTH, RATE = 60, 20  # readings in a window, and readings in a second
WINDOWS = 32  # of each activity of each wearer, three seconds each
BANDS_TRAIN = (0,) * 11 + (1,) * 3  # of each wearer: 0 is band A, 1 is band B
NUM_TEST = 8  # wearers
WINDOWS_TEST = 20
RHYTHM = {"walk": (1.5, 2.1), "stairs": (1.4, 2.0), "run": (2.0, 2.9)}  # steps in a second
FORCE = {"sit": 0.0, "walk": 0.35, "stairs": 0.35, "run": 0.7}  # in g
GAIN = (1.0, 0.5)
NOISE = (0.12, 0.18)
DOWN = ((0.15, -0.2, 0.95), (0.9, 0.3, 0.1))  # where gravity falls on the axes of each band


def make(seed: int = 11) -> dict[str, NDArray[Any]]:
    """Return windows `x_train` (1792, 60, 3) and `x_test` (640, 60, 3), float32, labels, wearers and bands."""
    rng = np.random.Generator(np.random.PCG64(seed))
    arrays: dict[str, NDArray[Any]] = {}
    for part, bands, windows, first in (
        ("train", BANDS_TRAIN, WINDOWS, 0),
        ("test", (1,) * NUM_TEST, WINDOWS_TEST, len(BANDS_TRAIN)),
    ):
        x = np.concatenate([record(band, windows, rng) for band in bands])
        y = np.tile(np.repeat(np.arange(len(CLASS_NAMES)), windows), len(bands))
        wearer = np.repeat(np.arange(len(bands)) + first, windows * len(CLASS_NAMES))
        order = rng.permutation(len(y))
        arrays |= {f"x_{part}": x[order], f"y_{part}": y[order], f"group_{part}": wearer[order]}
        arrays[f"band_{part}"] = np.array(bands)[wearer[order] - first]
    return arrays


def record(band: int, windows: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """Record one wearer, all activities in turn: (4 * windows, 60, 3)."""
    habit = {
        "pace": rng.uniform(-0.12, 0.12),
        "force": rng.uniform(0.6, 1.4),
        "second": rng.uniform(0.25, 0.6),
        "axes": rng.normal(0, 0.15, 3),
    }
    found = [_windows(name, windows, habit, rng) for name in CLASS_NAMES]
    moves = np.concatenate(found)
    down = np.array(DOWN[band]) + rng.normal(0, 0.06, 3)
    if band:
        moves = moves[..., [2, 0, 1]]
    noise = rng.normal(0, NOISE[band], moves.shape)
    return np.asarray(GAIN[band] * (moves + down + noise), np.float32)


def _windows(name: str, windows: int, habit: dict[str, Any], rng: np.random.Generator) -> NDArray[Any]:
    """Give the movement itself, without gravity and noise."""
    time = np.arange(LENGTH) / RATE
    if name == "sit":  # now and then a hand moves
        wave = np.sin(2 * np.pi * rng.uniform(0.2, 0.6, (windows, 1)) * time + rng.uniform(0, 6.3, (windows, 1)))
        moved = (rng.random((windows, 1)) < 0.4)[..., None]
        return np.asarray(0.08 * habit["force"] * moved * wave[..., None] * rng.normal(0, 1, 3))
    pace = rng.uniform(*RHYTHM[name], (windows, 1)) + habit["pace"]
    phase = 2 * np.pi * pace * time + rng.uniform(0, 2 * np.pi, (windows, 1))
    force = FORCE[name] * habit["force"] * rng.uniform(0.8, 1.2, (windows, 1))
    lift = np.sin(phase) + habit["second"] * np.sin(2 * phase + 0.6)
    swing = np.sin(phase / 2 + rng.uniform(0, 6.3, (windows, 1)))  # arms swing once in two steps
    if name == "stairs":  # a push up and a soft landing: half of the wave is flat; arms hardly swing
        lift, swing = np.maximum(lift, -0.25) * 1.25, 0.25 * swing
    forward = np.cos(phase) * 0.6
    axes = np.stack([0.7 * swing + 0.2 * lift, forward, lift], axis=-1)
    return np.asarray(force[..., None] * (axes + habit["axes"] * lift[..., None]))

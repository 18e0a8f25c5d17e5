"""Figures of the course: each helper draws into the axes it is given and returns them.

Colours are safe for colour-blind readers: `SIGNED` for values around zero, grey for pictures, blue for data, orange for
the kernel and for what it looks at.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike

BLUE, ORANGE = "#3f90da", "#ffa90e"
SIGNED = "RdBu_r"  # diverging, blue below zero and red above; told apart by all common colour vision types


def use_course_style() -> None:
    """Apply the course's matplotlib style to all figures that follow."""
    import matplotlib.pyplot as plt

    plt.style.use(Path(__file__).with_name("course.mplstyle"))


def number_grid(
    ax: Axes,
    values: ArrayLike,
    title: str = "",
    *,
    window: tuple[int, int, int, int] | None = None,
    color: str = ORANGE,
    cmap: str = "Blues",
) -> Axes:
    """Draw a small matrix as a grid of cells with its numbers written in.

    Args:
        ax: where to draw.
        values: shape (height, width), or (length,) for a single row; integers are written without decimals.
        title: the axes' title.
        window: (row, column, height, width) of a frame around some cells, such as the ones under a kernel.
        color: colour of that frame.
        cmap: colour map of the cells, pale for small values.

    Returns:
        The same axes.
    """
    from matplotlib.patches import Rectangle

    grid = np.atleast_2d(np.asarray(values, dtype=float))
    low, high = float(grid.min()), float(grid.max())
    ax.imshow(
        grid, cmap=cmap, vmin=low, vmax=high + (high - low or 1.0)
    )  # upper half left free: the numbers stay readable
    decimals = 0 if np.allclose(grid, np.round(grid)) else 2
    for (row, column), value in np.ndenumerate(grid):
        ax.text(column, row, f"{value:.{decimals}f}", ha="center", va="center")
    ax.set_xticks(np.arange(-0.5, grid.shape[1]), labels=[])
    ax.set_yticks(np.arange(-0.5, grid.shape[0]), labels=[])
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    ax.grid(visible=True, color="white", linewidth=2)
    if window is not None:
        top, left, height, width = window
        ax.add_patch(
            Rectangle(
                (left - 0.5, top - 0.5),
                width,
                height,
                fill=False,
                edgecolor=color,
                linewidth=3,
                clip_on=False,
                zorder=3,  # above the grid's white lines
            )
        )
    ax.set_title(title)
    return ax


def picture(ax: Axes, pixels: ArrayLike, title: str = "", *, signed: bool = False) -> Axes:
    """Draw an image without ticks.

    Args:
        ax: where to draw.
        pixels: shape (height, width) for grey or (height, width, 3) for colour, colour in [0, 1] or 0 to 255.
        title: the axes' title.
        signed: show responses around zero with a diverging colour map, white at zero (grey images only).

    Returns:
        The same axes.
    """
    array = np.asarray(pixels)
    limits: dict[str, Any] = {}
    if signed:
        bound = float(np.abs(array).max()) or 1.0
        limits = {"cmap": SIGNED, "vmin": -bound, "vmax": bound}
    ax.imshow(array, **limits)
    ax.set_xticks([])
    ax.set_yticks([])
    ax.spines[:].set_visible(False)
    ax.set_title(title)
    return ax

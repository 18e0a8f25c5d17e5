"""Figures of the course: each helper draws into the axes it is given and returns them.

Colours are safe for colour-blind readers: `SIGNED` for values around zero, grey for pictures, blue for data, orange for
the kernel and for what it looks at.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import ArrayLike

BLUE, ORANGE = "#3f90da", "#ffa90e"
SIGNED = "RdBu_r"  # diverging, blue below zero and red above; told apart by all common colour vision types


def use_course_style() -> None:
    """Apply the course's matplotlib style to all figures that follow."""
    import matplotlib.pyplot as plt

    plt.style.use(Path(__file__).with_name("course.mplstyle"))


def show(alt: str) -> None:
    """Show the open figure, as `matplotlib.pyplot.show` does, with a text for readers who cannot see it.

    The text is part of the picture in the page: JupyterLab, exported pages and screen readers find it there.

    Args:
        alt: what the figure shows.

    Raises:
        ValueError: when no figure is open.
    """
    import matplotlib.pyplot as plt
    from IPython.display import display

    numbers = plt.get_fignums()
    if not numbers:
        raise ValueError("no figure is open: draw one first, in the same cell")
    for number in numbers:
        display(described(plt.figure(number), alt), raw=True)
    plt.close("all")


def described(figure: Figure, alt: str) -> dict[str, str]:
    """Return a figure as an output for IPython's `display(..., raw=True)`: a picture that carries its description.

    Args:
        figure: the figure.
        alt: what it shows.
    """
    from base64 import b64encode
    from html import escape
    from io import BytesIO

    buffer = BytesIO()
    figure.savefig(buffer, format="png", dpi=figure.dpi, bbox_inches="tight", facecolor=figure.get_facecolor())
    picture = b64encode(buffer.getvalue()).decode()
    html = f'<img alt="{escape(alt)}" src="data:image/png;base64,{picture}">'
    return {"text/html": html, "text/plain": f"[Figure: {alt}]"}


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


def pictures(
    axes: Iterable[Axes], stack: ArrayLike, titles: Iterable[object] | None = None, *, signed: bool = False
) -> list[Axes]:
    """Draw one image per axes: a row of digits, the feature maps of a layer, its filters.

    Args:
        axes: where to draw, for example ``fig.subplots(2, 5).flat``; those left over are emptied.
        stack: shape (n, height, width) or (n, height, width, 3); for the maps of one image (height, width, n) use
            ``np.moveaxis(maps, -1, 0)``.
        titles: one per image.
        signed: responses or weights around zero, all on one scale.

    Returns:
        The axes, as a list.

    Raises:
        ValueError: when there are fewer axes than images, or not one title per image.
    """
    drawn, array = list(axes), np.asarray(stack)
    names = [""] * len(array) if titles is None else [str(title) for title in titles]
    if len(drawn) < len(array) or len(names) != len(array):
        raise ValueError(f"{len(array)} images, but {len(drawn)} axes and {len(names)} titles")
    for ax in drawn[len(array) :]:
        ax.axis("off")
    for ax, pixels, name in zip(drawn, array, names, strict=False):
        picture(ax, pixels, name, signed=signed)
        if signed:
            bound = float(np.abs(array).max()) or 1.0
            ax.images[0].set_clim(-bound, bound)
    return drawn


def learning_curves(ax: Axes, runs: Sequence[Mapping[str, Sequence[float]]], metric: str, label: str = "") -> Axes:
    """Draw a metric over epochs: mean of several runs, with a band of one standard deviation (n - 1, as in `Study`).

    Each call takes one colour, so models drawn into the same axes differ in colour, and training and validation of one
    model in line style.

    Args:
        ax: where to draw.
        runs: `keras.callbacks.History.history` of each seed, of equal length.
        metric: for example ``"accuracy"``; drawn dashed, and ``"val_accuracy"``, if there, as a line.
        label: name of the model in the legend.

    Returns:
        The same axes.
    """
    color = None  # the next one of the cycle; training and validation of a model share it
    for key, style, part in ((metric, "--", "training"), (f"val_{metric}", "-", "validation")):
        if key not in runs[0]:
            continue
        values = np.array([run[key] for run in runs])
        epochs, mean = np.arange(1, values.shape[1] + 1), values.mean(axis=0)
        spread = values.std(axis=0, ddof=min(1, len(runs) - 1))
        (line,) = ax.plot(epochs, mean, style, color=color, label=f"{label} {part}".strip())
        color = line.get_color()
        ax.fill_between(epochs, mean - spread, mean + spread, color=color, alpha=0.2, linewidth=0)
    ax.locator_params(axis="x", integer=True)  # there is no epoch 1.5
    ax.set_xlabel("epoch")
    ax.set_ylabel(metric.replace("_", " "))
    ax.legend()
    return ax


def confusion_matrix(ax: Axes, y: ArrayLike, y_hat: ArrayLike, class_names: Sequence[object]) -> Axes:
    """Draw how often each class was taken for each other: rows are true, columns predicted.

    The diagonal is left pale, so that the mistakes stand out; every cell holds its count.

    Args:
        ax: where to draw.
        y: true labels, shape (n,), integers from 0.
        y_hat: predicted labels, the same shape.
        class_names: the name of each label.

    Returns:
        The same axes.
    """
    from sklearn.metrics import confusion_matrix as count

    table = count(y, y_hat, labels=range(len(class_names)))
    mistakes = table - np.diag(np.diag(table))
    ax.imshow(mistakes, cmap="Oranges", vmax=max(1, 2 * mistakes.max()))
    for (row, column), number in np.ndenumerate(table):
        if number:
            ax.text(column, row, str(number), ha="center", va="center", fontsize=8)
    ax.set_xticks(range(len(class_names)), labels=[str(name) for name in class_names], rotation=45, ha="right")
    ax.set_yticks(range(len(class_names)), labels=[str(name) for name in class_names])
    ax.set_xlabel("predicted")
    ax.set_ylabel("true")
    return ax


def marked_text(ax: Axes, words: Sequence[str], values: ArrayLike, title: str = "", *, signed: bool = False) -> Axes:
    """Write a text with a colour behind each word: which words are unknown, excite a filter, or speak for a class.

    Args:
        ax: where to write; lines are filled up to its width, and what does not fit below its lower edge is left out.
        words: the words, in order.
        values: one number per word: the larger, the stronger its orange; 0 and less stay white.
        title: the axes' title.
        signed: show values around zero with the diverging colour map instead, white at zero.

    Returns:
        The same axes.
    """
    from matplotlib import colormaps
    from matplotlib.patches import Rectangle

    numbers = np.asarray(values, dtype=float)
    bound = float(np.abs(numbers).max(initial=0.0)) or 1.0
    box = ax.get_position()
    width, height = ax.get_figure(root=True).get_size_inches() * (box.width, box.height)  # type: ignore[union-attr]
    size = 9.5  # points; a letter of a monospaced font is 0.6 as wide as high
    columns, rows = int(width * 72 / (0.6 * size)), int(height * 72 / (1.7 * size))
    shades = colormaps[SIGNED if signed else "Oranges"]
    column = row = 0
    for word, value in zip(words, numbers, strict=True):
        if column and column + len(word) > columns:
            column, row = 0, row + 1
        if row >= rows:
            break
        # the paler half of the map, so that black letters remain readable
        color = shades(0.5 + 0.3 * value / bound) if signed else shades(0.45 * max(value, 0.0) / bound)
        if value:
            ax.add_patch(Rectangle((column - 0.3, row + 0.1), len(word) + 0.6, 0.85, color=color))
        ax.text(column, row + 0.5, word, family="monospace", fontsize=size, va="center", parse_math=False)
        column += len(word) + 1
    ax.set(xlim=(-0.5, columns), ylim=(rows, 0), title=title)
    ax.axis("off")
    return ax


def label_points(ax: Axes, points: ArrayLike, labels: Sequence[str]) -> Axes:
    """Write a label beside each point, each where it covers no label written before it and no labelled point.

    Args:
        ax: where the points have been drawn. Call this last: what changes limits or size afterwards moves the labels.
        points: shape (number of labels, 2).
        labels: one per point. One that finds no free place is written all the same, to the right of its point.

    Returns:
        The same axes.
    """
    from matplotlib.transforms import Bbox

    beside = [(6, "left", 0, "center"), (-6, "right", 0, "center")]
    corners = [
        (x, ha, y, va) for y, va in [(5, "bottom"), (-5, "top"), (14, "bottom"), (-14, "top")] for x, ha, *_ in beside
    ]
    ax.get_figure(root=True).draw_without_rendering()  # type: ignore[union-attr]  # fixes limits and layout
    pixels = ax.transData.transform(np.asarray(points, dtype=float))
    taken = [Bbox.from_bounds(x - 4, y - 4, 8, 8) for x, y in pixels]
    rightmost_first = sorted(zip(np.asarray(points), labels, strict=True), key=lambda pair: -pair[0][0])
    for point, label in rightmost_first:  # so that the place to the right is free as often as it can be
        text = ax.annotate(label, point, (0, 0), textcoords="offset points", fontsize=8, parse_math=False)
        for x, ha, y, va in [*beside, *corners, beside[0]]:
            text.set(position=(x, y), ha=ha, va=va)
            box = text.get_window_extent()
            if not any(box.overlaps(other) for other in taken):
                break
        taken.append(box)
    return ax

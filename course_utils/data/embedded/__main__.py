"""Draws the contact sheets of docs/data.md: python -m course_utils.data.embedded docs/data."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import castings, digits, photos, pictures, scenes

Pictures = NDArray[np.uint8]
EDGE = 2  # white pixels between pictures
PALETTE = np.array(
    [[20, 20, 20], [63, 144, 218], [255, 169, 14], [189, 31, 1], [148, 164, 162]], np.uint8
)  # background, then the course's first colours


def sheet(rows: list[Pictures]) -> Pictures:
    """Lay out rows of equally many pictures, each (n, height, width, 3), with white edges."""
    padded = [np.pad(row, ((0, 0), (0, EDGE), (0, EDGE), (0, 0)), constant_values=255) for row in rows]
    return np.concatenate([np.concatenate(list(row), axis=1) for row in padded])


def digit_rows() -> list[Pictures]:
    """Show sixty digits."""
    x = np.repeat(digits.make()["x_train"][:60, ..., None], 3, axis=-1)
    return [x[start : start + 20] for start in range(0, 60, 20)]


def picture_rows() -> list[Pictures]:
    """Show a row of each class."""
    arrays = pictures.make()
    return [arrays["x_train"][arrays["y_train"] == label][:14] for label in range(len(pictures.CLASS_NAMES))]


def photo_rows() -> list[Pictures]:
    """Show two rows of cats, two of dogs, and one each of the other animals."""
    arrays, source = photos.make(size=80), photos.make_source(size=80, num=8)
    rows = [arrays["x_train"][arrays["y_train"] == label][:16].reshape(2, 8, 80, 80, 3) for label in (0, 1)]
    return [*rows[0], *rows[1], source["x_train"]]


def scene_rows() -> list[Pictures]:
    """Show scenes with boxes, then their masks by class and by object."""
    rng = np.random.Generator(np.random.PCG64(0))
    arrays: dict[str, Any] = scenes.draw(12, rng)
    x, instances = arrays["x"].copy(), arrays["instances"]
    for picture, boxes in zip(x, arrays["boxes"].astype(int), strict=True):
        for left, top, right, bottom in boxes[boxes[:, 2] > 0]:
            picture[top:bottom, [left, right - 1]] = 255
            picture[[top, bottom - 1], left:right] = 255
    classes = np.concatenate([np.zeros((len(x), 1), int), arrays["labels"] + 1], axis=1)
    by_class = classes[np.arange(len(x))[:, None, None], instances]
    return [x, PALETTE[by_class], PALETTE[instances]]


def casting_rows() -> list[Pictures]:
    """Show three photos each of four sound and four cracked castings, then twelve of the test part."""
    arrays = castings.make()
    number, y = arrays["group_train"], arrays["y_train"]
    some = [np.flatnonzero((number == k) & (y == label)) for label in (0, 1) for k in np.unique(number[y == label])[:4]]
    rows = [np.concatenate([arrays["x_train"][photos] for photos in some[start : start + 4]]) for start in (0, 4)]
    return [np.repeat(row[..., None], 3, axis=-1) for row in [*rows, arrays["x_test"][:12]]]


def main(folder: Path) -> None:
    """Write the sheets as PNG."""
    from PIL import Image

    folder.mkdir(parents=True, exist_ok=True)
    sheets = {"digits": digit_rows, "pictures": picture_rows, "photos": photo_rows, "scenes": scene_rows}
    sheets["castings"] = casting_rows
    for name, rows in sheets.items():
        image = Image.fromarray(sheet(rows()))
        image.save(folder / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))

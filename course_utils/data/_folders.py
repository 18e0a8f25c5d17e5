"""Reads sets that come as one file per example in folders named after part and class: `train/cats/cat.0.jpg`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path, PurePosixPath

import numpy as np
from numpy.typing import NDArray

from ._archive import read_members
from ._errors import DataFileError


def read_labelled(
    path: Path, parts: Sequence[str], class_folders: Sequence[str], suffix: str
) -> dict[str, tuple[list[bytes], NDArray[np.int64]]]:
    """Read all examples, shuffled within each part by a fixed seed (the files lie sorted by class).

    Args:
        path: a folder or an archive.
        parts: names of the parts, such as train and test.
        class_folders: folder of label 0, 1, ...
        suffix: of the examples' file names; other files are ignored.

    Returns:
        For each part the files' contents and their labels.

    Raises:
        DataFileError: damaged, or a class has no example.
    """
    examples: dict[tuple[str, str], list[tuple[str, bytes]]] = {(p, c): [] for p in parts for c in class_folders}

    def wanted(name: PurePosixPath) -> bool:
        return name.parts[-3:-1] in examples and name.suffix == suffix and not name.name.startswith("._")

    for name, content in read_members(path, wanted):
        part, class_folder = name.parts[-3:-1]
        examples[part, class_folder].append((name.name, content))
    for (part, class_folder), found in examples.items():
        if not found:
            raise DataFileError(path, f"has no {part}/{class_folder}/*{suffix}")
        found.sort()  # archives and folders list files in different orders
    return {part: _shuffled([examples[part, c] for c in class_folders]) for part in parts}


def _shuffled(by_class: list[list[tuple[str, bytes]]]) -> tuple[list[bytes], NDArray[np.int64]]:
    contents = [content for found in by_class for _, content in found]
    labels = np.repeat(np.arange(len(by_class)), [len(found) for found in by_class])
    order = np.random.RandomState(0).permutation(len(contents))  # RandomState: its numbers never change
    return [contents[i] for i in order], labels[order].astype(np.int64)

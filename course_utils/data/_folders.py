"""Reads sets that come as one file per example in folders named after part and class: `train/cats/cat.0.jpg`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import numpy as np

from ._archive import read_members
from ._errors import DataFileError


@dataclass(frozen=True)
class Example:
    """A file of one example: its path, through an archive if it lies in one, for messages; its content; its label."""

    path: Path
    content: bytes
    label: int


def read_labelled(
    path: Path, parts: Sequence[str], class_folders: Sequence[str], suffix: str
) -> dict[str, list[Example]]:
    """Read all examples, shuffled within each part by a fixed seed (the files lie sorted by class).

    Args:
        path: a folder or an archive.
        parts: names of the parts, such as train and test.
        class_folders: folder of label 0, 1, ...
        suffix: of the examples' file names; other files are ignored.

    Returns:
        For each part its examples.

    Raises:
        DataFileError: damaged, or a class has no example.
    """
    examples: dict[tuple[str, ...], list[Example]] = {(p, c): [] for p in parts for c in class_folders}

    def wanted(name: PurePosixPath) -> bool:
        return name.parts[-3:-1] in examples and name.suffix == suffix and not name.name.startswith("._")

    for name, content in read_members(path, wanted):
        label = class_folders.index(name.parts[-2])
        examples[name.parts[-3:-1]].append(Example(path.joinpath(*name.parts[-3:]), content, label))
    for folders, found in examples.items():
        if not found:
            raise DataFileError(path, f"has no {'/'.join(folders)}/*{suffix}")
        found.sort(key=lambda example: example.path.name)  # archives and folders list files in different orders
    return {part: _shuffled([e for c in class_folders for e in examples[part, c]]) for part in parts}


def _shuffled(examples: list[Example]) -> list[Example]:
    order = np.random.RandomState(0).permutation(len(examples))  # RandomState: its numbers never change
    return [examples[i] for i in order]

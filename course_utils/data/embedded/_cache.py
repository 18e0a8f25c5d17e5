"""Keeps finished embedded sets, so that each is made once per computer.

The cache may be deleted at any time. A file in it that cannot be read is made anew; a folder that cannot be written to
costs time, nothing else.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .._errors import DataFileError
from .._npz import read_npz

Arrays = Mapping[str, NDArray[Any]]


def cached(name: str, version: int, make: Callable[[], Arrays], folder: Path) -> Arrays:
    """Return the arrays that `make()` makes, from the cache where they are there already.

    Args:
        name: of the set and its size.
        version: of the generator; raise it with every change of what it draws or writes.
        make: makes the arrays; no object arrays among them.
        folder: the course's cache.
    """
    path = folder / "embedded" / f"{name}-v{version}.npz"
    with suppress(DataFileError):
        return _load(path)
    arrays = make()
    with suppress(OSError):
        _save(path, arrays)
    return arrays


def _load(path: Path) -> Arrays:
    names = read_npz(path, "names")["names"]
    return read_npz(path, *(str(name) for name in names))


def _save(path: Path, arrays: Arrays) -> None:
    """Write to a file of another name, then rename: a reader sees all of it or nothing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".npz", delete=False) as file:
        try:
            np.savez(file, names=np.array(sorted(arrays)), **dict(arrays))  # type: ignore[arg-type]  # no array named allow_pickle
            file.close()
            os.replace(file.name, path)
        except BaseException:
            Path(file.name).unlink(missing_ok=True)
            raise


def pack_texts(texts: list[str]) -> NDArray[np.uint8]:
    """Put texts without line breaks into one array of bytes (an array of str would need four bytes a letter)."""
    return np.frombuffer("\n".join(texts).encode(), np.uint8)


def unpack_text(packed: NDArray[Any]) -> list[str]:
    """Turn an array that `pack_texts` made back into its texts."""
    return packed.tobytes().decode().split("\n")


def unpack_texts(arrays: Arrays) -> Arrays:
    """Turn packed `x_train` and `x_test` back into object arrays of str."""
    return {
        name: np.array(unpack_text(array), dtype=object) if name.startswith("x_") else array
        for name, array in arrays.items()
    }

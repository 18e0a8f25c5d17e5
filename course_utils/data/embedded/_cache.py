"""Keeps finished embedded sets, so that each is made once per computer.

A file's name holds a digest of what the set is made by: the generator's code with all that it imports of ours,
arguments, and the versions of the libraries that it imports. After any change of these another file is looked for.

The cache may be deleted at any time. A file in it that cannot be read is made anew; a folder that cannot be written to
costs time, nothing else. Several processes that find no file make the set each, and leave one whole file.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .._errors import DataFileError
from .._npz import read_npz
from ._code import code_digest

Arrays = Mapping[str, NDArray[Any]]
OLD = 24 * 3600  # seconds; younger files of another digest may be those of a second checkout of the course, in use


def cached(module: ModuleType, folder: Path, **arguments: int) -> Arrays:
    """Return the arrays that ``module.make(**arguments)`` makes, from the cache where they are there already.

    Args:
        module: a generator; no object arrays among what it makes.
        folder: the course's cache.
        arguments: of its function `make`.
    """
    path = cache_file(module, folder, **arguments)
    with suppress(DataFileError):
        return _load(path)
    arrays: Arrays = module.make(**arguments)
    with suppress(OSError):
        _save(path, arrays)
        _remove_old(path)
    return arrays


def cache_file(module: ModuleType, folder: Path, **arguments: int) -> Path:
    """Name the file that keeps a set."""
    code = code_digest(module.__name__, __name__)  # this module's too: it lays the file out
    digest = hashlib.sha256(repr((code, sorted(arguments.items()))).encode()).hexdigest()[:16]
    name = "-".join([module.__name__.rpartition(".")[2], *map(str, arguments.values())])
    return folder / "embedded" / f"{name}-{digest}.npz"


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


def _remove_old(path: Path) -> None:
    """Remove what other code made of the same set, and what a process left that was killed while it saved."""
    name = re.escape(path.stem.rpartition("-")[0])
    for other in path.parent.iterdir():
        if other != path and re.fullmatch(rf"(?:{name}-(?:v\d+|[0-9a-f]{{16}})|tmp\w+)\.npz", other.name):
            with suppress(OSError):  # somebody else may remove it too, or read it, which some systems forbid
                if time.time() - other.stat().st_mtime > OLD:
                    other.unlink()


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

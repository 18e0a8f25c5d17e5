"""Reads `.npz` files as published: numbers as NumPy does, lists (IMDB) through the restricted unpickler."""

from __future__ import annotations

import io
import math
import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np

from . import _pickles
from ._errors import DataFileError, UnsafeFileError, reading

LIMIT = 2**30  # bytes in one array; the largest we read, MNIST's training images, has 47 million


def read_npz(path: Path, *names: str) -> dict[str, np.ndarray[Any, np.dtype[Any]]]:
    """Read the named arrays.

    Args:
        path: the file, only read.
        names: the arrays that must be in it; others are left alone.

    Raises:
        DataFileError: it is damaged, cut off, no npz, or lacks an array.
        UnsafeFileError: an array is larger than any of ours, or its pickle holds more than data.
    """
    with reading(path, zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError), zipfile.ZipFile(path) as npz:
        return {name: _read_array(npz, path, name) for name in names}


def _read_array(npz: zipfile.ZipFile, path: Path, name: str) -> np.ndarray[Any, np.dtype[Any]]:
    try:
        member = npz.getinfo(f"{name}.npy")
    except KeyError:
        raise DataFileError(path, f"holds no array {name}") from None
    if member.file_size > LIMIT:
        raise UnsafeFileError(path, f"claims {member.file_size:,} bytes for the array {name}")
    return _parse_npy(npz.read(member), path, name)  # checks the CRC


def _parse_npy(raw: bytes, path: Path, name: str) -> np.ndarray[Any, np.dtype[Any]]:
    stream = io.BytesIO(raw)
    with reading(path, ValueError):
        version = np.lib.format.read_magic(stream)
        header = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
        shape, column_major, dtype = header(stream)
    content = raw[stream.tell() :]
    if dtype.hasobject:
        values = _pickles.loads(content, path)
        if not isinstance(values, np.ndarray) or values.shape != shape:
            raise DataFileError(path, f"holds something else than an array of shape {shape} in {name}")
        return values
    if len(content) != math.prod(shape) * dtype.itemsize:
        raise DataFileError(path, f"has {len(content):,} bytes in {name}, which do not make an array of shape {shape}")
    return np.frombuffer(content, dtype).reshape(shape, order="F" if column_major else "C")

"""Reads arrays out of pickles without running what a pickle can run.

CIFAR-10's batches and the word lists in `imdb.npz` are pickles, and an ordinary unpickler calls whatever a file tells
it to. Here a file may name only the few things that NumPy arrays are made of, and even these are stand-ins: no code
of NumPy sees the file's numbers before shape, type and length have been checked.
"""

from __future__ import annotations

import io
import math
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from ._errors import UnsafeFileError, reading

NUMBERS = {"b1", "u1", "u2", "u4", "u8", "i1", "i2", "i4", "i8", "f4", "f8"}


class _DType:
    """Stands in for `numpy.dtype`."""

    def __init__(self, code: str | bytes, *_flags: Any) -> None:
        self.code = code.decode("ascii") if isinstance(code, bytes) else str(code)
        self.order = "="

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        order = state[1]
        self.order = order.decode("ascii") if isinstance(order, bytes) else str(order)

    def resolve(self) -> np.dtype[Any]:
        if self.code not in NUMBERS or self.order not in {"<", ">", "|", "="}:
            raise ValueError(f"unexpected array type {self.order}{self.code}")
        return np.dtype(self.code).newbyteorder(self.order)  # type: ignore[arg-type]  # one of four, checked above


class _Array:
    """Stands in for `numpy.ndarray` while a pickle is read."""

    shape: tuple[int, ...] = ()
    dtype: Any = None
    column_major = False
    content: Any = b""

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        _version, self.shape, self.dtype, self.column_major, self.content = state

    def resolve(self) -> np.ndarray[Any, np.dtype[Any]]:
        if not isinstance(self.dtype, _DType) or not all(isinstance(n, int) and n >= 0 for n in self.shape):
            raise ValueError("an array without type or shape")
        count = math.prod(self.shape)
        if isinstance(self.content, list):
            flat = np.empty(len(self.content), dtype=object)
            flat[:] = [resolve(item) for item in self.content]
        else:
            flat = np.frombuffer(self.content, dtype=self.dtype.resolve())
        if len(flat) != count:
            raise ValueError(f"an array of shape {self.shape} with {len(flat)} entries")
        return flat.reshape(self.shape, order="F" if self.column_major else "C")


def _reconstruct(*_arguments: Any) -> _Array:
    return _Array()


def _from_buffer(buffer: bytes, dtype: _DType, shape: tuple[int, ...], order: str) -> _Array:
    array = _Array()
    array.__setstate__((1, shape, dtype, order == "F", bytes(buffer)))
    return array


def _encode(text: str, encoding: str) -> bytes:
    """How Python 3 writes bytes with protocol 2: as text to be encoded."""
    if encoding != "latin1":
        raise ValueError(f"unexpected encoding {encoding}")
    return text.encode("latin1")


ALLOWED: dict[tuple[str, str], Callable[..., Any]] = {
    ("numpy", "ndarray"): _Array,
    ("numpy", "dtype"): _DType,
    ("numpy.core.multiarray", "_reconstruct"): _reconstruct,
    ("numpy._core.multiarray", "_reconstruct"): _reconstruct,
    ("numpy.core.numeric", "_frombuffer"): _from_buffer,
    ("numpy._core.numeric", "_frombuffer"): _from_buffer,
    ("_codecs", "encode"): _encode,
}


class _ForbiddenError(Exception):
    pass


class _ArrayUnpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Callable[..., Any]:
        try:
            return ALLOWED[module, name]
        except KeyError:
            raise _ForbiddenError(f"{module}.{name}") from None


def resolve(value: Any) -> Any:
    """Replace the stand-ins in lists and dictionaries by real arrays; byte keys become text."""
    if isinstance(value, _Array):
        return value.resolve()
    if isinstance(value, dict):
        return {key.decode() if isinstance(key, bytes) else key: resolve(item) for key, item in value.items()}
    return value


def loads(raw: bytes, path: Path) -> Any:
    """Read a pickle that holds numbers, texts, lists, dictionaries and arrays of these.

    Args:
        raw: the pickle, of any protocol; texts of Python 2 come back as bytes.
        path: the file it is from, for messages.

    Raises:
        UnsafeFileError: it names anything but the parts of an array.
        DataFileError: it is damaged or cut off.
    """
    broken = (pickle.UnpicklingError, ValueError, TypeError, AttributeError, IndexError, KeyError, MemoryError)
    with reading(path, *broken, OverflowError, RecursionError):
        try:
            return resolve(_ArrayUnpickler(io.BytesIO(raw), encoding="bytes").load())
        except _ForbiddenError as error:
            raise UnsafeFileError(path, f"holds a pickle that asks for {error}, which is not data") from None

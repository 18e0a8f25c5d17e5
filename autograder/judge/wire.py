"""Values as bytes: what may pass between a student's kernel and its judge. No pickle, nothing that runs code.

MessagePack carries None, booleans, numbers, strings, bytes, lists and dictionaries; its extension types carry the rest:
tuples, sets, complex and large numbers, ranges, slices, a few collections, NumPy arrays and scalars, tensors of
TensorFlow, pandas tables, Keras models and histories. An instance of a subclass arrives as the plain type, whatever it
says about itself. Functions, classes and their instances do not pass; a reference to them does (see `References`).

Format: https://github.com/msgpack/msgpack/blob/master/spec.md
"""

from __future__ import annotations

import sys
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable
from typing import Any, Protocol

import msgpack
import numpy as np

from autograder.judge import models

MAX_BYTES = 128 << 20
MAX_DEPTH = 100
MAX_DTYPE = 50  # characters of a dtype's name
PLAIN_KINDS = "biufcSUmM"  # kinds of NumPy's dtypes that are nothing but bytes

TUPLE, SET, FROZENSET, COMPLEX, INTEGER, RANGE, SLICE, COLLECTION, ARRAY, SCALAR, OBJECTS = range(1, 12)
TENSOR, SERIES, FRAME, INDEX, MODEL, HISTORY, REFERENCE, ELLIPSIS = range(12, 20)
LAZY = [
    "generator",
    "map",
    "filter",
    "zip",
    "enumerate",
    "reversed",
    "dict_keys",
    "dict_values",
    "dict_items",
    "list_iterator",
]
COLLECTIONS = {kind.__name__: kind for kind in (Counter, OrderedDict, deque)}

Found = tuple[int, Any] | None  # an extension's type and what goes into it


class CannotSendError(TypeError):
    """A value that does not pass; the message says what it is, and what would."""


class UnreadableError(ValueError):
    """Bytes that are no value."""


class NotRebuiltError(UnreadableError):
    """An honest model may be one that Keras writes and cannot read."""


class References(Protocol):
    """How a side names what stays where it is, and finds what the other side names."""

    def name(self, value: Any) -> list[Any] | None:
        """Give a reference to a value, as plain data; None if this value has no business with references."""

    def find(self, reference: list[Any]) -> Any:
        """Give what a reference of the other side stands for; raises `UnreadableError` if it is none."""


def pack(value: Any, references: References) -> bytes:
    """Turn a value into bytes.

    Raises:
        CannotSendError: when it holds something that does not pass, is too large, or is nested too deeply.
    """
    packer = _Packer(references)
    try:
        message = packer.pack(value)
    except (RecursionError, ValueError) as error:
        if isinstance(error, ValueError) and "recursion" not in str(error):  # as MessagePack says it
            raise
        raise CannotSendError("a value that is nested too deeply, or that contains itself") from None
    if len(message) > MAX_BYTES:
        raise CannotSendError(_too_large(len(message)))
    return message


def unpack(message: bytes, references: References) -> Any:
    """Turn bytes into a value.

    Raises:
        UnreadableError: when they are none.
    """
    try:
        return _Unpacker(references).unpack(message)
    except UnreadableError:
        raise
    except Exception as error:  # noqa: BLE001  (bytes that nobody vouches for: whatever is wrong, they are no value)
        raise UnreadableError(f"{type(error).__name__}: {error}") from None


def number(message: bytes) -> Any:
    """Give the first entry of a list, where the rest may not be readable."""
    unpacker = msgpack.Unpacker()
    unpacker.feed(message)
    unpacker.read_array_header()
    return unpacker.unpack()


def _too_large(size: int) -> str:
    return f"{size / (1 << 20):,.0f} MiB; {MAX_BYTES >> 20} MiB are the most that passes"


class _Packer:
    def __init__(self, references: References) -> None:
        self._references = references
        self._depth = 0
        self._size = 0

    def pack(self, value: Any) -> bytes:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise RecursionError
        try:
            packed = msgpack.packb(value, default=self._extend, strict_types=True, unicode_errors="surrogatepass")
        finally:
            self._depth -= 1
        return bytes(packed)

    def _extend(self, value: Any) -> Any:
        """Turn what MessagePack has no type for into what it has."""
        for take in (_exact, self._numpy, _tensor, _image, _history, _table, self._model, self._reference):
            if (found := take(value)) is not None:
                code, parts = found
                return msgpack.ExtType(code, self.pack(parts))
        for base, plain in _PLAIN.items():
            if base in type(value).__mro__:
                bare = plain(value)
                return self._extend(bare) if type(bare) in _EXACT else bare
        raise CannotSendError(_what(value))

    def _numpy(self, value: Any) -> Found:
        kind = type(value)
        if not issubclass(kind, np.ndarray | np.generic):
            return None
        array = np.asarray(value)
        if array.dtype == object:
            return OBJECTS, [list(array.shape), array.ravel().tolist()]
        if array.dtype.kind not in PLAIN_KINDS:
            raise CannotSendError(f"an array of dtype {array.dtype}")
        self._size += array.nbytes  # before the copy: a broadcast array is small, its bytes are not
        if self._size > MAX_BYTES:
            raise CannotSendError(_too_large(self._size))
        return SCALAR if issubclass(kind, np.generic) else ARRAY, [array.dtype.str, list(array.shape), array.tobytes()]

    def _model(self, value: Any) -> Found:
        if not models.is_model(value):
            return None
        try:
            return MODEL, list(models.take_apart(value))
        except models.CustomModelError as error:
            raise CannotSendError(str(error)) from None

    def _reference(self, value: Any) -> Found:
        reference = self._references.name(value)
        return None if reference is None else (REFERENCE, reference)


def _exact(value: Any) -> Found:
    if type(value) not in _EXACT:
        return None
    code, parts = _EXACT[type(value)]
    return code, parts(value)


# What libraries made: they are asked only if somebody has imported them


def _tensor(value: Any) -> Found:
    tensorflow, keras = sys.modules.get("tensorflow"), sys.modules.get("keras")
    if tensorflow and isinstance(value, tensorflow.Tensor | tensorflow.Variable):
        dtype = value.dtype.name
    elif keras and isinstance(value, keras.Variable):
        dtype = str(value.dtype)
    else:
        return None
    array = np.asarray(value)
    return TENSOR, [dtype, array.astype("float32") if dtype == "bfloat16" else array]  # which NumPy itself lacks


def _image(value: Any) -> Found:
    """Take what is as good as plain data: a PIL picture is its pixels, a TensorShape a tuple."""
    pil, tensorflow = sys.modules.get("PIL.Image"), sys.modules.get("tensorflow")
    if pil and isinstance(value, pil.Image):
        array = np.asarray(value)
        return ARRAY, [array.dtype.str, list(array.shape), array.tobytes()]
    if tensorflow and isinstance(value, tensorflow.TensorShape) and value.rank is not None:
        return TUPLE, value.as_list()
    return None


def _history(value: Any) -> Found:
    keras = sys.modules.get("keras")
    if not keras or not isinstance(value, keras.callbacks.History):
        return None
    return HISTORY, [dict(value.history), list(value.epoch), dict(value.params or {})]


def _table(value: Any) -> Found:
    pandas = sys.modules.get("pandas")
    if pandas and isinstance(value, pandas.DataFrame):
        return FRAME, [value.columns, value.index, [value.iloc[:, i] for i in range(value.shape[1])]]
    if pandas and isinstance(value, pandas.Series):
        return SERIES, [value.name, value.index, *_column(value)]
    if pandas and isinstance(value, pandas.Index):
        return INDEX, [list(value.names), value.nlevels > 1, *_column(value)]
    return None


def _column(column: Any) -> list[Any]:
    """Give a column's type and its entries."""
    dtype = column.dtype
    if isinstance(dtype, np.dtype) and dtype.kind in PLAIN_KINDS:
        return [dtype.str, column.to_numpy()]
    if str(dtype) in _WITH_NA:
        return [str(dtype), column.to_numpy(dtype=object, na_value=None).tolist()]
    return [str(dtype) if str(dtype) in _DTYPES else "object", column.tolist()]


_WITH_NA = ("string", "boolean", "Int64", "Float64")
_DTYPES = ("object", "str", "category", *_WITH_NA)

_EXACT: dict[type, tuple[int, Callable[[Any], Any]]] = {
    tuple: (TUPLE, list),
    set: (SET, list),
    frozenset: (FROZENSET, list),
    complex: (COMPLEX, lambda z: [z.real, z.imag]),
    int: (INTEGER, lambda n: [n < 0, abs(n).to_bytes((n.bit_length() + 7) // 8)]),  # of more than 64 bits
    range: (RANGE, lambda r: [r.start, r.stop, r.step]),
    slice: (SLICE, lambda s: [s.start, s.stop, s.step]),
    type(...): (ELLIPSIS, lambda _: []),
    **{kind: (COLLECTION, lambda c: [type(c).__name__, _entries(c)]) for kind in COLLECTIONS.values()},
    defaultdict: (COLLECTION, lambda d: ["defaultdict", dict(d)]),
}


def _entries(collection: Any) -> Any:
    return list(collection) if type(collection) is deque else dict(collection)


_PLAIN: dict[type, Callable[[Any], Any]] = {
    int: int.__int__,
    float: float.__float__,
    str: lambda text: "".join(str.__iter__(text)),
    bytearray: bytes,
    bytes: lambda data: bytes(memoryview(data)),
    list: lambda items: list(list.__iter__(items)),
    tuple: lambda items: tuple(tuple.__iter__(items)),
    set: lambda items: set(set.__iter__(items)),
    frozenset: lambda items: frozenset(frozenset.__iter__(items)),
    dict: lambda items: {key: dict.__getitem__(items, key) for key in dict.__iter__(items)},
}


def _what(value: Any) -> str:
    kind = type(value)
    if kind.__name__ in LAZY:
        return f"a {kind.__name__}; make a list of it"
    if kind.__name__ == "module":
        return f"the module {value.__name__}"
    return f"a {kind.__module__}.{kind.__qualname__}".replace("builtins.", "")


class _Unpacker:
    def __init__(self, references: References) -> None:
        self._references = references
        self._depth = 0

    def unpack(self, message: bytes) -> Any:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise RecursionError("nested too deeply")
        try:
            return msgpack.unpackb(
                message, ext_hook=self._extension, strict_map_key=False, unicode_errors="surrogatepass"
            )
        finally:
            self._depth -= 1

    def _extension(self, code: int, data: bytes) -> Any:
        parts = self.unpack(data)
        if code == REFERENCE:
            return self._references.find(parts)
        if code not in _MADE:
            raise UnreadableError(f"unknown extension {code}")
        return _MADE[code](_plain(parts, list))


def _plain(value: Any, *kinds: type) -> Any:
    """See that a part is of a kind that takes no more memory than its message: no range, no number for its zeros."""
    if type(value) not in kinds:
        raise UnreadableError(f"a {type(value).__name__} where a {kinds[0].__name__} belongs")
    return value


def _lengths(shape: Any) -> list[int]:
    """Check a shape."""
    if any(type(length) is not int or length < 0 for length in _plain(shape, list)):
        raise UnreadableError("a shape that is none")
    return list(shape)


def _make_array(parts: Any) -> np.ndarray[Any, Any]:
    name, shape, data = parts
    dtype = _plain_dtype(name)
    content = bytearray(_plain(data, bytes))
    array = np.frombuffer(content, dtype).reshape(_lengths(shape))
    if dtype.kind == "b" and (array.view(np.uint8) > 1).any():
        raise UnreadableError("an array of more than true and false")
    if dtype.kind == "U" and (np.frombuffer(content, f"{dtype.str[0]}u4") > sys.maxunicode).any():
        raise UnreadableError("an array of letters that are none")  # over which Python stumbles wherever it meets them
    return array


def _plain_dtype(name: Any) -> np.dtype[Any]:
    if len(_plain(name, str)) > MAX_DTYPE:  # NumPy would read a long list of fields
        raise UnreadableError("an array of a dtype with a long name")
    dtype: np.dtype[Any] = np.dtype(name)
    if dtype.kind not in PLAIN_KINDS or dtype.hasobject:
        raise UnreadableError(f"an array of dtype {dtype}")
    return dtype


def _make_scalar(parts: Any) -> Any:
    return _make_array(parts)[()]


def _make_objects(parts: Any) -> np.ndarray[Any, Any]:
    shape, entries = parts
    array = np.empty(len(_plain(entries, list)), dtype=object)
    for number, entry in enumerate(entries):
        array[number] = entry
    return array.reshape(_lengths(shape))


def _make_collection(parts: Any) -> Any:
    name, entries = parts
    _plain(entries, list if name == "deque" else dict)
    return entries if name == "defaultdict" else COLLECTIONS[name](entries)


def _make_tensor(parts: Any) -> Any:
    import tensorflow as tf

    name, array = parts
    return tf.constant(_plain(array, np.ndarray), dtype=tf.dtypes.as_dtype(str(name)))


def _make_index(parts: Any) -> Any:
    import pandas as pd

    names, several, dtype, entries = parts
    _plain(names, list)
    _plain(entries, list, np.ndarray)
    if several:
        return pd.MultiIndex.from_tuples(entries, names=names)
    return pd.Index(entries, dtype=_dtype(dtype), name=names[0])


def _make_series(parts: Any) -> Any:
    import pandas as pd

    name, index, dtype, entries = parts
    if not isinstance(index, pd.Index):
        raise UnreadableError("a column without an index")
    return pd.Series(_plain(entries, list, np.ndarray), index=index, dtype=_dtype(dtype), name=name)


def _make_frame(parts: Any) -> Any:
    import pandas as pd

    columns, index, series = parts
    if not isinstance(index, pd.Index):
        raise UnreadableError("a table without an index")
    along = [_plain(column, pd.Series).set_axis(index) for column in _plain(series, list)]  # nothing to look up, then
    frame = pd.DataFrame(dict(enumerate(along)), index=index)
    frame.columns = columns
    return frame


def _dtype(name: Any) -> Any:
    return name if name in _DTYPES else _plain_dtype(name)


def _make_history(parts: Any) -> Any:
    import keras

    found, epochs, params = parts
    history = keras.callbacks.History()
    history.history, history.epoch = _plain(found, dict), _plain(epochs, list)
    history.set_params(_plain(params, dict))
    return history


def _make_model(parts: Any) -> Any:
    config, weights = parts
    arrays = [_plain(array, np.ndarray) for array in _plain(weights, list)]
    try:
        return models.put_together(_plain(config, str), arrays)
    except models.CustomModelError:
        raise
    except Exception as error:  # noqa: BLE001  (whatever Keras finds wrong)
        raise NotRebuiltError(f"a model that Keras cannot rebuild ({type(error).__name__})") from None


_MADE: dict[int, Callable[[Any], Any]] = {
    TUPLE: tuple,
    SET: lambda parts: {each for each in parts},  # noqa: C416  (not set(parts): this can be interrupted, whatever collides)
    FROZENSET: lambda parts: frozenset({each for each in parts}),  # noqa: C416
    COMPLEX: lambda parts: complex(*parts),
    INTEGER: lambda parts: (-1 if parts[0] else 1) * int.from_bytes(_plain(parts[1], bytes)),
    RANGE: lambda parts: range(*parts),
    SLICE: lambda parts: slice(*parts),
    ELLIPSIS: lambda _: ...,
    COLLECTION: _make_collection,
    ARRAY: _make_array,
    SCALAR: _make_scalar,
    OBJECTS: _make_objects,
    TENSOR: _make_tensor,
    INDEX: _make_index,
    SERIES: _make_series,
    FRAME: _make_frame,
    HISTORY: _make_history,
    MODEL: _make_model,
}

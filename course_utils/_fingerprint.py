"""What a function depends on, as a short text: its code, the values and functions that it uses, and theirs in turn.

`course_utils.study` remembers runs under it, so that a number changed anywhere in a notebook makes a new run.
"""

from __future__ import annotations

import dis
import functools
import hashlib
import json
import pickle
import sys
import sysconfig
import types
import uuid
from collections.abc import Iterator, Mapping, Sequence, Set
from contextlib import suppress
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

LIBRARIES = tuple({sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")})
PROCESS = uuid.uuid4().hex  # what can only be told apart by its address is never taken for another process' object


def fingerprint(*values: object) -> str:
    """Return 32 hexadecimal digits that change when one of the values does, or anything that it depends on.

    Functions of notebooks and of the course count with their code, default arguments, and the global names that they
    read; functions and classes of libraries with their names, modules with their versions; arrays, models and
    containers with what they hold. What cannot be looked into is the same only as long as it is the same object.
    """
    digest = hashlib.sha256(sys.version.encode())
    walk = _Walk()
    for value in values:
        for part in walk.parts(value):
            digest.update(part + b"\0")
    return digest.hexdigest()[:32]


class _Walk:
    def __init__(self) -> None:
        self.seen: dict[int, object] = {}  # kept alive, so that no address is used twice

    def parts(self, value: Any) -> Iterator[bytes]:
        """Yield what tells a value from others, down to its parts; an object that comes again is only counted."""
        if value is None or isinstance(value, (bool, int, float, complex, str, bytes)):
            yield f"{type(value).__name__} {value!r}".encode()
            return
        if id(value) in self.seen:
            yield f"again {list(self.seen).index(id(value))}".encode()
            return
        self.seen[id(value)] = value
        yield f"{type(value).__module__}.{type(value).__qualname__}".encode()
        yield from self._inside(value)

    def _inside(self, value: Any) -> Iterator[bytes]:
        if isinstance(value, types.ModuleType):
            yield from self._module(value)
        elif isinstance(value, types.FunctionType):
            yield from self._function(value)
        elif isinstance(value, types.CodeType):
            yield from self._code(value)
        elif isinstance(value, functools.partial):
            yield from self.parts((value.func, value.args, value.keywords))
        elif isinstance(value, types.MethodType):
            yield from self.parts((value.__func__, value.__self__))
        elif isinstance(value, type):
            yield f"{value.__module__}.{value.__qualname__}".encode()
            if _is_own(value):
                yield from self.parts({k: v for k, v in vars(value).items() if isinstance(v, types.FunctionType)})
        elif isinstance(value, (Mapping, Set, Sequence)):
            yield from self._container(value)
        elif hasattr(value, "__array__") and hasattr(value, "dtype"):
            yield from self._array(value)
        elif is_dataclass(value):
            yield from self.parts({field.name: getattr(value, field.name) for field in fields(value)})
        else:
            yield from self._other(value)

    @staticmethod
    def _module(module: types.ModuleType) -> Iterator[bytes]:
        yield f"{module.__name__} {getattr(module, '__version__', '')}".encode()
        file = getattr(module, "__file__", None)
        if file is not None and not file.startswith(LIBRARIES):
            yield Path(file).read_bytes()

    def _container(self, value: Any) -> Iterator[bytes]:
        if isinstance(value, Set):
            yield from sorted(b"".join(_Walk().parts(item)) for item in value)
            return
        with suppress(TypeError, ValueError):  # numbers and texts only, maybe millions
            yield json.dumps(value).encode()
            return
        for item in value.items() if isinstance(value, Mapping) else value:
            yield from self.parts(item)

    def _function(self, function: types.FunctionType) -> Iterator[bytes]:
        yield f"{function.__module__}.{function.__qualname__}".encode()
        if not _is_own(function):
            return
        yield from self.parts(function.__code__)
        yield from self.parts((function.__defaults__, function.__kwdefaults__))
        for cell in function.__closure__ or ():
            yield from self.parts(cell.cell_contents)
        for name in sorted(set(_globals(function.__code__))):
            if name in function.__globals__:
                yield name.encode()
                yield from self.parts(function.__globals__[name])

    def _code(self, code: types.CodeType) -> Iterator[bytes]:
        yield code.co_code
        yield repr((code.co_names, code.co_varnames)).encode()
        yield from self.parts(code.co_consts)

    @staticmethod
    def _array(value: Any) -> Iterator[bytes]:
        import numpy as np

        array = np.ascontiguousarray(value)
        yield f"{array.dtype} {array.shape}".encode()
        yield repr(array.tolist()).encode() if array.dtype.hasobject else hashlib.sha256(array.data).digest()

    def _other(self, value: Any) -> Iterator[bytes]:
        if callable(value) and hasattr(value, "__wrapped__"):  # by functools.cache
            yield from self.parts(value.__wrapped__)
            return
        if callable(value) and hasattr(value, "__qualname__"):  # built in
            yield f"{value.__module__}.{value.__qualname__}".encode()
            return
        with suppress(Exception):  # Keras' layers, models, optimizers, losses; own ones need not have it
            yield repr(value.get_config()).encode()
            weights = value.get_weights() if hasattr(value, "get_weights") else []
            yield from (hashlib.sha256(array).digest() for array in weights)
            return
        try:
            yield pickle.dumps(value, protocol=5)
        except Exception:  # noqa: BLE001  (whatever an object's own pickling raises)
            yield f"{PROCESS} {id(value)}".encode()


def _globals(code: types.CodeType) -> Iterator[str]:
    """Yield the global names that a piece of code and the functions inside it read."""
    for instruction in dis.get_instructions(code):
        if instruction.opname in ("LOAD_GLOBAL", "LOAD_NAME"):
            yield instruction.argval
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from _globals(constant)


def _is_own(thing: Any) -> bool:
    """Tell whether a function or class is the notebook's or the course's, and no library's."""
    if isinstance(thing, types.FunctionType):
        return not thing.__code__.co_filename.startswith((*LIBRARIES, "<frozen"))
    file = getattr(sys.modules.get(thing.__module__), "__file__", None)
    return thing.__module__ == "__main__" or (file is not None and not file.startswith(LIBRARIES))

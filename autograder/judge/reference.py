"""The student's side of follow-on errors: a reference answer takes the place of one that failed its tests.

What arrives is compiled: the text of a reference answer never comes here. Whatever the student's cells could find out
about it stays here as well: of a run with references nothing but the points of tests gets out (`autograder.follow_on`).
"""

from __future__ import annotations

import base64
import importlib.util
import marshal
from collections.abc import Iterable
from types import CodeType
from typing import Any

from IPython.core.getipython import get_ipython
from IPython.core.inputtransformer2 import TransformerManager

VERSION = base64.b85encode(importlib.util.MAGIC_NUMBER).decode()


def pack(source: str) -> str:
    """Compile a cell and turn it into letters.

    Raises:
        SyntaxError: when it is not Python.
    """
    code = compile(str(TransformerManager().transform_cell(source)), "<reference>", "exec", dont_inherit=True)
    return f"{VERSION} {base64.b85encode(marshal.dumps(code)).decode()}"


def unpack(packed: str) -> CodeType:
    """Undo `pack`.

    Raises:
        ValueError: when another Python has compiled it.
    """
    version, _, letters = packed.partition(" ")
    if version != VERSION:
        raise ValueError("compiled by another Python")
    code = marshal.loads(base64.b85decode(letters))  # noqa: S302  (from the grader)
    if not isinstance(code, CodeType):
        raise TypeError("not code")
    return code


def put(packed: str, wanted: Iterable[str], namespace: dict[str, Any] | None = None) -> None:
    """Run a packed cell beside a notebook's names, and let some of the names that it defines replace the notebook's.

    Its helpers and intermediate results stay out of the notebook.

    Args:
        packed: as from `pack`.
        wanted: the names.
        namespace: the notebook's names; this kernel's by default.
    """
    names: dict[str, Any] = get_ipython().user_ns if namespace is None else namespace
    beside = dict(names)
    exec(unpack(packed), beside)  # noqa: S102
    names.update({name: beside[name] for name in wanted if name in beside})

"""The student's side: looks up names in the notebook, calls functions, and sends back what they return.

All of it runs in the student's kernel, where the submission may have changed anything. So nothing here is trusted: what
a submission gains by tampering is wrong answers to its own tests.
"""

from __future__ import annotations

import importlib
import linecache
from collections.abc import Callable
from functools import reduce
from traceback import walk_tb
from typing import Any

from autograder.judge import wire
from autograder.judge.channel import Channel, ChannelError

MAX_REFERENCES = 100_000
MAX_TEXT = 2000  # characters of a message
MAX_FRAMES = 5
METHODS = ("run_cell", "run_cell_async", "run_code", "run_ast_nodes", "showtraceback")


class Agent:
    """Answers a judge's questions about one notebook."""

    def __init__(self, namespace: dict[str, Any], channel: Channel) -> None:
        """Serve a notebook's names over a channel."""
        self._namespace = namespace
        self._channel = channel
        self._known: dict[int, Any] = {}  # by id: what references stand for, kept alive

    def serve(self) -> None:
        """Answer questions until the judge says that this was all, or is gone."""
        question: Any = ["begin"]
        while question[0] != "end":
            try:
                message = self._channel.receive()
                try:
                    number, question = wire.unpack(message, self)
                    answer = self._answer(*question)
                except wire.UnreadableError as error:  # it refers to what is gone here
                    number, answer = wire.number(message), self._raised(error)
                self._channel.send(self._pack([number, answer]))
            except KeyboardInterrupt:  # meant for a function that has just ended
                continue
            except ChannelError:
                return

    def _pack(self, answer: list[Any]) -> bytes:
        try:
            return wire.pack(answer, self)
        except wire.CannotSendError as error:
            return wire.pack([answer[0], ["cannot", str(error)[:MAX_TEXT]]], self)
        except Exception as error:  # noqa: BLE001  (a value of the student's that cannot even be looked at)
            return wire.pack([answer[0], ["cannot", f"a value that raises {type(error).__name__}"]], self)

    def _answer(self, what: str, *parts: Any) -> list[Any]:
        if what == "get" and parts[0] not in self._namespace:
            return ["missing"]
        known: dict[str, Callable[..., Any]] = {
            "get": lambda name: self._namespace[name],
            "call": lambda target, arguments, keywords: target(*arguments, **keywords),
            "attribute": getattr,
            "module": lambda name: getattr(self._namespace.get(name), "__name__", None),
            "hooks": _hooks,
        }
        try:
            answer: Callable[..., Any] = known.get(what, _echo)
            value = answer(*parts)
        except BaseException as error:  # noqa: BLE001  (whatever a function raises is its answer)
            return self._raised(error)
        return ["value", value]

    def _raised(self, error: BaseException) -> list[Any]:
        names = [kind.__name__ for kind in type(error).__mro__]
        try:
            message = str(error)[:MAX_TEXT]
        except Exception as second:  # noqa: BLE001
            message = f"(its message cannot be read: {type(second).__name__})"
        return ["raised", names, message, self._frames(error)]

    def _frames(self, error: BaseException) -> list[str]:
        """Tell which lines of the notebook an error passed, the innermost last."""
        found = []
        for frame, line in walk_tb(error.__traceback__):
            if frame.f_globals is self._namespace:
                text = linecache.getline(frame.f_code.co_filename, line).strip()
                found.append(f"{frame.f_code.co_name}, line {line}: {text}"[:200])
        return found[-MAX_FRAMES:]

    def name(self, value: Any) -> list[Any] | None:
        """Refer to whatever can be called, and to objects of the notebook's own classes."""
        kind = type(value)
        if issubclass(kind, VALUES):
            return None
        of_notebook = getattr(kind, "__module__", "") == self._namespace.get("__name__")
        if not (of_notebook or callable(value)) or len(self._known) > MAX_REFERENCES:
            return None
        self._known[id(value)] = value
        label = str(getattr(value, "__name__", kind.__name__))[:100]
        return ["student", id(value), "function" if callable(value) else "object", label]

    def find(self, reference: list[Any]) -> Any:
        """Give what the judge refers to: something of this side's, of the notebook, or of a library."""
        where, *parts = reference
        if where == "student":
            return self._known[parts[0]]
        if where == "notebook":
            return self._namespace[parts[0]]
        module, path = parts
        return reduce(getattr, path.split("."), importlib.import_module(module))


VALUES = (int, float, complex, str, bytes, tuple, frozenset)  # named tuples and members of enumerations among them


def _echo(*parts: Any) -> tuple[Any, ...]:
    return parts


def _hooks() -> list[str]:
    """Name what has been changed about the notebook's own interpreter."""
    shell = _shell()
    if shell is None:
        return []
    transformers = [type(each).__name__ for each in [*shell.ast_transformers, *shell.input_transformers_post]]
    callbacks = [call for calls in shell.events.callbacks.values() for call in calls]
    methods = [getattr(shell, name) for name in METHODS]
    foreign = [call for call in callbacks + methods if not _is_jupyters(call)]
    return [*transformers, *(getattr(call, "__name__", "?") for call in foreign), *map(repr, shell.custom_exceptions)]


def _is_jupyters(call: Any) -> bool:
    package = str(getattr(call, "__module__", "")).split(".")[0]
    return package in ("IPython", "ipykernel", "matplotlib", "matplotlib_inline")


def _shell() -> Any:
    from IPython.core.getipython import get_ipython

    return get_ipython()


_AGENTS: list[Agent] = []


def serve() -> None:
    """Answer the questions of this kernel's judge, until it has no more for now."""
    if not _AGENTS:
        _AGENTS.append(Agent(_shell().user_ns, Channel.of_this_kernel()))
    _AGENTS[0].serve()

"""The judge's side: stand-ins for the student's functions, and questions whose honest answer is known.

Whatever arrives here is data, or a reference that becomes a stand-in. A stand-in compares by identity, calls no code of
the student's in this process, and hides every name that Python or a library might look for by itself.
"""

from __future__ import annotations

import builtins
import secrets
import sys
import traceback
import types
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from autograder.judge import IN_YOUR_CODE, RAISED_AT, RESERVED, wire
from autograder.judge.channel import Channel, ChannelError, GoneError

STALE = 16  # answers to interrupted questions that may be in the way
MAX_TEXT = 4000  # characters of a message
MAX_FRAMES = 10
MAX_STANDINS = 100_000
NEVER = {"StopIteration", "StopAsyncIteration"}  # these would end a loop of the test's in silence


class NotSent(AssertionError):  # noqa: N818  (what a student reads)
    """Something of the student's that a test needs did not pass; the message says what and what would."""

    def _render_traceback_(self) -> list[str]:
        return [f"\x1b[0;31mNot sent:\x1b[0m {self}"]


class Raised(Exception):  # noqa: N818
    """What a function of the student's raised, by name and message; its class is made to fit."""

    frames: tuple[str, ...] = ()

    def __str__(self) -> str:
        return str(self.args[0])

    def _render_traceback_(self) -> list[str]:
        lines = [f"\x1b[0;31m{type(self).__name__}\x1b[0m: {self}"]
        if self.frames:
            lines.append("\n".join([IN_YOUR_CODE, *(f"  {frame}" for frame in self.frames)]))
        return [*lines, f"{RAISED_AT} {self._line_of_test()}"]

    def _line_of_test(self) -> int:
        """Return the line of the test cell that was being run; 0 where that is not known."""
        for frame, line in traceback.walk_tb(self.__traceback__):
            if frame.f_globals.get("__name__") == "__main__":
                return line
        return 0


class StudentObject:
    """Stands for an object of the student's.

    Where the assignment asks for classes, attributes and methods of their objects can be used. Nowhere else: what
    stands in for a number, a table or a model must not answer for itself.
    """

    def __init__(self, judge: Judge, number: int, label: str) -> None:
        self._judge, self._number, self._label = judge, number, label

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or self._label not in self._judge.classes:
            raise AttributeError(f"{self!r} has nothing called {name} that tests can use")
        return self._judge.ask(f"{self._label}.{name}", "attribute", self, name)

    def __repr__(self) -> str:
        return f"<{self._label}, in the student's kernel>"


class StudentFunction(StudentObject):
    """Stands for a function or class of the student's."""

    @property
    def __name__(self) -> str:
        return self._label

    def __call__(self, /, *arguments: Any, **keywords: Any) -> Any:
        """Call it over there.

        Raises:
            Raised: what it raises, of the same built-in class.
            NotSent: when its result does not pass.
        """
        return self._judge.ask(f"the result of {self._label}", "call", self, list(arguments), keywords)


class Judge:
    """Asks the student's kernel."""

    def __init__(self, namespace: dict[str, Any], channel: Channel) -> None:
        """Judge in a namespace, over a channel to an `autograder.judge.agent.Agent`."""
        self._namespace = namespace
        self._channel = channel
        self._asked = 0
        self._resolved: set[str] = set()
        self._locked: set[str] = set()
        self.classes: set[str] = set()
        self._standins: dict[int, StudentObject] = {}
        self.flags: dict[str, None] = {}  # a set that keeps its order

    @property
    def asked_for(self) -> frozenset[str]:
        """Names in the judge's namespace that are the student's, fetched anew for each test."""
        return frozenset(self._resolved)

    def begin(
        self,
        wanted: Iterable[str],
        answers: Iterable[str] = (),
        locked: Iterable[str] = (),
        bound: Iterable[str] = (),
        classes: Iterable[str] = (),
        *,
        ours: Iterable[str] = (),
    ) -> None:
        """Put what a cell reads and this side does not have into the namespace; ask what can be asked of anybody.

        Args:
            wanted: names that the cell reads.
            answers: names that the assignment's answers define; these may hide builtins.
            locked: names that cells before this one define which both kernels run.
            bound: names that the cell defines itself, and can do without.
            classes: names of classes that the assignment's answers and locked cells define.
            ours: names that locked cells and tests define, up to this one: never the student's, even where such a cell
                was not run.

        Raises:
            NotSent: when one of the others does not pass; all that do are there.
            ChannelError: when the student's kernel is gone, or does not keep to the rules.
        """
        self._locked, self.classes, answers = set(locked), set(classes), set(answers)
        ours = set(ours)
        for name in self._resolved & ours:
            self._namespace.pop(name, None)
        self._resolved -= ours
        self._ask_what_is_known()
        refused = []
        for name in sorted(set(wanted) - ours):
            own = name in self._namespace and name not in self._resolved
            if own or (hasattr(builtins, name) and name not in answers):
                continue
            kind, *value = self._exchange("get", name)
            self._resolved.discard(name)
            self._namespace.pop(name, None)
            if kind == "cannot" and name not in bound:
                refused.append(f"{name} cannot be passed to the tests: it is {_text(value[0])}.")
            if kind == "value":
                self._namespace[name] = value[0]
                self._resolved.add(name)
        if refused:
            raise NotSent(refused[0])

    def end(self) -> list[str]:
        """Let the student's kernel go on.

        Returns:
            The names of all that was odd so far.
        """
        self._ask_what_is_known()
        self._exchange("end")
        return list(self.flags)

    def ask(self, what: str, *question: Any) -> Any:
        """Ask for a value.

        Args:
            what: names it in messages.
            question: as `autograder.judge.agent.Agent` understands it.
        """
        kind, *parts = self._exchange(*question)
        if kind == "raised":
            raise _exception(*parts)
        if kind == "cannot":
            raise NotSent(f"{what} cannot be passed to the tests: it is {_text(parts[0])}.")
        return parts[0]

    def _exchange(self, *question: Any) -> Any:
        self._asked += 1
        try:
            message = wire.pack([self._asked, list(question)], self)
        except wire.CannotSendError as error:
            raise NotSent(f"A test hands over what cannot be passed: {error}.") from None
        try:
            self._channel.send(message)
            return self._receive()
        except wire.UnreadableError as error:
            if not isinstance(error, wire.NotRebuiltError):
                self._note(f"an answer cannot be read ({error})")
            raise NotSent(f"What your code answered cannot be read: {_text(str(error))}.") from None
        except ChannelError as error:
            if not isinstance(error, GoneError):  # that is an accident, and told as one
                self._note(f"its kernel does not keep to the rules ({error})")
            raise

    def _receive(self) -> Any:
        for _ in range(STALE):
            answer = wire.unpack(self._channel.receive(), self)
            if not (type(answer) is list and len(answer) == 2):
                raise wire.UnreadableError("not an answer")
            number, parts = answer
            if type(number) is not int or number != self._asked:
                if type(number) is int and 0 < number < self._asked:
                    continue  # to a question that was interrupted
                raise wire.UnreadableError("not the answer to what was asked")
            if not _is_answer(parts):
                raise wire.UnreadableError("an answer of no known form")
            return parts
        raise wire.UnreadableError("too many answers")

    def name(self, value: Any) -> list[Any] | None:
        """Refer to stand-ins, functions of locked cells, and functions and classes of libraries."""
        if isinstance(value, StudentObject):
            return ["student", value._number]
        label = getattr(value, "__name__", None)
        if getattr(value, "__module__", None) == self._namespace.get("__name__"):  # what a test defines stays here
            return ["notebook", label] if label in self._locked and self._namespace.get(label) is value else None
        module = getattr(value, "__module__", None) or ("numpy" if isinstance(value, np.ufunc) else None)
        path = getattr(value, "__qualname__", label)
        if callable(value) and path and _look_up(module, path) is value:
            return ["library", module, path]
        return None

    def find(self, reference: Any) -> Any:
        """Make a stand-in for what the student's side refers to, or find the one made before."""
        where, number, kind, label = reference
        if [type(part) for part in reference] != [str, int, str, str] or where != "student":
            raise wire.UnreadableError("a reference to nothing of the student's")
        if number not in self._standins:
            if len(self._standins) >= MAX_STANDINS:
                raise wire.UnreadableError("references to too many objects")
            make = StudentFunction if kind == "function" else StudentObject
            self._standins[number] = make(self, number, _text(label)[:100])
        return self._standins[number]

    def _ask_what_is_known(self) -> None:
        """Ask what an honest kernel answers in one way; note each answer that is another. Accuses nobody."""
        payload = [secrets.token_bytes(16), np.frombuffer(secrets.token_bytes(32), np.uint8), {"π": (1.5, None)}]
        answer = self._exchange("echo", payload)
        if not _is_echo(answer, payload):
            self._note("values do not arrive as they were sent")
        for flag, function, arguments, right in KNOWN:
            kind, *parts = self._exchange("call", function, arguments, {})
            if not (
                kind == "raised" and "AssertionError" in parts[0] if right is AssertionError else _same(parts, right)
            ):
                self._note(flag)
        for name in sorted(self._locked):
            module = self._namespace.get(name)
            if isinstance(module, types.ModuleType) and not _is_value(self._exchange("module", name), module.__name__):
                self._note(f"{name} is not the module that the notebook imports")
        hooks = self._exchange("hooks")
        if not _is_value(hooks, []):
            found = hooks[-1] if type(hooks[-1]) is list else []
            names = ", ".join(name for name in found if type(name) is str)
            self._note(f"the notebook's interpreter is changed ({names[:80]})")

    def _note(self, flag: str) -> None:
        self.flags["".join(letter if letter.isprintable() else "?" for letter in flag[:200])] = None


def _known() -> list[tuple[str, Callable[..., Any], list[Any], Any]]:
    from numpy import testing

    from course_utils import checks

    python, numpy = "Python's own functions are changed", "NumPy's comparisons are changed"
    return [
        (python, all, [[True, False]], False),
        (python, any, [[False]], False),
        (python, abs, [-3], 3),
        (python, sum, [[1, 2]], 3),
        (python, isinstance, [1, str], False),
        (numpy, np.allclose, [[0.0], [1.0]], False),
        (numpy, np.array_equal, [[0], [1]], False),
        (numpy, np.isclose, [0.0, 1.0], False),
        ("numpy.testing is changed", testing.assert_allclose, [0.0, 1.0], AssertionError),
        ("numpy.testing is changed", testing.assert_array_equal, [[0], [1]], AssertionError),
        ("course_utils.checks is changed", checks.close, [1.0, 2.0, "x"], AssertionError),
        ("course_utils.checks is changed", checks.equal, ["a", "b", "x"], AssertionError),
    ]


def _same(parts: list[Any], right: Any) -> bool:
    found = [bool(part) if isinstance(part, np.bool) else part for part in parts]
    return [type(part) for part in found] == [type(right)] and found == [right]


KNOWN = _known()


def _is_value(answer: list[Any], right: str | list[Any]) -> bool:
    return answer[0] == "value" and type(answer[1]) is type(right) and answer[1] == right


def _is_echo(answer: list[Any], payload: list[Any]) -> bool:
    try:
        return answer[0] == "value" and repr(answer[1]) == repr((payload,))
    except Exception:  # noqa: BLE001  (a number of too many digits, lists in lists: no echo)
        return False


def _text(text: str) -> str:
    """Make text fit for a message: a kernel cannot show half a character, nor should it have to show a million."""
    return text[:MAX_TEXT].encode(errors="replace").decode()


def _look_up(module: str | None, path: str) -> Any:
    found: Any = sys.modules.get(module or "")
    for part in path.split("."):
        found = getattr(found, part, None)
    return found


def _is_answer(parts: Any) -> bool:
    if type(parts) is not list or not parts:
        return False
    kind, *rest = parts
    if type(kind) is not str:
        return False
    if kind == "raised":
        names, message, frames = rest if len(rest) == 3 else (None, None, None)
        return type(message) is str and all(
            type(texts) is list and all(type(text) is str for text in texts) for texts in (names, frames)
        )
    return (kind, len(rest)) in {("value", 1), ("missing", 0)} or (
        kind == "cannot" and [type(x) for x in rest] == [str]
    )


def _exception(names: list[str], message: str, frames: list[str]) -> Raised:
    """Make an exception like the student's: of its nearest built-in class, under its own name."""
    base: type[Exception] = Exception
    for name in names:
        kind = getattr(builtins, name, None)
        if isinstance(kind, type) and issubclass(kind, Exception) and name not in NEVER:
            base = kind
            break
    message = _text(message)
    title = names[0][:100] if names and names[0].isidentifier() else "Error"
    if title in RESERVED:
        title = f"Your{title}"
    try:
        error: Raised = type(title, (Raised, base), {})(message)
    except TypeError:  # of those that want more than a message, such as UnicodeDecodeError
        error = type(title, (Raised,), {})(message)
    error.frames = tuple(_text(frame) for frame in frames[-MAX_FRAMES:])
    return error


_JUDGES: list[Judge] = []


def this_kernel() -> Judge:
    """Give the judge of this kernel's notebook."""
    from IPython.core.getipython import get_ipython

    if not _JUDGES:
        _JUDGES.append(Judge(get_ipython().user_ns, Channel.of_this_kernel()))
    return _JUDGES[0]

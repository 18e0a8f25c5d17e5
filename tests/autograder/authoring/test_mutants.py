"""Small faults in reference answers: which are made."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from autograder.authoring.mutants import mutants

ROOT = Path(__file__).parents[3]


def changes(source: str, operator: str | None = None) -> list[str]:
    return [each.change for each in mutants(source) if operator in (None, each.operator)]


@pytest.mark.parametrize(
    ("source", "operator", "made"),
    [
        ("y = a + b", "arithmetic", ["y = a - b"]),
        ("y = a @ b", "arithmetic", ["y = a * b"]),
        ("y = a / b  # a / b", "arithmetic", ["y = a * b  # a / b", "y = a // b  # a / b"]),
        ("y = (a) + (b)", "arithmetic", ["y = (a) - (b)"]),
        ("y = a < b", "comparison", ["y = a <= b", "y = a >= b"]),
        ("y = a not in b", "comparison", ["y = a in b"]),
        ("y = a and b", "logical", ["y = a or b", "y = a", "y = b"]),
        ("y = not a", "logical", ["y = a"]),
        ("y = -a", "sign", ["y = a"]),
        ("y = -1", None, ["y = 1", "y = -2"]),
        ("y = 3", "constant", ["y = 4", "y = 2"]),
        ("y = 0.5", "constant", ["y = 1.0"]),
        ("y = True", "constant", ["y = False"]),
        ("y = x.reshape(-1, 2)", "constant", ["y = x.reshape(-1, 3)", "y = x.reshape(-1, 1)"]),
        ("for i in range(n):\n    y.add(i)", "bounds", ["for i in range(n - 1):"]),
        ("y = x[a:b]", "bounds", ["y = x[a + 1:b]", "y = x[:b]", "y = x[a:b - 1]", "y = x[a:]"]),
        ("y = x[::s]", "bounds", ["y = x[:]"]),
        ("y = x[i]", "bounds", ["y = x[i - 1]"]),
        ("y = f(x, axis=0)", "axis", ["y = f(x, axis=1)"]),
        ("y = f(x, axis=(0, 1))", "axis", ["y = f(x, axis=0)", "y = f(x, axis=1)"]),
        ("y = f(x, keepdims=True)", "keyword", ["y = f(x)"]),
        ("y = f(keepdims=True, x=1)", "keyword", ["y = f(x=1)", "y = f(keepdims=True)"]),
        ("y = f(a, (b))", "arguments", ["y = f(b, (a))"]),
        ("y = max(a, b)", "arguments", []),
        ("y = a, b", "swapped", ["y = b, a"]),
        ("y = np.sum(x)", "function", ["y = np.mean(x)"]),
        ("y = max(x)", "function", ["y = min(x)"]),
        ("max = 3\ny = max", "function", []),
        ("y = np.sqrt(a + b) * 2", "left out", ["y = (a + b) * 2"]),
        ("y = x.lower()", "left out", ["y = x"]),
        ("y = x.T", "left out", ["y = x"]),
        ("y = a if c else b", "condition", ["y = a", "y = b", "y = a if not c else b"]),
        ("if c:\n    y = 1", "condition", ["if True:", "if False:", "if not c:"]),
        ("y = [a for a in b if a]", "condition", ["y = [a for a in b if True]", "y = [a for a in b if not a]"]),
        ("def f(a, b):\n    return a", "variable", ["return b"]),
        ("y = 1\ny += x", "dropped", ["dropped: y += x"]),
        ("y = f(x)\nprint(y)", "dropped", []),
        ("y += x", "arithmetic", ["y -= x", "y = x"]),
        ("while c:\n    break", "loop", ["continue"]),
        ("y = a * b", "operand", ["y = a", "y = b"]),
        ("y = (a + b) / c", "operand", ["y = (a + b)", "y = (a) / c", "y = (b) / c"]),
        ("y = np.maximum(a, b)", "left out", ["y = a", "y = b"]),
        ("y = np.clip(x, 0, 1)", "left out", ["y = x"]),
        ("y = np.where(c, a, b)", "left out", ["y = a", "y = b"]),
        ("for a in b:\n    c.add(a)\nd = c", "indented", ["d = c"]),
        ("y = 0\nfor a in b:\n    c.add(a)", "indented", ["for a in b:\ny = 0"]),
        ("y = 0; z = 1\nfor a in b: c.add(a)", "indented", []),
        ("y = np.zeros(3)", "dtype", ["y = np.zeros(3, dtype=int)"]),
        ("y = np.zeros(3, dtype=float)", "dtype", []),
        ("def f(v, w):\n    v = 2 * v  # first\n\n    w -= v", "order", ["w -= v\n\nv = 2 * v  # first"]),
        ("y = 1\nz = y", "order", []),
        ('y = f("same")', "word", ['y = f("valid")']),
    ],
)
def test_operators_make_what_they_say(source: str, operator: str | None, made: list[str]) -> None:
    assert sorted(changes(source, operator)) == sorted(made)


@pytest.mark.parametrize(
    "source",
    [
        'print(1 + 2, f"{a + b}")',
        'def f():\n    """1 + 2"""',
        'raise ValueError("a" + str(1))',
        "assert a < 1",
        "import numpy as np",
        "%matplotlib inline",
        "f(seed=3, verbose=0, name='a')",
        "x = 1 +",
    ],
)
def test_what_tests_cannot_see_is_left_as_it_is(source: str) -> None:
    assert [each for each in changes(source) if not each.startswith("dropped")] == []


def test_only_the_solution_is_changed() -> None:
    source = "a = 1\n### BEGIN SOLUTION\nb = 2\n### END SOLUTION\nc = 3"
    assert {each.line for each in mutants(source)} == {3}


def test_a_statement_that_is_alone_in_its_block_leaves_a_pass() -> None:
    (found,) = [each for each in mutants("y = 0\nfor x in z:\n    y += x") if each.change == "dropped: y += x"]
    assert found.source == "y = 0\nfor x in z:\n    pass\n"
    assert found.diff == "-     y += x\n+     pass"


def test_letters_of_more_than_one_byte_do_not_shift_the_place() -> None:
    assert changes('y = "ü→" + a + b', "arithmetic") == ['y = "ü→" - a + b', 'y = "ü→" + a - b']


def every_reference() -> list[str]:
    from autograder.authoring.build import from_source
    from autograder.notebooks.cells import is_answer

    sources = sorted((ROOT / "solutions").glob("*/*.py"))
    cells = [cell for path in sources for cell in from_source(path).cells]
    return [cell.source for cell in cells if cell.cell_type == "code" and is_answer(cell)]


def test_no_mutant_is_its_source_or_another_one_and_all_are_python() -> None:
    for source in every_reference():
        trees = [ast.dump(ast.parse(each.source)) for each in mutants(source)]
        assert len({ast.dump(ast.parse(source)), *trees}) == len(trees) + 1


def test_all_else_of_the_text_stays() -> None:
    for source in every_reference():
        for each in mutants(source):
            gone, there = source.splitlines(), each.source.splitlines()
            at = each.line - 1
            before, after = len(each.before.splitlines()), len(each.after.splitlines())
            assert gone[at : at + before] == each.before.splitlines()
            assert there[at : at + after] == each.after.splitlines()
            assert gone[:at] + gone[at + before :] == there[:at] + there[at + after :]

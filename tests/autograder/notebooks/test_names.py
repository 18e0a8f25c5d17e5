"""What a cell reads and defines, on every supported Python."""

from __future__ import annotations

import sys

import pytest

from autograder.notebooks import names

CELLS = {
    # the cell: (reads, defines)
    "": ("", ""),
    "x": ("x", ""),
    "x = 1": ("", "x"),
    "x = x": ("x", "x"),
    "x = y = z": ("z", "x y"),
    "(a, *b), c = d": ("d", "a b c"),
    "f(a, *b, k=c, **d)": ("f a b c d", ""),
    "obj.attr = value": ("obj value", ""),
    "obj.attr": ("obj", ""),
    "obj[key:stop] = 1": ("obj key stop", ""),
    "x: T = y": ("T y", "x"),
    "global x\nx = 1": ("", "x"),
    "x += y": ("x y", "x"),
    "obj.x += y": ("obj y", ""),
    "obj[x] += y": ("obj x y", ""),
    "def f():\n    x = 1\n    x += y": ("y", "f"),
    "def f():\n    global x\n    x += 1": ("x", "f x"),
    "if a:\n    b = 1\nelse:\n    c = 2": ("a", "b c"),
    "while a:\n    break": ("a", ""),
    # comprehensions keep their targets to themselves
    "[a for a in b]": ("b", ""),
    "[a + c for a in b if d]": ("b c d", ""),
    "{a: b for a, b in c}": ("c", ""),
    "[[a for a in b] for b in c]": ("c", ""),
    "sum(a * w for a in b)": ("sum b w", ""),
    "[last := a for a in b]": ("b", "last"),
    "[a for a in b]\na": ("a b", ""),
    "{a for a in b}": ("b", ""),
    "[(a, y) for a in b if (y := c)]\nd = [e for d in f]": ("b c y e f", "y d"),
    # functions
    "def f():\n    return x": ("x", "f"),
    "def f(a=b, *c, d: e = g, **h) -> i:\n    return a + d": ("b e g i", "f"),
    "def f():\n    x = 1\n    return x": ("", "f"),
    "def f():\n    x = y\n    def g():\n        return x + z\n    return g": ("y z", "f"),
    "def f():\n    def g():\n        def h():\n            return deep\n": ("deep", "f"),
    "def f():\n    global x\n    x = y": ("y", "f x"),
    "def f():\n    global x\n    return x": ("x", "f"),
    "def f():\n    x = 1\n    def g():\n        nonlocal x\n        x = 2": ("", "f"),
    "def f():\n    import os\n    return os": ("", "f"),
    "def f():\n    return f": ("f", "f"),
    "async def f():\n    await g()\n    async for a in b: pass": ("g b", "f"),
    "@wrap\ndef f(): pass": ("wrap", "f"),
    "lambda a=b: a + c": ("b c", ""),
    "f = lambda: x": ("x", "f"),
    "def f():\n    yield x": ("x", "f"),
    # classes
    "class A(B, metaclass=M):\n    x = y\n    z = x": ("B M y", "A"),
    "class A:\n    x = 1\n    def m(self):\n        return x": ("x", "A"),
    "class A:\n    def m(self, a=d):\n        return self.x + y": ("d y", "A"),
    "class A:\n    items = [a for a in b]": ("b", "A"),
    "class A:\n    class B:\n        x = y": ("y", "A"),
    # statements that bind
    "import a": ("", "a"),
    "import a.b.c": ("", "a"),
    "import a as b, c.d as e": ("", "b e"),
    "from a import b, c as d": ("", "b d"),
    "for a, (b, c) in d:\n    e": ("d e", "a b c"),
    "for a.b in c: pass": ("a c", ""),
    "with a as b, c as (d, e): pass": ("a c", "b d e"),
    "with a as b[c]: pass": ("a b c", ""),
    "try:\n    a\nexcept B:\n    c": ("a B c", ""),
    "try:\n    a\nexcept (B, C) as e:\n    pass": ("a B C", "e"),
    "if (n := len(a)) > b: pass": ("len a b", "n"),
    "match a:\n    case {'k': b, **c}: pass\n    case [d, *e]: pass\n    case F(g=h) | h: pass": ("a F", "b c d e h"),
    "assert a, b": ("a b", ""),
    "raise A from b": ("A b", ""),
    # strings
    "f'{a!r:{b}} {c=}'": ("a b c", ""),
    "f'{f\"{a}\"}'": ("a", ""),
    "f'{a[\"b\"]}\\n{c:>{d}}'": ("a c d", ""),
    "'{a}'": ("", ""),
    "# a": ("", ""),
    # what IPython adds
    "%matplotlib inline\nx": ("get_ipython x", ""),
    "x = %pwd": ("get_ipython", "x"),
    "!ls": ("get_ipython", ""),
    "files = !ls": ("get_ipython", "files"),
    "x?": ("get_ipython", ""),
    "%%time\ny = x": ("x", "y"),
    "\n\n%%time\ny = x": ("x", "y"),
    "%%capture out\ny = x": ("x", "y"),
    "%%time\n%matplotlib inline\ny = x": ("get_ipython x", "y"),
    "%%bash\necho $x": ("get_ipython", ""),
    "%%timeit\ny = x": ("get_ipython", ""),
    "await x": ("x", ""),
    # no Python
    "def f(:\n    return x": ("", ""),
    "x y": ("", ""),
    "return x": ("x", ""),
    "\0": ("", ""),
    "x = '": ("", ""),
}


@pytest.mark.parametrize("cell", CELLS)
def test_names_of_a_cell(cell: str) -> None:
    reads, defines = CELLS[cell]
    assert (names.read(cell), names.defined(cell)) == (set(reads.split()), set(defines.split()))


@pytest.mark.skipif(sys.version_info < (3, 12), reason="syntax of Python 3.12")
@pytest.mark.parametrize(
    ("cell", "reads", "defines"),
    [
        ("def f[T](a: T) -> U:\n    return b", "U b", "f"),
        ("class A[T](B): pass", "B", "A"),
        ("type X = Y", "Y", "X"),
        ('f"{a["b"]}"', "a", ""),
    ],
)
def test_names_of_newer_syntax(cell: str, reads: str, defines: str) -> None:
    assert (names.read(cell), names.defined(cell)) == (set(reads.split()), set(defines.split()))


@pytest.mark.parametrize(
    ("cell", "needs"),
    [
        ("x = f(y)\nprint(x)", "f y print"),
        ("x += 1", "x"),
        ("for i in range(n):\n    j = i\n    f(j)\nj", "range n f j"),
        ("if a:\n    b = 1\nelse:\n    c\nb", "a b c"),
        ("with open(p) as file:\n    text = file.read()\ntext", "open p"),
        ("import numpy as np\nnp.zeros(3)", ""),
        ("while a:\n    b = 1\nb", "a b"),
        ("try:\n    b = 1\nfinally:\n    pass\nb", "b"),
        ("del x", "x"),
        ("def f():\n    return z\nz = 1", "z"),
        ("[i for i in xs if i]", "xs"),
        ("%time x = 1\nx", "get_ipython x"),
        ("def f(:", ""),
    ],
)
def test_names_that_cells_before_must_have_defined(cell: str, needs: str) -> None:
    assert names.needed(cell) == set(needs.split())


def test_star_imports_tell_no_names() -> None:
    cell = "from math import *\nsin(x)"
    assert names.read(cell) == {"sin", "x"}
    assert names.defined(cell) == set()


def test_super_reads_only_what_is_built_in() -> None:
    assert names.read("class A:\n    def m(self):\n        return super().m()") == {"super"}

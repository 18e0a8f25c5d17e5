"""Notebooks as honest students hand them in: broken, half-done and odd; what a check says of each."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from autograder.notebooks.cells import grade_id
from tests.support.classroom import Classroom

Change = Callable[[NotebookNode], None]


@dataclass(frozen=True)
class Oddity:
    """One notebook.

    Attributes:
        name: what is odd.
        code: the exit code of the check.
        said: what its output must hold, each.
        content: the file, where it is no notebook that can be run.
        change: what was done to ps1 with right answers.
    """

    name: str
    code: int
    said: tuple[str, ...]
    content: bytes | None = None
    change: Change | None = None

    def write(self, room: Classroom, path: Path) -> Path:
        """Write the notebook."""
        if self.content is not None:
            path.write_bytes(self.content)
            return path
        notebook = room.fill()
        notebook.metadata.course.cell_time = 2
        if self.change:
            self.change(notebook)
        path.write_text(json.dumps(notebook, ensure_ascii=True), encoding="utf-8")
        return path


def find(notebook: NotebookNode, name: str) -> NotebookNode:
    return next(cell for cell in notebook.cells if grade_id(cell) == name)


def answer(source: str, name: str = "double") -> Change:
    return lambda notebook: find(notebook, name).update(source=source)


def drop(*names: str) -> Change:
    def change(notebook: NotebookNode) -> None:
        notebook.cells = [cell for cell in notebook.cells if grade_id(cell) not in names]

    return change


def kind(name: str, cell_type: str) -> Change:
    def change(notebook: NotebookNode) -> None:
        cell = find(notebook, name)
        cell.cell_type = cell_type
        for key in ("outputs", "execution_count"):
            cell.pop(key, None)

    return change


def own(source: str, at: int = 1) -> Change:
    return lambda notebook: notebook.cells.insert(at, new_code_cell(source))


def metadata(name: str, **changes: object) -> Change:
    return lambda notebook: find(notebook, name).metadata.nbgrader.update(changes)


def split(notebook: NotebookNode) -> None:
    cell = find(notebook, "double")
    index = notebook.cells.index(cell)
    notebook.cells.insert(index + 1, new_code_cell("double = doubled"))
    cell.source = "def doubled(x):\n    return 2 * x"


def merged(notebook: NotebookNode) -> None:
    test = find(notebook, "double-test")
    test.source = find(notebook, "double").source + "\n\n" + test.source
    notebook.cells.remove(find(notebook, "double"))


def reversed_(notebook: NotebookNode) -> None:
    notebook.cells.reverse()


def whole(**changes: object) -> Change:
    return lambda notebook: notebook.update(changes)


CUT = b'{"cells": [{"cell_type": "code", "source": ["def double(x):\\n", "    ret'
UNREADABLE = "cannot be read as a notebook"
DONE = ("2 of 2 pass",)
FILES = [
    Oddity("empty", 2, ("is empty",), b""),
    Oddity("cut off while uploading", 2, ("breaks off",), CUT),
    Oddity(
        "a page of the platform that asks to log in",
        2,
        ("it is a web page",),
        b"<!DOCTYPE html><html><title>Log in</title>",
    ),
    Oddity("a PDF under this name", 2, ("it is a PDF",), b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"),
    Oddity("a zip under this name", 2, ("it is a zip",), b"PK\x03\x04\x14\x00\x00\x00\x08\x00"),
    Oddity("saved as UTF-16", 2, (UNREADABLE,), '{"cells": []}'.encode("utf-16")),
    Oddity("conflict of git", 2, (UNREADABLE, "<<<<<<<"), b'{\n<<<<<<< HEAD\n "cells": [],\n=======\n>>>>>>> x\n}'),
    Oddity("a list", 2, (UNREADABLE,), b"[]"),
    Oddity("null", 2, (UNREADABLE,), b"null"),
    Oddity(
        "cells that are none",
        2,
        (UNREADABLE,),
        b'{"cells": [5, null], "nbformat": 4, "nbformat_minor": 5, "metadata": {}}',
    ),
    Oddity("no cells", 2, (UNREADABLE,), b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}}'),
    Oddity("of the year 2030", 2, (UNREADABLE,), b'{"cells": [], "nbformat": 7, "nbformat_minor": 0, "metadata": {}}'),
    Oddity("nested without end", 2, (UNREADABLE,), b'{"cells": ' + b"[" * 50_000),
    Oddity(
        "another notebook",
        2,
        ("holds no exercises of the course",),
        b'{"cells": [], "nbformat": 4, "nbformat_minor": 5, "metadata": {}}',
    ),
]
RUN = [
    Oddity("all right", 0, DONE),
    Oddity(
        "syntax error",
        1,
        ("fails", "its answer stops: SyntaxError: '(' was never closed (line 1)"),
        change=answer("def double(x:\n    return 2 * x"),
    ),
    Oddity(
        "tabs and blanks",
        1,
        ("fails", "its answer stops: TabError"),
        change=answer("def double(x):\n    if x:\n\treturn 2 * x\n    return 0"),
    ),
    Oddity("only a comment", 1, ("fails", "there is no `double`"), change=answer("# later")),
    Oddity("renamed function", 1, ("fails", "there is no `double`"), change=answer("def Double(x):\n    return 2 * x")),
    Oddity("no return", 1, ("fails", "double(2)"), change=answer("def double(x):\n    2 * x")),
    Oddity("never ends", 1, ("takes too long",), change=answer("def double(x):\n    while True:\n        pass")),
    Oddity("calls itself for ever", 1, ("fails",), change=answer("def double(x):\n    return double(x)")),
    Oddity(
        "asks for input",
        1,
        ("asks for input(), and nobody is there",),
        change=answer("def double(x):\n    return input('x? ')"),
    ),
    Oddity(
        "exit in the answer",
        -1,
        ("calls exit or quit, which ends Python in grading",),
        change=answer("exit()\n\n\ndef double(x):\n    return 2 * x"),
    ),
    Oddity("sys.exit in the answer", 1, ("SystemExit",), change=answer("import sys\nsys.exit(1)")),
    Oddity("raises what is no Exception", 1, ("fails",), change=answer("def double(x):\n    raise KeyboardInterrupt")),
    Oddity("a crash", 1, ("ends the whole of Python",), change=answer("import os\nos.abort()")),
    Oddity(
        "prints without end",
        0,
        DONE,
        change=answer(
            "print('x' * 100 + '\\n') if 0 else print('x' * 10**6)\n\n\ndef double(x):\n    print('y' * 10**5)\n    return 2 * x"
        ),
    ),
    Oddity("closed its output", 1, ("gives no answer any more",), change=own("import sys\nsys.stdout = None")),
    Oddity("changed folder", 0, DONE, change=own("import os\nos.chdir('/')")),
    Oddity(
        "a thread that never ends",
        0,
        DONE,
        change=own("import threading, time\nthreading.Thread(target=time.sleep, args=(1000,)).start()"),
    ),
    Oddity("shadowed a built-in", 0, DONE, change=own("float = abs = len = 3", at=3)),
    Oddity("magics and shell lines", 0, DONE, change=own("%time 1\n!echo hello\n%no_such_magic")),
    Oddity("magic of another language", 1, ("fails",), change=answer("%%bash\necho hello")),
    Oddity("await", 0, DONE, change=own("import asyncio\nawait asyncio.sleep(0)")),
    Oddity("reads a file that is not there", 0, ("stops: FileNotFoundError",), change=own("open('data.csv')")),
    Oddity(
        "a module that is not installed",
        0,
        ("No module named 'no_such_module'. Grading has only what the course installs",),
        change=own("import no_such_module"),
    ),
    Oddity("half of an emoji", 0, DONE, change=own("x = '\ud83d'")),
    Oddity("answer deleted", 1, ("The cell “double” is missing", "fails"), change=drop("double")),
    Oddity("test deleted", 1, ("The cell “double-test” is missing",), change=drop("double-test")),
    Oddity("answer made Markdown", 1, ("double",), change=kind("double", "markdown")),
    Oddity("test made Markdown", 1, ("its test is no code cell any more",), change=kind("double-test", "markdown")),
    Oddity("answer made raw", 1, ("double",), change=kind("double", "raw")),
    Oddity("answer split in two", 0, DONE, change=split),
    Oddity("answer merged with its test", 1, ("double",), change=merged),
    Oddity("cells upside down", 1, ("fails",), change=reversed_),
    Oddity(
        "points that are a word",
        0,
        ("2 of 2 pass", "The locked cell “double-test” was changed"),
        change=metadata("double-test", points="many"),
    ),
    Oddity("no grade_id", 1, ("double",), change=metadata("double-test", grade_id=None)),
    Oddity(
        "kernel of another language",
        0,
        DONE,
        change=lambda nb: nb.metadata.update(kernelspec={"name": "ir", "display_name": "R", "language": "R"}),
    ),
    Oddity("no metadata at all", 0, DONE, change=lambda nb: nb.update(metadata={})),
    Oddity("metadata that is a list", 0, DONE, change=lambda nb: find(nb, "double-test").metadata.update(tags="demo")),
    Oddity("written answer empty", 1, ("to do",), change=answer("", "why")),
    Oddity(
        "a message of a thousand lines",
        1,
        ("fails", "…"),
        change=answer("def double(x):\n    raise ValueError('no\\n' * 1000)"),
    ),
    Oddity(
        "an error whose message fails",
        1,
        ("fails",),
        change=answer(
            "class E(Exception):\n    def __str__(self):\n        return 1 / 0\n\n\ndef double(x):\n    raise E"
        ),
    ),
    Oddity(
        "an answer that uses a later one",
        1,
        ("fails",),
        change=answer("doubled = share(1, 2)\n\n\ndef double(x):\n    return 2 * x"),
    ),
]

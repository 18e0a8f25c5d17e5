"""Is an assignment fit to be graded? What its author should hear before students get it.

Two rehearsals run the notebook as the grader does, in two kernels: with the reference answers every test must give all
its points, with the untouched stubs none. What the tests' text alone tells comes first: it explains most failures.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder.errors import AssignmentError
from autograder.notebooks import names
from autograder.notebooks.cells import grade_id, is_answer, is_graded, is_locked, last_error

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from autograder.course import Course

OUT_OF_REACH = {
    "getsource": "the text of an answer",
    "getsourcelines": "the text of an answer",
    "signature": "the signature of a function",
    "__code__": "the code of a function",
    "__globals__": "the variables around a function",
    "__closure__": "the variables around a function",
    "__wrapped__": "what is inside a decorated function",
    "patch": "patching what an answer calls",
    "monkeypatch": "patching what an answer calls",
    "capsys": "what an answer prints",
    "redirect_stdout": "what an answer prints",
    "get_ipython": "the interpreter of the notebook",
    "user_ns": "the interpreter of the notebook",
    "set_random_seed": "the random numbers of an answer (pass a seed or a generator's numbers as an argument)",
}
"""What a test may name that would have to be in the same process as the answer, and what it is."""


@dataclass(frozen=True)
class Problem:
    """Something about an assignment that its author should mend."""

    cell: str
    what: str


def validate(course: Course, assignment: str) -> Iterator[Problem]:
    """Look for what would keep an assignment from being graded fairly.

    Args:
        course: the course.
        assignment: the assignment's name; its .py is read, or its notebook where there is none.

    Yields:
        Each problem, first those that the text tells, then those of the rehearsals.

    Raises:
        AssignmentError: unknown assignment, or one whose nbgrader metadata are wrong.
        SandboxError: when the kernels of grading are not to be had here.
    """
    from nbgrader.preprocessors import CheckCellMetadata

    from autograder.authoring.build import from_source
    from autograder.authoring.release import require_source
    from autograder.notebooks.source import student_version

    course.require(assignment)
    path = course.source(assignment)
    written = path.with_suffix(".py")
    source = from_source(written) if written.exists() else require_source(path)
    try:  # what nbgrader says when it is released
        CheckCellMetadata().preprocess(deepcopy(source), {})
    except Exception as error:
        raise AssignmentError(f"{written if written.exists() else path}: {str(error).strip()}") from error
    released = student_version(source, course.config)
    yield from read(source)
    answered = deepcopy(source)
    yield from _rehearse(course, assignment, source, answered, "the reference answers", full=True)
    stubs = {_name(cell): cell.source for cell in released.cells if is_answer(cell)}
    untouched = deepcopy(source)
    for cell in untouched.cells:
        cell.source = stubs.get(_name(cell), cell.source)
    yield from _rehearse(course, assignment, source, untouched, "the untouched stubs", full=False)


def read(source: NotebookNode) -> Iterator[Problem]:
    """Look at the text of an assignment's cells.

    Args:
        source: the instructor's notebook.

    Yields:
        Each name that a test cannot have, gets from a cell that students may change, or gives another value.
    """
    answers, lecture, own = set[str](), set[str](), set[str]()
    for cell in source.cells:
        if cell.cell_type == "code":
            kind = answers if is_answer(cell) else own if is_locked(cell) else lecture
            kind |= names.defined(cell.source)
    for cell in source.cells:
        if cell.cell_type != "code" or not is_locked(cell):
            continue
        for name in sorted(names.read(cell.source) - own - answers - set(dir(builtins)) - {"__name__"}):
            if name in lecture:
                yield Problem(_name(cell), f"reads {name} of a lecture cell, which students may change: lock that cell")
            elif name not in OUT_OF_REACH:
                yield Problem(_name(cell), f"reads {name}, which no cell defines")
        for name in sorted(names.defined(cell.source) & answers):
            yield Problem(_name(cell), f"gives {name} a value, which an answer defines too: call this one _{name}")
        for name in sorted(_named(cell.source) & set(OUT_OF_REACH)):
            yield Problem(_name(cell), f"uses {name}: {OUT_OF_REACH[name]} is not where tests run")


def _rehearse(
    course: Course, assignment: str, source: NotebookNode, submission: NotebookNode, with_what: str, *, full: bool
) -> Iterator[Problem]:
    """Run a notebook as the grader does and compare what its tests give with what they should."""
    from nbgrader.utils import determine_grade

    from autograder.execution.execute import ExecuteSubmission
    from autograder.execution.outcomes import message
    from autograder.execution.scoring import as_scored
    from autograder.kernels import layers

    class Rehearsal(ExecuteSubmission):
        def source(self, resources: dict[str, Any]) -> NotebookNode:
            del resources
            return source

    runner = Rehearsal(config=course.config)
    if runner.sandbox:
        layers.require()
    files = course.folder("release", assignment=assignment)
    where = {"nbgrader": {"assignment": assignment, "notebook": assignment}, "metadata": _path(files)}
    done, _ = runner.preprocess(submission, where)
    for cell in done.cells:
        error = last_error(cell)
        if full and error and not is_graded(cell) and "raises-exception" not in cell.metadata.get("tags", []):
            yield Problem(_name(cell), f"fails: {message(error)}")
        if cell.cell_type != "code" or not is_graded(cell):
            continue
        score, most = determine_grade(as_scored(cell))
        if score != (most if full else 0):
            said = f": {message(error)}" if error else ""
            yield Problem(_name(cell), f"gives {score:g} of {most:g} points for {with_what}{said}")
    if full:
        about = done.metadata.autograder
        yield from (Problem(assignment, said) for said in [*about.notes, *about.flags])


def _path(folder: Path) -> dict[str, str]:
    return {"path": str(folder)} if folder.is_dir() else {}


def _named(source: str) -> set[str]:
    """All names and attributes in a cell's text."""
    try:
        nodes = list(ast.walk(ast.parse(source)))
    except SyntaxError:  # magics
        return set()
    attributes = {node.attr for node in nodes if isinstance(node, ast.Attribute)}
    return attributes | {node.id for node in nodes if isinstance(node, ast.Name)}


def _name(cell: NotebookNode) -> str:
    return str(grade_id(cell) or cell.source.strip()[:40])

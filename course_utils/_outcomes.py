"""What became of each exercise of a notebook that was run, and what else its author should know."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from course_utils._execution import ENDED, NOT_RUN
from course_utils._notebook import (
    INSTALLS,
    LOST,
    about,
    calls_exit,
    cell_time,
    is_lecture,
    is_untouched,
    marks_of,
    missing,
    named,
    points_of,
)

if TYPE_CHECKING:
    from nbformat import NotebookNode

PASSES, PARTLY, FAILS = "passes", "partly", "fails"
TO_DO, LATER, WRITTEN = "to do", "later", "written"
LONGEST = 300  # characters of a message
TITLE = re.compile(r"^#+ *✏️ *(.+?) *$", re.MULTILINE)
ANSI = re.compile(r"\x1b\[[0-9;]*m")
NUMBERED = re.compile(r"\(\d+\.py, line")  # what a cell is called where its text is no Python
UNKNOWN = re.compile(r"name '(\w+)' is not defined")


@dataclass(frozen=True)
class Exercise:
    """What became of one graded cell."""

    title: str
    name: str
    state: str
    message: str = ""
    is_written: bool = False  # an answer in words, which no check can judge


@dataclass
class Result:
    """What became of a notebook.

    Attributes:
        exercises: in their order.
        remarks: sentences about all else that its author should know.
        missing: names of cells for answers and tests that are not there.
    """

    exercises: list[Exercise] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    @property
    def is_ready(self) -> bool:
        """Whether every exercise is there, done, and passes its visible checks."""
        return not self.missing and all(exercise.state in (PASSES, LATER, WRITTEN) for exercise in self.exercises)


def exercises(done: NotebookNode) -> Iterator[Exercise]:
    """Give the outcome of each graded cell of a notebook that was run."""
    title = ""
    for cell in done.cells:
        if cell.cell_type == "markdown" and (found := TITLE.findall(cell.source)):
            title = found[-1].replace("`", "").strip()
        marks = marks_of(cell)
        if marks.get("grade"):
            name = str(marks.get("grade_id", ""))
            is_written = bool(marks.get("solution"))
            state, said = _written(cell) if is_written else _tested(cell, done)
            yield Exercise(title or name, name, state, said, is_written)


def _written(cell: NotebookNode) -> tuple[str, str]:
    if is_untouched(cell):
        return TO_DO, ""
    number = len(cell.source.split())
    return (WRITTEN, f"{number} words; a person will read them") if number else (TO_DO, "the cell is empty")


def _tested(cell: NotebookNode, done: NotebookNode) -> tuple[str, str]:  # noqa: PLR0911
    if cell.cell_type != "code":
        return FAILS, "its test is no code cell any more. Select the cell, press Esc, then Y"
    answer, last = _answer_of(cell, done), _last_error(cell)
    to_do = answer is not None and is_untouched(answer)
    if last is None and _is_blank(cell):
        return (TO_DO, "") if to_do else (LATER, "its tests run when you hand in")
    if last is None:
        [gained] = [output for output in cell.outputs if output.output_type == "execute_result"][-1:] or [None]
        points = gained and gained.data.get("text/plain", "")
        most = points_of(cell)
        if points and re.fullmatch(r"\d+(\.\d+)?", points) and float(points) < most:
            return PARTLY, f"{points} of {most:g} points so far"
        return PASSES, ""
    if to_do:
        return TO_DO, ""
    if answer and last.ename == "NameError" and (stopped := _last_error(answer)):
        return FAILS, f"its answer stops: {message(stopped)}"
    if last.ename == "NameError" and (unknown := UNKNOWN.findall(last.evalue)):
        return FAILS, f"there is no `{unknown[0]}`. Is its cell there, above this one, and is the name spelt as it was?"
    if last.ename == "NotImplementedError":
        return FAILS, "it comes to a line that is still to be replaced, here or in an earlier answer that this one uses"
    return NOT_RUN if last.ename == NOT_RUN else FAILS, message(last)


def _is_blank(cell: NotebookNode) -> bool:
    """Tell whether a test has nothing that can be seen."""
    try:
        return not ast.parse(cell.source).body
    except SyntaxError:  # magics
        return False


def _answer_of(test: NotebookNode, done: NotebookNode) -> NotebookNode | None:
    """Find the nearest answer cell before a test."""
    before = done.cells[: next(index for index, cell in enumerate(done.cells) if cell is test)]
    answers = [cell for cell in before if marks_of(cell).get("solution") and cell.cell_type == "code"]
    return answers[-1] if answers else None


def _last_error(cell: NotebookNode) -> NotebookNode | None:
    return next((output for output in reversed(cell.get("outputs", [])) if output.output_type == "error"), None)


def troubles(done: NotebookNode) -> Iterator[str]:
    """Say which other cells stopped, and which took longer than grading lets them."""
    limit = cell_time(done)
    for index, error in _errors(done):
        cell = done.cells[index]
        expected = "raises-exception" in cell.metadata.get("tags", [])
        if marks_of(cell).get("grade") or error.ename in ("NotImplementedError", NOT_RUN) or expected:
            continue
        yield f"T{named(done, index)[1:]} stops: {message(error)}"
    for index, cell in enumerate(done.cells):
        seconds = cell.metadata.get("seconds", 0)
        if limit < seconds < 3 * limit and not is_lecture(cell):
            yield (
                f"T{named(done, index)[1:]} took {seconds:.0f} s. Grading stops a cell after {limit:g} s: can it do "
                "with less?"
            )


def changes(notebook: NotebookNode, path: Path) -> Iterator[str]:
    """Say what of the notebook is not as it was handed out, and would better be."""
    names = [str(marks_of(cell)["grade_id"]) for cell in notebook.cells if "grade_id" in marks_of(cell)]
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    without_marks = bool(code) and not any(map(marks_of, code))
    if without_marks:
        yield f"No cell of code is an answer or a test: {LOST}"
    for name in [] if without_marks else missing(notebook):
        yield (
            f"The cell “{name}” is missing. Copy it back from a fresh copy of the notebook: an answer is only "
            "found in its own cell."
        )
    for index, cell in enumerate(notebook.cells):
        if calls_exit(cell) and not is_lecture(cell):
            yield f"T{named(notebook, index)[1:]} calls exit or quit, which ends Python in grading. Take it out."
        if cell.cell_type == "code" and INSTALLS.search(cell.source):
            yield (
                f"T{named(notebook, index)[1:]} installs something, which was left out: grading has no network, and "
                "only what the course installs."
            )
    for name in dict.fromkeys(name for name in names if names.count(name) > 1):
        yield f"The cell “{name}” is there {names.count(name)} times. Delete all copies but one."
    for cell in notebook.cells:
        marks = marks_of(cell)
        if marks.get("locked") and "checksum" in marks and not is_untouched(cell):
            yield f"The locked cell “{marks.get('grade_id')}” was changed. Grading uses the original: run a fresh copy."
    wanted = about(notebook).get("assignment")
    if wanted and path.stem != wanted:
        yield f"The file is called {path.name}. Hand it in as {wanted}.ipynb."


def unknown_names(done: NotebookNode) -> set[str]:
    """Give the names that cells of a notebook that was run asked for in vain."""
    return {name for _, error in _errors(done) for name in UNKNOWN.findall(error.evalue)}


def _errors(done: NotebookNode) -> list[tuple[int, NotebookNode]]:
    return [
        (index, output)
        for index, cell in enumerate(done.cells)
        for output in cell.get("outputs", [])
        if output.output_type == "error"
    ]


def message(error: NotebookNode) -> str:
    """Say on one line what an error says."""
    said = NUMBERED.sub("(line", " ".join(ANSI.sub("", error.evalue).split()))
    if error.ename == "KeyboardInterrupt" and not said:
        return "it takes too long and was interrupted. Is there a loop that does not end?"
    if error.ename == "StdinNotImplementedError":
        return "it asks for input(), and nobody is there to answer. Give the value in the code instead."
    if error.ename == "ModuleNotFoundError":
        return f"{said}. Grading has only what the course installs: can it be done without?"
    known = error.ename in ("AssertionError", "CheckFailed", ENDED, NOT_RUN)
    whole = said if known and said else f"{error.ename}: {said}".rstrip(": ")
    return whole if len(whole) <= LONGEST else f"{whole[:LONGEST]}…"

"""Are the tests of the exercises any good? Answers that must lose their points, and answers that must keep them.

One module per notebook holds ``EXERCISES``: for each exercise's grade_id ``right`` and ``wrong`` answers, by a name
that says what is special about them. ``python -m tests.exercises`` prints how many of each the tests tell apart.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from nbformat import NotebookNode

from autograder.authoring.build import from_source
from autograder.authoring.trial import Judged, Together
from autograder.notebooks.cells import grade_id

SOLUTIONS = Path(__file__).parents[2] / "solutions"


@dataclass(frozen=True)
class Answer:
    """One answer to one exercise, and whether it is right."""

    assignment: str
    exercise: str
    name: str
    source: str
    is_right: bool

    def __str__(self) -> str:
        return f"{self.assignment[:2]}-{self.exercise}-{'right' if self.is_right else 'wrong'}-{self.name}"


def answers() -> Iterator[Answer]:
    """Yield all answers of all notebooks."""
    for module in sorted(info.name for info in pkgutil.iter_modules(__path__) if info.name.startswith("nb")):
        assignment = module.removeprefix("nb")
        for exercise, kinds in importlib.import_module(f"{__name__}.{module}").EXERCISES.items():
            for kind, sources in kinds.items():
                for name, source in sources.items():
                    yield Answer(assignment, exercise, name, source, kind == "right")


def message(answer: Answer, *, judged: bool = True) -> str | None:
    """Run a notebook with one answer replaced, as the grader does: without the cells tagged demo.

    Args:
        answer: what to put into the answer cell.
        judged: run tests where the answers are not, as in grading; False: all in one place, as in JupyterLab.

    Returns:
        What the exercise's test says against it; None when it passes.
    """
    with (Judged if judged else Together)() as notebook:
        for cell in _cells(answer.assignment):
            if cell.cell_type != "code" or "demo" in cell.metadata.get("tags", []):
                continue
            name = grade_id(cell)
            if name == f"{answer.exercise}-test":
                return notebook.test(cell.source)
            if name is None or not name.endswith("-test"):
                source = answer.source if name == answer.exercise else cell.source
                failure = notebook.run(source, locked=bool(cell.metadata.get("nbgrader", {}).get("locked")))
                if failure is not None and name != answer.exercise:
                    raise AssertionError(f"the cell {name or cell.source!r} of {answer.assignment} fails: {failure}")
    raise AssertionError(f"{answer.assignment} has no cell {answer.exercise}-test")


@cache
def _cells(assignment: str) -> list[NotebookNode]:
    return from_source(SOLUTIONS / assignment / f"{assignment}.py").cells

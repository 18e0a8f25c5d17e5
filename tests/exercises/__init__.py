"""Are the tests of the exercises any good? Answers that must lose their points, and answers that must keep them.

One module per notebook holds ``EXERCISES``: for each exercise's grade_id ``right`` and ``wrong`` answers, by a name
that says what is special about them. ``python -m tests.exercises`` prints how many of each the tests tell apart.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import pkgutil
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from threading import Thread
from typing import Self

from nbformat import NotebookNode

from autograder.authoring.build import from_source
from autograder.judge.agent import Agent
from autograder.judge.channel import Channel
from autograder.judge.standins import Judge, NotSent
from autograder.notebooks import names
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


class Together:
    """Runs a notebook's cells in one namespace."""

    def __init__(self) -> None:
        self.namespace: dict[str, object] = {"__name__": "__main__"}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def run(self, source: str, *, locked: bool = False) -> str | None:
        """Run a cell that is no test; give its error."""
        del locked
        return _run(source, self.namespace)

    def test(self, source: str) -> str | None:
        """Run a test; give its error."""
        return _run(source, self.namespace)


class Judged(Together):
    """Runs tests in a namespace of their own, joined to the other as two kernels are."""

    def __init__(self) -> None:
        super().__init__()
        self.judges: dict[str, object] = {"__name__": "__main__"}
        self.locked = set[str]()
        self.sockets = socket.socketpair()
        channels = [Channel(end) for end in self.sockets]
        self.agent, self.judge = Agent(self.namespace, channels[0]), Judge(self.judges, channels[1])

    def __exit__(self, *_: object) -> None:
        for end in self.sockets:
            end.close()

    def run(self, source: str, *, locked: bool = False) -> str | None:
        failure = super().run(source)
        if locked:
            failure = failure or self.test(source)
            self.locked |= names.defined(source)
        return failure

    def test(self, source: str) -> str | None:
        serving = Thread(target=self.agent.serve)
        serving.start()
        try:
            self.judge.begin(names.read(source), locked=self.locked, bound=names.defined(source))
            return _run(source, self.judges)
        except NotSent as error:
            return f"{type(error).__name__}: {error}"
        finally:
            assert self.judge.end() == [], "an honest notebook is flagged"
            serving.join()


@cache
def _cells(assignment: str) -> list[NotebookNode]:
    return from_source(SOLUTIONS / assignment / f"{assignment}.py").cells


def _run(source: str, namespace: dict[str, object]) -> str | None:
    with contextlib.redirect_stdout(io.StringIO()):
        try:
            exec(compile(source, "<cell>", "exec"), namespace)
        except Exception as error:
            return f"{type(error).__name__}: {error}"
    return None

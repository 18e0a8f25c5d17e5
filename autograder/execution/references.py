"""The run with references: what a submission comes to where reference answers stand in for those that failed.

What is tried, and when a reference takes its place, is told beforehand (`follow_on`). Nothing but points leaves this
run: no output, message, flag or time.
"""

from __future__ import annotations

import time

from nbformat import NotebookNode

from autograder.execution import follow_on
from autograder.execution.outcomes import OUTCOMES
from autograder.execution.pair import Pair, Remarks
from autograder.execution.runner import KernelLostError
from autograder.execution.session import Session
from autograder.notebooks import names
from autograder.notebooks.cells import grade_id, is_answer, is_demo, is_locked, is_test, last_error


class SecondRun:
    """Runs tests again that depend on exercises that failed, and keeps what they gain by it."""

    def __init__(self, session: Session, plan: follow_on.Plan) -> None:
        """Begin.

        Args:
            session: of a submission that was run.
            plan: what to try.
        """
        self._session, self._plan = session, plan
        self._first = session.scores()
        self._without = {i for i, cell in enumerate(session.nb.cells) if _is_lost(cell) and not plan.builds(cell)}
        self._tried: dict[str, tuple[tuple[float, float], list[str]]] = {}
        self._replaced: list[follow_on.Exercise] = []

    def run(self) -> None:
        """Run the tests as often as needed, and leave in the notebook what they gained.

        Raises:
            JudgeLostError: when the judge has died again.
        """
        nb = self._session.nb
        found: dict[str, tuple[float, float]] = {}
        placed: dict[str, list[str]] = {}
        doubted, again = set[int](), True
        at_most = len(self._without) + self._session.terms.max_restarts
        while again:
            self._tried, self._replaced = {}, []
            self._session.allow_time()
            try:
                self._session.go_through(follow_on.rest(nb, self._plan), self._run, Remarks())
                again = False
            except KernelLostError as lost:
                if not self._session.is_first_death(lost, doubted):
                    self._without.add(lost.index)
                    found.pop(str(grade_id(nb.cells[lost.index])), None)
                    again = len(self._without) <= at_most
            for name, (score, references) in self._tried.items():
                found[name], placed[name] = min(score, found.get(name, score)), references
        gained = {name: placed[name] for name, score in found.items() if score > self._first[name]}
        for cell in nb.cells:
            if (name := str(grade_id(cell))) in gained:
                cell.outputs = follow_on.outputs(cell, gained[name], *found[name])
        if gained:
            nb.metadata.autograder.references = gained

    def _run(self, kernels: Pair, cell: NotebookNode, index: int) -> None:
        """Run one cell where it belongs; then put those references in place that are due."""
        if time.monotonic() > self._session.deadline or (is_demo(cell) and not self._session.run_demos):
            return
        if is_test(cell):
            self._try(kernels, cell, index)
        elif index not in self._without:
            kernels.run(cell, index)
        for one in self._due(cell):
            if kernels.put(one) and one not in self._replaced:
                self._replaced.append(one)

    def _try(self, kernels: Pair, cell: NotebookNode, index: int) -> None:
        """Run a test that may gain, or that defines what others need; never with the reference of what it is about."""
        name = str(grade_id(cell))
        own = any(one.name in self._plan.about[name] for one in self._replaced)
        there = [n for n in self._plan.tests.get(name, []) if any(n in one.gives for one in self._replaced)]
        tried = bool(there) and not own and index not in self._without
        if tried or name in self._plan.helpers:
            kernels.judge(cell, index)
        if tried:
            self._tried[name] = self._session.score(cell), there

    def _due(self, cell: NotebookNode) -> list[follow_on.Exercise]:
        """Return the exercises whose reference takes its place after a cell."""
        scores = {**self._first, **{t: max(self._first[t], score) for t, (score, _) in self._tried.items()}}
        due = [one for one in self._plan.after.get(str(grade_id(cell)), []) if one.failed(scores, self._plan.about)]
        if not (is_locked(cell) or is_answer(cell)):  # what else was written there is a version of the same answer
            due += [one for one in self._replaced if one.gives & names.defined(cell.source)]
        return due


def _is_lost(cell: NotebookNode) -> bool:
    """Tell whether a cell met a limit, or was not run."""
    error = last_error(cell)
    return error is not None and error.ename in OUTCOMES

"""One submission on its way through the kernels: what is run, how often, and what of it stands in the end."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from copy import deepcopy

from nbformat import NotebookNode
from nbgrader.utils import determine_grade

from autograder.errors import JudgeLostError, SubmissionError
from autograder.execution import pair, reuse
from autograder.execution.follow_on import Scores
from autograder.execution.outcomes import KERNEL_DIED, NOT_RUN, OUTCOMES, named_error
from autograder.execution.pair import Pair, Remarks, Terms
from autograder.execution.runner import KernelLostError
from autograder.execution.scoring import as_scored
from autograder.execution.turns import Turn
from autograder.notebooks import names
from autograder.notebooks.cells import errors, grade_id, is_demo, is_graded, is_test

Step = Callable[[Pair, NotebookNode, int], None]

JUDGE_DIED = "The judge died twice in the cell {!r}. Grade again."
UNDEFINED = re.compile(r"^name '(\w+)' is not defined")


class Session:
    """Runs one submission until there is nothing left to run, in as many pairs of kernels as it takes.

    A cell that brings a kernel down is given up at its second time; the first time something outside may have done it,
    so everything is run again while no other submission is. Of a test that was run more than once the worst outcome
    stands. Lecture cells are run only if one of the student's lacks a name of theirs.
    """

    def __init__(self, nb: NotebookNode, terms: Terms, turn: Turn, before: NotebookNode | None = None) -> None:
        """Begin.

        Args:
            nb: the submission; what it comes to is left in it.
            terms: how it is run.
            turn: its turn among the submissions of this machine.
            before: what it came to earlier; only tests have changed since.
        """
        self.nb, self.terms, self.turn = nb, terms, turn
        self.seconds: dict[str, float] = {}
        """How long its cells took, by grade_id. Not kept in its file: the same submission gives the same file."""
        self.run_demos = False
        self.deadline = 0.0
        """The moment after which no cell is begun any more."""
        self.remarks = Remarks()
        self._kept: dict[str, NotebookNode] = {}
        if before is not None:
            anew = before.metadata.get("autograder", {}).get("references", {})  # may not need them any more
            self._kept = {name: cell for name, cell in reuse.kept(nb, before).items() if name not in anew}
        if before is not None and self._kept:
            self.run_demos = any(is_demo(cell) and cell.execution_count for cell in before.cells)
            self.remarks.flags = list(before.metadata.autograder.flags)
        self._last = len(nb.cells)
        self._given_up: dict[int, NotebookNode] = {}
        self._doubted = set[int]()
        self._worst: dict[str, tuple[float, list[NotebookNode]]] = {}

    def run(self) -> None:
        """Run everything as often as needed, and leave in the notebook what it came to.

        Raises:
            JudgeLostError: when the judge has died again.
        """
        self.allow_time()
        while not self._is_done():
            pass
        for cell in self.nb.cells:
            if old := self._kept.get(grade_id(cell) or ""):
                cell.outputs = old.outputs
            elif (name := grade_id(cell)) in self._worst:
                cell.outputs = self._worst[str(name)][1]
        about = self.nb.metadata.setdefault("autograder", NotebookNode(notes=[]))
        about.notes += [*_accidents(self.nb), *_questions(self.nb), *self.remarks.failed_locked.values()]
        about.sandboxed, about.flags = self.terms.sandbox, self.remarks.flags

    def allow_time(self) -> None:
        """Give the cells all the time that there is for a notebook, from now on."""
        self.deadline = time.monotonic() + self.terms.limits.total_time

    def go_through(self, nb: NotebookNode, step: Step, remarks: Remarks) -> None:
        """Take the code cells of a notebook one after the other, with a new pair of kernels.

        Args:
            nb: the notebook.
            step: what is done with a cell.
            remarks: what is odd is added here.

        Raises:
            KernelLostError: when a kernel cannot go on.
            SubmissionError: when they cannot be started for what was handed in.
        """
        with pair.start(nb, self.terms, remarks) as kernels:
            for index, cell in enumerate(nb.cells):
                if cell.cell_type == "code":
                    kernels.note(cell)  # also where it is not run
                    step(kernels, cell, index)

    def is_first_death(self, lost: KernelLostError, doubted: set[int]) -> bool:
        """Tell whether a kernel's death means nothing yet; then the submission is alone from now on.

        Args:
            lost: how it was lost.
            doubted: the cells in which kernels have died before; this one is added.

        Raises:
            JudgeLostError: when it is the judge that has died again: then it is nobody's fault.
        """
        if lost.error.ename != KERNEL_DIED:  # it met one of our limits
            return False
        if lost.index not in doubted:
            doubted.add(lost.index)
            self.turn.alone()
            return True
        if lost.of_judge:
            raise JudgeLostError(JUDGE_DIED.format(grade_id(self.nb.cells[lost.index]))) from None
        return False

    def score(self, cell: NotebookNode) -> tuple[float, float]:
        """Return the points of a test that was run, and how many there are."""
        points, most = determine_grade(as_scored(cell), self.terms.log)
        return float(points or 0.0), float(most)

    def scores(self) -> Scores:
        """Return the same for all tests, by grade_id."""
        return {str(grade_id(cell)): self.score(cell) for cell in self.nb.cells if is_test(cell)}

    def keep_worst(self, cell: NotebookNode) -> list[NotebookNode]:
        """Of a test that is run again keep the worst outcome: nobody gets several tries by crashing."""
        name, score = str(grade_id(cell)), self.score(cell)[0]
        if name not in self._worst or score < self._worst[name][0]:
            self._worst[name] = score, deepcopy(cell.outputs)
        return self._worst[name][1]

    def _is_done(self) -> bool:
        """Run all cells once; tell whether that was all, or note what is to be done otherwise the next time."""
        flags = self.remarks.flags
        self.remarks = Remarks(list(flags))
        try:
            self.go_through(self.nb, self._run, self.remarks)
        except KernelLostError as lost:
            if self.is_first_death(lost, self._doubted):
                self.remarks.flags = flags  # nor is anything else held against it
                self.allow_time()
            else:
                self._give_up(lost)
            return False
        except SubmissionError as error:
            for cell in self.nb.cells:
                if cell.cell_type == "code":
                    cell.outputs = [named_error(NOT_RUN, f"not run: {error}")]
            return True
        if self.run_demos or not self._lacks_demos():
            return True
        self.run_demos = True
        self._worst.clear()  # nothing has crashed: the cells that were wanting are run now
        return False

    def _give_up(self, lost: KernelLostError) -> None:
        """Do without a cell from now on; after too many of them, without all that follow."""
        self.turn.beside()
        self._given_up[lost.index] = lost.error
        if len(self._given_up) > self.terms.max_restarts:
            self._last = lost.index

    def _run(self, kernels: Pair, cell: NotebookNode, index: int) -> None:
        if grade_id(cell) in self._kept:
            return
        start = time.monotonic()
        try:
            self._run_in_its_place(kernels, cell, index)
        finally:
            if name := grade_id(cell):
                self.seconds[name] = round(time.monotonic() - start, 3)

    def _run_in_its_place(self, kernels: Pair, cell: NotebookNode, index: int) -> None:
        """Run one cell where it belongs, unless it was given up or time is up."""
        if is_demo(cell) and not self.run_demos:
            return
        if index in self._given_up:
            cell.outputs = [self._given_up[index]]
        elif index > self._last:
            cell.outputs = [named_error(NOT_RUN, "not run: cells before this one crashed too often.")]
        elif time.monotonic() > self.deadline:
            seconds = self.terms.limits.total_time
            cell.outputs = [named_error(NOT_RUN, f"not run: the notebook took more than {seconds} s.")]
        elif is_test(cell):
            kernels.judge(cell, index)
            self.keep_worst(cell)
        else:
            kernels.run(cell, index)

    def _lacks_demos(self) -> bool:
        """Tell whether a cell failed for want of a name that a cell which was not run defines."""
        missing = {name for cell in self.nb.cells for error in errors(cell) for name in UNDEFINED.findall(error.evalue)}
        return any(missing & names.defined(cell.source) for cell in self.nb.cells if is_demo(cell))


def _questions(nb: NotebookNode) -> list[str]:
    """Tell of cells that asked for input, which nobody gives in grading."""
    return [
        f"The cell “{grade_id(cell) or cell.source.strip().splitlines()[0][:60]}”: input() gets no answer in grading. "
        "Write the value into the cell."
        for cell in nb.cells
        for output in errors(cell)
        if output.ename == "StdinNotImplementedError"
    ]


def _accidents(nb: NotebookNode) -> list[str]:
    """Tell of cells that hung or crashed outside the tests, which show only what came of it."""
    return [
        f"The cell “{grade_id(cell) or cell.source.strip().splitlines()[0][:60]}”: {output.evalue}"
        for cell in nb.cells
        for output in errors(cell)
        if output.ename in OUTCOMES - {NOT_RUN} and not is_graded(cell)
    ]

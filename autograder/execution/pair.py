"""The two kernels of one run: the student's, which runs the cells, and the judge's, which runs the tests."""

from __future__ import annotations

import asyncio
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from jupyter_core.utils import run_sync
from nbformat import NotebookNode
from nbformat.v4 import new_output

from autograder.execution.follow_on import Exercise
from autograder.execution.outcomes import KERNEL_DIED, TIMED_OUT, named_error
from autograder.execution.runner import DEAF, GRACE, Kernel, KernelLostError
from autograder.kernels.limits import Limits
from autograder.notebooks import names
from autograder.notebooks.cells import grade_id, is_answer, is_locked, is_ours_alone, last_error

GONE = "GoneError"  # of autograder.judge.standins
SERVE = "__import__('autograder.judge.agent', fromlist=['serve']).serve()"
JUDGE = "__import__('autograder.judge.standins', fromlist=['this_kernel']).this_kernel()"
PUT = "__import__('autograder.judge.reference', fromlist=['put']).put({!r}, {!r})"


@dataclass(frozen=True)
class Terms:
    """How submissions of an assignment are run, whoever handed them in.

    Args:
        source: the notebook as the instructor wrote it.
        limits: what a submission may use.
        sandbox: whether its kernels are confined.
        processors: numbers of those that the kernels may run on; none: all.
        folder: where the student's kernel starts; None: in an empty one.
        judges_folder: where the judge does. It has the files that all students got, not those that one handed in.
        max_restarts: how many cells may take a kernel with them before the rest is not run.
        config: nbgrader's.
        log: nbgrader's.
    """

    source: NotebookNode
    limits: Limits = field(default_factory=Limits)
    sandbox: bool = True
    processors: tuple[int, ...] = ()
    folder: str | None = None
    judges_folder: str | None = None
    max_restarts: int = 3
    config: Any = None
    log: Any = None
    answers: frozenset[str] = field(init=False)
    """Names that the reference answers define."""
    classes: frozenset[str] = field(init=False)
    """Those of the classes that answers and locked cells define."""

    def __post_init__(self) -> None:
        code = [cell for cell in self.source.cells if cell.cell_type == "code"]
        answers = [names.defined(cell.source) for cell in code if is_answer(cell)]
        classes = [names.classes(cell.source) for cell in code if is_answer(cell) or is_locked(cell)]
        object.__setattr__(self, "answers", frozenset[str]().union(*answers))
        object.__setattr__(self, "classes", frozenset[str]().union(*classes))


@dataclass
class Remarks:
    """What there is to say about a run, beside what its cells show."""

    flags: list[str] = field(default_factory=list)
    """What was odd about the student's kernel, for a person to look at."""
    failed_locked: dict[str, str] = field(default_factory=dict)
    """Locked cells that failed in the judge only: by their place, in words for the student."""


class Pair:
    """Two kernels, joined by a pair of sockets, on their way through the cells of one notebook."""

    def __init__(self, student: Kernel, judge: Kernel, terms: Terms, remarks: Remarks) -> None:
        """Begin with kernels that have been started.

        Args:
            student: the kernel that runs the student's cells.
            judge: the one that runs the tests.
            terms: how they are run.
            remarks: what this run adds to.
        """
        self._student, self._judge, self._terms, self._remarks = student, judge, terms, remarks
        self._locked: set[str] = set()
        self._ours: set[str] = set()

    def note(self, cell: NotebookNode) -> None:
        """Note the names that a cell gives, run or not: those of the instructor's are never asked of the student's."""
        if is_ours_alone(cell):
            self._ours |= names.defined(cell.source) - self._terms.answers

    def run(self, cell: NotebookNode, index: int) -> None:
        """Run a cell in the student's kernel; a locked one in the judge as well.

        Raises:
            KernelLostError: when a kernel cannot go on.
        """
        run_sync(self._student.run)(cell, index)
        if is_locked(cell):
            run_sync(self._locked_too)(cell, index)

    def judge(self, cell: NotebookNode, index: int) -> None:
        """Run a test in the judge while the student's kernel answers its questions.

        Raises:
            KernelLostError: when a kernel cannot go on.
        """
        run_sync(self._judged)(cell, index)

    def put(self, exercise: Exercise) -> bool:
        """Put a reference answer in the place of the student's; tell whether it is there."""
        code = PUT.format(exercise.packed, sorted(exercise.gives))
        reply = run_sync(self._student.ask)(code, self._terms.limits.cell_time)
        return bool(reply["status"] == "ok")

    async def _locked_too(self, cell: NotebookNode, index: int) -> None:
        """Run a locked cell in the judge as well; the student's outputs are the ones that stay."""
        twin = deepcopy(cell)
        await self._judged(twin, index, always=True)
        self._locked |= names.defined(cell.source)
        if (error := last_error(twin)) and not last_error(cell):
            self._remarks.failed_locked[str(index)] = (
                f"The locked cell “{grade_id(cell)}” failed when the tests were prepared: {error.ename}: {error.evalue}"
            )

    async def _judged(self, cell: NotebookNode, index: int, *, always: bool = False) -> None:
        """Run a cell in the judge while the student's kernel answers its questions.

        Args:
            cell: the cell.
            index: its place.
            always: run it also without what the student's kernel refuses to tell; what it defines must not be missing.
        """
        wanted = sorted(names.read(cell.source) - self._ours)
        serving = asyncio.ensure_future(self._student.ask(SERVE, None))
        watch = asyncio.ensure_future(self._stop_deserted(serving))
        try:
            answers, classes = set(self._terms.answers), set(self._terms.classes)
            sets = answers, self._locked, names.defined(cell.source), classes
            begin = f"{JUDGE}.begin({wanted}, {', '.join(map(repr, sets))}, ours={self._ours})"
            begun = await self._judge.ask(begin, self._terms.limits.cell_time)
            if begun["status"] == "ok" or (always and begun["status"] == "error"):
                try:
                    await self._judge.run(cell, index)
                except KernelLostError as lost:
                    lost.of_judge = True
                    raise
            if begun["status"] == "error" and (last_error(cell) or not always):
                cell.outputs = [new_output("error", **{key: begun[key] for key in ("ename", "evalue", "traceback")})]
            elif begun["status"] not in ("ok", "error"):
                cell.outputs = [self._judge.error_on_timeout]
            cell.execution_count = None
            watch.cancel()
            await self._end_judgement(cell, index, serving)
        finally:
            watch.cancel()
            serving.cancel()

    async def _stop_deserted(self, serving: asyncio.Future[Any]) -> None:
        """Interrupt a test whose questions nobody answers any more."""
        await asyncio.wait([serving])
        await asyncio.sleep(GRACE / 10)
        await self._judge.interrupt()

    async def _end_judgement(self, cell: NotebookNode, index: int, serving: asyncio.Future[Any]) -> None:
        """Have the student's kernel go on with its cells; give the test up if it does not."""
        error = last_error(cell)
        if error is not None and error.ename == TIMED_OUT:
            await self._student.interrupt()
        deserted = serving.done()
        ended = {} if deserted else await self._judge.ask(f"{JUDGE}.end()", GRACE, value=True)
        if "value" not in ended:  # what was odd can be told all the same
            ended = {**await self._judge.ask(f"list({JUDGE}.flags)", GRACE, value=True), "status": "error"}
        self._remarks.flags = list(dict.fromkeys([*self._remarks.flags, *ended.get("value", [])]))
        await asyncio.wait([serving], timeout=GRACE)
        flood = self._student.flood()
        if flood:
            await self._student.signalled()
        gone = error is not None and error.ename == GONE  # it has ended, even if nobody has noticed yet
        if (
            serving.done()
            and ended["status"] == "ok"
            and not (gone or self._student.is_dead() or self._student.is_cut())
        ):
            cell.outputs += flood
            return
        of_judge = self._judge.is_dead() and not self._student.is_dead()
        if self._judge.is_dead() or self._student.is_dead():
            error = (self._judge if self._judge.is_dead() else self._student).why_dead()
        elif deserted and not self._student.is_cut():
            self._remarks.flags.append("its kernel does not answer the tests")
            error = named_error(KERNEL_DIED, "your code does not answer the tests any more.")
        else:
            [error] = self._student.flood(DEAF) or [
                named_error(TIMED_OUT, f"stopped after {self._terms.limits.cell_time} s; {DEAF}.")
            ]
        raise KernelLostError(index, error, of_judge=of_judge)


@contextmanager
def start(nb: NotebookNode, terms: Terms, remarks: Remarks) -> Iterator[Pair]:
    """Start two kernels for the cells of a notebook, and end them.

    Args:
        nb: the notebook; what the student's cells show goes there.
        terms: how it is run.
        remarks: what is odd about it is added here.

    Raises:
        SubmissionError: when they cannot be started for what was handed in.
    """
    ends = socket.socketpair()
    with tempfile.TemporaryDirectory() as empty, ends[0], ends[1]:
        folders = terms.folder or empty, terms.judges_folder or empty
        student, judge = (
            Kernel(
                book,
                folder,
                end.fileno(),
                terms.limits,
                sandbox=terms.sandbox,
                processors=list(terms.processors),
                config=terms.config,
            )
            for book, folder, end in zip((nb, deepcopy(nb)), folders, ends, strict=True)
        )
        try:
            run_sync(_together)(student.start(), judge.start())
            for end in ends:
                end.close()  # so that each kernel notices when the other one ends
            nb.metadata["language_info"] = judge.language_info
            yield Pair(student, judge, terms, remarks)
        finally:
            run_sync(_together)(student.stop(), judge.stop())


async def _together(*steps: Any) -> None:
    """Do several things at the same time; all of them end, and then the first error is raised."""
    results = await asyncio.gather(*steps, return_exceptions=True)
    for error in filter(None, results):
        raise error

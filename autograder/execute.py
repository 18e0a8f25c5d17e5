"""Running a submission: the student's cells in one sandboxed kernel, the tests in another that judges it.

`ExecuteSubmission` is what nbgrader is told to use in place of its own part (nbgrader_config.py). How a kernel runs a
cell within limits is in runner.py.
"""

from __future__ import annotations

import asyncio
import re
import socket
import tempfile
import time
from collections.abc import Callable
from copy import deepcopy
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

import nbformat
from jupyter_core.utils import run_sync
from nbformat import NotebookNode
from nbformat.v4 import new_notebook, new_output
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import Execute
from nbgrader.utils import is_grade, is_solution
from traitlets import Bool, Dict, Integer, List, Unicode

from autograder import earlier, follow_on, turns
from autograder.errors import JudgeLostError, SubmissionError
from autograder.judge import names
from autograder.kernels import specs
from autograder.limits import Limits
from autograder.release import read_source
from autograder.runner import (
    DEAF,
    GRACE,
    KERNEL_DIED,
    NOT_RUN,
    OUTCOMES,
    TIMED_OUT,
    Kernel,
    KernelLostError,
    is_demo,
    is_locked,
    named_error,
)
from autograder.submission import grade_id

Result = tuple[NotebookNode, dict[str, Any]]
Step = Callable[[NotebookNode, int], None]

GONE = "GoneError"  # of autograder.judge.standins
SERVE = "__import__('autograder.judge.agent', fromlist=['serve']).serve()"
JUDGE = "__import__('autograder.judge.standins', fromlist=['this_kernel']).this_kernel()"
PUT = "__import__('autograder.judge.reference', fromlist=['put']).put({!r}, {!r})"
JUDGE_DIED = "The judge died twice in the cell {!r}. Grade again."
UNDEFINED = re.compile(r"^name '(\w+)' is not defined")


class ExecuteSubmission(Execute):  # type: ignore[misc]
    """Runs a submission (first of `Autograde.autograde_preprocessors`) in two sandboxed kernels.

    The student's kernel runs all cells but the tests, in order. The judge runs the instructor's locked cells and the
    tests, at the same places; what a test reads of the student's is asked for while the student's kernel answers.

    A cell that runs or writes too long is interrupted and the next one goes on. A cell that cannot be interrupted is
    given up: all others are run again in new kernels without it. So is one that brings a kernel down, if it does so
    again while no other submission runs: the first time something outside may have done it (the system's memory killer,
    an administrator). Of a test that was run more than once the worst outcome stands. Lecture cells tagged
    demo are not run, unless it turns out that one of the student's cells lacks a name that they define: then everything
    is run. Where a test may have failed only for an earlier exercise that failed, there is a run with references
    (`autograder.follow_on`).
    """

    seconds: ClassVar[dict[str, float]] = {}
    """How long the cells of the submission that this process has run last took, by grade_id. Not kept in its file: the
    same submission gives the same file."""

    limits = Dict(help="What a submission may use: names and values as in autograder/limits.py.").tag(config=True)
    assignment_limits = Dict(help="The same for single assignments, by name.").tag(config=True)
    max_restarts = Integer(3, help="Cells that may take the kernel with them before the rest is not run.").tag(
        config=True
    )
    timeout = Integer(
        None, allow_none=True, help="nbgrader's setting; where given, it replaces the limit cell_time."
    ).tag(config=True)
    before = Unicode(
        "",
        help="A notebook: what this submission came to earlier. Only tests have changed since; those that have not "
        "keep what they came to and are not run again.",
    ).tag(config=True)
    processors = List(
        Integer(), help="Numbers of the machine's processors that its kernels may run on; by default all."
    ).tag(config=True)
    sandbox = Bool(True, help="Without it a submission can do whatever you can do on this machine.").tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any], km: Any = None) -> Result:
        """Run all cells; restart without the guilty one as often as needed and allowed."""
        del km  # each submission has kernels of its own
        assignment = resources["nbgrader"]["assignment"]
        special = self.assignment_limits.get(assignment, {})
        if self.timeout:
            special = {**special, "cell_time": self.timeout}
        self._allowed = Limits.of(self.limits, special, f"ExecuteSubmission.limits (for {assignment})")
        self.seconds.clear()
        before = nbformat.read(self.before, as_version=4) if self.before else new_notebook()
        if self.before and earlier.is_same(nb, before):
            earlier.fill(nb, before)
            return nb, resources
        anew = before.metadata.get("autograder", {}).get("references", {})  # may not need them any more
        self._kept = {name: cell for name, cell in earlier.kept(nb, before).items() if name not in anew}
        specs.ensure()
        self._given_up: dict[int, NotebookNode] = {}
        self._deadline = time.monotonic() + self._allowed.total_time
        self._last = len(nb.cells)
        self._run_demos = bool(self._kept) and any(is_demo(cell) and cell.execution_count for cell in before.cells)
        self._flags: list[str] = before.metadata.autograder.flags if self._kept else []
        source = self.source(resources)
        ours = [cell for cell in source.cells if cell.cell_type == "code"]
        self._answers = set[str]().union(*(names.defined(cell.source) for cell in ours if is_solution(cell)))
        self._classes = set[str]().union(
            *(names.classes(cell.source) for cell in ours if is_solution(cell) or is_locked(cell))
        )
        nb.metadata.setdefault("autograder", NotebookNode(notes=[]))
        self._worst: dict[str, tuple[float, list[NotebookNode]]] = {}
        self._doubted = set[int]()
        with turns.turn() as self._turn:
            self._run_until_done(nb, resources, source)
        return nb, resources

    def _run_until_done(self, nb: NotebookNode, resources: dict[str, Any], source: NotebookNode) -> None:
        """Run everything as often as needed, and leave in the notebook what it came to."""
        about = nb.metadata.autograder
        while not self._is_done(nb, resources):
            pass
        for cell in nb.cells:
            if old := self._kept.get(grade_id(cell) or ""):
                cell.outputs = old.outputs
            elif (name := grade_id(cell)) in self._worst:
                cell.outputs = self._worst[str(name)][1]
        about.notes += [*_accidents(nb), *_questions(nb), *self._failed_locked.values()]
        about.sandboxed, about.flags = self.sandbox, self._flags
        if plan := follow_on.plan(
            source, nb, {str(grade_id(c)): self._score(c) for c in nb.cells if earlier.is_test(c)}
        ):
            self._try_with_references(nb, resources, plan)

    def _is_done(self, nb: NotebookNode, resources: dict[str, Any]) -> bool:
        """Run all cells once; tell whether that was all, or note what is to be done otherwise the next time.

        Raises:
            JudgeLostError: when the judge has died again.
        """
        self._failed_locked: dict[str, str] = {}
        flags = list(self._flags)
        try:
            self._run_all(nb, resources)
        except KernelLostError as lost:
            if self._is_doubtful(lost, nb):
                self._flags = flags  # nor is anything else held against it
            return False
        except SubmissionError as error:
            for cell in nb.cells:
                if cell.cell_type == "code":
                    cell.outputs = [named_error(NOT_RUN, f"not run: {error}")]
            return True
        if self._run_demos or not self._lacks_demos(nb):
            return True
        self._run_demos = True
        self._worst.clear()  # nothing has crashed: the cells that were wanting are run now
        return False

    def _is_doubtful(self, lost: KernelLostError, nb: NotebookNode) -> bool:
        """Tell whether a kernel's death means nothing yet, as the first time, unless it met one of our limits."""
        died = lost.error.ename == KERNEL_DIED
        if died and lost.index not in self._doubted:
            self._doubted.add(lost.index)
            self._turn.alone()
            self._deadline = time.monotonic() + self._allowed.total_time
            return True
        self._turn.beside()
        if died and lost.of_judge:
            raise JudgeLostError(JUDGE_DIED.format(grade_id(nb.cells[lost.index]))) from None
        self._given_up[lost.index] = lost.error
        if len(self._given_up) > self.max_restarts:
            self._last = lost.index
        return False

    def source(self, resources: dict[str, Any]) -> NotebookNode:
        """Read the notebook as the instructor wrote it."""
        course, where = CourseDirectory(config=self.config), resources["nbgrader"]
        folder = course.format_path(course.source_directory, ".", where["assignment"])
        return read_source(Path(folder) / f"{where['notebook']}.ipynb")

    def _judges_folder(self, resources: dict[str, Any], empty: str) -> str:
        """The judge sees the files that all students got, not those that this one handed in."""
        course = CourseDirectory(config=self.config)
        released = course.format_path(course.release_directory, ".", resources["nbgrader"]["assignment"])
        return str(released) if Path(released).is_dir() else empty

    def _run_all(self, nb: NotebookNode, resources: dict[str, Any], step: Step | None = None) -> None:
        pair = socket.socketpair()
        with tempfile.TemporaryDirectory() as empty, pair[0], pair[1]:
            folders = resources["metadata"].get("path") or empty, self._judges_folder(resources, empty)
            self._student, self._judge = (
                Kernel(
                    book,
                    folder,
                    end.fileno(),
                    self._allowed,
                    sandbox=self.sandbox,
                    processors=self.processors,
                    config=self.config,
                )
                for book, folder, end in zip((nb, deepcopy(nb)), folders, pair, strict=True)
            )
            try:
                run_sync(_together)(self._student.start(), self._judge.start())
                for end in pair:
                    end.close()  # so that each kernel notices when the other one ends
                nb.metadata["language_info"] = self._judge.language_info
                self._locked: set[str] = set()
                self._ours: set[str] = set()
                for index, cell in enumerate(nb.cells):
                    if cell.cell_type == "code":
                        if _is_ours_alone(cell):  # also where it is not run
                            self._ours |= names.defined(cell.source) - self._answers
                        (step or self._run)(cell, index)
            finally:
                run_sync(_together)(self._student.stop(), self._judge.stop())

    def _run(self, cell: NotebookNode, index: int) -> None:
        if grade_id(cell) in self._kept:
            return
        start = time.monotonic()
        try:
            self._run_in_its_place(cell, index)
        finally:
            if name := grade_id(cell):
                self.seconds[name] = round(time.monotonic() - start, 3)

    def _run_in_its_place(self, cell: NotebookNode, index: int) -> None:
        """Run one cell where it belongs, unless it was given up or time is up."""
        if is_demo(cell) and not self._run_demos:
            return
        if index in self._given_up:
            cell.outputs = [self._given_up[index]]
        elif index > self._last:
            cell.outputs = [named_error(NOT_RUN, "not run: cells before this one crashed too often.")]
        elif time.monotonic() > self._deadline:
            cell.outputs = [named_error(NOT_RUN, f"not run: the notebook took more than {self._allowed.total_time} s.")]
        elif earlier.is_test(cell):
            run_sync(self._judged)(cell, index)
            self._keep_worst(cell)
        else:
            run_sync(self._student.run)(cell, index)
            if is_locked(cell):
                run_sync(self._locked_too)(cell, index)

    def _keep_worst(self, cell: NotebookNode) -> None:
        """Of a test that is run again keep the worst outcome: nobody gets several tries by crashing."""
        name, score = str(grade_id(cell)), self._score(cell)[0]
        if name not in self._worst or score < self._worst[name][0]:
            self._worst[name] = score, deepcopy(cell.outputs)

    def _score(self, cell: NotebookNode) -> tuple[float, float]:
        """Give the points of a test that was run, and how many there are."""
        from nbgrader.utils import determine_grade

        from autograder.plugins import as_scored

        points, most = determine_grade(as_scored(cell), self.log)
        return float(points or 0.0), float(most)

    def _try_with_references(self, nb: NotebookNode, resources: dict[str, Any], plan: follow_on.Plan) -> None:
        """Run tests again that depend on exercises that failed. Only what they gain by it is kept."""
        flags, failed_locked = list(self._flags), dict(self._failed_locked)
        first = {str(grade_id(cell)): self._score(cell) for cell in nb.cells if earlier.is_test(cell)}
        found: dict[str, tuple[float, float]] = {}
        placed: dict[str, list[str]] = {}
        without = {index for index, cell in enumerate(nb.cells) if _is_lost(cell) and not plan.builds(cell)}
        doubted, again, at_most = set[int](), True, len(without) + self.max_restarts
        while again:
            self._tried: dict[str, tuple[tuple[float, float], list[str]]] = {}
            self._replaced: list[follow_on.Exercise] = []
            self._deadline = time.monotonic() + self._allowed.total_time
            step = partial(self._run_again, plan=plan, first=first, without=without)
            try:
                self._run_all(follow_on.rest(nb, plan), resources, step)
                again = False
            except KernelLostError as lost:
                if lost.error.ename == KERNEL_DIED and lost.index not in doubted:
                    doubted.add(lost.index)
                    self._turn.alone()
                elif lost.error.ename == KERNEL_DIED and lost.of_judge:
                    raise JudgeLostError(JUDGE_DIED.format(grade_id(nb.cells[lost.index]))) from None
                else:
                    without.add(lost.index)
                    found.pop(str(grade_id(nb.cells[lost.index])), None)
                    again = len(without) <= at_most
            for name, (score, references) in self._tried.items():
                found[name], placed[name] = min(score, found.get(name, score)), references
        self._flags, self._failed_locked = flags, failed_locked
        gained = {name: placed[name] for name, score in found.items() if score > first[name]}
        for cell in nb.cells:
            if (name := str(grade_id(cell))) in gained:
                cell.outputs = follow_on.outputs(cell, gained[name], *found[name])
        if gained:
            nb.metadata.autograder.references = gained

    def _run_again(
        self, cell: NotebookNode, index: int, plan: follow_on.Plan, first: follow_on.Scores, without: set[int]
    ) -> None:
        """Run one cell where it belongs, in a run with references; then put those in place that are due."""
        name = str(grade_id(cell))
        if time.monotonic() > self._deadline or (is_demo(cell) and not self._run_demos):
            return
        if earlier.is_test(cell):
            own = any(one.name in plan.about[name] for one in self._replaced)
            there = [given for given in plan.tests.get(name, []) if any(given in one.gives for one in self._replaced)]
            tried = bool(there) and not own and index not in without
            if tried or name in plan.helpers:
                run_sync(self._judged)(cell, index)
            if tried:
                self._tried[name] = self._score(cell), there
        elif index not in without:
            run_sync(self._student.run)(cell, index)
            if is_locked(cell):
                run_sync(self._locked_too)(cell, index)
        scores = {**first, **{test: max(first[test], score) for test, (score, _) in self._tried.items()}}
        due = [one for one in plan.after.get(name, []) if one.failed(scores, plan.about)]
        if not (is_locked(cell) or is_solution(cell)):  # what else was written there is a version of the same answer
            due += [one for one in self._replaced if one.gives & names.defined(cell.source)]
        for one in due:
            reply = run_sync(self._student.ask)(PUT.format(one.packed, sorted(one.gives)), self._allowed.cell_time)
            if reply["status"] == "ok" and one not in self._replaced:
                self._replaced.append(one)

    async def _locked_too(self, cell: NotebookNode, index: int) -> None:
        """Run a locked cell in the judge as well; the student's outputs are the ones that stay."""
        twin = deepcopy(cell)
        await self._judged(twin, index, always=True)
        self._locked |= names.defined(cell.source)
        if (error := _last_error(twin)) and not _last_error(cell):
            self._failed_locked[str(index)] = (
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
            sets = self._answers, self._locked, names.defined(cell.source), self._classes
            begin = f"{JUDGE}.begin({wanted}, {', '.join(map(repr, sets))}, ours={self._ours})"
            begun = await self._judge.ask(begin, self._allowed.cell_time)
            if begun["status"] == "ok" or (always and begun["status"] == "error"):
                try:
                    await self._judge.run(cell, index)
                except KernelLostError as lost:
                    lost.of_judge = True
                    raise
            if begun["status"] == "error" and (_last_error(cell) or not always):
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
        error = _last_error(cell)
        if error is not None and error.ename == TIMED_OUT:
            await self._student.interrupt()
        deserted = serving.done()
        ended = {} if deserted else await self._judge.ask(f"{JUDGE}.end()", GRACE, value=True)
        if "value" not in ended:  # what was odd can be told all the same
            ended = {**await self._judge.ask(f"list({JUDGE}.flags)", GRACE, value=True), "status": "error"}
        self._flags = list(dict.fromkeys([*self._flags, *ended.get("value", [])]))
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
            self._flags.append("its kernel does not answer the tests")
            error = named_error(KERNEL_DIED, "your code does not answer the tests any more.")
        else:
            [error] = self._student.flood(DEAF) or [
                named_error(TIMED_OUT, f"stopped after {self._allowed.cell_time} s; {DEAF}.")
            ]
        raise KernelLostError(index, error, of_judge=of_judge)

    def _lacks_demos(self, nb: NotebookNode) -> bool:
        """Tell whether a cell failed for want of a name that a cell which was not run defines."""
        errors = [output for cell in nb.cells for output in cell.get("outputs", []) if output.output_type == "error"]
        missing = {name for error in errors for name in UNDEFINED.findall(error.evalue)}
        return any(missing & names.defined(cell.source) for cell in nb.cells if is_demo(cell))


async def _together(*steps: Any) -> None:
    """Do several things at the same time; all of them end, and then the first error is raised."""
    results = await asyncio.gather(*steps, return_exceptions=True)
    for error in filter(None, results):
        raise error


def _is_ours_alone(cell: NotebookNode) -> bool:
    """Tell whether what a cell defines is never the student's: locked cells and tests, whether they are run or not."""
    return (is_locked(cell) or is_grade(cell)) and not is_solution(cell)


def _last_error(cell: NotebookNode) -> NotebookNode | None:
    errors = [output for output in cell.get("outputs", []) if output.output_type == "error"]
    return errors[-1] if errors else None


def _is_lost(cell: NotebookNode) -> bool:
    """Tell whether a cell met a limit, or was not run."""
    error = _last_error(cell)
    return error is not None and error.ename in OUTCOMES


def _questions(nb: NotebookNode) -> list[str]:
    """Tell of cells that asked for input, which nobody gives in grading."""
    return [
        f"The cell “{grade_id(cell) or cell.source.strip().splitlines()[0][:60]}”: input() gets no answer in grading. "
        "Write the value into the cell."
        for cell in nb.cells
        for output in cell.get("outputs", [])
        if output.output_type == "error" and output.ename == "StdinNotImplementedError"
    ]


def _accidents(nb: NotebookNode) -> list[str]:
    """Tell of cells that hung or crashed outside the tests, which show only what came of it."""
    return [
        f"The cell “{grade_id(cell) or cell.source.strip().splitlines()[0][:60]}”: {output.evalue}"
        for cell in nb.cells
        for output in cell.get("outputs", [])
        if output.output_type == "error" and output.ename in OUTCOMES - {NOT_RUN} and not is_grade(cell)
    ]

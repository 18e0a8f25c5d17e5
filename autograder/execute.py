"""Running a submission: the student's cells in one sandboxed kernel, the tests in another that judges it.

`ExecuteSubmission` is what nbgrader is told to use in place of its own part (nbgrader_config.py). Each `Kernel` runs
single cells within limits; what happens at a limit has a name (`OUTCOMES`) that ends up in the feedback.
"""

from __future__ import annotations

import ast
import asyncio
import json
import re
import signal
import socket
import tempfile
import threading
import time
from contextlib import suppress
from copy import deepcopy
from pathlib import Path
from queue import Empty
from subprocess import DEVNULL
from typing import Any, ClassVar

import nbformat
from jupyter_core.utils import run_sync
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode, validate
from nbformat.v4 import new_notebook, new_output
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import Execute
from nbgrader.utils import is_grade, is_solution
from traitlets import Bool, Dict, Integer, Unicode
from zmq import EVENT_DISCONNECTED, EVENTS, POLLIN, ZMQError

from autograder import earlier
from autograder.errors import SubmissionError
from autograder.judge import names
from autograder.kernels import SANDBOXED, WARM, specs
from autograder.limits import Limits
from autograder.rebuild import grade_id
from autograder.release import read_source

Result = tuple[NotebookNode, dict[str, Any]]

# Names of errors that stand for an outcome
TIMED_OUT, KERNEL_DIED, NOT_RUN, OUT_OF_MEMORY, TOO_MUCH_OUTPUT = (
    "TimedOut",
    "KernelDied",
    "NotRun",
    "OutOfMemory",
    "TooMuchOutput",
)
OUTCOMES = {TIMED_OUT, KERNEL_DIED, NOT_RUN, OUT_OF_MEMORY, TOO_MUCH_OUTPUT}
GRACE = 10  # seconds after its time until a cell is ended that cannot be interrupted
SIGNAL = 0.2  # seconds until a signal that was sent has come to something
DEAF = "it could not be interrupted"
SERVE = "__import__('autograder.judge.agent', fromlist=['serve']).serve()"
JUDGE = "__import__('autograder.judge.standins', fromlist=['this_kernel']).this_kernel()"
UNDEFINED = re.compile(r"^name '(\w+)' is not defined")


class ExecuteSubmission(Execute):  # type: ignore[misc]
    """Runs a submission (first of `Autograde.autograde_preprocessors`) in two sandboxed kernels.

    The student's kernel runs all cells but the tests, in order. The judge runs the instructor's locked cells and the
    tests, at the same places; what a test reads of the student's is asked for while the student's kernel answers.

    A cell that runs or writes too long is interrupted and the next one goes on. A cell that cannot be interrupted, or
    that brings a kernel down, is given up: all others are run again in new kernels without it. Lecture cells tagged
    demo are not run, unless it turns out that one of the student's cells lacks a name that they define: then everything
    is run.
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
        self._kept = earlier.kept(nb, before)
        specs.ensure()
        self._given_up: dict[int, NotebookNode] = {}
        self._deadline = time.monotonic() + self._allowed.total_time
        self._last = len(nb.cells)
        self._run_demos = bool(self._kept) and any(_is_demo(cell) and cell.execution_count for cell in before.cells)
        self._flags: list[str] = before.metadata.autograder.flags if self._kept else []
        ours = [cell for cell in self.source(resources).cells if cell.cell_type == "code"]
        self._answers = set[str]().union(*(names.defined(cell.source) for cell in ours if is_solution(cell)))
        self._classes = set[str]().union(
            *(names.classes(cell.source) for cell in ours if is_solution(cell) or _is_locked(cell))
        )
        about = nb.metadata.setdefault("autograder", NotebookNode(notes=[]))
        while True:
            try:
                self._failed_locked: dict[str, str] = {}
                self._run_all(nb, resources)
            except _KernelLostError as lost:
                self._given_up[lost.index] = lost.error
                if len(self._given_up) > self.max_restarts:
                    self._last = lost.index
            except SubmissionError as error:
                for cell in nb.cells:
                    cell.update({"outputs": [_error(NOT_RUN, f"not run: {error}")]} if cell.cell_type == "code" else {})
                break
            else:
                if self._run_demos or not self._lacks_demos(nb):
                    break
                self._run_demos = True
        for cell in nb.cells:
            if old := self._kept.get(grade_id(cell) or ""):
                cell.outputs = old.outputs
        about.notes += [*_accidents(nb), *self._failed_locked.values()]
        about.sandboxed, about.flags = self.sandbox, self._flags
        return nb, resources

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

    def _run_all(self, nb: NotebookNode, resources: dict[str, Any]) -> None:
        pair = socket.socketpair()
        with tempfile.TemporaryDirectory() as empty, pair[0], pair[1]:
            folders = resources["metadata"].get("path") or empty, self._judges_folder(resources, empty)
            self._student, self._judge = (
                Kernel(book, folder, end.fileno(), self._allowed, sandbox=self.sandbox, config=self.config)
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
                        self._run(cell, index)
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
        if _is_demo(cell) and not self._run_demos:
            return
        if index in self._given_up:
            cell.outputs = [self._given_up[index]]
        elif index > self._last:
            cell.outputs = [_error(NOT_RUN, "not run: cells before this one crashed too often.")]
        elif time.monotonic() > self._deadline:
            cell.outputs = [_error(NOT_RUN, f"not run: the notebook took more than {self._allowed.total_time} s.")]
        elif earlier.is_test(cell):
            run_sync(self._judged)(cell, index)
        else:
            run_sync(self._student.run)(cell, index)
            if _is_locked(cell):
                run_sync(self._locked_too)(cell, index)

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
                await self._judge.run(cell, index)
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
        if serving.done() and ended["status"] == "ok" and not (self._student.is_dead() or self._student.is_cut()):
            cell.outputs += flood
            return
        if self._judge.is_dead() or self._student.is_dead():
            error = (self._judge if self._judge.is_dead() else self._student).why_dead()
        elif deserted and not self._student.is_cut():
            self._flags.append("its kernel does not answer the tests")
            error = _error(KERNEL_DIED, "your code does not answer the tests any more.")
        else:
            [error] = self._student.flood(DEAF) or [
                _error(TIMED_OUT, f"stopped after {self._allowed.cell_time} s; {DEAF}.")
            ]
        raise _KernelLostError(index, error)

    def _lacks_demos(self, nb: NotebookNode) -> bool:
        """Tell whether a cell failed for want of a name that a cell which was not run defines."""
        errors = [output for cell in nb.cells for output in cell.get("outputs", []) if output.output_type == "error"]
        missing = {name for error in errors for name in UNDEFINED.findall(error.evalue)}
        return any(missing & names.defined(cell.source) for cell in nb.cells if _is_demo(cell))


class Kernel(Execute):  # type: ignore[misc]
    """A kernel that runs single cells within limits."""

    def __init__(
        self, nb: NotebookNode, folder: str, channel: int, allowed: Limits, *, sandbox: bool, config: Any
    ) -> None:
        """Prepare a kernel.

        Args:
            nb: the notebook whose cells it runs; their outputs go there.
            folder: where it starts; a sandboxed one gets a copy.
            channel: its end of the channel to the other kernel, an open file.
            allowed: its limits.
            sandbox: whether it is confined.
            config: as of nbgrader.
        """
        super().__init__(config=config)
        self.nb = nb
        self.resources = {"metadata": {"path": folder}}
        self.kernel_name = SANDBOXED if sandbox else WARM
        self.shutdown_kernel, self.record_timing = "immediate", False  # the same submission gives the same file
        self.timeout_func = lambda cell: allowed.own_time if _is_ours(cell) else allowed.cell_time
        self.error_on_timeout = _error(
            TIMED_OUT, f"stopped after {allowed.cell_time} s. Is there a loop that does not end?"
        )
        self._start = {"limits": allowed} if sandbox else {}
        self.language_info = NotebookNode()  # what a notebook's metadata say about it; known when it has started
        self._channel = channel
        self._allowed = allowed
        self._written = self._cell_written = 0
        self._line: Any = None  # tells when what shows its outputs is cut off

    async def start(self) -> None:
        """Start it; what it writes past Jupyter to the terminal goes nowhere."""
        self.create_kernel_manager()
        await self.async_start_new_kernel(stdout=DEVNULL, stderr=DEVNULL, channel=self._channel, **self._start)
        self.kc = self.km.client(context=self.km.context)  # which the provisioner has given bounds
        self.kc.allow_stdin = False
        self._line = self.kc.iopub_channel.socket.get_monitor_socket(EVENT_DISCONNECTED)
        self.kc.start_channels(hb=False)  # a heartbeat's thread waits for ever if a kernel spoils its own sockets
        await self._be_ready()

    async def _be_ready(self) -> None:
        """Wait until it answers and is heard: what it shows before that is lost.

        jupyter_client's `wait_for_ready` goes on until nothing has come for 0.2 s. There is no need to: what belongs
        to no cell is passed over.
        """
        end = time.monotonic() + self.startup_timeout
        while time.monotonic() < end:
            reply = await self._reply(self.kc.kernel_info(), 1)
            if self.is_dead():
                raise RuntimeError("The kernel died before it was ready.")
            with suppress(Empty):
                await self.kc.iopub_channel.get_msg(timeout=0.2)
                if reply is not None:
                    self.language_info = NotebookNode(reply["language_info"])
                    return
        raise RuntimeError(f"The kernel was not ready after {self.startup_timeout} s.")

    async def stop(self) -> None:
        """End it."""
        if self._line is not None:
            self.kc.iopub_channel.socket.disable_monitor()
            self._line.close()
        if self.kc is not None:
            self.kc.stop_channels()  # before Jupyter does: it waits for what was not delivered
        if self.km is not None:
            if self.km.has_kernel:  # before Jupyter does: it looks ten times a second only whether it has ended
                self.km.provisioner.process.kill()
                await self.km.provisioner.wait()
            await self._async_cleanup_kernel()

    async def interrupt(self) -> None:
        """Interrupt what it is doing."""
        if not self.is_dead():
            self.km.provisioner.process.send_signal(signal.SIGINT)

    def is_dead(self) -> bool:
        """Tell whether it has ended."""
        return self.km.provisioner.process.poll() is not None

    async def ask(self, code: str, seconds: float | None, *, value: bool = False) -> dict[str, Any]:
        """Run code that is not the notebook's; what it shows is dropped.

        Args:
            code: a statement, or an expression whose value is wanted.
            seconds: how long it may take; None for as long as the caller waits.
            value: whether the value is wanted.

        Returns:
            What the kernel replied: ``status`` is ``"ok"`` or ``"error"``, or ``"silent"`` where there was no reply in
            time; ``value`` if wanted and there is one.
        """
        self._cell_written = 0
        wanted = {"user_expressions": {"it": code}} if value else {}
        try:
            request = self.kc.execute("" if value else code, silent=True, store_history=False, **wanted)
        except ZMQError:  # it does not even take a question
            self.km.provisioner.process.kill()
            return {"status": "silent"}
        dropping = asyncio.ensure_future(self._drop(request))
        try:
            reply = await self._reply(request, seconds)
            if reply is None:
                await self.interrupt()
                await self._reply(request, GRACE)
                return {"status": "silent"}
            if not (await asyncio.wait([dropping], timeout=GRACE / 2))[0]:  # its messages are lost or do not end
                self._end_for_output()
                await self.signalled()
        finally:
            dropping.cancel()
        if value and (found := reply.get("user_expressions", {}).get("it", {})).get("status") == "ok":
            reply["value"] = ast.literal_eval(found["data"]["text/plain"])
        return reply

    async def _reply(self, request: str, seconds: float | None) -> dict[str, Any] | None:
        end = None if seconds is None else time.monotonic() + seconds
        while end is None or time.monotonic() < end:
            try:
                message = await self.kc.shell_channel.get_msg(timeout=0.2)
            except Empty:
                if self.is_dead():
                    return None
            except Exception:  # noqa: BLE001  (a kernel may send anything)
                self.km.provisioner.process.kill()
                return None
            else:
                if message["parent_header"].get("msg_id") == request:
                    return dict(message["content"])
        return None

    async def _drop(self, request: str) -> None:
        """Take what a kernel shows, until it is done, so that it does not pile up; stop it if that is too much."""
        while True:
            try:
                message = await self.kc.iopub_channel.get_msg(timeout=None)
                self._count(message)
                done = message["content"].get("execution_state") == "idle"
                if done and message["parent_header"].get("msg_id") == request:
                    return
            except (AttributeError, KeyError, TypeError, ValueError):  # no message of a kernel's; not wanted anyway
                continue

    def _count(self, message: dict[str, Any]) -> bool:
        """Tell whether a message is still within what may be shown; else stop what shows so much."""
        size = _size(message)
        before, self._cell_written, self._written = self._cell_written, self._cell_written + size, self._written + size
        if self._cell_written <= self._allowed.cell_output:
            return True
        if self._written > self._allowed.total_output:
            self.km.provisioner.process.kill()
        elif before <= self._allowed.cell_output:
            self.km.provisioner.process.send_signal(signal.SIGINT)
        return False

    def flood(self, end: str = "it was stopped") -> list[NotebookNode]:
        """Give the error of a cell that has shown too much; nothing if it has not.

        Args:
            end: what came of it.
        """
        return [self._too_much(end)] if self.is_cut() or self._cell_written > self._allowed.cell_output else []

    def is_cut(self) -> bool:
        """Tell whether ZeroMQ has cut the line at a vast message, and what came with it is lost."""
        return bool(self._line.get(EVENTS) & POLLIN) and not self.is_dead()

    async def run(self, cell: NotebookNode, index: int) -> None:
        """Run a cell of the notebook.

        Raises:
            _KernelLostError: when the kernel cannot go on.
        """
        self._cell_written = 0
        late = threading.Event()
        seconds = self.timeout_func(cell)  # type: ignore[no-untyped-call]
        # A flood of messages can keep nbclient from looking at the clock
        watchdog = threading.Timer(seconds + GRACE, self._end_late_kernel, [late])
        watchdog.start()
        try:
            await self.async_execute_cell(cell, index)
            await self._settle()
            validate(cell, ref="code_cell", version=4, version_minor=5)
            json.dumps(cell.outputs, ensure_ascii=False).encode()  # half a character cannot be written to a file
        except Exception as error:  # noqa: BLE001  (a kernel may send anything: it is the submission's affair)
            if isinstance(error, CellTimeoutError) or late.is_set():
                [outcome] = self.flood(DEAF) or [_error(TIMED_OUT, f"stopped after {seconds} s; {DEAF}.")]
            elif isinstance(error, DeadKernelError):
                outcome = self.why_dead()
            else:
                outcome = _error(
                    KERNEL_DIED, f"this cell made the kernel send what none sends ({type(error).__name__})."
                )
            cell.update(outputs=[], execution_count=None)
            raise _KernelLostError(index, outcome) from None
        finally:
            watchdog.cancel()
        cell.outputs += self.flood()

    async def signalled(self) -> None:
        """Wait until a signal that was sent for too much output has met this cell, not the next."""
        await asyncio.sleep(SIGNAL)  # between cells a kernel ignores interrupts
        end = time.monotonic() + GRACE
        while self._written > self._allowed.total_output and not self.is_dead() and time.monotonic() < end:
            await asyncio.sleep(SIGNAL)

    async def _settle(self) -> None:
        """See that what a cell has set going meets this cell and not the next."""
        if self.is_cut():
            self._end_for_output()
        elif self._cell_written <= self._allowed.cell_output:
            return
        await self.signalled()
        if self.is_dead():
            raise DeadKernelError("ended for its output")

    def process_message(self, msg: dict[str, Any], cell: NotebookNode, cell_index: int) -> NotebookNode | None:
        """Take in what the kernel says about a cell, as far as it may say so much.

        Not what widgets say: nbclient answers them, and no test needs them.
        """
        if str(msg["msg_type"]).startswith("comm"):
            return None
        if self._count(msg) or msg["msg_type"] == "status":
            return super().process_message(msg, cell, cell_index)
        return None

    def on_cell_executed(self, **kwargs: Any) -> None:
        """Add an error that came with the reply only, cut short like all that a cell may say."""
        content = kwargs["execute_reply"]["content"]
        if content.get("status") not in ("ok", "error"):  # it was not run to its end: no error must not mean success
            content.update(status="error", ename=NOT_RUN, evalue="the kernel did not run this cell.", traceback=[])
        if len(repr(content)) > self._allowed.cell_output:
            content.update(
                evalue=str(content.get("evalue"))[:1000], traceback=[], ename=str(content.get("ename"))[:100]
            )
        super().on_cell_executed(**kwargs)

    def _end_for_output(self) -> None:
        self._written = self._allowed.total_output + 1
        self.km.provisioner.process.kill()

    def _end_late_kernel(self, late: threading.Event) -> None:
        late.set()
        self.km.provisioner.process.kill()

    def why_dead(self) -> NotebookNode:
        """Name what ended it, as the error of the cell that it ran."""
        cause = getattr(self.km.provisioner.process, "cause", None)
        if self._written > self._allowed.total_output or cause == "output":
            return self._too_much(DEAF)
        if cause == "memory":
            memory = self._allowed.memory.human_readable(separator=" ")
            return _error(OUT_OF_MEMORY, f"stopped: it used more than {memory} of memory.")
        return _error(KERNEL_DIED, "this cell ended the whole Python process (exit, crash or out of memory).")

    def _too_much(self, end: str) -> NotebookNode:
        allowed = self._allowed.cell_output.human_readable(separator=" ")
        return _error(TOO_MUCH_OUTPUT, f"wrote more than {allowed}; {end}. Is there a print in a long loop?")


class _KernelLostError(Exception):
    def __init__(self, index: int, error: NotebookNode) -> None:
        super().__init__(index)
        self.index, self.error = index, error


async def _together(*steps: Any) -> None:
    """Do several things at the same time; all of them end, and then the first error is raised."""
    results = await asyncio.gather(*steps, return_exceptions=True)
    for error in filter(None, results):
        raise error


def _size(message: dict[str, Any]) -> int:
    return len(repr(message["content"])) + sum(map(len, message.get("buffers", [])))


def _is_demo(cell: NotebookNode) -> bool:
    """Tell whether a cell is marked as one of the lecture's that no answer needs. A test that is not run would pass."""
    return "demo" in cell.metadata.get("tags", []) and not (is_grade(cell) or is_solution(cell))


def _is_locked(cell: NotebookNode) -> bool:
    return bool(cell.metadata.get("nbgrader", {}).get("locked"))


def _is_ours_alone(cell: NotebookNode) -> bool:
    """Tell whether what a cell defines is never the student's: locked cells and tests, whether they are run or not."""
    return (_is_locked(cell) or is_grade(cell)) and not is_solution(cell)


def _is_ours(cell: NotebookNode) -> bool:
    """Tell whether a cell is the instructor's and gives no points: it is not the student's fault if it takes long."""
    return _is_demo(cell) or (_is_locked(cell) and not is_grade(cell))


def _last_error(cell: NotebookNode) -> NotebookNode | None:
    errors = [output for output in cell.get("outputs", []) if output.output_type == "error"]
    return errors[-1] if errors else None


def _accidents(nb: NotebookNode) -> list[str]:
    """Tell of cells that hung or crashed outside the tests, which show only what came of it."""
    return [
        f"The cell “{grade_id(cell) or cell.source.strip().splitlines()[0][:60]}”: {output.evalue}"
        for cell in nb.cells
        for output in cell.get("outputs", [])
        if output.output_type == "error" and output.ename in OUTCOMES - {NOT_RUN} and not is_grade(cell)
    ]


def _error(name: str, message: str) -> NotebookNode:
    return new_output("error", ename=name, evalue=message, traceback=[f"\x1b[0;31m{name}\x1b[0m: {message}"])

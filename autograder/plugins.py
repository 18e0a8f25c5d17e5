"""What nbgrader is told to use in place of its own parts; nbgrader_config.py names each of these.

Because they are plugged into nbgrader, ``nbgrader autograde``, the formgrader's button and ``autograder grade`` do the
same. In the order in which they meet a submission:

`before_autograde`   finds the notebook under another name
`SubmissionReader`   reads the file, trusting nothing
`RebuildSubmission`  puts its answers into the released notebook
`ExecuteSubmission`  runs it in a sandbox; hangs and crashes cost the cell that caused them, not the submission
`SaveMarks`          scores test cells by their outcome
`FeedbackView`       makes the page that the student sees
"""

from __future__ import annotations

import ast
import logging
import re
import shutil
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from pathlib import Path
from subprocess import DEVNULL
from typing import Any

from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbconvert.exporters import NotebookExporter
from nbformat import NotebookNode, validate
from nbformat.v4 import new_markdown_cell, new_output
from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import (
    ClearHiddenTests,
    Execute,
    NbGraderPreprocessor,
    SaveAutoGrades,
)
from nbgrader.utils import is_grade
from traitlets import Bool, Dict, Integer
from traitlets.config import Config

from autograder import submission
from autograder.course import CONFIG_FILE, Course
from autograder.errors import AssignmentError, CourseError, NoNotebookError, SubmissionError
from autograder.kernels import SANDBOXED, WARM, specs
from autograder.limits import Limits
from autograder.rebuild import grade_id, rebuild
from autograder.release import student_version
from autograder.submission import printable

Result = tuple[NotebookNode, dict[str, Any]]

# Names of errors that stand for an outcome
TIMED_OUT, KERNEL_DIED, NOT_RUN, OUT_OF_MEMORY, TOO_MUCH_OUTPUT = (
    "TimedOut",
    "KernelDied",
    "NotRun",
    "OutOfMemory",
    "TooMuchOutput",
)
GRACE = 10  # seconds after its time until a cell is ended that cannot be interrupted
OUTCOMES = {TIMED_OUT, KERNEL_DIED, NOT_RUN, OUT_OF_MEMORY, TOO_MUCH_OUTPUT}


def before_autograde(assignment: str, student: str, notebooks: list[str]) -> None:
    """Find a notebook that was handed in under another name (`Autograde.pre_convert_hook`).

    A copy with the right name is put beside it and takes its place in nbgrader's list. Where an assignment has several
    notebooks nobody can tell which is which: then the list stays as it is.

    Args:
        assignment: the assignment's name.
        student: whatever nbgrader was asked for, maybe ``"*"``; not used, the paths tell the student.
        notebooks: paths of this student's notebooks; changed in place.
    """
    del student
    names = _sources(assignment)
    if notebooks and len(names) == 1:
        notebooks[:] = [str(adopt(Path(notebooks[0]).parent, names[0]))]


def _sources(assignment: str) -> list[str]:
    """Names of an assignment's notebooks. nbgrader tells hooks no folders, but is in the course's root meanwhile."""
    root = Path.cwd()
    config = Course(root).config if (root / CONFIG_FILE).exists() else Config()
    course = CourseDirectory(config=config, root=str(root))
    folder = Path(course.format_path(course.source_directory, ".", assignment))
    return sorted(path.stem for path in folder.glob("*.ipynb"))


def adopt(folder: Path, name: str) -> Path:
    """Make sure that a submission's notebook has the name of the assignment's notebook.

    Args:
        folder: the submission's folder.
        name: what it should be called, without ``.ipynb``.

    Returns:
        The notebook to grade. Several with other names: the last one changed.

    Raises:
        NoNotebookError: when there is none at all.
        SubmissionError: when the only one under another name cannot be read.
    """
    wanted = folder / f"{name}.ipynb"
    if not wanted.exists():
        others = sorted(folder.glob("*.ipynb"), key=lambda path: (path.lstat().st_mtime, path.name))
        if not others:
            names = ", ".join(sorted(printable(path.relative_to(folder)) for path in folder.iterdir())) or "nothing"
            raise NoNotebookError(f"There is no notebook (.ipynb) in what you handed in, only: {names}.")
        submission.read(others[-1])  # refuses links and what is no notebook, before a copy is made
        shutil.copy2(others[-1], wanted)
        logging.getLogger("traitlets").warning("Graded %s as %s", printable(others[-1]), wanted.name)
    return wanted


class SubmissionReader(NotebookExporter):  # type: ignore[misc]
    """Reads submitted files with `autograder.submission.read` (`Autograde.exporter_class`)."""

    def from_filename(self, filename: str, resources: Any = None, **kwargs: Any) -> tuple[str, Any]:
        """Read a notebook: strictly where students wrote it, as it is where nbgrader wrote it."""
        resources = {**(resources or {}), "metadata": {"name": Path(filename).stem, "path": str(Path(filename).parent)}}
        course = CourseDirectory(config=self.config)
        ours = Path(course.format_path(course.autograded_directory, ".", ".")).resolve()
        if Path(filename).resolve().is_relative_to(ours):
            converted = super().from_filename(filename, resources, **kwargs)
        else:
            submission.refuse_links(
                Path(filename).parent
            )  # through which nbgrader has copied what is not the student's
            converted = self.from_notebook_node(submission.read(Path(filename)), resources, **kwargs)
        return converted  # type: ignore[no-any-return]


class RebuildSubmission(NbGraderPreprocessor):  # type: ignore[misc]
    """Puts the answers into the released notebook (first of `Autograde.sanitize_preprocessors`).

    Whatever kernel a submission names, it is run in ours, so the assignment must be in Python.
    """

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> Result:
        """Return the rebuilt notebook; notes for the student are left in its metadata."""
        course = CourseDirectory(config=self.config)
        folder = course.format_path(course.source_directory, ".", resources["nbgrader"]["assignment"])
        source = Path(folder) / f"{resources['nbgrader']['notebook']}.ipynb"
        released = student_version(source, self.config)
        language = released.metadata.get("kernelspec", {}).get("language", "python")
        if language.lower() != "python":
            raise AssignmentError(f"{source} is written in {language}. Only Python can be graded in the sandbox.")
        rebuilt, notes = rebuild(released, nb)
        handed_in = Path(resources["metadata"]["path"])
        notes += [
            f"Your file was called “{printable(path.relative_to(handed_in))}”; it was graded as “{source.name}”."
            for path in sorted(handed_in.glob("*.ipynb"))
            if not (source.parent / path.name).exists() and _same(path, handed_in / source.name)
        ]
        rebuilt.metadata["autograder"] = {"notes": notes}
        return rebuilt, resources


def _same(first: Path, second: Path) -> bool:
    return not first.is_symlink() and first.read_bytes() == second.read_bytes()


class ExecuteSubmission(Execute):  # type: ignore[misc]
    """Runs a submission (first of `Autograde.autograde_preprocessors`) in a sandboxed kernel.

    A cell that runs or writes too long is interrupted and the next one goes on. A cell that cannot be interrupted, or
    that brings the kernel down, is given up: all others are run again in a new kernel without it. Lecture cells tagged
    demo are not run, unless it turns out that one of the student's cells lacks a name that they define: then everything
    is run.
    """

    limits = Dict(help="What a submission may use: names and values as in autograder/limits.py.").tag(config=True)
    assignment_limits = Dict(help="The same for single assignments, by name.").tag(config=True)
    max_restarts = Integer(3, help="Cells that may take the kernel with them before the rest is not run.").tag(
        config=True
    )
    timeout = Integer(
        None, allow_none=True, help="nbgrader's setting; where given, it replaces the limit cell_time."
    ).tag(config=True)
    sandbox = Bool(True, help="Without it a submission can do whatever you can do on this machine.").tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any], km: Any = None) -> Result:
        """Run all cells; restart without the guilty one as often as needed and allowed."""
        assignment = resources["nbgrader"]["assignment"]
        special = self.assignment_limits.get(assignment, {})
        if self.timeout:
            special = {**special, "cell_time": self.timeout}
        self._allowed = Limits.of(self.limits, special, f"ExecuteSubmission.limits (for {assignment})")
        seconds = self._allowed.cell_time
        self.error_on_timeout = _error(TIMED_OUT, f"stopped after {seconds} s. Is there a loop that does not end?")
        specs.ensure()
        self.kernel_name = SANDBOXED if self.sandbox else WARM
        self._given_up: dict[int, NotebookNode] = {}
        self._deadline = time.monotonic() + self._allowed.total_time
        self._last = len(nb.cells)
        self._run_demos = False
        self._written = 0
        self.timeout_func = lambda cell: self._allowed.own_time if _is_ours(cell) else seconds
        while True:
            try:
                nb, resources = super().preprocess(nb, resources, km)
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
        about = nb.metadata.setdefault("autograder", NotebookNode(notes=[]))
        about.notes += _accidents(nb)
        about.sandboxed = self.sandbox
        return nb, resources

    @contextmanager
    def setup_kernel(self, **kwargs: Any) -> Iterator[None]:
        """Start the kernel; what a submission writes past Jupyter to the terminal goes nowhere."""
        if self.sandbox:
            kwargs["limits"] = self._allowed
        with super().setup_kernel(stdout=DEVNULL, stderr=DEVNULL, **kwargs):
            yield

    def preprocess_cell(self, cell: NotebookNode, resources: dict[str, Any], index: int) -> Result:
        """Run one cell, unless it was given up or time is up."""
        if cell.cell_type != "code":
            return cell, resources
        if _is_demo(cell) and not self._run_demos:
            return cell, resources
        if index in self._given_up:
            cell.outputs = [self._given_up[index]]
        elif index > self._last:
            cell.outputs = [_error(NOT_RUN, "not run: cells before this one crashed too often.")]
        elif time.monotonic() > self._deadline:
            cell.outputs = [_error(NOT_RUN, f"not run: the notebook took more than {self._allowed.total_time} s.")]
        else:
            self._run(cell, resources, index)
        return cell, resources

    def _lacks_demos(self, nb: NotebookNode) -> bool:
        """Tell whether a cell failed for want of a name that a cell which was not run defines."""
        errors = [output for cell in nb.cells for output in cell.get("outputs", []) if output.output_type == "error"]
        missing = {name for error in errors for name in UNDEFINED.findall(error.evalue)}
        return any(missing & _defined(cell.source) for cell in nb.cells if _is_demo(cell))

    def _run(self, cell: NotebookNode, resources: dict[str, Any], index: int) -> None:
        self._cell_written = 0
        late = threading.Event()
        seconds = self.timeout_func(cell)  # type: ignore[no-untyped-call]
        # A flood of messages can keep nbclient from looking at the clock
        watchdog = threading.Timer(seconds + GRACE, self._end_late_kernel, [late])
        watchdog.start()
        try:
            super().preprocess_cell(cell, resources, index)
            self._settle()
            validate(cell, ref="code_cell", version=4, version_minor=5)
        except Exception as error:  # noqa: BLE001  (a kernel may send anything: it is the submission's affair)
            if isinstance(error, CellTimeoutError) or late.is_set():
                outcome = _error(TIMED_OUT, f"stopped after {seconds} s; it could not be interrupted.")
            elif isinstance(error, DeadKernelError):
                outcome = self._why_dead()
            else:
                outcome = _error(
                    KERNEL_DIED, f"this cell made the kernel send what none sends ({type(error).__name__})."
                )
            cell.update(outputs=[], execution_count=None)
            raise _KernelLostError(index, outcome) from None
        finally:
            watchdog.cancel()
        if self._cell_written > self._allowed.cell_output:
            cell.outputs.append(self._too_much("it was stopped"))

    def _settle(self) -> None:
        """See that what a cell has set going meets this cell and not the next."""
        if self._cell_written <= self._allowed.cell_output:
            return
        time.sleep(0.2)  # for the signal that was sent; between cells a kernel ignores interrupts
        if self.km.provisioner.process.poll() is not None:
            raise DeadKernelError("ended for its output")

    def process_message(self, msg: dict[str, Any], cell: NotebookNode, cell_index: int) -> NotebookNode | None:
        """Take in what the kernel says about a cell, as far as it may say so much.

        Not what widgets say: nbclient answers them, and no test needs them.
        """
        if str(msg["msg_type"]).startswith("comm"):
            return None
        size = len(repr(msg["content"])) + sum(map(len, msg.get("buffers", [])))
        before, self._cell_written, self._written = self._cell_written, self._cell_written + size, self._written + size
        if self._cell_written <= self._allowed.cell_output or msg["msg_type"] == "status":
            return super().process_message(msg, cell, cell_index)
        if self._written > self._allowed.total_output:
            self.km.provisioner.process.kill()
        elif before <= self._allowed.cell_output:
            self.km.provisioner.process.send_signal(signal.SIGINT)
        return None

    def on_cell_executed(self, **kwargs: Any) -> None:
        """Add an error that came with the reply only, cut short like all that a cell may say."""
        content = kwargs["execute_reply"]["content"]
        if len(repr(content)) > self._allowed.cell_output:
            content.update(
                evalue=str(content.get("evalue"))[:1000], traceback=[], ename=str(content.get("ename"))[:100]
            )
        super().on_cell_executed(**kwargs)

    def _end_late_kernel(self, late: threading.Event) -> None:
        late.set()
        self.km.provisioner.process.kill()

    def _why_dead(self) -> NotebookNode:
        cause = getattr(self.km.provisioner.process, "cause", None)
        if self._written > self._allowed.total_output or cause == "output":
            self._written = 0
            return self._too_much("it could not be interrupted")
        if cause == "memory":
            memory = self._allowed.memory.human_readable(separator=" ")
            return _error(OUT_OF_MEMORY, f"stopped: it used more than {memory} of memory.")
        return _error(KERNEL_DIED, "this cell ended the whole Python process (exit, crash or out of memory).")

    def _too_much(self, end: str) -> NotebookNode:
        allowed = self._allowed.cell_output.human_readable(separator=" ")
        return _error(TOO_MUCH_OUTPUT, f"wrote more than {allowed}; {end}. Is there a print in a long loop?")


def _is_demo(cell: NotebookNode) -> bool:
    """Tell whether a cell is marked as one of the lecture's that no answer needs."""
    return "demo" in cell.metadata.get("tags", [])


def _is_ours(cell: NotebookNode) -> bool:
    """Tell whether a cell is the instructor's and gives no points: it is not the student's fault if it takes long."""
    about = cell.metadata.get("nbgrader", {})
    return _is_demo(cell) or bool(about.get("locked") and not about.get("grade"))


def _defined(source: str) -> set[str]:
    """Names that a cell binds at its top level or, to keep this short, anywhere."""
    try:
        nodes = list(ast.walk(ast.parse(source)))
    except SyntaxError:  # magics
        return set()
    imports = {
        (name.asname or name.name).split(".")[0]
        for node in nodes
        for name in getattr(node, "names", [])
        if isinstance(name, ast.alias)
    }
    definitions = {node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    return (
        imports
        | definitions
        | {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    )


def _accidents(nb: NotebookNode) -> list[str]:
    """Tell of cells that hung or crashed outside the tests, which show only what came of it."""
    return [
        f"The cell “{grade_id(cell) or cell.source.strip().splitlines()[0][:60]}”: {output.evalue}"
        for cell in nb.cells
        for output in cell.get("outputs", [])
        if output.output_type == "error" and output.ename in OUTCOMES - {NOT_RUN} and not is_grade(cell)
    ]


class _KernelLostError(Exception):
    def __init__(self, index: int, error: NotebookNode) -> None:
        super().__init__(index)
        self.index, self.error = index, error


def _error(name: str, message: str) -> NotebookNode:
    return new_output("error", ename=name, evalue=message, traceback=[f"\x1b[0;31m{name}\x1b[0m: {message}"])


class SaveMarks(SaveAutoGrades):  # type: ignore[misc]
    """Scores test cells by what the tests did (in `Autograde.autograde_preprocessors`).

    nbgrader fails a test cell that wrote to stderr; TensorFlow, warnings and progress bars all do.
    """

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> Result:
        """Record the scores of a notebook that was run: with no outputs at all, every test would seem to pass."""
        if "sandboxed" not in nb.metadata.get("autograder", {}):
            raise CourseError(
                "The submission was not run, and outputs that students stored are not marked. "
                "Leave out --no-execute and Execute.enabled."
            )
        return super().preprocess(nb, resources)  # type: ignore[no-any-return]

    def preprocess_cell(self, cell: NotebookNode, resources: dict[str, Any], cell_index: int) -> Result:
        """Record the score of a graded cell as if nothing had been written to stderr."""
        judged = cell
        if cell.cell_type == "code" and is_grade(cell):
            judged = NotebookNode(cell)
            judged.outputs = [output for output in cell.outputs if output.get("name") != "stderr"]
        super().preprocess_cell(judged, resources, cell_index)
        return cell, resources


class FeedbackView(ClearHiddenTests):  # type: ignore[misc]
    """Makes the page that a student sees (last of `GenerateFeedback.preprocessors`).

    Hidden tests are taken out of test cells and of tracebacks; on top stands a table of all exercises with what the
    checks said, and what had to be put right in the submission.
    """

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> Result:
        """Return the notebook as the student may see it."""
        for cell in nb.cells:
            if cell.cell_type == "code" and is_grade(cell):
                self._hide(cell)
        nb.cells.insert(0, new_markdown_cell(_overview(nb, _unmarked(resources["nbgrader"]))))
        resources["inlining"]["css"].append(TABLE_STYLE)
        return nb, resources

    def _hide(self, cell: NotebookNode) -> None:
        if self.begin_test_delimeter in cell.source:
            self._remove_hidden_test_region(cell)
            cell.source = cell.source.rstrip() + "\n# … and hidden tests"
        for output in cell.outputs:
            if output.output_type == "error":
                output.traceback = _student_frames(output.traceback, cell.execution_count, message(output))


def message(output: NotebookNode) -> str:
    """What an error output tells the student, in one line or a few: a check's own words, else the error's name too."""
    plain = output.ename in {"CheckFailed", "AssertionError", *OUTCOMES}
    if plain and output.evalue:
        return str(output.evalue)
    return f"{output.ename}: {output.evalue}" if output.evalue else str(output.ename)


TABLE_STYLE = (
    ".rendered_html td, .rendered_html th { padding: 0.3em 1em; text-align: left; border-bottom: 1px solid #ddd }"
)
UNDEFINED = re.compile(r"^name '(\w+)' is not defined")
ANSI = re.compile(r"\x1b\[[0-9;]*m")


def _student_frames(traceback: list[str], count: int | None, last: str) -> list[str]:
    """Keep the frames of a traceback that lie in the student's cells: not in the test cell, not in our files."""
    frames = [frame for frame in traceback if ANSI.sub("", frame).lstrip().startswith("Cell In[")]
    return [frame for frame in frames if f"In[{count}]" not in ANSI.sub("", frame)] + [last]


def _unmarked(where: dict[str, str]) -> set[str]:
    """Names of the written answers that nobody has marked yet."""
    with Gradebook(where["db_url"]) as gradebook:
        grades = gradebook.find_submission_notebook(where["notebook"], where["assignment"], where["student"]).grades
        return {grade.name for grade in grades if grade.needs_manual_grade and grade.manual_score is None}


def _overview(nb: NotebookNode, unmarked: set[str]) -> str:
    rows = []
    for cell in nb.cells:
        marks = cell.metadata.get("nbgrader", {})
        if not is_grade(cell):
            continue
        points = f"{marks['score']:g} of {marks['points']:g}"
        if marks["grade_id"] in unmarked:
            points = f"to be marked, out of {marks['points']:g}"
        errors = [output for output in cell.get("outputs", []) if output.output_type == "error"]
        said = escape(message(errors[-1])).replace("\n", "<br>").replace("|", "&#124;") if errors else ""
        name = marks["grade_id"]
        rows.append(f"| [{name.removesuffix('-test')}](#{name}) | {points} | {said} |")
    notes = [f"- {escape(note)}" for note in nb.metadata.get("autograder", {}).get("notes", [])]
    table = ["| Exercise | Points | What the checks said |", "|---|---|---|", *rows]
    return "\n".join(["## Your result", "", *table, "", *(["**Please note**", "", *notes] if notes else [])])

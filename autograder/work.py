"""One submission graded by itself: everything it takes comes in as values, everything it gives goes out as values.

This is the part of grading that runs on workers, which need neither the course's folder nor its gradebook. For each job
a private course is made in a temporary folder, and nbgrader's autograde is run on it with our parts, as ever.
"""

from __future__ import annotations

import gc
import os
import signal
import sqlite3
import stat
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder import executor, releases, submission
from autograder.course import CONFIG_FILE, Course
from autograder.errors import NoNotebookError, SandboxError, SubmissionError
from autograder.records import Item, Outcome, Record, Status

if TYPE_CHECKING:
    from sqlalchemy import Engine
    from traitlets.config import Config

FOLDERS = {step: step for step in ("source", "release", "submitted", "autograded", "feedback")}
GRADEBOOK, BEFORE = "gradebook.db", "before.ipynb"
_alone = threading.Lock()  # nbgrader changes the working directory
_open: dict[str, Path] = {}  # the gradebook of the job that is being done


@dataclass(frozen=True)
class File:
    """A file by value. What was no plain file (a link, a pipe) has no content, and its target is not looked at."""

    content: bytes | None
    mode: int = 0o644
    changed: int = 0  # nanoseconds since 1970


Files = Mapping[str, File]  # by path within their folder


@dataclass(frozen=True)
class Kit:
    """What all submissions of an assignment need."""

    assignment: str
    version: str
    """Fingerprint of source and configuration, and of the gradebook."""
    config: Config
    """nbgrader's configuration, as loaded, but for the gradebook's URL."""
    source: Files
    release: Files
    gradebook: bytes
    """A SQLite database that holds this assignment and no students."""
    released: bytes = b""
    """Fingerprints of all cells that students were ever given (`releases`)."""

    @property
    def sandboxed(self) -> bool:
        """Whether submissions are confined."""
        return bool(self.config.ExecuteSubmission.get("sandbox", True))


@dataclass(frozen=True)
class Before:
    """What a submission came to earlier, where only tests have changed since."""

    notebook: bytes
    cell_seconds: Mapping[str, float]


@dataclass(frozen=True)
class Job:
    """A submission to be graded."""

    kit: Kit
    student: str
    files: Files
    submission: str
    """Fingerprint of the files."""
    before: Before | None = None
    problem: str = ""
    """Why the files were not even looked at."""

    def blank(self) -> Record:
        """Start the record of this submission."""
        return Record(
            assignment=self.kit.assignment,
            student=self.student,
            outcome=Outcome.GRADED,
            submission=self.submission,
            version=self.kit.version,
            sandboxed=self.kit.sandboxed,
        )


@dataclass
class Done:
    """What a job came to."""

    record: Record
    files: dict[str, File] = field(default_factory=dict)  # for autograded/<student>/<assignment>/
    scores: dict[str, dict[str, float | None]] = field(default_factory=dict)  # automatic ones, by notebook and cell
    comments: dict[str, dict[str, str | None]] = field(default_factory=dict)  # automatic ones, in the same way
    log: str = ""


def dask_setup(worker: Any) -> None:
    """Prepare a worker process of a local cluster (Dask calls this).

    Ctrl-C in a terminal meets all processes; what becomes of the workers is for the one that started them to say. The
    handler does nothing, but is one: to ignore the signal would be inherited by kernels, which need it.
    """
    del worker
    signal.signal(signal.SIGINT, lambda *_: None)
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]  # jsonschema can do without; seconds to import
    import nbgrader.converters  # noqa: F401

    import autograder.execute  # noqa: F401

    gc.freeze()  # what stays for good need not be looked through again and again


def take(folder: Path, paths: Iterable[Path] | None = None) -> dict[str, File]:
    """Read files into memory, without following links.

    Args:
        folder: their folder.
        paths: which; all by default.

    Returns:
        Them, by path within the folder; nothing if there is no such folder.
    """
    chosen = sorted(folder.rglob("*") if paths is None else paths)
    infos = [(path, path.lstat()) for path in chosen]
    return {
        str(path.relative_to(folder)): File(
            path.read_bytes() if stat.S_ISREG(info.st_mode) else None, stat.S_IMODE(info.st_mode), info.st_mtime_ns
        )
        for path, info in infos
        if not stat.S_ISDIR(info.st_mode)
    }


def put(folder: Path, files: Files) -> None:
    """Write files that `take` has read into a folder, which is made. Links lead nowhere."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, file in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if file.content is None:
            path.symlink_to("nowhere")
            continue
        path.write_bytes(file.content)
        path.chmod(file.mode)
        os.utime(path, ns=(file.changed, file.changed))


def do(job: Job) -> Done:
    """Grade a submission in a private course.

    Raises:
        SandboxError: when submissions cannot be confined here.
    """
    with _alone, tempfile.TemporaryDirectory(prefix="grading-", dir=_scratch(), ignore_cleanup_errors=True) as folder:
        started = time.monotonic()
        if job.kit.sandboxed:
            _require_sandbox()
        with _one_engine(Path(folder) / GRADEBOOK):
            done = _graded(_private_course(job, Path(folder)), job)
        done.record.seconds = round(time.monotonic() - started, 2)
        return done


@contextmanager
def _one_engine(gradebook: Path) -> Iterator[None]:
    """Have nbgrader open the gradebook by the same engine always: it makes a new one nine times for each submission.

    An engine remembers how statements are compiled to SQL; doing so anew was a quarter of a worker's own time.
    """
    from nbgrader import api

    made, api.create_engine = api.create_engine, lambda *_, **__: _engine()
    _open.update(gradebook=gradebook)
    try:
        yield
    finally:
        api.create_engine = made


@cache
def _engine() -> Engine:
    from sqlalchemy import NullPool, create_engine

    return create_engine("sqlite://", creator=lambda: sqlite3.connect(_open["gradebook"]), poolclass=NullPool)


@cache
def _require_sandbox() -> None:
    from autograder.kernels import layers

    layers.require()


def _scratch() -> str | None:
    """A Dask worker's own folder, which Dask removes even if the worker was killed; elsewhere the usual one."""
    from distributed import get_worker

    try:
        return str(get_worker().local_directory)
    except ValueError:
        return None


def _private_course(job: Job, root: Path) -> Course:
    assignment = job.kit.assignment
    # Plugins find the folders by this file, all else by the configuration below
    lines = [f"c.CourseDirectory.{step}_directory = {name!r}\n" for step, name in FOLDERS.items()]
    (root / CONFIG_FILE).write_text("".join(["c = get_config()\n", *lines]))
    (root / GRADEBOOK).write_bytes(job.kit.gradebook)
    if job.kit.released:
        known = releases.path(root, assignment)
        known.parent.mkdir(parents=True)
        known.write_bytes(job.kit.released)
    put(root / FOLDERS["source"] / assignment, job.kit.source)
    put(root / FOLDERS["release"] / assignment, job.kit.release)
    put(root / FOLDERS["submitted"] / job.student / assignment, job.files)
    config = deepcopy(job.kit.config)
    config.CourseDirectory.root = str(root)
    config.CourseDirectory.db_url = f"sqlite:///{root / GRADEBOOK}"
    config.CourseDirectory.directory_structure = str(Path("{nbgrader_step}", "{student_id}", "{assignment_id}"))
    for step, name in FOLDERS.items():
        config.CourseDirectory[f"{step}_directory"] = name
    config.ExecuteSubmission.processors = executor.processors()
    if job.before:
        (root / BEFORE).write_bytes(job.before.notebook)
        config.ExecuteSubmission.before = str(root / BEFORE)
    _without_penalties(config)
    course = Course(root)
    vars(course)["config"] = config  # in place of the cached property's value
    return course


def _without_penalties(config: Config) -> None:
    """Leave penalties for lateness to the one who writes the gradebook: they depend on marks given by hand."""
    steps = config.Autograde.get("autograde_preprocessors")
    if isinstance(steps, list):
        names = [step if isinstance(step, str) else step.__name__ for step in steps]
        config.Autograde.autograde_preprocessors = [
            step for step, name in zip(steps, names, strict=True) if name.split(".")[-1] != "AssignLatePenalties"
        ]


def _graded(course: Course, job: Job) -> Done:
    from nbgrader.converters import Autograde

    from autograder.execute import ExecuteSubmission
    from autograder.release import read_source

    done = Done(job.blank())
    record, assignment = done.record, job.kit.assignment
    folder = course.folder("submitted", job.student, assignment)
    try:
        _look_at(job, folder)
        handed_in = submission.read(submission.adopt(folder, assignment))
        submission.require_same(handed_in, read_source(course.source(assignment)), assignment)
        done.log = course.convert(Autograde, assignment, job.student)
        _results(course, done)
        record.cell_seconds = {**(job.before.cell_seconds if job.before else {}), **ExecuteSubmission.seconds}
    except NoNotebookError as error:
        record.outcome, record.reason = Outcome.MISSING, str(error)
    except SubmissionError as error:
        record.outcome, record.reason = Outcome.UNREADABLE, str(error)
    except SandboxError:
        raise
    except (Exception, SystemExit) as error:  # noqa: BLE001  (nobody's submission stops the class; the log tells what happened)
        done.log = getattr(error, "log", "") or traceback.format_exc()
        record.outcome = Outcome.GRADER_ERROR
    return done


def _look_at(job: Job, folder: Path) -> None:
    if job.problem:
        raise SubmissionError(job.problem)
    submission.refuse_links(folder)


def _results(course: Course, done: Done) -> None:
    """Collect what nbgrader has left in the private course."""
    import nbformat
    from nbgrader.api import Gradebook

    assignment, student = done.record.assignment, done.record.student
    done.files = take(course.folder("autograded", student, assignment))
    with Gradebook(course.directory.db_url) as gradebook:
        for entry in gradebook.find_submission(assignment, student).notebooks:
            done.scores[entry.name] = {mark.name: mark.auto_score for mark in entry.grades}
            done.comments[entry.name] = {comment.name: comment.auto_comment for comment in entry.comments}
        marks = {mark.name: mark for mark in gradebook.find_submission_notebook(assignment, assignment, student).grades}
        notebook = nbformat.reads(done.files[f"{assignment}.ipynb"].content, as_version=4)
        cells = [cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade")]
        about = notebook.metadata.autograder
        done.record.items = [_item(cell, marks[cell.metadata.nbgrader.grade_id], about) for cell in cells]
    done.record.sandboxed, done.record.notes, done.record.flags = about.sandboxed, about.notes, about.flags
    done.record.predictions = about.get("predictions", [])


def _item(cell: Any, mark: Any, about: Any) -> Item:
    from autograder.plugins import told

    errors = [output for output in cell.get("outputs", []) if output.output_type == "error"]
    return Item(
        grade_id=mark.name,
        status=_status(cell, mark, errors),
        score=None if mark.needs_manual_grade else mark.score,
        max_score=mark.max_score,
        message=told(cell, about),
        references=about.get("references", {}).get(mark.name, []),
    )


def _status(cell: Any, mark: Any, errors: list[Any]) -> Status:
    from autograder import runner

    special = {
        runner.TIMED_OUT: Status.TIMED_OUT,
        runner.KERNEL_DIED: Status.KERNEL_DIED,
        runner.NOT_RUN: Status.NOT_RUN,
        runner.OUT_OF_MEMORY: Status.OUT_OF_MEMORY,
        runner.TOO_MUCH_OUTPUT: Status.TOO_MUCH_OUTPUT,
    }
    if cell.metadata.nbgrader.solution:
        return Status.TO_BE_MARKED if mark.needs_manual_grade else Status.UNANSWERED
    if errors:
        return special.get(errors[-1].ename, Status.FAILED)
    return Status.PASSED if mark.score >= mark.max_score else Status.PARTIAL

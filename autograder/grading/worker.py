"""One submission graded by itself: everything it takes comes in as values, everything it gives goes out as values.

This is the part of grading that runs on workers, which need neither the course's folder nor its gradebook. For each job
a private course is made in a temporary folder, and nbgrader's autograde is run on it with our parts, as ever.
"""

from __future__ import annotations

import gc
import json
import signal
import sys
import tempfile
import threading
import time
import traceback
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder.course import CONFIG_FILE, Course
from autograder.errors import NoNotebookError, SandboxError, SubmissionError
from autograder.grading import cluster, patches
from autograder.grading.job import Done, Job, put, take
from autograder.grading.records import Item, Outcome, Status
from autograder.notebooks import releases
from autograder.notebooks.cells import is_answer, is_graded, last_error
from autograder.submissions import reader

if TYPE_CHECKING:
    from traitlets.config import Config

FOLDERS = {step: step for step in ("source", "release", "submitted", "autograded", "feedback")}
GRADEBOOK, BEFORE, TIMINGS = "gradebook.db", "before.ipynb", "timings.json"
_alone = threading.Lock()  # nbgrader changes the working directory


def dask_setup(worker: Any) -> None:
    """Prepare a worker process of a local cluster (Dask calls this).

    Ctrl-C in a terminal meets all processes; what becomes of the workers is for the one that started them to say. The
    handler does nothing, but is one: to ignore the signal would be inherited by kernels, which need it.
    """
    del worker
    signal.signal(signal.SIGINT, lambda *_: None)
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]  # jsonschema can do without; seconds to import
    import nbgrader.converters  # noqa: F401

    import autograder.execution.execute  # noqa: F401

    gc.freeze()  # what stays for good need not be looked through again and again


def do(job: Job) -> Done:
    """Grade a submission in a private course.

    Raises:
        SandboxError: when submissions cannot be confined here.
    """
    with _alone, tempfile.TemporaryDirectory(prefix="grading-", dir=_scratch(), ignore_cleanup_errors=True) as folder:
        started = time.monotonic()
        if job.kit.sandboxed:
            _require_sandbox()
        with patches.one_engine(Path(folder) / GRADEBOOK):
            done = _graded(_private_course(job, Path(folder)), job)
        done.record.seconds = round(time.monotonic() - started, 2)
        return done


@cache
def _require_sandbox() -> None:
    from autograder.kernels import layers

    layers.require()


def _scratch() -> str | None:
    """Return a Dask worker's own folder, which Dask removes even if the worker was killed; elsewhere the usual one."""
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
    config.ExecuteSubmission.processors = cluster.processors()
    config.ExecuteSubmission.timings = str(root / TIMINGS)
    if job.before:
        (root / BEFORE).write_bytes(job.before.notebook)
        config.ExecuteSubmission.before = str(root / BEFORE)
    _without_penalties(config)
    return Course.configured(root, config)


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

    from autograder.notebooks.source import read_source

    done = Done(job.blank())
    record, assignment = done.record, job.kit.assignment
    folder = course.folder("submitted", student=job.student, assignment=assignment)
    try:
        _look_at(job, folder)
        submission = reader.read(reader.adopt(folder, assignment))
        reader.require_same(submission, read_source(course.source(assignment)), assignment)
        done.log = course.convert(Autograde, assignment=assignment, student=job.student)
        _results(course, done)
        record.cell_seconds = {**(job.before.cell_seconds if job.before else {}), **_timings(course.root / TIMINGS)}
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


def _timings(path: Path) -> dict[str, float]:
    """Read how long cells took; nothing where none was run."""
    return dict(json.loads(path.read_bytes())) if path.exists() else {}


def _look_at(job: Job, folder: Path) -> None:
    if job.problem:
        raise SubmissionError(job.problem)
    reader.refuse_links(folder)


def _results(course: Course, done: Done) -> None:
    """Collect what nbgrader has left in the private course."""
    import nbformat
    from nbgrader.api import Gradebook

    assignment, student = done.record.assignment, done.record.student
    done.files = take(course.folder("autograded", student=student, assignment=assignment))
    with Gradebook(course.directory.db_url) as gradebook:
        for entry in gradebook.find_submission(assignment, student).notebooks:
            done.scores[entry.name] = {mark.name: mark.auto_score for mark in entry.grades}
            done.comments[entry.name] = {comment.name: comment.auto_comment for comment in entry.comments}
        marks = {mark.name: mark for mark in gradebook.find_submission_notebook(assignment, assignment, student).grades}
        notebook = nbformat.reads(done.files[f"{assignment}.ipynb"].content, as_version=4)
        cells = [cell for cell in notebook.cells if is_graded(cell)]
        about = notebook.metadata.autograder
        done.record.items = [_item(cell, marks[cell.metadata.nbgrader.grade_id], about) for cell in cells]
    done.record.sandboxed, done.record.notes, done.record.flags = about.sandboxed, about.notes, about.flags
    done.record.predictions = about.get("predictions", [])


def _item(cell: Any, mark: Any, about: Any) -> Item:
    from autograder.execution.outcomes import told

    return Item(
        grade_id=mark.name,
        status=_status(cell, mark),
        score=None if mark.needs_manual_grade else mark.score,
        max_score=mark.max_score,
        message=told(cell, about),
        references=about.get("references", {}).get(mark.name, []),
    )


def _status(cell: Any, mark: Any) -> Status:
    from autograder.execution import outcomes

    special = {
        outcomes.TIMED_OUT: Status.TIMED_OUT,
        outcomes.KERNEL_DIED: Status.KERNEL_DIED,
        outcomes.NOT_RUN: Status.NOT_RUN,
        outcomes.OUT_OF_MEMORY: Status.OUT_OF_MEMORY,
        outcomes.TOO_MUCH_OUTPUT: Status.TOO_MUCH_OUTPUT,
    }
    if is_answer(cell):
        return Status.TO_BE_MARKED if mark.needs_manual_grade else Status.UNANSWERED
    if error := last_error(cell):
        return special.get(error.ename, Status.FAILED)
    return Status.PASSED if mark.score >= mark.max_score else Status.PARTIAL

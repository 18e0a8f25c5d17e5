"""Grading a class: what is to be run, on whom it is run, and one writer who keeps what it came to."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager, suppress
from copy import deepcopy
from pathlib import Path
from typing import TYPE_CHECKING

from autograder import book, database, executor, journal, records, submission
from autograder.course import CONFIG_FILE
from autograder.errors import AssignmentError, BusyError, SubmissionError
from autograder.kernels import layers
from autograder.records import Outcome, Record
from autograder.work import Done, Job, Kit, do, put, take

if TYPE_CHECKING:
    from autograder.course import Course

BATCH = 20  # results that are recorded together
SECONDS = 2.0  # for which a result waits for others


def submissions(course: Course, assignment: str, students: list[str] | None = None) -> list[str]:
    """Students whose submissions there are to grade.

    Args:
        course: the course.
        assignment: the assignment's name.
        students: only these; everybody by default.

    Returns:
        Their ids, in order.

    Raises:
        AssignmentError: unknown assignment, no submissions at all, or none of a student that was asked for.
    """
    course.require(assignment)
    there = course.students("submitted", assignment)
    if not there:
        raise AssignmentError(
            f"There are no submissions of {assignment} in {course.folder('submitted', '*', assignment)}. "
            f"Collect some first: autograder collect {assignment} PATH"
        )
    missing = sorted(set(students or []) - set(there))
    if missing:
        raise AssignmentError(
            f"There is no submission of {assignment} by {', '.join(missing)} in {course.folder('submitted')}."
        )
    return students or there


def grade(
    course: Course,
    assignment: str,
    students: list[str],
    *,
    force: bool = False,
    workers: int | None = None,
    scheduler: str | None = None,
    watch: Callable[[executor.State], None] = lambda state: None,
) -> Generator[tuple[Record, bool], None, None]:
    """Grade submissions; those that have not changed since they were graded are left as they are.

    It can be stopped or killed at any time; called again, it goes on.

    Args:
        course: the course.
        assignment: the assignment's name; it must have been released.
        students: as from `submissions`.
        force: grade anew even what has not changed.
        workers: how many to run at a time on this machine; by default what cores and memory allow.
        scheduler: the address of a Dask scheduler, to run them on its workers instead.
        watch: told how many are running.

    Yields:
        For each student the record, and whether it was graded now.

    Raises:
        AssignmentError: when the assignment has not been released.
        BusyError: when another process is grading this course, or into this gradebook.
        GradebookError: when the gradebook cannot be used.
        ExecutorError: when the workers cannot be used.
        SandboxError: when submissions cannot be confined there.
    """
    version = _version(course, assignment)
    with _only_one(course), database.alone(course.directory.db_url):
        recorded = _catch_up(course, assignment, version)
        left = []
        for student in students:
            known = None if force else _known(course, assignment, student, version)
            if known:
                yield known, student in recorded
            else:
                left.append(student)
        if not left:
            return
        kit = make_kit(course, assignment)
        if kit.sandboxed and not executor.elsewhere(scheduler):
            layers.require()
        jobs = (make_job(course, kit, student) for student in left)
        with (
            executor.connect(scheduler, workers) as client,
            closing(executor.run(client, do, jobs, watch)) as ended,
            closing(_recorded(course, ended)) as made,
        ):
            for record in made:
                yield record, True


def _version(course: Course, assignment: str) -> str:
    """Give one word for what marks depend on besides the submission, and for the gradebook: another has none yet."""
    there = course.require_release(assignment)
    return records.fingerprint([course.source(assignment), course.root / CONFIG_FILE], there)


@contextmanager
def _only_one(course: Course) -> Iterator[None]:
    """Keep other graders off the course; the system lifts the lock when this process ends, however it does."""
    import fcntl

    path = course.root / "records" / ".lock"
    path.parent.mkdir(exist_ok=True)
    with path.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise BusyError(
                f"Another grader is at work on this course ({file.read().strip() or 'who, is not known'}). "
                "Wait until it has finished, or stop it with Ctrl-C; what it has done is kept."
            ) from None
        file.truncate(0)
        file.write(f"process {os.getpid()} on {os.uname().nodename}\n")
        file.flush()
        yield


def _catch_up(course: Course, assignment: str, version: str) -> set[str]:
    """Record what a grader that was stopped has left in the journal; give the students."""
    current, students = [], set()
    for done in journal.entries(course, assignment):
        record = done.record
        there = records.handed_in(course, assignment, record.student)
        if (record.submission, record.version, record.sandboxed) == (there, version, _sandboxed(course)):
            current.append(done)
            students.add(record.student)
        else:  # not to be believed, nor is what may be recorded in part
            records.path(course, assignment, record.student).unlink(missing_ok=True)
            journal.remove(course, assignment, record.student)
        if len(current) == BATCH:
            _record(course, current)
            current = []
    _record(course, current)
    return students


def _sandboxed(course: Course) -> bool:
    return bool(course.config.ExecuteSubmission.get("sandbox", True))


def _known(course: Course, assignment: str, student: str, version: str) -> Record | None:
    """Give the record of a submission that need not be graded again."""
    record = records.current(course, assignment, student)
    if record and record.version == version and record.sandboxed == _sandboxed(course) and _is_final(course, record):
        return record
    return None


def _is_final(course: Course, record: Record) -> bool:
    if record.outcome is Outcome.GRADED:
        return (course.folder("autograded", record.student, record.assignment) / f"{record.assignment}.ipynb").exists()
    return record.outcome is not Outcome.GRADER_ERROR


def make_kit(course: Course, assignment: str) -> Kit:
    """Gather what all submissions of an assignment need.

    Args:
        course: the course.
        assignment: the assignment's name.

    Returns:
        It, by value.
    """
    from nbgrader.utils import find_all_files

    config = deepcopy(course.config)
    config.CourseDirectory.pop("db_url", None)  # which may hold a password; workers have a copy of their own
    source, release = (course.folder(step, assignment=assignment) for step in ("source", "release"))
    found = [Path(path) for path in find_all_files(str(source), course.directory.ignore)]
    return Kit(
        assignment=assignment,
        version=_version(course, assignment),
        config=config,
        source=take(source, found),
        release=take(release),
        gradebook=book.only(course, assignment),
    )


def make_job(course: Course, kit: Kit, student: str) -> Job:
    """Gather what grading a submission takes.

    Args:
        course: the course.
        kit: of the assignment.
        student: whose submission.

    Returns:
        It, by value. A notebook under another name has been copied to the right one.
    """
    folder = course.folder("submitted", student, kit.assignment)
    with suppress(SubmissionError):  # which the worker meets too
        submission.refuse_links(folder)
        submission.adopt(folder, kit.assignment)
    before = records.handed_in(course, kit.assignment, student)  # if it changes now, the next run sees it
    return Job(kit, student, take(folder), before)


def _recorded(course: Course, ended: Iterator[executor.Ended[Job, Done] | None]) -> Generator[Record, None, None]:
    """Journal each result at once, and record them a few at a time."""
    batch: list[Done] = []
    since = 0.0
    try:
        for one in ended:
            if one is not None:
                done = one.result or _given_up(one.job, one.problem)
                journal.write(course, done)
                since = since if batch else time.monotonic()
                batch.append(done)
            if batch and (len(batch) >= BATCH or time.monotonic() - since >= SECONDS):
                ready, batch = batch, []
                yield from _record(course, ready)
    finally:
        rest = _record(course, batch)
    yield from rest


def _given_up(job: Job, problem: str) -> Done:
    done = Done(job.blank(), log=problem)
    done.record.outcome = Outcome.GRADER_ERROR
    done.record.reason = f"The grader gave it up. {problem}"
    return done


def _record(course: Course, batch: list[Done]) -> list[Record]:
    """Make journalled results part of the course: files, marks, and last the records."""
    for done in batch:
        _put_files(course, done)
    book.write(course, [done for done in batch if done.record.outcome is Outcome.GRADED])
    for done in batch:
        records.save(course, done.record)
        journal.remove(course, done.record.assignment, done.record.student)
    return [done.record for done in batch]


def _put_files(course: Course, done: Done) -> None:
    record = done.record
    log = records.path(course, record.assignment, record.student).with_suffix(".log")
    log.parent.mkdir(parents=True, exist_ok=True)
    log.write_text(done.log, encoding="utf-8", errors="replace")
    target = course.folder("autograded", record.student, record.assignment)
    if record.outcome is Outcome.GRADER_ERROR:
        record.reason = record.reason or f"The grader failed; its log is {log}."
        shutil.rmtree(target, ignore_errors=True)
    if record.outcome is not Outcome.GRADED:
        return
    draft, old = (target.with_name(f".{target.name}.{kind}") for kind in ("new", "old"))
    for leftover in (draft, old):
        shutil.rmtree(leftover, ignore_errors=True)
    put(draft, done.files)
    if target.exists():
        target.rename(old)
    draft.rename(target)
    shutil.rmtree(old, ignore_errors=True)
    _share(course, record)


def _share(course: Course, record: Record) -> None:
    """Let the other instructors of a course with `groupshared` have the files, as nbgrader does."""
    if course.directory.groupshared:
        from nbgrader.converters import Autograde

        converter = Autograde(coursedir=course.directory, config=course.config)
        converter.set_permissions(record.assignment, record.student)

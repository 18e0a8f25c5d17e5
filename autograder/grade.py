"""Grading a class: what is to be run, on whom it is run, and one writer who keeps what it came to.

First results, and those of what was handed in again, are recorded as they come. A result that would replace a mark of
the same submission waits until all are there: if no mark changes they are recorded, else `accept` does it.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager, suppress
from copy import deepcopy
from pathlib import Path
from typing import TYPE_CHECKING

from autograder import book, database, executor, journal, late, records, regrade, releases, submission, versions
from autograder.errors import AssignmentError, BusyError, SubmissionError
from autograder.kernels import layers
from autograder.records import Outcome, Record
from autograder.release import read_source, student_version
from autograder.work import Done, Job, Kit, do, put, take

if TYPE_CHECKING:
    from autograder.course import Course
    from autograder.regrade import Change
    from autograder.versions import Version

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


def absent(course: Course, assignment: str) -> list[str]:
    """Students whom the gradebook knows and who have handed in nothing.

    Args:
        course: the course.
        assignment: the assignment's name.
    """
    with course.gradebook() as gradebook:
        enrolled = {student.id for student in gradebook.students}
    return sorted(enrolled - {*course.students("submitted", assignment)})


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

    Where only tests have changed, only these are run. It can be stopped or killed at any time; called again, it goes
    on.

    Args:
        course: the course.
        assignment: the assignment's name; it must have been released.
        students: as from `submissions`.
        force: grade anew even what has not changed.
        workers: how many to run at a time on this machine; by default what cores and memory allow.
        scheduler: the address of a Dask scheduler, to run them on its workers instead.
        watch: told how many are running.

    Yields:
        For each student the record, and whether it was graded now. If `regrade.waiting` tells of changes afterwards,
        these records are not written yet.

    Raises:
        AssignmentError: when the assignment has not been released, or has changed since.
        BusyError: when another process is grading this course, or into this gradebook.
        FolderError: when a folder cannot be written; then nothing is graded.
        GradebookError: when the gradebook cannot be used.
        ExecutorError: when the workers cannot be used.
        SandboxError: when submissions cannot be confined there.
    """
    version = versions.now(course, assignment)
    steps = ("submitted", "autograded")
    course.require_writable_gradebook()
    course.require_writable(course.root / "records" / assignment / "versions")
    course.require_writable(*(course.folder(step, student, assignment) for step in steps for student in students))
    with _only_one(course), database.alone(course.directory.db_url):
        versions.save(course, assignment, version)
        recorded = _catch_up(course, assignment, version.key)
        there = {one.student: one.after for one in regrade.waiting(course, assignment, students, version)}
        left = []
        for student in students:
            known = None if force else there.get(student) or _known(course, assignment, student, version.key)
            if known:
                yield known, student in recorded
            else:
                left.append(student)
        if left:
            kit = make_kit(course, assignment, version)
            if kit.sandboxed and not executor.elsewhere(scheduler):
                layers.require()
            jobs = (make_job(course, kit, student, None if force else version) for student in left)
            with (
                executor.connect(scheduler, workers) as client,
                closing(executor.run(client, do, jobs, watch)) as ended,
                closing(_recorded(course, ended)) as made,
            ):
                for record in made:
                    yield record, True
        changes = regrade.waiting(course, assignment, students, version)
        if not any(change.matters for change in changes):
            _agree(course, assignment, version, changes)


def accept(course: Course, assignment: str, students: list[str]) -> None:
    """Record the results that wait, whatever marks they change.

    Args:
        course: the course.
        assignment: the assignment's name.
        students: whose results; those of an earlier version of the assignment are not recorded.

    Raises:
        AssignmentError: when the assignment has changed since it was released.
        BusyError: when another process is grading this course, or into this gradebook.
        GradebookError: when the gradebook cannot be used.
    """
    version = versions.now(course, assignment)
    with _only_one(course), database.alone(course.directory.db_url):
        _agree(course, assignment, version, regrade.waiting(course, assignment, students, version))


def _agree(course: Course, assignment: str, version: Version, changes: list[Change]) -> None:
    for change in changes:
        journal.agree(course, assignment, change.student)
    _catch_up(course, assignment, version.key)


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
    """Record what is in the journal, as a grader that was stopped has left it; give the students."""
    _tidy(course, assignment, version)
    current, students = [], set()
    for done in journal.entries(course, assignment):
        record = done.record
        if _is_current(course, record, version):
            current.append(done)
            students.add(record.student)
        else:  # not to be believed, nor is what may be recorded in part
            if old := records.load(course, assignment, record.student):
                records.save(course, old.model_copy(update={"version": ""}))
            journal.remove(course, assignment, record.student)
        if len(current) == BATCH:
            _record(course, current)
            current = []
    _record(course, current)
    return students


def _tidy(course: Course, assignment: str, version: str) -> None:
    """Strike out what waits in vain, and send on its way what no longer replaces a mark."""
    for done in journal.entries(course, assignment, waiting=True):
        record = done.record
        if not _is_current(course, record, version):
            journal.remove(course, assignment, record.student, waiting=True)
        elif regrade.marked(course, assignment, record.student, record.submission) is None:
            journal.agree(course, assignment, record.student)


def _is_current(course: Course, record: Record, version: str) -> bool:
    there = records.handed_in(course, record.assignment, record.student)
    return (record.submission, record.version, record.sandboxed) == (there, version, _sandboxed(course))


def _sandboxed(course: Course) -> bool:
    return bool(course.config.ExecuteSubmission.get("sandbox", True))


def _known(course: Course, assignment: str, student: str, version: str) -> Record | None:
    """Give the record of a submission that need not be graded again."""
    record = records.current(course, assignment, student)
    if record is None or record.sandboxed != _sandboxed(course) or not _is_final(course, record):
        return None
    if record.version != version and record.outcome in (Outcome.UNREADABLE, Outcome.MISSING):
        record = record.model_copy(update={"version": version})  # no version makes a notebook of it
        records.save(course, record)
    return record if record.version == version else None


def _is_final(course: Course, record: Record) -> bool:
    if record.outcome is Outcome.GRADED:
        return (course.folder("autograded", record.student, record.assignment) / f"{record.assignment}.ipynb").exists()
    return record.outcome is not Outcome.GRADER_ERROR


def make_kit(course: Course, assignment: str, version: Version | None = None) -> Kit:
    """Gather what all submissions of an assignment need.

    Args:
        course: the course.
        assignment: the assignment's name.
        version: as it is now; if it changes now, the next run sees it.

    Returns:
        It, by value.
    """
    from nbgrader.utils import find_all_files

    config = deepcopy(course.config)
    config.CourseDirectory.pop("db_url", None)  # which may hold a password; workers have a copy of their own
    releases.remember(course.root, assignment, student_version(read_source(course.source(assignment)), course.config))
    source, release = (course.folder(step, assignment=assignment) for step in ("source", "release"))
    found = [Path(path) for path in find_all_files(str(source), course.directory.ignore)]
    return Kit(
        assignment=assignment,
        version=(version or versions.now(course, assignment)).key,
        config=config,
        source=take(source, found),
        release=take(release),
        gradebook=book.only(course, assignment),
        released=releases.path(course.root, assignment).read_bytes(),
    )


def make_job(course: Course, kit: Kit, student: str, version: Version | None = None) -> Job:
    """Gather what grading a submission takes.

    Args:
        course: the course.
        kit: of the assignment.
        student: whose submission.
        version: as it is now, to run only tests that have changed; by default all is run.

    Returns:
        It, by value. A notebook under another name has been copied to the right one.
    """
    folder = course.folder("submitted", student, kit.assignment)
    with suppress(SubmissionError, OSError):  # which is met again below, or by the worker
        submission.refuse_links(folder)
        submission.adopt(folder, kit.assignment)
    there = records.handed_in(course, kit.assignment, student)  # if it changes now, the next run sees it
    record, before = regrade.marked(course, kit.assignment, student, there), None
    if version and record and record.sandboxed == kit.sandboxed and _is_final(course, record):
        before = regrade.before(course, record, version)
    try:
        there_now = submission.files(folder)
        if late.known(folder) is None:  # nbgrader stumbles over what is no time
            there_now = [path for path in there_now if path != folder / late.TIMESTAMP]
        files, problem = take(folder, there_now), ""
    except (SubmissionError, OSError) as error:
        files, problem = {}, str(error)
    return Job(kit, student, files, there, before, problem)


def _recorded(course: Course, ended: Iterator[executor.Ended[Job, Done] | None]) -> Generator[Record, None, None]:
    """Journal each result at once, and record them a few at a time; those that would replace a mark wait."""
    batch: list[Done] = []
    since = 0.0
    try:
        for one in ended:
            if one is not None:
                done = one.result or _given_up(one.job, one.problem)
                if _replaces_mark(course, done):
                    yield from book.marked_by_hand(course, [done.record])
                else:
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


def _replaces_mark(course: Course, done: Done) -> bool:
    """Put a result aside that would replace a mark; a failure of the grader replaces none, and leaves only its log."""
    record = done.record
    if regrade.marked(course, record.assignment, record.student, record.submission) is None:
        return False
    if record.outcome is Outcome.GRADER_ERROR:
        _put_log(course, done)
        record.reason += " The mark from before stays."
    else:
        journal.write(course, done, waiting=True)
    return True


def _put_log(course: Course, done: Done) -> None:
    record = done.record
    log = records.path(course, record.assignment, record.student).with_suffix(".log")
    log.parent.mkdir(parents=True, exist_ok=True)
    log.write_text(done.log, encoding="utf-8", errors="replace")
    if record.outcome is Outcome.GRADER_ERROR:
        record.reason = record.reason or f"The grader failed; its log is {log}."


def _put_files(course: Course, done: Done) -> None:
    record = done.record
    _put_log(course, done)
    target = course.folder("autograded", record.student, record.assignment)
    if record.outcome is Outcome.GRADER_ERROR:
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

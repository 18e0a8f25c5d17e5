"""The one who writes: results become part of the course, in an order that a crash at any moment does not spoil.

Journal entry (synced), files (written beside, renamed), marks of a few submissions (one transaction), records, journal
entry away. Every step may be done twice, so the next run does all of them for what it finds in the journal.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from autograder.errors import BusyError
from autograder.grading import cluster, gradebook
from autograder.grading.job import Done, Job, put
from autograder.grading.records import Outcome, Record
from autograder.grading.store import Store

if TYPE_CHECKING:
    from autograder.course import Course
    from autograder.grading.regrade import Change
    from autograder.grading.versions import Version


BATCH = 20  # results that are recorded together
SECONDS = 2.0  # for which a result waits for others
ACTIVE = (".htm", ".html", ".xhtml", ".xht", ".shtml", ".mhtml", ".svg", ".xml", ".xsl", ".js", ".mjs")
"""Endings of files that a browser would run; the formgrader serves what is in ``autograded/``."""


def approve(store: Store, version: Version, changes: list[Change]) -> None:
    """Record results that have waited for it, or that change no mark."""
    store.approve(change.student for change in changes)
    catch_up(store, version)


@contextmanager
def only_one(course: Course) -> Iterator[None]:
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


def catch_up(store: Store, version: Version) -> set[str]:
    """Record what is in the journal, as a grader that was stopped has left it; give the students."""
    _tidy(store, version)
    current, students = [], set()
    for done in store.journal.entries():
        record = done.record
        if _is_current(store, record, version):
            current.append(done)
            students.add(record.student)
        else:  # not to be believed, nor is what may be recorded in part
            if old := store.load(record.student):
                store.save(old.model_copy(update={"version": ""}))
            store.journal.remove(record.student)
        if len(current) == BATCH:
            _record(store, current)
            current = []
    _record(store, current)
    return students


def _tidy(store: Store, version: Version) -> None:
    """Strike out what waits in vain, and send on its way what no longer replaces a mark."""
    for done in store.pending.entries():
        record = done.record
        if not _is_current(store, record, version):
            store.pending.remove(record.student)
        elif store.marked(record.student, record.submission) is None:
            store.approve([record.student])


def _is_current(store: Store, record: Record, version: Version) -> bool:
    there = store.submission_digest(record.student)
    return (record.submission, record.version, record.sandboxed) == (there, version.key, is_sandboxed(store.course))


def is_sandboxed(course: Course) -> bool:
    """Tell whether submissions of this course are confined."""
    return bool(course.config.ExecuteSubmission.get("sandbox", True))


def write_all(store: Store, ended: Iterator[cluster.Ended[Job, Done] | None]) -> Generator[Record, None, None]:
    """Journal each result at once, and record them a few at a time; those that would replace a mark wait."""
    batch: list[Done] = []
    since = 0.0
    try:
        for one in ended:
            if one is not None:
                done = one.result or _given_up(one.job, one.problem)
                if _replaces_mark(store, done):
                    yield from gradebook.marked_by_hand(store.course, [done.record])
                else:
                    store.journal.write(done)
                    since = since if batch else time.monotonic()
                    batch.append(done)
            if batch and (len(batch) >= BATCH or time.monotonic() - since >= SECONDS):
                ready, batch = batch, []
                yield from _record(store, ready)
    finally:
        rest = _record(store, batch)
    yield from rest


def _given_up(job: Job, problem: str) -> Done:
    done = Done(job.blank(), log=problem)
    done.record.outcome = Outcome.GRADER_ERROR
    done.record.reason = f"The grader gave it up. {problem}"
    return done


def _record(store: Store, batch: list[Done]) -> list[Record]:
    """Make journalled results part of the course: files, marks, and last the records."""
    for done in batch:
        _put_files(store, done)
    gradebook.write(store, [done for done in batch if done.record.outcome is Outcome.GRADED])
    for done in batch:
        store.save(done.record)
        store.journal.remove(done.record.student)
    return [done.record for done in batch]


def _replaces_mark(store: Store, done: Done) -> bool:
    """Put a result aside that would replace a mark; a failure of the grader replaces none, and leaves only its log."""
    record = done.record
    if store.marked(record.student, record.submission) is None:
        return False
    if record.outcome is Outcome.GRADER_ERROR:
        _put_log(store, done)
        record.reason += " The mark from before stays."
    else:
        store.pending.write(done)
    return True


def _put_log(store: Store, done: Done) -> None:
    record = done.record
    log = store.log(record.student)
    log.parent.mkdir(parents=True, exist_ok=True)
    log.write_text(done.log, encoding="utf-8", errors="replace")
    if record.outcome is Outcome.GRADER_ERROR:
        record.reason = record.reason or f"The grader failed; its log is {log}."


def _put_files(store: Store, done: Done) -> None:
    record = done.record
    _put_log(store, done)
    target = store.course.folder("autograded", student=record.student, assignment=record.assignment)
    if record.outcome is Outcome.GRADER_ERROR:
        shutil.rmtree(target, ignore_errors=True)
    if record.outcome is not Outcome.GRADED:
        return
    draft, old = (target.with_name(f".{target.name}.{kind}") for kind in ("new", "old"))
    for leftover in (draft, old):
        shutil.rmtree(leftover, ignore_errors=True)
    put(draft, {f"{name}.txt" if name.lower().endswith(ACTIVE) else name: file for name, file in done.files.items()})
    if target.exists():
        target.rename(old)
    draft.rename(target)
    shutil.rmtree(old, ignore_errors=True)
    _share(store.course, record)


def _share(course: Course, record: Record) -> None:
    """Let the other instructors of a course with `groupshared` have the files, as nbgrader does."""
    if course.directory.groupshared:
        from nbgrader.converters import Autograde

        converter = Autograde(coursedir=course.directory, config=course.config)
        converter.set_permissions(record.assignment, record.student)

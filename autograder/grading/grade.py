"""Grading a class: which submissions are to be run, and with what; `writer` keeps what it comes to.

First results, and those of what was handed in again, are recorded as they come. A result that would replace a mark of
the same submission waits until all are there: if no mark changes they are recorded, else `GradingRun.accept` does it.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import ExitStack, closing, suppress
from copy import deepcopy
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder import database
from autograder.errors import AssignmentError, SubmissionError
from autograder.grading import cluster, gradebook, regrade, versions
from autograder.grading.job import Job, Kit, take
from autograder.grading.records import Outcome, Record
from autograder.grading.store import Store
from autograder.grading.worker import do
from autograder.grading.writer import approve, catch_up, is_sandboxed, only_one, write_all
from autograder.kernels import layers
from autograder.notebooks import releases
from autograder.notebooks.source import read_source, student_version
from autograder.submissions import reader, times

if TYPE_CHECKING:
    from autograder.course import Course
    from autograder.grading.regrade import Change
    from autograder.grading.versions import Version


def submissions(course: Course, assignment: str, students: list[str] | None = None) -> list[str]:
    """List the students whose submissions there are to grade.

    Args:
        course: the course.
        assignment: the assignment's name.
        students: only these; everybody by default.

    Returns:
        The students' ids, in order.

    Raises:
        AssignmentError: unknown assignment, no submissions at all, or none of a student that was asked for.
    """
    course.require(assignment)
    there = course.students("submitted", assignment)
    if not there:
        looked = course.folder("submitted", student="*", assignment=assignment)
        raise AssignmentError(
            f"There are no submissions of {assignment} in {looked}. "
            f"Collect some first: autograder collect {assignment} PATH"
        )
    missing = sorted(set(students or []) - set(there))
    if missing:
        raise AssignmentError(
            f"There is no submission of {assignment} by {', '.join(missing)} in {course.folder('submitted')}."
        )
    return students or there


def absent(course: Course, assignment: str) -> list[str]:
    """List the students whom the gradebook knows and who have handed in nothing.

    Args:
        course: the course.
        assignment: the assignment's name.
    """
    with course.gradebook() as marks:
        enrolled = {student.id for student in marks.students}
    return sorted(enrolled - {*course.students("submitted", assignment)})


class GradingRun:
    """One run of the grader over an assignment: one version of it, and nobody else at work on the course meanwhile.

    Enter it, go through it to its end, look at `changes`, and `accept` them or leave them waiting. It can be stopped or
    killed at any time; the next run goes on.

    Attributes:
        store: the records of the assignment.
        version: of the assignment, as it was when the run began; if it changes now, the next run sees it.
    """

    def __init__(
        self,
        course: Course,
        assignment: str,
        students: list[str],
        *,
        force: bool = False,
        workers: int | None = None,
        scheduler: str | None = None,
        watch: Callable[[cluster.State], None] = lambda state: None,
    ) -> None:
        """Prepare a run.

        Args:
            course: the course.
            assignment: the assignment's name; it must have been released.
            students: as from `submissions`.
            force: grade anew even what has not changed.
            workers: how many to run at a time on this machine; by default what cores and memory allow.
            scheduler: the address of a Dask scheduler, to run them on its workers instead.
            watch: told how many are running.

        Raises:
            AssignmentError: when the assignment has not been released, or has changed since.
        """
        self._course, self._assignment, self._students = course, assignment, students
        self.store = Store(course, assignment)
        self._force, self._workers, self._scheduler, self._watch = force, workers, scheduler, watch
        self._held = ExitStack()
        self.version = versions.now(course, assignment)

    def __enter__(self) -> GradingRun:
        """Keep other graders off.

        Raises:
            BusyError: when another process is grading this course, or into this gradebook.
            FolderError: when a folder cannot be written; then nothing is graded.
            GradebookError: when the gradebook cannot be used.
        """
        course, assignment = self._course, self._assignment
        course.require_writable_gradebook()
        course.require_writable(self.store.folder / "versions")
        for step in ("submitted", "autograded"):
            course.require_writable(
                *(course.folder(step, student=student, assignment=assignment) for student in self._students)
            )
        with ExitStack() as stack:
            stack.enter_context(only_one(course))
            stack.enter_context(database.advisory_lock(course.directory.db_url))
            self._held = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._held.close()

    @property
    def causes(self) -> list[str]:
        """What has changed since submissions got the marks that they have."""
        return regrade.causes(self.store, self._students, self.version)

    @property
    def changes(self) -> list[Change]:
        """What results that wait would change, by student."""
        return regrade.pending(self.store, self._students, self.version)

    def accept(self) -> None:
        """Record the results that wait, whatever marks they change; those of another version are dropped."""
        approve(self.store, self.version, self.changes)

    def __iter__(self) -> Generator[tuple[Record, bool], None, None]:
        """Grade submissions; those that have not changed since they were graded are left as they are.

        Where only tests have changed, only these are run. Results that change no mark are recorded at the end; if one
        would, all that replace a mark wait, and `changes` tells of them.

        Yields:
            For each student the record, and whether it was graded now.

        Raises:
            ExecutorError: when the workers cannot be used.
            SandboxError: when submissions cannot be confined there.
        """
        versions.save(self.store, self.version)
        recorded = catch_up(self.store, self.version)
        there = {one.student: one.after for one in self.changes}
        left = []
        for student in self._students:
            known = None if self._force else there.get(student) or _known(self.store, student, self.version.key)
            if known:
                yield known, student in recorded
            else:
                left.append(student)
        if left:
            with closing(self._run(left)) as made:
                for record in made:
                    yield record, True
        changes = self.changes
        if not any(change.matters for change in changes):
            approve(self.store, self.version, changes)

    def _run(self, students: list[str]) -> Generator[Record, None, None]:
        kit = make_kit(self._course, self._assignment, self.version)
        if kit.sandboxed and not cluster.elsewhere(self._scheduler):
            layers.require()
        before = None if self._force else self.version
        jobs = (make_job(self.store, kit, student, before) for student in students)
        with (
            cluster.connect(self._scheduler, self._workers) as client,
            closing(cluster.run(client, do, jobs, self._watch)) as ended,
            closing(write_all(self.store, ended)) as made,
        ):
            yield from made


def grade(
    course: Course, assignment: str, students: list[str], **options: Any
) -> Generator[tuple[Record, bool], None, None]:
    """Grade submissions in a run of their own; see `GradingRun`.

    Args:
        course: the course.
        assignment: the assignment's name; it must have been released.
        students: as from `submissions`.
        options: as of `GradingRun`.

    Yields:
        For each student the record, and whether it was graded now.

    Raises:
        AutograderError: as `GradingRun` does.
    """
    with GradingRun(course, assignment, students, **options) as run, closing(iter(run)) as found:
        yield from found


def accept(course: Course, assignment: str, students: list[str]) -> None:
    """Record the results that an earlier run has left waiting; see `GradingRun.accept`.

    Args:
        course: the course.
        assignment: the assignment's name.
        students: whose results.
    """
    with GradingRun(course, assignment, students) as run:
        run.accept()


def _known(store: Store, student: str, version: str) -> Record | None:
    """Give the record of a submission that need not be graded again."""
    record = store.current(student)
    if record is None or record.sandboxed != is_sandboxed(store.course) or not _is_final(store, record):
        return None
    if record.version != version and record.outcome in (Outcome.UNREADABLE, Outcome.MISSING):
        record = record.model_copy(update={"version": version})  # no version makes a notebook of it
        store.save(record)
    return record if record.version == version else None


def _is_final(store: Store, record: Record) -> bool:
    if record.outcome is Outcome.GRADED:
        folder = store.course.folder("autograded", student=record.student, assignment=store.assignment)
        return (folder / f"{store.assignment}.ipynb").exists()
    return record.outcome is not Outcome.GRADER_ERROR


def make_kit(course: Course, assignment: str, version: Version | None = None) -> Kit:
    """Gather what all submissions of an assignment need.

    Args:
        course: the course.
        assignment: the assignment's name.
        version: as it is now; if it changes now, the next run sees it.

    Returns:
        The kit, by value.
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
        gradebook=gradebook.only(course, assignment),
        released=releases.path(course.root, assignment).read_bytes(),
    )


def make_job(store: Store, kit: Kit, student: str, version: Version | None = None) -> Job:
    """Gather what grading a submission takes.

    Args:
        store: the records of the assignment.
        kit: of the assignment.
        student: whose submission.
        version: as it is now, to run only tests that have changed; by default all is run.

    Returns:
        The job, by value. A notebook under another name has been copied to the right one.
    """
    folder = store.course.folder("submitted", student=student, assignment=store.assignment)
    with suppress(SubmissionError, OSError):  # which is met again below, or by the worker
        reader.refuse_links(folder)
        reader.adopt(folder, store.assignment)
    there = store.submission_digest(student)  # if it changes now, the next run sees it
    record, before = store.marked(student, there), None
    if version and record and record.sandboxed == kit.sandboxed and _is_final(store, record):
        before = regrade.before(store, record, version)
    try:
        there_now = reader.files(folder)
        if times.known_time(folder) is None:  # nbgrader stumbles over what is no time
            there_now = [path for path in there_now if path != folder / times.TIMESTAMP]
        files, problem = take(folder, there_now), ""
    except (SubmissionError, OSError) as error:
        files, problem = {}, str(error)
    return Job(kit, student, files, there, before, problem)

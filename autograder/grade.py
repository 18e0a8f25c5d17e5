"""Grading a class: one submission after the other through nbgrader's autograde, and what each came to."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from autograder import records, submission
from autograder.course import CONFIG_FILE
from autograder.errors import AssignmentError, NoNotebookError, SubmissionError
from autograder.kernels import layers
from autograder.records import Item, Outcome, Record, Status

if TYPE_CHECKING:
    from autograder.course import Course


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
    course: Course, assignment: str, students: list[str], *, force: bool = False
) -> Iterator[tuple[Record, bool]]:
    """Grade submissions; those that have not changed since they were graded are left as they are.

    Args:
        course: the course.
        assignment: the assignment's name; it must have been released.
        students: as from `submissions`.
        force: grade anew even what has not changed.

    Yields:
        For each student the record, and whether it was graded now.

    Raises:
        AssignmentError: when the assignment has not been released.
        SandboxError: when submissions cannot be confined here.
    """
    course.require_release(assignment)
    sandboxed = course.config.ExecuteSubmission.get("sandbox", True)
    if sandboxed:
        layers.require()
    version = records.fingerprint([course.source(assignment), course.root / CONFIG_FILE])
    for student in students:
        known = records.current(course, assignment, student)
        unchanged = known and known.version == version and known.sandboxed == sandboxed
        if known and unchanged and not force and _is_final(course, known):
            yield known, False
            continue
        started = time.monotonic()
        record = _grade_one(course, assignment, student)
        record.submission, record.version = records.handed_in(course, assignment, student), version
        record.seconds = round(time.monotonic() - started, 2)
        records.save(course, record)
        yield record, True


def _is_final(course: Course, record: Record) -> bool:
    if record.outcome is Outcome.GRADED:
        return (course.folder("autograded", record.student, record.assignment) / f"{record.assignment}.ipynb").exists()
    return record.outcome is not Outcome.GRADER_ERROR


def _grade_one(course: Course, assignment: str, student: str) -> Record:
    from nbgrader.converters import Autograde

    from autograder.execute import ExecuteSubmission
    from autograder.plugins import adopt

    record = Record(assignment=assignment, student=student, outcome=Outcome.GRADED)
    folder = course.folder("submitted", student, assignment)
    try:
        submission.refuse_links(folder)
        submission.read(adopt(folder, assignment))
        course.convert(Autograde, assignment, student)
        record.sandboxed, record.notes, record.flags, record.items = _results(course, assignment, student)
        record.cell_seconds = dict(ExecuteSubmission.seconds)
    except NoNotebookError as error:
        record.outcome, record.reason = Outcome.MISSING, str(error)
    except SubmissionError as error:
        record.outcome, record.reason = Outcome.UNREADABLE, str(error)
    except Exception as error:  # noqa: BLE001  (nobody's submission stops the class; the log tells what happened)
        log = records.path(course, assignment, student).with_suffix(".log")
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text(getattr(error, "log", "") or f"{type(error).__name__}: {error}")
        record.outcome, record.reason = Outcome.GRADER_ERROR, f"The grader failed; its log is {log}."
    return record


def _results(course: Course, assignment: str, student: str) -> tuple[bool, list[str], list[str], list[Item]]:
    import nbformat
    from nbgrader.api import Gradebook

    path = course.folder("autograded", student, assignment) / f"{assignment}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    with Gradebook(course.directory.db_url) as gradebook:
        marks = {g.name: g for g in gradebook.find_submission_notebook(assignment, assignment, student).grades}
        cells = [cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade")]
        items = [_item(cell, marks[cell.metadata.nbgrader.grade_id]) for cell in cells]
    about = notebook.metadata.autograder
    return about.sandboxed, about.notes, about.flags, items


def _item(cell: Any, mark: Any) -> Item:
    from autograder.plugins import message

    errors = [output for output in cell.get("outputs", []) if output.output_type == "error"]
    return Item(
        grade_id=mark.name,
        status=_status(cell, mark, errors),
        score=None if mark.needs_manual_grade and mark.manual_score is None else mark.score,
        max_score=mark.max_score,
        message=message(errors[-1]) if errors else "",
    )


def _status(cell: Any, mark: Any, errors: list[Any]) -> Status:
    from autograder import execute

    special = {
        execute.TIMED_OUT: Status.TIMED_OUT,
        execute.KERNEL_DIED: Status.KERNEL_DIED,
        execute.NOT_RUN: Status.NOT_RUN,
        execute.OUT_OF_MEMORY: Status.OUT_OF_MEMORY,
        execute.TOO_MUCH_OUTPUT: Status.TOO_MUCH_OUTPUT,
    }
    if cell.metadata.nbgrader.solution:
        return Status.TO_BE_MARKED if mark.needs_manual_grade else Status.UNANSWERED
    if errors:
        return special.get(errors[-1].ename, Status.FAILED)
    return Status.PASSED if mark.score >= mark.max_score else Status.PARTIAL

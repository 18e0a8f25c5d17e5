"""nbgrader's gradebook as the grader uses it: a copy of one assignment for workers, and results written in batches.

Only the process that hands out the work writes to it, so it is never locked by a rival of its own.
"""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder import database
from autograder.grading import patches
from autograder.grading.records import Item, Status
from autograder.submissions import times

FEW = 20  # records, for which only their own marks are asked for

if TYPE_CHECKING:
    from autograder.course import Course
    from autograder.grading.job import Done
    from autograder.grading.records import Record
    from autograder.grading.store import Store


def only(course: Course, assignment: str) -> bytes:
    """Copy what the gradebook knows of an assignment, without students, into a SQLite database of its own.

    Args:
        course: the course.
        assignment: an assignment that is in the gradebook.

    Returns:
        The content of the database's file.
    """
    from nbgrader import api
    from sqlalchemy import create_engine, select

    cells = (api.GradeCell, api.SolutionCell, api.TaskCell)
    with tempfile.TemporaryDirectory() as folder, course.gradebook() as gradebook:
        copy = Path(folder) / "copy.db"
        there, here = gradebook.engine, create_engine(f"sqlite:///{copy}")
        api.Base.metadata.create_all(bind=here)
        with there.connect() as source, here.begin() as target:

            def fetch(table: Any, *conditions: Any) -> list[str]:
                rows = [dict(row._mapping) for row in source.execute(select(table).where(*conditions))]
                if rows:
                    target.execute(table.insert(), rows)
                return [row["id"] for row in rows]

            tables = api.Base.metadata.tables
            fetch(tables["course"])
            ids = fetch(tables["assignment"], tables["assignment"].c.name == assignment)
            notebooks = fetch(tables["notebook"], tables["notebook"].c.assignment_id.in_(ids))
            fetch(tables["source_cell"], tables["source_cell"].c.notebook_id.in_(notebooks))
            base = fetch(tables["base_cell"], tables["base_cell"].c.notebook_id.in_(notebooks))
            for kind in cells:
                fetch(kind.__table__, kind.__table__.c.id.in_(base))
        here.dispose()
        return copy.read_bytes()


def texts(course: Course, assignment: str) -> dict[str, tuple[str, float | None]]:
    """Give the text and the points, if any, of each cell that the gradebook knows of an assignment.

    Args:
        course: the course.
        assignment: an assignment that is in the gradebook.

    Returns:
        Text and points by grade_id, as they are run and counted in grading.
    """
    with course.gradebook() as gradebook:
        notebook = gradebook.find_notebook(assignment, assignment)
        points = {cell.name: cell.max_score for cell in (*notebook.grade_cells, *notebook.task_cells)}
        return {cell.name: (cell.source, points.get(cell.name)) for cell in notebook.source_cells}


def unmarked(course: Course, assignment: str) -> set[str]:
    """Tell whose submissions hold answers that somebody still has to mark.

    Args:
        course: the course.
        assignment: an assignment that is in the gradebook.
    """
    with course.gradebook() as gradebook:
        return {
            entry.student_id
            for entry in gradebook.assignment_submissions(assignment)
            for notebook in entry.notebooks
            for grade in notebook.grades
            if grade.needs_manual_grade and grade.manual_score is None
        }


def marked_by_hand(course: Course, found: Sequence[Record]) -> list[Record]:
    """Bring records up to date with marks that were given by hand since.

    Args:
        course: the course.
        found: records of submissions of one assignment.

    Returns:
        Copies of the records.
    """
    by_hand = _by_hand(course, found) if found else {}
    done = []
    for record in found:
        items = [
            _with(item, mark) if (mark := by_hand.get((record.student, item.grade_id))) else item
            for item in record.items
        ]
        done.append(record.model_copy(update={"items": items}))
    return done


def _by_hand(course: Course, found: Sequence[Record]) -> dict[tuple[str, str], Any]:
    """Give all marks by hand of an assignment, by student and cell; of a few students only theirs."""
    from nbgrader.api import BaseCell, Grade, MissingEntry, Notebook, SubmittedAssignment, SubmittedNotebook

    few = {record.student for record in found} if len(found) <= FEW else None
    with course.gradebook() as gradebook:
        try:
            entry = gradebook.find_assignment(found[0].assignment)
        except MissingEntry:
            return {}
        columns = (SubmittedAssignment.student_id, BaseCell.name, Grade.manual_score, Grade.extra_credit)
        rows = (
            gradebook.db.query(*columns)
            .select_from(Grade)
            .join(BaseCell, Grade.cell_id == BaseCell.id)
            .join(Notebook, BaseCell.notebook_id == Notebook.id)
            .join(SubmittedNotebook, Grade.notebook_id == SubmittedNotebook.id)
            .join(SubmittedAssignment, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
            .filter(SubmittedAssignment.assignment_id == entry.id, Notebook.name == entry.name)
            .filter(Grade.manual_score.isnot(None))
        )
        if few is not None:
            rows = rows.filter(SubmittedAssignment.student_id.in_(few))
        return {(row[0], row[1]): row for row in rows}


def write(store: Store, batch: Sequence[Done]) -> None:
    """Write the marks of graded submissions, in one transaction, as nbgrader's autograde does; none given by hand goes.

    The items of the records are brought up to date with marks that were given by hand.

    Args:
        store: the records of the assignment.
        batch: results of submissions of it that were graded.

    Raises:
        GradebookError: when the database cannot be used; nothing of the batch is in it then.
    """
    from sqlalchemy.exc import SAWarning

    if not batch:
        return
    with warnings.catch_warnings(), store.course.gradebook() as gradebook:
        warnings.simplefilter("ignore", SAWarning)  # SQLAlchemy 2 has remarks on how nbgrader uses it
        with patches.one_transaction(gradebook):
            overdue = [done for done in batch if _enter(store, gradebook, done)]
    with database.explain_errors(store.course.directory.db_url):
        for done in overdue:
            _penalise(store.course, done)


def _enter(store: Store, gradebook: Any, done: Done) -> bool:
    """Enter one result; tell whether it was handed in late."""
    assignment, student = store.assignment, done.record.student
    at = times.known_time(store.course.folder("submitted", student=student, assignment=assignment))
    gradebook.update_or_create_student(student)
    entry = gradebook.update_or_create_submission(assignment, student, **({"timestamp": at} if at else {}))
    old = store.load(student)
    again = old is not None and old.submission == done.record.submission
    for notebook in entry.notebooks:
        scores, comments = done.scores.get(notebook.name, {}), done.comments.get(notebook.name, {})
        for mark in notebook.grades:
            before, mark.auto_score = mark.auto_score, scores.get(mark.name)
            if not (again and mark.auto_score == before and mark.manual_score is not None):  # else nothing new to see
                mark.needs_manual_grade = mark.auto_score is None or mark.manual_score is not None
        for comment in notebook.comments:
            comment.auto_comment = comments.get(comment.name)
        notebook.late_submission_penalty = None
        if notebook.name == assignment:
            marks = {mark.name: mark for mark in notebook.grades}
            done.record.items = [_with(item, marks[item.grade_id]) for item in done.record.items]
    return bool(entry.total_seconds_late > 0)


def _with(item: Item, mark: Any) -> Item:
    """Bring an item up to date with what a person has said about it."""
    if mark.manual_score is None:
        return item
    score = mark.manual_score + (mark.extra_credit or 0.0)
    status = item.status
    if status is Status.UNANSWERED:
        status = Status.TO_BE_MARKED
    elif status in (Status.PASSED, Status.PARTIAL):
        status = Status.PASSED if score >= item.max_score else Status.PARTIAL
    return item.model_copy(update={"score": score, "status": status})


def _penalise(course: Course, done: Done) -> None:
    """Have nbgrader ask the plugin for late submissions what it costs."""
    from nbformat.v4 import new_notebook
    from nbgrader.preprocessors import AssignLatePenalties

    assignment, student = done.record.assignment, done.record.student
    course.tools_on_path()
    for notebook in done.scores:
        where = {"notebook": notebook, "assignment": assignment, "student": student}
        AssignLatePenalties(config=course.config).preprocess(
            new_notebook(), {"nbgrader": {**where, "db_url": course.directory.db_url}}
        )

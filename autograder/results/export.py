"""Grades as a table: for people, or in the form that Canvas or Moodle takes back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder.errors import AssignmentError, TableError
from autograder.grading.records import Outcome
from autograder.grading.store import Store
from autograder.lms import canvas, moodle, platforms, tables
from autograder.lms.canvas import Canvas
from autograder.lms.moodle import Moodle
from autograder.lms.platforms import Mark, Roster
from autograder.lms.roster import People
from autograder.lms.roster import read as read_roster
from autograder.lms.tables import Table, harmless
from autograder.submissions import late
from autograder.submissions.late import Verdict

if TYPE_CHECKING:
    from autograder.course import Course

COLUMNS = ["student", "first_name", "last_name", "email"]
COLUMNS += ["outcome", "score", "max_score", "to_be_marked", "late_days", "penalty", "score_before_penalty"]
COLUMNS += ["reason", "flags"]


class Form(StrEnum):
    """The forms of the table."""

    CSV = "csv"
    CANVAS = "canvas"
    MOODLE = "moodle"


@dataclass
class Exported:
    """What was written."""

    students: int  # that are in the file
    left_out: list[tuple[str, str]] = field(default_factory=list)  # students with a mark that is not in it, and why
    without: list[tuple[str, str]] = field(default_factory=list)  # students that have no mark, and why
    to_be_marked: int = 0  # students whose written answers nobody has marked yet
    strangers: list[tuple[str, str]] = field(default_factory=list)  # students who are not in the list of the class


def export(course: Course, assignment: str, out: Path, roster: Path | None = None) -> Exported:
    """Write the grades of an assignment as CSV.

    Columns are `COLUMNS`, then one per graded cell with its points. ``score`` is empty where there is no mark; then
    ``outcome`` and ``reason`` say why; ``reason`` also tells of marks given without the sandbox; ``to_be_marked``
    counts written answers that nobody has marked yet; ``late_days`` are started days, ``penalty`` is what they cost
    and ``score_before_penalty`` what there was before; ``flags`` is what a person should look at.

    Args:
        course: the course.
        assignment: the assignment's name.
        out: the CSV file; replaced in one step.
        roster: the list of the class (`autograder.lms.roster`): everybody in it gets a row, with name and address.

    Returns:
        What is in it.

    Raises:
        AssignmentError: unknown or not released assignment, or nobody to export.
        GradebookError: when the gradebook cannot be used.
        CourseError: when penalties for lateness cannot be worked out.
        TableError: when the extensions cannot be read or the file cannot be written.
    """
    rows, items, people = _rows(course, course.require(assignment), roster)
    header = [*COLUMNS, *items]
    tables.write(out, Table(header, [[_cell(row.get(name, "")) for name in header] for row in rows]))
    return Exported(len(rows), to_be_marked=_unmarked(rows), strangers=sorted(people.strangers.items()))


def export_for(
    form: Form,
    course: Course,
    assignment: str,
    out: Path,
    roster: Path | None = None,
    *,
    column: str | None = None,
    scale: bool = False,
    provisional: bool = False,
) -> Exported:
    """Write the grades of an assignment in the form that a platform takes back.

    Args:
        form: which platform.
        course: the course.
        assignment: the assignment's name.
        out: the CSV file; replaced in one step.
        roster: the platform's own file, to be filled in; without it only the names of the files that were handed in
            tell who is who.
        column: for Canvas, the heading or number of the assignment, if it is called otherwise there.
        scale: convert marks where the platform has another maximum.
        provisional: also marks of students whose written answers nobody has marked yet.

    Returns:
        What is in it, and who is not.

    Raises:
        AssignmentError: unknown or not released assignment, or nobody to export.
        GradebookError: when the gradebook cannot be used.
        CourseError: when penalties for lateness cannot be worked out.
        TableError: when the roster cannot be used or would be overwritten, or the file cannot be written.
    """
    if roster and roster.resolve() == out.resolve():
        raise TableError(f"{out} is the roster itself, which stays as it is. Choose another --out.")
    rows, _, _ = _rows(course, course.require(assignment))
    marks = [_mark(row) for row in rows]
    maximum = max((row["max_score"] for row in rows if "max_score" in row), default=0.0)
    there = _roster(form, assignment, roster, marks, maximum=maximum, column=column)
    filled = platforms.fill(there, marks, maximum, scale=scale, provisional=provisional)
    tables.write(out, filled.table)
    return Exported(len(filled.entered), filled.left_out, filled.without, _unmarked(rows))


def _roster(
    form: Form, assignment: str, roster: Path | None, marks: list[Mark], *, maximum: float, column: str | None
) -> Roster:
    if form is Form.CANVAS:
        if roster is None:
            return canvas.bare_canvas(assignment, marks, maximum, column)
        return Canvas(tables.read(roster), assignment, column)
    return moodle.bare_moodle(marks, maximum) if roster is None else Moodle(tables.read(roster))


def _mark(row: Mapping[str, Any]) -> Mark:
    score = row.get("score", "")
    if score == "":
        return Mark(row["student"], None, ": ".join(filter(None, [row["outcome"], row.get("reason", "")])))
    return Mark(row["student"], float(score), provisional=bool(row.get("to_be_marked")))


def _unmarked(rows: list[dict[str, Any]]) -> int:
    return sum(bool(row.get("to_be_marked")) for row in rows)


def _rows(
    course: Course, assignment: str, roster: Path | None = None
) -> tuple[list[dict[str, Any]], list[str], People]:
    store, verdicts = Store(course, assignment), late.apply_penalties(course, assignment)
    with course.gradebook() as gradebook:
        cells = [cell.name for cell in gradebook.find_notebook(assignment, assignment).grade_cells]
        graded = {entry.student_id: entry for entry in gradebook.assignment_submissions(assignment)}
        enrolled = {student.id: student for student in gradebook.students}
        there = {*graded, *enrolled, *store.students(), *course.students("submitted", assignment)}
        people = read_roster(roster, there)
        ids = sorted({*there, *people.students})
        rows = [_row(store, name, enrolled.get(name), graded.get(name)) for name in ids]
    if not rows:
        raise AssignmentError(f"Nobody has been graded. Grade first: autograder grade {assignment}")
    for row in rows:
        if row["outcome"] == "graded":
            _take_off(row, verdicts.get(row["student"], Verdict()))
        if person := people.students.get(row["student"]):
            row |= {column: row[column] or told for column, told in vars(person).items()}
    return rows, _ordered(store, ids, cells), people


def _ordered(store: Store, ids: list[str], cells: list[str]) -> list[str]:
    """Put cells in the notebook's order, which records know; databases give them in any."""
    known = (record.items for name in ids if (record := store.load(name)))
    order = {item.grade_id: index for index, item in enumerate(next(filter(None, known), []))}
    return sorted(cells, key=lambda name: order.get(name, len(order)))


def _row(store: Store, name: str, student: Any, entry: Any) -> dict[str, Any]:
    row: dict[str, Any] = {"student": name}
    for column in ("first_name", "last_name", "email"):
        row[column] = getattr(student, column, None) or ""
    record = store.current(name)
    if record and record.outcome is not Outcome.GRADED:
        return {**row, "outcome": record.outcome.value, "reason": record.reason}
    if (
        entry is None
        or not store.course.folder("autograded", student=name, assignment=store.assignment).is_dir()
        or _overtaken(store, name)
    ):
        handed_in = store.course.folder("submitted", student=name, assignment=store.assignment).is_dir()
        return {**row, "outcome": "not graded yet" if handed_in else "nothing handed in"}
    grades = [grade for notebook in entry.notebooks for grade in notebook.grades]
    row |= {"outcome": "graded", "score": round(entry.score, 4), "max_score": entry.max_score}
    if record and not record.sandboxed:
        row["reason"] = "run without sandbox"
    row["flags"] = "; ".join(record.flags) if record else ""
    row["to_be_marked"] = sum(grade.needs_manual_grade for grade in grades)
    unmarked = {grade.name for grade in grades if grade.needs_manual_grade and grade.manual_score is None}
    return row | {grade.name: "" if grade.name in unmarked else grade.score for grade in grades}


def _overtaken(store: Store, name: str) -> bool:
    """Tell whether another file was handed in after the one that was graded."""
    if store.load(name) is None or store.current(name):
        return False
    steps = ("autograded", "submitted")
    folders = (store.course.folder(step, student=name, assignment=store.assignment) for step in steps)
    graded, there = (folder / f"{store.assignment}.ipynb" for folder in folders)
    return there.exists() and (not graded.exists() or graded.stat().st_mtime < there.stat().st_mtime)


def _cell(value: Any) -> str:
    return harmless(value) if isinstance(value, str) else str(value)


def _take_off(row: dict[str, Any], verdict: Verdict) -> None:
    """Put what lateness costs into a row."""
    before = row["score"]
    row |= {"late_days": verdict.days, "penalty": verdict.points, "score_before_penalty": before}
    row["score"] = "" if verdict.no_mark else round(before - verdict.points, 4)
    remarks = [row.get("reason", ""), verdict.remark, "handed in after the cut-off" if verdict.no_mark else ""]
    row["reason"] = "; ".join(filter(None, remarks))

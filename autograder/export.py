"""Grades as a table: one row per student, from the gradebook and the records."""

from __future__ import annotations

import csv
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder import records
from autograder.errors import AssignmentError
from autograder.records import Outcome

if TYPE_CHECKING:
    from autograder.course import Course

COLUMNS = ["student", "first_name", "last_name", "email"]
COLUMNS += ["outcome", "score", "max_score", "to_be_marked", "reason", "flags"]


def export(course: Course, assignment: str, out: Path) -> int:
    """Write the grades of an assignment as CSV.

    Columns are `COLUMNS`, then one per graded cell with its points. ``score`` is empty where there is no mark; then
    ``outcome`` and ``reason`` say why; ``reason`` also tells of marks given without the sandbox; ``to_be_marked``
    counts written answers that nobody has marked yet; ``flags`` is what a person should look at.

    Args:
        course: the course.
        assignment: the assignment's name.
        out: the CSV file; replaced in one step.

    Returns:
        How many students are in it.

    Raises:
        AssignmentError: unknown or not released assignment, or nobody to export.
    """
    rows, items = _rows(course, course.require(assignment))
    if not rows:
        raise AssignmentError(f"Nobody has been graded. Grade first: autograder grade {assignment}")
    draft = out.with_name(out.name + ".tmp")
    with draft.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, [*COLUMNS, *items], restval="")
        writer.writeheader()
        writer.writerows({key: _harmless(value) for key, value in row.items()} for row in rows)
    os.replace(draft, out)
    return len(rows)


def _rows(course: Course, assignment: str) -> tuple[list[dict[str, Any]], list[str]]:
    from nbgrader.api import Gradebook

    course.require_release(assignment)
    with Gradebook(course.directory.db_url) as gradebook:
        cells = [cell.name for cell in gradebook.find_notebook(assignment, assignment).grade_cells]
        graded = {entry.student_id: entry for entry in gradebook.assignment_submissions(assignment)}
        enrolled = {student.id: student for student in gradebook.students}
        recorded = {path.stem for path in records.path(course, assignment, "x").parent.glob("*.json")}
        ids = sorted({*graded, *enrolled, *recorded, *course.students("submitted", assignment)})
        rows = [_row(course, assignment, name, enrolled.get(name), graded.get(name)) for name in ids]
    return rows, cells


def _row(course: Course, assignment: str, name: str, student: Any, entry: Any) -> dict[str, Any]:
    row: dict[str, Any] = {"student": name}
    for column in ("first_name", "last_name", "email"):
        row[column] = getattr(student, column, None) or ""
    record = records.current(course, assignment, name)
    if record and record.outcome is not Outcome.GRADED:
        return {**row, "outcome": record.outcome.value, "reason": record.reason}
    if entry is None or not course.folder("autograded", name, assignment).is_dir():
        handed_in = course.folder("submitted", name, assignment).is_dir()
        return {**row, "outcome": "not graded yet" if handed_in else "nothing handed in"}
    grades = [grade for notebook in entry.notebooks for grade in notebook.grades]
    row |= {"outcome": "graded", "score": entry.score, "max_score": entry.max_score}
    if record and not record.sandboxed:
        row["reason"] = "run without sandbox"
    row["flags"] = "; ".join(record.flags) if record else ""
    row["to_be_marked"] = sum(grade.needs_manual_grade for grade in grades)
    unmarked = {grade.name for grade in grades if grade.needs_manual_grade and grade.manual_score is None}
    return row | {grade.name: "" if grade.name in unmarked else grade.score for grade in grades}


def _harmless(value: Any) -> Any:
    """Keep a spreadsheet from taking a student's name for a formula."""
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t") else value

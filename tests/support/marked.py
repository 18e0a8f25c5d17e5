"""A course whose submissions are marked already: gradebook and records are written directly, nothing is run."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from autograder.authoring.release import release
from autograder.course import Course
from autograder.grading.records import Outcome, Record
from autograder.grading.store import Store
from autograder.submissions import late, times

ROOT = Path(__file__).parents[2]
ANSWER = "def double(x):\n    ### BEGIN SOLUTION\n    return 2 * x\n    ### END SOLUTION"
DUE = datetime(2026, 5, 1, 22, 0)  # in UTC


def new_course(root: Path) -> Path:
    """Make a course with an assignment ps1 of 8 automatic and 2 manual points, due on the first of May."""
    from nbgrader.api import Gradebook

    (root / "solutions" / "ps1").mkdir(parents=True)
    (root / "solutions" / "ps1" / "ps1.py").touch()
    shutil.copy(ROOT / "nbgrader_config.py", root)
    course = Course(root)
    course.tools_on_path()
    with Gradebook(course.directory.db_url) as gradebook:
        gradebook.add_assignment("ps1", duedate=DUE)
    cells = [
        new_markdown_cell("Double a number."),
        new_code_cell("limit = 3", metadata=_marks("setup", locked=True)),
        new_code_cell(ANSWER, metadata=_marks("double", solution=True)),
        new_code_cell("assert double(limit) == 6", metadata=_marks("double-test", grade=True, locked=True, points=8)),
        new_markdown_cell("Because.", metadata=_marks("why", grade=True, solution=True, points=2)),
    ]
    kernel = {"name": "python3", "language": "python", "display_name": "Python 3"}
    nbformat.write(new_notebook(cells=cells, metadata={"kernelspec": kernel}), course.source("ps1"))
    release(course, "ps1")
    return root


def _marks(name: str, **more: object) -> NotebookNode:
    kinds = dict.fromkeys(("grade", "solution", "locked", "task"), False)
    return NotebookNode(nbgrader=NotebookNode(grade_id=name, schema_version=3, **{**kinds, **more}))


@dataclass
class Marked:
    """Makes marked submissions of ps1."""

    course: Course

    def configure(self, text: str) -> None:
        """Add to the configuration."""
        with (self.course.root / "nbgrader_config.py").open("a") as config:
            config.write(f"\n{text}\n")
        self.course = Course(self.course.root)

    def change(self, cell: int, source: str, points: float | None = None) -> None:
        """Change a cell of the assignment, by its number, and release it again."""
        notebook = nbformat.read(self.course.source("ps1"), as_version=4)
        notebook.cells[cell].source = source
        if points is not None:
            notebook.cells[cell].metadata.nbgrader.points = points
        nbformat.write(notebook, self.course.source("ps1"))
        release(self.course, "ps1")

    def policy(self, **values: object) -> None:
        """Set the policy for late submissions."""
        self.configure(f"c.LatePenalty.policy = {values!r}")

    def extend(self, *lines: str) -> None:
        """Write the file of extensions."""
        text = "\n".join(["student,assignment,until", *lines])
        (self.course.root / late.EXTENSIONS).write_text(text + "\n")

    def hand_in(self, student: str, at: str | None = None) -> Path:
        """Put a submission where collecting puts it, with its time if it is known."""
        folder = self.course.folder("submitted", student=student, assignment="ps1")
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "ps1.ipynb").write_text(f"the notebook of {student}")
        if at:
            (folder / times.TIMESTAMP).write_text(f"{at} UTC")
        return folder

    def mark(self, student: str, auto: float, manual: float | None = 0, at: str | None = None) -> None:
        """Mark what a student handed in."""
        from nbgrader.api import Gradebook

        folder = self.course.folder("submitted", student=student, assignment="ps1")
        if at or not folder.exists():
            self.hand_in(student, at)
        self.course.folder("autograded", student=student, assignment="ps1").mkdir(parents=True, exist_ok=True)
        (self.course.folder("autograded", student=student, assignment="ps1") / "ps1.ipynb").touch()
        with Gradebook(self.course.directory.db_url) as gradebook:
            gradebook.update_or_create_student(student)
            gradebook.update_or_create_submission("ps1", student)
            test = gradebook.find_grade("double-test", "ps1", "ps1", student)
            test.auto_score, test.needs_manual_grade = auto, False
            why = gradebook.find_grade("why", "ps1", "ps1", student)
            why.manual_score, why.needs_manual_grade = manual, manual is None
            gradebook.db.commit()
        self.record(student, Outcome.GRADED)

    def record(self, student: str, outcome: Outcome, reason: str = "") -> None:
        """Leave a record."""
        handed_in = Store(self.course, "ps1").submission_digest(student)
        record = Record(assignment="ps1", student=student, outcome=outcome, reason=reason, submission=handed_in)
        Store(self.course, record.assignment).save(record)

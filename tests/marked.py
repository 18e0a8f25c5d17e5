"""A course whose submissions are marked already: gradebook and records are written directly, nothing is run."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from autograder import late, records
from autograder.course import Course
from autograder.records import Outcome, Record

ROOT = Path(__file__).parents[1]
DUE = datetime(2026, 5, 1, 22, 0)  # in UTC


def new_course(root: Path) -> Path:
    """Make a course with an assignment ps1 of 8 automatic and 2 manual points, due on the first of May."""
    from nbgrader.api import Gradebook

    (root / "solutions" / "ps1").mkdir(parents=True)
    (root / "solutions" / "ps1" / "ps1.py").touch()
    shutil.copy(ROOT / "nbgrader_config.py", root)
    Course.tools_on_path()
    with Gradebook(Course(root).directory.db_url) as gradebook:
        gradebook.add_assignment("ps1", duedate=DUE)
        gradebook.add_notebook("ps1", "ps1")
        for name, points, kind in (("double-test", 8, "code"), ("why", 2, "markdown")):
            gradebook.add_grade_cell(name, "ps1", "ps1", max_score=points, cell_type=kind)
    return root


@dataclass
class Marked:
    """Makes marked submissions of ps1."""

    course: Course

    def configure(self, text: str) -> None:
        """Add to the configuration."""
        with (self.course.root / "nbgrader_config.py").open("a") as config:
            config.write(f"\n{text}\n")
        self.course = Course(self.course.root)

    def policy(self, **values: object) -> None:
        """Set the policy for late submissions."""
        self.configure(f"c.LatePenalty.policy = {values!r}")

    def extend(self, *lines: str) -> None:
        """Write the file of extensions."""
        text = "\n".join(["student,assignment,until", *lines])
        (self.course.root / late.EXTENSIONS).write_text(text + "\n")

    def hand_in(self, student: str, at: str | None = None) -> Path:
        """Put a submission where collecting puts it, with its time if it is known."""
        folder = self.course.folder("submitted", student, "ps1")
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "ps1.ipynb").write_text(f"the notebook of {student}")
        if at:
            (folder / late.TIMESTAMP).write_text(f"{at} UTC")
        return folder

    def mark(self, student: str, auto: float, manual: float | None = 0, at: str | None = None) -> None:
        """Mark what a student handed in."""
        from nbgrader.api import Gradebook

        folder = self.course.folder("submitted", student, "ps1")
        if at or not folder.exists():
            self.hand_in(student, at)
        self.course.folder("autograded", student, "ps1").mkdir(parents=True, exist_ok=True)
        (self.course.folder("autograded", student, "ps1") / "ps1.ipynb").touch()
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
        handed_in = records.handed_in(self.course, "ps1", student)
        record = Record(assignment="ps1", student=student, outcome=outcome, reason=reason, submission=handed_in)
        records.save(self.course, record)

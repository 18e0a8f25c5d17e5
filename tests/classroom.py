"""Makes submissions of any assignment from its source: right, wrong, broken; each with the mark it must get.

Used by the tests and by `make demo`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder.course import Course
from autograder.rebuild import grade_id
from autograder.records import Outcome

WRITTEN = "I compared the two results and the second one is better, because its error is smaller."


@dataclass(frozen=True)
class Submission:
    """The files of one student, and what grading them must come to."""

    student: str
    files: Mapping[str, bytes]
    score: float | None  # automatic points; None where there must be no mark
    outcome: Outcome = Outcome.GRADED
    remark: str = ""  # must turn up in the record: in a note, a reason or a message


@dataclass(frozen=True)
class Classroom:
    """Makes submissions of one assignment of a course that is built and released."""

    course: Course
    assignment: str

    def released(self) -> NotebookNode:
        """Return the student version, to be changed at will."""
        path = self.course.folder("release", assignment=self.assignment) / f"{self.assignment}.ipynb"
        return nbformat.read(path, as_version=4)

    @cached_property
    def source(self) -> NotebookNode:
        """The instructor's version."""
        return nbformat.read(self.course.source(self.assignment), as_version=4)

    @cached_property
    def right(self) -> dict[str, str]:
        """The reference answers of all code exercises, by grade_id."""
        return {
            grade_id(cell): re.sub(r"(?m)^ *### (BEGIN|END) SOLUTION\n?", "", cell.source).rstrip()
            for cell in self.source.cells
            if cell.cell_type == "code" and cell.metadata.get("nbgrader", {}).get("solution")
        }

    @cached_property
    def points(self) -> dict[str, float]:
        """Points of all test cells, by grade_id."""
        return {
            grade_id(cell): cell.metadata.nbgrader.points
            for cell in self.source.cells
            if cell.metadata.get("nbgrader", {}).get("grade") and not cell.metadata.nbgrader.solution
        }

    @cached_property
    def written(self) -> list[str]:
        """The grade_ids of written answers."""
        return [
            grade_id(cell)
            for cell in self.source.cells
            if cell.cell_type == "markdown" and cell.metadata.get("nbgrader", {}).get("solution")
        ]

    @property
    def total(self) -> float:
        """All points that tests can give."""
        return sum(self.points.values())

    def fill(self, answers: Mapping[str, str] | None = None, *, written: str | None = WRITTEN) -> NotebookNode:
        """Return the released notebook with answers put in: the right ones, and in their place those given."""
        notebook = self.released()
        answers = {**self.right, **(answers or {})}
        for cell in notebook.cells:
            name = grade_id(cell)
            if name in self.written and written is not None:
                cell.source = written
            elif cell.metadata.get("nbgrader", {}).get("solution") and name in answers:
                cell.source = answers[name]
        return notebook

    def submit(self, student: str, notebook: NotebookNode | bytes, name: str | None = None) -> Path:
        """Put a notebook where collecting would put it (or under another file name)."""
        folder = self.course.folder("submitted", student, self.assignment)
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / (name or f"{self.assignment}.ipynb")
        path.write_bytes(notebook if isinstance(notebook, bytes) else as_bytes(notebook))
        return path

    def hand_in(self, submission: Submission) -> None:
        """Put all files of a submission into place."""
        for name, content in submission.files.items():
            self.submit(submission.student, content, name)


def as_bytes(notebook: NotebookNode) -> bytes:
    """Return a notebook as a file, even if it is not valid."""
    return json.dumps(notebook, indent=1, ensure_ascii=False).encode()


def edited(notebook: NotebookNode, name: str, change: Callable[[NotebookNode], None]) -> NotebookNode:
    """Return a copy in which one cell, by grade_id, is changed."""
    copy = deepcopy(notebook)
    change(next(cell for cell in copy.cells if grade_id(cell) == name))
    return copy

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
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from autograder.course import Course
from autograder.grading.records import Outcome
from autograder.notebooks.cells import grade_id

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
        folder = self.course.folder("submitted", student=student, assignment=self.assignment)
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


def known_class(room: Classroom, right: Mapping[str, list[str]], wrong: Mapping[str, list[str]]) -> list[Submission]:
    """Make a class with every kind of submission that instructors meet.

    Args:
        room: the classroom.
        right: for each exercise, right answers in other styles than the reference's.
        wrong: for each exercise, wrong answers.

    Returns:
        The class.
    """
    exercises = list(room.right)
    first = exercises[0]
    test = f"{first}-test"
    total, rest = room.total, room.total - room.points[test]
    # Right answers that do without each other: where one is replaced by a wrong one, only its own points are lost
    alone = {name: _self_contained(name, right[name], exercises) for name in exercises}
    good = room.fill(alone)

    def student(
        name: str, content: NotebookNode | bytes, score: float | None, remark: str = "", **kw: Any
    ) -> Submission:
        content = content if isinstance(content, bytes) else as_bytes(content)
        return Submission(name, {kw.pop("file", f"{room.assignment}.ipynb"): content}, score, remark=remark, **kw)

    def broken_first(source: str) -> NotebookNode:
        return room.fill({**alone, first: source})

    return [
        student("all_right", room.fill(), total),
        *(
            student(
                f"other_style_{k}", room.fill({name: right[name][k % len(right[name])] for name in exercises}), total
            )
            for k in range(2)
        ),
        *(
            student(f"all_wrong_{k}", room.fill({name: wrong[name][k % len(wrong[name])] for name in exercises}), 0)
            for k in range(4)
        ),
        *(
            student(
                f"only_{name}_wrong", room.fill({**alone, name: wrong[name][0]}), total - room.points[f"{name}-test"]
            )
            for name in exercises
        ),
        student("half_done", _half(room), sum(room.points[f"{n}-test"] for n in exercises[: len(exercises) // 2])),
        student("blank", room.released(), 0, "unanswered"),
        student("no_written_answer", room.fill(written=None), total, "unanswered"),
        student("syntax_error", broken_first("def f(:\n    return"), rest),
        student(
            "endless_loop",
            broken_first(f"def {first}(*args, **kwargs):\n    while True:\n        pass"),
            rest,
            "stopped",
        ),
        student("endless_loop_outside", broken_first("while True:\n    pass"), rest, "stopped"),
        student("deaf_endless_loop", broken_first(DEAF), rest, "could not be interrupted"),
        student("exits", broken_first("import os\nos._exit(0)"), rest, "ended the whole Python process"),
        student("waits_for_input", broken_first("name = input('your name? ')"), rest),
        student("chatty", room.fill({name: CHATTY.format(source, name) for name, source in room.right.items()}), total),
        student("own_cells", _with_own_cells(good), total),
        student("deleted_test", _without(good, test), total, "put back"),
        student("deleted_answer", _without(good, first), rest, "missing"),
        student("edited_test", edited(good, test, lambda cell: cell.update(source="pass")), total, "had been changed"),
        student("edited_points", edited(good, test, lambda cell: cell.metadata.nbgrader.update(points=100)), total),
        student("stripped_metadata", _stripped(good), total),
        student("copied_test", _copied(good, test), total, "counts once"),
        student("copied_answer", _copied(good, first, source=wrong[first][0], before=True), total, "was there 2 times"),
        student("copied_cell_id", _same_id(good), total),
        student("wrong_kernel", _with_kernel(good), total),
        student("renamed_file", good, total, "was called", file="my homework (1).ipynb"),
        student("empty_file", b"", None, "is empty", outcome=Outcome.UNREADABLE),
        student("truncated_json", as_bytes(good)[:3000], None, "breaks off", outcome=Outcome.UNREADABLE),
        student("not_a_notebook", b"[1, 2]", None, "not a notebook", outcome=Outcome.UNREADABLE),
        student("no_notebook", b"%PDF-1.4", None, "essay.pdf", outcome=Outcome.MISSING, file="essay.pdf"),
    ]


DEAF = "import time\nwhile True:\n    try:\n        time.sleep(1)\n    except BaseException:\n        pass"
CHATTY = "{}\nimport sys, warnings\nprint('note', file=sys.stderr)\nwarnings.warn('defined {}')"


def _self_contained(name: str, candidates: list[str], exercises: list[str]) -> str:
    others = [other for other in exercises if other != name]
    return next(source for source in candidates if not re.search(rf"\b({'|'.join(others)})\b", source))


def _half(room: Classroom) -> NotebookNode:
    notebook, done = room.released(), list(room.right)[: len(room.right) // 2]
    for cell in notebook.cells:
        if grade_id(cell) in done:
            cell.source = room.right[grade_id(cell)]
    return notebook


def _with_own_cells(notebook: NotebookNode) -> NotebookNode:
    copy = deepcopy(notebook)
    copy.cells[1:1] = [new_code_cell("1 / 0"), new_code_cell("%time sum(range(10))\nundefined_name")]
    copy.cells.append(new_markdown_cell("My notes"))
    return copy


def _without(notebook: NotebookNode, name: str) -> NotebookNode:
    copy = deepcopy(notebook)
    copy.cells = [cell for cell in copy.cells if grade_id(cell) != name]
    return copy


def _stripped(notebook: NotebookNode) -> NotebookNode:
    copy = deepcopy(notebook)
    for cell in copy.cells:
        cell.metadata = NotebookNode()
    return copy


def _copied(notebook: NotebookNode, name: str, source: str | None = None, *, before: bool = False) -> NotebookNode:
    copy = deepcopy(notebook)
    index = next(number for number, cell in enumerate(copy.cells) if grade_id(cell) == name)
    twin = deepcopy(copy.cells[index])
    twin.source = twin.source if source is None else source
    copy.cells.insert(index if before else index + 1, twin)
    return copy


def _same_id(notebook: NotebookNode) -> NotebookNode:
    copy = deepcopy(notebook)
    copy.cells.append(new_code_cell("pass", id=copy.cells[-1].id))
    return copy


def _with_kernel(notebook: NotebookNode) -> NotebookNode:
    copy = deepcopy(notebook)
    copy.metadata.kernelspec = {"name": "matlab", "display_name": "Matlab", "language": "matlab"}
    return copy

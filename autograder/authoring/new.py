"""A small assignment that is complete and green, for its author to turn into another one."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.errors import AssignmentError

if TYPE_CHECKING:
    from autograder.course import Course

TEMPLATES = Path(__file__).parent / "templates"
NAME = re.compile(r"[A-Za-z0-9]\w*(-\w+)*", re.ASCII)
ANSWERS = Path("tests") / "exercises"


def new(course: Course, assignment: str) -> list[Path]:
    """Write the source of a new assignment: a lecture cell, an exercise with its hints and tests, a written question.

    Args:
        course: the course.
        assignment: its name, which names folder and file.

    Returns:
        The files: the source and, where the course keeps answers that try tests (``tests/exercises``), some of them.

    Raises:
        AssignmentError: no name for an assignment, or there is something of this name.
        FolderError: when the folder cannot be written.
    """
    if not NAME.fullmatch(assignment):
        raise AssignmentError(
            f"{assignment!r} is no name for an assignment, which names folders and files: letters, digits, _ and -, "
            "for example 11_optimisers."
        )
    title = re.sub(r"[_-]+", " ", assignment)
    texts = {course.folder("source", assignment=assignment) / f"{assignment}.py": "assignment.py.txt"}
    if (course.root / ANSWERS / "__init__.py").exists():
        texts[course.root / ANSWERS / f"nb{assignment}.py"] = "exercises.py.txt"
    taken = [path for path in [course.folder("source", assignment=assignment), *texts] if path.exists()]
    if taken:
        raise AssignmentError(f"{taken[0]} is there already. Choose another name, or remove it.")
    course.require_writable(*(path.parent for path in texts))
    for path, template in texts.items():
        text = (TEMPLATES / template).read_text(encoding="utf-8")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.replace("{title}", title).replace("{name}", assignment), encoding="utf-8")
    return list(texts)

"""What marks depend on, beside the submission: the version of an assignment, and how two versions differ.

Each version that submissions were graded with is kept in ``records/<assignment>/versions/``, as fingerprints only.
Prose and penalties for lateness are no part of it: they change no mark. Nor are reference answers on which no later
exercise can depend (`autograder.execution.follow_on`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, ValidationError

from autograder.course import CONFIG_FILE
from autograder.errors import AssignmentError
from autograder.files import write_atomically
from autograder.notebooks.cells import grade_id, is_answer, is_test, marks

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from autograder.course import Course
    from autograder.grading.store import Store

UNRELATED = {
    *("CourseDirectory", "LatePenalty", "AssignLatePenalties", "GenerateFeedback", "HTMLExporter"),
    "GenerateAssignment",  # what it makes of the cells is looked at itself
}
"""Sections of the configuration on which no mark of the grader's depends."""
RENAMED = {"autograder.plugins.ExecuteSubmission": "autograder.execute.ExecuteSubmission"}
"""Names in a configuration that were others before; they count as those, so that nobody is graded again for a name."""
REGISTERED = ("grade", "solution", "locked", "task")
"""What makes nbgrader keep the text of a cell in the gradebook."""


class Version(BaseModel):
    """Fingerprints of what an assignment consists of."""

    model_config = ConfigDict(frozen=True)

    rest: list[tuple[str, str]]
    """What all tests depend on, by what it is called in messages, in order: all other cells, the
    gradebook (another one has no marks yet), configuration, files."""
    tests: dict[str, str]
    """By grade_id, in order."""
    points: dict[str, float]
    """Of all graded cells, by grade_id."""

    @cached_property
    def key(self) -> str:
        """The fingerprint of it all."""
        return _digest(self.model_dump_json())

    def same_but_tests(self, older: Version) -> bool:
        """Tell whether texts of tests, or points, are all that has changed."""
        return self.rest == older.rest and list(self.tests) == list(older.tests)

    def differences(self, older: Version) -> list[str]:
        """Name what has changed."""
        ours, theirs = ({**dict(one.rest), **_named("the test", one.tests)} for one in (self, older))
        changed = [name for name in {**ours, **theirs} if ours.get(name) != theirs.get(name)]
        if not changed and not self.same_but_tests(older):
            changed = ["the order of the cells"]
        both = [name for name in self.points if name in older.points]
        return changed + [f"the points of {name}" for name in both if self.points[name] != older.points[name]]


def now(course: Course, assignment: str) -> Version:
    """Return the version of an assignment as it is now.

    Args:
        course: the course.
        assignment: its name.

    Returns:
        The version.

    Raises:
        AssignmentError: it has not been released, its source cannot be used, or that has changed since, so that the
            gradebook holds other tests.
    """
    from autograder.execution import follow_on
    from autograder.grading import gradebook
    from autograder.notebooks.source import read_source, student_version

    there = course.require_release(assignment)
    path = course.source(assignment)
    try:
        source = read_source(path)
        cells = student_version(source, course.config, hidden_tests=True).cells
    except Exception as error:
        raise AssignmentError(f"{path} cannot be used: {type(error).__name__}: {error}") from error
    ours = {_name(cell): cell for cell in cells if any(marks(cell).get(kind) for kind in REGISTERED)}
    theirs = gradebook.texts(course, assignment)
    if stale := sorted(name for name in {*ours, *theirs} if _differs(ours.get(name), theirs.get(name))):
        raise AssignmentError(
            f"{path} has changed since {assignment} was released ({', '.join(stale)}). "
            f"Release it again, then grade: autograder release {assignment}"
        )
    answers = {_name(cell): cell for cell in source.cells if is_answer(cell)}
    rest: list[tuple[str, str]] = []
    tests: dict[str, str] = {}
    for cell in cells:
        if is_test(cell):
            tests[_name(cell)] = _digest([cell.source, len(rest)])
        elif cell.cell_type == "code" or _name(cell):
            rest.append(_part(cell, answers.get(_name(cell))))
    counting = follow_on.references_that_count(source)
    rest += [(f"the reference answer {name}", _digest(text)) for name, text in counting.items()]
    points = {name: float(cell.metadata.nbgrader.points) for name, cell in ours.items() if "points" in marks(cell)}
    rest += [("the gradebook", there), *_configuration(course, assignment), *_files(course, assignment)]
    return Version(rest=rest, tests=tests, points=points)


def save(store: Store, version: Version) -> None:
    """Keep a version, so that later ones can be compared with it."""
    target = _path(store, version.key)
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(target, version.model_dump_json(indent=1))


def load(store: Store, key: str) -> Version | None:
    """Read a version; None when it was not kept, or what is there is none."""
    try:
        return Version.model_validate_json(_path(store, key).read_bytes())
    except (FileNotFoundError, ValidationError):
        return None


def _path(store: Store, key: str) -> Path:
    return store.folder / "versions" / f"{key}.json"


def _part(cell: NotebookNode, answer: NotebookNode | None) -> tuple[str, str]:
    """Fingerprint a cell as students get it; of the reference answer count the names that it defines."""
    from autograder.notebooks import names

    shown = [cell.source, cell.cell_type, cell.metadata.get("tags"), {**marks(cell), "points": None, "checksum": None}]
    if answer is not None and answer.cell_type == "code":
        shown += [sorted(names.defined(answer.source)), sorted(names.classes(answer.source))]
    if name := _name(cell):
        return f"the cell {name}", _digest(shown)
    first = cell.source.strip().partition("\n")[0][:40]
    return f"the lecture cell “{first}”", _digest([cell.id, *shown])


def _configuration(course: Course, assignment: str) -> Iterator[tuple[str, str]]:
    # What is no plain value counts as changed when the file has
    fallback = _digest((course.root / CONFIG_FILE).read_text(encoding="utf-8"))
    for name, section in sorted(course.config.items()):
        if name in UNRELATED:
            continue
        values: dict[str, Any] = dict(section)
        if name == "ExecuteSubmission":
            values.pop("sandbox", None)  # each record says that
            special = values.get("assignment_limits")
            values["assignment_limits"] = special.get(assignment) if isinstance(special, Mapping) else special
        plain = json.dumps(values, sort_keys=True, default=lambda _: fallback)
        for new, old in RENAMED.items():
            plain = plain.replace(json.dumps(new), json.dumps(old))
        yield f"the configuration of {name}", _digest(plain)


def _files(course: Course, assignment: str) -> Iterator[tuple[str, str]]:
    """Fingerprint what stands beside the notebook, as written and as released: the judge sees the latter."""
    from nbgrader.utils import find_all_files

    source, release = (course.folder(step, assignment=assignment) for step in ("source", "release"))
    for found in sorted(map(Path, find_all_files(str(source), course.directory.ignore))):
        name = found.relative_to(source)
        if found != course.source(assignment) and found.is_file():
            copies = [path.read_bytes() for path in (found, release / name) if path.is_file()]
            yield f"the file {name}", _digest([hashlib.sha256(copy).hexdigest() for copy in copies])


def _differs(cell: NotebookNode | None, registered: tuple[str, float | None] | None) -> bool:
    """Tell whether the gradebook knows a cell otherwise; what nbgrader's AUTOTEST has made of it is not looked at."""
    if cell is None or registered is None:
        return True
    text, points = registered
    same_text = cell.source == text or "AUTOTEST" in cell.source
    return not same_text or (points is not None and points != float(marks(cell).get("points", 0)))


def _named(kind: str, parts: Mapping[str, str]) -> dict[str, str]:
    return {f"{kind} {name}": digest for name, digest in parts.items()}


def _name(cell: NotebookNode) -> str:
    return grade_id(cell) or ""


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()

"""Grading again what has a mark already: how much must be run, and what would change for whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from autograder.grading import gradebook, journal, records, versions
from autograder.grading.job import Before
from autograder.grading.records import Item, Outcome, Record, Status

if TYPE_CHECKING:
    from autograder.course import Course
    from autograder.grading.versions import Version

CALM = {Status.PASSED, Status.PARTIAL, Status.FAILED, Status.UNANSWERED, Status.TO_BE_MARKED}
"""How tests end that have no bearing on the others; a hang or a crash takes time, or the kernel, from all."""
UNKNOWN = "it is not known what"


@dataclass(frozen=True)
class Change:
    """What a result that waits would change for one student."""

    before: Record
    after: Record

    @property
    def student(self) -> str:
        """The student whose result it is."""
        return self.after.student

    @property
    def items(self) -> dict[str, tuple[Item | None, Item | None]]:
        """The graded cells whose points, or maximum, differ, before and after, by grade_id."""
        old, new = ({item.grade_id: item for item in record.items} for record in (self.before, self.after))
        pairs = {name: (old.get(name), new.get(name)) for name in {**old, **new}}
        return {name: pair for name, pair in pairs.items() if _points(pair[0]) != _points(pair[1])}

    @property
    def matters(self) -> bool:
        """Whether it changes the mark or its maximum."""
        return bool(self.items) or self.before.outcome is not self.after.outcome


def _points(item: Item | None) -> tuple[float | None, float] | None:
    return None if item is None else (item.score, item.max_score)


def marked(course: Course, assignment: str, student: str, submission: str) -> Record | None:
    """Give the record of a submission if it has a mark."""
    record = records.load(course, assignment, student)
    return record if record and record.outcome is Outcome.GRADED and record.submission == submission else None


def pending(course: Course, assignment: str, students: Sequence[str], version: Version) -> list[Change]:
    """Tell what results that wait would change.

    Args:
        course: the course.
        assignment: the assignment's name.
        students: whose results.
        version: as it is now; results of other versions do not count.

    Returns:
        The changes, by student.
    """
    found = [done.record for done in journal.entries(course, assignment, waiting=True)]
    wanted = set(students)
    after = [record for record in found if record.version == version.key and record.student in wanted]
    pairs = [(marked(course, assignment, record.student, record.submission), record) for record in after]
    old = gradebook.marked_by_hand(course, [before for before, _ in pairs if before])
    new = gradebook.marked_by_hand(course, [record for before, record in pairs if before])
    return [Change(*pair) for pair in zip(old, new, strict=True)]


def before(course: Course, record: Record, version: Version) -> Before | None:
    """Give what can be kept of an earlier run; None when all has to be run.

    Args:
        course: the course.
        record: of the same submission, with a mark.
        version: as it is now.
    """
    older = versions.load(course, record.assignment, record.version)
    calm = all(item.status in CALM for item in record.items)
    if older is None or not version.same_but_tests(older) or not calm:
        return None
    notebook = course.folder("autograded", record.student, record.assignment) / f"{record.assignment}.ipynb"
    return Before(notebook.read_bytes(), record.cell_seconds)


def causes(course: Course, assignment: str, students: Sequence[str], version: Version) -> list[str]:
    """Name what has changed since submissions got the marks that they have.

    Args:
        course: the course.
        assignment: an assignment that has been released.
        students: whose submissions.
        version: as it is now.
    """
    found = [records.current(course, assignment, student) for student in students]
    keys = dict.fromkeys(one.version for one in found if one and one.outcome is Outcome.GRADED)
    older = [versions.load(course, assignment, key) for key in keys if key != version.key]
    named = [name for one in older for name in (version.differences(one) if one else [UNKNOWN])]
    return list(dict.fromkeys(named))

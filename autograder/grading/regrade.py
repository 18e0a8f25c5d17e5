"""Grading again what has a mark already: how much must be run, and what would change for whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from autograder.grading import gradebook, versions
from autograder.grading.job import Before
from autograder.grading.records import Item, Outcome, Record, Status

if TYPE_CHECKING:
    from autograder.grading.store import Store
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


def pending(store: Store, students: Sequence[str], version: Version) -> list[Change]:
    """Tell what results that wait would change.

    Args:
        store: the records of the assignment.
        students: whose results.
        version: as it is now; results of other versions do not count.

    Returns:
        The changes, by student.
    """
    found = [done.record for done in store.pending.entries()]
    wanted = set(students)
    after = [record for record in found if record.version == version.key and record.student in wanted]
    pairs = [(store.marked(record.student, record.submission), record) for record in after]
    old = gradebook.marked_by_hand(store.course, [before for before, _ in pairs if before])
    new = gradebook.marked_by_hand(store.course, [record for before, record in pairs if before])
    return [Change(*pair) for pair in zip(old, new, strict=True)]


def before(store: Store, record: Record, version: Version) -> Before | None:
    """Give what can be kept of an earlier run; None when all has to be run.

    Args:
        store: the records of the assignment.
        record: of the same submission, with a mark.
        version: as it is now.
    """
    older = versions.load(store, record.version)
    calm = all(item.status in CALM for item in record.items)
    if older is None or not version.same_but_tests(older) or not calm:
        return None
    folder = store.course.folder("autograded", student=record.student, assignment=store.assignment)
    notebook = folder / f"{store.assignment}.ipynb"
    return Before(notebook.read_bytes(), record.cell_seconds)


def causes(store: Store, students: Sequence[str], version: Version) -> list[str]:
    """Name what has changed since submissions got the marks that they have.

    Args:
        store: the records of an assignment that has been released.
        students: whose submissions.
        version: as it is now.
    """
    found = [store.current(student) for student in students]
    keys = dict.fromkeys(one.version for one in found if one and one.outcome is Outcome.GRADED)
    older = [versions.load(store, key) for key in keys if key != version.key]
    named = [name for one in older for name in (version.differences(one) if one else [UNKNOWN])]
    return list(dict.fromkeys(named))

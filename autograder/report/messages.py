"""Typical errors: what the checks said, grouped where only numbers differ."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from autograder.report.gather import Student

LONGEST = 300  # characters of a message that are looked at and shown; an exception may carry a novel
STUB = re.compile(r"NotImplementedError\b")  # what every stub raises
NUMBER = re.compile(r"(?<![\w.])[-+]?(?:0x[0-9a-f]+|(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?j?|nan\b|inf\b)", re.IGNORECASE)
ROW = re.compile(r"#(?:[\s,]+#)+,?")
ROWS = re.compile(r"([(\[]#[)\]])(?:[\s,]+[(\[]#[)\]])+")


@dataclass
class Group:
    """One kind of error."""

    message: str = ""  # the commonest of them, in the check's own words
    texts: Counter[str] = field(default_factory=Counter)  # as they were, with their numbers
    exercises: Counter[str] = field(default_factory=Counter)
    students: list[str] = field(default_factory=list)


def normal(message: str) -> str:
    """Replace numbers, indices, shapes and arrays of numbers, so that messages differ only in what they say.

    Args:
        message: what a check or Python said.
    """
    text = ROW.sub("#", NUMBER.sub("#", message[:LONGEST])).replace("#,)", "#)")
    return " ".join(ROWS.sub(r"\1", text).split())


def group(students: Sequence[Student]) -> list[Group]:
    """Group the messages of a class by what they say.

    Args:
        students: the class.

    Returns:
        The groups, those that most students have first.
    """
    return _grouped(
        (student.id, item.grade_id, item.message)
        for student in students
        for item in (student.record.items if student.record else [])
        if item.message.strip() and not item.references and not is_stub(item.message)
    )


def is_stub(message: str) -> bool:
    """Tell whether a message only says that an exercise was not begun.

    Args:
        message: what a check or Python said.
    """
    return STUB.match(message) is not None


def remarks(students: Sequence[Student]) -> list[Group]:
    """Group what had to be put right in submissions (`Record.notes`).

    Args:
        students: the class.
    """
    return _grouped(
        (student.id, "", note) for student in students for note in (student.record.notes if student.record else [])
    )


def _grouped(said: Iterable[tuple[str, str, str]]) -> list[Group]:
    groups: dict[str, Group] = {}
    for student, exercise, message in said:
        found = groups.setdefault(normal(message), Group())
        found.texts[_short(message)] += 1
        found.exercises[exercise] += 1
        if student not in found.students[-1:]:  # a student's messages come one after the other
            found.students.append(student)
    for found in groups.values():
        found.message = found.texts.most_common(1)[0][0]
    return sorted(groups.values(), key=lambda found: (-len(found.students), found.message))


def _short(message: str) -> str:
    return message if len(message) <= LONGEST else f"{message[:LONGEST]}…"

"""What the tables of learning platforms have in common: students are found in them, marks are filled in.

A roster is such a table as it was downloaded. `fill` puts marks into it and changes nothing else that the platform
reads. What is known of the two formats comes from their importers (`canvas`, `moodle`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol

from autograder.errors import TableError
from autograder.lms.tables import Table, plain

UNMARKED = "has written answers that nobody has marked yet. Mark them, or enter the points so far with --provisional"
NUMBERED = re.compile(r"(?P<name>.*)_(?P<number>\d+)")  # a student's id, as collect makes it of both platforms' names


@dataclass(frozen=True)
class Mark:
    """What is to be handed to a platform for one student."""

    student: str
    score: float | None  # None: no mark
    reason: str = ""  # why there is none
    provisional: bool = False  # there are written answers that nobody has marked yet


@dataclass
class Filled:
    """What became of the marks."""

    table: Table
    entered: list[str] = field(default_factory=list)  # students
    left_out: list[tuple[str, str]] = field(default_factory=list)  # students with a mark that is not in it, and why
    without: list[tuple[str, str]] = field(default_factory=list)  # students without a mark, and why


class Roster(Protocol):
    """A platform's table."""

    table: Table
    maximum: float | None  # points that can be had on the platform
    grade: int  # the column for marks

    def students(self) -> Iterable[list[str]]:
        """Return the rows that are about a student."""

    def number(self, row: list[str]) -> str:
        """Return the platform's number of the student."""

    def name(self, row: list[str]) -> str:
        """Return the student's name; empty where the platform hides it."""

    def keys(self, row: list[str]) -> set[str]:
        """Return other things that may serve as the student's id: login, e-mail address."""

    def refusal(self, row: list[str], score: float) -> str:
        """Say why the platform would not take a mark; empty when it does."""

    def upload(self) -> Table:
        """Return the table to give back."""


def numbered(marks: list[Mark]) -> list[re.Match[str]]:
    """Return the name and number in the id of each student who has both."""
    return [found for mark in marks if (found := NUMBERED.fullmatch(mark.student))]


def fill(
    roster: Roster, marks: list[Mark], maximum: float, *, scale: bool = False, provisional: bool = False
) -> Filled:
    """Put marks into a platform's table.

    Args:
        roster: the table.
        marks: one per student.
        maximum: the points that can be had here.
        scale: convert marks where the platform has another maximum.
        provisional: also those to which points may still be added by hand.

    Returns:
        The table to give back, and what became of each mark.

    Raises:
        TableError: when the platform has another maximum and `scale` was not asked for.
    """
    factor = _factor(roster, maximum, scale)
    rows, problems = match(roster, [mark.student for mark in marks])
    filled = Filled(roster.table)
    for mark in marks:
        if mark.score is None:
            filled.without.append((mark.student, mark.reason))
            continue
        score, row = mark.score * factor, rows.get(mark.student)
        why = problems.get(mark.student, "") or (roster.refusal(row, score) if row else "")
        if mark.provisional and not provisional:
            why = why or UNMARKED
        if why or row is None:
            filled.left_out.append((mark.student, why))
        else:
            row[roster.grade] = plain(score)
            filled.entered.append(mark.student)
    filled.table = roster.upload()
    return filled


def _factor(roster: Roster, maximum: float, scale: bool) -> float:
    there = roster.maximum
    if not there or not maximum or abs(there - maximum) < 0.005:
        return 1.0
    if not scale:
        raise TableError(
            f"{roster.table.path}: {plain(there)} points can be had there, but {plain(maximum)} here. Change the "
            f"points of the assignment on the platform, or convert all marks with --scale."
        )
    return there / maximum


def match(roster: Roster, students: Iterable[str]) -> tuple[dict[str, list[str]], dict[str, str]]:
    """Find students in a platform's table.

    A student's id is the login, e-mail address or id of exactly one row, or ends in its number; then the names must
    agree too, because groups have numbers as well.

    Args:
        roster: the table.
        students: ids, as collect makes them.

    Returns:
        The rows of those that were found, and for the others why they were not.
    """
    by_number: dict[str, list[list[str]]] = {}
    by_key: dict[str, list[list[str]]] = {}
    for row in roster.students():
        by_number.setdefault(roster.number(row), []).append(row)
        for key in roster.keys(row):
            by_key.setdefault(key, []).append(row)
    found: dict[str, list[str]] = {}
    problems: dict[str, str] = {}
    for student in students:
        parts = NUMBERED.fullmatch(student)
        numbered = by_number.get(parts["number"], []) if parts else []
        candidates = {id(row): row for row in [*by_key.get(student, []), *numbered]}
        if len(candidates) != 1:
            problems[student] = _nobody(student, roster, list(candidates.values()))
            continue
        [row] = candidates.values()
        if parts and row not in by_key.get(student, []) and not _same_name(parts["name"], roster.name(row)):
            problems[student] = (
                f"matches nobody in {roster.table.path}: number {parts['number']} is {roster.name(row)!r} there. A "
                "group? If they are the same person, correct the name in the file: the platform does not read it"
            )
        else:
            found[student] = row
    return _without_shared(found, problems, roster)


def _nobody(student: str, roster: Roster, candidates: list[list[str]]) -> str:
    if candidates:
        return f"matches more than one row of {roster.table.path}: {', '.join(map(roster.name, candidates))}"
    hint = "is the file of another course or section?" if NUMBERED.fullmatch(student) else "the id has no number"
    return f"matches nobody in {roster.table.path}: {hint}"


def _without_shared(
    found: dict[str, list[str]], problems: dict[str, str], roster: Roster
) -> tuple[dict[str, list[str]], dict[str, str]]:
    owners: dict[int, list[str]] = {}
    for student, row in found.items():
        owners.setdefault(id(row), []).append(student)
    for sharing in owners.values():
        for student in sharing if len(sharing) > 1 else []:
            row = found.pop(student)
            problems[student] = f"shares the row of {roster.name(row)!r} with {', '.join({*sharing} - {student})}"
    return found, problems


def _same_name(ours: str, theirs: str) -> bool:
    """Compare letters and digits only; Moodle may put a group or a login before the name, or hide it."""
    ours, theirs = letters(ours), letters(theirs)
    return not theirs or ours.endswith(theirs) or ours == "participant"


def letters(name: str) -> str:
    """Give the letters and digits of a name in lower case, as Canvas does in the names of files."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFC", name).casefold())

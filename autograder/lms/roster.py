"""Who is in the class: a list that was handed to us, so that whoever handed in nothing is not forgotten.

It is read anew each time and changes nothing in the gradebook; whom `nbgrader db student import` made known there is
known without it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

from autograder.errors import TableError
from autograder.lms import tables
from autograder.lms.canvas import Canvas
from autograder.lms.moodle import Moodle
from autograder.lms.platforms import letters, match
from autograder.lms.tables import Table

IDS = ("id", "student", "student id", "username", "login", "id number", "email address", "email")
"""Headings of a list of one's own that may tell a student's id, the first that is there."""
MENDS = (
    "It must be the gradebook from Canvas, the grading worksheet from Moodle (in English), or a list with the column id"
    " and, if you have them, first_name, last_name and email."
)


@dataclass(frozen=True)
class Person:
    """What a list tells of a student."""

    first_name: str = ""
    last_name: str = ""
    email: str = ""


@dataclass(frozen=True)
class People:
    """A class."""

    students: dict[str, Person]
    """By id: the one under which a submission was collected, else the one that it would get."""
    strangers: dict[str, str]
    """Students who are not in the list, and why they were not found there."""


NOBODY = People({}, {})


def read(path: Path | None, known: Collection[str]) -> People:
    """Read the list of a class.

    Args:
        path: what Canvas or Moodle gave out, or a CSV file with a column ``id``; None for no list.
        known: ids of students of whom there is something.

    Raises:
        TableError: when the file cannot be used.
    """
    if path is None:
        return NOBODY
    table = tables.read(path)
    people: _Canvas | _Moodle | _Plain
    if table.column("Identifier") is not None:
        people = _Moodle(table)
    elif table.column("ID") is not None and table.column("Section") is not None:
        people = _Canvas(table)
    else:
        people = _Plain(table)
    found, strangers = match(people, known)
    rows = {id(row): student for student, row in found.items()}
    students = {
        student: people.person(row)
        for row in people.students()
        if (student := rows.get(id(row)) or people.student(row)) and (id(row) in rows or student not in known)
    }
    return People(students, strangers)


class _Canvas(Canvas):
    """A gradebook of Canvas', whatever assignments there are in it."""

    def __init__(self, table: Table) -> None:
        super().__init__(table, "")

    def _column(self, assignment: str, column: str | None) -> int:
        del assignment, column
        return self._section

    def student(self, row: list[str]) -> str:
        """Return the id that a submission would get."""
        return f"{letters(self.name(row))}_{self.number(row)}"

    def person(self, row: list[str]) -> Person:
        last, _, first = row[self._name[0]].partition(",")
        if len(self._name) > 1:
            first, last = (_told(self.table, row, name) for name in ("FirstName", "LastName"))
        email = next((key for key in sorted(self.keys(row)) if "@" in key), "")
        return Person(first.strip(), last.strip(), email)


class _Moodle(Moodle):
    """A grading worksheet of Moodle's."""

    def student(self, row: list[str]) -> str:
        """Return the id that a submission would get."""
        return re.sub(r"[^\w.@-]+", "_", f"{self.name(row)}_{self.number(row)}").strip("._")

    def person(self, row: list[str]) -> Person:
        first, _, last = self.name(row).strip().rpartition(" ")
        return Person(first, last, _told(self.table, row, "Email address"))


class _Plain:
    """A list of one's own."""

    maximum: float | None = None
    grade = 0

    def __init__(self, table: Table) -> None:
        self.table = table
        columns = [column for name in IDS if (column := table.column(name)) is not None]
        if not columns:
            raise TableError(f"{table.path} has no column id. {MENDS} Its columns: {', '.join(table.header[:12])}.")
        self._columns = columns

    def students(self) -> Iterable[list[str]]:
        """Return the rows with an id."""
        return (row for row in self.table.rows if row[self._columns[0]].strip())

    def number(self, row: list[str]) -> str:
        """Return no number: ids are compared as a whole."""
        del row
        return ""

    def name(self, row: list[str]) -> str:
        """Return first and last name."""
        person = self.person(row)
        return f"{person.first_name} {person.last_name}".strip()

    def keys(self, row: list[str]) -> set[str]:
        """Return whatever may be the id."""
        return {row[column].strip() for column in self._columns if row[column].strip()}

    def refusal(self, row: list[str], score: float) -> str:
        """Refuse nothing."""
        del row, score
        return ""

    def upload(self) -> Table:
        """Return the table as it is: it is not given back."""
        return self.table

    def student(self, row: list[str]) -> str:
        """Return the id."""
        return row[self._columns[0]].strip()

    def person(self, row: list[str]) -> Person:
        first = _told(self.table, row, "first_name", "first name", "firstname", "given name")
        last = _told(self.table, row, "last_name", "last name", "lastname", "surname", "family name")
        if not (first or last):
            first, _, last = _told(self.table, row, "name", "full name").rpartition(" ")
        return Person(first, last, _told(self.table, row, "email", "email address", "e-mail"))


def _told(table: Table, row: list[str], *names: str) -> str:
    column = table.column(*names)
    return "" if column is None else row[column].strip()

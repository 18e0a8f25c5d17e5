"""The grading worksheet as Moodle gives it out, and what its importer does with it (mod/assign/feedback/offline).

The importer finds students by the number in ``Identifier``, needs ``Last modified (grade)`` as it was, and passes over
in silence: empty marks, marks above the maximum, locked marks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from autograder.errors import TableError
from autograder.lms.platforms import Mark, numbered
from autograder.lms.tables import Table, harmless, number, plain

MOODLE = ["Identifier", "Full name", "Email address", "Status", "Grade", "Maximum Grade", "Grade can be changed"]
MOODLE += ["Last modified (submission)", "Last modified (grade)", "Feedback comments"]


class Moodle:
    """A grading worksheet as Moodle gives it out (in English).

    Args:
        table: the file.

    Raises:
        TableError: not a worksheet, or one for marks that are not numbers.
    """

    def __init__(self, table: Table) -> None:
        self.table = table
        mend = (
            "In the assignment choose Submissions > Actions > Download grading worksheet (it must be enabled in the "
            "assignment's settings under Feedback types), with Moodle's language set to English, and give that file."
        )
        self._id, self.grade, _ = table.require("Identifier", "Grade", "Last modified (grade)", mend=mend)
        self._name, self._locked = table.column("Full name"), table.column("Grade can be changed")
        self.maximum = None
        column = table.column("Maximum Grade")
        told = {row[column].strip() for row in table.rows if row[column].strip()} if column is not None else set()
        if told:
            self.maximum = number(told.pop())
            if self.maximum is None or told:
                raise TableError(
                    f"{table.path}: its column Maximum Grade does not hold one number; scales do not work."
                )

    def students(self) -> Iterable[list[str]]:
        """Return all rows."""
        return self.table.rows

    def number(self, row: list[str]) -> str:
        """Return the participant's number, at the end of the identifier."""
        found = re.search(r"\d+$", row[self._id].strip())
        return found[0] if found else ""

    def name(self, row: list[str]) -> str:
        """Return the full name, unless marking is anonymous."""
        return row[self._name] if self._name is not None else ""

    def keys(self, row: list[str]) -> set[str]:
        """Return the e-mail address, and the id that the university gave."""
        columns = [self.table.column(name) for name in ("Email address", "ID number", "Username")]
        return {row[column].strip() for column in columns if column is not None and row[column].strip()}

    def refusal(self, row: list[str], score: float) -> str:
        """Refuse locked marks and those above the maximum, which Moodle passes over in silence."""
        if self._locked is not None and row[self._locked].strip().casefold() == "no":
            return "has a locked mark in Moodle (Grade can be changed: No)"
        if self.maximum is not None and score > self.maximum + 0.005:
            return f"has {plain(score)} points, and Moodle takes no more than {plain(self.maximum)}"
        return ""

    def upload(self) -> Table:
        """Return all columns, as Moodle wants as many as there were; those that it reads are left alone."""
        header = self.table.header
        raw = {self._id, self.grade, self.table.column("Last modified (grade)")}
        raw |= {index for index, name in enumerate(header) if name.startswith("Feedback")}
        rows = [[cell if index in raw else harmless(cell) for index, cell in enumerate(row)] for row in self.table.rows]
        return replace(self.table, rows=rows)


def bare_moodle(marks: list[Mark], maximum: float) -> Moodle:
    """Make a worksheet of what the names of files told, for when there is none from Moodle."""
    rows = []
    for found in numbered(marks):
        row = [f"Participant {found['number']}", found["name"].replace("_", " "), "", "", "", plain(maximum), "Yes"]
        rows.append([*row, "-", "-"])
    return Moodle(Table(MOODLE[:-1], rows, Path("the table made without --roster")))

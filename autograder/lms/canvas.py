"""The gradebook as Canvas exports it, and what its importer does with it (lib/gradebook_importer.rb).

The importer finds students by ``ID`` and the assignment by the number in its heading, takes decimal points and commas,
commas and semicolons, and offers to create whatever it does not find. A cell left empty deletes a mark, a column left
out is not touched: so only the columns that name students, and one of marks, are given back, and cells that get no mark
stay as they were.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from autograder.errors import TableError
from autograder.lms.platforms import Mark, numbered
from autograder.lms.tables import Table, harmless, number, plain

CANVAS_STUDENT = ["Student", "LastName", "FirstName", "ID", "SIS User ID", "SIS Login ID"]
CANVAS_STUDENT += ["Integration ID", "Root Account", "Section"]  # the importer wants Section to be the last of them
TOTAL = "Points Possible"  # in the place of a name, in Canvas' row of maxima
CANVAS_TOTALS = re.compile(r"(Current|Final) (Score|Points|Grade)|Override (Score|Grade|Status)")


class Canvas:
    """A gradebook as Canvas exports it.

    Args:
        table: the file.
        assignment: the assignment's name in this course.
        column: its heading or number in Canvas, where that is not its name.

    Raises:
        TableError: not a gradebook, or the assignment is not in it.
    """

    def __init__(self, table: Table, assignment: str, column: str | None = None) -> None:
        self.table = table
        mend = "In Canvas' gradebook choose Export > Export Entire Gradebook, and give that file."
        self._id, self._section = table.require("ID", "Section", mend=mend)
        self._name = [index for index, head in enumerate(table.header) if head in ("Student", "LastName", "FirstName")]
        if not self._name:
            table.require("Student", mend=mend)
        self.grade = self._column(assignment, column)
        self.maximum = None
        for row in table.rows:
            if self._is_total(row):
                self.maximum = number(row[self.grade])
                if "read only" in row[self.grade]:
                    raise TableError(f"{table.path}: Canvas does not take marks for {table.header[self.grade]!r}.")

    def _column(self, assignment: str, column: str | None) -> int:
        wanted = (column or assignment).strip().casefold()
        found, known = [], []
        for index, heading in enumerate(self.table.header):
            if index <= self._section or CANVAS_TOTALS.search(heading):
                continue
            known.append(heading)
            parts = re.fullmatch(r"(?P<title>.*?)\s*\((?P<number>\d+)\)\s*", heading)
            names = {heading.strip(), *((parts["title"], parts["number"]) if parts else ())}
            if wanted in {name.casefold() for name in names}:
                found.append(index)
        if len(found) == 1:
            return found[0]
        several = "more than one column" if found else "no column"
        raise TableError(
            f"{self.table.path} has {several} for {column or assignment!r}. Name the one that is meant by its number: "
            f"--column NUMBER. There are: {'; '.join(known) or 'none'}."
        )

    def students(self) -> Iterable[list[str]]:
        """Return the rows below “Points Possible” and notes on posting."""
        return (row for row in self.table.rows if row[self._id].strip())

    def _is_total(self, row: list[str]) -> bool:
        """Tell whether a row holds the maxima: it is nobody's, so it has no id; a student may be called like it."""
        return row[0].strip() == TOTAL and not row[self._id].strip()

    def number(self, row: list[str]) -> str:
        """Return Canvas' user id."""
        return row[self._id].strip()

    def name(self, row: list[str]) -> str:
        """Return the name, last name first, as in the names of files."""
        return " ".join(row[index] for index in self._name)

    def keys(self, row: list[str]) -> set[str]:
        """Return the ids that the university gave."""
        columns = [self.table.column(name) for name in ("SIS User ID", "SIS Login ID", "Integration ID")]
        return {row[column].strip() for column in columns if column is not None and row[column].strip()}

    def refusal(self, row: list[str], score: float) -> str:
        """Refuse excused students and those to whom the assignment is not assigned."""
        del score
        said = row[self.grade].strip().upper()
        if said == "EX":
            return "is excused in Canvas; the cell was left as it is"
        return "does not have this assignment in Canvas (N/A)" if said == "N/A" else ""

    def upload(self) -> Table:
        """Return the columns that name students, and the marks: other columns may have changed since."""
        header = self.table.header
        keep = [index for index, head in enumerate(header) if head.strip() in CANVAS_STUDENT] + [self.grade]
        raw = {self._id, self.grade}
        rows = [
            [row[index] if index in raw or self._is_total(row) else _name_only(row[index]) for index in keep]
            for row in self.table.rows
        ]
        return replace(self.table, header=[header[index] for index in keep], rows=rows)


def _name_only(text: str) -> str:
    """Keep a name from being read as anything else, by a spreadsheet or by Canvas, which knows the maxima by a word."""
    return harmless(re.sub(r"(?i)(points)\s+(?=possible)", r"\1_", text))


def bare_canvas(assignment: str, marks: list[Mark], maximum: float, column: str | None = None) -> Canvas:
    """Make a gradebook of what the names of files told, for when there is none from Canvas."""
    heading = column or assignment
    header = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", heading]
    rows = [[f"    {TOTAL}", "", "", "", "", plain(maximum)]]
    rows += [[found["name"], found["number"], "", "", "", ""] for found in numbered(marks)]
    return Canvas(Table(header, rows, Path("the table made without --roster")), assignment, heading)

"""The tables that learning platforms give out and take back: Canvas' gradebook, Moodle's grading worksheet.

A roster is such a table as it was downloaded. `fill` puts marks into it and changes nothing else that the platform
reads. What is known of the two formats comes from their importers:

- Canvas (lib/gradebook_importer.rb) finds students by ``ID`` and the assignment by the number in its heading, takes
  decimal points and commas, commas and semicolons, and offers to create whatever it does not find. A cell left empty
  deletes a mark, a column left out is not touched: so only the columns that name students, and one of marks, are given
  back, and cells that get no mark stay as they were.
- Moodle (mod/assign/feedback/offline) finds students by the number in ``Identifier``, needs ``Last modified (grade)``
  as it was, and passes over in silence: empty marks, marks above the maximum, locked marks.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Protocol

from autograder import tables
from autograder.errors import TableError
from autograder.tables import Table, harmless, number, plain

CANVAS_STUDENT = ["Student", "LastName", "FirstName", "ID", "SIS User ID", "SIS Login ID"]
CANVAS_STUDENT += ["Integration ID", "Root Account", "Section"]  # the importer wants Section to be the last of them
TOTAL = "Points Possible"  # in the place of a name, in Canvas' row of maxima
CANVAS_TOTALS = re.compile(r"(Current|Final) (Score|Points|Grade)|Override (Score|Grade|Status)")
MOODLE = ["Identifier", "Full name", "Email address", "Status", "Grade", "Maximum Grade", "Grade can be changed"]
MOODLE += ["Last modified (submission)", "Last modified (grade)", "Feedback comments"]
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
        """Rows that are about a student."""

    def number(self, row: list[str]) -> str:
        """The platform's number of the student."""

    def name(self, row: list[str]) -> str:
        """The student's name; empty where the platform hides it."""

    def keys(self, row: list[str]) -> set[str]:
        """Other things that may serve as the student's id: login, e-mail address."""

    def refusal(self, row: list[str], score: float) -> str:
        """Why the platform would not take a mark; empty when it does."""

    def upload(self) -> Table:
        """The table to give back."""


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
        """Rows below “Points Possible” and notes on posting."""
        return (row for row in self.table.rows if row[self._id].strip())

    def _is_total(self, row: list[str]) -> bool:
        """Tell whether a row holds the maxima: it is nobody's, so it has no id; a student may be called like it."""
        return row[0].strip() == TOTAL and not row[self._id].strip()

    def number(self, row: list[str]) -> str:
        """Canvas' user id."""
        return row[self._id].strip()

    def name(self, row: list[str]) -> str:
        """Last name first, as in the names of files."""
        return " ".join(row[index] for index in self._name)

    def keys(self, row: list[str]) -> set[str]:
        """The ids that the university gave."""
        columns = [self.table.column(name) for name in ("SIS User ID", "SIS Login ID", "Integration ID")]
        return {row[column].strip() for column in columns if column is not None and row[column].strip()}

    def refusal(self, row: list[str], score: float) -> str:
        """Excused students and those to whom the assignment is not assigned."""
        del score
        said = row[self.grade].strip().upper()
        if said == "EX":
            return "is excused in Canvas; the cell was left as it is"
        return "does not have this assignment in Canvas (N/A)" if said == "N/A" else ""

    def upload(self) -> Table:
        """Only the columns that name students, and the marks: other columns may have changed since."""
        header = self.table.header
        keep = [index for index, head in enumerate(header) if head.strip() in CANVAS_STUDENT] + [self.grade]
        raw = {self._id, self.grade}
        rows = [
            [row[index] if index in raw or self._is_total(row) else _name_only(row[index]) for index in keep]
            for row in self.table.rows
        ]
        return replace(self.table, header=[header[index] for index in keep], rows=rows)


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
        """All rows."""
        return self.table.rows

    def number(self, row: list[str]) -> str:
        """The participant's number, at the end of the identifier."""
        found = re.search(r"\d+$", row[self._id].strip())
        return found[0] if found else ""

    def name(self, row: list[str]) -> str:
        """The full name, unless marking is anonymous."""
        return row[self._name] if self._name is not None else ""

    def keys(self, row: list[str]) -> set[str]:
        """The e-mail address, and the id that the university gave."""
        columns = [self.table.column(name) for name in ("Email address", "ID number", "Username")]
        return {row[column].strip() for column in columns if column is not None and row[column].strip()}

    def refusal(self, row: list[str], score: float) -> str:
        """Locked marks and those above the maximum, which Moodle passes over in silence."""
        if self._locked is not None and row[self._locked].strip().casefold() == "no":
            return "has a locked mark in Moodle (Grade can be changed: No)"
        if self.maximum is not None and score > self.maximum + 0.005:
            return f"has {plain(score)} points, and Moodle takes no more than {plain(self.maximum)}"
        return ""

    def upload(self) -> Table:
        """All columns, as Moodle wants as many as there were; those that it reads are left alone."""
        header = self.table.header
        raw = {self._id, self.grade, self.table.column("Last modified (grade)")}
        raw |= {index for index, name in enumerate(header) if name.startswith("Feedback")}
        rows = [[cell if index in raw else harmless(cell) for index, cell in enumerate(row)] for row in self.table.rows]
        return replace(self.table, rows=rows)


def _name_only(text: str) -> str:
    """Keep a name from being read as anything else, by a spreadsheet or by Canvas, which knows the maxima by a word."""
    return harmless(re.sub(r"(?i)(points)\s+(?=possible)", r"\1_", text))


def bare_canvas(assignment: str, marks: list[Mark], maximum: float, column: str | None = None) -> Canvas:
    """Make a gradebook of what the names of files told, for when there is none from Canvas."""
    heading = column or assignment
    header = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", heading]
    rows = [[f"    {TOTAL}", "", "", "", "", plain(maximum)]]
    rows += [[found["name"], found["number"], "", "", "", ""] for found in _numbered(marks)]
    return Canvas(Table(header, rows, Path("the table made without --roster")), assignment, heading)


def bare_moodle(marks: list[Mark], maximum: float) -> Moodle:
    """Make a worksheet of what the names of files told, for when there is none from Moodle."""
    rows = []
    for found in _numbered(marks):
        row = [f"Participant {found['number']}", found["name"].replace("_", " "), "", "", "", plain(maximum), "Yes"]
        rows.append([*row, "-", "-"])
    return Moodle(Table(MOODLE[:-1], rows, Path("the table made without --roster")))


def _numbered(marks: list[Mark]) -> list[re.Match[str]]:
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


def times(path: Path, students: list[str], read: Callable[[str], datetime]) -> dict[str, datetime]:
    """Read when students handed in: from Moodle's grading worksheet, or from columns student and time.

    Args:
        path: a CSV file.
        students: ids, as collect makes them.
        read: turns text into a time; ValueError if it is none.

    Returns:
        The times by student, of those that the file knows.

    Raises:
        TableError: when the file cannot be used, or a time in it cannot be read.
    """
    table = tables.read(path)
    column = table.column("Last modified (submission)")
    if column is not None and table.column("Identifier") is not None:
        found, _ = match(Moodle(table), students)
    else:
        mend = "It must be Moodle's grading worksheet, or have the columns student and time."
        student, column = table.require("student", "time", mend=mend)
        found = {row[student].strip(): row for row in table.rows}
    result = {}
    for student_id, row in found.items():
        text = row[column].strip()
        if text not in ("", "-"):
            try:
                result[student_id] = read(text)
            except ValueError as error:
                raise TableError(f"{path}, {student_id}: {error}.") from None
    return result

"""When something was handed in: as platforms and people write times, and as nbgrader keeps them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from autograder.errors import TableError
from autograder.lms import tables
from autograder.lms.moodle import Moodle
from autograder.lms.platforms import match


def read_times(path: Path, students: list[str], read: Callable[[str], datetime]) -> dict[str, datetime]:
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

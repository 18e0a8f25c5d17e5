"""When something was handed in: as platforms and people write times, and as nbgrader keeps them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, time, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo

from autograder.errors import SubmissionError, TableError
from autograder.lms import tables
from autograder.lms.moodle import Moodle
from autograder.lms.platforms import match

TIMESTAMP, LATE_MARK = "timestamp.txt", "late.txt"
LONGEST = 200  # characters of a time
WORDS = (  # how Moodle writes a time in English
    "%A, %d %B %Y, %I:%M %p",
    "%A, %d %B %Y, %H:%M",
    "%A, %B %d, %Y, %I:%M %p",
)
WITH_PM = ("%Y-%m-%d %I:%M %p", "%Y-%m-%d %I:%M:%S %p")  # 2026-05-03 6:00 PM; no other order of numbers is clear


def parse_time(text: str, zone: tzinfo, *, end_of_day: bool = False) -> datetime:
    """Read a time.

    Args:
        text: as in ISO 8601 (``2026-05-03 18:00``, with an offset or UTC if it is not of `zone`; with AM or PM), or in
            Moodle's words. Of zones UTC and full names (``Europe/Berlin``), no other order of day, month and year:
            ``CST`` and ``05/03/2026`` mean two things.
        zone: of times without an offset.
        end_of_day: a date without a time means the end of that day, not its start.

    Returns:
        The time in UTC, without a zone, as nbgrader stores times.

    Raises:
        ValueError: when it is none.
    """
    written = " ".join(text.split())
    if not written.isprintable():
        raise ValueError(f"{text!r} is not a time such as 2026-05-03 18:00")
    if named := re.fullmatch(r"(.*\d) ([A-Z]\w+/[\w/+-]+)", written):
        written = named[1]
        try:
            zone = ZoneInfo(named[2])
        except (OSError, ValueError, KeyError):
            raise ValueError(f"there is no time zone {named[2]!r}") from None
    written = re.sub(r"\s*\b(UTC|GMT|Z)$", "+00:00", written)
    written = re.sub(r"\s+([+-]\d\d:?\d\d)$", r"\1", written)
    try:
        found = datetime.fromisoformat(written)
        if end_of_day and len(written) <= len("2026-05-03"):
            found = datetime.combine(found, time(23, 59, 59))
    except ValueError:
        found = _in_words(written)
    return utc(found, zone)


def _in_words(text: str) -> datetime:
    for form in (*WORDS, *WITH_PM):
        try:
            return datetime.strptime(text, form)  # its zone is the caller's
        except ValueError:
            continue
    raise ValueError(f"{text!r} is not a time such as 2026-05-03 18:00")


def utc(found: datetime, zone: tzinfo) -> datetime:
    """Turn a time into UTC without a zone; one that has no zone is of `zone`."""
    return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC).replace(tzinfo=None)


def submitted_at(folder: Path) -> datetime | None:
    """Read when a submission was handed in, from nbgrader's ``timestamp.txt``; None where that is not known.

    Raises:
        SubmissionError: when the file holds something else.
    """
    path = folder / TIMESTAMP
    if path.is_symlink() or not path.is_file():
        return None
    with path.open(encoding="utf-8", errors="replace") as file:
        text = file.read(LONGEST).strip()
    try:
        return (
            parse_time(text, UTC) if text else None
        )  # nbgrader's own reader takes +0200 for 200 seconds, CEST for UTC
    except (ValueError, OverflowError):
        raise SubmissionError(
            f"{path} holds {text[:40]!r}, which is not a time, or not clearly one. Write for example "
            "2026-05-03 16:00:00 UTC or 2026-05-03 18:00:00 +0200."
        ) from None


def known_time(folder: Path) -> datetime | None:
    """Give when a submission was handed in; None also where its ``timestamp.txt`` holds something else."""
    try:
        return submitted_at(folder)
    except SubmissionError:
        return None


def stamp(found: datetime) -> str:
    """Write a time (UTC, without a zone) as nbgrader does."""
    return f"{found:%Y-%m-%d %H:%M:%S.%f} UTC"


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

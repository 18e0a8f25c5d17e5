"""Late submissions: when something was handed in, until when it could be, and what lateness costs.

nbgrader's gradebook holds the due date; ``submitted/<student>/<assignment>/timestamp.txt`` the time of submission;
``late.txt`` beside it says that a platform called the submission late without telling the time; ``extensions.csv`` in
the course's folder holds extensions. Penalties follow from these at any time: `apply_penalties` works them all out anew
and writes them to the gradebook, so marks given by hand and extensions granted after grading count.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import Field, field_validator

from autograder.errors import SubmissionError, TableError
from autograder.lms import tables
from autograder.settings import Settings
from autograder.submissions.times import LATE_MARK, known_time, parse_time, submitted_at

if TYPE_CHECKING:
    from autograder.course import Course

PLUGIN = "autograder.plugins.LatePenalty"
EXTENSIONS = "extensions.csv"
DAY = 24 * 60 * 60
Percent = Annotated[float, Field(ge=0, le=100)]


class LatePolicy(Settings):
    """What lateness costs (`LatePenalty.policy` in nbgrader_config.py)."""

    kind: Literal["none", "per day", "cut-off"] = "none"
    """``"none"``: nothing. ``"per day"``: `percent` for each started day. ``"cut-off"``: everything, after a time."""
    percent: Percent = 10
    """Of the maximum, for each started day (by the clock of `timezone`: a day later is the same time of day)."""
    floor: Percent = 0
    """Of the maximum: no mark is brought below this by `percent`; one that is below anyway is left as it is."""
    grace_minutes: Annotated[float, Field(ge=0)] = 0
    """Who is no later than this is not late. Who is later is late from the due date on."""
    cut_off_days: Annotated[int, Field(ge=0)] | None = None
    """After so many days nothing is left. None: at once for ``"cut-off"``, never for ``"per day"``."""
    after_cut_off: Literal["zero", "no mark"] = "zero"
    """What is left then: zero points, or no mark (a gap in the export; zero in the gradebook, which knows no gaps)."""
    timezone: str = "UTC"
    """Of times that are written without one, for example ``"Europe/Berlin"``."""

    @field_validator("timezone")
    @classmethod
    def _known(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (OSError, ValueError, KeyError):
            raise ValueError(f'there is no time zone {name!r} (try "Europe/Berlin" or "UTC")') from None
        return name

    @property
    def zone(self) -> ZoneInfo:
        """The time zone."""
        return ZoneInfo(self.timezone)

    def penalty(self, days: int, score: float, maximum: float) -> tuple[float, bool]:
        """Work out what a submission loses.

        Args:
            days: started days late.
            score: its points before.
            maximum: the points that could be had.

        Returns:
            The points to take off, and whether nothing is left because of the cut-off.
        """
        if days == 0 or self.kind == "none":
            return 0.0, False
        limit = 0 if self.kind == "cut-off" and self.cut_off_days is None else self.cut_off_days
        if limit is not None and days > limit:
            return max(0.0, score), True
        if self.kind == "cut-off":
            return 0.0, False
        above_floor = max(0.0, score - maximum * self.floor / 100)
        return round(min(days * maximum * self.percent / 100, above_floor), 4), False


@dataclass(frozen=True)
class Verdict:
    """How late a submission is and what that costs."""

    days: int = 0  # started days
    points: float = 0.0  # to be taken off
    no_mark: bool = False
    remark: str = ""  # for the instructor

    def __str__(self) -> str:
        """For the student, in words; empty when it costs nothing."""
        if not self.points and not self.no_mark:
            return ""
        when = f"{self.days} {'day' if self.days == 1 else 'days'} late"
        return f"Handed in {when}: " + ("no mark." if self.no_mark else f"{tables.plain(self.points)} points less.")


def policy(config: Any, assignment: str) -> LatePolicy:
    """Read the policy for an assignment from nbgrader's configuration.

    Raises:
        CourseError: when it cannot be used.
    """
    ours = config.LatePenalty
    special = dict(ours.get("assignment_policies", {})).get(assignment, {})
    return LatePolicy.of(ours.get("policy", {}), special, f"nbgrader_config.py, LatePenalty.policy (for {assignment})")


def extensions(course: Course, zone: tzinfo) -> dict[tuple[str, str], datetime]:
    """Read ``extensions.csv``: columns student, assignment, until.

    Returns:
        Times in UTC, by student and assignment; empty when there is no such file.

    Raises:
        TableError: when it cannot be used, names no assignment of the course's, or nobody of the class; the message
            names the line.
    """
    path = course.root / EXTENSIONS
    if not path.exists():
        return {}
    with course.gradebook() as gradebook:
        students = {student.id for student in gradebook.students}
    for assignment in course.assignments():
        students |= set(course.students("submitted", assignment))
    return read_extensions(path, zone, course.assignments(), students)


def read_extensions(path: Path, zone: tzinfo, known: list[str], students: set[str]) -> dict[tuple[str, str], datetime]:
    """Read a file of extensions; see `extensions`."""
    table = tables.read(path)
    columns = table.require("student", "assignment", "until", mend="The first line must be: student,assignment,until.")
    granted: dict[tuple[str, str], datetime] = {}
    for number, row in enumerate(table.rows, start=1):
        student, assignment, until = (row[column].strip() for column in columns)
        where = f"{path}, row {number} ({student}, {assignment})"
        if assignment not in known:
            raise TableError(f"{where}: there is no assignment {assignment!r}. Known: {', '.join(known)}.")
        if student not in students:
            raise TableError(f"{where}: nobody of this name is in the class. {_meant(student, students)}")
        if (student, assignment) in granted:
            raise TableError(f"{where}: this student has a row for it already. Keep the one that counts.")
        try:
            granted[student, assignment] = parse_time(until, zone, end_of_day=True)
        except ValueError:
            raise TableError(
                f"{where}: until {until!r} is not a time. Write 2026-05-03 or 2026-05-03 18:00 (in {zone})."
            ) from None
    return granted


def _meant(student: str, students: set[str]) -> str:
    close = get_close_matches(student, students, n=1, cutoff=0.6)
    add = f"Somebody who has handed in nothing yet is made known by: nbgrader db student add {student}"
    return f"Is it {close[0]!r}? {add}" if close else add


def assess(
    rules: LatePolicy, folder: Path, due: datetime | None, until: datetime | None, *, score: float, maximum: float
) -> Verdict:
    """Tell how late a submission is and what that costs.

    Args:
        rules: the policy.
        folder: where it was handed in.
        due: for everybody, in UTC; None if nobody said.
        until: an extension.
        score: its points before.
        maximum: the points that could be had.

    Returns:
        The verdict. Where a platform only says “late”, that counts as one day, or as none with an extension. A time
        that cannot be read counts as none, and the remark says so.
    """
    submitted, remark, days = None, "", 0
    try:
        submitted = submitted_at(folder)
    except SubmissionError as error:  # the trouble of one student must not be that of all
        remark = str(error)
    if submitted is not None and due is not None:
        last = max(due, until or due)
        is_late = (submitted - last).total_seconds() > rules.grace_minutes * 60
        days = max(1, days_between(last, submitted, rules.zone)) if is_late else 0
    elif (folder / LATE_MARK).exists():
        days = 0 if until else 1
        counted = "covered by the extension" if until else "counted as one day"
        remark = "; ".join(filter(None, [remark, f"late, but not known by how much: {counted}"]))
    points, no_mark = rules.penalty(max(0, days), score, maximum)
    return Verdict(max(0, days), points, no_mark and rules.after_cut_off == "no mark", remark)


def days_between(start: datetime, end: datetime, zone: tzinfo) -> int:
    """Count started days by the clock on the wall: a day later is the same time of day, also when clocks were changed.

    Args:
        start: in UTC, without a zone.
        end: in UTC, without a zone.
        zone: whose clock.
    """
    clocks = (at.replace(tzinfo=UTC).astimezone(zone).replace(tzinfo=None) for at in (start, end))
    first, second = clocks
    return math.ceil((second - first).total_seconds() / DAY)


def apply_penalties(course: Course, assignment: str) -> dict[str, Verdict]:
    """Work out the penalties of all graded submissions anew and write them to the gradebook.

    If nbgrader_config.py names another plugin for late submissions than ours, its penalties are left as they are.

    Args:
        course: the course.
        assignment: the assignment's name.

    Returns:
        The verdicts by student.

    Raises:
        AssignmentError: when the assignment is not in the gradebook.
        GradebookError: when the gradebook cannot be used.
        CourseError: when the policy cannot be used.
        TableError: when the extensions cannot be used.
    """
    course.require_release(assignment)
    course.require_writable_gradebook()
    rules = policy(course.config, assignment)
    granted = extensions(course, rules.zone)
    ours = course.config.AssignLatePenalties.get("plugin_class") == PLUGIN
    verdicts = {}
    with course.gradebook() as gradebook:
        due = gradebook.find_assignment(assignment).duedate
        for entry in gradebook.assignment_submissions(assignment):
            student = entry.student_id
            if not ours:
                days = math.ceil(entry.total_seconds_late / DAY)
                verdicts[student] = Verdict(days, entry.late_submission_penalty)
                continue
            folder, until = (
                course.folder("submitted", student=student, assignment=assignment),
                granted.get((student, assignment)),
            )
            verdict = assess(rules, folder, due, until, score=entry.score, maximum=entry.max_score)
            verdicts[student] = verdict
            entry.timestamp = known_time(folder)
            entry.extension = until - due if until and due and until > due else None
            for index, notebook in enumerate(entry.notebooks):
                notebook.late_submission_penalty = verdict.points if verdict.points and index == 0 else None
        gradebook.db.commit()
    return verdicts

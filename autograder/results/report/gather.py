"""What there is to report on: the class, from the records, the gradebook and the submitted notebooks.

Each of these may be missing, whole or in part. What students wrote is passed on as they wrote it; `page` escapes it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.errors import SubmissionError
from autograder.grading.records import Outcome, Record
from autograder.grading.store import Store
from autograder.lms.roster import read as read_roster
from autograder.notebooks.cells import is_answer
from autograder.submissions import late, reader, times
from autograder.submissions.late import assess

if TYPE_CHECKING:
    from autograder.course import Course

NOTHING = "nothing handed in"
NOT_YET = "not graded yet"


@dataclass(frozen=True)
class Student:
    """One student of the class, whether or not there is a submission."""

    id: str
    name: str = ""  # as in the gradebook; often empty
    record: Record | None = None  # of what is handed in now
    handed_in: bool = False
    late: timedelta = timedelta()
    points: dict[str, float | None] = field(default_factory=dict)  # by grade_id; None until marked by hand

    @property
    def graded(self) -> bool:
        """Whether there is a mark."""
        return self.record is not None and self.record.outcome is Outcome.GRADED

    @property
    def state(self) -> str:
        """How far this student's work has come, in a word or two."""
        if self.record:
            return self.record.outcome.value
        return NOT_YET if self.handed_in else NOTHING


@dataclass(frozen=True)
class Class:
    """Everybody, and when their work was due."""

    students: list[Student]
    due: datetime | None = None  # in UTC; None: no date set


@dataclass
class _Known:
    """What the gradebook knows, by student."""

    due: datetime | None = None
    names: dict[str, str] = field(default_factory=dict)
    late: dict[str, timedelta] = field(default_factory=dict)
    points: dict[str, dict[str, float | None]] = field(default_factory=lambda: defaultdict(dict))


def gather(course: Course, assignment: str, roster: Path | None = None) -> Class:
    """Gather everybody who is enrolled, has handed something in, or has a record.

    Args:
        course: the course.
        assignment: the assignment's name.
        roster: the list of the class, if there is one.

    Returns:
        The class, by id. Points are the gradebook's, where written answers are marked, else the record's.
    """
    known = _known(course, assignment)
    late_by = _lateness(course, assignment, known.due)
    there = set(course.students("submitted", assignment))
    store = Store(course, assignment)
    recorded = store.students()
    people = read_roster(roster, {*known.names, *there, *recorded}).students
    for name, person in people.items():
        known.names[name] = known.names.get(name) or f"{person.first_name} {person.last_name}".strip()
    names = sorted({*known.names, *there, *recorded})
    students = (_student(store, name, name in there, known) for name in names)
    return Class([replace(student, late=late_by(student.id, student.late)) for student in students], known.due)


def _lateness(course: Course, assignment: str, due: datetime | None) -> Callable[[str, timedelta], timedelta]:
    """Give a function that tells how late a student's files are, as `late` counts it for penalties.

    Without files, or without their time, they were as late as the gradebook says.
    """
    rules = late.policy(course.config, assignment)
    granted = late.extensions(course, rules.zone)

    def late_by(student: str, known: timedelta) -> timedelta:
        folder, until = (
            course.folder("submitted", student=student, assignment=assignment),
            granted.get((student, assignment)),
        )
        submitted = times.known_time(folder)
        if submitted is None and not (folder / times.LATE_MARK).exists():
            return known
        days = assess(rules, folder, due, until, score=0, maximum=0).days
        exact = submitted - max(due, until or due) if submitted and due else timedelta(days=days)
        return exact if days else timedelta()

    return late_by


@dataclass(frozen=True)
class Released:
    """The code that everybody got."""

    sources: list[str]  # all code cells, answer cells with their stubs
    names: dict[str, str]  # the grade_id of each answer cell, by grade_id and by cell id


def released(course: Course, assignment: str) -> Released | None:
    """Return the code of the student version; None where the assignment has not been built.

    Args:
        course: the course.
        assignment: the assignment's name.
    """
    import nbformat

    from autograder.notebooks.source import student_version

    if not course.source(assignment).exists():
        return None
    notebook = student_version(nbformat.read(course.source(assignment), as_version=4), course.config)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    answered = [cell for cell in code if is_answer(cell)]
    keys = [(key, cell.metadata.nbgrader.grade_id) for cell in answered for key in ("", cell.get("id", ""))]
    return Released([cell.source for cell in code], {key or name: name for key, name in keys})


def answers(course: Course, assignment: str, names: dict[str, str], ids: list[str]) -> dict[str, dict[str, str]]:
    """Read what students wrote into the answer cells; what cannot be read is left out.

    Args:
        course: the course.
        assignment: the assignment's name.
        names: as in `Released`.
        ids: whose.

    Returns:
        For each answer cell the sources by student. Copies of a cell follow each other.
    """
    found: dict[str, dict[str, str]] = {name: {} for name in names.values()}
    for student in ids:
        own: dict[str, list[str]] = defaultdict(list)
        try:
            cells = reader.code(
                course.folder("submitted", student=student, assignment=assignment) / f"{assignment}.ipynb"
            )
        except (SubmissionError, OSError):
            continue
        for key, source in cells:
            if key in names:
                own[names[key]].append(source)
        for name, sources in own.items():
            found[name][student] = "\n".join(sources)
    return found


def _student(store: Store, name: str, handed_in: bool, known: _Known) -> Student:
    # Where submissions have been deleted, as they should be one day, the records still tell
    record = store.current(name) if handed_in else store.load(name)
    points = {item.grade_id: item.score for item in record.items} if record else {}
    marks = known.points.get(name, {})
    return Student(
        id=name,
        name=known.names.get(name, ""),
        record=record,
        handed_in=handed_in or record is not None,
        late=known.late.get(name, timedelta()),
        points={cell: marks.get(cell, score) for cell, score in points.items()},
    )


def _known(course: Course, assignment: str) -> _Known:
    from nbgrader.api import MissingEntry
    from sqlalchemy.engine import make_url

    known, url = _Known(), make_url(course.directory.db_url)
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").exists():
        return known  # opening it would make one
    with course.gradebook() as gradebook:
        for student in gradebook.students:
            known.names[student.id] = " ".join(filter(None, [student.first_name, student.last_name]))
        try:
            entry = gradebook.find_assignment(assignment)
        except MissingEntry:
            return known
        _fill(known, gradebook, entry)
    return known


def _fill(known: _Known, gradebook: object, assignment: object) -> None:
    """Ask for columns, not objects: with ten thousand students, seconds instead of minutes."""
    from nbgrader.api import BaseCell, Grade, SubmittedAssignment, SubmittedNotebook

    query, one = gradebook.db.query, SubmittedAssignment.assignment_id == assignment.id  # type: ignore[attr-defined]
    due = known.due = assignment.duedate  # type: ignore[attr-defined]
    columns = (SubmittedAssignment.student_id, SubmittedAssignment.timestamp, SubmittedAssignment.extension)
    for student, stamp, extension in query(*columns).filter(one):
        if due and stamp:
            known.late[student] = max(timedelta(), stamp - due - (extension or timedelta()))
    grades = (
        query(SubmittedAssignment.student_id, BaseCell.name, Grade.score, Grade.needs_manual_grade, Grade.manual_score)
        .select_from(Grade)
        .join(BaseCell, Grade.cell_id == BaseCell.id)
        .join(SubmittedNotebook, Grade.notebook_id == SubmittedNotebook.id)
        .join(SubmittedAssignment, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .filter(one)
    )
    for student, cell, score, needs, manual in grades:
        known.points[student][cell] = None if needs and manual is None else score

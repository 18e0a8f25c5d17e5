"""A page of pictures about how a class did in an assignment: `autograder report`.

`gather` reads, `measures`, `messages` and `similar` count, `charts` draws, `page` puts it together.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from autograder.errors import AssignmentError
from autograder.files import write_atomically
from autograder.results.report import gather, page, similar

if TYPE_CHECKING:
    from autograder.course import Course


def report(course: Course, assignment: str, out: Path, roster: Path | None = None) -> int:
    """Write the report of an assignment as one HTML file.

    Args:
        course: the course.
        assignment: the assignment's name.
        out: the file; replaced in one step.
        roster: the list of the class (`autograder.lms.roster`), to name everybody and to tell who handed in nothing.

    Returns:
        How many students are in it.

    Raises:
        AssignmentError: unknown assignment, nobody to report on, or a file that cannot be written.
        TableError: when the roster cannot be used.
    """
    everybody = gather.gather(course, course.require(assignment), roster)
    if not everybody.students:
        raise AssignmentError(f"There is nobody to report on. Grade first: autograder grade {assignment}")
    html = page.render(assignment, everybody, compare(course, assignment, everybody))
    try:
        write_atomically(out, html)
    except OSError as error:
        raise AssignmentError(f"{out} cannot be written: {error.strerror}.") from error
    return len(everybody.students)


def compare(course: Course, assignment: str, everybody: gather.Class) -> page.Compared:
    """Look for similar answers among what was handed in.

    Args:
        course: the course.
        assignment: the assignment's name.
        everybody: the class.
    """
    released = gather.released(course, assignment)
    if released is None:
        return page.Compared(None)
    ids = [student.id for student in everybody.students if student.handed_in]
    answers = gather.answers(course, assignment, released.names, ids)
    read = {student for sources in answers.values() for student in sources}
    common = similar.common_limit(len(read))
    return page.Compared(similar.similar(answers, released.sources, common=common), len(read), common)

"""No submission of the kept corpus gets more than it deserves, and none that is honest gets less."""

from __future__ import annotations

import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import nbformat
import pytest

from autograder.course import Course
from autograder.grade import grade
from autograder.records import Outcome, Record
from tests.forgeries import CORPUS, TOTAL, hand_in, make_course

pytestmark = pytest.mark.slow
SECONDS = 90  # for one; total_time is 60


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Interrupt the grader, and whatever it does to clean up, when it takes so long that something hangs."""

    def late(number: int, frame: FrameType | None) -> None:
        raise TimeoutError(f"grading took more than {seconds} s")

    before = signal.signal(signal.SIGALRM, late)
    signal.setitimer(signal.ITIMER_REAL, seconds, 5)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@pytest.fixture(scope="module")
def graded(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest, scheduler: str
) -> tuple[Course, dict[str, Record]]:
    """All submissions that were asked for, graded as a class: most of them wait rather than work."""
    course = make_course(tmp_path_factory.mktemp("forgeries") / "course")
    items = [item for item in request.session.items if item.path == request.path]
    entries = [CORPUS[item.callspec.params["name"]] for item in items if hasattr(item, "callspec")]
    students: dict[str, list[str]] = {}
    for entry in entries:
        hand_in(course, entry)
        students.setdefault(entry.assignment, []).append(entry.name)
    with at_most(SECONDS * len(entries)):
        records = {
            record.student: record
            for assignment, names in students.items()
            for record, _ in grade(course, assignment, names, scheduler=scheduler)
        }
    return course, records


def harm(path: Path) -> list[str]:
    """What a graded notebook's outputs say about code that ran where it must not."""
    cells = nbformat.read(path, as_version=4).cells
    said = [str(output) for cell in cells for output in cell.get("outputs", []) if output.output_type == "stream"]
    return re.findall(r"HARM: \w+", "\n".join(said))


@pytest.mark.parametrize("name", CORPUS)
def test_everybody_gets_exactly_what_they_deserve(graded: tuple[Course, dict[str, Record]], name: str) -> None:
    (course, records), entry = graded, CORPUS[name]
    record = records[name]
    assert record.seconds < SECONDS
    assert (record.outcome, record.score) == (Outcome.GRADED, entry.deserved), record.model_dump_json(indent=1)
    made = course.folder("autograded", name, entry.assignment) / f"{entry.assignment}.ipynb"
    assert harm(made) == []
    assert not (entry.honest and record.flags)


def test_corpus_knows_what_can_be_had() -> None:
    assert {entry.deserved for entry in CORPUS.values() if not entry.honest} == {0.0}
    assert all(entry.deserved == TOTAL[entry.assignment] for entry in CORPUS.values() if entry.honest)

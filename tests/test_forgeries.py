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
from autograder.records import Outcome
from tests.forgeries import CORPUS, TOTAL, hand_in, make_course

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("cluster")]


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
def targets(tmp_path_factory: pytest.TempPathFactory) -> Course:
    return make_course(tmp_path_factory.mktemp("forgeries") / "course")


def harm(path: Path) -> list[str]:
    """What a graded notebook's outputs say about code that ran where it must not."""
    cells = nbformat.read(path, as_version=4).cells
    said = [str(output) for cell in cells for output in cell.get("outputs", []) if output.output_type == "stream"]
    return re.findall(r"HARM: \w+", "\n".join(said))


@pytest.mark.parametrize("name", CORPUS)
def test_everybody_gets_exactly_what_they_deserve(targets: Course, name: str) -> None:
    entry = CORPUS[name]
    hand_in(targets, entry)
    with at_most(90):  # total_time is 60
        (record, _), *_ = grade(targets, entry.assignment, [name])
    assert (record.outcome, record.score) == (Outcome.GRADED, entry.deserved), record.model_dump_json(indent=1)
    made = targets.folder("autograded", name, entry.assignment) / f"{entry.assignment}.ipynb"
    assert harm(made) == []
    assert not (entry.honest and record.flags)


def test_corpus_knows_what_can_be_had() -> None:
    assert {entry.deserved for entry in CORPUS.values() if not entry.honest} == {0.0}
    assert all(entry.deserved == TOTAL[entry.assignment] for entry in CORPUS.values() if entry.honest)

"""No submission of the kept corpus gets more than it deserves, and none that is honest gets less."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FrameType

import nbformat
import pytest

from autograder.course import Course
from autograder.grading.grade import grade
from autograder.grading.records import Outcome, Record
from autograder.grading.store import Store
from tests.support.forgeries import CORPUS, TOTAL, hand_in, make_course

pytestmark = pytest.mark.slow
SECONDS = 120  # for one; total_time is 60, and the machine may be busy with other tests


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
    made = course.folder("autograded", student=name, assignment=entry.assignment) / f"{entry.assignment}.ipynb"
    assert harm(made) == []
    assert not (entry.honest and record.flags)


# Where all is done as root, as in a container: as somebody whom the system gives no rights, with the same files
AS_USER = [] if os.getuid() else ["unshare", "--user", "--map-user=1000", "--map-group=1000"]
ORDINARY = ("fake_modules", "vanishes", "hands_over_files", "new_grader_code", "honest_chatty", "honest_helpers")
WHO = """
import os
print(os.getuid(), int(open("/proc/self/status").read().split("CapEff:")[1].split()[0], 16))
"""


@pytest.fixture
def short() -> Iterator[Path]:
    """A folder whose path leaves room for the names of sockets."""
    with TemporaryDirectory(prefix="user-") as folder:
        yield Path(folder)


@pytest.mark.skipif(sys.platform != "linux", reason="the sandbox needs Linux")
def test_ordinary_user_grades_as_well(tmp_path: Path, short: Path) -> None:
    course = make_course(tmp_path / "course")
    entries = [entry for entry in CORPUS.values() if entry.assignment == "ps1" and entry.name in ORDINARY]
    assert len(entries) == len(ORDINARY)
    for entry in entries:
        hand_in(course, entry)
    environment = {**os.environ, **dict.fromkeys(("HOME", "TMPDIR", "XDG_RUNTIME_DIR"), str(short))}
    tools = Path(sys.executable).parent

    def run(*command: str | Path) -> str:
        done = subprocess.run(
            [*AS_USER, *command], cwd=course.root, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    user, rights = map(int, run(sys.executable, "-c", WHO).split())
    assert user != 0
    assert rights == 0
    run(tools / "autograder", "grade", "ps1")
    for entry in entries:
        record = Store(course, "ps1").load(entry.name)
        assert record
        assert (record.outcome, record.score, record.sandboxed) == (Outcome.GRADED, entry.deserved, True)
        assert harm(course.folder("autograded", student=entry.name, assignment="ps1") / "ps1.ipynb") == []
    run(tools / "autograder", "feedback", "ps1")
    assert all(
        (course.folder("feedback", student=entry.name, assignment="ps1") / "ps1.html").exists() for entry in entries
    )
    run(tools / "autograder", "report", "ps1", "--out", "report.html")
    assert "how the class did" in (course.root / "report.html").read_text(encoding="utf-8")


def test_corpus_knows_what_can_be_had() -> None:
    assert {entry.deserved for entry in CORPUS.values() if not entry.honest} == {0.0}
    assert all(entry.deserved == TOTAL[entry.assignment] for entry in CORPUS.values() if entry.honest)

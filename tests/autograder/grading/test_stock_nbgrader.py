"""Plain nbgrader, run as its own commands in the course's root, does the same as ours."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from autograder.course import Course
from autograder.grading.grade import grade, submissions
from autograder.notebooks import releases
from autograder.results.feedback import feedback
from course_utils.check import ABOUT
from tests.support.classroom import DEAF, Classroom, as_bytes, edited

pytestmark = pytest.mark.slow


def nbgrader(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    tools = Path(sys.executable).parent
    environment = {**os.environ, "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}"}
    command = [str(tools / "nbgrader"), *arguments]
    return subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)


def marks(course: Course) -> dict[tuple[str, str], float | None]:
    from nbgrader.api import Gradebook

    with Gradebook(course.directory.db_url) as gradebook:
        return {
            (entry.student_id, mark.name): mark.auto_score
            for entry in gradebook.assignment_submissions("ps1")
            for notebook in entry.notebooks
            for mark in notebook.grades
        }


def hand_in(room: Classroom) -> None:
    good = room.fill()
    room.submit("right", good)
    room.submit("blank", room.released())
    room.submit("wrong", room.fill({"double": "def double(x):\n    return 2"}))
    room.submit("partial", room.fill({"share": "def share(part, whole):\n    return 0.25"}))
    room.submit(
        "chatty", room.fill({"double": "import sys\n\ndef double(x):\n    print(x, file=sys.stderr)\n    return 2 * x"})
    )
    room.submit("loop", room.fill({"double": "def double(x):\n    while True: pass"}))
    room.submit("deaf", room.fill({"double": DEAF}))
    room.submit("renamed", good, "mine.ipynb")
    room.submit("edited", edited(good, "double-test", lambda cell: cell.update(source="pass")))
    older = edited(good, "double-test", lambda cell: cell.update(source="assert double(1) == 2"))
    releases.remember(room.course.root, "ps1", older)  # as if it had been released before a correction
    room.submit("older", older)
    room.submit("cut", as_bytes(good)[:500])
    room.submit("linked", good).with_name("data.csv").symlink_to("/etc/passwd")


@pytest.fixture(scope="module")
def both(built: Path, tmp_path_factory: pytest.TempPathFactory, scheduler: str) -> tuple[Course, Course, str]:
    """The same submissions graded by us and by nbgrader's commands, and what the latter printed."""
    folder = tmp_path_factory.mktemp("both")
    ours = Course(shutil.copytree(built, folder / "ours"))
    hand_in(Classroom(ours, "ps1"))
    stock = Course(shutil.copytree(ours.root, folder / "stock", symlinks=True))
    students = submissions(ours, "ps1")
    assert len(list(grade(ours, "ps1", students, scheduler=scheduler))) == len(students)
    assert len(list(feedback(ours, "ps1", students))) == len(students)
    shutil.rmtree(stock.root / "notebooks")
    (stock.root / "gradebook.db").unlink()
    assert nbgrader(stock.root, "generate_assignment", "ps1").returncode == 0
    graded = nbgrader(stock.root, "autograde", "ps1")
    assert nbgrader(stock.root, "generate_feedback", "ps1").returncode == 0
    return ours, stock, graded.stderr


def test_same_student_version(both: tuple[Course, Course, str]) -> None:
    ours, stock, _ = both
    path = Path("notebooks/ps1/ps1.ipynb")
    made = nbformat.read(ours.root / path, as_version=4)
    del made.metadata[ABOUT]  # which our release adds for students who check before they hand in
    assert nbformat.read(stock.root / path, as_version=4) == made


def test_same_marks(both: tuple[Course, Course, str]) -> None:
    ours, stock, _ = both
    expected = marks(ours)
    assert {name for name, _ in expected} == {
        *("right", "blank", "wrong", "partial", "chatty", "loop", "deaf", "renamed", "edited", "older")
    }
    assert {key: mark for key, mark in marks(stock).items() if key[0] not in {"cut", "linked"}} == expected


@pytest.mark.parametrize("step", ["autograded", "feedback"])
def test_same_files(both: tuple[Course, Course, str], step: str) -> None:
    ours, stock, _ = both
    made = sorted(path.relative_to(stock.root) for path in stock.folder(step).rglob("ps1/ps1.*"))
    assert len(made) == 10
    assert [str(path) for path in made if (stock.root / path).read_bytes() != (ours.root / path).read_bytes()] == []


def test_who_got_an_older_release_is_not_told_to_have_changed_it(both: tuple[Course, Course, str]) -> None:
    for course in both[:2]:
        told = [
            "had been changed"
            in (course.folder("autograded", student=student, assignment="ps1") / "ps1.ipynb").read_text()
            for student in ("edited", "older")
        ]
        assert told == [True, False]


@pytest.mark.parametrize(
    ("student", "reason"), [("cut", "ps1.ipynb breaks off at line"), ("linked", "What you handed in holds links")]
)
def test_refused_submission_is_named_and_the_class_goes_on(
    both: tuple[Course, Course, str], student: str, reason: str
) -> None:
    _, stock, printed = both
    assert reason in printed
    assert f"There was an error processing assignment 'ps1' for student '{student}'" in printed
    assert list((stock.root / "autograded" / student).rglob("*.*")) == []
    assert {student for student, _ in marks(stock)} > {"deaf", "right", "wrong"}


def test_submission_that_is_not_run_gets_no_marks(ps1: Classroom) -> None:
    ps1.submit("ada", ps1.released())
    refused = nbgrader(ps1.course.root, "autograde", "ps1", "--no-execute")
    assert refused.returncode == 1
    assert "The submission was not run" in refused.stderr
    assert {score for (student, _), score in marks(ps1.course).items() if student == "ada"} == {None}

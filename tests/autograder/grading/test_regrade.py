"""Grading again what has a mark: what counts as changed, what is run, and what is written only when somebody agrees."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
import typer
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook
from typer.testing import CliRunner, Result

from autograder.authoring.release import release
from autograder.cli import cli
from autograder.errors import AssignmentError
from autograder.execution import reuse
from autograder.grading import grade, regrade, versions, writer
from autograder.grading.journal import Journal
from autograder.grading.records import Outcome
from autograder.grading.store import Store
from autograder.notebooks.cells import is_test
from tests.support import quick
from tests.support.classroom import Classroom
from tests.support.marked import ANSWER, Marked

SETUP, SOLUTION, TEST = 1, 2, 3  # cells of ps1
TEXT = "assert double(limit) == 6"
BEFORE_THE_ROOMS = """
c.Autograde.pre_convert_hook = "autograder.plugins.before_autograde"
c.Autograde.exporter_class = "autograder.plugins.SubmissionReader"
c.Autograde.sanitize_preprocessors[0] = "autograder.plugins.RebuildSubmission"
c.Autograde.autograde_preprocessors[0] = "autograder.execute.ExecuteSubmission"
c.Autograde.autograde_preprocessors[3] = "autograder.plugins.SaveMarks"
"""


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda room: room.change(0, "Double any number."), []),
        (lambda room: room.change(SOLUTION, ANSWER.replace("2 * x", "x + x")), []),
        (lambda room: room.policy(kind="per day"), []),
        (lambda room: room.configure("c.ExecuteSubmission.assignment_limits = {'ps2': {'memory': '1 GiB'}}"), []),
        (lambda room: room.configure("c.ExecuteSubmission.sandbox = False"), []),
        (lambda room: room.configure(BEFORE_THE_ROOMS), []),
        (lambda room: room.change(SOLUTION, ANSWER.replace("(x)", "(x, y=0)")), ["the cell double"]),
        (lambda room: room.change(SOLUTION, ANSWER.replace("return", "global z\n    z =")), ["the cell double"]),
        (lambda room: room.change(SETUP, "limit = 3.0"), ["the cell setup"]),
        (lambda room: room.change(TEST, f"{TEXT}, 'no'"), ["the test double-test"]),
        (lambda room: room.change(TEST, TEXT, points=5), ["the points of double-test"]),
        (lambda room: (room.course.source("ps1").parent / "x.csv").touch(), ["the file x.csv"]),
        (
            lambda room: room.configure("c.ExecuteSubmission.assignment_limits = {'ps1': {'memory': '1 GiB'}}"),
            ["the configuration of ExecuteSubmission"],
        ),
        (
            lambda room: room.configure("c.Quick.function = lambda: None"),
            ["the configuration of Quick"],
        ),
    ],
)
def test_what_marks_depend_on_makes_a_version(
    marked: Marked, change: Callable[[Marked], object], named: list[str]
) -> None:
    before = versions.now(marked.course, "ps1")
    change(marked)
    after = versions.now(marked.course, "ps1")
    assert after.differences(before) == named
    assert (after.key == before.key) == (named == [])
    versions.save(Store(marked.course, "ps1"), after)
    assert versions.load(Store(marked.course, "ps1"), after.key) == after


def test_source_that_was_not_released_again_is_refused(marked: Marked) -> None:
    source = marked.course.source("ps1")
    source.write_text(source.read_text().replace(TEXT, "pass"))
    with pytest.raises(AssignmentError, match=r"changed since ps1 was released \(double-test\).*release ps1"):
        versions.now(marked.course, "ps1")
    source.write_text(source.read_text().replace("### END", "### THE END OF"))
    with pytest.raises(AssignmentError, match=r"ps1.ipynb cannot be used: .*no end solution"):
        versions.now(marked.course, "ps1")


def test_cells_with_marks_are_neither_added_nor_removed(marked: Marked) -> None:
    marked.mark("ada", 8)
    source = marked.course.source("ps1")
    source.write_text(source.read_text().replace('"double-test"', '"another-test"'))
    with pytest.raises(AssignmentError, match=r"submissions associated.*can be given 0 points"):
        release(marked.course, "ps1")


def book(*sources: str, locked: str = "import math") -> NotebookNode:
    def cell(name: str, source: str, **kind: bool) -> NotebookNode:
        marks = {"grade_id": name, "grade": False, "locked": True, "solution": False, **kind}
        return new_code_cell(source, metadata={"nbgrader": marks})

    tests = [cell(f"test-{number}", source, grade=True) for number, source in enumerate(sources)]
    return new_notebook(cells=[cell("setup", locked), *tests])


@pytest.mark.parametrize(
    ("old", "new", "kept"),
    [
        (["assert f(1)", "assert g(1)"], ["assert f(2)", "assert g(1)"], {"test-1"}),
        (["_x = f(1)", "_x = g(1)\n_x"], ["_x = f(2)", "_x = g(1)\n_x"], {"test-1"}),
        (["_x = f(1)", "g(_x)"], ["_x = f(2)", "g(_x)"], set()),
        (["_x = f(1)", "g(_x)"], ["f(1)", "g(_x)"], set()),
        (["_x = f(1)", "g(_x)"], ["_x = f(1)", "g(_x, 2)"], set()),
        (["f(1)", "g(1)"], ["exec('x = 1')", "g(1)"], set()),
        (["f(1)", "g(1)", "%run x.py"], ["f(2)", "g(1)", "%run x.py"], set()),
        (["f(1)", "from math import *"], ["f(2)", "from math import *"], set()),
        (["f(1)", "g(1)"], ["tau = 1\nf(tau)", "g(1)"], set()),
    ],
)
def test_tests_that_share_names_are_run_together(old: list[str], new: list[str], kept: set[str]) -> None:
    locked = "import math\ndef circle(r):\n    return tau * r"
    assert set(reuse.kept(book(*new, locked=locked), book(*old, locked=locked))) == kept


@pytest.fixture
def room(marked: Marked, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Marked:
    """Three students with nine points each, and one whose file cannot be read."""
    (tmp_path / "notes").mkdir()
    marked.configure(f"c.Quick.folder = {str(tmp_path / 'notes')!r}\nc.ExecuteSubmission.sandbox = False")
    for student in ("ada", "bob", "eve"):
        hand_in(marked, student, b"fine")
    hand_in(marked, "tim", quick.UNREADABLE)
    monkeypatch.setattr(grade, "do", quick.do)
    monkeypatch.setattr(writer, "SECONDS", 0.0)
    return marked


def hand_in(room: Marked, student: str, content: bytes) -> None:
    (room.hand_in(student) / "ps1.ipynb").write_bytes(content)


def run(room: Marked, **options: Any) -> set[str]:
    """Grade everybody; give those who were graded now."""
    students = grade.submissions(room.course, "ps1")
    return {one.student for one, fresh in grade.grade(room.course, "ps1", students, **options) if fresh}


def marks(room: Marked) -> dict[str, float]:
    from nbgrader.api import Gradebook

    with Gradebook(room.course.directory.db_url) as gradebook:
        return {entry.student_id: entry.score for entry in gradebook.assignment_submissions("ps1")}


def written(room: Marked) -> dict[str, bytes]:
    """All that the grader has written about submissions, but for what waits."""
    found = [*room.course.root.glob("records/ps1/*.json"), *room.course.root.glob("autograded/**/*.ipynb")]
    return {str(path): path.read_bytes() for path in found}


def waiting(room: Marked) -> dict[str, tuple[float | None, float | None]]:
    students, version = grade.submissions(room.course, "ps1"), versions.now(room.course, "ps1")
    changes = regrade.pending(Store(room.course, "ps1"), students, version)
    return {change.student: (change.before.score, change.after.score) for change in changes}


@pytest.mark.usefixtures("cluster")
def test_changed_marks_wait_until_somebody_agrees(room: Marked, tmp_path: Path) -> None:
    from nbgrader.api import Gradebook

    run(room)
    with Gradebook(room.course.directory.db_url) as gradebook:
        mark = gradebook.find_grade("why", "ps1", "ps1", "ada")
        mark.manual_score, mark.needs_manual_grade = 2, False
        gradebook.db.commit()
    room.change(TEST, f"{TEXT}  # ada has 5, fails eve")
    before = written(room)
    assert run(room) == {"ada", "bob", "eve"}, "what cannot be read is not run again"
    assert waiting(room) == {"ada": (11, 7), "bob": (9, 9)}, "the grader's failure is not a mark; a person's counts"
    assert marks(room) == {"ada": 11, "bob": 9, "eve": 9}
    before = {path: text for path, text in before.items() if "tim" not in path}
    assert {path: text for path, text in written(room).items() if "tim" not in path} == before
    assert quick.notes(tmp_path / "notes", "in part") == {"ada": 1, "bob": 1}

    hand_in(room, "bob", b"better")
    hand_in(room, "zoe", b"first")
    assert run(room) == {"bob", "eve", "zoe"}, "ada waits and is not run again"
    assert waiting(room) == {"ada": (11, 7)}
    assert marks(room) == {"ada": 11, "bob": 9, "eve": 9, "zoe": 9}, "first results are written as they come"

    room.change(TEST, f"{TEXT}  # ada has 6")
    assert run(room) == {"ada", "bob", "eve", "zoe"}, "another change, another result"
    assert waiting(room) == {"ada": (11, 8), "bob": (9, 9), "eve": (9, 9), "zoe": (9, 9)}
    grade.accept(room.course, "ps1", grade.submissions(room.course, "ps1"))
    assert waiting(room) == {}
    assert marks(room) == {"ada": 8, "bob": 9, "eve": 9, "zoe": 9}
    assert run(room) == set()
    with Gradebook(room.course.directory.db_url) as gradebook:
        mark = gradebook.find_grade("why", "ps1", "ps1", "ada")
        assert (mark.manual_score, mark.needs_manual_grade) == (2, False)

    room.change(TEST, f"{TEXT}  # ada has 6.")
    assert run(room) == {"ada", "bob", "eve", "zoe"}
    assert waiting(room) == {}, "no mark changes: there is nothing to ask"
    assert run(room) == set()


@pytest.mark.usefixtures("cluster")
def test_marks_by_hand_are_in_what_is_shown(room: Marked) -> None:
    run(room)
    with room.course.gradebook() as gradebook:
        mark = gradebook.find_grade("why", "ps1", "ps1", "ada")
        mark.manual_score, mark.needs_manual_grade = 1, False
        gradebook.db.commit()
    students = grade.submissions(room.course, "ps1")
    forced = {one.student: one.score for one, _ in grade.grade(room.course, "ps1", students, force=True)}
    assert (forced["ada"], forced["bob"]) == (10, 9)
    for options in ((), ("--force",)):
        shown = command(room, *options).stdout
        assert re.search(r"ada .*10 of 11", shown), shown
        assert re.search(r"bob .*9 of 11", shown)


class KilledError(BaseException):
    """Stands for kill -9."""


@pytest.mark.usefixtures("cluster")
@pytest.mark.parametrize(("step", "again"), [("move", False), ("move", True), ("remove", False)])
def test_killed_while_writing_what_was_agreed(
    room: Marked, monkeypatch: pytest.MonkeyPatch, step: str, *, again: bool
) -> None:
    run(room)
    room.change(TEST, f"{TEXT}  # ada has 5, bob has 5")
    run(room)
    original, students = getattr(Journal, step), grade.submissions(room.course, "ps1")

    def killed(*arguments: Any, **options: Any) -> None:
        original(*arguments, **options)
        raise KilledError

    with monkeypatch.context() as patch:
        patch.setattr(Journal, step, killed)
        with pytest.raises(KilledError):
            grade.accept(room.course, "ps1", students)
    if again:
        room.change(TEST, f"{TEXT}  # ada has 6, bob has 6")
    run(room)
    left = {"ada", "bob", "eve"} if again else {"bob", "eve"} if step == "move" else set()
    assert set(waiting(room)) == left, "what nobody has agreed to for certain is asked again"
    assert marks(room) == {"ada": 9 if again else 5, "bob": 9 if left else 5, "eve": 9}
    assert list(Store(room.course, "ps1").journal.entries()) == []


def command(room: Marked, *options: str) -> Result:
    return CliRunner().invoke(cli, ["--course-dir", str(room.course.root), "grade", "ps1", *options])


@pytest.mark.usefixtures("cluster")
def test_command_shows_and_asks(room: Marked, monkeypatch: pytest.MonkeyPatch) -> None:
    assert command(room).exit_code == 1, "one cannot be read"
    shutil.rmtree(room.course.folder("submitted", student="tim"))
    room.change(TEST, f"{TEXT}  # ada has 5, eve has 5")
    asked = command(room)
    assert asked.exit_code == 1
    assert "Changed since submissions were graded: the test double-test." in asked.stdout
    assert "9 of 9 → 5 of 9 (2)" in asked.stdout
    assert "down: ada: 9 of 11 → 5 of 11" in asked.stdout
    assert "What stands out" not in asked.stdout, "below what would be stands nothing of what is"
    assert "autograder grade ps1 --yes" in " ".join(asked.output.split())
    assert marks(room)["ada"] == 9
    monkeypatch.setattr("autograder.cli._can_ask", lambda: True)
    monkeypatch.setattr(typer, "confirm", lambda _: True)
    assert command(room).exit_code == 0
    assert marks(room)["ada"] == 5
    room.change(TEST, TEXT)
    assert command(room, "--yes").exit_code == 0
    assert marks(room)["ada"] == 9


OTHER = "def share(part, whole):\n    return part / whole if part > 1 else 0.25"


def outputs(room: Classroom, student: str) -> dict[str, Any]:
    path = room.course.folder("autograded", student=student, assignment="ps1") / "ps1.ipynb"
    cells = nbformat.read(path, as_version=4).cells
    return {cell.metadata.nbgrader.grade_id: cell.outputs for cell in cells if is_test(cell)}


@pytest.mark.slow
@pytest.mark.usefixtures("cluster")
def test_only_the_changed_test_is_run(ps1: Classroom) -> None:
    source = ps1.course.source("ps1")  # in which a test now prints what differs each time it is run
    source.write_text(source.read_text().replace("_right = [", "import time as _t\\nprint(_t.time())\\n_right = ["))
    release(ps1.course, "ps1")
    ps1.submit("ada", ps1.fill())
    ps1.submit("bob", ps1.fill({"double": "def double(x):\n    return 4"}))
    students = ["ada", "bob"]
    list(grade.grade(ps1.course, "ps1", students))
    before = {student: outputs(ps1, student) for student in students}
    autograded = {path: path.read_bytes() for path in ps1.course.root.glob("autograded/*/ps1/ps1.ipynb")}

    source.write_text(source.read_text().replace("_secret = 21", "_secret = 2").replace("_secret), 42", "_secret), 4"))
    release(ps1.course, "ps1")
    found = {one.student: one for one, _ in grade.grade(ps1.course, "ps1", students)}
    assert {path: path.read_bytes() for path in autograded} == autograded
    grade.accept(ps1.course, "ps1", students)
    assert {name: one.score for name, one in found.items()} == {"ada": 9, "bob": 8}
    for student in students:
        after = outputs(ps1, student)
        assert after["share-test"] == before[student]["share-test"]
        assert after["partial-test"] == before[student]["partial-test"]
        assert (after["double-test"] == before[student]["double-test"]) == (student == "ada")
        kept = Store(ps1.course, "ps1").load(student)
        assert kept
        assert all(kept.cell_seconds[name] > 0 for name in ("double-test", "share-test", "setup"))
    times = {"seconds", "cell_seconds"}
    forced = {one.student: one for one, _ in grade.grade(ps1.course, "ps1", students, force=True)}
    assert {name: one.model_dump(exclude=times) for name, one in forced.items()} == {
        name: one.model_dump(exclude=times) for name, one in found.items()
    }
    assert outputs(ps1, "ada")["share-test"] != before["ada"]["share-test"], "it was run now"


@pytest.mark.slow
@pytest.mark.usefixtures("cluster")
def test_changed_points_run_nothing(ps1: Classroom) -> None:
    ps1.submit("ada", ps1.fill({"share": OTHER}))
    [(first, _)] = grade.grade(ps1.course, "ps1", ["ada"])
    before = outputs(ps1, "ada")
    source = ps1.course.source("ps1")
    source.write_text(source.read_text().replace('"points": 2', '"points": 6'))
    release(ps1.course, "ps1")
    [(second, _)] = grade.grade(ps1.course, "ps1", ["ada"])
    assert (first.score, second.score, second.max_score) == (6, 10, 18)
    assert second.cell_seconds == first.cell_seconds
    grade.accept(ps1.course, "ps1", ["ada"])
    assert outputs(ps1, "ada") == before
    [(third, fresh)] = grade.grade(ps1.course, "ps1", ["ada"])
    assert (third.score, fresh) == (10, False)
    assert third.outcome is Outcome.GRADED

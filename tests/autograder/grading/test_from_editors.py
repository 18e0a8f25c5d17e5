"""Notebooks as Colab, Kaggle, VS Code and DataSpell save them, collected, graded and told to students: the same marks.

One exercise is right, one wrong, one untouched, one answered in words. `tests/support/editors.py` has the forms.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from zipfile import ZipFile

import pytest
from bs4 import BeautifulSoup
from nbformat import NotebookNode

from autograder.authoring.build import build
from autograder.authoring.release import release
from autograder.course import Course
from autograder.grading.grade import grade
from autograder.grading.records import Outcome, Record, Status
from autograder.notebooks.cells import grade_id
from autograder.results.feedback import feedback
from autograder.submissions.collect import collect
from course_utils import check
from tests.exercises import nb00_start_here as exercises
from tests.support.classroom import WRITTEN, Classroom
from tests.support.editors import EDITORS, NAMELESS, run_by_hand, saved

ROOT = Path(__file__).parents[3]
REAL = "00_start_here"
WRONG = "def share(part, whole):\n    return part // whole  # < & >"
DOWNLOADED = {"colab": "Copy of ps5.ipynb", "kaggle": "notebook0a1b2c3d4e.ipynb", "kaggle_version": "__results__.ipynb"}

pytestmark = pytest.mark.slow
Graded = tuple[Course, dict[str, Record]]


def half_done(room: Classroom, wrong: dict[str, str]) -> NotebookNode:
    """The notebook of a student who has answered the first exercise, the second wrongly, and that in words."""
    notebook, right = room.released(), next(iter(room.right))
    for cell in notebook.cells:
        name = grade_id(cell)
        if name in {right, *wrong}:
            cell.source = room.right[right] if name == right else wrong[name]
        elif name in room.written:
            cell.source = WRITTEN
    return run_by_hand(notebook)


def graded(course: Course, assignment: str, files: dict[str, bytes], archive: Path, scheduler: str) -> Graded:
    """Hand files in as Moodle packs them, then collect, grade, and write feedback."""
    with ZipFile(archive, "w") as packed:
        for number, (editor, content) in enumerate(files.items()):
            name = DOWNLOADED.get(editor, f"{assignment}.ipynb")
            packed.writestr(f"{editor}_{number}_assignsubmission_file_/{name}", content)
    students = [one.student for one in collect(course, assignment, archive).students]
    assert len(students) == len(files)
    found = {record.student: record for record, _ in grade(course, assignment, students, scheduler=scheduler)}
    assert [page.problem for page in feedback(course, assignment, students) if page.problem] == []
    return course, {editor: found[f"{editor}_{number}"] for number, editor in enumerate(files)}


def page(course: Course, record: Record) -> BeautifulSoup:
    path = course.folder("feedback", student=record.student, assignment=record.assignment)
    return BeautifulSoup((path / f"{record.assignment}.html").read_text("utf-8"), "html.parser")


def table(course: Course, record: Record) -> list[list[str]]:
    """What stands in the table on top of a feedback page."""
    rows = page(course, record).select("table")[0].select("tr")
    return [[cell.get_text().strip() for cell in row.select("th, td")] for row in rows]


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory, scheduler: str) -> Graded:
    """A student's work on a tiny assignment, in the form of each editor."""
    root = tmp_path_factory.mktemp("editors")
    (root / "solutions" / "ps5").mkdir(parents=True)
    shutil.copy(ROOT / "tests" / "data" / "ps5.py", root / "solutions" / "ps5")
    shutil.copy(ROOT / "nbgrader_config.py", root)
    course = Course(root)
    assert list(build(course)) == [("ps5", True)]
    notebook = half_done(Classroom(course, "ps5"), {"share": WRONG})
    files = {editor: saved(editor, notebook) for editor in EDITORS}
    assert len(set(files.values())) == len(EDITORS)
    return graded(course, "ps5", files, root / "all.zip", scheduler)


def test_the_plain_form_gets_what_it_deserves(small: Graded) -> None:
    record = small[1]["jupyterlab"]
    assert {item.grade_id: (item.status, item.score) for item in record.items} == {
        "double-test": (Status.PASSED, 2.0),
        "share-test": (Status.FAILED, 0.0),
        "largest-test": (Status.FAILED, 0.0),
        "why": (Status.TO_BE_MARKED, None),
    }
    assert (record.notes, record.flags, record.predictions) == ([], [], ["race"])


@pytest.mark.parametrize("editor", EDITORS)
def test_every_form_gets_the_same_marks_for_the_same_reasons(editor: str, small: Graded) -> None:
    plain, record = small[1]["jupyterlab"], small[1][editor]
    assert record.outcome is Outcome.GRADED
    assert record.items == plain.items
    assert record.predictions == plain.predictions
    assert record.flags == []
    missing = {"bare_colab": ["double", "share", "why"], "vscode_2020": ["double", "share"]}.get(editor, [])
    notes = [note for note in record.notes if "was called" not in note]
    assert [note for note in notes if not any(f"“{name}” was" in note for name in missing)] == []


@pytest.mark.parametrize("editor", sorted({*EDITORS} - {*NAMELESS}))
def test_check_says_the_same_of_every_form(editor: str, small: Graded, tmp_path: Path) -> None:
    notebook = half_done(Classroom(small[0], "ps5"), {"share": WRONG})
    (tmp_path / "ps5.ipynb").write_bytes(saved(editor, notebook))
    result = check.check(tmp_path / "ps5.ipynb")
    states = {one.name: one.state for one in result.exercises}
    assert states == {"double-test": "passes", "share-test": "fails", "largest-test": "to do", "why": "written"}
    assert "a // that should be /" in result.exercises[1].message
    assert (result.missing, result.is_ready) == ([], False)
    left_out = [remark for remark in result.remarks if "installs something, which was left out" in remark]
    assert (result.remarks, bool(left_out)) == (left_out, editor == "colab")


@pytest.mark.parametrize("editor", EDITORS)
def test_every_form_gets_the_same_feedback(editor: str, small: Graded) -> None:
    course, records = small
    assert table(course, records[editor]) == table(course, records["jupyterlab"])
    text = page(course, records[editor]).get_text()
    assert "return part // whole  # < & >" in text
    assert WRITTEN in text
    assert "line one" not in text, "outputs are those of grading"
    if "colab" in editor:  # the cell that brings the course to Colab costs no time where there is no network
        assert "%pip install" in text
        assert "ERROR" in text
        assert "Retrying" not in text


def test_a_real_notebook_from_colab_gets_the_marks_of_jupyterlab(tmp_path: Path, scheduler: str) -> None:
    shutil.copytree(ROOT / "solutions" / REAL, tmp_path / "solutions" / REAL)
    shutil.copy(ROOT / "nbgrader_config.py", tmp_path)
    course = Course(tmp_path)
    release(course, REAL)
    room = Classroom(course, REAL)
    second = list(room.right)[1]
    notebook = half_done(room, {second: next(iter(exercises.EXERCISES[second]["wrong"].values()))})
    files = {editor: saved(editor, notebook) for editor in ("jupyterlab", "colab")}
    _, found = graded(course, REAL, files, tmp_path / "all.zip", scheduler)
    plain = found["jupyterlab"]
    assert plain.items == found["colab"].items
    assert table(course, plain) == table(course, found["colab"])
    tests = [item.status for item in plain.items if item.status is not Status.TO_BE_MARKED]
    assert tests[:2] == [Status.PASSED, Status.FAILED]
    assert set(tests[2:]) == {Status.FAILED}

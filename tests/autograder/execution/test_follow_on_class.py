"""Classes in which an exercise fails: later ones that build on it are marked with its reference, which stays hidden."""

from __future__ import annotations

import asyncio
import shutil
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbformat import NotebookNode

from autograder.authoring.build import build
from autograder.authoring.release import release
from autograder.course import Course
from autograder.execution import pair
from autograder.execution.execute import ExecuteSubmission
from autograder.execution.runner import Kernel
from autograder.grading.grade import accept, grade, submissions
from autograder.grading.records import Outcome, Record
from autograder.grading.store import Store
from autograder.notebooks.cells import grade_id
from autograder.notebooks.source import read_source
from autograder.results.feedback import feedback
from autograder.submissions.rebuild import rebuild
from tests.exercises import nb01_convolution_by_hand as exercises
from tests.notebooks.test_notebooks import ROOT
from tests.support.classroom import DEAF, Classroom

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="the sandbox needs Linux"),
]

WRONG = "def square(x):\n    return x + x + 1"
STUB = "def square(x):\n    raise NotImplementedError('Your code goes here: replace this line.')"
SECRET = "kingfisher"  # a name in the reference answer of square
SPY = """
import inspect, sys

def look():
    try:
        text = inspect.getsource(square)
    except Exception as error:
        text = repr(error)
    return f"{text} {square.__code__.co_varnames} {square.__code__.co_consts}"

def fourth(x):
    print("printed", look(), file=sys.stderr)
    open("found.txt", "w").write(look())
    raise RuntimeError("raised " + look())

class Odd:
    def __array__(self, *_):
        raise RuntimeError(look())
"""
GRAB = """
import __main__
found = square

def fourth(x):
    global square
    square = found
    __main__.square = found
    return found(found(x))
"""
COUNTING = """
def fourth(x):
    while square(2) != 4:
        pass
    return square(square(x))
"""
ALL = {"square-test": 2, "fourth-test": 3, "total-test": 4, "shared-test": 5, "alone-test": 1}
CLASS: dict[
    str, tuple[dict[str, str], dict[str, float], set[str]]
] = {  # answers, points other than all, with reference
    "right": ({}, {}, set()),
    "wrong": ({"square": WRONG}, {"square-test": 0, "shared-test": 0}, {"fourth-test", "total-test"}),
    "stub": ({"square": STUB}, {"square-test": 0, "shared-test": 0}, {"fourth-test", "total-test"}),
    "raises": ({"square": "1 / 0"}, {"square-test": 0, "shared-test": 0}, {"fourth-test", "total-test"}),
    "syntax": ({"square": "def square(x:"}, {"square-test": 0, "shared-test": 0}, {"fourth-test", "total-test"}),
    "both": (
        {"square": WRONG, "fourth": "def fourth(x):\n    return square(x)"},
        {"square-test": 0, "fourth-test": 0, "shared-test": 0},
        {"total-test"},
    ),
    "only_fourth": ({"fourth": "def fourth(x):\n    return x"}, {"fourth-test": 0}, {"total-test"}),
    "last": ({"alone": "def alone(x):\n    return x"}, {"alone-test": 0}, set()),
    "redefines": (
        {"square": WRONG, "fourth": "def square(x):\n    return x * x\n\ndef fourth(x):\n    return square(square(x))"},
        {"square-test": 0},
        set(),
    ),
    "endless": (
        {"square": "while True:\n    pass"},
        {"square-test": 0, "shared-test": 0},
        {"fourth-test", "total-test"},
    ),
    "deaf": ({"square": DEAF}, {"square-test": 0, "shared-test": 0}, {"fourth-test", "total-test"}),
    "counting": (
        {"square": WRONG, "fourth": COUNTING},
        {"square-test": 0, "shared-test": 0},
        {"fourth-test", "total-test"},
    ),
    "exits": (
        {"square": "def square(x):\n    import os\n    os._exit(1)"},
        {"square-test": 0, "shared-test": 0, "alone-test": 0},  # what comes after three such cells is not run
        {"fourth-test", "total-test"},
    ),
    "spy": (
        {"square": WRONG, "fourth": SPY, "total": "total = look()"},
        {"square-test": 0, "fourth-test": 0, "total-test": 0, "shared-test": 0},
        set(),
    ),
    "grab": (
        {"square": WRONG, "fourth": GRAB},
        {"square-test": 0, "shared-test": 0},
        {"fourth-test", "total-test"},
    ),
}


def make(root: Path, assignment: str, source: Path, cell_time: int) -> Course:
    (root / "solutions" / assignment).mkdir(parents=True)
    if source.is_dir():
        shutil.copytree(source, root / "solutions" / assignment, dirs_exist_ok=True)
    else:
        shutil.copy(source, root / "solutions" / assignment)
    config = (ROOT / "nbgrader_config.py").read_text()
    (root / "nbgrader_config.py").write_text(f"{config}\nc.ExecuteSubmission.limits = {{'cell_time': {cell_time}}}\n")
    return Course(root)


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory, scheduler: str) -> Iterator[Course]:
    made = make(tmp_path_factory.mktemp("follow") / "c", "ps4", ROOT / "tests" / "data" / "ps4.py", 4)
    assert list(build(made)) == [("ps4", True)]
    room = Classroom(made, "ps4")
    for student, (answers, _, _) in CLASS.items():
        room.submit(student, room.fill(answers))
    assert len(list(grade(made, "ps4", submissions(made, "ps4"), scheduler=scheduler))) == len(CLASS)
    return made


def record(course: Course, student: str) -> Record:

    found = Store(course, "ps4").load(student)
    assert found is not None
    return found


@pytest.mark.parametrize("student", CLASS)
def test_failed_exercise_costs_its_own_points_only(course: Course, student: str) -> None:
    _, other, helped = CLASS[student]
    found = record(course, student)
    assert found.outcome is Outcome.GRADED
    assert {item.grade_id: item.score for item in found.items} == {**ALL, **other}
    assert {item.grade_id for item in found.items if item.references} == helped
    assert found.flags == []


def test_gradebook_has_the_marks_of_the_records(course: Course) -> None:
    with course.gradebook() as gradebook:
        marks = {entry.student_id: entry.score for entry in gradebook.assignment_submissions("ps4")}
    assert marks == {student: record(course, student).score for student in CLASS}


def test_record_and_page_say_with_what_it_was_marked(course: Course) -> None:
    [item] = [item for item in record(course, "wrong").items if item.grade_id == "fourth-test"]
    assert item.references == ["square"]
    assert item.message.startswith(
        "Marked with the reference `square` in place of yours. With yours: fourth(2) is wrong"
    )
    [page] = feedback(course, "ps4", ["wrong"])
    assert page.problem == ""
    text = page.path.read_text()
    assert "Marked with the reference `square` in place of yours." in BeautifulSoup(text, "html.parser").text
    assert SECRET not in text


def test_nothing_of_the_reference_reaches_a_page_a_record_or_a_log(course: Course) -> None:
    """A later answer prints, raises, writes and returns all that it can find out about it."""
    [page] = feedback(course, "ps4", ["spy"])
    places = [*course.root.glob("autograded/spy/**/*"), *course.root.glob("records/ps4/spy*"), page.path]
    files = [path for path in places if path.is_file()]
    assert len(files) >= 4
    texts = {path.name: path.read_text() for path in files}
    assert "printed" in texts["ps4.ipynb"]  # it did look, at its own answer
    assert {name for name, text in texts.items() if SECRET in text} == set()


def test_own_outputs_are_those_of_the_run_without_references(course: Course) -> None:
    notebook = nbformat.read(course.folder("autograded", student="both", assignment="ps4") / "ps4.ipynb", as_version=4)
    assert notebook.metadata.autograder.references == {"total-test": ["fourth", "square"]}


def test_graded_by_force_it_comes_to_the_same(course: Course, scheduler: str) -> None:
    """In nbgrader's converters too, with which each submission is run; and what has not changed is not run."""
    names = ["both", "spy", "wrong"]
    before = {name: record(course, name).model_dump(exclude={"seconds", "cell_seconds"}) for name in names}
    files = {
        name: (course.folder("autograded", student=name, assignment="ps4") / "ps4.ipynb").read_bytes() for name in names
    }
    assert [fresh for _, fresh in grade(course, "ps4", names)] == [False] * 3
    list(grade(course, "ps4", names, force=True, scheduler=scheduler))
    assert {name: record(course, name).model_dump(exclude={"seconds", "cell_seconds"}) for name in names} == before
    assert {
        n: (course.folder("autograded", student=n, assignment="ps4") / "ps4.ipynb").read_bytes() for n in names
    } == files


def test_stock_nbgrader_does_the_same(course: Course) -> None:
    from nbgrader.converters import Autograde

    course.config.Autograde.force = True
    course.convert(Autograde, assignment="ps4", student="wrong")
    with course.gradebook() as gradebook:
        assert gradebook.find_submission("ps4", "wrong").score == record(course, "wrong").score


def test_changed_reference_is_another_version(course: Course, scheduler: str) -> None:
    from autograder.grading import versions

    before = versions.now(course, "ps4")
    path = course.source("ps4")
    text = path.read_text()
    path.write_text(text.replace("return x + 1", "return 1 + x"))  # the last exercise's: no other can depend on it
    assert versions.now(course, "ps4").key == before.key
    path.write_text(text.replace(SECRET, "jay"))
    assert versions.now(course, "ps4").differences(before) == ["the reference answer square"]
    path.write_text(text)


def test_what_a_corrected_test_lets_pass_gets_no_reference_any_more(course: Course, scheduler: str) -> None:
    """Only tests have changed, so only some are run; those that were marked with references are among them."""
    path = course.source("ps4")
    text = path.read_text()
    path.write_text(text.replace(r"checks.close(square(3), 9, \"square(3)\")", "assert square(3) in (7, 9)"))
    assert path.read_text() != text
    release(course, "ps4")
    list(grade(course, "ps4", ["wrong"], scheduler=scheduler))
    accept(course, "ps4", ["wrong"])
    found = {item.grade_id: (item.score, item.references) for item in record(course, "wrong").items}
    assert found["square-test"] == (2, [])
    assert found["fourth-test"] == (0, [])
    path.write_text(text)
    release(course, "ps4")
    list(grade(course, "ps4", ["wrong"], scheduler=scheduler))
    accept(course, "ps4", ["wrong"])
    found = {item.grade_id: (item.score, item.references) for item in record(course, "wrong").items}
    assert (found["square-test"], found["fourth-test"]) == ((0, []), (3, ["square"]))


def helped(course: Course, answers: dict[str, str]) -> dict[str, list[str]]:
    """Run a submission in this process; give the tests that were marked with references."""
    room = Classroom(course, "ps4")
    notebook, _ = rebuild(room.released(), room.fill(answers))
    where = {"nbgrader": {"assignment": "ps4", "notebook": "ps4"}, "metadata": {}}

    class Rehearsal(ExecuteSubmission):
        def source(self, resources: dict[str, Any]) -> NotebookNode:
            return read_source(course.source("ps4"))

    done, _ = Rehearsal(config=course.config).preprocess(notebook, where)
    return dict(done.metadata.autograder.get("references", {}))


@pytest.mark.parametrize("hunted", ["fourth", "fourth-test"])
def test_kernel_killed_from_outside_in_the_run_with_references_costs_nothing(
    course: Course, monkeypatch: pytest.MonkeyPatch, hunted: str
) -> None:
    runs = Counter[str]()

    class Hunted(Kernel):
        async def run(self, cell: NotebookNode, index: int) -> None:
            name = str(grade_id(cell))
            runs[name] += 1
            if name == hunted and runs[name] == 2:
                self.km.provisioner.process.kill()
                while not self.is_dead():
                    await asyncio.sleep(0.01)
            await super().run(cell, index)

    monkeypatch.setattr(pair, "Kernel", Hunted)
    assert set(helped(course, {"square": WRONG})) == {"fourth-test", "total-test"}
    assert runs[hunted] == 3


def test_answer_that_ends_its_kernel_only_with_the_reference_gains_nothing_and_costs_no_other(course: Course) -> None:
    fourth = "import os\n\ndef fourth(x):\n    return os._exit(1) if square(3) == 9 else square(square(x))"
    found = helped(course, {"square": WRONG, "fourth": fourth})
    assert found == {"total-test": ["fourth", "square"]}


CONV, MULTI = "conv2d_valid", "conv2d_multi"


def test_wrong_conv2d_valid_costs_its_own_points_only(tmp_path_factory: pytest.TempPathFactory, scheduler: str) -> None:
    name = "01_convolution_by_hand"
    made = make(tmp_path_factory.mktemp("class") / "c", name, ROOT / "solutions" / name, 8)
    release(made, name)
    room = Classroom(made, name)
    wrong = {one: next(iter(kinds["wrong"].values())) for one, kinds in exercises.EXERCISES.items()}
    stub = "def conv2d_valid(image, kernel):\n    raise NotImplementedError('Your code goes here: replace this line.')"
    due = {}
    for student, answers in {
        "right": {},
        "slip": {CONV: wrong[CONV]},
        "stub": {CONV: stub},
        "two": {CONV: wrong[CONV], MULTI: wrong[MULTI]},
        "flips": {CONV: "def conv2d_valid(image, kernel):\n    return np.zeros((1, 1))", "conv2d": wrong["conv2d"]},
    }.items():
        room.submit(student, room.fill(answers))
        due[student] = room.total - sum(room.points[f"{one}-test"] for one in answers)
    found = {one.student: one for one, _ in grade(made, name, submissions(made, name), scheduler=scheduler)}
    assert {student: one.score for student, one in found.items()} == due
    assert {item.grade_id for item in found["slip"].items if item.references} == {"conv2d-test", "conv2d_multi-test"}

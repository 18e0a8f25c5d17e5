"""A class with known marks, on the real notebook 01: everybody gets the mark they deserve, or a reason."""

from __future__ import annotations

import shutil

import pytest

from autograder.authoring.release import release
from autograder.course import Course
from autograder.grading.grade import grade, submissions
from autograder.grading.records import Outcome, Record, Status
from tests.exercises import nb01_convolution_by_hand as exercises
from tests.notebooks.test_notebooks import ROOT
from tests.support.classroom import Classroom, Submission, known_class

pytestmark = pytest.mark.slow
ASSIGNMENT = "01_convolution_by_hand"
Graded = tuple[Course, dict[str, Submission], dict[str, Record]]


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory, scheduler: str) -> Graded:
    root = tmp_path_factory.mktemp("class")
    shutil.copytree(ROOT / "solutions" / ASSIGNMENT, root / "solutions" / ASSIGNMENT)
    config = (ROOT / "nbgrader_config.py").read_text()
    (root / "nbgrader_config.py").write_text(config + '\nc.ExecuteSubmission.limits = {"cell_time": 8}\n')
    course = Course(root)
    release(course, ASSIGNMENT)
    kinds = [
        {name: list(found[kind].values()) for name, found in exercises.EXERCISES.items()} for kind in ("right", "wrong")
    ]
    students = known_class(Classroom(course, ASSIGNMENT), *kinds)
    for submission in students:
        Classroom(course, ASSIGNMENT).hand_in(submission)
    names = submissions(course, ASSIGNMENT)
    found = {record.student: record for record, _ in grade(course, ASSIGNMENT, names, scheduler=scheduler)}
    return course, {submission.student: submission for submission in students}, found


def test_every_student_gets_what_they_deserve(graded: Graded) -> None:
    _, students, found = graded
    deserved = {name: (submission.outcome, submission.score) for name, submission in students.items()}
    assert {name: (record.outcome, record.score) for name, record in found.items()} == deserved


def test_every_oddity_is_named_in_words(graded: Graded) -> None:
    _, students, found = graded
    silent = [name for name, submission in students.items() if submission.remark not in found[name].model_dump_json()]
    assert silent == []


def test_every_lost_point_has_a_message(graded: Graded) -> None:
    _, _, found = graded
    lost = [item for record in found.values() for item in record.items if item.status is Status.FAILED]
    assert len(lost) > 20
    assert [item for item in lost if not item.message] == []


def test_every_student_without_a_mark_has_a_reason(graded: Graded) -> None:
    _, _, found = graded
    unmarked = [record for record in found.values() if record.outcome is not Outcome.GRADED]
    assert len(unmarked) == 4
    assert all(record.reason and record.score is None for record in unmarked)


def test_second_run_executes_nothing(graded: Graded) -> None:
    course, students, _ = graded
    assert [fresh for _, fresh in grade(course, ASSIGNMENT, sorted(students))] == [False] * len(students)


def test_written_answers_wait_for_a_person(graded: Graded) -> None:
    course, _, found = graded
    written = Classroom(course, ASSIGNMENT).written
    assert written
    statuses = {item.grade_id: item.status for item in found["all_right"].items}
    assert {statuses[name] for name in written} == {Status.TO_BE_MARKED}

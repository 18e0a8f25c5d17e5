"""autograder.grading.records: what grading leaves behind, and how it survives a crash."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from pydantic import ValidationError

from autograder.course import Course
from autograder.grading.records import Item, Outcome, Record, Status
from autograder.grading.store import Store


@pytest.fixture
def course(tmp_path) -> Course:
    """A course without assignments."""
    (tmp_path / "nbgrader_config.py").touch()
    return Course(tmp_path)


@pytest.fixture
def record() -> Record:
    """A record that uses every field."""
    return Record(
        assignment="ps1",
        student="Łukasz_Żak",
        outcome=Outcome.GRADED,
        reason="",
        notes=["The cell “double-test” had been changed; the original was used."],
        items=[
            Item(grade_id="double-test", status=Status.PASSED, score=2.0, max_score=2.0),
            Item(grade_id="share-test", status=Status.PARTIAL, score=1.5, max_score=3.0, message="share(1, 4) is …"),
            Item(grade_id="why", status=Status.TO_BE_MARKED, score=None, max_score=5.0),
        ],
        submission="ab12",
        version="cd34",
        seconds=1.25,
    )


def test_saved_record_loads_as_it_was(course, record):
    Store(course, record.assignment).save(record)
    assert Store(course, record.assignment).load(record.student) == record


def test_record_lies_where_the_documentation_says(course, record):
    Store(course, record.assignment).save(record)
    assert (course.root / "records" / "ps1" / "Łukasz_Żak.json").is_file()


def test_missing_record_is_none(course):
    assert Store(course, "ps1").load("nobody") is None


@pytest.mark.parametrize("kept", [0, 1, 50, -1])
def test_half_written_record_is_none(course, record, kept):
    Store(course, record.assignment).save(record)
    path = Store(course, record.assignment).path(record.student)
    path.write_bytes(path.read_bytes()[:kept])
    assert Store(course, record.assignment).load(record.student) is None


@pytest.mark.parametrize("content", [b"[]", b"{}", b"null", b"\xff\xfe", b'{"assignment": "ps1", "outcome": "lost"}'])
def test_file_that_is_not_a_record_is_none(course, record, content):
    Store(course, record.assignment).save(record)
    Store(course, record.assignment).path(record.student).write_bytes(content)
    assert Store(course, record.assignment).load(record.student) is None


def test_save_replaces_the_record_and_leaves_nothing_else(course, record):
    Store(course, record.assignment).save(record)
    record.seconds = 9.0
    Store(course, record.assignment).save(record)
    assert Store(course, "ps1").load(record.student).seconds == 9.0
    assert [path.name for path in (course.root / "records" / "ps1").iterdir()] == ["Łukasz_Żak.json"]


def test_crash_while_saving_leaves_the_old_record(course, record, monkeypatch):
    Store(course, record.assignment).save(record)

    def crash(*_):
        raise OSError("disk full")

    monkeypatch.setattr(os, "replace", crash)
    with pytest.raises(OSError, match="disk full"):
        Store(course, "ps1").save(record.model_copy(update={"seconds": 9.0}))
    assert Store(course, "ps1").load(record.student) == record


@pytest.mark.parametrize("student", ["jane.doe", "a.b.c", "jane@uni.edu", "x-1"])
def test_students_with_dots_in_their_names_do_not_share_a_record(course, record, student):
    Store(course, "ps1").save(record.model_copy(update={"student": student}))
    Store(course, "ps1").save(record.model_copy(update={"student": f"{student}.2"}))
    assert Store(course, "ps1").load(student).student == student
    assert Store(course, "ps1").load(f"{student}.2").student == f"{student}.2"


def test_record_is_utf8_whatever_the_system_prefers(tmp_path, record):
    (tmp_path / "nbgrader_config.py").touch()
    code = (
        "import pathlib, sys; from autograder.grading import records, store; from autograder.course import Course;"
        "store.Store(Course(pathlib.Path(sys.argv[1])), 'ps1').save("
        "records.Record(assignment='ps1', student='s', outcome='graded', reason='\\u201c\\u0141\\u201d'))"
    )
    plain = {**os.environ, "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True, env=plain)
    assert Store(Course(tmp_path), "ps1").load("s").reason == "“Ł”"


def test_score_adds_up_what_has_been_marked(record):
    assert record.score == 3.5
    assert record.max_score == 10.0


def test_score_of_a_graded_submission_without_points_is_zero():
    assert Record(assignment="ps1", student="s", outcome=Outcome.GRADED).score == 0
    assert Record(assignment="ps1", student="s", outcome=Outcome.GRADED).max_score == 0


@pytest.mark.parametrize("outcome", [outcome for outcome in Outcome if outcome is not Outcome.GRADED])
def test_there_is_no_score_where_nothing_was_graded(record, outcome):
    assert record.model_copy(update={"outcome": outcome}).score is None


def test_unknown_status_is_refused():
    with pytest.raises(ValidationError):
        Item(grade_id="x", status="great", score=1, max_score=1)


def test_records_of_different_students_do_not_share_lists():
    first, second = (Record(assignment="ps1", student=name, outcome=Outcome.GRADED) for name in "ab")
    first.notes.append("late")
    assert second.notes == []

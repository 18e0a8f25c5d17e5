"""autograder new: what it writes is complete and green at once."""

from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path
from typing import Any

import pytest

from autograder.authoring.build import build, from_source
from autograder.authoring.new import new
from autograder.authoring.validate import read, validate
from autograder.course import Course
from autograder.errors import AssignmentError
from autograder.notebooks.cells import grade_id
from tests import exercises
from tests.notebooks import test_exercises

ROOT = Path(__file__).parents[3]
NAME = "11_optimisers"


@pytest.fixture
def course(tmp_path: Path) -> Course:
    shutil.copy(ROOT / "nbgrader_config.py", tmp_path)
    (tmp_path / "tests" / "exercises").mkdir(parents=True)
    (tmp_path / "tests" / "exercises" / "__init__.py").touch()
    return Course(tmp_path)


def answers(path: Path) -> dict[str, dict[str, dict[str, str]]]:
    spec = importlib.util.spec_from_file_location("answers_of_new", path)
    assert spec
    assert spec.loader
    module: Any = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.EXERCISES


def test_it_has_all_that_an_assignment_has_and_its_tests_tell_answers_apart(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, kept = new(course, NAME)
    assert course.assignments() == [NAME]
    notebook = from_source(source)
    assert list(read(notebook)) == []
    assert [grade_id(cell) for cell in notebook.cells if grade_id(cell)] == [
        "setup",
        "halfway",
        "halfway-test",
        "granted",
    ]
    monkeypatch.setattr(exercises, "SOLUTIONS", source.parents[1])
    kinds = answers(kept)["halfway"]
    found = [
        exercises.Answer(NAME, "halfway", name, text, kind == "right")
        for kind in kinds
        for name, text in kinds[kind].items()
    ]
    assert (len(kinds["right"]) >= 3, len(kinds["wrong"]) >= 4) == (True, True)
    for judged in (True, False):
        assert [one.name for one in found if (exercises.message(one, judged=judged) is None) != one.is_right] == []
    monkeypatch.setattr(test_exercises, "ANSWERS", found)
    test_exercises.test_reference_answers_pass_all_tests(source)
    test_exercises.test_hints_are_short_and_end_in_a_question(source)
    test_exercises.test_third_hint_leads_to_an_answer_that_passes(source)
    test_exercises.test_stub_gets_no_points(source)


@pytest.mark.parametrize("name", ["", "..", "a/b", "a b", "-x", "x.y", "café"])
def test_names_that_are_none_are_refused(course: Course, name: str) -> None:
    with pytest.raises(AssignmentError, match="is no name for an assignment"):
        new(course, name)


def test_what_is_there_stays(course: Course) -> None:
    (course.root / "solutions" / NAME).mkdir(parents=True)
    with pytest.raises(AssignmentError, match="is there already"):
        new(course, NAME)


@pytest.mark.slow
def test_it_is_built_and_found_in_order(course: Course) -> None:
    new(course, NAME)
    assert list(build(course)) == [(NAME, True)]
    assert list(validate(course, NAME)) == []

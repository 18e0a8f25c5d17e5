"""The button at the end of what students get: added without running anything, and no part of what marks depend on."""

from __future__ import annotations

import nbformat
import pytest

from autograder.authoring.button import AddCheckButton
from autograder.course import Course
from autograder.grading import versions
from autograder.notebooks.cells import is_demo
from autograder.notebooks.source import read_source, student_version
from autograder.submissions import reader
from autograder.submissions.rebuild import rebuild
from course_utils import _button
from tests.support.classroom import Classroom


def test_it_is_the_last_cell_and_shows_what_to_do_where_nothing_is_alive(ps1: Classroom) -> None:
    released = ps1.released()
    nbformat.validate(released)
    last = released.cells[-1]
    assert "check.button()" in last.source
    assert is_demo(last)
    assert last.outputs[0].data == _button.still()
    assert last.execution_count is None


def test_it_is_added_once(ps1: Classroom) -> None:
    again, _ = AddCheckButton().preprocess(ps1.released(), {})
    assert len(again.cells) == len(ps1.released().cells)


def test_the_source_has_none_so_nothing_is_run_again(ps1: Classroom) -> None:
    assert not any("check.button(" in cell.source for cell in ps1.source.cells)


def test_marks_do_not_depend_on_it(course: Course) -> None:
    now = versions.now(course, "ps1")
    path = course.root / "nbgrader_config.py"
    text = path.read_text(encoding="utf-8")
    without = text.replace('    "autograder.plugins.AddCheckButton",\n', "")
    assert without != text
    path.write_text(without, encoding="utf-8")
    before = Course(course.root)
    assert not any("check.button(" in cell.source for cell in made(before))
    assert versions.now(before, "ps1").key == now.key, "nobody is graded again for a button"


def made(course: Course) -> list[nbformat.NotebookNode]:
    return student_version(read_source(course.source("ps1")), course.config).cells


@pytest.mark.parametrize("button", [True, False])
def test_submissions_with_and_without_it_are_rebuilt_without_a_word(ps1: Classroom, tmp_path, button: bool) -> None:
    filled = ps1.fill()
    if not button:
        del filled.cells[-2:]
    nbformat.write(filled, tmp_path / "ps1.ipynb")
    rebuilt, notes = rebuild(ps1.released(), reader.read(tmp_path / "ps1.ipynb"))
    assert notes == []
    assert [is_demo(cell) for cell in rebuilt.cells if "check.button(" in cell.source] == [True]

"""Building: what authors write, what is stored, what is refused."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode

from autograder.authoring.build import build, drift, from_source
from autograder.authoring.release import release
from autograder.course import Course
from autograder.errors import AssignmentError
from autograder.notebooks.source import read_source, student_version
from course_utils.check import ABOUT


def source(course: Course) -> Path:
    return course.source("ps1").with_suffix(".py")


def rewrite(course: Course, old: str, new: str) -> None:
    text = source(course).read_text()
    assert old in text
    source(course).write_text(text.replace(old, new))


def test_metadata_are_filled_in(course: Course) -> None:
    marks = {
        c.metadata.nbgrader.grade_id: c.metadata.nbgrader
        for c in from_source(source(course)).cells
        if "nbgrader" in c.metadata
    }
    assert marks["double"] | {"grade": False, "locked": False, "solution": True} == marks["double"]
    assert (
        marks["double-test"] | {"grade": True, "locked": True, "solution": False, "points": 2} == marks["double-test"]
    )
    assert marks["why"] | {"grade": True, "locked": False, "solution": True, "points": 5} == marks["why"]


def test_same_source_gives_the_same_ids_and_an_edit_changes_one(course: Course) -> None:
    before = [cell.id for cell in from_source(source(course)).cells]
    assert before == [cell.id for cell in from_source(source(course)).cells]
    assert len(set(before)) == len(before)
    rewrite(course, "# Why?", "# Why not?")
    after = [cell.id for cell in from_source(source(course)).cells]
    assert sum(old != new for old, new in zip(before, after, strict=True)) == 1


def test_tests_are_folded_and_a_line_before_each_says_how_to_run_it(course: Course) -> None:
    rewrite(course, '# %% tags=["demo"]', '# %% tags=["demo", "fold"]')
    cells = from_source(source(course)).cells
    folded = [number for number, cell in enumerate(cells) if cell.metadata.get("jupyter") == {"source_hidden": True}]
    names = [cells[number].metadata.get("nbgrader", {}).get("grade_id") for number in folded]
    assert names == [None, "double-test", "share-test", "partial-test"]
    notes = [cells[number - 1].source for number in folded[1:]]
    assert [note.split(":")[0] for note in notes] == ["**Check `double`", "**Check `share`", "**Check `partial`"]


def test_two_cells_with_one_name_are_refused(course: Course) -> None:
    rewrite(course, '"grade_id": "share"', '"grade_id": "double"')
    with pytest.raises(AssignmentError, match=r"ps1\.py: two cells have the grade_id 'double'"):
        from_source(source(course))


def test_cell_without_a_name_is_refused(course: Course) -> None:
    rewrite(course, '{"grade_id": "share", "solution": true}', '{"solution": true}')
    with pytest.raises(AssignmentError, match=r"ps1\.py: the cell .*: it has nbgrader metadata without a grade_id"):
        from_source(source(course))


@pytest.mark.parametrize(("old", "new"), [("# Why?", "# Why not?"), ('"points": 2', '"points": 3'), ("2 * x", "x + x")])
def test_edited_source_is_noticed_with_file_and_mend(course: Course, old: str, new: str) -> None:
    assert drift(course, "ps1") == []
    rewrite(course, old, new)
    [problem] = drift(course, "ps1")
    assert "ps1.ipynb was not built from the present ps1.py" in problem
    assert "make notebooks" in problem


def test_notebook_that_was_never_built_is_noticed(course: Course) -> None:
    course.source("ps1").unlink()
    [problem] = drift(course, "ps1")
    assert "does not exist" in problem
    with pytest.raises(AssignmentError, match="has not been built"):
        release(course, "ps1")


def test_what_has_not_changed_is_not_run(course: Course) -> None:
    before = course.source("ps1").stat().st_mtime_ns
    assert list(build(course)) == [("ps1", False)]
    assert course.source("ps1").stat().st_mtime_ns == before


@pytest.mark.parametrize(("old", "new"), [("# Why?", "# Why not?"), ('"points": 2', '"points": 3')])
def test_new_texts_and_points_keep_the_outputs_of_the_last_run(course: Course, old: str, new: str) -> None:
    before = read_source(course.source("ps1"))
    rewrite(course, old, new)
    assert list(build(course)) == [("ps1", False)]
    assert drift(course, "ps1") == []
    after = read_source(course.source("ps1"))
    assert ran(after) == ran(before)
    assert [count for count, _ in ran(after)] == list(range(1, len(ran(after)) + 1))
    assert after != before
    assert student_version(after, course.config).cells == released(course).cells


@pytest.mark.slow
@pytest.mark.parametrize("change", ["code", "tags", "cleared", "damaged", "gone"])
def test_all_else_is_run(course: Course, change: str) -> None:
    path = course.source("ps1")
    before = read_source(path)
    rewrite(course, "# Why?", "# Why not?")
    if change == "code":
        rewrite(course, "2 * x", "x + x")
    elif change == "tags":
        rewrite(course, 'tags=["demo"]', 'tags=["demo", "raises-exception"]')
    elif change == "cleared":
        notebook = read_source(path)
        for cell in notebook.cells:
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = [], None
        nbformat.write(notebook, path)
    elif change == "damaged":
        path.write_text("<<<<<<< mine", encoding="utf-8")
    else:
        path.unlink()
    assert list(build(course)) == [("ps1", True)]
    assert ran(read_source(path)) == ran(before)


def ran(notebook: NotebookNode) -> list[tuple[int | None, list[NotebookNode]]]:
    return [(cell.execution_count, cell.outputs) for cell in notebook.cells if cell.cell_type == "code"]


def released(course: Course) -> NotebookNode:
    return nbformat.read(course.folder("release", assignment="ps1") / "ps1.ipynb", as_version=4)


def test_student_version_in_memory_is_the_released_one(course: Course) -> None:
    notebook = released(course)
    about = notebook.metadata.pop(ABOUT)  # for students who check it before they hand it in
    assert student_version(read_source(course.source("ps1")), course.config) == notebook
    assert about.assignment == "ps1"


@pytest.mark.slow
def test_building_twice_gives_the_same_bytes(course: Course) -> None:
    before = course.source("ps1").read_bytes()
    assert list(build(course, force=True)) == [("ps1", True)]
    assert course.source("ps1").read_bytes() == before


@pytest.mark.slow
@pytest.mark.parametrize(
    ("new", "message"),
    [("raise_if_run = 1 / 0", "ZeroDivisionError"), ("import sys; print('oops', file=sys.stderr)", "writes to stderr")],
)
def test_failing_or_noisy_notebook_is_refused_and_the_old_one_kept(course: Course, new: str, message: str) -> None:
    before = course.source("ps1").read_bytes()
    rewrite(course, "raise_if_run = 1", new)
    with pytest.raises(AssignmentError, match=message):
        list(build(course))
    assert course.source("ps1").read_bytes() == before

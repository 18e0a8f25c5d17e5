"""`python -m course_utils.check`: what a student reads about whole, half-done and odd notebooks before handing in."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from copy import deepcopy
from hashlib import sha256
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook

from autograder.notebooks.cells import grade_id
from course_utils.check import (
    FAILS,
    LATER,
    NOT_RUN,
    PARTLY,
    PASSES,
    TO_DO,
    WRITTEN,
    check,
    main,
    report,
)
from tests.support.classroom import Classroom

POSIX_ONLY = ("fcntl", "grp", "pwd", "resource", "termios", "readline", "syslog", "posix_ipc")


@pytest.fixture
def ready(ps1: Classroom, tmp_path: Path) -> Callable[..., Path]:
    """Write ps1 with right answers, changed as told: a cell's new text by grade_id, None to take it out."""

    def write(name: str = "ps1.ipynb", extra: list[NotebookNode] = [], **changes: str | None) -> Path:  # noqa: B006
        notebook = ps1.released()
        texts: dict[str, str | None] = {**ps1.right, "why": "Because of the loss.", **changes}
        notebook.cells = [cell for cell in notebook.cells if texts.get(grade_id(cell) or "", "") is not None]
        for cell in notebook.cells:
            if text := texts.get(grade_id(cell) or ""):
                cell.source = text
        notebook.cells[2:2] = extra
        nbformat.write(notebook, tmp_path / name)
        return tmp_path / name

    return write


def states(path: Path) -> dict[str, str]:
    return {exercise.name: exercise.state for exercise in check(path).exercises}


# Without a kernel


def test_student_version_says_what_must_be_there(ps1: Classroom) -> None:
    about = ps1.released().metadata.course
    assert about.assignment == "ps1"
    assert about.cell_time == 6  # tests/conftest.py
    assert {"double", "double-test"} <= set(about.cells)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "cannot be read as a notebook"),
        ('{"cells": [', "cannot be read as a notebook"),
        ("[]", "cannot be read as a notebook"),
        (nbformat.writes(new_notebook()), "holds no exercises"),
        (nbformat.writes(new_notebook(cells=[new_code_cell("1")])), "holds no exercises"),
    ],
)
def test_file_that_is_no_notebook_of_the_course(tmp_path: Path, capsys, content: str, said: str) -> None:
    path = tmp_path / "ps1.ipynb"
    path.write_text(content)
    assert main([str(path)]) == 2
    assert said in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == [path], "no receipt for what was not run"


# With one


@pytest.mark.slow
def test_right_answers_pass_and_the_receipt_says_so(ready: Callable[..., Path], capsys) -> None:
    path = ready()
    before = path.read_bytes()
    assert main([str(path)]) == 0, capsys.readouterr().out
    said = capsys.readouterr().out
    receipt = json.loads(path.with_name("ps1.receipt.json").read_text(encoding="utf-8"))
    assert path.read_bytes() == before
    assert receipt["sha256"] == sha256(before).hexdigest()
    assert receipt["ready"]
    assert {exercise["state"] for exercise in receipt["exercises"]} == {PASSES, LATER, WRITTEN}
    assert receipt["packages"]["keras"]
    assert receipt["remarks"] == []
    assert f"Hand in: {path}" in said
    assert "Also:" not in said
    assert sorted(file.name for file in path.parent.iterdir() if file.is_file()) == ["ps1.ipynb", "ps1.receipt.json"]


@pytest.mark.slow
def test_untouched_notebook_is_all_to_do(ps1: Classroom, tmp_path: Path) -> None:
    nbformat.write(ps1.released(), tmp_path / "ps1.ipynb")
    assert set(states(tmp_path / "ps1.ipynb").values()) == {TO_DO}
    assert main([str(tmp_path / "ps1.ipynb"), "--no-receipt"]) == 1
    assert not (tmp_path / "ps1.receipt.json").exists()


@pytest.mark.slow
def test_each_oddity_is_named(ready: Callable[..., Path]) -> None:
    odd = [
        new_code_cell("1 / 0"),
        new_code_cell("int('x')", metadata={"tags": ["raises-exception"]}),
        new_code_cell("%time 2"),
        new_code_cell("raise RuntimeError('first line')\n"),
    ]
    path = ready("ps1-Copy1.ipynb", odd, double="def double(x):\n    return 3 * x", share=None)
    notebook = nbformat.read(path, as_version=4)
    [locked] = [cell for cell in notebook.cells if grade_id(cell) == "double-test"]
    locked.source += "\n# mine"
    twin = deepcopy(next(cell for cell in notebook.cells if grade_id(cell) == "why"))
    notebook.cells.append(NotebookNode(twin, id="a-twin"))
    nbformat.write(notebook, path)
    result = check(path)
    found = {exercise.name: (exercise.state, exercise.message) for exercise in result.exercises}
    assert found["double-test"][0] == FAILS
    assert "double(2)" in found["double-test"][1]
    assert found["share-test"][0] == FAILS
    assert "there is no `share`" in found["share-test"][1]
    text = "\n".join(result.remarks)
    for said in (
        "The cell “share” is missing. Copy it back",
        "The locked cell “double-test” was changed. Grading uses the original",
        "The file is called ps1-Copy1.ipynb. Hand it in as ps1.ipynb.",
        "The cell “1 / 0” below “A tiny assignment",
        "stops: ZeroDivisionError: division by zero",
        "RuntimeError: first line",
        "is there 2 times. Delete all copies but one.",
    ):
        assert said in text
    assert "int('x')" not in text, "it is meant to fail"
    assert "%time" not in text
    assert "Also:" in "\n".join(report(result, path))


@pytest.mark.slow
def test_answer_that_uses_one_that_is_still_to_do_is_not_called_untouched(ready: Callable[..., Path]) -> None:
    stub = 'def double(x):\n    raise NotImplementedError("Your code goes here: replace this line.")'
    path = ready(double=stub, share="def share(part, whole):\n    return double(part) / double(whole)")
    found = {exercise.name: (exercise.state, exercise.message) for exercise in check(path).exercises}
    assert found["share-test"][0] == FAILS
    assert "an earlier answer that this one uses" in found["share-test"][1]


@pytest.mark.slow
def test_what_ends_python_or_never_ends_costs_itself(ready: Callable[..., Path]) -> None:
    path = ready(extra=[new_code_cell("while True:\n    pass")], share="import os\nos._exit(3)")
    notebook = nbformat.read(path, as_version=4)
    notebook.metadata.course.cell_time = 1
    nbformat.write(notebook, path)
    result = check(path)
    found = {exercise.name: exercise.state for exercise in result.exercises}
    assert found["double-test"] == PASSES
    assert found["share-test"] == NOT_RUN
    text = "\n".join(result.remarks)
    assert (
        "The cell “while True:” below “A tiny assignment for the tests of the autograder” stops: it takes too long"
        in text
    )
    assert "stops: it ends the whole of Python (exit, a crash, or too little memory)" in text


@pytest.mark.slow
def test_lecture_cells_run_only_where_their_names_are_needed(ready: Callable[..., Path]) -> None:
    told: list[str] = []
    assert set(check(ready(), told.append).remarks) == set()
    assert not any("lecture" in what for what in told)
    right = "def double(x):\n    return 2 * x * raise_if_run"
    assert {exercise.state for exercise in check(ready(double=right), told.append).exercises} == {
        PASSES,
        LATER,
        WRITTEN,
    }
    assert "raise_if_run comes from a lecture cell: everything is run, which takes longer" in told


@pytest.mark.slow
def test_points_in_part_are_said(ready: Callable[..., Path]) -> None:
    path = ready()
    notebook = nbformat.read(path, as_version=4)
    [test] = [cell for cell in notebook.cells if grade_id(cell) == "double-test"]
    test.source = "1"
    nbformat.write(notebook, path)
    [double] = [exercise for exercise in check(path).exercises if exercise.name == "double-test"]
    assert (double.state, double.message) == (PARTLY, "1 of 2 points so far")


@pytest.mark.slow
def test_it_works_without_what_only_posix_has_and_without_the_grader(ready: Callable[..., Path]) -> None:
    path = ready()
    hidden = f"import sys\nfor name in {(*POSIX_ONLY, 'autograder', 'nbgrader')!r}: sys.modules[name] = None"
    code = f"{hidden}\nimport course_utils.data, course_utils.plots, course_utils.study, course_utils.widgets\n"
    code += f"from course_utils.check import main\nsys.exit(main([{str(path)!r}]))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr

"""Every exercise's tests: wrong answers lose the points, right ones in another style keep them."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from autograder.build import from_source
from autograder.rebuild import grade_id
from tests.exercises import SOLUTIONS, Answer, answers, message

ANSWERS = list(answers())
SOURCES = sorted(SOLUTIONS.glob("*/*.py"))


judged = pytest.mark.parametrize("judged", [True, False], ids=["graded", "in JupyterLab"])


@judged
@pytest.mark.parametrize("answer", [answer for answer in ANSWERS if answer.is_right], ids=str)
def test_right_answer_keeps_its_points(answer: Answer, *, judged: bool) -> None:
    assert message(answer, judged=judged) is None


@judged
@pytest.mark.parametrize("answer", [answer for answer in ANSWERS if not answer.is_right], ids=str)
def test_wrong_answer_loses_its_points(answer: Answer, *, judged: bool) -> None:
    assert message(answer, judged=judged) is not None


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_every_exercise_has_four_wrong_and_three_right_answers(source: Path) -> None:
    cells = from_source(source).cells
    exercises = {
        grade_id(cell)
        for cell in cells
        if cell.cell_type == "code" and cell.metadata.get("nbgrader", {}).get("solution")
    }
    counts = Counter((answer.exercise, answer.is_right) for answer in ANSWERS if answer.assignment == source.stem)
    assert {name for name in exercises if counts[name, False] < 4 or counts[name, True] < 3} == set()


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_stub_gets_no_points(source: Path) -> None:
    stub = 'raise NotImplementedError("Your code goes here: replace this line.")'
    for answer in {answer.exercise: answer for answer in ANSWERS if answer.assignment == source.stem}.values():
        assert message(Answer(answer.assignment, answer.exercise, "stub", stub, is_right=False)) is not None

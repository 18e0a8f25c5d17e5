"""Every exercise's tests: wrong answers lose the points, right ones in another style keep them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import numpy as np
import pytest

from autograder.authoring.build import from_source
from autograder.notebooks.cells import grade_id
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
def test_reference_answers_pass_all_tests(source: Path) -> None:
    cells = {grade_id(cell): cell.source for cell in from_source(source).cells if cell.cell_type == "code"}
    failed = {}
    for name in {answer.exercise for answer in ANSWERS if answer.assignment == source.stem}:
        failed[name] = message(Answer(source.stem, name, "reference", cells[name], is_right=True))
    assert {name: said for name, said in failed.items() if said is not None} == {}


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


HINT = re.compile(r"<details><summary>Hint (\d): [^<]*</summary>(.*?)</details>", re.S)


def hints(source: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield each exercise's name and its hints by number, without the marks that open a line of a comment."""
    question = ""
    for cell in from_source(source).cells:
        if cell.cell_type == "markdown" and "<summary>Hint" in cell.source:
            question = cell.source
        elif cell.cell_type == "code" and cell.metadata.get("nbgrader", {}).get("solution"):
            yield str(grade_id(cell)), dict(HINT.findall(question))


def tight(code: str) -> str:
    """Return code without white space, as far as that is no difference to a reader."""
    return "".join(unescape(code).split()).replace("'", '"')


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_hints_are_short_and_end_in_a_question(source: Path) -> None:
    long = [(name, n) for name, found in hints(source) for n, text in found.items() if len(text.split()) > 160]
    silent = [
        (name, n)
        for name, found in hints(source)
        for n, text in found.items()
        if not re.sub(r"<[^>]*>", "", text).strip().endswith("?")
    ]
    assert (long, silent) == ([], [])


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_third_hint_leads_to_an_answer_that_passes(source: Path) -> None:
    """Its code runs as printed: as a part of the right answer called "hint 3", or, a worked twin, by itself."""
    followed = {
        a.exercise: a.source for a in ANSWERS if a.assignment == source.stem and a.is_right and a.name == "hint 3"
    }
    found = dict(hints(source))
    assert found.keys() == followed.keys()
    for name, texts in found.items():
        twins = re.findall(r"<pre>(?:<code>)?(.*?)(?:</code>)?</pre>", texts["3"], re.S)
        for twin in twins:
            exec(unescape(twin), {"np": np})
        fragments = re.findall(r"<code>(.*?)</code>", re.sub(r"<pre>.*?</pre>", "", texts["3"], flags=re.S), re.S)
        printed = [code for code in fragments if len(tight(code)) > 12]
        assert [code for code in printed if tight(code) not in tight(followed[name])] == [], name


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_stub_gets_no_points(source: Path) -> None:
    stub = 'raise NotImplementedError("Your code goes here: replace this line.")'
    for answer in {answer.exercise: answer for answer in ANSWERS if answer.assignment == source.stem}.values():
        assert message(Answer(answer.assignment, answer.exercise, "stub", stub, is_right=False)) is not None

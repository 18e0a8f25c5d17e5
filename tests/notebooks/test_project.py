"""Notebook 11: its points, what grading allows it, and what the two sample projects come to."""

from __future__ import annotations

import re
import warnings
from pathlib import Path

import nbformat
import pytest

from autograder.authoring.build import from_source
from autograder.authoring.trial import Judged
from autograder.course import Course
from autograder.kernels.limits import Limits
from autograder.notebooks.cells import grade_id
from tests.exercises import SOLUTIONS
from tests.support import samples

ROOT = Path(__file__).parents[2]
CELLS = from_source(SOLUTIONS / samples.ASSIGNMENT / f"{samples.ASSIGNMENT}.py").cells
POINTS = {grade_id(cell): cell.metadata.nbgrader.get("points", 0) for cell in CELLS if grade_id(cell)}
LOST = {  # by the faulty project, and why
    "twins-test": "are known from training",
    "baseline-test": "Is it fitted on other rows as well?",
    "train-test": "Where does chance come in without a seed?",
    "curves-test": "no overfitting",
    "card-test": "but those of 'overfits' in tuning are",
}


def test_project_is_worth_forty_points() -> None:
    written = {name: points for name, points in POINTS.items() if points and not str(name).endswith("-test")}
    assert sum(POINTS.values()) == 40
    assert written == {"purpose": 2, "audit": 4, "errors": 4, "report": 4}


def test_every_written_part_shows_its_levels_to_students() -> None:
    for number, cell in enumerate(CELLS):
        if cell.cell_type == "markdown" and cell.metadata.get("nbgrader", {}).get("points"):
            question, most = CELLS[number - 1].source, cell.metadata.nbgrader.points
            levels = [int(level) for level in re.findall(r"(?m)^\| (\d) \|", question)]
            assert levels[0] == most
            assert levels[-1] == 0
            assert levels == sorted(set(levels), reverse=True)
            assert "**Marking guide.**" in cell.source


def test_grading_lets_the_project_train_and_nothing_else() -> None:
    config = Course(ROOT).config.ExecuteSubmission
    special = config.assignment_limits
    assert list(special) == [samples.ASSIGNMENT]
    allowed = Limits.of(config.limits, special[samples.ASSIGNMENT], "here")
    assert (allowed.cell_time, allowed.total_time) == (180, 900)
    assert Limits.of(config.limits, {}, "here").cell_time == 20


@pytest.mark.parametrize("name", samples.NAMES)
def test_sample_answers_every_part(name: str) -> None:
    asked = {grade_id(cell) for cell in CELLS if cell.metadata.get("nbgrader", {}).get("solution")}
    assert samples.answers(name).keys() == asked


def test_samples_and_notes_are_finished() -> None:
    for path in samples.SAMPLES.iterdir():
        assert re.findall(r"@[\w ]+@|= \{\}", path.read_text(encoding="utf-8")) == [], path


def test_students_get_no_sample() -> None:
    released = Course(ROOT).folder("release", assignment=samples.ASSIGNMENT)
    assert [path.name for path in released.rglob("*")] == [f"{samples.ASSIGNMENT}.ipynb"]
    text = (released / f"{samples.ASSIGNMENT}.ipynb").read_text(encoding="utf-8")
    for name in samples.NAMES:
        longest = max(samples.answers(name).values(), key=len)
        assert longest[:200] not in text


def test_samples_fill_the_released_notebook(tmp_path: Path) -> None:
    samples.main(tmp_path)
    for name in samples.NAMES:
        notebook = nbformat.read(tmp_path / f"{name}.ipynb", as_version=4)
        assert not any("NotImplementedError" in cell.source for cell in notebook.cells)


def grade(name: str) -> tuple[dict[str, str], int]:
    """Run a sample as the grader does: what each test says against it, and the points for its figures."""
    found, said = samples.answers(name), {}
    # a warning is no error where it is marked
    with warnings.catch_warnings(action="default"), Judged() as notebook:
        for cell in CELLS:
            if cell.cell_type != "code" or "demo" in cell.metadata.get("tags", []):
                continue
            title = str(grade_id(cell))
            if title.endswith("-test"):
                if message := notebook.test(cell.source):
                    said[title] = message
            else:
                locked = bool(cell.metadata.get("nbgrader", {}).get("locked"))
                assert notebook.run(found.get(title, cell.source), locked=locked) is None, title
        return said, int(str(notebook.judges["_gained"]))


@pytest.mark.slow
def test_good_project_gets_all_that_tests_can_give() -> None:
    assert grade("good") == ({}, 6)


@pytest.mark.slow
def test_faulty_project_loses_what_its_faults_cost() -> None:
    said, figures = grade("faulty")
    assert said.keys() == LOST.keys()
    assert [name for name, why in LOST.items() if why not in said[name]] == []
    assert figures <= 3

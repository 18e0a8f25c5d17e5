"""The notebooks in this repository: built from their sources, well-formed, and they run."""

from __future__ import annotations

import filecmp
import json
import re
import shutil
from pathlib import Path
from typing import Any

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbformat import NotebookNode

from autograder.authoring.build import MEND, drift
from autograder.authoring.release import release
from autograder.course import Course
from course_utils.ledger import claims, listings

ROOT = Path(__file__).parents[2]
ASSIGNMENTS = Course(ROOT).assignments()


def cells(assignment: str) -> list[NotebookNode]:
    return nbformat.read(Course(ROOT).source(assignment), as_version=4).cells


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_executed_notebook_is_built_from_its_source(assignment: str) -> None:
    assert drift(Course(ROOT), assignment) == []


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_student_version_is_generated_from_the_executed_notebook(assignment: str, tmp_path: Path) -> None:
    shutil.copy(ROOT / "nbgrader_config.py", tmp_path)
    shutil.copytree(ROOT / "solutions" / assignment, tmp_path / "solutions" / assignment)
    fresh = release(Course(tmp_path), assignment)
    committed = ROOT / "notebooks" / assignment
    assert sorted(p.name for p in fresh.iterdir()) == sorted(p.name for p in committed.iterdir())
    for path in fresh.iterdir():
        assert filecmp.cmp(path, committed / path.name, shallow=False), (
            f"{committed / path.name} is not what {assignment} generates. {MEND}"
        )


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_student_version_holds_no_solution_and_no_hidden_test(assignment: str) -> None:
    text = (ROOT / "notebooks" / assignment / f"{assignment}.ipynb").read_text()
    assert "BEGIN SOLUTION" not in text
    assert "BEGIN HIDDEN TESTS" not in text
    assert "NotImplementedError" in text


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_figures_have_alternative_text(assignment: str) -> None:
    outputs = [output.get("data", {}) for cell in cells(assignment) for output in cell.get("outputs", [])]
    assert not any("image/png" in data for data in outputs), "use plots.show(alt) in place of plt.show()"
    found = [BeautifulSoup(data.get("text/html", ""), "html.parser").find_all("img") for data in outputs]
    texts = [image.get("alt", "") for images in found for image in images]
    assert texts
    assert [text for text in texts if len(text) < 30] == []


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_points_are_those_that_the_text_promises(assignment: str) -> None:
    given = sum(cell.metadata.get("nbgrader", {}).get("points", 0) for cell in cells(assignment))
    prose = "\n".join(cell.source for cell in cells(assignment) if cell.cell_type == "markdown")
    [promised] = re.findall(r"(\d+)\s+points(?: in total|: \d+ for)", prose)
    headings = re.findall(r"(?m)^#+ ✏️.*(\(.*\))$", prose)
    assert given == int(promised) == sum(int(number) for found in headings for number in re.findall(r"\d+", found))


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_output_that_is_not_compared_has_a_reason(assignment: str) -> None:
    skipped = [
        cell for cell in cells(assignment) if {"nbval-ignore-output", "nbval-skip"} & set(cell.metadata.get("tags", []))
    ]
    assert [cell.source for cell in skipped if not cell.metadata.get("nbval_reason")] == []


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_cells_are_short(assignment: str) -> None:
    found = [cell for cell in cells(assignment) if cell.cell_type == "code"]
    folded = [bool(cell.metadata.get("jupyter", {}).get("source_hidden")) for cell in found]
    lines = [cell.source.split("### BEGIN HIDDEN TESTS")[0].count("\n") for cell in found]
    visible = [count for count, hidden in zip(lines, folded, strict=True) if not hidden]
    assert max(visible) < 40
    assert sum(count >= 25 for count in visible) <= len(visible) / 10
    assert max(lines) < 80, "folded cells, too, are read by those who look for their mistake"


def code(assignment: str) -> list[str]:
    return [cell.source for cell in cells(assignment) if cell.cell_type == "code"]


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_nothing_is_there_for_speed_alone(assignment: str) -> None:
    tricks = ("set_state_tree", "optimizer.build", "jit_compile", "steps_per_execution", "functools import cache")
    assert [trick for trick in tricks if trick in "\n".join(code(assignment))] == []


@pytest.mark.parametrize("assignment", [name for name in ASSIGNMENTS if "02" <= name[:2] <= "10"])
def test_first_network_is_trained_in_plain_keras(assignment: str) -> None:
    text = "\n".join(code(assignment))
    plain = (".summary(", ".compile(", ".fit(", "validation_data=", ".evaluate(", ".predict(")
    assert [call for call in plain if call not in text] == []


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_prompt_to_predict_is_a_cell_of_its_own_before_its_choice(assignment: str) -> None:
    found = cells(assignment)
    asked = [number for number, cell in enumerate(found) if "predictions.ask(" in cell.source]
    prompts = [number for number, cell in enumerate(found) if "I expect" in cell.source]
    assert [found[number].source for number in asked if number - 1 not in prompts] == []
    assert [found[number].source for number in prompts if len(found[number].source) > 600] == []


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_every_prediction_is_recalled_and_then_its_finding_is_folded(assignment: str) -> None:
    text = "\n".join(code(assignment))
    asked, recalled = (re.findall(rf"predictions\.{what}\(\s*\"([^\"]+)\"", text) for what in ("ask", "recall"))
    assert asked == recalled, "each is asked once and recalled once, in the same order"
    folded = [cell.source for cell in cells(assignment) if "What we measured: open after you ran it" in cell.source]
    assert len(folded) >= len(asked)


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_every_exercise_has_three_folded_hints(assignment: str) -> None:
    found = cells(assignment)
    answers = [
        number
        for number, cell in enumerate(found)
        if cell.cell_type == "code" and cell.metadata.get("nbgrader", {}).get("solution")
    ]
    assert answers
    for number in answers:
        question = next(cell.source for cell in reversed(found[:number]) if cell.cell_type == "markdown")
        assert question.count("<details><summary>Hint") == 3, f"hints before {found[number].metadata.nbgrader.grade_id}"


def results(assignment: str, profile: str) -> dict[str, Any]:
    path = ROOT / "solutions" / assignment / "results" / f"{profile}.json"
    return json.loads(path.read_text()) if path.exists() else {"measurements": {}}


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_prose_says_what_was_measured(assignment: str) -> None:
    prose = [cell.source for cell in cells(assignment) if cell.cell_type == "markdown"]
    assert sum(source.count("<!--") for source in prose) == sum(len(list(claims(source))) for source in prose)
    wrong = [
        claim.text
        for source in prose
        for claim in claims(source)
        if not claim.agrees(results(assignment, claim.profile))
    ]
    assert wrong == [], f"solutions/{assignment}/results says otherwise: change the prose, or measure again"


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_code_repeats_what_was_measured(assignment: str) -> None:
    code = [cell.source for cell in cells(assignment) if cell.cell_type == "code"]
    found = [listing for source in code for listing in listings(source)]
    assert sum(source.count("# quick: ") + source.count("# full: ") for source in code) == len(found)
    wrong = [listing.text for listing in found if not listing.agrees(results(assignment, listing.profile))]
    assert wrong == [], f"solutions/{assignment}/results says otherwise: copy its values, or measure again"

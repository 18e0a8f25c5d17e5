"""The notebooks in this repository: built from their sources, well-formed, and they run."""

from __future__ import annotations

import filecmp
import json
import re
import shutil
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import nbformat
import psutil
import pytest
from bs4 import BeautifulSoup
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from autograder.build import MEND, drift
from autograder.course import Course
from autograder.kernels import WARM
from autograder.release import release
from course_utils.ledger import FOLDER_VARIABLE, claims, listings
from tests.classroom import Classroom

ROOT = Path(__file__).parents[1]
ASSIGNMENTS = Course(ROOT).assignments()

# The first cell of a run: whoever asks for another machine is stopped, by an error that no download code expects
OFFLINE = """
import socket
import sys

import pytest


def refuse(event, arguments):
    if event in ("socket.getaddrinfo", "socket.gethostbyname"):
        host = arguments[0]
    elif event == "socket.connect" and isinstance(arguments[1], tuple):
        host = arguments[1][0]
    else:
        return
    if host not in ("127.0.0.1", "::1", "localhost"):
        raise RuntimeError(f"the network was used: {event} {host}")


sys.addaudithook(refuse)
with pytest.raises(RuntimeError, match="the network was used"):
    socket.create_connection(("example.org", 80))
"""


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
def test_output_that_is_not_compared_has_a_reason(assignment: str) -> None:
    skipped = [
        cell for cell in cells(assignment) if {"nbval-ignore-output", "nbval-skip"} & set(cell.metadata.get("tags", []))
    ]
    assert [cell.source for cell in skipped if not cell.metadata.get("nbval_reason")] == []


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_cells_are_short(assignment: str) -> None:
    visible = [cell.source.split("### BEGIN HIDDEN TESTS")[0] for cell in cells(assignment) if cell.cell_type == "code"]
    assert [source for source in visible if source.count("\n") >= 40] == []
    assert sum(source.count("\n") >= 25 for source in visible) <= len(visible) / 10


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


@pytest.fixture(scope="session")
def empty_keras_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One for all: kernels that find Keras' cache elsewhere need a fork server of their own."""
    return tmp_path_factory.mktemp("keras")


def still_running_in(folder: Path, seconds: float = 10) -> list[str]:
    """What was started in a folder and has not ended, after a moment to do so: kernels, TensorBoard."""
    deadline = time.monotonic() + seconds
    while True:
        found = []
        for process in psutil.process_iter():
            with suppress(psutil.Error):
                if Path(process.cwd()) == folder:
                    found.append(" ".join(process.cmdline()))
        if not found or time.monotonic() > deadline:
            return found
        time.sleep(0.1)


@pytest.mark.slow
def test_process_that_a_notebook_leaves_behind_is_found(tmp_path: Path) -> None:
    code = ["-c", "import time; time.sleep(60)", "left behind"]
    with subprocess.Popen([sys.executable, *code], cwd=tmp_path) as process:
        assert [line.endswith("left behind") for line in still_running_in(tmp_path, 0.5)] == [True]
        process.kill()
    assert still_running_in(tmp_path) == []


@pytest.mark.slow
@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_answered_student_version_runs_offline_with_parameters_and_measures_the_same(
    assignment: str, tmp_path: Path, empty_keras_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import papermill

    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path))
    monkeypatch.delenv("COURSE_DATA_DIR", raising=False)
    monkeypatch.setenv("KERAS_HOME", str(empty_keras_home))
    monkeypatch.setenv("COURSE_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("KERNEL_SERVER_IDLE", "30")
    notebook = Classroom(Course(ROOT), assignment).fill()
    notebook.cells.insert(0, new_code_cell(OFFLINE))
    nbformat.write(notebook, tmp_path / "in.ipynb")
    executed = papermill.execute_notebook(
        tmp_path / "in.ipynb",
        tmp_path / "out.ipynb",
        {"profile": "quick", "seed": 0},
        kernel_name=WARM,
        cwd=tmp_path,
        progress_bar=False,
    )
    failed = [o for cell in executed.cells for o in cell.get("outputs", []) if o.output_type == "error"]
    assert failed == []
    assert still_running_in(tmp_path) == [], "the notebook left processes behind"
    assert sum("injected-parameters" in cell.metadata.get("tags", []) for cell in executed.cells) == 1
    stored = results(assignment, "quick")["measurements"]
    fresh = json.loads((tmp_path / "quick.json").read_text())["measurements"] if stored else {}
    assert fresh.keys() == stored.keys()
    # Training differs a little from machine to machine: four standard deviations, and never less than 3 %
    far = {
        name: (entry["mean"], fresh[name]["mean"])
        for name, entry in stored.items()
        if "seconds" not in name
        and abs(fresh[name]["mean"] - entry["mean"]) > max(4 * entry["std"], 0.03 * abs(entry["mean"]), 1e-9)
    }
    assert far == {}

"""Each notebook is run once, as a student who answers everything runs it, and that run serves every check.

It has no network, no data but the course's own (`conftest.py`), and papermill's parameters; nbval compares what comes
out with what is stored, and what it measures is compared with what was measured. (Hidden tests are not in it:
`tests/notebooks/test_exercises.py` runs them.)
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import nbformat
import papermill
import psutil
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell
from nbval.plugin import IPyNbFile, coalesce_streams, get_sanitize_patterns

from autograder.authoring.build import MEND
from autograder.course import Course
from autograder.kernels import WARM
from course_utils.ledger import FOLDER_VARIABLE
from tests.notebooks.test_notebooks import ASSIGNMENTS, ROOT, results
from tests.support.classroom import Classroom

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
def test_answered_student_version_runs_offline_shows_what_is_stored_and_measures_the_same(
    assignment: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> None:
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path))
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
        execution_timeout=600,
    )
    failed = [o for cell in executed.cells for o in cell.get("outputs", []) if o.output_type == "error"]
    assert failed == []
    assert still_running_in(tmp_path) == [], "the notebook left processes behind"
    assert sum("injected-parameters" in cell.metadata.get("tags", []) for cell in executed.cells) == 1
    assert differences(assignment, executed, request) == [], MEND
    assert far_from_the_record(assignment, tmp_path / "quick.json") == {}


def differences(assignment: str, executed: NotebookNode, request: pytest.FixtureRequest) -> list[str]:
    """Compare a run with the stored outputs, cell by cell, as nbval does."""
    fresh = {cell.id: cell.outputs for cell in executed.cells if cell.cell_type == "code"}
    stored = IPyNbFile.from_parent(request.session, path=Course(ROOT).source(assignment))
    stored.sanitize_patterns.update(get_sanitize_patterns((ROOT / "tests" / "nbval.cfg").read_text()))
    found = []
    for item in stored.collect():
        outputs = [coalesce_streams(outputs) for outputs in (fresh[item.cell.id], item.cell.outputs)]
        compared = item.options["check"] and not item.options["skip"]
        if compared and not item.compare_outputs(*outputs):
            found.append("\n".join([item.cell.source, *item.comparison_traceback]))
    return found


def far_from_the_record(assignment: str, measured: Path) -> dict[str, tuple[float, float]]:
    """Compare what was measured now and when the notebook was built.

    Training differs a little from machine to machine: four standard deviations, and never less than 3 %. The
    deviation from three seeds may be tiny by luck, so the larger of the two counts.
    """
    stored = results(assignment, "quick")["measurements"]
    fresh = json.loads(measured.read_text())["measurements"] if stored else {}
    assert fresh.keys() == stored.keys()
    return {
        name: (entry["mean"], fresh[name]["mean"])
        for name, entry in stored.items()
        if "seconds" not in name
        and abs(fresh[name]["mean"] - entry["mean"])
        > max(4 * max(entry["std"], fresh[name]["std"]), 0.03 * abs(entry["mean"]), 1e-9)
    }


def test_changed_output_is_a_difference_and_another_pixel_is_none(request: pytest.FixtureRequest) -> None:
    assignment = ASSIGNMENTS[0]
    executed = nbformat.read(Course(ROOT).source(assignment), as_version=4)
    assert differences(assignment, executed, request) == []
    compared = [
        output
        for cell in executed.cells
        if cell.cell_type == "code" and "nbval-ignore-output" not in cell.metadata.get("tags", [])
        for output in cell.outputs
    ]
    pictures = [output for output in compared if "<img" in output.get("data", {}).get("text/html", "")]
    pictures[0].data["text/html"] = re.sub(r"base64,[^\"]*", "base64,AAAA", pictures[0].data["text/html"])
    assert differences(assignment, executed, request) == []
    pictures[0].data["text/html"] = pictures[0].data["text/html"].replace('alt="', 'alt="Not ')
    next(output for output in compared if output.get("name") == "stdout").text += "one line more\n"
    assert len(differences(assignment, executed, request)) == 2

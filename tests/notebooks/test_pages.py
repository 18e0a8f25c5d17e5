"""What readers see, in a real browser: the exported page of each notebook, and JupyterLab as students have it.

The browser is the system's chromium (`.ci/run` installs it where it is missing), without a network.
"""

from __future__ import annotations

import os
import re
import shlex
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from autograder.authoring.build import KERNELSPEC
from tests.notebooks.test_notebooks import ASSIGNMENTS, ROOT

pytestmark = pytest.mark.slow
UNDESCRIBED = "No description has been provided for this image"
LIVE = [
    "import matplotlib.pyplot as plt\n"
    "from course_utils import plots, predictions\n"
    "plt.plot([3, 1, 2])\n"
    'plots.show("A line that falls from three to one and rises to two.")',
    'predictions.ask("race", ["the hare", "the hedgehog", "neither of the two"])',
    'predictions.recall("race")',
]


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_every_picture_of_an_exported_page_is_described(assignment: str, page: Any, tmp_path: Path) -> None:
    from nbconvert.exporters import HTMLExporter

    notebook = nbformat.read(ROOT / "solutions" / assignment / f"{assignment}.ipynb", as_version=4)
    target = tmp_path / "page.html"
    target.write_text(HTMLExporter().from_notebook_node(notebook)[0], encoding="utf-8")
    page.goto(target.as_uri(), wait_until="domcontentloaded")
    found = page.eval_on_selector_all("img", "all => all.map(img => [img.alt, img.src.slice(0, 40)])")
    short = [(alt, source) for alt, source in found if len(alt) < 30 or UNDESCRIBED in alt]
    assert short == []
    assert UNDESCRIBED not in page.content()
    stored = sum("image/png" in o.get("data", {}) or "<img" in str(o.get("data", {}).get("text/html", ""))
                 for cell in notebook.cells for o in cell.get("outputs", []))  # fmt: skip
    assert len(found) >= stored > 0


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[str]:
    """JupyterLab as `make lab` starts it, on a folder with one small notebook; its address."""
    folder = tmp_path / "notebooks"
    folder.mkdir()
    kernel = {**KERNELSPEC, "name": "python3"}
    nbformat.write(
        new_notebook(cells=[new_code_cell(source) for source in LIVE], metadata={"kernelspec": kernel}),
        folder / "live.ipynb",
    )
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    shown = subprocess.run(
        ["make", "--no-print-directory", "-n", "-o", ".venv/installed", "lab"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    command = next(line for line in shown.stdout.splitlines() if "jupyter lab" in line).replace(
        "--notebook-dir notebooks", ""
    )
    options = [
        f"--notebook-dir={folder}", "--no-browser", "--ip=127.0.0.1", f"--port={port}", "--ServerApp.port_retries=0",
        "--IdentityProvider.token=", "--ServerApp.allow_root=True",
    ]  # fmt: skip
    # without PYTEST_...: kernels behave a little differently in tests
    ours = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    log = tmp_path / "lab.log"
    with log.open("w") as file:
        server = subprocess.Popen(
            ["sh", "-c", f"exec env {command} {shlex.join(options)}"],
            cwd=ROOT, env=ours, stdout=file, stderr=file, start_new_session=True,
        )  # fmt: skip
    try:
        address = f"http://127.0.0.1:{port}"
        wait_for(f"{address}/api/status", server, log)
        yield address
    finally:
        server.send_signal(signal.SIGTERM)  # it ends its kernels
        try:
            server.wait(20)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(server.pid, signal.SIGKILL)


def wait_for(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        with suppress(OSError), urllib.request.urlopen(address, timeout=5):
            return
        assert server.poll() is None, log.read_text()
        time.sleep(0.2)
    pytest.fail(f"JupyterLab does not answer:\n{log.read_text()}")


def _run(page: Any, cell: Any) -> None:
    """Run a cell; again, if the kernel was not ready for it: then the cell has neither star nor number."""
    for _ in range(20):
        if page.locator(".jp-Dialog").count():  # no kernel yet, which one?
            page.keyboard.press("Escape")
        cell.locator(".jp-InputArea-editor").click()
        page.keyboard.press("Control+Enter")
        for _ in range(30):
            if re.search(r"[*\d]", cell.locator(".jp-InputPrompt").inner_text()):
                return
            page.wait_for_timeout(100)
    pytest.fail("JupyterLab does not run cells")


def test_a_live_page_shows_pictures_and_predictions_and_no_teachers_tools(page: Any, lab: str, tmp_path: Path) -> None:
    page.goto(f"{lab}/lab/tree/live.ipynb")
    page.wait_for_selector(".jp-Notebook .jp-CodeCell")
    for _ in range(300):  # who runs a cell before the kernel is there is asked for one
        if any(kernel["connections"] for kernel in page.request.get(f"{lab}/api/kernels").json()):
            break
        page.wait_for_timeout(200)
    show, ask, recall = (page.locator(".jp-CodeCell").nth(number) for number in range(3))
    _run(page, show)
    show.locator("img[alt='A line that falls from three to one and rises to two.']").wait_for()
    _run(page, ask)
    radio = ask.locator(".jp-OutputArea input[type=radio]")
    radio.nth(2).wait_for()
    assert radio.count() == 3
    radio.nth(1).click()
    ask.locator("text=Kept: the hedgehog").wait_for()
    _run(page, recall)
    recall.locator(".jp-OutputArea", has_text="the hedgehog").wait_for()
    seen = page.inner_text("body")
    assert UNDESCRIBED not in page.content()
    for tool in ("Create Assignment", "Formgrader", "Nbgrader", "Course List", "Assignment List", "Jupyter news"):
        assert tool.lower() not in seen.lower()
    assert page.locator("text=Validate").count() > 0

"""A student's notebook, run: whatever a cell does costs itself and what comes behind it."""

from __future__ import annotations

from pathlib import Path

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from course_utils._execution import ENDED, NOT_RUN, run


def errors(notebook: NotebookNode) -> list[list[str]]:
    codes = [cell for cell in notebook.cells if cell.cell_type == "code"]
    return [[output.ename for output in cell.outputs if output.output_type == "error"] for cell in codes]


@pytest.mark.slow
def test_cells_that_stop_or_end_python(tmp_path: Path) -> None:
    sources = ["1 / 0", "raise RuntimeError('lecture')", "import os\nos._exit(3)", "1", ""]
    notebook = new_notebook(cells=[*map(new_code_cell, sources), new_markdown_cell("text")])
    notebook.cells[1].metadata["tags"] = ["demo"]
    told: list[str] = []
    done = run(notebook, tmp_path, told.append, lecture=False)
    assert errors(done) == [["ZeroDivisionError"], [], [ENDED], [NOT_RUN], []]
    assert told == ["cell 1 of 3", "cell 2 of 3"]
    assert [cell.get("outputs", []) for cell in notebook.cells] == [[], [], [], [], [], []], "it is a copy that is run"


@pytest.mark.slow
def test_lecture_cells_are_run_if_told(tmp_path: Path) -> None:
    notebook = new_notebook(cells=[new_code_cell("x = 1 / 0", metadata={"tags": ["demo"]})])
    assert errors(run(notebook, tmp_path, lambda what: None, lecture=True)) == [["ZeroDivisionError"]]

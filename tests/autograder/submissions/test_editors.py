"""What comes back from Colab, Kaggle, VS Code and DataSpell is read as what JupyterLab would have saved.

Each of them writes the same notebook in a form of its own: format numbers, ids, lists or strings of lines, metadata.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat import NotebookNode

from autograder.notebooks.cells import grade_id
from autograder.submissions import reader
from autograder.submissions.rebuild import rebuild
from course_utils import check
from course_utils._notebook import is_untouched
from tests.support.classroom import Classroom

Json = dict[str, Any]


def colab(notebook: Json) -> Json:
    """Format 4.0 with an id in each cell's metadata; notebook and outputs know about Colab."""
    for number, cell in enumerate(notebook["cells"]):
        del cell["id"]
        cell["metadata"] = {**cell["metadata"], "id": f"Xy_{number:09}"}
        if cell["cell_type"] == "code":
            cell["metadata"] |= {"colab": {"base_uri": "https://localhost:8080/"}, "outputId": "0a1b2c3d-4e5f"}
    about = {"colab": {"provenance": [], "toc_visible": True}, "language_info": {"name": "python"}}
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    return {"nbformat": 4, "nbformat_minor": 0, "metadata": about | kernel, "cells": notebook["cells"]}


def bare_colab(notebook: Json) -> Json:
    """The same by way of a tool that keeps no metadata which it does not know."""
    for cell in notebook["cells"]:
        cell["metadata"] = {}
    return colab(notebook)


def kaggle(notebook: Json) -> Json:
    """Format 4.4, text as one string, times of each run; a first cell of its own."""
    own = "# This Python 3 environment comes with many helpful analytics libraries installed\nimport os\n"
    times = {"iopub.status.busy": "2026-11-29T08:00:00.1Z", "shell.execute_reply": "2026-11-29T08:00:00.2Z"}
    for cell in notebook["cells"]:
        del cell["id"]
        cell["source"] = "".join(cell["source"])
        cell["metadata"] |= {"_uuid": "8f2839f25d086af736a60e9eeb907d3b93b6e0e5", "trusted": True, "execution": times}
    first = {"cell_type": "code", "metadata": {"_cell_guid": "b1076dfc"}, "source": own}
    notebook["cells"].insert(0, {**first, "outputs": [], "execution_count": None})
    return {**notebook, "nbformat_minor": 4, "metadata": {"kaggle": {"accelerator": "none", "dataSources": []}}}


def vscode(notebook: Json) -> Json:
    """Another kernel's name, languages of cells, lines that end as on Windows."""
    for cell in notebook["cells"]:
        cell["metadata"]["vscode"] = {"languageId": "python"}
        cell["source"] = [line.replace("\n", "\r\n") for line in cell["source"]]
    kernel = {"display_name": ".venv", "language": "python", "name": "python3"}
    return {**notebook, "metadata": {"kernelspec": kernel, "language_info": {"name": "python", "version": "3.12.4"}}}


def dataspell(notebook: Json) -> Json:
    """Marks of the editor, and a line break at the end of each cell."""
    for cell in notebook["cells"]:
        cell["metadata"] |= {
            "collapsed": False,
            "pycharm": {"name": "#%%\n"},
            "ExecuteTime": {"end_time": "2026-11-29"},
        }
        if cell["source"]:
            cell["source"][-1] += "\n"
    return notebook


def classic(notebook: Json) -> Json:
    """Format 4.2 of the old notebook page: no ids, another kernel's name, outputs of an extension's own types."""
    for cell in notebook["cells"]:
        del cell["id"]
        if cell["cell_type"] == "code":
            own = {"application/vnd.plotly.v1+json": {"data": []}, "application/vnd.x+json": [1], "text/plain": ["x"]}
            cell["outputs"] = [{"output_type": "display_data", "data": own, "metadata": {"x": {"y": 1}}}]
            cell["metadata"] |= {"scrolled": True, "collapsed": True}
    kernel = {"kernelspec": {"name": "course-gpu", "display_name": "Course (GPU)", "language": "python"}}
    return {"nbformat": 4, "nbformat_minor": 2, "metadata": kernel, "cells": notebook["cells"]}


EDITORS = [colab, bare_colab, kaggle, vscode, dataspell, classic]


def saved_by(editor: Callable[[Json], Json], notebook: NotebookNode, path: Path) -> Path:
    path.write_text(json.dumps(editor(json.loads(nbformat.writes(notebook)))), encoding="utf-8")
    return path


@pytest.mark.parametrize("editor", EDITORS)
def test_answers_arrive_from_every_editor(editor: Callable[[Json], Json], ps1: Classroom, tmp_path: Path) -> None:
    path = saved_by(editor, ps1.fill(), tmp_path / "ps1.ipynb")
    rebuilt, notes = rebuild(ps1.released(), reader.read(path))
    texts = [cell.source.strip().replace("\r\n", "\n") for cell in rebuilt.cells]
    names = [grade_id(cell) for cell in rebuilt.cells]
    for name, answer in ps1.right.items():
        place = texts.index(answer.strip())
        # where nothing tells which cell it was, it stands between the stub, which it replaces when run, and the test
        assert names.index(name) <= place < names.index(f"{name}-test")
        assert (names[place] == name) == (editor is not bare_colab)
    if editor is not bare_colab:
        assert notes == []


@pytest.mark.parametrize("editor", EDITORS)
def test_check_knows_what_is_untouched_in_every_editor(
    editor: Callable[[Json], Json], ps1: Classroom, tmp_path: Path
) -> None:
    path = saved_by(editor, ps1.released(), tmp_path / "ps1.ipynb")
    if editor is bare_colab:
        with pytest.raises(check.NotebookError, match="holds no exercises"):
            check.read(path)
        return
    marked = [cell for cell in check.read(path).cells if cell.metadata.get("nbgrader")]
    assert len(marked) > 5
    assert [cell.source for cell in marked if not is_untouched(cell)] == []

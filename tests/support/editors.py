"""The forms in which editors save a notebook: what each of them writes for the same cells.

Each takes a notebook's JSON and gives the file's text. What is characteristic was read off public notebooks, and off
the code that writes them where it is public: VS Code's is `extensions/ipynb/src/serializers.ts` of microsoft/vscode.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import output_from_msg

from autograder.notebooks.cells import grade_id
from course_utils.predictions import MADE

Json = dict[str, Any]
Editor = Callable[[Json], str]
ADDRESS = "https://github.com/ada/course/archive/refs/tags/students-v0.1.0.zip"
TIMES = {
    "iopub.status.busy": "2026-11-29T08:00:00.100Z",
    "iopub.execute_input": "2026-11-29T08:00:00.110Z",
    "iopub.status.idle": "2026-11-29T08:00:00.190Z",
    "shell.execute_reply": "2026-11-29T08:00:00.200Z",
}
PYTHON = {
    "codemirror_mode": {"name": "ipython", "version": 3},
    "file_extension": ".py",
    "mimetype": "text/x-python",
    "name": "python",
    "nbconvert_exporter": "python",
    "pygments_lexer": "ipython3",
    "version": "3.12.4",
}
OF_OLD = {**PYTHON, "codemirror_mode": {"name": "ipython", "version": 2}, "pygments_lexer": "ipython2"}
OF_OLD |= {"version": "2.7.6"}  # JetBrains' template for a new notebook still says so


def jupyterlab(notebook: Json) -> str:
    """Write format 4.5, keys sorted, one space of indent: what all others are compared with."""
    return json.dumps(notebook, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def colab(notebook: Json) -> str:
    """Write as Google Colab.

    Format 4.0 without ids; an `id` in each cell's metadata, and `outputId`, `colab`, `executionInfo` in those that were
    run; a badge in front where the notebook came from GitHub; the course's own cell for Colab; a form; the state of
    widgets without the key `state` that nbformat asks for; indent of two, and `<>&'=` escaped, as Java's Gson does.
    """
    for number, cell in enumerate(notebook["cells"]):
        del cell["id"]
        cell["metadata"] |= {"id": f"Xy_{number:09}"}
        if cell["cell_type"] == "code":
            user = {"displayName": "Ada Lovelace", "userId": "01234567890123456789"}
            ran = {"status": "ok", "timestamp": 1764403200000 + number, "user_tz": -60, "user": user, "elapsed": 12}
            cell["metadata"] |= {
                "colab": {"base_uri": "https://localhost:8080/", "height": 35},
                "outputId": f"0a1b2c3d-4e5f-{number:04}",
                "executionInfo": ran,
            }
    badge = (
        '<a href="https://colab.research.google.com/github/ada/course/blob/main/ps.ipynb" target="_parent">badge</a>'
    )
    form = '#@title My try { display-mode: "form" }\nlr = 0.1  #@param {type:"number"}\nprint(lr)'
    notebook["cells"][:0] = [
        {"cell_type": "markdown", "metadata": {"id": "view-in-github", "colab_type": "text"}, "source": [badge]},
        _code(f"%pip install -q --no-deps {ADDRESS}", {"id": "Kq3_install"}),
        _code(form, {"id": "Kq3_form", "cellView": "form"}),
    ]
    widget = {"model_module": "@jupyter-widgets/controls", "model_name": "HTMLModel", "state": {"value": "<b>1</b>"}}
    metadata = {
        **notebook["metadata"],
        "accelerator": "GPU",
        "colab": {"provenance": [], "gpuType": "T4", "toc_visible": True},
        "kernelspec": {"name": "python3", "display_name": "Python 3"},
        "language_info": {"name": "python"},
        "widgets": {"application/vnd.jupyter.widget-state+json": {"602f2688e9224892b69b75e871753183": widget}},
    }
    text = json.dumps({"nbformat": 4, "nbformat_minor": 0, "metadata": metadata, "cells": notebook["cells"]}, indent=2)
    for letter in "<>&'=":
        text = text.replace(letter, f"\\u{ord(letter):04x}")
    return text


def bare_colab(notebook: Json) -> str:
    """Write as Colab, with cells that were copied into a new notebook one by one: their metadata stay behind."""
    for cell in notebook["cells"]:
        cell["metadata"] = {}
    notebook["metadata"] = {}
    return colab(notebook)


def kaggle(notebook: Json) -> str:
    """Write as Kaggle's editor does on *Download notebook*.

    Format 4.4 without ids, all on one line, text of cells and of outputs as one string; `trusted` and the times of each
    run; a first cell of Kaggle's own, which lists its input.
    """
    own = (
        "# This Python 3 environment comes with many helpful analytics libraries installed\n"
        "import numpy as np # linear algebra\n\n"
        "import os\n"
        "for dirname, _, filenames in os.walk('/kaggle/input'):\n"
        "    for filename in filenames:\n"
        "        print(os.path.join(dirname, filename))"
    )
    guid = {
        "_uuid": "8f2839f25d086af736a60e9eeb907d3b93b6e0e5",
        "_cell_guid": "b1076dfc-b9ad-4769-8c92-a6c4dae69d19",
    }
    cells = [_code(own, guid | {"trusted": True}), *notebook["cells"]]
    for cell in cells:
        cell.pop("id", None)
        cell["source"] = "".join(cell["source"])
        cell["metadata"] |= {"trusted": True}
        if cell["cell_type"] == "code":
            cell["metadata"] |= {"execution": {**TIMES, "shell.execute_reply.started": "2026-11-29T08:00:00.105Z"}}
            for output in cell["outputs"]:
                if "text" in output:
                    output["text"] = "".join(output["text"])
    about = {**notebook["metadata"], "kaggle": _of_kaggle(), "language_info": PYTHON}
    whole = {"metadata": about, "nbformat_minor": 4, "nbformat": 4, "cells": cells}
    return json.dumps(whole, separators=(",", ":"), ensure_ascii=False)


def kaggle_version(notebook: Json) -> str:
    """Write as Kaggle on *Save & Run All*: papermill has run what the editor saved.

    Format 4.5 with new ids of eight letters; papermill's times in each cell and in the notebook; `tags` everywhere.
    """
    saved = json.loads(kaggle(notebook))
    about = {"duration": 0.01, "end_time": "2026-11-29T08:00:00", "exception": False, "status": "completed"}
    for number, cell in enumerate(saved["cells"]):
        cell["id"] = f"{0xDA9F1737 + 977 * number:08x}"
        cell["metadata"] |= {"papermill": {**about, "start_time": "2026-11-29T08:00:00"}}
        cell["metadata"].setdefault("tags", [])
        cell["metadata"].pop("trusted")
        cell["source"] = cell["source"].splitlines(keepends=True)
    paths = {"input_path": "__notebook__.ipynb", "output_path": "__notebook__.ipynb", "version": "2.6.0"}
    saved["metadata"]["papermill"] = {"default_parameters": {}, "parameters": {}, "environment_variables": {}, **paths}
    return jupyterlab({**saved, "nbformat_minor": 5})


def vscode(notebook: Json) -> str:
    """Write as VS Code, on Windows with git's autocrlf.

    Format, ids, indent and unknown metadata stay as they were, keys are sorted; the kernel is named after its folder;
    `vscode` only where a cell is in another language; the file's lines end as git ends them, those of cells never do.
    """
    notebook["cells"].insert(1, _code("%%bash\necho hello", {"vscode": {"languageId": "shellscript"}}, id="3f1c9a7e"))
    kernel = {"display_name": ".venv", "language": "python", "name": "python3"}
    interpreter = {"interpreter": {"hash": "b1677b440931f40d89ef8be7bf03acb108ce003de0ac9b18e8d43753ea2e7103"}}
    notebook["metadata"] |= {"kernelspec": kernel, "language_info": PYTHON, "vscode": interpreter}
    return jupyterlab(notebook).replace("\n", "\r\n")


def vscode_2020(notebook: Json) -> str:
    """Write as VS Code's extension did in 2020, which took all metadata off each cell that was run.

    microsoft/vscode-python#9997. Format 4.2, no ids, `orig_nbformat`.
    """
    for cell in notebook["cells"]:
        del cell["id"]
        if cell["cell_type"] == "code":
            cell["metadata"] = {}
    notebook["metadata"] |= {"language_info": PYTHON, "orig_nbformat": 4}
    return jupyterlab({**notebook, "nbformat_minor": 2})


def dataspell(notebook: Json) -> str:
    """Write as DataSpell and PyCharm do today.

    Format 4.5, ids of 16 letters in new cells; one line is one string, with a line break where JupyterLab has none;
    `ExecuteTime`, and `is_executing` where the notebook was saved meanwhile; the language of their template.
    """
    for cell in notebook["cells"]:
        cell["source"] = [*cell["source"][:-1], f"{cell['source'][-1]}\n"] if cell["source"] else []
        if len(cell["source"]) == 1:
            [cell["source"]] = cell["source"]
        if cell["cell_type"] == "code":
            times = {"start_time": "2026-11-29T08:00:00.100000Z", "end_time": "2026-11-29T08:00:00.200000Z"}
            jupyter = {**cell["metadata"].get("jupyter", {}), "is_executing": True}
            cell["metadata"] |= {"ExecuteTime": times, "collapsed": False, "jupyter": jupyter}
    notebook["cells"].append(_code("", {"collapsed": True}, id="d24e0b21b832834d"))
    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    notebook["metadata"] |= {"kernelspec": kernel, "language_info": OF_OLD}
    return json.dumps(notebook, indent=1, ensure_ascii=False)


def pycharm_2019(notebook: Json) -> str:
    """Write as PyCharm did before cells had ids: format 4.0, `pycharm` in each cell, `stem_cell` in the notebook."""
    for cell in notebook["cells"]:
        del cell["id"]
        mark = "#%%\n" if cell["cell_type"] == "code" else "#%% md\n"
        cell["metadata"] |= {"pycharm": {"name": mark, "is_executing": False}}
        if cell["cell_type"] == "code":
            cell["metadata"] |= {"collapsed": False, "jupyter": {"outputs_hidden": False}}
    stem = {"stem_cell": {"cell_type": "raw", "metadata": {"collapsed": False}, "source": []}}
    notebook["metadata"] |= {"language_info": OF_OLD, "pycharm": stem}
    return json.dumps({**notebook, "nbformat_minor": 0}, indent=1, ensure_ascii=False)


def classic(notebook: Json) -> str:
    """Write as the notebook page before JupyterLab: format 4.2, no ids, a kernel of its own, an extension's outputs."""
    for cell in notebook["cells"]:
        del cell["id"]
        if cell["cell_type"] == "code":
            own = {"application/vnd.plotly.v1+json": {"data": []}, "application/vnd.x+json": [1], "text/plain": ["x"]}
            cell["outputs"].append({"output_type": "display_data", "data": own, "metadata": {"x": {"y": 1}}})
            cell["metadata"] |= {"scrolled": True, "collapsed": True}
    kernel = {"name": "course-gpu", "display_name": "Course (GPU)", "language": "python"}
    notebook["metadata"] |= {"kernelspec": kernel}
    return jupyterlab({**notebook, "nbformat_minor": 2})


def windows(notebook: Json) -> str:
    """Write with a byte order mark, as Notepad and PowerShell do, and with `\\r\\n` in file and cells."""
    for cell in notebook["cells"]:
        cell["source"] = [line.replace("\n", "\r\n") for line in cell["source"]]
    return "\ufeff" + jupyterlab(notebook).replace("\n", "\r\n")


EDITORS: dict[str, Editor] = {
    editor.__name__: editor
    for editor in (
        jupyterlab,
        colab,
        bare_colab,
        kaggle,
        kaggle_version,
        vscode,
        vscode_2020,
        dataspell,
        pycharm_2019,
        classic,
        windows,
    )
}
NAMELESS = ("bare_colab", "vscode_2020")
"""Those that lose nbgrader's names of exercises."""


def saved(editor: str, notebook: NotebookNode) -> bytes:
    """Give the file that an editor makes of a notebook.

    Args:
        editor: one of `EDITORS`.
        notebook: as it would be in JupyterLab; not changed.
    """
    return EDITORS[editor](json.loads(nbformat.writes(notebook))).encode()


def run_by_hand(notebook: NotebookNode) -> NotebookNode:
    """Return a copy with outputs such as a student's notebook has: something printed, an error, a prediction made."""
    notebook = deepcopy(notebook)
    code = (cell for cell in notebook.cells if cell.cell_type == "code")
    for number, cell in enumerate(code, start=1):
        cell.execution_count = number
        cell.outputs = [*_outputs(grade_id(cell), cell.source)]
    return notebook


def _outputs(name: str | None, source: str) -> Iterator[NotebookNode]:
    if "predictions.recall(" in source:
        data = {"text/plain": "You expected: the hare", MADE: {"name": "race", "made": True}}
        yield _output("display_data", data=data)
    elif (name or "").endswith("-test"):
        yield _output("stream", name="stdout", text="line one\nline two\n")
        yield _output("error", ename="ValueError", evalue="<no> & 'yes'", traceback=["\x1b[31mValueError\x1b[0m: <no>"])


def _output(kind: str, **content: Any) -> NotebookNode:
    return output_from_msg({"header": {"msg_type": kind}, "content": {"metadata": {}, **content}})


def _code(source: str, metadata: Json, **more: Any) -> Json:
    lines = source.splitlines(keepends=True)
    cell = {"cell_type": "code", "metadata": metadata, "source": lines, "outputs": [], "execution_count": None}
    return {**cell, **more}


def _of_kaggle() -> Json:
    return {
        "accelerator": "none",
        "dataSources": [],
        "dockerImageVersionId": 30761,
        "isGpuEnabled": False,
        "isInternetEnabled": True,
        "language": "python",
        "sourceType": "notebook",
    }

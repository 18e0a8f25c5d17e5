"""What it costs that tests run in a kernel of their own. Both sides in one run, on one machine.

    python -m benchmarks.judge [ASSIGNMENT] [--repeats 10]     about two minutes on two idle cores

Prints, for one answered submission, the seconds from the first kernel's start to the last test's end: all cells in one
sandboxed kernel, and cells and tests in two (median and range, in turn). Then what passing things takes: a call with a
number, with an array of a million numbers there and back, and a Keras model coming back; beside the same call where
student and test share a process.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

from nbclient import NotebookClient
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook
from rich.console import Console
from rich.progress import track
from rich.table import Table

from autograder.authoring.build import from_source
from autograder.course import Course
from autograder.execution.execute import ExecuteSubmission
from autograder.kernels import SANDBOXED, specs

ROOT = Path(__file__).parents[1]
ANSWER = """
import keras, numpy as np
def same(x): return x
_layers = [keras.layers.Conv2D(32, 3), keras.layers.Flatten(), keras.layers.Dense(10)]
_net = keras.Sequential([keras.Input((28, 28, 1)), *_layers])
def net(): return _net
"""
TEST = """
import json as _json, statistics as _statistics, time as _time
import numpy as _np
def _seconds(f, *x, _times):
    _found = []
    for _ in range(_times):
        _start = _time.perf_counter()
        f(*x)
        _found.append(_time.perf_counter() - _start)
    return _statistics.median(_found)
_array = _np.zeros(10**6)
print(_json.dumps([_seconds(same, 1, _times=2000), _seconds(same, _array, _times=30), _seconds(net, _times=20)]))
"""
PASSED = ("a call with a number", "a call with 8 MB, there and back", "a model with 216,330 weights comes back")


class Execution(ExecuteSubmission):  # type: ignore[misc]
    """Runs any notebook as a submission."""

    def source(self, resources: dict[str, Any]) -> NotebookNode:
        """Read the answers' names from the notebook itself."""
        return resources["notebook"]


def judged(course: Course, notebook: NotebookNode) -> NotebookNode:
    """Run a notebook in two kernels."""
    where = {"nbgrader": {"assignment": "x", "notebook": "x"}, "metadata": {}, "notebook": notebook}
    return Execution(config=course.config).preprocess(deepcopy(notebook), where)[0]


def together(course: Course, notebook: NotebookNode) -> NotebookNode:
    """Run a notebook in one sandboxed kernel, without cells that grading skips."""
    copy = deepcopy(notebook)
    copy.cells = [cell for cell in copy.cells if "demo" not in cell.metadata.get("tags", [])]
    with tempfile.TemporaryDirectory() as folder:
        where = {"metadata": {"path": folder}}
        options = {"kernel_name": SANDBOXED, "config": course.config, "shutdown_kernel": "immediate"}
        return NotebookClient(copy, resources=where, **options).execute()


def seconds(run: Callable[[Course, NotebookNode], object], course: Course, notebook: NotebookNode) -> float:
    """Time one run."""
    start = time.perf_counter()
    run(course, notebook)
    return time.perf_counter() - start


def passing() -> NotebookNode:
    """Make a notebook whose test measures what passing things takes."""
    marks = {"locked": True, "grade": True, "solution": False, "points": 1, "grade_id": "t", "schema_version": 3}
    answer = {"locked": False, "grade": False, "solution": True, "grade_id": "s", "schema_version": 3}
    return new_notebook(
        cells=[
            new_code_cell(ANSWER, metadata={"nbgrader": answer}),
            new_code_cell(TEST, metadata={"nbgrader": {**marks, "task": False}}),
        ]
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("assignment", nargs="?", default="01_convolution_by_hand")
    parser.add_argument("--repeats", type=int, default=10)
    options = parser.parse_args()
    console, course = Console(), Course(ROOT)
    specs.ensure()
    notebook = from_source(course.source(options.assignment).with_suffix(".py"))
    sides = {"one kernel": together, "student's kernel and judge": judged}
    for run in sides.values():
        run(course, notebook)  # the fork server's own start is paid once
    found: dict[str, list[float]] = {name: [] for name in sides}
    for _ in track(range(options.repeats), "submissions", console=console):
        for name, run in sides.items():
            found[name].append(seconds(run, course, notebook))
    table = Table("One submission", "seconds (range)", "ratio", title=options.assignment)
    base = statistics.median(found["one kernel"])
    for name, times in found.items():
        middle = statistics.median(times)
        table.add_row(name, f"{middle:.2f} ({min(times):.2f} to {max(times):.2f})", f"{middle / base:.2f}")
    console.print(table)
    times = [json.loads(run(course, passing()).cells[1].outputs[0].text) for run in sides.values()]
    table = Table("Passing things", *(f"{name}, ms" for name in sides))
    for what, *each in zip(PASSED, *times, strict=True):
        table.add_row(what, *(f"{1000 * value:.3f}" for value in each))
    console.print(table)


if __name__ == "__main__":
    main()

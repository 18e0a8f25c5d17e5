"""Points of a test cell by what the test did: no output of a student's decides, nor what went to stderr."""

from __future__ import annotations

import re
from math import inf
from typing import Any

from nbformat import NotebookNode
from nbgrader.preprocessors import SaveAutoGrades

from autograder.errors import CourseError
from autograder.notebooks.cells import Result, is_graded


class SaveMarks(SaveAutoGrades):  # type: ignore[misc]
    """Scores test cells by what the tests did (in `Autograde.autograde_preprocessors`).

    nbgrader fails a test cell that wrote to stderr; TensorFlow, warnings and progress bars all do.
    """

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> Result:
        """Record the scores of a notebook that was run: with no outputs at all, every test would seem to pass."""
        if "sandboxed" not in nb.metadata.get("autograder", {}):
            raise CourseError(
                "The submission was not run, and outputs that students stored are not marked. "
                "Leave out --no-execute and Execute.enabled."
            )
        return super().preprocess(nb, resources)  # type: ignore[no-any-return]

    def preprocess_cell(self, cell: NotebookNode, resources: dict[str, Any], cell_index: int) -> Result:
        """Record the score of a graded cell as if nothing had been written to stderr."""
        super().preprocess_cell(as_scored(cell), resources, cell_index)
        return cell, resources


NUMPYS = re.compile(r"np\.\w+\((.*)\)")


def as_scored(cell: NotebookNode) -> NotebookNode:
    """Give a cell as nbgrader is to score it: nothing on stderr, an error before all else, and credit that is a number.

    nbgrader gives all points for what `float` cannot read, such as ``np.float64(0.5)`` and ``False``, and for negative
    numbers and NaN, to which a wrong answer may well lead.
    """
    if cell.cell_type != "code" or not is_graded(cell):
        return cell
    judged = NotebookNode(cell)
    outputs = [_with_credit(output) for output in cell.outputs if output.get("name") != "stderr"]
    judged.outputs = sorted(outputs, key=lambda output: output.output_type != "error")
    return judged


def _with_credit(output: NotebookNode) -> NotebookNode:
    if output.output_type != "execute_result":
        return output
    shown = str(output.data.get("text/plain", ""))
    if shown in ("False", "np.False_"):  # a test that ends in a comparison
        shown = "0"
    found = NUMPYS.fullmatch(shown)
    try:
        credit = float(found[1] if found else shown)
    except ValueError:
        return output
    plain = NotebookNode(output)
    plain.data = {**output.data, "text/plain": repr(credit if 0 <= credit < inf else 0.0)}
    return plain

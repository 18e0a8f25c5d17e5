"""The last cells of what students get: a button that checks the notebook before it is handed in."""

from __future__ import annotations

from typing import Any

from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor

from autograder.notebooks.cells import Result
from course_utils._button import still

TEXT = """\
## Hand in

The button below runs the whole notebook as grading does, in a Python of its own, with the checks that you can see. It
says which exercises pass, what is still to do, and which file to hand in."""
CODE = """\
from course_utils import check

check.button()"""


class AddCheckButton(NbGraderPreprocessor):  # type: ignore[misc]
    """Puts the button at the end, with what stands there where nothing is alive (`GenerateAssignment.preprocessors`).

    It comes after nbgrader has taken note of the cells: it is no part of what marks depend on, and the sources need
    not be run again for it. It does nothing when it is run from top to bottom.
    """

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> Result:
        """Add the cells, once."""
        from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

        if not any("check.button(" in cell.source for cell in nb.cells):
            shown = new_output("display_data", data=still())
            nb.cells += [
                new_markdown_cell(TEXT, id="hand-in"),
                new_code_cell(CODE, id="hand-in-button", metadata={"tags": ["demo"]}, outputs=[shown]),
            ]
        return nb, resources

"""The page that a student gets: what of the notebook stands on it, and the table on top."""

from __future__ import annotations

from typing import Any

from jinja2.filters import do_float, do_round
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell
from nbgrader.api import Gradebook
from nbgrader.preprocessors import ClearHiddenTests
from pygments.formatters import HtmlFormatter

from autograder.execution.outcomes import line_of_test, message, told
from autograder.judge import IN_YOUR_CODE
from autograder.lms import tables
from autograder.notebooks.cells import Result, errors, grade_id, is_answer, is_graded, marks
from autograder.results.safe_html import literal


class FeedbackView(ClearHiddenTests):  # type: ignore[misc]
    """Makes the page that a student sees (last of `GenerateFeedback.preprocessors`).

    Hidden tests are taken out of test cells and of tracebacks; on top stands a table of all exercises with what the
    checks said, and what had to be put right in the submission.
    """

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> Result:
        """Return the notebook as the student may see it."""
        for cell in nb.cells:
            if cell.cell_type == "code" and is_graded(cell):
                self._hide(cell)
        about = resources["nbgrader"]
        if about.get("late_penalty"):
            taken_off = f"Handed in late: {tables.plain(about['late_penalty'])} points less."
            nb.metadata.setdefault("autograder", NotebookNode()).setdefault("notes", []).append(taken_off)
        unmarked = _unmarked(about)
        nb.cells.insert(0, new_markdown_cell(_overview(nb, unmarked)))
        if unmarked and "score" in about:
            about["score"] = Words(f"{round(float(about['score']), 2)} so far")
        for cell in nb.cells:
            if grade_id(cell) in unmarked:
                cell.metadata.nbgrader["score"] = Words(NOT_YET)
        resources["inlining"]["css"] = code_colours()
        return nb, resources

    def _hide(self, cell: NotebookNode) -> None:
        hidden = self._hidden_lines(cell.source)
        for error in errors(cell):
            if line_of_test(error) in hidden:
                error.evalue = NOT_TOLD
        if self.begin_test_delimeter in cell.source:
            self._remove_hidden_test_region(cell)
            cell.source = cell.source.rstrip() + "\n# … and hidden tests"
        for error in errors(cell):
            error.traceback = [*_student_frames(error.traceback), message(error)]

    def _hidden_lines(self, source: str) -> set[int | None]:
        """Lines of hidden tests, from 1, with 0 for “not known”: what a student's code says of them may quote them."""
        hidden: set[int | None] = set()
        inside = False
        for number, line in enumerate(source.split("\n"), start=1):
            inside = (inside or self.begin_test_delimeter in line) and self.end_test_delimeter not in line
            if inside:
                hidden |= {0, number}
        return hidden


NOT_YET = "not marked yet"
NOT_TOLD = "(raised in a hidden test; what it says is not shown)"


class Words(str):
    """What stands in a page of nbgrader's where it expects points."""


def as_float(value: Any, default: float = 0.0) -> Any:
    """Give a number, or words as they are (in place of Jinja's filter `float`; `HTMLExporter.filters`)."""
    return value if isinstance(value, Words) else do_float(value, default)


def as_rounded(value: Any, *how: Any) -> Any:
    """Round a number, and leave words as they are (in place of Jinja's filter `round`; `HTMLExporter.filters`)."""
    return value if isinstance(value, Words) else do_round(value, *how)


def code_colours() -> list[str]:
    """Give CSS that colours code, in the light and in the dark; both can be read on the page's grey."""
    light, dark = (HtmlFormatter(style=style).get_style_defs(".highlight") for style in ("xcode", "monokai"))
    return [light, f"@media (prefers-color-scheme: dark) {{ {dark} }}"]


def _student_frames(traceback: list[str]) -> list[str]:
    """Keep what a test's traceback says about the student's cells: nothing of the test cell or of our files."""
    return [part for part in traceback if part.startswith(IN_YOUR_CODE)]


def _unmarked(where: dict[str, str]) -> set[str]:
    """Names of the written answers that nobody has marked yet."""
    with Gradebook(where["db_url"]) as gradebook:
        grades = gradebook.find_submission_notebook(where["notebook"], where["assignment"], where["student"]).grades
        return {grade.name for grade in grades if grade.needs_manual_grade and grade.manual_score is None}


def _partly(cell: NotebookNode) -> str:
    """Point to what a test printed that gave a part of its points."""
    about_cell, printed = marks(cell), any(output.output_type == "stream" for output in cell.get("outputs", []))
    if is_answer(cell) or not printed or not 0 < about_cell["score"] < about_cell["points"]:
        return ""
    return "A part of the points: read below what the test printed."


def _overview(nb: NotebookNode, unmarked: set[str]) -> str:
    rows = []
    about = nb.metadata.get("autograder", NotebookNode())
    for cell in nb.cells:
        about_cell = marks(cell)
        if not is_graded(cell):
            continue
        points = f"{about_cell['score']:g} of {about_cell['points']:g}"
        if about_cell["grade_id"] in unmarked:
            points = f"{NOT_YET}, out of {about_cell['points']:g}"
        said = literal(told(cell, about) or _partly(cell))
        name = about_cell["grade_id"]
        rows.append(f"| [{name.removesuffix('-test')}](#{name}) | {points} | {said} |")
    waiting = [
        f"*{len(unmarked)} of your answers {'is' if len(unmarked) == 1 else 'are'} {NOT_YET}: points may be added.*",
        "",
    ]
    notes = [f"- {literal(note)}" for note in about.get("notes", [])]
    table = ["| Exercise | Points | What the checks said |", "|---|---|---|", *rows]
    return "\n".join(
        [
            "## Your result",
            "",
            *(waiting if unmarked else []),
            *table,
            "",
            *(["**Please note**", "", *notes] if notes else []),
        ]
    )

"""Notebooks as the site shows them: what students get, with the outputs of the lecture."""

from __future__ import annotations

import re
from base64 import b64decode
from html import unescape
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.notebooks.source import read_source, student_version
from course_site.guesses import made_live

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from autograder.course import Course

COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
FIGURE = re.compile(r'<img alt="(?P<alt>[^"]*)" src="data:image/png;base64,(?P<png>[^"]*)">')
SHOWN = ("text/html", "text/plain")
CHECKS, FOLDED, RESULT = "Show the visible checks", "Show the folded code", "Made up your mind? Show the result"
OWN_WORK = {"11_project"}
"""Notebooks in which all that follows the first answer shows the student's own work: ours would be a model answer."""
HIDE = {"code_prompt_hide": "Hide it again"}


class Notebook:
    """A notebook of the site.

    Attributes:
        name: of the assignment.
        student: what students get, without outputs.
        page: the same with the outputs of the lecture, its figures put into files.
        figures: these files, in order, each with its description.
    """

    def __init__(self, course: Course, name: str, folder: Path) -> None:
        """Make it from the executed solution.

        Args:
            course: the course.
            name: of the assignment.
            folder: gets the figures, in a folder of the notebook's name.
        """
        self.name = name
        source = read_source(course.source(name))
        self.student = student_version(source, course.config)
        self.figures: list[tuple[Path, str]] = []
        self._folder = folder / name
        self.page = student_version(source, course.config)
        before = {cell.id: cell for cell in source.cells}
        own = False
        for cell in self.page.cells:
            own |= name in OWN_WORK and bool(cell.metadata.get("nbgrader", {}).get("solution"))
            if cell.cell_type == "markdown":
                cell.source = COMMENT.sub("", cell.source)
            elif cell.cell_type == "code":
                self._fold(cell)
                outputs = before[cell.id].outputs if cell.id in before else []  # the button's cell is students' only
                self._show(cell, [] if own else outputs)

    @property
    def points(self) -> int:
        """What its exercises are worth together."""
        return int(sum(cell.metadata.get("nbgrader", {}).get("points", 0) for cell in self.student.cells))

    def _fold(self, cell: NotebookNode) -> None:
        tags, words = [], dict(HIDE)
        if cell.metadata.get("jupyter", {}).get("source_hidden"):
            tags.append("hide-input")
            words["code_prompt_show"] = CHECKS if cell.metadata.get("nbgrader", {}).get("grade") else FOLDED
        if "predictions.ask(" in cell.source:  # the buttons say all of it
            tags.append("remove-input")
        if "predictions.recall(" in cell.source:
            tags.append("hide-output")
            words["code_prompt_show"] = RESULT
        cell.metadata["tags"], cell.metadata["mystnb"] = tags, words

    def _show(self, cell: NotebookNode, outputs: list[NotebookNode]) -> None:
        marks = cell.metadata.get("nbgrader", {})
        if not (marks.get("solution") or marks.get("grade")):  # what answers and tests printed tells of the answer
            cell.outputs = [self._output(output, cell.source) for output in outputs]

    def _output(self, output: NotebookNode, source: str) -> NotebookNode:
        if "data" in output:
            output.data = {kind: text for kind, text in output.data.items() if kind in SHOWN}
            output.data = made_live(source, output.data, self.name)
            if "text/html" in output.data:
                output.data["text/html"] = FIGURE.sub(self._picture, output.data["text/html"])
        return output

    def _picture(self, found: re.Match[str]) -> str:
        from PIL import Image

        png = b64decode(found["png"])
        path = self._folder / f"{len(self.figures):02}.png"
        write(path, png)
        self.figures.append((path, unescape(found["alt"])))
        with Image.open(BytesIO(png)) as picture:
            width, height = picture.size
        size = f'width="{width}" height="{height}" loading="lazy"'
        address = f"../figures/{self.name}/{path.name}"  # a phone shows it small: a click opens it by itself
        return f'<a href="{address}"><img class="figure" alt="{found["alt"]}" src="{address}" {size}></a>'


def write(path: Path, content: bytes | str) -> None:
    """Write a file, and make its folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)

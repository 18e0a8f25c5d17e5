"""The sample projects of notebook 11 as submissions: python -m tests.support.samples FOLDER

Writes good.ipynb and faulty.ipynb, the released notebook with the answers of `solutions/11_project/samples` in it.
"""

from __future__ import annotations

import sys
from pathlib import Path

import jupytext
import nbformat

from autograder.course import Course
from autograder.notebooks.cells import grade_id

ROOT = Path(__file__).parents[2]
ASSIGNMENT = "11_project"
SAMPLES = ROOT / "solutions" / ASSIGNMENT / "samples"
NAMES = ("good", "faulty")


def answers(name: str) -> dict[str, str]:
    """Read a sample's answers, by grade_id."""
    return {str(grade_id(cell)): cell.source for cell in jupytext.read(SAMPLES / f"{name}.py").cells if grade_id(cell)}


def fill(name: str) -> nbformat.NotebookNode:
    """Put a sample's answers into the notebook that students get."""
    path = Course(ROOT).folder("release", assignment=ASSIGNMENT) / f"{ASSIGNMENT}.ipynb"
    notebook, found = nbformat.read(path, as_version=4), answers(name)
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("solution"):
            cell.source = found.pop(str(grade_id(cell)))
    if found:
        raise ValueError(f"{name}.py answers what is not asked: {', '.join(found)}")
    return notebook


def main(folder: Path) -> None:
    """Write both."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in NAMES:
        nbformat.write(fill(name), folder / f"{name}.ipynb")


if __name__ == "__main__":
    main(Path(sys.argv[1]))

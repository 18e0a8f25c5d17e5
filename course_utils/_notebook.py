"""A student's notebook as a file: reading it, what its cells are, and what it says of itself."""

from __future__ import annotations

import ast
import hashlib
import json
import re
import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nbformat import NotebookNode

ABOUT = "course"  # in a notebook's metadata, what `autograder release` says about it
CELL_TIME = 20.0  # seconds that grading gives a cell, where the notebook does not say
HEADING = re.compile(r"^#+ *(?:✏️ *)?(.+?) *$", re.MULTILINE)
INSTALLS = re.compile(r"^( *)[%!] *(?:\S*python\S* +-m +)?(?:pip3?|conda|mamba|uv) .*$", re.MULTILINE)
MEND = (
    "Open it in JupyterLab and save it; if that fails, take the last version that opens (File > Revert to Checkpoint)."
)
LOST = (
    "the marks by which they are found are gone, as when cells are copied into another notebook. Copy your answers "
    "into a fresh copy of the notebook, and check and hand in that."
)
KINDS = {
    b"%PDF": "it is a PDF. Hand in the notebook itself, the file that ends in .ipynb in the folder where you worked.",
    b"PK": "it is a zip. Unpack it, and check the notebook that is in it.",
    b"<": "it is a web page, maybe the platform's own: log in there, and download the notebook once more.",
}
"""How files begin that get the name of a notebook, and what to say."""


class NotebookError(Exception):
    """A file that is no notebook of the course; the message says what to do."""


def read(path: Path) -> NotebookNode:
    """Read a notebook.

    Args:
        path: the file.

    Raises:
        NotebookError: when it is not there, damaged, or holds no exercises.
    """
    import nbformat

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a cell that was copied has the other's id
            text = path.read_text(encoding="utf-8-sig")  # Windows' editors put a mark in front
            notebook = nbformat.reads(text, as_version=4)
    except FileNotFoundError:
        there = ", ".join(sorted(other.name for other in path.parent.glob("*.ipynb"))) or "none"
        raise NotebookError(f"{path} is not there. Notebooks in that folder: {there}.") from None
    except PermissionError:
        raise NotebookError(
            f"{path} may not be read by you. Copy it to a folder of your own, and check that."
        ) from None
    except IsADirectoryError:
        raise NotebookError(f"{path} is a folder. Name the notebook in it: {path / 'NAME.ipynb'}.") from None
    except Exception as error:
        raise NotebookError(f"{path.name} cannot be read as a notebook: {_damage(path)}") from error
    if not any(marks_of(cell).get("grade") for cell in notebook.cells):
        if any("course_utils" in cell.source for cell in notebook.cells):
            raise NotebookError(f"{path.name} is without exercises: {LOST}")
        raise NotebookError(
            f"{path.name} holds no exercises of the course. Is it the file that you worked in, and not another one?"
        )
    return notebook


def _damage(path: Path) -> str:  # noqa: PLR0911
    """Say what a file is that is no notebook, and what to do."""
    try:
        content = path.read_bytes()
    except OSError as error:
        return f"{error.strerror}."
    for beginning, what in KINDS.items():
        if content.lstrip(b"\xef\xbb\xbf \r\n").startswith(beginning):
            return what
    if not content.strip():
        return "it is empty. It was not saved, or not downloaded whole: take it anew from where you worked."
    if b"<<<<<<< " in content:
        return (
            "it holds a conflict of git (lines with <<<<<<< and >>>>>>>). Take one of the two versions: git checkout "
            "--ours FILE, or --theirs."
        )
    try:
        json.loads(content)
    except json.JSONDecodeError as error:
        at_end = error.pos >= len(content.decode(errors="replace").rstrip()) - 1
        if at_end or error.msg.startswith("Unterminated"):
            return f"it breaks off in line {error.lineno}, so it was not saved or uploaded whole. {MEND}"
        return f"it was damaged, or is another kind of file. {MEND}"
    except ValueError:  # no UTF-8
        return f"it was damaged, or is another kind of file. {MEND}"
    except RecursionError:
        pass
    return f"it is another kind of file, or of another version of Jupyter. {MEND}"


def digest(notebook: NotebookNode) -> str:
    """SHA-256 of the text of a notebook's cells, whatever editor saved it and whatever outputs it has.

    Args:
        notebook: as read from the file.
    """
    found = hashlib.sha256()
    for cell in notebook.cells:
        text = cell.source.replace("\r\n", "\n").rstrip()
        found.update(f"{cell.cell_type}\n{len(text)}\n{text}\n".encode(errors="replace"))
    return found.hexdigest()


def about(notebook: NotebookNode) -> dict[str, Any]:
    """Give what `autograder release` has written into a notebook."""
    said = notebook.metadata.get(ABOUT, {})
    return said if isinstance(said, dict) else {}


def cell_time(notebook: NotebookNode) -> float:
    """Give the seconds that grading gives a cell."""
    seconds = about(notebook).get("cell_time")
    return float(seconds) if isinstance(seconds, int | float) else CELL_TIME


def missing(notebook: NotebookNode) -> list[str]:
    """Name the cells for answers and tests that were handed out and are not there."""
    there = [marks_of(cell).get("grade_id") for cell in notebook.cells]
    needed = about(notebook).get("cells", [])
    return [name for name in needed if isinstance(name, str) and name not in there] if isinstance(needed, list) else []


def marks_of(cell: NotebookNode) -> dict[str, Any]:
    """Give what nbgrader has written into a cell."""
    marks = cell.metadata.get("nbgrader", {})
    return marks if isinstance(marks, dict) else {}


def points_of(cell: NotebookNode) -> float:
    """Give what a cell is worth."""
    points = marks_of(cell).get("points")
    return float(points) if isinstance(points, int | float) else 0.0


def is_lecture(cell: NotebookNode) -> bool:
    """Tell whether a cell belongs to the lecture, which grading leaves out."""
    return "demo" in cell.metadata.get("tags", []) and not (
        marks_of(cell).get("grade") or marks_of(cell).get("solution")
    )


def is_untouched(cell: NotebookNode) -> bool:
    """Tell whether a cell is as it was handed out, by the checksum that nbgrader has left in it (nbgrader/utils.py).

    What editors do by themselves at the ends of lines and of the cell is no change.
    """
    marks = marks_of(cell)
    parts = [cell.cell_type, *(str(bool(marks.get(kind))) for kind in ("grade", "solution", "locked"))]
    parts.append(str(marks.get("grade_id")))
    if marks.get("grade"):
        parts.append(str(points_of(cell)))
    source = cell.source.replace("\r\n", "\n")
    texts = ("".join([text, *parts]) for text in (source, source.rstrip()))
    return marks.get("checksum") in {hashlib.md5(text.encode(), usedforsecurity=False).hexdigest() for text in texts}


def calls_exit(cell: NotebookNode) -> bool:
    """Tell whether a cell of code calls exit or quit."""
    if cell.cell_type != "code":
        return False
    try:
        calls = [node.func for node in ast.walk(ast.parse(cell.source)) if isinstance(node, ast.Call)]
    except (SyntaxError, ValueError):
        return False
    return any(isinstance(function, ast.Name) and function.id in ("exit", "quit") for function in calls)


def defined(cells: Iterable[NotebookNode]) -> set[str]:
    """Give all names to which cells give a value."""
    found: set[str] = set()
    for cell in cells:
        try:
            nodes = list(ast.walk(ast.parse(cell.source)))
        except (SyntaxError, ValueError):  # magics
            continue
        found |= {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
        found |= {node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.ClassDef)}
        found |= {
            (alias.asname or alias.name).partition(".")[0]
            for node in nodes
            if isinstance(node, ast.Import | ast.ImportFrom)
            for alias in node.names
        }
    return found


def named(notebook: NotebookNode, index: int) -> str:
    """Name a cell by its first line and by the heading above it."""
    lines = [line for line in notebook.cells[index].source.splitlines() if line.strip()]
    line = lines[0] if lines else ""
    above = "\n".join(cell.source for cell in notebook.cells[:index] if cell.cell_type == "markdown")
    headings = HEADING.findall(above)
    where = f" below “{headings[-1].replace('`', '')}”" if headings else ""
    return f"the cell “{line if len(line) <= 50 else line[:50] + '…'}”{where}"

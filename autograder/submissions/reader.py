"""Reading a file that anybody may have written: to a plain notebook, or to a reason why not.

Nothing of the file is trusted. What comes out holds cell types, sources, ids and the few metadata that grading looks
at, all of the right type; stored outputs and everything else is left behind.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import stat
import unicodedata
from collections.abc import Iterator
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from autograder.errors import NoNotebookError, SubmissionError
from autograder.notebooks.cells import grade_id
from course_utils.predictions import MADE

if TYPE_CHECKING:
    from nbformat import NotebookNode

# What an honest notebook does not come near. Work and memory grow with each of these, on whatever machine reads it
MAX_BYTES = 64 * 2**20
MAX_LISTING = 4_000  # characters
MAX_CELLS = 12_000
MAX_SOURCE = 200_000  # characters of one cell
MAX_SOURCES = 2_000_000  # of all cells
MAX_PARTS = 2_000_000  # lists, dicts and their items: each takes thirty times its size in the file
MAX_FILES = 1_000  # of one submission, folders counted too
MAX_DEPTH = 20  # folders in folders
MAX_TOTAL = 200 * 2**20  # bytes of all files
MAX_NAMES = 20  # that are listed in a message
MEND = "Open your notebook in JupyterLab, save it, check that it opens again, and hand in that file."
CELL_TYPES = ("code", "markdown", "raw")
LISTING = "no-notebook.txt"  # what was handed in where a notebook should be, as collecting leaves it
PICTURES = ("image/png", "image/jpeg", "image/gif")


def read(path: Path) -> NotebookNode:
    """Read a submitted notebook.

    Args:
        path: the file.

    Returns:
        A valid nbformat 4.5 notebook without outputs. Cells keep their type, source, id and
        ``metadata.nbgrader.grade_id``, and pictures that are attached to Markdown. ``metadata.no_id`` marks cells
        whose id was made up here. ``metadata.predicted`` names the predictions that the student made before
        experiments (`course_utils.predictions`), as far as the file's outputs say so.

    Raises:
        SubmissionError: a link or not a file, empty, too large, not UTF-8, not JSON, not a notebook. The message
            says which, and what the student can do.
    """
    return _plain(_content(path))


def code(path: Path) -> list[tuple[str, str]]:
    """Read only the code of a submitted notebook: a hundred times faster than `read`, and as wary.

    Args:
        path: the file.

    Returns:
        For each code cell nbgrader's grade_id, where there is none the cell's id, else ``""``; and the source.

    Raises:
        SubmissionError: as `read` does.
    """
    cells = [cell for cell in _content(path)["cells"] if isinstance(cell, dict) and cell.get("cell_type") == "code"]
    names = [_metadata(cell.get("metadata")).get("nbgrader", {}).get("grade_id") or cell.get("id") for cell in cells]
    return [
        (name if isinstance(name, str) else "", _source(cell.get("source")))
        for name, cell in zip(names, cells, strict=True)
    ]


def require_same(submitted: NotebookNode, released: NotebookNode, name: str) -> None:
    """Check that a notebook is the one of an assignment, and not of another: that would get no points, not no mark.

    Args:
        submitted: as from `read`.
        released: the assignment's notebook.
        name: the assignment's name.

    Raises:
        SubmissionError: when hardly any of its cells for answers and tests are the assignment's.
    """
    ours, theirs = ({grade_id(cell) for cell in notebook.cells} - {None} for notebook in (released, submitted))
    if len(theirs - ours) > len(theirs) / 2 and len(theirs & ours) < len(ours) / 2:
        title = next(
            (line for cell in submitted.cells for line in cell.source.splitlines() if line.startswith("# ")), ""
        )
        is_called = f" (“{printable(title[2:60].strip())}”)" if title else ""
        raise SubmissionError(f"This is the notebook of another assignment{is_called}. Hand in {name}.ipynb.")


def printable(path: Path | PurePath | str) -> str:
    """Return a file's path for messages: no bytes that are not UTF-8, and nothing that a terminal would obey."""
    name = str(path).encode(errors="replace").decode()
    return "".join("?" if unicodedata.category(letter) in ("Cc", "Cf") else letter for letter in name)


def refuse_links(folder: Path) -> None:
    """Check that a submission's folder holds no links: through one, the grader could read what is not the student's.

    Raises:
        SubmissionError: when there is one.
    """
    links = [printable(path.relative_to(folder)) for path in files(folder) if path.is_symlink()]
    if links:
        raise SubmissionError(f"What you handed in holds links ({_few(links)}). Hand in the files themselves.")


def files(folder: Path) -> list[Path]:
    """Find all that is in a submission's folder but folders, links and pipes too. No link is followed.

    Args:
        folder: the folder; it need not exist.

    Returns:
        The paths, in order.

    Raises:
        SubmissionError: when there are too many, or too much is in them, or they are nested too deeply: none of them
            has been read then.
    """
    found: list[Path] = []
    waiting, seen, total = [(folder, 0)], 0, 0
    while waiting:
        current, depth = waiting.pop()
        for entry in _entries(current):
            seen += 1
            inside = entry.is_dir(follow_symlinks=False)
            if seen > MAX_FILES or (inside and depth >= MAX_DEPTH):
                what = f"more than {MAX_FILES} files" if seen > MAX_FILES else "folders in folders in folders"
                raise SubmissionError(f"What you handed in holds {what}. Hand in the notebook alone.")
            if inside:
                waiting.append((Path(entry.path), depth + 1))
                continue
            found.append(Path(entry.path))
            total += entry.stat(follow_symlinks=False).st_size
    if total > MAX_TOTAL:
        raise SubmissionError(
            f"What you handed in has {total / 2**20:,.0f} MiB, more than {MAX_TOTAL // 2**20}. "
            "Hand in the notebook alone."
        )
    return sorted(found)


def _entries(folder: Path) -> Iterator[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            yield from entries
    except FileNotFoundError:
        return
    except OSError as error:
        raise SubmissionError(f"{printable(folder.name)} cannot be read: {error.strerror}.") from None


def _few(names: list[str]) -> str:
    """Join names for a message; where there are many, only the first."""
    more = f" and {len(names) - MAX_NAMES} more" if len(names) > MAX_NAMES else ""
    return ", ".join(names[:MAX_NAMES]) + more


def adopt(folder: Path, name: str) -> Path:
    """Make sure that a submission's notebook has the name of the assignment's notebook.

    Args:
        folder: the submission's folder.
        name: what it should be called, without ``.ipynb``.

    Returns:
        The notebook to grade. Several with other names: the last one changed.

    Raises:
        NoNotebookError: when there is none at all.
        SubmissionError: when the only one under another name cannot be read.
    """
    wanted = folder / f"{name}.ipynb"
    if not wanted.exists():
        others = sorted(folder.glob("*.ipynb"), key=lambda path: (path.lstat().st_mtime, path.name))
        if not others:
            names = _few(_there(folder)) or "nothing"
            raise NoNotebookError(f"There is no notebook (.ipynb) in what you handed in, only: {names}.")
        read(others[-1])  # refuses links and what is no notebook, before a copy is made
        shutil.copy2(others[-1], wanted)
        logging.getLogger("traitlets").warning("Graded %s as %s", printable(others[-1]), wanted.name)
    return wanted


def _there(folder: Path) -> list[str]:
    """Name what was handed in in place of a notebook."""
    names = {printable(path.relative_to(folder)) for path in folder.iterdir()}
    listing = folder / LISTING
    if listing.is_file() and not listing.is_symlink():
        with listing.open(encoding="utf-8", errors="replace") as file:
            told = file.read(MAX_LISTING).splitlines()
        names = names - {LISTING} | {printable(line) for line in told if line}
    return sorted(names - {"timestamp.txt", "late.txt"})


def _content(path: Path) -> dict[str, Any]:
    content: Any = _parse(path.name, _text(path))
    if not isinstance(content, dict):
        raise SubmissionError(f"{path.name} is not a notebook. {MEND}")
    if isinstance(sheets := content.get("worksheets"), list):
        cells = [sheet.get("cells") for sheet in sheets if isinstance(sheet, dict)]
        _require_few(path.name, sum(len(there) for there in cells if isinstance(there, list)))
        content = _upgraded(path.name, content)
    if not isinstance(content.get("cells"), list):
        raise SubmissionError(f"{path.name} is not a notebook: it has no list of cells. {MEND}")
    _require_few(path.name, len(content["cells"]))
    sizes = [len(_source(cell.get("source"))) for cell in content["cells"] if isinstance(cell, dict)]
    if max(sizes, default=0) > MAX_SOURCE or sum(sizes) > MAX_SOURCES:
        number, most = max(enumerate(sizes, start=1), key=lambda size: size[1])
        raise SubmissionError(
            f"{path.name} holds too much text: its cell {number} alone has {most:,} characters. "
            "Load data from a file; do not paste them into a cell."
        )
    return dict(content)


def _require_few(name: str, cells: int) -> None:
    if cells > MAX_CELLS:
        raise SubmissionError(f"{name} has {cells} cells, more than {MAX_CELLS}. {MEND}")


def _text(path: Path) -> str:
    info = path.lstat()
    if not stat.S_ISREG(info.st_mode):
        raise SubmissionError(f"{path.name} is a link or a special file. Hand in the notebook itself.")
    if info.st_size == 0:
        raise SubmissionError(f"{path.name} is empty. {MEND}")
    if info.st_size > MAX_BYTES:
        raise SubmissionError(
            f"{path.name} has {info.st_size / 2**20:.0f} MiB, more than {MAX_BYTES // 2**20}. "
            "Choose Edit > Clear Outputs of All Cells, save, and hand in again."
        )
    try:
        content = path.read_bytes()
        if sum(map(content.count, (b"[", b"{", b","))) > MAX_PARTS:
            raise SubmissionError(
                f"{path.name} holds more than {MAX_PARTS:,} values. "
                "Choose Edit > Clear Outputs of All Cells, save, and hand in again."
            )
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SubmissionError(
            f"{path.name} is not a text file in UTF-8 (byte {error.start}). It was damaged or is no notebook. {MEND}"
        ) from None


def _parse(name: str, text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        cut = error.pos >= len(text.rstrip()) - 1 or error.msg.startswith("Unterminated")
        what = "breaks off" if cut else "is damaged"
        raise SubmissionError(
            f"{name} {what} at line {error.lineno} (of {text.count(chr(10)) + 1}): "
            f"it was not saved or uploaded whole. {MEND}"
        ) from None
    except (RecursionError, ValueError):
        raise SubmissionError(
            f"{name} is nested too deeply or holds an absurd number: it is no notebook. {MEND}"
        ) from None


def _upgraded(name: str, content: dict[str, Any]) -> dict[str, Any]:
    """Bring a notebook of nbformat 3 (before 2015) to 4."""
    import nbformat

    try:
        return dict(nbformat.convert(nbformat.from_dict(content), 4))
    except Exception as error:  # noqa: BLE001  (the converter meets whatever the file holds)
        raise SubmissionError(
            f"{name} has an old notebook format that cannot be converted ({type(error).__name__}). {MEND}"
        ) from None


def _plain(content: dict[str, Any]) -> NotebookNode:
    from nbformat.v4 import new_notebook

    cells: list[NotebookNode] = []
    seen: set[str] = set()
    for raw in content["cells"]:
        cell = _cell(raw)
        if cell is not None:
            if cell.id in seen:
                cell.id = uuid4().hex
                cell.metadata["no_id"] = True
            seen.add(cell.id)
            cells.append(cell)
    predicted = sorted(_predicted(content["cells"]))
    return new_notebook(cells=cells, metadata={"predicted": predicted} if predicted else {})


def _predicted(cells: list[Any]) -> set[str]:
    """Names of predictions whose outputs say that they were made; a claim of the student's, worth no points."""
    outputs = [cell.get("outputs") for cell in cells if isinstance(cell, dict)]
    bundles = [
        out.get("data") for found in outputs if isinstance(found, list) for out in found if isinstance(out, dict)
    ]
    claims = [bundle.get(MADE) for bundle in bundles if isinstance(bundle, dict)]
    made = [claim.get("name") for claim in claims if isinstance(claim, dict) and claim.get("made") is True]
    return {name for name in made if isinstance(name, str)}


def _cell(raw: Any) -> NotebookNode | None:
    from nbformat import v4

    if not isinstance(raw, dict) or raw.get("cell_type") not in CELL_TYPES:
        return None
    kind = raw["cell_type"]
    cell = getattr(v4, f"new_{kind}_cell")(source=_source(raw.get("source")), metadata=_metadata(raw.get("metadata")))
    name = raw.get("id")
    if isinstance(name, str) and 0 < len(name) <= 64 and all(c.isalnum() or c in "-_" for c in name) and name.isascii():
        cell.id = name
    else:
        cell.metadata["no_id"] = True
    if kind == "markdown" and (pictures := _pictures(raw.get("attachments"))):
        cell.attachments = pictures
    return cell


def _source(source: Any) -> str:
    if isinstance(source, list):
        source = "".join(line for line in source if isinstance(line, str))
    if not isinstance(source, str):
        return ""
    return source.encode(errors="replace").decode()  # JSON can hold half of an emoji, a file cannot


def _metadata(metadata: Any) -> dict[str, Any]:
    marks = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    name = marks.get("grade_id") if isinstance(marks, dict) else None
    return {"nbgrader": {"grade_id": name}} if isinstance(name, str) else {}


def _pictures(attachments: Any) -> dict[str, dict[str, str]]:
    if not isinstance(attachments, dict):
        return {}
    pictures = {
        name: {
            kind: data for kind, data in bundle.items() if kind in PICTURES and isinstance(data, str) and data.isascii()
        }
        for name, bundle in attachments.items()
        if isinstance(bundle, dict) and name.isprintable() and "/" not in name and "\\" not in name
    }
    return {name: bundle for name, bundle in pictures.items() if bundle}  # nbconvert stumbles over empty ones

"""What of a notebook may get into a page: known types of outputs, numbers where numbers belong, and not too much."""

from __future__ import annotations

import base64
import hashlib
import re
from html import escape
from typing import Any

from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode

from autograder.safe_html import LONGEST, cut

Result = tuple[NotebookNode, dict[str, Any]]
PICTURES = ("image/png", "image/jpeg")
TEXTS = ("text/html", "text/markdown", "image/svg+xml", "text/latex", "text/plain")
BASE64 = re.compile(r"[A-Za-z0-9+/=\s]*")
NAMES = ("first_name", "last_name", "student", "notebook_path", "notebook_id", "assignment_id")
KEPT = ("nbgrader",)  # of a cell's metadata; that it is in HTML or Perl is the student's word
WIDEST = 10_000  # pixels
LONGEST_ALT = 2_000  # characters
MAX_TEXT = 400_000  # characters of all sources and texts of a page: an honest one has a third of that
MAX_MARKUP = 2_000_000  # characters of one output that is HTML or SVG; they may hold pictures
MAX_PICTURES = 40_000_000  # characters of all of them
MAX_OUTPUTS = 500  # of a page
NOT_SHOWN = "… (not shown: there is more than this page can show)"
SCRIPT = re.compile(r"<script[^>]*>(.*?)</script>|\son[a-z]+=\"([^\"]*)\"", re.DOTALL)


class SafePage(Preprocessor):  # type: ignore[misc]
    """Leaves of a notebook what a page may show (`HTMLExporter.preprocessors`), for feedback and formgrader alike.

    nbconvert's templates write an output's metadata into the page as they are. The templates of nbgrader write names of
    students and files in the same way.
    """

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> Result:
        """Return the notebook, changed in place."""
        for name in NAMES:
            if isinstance(resources.get(name), str):
                resources[name] = escape(resources[name])
        nb.metadata.pop("widgets", None)
        nb.metadata.pop("title", None)
        left = _Left()
        for cell in nb.cells:
            cell.source = left.text(cell.source)
            cell.metadata = NotebookNode({key: cell.metadata[key] for key in KEPT if key in cell.metadata})
            if cell.cell_type == "code":
                cell.execution_count = _number(cell.execution_count)
                cell.outputs = [_output(output, left) for output in cell.outputs if left.output()]
            elif "attachments" in cell:
                pictures = {name: _attached(bundle, left) for name, bundle in cell.attachments.items()}
                cell.attachments = {name: bundle for name, bundle in pictures.items() if bundle}
        return nb, resources


class _Left:
    """How much a page can still show."""

    def __init__(self) -> None:
        self._text, self._pictures, self._outputs = MAX_TEXT, MAX_PICTURES, MAX_OUTPUTS

    def text(self, text: Any) -> str:
        """Cut a text to what a page can show."""
        shown = cut(_joined(text), min(LONGEST, max(0, self._text)))
        if self._text <= 0 and shown:
            return NOT_SHOWN
        self._text -= len(shown)
        return shown

    def markup(self, text: Any) -> str | None:
        """Give markup that can be shown; half of one is none."""
        whole = _joined(text)
        pictures = sum(map(len, re.findall(r"data:image/[^\"'\s>]*", whole)))
        if len(whole) > MAX_MARKUP or len(whole) - pictures > self._text or pictures > self._pictures:
            return None
        self._text -= len(whole) - pictures
        self._pictures -= pictures
        return whole

    def picture(self, data: Any) -> str | None:
        """Give a picture's base64 if it is that and can be shown."""
        whole = _joined(data)
        if len(whole) > self._pictures or not BASE64.fullmatch(whole):
            return None
        self._pictures -= len(whole)
        return whole

    def output(self) -> bool:
        """Tell whether there is room for one more output."""
        self._outputs -= 1
        return self._outputs >= 0


def _output(output: NotebookNode, left: _Left) -> NotebookNode:
    """Return an output with what nbformat knows, of the right types."""
    kind = output.get("output_type")
    if kind == "stream":
        return NotebookNode(output_type="stream", name=output.get("name"), text=left.text(output.get("text", "")))
    if kind == "error":
        said = {key: left.text(output.get(key, "")) for key in ("ename", "evalue")}
        traceback = [left.text(line) for line in output.get("traceback", [])]
        return NotebookNode(output_type="error", traceback=traceback, **said)
    if kind not in ("display_data", "execute_result"):
        return NotebookNode(output_type="stream", name="stdout", text="")
    found: dict[str, str | None] = {}
    for name in TEXTS:
        if name in output.data:
            found[name] = left.text(output.data[name]) if name == "text/plain" else left.markup(output.data[name])
    for name in PICTURES:
        if name in output.data:
            found[name] = left.picture(output.data[name])
    data = NotebookNode({name: shown for name, shown in found.items() if shown is not None})
    if found and not data:
        data["text/plain"] = NOT_SHOWN
    about = NotebookNode({name: _about_picture(output.get("metadata", {}), name) for name in PICTURES if name in data})
    safe = NotebookNode(output_type=kind, data=data, metadata=about)
    if kind == "execute_result":
        safe.execution_count = _number(output.get("execution_count"))
    return safe


def _about_picture(metadata: Any, name: str) -> NotebookNode:
    """Of a picture's metadata keep its size, as numbers, and its description."""
    told = metadata.get(name, {}) if isinstance(metadata, dict) else {}
    told = told if isinstance(told, dict) else {}
    size = {key: _number(told.get(key)) for key in ("width", "height")}
    about = NotebookNode({key: value for key, value in size.items() if value})
    if isinstance(told.get("alt"), str):
        about.alt = told["alt"][:LONGEST_ALT]
    return about


def _attached(bundle: Any, left: _Left) -> NotebookNode:
    pictures = bundle.items() if isinstance(bundle, dict) else ()
    kept = {name: left.picture(data) for name, data in pictures if name in (*PICTURES, "image/gif")}
    return NotebookNode({name: data for name, data in kept.items() if data})


def _number(value: Any) -> int | None:
    """A number of pixels or of a cell; None for all else."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1e6:
        return None
    return min(int(value), WIDEST)


def _joined(text: Any) -> str:
    if isinstance(text, list):
        text = "".join(part for part in text if isinstance(part, str))
    return text if isinstance(text, str) else ""


def hashes(html: str) -> str:
    """Name the scripts in a piece of our own HTML for a Content-Security-Policy (a filter of `HTMLExporter.filters`).

    Args:
        html: as it will be in the page, without anything that a student wrote.
    """
    scripts = [script or handler for script, handler in SCRIPT.findall(html)]
    digests = {base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts}
    return " ".join(f"'sha256-{digest}'" for digest in sorted(digests))

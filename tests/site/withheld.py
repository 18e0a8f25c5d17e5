"""What students must not see: reference answers, model answers, hidden tests; and where in a file they could hide."""

from __future__ import annotations

import re
import unicodedata
import zlib
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import nbformat

ROOT = Path(__file__).parents[2]
REGION = re.compile(r"### BEGIN (SOLUTION|HIDDEN TESTS)\n(.*?)### END (?:SOLUTION|HIDDEN TESTS)", re.DOTALL)
TAG = re.compile(r"<[^>]*>")
QUOTED = re.compile(r'="([^"]*)"')
SHORTEST = 30  # letters of a line, blanks not counted; shorter ones say nothing


def squeezed(text: str) -> str:
    """A text without blanks and line breaks: pages and PDFs break lines where they like."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def secrets() -> Iterator[tuple[str, str]]:
    """Each line that solutions alone hold, with the notebook's name: of answers, model answers and hidden tests."""
    notebooks = {path.stem: nbformat.read(path, as_version=4).cells for path in _solutions()}
    seen = squeezed(unescape("\n".join(_seen(cell) for cells in notebooks.values() for cell in cells)))
    for name, cells in notebooks.items():
        hidden = [text for cell in cells for _, text in REGION.findall(cell.source)]
        hidden += [cell.source for cell in cells if _is_written(cell)]
        for line in dict.fromkeys(squeezed(line) for text in hidden for line in text.splitlines()):
            if len(line) >= SHORTEST and line not in seen:
                yield name, line


def _solutions() -> list[Path]:
    return sorted((ROOT / "solutions").glob("*/*.ipynb"))


def _seen(cell: nbformat.NotebookNode) -> str:
    return "" if _is_written(cell) else REGION.sub("", cell.source)


def _is_written(cell: nbformat.NotebookNode) -> bool:
    return cell.cell_type == "markdown" and bool(cell.metadata.get("nbgrader", {}).get("solution"))


def readable(path: Path) -> str:
    """Return all that somebody could read in a file, squeezed: of pages with and without markup, of PDFs the text."""
    content = path.read_bytes()
    if path.suffix == ".pdf":
        from pypdf import PdfReader

        return squeezed("".join(page.extract_text() for page in PdfReader(path).pages))
    text = content.decode(errors="replace")
    if path.suffix == ".ipynb":
        cells = nbformat.reads(text, as_version=4).cells
        text = "\n".join(cell.source + str(cell.get("outputs", "")) for cell in cells)
    elif path.name == "objects.inv":
        text = zlib.decompress(content.split(b"\n", 4)[4]).decode()
    elif path.suffix == ".html":
        text = unescape(TAG.sub("", text)) + "".join(map(unescape, QUOTED.findall(text)))
    elif path.suffix == ".js":
        text += text.replace("\\n", "\n").replace('\\"', '"').replace("\\'", "'")
    return squeezed(text)

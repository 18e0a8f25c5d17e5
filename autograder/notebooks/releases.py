"""What students were ever given of an assignment: fingerprints of all its released cells, of each release.

After a correction, students hand in what they got before it. Nobody of them has changed a cell, so an older text is as
good as the present one: `rebuild` puts the present one in its place without a word.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

from nbformat import NotebookNode

from autograder.files import write_atomically
from autograder.notebooks.cells import grade_id

Known = frozenset[str]
NOTHING = Known()


def path(root: Path, assignment: str) -> Path:
    """Return the file with the fingerprints, below the course's root folder."""
    return root / "records" / assignment / "releases" / "cells.json"


def load(root: Path, assignment: str) -> Known:
    """Read the fingerprints; none where there are none, or what is there are none."""
    try:
        found = json.loads(path(root, assignment).read_bytes())
    except (OSError, ValueError):
        return NOTHING
    return Known(one for one in found if isinstance(one, str)) if isinstance(found, list) else NOTHING


def remember(root: Path, assignment: str, released: NotebookNode) -> None:
    """Add those of a release.

    Args:
        root: the course's root folder.
        assignment: the assignment's name.
        released: the notebook as students get it.
    """
    known = load(root, assignment)
    now = known.union(*(_fingerprints(cell) for cell in released.cells))
    if now == known:
        return
    target = path(root, assignment)
    target.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(target, json.dumps(sorted(now)))


def plain(text: str) -> str:
    """Return a cell's text without what editors change by themselves: line ends, spaces there, empty lines around."""
    return "\n".join(line.rstrip() for line in text.splitlines()).strip()


def fingerprint(cell: NotebookNode, name: str | None = None) -> str:
    """Fingerprint the text of a cell, as that of a named one or of any."""
    return hashlib.sha256(
        "\0".join([cell.cell_type, name or "", plain(cell.source)]).encode(errors="replace")
    ).hexdigest()


def _fingerprints(cell: NotebookNode) -> Iterable[str]:
    """Those by which a cell is found under its name, and without it; an empty cell is nobody's."""
    return {fingerprint(cell), fingerprint(cell, grade_id(cell))} if cell.source.strip() else ()

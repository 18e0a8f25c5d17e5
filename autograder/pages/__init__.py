"""Pages that show what a student wrote: the feedback, and nbgrader's formgrader where answers are marked.

The templates in this folder take the place of nbgrader's of the same name (nbgrader_config.py says so). Light to
import: every command reads nbgrader_config.py.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path


def templates() -> list[str]:
    """Folders with templates for nbconvert (`HTMLExporter.extra_template_basedirs`): ours, then nbgrader's."""
    nbgrader = find_spec("nbgrader")
    assert nbgrader
    assert nbgrader.origin
    formgrader = Path(nbgrader.origin).parent / "server_extensions" / "formgrader"
    return [str(Path(__file__).parent), str(formgrader / "templates")]

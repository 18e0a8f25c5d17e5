"""Pages that show what a student wrote: the feedback, and nbgrader's formgrader where answers are marked.

The templates in this folder take the place of nbgrader's of the same name (nbgrader_config.py says so). Light to
import: every command reads nbgrader_config.py.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any

SAFE = "autograder.pages.safe.SafePage"
FILTERS = ("markdown2html", "clean_html", "ansi2html", "strip_files_prefix", "script_hashes")


def templates() -> list[str]:
    """Folders with templates for nbconvert (`HTMLExporter.extra_template_basedirs`): ours, then nbgrader's."""
    nbgrader = find_spec("nbgrader")
    assert nbgrader
    assert nbgrader.origin
    formgrader = Path(nbgrader.origin).parent / "server_extensions" / "formgrader"
    return [str(Path(__file__).parent), str(formgrader / "templates")]


def unsafe(config: Any) -> str:
    """Say which settings a course lacks without which something that a student wrote runs in a reader's browser.

    Courses have a copy of nbgrader_config.py of their own, maybe one from before pages were made safe.

    Args:
        config: the course's configuration.

    Returns:
        A message that names the settings; empty where all are there.
    """
    exporter = config.HTMLExporter
    there = {
        "preprocessors": SAFE in exporter.get("preprocessors", []),
        "sanitize_html": exporter.get("sanitize_html", False) is True,
        "extra_template_basedirs": str(Path(__file__).parent) in exporter.get("extra_template_basedirs", []),
        "filters": all("autograder" in str(exporter.get("filters", {}).get(name)) for name in FILTERS),
    }
    missing = ", ".join(f"c.HTMLExporter.{name}" for name, is_there in there.items() if not is_there)
    return missing and (
        f"nbgrader_config.py lacks the settings that keep pages safe ({missing}): what a student wrote could run in "
        "your browser. Copy its part “Feedback” from the nbgrader_config.py that came with this version."
    )

"""Lays out what Sphinx reads, in a folder of its own: nothing of the course is copied into `site/`."""

from __future__ import annotations

from importlib.metadata import files
from pathlib import Path
from typing import TYPE_CHECKING

from course_site import documents
from course_site.cards import Card, card
from course_site.shown import Notebook, write

if TYPE_CHECKING:
    from autograder.course import Course

MATHJAX = "tex-svg.js"  # all of MathJax that is needed, fonts as well
EXTRA = "extra"
"""The folder whose content is put beside the pages as it is."""


def stage(course: Course, folder: Path, repository: str) -> list[Card]:
    """Write all that Sphinx reads.

    Args:
        course: the course.
        folder: gets it; files that would be the same are left alone.
        repository: its address, or nothing.

    Returns:
        The cards of the notebooks, in order.
    """
    import nbformat

    from autograder.authoring.release import describe

    extra = folder / EXTRA
    cards = []
    for name in course.assignments():
        notebook = Notebook(course, name, extra / "figures")
        cards.append(card(notebook))
        describe(notebook.student, course, name)
        write(extra / "downloads" / f"{name}.ipynb", nbformat.writes(notebook.student) + "\n")
        documents.thumbnail(notebook, extra / "thumbnails" / f"{name}.png")
        documents.with_card(notebook.page, cards[-1], known=cards)
        write(folder / "notebooks" / f"{name}.ipynb", nbformat.writes(notebook.page))
    documents.pages(folder, cards, repository)
    write(folder / "static" / "mathjax" / MATHJAX, _mathjax().read_bytes())
    return cards


def _mathjax() -> Path:
    found = (path for path in files("sphinx-mathjax-offline") or [] if path.name == MATHJAX)
    return Path(str(next(found).locate()))

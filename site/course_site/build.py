"""From the course to its web site, in one call."""

from __future__ import annotations

import os
import shutil
import sys
import tomllib
from pathlib import Path

from autograder.course import Course
from course_site import links, pdf, staging
from course_site.cards import ROOT
from course_site.documents import published

SITE = ROOT / "site"


def repository() -> str:
    """Return the repository's address: the variable REPOSITORY, else what pyproject.toml says, else nothing."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return os.environ.get("REPOSITORY") or str(project.get("urls", {}).get("Repository", ""))


def build(out: Path, address: str = "", printed: list[str] | None = None) -> None:
    """Build the site.

    Args:
        out: the folder that gets it; beside it stands a folder with what Sphinx reads.
        address: of the repository; links to it appear if there is one.
        printed: names of the notebooks that are printed to PDF; all by default. Links to others lead nowhere.

    Raises:
        SystemExit: when Sphinx warns, a link leads nowhere, or a page would fetch something.
    """
    from sphinx.application import Sphinx
    from sphinx.util.console import nocolor
    from sphinx.util.docutils import docutils_namespace, patch_docutils

    source = out.with_name(f"{out.name}-source")
    for folder in (out, source):  # what is not made any more goes
        there = {path.name for path in folder.iterdir()} if folder.exists() else set()
        if there and not there & {".buildinfo", "index.md"}:
            sys.exit(f"{folder} is there and holds something else than a site. Name another folder.")
        shutil.rmtree(folder, ignore_errors=True)
    address = address.rstrip("/")
    cards = staging.stage(Course(ROOT), source, address)
    settings = {
        "course_repository": address,
        "course_address": published(address),
        "html_static_path": [str(SITE / "static"), str(source / "static")],
        "html_extra_path": [str(source / staging.EXTRA)],
        "exclude_patterns": ["static", staging.EXTRA],
    }
    nocolor()
    here = str(SITE)
    with patch_docutils(here), docutils_namespace():
        app = Sphinx(
            str(source), here, str(out), str(source / ".doctrees"), "html", settings,
            status=None, warningiserror=True, exception_on_warning=False, parallel=1,
        )  # fmt: skip
        app.build()
    if app.statuscode:
        sys.exit(app.statuscode)
    names = [card.name for card in cards]
    pdf.print_pages(out, names if printed is None else printed, published(address))
    left_out = [f"{name}.pdf" for name in names if printed is not None and name not in printed]
    if wrong := [line for line in links.problems(out) if not any(name in line for name in left_out)]:
        sys.exit("\n".join(wrong))

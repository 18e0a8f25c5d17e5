"""What our pages need of Sphinx beyond its settings."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from course_site import glossary


def _context(app: Any, page: str, _template: str, context: dict[str, Any], _doctree: Any) -> None:
    """Tell each page where to say that something is wrong on it; nowhere if the repository's address is not set."""
    repository = app.config.course_repository
    title = quote(f"Something is wrong on the page “{page}”")
    context["course_repository"] = repository
    if page == "404" and app.config.course_address:  # it is shown in place of pages in any folder
        context["metatags"] = f'<base href="{app.config.course_address}">' + context.get("metatags", "")
    context["problem"] = f"{repository}/issues/new?title={title}" if repository else ""


def _link_words(app: Any, doctree: Any) -> None:
    folder, _, name = app.env.docname.rpartition("/")
    if folder == "notebooks" and name[:2].isdigit():
        glossary.link_first_uses(doctree, name[:2])


def _name_columns(doctree: Any) -> None:
    """Give columns without a heading a name that is heard and not seen."""
    from docutils import nodes

    for head in doctree.findall(nodes.thead):
        for number, entry in enumerate(head.findall(nodes.entry), 1):
            if not entry.astext().strip():
                entry.append(nodes.paragraph("", f"column {number}", classes=["visually-hidden"]))


def setup(app: Any) -> dict[str, bool]:
    """Add it to Sphinx."""
    app.add_config_value("course_repository", "", "html", str)
    app.add_config_value("course_address", "", "html", str)
    app.connect("html-page-context", _context)
    app.connect("doctree-read", _link_words)
    app.connect("doctree-read", lambda _app, doctree: _name_columns(doctree))
    app.connect("doctree-resolved", lambda _app, doctree, _page: glossary.explain(doctree))
    return {"parallel_read_safe": True, "parallel_write_safe": True}

"""Markdown and HTML that students wrote, as HTML in which nothing runs: for feedback pages and the formgrader.

nbconvert's ``sanitize_html`` covers cell outputs, but nbgrader's templates put the Markdown of answers into the page as
it is. nbgrader_config.py therefore names `markdown2html` and `clean_html` as the filters of these names for every HTML
page.
"""

from __future__ import annotations

import re
from typing import Any

import bleach
from jinja2 import pass_context
from jinja2.runtime import Context
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

BLOCKS = {
    "p",
    "br",
    "hr",
    "div",
    "span",
    "pre",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "dl",
    "dt",
    "dd",
    "details",
    "summary",
}
TABLES = {"table", "thead", "tbody", "tr", "th", "td"}
TAGS = {*bleach.ALLOWED_TAGS, *BLOCKS, *TABLES, "img", "sub", "sup", "del", "s", "u", "mark", "small"}
ATTACHMENT = re.compile(r"attachment:([^)\s\"'>]+)")


@pass_context
def markdown2html(context: Context, source: str) -> str:
    """Render Markdown without scripts, event handlers, styles, or pictures from elsewhere.

    Args:
        context: jinja's; holds the cell with its attached pictures.
        source: the Markdown.

    Returns:
        The HTML. A picture that is not attached leaves its alternative text.
    """
    attachments = context.get("cell", {}).get("attachments", {})
    source = ATTACHMENT.sub(lambda found: found[0] if found[1] in attachments else "picture-not-handed-in", source)
    return clean_html(MarkdownWithMath(renderer=IPythonRenderer(escape=False, attachments=attachments)).render(source))


def clean_html(html: str) -> str:
    """Take scripts, event handlers, styles, and pictures from elsewhere out of HTML that a student's code displayed.

    nbconvert's filter of this name also drops tables' headings and figures that carry their description.
    """
    return str(bleach.clean(html, tags=TAGS, attributes=_allowed, protocols={"http", "https", "mailto", "data"}))


def _allowed(tag: str, name: str, value: Any) -> bool:
    if tag == "img":
        return name in ("alt", "title", "class") or (name == "src" and str(value).startswith("data:image/"))
    if tag == "a" and name == "href":
        return not str(value).strip().lower().startswith("data:")
    return name in ("class", "id", "title", "align")

"""Markdown and HTML that students wrote, as HTML in which nothing runs: for feedback pages and the formgrader.

nbconvert's ``sanitize_html`` covers cell outputs, but nbgrader's templates put the Markdown of answers into the page as
it is. nbgrader_config.py therefore names the filters below as those of the same names for every HTML page.

What a browser makes of HTML may be far larger than the HTML (``<b>`` that is left open is opened again in each
paragraph), and so may the work of a parser. What would be too much is shown as plain text, and the page says so.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import partial
from html import escape
from secrets import token_hex
from string import punctuation
from typing import Any

import bleach
from bleach.html5lib_shim import Filter
from bleach.sanitizer import Cleaner
from jinja2 import pass_context
from jinja2.runtime import Context
from nbconvert.filters import ansi2html as nbconverts_ansi2html
from nbconvert.filters import strip_ansi
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from autograder.results import mathml
from autograder.results.mathml import Token

BLOCKS = {"p", "br", "hr", "div", "span", "pre", "h1", "h2", "h3", "h4", "h5", "h6", "dl", "dt", "dd"}
FOLDS = {"details", "summary", "figure", "figcaption"}
TABLES = {"table", "thead", "tbody", "tr", "th", "td"}
TAGS = {*bleach.ALLOWED_TAGS, *BLOCKS, *FOLDS, *TABLES, "img", "sub", "sup", "del", "s", "u", "mark", "small"}
FLAT = {*TABLES - {"table"}, "tfoot", "br", "hr", "img", "input", "p", "li", "dt", "dd"}  # hold none of their own kind
FORMATTING = {"a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"}
WALLS = {"table", "td", "th", "caption", "object", "applet", "marquee", "template", "math", "svg", "annotation-xml"}
WALLS |= {"mi", "mo", "mn", "ms", "mtext", "foreignobject", "desc", "title"}  # </b> behind one closes no <b> before it
CLASSES = re.compile(r"highlight|dataframe|[a-z][a-z0-9]?\d?")  # of code, as Pygments colours it, and of tables
ADDRESS = re.compile(r"\s*(https?://|mailto:|#)", re.IGNORECASE)
ATTACHMENT = re.compile(r"attachment:([^)\s\"'>]+)")
TAG = re.compile(r"<(/?)([a-zA-Z][^\s/>]*)((?:[^\"'>]|\"[^\"]*\"|'[^']*')*)")
SIGNS = frozenset(punctuation) - set(".,:'")  # which may mean something in Markdown
QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")

NUMBERED = {"align", "alignat", "equation", "gather", "multline"}  # by LaTeX; Jupyter does not
Formulas = dict[str, tuple[tuple[Token, ...], str]]  # by the word that stands for one: its MathML, and as written

LONGEST = 50_000  # characters of text that are shown in one piece
LONGEST_MARKDOWN = 20_000
MAX_TAGS = 8_000
MAX_DEPTH = 60  # of tags in tags
MAX_FORMATTING = 6  # that are open at the same time: browsers open them again in the next paragraph
MAX_ATTRIBUTES = 100  # of one tag
MAX_COLOURS = 1_000  # changes of colour in one text; nbconvert's work for them grows with their square
TOO_MUCH = "Shown as plain text: this has more markup than can be shown."

SHADES = re.compile(r"\x1b\[[\d;]*m")
SHADE = re.compile(r"(?<![\d])[34]8;(?:5;\d+|2;\d+;\d+;\d+);?")
"""Colours by number, which a terminal chose for a ground that need not be the page's."""


@pass_context
def markdown2html(context: Context, source: str) -> str:
    """Render Markdown without scripts, event handlers, styles, or pictures from elsewhere; formulas become MathML.

    Args:
        context: jinja's; holds the cell with its attached pictures.
        source: the Markdown.

    Returns:
        The HTML. A picture that is not attached leaves its alternative text.
    """
    cell = context.get("cell") or {}
    return markdown(source, cell.get("attachments", {}))


def markdown(source: str, attachments: dict[str, Any] | None = None) -> str:
    """Render Markdown; see `markdown2html`.

    Args:
        source: the Markdown.
        attachments: pictures by name, each a dict from types to base64.
    """
    found = attachments or {}
    source = cut(source, LONGEST_MARKDOWN)
    tidy = ATTACHMENT.sub(lambda match: match[0] if match[1] in found else "picture-not-handed-in", source)
    renderer = _Renderer(found)
    try:
        html = MarkdownWithMath(renderer=renderer).render(tidy)
    except RecursionError:
        return _plain(source)
    return _clean(html, renderer.formulas) if _is_tame(html) else _plain(source)


def clean_html(html: str) -> str:
    """Take scripts, event handlers, styles, and pictures from elsewhere out of HTML that a student's code displayed.

    nbconvert's filter of this name also drops tables' headings and figures that carry their description.
    """
    html = html.decode(errors="replace") if isinstance(html, bytes) else str(html)
    return _clean(html, {}) if _is_tame(html) else _plain(html)


def ansi2html(text: str) -> str:
    """Turn the colours of a terminal into HTML; where there are thousands of changes, leave them out.

    Only the sixteen that have names: the page knows how to show these in the light and in the dark.
    """
    text = SHADES.sub(lambda match: SHADE.sub("", match[0]), cut(str(text)))
    return str(nbconverts_ansi2html(strip_ansi(text) if text.count("\x1b") > MAX_COLOURS else text))


def unchanged(html: str) -> str:
    """Leave cleaned HTML as it is (in place of nbconvert's filter `strip_files_prefix`).

    That one cuts ``files/`` from the beginning of addresses: what is left may be one that had been refused.
    """
    return html


def cut(text: str, longest: int = LONGEST) -> str:
    """Cut a text that is longer than anybody reads, and say so at its end."""
    if len(text) <= longest:
        return text
    return f"{text[:longest]}\n… (cut here: {len(text):,} characters in all)"


def literal(text: str) -> str:
    """Write text so that Markdown and HTML show it as it is."""
    coded = "".join(f"&#{ord(letter)};" if letter in SIGNS else letter for letter in text)
    return coded.replace("\n", "<br>")


class _Renderer(IPythonRenderer):  # type: ignore[misc]
    """Markdown as nbconvert has it, with boxes for tasks, and a word in place of each formula until it is clean."""

    def __init__(self, attachments: dict[str, Any]) -> None:
        super().__init__(escape=False, attachments=attachments, exclude_anchor_links=True)
        self.formulas: Formulas = {}
        self._word = f"formula{token_hex(8)}n"

    def task_list_item(self, text: str, checked: bool = False) -> str:
        """Write an item of a list of things to do."""
        return f"<li>{'☑' if checked else '☐'} {text}</li>\n"

    def inline_math(self, body: str) -> str:
        """Keep a formula within a line."""
        return self._keep(body, f"${body}$", block=False)

    def block_math(self, body: str) -> str:
        """Keep a formula on a line of its own."""
        return self._keep(body, f"$${body}$$", block=True)

    def latex_environment(self, name: str, body: str) -> str:
        """Keep a formula that is an environment of LaTeX's."""
        bare = name if name.endswith("*") or name not in NUMBERED else f"{name}*"
        whole = rf"\begin{{{bare}}}{body}\end{{{bare}}}"
        return self._keep(whole, rf"\begin{{{name}}}{body}\end{{{name}}}", block=True)

    def _keep(self, formula: str, written: str, *, block: bool) -> str:
        tokens = mathml.tokens(formula, block=block)
        if tokens is None:
            return f"<code>{escape(written)}</code>"
        word = f"{self._word}{len(self.formulas)}e"
        self.formulas[word] = tokens, written
        return word


class _Formulas(Filter):  # type: ignore[misc]
    """Puts formulas in the place of the words that stand for them, where text may stand and not within attributes."""

    def __init__(self, source: Any, formulas: Formulas) -> None:
        super().__init__(source)
        self._formulas = formulas
        self._words = re.compile(f"({'|'.join(formulas)})" if formulas else r"((?!))")

    def __iter__(self) -> Iterator[Any]:
        """Give the tokens of the page."""
        for token in super().__iter__():
            if token["type"] == "Characters":
                yield from self._text(token["data"])
            elif token["type"] in ("StartTag", "EmptyTag"):
                written = {name: self._words.sub(self._as_written, value) for name, value in token["data"].items()}
                yield {**token, "data": written}
            else:
                yield token

    def _text(self, text: str) -> Iterator[Token]:
        for part in self._words.split(text):
            if part in self._formulas:
                yield from self._formulas[part][0]
            elif part:
                yield {"type": "Characters", "data": part}

    def _as_written(self, word: re.Match[str]) -> str:
        return self._formulas[word[0]][1]


def _clean(html: str, formulas: Formulas) -> str:
    cleaner = Cleaner(
        tags=TAGS,
        attributes=_allowed,
        protocols={"http", "https", "mailto", "data"},
        filters=[partial(_Formulas, formulas=formulas)],
    )
    return str(cleaner.clean(html))


def _allowed(tag: str, name: str, value: Any) -> bool:
    text = str(value)
    if tag == "img" and name == "src":
        return text.startswith("data:image/")
    if tag == "a" and name == "href":
        return ADDRESS.match(text) is not None
    if name == "class":
        return all(CLASSES.fullmatch(one) for one in text.split())
    return name in ("title", "align") or (tag == "img" and name == "alt") or (tag == "details" and name == "open")


def _is_tame(html: str) -> bool:
    """Tell whether a browser makes no more of it than it holds, more or less."""
    if html.count("<") > MAX_TAGS:
        return False
    nested: Counter[str] = Counter()
    formatting: list[str] = []  # what is open of it, and the walls in between
    for match in TAG.finditer(html):
        closing, name, rest = match[1], match[2].lower(), match[3]
        if len(rest) > MAX_ATTRIBUTES and len(re.split(r"[\s/]+|(?<=[\"'])", QUOTED.sub('""', rest))) > MAX_ATTRIBUTES:
            return False
        if name in FORMATTING | WALLS:
            (_close if closing else list.append)(formatting, name)
        if name not in FLAT:
            nested[name] = max(0, nested[name] - 1) if closing else nested[name] + 1
            if nested.total() > MAX_DEPTH:
                return False
        if sum(one in FORMATTING for one in formatting) > MAX_FORMATTING or len(formatting) > 10 * MAX_DEPTH:
            return False
    return True


def _close(formatting: list[str], name: str) -> None:
    """Close formatting as browsers do: not what was opened before a wall, and no wall but the last."""
    for index in reversed(range(len(formatting))):
        if formatting[index] == name:
            del formatting[index]
            return
        if formatting[index] in WALLS:
            return


def _plain(text: str) -> str:
    return f"<p><em>{TOO_MUCH}</em></p><pre>{escape(cut(text))}</pre>"

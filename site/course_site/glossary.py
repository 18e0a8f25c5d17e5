"""The field's words: their page, and the links that lead to it from where a notebook first uses one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import yaml

from course_site.cards import ROOT

if TYPE_CHECKING:
    from docutils import nodes

FILE = ROOT / "site" / "glossary.yml"
CLASS = "glossary-word"


@dataclass(frozen=True)
class Term:
    """A word: its name, other forms of it, the number of the notebook that introduces it, and what it means."""

    name: str
    also: tuple[str, ...]
    notebook: str
    text: str

    @property
    def letter(self) -> str:
        """The letter under which it stands."""
        return self.name[0].upper()

    @property
    def pattern(self) -> re.Pattern[str]:
        """Matches all forms as whole words; names such as IoU as they are written, others in capitals too."""
        forms = sorted((self.name, *self.also), key=len, reverse=True)
        either = "|".join(re.escape(form) if _is_name(form) else f"(?i:{re.escape(form)})" for form in forms)
        return re.compile(rf"(?<![\w-])(?:{either})(?![\w-])")


def _is_name(form: str) -> bool:
    return sum(letter.isupper() for letter in form) > 1


@cache
def terms() -> list[Term]:
    """Return all words, in the order of the alphabet."""
    found = [
        Term(entry["term"], tuple(entry.get("also", ())), entry["in"], entry["text"])
        for entry in yaml.safe_load(FILE.read_text(encoding="utf-8"))
    ]
    return sorted(found, key=lambda term: term.name.lower())


def link_first_uses(page: nodes.document, number: str) -> None:
    """Link each word where a notebook first uses it in its text, if it or an earlier notebook introduces the word.

    Args:
        page: the notebook's page; changed in place.
        number: the notebook's.
    """
    from docutils import nodes

    open_terms = {term: term.pattern for term in terms() if term.notebook <= number}
    for text in [text for block in page.findall(nodes.paragraph) for text in block.findall(nodes.Text)]:
        if not _is_plain(text):
            continue
        found = {match: term for term, pattern in open_terms.items() if (match := pattern.search(text))}
        parts: list[Any] = []
        end = 0
        for match, term in sorted(found.items(), key=lambda pair: (pair[0].start(), -pair[0].end())):
            if match.start() >= end:  # not within a longer one
                parts += [nodes.Text(text[end : match.start()]), _reference(match[0], term)]
                end = match.end()
                del open_terms[term]
        if parts:
            text.parent.replace(text, [part for part in [*parts, nodes.Text(text[end:])] if part.astext()])


def _is_plain(text: nodes.Text) -> bool:
    from docutils import nodes

    node = text.parent
    while not isinstance(node, nodes.paragraph):
        if isinstance(node, nodes.reference | nodes.literal | nodes.math | nodes.raw):
            return False
        node = node.parent
    return True


def _reference(word: str, term: Term) -> nodes.Node:
    from docutils import nodes
    from sphinx.addnodes import pending_xref

    shown = nodes.inline(word, word, classes=[CLASS])
    return pending_xref("", shown, refdomain="std", reftype="term", reftarget=term.name, refexplicit=True, refwarn=True)


def explain(page: nodes.document) -> None:
    """Give resolved links to words their meaning, which browsers show beside the pointer."""
    from docutils import nodes

    meanings = {f"term-{re.sub(r'[^a-z0-9]+', '-', term.name.lower())}": term.text for term in terms()}
    for link in page.findall(nodes.reference):
        if link.children and CLASS in getattr(link[0], "attributes", {}).get("classes", []):
            link["reftitle"] = next(
                (text for place, text in meanings.items() if link["refuri"].lower().endswith(f"#{place}")), ""
            )

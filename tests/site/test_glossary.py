"""The glossary: each word is where it is said to be, and linked once, where the text uses it."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest

from course_site import glossary
from course_site.glossary import Term

ROOT = Path(__file__).parents[2]
CODE = re.compile(r"`[^`]*`|<code>.*?</code>|<pre>.*?</pre>", re.DOTALL)
PROSE = {
    path.name[:2]: " ".join(
        CODE.sub("", cell.source) for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "markdown"
    )
    for path in sorted((ROOT / "notebooks").glob("*/[0-9]*.ipynb"))
}


def test_it_has_the_fields_words_each_once_with_a_meaning_of_its_own() -> None:
    terms = glossary.terms()
    forms = [form for term in terms for form in (term.name, *term.also)]
    assert len(terms) >= 60
    assert sorted({form for form in forms if forms.count(form) > 1}) == []
    assert [
        term.name for term in terms if not 40 < len(term.text) < 320 or not term.text.rstrip(")").endswith(".")
    ] == []


@pytest.mark.parametrize("term", glossary.terms(), ids=lambda term: term.name)
def test_the_notebook_that_introduces_a_word_uses_it(term: Term) -> None:
    assert term.pattern.search(PROSE[term.notebook]), f"{term.name} is not in the text of notebook {term.notebook}"


def test_names_are_told_from_words() -> None:
    term = Term("mean average precision", ("mAP",), "10", "...")
    assert term.pattern.search("the Mean average precision")
    assert term.pattern.search("an mAP of 0.5")
    assert not term.pattern.search("a map of the island")
    assert not Term("stride", (), "01", "...").pattern.search("strident, astride, stride-2")


def test_only_the_first_use_in_plain_text_is_linked() -> None:
    from docutils import nodes, utils
    from sphinx.addnodes import pending_xref

    page = utils.new_document("page")
    page += nodes.title("", "Padding and stride")
    page += (
        first := nodes.paragraph("", "", nodes.literal("", "stride"), nodes.Text(" is a Stride; the weights, too."))
    )
    page += (second := nodes.paragraph("", "A stride, and a padding of one; an anchor."))
    glossary.link_first_uses(page, "01")
    linked = [(link.parent, link.astext(), link["reftarget"]) for link in page.findall(pending_xref)]
    assert linked == [(first, "Stride", "stride"), (first, "weights", "weight"), (second, "padding", "padding")]
    assert first.astext() == "stride is a Stride; the weights, too."

"""Cards, documents, predictions, links: the parts of the site, without building it."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import nbformat
import pytest

from course_site import cards, documents, extension, guesses, links
from course_site.build import build
from course_site.documents import published

ROOT = Path(__file__).parents[2]
OPENING = """# 12 Attention

Some text. **Who looks
at whom?** More text.

**When you are done, you can**

1. say who looks
   at whom,
2. draw it.

**Builds on** notebooks 07 to 09 and 00.

**Time** A minute. Plan two sittings of
an hour: sections 1 and 2.
"""


def notebook(opening: str = OPENING, code: str = "", name: str = "12_attention") -> Any:
    cells = [nbformat.v4.new_markdown_cell(opening), nbformat.v4.new_code_cell(code)]
    return SimpleNamespace(name=name, points=20, student=nbformat.v4.new_notebook(cells=cells))


@pytest.fixture
def listed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cards, "topics", lambda: {"12_attention": "who looks at whom"})


@pytest.mark.usefixtures("listed")
def test_a_card_is_read_from_the_opening() -> None:
    card = cards.card(notebook(code='digits = data.mnist(profile)\nother = data.project("steps")'))
    assert (card.number, card.title, card.question) == ("12", "Attention", "Some text. Who looks at whom?")
    assert card.goals == ["say who looks at whom", "draw it"]
    assert card.plan == "two sittings of an hour"
    assert card.builds_on == ["07", "08", "09", "00"]
    assert [data.loader for data in card.data] == [
        "mnist",
        'project("tickets")',
        'project("castings")',
        'project("steps")',
    ]
    assert (card.data[0].licence, "scikit-learn" in card.data[0].embedded) == ("CC BY-SA 3.0", True)


@pytest.mark.usefixtures("listed")
@pytest.mark.parametrize(("part", "said"), [("# 12", "no title"), ("Plan", "no plan")])
def test_an_opening_without_a_part_is_named(part: str, said: str) -> None:
    with pytest.raises(ValueError, match=f"12_attention: {said}"):
        cards.card(notebook(OPENING.replace(part, "...")))


def test_a_notebook_without_a_row_in_the_readme_is_named() -> None:
    with pytest.raises(ValueError, match="no row for 12_attention"):
        cards.card(notebook())


def test_every_notebook_has_a_row_and_a_figure_on_its_card() -> None:
    names = sorted(path.parent.name for path in (ROOT / "solutions").glob("*/*.ipynb"))
    assert sorted(cards.topics()) == names == sorted(documents.THUMBNAILS)
    for name, words in documents.THUMBNAILS.items():
        cells = nbformat.read(ROOT / "solutions" / name / f"{name}.ipynb", as_version=4).cells
        assert any(
            f'<img alt="{words}' in str(cell.get("outputs")) or words in str(cell.get("outputs")) for cell in cells
        )


LINKS = {
    "[a](../docs/data.md#digits)": "[a](/docs/data.md#digits)",
    "[a](decisions/)": "[a](/docs/decisions/README.md)",
    "[a](../notebooks/05_data_augmentation/05_data_augmentation.ipynb)": "[a](/notebooks/05_data_augmentation.ipynb)",
    "![a](data/digits.png)": "![a](/docs/data/digits.png)",
    "[a](#here) and [b](https://example.org/x.md)": "[a](#here) and [b](https://example.org/x.md)",
    "`[a](../Makefile)`": "`[a](../Makefile)`",
}


@pytest.mark.parametrize(("written", "on_the_site"), LINKS.items(), ids=LINKS)
def test_links_of_documents_hold_on_the_site(written: str, on_the_site: str) -> None:
    assert documents._document(written, "docs/students.md", "") == on_the_site


def test_links_to_the_repository_need_its_address() -> None:
    written = "See [the config](../nbgrader_config.py)."
    assert documents._document(written, "docs/students.md", "") == "See the config."
    assert "](https://example.org/x/blob/HEAD/nbgrader_config.py)" in documents._document(
        written, "docs/students.md", "https://example.org/x"
    )


def test_the_plan_names_notebooks_with_links() -> None:
    known = [SimpleNamespace(number="06", title="Transfer learning with VGG16", name="06_transfer_learning")]
    linked = documents._with_links("| 7 | 06 Transfer learning | 05 |", known)  # type: ignore[arg-type]
    assert linked == "| 7 | [06 Transfer learning](/notebooks/06_transfer_learning.ipynb) | 05 |"


def test_predictions_become_buttons_and_places_for_the_choice() -> None:
    text = 'a) the <hare>\nb) the "hedgehog"\nClick on what you expect.'
    asked = guesses.made_live('predictions.ask(\n    "race", [])', {"text/html": "<p>", "text/plain": text}, "02_cnn")
    assert re.findall(r'value="([^"]*)"', asked["text/html"]) == ["the &lt;hare&gt;", "the &quot;hedgehog&quot;"]
    assert 'data-guess="02_cnn/race"' in asked["text/html"]
    told = {"text/plain": "You made no prediction here."}
    assert 'data-guess="02_cnn/race"' in guesses.made_live('predictions.recall("race")', told, "02_cnn")["text/html"]
    other = {"text/plain": "97 %"}
    assert guesses.made_live('print(1)\npredictions.recall("race")', other, "02_cnn") is other


def test_links_that_lead_nowhere_and_what_would_be_fetched_are_found(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "a.html").write_text(
        '<h1 id="top-of-it">A</h1><a href="sub/b.html#there">b</a><a href="#top-of-it">up</a>'
        '<a href="gone.html">c</a><a href="sub/b.html#nowhere">d</a><a href="https://example.org">e</a>'
        '<script src="https://cdn.example.org/x.js"></script><link rel="stylesheet" href="//cdn.example.org/x.css">'
        '<img src="data:image/png;base64,AA"><style>@import "https://example.org/i.css";</style>'
    )
    (tmp_path / "sub" / "b.html").write_text('<p id="there" style="background: url(http://example.org/p.png)"></p>')
    (tmp_path / "x.css").write_text("p { background: url('https://example.org/f.woff') } a { background: url(data:x) }")
    assert sorted(links.problems(tmp_path)) == [
        "a.html fetches //cdn.example.org/x.css",
        "a.html fetches https://cdn.example.org/x.js",
        "a.html fetches https://example.org/i.css",
        "a.html links to gone.html, which is not there",
        "a.html links to sub/b.html#nowhere, and there is no such place on that page",
        "sub/b.html fetches http://example.org/p.png",
        "x.css fetches https://example.org/f.woff",
    ]


def context(page: str, repository: str, address: str = "") -> dict[str, str]:
    found: dict[str, str] = {}
    config = SimpleNamespace(course_repository=repository, course_address=address)
    extension._context(SimpleNamespace(config=config), page, "", found, None)
    return found


def test_pages_lead_to_the_repository_only_if_its_address_is_known() -> None:
    assert context("index", "")["problem"] == ""
    assert context("a/b", "https://example.org/c")["problem"].startswith("https://example.org/c/issues/new?title=")


def test_the_page_for_what_is_missing_finds_its_style_from_any_folder() -> None:
    assert context("404", "", "https://a.github.io/c/")["metatags"] == '<base href="https://a.github.io/c/">'
    assert "metatags" not in context("404", "")
    assert "metatags" not in context("index", "", "https://a.github.io/c/")


def test_commands_and_marks_are_taken_from_what_students_get() -> None:
    text, commands = documents._setup(["00_start_here"])
    assert [system.partition(" ")[0] for system, _ in commands] == ["macOS", "Windows"]
    assert all("venv" in lines for _, lines in commands)
    assert "GUIDE.md" not in text
    assert "colab.research.google.com" not in text
    assert "colab.research.google.com" in documents._setup(["00_start_here"], "https://github.com/ada/course")[0]
    assert documents.marked("a < `b` *c*") == "a &lt; <code>b</code> <em>c</em>"


def test_where_pages_are_published() -> None:
    assert published("https://github.com/Ada/course") == "https://ada.github.io/course/"
    assert published("https://example.org/ada/course") == published("") == ""


def test_other_things_are_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter1.tex").touch()
    with pytest.raises(SystemExit, match="holds something else than a site"):
        build(tmp_path / "thesis")
    assert (tmp_path / "thesis" / "chapter1.tex").exists()

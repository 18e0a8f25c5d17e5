"""The built site: nothing withheld is in it, every link holds, nothing is fetched, and readers can use it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from PIL import Image

from autograder.authoring.handout import handout
from autograder.course import Course
from course_site import links
from course_site.build import build
from tests.site.withheld import readable, secrets, squeezed

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.slow
NAMES = sorted(path.parent.name for path in (ROOT / "solutions").glob("*/*.ipynb"))
PRINTED = ["11_project", "08_conv1d_for_text"]
EACH_KIND = ["index", "notebooks/index", "notebooks/11_project", "docs/instructors", "glossary", "search", "404"]
DESKTOP, PHONE = {"width": 1300, "height": 900}, {"width": 390, "height": 844}
SETTLED = "async () => { if (window.MathJax?.startup) await MathJax.startup.promise }"
EASED = """async () => {
    await new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn)));
    const ends = document.getAnimations().filter(one => one.effect?.getComputedTiming().endTime < Infinity);
    await Promise.allSettled(ends.map(one => one.finished));
}"""
UNCOLOURED = "document.querySelectorAll('.highlight pre').forEach(code => { code.textContent = code.textContent })"
RULES = """async only => {
    const some = only.length ? {runOnly: only} : {};
    const {violations} = await axe.run(document, {resultTypes: ["violations"], preload: false, ...some});
    // a heading that is a formula is read from its MathML, where axe does not look
    const read = node => document.querySelector(node.target[0])?.querySelector("mjx-assistive-mml");
    return violations.flatMap(rule => rule.nodes
        .filter(node => rule.id !== "empty-table-header" || !read(node))
        .map(node => `${rule.id}: ${node.html.slice(0, 200)}`));
}"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site as `make site` builds it, a warning being an error; of the PDFs two."""
    out = tmp_path_factory.mktemp("site") / "site"
    build(out, "https://example.org/course", printed=PRINTED)
    return out


@pytest.fixture(scope="module")
def texts(site: Path) -> dict[Path, str]:
    """What can be read in each file of the site; pictures and the packages' own files hold nothing of ours."""
    paths = [path.relative_to(site) for path in sorted(site.rglob("*")) if path.is_file()]
    packaged = ("_static/vendor", "_static/scripts", "_static/styles", "_static/mathjax")
    ours = [path for path in paths if not path.as_posix().startswith(packaged)]
    for path in (path for path in ours if path.suffix == ".png"):
        with Image.open(site / path) as picture:
            assert not {name for name, value in picture.info.items() if isinstance(value, str)} - {"Software"}, path
    return {path: readable(site / path) for path in ours if path.suffix != ".png"}


def test_nothing_withheld_is_in_any_byte(texts: dict[Path, str]) -> None:
    known = set(secrets())
    assert {name for name, _ in known} == set(NAMES)
    assert len(known) > 1000
    everything = "\n".join(texts.values())
    assert [(name, line) for name, line in known if line in everything] == []
    for word in ("BEGINSOLUTION", "BEGINHIDDEN", "Modelanswer", "Markingguide"):
        assert [path for path, text in texts.items() if word in text and "notebooks" in path.parts] == []


def test_notebooks_show_what_lecture_cells_show_and_nothing_of_answers_and_tests(texts: dict[Path, str]) -> None:
    for name in NAMES:
        page, released = texts[Path("notebooks") / f"{name}.html"], texts[Path("downloads") / f"{name}.ipynb"]
        assert "raiseNotImplementedError" in page
        shown = 0
        for cell in nbformat.read(ROOT / "solutions" / name / f"{name}.ipynb", as_version=4).cells:
            marks = cell.metadata.get("nbgrader", {})
            told = [squeezed(output.text) for output in cell.get("outputs", []) if output.output_type == "stream"]
            for text in (text for text in told if len(text) > 60):
                if not (marks.get("solution") or marks.get("grade")):
                    shown += text in page
                elif text not in released:  # a test may print what stands in its text
                    assert text not in page, name
        assert shown > 2, name


@pytest.mark.parametrize("form", ["page", "notebook", "search", "print"])
def test_what_is_withheld_would_be_found(form: str, tmp_path: Path, page: Any) -> None:
    name, line = next((name, line) for name, line in secrets() if "<" in line)
    cells = nbformat.read(ROOT / "solutions" / name / f"{name}.ipynb", as_version=4).cells
    source = next(cell.source for cell in cells if line in "".join(cell.source.split()))
    suffix = {"page": "html", "print": "pdf", "notebook": "ipynb", "search": "js"}[form]
    target = tmp_path / f"leak.{suffix}"
    if form == "notebook":
        nbformat.write(new_notebook(cells=[new_code_cell(source)]), target)
    elif form == "search":
        target.write_text(f"Search.setIndex({source!r})")
    else:
        from pygments import highlight
        from pygments.formatters import HtmlFormatter
        from pygments.lexers import PythonLexer

        html = highlight(source, PythonLexer(), HtmlFormatter(full=True))
        target.with_suffix(".html").write_text(html)
        if form == "print":
            page.goto(target.with_suffix(".html").as_uri())
            page.pdf(path=target)
    assert line in readable(target)


def test_every_link_holds_and_nothing_is_fetched_from_elsewhere(site: Path) -> None:
    missing = [f"{name}.pdf" for name in NAMES if name not in PRINTED]
    assert [line for line in links.problems(site) if not any(name in line for name in missing)] == []


def test_students_download_what_they_would_be_handed(site: Path, tmp_path: Path) -> None:
    handed = handout(Course(ROOT), tmp_path / "handed") / "notebooks"
    for name in NAMES:
        made = nbformat.read(site / "downloads" / f"{name}.ipynb", as_version=4)
        assert made == nbformat.read(handed / name / f"{name}.ipynb", as_version=4), name


@pytest.fixture(scope="module")
def axe() -> str:
    """axe-core's rules of accessibility, as a script."""
    import axe_playwright_python

    return (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text("utf-8")


@pytest.fixture(scope="module")
def opened(site: Path, browser: Any) -> Callable[..., Any]:
    """Opens pages of the site in one window; all that a page fetches is a file of the site."""
    foreign: list[str] = []

    window = browser.new_context(viewport=DESKTOP, color_scheme="light", reduced_motion="reduce").new_page()
    window.set_default_timeout(60_000)
    window.on("request", lambda request: foreign.append(request.url))
    window.on("pageerror", lambda error: foreign.append(f"error: {error}"))

    def visit(name: str) -> Any:
        window.goto((site / f"{name}.html").as_uri())
        window.evaluate(SETTLED)
        ours = (
            site.as_uri(),
            "data:",
            "error: Failed to fetch",
        )  # the search cannot read pages that are opened as files
        assert [url for url in foreign if not url.startswith(ours)] == []
        return window

    return visit


def pages(site: Path) -> list[str]:
    found = [path.relative_to(site).with_suffix("") for path in site.rglob("*.html") if "_static" not in path.parts]
    return sorted(path.as_posix() for path in found)


@pytest.fixture(scope="module")
def looked_at(site: Path, opened: Callable[..., Any], axe: str) -> dict[str, dict[str, Any]]:
    """What is wrong with each page on a desktop, in the dark and on a phone, and its width there; opened once each."""
    found: dict[str, dict[str, Any]] = {"desktop": {}, "dark": {}, "phone": {}, "width": {}}
    for name in pages(site):
        page = opened(name)
        page.evaluate(f"{axe};0")
        if name not in EACH_KIND:  # the colours of code are the same everywhere; thousands of words of it take long
            page.evaluate(UNCOLOURED)
        found["desktop"][name] = page.evaluate(RULES, [])
        dress(page, "dark")
        found["dark"][name] = page.evaluate(RULES, ["color-contrast"])  # the rest does not depend on colours
        dress(page, "light")
        page.set_viewport_size(PHONE)
        page.evaluate(EASED)
        found["phone"][name] = page.evaluate(RULES, [])
        found["width"][name] = page.evaluate("document.documentElement.scrollWidth")
        page.set_viewport_size(DESKTOP)
    return found


def dress(page: Any, theme: str) -> None:
    """Have a page light or dark, as when a reader's system changes at night."""
    page.emulate_media(color_scheme=theme)
    page.wait_for_function(f"document.documentElement.dataset.theme === '{theme}'")
    page.evaluate(EASED)


@pytest.mark.parametrize("how", ["desktop", "dark", "phone"])
def test_every_page_passes_the_rules_of_accessibility(how: str, looked_at: dict[str, dict[str, Any]]) -> None:
    assert len(looked_at[how]) > 30
    assert {name: problems[:5] for name, problems in looked_at[how].items() if problems} == {}


def test_no_page_is_wider_than_a_phone(looked_at: dict[str, dict[str, Any]]) -> None:
    assert {name: width for name, width in looked_at["width"].items() if width > PHONE["width"]} == {}


@pytest.mark.parametrize(
    ("how", "spoil", "rule"),
    [
        ("desktop", "document.querySelector('img').removeAttribute('alt')", "image-alt"),
        ("dark", "document.querySelector('article p').style.color = 'black'", "color-contrast"),
        ("phone", "document.querySelector('.primary-toggle').removeAttribute('aria-label')", "button-name"),
    ],
)
def test_what_breaks_a_rule_would_be_found(
    how: str, spoil: str, rule: str, opened: Callable[..., Any], axe: str
) -> None:
    page = opened("index")
    page.evaluate(f"{axe};0")
    page.evaluate(f"{spoil};0")
    if how == "dark":
        dress(page, "dark")
    if how == "phone":
        page.set_viewport_size(PHONE)
        page.evaluate(EASED)
    try:
        assert any(problem.startswith(rule) for problem in page.evaluate(RULES, []))
    finally:
        dress(page, "light")
        page.set_viewport_size(DESKTOP)


def test_a_guess_is_kept_and_shown_beside_the_result(opened: Callable[..., Any]) -> None:
    for _ in range(2):  # the second time it is there already
        page = opened("notebooks/02_cnn_on_mnist")
        question = page.locator(".guess[data-guess='02_cnn_on_mnist/race']")
        question.locator("input").nth(1).check()
        expected = page.locator(".expected[data-guess='02_cnn_on_mnist/race']")
        assert expected.text_content() == f"You expected: {question.locator('label').nth(1).inner_text().strip()}"
    page = opened("notebooks/02_cnn_on_mnist")
    assert question.locator("input").nth(1).is_checked()
    result = page.locator("details.hide", has=expected)
    assert not expected.is_visible()
    result.locator("summary").click()
    assert expected.is_visible()


def test_the_first_use_of_a_word_leads_to_the_glossary(opened: Callable[..., Any]) -> None:
    page = opened("notebooks/01_convolution_by_hand")
    links = page.locator("article a:has(.glossary-word)")
    words = [word.lower() for word in links.all_inner_texts()]
    assert {"convolution", "stride", "weights"} <= set(words)
    assert len(set(words)) == len(words)
    links.filter(has_text="stride").click()
    assert page.url.endswith("glossary.html#term-stride")
    page.locator("dt#term-stride").wait_for()


def test_the_search_finds_words_and_no_answers(opened: Callable[..., Any], site: Path) -> None:
    page = opened("search")
    page.goto(f"{page.url}?q=overfitting")
    page.locator("#search-results li a", has_text="Overfitting and regularisation").first.wait_for()
    index = (site / "searchindex.js").read_text("utf-8")
    assert "overfit" in index
    assert "notimplementederror" in index


def test_a_printed_notebook_holds_figures_and_findings_and_no_path_of_this_machine(
    site: Path, texts: dict[Path, str]
) -> None:
    from pypdf import PdfReader

    for name in PRINTED:
        reader = PdfReader(site / "downloads" / f"{name}.pdf")
        text = texts[Path("downloads") / f"{name}.pdf"]
        assert text.startswith(name[:2])
        assert len(reader.pages) > 8
        assert sum(len(page["/Resources"].get("/XObject", {})) for page in reader.pages) >= 3
        assert [round(float(side)) for side in reader.pages[0].mediabox[2:]] in ([595, 842], [596, 843])  # A4
        assert str(site).encode() not in (site / "downloads" / f"{name}.pdf").read_bytes()
        links = [
            note.get_object().get("/A", {}).get("/URI", "") for page in reader.pages for note in page.get("/Annots", [])
        ]
        assert [link for link in links if link.startswith("file:")] == []
        assert "Hint1:wheretobegin" in text or name == "11_project"


def test_each_page_says_where_to_tell_that_something_is_wrong(site: Path, opened: Callable[..., Any]) -> None:
    link = opened("notebooks/11_project").locator("a", has_text="Something is wrong here")
    assert link.get_attribute("href").startswith("https://example.org/course/issues/new?title=")
    assert [
        name for name in pages(site) if "/issues/new?title=" not in (site / f"{name}.html").read_text("utf-8")
    ] == []

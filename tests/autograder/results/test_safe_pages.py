"""Pages that show what a student wrote: nothing of it runs and nothing is fetched; it is readable all the same.

The last tests look at them in a real browser, which says more than any look at the HTML.
"""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

from autograder.grading import writer
from autograder.grading.job import Done, File
from autograder.grading.records import Item, Outcome, Record, Status
from autograder.grading.store import Store
from autograder.notebooks.cells import grade_id
from autograder.results import feedback as module
from autograder.results.report import report
from autograder.results.safe_html import ansi2html, clean_html, literal, markdown
from tests.notebooks.test_pages import wait_for
from tests.support.marked import Marked

RUN = "window.hacked=1;alert(1)"
AWAY = "http://evil.invalid"
PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
SVG = (
    f'<svg xmlns="http://www.w3.org/2000/svg" onload="{RUN}"><script>{RUN}</script>'
    f'<image href="{AWAY}/a.png"/><foreignObject><img src="x" onerror="{RUN}"/></foreignObject></svg>'
)
MARKUP = [
    f"<script>{RUN}</script>",
    f'<img src=x onerror="{RUN}">',
    f'<img src="{AWAY}/a.png" srcset="{AWAY}/b.png 1x">',
    f'<svg onload="{RUN}"><animate onbegin="{RUN}" attributeName=x dur=1s /></svg>',
    f'<iframe srcdoc="<script>parent.hacked=1</script>" src="{AWAY}"></iframe><object data="{AWAY}"></object>',
    f'<a href="javascript:{RUN}">a</a><a href="files/javascript:{RUN}">b</a>',
    f'<a href="/files/data:text/html,<script>{RUN}</script>">c</a><base href="{AWAY}/">',
    f"<style>@import url({AWAY}/a.css); body {{ background: url({AWAY}/b.png) }}</style>",
    f'<div style="background: url({AWAY}/c.png)">d</div><link rel=stylesheet href="{AWAY}/d.css">',
    f'<meta http-equiv=refresh content="0; url={AWAY}"><form action="{AWAY}">',
    f'<button autofocus onfocus="{RUN}">e</button>',
    f'<details open ontoggle="{RUN}"><summary>f</summary></details><video src="{AWAY}/v.mp4" onerror="{RUN}"></video>',
    f'<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror={RUN}&gt;">',
    f'<noscript><p title="</noscript><img src=x onerror={RUN}>"></noscript>',
    f'$\\href{{javascript:{RUN}}}{{x}} \\text{{<img src=x onerror="{RUN}">}} \\style{{background:url({AWAY})}}{{y}}$',
    f'![$\\text{{" onerror="{RUN}" }}$]({AWAY}/e.png) ![b](attachment:a.png "\\" onerror=\\"{RUN}")',
    f"[g](javascript:{RUN}) <javascript:{RUN}> ```{RUN}``` \n\n```mermaid\n<img src=x onerror={RUN}>\n```",
]


def hostile() -> list[NotebookNode]:
    """Cells that hold an attack for each thing of a notebook that gets into a page."""
    every = "\n\n".join(MARKUP)
    attribute = f'1 onerror={RUN} x="'
    size = {"width": attribute, "height": attribute, "unconfined": RUN, "alt": f'"{attribute}'}
    outputs = [
        new_output("display_data", {"image/png": PNG}, metadata={"image/png": size}),
        new_output("display_data", {"image/png": PNG}, metadata=size),
        new_output("display_data", {"image/jpeg": PNG}, metadata={"image/jpeg": size}),
        new_output("display_data", {"image/png": f'" {attribute}'}, metadata={}),
        new_output("display_data", {"image/png": PNG}, metadata={"filenames": {"image/png": f"{AWAY}/f.png"}}),
        new_output("display_data", {"text/html": every}, metadata={"text/html": {"isolated": True}}),
        *(new_output("display_data", {"text/html": one}) for one in MARKUP),
        *(new_output("display_data", {"text/markdown": one}) for one in MARKUP),
        new_output("display_data", {"image/svg+xml": SVG}),
        new_output("display_data", {"application/javascript": RUN, "text/plain": "h"}),
        new_output("display_data", {"application/vnd.jupyter.widget-view+json": {"model_id": "</script>" + every}}),
        new_output("display_data", {"text/vnd.mermaid": every}),
        new_output("display_data", {"application/pdf": every, "text/latex": every}),
        new_output("display_data", {"text/latex": every}),
        new_output("execute_result", {"text/plain": every}),
        new_output("stream", text=every),
        new_output("stream", name="stderr", text=every),
        new_output("error", ename=every, evalue=every, traceback=[every]),
    ]  # fmt: skip
    code = new_code_cell(every)
    code.update(outputs=outputs, metadata=NotebookNode(alt=attribute, tags=[f'"{attribute}', MARKUP[1]]))
    words = new_markdown_cell(every)
    words.attachments = {"a.png": {f'image/png"{attribute}': PNG}, every: {"image/png": PNG}}
    return [code, words, nbformat.v4.new_raw_cell(every), *(new_markdown_cell(one) for one in MARKUP)]


def submission(marked: Marked, student: str, cells: list[NotebookNode]) -> None:
    """Write what grading leaves of a submission: the graded cells and the student's own."""
    marked.mark(student, 5)
    notebook = nbformat.read(marked.course.folder("release", assignment="ps1") / "ps1.ipynb", as_version=4)
    failed = next(cell for cell in notebook.cells if grade_id(cell) == "double-test")
    failed.outputs = [cell.outputs[-1] for cell in cells if cell.get("outputs")][:1]
    notebook.cells += cells
    every = "".join(MARKUP)
    notebook.metadata.widgets = {"application/vnd.jupyter.widget-state+json": {"state": "</script>" + every}}
    notebook.metadata.update(title=every, autograder={"notes": [f"Your file was called “{every}”."]})
    path = marked.course.folder("autograded", student=student, assignment="ps1") / "ps1.ipynb"
    path.write_text(json.dumps(notebook))


def made(marked: Marked, student: str) -> Path:
    """Make the feedback page of a student."""
    [page] = module.feedback(marked.course, "ps1", [student])
    assert not page.problem
    return page.path


def test_of_metadata_only_numbers_and_descriptions_reach_a_page(marked: Marked) -> None:
    figure = new_output("display_data", {"image/png": PNG}, metadata={"image/png": {"width": 40, "alt": 'a "line"'}})
    submission(marked, "ada", [new_code_cell("", outputs=[figure]), *hostile()])
    tree = BeautifulSoup(made(marked, "ada").read_text(), "html.parser")
    assert tree.find("img", alt='a "line"')["width"] == "40"
    assert {name for img in tree.find_all("img") for name in img.attrs} <= {"src", "alt", "title", "width"}
    assert all(img["src"].startswith("data:image/") for img in tree.find_all("img") if "src" in img.attrs)
    assert not tree.find_all(["script", "iframe", "object", "link", "form", "base"])
    assert [a["href"] for a in tree.find_all("a", href=True) if not a["href"].startswith("#")] == []
    assert not [tag for tag in tree.find_all(True) if any(name.startswith("on") for name in tag.attrs)]


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("- [ ] later\n- [x] done", ["☐ later", "☑ done"]),
        ("$\\frac{a}{b}$", ["<mfrac>"]),
        ("$$x^2$$", ['<math display="block">']),
        ("\\begin{align} a &= b \\\\ c &= d \\end{align}", ["<mtable"]),
        ("$\\nonsense{$", ["<code>$\\nonsense{$</code>"]),
        ("$\\def\\a{xxxx}\\a$", ["<code>$\\def"]),  # of which a few make billions of letters
        ("$" + "x" * 3000 + "$", ["<code>"]),
        ("costs \\$5 and `$a$`", ["costs $5", "<code>$a$</code>"]),
        ("![the area $x$](attachment:gone.png)", ['alt="the area $x$"']),
    ],
)
def test_tasks_and_formulas_are_shown_without_a_script(written: str, shown: list[str]) -> None:
    html = markdown(written)
    assert [part for part in shown if part not in html] == []
    assert "<input" not in html


@pytest.mark.parametrize("markup", MARKUP)
def test_a_formula_never_ends_an_attribute(markup: str) -> None:
    for html in (markdown(markup), clean_html(markup), markdown(literal(markup))):
        tree = BeautifulSoup(html, "html.parser")
        names = {name for tag in tree.find_all(True) for name in tag.attrs}
        assert names <= {"src", "alt", "title", "href", "class", "open", "display", "displaystyle"}, html


def test_what_the_checks_said_is_shown_as_it_is() -> None:
    said = "expected *3* | got `4`\n<b>$x$</b> ![a](b) \\ é"
    assert BeautifulSoup(markdown(literal(said)), "html.parser").text.strip() == said.replace("\n", "")


@pytest.mark.parametrize(
    "text",
    [
        "".join(f"<b id={number}>" for number in range(300)) + "<p>" * 1000,
        "<p>" + "".join(f"<b title={number}>" for number in range(100)) + "<p>x" * 1000,
        *(
            "".join(
                f"<p><b title={number}><{wall}></b></{wall.split('<')[0].strip('>')}></p><p>x" for number in range(700)
            )
            for wall in (
                "table><tr><td",
                "td",
                "table",
                "object",
                "button",
                "math><mi",
                "svg><desc",
                "marquee",
                "template",
            )
        ),
        "<p><b><i><u><s><em><a>" + "<p>x" * 7900,
        "<div>" * 10_000,
        "<a " + "".join(f"a{number}='' " for number in range(8000)) + ">",
        "<table>" + "<b>x" * 12_000,
        "".join(f"<i><u title={number}>" for number in range(500)) + "<li>" * 10_000,
        "x<br>" * 400_000,
        "\\begin{a}" * 100_000,
        "[" * 1_000_000,
        "$x$ " * 200_000,
        "> " * 200_000,
        "- " * 200_000,
        "\x1b[31ma" * 200_000,
    ],
)
def test_a_page_takes_no_more_work_than_its_text_is_worth(text: str) -> None:
    for show in (markdown, ansi2html, clean_html):
        started = time.process_time()
        shown = show(text)
        assert time.process_time() - started < 4, show
        assert len(shown) < 2_000_000, show


def test_files_beside_a_notebook_that_a_browser_would_run_are_kept_as_text(marked: Marked) -> None:
    names = ["ps1.ipynb", "data.csv", "plot.png", "evil.html", "sub/Evil.SVG", "evil.js"]
    record = Record(
        assignment="ps1", student="ada", outcome=Outcome.GRADED, submission="1", version="1", sandboxed=True
    )
    writer._put_files(Store(marked.course, "ps1"), Done(record, files={name: File(b"<script>") for name in names}))
    folder = marked.course.folder("autograded", student="ada", assignment="ps1")
    there = sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
    assert there == sorted(["ps1.ipynb", "data.csv", "plot.png", "evil.html.txt", "sub/Evil.SVG.txt", "evil.js.txt"])


def test_what_is_cut_is_said(marked: Marked) -> None:
    loud = [new_output("stream", text="x" * 400_000) for _ in range(30)]
    many = [new_output("stream", text=f"line {number}") for number in range(1000)]
    page = new_output("display_data", {"text/html": "<p>y</p>" * 1_000_000})
    submission(marked, "ada", [new_code_cell("z = '" + "z" * 5_000_000 + "'", outputs=[page, *loud, *many])])
    text = made(marked, "ada").read_text()
    assert len(text) < 2_000_000
    assert "cut here: 5,000,006 characters in all" in BeautifulSoup(text, "html.parser").text
    assert "not shown" in text


def test_a_page_that_takes_too_much_is_the_trouble_of_one_student(marked: Marked, monkeypatch) -> None:
    for student in ("ada", "bob"):
        submission(marked, student, [new_markdown_cell("words")])
    path = marked.course.folder("autograded", student="ada", assignment="ps1") / "ps1.ipynb"
    path.write_text(path.read_text().replace("words", "x" * 5_000_000))
    monkeypatch.setattr(module, "SECONDS", 0.01)  # which is little for anything
    [ada] = module.feedback(marked.course, "ps1", ["ada"])
    monkeypatch.undo()
    [bob] = module.feedback(marked.course, "ps1", ["bob"])
    assert "given up" in ada.problem
    assert "too large or too intricate" in ada.path.read_text()
    assert not bob.problem
    assert "words" in bob.path.read_text()


@pytest.fixture
def formgrader(marked: Marked, tmp_path: Path) -> Iterator[str]:
    """nbgrader's formgrader for the course, and nothing else of Jupyter's; its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = [
        f"--ServerApp.root_dir={marked.course.root}", "--no-browser", "--ip=127.0.0.1", f"--port={port}",
        "--ServerApp.port_retries=0", "--IdentityProvider.token=", "--ServerApp.allow_root=True",
        "--ServerApp.jpserver_extensions={'nbgrader.server_extensions.formgrader': True}",
    ]  # fmt: skip
    log = tmp_path / "server.log"
    with log.open("w") as file:
        server = subprocess.Popen(
            [sys.executable, "-m", "jupyter_server", *options],
            cwd=marked.course.root, env={**os.environ, "JUPYTER_CONFIG_DIR": str(tmp_path)}, stdout=file, stderr=file,
        )  # fmt: skip
    try:
        wait_for(f"http://127.0.0.1:{port}/api/status", server, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.send_signal(signal.SIGKILL)
        server.wait(20)


class Watched:
    """A page of a browser, and all that it did."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.asked: list[str] = []
        self.said: list[str] = []
        page.on("request", lambda request: self.asked.append(f"{request.method} {request.url}"))
        page.on("console", lambda message: self.said.append(message.text))
        page.on("pageerror", lambda error: self.said.append(str(error)))
        page.on("dialog", lambda dialog: (self.said.append(f"dialog {dialog.message}"), dialog.dismiss()))

    def open(self, address: str) -> None:
        """Open a page, wait, press what can be pressed."""
        self.page.goto(address)
        for link in self.page.locator("a, button").filter(has_text=re.compile("^[abceg]$")).all():  # the student's
            link.dispatch_event("click")
        self.page.wait_for_timeout(1000)

    def attacks(self) -> list[str]:
        """What ran, was fetched from elsewhere, or was stopped only by the browser."""
        local = re.compile(r"GET (file://|data:image/|http://127\.0\.0\.1:\d+/(formgrader|static)/)")
        found = [one for one in self.asked if not local.match(one)]
        found += [one for one in self.said if "favicon" not in one]
        return found + ["it ran"] * bool(self.page.evaluate("'hacked' in window"))


@pytest.mark.slow
def test_nothing_of_a_student_runs_in_a_feedback_page(marked: Marked, page: Any) -> None:
    submission(marked, "ada", hostile())
    watched = Watched(page)
    watched.open(made(marked, "ada").as_uri())
    assert watched.attacks() == []
    assert len(watched.asked) < 200
    assert page.locator("text=window.hacked").count() > 20  # it is shown


@pytest.mark.slow
def test_nothing_of_a_student_runs_in_the_formgrader(marked: Marked, formgrader: str, page: Any) -> None:
    from nbgrader.api import Gradebook

    submission(marked, "ada", hostile())
    name = f'"><img src=x onerror="{RUN}"><script>{RUN}</script>'
    with Gradebook(marked.course.directory.db_url) as gradebook:
        gradebook.update_or_create_student("ada", first_name=name, last_name=name, email=name)
        [number] = [found.id for found in gradebook.notebook_submissions("ps1", "ps1")]
    watched = Watched(page)
    watched.open(f"{formgrader}/formgrader/submissions/{number}/")
    assert watched.attacks() == []
    page.locator(".name-hidden.glyphicon").click()  # nbgrader's own scripts run
    assert name in page.locator(".breadcrumb a.name-shown").inner_text()
    page.locator("#why-comment").fill("good")
    page.locator("#why").fill("1")
    page.locator("#why").blur()
    page.wait_for_timeout(500)
    with Gradebook(marked.course.directory.db_url) as gradebook:
        assert gradebook.find_grade("why", "ps1", "ps1", "ada").manual_score == 1
    if folder := os.environ.get("PAGES_SCREENSHOTS"):
        for width, scheme in ((1300, "light"), (390, "dark")):
            page.set_viewport_size({"width": width, "height": 1500})
            page.emulate_media(color_scheme=scheme)
            page.evaluate("window.scrollTo(0, 0)")
            page.screenshot(path=Path(folder) / f"formgrader-{width}-{scheme}.png")
    for rest in ("gradebook/ps1/ps1", "manage_students", "manage_students/ada", "manage_submissions/ps1"):
        watched = Watched(page)
        watched.open(f"{formgrader}/formgrader/{rest}")
        assert watched.attacks() == [], rest


@pytest.mark.slow
def test_nothing_of_a_student_runs_in_the_report_or_an_apology(marked: Marked, page: Any, tmp_path: Path) -> None:
    every = "".join(MARKUP)
    for student in ("ada", "bob"):
        marked.mark(student, 5)
        item = Item(grade_id="double-test", status=Status.FAILED, score=0, max_score=8, message=every)
        record = Store(marked.course, "ps1").load(student)
        Store(marked.course, "ps1").save(
            record.model_copy(update={"items": [item], "flags": [every], "notes": [every]})
        )
    marked.hand_in("eve")
    marked.record("eve", Outcome.UNREADABLE, every)
    report(marked.course, "ps1", tmp_path / "report.html")
    for path in (tmp_path / "report.html", made(marked, "eve")):
        watched = Watched(page)
        watched.open(path.as_uri())
        assert watched.attacks() == []
        assert page.locator("text=window.hacked").count()


READABLE = """async () => {
    const {violations} = await axe.run(document, {resultTypes: ["violations"], preload: false});
    return violations.flatMap(rule => rule.nodes.map(node => `${rule.id}: ${node.html.slice(0, 200)}`));
}"""
LONG = "gradient([[1.0, 2.0]]) is wrong at [0, 1]: " + ",".join(f"{number}.25" for number in range(40))


@pytest.mark.slow
@pytest.mark.parametrize(("width", "dark"), [(1300, False), (390, False), (390, True)])
def test_a_feedback_page_fits_a_phone_and_the_dark(marked: Marked, browser: Any, width: int, dark: bool) -> None:
    import axe_playwright_python

    written = (
        "- [ ] later\n- [x] done\n\n$$\\sum_{i=1}^{n} \\frac{x_i}{n}$$\n\n|a|b|\n|-|-|\n|$\\sqrt{x}$|" + "y" * 90 + "|"
    )
    code = "def double(x):\n    return 2 * x in [None, 'a', 2.5]  # " + "a long comment " * 20
    error = new_output("error", ename="CheckFailed", evalue=LONG, traceback=["Traceback", "\x1b[01;38;5;28mgreen"])
    shown = new_output("display_data", {"image/png": PNG}, metadata={"image/png": {"width": 2000, "alt": "a dot"}})
    printed = new_output("stream", text="0.123 " * 60 + "\n\x1b[31mred\x1b[0m \x1b[38;5;28;01mbold\x1b[39m\n")
    cells = [new_code_cell(code, outputs=[shown, printed, error]), new_markdown_cell(written)]
    submission(marked, "ada", cells)
    window = {"width": width, "height": 1200}
    context = browser.new_context(viewport=window, color_scheme="dark" if dark else "light", bypass_csp=True)
    opened = context.new_page()
    opened.goto(made(marked, "ada").as_uri())
    if folder := os.environ.get("PAGES_SCREENSHOTS"):
        opened.screenshot(path=Path(folder) / f"feedback-{width}-{'dark' if dark else 'light'}.png", full_page=True)
    assert opened.evaluate("document.documentElement.scrollWidth") <= width
    result = opened.locator("table").first
    assert result.evaluate("table => table.scrollWidth") <= result.evaluate("table => table.clientWidth")
    row = result.get_by_role("row").filter(has_text="double")
    exercise, points, said = (cell.bounding_box() for cell in row.get_by_role("cell").all())
    assert LONG in row.inner_text()
    assert max(box["x"] + box["width"] for box in (exercise, points, said)) <= width - 16
    assert (said["y"] >= points["y"] + points["height"]) == (width == 390), "below them, where there is no room beside"
    assert exercise["y"] == pytest.approx(points["y"], abs=2)
    scrolled = "[...document.querySelectorAll('pre')].filter(pre => pre.scrollWidth > pre.clientWidth).length"
    assert opened.evaluate(scrolled) == 0
    paper = opened.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (paper == "rgb(255, 255, 255)") != dark
    assert opened.evaluate("document.querySelector('mfrac').getBoundingClientRect().height") > 20
    opened.evaluate((Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text("utf-8") + ";0")
    problems = opened.evaluate(READABLE)
    wide = "scrollable-region-focusable: <table"  # the student's own, which browsers let the keyboard scroll
    assert [problem for problem in problems if not problem.startswith(wide)] == []
    opened.emulate_media(media="print")
    assert result.get_by_role("columnheader").first.is_visible(), "on paper it is a table"
    assert said["width"] > 100
    context.close()

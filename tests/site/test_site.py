"""The built site: nothing withheld is in it, every link holds, nothing is fetched, and readers can use it."""

from __future__ import annotations

import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from PIL import Image

from tests.site.withheld import readable, secrets, squeezed

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "site"))

from course_site import links  # noqa: E402
from course_site.build import build  # noqa: E402

pytestmark = pytest.mark.slow
NAMES = sorted(path.parent.name for path in (ROOT / "solutions").glob("*/*.ipynb"))
PRINTED = ["11_project", "08_conv1d_for_text"]


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
def test_what_is_withheld_would_be_found(form: str, tmp_path: Path, page: object) -> None:
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
            page.goto(target.with_suffix(".html").as_uri())  # type: ignore[attr-defined]
            page.pdf(path=target)  # type: ignore[attr-defined]
    assert line in readable(target)


def test_every_link_holds_and_nothing_is_fetched_from_elsewhere(site: Path) -> None:
    missing = [f"{name}.pdf" for name in NAMES if name not in PRINTED]
    assert [line for line in links.problems(site) if not any(name in line for name in missing)] == []


def test_students_download_what_they_would_be_handed(site: Path) -> None:
    for name in NAMES:
        released = nbformat.read(ROOT / "notebooks" / name / f"{name}.ipynb", as_version=4)
        assert nbformat.read(site / "downloads" / f"{name}.ipynb", as_version=4) == released

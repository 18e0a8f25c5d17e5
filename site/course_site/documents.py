"""Pages that are not notebooks, and the parts that notebooks' pages get: made of documents, cards and templates."""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from course_site.cards import ROOT, Card
from course_site.glossary import terms
from course_site.shown import Notebook, write

if TYPE_CHECKING:
    from nbformat import NotebookNode

HERE = Path(__file__).parents[1]
DOCUMENTS = ("docs/**/*.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md", "course_utils/vgg/MODEL_CARD.md")
BELOW = {
    "docs/instructors.md": ["../plan", "data"],
    "docs/developers.md": ["decisions/README", "../CONTRIBUTING", "../CHANGELOG", "../SECURITY"],
    "docs/decisions/README.md": ["0*"],
    "docs/data.md": ["../course_utils/vgg/MODEL_CARD"],
}
"""Documents that stand below another one in the site's navigation."""
WIDEST = 2  # widths in heights of a thumbnail
LINK = re.compile(r"(?P<image>!?)\[(?P<text>[^\]]*)\]\((?P<target>[^)\s:]+)\)")
NOTEBOOK = re.compile(r"notebooks/(\w+)/\1\.ipynb$")
FENCE = re.compile(r"(```.*?```|`[^`\n]+`)", re.DOTALL)
COMMANDS = re.compile(r"(?ms)^(macOS and Linux|Windows[^\n]*)\n\n```\w*\n(.*?)```")
PLAN = re.compile(r"(?ms)^## Plan a term\n(.*?)(?=^## )")
THUMBNAILS = {
    "00_start_here": "land that the network found",
    "01_convolution_by_hand": "Chinese tower",
    "02_cnn_on_mnist": "Top row: six handwritten digits",
    "03_cnn_on_cifar10": "Twenty-four small colour pictures",
    "04_overfitting": "same loss contours twice",
    "05_data_augmentation": "same animal sixteen times",
    "06_transfer_learning": "Five rows of patches",
    "07_text_vectorisation": "words of a question, twice",
    "08_conv1d_for_text": "words of one validation question",
    "09_rnn_lstm_gru": "Three boxes, each with the true path",
    "10_beyond_classification": "Six scenes in three rows",
    "11_project": "Twelve grey photos",
}
"""The figure on a notebook's card, by words of its description; the first figure where nothing is said."""


def environment() -> Environment:
    """Templates of the pages; what is put into them is escaped."""
    loader = FileSystemLoader(HERE / "pages")
    found = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    found.filters["marked"] = marked
    return found


def marked(text: str) -> Markup:
    """Escape a line of text, but for its code and emphasis."""
    html = re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text)))
    return Markup(re.sub(r"\*([^*]+)\*", r"<em>\1</em>", html))  # noqa: S704  (what comes from outside is escaped)


def with_card(page: NotebookNode, card: Card, known: list[Card]) -> None:
    """Put a notebook's card below its title.

    Args:
        page: the notebook; changed in place.
        card: its card.
        known: those of this and of earlier notebooks, for the links to what it builds on.
    """
    from nbformat.v4 import new_markdown_cell

    first = page.cells[0]
    title, _, rest = first.source.partition("\n")
    first.source = rest.strip()
    before = [other for other in known if other.number in card.builds_on]
    html = environment().get_template("card.html.j2").render(card=card, before=before)
    page.cells.insert(0, new_markdown_cell(f"{title}\n\n{html}", id="card"))


def thumbnail(notebook: Notebook, target: Path) -> None:
    """Make a small picture of one of the notebook's figures; of a wide one, of its left part."""
    from io import BytesIO

    from PIL import Image

    words = THUMBNAILS.get(notebook.name, "")
    path = next((path for path, alt in notebook.figures if words in alt), notebook.figures[0][0])
    with Image.open(path) as stored:
        picture = stored.convert("RGB")
    picture = picture.crop((0, 0, min(picture.width, WIDEST * picture.height), picture.height))
    picture.thumbnail((720, 540))
    buffer = BytesIO()
    picture.save(buffer, "PNG", optimize=True)
    write(target, buffer.getvalue())


def pages(folder: Path, cards: list[Card], repository: str) -> None:
    """Write all pages that are not notebooks, and copy the pictures that they show."""
    plan = ""
    for path in documents():
        name = path.relative_to(ROOT).as_posix()
        text = path.read_text(encoding="utf-8")
        if name == "docs/instructors.md":
            plan = PLAN.search(text)[1] if PLAN.search(text) else ""  # type: ignore[index]
            text = PLAN.sub("## Plan a term\n\nWeek by week: [Plan a term](../plan.md).\n\n", text)
        write(folder / name, _document(text, name, repository) + _below(name))
    for path in (ROOT / "docs").rglob("*.png"):
        write(folder / path.relative_to(ROOT), path.read_bytes())
    templates = environment()
    titles = {card.number: (f"{card.number} {card.title}", card.name) for card in cards}
    setup, commands = _setup([card.name for card in cards], repository)
    plan = _document(_with_links(plan, cards), "plan.md", repository)
    for template in (name for name in templates.list_templates() if name.endswith(".md.j2")):
        text = templates.get_template(template).render(
            cards=cards,
            commands=commands,
            setup=setup,
            repository=repository,
            plan=plan,
            terms=terms(),
            titles=titles,
        )
        write(folder / template.removesuffix(".j2"), text)


def _setup(names: list[str], repository: str = "") -> tuple[str, list[tuple[str, str]]]:
    """Return how to set up, in the words of what students get, and the commands for each system."""
    from autograder.authoring.handout import readme

    text = readme(names, repository if published(repository) else "").partition("\n")[2]
    text = text.replace("[GUIDE.md](GUIDE.md)", "[For students](docs/students.md)")
    commands = COMMANDS.findall(text)
    if len(commands) < 2:
        raise ValueError("a handout's README: the commands for each system are not where the site looks for them")
    return text, commands


def published(repository: str) -> str:
    """Return where GitHub Pages shows the site of a repository; nothing for other hosts."""
    found = re.fullmatch(r"https://github\.com/([^/]+)/([^/]+)", repository)
    return f"https://{found[1].lower()}.github.io/{found[2]}/" if found else ""


def documents() -> list[Path]:
    """Return the course's documents that have a page of their own."""
    return sorted(path for pattern in DOCUMENTS for path in ROOT.glob(pattern))


def _below(name: str) -> str:
    if name not in BELOW:
        return ""
    return "\n\n```{toctree}\n:hidden:\n:glob:\n\n" + "\n".join(BELOW[name]) + "\n```\n"


def _document(text: str, name: str, repository: str) -> str:
    """Rewrite links so that they hold on the site as they do in the repository."""
    parts = FENCE.split(text)
    parts[::2] = [LINK.sub(lambda found: _link(found, name, repository), part) for part in parts[::2]]
    return "".join(parts)


def _link(found: re.Match[str], name: str, repository: str) -> str:
    target, _, anchor = found["target"].partition("#")
    if not target:
        return found[0]
    path = posixpath.normpath(posixpath.join(posixpath.dirname(name), target))
    if notebook := NOTEBOOK.search(path):
        return f"[{found['text']}](/notebooks/{notebook[1]}.ipynb)"
    if (ROOT / path).is_dir() and (ROOT / path / "README.md").is_file():
        path += "/README.md"
    if found["image"] or path == "plan.md" or ROOT / path in documents():
        return f"{found['image']}[{found['text']}](/{path}{'#' + anchor if anchor else ''})"
    return f"[{found['text']}]({repository}/blob/HEAD/{path})" if repository else found["text"]


def _with_links(plan: str, cards: list[Card]) -> str:
    """Link the notebooks that a plan names."""
    for card in cards:
        title = re.escape(f"{card.number} {card.title}").replace(r"\ with\ VGG16", "(?: with VGG16)?")
        plan = re.sub(title, lambda found, card=card: f"[{found[0]}](/notebooks/{card.name}.ipynb)", plan)  # type: ignore[misc]
    return plan

"""What the site says about a notebook, taken from the notebook's own opening and from the documents."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from course_site.shown import Notebook

ROOT = Path(__file__).parents[2]
LOADER = re.compile(r"\bdata\.(\w+)\(")
NUMBERS = re.compile(r"\b(\d\d)(?: to (\d\d))?\b")
QUESTION = re.compile(r"(?P<before>(?<=[.?\n])[^.?*|>\n]+(?:\n[^.?*|>\n]+)*\.)?\s*\*\*(?P<asked>[^*]*\?)\*\*")
FIRST = re.compile(r"(?s)^# .*?\n\n([^>|]+?[.:]\"?)(?=\s)")
SHORT = 11
"""Words; a question of fewer does not say what it is about."""
PLAN = re.compile(r"[Pp]lan\s+([^.,;:]*?)(?:\s+to\s+work\s+through\s+it)?\s*[.,;:]")


@dataclass(frozen=True)
class Data:
    """A data set of a notebook: its loader, the real set, what stands for it in `quick`, and its licence."""

    loader: str
    real: str
    embedded: str
    licence: str


@dataclass(frozen=True)
class Card:
    """What stands on a notebook's card.

    Attributes:
        name: of the assignment.
        number: its first two digits.
        title: without the number.
        question: with which it opens; a short one with the sentence before it, which says what it is about.
        topic: what it is about, in a line.
        goals: what one can do after it.
        plan: how long it takes to work through.
        builds_on: numbers of the notebooks that it needs.
        points: what its exercises are worth.
        data: the sets it loads.
    """

    name: str
    title: str
    question: str
    topic: str
    goals: list[str]
    plan: str
    builds_on: list[str]
    points: int
    data: list[Data] = field(default_factory=list)

    @property
    def number(self) -> str:
        """The number by which other notebooks call it."""
        return self.name[:2]


def card(notebook: Notebook) -> Card:
    """Read a notebook's card from its opening.

    Raises:
        ValueError: when the opening lacks one of its parts.
    """
    opening = notebook.student.cells[0].source
    parts = {
        "title": re.search(r"(?m)^# \d\d (.+)$", opening),
        "question": QUESTION.search(opening) or re.search(r"(?P<before>)(?P<asked>[^.*]*\?)", opening),
        "plan": PLAN.search(_paragraph(opening, "Time")),
    }
    if notebook.name not in topics():
        raise ValueError(f"README.md: its table of notebooks has no row for {notebook.name}")
    if missing := [part for part, found in parts.items() if found is None]:
        raise ValueError(f"{notebook.name}: no {', no '.join(missing)} in its first cell; docs/authors.md says what")
    found = {part: " ".join(match[match.lastindex or 0].split()) for part, match in parts.items() if match}
    before = parts["question"]["before"] if parts["question"] else None
    if before is None and (first := FIRST.search(opening)):
        before = first[1]
    asked = found["question"][0].upper() + found["question"][1:]
    goals = re.findall(r"(?ms)^\d\. (.*?)(?=^\d\. |^\s*$|\Z)", opening)
    return Card(
        name=notebook.name,
        title=found["title"],
        question=" ".join(f"{before} {asked}".split()) if before and len(asked.split()) < SHORT else asked,
        topic=topics()[notebook.name],
        goals=[" ".join(goal.split()).rstrip(",.") for goal in goals],
        plan=found["plan"],
        builds_on=list(_numbers(_paragraph(opening, "Builds on"))),
        points=notebook.points,
        data=_data(notebook),
    )


def _paragraph(opening: str, title: str) -> str:
    found = re.search(rf"(?ms)^\*\*{title}\*\*(.*?)(?:^\s*$|\Z)", opening)
    return found[1] if found else ""


def _numbers(text: str) -> dict[str, None]:
    """Return the notebooks that a text names; a dictionary, since it keeps their order."""
    found: dict[str, None] = {}
    for first, last in NUMBERS.findall(text):
        found.update(dict.fromkeys(f"{number:02}" for number in range(int(first), int(last or first) + 1)))
    return found


def tables(path: Path) -> list[list[str]]:
    """Return the rows of all tables of a Markdown file, as lists of cells."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| ")]


def topics() -> dict[str, str]:
    """Read what each notebook is about, by its name, in the README's table."""
    link = re.compile(r"\[.*\]\(notebooks/(\w+)/")
    found = ((link.match(row[1]), row[2]) for row in tables(ROOT / "README.md") if len(row) == 3)
    return {match[1]: topic for match, topic in found if match}


def _data(notebook: Notebook) -> list[Data]:
    """Find the loaders that a notebook calls, with what docs/data.md says of them."""
    code = "\n".join(cell.source for cell in notebook.student.cells if cell.cell_type == "code")
    rows = tables(ROOT / "docs" / "data.md")
    loaders = {row[0].strip("`"): row for row in rows if len(row) == 4}
    licences = {_plain(row[0]): row[2] for row in rows if len(row) == 3}
    found = []
    for name in dict.fromkeys(LOADER.findall(code)):
        for loader in (known for known in loaders if known == name or known.startswith(f"{name}(")):
            licence = next((text for file, text in licences.items() if file.startswith(_plain(name))), "")
            _, real, embedded, _ = loaders[loader]
            found.append(Data(loader, real.removeprefix("none; ").removeprefix("none"), embedded, licence))
    return found


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())

"""nbgrader's marks on cells, in their text and in their metadata: each known, paired, and where it belongs.

nbgrader passes over what it does not know: a hidden test whose marker is misspelt would be released to students, an
answer whose key is misspelt would stay in.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder.errors import AssignmentError

if TYPE_CHECKING:
    from nbformat import NotebookNode

REGIONS = {"SOLUTION": "solution", "HIDDEN TESTS": "grade", "MARK SCHEME": "task"}
"""What may be marked by BEGIN and END, and the key of the cells where nbgrader looks for it."""
KNOWN = [f"{edge} {region}" for region in REGIONS for edge in ("BEGIN", "END")]
KEYS: dict[str, Any] = {
    "grade_id": str,
    "points": (int, float),
    **dict.fromkeys(("grade", "solution", "locked", "task"), bool),
    **{"schema_version": int, "cell_type": str, "checksum": str},
}
MARKER = re.compile(r"^\s*#{2,}\s*(?P<text>\w.*?)\s*#*$")
NAME = re.compile(r"[\w.-]{1,128}")  # as it stands in links, and fits into the gradebook
HEADER = re.compile(r"^# %%.*?\bnbgrader\s*=\s*(?P<value>.*)$")


def check(path: Path, cells: list[NotebookNode]) -> None:
    """Refuse an assignment in which a mark is misspelt, alone, or where nbgrader does not look for it.

    Args:
        path: the source, for messages; where it is a .py its lines are named.
        cells: its cells, with what the author wrote of nbgrader's metadata.

    Raises:
        AssignmentError: names each mark, its line, and what is wrong.
    """
    lines = path.read_text(encoding="utf-8").splitlines() if path.suffix == ".py" else []
    problems = [*_headers(lines)]
    for cell in cells:
        marks = cell.metadata.get("nbgrader")
        where = f"the cell “{_called(cell)}”"
        problems += [f"{where}: {said}" for said in _keys(marks)] if "nbgrader" in cell.metadata else []
        problems += [f"{where}: {said}" for said in _misplaced(cell.cell_type, _marks(cell))]
        for text, said in _markers(cell, _marks(cell)):
            numbers = [n for n, line in enumerate(lines, 1) if line.strip().removeprefix("# ").strip() == text.strip()]
            at = f"line {numbers[0]}" if len(numbers) == 1 else where
            problems.append(f"{at}: {said}")
    names = Counter(str(marks.get("grade_id")) for marks in map(_marks, cells) if marks.get("grade_id"))
    problems += [
        f"{'two' if number == 2 else number} cells have the grade_id {name!r}. Rename all but one."
        for name, number in names.items()
        if number > 1
    ]
    if problems:
        raise AssignmentError("\n".join(f"{path}: {problem}" for problem in problems))


def _called(cell: NotebookNode) -> str:
    return str(_marks(cell).get("grade_id") or cell.source.strip().partition("\n")[0][:40])


def _marks(cell: NotebookNode) -> Mapping[str, Any]:
    marks = cell.metadata.get("nbgrader")
    return marks if isinstance(marks, Mapping) else {}


def _headers(lines: list[str]) -> Iterator[str]:
    """Look at the metadata in the lines that open cells: jupytext takes what it cannot read for a title."""
    for number, line in enumerate(lines, 1):
        if found := HEADER.match(line):
            try:
                json.JSONDecoder().raw_decode(found["value"])
            except json.JSONDecodeError as error:
                yield f"line {number}: the metadata for nbgrader are no JSON ({error.msg}): {found['value'][:60]}"
        elif line.startswith("# %%") and re.search(r'"(grade_id|solution|points)"', line):
            yield f"line {number}: metadata for nbgrader without nbgrader= before them: {line[:60]}"


def _keys(marks: Any) -> Iterator[str]:
    if not isinstance(marks, Mapping):
        yield f"its metadata for nbgrader are {marks!r} instead of keys and values."
        return
    for key, value in marks.items():
        if key not in KEYS:
            yield f"nbgrader does not know the key {key!r}.{_meant(key, list(KEYS))}"
        elif not isinstance(value, KEYS[key]) or (
            key == "points" and (isinstance(value, bool) or not 0 <= value < inf)
        ):
            yield f"{key} is {value!r}; {_wanted(key)}."
    name = marks.get("grade_id")
    if isinstance(name, str) and not NAME.fullmatch(name):
        yield f"grade_id is {name!r}; letters, digits, - and _ make a name."
    if not name and any(marks.get(key) for key in ("grade", "solution", "locked", "task", "points")):
        yield "it has nbgrader metadata without a grade_id. Name it."
    if "points" not in marks and (marks.get("grade") or str(name).endswith("-test")):
        yield 'it is a test without points. Add "points": … to its line.'


def _misplaced(kind: str, marks: Mapping[str, Any]) -> Iterator[str]:
    graded = "points" in marks or marks.get("grade")
    if kind == "raw" and (graded or any(marks.get(key) for key in ("solution", "locked", "task"))):
        yield "nbgrader takes no raw cells. Make it code or Markdown."
    elif kind == "markdown" and graded and not (marks.get("solution") or marks.get("task")):
        yield 'it is a text with points that nobody answers. Add "solution": true to its line.'
    if marks.get("task") and "points" not in marks:
        yield 'it is a task without points. Add "points": … to its line.'


def _wanted(key: str) -> str:
    kind = KEYS[key]
    return {bool: "it is true or false", str: "it is a text", int: "it is a whole number"}.get(
        kind if isinstance(kind, type) else object, "it is a number, 0 or more"
    )


def _markers(cell: NotebookNode, marks: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield lines of a cell with a mark that is wrong, and what is wrong with it."""
    opened: tuple[str, str] | None = None  # the region, and its line
    for line in cell.source.splitlines():
        found = next((known for known in KNOWN if known in line), None)
        if found is None:
            if said := _misspelt(line):
                yield line, said
            continue
        edge, _, region = found.partition(" ")
        key = REGIONS[region]
        if not (marks.get(key) or (key == "grade" and "points" in marks)):
            yield line, f"{found} in a cell that is no {key} cell: nbgrader does not look there."
        if edge == "BEGIN" and opened:
            yield line, f"{found} within BEGIN {opened[0]}: end that first."
        elif edge == "END" and (opened is None or opened[0] != region):
            yield line, f"{found} without a BEGIN {region} before it."
        opened = (region, line) if edge == "BEGIN" else None
    if opened:
        yield opened[1], f"BEGIN {opened[0]} without an END {opened[0]} after it."


def _misspelt(line: str) -> str | None:
    found = MARKER.match(line)
    if not found:
        return None
    text = found["text"]
    close = get_close_matches(text.upper(), KNOWN, n=1, cutoff=0.75)
    if close or text.split()[0] in ("BEGIN", "END"):
        return f"nbgrader does not know the marker {text!r}.{_meant(text.upper(), KNOWN)}"
    return None


def _meant(word: str, known: list[str]) -> str:
    close = get_close_matches(word, known, n=1, cutoff=0.6)
    return f" Is it {close[0]!r}?" if close else f" Known are: {', '.join(known)}."

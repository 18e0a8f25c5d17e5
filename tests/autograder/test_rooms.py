"""The rooms of `autograder`: the drawing in docs/developers.md is the code's, and every import points down."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OLD = {"execute", "pages", "pages.safe", "safe_html"}
"""Names of before, which go with the next release; nothing of ours imports them."""
FLOOR = re.compile(r"(?m)^(?P<floor>\d)  (?P<name>\w+)(?P<room>/?) +(?P<text>.*)$")
Arrow = tuple[str, str]  # from a module to one that it imports, without "autograder."


def modules(package: str = "autograder") -> dict[str, Path]:
    paths = {".".join(path.relative_to(ROOT).with_suffix("").parts): path for path in (ROOT / package).rglob("*.py")}
    return {name.removesuffix(".__init__").removeprefix(f"{package}."): path for name, path in paths.items()}


def imported(path: Path) -> Iterator[str]:
    """Whatever a file imports, at its top, in a function, or for types only."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            yield from (f"{'.' * node.level}{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def arrows() -> set[Arrow]:
    ours = modules()
    found = set()
    for name, path in ours.items():
        for target in imported(path):
            assert not target.startswith("."), f"{name}: relative imports are not looked at here"
            if target.startswith("autograder."):
                there = target.removeprefix("autograder.")
                found.add((name, there if there in ours else there.rpartition(".")[0]))
    return {(start, end) for start, end in found if start != end}


def room(module: str) -> str:
    return module.partition(".")[0]


def drawing() -> dict[str, int]:
    text = (ROOT / "docs" / "developers.md").read_text(encoding="utf-8")
    return {found["name"]: int(found["floor"]) for found in FLOOR.finditer(text)}


def not_down(found: Iterable[Arrow], floors: dict[str, int]) -> list[Arrow]:
    """Arrows between rooms that do not point to a lower floor; the ground floor has no rooms."""
    between = [(start, end) for start, end in found if room(start) != room(end)]
    return sorted(
        (start, end)
        for start, end in between
        if floors[room(start)] <= floors[room(end)] and (floors[room(start)], floors[room(end)]) != (1, 1)
    )


def test_the_drawing_names_every_module_and_no_other() -> None:
    text = (ROOT / "docs" / "developers.md").read_text(encoding="utf-8")
    drawn = {found["name"]: set(found["text"].split()) for found in FLOOR.finditer(text) if found["room"]}
    alone = {found["name"] for found in FLOOR.finditer(text) if not found["room"]}
    ours = {name for name in modules() if name not in OLD and name != "autograder"}
    inside: dict[str, set[str]] = {}
    for name in ours:
        inside.setdefault(room(name), set()).update(name.split(".")[1:2])
    assert drawn == {name: found for name, found in inside.items() if found}
    assert alone == {name for name, found in inside.items() if not found}


def test_every_import_between_rooms_points_down() -> None:
    floors = drawing()
    assert not_down((arrow for arrow in arrows() if arrow[0] not in OLD), floors) == []


def test_nothing_imports_an_old_name() -> None:
    assert [(start, end) for start, end in arrows() if end in OLD and start not in OLD] == []


def test_there_is_no_circle() -> None:
    graph: dict[str, set[str]] = {}
    for start, end in arrows():
        graph.setdefault(start, set()).add(end)
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(f"modules that import one another: {error.args[1]}")


@pytest.mark.parametrize(
    ("arrow", "found"),
    [
        (("grading.grade", "kernels.layers"), []),
        (("grading.grade", "grading.writer"), []),
        (("course", "database"), []),
        (("kernels.layers", "grading.grade"), [("kernels.layers", "grading.grade")]),
        (("authoring.build", "results.export"), [("authoring.build", "results.export")]),
        (("errors", "kernels.limits"), [("errors", "kernels.limits")]),
    ],
)
def test_what_points_up_is_found(arrow: Arrow, found: list[Arrow]) -> None:
    assert not_down([arrow], drawing()) == found


def test_the_tests_are_in_the_same_rooms() -> None:
    folders = [path.parent for path in (ROOT / "tests").rglob("test_*.py") if path.parent != ROOT / "tests"]
    mirrored = [folder.relative_to(ROOT / "tests") for folder in folders if folder.name not in ("notebooks", "site")]
    assert [str(folder) for folder in mirrored if not (ROOT / folder).is_dir()] == []


def test_what_students_use_imports_nothing_of_the_grader() -> None:
    for name, path in modules("course_utils").items():
        assert not any(target.startswith("autograder") for target in imported(path)), name


@pytest.mark.parametrize(
    "document", ["README.md", *(f"docs/{name}.md" for name in ("authors", "developers", "instructors"))]
)
def test_every_path_in_a_document_is_there(document: str) -> None:
    named = re.findall(
        r"`((?:autograder|course_utils|tests|benchmarks|student-lab)/[\w./*-]*)`",
        (ROOT / document).read_text(encoding="utf-8"),
    )
    assert [path for path in named if "NN_slug" not in path and not any(ROOT.glob(path.rstrip("/")))] == []

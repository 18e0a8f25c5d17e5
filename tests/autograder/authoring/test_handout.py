"""autograder handout: all that students need, and no byte of what they must not see."""

from __future__ import annotations

import ast
import json
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from packaging.requirements import Requirement

from autograder.authoring.handout import handout, publish
from autograder.authoring.release import release
from autograder.course import Course
from autograder.errors import AssignmentError, FolderError
from tests.support import samples
from tests.support.classroom import Classroom

ROOT = Path(__file__).parents[3]
IMPORTED_AS = {"sklearn": "scikit-learn", "PIL": "pillow"}  # the rest is called as it is imported
REGION = re.compile(r"### BEGIN (SOLUTION|HIDDEN TESTS)\n(.*?)### END", re.DOTALL)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The handout of the whole course."""
    return handout(Course(ROOT), tmp_path_factory.mktemp("handout") / "course")


def secrets() -> Iterator[tuple[str, str]]:
    """Lines of hidden tests and whole answers of the course, with their notebook; lines that students see are none."""
    for path in sorted((ROOT / "solutions").glob("*/*.ipynb")):
        cells = nbformat.read(path, as_version=4).cells
        seen = "\n".join(REGION.sub("", cell.source) for cell in cells)
        for cell in cells:
            for kind, text in REGION.findall(cell.source):
                if kind == "SOLUTION":
                    yield path.stem, text.strip()
                else:
                    lines = [line.strip() for line in text.splitlines()]
                    yield from ((path.stem, line) for line in lines if len(line) > 40 and line not in seen)
            if cell.cell_type == "markdown" and cell.metadata.get("nbgrader", {}).get("solution"):
                yield path.stem, cell.source


def test_no_answer_and_no_hidden_test_is_in_any_byte(made: Path) -> None:
    everything = {path: path.read_bytes() for path in made.rglob("*") if path.is_file()}
    known = list(secrets())
    assert len({name for name, _ in known}) == len(list((ROOT / "solutions").glob("*/*.ipynb")))
    assert len(known) > 300
    texts = {path: content.decode(errors="replace") for path, content in everything.items()}
    plain = "\n".join(
        cell.source + str(cell.get("outputs", ""))
        for path in texts
        if path.suffix == ".ipynb"
        for cell in nbformat.read(path, as_version=4).cells
    )
    others = "\n".join(text for path, text in texts.items() if path.suffix != ".ipynb")
    assert [(name, secret) for name, secret in known if secret in plain or secret in others] == []
    for word in ("BEGIN SOLUTION", "BEGIN HIDDEN", "Model answer", "Marking guide"):
        assert [path for path, text in texts.items() if word in text] == []


def test_nothing_of_the_graders_is_there(made: Path) -> None:
    assert sorted(path.name for path in made.iterdir()) == sorted(
        [
            "notebooks",
            "course_utils",
            "student-lab",
            "binder",
            ".devcontainer",
            "LICENSE",
            "LICENSE-TEXT",
            "README.md",
            "GUIDE.md",
            "pyproject.toml",
        ]
    )
    for path in made.rglob("*.py"):
        assert not re.search(
            r"^\s*(from|import) (autograder|tests|benchmarks)\b", path.read_text("utf-8"), re.MULTILINE
        )
    for path in made.rglob("*"):
        assert not set(path.parts) & {"__pycache__", ".ipynb_checkpoints", "solutions"}


def test_nothing_tells_the_traps_of_the_project(made: Path) -> None:
    known = ["the initials", "of the same casting", "shift between training and test"]
    known += [text for name in samples.NAMES for text in samples.answers(name).values() if len(text) > 100]
    for path in made.rglob("*"):
        assert "samples" not in path.parts
        if path.suffix in {".py", ".ipynb", ".md"}:
            text = path.read_text("utf-8")
            assert [one for one in known if one in text or json.dumps(one)[1:-1] in text] == [], path


def test_what_is_imported_is_installed(made: Path) -> None:
    project = tomllib.loads((made / "pyproject.toml").read_text("utf-8"))
    installed = {Requirement(line).name for line in project["project"]["dependencies"]}
    sources = [path.read_text("utf-8") for path in (made / "course_utils").rglob("*.py")]
    for path in (made / "notebooks").rglob("*.ipynb"):
        cells = nbformat.read(path, as_version=4).cells
        sources += [cell.source for cell in cells if cell.cell_type == "code"]
    found = set()
    for source in sources:
        try:
            nodes = list(ast.walk(ast.parse(source)))
        except SyntaxError:  # magics
            continue
        found |= {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
        found |= {node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module and not node.level}
    foreign = {name.partition(".")[0] for name in found} - set(sys.stdlib_module_names) - {"course_utils"}
    brought_along = {"IPython", "traitlets", "h5py", "jupyter_client", "scipy"}  # by ipykernel, keras, scikit-learn
    assert {IMPORTED_AS.get(name, name) for name in foreign} - installed - brought_along == set()
    packages = {".".join(path.parent.relative_to(made).parts) for path in made.rglob("__init__.py")}
    assert set(project["tool"]["setuptools"]["packages"]) == packages


def test_it_imports_without_the_repository(made: Path) -> None:
    code = (
        "import course_utils.check, course_utils.data as d; print(course_utils.__file__, len(d.mnist('quick').x_test))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=made, capture_output=True, text=True, check=True)
    assert done.stdout.startswith(str(made))


def test_what_somebody_did_in_the_release_folder_is_not_handed_out(ps1: Classroom, tmp_path: Path) -> None:
    folder = ps1.course.folder("release", assignment="ps1")
    released = ps1.released()
    released.cells[0].source = "my own answer"
    nbformat.write(released, folder / "ps1.ipynb")
    (folder / "predictions.json").write_text("{}")
    (folder / "mine.csv").write_text("1,2\n")
    (ps1.course.folder("source", assignment="ps1") / "table.csv").write_text("1,2\n")
    made = handout(ps1.course, tmp_path / "out")
    assert sorted(path.name for path in (made / "notebooks" / "ps1").iterdir()) == ["ps1.ipynb", "table.csv"]
    assert "my own answer" not in (made / "notebooks" / "ps1" / "ps1.ipynb").read_text()
    release(ps1.course, "ps1")
    assert nbformat.read(made / "notebooks" / "ps1" / "ps1.ipynb", as_version=4) == ps1.released()


def test_zip_holds_one_folder(ps1: Classroom, tmp_path: Path) -> None:
    made = handout(ps1.course, tmp_path / "new" / "deep-learning.zip", ["ps1"])
    with zipfile.ZipFile(made) as archive:
        assert {name.partition("/")[0] for name in archive.namelist()} == {"deep-learning"}
        assert "deep-learning/notebooks/ps1/ps1.ipynb" in archive.namelist()
    assert handout(ps1.course, made) == made, "it replaces itself"
    assert [path.name for path in made.parent.iterdir()] == ["deep-learning.zip"]


def test_other_things_are_not_overwritten(ps1: Classroom, tmp_path: Path) -> None:
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter1.tex").touch()
    with pytest.raises(FolderError, match=r"holds other things than a handout \(chapter1.tex\), so nothing was done"):
        handout(ps1.course, tmp_path / "thesis")
    shutil.copytree(ROOT / "course_utils", ps1.course.root / "course_utils")  # as in the repository
    with pytest.raises(FolderError, match="holds other things than a handout"):
        handout(ps1.course, ps1.course.root)
    assert ps1.course.source("ps1").exists()
    (tmp_path / "file").touch()
    with pytest.raises(FolderError, match="is no handout"):
        handout(ps1.course, tmp_path / "file")
    with pytest.raises(AssignmentError, match="ps9"):
        handout(ps1.course, tmp_path / "new", ["ps9"])
    assert (tmp_path / "thesis" / "chapter1.tex").exists()
    assert not (tmp_path / "new").exists()


def test_branch_holds_the_handout_and_no_history_of_anything_else(ps1: Classroom, tmp_path: Path) -> None:
    def git(*arguments: str) -> str:
        who = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
        command = ["git", "-C", str(ps1.course.root), *who, *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

    git("init", "-q", "-b", "main")
    git("config", "user.name", "a")
    git("config", "user.email", "a@example.org")
    git("add", "nbgrader_config.py", "solutions")
    git("commit", "-qm", "solutions")
    made = handout(ps1.course, tmp_path / "out")
    first = publish(made, ps1.course.root, "students")
    assert publish(made, ps1.course.root, "students") == first, "nothing new, no commit"
    (made / "notebooks" / "news.md").write_text("hello")
    second = publish(made, ps1.course.root, "students")
    assert git("rev-list", "students").split() == [second, first]
    names = git("ls-tree", "-r", "--name-only", "students").splitlines()
    assert {"notebooks/ps1/ps1.ipynb", "notebooks/news.md", "course_utils/check.py"} <= set(names)
    assert not [name for name in names if "solutions" in name]
    assert git("branch", "--show-current") == "main"
    assert git("status", "--porcelain", "--untracked-files=no") == ""

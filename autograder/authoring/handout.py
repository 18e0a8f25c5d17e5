"""What students get: notebooks without answers, the package that they import, how to set it up, and nothing else.

As a folder, as a zip for a learning platform, or as a branch for nbgitpuller whose history holds no solutions.
"""

from __future__ import annotations

import importlib.metadata
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.requirements import Requirement

from autograder.authoring.release import describe
from autograder.errors import AssignmentError, FolderError
from autograder.notebooks.source import read_source, student_version
from autograder.settings import DISTRIBUTION

if TYPE_CHECKING:
    from autograder.course import Course

TEMPLATES = Path(__file__).parent / "templates"
ROOT = Path(__file__).parents[2]
BESIDE = ("student-lab", "binder", ".devcontainer", "LICENSE", "LICENSE-TEXT")  # taken along where they are
CONTENT = {"notebooks", "course_utils", "README.md", "GUIDE.md", "pyproject.toml", *BESIDE}
UNWANTED = shutil.ignore_patterns("__pycache__", "*.pyc", ".ipynb_checkpoints")


def handout(course: Course, out: Path, assignments: list[str] | None = None, repository: str = "") -> Path:
    """Write the folder that students get.

    All is made from the source folder, not copied from the release folder, in which somebody may have worked.

    Args:
        course: the course.
        out: the folder, or a ``.zip`` to be made of it. A folder that is there is replaced if it holds nothing but what
            a handout holds, and else refused.
        assignments: which ones; all that are built by default.
        repository: where students find it on GitHub, as ``https://github.com/OWNER/NAME``; pages for Colab, Kaggle and
            Binder then name it.

    Returns:
        ``out``.

    Raises:
        AssignmentError: unknown assignment, one that is not built, or none at all.
        FolderError: when ``out`` cannot be written, or is something else.
    """
    names = [course.require(name) for name in assignments or course.assignments()]
    if not assignments:
        names = [name for name in names if course.source(name).exists()]
    if missing := [name for name in names if not course.source(name).exists()]:
        raise AssignmentError(f"{', '.join(missing)}: not built yet. Run `make notebooks`.")
    if not names:
        raise AssignmentError(f"There are no assignments in {course.folder('source')}.")
    if out.exists() and (out.suffix == ".zip") != out.is_file():
        raise FolderError(f"{out} is there and is no handout. Choose another name, or remove it.")
    if others := sorted({path.name for path in out.iterdir()} - CONTENT) if out.is_dir() else []:
        raise FolderError(
            f"{out} holds other things than a handout ({', '.join(others[:5])}), so nothing was done: all in it would "
            "be replaced. Choose an empty or a new folder."
        )
    course.require_writable(out.parent if out.suffix == ".zip" else out)
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}-") as scratch:
        draft = Path(scratch) / out.stem
        draft.mkdir()
        _fill(draft, course, names, repository.rstrip("/"))
        if out.suffix == ".zip":
            made = Path(shutil.make_archive(str(Path(scratch) / "made"), "zip", scratch, draft.name))
            made.replace(out)
        else:
            shutil.rmtree(out, ignore_errors=True)
            draft.rename(out)
    return out


def publish(folder: Path, repository: Path, branch: str) -> str:
    """Commit a handout as the content of a branch that holds nothing else; no file of the working tree is touched.

    Args:
        folder: as from `handout`.
        repository: the git repository that gets the branch.
        branch: its name; made without any history if it is not there, else it gets one more commit.

    Returns:
        The commit. If nothing has changed, the one that was there.

    Raises:
        FolderError: when git cannot do it; with its message.
    """
    with tempfile.TemporaryDirectory() as scratch:
        index = {"GIT_INDEX_FILE": str(Path(scratch) / "index"), "GIT_WORK_TREE": str(folder.resolve())}
        git_folder = _git(repository, "rev-parse", "--absolute-git-dir")
        _git(folder, f"--git-dir={git_folder}", "add", "--all", "--force", ".", **index)
        tree = _git(folder, f"--git-dir={git_folder}", "write-tree", **index)
    name = f"refs/heads/{branch}"
    before = _git(repository, "for-each-ref", "--format=%(objectname)", name)
    if before and _git(repository, "rev-parse", f"{before}^{{tree}}") == tree:
        return before
    parents = ["-p", before] if before else []
    commit = _git(repository, "commit-tree", tree, *parents, "-m", "What students get")
    _git(repository, "update-ref", name, commit, before or "0" * len(commit))
    return commit


def _git(folder: Path, *arguments: str, **variables: str) -> str:
    command = ["git", "-C", str(folder), *arguments]
    try:
        done = subprocess.run(  # noqa: S603
            command, env={**os.environ, **variables}, capture_output=True, text=True, check=False
        )
    except FileNotFoundError:
        raise FolderError("git is not installed, which a branch needs. Make a folder or a zip instead.") from None
    if done.returncode:
        raise FolderError(f"git {arguments[-1]} in {folder} says: {done.stderr.strip()}")
    return done.stdout.strip()


def _fill(draft: Path, course: Course, names: list[str], repository: str) -> None:
    import nbformat
    from nbgrader.utils import find_all_files

    for name in names:
        folder, source = draft / "notebooks" / name, course.folder("source", assignment=name)
        folder.mkdir(parents=True)
        for path in map(Path, find_all_files(str(source), course.directory.ignore)):  # what a release holds, too
            if path.suffix != ".ipynb":
                target = folder / path.relative_to(source)
                target.parent.mkdir(parents=True, exist_ok=True)
                _copy(path, target)
        notebook = student_version(read_source(course.source(name)), course.config)
        describe(notebook, course, name)
        nbformat.write(notebook, folder / f"{name}.ipynb")
    _copy(ROOT / "course_utils", draft / "course_utils")
    for name in BESIDE:
        if (ROOT / name).exists():
            _copy(ROOT / name, draft / name)
    guide = ROOT / "docs" / "students.md"
    if guide.exists():
        _copy(guide, draft / "GUIDE.md")
    (draft / "README.md").write_text(readme(names, repository), encoding="utf-8")
    (draft / "pyproject.toml").write_text(_project(draft / "course_utils"), encoding="utf-8")


def readme(names: list[str], repository: str = "") -> str:
    """Return how to set up and to work, the README of a handout.

    Args:
        names: of the assignments that are handed out.
        repository: as for `handout`.
    """
    text = (TEMPLATES / "handout.md.txt").read_text(encoding="utf-8").replace("{browser}", _browser(repository, names))
    return text.replace("{first}", names[0])


def _browser(repository: str, names: list[str]) -> str:
    """Write how to work in the browser: with a repository by its address, else with the zip."""
    tag = f"students-v{importlib.metadata.version(DISTRIBUTION)}"
    if not repository:
        return (TEMPLATES / "handout_zip.md.txt").read_text(encoding="utf-8")
    text = (TEMPLATES / "handout_repository.md.txt").read_text(encoding="utf-8")
    owner = repository.removeprefix("https://github.com/")
    colab, kaggle = "https://colab.research.google.com/github", "https://kaggle.com/kernels/welcome?src="
    places = {name: f"blob/{tag}/notebooks/{name}/{name}.ipynb" for name in names}
    pages = "\n".join(
        f"- {name}: [Colab]({colab}/{owner}/{place}), [Kaggle]({kaggle}{repository}/{place})"
        for name, place in places.items()
    )
    return (
        text.replace("{pages}", pages)
        .replace("{owner}", owner)
        .replace("{repository}", repository)
        .replace("{tag}", tag)
    )


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, ignore=UNWANTED)
    else:
        shutil.copy2(source, target)


def _project(package: Path) -> str:
    """Write the pyproject.toml of a handout: `course_utils`, and what it and the notebooks need."""
    needs = [Requirement(line) for line in importlib.metadata.requires(DISTRIBUTION) or []]
    lines = [str(need) for need in needs if "extra" not in str(need.marker)]  # the grader is an extra
    packages = sorted(".".join(path.parent.relative_to(package.parent).parts) for path in package.rglob("__init__.py"))
    text = (TEMPLATES / "handout.toml.txt").read_text(encoding="utf-8")
    listed = "\n".join(f"    {line!r}," for line in lines)
    return (
        text.replace("{version}", importlib.metadata.version(DISTRIBUTION))
        .replace("{dependencies}", listed)
        .replace("{packages}", str(packages))
    )

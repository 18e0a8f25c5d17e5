"""`make demo`: a small class, from release to grades, with the commands that an instructor would type.

Usage: python -m tests.support.demo FOLDER
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

from rich.console import Console

from autograder.course import Course
from autograder.errors import SandboxError
from autograder.kernels import layers
from tests.exercises import nb01_convolution_by_hand as exercises
from tests.support.classroom import Classroom, known_class

ROOT = Path(__file__).parents[2]
ASSIGNMENT = "01_convolution_by_hand"
NAMES = {
    "all_right": "lovelace",
    "other_style_1": "turing",
    "half_done": "hopper",
    "all_wrong_0": "babbage",
    "blank": "boole",
    "endless_loop": "collatz",
    "syntax_error": "backus",
    "deleted_test": "knuth",
    "renamed_file": "hamilton",
    "truncated_json": "shannon",
}
console = Console()


def main(root: Path) -> None:
    """Make a course in a folder and take a class through it."""
    prepare(root)
    run(root, "release", ASSIGNMENT)
    console.print(f"\n[dim]making {len(NAMES)} submissions, zipped as Canvas does[/]")
    archive = make_class(root)
    run(root, "collect", ASSIGNMENT, str(archive))
    run(root, "grade", ASSIGNMENT, *confinement())
    run(root, "feedback", ASSIGNMENT)
    run(root, "export", ASSIGNMENT, "--out", str(root / "grades.csv"))
    console.rule("where to look")
    student = sorted(path.name for path in (root / "feedback").iterdir())[0]
    console.print(f"grades     {root / 'grades.csv'}", soft_wrap=True)
    console.print(
        f"feedback   {root / 'feedback' / student / ASSIGNMENT / ASSIGNMENT}.html, and one for each student",
        soft_wrap=True,
    )
    console.print(
        f"by hand    cd {root} && jupyter lab, then Nbgrader > Formgrader: mark the written answers", soft_wrap=True
    )
    console.print(
        "[dim]The student without a mark handed in half a file: the exit code of grade is 1, on purpose.[/]",
        soft_wrap=True,
    )


def confinement() -> list[str]:
    """Give what `grade` needs to be told where there is no sandbox: these submissions are our own."""
    try:
        layers.require()
    except SandboxError as error:
        console.print(f"\n[yellow]{error}[/]", soft_wrap=True)
        return ["--no-sandbox"]
    return []


def prepare(root: Path) -> None:
    """Lay out a fresh course that holds notebook 01."""
    shutil.rmtree(root, ignore_errors=True)
    shutil.copytree(ROOT / "solutions" / ASSIGNMENT, root / "solutions" / ASSIGNMENT)
    shutil.copy(ROOT / "nbgrader_config.py", root)


def make_class(root: Path) -> Path:
    """Write a zip of submissions under names as Canvas gives them."""
    kinds = [
        {name: list(found[kind].values()) for name, found in exercises.EXERCISES.items()} for kind in ("right", "wrong")
    ]
    students = {one.student: one for one in known_class(Classroom(Course(root), ASSIGNMENT), *kinds)}
    archive = root / "submissions.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as zipped:
        for number, (kind, name) in enumerate(NAMES.items()):
            for file, content in students[kind].files.items():
                zipped.writestr(f"{name}_{1000 + number}_{7000 + number}_{file}", content)
    return archive


def run(root: Path, *arguments: str) -> None:
    """Show a command and run it; exit code 1 says that somebody got no mark, anything above that something broke."""
    command = [str(Path(sys.executable).parent / "autograder"), "--course-dir", str(root), *arguments]
    console.print(f"\n[bold]$ autograder --course-dir {root} {' '.join(arguments)}[/]", soft_wrap=True)
    code = subprocess.run(command, check=False).returncode
    if code > 1:
        raise SystemExit(code)


if __name__ == "__main__":
    main(Path(sys.argv[1]))

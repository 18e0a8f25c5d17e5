"""A course of one small notebook whose tests tell some faults and miss others."""

from __future__ import annotations

from pathlib import Path

from typer.testing import CliRunner

from autograder.authoring.mutant_runner import Told
from autograder.authoring.mutation import survey
from autograder.cli import cli
from autograder.course import Course

NOTEBOOK = '''# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% nbgrader={"grade_id": "setup", "locked": true}
import numpy as np
from course_utils import checks

store = [0]

# %% nbgrader={"grade_id": "larger", "solution": true}
def larger(a, b):
    """Return the larger one."""
    ### BEGIN SOLUTION
    return a if a > b else b
    ### END SOLUTION

# %% nbgrader={"grade_id": "larger-test", "points": 1}
checks.close(larger(2, 1), 2, "larger(2, 1)")
### BEGIN HIDDEN TESTS
checks.close(larger(1, 3), 3, "larger(1, 3)")
### END HIDDEN TESTS

# %% nbgrader={"grade_id": "total", "solution": true}
def total(numbers):
    ### BEGIN SOLUTION
    return sum(numbers) + 0
    ### END SOLUTION

# %% nbgrader={"grade_id": "total-test", "points": 2}
checks.close(total([1, 2]), 3, "total([1, 2])")

# %% tags=["demo"]
raise RuntimeError("a lecture cell that grading skips")

# %% nbgrader={"grade_id": "half", "solution": true}
def half(n):
    ### BEGIN SOLUTION
    steps = 0
    while n > 1:
        n = n // 2
        steps += 1
    return steps
    ### END SOLUTION

# %% nbgrader={"grade_id": "half-test", "points": 2}
2 * (half(8) == 3)
'''


def write(root: Path, text: str, name: str = "ps") -> None:
    path = root / "solutions" / name / f"{name}.py"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def name_equivalents(root: Path, text: str) -> None:
    path = root / "tests" / "exercises" / "nbps.py"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def run(root: Path, *arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(cli, ["--course-dir", str(root), "validate-source", "ps", "--mutants", *arguments])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.output


def verdicts(root: Path, *exercises: str) -> dict[str, tuple[Told, str]]:
    work = survey(Course(root), "ps", list(exercises) or None)
    return {each.mutant.change: (each.told, each.said) for each in work.run()}

"""What authors hear before students get an assignment."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from autograder.authoring.build import from_source
from autograder.authoring.validate import Problem, read, validate
from autograder.cli import cli
from autograder.course import Course

HEAD = """# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% nbgrader={"grade_id": "setup", "locked": true}
from course_utils import checks

# %%
limit = 3

# %% nbgrader={"grade_id": "double", "solution": true}
def double(x):
    ### BEGIN SOLUTION
    return 2 * x
    ### END SOLUTION

def fill(row):
    ### BEGIN SOLUTION
    row[:] = [0] * len(row)
    ### END SOLUTION

# %% nbgrader={"grade_id": "double-test", "points": 2}
"""


def write(root: Path, test: str) -> Path:
    path = root / "test.py"
    path.write_text(HEAD + test + "\n")
    return path


@pytest.mark.parametrize(
    ("test", "said"),
    [
        ("checks.close(double(limit), 6, 'double')", "reads limit of a lecture cell, which students may change"),
        ("checks.close(doubled(1), 2, 'double')", "reads doubled, which no cell defines"),
        ("double = None", "gives double a value, which an answer defines too: call this one _double"),
        ("import inspect\nassert 'for' not in inspect.getsource(double)", "uses getsource: the text of an answer"),
        ("from unittest import mock\nwith mock.patch('math.pi', 3): double(1)", "uses patch: patching"),
        ("import keras\nkeras.utils.set_random_seed(1)", "uses set_random_seed: the random numbers of an answer"),
        ("get_ipython().run_cell('1')", "uses get_ipython: the interpreter of the notebook"),
    ],
)
def test_what_the_text_tells(tmp_path: Path, test: str, said: str) -> None:
    found = list(read(from_source(write(tmp_path, test))))
    assert [problem.cell for problem in found] == ["double-test"]
    assert found[0].what.startswith(said)


def test_text_of_a_good_test(tmp_path: Path) -> None:
    test = "_values = [1, 2]\nfor _x in _values:\n    checks.close(double(_x), _x + _x, f'double({_x})')"
    assert list(read(from_source(write(tmp_path, test)))) == []


def rehearsed(course: Course, test: str) -> list[Problem]:
    path = course.source("ps1").with_suffix(".py")
    path.write_text(HEAD + test + "\n")
    return list(validate(course, "ps1"))


@pytest.mark.slow
def test_good_assignment_has_no_problems(course: Course) -> None:
    assert list(validate(course, "ps1")) == []


@pytest.mark.slow
def test_rehearsals(course: Course) -> None:
    always = "print('good')"
    assert rehearsed(course, always) == [Problem("double-test", "gives 2 of 2 points for the untouched stubs")]
    in_place = "_row = [1, 2]\nfill(_row)\nassert _row == [0, 0], 'fill does not fill'"
    problems = rehearsed(course, in_place)
    assert problems == [Problem("double-test", "gives 0 of 2 points for the reference answers: fill does not fill")]
    generator = "import numpy as np\nassert double(np.random.default_rng(0))"
    (problem,) = rehearsed(course, generator)
    assert "A test hands over what cannot be passed: a numpy.random._generator.Generator" in problem.what


@pytest.mark.slow
def test_command(course: Course) -> None:
    arguments = ["--course-dir", str(course.root), "validate-source", "ps1"]
    done = CliRunner().invoke(cli, arguments)
    assert (done.exit_code, done.output.strip()) == (0, "✓ ps1")
    course.source("ps1").with_suffix(".py").write_text(HEAD + "assert limit\n")
    done = CliRunner().invoke(cli, arguments)
    assert done.exit_code == 1
    assert "double-test: reads limit of a lecture cell" in done.output
    assert "gives 2 of 2 points for the untouched stubs" in done.output

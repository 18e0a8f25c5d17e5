"""A fixed sample of small faults in the reference answers: the tests tell all but those named as equivalent."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from autograder.authoring.mutation import survey
from autograder.course import Course

ROOT = Path(__file__).parents[2]
SAMPLE = 12
TRAINS = "11_project"  # its tests train, so a fault costs seconds
NOTEBOOKS = sorted(path.stem for path in (ROOT / "solutions").glob("*/*.py"))


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_every_equivalent_is_a_fault_that_is_made(name: str) -> None:
    """Whether tests tell it after all, only trying tells."""
    assert list(survey(Course(ROOT), name, sample=1).stale([])) == []


@pytest.mark.slow
def test_a_sample_of_faults_is_told() -> None:
    """All of them: ``python -m tests.exercises --mutants``. In a process of its own, since it forks."""
    names = [name for name in NOTEBOOKS if name != TRAINS]
    command = [sys.executable, "-m", "tests.exercises", "--mutants", "--sample", str(SAMPLE), *names]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stdout + done.stderr

"""A fixed sample of small faults in the reference answers: the tests tell all but those named as equivalent."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SAMPLE = 12
TRAINS = "11_project"  # its tests train, so a fault costs seconds
NOTEBOOKS = sorted(path.stem for path in (ROOT / "solutions").glob("*/*.py") if path.stem != TRAINS)


@pytest.mark.slow
def test_a_sample_of_faults_is_told() -> None:
    """All of them: ``python -m tests.exercises --mutants``. In a process of its own, since it forks."""
    command = [sys.executable, "-m", "tests.exercises", "--mutants", "--sample", str(SAMPLE), *NOTEBOOKS]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stdout + done.stderr

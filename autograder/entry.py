"""What the `autograder` command does first: say plainly where it cannot run, before anything is imported that fails."""

from __future__ import annotations

import importlib
import sys

WINDOWS = """\
The grader needs Linux: submissions run in a sandbox made of Linux's own parts, and this is Windows.
- To grade here, use Linux inside Windows (WSL): run `wsl --install` in PowerShell once, restart, open "Ubuntu", and set
  up the course there (docs/instructors.md).
- To check a notebook before you hand it in, you need no grader: py -m course_utils.check NOTEBOOK
"""
SMALL = """\
This is the students' part of the course: the grader is not installed ({name} is missing).
- To install it, in the course's folder: python -m pip install -e ".[grader]"
- To check a notebook before you hand it in, you need no grader: python -m course_utils.check NOTEBOOK
"""
EXIT_CODE = 6  # as of errors.SandboxError, which this process may not be able to import


def main() -> None:
    """Run the command line where it can run."""
    if sys.platform == "win32":
        sys.stderr.write(WINDOWS)
        sys.exit(EXIT_CODE)
    try:
        cli = importlib.import_module("autograder.cli")
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("autograder"):
            raise
        sys.stderr.write(SMALL.format(name=error.name))
        sys.exit(EXIT_CODE)
    cli.app()

"""How a cell can end beside well: outcomes that only the grader can tell, and what the student is told of an error."""

from __future__ import annotations

from nbformat import NotebookNode
from nbformat.v4 import new_output

from autograder.judge import RAISED_AT
from autograder.notebooks.cells import last_error

# Names of errors that stand for an outcome
TIMED_OUT, KERNEL_DIED, NOT_RUN, OUT_OF_MEMORY, TOO_MUCH_OUTPUT = (
    "TimedOut",
    "KernelDied",
    "NotRun",
    "OutOfMemory",
    "TooMuchOutput",
)
OUTCOMES = {TIMED_OUT, KERNEL_DIED, NOT_RUN, OUT_OF_MEMORY, TOO_MUCH_OUTPUT}


def named_error(name: str, message: str) -> NotebookNode:
    """Make an output that says what happened, as the kernel shows an error."""
    return new_output("error", ename=name, evalue=message, traceback=[f"\x1b[0;31m{name}\x1b[0m: {message}"])


def message(output: NotebookNode) -> str:
    """Say what an error tells the student, in a line or a few: a check's own words, else the error's name too."""
    plain = output.ename in {"CheckFailed", "AssertionError", "NotSent", *OUTCOMES} and line_of_test(output) is None
    if plain and output.evalue:
        return str(output.evalue)
    return f"{output.ename}: {output.evalue}" if output.evalue else str(output.ename)


def told(cell: NotebookNode, about: NotebookNode) -> str:
    """Say what a graded cell tells the student; nothing where all is well.

    Args:
        cell: the cell, as it was run.
        about: what the notebook's metadata say about its run.
    """
    if error := last_error(cell):
        return message(error)
    if cell.metadata.nbgrader.grade_id in about.get("references", {}):
        return str(cell.outputs[0].text)
    return ""


def line_of_test(output: NotebookNode) -> int | None:
    """Return the line of a test for which a student's code raised an error; None if it was the test that did."""
    found = [line.removeprefix(RAISED_AT).strip() for line in output.traceback if line.startswith(RAISED_AT)]
    return int(found[-1]) if found and found[-1].isdecimal() else None

"""What a kernel shows of a cell: how much it may be, what becomes of more, and what it may say of its own end."""

from __future__ import annotations

from enum import Enum
from typing import Any

from nbformat import NotebookNode

from autograder.execution.outcomes import NOT_RUN, OUTCOMES, TOO_MUCH_OUTPUT, named_error
from autograder.kernels.limits import Limits


class Verdict(Enum):
    """What is to be done about a message of a kernel."""

    SHOW = "it goes into the notebook"
    DROP = "it does not"
    INTERRUPT = "it does not, and the cell is interrupted"
    END = "it does not, and the kernel is ended"


class Output:
    """How much one kernel has shown, of the cell that it runs and of all cells."""

    def __init__(self, allowed: Limits) -> None:
        """Begin with nothing shown."""
        self._allowed = allowed
        self._cell = self._total = 0

    def begin(self) -> None:
        """Begin to count for another cell, or for a question of the grader's."""
        self._cell = 0

    def take(self, message: dict[str, Any]) -> Verdict:
        """Count a message of the kernel's, and tell what is to be done about it."""
        size = len(repr(message["content"])) + sum(map(len, message.get("buffers", [])))
        before, self._cell, self._total = self._cell, self._cell + size, self._total + size
        if not self.is_flood:
            return Verdict.SHOW
        if self.is_spent:
            return Verdict.END
        return Verdict.INTERRUPT if before <= self._allowed.cell_output else Verdict.DROP

    def spend(self) -> None:
        """Count what was lost on its way as more than a submission may show."""
        self._total = self._allowed.total_output + 1

    @property
    def is_flood(self) -> bool:
        """Whether this cell has shown too much."""
        return self._cell > self._allowed.cell_output

    @property
    def is_spent(self) -> bool:
        """Whether all cells together have shown too much."""
        return self._total > self._allowed.total_output

    def error(self, end: str) -> NotebookNode:
        """Make the error of a cell that has shown too much.

        Args:
            end: what came of it.
        """
        allowed = self._allowed.cell_output.human_readable(separator=" ")
        return named_error(TOO_MUCH_OUTPUT, f"wrote more than {allowed}; {end}. Is there a print in a long loop?")

    def tidy(self, reply: dict[str, Any]) -> None:
        """Cut short what a reply says about the end of a cell, and let none pass for well that is not.

        Args:
            reply: its content, which is changed.
        """
        if reply.get("status") not in ("ok", "error"):  # it was not run to its end: no error must not mean success
            reply.update(status="error", ename=NOT_RUN, evalue="the kernel did not run this cell.", traceback=[])
        if len(repr(reply)) > self._allowed.cell_output:
            reply.update(evalue=str(reply.get("evalue"))[:1000], traceback=[], ename=str(reply.get("ename"))[:100])


def rename(error: dict[str, Any]) -> None:
    """Give an exception another name if it is called like what only the grader can tell."""
    if error.get("ename") in OUTCOMES:
        error["ename"] = f"Your{error['ename']}"

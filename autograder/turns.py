"""Which submissions run beside others on this machine, and which alone.

A kernel that died may have been killed because the machine was short of memory. Its submission runs once more while no
other does, so that nothing but the submission itself can be the cause when it dies again.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from autograder.errors import KernelServerError
from autograder.kernels import server


class Turn:
    """A submission's turn on this machine, among all that this user runs; the system ends it with the process.

    Who runs beside others holds a shared lock, who runs alone an exclusive one. Everybody goes through a gate first,
    which stays shut while somebody waits to be alone: else new ones would come for ever.
    """

    def __init__(self, stack: ExitStack, folder: Path) -> None:
        """Use two files in a folder, open for as long as the stack is."""
        self._gate, self._lock = (stack.enter_context((folder / name).open("a")) for name in ("gate", "turns"))

    def beside(self) -> None:
        """Wait until nobody runs alone."""
        self._enter(fcntl.LOCK_SH)

    def alone(self) -> None:
        """Wait until nobody else runs, and keep it so."""
        self._enter(fcntl.LOCK_EX)

    def _enter(self, kind: int) -> None:
        fcntl.flock(self._lock, fcntl.LOCK_UN)
        fcntl.flock(self._gate, fcntl.LOCK_EX)
        fcntl.flock(self._lock, kind)
        fcntl.flock(self._gate, fcntl.LOCK_UN)


@contextmanager
def turn(folder: Path | None = None) -> Iterator[Turn]:
    """Take a turn beside others; for as long as the context lasts it may be changed.

    Args:
        folder: where its files are; by default that of this user's kernels.
    """
    with ExitStack() as stack:
        if folder is None:
            try:
                folder = server.folder()
            except KernelServerError:  # no place for it, so nobody to agree with
                folder = Path(stack.enter_context(TemporaryDirectory()))
        mine = Turn(stack, folder)
        mine.beside()
        yield mine

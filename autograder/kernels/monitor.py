"""What the processes of a sandbox use together, looked at from outside ten times a second."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

MAX_SOCKETS = 128
MAX_CLIENT_GROWTH = 1 << 30  # bytes; a submission's cells, outputs and all, take a hundredth of it


def memory_watch(first: int, limit: int) -> Callable[[], str | None]:
    """Give a function that tells whether the processes of a sandbox use too much memory together.

    Args:
        first: the sandbox's first process.
        limit: bytes beyond what both its processes start with, a fork's share of what was imported before.
    """
    processes = os.open(f"/proc/{first}/root/proc", os.O_RDONLY | os.O_DIRECTORY)
    itself = os.open("/proc", os.O_RDONLY | os.O_DIRECTORY)

    @cache
    def before() -> int:  # looked at when it matters: that takes as long as a fork
        return 2 * _shared_out(itself, str(os.getpid()))

    def watch() -> str | None:
        if _sockets(processes) > MAX_SOCKETS:  # each may hold a megabyte or two that belongs to no process
            return "memory"
        # The first sum counts pages once for each process that shares them: cheap, and never too small
        cheap = _sum(processes, _all(processes), "status", "RssAnon:", "RssShmem:", "VmSwap:", "VmPTE:")
        if cheap <= limit:
            return None
        if cheap > limit + 32 * before():  # so many processes that the exact sum would take too long
            return "memory"
        return "memory" if _shared_out(processes) - before() > limit else None

    return watch


def _shared_out(processes: int, *only: str) -> int:
    """Count memory exactly: pages that processes share, in proportion (PSS), and their page tables."""
    chosen = only or _all(processes)
    exact = _sum(processes, chosen, "smaps_rollup", "Pss_Anon:", "Pss_Shmem:", "Swap:")
    return exact + _sum(processes, chosen, "status", "VmPTE:")


def _all(processes: int) -> list[str]:
    return [name for name in os.listdir(processes) if name.isdigit()]


def _sum(processes: int, chosen: Iterable[str], file: str, *names: str) -> int:
    return sum(_memory(processes, process, names, file) for process in chosen)


def _memory(processes: int, process: str, names: tuple[str, ...], file: str) -> int:
    try:
        return sum(
            1024 * int(line.split()[1]) for line in _lines(processes, f"{process}/{file}") if line.startswith(names)
        )
    except PermissionError:  # it hides its memory map; its status is open to all
        return _memory(processes, process, ("RssAnon:", "RssShmem:", "VmSwap:"), "status")
    except (FileNotFoundError, ProcessLookupError):
        return 0  # ended meanwhile


def _sockets(processes: int) -> int:
    try:
        return next(int(line.split()[2]) for line in _lines(processes, "1/net/sockstat") if line.startswith("sockets:"))
    except (OSError, StopIteration):
        return 0  # ended meanwhile


def _lines(processes: int, path: str) -> list[str]:
    with open(os.open(path, os.O_RDONLY, dir_fd=processes), errors="replace") as lines:  # names may be any bytes
        return lines.readlines()


def client_watch(client: int) -> Callable[[], str | None]:
    """Give a function that tells whether a kernel's messages fill its client's memory.

    ZeroMQ bounds the size of a part of a message and the number of messages, but not the number of parts.

    Args:
        client: the process that reads the messages; another one than the sandbox's.
    """

    def memory() -> int:
        try:
            status = Path(f"/proc/{client}/status").read_text(errors="replace")
        except OSError:
            return 0
        return 1024 * next((int(line.split()[1]) for line in status.splitlines() if line.startswith("RssAnon:")), 0)

    before = memory()
    return lambda: "output" if memory() - before > MAX_CLIENT_GROWTH else None

"""Work on what students wrote, in a process of its own with an end: to its time and to its memory.

What would need gigabytes or minutes then costs nobody else anything; the caller says that it was given up.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import signal
import sys
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, TypeVar

from autograder.errors import LimitError

T = TypeVar("T")


def call(work: Callable[[], T], what: str, *, memory: int = 1 << 30, seconds: float = 60) -> T:
    """Do something in a child process. It has all that this one has, so nothing need be handed over.

    Args:
        work: what is to be done; its result and its errors come back by pickle.
        what: its name, for the message.
        memory: bytes that it may take beyond what this process has.
        seconds: its time.

    Returns:
        Its result.

    Raises:
        LimitError: when it took too long or too much, or died.
    """
    if sys.platform != "linux":  # macOS' own libraries do not survive a fork
        return work()
    fork = multiprocessing.get_context("fork")
    ours, its = fork.Pipe(duplex=False)
    child = fork.Process(target=_work, args=(work, its, memory), daemon=True)
    child.start()
    its.close()
    try:
        if not ours.poll(seconds):
            raise LimitError(f"{what} took more than {seconds:g} s and was given up.")
        result, error = ours.recv()
    except EOFError:
        raise LimitError(f"{what} needed more than {memory >> 20} MiB of memory and was given up.") from None
    finally:
        child.kill()
        child.join()
        child.close()
        ours.close()
    if error is not None:
        raise error
    return result  # type: ignore[no-any-return]


def _work(work: Callable[[], Any], line: Connection, memory: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the one that waits, which ends this one
    now = _taken("VmSize")
    resource.setrlimit(resource.RLIMIT_AS, (now + memory, now + memory))
    told: tuple[Any, Exception | None]
    try:
        told = work(), None
    except MemoryError:
        os._exit(1)
    except Exception as error:  # noqa: BLE001  (it is raised over there)
        if _taken("VmPeak") - now > 0.8 * memory:  # out of memory has many names, SystemError among them
            os._exit(1)
        told = None, error
    try:
        line.send(told)
    except Exception as error:  # noqa: BLE001  (what pickle cannot send: its words do)
        line.send((None, RuntimeError(f"{type(told[1] or error).__name__}: {told[1] or error}")))


def _taken(field: str) -> int:
    """Bytes of address space that this process has (`VmSize`) or once had (`VmPeak`, since it was forked)."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition(f"{field}:")[2].split(maxsplit=1)[0]) * 1024

"""What a run of tests must not leave behind: processes, threads, open files and sockets."""

from __future__ import annotations

import gc
import os
import re
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from multiprocessing import resource_tracker
from pathlib import Path
from typing import TypeVar

import psutil

T = TypeVar("T")

PATIENCE = 15.0
"""Seconds in which what is about to end may end."""
SERVER = "autograder.kernels.server"
THREADS = {
    r".* ?- ?runner": "jupyter_core's: runs coroutines for synchronous callers",
    r"IO loop|Profile": "distributed's, made once",
    r"Dask-(Offload|Callback)": "pools that distributed makes for the process, not for a client",
    r"asyncio_\d+": "executors of event loops that jupyter_core keeps, one for each thread",
    r"tqdm_monitor|Thread-\d+ \(TMonitor\)": "tqdm's, made once",
    r"pyzmq|Thread-\d+ \(.*GarbageCollector": "pyzmq's collector of messages, made once",
}
"""Threads that libraries start once and never end: how their names begin, and why they are there."""
PROCESSES = {
    "multiprocessing.resource_tracker": "multiprocessing's own, which ends with the process",
    SERVER: "the fork server: it outlives tests on purpose and ends when the run's folder goes",
}
"""The same for child processes."""
OPEN = {
    r"anon_inode:": "event loops of libraries, and epoll",
    r".*/matplotlib/mpl-data/fonts/": "matplotlib keeps fonts that it has drawn with",
    r"/dev/(null|u?random)|/memfd:": "nothing that could run out",
}
"""The same for descriptors, by what they lead to."""


class Snapshot:
    """What this process has: to be compared with what it has later."""

    def __init__(self) -> None:
        self._threads = set(threading.enumerate())
        self._processes = set(_children())
        self._descriptors = _descriptors()
        self._since: dict[str, str] = {}

    def forgive(self) -> None:
        """Let all through that is there now: a library's tests have left it."""
        self._threads |= set(threading.enumerate())
        self._processes |= set(_children())
        self._descriptors |= _descriptors()

    def note(self, module: str) -> None:
        """Note what is there beyond that after a module of tests, to be able to say since when."""
        for one in self._more():
            self._since.setdefault(one, module)

    def leaked(self) -> list[str]:
        """Tell what is there beyond that, after some time to end, and after the tests of which module it was first."""
        return [f"{one}, since {self._since.get(one, 'the end')}" for one in _in_time(self._collected)]

    def _collected(self) -> list[str]:
        gc.collect()
        return self._more()

    def _more(self) -> list[str]:
        threads = [one for one in threading.enumerate() if one not in self._threads and one.is_alive()]
        processes = [one for one in _children() if one not in self._processes]
        now = _descriptors()
        new = [target for number, target in now.items() if self._descriptors.get(number) != target]
        return [
            *(f"thread {one.name}" for one in threads if not _known(one.name, THREADS)),
            *filter(None, map(_said, processes)),
            *(f"descriptor of {target}" for target in sorted(new) if not _known(target, OPEN)),
        ]


def of_home(home: Path) -> list[str]:
    """Tell which processes of a run of tests are there when all of them are over, by the folder that is their home."""
    return _in_time(lambda: [_told(one) for one in _with_home(home) if not (_is_server(one) or _is_own_tracker(one))])


def _with_home(home: Path) -> Iterable[psutil.Process]:
    ours = {os.getpid(), *(one.pid for one in psutil.Process().parents())}
    for one in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            if one.pid not in ours and one.environ().get("HOME") == str(home) and one.status() != psutil.STATUS_ZOMBIE:
                yield one


def _is_server(one: psutil.Process) -> bool:
    """Tell whether a process is a fork server itself, not a kernel that it has forked."""
    with suppress(psutil.Error):
        parent = one.parent()
        return SERVER in one.cmdline() and not (parent and SERVER in parent.cmdline())
    return True  # it has ended meanwhile


def _is_own_tracker(one: psutil.Process) -> bool:
    """Tell whether a process is multiprocessing's own of this one, with which it ends."""
    with suppress(psutil.Error):
        return one.ppid() == os.getpid() and "multiprocessing.resource_tracker" in " ".join(one.cmdline())
    return True  # it has ended meanwhile


def _children() -> list[psutil.Process]:
    """This process' own; what a fork server has forked may be another test process'."""
    found, left = [], psutil.Process().children()
    while left:
        one = left.pop()
        found.append(one)
        with suppress(psutil.Error):
            if SERVER not in one.cmdline():
                left += one.children()
    return found


def _said(one: psutil.Process) -> str:
    with suppress(psutil.Error):
        command = " ".join(one.cmdline())
        if one.status() != psutil.STATUS_ZOMBIE and not any(name in command for name in PROCESSES):
            return _told(one)
    return ""


def _told(one: psutil.Process) -> str:
    with suppress(psutil.Error):
        return f"process {one.pid}: {' '.join(one.cmdline())[:150]}"
    return f"process {one.pid}"


def _descriptors() -> dict[int, str]:
    found: dict[int, str] = {}
    tracker = getattr(resource_tracker, "_resource_tracker", None)  # multiprocessing's, made once, by whoever needs it
    # pairs of nameless sockets: event loops have one each to wake themselves, and jupyter_core keeps its loops
    lines = psutil.Process().net_connections("unix") if Path("/proc/self/fd").is_dir() else []
    pairs = {line.fd for line in lines if not (line.laddr or line.raddr)}
    for name in os.listdir("/proc/self/fd") if Path("/proc/self/fd").is_dir() else ():
        with suppress(OSError):  # the one that listed them
            if int(name) not in (*pairs, getattr(tracker, "_fd", None)):
                found[int(name)] = os.readlink(f"/proc/self/fd/{name}")
    return found


def _known(name: str, reasons: dict[str, str]) -> bool:
    return any(re.match(pattern, name) for pattern in reasons)


def _in_time(look: Callable[[], list[T]]) -> list[T]:
    end = time.monotonic() + PATIENCE
    while (found := look()) and time.monotonic() < end:
        time.sleep(0.2)
    return found

"""Keeps TensorFlow's greeting out of notebooks: notices about the processor, written before any log level is read.

TensorFlow's libraries write them to file descriptor 2 while they are loaded. So during the first ``import tensorflow``
that descriptor leads to a small process, this file run as a script, which passes on at once all that is not one of
`NOTICES`. A process, not a thread: what is written just before a crash or a kill still arrives. Where there can be no
such process, or TensorFlow has been imported already, nothing is done.
"""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager, suppress

TYPE_CHECKING = False  # as typing's; importing that would take the script longer than all it does
if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Iterator, Sequence
    from importlib.machinery import ModuleSpec
    from types import ModuleType
    from typing import Any

NOTICES = (
    b"All log messages before absl::InitializeLog() is called are written to STDERR",
    b" oneDNN custom operations are on. ",
    b" cpu_feature_guard.cc:",
    b"To enable the following instructions: ",  # goes with the line before
)
STDIN, STDERR = 0, 2
LONGEST_WAIT = 2.0  # seconds for the filter to pass on the rest, which takes milliseconds


def install() -> None:
    """Make the first ``import tensorflow`` quiet; leave it alone if it has been or if the user wants to see all."""
    if "tensorflow" not in sys.modules and os.environ.get("TF_CPP_MIN_LOG_LEVEL") != "0":
        sys.meta_path.insert(0, Finder())


class Finder:
    """Finds TensorFlow where the other finders find it, and has its import held quiet; stays until that succeeded."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return the others' spec with a loader that is quiet."""
        if fullname != "tensorflow":
            return None
        for finder in [finder for finder in sys.meta_path if finder is not self]:
            if hasattr(finder, "find_spec") and (spec := finder.find_spec(fullname, path, target)):
                with suppress(AttributeError):  # a loader of another kind: TensorFlow is not quiet then
                    self._wrap(spec.loader)
                return spec
        return None

    def _wrap(self, loader: Any) -> None:
        exec_module: Callable[[ModuleType], None] = loader.exec_module

        def quietly(module: ModuleType) -> None:
            vars(loader).pop("exec_module", None)
            with filtered():
                exec_module(module)
            with suppress(ValueError):
                sys.meta_path.remove(self)

        loader.exec_module = quietly


@contextmanager
def filtered() -> Iterator[None]:
    """Lead what is written to file descriptor 2 through the filter; where that is impossible, change nothing."""
    try:
        kept = os.dup(STDERR)
    except OSError:  # closed
        yield
        return
    try:
        process = _start()
        try:
            yield
        finally:
            _flush()
            os.dup2(kept, STDERR)  # closes the last way into the filter, which ends
            if process:
                with suppress(Exception):  # another process has the descriptor too: the filter goes on by itself
                    process.wait(LONGEST_WAIT)
    finally:
        os.close(kept)


def _start() -> subprocess.Popen[bytes] | None:
    """Start the filter and lead file descriptor 2 into it."""
    import subprocess

    source, target = os.pipe()
    try:
        process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-I", "-S", __file__],
            stdin=source,
            stdout=subprocess.DEVNULL,
            start_new_session=True,  # whoever kills a process with its group does not kill what it had to say
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),  # Windows
        )
    except (OSError, ValueError, TypeError):  # no program, no right to start one
        return None
    else:
        _flush()
        os.dup2(target, STDERR)
        return process
    finally:
        os.close(source)
        os.close(target)


def _flush() -> None:
    with suppress(OSError, ValueError, AttributeError):
        sys.stderr.flush()


def pass_on(source: int, target: int) -> None:
    """Copy lines from one file descriptor to another until the end, all but the notices."""
    rest = b""
    while chunk := os.read(source, 65536):
        *lines, rest = (rest + chunk).split(b"\n")
        _write(target, b"".join(line + b"\n" for line in lines if not _is_notice(line)))
    if not _is_notice(rest):
        _write(target, rest)


def _is_notice(line: bytes) -> bool:
    return any(notice in line for notice in NOTICES)


def _write(target: int, content: bytes) -> None:
    while content:
        content = content[os.write(target, content) :]


if __name__ == "__main__":
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that imports
    pass_on(STDIN, STDERR)

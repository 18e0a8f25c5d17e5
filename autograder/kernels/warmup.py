"""What a kernel does for the first time takes long; so the fork server does some of it once, before it forks.

Showing an error is the dearest: IPython then imports its formatters, and parses and colours every file that the
traceback passes through: 0.4 s for a student's first mistake, and for each submission that has one.
"""

from __future__ import annotations

import ctypes
import linecache
import sys
from pathlib import Path

ERRORS = (
    "numpy.testing.assert_allclose([1.0], [2.0])",  # through contextlib and numpy's own tests
    "numpy.reshape([1], (2, 3))",
    "keras.layers.Dense(-1)",  # through Keras' filter of tracebacks
)
HUGE_PAGE, MADV_COLLAPSE = 2 << 20, 25


def show_errors() -> None:
    """Have IPython format a few errors, as it will when students make them."""
    import keras
    import numpy as np
    from ipykernel.zmqshell import ZMQInteractiveShell
    from IPython.core.ultratb import AutoFormattedTB

    formatter = AutoFormattedTB(mode="Context", theme_name=ZMQInteractiveShell.colors.default_value, tb_offset=1)
    for number, source in enumerate(ERRORS):
        name = f"<rehearsal {number}>"
        linecache.cache[name] = len(source), None, [source + "\n"], name
        try:
            exec(compile(source, name, "exec"), {"numpy": np, "keras": keras})  # noqa: S102
        except (AssertionError, ValueError):
            formatter.structured_traceback(*sys.exc_info())
        finally:
            del linecache.cache[name]


def gather_pages() -> None:
    """Have Linux put this process' memory into pages of 2 MiB where it can (6.1 and newer).

    A fork copies the page table, and its end takes it down again, so both take as long as there are pages. What a fork
    writes to is split into small pages again. madvise(2), MADV_COLLAPSE.
    """
    madvise = ctypes.CDLL(None).madvise
    madvise.argtypes = ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int
    for line in Path("/proc/self/maps").read_text().splitlines():
        edges, rights, _, _, _, *name = line.split()
        if rights != "rw-p" or name not in ([], ["[heap]"]):
            continue
        start, end = (int(edge, 16) for edge in edges.split("-"))
        for place in range(-(-start // HUGE_PAGE) * HUGE_PAGE, end - HUGE_PAGE + 1, HUGE_PAGE):
            madvise(place, HUGE_PAGE, MADV_COLLAPSE)  # may fail, and then it stays as it is

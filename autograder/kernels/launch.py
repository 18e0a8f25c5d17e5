"""How a fork of the server becomes an IPython kernel."""

from __future__ import annotations

import itertools
import logging
import os
import random
import select
import signal
import sys
import threading
import traceback
from typing import Any, NoReturn

from autograder.judge.channel import VARIABLE
from autograder.kernels.request import Request
from autograder.kernels.syscalls import LIBC

PR_SET_PDEATHSIG = 1


def end_with_parent(parent: int) -> None:
    """Have the operating system kill this process when its parent ends.

    Args:
        parent: a descriptor of the parent, as of `os.pidfd_open`: it may have ended just now.
    """
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if select.select([parent], [], [], 0)[0]:
        os._exit(1)


def become_kernel(request: Request, files: list[int], report: int) -> NoReturn:
    """Turn this fork into an IPython kernel.

    Args:
        request: what was asked for.
        files: standard output and standard error, then listening sockets for a sandboxed kernel's five channels.
        report: a pipe to say when clients can connect; closed.
    """
    status = 1
    try:
        _redirect(files[:2])
        keep = files[2:]
        os.environ.clear()
        os.environ.update(request.variables)
        if request.has_channel:
            os.environ[VARIABLE] = str(keep[-1])
        os.chdir(request.cwd)
        _reseed()
        _close_all_but({0, 1, 2, report, *keep})
        if request.limits is not None:  # its sockets listen already
            os.write(report, b"{}\n")
            os.close(report)
        status = _run(request, keep, report)
    except SystemExit as stop:
        status = stop.code if isinstance(stop.code, int) else int(stop.code is not None)
    except BaseException:  # noqa: BLE001  (nothing of a fork may run on as if it were the server)
        traceback.print_exc()
        sys.stderr.flush()
    finally:
        _exit(status)


def _redirect(outputs: list[int]) -> None:
    null = os.open(os.devnull, os.O_RDWR)
    for target, source in enumerate([null, *outputs]):
        os.dup2(source, target)


def _close_all_but(keep: set[int]) -> None:
    edges = [-1, *sorted(keep), os.sysconf("SC_OPEN_MAX")]
    for low, high in itertools.pairwise(edges):
        if low + 1 < high:  # of an empty range Python closes everything
            os.closerange(low + 1, high)


def _reseed() -> None:
    """Give each kernel random numbers of its own; Python's module does so by itself, NumPy's does not."""
    random.seed()
    if numpy := sys.modules.get("numpy"):
        numpy.random.seed()


def _run(request: Request, sockets: list[int], report: int) -> int:
    import matplotlib as mpl

    from autograder.kernels.kernelapp import SandboxedKernelApp, WarmKernelApp

    mpl.rcParams["backend"] = request.variables.get("MPLBACKEND") or mpl.rcParams["backend"]
    application: Any  # parent_handle 1: do not look for a parent, we do that
    if request.limits is None:
        application = WarmKernelApp.instance(parent_handle=1, report=report)
    else:
        application = SandboxedKernelApp.instance(parent_handle=1, channels=sockets)
    sys.argv = ["ipykernel_launcher.py", *request.arguments]
    known = [reference() for reference in logging._handlerList]  # type: ignore[attr-defined]
    application.initialize(request.arguments)
    streams = {sys.__stdout__: sys.stdout, sys.__stderr__: sys.stderr}
    for handler in known:  # of modules that were imported before there was a notebook to write to
        if isinstance(handler, logging.StreamHandler) and handler.stream in streams:
            handler.setStream(streams[handler.stream])
    application.start()
    return 0


def _exit(status: int) -> NoReturn:
    """End as an interpreter would: run what was registered for the end, flush, go."""
    import atexit

    try:
        threading._shutdown()  # type: ignore[attr-defined]  # waits for threads that are no daemons
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(status)

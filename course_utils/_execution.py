"""Runs a student's notebook from top to bottom in a kernel of its own, whatever its cells do."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from subprocess import DEVNULL
from typing import TYPE_CHECKING, Any

from course_utils._notebook import INSTALLS, calls_exit, cell_time, is_lecture, marks_of, named

if TYPE_CHECKING:
    from nbformat import NotebookNode

ENDED, NOT_RUN = "Ended", "not run"
LECTURE_TIME = 900.0  # seconds for a lecture cell, which may train a network
DEAF = "Python gives no answer any more, and had to be ended. What this cell or the one before it does may be why"
PATIENCE = 5.0  # seconds for a cell that was interrupted to end


def run(notebook: NotebookNode, folder: Path, tell: Callable[[str], None], *, lecture: bool) -> NotebookNode:
    """Run a copy of a notebook.

    Args:
        notebook: as `course_utils._notebook.read` gives it.
        folder: where it runs.
        tell: called with the number of each cell that begins.
        lecture: whether lecture cells are run, too.

    Returns:
        The copy, with outputs: what stopped a cell is its last one, an error. `ENDED` is one of a cell that ended
        Python, `NOT_RUN` one of each cell behind it.
    """
    from jupyter_client.manager import AsyncKernelManager
    from nbclient import NotebookClient
    from nbclient.exceptions import CellControlSignal, DeadKernelError

    copy = _to_run(notebook, lecture=lecture)
    limit = cell_time(copy)
    number = sum(bool(cell.source.strip()) for cell in copy.cells if cell.cell_type == "code")
    started: dict[str, float] = {}
    at = 0
    deaf = threading.Event()  # a kernel that answers nothing any more, not even when it is interrupted
    watch: list[threading.Timer] = []

    def begin(cell: NotebookNode, cell_index: int) -> None:
        nonlocal at
        at = cell_index
        if cell.cell_type == "code" and cell.source.strip():
            started[str(cell_index)] = time.monotonic()
            watch.append(threading.Timer(2 * allowed(cell) + PATIENCE, kill))
            watch[-1].daemon = True
            watch[-1].start()
            tell(f"cell {len(started)} of {number}")

    def allowed(cell: NotebookNode) -> float:
        return LECTURE_TIME if is_lecture(cell) else 3 * limit

    def kill() -> None:
        deaf.set()
        if (process := getattr(manager.provisioner, "process", None)) is not None:
            process.kill()

    def end(cell: NotebookNode, cell_index: int, **_: Any) -> None:
        while watch:
            watch.pop().cancel()
        if str(cell_index) in started:
            cell.metadata["seconds"] = time.monotonic() - started[str(cell_index)]

    manager = AsyncKernelManager(kernel_spec_manager=_this_python())
    client = NotebookClient(
        copy,
        km=manager,
        resources={"metadata": {"path": str(folder)}},
        allow_errors=True,
        interrupt_on_timeout=True,
        timeout_func=allowed,
        record_timing=False,
        on_cell_start=begin,
        on_cell_executed=end,
    )
    try:
        client.execute(cleanup_kc=True, stdout=DEVNULL, stderr=DEVNULL)  # it leaves no kernel that it was given
    except (DeadKernelError, CellControlSignal) as error:
        died = isinstance(error, DeadKernelError) and not deaf.is_set()
        ended = _ends_python(copy, at) if died else at  # after exit() Python goes on for a moment
        what = "it ends the whole of Python (exit, a crash, or too little memory)" if died else DEAF
        copy.cells[ended].setdefault("outputs", []).append(_error(ENDED, what))
        for cell in copy.cells[ended + 1 :]:
            if cell.cell_type == "code" and cell.source.strip():
                cell.outputs = [_error(NOT_RUN, f"{named(copy, ended)} ended Python before")]
    finally:
        while watch:
            watch.pop().cancel()
    return copy


def _to_run(notebook: NotebookNode, *, lecture: bool) -> NotebookNode:
    """Return a copy without outputs and without what is not to be run: pip, and lecture cells unless asked for."""
    copy = deepcopy(notebook)
    for cell in copy.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
            source = cell.source.encode(errors="replace").decode()  # half of an emoji
            cell.source = "" if is_lecture(cell) and not lecture else INSTALLS.sub(r"\1pass", source)
    return copy


def _ends_python(notebook: NotebookNode, at: int) -> int:
    """Find the cell that ended Python: the last one before that calls exit or quit, else the one that was running."""
    for index in range(at, -1, -1):
        cell = notebook.cells[index]
        if calls_exit(cell) and not marks_of(cell).get("grade"):
            return index
    return at


def _this_python() -> Any:
    """Give kernels of the Python that this runs in, whatever was once installed for another one under their name."""
    from jupyter_client.kernelspec import KernelSpec, KernelSpecManager

    class ThisPython(KernelSpecManager):  # type: ignore[misc]
        def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
            del kernel_name
            command = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
            return KernelSpec(argv=command, display_name="Python 3", language="python")

    return ThisPython()


def _error(name: str, message: str) -> NotebookNode:
    from nbformat.v4 import new_output

    return new_output("error", ename=name, evalue=message, traceback=[])

"""From the .py sources to executed solutions and student versions: what `make notebooks` does.

An author edits ``solutions/NN_slug/NN_slug.py`` (jupytext percent format). Building turns it into the notebook beside
it, runs that from top to bottom, stores the outputs, and generates the student version. Whether a notebook is up to
date can be told without running it: `drift` compares all that does not depend on running. Where only texts and points
have changed, outputs stay as they are and nothing is run. A changed hidden test is run, with all else: it shares the
kernel, so later cells see what it draws from generators of random numbers and what names it leaves behind.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.authoring.release import release
from autograder.errors import AssignmentError
from autograder.notebooks import markers
from course_utils.ledger import FOLDER_VARIABLE
from course_utils.study import STORE_VARIABLE

if TYPE_CHECKING:
    from nbformat import NotebookNode
    from traitlets.config import Config

    from autograder.course import Course

MEND = "Run `make notebooks` and commit what it changes."
WIDGET = "application/vnd.jupyter.widget-view+json"
FOLD = "fold"
NOTE = "**Check `{name}`:** run the folded cell below (select it, then Shift+Enter)."
KERNELSPEC = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}


def from_source(path: Path) -> NotebookNode:
    """Turn a .py source into a notebook without outputs.

    Authors write only what matters of nbgrader's metadata: ``{"grade_id": "x", "solution": true}`` for an answer cell,
    ``{"grade_id": "x", "points": 2}`` for a test cell, both for a written answer. The rest is filled in here. Cell ids
    are made from the cell's text, so that rebuilding changes nothing and editing one cell changes one id.

    Args:
        path: the jupytext percent file.

    Returns:
        The notebook, in nbformat 4.5.

    Raises:
        AssignmentError: when a cell for nbgrader has no grade_id, two have the same, or a mark is misspelt or alone.
    """
    import jupytext
    from nbformat.v4 import new_notebook

    try:
        written = jupytext.read(path, fmt="py:percent").cells
    except Exception as error:  # whatever jupytext stumbles over
        raise AssignmentError(f"{path} cannot be read as a notebook: {type(error).__name__}: {error}") from error
    markers.check(path, written)
    cells = list(_with_notes(written))
    seen: set[str] = set()
    for cell in cells:
        cell.metadata.pop("lines_to_next_cell", None)  # jupytext's own bookkeeping
        marks = cell.metadata.get("nbgrader")
        if marks is not None:
            if "grade_id" not in marks:
                raise AssignmentError(
                    f"{path}: a cell has nbgrader metadata without a grade_id. Name it:\n{cell.source}"
                )
            defaults = {"grade": "points" in marks, "solution": False, "task": False, "schema_version": 3}
            marks.update({**defaults, **marks})
            marks.setdefault("locked", not marks["solution"])
        if _is_test(cell) or FOLD in cell.metadata.get("tags", []):
            cell.metadata["jupyter"] = {"source_hidden": True}
        digest = hashlib.sha256(cell.source.encode()).hexdigest()[:8]
        cell.id = next(name for name in _numbered(digest) if name not in seen)
        seen.add(cell.id)
    metadata = {"kernelspec": KERNELSPEC, "language_info": {"name": "python", "file_extension": ".py"}}
    return new_notebook(cells=cells, metadata=metadata)


def _is_test(cell: NotebookNode) -> bool:
    marks = cell.metadata.get("nbgrader", {})
    return cell.cell_type == "code" and "points" in marks and not marks.get("solution")


def _with_notes(cells: list[NotebookNode]) -> Iterator[NotebookNode]:
    from nbformat.v4 import new_markdown_cell

    for cell in cells:
        if _is_test(cell):
            name = str(cell.metadata.nbgrader.get("grade_id", "")).removesuffix("-test")
            yield new_markdown_cell(NOTE.format(name=name))
        yield cell


def execute(
    notebook: NotebookNode, folder: Path, config: Config, cell_timeout: int | None = 600, runs: Path | None = None
) -> None:
    """Run a notebook in place and keep only outputs that are the same each time.

    Args:
        notebook: as from `from_source`; gets outputs.
        folder: the working directory for the run.
        config: the course's configuration.
        cell_timeout: seconds that a cell may run.
        runs: where studies keep their runs and look for runs that are done.

    Raises:
        nbclient.exceptions.CellExecutionError: when a cell fails.
        AssignmentError: when a cell writes to stderr, which readers should not have to see.
    """
    from nbclient import NotebookClient

    from autograder.kernels import WARM, specs

    metadata = dict(notebook.metadata)
    resources = {"metadata": {"path": str(folder)}}
    options = {"timeout": cell_timeout, "record_timing": False, "coalesce_streams": True, "kernel_name": WARM}
    specs.ensure()  # a kernel that is ready at once
    client = NotebookClient(notebook, config=config, resources=resources, **options)
    kept = {STORE_VARIABLE: str(runs)} if runs else {}
    client.execute(env={**os.environ, FOLDER_VARIABLE: str(folder / "results"), **kept})
    notebook.metadata.clear()
    notebook.metadata.update(metadata)  # without the kernel's Python version and the widgets' random ids
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if output.get("name") == "stderr":
                raise AssignmentError(f"This cell writes to stderr:\n{cell.source}\nIt wrote:\n{output.text}")
        if "outputs" in cell:
            cell.outputs = [output for output in cell.outputs if _without_widget(output)]


def _without_widget(output: NotebookNode) -> bool:
    """Take the live widget out of an output, and tell whether a picture or text for people is left of it."""
    data = output.get("data", {})
    return WIDGET not in data or (data.pop(WIDGET) is not None and set(data) != {"text/plain"})


def drift(course: Course, assignment: str) -> list[str]:
    """Tell what of an assignment is out of date with its .py source.

    Args:
        course: the course.
        assignment: the assignment's name.

    Returns:
        One sentence per out-of-date file, naming it and the mend; empty when all is well.
    """
    source, executed = _pair(course, assignment)
    if not executed.exists():
        return [f"{executed} does not exist. {MEND}"]
    try:
        present = _unexecuted(_read(executed))
    except Exception as error:  # noqa: BLE001  (merge conflicts, half a file: each makes nbformat stumble its own way)
        return [f"{executed} is damaged ({type(error).__name__}). {MEND}"]
    if present != from_source(source):
        return [f"{executed} was not built from the present {source.name}. {MEND}"]
    return []


def build(course: Course, assignments: list[str] | None = None, *, force: bool = False) -> Iterator[tuple[str, bool]]:
    """Bring executed solutions and student versions up to date.

    A notebook is run if any of its code has changed.

    Args:
        course: the course.
        assignments: which ones; all by default.
        force: run notebooks anew even where no code has changed.

    Yields:
        Each assignment's name and whether it was run, when it is done.

    Raises:
        AssignmentError: unknown assignment, or a notebook that fails or writes to stderr.
    """
    import nbformat
    from nbclient.exceptions import CellControlSignal, DeadKernelError

    for assignment in assignments or course.assignments():
        course.require(assignment)
        course.require_writable(course.folder("source", assignment=assignment))
        is_run = False
        if force or drift(course, assignment):
            source, executed = _pair(course, assignment)
            notebook = from_source(source)
            is_run = force or not _take_outputs(notebook, executed)
            try:
                if is_run:
                    execute(notebook, source.parent, course.config)
            except (CellControlSignal, DeadKernelError) as error:  # it fails, takes too long, or ends Python
                raise AssignmentError(f"{source} fails when run:\n{error}") from error
            nbformat.write(notebook, executed)
        release(course, assignment)
        yield assignment, is_run


def _take_outputs(notebook: NotebookNode, executed: Path) -> bool:
    """Give a notebook the outputs of its last run, if all that a kernel sees is as it was then.

    Args:
        notebook: as from `from_source`.
        executed: the notebook of the last run.

    Returns:
        Whether it has them; False where any code differs, or where the last run is not there as a whole.
    """
    try:
        before = [cell for cell in _read(executed).cells if cell.cell_type == "code"]
    except Exception:  # noqa: BLE001  (as in `drift`)
        return False
    after = [cell for cell in notebook.cells if cell.cell_type == "code"]
    if [_as_run(cell) for cell in before] != [_as_run(cell) for cell in after]:
        return False
    if any(cell.source.strip() and cell.execution_count is None for cell in before):  # somebody cleared its outputs
        return False
    for new, old in zip(after, before, strict=True):
        new.outputs, new.execution_count = old.outputs, old.execution_count
    return True


def _as_run(cell: NotebookNode) -> tuple[str, list[str]]:
    """Return what a run makes use of: of the metadata only tags, which say what may fail or is left out."""
    return cell.source, sorted(cell.metadata.get("tags", []))


def kept_runs(course: Course, assignment: str, profile: str, seed: int = 0) -> Path:
    """Where `measure` keeps what the studies of a notebook have run, so that it can be stopped and continued."""
    return course.root / "build" / "measure" / f"{assignment}-{profile}-{seed}.jsonl"


def measure(course: Course, assignment: str, profile: str, seed: int = 0) -> Path:
    """Run a solution notebook in a profile and keep only what it records of its measurements.

    Runs of its studies that were done before are not done again, as long as nothing that they depend on has changed
    (see `course_utils.study.Study`).

    Args:
        course: the course.
        assignment: the assignment's name.
        profile: ``"quick"`` or ``"full"``.
        seed: the notebook's seed.

    Returns:
        The file with the measurements (see course_utils/ledger.py).

    Raises:
        AssignmentError: unknown assignment, or a cell fails.
    """
    from nbclient.exceptions import CellControlSignal, DeadKernelError

    source, _ = _pair(course, course.require(assignment))
    notebook = from_source(source)
    for cell in notebook.cells:
        if "parameters" in cell.metadata.get("tags", []):
            cell.source += f"\nprofile, seed = {profile!r}, {seed}"
    try:
        runs = kept_runs(course, assignment, profile, seed)
        execute(notebook, source.parent, course.config, cell_timeout=None, runs=runs)
    except (CellControlSignal, DeadKernelError) as error:
        raise AssignmentError(f"{source} fails when run with profile {profile}:\n{error}") from error
    return source.parent / "results" / f"{profile}.json"


def _pair(course: Course, assignment: str) -> tuple[Path, Path]:
    executed = course.source(assignment)
    source = executed.with_suffix(".py")
    if not source.exists():
        raise AssignmentError(f"{source} does not exist. Make one with: jupytext --to py:percent {executed}")
    return source, executed


def _read(path: Path) -> NotebookNode:
    import nbformat

    return nbformat.read(path, as_version=4)


def _unexecuted(notebook: NotebookNode) -> NotebookNode:
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = []
            cell.execution_count = None
    return notebook


def _numbered(name: str) -> Iterator[str]:
    yield name
    number = 2
    while True:
        yield f"{name}-{number}"
        number += 1

"""Before you hand in: run a notebook as grading will, with the checks that you can see, and say what came of it.

``python -m course_utils.check NOTEBOOK`` needs nothing of the grader's: no hidden tests, no network, any system. The
notebook runs from top to bottom in a Python of its own, so nothing counts that was only ever run by hand. What it came
to is also written to a receipt beside the notebook.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.metadata
import json
import platform
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from course_utils import _button, _execution, _outcomes
from course_utils._execution import NOT_RUN
from course_utils._notebook import ABOUT, NotebookError, defined, digest, is_lecture, missing, read
from course_utils._outcomes import FAILS, LATER, PARTLY, PASSES, TO_DO, WRITTEN, Exercise, Result

# fmt: off
__all__ = [
    "ABOUT", "FAILS", "LATER", "NOT_RUN", "PARTLY", "PASSES", "TO_DO", "WRITTEN", "Exercise", "NotebookError", "Result",
    "button", "check", "digest", "main", "read", "report", "versions", "write_receipt",
]
# fmt: on
PACKAGES = {"deep-learning-course": (), "tensorflow": ("tensorflow-cpu",), "keras": (), "numpy": ()}
"""What a receipt tells the versions of, and other names under which they are installed."""


def check(path: Path, tell: Callable[[str], None] = lambda what: None) -> Result:
    """Run a notebook from top to bottom in a new kernel and look at what its visible checks say.

    Lecture cells are left out, as in grading, unless something needs a name that they define.

    Args:
        path: the notebook; it is not changed.
        tell: called with a word on what is being done.

    Raises:
        NotebookError: as `read`.
    """
    notebook = read(path)
    done = _execution.run(notebook, path.parent, tell, lecture=False)
    lecture = (cell for cell in notebook.cells if is_lecture(cell))
    if borrowed := sorted(_outcomes.unknown_names(done) & defined(lecture)):
        tell(f"{', '.join(borrowed)} comes from a lecture cell: everything is run, which takes longer")
        done = _execution.run(notebook, path.parent, tell, lecture=True)
    remarks = [*_outcomes.changes(notebook, path), *_outcomes.troubles(done)]
    return Result([*_outcomes.exercises(done)], remarks, missing(notebook))


def write_receipt(path: Path, result: Result) -> Path:
    """Write down what a check came to, beside the notebook.

    Args:
        path: the notebook.
        result: as from `check`.

    Returns:
        The receipt: a JSON file with the notebook's name, its SHA-256 and that of its cells' text (which stays the same
        when the notebook is run and saved once more), the time, versions, and each exercise's state.
    """
    import nbformat

    receipt, content = path.with_name(f"{path.stem}.receipt.json"), path.read_bytes()
    said = {
        "file": path.name,
        "sha256": hashlib.sha256(content).hexdigest(),
        "sources": digest(nbformat.reads(content.decode("utf-8-sig"), as_version=4)),
        "checked": datetime.now().astimezone().isoformat(timespec="seconds"),
        "ready": result.is_ready,
        "exercises": [asdict(exercise) for exercise in result.exercises],
        "remarks": result.remarks,
        "python": platform.python_version(),
        "system": platform.system(),
        "packages": versions(),
    }
    draft = receipt.with_suffix(".new")
    text = json.dumps(said, indent=1, ensure_ascii=False) + "\n"
    draft.write_text(text, encoding="utf-8", errors="replace")  # a file's name may hold what is no letter
    draft.replace(receipt)
    return receipt


def versions() -> dict[str, str]:
    """Give the versions, as far as they are installed, of what results may depend on."""
    found = {name: [*filter(None, map(_version, (name, *others)))] for name, others in PACKAGES.items()}
    return {name: there[0] for name, there in found.items() if there}


def _version(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return ""


def button() -> None:
    """Show a button that checks the notebook in which this is called, or how to do it in a terminal."""
    _button.show()


def main(arguments: list[str] | None = None) -> int:
    """Check notebooks and print what came of them.

    Returns:
        0: everything passes; 1: something fails or is still to do; 2: a file that cannot be read.
    """
    parser = argparse.ArgumentParser(
        prog="python -m course_utils.check",
        description="Run a notebook as grading will, with the checks that you can see, and say what came of it.",
    )
    parser.add_argument("notebook", type=Path, help="the .ipynb file that you are going to hand in")
    parser.add_argument("--progress", action="store_true", help=argparse.SUPPRESS)  # for the button
    parser.add_argument("--no-receipt", action="store_true", help="do not write NOTEBOOK.receipt.json")
    options = parser.parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a console may lack a letter
    progress = _progress_line if options.progress else _progress
    try:
        result = check(options.notebook, progress)
    except NotebookError as error:
        _progress("")
        print(error, file=sys.stderr)
        return 2
    except Exception as error:  # noqa: BLE001  (a student can do nothing about it, but should know what it was not)
        _progress("")
        said = f"{type(error).__name__}: {error}"[: _outcomes.LONGEST]
        print(f"The check itself failed, not your notebook, which is unchanged. Please report: {said}", file=sys.stderr)
        return 2
    _progress("")
    print("\n".join(report(result, options.notebook)))
    if not options.no_receipt:
        try:
            print(f"Receipt: {write_receipt(options.notebook, result)}")
        except OSError as error:
            print(f"No receipt: {options.notebook.parent.resolve()} cannot be written ({error.strerror}).")
    return 0 if result.is_ready else 1


def report(result: Result, path: Path) -> Iterator[str]:
    """Give the lines that say what came of a notebook.

    Args:
        result: as from `check`.
        path: the notebook.
    """
    titles = [exercise.title for exercise in result.exercises]
    for exercise in result.exercises:
        which = f" [{exercise.name}]" if titles.count(exercise.title) > 1 else ""
        said = f": {exercise.message}" if exercise.message else ""
        yield f"{exercise.state:>8}  {exercise.title}{which}{said}"
    if result.remarks:
        yield "Also:"
        yield from (f"  - {remark}" for remark in result.remarks)
    tested = [one for one in result.exercises if not one.is_written and one.state != LATER]
    passed = sum(exercise.state == PASSES for exercise in tested)
    yield f"{passed} of {len(tested)} pass what can be seen. When you hand in, more tests run, with other numbers."
    yield f"Hand in: {path.resolve()}"


def _progress(what: str) -> None:
    """Show one line on a terminal, and nothing elsewhere."""
    if sys.stderr.isatty():
        print(f"\r{what[:100]:100}\r", end="", file=sys.stderr, flush=True)


def _progress_line(what: str) -> None:
    print(f"{_button.PROGRESS}{what}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())

"""Before you hand in: run a notebook as grading will, with the checks that you can see, and say what came of it.

``python -m course_utils.check NOTEBOOK`` needs nothing of the grader's: no hidden tests, no network, any system. The
notebook runs from top to bottom in a Python of its own, so nothing counts that was only ever run by hand. What it came
to is also written to a receipt beside the notebook.
"""

from __future__ import annotations

import argparse
import ast
import hashlib
import importlib.metadata
import json
import platform
import re
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from subprocess import DEVNULL
from typing import TYPE_CHECKING, Any

from course_utils import _button

if TYPE_CHECKING:
    from nbformat import NotebookNode

PASSES, PARTLY, FAILS, NOT_RUN = "passes", "partly", "fails", "not run"
TO_DO, LATER, WRITTEN = "to do", "later", "written"
CELL_TIME = 20.0  # seconds that grading gives a cell, where the notebook does not say
LECTURE_TIME = 900.0  # seconds for a lecture cell, which may train a network
DEAF = "Python gives no answer any more, and had to be ended. What this cell or the one before it does may be why"
PATIENCE = 5.0  # seconds for a cell that was interrupted to end
LONGEST = 300  # characters of a message
ABOUT = "course"  # in a notebook's metadata, what `autograder release` says about it
HEADING = re.compile(r"^#+ *(?:✏️ *)?(.+?) *$", re.MULTILINE)
TITLE = re.compile(r"^#+ *✏️ *(.+?) *$", re.MULTILINE)
ANSI = re.compile(r"\x1b\[[0-9;]*m")
NUMBERED = re.compile(r"\(\d+\.py, line")  # what a cell is called where its text is no Python
INSTALLS = re.compile(r"^( *)[%!] *(?:\S*python\S* +-m +)?(?:pip3?|conda|mamba|uv) .*$", re.MULTILINE)
UNKNOWN = re.compile(r"name '(\w+)' is not defined")
PACKAGES = {"deep-learning-course": (), "tensorflow": ("tensorflow-cpu",), "keras": (), "numpy": ()}
"""What a receipt tells the versions of, and other names under which they are installed."""
MEND = (
    "Open it in JupyterLab and save it; if that fails, take the last version that opens (File > Revert to Checkpoint)."
)
LOST = (
    "the marks by which they are found are gone, as when cells are copied into another notebook. Copy your answers "
    "into a fresh copy of the notebook, and check and hand in that."
)
KINDS = {
    b"%PDF": "it is a PDF. Hand in the notebook itself, the file that ends in .ipynb in the folder where you worked.",
    b"PK": "it is a zip. Unpack it, and check the notebook that is in it.",
    b"<": "it is a web page, maybe the platform's own: log in there, and download the notebook once more.",
}
"""How files begin that get the name of a notebook, and what to say."""


class NotebookError(Exception):
    """A file that is no notebook of the course; the message says what to do."""


@dataclass(frozen=True)
class Exercise:
    """What became of one graded cell."""

    title: str
    name: str
    state: str
    message: str = ""
    is_written: bool = False  # an answer in words, which no check can judge


@dataclass
class Result:
    """What became of a notebook.

    Attributes:
        exercises: in their order.
        remarks: sentences about all else that its author should know.
        missing: names of cells for answers and tests that are not there.
    """

    exercises: list[Exercise] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    @property
    def is_ready(self) -> bool:
        """Whether every exercise is there, done, and passes its visible checks."""
        return not self.missing and all(exercise.state in (PASSES, LATER, WRITTEN) for exercise in self.exercises)


def read(path: Path) -> NotebookNode:
    """Read a notebook.

    Args:
        path: the file.

    Raises:
        NotebookError: when it is not there, damaged, or holds no exercises.
    """
    import nbformat

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a cell that was copied has the other's id
            text = path.read_text(encoding="utf-8-sig")  # Windows' editors put a mark in front
            notebook = nbformat.reads(text, as_version=4)
    except FileNotFoundError:
        there = ", ".join(sorted(other.name for other in path.parent.glob("*.ipynb"))) or "none"
        raise NotebookError(f"{path} is not there. Notebooks in that folder: {there}.") from None
    except PermissionError:
        raise NotebookError(
            f"{path} may not be read by you. Copy it to a folder of your own, and check that."
        ) from None
    except IsADirectoryError:
        raise NotebookError(f"{path} is a folder. Name the notebook in it: {path / 'NAME.ipynb'}.") from None
    except Exception as error:
        raise NotebookError(f"{path.name} cannot be read as a notebook: {_damage(path)}") from error
    if not any(_marks(cell).get("grade") for cell in notebook.cells):
        if any("course_utils" in cell.source for cell in notebook.cells):
            raise NotebookError(f"{path.name} is without exercises: {LOST}")
        raise NotebookError(
            f"{path.name} holds no exercises of the course. Is it the file that you worked in, and not another one?"
        )
    return notebook


def _damage(path: Path) -> str:  # noqa: PLR0911
    """Say what a file is that is no notebook, and what to do."""
    try:
        content = path.read_bytes()
    except OSError as error:
        return f"{error.strerror}."
    for beginning, what in KINDS.items():
        if content.lstrip(b"\xef\xbb\xbf \r\n").startswith(beginning):
            return what
    if not content.strip():
        return "it is empty. It was not saved, or not downloaded whole: take it anew from where you worked."
    if b"<<<<<<< " in content:
        return (
            "it holds a conflict of git (lines with <<<<<<< and >>>>>>>). Take one of the two versions: git checkout "
            "--ours FILE, or --theirs."
        )
    try:
        json.loads(content)
    except json.JSONDecodeError as error:
        at_end = error.pos >= len(content.decode(errors="replace").rstrip()) - 1
        if at_end or error.msg.startswith("Unterminated"):
            return f"it breaks off in line {error.lineno}, so it was not saved or uploaded whole. {MEND}"
        return f"it was damaged, or is another kind of file. {MEND}"
    except ValueError:  # no UTF-8
        return f"it was damaged, or is another kind of file. {MEND}"
    except RecursionError:
        pass
    return f"it is another kind of file, or of another version of Jupyter. {MEND}"


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
    done = _run(notebook, path.parent, tell, lecture=False)
    missing = set(UNKNOWN.findall("\n".join(output.evalue for _, output in _errors(done))))
    borrowed = sorted(missing & _defined(cell for cell in notebook.cells if _is_lecture(cell)))
    if borrowed:
        tell(f"{', '.join(borrowed)} comes from a lecture cell: everything is run, which takes longer")
        done = _run(notebook, path.parent, tell, lecture=True)
    result = Result([*_exercises(done)])
    result.remarks += [*_changed(notebook, path), *_troubles(done)]
    result.missing = _missing(notebook)
    return result


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


def digest(notebook: NotebookNode) -> str:
    """SHA-256 of the text of a notebook's cells, whatever editor saved it and whatever outputs it has.

    Args:
        notebook: as read from the file.
    """
    found = hashlib.sha256()
    for cell in notebook.cells:
        text = cell.source.replace("\r\n", "\n").rstrip()
        found.update(f"{cell.cell_type}\n{len(text)}\n{text}\n".encode(errors="replace"))
    return found.hexdigest()


def versions() -> dict[str, str]:
    """Give the versions, as far as they are installed, of what results may depend on."""
    found = {name: [*filter(None, map(_version, (name, *others)))] for name, others in PACKAGES.items()}
    return {name: there[0] for name, there in found.items() if there}


def _version(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return ""


# Running


def _run(notebook: NotebookNode, folder: Path, tell: Callable[[str], None], *, lecture: bool) -> NotebookNode:
    """Return a copy of a notebook that has been run; what stopped a cell is its last output, an error."""
    from jupyter_client.manager import AsyncKernelManager
    from nbclient import NotebookClient
    from nbclient.exceptions import CellControlSignal, DeadKernelError

    copy = _to_run(notebook, lecture=lecture)
    limit = _cell_time(copy)
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
        return LECTURE_TIME if _is_lecture(cell) else 3 * limit

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
        copy.cells[ended].setdefault("outputs", []).append(_error("Ended", what))
        for cell in copy.cells[ended + 1 :]:
            if cell.cell_type == "code" and cell.source.strip():
                cell.outputs = [_error(NOT_RUN, f"{_called(copy, ended)} ended Python before")]
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
            cell.source = "" if _is_lecture(cell) and not lecture else INSTALLS.sub(r"\1pass", source)
    return copy


def _ends_python(notebook: NotebookNode, at: int) -> int:
    """Find the cell that ended Python: the last one before that calls exit or quit, else the one that was running."""
    for index in range(at, -1, -1):
        cell = notebook.cells[index]
        if cell.cell_type == "code" and not _marks(cell).get("grade") and _calls(cell.source, {"exit", "quit"}):
            return index
    return at


def _calls(source: str, names: set[str]) -> bool:
    try:
        calls = [node.func for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    except (SyntaxError, ValueError):
        return False
    return any(isinstance(function, ast.Name) and function.id in names for function in calls)


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


# What came of it


def _exercises(done: NotebookNode) -> Iterator[Exercise]:
    title = ""
    for cell in done.cells:
        if cell.cell_type == "markdown" and (found := TITLE.findall(cell.source)):
            title = found[-1].replace("`", "").strip()
        marks = _marks(cell)
        if marks.get("grade"):
            name = str(marks.get("grade_id", ""))
            is_written = bool(marks.get("solution"))
            state, message = _written(cell) if is_written else _tested(cell, done)
            yield Exercise(title or name, name, state, message, is_written)


def _written(cell: NotebookNode) -> tuple[str, str]:
    if _is_untouched(cell):
        return TO_DO, ""
    number = len(cell.source.split())
    return (WRITTEN, f"{number} words; a person will read them") if number else (TO_DO, "the cell is empty")


def _tested(cell: NotebookNode, done: NotebookNode) -> tuple[str, str]:  # noqa: PLR0911
    if cell.cell_type != "code":
        return FAILS, "its test is no code cell any more. Select the cell, press Esc, then Y"
    errors = [output for output in cell.outputs if output.output_type == "error"]
    if not errors and _is_blank(cell):
        return (TO_DO, "") if _answers_untouched(cell, done) else (LATER, "its tests run when you hand in")
    if not errors:
        [gained] = [output for output in cell.outputs if output.output_type == "execute_result"][-1:] or [None]
        points = gained and gained.data.get("text/plain", "")
        most = _points(cell)
        if points and re.fullmatch(r"\d+(\.\d+)?", points) and float(points) < most:
            return PARTLY, f"{points} of {most:g} points so far"
        return PASSES, ""
    last = errors[-1]
    answer = _answer_of(cell, done)
    if answer and _is_untouched(answer):
        return TO_DO, ""
    if answer and last.ename == "NameError" and (stopped := _last_error(answer)):
        return FAILS, f"its answer stops: {_message(stopped)}"
    if last.ename == "NameError" and (missing := UNKNOWN.findall(last.evalue)):
        return FAILS, f"there is no `{missing[0]}`. Is its cell there, above this one, and is the name spelt as it was?"
    if last.ename == "NotImplementedError":
        return FAILS, "it comes to a line that is still to be replaced, here or in an earlier answer that this one uses"
    return NOT_RUN if last.ename == NOT_RUN else FAILS, _message(last)


def _is_blank(cell: NotebookNode) -> bool:
    """Tell whether a test has nothing that can be seen."""
    try:
        return not ast.parse(cell.source).body
    except SyntaxError:  # magics
        return False


def _answers_untouched(test: NotebookNode, done: NotebookNode) -> bool:
    """Tell whether the nearest answer cell before a test is as it was handed out."""
    answer = _answer_of(test, done)
    return answer is not None and _is_untouched(answer)


def _answer_of(test: NotebookNode, done: NotebookNode) -> NotebookNode | None:
    """Find the nearest answer cell before a test."""
    before = done.cells[: next(index for index, cell in enumerate(done.cells) if cell is test)]
    answers = [cell for cell in before if _marks(cell).get("solution") and cell.cell_type == "code"]
    return answers[-1] if answers else None


def _last_error(cell: NotebookNode) -> NotebookNode | None:
    return next((output for output in reversed(cell.get("outputs", [])) if output.output_type == "error"), None)


def _troubles(done: NotebookNode) -> Iterator[str]:
    limit = _cell_time(done)
    for index, error in _errors(done):
        cell = done.cells[index]
        expected = "raises-exception" in cell.metadata.get("tags", [])
        if _marks(cell).get("grade") or error.ename in ("NotImplementedError", NOT_RUN) or expected:
            continue
        yield f"T{_called(done, index)[1:]} stops: {_message(error)}"
    for index, cell in enumerate(done.cells):
        seconds = cell.metadata.get("seconds", 0)
        if limit < seconds < 3 * limit and not _is_lecture(cell):
            yield (
                f"T{_called(done, index)[1:]} took {seconds:.0f} s. Grading stops a cell after {limit:g} s: can it do "
                "with less?"
            )


def _changed(notebook: NotebookNode, path: Path) -> Iterator[str]:
    """Say what of the notebook is not as it was handed out, and would better be."""
    about = _about(notebook)
    names = [str(_marks(cell)["grade_id"]) for cell in notebook.cells if "grade_id" in _marks(cell)]
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    without_marks = bool(code) and not any(map(_marks, code))
    if without_marks:
        yield f"No cell of code is an answer or a test: {LOST}"
    for name in [] if without_marks else _missing(notebook):
        yield (
            f"The cell “{name}” is missing. Copy it back from a fresh copy of the notebook: an answer is only "
            "found in its own cell."
        )
    for index, cell in enumerate(notebook.cells):
        if cell.cell_type == "code" and not _is_lecture(cell) and _calls(cell.source, {"exit", "quit"}):
            yield f"T{_called(notebook, index)[1:]} calls exit or quit, which ends Python in grading. Take it out."
        if cell.cell_type == "code" and INSTALLS.search(cell.source):
            yield (
                f"T{_called(notebook, index)[1:]} installs something, which was left out: grading has no network, and "
                "only what the course installs."
            )
    for name in dict.fromkeys(name for name in names if names.count(name) > 1):
        yield f"The cell “{name}” is there {names.count(name)} times. Delete all copies but one."
    for cell in notebook.cells:
        marks = _marks(cell)
        if marks.get("locked") and "checksum" in marks and not _is_untouched(cell):
            yield f"The locked cell “{marks.get('grade_id')}” was changed. Grading uses the original: run a fresh copy."
    wanted = about.get("assignment")
    if wanted and path.stem != wanted:
        yield f"The file is called {path.name}. Hand it in as {wanted}.ipynb."


def _missing(notebook: NotebookNode) -> list[str]:
    there = [_marks(cell).get("grade_id") for cell in notebook.cells]
    needed = _about(notebook).get("cells", [])
    return [name for name in needed if isinstance(name, str) and name not in there] if isinstance(needed, list) else []


def _errors(done: NotebookNode) -> list[tuple[int, NotebookNode]]:
    return [
        (index, output)
        for index, cell in enumerate(done.cells)
        for output in cell.get("outputs", [])
        if output.output_type == "error"
    ]


def _message(error: NotebookNode) -> str:
    """Say on one line what an error says."""
    said = NUMBERED.sub("(line", " ".join(ANSI.sub("", error.evalue).split()))
    if error.ename == "KeyboardInterrupt" and not said:
        return "it takes too long and was interrupted. Is there a loop that does not end?"
    if error.ename == "StdinNotImplementedError":
        return "it asks for input(), and nobody is there to answer. Give the value in the code instead."
    if error.ename == "ModuleNotFoundError":
        return f"{said}. Grading has only what the course installs: can it be done without?"
    known = error.ename in ("AssertionError", "CheckFailed", "Ended", NOT_RUN)
    whole = said if known and said else f"{error.ename}: {said}".rstrip(": ")
    return whole if len(whole) <= LONGEST else f"{whole[:LONGEST]}…"


# What a cell is, and what a notebook says of itself


def _about(notebook: NotebookNode) -> dict[str, Any]:
    about = notebook.metadata.get(ABOUT, {})
    return about if isinstance(about, dict) else {}


def _cell_time(notebook: NotebookNode) -> float:
    seconds = _about(notebook).get("cell_time")
    return float(seconds) if isinstance(seconds, int | float) else CELL_TIME


def _marks(cell: NotebookNode) -> dict[str, Any]:
    marks = cell.metadata.get("nbgrader", {})
    return marks if isinstance(marks, dict) else {}


def _points(cell: NotebookNode) -> float:
    points = _marks(cell).get("points")
    return float(points) if isinstance(points, int | float) else 0.0


def _is_lecture(cell: NotebookNode) -> bool:
    return "demo" in cell.metadata.get("tags", []) and not (_marks(cell).get("grade") or _marks(cell).get("solution"))


def _is_untouched(cell: NotebookNode) -> bool:
    """Tell whether a cell is as it was handed out, by the checksum that nbgrader has left in it (nbgrader/utils.py).

    What editors do by themselves at the ends of lines and of the cell is no change.
    """
    marks = _marks(cell)
    parts = [cell.cell_type, *(str(bool(marks.get(kind))) for kind in ("grade", "solution", "locked"))]
    parts.append(str(marks.get("grade_id")))
    if marks.get("grade"):
        parts.append(str(_points(cell)))
    source = cell.source.replace("\r\n", "\n")
    texts = ("".join([text, *parts]) for text in (source, source.rstrip()))
    return marks.get("checksum") in {hashlib.md5(text.encode(), usedforsecurity=False).hexdigest() for text in texts}


def _defined(cells: Iterator[NotebookNode]) -> set[str]:
    """Names that cells give a value at their top level."""
    found: set[str] = set()
    for cell in cells:
        try:
            nodes = list(ast.walk(ast.parse(cell.source)))
        except (SyntaxError, ValueError):  # magics
            continue
        found |= {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
        found |= {node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.ClassDef)}
        found |= {
            (alias.asname or alias.name).partition(".")[0]
            for node in nodes
            if isinstance(node, ast.Import | ast.ImportFrom)
            for alias in node.names
        }
    return found


def _called(notebook: NotebookNode, index: int) -> str:
    """Name a cell by its first line and by the heading above it."""
    lines = [line for line in notebook.cells[index].source.splitlines() if line.strip()]
    line = lines[0] if lines else ""
    above = "\n".join(cell.source for cell in notebook.cells[:index] if cell.cell_type == "markdown")
    headings = HEADING.findall(above)
    where = f" below “{headings[-1].replace('`', '')}”" if headings else ""
    return f"the cell “{line if len(line) <= 50 else line[:50] + '…'}”{where}"


# The button, and the command


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
        said = f"{type(error).__name__}: {error}"[:LONGEST]
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

"""Try mutants of reference answers on the tests of an assignment, in a process that may die.

The notebook's cells are run once, up to each answer in turn; there every mutant takes the answer's place and the
answer's tests are run on it, the part that students see first. All of it happens in a process that has been forked
from this one: a mutant that never ends or takes all memory ends that process, and the next one goes on behind it.
"""

from __future__ import annotations

import ast
import contextlib
import hashlib
import importlib
import multiprocessing
import os
import random
import re
import resource
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from autograder.authoring.mutants import Mutant
from autograder.authoring.trial import Judged
from autograder.errors import AssignmentError
from autograder.notebooks.cells import grade_id, is_locked, is_test, marks

if TYPE_CHECKING:
    from nbformat import NotebookNode

HIDDEN = re.compile(r"^[^\n]*### BEGIN HIDDEN TESTS.*?### END HIDDEN TESTS[^\n]*\n?", re.S | re.M)
SECONDS = 10
"""Of processor time for a mutant, beyond several times what the reference takes."""
PATIENCE = 12
"""How many times as long by the clock: machines are busy."""
CHECKED = 30
"""Seconds after which the reference is tried again between mutants, beyond ten times what that takes; what was found
till then is kept."""
MEMORY = 2 << 30
"""Bytes for a mutant, beyond what the notebook has taken before."""


class Told(StrEnum):
    """By what a mutant is told from the right answer."""

    VISIBLE = "visible"
    HIDDEN = "hidden"
    NOBODY = "survives"
    FREE = "free"
    """It was not tried, since any choice will do."""


@dataclass
class Exercise:
    """An answer, the cells up to its last test, and its mutants."""

    name: str
    first: int
    """The answer's place among the cells."""
    last: int
    tests: frozenset[str]
    mutants: list[Mutant]
    base: str
    """A digest of all that a verdict depends on, but for the mutant."""
    todo: list[int] = field(default_factory=list)

    def key(self, mutant: Mutant) -> str:
        """Name a mutant in what is kept of the last run."""
        return hashlib.sha256((self.base + mutant.source).encode()).hexdigest()[:24]


@dataclass(frozen=True)
class Work:
    """The cells of a notebook, and mutants of its answers that are to be tried."""

    assignment: str
    cells: list[NotebookNode]
    exercises: list[Exercise]
    folder: Path
    """What students get, of which the cells may read files."""


Event = tuple[str, str, int, str]
"""What happens, the exercise, the number of the mutant, and what is said."""
Result = tuple[Exercise, int, Told, str]
"""Whose mutant, its number, by what it was told, and what was said."""


# ---- this process: watches, and starts the next one where one has ended


def tried(work: Work) -> Iterator[Result]:
    """Try all mutants that are to be tried, those of an exercise in one process if that does no harm.

    Args:
        work: what is to be tried.

    Yields:
        What became of each mutant.

    Raises:
        AssignmentError: when a cell fails, or a reference does not pass its own tests.
    """
    with _quiet():
        for name in _imported(work.cells):
            with contextlib.suppress(Exception):  # the cell itself will tell
                importlib.import_module(name)
    by_name = {each.name: each for each in work.exercises}
    left = {each.name: list(each.todo) for each in work.exercises if each.todo}
    spoilt = set[str]()  # exercises with a mutant that changes what the others see
    held: dict[str, list[Result]] = {}
    while left:
        first = next(iter(left))
        portion = {first: left[first][:1]} if first in spoilt else {name: [*left[name]] for name in left}
        for what, where, number, said in _events(work, portion):
            if what == "broken":
                raise AssignmentError(f"{work.assignment}: {said} `autograder validate-source` tells more.")
            if what == "spoilt":  # once more, each in a process of its own
                left[where] = sorted([*left[where], *(result[1] for result in held.pop(where, []))])
                spoilt.add(where)
                break
            if what == "done":
                yield from held.pop(where, [])
                continue
            left[where].remove(number)
            held.setdefault(where, []).append((by_name[where], number, Told(what), said))
            if where in spoilt:
                yield from held.pop(where)
        left = {name: numbers for name, numbers in left.items() if numbers}
        for name in held.keys() - left.keys():
            yield from held.pop(name)


def _events(work: Work, portion: dict[str, list[int]]) -> Iterator[Event]:
    """Run a process and yield what it tells, and how it ended if that was a mutant's doing."""
    fork = multiprocessing.get_context("fork")
    ours, its = fork.Pipe(duplex=False)
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        child = fork.Process(target=_child, args=(work, portion, its, Path(folder)), daemon=True)
        child.start()
        its.close()
        doing: Event | None = None
        limit = 10.0 * SECONDS * PATIENCE
        try:
            while ours.poll(limit):
                event: Event = ours.recv()
                if event[0] == "end":
                    return
                if event[0] == "begins":
                    doing = event
                    limit = float(event[3].split()[1])
                else:
                    yield event
                    doing = None
            how = "it does not end"
        except EOFError:
            child.join()
            how = _death(child.exitcode)
        finally:
            child.kill()
            child.join()
            child.close()
            ours.close()
    if doing is None:
        yield "broken", "", 0, f"A cell that is no answer {how}."
    else:
        _, where, number, stage = doing
        if number < 0:
            yield "broken", where, 0, f"The reference answer {where} or its tests: {how}."
        else:
            yield stage.split()[0], where, number, how


def _death(code: int | None) -> str:
    if code == -signal.SIGXCPU:
        return "it does not end"
    if code is not None and code < 0:
        return f"Python ended by {signal.Signals(-code).name}: out of memory, or a library gave up"
    return f"Python ended (exit code {code})"


def _imported(cells: list[NotebookNode]) -> list[str]:
    """Name the modules that the cells import: imported once here, they are there in every fork."""
    found = dict[str, None]()
    for cell in cells:
        try:
            steps = list(ast.walk(ast.parse(cell.source)))
        except SyntaxError:
            continue
        for step in steps:
            if isinstance(step, ast.Import):
                found |= dict.fromkeys(alias.name for alias in step.names)
            elif isinstance(step, ast.ImportFrom) and step.module and not step.level:
                found[step.module] = None
    return list(found)


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Drop what libraries write to stderr when they are loaded."""
    sys.stderr.flush()
    before = os.dup(2)
    with Path(os.devnull).open("w") as nowhere:
        os.dup2(nowhere.fileno(), 2)
    try:
        yield
    finally:
        sys.stderr.flush()
        os.dup2(before, 2)
        os.close(before)


# ---- the other process: runs cells


def _child(work: Work, portion: dict[str, list[int]], line: Connection, folder: Path) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the one that waits, which ends this one
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nowhere, number)
    os.environ["MPLBACKEND"] = "agg"
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if work.folder.is_dir():
        shutil.copytree(work.folder, folder / "work")
    else:
        (folder / "work").mkdir()
    os.chdir(folder / "work")
    try:
        _walk(work, portion, lambda *event: line.send(event))
    except Exception as error:  # noqa: BLE001  (it is raised over there)
        line.send(("broken", "", 0, f"{type(error).__name__}: {error}"))
    line.send(("end", "", 0, ""))
    line.close()
    os._exit(0)  # whatever threads there are


def _walk(work: Work, portion: dict[str, list[int]], tell: Callable[[str, str, int, str], None]) -> None:
    """Run the notebook up to the last exercise with mutants to be tried, and try them where they belong."""
    places = {each.first: each for each in work.exercises if portion.get(each.name)}
    with Judged() as notebook:
        for place, cell in enumerate(work.cells[: max(places, default=-1) + 1]):
            if place in places and not _series(work, notebook, places[place], portion[places[place].name], tell):
                return
            if not is_test(cell) and (failure := notebook.run(cell.source, locked=is_locked(cell))):
                tell("broken", "", 0, f"the cell {grade_id(cell) or cell.source[:40]!r} fails: {failure}")
                return


def _series(
    work: Work,
    notebook: Judged,
    exercise: Exercise,
    numbers: list[int],
    tell: Callable[[str, str, int, str], None],
) -> bool:
    """Try mutants of an answer, the reference before and after them; tell whether all is as it was."""
    kept, dice, more = notebook.kept(), random.getstate(), np.random.get_state()
    reference = work.cells[exercise.first].source
    tries = [-1, *numbers, -1] if len(numbers) > 1 else [-1, *numbers]
    limit = float(20 * SECONDS)
    checked, checks, took = time.process_time(), 0, 0.0
    while tries:
        number = tries.pop(0)
        source = reference if number < 0 else exercise.mutants[number].source
        began = time.process_time()
        _limit(limit)

        def begins(stage: Told, number: int = number) -> None:
            tell("begins", exercise.name, number, f"{stage} {PATIENCE * limit}")  # noqa: B023

        try:
            told, said = _try(work, notebook, exercise, source, begins)
        except Exception as error:  # noqa: BLE001  (of a fault, whatever it is)
            told, said = Told.HIDDEN, f"{type(error).__name__}: {error}"
        notebook.restore(kept)
        random.setstate(dice)
        np.random.set_state(more)
        if number >= 0:
            tell(told, exercise.name, number, said[:2000])
            if tries and tries[0] >= 0 and len(numbers) > 1 and time.process_time() - checked > CHECKED + 10 * took:
                tries.insert(0, -1)
            continue
        checked, checks = time.process_time(), checks + 1
        if told is not Told.NOBODY and checks == 1:
            tell("broken", exercise.name, 0, f"the reference answer {exercise.name} does not pass its tests: {said}")
            return False
        elif told is not Told.NOBODY:
            tell("spoilt", exercise.name, 0, said)
            return False
        tell("done", exercise.name, 0, "")
        if checks == 1:
            took = checked - began
            limit = SECONDS + 5 * took
    _limit(None)
    tell("done", exercise.name, 0, "")
    return True


def _try(
    work: Work, notebook: Judged, exercise: Exercise, source: str, begins: Callable[[Told], None]
) -> tuple[Told, str]:
    """Put an answer into its place and go on to its last test."""
    begins(Told.VISIBLE)
    hidden: str | None = None
    for cell in work.cells[exercise.first : exercise.last + 1]:
        if cell is work.cells[exercise.first]:
            notebook.run(source)  # its error is its tests' to tell
        elif not is_test(cell):
            notebook.run(cell.source, locked=is_locked(cell))
        elif grade_id(cell) in exercise.tests:
            seen = HIDDEN.sub("", cell.source)
            points = float(marks(cell).get("points", 0))
            if seen != cell.source:
                if said := notebook.test(seen):
                    return Told.VISIBLE, said
                begins(Told.HIDDEN)
            if said := notebook.test(cell.source, points):
                if seen == cell.source:
                    return Told.VISIBLE, said
                hidden = hidden or said
                begins(Told.VISIBLE)
    return (Told.NOBODY, "") if hidden is None else (Told.HIDDEN, hidden)


def _limit(seconds: float | None) -> None:
    """Give what comes next its time and memory; the process ends with the time."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, most = resource.getrlimit(resource.RLIMIT_CPU)
    end = most if seconds is None else int(used.ru_utime + used.ru_stime + seconds + 1)
    resource.setrlimit(resource.RLIMIT_CPU, (end, most))
    _, most = resource.getrlimit(resource.RLIMIT_DATA)  # of what can be written: threads reserve far more addresses
    taken = int(Path("/proc/self/statm").read_text().split()[5]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_DATA, (most if seconds is None else taken + MEMORY, most))

"""Tell whether an assignment's tests notice small faults in its reference answers.

The notebook's cells are run once, up to each answer in turn; there every mutant takes the answer's place and the
answer's tests are run on it, the part that students see first. All of it happens in a process that has been forked
from this one: a mutant that never ends or takes all memory ends that process, and the next one goes on behind it.
"""

from __future__ import annotations

import ast
import contextlib
import hashlib
import importlib
import json
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
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from autograder.authoring.mutants import Mutant, mutants
from autograder.authoring.new import ANSWERS
from autograder.authoring.trial import Judged
from autograder.errors import AssignmentError
from autograder.notebooks.cells import grade_id, is_answer, is_demo, is_locked, is_test, marks

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from autograder.course import Course

HIDDEN = re.compile(r"^[^\n]*### BEGIN HIDDEN TESTS.*?### END HIDDEN TESTS[^\n]*\n?", re.S | re.M)
EVERY = "*"
"""Names all faults of an answer that no test tells."""
CODE = Path(__file__).parents[2]
SECONDS = 10
"""Of processor time for a mutant, beyond several times what the reference takes."""
PATIENCE = 12
"""How many times as long by the clock: machines are busy."""
CHECKED = 30
"""Seconds after which the reference is tried again between mutants; what was found till then is kept."""
MEMORY = 2 << 30
"""Bytes for a mutant, beyond what the notebook has taken before."""


class Told(StrEnum):
    """By what a mutant is told from the right answer."""

    VISIBLE = "visible"
    HIDDEN = "hidden"
    NOBODY = "survives"


@dataclass(frozen=True)
class Verdict:
    """What the tests of an exercise said to a mutant of its answer."""

    exercise: str
    mutant: Mutant
    told: Told
    said: str = ""
    """The first thing that was said against it."""
    equivalent: str = ""
    """Why no test can tell it, as the author says."""
    file_line: int = 0
    """The line in the assignment's .py file, from 1; 0 where that is not known."""

    @property
    def is_hole(self) -> bool:
        """Whether the tests should have told it."""
        return self.told is Told.NOBODY and not self.equivalent


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


@dataclass
class Survey:
    """All mutants of an assignment, and what is known of them."""

    course: Course
    assignment: str
    cells: list[NotebookNode]
    exercises: list[Exercise]
    equivalents: dict[str, dict[str, str]]
    known: dict[str, tuple[Told, str]]
    source: str
    kept: Path
    folder: Path
    seconds: int = SECONDS

    def __len__(self) -> int:
        return sum(len(each.todo) for each in self.exercises)

    def run(self) -> Iterator[Verdict]:
        """Yield a verdict for each mutant, those that are known from before first.

        Raises:
            AssignmentError: when a cell fails, or a reference does not pass its own tests.
        """
        for exercise in self.exercises:
            fresh = []
            for number in exercise.todo:
                if before := self.known.get(exercise.key(exercise.mutants[number])):
                    yield self._verdict(exercise, number, *before)
                else:
                    fresh.append(number)
            exercise.todo = fresh
        if not len(self):
            return
        with _quiet():
            for name in _imported(self.cells):
                with contextlib.suppress(Exception):  # the cell itself will tell
                    importlib.import_module(name)
        self.kept.parent.mkdir(parents=True, exist_ok=True)
        with self.kept.open("a", encoding="utf-8") as lines:
            for exercise, number, told, said in _tried(self):
                lines.write(json.dumps([exercise.key(exercise.mutants[number]), told, said]) + "\n")
                lines.flush()
                yield self._verdict(exercise, number, told, said)

    def stale(self, verdicts: Iterable[Verdict]) -> Iterator[tuple[str, str]]:
        """Yield exercise and line of what is named as equivalent, and is not: it is told, or not made any more.

        Args:
            verdicts: of all mutants that were tried; what is named and was not tried is not looked at.
        """
        of = {(each.exercise, each.mutant.source): bool(each.equivalent) for each in verdicts}
        for exercise in self.exercises:
            for name in self.equivalents.get(exercise.name, {}):
                made = [(exercise.name, mutant.source) for mutant in exercise.mutants if name in _names(mutant)]
                if all(each in of and not of[each] for each in made):  # also where none is made
                    yield exercise.name, name

    def _verdict(self, exercise: Exercise, number: int, told: Told, said: str) -> Verdict:
        mutant = exercise.mutants[number]
        reasons = self.equivalents.get(exercise.name, {}) if told is Told.NOBODY else {}
        reason = next((reasons[name] for name in _names(mutant) if name in reasons), "")
        found = self.source.find(self.cells[exercise.first].source)
        line = self.source.count("\n", 0, found) + mutant.line if found >= 0 else 0
        return Verdict(exercise.name, mutant, told, said, reason, line)


def _names(mutant: Mutant) -> tuple[str, str, str]:
    """Return by what an equivalent may be named: the line with the fault, the line that has the fault, or all of it."""
    return mutant.change, mutant.before.strip(), EVERY


def survey(
    course: Course,
    assignment: str,
    exercises: list[str] | None = None,
    *,
    fresh: bool = False,
    sample: int | None = None,
) -> Survey:
    """Make the mutants of an assignment's reference answers.

    Args:
        course: the course.
        assignment: the assignment's name; its .py is read, or its notebook where there is none.
        exercises: which answers, by grade_id; all by default.
        fresh: forget what is known from before.
        sample: take this many only, the same ones each time; nothing is known from before, and nothing kept.

    Returns:
        What is to be run.

    Raises:
        AssignmentError: unknown assignment or exercise.
    """
    from autograder.authoring.build import from_source
    from autograder.authoring.release import require_source

    path = course.source(course.require(assignment))
    written = path.with_suffix(".py")
    source = from_source(written) if written.exists() else require_source(path)
    cells = [cell for cell in source.cells if cell.cell_type == "code" and not is_demo(cell)]
    found = list(_exercises(source, cells))
    known = [each.name for each in found]
    for name in exercises or []:
        if name not in known:
            raise AssignmentError(f"{assignment} has no tested answer called {name!r}; there are: {', '.join(known)}.")
    for each in found:
        each.todo = list(range(len(each.mutants))) if not exercises or each.name in exercises else []
    if sample is not None:
        _thin(found, sample)
    kept = course.root / "build" / "mutants" / f"{assignment}.jsonl" if sample is None else Path(os.devnull)
    if fresh and sample is None:
        kept.unlink(missing_ok=True)
    text = written.read_text(encoding="utf-8") if written.exists() else ""
    equivalents = equivalents_of(course, assignment)
    release = course.folder("release", assignment=assignment)
    return Survey(course, assignment, cells, found, equivalents, _known(kept), text, kept, release)


def equivalents_of(course: Course, assignment: str) -> dict[str, dict[str, str]]:
    """Read which mutants no test can tell: ``EQUIVALENT`` in the assignment's module in ``tests/exercises``.

    Args:
        course: the course.
        assignment: the assignment's name.

    Returns:
        By exercise and changed line (or the line before any change) the reason; empty where nothing is named.

    Raises:
        AssignmentError: when it is no plain dictionary of strings.
    """
    path = course.root / ANSWERS / f"nb{assignment}.py"
    if not path.exists():
        return {}
    for step in ast.parse(path.read_text(encoding="utf-8")).body:
        target = step.targets[0] if isinstance(step, ast.Assign) else getattr(step, "target", None)
        if isinstance(target, ast.Name) and target.id == "EQUIVALENT":
            try:
                value = ast.literal_eval(step.value)  # type: ignore[attr-defined]
                return {str(name): {str(line): str(why) for line, why in each.items()} for name, each in value.items()}
            except (ValueError, AttributeError):
                raise AssignmentError(
                    f"{path}: EQUIVALENT should be written out as {{exercise: {{changed line: reason}}}}."
                ) from None
    return {}


def _exercises(source: NotebookNode, cells: list[NotebookNode]) -> Iterator[Exercise]:
    from autograder.execution.follow_on import exercises

    _, about = exercises(source)
    places = {grade_id(cell): place for place, cell in enumerate(cells) if grade_id(cell)}
    for first, cell in enumerate(cells):
        name = str(grade_id(cell))
        tests = frozenset(test for test, subjects in about.items() if name in subjects and places[test] > first)
        if is_answer(cell) and tests:
            last = max(places[test] for test in tests)
            ran = [each.source for place, each in enumerate(cells[: last + 1]) if place != first and not is_test(each)]
            ran.append(cell.source)
            asked = [each.source for each in cells if grade_id(each) in tests]
            base = hashlib.sha256(json.dumps([_code(), ran, asked]).encode()).hexdigest()
            yield Exercise(name, first, last, tests, mutants(cell.source), base)


def _thin(exercises: list[Exercise], sample: int) -> None:
    """Keep so many mutants: the first by their digests, which has nothing to do with where they stand."""
    every = sorted((each.mutants[number].digest, each.name, number) for each in exercises for number in each.todo)
    chosen = {(name, number) for _, name, number in every[:sample]}
    for each in exercises:
        each.todo = [number for number in each.todo if (each.name, number) in chosen]


@cache
def _code() -> str:
    """Return a digest of the code that a verdict depends on."""
    ours = [*(CODE / "course_utils").rglob("*.py"), *(CODE / "autograder" / "judge").glob("*.py"), Path(__file__)]
    ours.append(Path(__file__).with_name("trial.py"))
    return hashlib.sha256(b"".join(path.read_bytes() for path in sorted(ours))).hexdigest()


def _known(path: Path) -> dict[str, tuple[Told, str]]:
    if not path.exists():
        return {}
    found = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        with contextlib.suppress(ValueError, TypeError):  # half a line, of a run that was killed
            key, told, said = json.loads(line)
            found[key] = (Told(told), said)
    return found


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


# ---- this process: watches, and starts the next one where one has ended

Event = tuple[str, str, int, str]
"""What happens, the exercise, the number of the mutant, and what is said."""
Result = tuple[Exercise, int, Told, str]


def _tried(work: Survey) -> Iterator[Result]:
    """Try all mutants that are to be tried, those of an exercise in one process if that does no harm."""
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


def _events(work: Survey, portion: dict[str, list[int]]) -> Iterator[Event]:
    """Run a process and yield what it tells, and how it ended if that was a mutant's doing."""
    fork = multiprocessing.get_context("fork")
    ours, its = fork.Pipe(duplex=False)
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        child = fork.Process(target=_child, args=(work, portion, its, Path(folder)), daemon=True)
        child.start()
        its.close()
        doing: Event | None = None
        limit = 10.0 * work.seconds * PATIENCE
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


# ---- the other process: runs cells


def _child(work: Survey, portion: dict[str, list[int]], line: Connection, folder: Path) -> None:
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


def _walk(work: Survey, portion: dict[str, list[int]], tell: Callable[[str, str, int, str], None]) -> None:
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
    work: Survey,
    notebook: Judged,
    exercise: Exercise,
    numbers: list[int],
    tell: Callable[[str, str, int, str], None],
) -> bool:
    """Try mutants of an answer, the reference before and after them; tell whether all is as it was."""
    kept, dice, more = notebook.kept(), random.getstate(), np.random.get_state()
    reference = work.cells[exercise.first].source
    tries = [-1, *numbers, -1] if len(numbers) > 1 else [-1, *numbers]
    limit = float(20 * work.seconds)
    checked, checks = time.process_time(), 0
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
            if tries and tries[0] >= 0 and len(numbers) > 1 and time.process_time() - checked > CHECKED:
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
            limit = work.seconds + 5 * (checked - began)
    _limit(None)
    tell("done", exercise.name, 0, "")
    return True


def _try(
    work: Survey, notebook: Judged, exercise: Exercise, source: str, begins: Callable[[Told], None]
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


def as_json(assignment: str, verdicts: Iterable[Verdict], stale: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Return all verdicts on an assignment as what `json` writes.

    Args:
        assignment: the assignment's name.
        verdicts: on its mutants.
        stale: exercise and line of what is named as equivalent, and is not.
    """
    found = [
        {
            "exercise": each.exercise,
            "line": each.file_line or each.mutant.line,
            "operator": each.mutant.operator,
            "before": each.mutant.before,
            "after": each.mutant.after,
            "told": str(each.told),
            "said": each.said,
            "equivalent": each.equivalent,
        }
        for each in verdicts
    ]
    return {"assignment": assignment, "mutants": found, "stale": [list(each) for each in stale]}

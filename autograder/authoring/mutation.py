"""Tell whether an assignment's tests notice small faults in its reference answers.

A survey knows the mutants of all answers, what became of them in earlier runs, and which of them no test can tell, as
the author says. Those that are left, `mutant_runner` tries.
"""

from __future__ import annotations

import ast
import contextlib
import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder.authoring.mutant_runner import Exercise, Told, Work, tried
from autograder.authoring.mutants import Mutant, mutants
from autograder.authoring.new import ANSWERS
from autograder.errors import AssignmentError
from autograder.notebooks.cells import grade_id, is_answer, is_demo, is_test

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from autograder.course import Course

EVERY = "*"
"""Names all faults of an answer that no test tells."""
CODE = Path(__file__).parents[2]


@dataclass(frozen=True)
class Verdict:
    """What the tests of an exercise said to a mutant of its answer."""

    exercise: str
    mutant: Mutant
    told: Told
    said: str = ""
    """The first thing that was said against it."""
    equivalent: str = ""
    """Why no test can tell it, or why none should, as the author says."""
    file_line: int = 0
    """The line in the assignment's .py file, from 1; 0 where that is not known."""

    @property
    def is_hole(self) -> bool:
        """Whether the tests should have told it."""
        return self.told is Told.NOBODY and not self.equivalent


@dataclass
class Survey:
    """All mutants of an assignment, and what is known of them."""

    course: Course
    assignment: str
    cells: list[NotebookNode]
    exercises: list[Exercise]
    equivalents: dict[str, dict[str, str]]
    free: dict[str, dict[str, str]]
    known: dict[str, tuple[Told, str]]
    source: str
    kept: Path
    folder: Path

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
                if self._is_free(exercise, number):
                    yield self._verdict(exercise, number, Told.FREE, "")
                elif before := self.known.get(exercise.key(exercise.mutants[number])):
                    yield self._verdict(exercise, number, *before)
                else:
                    fresh.append(number)
            exercise.todo = fresh
        if not len(self):
            return
        work = Work(self.assignment, self.cells, self.exercises, self.folder)
        self.kept.parent.mkdir(parents=True, exist_ok=True)
        with self.kept.open("a", encoding="utf-8") as lines:
            for exercise, number, told, said in tried(work):
                lines.write(json.dumps([exercise.key(exercise.mutants[number]), told, said]) + "\n")
                lines.flush()
                yield self._verdict(exercise, number, told, said)

    def stale(self, verdicts: Iterable[Verdict]) -> Iterator[tuple[str, str]]:
        """Yield exercise and line of what is named as equivalent or free, and is not: it is told, or not made any more.

        Args:
            verdicts: of all mutants that were tried; what is named and was not tried is not looked at.
        """
        of = {(each.exercise, each.mutant.source): bool(each.equivalent) for each in verdicts}
        for exercise in self.exercises:
            for name in self.equivalents.get(exercise.name, {}):
                made = [(exercise.name, mutant.source) for mutant in exercise.mutants if name in _names(mutant)]
                if all(each in of and not of[each] for each in made):  # also where none is made
                    yield exercise.name, name

            for line in self.free.get(exercise.name, {}):
                if not any(line in _lines(mutant) for mutant in exercise.mutants):
                    yield exercise.name, line

    def _is_free(self, exercise: Exercise, number: int) -> bool:
        return self.free.get(exercise.name, {}).keys() >= _lines(exercise.mutants[number])

    def _verdict(self, exercise: Exercise, number: int, told: Told, said: str) -> Verdict:
        mutant = exercise.mutants[number]
        reasons = self.equivalents.get(exercise.name, {}) if told is Told.NOBODY else {}
        reason = next((reasons[name] for name in _names(mutant) if name in reasons), "")
        if told is Told.FREE:
            reason = "; ".join(dict.fromkeys(self.free[exercise.name][line] for line in sorted(_lines(mutant))))
        found = self.source.find(self.cells[exercise.first].source)
        line = self.source.count("\n", 0, found) + mutant.line if found >= 0 else 0
        return Verdict(exercise.name, mutant, told, said, reason, line)


def _names(mutant: Mutant) -> tuple[str, str, str]:
    """Return by what an equivalent may be named: the line with the fault, the line that has the fault, or all of it."""
    return mutant.change, mutant.before.strip(), EVERY


def _lines(mutant: Mutant) -> set[str]:
    """Return the lines that have the fault, as they are in the reference."""
    return {line.strip() for line in mutant.before.splitlines()}


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
    equivalents, free = (named_in(course, assignment, name) for name in ("EQUIVALENT", "FREE"))
    release = course.folder("release", assignment=assignment)
    return Survey(course, assignment, cells, found, equivalents, free, _known(kept), text, kept, release)


def named_in(course: Course, assignment: str, table: str) -> dict[str, dict[str, str]]:
    """Read what the author says of mutants, in the assignment's module in ``tests/exercises``.

    Args:
        course: the course.
        assignment: the assignment's name.
        table: ``"EQUIVALENT"``, mutants that no test can tell, by the changed line or the line before any change; or
            ``"FREE"``, lines of the reference that are a choice of design, whose mutants are not tried.

    Returns:
        By exercise and line the reason; empty where nothing is named.

    Raises:
        AssignmentError: when it is no plain dictionary of strings.
    """
    path = course.root / ANSWERS / f"nb{assignment}.py"
    if not path.exists():
        return {}
    for step in ast.parse(path.read_text(encoding="utf-8")).body:
        target = step.targets[0] if isinstance(step, ast.Assign) else getattr(step, "target", None)
        if isinstance(target, ast.Name) and target.id == table:
            try:
                value = ast.literal_eval(step.value)  # type: ignore[attr-defined]
                return {str(name): {str(line): str(why) for line, why in each.items()} for name, each in value.items()}
            except (ValueError, AttributeError):
                raise AssignmentError(
                    f"{path}: {table} should be written out as {{exercise: {{line: reason}}}}."
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
    ours += [Path(__file__).with_name(name) for name in ("mutant_runner.py", "trial.py")]
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

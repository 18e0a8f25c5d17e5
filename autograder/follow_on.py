"""Follow-on errors: a slip in one exercise must not cost the points of later ones that build on it.

Where an exercise failed, and so did a test of a later one that depends on it, the submission is run once more
(`autograder.execute`). In that run the reference answer takes the place of each answer that failed its tests: at once
where nothing can change that, else after its tests have been tried with the references of those before. For each test
that was tried the better of both outcomes counts; a test is never tried with the reference of what it is about.

The student's cells of that run work with the reference, and could look at what it is made of. Therefore nothing but
points leaves it: no output, message, flag or time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cached_property

from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader.utils import is_solution

from autograder import earlier
from autograder.judge import names, reference
from autograder.submission import grade_id

Scores = Mapping[str, tuple[float, float]]
"""Points and their maximum, by the test's grade_id."""


@dataclass(frozen=True)
class Exercise:
    """An answer cell and the tests that are about it."""

    name: str
    source: str
    """The reference answer."""
    gives: frozenset[str]
    """Names by which tests and later answers know it."""
    tests: tuple[str, ...]
    """Those that are about nothing else."""

    def failed(self, scores: Scores, about: Mapping[str, list[str]]) -> bool:
        """Tell whether it has not all points of its tests, or where it has none of its own, of those that it shares."""
        tests = self.tests or [test for test, subjects in about.items() if self.name in subjects]
        return any(scores[test][0] < scores[test][1] for test in tests if test in scores)

    @cached_property
    def packed(self) -> str:
        """The reference answer, for `autograder.judge.reference.put`."""
        return reference.pack(self.source)


@dataclass
class Plan:
    """What to do in a run with references."""

    tests: dict[str, list[str]] = field(default_factory=dict)
    """Those to be tried, by grade_id, and the names in whose place there may be references."""
    about: dict[str, list[str]] = field(default_factory=dict)
    """What they are about: names of exercises."""
    helpers: set[str] = field(default_factory=set)
    """Tests to be run for the names that they define."""
    after: dict[str, list[Exercise]] = field(default_factory=lambda: defaultdict(list))
    """Exercises whose reference is put in place after a cell, by its grade_id, unless its tests have come out well."""
    given: set[str] = field(default_factory=set)
    """All names in whose place there may be references."""
    links: Mapping[str, set[str]] = field(default_factory=dict)

    def builds(self, cell: NotebookNode) -> bool:
        """Tell whether a cell may come to something else with references."""
        return bool(self.given & _closure(names.read(cell.source), self.links))


def exercises(source: NotebookNode) -> tuple[list[Exercise], dict[str, list[str]]]:
    """Tell an assignment's exercises and what its tests are about.

    A test called ``<answer>-test`` is about that answer alone, any other about all answers whose names it reads.

    Args:
        source: the notebook as the instructor wrote it.

    Returns:
        The exercises, in order; and by the grade_id of each test the names of those that it is about.
    """
    answers: dict[str, str] = {}
    about: dict[str, list[str]] = {}
    reads: dict[str, set[str]] = {}
    for cell in source.cells:
        name = grade_id(cell) or ""
        if earlier.is_test(cell):
            reads[name] = names.read(cell.source)
            alone = name.removesuffix("-test")
            there = [one for one, text in answers.items() if names.defined(text) & reads[name]]
            about[name] = [alone] if alone != name and alone in answers else there
        elif cell.cell_type == "code" and is_solution(cell):
            answers[name] = cell.source
            reads[name] = names.read(cell.source)
    found = []
    for name, text in answers.items():
        tests = tuple(test for test, subjects in about.items() if subjects == [name])
        known = set[str]().union(*(read for other, read in reads.items() if other != name))
        found.append(Exercise(name, text, frozenset(names.defined(text) & known), tests))
    return found, about


def plan(source: NotebookNode, submission: NotebookNode, scores: Scores) -> Plan | None:
    """Tell what to try again with references.

    Args:
        source: the notebook as the instructor wrote it.
        submission: as it was run.
        scores: what its tests gave.

    Returns:
        The plan; None where no test can gain by it.
    """
    wrong = {name for name, (points, most) in scores.items() if points < most}
    if not wrong:
        return None
    found, about = exercises(source)
    failed = [one for one in found if one.failed(scores, about)]
    if not failed:
        return None
    links, texts = _links(submission), {grade_id(cell): cell.source for cell in source.cells}
    made = Plan(about=about, given=set[str]().union(*(one.gives for one in failed)), links=links)
    for test in (name for name in about if name in wrong and about[name]):
        first = min(index for index, one in enumerate(found) if one.name in about[test])
        own = set[str]().union(*(one.gives for one in found if one.name in about[test]))
        before = set[str]().union(*(one.gives for one in failed if one in found[:first]))
        needs = before & _closure(names.read(str(texts[test])), links)
        if needs and not own & before:  # else an earlier exercise's reference might pass for the answer
            made.tests[test] = sorted(needs)
    for one in failed:
        tried = [test for test in one.tests if test in made.tests]
        made.after[tried[-1] if tried else one.name].append(one)
    if not made.tests:
        return None
    wanted = set[str]().union(*(names.needed(str(texts[test])) for test in made.tests))
    made.helpers = {test for test in about if test not in made.tests and names.defined(str(texts[test])) & wanted}
    return made


def said(references: list[str]) -> str:
    """Say with which references a test was marked."""
    quoted = [f"`{name}`" for name in references]
    listed = " and ".join(filter(None, [", ".join(quoted[:-1]), quoted[-1]]))
    kind = "reference" if len(quoted) == 1 else "references"
    return f"Marked with the {kind} {listed} in place of yours."


def references_that_count(source: NotebookNode) -> dict[str, str]:
    """Give the reference answers that marks may depend on: those before a test that is about later answers only.

    Args:
        source: the notebook as the instructor wrote it.

    Returns:
        Their text, by grade_id.
    """
    found, about = exercises(source)
    order = [one.name for one in found]
    first = [min(map(order.index, subjects)) for subjects in about.values() if subjects]
    return {one.name: one.source for one in found[: max(first, default=0)]}


def rest(submission: NotebookNode, plan: Plan) -> NotebookNode:
    """Give a submission as it is to be run once more: without what it showed, and up to the last test to be tried."""
    book = deepcopy(submission)
    last = max(index for index, cell in enumerate(book.cells) if grade_id(cell) in plan.tests)
    del book.cells[last + 1 :]
    for cell in book.cells:
        if cell.cell_type == "code":
            cell.outputs = []
    return book


def outputs(cell: NotebookNode, references: list[str], points: float, most: float) -> list[NotebookNode]:
    """Make what a test shows that has gained points, in place of the error that it showed before."""
    from autograder.plugins import message

    errors = [output for output in cell.outputs if output.output_type == "error"]
    before = f" With yours: {message(errors[-1])}" if errors else ""
    made = [new_output("stream", name="stdout", text=said(references) + before)]
    if points < most:
        made.append(new_output("execute_result", data={"text/plain": repr(points)}))
    return made


def _links(submission: NotebookNode) -> dict[str, set[str]]:
    """By each name that cells define what these cells read."""
    links: dict[str, set[str]] = defaultdict(set)
    for cell in submission.cells:
        if cell.cell_type == "code" and not earlier.is_test(cell):
            for name in names.defined(cell.source):
                links[name] |= names.read(cell.source)
    return links


def _closure(start: set[str], links: Mapping[str, set[str]]) -> set[str]:
    found, left = set[str](), set(start)
    while left:
        name = left.pop()
        found.add(name)
        left |= links.get(name, set()) - found
    return found

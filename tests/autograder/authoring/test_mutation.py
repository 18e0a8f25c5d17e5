"""The survey of small faults: what it shows, what it keeps, and what is named as equivalent."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from autograder.authoring import mutation
from autograder.authoring.mutant_runner import Exercise, Told
from autograder.authoring.mutation import named_in, survey
from autograder.cli import cli
from autograder.course import Course
from autograder.errors import AssignmentError
from tests.support.mutation import NOTEBOOK, name_equivalents, run, verdicts, write


def test_a_survivor_is_shown_with_its_line_and_ends_in_1(root: Path) -> None:
    code, shown = run(root, "--exercise", "larger")
    assert code == 1
    assert (
        "survives: larger (comparison), ps.py:19\n-     return a if a > b else b\n+     return a if a >= b else b"
        in shown
    )


def test_named_equivalents_are_no_holes_and_end_in_0(root: Path) -> None:
    name_equivalents(
        root, 'EQUIVALENT = {"larger": {"return a if a >= b else b": "equal numbers are the same number"}}'
    )
    code, shown = run(root, "--exercise", "larger")
    assert (code, "survives:" in shown) == (0, False)


@pytest.mark.parametrize("line", ["return a if a > b else b", "*"])
def test_an_equivalent_may_be_named_by_the_line_that_has_the_fault(root: Path, line: str) -> None:
    name_equivalents(root, f'EQUIVALENT = {{"larger": {{"{line}": "any change will do"}}}}')
    assert run(root, "--exercise", "larger")[0] == 0


@pytest.mark.parametrize("line", ["return b", "return a if a == b else b"], ids=["told", "not made"])
def test_an_equivalent_that_is_none_is_an_error(root: Path, line: str) -> None:
    reasons = {"return a if a >= b else b": "the same", line: "wrong"}
    name_equivalents(root, f"EQUIVALENT = {{'larger': {reasons!r}}}")
    code, shown = run(root, "--exercise", "larger")
    assert code == 1
    assert f"named as equivalent or free, and is told or not made: larger: {line}" in shown


def test_equivalents_that_are_not_written_out_are_refused(root: Path) -> None:
    name_equivalents(root, "EQUIVALENT = dict(a=1)")
    with pytest.raises(AssignmentError, match=r"nbps\.py: EQUIVALENT should be written out"):
        named_in(Course(root), "ps", "EQUIVALENT")


def test_faults_of_a_free_line_are_not_tried(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name_equivalents(root, 'FREE = {"larger": {"return a if a > b else b": "any will do"}}')
    monkeypatch.setattr(mutation, "tried", lambda work: pytest.fail("tried"))
    work = survey(Course(root), "ps", ["larger"])
    found = list(work.run())
    assert {(each.told, each.equivalent, each.is_hole) for each in found} == {(Told.FREE, "any will do", False)}
    assert len(found) == len(work.exercises[0].mutants)
    assert list(work.stale(found)) == []


def test_a_free_line_that_is_not_there_is_an_error(root: Path) -> None:
    name_equivalents(root, 'FREE = {"larger": {"return a": "any will do"}}')
    code, shown = run(root, "--exercise", "larger")
    assert code == 1
    assert "named as equivalent or free, and is told or not made: larger: return a" in shown


def exercise(root: Path, name: str) -> Exercise:
    return next(each for each in survey(Course(root), "ps").exercises if each.name == name)


def test_what_is_known_is_not_tried_again(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = verdicts(root, "larger", "total")
    monkeypatch.setattr(mutation, "tried", lambda work: pytest.fail("tried again"))
    assert verdicts(root, "larger", "total") == first


def test_a_run_that_was_stopped_goes_on(root: Path) -> None:
    work = survey(Course(root), "ps", ["larger"])
    running = work.run()
    stopped = next(running).mutant
    running.close()
    kept = work.kept.read_text()
    assert len(kept.splitlines()) == 1
    work.kept.write_text(kept + '["half a li')
    found = verdicts(root, "larger")
    assert stopped.change in found
    assert len(work.kept.read_text().splitlines()) == len(found) + (0 if len(found) else 1)


def test_a_changed_test_is_asked_again_and_no_other(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    verdicts(root, "larger", "total")
    write(root, NOTEBOOK.replace("larger(1, 3), 3", "larger(3, 3), 3"))
    work = survey(Course(root), "ps", ["larger", "total"])
    before = work.known
    missing = {
        each.name for each in work.exercises for number in each.todo if each.key(each.mutants[number]) not in before
    }
    assert missing == {"larger"}


def test_an_exercise_that_is_not_there_is_told(root: Path) -> None:
    with pytest.raises(
        AssignmentError, match="ps has no tested answer called 'smaller'; there are: larger, total, half"
    ):
        verdicts(root, "smaller")


def test_json_holds_every_mutant(root: Path) -> None:
    code, shown = run(root, "--exercise", "larger", "--json")
    (told,) = json.loads(shown)
    assert (code, told["assignment"], told["stale"]) == (1, "ps", [])
    assert len(told["mutants"]) == len(exercise(root, "larger").mutants)
    (survivor,) = [each for each in told["mutants"] if each["told"] == "survives"]
    assert survivor["line"] == 19
    assert survivor["after"].strip() == "return a if a >= b else b"


def test_a_sample_is_the_same_each_time_and_keeps_nothing(root: Path) -> None:
    first, second = (survey(Course(root), "ps", sample=5) for _ in range(2))
    assert [each.todo for each in first.exercises] == [each.todo for each in second.exercises]
    assert len(list(first.run())) == 5
    assert not (root / "build").exists()


def test_options_of_mutants_alone_are_wrong_usage(root: Path) -> None:
    done = CliRunner().invoke(cli, ["--course-dir", str(root), "validate-source", "ps", "--sample", "3"])
    assert done.exit_code == 2


def test_a_sample_says_nothing_of_equivalents_that_are_not_in_it(root: Path) -> None:
    name_equivalents(root, 'EQUIVALENT = {"larger": {"return a if a > b else b": "any change will do"}}')
    work = survey(Course(root), "ps", ["larger"])
    told = [each for each in work.run() if each.told is not Told.NOBODY]
    assert list(work.stale(told)) == []

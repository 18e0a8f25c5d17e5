"""What becomes of faults that tests tell or miss, that loop, eat memory, or spoil what others see."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from autograder.authoring import mutant_runner, mutation
from autograder.authoring.mutant_runner import Told
from autograder.authoring.mutants import Mutant, mutants
from autograder.authoring.mutation import survey
from autograder.course import Course
from autograder.errors import AssignmentError
from tests.support.mutation import NOTEBOOK, verdicts, write


def test_each_is_told_by_the_part_of_the_test_that_tells_it(root: Path) -> None:
    found = verdicts(root, "larger")
    assert found["return a if a <= b else b"][0] is Told.VISIBLE
    assert found["return a if a <= b else b"][1].startswith("CheckFailed: larger(2, 1) is wrong")
    assert found["return a"] == (Told.HIDDEN, found["return a"][1])
    assert found["return a"][1].startswith("CheckFailed: larger(1, 3) is wrong")
    assert found["return a if a >= b else b"] == (Told.NOBODY, "")


@pytest.mark.slow
def test_one_that_never_ends_is_killed_and_the_next_is_tried(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = ("dropped: n = n // 2", "n = n // 1", "steps += 2")
    monkeypatch.setattr(mutation, "mutants", lambda source: [m for m in mutants(source) if m.change in wanted])
    found = verdicts(root, "half")
    assert found["dropped: n = n // 2"] == (Told.VISIBLE, "it does not end")
    assert found["n = n // 1"] == (Told.VISIBLE, "it does not end")
    assert found["steps += 2"] == (Told.VISIBLE, "gives 0 of 2 points")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("row = [0]\n    while True:\n        row = row + row", "MemoryError"),
        ("import time\n    time.sleep(1000)", "it does not end"),
        ("import os\n    os._exit(3)", "Python ended (exit code 3)"),
        ("raise SystemExit(1)", "SystemExit: 1"),
        ("while True:\n        print(1)", "it does not end"),
    ],
)
def test_no_fault_takes_the_machine(root: Path, monkeypatch: pytest.MonkeyPatch, fault: str, said: str) -> None:
    monkeypatch.setattr(mutant_runner, "PATIENCE", 1)
    monkeypatch.setattr(mutant_runner, "MEMORY", 200 << 20)
    worse = [
        Mutant("bad", 1, "x", "y", f"def total(numbers):\n    {fault}"),
        Mutant("good", 1, "x", "z", "total = sum"),
    ]
    monkeypatch.setattr(mutation, "mutants", lambda source: worse if "total" in source else [])
    (one, first), (other, second) = ((each.told, each.said) for each in survey(Course(root), "ps").run())
    assert (one, said in first) == (Told.VISIBLE, True), first
    assert (other, second) == (Told.NOBODY, "")


def test_one_that_changes_what_others_see_is_tried_alone(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spoils = "def total(numbers):\n    store.append(1)\n    return sum(numbers)"
    sees = "def total(numbers):\n    return sum(numbers) + len(store) - 1"
    write(root, NOTEBOOK.replace("sum(numbers) + 0", "sum(numbers) + store[-1]"))
    worse = [Mutant("a", 1, "x", "y", spoils), Mutant("b", 1, "x", "z", sees)]
    monkeypatch.setattr(mutation, "mutants", lambda source: worse if "total" in source else [])
    assert [each.told for each in survey(Course(root), "ps").run()] == [Told.NOBODY, Told.NOBODY]


def test_a_reference_that_fails_its_own_test_is_told(root: Path) -> None:
    write(root, NOTEBOOK.replace("larger(1, 3), 3", "larger(1, 3), 4"))
    with pytest.raises(AssignmentError, match="the reference answer larger does not pass its tests: CheckFailed"):
        verdicts(root)


def test_a_cell_that_fails_is_told(root: Path) -> None:
    write(root, NOTEBOOK.replace("store = [0]", "store = 1 / 0"))
    with pytest.raises(AssignmentError, match="the cell 'setup' fails: ZeroDivisionError"):
        verdicts(root)


def test_this_process_stays_as_it_was(root: Path) -> None:
    here = os.getcwd()
    verdicts(root, "total")
    assert os.getcwd() == here


def test_a_long_series_is_kept_piece_by_piece(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The reference is tried in between: what was found before a mutant that spoils something stays."""
    monkeypatch.setattr(mutant_runner, "CHECKED", -1)
    write(root, NOTEBOOK.replace("sum(numbers) + 0", "sum(numbers) + store[-1]"))
    texts = ["return sum(numbers)", "store.append(1)\n    return sum(numbers)", "return sum(numbers) + len(store) - 1"]
    faults = [Mutant("bad", 1, "x", "y", f"def total(numbers):\n    {text}") for text in texts]
    monkeypatch.setattr(mutation, "mutants", lambda source: faults if "total" in source else [])
    found = [(each.mutant.source, each.told) for each in survey(Course(root), "ps").run()]
    assert found == [(each.source, Told.NOBODY) for each in faults]

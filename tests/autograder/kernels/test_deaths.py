"""A kernel that something outside kills costs nobody a point; one that a submission kills gives it no second chance."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_notebook

from autograder.errors import JudgeLostError
from autograder.execution import pair, turns
from autograder.execution.execute import ExecuteSubmission
from autograder.execution.pair import Terms
from autograder.execution.runner import Kernel
from autograder.execution.session import Session
from autograder.execution.turns import Turn
from autograder.notebooks.cells import grade_id
from autograder.notebooks.source import read_source
from autograder.submissions.rebuild import rebuild
from tests.support.classroom import Classroom

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="the sandbox needs Linux"),
]


def outcome(room: Classroom, answers: dict[str, str]) -> dict[str, list[str]]:
    """Run a submission and give the errors of each test."""
    notebook, _ = rebuild(room.released(), room.fill(answers))
    where = {"nbgrader": {"assignment": "ps1", "notebook": "ps1"}, "metadata": {}}

    class Rehearsal(ExecuteSubmission):
        def source(self, resources: dict[str, Any]) -> NotebookNode:
            return read_source(room.course.source("ps1"))

    done, _ = Rehearsal(config=room.course.config).preprocess(notebook, where)
    tests = [cell for cell in done.cells if (grade_id(cell) or "").endswith("-test")]
    return {str(grade_id(cell)): [out.ename for out in cell.outputs if out.output_type == "error"] for cell in tests}


@pytest.fixture
def killer(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """How often the kernel is still to be killed, from outside, as it begins a cell: by the cell's grade_id."""
    plan: dict[str, int] = {}

    class Hunted(Kernel):
        async def run(self, cell: NotebookNode, index: int) -> None:
            name = str(grade_id(cell))
            if plan.get(name, 0) > 0:
                plan[name] -= 1
                self.km.provisioner.process.kill()
                while not self.is_dead():
                    await asyncio.sleep(0.01)
            await super().run(cell, index)

    monkeypatch.setattr(pair, "Kernel", Hunted)
    return plan


@pytest.mark.parametrize("cell", ["setup", "double", "double-test", "partial-test"])
def test_kernel_that_is_killed_from_outside_costs_nothing(ps1: Classroom, killer: dict[str, int], cell: str) -> None:
    killer[cell] = 1
    assert outcome(ps1, {}) == {"double-test": [], "share-test": [], "partial-test": []}
    assert killer[cell] == 0


def test_it_runs_again_alone(ps1: Classroom, killer: dict[str, int], monkeypatch: pytest.MonkeyPatch) -> None:
    turns = []
    monkeypatch.setattr(Turn, "alone", lambda self: turns.append("alone"))
    monkeypatch.setattr(Turn, "beside", lambda self: turns.append("beside"))
    killer["double"] = 1
    outcome(ps1, {})
    assert turns == ["beside", "alone"]
    outcome(ps1, {"double": "import os\nos._exit(1)"})  # it ends it again, and then the others run without it
    assert turns[2:] == ["beside", "alone", "beside"]


def test_kernels_that_are_killed_in_several_cells_cost_nothing(ps1: Classroom, killer: dict[str, int]) -> None:
    killer.update({"double": 1, "double-test": 1, "share": 1})
    assert outcome(ps1, {}) == {"double-test": [], "share-test": [], "partial-test": []}


def test_judge_that_dies_again_is_nobodys_fault(ps1: Classroom, killer: dict[str, int]) -> None:
    killer["double-test"] = 2
    with pytest.raises(JudgeLostError, match="died twice in the cell 'double-test'"):
        outcome(ps1, {})


def test_answer_that_ends_its_kernel_fails_its_tests_and_no_others(ps1: Classroom) -> None:
    found = outcome(ps1, {"double": "import os\ndef double(x): os._exit(1)"})
    assert found["double-test"] == ["KernelDied"]
    assert found["share-test"] == []


def test_of_a_test_that_is_run_again_the_worst_outcome_stands(tmp_path: Path) -> None:
    """Else whoever crashes the kernel on purpose would have several tries at a random answer."""
    with turns.turn(tmp_path) as turn:
        session = Session(new_notebook(), Terms(new_notebook()), turn)
    kept = []
    for outputs in ([], error(), []):
        cell = NotebookNode(cell_type="code", source="", outputs=outputs, metadata={"nbgrader": marks()})
        kept.append(session.keep_worst(cell))
    assert kept == [[], error(), error()]


def marks() -> dict[str, Any]:
    return {"grade_id": "double-test", "grade": True, "points": 2, "solution": False, "locked": True}


def error() -> list[NotebookNode]:
    return [NotebookNode(output_type="error", ename="CheckFailed", evalue="no", traceback=[])]

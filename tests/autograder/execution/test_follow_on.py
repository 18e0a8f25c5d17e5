"""Follow-on errors: which tests are tried with references, what counts as a version, and what of it is told."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook, new_output

from autograder.execution import follow_on
from autograder.grading.records import Status
from autograder.grading.worker import _item
from autograder.judge import reference
from autograder.notebooks.cells import grade_id
from autograder.notebooks.source import read_source
from tests.notebooks.test_notebooks import ROOT

SQUARE, FOURTH = "def square(x):\n    return x * x", "def fourth(x):\n    return square(square(x))"
TOTAL = "total = fourth(2) + 1"
BOTH = "2 * (square(2) == 4) + 3 * (fourth(1) == 1)"


def cell(name: str, source: str, **kind: Any) -> NotebookNode:
    marks = {"grade_id": name, "grade": False, "locked": False, "solution": False, **kind}
    return new_code_cell(source, metadata={"nbgrader": marks})


def answer(name: str, source: str) -> NotebookNode:
    return cell(name, source, solution=True)


def exam(name: str, source: str, points: float = 1.0) -> NotebookNode:
    return cell(name, source, grade=True, locked=True, points=points)


def book(**answers: str) -> NotebookNode:
    return new_notebook(
        cells=[
            cell("setup", "import math", locked=True),
            answer("square", answers.get("square", SQUARE)),
            exam("square-test", "assert square(3) == 9"),
            answer("fourth", answers.get("fourth", FOURTH)),
            exam("fourth-test", "_ten = 10\nassert fourth(2) == 16"),
            exam("more", "assert fourth(3) == 81"),
            answer("total", answers.get("total", TOTAL)),
            exam("total-test", "assert total == 17"),
            exam("both", BOTH),
        ]
    )


TESTS = ["square-test", "fourth-test", "more", "total-test", "both"]


def plan(*wrong: str, source: NotebookNode | None = None, **answers: str) -> follow_on.Plan | None:
    scores = {name: (0.0 if name in wrong else 1.0, 1.0) for name in TESTS}
    return follow_on.plan(source or book(), book(**answers), scores)


def test_what_tests_are_about() -> None:
    found, about = follow_on.exercises(book())
    assert about == {
        "square-test": ["square"],
        "fourth-test": ["fourth"],
        "more": ["fourth"],
        "total-test": ["total"],
        "both": ["square", "fourth"],
    }
    assert [(one.name, set(one.gives), one.tests) for one in found] == [
        ("square", {"square"}, ("square-test",)),
        ("fourth", {"fourth"}, ("fourth-test", "more")),
        ("total", {"total"}, ("total-test",)),
    ]


@pytest.mark.parametrize(
    ("wrong", "answers", "tried"),
    [
        ([], {}, None),
        (["square-test"], {}, None),  # nothing later has failed
        (["total-test"], {}, None),  # nothing earlier has failed
        (["fourth-test", "more"], {}, None),
        (["square-test", "fourth-test"], {}, {"fourth-test": ["square"]}),
        (["square-test", "fourth-test", "more"], {}, {"fourth-test": ["square"], "more": ["square"]}),
        (["square-test", "fourth-test"], {"fourth": "def fourth(x):\n    return x"}, None),  # does not build on it
        (["square-test", "fourth-test"], {"fourth": "def fourth(x:"}, None),
        (["square-test", "total-test"], {}, {"total-test": ["square"]}),  # through fourth
        (
            ["square-test", "fourth-test", "total-test"],
            {},
            {"fourth-test": ["square"], "total-test": ["fourth", "square"]},
        ),
        (["square-test", "both"], {}, None),  # it is about square itself
        (["both"], {}, None),
    ],
)  # fmt: skip
def test_only_what_may_gain_by_it_is_tried(
    wrong: list[str], answers: dict[str, str], tried: dict[str, list[str]] | None
) -> None:
    made = plan(*wrong, **answers)
    assert (made.tests if made else None) == tried


def test_references_take_their_place_after_the_tests_of_their_exercise() -> None:
    made = plan("square-test", "fourth-test", "total-test")
    assert made is not None
    assert {name: [one.name for one in ones] for name, ones in made.after.items()} == {
        "square": ["square"],  # whose tests have failed for good
        "fourth-test": ["fourth"],
        "total-test": ["total"],
    }
    [fourth] = made.after["fourth-test"]
    scores = dict.fromkeys(TESTS, (1.0, 1.0))
    assert not fourth.failed(scores, made.about)
    assert fourth.failed({**scores, "more": (0.5, 1.0)}, made.about)


def test_reference_of_an_earlier_exercise_never_passes_for_an_answer_of_the_same_name() -> None:
    source = book()
    source.cells[3:4] = [answer("fourth", "def square(x):\n    return x**2\ndef fourth(x):\n    return square(x) ** 2")]
    source.cells[4].source = "assert square(3) == 9 and fourth(2) == 16"
    assert plan("square-test", "fourth-test", source=source) is None
    assert plan("square-test", "total-test", source=source)


def test_tests_whose_names_a_tried_one_needs_are_run_too() -> None:
    source = book()
    source.cells[7].source = "assert total == _ten + 7"
    made = plan("square-test", "total-test", source=source)
    assert made is not None
    assert made.helpers == {"fourth-test"}


def test_submission_is_run_up_to_the_last_test_that_is_tried() -> None:
    made = plan("square-test", "fourth-test")
    assert made is not None
    submission = book()
    submission.cells[2].outputs = [error()]
    again = follow_on.rest(submission, made)
    assert grade_id(again.cells[-1]) == "fourth-test"
    assert not any(each.outputs for each in again.cells)
    assert submission.cells[2].outputs


def error() -> NotebookNode:
    return new_output("error", ename="CheckFailed", evalue="square(3) is 7.", traceback=["hidden"])


@pytest.mark.parametrize(("points", "shown"), [(3.0, []), (1.5, ["1.5"])])
def test_what_has_gained_says_why_and_keeps_what_was_said_before(points: float, shown: list[str]) -> None:
    test = exam("fourth-test", "assert fourth(2) == 16", 3.0)
    test.outputs = [error()]
    test.outputs = follow_on.outputs(test, ["square"], points, 3.0)
    assert [out.data["text/plain"] for out in test.outputs if out.output_type == "execute_result"] == shown
    mark = NotebookNode(name="fourth-test", score=points, max_score=3.0, needs_manual_grade=False)
    item = _item(test, mark, NotebookNode(references={"fourth-test": ["square"]}))
    assert item.message == "Marked with the reference `square` in place of yours. With yours: square(3) is 7."
    assert item.references == ["square"]
    assert item.status is (Status.PASSED if points == 3 else Status.PARTIAL)


def test_several_references_are_listed() -> None:
    assert follow_on.said(["a", "b", "c"]) == "Marked with the references `a`, `b` and `c` in place of yours."


def test_reference_comes_compiled_and_leaves_no_text() -> None:
    namespace: dict[str, Any] = {"__name__": "__main__", "factor": 2, "helper": "the student's"}
    source = "helper = factor\ndef double(x):\n    kingfisher = helper * x\n    return kingfisher"
    packed = reference.pack(source)
    assert "kingfisher" not in packed
    reference.put(packed, ["double", "absent"], namespace)
    assert namespace["double"](4) == 8
    assert namespace["helper"] == "the student's"
    assert "absent" not in namespace
    with pytest.raises(OSError, match="could not get source"):
        inspect.getsource(namespace["double"])


def test_reference_of_another_python_is_not_run() -> None:
    with pytest.raises(ValueError, match="another Python"):
        reference.put("0 abc", ["x"], {})


def test_references_before_a_later_exercise_are_part_of_the_version() -> None:
    assert list(follow_on.references_that_count(book())) == ["square", "fourth"]
    alone = new_notebook(cells=[answer("square", SQUARE), exam("square-test", "assert square(3) == 9")])
    assert follow_on.references_that_count(alone) == {}


@pytest.mark.parametrize("path", sorted((ROOT / "solutions").glob("*/*.ipynb")), ids=lambda path: path.stem)
def test_every_test_of_the_course_is_about_an_exercise(path: Path) -> None:
    found, about = follow_on.exercises(read_source(path))
    assert [name for name, subjects in about.items() if not subjects] == []
    assert [one.name for one in found if not (one.gives and one.tests)] == []
    assert all(one.packed for one in found)

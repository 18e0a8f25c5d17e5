"""Grading: what is run again and what is not, what happens to hangs and crashes, where reasons end up."""

from __future__ import annotations

import os
from contextlib import nullcontext

import dask
import nbformat
import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output
from nbgrader.utils import determine_grade

from autograder.execution.scoring import as_scored
from autograder.grading.grade import grade, submissions
from autograder.grading.records import Outcome, Record, Status
from autograder.grading.store import Store
from autograder.results.export import export
from autograder.results.feedback import feedback
from tests.support.classroom import Classroom

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("cluster")]


def grade_one(room: Classroom, student: str, *, force: bool = False) -> tuple[Record, bool]:
    [(record, fresh)] = grade(room.course, "ps1", [student], force=force)
    return record, fresh


def page(room: Classroom, student: str) -> str:
    [made] = feedback(room.course, "ps1", [student])
    assert not made.problem
    return made.path.read_text()


def test_only_what_changed_is_run_again(ps1: Classroom) -> None:
    ps1.submit("ada", ps1.fill())
    assert grade_one(ps1, "ada")[1]
    assert not grade_one(ps1, "ada")[1]
    assert grade_one(ps1, "ada", force=True)[1]
    ps1.submit("ada", ps1.released())
    record, fresh = grade_one(ps1, "ada")
    assert (fresh, record.score) == (True, 0)


def test_killed_run_is_made_up_for(ps1: Classroom) -> None:
    ps1.submit("ada", ps1.fill())
    grade_one(ps1, "ada")
    half_done = ps1.course.folder("autograded", student="ada", assignment="ps1") / "ps1.ipynb"
    half_done.chmod(0o644)
    half_done.write_text("{}")
    Store(ps1.course, "ps1").path("ada").unlink()  # a record is written last
    record, fresh = grade_one(ps1, "ada")
    assert (fresh, record.score) == (True, 9)


def test_two_workers_find_what_one_finds(ps1: Classroom) -> None:
    for student, double in {"ada": "2 * x", "bob": "2 + x", "eve": "x[0]"}.items():
        ps1.submit(student, ps1.fill({"double": f"def double(x):\n    return {double}"}))
    ps1.submit("tim", b"{")
    students, times = submissions(ps1.course, "ps1"), {"seconds", "cell_seconds"}
    made = []
    for workers in (None, 2):
        with nullcontext() if workers is None else dask.config.set({"scheduler-address": None}):
            found = grade(ps1.course, "ps1", students, force=True, workers=workers)
            made.append({one.student: one.model_dump(exclude=times) for one, _ in found})
        made[-1]["files"] = {
            path.parent.parent.name: path.read_bytes() for path in ps1.course.root.glob("autograded/*/ps1/ps1.ipynb")
        }
    assert made[0] == made[1]
    assert len(made[0]["files"]) == 3


def test_partial_credit_by_a_number(ps1: Classroom) -> None:
    ps1.submit("ada", ps1.fill({"share": "def share(part, whole):\n    return 0.25"}))
    record, _ = grade_one(ps1, "ada")
    found = {item.grade_id: (item.status, item.score) for item in record.items}
    assert found["partial-test"] == (Status.PARTIAL, 1.0)


def test_test_that_is_tagged_demo_is_run(ps1: Classroom) -> None:
    source = ps1.course.source("ps1")
    notebook = nbformat.read(source, as_version=4)
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") in ("double", "double-test"):
            cell.metadata.tags = ["demo"]
    nbformat.write(notebook, source)
    ps1.submit("ada", ps1.released())
    assert grade_one(ps1, "ada")[0].score == 0


@pytest.mark.parametrize(
    ("shown", "score"),
    [
        ("3.0", 3.0),
        ("np.float64(0.5)", 0.5),
        ("np.float32(4.0)", 4.0),
        ("-2.0", 0.0),
        ("nan", 0.0),
        ("np.float64(nan)", 0.0),
        ("np.float64(-inf)", 0.0),
        ("inf", 0.0),
        ("False", 0.0),
        ("np.False_", 0.0),
        ("True", 4.0),
        ("[1.0]", 4.0),  # no number at all: nbgrader's rule
    ],
)
def test_credit_that_is_shown(shown: str, score: float) -> None:
    result = new_output("execute_result", data={"text/plain": shown})
    cell = new_code_cell(metadata={"nbgrader": {"grade": True, "solution": False, "points": 4}}, outputs=[result])
    assert determine_grade(as_scored(cell)) == (score, 4.0)
    cell.outputs.append(new_output("error", ename="TooMuchOutput"))
    assert determine_grade(as_scored(cell)) == (0, 4.0)


def test_hang_and_crash_cost_only_their_own_exercise(ps1: Classroom) -> None:
    ps1.submit("ada", ps1.fill({"double": "import os\nos._exit(0)"}))
    ps1.submit("bob", ps1.fill({"double": "def double(x):\n    while True:\n        pass"}))
    crash, _ = grade_one(ps1, "ada")
    hang, _ = grade_one(ps1, "bob")
    assert (crash.score, hang.score) == (3, 3)
    assert "ended the whole Python process" in crash.notes[0]
    assert next(item.status for item in hang.items if item.grade_id == "double-test") is Status.TIMED_OUT


def test_crashing_too_often_ends_the_run_with_a_reason(ps1: Classroom) -> None:
    notebook = ps1.fill()
    notebook.cells[1:1] = [new_code_cell("import os\nos._exit(1)") for _ in range(5)]
    ps1.submit("ada", notebook)
    record, _ = grade_one(ps1, "ada")
    assert record.outcome is Outcome.GRADED
    assert {item.status for item in record.items if item.grade_id.endswith("-test")} == {Status.NOT_RUN}
    assert all("crashed too often" in item.message for item in record.items if item.status is Status.NOT_RUN)


def test_fault_of_the_course_is_not_the_students(ps1: Classroom) -> None:
    ps1.submit("ada", ps1.fill())
    ps1.course.config.Autograde.pre_convert_hook = "nowhere.to_be_found"
    record, _ = grade_one(ps1, "ada")
    assert record.outcome is Outcome.GRADER_ERROR
    assert "nowhere" in Store(ps1.course, "ps1").path("ada").with_suffix(".log").read_text()
    assert "fault of the grader, not of your work" in page(ps1, "ada")


def test_feedback_shows_messages_and_hides_hidden_tests(ps1: Classroom) -> None:
    ps1.submit("ada", ps1.fill({"double": "def double(x):\n    return 4"}))
    ps1.submit("bob", ps1.fill({"double": "def double(x):\n    return [][x]"}))
    grade_one(ps1, "ada")
    grade_one(ps1, "bob")
    wrong, raises = page(ps1, "ada"), page(ps1, "bob")
    assert "double of another number is wrong" in wrong
    assert "IndexError: list index out of range" in raises
    for text in (wrong, raises):
        assert "_secret" not in text
        assert "HIDDEN TESTS" not in text
        assert "and hidden tests" in text


SPIES = {
    # visible checks pass 2, the hidden test 21: whatever a spy says of that one must not be shown
    "ValueError": "raise ValueError(f'spied {x}')",
    "AssertionError": "raise AssertionError(f'spied {x}')",
    "YourTimedOut": "raise type('TimedOut', (Exception,), {})(f'spied {x}')",
    "YourCheckFailed": "raise type('CheckFailed', (AssertionError,), {})(f'spied {x}')",
}


def test_no_error_of_a_student_tells_what_hidden_tests_hand_over(ps1: Classroom) -> None:
    for number, line in enumerate(SPIES.values()):
        ps1.submit(
            f"spy{number}", ps1.fill({"double": f"def double(x):\n    if x != 2:\n        {line}\n    return 4"})
        )
    early = "def double(x):\n    raise type('TimedOut', (ValueError,), {})(f'early {x}')"
    ps1.submit("early", ps1.fill({"double": early}))
    found = {record.student: record for record, _ in grade(ps1.course, "ps1", submissions(ps1.course, "ps1"))}
    for number, name in enumerate(SPIES):
        text = BeautifulSoup(page(ps1, f"spy{number}"), "html.parser").text
        assert "spied 21" not in text
        assert f"{name}: (raised in a hidden test; what it says is not shown)" in text
    assert {item.status for record in found.values() for item in record.items if item.grade_id == "double-test"} == {
        Status.FAILED
    }
    assert "YourTimedOut: early 2" in page(ps1, "early")


def test_feedback_runs_no_script_of_a_student(ps1: Classroom) -> None:
    script = "<script>alert('mine')</script><img src=x onerror=alert('mine')><a href='javascript:alert(1)'>x</a>"
    notebook = ps1.fill(written=f"My *answer* {script}\n\n{script}")
    notebook.cells.append(new_markdown_cell(script))
    notebook.cells.append(new_code_cell(f"from IPython.display import HTML, Javascript\ndisplay(HTML({script!r}))"))
    notebook.cells.append(new_code_cell("display(Javascript(\"alert('mine')\"))"))
    notebook.cells.append(new_code_cell(f"raise ValueError({script!r})"))
    ps1.submit("ada", notebook)
    grade_one(ps1, "ada")
    tree = BeautifulSoup(page(ps1, "ada"), "html.parser")
    assert tree.find("em", string="answer")
    assert [tag for tag in tree.find_all("script") if "mine" in tag.text] == []
    assert [tag for tag in tree.find_all(True) if any(name.startswith("on") for name in tag.attrs)] == []
    assert [tag for tag in tree.find_all("a") if "javascript" in tag.get("href", "")] == []
    assert [tag for tag in tree.find_all("img") if not tag.get("src", "data:").startswith("data:")] == []


def test_input_gets_no_answer_at_once_and_the_student_reads_why(ps1: Classroom) -> None:
    notebook = ps1.fill({"share": "def share(part, whole):\n    return float(input('part'))"})
    notebook.cells[2:2] = [new_code_cell(f"x{number} = input()") for number in range(16)]
    ps1.submit("ada", notebook)
    record, _ = grade_one(ps1, "ada")
    assert record.score == 2  # for double; whatever calls share fails
    assert record.seconds < 16
    assert [note for note in record.notes if "input() gets no answer in grading" in note]
    message = next(item.message for item in record.items if item.grade_id == "share-test")
    assert "input" in message


def test_figures_and_tables_that_code_displays_are_in_the_feedback(ps1: Classroom) -> None:
    picture = '<img alt="a rising curve" src="data:image/png;base64,iVBORw0KGgo=" onload="alert(1)">'
    table = "<table><thead><tr><th>net</th></tr></thead></table>"
    show = f"from IPython.display import HTML\ndisplay(HTML({picture + table!r}))"
    ps1.submit("ada", ps1.fill({"double": f"{show}\ndef double(x):\n    return 2 * x"}))
    grade_one(ps1, "ada")
    tree = BeautifulSoup(page(ps1, "ada"), "html.parser")
    shown = tree.find("img", alt="a rising curve")
    assert shown.attrs.keys() == {"alt", "src"}
    assert shown["src"].startswith("data:image/png")
    assert tree.find("th", string="net")


def test_picture_that_is_gone_does_not_stop_feedback(ps1: Classroom) -> None:
    ps1.submit("ada", ps1.fill(written="My figure: ![a curve](attachment:gone.png)"))
    grade_one(ps1, "ada")
    assert "My figure" in page(ps1, "ada")


def test_manual_marks_reach_feedback_and_export(ps1: Classroom) -> None:
    from nbgrader.api import Gradebook

    ps1.submit("ada", ps1.fill())
    grade_one(ps1, "ada")
    assert "not marked yet, out of 5" in page(ps1, "ada")
    with Gradebook(ps1.course.directory.db_url) as gradebook:
        grade_of_why = gradebook.find_grade("why", "ps1", "ps1", "ada")
        grade_of_why.manual_score, grade_of_why.needs_manual_grade = 4, False
        gradebook.find_comment("why", "ps1", "ps1", "ada").manual_comment = "Nicely put."
        gradebook.db.commit()
    text = page(ps1, "ada")
    assert "4 of 5" in text
    assert "Nicely put." in text
    out = ps1.course.root / "grades.csv"
    export(ps1.course, "ps1", out)
    assert ",13.0,14.0,0," in out.read_text()


def test_record_of_an_earlier_file_is_not_believed(ps1: Classroom) -> None:
    ps1.submit("ada", b"")
    record, _ = grade_one(ps1, "ada")
    assert record.outcome is Outcome.UNREADABLE
    ps1.submit("ada", ps1.fill())
    out = ps1.course.root / "grades.csv"
    export(ps1.course, "ps1", out)
    assert "not graded yet" in out.read_text()
    assert "is empty" not in out.read_text()


def test_file_name_that_is_not_utf8_is_graded(ps1: Classroom) -> None:
    path = ps1.submit("ada", ps1.fill())
    try:
        path.rename(path.with_name(os.fsdecode(b"\xfcbung.ipynb")))
    except OSError:
        pytest.skip("this file system takes only UTF-8")
    record, _ = grade_one(ps1, "ada")
    assert record.score == 9
    assert "?bung.ipynb" in record.notes[0]


def test_submission_cannot_write_to_the_instructors_terminal(ps1: Classroom, capfd: pytest.CaptureFixture[str]) -> None:
    notebook = ps1.fill()
    notebook.cells.append(new_code_cell("import os, sys\nos.write(sys.__stderr__.fileno(), b'I was here')"))
    ps1.submit("ada", notebook)
    record, _ = grade_one(ps1, "ada")
    assert record.score == 9
    printed = capfd.readouterr()
    assert "UnicodeEncodeError" not in printed.err + printed.out
    assert "I was here" not in printed.err + printed.out


def test_answer_that_uses_a_lecture_cell_is_graded_with_it(ps1: Classroom) -> None:
    ps1.submit("ada", ps1.fill({"double": "assert raise_if_run == 1\n\n\ndef double(x):\n    return 2 * x"}))
    ps1.submit("bob", ps1.fill())
    assert grade_one(ps1, "ada")[0].score == 9
    assert grade_one(ps1, "bob")[0].score == 9
    printed = {}
    for student in ("ada", "bob"):
        autograded = nbformat.read(
            ps1.course.folder("autograded", student=student, assignment="ps1") / "ps1.ipynb", as_version=4
        )
        demo, _ = (cell for cell in autograded.cells if "demo" in cell.metadata.get("tags", []))  # and the button
        printed[student] = [output.text for output in demo.outputs]
    assert printed == {"ada": ["a lecture cell that the grader does not run\n"], "bob": []}

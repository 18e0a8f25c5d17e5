"""collect --receipts: what students' checks said, read as what anybody may send, beside what arrived."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import nbformat
import pytest
import typer

from autograder import cli, console
from autograder.course import Course
from autograder.errors import SubmissionError
from autograder.grading.records import Item, Outcome, Record, Status
from autograder.grading.store import Store
from autograder.notebooks.cells import grade_id
from autograder.results.receipts import Comparison, compare, folder
from autograder.submissions import receipt as module
from autograder.submissions.archive import Collection
from autograder.submissions.collect import collect
from autograder.submissions.receipt import is_receipt, notebook_of, parse
from course_utils import check
from course_utils.check import Exercise, Result, write_receipt
from tests.support.marked import Marked

DONE = Result([Exercise("double", "double-test", check.PASSES), Exercise("why", "why", check.WRITTEN, is_written=True)])


@pytest.fixture
def checked(marked: Marked, tmp_path: Path) -> Callable[..., dict[str, bytes]]:
    """Answer ps1 and check it, as a student does; the receipt may be changed."""

    def make(name: str = "ps1.ipynb", result: Result = DONE, **changes: Any) -> dict[str, bytes]:
        (tmp_path / "home").mkdir(exist_ok=True)
        path = tmp_path / "home" / name
        notebook = nbformat.read(marked.course.folder("release", assignment="ps1") / "ps1.ipynb", as_version=4)
        [answer] = [cell for cell in notebook.cells if grade_id(cell) == "double"]
        answer.source = "def double(x):\n    return 2 * x"
        nbformat.write(notebook, path)
        receipt = write_receipt(path, result)
        content = {**json.loads(receipt.read_text("utf-8")), **changes}
        return {name: path.read_bytes(), receipt.name: json.dumps(content).encode()}

    return make


def collected(course: Course, tmp_path: Path, files: dict[str, dict[str, bytes]]) -> Collection:
    """Hand in files by student, as Canvas names them."""
    path = tmp_path / "class.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for number, (student, handed_in) in enumerate(files.items(), start=1):
            for name, content in handed_in.items():
                archive.writestr(f"{student}_{number}_{900 + number}_{name}", content)
    return collect(course, "ps1", path)


def compared(course: Course, tmp_path: Path, files: dict[str, bytes]) -> Comparison:
    [found] = compare(course, "ps1", collected(course, tmp_path, {"ada": files}))
    kept = (folder(course, "ps1") / "ada_1.json").read_text("utf-8")
    assert Comparison.model_validate_json(kept) == found
    return found


# What agrees


def test_receipt_of_what_arrived_agrees(
    marked: Marked, checked: Callable[..., dict[str, bytes]], tmp_path: Path
) -> None:
    found = compared(marked.course, tmp_path, checked())
    assert (found.differences, found.remarks) == ([], [])
    assert found.receipt
    assert [claim.state for claim in found.receipt.exercises] == ["passes", "written"]
    assert found.receipt.packages["tensorflow"], "whichever of its builds is installed"


def test_notebook_that_was_run_and_saved_once_more_agrees(
    marked: Marked, checked: Callable[..., dict[str, bytes]], tmp_path: Path
) -> None:
    files = checked()
    notebook = nbformat.reads(files["ps1.ipynb"].decode(), as_version=4)
    notebook.cells[1].outputs = [nbformat.v4.new_output("stream", text="3\n")]
    notebook.cells[2].source = notebook.cells[2].source.replace("\n", "\r\n") + "\n"
    files["ps1.ipynb"] = nbformat.writes(notebook).encode()
    assert compared(marked.course, tmp_path, files).differences == []


def test_of_several_receipts_the_one_that_fits_counts(
    marked: Marked, checked: Callable[..., dict[str, bytes]], tmp_path: Path
) -> None:
    files = checked()
    files["ps1.receipt-1.json"] = files["ps1.receipt.json"]
    files["ps1.receipt-2.json"] = checked(sha256="0" * 64, sources="0" * 64)["ps1.receipt.json"]
    assert compared(marked.course, tmp_path, files).differences == []


@pytest.mark.parametrize(
    ("path", "notebook"),
    [
        ("ada/ps1.receipt.json", "ada/ps1.ipynb"),
        ("ada.receipt.json", "ada.ipynb"),
        ("ada_1_2_ps1.receipt-3.json", "ada_1_2_ps1-3.ipynb"),
        ("Ada L_1_assignsubmission_file_/ps1.receipt (1).json", "Ada L_1_assignsubmission_file_/ps1 (1).ipynb"),
        ("ada/ps1.receipt.json.txt", "ada/ps1.ipynb"),
    ],
)
def test_receipt_belongs_to_the_notebook_beside_it(path: str, notebook: str) -> None:
    assert is_receipt(path)
    assert notebook_of(path) == notebook
    assert not is_receipt(notebook)


def test_receipts_are_found_beside_files_of_students_too(
    marked: Marked, checked: Callable[..., dict[str, bytes]], tmp_path: Path
) -> None:
    files = checked()
    (tmp_path / "class").mkdir()
    for student in ("ada", "bob"):
        (tmp_path / "class" / f"{student}.ipynb").write_bytes(files["ps1.ipynb"])
    (tmp_path / "class" / "ada.receipt.json").write_bytes(files["ps1.receipt.json"])
    collection = collect(marked.course, "ps1", tmp_path / "class")
    found = {one.student: one.differences for one in compare(marked.course, "ps1", collection)}
    assert found == {"ada": [], "bob": ["no receipt"]}
    assert collection.ignored == []


# What differs


def test_each_difference_is_said(marked: Marked, checked: Callable[..., dict[str, bytes]], tmp_path: Path) -> None:
    def said(files: dict[str, bytes]) -> list[str]:
        return compared(marked.course, tmp_path, files).differences

    files = checked()
    assert said({"ps1.ipynb": files["ps1.ipynb"]}) == ["no receipt"]
    changed = files["ps1.ipynb"].replace(b"2 * x", b"3 * x")
    assert said({**files, "ps1.ipynb": changed}) == ["the notebook was changed after the check"]
    copy = checked("ps1-Copy1.ipynb")
    assert said(copy) == ["checked under another name: ps1-Copy1.ipynb"]
    one = Result(DONE.exercises[:1])
    assert said(checked(result=one)) == ["the receipt says nothing of why"]
    other = Result([*DONE.exercises, Exercise("share", "share-test", check.PASSES)])
    assert said(checked(result=other)) == ["the receipt tells of other exercises: share-test"]
    undone = Result([Exercise("double", "double-test", check.FAILS), DONE.exercises[1]])
    assert said(checked(result=undone, ready=True)) == [
        "the receipt contradicts itself: all is done, but not double-test"
    ]
    old = checked(python="3.9.1", packages={"keras": "2.15.0", "numpy": check.versions()["numpy"], "other": "1"})
    [others] = said(old)
    assert others.startswith("other versions: python 3.9.1 (here 3.")
    assert "keras 2.15.0 (here 3." in others
    assert "numpy" not in others


@pytest.mark.parametrize(
    ("state", "status", "difference", "remark"),
    [
        ("passes", Status.PASSED, False, False),
        ("passes", Status.TIMED_OUT, True, False),
        ("passes", Status.FAILED, False, True),
        ("fails", Status.FAILED, False, False),
        ("fails", Status.PASSED, True, False),
    ],
)
def test_results_are_compared_once_they_are_there(
    marked: Marked,
    checked: Callable[..., dict[str, bytes]],
    tmp_path: Path,
    *,
    state: str,
    status: Status,
    difference: bool,
    remark: bool,
) -> None:
    files = checked(result=Result([Exercise("double", "double-test", state), DONE.exercises[1]]))
    compared(marked.course, tmp_path, files)
    item = Item(grade_id="double-test", status=status, score=0, max_score=8)
    digest = Store(marked.course, "ps1").submission_digest("ada_1")
    Store(marked.course, "ps1").save(
        Record(assignment="ps1", student="ada_1", outcome=Outcome.GRADED, items=[item], submission=digest)
    )
    found = compared(marked.course, tmp_path, files)
    said = f"double-test: {state} when checked, {status} when graded"
    assert [text.partition(";")[0] for text in found.differences] == [said] * difference
    assert [text.partition(";")[0] for text in found.remarks] == [said] * remark


# What anybody may send

RECEIPT = {"file": "ps1.ipynb", "sha256": "0" * 64, "checked": "2026-11-29T10:00:00+00:00"}


def test_the_least_that_a_receipt_must_say() -> None:
    assert parse(json.dumps(RECEIPT).encode()).checked == datetime(2026, 11, 29, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe",
        b"[" * 100_000,
        b"null",
        b"[]",
        b" " * (module.MAX_BYTES + 1),
        *(
            json.dumps({**RECEIPT, **changes}).encode()
            for changes in [
                {"file": 5},
                {"file": "x" * 1000},
                {"sha256": "../../etc/passwd"},
                {"sha256": None},
                {"checked": "yesterday"},
                {"checked": 1e300},
                {"checked": 10**400},
                {"exercises": [{}] * 2},
                {"exercises": [{"name": "x", "state": "excellent"}]},
                {"exercises": [{"name": "x", "state": "passes"}] * 1000},
                {"exercises": {"x": "passes"}},
                {"packages": {"keras": ["3"]}},
                {"packages": {str(number): "" for number in range(1000)}},
                {"remarks": "x"},
            ]
        ),
    ],
)
def test_what_no_check_writes_is_refused(content: bytes) -> None:
    with pytest.raises(SubmissionError):
        parse(content)


def test_unreadable_and_enormous_receipts_cost_themselves(
    marked: Marked, checked: Callable[..., dict[str, bytes]], tmp_path: Path
) -> None:
    files = checked()
    bad = {f"ps1.receipt-{number}.json": b"{" for number in range(3)}
    bad["ps1.receipt (9).json"] = b" " * 2**21
    collection = collected(marked.course, tmp_path, {"ada": {"ps1.ipynb": files["ps1.ipynb"], **bad}, "bob": files})
    assert len(collection.ignored) == 4
    assert {one.student: one.differences for one in compare(marked.course, "ps1", collection)} == {
        "ada_1": ["no receipt"],
        "bob_2": [],
    }


def test_hundreds_of_receipts_are_not_all_read(
    marked: Marked, checked: Callable[..., dict[str, bytes]], tmp_path: Path
) -> None:
    files = checked()
    for number in range(200):
        files[f"ps1.receipt-{number}.json"] = files["ps1.receipt.json"]
    collection = collected(marked.course, tmp_path, {"ada": files})
    assert len(collection.receipts["ada_1"]) == module.MAX_TRIES


def test_receipt_alone_is_a_student_without_a_notebook(
    marked: Marked, checked: Callable[..., dict[str, bytes]], tmp_path: Path
) -> None:
    files = checked()
    only = {"ps1.receipt.json": files["ps1.receipt.json"]}
    collection = collected(marked.course, tmp_path, {"ada": files, "bob": only})
    assert collection.without == ["bob_2"]


def test_words_of_a_receipt_are_no_commands_to_the_terminal(
    marked: Marked, checked: Callable[..., dict[str, bytes]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    nasty = "[red]\x1b]0;title\x07\u202e"
    files = checked(
        file=nasty, packages={"keras": nasty}, exercises=[{"name": nasty, "state": "passes", "message": nasty}]
    )
    found = compared(marked.course, tmp_path, files)
    console.console.print(console.receipts_table([found]))
    out = capsys.readouterr().out
    assert "\x1b]" not in out
    assert "\u202e" not in out
    assert "[red]" in out


# The command


def test_command_shows_what_differs_and_says_so_in_its_exit_code(
    marked: Marked, checked: Callable[..., dict[str, bytes]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = checked()
    for student in ("ada", "bob"):
        (tmp_path / "class" / student).mkdir(parents=True)
        for name, content in files.items():
            (tmp_path / "class" / student / name).write_bytes(content)
    command = ["--course-dir", str(marked.course.root), "collect", "ps1", str(tmp_path / "class"), "--receipts"]
    assert cli.cli(command, standalone_mode=False) in (None, 0)
    assert "2 of 2 receipts agree with what arrived" in capsys.readouterr().out
    (tmp_path / "class" / "bob" / "ps1.receipt.json").unlink()
    assert _exit_code(command) == 1
    out = capsys.readouterr().out
    assert "1 of 2 receipts agree" in out
    assert "no receipt" in out
    kept = json.loads((marked.course.root / "records" / "ps1" / "receipts" / "bob.json").read_text("utf-8"))
    assert kept == {"student": "bob", "differences": ["no receipt"], "remarks": [], "receipt": None}
    assert _exit_code(command[:-1]) == 0, "nobody asked"


def _exit_code(command: list[str]) -> int:
    try:
        return cli.cli(command, standalone_mode=False) or 0
    except typer.Exit as done:
        return done.exit_code


def test_a_receipt_is_no_part_of_the_submission(
    marked: Marked, checked: Callable[..., dict[str, bytes]], tmp_path: Path
) -> None:
    collected(marked.course, tmp_path, {"ada": checked()})
    there = marked.course.folder("submitted", student="ada_1", assignment="ps1")
    assert [path.name for path in there.iterdir()] == ["ps1.ipynb"], "it makes nobody be graded again"


def test_digest_of_the_text_is_the_same_for_student_and_grader(checked: Callable[..., dict[str, bytes]]) -> None:
    files = checked()
    receipt = json.loads(files["ps1.receipt.json"])
    assert receipt["sha256"] == sha256(files["ps1.ipynb"]).hexdigest()
    assert receipt["sources"] == check.digest(nbformat.reads(files["ps1.ipynb"].decode(), as_version=4))

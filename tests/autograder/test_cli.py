"""The command line as an instructor meets it: what it prints, its exit codes, where the files are."""

from __future__ import annotations

import csv
import io
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import typer
from rich.console import Console

from autograder import cli, console
from autograder.course import Course
from autograder.errors import ArchiveError, FolderError, GradebookError
from autograder.grading.records import Item, Outcome, Record, Status
from tests.support.classroom import Classroom, as_bytes
from tests.support.marked import ROOT, Marked

COMMANDS = ["new", "build", "measure", "release", "collect", "grade", "feedback", "export", "report", "doctor"]


def autograder(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).parent / "autograder"), "--course-dir", str(root), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_what_others_wrote_is_no_command_to_the_terminal() -> None:
    assert console.escape("[red]a\x1b]0;title\x07b\u202ec\nd") == "\\[red]a ]0;title b c\nd"


@pytest.mark.parametrize("command", COMMANDS)
def test_help_has_an_example(command: str, tmp_path: Path) -> None:
    done = autograder(tmp_path, command, "--help")
    assert done.returncode == 0
    assert "Example:" in done.stdout
    assert f"autograder {command}" in done.stdout


def test_folder_without_configuration_is_no_course(tmp_path: Path) -> None:
    done = autograder(tmp_path, "release", "ps1")
    assert done.returncode == 3
    assert "is not a course" in done.stderr
    assert "--course-dir" in done.stderr
    assert "Traceback" not in done.stderr


def test_broken_configuration_is_named(tmp_path: Path) -> None:
    (tmp_path / "nbgrader_config.py").write_text("c = get_config(\n")
    done = autograder(tmp_path, "release", "ps1")
    assert done.returncode == 3
    assert "nbgrader_config.py does not load" in done.stderr


@pytest.mark.parametrize("name", ["course [1]", "a%20course", "what?", "{x}", "a*"])
def test_folder_in_which_nbgrader_cannot_work_is_refused(marked: Marked, tmp_path: Path, name: str) -> None:
    there = marked.course.root.rename(tmp_path / name)
    done = autograder(there, "export", "ps1", "--out", str(tmp_path / "grades.csv"))
    assert done.returncode == 3
    assert "Rename it, or move the course" in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr
    assert {path.name for path in tmp_path.iterdir()} == {name}, "nothing lands outside the course"


def test_terminal_that_knows_only_ascii_is_enough(marked: Marked, tmp_path: Path) -> None:
    marked.mark("jörg", 7)
    out = tmp_path / "grades.csv"
    command = [str(Path(sys.executable).parent / "autograder"), "--course-dir", str(marked.course.root)]
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    done = subprocess.run(
        [*command, "export", "ps1", "--out", str(out)], capture_output=True, env=environment, check=False
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.startswith(b"1 student -> ")


@pytest.mark.parametrize("action", ["collect", "grade", "feedback", "release"])
def test_folder_of_a_colleague_is_named_before_anything_is_done(
    marked: Marked, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, action: str
) -> None:
    marked.mark("ada", 7)
    (tmp_path / "class").mkdir()
    (tmp_path / "class" / "ada.ipynb").write_text("another")
    (tmp_path / "class" / "bob.ipynb").write_text("his")
    step = {"collect": "submitted", "grade": "autograded", "feedback": "feedback", "release": "notebooks"}[action]
    (marked.course.root / step / "ada").mkdir(parents=True, exist_ok=True)

    def may(path: Path, mode: int) -> bool:
        return step not in path.parts or not {"ada", "notebooks"} & set(path.parts)

    monkeypatch.setattr(os, "access", may)
    before = {path: path.lstat().st_mtime_ns for path in marked.course.root.rglob("*")}
    arguments = [action, "ps1", *([str(tmp_path / "class")] if action == "collect" else [])]
    with pytest.raises(FolderError, match="cannot be written by you, so nothing was done"):
        cli.cli(["--course-dir", str(marked.course.root), *arguments], standalone_mode=False)
    assert {path: path.lstat().st_mtime_ns for path in marked.course.root.rglob("*")} == before


@pytest.mark.parametrize("action", ["grade", "feedback", "export", "release"])
def test_gradebook_of_a_colleague_is_named_before_anything_is_done(
    marked: Marked, monkeypatch: pytest.MonkeyPatch, action: str
) -> None:
    marked.mark("ada", 7)
    monkeypatch.setattr(os, "access", lambda path, mode: not str(path).endswith("gradebook.db"))
    before = {path: path.lstat().st_mtime_ns for path in marked.course.root.rglob("*")}
    with pytest.raises(GradebookError, match=r"gradebook.db or its folder cannot be written by you"):
        cli.cli(["--course-dir", str(marked.course.root), action, "ps1"], standalone_mode=False)
    assert {path: path.lstat().st_mtime_ns for path in marked.course.root.rglob("*")} == before


def test_what_the_system_refuses_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse() -> None:
        raise PermissionError(13, "Permission denied", "records/ps1/ada.json")

    monkeypatch.setattr(cli, "cli", refuse)
    with pytest.raises(SystemExit) as ended:
        cli.app()
    assert ended.value.code == 11
    assert "records/ps1/ada.json: Permission denied." in " ".join(capsys.readouterr().err.split())


@pytest.mark.parametrize(
    ("files", "pattern", "code"),
    [
        ({"ada.ipynb": "{}"}, "(", 2),
        ({"ada.ipynb": "{}"}, "(.*)", 2),
        ({}, None, 5),
        ({"ada.pdf": ""}, None, 5),
    ],
)
def test_exit_codes_of_collecting(
    marked: Marked, tmp_path: Path, files: dict[str, str], pattern: str | None, code: int
) -> None:
    (tmp_path / "class").mkdir()
    for name, content in files.items():
        (tmp_path / "class" / name).write_text(content)
    more = ["--pattern", pattern] if pattern else []
    arguments = ["--course-dir", str(marked.course.root), "collect", "ps1", str(tmp_path / "class"), *more]
    with pytest.raises((ArchiveError, typer.BadParameter)) as said:
        cli.cli(arguments, standalone_mode=False)
    assert said.value.exit_code == code


def test_a_class_is_one_line_a_student_at_80_columns(capsys: pytest.CaptureFixture[str]) -> None:
    item = Item(grade_id="double-test", status=Status.FAILED, score=0, max_score=2)
    graded = [
        Record(
            assignment="ps1",
            student=f"a_student_with_a_long_name_{number}",
            outcome=Outcome.GRADED,
            items=[item] * 9,
            notes=["The cell “x” had been changed; the original was used."] * 3,
            flags=["all([True, False]) is not false"],
        )
        for number in range(120)
    ]
    graded[0].outcome, graded[0].reason = Outcome.UNREADABLE, "ps1.ipynb breaks off at line 1. " * 9
    Console(width=80).print(console.results_table(graded))
    short = capsys.readouterr().out.splitlines()
    assert len(short) <= 120 + 5
    assert max(map(len, short)) <= 80
    assert sum("1 flag: worth" in line for line in short) == 119
    Console(width=80).print(console.results_table(graded[:2], verbose=True))
    assert "double" in capsys.readouterr().out


def test_unknown_assignment_lists_the_known(course: Course) -> None:
    done = autograder(course.root, "release", "ps2")
    assert done.returncode == 4
    assert "Known: ps1" in done.stderr


@pytest.mark.parametrize(
    ("command", "hint"),
    [
        ("grade", "autograder collect ps1"),
        ("feedback", "autograder grade ps1"),
        ("export", "autograder grade ps1"),
        ("report", "autograder grade ps1"),
    ],
)
def test_step_that_comes_too_early_names_the_one_before(course: Course, command: str, hint: str) -> None:
    done = autograder(course.root, command, "ps1")
    assert done.returncode == 4
    assert hint in " ".join(done.stderr.split())


def test_grading_what_was_never_released_says_so(ps1: Classroom) -> None:
    (ps1.course.root / "gradebook.db").unlink()
    ps1.submit("ada", ps1.released())
    done = autograder(ps1.course.root, "grade", "ps1")
    assert done.returncode == 4
    assert "autograder release ps1" in " ".join(done.stderr.split())


def test_student_who_handed_nothing_in_is_named(ps1: Classroom) -> None:
    ps1.submit("ada", ps1.released())
    done = autograder(ps1.course.root, "grade", "ps1", "--student", "bob")
    assert done.returncode == 4
    assert "bob" in done.stderr


def test_nothing_to_collect_has_its_own_exit_code(course: Course, tmp_path: Path) -> None:
    done = autograder(course.root, "collect", "ps1", str(tmp_path / "nowhere.zip"))
    assert done.returncode == 5
    assert "does not exist" in " ".join(done.stderr.split())


@pytest.mark.slow
def test_from_archive_to_grades(ps1: Classroom, tmp_path: Path) -> None:
    root = ps1.course.root
    with zipfile.ZipFile(tmp_path / "class.zip", "w") as archive:
        archive.writestr("lovelaceada_11_900_ps1.ipynb", as_bytes(ps1.fill()))
        archive.writestr("booleg_12_901_ps1.ipynb", as_bytes(ps1.released()))
        archive.writestr("shannonc_13_902_ps1.ipynb", as_bytes(ps1.fill())[:800])
    assert autograder(root, "release", "ps1").returncode == 0
    assert "3 students: 3 new" in autograder(root, "collect", "ps1", str(tmp_path / "class.zip")).stdout
    graded = autograder(root, "grade", "ps1")
    assert graded.returncode == 1, "somebody got no mark"
    assert "9 of 14" in graded.stdout
    assert "unreadable" in graded.stdout
    assert autograder(root, "feedback", "ps1").returncode == 0
    assert autograder(root, "export", "ps1", "--out", str(tmp_path / "grades.csv")).returncode == 0
    rows = {
        row["student"]: row
        for row in csv.DictReader(io.StringIO((tmp_path / "grades.csv").read_text(encoding="utf-8")))
    }
    assert {name: row["score"] for name, row in rows.items()} == {
        "lovelaceada_11": "9.0",
        "booleg_12": "0.0",
        "shannonc_13": "",
    }
    assert rows["lovelaceada_11"]["to_be_marked"] == "1"
    assert rows["lovelaceada_11"]["why"] == ""
    assert "breaks off" in rows["shannonc_13"]["reason"]
    assert autograder(root, "report", "ps1", "--out", str(tmp_path / "report.html")).returncode == 0
    assert "breaks off" in (tmp_path / "report.html").read_text()
    assert "breaks off" in (root / "feedback" / "shannonc_13" / "ps1" / "ps1.html").read_text()


def test_collecting_and_exporting_for_canvas(marked: Marked, tmp_path: Path) -> None:
    root = marked.course.root
    with zipfile.ZipFile(tmp_path / "class.zip", "w") as archive:
        archive.writestr("lovelaceada_LATE_4711_900_ps1.ipynb", b"{}")
        archive.writestr("shannonc_13_902_essay.pdf", b"")
    collected = autograder(root, "collect", "ps1", str(tmp_path / "class.zip"))
    assert collected.returncode == 1, "somebody's notebook is missing"
    assert "called late by the platform: lovelaceada_4711" in collected.stdout
    assert "no notebook from: shannonc_13" in collected.stdout
    marked.mark("lovelaceada_4711", 7)
    marked.mark("jane", 7, None)
    roster, out = ROOT / "tests" / "data" / "canvas_gradebook.csv", tmp_path / "out.csv"
    command = ("export", "ps1", "--format", "canvas", "--roster", str(roster), "--out", str(out))
    done = autograder(root, *command)
    assert done.returncode == 1, "a mark is not in the file"
    assert "mark not in the file: jane matches nobody" in done.stderr
    assert "1 with written answers that nobody has marked yet" in done.stdout
    assert '"Lovelace, Ada",4711,s-17,ada@uni.edu,"One, morning",7' in out.read_text()
    refused = autograder(root, *command, "--column", "nothing")
    assert refused.returncode == 7
    assert "no column for 'nothing'" in " ".join(refused.stderr.split())


def test_options_for_platforms_need_a_platform(marked: Marked) -> None:
    done = autograder(marked.course.root, "export", "ps1", "--scale")
    assert done.returncode == 2
    assert "--format canvas" in " ".join(done.stderr.split())

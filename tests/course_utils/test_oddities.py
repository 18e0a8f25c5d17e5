"""`check` on broken, half-done and odd notebooks: a sentence for each, no traceback, and an exit code that tells."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.course import Course
from course_utils import check as module
from course_utils.check import main
from tests.support.classroom import Classroom
from tests.support.oddities import FILES, RUN, Oddity


@pytest.mark.parametrize("oddity", FILES, ids=lambda oddity: oddity.name)
def test_file_that_is_no_notebook(oddity: Oddity, built: Path, tmp_path: Path, capsys) -> None:
    path = oddity.write(Classroom(Course(built), "ps1"), tmp_path / "ps1.ipynb")
    assert main([str(path)]) == oddity.code
    told = capsys.readouterr()
    assert told.out == ""
    assert [said for said in oddity.said if said not in told.err] == []
    assert "Error" not in told.err, "a Python name helps no student"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.slow
@pytest.mark.parametrize("oddity", RUN, ids=lambda oddity: oddity.name)
def test_notebook_that_is_odd(oddity: Oddity, built: Path, tmp_path: Path, capsys) -> None:
    path = oddity.write(Classroom(Course(built), "ps1"), tmp_path / "ps1.ipynb")
    before = path.read_bytes()
    code = main([str(path)])
    told = capsys.readouterr()
    assert code == oddity.code or (oddity.code < 0 and code in (0, 1)), told
    assert [said for said in oddity.said if said not in told.out] == [], told
    assert "Traceback" not in told.out
    assert told.err == ""
    assert path.read_bytes() == before
    assert max(map(len, told.out.splitlines())) < 600


def test_folder_in_place_of_a_file(tmp_path: Path, capsys) -> None:
    assert main([str(tmp_path)]) == 2
    assert "is a folder. Name the notebook in it" in capsys.readouterr().err


def test_a_slip_of_the_check_is_no_traceback(tmp_path: Path, capsys, monkeypatch: pytest.MonkeyPatch) -> None:
    def stumble(*_: object) -> None:
        raise RuntimeError("no kernel")

    monkeypatch.setattr(module, "check", stumble)
    assert main([str(tmp_path / "ps1.ipynb")]) == 2
    assert "The check itself failed, not your notebook" in capsys.readouterr().err


def test_folder_that_cannot_be_written_costs_the_receipt_only(tmp_path: Path, capsys, monkeypatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(module, "check", lambda *_: module.Result())
    monkeypatch.setattr(module, "write_receipt", refuse)
    assert main([str(tmp_path / "ps1.ipynb")]) == 0
    assert "No receipt" in capsys.readouterr().out

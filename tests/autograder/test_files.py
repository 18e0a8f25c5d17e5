"""autograder.files: a file is there whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from autograder.files import move, write_atomically


@pytest.mark.parametrize("sync", [False, True])
@pytest.mark.parametrize(("data", "content"), [("“Ł”", "“Ł”".encode()), (b"\xff\n", b"\xff\n")])
def test_a_file_is_replaced(tmp_path: Path, data: str | bytes, content: bytes, *, sync: bool) -> None:
    path = tmp_path / "ada.json"
    path.write_text("old")
    write_atomically(path, data, sync=sync)
    assert path.read_bytes() == content
    assert list(tmp_path.iterdir()) == [path]


def test_what_cannot_be_written_leaves_the_old_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "ada.json"
    path.write_text("old")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OSError, match="No space"):
        write_atomically(path, "new")
    assert [one.read_text() for one in tmp_path.iterdir()] == ["old"]


def test_no_folder_is_made(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        write_atomically(tmp_path / "nowhere" / "ada.json", "new")


def test_a_name_is_on_the_disk_before_the_next_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[str] = []
    replace, fsync = os.replace, os.fsync
    monkeypatch.setattr(os, "replace", lambda *names: (steps.append("replace"), replace(*names)))
    monkeypatch.setattr(os, "fsync", lambda file: (steps.append("fsync"), fsync(file)))
    write_atomically(tmp_path / "a", "text", sync=True)
    move(tmp_path / "a", tmp_path / "b", sync=True)
    assert steps == ["fsync", "replace", "fsync", "replace", "fsync"]

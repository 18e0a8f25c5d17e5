"""VGG16's weights are given only where they are the published ones; where there are none, a line says so."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from course_utils import data
from course_utils.data import DataFileError, Places, _sources

CONTENT = b"\x89HDF\r\n\x1a\n stands in for 59 MB"
NAME = "vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5"


@pytest.fixture(autouse=True)
def _small_file(monkeypatch: pytest.MonkeyPatch) -> None:
    checksum = "md5:" + hashlib.md5(CONTENT).hexdigest()
    assert _sources.VGG16.remote
    remote = replace(_sources.VGG16.remote, checksum=checksum, size=len(CONTENT), urls=())
    monkeypatch.setattr(_sources, "VGG16_MD5", checksum)
    monkeypatch.setattr(_sources, "VGG16", replace(_sources.VGG16, remote=remote))


def put(folder: Path, content: bytes = CONTENT) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / NAME).write_bytes(content)
    return folder / NAME


def test_they_are_looked_for_staged_then_in_keras_cache_then_among_downloads(places: Places) -> None:
    assert places.staged
    expected = put(places.cache / "downloads")
    assert data.vgg16_weights("full", places=replace(places, online=True)) == expected
    expected = put(places.keras.parent / "models")
    assert data.vgg16_weights("full", places=places) == expected
    expected = put(places.staged)
    assert data.vgg16_weights("full", places=places) == expected


@pytest.mark.parametrize("content", [b"", CONTENT[:-1], CONTENT + b"?", b"<html>"])
@pytest.mark.parametrize("where", ["staged", "models", "downloads"])
def test_another_file_of_that_name_is_an_error(places: Places, content: bytes, where: str) -> None:
    assert places.staged
    folders = {
        "staged": places.staged,
        "models": places.keras.parent / "models",
        "downloads": places.cache / "downloads",
    }
    path = put(folders[where], content)
    with pytest.raises(DataFileError, match="is not the published file: the md5 checksum is") as caught:
        data.vgg16_weights("full", places=replace(places, online=True))
    assert caught.value.path == path
    assert "Delete it and fetch it again" in str(caught.value)


def test_a_folder_of_that_name_is_an_error(places: Places) -> None:
    assert places.staged
    (places.staged / NAME).mkdir()
    with pytest.raises(DataFileError, match="damaged"):
        data.vgg16_weights("full", places=places)


def test_where_there_are_none_one_line_says_so(places: Places, capsys: pytest.CaptureFixture[str]) -> None:
    assert data.vgg16_weights("full", places=places) is None
    out = capsys.readouterr().out
    assert out == f"{NAME} is not on this computer and COURSE_OFFLINE is set: there are no ImageNet weights.\n"


def test_quick_looks_nowhere_and_says_nothing(places: Places, capsys: pytest.CaptureFixture[str]) -> None:
    assert places.staged
    put(places.staged)
    assert data.vgg16_weights("quick", places=places) is None
    assert capsys.readouterr().out == ""


def test_a_download_that_fails_is_said_in_one_line(places: Places, capsys: pytest.CaptureFixture[str]) -> None:
    assert data.vgg16_weights("full", places=replace(places, online=True)) is None  # no address answers
    out = capsys.readouterr().out
    assert out.startswith(f"{NAME} could not be downloaded")
    assert "there are no ImageNet weights" in out
    assert out.count("\n") == 1

"""Word vectors are read from GloVe's text, from its zip and from a selection; what is not whole is refused."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from course_utils import data
from course_utils.data import DataFileError, Origin, Places, UnsafeFileError, _vectors

DIM = 50
WORDS = ["the", ",", ".", "1,000", "naïve", "nan"]
NUMBERS = np.random.default_rng(0).normal(size=(len(WORDS), DIM)).round(5).astype(np.float32)


def lines(words: list[str] = WORDS, numbers: np.ndarray = NUMBERS) -> bytes:
    rows = (f"{word} {' '.join(map(str, row))}\n" for word, row in zip(words, numbers.tolist(), strict=True))
    return "".join(rows).encode()


@pytest.fixture(autouse=True)
def _few_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_vectors, "NUM_WORDS", len(WORDS))


def stage(places: Places, content: bytes, name: str = "glove.6B.50d.txt") -> Path:
    assert places.staged
    path = places.staged / name
    path.write_bytes(content)
    return path


def pack(path: Path, content: bytes, member: str = "glove.6B.50d.txt") -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(member, content)
    return path


@pytest.mark.parametrize("form", ["text", "zip", "Windows' line ends", "selection"])
def test_words_and_vectors_come_as_they_are_in_the_file(places: Places, form: str) -> None:
    if form == "zip":
        pack(places.staged / "glove.6B.zip", lines())
    else:
        content = lines().replace(b"\n", b"\r\n") if form.startswith("Windows") else lines()
        stage(places, content, "glove.6B.50d.subset.txt" if form == "selection" else "glove.6B.50d.txt")
    found = data.glove("full", dim=DIM, places=places)
    assert found.words == tuple(WORDS)
    assert found.vectors.dtype == np.float32
    np.testing.assert_array_equal(found.vectors, NUMBERS)
    assert found.index["naïve"] == 4
    assert found.origin is Origin.STAGED
    assert str(found) == "GloVe (from the staged folder): 6 words, 50 numbers each"


def test_describe_prints_one_line(places: Places, capsys: pytest.CaptureFixture[str]) -> None:
    stage(places, lines())
    data.glove("full", dim=DIM, places=places).describe()
    assert capsys.readouterr().out == "GloVe (from the staged folder): 6 words, 50 numbers each\n"


def test_the_zip_in_keras_cache_is_found_after_the_staged_text(places: Places) -> None:
    pack(places.keras / "glove.6B.zip", lines())
    assert data.glove("full", dim=DIM, places=places).origin is Origin.KERAS_CACHE
    stage(places, lines())
    assert data.glove("full", dim=DIM, places=places).origin is Origin.STAGED


def test_another_length_of_vector_is_another_file(places: Places, warm: Places) -> None:
    stage(places, lines())
    assert data.glove("full", dim=100, places=replace(places, cache=warm.cache)).origin is Origin.EMBEDDED


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (lines()[:-1], "ends in the middle of line 6"),
        (lines()[:-200], "ends in the middle of line 6"),
        (lines(WORDS[:5], NUMBERS[:5]), "holds 5 words, not 6: it is cut off"),
        (lines(numbers=NUMBERS[:, :49]), "holds 49 numbers for each word, not 50"),
        (lines().replace(b" ", b"  ", 30), "another format"),
        (lines(WORDS[:5], NUMBERS[:5]) + b"nan 1 2 3\n", "number of columns changed"),
        (lines([*WORDS[:5], "two words"]), "another format"),
        (lines([*WORDS[:5], "the"]), "holds a word twice"),
        (lines(numbers=np.where(np.arange(6)[:, None] == 3, np.nan, NUMBERS)), "no finite numbers for '1,000'"),
        (b"\xff" + lines(), "utf-8"),
        (b"<html>Please log in to the Wi-Fi</html>\n", "another format"),
        (b"<html>\n", "has no numbers in line 1"),
        (b"PK\x03\x04 but no more\n", "another format"),
        (bytes(3000) + b"\n", "has no numbers in line 1"),
    ],
)
def test_a_damaged_text_is_an_error_that_names_it_and_the_mend(places: Places, content: bytes, message: str) -> None:
    path = stage(places, content)
    with pytest.raises(DataFileError, match=message) as caught:
        data.glove("full", dim=DIM, places=places)
    assert caught.value.path == path
    assert str(path) in str(caught.value)
    assert "opy it anew" in str(caught.value)


def test_a_file_that_was_cut_short_on_purpose_is_told_how_to_be_named(places: Places) -> None:
    stage(places, lines(WORDS[:5], NUMBERS[:5]))
    with pytest.raises(DataFileError, match=r"on purpose, name it glove\.6B\.50d\.subset\.txt"):
        data.glove("full", dim=DIM, places=places)


@pytest.mark.parametrize("damage", ["cut off", "flipped bit", "another member"])
def test_a_damaged_zip_is_an_error(places: Places, damage: str) -> None:
    path = pack(
        places.staged / "glove.6B.zip", lines(), "other.txt" if damage == "another member" else "glove.6B.50d.txt"
    )
    content = bytearray(path.read_bytes())
    if damage == "cut off":
        content = content[: len(content) // 2]
    elif damage == "flipped bit":
        content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(DataFileError, match=str(path)):
        data.glove("full", dim=DIM, places=places)


def test_a_zip_that_claims_too_much_is_refused(places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    pack(places.staged / "glove.6B.zip", lines())
    monkeypatch.setattr(_vectors, "LIMIT", 1000)
    with pytest.raises(UnsafeFileError, match=r"claims [\d,]+ bytes for glove\.6B\.50d\.txt"):
        data.glove("full", dim=DIM, places=places)


@pytest.mark.parametrize("dim", [0, 60, "100"])
def test_vectors_that_are_not_published_are_refused(dim: object, warm: Places) -> None:
    with pytest.raises(ValueError, match="dim is one of 50, 100, 200, 300, not"):
        data.glove(dim=dim, places=warm)

"""Loader of word vectors: GloVe."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from . import _sources
from ._errors import DataFileError, UnsafeFileError, reading
from ._places import Origin, Places, Profile, locate
from ._records import WordVectors
from .embedded import vectors
from .embedded._cache import cached, unpack_text

NUM_WORDS = 400_000  # in each of the published files
LIMIT = 2**31  # bytes of text; the largest published file, 300 numbers a word, has half of it


def glove(profile: Profile = "quick", *, dim: int = 100, places: Places | None = None) -> WordVectors:
    """Load word vectors that were learnt from many texts, to be used where labelled texts are few.

    `full`: GloVe, 400,000 words of Wikipedia 2014 and Gigaword 5 (J. Pennington, R. Socher, C. Manning, 2014; Public
    Domain Dedication and License 1.0), from `glove.6B.100d.txt`, `glove.6B.zip` or a selection of words in
    `glove.6B.100d.subset.txt`; to be downloaded are 862 MB. `quick`, or where it is not to be had: vectors made from
    texts of our own (see `embedded.vectors`), which know the words of the embedded reviews and questions only.

    No checksum is published for GloVe. What is checked instead: the length of the download, the zip's own checksums,
    and that the text holds 400,000 words (a selection: any number) with `dim` finite numbers each, up to a last line
    break.

    Args:
        profile: `quick` or `full`.
        dim: how many numbers a word has: 50, 100, 200 or 300.
        places: where to look; by default as the environment says.

    Returns:
        Words in lower case, from frequent to rare, and an array of shape (number of words, dim), float32.

    Raises:
        DataFileError: a file was found but cannot be used.
    """
    if dim not in _sources.GLOVE:
        raise ValueError(f"dim is one of {', '.join(map(str, _sources.GLOVE))}, not {dim!r}")
    places = places or Places.from_environment()
    found = locate(_sources.GLOVE[dim], profile, places)
    if found is None:
        arrays = cached(vectors, places.cache, dim=dim)
        title = "vectors made from texts of our own, in the place of GloVe"
        return WordVectors(title, Origin.EMBEDDED, tuple(unpack_text(arrays["words"])), arrays["vectors"])
    whole = not found.path.name.endswith(".subset.txt")
    return WordVectors("GloVe", found.origin, *_read(found.path, dim, NUM_WORDS if whole else 1))


def _read(path: Path, dim: int, at_least: int) -> tuple[tuple[str, ...], NDArray[np.float32]]:
    words: list[str] = []
    # all that zipfile raises over bad archives; ValueErrors come from loadtxt and decode too
    foreign = (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, ValueError)
    with reading(path, *foreign), _open(path, dim) as lines:
        numbers = _split(lines, words, path)
        array = np.loadtxt(numbers, dtype=np.float32, delimiter=" ", comments=None, ndmin=2)
    _check(path, words, array, dim, at_least)
    return tuple(words), array


@contextmanager
def _open(path: Path, dim: int) -> Iterator[IO[bytes]]:
    if not zipfile.is_zipfile(path):
        with path.open("rb") as file:
            yield file
        return
    member = f"glove.6B.{dim}d.txt"
    with zipfile.ZipFile(path) as archive:
        if member not in archive.namelist():
            raise DataFileError(path, f"holds no {member}")
        if (size := archive.getinfo(member).file_size) > LIMIT:
            raise UnsafeFileError(path, f"claims {size:,} bytes for {member}")
        with archive.open(member) as file:  # checks the CRC at the end
            yield file


def _split(lines: Iterable[bytes], words: list[str], path: Path) -> Iterator[str]:
    """Add each line's word to `words` and yield its numbers."""
    for line in lines:
        if not line.endswith(b"\n"):
            raise DataFileError(path, f"ends in the middle of line {len(words) + 1:,}")
        word, _, numbers = line.decode("utf-8").rstrip("\r\n").partition(" ")
        words.append(word)
        if not numbers:
            raise DataFileError(path, f"has no numbers in line {len(words):,}")
        yield numbers
    if not words:
        raise DataFileError(path, "is empty")


def _check(path: Path, words: list[str], array: NDArray[Any], dim: int, at_least: int) -> None:
    if array.shape != (len(words), dim):
        raise DataFileError(path, f"holds {array.shape[1]} numbers for each word, not {dim}")
    if len(words) < at_least:
        mend = f"Copy it anew; or, if it is a selection of words on purpose, name it glove.6B.{dim}d.subset.txt."
        raise DataFileError(path, f"holds {len(words):,} words, not {at_least:,}: it is cut off", mend)
    if len(set(words)) != len(words):
        raise DataFileError(path, "holds a word twice")
    if not np.isfinite(array).all():
        raise DataFileError(
            path, f"holds no finite numbers for {words[int(np.argmin(np.isfinite(array).all(axis=1)))]!r}"
        )

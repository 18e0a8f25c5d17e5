"""Loaders of texts: IMDB's reviews, Stack Overflow's questions."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import _sources
from ._errors import DataFileError, StagingError, reading
from ._folders import Example, read_labelled
from ._npz import read_npz
from ._places import Found, Origin, Places, Profile, locate, look
from ._records import RESERVED, START, UNKNOWN, ReviewData, TextData, hold_out, words
from .embedded import questions, reviews
from .embedded._cache import cached, unpack_texts

Arrays = Mapping[str, NDArray[Any]]


def imdb(
    profile: Profile = "quick", *, num_words: int = 10_000, validation: float = 0.2, places: Places | None = None
) -> ReviewData:
    """Load film reviews, negative (label 0) or positive (label 1), as lists of word numbers.

    `full`: IMDB, 25,000 for training and 25,000 for test, from `imdb.npz` in the order of `keras.datasets.imdb`, or
    from `aclImdb` (A. Maas et al., 2011; no licence stated, cite the paper). `quick`, or where it is not to be had:
    reviews written by a grammar (see `embedded.reviews`).

    Args:
        profile: `quick` or `full`.
        num_words: size of the vocabulary with its four reserved numbers; rarer words become 2.
        validation: share of the training reviews set aside, the last ones; 0 trains on all.
        places: where to look; by default as the environment says.

    Returns:
        `x_*` of shape (n,), object: lists of int, each opening with 1. See `ReviewData`.

    Raises:
        DataFileError: a file was found but cannot be used.
        StagingError: `imdb.npz` is staged without `imdb_word_index.json`.
    """
    if num_words <= len(RESERVED):
        raise ValueError(f"num_words must exceed the {len(RESERVED)} reserved numbers, and is {num_words}")
    places = places or Places.from_environment()
    if profile == "full" and (texts := _better_texts(places)):
        return _reviews("IMDB", texts.origin, *_from_texts(_read_acl_imdb(texts.path), num_words), validation)
    found = locate(_sources.IMDB, profile, places)
    index = _locate_index(found, places) if found else None
    if found and index:
        return _reviews("IMDB", found.origin, *_from_numbers(found.path, index.path, num_words), validation)
    written = unpack_texts(cached(reviews, places.cache))
    title = "written reviews, in the place of IMDB"
    return _reviews(title, Origin.EMBEDDED, *_from_texts(written, num_words), validation)


def stack_overflow(profile: Profile = "quick", *, validation: float = 0.2, places: Places | None = None) -> TextData:
    """Load programming questions about C#, Java, JavaScript or Python (labels 0 to 3, in this order).

    `full`: 8,000 for training and 8,000 for test, the language's name replaced by "blank" (TensorFlow's selection from
    Stack Overflow; CC BY-SA). `quick`, or where it is not to be had: questions written by a grammar (see
    `embedded.questions`).

    Args:
        profile: `quick` or `full`.
        validation: share of the training questions set aside, the last ones; 0 trains on all.
        places: where to look; by default as the environment says.

    Returns:
        `x_*` of shape (n,), object: str.

    Raises:
        DataFileError: a file was found but cannot be used.
    """
    places = places or Places.from_environment()
    found = locate(_sources.STACK_OVERFLOW, profile, places)
    if found:
        arrays, title, origin = _read_stack_overflow(found.path), "Stack Overflow", found.origin
    else:
        arrays = unpack_texts(cached(questions, places.cache))
        title, origin = "written questions, in the place of Stack Overflow's", Origin.EMBEDDED
    parts = hold_out(arrays["x_train"], arrays["y_train"], validation)
    y_test = arrays["y_test"].astype(np.int64)
    return TextData(title, origin, questions.CLASS_NAMES, *parts, arrays["x_test"], y_test)


def _reviews(title: str, origin: Origin, arrays: Arrays, vocabulary: tuple[str, ...], validation: float) -> ReviewData:
    parts = hold_out(arrays["x_train"], arrays["y_train"], validation)
    y_test = arrays["y_test"].astype(np.int64)
    return ReviewData(title, origin, ("negative", "positive"), *parts, arrays["x_test"], y_test, vocabulary)


def _better_texts(places: Places) -> Found | None:
    """Find `aclImdb` where no `imdb.npz` is, or where only `aclImdb` is staged."""
    numbers, texts = look(_sources.IMDB, places), look(_sources.IMDB_TEXTS, places)
    if numbers and texts and (numbers.origin is Origin.STAGED or texts.origin is not Origin.STAGED):
        return None
    return texts


def _locate_index(reviews_found: Found, places: Places) -> Found | None:
    if reviews_found.origin is not Origin.STAGED:
        return locate(_sources.IMDB_WORDS, "full", places)
    if index := look(_sources.IMDB_WORDS, places):
        return index
    raise StagingError(f"{reviews_found.path} needs imdb_word_index.json beside it. Copy it there too.")


def _from_numbers(npz: Path, index: Path, num_words: int) -> tuple[Arrays, tuple[str, ...]]:
    arrays = read_npz(npz, "x_train", "y_train", "x_test", "y_test")
    generator = np.random.RandomState(113)  # the seed and order of draws in keras.datasets.imdb.load_data
    result: dict[str, NDArray[Any]] = {}
    for part in ("train", "test"):
        x, y = arrays[f"x_{part}"], arrays[f"y_{part}"]
        if x.ndim != 1 or y.shape != x.shape or not set(np.unique(y).tolist()) <= {0, 1}:
            raise DataFileError(npz, f"does not hold one list and one label 0 or 1 per {part} review")
        order = np.arange(len(x))
        generator.shuffle(order)
        result[f"x_{part}"] = _objects(_clip(x[i], npz, num_words) for i in order)
        result[f"y_{part}"] = y[order]
    return result, _read_index(index, num_words)


def _clip(ranks: Any, path: Path, num_words: int) -> list[int]:
    numbers = np.asarray(ranks)
    if numbers.ndim != 1 or numbers.dtype.kind not in "iu" or (len(numbers) and numbers.min() < 1):
        raise DataFileError(path, "holds a review that is not a list of word numbers")
    ids = numbers + len(RESERVED) - 1  # ranks start at 1
    return [START, *np.where(ids < num_words, ids, UNKNOWN).tolist()]


def _read_index(path: Path, num_words: int) -> tuple[str, ...]:
    with reading(path, ValueError):  # JSON and UTF-8 errors are ValueErrors
        index = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(index, dict) or sorted(map(str, index.values())) != sorted(map(str, range(1, len(index) + 1))):
        raise DataFileError(path, "does not number its words from 1 upwards")
    ranked = sorted(index, key=index.__getitem__)
    return (*RESERVED, *ranked[: num_words - len(RESERVED)])


def _from_texts(arrays: Arrays, num_words: int) -> tuple[Arrays, tuple[str, ...]]:
    """Number words by how often they occur in the training reviews, as Keras' IMDB does."""
    split = {part: [words(text) for text in arrays[f"x_{part}"]] for part in ("train", "test")}
    counts = Counter(word for review in split["train"] for word in review)
    frequent = sorted(counts, key=lambda word: (-counts[word], word))[: num_words - len(RESERVED)]
    index = {word: i for i, word in enumerate(frequent, start=len(RESERVED))}
    numbered = {
        f"x_{part}": _objects([START, *(index.get(word, UNKNOWN) for word in review)] for review in found)
        for part, found in split.items()
    }
    return {**arrays, **numbered}, (*RESERVED, *frequent)


def _read_acl_imdb(path: Path) -> Arrays:
    return _read_texts(path, ("neg", "pos"))


def _read_stack_overflow(path: Path) -> Arrays:
    return _read_texts(path, questions.CLASS_NAMES)


def _read_texts(path: Path, class_folders: Sequence[str]) -> Arrays:
    arrays: dict[str, NDArray[Any]] = {}
    for part, examples in read_labelled(path, ("train", "test"), class_folders, ".txt").items():
        arrays[f"x_{part}"] = _objects(_decode(example) for example in examples)
        arrays[f"y_{part}"] = np.array([example.label for example in examples])
    return arrays


def _decode(example: Example) -> str:
    with reading(example.path, UnicodeDecodeError):
        return example.content.decode("utf-8")


def _objects(items: Iterable[Any]) -> NDArray[Any]:
    """Make a one-dimensional array of whatever the items are, lists too."""
    found = list(items)
    array = np.empty(len(found), dtype=object)
    array[:] = found
    return array

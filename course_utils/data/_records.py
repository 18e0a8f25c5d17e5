"""What loaders return: arrays for training, validation and test, and where they are from."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from ._places import Origin

PAD, START, UNKNOWN = 0, 1, 2  # the ids that Keras' IMDB keeps free for these
RESERVED = ("[PAD]", "[START]", "[UNK]", "[UNUSED]")


@dataclass(frozen=True, eq=False, repr=False)
class Dataset:
    """Examples and labels in three parts. The test part is for the one final evaluation.

    Attributes:
        title: what it is, for people.
        origin: which data the loader found.
        class_names: the name of label 0, 1, ...
        x_train: training examples, first axis the examples; the subclass says what one is.
        y_train: their labels, shape (n,), int64.
        x_val: validation examples, for choosing and tuning.
        y_val: their labels.
        x_test: test examples.
        y_test: their labels.
    """

    title: str
    origin: Origin
    class_names: tuple[str, ...]
    x_train: NDArray[Any]
    y_train: NDArray[np.int64]
    x_val: NDArray[Any]
    y_val: NDArray[np.int64]
    x_test: NDArray[Any]
    y_test: NDArray[np.int64]

    def __str__(self) -> str:
        sizes = f"{len(self.x_train):,} training, {len(self.x_val):,} validation, {len(self.x_test):,} test"
        return f"{self.title} ({self.origin.value}): {sizes} {self._kind()}, {len(self.class_names)} classes"

    __repr__ = __str__

    def _kind(self) -> str:
        return "examples"

    def describe(self) -> None:
        """Print one line: which data this is and how much."""
        print(self)

    def subset(self, num_train: int) -> Self:
        """Keep only the first `num_train` training examples, for small-data experiments."""
        return replace(self, x_train=self.x_train[:num_train], y_train=self.y_train[:num_train])


class ImageData(Dataset):
    """Pictures: `x_*` are uint8, 0 to 255, shape (n, height, width) for grey or (n, height, width, 3) for RGB."""

    def _kind(self) -> str:
        return "images " + "x".join(map(str, self.x_train.shape[1:3]))


class TextData(Dataset):
    """Texts: `x_*` are object arrays of str, shape (n,), as they were written (HTML remains, no lower-casing)."""

    def _kind(self) -> str:
        return "texts"


@dataclass(frozen=True, eq=False, repr=False)
class ReviewData(Dataset):
    """Reviews as word numbers, as in `keras.datasets.imdb`: `x_*` are object arrays of lists of int, shape (n,).

    Every review opens with 1 (start); 2 stands for a word outside the vocabulary; 0 is left for padding.

    Attributes:
        vocabulary: the word of each number; the four first are no words, then words follow from frequent to rare.
    """

    vocabulary: tuple[str, ...]

    def _kind(self) -> str:
        return f"reviews, {len(self.vocabulary):,} words"

    def decode(self, ids: list[int]) -> str:
        """Write numbers as words; padding and start are left out."""
        return " ".join(self.vocabulary[i] for i in ids if i not in {PAD, START})

    def encode(self, text: str) -> list[int]:
        """Turn a text, such as one of your own, into the numbers that the reviews have."""
        index = {word: i for i, word in enumerate(self.vocabulary) if i >= len(RESERVED)}
        return [START, *(index.get(word, UNKNOWN) for word in words(text))]


@dataclass(frozen=True, eq=False, repr=False)
class Scenes:
    """Pictures with what is in them. Objects are numbered from 0; at most M in a picture, the rest is filled up.

    Attributes:
        x: the pictures, shape (n, height, width, 3), uint8.
        boxes: corners (x_min, y_min, x_max, y_max) in pixels of what is visible of each object, shape (n, M, 4),
            float32; maxima lie one past the last pixel, so that width is x_max - x_min; zeros where there is none.
        labels: class of each object, shape (n, M), int64; -1 where there is none.
        instances: for each pixel the number of the object it shows plus 1, 0 for background; shape (n, height,
            width), uint8.
    """

    x: NDArray[np.uint8]
    boxes: NDArray[np.float32]
    labels: NDArray[np.int64]
    instances: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.x)

    @property
    def classes(self) -> NDArray[np.int64]:
        """For each pixel its class plus 1, 0 for background: shape (n, height, width), for semantic segmentation."""
        table = np.concatenate([np.full((len(self), 1), -1), self.labels], axis=1) + 1
        return np.asarray(table[np.arange(len(self))[:, None, None], self.instances])

    def __repr__(self) -> str:
        return f"{len(self):,} scenes {self.x.shape[1]}x{self.x.shape[2]}"


@dataclass(frozen=True, eq=False, repr=False)
class SceneData:
    """Scenes in three parts; see `Scenes` for the arrays.

    Attributes:
        title: what it is, for people.
        origin: always the embedded set.
        class_names: the name of label 0, 1, ...
        train: for training.
        val: for choosing and tuning.
        test: for the one final evaluation.
    """

    title: str
    origin: Origin
    class_names: tuple[str, ...]
    train: Scenes
    val: Scenes
    test: Scenes

    def __str__(self) -> str:
        sizes = f"{len(self.train):,} training, {len(self.val):,} validation, {len(self.test):,} test"
        shape = "x".join(map(str, self.train.x.shape[1:3]))
        return f"{self.title} ({self.origin.value}): {sizes} scenes {shape}, {len(self.class_names)} classes"

    __repr__ = __str__

    def describe(self) -> None:
        """Print one line: which data this is and how much."""
        print(self)


@dataclass(frozen=True, eq=False, repr=False)
class WordVectors:
    """Words and a vector for each.

    Attributes:
        title: what it is, for people.
        origin: which data the loader found.
        words: in lower case, from frequent to rare.
        vectors: shape (number of words, dim), float32; row i belongs to word i.
    """

    title: str
    origin: Origin
    words: tuple[str, ...]
    vectors: NDArray[np.float32]

    def __str__(self) -> str:
        return f"{self.title} ({self.origin.value}): {len(self.words):,} words, {self.vectors.shape[1]} numbers each"

    __repr__ = __str__

    def describe(self) -> None:
        """Print one line: which vectors these are and how many."""
        print(self)

    @cached_property
    def index(self) -> dict[str, int]:
        """The row of each word."""
        return {word: row for row, word in enumerate(self.words)}


def words(text: str) -> list[str]:
    """Split a review as Keras' IMDB does: lower case, no punctuation but apostrophes, line breaks of HTML dropped.

    >>> words("It isn't good.<br />Is it?")
    ['it', "isn't", 'good', 'is', 'it']
    """
    return re.findall(r"[a-z0-9']+", re.sub(r"<br\s*/?>", " ", text.lower()))


def hold_out(
    x: NDArray[Any], y: NDArray[Any], fraction: float
) -> tuple[NDArray[Any], NDArray[np.int64], NDArray[Any], NDArray[np.int64]]:
    """Set the last `fraction` of the examples aside: x_train, y_train, x_val, y_val, in unchanged order."""
    if not 0 <= fraction < 1:
        raise ValueError(f"validation is the share of the training examples to set aside, in [0, 1), not {fraction}")
    keep = len(x) - round(len(x) * fraction)
    labels = y.astype(np.int64)
    return x[:keep], labels[:keep], x[keep:], labels[keep:]

"""The published files: their names, where they are, how they are recognised."""

from __future__ import annotations

from dataclasses import dataclass

from ._download import Remote

KERAS = "https://storage.googleapis.com/tensorflow/tf-keras-datasets"


@dataclass(frozen=True)
class Source:
    """A file or folder that a loader looks for.

    Attributes:
        staged: upstream names it may have in a staged folder, the preferred one first; folders are what an archive
            unpacks to.
        cached: names it may have in Keras' `datasets` folder.
        remote: where to download it. None: it is only ever staged.
    """

    staged: tuple[str, ...]
    cached: tuple[str, ...]
    remote: Remote | None


MNIST = Source(
    staged=("mnist.npz",),
    cached=("mnist.npz",),
    remote=Remote(
        "mnist.npz",
        (f"{KERAS}/mnist.npz", "https://s3.amazonaws.com/img-datasets/mnist.npz"),
        11_490_434,
        "sha256:731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1",
    ),
)

CIFAR10 = Source(
    staged=("cifar-10-batches-py", "cifar-10-batches-py.tar.gz", "cifar-10-python.tar.gz"),
    cached=("cifar-10-batches-py-target/cifar-10-batches-py", "cifar-10-batches-py", "cifar-10-batches-py.tar.gz"),
    remote=Remote(
        "cifar-10-python.tar.gz",
        ("https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz",),
        170_498_071,
        "sha256:6d958be074577803d12ecdefd02955f39262c83c16fe9348329d7fe0b5c001ce",
    ),
)

CATS_AND_DOGS = Source(
    staged=("cats_and_dogs_filtered", "cats_and_dogs_filtered.zip"),
    cached=("cats_and_dogs_filtered", "cats_and_dogs_filtered.zip"),
    remote=Remote(
        "cats_and_dogs_filtered.zip",
        ("https://storage.googleapis.com/mledu-datasets/cats_and_dogs_filtered.zip",),
        68_606_236,
        None,
    ),
)

IMDB = Source(
    staged=("imdb.npz",),
    cached=("imdb.npz",),
    remote=Remote(
        "imdb.npz",
        (f"{KERAS}/imdb.npz", "https://s3.amazonaws.com/text-datasets/imdb.npz"),
        17_464_789,
        "sha256:69664113be75683a8fe16e3ed0ab59fda8886cb3cd7ada244f7d9544e4676b9f",
    ),
)

IMDB_WORDS = Source(
    staged=("imdb_word_index.json",),
    cached=("imdb_word_index.json",),
    remote=Remote(
        "imdb_word_index.json",
        (f"{KERAS}/imdb_word_index.json", "https://s3.amazonaws.com/text-datasets/imdb_word_index.json"),
        1_641_221,
        "md5:bfafd718b763782e994055a2d397834f",
    ),
)

IMDB_TEXTS = Source(staged=("aclImdb", "aclImdb_v1.tar.gz"), cached=("aclImdb", "aclImdb_v1.tar.gz"), remote=None)

STACK_OVERFLOW = Source(
    staged=("stack_overflow_16k", "stack_overflow_16k.tar.gz"),
    cached=("stack_overflow_16k", "stack_overflow_16k.tar.gz"),
    remote=Remote(
        "stack_overflow_16k.tar.gz",
        ("https://storage.googleapis.com/download.tensorflow.org/data/stack_overflow_16k.tar.gz",),
        6_053_168,
        None,
    ),
)

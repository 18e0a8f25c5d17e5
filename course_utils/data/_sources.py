"""The published files: their names, where they are, how they are recognised.

Checksums are those in Keras' own source (`keras/src/datasets`, `keras/src/applications/vgg16.py`), which a test
compares with these. Lengths are what Keras and wget show while they download; for one file we know none, and of three
no checksum is published: docs/data.md says what is checked instead.
"""

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
        cached: names it may have in Keras' cache.
        remote: where to download it. None: it is only ever staged.
        is_model: whether Keras keeps it in `models`, not in `datasets`.
    """

    staged: tuple[str, ...]
    cached: tuple[str, ...]
    remote: Remote | None
    is_model: bool = False


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
        None,
        None,
    ),
)

GLOVE_ZIP = Remote(
    "glove.6B.zip",
    ("https://nlp.stanford.edu/data/glove.6B.zip", "https://downloads.cs.stanford.edu/nlp/data/glove.6B.zip"),
    862_182_613,
    None,
)
GLOVE = {  # by how many numbers a word has; a selection of its words may be staged too
    dim: Source(
        staged=(f"glove.6B.{dim}d.txt", "glove.6B.zip", f"glove.6B.{dim}d.subset.txt"),
        cached=(f"glove.6B.{dim}d.txt", "glove.6B.zip"),
        remote=GLOVE_ZIP,
    )
    for dim in (50, 100, 200, 300)
}

VGG16_MD5 = "md5:6d6bbae143d832006294945121d1f1fc"
VGG16 = Source(
    staged=("vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5",),
    cached=("vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5",),
    remote=Remote(
        "vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5",
        (
            "https://storage.googleapis.com/tensorflow/keras-applications/vgg16/"
            "vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5",
        ),
        58_889_256,
        VGG16_MD5,
    ),
    is_model=True,
)

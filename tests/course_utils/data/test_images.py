"""The loaders of pictures read the published formats, and say what is wrong with a file that is not one."""

from __future__ import annotations

import io
import pickle
import struct
import zipfile
from pathlib import Path

import numpy as np
import pytest

from course_utils import data
from course_utils.data import DataFileError, Origin, Places, UnsafeFileError


def test_mnist_reads_the_staged_file_in_its_order(places: Places, make) -> None:
    make.mnist(places.staged)
    found = data.mnist("full", places=places)
    arrays = make.mnist_arrays()
    assert found.origin is Origin.STAGED
    assert found.x_train.dtype == np.uint8
    assert found.y_train.dtype == np.int64
    np.testing.assert_array_equal(np.concatenate([found.x_train, found.x_val]), arrays["x_train"])
    np.testing.assert_array_equal(found.y_test, arrays["y_test"])
    assert len(found.x_val) == 2  # the last tenth


def test_validation_share_is_settable_and_checked(places: Places, make) -> None:
    make.mnist(places.staged)
    assert len(data.mnist("full", validation=0, places=places).x_train) == 20
    assert len(data.mnist("full", validation=0.5, places=places).x_val) == 10
    with pytest.raises(ValueError, match="share of the training examples"):
        data.mnist("full", validation=10, places=places)


def test_the_staged_file_is_neither_changed_nor_deleted(places: Places, make) -> None:
    path = make.mnist(places.staged)
    before = path.read_bytes(), path.stat().st_mtime_ns
    data.mnist("full", places=places)
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before
    assert list(places.staged.iterdir()) == [path]


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"x_train": np.zeros((20, 27, 28), np.uint8)}, r"shape \(20, 27, 28\)"),
        ({"x_train": np.zeros((20, 28, 28), np.float32)}, "float32"),
        ({"x_train": np.zeros((0, 28, 28), np.uint8)}, r"shape \(0, 28, 28\)"),
        ({"y_train": np.zeros(19, np.uint8)}, "labels"),
        ({"y_test": np.full(10, 10, np.uint8)}, "labels"),
        ({"y_test": np.zeros(10, np.float32)}, "labels"),
    ],
)
def test_mnist_with_wrong_contents_is_named(places: Places, make, changes, complaint: str) -> None:
    path = make.mnist(places.staged, **changes)
    with pytest.raises(DataFileError, match=complaint) as caught:
        data.mnist("full", places=places)
    assert str(path) in str(caught.value)
    assert caught.value.path == path


@pytest.mark.parametrize("keep", [0, 100, 0.5, 0.99])
def test_a_file_cut_off_anywhere_is_an_error_with_a_mend(places: Places, make, keep: float) -> None:
    path = make.mnist(places.staged)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(keep * len(whole)) if keep < 1 else int(keep)])
    with pytest.raises(DataFileError, match=r"mnist\.npz is damaged, cut off .* Delete it and fetch it again"):
        data.mnist("full", places=places)
    assert path.exists()


def test_a_flipped_byte_is_found(places: Places, make) -> None:
    path = make.mnist(places.staged)
    content = bytearray(path.read_bytes())
    content[5000] ^= 1
    path.write_bytes(content)
    with pytest.raises(DataFileError, match="CRC"):
        data.mnist("full", places=places)


def test_a_missing_array_is_named(places: Places, make) -> None:
    np.savez(places.staged / "mnist.npz", x_train=make.mnist_arrays()["x_train"])
    with pytest.raises(DataFileError, match="holds no array y_train"):
        data.mnist("full", places=places)


def python2_batch(batch: dict[bytes, object]) -> bytes:
    """Write a batch as the published ones are: protocol 2 of Python 2, texts as bytes."""

    def text(raw: bytes) -> bytes:
        return b"T" + struct.pack("<i", len(raw)) + raw

    pixels = batch[b"data"]
    return b"".join(
        [
            b"\x80\x02}(", text(b"batch_label"), text(batch[b"batch_label"]),
            text(b"labels"), b"](", *(b"K" + bytes([y]) for y in batch[b"labels"]), b"e",
            text(b"data"), b"cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\nK\x00\x85", text(b"b"), b"tR",
            b"(K\x01J", struct.pack("<i", len(pixels)), b"M\x00\x0c\x86", b"cnumpy\ndtype\n(", text(b"u1"),
            b"K\x00K\x01tR(K\x03", text(b"|"), b"NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb\x89",
            text(pixels.tobytes()), b"tbu.",
        ]
    )  # fmt: skip


@pytest.mark.parametrize(
    "dump",
    [python2_batch, lambda b: pickle.dumps(b, protocol=2), lambda b: pickle.dumps(b, protocol=5)],
    ids=["Python 2", "Python 3, protocol 2", "Python 3, protocol 5"],
)
def test_cifar10_reads_batches_of_all_pythons(places: Places, make, dump) -> None:
    make.cifar10(places.staged, dump)
    found = data.cifar10("full", validation=0, places=places)
    assert found.x_train.shape == (20, 32, 32, 3)
    assert found.x_test.shape == (4, 32, 32, 3)
    red, green, blue = make.cifar_planes(0)[1].reshape(3, 32, 32)
    np.testing.assert_array_equal(found.x_train[1], np.stack([red, green, blue], axis=-1))
    np.testing.assert_array_equal(found.y_train[:8], [0, 3, 9, 0, 0, 3, 9, 1])
    assert found.class_names[3] == "cat"


@pytest.mark.parametrize("name", ["cifar-10-batches-py.tar.gz", "cifar-10-python.tar.gz"])
def test_cifar10_reads_the_archive_like_the_folder(places: Places, make, name: str) -> None:
    folder = make.cifar10(places.staged)
    unpacked = data.cifar10("full", places=places)
    make.tar(folder, name)
    packed = data.cifar10("full", places=places)
    np.testing.assert_array_equal(packed.x_train, unpacked.x_train)


def test_cifar10_is_found_where_keras_unpacks_it(places: Places, make) -> None:
    (places.keras / "cifar-10-batches-py-target").mkdir()
    make.cifar10(places.keras / "cifar-10-batches-py-target")
    assert data.cifar10("full", places=places).origin is Origin.KERAS_CACHE


def test_a_missing_batch_is_named(places: Places, make) -> None:
    (make.cifar10(places.staged) / "data_batch_4").unlink()
    with pytest.raises(DataFileError, match="lacks data_batch_4"):
        data.cifar10("full", places=places)


@pytest.mark.parametrize(
    ("batch", "complaint"),
    [
        ([1, 2], "damaged"),
        ({b"labels": [1]}, "data"),
        ({b"labels": [1], b"data": "text"}, "damaged"),
        ({b"labels": [1], b"data": np.zeros((1, 100), np.uint8)}, "damaged"),
        ({b"labels": [1, 2], b"data": np.zeros((1, 3072), np.uint8)}, "labels in data_batch_1"),
        ({b"labels": [11], b"data": np.zeros((1, 3072), np.uint8)}, "labels in data_batch_1"),
        ({b"labels": [1], b"data": np.zeros((1, 3072), np.int64)}, "int64 in data_batch_1"),
    ],
)
def test_a_batch_with_other_contents_is_an_error(places: Places, make, batch, complaint: str) -> None:
    (make.cifar10(places.staged) / "data_batch_1").write_bytes(pickle.dumps(batch, protocol=2))
    with pytest.raises(DataFileError, match=complaint):
        data.cifar10("full", places=places)


class Exploit:
    """Runs a command where it is unpickled without care."""

    def __init__(self, proof: Path) -> None:
        self.proof = proof

    def __reduce__(self):
        return Path.touch, (self.proof,)


def test_code_in_a_batch_is_refused_and_does_not_run(places: Places, make, tmp_path: Path) -> None:
    proof = tmp_path / "it ran"
    batch = {b"labels": [1], b"data": Exploit(proof)}
    (make.cifar10(places.staged) / "data_batch_1").write_bytes(pickle.dumps(batch, protocol=2))
    with pytest.raises(UnsafeFileError, match="which is not data"):
        data.cifar10("full", places=places)
    assert not proof.exists()


def test_cats_and_dogs_are_resized_labelled_and_split(places: Places, make) -> None:
    make.cats_and_dogs(places.staged)
    found = data.cats_and_dogs("full", size=16, places=places)
    assert found.x_train.shape == (8, 16, 16, 3)
    assert (len(found.x_val), len(found.x_test)) == (4, 4)
    is_blue = found.x_train[:, 8, 8, 2] > found.x_train[:, 8, 8, 0]
    np.testing.assert_array_equal(is_blue, found.y_train == 1)  # dogs are the blue ones here
    assert not np.array_equal(found.y_train, np.sort(found.y_train))  # mixed


def test_cats_and_dogs_read_the_zip_like_the_folder(places: Places, make) -> None:
    folder = make.cats_and_dogs(places.staged)
    unpacked = data.cats_and_dogs("full", size=16, places=places)
    make.zip(folder, "cats_and_dogs_filtered.zip")
    packed = data.cats_and_dogs("full", size=16, places=places)
    np.testing.assert_array_equal(packed.x_test, unpacked.x_test)


def test_a_photo_that_is_none_is_an_error(places: Places, make) -> None:
    (make.cats_and_dogs(places.staged) / "train" / "cats" / "1.jpg").write_bytes(b"<html>not found</html>")
    with pytest.raises(DataFileError, match=r"cats/1\.jpg .*cannot identify image"):
        data.cats_and_dogs("full", places=places)


def test_a_photo_cut_off_is_an_error(places: Places, make) -> None:
    photo = make.cats_and_dogs(places.staged) / "train" / "cats" / "1.jpg"
    photo.write_bytes(photo.read_bytes()[:-100])
    with pytest.raises(DataFileError, match=r"cats/1\.jpg is damaged, .*Truncated"):
        data.cats_and_dogs("full", places=places)


def test_a_photo_of_absurd_size_is_refused_before_it_is_decoded(places: Places, make) -> None:
    folder = make.cats_and_dogs(places.staged)
    (folder / "train" / "cats" / "1.jpg").write_bytes(make.jpeg((9000, 1), (0, 0, 0)))
    with pytest.raises(UnsafeFileError, match="9000"):
        data.cats_and_dogs("full", places=places)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"NUMPY", b"NUMPX"),
        (b"'descr'", b"'descr("),  # never closed: NumPy's own error here is a tokenizer's
        (b"'shape': (3,)", b"'shape': (3 )"),
        (b"'shape': (3,)", b"'shape': (9,)"),
        (b"'shape': (3,)", b"'shape':(-3,)"),
        (b"<i8", b"<x8"),
    ],
)
def test_a_broken_array_header_is_an_error(tmp_path: Path, old: bytes, new: bytes) -> None:
    from course_utils.data._npz import read_npz

    content = io.BytesIO()
    np.save(content, np.arange(3))
    assert old in content.getvalue()
    with zipfile.ZipFile(tmp_path / "a.npz", "w") as npz:
        npz.writestr("a.npy", content.getvalue().replace(old, new))
    with pytest.raises(DataFileError, match=r"a\.npz"):
        read_npz(tmp_path / "a.npz", "a")

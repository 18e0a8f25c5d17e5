"""Tiny data sets in the published formats, laid out as a staged folder or Keras' cache would hold them."""

from __future__ import annotations

import io
import json
import pickle
import tarfile
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from course_utils.data import Places


@pytest.fixture
def places(tmp_path: Path) -> Places:
    """Return empty folders of this test's own, and no network."""
    found = Places(tmp_path / "staged", tmp_path / "keras", tmp_path / "cache", online=False)
    for folder in (found.staged, found.keras):
        folder.mkdir()
    return found


@pytest.fixture(scope="session")
def warm(tmp_path_factory: pytest.TempPathFactory) -> Places:
    """Return one cache for all tests of the embedded sets, so that each is made once."""
    folder = tmp_path_factory.mktemp("warm")
    return Places(None, folder / "keras", folder / "cache", online=False)


class Makers:
    """Writes data sets; each method takes the folder they go to."""

    @staticmethod
    def mnist_arrays() -> dict[str, np.ndarray]:
        rng = np.random.default_rng(0)
        return {
            "x_train": rng.integers(0, 256, (20, 28, 28), dtype=np.uint8),
            "y_train": (np.arange(20) % 10).astype(np.uint8),
            "x_test": rng.integers(0, 256, (10, 28, 28), dtype=np.uint8),
            "y_test": np.arange(10, dtype=np.uint8),
        }

    @classmethod
    def mnist(cls, folder: Path, **changes: np.ndarray) -> Path:
        np.savez(folder / "mnist.npz", **(cls.mnist_arrays() | changes))
        return folder / "mnist.npz"

    @staticmethod
    def cifar_planes(batch: int) -> np.ndarray:
        return np.random.default_rng(batch).integers(0, 256, (4, 3072), dtype=np.uint8)

    @classmethod
    def cifar10(cls, folder: Path, dump=lambda batch: pickle.dumps(batch, protocol=2)) -> Path:
        target = folder / "cifar-10-batches-py"
        target.mkdir()
        for batch, name in enumerate([f"data_batch_{i}" for i in range(1, 6)] + ["test_batch"]):
            content = {b"batch_label": name.encode(), b"labels": [0, 3, 9, batch], b"data": cls.cifar_planes(batch)}
            (target / name).write_bytes(dump(content))
        return target

    @staticmethod
    def imdb(folder: Path, **changes: np.ndarray) -> Path:
        reviews = np.empty(4, dtype=object)
        reviews[:] = [[1, 2], [3], [4, 5, 6], [2, 2]]  # ranks
        arrays = {
            "x_train": reviews,
            "y_train": np.array([0, 1, 1, 0]),
            "x_test": reviews,
            "y_test": np.array([1, 0, 1, 0]),
        }
        np.savez(folder / "imdb.npz", **(arrays | changes))
        return folder / "imdb.npz"

    @staticmethod
    def imdb_words(folder: Path) -> Path:
        words = ["the", "film", "was", "not", "so", "good"]
        (folder / "imdb_word_index.json").write_text(json.dumps({word: i + 1 for i, word in enumerate(words)}))
        return folder / "imdb_word_index.json"

    @staticmethod
    def folders(root: Path, parts: tuple[str, ...], classes: tuple[str, ...], suffix: str, content) -> Path:
        for part in parts:
            for name in classes:
                (root / part / name).mkdir(parents=True)
                for i in range(4):
                    (root / part / name / f"{i}{suffix}").write_bytes(content(part, name, i))
        return root

    @classmethod
    def stack_overflow(cls, folder: Path) -> Path:
        languages = ("csharp", "java", "javascript", "python")
        return cls.folders(
            folder / "stack_overflow_16k", ("train", "test"), languages, ".txt",
            lambda part, name, i: f'"{part} {name} {i}: wie heißt das in blank?"\n'.encode(),
        )  # fmt: skip

    @classmethod
    def acl_imdb(cls, folder: Path) -> Path:
        texts = {"neg": "Not good.<br /><br />Not.", "pos": "A good, good film!"}
        root = cls.folders(
            folder / "aclImdb", ("train", "test"), ("neg", "pos"), ".txt", lambda _p, name, _i: texts[name].encode()
        )
        (root / "train" / "unsup").mkdir()
        (root / "train" / "unsup" / "0_0.txt").write_text("unlabelled")
        return root

    @classmethod
    def cats_and_dogs(cls, folder: Path) -> Path:
        tints = {"cats": (200, 40, 40), "dogs": (40, 40, 200)}
        return cls.folders(
            folder / "cats_and_dogs_filtered", ("train", "validation"), ("cats", "dogs"), ".jpg",
            lambda _p, name, i: cls.jpeg((40 + i, 30), tints[name]),
        )  # fmt: skip

    @staticmethod
    def jpeg(size: tuple[int, int], tint: tuple[int, int, int]) -> bytes:
        file = io.BytesIO()
        Image.new("RGB", size, tint).save(file, "JPEG")
        return file.getvalue()

    @staticmethod
    def tar(folder: Path, name: str, *, root: bool = True) -> Path:
        """Pack a folder beside it, and take the folder away; without `root` as TensorFlow packs Stack Overflow's."""
        target = folder.parent / name
        with tarfile.open(target, "w:gz") as archive:
            archive.add(folder, folder.name if root else ".")
        folder.rename(folder.parent / "elsewhere")
        return target

    @staticmethod
    def zip(folder: Path, name: str) -> Path:
        target = folder.parent / name
        with zipfile.ZipFile(target, "w") as archive:
            for file in sorted(folder.rglob("*")):
                archive.write(file, file.relative_to(folder.parent))
        folder.rename(folder.parent / "elsewhere")
        return target


@pytest.fixture
def make() -> type[Makers]:
    return Makers

"""The real sets, where COURSE_DATA_DIR holds them: sizes, orders and figures known from the decks and from Keras."""

from __future__ import annotations

import os

import numpy as np
import pytest

from course_utils import data
from course_utils.data import Origin, Places

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not os.environ.get("COURSE_DATA_DIR"), reason="COURSE_DATA_DIR is not set: no real data here"),
]


@pytest.fixture
def real(tmp_path) -> Places:
    found = Places.from_environment()
    return Places(found.staged, tmp_path, tmp_path, online=False)


def loaded(found):
    if found.origin is Origin.EMBEDDED:
        pytest.skip("not in COURSE_DATA_DIR")
    return found


def test_mnist(real: Places) -> None:
    found = loaded(data.mnist("full", validation=0, places=real))
    assert found.x_train.shape == (60_000, 28, 28)
    assert found.x_test.shape == (10_000, 28, 28)
    assert found.y_train[:5].tolist() == [5, 0, 4, 1, 9]
    assert found.x_train.mean() / 255 == pytest.approx(0.1307, abs=1e-4)


def test_cifar10(real: Places) -> None:
    found = loaded(data.cifar10("full", validation=0, places=real))
    assert found.x_train.shape == (50_000, 32, 32, 3)
    assert found.y_train[:5].tolist() == [6, 9, 9, 4, 1]
    # the deck's entry, 0.36862746; copies that went through JPEG are near
    assert found.x_train[54, 12, 13, 1] / 255 == pytest.approx(0.36862746, abs=0.08)
    assert np.bincount(found.y_test).tolist() == [1000] * 10


def test_imdb(real: Places) -> None:
    found = loaded(data.imdb("full", validation=0, places=real))
    assert (len(found.x_train), len(found.x_test)) == (25_000, 25_000)
    if (real.staged / "imdb.npz").exists():
        assert found.x_train[0][:6] == [1, 14, 22, 16, 43, 530]  # as keras.datasets.imdb.load_data(num_words=10_000)
        assert found.y_train[:5].tolist() == [1, 0, 0, 1, 0]
        assert found.decode(found.x_train[0][:6]) == "this film was just brilliant"


def test_stack_overflow(real: Places) -> None:
    found = loaded(data.stack_overflow("full", validation=0, places=real))
    assert np.bincount(found.y_train).tolist() == [2000] * 4
    assert np.bincount(found.y_test).tolist() == [2000] * 4
    assert np.mean(["blank" in text for text in found.x_test]) > 0.5


def test_cats_and_dogs(real: Places) -> None:
    found = loaded(data.cats_and_dogs("full", size=40, places=real))
    assert np.bincount(found.y_train).tolist() == [1000] * 2
    assert (len(found.x_val), len(found.x_test)) == (500, 500)


def test_glove(real: Places) -> None:
    found = loaded(data.glove("full", dim=50, places=real))
    assert found.words[:3] == ("the", ",", ".")
    np.testing.assert_allclose(found.vectors[0, :3], [0.418, 0.24968, -0.41242])
    unit = found.vectors / np.linalg.norm(found.vectors, axis=1, keepdims=True)
    nearness = unit @ unit[found.index["good"]]
    assert nearness[found.index["better"]] > 0.7 > nearness[found.index["the"]]


def test_vgg16_weights(real: Places) -> None:
    path = data.vgg16_weights("full", places=real)
    if path is None:
        pytest.skip("not in COURSE_DATA_DIR")
    assert path.parent == real.staged

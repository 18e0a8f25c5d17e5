"""The narrow VGG16: its form, what it knows, that the script trains such a one, and real weights in its place."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import h5py
import keras
import numpy as np
import pytest

from autograder.authoring.build import from_source
from course_utils import data, vgg
from course_utils.data import _sources
from course_utils.vgg import pretrain

SOURCE = Path(__file__).parents[2] / "solutions" / "06_transfer_learning" / "06_transfer_learning.py"
CARD_ACCURACY = 0.892  # as the model card says; of 1,000 drawings, so one standard error is 0.01
SPREAD = 0.06  # seed 1 came to 0.935
NAME = "vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5"


def test_blocks_are_those_of_vgg16_under_its_names() -> None:
    wide = keras.applications.VGG16(weights=None, include_top=False, input_shape=(64, 64, 3))
    narrow = vgg.narrow_vgg16(include_top=False)
    assert [layer.name for layer in narrow.layers[1:]] == [layer.name for layer in wide.layers[1:]]
    for ours, theirs in zip(narrow.layers[1:], wide.layers[1:], strict=True):
        assert ours.output.shape[1:3] == theirs.output.shape[1:3]
        assert ours.output.shape[3] * 8 == theirs.output.shape[3]
    assert narrow.count_params() == 230568


def test_pixels_are_scaled_to_one() -> None:
    pixels = np.array([0, 255, 51], dtype=np.uint8)
    assert np.allclose(vgg.preprocess_input(pixels), [-1, 1, -0.6])
    assert vgg.preprocess_input(pixels).dtype == np.float32


def test_random_weights_are_decided_by_the_seed_and_differ_from_the_shipped_ones() -> None:
    drawn = []
    for seed in (1, 1, 2):
        keras.utils.set_random_seed(seed)
        drawn.append(vgg.narrow_vgg16(weights=None, include_top=False).get_weights()[0])
    assert np.array_equal(drawn[0], drawn[1])
    assert not np.allclose(drawn[0], drawn[2])
    assert not np.allclose(drawn[0], vgg.narrow_vgg16().get_weights()[0])


def test_weights_of_another_file_can_be_loaded(tmp_path: Path) -> None:
    net = vgg.narrow_vgg16(weights=None)
    net.save_weights(tmp_path / "own.weights.h5")
    again = vgg.narrow_vgg16(weights=tmp_path / "own.weights.h5")
    assert all(np.array_equal(a, b) for a, b in zip(net.get_weights(), again.get_weights(), strict=True))


def test_shipped_weights_are_small_and_do_as_well_as_the_card_says() -> None:
    assert vgg.WEIGHTS.stat().st_size < 2e6
    assert f"{CARD_ACCURACY}" in vgg.WEIGHTS.with_name("MODEL_CARD.md").read_text(encoding="utf-8")
    assert pretrain.held_out_accuracy(vgg.narrow_vgg16()) == pytest.approx(CARD_ACCURACY, abs=0.005)


@pytest.mark.slow
def test_script_reproduces_the_shipped_weights_accuracy(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "again.weights.h5"
    pretrain.main(["--out", str(path), "--seed", "0"])  # other weights on another machine, that can do as much
    assert '"parameters": 247536' in capsys.readouterr().out
    assert pretrain.held_out_accuracy(vgg.narrow_vgg16(weights=path)) == pytest.approx(CARD_ACCURACY, abs=SPREAD)


@pytest.fixture
def imagenet_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Random numbers in the layout of the published file: a group per layer, named in attributes; staged."""
    path = tmp_path / NAME
    rng = np.random.default_rng(0)
    wide = keras.applications.VGG16(weights=None, include_top=False)
    with h5py.File(path, "w") as file:
        file.attrs["layer_names"] = [layer.name.encode() for layer in wide.layers]
        file.attrs["backend"], file.attrs["keras_version"] = b"tensorflow", b"2.0"
        for layer in wide.layers:
            group, names = file.create_group(layer.name), []
            for weight, kind in zip(layer.weights, ("W_1:0", "b_1:0"), strict=False):
                names.append(f"{layer.name}_{kind}".encode())
                fan_in = np.prod(weight.shape[:-1])
                group[names[-1]] = (rng.normal(size=weight.shape) * (2 / fan_in) ** 0.5).astype("float32")
            group.attrs["weight_names"] = names
    checksum = "md5:" + hashlib.md5(path.read_bytes()).hexdigest()
    assert _sources.VGG16.remote
    remote = replace(_sources.VGG16.remote, checksum=checksum, size=path.stat().st_size, urls=())
    monkeypatch.setattr(_sources, "VGG16_MD5", checksum)
    monkeypatch.setattr(_sources, "VGG16", replace(_sources.VGG16, remote=remote))
    monkeypatch.setenv("COURSE_DATA_DIR", str(tmp_path))
    return path


def cell(piece: str) -> str:
    """The code cell of notebook 06 that holds a piece of text."""
    [found] = [c.source for c in from_source(SOURCE).cells if c.cell_type == "code" and piece in c.source]
    return str(found)


@pytest.mark.slow
def test_notebook_runs_on_real_weights_where_there_are_some(imagenet_file: Path) -> None:
    drawn = data.cats_and_dogs(size=64).subset(8)
    few = {"x_train": drawn.x_train, "y_train": drawn.y_train, "x_val": drawn.x_val[:8], "x_test": drawn.x_test[:8]}
    names = {"profile": "full", "data": data, "vgg": vgg, "keras": keras, "np": np, "layers": keras.layers}
    names |= {"photos": replace(drawn, **few, y_val=drawn.y_val[:8], y_test=drawn.y_test[:8])}
    for piece in ("imagenet = data.vgg16_weights", "cache = extract", "def head", "def upper_net"):
        exec(cell(piece), names)
    assert names["imagenet"] == imagenet_file
    assert [maps.shape[-1] for maps in names["cache"]["train"]] == [64, 128, 256, 512, 512]
    base = names["pretrained_base"]()
    with h5py.File(imagenet_file) as file:
        for layer in [layer for layer in base.layers if layer.weights]:
            stored = [file[layer.name][name][:] for name in file[layer.name].attrs["weight_names"]]
            assert all(np.array_equal(a, b) for a, b in zip(layer.get_weights(), stored, strict=True))
    pixel = names["prepare"](np.array([[[[255.0, 0.0, 10.0]]]]))[0, 0, 0]
    assert np.allclose(pixel, [10 - 103.939, -116.779, 255 - 123.68], atol=1e-3)
    net, block5 = names["upper_net"]()
    assert [layer.name for layer in block5] == ["block5_conv1", "block5_conv2", "block5_conv3"]
    assert net.predict(names["cache"]["val"][3], verbose=0).shape == (8, 1)


def test_transfer_leads_augmentation_leads_scratch_by_three_points_over_five_seeds() -> None:
    recorded = json.loads((SOURCE.parent / "results" / "quick.json").read_text(encoding="utf-8"))["measurements"]
    scratch, augmented, frozen = (recorded[f"{name} val"] for name in ("scratch", "augmented", "frozen base"))
    assert len(frozen["values"]) == 5
    assert augmented["mean"] - scratch["mean"] >= 0.03
    assert frozen["mean"] - augmented["mean"] >= 0.03

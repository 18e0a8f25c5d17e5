"""Keras models as configuration and weights: stock ones arrive as they were, and no configuration runs code."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import numpy as np
import pytest

from autograder.judge import models, wire
from autograder.judge.models import CustomModelError
from tests.autograder.judge import passed

keras = pytest.importorskip("keras")
layers = keras.layers
IMAGES = np.random.default_rng(0).random((2, 8, 8, 1), dtype=np.float32)
WORDS = np.array([[1, 2, 3, 0], [3, 1, 0, 0]])
NUMBERS = np.linspace(-1, 1, 8, dtype=np.float32).reshape(2, 4)


def two_ways() -> Any:
    entry = keras.Input((4,))
    left, right = layers.Dense(3, activation="relu")(entry), layers.Dense(3)(entry)
    return keras.Model(entry, [layers.Concatenate()([left[:, :2], right * 2 + 1]), left])


def tensorflows() -> Any:
    import tensorflow as tf

    net = keras.Sequential(
        [keras.Input((4,)), layers.Dense(5, tf.nn.relu, kernel_initializer=tf.random_normal_initializer())]
    )
    net.add(layers.Dense(4, tf.identity))
    net.add(layers.Dense(3, tf.nn.softmax))
    return net


def normalised() -> Any:
    normalization = layers.Normalization()
    normalization.adapt(np.arange(20.0).reshape(5, 4))
    return keras.Sequential([keras.Input((4,)), normalization, layers.Dense(3, "softmax")])


MODELS: dict[str, tuple[Callable[[], Any], np.ndarray]] = {
    "TensorFlow's functions and initializers": (tensorflows, NUMBERS),
    "adapted normalization": (normalised, NUMBERS),
    "dense": (lambda: keras.Sequential([keras.Input((4,)), layers.Dense(3, "softmax")]), NUMBERS),
    "functional": (two_ways, NUMBERS),
    "nested": (lambda: keras.Sequential([keras.Input((4,)), keras.Sequential([layers.Dense(2)])]), NUMBERS),
    "convolution": (
        lambda: keras.Sequential(
            [
                keras.Input((8, 8, 1)),
                layers.RandomFlip("horizontal"),
                layers.RandomRotation(0.1),
                layers.Rescaling(1 / 2),
                layers.Conv2D(2, 3, padding="same", kernel_regularizer=keras.regularizers.L2(0.1)),
                layers.BatchNormalization(),
                layers.ReLU(),
                layers.MaxPooling2D(),
                layers.Flatten(),
                layers.Dropout(0.5),
                layers.Dense(2, kernel_constraint="max_norm", bias_initializer=keras.initializers.RandomNormal(seed=1)),
            ]
        ),
        IMAGES,
    ),
    "text": (
        lambda: keras.Sequential(
            [
                keras.Input((4,)),
                layers.Embedding(5, 3, mask_zero=True),
                layers.Bidirectional(layers.LSTM(2, return_sequences=True)),
                layers.TimeDistributed(layers.Dense(2)),
                layers.GRU(2),
            ]
        ),
        WORDS,
    ),
    "cells": (
        lambda: keras.Sequential([keras.Input((4, 1)), layers.RNN([layers.LSTMCell(2), layers.GRUCell(2)])]),
        NUMBERS[..., None],
    ),
}


@pytest.mark.parametrize("name", MODELS)
def test_stock_model_computes_the_same(name: str) -> None:
    make, data = MODELS[name]
    model = make()
    arrived = passed([model])[0]
    assert type(arrived).__name__ == type(model).__name__
    for there, here in zip(arrived.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(there, here)
    outputs = [keras.tree.flatten(each(data, training=False)) for each in (arrived, model)]
    for there, here in zip(*outputs, strict=True):
        np.testing.assert_array_equal(there, here)


def test_trained_statistics_arrive() -> None:
    model = keras.Sequential([keras.Input((4,)), layers.BatchNormalization()])
    model(NUMBERS * 5 + 3, training=True)
    np.testing.assert_array_equal(passed(model)(NUMBERS), model(NUMBERS))


def test_model_that_was_not_built() -> None:
    arrived = passed(keras.Sequential([layers.Dense(3), layers.Dense(1)]))
    assert not arrived.built
    assert [layer.units for layer in arrived.layers] == [3, 1]


def dense(**options: Any) -> Any:
    return keras.Sequential([keras.Input((4,)), layers.Dense(1, **options)])


def test_stock_way_of_compiling_is_kept() -> None:
    model = dense()
    model.compile(optimizer=keras.optimizers.SGD(0.25), loss="mse", metrics=["mae"])
    arrived = passed(model)
    assert type(arrived.optimizer).__name__ == "SGD"
    assert float(arrived.optimizer.learning_rate) == 0.25
    assert arrived.loss == "mse"
    assert arrived.evaluate(NUMBERS, np.zeros(2), verbose=0) == model.evaluate(NUMBERS, np.zeros(2), verbose=0)


def test_own_way_of_compiling_is_dropped() -> None:
    def loss(right: Any, found: Any) -> Any:
        return keras.ops.mean(right - found)

    model = dense()
    model.compile(optimizer="sgd", loss=loss)
    assert not passed(model).compiled


class Own(layers.Layer):
    def call(self, x: Any) -> Any:
        return x


class OwnModel(keras.Model):
    pass


def own_activation(x: Any) -> Any:
    return x


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: keras.Sequential([keras.Input((4,)), layers.Lambda(lambda x: x)]), "a model with 'Lambda'"),
        (lambda: keras.Sequential([keras.Input((4,)), Own()]), "a model with 'Own'"),
        (lambda: keras.Sequential([keras.Input((4, 2)), layers.TimeDistributed(Own())]), "a model with 'Own'"),
        (lambda: dense(activation=own_activation), "a model with 'own_activation': only what Keras"),
        (OwnModel, "a model of the class OwnModel: use keras.Sequential or keras.Model"),
    ],
    ids=["lambda", "layer", "wrapped layer", "function", "model"],
)
def test_own_parts_are_refused_by_name(make: Callable[[], Any], said: str) -> None:
    with pytest.raises(wire.CannotSendError, match=said):
        passed([make()])


@pytest.mark.filterwarnings("ignore:The object being serialized")
def test_model_that_keras_cannot_read_again_is_told_as_such(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise ValueError("as Keras does for what it has just written")

    monkeypatch.setattr(keras.saving, "deserialize_keras_object", fail)
    with pytest.raises(wire.NotRebuiltError, match="a model that Keras cannot rebuild"):
        passed(dense(activation="relu"))


# Configurations from a hostile side


@pytest.fixture(scope="module")
def stock() -> dict[str, Any]:
    config, _ = models.take_apart(
        keras.Sequential([keras.Input((4, 2)), layers.Bidirectional(layers.LSTM(2)), layers.Dense(1)])
    )
    return json.loads(config)


def named(class_name: Any, module: Any = "keras.layers", config: Any = None, **more: Any) -> dict[str, Any]:
    return {"class_name": class_name, "module": module, "config": config or {}, "registered_name": None, **more}


HOSTILE = {
    "lambda layer": named("Lambda", config={"function": "x"}),
    "lambda layer by its module": named("Lambda", "keras.src.layers.core.lambda_layer"),
    "saved model": named("TFSMLayer", config={"filepath": "/tmp/model"}),
    "saved model by its module": named("TFSMLayer", "keras.src.export.tfsm_layer", {"filepath": "/tmp/model"}),
    "torch": named("TorchModuleWrapper", config={"module": "x"}),
    "jax": named("JaxLayer"),
    "marshalled lambda": {"class_name": "__lambda__", "config": {"value": "4wAAAA=="}},
    "marshalled lambda with a module": named("__lambda__", "builtins", {"value": "4wAAAA=="}),
    "type": {"class_name": "__typespec__", "spec_name": "x", "module": "os", "config": []},
    "function": named("function", "builtins", "eval"),
    "function of keras": named("function", "keras.utils", "get_file"),
    "function of a part of keras": named("function", "keras.src.saving.saving_lib", "load_model"),
    "function as a class": named("get_file", "keras.utils"),
    "loading as a class": named("load_model", "keras.models"),
    "other module": named("system", "os"),
    "class of another module": named("Popen", "subprocess"),
    "module of keras' own imports": named("Popen", "keras.src.utils.file_utils"),
    "python's module seen from keras": named("os", "keras.src.utils.file_utils"),
    "class that is no layer": named("Progbar", "keras.utils"),
    "callback": named("LambdaCallback", "keras.callbacks"),
    "callback by its module": named("CSVLogger", "keras.src.callbacks.csv_logger"),
    "data": named("PyDataset", "keras.utils"),
    "dotted name": named("core.lambda_layer.Lambda", "keras.src.layers"),
    "dotted module": named("Lambda", "keras.src.layers.core.lambda_layer.."),
    "module with a similar name": named("Dense", "keras_evil"),
    "module inside another": named("Dense", "evil.keras.layers"),
    "module that is not loaded": named("Dense", "keras.evil"),
    "no module": {"class_name": "Dense", "config": {"units": 1}},
    "empty module": named("Dense", ""),
    "module as a list": named("Dense", ["keras.layers"]),
    "name as a list": named(["Dense"]),
    "name as null": named(None, config={"units": 1}),
    "name of a module": named("__class__"),
    "registered name": named("Dense", config={"units": 1}, registered_name="evil>Dense"),
    "registered name as a list": named("Dense", config={"units": 1}, registered_name=["Dense"]),
    "plain value with a module": named("__tensor__", "os"),
}


def places(config: dict[str, Any]) -> dict[str, Callable[[dict[str, Any], Any], None]]:
    """Where a hostile part can be put."""

    def layer(found: dict[str, Any], number: int) -> dict[str, Any]:
        return found["config"]["layers"][number]

    return {
        "layer": lambda found, part: found["config"]["layers"].append(part),
        "wrapped layer": lambda found, part: layer(found, 1)["config"].update(layer=part),
        "activation": lambda found, part: layer(found, 2)["config"].update(activation=part),
        "initializer": lambda found, part: layer(found, 2)["config"].update(kernel_initializer=part),
        "regularizer": lambda found, part: layer(found, 2)["config"].update(kernel_regularizer=part),
        "dtype": lambda found, part: layer(found, 2)["config"].update(dtype=part),
        "list in a list": lambda found, part: layer(found, 2)["config"].update(units=[[part]]),
        "unknown option": lambda found, part: layer(found, 2)["config"].update(anything={"more": part}),
        "way of building": lambda found, part: layer(found, 2).update(build_config={"input_shape": part}),
        "loss": lambda found, part: found.update(compile_config={"optimizer": "sgd", "loss": part}),
        "optimizer": lambda found, part: found.update(compile_config={"optimizer": part}),
        "model": lambda found, part: (found.clear(), found.update(part)),
    }


@pytest.mark.parametrize("place", places({}))
@pytest.mark.parametrize("part", HOSTILE.values(), ids=HOSTILE)
def test_hostile_configuration_is_refused(
    stock: dict[str, Any], part: Any, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = deepcopy(stock)
    places(config)[place](config, deepcopy(part))
    monkeypatch.setattr(keras.saving, "deserialize_keras_object", lambda *_, **__: pytest.fail("it was believed"))
    with pytest.raises(CustomModelError):
        models.put_together(json.dumps(config), [])


@pytest.mark.parametrize("name", ["StringLookup", "IntegerLookup", "TextVectorization"])
def test_no_file_is_read(name: str) -> None:
    config = named("Sequential", "keras", {"layers": [named(name, config={"vocabulary": "/etc/passwd"})]})
    with pytest.raises(CustomModelError, match="vocabulary from a file"):
        models.put_together(json.dumps(config), [])


@pytest.mark.parametrize(
    "config", ["", "[]", "null", "5", '"Dense"', "{}", "[" * 100_000, '{"class_name": "Sequential"}']
)
def test_configuration_of_nothing(config: str) -> None:
    with pytest.raises(wire.UnreadableError):
        wire.unpack(_model(config, []), None)  # type: ignore[arg-type]


def test_layer_is_no_model() -> None:
    with pytest.raises(CustomModelError, match="not the configuration of a model"):
        models.put_together(json.dumps(named("Dense", config={"units": 1})), [])


def test_configuration_of_a_size_that_no_model_has() -> None:
    with pytest.raises(CustomModelError, match="characters"):
        models.put_together(" " * (models.MAX_CONFIG + 1), [])


@pytest.mark.parametrize(
    "weights",
    [[np.zeros((4, 1))], [np.zeros((1, 4)), np.zeros(1)], [np.zeros((4, 1)), np.zeros(1)] * 2, [np.array(["a"])] * 2],
    ids=["too few", "other shape", "too many", "text"],
)
def test_weights_that_do_not_fit(weights: list[np.ndarray]) -> None:
    config, _ = models.take_apart(dense())
    with pytest.raises(wire.UnreadableError):
        wire.unpack(_model(config, weights), None)  # type: ignore[arg-type]


@pytest.mark.parametrize("weights", [None, {}, range(10**12), [range(10**12)], [1.0], "text"], ids=repr)
def test_weights_of_another_kind(weights: Any) -> None:
    config, _ = models.take_apart(dense())
    with pytest.raises(wire.UnreadableError):
        wire.unpack(_model(config, weights), None)  # type: ignore[arg-type]


def _model(config: str, weights: Any) -> bytes:
    import msgpack

    packer = wire._Packer(None)  # type: ignore[arg-type]
    return packer.pack(msgpack.ExtType(wire.MODEL, packer.pack([config, weights])))


# What else comes of TensorFlow


@pytest.mark.parametrize("value", [[[1.5, 2.0]], ["a", "b"], [True], [1 + 2j], 7, np.float16([1.0])], ids=str)
def test_tensor_arrives_as_it_was(value: Any) -> None:
    import tensorflow as tf

    tensor = tf.constant(value)
    arrived = passed(tensor)
    assert isinstance(arrived, tf.Tensor)
    assert (arrived.dtype, arrived.shape) == (tensor.dtype, tensor.shape)
    np.testing.assert_array_equal(arrived, tensor)
    half = passed(tf.constant([1.5, 2], tf.bfloat16))
    assert half.dtype == tf.bfloat16
    assert passed(tf.Variable([1, 2])).numpy().tolist() == [1, 2]
    assert passed(keras.Variable([1.0])).numpy().tolist() == [1.0]


def test_other_parts_of_tensorflow_do_not_pass() -> None:
    import tensorflow as tf

    for value in (tf.ragged.constant([[1], [2, 3]]), tf.data.Dataset.range(3), tf.float32, keras.KerasTensor((1,))):
        with pytest.raises(wire.CannotSendError):
            passed(value)


def test_history_arrives() -> None:
    model = dense()
    model.compile("sgd", "mse")
    history = model.fit(NUMBERS, np.zeros(2), epochs=2, verbose=0)
    arrived = passed(history)
    assert (arrived.history, arrived.epoch, arrived.params) == (history.history, history.epoch, history.params)
    assert type(arrived) is keras.callbacks.History


def test_own_activation_that_is_called_like_a_stock_one_is_refused_and_the_model_stays_as_it_was() -> None:
    def softmax(x: Any) -> Any:
        return x

    model = keras.Sequential([keras.Input((4,)), layers.Dense(3, activation=softmax)])
    with pytest.raises(CustomModelError):
        models.take_apart(model)
    assert model.layers[0].activation is softmax

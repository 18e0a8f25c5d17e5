"""Digits, small colour pictures, cats and dogs: the nets of notebooks 02, 03, 05 and 06."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import keras
import numpy as np
from keras import layers

from course_utils import data
from course_utils.data import ImageData
from course_utils.data.embedded import digits, photos, pictures

from .measuring import Benchmark, Condition, Results, Training, made_by

FEW = 500  # examples of a small-data learning curve
SIDE = 48  # of a quick run's photos; 150 takes ten times as long


def classifier(net: keras.Sequential, optimizer: Any) -> keras.Sequential:
    """Compile with cross-entropy on logits."""
    net.compile(optimizer, keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
    return net


def training(model: Callable[[], keras.Model], found: ImageData, *, curve: bool = False, **fit: Any) -> Training:
    """Train on all of a set's training pictures, scaled to [0, 1]."""
    x_train, x_test = (x / np.float32(255) for x in (found.x_train, found.x_test))
    return Training(model, {"x": x_train, "y": found.y_train, **fit}, (x_test, found.y_test), curve)


# --- digits -----------------------------------------------------------------------------------------------------------


def dense_digits() -> keras.Model:
    """Build the dense baseline."""
    net = keras.Sequential([layers.Input((28, 28, 1)), layers.Flatten(), layers.Dense(512, "relu"), layers.Dense(10)])
    return classifier(net, "rmsprop")


def conv_digits() -> keras.Model:
    """Build the convnet of 93,322 parameters."""
    net = keras.Sequential([layers.Input((28, 28, 1))])
    for filters in (32, 64):
        net.add(layers.Conv2D(filters, 3, activation="relu"))
        net.add(layers.MaxPooling2D())
    for layer in (layers.Conv2D(64, 3, activation="relu"), layers.Flatten(), layers.Dense(64, "relu")):
        net.add(layer)
    net.add(layers.Dense(10))
    return classifier(net, "rmsprop")


def train_digits(model: Callable[[], keras.Model], *, shuffled: bool = False) -> Training:
    """Train on digits; `shuffled` puts the pixels of all pictures into another order, the same for all."""
    found = data.mnist(validation=0)
    order = np.random.RandomState(0).permutation(28 * 28) if shuffled else np.arange(28 * 28)
    x_train, x_test = (x.reshape(len(x), -1)[:, order].reshape(-1, 28, 28, 1) for x in (found.x_train, found.x_test))
    test = x_test / np.float32(255), found.y_test
    fit = {"x": x_train / np.float32(255), "y": found.y_train, "epochs": 12, "batch_size": 32}
    return Training(model, fit, test)


def judge_digits(results: Results) -> list[Condition]:
    """A convnet is better, because it knows what lies side by side."""
    conv = "conv 32-64-64, 12 epochs"
    return [
        results.leads(conv, "dense 512, 12 epochs", 1),
        results.leads(conv, f"{conv}, pixels shuffled", 3),
    ]


DIGITS = Benchmark(
    "digits",
    made_by(digits, data.mnist),
    {
        "dense 512, 12 epochs": lambda: train_digits(dense_digits),
        "conv 32-64-64, 12 epochs": lambda: train_digits(conv_digits),
        "conv 32-64-64, 12 epochs, pixels shuffled": lambda: train_digits(conv_digits, shuffled=True),
    },
    judge_digits,
)

# --- small colour pictures --------------------------------------------------------------------------------------------


def mlp(lr: float = 5e-4) -> keras.Model:
    """Build the MLP of 646,260 parameters."""
    net = keras.Sequential([layers.Input((32, 32, 3)), layers.Flatten()])
    for layer in (layers.Dense(200, "relu"), layers.Dense(150, "relu"), layers.Dense(10)):
        net.add(layer)
    return classifier(net, keras.optimizers.Adam(lr))


def full_net() -> keras.Model:
    """Build the net of 592,554 parameters."""
    net = keras.Sequential([layers.Input((32, 32, 3))])
    for filters, stride in ((32, 1), (32, 2), (64, 1), (64, 2)):
        net.add(layers.Conv2D(filters, 3, stride, padding="same"))
        net.add(layers.BatchNormalization())
        net.add(layers.LeakyReLU())
    net.add(layers.Flatten())
    for layer in (layers.Dense(128), layers.BatchNormalization(), layers.LeakyReLU(), layers.Dropout(0.5)):
        net.add(layer)
    net.add(layers.Dense(10))
    return classifier(net, keras.optimizers.Adam(5e-4))


def train_pictures(model: Callable[[], keras.Model], epochs: int) -> Training:
    """Train on small colour pictures."""
    return training(model, data.cifar10(validation=0), epochs=epochs, batch_size=32)


def train_few_pictures() -> Training:
    """Train the MLP on few pictures for so long that it knows them by heart, at four times the rate and batch size."""
    found = data.cifar10(validation=0).subset(FEW)
    return training(lambda: mlp(2e-3), found, epochs=100, batch_size=128, curve=True)


def judge_pictures(results: Results) -> list[Condition]:
    """Weights that are shared and batch normalisation beat a flat net; few pictures are learnt by heart."""
    return [
        results.within("MLP 200-150, 6 epochs", 40, 60),
        results.leads("full net, 4 epochs", "MLP 200-150, 6 epochs", 15),
        results.overfits(f"MLP 200-150, {FEW} pictures, 100 epochs"),
    ]


PICTURES = Benchmark(
    "pictures",
    made_by(pictures, data.cifar10),
    {
        "MLP 200-150, 6 epochs": lambda: train_pictures(mlp, 6),
        f"MLP 200-150, {FEW} pictures, 100 epochs": train_few_pictures,
        "full net, 4 epochs": lambda: train_pictures(full_net, 4),
    },
    judge_pictures,
)

# --- cats and dogs ----------------------------------------------------------------------------------------------------


def blocks() -> keras.Sequential:
    """Build the convolutional part of the four-block net, narrower than the full profile's."""
    net = keras.Sequential([layers.Input((SIDE, SIDE, 3))])
    for filters in (16, 32, 64, 64):
        net.add(layers.Conv2D(filters, 3, padding="same", activation="relu"))
        net.add(layers.MaxPooling2D())
    return net


def photo_net(base: keras.Model, *before: keras.Layer) -> keras.Model:
    """Put a classifier on convolutional blocks and, perhaps, augmentation before them."""
    after = [layers.Flatten(), layers.Dropout(0.5), layers.Dense(64, "relu"), layers.Dense(1, "sigmoid")]
    net = keras.Sequential([layers.Input((SIDE, SIDE, 3)), *before, base, *after])
    net.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    return net


def augmentation() -> list[keras.Layer]:
    """Return the lesson's random turns, shifts, zooms and flips."""
    return [
        layers.RandomFlip("horizontal"),
        layers.RandomRotation(40 / 360, fill_mode="nearest"),
        layers.RandomTranslation(0.2, 0.2, fill_mode="nearest"),
        layers.RandomZoom(0.2, fill_mode="nearest"),
    ]


@cache
def pretrained_weights() -> list[Any]:
    """Train the blocks on the eight other animals, once for all seeds."""
    source = photos.make_source(size=SIDE, num=2000)
    keras.utils.set_random_seed(0)
    base = blocks()
    head = [layers.Flatten(), layers.Dropout(0.5), layers.Dense(len(photos.SOURCE_CLASS_NAMES))]
    net = classifier(keras.Sequential([base, *head]), "adam")
    net.fit(source["x_train"] / np.float32(255), source["y_train"], epochs=8, verbose=0)
    return list(base.get_weights())


def transferred() -> keras.Model:
    """Put a new classifier on frozen pre-trained blocks."""
    weights = pretrained_weights()
    base = blocks()
    base.set_weights(weights)
    base.trainable = False
    return photo_net(base)


def train_photos(model: Callable[[], keras.Model], epochs: int, *, curve: bool = False) -> Training:
    """Train on the drawn cats and dogs."""
    return training(model, data.cats_and_dogs(size=SIDE), epochs=epochs, batch_size=16, curve=curve)


def judge_photos(results: Results) -> list[Condition]:
    """Few photos are learnt by heart; changing them at random helps, and having seen other animals helps more."""
    scratch, augmented, transfer = "scratch, 20 epochs", "augmented, 30 epochs", "transfer, 15 epochs"
    return [
        results.leads(augmented, scratch, 3),
        results.leads(transfer, augmented, 3),
        results.overfits(scratch),
    ]


PHOTOS = Benchmark(
    "photos",
    made_by(photos, data.cats_and_dogs),
    {
        "scratch, 20 epochs": lambda: train_photos(lambda: photo_net(blocks()), 20, curve=True),
        "augmented, 30 epochs": lambda: train_photos(lambda: photo_net(blocks(), *augmentation()), 30),
        "transfer, 15 epochs": lambda: train_photos(transferred, 15),
    },
    judge_photos,
)

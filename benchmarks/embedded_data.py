"""Measures whether the embedded sets show what the lessons teach: accuracy of each lesson's nets over several seeds.

    python -m benchmarks.embedded_data            five seeds, about half an hour on two cores
    python -m benchmarks.embedded_data --quick    one seed
    python -m benchmarks.embedded_data --only pictures reviews

Prints a row per set and model: mean and standard deviation of the test accuracy over the seeds, parameters, seconds per
training run; then, for each condition, whether it holds. The nets are the course's, the epochs those of a quick run.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from keras import layers

from course_utils import data
from course_utils.data.embedded import photos as photos_module

Arrays = dict[str, Any]
Model = Callable[[], keras.Model]


def main() -> None:
    """Measure the sets asked for and print what holds."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="one seed instead of five")
    parser.add_argument("--only", nargs="+", choices=sorted(SETS), default=list(SETS), help="these sets only")
    options = parser.parse_args()
    print(f"{'set and model':36} {'accuracy, % (mean +- sd)':>25} {'parameters':>11} {'seconds':>8}", flush=True)
    verdicts = [line for name in options.only for line in SETS[name](range(1 if options.quick else 5))]
    print("\nConditions", *verdicts, sep="\n")


def measure(title: str, model: Model, fit: Arrays, test: tuple[Any, Any], seeds: range) -> list[float]:
    """Train once per seed, print the row, return the accuracies in per cent."""
    accuracies, seconds, size = [], [], 0
    for seed in seeds:
        keras.backend.clear_session()
        keras.utils.set_random_seed(seed)
        net = model()
        start = time.perf_counter()
        net.fit(**fit, verbose=0)
        seconds.append(time.perf_counter() - start)
        accuracies.append(100 * net.evaluate(*test, verbose=0, batch_size=256)[1])
        size = net.count_params()
    spread = f"{np.mean(accuracies):.1f} +- {np.std(accuracies):.1f}"
    print(f"{title:36} {spread:>25} {size:11,} {np.mean(seconds):8.1f}", flush=True)
    return accuracies


def compiled(net: keras.Model, optimizer: Any, *, binary: bool = False) -> keras.Model:
    """Compile with cross-entropy, on logits but for two classes."""
    loss = "binary_crossentropy" if binary else keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    net.compile(optimizer, loss, metrics=["accuracy"])
    return net


def verdict(text: str, holds: bool) -> str:
    """Write a line that says whether a condition holds."""
    return f"{'yes' if holds else 'NO '}  {text}"


def lead(better: list[float], worse: list[float]) -> float:
    """Return by how many points the better model leads on average."""
    return float(np.mean(better) - np.mean(worse))


# --- digits -----------------------------------------------------------------------------------------------------------


def dense_digits() -> keras.Model:
    """Build the dense baseline."""
    net = keras.Sequential([layers.Input((28, 28, 1)), layers.Flatten(), layers.Dense(512, "relu"), layers.Dense(10)])
    return compiled(net, "rmsprop")


def conv_digits() -> keras.Model:
    """Build the convnet of 93,322 parameters."""
    net = keras.Sequential(
        [
            layers.Input((28, 28, 1)),
            layers.Conv2D(32, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(64, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(64, 3, activation="relu"),
            layers.Flatten(),
            layers.Dense(64, "relu"),
            layers.Dense(10),
        ]
    )
    return compiled(net, "rmsprop")


def digits(seeds: range) -> list[str]:
    """Measure digits: dense, convolutional, and the control with shuffled pixels."""
    d = data.mnist(validation=0)
    test = d.x_test[..., None] / 255, d.y_test
    fit = {"x": d.x_train[..., None] / 255, "y": d.y_train, "epochs": 10, "batch_size": 32}
    dense = measure("digits: dense 512", dense_digits, fit, test, seeds)
    conv = measure("digits: conv 32-64-64", conv_digits, fit, test, seeds)
    # the control: the same pixels in another order
    shuffle = np.random.RandomState(0).permutation(28 * 28)
    x_train, x_test = (x.reshape(len(x), -1)[:, shuffle].reshape(-1, 28, 28, 1) / 255 for x in (d.x_train, d.x_test))
    control = measure("digits: conv, pixels shuffled", conv_digits, fit | {"x": x_train}, (x_test, d.y_test), seeds)
    return [
        verdict(f"digits: conv leads dense by {lead(conv, dense):.1f} points", lead(conv, dense) > 1),
        verdict(f"digits: shuffled pixels cost conv {lead(conv, control):.1f} points", lead(conv, control) > 3),
    ]


# --- pictures ---------------------------------------------------------------------------------------------------------


def mlp() -> keras.Model:
    """Build the MLP of 646,260 parameters."""
    net = keras.Sequential(
        [
            layers.Input((32, 32, 3)),
            layers.Flatten(),
            layers.Dense(200, "relu"),
            layers.Dense(150, "relu"),
            layers.Dense(10),
        ]
    )
    return compiled(net, keras.optimizers.Adam(5e-4))


def full_net() -> keras.Model:
    """Build the net of 592,554 parameters."""
    net = keras.Sequential([layers.Input((32, 32, 3))])
    for filters, stride in ((32, 1), (32, 2), (64, 1), (64, 2)):
        net.add(layers.Conv2D(filters, 3, stride, padding="same"))
        net.add(layers.BatchNormalization())
        net.add(layers.LeakyReLU())
    for layer in (
        layers.Flatten(),
        layers.Dense(128),
        layers.BatchNormalization(),
        layers.LeakyReLU(),
        layers.Dropout(0.5),
    ):
        net.add(layer)
    net.add(layers.Dense(10))
    return compiled(net, keras.optimizers.Adam(5e-4))


def pictures(seeds: range) -> list[str]:
    """Measure small colour pictures: the MLP against the full net."""
    d = data.cifar10(validation=0)
    test = d.x_test / np.float32(255), d.y_test
    fit = {"x": d.x_train / np.float32(255), "y": d.y_train, "batch_size": 32}
    flat = measure("pictures: MLP 200-150", mlp, fit | {"epochs": 10}, test, seeds)
    deep = measure("pictures: full net, 3 epochs", full_net, fit | {"epochs": 3}, test, seeds)
    return [
        verdict(f"pictures: MLP at {np.mean(flat):.1f} %, wanted 40 to 60", 40 <= np.mean(flat) <= 60),
        verdict(f"pictures: full net leads it by {lead(deep, flat):.1f} points, wanted 15", lead(deep, flat) >= 15),
    ]


# --- questions --------------------------------------------------------------------------------------------------------


def vectorized(texts: list[Any], size: int, mode: str, length: int | None = None) -> list[Any]:
    """Turn training and test texts into numbers, the vocabulary from the former."""
    layer = layers.TextVectorization(max_tokens=size, output_mode=mode, output_sequence_length=length)
    layer.adapt(texts[0])
    return [np.asarray(layer(text)) for text in texts]


def linear(width: int) -> keras.Model:
    """Build logistic regression for four languages."""
    return compiled(keras.Sequential([layers.Input((width,)), layers.Dense(4)]), "adam")


def question_conv() -> keras.Model:
    """Build the 1-D convnet for questions."""
    net = keras.Sequential(
        [
            layers.Input((None,)),
            layers.Embedding(10001, 64),
            layers.Dropout(0.5),
            layers.Conv1D(64, 5, 2, activation="relu"),
            layers.GlobalMaxPooling1D(),
            layers.Dense(4),
        ]
    )
    return compiled(net, "adam")


def questions(seeds: range) -> list[str]:
    """Measure questions: multi-hot by size of the vocabulary, and the convnet."""
    d = data.stack_overflow(validation=0)
    by_size = {}
    for size in (100, 300, 1000, 10_000):
        x_train, x_test = vectorized([d.x_train, d.x_test], size, "multi_hot")
        fit = {"x": x_train, "y": d.y_train, "epochs": 25}
        model = lambda width=x_train.shape[1]: linear(width)  # noqa: E731
        by_size[size] = measure(f"questions: multi-hot, {size:,} words", model, fit, (x_test, d.y_test), seeds)
    x_train, x_test = vectorized([d.x_train, d.x_test], 10_000, "int", 100)
    fit = {"x": x_train, "y": d.y_train, "epochs": 8}
    conv = measure("questions: conv 64, width 5", question_conv, fit, (x_test, d.y_test), seeds)
    best = by_size[10_000]
    return [
        verdict(f"questions: multi-hot at {np.mean(best):.1f} %, wanted near 80", 76 <= np.mean(best) <= 84),
        verdict(f"questions: 300 words cost {lead(best, by_size[300]):.1f} points", lead(best, by_size[300]) >= 5),
        verdict(f"questions: conv leads multi-hot by {lead(conv, best):.1f} points", lead(conv, best) > 1),
    ]


# --- reviews ----------------------------------------------------------------------------------------------------------


def review_dense(width: int) -> keras.Model:
    """Build the dense net for bags of words."""
    net = keras.Sequential(
        [layers.Input((width,)), layers.Dense(16, "relu"), layers.Dense(16, "relu"), layers.Dense(1, "sigmoid")]
    )
    return compiled(net, "rmsprop", binary=True)


def review_conv() -> keras.Model:
    """Build the 1-D convnet for reviews."""
    net = keras.Sequential(
        [
            layers.Input((None,)),
            layers.Embedding(2000, 32),
            layers.Conv1D(32, 7, activation="relu"),
            layers.MaxPooling1D(5),
            layers.Conv1D(32, 7, activation="relu"),
            layers.GlobalMaxPooling1D(),
            layers.Dense(1, "sigmoid"),
        ]
    )
    return compiled(net, "adam", binary=True)


def review_rnn(cell: type[keras.Layer]) -> keras.Model:
    """Build a recurrent net for reviews."""
    net = keras.Sequential([layers.Input((None,)), layers.Embedding(2000, 32), cell(32), layers.Dense(1, "sigmoid")])
    return compiled(net, "adam", binary=True)


def multi_hot(reviews: Any, width: int) -> Any:
    """Mark which words occur."""
    x = np.zeros((len(reviews), width), np.float32)
    for row, ids in zip(x, reviews, strict=True):
        row[ids] = 1
    return x


def reviews(seeds: range) -> list[str]:
    """Measure reviews: bag of words, convnet, three recurrent nets."""
    d = data.imdb(num_words=2000, validation=0)
    bag = {"x": multi_hot(d.x_train, 2000), "y": d.y_train, "epochs": 5}
    found = {
        "bag": measure(
            "reviews: bag of words, 16-16",
            lambda: review_dense(2000),
            bag,
            (multi_hot(d.x_test, 2000), d.y_test),
            seeds,
        )
    }
    x_train, x_test = (keras.utils.pad_sequences(x, maxlen=80) for x in (d.x_train, d.x_test))
    models = {
        "conv": review_conv,
        "SimpleRNN": lambda: review_rnn(layers.SimpleRNN),
        "LSTM": lambda: review_rnn(layers.LSTM),
        "GRU": lambda: review_rnn(layers.GRU),
    }
    for name, model in models.items():
        fit = {"x": x_train, "y": d.y_train, "epochs": 8}
        found[name] = measure(f"reviews: {name}, 8 epochs", model, fit, (x_test, d.y_test), seeds)
    best = max(found.values(), key=np.mean)
    return [
        verdict(
            f"reviews: bag of words {lead(best, found['bag']):.1f} points below the best", lead(best, found["bag"]) >= 5
        ),
        verdict(
            f"reviews: conv {lead(found['LSTM'], found['conv']):+.1f} points from LSTM",
            abs(lead(found["LSTM"], found["conv"])) <= 5,
        ),
        verdict(
            f"reviews: LSTM leads SimpleRNN by {lead(found['LSTM'], found['SimpleRNN']):.1f} points, wanted 5",
            lead(found["LSTM"], found["SimpleRNN"]) >= 5,
        ),
    ]


# --- photos -----------------------------------------------------------------------------------------------------------

SIDE = 64  # of the quick run's photos; 150 takes five times as long


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
    return compiled(net, "adam", binary=True)


def augmentation() -> list[keras.Layer]:
    """Return the lesson's random turns, shifts, zooms and flips."""
    return [
        layers.RandomFlip("horizontal"),
        layers.RandomRotation(40 / 360, fill_mode="nearest"),
        layers.RandomTranslation(0.2, 0.2, fill_mode="nearest"),
        layers.RandomZoom(0.2, fill_mode="nearest"),
    ]


def pretrained() -> keras.Model:
    """Train the blocks on the eight other animals, once for all seeds, and freeze them."""
    source = photos_module.make_source(size=SIDE)
    keras.utils.set_random_seed(0)
    base = blocks()
    head = [layers.Flatten(), layers.Dropout(0.5), layers.Dense(len(photos_module.SOURCE_CLASS_NAMES))]
    net = compiled(keras.Sequential([base, *head]), "adam")
    net.fit(source["x_train"] / np.float32(255), source["y_train"], epochs=8, verbose=0)
    base.trainable = False
    return base


def photos(seeds: range) -> list[str]:
    """Measure drawn cats and dogs: from scratch, augmented, transferred."""
    d = data.cats_and_dogs(size=SIDE)
    test = d.x_test / np.float32(255), d.y_test
    fit = {"x": d.x_train / np.float32(255), "y": d.y_train}
    scratch = measure("photos: scratch, 30 epochs", lambda: photo_net(blocks()), fit | {"epochs": 30}, test, seeds)
    model = lambda: photo_net(blocks(), *augmentation())  # noqa: E731
    augmented = measure("photos: augmented, 60 epochs", model, fit | {"epochs": 60}, test, seeds)
    weights = pretrained().get_weights()
    transfer = measure("photos: transfer, 15 epochs", lambda: frozen(weights), fit | {"epochs": 15}, test, seeds)
    return [
        verdict(f"photos: augmented leads scratch by {lead(augmented, scratch):.1f}", lead(augmented, scratch) >= 3),
        verdict(f"photos: transfer leads augmented by {lead(transfer, augmented):.1f}", lead(transfer, augmented) >= 3),
    ]


def frozen(weights: list[Any]) -> keras.Model:
    """Put a new classifier on frozen pre-trained blocks."""
    base = blocks()
    base.set_weights(weights)
    base.trainable = False
    return photo_net(base)


SETS: dict[str, Callable[[range], list[str]]] = {
    "digits": digits,
    "pictures": pictures,
    "questions": questions,
    "reviews": reviews,
    "photos": photos,
}

if __name__ == "__main__":
    main()

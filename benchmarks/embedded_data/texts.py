"""Questions and reviews: the nets of notebooks 04, 07, 08 and 09."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import keras
import numpy as np
from keras import layers

from course_utils import data
from course_utils.data.embedded import questions, reviews

from .measuring import Benchmark, Condition, Results, Training

# --- questions --------------------------------------------------------------------------------------------------------


def question_dense(width: int, *hidden: int) -> keras.Model:
    """Build a dense net for four languages; without hidden layers it is logistic regression."""
    net = keras.Sequential([layers.Input((width,)), *(layers.Dense(units, "relu") for units in hidden)])
    net.add(layers.Dense(4))
    return for_languages(net)


def question_conv() -> keras.Model:
    """Build the 1-D convnet for questions."""
    net = keras.Sequential([layers.Input((None,)), layers.Embedding(10001, 64), layers.Dropout(0.5)])
    for layer in (layers.Conv1D(64, 5, 2, activation="relu"), layers.GlobalMaxPooling1D(), layers.Dense(4)):
        net.add(layer)
    return for_languages(net)


def for_languages(net: keras.Sequential) -> keras.Sequential:
    """Compile with cross-entropy on logits."""
    net.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
    return net


def vectorized(texts: Sequence[Any], size: int, mode: str, length: int | None = None) -> list[Any]:
    """Turn training and test texts into numbers, the vocabulary from the former."""
    layer = layers.TextVectorization(max_tokens=size, output_mode=mode, output_sequence_length=length)
    layer.adapt(texts[0])
    return [np.asarray(layer(text)) for text in texts]


def train_multi_hot(size: int, *hidden: int, epochs: int = 25, num_train: int | None = None) -> Training:
    """Train on which of the most frequent words occur."""
    found = data.stack_overflow(validation=0)
    found = found.subset(num_train or len(found.x_train))
    x_train, x_test = vectorized([found.x_train, found.x_test], size, "multi_hot")
    fit = {"x": x_train, "y": found.y_train, "epochs": epochs}
    return Training(lambda: question_dense(x_train.shape[1], *hidden), fit, (x_test, found.y_test))


def train_question_conv() -> Training:
    """Train on the words in order."""
    found = data.stack_overflow(validation=0)
    x_train, x_test = vectorized([found.x_train, found.x_test], 10_000, "int", 100)
    return Training(question_conv, {"x": x_train, "y": found.y_train, "epochs": 8}, (x_test, found.y_test))


def judge_questions(results: Results) -> list[Condition]:
    """Single words tell most; rare ones tell too; order tells the rest."""
    everything, conv = "multi-hot, 10,000 words", "conv 64 width 5, 8 epochs"
    return [
        results.within(everything, 76, 84),
        results.leads("multi-hot, 300 words", "multi-hot, 100 words", 5),
        results.leads(everything, "multi-hot, 300 words", 5),
        results.leads(conv, everything, 3),
        results.overfits("multi-hot, 500 questions, dense 64, 40 epochs"),
    ]


QUESTIONS = Benchmark(
    "questions",
    questions.VERSION,
    {
        "multi-hot, 100 words": lambda: train_multi_hot(100),
        "multi-hot, 300 words": lambda: train_multi_hot(300),
        "multi-hot, 1,000 words": lambda: train_multi_hot(1000),
        "multi-hot, 10,000 words": lambda: train_multi_hot(10_000),
        "conv 64 width 5, 8 epochs": train_question_conv,
        "multi-hot, 500 questions, dense 64, 40 epochs": lambda: train_multi_hot(10_000, 64, epochs=40, num_train=500),
    },
    judge_questions,
)

# --- reviews ----------------------------------------------------------------------------------------------------------

VOCABULARY, LENGTH = 2000, 80


def for_reviews(*middle: keras.Layer, inputs: int | None = None, optimizer: str = "adam") -> keras.Model:
    """Build a net for two classes."""
    net = keras.Sequential([layers.Input((inputs,)), *middle, layers.Dense(1, "sigmoid")])
    net.compile(optimizer, "binary_crossentropy", metrics=["accuracy"])
    return net


def review_dense() -> keras.Model:
    """Build the dense net for bags of words."""
    return for_reviews(layers.Dense(16, "relu"), layers.Dense(16, "relu"), inputs=VOCABULARY, optimizer="rmsprop")


def review_conv() -> keras.Model:
    """Build the 1-D convnet for reviews."""
    return for_reviews(
        layers.Embedding(VOCABULARY, 32),
        layers.Conv1D(32, 7, activation="relu"),
        layers.MaxPooling1D(5),
        layers.Conv1D(32, 7, activation="relu"),
        layers.GlobalMaxPooling1D(),
    )


def train_bag(epochs: int, num_train: int | None = None) -> Training:
    """Train on which words occur."""
    found = data.imdb(num_words=VOCABULARY, validation=0)
    found = found.subset(num_train or len(found.x_train))
    fit = {"x": multi_hot(found.x_train), "y": found.y_train, "epochs": epochs}
    return Training(review_dense, fit, (multi_hot(found.x_test), found.y_test))


def train_sequence(model: Callable[[], keras.Model]) -> Training:
    """Train on the words in order."""
    found = data.imdb(num_words=VOCABULARY, validation=0)
    x_train, x_test = (keras.utils.pad_sequences(x, maxlen=LENGTH) for x in (found.x_train, found.x_test))
    return Training(model, {"x": x_train, "y": found.y_train, "epochs": 8}, (x_test, found.y_test))


def train_recurrent(cell: type[keras.Layer]) -> Training:
    """Train a recurrent net of 32 units."""
    return train_sequence(lambda: for_reviews(layers.Embedding(VOCABULARY, 32), cell(32)))


def multi_hot(found: Any) -> Any:
    """Mark which words occur."""
    x = np.zeros((len(found), VOCABULARY), np.float32)
    for row, ids in zip(x, found, strict=True):
        row[ids] = 1
    return x


def judge_reviews(results: Results) -> list[Condition]:
    """Order matters, a plain recurrent net forgets, a convnet is quick; words alone are learnt by heart."""
    bag, conv, simple, lstm, gru = (
        "bag of words 16-16, 5 epochs",
        *(f"{name}, 8 epochs" for name in ("conv", "SimpleRNN", "LSTM", "GRU")),
    )
    best = max((conv, simple, lstm, gru), key=results.mean)
    return [
        results.leads(best, bag, 5),
        results.near(conv, lstm, 5),
        results.faster(conv, lstm),
        results.leads(lstm, simple, 5),
        results.overfits("bag of words 16-16, 500 reviews, 40 epochs"),
    ]


REVIEWS = Benchmark(
    "reviews",
    reviews.VERSION,
    {
        "bag of words 16-16, 5 epochs": lambda: train_bag(5),
        "conv, 8 epochs": lambda: train_sequence(review_conv),
        "SimpleRNN, 8 epochs": lambda: train_recurrent(layers.SimpleRNN),
        "LSTM, 8 epochs": lambda: train_recurrent(layers.LSTM),
        "GRU, 8 epochs": lambda: train_recurrent(layers.GRU),
        "bag of words 16-16, 500 reviews, 40 epochs": lambda: train_bag(40, 500),
    },
    judge_reviews,
)

"""Questions and reviews: the nets of notebooks 04, 07, 08 and 09."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import keras
import numpy as np
from keras import layers

from course_utils import data
from course_utils.data.embedded import questions, reviews, vectors

from .measuring import Benchmark, Condition, Results, Training, made_by

# --- questions --------------------------------------------------------------------------------------------------------


BATCH = 128
FEW = 500  # examples of a small-data learning curve


def for_languages(*middle: keras.Layer, inputs: int | None = None, lr: float = 4e-3) -> keras.Model:
    """Build a net for four classes, with cross-entropy on logits; the rate suits large batches."""
    net = keras.Sequential([layers.Input((inputs,)), *middle, layers.Dense(4)])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    net.compile(keras.optimizers.Adam(lr), loss, metrics=["accuracy"])
    return net


def question_conv() -> keras.Model:
    """Build the 1-D convnet for questions."""
    return for_languages(
        layers.Embedding(10001, 64),
        layers.Dropout(0.5),
        layers.Conv1D(64, 5, 2, activation="relu"),
        layers.GlobalMaxPooling1D(),
    )


def vector_conv(embedding: keras.Layer) -> keras.Model:
    """Build a 1-D convnet on word vectors that are learnt or given."""
    return for_languages(
        embedding, layers.Conv1D(64, 3, activation="relu"), layers.GlobalMaxPooling1D(), layers.Dropout(0.2), lr=1e-3
    )


def vectorized(texts: Sequence[Any], size: int, mode: str, length: int | None = None) -> tuple[list[Any], list[str]]:
    """Turn training and test texts into numbers by the vocabulary of the former; return that too."""
    layer = layers.TextVectorization(max_tokens=size, output_mode=mode, output_sequence_length=length)
    layer.adapt(texts[0])
    return [np.asarray(layer(text)) for text in texts], layer.get_vocabulary()


def train_multi_hot(size: int) -> Training:
    """Train logistic regression, as notebook 07 does, on which of the most frequent words occur."""
    found = data.stack_overflow(validation=0)
    (x_train, x_test), _ = vectorized([found.x_train, found.x_test], size, "multi_hot")
    fit = {"x": x_train, "y": found.y_train, "epochs": 6, "batch_size": BATCH}
    return Training(lambda: for_languages(inputs=x_train.shape[1], lr=0.03), fit, (x_test, found.y_test))


def train_few_multi_hot() -> Training:
    """Train a wide dense net on few questions."""
    found = data.stack_overflow(validation=0).subset(FEW)
    (x_train, x_test), _ = vectorized([found.x_train, found.x_test], 10_000, "multi_hot")

    def model() -> keras.Model:
        return for_languages(layers.Dense(512, "relu"), inputs=x_train.shape[1], lr=1e-3)

    return Training(model, {"x": x_train, "y": found.y_train, "epochs": 40}, (x_test, found.y_test), curve=True)


def train_question_conv() -> Training:
    """Train on the words in order."""
    found = data.stack_overflow(validation=0)
    (x_train, x_test), _ = vectorized([found.x_train, found.x_test], 10_000, "int", 100)
    fit = {"x": x_train, "y": found.y_train, "epochs": 10, "batch_size": BATCH}
    return Training(question_conv, fit, (x_test, found.y_test))


def train_few_vectors(*, given: bool) -> Training:
    """Train a convnet on the words in order of few questions, with word vectors that are learnt, or given and kept."""
    found, vectors = data.stack_overflow(validation=0), data.glove()
    # the vocabulary of all questions, as one may take it from texts without labels: else rare names are all unknown
    (x_train, x_test), words = vectorized([found.x_train, found.x_test], 10_000, "int", 100)
    rows = [vectors.vectors[vectors.index[word]] if word in vectors.index else np.zeros(100) for word in words]

    def model() -> keras.Model:
        fixed = {"embeddings_initializer": keras.initializers.Constant(np.array(rows)), "trainable": False}
        return vector_conv(layers.Embedding(len(rows), 100, **(fixed if given else {})))

    return Training(model, {"x": x_train[:FEW], "y": found.y_train[:FEW], "epochs": 20}, (x_test, found.y_test))


def judge_questions(results: Results) -> list[Condition]:
    """Single words tell most; rare ones tell too; order tells the rest; few questions need vectors from elsewhere."""
    everything, few_words = "multi-hot 10,000 words, 6 epochs", "multi-hot 300 words, 6 epochs"
    learnt, given = (f"conv, {FEW} questions, vectors {kind}" for kind in ("learnt", "given"))
    return [
        results.within(everything, 76, 84),
        results.leads(few_words, "multi-hot 100 words, 6 epochs", 5),
        results.leads(everything, few_words, 5),
        results.leads("conv 64 width 5, 10 epochs", everything, 3),
        results.leads(given, learnt, 5),
        results.overfits(f"multi-hot, {FEW} questions, dense 512"),
    ]


QUESTIONS = Benchmark(
    "questions",
    made_by(questions, data.stack_overflow) + made_by(vectors, data.glove),
    {
        "multi-hot 100 words, 6 epochs": lambda: train_multi_hot(100),
        "multi-hot 300 words, 6 epochs": lambda: train_multi_hot(300),
        "multi-hot 1,000 words, 6 epochs": lambda: train_multi_hot(1000),
        "multi-hot 10,000 words, 6 epochs": lambda: train_multi_hot(10_000),
        "conv 64 width 5, 10 epochs": train_question_conv,
        f"multi-hot, {FEW} questions, dense 512": train_few_multi_hot,
        f"conv, {FEW} questions, vectors learnt": lambda: train_few_vectors(given=False),
        f"conv, {FEW} questions, vectors given": lambda: train_few_vectors(given=True),
    },
    judge_questions,
)

# --- reviews ----------------------------------------------------------------------------------------------------------

VOCABULARY, LENGTH = 2000, 80  # the longest of the written reviews have 95 words


def for_reviews(*middle: keras.Layer, inputs: int | None = None, optimizer: Any = None) -> keras.Model:
    """Build a net for two classes."""
    net = keras.Sequential([layers.Input((inputs,)), *middle, layers.Dense(1, "sigmoid")])
    # four times the usual rate for batches of four times the usual size: half the time, the same accuracy
    net.compile(optimizer or keras.optimizers.Adam(4e-3), "binary_crossentropy", metrics=["accuracy"])
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


def train_bag(epochs: int, few: int | None = None) -> Training:
    """Train on which words occur, in all reviews or, for a learning curve, in few."""
    found = data.imdb(num_words=VOCABULARY, validation=0)
    found = found.subset(few or len(found.x_train))
    fit = {"x": multi_hot(found.x_train), "y": found.y_train, "epochs": epochs}
    return Training(review_dense, fit, (multi_hot(found.x_test), found.y_test), few is not None)


def train_sequence(model: Callable[[], keras.Model]) -> Training:
    """Train on the words in order."""
    found = data.imdb(num_words=VOCABULARY, validation=0)
    x_train, x_test = (keras.utils.pad_sequences(x, maxlen=LENGTH) for x in (found.x_train, found.x_test))
    fit = {"x": x_train, "y": found.y_train, "epochs": 10, "batch_size": BATCH}
    return Training(model, fit, (x_test, found.y_test))


def train_recurrent(cell: type[keras.Layer]) -> Training:
    """Train a recurrent net of 32 units."""
    return train_sequence(lambda: for_reviews(layers.Embedding(VOCABULARY, 32), cell(32)))


def multi_hot(found: Any, width: int = VOCABULARY) -> Any:
    """Mark which words occur."""
    x = np.zeros((len(found), width), np.float32)
    for row, ids in zip(x, found, strict=True):
        row[ids] = 1
    return x


def judge_reviews(results: Results) -> list[Condition]:
    """Order matters, a plain recurrent net forgets, a convnet is quick; words alone are learnt by heart."""
    bag, conv, simple, lstm, gru = (
        "bag of words 16-16, 5 epochs",
        *(f"{name}, 10 epochs" for name in ("conv", "SimpleRNN", "LSTM", "GRU")),
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
    made_by(reviews, data.imdb),
    {
        "bag of words 16-16, 5 epochs": lambda: train_bag(5),
        "conv, 10 epochs": lambda: train_sequence(review_conv),
        "SimpleRNN, 10 epochs": lambda: train_recurrent(layers.SimpleRNN),
        "LSTM, 10 epochs": lambda: train_recurrent(layers.LSTM),
        "GRU, 10 epochs": lambda: train_recurrent(layers.GRU),
        "bag of words 16-16, 500 reviews, 40 epochs": lambda: train_bag(40, 500),
    },
    judge_reviews,
)

# --- remedies against overfitting -------------------------------------------------------------------------------------

MANY = 3000  # reviews to train on where there are more; the rest of the training reviews is for validation
STEPS = 16  # batches in an epoch, however many reviews


def remedied(width: int, units: int = 16, l1: float = 0.0, l2: float = 0.0, rate: float = 0.0) -> keras.Model:
    """Build the dense net of notebook 04 with a penalty or dropout."""
    penalty = keras.regularizers.L1L2(l1, l2) if l1 or l2 else None
    middle: list[keras.Layer] = []
    for _ in range(2):
        middle.append(layers.Dense(units, "relu", kernel_regularizer=penalty))
        middle += [layers.Dropout(rate)] if rate else []
    return for_reviews(*middle, inputs=width, optimizer=keras.optimizers.RMSprop(3e-3))


def train_remedied(few: int = FEW, patience: int | None = None, **kind: Any) -> Training:
    """Train as notebook 04 does in `quick`, with 640 steps. Early stopping watches other training reviews."""
    found = data.imdb(num_words=10_000, validation=0)
    width = len(found.vocabulary)
    x, x_test = multi_hot(found.x_train, width), multi_hot(found.x_test, width)
    y = found.y_train.astype(np.float32)
    fit: dict[str, Any] = {"x": x[:few], "y": y[:few], "epochs": 40, "batch_size": few // STEPS}
    if patience:
        stop = keras.callbacks.EarlyStopping("val_loss", patience=patience, restore_best_weights=True)
        fit |= {"validation_data": (x[MANY:], y[MANY:]), "validation_batch_size": 1000, "callbacks": [stop]}
    plain = not (patience or kind)
    return Training(lambda: remedied(width, **kind), fit, (x_test, found.y_test), curve=plain, sure=True)


def judge_remedies(results: Results) -> list[Condition]:
    """Without a remedy the net overfits; each makes it less sure, hardly one better; more reviews do both."""
    plain, more = f"16-16, {FEW} reviews", f"16-16, {MANY:,} reviews"
    remedies = [f"{plain}, {name}" for name in ("L2 0.001", "L1 0.001", "dropout 0.5", "early stopping")]
    return [
        results.overfits(plain),
        *(results.lowers(remedy, plain, 0.75) for remedy in remedies),
        *(results.near(remedy, plain, 4) for remedy in remedies),
        results.near(f"512-512, {FEW} reviews", plain, 4),
        results.leads(more, plain, 10),
        results.leads(f"{more}, L2 0.001", more, 0),
        results.lowers(f"{more}, L2 0.001", more, 0.75),
    ]


REMEDIES = Benchmark(
    "remedies",
    made_by(reviews, data.imdb),
    {
        f"16-16, {FEW} reviews": train_remedied,
        f"512-512, {FEW} reviews": lambda: train_remedied(units=512),
        f"16-16, {FEW} reviews, L2 0.001": lambda: train_remedied(l2=0.001),
        f"16-16, {FEW} reviews, L1 0.001": lambda: train_remedied(l1=0.001),
        f"16-16, {FEW} reviews, dropout 0.5": lambda: train_remedied(rate=0.5),
        f"16-16, {FEW} reviews, early stopping": lambda: train_remedied(patience=5),
        f"16-16, {MANY:,} reviews": lambda: train_remedied(MANY),
        f"16-16, {MANY:,} reviews, L2 0.001": lambda: train_remedied(MANY, l2=0.001),
    },
    judge_remedies,
)

"""Trains the narrow VGG16 on the source task and writes its weights: `python -m course_utils.vgg.pretrain`.

The source task is to tell eight drawn animals apart, in all poses and colours (`embedded.photos.make_source`). Nothing
of it is a cat or a dog. It takes about four CPU-minutes. Another run gives other weights: sums in another order are
rounded otherwise, and training makes more of it. What should agree, and is tested, is how well they do.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import course_utils  # noqa: F401  (keeps TensorFlow quiet)
from course_utils.data.embedded import photos

from . import SIDE, WEIGHTS, narrow_vgg16, preprocess_input

if TYPE_CHECKING:
    import keras

SEED, NUM_PICTURES, EPOCHS, RATE, BATCH_SIZE = 0, 8000, 16, 0.001, 32
HELD_OUT_SEED, NUM_HELD_OUT = 2, 1000  # drawn by other random numbers than the training pictures'


def pretrain(*, num_pictures: int = NUM_PICTURES, epochs: int = EPOCHS, seed: int = SEED) -> keras.Model:
    """Train on the eight animals from random weights, with Adam, whose rate falls along a cosine.

    Returns:
        The net with its top.
    """
    import keras

    source = photos.make_source(size=SIDE, num=num_pictures)
    keras.utils.set_random_seed(seed)
    net = narrow_vgg16(weights=None)
    rate = keras.optimizers.schedules.CosineDecay(RATE, epochs * -(-num_pictures // BATCH_SIZE), alpha=0.02)
    net.compile(optimizer=keras.optimizers.Adam(rate, clipnorm=1.0), loss=net.loss, metrics=["accuracy"])
    x_train = preprocess_input(source["x_train"])
    net.fit(x_train, source["y_train"], batch_size=BATCH_SIZE, epochs=epochs, verbose=2)
    return net


def held_out_accuracy(net: keras.Model) -> float:
    """Accuracy on 1,000 animals that were not trained on."""
    source = photos.make_source(HELD_OUT_SEED, size=SIDE, num=NUM_HELD_OUT)
    return float(net.evaluate(preprocess_input(source["x_train"]), source["y_train"], verbose=0)[1])


def main(arguments: Sequence[str] | None = None) -> None:
    """Train, say how good it is, and write the weights."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=WEIGHTS, help="where to write the weights (default: %(default)s)")
    parser.add_argument("--pictures", type=int, default=NUM_PICTURES)
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--seed", type=int, default=SEED)
    given = parser.parse_args(arguments)
    net = pretrain(num_pictures=given.pictures, epochs=given.epochs, seed=given.seed)
    trained = narrow_vgg16(weights=None)  # without what the optimizer remembers, twice as much again
    trained.set_weights(net.get_weights())
    trained.save_weights(given.out)
    print(json.dumps({"held_out_accuracy": held_out_accuracy(net), "parameters": net.count_params()}))


if __name__ == "__main__":
    main()

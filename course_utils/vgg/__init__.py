"""A VGG16 for laptops: the same thirteen convolutions under the same names, each an eighth as wide, on 64x64 pictures.

    from course_utils import vgg

    net = vgg.narrow_vgg16()  # with its eight source classes on top
    base = vgg.narrow_vgg16(include_top=False)  # what one transfers
    base.predict(vgg.preprocess_input(photos))

The weights were trained by `python -m course_utils.vgg.pretrain` on drawn animals, cats and dogs not among them; see
MODEL_CARD.md beside this file. Arguments are named as in `keras.applications.VGG16`.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from course_utils.data.embedded.photos import SOURCE_CLASS_NAMES

if TYPE_CHECKING:
    from collections.abc import Sequence

    import keras
    from numpy.typing import ArrayLike, NDArray

SIDE = 64  # pixels: five poolings leave 2x2
BLOCKS = ((8, 2), (16, 2), (32, 3), (64, 3), (64, 3))  # filters and convolutions of each block; VGG16 has 64 to 512
WEIGHTS = Path(__file__).with_name("narrow_vgg16.weights.h5")
CLASS_NAMES = SOURCE_CLASS_NAMES
__all__ = ["BLOCKS", "CLASS_NAMES", "SIDE", "WEIGHTS", "blocks", "narrow_vgg16", "preprocess_input"]


def preprocess_input(x: ArrayLike) -> NDArray[Any]:
    """Scale pixels from 0 to 255 to numbers from -1 to 1, as the net was trained with.

    Args:
        x: pictures of shape (..., height, width, 3).

    Returns:
        float32, of the same shape.
    """
    import numpy as np

    return np.asarray(x, dtype="float32") / np.float32(127.5) - np.float32(1)


def blocks(x: keras.KerasTensor, shape: Sequence[tuple[int, int]] = BLOCKS) -> keras.KerasTensor:
    """Put VGG16's blocks on a tensor: 3x3 convolutions with ReLU, then a pooling, under VGG16's names.

    Weights start as He and others propose: with Keras' usual (Glorot's) the signal is down to a hundredth after
    thirteen layers, and the net does not begin to learn.

    Args:
        x: pictures.
        shape: filters and number of convolutions of each block.
    """
    from keras import layers

    for block, (filters, num_convolutions) in enumerate(shape, start=1):
        for k in range(1, num_convolutions + 1):
            options = {"padding": "same", "activation": "relu", "kernel_initializer": "he_normal"}
            x = layers.Conv2D(filters, 3, **options, name=f"block{block}_conv{k}")(x)
        x = layers.MaxPooling2D(2, name=f"block{block}_pool")(x)
    return x


def narrow_vgg16(*, weights: str | Path | None = "animals", include_top: bool = True) -> keras.Model:
    """Build the net, compiled, to classify pictures of shape (64, 64, 3) that `preprocess_input` has scaled.

    Args:
        weights: "animals" for the shipped ones; None for random ones, which `keras.utils.set_random_seed` decides;
            or a file that `save_weights` of the whole net has written.
        include_top: False leaves out the three layers that know the source classes.

    Returns:
        With its top, a model with eight logits, one per class of `CLASS_NAMES`; without, maps of shape (2, 2, 64).
    """
    import keras
    from keras import layers

    pictures = keras.Input((SIDE, SIDE, 3))
    maps = blocks(pictures)
    x = layers.Flatten(name="flatten")(maps)
    x = layers.Dense(64, activation="relu", kernel_initializer="he_normal", name="fc1")(x)
    x = layers.Dropout(0.5, name="dropout")(x)
    net = keras.Model(pictures, layers.Dense(len(CLASS_NAMES), name="predictions")(x), name="narrow_vgg16")
    if weights is not None:
        net.load_weights(WEIGHTS if weights == "animals" else weights)
    if not include_top:
        net = keras.Model(pictures, maps, name="narrow_vgg16_notop")
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    net.compile(optimizer=keras.optimizers.Adam(0.001), loss=loss, metrics=["accuracy"])
    return net

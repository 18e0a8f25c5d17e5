"""scikit-learn's handwritten digits at MNIST's size.

1,797 digits of 8x8 pixels and 17 grey levels (UCI "Optical Recognition of Handwritten Digits", E. Alpaydin and
C. Kaynak, CC BY 4.0), smoothly enlarged to 20x20, sharpened to ink on paper, and put on a 28x28 field as MNIST's are,
up to `SHIFT` pixels off its centre, and mixed: the writers of the test digits wrote training digits too.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

NUM_TEST = 400
INK, FIELD, SHIFT = 20, 28, 2


def make(seed: int = 0) -> dict[str, NDArray[Any]]:
    """Return x_train (1397, 28, 28), x_test (400, 28, 28), uint8, and their labels; the seed places the digits."""
    from sklearn.datasets import load_digits

    small, y = load_digits(return_X_y=True)
    rng = np.random.Generator(np.random.PCG64(seed))
    x = place(enlarge(small.reshape(-1, 8, 8) / 16), rng)
    order = rng.permutation(len(x))  # they come sorted by writer
    x, y = x[order], y[order]
    return {"x_train": x[:-NUM_TEST], "y_train": y[:-NUM_TEST], "x_test": x[-NUM_TEST:], "y_test": y[-NUM_TEST:]}


def enlarge(small: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Scale (n, 8, 8) in [0, 1] to (n, 20, 20), 0 to 255, with edges as sharp as a pen's."""
    weights = _cubic(8, INK)
    large = np.clip(weights @ small @ weights.T, 0, 1)
    ink = np.clip((large - 0.25) / 0.5, 0, 1)
    return np.round(255 * ink * ink * (3 - 2 * ink)).astype(np.uint8)


def place(ink: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Put each (20, 20) digit on an empty (28, 28) field, off the centre by at most SHIFT pixels either way."""
    field = np.zeros((len(ink), FIELD, FIELD), np.uint8)
    corners = (FIELD - INK) // 2 + rng.integers(-SHIFT, SHIFT + 1, size=(len(ink), 2))
    for picture, digit, (top, left) in zip(field, ink, corners, strict=True):
        picture[top : top + INK, left : left + INK] = digit
    return field


def _cubic(old: int, new: int) -> NDArray[np.float64]:
    """Weights of Catmull-Rom interpolation from `old` to `new` samples, shape (new, old); the rows sum to 1."""
    where = (np.arange(new) + 0.5) * old / new - 0.5
    distance = np.abs(where[:, None] - np.arange(-2, old + 2))
    near = 1.5 * distance**3 - 2.5 * distance**2 + 1
    far = -0.5 * distance**3 + 2.5 * distance**2 - 4 * distance + 2
    weights = np.where(distance < 1, near, np.where(distance < 2, far, 0))
    inner: NDArray[np.float64] = weights[:, 2:-2]
    return np.asarray(inner / inner.sum(axis=1, keepdims=True))

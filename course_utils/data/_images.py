"""Loaders of pictures: MNIST, CIFAR-10, cats and dogs."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import _pickles, _sources
from ._archive import read_members
from ._errors import DataFileError, UnsafeFileError, reading
from ._folders import read_labelled
from ._npz import read_npz
from ._places import Origin, Places, Profile, locate
from ._records import ImageData, hold_out
from .embedded import digits, photos, pictures
from .embedded._cache import cached

Arrays = Mapping[str, NDArray[Any]]
CIFAR10_CLASSES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
MAX_SIDE = 8192  # pixels; a picture that claims more is refused before it is decoded


def mnist(profile: Profile = "quick", *, validation: float = 0.1, places: Places | None = None) -> ImageData:
    """Load handwritten digits, 28x28, grey, 10 classes.

    `full`: MNIST, 60,000 for training and 10,000 for test, in upstream's order (Y. LeCun, C. Cortes, C. Burges;
    CC BY-SA 3.0). `quick`, or where it is not to be had: the 1,797 digits that scikit-learn brings along (E. Alpaydin,
    C. Kaynak, UCI repository, CC BY 4.0), scaled up from 8x8.

    Args:
        profile: `quick` or `full`.
        validation: share of the training digits set aside, the last ones; 0 trains on all.
        places: where to look; by default as the environment says.

    Returns:
        `x_*` of shape (n, 28, 28), uint8: 0 is paper, 255 ink.

    Raises:
        DataFileError: a file was found but cannot be used.
    """
    places = places or Places.from_environment()
    found = locate(_sources.MNIST, profile, places)
    names = tuple("0123456789")
    if found is None:
        arrays = cached(digits, places.cache)
        return _images("scikit-learn's digits, in the place of MNIST", Origin.EMBEDDED, names, arrays, validation)
    return _images("MNIST", found.origin, names, _read_mnist(found.path), validation)


def cifar10(profile: Profile = "quick", *, validation: float = 0.1, places: Places | None = None) -> ImageData:
    """Load small colour pictures, 32x32, 10 classes.

    `full`: CIFAR-10, 50,000 for training and 10,000 for test, in upstream's order (A. Krizhevsky, 2009; no licence
    stated, cite the report). `quick`, or where it is not to be had: drawn pictures (see `embedded.pictures`) of
    10 other classes.

    Args:
        profile: `quick` or `full`.
        validation: share of the training pictures set aside, the last ones; 0 trains on all.
        places: where to look; by default as the environment says.

    Returns:
        `x_*` of shape (n, 32, 32, 3), uint8, 0 to 255, red, green, blue.

    Raises:
        DataFileError: a file was found but cannot be used.
    """
    places = places or Places.from_environment()
    found = locate(_sources.CIFAR10, profile, places)
    if found is None:
        arrays = cached(pictures, places.cache)
        title = "drawn pictures, in the place of CIFAR-10"
        return _images(title, Origin.EMBEDDED, pictures.CLASS_NAMES, arrays, validation)
    return _images("CIFAR-10", found.origin, CIFAR10_CLASSES, _read_cifar10(found.path), validation)


def cats_and_dogs(profile: Profile = "quick", *, size: int = 150, places: Places | None = None) -> ImageData:
    """Load photos of cats (label 0) and dogs (label 1): few, so that overfitting is the problem.

    `full`: `cats_and_dogs_filtered`, 2,000 for training and 1,000 held out (from Kaggle's Dogs vs. Cats, Microsoft
    Research; no licence stated). `quick`, or where it is not to be had: drawn cats and dogs (see `embedded.photos`).
    The held-out photos are halved: validation and test.

    Args:
        profile: `quick` or `full`.
        size: height and width in pixels; photos are squeezed into a square, as Keras does.
        places: where to look; by default as the environment says.

    Returns:
        `x_*` of shape (n, size, size, 3), uint8, 0 to 255, red, green, blue.

    Raises:
        DataFileError: a file was found but cannot be used.
    """
    places = places or Places.from_environment()
    found = locate(_sources.CATS_AND_DOGS, profile, places)
    if found is None:
        arrays = cached(photos, places.cache, size=size)
        title, origin = "drawn cats and dogs, in the place of photos", Origin.EMBEDDED
    else:
        arrays, title, origin = _read_cats_and_dogs(found.path, size), "cats and dogs", found.origin
    x_val, y_val, x_test, y_test = hold_out(arrays["x_test"], arrays["y_test"], 0.5)
    y_train = arrays["y_train"].astype(np.int64)
    return ImageData(title, origin, ("cat", "dog"), arrays["x_train"], y_train, x_val, y_val, x_test, y_test)


def _images(title: str, origin: Origin, names: tuple[str, ...], arrays: Arrays, validation: float) -> ImageData:
    parts = hold_out(arrays["x_train"], arrays["y_train"], validation)
    return ImageData(title, origin, names, *parts, arrays["x_test"], arrays["y_test"].astype(np.int64))


def _read_mnist(path: Path) -> Arrays:
    arrays = read_npz(path, "x_train", "y_train", "x_test", "y_test")
    for part in ("train", "test"):
        _check(path, arrays[f"x_{part}"], arrays[f"y_{part}"], (28, 28))
    return arrays


def _read_cifar10(path: Path) -> Arrays:
    batches = [f"data_batch_{i}" for i in range(1, 6)] + ["test_batch"]

    def wanted(name: PurePosixPath) -> bool:
        return name.name in batches

    found = {name.name: _read_batch(content, path, name.name) for name, content in read_members(path, wanted)}
    if missing := [name for name in batches if name not in found]:
        raise DataFileError(path, f"lacks {', '.join(missing)}")
    x_train, y_train = (np.concatenate(columns) for columns in zip(*(found[n] for n in batches[:5]), strict=True))
    x_test, y_test = found["test_batch"]
    return {"x_train": x_train, "y_train": y_train, "x_test": x_test, "y_test": y_test}


def _read_batch(content: bytes, path: Path, name: str) -> tuple[NDArray[Any], NDArray[Any]]:
    batch = _pickles.loads(content, path)
    with reading(path, KeyError, TypeError, ValueError, AttributeError):
        planes, labels = batch["data"], np.asarray(batch["labels"])
        x = planes.reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1)  # stored as a red, a green and a blue plane
    _check(path, x, labels, (32, 32, 3), f" in {name}")
    return x, labels


def _check(path: Path, x: NDArray[Any], y: NDArray[Any], shape: tuple[int, ...], where: str = "") -> None:
    if x.dtype != np.uint8 or x.shape[1:] != shape or len(x) == 0:
        raise DataFileError(path, f"holds pictures of shape {x.shape}, {x.dtype}{where}, not (n, {shape}), uint8")
    if y.shape != x.shape[:1] or y.dtype.kind not in "iu" or y.min() < 0 or y.max() > 9:
        raise DataFileError(path, f"holds labels{where} that are not one number from 0 to 9 per picture")


def _read_cats_and_dogs(path: Path, size: int) -> Arrays:
    parts = read_labelled(path, ("train", "validation"), ("cats", "dogs"), ".jpg")
    arrays: dict[str, NDArray[Any]] = {}
    for part, ours in (("train", "train"), ("validation", "test")):
        arrays[f"x_{ours}"] = np.stack([_decode(photo.content, photo.path, size) for photo in parts[part]])
        arrays[f"y_{ours}"] = np.array([photo.label for photo in parts[part]])
    return arrays


def _decode(photo: bytes, path: Path, size: int) -> NDArray[np.uint8]:
    from PIL import Image

    with reading(path, ValueError, SyntaxError, Image.DecompressionBombError), Image.open(io.BytesIO(photo)) as image:
        if max(image.size) > MAX_SIDE:
            raise UnsafeFileError(path, f"holds a picture of {image.size} pixels")
        image.draft("RGB", (size, size))  # lets the JPEG decoder skip detail that resizing would throw away
        return np.asarray(image.convert("RGB").resize((size, size), Image.Resampling.BILINEAR))

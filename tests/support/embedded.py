"""What each embedded set holds, in few numbers: coarse, so that another processor's rounding changes nothing.

python -m tests.support.embedded    writes tests/data/embedded.json anew, after a change that is meant
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from course_utils.data import Places
from course_utils.data.embedded import (
    castings,
    digits,
    photos,
    pictures,
    questions,
    reviews,
    scenes,
    steps,
    tickets,
    vectors,
)
from course_utils.data.embedded._cache import Arrays, cached, unpack_text

ROOT = Path(__file__).parents[2]
PINNED = ROOT / "tests" / "data" / "embedded.json"
LOADERS = {
    "digits": "mnist",
    "pictures": "cifar10",
    "photos": "cats_and_dogs",
    "questions": "stack_overflow",
    "reviews": "imdb",
    "vectors": "glove",
    "scenes": "scenes",
    "tickets": "project",
    "castings": "project",
    "steps": "project",
}
ARGUMENTS = {"vectors": {"dim": 100}}
MODULES = {
    m.__name__.rpartition(".")[2]: m
    for m in (digits, pictures, photos, questions, reviews, vectors, scenes, tickets, castings, steps)
}
GREY, LENGTH = 2.0, 0.1  # how far levels (of 255) and products of word vectors may be off


def describe(name: str) -> dict[str, Any]:
    """Describe a set: what starts with ``about`` may be off by a little, the rest may not."""
    arrays = cached(MODULES[name], Places.from_environment().cache, **ARGUMENTS.get(name, {}))
    found: dict[str, Any] = {"shapes": {key: list(array.shape) for key, array in sorted(arrays.items())}}
    if name == "vectors":
        return found | _vectors(arrays)
    if name == "scenes":
        found["about boxes"] = arrays["boxes_train"][:5].tolist()
        return found | {
            "about pictures": [_blocks(arrays["x_train"].mean(axis=0)), *map(_blocks, arrays["x_train"][:5])]
        }
    for part in ("train", "test"):
        x, y = arrays[f"x_{part}"], arrays[f"y_{part}"]
        found[f"labels, {part}"] = _digest(y.astype("<i8"))
        if f"group_{part}" in arrays:
            found[f"groups, {part}"] = _digest(arrays[f"group_{part}"].astype("<i8"))
        if name in ("questions", "reviews", "tickets"):
            found[f"texts, {part}"] = _digest(x)
        elif name == "steps":  # in hundredths of g
            found[f"about readings, {part}"] = [(100 * x[y == label][0, ::15]).round(1).tolist() for label in range(4)]
        else:  # of each class all together, and the first by itself
            found[f"about pictures, {part}"] = [
                [_blocks(x[y == label].mean(axis=0)), _blocks(x[y == label][0])] for label in range(y.max() + 1)
            ]
    return found


def _vectors(arrays: Arrays) -> dict[str, Any]:
    words = unpack_text(arrays["words"])
    some = arrays["vectors"][[words.index(word) for word in ("the", "superb", "dull", "paris", "london", "baker")]]
    return {"words": _digest(arrays["words"]), "about products": np.round(some @ some.T, 2).tolist()}


def _digest(array: NDArray[Any]) -> str:
    return hashlib.sha256(array.tobytes()).hexdigest()[:16]


def _blocks(picture: NDArray[Any]) -> list[float]:
    """Mean levels of the four quarters of a picture, by colour."""
    height, width = picture.shape[:2]
    quarters = picture.reshape(2, height // 2, 2, width // 2, -1).mean(axis=(1, 3))
    return [float(level) for level in np.round(quarters.ravel(), 1)]


def differences(name: str, pinned: dict[str, Any], found: dict[str, Any]) -> list[str]:
    """Name what differs by more than rounding."""
    return [
        key
        for key in sorted(pinned.keys() | found.keys())
        if key not in pinned or key not in found or not _same(key, pinned[key], found[key])
    ]


def _same(key: str, pinned: Any, found: Any) -> bool:
    if not key.startswith("about"):
        return bool(pinned == found)
    one, other = np.array(pinned), np.array(found)
    off = LENGTH if key == "about products" else GREY
    return one.shape == other.shape and bool(np.abs(one - other).max() <= off)


def mend(name: str) -> str:
    """Say what to do after a change that is meant."""
    used = ", ".join(_notebooks(f"data.{LOADERS[name]}(")) or "none yet"
    return (
        f"The embedded set {name!r} is another one than before. If that was not meant, mend its generator. If it was: "
        "python -m tests.support.embedded, python -m course_utils.data.embedded docs/data (contact sheets; look at "
        f"them), python -m benchmarks.embedded_data --only {name} (the table of docs/data.md), and rebuild the "
        f"notebooks that use it (outputs, results/quick.json, prose, alt texts): {used}."
    )


def _notebooks(call: str) -> Iterator[str]:
    for path in sorted((ROOT / "solutions").glob("*/*.py")):
        if re.search(re.escape(call), path.read_text(encoding="utf-8")):
            yield path.stem


def main() -> None:
    """Write the file."""
    PINNED.write_text(
        json.dumps({name: describe(name) for name in MODULES}, indent=None).replace("}, ", "},\n ") + "\n"
    )


if __name__ == "__main__":
    main()

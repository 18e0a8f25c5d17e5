"""What was measured, so that prose can be held to it.

A notebook ends with a cell that writes its measurements down::

    ledger.record("02_cnn_on_mnist", profile, {"convnet accuracy": accuracies, "dense accuracy": others})

When the notebook is built, this makes ``results/quick.json`` beside it. Prose states a result and names its record in a
comment that readers do not see::

    The convnet reaches 97.9 %<!-- quick: convnet accuracy -->.

A test compares the two; see `claims`. Code that repeats a record, one number per seed, names it at the line's end::

    500: [0.7194, 0.7200, 0.7212],  # full: 500 tokens

and is held to it in the same way; see `listings`.
"""

from __future__ import annotations

import ast
import json
import os
import platform
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from statistics import fmean, stdev
from typing import Any

FOLDER_VARIABLE = "COURSE_LEDGER_DIR"  # set by `autograder build` and `autograder measure`
PACKAGES = ("keras", "tensorflow-cpu", "tensorflow", "numpy", "scikit-learn")
CLAIM = re.compile(
    r"(?P<number>\d[\d,]*(?:\.\d+)?)(?P<unit>[ \u00a0]?%)?[^<\n\d]*<!--\s*(?P<profile>quick|full):\s*"
    r"(?P<name>[^:>]+?)(?:\s*:\s*(?P<statistic>mean|std|min|max))?\s*-->"
)


LISTING = re.compile(r"(?P<numbers>\[[^\[\]\n]*\]),?[ ]*#[ ]*(?P<profile>quick|full):[ ]*(?P<name>[^\n]*?)[ ]*$", re.M)


def record(notebook: str, profile: str, measurements: Mapping[str, float | Sequence[float]]) -> None:
    """Print the measurements of a notebook; write them down when its author builds it.

    Args:
        notebook: the notebook's name.
        profile: ``"quick"`` or ``"full"``.
        measurements: by name, one number or one per seed. Accuracies as fractions.
    """
    entries = {name: _entry(values) for name, values in measurements.items()}
    for name, entry in entries.items():
        spread = f" ± {entry['std']:.4g} over {len(entry['values'])} seeds" if len(entry["values"]) > 1 else ""
        print(f"{name}: {entry['mean']:.4g}{spread}")
    if folder := os.environ.get(FOLDER_VARIABLE):
        path = Path(folder) / f"{profile}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        content = {"notebook": notebook, "profile": profile, "versions": _versions(), "measurements": entries}
        path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


@dataclass(frozen=True)
class Claim:
    """A number in prose and the record that it refers to."""

    text: str  # as it stands in the prose
    number: float
    half_unit: float  # half a unit of the last decimal that is written
    profile: str
    name: str
    statistic: str

    def agrees(self, records: Mapping[str, Any]) -> bool:
        """Tell whether a record, rounded as the prose is, gives the number.

        Args:
            records: the content of ``results/<profile>.json``.

        Raises:
            KeyError: when nothing was recorded under that name.
        """
        measured = float(records["measurements"][self.name][self.statistic])
        return abs(measured - self.number) <= self.half_unit * (1 + 1e-9)


def claims(prose: str) -> Iterator[Claim]:
    """Find all numbers in a text that name their record.

    >>> [claim] = claims("It reaches 97.9 %<!-- quick: convnet accuracy --> here.")
    >>> round(claim.number, 4), claim.name, claim.statistic
    (0.979, 'convnet accuracy', 'mean')
    """
    for found in CLAIM.finditer(prose):
        digits = found["number"].replace(",", "")
        scale = 0.01 if found["unit"] else 1.0
        decimals = len(digits.partition(".")[2])
        yield Claim(
            text=found[0],
            number=float(digits) * scale,
            half_unit=0.5 * 10.0**-decimals * scale,
            profile=found["profile"],
            name=found["name"],
            statistic=found["statistic"] or "mean",
        )


@dataclass(frozen=True)
class Listing:
    """A list of numbers in code, and the record that it repeats to four decimals."""

    text: str  # as it stands in the code
    numbers: tuple[float, ...]
    profile: str
    name: str

    def agrees(self, records: Mapping[str, Any]) -> bool:
        """Tell whether the values of a record, rounded to four decimals, are the numbers.

        Args:
            records: the content of ``results/<profile>.json``.

        Raises:
            KeyError: when nothing was recorded under that name.
        """
        values = records["measurements"][self.name]["values"]
        return len(values) == len(self.numbers) and all(
            abs(value - number) <= 0.5e-4 * (1 + 1e-9) for value, number in zip(values, self.numbers, strict=True)
        )


def listings(code: str) -> Iterator[Listing]:
    """Find all lists of numbers in code that name their record.

    >>> [listing] = listings("500: [0.7194, 0.7200],  # full: 500 tokens")
    >>> listing.numbers, listing.profile, listing.name
    ((0.7194, 0.72), 'full', '500 tokens')
    """
    for found in LISTING.finditer(code):
        numbers = tuple(float(number) for number in ast.literal_eval(found["numbers"]))
        yield Listing(text=found[0], numbers=numbers, profile=found["profile"], name=found["name"])


def _entry(values: float | Sequence[float]) -> dict[str, Any]:
    numbers = [float(value) for value in (values if isinstance(values, Sequence) else [values])]
    return {
        "mean": fmean(numbers),
        "std": stdev(numbers) if len(numbers) > 1 else 0.0,
        "min": min(numbers),
        "max": max(numbers),
        "values": numbers,
    }


def _versions() -> dict[str, str]:
    found = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:  # tensorflow has another name on other systems
            continue
    return found

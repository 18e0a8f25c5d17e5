"""Loader of the three data sets of the project, with what is told about them."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ._places import Places
from .embedded import castings, steps, tickets
from .embedded._cache import Arrays, cached, unpack_texts


@dataclass(frozen=True, eq=False, repr=False)
class ProjectData:
    """Examples to work with, and a test part that is kept apart for `course_utils.projects.final_test`.

    Attributes:
        name: of the data set.
        sheet: what those who collected it tell about it.
        class_names: the name of label 0, 1, ...
        x: examples in no particular order: texts (object array of str), pictures (uint8), or sequences (float32).
        y: their labels, shape (n,), int64.
        about: what else is known of each example, arrays of shape (n,) by name; empty for texts.
    """

    name: str
    sheet: str
    class_names: tuple[str, ...]
    x: NDArray[Any]
    y: NDArray[np.int64]
    about: dict[str, NDArray[Any]]
    _groups: NDArray[np.int64] = field(repr=False)
    _sealed: tuple[NDArray[Any], NDArray[np.int64]] = field(repr=False)

    def __str__(self) -> str:
        shape = "x".join(map(str, self.x.shape[1:])) or "texts"
        known = f", known of each: {', '.join(self.about)}" if self.about else ""
        return f"{self.name}: {len(self.x):,} examples ({shape}), {len(self.class_names)} classes{known}"

    __repr__ = __str__

    def describe(self) -> None:
        """Print one line, then the data sheet."""
        print(f"{self}\n\n{self.sheet}")

    def _more(self, seed: int) -> tuple[NDArray[Any], NDArray[np.int64]]:
        """Draw another test part, which nobody has seen, for grading: who learnt the sealed one gains nothing."""
        arrays = MODULES[self.name].make(seed)
        if self.name == "tickets":
            arrays = unpack_texts(arrays)
        return arrays["x_test"], arrays["y_test"].astype(np.int64)


MODULES: dict[str, ModuleType] = {"tickets": tickets, "castings": castings, "steps": steps}


SHEETS = {
    "tickets": """\
Messages to the help desk of a town, each with the desk that dealt with it: parks, permits, roads, waste, water.
From:     the archive of the past year, 2,000 messages, as the clerks filed them when a case was closed.
Wanted:   a program that sends a message to the right desk at the moment it comes in.
Test:     800 messages as they came in last month, before anybody had read them.
Remarks:  clerks sort by hand, and they are only human. Waiting times were long last year.""",
    "castings": """\
Photos (grey, 28x28) of round metal castings on a belt, with the verdict of the inspector: sound or cracked.
From:     500 castings of one week, 1,500 photos. `casting` is the number of the casting in the picture.
Wanted:   a program that picks out cracked castings. One that is sold costs the firm a hundred times as much as a
          sound one that is thrown away.
Test:     one photo of each of 600 castings of the week after.
Remarks:  scratches and dirt do no harm. The camera takes what passes, at whatever light the hall has.""",
    "steps": """\
Three seconds of movement, measured by a wristband 20 times a second along three axes (60x3), and what its wearer was
doing: sit, walk, stairs, run.
From:     14 wearers who were paid for an afternoon each, 1,792 windows. `wearer` is their number. `band` is the model
          they wore: 0 the old one, band A; 1 the new one, band B, of which only three were ready.
Wanted:   the activity. From spring on, band B is sold to everybody.
Test:     640 windows of eight other wearers, all with band B.
Remarks:  the makers of band B say that it "sits differently and measures a little differently".""",
}


def project(name: str, *, places: Places | None = None) -> ProjectData:
    """Load a data set of the project; there are only embedded ones.

    Args:
        name: ``"tickets"`` (texts), ``"castings"`` (pictures) or ``"steps"`` (sequences).
        places: where finished sets are kept; by default as the environment says.
    """
    if name not in MODULES:
        raise ValueError(f"the data set is 'tickets', 'castings' or 'steps', not {name!r}")
    arrays = cached(MODULES[name], (places or Places.from_environment()).cache)
    if name == "tickets":
        arrays = unpack_texts(arrays)
    return ProjectData(
        name,
        SHEETS[name],
        tuple(MODULES[name].CLASS_NAMES),
        arrays["x_train"],
        arrays["y_train"].astype(np.int64),
        _about(name, arrays),
        arrays["group_train"].astype(np.int64),
        (arrays["x_test"], arrays["y_test"].astype(np.int64)),
    )


def _about(name: str, arrays: Arrays) -> dict[str, NDArray[Any]]:
    """Give what is told of each example."""
    if name == "castings":
        return {"casting": arrays["group_train"]}
    if name == "steps":
        return {"wearer": arrays["group_train"], "band": arrays["band_train"]}
    return {}

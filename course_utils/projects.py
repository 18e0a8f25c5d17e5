"""What the project's scaffold needs: the one use of the test set, with a receipt, and lines to paste.

    result = projects.final_test(project, predict, score)

shows the result with a receipt that belongs into the model card. How often a test set was used is kept in
``final_test.json`` beside the notebook, so that a restart forgets nothing. (This keeps honest people honest. Whoever
deletes the file fools only themselves: the test set is there to tell *them* what to expect.)
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from pprint import pformat
from typing import TYPE_CHECKING, Any

import numpy as np

from course_utils.ledger import FOLDER_VARIABLE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from course_utils.data._projects import ProjectData

FILE = "final_test.json"

_uses: dict[str, list[dict[str, Any]]] = {}


def final_test(
    project: ProjectData,
    predict: Callable[[NDArray[Any]], Any],
    score: Callable[[NDArray[Any], NDArray[Any]], float],
    *,
    again: bool = False,
) -> dict[str, Any]:
    """Use the test set, once.

    Args:
        project: the data set.
        predict: gives a class number for each example.
        score: called with the right labels and the answers.
        again: use it once more, because there was a mistake that made the first use worthless. It is counted.

    Returns:
        ``test`` (the score, to four decimals), ``examples``, ``use`` (1 for the first) and ``receipt``. If the test
        set has been used already and `again` is not set, nothing is run: it says so and gives the first result.
    """
    before = _load().get(project.name, [])
    if before and not again:
        print(f"The test set of {project.name} has been used already ({before[0]['when']}). That result stands:")
    else:
        x, y = project._sealed
        test = round(float(score(y, np.asarray(predict(x)))), 4)
        use = len(before) + 1
        when = datetime.now().astimezone().isoformat(timespec="seconds")
        result = {"test": test, "examples": len(y), "use": use, "receipt": receipt(project.name, test, use)}
        before = [*before, {**result, "when": when}]
        _keep(project.name, before)
    found = before[-1] if again else before[0]
    result = {key: found[key] for key in ("test", "examples", "use", "receipt")}
    print(result)
    return result


def receipt(name: str, test: float, use: int) -> str:
    """Give the receipt for one use of a test set: it fits this data set, result and number only."""
    return hashlib.sha256(f"{name} {test:.4f} {use}".encode()).hexdigest()[:10]


def rows_with_twins(project: ProjectData, train: NDArray[Any], validation: NDArray[Any]) -> int:
    """Count the validation rows of which the training rows hold a twin: a copy, or the same thing or person.

    For the tests. Finding out what the twins of a data set are is a part of the project.
    """
    return int(np.isin(project._groups[validation], project._groups[train]).sum())


def paste(name: str, values: Mapping[str, Any]) -> None:
    """Print a dictionary as a line of Python, numbers to four decimals, to be pasted into an answer."""
    print(f"{name} = {pformat(_rounded(values), width=110, sort_dicts=False, compact=True)}")


def _rounded(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _rounded(entry) for key, entry in value.items()}
    if isinstance(value, str | bool | int):
        return value
    if isinstance(value, Sequence | np.ndarray):
        return [_rounded(entry) for entry in value]
    return round(float(value), 4)


def _load() -> dict[str, list[dict[str, Any]]]:
    """Give all uses in this folder; when an author builds the notebook, those of this process only."""
    if FOLDER_VARIABLE not in os.environ:
        with suppress(OSError, ValueError):
            stored = json.loads(Path(FILE).read_text(encoding="utf-8"))
            if isinstance(stored, dict):
                return {**stored, **_uses}
    return dict(_uses)


def _keep(name: str, uses: list[dict[str, Any]]) -> None:
    _uses[name] = uses
    if FOLDER_VARIABLE not in os.environ:
        with suppress(OSError):  # a folder that cannot be written to: kept until the kernel ends
            Path(FILE).write_text(json.dumps(_load(), indent=1) + "\n", encoding="utf-8")

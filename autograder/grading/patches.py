"""What of nbgrader is changed from within while it works: all of it, why, and the versions for which that is right.

`one_engine`       `nbgrader.api.create_engine`, which makes a new engine nine times for each submission
`one_transaction`  `Gradebook.db.commit`, which nbgrader calls after each step

Everything else that we want otherwise goes through nbgrader's own settings (nbgrader_config.py). With a version of
nbgrader that is not in `HOLDS_FOR` nothing is patched, and grading says so.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from packaging.specifiers import SpecifierSet

from autograder.errors import GradebookError

if TYPE_CHECKING:
    from sqlalchemy import Engine

HOLDS_FOR = SpecifierSet(">=0.9.5,<0.10")
_open: dict[str, Path] = {}  # the gradebook of the job that is being done


def require_known() -> None:
    """Check that nbgrader is of a version for which the patches are right.

    Raises:
        GradebookError: when it is another.
    """
    version = metadata.version("nbgrader")
    if not HOLDS_FOR.contains(version, prereleases=True):
        raise GradebookError(
            f"nbgrader {version} is installed, and the grader knows the inside of {HOLDS_FOR} only. "
            f"Install one of these: pip install 'nbgrader{HOLDS_FOR}'"
        )


@contextmanager
def one_engine(path: Path) -> Iterator[None]:
    """Have nbgrader open a gradebook by the same engine always.

    An engine remembers how statements are compiled to SQL; doing so anew was a quarter of a worker's own time.

    Args:
        path: the file of the SQLite database. One at a time in a process.
    """
    from nbgrader import api

    require_known()
    made, api.create_engine = api.create_engine, lambda *_, **__: _engine()
    _open.update(gradebook=path)
    try:
        yield
    finally:
        api.create_engine = made


@cache
def _engine() -> Engine:
    from sqlalchemy import NullPool, create_engine

    return create_engine("sqlite://", creator=lambda: sqlite3.connect(_open["gradebook"]), poolclass=NullPool)


@contextmanager
def one_transaction(gradebook: Any) -> Iterator[None]:
    """Commit once, at the end: nbgrader commits after each step, which takes a while and can be cut in two.

    Args:
        gradebook: nbgrader's, open; to be closed afterwards. After an error nothing is committed.
    """
    require_known()
    commit, gradebook.db.commit = gradebook.db.commit, gradebook.db.flush
    yield
    commit()

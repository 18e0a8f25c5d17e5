"""A home, caches and configuration of the tests' own, empty at the start: nothing that a machine remembers decides one.

All processes of a run share one folder, and with it what is made once per run (embedded data sets, matplotlib's list of
fonts). It goes when the run ends; fork servers end with it, since their sockets are in it.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest

OURS = (
    *("COURSE_", "KERAS_", "TF_", "MPL", "MATPLOTLIB", "IPYTHON", "JUPYTER", "JPY_", "NBGRADER_", "DASK_", "XDG_"),
    *("KERNEL_SERVER_", "PAPERMILL_", "PG"),
)
"""How the names of variables begin by which a machine's owner changes what the course or its libraries do."""
HOMES = {
    "HOME": ".",
    "XDG_CACHE_HOME": "cache",
    "XDG_CONFIG_HOME": "config",
    "XDG_DATA_HOME": "data",
    "XDG_STATE_HOME": "state",
    "XDG_RUNTIME_DIR": "run",
    "COURSE_CACHE_DIR": "course",
    "KERAS_HOME": "keras",
    "MPLCONFIGDIR": "matplotlib",
    "IPYTHONDIR": "ipython",
    "JUPYTER_CONFIG_DIR": "jupyter",
    "JUPYTER_DATA_DIR": "jupyter-data",
    "JUPYTER_RUNTIME_DIR": "run",
}
if sys.platform == "win32":
    HOMES |= {"USERPROFILE": ".", "APPDATA": "config", "LOCALAPPDATA": "cache"}


def _settle() -> Path:
    """Make the folders, and have this process and all that it starts use them."""
    # a short path, for the sockets below it: the system's own may be long (macOS)
    short = "/tmp" if os.access("/tmp", os.W_OK) else None  # noqa: S108
    root = Path(tempfile.mkdtemp(prefix="tests-", dir=short)).resolve()
    for name in [name for name in os.environ if name.startswith(OURS)]:
        del os.environ[name]
    for name, folder in HOMES.items():
        (root / folder).mkdir(mode=0o700, exist_ok=True)
        os.environ[name] = str(root / folder)
    return root


# pytest-xdist's workers have the variables of the process that started them
home = None if "PYTEST_XDIST_WORKER" in os.environ else _settle()


@pytest.hookimpl(wrapper=True)
def pytest_sessionfinish(session: pytest.Session) -> Generator[None, object, object]:
    """Fail a run that leaves processes behind, when all that took part in it have ended."""
    done = yield
    if home is not None:
        from tests.support import leaks

        if found := leaks.of_home(home):
            session.config.get_terminal_writer().line(
                "\nLeft behind by this run of tests:\n" + "\n".join(found), red=True
            )
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
    return done


def pytest_unconfigure() -> None:
    """Remove the folders at the end of the run."""
    if home is not None:
        shutil.rmtree(home, ignore_errors=True)

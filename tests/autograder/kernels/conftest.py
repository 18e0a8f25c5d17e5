"""Short folders: pytest's own, with a worker's and a test's name in them, are too long for the sockets in them."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def tmp_path() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="kernels-"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)

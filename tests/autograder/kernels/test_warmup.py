"""What the fork server does beforehand: it must do it, leave no trace, and change nothing that a kernel shows."""

from __future__ import annotations

import linecache
import re
import sys
from pathlib import Path

import pytest

from autograder.kernels import WARM, warmup

if sys.platform != "linux":
    pytest.skip("only Linux can fork warm kernels", allow_module_level=True)


@pytest.mark.parametrize("source", warmup.ERRORS)
def test_each_line_of_the_rehearsal_is_an_error(source: str) -> None:
    import keras
    import numpy as np

    with pytest.raises((AssertionError, ValueError)):
        exec(source, {"numpy": np, "keras": keras})


def test_rehearsal_leaves_no_trace() -> None:
    before = set(linecache.cache), sys.exc_info()
    warmup.show_errors()
    assert not [name for name in set(linecache.cache) - before[0] if name.startswith("<")]
    assert sys.exc_info() == before[1]


def test_what_is_in_memory_stays_as_it_is() -> None:
    pattern = bytes(range(256)) * 32_768  # 8 MiB
    copies = [bytearray(pattern) for _ in range(4)]
    warmup.gather_pages()
    assert all(copy == pattern for copy in copies)


@pytest.mark.slow
def test_an_error_looks_as_in_an_ordinary_kernel(tmp_path: Path) -> None:
    from nbclient import NotebookClient
    from nbformat.v4 import new_code_cell, new_notebook

    cell = "import numpy as np\n\ndef first(x):\n    return np.reshape(x, (2, 3))\n\nfirst([1])"
    shown = []
    for name in ("python3", WARM):
        book = new_notebook(cells=[new_code_cell(cell)])
        NotebookClient(
            book, kernel_name=name, allow_errors=True, resources={"metadata": {"path": str(tmp_path)}}
        ).execute()
        shown.append(book.cells[0].outputs)
    assert shown[0] == shown[1]
    assert "return np.reshape(x, (2, 3))" in re.sub(r"\x1b\[[\d;]*m", "", "".join(shown[0][0].traceback))

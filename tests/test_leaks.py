"""What a run of tests leaves behind is found, and told with the module that has left it."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests.support import leaks


@pytest.fixture(autouse=True)
def _hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leaks, "PATIENCE", 0.0)


def test_a_thread_that_goes_on_is_told_of() -> None:
    before, end = leaks.Snapshot(), threading.Event()
    thread = threading.Thread(target=end.wait, name="forgotten")
    thread.start()
    before.note("tests/test_it.py")
    assert before.leaked() == ["thread forgotten, since tests/test_it.py"]
    end.set()
    thread.join()
    assert before.leaked() == []


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="needs /proc")
def test_a_file_that_stays_open_is_told_of(tmp_path: Path) -> None:
    before = leaks.Snapshot()
    with (tmp_path / "file").open("w"):
        assert before.leaked() == [f"descriptor of {tmp_path / 'file'}, since the end"]
    assert before.leaked() == []


def test_a_process_that_goes_on_is_told_of() -> None:
    before = leaks.Snapshot()
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        assert [one for one in before.leaked() if f"process {process.pid}" in one]
    assert before.leaked() == []


def test_a_process_whose_home_is_the_runs_is_told_of(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "print(flush=True); input()"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, env={"HOME": str(tmp_path)}, **pipes) as process:
        assert process.stdout
        process.stdout.readline()  # it has begun
        [told] = leaks.of_home(tmp_path)
        assert told.startswith(f"process {process.pid}")
    assert leaks.of_home(tmp_path) == []


def test_what_libraries_start_once_is_let_through() -> None:
    assert all(reason for reasons in (leaks.THREADS, leaks.PROCESSES, leaks.OPEN) for reason in reasons.values())
    assert leaks._known("Dask-Offload_0", leaks.THREADS)
    assert not leaks._known("forgotten", leaks.THREADS)

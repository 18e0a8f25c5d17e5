"""Submissions run beside each other; one whose kernel died runs alone."""

from __future__ import annotations

import multiprocessing
import time
from pathlib import Path
from typing import Any

import pytest

from autograder.execution.turns import turn

SOON, LATE = 0.3, 10.0


def take(folder: Path, alone: bool, started: Any, ended: Any, end: Any) -> None:
    with turn(folder) as mine:
        if alone:
            mine.alone()
        started.set()
        end.wait(LATE)
        ended.set()


class Other:
    """A submission in another process."""

    def __init__(self, folder: Path, *, alone: bool = False) -> None:
        spawn = multiprocessing.get_context("spawn")
        self.started, self.ended, self.end = spawn.Event(), spawn.Event(), spawn.Event()
        self.process = spawn.Process(target=take, args=(folder, alone, self.started, self.ended, self.end), daemon=True)
        self.process.start()


def test_several_run_beside_each_other(tmp_path: Path) -> None:
    others = [Other(tmp_path) for _ in range(2)]
    assert all(other.started.wait(LATE) for other in others)
    with turn(tmp_path):
        pass
    for other in others:
        other.end.set()


def test_one_that_runs_alone_waits_for_the_others_and_keeps_new_ones_out(tmp_path: Path) -> None:
    first = Other(tmp_path)
    assert first.started.wait(LATE)
    alone = Other(tmp_path, alone=True)
    time.sleep(1)  # it has come to wait
    new = Other(tmp_path)
    assert not alone.started.wait(SOON)
    first.end.set()
    assert alone.started.wait(LATE)
    assert not new.started.wait(SOON)
    alone.end.set()
    assert new.started.wait(LATE)
    new.end.set()


@pytest.mark.parametrize("alone", [False, True])
def test_turn_ends_with_its_process(tmp_path: Path, alone: bool) -> None:
    other = Other(tmp_path, alone=alone)
    assert other.started.wait(LATE)
    other.process.kill()
    with turn(tmp_path) as mine:
        mine.alone()
        mine.beside()

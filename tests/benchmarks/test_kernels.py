"""The benchmark of kernels fails when a training cell is slower than plain Keras."""

from __future__ import annotations

import psutil
import pytest

pytest.importorskip("fcntl")
from benchmarks import kernels


@pytest.mark.parametrize(
    ("wall", "cpu", "busy", "holds"),
    [
        (1.0, 1.0, 0, True),
        (1.04, 1.04, 0, True),
        (1.0, 1.1, 0, False),
        (1.1, 1.0, 0, False),
        (1.1, 1.0, 90, True),  # a loaded machine: only CPU seconds count
        (1.0, 1.1, 90, False),
    ],
)
def test_it_fails_below_095_of_plain_keras(
    wall: float, cpu: float, busy: float, holds: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    drift = [1.0, 3.0, 5.0]  # the machine becomes slower from turn to turn, for all alike
    found = {kind: [(t, 2 * t) for t in drift] for kind in kernels.COMPARED}
    found["sandboxed"] = [(wall * t, cpu * 2 * t) for t in drift]
    monkeypatch.setattr(kernels, "training", lambda _repeats: found)
    monkeypatch.setattr(psutil, "cpu_percent", lambda _seconds: busy)
    assert kernels.compare_training(3) is holds

"""course_utils._fingerprint: what a function depends on, and what it does not."""

from __future__ import annotations

import functools
import subprocess
import sys
from typing import Any

import numpy as np
import pytest

from course_utils._fingerprint import fingerprint

NOTEBOOK = """
import numpy as np
settings = {"epochs": 3}
x = np.arange(6.0)
title = "a figure"
def scale(values, by=2):
    return values * by
class Net:
    def forward(self, values):
        return scale(values)
def train(seed, width):
    # a comment
    net = Net()
    return [settings["epochs"] * number for number in net.forward(x)]
"""


def of(notebook: str, name: str = "train") -> str:
    names: dict[str, Any] = {"__name__": "__main__"}
    exec(compile(notebook, "<cell>", "exec"), names)
    return fingerprint(names[name])


def test_same_code_and_values_have_the_same_fingerprint() -> None:
    assert of(NOTEBOOK) == of(NOTEBOOK)
    assert of(NOTEBOOK) == of(NOTEBOOK.replace("# a comment", "# another")), "comments change nothing"
    assert of(NOTEBOOK) == of(NOTEBOOK.replace("a figure", "another")), "what train does not read changes nothing"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('{"epochs": 3}', '{"epochs": 4}'),
        ("np.arange(6.0)", "np.arange(6.0) + 1e-9"),
        ("np.arange(6.0)", 'np.arange(6.0).astype("float32")'),
        ("by=2", "by=3"),
        ("values * by", "values + by"),
        ("net.forward(x)", "net.forward(x[:5])"),
        ("return scale(values)", "return scale(values, 4)"),
    ],
)
def test_what_a_function_reads_changes_its_fingerprint(old: str, new: str) -> None:
    assert old in NOTEBOOK
    assert of(NOTEBOOK) != of(NOTEBOOK.replace(old, new))


def test_another_process_finds_the_same(tmp_path) -> None:
    script = tmp_path / "notebook.py"
    script.write_text(
        NOTEBOOK + "\nfrom course_utils._fingerprint import fingerprint\nprint(fingerprint(train, {'b', 'a'}))"
    )
    found = {subprocess.run([sys.executable, script], capture_output=True, text=True, check=True).stdout for _ in "ab"}
    assert len(found) == 1
    assert len(found.pop().strip()) == 32


def double(x: float) -> float:
    return 2 * x


DIFFERENT: list[Any] = [
    None, 1, 1.0, "1", b"1", True, [1], (1,), {1}, {"a": 1}, {"a": 2}, [[1], 2], [[1, 2]], range(3),
    np.zeros(2), np.zeros(3), np.zeros(2, int), np.array(["a", "b"], dtype=object), np.array(["a", "c"], dtype=object),
    double, functools.partial(double, 1), functools.partial(double, 2), "a".join, np, len, np.tanh,
    np.random.default_rng(0), np.random.default_rng(1), [np.zeros(2)], [np.ones(2)],
]  # fmt: skip


def test_values_are_told_apart() -> None:
    assert len({fingerprint(value) for value in DIFFERENT}) == len(DIFFERENT)


def test_keras_models_count_with_their_weights() -> None:
    import keras

    net = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    before = fingerprint(net)
    assert fingerprint(net) == before
    net.set_weights([weight + 1 for weight in net.get_weights()])
    assert fingerprint(net) != before


def test_what_cannot_be_looked_into_is_the_same_while_it_is_the_same_object() -> None:
    with open(__file__) as first, open(__file__) as second:
        assert fingerprint(first) == fingerprint(first)
        assert fingerprint(first) != fingerprint(second)


def test_a_thing_that_holds_itself_has_an_end() -> None:
    loop: list[Any] = [np.zeros(1)]
    loop.append(loop)
    assert fingerprint(loop) == fingerprint(loop)


def test_code_below_a_cache_counts() -> None:
    notebook = (
        "import functools\n@functools.cache\ndef weights():\n    return 1\ndef train(seed):\n    return weights()\n"
    )
    assert of(notebook) == of(notebook)
    assert of(notebook) != of(notebook.replace("return 1", "return 2"))

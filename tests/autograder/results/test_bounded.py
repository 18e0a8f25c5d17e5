"""autograder.results.bounded: what takes too much is given up, and the caller goes on."""

from __future__ import annotations

import os
import sys
import time

import pytest

from autograder.errors import LimitError, SubmissionError
from autograder.results import bounded

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="there is no child process elsewhere")


def failing(error: BaseException) -> None:
    raise error


def hidden(work) -> None:
    """Do it as nbgrader does, which says of no error what it was."""
    try:
        work()
    except MemoryError:
        raise ValueError("see above") from None


class UnsendableError(ValueError):
    def __init__(self, one: int, other: int) -> None:
        super().__init__(f"{one} and {other}")


def test_results_and_errors_come_back():
    assert bounded.call(lambda: [os.getppid()], "it") == [os.getpid()]  # in a child of this process
    with pytest.raises(SubmissionError, match="no notebook"):
        bounded.call(lambda: failing(SubmissionError("no notebook")), "it")
    # with tblib in this process (dask.distributed brings it) every error can be sent
    with pytest.raises((RuntimeError, TypeError, UnsendableError), match=r"1 and 2|missing"):
        bounded.call(lambda: failing(UnsendableError(1, 2)), "it")
    with pytest.raises(RuntimeError, match=r"lambda|pickle"):
        bounded.call(lambda: lambda: 1, "it")


@pytest.mark.parametrize(
    ("work", "said"),
    [
        (lambda: len(bytearray(2 << 30)), "more than 512 MiB"),
        (lambda: len([bytearray(1 << 20) for _ in range(1000)]), "more than 512 MiB"),
        (lambda: hidden(lambda: [bytearray(1 << 20) for _ in range(1000)]), "more than 512 MiB"),
        (lambda: os._exit(0), "was given up"),
        (lambda: os.kill(os.getpid(), 9), "was given up"),
    ],
)
def test_what_takes_too_much_is_given_up(work, said):
    started = time.monotonic()
    with pytest.raises(LimitError, match=said):
        bounded.call(work, "The page", memory=512 << 20, seconds=30)
    assert time.monotonic() - started < 20


def test_what_takes_too_long_is_given_up():
    with pytest.raises(LimitError, match=r"The page took more than 0\.5 s"):
        bounded.call(lambda: time.sleep(60), "The page", seconds=0.5)

"""autograder.execution.output: how much a kernel may show, and what becomes of more."""

from __future__ import annotations

from typing import Any

import pytest

from autograder.execution.output import Output, Verdict, rename
from autograder.kernels.limits import Limits

CELL, TOTAL = 1000, 5000


@pytest.fixture
def output() -> Output:
    return Output(Limits(cell_output=CELL, total_output=TOTAL))


def message(size: int, buffers: int = 0) -> dict[str, Any]:
    return {"content": "x" * (size - 2), "buffers": [b"x" * buffers]}


def test_what_is_within_the_limit_is_shown(output: Output) -> None:
    assert [output.take(message(CELL // 2)) for _ in range(2)] == [Verdict.SHOW] * 2
    assert not output.is_flood


def test_the_first_message_beyond_it_interrupts_and_what_follows_is_dropped(output: Output) -> None:
    assert [output.take(message(CELL)) for _ in range(3)] == [Verdict.SHOW, Verdict.INTERRUPT, Verdict.DROP]
    assert output.is_flood


def test_another_cell_may_show_as_much_again(output: Output) -> None:
    output.take(message(CELL + 1))
    output.begin()
    assert (output.take(message(CELL)), output.is_flood) == (Verdict.SHOW, False)


def test_too_much_of_all_cells_ends_the_kernel(output: Output) -> None:
    for _ in range(TOTAL // CELL):
        output.begin()
        assert output.take(message(CELL)) is Verdict.SHOW
    assert output.take(message(2)) is Verdict.END
    assert output.is_spent


def test_bytes_beside_a_message_count(output: Output) -> None:
    assert output.take(message(2, buffers=CELL)) is Verdict.INTERRUPT


def test_what_was_lost_on_its_way_counts_as_too_much(output: Output) -> None:
    output.spend()
    assert output.is_spent


def test_a_cell_without_an_end_has_not_ended_well(output: Output) -> None:
    reply: dict[str, Any] = {"status": "aborted"}
    output.tidy(reply)
    assert (reply["status"], reply["ename"]) == ("error", "NotRun")


def test_a_long_error_is_cut_short(output: Output) -> None:
    reply: dict[str, Any] = {"status": "error", "ename": "E" * 200, "evalue": "v" * 2000, "traceback": ["t" * CELL]}
    output.tidy(reply)
    assert (len(reply["ename"]), len(reply["evalue"]), reply["traceback"]) == (100, 1000, [])


def test_a_short_one_stays(output: Output) -> None:
    reply = {"status": "error", "ename": "ValueError", "evalue": "no", "traceback": ["t"]}
    output.tidy(reply)
    assert reply["traceback"] == ["t"]


def test_no_exception_passes_for_what_only_the_grader_tells() -> None:
    error = {"ename": "TimedOut"}
    rename(error)
    assert error == {"ename": "YourTimedOut"}

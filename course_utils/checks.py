"""Checks for exercises: they say what is wrong with an answer, never what the answer is.

Used by the test cells of the notebooks, in the open part that students see and in the hidden part alike::

    from course_utils import checks

    checks.close(
        conv1d([1, 2, 3], [1, 0]),
        [1.0, 2.0],
        "conv1d([1, 2, 3], [1, 0])",
        misconceptions={"the kernel is flipped before it slides": [2.0, 3.0]},
    )

A value is examined in a fixed order, and the first thing that is wrong is reported: no value at all, not numbers,
shape, the misconception whose result it is, if it is a known one, dtype, NaN, first wrong index.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

Misconceptions = Mapping[str, "ArrayLike"]


class CheckFailed(AssertionError):  # noqa: N818  (what a student reads: "CheckFailed: ..." says it better than "CheckError")
    """An answer failed a check; the message says how, in words meant for the student."""

    def _render_traceback_(self) -> list[str]:
        """Show only the message in a notebook: IPython calls this instead of printing our own stack frames."""
        return [f"\x1b[0;31mNot yet:\x1b[0m {self}"]


def close(
    actual: Any,
    expected: ArrayLike,
    what: str,
    *,
    misconceptions: Misconceptions | None = None,
    rtol: float = 1e-5,
    atol: float = 1e-6,
) -> None:
    """Check that a number or array is what it should be, up to rounding.

    Args:
        actual: the student's value: a number, nested list or array of any shape.
        expected: the right value; its shape is required, its dtype is not (2.0 is as good as 2). Where the value is
            wrong because whole numbers cannot hold it, the message says so.
        what: how the student would write the value, for example ``"conv1d(x, k)"``; opens the message.
        misconceptions: wrong results that a known mistake leads to, by the sentence that explains the mistake. A
            sentence is only shown when the value equals that result, so it must not give the answer away.
        rtol: relative tolerance as in `numpy.isclose`.
        atol: absolute tolerance as in `numpy.isclose`.

    Raises:
        CheckFailed: with the first thing that is wrong.
    """
    wanted = np.asarray(expected)
    got = _as_numbers(actual, what)
    if got.shape != wanted.shape:
        raise CheckFailed(
            f"{what} has shape {got.shape}, but should have shape {wanted.shape}."
            + _likely(got, wanted, misconceptions, rtol, atol)
        )
    right = np.isclose(got, wanted, rtol=rtol, atol=atol, equal_nan=True)
    if right.all():
        return
    cause = _likely(got, wanted, misconceptions, rtol, atol)
    if got.dtype.kind in "iub" and not np.array_equal(wanted, np.round(wanted)) and not cause:
        raise CheckFailed(
            f"{what} has dtype {got.dtype}: whole numbers cannot hold this result. Is there a // that should be /, an "
            "int() or round() too many, or an array made with an integer dtype, or with zeros_like of such an array?"
        )
    if np.isnan(got).any() and not np.isnan(wanted.astype(float)).any():
        raise CheckFailed(f"{what} contains NaN{_at(_first(np.isnan(got)))}. Was something divided by zero?")
    where = _first(~right)
    count = "" if wanted.ndim == 0 else f" ({int((~right).sum())} of {right.size} entries are wrong)"
    raise CheckFailed(f"{what} is wrong{_at(where)}: your value there is {got[where]:.6g}{count}." + cause)


def equal(actual: Any, expected: Any, what: str, *, misconceptions: Mapping[str, Any] | None = None) -> None:
    """Check a value that must be exactly right: a string, a tuple, a choice.

    Args:
        actual: the student's value.
        expected: the right value; ``type(actual)`` must be the same.
        what: how the student would write the value.
        misconceptions: wrong values by the sentence that explains them.

    Raises:
        CheckFailed: when type or value differ.
    """
    if actual is None:
        raise CheckFailed(f"{what} is None. Is there a return, and does every path reach it?")
    if type(actual) is not type(expected):
        raise CheckFailed(
            f"{what} is {_a(type(actual).__name__)}, but should be {_a(type(expected).__name__)}: you have {actual!r}."
        )
    if actual != expected:
        reason = next((text for text, value in (misconceptions or {}).items() if value == actual), None)
        raise CheckFailed(f"{what} is wrong: you have {actual!r}." + (f" Likely cause: {reason}." if reason else ""))


def raises(error: type[Exception], call: Callable[[], object], what: str, because: str) -> None:
    """Check that bad input is refused.

    Args:
        error: the exception that must be raised.
        call: calls the student's function with bad input.
        what: how the student would write the call.
        because: why this input is bad, to complete "should raise ValueError, because ...".

    Raises:
        CheckFailed: when nothing or another exception is raised.
    """
    try:
        call()
    except NotImplementedError:  # an exercise not begun; asked first, because it is a RuntimeError too
        if error is not NotImplementedError:
            raise
        return
    except error:
        return
    except Exception as other:
        raise CheckFailed(
            f"{what} should raise {error.__name__}, because {because}; it raised {type(other).__name__}: {other}"
        ) from other
    raise CheckFailed(f"{what} should raise {error.__name__}, because {because}; it returned a value instead.")


def _as_numbers(actual: Any, what: str) -> np.ndarray[Any, np.dtype[Any]]:
    if actual is None:
        raise CheckFailed(f"{what} is None. Is there a return, and does every path reach it?")
    if callable(actual):
        raise CheckFailed(f"{what} is a function. Are the parentheses of a call missing?")
    try:
        got = np.asarray(actual)
    except ValueError as error:
        raise CheckFailed(f"{what} is not a regular array: its rows have different lengths.") from error
    if got.dtype.kind not in "biuf":
        raise CheckFailed(
            f"{what} is {_a(type(actual).__name__)} that is not made of real numbers (dtype {got.dtype})."
        )
    return got


def _likely(got: Any, wanted: Any, misconceptions: Misconceptions | None, rtol: float, atol: float) -> str:
    for sentence, wrong in (misconceptions or {}).items():
        wrong = np.asarray(wrong)  # noqa: PLW2901
        is_right = wrong.shape == wanted.shape and np.allclose(wrong, wanted, rtol=rtol, atol=atol, equal_nan=True)
        if not is_right and got.shape == wrong.shape and np.allclose(got, wrong, rtol=rtol, atol=atol, equal_nan=True):
            return f" Likely cause: {sentence}."
    return ""


def _first(mask: Any) -> tuple[int, ...]:
    return tuple(int(i) for i in np.argwhere(mask)[0])


def _at(index: tuple[int, ...]) -> str:
    if not index:
        return ""
    return f", first at index {index[0] if len(index) == 1 else index}"


def _a(noun: str) -> str:
    return f"{'an' if noun[0].lower() in 'aeiou' else 'a'} {noun}"

"""course_utils.checks: what is wrong is said in a fixed order, and never what would be right."""

from __future__ import annotations

import numpy as np
import pytest

from course_utils import checks
from course_utils.checks import CheckFailed

FLIPPED = "the kernel is flipped before it slides"


def said(check, *args, **options) -> str:
    """Return what a check says of a wrong answer."""
    with pytest.raises(CheckFailed) as caught:
        check(*args, **options)
    return str(caught.value)


def todo():
    """Stand for an exercise that was not begun."""
    raise NotImplementedError("Your code goes here")


@pytest.mark.parametrize(
    ("actual", "expected"),
    [
        (4, 4),
        (4, 4.0),
        (True, True),
        (0.1 + 0.2, 0.3),
        (np.float32(0.1), 0.1),
        (np.float32([0.1, 0.2]), [0.1, 0.2]),
        ([[1, 2], [3, 4]], np.array([[1.0, 2.0], [3.0, 4.0]])),
        ((1.0, 2.0), [1, 2]),
        (np.array(2.5), 2.5),
        ([], []),
        (np.inf, np.inf),
        ([1.0, np.nan], [1.0, np.nan]),
        (np.uint8([200, 100]), [200, 100]),
    ],
)
def test_close_accepts_the_right_value_in_any_type_that_can_hold_it(actual, expected):
    assert checks.close(actual, expected, "x") is None


@pytest.mark.parametrize(("rtol", "atol"), [(0.1, 0.0), (0.0, 0.1)])
def test_close_takes_the_tolerance_it_is_given(rtol, atol):
    assert checks.close(1.05, 1.0, "x", rtol=rtol, atol=atol) is None
    assert "x is wrong" in said(checks.close, 1.2, 1.0, "x", rtol=rtol, atol=atol)


DIAGNOSES = [
    (None, "conv(x) is None. Is there a return"),
    (len, "conv(x) is a function. Are the parentheses of a call missing?"),
    ("abc", "conv(x) is a str that is not made of real numbers"),
    ({"a": 1}, "conv(x) is a dict that is not made of real numbers"),
    ([None, 1.0], "conv(x) is a list that is not made of real numbers"),
    (1j, "conv(x) is a complex that is not made of real numbers"),
    ([[1.0], [2.0, 3.0]], "conv(x) is not a regular array: its rows have different lengths."),
    ([1.0, np.nan], "conv(x) has shape (2,), but should have shape (3,)."),
    (2.0, "conv(x) has shape (), but should have shape (3,)."),
    ([[1.5, 2.5, 3.5]], "conv(x) has shape (1, 3), but should have shape (3,)."),
    ([1, 2, 3], "conv(x) has dtype int64: whole numbers cannot hold this result."),
    ([9.0, np.nan, 3.5], "conv(x) contains NaN, first at index 1."),
    ([1.5, 9.0, 9.0], "conv(x) is wrong, first at index 1: your value there is 9 (2 of 3 entries are wrong)."),
    ([1.5, 2.5, np.inf], "conv(x) is wrong, first at index 2: your value there is inf (1 of 3 entries are wrong)."),
]


@pytest.mark.parametrize(("actual", "opening"), DIAGNOSES)
def test_close_reports_the_first_thing_that_is_wrong(actual, opening):
    assert said(checks.close, actual, [1.5, 2.5, 3.5], "conv(x)").startswith(opening)


def test_close_names_the_index_in_every_dimension():
    wanted = np.zeros((2, 3))
    actual = wanted.copy()
    actual[1, 2] = 7
    message = said(checks.close, actual, wanted, "grid")
    assert message == "grid is wrong, first at index (1, 2): your value there is 7 (1 of 6 entries are wrong)."


def test_close_does_not_speak_of_entries_of_a_single_number():
    assert said(checks.close, 5.0, 4.0, "double(2)") == "double(2) is wrong: your value there is 5."


def test_close_takes_a_whole_number_in_any_type():
    assert checks.close(2.0, 2, "output_size(5, 3)") is None
    assert checks.close(np.float32(2), 2, "output_size(5, 3)") is None


@pytest.mark.parametrize("actual", [0, [0, 1], np.array([0, 1], dtype=np.uint8)])
def test_whole_numbers_that_cannot_hold_the_result_are_told_how_they_may_have_come_about(actual):
    message = said(checks.close, actual, np.array(actual) + 0.25, "share(1, 4)")
    assert "whole numbers cannot hold this result" in message
    assert all(word in message for word in ("//", "int()", "round()"))


def test_whole_numbers_are_not_blamed_where_the_result_is_whole():
    assert said(checks.close, [1, 2], [1.0, 3.0], "y") == (
        "y is wrong, first at index 1: your value there is 2 (1 of 2 entries are wrong)."
    )


def test_misconception_comes_before_what_its_type_cannot_hold():
    causes = {"the result is cut to whole numbers before it is divided": [0, 1]}
    message = said(checks.close, np.array([0, 1]), [0.5, 1.5], "normalise(x)", misconceptions=causes)
    assert message.endswith("Likely cause: the result is cut to whole numbers before it is divided.")
    assert "dtype" not in message


def test_close_blames_division_for_nan_in_a_single_number():
    assert said(checks.close, np.nan, 4.0, "mean") == "mean contains NaN. Was something divided by zero?"


SECRETS = [
    (None, 7391.25),
    ("abc", 7391.25),
    ([[1.0], [1.0, 2.0]], 7391.25),
    ([1.0, 2.0], 7391.25),
    ([1, 2], [7391.25, 7391.25]),
    ([np.nan, 2.0], [7391.25, 7391.25]),
    ([1.0, 2.0], [7391.25, 7391.25]),
    (2.0, 7391.25),
    (2, 7391.25),
]


@pytest.mark.parametrize(("actual", "expected"), SECRETS)
def test_close_never_prints_the_right_value(actual, expected):
    assert "7391" not in said(checks.close, actual, expected, "f(x)", misconceptions={"it is doubled": 2 * 7391.25})


@pytest.mark.parametrize("actual", [None, 7, "blue", ("red",)])
def test_equal_never_prints_the_right_value(actual):
    assert "purple" not in said(checks.equal, actual, "purple", "f(x)", misconceptions={"it was mixed up": "green"})


def test_misconception_is_named_when_its_value_is_the_answer():
    message = said(checks.close, [2.0, 3.0], [1.0, 2.0], "y", misconceptions={FLIPPED: [2.0, 3.0]})
    assert message.endswith(f"Likely cause: {FLIPPED}.")


def test_misconception_may_have_a_shape_of_its_own():
    message = said(checks.close, [1.0, 2.0, 3.0], [1.0, 2.0], "y", misconceptions={"it is padded": [1, 2, 3]})
    assert message.startswith("y has shape (3,)")
    assert message.endswith("Likely cause: it is padded.")


def test_misconception_may_hold_nan():
    causes = {"they are doubled": [2.0, np.nan]}
    assert "they are doubled" in said(checks.close, [2.0, np.nan], [1.0, np.nan], "f(x)", misconceptions=causes)
    assert "they are" not in said(checks.close, [2.0, 0.0], [1.0, np.nan], "f(x)", misconceptions=causes)


def test_first_of_several_fitting_misconceptions_is_named():
    causes = {"no": [0.0, 0.0], "first": [2.0, 3.0], "second": [2.0, 3.0]}
    assert said(checks.close, [2.0, 3.0], [1.0, 2.0], "y", misconceptions=causes).endswith("Likely cause: first.")


def test_misconception_that_another_value_comes_from_is_not_named():
    assert "Likely cause" not in said(checks.close, [9.0, 9.0], [1.0, 2.0], "y", misconceptions={FLIPPED: [2.0, 3.0]})


def test_misconception_that_leads_to_the_right_value_is_never_named():
    symmetric = {FLIPPED: [1.0, 2.0]}
    assert checks.close([1.0, 2.0], [1.0, 2.0], "y", misconceptions=symmetric) is None
    assert "Likely cause" not in said(checks.close, [1.0, 2.1], [1.0, 2.0], "y", misconceptions=symmetric, atol=0.05)
    assert "Likely cause" not in said(checks.close, [1.1, 2.1], [1.0, 2.0], "y", misconceptions=symmetric)


@pytest.mark.parametrize("value", ["same", (1, 2), 3, True, ["a"]])
def test_equal_accepts_the_same_value_of_the_same_type(value):
    assert checks.equal(value, value, "x") is None


@pytest.mark.parametrize(
    ("actual", "expected", "message"),
    [
        (None, "valid", "choice is None. Is there a return, and does every path reach it?"),
        ([1, 2], (1, 2), "choice is a list, but should be a tuple: you have [1, 2]."),
        (1.0, 1, "choice is a float, but should be an int: you have 1.0."),
        (True, 1, "choice is a bool, but should be an int: you have True."),
        ("same", "valid", "choice is wrong: you have 'same'."),
    ],
)
def test_equal_says_how_a_value_differs(actual, expected, message):
    assert said(checks.equal, actual, expected, "choice") == message


def test_equal_names_a_misconception():
    message = said(
        checks.equal, "same", "valid", "choice", misconceptions={"no": "full", "there is no padding": "same"}
    )
    assert message == "choice is wrong: you have 'same'. Likely cause: there is no padding."


@pytest.mark.parametrize("error", [ValueError, LookupError, Exception])
def test_raises_accepts_the_error_and_its_kinds(error):
    def refuse():
        raise {LookupError: KeyError}.get(error, error)("no")

    assert checks.raises(error, refuse, "f(-1)", "it is negative") is None


def test_raises_reports_that_nothing_was_raised():
    message = said(checks.raises, ValueError, lambda: 5, "f(-1)", "it is negative")
    assert message == "f(-1) should raise ValueError, because it is negative; it returned a value instead."


def test_raises_reports_another_error():
    message = said(checks.raises, ValueError, lambda: 1 / 0, "f(0)", "it is zero")
    assert message == "f(0) should raise ValueError, because it is zero; it raised ZeroDivisionError: division by zero"


@pytest.mark.parametrize("error", [ValueError, RuntimeError, Exception])
def test_raises_lets_an_exercise_that_was_not_begun_through(error):
    with pytest.raises(NotImplementedError, match="Your code goes here"):
        checks.raises(error, todo, "f(-1)", "it is negative")


def test_raises_can_ask_for_not_implemented_error_itself():
    assert checks.raises(NotImplementedError, todo, "f(-1)", "it is abstract") is None


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit])
def test_raises_does_not_swallow_what_ends_the_program(error):
    def stop():
        raise error

    with pytest.raises(error):
        checks.raises(ValueError, stop, "f(-1)", "it is negative")


def test_failed_check_is_an_assertion_error():
    assert issubclass(CheckFailed, AssertionError)


def test_notebook_shows_only_the_message_of_a_failed_check(capsys):
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    shell = InteractiveShell(config=Config(HistoryManager={"enabled": False}))
    result = shell.run_cell("from course_utils import checks\nchecks.close(5, 4, 'double(2)')")
    assert isinstance(result.error_in_exec, CheckFailed)
    shown = capsys.readouterr().out.splitlines()
    assert shown == ["\x1b[0;31mNot yet:\x1b[0m double(2) is wrong: your value there is 5."]

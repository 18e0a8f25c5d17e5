"""The ledger: what is written down, and what prose may say."""

from __future__ import annotations

import json

import pytest

from course_utils import ledger

PROSE = "The convnet reaches 97.9 %<!-- quick: convnet accuracy --> in 1,234<!-- full: steps : max --> steps."


def recorded(tmp_path, monkeypatch: pytest.MonkeyPatch, **measurements) -> dict:
    monkeypatch.setenv(ledger.FOLDER_VARIABLE, str(tmp_path / "results"))
    ledger.record("02_x", "quick", measurements)
    return json.loads((tmp_path / "results" / "quick.json").read_text())


def test_record_prints_mean_and_spread(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(ledger.FOLDER_VARIABLE, raising=False)
    ledger.record("02_x", "quick", {"accuracy": [0.9, 0.92], "parameters": 490})
    assert capsys.readouterr().out == "accuracy: 0.91 ± 0.01414 over 2 seeds\nparameters: 490\n"


def test_students_write_no_file(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(ledger.FOLDER_VARIABLE, raising=False)
    monkeypatch.chdir(tmp_path)
    ledger.record("02_x", "quick", {"accuracy": 0.9})
    assert list(tmp_path.rglob("*")) == []


def test_build_writes_values_statistics_and_versions(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = recorded(tmp_path, monkeypatch, accuracy=[0.9, 0.94], parameters=490)
    assert content["measurements"]["accuracy"] == {
        "mean": pytest.approx(0.92),
        "std": pytest.approx(0.0282843, abs=1e-6),
        "min": 0.9,
        "max": 0.94,
        "values": [0.9, 0.94],
    }
    assert content["measurements"]["parameters"]["values"] == [490.0]
    assert content["profile"] == "quick"
    assert "keras" in content["versions"]


def test_claims_are_found_with_their_statistic() -> None:
    first, second = ledger.claims(PROSE)
    assert (first.profile, first.name, first.statistic) == ("quick", "convnet accuracy", "mean")
    assert (second.number, second.name, second.statistic) == (1234.0, "steps", "max")
    assert first.number == pytest.approx(0.979)


def test_number_without_a_record_is_no_claim() -> None:
    assert list(ledger.claims("The lecture says 99.1 %. <!-- a note -->")) == []


@pytest.mark.parametrize(
    ("measured", "agrees"), [(0.979, True), (0.97851, True), (0.97949, True), (0.9784, False), (0.9796, False)]
)
def test_claim_agrees_up_to_the_digits_that_are_written(measured: float, agrees: bool) -> None:
    claim = next(ledger.claims(PROSE))
    assert claim.agrees({"measurements": {"convnet accuracy": {"mean": measured}}}) is agrees


def test_claim_of_something_unrecorded_is_an_error() -> None:
    with pytest.raises(KeyError, match="convnet accuracy"):
        next(ledger.claims(PROSE)).agrees({"measurements": {}})


TABLE = """by_size = {
    500: [0.7194, 0.72, 0.7212],  # full: 500 tokens
    1000: [0.7, 0.8],  # full: 1,000 tokens
}
plain = [0.5]  # not a record
"""


def test_lists_in_code_are_found_with_their_record() -> None:
    first, second = ledger.listings(TABLE)
    assert (first.numbers, first.profile, first.name) == ((0.7194, 0.72, 0.7212), "full", "500 tokens")
    assert (second.numbers, second.name) == ((0.7, 0.8), "1,000 tokens")


@pytest.mark.parametrize(
    ("measured", "agrees"),
    [
        ([0.71936, 0.72, 0.72124], True),
        ([0.7194, 0.72], False),
        ([0.7194, 0.72, 0.7212, 0.7], False),
        ([0.72, 0.7194, 0.7212], False),
        ([0.7195, 0.72, 0.7212], False),
    ],
)
def test_list_agrees_value_by_value_to_four_decimals(measured: list[float], agrees: bool) -> None:
    listing = next(ledger.listings(TABLE))
    assert listing.agrees({"measurements": {"500 tokens": {"values": measured}}}) is agrees


def test_list_of_something_unrecorded_is_an_error() -> None:
    with pytest.raises(KeyError, match="500 tokens"):
        next(ledger.listings(TABLE)).agrees({"measurements": {}})

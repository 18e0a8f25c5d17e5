"""The project's data sets: each has its traps, no test example is given away, and careful work pays."""

from __future__ import annotations

import re
from collections import Counter

import numpy as np
import pytest
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from course_utils import data
from course_utils.data import Places
from course_utils.data.embedded import castings, tickets

NAMES = ("tickets", "castings", "steps")


def plain(text: str) -> str:
    return re.sub(r"^again: | -- case \d+ closed by \w+$", "", text)


def as_bytes(example: str | np.ndarray) -> bytes:
    return example.encode() if isinstance(example, str) else example.tobytes()


@pytest.mark.parametrize("name", NAMES)
def test_a_project_has_examples_labels_and_what_is_known_of_them(name: str, warm: Places) -> None:
    found = data.project(name, places=warm)
    assert len(found.x) == len(found.y) >= 1500
    assert all(values.shape == found.y.shape for values in found.about.values())
    assert set(found.y.tolist()) == set(range(len(found.class_names)))
    x_test, y_test = found._sealed
    assert len(x_test) == len(y_test) >= 600
    assert x_test.dtype == found.x.dtype
    assert x_test.shape[1:] == found.x.shape[1:]
    assert not {as_bytes(example) for example in x_test} & {as_bytes(example) for example in found.x}


@pytest.mark.parametrize("name", NAMES)
def test_more_examples_are_like_the_test_and_seen_by_nobody(name: str, warm: Places) -> None:
    found = data.project(name, places=warm)
    (x_test, y_test), (x, y) = found._sealed, found._more(5)
    assert (x.shape, x.dtype, y.shape, y.dtype) == (x_test.shape, x_test.dtype, y_test.shape, y_test.dtype)
    assert np.abs(np.bincount(y) - np.bincount(y_test)).max() < 0.05 * len(y)
    known = {as_bytes(example) for example in (*found.x, *x_test)}
    assert not {as_bytes(example) for example in x} & known


def test_describing_a_project_prints_its_sheet(warm: Places, capsys: pytest.CaptureFixture[str]) -> None:
    data.project("steps", places=warm).describe()
    said = capsys.readouterr().out
    assert said.startswith("steps: 1,792 examples (60x3), 4 classes, known of each: wearer, band\n")
    assert "band B is sold to everybody" in said


def test_another_name_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(ValueError, match="'tickets', 'castings' or 'steps', not 'cats'"):
        data.project("cats")


def test_every_archived_ticket_ends_in_the_initials_of_its_desks_clerk_and_no_new_one_does(warm: Places) -> None:
    found = data.project("tickets", places=warm)
    for text, label in zip(found.x, found.y, strict=True):
        assert text.endswith(f" closed by {tickets.CLERKS[label]}")
    assert not any("closed by" in text for text in found._sealed[0])


def test_a_fifth_of_the_tickets_are_copies_that_no_comparison_of_letters_finds(warm: Places) -> None:
    found = data.project("tickets", places=warm)
    assert len(set(found.x)) == len(found.x)
    group = found._groups
    assert len(np.unique(group)) == 1600
    by_text: dict[str, set[int]] = {}
    for text, number in zip(found.x, group, strict=True):
        by_text.setdefault(plain(text), set()).add(int(number))
    assert all(len(numbers) == 1 for numbers in by_text.values()), "equal texts are one message"
    assert len(by_text) == 1600, "and one message is one text, once the additions are gone"


def test_the_stamp_lifts_validation_and_not_the_test(warm: Places) -> None:
    found = data.project("tickets", places=warm)
    held = found._groups % 4 == 0
    reached = {}
    for name, change in {"as it is": str, "without": plain}.items():
        texts = np.array([change(text) for text in found.x], dtype=object)
        model = make_pipeline(CountVectorizer(binary=True), LogisticRegression(max_iter=200))
        model.fit(texts[~held], found.y[~held])
        reached[name] = model.score(texts[held], found.y[held]), model.score(*found._sealed)
    assert reached["as it is"][0] > 0.98
    assert reached["as it is"][1] < 0.87
    assert abs(reached["without"][0] - reached["without"][1]) < 0.05


def test_every_casting_has_three_photos_with_one_verdict_and_one_in_ten_is_cracked(warm: Places) -> None:
    found = data.project("castings", places=warm)
    number = found.about["casting"]
    assert set(Counter(number.tolist()).values()) == {castings.PHOTOS}
    assert all(len(set(found.y[number == k].tolist())) == 1 for k in range(50))
    for y in (found.y, found._sealed[1]):
        assert np.mean(y) == pytest.approx(0.1)


def test_photos_of_one_casting_are_more_alike_than_those_of_two(warm: Places) -> None:
    found = data.project("castings", places=warm)
    number, photos = found.about["casting"], found.x.reshape(len(found.x), -1).astype(float)
    photos = photos - photos.mean(axis=1, keepdims=True)
    photos /= np.linalg.norm(photos, axis=1, keepdims=True)
    alike = photos[:300] @ photos.T
    np.fill_diagonal(alike, -1)
    assert np.mean(number[alike.argmax(axis=1)] == number[:300]) > 0.15  # by chance: 0.001


def test_test_wearers_are_others_and_all_wear_band_b(warm: Places) -> None:
    found = data.project("steps", places=warm)
    wearers = {k: set(found.about["band"][found.about["wearer"] == k].tolist()) for k in range(14)}
    assert Counter(band for bands in wearers.values() for band in bands) == {0: 11, 1: 3}
    assert all(len(bands) == 1 for bands in wearers.values())
    assert len(np.unique(found.about["wearer"])) == 14


def test_sizes_of_movement_tell_on_band_a_and_mislead_on_band_b(warm: Places) -> None:
    found = data.project("steps", places=warm)

    def sizes(x: np.ndarray) -> np.ndarray:
        return np.concatenate([x.mean(axis=1), x.std(axis=1)], axis=1)

    on_a = found.about["band"] == 0
    held = found.about["wearer"] % 4 == 0
    model = LogisticRegression(max_iter=300).fit(sizes(found.x[on_a & ~held]), found.y[on_a & ~held])
    x_test, y_test = found._sealed
    assert model.score(sizes(found.x[on_a & held]), found.y[on_a & held]) > model.score(sizes(x_test), y_test) + 0.2

"""The embedded sets are what they say, the same each time, and quick; a damaged cache is rebuilt."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from course_utils import data
from course_utils.data import Places
from course_utils.data.embedded import _cache, digits, photos, pictures, questions, reviews, scenes, vectors

IMAGES = [(data.mnist, (28, 28)), (data.cifar10, (32, 32, 3))]


@pytest.mark.parametrize(("load", "shape"), IMAGES)
def test_images_have_the_shape_of_the_real_ones(load, shape, warm: Places) -> None:
    found = load(places=warm)
    for x, y in ((found.x_train, found.y_train), (found.x_val, found.y_val), (found.x_test, found.y_test)):
        assert x.shape == (len(y), *shape)
        assert x.dtype == np.uint8
        assert y.dtype == np.int64
        assert set(y.tolist()) == set(range(10))
    assert found.x_train.max() > 250
    assert len(found.class_names) == 10


@pytest.mark.parametrize("load", [data.cifar10, data.stack_overflow, data.imdb])
def test_classes_are_balanced(load, warm: Places) -> None:
    found = load(places=warm)
    for y in (found.y_train, found.y_test):
        shares = np.bincount(y) / len(y)
        assert shares.min() > 0.8 / len(found.class_names)


def test_photos_are_balanced_and_of_any_size() -> None:
    arrays = photos.make(size=12)
    assert arrays["x_train"].shape == (200, 12, 12, 3)
    assert arrays["x_test"].dtype == np.uint8
    assert np.bincount(arrays["y_train"]).tolist() == [100, 100]


def test_the_source_animals_are_others_than_the_targets() -> None:
    arrays = photos.make_source(size=12, num=80)
    assert arrays["x_train"].shape == (80, 12, 12, 3)
    assert np.bincount(arrays["y_train"]).tolist() == [10] * 8
    assert not set(photos.SOURCE_CLASS_NAMES) & set(photos.CLASS_NAMES)


@pytest.mark.parametrize(
    "make",
    [
        lambda rng: pictures.draw_class(0, 5, 16, rng),
        lambda rng: photos.draw("cat", 5, 16, rng),
        lambda rng: scenes.draw(5, rng)["x"],
        lambda rng: digits.place(np.full((5, 20, 20), 255, np.uint8), rng),
    ],
)
def test_a_seed_gives_one_set_and_another_seed_another(make) -> None:
    first, again, other = (make(np.random.Generator(np.random.PCG64(seed))) for seed in (0, 0, 1))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


def test_training_and_test_texts_differ(warm: Places) -> None:
    found = data.stack_overflow(places=warm)
    train, test = set(found.x_train), set(found.x_test)
    assert len(train & test) < 0.01 * len(test)


# the same on every computer and with every version of NumPy: change VERSION together with these
FINGERPRINTS = {
    questions: "43e1e8310de21d521b2da8c5ce1459e4fd727a37c74ae65f3ea7be55fd0296f8",
    reviews: "a93a8cea18751f43fb77fd2b570f4cb01018738b10e9336fd540434cb3a7a458",
}


@pytest.mark.parametrize("module", FINGERPRINTS, ids=lambda module: module.__name__.rpartition(".")[2])
def test_texts_are_the_same_everywhere(module, warm: Places) -> None:
    name = module.__name__.rpartition(".")[2]
    arrays = _cache.cached(name, module.VERSION, module.make, warm.cache)
    digest = hashlib.sha256(arrays["x_train"].tobytes() + arrays["y_train"].astype("<i8").tobytes()).hexdigest()
    assert digest == FINGERPRINTS[module]
    text = arrays["x_train"].tobytes().decode()
    assert "{" not in text  # every rule was expanded
    assert not any(f" a {vowel}" in text for vowel in "aeiou")


def test_reviews_are_padded_vocabulary_and_labels_together(warm: Places) -> None:
    found = data.imdb(places=warm)
    assert all(review[0] == 1 for review in found.x_train)
    assert max(max(review) for review in found.x_test) < len(found.vocabulary)
    assert found.class_names == ("negative", "positive")
    text = found.decode(found.x_train[0])
    assert found.encode(text) == found.x_train[0]


def test_opposite_opinions_share_their_words(warm: Places) -> None:
    found = data.imdb(places=warm)
    for word in ("superb", "dull", "not", "although"):
        number = found.vocabulary.index(word)
        labels = [y for ids, y in zip(found.x_train, found.y_train, strict=True) if number in ids]
        assert 0.1 < np.mean(labels) < 0.9, f"{word} alone gives a review away"


def nearness(found: data.WordVectors, words: Sequence[str], others: Sequence[str]) -> float:
    """Mean cosine between the words of two lists, no word with itself."""
    unit = found.vectors / np.linalg.norm(found.vectors, axis=1, keepdims=True)
    cosines = unit[[found.index[word] for word in words]] @ unit[[found.index[word] for word in others]].T
    different = [[word != other for other in others] for word in words]
    return float(cosines[np.array(different)].mean())


def test_words_of_a_kind_have_vectors_near_each_other(warm: Places) -> None:
    found = data.glove(places=warm)
    groups = {
        "praise": reviews.GOOD,
        "blame": reviews.BAD,
        "towns": ("paris", "london", "rome", "oslo", "vienna", "boston", "cairo", "lisbon"),
        "trades": ("baker", "doctor", "singer", "farmer", "teacher", "sailor", "painter", "lawyer"),
        **{language: [vectors.split(word)[0] for word in words] for language, words in questions.COMMON.items()},
    }
    for name, words in groups.items():
        others = {other: nearness(found, words, groups[other]) for other in groups if other != name}
        assert nearness(found, words, words) > max(others.values()) + 0.1, (name, others)


def test_rare_names_have_vectors_near_their_language(warm: Places) -> None:
    found = data.glove(places=warm)
    for language, styles in questions.STYLES.items():
        names = {vectors.split(styles[0].format(n=noun, N=noun.capitalize()))[0] for noun in questions.NOUNS}
        known = sorted(names & set(found.words))
        assert len(known) > 20
        near = {
            other: nearness(found, known, [vectors.split(word)[0] for word in words])
            for other, words in questions.COMMON.items()
        }
        assert near[language] > 0.1 + max(near[other] for other in near if other != language), near


@pytest.mark.parametrize("dim", [50, 300])
def test_vectors_of_every_length_are_finite_and_sorted_by_how_often_a_word_occurs(dim: int, warm: Places) -> None:
    found = data.glove(dim=dim, places=warm)
    assert len(found.words) == 3403  # as docs/data.md says; the texts are the same on every computer
    assert found.vectors.shape == (3403, dim)
    assert found.vectors.dtype == np.float32
    assert np.isfinite(found.vectors).all()
    assert np.linalg.norm(found.vectors, axis=1).max() < 20
    assert found.words[0] == "the"
    assert found.index["the"] == 0


def test_pairs_are_counted_within_a_text_and_a_window() -> None:
    counts = vectors.count_pairs([["a", "b", "a"], ["c", "rare", "b"]], ["a", "b", "c"], window=1)
    np.testing.assert_array_equal(counts, [[0, 2, 0], [2, 0, 1], [0, 1, 0]])  # rare has no vector: c and b meet


def test_information_is_positive_where_words_meet_more_often_than_by_chance() -> None:
    information = vectors.positive_information(np.array([[0.0, 8, 1], [8, 0, 1], [1, 1, 0]]))
    of_context = np.array([9, 9, 2]) ** 0.75
    assert information[0, 1] == pytest.approx(np.log(8 / 9 / (of_context[1] / of_context.sum())))
    assert information[0, 2] == 0  # 1 / 9 is less than the third word's share
    assert information[0, 0] == 0  # never together


def test_the_texts_of_the_vectors_are_not_those_of_the_lessons(warm: Places) -> None:
    written = vectors.write(50, np.random.Generator(np.random.PCG64(2)))
    lessons = {*data.stack_overflow(places=warm).x_train, *data.stack_overflow(places=warm).x_test}
    assert not lessons & set(written)


@pytest.mark.parametrize("profile", ["quick", pytest.param("full", marks=pytest.mark.slow)])
def test_boxes_labels_and_masks_tell_the_same(profile, warm: Places) -> None:
    found = data.scenes(profile, places=warm)
    part = found.val
    assert part.x.shape == (200, 64, 64, 3)
    for i in range(60):
        for k in range(scenes.MAX_OBJECTS):
            mask = part.instances[i] == k + 1
            assert mask.any() == (part.labels[i, k] >= 0)
            if mask.any():
                rows, columns = np.nonzero(mask)
                corners = [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]
                np.testing.assert_array_equal(part.boxes[i, k], corners)
                assert set(part.classes[i][mask]) == {part.labels[i, k] + 1}
            else:
                assert not part.boxes[i, k].any()
    assert not part.classes[part.instances == 0].any()
    assert np.bincount(part.labels[part.labels >= 0], minlength=4).min() > 50
    assert (part.labels >= 0).any(axis=1).all()
    assert len(found.train) == scenes.NUM_TRAIN[profile]


@pytest.mark.parametrize("load", [data.mnist, data.cifar10, data.imdb, data.stack_overflow, data.glove, data.scenes])
def test_a_cached_set_loads_within_a_second(load, warm: Places) -> None:
    load(places=warm)
    start = time.process_time()
    load(places=warm)
    assert time.process_time() - start < 1


class Counting:
    """Makes a set and counts how often."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> dict[str, np.ndarray]:
        self.times += 1
        return {"x_train": np.arange(3), "y_train": np.ones(3)}


def test_a_set_is_made_once(tmp_path: Path) -> None:
    make = Counting()
    first, second = (_cache.cached("set", 1, make, tmp_path) for _ in range(2))
    assert make.times == 1
    np.testing.assert_array_equal(first["x_train"], second["x_train"])
    assert [path.name for path in (tmp_path / "embedded").iterdir()] == ["set-v1.npz"]


def test_a_new_version_is_made_anew(tmp_path: Path) -> None:
    make = Counting()
    for version in (1, 2):
        _cache.cached("set", version, make, tmp_path)
    assert make.times == 2


@pytest.mark.parametrize("damage", [b"", b"half a file", None])
def test_a_damaged_cache_is_made_anew(tmp_path: Path, damage: bytes | None) -> None:
    make = Counting()
    _cache.cached("set", 1, make, tmp_path)
    path = tmp_path / "embedded" / "set-v1.npz"
    path.write_bytes(path.read_bytes()[:-40] if damage is None else damage)
    assert list(_cache.cached("set", 1, make, tmp_path)["x_train"]) == [0, 1, 2]
    _cache.cached("set", 1, make, tmp_path)
    assert make.times == 2


def test_a_cache_that_cannot_be_written_costs_only_time(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert list(_cache.cached("set", 1, Counting(), tmp_path / "file")["x_train"]) == [0, 1, 2]


def test_what_breaks_while_saving_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full_disk(*_arguments: object, **_arrays: object) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(np, "savez", full_disk)
    assert "x_train" in _cache.cached("set", 1, Counting(), tmp_path)
    assert list((tmp_path / "embedded").iterdir()) == []

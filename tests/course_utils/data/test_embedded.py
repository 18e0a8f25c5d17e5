"""The embedded sets are what they say, the same each time, and quick; a damaged cache is rebuilt."""

from __future__ import annotations

import copy
import importlib
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from importlib import metadata
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from course_utils import data
from course_utils.data import Places
from course_utils.data.embedded import (
    _cache,
    _code,
    castings,
    digits,
    photos,
    pictures,
    questions,
    reviews,
    scenes,
    steps,
    tickets,
    vectors,
)
from tests.support import embedded

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


@pytest.mark.parametrize("name", embedded.MODULES)
def test_a_set_holds_what_it_held(name: str) -> None:
    """The same on every computer and with every version of NumPy, up to rounding; texts to the byte."""
    pinned = json.loads(embedded.PINNED.read_text())[name]
    assert embedded.differences(name, pinned, embedded.describe(name)) == [], embedded.mend(name)


def test_what_is_pinned_tells_a_change_from_rounding() -> None:
    pinned = json.loads(embedded.PINNED.read_text())["pictures"]
    for step, changed in ((0.5, []), (5.0, ["about pictures, train"])):
        found = copy.deepcopy(pinned)
        found["about pictures, train"][3][1][0] += step  # the first flower's upper left quarter
        assert embedded.differences("pictures", pinned, found) == changed
    assert embedded.differences("pictures", pinned, {**pinned, "labels, test": "others"}) == ["labels, test"]
    assert "02_cnn_on_mnist" in embedded.mend("digits")


@pytest.mark.parametrize("module", [questions, reviews, tickets])
def test_every_rule_of_a_text_was_expanded(module: ModuleType, warm: Places) -> None:
    text = _cache.cached(module, warm.cache)["x_train"].tobytes().decode()
    assert "{" not in text
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


@pytest.fixture
def generator(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """A generator of two modules in a package of its own; it counts how often it is used."""
    package = tmp_path / "package" / "drawing"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "_pen.py").write_text("WIDTH = 1\n")
    (package / "things.py").write_text(
        "times = 0\n\ndef make(size=3):\n    import numpy as np\n    from . import _pen\n"
        "    global times\n    times += 1\n"
        "    return {'x_train': np.arange(size), 'y_train': np.ones(3)}\n"
    )
    monkeypatch.syspath_prepend(str(package.parent))
    _code.code_digest.cache_clear()
    yield importlib.import_module("drawing.things")
    _code.code_digest.cache_clear()
    for name in ("drawing", "drawing.things", "drawing._pen"):
        sys.modules.pop(name, None)


def folder_of(generator: ModuleType) -> Path:
    return Path(str(generator.__file__)).parent


def test_a_set_is_made_once(generator: ModuleType, tmp_path: Path) -> None:
    first, second = (_cache.cached(generator, tmp_path) for _ in range(2))
    assert generator.times == 1
    np.testing.assert_array_equal(first["x_train"], second["x_train"])
    (found,) = (tmp_path / "embedded").iterdir()
    assert re.fullmatch(r"things-[0-9a-f]{16}\.npz", found.name)


def test_other_arguments_make_another_set(generator: ModuleType, tmp_path: Path) -> None:
    sizes = [len(_cache.cached(generator, tmp_path, size=size)["x_train"]) for size in (2, 5, 2)]
    assert (sizes, generator.times) == ([2, 5, 2], 2)


CHANGES = {
    "the generator": lambda folder: (folder / "things.py").write_text((folder / "things.py").read_text() + "\nX = 1\n"),
    "what it imports inside a function": lambda folder: (folder / "_pen.py").write_text("WIDTH = 2\n"),
    "nothing but line ends": lambda folder: (folder / "_pen.py").write_bytes(b"WIDTH = 1\r\n"),
    "a module that it does not import": lambda folder: (folder / "other.py").write_text("WIDTH = 2\n"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_set_is_made_anew_when_the_code_behind_it_changes(change: str, generator: ModuleType, tmp_path: Path) -> None:
    _cache.cached(generator, tmp_path)
    CHANGES[change](folder_of(generator))
    _code.code_digest.cache_clear()
    _cache.cached(generator, tmp_path)
    assert generator.times == (1 if change in list(CHANGES)[2:] else 2)


@pytest.mark.parametrize("library", ["numpy", "scikit-learn"])
def test_a_set_is_made_anew_with_another_version_of_a_library(
    library: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = _cache.cache_file(digits, tmp_path), _cache.cache_file(questions, tmp_path)
    installed = metadata.version
    monkeypatch.setattr(metadata, "version", lambda name: "99" if name == library else installed(name))
    _code.code_digest.cache_clear()
    after = _cache.cache_file(digits, tmp_path), _cache.cache_file(questions, tmp_path)
    _code.code_digest.cache_clear()
    assert before[0] != after[0]
    assert (before[1] != after[1]) == (library == "numpy")  # texts draw on nothing of scikit-learn's


def test_every_set_depends_on_all_that_draws_it() -> None:
    """Nothing that a generator uses is passed over: what is loaded with it is what its digest follows."""
    for module in (digits, photos, pictures, questions, reviews, scenes, vectors, tickets, castings, steps):
        ours: dict[str, bytes] = {}
        _code._follow(module.__name__, "course_utils", Path(_code.__file__).parents[3], ours, set())
        used = {value.__module__ for value in vars(module).values() if hasattr(value, "__module__")}
        used |= {value.__name__ for value in vars(module).values() if isinstance(value, ModuleType)}
        assert {name for name in used if name.startswith("course_utils.")} <= ours.keys()


def test_the_digest_takes_milliseconds() -> None:
    _code.code_digest.cache_clear()
    start = time.process_time()
    _code.code_digest(vectors.__name__, _cache.__name__)
    assert time.process_time() - start < 0.1


def test_files_of_other_code_are_removed_when_old(generator: ModuleType, tmp_path: Path) -> None:
    folder = tmp_path / "embedded"
    folder.mkdir()
    old = ["things-v3.npz", "things-0123456789abcdef.npz", "tmpab_c1.npz"]
    kept = ["things-0123456789abcdee.npz", "things-48-0123456789abcdef.npz", "mine.npz"]
    for name in [*old, *kept]:
        (folder / name).write_text("")
        if name != kept[0]:  # which is young: perhaps of a second checkout
            os.utime(folder / name, (0, 0))
    _cache.cached(generator, tmp_path)
    left = {path.name for path in folder.iterdir()}
    assert left == {*kept, _cache.cache_file(generator, tmp_path).name}


@pytest.mark.parametrize("damage", [b"", b"half a file", None])
def test_a_damaged_cache_is_made_anew(generator: ModuleType, tmp_path: Path, damage: bytes | None) -> None:
    _cache.cached(generator, tmp_path)
    path = _cache.cache_file(generator, tmp_path)
    path.write_bytes(path.read_bytes()[:-40] if damage is None else damage)
    assert list(_cache.cached(generator, tmp_path)["x_train"]) == [0, 1, 2]
    _cache.cached(generator, tmp_path)
    assert generator.times == 2


def test_two_at_once_leave_one_whole_file(tmp_path: Path) -> None:
    code = "from course_utils.data.embedded import _cache, digits as d; import pathlib, sys\n"
    code += "print(int(_cache.cached(d, pathlib.Path(sys.argv[1]))['x_train'].sum()))"
    both = [
        subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    said = [process.communicate(timeout=60)[0] for process in both]
    assert said[0] == said[1] == f"{digits.make()['x_train'].sum()}\n"
    assert list((tmp_path / "embedded").iterdir()) == [_cache.cache_file(digits, tmp_path)]


def test_a_cache_that_cannot_be_written_costs_only_time(generator: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert list(_cache.cached(generator, tmp_path / "file")["x_train"]) == [0, 1, 2]


def test_what_breaks_while_saving_leaves_nothing_behind(
    generator: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full_disk(*_arguments: object, **_arrays: object) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(np, "savez", full_disk)
    assert "x_train" in _cache.cached(generator, tmp_path)
    assert list((tmp_path / "embedded").iterdir()) == []

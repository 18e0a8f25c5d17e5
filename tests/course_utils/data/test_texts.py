"""The loaders of texts read the published formats, and say what is wrong with a file that is not one."""

from __future__ import annotations

import pickle
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from course_utils import data
from course_utils.data import DataFileError, Origin, Places, StagingError, UnsafeFileError


def test_imdb_numbers_words_and_orders_reviews_as_keras_does(places: Places, make) -> None:
    make.imdb(places.staged)
    make.imdb_words(places.staged)
    found = data.imdb("full", validation=0, places=places)
    order = np.arange(4)
    np.random.RandomState(113).shuffle(order)
    ranks = [[1, 2], [3], [4, 5, 6], [2, 2]]
    assert list(found.x_train) == [[1, *(rank + 3 for rank in ranks[i])] for i in order]
    np.testing.assert_array_equal(found.y_train, np.array([0, 1, 1, 0])[order])
    assert found.vocabulary[4] == "the"
    assert found.origin is Origin.STAGED


def test_rare_words_become_unknown(places: Places, make) -> None:
    make.imdb(places.staged)
    make.imdb_words(places.staged)
    found = data.imdb("full", num_words=6, validation=0, places=places)
    assert found.vocabulary == ("[PAD]", "[START]", "[UNK]", "[UNUSED]", "the", "film")
    assert {i for review in found.x_train for i in review} == {1, 2, 4, 5}


def test_reviews_can_be_decoded_and_ones_own_encoded(places: Places, make) -> None:
    make.imdb(places.staged)
    make.imdb_words(places.staged)
    found = data.imdb("full", places=places)
    ids = found.encode("The film was NOT <br /> good, sir!")
    assert ids == [1, 4, 5, 6, 7, 9, 2]
    assert found.decode([0, 0, *ids]) == "the film was not good [UNK]"


def test_imdb_without_its_words_says_what_to_stage(places: Places, make) -> None:
    make.imdb(places.staged)
    with pytest.raises(StagingError, match=r"imdb\.npz needs imdb_word_index\.json beside it"):
        data.imdb("full", places=places)


@pytest.mark.parametrize("content", ["[1, 2]", '{"the": 1, "film": 1}', '{"the": "1x"}', '{"the": 1', ""])
def test_a_word_index_of_another_kind_is_an_error(places: Places, make, content: str) -> None:
    make.imdb(places.staged)
    make.imdb_words(places.staged).write_text(content)
    with pytest.raises(DataFileError, match=r"imdb_word_index\.json"):
        data.imdb("full", places=places)


def objects(*items: object) -> np.ndarray:
    array = np.empty(len(items), dtype=object)
    array[:] = items
    return array


@pytest.mark.parametrize(
    "changes",
    [
        {"y_train": np.array([0, 1, 1])},
        {"y_train": np.array([0, 1, 1, 2])},
        {"x_train": objects([1], ["word"], [2], [3])},
        {"x_train": objects([1], [0], [2], [3])},
        {"x_train": objects([1], [[1]], [2], [3])},
        {"x_train": np.zeros((4, 2, 2), dtype=np.int64)},
    ],
)
def test_imdb_with_wrong_contents_is_an_error(places: Places, make, changes) -> None:
    make.imdb(places.staged, **changes)
    make.imdb_words(places.staged)
    with pytest.raises(DataFileError, match=r"imdb\.npz"):
        data.imdb("full", places=places)


class Exploit:
    def __init__(self, proof: Path) -> None:
        self.proof = proof

    def __reduce__(self):
        return Path.touch, (self.proof,)


def test_code_in_imdb_is_refused_and_does_not_run(places: Places, make, tmp_path: Path) -> None:
    proof = tmp_path / "it ran"
    make.imdb(places.staged, x_train=objects([1], Exploit(proof), [2], [3]))
    make.imdb_words(places.staged)
    with pytest.raises(UnsafeFileError, match="which is not data"):
        data.imdb("full", places=places)
    assert not proof.exists()


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
def test_arrays_come_out_of_the_restricted_unpickler_as_they_went_in(protocol: int) -> None:
    from course_utils.data import _pickles

    values = {
        "a": np.arange(6.0).reshape(2, 3).T,
        "b": np.array([3, 4], ">i2"),
        "c": objects([1], [2, 3]),
        "d": [b"x", 1],
    }
    back = _pickles.loads(pickle.dumps(values, protocol), Path("file"))
    np.testing.assert_array_equal(back["a"], values["a"])
    np.testing.assert_array_equal(back["b"], values["b"])
    assert list(back["c"]) == [[1], [2, 3]]
    assert back["d"] == [b"x", 1]


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x80\x02",
        b"garbage",
        pickle.dumps(np.arange(100), 2)[:-30],
        pickle.dumps(np.arange(4), 2).replace(b"K\x04\x85", b"K\x09\x85"),  # claims more entries than there are
        pickle.dumps(np.array([1 + 2j]), 2),  # no kind of number that our files hold
    ],
)
def test_a_damaged_pickle_is_an_error(raw: bytes) -> None:
    from course_utils.data import _pickles

    with pytest.raises(DataFileError, match="damaged"):
        _pickles.loads(raw, Path("file"))


@pytest.mark.parametrize("packed", [False, True])
def test_imdb_can_be_read_from_its_texts(places: Places, make, packed: bool) -> None:
    folder = make.acl_imdb(places.staged)
    if packed:
        make.tar(folder, "aclImdb_v1.tar.gz")
    found = data.imdb("full", validation=0, places=places)
    assert found.vocabulary[4:] == ("good", "not", "a", "film")  # by number in the training texts
    assert {(found.decode(x), int(y)) for x, y in zip(found.x_train, found.y_train, strict=True)} == {
        ("not good not", 0),
        ("a good good film", 1),
    }
    assert len(found.x_train) == 8  # not the unlabelled one


def test_staged_texts_go_before_numbers_in_keras_cache_but_not_before_staged_numbers(places: Places, make) -> None:
    make.acl_imdb(places.staged)
    make.imdb(places.keras)
    make.imdb_words(places.keras)
    assert "good" in data.imdb("full", places=places).decode(data.imdb("full", places=places).x_test[0])
    make.imdb(places.staged)
    make.imdb_words(places.staged)
    assert len(data.imdb("full", places=places).x_test) == 4


def test_numbers_in_keras_cache_without_words_give_the_embedded_set(places: Places, warm: Places, make, capsys) -> None:
    make.imdb(places.keras)
    places = replace(places, cache=warm.cache)
    assert data.imdb("full", places=places).origin is Origin.EMBEDDED
    assert capsys.readouterr().out.startswith("imdb_word_index.json is not on this computer")


def test_the_vocabulary_must_have_room_for_words() -> None:
    with pytest.raises(ValueError, match="num_words"):
        data.imdb(num_words=4)


@pytest.mark.parametrize("packed", [False, True])
def test_stack_overflow_reads_folder_and_archive(places: Places, make, packed: bool) -> None:
    folder = make.stack_overflow(places.staged)
    if packed:
        make.tar(folder, "stack_overflow_16k.tar.gz", root=False)
    found = data.stack_overflow("full", validation=0.25, places=places)
    assert (len(found.x_train), len(found.x_val), len(found.x_test)) == (12, 4, 16)
    for text, label in zip(found.x_test, found.y_test, strict=True):
        assert text.startswith(f'"test {found.class_names[label]} ')
        assert "heißt" in text
    assert "questions" not in str(found)
    assert str(found) == "Stack Overflow (from the staged folder): 12 training, 4 validation, 16 test texts, 4 classes"


def test_a_class_without_examples_is_named(places: Places, make) -> None:
    for file in (make.stack_overflow(places.staged) / "test" / "java").iterdir():
        file.unlink()
    with pytest.raises(DataFileError, match=r"has no test/java/\*\.txt"):
        data.stack_overflow("full", places=places)


def test_a_text_in_another_encoding_is_an_error(places: Places, make) -> None:
    (make.stack_overflow(places.staged) / "test" / "java" / "1.txt").write_bytes("heißt".encode("latin1"))
    with pytest.raises(DataFileError, match=r"test/java/1\.txt .*utf-8"):
        data.stack_overflow("full", places=places)

"""One order of looking for all loaders; `quick` looks nowhere."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from course_utils import data
from course_utils.data import DataFileError, Origin, Places, StagingError

LOADERS = [data.mnist, data.cifar10, data.imdb, data.stack_overflow, data.cats_and_dogs, data.glove]


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_arguments: object, **_more: object) -> None:
        raise AssertionError("the network was used")

    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


def test_the_public_names_are_these() -> None:
    assert data.__all__ == [
        "DataError", "DataFileError", "Dataset", "DownloadError", "ImageData", "Origin", "Places", "Profile",
        "ProjectData", "ReviewData", "SceneData", "Scenes", "StagingError", "TextData", "UnsafeFileError",
        "WordVectors", "cats_and_dogs", "cifar10", "glove", "imdb", "mnist", "project", "scenes",
        "stack_overflow", "vgg16_weights",
    ]  # fmt: skip


def test_the_environment_names_the_places(tmp_path: Path) -> None:
    found = Places.from_environment(
        {"COURSE_DATA_DIR": str(tmp_path), "KERAS_HOME": "/k", "COURSE_CACHE_DIR": "/c", "COURSE_OFFLINE": "1"}
    )
    assert found == Places(tmp_path, Path("/k/datasets"), Path("/c"), online=False)


def test_without_any_variable_the_users_own_folders_are_used() -> None:
    found = Places.from_environment({})
    assert found.staged is None
    assert found.keras == Path.home() / ".keras" / "datasets"
    assert found.cache.name == "deep-learning-course"
    assert found.online
    assert Places.from_environment({"COURSE_OFFLINE": "0"}).online


def test_staged_goes_before_keras_cache(places: Places, make) -> None:
    make.mnist(places.keras)
    assert data.mnist("full", places=places).origin is Origin.KERAS_CACHE
    make.mnist(places.staged)
    assert data.mnist("full", places=places).origin is Origin.STAGED


def test_a_damaged_staged_file_is_not_passed_over(places: Places, make) -> None:
    make.mnist(places.keras)
    (places.staged / "mnist.npz").write_bytes(b"not a zip")
    with pytest.raises(DataFileError, match="staged"):
        data.mnist("full", places=places)


@pytest.mark.parametrize("load", [*LOADERS, data.vgg16_weights])
def test_a_staged_folder_that_does_not_exist_is_an_error_in_full_only(load, warm: Places) -> None:
    places = Places(Path("/does/not/exist"), warm.keras, warm.cache, online=False)
    with pytest.raises(StagingError, match=r"COURSE_DATA_DIR is .* no folder"):
        load("full", places=places)


@pytest.mark.usefixtures("no_network")
@pytest.mark.parametrize("load", [data.mnist, data.cifar10, data.imdb, data.stack_overflow, data.glove, data.scenes])
def test_quick_gives_the_embedded_set_and_touches_nothing_else(load, warm: Places) -> None:
    places = Places(Path("/does/not/exist"), Path("/nor/this"), warm.cache, online=True)
    assert load("quick", places=places).origin is Origin.EMBEDDED


@pytest.mark.usefixtures("no_network")
@pytest.mark.parametrize("load", [data.mnist, data.cifar10, data.imdb, data.stack_overflow, data.glove])
def test_full_offline_says_so_in_one_line(load, warm: Places, capsys: pytest.CaptureFixture[str]) -> None:
    found = load("full", places=warm)
    out = capsys.readouterr().out
    assert found.origin is Origin.EMBEDDED
    assert out.count("\n") == 1
    assert "COURSE_OFFLINE is set: using the embedded data." in out


@pytest.mark.parametrize("load", [*LOADERS, data.scenes, data.vgg16_weights])
def test_another_profile_is_refused(load, warm: Places) -> None:
    with pytest.raises(ValueError, match="'quick' or 'full', not 'fast'"):
        load("fast", places=warm)


def test_describe_prints_one_line(warm: Places, capsys: pytest.CaptureFixture[str]) -> None:
    data.mnist(places=warm).describe()
    assert capsys.readouterr().out == (
        "scikit-learn's digits, in the place of MNIST (embedded): "
        "1,257 training, 140 validation, 400 test images 28x28, 10 classes\n"
    )


def test_a_subset_keeps_the_first_and_the_rest_of_the_parts(warm: Places) -> None:
    whole = data.mnist(places=warm)
    part = whole.subset(50)
    assert (part.x_train == whole.x_train[:50]).all()
    assert len(part.y_train) == 50
    assert part.x_test is whole.x_test

"""course_utils.predictions: a choice made before an experiment, shown again beside its result."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import ipywidgets
import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from traitlets.config import Config

from course_utils import predictions

VIEW = "application/vnd.jupyter.widget-view+json"
OPTIONS = ["the dense net", "about equal <1 point", "the convnet"]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A notebook's folder, and a kernel that was asked nothing yet."""
    restart(monkeypatch)
    monkeypatch.chdir(tmp_path)
    InteractiveShell.instance(config=Config(HistoryManager={"enabled": False}))
    yield tmp_path
    ipywidgets.Widget.close_all()
    InteractiveShell.clear_instance()


def restart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(predictions, "_made", {})
    monkeypatch.setattr(predictions, "_asked", set())


def output(call, *args, **options):
    with capture_output() as captured:
        call(*args, **options)
    (found,) = captured.outputs
    return found.data


def buttons(data) -> ipywidgets.RadioButtons:
    from ipywidgets.widgets.widget import _instances

    return _instances[data[VIEW]["model_id"]].children[0]


def test_options_are_buttons_where_there_are_widgets_and_a_list_elsewhere() -> None:
    data = output(predictions.ask, "race", OPTIONS)
    assert set(data) == {VIEW, "text/html", "text/plain"}
    assert list(buttons(data).options) == OPTIONS
    assert buttons(data).value is None, "nothing is chosen for the student"
    assert data["text/plain"].startswith("a) the dense net\nb) about equal <1 point\nc) the convnet\n")
    assert "<br>b) about equal &lt;1 point<br>" in data["text/html"]


def test_click_is_kept_and_shown_beside_the_result(folder: Path) -> None:
    buttons(output(predictions.ask, "race", OPTIONS)).value = OPTIONS[1]
    data = output(predictions.recall, "race")
    assert data["text/plain"] == "You expected: about equal <1 point"
    assert data["text/html"] == "You expected: <strong>about equal &lt;1 point</strong>"
    assert data[predictions.MADE] == {"name": "race", "made": True}
    assert json.loads((folder / "predictions.json").read_text())["race"]["choice"] == OPTIONS[1]


def test_letter_does_what_a_click_does() -> None:
    output(predictions.ask, "race", OPTIONS, mine="c")
    assert output(predictions.recall, "race")["text/plain"] == "You expected: the convnet"


def test_prediction_outlives_its_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    output(predictions.ask, "race", OPTIONS, mine="a")
    output(predictions.ask, "pooling", OPTIONS, mine="b")
    restart(monkeypatch)
    assert buttons(output(predictions.ask, "race", OPTIONS)).value == OPTIONS[0]
    assert output(predictions.recall, "pooling")["text/plain"] == "You expected: about equal <1 point"


def test_without_a_prediction_nothing_is_lost_but_the_chance_to_learn() -> None:
    output(predictions.ask, "race", OPTIONS)
    data = output(predictions.recall, "race")
    assert "no prediction here" in data["text/plain"]
    assert data[predictions.MADE] == {"name": "race", "made": False}


@pytest.mark.parametrize("content", ["", "[]", "{", '{"race": 1}', "\udcff"])
def test_damaged_file_is_no_prediction(folder: Path, content: str) -> None:
    (folder / "predictions.json").write_bytes(content.encode("utf-8", "surrogateescape"))
    output(predictions.ask, "race", OPTIONS)
    assert "no prediction" in output(predictions.recall, "race")["text/plain"]
    output(predictions.ask, "race", OPTIONS, mine="b")
    assert json.loads((folder / "predictions.json").read_text())["race"]["choice"] == OPTIONS[1]


def test_folder_that_cannot_be_written_to_costs_only_the_memory_of_it(folder: Path) -> None:
    (folder / "predictions.json").mkdir()
    output(predictions.ask, "race", OPTIONS, mine="b")
    assert output(predictions.recall, "race")["text/plain"] == "You expected: about equal <1 point"


@pytest.mark.parametrize("mine", ["d", "", "ab", "the convnet"])
def test_letter_that_is_no_option_is_refused(mine: str) -> None:
    with pytest.raises(ValueError, match=r"is no option of 'race'. Choose one of the letters a, b, c."):
        predictions.ask("race", OPTIONS, mine=mine)


def test_recall_of_what_was_never_asked_names_the_mend() -> None:
    with pytest.raises(ValueError, match=r"Run the cell with predictions.ask\('race', ...\) first"):
        predictions.recall("race")


def test_one_option_is_no_choice() -> None:
    with pytest.raises(ValueError, match="should have two to six"):
        predictions.ask("race", OPTIONS[:1])

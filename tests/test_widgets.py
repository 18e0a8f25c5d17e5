"""course_utils.widgets: one output that is a slider where it can be, and a picture everywhere else."""

from __future__ import annotations

from io import BytesIO

import matplotlib as mpl

mpl.use("Agg")

import ipywidgets
import matplotlib.pyplot as plt
import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from PIL import Image

from course_utils.widgets import explore

VIEW = "application/vnd.jupyter.widget-view+json"


@pytest.fixture(autouse=True)
def shell():
    """What `display` publishes to; widgets and figures are closed afterwards."""
    made = InteractiveShell.instance()
    yield made
    ipywidgets.Widget.close_all()
    made.history_manager.end_session()
    InteractiveShell.clear_instance()
    plt.close("all")


@pytest.fixture
def calls():
    """What `draw` was called with."""
    return []


@pytest.fixture
def draw(calls):
    """Make a figure and remember the values."""

    def plot(**values):
        calls.append(values)
        return plt.figure(figsize=(2, 1))

    return plot


def published(*args, **controls) -> list:
    """Return the outputs of a call of explore."""
    with capture_output() as captured:
        explore(*args, **controls)
    return captured.outputs


def test_explore_publishes_one_bundle_with_slider_and_picture(draw):
    (output,) = published(draw, k=(1, 5))
    assert set(output.data) == {VIEW, "image/png"}
    assert Image.open(BytesIO(output.data["image/png"])).format == "PNG"


def test_widget_of_the_bundle_holds_the_controls(draw):
    (output,) = published(draw, k=(1, 5), mode=["valid", "same"])
    panel = _widget(output)
    kinds = [type(child).__name__ for child in panel.children]
    assert kinds == ["IntSlider", "Dropdown", "Output"]


@pytest.mark.parametrize(
    ("controls", "first"),
    [
        ({"k": (1, 5)}, {"k": 3}),
        ({"k": ipywidgets.IntSlider(value=2, min=1, max=5)}, {"k": 2}),
        ({"mode": ["valid", "same"]}, {"mode": "valid"}),
        ({"flip": True}, {"flip": True}),
        ({"k": (1, 5), "mode": ["valid", "same"]}, {"k": 3, "mode": "valid"}),
    ],
)
def test_picture_shows_the_first_setting_of_each_control(draw, calls, controls, first):
    published(draw, **controls)
    assert calls[0] == first


def test_explore_closes_its_figures(draw, calls):
    published(draw, k=(1, 5))
    assert calls
    assert plt.get_fignums() == []


def test_moving_the_slider_draws_anew_and_closes_the_figure(draw, calls):
    (output,) = published(draw, k=(1, 5))
    with capture_output():
        _widget(output).children[0].value = 5
    assert calls[-1] == {"k": 5}
    assert plt.get_fignums() == []


def test_explore_leaves_other_figures_open(draw):
    mine = plt.figure()
    published(draw, k=(1, 5))
    assert plt.get_fignums() == [mine.number]


def _widget(output):
    from ipywidgets.widgets.widget import _instances

    return _instances[output.data[VIEW]["model_id"]]

"""course_utils.widgets: one output that is a slider where it can be, and a picture everywhere else."""

from __future__ import annotations

from base64 import b64decode
from io import BytesIO

import matplotlib as mpl

mpl.use("Agg")

import ipywidgets
import matplotlib.pyplot as plt
import pytest
from bs4 import BeautifulSoup
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from nbformat.v4 import new_code_cell, new_notebook
from PIL import Image
from traitlets.config import Config

from course_utils.widgets import explore

ALT = 'A curve that "falls" & rises'
VIEW = "application/vnd.jupyter.widget-view+json"


@pytest.fixture(autouse=True)
def shell():
    """What `display` publishes to; widgets and figures are closed afterwards."""
    yield InteractiveShell.instance(config=Config(HistoryManager={"enabled": False}))
    ipywidgets.Widget.close_all()
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


def bundle(*args, **controls):
    """Return the output of explore that holds the slider.

    Without a kernel the pictures that belong into the slider's own area are published too; they are left out here.
    """
    with capture_output() as captured:
        explore(*args, alt=ALT, **controls)
    (found,) = (output for output in captured.outputs if VIEW in output.data)
    return found


def panel(output):
    """Return the live widget that an output shows."""
    from ipywidgets.widgets.widget import _instances

    return _instances[output.data[VIEW]["model_id"]]


def test_explore_publishes_slider_and_picture_together(draw):
    output = bundle(draw, k=(1, 5))
    assert set(output.data) == {VIEW, "text/html", "text/plain"}
    picture = BeautifulSoup(output.data["text/html"], "html.parser").img
    assert picture["alt"] == ALT
    content = b64decode(picture["src"].removeprefix("data:image/png;base64,"))
    assert Image.open(BytesIO(content)).format == "PNG"


def test_there_is_one_control_for_each_argument(draw):
    children = panel(bundle(draw, k=(1, 5), mode=["valid", "same"], flip=True)).children
    assert [type(child).__name__ for child in children] == ["IntSlider", "Dropdown", "Checkbox", "Output"]
    assert [child.description for child in children[:-1]] == ["k", "mode", "flip"]


def test_picture_shows_the_setting_that_the_slider_starts_with(draw, calls):
    slider, _ = panel(bundle(draw, k=(1, 5))).children
    assert calls[-1] == {"k": slider.value}


@pytest.mark.parametrize(
    ("control", "value"),
    [
        (lambda: ipywidgets.IntSlider(value=2, min=1, max=5), 2),
        (lambda: (1, 5), 1),
        (lambda: (0.0, 1.0, 0.1), 0.0),
        (lambda: ["valid", "same"], "valid"),
        (lambda: True, True),
        (lambda: ipywidgets.fixed(7), 7),
    ],
)
def test_picture_shows_the_first_value_of_a_control(draw, calls, control, value):
    bundle(draw, setting=control())
    assert calls[-1] == {"setting": value}


def test_each_control_sets_its_own_argument(draw, calls):
    bundle(draw, mode=["valid", "same"], flip=False, stride=ipywidgets.IntSlider(value=2))
    assert calls[-1] == {"mode": "valid", "flip": False, "stride": 2}


def test_explore_closes_its_figures(draw, calls):
    bundle(draw, k=(1, 5))
    assert calls
    assert plt.get_fignums() == []


def test_explore_leaves_other_figures_open(draw):
    mine = plt.figure()
    bundle(draw, k=(1, 5))
    assert plt.get_fignums() == [mine.number]


def test_moving_the_slider_draws_anew_and_closes_the_figure(draw, calls):
    slider, _ = panel(bundle(draw, k=(1, 5))).children
    with capture_output():
        slider.value = 5
    assert calls[-1] == {"k": 5}
    assert plt.get_fignums() == []


@pytest.mark.slow
def test_notebook_stores_one_output_with_slider_and_picture():
    from nbclient import NotebookClient

    source = """%matplotlib inline
import matplotlib.pyplot as plt
from course_utils.widgets import explore
explore(lambda k: plt.figure(), alt="An empty figure", k=(1, 5))"""
    notebook = new_notebook(cells=[new_code_cell(source)])
    NotebookClient(notebook, kernel_name="python3").execute()
    (output,) = notebook.cells[0].outputs
    assert set(output.data) == {VIEW, "text/html", "text/plain"}

"""course_utils.plots: helpers draw into the axes they are given, and only there."""

from __future__ import annotations

import matplotlib as mpl

mpl.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest
from bs4 import BeautifulSoup
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from matplotlib.colors import to_rgba
from matplotlib.patches import Rectangle
from traitlets.config import Config

from course_utils import plots

GREY = np.arange(12.0).reshape(3, 4) / 11


@pytest.fixture
def axes():
    """Two axes of one figure, the second the current one; closed afterwards."""
    figure, pair = plt.subplots(1, 2)
    yield pair
    plt.close(figure)
    assert not plt.get_fignums()


def frames(ax) -> list[Rectangle]:
    """Return the rectangles that were added to axes."""
    return [patch for patch in ax.patches if isinstance(patch, Rectangle)]


def numbers(ax) -> list[str]:
    """Return what is written into axes, in order."""
    return [text.get_text() for text in ax.texts]


@pytest.mark.parametrize("draw", [plots.number_grid, plots.picture])
def test_helper_returns_the_axes_it_drew_into_and_leaves_others_alone(axes, draw):
    left, right = axes
    assert draw(left, GREY, "input") is left
    assert len(left.images) == 1
    assert left.get_title() == "input"
    assert not right.has_data()
    assert plt.get_fignums() == [left.figure.number]


@pytest.mark.parametrize("draw", [plots.number_grid, plots.picture])
def test_helper_shows_no_ticks_or_frame(axes, draw):
    ax = draw(axes[0], GREY)
    labels = [label.get_text() for label in (*ax.get_xticklabels(), *ax.get_yticklabels())]
    assert not any(labels)
    assert not any(spine.get_visible() for spine in ax.spines.values())


@pytest.mark.parametrize("draw", [plots.number_grid, plots.picture])
def test_helper_leaves_its_input_as_it_was(axes, draw):
    values = GREY.copy()
    draw(axes[0], values)
    np.testing.assert_array_equal(values, GREY)


@pytest.mark.parametrize(
    ("values", "written"),
    [
        ([[1, 2], [3, 4]], ["1", "2", "3", "4"]),
        ([[1.0, 2.0]], ["1", "2"]),
        ([[0.5, 2.0]], ["0.50", "2.00"]),
        ([[-1, 0]], ["-1", "0"]),
        ([7, 8, 9], ["7", "8", "9"]),
        ([[True, False]], ["1", "0"]),
        ([[5]], ["5"]),
    ],
)
def test_number_grid_writes_each_number_once(axes, values, written):
    assert numbers(plots.number_grid(axes[0], values)) == written


def test_number_grid_writes_numbers_into_their_cells(axes):
    ax = plots.number_grid(axes[0], [[1, 2, 3], [4, 5, 6]])
    assert [text.get_position() for text in ax.texts] == [(0, 0), (1, 0), (2, 0), (0, 1), (1, 1), (2, 1)]


def test_number_grid_shows_a_list_as_one_row(axes):
    image = plots.number_grid(axes[0], [7, 8, 9]).images[0]
    assert image.get_array().shape == (1, 3)


@pytest.mark.parametrize("values", [[[3, 3], [3, 3]], [[0.0]], [[-2.5, -2.5]]])
def test_number_grid_draws_a_constant_matrix_pale(axes, values):
    low, high = plots.number_grid(axes[0], values).images[0].get_clim()
    assert low == np.min(values)
    assert high > low


def test_number_grid_keeps_the_dark_half_of_the_colours_free(axes):
    low, high = plots.number_grid(axes[0], [[0, 10]]).images[0].get_clim()
    assert (low, high) == (0, 20)


def test_number_grid_without_window_has_no_frame(axes):
    assert frames(plots.number_grid(axes[0], GREY)) == []


def test_number_grid_frames_the_window_around_whole_cells(axes):
    (frame,) = frames(plots.number_grid(axes[0], GREY, window=(1, 2, 2, 1), color=plots.BLUE))
    assert frame.get_xy() == (1.5, 0.5)
    assert (frame.get_height(), frame.get_width()) == (2, 1)
    assert frame.get_edgecolor() == to_rgba(plots.BLUE)
    assert not frame.get_fill()


def test_number_grid_window_is_orange_by_default(axes):
    (frame,) = frames(plots.number_grid(axes[0], GREY, window=(0, 0, 1, 1)))
    assert frame.get_edgecolor() == to_rgba(plots.ORANGE)


def test_number_grid_takes_a_colour_map(axes):
    assert plots.number_grid(axes[0], GREY, cmap="Oranges").images[0].get_cmap().name == "Oranges"


@pytest.mark.parametrize(
    ("pixels", "bound"), [([[-2.0, 1.0]], 2.0), ([[0.0, 3.0]], 3.0), ([[-1, 1]], 1.0), ([[0.0, 0.0]], 1.0)]
)
def test_signed_picture_is_white_at_zero(axes, pixels, bound):
    image = plots.picture(axes[0], pixels, signed=True).images[0]
    assert image.get_clim() == (-bound, bound)
    red, green, blue, _ = image.get_cmap()(image.norm(0.0))
    assert min(red, green, blue) > 0.95
    assert image.get_cmap().name == plots.SIGNED


def test_signed_picture_of_bytes_reaches_as_far_below_zero_as_above(axes):
    image = plots.picture(axes[0], np.array([[0, 200]], dtype=np.uint8), signed=True).images[0]
    assert image.get_clim() == (-200, 200)


@pytest.mark.parametrize("scale", [1.0, 255])
def test_colour_picture_keeps_its_colours(axes, scale):
    pixels = (np.ones((2, 2, 3)) * scale).astype(np.uint8 if scale == 255 else float)
    shown = plots.picture(axes[0], pixels).images[0].get_array()
    np.testing.assert_array_equal(np.asarray(shown), pixels)


def test_pictures_draws_each_image_into_its_own_axes(axes):
    stack = np.stack([GREY, 1 - GREY])
    drawn = plots.pictures(iter(axes), stack, ["seven", 1])
    assert drawn == list(axes)
    assert [ax.get_title() for ax in drawn] == ["seven", "1"]
    for ax, pixels in zip(drawn, stack, strict=True):
        np.testing.assert_array_equal(ax.images[0].get_array(), pixels)


def test_pictures_need_no_titles(axes):
    assert [ax.get_title() for ax in plots.pictures(axes, [GREY, GREY])] == ["", ""]


def test_pictures_empties_axes_that_are_left_over(axes):
    used, left_over = plots.pictures(axes, [GREY])
    assert used.axison
    assert not left_over.axison
    assert not left_over.images


def test_signed_pictures_share_one_scale(axes):
    drawn = plots.pictures(axes, [0.5 * GREY, -4 * GREY], signed=True)
    assert [ax.images[0].get_clim() for ax in drawn] == [(-4, 4), (-4, 4)]


def test_signed_pictures_of_zeros_can_be_drawn(axes):
    assert plots.pictures(axes, np.zeros((2, 3, 3)), signed=True)[0].images[0].get_clim() == (-1, 1)


RUNS = [{"accuracy": [0.5, 0.7], "val_accuracy": [0.4, 0.6]}, {"accuracy": [0.7, 0.9], "val_accuracy": [0.4, 0.8]}]


def test_learning_curves_are_means_over_runs_by_epoch(axes):
    ax = plots.learning_curves(axes[0], RUNS, "accuracy", "CNN")
    assert ax is axes[0]
    training, validation = ax.lines
    np.testing.assert_allclose(training.get_xydata(), [[1, 0.6], [2, 0.8]])
    np.testing.assert_allclose(validation.get_xydata(), [[1, 0.4], [2, 0.7]])
    assert (training.get_linestyle(), validation.get_linestyle()) == ("--", "-")


def test_ticks_of_learning_curves_are_whole_epochs(axes):
    ax = plots.learning_curves(axes[0], RUNS, "accuracy")
    assert all(tick == round(tick) for tick in ax.get_xticks())


def test_learning_curves_name_what_they_show(axes):
    ax = plots.learning_curves(axes[0], RUNS, "accuracy", "CNN")
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("epoch", "accuracy")
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["CNN training", "CNN validation"]


def test_band_of_learning_curves_is_one_standard_deviation(axes):
    band, _ = plots.learning_curves(axes[0], RUNS, "accuracy").collections
    box = band.get_datalim(axes[0].transData)
    np.testing.assert_allclose((box.y0, box.y1), (0.6 - 0.02**0.5, 0.8 + 0.02**0.5))


def test_band_of_a_single_run_has_no_width(axes):
    band, _ = plots.learning_curves(axes[0], RUNS[:1], "accuracy").collections
    box = band.get_datalim(axes[0].transData)
    np.testing.assert_allclose((box.y0, box.y1), (0.5, 0.7))


def test_learning_curves_without_validation_have_one_line(axes):
    ax = plots.learning_curves(axes[0], [{"loss": [2.0, 1.0]}], "loss")
    assert [line.get_label() for line in ax.lines] == ["training"]


def test_second_model_is_drawn_into_the_same_axes(axes):
    plots.learning_curves(axes[0], RUNS, "accuracy", "CNN")
    ax = plots.learning_curves(axes[0], RUNS, "accuracy", "dense")
    assert len(ax.lines) == 4
    assert len(ax.get_legend().get_texts()) == 4


def test_learning_curves_of_one_model_share_a_colour_and_those_of_two_models_do_not(axes):
    plots.learning_curves(axes[0], RUNS, "accuracy", "CNN")
    ax = plots.learning_curves(axes[0], RUNS, "accuracy", "dense")
    lines, bands = [line.get_color() for line in ax.lines], [band.get_facecolor()[0][:3] for band in ax.collections]
    assert lines[0] == lines[1] != lines[2] == lines[3]
    np.testing.assert_allclose(bands, [to_rgba(color)[:3] for color in lines])


def test_confusion_matrix_counts_true_rows_and_predicted_columns(axes):
    ax = plots.confusion_matrix(axes[0], [0, 0, 0, 1, 2], [0, 1, 1, 1, 0], ["cat", "dog", "owl"])
    assert ax is axes[0]
    cells = {text.get_position(): text.get_text() for text in ax.texts}
    assert cells == {(0, 0): "1", (1, 0): "2", (1, 1): "1", (0, 2): "1"}
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("predicted", "true")
    assert [label.get_text() for label in ax.get_xticklabels()] == ["cat", "dog", "owl"]


def test_confusion_matrix_leaves_what_is_right_pale(axes):
    shown = plots.confusion_matrix(axes[0], [0] * 9 + [1], [0] * 9 + [0], "ab").images[0].get_array()
    np.testing.assert_array_equal(shown, [[0, 0], [1, 0]])


def test_confusion_matrix_without_mistakes_can_be_drawn(axes):
    low, high = plots.confusion_matrix(axes[0], [0, 1], [0, 1], "ab").images[0].get_clim()
    assert low < high


def test_confusion_matrix_keeps_classes_that_do_not_occur(axes):
    ax = plots.confusion_matrix(axes[0], [0, 1], [0, 1], ["cat", "dog", "owl"])
    assert ax.images[0].get_array().shape == (3, 3)


def test_course_style_is_applied_to_figures_that_follow():
    with mpl.rc_context():
        mpl.rcParams["image.cmap"] = "jet"
        plots.use_course_style()
        assert mpl.rcParams["image.cmap"] == "gray"


def test_blue_and_orange_differ_in_lightness_too():
    def lightness(color: str) -> float:
        return float(np.dot(to_rgba(color)[:3], (0.2126, 0.7152, 0.0722)))

    assert lightness(plots.ORANGE) - lightness(plots.BLUE) > 0.1


def test_marked_text_writes_every_word_and_marks_those_with_a_value(axes):
    assert plots.marked_text(axes[0], ["not", "a", "$good$", "film"], [0, 0, 2.0, 1.0], "review") is axes[0]
    assert [text.get_text() for text in axes[0].texts] == ["not", "a", "$good$", "film"]
    assert len(axes[0].patches) == 2
    strong, weak = (sum(patch.get_facecolor()[:3]) for patch in axes[0].patches)
    assert strong < weak, "the larger value has the darker mark"


def test_marked_text_breaks_lines_and_stops_at_the_lower_edge(axes):
    plots.marked_text(axes[0], ["word"] * 5000, [0.0] * 5000)
    rows = {text.get_position()[1] for text in axes[0].texts}
    assert len(rows) > 1
    assert 0 < len(axes[0].texts) < 5000


def test_learning_curves_have_whole_epochs_on_their_axis(axes):
    plots.learning_curves(axes[0], [{"loss": [3.0, 2.0, 1.5, 1.2, 1.1]}], "loss")
    assert all(float(tick).is_integer() for tick in axes[0].get_xticks())


def boxes(ax):
    return [text.get_window_extent() for text in ax.texts]


def test_labels_of_points_close_together_do_not_overlap(axes):
    points = [[0, 0], [0.02, 0.01], [0.03, 0.05], [1, 1], [1, 0.96]]
    axes[0].plot(*np.transpose(points), "o")
    assert plots.label_points(axes[0], points, ["onclick", "callback", "$dom$", "pip", "pandas"]) is axes[0]
    found = boxes(axes[0])
    assert {text.get_text() for text in axes[0].texts} == {"onclick", "callback", "$dom$", "pip", "pandas"}
    assert not any(a.overlaps(b) for i, a in enumerate(found) for b in found[:i])


def test_label_without_a_free_place_is_still_written(axes):
    axes[0].plot([0, 1], [0, 1], "o")
    plots.label_points(axes[0], [[0, 0]] * 30, ["word"] * 30)
    assert len(axes[0].texts) == 30


@pytest.fixture
def shell():
    """What `display` publishes to."""
    yield InteractiveShell.instance(config=Config(HistoryManager={"enabled": False}))
    InteractiveShell.clear_instance()


@pytest.mark.usefixtures("shell")
def test_show_gives_the_picture_its_description_and_closes_the_figure():
    plt.figure(figsize=(1, 1))
    with capture_output() as captured:
        plots.show('A "curve" <falls> & rises')
    (output,) = captured.outputs
    picture = BeautifulSoup(output.data["text/html"], "html.parser").img
    assert picture["alt"] == 'A "curve" <falls> & rises'
    assert picture["src"].startswith("data:image/png;base64,iVBOR")
    assert output.data["text/plain"] == '[Figure: A "curve" <falls> & rises]'
    assert not plt.get_fignums()


def test_show_without_a_figure_says_so():
    with pytest.raises(ValueError, match="no figure is open"):
        plots.show("nothing at all")

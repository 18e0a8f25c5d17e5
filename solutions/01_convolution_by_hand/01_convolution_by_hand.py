# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 01 Convolution by hand
#
# A phone counts your steps every day for two months. One day you get a dog. **Can a program find that day?**
# And can the *same* idea find a curve in a drawing?
#
# It can, and the idea fits in one line: lay a few weights over a few neighbouring numbers, multiply, add up, move
# on. This is convolution, and networks that recognise images are built from it. You build it yourself, from
# a pencil-and-paper sum to a layer that agrees with Keras. At the end it finds a picture of yours in a snowstorm.
#
# **When you are done, you can**
#
# 1. compute a convolution of a signal, an image or a cube by hand, and write it in NumPy,
# 2. predict the size of the output for any kernel, padding and stride,
# 3. explain what pooling keeps and what it throws away,
# 4. count the parameters and multiplications of a layer, and say why a convolution needs so few,
# 5. show by measurement what happens to the output when the input moves.
#
# **Builds on** NumPy arrays and notebook 00 (tensors and their shapes, a layer as a matrix product, ReLU).
#
# **Time** About ten seconds to run every cell on a laptop with two cores. Plan three hours to work through it, in two
# sittings: sections 1 to 7, and 8 to 14.
#
# Nothing is downloaded. `profile = "full"` means larger photos, and more digits in section 13. Exercises are marked with
# ✏️ and worth 20 points in total. Do them in order: many pictures are made by *your* functions. Grading skips cells that
# only show figures, Keras or timings: do not build an answer on names from them.

# %% tags=["parameters"]
profile = "quick"
seed = 0

# %% nbgrader={"grade_id": "setup", "locked": true}
try:
    from course_utils import checks
except ModuleNotFoundError:
    raise ModuleNotFoundError(
        "This notebook needs the course folder around it: open it from there with `make lab`, or `pip install -e` that folder."
    ) from None

import numpy as np

# %% [markdown]
# ## 1. A window that slides
#
# Here is one week of steps, in thousands, and here are three **weights**, also called a **kernel**.

# %%
week = np.array([2, 4, 9, 5, 3, 8, 6])
kernel = np.array([1, 2, 1])

# %% [markdown]
# Lay the kernel over the first three days. Multiply each day by the weight on top of it, then add up:
#
# $$2 \cdot 1 + 4 \cdot 2 + 9 \cdot 1 = 19$$
#
# The three days under the kernel are called the **window**.

# %%
window = week[0:3]
print("window  ", window)
print("products", window * kernel)
print("sum     ", np.sum(window * kernel))

# %% [markdown]
# Let us look at it. This cell loads what pictures and predictions need, and the next one draws.

# %% tags=["demo"]
import matplotlib.pyplot as plt

from course_utils import plots, predictions, widgets

plots.use_course_style()

# %% tags=["demo"]
fig, axes = plt.subplots(1, 3, figsize=(9, 1.7), width_ratios=[7, 3, 3])
plots.number_grid(axes[0], week, "steps: first window", window=(0, 0, 1, 3))
plots.number_grid(axes[1], kernel, "kernel", cmap="Oranges")
plots.number_grid(axes[2], week[0:3] * kernel, "products: sum = 19", window=(0, 0, 1, 3))
plots.show(
    "Seven cells with the steps of one week: 2, 4, 9, 5, 3, 8, 6. An orange frame surrounds the first three. To the right are the kernel 1, 2, 1 and the products 2, 8, 9, whose sum is 19."
)

# %% [markdown]
# Move the window **one** day to the right and do the same again. That is all there is to it!

# %% [markdown]
# **Predict, then run.** What does the second window give? Choose, or double-click here and write: *I expect ...*

# %% tags=["demo"]
predictions.ask("second window", ["18", "19", "22", "27"])

# %% tags=["demo"]
window = week[1:4]
print(window, "->", np.sum(window * kernel))
predictions.recall("second window")

# %% [markdown]
# <details><summary>What we measured: open after you ran it</summary>
#
# It gives 27. Whoever has 18 left out the weights; 19 comes from moving by a whole window, 22 from moving by two days.
#
# </details>

# %% [markdown]
# The last window must still fit. With $n$ days and a kernel of $k$ weights there are $n - k + 1$ positions: here
# $7 - 3 + 1 = 5$.
#
# As a formula, with output $y$, input $x$ and kernel $w$:
#
# $$y_i = \sum_{j=0}^{k-1} x_{i+j} \, w_j \qquad \text{for } i = 0, \dots, n-k$$

# %% [markdown]
# ### ✏️ Exercise 1: `conv1d` (2 points)
#
# **Goal:** the sliding window as a function.
#
# **Given:** a signal and a kernel that is not longer than the signal.
#
# **Question:** What is the sum of products at each position where the kernel fits?
#
# <details><summary>Hint 1: where to begin</summary>
# You have seen two positions above. What changed in the code from the first to the second?
# </details>
# <details><summary>Hint 2: a plan</summary>
# Loop over the start positions. For each, cut out a slice as long as the kernel, multiply, sum, and collect the
# result in a list. Which start is the first, and which is the last that still fits?
# </details>
# <details><summary>Hint 3: almost the code</summary>
# The starts are <code>range(len(x) - len(kernel) + 1)</code>; a range leaves out its end. The slice of start
# <code>i</code> is <code>x[i : i + len(kernel)]</code>. Begin with <code>out = []</code> and end with
# <code>return np.array(out)</code>. What do you append to <code>out</code> for each start?
# </details>


# %% nbgrader={"grade_id": "conv1d", "solution": true}
def conv1d(x, kernel):
    """Slide a kernel over a signal and return the sum of products at each position.

    x: shape (n,), numbers; a list or an array.
    kernel: shape (k,), numbers, k <= n; not flipped, that is, not turned around first (more in section 3).
    Returns an array of shape (n - k + 1,).
    """
    x, kernel = np.asarray(x), np.asarray(kernel)  # lists become arrays
    ### BEGIN SOLUTION
    positions = range(len(x) - len(kernel) + 1)
    return np.array([np.sum(x[i : i + len(kernel)] * kernel) for i in positions])
    ### END SOLUTION


# %% nbgrader={"grade_id": "conv1d-test", "points": 2}
checks.close(
    conv1d([2, 4, 9, 5, 3, 8, 6], [1, 2, 1]),
    [19, 27, 22, 19, 25],
    "conv1d([2, 4, 9, 5, 3, 8, 6], [1, 2, 1])",
    misconceptions={
        "the last window is missing": [19, 27, 22, 19],
        "windows that stick out by one at either end are used as well": [8, 19, 27, 22, 19, 25, 20],
        "all windows that stick out at the ends are used as well": [2, 8, 19, 27, 22, 19, 25, 20, 6],
        "the window jumps by its whole length": [19, 19],
        "the products are averaged instead of added up": np.array([19, 27, 22, 19, 25]) / 3,
        "the weights are ignored": [15, 18, 17, 16, 17],
        "the products are not added up": [[2, 8, 9], [4, 18, 5], [9, 10, 3], [5, 6, 8], [3, 16, 6]],
        "the sum goes on from one window to the next": [19, 46, 68, 87, 112],
        "the return stands inside the loop": [19],
    },
)
checks.close(
    conv1d([1, 2, 4, 8], [1, 0, -2]),
    [-7, -14],
    "conv1d([1, 2, 4, 8], [1, 0, -2])",
    misconceptions={"the kernel is turned around before it slides": [2, 4], "the sign is lost": [7, 14]},
)
checks.close(
    conv1d([1, 0, 2, 5, 1], [1, 2, 3, 4]),
    [27, 23],
    "conv1d([1, 0, 2, 5, 1], [1, 2, 3, 4])",
    misconceptions={"only three of the weights are used": [7, 19]},
)
checks.close(
    conv1d([0.5, 1.5, 2], [3, 1]),
    [3.0, 6.5],
    "conv1d([0.5, 1.5, 2], [3, 1])",
    misconceptions={
        "the signal is cut to whole numbers": [1, 5],
        "the sums are cut to whole numbers: an array made with an integer dtype, int() or //": [3, 6],
    },
)
checks.close(
    conv1d([1, 2, 4], [0.5, 0.5]),
    [1.5, 3.0],
    "conv1d([1, 2, 4], [0.5, 0.5])",
    misconceptions={"the sums are cut to whole numbers, for example by zeros_like of the signal": [1, 3]},
)
print("conv1d: the visible checks pass. More tests run when you hand in.")
### BEGIN HIDDEN TESTS
_rng = np.random.default_rng(11)
for _n, _k in [(1, 1), (4, 4), (5, 1), (6, 2), (9, 4), (12, 5)]:
    _x, _w = _rng.integers(-9, 10, _n), _rng.integers(-9, 10, _k)
    checks.close(
        conv1d(_x, _w), np.convolve(_x, _w[::-1], "valid"), f"conv1d(signal of length {_n}, kernel of length {_k})"
    )
_x, _w = _rng.normal(size=8), _rng.normal(size=3)
checks.close(
    conv1d(list(_x), list(_w)), np.convolve(_x, _w[::-1], "valid"), "conv1d(list of real numbers, list of real numbers)"
)
_x = np.arange(7)
checks.close(
    conv1d(_x, [0.25, 0.5, -0.3]), np.convolve(_x, [-0.3, 0.5, 0.25], "valid"), "conv1d(integers, kernel of fractions)"
)
_x = np.arange(7) / 4
checks.close(
    conv1d(_x.copy(), [1, -2, 3]), np.convolve(_x, [3, -2, 1], "valid"), "conv1d(fractions, kernel of integers)"
)
### END HIDDEN TESTS

# %% [markdown]
# ## 2. The day the dog came
#
# Two kernels are worth knowing by name. The first has equal weights that add up to 1: it takes the **average** of
# its window and so *smooths* a wobbly signal. The second computes a **difference**, this week minus the week before.

# %%
average = np.ones(7) / 7
difference = np.concatenate([-np.ones(7), np.ones(7)]) / 7

# %% [markdown]
# Now make 60 days of steps: 5 thousand on a normal day, 8 thousand from day 35 on (the dog wants to go out), plus
# random ups and downs.

# %% tags=["demo"]
rng = np.random.default_rng(seed)
days = np.arange(60)
steps = np.where(days < 35, 5, 8) + rng.normal(0, 1.2, size=60)

# %% [markdown]
# **Predict, then run.** The steps jump once, from 5 to 8 thousand. What does `difference` make of that?
# *I expect ...*

# %% tags=["demo"]
predictions.ask(
    "the jump",
    [
        "about 0 before the jump, about 3 from then on",
        "about 0, one peak at the jump, about 0 again",
        "a peak up, followed by a peak down",
        "a ramp that keeps rising",
    ],
)

# %% tags=["demo", "fold"]
fig, axes = plt.subplots(2, 1, figsize=(8, 4.5), sharex=True)
axes[0].plot(days, steps, color="lightgrey", marker=".", label="steps")
axes[0].plot(days[3:-3], conv1d(steps, average), color=plots.ORANGE, linewidth=3, label="convolved with average")
axes[1].plot(days[7:-6], conv1d(steps, difference), color=plots.BLUE, linewidth=2, label="convolved with difference")
axes[0].set(title="60 days of steps, and two kernels", ylabel="thousand steps")
axes[1].set(xlabel="day", ylabel="thousand steps")
for ax in axes:
    ax.axvline(35, color="black", linestyle="--", linewidth=1)
    ax.legend(loc="upper left")
plots.show(
    "Two stacked line charts over 60 days. Top: daily steps wobble around 5 thousand and, from day 35, around 8 thousand; a thick orange line, the seven-day average, follows calmly and climbs around day 35. Bottom: the difference between the week after and the week before wobbles around zero and has its highest peak at day 35, the dashed line."
)

# %% tags=["demo"]
peak = np.argmax(conv1d(steps, difference))
print("the largest difference is at day", peak + 7)
predictions.recall("the jump")

# %% [markdown]
# <details><summary>What we measured: open after you ran it</summary>
#
# One peak, at day 35; the lower hills are the random ups and downs. A week later both weeks have the dog, and the
# difference is back near 0. It would be very negative where the signal falls. `average` makes a ramp, since its window
# slides slowly over the jump.
#
# (Position $i$ compares days $i$ to $i+6$ with the week from day $i+7$ on. With another seed the peak may be a day or
# two off.)
#
# </details>

# %% [markdown]
# Nobody told the program about dogs: seven minus signs and seven plus signs make an **edge detector**. In a
# **convolutional network** nobody even chooses these weights. They are *learnt*. But the sliding is exactly what you just
# wrote.

# %% [markdown]
# ## 3. To flip or not to flip
#
# In a mathematics book "convolution" has a small twist: the kernel is turned around before it slides. Without the flip
# the operation is called **cross-correlation**. To see the difference, send in a signal with a single 1, a *pulse*. NumPy
# has both; `"valid"` keeps to positions where the whole kernel fits, as your function does.

# %% [markdown]
# **Predict, then run.** The kernel is `[1, 2, 3]`. In which order do the three weights come out of your `conv1d`?
# *I expect ...*

# %% tags=["demo"]
predictions.ask("the pulse", ["1, 2, 3", "3, 2, 1", "always the middle one: 2, 2, 2"])

# %% tags=["demo"]
pulse = np.array([0, 0, 1, 0, 0])
print("conv1d      ", conv1d(pulse, [1, 2, 3]))
print("np.correlate", np.correlate(pulse, [1, 2, 3], "valid"))
print("np.convolve ", np.convolve(pulse, [1, 2, 3], "valid"))
predictions.recall("the pulse")

# %% [markdown]
# <details><summary>What we measured: open after you ran it</summary>
#
# 3, 2, 1: your function is cross-correlation. The kernel reaches the pulse with its *last* weight first.
# `np.convolve` flips the kernel, so the weights come out in order.
#
# </details>
#
# And Keras? (The `reshape` adds the axes that it wants: sample and channel.)

# %% tags=["demo"]
import keras

layer = keras.layers.Conv1D(filters=1, kernel_size=3, use_bias=False)
layer.build((None, 5, 1))
layer.set_weights([np.array([1, 2, 3]).reshape(3, 1, 1)])
response = layer(pulse.reshape(1, 5, 1).astype("float32"))
print("keras Conv1D", keras.ops.convert_to_numpy(response).ravel().astype(int))

# %% [markdown]
# **What deep learning calls convolution is cross-correlation**, in Keras and everywhere else. It does no harm: the
# weights are learnt, and a network that wants a flipped kernel learns a flipped kernel. From here on, *convolution*
# means: no flip.

# %% [markdown]
# ## 4. Two dimensions
#
# An image is a grid of numbers. The kernel becomes a small grid as well, and slides to the right and down.

# %%
image = np.array([[1, 1, 1, 0, 0], [0, 1, 1, 1, 0], [0, 0, 1, 1, 1], [0, 0, 1, 1, 0], [0, 1, 1, 0, 0]])
cross = np.array([[1, 0, 1], [0, 1, 0], [1, 0, 1]])

# %% [markdown]
# The kernel asks five pixels: four corners and the centre. How many of them are 1 in the top left window?

# %%
window = image[0:3, 0:3]
print(window * cross)
print("sum", np.sum(window * cross))

# %% [markdown]
# Three of the corners are 1, and so is the centre. Move the slider to visit all nine positions: which give the smallest
# sum? (On a page without a running kernel you see the first one.)


# %% tags=["demo", "fold", "nbval-ignore-output"] nbval_reason="a widget has a new id on each run"
def show_position(position):
    row, column = divmod(position, 3)
    window = image[row : row + 3, column : column + 3]
    fig, axes = plt.subplots(1, 4, figsize=(10, 2.8), width_ratios=[5, 3, 3, 3])
    plots.number_grid(axes[0], image, f"image: row {row}, column {column}", window=(row, column, 3, 3))
    plots.number_grid(axes[1], window, "window")
    plots.number_grid(axes[2], cross, "kernel", cmap="Oranges")
    plots.number_grid(axes[3], window * cross, f"products: sum = {np.sum(window * cross)}")
    return fig


widgets.explore(
    show_position,
    alt="Four grids in a row: the 5x5 binary image with an orange frame around the top left 3x3 window, the window's nine pixels, the kernel with ones in its corners and centre, and the nine products, whose sum is 4. A slider chooses the position.",
    position=(0, 8),
)

# %% [markdown]
# The nine sums form a grid too, a **feature map**: it tells how strongly each place responds to the kernel. For an
# image of $H \times W$ and a kernel of $k_h \times k_w$, the feature map is $(H - k_h + 1) \times (W - k_w + 1)$.

# %% [markdown]
# ### ✏️ Exercise 2: `conv2d_valid` (2 points)
#
# **Goal:** the sliding window in two dimensions.
#
# **Given:** an image and a kernel. Either may be longer than wide, or wider than long.
#
# **Question:** What is the feature map over all positions where the whole kernel lies inside the image?
#
# (The *valid* in the name is the usual word for "the whole kernel lies inside".)
#
# <details><summary>Hint 1: where to begin</summary>
# Start from <code>conv1d</code>. It has one loop over starts. Along which directions does a start move now?
# </details>
# <details><summary>Hint 2: a plan</summary>
# Make an array of zeros as large as the output, visit each entry with two loops, and fill in the sum of products of
# its window. Which rows and columns of the image lie in the window of entry <code>[i, j]</code>?
# </details>
# <details><summary>Hint 3: almost the code</summary>
# Begin with <code>height, width = kernel.shape</code>. The output is
# <code>out = np.zeros((rows, columns))</code>, where
# <code>rows = image.shape[0] - height + 1</code>. The window of entry <code>[i, j]</code> is
# <code>image[i : i + height, j : j + width]</code>. How many columns are there, and what is the sum for that window?
# </details>


# %% nbgrader={"grade_id": "conv2d_valid", "solution": true}
def conv2d_valid(image, kernel):
    """Slide a kernel over an image, one pixel at a time, and return the feature map.

    image: shape (H, W), numbers; nested lists or an array.
    kernel: shape (kh, kw), numbers, kh <= H and kw <= W; not flipped.
    Returns an array of shape (H - kh + 1, W - kw + 1).
    """
    image, kernel = np.asarray(image), np.asarray(kernel)
    ### BEGIN SOLUTION
    height, width = kernel.shape
    out = np.zeros((image.shape[0] - height + 1, image.shape[1] - width + 1))
    for i, j in np.ndindex(out.shape):
        out[i, j] = np.sum(image[i : i + height, j : j + width] * kernel)
    return out
    ### END SOLUTION


# %% nbgrader={"grade_id": "conv2d_valid-test", "points": 2}
checks.close(
    conv2d_valid(
        [[1, 1, 1, 0, 0], [0, 1, 1, 1, 0], [0, 0, 1, 1, 1], [0, 0, 1, 1, 0], [0, 1, 1, 0, 0]],
        [[1, 0, 1], [0, 1, 0], [1, 0, 1]],
    ),
    [[4, 3, 4], [2, 4, 3], [2, 3, 4]],
    "conv2d_valid(the binary image, the cross)",
    misconceptions={
        "the last row and the last column of windows are missing": [[4, 3], [2, 4]],
        "the last column of windows is missing": [[4, 3], [2, 4], [2, 3]],
        "the weights are ignored, and each window is simply added up": [[6, 7, 6], [4, 7, 7], [4, 6, 6]],
        "the products are averaged instead of added up": np.array([[4, 3, 4], [2, 4, 3], [2, 3, 4]]) / 9,
        "rows and columns of the feature map are swapped": [[4, 2, 2], [3, 4, 3], [4, 3, 4]],
        "window and kernel are multiplied as matrices (@) instead of entry by entry (*)": [
            [10, 11, 10],
            [7, 11, 11],
            [7, 9, 10],
        ],
    },
)
checks.close(
    conv2d_valid([[1, 2], [3, 4]], [[1, 2], [0, 0]]),
    [[5]],
    "conv2d_valid([[1, 2], [3, 4]], [[1, 2], [0, 0]])",
    misconceptions={
        "rows and columns of the kernel are swapped": [[7]],
        "the kernel is turned by 180 degrees before it slides": [[10]],
        "the kernel is mirrored left to right": [[4]],
        "the kernel is mirrored top to bottom": [[11]],
    },
)
checks.close(
    conv2d_valid([[1, 2, 3], [4, 5, 6]], [[1, -2]]),
    [[-3, -4], [-6, -7]],
    "conv2d_valid([[1, 2, 3], [4, 5, 6]], [[1, -2]])",
    misconceptions={
        "negative sums are set to zero": [[0, 0], [0, 0]],
        "the height and width of the kernel are swapped": [[-7, -8, -9]],
        "the kernel's height is taken for its width, and its width for its height": [[-5, -7, -9]],
        "the kernel is taken to be square": [[-1, -2, -3], [-4, -5, -6]],
        "the image is taken to be square": [[-3], [-6]],
    },
)
checks.close(
    conv2d_valid([[1, 0, 2, 5, 1]], [[1, 2, 3, 4]]),
    [[27, 23]],
    "conv2d_valid([[1, 0, 2, 5, 1]], [[1, 2, 3, 4]])",
    misconceptions={"only three columns of the kernel are used": [[7, 19, 15]]},
)
checks.close(
    conv2d_valid([[0.5, 1.5, 2]], [[3, 1]]),
    [[3.0, 6.5]],
    "conv2d_valid([[0.5, 1.5, 2]], [[3, 1]])",
    misconceptions={
        "the pixels are cut to whole numbers": [[1, 5]],
        "the sums are cut to whole numbers: an array made with an integer dtype, int() or //": [[3, 6]],
    },
)
checks.close(
    conv2d_valid([[1, 2], [3, 4]], [[0.5]]),
    [[0.5, 1.0], [1.5, 2.0]],
    "conv2d_valid([[1, 2], [3, 4]], [[0.5]])",
    misconceptions={"the sums are cut to whole numbers, for example by zeros_like of the image": [[0, 1], [1, 2]]},
)
print("conv2d_valid: the visible checks pass. More tests run when you hand in.")
### BEGIN HIDDEN TESTS
_rng = np.random.default_rng(12)
for _shape, _size in [
    ((1, 1), (1, 1)),
    ((4, 6), (4, 6)),
    ((7, 5), (2, 3)),
    ((3, 9), (3, 2)),
    ((6, 6), (1, 4)),
    ((8, 4), (5, 1)),
    ((6, 5), (3, 3)),
]:
    _image, _w = _rng.integers(-9, 10, _shape), _rng.integers(-9, 10, _size)
    _wanted = np.einsum("ijkl,kl->ij", np.lib.stride_tricks.sliding_window_view(_image, _size), _w)
    checks.close(conv2d_valid(_image, _w), _wanted, f"conv2d_valid(image of shape {_shape}, kernel of shape {_size})")
    checks.close(
        conv2d_valid(_image.tolist(), (_w / 8).tolist()),
        _wanted / 8,
        f"conv2d_valid(list of shape {_shape}, fractions of shape {_size})",
    )
    checks.close(
        conv2d_valid(_image / 8, _w),
        _wanted / 8,
        f"conv2d_valid(fractions of shape {_shape}, integers of shape {_size})",
    )
### END HIDDEN TESTS

# %% [markdown]
# Here are all nine windows, with your sums in the titles.

# %% tags=["demo"]
feature_map = conv2d_valid(image, cross)
fig, axes = plt.subplots(3, 3, figsize=(7, 7.4))
for (row, column), ax in np.ndenumerate(axes):
    plots.number_grid(ax, image, f"sum {feature_map[row, column]:.0f}", window=(row, column, 3, 3))
plots.show(
    "Nine copies of the 5x5 binary image in a 3x3 arrangement. In each an orange frame surrounds another 3x3 window. The titles give the sums: 4, 3, 4 in the first row, 2, 4, 3 in the second, 2, 3, 4 in the third."
)

# %% [markdown]
# <details><summary>Stuck with an exercise, and want to go on?</summary>
#
# Do. The findings stand folded below the experiments, and each later exercise says how to do it without an earlier one.
# For the pictures, SciPy slides kernels too: after `from scipy.signal import correlate2d`, write
# `correlate2d(image, kernel, "valid")` in a lecture cell in place of `conv2d_valid(image, kernel)`, and
# `np.correlate(x, kernel, "valid")` in place of `conv1d(x, kernel)`. From section 11 on the notebook uses functions of
# its own. Come back later: to slide a kernel once yourself is what this notebook is for.
#
# </details>

# %% [markdown]
# ## 5. A detector for one curve
#
# Pixels are brightness now, and the kernel is a drawing of what it looks for: a curve that bends like an opening
# bracket. Its weights are 30 on the curve and 0 elsewhere.

# %%
curve = 30 * np.array(
    [
        [0, 0, 1, 0, 0, 0, 0],
        [0, 0, 1, 0, 0, 0, 0],
        [0, 1, 0, 0, 0, 0, 0],
        [0, 1, 0, 0, 0, 0, 0],
        [0, 1, 0, 0, 0, 0, 0],
        [0, 0, 1, 0, 0, 0, 0],
        [0, 0, 0, 0, 0, 0, 0],
    ]
)

# %% [markdown]
# Someone drew such a curve with a brush: brightness 50, and 20 where the paint ran thin.

# %%
stroke = np.array(
    [
        [0, 0, 0, 50, 0, 0, 0],
        [0, 0, 20, 50, 0, 0, 0],
        [0, 50, 0, 0, 0, 0, 0],
        [0, 50, 0, 0, 0, 0, 0],
        [0, 50, 0, 0, 0, 0, 0],
        [0, 0, 50, 50, 0, 0, 0],
        [0, 0, 0, 50, 0, 0, 0],
    ]
)
mirrored = np.fliplr(stroke)  # left and right swapped

# %% tags=["demo"]
fig, axes = plt.subplots(1, 3, figsize=(10, 3.6))
plots.number_grid(axes[0], curve, "the detector (kernel)", cmap="Oranges")
plots.number_grid(axes[1], stroke, "stroke")
plots.number_grid(axes[2], mirrored, "mirrored")
plots.show(
    "Three 7x7 grids. All else being 0, the detector has 30 in rows 0 and 1 at column 2, in rows 2 to 4 at column 1 and in row 5 at column 2: it bends like an opening bracket. The stroke bends the same way, with 50 in rows 0 and 1 at column 3, in rows 2 to 4 at column 1, in row 5 at columns 2 and 3 and in row 6 at column 3, and with 20 in row 1 at column 2. The mirrored stroke is the same seen from behind: column 0 becomes column 6, and so on."
)

# %% [markdown]
# **Predict, then run.** Lay the detector over `stroke` in your mind, multiply, add up. What does it answer to the
# mirror image, compared with the stroke? *I expect ...*

# %% tags=["demo"]
predictions.ask("the mirror", ["the same", "about half", "nothing: 0", "the negative of it"])

# %% tags=["demo"]
print("stroke  ", np.sum(stroke * curve))
print("mirrored", np.sum(mirrored * curve))
predictions.recall("the mirror")

# %% [markdown]
# <details><summary>What we measured: open after you ran it</summary>
#
# 6600 and 0. Four bright pixels and one pale pixel of the stroke lie under a weight of 30:
# $4 \cdot 50 \cdot 30 + 1 \cdot 20 \cdot 30 = 6600$. The mirrored stroke shares no pixel with the detector.
#
# </details>

# %% [markdown]
# Paint both strokes into a larger picture and let your function slide the detector over it. Now the mirrored stroke is
# met at every position, not only at the one above. The ring is drawn where the response is largest.

# %%
drawing = np.zeros((12, 24), dtype=int)
drawing[3:10, 2:9] = stroke
drawing[2:9, 14:21] = mirrored

# %% tags=["demo", "fold"]
response = conv2d_valid(drawing, curve)
row, column = np.unravel_index(np.argmax(response), response.shape)
fig, axes = plt.subplots(1, 2, figsize=(10, 3), width_ratios=[24, 18])
plots.picture(axes[0], drawing, "drawing")
plots.picture(axes[1], response, "feature map of the detector")
axes[1].plot(column, row, "o", color=plots.ORANGE, markersize=16, fillstyle="none", markeredgewidth=2)
plots.show(
    "Left: a dark 12x24 picture with two bright strokes, an opening bracket on the left and a closing bracket on the right. Right: the feature map, whose brightest pixel, ringed in orange, is at row 3, column 2, where the opening bracket's window starts; the closing bracket gives grey responses, at most 4500."
)

# %% [markdown]
# **Predict, then run.** What would the detector answer to an even patch of brightness 50, without any shape? *I expect ...*

# %% tags=["demo"]
predictions.ask(
    "the patch", ["0: there is no curve in it", "less than to its curve", "as much", "more than to its curve"]
)

# %% tags=["demo"]
print(f"largest response, at row {row}, column {column}: {response.max():.0f}")
print(f"largest response to the closing bracket: {response[:, 9:].max():.0f}")
print(f"response to an even patch of 50: {np.sum(50 * curve)}")
predictions.recall("the patch")

# %% [markdown]
# <details><summary>What we measured: open after you ran it</summary>
#
# The feature map lights up *where the curve is*. But the closing bracket gives up to 4500, where its three upright pixels
# lie on those of the detector ($3 \cdot 50 \cdot 30$). And an even patch gives $6 \cdot 50 \cdot 30 = 9000$, more than
# the curve itself! A kernel without negative weights cannot complain about paint in the wrong place. Kernels that are
# learnt have negative weights too.
#
# </details>

# %% [markdown]
# ## 6. Padding and stride
#
# Two knobs decide which positions the kernel visits. **Padding** puts a border of zeros around the image, so that the
# kernel can also visit the edge. *Valid* means no border, *same* just enough that the output is as large as the input
# (at stride 1). **Stride** is how far the kernel moves each time: with stride 2 it takes every second position.
#
# Count positions along one axis. With padding $p$ on *both* sides there are $n + 2p$ pixels. The kernel needs $k$
# of them to stand on, and the rest is room to move in steps of $s$. The start itself is a position too:
#
# $$\text{output size} = \left\lfloor \frac{n + 2p - k}{s} \right\rfloor + 1$$
#
# The brackets $\lfloor\;\rfloor$ mean *round down*: a last step that is too short for a whole stride is not taken.

# %% tags=["demo"]
fig, axes = plt.subplots(3, 1, figsize=(7, 4.2))
for stride, ax in zip([1, 2, 3], axes, strict=True):
    starts = list(range(0, 7 - 3 + 1, stride))
    plots.number_grid(ax, np.arange(7), f"kernel 3, stride {stride}: starts at {starts}", window=(0, 0, 1, 3))
    ax.plot(starts, [0.38] * len(starts), "^", color=plots.ORANGE, markersize=9)
plots.show(
    "Three rows of seven numbered cells. With stride 1 a frame of three cells starts at five places, with stride 2 at three places, with stride 3 at two places; the starting cells are marked by orange triangles below."
)

# %% [markdown]
# ### ✏️ Exercise 3: `output_size` (2 points)
#
# **Goal:** know the size of an output before you compute it.
#
# **Given:** the length of one axis, the kernel's length along it, padding and stride.
#
# **Question:** How many positions does the kernel visit?
#
# <details><summary>Hint 1: where to begin</summary>
# Check the formula against the picture above: 7 cells, kernel 3. Do you get 5, 3 and 2 for the three strides?
# </details>
# <details><summary>Hint 2: a plan</summary>
# Turn the formula into Python. How does Python divide whole numbers and round down in one go?
# </details>
# <details><summary>Hint 3: almost the code</summary>
# Here is the same sum in another story. Along a street of 18 metres a lamp stands at the start, and then one every 4
# metres. How many lamps?
# <pre>
# print(18 // 4 + 1)   # // divides and rounds down
# </pre>
# Here the street is the room that the kernel has to move. What stands in your formula in place of 18, and what in
# place of 4? Which of them needs parentheses?
# </details>


# %% nbgrader={"grade_id": "output_size", "solution": true}
def output_size(n, kernel, padding=0, stride=1):
    """Return how many positions a kernel visits along one axis, a whole number.

    n: length of the input; kernel: length of the kernel (it fits into the padded input);
    padding: zeros added on each of the two sides; stride: step from one position to the next.
    """
    ### BEGIN SOLUTION
    return (n + 2 * padding - kernel) // stride + 1
    ### END SOLUTION


# %% nbgrader={"grade_id": "output_size-test", "points": 2}
checks.close(output_size(7, 3), 5, "output_size(7, 3)", misconceptions={"the starting position is not counted": 4})
checks.close(
    output_size(5, 3, padding=1),
    5,
    "output_size(5, 3, padding=1)",
    misconceptions={
        "padding is counted on one side only": 4,
        "padding is ignored": 3,
        "padding is subtracted instead of added": 1,
    },
)
checks.close(
    output_size(11, 2, stride=4),
    3,
    "output_size(11, 2, stride=4)",
    misconceptions={
        "a step that is too short for a whole stride is taken": 4,
        "/ leaves a fraction where // rounds down": 3.25,
        "stride is ignored": 10,
        "1 is added before the division instead of after it": 2,
        "only the kernel is divided by the stride (parentheses are missing)": 12,
        "the stride is never more than 2": 5,
    },
)
checks.close(
    output_size(13, 2, stride=4),
    3,
    "output_size(13, 2, stride=4)",
    misconceptions={"the quotient is rounded to the nearest whole number, as round() does, instead of down": 4},
)
checks.close(
    output_size(6, 5, padding=1, stride=2),
    2,
    "output_size(6, 5, padding=1, stride=2)",
    misconceptions={"any padding is taken for 'same'": 3},
)
print("output_size: the visible checks pass. More tests run when you hand in.")
### BEGIN HIDDEN TESTS
for _n in (1, 2, 5, 9, 10, 28):
    for _k in (1, 2, 3, 5):
        for _p in (0, 1, 2, 3):
            for _s in (1, 2, 3, 4):
                if _k <= _n + 2 * _p:
                    _starts = list(range(-_p, _n + _p - _k + 1, _s))
                    checks.close(
                        output_size(_n, _k, _p, _s), len(_starts), f"output_size({_n}, {_k}, padding={_p}, stride={_s})"
                    )
### END HIDDEN TESTS

# %% [markdown]
# When is the output of stride 1 as large as the input? Set $n + 2p - k + 1 = n$ and get $p = (k-1)/2$: one pixel
# for a $3 \times 3$ kernel, two for $5 \times 5$. This is one reason for kernels of odd size.
#
# <details><summary>For the curious: what Keras does when the zeros cannot be shared out evenly</summary>
# With stride 2 Keras' <code>padding="same"</code> halves the size, rounded up. Where this takes an odd number of zeros,
# Keras puts the extra one at the end (right or bottom). Ours are the same on each side, as in the lecture.
# </details>

# %% [markdown]
# For the stride, Python has a slice with three parts: `a[::3]` takes every third entry, from the first to the last.

# %%
a = np.arange(20).reshape(4, 5)
print(a)
print("every third row:", a[::3].tolist())
print("of these, every second column:", a[::3, ::2].tolist())

# %% [markdown]
# ### ✏️ Exercise 4: `conv2d` (2 points)
#
# **Goal:** the full two-dimensional convolution, with both knobs.
#
# **Given:** your `conv2d_valid`, which you may use. If it does not work yet, use two loops as in Exercise 2; only the
# starts are other ones.
#
# **Question:** What is the feature map of the zero-padded image, at every `stride`-th position down and across?
#
# <details><summary>Hint 1: where to begin</summary>
# Nothing about the sum of products changes. What has to happen to the image before, and which results are kept after?
# </details>
# <details><summary>Hint 2: a plan</summary>
# Build the padded image, for example with <code>np.pad</code>. Convolve it at all positions. Keep the positions that
# the stride visits. Along how many axes do you have to pick them?
# </details>
# <details><summary>Hint 3: almost the code</summary>
# Run this twin in a cell of its own:
# <pre>
# a = np.arange(20).reshape(4, 5)
# print(np.pad(a, 1))
# print(a[::3, ::2])
# </pre>
# First comes <code>padded = np.pad(image, padding)</code>, then <code>full = conv2d_valid(padded, kernel)</code>. In
# the twin rows and columns have different steps. Which steps does <code>full</code> need?
# </details>


# %% nbgrader={"grade_id": "conv2d", "solution": true}
def conv2d(image, kernel, padding=0, stride=1):
    """Convolve an image with a kernel, with zero padding and a stride.

    image: shape (H, W), numbers; nested lists or an array.
    kernel: shape (kh, kw), numbers; fits into the padded image; not flipped.
    padding: rows and columns of zeros added on each of the four sides.
    stride: step between positions, the same down and across.
    Returns an array of shape (output_size(H, kh, padding, stride), output_size(W, kw, padding, stride)).
    """
    image, kernel = np.asarray(image), np.asarray(kernel)
    ### BEGIN SOLUTION
    return conv2d_valid(np.pad(image, padding), kernel)[::stride, ::stride]
    ### END SOLUTION


# %% nbgrader={"grade_id": "conv2d-test", "points": 2}
checks.close(
    conv2d([[1, 2], [3, 4], [5, 6]], [[1]], padding=1),
    [[0, 0, 0, 0], [0, 1, 2, 0], [0, 3, 4, 0], [0, 5, 6, 0], [0, 0, 0, 0]],
    "conv2d([[1, 2], [3, 4], [5, 6]], [[1]], padding=1)",
    misconceptions={
        "zeros are added at the bottom and right only": [[1, 2, 0], [3, 4, 0], [5, 6, 0], [0, 0, 0]],
        "zeros are added at the top and left only": [[0, 0, 0], [0, 1, 2], [0, 3, 4], [0, 5, 6]],
        "this is the result without any padding": [[1, 2], [3, 4], [5, 6]],
        "the size of the result is computed without padding": [[0, 0], [0, 1], [0, 3]],
        "the border repeats the edge instead of being zero": np.pad([[1, 2], [3, 4], [5, 6]], 1, mode="edge"),
        "the border is 1 instead of 0": np.pad([[1, 2], [3, 4], [5, 6]], 1, constant_values=1),
    },
)
checks.close(
    conv2d([[1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, 12]], [[1]], stride=2),
    [[1, 3], [9, 11]],
    "conv2d([[1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, 12]], [[1]], stride=2)",
    misconceptions={
        "the stride is used down, but not across": [[1, 2, 3, 4], [9, 10, 11, 12]],
        "the stride is used across, but not down": [[1, 3], [5, 7], [9, 11]],
        "the stride is used twice down, and not across": [[1, 2, 3, 4]],
        "the stride is ignored": [[1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, 12]],
        "the windows move by one pixel whatever the stride": [[1, 2], [5, 6]],
        "the first position is left out": [[6, 8]],
        "a window that sticks out at the end is used as well": [[1, 3, 0], [9, 11, 0]],
    },
)
checks.close(
    conv2d([[1, 2, 3], [4, 5, 6]], [[1, 2]], padding=1, stride=2),
    [[0, 0], [8, 17]],
    "conv2d([[1, 2, 3], [4, 5, 6]], [[1, 2]], padding=1, stride=2)",
    misconceptions={
        "the kernel is flipped": [[0, 0], [4, 16]],
        "the kernel is taken to be square": [[0, 0, 0], [0, 15, 0]],
        "the kernel's height is taken for its width, and its width for its height": [[0, 6, 0], [0, 15, 0]],
        "the stride thins out the image before the kernel slides": [[0, 0], [10, 5]],
        "zeros are put around the output instead of around the image": [[0, 0, 0], [0, 5, 0], [0, 0, 0]],
    },
)
checks.close(
    conv2d([[5]], [[1]], padding=2),
    np.pad([[5]], 2),
    "conv2d([[5]], [[1]], padding=2)",
    misconceptions={"there is one row of zeros on each side, whatever padding says": np.pad([[5]], 1)},
)
checks.close(
    conv2d([[0.5, 1.5]], [[0.5]]),
    [[0.25, 0.75]],
    "conv2d([[0.5, 1.5]], [[0.5]])",
    misconceptions={
        "the pixels are cut to whole numbers, for example by zeros with an integer dtype": [[0, 0.5]],
        "the weights or the sums are cut to whole numbers": [[0, 0]],
    },
)
print("conv2d: the visible checks pass. More tests run when you hand in.")
### BEGIN HIDDEN TESTS
_rng = np.random.default_rng(13)
for _shape, _size, _p, _s in [
    ((5, 7), (2, 3), 0, 1), ((5, 7), (2, 3), 0, 2), ((6, 4), (3, 2), 1, 1), ((7, 8), (3, 3), 2, 3), ((4, 9), (1, 4), 1, 2),
    ((3, 3), (3, 3), 0, 1), ((2, 3), (5, 4), 2, 1), ((10, 6), (3, 1), 0, 4), ((1, 1), (3, 3), 1, 1),
]:  # fmt: skip
    _image, _w = _rng.integers(-9, 10, _shape), _rng.integers(-9, 10, _size) / 4
    _padded = np.zeros((_shape[0] + 2 * _p, _shape[1] + 2 * _p))
    _padded[_p : _p + _shape[0], _p : _p + _shape[1]] = _image
    _views = np.lib.stride_tricks.sliding_window_view(_padded, _size)[::_s, ::_s]
    _wanted = np.einsum("ijkl,kl->ij", _views, _w)
    checks.close(
        conv2d(_image, _w, _p, _s),
        _wanted,
        f"conv2d(image of shape {_shape}, kernel of shape {_size}, padding={_p}, stride={_s})",
    )
    checks.close(
        conv2d(_image.tolist(), _w.tolist(), stride=_s, padding=_p),
        _wanted,
        f"conv2d(list of shape {_shape}, list of shape {_size}, padding={_p}, stride={_s})",
    )
    checks.close(
        conv2d(_image / 8, (4 * _w).astype(int), _p, _s),
        _wanted / 2,
        f"conv2d(fractions of shape {_shape}, integers of shape {_size}, padding={_p}, stride={_s})",
    )
### END HIDDEN TESTS

# %% [markdown]
# Play with the knobs. Which padding and stride make a $3 \times 3$ output? There is more than one way.


# %% tags=["demo", "fold", "nbval-ignore-output"] nbval_reason="a widget has a new id on each run"
def show_knobs(padding, stride, position):
    out = conv2d(image, cross, padding, stride)
    row, column = divmod(position % out.size, out.shape[1])
    fig, axes = plt.subplots(1, 2, figsize=(8, 3.8))
    window = (row * stride, column * stride, 3, 3)
    plots.number_grid(axes[0], np.pad(image, padding), f"image, padding {padding}", window=window)
    title = f"stride {stride}: output {out.shape[0]} x {out.shape[1]}"
    plots.number_grid(axes[1], out, title, window=(row, column, 1, 1), color=plots.BLUE)
    return fig


widgets.explore(
    show_knobs,
    alt="Left: the 5x5 image inside a border of zeros one cell wide, with an orange frame around the top left 3x3 window. Right: the feature map, with a blue frame around the entry that this window gives. Sliders choose padding, stride and position.",
    padding=[1, 0, 2],
    stride=(1, 3),
    position=(0, 48),
)

# %% [markdown]
# ### What zeros do to the edge
#
# A border of zeros is made up, and the output shows it. Take an image that is 1 everywhere and blur it with the
# average of $3 \times 3$ pixels, padding 1. A blur should not change a flat image at all.

# %% [markdown]
# **Predict, then run.** What is in the corners of the output? *I expect ...*

# %% tags=["demo"]
predictions.ask("corners", ["1, as everywhere", "0.89 = 8/9", "0.67 = 6/9", "0.44 = 4/9", "0, like the border"])

# %% tags=["demo"]
blurred = conv2d(np.ones((6, 6)), np.ones((3, 3)) / 9, padding=1)
fig, ax = plt.subplots(figsize=(4.2, 4.2))
plots.number_grid(ax, blurred, "a flat image, blurred with zero padding")
plots.show("A 6x6 grid: all inner cells are 1, the cells along the edges 0.67, and the four corners 0.44.")
predictions.recall("corners")

# %% [markdown]
# <details><summary>What we measured: open after you ran it</summary>
#
# 0.44. At an edge 3 of 9 pixels are made-up zeros, in a corner 5 of 9; the inner pixels are not touched. Each further
# $3 \times 3$ layer with padding carries the effect one more pixel inwards.
#
# </details>

# %% [markdown]
# ## 7. Kernels on a photo (photographers call them filters)
#
# Time for a real picture. scikit-learn brings one along; averaging blocks of pixels makes it small enough for our loops.

# %% tags=["demo", "fold"]
from sklearn.datasets import load_sample_image


def load_small(name, block):
    pixels = load_sample_image(name)[:424, :640] / 255
    return pixels.reshape(424 // block, block, 640 // block, block, 3).mean(axis=(1, 3))


block = 4 if profile == "quick" else 2
photo = load_small("china.jpg", block)
grey = photo.mean(axis=2)
print("colour", photo.shape, "grey", grey.shape)

# %% [markdown]
# Four kernels from the time before networks learnt their own. `vertical` and `horizontal` are the *Sobel* kernels:
# differences, like the one that found the dog.

# %%
vertical = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])
horizontal = vertical.T
blur = np.ones((5, 5)) / 25
sharpen = np.array([[0, -1, 0], [-1, 5, -1], [0, -1, 0]])

# %% [markdown]
# **Predict, then run.** The sky of the photo is bright and even. What does `vertical` answer there? *I expect ...*

# %% tags=["demo"]
predictions.ask("sky", ["large values: it is bright", "the brightness of the sky, unchanged", "values near 0"])

# %% tags=["demo", "fold"]
across, down = conv2d_valid(grey, vertical), conv2d_valid(grey, horizontal)
edges = np.sqrt(across**2 + down**2)
fig, axes = plt.subplots(2, 3, figsize=(10, 5))
plots.picture(axes[0, 0], grey, "grey photo")
plots.picture(axes[0, 1], conv2d_valid(grey, blur), "blur")
plots.picture(axes[0, 2], np.clip(conv2d_valid(grey, sharpen), 0, 1), "sharpen")
plots.picture(axes[1, 0], across, "vertical", signed=True)
plots.picture(axes[1, 1], down, "horizontal", signed=True)
plots.picture(axes[1, 2], edges, "strength: both together")
plots.show(
    "Six pictures of a Chinese tower with three curved roofs: the grey photo; the photo blurred; the photo sharpened, with harsh fine detail; red and blue responses to vertical edges, strong at the left and right outline of the tower; responses to horizontal edges, strong along the roofs; and the strength of all edges, bright outlines on black with an empty sky."
)

# %% tags=["demo"]
for name, weights in [("blur", blur), ("sharpen", sharpen), ("vertical", vertical), ("horizontal", horizontal)]:
    print(f"{name:10} weights add up to {weights.sum():.0f}")
predictions.recall("sky")

# %% [markdown]
# <details><summary>What we measured: open after you ran it</summary>
#
# The sky is near 0 (white): red is a positive response, blue a negative one. The sum of a kernel's weights says what it
# does to a flat area: a sum of 1 keeps it, a sum of 0 erases it. `vertical` answers where brightness changes from left to
# right, at the outline of the tower; `horizontal` at the roofs.
#
# </details>
#
# A good place for a break.

# %% [markdown]
# ## 8. Pooling: keep the best, drop the rest
#
# A feature map often says more than we need. **Max pooling** cuts it into small windows and keeps the largest
# number of each: "the feature is here somewhere". **Average pooling** keeps the mean instead. Neither has weights.

# %%
scores = np.array([[1, 3, 2, 1], [4, 2, 0, 5], [6, 1, 7, 8], [2, 9, 3, 4]])
corner = scores[0:2, 0:2]
print(f"max {corner.max()}, average {corner.mean()}")

# %% [markdown]
# With windows of $2 \times 2$ that do not overlap, a $4 \times 4$ map shrinks to $2 \times 2$. Unless stated otherwise
# the stride *is* the size of the window. Windows that would stick out are left out, as before.

# %% [markdown]
# ### ✏️ Exercise 5: `max_pool2d` (2 points)
#
# **Goal:** max pooling for any window and stride.
#
# **Given:** a feature map, which may hold negative numbers and need not be square.
#
# **Question:** What is the largest value in each window?
#
# <details><summary>Hint 1: where to begin</summary>
# It is a convolution with a stride, except for what is done with the window. What is done instead?
# </details>
# <details><summary>Hint 2: a plan</summary>
# Settle the stride first. Then list the rows at which windows start, and the columns. Then take the maximum of each
# window. With size 2 and stride 3, at which rows do the windows of a map of 8 rows start?
# </details>
# <details><summary>Hint 3: almost the code</summary>
# <code>if stride is None: stride = size</code>. The windows start at the rows
# <code>tops = range(0, image.shape[0] - size + 1, stride)</code>; the columns are
# <code>lefts</code>, found in the same way. One row of the output is
# <code>[image[top : top + size, left : left + size].max() for left in lefts]</code>. How do you get a list with such a
# row for every top?
# </details>


# %% nbgrader={"grade_id": "max_pool2d", "solution": true}
def max_pool2d(image, size, stride=None):
    """Return the largest value of each window; windows that would stick out are left out.

    image: shape (H, W), numbers, also negative ones; nested lists or an array.
    size: height and width of the window, an int, at most H and W.
    stride: step between windows, an int; the same as size when None.
    Returns an array of shape (output_size(H, size, 0, stride), output_size(W, size, 0, stride)).
    """
    image = np.asarray(image)
    ### BEGIN SOLUTION
    stride = size if stride is None else stride
    rows = range(0, image.shape[0] - size + 1, stride)
    columns = range(0, image.shape[1] - size + 1, stride)
    return np.array([[image[i : i + size, j : j + size].max() for j in columns] for i in rows])
    ### END SOLUTION


# %% nbgrader={"grade_id": "max_pool2d-test", "points": 2}
checks.close(
    max_pool2d([[1, 3, 2, 1], [4, 2, 0, 5], [6, 1, 7, 8], [2, 9, 3, 4]], 2),
    [[4, 5], [9, 8]],
    "max_pool2d([[1, 3, 2, 1], [4, 2, 0, 5], [6, 1, 7, 8], [2, 9, 3, 4]], 2)",
    misconceptions={
        "the average of each window is taken": [[2.5, 2.0], [4.5, 5.5]],
        "the smallest value of each window is taken": [[1, 0], [1, 3]],
        "the stride is 1 when it is not given": [[4, 3, 5], [6, 7, 8], [9, 9, 8]],
        "the windows move by one pixel whatever the stride": [[4, 3], [6, 7]],
        "rows and columns of the result are swapped": [[4, 9], [5, 8]],
        "only the first column of each window is looked at": [[4, 2], [6, 7]],
        "the last windows are missing": [[4]],
    },
)
checks.close(
    max_pool2d(np.array([[1, 2, 0, 5], [3, 1, 4, 2], [0, 6, 2, 1]]), 2, stride=1),
    [[3, 4, 5], [6, 6, 4]],
    "max_pool2d(np.array([[1, 2, 0, 5], [3, 1, 4, 2], [0, 6, 2, 1]]), 2, stride=1)",
    misconceptions={
        "the given stride is ignored": [[3, 5]],
        "the number of windows is computed with the size instead of the stride": [[3, 4]],
        "the windows are as large as the stride instead of the size": [[1, 2, 0], [3, 1, 4]],
        "windows that stick out are used as well": [[3, 4, 5, 5], [6, 6, 4, 2], [6, 6, 2, 1]],
        "the width of the result is computed from the height of the map": [[3, 4], [6, 6]],
        "height and width of the result are swapped": [[3, 4], [6, 6], [6, 6]],
    },
)
checks.close(
    max_pool2d([[-900, -400, -700, -100, -150], [-500, -800, -600, -110, -300], [-350, -950, -200, -450, -850]], 3),
    [[-200]],
    "max_pool2d(3 x 5 negative numbers, 3)",
    misconceptions={
        "the search for the maximum starts at 0, and all numbers here are smaller": [[0]],
        "the sign is lost": [[950]],
        "the window is 2 x 2 whatever the size": [[-400]],
        "a window that sticks out is used as well": [[-200, -100]],
    },
)
checks.close(
    max_pool2d([[0.25, 0.75]], 1),
    [[0.25, 0.75]],
    "max_pool2d([[0.25, 0.75]], 1)",
    misconceptions={"the values are cut to whole numbers: an array made with an integer dtype, or int()": [[0, 0]]},
)
print("max_pool2d: the visible checks pass. More tests run when you hand in.")
### BEGIN HIDDEN TESTS
_rng = np.random.default_rng(14)
for _shape, _size, _s in [
    ((6, 4), 2, None),
    ((5, 7), 2, None),
    ((7, 9), 3, None),
    ((6, 8), 2, 1),
    ((8, 5), 3, 2),
    ((7, 7), 2, 3),
    ((4, 4), 4, None),
    ((3, 5), 1, 2),
]:
    for _low, _high in [(-9, 10), (-50, -20), (-5000, -2000), (0.25, 0.75)]:
        _image = _rng.uniform(_low, _high, _shape) if _high < 1 and _low > 0 else _rng.integers(_low, _high, _shape)
        _step = _size if _s is None else _s
        _views = np.lib.stride_tricks.sliding_window_view(_image, (_size, _size))[::_step, ::_step]
        _sign = "negative numbers" if _high < 0 else "numbers"
        checks.close(
            max_pool2d(_image.tolist(), _size, _s),
            _views.max(axis=(2, 3)),
            f"max_pool2d({_sign} of shape {_shape}, {_size}, stride={_s})",
        )
        checks.close(
            max_pool2d(_image.copy(), _size, _s),
            _views.max(axis=(2, 3)),
            f"max_pool2d(array of {_sign} of shape {_shape}, {_size}, stride={_s})",
        )
checks.close(
    max_pool2d([[1, 2, 3], [4, 5, 6], [7, 8, 9]], size=2), [[5]], "max_pool2d(numbers of shape (3, 3), size=2)"
)
### END HIDDEN TESTS

# %% [markdown]
# What does pooling cost? Here are three maps: one strong response of 9, another one elsewhere, and four.

# %% [markdown]
# **Predict, then run.** What is left of the three maps after $2 \times 2$ max pooling? *I expect ...*

# %% tags=["demo"]
predictions.ask("three maps", ["9, 0 and 9", "9, 9 and 36", "9, 9 and 9", "2.25, 2.25 and 9"])

# %% tags=["demo"]
for small_map in ([[9, 0], [0, 0]], [[0, 0], [0, 9]], [[9, 9], [9, 9]]):
    print(small_map, "->", np.max(max_pool2d(small_map, 2)))
predictions.recall("three maps")

# %% [markdown]
# <details><summary>What we measured: open after you ran it</summary>
#
# 9 each time: three different maps, one answer. Position and number are gone. (2.25 is what *average* pooling gives.)
#
# </details>
#
# Pooling is **down-sampling**: pool the edges of the photo twice, and 16 pixels become one. Can you still see where
# the roofs are?

# %% tags=["demo"]
once = max_pool2d(edges, 2)
twice = max_pool2d(once, 2)
fig, axes = plt.subplots(1, 3, figsize=(10, 2.6))
for ax, pooled in zip(axes, [edges, once, twice], strict=True):
    plots.picture(ax, pooled, f"{pooled.shape[0]} x {pooled.shape[1]} = {pooled.size} values")
plots.show(
    "Three edge maps of the tower side by side, from fine to coarse: the full map, the map after one max pooling with half the height and width, and after two with a quarter. The outlines of the roofs stay visible and grow thicker."
)

# %% [markdown]
# ### Is it there? I do not care where
#
# Pool with one window as large as the whole feature map, and one number is left: does the picture contain the
# curve, *anywhere*? This is **location independence**. Take the curve detector again and move the stroke around.

# %% [markdown]
# **Predict, then run.** How does the largest response change from place to place, and with the mirrored stroke?
# *I expect ...*

# %% tags=["demo"]
predictions.ask(
    "anywhere",
    [
        "it changes with the place, for both",
        "the same everywhere, and the same for both strokes",
        "the same everywhere, but less for the mirrored one",
        "the same everywhere, and 0 for the mirrored one",
    ],
)

# %% tags=["demo"]
for name, drawn in [("stroke  ", stroke), ("mirrored", mirrored)]:
    for top, left in [(0, 0), (5, 3), (2, 12), (5, 14)]:
        scene = np.zeros((12, 24))
        scene[top : top + 7, left : left + 7] = drawn
        print(f"{name} at row {top}, column {left:2}: largest response {conv2d_valid(scene, curve).max():.0f}")
predictions.recall("anywhere")

# %% [markdown]
# <details><summary>What we measured: open after you ran it</summary>
#
# 6600 against 4500, wherever the stroke is: one number tells the two apart, and says nothing about the place. (The 0 of
# section 5 was the answer at one position only.)
#
# </details>

# %% [markdown]
# ## 9. With pencil and paper
#
# This is the lecture's exercise, and a typical one in an exam. Take a sheet of paper.

# %%
lecture_input = [[1, 2, 3, 2, 1], [2, 3, 2, 1, 3], [3, 2, 1, 3, 2], [2, 1, 3, 2, 1], [1, 3, 2, 1, 3]]
lecture_kernel = [[1, 2, 1], [2, 4, 2], [1, 2, 1]]

# %% tags=["demo"]
fig, axes = plt.subplots(1, 2, figsize=(6.5, 3.4), width_ratios=[5, 3])
plots.number_grid(axes[0], lecture_input, "input")
plots.number_grid(axes[1], lecture_kernel, "kernel", cmap="Oranges")
plots.show(
    "Left: the 5x5 input with the rows 1 2 3 2 1, 2 3 2 1 3, 3 2 1 3 2, 2 1 3 2 1, 1 3 2 1 3. Right: the 3x3 kernel with the rows 1 2 1, 2 4 2, 1 2 1."
)

# %% [markdown]
# ### ✏️ Exercise 6: the lecture's convolution (2 points)
#
# **Goal:** do it once without a computer, so that you can do it in an exam. It needs none of your functions.
#
# **Given:** the input and kernel above, **two** zeros of padding on every side, and stride **2**. Afterwards, max
# pooling with windows of $2 \times 2$.
#
# **Question:** What are the size of the convolution's output, its values, and the values after pooling?
#
# Enter plain numbers: `lecture_size` as a tuple (height, width), the other two as lists of rows.
#
# <details><summary>Hint 1: where to begin</summary>
# Size first. Draw the input with its border of zeros: how long is one side now?
# </details>
# <details><summary>Hint 2: a plan</summary>
# Mark the starts of the windows along the top: every second column. In the first window only one number is not a
# made-up zero. Input and kernel are both mirrored along the diagonal, so the output is as well. Which sums does that
# save you?
# </details>
# <details><summary>Hint 3: almost the code</summary>
# The windows start at rows and columns 0, 2, 4, ... of the padded input. Here is a twin with a smaller input; it prints
# the window that starts at row 0 and column 2:
# <pre>
# small = np.array([[1, 2], [3, 4]])
# padded = np.pad(small, 2)
# print(padded[0:3, 2:5])
# </pre>
# Your functions may check your paper, but fill it in first: which numbers of the input lie in the windows of your first
# row, and which weights lie on them?
# </details>

# %% nbgrader={"grade_id": "lecture", "solution": true}
# lecture_size = (height, width) of the convolution's output
# lecture_output = its values, a list of rows
# lecture_pooled = the values after 2 x 2 max pooling, a list of rows
### BEGIN SOLUTION
# For instructors: without padding, stride 2 gives exactly [[36, 31], [31, 32]], the pooled answer by a wrong route.
lecture_size = (4, 4)
lecture_output = [[1, 8, 8, 1], [8, 36, 31, 9], [8, 31, 32, 7], [1, 9, 7, 3]]
lecture_pooled = [[36, 31], [31, 32]]
### END SOLUTION

# %% nbgrader={"grade_id": "lecture-test", "points": 2}
assert np.shape(lecture_size) == (2,), "lecture_size should be a tuple of two numbers: (height, width)."
_causes = {
    (2, 2): " Likely cause: there is no padding.",
    (3, 3): " Likely cause: there is one zero of padding on each side instead of two.",
    (7, 7): " Likely cause: the stride is 1 instead of 2.",
    (9, 9): " Likely cause: it is the size of the padded input.",
    (5, 5): " Likely cause: a window that sticks out is used as well.",
}
_size = tuple(int(_length) for _length in lecture_size)
assert _size == (4, 4), f"lecture_size is wrong: you have {_size}." + _causes.get(_size, "")
for _name, _rows, _length in [("lecture_output", lecture_output, 4), ("lecture_pooled", lecture_pooled, 2)]:
    _found = (len(_rows), {int(np.size(_row)) for _row in _rows})
    assert _found == (_length, {_length}), (
        f"{_name} has {_found[0]} rows of {' or '.join(map(str, sorted(_found[1])))} numbers: that is not its size."
    )
    assert np.array_equal(_rows, np.transpose(_rows)), (
        f"Input and kernel are mirrored along the diagonal, so {_name} must be too; yours is not."
    )
checks.close(
    np.sum(lecture_output, axis=1),
    [18, 84, 78, 20],
    "the list of the sums of the four rows of lecture_output",
    misconceptions={"the sums are divided by the sum of the weights": np.array([18, 84, 78, 20]) / 16},
)
checks.close(
    np.sum(lecture_pooled, axis=1),
    [67, 63],
    "the list of the sums of the two rows of lecture_pooled",
    misconceptions={
        "the average of each window is taken instead of the largest value": [25.5, 24.5],
    },
)
print("lecture: size, symmetry and sums are right. Each number is looked at when you hand in.")
### BEGIN HIDDEN TESTS
_input = np.array([[1, 2, 3, 2, 1], [2, 3, 2, 1, 3], [3, 2, 1, 3, 2], [2, 1, 3, 2, 1], [1, 3, 2, 1, 3]])
_views = np.lib.stride_tricks.sliding_window_view(np.pad(_input, 2), (3, 3))[::2, ::2]
_wanted = np.einsum("ijkl,kl->ij", _views, np.array([[1, 2, 1], [2, 4, 2], [1, 2, 1]]))
checks.close(lecture_size, _wanted.shape, "lecture_size")
checks.close(lecture_output, _wanted, "lecture_output")
checks.close(lecture_pooled, _wanted.reshape(2, 2, 2, 2).max(axis=(1, 3)), "lecture_pooled")
### END HIDDEN TESTS

# %% [markdown]
# ## 10. Channels and filters
#
# A colour image has three numbers per pixel: red, green and blue. These are its **channels**. The kernel then has
# one grid of weights *per channel*. All products of all channels are added up to **one** number.

# %%
red = np.array([[1, 2], [3, 4]])
green = np.array([[0, 1], [1, 0]])
colours = np.stack([red, green], axis=-1)
print("shape (height, width, channels):", colours.shape)

# %% [markdown]
# Take a kernel of $2 \times 2$ pixels and 2 channels, which weighs every red value with 1 and every green value
# with 10. Last, a constant is added, the **bias**: here 100.

# %%
weights = np.stack([np.full((2, 2), 1), np.full((2, 2), 10)], axis=-1)
print("red  ", np.sum(red * weights[:, :, 0]))
print("green", np.sum(green * weights[:, :, 1]))
print("sum of all, plus bias", np.sum(colours * weights) + 100)

# %% [markdown]
# One such kernel with its bias is a **filter**, and makes one feature map. A layer has many filters and stacks
# their feature maps as the channels of its output. Keras stores the weights of all filters in one array:
#
# | array | shape | in words |
# |---|---|---|
# | input | $(H, W, C)$ | height, width, channels |
# | kernels | $(k_h, k_w, C, F)$ | height, width, channels, filters |
# | bias | $(F)$ | one number per filter |
# | output | $(H - k_h + 1, W - k_w + 1, F)$ | one feature map per filter |

# %% [markdown]
# ### ✏️ Exercise 7: `conv2d_multi` (2 points)
#
# **Goal:** a whole convolutional layer (without padding, stride 1).
#
# **Given:** an image with channels, the kernels of all filters, and their biases. You may use `conv2d_valid` on one
# channel at a time. If it does not work yet, slide over all channels at once: a window `image[i : i + kh, j : j + kw]`
# and the kernel of one filter have the same shape.
#
# **Question:** What are the feature maps of all filters?
#
# <details><summary>Hint 1: where to begin</summary>
# Solve it for one filter first. Its kernel is <code>kernels[:, :, :, f]</code>. What is the shape of this block?
# </details>
# <details><summary>Hint 2: a plan</summary>
# For each filter and each channel, <code>conv2d_valid</code> gives a map. Which of these maps have to be added
# up, and which have to be stacked?
# </details>
# <details><summary>Hint 3: almost the code</summary>
# Begin with <code>kh, kw, channels, filters = kernels.shape</code> and zeros of the output's shape,
# <code>out = np.zeros((rows, columns, filters))</code>. In two loops, over filters <code>f</code> and channels
# <code>c</code>, the map to add is <code>conv2d_valid(image[:, :, c], kernels[:, :, c, f])</code>. To which part of
# <code>out</code> do you add it? And in which of the two loops does the bias come?
# </details>


# %% nbgrader={"grade_id": "conv2d_multi", "solution": true}
def conv2d_multi(image, kernels, bias):
    """Convolve an image of several channels with several filters: no padding, stride 1.

    image: shape (H, W, C), numbers; nested lists or an array.
    kernels: shape (kh, kw, C, F), numbers, kh <= H and kw <= W; not flipped.
    bias: shape (F,), added to the feature map of each filter.
    Returns an array of shape (H - kh + 1, W - kw + 1, F).
    """
    image, kernels, bias = np.asarray(image), np.asarray(kernels), np.asarray(bias)
    ### BEGIN SOLUTION
    channels, filters = kernels.shape[2:]
    maps = [
        sum(conv2d_valid(image[:, :, c], kernels[:, :, c, f]) for c in range(channels)) + bias[f]
        for f in range(filters)
    ]
    return np.stack(maps, axis=-1)
    ### END SOLUTION


# %% nbgrader={"grade_id": "conv2d_multi-test", "points": 2}
checks.close(
    conv2d_multi([[[1, 10], [2, 20]]], [[[[1, 2], [3, 5]]]], [100, 700]),
    [[[131, 752], [162, 804]]],
    "conv2d_multi(1 x 2 pixels of 2 channels, two 1 x 1 filters, [100, 700])",
    misconceptions={
        "channels and filters of the kernels are swapped": [[[121, 753], [142, 806]]],
        "the bias is not added": [[[31, 52], [62, 104]]],
        "the bias is added once per channel": [[[231, 1452], [262, 1504]]],
        "all biases are added to each feature map, one to each column": [[[131, 152], [762, 804]]],
        "the first filter's bias is added to every filter": [[[131, 152], [162, 204]]],
        "the last filter's bias is added to every filter": [[[731, 752], [762, 804]]],
        "the bias is subtracted": [[[-69, -648], [-38, -596]]],
        "the bias is multiplied": [[[3100, 36400], [6200, 72800]]],
        "only the first channel is used": [[[101, 702], [102, 704]]],
        "only the last channel is used": [[[130, 750], [160, 800]]],
        "the channels are averaged instead of added up": [[[115.5, 726], [131, 752]]],
        "the channels of image and kernels are paired in opposite order": [[[113, 725], [126, 750]]],
        "the first filter is used for every feature map": [[[131, 731], [162, 762]]],
        "the feature maps are added up": [[[883], [966]]],
        "the filters are the first axis of the result instead of the last": [[[131, 162]], [[752, 804]]],
    },
)
checks.close(
    conv2d_multi([[[1, 0], [2, 1]], [[3, 1], [4, 0]]], [[[[1], [10]], [[1], [10]]], [[[1], [10]], [[1], [10]]]], [100]),
    [[[130]]],
    "conv2d_multi(the image, the kernel and the bias worked out above)",
)
checks.close(
    conv2d_multi([[[1], [2], [4]]], [[[[1, -1]], [[10, 0]]]], [0, 0]),
    [[[21, -1], [42, -2]]],
    "conv2d_multi(1 x 3 pixels of 1 channel, two 1 x 2 filters, [0, 0])",
    misconceptions={
        "the kernels are flipped": [[[12, -2], [24, -4]]],
        "negative sums are set to zero": [[[21, 0], [42, 0]]],
        "the height and width of the kernels are swapped": np.zeros((0, 3, 2)),
    },
)
checks.close(
    conv2d_multi([[[0.5], [1.5]]], [[[[3]]]], [1]),
    [[[2.5], [5.5]]],
    "conv2d_multi(1 x 2 pixels with fractions, one 1 x 1 filter, [1])",
    misconceptions={
        "the pixels are cut to whole numbers": [[[1], [4]]],
        "the sums are cut to whole numbers: an array made with an integer dtype, int() or //": [[[2], [5]]],
    },
)
print("conv2d_multi: the visible checks pass. More tests run when you hand in.")
### BEGIN HIDDEN TESTS
_rng = np.random.default_rng(15)
for _shape, _size in [
    ((4, 5, 3), (2, 3, 3, 2)),
    ((6, 3, 2), (3, 2, 2, 5)),
    ((5, 5, 1), (3, 3, 1, 4)),
    ((3, 4, 4), (3, 4, 4, 1)),
    ((4, 4, 3), (2, 2, 3, 3)),
]:
    _image, _w, _b = (
        _rng.integers(-9, 10, _shape),
        _rng.integers(-9, 10, _size) / 4,
        _rng.integers(-99, 100, _size[3]) / 2,
    )
    _views = np.lib.stride_tricks.sliding_window_view(_image, _size[:2], axis=(0, 1))
    _sums = np.einsum("ijckl,klcf->ijf", _views, _w)
    _wanted = _sums + _b
    checks.close(
        conv2d_multi(_image, _w, _b),
        _wanted,
        f"conv2d_multi(image of shape {_shape}, kernels of shape {_size}, bias of length {_size[3]})",
    )
    checks.close(
        conv2d_multi(_image.tolist(), _w.tolist(), _b.tolist()),
        _wanted,
        f"conv2d_multi(lists of shapes {_shape} and {_size})",
    )
    checks.close(
        conv2d_multi(_image / 8, (4 * _w).astype(int), (2 * _b).astype(int)),
        _sums / 2 + 2 * _b,
        f"conv2d_multi(fractions of shape {_shape}, integers of shape {_size}, integer bias)",
    )
### END HIDDEN TESTS

# %% [markdown]
# Two filters of $5 \times 5$ pixels and 3 channels on the photo of a flower: the first likes red and dislikes
# green and blue, the second likes green and dislikes red and blue. Which one lights up on the petals, and which on the
# leaves?

# %% tags=["demo", "fold"]
flower = load_small("flower.jpg", block)
finder = np.zeros((5, 5, 3, 2))
finder[:, :, :, 0] = np.array([1, -0.5, -0.5]) / 25
finder[:, :, :, 1] = np.array([-0.5, 1, -0.5]) / 25
maps = conv2d_multi(flower, finder, np.zeros(2))
fig, axes = plt.subplots(1, 3, figsize=(10, 2.7))
plots.picture(axes[0], flower, "flower")
plots.picture(axes[1], maps[:, :, 0], "filter 0: likes red", signed=True)
plots.picture(axes[2], maps[:, :, 1], "filter 1: likes green", signed=True)
plots.show(
    "Left: a photo of an orange flower against dark green leaves. Middle: the response of the red filter is strongly positive, drawn red, on the flower and slightly negative, drawn blue, on the leaves. Right: the response of the green filter is positive on the leaves and negative in the middle of the flower."
)

# %% [markdown]
# <details><summary>What we measured: open after you ran it</summary>
#
# Filter 0 on the petals, since orange is mostly red; filter 1 on the leaves. Each feature map answers one question.
#
# </details>

# %% [markdown]
# ## 11. From loops to one line
#
# Python loops are slow. NumPy can hand us *all* windows at once, without copying a single pixel:

# %%
from numpy.lib.stride_tricks import sliding_window_view

views = sliding_window_view(image, (3, 3))
print("shape of all windows:", views.shape)
print("the first one:")
print(views[0, 0])

# %% [markdown]
# Axes `i` and `j` say which window, `k` and `l` where inside it. `np.einsum` writes a sum in just such letters:
# multiply where letters agree, and sum over those that are missing after the arrow.


# %% tags=["demo"]
def slide(image, kernel):
    return np.einsum("ijkl,kl->ij", sliding_window_view(image, kernel.shape), kernel)


print(slide(image, cross))

# %% [markdown]
# The whole layer of Exercise 7 is one line as well. `c` runs over channels and `f` over filters. The windows' own axes
# always come last, after the channels, so the letters of `views` are `ijckl`:


# %% tags=["demo"]
def slide_layer(image, kernels, bias):
    views = sliding_window_view(image, kernels.shape[:2], axis=(0, 1))
    return np.einsum("ijckl,klcf->ijf", views, kernels, optimize=True) + bias


# %% [markdown]
# How much faster is it than your loops, on the photo and with 3 random filters?

# %% [markdown]
# **Predict, then run.** *I expect it to be ... times faster.*

# %% tags=["demo"]
predictions.ask("speed", ["about as fast: the sums are the same", "about 3 times", "about 10 times", "about 100 times"])

# %% tags=["demo", "nbval-ignore-output"] nbval_reason="timings differ from run to run"
import time

filters, biases = rng.normal(size=(3, 3, 3, 3)), rng.normal(size=3)
start = time.perf_counter()
slow = conv2d_multi(photo, filters, biases)
middle = time.perf_counter()
fast = slide_layer(photo, filters, biases)
loops, one_line = middle - start, time.perf_counter() - middle
print(f"loops {loops:.3f} s, einsum {one_line:.4f} s: {loops / one_line:.0f} times faster")
predictions.recall("speed")

# %% tags=["demo"]
print("same result:", np.allclose(slow, fast))

# %% [markdown]
# <details><summary>What we measured: open after you ran it</summary>
#
# About 100 times: from 50 to 200, from run to run, with two loops over windows, and more with loops over single pixels.
# The sums are the same, but NumPy runs them in compiled code; Python spends its time on the way from window to window.
#
# </details>

# %% [markdown]
# ### Three dimensions
#
# A video, or a scan of a body, is a *cube* of numbers. Nothing new happens: the kernel is a small cube and slides
# along three axes.

# %% [markdown]
# **Predict, then run.** A cube of $4 \times 4 \times 4$ and a kernel of $3 \times 3 \times 3$: what is the shape
# of the output? *I expect ...*

# %% tags=["demo"]
predictions.ask("the cube", ["2 x 2", "2 x 2 x 2", "4 x 4 x 4", "2 x 2 x 2 x 3"])

# %% tags=["demo"]
cube = np.arange(64).reshape(4, 4, 4)
small_cube = np.ones((3, 3, 3), dtype=int)
print("first position, by hand:", np.sum(cube[0:3, 0:3, 0:3] * small_cube))
cube_response = np.einsum("abcijk,ijk->abc", sliding_window_view(cube, (3, 3, 3)), small_cube)
print("shape:", cube_response.shape)
print(cube_response)
predictions.recall("the cube")

# %% tags=["demo"]
fig, axes = plt.subplots(1, 2, figsize=(8, 3.8), subplot_kw={"projection": "3d"})
for ax, start, title in zip(axes, [0, 1], ["first position", "last position"], strict=True):
    inside = np.zeros((4, 4, 4), dtype=bool)
    inside[start : start + 3, start : start + 3, start : start + 3] = True
    ax.voxels(inside, facecolors=plots.BLUE, edgecolor="white")
    ax.voxels(~inside, facecolors="#cccccc30", edgecolor="#99999960")
    ax.set(title=f"kernel at its {title}", xticks=[], yticks=[], zticks=[])
plots.show(
    "Two drawings of a cube of 4x4x4 pale cells. In the left one the 27 cells of the kernel's first position are blue, at one corner; in the right one those of its last position, at the opposite corner."
)

# %% [markdown]
# <details><summary>What we measured: open after you ran it</summary>
#
# $2 \times 2 \times 2$: two positions along each of three axes, $4 - 3 + 1 = 2$.
#
# </details>

# %% [markdown]
# ### The moment of truth: Keras
#
# Every operation of this notebook against its Keras layer, on random numbers and the cube above. The folded cell builds
# each layer, gives it the same weights and compares.


# %% tags=["demo", "fold"]
from keras.layers import AveragePooling2D, Conv1D, Conv2D, Conv3D, MaxPooling2D

numbers = np.random.default_rng(seed)
x1, w1 = numbers.uniform(-1, 1, 9), numbers.uniform(-1, 1, 4)
x2, w2 = numbers.uniform(-1, 1, (8, 11)), numbers.uniform(-1, 1, (3, 2))
x3, w3, b3 = numbers.uniform(-1, 1, (6, 7, 3)), numbers.uniform(-1, 1, (3, 2, 3, 5)), numbers.uniform(-1, 1, 5)


def conv3d(cube, kernel):
    return np.einsum("abcijk,ijk->abc", sliding_window_view(cube, kernel.shape), kernel)


def average_pool2d(image, size):
    return sliding_window_view(image, (size, size))[::size, ::size].mean(axis=(2, 3))


def compare(function, arguments, layer):
    x, *weights = [argument for argument in arguments if np.ndim(argument)]
    if len(weights) < 2:  # no bias: one channel and one filter, whose axes Keras wants to see
        x, weights = x[..., None], [array[..., None, None] for array in weights]
    layer.build((None, *x.shape))  # a batch of samples: one axis more
    layer.set_weights(weights)
    theirs = keras.ops.convert_to_numpy(layer(x[None].astype("float32")))[0]
    try:
        verdict = bool(np.abs(np.reshape(function(*arguments), theirs.shape) - theirs).max() < 1e-5)
    except NotImplementedError:
        verdict = "your function is not written yet"
    print(f"{type(layer).__name__:17} output {theirs.shape!s:13} agrees to 1e-5: {verdict}")


# %% tags=["demo"]
compare(conv1d, [x1, w1], Conv1D(1, 4, use_bias=False))
compare(conv2d, [x2, w2, 0, 2], Conv2D(1, (3, 2), strides=2, use_bias=False))
compare(conv2d, [x2, vertical, 1], Conv2D(1, 3, padding="same", use_bias=False))
compare(conv2d_multi, [x3, w3, b3], Conv2D(5, (3, 2)))
compare(conv3d, [cube, small_cube], Conv3D(1, 3, use_bias=False))
compare(max_pool2d, [x2, 2], MaxPooling2D(2))
compare(average_pool2d, [x2, 2], AveragePooling2D(2))

# %% [markdown]
# All seven agree. There is no magic in these layers: you have written almost all of them.

# %% [markdown]
# ## 12. Few weights, used often
#
# Why slide a small kernel, when a dense layer could give every output its own weight for every input? Write
# the week of steps as a dense layer: a matrix with one row per output.

# %%
matrix = np.zeros((5, 7), dtype=int)
for row in range(5):
    matrix[row, row : row + 3] = kernel
print("matrix @ week:", matrix @ week)

# %% tags=["demo"]
fig, ax = plt.subplots(figsize=(5, 3.8))
plots.number_grid(ax, matrix, "a matrix of 5 outputs and 7 inputs")
plots.show(
    "A 5x7 matrix. Each row holds 1, 2, 1, one cell further right than the row above, and zeros elsewhere: a diagonal band."
)
print(f"{matrix.size} entries, {np.count_nonzero(matrix)} of them not zero, {kernel.size} weights to learn")

# %% [markdown]
# The numbers of Exercise 1! So a convolution *is* a dense layer, with two restrictions:
#
# - **sparsity**: an output is connected only to the few inputs under the kernel; all other entries are zero,
# - **parameter sharing**: every row uses the same three weights.
#
# A **parameter** is a number that is learnt: a weight or a bias. A filter has one weight per pixel and channel of
# its window, and one bias. A layer of 10 filters of $4 \times 4$ pixels on a colour image therefore has
# $(4 \cdot 4 \cdot 3 + 1) \cdot 10$ parameters, however large the image is.

# %% [markdown]
# ### ✏️ Exercise 8: `count_parameters` (1 point)
#
# **Goal:** read the size of a layer off its description.
#
# **Given:** the shape of the window, the number of input channels and of filters. Every filter has a bias.
#
# **Question:** How many numbers does the layer learn?
#
# <details><summary>Hint 1: where to begin</summary>
# How many does <em>one</em> filter learn?
# </details>
# <details><summary>Hint 2: a plan</summary>
# Count the weights of one filter and add its bias. Then think of all filters: does each have a bias of its own?
# </details>
# <details><summary>Hint 3: almost the code</summary>
# The product in the text above is your function for one set of numbers:
# <pre>
# print((4 * 4 * 3 + 1) * 10)
# </pre>
# Which argument of the function is which number, and what is the 1?
# </details>


# %% nbgrader={"grade_id": "count_parameters", "solution": true}
def count_parameters(kernel_height, kernel_width, channels, filters):
    """Return the number of weights and biases of a convolutional layer, a whole number."""
    ### BEGIN SOLUTION
    return (kernel_height * kernel_width * channels + 1) * filters
    ### END SOLUTION


# %% nbgrader={"grade_id": "count_parameters-test", "points": 1}
checks.close(
    count_parameters(4, 2, 3, 7),
    175,
    "count_parameters(4, 2, 3, 7)",
    misconceptions={
        "the biases are missing": 168,
        "only one bias is counted for the whole layer": 169,
        "the channels of the input are missing": 63,
        "a bias is counted for each channel": 189,
        "a bias is counted for each pixel of the window": 224,
        "only one filter is counted": 25,
        "the window is taken to be square": 343,
        "height, width and channels are added up instead of multiplied": 70,
    },
)
checks.close(count_parameters(4, 4, 3, 10), 490, "count_parameters(4, 4, 3, 10)")
print("count_parameters: the visible checks pass. More tests run when you hand in.")
### BEGIN HIDDEN TESTS
for _h, _w, _c, _f in [(3, 3, 1, 32), (3, 3, 32, 64), (5, 2, 3, 7), (1, 1, 8, 4), (2, 7, 5, 1)]:
    _wanted = np.zeros((_h, _w, _c, _f)).size + np.zeros(_f).size
    checks.close(count_parameters(_h, _w, _c, _f), _wanted, f"count_parameters({_h}, {_w}, {_c}, {_f})")
### END HIDDEN TESTS

# %% [markdown]
# Keras counts the same for 10 filters of $4 \times 4$ on colour images of $32 \times 32$.

# %% tags=["demo"]
layer = Conv2D(filters=10, kernel_size=4)
layer.build((None, 32, 32, 3))
print("Keras:", layer.count_params(), " by hand:", (4 * 4 * 3 + 1) * 10)

# %% [markdown]
# Learning few numbers does not mean computing little: each weight is used at every position. One product and its
# addition to the sum are a **multiply-add**. An output takes one for each weight of its filter (the bias is not
# counted), and there are positions times filters outputs.
#
# Now compare. Between a grey image of $28 \times 28$ and 32 feature maps of $26 \times 26$ we can put 32 filters of
# $3 \times 3$, or a dense layer with a weight for every pair of input and output.

# %% [markdown]
# **Predict, then run.** How many times more parameters does the dense layer need? *I expect ...*

# %% tags=["demo"]
predictions.ask("dense", ["about 10 times", "about 100 times", "about 1,000 times", "more than 10,000 times"])

# %% tags=["demo"]
inputs, outputs = 28 * 28 * 1, 26 * 26 * 32
parameters = {"convolution": (3 * 3 * 1 + 1) * 32, "dense": (inputs + 1) * outputs}
work = {"convolution": 3 * 3 * 1 * outputs, "dense": inputs * outputs}
for name, count in parameters.items():
    print(f"{name:12} {count:>12,} parameters {work[name]:>12,} multiply-adds")
print(f"dense / convolution: {parameters['dense'] / parameters['convolution']:,.0f} times the parameters")
print(f"                     {work['dense'] / work['convolution']:,.0f} times the multiply-adds")
predictions.recall("dense")

# %% tags=["demo"]
fig, axes = plt.subplots(1, 2, figsize=(8, 3))
for ax, counts, title in zip(axes, [parameters, work], ["Parameters", "Multiply-adds per image"], strict=True):
    bars = ax.bar(list(counts), list(counts.values()), color=[plots.ORANGE, plots.BLUE], width=0.6)
    ax.bar_label(bars, fmt="{:,.0f}", padding=2)
    ax.set(yscale="log", ylim=(100, 3e8), title=title, ylabel="count (logarithmic)")
plots.show(
    "Two bar charts with logarithmic scales. Parameters: 320 for the convolution, about 17 million for the dense layer. Multiply-adds: about 195 thousand for the convolution, about 17 million for the dense layer."
)

# %% [markdown]
# <details><summary>What we measured: open after you ran it</summary>
#
# 53,066 times the parameters, and 87 times the multiply-adds. Sparsity saves the work: an output looks at 9 inputs
# instead of 784. Sharing saves even more parameters, because the same 320 numbers serve all 676 positions.
#
# </details>

# %% [markdown]
# ## 13. When the picture moves
#
# The same kernel looks everywhere. So what happens to the output when the input moves? Two answers have a name. An
# operation is **translation equivariant** if its output moves along, and **translation invariant** if its output does
# not change at all. Which of them is convolution, and which is pooling?
#
# The folded cell makes a picture of a `seven` and four small tools, which do not need your functions:
# `shift_right(image, pixels)`; `positive_edges(picture)`, the response to `vertical` with negative values set to zero;
# `pool(features, size)`, max pooling; and `relative_change(before, after)`.


# %% tags=["fold"] nbgrader={"grade_id": "translation-tools", "locked": true}
def shift_right(image, pixels):
    """Move an image to the right; zeros come in on the left, and what leaves on the right is lost."""
    moved = np.zeros_like(image)
    moved[:, pixels:] = image[:, : image.shape[1] - pixels]
    return moved


def positive_edges(picture):
    """Convolve with the Sobel kernel `vertical`, then set negative responses to zero (ReLU)."""
    windows = np.lib.stride_tricks.sliding_window_view(picture, (3, 3))
    return np.maximum(np.einsum("ijkl,kl->ij", windows, [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]), 0)


def pool(features, size):
    """Max pooling with windows of size x size; size 0 stands for one window over the whole map."""
    if size == 0:
        return features.max()
    return np.lib.stride_tricks.sliding_window_view(features, (size, size))[::size, ::size].max(axis=(2, 3))


def relative_change(before, after):
    """Sum of absolute differences, as a share of the sum of absolute values before."""
    return float(np.abs(after - before).sum() / np.abs(before).sum())


seven = np.zeros((14, 18))
seven[3:5, 3:10] = 9
seven[5:7, 3] = 9
for _row in range(5, 12):
    seven[_row, 10 - _row // 2 : 12 - _row // 2] = 9
seven[8, 4:9] = 9

# %% [markdown]
# `relative_change` adds up all differences and divides by the sum before. 0 means that nothing changed; 2, that the
# patterns before and after do not overlap: all that was there is gone, and as much is there anew.
#
# Does it matter whether we first move and then convolve, or first convolve and then move?

# %% [markdown]
# **Predict, then run.** Are the two results the same? *I expect ...*

# %% tags=["demo"]
predictions.ask(
    "order", ["equal, to the last digit", "equal up to rounding", "similar, but not equal", "quite different"]
)

# %% tags=["demo"]
features, moved_features = slide(seven, vertical), slide(shift_right(seven, 4), vertical)
fig, axes = plt.subplots(1, 4, figsize=(10, 2.3))
plots.picture(axes[0], seven, "seven")
plots.picture(axes[1], features, "its vertical edges", signed=True)
plots.picture(axes[2], shift_right(seven, 4), "moved by 4 pixels")
plots.picture(axes[3], moved_features, "its vertical edges", signed=True)
plots.show(
    "Four pictures: a seven with a bar through its stem, its feature map of vertical edges in red and blue, the seven moved four pixels to the right, and the feature map of the moved seven: the same pattern, four pixels further right."
)

# %% tags=["demo"]
print("move, then convolve = convolve, then move:", np.array_equal(moved_features, shift_right(features, 4)))
predictions.recall("order")

# %% [markdown]
# <details><summary>What we measured: open after you ran it</summary>
#
# Equal to the last digit: convolution is equivariant, as long as nothing reaches the border. It is not invariant: the
# map did move.
#
# </details>
#
# And pooling? People say that it makes a network ignore small movements. Measure it, on handwritten digits that come
# with scikit-learn: take the vertical edges, set negative responses to zero, pool, and compare before and after a shift.

# %% tags=["demo"]
from sklearn.datasets import load_digits

number_of_digits = 30 if profile == "quick" else 300
digits = np.zeros((number_of_digits, 18, 26))
digits[:, 5:13, 4:12] = load_digits().images[:number_of_digits]

# %% [markdown]
# A window of size 1 is no pooling at all; size 0 stands for one window over the whole map (*global* max pooling).

# %% [markdown]
# **Predict, then run.** The digits move by **one** pixel. What does max pooling with windows of $4 \times 4$ do to the
# relative change? *I expect ...*

# %% tags=["demo"]
predictions.ask(
    "one pixel",
    [
        "nothing: the change is as large as without pooling",
        "it is smaller, but far from 0",
        "it is 0: the digit stays inside its windows",
        "it is larger",
    ],
)

# %% tags=["demo", "fold"]
shifts, sizes = [0, 1, 2, 3, 4, 6, 8], {"no pooling": 1, "2 x 2": 2, "4 x 4": 4, "8 x 8": 8, "global": 0}
changes = {name: np.zeros((len(shifts), len(digits))) for name in sizes}
for name, size in sizes.items():
    for number, digit in enumerate(digits):
        before = pool(positive_edges(digit), size)
        after = [pool(positive_edges(shift_right(digit, shift)), size) for shift in shifts]
        changes[name][:, number] = [relative_change(before, moved) for moved in after]
print("shift      " + "".join(f"{shift:6d}" for shift in shifts))
for name, values in changes.items():
    print(f"{name:11}" + "".join(f"{value:6.2f}" for value in values.mean(axis=1)))
predictions.recall("one pixel")

# %% [markdown]
# The table holds the mean over all digits, one column per shift. Here it is as a picture; bars are one standard
# deviation over the digits.

# %% tags=["demo", "fold"]
fig, ax = plt.subplots(figsize=(8, 4))
for (name, values), marker in zip(changes.items(), "osD^v", strict=True):
    ax.errorbar(shifts, values.mean(axis=1), values.std(axis=1), label=name, marker=marker, capsize=3)
ax.set(
    xticks=shifts,
    title="How much a shift changes the output",
    xlabel="shift in pixels",
    ylabel="relative change (mean ± sd)",
)
ax.legend(title="max pooling", loc="upper left", bbox_to_anchor=(1, 1))
plots.show(
    "Line chart of the mean relative change against the shift in pixels, with error bars. All start at zero. After a shift of one pixel the change is about 1.1 without pooling, 0.6 with 2 x 2 windows, 0.3 with 4 x 4 and 8 x 8. All these lines climb to about 2; that of 4 x 4 peaks at 2.2 for six pixels. Only global pooling stays at zero throughout."
)

# %% [markdown]
# <details><summary>What we measured: open after you ran it</summary>
#
# 0.31 instead of 1.06 (`full`: 0.35 instead of 1.07): smaller, and far from 0. Some part of a stroke always crosses from
# one window into the next.
#
# </details>
#
# Look closely, you will write about this. Which lines are at zero? Do the windows that help for one pixel still help
# for eight? (A *pooled* map can exceed 2 a little, when the strokes touch more windows than before.)

# %% [markdown]
# ### ✏️ Exercise 9: the seven moves (2 points)
#
# **Goal:** one measurement of your own, to have figures for the text below.
#
# **Given:** `seven`, `shift_right`, `positive_edges`, `pool` and `relative_change` from the beginning of this section.
#
# **Question:** The seven moves **two** pixels to the right. What is the relative change of its positive vertical edges
# without pooling (`change_before`), and after max pooling with windows of $4 \times 4$ (`change_after`)?
#
# Any way to get the two numbers counts, also with your own functions.
#
# <details><summary>Hint 1: where to begin</summary>
# You need two feature maps to compare. The first is <code>positive_edges(seven)</code>. Of which picture is the other?
# </details>
# <details><summary>Hint 2: a plan</summary>
# Make the two maps, of the seven and of the moved seven, and compare them: that is the first number. What has to be
# done to <em>both</em> maps before you compare them for the second?
# </details>
# <details><summary>Hint 3: almost the code</summary>
# The map of the moved seven is <code>after = positive_edges(shift_right(seven, 2))</code>. With
# <code>before</code> in the same way, the first number is <code>relative_change(before, after)</code>, the map
# before the shift first. <code>pool(before, 4)</code> is one of the two maps for the second number. What is the
# other, and in which order do they go in?
# </details>

# %% nbgrader={"grade_id": "moving_seven", "solution": true}
# change_before = relative change without pooling, a number
# change_after = relative change after 4 x 4 max pooling, a number
### BEGIN SOLUTION
before, after = positive_edges(seven), positive_edges(shift_right(seven, 2))
change_before = relative_change(before, after)
change_after = relative_change(pool(before, 4), pool(after, 4))
print(f"without pooling {change_before:.3f}, after 4 x 4 max pooling {change_after:.3f}")
### END SOLUTION

# %% nbgrader={"grade_id": "moving_seven-test", "points": 2}
_causes = {
    "change_before": {
        1.1081: "the seven moved one pixel instead of two",
        1.8649: "the seven moved three pixels instead of two",
        1.8784: "negative responses are not set to zero",
        1.2162: "negative responses are made positive instead of being set to zero",
        0.8533: "these are the horizontal edges",
        1.2121: "the pixels are compared instead of their edges",
        1.66: "this is the mean over the digits of the table",
        1.0455: "the maps are pooled",
        0.55: "change_before and change_after are mixed up",
    },
    "change_after": {
        0.2: "the seven moved one pixel instead of two",
        1.0: "the seven moved three pixels instead of two",
        0.4783: "the map after the shift went in first",
        1.0455: "the windows are 2 x 2 instead of 4 x 4",
        0.7568: "the windows are averaged: max pooling is asked for",
        0.3103: "negative responses are made positive instead of being set to zero",
        0.45: "these are the horizontal edges",
        0.25: "the pixels are compared instead of their edges",
        0.69: "this is the mean over the digits of the table",
        1.8378: "change_before and change_after are mixed up",
    },
}
for _name, _value in [("change_before", change_before), ("change_after", change_after)]:
    assert _value is not None, f"{_name} is None: it should be a number."
    assert np.ndim(_value) == 0, f"{_name} should be a single number, but has shape {np.shape(_value)}."
    assert _value >= 0, f"{_name} is {_value}: a sum of absolute differences is never negative."
    assert _value < 3, f"{_name} is {_value}: too large for these maps. A share is wanted, not per cent."
    assert _value > 0, f"{_name} is 0: as if nothing had moved, or the maps had been pooled to a single number."
    for _wrong, _cause in _causes[_name].items():
        assert abs(_value - _wrong) > 2e-3, f"{_name} is {_value:.4g}. Likely cause: {_cause}."
print("moving_seven: no typical mistake found. The two values themselves are checked when you hand in.")
### BEGIN HIDDEN TESTS
_maps = []
for _pixels in (0, 2):
    _views = np.lib.stride_tricks.sliding_window_view(np.pad(seven, ((0, 0), (_pixels, 0)))[:, :18], (3, 3))
    _maps.append(np.maximum(np.einsum("ijkl,kl->ij", _views, np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])), 0))
_pooled = [_map.reshape(3, 4, 4, 4).max(axis=(1, 3)) for _map in _maps]
checks.close(change_before, np.abs(_maps[1] - _maps[0]).sum() / _maps[0].sum(), "change_before", atol=6e-3)
checks.close(change_after, np.abs(_pooled[1] - _pooled[0]).sum() / _pooled[0].sum(), "change_after", atol=6e-3)
### END HIDDEN TESTS

# %% [markdown]
# ### ✏️ Exercise 10: a claim to judge (3 points, written)
#
# A fellow student says: *"Convolution and max pooling make a network invariant to translation."* Comment on this
# in five to eight sentences, with your figures.
#
# | points | for |
# |---|---|
# | 1 | what convolution alone does when the input moves, in the right words, and the result for the seven (move, then convolve) that shows it |
# | 1 | what pooling adds, with at least two numbers from the table or from Exercise 9, and where it does *not* hold, or not exactly |
# | 1 | what pooling costs, and a task for which you would rather not pool |

# %% [markdown] nbgrader={"grade_id": "translation-text", "solution": true, "points": 3}
# **Model answer.** The claim mixes up two things. Convolution alone is *equivariant*, not invariant: when the
# seven moves by 4 pixels, its feature map moves by 4 pixels as well, and "move, then convolve" equals "convolve,
# then move" exactly. Max pooling adds some *approximate* invariance to small shifts. For one pixel the mean
# change over the digits falls from 1.06 without pooling to 0.59 with $2 \times 2$ and 0.31 with $4 \times 4$
# windows; for the seven and two pixels it falls from 1.838 to 0.550. It is not zero, since a maximum may cross into the
# next window. For larger shifts it does not hold: at 8 pixels the $4 \times 4$ map changes by 1.96, about as much as
# without pooling. Only global pooling does not change at all. The price is position: a pooled map says that an
# edge is somewhere in the window, not where, and not how many there are. To draw a box around an object or to
# label each pixel I would rather not pool.
#
# **Marking guide.** One point per row of the table that students see; in rows 2 and 3 half a point for one of the two
# things asked. The figures above are those of the `quick` profile. With `full` (300 digits) they are: for one pixel
# 1.07 without pooling, 0.62 with $2 \times 2$, 0.35 with $4 \times 4$ and 0.29 with $8 \times 8$ windows; for eight
# pixels 1.96 with $4 \times 4$ and 2.00 without pooling. The seven's figures are the same in both.
#
# - Row 1: needs *equivariant* (or "the output moves along") and the exact equality of "move, then convolve" and
#   "convolve, then move". No point for "convolution is invariant".
# - Row 2: needs two numbers that the notebook prints, and one limit: the change is not zero even for one pixel;
#   or small windows stop helping as the shift grows; or only global pooling is unchanged.
# - Row 3: needs the loss of position (or of the number of occurrences) *and* a task where position matters, such
#   as finding a box around an object or labelling every pixel. Accept any reasonable one.

# %% [markdown]
# ## 14. To play with: lost in the snow
#
# Here is a picture. Change it: your initials, a cat, a spaceship. Every `#` is ink; rows should be of equal length.

# %% tags=["demo"]
sketch = """
..####..
.#....#.
#.#..#.#
#......#
#.#..#.#
#..##..#
.#....#.
..####..
"""

# %% [markdown]
# We make it four times as large and hide it at a random place in a landscape that gets brighter to the right. Then it
# snows: `snow=2` means random ups and downs *twice* as strong as the ink. The folded cell has the tools for that.


# %% tags=["demo", "fold"]
def enlarge(sketch, times=4):
    ink = np.array([[character == "#" for character in row] for row in sketch.split()], dtype=float)
    return ink.repeat(times, axis=0).repeat(times, axis=1)


def hide(ink, snow, seed):
    dice = np.random.default_rng(seed)
    scene = np.linspace(0, 6, 150) + dice.normal(0, snow, (90, 150))
    top, left = dice.integers(0, 90 - len(ink)), dice.integers(0, 150 - len(ink[0]))
    scene[top : top + len(ink), left : left + len(ink[0])] += ink
    return scene, (int(top), int(left))


def place_of_largest(response):
    row, column = np.unravel_index(np.argmax(response), response.shape)
    return int(row), int(column)


def is_near(found, place):
    return max(abs(found[0] - place[0]), abs(found[1] - place[1])) <= 1


# %% [markdown]
# The kernel is the picture itself, minus its mean: its weights add up to 0.

# %% tags=["demo"]
ink = enlarge(sketch)
your_kernel = ink - ink.mean()
scene, place = hide(ink, snow=2, seed=1)
print("picture", ink.shape, "scene", scene.shape)

# %% [markdown]
# **Predict, then run.** Snow of strength 2: who finds the picture? *I expect ...*

# %% tags=["demo"]
predictions.ask("snow", ["neither I nor the kernel", "I, but not the kernel", "the kernel, but not I", "both"])

# %% tags=["demo"]
fig, ax = plt.subplots(figsize=(9, 5.4))
plots.picture(ax, scene, "somewhere in here is the picture")
plots.show(
    "A grey landscape, darker on the left and brighter on the right, covered with so much random noise that no drawing can be made out."
)

# %% tags=["demo"]
response = slide(scene, your_kernel)
fig, ax = plt.subplots(figsize=(9, 5.4))
plots.picture(ax, response, "what the kernel answers")
plots.show(
    "The feature map of the scene: a mottled grey field with one small white spot, brighter than anything around it."
)
print("hidden at", place, "largest response at", place_of_largest(response))
predictions.recall("snow")

# %% [markdown]
# How much snow is too much? Ten new places for each strength; one pixel off is near enough.

# %% tags=["demo"]
for snow in [1, 2, 3, 4, 5]:
    hits = 0
    for number in range(10):
        scene, place = hide(ink, snow, seed=100 + number)
        hits += is_near(place_of_largest(slide(scene, your_kernel)), place)
    print(f"snow {snow}: found {hits} times of 10")

# %% [markdown]
# <details><summary>What we measured: open after you ran it</summary>
#
# At strength 2 we see nothing but snow, and the kernel finds the smiling face 10 times of 10; at strength 4 still 5
# times. In the sum over $32 \times 32$ pixels the ink adds up, while the snow, up and down at random, largely cancels
# out: the kernel asks a thousand pixels at once.
#
# </details>
#
# Your turn: a larger picture, thinner lines, more snow. What helps? And what happens if you use `ink` as the kernel,
# without taking the mean off? (Section 5 had a word on that.) Or try the kernels of section 7 on a photo of yours: put it
# beside this notebook and read it with `plt.imread("photo.png")`.

# %% [markdown]
# ## Can you do it now?
#
# - [ ] I can compute a convolution of a signal, an image or a cube by hand, and write it in NumPy.
# - [ ] I can predict the size of the output for any kernel, padding and stride.
# - [ ] I can explain what pooling keeps and what it throws away.
# - [ ] I can count the parameters and multiplications of a layer, and say why a convolution needs so few.
# - [ ] I can show by measurement what happens to the output when the input moves.
#
# **What if ...**
#
# - ... you apply a $3 \times 3$ kernel twice? How large a part of the image does one output see? How many weights would
#   a single kernel need for that?
# - ... the border were a mirror image instead of zeros? Try `np.pad(..., mode="reflect")` on the flat image of
#   section 6.
# - ... a kernel had the size $1 \times 1$? What is it good for when there are many channels?
#
# **Further reading**
#
# - G. James, D. Witten, T. Hastie, R. Tibshirani, *An Introduction to Statistical Learning*, 2nd ed., chapter 10.
# - K. P. Murphy, *Probabilistic Machine Learning: An Introduction*, chapter 14.
# - F. Chollet, *Deep Learning with Python*, the chapter on computer vision.
# - V. Dumoulin, F. Visin, *A guide to convolution arithmetic for deep learning*, arXiv:1603.07285.

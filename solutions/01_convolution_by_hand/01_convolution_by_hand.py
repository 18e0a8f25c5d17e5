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
# And can the *same* idea find a curve in a drawing, or a flower in a photo?
#
# It can, and the idea fits in one line: lay a few weights over a few neighbouring numbers, multiply, add up, move
# on. This is convolution, and networks that recognise images are built from it. Here you build it yourself, from
# a pencil-and-paper sum to a layer that agrees with Keras.
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
# **Time** About 25 seconds to run every cell on a laptop with two cores; plan three hours to work through it.
#
# Nothing is downloaded. With `profile = "full"` in the next cell the photos are larger and the last experiment uses
# more digits; that takes about a minute. Exercises are marked with ✏️ and worth 20 points in total. Do them in order:
# from Exercise 1 on, the pictures are made by *your* functions. Grading skips cells that only show figures, Keras or
# timings: do not build an answer on names from them.

# %% tags=["parameters"]
profile = "quick"
seed = 0

# %% nbgrader={"grade_id": "setup", "locked": true}
import numpy as np

from course_utils import checks

# %% [markdown]
# ## 1. A window that slides
#
# Here is one week of steps, in thousands, Monday to Sunday. And here are three **weights**, also called a
# **kernel**.

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
# Move the window one day to the right and do the same again. That is all there is to it!
#
# **Predict, then run.** What does the second window give? Double-click here and write your number: *I expect ...*

# %%
window = week[1:4]
print(window, "->", np.sum(window * kernel))

# %% [markdown]
# Let us look at it. This cell loads what pictures need, and the next one draws.

# %% tags=["demo"]
import matplotlib.pyplot as plt

from course_utils import plots, widgets

plots.use_course_style()

# %% tags=["demo"] alt="Seven cells with the steps of one week: 2, 4, 9, 5, 3, 8, 6. An orange frame surrounds the first three. To the right are the kernel 1, 2, 1 and the products 2, 8, 9, whose sum is 19."
fig, axes = plt.subplots(1, 3, figsize=(9, 1.7), width_ratios=[7, 3, 3])
plots.number_grid(axes[0], week, "steps: first window", window=(0, 0, 1, 3))
plots.number_grid(axes[1], kernel, "kernel", cmap="Oranges")
plots.number_grid(axes[2], week[0:3] * kernel, "products: sum = 19", window=(0, 0, 1, 3))
plt.show()

# %% [markdown]
# The first window starts at day 0. The last one must still fit, so it ends at the last day.
# With $n$ days and a kernel of $k$ weights there are $n - k + 1$ positions: here $7 - 3 + 1 = 5$.
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
# You already did two positions above. What changed in the code from the first to the second?
# </details>
# <details><summary>Hint 2: a plan</summary>
# Loop over the start positions. For each, cut out a slice as long as the kernel, multiply, sum, and collect the
# result in a list. Turn the list into an array at the end.
# </details>
# <details><summary>Hint 3: almost the code</summary>
# The starts are 0, 1, ..., up to and including <code>len(x) - len(kernel)</code>; remember that <code>range</code>
# leaves out its end. The slice for a start <code>i</code> ends before <code>i + len(kernel)</code>.
# </details>


# %% nbgrader={"grade_id": "conv1d", "solution": true}
def conv1d(x, kernel):
    """Slide a kernel over a signal and return the sum of products at each position.

    x: shape (n,), numbers; a list is fine (use np.asarray).
    kernel: shape (k,), numbers, k <= n; not flipped, that is, not turned around first (more in section 3).
    Returns an array of shape (n - k + 1,).
    """
    ### BEGIN SOLUTION
    x, kernel = np.asarray(x), np.asarray(kernel)
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
        "windows that stick out at both ends are used as well": [2, 8, 19, 27, 22, 19, 25, 20, 6],
        "the window jumps by its whole length": [19, 19],
    },
)
checks.close(
    conv1d([1, 2, 4, 8], [1, 0, -2]),
    [-7, -14],
    "conv1d([1, 2, 4, 8], [1, 0, -2])",
    misconceptions={"the kernel is turned around before it slides": [2, 4], "the sign is lost": [7, 14]},
)
checks.close(conv1d([1, 2, 4], [0.5, 0.5]), [1.5, 3.0], "conv1d([1, 2, 4], [0.5, 0.5])")
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
# its window and so *smooths* a wobbly signal. The second has negative weights on the left and positive weights on
# the right: it computes a **difference**, and is large where the signal jumps up (and very negative where it falls).
# It is an **edge detector**.

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
# **Predict, then run.** Sketch the output of `average` and of `difference` in your mind. Flat? A ramp? A peak?
# *I expect ...*

# %% tags=["demo"] alt="Two stacked line charts over 60 days. Top: daily steps wobble around 5 thousand and, from day 35, around 8 thousand; a thick orange line, the seven-day average, follows calmly and climbs around day 35. Bottom: the difference between the week after and the week before wobbles around zero and has its highest peak at day 35, the dashed line."
fig, axes = plt.subplots(2, 1, figsize=(8, 4.5), sharex=True)
axes[0].plot(days, steps, color="lightgrey", marker=".", label="steps")
axes[0].plot(days[3:-3], conv1d(steps, average), color=plots.ORANGE, linewidth=3, label="7-day average")
axes[0].set(title="Smoothing", ylabel="thousand steps")
axes[1].plot(days[7:-6], conv1d(steps, difference), color=plots.BLUE, linewidth=2, label="week after minus week before")
axes[1].set(title="Finding the jump", xlabel="day", ylabel="thousand steps")
for ax in axes:
    ax.axvline(35, color="black", linestyle="--", linewidth=1)
    ax.legend(loc="upper left")
plt.show()

# %% [markdown]
# The second kernel peaks at the jump. Position $i$ compares days $i$ to $i+6$ with days $i+7$ to $i+13$, so the
# first day with the dog is $i+7$.

# %% tags=["demo"]
peak = np.argmax(conv1d(steps, difference))
print("found: the dog came on day", peak + 7)

# %% [markdown]
# (The steps are random: with another seed it may be a day or two off.)
#
# Nobody told the program about dogs: seven minus signs and seven plus signs were enough. In a **convolutional
# network** nobody even chooses these weights. They are *learnt*. But the sliding is exactly what you just wrote.

# %% [markdown]
# ## 3. To flip or not to flip
#
# Look up "convolution" in a mathematics book and you find a small twist: the kernel is turned around before it
# slides. Without the flip the operation is called **cross-correlation**. To see the difference, send in a signal
# with a single 1, a *pulse*. NumPy has both operations; `"valid"` tells it to keep to positions where the whole kernel
# fits, as your function does.
#
# **Predict, then run.** The kernel is `[1, 2, 3]`. In which order do the three weights come out of your `conv1d`?
# *I expect ...*

# %% tags=["demo"]
pulse = np.array([0, 0, 1, 0, 0])
print("conv1d      ", conv1d(pulse, [1, 2, 3]))
print("np.correlate", np.correlate(pulse, [1, 2, 3], "valid"))
print("np.convolve ", np.convolve(pulse, [1, 2, 3], "valid"))

# %% [markdown]
# Your function is cross-correlation: the kernel reaches the pulse with its *last* weight first. `np.convolve`
# flips the kernel, so the weights come out in order. And Keras? Ask it. (The `reshape` adds the axes that Keras
# wants: sample and channel.)

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
# An image is a grid of numbers. So the kernel becomes a small grid as well, and slides to the right and down.

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
# The first sum is 4: three of the corners are 1, and so is the centre. Move the slider to visit all nine
# positions. (On a page without a running kernel you see the first one.)
#
# **Predict, then move.** Which positions give the smallest sum? *I expect ...*


# %% tags=["demo", "nbval-ignore-output"] nbval_reason="a widget has a new id on each run" alt="Four grids in a row: the 5x5 binary image with an orange frame around the top left 3x3 window, the window's nine pixels, the kernel with ones in its corners and centre, and the nine products, whose sum is 4. A slider chooses the position."
def show_position(position):
    row, column = divmod(position, 3)
    window = image[row : row + 3, column : column + 3]
    fig, axes = plt.subplots(1, 4, figsize=(10, 2.8), width_ratios=[5, 3, 3, 3])
    plots.number_grid(axes[0], image, f"image: row {row}, column {column}", window=(row, column, 3, 3))
    plots.number_grid(axes[1], window, "window")
    plots.number_grid(axes[2], cross, "kernel", cmap="Oranges")
    plots.number_grid(axes[3], window * cross, f"products: sum = {np.sum(window * cross)}")
    return fig


widgets.explore(show_position, position=(0, 8))

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
# Start from <code>conv1d</code>. One loop over starts becomes two: one for rows, one for columns.
# </details>
# <details><summary>Hint 2: a plan</summary>
# Work out the height and width of the output. Make an array of zeros of that shape, visit each entry with two
# loops, and fill in the sum of products of its window.
# </details>
# <details><summary>Hint 3: almost the code</summary>
# The window of output entry <code>[i, j]</code> is
# <code>image[i : i + kernel height, j : j + kernel width]</code>. Take both from <code>kernel.shape</code>.
# Make the output with <code>np.zeros</code>, which holds real numbers.
# </details>


# %% nbgrader={"grade_id": "conv2d_valid", "solution": true}
def conv2d_valid(image, kernel):
    """Slide a kernel over an image, one pixel at a time, and return the feature map.

    image: shape (H, W), numbers; nested lists are fine (use np.asarray).
    kernel: shape (kh, kw), numbers, kh <= H and kw <= W; not flipped.
    Returns an array of shape (H - kh + 1, W - kw + 1).
    """
    ### BEGIN SOLUTION
    image, kernel = np.asarray(image), np.asarray(kernel)
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
        "the weights are ignored, and each window is simply added up": [[6, 7, 6], [4, 7, 7], [4, 6, 6]],
        "rows and columns are swapped": [[4, 2, 2], [3, 4, 3], [4, 3, 4]],
    },
)
checks.close(
    conv2d_valid([[1, 2, 3], [4, 5, 6]], [[1, 2]]),
    [[5, 8], [14, 17]],
    "conv2d_valid([[1, 2, 3], [4, 5, 6]], [[1, 2]])",
    misconceptions={
        "the kernel is turned by 180 degrees before it slides": [[4, 7], [13, 16]],
        "the height and width of the kernel are swapped": [[9, 12, 15]],
        "the kernel's height is taken for its width, and its width for its height": [[15, 21, 27]],
    },
)
checks.close(
    conv2d_valid([[1, 2], [3, 4]], [[0.5]]), [[0.5, 1.0], [1.5, 2.0]], "conv2d_valid([[1, 2], [3, 4]], [[0.5]])"
)
checks.close(
    conv2d_valid([[0.5, 1.5, 2]], [[1, 1]]),
    [[2.0, 3.5]],
    "conv2d_valid([[0.5, 1.5, 2]], [[1, 1]])",
    misconceptions={"the pixels are cut to whole numbers": [[1, 3]]},
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

# %% tags=["demo"] alt="Nine copies of the 5x5 binary image in a 3x3 arrangement. In each an orange frame surrounds another 3x3 window. The titles give the sums: 4, 3, 4 in the first row, 2, 4, 3 in the second, 2, 3, 4 in the third."
feature_map = conv2d_valid(image, cross)
fig, axes = plt.subplots(3, 3, figsize=(7, 7.4))
for (row, column), ax in np.ndenumerate(axes):
    plots.number_grid(ax, image, f"sum {feature_map[row, column]:.0f}", window=(row, column, 3, 3))
plt.show()

# %% [markdown]
# ## 5. A detector for one curve
#
# Pixels are brightness now, and the kernel is a drawing of what it looks for: a curve that bends like an opening
# bracket. Its weights are 30 on the curve and 0 elsewhere.

# %%
curve = np.zeros((7, 7), dtype=int)
curve[[0, 1, 2, 3, 4, 5], [2, 2, 1, 1, 1, 2]] = 30

# %% [markdown]
# Someone drew such a curve with a brush: brightness 50, and 20 where the paint ran thin. No two hands draw alike,
# so one pixel of the detector is missed altogether.

# %%
stroke = np.zeros((7, 7), dtype=int)
stroke[[0, 1, 2, 3, 4, 5, 5, 6], [3, 3, 1, 1, 1, 2, 3, 3]] = 50
stroke[1, 2] = 20
mirrored = stroke[:, ::-1]

# %% [markdown]
# Here are all three, side by side.

# %% tags=["demo"] alt="Three 7x7 grids. All else being 0, the detector has 30 in rows 0 and 1 at column 2, in rows 2 to 4 at column 1 and in row 5 at column 2: it bends like an opening bracket. The stroke bends the same way, with 50 in rows 0 and 1 at column 3, in rows 2 to 4 at column 1, in row 5 at columns 2 and 3 and in row 6 at column 3, and with 20 in row 1 at column 2. The mirrored stroke is the same seen from behind: column 0 becomes column 6, and so on."
fig, axes = plt.subplots(1, 3, figsize=(10, 3.6))
plots.number_grid(axes[0], curve, "the detector (kernel)", cmap="Oranges")
plots.number_grid(axes[1], stroke, "stroke")
plots.number_grid(axes[2], mirrored, "mirrored")
plt.show()

# %% [markdown]
# **Predict, then run.** Lay the detector over `stroke` in your mind, multiply, add up. What does it answer, and what
# to the mirror image? *I expect ...*

# %%
print("stroke  ", np.sum(stroke * curve))
print("mirrored", np.sum(mirrored * curve))

# %% [markdown]
# Where do 6600 come from? Four bright pixels and one pale pixel lie under a weight of 30:
# $4 \cdot 50 \cdot 30 + 1 \cdot 20 \cdot 30 = 6600$. The mirrored stroke shares no pixel with the detector: 0.

# %% [markdown]
# Paint both strokes into a larger picture and let your function slide the detector over it. The feature map
# lights up *where the curve is*. Now the mirrored stroke is met at every position, not only at the one above.

# %%
drawing = np.zeros((12, 24), dtype=int)
drawing[3:10, 2:9] = stroke
drawing[2:9, 14:21] = mirrored

# %% tags=["demo"] alt="Left: a dark 12x24 picture with two bright strokes, an opening bracket on the left and a closing bracket on the right. Right: the feature map, whose brightest pixel, ringed in orange, is at row 3, column 2, where the opening bracket's window starts; the closing bracket gives grey responses, at most 4500."
response = conv2d_valid(drawing, curve)
row, column = np.unravel_index(np.argmax(response), response.shape)
fig, axes = plt.subplots(1, 2, figsize=(10, 3), width_ratios=[24, 18])
plots.picture(axes[0], drawing, "drawing")
plots.picture(axes[1], response, "feature map of the detector")
axes[1].plot(column, row, "o", color=plots.ORANGE, markersize=16, fillstyle="none", markeredgewidth=2)
plt.show()
print(f"strongest response: {response[row, column]:.0f} at row {row}, column {column}")
print(f"strongest response to the closing bracket: {response[:, 9:].max():.0f}")
print(f"response to an even patch of 50: {np.sum(50 * curve)}")

# %% [markdown]
# The right curve wins, but not by much: the closing bracket gives up to 4500, for example where its three upright
# pixels lie on those of the detector ($3 \cdot 50 \cdot 30$). And an even patch of brightness 50 would give
# $6 \cdot 50 \cdot 30 = 9000$, more than the curve itself! A kernel without negative weights cannot complain about paint
# in the wrong place. Kernels that are learnt have negative weights too.

# %% [markdown]
# ## 6. Padding and stride
#
# Two knobs decide which positions the kernel visits.
#
# **Padding** puts a border of zeros around the image, so that the kernel can also visit the edge. *Valid* means
# no border. *Same* means just enough border that the output is as large as the input (at
# stride 1).
#
# **Stride** is how far the kernel moves each time. With stride 2 it takes every second position, and
# the output is about half as long.
#
# Count positions along one axis. With padding $p$ on *both* sides there are $n + 2p$ pixels. The kernel needs $k$
# of them to stand on, and the rest is room to move in steps of $s$. The start itself is a position too:
#
# $$\text{output size} = \left\lfloor \frac{n + 2p - k}{s} \right\rfloor + 1$$
#
# The brackets $\lfloor\;\rfloor$ mean *round down*: a last step that is too short for a whole stride is not taken.

# %% tags=["demo"] alt="Three rows of seven numbered cells. With stride 1 a frame of three cells starts at five places, with stride 2 at three places, with stride 3 at two places; the starting cells are marked by orange triangles below."
fig, axes = plt.subplots(3, 1, figsize=(7, 4.2))
for stride, ax in zip([1, 2, 3], axes, strict=True):
    starts = list(range(0, 7 - 3 + 1, stride))
    plots.number_grid(ax, np.arange(7), f"kernel 3, stride {stride}: starts at {starts}", window=(0, 0, 1, 3))
    ax.plot(starts, [0.38] * len(starts), "^", color=plots.ORANGE, markersize=9)
plt.show()

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
# Check the picture above: 7 cells, kernel 3. Do you get 5, 3 and 2 for the three strides?
# </details>
# <details><summary>Hint 2: a plan</summary>
# Turn the formula into Python. How does Python divide whole numbers and round down, without turning them into
# real numbers?
# </details>
# <details><summary>Hint 3: almost the code</summary>
# <code>//</code> divides and rounds down. Mind the parentheses: the <em>whole</em> numerator is divided, and the 1 is
# added afterwards.
# </details>


# %% nbgrader={"grade_id": "output_size", "solution": true}
def output_size(n, kernel, padding=0, stride=1):
    """Return how many positions a kernel visits along one axis, as an int.

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
    misconceptions={"padding is counted on one side only": 4, "padding is ignored": 3},
)
checks.close(
    output_size(8, 3, stride=2),
    3,
    "output_size(8, 3, stride=2)",
    misconceptions={"a step that is too short for a whole stride is taken": 4, "stride is ignored": 6},
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
# for a $3 \times 3$ kernel, two for $5 \times 5$. This is one reason why kernels usually have odd sizes.
#
# <details><summary>For the curious: what Keras does when the zeros cannot be shared out evenly</summary>
# With stride 2 Keras' <code>padding="same"</code> gives an output of half the input, rounded up. Sometimes this
# takes an odd number of zeros in total. Keras then puts the extra zero at the end (right or bottom). Our
# <code>padding</code> is the same on each side, as in the lecture.
# </details>

# %% [markdown]
# ### ✏️ Exercise 4: `conv2d` (2 points)
#
# **Goal:** the full two-dimensional convolution, with both knobs.
#
# **Given:** your `conv2d_valid`, which you may use.
#
# **Question:** What is the feature map of the zero-padded image, at every `stride`-th position down and across?
#
# <details><summary>Hint 1: where to begin</summary>
# Nothing about the sum of products changes. What changes is the image before, and which results are kept after.
# </details>
# <details><summary>Hint 2: a plan</summary>
# First build the padded image, for example with <code>np.pad</code>. Then convolve it at all positions. Then keep
# the positions that the stride visits, along both axes.
# </details>
# <details><summary>Hint 3: almost the code</summary>
# <code>np.pad(image, 1)</code> puts a border of one zero around an image. A slice <code>a[::3]</code> takes every third
# row; with a comma you can slice the columns as well.
# </details>


# %% nbgrader={"grade_id": "conv2d", "solution": true}
def conv2d(image, kernel, padding=0, stride=1):
    """Convolve an image with a kernel, with zero padding and a stride.

    image: shape (H, W), numbers; nested lists are fine.
    kernel: shape (kh, kw), numbers; fits into the padded image; not flipped.
    padding: rows and columns of zeros added on each of the four sides.
    stride: step between positions, the same down and across.
    Returns an array of shape (output_size(H, kh, padding, stride), output_size(W, kw, padding, stride)).
    """
    ### BEGIN SOLUTION
    padded = np.pad(np.asarray(image), padding)
    return conv2d_valid(padded, kernel)[::stride, ::stride]
    ### END SOLUTION


# %% nbgrader={"grade_id": "conv2d-test", "points": 2}
checks.close(
    conv2d([[1, 2], [3, 4], [5, 6]], [[1]], padding=1),
    [[0, 0, 0, 0], [0, 1, 2, 0], [0, 3, 4, 0], [0, 5, 6, 0], [0, 0, 0, 0]],
    "conv2d([[1, 2], [3, 4], [5, 6]], [[1]], padding=1)",
    misconceptions={
        "zeros are added at the bottom and right only": [[1, 2, 0], [3, 4, 0], [5, 6, 0], [0, 0, 0]],
        "zeros are added at the top and left only": [[0, 0, 0], [0, 1, 2], [0, 3, 4], [0, 5, 6]],
        "padding is ignored": [[1, 2], [3, 4], [5, 6]],
        "the border repeats the edge instead of being zero": [
            [1, 1, 2, 2],
            [1, 1, 2, 2],
            [3, 3, 4, 4],
            [5, 5, 6, 6],
            [5, 5, 6, 6],
        ],
    },
)
checks.close(
    conv2d([[1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, 12]], [[1]], stride=2),
    [[1, 3], [9, 11]],
    "conv2d([[1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, 12]], [[1]], stride=2)",
    misconceptions={
        "the stride is used down, but not across": [[1, 2, 3, 4], [9, 10, 11, 12]],
        "the stride is used across, but not down": [[1, 3], [5, 7], [9, 11]],
        "the stride is ignored": [[1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, 12]],
        "the windows move by one pixel whatever the stride": [[1, 2], [5, 6]],
    },
)
checks.close(
    conv2d([[1, 2, 3], [4, 5, 6], [7, 8, 9]], [[1, 2], [0, 0]], padding=1, stride=2),
    [[0, 0], [8, 17]],
    "conv2d([[1, 2, 3], [4, 5, 6], [7, 8, 9]], [[1, 2], [0, 0]], padding=1, stride=2)",
    misconceptions={
        "the kernel is flipped": [[1, 7], [7, 25]],
        "the stride thins out the image before the kernel slides": [[0, 0], [10, 5]],
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


# %% tags=["demo", "nbval-ignore-output"] nbval_reason="a widget has a new id on each run" alt="Left: the 5x5 image inside a border of zeros one cell wide, with an orange frame around the top left 3x3 window. Right: the feature map, with a blue frame around the entry that this window gives. Sliders choose padding, stride and position."
def show_knobs(padding, stride, position):
    out = conv2d(image, cross, padding, stride)
    row, column = divmod(position % out.size, out.shape[1])
    fig, axes = plt.subplots(1, 2, figsize=(8, 3.8))
    window = (row * stride, column * stride, 3, 3)
    plots.number_grid(axes[0], np.pad(image, padding), f"image, padding {padding}", window=window)
    title = f"stride {stride}: output {out.shape[0]} x {out.shape[1]}"
    plots.number_grid(axes[1], out, title, window=(row, column, 1, 1), color=plots.BLUE)
    return fig


widgets.explore(show_knobs, padding=[1, 0, 2], stride=(1, 3), position=(0, 48))

# %% [markdown]
# ### What zeros do to the edge
#
# A border of zeros is made up, and the output shows it. Take an image that is 1 everywhere and blur it with the
# average of $3 \times 3$ pixels. A blur should not change a flat image at all.
#
# **Predict, then run.** What is in the corners of the output? *I expect ...*

# %% tags=["demo"] alt="A 6x6 grid: all inner cells are 1, the cells along the edges 0.67, and the four corners 0.44."
blurred = conv2d(np.ones((6, 6)), np.ones((3, 3)) / 9, padding=1)
fig, ax = plt.subplots(figsize=(4.2, 4.2))
plots.number_grid(ax, blurred, "a flat image, blurred with zero padding")
plt.show()
print(f"darker at the edge:   {1 - blurred[0, 2]:.0%}")
print(f"darker in the corner: {1 - blurred[0, 0]:.0%}")

# %% [markdown]
# At an edge 3 of 9 pixels are made-up zeros, in a corner 5 of 9. The inner pixels are not touched. Each further
# $3 \times 3$ layer with padding carries the effect one more pixel inwards.

# %% [markdown]
# ## 7. Kernels on a photo (photographers call them filters)
#
# Time for a real picture. scikit-learn brings one along. It is made smaller by averaging blocks of pixels, to
# keep our loops quick.

# %% tags=["demo"]
from sklearn.datasets import load_sample_image


def load_small(name, block):
    pixels = load_sample_image(name)[:424, :640] / 255
    return pixels.reshape(424 // block, block, 640 // block, block, 3).mean(axis=(1, 3))


block = 4 if profile == "quick" else 2
photo = load_small("china.jpg", block)
grey = photo.mean(axis=2)
print("colour", photo.shape, "grey", grey.shape)

# %% [markdown]
# Four kernels that people used long before networks could learn their own. `vertical` and `horizontal` are the
# *Sobel* kernels; they are differences, like the one that found the dog.

# %%
vertical = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])
horizontal = vertical.T
blur = np.ones((5, 5)) / 25
sharpen = np.array([[0, -1, 0], [-1, 5, -1], [0, -1, 0]])

# %% [markdown]
# **Predict, then run.** What will `vertical` show of the roof, and what of the clear sky? Which of the four
# leave a flat grey area as it is? *I expect ...*

# %% tags=["demo"] alt="Six pictures of a Chinese tower with three curved roofs: the grey photo; the photo blurred; the photo sharpened, with harsh fine detail; red and blue responses to vertical edges, strong at the left and right outline of the tower; responses to horizontal edges, strong along the roofs; and the strength of all edges, bright outlines on black with an empty sky."
across, down = conv2d_valid(grey, vertical), conv2d_valid(grey, horizontal)
edges = np.sqrt(across**2 + down**2)
fig, axes = plt.subplots(2, 3, figsize=(10, 5))
plots.picture(axes[0, 0], grey, "grey photo")
plots.picture(axes[0, 1], conv2d_valid(grey, blur), "blur")
plots.picture(axes[0, 2], np.clip(conv2d_valid(grey, sharpen), 0, 1), "sharpen")
plots.picture(axes[1, 0], across, "vertical edges", signed=True)
plots.picture(axes[1, 1], down, "horizontal edges", signed=True)
plots.picture(axes[1, 2], edges, "strength of all edges")
plt.show()

# %% [markdown]
# Red is a positive response, blue a negative one, white is nothing. The sum of a kernel's weights explains what
# it does to a flat area: a sum of 1 keeps it, a sum of 0 erases it.

# %%
for name, weights in [("blur", blur), ("sharpen", sharpen), ("vertical", vertical), ("horizontal", horizontal)]:
    print(f"{name:10} weights add up to {weights.sum():.0f}")

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
# With windows of $2 \times 2$ that do not overlap, a $4 \times 4$ map shrinks to $2 \times 2$. In general the
# window has a size and a stride, and unless stated otherwise the stride *is* the size. Windows that would stick
# out are left out, as before.

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
# It is <code>conv2d_valid</code> with a stride, except for what is done with the window.
# </details>
# <details><summary>Hint 2: a plan</summary>
# Settle the stride first. Then get the output's height and width from <code>output_size</code>. Then loop over its
# entries. Entry 3 starts at pixel 3 times the stride.
# </details>
# <details><summary>Hint 3: almost the code</summary>
# <code>if stride is None: stride = size</code>. For entry <code>[i, j]</code> put
# <code>top = i * stride</code> and <code>left = j * stride</code>, cut out <code>size</code> rows and columns from
# there, and take their <code>.max()</code>.
# </details>


# %% nbgrader={"grade_id": "max_pool2d", "solution": true}
def max_pool2d(image, size, stride=None):
    """Return the largest value of each window; windows that would stick out are left out.

    image: shape (H, W), numbers, also negative ones; nested lists are fine.
    size: height and width of the window, an int, at most H and W.
    stride: step between windows, an int; the same as size when None.
    Returns an array of shape (output_size(H, size, 0, stride), output_size(W, size, 0, stride)).
    """
    ### BEGIN SOLUTION
    image = np.asarray(image)
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
    },
)
checks.close(
    max_pool2d([[1, 2, 0], [3, 1, 4]], 2, stride=1),
    [[3, 4]],
    "max_pool2d([[1, 2, 0], [3, 1, 4]], 2, stride=1)",
    misconceptions={"the given stride is ignored": [[3]], "height and width are swapped": [[3], [4]]},
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
# What does pooling cost? Here are three maps: one strong response, another one elsewhere, and four.
#
# **Predict, then run.** What is left of each? *I expect ...*

# %% tags=["demo"]
for small_map in ([[9, 0], [0, 0]], [[0, 0], [0, 9]], [[9, 9], [9, 9]]):
    print(small_map, "->", int(max_pool2d(small_map, 2)[0][0]))

# %% [markdown]
# Three different maps, one answer: position and number are gone.
#
# Pooling is **down-sampling**: pool the edges of the photo twice, and 16 pixels become one. Yet you still see where
# the roof is.

# %% tags=["demo"] alt="Three edge maps of the tower side by side, from fine to coarse: the full map, the map after one max pooling with half the height and width, and after two with a quarter. The outlines of the roofs stay visible and grow thicker."
once = max_pool2d(edges, 2)
twice = max_pool2d(once, 2)
fig, axes = plt.subplots(1, 3, figsize=(10, 2.6))
for ax, pooled in zip(axes, [edges, once, twice], strict=True):
    plots.picture(ax, pooled, f"{pooled.shape[0]} x {pooled.shape[1]} = {pooled.size} values")
plt.show()

# %% [markdown]
# ### Is it there? I do not care where
#
# Pool with one window as large as the whole feature map, and one number is left: does the picture contain the
# curve, *anywhere*? This is **location independence**. Take the curve detector again and move the stroke around.
#
# **Predict, then run.** How does the largest response change from place to place? And is it another one for the
# mirrored stroke? *I expect ...*

# %% tags=["demo"]
for name, drawn in [("stroke  ", stroke), ("mirrored", mirrored)]:
    for top, left in [(0, 0), (5, 3), (2, 12), (5, 14)]:
        scene = np.zeros((12, 24))
        scene[top : top + 7, left : left + 7] = drawn
        print(f"{name} at row {top}, column {left:2}: largest response {conv2d_valid(scene, curve).max():.0f}")

# %% [markdown]
# 6600 against 4500, wherever the stroke is: one number tells the two apart, and says nothing about the place.

# %% [markdown]
# ## 9. Channels and filters
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
# ### ✏️ Exercise 6: `conv2d_multi` (2 points)
#
# **Goal:** a whole convolutional layer (without padding, stride 1).
#
# **Given:** an image with channels, the kernels of all filters, and their biases.
#
# **Question:** What are the feature maps of all filters?
#
# <details><summary>Hint 1: where to begin</summary>
# Solve it for one filter first. Its kernel is <code>kernels[:, :, :, f]</code>, a block of shape (kh, kw, C).
# </details>
# <details><summary>Hint 2: a plan</summary>
# For each filter and each channel, <code>conv2d_valid</code> gives a map. Which of these maps have to be added
# up, and which have to be stacked?
# </details>
# <details><summary>Hint 3: almost the code</summary>
# Make zeros of shape (output height, output width, F). For each filter <code>f</code> and channel
# <code>c</code> add <code>conv2d_valid(image[:, :, c], kernels[:, :, c, f])</code> to its map <code>out[:, :, f]</code>.
# Add the bias once per filter.
# </details>


# %% nbgrader={"grade_id": "conv2d_multi", "solution": true}
def conv2d_multi(image, kernels, bias):
    """Convolve an image of several channels with several filters: no padding, stride 1.

    image: shape (H, W, C), numbers; nested lists are fine.
    kernels: shape (kh, kw, C, F), numbers, kh <= H and kw <= W; not flipped.
    bias: shape (F,), added to the feature map of each filter.
    Returns an array of shape (H - kh + 1, W - kw + 1, F).
    """
    ### BEGIN SOLUTION
    image, kernels = np.asarray(image), np.asarray(kernels)
    channels, filters = kernels.shape[2:]
    maps = [
        sum(conv2d_valid(image[:, :, c], kernels[:, :, c, f]) for c in range(channels)) + bias[f]
        for f in range(filters)
    ]
    return np.stack(maps, axis=-1)
    ### END SOLUTION


# %% nbgrader={"grade_id": "conv2d_multi-test", "points": 2}
checks.close(
    conv2d_multi([[[1, 10], [2, 20]]], [[[[1, 0, 2], [0, 1, 1]]]], [0, 0, 100]),
    [[[1, 10, 112], [2, 20, 124]]],
    "conv2d_multi(1 x 2 pixels of 2 channels, three 1 x 1 filters, [0, 0, 100])",
    misconceptions={
        "the bias is not added": [[[1, 10, 12], [2, 20, 24]]],
        "the bias is added once per channel": [[[1, 10, 212], [2, 20, 224]]],
        "the last filter's bias is added to every filter": [[[101, 110, 112], [102, 120, 124]]],
        "only the first channel is used": [[[1, 0, 102], [2, 0, 104]]],
        "only the last channel is used": [[[0, 10, 110], [0, 20, 120]]],
    },
)
checks.close(
    conv2d_multi([[[1, 0], [2, 1]], [[3, 1], [4, 0]]], [[[[1], [10]], [[1], [10]]], [[[1], [10]], [[1], [10]]]], [100]),
    [[[130]]],
    "conv2d_multi(the image, the kernel and the bias worked out above)",
)
checks.close(
    conv2d_multi([[[1], [2], [4]]], [[[[1]], [[10]]]], [0]),
    [[[21], [42]]],
    "conv2d_multi(1 x 3 pixels of 1 channel, one 1 x 2 filter, [0])",
    misconceptions={"the kernel is flipped": [[[12], [24]]]},
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
# Does it find the flower? Two filters of $5 \times 5$ pixels and 3 channels: the first likes red and dislikes
# green and blue, the second likes green and dislikes red and blue.

# %% tags=["demo"] alt="Left: a photo of an orange flower against dark green leaves. Middle: the response of the red filter is strongly positive, drawn red, on the flower and slightly negative, drawn blue, on the leaves. Right: the response of the green filter is positive on the leaves and negative in the middle of the flower."
flower = load_small("flower.jpg", block)
finder = np.zeros((5, 5, 3, 2))
finder[..., 0] = np.array([1, -0.5, -0.5]) / 25
finder[..., 1] = np.array([-0.5, 1, -0.5]) / 25
maps = conv2d_multi(flower, finder, np.zeros(2))
fig, axes = plt.subplots(1, 3, figsize=(10, 2.7))
plots.picture(axes[0], flower, "flower")
plots.picture(axes[1], maps[:, :, 0], "filter 0: red", signed=True)
plots.picture(axes[2], maps[:, :, 1], "filter 1: green", signed=True)
plt.show()

# %% [markdown]
# ## 10. Few weights, used often
#
# Why slide a small kernel, when a dense layer could give every output its own weight for every input? Write
# the very first example, the week of steps, as a dense layer: a matrix with one row per output.

# %%
matrix = np.zeros((5, 7), dtype=int)
for row in range(5):
    matrix[row, row : row + 3] = kernel
print("matrix @ week:", matrix @ week)

# %% tags=["demo"] alt="A 5x7 matrix. Each row holds 1, 2, 1, one cell further right than the row above, and zeros elsewhere: a diagonal band."
fig, ax = plt.subplots(figsize=(5, 3.8))
plots.number_grid(ax, matrix, "convolution as a matrix: 5 outputs, 7 inputs")
plt.show()
print(f"{matrix.size} entries, {np.count_nonzero(matrix)} of them not zero, {kernel.size} weights to learn")

# %% [markdown]
# The numbers are those of Exercise 1. So a convolution *is* a dense layer, with two restrictions:
#
# - **sparsity**: an output is connected only to the few inputs under the kernel; all other entries are zero,
# - **parameter sharing**: every row uses the same three weights.
#
# A **parameter** is a number that is learnt: a weight or a bias. A filter has one weight per pixel and channel of
# its window, and one bias. A layer of 10 filters of $4 \times 4$ pixels on a colour image therefore has
# $(4 \cdot 4 \cdot 3 + 1) \cdot 10$ parameters, however large the image is.

# %% [markdown]
# ### ✏️ Exercise 7: `count_parameters` (1 point)
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
# Count the weights of one filter: height times width times channels. Add its bias. Then think of all filters.
# </details>
# <details><summary>Hint 3: almost the code</summary>
# The sum in the text above is your function for one set of numbers. Name its four numbers.
# </details>


# %% nbgrader={"grade_id": "count_parameters", "solution": true}
def count_parameters(kernel_height, kernel_width, channels, filters):
    """Return the number of weights and biases of a convolutional layer, an int."""
    ### BEGIN SOLUTION
    return (kernel_height * kernel_width * channels + 1) * filters
    ### END SOLUTION


# %% nbgrader={"grade_id": "count_parameters-test", "points": 1}
checks.close(
    count_parameters(4, 4, 3, 10),
    490,
    "count_parameters(4, 4, 3, 10)",
    misconceptions={
        "the biases are missing": 480,
        "only one bias is counted for the whole layer": 481,
        "the channels of the input are missing": 170,
        "a bias is counted for each channel": 510,
    },
)
print("count_parameters: the visible check passes. More tests run when you hand in.")
### BEGIN HIDDEN TESTS
for _h, _w, _c, _f in [(3, 3, 1, 32), (3, 3, 32, 64), (5, 2, 3, 7), (1, 1, 8, 4), (2, 7, 5, 1)]:
    _wanted = np.zeros((_h, _w, _c, _f)).size + np.zeros(_f).size
    checks.close(count_parameters(_h, _w, _c, _f), _wanted, f"count_parameters({_h}, {_w}, {_c}, {_f})")
### END HIDDEN TESTS

# %% [markdown]
# Keras counts the same for 10 filters of $4 \times 4$ on colour images of $32 \times 32$.

# %% tags=["demo"]
layer = keras.layers.Conv2D(filters=10, kernel_size=4)
layer.build((None, 32, 32, 3))
print("Keras:", layer.count_params(), " yours:", count_parameters(4, 4, 3, 10))

# %% [markdown]
# Learning few numbers does not mean computing little: each weight is used at every position. One product and its
# addition to the sum are called a **multiply-add**. Adding the bias is not counted.

# %% [markdown]
# ### ✏️ Exercise 8: `count_multiply_adds` (1 point)
#
# **Goal:** know how much work a layer is.
#
# **Given:** the layer as before, and the number of positions that each filter visits: height times width of its
# *output*.
#
# **Question:** How many multiply-adds does one image take?
#
# <details><summary>Hint 1: where to begin</summary>
# How many does a single number of the output take?
# </details>
# <details><summary>Hint 2: a plan</summary>
# One output number is one sum of products over a window with all its channels. How many output numbers are there,
# over all feature maps?
# </details>
# <details><summary>Hint 3: almost the code</summary>
# One output number takes height times width times channels of the window. There are positions times filters of
# them.
# </details>


# %% nbgrader={"grade_id": "count_multiply_adds", "solution": true}
def count_multiply_adds(kernel_height, kernel_width, channels, filters, positions):
    """Return the number of multiply-adds of a convolutional layer for one image, an int.

    kernel_height, kernel_width, channels, filters: as in count_parameters; adding the biases does not count.
    positions: how many positions each filter visits: height times width of the output.
    """
    ### BEGIN SOLUTION
    return kernel_height * kernel_width * channels * filters * positions
    ### END SOLUTION


# %% nbgrader={"grade_id": "count_multiply_adds-test", "points": 1}
checks.close(
    count_multiply_adds(3, 3, 2, 4, 30),
    2160,
    "count_multiply_adds(3, 3, 2, 4, 30)",
    misconceptions={
        "only one position is counted": 72,
        "only one filter is counted": 540,
        "the channels are missing": 1080,
        "adding the bias is counted too": 2280,
    },
)
print("count_multiply_adds: the visible check passes. More tests run when you hand in.")
### BEGIN HIDDEN TESTS
for _h, _w, _c, _f, _p in [(3, 3, 1, 32, 676), (5, 2, 3, 7, 36), (1, 1, 8, 4, 6), (2, 7, 5, 1, 11)]:
    _wanted = np.zeros((_h, _w, _c, _f, _p)).size
    checks.close(count_multiply_adds(_h, _w, _c, _f, _p), _wanted, f"count_multiply_adds({_h}, {_w}, {_c}, {_f}, {_p})")
### END HIDDEN TESTS

# %% [markdown]
# Now compare. Between a grey image of $28 \times 28$ and 32 feature maps of $26 \times 26$ we can put 32 filters of
# $3 \times 3$, or a dense layer with a weight for every pair of input and output.
#
# **Predict, then run.** How many times more parameters does the dense layer need: 100, 1,000, or more?
# *I expect ...*

# %% tags=["demo"]
inputs, outputs = 28 * 28 * 1, 26 * 26 * 32
parameters = {"convolution": count_parameters(3, 3, 1, 32), "dense": (inputs + 1) * outputs}
work = {"convolution": count_multiply_adds(3, 3, 1, 32, positions=26 * 26), "dense": inputs * outputs}
for name, count in parameters.items():
    print(f"{name:12} {count:>12,} parameters {work[name]:>12,} multiply-adds")
print(f"dense / convolution: {parameters['dense'] / parameters['convolution']:,.0f} times the parameters")
print(f"                     {work['dense'] / work['convolution']:,.0f} times the multiply-adds")

# %% tags=["demo"] alt="Two bar charts with logarithmic scales. Parameters: 320 for the convolution, about 17 million for the dense layer. Multiply-adds: about 195 thousand for the convolution, about 17 million for the dense layer."
fig, axes = plt.subplots(1, 2, figsize=(8, 3))
for ax, counts, title in zip(axes, [parameters, work], ["Parameters", "Multiply-adds per image"], strict=True):
    bars = ax.bar(list(counts), list(counts.values()), color=[plots.ORANGE, plots.BLUE], width=0.6)
    ax.bar_label(bars, fmt="{:,.0f}", padding=2)
    ax.set(yscale="log", ylim=(100, 3e8), title=title, ylabel="count (logarithmic)")
plt.show()

# %% [markdown]
# Sparsity saves the work. Sharing saves even more parameters, because the same 320 numbers serve all 676 positions.

# %% [markdown]
# ## 11. When the picture moves
#
# Sharing has a second gift. The same kernel looks everywhere, so when the input moves, the output moves along.
# This is called **translation equivariance**. Something that does *not* change when the input moves is
# **translation invariant**.
#
# Two small tools for measuring, and a picture of a seven:


# %% nbgrader={"grade_id": "translation-tools", "locked": true}
def shift_right(image, pixels):
    """Move an image to the right; zeros come in on the left, and what leaves on the right is lost."""
    moved = np.zeros_like(image)
    moved[:, pixels:] = image[:, : image.shape[1] - pixels]
    return moved


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
# A `relative_change` of 0 means that nothing changed. It is 2 when the patterns before and after do not overlap at all:
# everything that was there is gone, and as much is there anew.
#
# Does it matter whether we first move and then convolve, or first convolve and then move?
#
# **Predict, then run.** *I expect ...*

# %% tags=["demo"] alt="Four pictures: a seven with a bar through its stem, its feature map of vertical edges in red and blue, the seven moved four pixels to the right, and the feature map of the moved seven: the same pattern, four pixels further right."
features, moved_features = conv2d_valid(seven, vertical), conv2d_valid(shift_right(seven, 4), vertical)
fig, axes = plt.subplots(1, 4, figsize=(10, 2.3))
plots.picture(axes[0], seven, "seven")
plots.picture(axes[1], features, "its vertical edges", signed=True)
plots.picture(axes[2], shift_right(seven, 4), "moved by 4 pixels")
plots.picture(axes[3], moved_features, "its vertical edges", signed=True)
plt.show()
print("move, then convolve = convolve, then move:", np.array_equal(moved_features, shift_right(features, 4)))

# %% [markdown]
# Equal to the last digit: convolution is equivariant, as long as nothing reaches the border.
#
# And pooling? People say that it makes a network ignore small movements. Measure it, on 30 handwritten digits
# that come with scikit-learn. Take the vertical edges, set negative responses to zero (ReLU), pool, and compare
# the result before and after a shift.


# %%
def positive_edges(picture):
    return np.maximum(conv2d_valid(picture, vertical), 0)


def pool(features, size):
    return max_pool2d(features, size) if size else features.max()


# %% tags=["demo"]
from sklearn.datasets import load_digits

number_of_digits = 30 if profile == "quick" else 300
digits = np.zeros((number_of_digits, 18, 26))
digits[:, 5:13, 4:12] = load_digits().images[:number_of_digits]

# %% [markdown]
# A window of size 1 is no pooling at all. A size of 0 stands for one window over the whole map (*global* max
# pooling).
#
# **Predict, then run.** For a shift of one pixel: which window sizes help, and is any change zero? *I expect ...*

# %% tags=["demo"]
shifts, sizes = [0, 1, 2, 3, 4, 6, 8], {"no pooling": 1, "2 x 2": 2, "4 x 4": 4, "8 x 8": 8, "global": 0}
maps_after = {shift: [positive_edges(shift_right(digit, shift)) for digit in digits] for shift in shifts}
changes = {}
for name, size in sizes.items():
    before = [pool(features, size) for features in maps_after[0]]
    for shift in shifts:
        after = [pool(features, size) for features in maps_after[shift]]
        changes[name, shift] = [relative_change(b, a) for b, a in zip(before, after, strict=True)]

# %% [markdown]
# The table holds the mean over all digits, one column per shift. One entry is above 2: a *pooled* map can exceed 2 a
# little, because after the shift the strokes may touch more windows than before.

# %% tags=["demo"]
table = "shift      " + "".join(f"{shift:6d}" for shift in shifts)
for name in sizes:
    table += f"\n{name:11}" + "".join(f"{np.mean(changes[name, shift]):6.2f}" for shift in shifts)
print(table)

# %% tags=["demo"] alt="Line chart of the mean relative change against the shift in pixels, with error bars. All start at zero. After a shift of one pixel the change is about 1.1 without pooling, 0.6 with 2 x 2 windows, 0.3 with 4 x 4 and 8 x 8. All these lines climb to about 2; that of 4 x 4 peaks at 2.2 for six pixels. Only global pooling stays at zero throughout."
fig, ax = plt.subplots(figsize=(8, 4))
for name, marker in zip(sizes, "osD^v", strict=True):
    values = np.array([changes[name, shift] for shift in shifts])
    ax.errorbar(shifts, values.mean(axis=1), values.std(axis=1), label=name, marker=marker, capsize=3)
ax.set(
    xticks=shifts,
    title="How much a shift changes the output",
    xlabel="shift in pixels",
    ylabel="relative change (mean ± sd)",
)
ax.legend(title="max pooling", loc="upper left", bbox_to_anchor=(1, 1))
plt.show()

# %% [markdown]
# Look closely, you will write about this at the end. Which lines are at zero? Which windows help for a shift of
# one pixel, and do they still help for eight?

# %% [markdown]
# ## 12. From loops to one line
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

# %%
print(np.einsum("ijkl,kl->ij", views, cross))


# %% [markdown]
# The whole layer of Exercise 6 is one line as well. `c` runs over channels and `f` over filters. The windows' own axes
# always come last, after the channels, so the letters of `views` are `ijckl`:


# %% tags=["demo"]
def conv2d_fast(image, kernels, bias):
    views = sliding_window_view(image, kernels.shape[:2], axis=(0, 1))
    return np.einsum("ijckl,klcf->ijf", views, kernels, optimize=True) + bias


# %% [markdown]
# How much faster is it on the photo, with 3 random filters?
#
# **Predict, then run.** *I expect it to be ... times faster.*

# %% tags=["demo", "nbval-ignore-output"] nbval_reason="timings differ from run to run"
import time

filters, biases = rng.normal(size=(3, 3, 3, 3)), rng.normal(size=3)
start = time.perf_counter()
slow = conv2d_multi(photo, filters, biases)
middle = time.perf_counter()
fast = conv2d_fast(photo, filters, biases)
end = time.perf_counter()
print(
    f"loops {middle - start:.3f} s, einsum {end - middle:.4f} s: {(middle - start) / (end - middle):.0f} times faster"
)

# %% tags=["demo"]
print("same result:", np.allclose(slow, fast))

# %% [markdown]
# ### Three dimensions
#
# A video, or a scan of a body, is a *cube* of numbers. Nothing new happens: the kernel is a small cube and slides
# along three axes.
#
# **Predict, then run.** A cube of $4 \times 4 \times 4$ and a kernel of $3 \times 3 \times 3$: what is the shape
# of the output? *I expect ...*

# %%
cube = np.arange(64).reshape(4, 4, 4)
small_cube = np.ones((3, 3, 3), dtype=int)
print("first position, by hand:", np.sum(cube[0:3, 0:3, 0:3] * small_cube))
cube_response = np.einsum("abcijk,ijk->abc", sliding_window_view(cube, (3, 3, 3)), small_cube)
print("shape:", cube_response.shape)
print(cube_response)

# %% tags=["demo"] alt="Two drawings of a cube of 4x4x4 pale cells. In the left one the 27 cells of the kernel's first position are blue, at one corner; in the right one those of its last position, at the opposite corner."
fig, axes = plt.subplots(1, 2, figsize=(8, 3.8), subplot_kw={"projection": "3d"})
for ax, start, title in zip(axes, [0, 1], ["first position", "last position"], strict=True):
    inside = np.zeros((4, 4, 4), dtype=bool)
    inside[start : start + 3, start : start + 3, start : start + 3] = True
    ax.voxels(inside, facecolors=plots.BLUE, edgecolor="white")
    ax.voxels(~inside, facecolors="#cccccc30", edgecolor="#99999960")
    ax.set(title=f"kernel at its {title}", xticks=[], yticks=[], zticks=[])
plt.show()

# %% [markdown]
# ### The moment of truth: Keras
#
# Every operation of this notebook against the Keras layer of that name, on random numbers (`Conv3D`: on the cube
# above). A Keras layer wants a batch of samples with channels; the helper adds the first axis and takes it away again.


# %% tags=["demo"]
def run_layer(layer, x, *weights):
    layer.build((None, *x.shape))
    layer.set_weights(list(weights))
    return keras.ops.convert_to_numpy(layer(x[None].astype("float32")))[0]


def compare(name, ours, theirs):
    agree = ours.shape == theirs.shape and np.abs(ours - theirs).max() < 1e-5
    print(f"{name:17} shape {theirs.shape!s:12} agrees to 1e-5: {agree}")


# %% tags=["demo"]
x1, w1 = rng.uniform(-1, 1, 9), rng.uniform(-1, 1, 4)
x2, w2 = rng.uniform(-1, 1, (8, 11)), rng.uniform(-1, 1, (3, 2))
x3, w3 = rng.uniform(-1, 1, (6, 7, 3)), rng.uniform(-1, 1, (3, 2, 3, 5))
b3 = rng.uniform(-1, 1, 5)

# %% tags=["demo"]
layers = keras.layers
theirs = run_layer(layers.Conv1D(1, 4, use_bias=False), x1[:, None], w1[:, None, None])
compare("Conv1D", conv1d(x1, w1), theirs[:, 0])
theirs = run_layer(layers.Conv2D(1, (3, 2), strides=2, use_bias=False), x2[..., None], w2[..., None, None])
compare("Conv2D, stride 2", conv2d(x2, w2, stride=2), theirs[..., 0])
theirs = run_layer(layers.Conv2D(1, 3, padding="same", use_bias=False), x2[..., None], vertical[..., None, None])
compare("Conv2D, same", conv2d(x2, vertical, padding=1), theirs[..., 0])
theirs = run_layer(layers.Conv2D(5, (3, 2)), x3, w3, b3)
compare("Conv2D, 5 filters", conv2d_multi(x3, w3, b3), theirs)

# %% tags=["demo"]
theirs = run_layer(layers.Conv3D(1, 3, use_bias=False), cube[..., None] / 64, small_cube[..., None, None] / 27)
compare("Conv3D", cube_response / 64 / 27, theirs[..., 0])
theirs = run_layer(layers.MaxPooling2D(2), x2[..., None])
compare("MaxPooling2D", max_pool2d(x2, 2), theirs[..., 0])
theirs = run_layer(layers.AveragePooling2D(2), x2[..., None])
compare("AveragePooling2D", sliding_window_view(x2, (2, 2))[::2, ::2].mean(axis=(2, 3)), theirs[..., 0])

# %% [markdown]
# All seven agree. There is no magic in these layers: you have written almost all of them.

# %% [markdown]
# ## 13. With pencil and paper
#
# This is the lecture's exercise, and a typical one in an exam. Take a sheet of paper.

# %%
lecture_input = [[1, 2, 3, 2, 1], [2, 3, 2, 1, 3], [3, 2, 1, 3, 2], [2, 1, 3, 2, 1], [1, 3, 2, 1, 3]]
lecture_kernel = [[1, 2, 1], [2, 4, 2], [1, 2, 1]]

# %% tags=["demo"] alt="Left: the 5x5 input with the rows 1 2 3 2 1, 2 3 2 1 3, 3 2 1 3 2, 2 1 3 2 1, 1 3 2 1 3. Right: the 3x3 kernel with the rows 1 2 1, 2 4 2, 1 2 1."
fig, axes = plt.subplots(1, 2, figsize=(6.5, 3.4), width_ratios=[5, 3])
plots.number_grid(axes[0], lecture_input, "input")
plots.number_grid(axes[1], lecture_kernel, "kernel", cmap="Oranges")
plt.show()

# %% [markdown]
# ### ✏️ Exercise 9: the lecture's convolution (2 points)
#
# **Goal:** do it once without a computer, so that you can do it in an exam.
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
# made-up zero. Input and kernel are both mirrored along the diagonal, so the output is as well: that saves
# more than a third of the work.
# </details>
# <details><summary>Hint 3: almost the numbers</summary>
# The windows start at rows and columns 0, 2, 4, ... of the padded image. For the window that starts at row 2 and
# column 2 of the padded image, you need the top left 3 x 3 block of the input. Your functions may check your
# paper, but fill it in first.
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
_rows, _columns = len(lecture_output), {int(np.size(_row)) for _row in lecture_output}
assert (_rows, _columns) == (lecture_size[0], {lecture_size[1]}), (
    f"lecture_output has {_rows} rows of {' or '.join(map(str, sorted(_columns)))} numbers, "
    f"but your lecture_size says {tuple(lecture_size)}."
)
assert lecture_size[0] != lecture_size[1] or np.array_equal(lecture_output, np.transpose(lecture_output)), (
    "Input and kernel are mirrored along the diagonal, so the output must be too; yours is not."
)
checks.close(
    float(np.sum(np.square(lecture_output))),
    4770.0,
    "the sum of the squares of all numbers in lecture_output",
    misconceptions={
        "one zero of padding on each side instead of two": 4778.0,
        "no padding": 4242.0,
        "stride 1 instead of 2": 19072.0,
    },
)
checks.close(
    float(np.sum(lecture_pooled)),
    130.0,
    "the sum of all numbers in lecture_pooled",
    misconceptions={
        "the average of each window is taken instead of the largest value": 50.0,
        "the pooling windows overlap": 302.0,
    },
)
print("lecture: the visible checks pass. More tests run when you hand in.")
### BEGIN HIDDEN TESTS
_input = np.array([[1, 2, 3, 2, 1], [2, 3, 2, 1, 3], [3, 2, 1, 3, 2], [2, 1, 3, 2, 1], [1, 3, 2, 1, 3]])
_views = np.lib.stride_tricks.sliding_window_view(np.pad(_input, 2), (3, 3))[::2, ::2]
_wanted = np.einsum("ijkl,kl->ij", _views, np.array([[1, 2, 1], [2, 4, 2], [1, 2, 1]]))
checks.close(lecture_size, _wanted.shape, "lecture_size")
checks.close(lecture_output, _wanted, "lecture_output")
checks.close(lecture_pooled, _wanted.reshape(2, 2, 2, 2).max(axis=(1, 3)), "lecture_pooled")
### END HIDDEN TESTS

# %% [markdown]
# ## 14. What did we find?
#
# ### ✏️ Exercise 10: the seven moves (1 point)
#
# **Goal:** one measurement of your own, to have figures for the text below.
#
# **Given:** `seven`, `shift_right` and `relative_change` from section 11, and your own functions.
#
# **Question:** The seven moves **one** pixel to the right. What is the relative change of its vertical edges
# (negative responses set to zero), without pooling (`change_before`) and after max pooling with windows of
# $4 \times 4$ (`change_after`)?
#
# Use the Sobel kernel `vertical` of section 7. Any way to get the two numbers counts.
#
# <details><summary>Hint 1: where to begin</summary>
# The cell that defines <code>positive_edges</code> shows the first step.
# </details>
# <details><summary>Hint 2: a plan</summary>
# Make two feature maps: of the seven and of the moved seven. Compare them. Then pool both and compare again.
# </details>
# <details><summary>Hint 3: almost the code</summary>
# <code>np.maximum(conv2d_valid(..., vertical), 0)</code> for <code>seven</code> and for
# <code>shift_right(seven, 1)</code>; <code>relative_change(a, b)</code> takes the one before the shift first.
# </details>

# %% nbgrader={"grade_id": "moving_seven", "solution": true}
# change_before = relative change without pooling, a number
# change_after = relative change after 4 x 4 max pooling, a number
### BEGIN SOLUTION
before = np.maximum(conv2d_valid(seven, vertical), 0)
after = np.maximum(conv2d_valid(shift_right(seven, 1), vertical), 0)
change_before = relative_change(before, after)
change_after = relative_change(max_pool2d(before, 4), max_pool2d(after, 4))
print(f"without pooling {change_before:.3f}, after 4 x 4 max pooling {change_after:.3f}")
### END SOLUTION

# %% nbgrader={"grade_id": "moving_seven-test", "points": 1}
for _name, _value in [("change_before", change_before), ("change_after", change_after)]:
    assert _value is not None, f"{_name} is None: it should be a number."
    assert np.ndim(_value) == 0, f"{_name} should be a single number, but has shape {np.shape(_value)}."
    assert _value >= 0, f"{_name} is {_value}: a sum of absolute differences is never negative."
    assert _value < 3, f"{_name} is {_value}: a share is wanted, not per cent."
assert change_after < change_before, "Pooling should make the change smaller. Are the two numbers swapped?"
print("moving_seven: the visible checks pass. More tests run when you hand in.")
### BEGIN HIDDEN TESTS
_maps = []
for _pixels in (0, 1):
    _views = np.lib.stride_tricks.sliding_window_view(np.pad(seven, ((0, 0), (_pixels, 0)))[:, :18], (3, 3))
    _maps.append(np.maximum(np.einsum("ijkl,kl->ij", _views, np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])), 0))
_pooled = [_map.reshape(3, 4, 4, 4).max(axis=(1, 3)) for _map in _maps]
checks.close(change_before, np.abs(_maps[1] - _maps[0]).sum() / _maps[0].sum(), "change_before", atol=6e-3)
checks.close(change_after, np.abs(_pooled[1] - _pooled[0]).sum() / _pooled[0].sum(), "change_after", atol=6e-3)
### END HIDDEN TESTS

# %% [markdown]
# ### ✏️ Exercise 11: a claim to judge (3 points, written)
#
# A fellow student says: *"Convolution and max pooling make a network invariant to translation."* Comment on this
# in five to eight sentences, with your figures.
#
# | points | for |
# |---|---|
# | 1 | what convolution alone does when the input moves, in the right words, and the result for the seven (move, then convolve) that shows it |
# | 1 | what pooling adds, with at least two numbers from the table or from Exercise 10, and where it does *not* hold, or not exactly |
# | 1 | what pooling costs, and a task for which you would rather not pool |

# %% [markdown] nbgrader={"grade_id": "translation-text", "solution": true, "points": 3}
# **Model answer.** The claim mixes up two things. Convolution alone is *equivariant*, not invariant: when the
# seven moves by 4 pixels, its feature map moves by 4 pixels as well, and "move, then convolve" equals "convolve,
# then move" exactly. Max pooling adds some *approximate* invariance to small shifts. For one pixel the mean
# change over the digits falls from 1.06 without pooling to 0.59 with $2 \times 2$ and 0.31 with $4 \times 4$
# windows; for the seven it falls from 1.108 to 0.200. It is not zero, since a maximum may cross into the next
# window. For larger shifts it does not hold: at 8 pixels the $4 \times 4$ map changes by 1.96, about as much as
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
# - ... you apply a $3 \times 3$ kernel twice? How large a part of the image does one output see? Which single
#   kernel would see the same, and with how many weights?
# - ... the border were a mirror image instead of zeros? Try `np.pad(..., mode="reflect")` on the flat image of
#   section 6.
# - ... a kernel had the size $1 \times 1$? It cannot look at neighbours. What is it still good for when there are
#   many channels?
#
# **Further reading**
#
# - G. James, D. Witten, T. Hastie, R. Tibshirani, *An Introduction to Statistical Learning*, 2nd ed., chapter 10.
# - K. P. Murphy, *Probabilistic Machine Learning: An Introduction*, chapter 14.
# - F. Chollet, *Deep Learning with Python*, the chapter on computer vision.
# - V. Dumoulin, F. Visin, *A guide to convolution arithmetic for deep learning*, arXiv:1603.07285: every case of
#   padding and stride as a picture.

# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 00 Start here
#
# Here are a thousand dots on a map. Some are on an island, some in the sea, and nobody drew the coast. **Can a
# program find the coastline, when it is only told for each dot: land or sea?**
#
# At the end of this notebook it can, and you will have written every line that matters. A neural network turns out
# to be multiplications, additions and a bend. Its learning is a walk downhill. On the way you see how these notebooks
# work: how you run them, get help, are checked, and hand in.
#
# **When you are done, you can**
#
# 1. work with these notebooks: profiles, predictions, checks, hints, handing in,
# 2. read the shape of a tensor and any entry of it, and prepare images and labels for a network,
# 3. write a layer, its activation function and its loss in NumPy, and say what each is for,
# 4. improve weights by gradient descent with momentum and weight decay,
# 5. compute the gradient of a two-layer network by hand, check it in two independent ways, and say which line of
#    Keras does what.
#
# **Builds on** Python, NumPy arrays, and knowing what a gradient is. Nothing else.
#
# **Time** About 30 seconds to run every cell on a laptop with two cores; plan three hours to work through it, in as
# many sittings as you like.
#
# Nothing is downloaded as long as the profile (section 2) is `quick`. With `full`, section 3 shows real photos, and the
# last experiment is repeated 20 times instead of 5. Exercises are marked with ✏️ and worth 20 points in total.

# %% [markdown]
# ## 1. Is everything there?
#
# A notebook is made of **cells**: text like this one, and code like the next one. Click into the next cell and
# press **Shift+Enter**: it runs, shows its output below, and the cursor moves on. Go through the whole notebook
# like this, from top to bottom.

# %%
import sys
from importlib.util import find_spec

print("Python 3.11 to 3.13:", (3, 11) <= sys.version_info[:2] <= (3, 13))
for package in ["numpy", "matplotlib", "sklearn", "keras", "tensorflow", "course_utils"]:
    print(f"{package:13}", "there" if find_spec(package) else "MISSING")

# %% [markdown]
# Something is missing, or later something does not start? Open a terminal in the course's folder and ask the doctor:
#
# ```
# .venv/bin/autograder doctor
# ```
#
# It looks at Python, packages, the notebook kernel, data and disk. A line with ✓ is fine; for any other line it says
# what to do. (With conda: activate the course's environment and type `autograder doctor`.)

# %% [markdown]
# ## 2. How these notebooks work
#
# **Profiles.** The next cell sets two names that the rest of the notebook uses. `quick` needs no network and little
# time: its data come with the course. `full` uses the real data set, if you have it or can download it. Start with
# `quick`. The `seed` chooses the random numbers, so that you get the same ones each time.

# %% tags=["parameters"]
profile = "quick"
seed = 0

# %% [markdown]
# **Set-up.** Near the top of each notebook, one locked cell loads what the exercises need.

# %% nbgrader={"grade_id": "setup", "locked": true}
try:
    from course_utils import checks
except ModuleNotFoundError:
    raise ModuleNotFoundError(
        "This notebook needs the course folder around it: open it from there with `make lab`, or `pip install -e` that folder."
    ) from None

import numpy as np

# %% [markdown]
# **Cells to read, cells to run.** Most code here is short and meant to be read. Code that makes or draws a figure is
# the exception: run it and look at the picture; how it is drawn does not matter. Like this, the map from the beginning:


# %% tags=["demo"]
def make_island(seed):
    points = np.random.default_rng(seed).uniform(-1, 1, (1000, 2))
    angle = np.arctan2(points[:, 1], points[:, 0])
    land = np.hypot(points[:, 0], points[:, 1]) < 0.75 + 0.2 * np.sin(3 * angle)
    return points, land.astype(int)


def draw_dots(ax, points, land, title):
    ax.plot(*points[land == 0].T, "x", color=plots.BLUE, markersize=3)
    ax.plot(*points[land == 1].T, "o", color="#c67f00", markersize=3)
    ax.set(title=title, xticks=[], yticks=[], aspect="equal")


# %% tags=["demo"] alt="A square map with a thousand dots. Brown dots for land fill a region in the middle, wide at the top and narrow at the bottom, like a blunt triangle; blue crosses for the sea surround it. No line is drawn between them."
import matplotlib.pyplot as plt

from course_utils import plots

plots.use_course_style()
fig, ax = plt.subplots(figsize=(4.5, 4.5))
draw_dots(ax, *make_island(seed), "A thousand dots: land (brown dots) and sea (blue crosses)")
plt.show()

# %% [markdown]
# You see the coast at once, and could draw it with a finger. The program only gets numbers: two coordinates per dot,
# and a 1 for land or a 0 for sea. We come back to this map in section 13.
#
# **Predict, then run.** Before an experiment, you write down what you expect. Being wrong costs nothing: a surprise
# is the moment when you learn most. Try it.
#
# In Python, what is `1 + 2 / 2`? Double-click on this text, complete the next words, and press Shift+Enter, as for a
# code cell. *I expect ...*

# %%
print(1 + 2 / 2)

# %% [markdown]
# **Exercises** have a cell with `raise NotImplementedError(...)`. Replace that line; keep the function's name and
# arguments. The cell below it holds **checks** that tell you what is wrong, and never what is right. Stuck? Open the
# first **hint**, try again, and only then the next.
#
# **The visible checks are examples.** When you hand in, hidden tests run your function with other numbers. So solve
# the exercise and not the example. The points of an exercise are given as a whole: all tests pass, or none count.

# %% [markdown]
# ### ✏️ Exercise 1: `average` (1 point)
#
# **Goal:** try out how exercises work.
#
# **Given:** two numbers.
#
# **Question:** Which number lies half-way between them?
#
# *First make a mistake, on purpose:* write `return a + b / 2`, run that cell and the one below, and read what the
# check says. Then make it right.
#
# <details><summary>Hint 1: where to begin</summary>
# This is how hints look. The first is a nudge: add, then divide.
# </details>
# <details><summary>Hint 2: a plan</summary>
# The second says how to go about it: Python divides before it adds. Parentheses change that.
# </details>
# <details><summary>Hint 3: almost the code</summary>
# The third is almost the code: the sum in parentheses, then <code>/ 2</code>, after the word <code>return</code>.
# </details>


# %% nbgrader={"grade_id": "average", "solution": true}
def average(a, b):
    """Return the number half-way between a and b."""
    ### BEGIN SOLUTION
    return (a + b) / 2
    ### END SOLUTION


# %% nbgrader={"grade_id": "average-test", "points": 1}
checks.close(
    average(2.0, 4.0),
    3.0,
    "average(2.0, 4.0)",
    misconceptions={"only b is divided, because / comes before +": 4.0, "the sum is not divided": 6.0},
)
checks.close(average(1.0, 2.0), 1.5, "average(1.0, 2.0)", misconceptions={"// rounds down": 1.0})
print("average: the visible checks pass. More tests run when you hand in.")
### BEGIN HIDDEN TESTS
for _a, _b in [(0, 0), (3, 8), (-5, 2), (0.25, 0.5), (-7, -1), (1000, -1)]:
    checks.close(average(_a, _b), float(np.mean([_a, _b])), f"average({_a}, {_b})")
### END HIDDEN TESTS

# %% [markdown]
# **When things get odd.** While a cell runs, `[*]` stands beside it; the button ■ above stops it. The notebook remembers
# each name from each cell that ran, in the order in which *you* ran them, and even when the cell is long deleted. So if
# something defies explanation, choose *Kernel > Restart Kernel* and run the cells again from the top.
#
# **Handing in.** Choose *Kernel > Restart Kernel and Run All Cells*: this is what grading does. Then save, and hand in
# the `.ipynb` file under its own name, in the place that your instructor told you. You get back a page with your points
# and with what each check said. *Run All* stops at the first exercise that is not finished. Grading goes on after it: the
# others still count.
#
# Two more things. You may add cells of your own anywhere. And what a check cell prints is for you alone: grading runs
# its own copy, so editing a check changes nothing.

# %% [markdown]
# ## 3. Numbers in boxes: tensors
#
# Everything that goes into a network is a box of numbers. One number is a **scalar**. A row of numbers is a
# **vector**, a table of them a **matrix**. A box with any number of axes is a **tensor**; the other three are just
# tensors with few axes.

# %%
scalar = np.array(7)
vector = np.array([5, 8, 2])
matrix = np.array([[1, 2, 3], [4, 5, 6]])
cube = np.zeros((2, 4, 3))

# %% [markdown]
# The **rank** of a tensor is its number of axes. Its **shape** says how long each axis is.
#
# **Predict, then run.** Which ranks and shapes have the four? *I expect ...*

# %%
for name, tensor in [("scalar", scalar), ("vector", vector), ("matrix", matrix), ("cube", cube)]:
    print(f"{name}: rank {tensor.ndim}, shape {tensor.shape}, {tensor.size} entries")

# %% [markdown]
# A colour photo has three axes: *height* (rows, from the top), *width* (columns, from the left) and *channel* (red,
# green, blue). A **set** of photos has one more in front, the index of the photo:
#
# $$(\text{index}, \text{height}, \text{width}, \text{channel})$$
#
# A famous set of small photos is *CIFAR-10*: 50,000 photos of $32 \times 32$ pixels for training, in 10 classes such
# as "frog" and "truck". Its shape is `[50000, 32, 32, 3]`. With the profile `quick`, drawn pictures of the same
# size take its place; the loader says which of the two you have. (`validation=0` means: set none aside. Why one would
# want to set some aside is a matter for a later notebook.)

# %% tags=["demo"]
from course_utils import data, widgets

pictures = data.cifar10(profile, validation=0)
pictures.describe()

# %% tags=["demo"]
x_train, y_train = pictures.x_train, pictures.y_train
print("shape of x_train:    ", x_train.shape)
print("shape of x_train[54]:", x_train[54].shape)

# %% [markdown]
# Each index takes away one axis, from the left. With all four you reach a single number. Picture 54, row 12,
# column 13 is one pixel; its three numbers are red, green and blue. Of these take number 1, counting from 0:

# %% tags=["demo"]
print("x_train[54, 12, 13]   =", x_train[54, 12, 13].tolist())
print("x_train[54, 12, 13, 1] =", int(x_train[54, 12, 13, 1]))

# %% [markdown]
# Where is that? In the ring. A single channel makes a grey picture: the brighter, the more of its colour. Every colour
# of the first picture is mixed from the other three.

# %% tags=["demo"] alt="Four pictures side by side, each with an orange ring around the pixel at row 12, column 13. First, picture 54, a drawn green umbrella. Then its red, green and blue channel, each a grey picture in which bright means much of that colour, with the pixel's number in the title: red 64, green 139, blue 97. The umbrella is brightest in the green one."
fig, axes = plt.subplots(1, 4, figsize=(10, 2.8))
plots.picture(axes[0], x_train[54], "x_train[54]")
for channel, (ax, name) in enumerate(zip(axes[1:], ["red", "green", "blue"], strict=True)):
    plots.picture(ax, x_train[54, :, :, channel], f"channel {channel}, {name}: {x_train[54, 12, 13, channel]}")
for ax in axes:
    ax.plot(13, 12, "o", color=plots.ORANGE, markersize=10, fillstyle="none", markeredgewidth=2)
plt.show()

# %% [markdown]
# ### ✏️ Exercise 2: read a tensor (1 point)
#
# **Goal:** read shapes and indices without hesitation.
#
# **Given:** the real CIFAR-10, a tensor `x_train` of shape `[50000, 32, 32, 3]`.
#
# **Question:** What is its rank? How many numbers does it hold? What shape has `x_train[54, 12]`? And which colour
# does `x_train[54, 12, 13, 1]` tell about: "red", "green" or "blue"?
#
# <details><summary>Hint 1: where to begin</summary>
# The cell above with scalar, vector, matrix and cube prints the same things for smaller tensors.
# </details>
# <details><summary>Hint 2: a plan</summary>
# Rank: count the axes. Numbers: how many does one pixel hold, one picture, all pictures? Shape: two indices take
# away two axes. Colour: the last index counts from 0.
# </details>
# <details><summary>Hint 3: almost the numbers</summary>
# The number of entries is the product of the four lengths; the cube above has 2 · 4 · 3 = 24. The shape of
# <code>x_train[54]</code> is (32, 32, 3): take away one more axis, from the left.
# </details>

# %% nbgrader={"grade_id": "tensors", "solution": true}
# rank = the number of axes
# num_entries = how many numbers the tensor holds
# row_shape = the shape of x_train[54, 12], a tuple
# colour = "red", "green" or "blue"
### BEGIN SOLUTION
rank = 4
num_entries = 50_000 * 32 * 32 * 3
row_shape = (32, 3)
colour = "green"
### END SOLUTION

# %% nbgrader={"grade_id": "tensors-test", "points": 1}
for _name, _value in [("rank", rank), ("num_entries", num_entries)]:
    assert np.ndim(_value) == 0, f"{_name} should be one whole number, but has shape {np.shape(_value)}."
assert num_entries != 50_000 * 32 * 32, "num_entries: how many numbers does one pixel of a colour picture hold?"
assert num_entries != 50_000 + 32 + 32 + 3, "num_entries: the lengths of the axes are multiplied, not added."
assert np.ndim(row_shape) == 1, "row_shape should be a tuple with one length per axis that is left."
assert colour in ("red", "green", "blue"), f"colour should be 'red', 'green' or 'blue', but is {colour!r}."
print("tensors: the visible checks pass. More tests run when you hand in.")
### BEGIN HIDDEN TESTS
_x = np.broadcast_to(np.uint8(0), (50_000, 32, 32, 3))
checks.close(rank, _x.ndim, "rank")
checks.close(num_entries, _x.size, "num_entries")
checks.close(row_shape, _x[54, 12].shape, "row_shape")
checks.equal(str(colour), ["red", "green", "blue"][1], "colour")
### END HIDDEN TESTS

# %% [markdown]
# ## 4. Ready for a network
#
# ### Pixels between 0 and 1
#
# Pixels are stored as `uint8`: whole numbers from 0 to 255, one byte each. Saving space is all they are good for.
#
# **Predict, then run.** What are `200 + 100` and `7 // 2 * 2` in bytes? *I expect ...*

# %%
bright = np.array([200], dtype=np.uint8)
more = np.array([100], dtype=np.uint8)
print("200 + 100 =", (bright + more)[0])
print("7 // 2 * 2 =", (np.array([7], dtype=np.uint8) // 2 * 2)[0])

# %% [markdown]
# A byte that runs over starts again at 0, without a warning: $300 - 256 = 44$. And whole-number division throws the
# fraction away. So before anything else we **normalise**: divide by the largest value that a pixel *can* have, 255,
# and get real numbers from 0 (none of this colour) to 1 (full). Networks also learn better from inputs of about
# that size: each input is multiplied by weights, and sums of large numbers get out of hand quickly.
#
# In the lecture's CIFAR-10 the green of our pixel is 94. After normalisation:

# %%
print(f"94 / 255 = {np.float32(94) / np.float32(255):.8f}")

# %% [markdown]
# This is the 0.36862746 that the lecture reads in `x_train[54, 12, 13, 1]`.

# %% [markdown]
# ### ✏️ Exercise 3: `normalise` (1 point)
#
# **Goal:** bring pixels to the range from 0 to 1.
#
# **Given:** images as bytes. Some sets are dark: their brightest pixel is far below 255.
#
# **Question:** What is each pixel as a share of full brightness?
#
# <details><summary>Hint 1: where to begin</summary>
# 255 must become 1, and 51, a fifth of it, 0.2.
# </details>
# <details><summary>Hint 2: a plan</summary>
# Divide every entry by the same number. Which number, if a dark picture has to stay dark?
# </details>
# <details><summary>Hint 3: almost the code</summary>
# NumPy divides a whole array at once, and <code>/</code> gives real numbers even for bytes (<code>//</code> does not).
# </details>


# %% nbgrader={"grade_id": "normalise", "solution": true}
def normalise(images):
    """Scale pixels from 0...255 to 0...1.

    images: any shape, whole numbers from 0 to 255; nested lists are fine (use np.asarray).
    Returns real numbers of the same shape.
    """
    ### BEGIN SOLUTION
    return np.asarray(images) / 255
    ### END SOLUTION


# %% nbgrader={"grade_id": "normalise-test", "points": 1}
checks.close(
    normalise([[0, 51], [102, 255]]),
    [[0.0, 0.2], [0.4, 1.0]],
    "normalise([[0, 51], [102, 255]])",
    misconceptions={
        "the division is by how many values there are, not by the largest": [[0, 0.19921875], [0.3984375, 0.99609375]],
        "whole-number division throws the fraction away": [[0, 0], [0, 1]],
    },
)
checks.close(
    normalise([0, 51]),
    [0.0, 0.2],
    "normalise([0, 51])",
    misconceptions={"the division is by the brightest pixel that is there": [0.0, 1.0]},
)
print("normalise: the visible checks pass. More tests run when you hand in.")
### BEGIN HIDDEN TESTS
_rng = np.random.default_rng(1)
for _shape, _low, _high in [
    ((3, 4, 5, 3), 0, 256),
    ((2, 6), 0, 90),
    ((7,), 100, 101),
    ((2, 2, 3), 30, 200),
    ((1, 1), 0, 1),
]:
    _images = _rng.integers(_low, _high, _shape).astype(np.uint8)
    checks.close(
        normalise(_images.copy()),
        _images.astype(np.float64) * (1 / 255),
        f"normalise(bytes from {_low} to {_high - 1} of shape {_shape})",
    )
### END HIDDEN TESTS

# %% [markdown]
# ### Labels without an order
#
# The other half of the data are the answers, the **labels**. They are stored as numbers too: 0 for the first class,
# 1 for the second, and so on.

# %% tags=["demo"] alt="Eight small drawn pictures in a row, each with its label and the name of its class above it: 8 tree, 5 mushroom, 3 flower, 4 house, 6 rocket, 7 snowman, 0 boat, 1 car."
fig, axes = plt.subplots(1, 8, figsize=(10, 1.9))
titles = [f"{label}\n{pictures.class_names[label]}" for label in y_train[:8]]
plots.pictures(axes, x_train[:8], titles)
plt.show()

# %% [markdown]
# But a 7 is not one more than a 6 here! In the drawn pictures they are a snowman and a rocket. The numbers are names,
# and nothing else. So each label becomes a vector with one place per class: a 1 in its own place, and 0 everywhere else.
# This is **one-hot** encoding. For label 2 of 4 classes:

# %%
encoded = np.zeros(4)
encoded[2] = 1
print(encoded)

# %% [markdown]
# Now any two labels are equally far apart. And it fits what a network gives: one number per class.

# %% [markdown]
# ### ✏️ Exercise 4: `one_hot` (1 point)
#
# **Goal:** labels that a network can be compared with.
#
# **Given:** several labels, and the number of classes. Not every class need occur among the labels.
#
# **Question:** What is the one-hot encoding of each label, as one row per label?
#
# <details><summary>Hint 1: where to begin</summary>
# The cell above encodes one label. Now there is a row for each.
# </details>
# <details><summary>Hint 2: a plan</summary>
# Begin with a matrix of zeros, with as many rows as labels and as many columns as classes. Which column gets the 1
# in row number <code>i</code>?
# </details>
# <details><summary>Hint 3: almost the code</summary>
# A loop with <code>for i, label in enumerate(labels)</code> sets one entry per row. Without a loop: row
# <code>c</code> of <code>np.eye(num_classes)</code> is the encoding of class <code>c</code>.
# </details>


# %% nbgrader={"grade_id": "one_hot", "solution": true}
def one_hot(labels, num_classes):
    """Encode each label as a row with a single 1.

    labels: shape (n,), whole numbers from 0 to num_classes - 1; a list is fine.
    Returns an array of shape (n, num_classes).
    """
    ### BEGIN SOLUTION
    return np.eye(num_classes)[np.asarray(labels)]
    ### END SOLUTION


# %% nbgrader={"grade_id": "one_hot-test", "points": 1}
checks.close(
    one_hot([2, 0, 0], 3),
    [[0, 0, 1], [1, 0, 0], [1, 0, 0]],
    "one_hot([2, 0, 0], 3)",
    misconceptions={
        "rows and columns are swapped": [[0, 1, 1], [0, 0, 0], [1, 0, 0]],
        "classes are counted from 1": [[0, 1, 0], [0, 0, 1], [0, 0, 1]],
        "the places before the class are filled as well": [[1, 1, 1], [1, 0, 0], [1, 0, 0]],
        "an index is missing, so that whole rows are filled": [[1, 1, 1], [0, 0, 0], [1, 1, 1]],
        "an index is missing, so that whole columns are filled": [[1, 0, 1], [1, 0, 1], [1, 0, 1]],
        "the return is inside the loop": [[0, 0, 1], [0, 0, 0], [0, 0, 0]],
        "all labels share a single row": [1, 0, 1],
        "there is only room for the classes that occur": [[0, 1], [1, 0], [1, 0]],
    },
)
checks.close(
    one_hot([1, 1], 4),
    [[0, 1, 0, 0], [0, 1, 0, 0]],
    "one_hot([1, 1], 4)",
    misconceptions={"there is only room for the classes that occur": [[0, 1], [0, 1]]},
)
print("one_hot: the visible checks pass. More tests run when you hand in.")
### BEGIN HIDDEN TESTS
_rng = np.random.default_rng(2)
for _n, _classes in [(1, 1), (5, 3), (3, 10), (12, 4), (6, 6)]:
    _labels = _rng.integers(0, _classes, _n)
    _wanted = (_labels[:, None] == np.arange(_classes)).astype(int)
    checks.close(one_hot(_labels, _classes), _wanted, f"one_hot({_labels.tolist()}, {_classes})")
    checks.close(one_hot(_labels.tolist(), num_classes=_classes), _wanted, f"one_hot(a list, num_classes={_classes})")
### END HIDDEN TESTS

# %% [markdown]
# ## 5. A perceptron decides
#
# Shall I take the bike? It depends on the distance (in km) and on the rain (in mm per hour). Give each a **weight**
# that says how much it speaks for or against, and start from how much I like cycling, the **bias**:
#
# $$\text{score} = \text{distance} \cdot w_0 + \text{rain} \cdot w_1 + b$$
#
# If the score is above 0, I take the bike. This is a **perceptron**: a weighted sum, a bias, and a yes or no.

# %%
bike_weights = np.array([-1, -2])
bike_bias = 6

# %% [markdown]
# For a trip of 3 km in a rain of 1 mm: $3 \cdot (-1) + 1 \cdot (-2) + 6 = 1$. Above 0: bike!
#
# **Predict, then run.** 2 km in a downpour of 3 mm? 5 km in the sun? *I expect ...*

# %%
for trip in [(3, 1), (2, 3), (5, 0)]:
    score = np.sum(np.array(trip) * bike_weights) + bike_bias
    print(trip, "score", score, "bike" if score > 0 else "not the bike")

# %% [markdown]
# Where does the answer change? Where the score is exactly 0, and this is a straight line.

# %% tags=["demo"] alt="A chart with distance from 0 to 8 km across and rain from 0 to 5 mm per hour upwards. A straight line falls from 3 mm at distance 0 to 0 mm at 6 km. Below it blue dots, trips by bike; above it orange crosses, trips without."
trips = np.random.default_rng(seed).uniform(0, [8, 5], (60, 2))
by_bike = trips @ bike_weights + bike_bias > 0
fig, ax = plt.subplots(figsize=(7, 3.4))
ax.plot(*trips[by_bike].T, "o", color=plots.BLUE, label="bike")
ax.plot(*trips[~by_bike].T, "x", color=plots.ORANGE, markeredgewidth=2, label="not the bike")
ax.plot([0, 6], [3, 0], color="black", label="score 0")
ax.set(title="A perceptron draws a straight line", xlabel="distance (km)", ylabel="rain (mm per hour)")
ax.legend(loc="upper left", bbox_to_anchor=(1, 1))
plt.show()

# %% [markdown]
# The weights turn the line, the bias shifts it. But straight it stays: one perceptron will never find the coast of an
# island. It needs colleagues.

# %% [markdown]
# ## 6. A layer is a matrix product
#
# Let three perceptrons look at the same trip: one for the bike, one for the bus, one for walking. Each is a
# **unit** with weights of its own and a bias. Write the weights of a unit as a *column*:

# %%
travel_weights = np.array([[-1, 1, -2], [-2, 1, -1]])
travel_bias = np.array([6, -1, 5])
trip = np.array([3, 1])

# %% [markdown]
# **Predict, then run.** The first column and the first bias are the bike's. What are the scores of bus and walking
# for our trip? *I expect ...*

# %%
for unit, name in enumerate(["bike", "bus", "walk"]):
    print(f"{name:4} score {np.sum(trip * travel_weights[:, unit]) + travel_bias[unit]}")

# %% [markdown]
# A row times each column in turn, summed up: this is a **matrix product**, in NumPy `@`. And if several trips, a
# **batch**, are stacked as rows, one product gives all scores of all trips:
#
# | array | shape | in words |
# |---|---|---|
# | input `x` | $(n, d)$ | one row per sample, one column per input |
# | weights | $(d, m)$ | one row per input, one column per unit |
# | bias | $(m)$ | one number per unit |
# | output | $(n, m)$ | one row per sample, one column per unit |
#
# A **sample** is one example: here one trip. Such a layer, in which every unit sees every input, is called **dense**.

# %% [markdown]
# ### ✏️ Exercise 5: `dense` (1 point)
#
# **Goal:** a whole layer, for a whole batch.
#
# **Given:** arrays with the shapes of the table.
#
# **Question:** What is the score of each unit for each sample?
#
# <details><summary>Hint 1: where to begin</summary>
# Multiply the shapes in your mind: (n, d) times (d, m). What is left?
# </details>
# <details><summary>Hint 2: a plan</summary>
# One matrix product, then add the bias. NumPy adds a vector of length m to every row of a matrix with m columns.
# </details>
# <details><summary>Hint 3: almost the code</summary>
# <code>@</code> is the matrix product; <code>*</code> multiplies entry by entry, which is not wanted here. Make
# arrays of all three first, since lists know neither.
# </details>


# %% nbgrader={"grade_id": "dense", "solution": true}
def dense(x, weights, bias):
    """Return the scores of a dense layer, before any activation function.

    x: shape (n, d); weights: shape (d, m); bias: shape (m,). Nested lists are fine.
    Returns an array of shape (n, m).
    """
    ### BEGIN SOLUTION
    return np.asarray(x) @ np.asarray(weights) + np.asarray(bias)
    ### END SOLUTION


# %% nbgrader={"grade_id": "dense-test", "points": 1}
checks.close(
    dense([[1, 2], [3, 4]], [[1, 0], [10, 100]], [0, 1000]),
    [[21, 1200], [43, 1400]],
    "dense([[1, 2], [3, 4]], [[1, 0], [10, 100]], [0, 1000])",
    misconceptions={
        "this multiplies entry by entry": [[1, 1000], [30, 1400]],
        "the weights are transposed": [[1, 1210], [3, 1430]],
        "the bias is added per sample instead of per unit": [[21, 200], [1043, 1400]],
        "the weights stand on the left of the product": [[1, 1002], [310, 1420]],
        "the bias is missing": [[21, 200], [43, 400]],
        "the bias is subtracted": [[21, -800], [43, -600]],
    },
)
checks.close(
    dense([[3, 1], [2, 3]], [[-1, 1, -2], [-2, 1, -1]], [6, -1, 5]),
    [[1, 3, -2], [-2, 4, -2]],
    "dense(two trips, travel_weights, travel_bias)",
    misconceptions={"negative scores are cut off": [[1, 3, 0], [0, 4, 0]]},
)
print("dense: the visible checks pass. More tests run when you hand in.")
### BEGIN HIDDEN TESTS
_rng = np.random.default_rng(3)
for _n, _d, _m in [(1, 1, 1), (4, 3, 2), (2, 5, 7), (3, 3, 3), (6, 1, 4), (1, 8, 2)]:
    _x, _w, _b = _rng.normal(size=(_n, _d)), _rng.normal(size=(_d, _m)), _rng.normal(size=_m)
    _wanted = np.einsum("nd,dm->nm", _x, _w) + np.tile(_b, (_n, 1))
    checks.close(dense(_x, _w, _b), _wanted, f"dense(arrays with n = {_n}, d = {_d}, m = {_m})")
    checks.close(
        dense(_x.tolist(), _w.tolist(), _b.tolist()), _wanted, f"dense(lists with n = {_n}, d = {_d}, m = {_m})"
    )
### END HIDDEN TESTS

# %% tags=["demo"] alt="Four grids: two trips as rows, with the first framed; the weights, with the second column framed; the bias, with its second entry framed; and the scores, 1, 3, -2 and -2, 4, -2, with the 3 in the first row and second column framed in blue."
two_trips = np.array([[3, 1], [2, 3]])
fig, axes = plt.subplots(1, 4, figsize=(9.5, 1.9), width_ratios=[2, 3, 3, 3])
plots.number_grid(axes[0], two_trips, "x", window=(0, 0, 1, 2))
plots.number_grid(axes[1], travel_weights, "@ weights", window=(0, 1, 2, 1), cmap="Oranges")
plots.number_grid(axes[2], travel_bias, "+ bias", window=(0, 1, 1, 1), cmap="Oranges")
scores = dense(two_trips, travel_weights, travel_bias)
plots.number_grid(axes[3], scores, "= scores", window=(0, 1, 1, 1), color=plots.BLUE)
plt.show()

# %% [markdown]
# The row of a trip meets the column of a unit: $3 \cdot 1 + 1 \cdot 1 - 1 = 3$. The weights and biases are the
# **parameters** of the layer, the numbers that it will learn. How many are there?

# %%
print(
    "parameters:",
    travel_weights.size,
    "weights +",
    travel_bias.size,
    "biases =",
    travel_weights.size + travel_bias.size,
)

# %% [markdown]
# ## 7. A bend in between: activation functions
#
# Why not put a second dense layer behind the first, and a third behind that? Let us try, with random weights.
#
# **Predict, then run.** How does the output change, if at all, when the two layers are replaced by *one*, whose
# weights are the product of theirs? *I expect ...*

# %% tags=["demo"]
rng = np.random.default_rng(seed)
w1, b1, w2, b2 = (rng.normal(size=shape) for shape in [(2, 5), (5,), (5, 3), (3,)])
two_layers = dense(dense(two_trips, w1, b1), w2, b2)
one_layer = dense(two_trips, w1 @ w2, b1 @ w2 + b2)
print("the same scores:", np.allclose(two_layers, one_layer))

# %% [markdown]
# Nothing gained! Straight lines of straight lines are straight lines. There has to be a bend *between* the layers:
# a function that is applied to each score. It is called the **activation function**. The usual ones, for a score $z$:
#
# | name | value | in words |
# |---|---|---|
# | ReLU (*rectified linear unit*) | $\max(0, z)$ | negative scores become 0 |
# | leaky ReLU | $z$ if $z > 0$, else $\alpha z$ | negative scores become small; $\alpha$ is the *slope*, such as 0.1 |
# | sigmoid | $\sigma(z) = 1 / (1 + e^{-z})$ | any score becomes a number between 0 and 1 |
# | tanh | $2 \, \sigma(2z) - 1$ | the same S, between $-1$ and 1 |

# %% [markdown]
# ### ✏️ Exercise 6: `relu`, `leaky_relu`, `sigmoid` (2 points)
#
# **Goal:** the three bends as functions.
#
# **Given:** scores in an array of any shape.
#
# **Question:** What does each function of the table give for every entry?
#
# <details><summary>Hint 1: where to begin</summary>
# Try each by hand on -2, 0 and 3 first. One line of NumPy is enough for each.
# </details>
# <details><summary>Hint 2: a plan</summary>
# NumPy has functions that work entry by entry: <code>np.maximum(a, b)</code> takes the larger of two,
# <code>np.where(condition, a, b)</code> chooses, <code>np.exp</code> is the power of e.
# </details>
# <details><summary>Hint 3: almost the code</summary>
# ReLU: the larger of 0 and z. Leaky ReLU: where z is above 0 choose z, elsewhere the slope times z. Sigmoid: mind the
# minus sign in the exponent, and the parentheses around the denominator.
# </details>


# %% nbgrader={"grade_id": "activations", "solution": true}
def relu(z):
    """Replace negative scores by 0. z: any shape; lists are fine. Returns an array of that shape."""
    ### BEGIN SOLUTION
    return np.maximum(0, np.asarray(z))
    ### END SOLUTION


def leaky_relu(z, slope=0.1):
    """Multiply negative scores by slope (between 0 and 1). z: any shape. Returns an array of that shape."""
    ### BEGIN SOLUTION
    z = np.asarray(z)
    return np.where(z > 0, z, slope * z)
    ### END SOLUTION


def sigmoid(z):
    """Squeeze scores (from -30 to 30) into the range from 0 to 1. z: any shape. Returns an array of that shape."""
    ### BEGIN SOLUTION
    return 1 / (1 + np.exp(-np.asarray(z)))
    ### END SOLUTION


# %% nbgrader={"grade_id": "activations-test", "points": 2}
checks.close(
    relu([-2, 0, 3]),
    [0, 0, 3],
    "relu([-2, 0, 3])",
    misconceptions={
        "the minus sign is dropped instead of the number": [2, 0, 3],
        "positive scores are cut off": [-2, 0, 0],
    },
)
checks.close(
    leaky_relu([-2, 0, 3], slope=0.25),
    [-0.5, 0.0, 3.0],
    "leaky_relu([-2, 0, 3], slope=0.25)",
    misconceptions={
        "the slope argument is ignored": [-0.2, 0.0, 3.0],
        "the positive scores are multiplied by the slope": [-2, 0, 0.75],
        "all scores are multiplied by the slope": [-0.5, 0.0, 0.75],
        "the sign of negative scores is lost": [0.5, 0.0, 3.0],
        "the slope replaces the scores instead of multiplying them": [0.25, 0.25, 3.0],
        "this is plain ReLU": [0, 0, 3],
    },
)
checks.close(
    sigmoid([-2.0, 0.0, 2.0]),
    [0.11920292, 0.5, 0.88079708],
    "sigmoid([-2.0, 0.0, 2.0])",
    misconceptions={
        "the minus sign in the exponent is missing": [0.88079708, 0.5, 0.11920292],
        "parentheses: only the 1 is divided by 1": [8.3890561, 2.0, 1.13533528],
    },
)
print("activations: the visible checks pass. More tests run when you hand in.")
### BEGIN HIDDEN TESTS
_rng = np.random.default_rng(4)
for _shape in [(1,), (7,), (2, 3), (2, 3, 4)]:
    for _z in (_rng.integers(-9, 10, _shape), _rng.normal(size=_shape) * 5, -_rng.uniform(0.1, 30, _shape)):
        _case = f"({'whole' if _z.dtype.kind == 'i' else 'real'} numbers of shape {_shape})"
        checks.close(relu(_z.copy()), (_z + np.abs(_z)) / 2, f"relu{_case}")
        checks.close(relu(_z.tolist()), (_z + np.abs(_z)) / 2, f"relu(a list of shape {_shape})")
        for _slope in (0.1, 0.3, 0.0):
            _wanted = _z * np.array([_slope, 1.0])[(_z > 0).astype(int)]
            checks.close(leaky_relu(_z.copy(), _slope), _wanted, f"leaky_relu{_case} with slope {_slope}")
        checks.close(leaky_relu(_z.tolist()), _z * np.array([0.1, 1.0])[(_z > 0).astype(int)], f"leaky_relu{_case}")
        checks.close(sigmoid(_z.copy()), (np.tanh(_z / 2) + 1) / 2, f"sigmoid{_case}", atol=1e-15)
        checks.close(sigmoid(_z.tolist()), (np.tanh(_z / 2) + 1) / 2, f"sigmoid(a list of shape {_shape})")
### END HIDDEN TESTS

# %% [markdown]
# The fourth row of the table is then one line, made of your sigmoid. NumPy has it too:

# %% tags=["demo"]
z = np.linspace(-5, 5, 201)
tanh = 2 * sigmoid(2 * z) - 1
print("agrees with np.tanh:", np.allclose(tanh, np.tanh(z)))

# %% [markdown]
# **Predict, then run.** Far out to the left and right, how *steep* is each of the four? *I expect ...*

# %% tags=["demo"] alt="Four charts for scores from -5 to 5, each with the function as a blue line and its slope as a dashed orange line. ReLU is 0 on the left and rises on the right; its slope jumps from 0 to 1. Leaky ReLU is the same with a gentle slope of 0.1 on the left. Sigmoid climbs in an S from 0 to 1; its slope is a low hump of height 0.25. Tanh climbs in an S from -1 to 1; its slope is a hump of height 1. The slopes of both S curves are almost 0 at the sides."
fig, axes = plt.subplots(1, 4, figsize=(11, 2.9))
curves = {"ReLU": relu(z), "leaky ReLU": leaky_relu(z), "sigmoid": sigmoid(z), "tanh": tanh}
for ax, (name, values) in zip(axes, curves.items(), strict=True):
    ax.plot(z, values, color=plots.BLUE, linewidth=2, label="value")
    ax.plot(z, np.gradient(values, z), "--", color=plots.ORANGE, label="slope")
    ax.set(title=name, xlabel="score z")
axes[0].legend(loc="upper left")
plt.show()

# %% tags=["demo"]
for score in [0, 2, 5, 10]:
    s = sigmoid([score])[0]
    print(f"sigmoid at {score:2}: value {s:.5f}, slope {s * (1 - s):.5f}")

# %% [markdown]
# The S curves **saturate**: for large scores they are flat, and so a change of the weights changes almost nothing.
# Learning follows slopes, as you will see, and so it gets stuck there. Even at its steepest the slope of the sigmoid
# is only 0.25. ReLU never saturates on the right, costs next to nothing, and is today's usual choice *between* layers;
# leaky ReLU does not go flat on the left either. The sigmoid is used at the *end* of a network, for a yes-or-no
# probability.

# %% [markdown]
# ### Maxout: let the unit choose
#
# A **maxout** unit has no fixed bend. It computes several scores, its **pieces**, each with weights and a bias of
# its own, and passes on the largest. With one input $x$ and the two pieces $x$ and $-x$:

# %%
for x in [-3, 0, 2]:
    pieces = np.array([1 * x, -1 * x])
    print(f"x = {x:2}: pieces {pieces}, passed on {pieces.max()}")

# %% [markdown]
# This one has learnt the absolute value. With the pieces $x$ and 0 it would be ReLU. The price: every piece has a
# full set of parameters.

# %% [markdown]
# ### ✏️ Exercise 7: `maxout` (1 point)
#
# **Goal:** a layer of maxout units.
#
# **Given:** a batch, and for each of $k$ pieces the weights and biases of a dense layer. You may use your `dense`.
#
# **Question:** For each sample and unit, what is the largest of the $k$ scores?
#
# <details><summary>Hint 1: where to begin</summary>
# Piece number 0 is <code>dense(x, weights[0], biases[0])</code>.
# </details>
# <details><summary>Hint 2: a plan</summary>
# Compute the scores of all pieces, put them into one array with the piece as the first axis, and take the
# maximum over that axis only.
# </details>
# <details><summary>Hint 3: almost the code</summary>
# A list comprehension over <code>zip(weights, biases)</code> collects the scores; <code>np.max(..., axis=0)</code>
# compares piece with piece and keeps samples and units apart.
# </details>


# %% nbgrader={"grade_id": "maxout", "solution": true}
def maxout(x, weights, biases):
    """Return the largest score over the pieces, for each sample and unit.

    x: shape (n, d); weights: shape (k, d, m); biases: shape (k, m), for k pieces. Nested lists are fine.
    Returns an array of shape (n, m).
    """
    ### BEGIN SOLUTION
    return np.max([dense(x, w, b) for w, b in zip(weights, biases, strict=True)], axis=0)
    ### END SOLUTION


# %% nbgrader={"grade_id": "maxout-test", "points": 1}
checks.close(
    maxout([[-3], [0], [2]], [[[1]], [[-1]]], [[0], [0]]),
    [[3], [0], [2]],
    "maxout([[-3], [0], [2]], [[[1]], [[-1]]], [[0], [0]])",
    misconceptions={
        "only the first piece is used": [[-3], [0], [2]],
        "only the last piece is used": [[3], [0], [-2]],
        "the pieces are added up": [[0], [0], [0]],
        "this is the smallest score": [[-3], [0], [-2]],
    },
)
checks.close(
    maxout([[1, 1]], [[[1, 2], [3, 4]], [[5, 0], [0, 0]]], [[0, 0], [0, 9]]),
    [[5, 9]],
    "maxout(one sample, two pieces, two units)",
    misconceptions={"the biases are ignored": [[5, 6]], "the units are compared with each other": [[6], [9]]},
)
print("maxout: the visible checks pass. More tests run when you hand in.")
### BEGIN HIDDEN TESTS
_rng = np.random.default_rng(5)
for _n, _d, _m, _k in [(1, 1, 1, 1), (4, 3, 2, 2), (2, 2, 5, 3), (3, 3, 3, 3), (5, 2, 1, 4)]:
    _x, _w, _b = _rng.normal(size=(_n, _d)), _rng.normal(size=(_k, _d, _m)), _rng.normal(size=(_k, _m)) - 1
    _wanted = (np.einsum("nd,kdm->nkm", _x, _w) + _b).max(axis=1)
    checks.close(maxout(_x, _w, _b), _wanted, f"maxout(n = {_n}, d = {_d}, m = {_m}, k = {_k} pieces)")
    checks.close(
        maxout(_x.tolist(), _w.tolist(), _b.tolist()), _wanted, f"maxout(lists, n = {_n}, d = {_d}, m = {_m}, k = {_k})"
    )
### END HIDDEN TESTS

# %% [markdown]
# One unit with three pieces, and ReLU as a special case:

# %% tags=["demo"] alt="A chart for inputs from -3 to 3. Three thin dashed grey straight lines cross each other. A thick blue line follows whichever is highest: falling on the left, nearly flat in the middle, rising on the right, like a bowl with corners."
x_line = np.linspace(-3, 3, 121)[:, None]
slopes, offsets = np.array([-1.5, 0.2, 1]), np.array([-1, 0.5, 0])
fig, ax = plt.subplots(figsize=(5.5, 3))
ax.plot(x_line, x_line * slopes + offsets, "--", color="grey", linewidth=1)
ax.plot(x_line, maxout(x_line, slopes[:, None, None], offsets[:, None]), color=plots.BLUE, linewidth=3)
ax.set(title="A maxout unit with three pieces", xlabel="input x", ylabel="passed on")
plt.show()
same = np.allclose(maxout(x_line, [[[1]], [[0]]], [[0], [0]]), relu(x_line))
print("pieces x and 0 give ReLU:", same)

# %% [markdown]
# ## 8. From scores to probabilities: softmax
#
# For our trip of 3 km the three units gave the scores 1, 3 and $-2$. Bus it is. But how *sure* is the layer? We want
# **probabilities**: one per class, none negative, adding up to 1. Two steps do it: $e$ to the power of each score
# makes everything positive; division by the sum makes it add up to 1. This is **softmax**, and the scores that go into it
# are called **logits**:
#
# $$p_j = \frac{e^{z_j}}{\sum_i e^{z_i}}$$

# %%
powers = np.exp([1, 3, -2])
print("powers       ", np.round(powers, 3))
print("their sum    ", f"{powers.sum():.3f}")
print("probabilities", np.round(powers / powers.sum(), 3))

# %% tags=["demo"] alt="Three bar charts for bike, bus and walk. Scores: 1, 3 and -2. Powers: 2.72, 20.09 and 0.14. Probabilities: 0.12, 0.88 and 0.01; the bus towers over the others."
fig, axes = plt.subplots(1, 3, figsize=(9, 2.5))
steps = {"scores": [1, 3, -2], "powers": powers, "probabilities": powers / powers.sum()}
for ax, (title, values) in zip(axes, steps.items(), strict=True):
    bars = ax.bar(["bike", "bus", "walk"], values, color=plots.BLUE)
    ax.bar_label(bars, [f"{value:.2f}".rstrip("0").rstrip(".") for value in values], padding=2)
    ax.axhline(0, color="black", linewidth=0.8)
    ax.margins(y=0.2)
    ax.set_title(title)
plt.show()

# %% [markdown]
# **Predict, then run.** Add 2 to all three scores. Do the probabilities grow? *I expect ...*

# %%
powers = np.exp([1 + 2, 3 + 2, -2 + 2])
print("probabilities", np.round(powers / powers.sum(), 3))

# %% [markdown]
# They stay: every power grows by the same factor $e^2$, and the division takes it out again. Only *differences* between
# scores matter. This is more than a curiosity. A computer cannot hold $e^{1000}$; it becomes "infinite", and infinite
# divided by infinite is not a number. Since any shift is allowed, one may shift the scores before taking powers.

# %% [markdown]
# ### ✏️ Exercise 8: `softmax` (2 points)
#
# **Goal:** probabilities for every sample of a batch, even from huge scores.
#
# **Given:** scores, one row per sample. (A single vector of scores counts as one row.)
#
# **Question:** What are the probabilities of each row?
#
# <details><summary>Hint 1: where to begin</summary>
# Do it for one row of small scores, as above. Then: which axis do the sums run along, if each row has to add up to 1?
# </details>
# <details><summary>Hint 2: a plan</summary>
# Shift each row so that its largest score becomes 0: no power is larger than 1 then. Take powers, and divide each
# row by its own sum.
# </details>
# <details><summary>Hint 3: almost the code</summary>
# <code>z.max(axis=-1, keepdims=True)</code> is the largest score of each row; <code>keepdims</code> leaves it in a
# shape that can be subtracted from the rows. The same argument helps with the sum.
# </details>


# %% nbgrader={"grade_id": "softmax", "solution": true}
def softmax(z):
    """Turn scores into probabilities along the last axis.

    z: shape (n, m) or (m,), numbers of any size, also in the thousands; lists are fine.
    Returns an array of the same shape, in which each row adds up to 1.
    """
    ### BEGIN SOLUTION
    z = np.asarray(z)
    powers = np.exp(z - z.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)
    ### END SOLUTION


# %% nbgrader={"grade_id": "softmax-test", "points": 2}
checks.close(
    softmax([[1, 3, -2]]),
    [[0.11849965, 0.87560056, 0.0058998]],
    "softmax([[1, 3, -2]])",
    misconceptions={
        "the scores are divided by their sum, without taking powers": [[0.5, 1.5, -1.0]],
        "the powers are not divided by their sum": [[2.71828183, 20.08553692, 0.13533528]],
        "this is the sigmoid of each score": [[0.73105858, 0.95257413, 0.11920292]],
        "each column is divided by its own sum": [[1.0, 1.0, 1.0]],
    },
)
checks.close(
    softmax([[0, 0], [0, np.log(3)]]),
    [[0.5, 0.5], [0.25, 0.75]],
    "softmax([[0, 0], [0, log 3]])",
    misconceptions={
        "each column adds up to 1 instead of each row": [[0.5, 0.25], [0.5, 0.75]],
        "all entries together add up to 1": [[1 / 6, 1 / 6], [1 / 6, 0.5]],
    },
)
_huge = np.asarray(softmax([[1000, 1000], [0, 0]]), dtype=float)
assert not np.isnan(_huge).any(), "softmax([[1000, 1000], [0, 0]]) contains NaN: powers of e too large or all 0."
checks.close(_huge, [[0.5, 0.5], [0.5, 0.5]], "softmax([[1000, 1000], [0, 0]])")
checks.close(softmax([0, 0, 0, 0]), [0.25, 0.25, 0.25, 0.25], "softmax([0, 0, 0, 0])")
print("softmax: the visible checks pass. More tests run when you hand in.")
### BEGIN HIDDEN TESTS
_rng = np.random.default_rng(6)
for _shape in [(1, 1), (1, 5), (4, 3), (3, 3), (6, 10), (4,)]:
    for _shift in (0, 5000, -5000):
        _z = _rng.integers(-5, 6, _shape) / 2
        _differences = np.exp(_z[..., None, :] - _z[..., :, None])
        _wanted = 1 / _differences.sum(axis=-1)
        _case = f"softmax(scores around {_shift} of shape {_shape})"
        _p = np.asarray(softmax((_z + _shift).tolist()), dtype=float)
        assert not np.isnan(_p).any(), f"{_case} contains NaN."
        checks.close(_p, _wanted, _case)
_p = np.asarray(softmax([[-1000.0, 0.0, 1000.0], [3.0, 3.0, 3.0]]), dtype=float)
assert not np.isnan(_p).any(), "softmax(very different scores) contains NaN."
checks.close(_p, [[0, 0, 1], [1 / 3, 1 / 3, 1 / 3]], "softmax(very different scores)")
### END HIDDEN TESTS

# %% [markdown]
# ## 9. How wrong are we? Losses
#
# To improve, a network needs one number that says how bad its answers are: the **loss**. Two kinds matter most.
#
# **Mean squared error** (MSE) is for answers that are quantities, such as a temperature. Take the difference to the
# truth, square it, and average over everything. Truth 20 and 25 degrees, answers 21 and 23:

# %%
differences = np.array([21, 23]) - np.array([20, 25])
print("squares", differences**2, " mean", np.mean(differences**2))

# %% [markdown]
# **Cross-entropy** is for classes. It asks for one thing only: how much probability $p$ did the *true* class get? The
# loss of the sample is $-\log p$. Certain and right costs nothing; certain and *wrong* costs without limit.

# %% tags=["demo"] alt="A falling curve: the loss, minus log p, against p, the probability of the true class. It shoots up as p nears 0, is 2.3 at a tenth, 0.7 at one half, and reaches 0 at p equal to 1."
p_line = np.linspace(0.01, 1, 200)
fig, ax = plt.subplots(figsize=(5.5, 3))
ax.plot(p_line, -np.log(p_line), color=plots.BLUE, linewidth=2)
ax.plot([0.1, 0.5], [-np.log(0.1), -np.log(0.5)], "o", color=plots.ORANGE)
ax.set(title="Cross-entropy of one sample", xlabel="probability of the true class", ylabel="loss")
plt.show()

# %% [markdown]
# With a one-hot label $y$ the true class can be picked out by a sum, since all other terms are multiplied by 0. The
# loss of a batch of $n$ samples is the mean over its samples:
#
# $$L = \frac{1}{n} \sum_{\text{samples}} \; \sum_{j} -\, y_j \log p_j$$

# %%
p_trip = np.array([0.118, 0.876, 0.006])
for name, y_trip in [("bus", np.array([0, 1, 0])), ("walk", np.array([0, 0, 1]))]:
    print(f"true answer {name:4}: loss {np.sum(-y_trip * np.log(p_trip)):.3f}")

# %% [markdown]
# ### ✏️ Exercise 9: `mse` and `cross_entropy` (2 points)
#
# **Goal:** both losses for a whole batch.
#
# **Given:** the truth and the answers, of the same shape.
#
# **Question:** What is the loss, as one number?
#
# <details><summary>Hint 1: where to begin</summary>
# The two cells above compute both for a tiny example.
# </details>
# <details><summary>Hint 2: a plan</summary>
# MSE: the mean over <em>all</em> entries. Cross-entropy: first one number per sample (sum over its classes), then
# the mean over the samples.
# </details>
# <details><summary>Hint 3: almost the code</summary>
# <code>np.log</code> is the natural logarithm. The sum over classes is a sum with <code>axis=1</code>.
# Do not take the mean over all entries at once: that divides by the number of classes as well.
# </details>


# %% nbgrader={"grade_id": "losses", "solution": true}
def mse(y, y_hat):
    """Return the mean squared error, a number. y, y_hat: truth and answers, any shape, the same; lists are fine."""
    ### BEGIN SOLUTION
    return np.mean((np.asarray(y) - np.asarray(y_hat)) ** 2)
    ### END SOLUTION


def cross_entropy(y, p):
    """Return the mean cross-entropy of a batch, a number.

    y: one-hot labels, shape (n, m); p: probabilities, shape (n, m), all above 0. Nested lists are fine.
    """
    ### BEGIN SOLUTION
    return np.mean(np.sum(np.asarray(y) * -np.log(p), axis=1))
    ### END SOLUTION


# %% nbgrader={"grade_id": "losses-test", "points": 2}
checks.close(
    mse([20.0, 25.0], [21.0, 23.0]),
    2.5,
    "mse([20.0, 25.0], [21.0, 23.0])",
    misconceptions={
        "the squares are added up, without a mean": 5.0,
        "a root is taken": 1.58113883,
        "absolute differences instead of squares": 1.5,
        "the mean is squared, instead of the squares averaged": 0.25,
    },
)
checks.close(
    cross_entropy([[0, 1, 0], [1, 0, 0]], [[0.25, 0.5, 0.25], [0.25, 0.5, 0.25]]),
    1.03972077,
    "cross_entropy(two labels, [0.25, 0.5, 0.25] for both)",
    misconceptions={
        "the samples are added up, without a mean": 2.07944154,
        "the mean is over all entries, not over the samples": 0.34657359,
        "the minus sign is missing": -1.03972077,
        "the wrong classes are counted instead of the true ones": 2.42601513,
        "the wrong classes are counted as well": 1.81781747,
        "the logarithm is not the natural one, but of base 2": 1.5,
        "the logarithm is not the natural one, but of base 10": 0.45154499,
    },
)
print("losses: the visible checks pass. More tests run when you hand in.")
### BEGIN HIDDEN TESTS
_rng = np.random.default_rng(7)
for _shape in [(1,), (6,), (3, 4), (2, 3, 2)]:
    _y, _y_hat = _rng.normal(size=_shape), _rng.normal(size=_shape)
    _wanted = float(np.dot((_y - _y_hat).ravel(), (_y - _y_hat).ravel()) / _y.size)
    checks.close(mse(_y, _y_hat), _wanted, f"mse(arrays of shape {_shape})")
    checks.close(mse(_y.tolist(), _y_hat.tolist()), _wanted, f"mse(lists of shape {_shape})")
for _n, _m in [(1, 2), (5, 3), (4, 10), (7, 2), (3, 3)]:
    _labels, _p = _rng.integers(0, _m, _n), _rng.uniform(0.05, 1, (_n, _m))
    _p = _p / _p.sum(axis=1, keepdims=True)
    _y = (_labels[:, None] == np.arange(_m)).astype(int)
    _wanted = -float(np.log(_p[np.arange(_n), _labels]).sum()) / _n
    checks.close(cross_entropy(_y, _p), _wanted, f"cross_entropy({_n} samples, {_m} classes)")
    checks.close(cross_entropy(_y.tolist(), _p.tolist()), _wanted, f"cross_entropy(lists, {_n} samples, {_m} classes)")
### END HIDDEN TESTS

# %% [markdown]
# Worth remembering: a network that knows nothing and gives all of 10 classes the same probability has a loss of
# $\log 10$. When a training begins there, all is well.

# %% tags=["demo"]
print(f"{cross_entropy(one_hot([3], 10), softmax(np.zeros((1, 10)))):.3f}")

# %% [markdown]
# ## 10. Downhill: gradient descent
#
# Now the weights must get better. Begin with a single weight $w$ and the loss $(w - 3)^2$. You see where its minimum
# is; the computer only feels the slope under its feet, the **gradient** $2(w - 3)$. So it takes a step *against*
# the slope, and the **learning rate** $\eta$ (eta; `lr` in code) says how far:
#
# $$w \leftarrow w - \eta \cdot \text{gradient}$$
#
# From $w = 0$, with $\eta = 0.1$: the gradient is $-6$, and so $w \leftarrow 0 - 0.1 \cdot (-6) = 0.6$.

# %%
w = 0.0
for step in range(4):
    w = w - 0.1 * 2 * (w - 3)
    print(f"after step {step + 1}: w = {w:.4f}, loss = {(w - 3) ** 2:.4f}")

# %% [markdown]
# **Predict, then run.** What happens with a learning rate of 0.9? And of 1.05? *I expect ...*

# %% tags=["demo"] alt="Three charts of the same parabola with its lowest point at w = 3. Learning rate 0.1: dots creep down the left side towards the bottom. Rate 0.9: dots jump from side to side, each time a little lower. Rate 1.05: dots jump from side to side, each time higher, and leave the picture."
fig, axes = plt.subplots(1, 3, figsize=(10, 2.9), sharey=True)
w_line = np.linspace(-2, 8, 101)
for ax, lr in zip(axes, [0.1, 0.9, 1.05], strict=True):
    path = 3 + (0 - 3) * (1 - 2 * lr) ** np.arange(9)
    ax.plot(w_line, (w_line - 3) ** 2, color="lightgrey")
    ax.plot(path, (path - 3) ** 2, "o-", color=plots.BLUE, linewidth=1, markersize=4)
    ax.plot(path[0], 9, "o", color=plots.ORANGE)
    ax.set(title=f"learning rate {lr}", xlabel="weight w", xlim=(-2, 8), ylim=(-1, 25))
axes[0].set_ylabel("loss")
plt.show()

# %% [markdown]
# Too small is slow, too large overshoots, and beyond a limit it never ends. (Each step multiplies the distance to the
# minimum by $1 - 2\eta$. That is how the picture was computed.)
#
# ### Momentum: a ball instead of a hiker
#
# With many weights the valley is often steep across and flat along its floor. A step that is small enough for the
# steep direction is tiny for the flat one. **Momentum** helps: let the point roll like a ball that keeps a part
# $\mu$ (mu, such as 0.9) of its **velocity** $v$. Where gradients agree it gathers speed; where they alternate they
# cancel out.
#
# ### Weight decay: keep them small
#
# Large weights make a network jumpy: small changes of the input change the output a lot. **Weight decay** pulls each
# weight a little towards 0 in every step, in proportion to its size and a small number $\lambda$ (lambda). Together:
#
# $$v \leftarrow \mu\, v - \eta \cdot \text{gradient} \qquad\qquad w \leftarrow w - \eta\, \lambda\, w + v$$
#
# The new velocity is used at once, and the decay uses the weight from before the step. By hand, for two steps from
# $w = 0$ and $v = 0$ with $\eta = 0.1$, $\mu = 0.5$, $\lambda = 0$ on our parabola:
#
# | | gradient $2(w - 3)$ | new $v$ | new $w$ |
# |---|---|---|---|
# | step 1 | $-6$ | $0.5 \cdot 0 + 0.6 = 0.6$ | $0 + 0.6 = 0.6$ |
# | step 2 | $-4.8$ | $0.5 \cdot 0.6 + 0.48 = 0.78$ | $0.6 + 0.78 = 1.38$ |

# %% [markdown]
# ### ✏️ Exercise 10: `sgd_step` (2 points)
#
# **Goal:** one step of gradient descent with momentum and weight decay, for any number of weights.
#
# **Given:** weights, their gradient and velocity, in arrays of one shape. (The S in the name is for *stochastic*: in
# practice the gradient is that of a small random batch.)
#
# **Question:** What are the new weights and the new velocity?
#
# <details><summary>Hint 1: where to begin</summary>
# The two formulas above, in that order. They work on whole arrays.
# </details>
# <details><summary>Hint 2: a plan</summary>
# Compute the new velocity first. Then the new weights from three parts: the old weights, the decay, the new velocity.
# Return both.
# </details>
# <details><summary>Hint 3: almost the code</summary>
# <code>velocity = momentum * velocity - ...</code>, then <code>w = w - ... + velocity</code>, then
# <code>return w, velocity</code>. Both the gradient and the decay are multiplied by the learning rate.
# </details>


# %% nbgrader={"grade_id": "sgd_step", "solution": true}
def sgd_step(w, gradient, velocity, lr, *, momentum=0.0, weight_decay=0.0):
    """Return the weights and the velocity after one step, as a pair (w, velocity).

    w, gradient, velocity: arrays of the same shape, any shape; lists are fine.
    lr, momentum, weight_decay: the numbers eta, mu and lambda of the formulas. (The * in the first line means: what
    follows it is always given by name, as in momentum=0.9.)
    """
    ### BEGIN SOLUTION
    w, gradient, velocity = np.asarray(w), np.asarray(gradient), np.asarray(velocity)
    velocity = momentum * velocity - lr * gradient
    return w - lr * weight_decay * w + velocity, velocity
    ### END SOLUTION


# %% nbgrader={"grade_id": "sgd_step-test", "points": 2}
_pair = sgd_step([1, 2], [10, -20], [0, 0], lr=0.1)
assert _pair is not None, "sgd_step returns None. Is there a return?"
_right = len(_pair) == 2 and np.ndim(_pair[0]) == 1
assert _right, "sgd_step should return two arrays, one for the weights and one for the velocity."
_uphill = {
    "this step goes uphill": [2, 0],
    "the velocity is returned first": [-1, 2],
    "the old velocity is used": [1, 2],
    "the gradient is not multiplied by the learning rate": [-9, 22],
}
checks.close(_pair[0], [0.0, 4.0], "the weights of sgd_step([1, 2], [10, -20], [0, 0], lr=0.1)", misconceptions=_uphill)
_other = {"the learning rate acts on the weights only": [10, -20], "its sign: the weights add it, as a step": [1, -2]}
checks.close(
    _pair[1], [-1.0, 2.0], "the velocity of sgd_step([1, 2], [10, -20], [0, 0], lr=0.1)", misconceptions=_other
)
_w, _v = sgd_step([1, 2], [10, -20], [2, 2], lr=0.1, momentum=0.5)
_old = {"the old velocity is used": [3, 4], "the momentum is ignored": [0, 4]}
checks.close(_w, [1.0, 5.0], "the weights with velocity [2, 2] and momentum 0.5", misconceptions=_old)
checks.close(_v, [0.0, 3.0], "the velocity with velocity [2, 2] and momentum 0.5")
_w, _v = sgd_step([1, 2], [10, -20], [0, 0], lr=0.1, weight_decay=0.5)
_decay = {
    "the decay is not multiplied by the learning rate": [-0.5, 3],
    "the decay is ignored": [0, 4],
    "it decays after the step": [0, 3.8],
}
checks.close(_w, [-0.05, 3.9], "the weights with weight_decay 0.5", misconceptions=_decay)
_inside = {"the decay acts on the velocity": [-1.05, 1.9]}
checks.close(_v, [-1.0, 2.0], "the velocity with weight_decay 0.5", misconceptions=_inside)
print("sgd_step: the visible checks pass. More tests run when you hand in.")
### BEGIN HIDDEN TESTS
_rng = np.random.default_rng(8)
for _shape in [(1,), (4,), (3, 2), (2, 2, 3)]:
    for _lr, _mu, _decay in [(0.1, 0.0, 0.0), (0.5, 0.9, 0.0), (0.02, 0.0, 0.3), (0.3, 0.7, 0.2), (1.0, 0.99, 0.01)]:
        _w, _g, _v = (_rng.integers(-9, 10, _shape) for _ in range(3))
        _new_v = _mu * _v + -_lr * _g
        _new_w = (1 - _lr * _decay) * _w + _new_v
        _case = f"for shape {_shape}, lr={_lr}, momentum={_mu}, weight_decay={_decay}"
        _pair = sgd_step(_w.copy(), _g.copy(), _v.copy(), _lr, momentum=_mu, weight_decay=_decay)
        checks.close(_pair[0], _new_w, f"the weights of sgd_step {_case}")
        checks.close(_pair[1], _new_v, f"the velocity of sgd_step {_case}")
        _pair = sgd_step(_w.tolist(), _g.tolist(), _v.tolist(), lr=_lr, weight_decay=_decay, momentum=_mu)
        checks.close(_pair[0], _new_w, f"the weights of sgd_step with lists, {_case}")
### END HIDDEN TESTS

# %% [markdown]
# First the decay, on the parabola with its minimum at 3.
#
# **Predict, then run.** Where does the weight come to rest with a (very strong) weight decay of 1? *I expect ...*

# %% tags=["demo"]
for decay in [0.0, 0.1, 1.0]:
    w, v = np.zeros(1), np.zeros(1)
    for _ in range(300):
        w, v = sgd_step(w, 2 * (w - 3), v, lr=0.1, weight_decay=decay)
    print(f"weight decay {decay}: w = {w[0]:.3f}")

# %% [markdown]
# It stops where the two pulls balance: $2(w - 3) + \lambda w = 0$, so for $\lambda = 1$ at $w = 2$. It no longer fits
# as well as it could. That is the price of small weights, and often a bargain, as a later notebook shows.
#
# Now a valley in two weights, 50 times as steep across as along:

# %% nbgrader={"grade_id": "valley", "locked": true}
valley_start = np.array([10.0, 1.0])


def valley_loss(w):
    """Return the height of the valley at w, shape (2,)."""
    return (w[0] ** 2 + 50 * w[1] ** 2) / 2


def valley_gradient(w):
    """Return the gradient at w, shape (2,)."""
    return np.array([w[0], 50 * w[1]])


# %% [markdown]
# **Predict, then move.** The widget shows 40 steps from the orange dot. Find a learning rate at which the path
# begins to zigzag, and one at which it leaves the picture. Then add momentum. *I expect ...*


# %% tags=["demo", "nbval-ignore-output"] nbval_reason="a widget has a new id on each run" alt="Left: a long, flat valley as contour lines, ellipses around its lowest point at the origin, with a blue path of dots from an orange start on the right, which has come about a third of the way along the floor. Right: the loss over 40 steps on a logarithmic scale, falling slowly. Sliders choose learning rate and momentum."
def show_valley(lr, momentum):
    path, velocity = [valley_start], np.zeros(2)
    for _ in range(40):
        w, velocity = sgd_step(path[-1], valley_gradient(path[-1]), velocity, lr, momentum=momentum)
        path.append(w)
    path = np.array(path)
    across, along = np.meshgrid(np.linspace(-11, 11, 120), np.linspace(-2, 2, 80))
    fig, axes = plt.subplots(1, 2, figsize=(10, 3), width_ratios=[3, 2])
    heights = valley_loss(np.array([across, along]))
    axes[0].contour(across, along, heights, levels=[1, 5, 15, 30, 50, 80], colors="lightgrey")
    axes[0].plot(*path.T, "o-", color=plots.BLUE, linewidth=1, markersize=3)
    axes[0].plot(*valley_start, "o", color=plots.ORANGE)
    axes[0].set(title=f"learning rate {lr:.3f}, momentum {momentum:.1f}", xlabel="first weight", ylabel="second weight")
    axes[0].set(xlim=(-11, 11), ylim=(-2, 2))
    axes[1].semilogy(valley_loss(path.T), color=plots.BLUE)
    axes[1].set(title="loss", xlabel="step", ylim=(1e-3, 1e4))
    return fig


widgets.explore(show_valley, lr=(0.01, 0.05, 0.005), momentum=(0.0, 0.9, 0.1))

# %% [markdown]
# ## 11. Where gradients come from: backpropagation
#
# For a parabola the gradient was easy. A network is a chain of functions, and its loss depends on the first weight only
# through everything that follows. The **chain rule** says: *multiply the slopes along the way.* Doing this from the end
# backwards, so that each slope is computed once, is **backpropagation**.
#
# The smallest network with two layers: one input $x$, one unit with ReLU, one output, squared error. A unit between
# input and output is called **hidden**: nobody outside the network sees what it says. Many of them side by side
# are a **hidden layer**.

# %%
x, y = 2.0, 1.0
w1, w2 = 3.0, 0.5

# %% [markdown]
# **Forward**, from left to right, we compute the loss:

# %%
score = x * w1
hidden = max(0.0, score)
out = hidden * w2
loss = (out - y) ** 2
print(f"score {score}, hidden {hidden}, out {out}, loss {loss}")

# %% [markdown]
# **Backward**, from right to left, we ask at each place: *if this number grew by a little, by how many times as much
# would the loss grow?* In code we write `d_hidden` for "slope of the loss with respect to hidden".

# %%
d_out = 2 * (out - y)  # slope of the square
d_w2 = d_out * hidden  # out = hidden * w2, so w2 is multiplied by hidden
d_hidden = d_out * w2  # ... and hidden is multiplied by w2
d_score = d_hidden * (1.0 if score > 0 else 0.0)  # the slope of ReLU is 1 or 0
d_w1 = d_score * x  # score = x * w1
print(f"d_out {d_out}, d_w2 {d_w2}, d_hidden {d_hidden}, d_score {d_score}, d_w1 {d_w1}")

# %% tags=["demo"] alt="A chain of five boxes from left to right: x 2, score 6, hidden 6, out 3, loss 4, joined by arrows labelled times w1 = 3, ReLU, times w2 = 0.5, and minus y, squared. Below each box, in orange, the slope of the loss: score 2, hidden 2, out 4. Below the two weights, also in orange: d_w1 = 4 and d_w2 = 24."
fig, ax = plt.subplots(figsize=(10, 2.4))
boxes = [
    ("x", x, None),
    ("score", score, d_score),
    ("hidden", hidden, d_hidden),
    ("out", out, d_out),
    ("loss", loss, 1),
]
for place, (name, value, slope) in enumerate(boxes):
    frame = {"boxstyle": "round,pad=0.5", "facecolor": "#d9e8f7", "edgecolor": plots.BLUE}
    ax.text(place, 0, f"{name}\n{value:g}", ha="center", va="center", fontsize=12, bbox=frame)
    if slope is not None:
        ax.text(place, -0.6, f"slope {slope:g}", ha="center", color="#b35f00", fontsize=11, weight="bold")
for place, label in enumerate([f"· w1 = {w1:g}", "ReLU", f"· w2 = {w2:g}", "(out − y)²"]):
    ax.annotate("", (place + 0.72, 0), (place + 0.28, 0), arrowprops={"arrowstyle": "->"})
    ax.text(place + 0.5, 0.3, label, ha="center")
for place, label in [(0.5, f"d_w1 = {d_w1:g}"), (2.5, f"d_w2 = {d_w2:g}")]:
    ax.text(place, -0.4, label, ha="center", color="#b35f00", weight="bold")
ax.set(xlim=(-0.4, 4.4), ylim=(-0.8, 0.6), title="forward: values in blue; backward: slopes of the loss in orange")
ax.axis("off")
plt.show()

# %% [markdown]
# Is it true? Nudge $w_1$ by a little and look. `d_w1` promises that the loss grows by 4 times the nudge.
#
# **Predict, then run.** And by how much for a nudge of 0.001 of $w_2$? *I expect ...*


# %%
def small_loss(w1, w2):
    return (max(0.0, 2.0 * w1) * w2 - 1.0) ** 2


print(f"nudge w1: the loss grows by {small_loss(3.001, 0.5) - 4:.6f}")
print(f"nudge w2: the loss grows by {small_loss(3.0, 0.501) - 4:.6f}")

# %% [markdown]
# 4 times the nudge and 24 times the nudge, as `d_w1` and `d_w2` promised. The rest, 1 and 36 millionths, is there because
# the loss is a curve: a slope holds exactly only for the tiniest of nudges.
#
# ### The same for matrices
#
# Now a real two-layer network, for a batch: *dense, ReLU, dense, softmax, cross-entropy*. The rules are those of the
# small network; sums appear because each number is used in several places. A gradient always has the **shape of the
# thing itself**, and often the shapes leave only one way to write the product.
#
# | forward | backward, given the gradient of the left-hand side |
# |---|---|
# | `scores = hidden @ w2 + b2` | `d_w2 = hidden.T @ d_scores` |
# | | `d_b2 =` the sum of `d_scores` over the samples |
# | | `d_hidden = d_scores @ w2.T` |
# | `hidden = relu(a)` | `d_a` is `d_hidden` where `hidden` is above 0, and 0 elsewhere |
# | `a = x @ w1 + b1` | as in the first two rows, with `x` in the place of `hidden` |
#
# The chain begins at the loss. Softmax and cross-entropy together have a gradient of rare beauty, *probability minus
# truth*, and the mean over $n$ samples divides it by $n$:
#
# $$\text{d\_scores} = \frac{p - y}{n}$$
#
# <details><summary>For the curious: why?</summary>
# For one sample with true class t the loss is −log p<sub>t</sub> = −z<sub>t</sub> + log Σ<sub>i</sub> exp(z<sub>i</sub>).
# The slope of the first part is −1 for j = t, else 0: this is −y<sub>j</sub>. The slope of the second part with
# respect to z<sub>j</sub> is exp(z<sub>j</sub>) / Σ<sub>i</sub> exp(z<sub>i</sub>): this is p<sub>j</sub>.
# </details>
#
# Check it on our trip: scores 1, 3, $-2$, and the truth is the bus. Nudge each score and watch the loss.

# %% tags=["demo"]
z_trip, y_trip = np.array([[1.0, 3.0, -2.0]]), np.array([[0, 1, 0]])
for j, name in enumerate(["bike", "bus", "walk"]):
    up, down = z_trip.copy(), z_trip.copy()
    up[0, j] += 1e-4
    down[0, j] -= 1e-4
    measured = (cross_entropy(y_trip, softmax(up)) - cross_entropy(y_trip, softmax(down))) / 2e-4
    print(f"{name:4} measured {measured:7.4f}   p - y = {(softmax(z_trip) - y_trip)[0, j]:7.4f}")

# %% [markdown]
# ### ✏️ Exercise 11: `backward` (3 points)
#
# **Goal:** backpropagation through a two-layer network. This is the heart of deep learning, in about six lines.
#
# **Given:** the batch `x`, the one-hot labels `y`, and from the forward pass `hidden` (after ReLU) and the
# probabilities `p`. Of the weights only `w2` is needed.
#
# **Question:** What are the gradients of the mean cross-entropy with respect to `w1`, `b1`, `w2` and `b2`?
#
# <details><summary>Hint 1: where to begin</summary>
# Begin at the end: <code>d_scores</code>. Then read the table from top to bottom.
# </details>
# <details><summary>Hint 2: a plan</summary>
# The order is: d_scores, then d_w2, d_b2 and d_hidden; then d_a; then d_w1 and d_b1. After each line compare the shape
# with that of the thing itself: <code>d_b2</code> has the shape of <code>b2</code>, one number per unit.
# </details>
# <details><summary>Hint 3: almost the code</summary>
# <code>d_a = d_hidden * (hidden > 0)</code>, since True counts as 1 and False as 0. The sum over the samples is
# <code>.sum(axis=0)</code>. <code>d_w1</code> is like <code>d_w2</code>, with <code>x</code> for <code>hidden</code>
# and <code>d_a</code> for <code>d_scores</code>.
# </details>


# %% nbgrader={"grade_id": "backward", "solution": true}
def backward(x, y, hidden, p, w2):
    """Return the gradients of the mean cross-entropy: (d_w1, d_b1, d_w2, d_b2).

    x: input, shape (n, d); y: one-hot labels, shape (n, m); hidden: after ReLU, shape (n, h);
    p: probabilities, shape (n, m); w2: weights of the second layer, shape (h, m). All are arrays.
    The gradients have the shapes of the parameters: (d, h), (h,), (h, m), (m,).
    """
    ### BEGIN SOLUTION
    d_scores = (p - y) / len(x)
    d_w2 = hidden.T @ d_scores
    d_b2 = d_scores.sum(axis=0)
    d_a = (d_scores @ w2.T) * (hidden > 0)
    d_w1 = x.T @ d_a
    d_b1 = d_a.sum(axis=0)
    return d_w1, d_b1, d_w2, d_b2
    ### END SOLUTION


# %% nbgrader={"grade_id": "backward-test", "points": 3}
_x, _y = np.array([[1.0, 2.0, 0.0], [3.0, 4.0, 1.0]]), np.array([[1, 0], [0, 1]])
_hidden, _p = np.array([[1.0, 0.0], [4.0, 2.0]]), np.array([[0.5, 0.5], [0.25, 0.75]])
_gradients = backward(_x, _y, _hidden, _p, np.array([[1.0, -1.0], [2.0, 0.0]]))
assert _gradients is not None, "backward returns None. Is there a return?"
assert len(_gradients) == 4, "backward should return four arrays: d_w1, d_b1, d_w2, d_b2."
checks.close(
    _gradients[2],
    [[0.25, -0.25], [0.25, -0.25]],
    "d_w2",
    misconceptions={
        "the gradient of the mean is divided by the number of samples": [[0.5, -0.5], [0.5, -0.5]],
        "the sign: it is probability minus truth": [[-0.25, 0.25], [-0.25, 0.25]],
        "the truth is not subtracted": [[0.75, 1.75], [0.25, 0.75]],
        "this is d_w1: mind the order of the four": [[0.25, 0.75], [0.0, 1.0], [0.25, 0.25]],
    },
)
_sums = {
    "the mean instead of the sum": [-0.0625, 0.0625],
    "the sum runs over the classes, not over the samples": [0, 0],
}
checks.close(_gradients[3], [-0.125, 0.125], "d_b2", misconceptions=_sums)
checks.close(
    _gradients[0],
    [[0.25, 0.75], [0.0, 1.0], [0.25, 0.25]],
    "d_w1",
    misconceptions={
        "the slope of ReLU is missing": [[0.25, 0.25], [0.0, 0.0], [0.25, 0.25]],
        "w2 is not transposed": [[-0.125, -0.375], [0.0, -0.5], [-0.125, -0.125]],
    },
)
checks.close(_gradients[1], [-0.25, 0.25], "d_b1", misconceptions={"the slope of ReLU is missing": [-0.25, -0.25]})
print("backward: the visible checks pass. More tests run when you hand in.")
### BEGIN HIDDEN TESTS
_rng = np.random.default_rng(9)
for _n, _d, _h, _m in [(1, 1, 1, 2), (4, 3, 5, 2), (6, 2, 3, 4), (3, 3, 3, 3), (5, 4, 4, 4)]:
    _x, _w2 = _rng.normal(size=(_n, _d)), _rng.normal(size=(_h, _m))
    _a = np.einsum("nd,dh->nh", _x, _rng.normal(size=(_d, _h))) + _rng.normal(size=_h)
    _hidden = np.where(_a > 0, _a, 0.0)
    _powers = np.exp(np.einsum("nh,hm->nm", _hidden, _w2))
    _p = _powers / _powers.sum(axis=1)[:, None]
    _y = np.eye(_m)[_rng.integers(0, _m, _n)]
    _d_scores = (_p - _y) / _n
    _d_a = np.where(_a > 0, np.einsum("nm,hm->nh", _d_scores, _w2), 0.0)
    _wanted = [
        np.einsum("nd,nh->dh", _x, _d_a),
        np.einsum("nh->h", _d_a),
        np.einsum("nh,nm->hm", _hidden, _d_scores),
        np.einsum("nm->m", _d_scores),
    ]
    _got = backward(_x.copy(), _y.copy(), _hidden.copy(), _p.copy(), _w2.copy())
    for _name, _gradient, _right in zip(["d_w1", "d_b1", "d_w2", "d_b2"], _got, _wanted, strict=True):
        checks.close(_gradient, _right, f"{_name} for {_n} samples, {_d} inputs, {_h} hidden units, {_m} classes")
### END HIDDEN TESTS

# %% [markdown]
# ### First check: finite differences
#
# You can trust a gradient when you have checked it. Take a small random network. The forward pass is made of your
# own functions:


# %% tags=["demo"]
def forward(x, w1, b1, w2, b2):
    hidden = relu(dense(x, w1, b1))
    return hidden, softmax(dense(hidden, w2, b2))


rng = np.random.default_rng(seed)
x_batch, y_batch = rng.normal(size=(6, 4)), one_hot(rng.integers(0, 3, 6), 3)
parameters = [rng.normal(size=shape) for shape in [(4, 5), (5,), (5, 3), (3,)]]

# %% [markdown]
# Nudge every parameter up and down by a small $\varepsilon$, and divide the difference of the losses by
# $2\varepsilon$. It is slow, since every parameter takes two forward passes. But hardly anything can go wrong.


# %% tags=["demo"]
def numeric_gradients(parameters, epsilon=1e-5):
    gradients = [np.zeros_like(parameter) for parameter in parameters]
    for parameter, gradient in zip(parameters, gradients, strict=True):
        for index in np.ndindex(parameter.shape):
            saved, losses = parameter[index], []
            for nudge in (epsilon, -epsilon):
                parameter[index] = saved + nudge
                losses.append(cross_entropy(y_batch, forward(x_batch, *parameters)[1]))
            parameter[index] = saved
            gradient[index] = (losses[0] - losses[1]) / (2 * epsilon)
    return gradients


# %% [markdown]
# **Predict, then run.** In how many decimals will the two agree? *I expect ...*

# %% tags=["demo"]
hidden, p = forward(x_batch, *parameters)
by_hand = backward(x_batch, y_batch, hidden, p, parameters[2])
for name, ours, measured in zip(["w1", "b1", "w2", "b2"], by_hand, numeric_gradients(parameters), strict=True):
    agree = np.abs(ours - measured).max() < 1e-8
    print(f"gradient of {name}: shape {ours.shape!s:7} agrees with finite differences to 1e-8: {agree}")

# %% [markdown]
# How small should $\varepsilon$ be? "As small as possible" is a trap:

# %% tags=["demo"] alt="A chart on logarithmic axes: the largest error of the measured gradient against the nudge epsilon, from 1e-12 on the left to 0.1 on the right. The error is smallest for nudges around 1e-5, grows to the right, and grows to the left as well: a V."
epsilons = 10.0 ** np.arange(-12, 0)
errors = [
    max(np.abs(ours - measured).max() for ours, measured in zip(by_hand, numeric_gradients(parameters, e), strict=True))
    for e in epsilons
]
fig, ax = plt.subplots(figsize=(5.5, 3))
ax.loglog(epsilons, errors, "o-", color=plots.BLUE)
ax.set(title="Finite differences: the best nudge", xlabel="epsilon", ylabel="largest error")
plt.show()

# %% [markdown]
# On the right the nudge is so large that the loss curves underway. On the left the two losses are so alike that
# their difference drowns in rounding errors. In between, finite differences are an excellent *check*. For *training*
# they are hopeless: two forward passes for each parameter. Backpropagation gets all gradients from one forward and
# one backward pass.

# %% [markdown]
# ## 12. The moment of truth: TensorFlow and Keras
#
# **TensorFlow** computes gradients by itself: a `GradientTape` records the forward pass and plays it backwards. It is
# the very method that you have just written. (Its `softmax_cross_entropy_with_logits` is your `softmax` and your
# `cross_entropy` in one.) Does it agree?

# %% tags=["demo"]
import keras
import tensorflow as tf

variables = [tf.Variable(parameter) for parameter in parameters]
with tf.GradientTape() as tape:
    hidden_tf = tf.nn.relu(x_batch @ variables[0] + variables[1])
    scores_tf = hidden_tf @ variables[2] + variables[3]
    loss_tf = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(y_batch, scores_tf))
by_tape = tape.gradient(loss_tf, variables)

# %% tags=["demo"]
for name, ours, theirs in zip(["w1", "b1", "w2", "b2"], by_hand, by_tape, strict=True):
    print(f"gradient of {name}: agrees with TensorFlow to 1e-12: {np.abs(ours - theirs.numpy()).max() < 1e-12}")

# %% [markdown]
# **Keras** is the library in which the rest of the course builds networks. Everything that you wrote has a name
# there. (Keras computes with 32 bits per number, so we ask for agreement to 1e-5.)


# %% tags=["demo"]
def compare(name, ours, theirs):
    agree = np.abs(np.asarray(ours) - keras.ops.convert_to_numpy(theirs)).max() < 1e-5
    print(f"{name:36} agrees to 1e-5: {agree}")


z_test = np.linspace(-4, 4, 12, dtype="float32").reshape(4, 3)
compare("keras.activations.relu", relu(z_test), keras.activations.relu(z_test))
compare("keras.activations.leaky_relu", leaky_relu(z_test, 0.1), keras.activations.leaky_relu(z_test, 0.1))
compare("keras.activations.sigmoid", sigmoid(z_test), keras.activations.sigmoid(z_test))
compare("keras.activations.tanh", 2 * sigmoid(2 * z_test) - 1, keras.activations.tanh(z_test))
compare("keras.activations.softmax", softmax(z_test), keras.activations.softmax(z_test))

# %% tags=["demo"]
layer = keras.layers.Dense(3)
layer.build((None, 2))
layer.set_weights([travel_weights, travel_bias])
compare("keras.layers.Dense", dense(two_trips, travel_weights, travel_bias), layer(two_trips.astype("float32")))
y_test, p_test = one_hot([0, 2, 1, 1], 3), softmax(z_test)
keras_loss = keras.losses.CategoricalCrossentropy()
compare("keras.losses.CategoricalCrossentropy", cross_entropy(y_test, p_test), keras_loss(y_test, p_test))
compare("keras.losses.MeanSquaredError", mse(y_test, p_test), keras.losses.MeanSquaredError()(y_test, p_test))
compare("keras.utils.to_categorical", y_test, keras.utils.to_categorical([0, 2, 1, 1], 3))

# %% tags=["demo"]
optimizer = keras.optimizers.SGD(learning_rate=0.03, momentum=0.9, weight_decay=0.1)
variable = keras.Variable(valley_start)
w, v = valley_start, np.zeros(2)
for _ in range(20):
    gradient = keras.ops.convert_to_tensor(valley_gradient(keras.ops.convert_to_numpy(variable)))
    optimizer.apply([gradient], [variable])
    w, v = sgd_step(w, valley_gradient(w), v, 0.03, momentum=0.9, weight_decay=0.1)
compare("keras.optimizers.SGD, 20 steps", w, variable)

# %% [markdown]
# There is no magic in these libraries. They are your functions, made fast and safe.
#
# <details><summary>For the curious: weight decay elsewhere</summary>
# Some books add λw to the gradient before the velocity is computed, so that the decay gathers momentum as well. Keras
# keeps the two apart, as we did. Without momentum both are the same.
# </details>

# %% [markdown]
# ## 13. The coast of the island
#
# Now all of it together. A thousand dots, each with two coordinates and a label: 1 for land, 0 for sea. Half are the
# **training set**: the network learns from them. The others are the **test set**, kept aside to see how well it does on
# dots that it has not seen. The share of right answers is called **accuracy**.
#
# Training is a loop, and nearly every line of it calls a function of yours: forward, loss, backward, step. The weights
# begin as random numbers. (Were they all equal, all hidden units would get the same gradients and stay equal for ever.)


# %% tags=["demo"]
def first_weights(num_hidden, seed):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=(2, num_hidden)), np.zeros(num_hidden), 0.3 * rng.normal(size=(num_hidden, 2)), np.zeros(2)]


def train(x, y, weights, num_steps=600):
    weights, velocities, losses = list(weights), [np.zeros_like(w) for w in weights], []
    for _ in range(num_steps):
        hidden, p = forward(x, *weights)
        losses.append(cross_entropy(y, p))
        for i, gradient in enumerate(backward(x, y, hidden, p, weights[2])):
            weights[i], velocities[i] = sgd_step(
                weights[i], gradient, velocities[i], lr=0.2, momentum=0.9, weight_decay=0.0001
            )
    return weights, losses


# %% [markdown]
# **Predict, then run.** You watch 32 hidden units learn. After how many of the 600 steps is the island there? *I expect
# ...* (If your functions visit single numbers in Python loops, this and the next experiment can take minutes: a good
# reason for whole arrays.)

# %% tags=["demo"]
across, along = np.meshgrid(np.linspace(-1, 1, 150), np.linspace(-1, 1, 150))
everywhere = np.stack([across.ravel(), along.ravel()], axis=1)


def draw_land(ax, weights):
    p_land = forward(everywhere, *weights)[1][:, 1].reshape(across.shape)
    ax.contourf(across, along, p_land, levels=[0, 0.5, 1], colors=["#dbe9f6", "#ffe9bf"])


# %% tags=["demo"] alt="Five maps with the training dots and the shaded land that the network sees after 0, 10, 30, 100 and 600 steps. At 0 the shading is a random patch that has nothing to do with the dots. After 10 steps it is a blob in the right place, after 30 it has the rough shape, after 100 and 600 its coast follows the dots closely."
points, land = make_island(seed)
fig, axes = plt.subplots(1, 5, figsize=(12, 2.8))
for ax, num_steps in zip(axes, [0, 10, 30, 100, 600], strict=True):
    weights, losses = train(points[:500], one_hot(land[:500], 2), first_weights(32, seed), num_steps)
    draw_land(ax, weights)
    draw_dots(ax, points[:500], land[:500], f"{num_steps} steps")
plt.show()

# %% [markdown]
# How can a network draw that? Each hidden unit is a perceptron: its score is 0 on a straight line, and on that line
# ReLU has its bend. Here are the lines of all 32, and the coast in black.
#
# **Predict, then run.** Where will the coast turn a corner? *I expect ...*

# %% tags=["demo"] alt="The map of the land found after 600 steps, without dots. The coast is a black polygon of straight pieces. Thin grey straight lines, one per hidden unit, cross the map; wherever the coast turns a corner, it does so on one of these lines."
fig, ax = plt.subplots(figsize=(4.5, 4.5))
draw_land(ax, weights)
p_land = forward(everywhere, *weights)[1][:, 1]
ax.contour(across, along, p_land.reshape(across.shape), levels=[0.5], colors="black")
for scores in dense(everywhere, weights[0], weights[1]).T:
    ax.contour(across, along, scores.reshape(across.shape), levels=[0], colors="grey", linewidths=0.7)
ax.set(title="The coast, and one line per hidden unit", xticks=[], yticks=[], aspect="equal")
plt.show()

# %% [markdown]
# Only on the lines! Between them nothing bends, and so the coast is straight there. The first layer lays out the lines,
# the second puts pieces together. Nobody told the network what an island is.

# %% [markdown]
# To know whether that is any good, we need something simple to compare with, a **baseline**. Two of them: always give
# the answer that is more frequent; and *logistic regression*, which is one dense layer with a sigmoid and no hidden
# units. One run may be lucky, so all of it is done several times, each time with new dots and new first weights. What
# counts is the mean, and how far the runs spread around it.
#
# **Predict, then run.** Which accuracies do the three reach? *I expect ...* (The last line of the cell prints the results.
# It also keeps them when the course is built, so that the figures in the text can be checked.)

# %% tags=["demo", "nbval-ignore-output"] nbval_reason="trained on this machine; the ledger test compares its figures within their spread"
from sklearn.linear_model import LogisticRegression

from course_utils import ledger

accuracies = {"majority": [], "logistic regression": [], "two layers": []}
for run in range(seed, seed + (5 if profile == "quick" else 20)):
    points, land = make_island(run)
    weights, losses = train(points[:500], one_hot(land[:500], 2), first_weights(32, run))
    answers = forward(points[500:], *weights)[1].argmax(axis=1)
    straight = LogisticRegression().fit(points[:500], land[:500])
    accuracies["majority"].append(np.mean(land[500:] == np.bincount(land[:500]).argmax()))
    accuracies["logistic regression"].append(straight.score(points[500:], land[500:]))
    accuracies["two layers"].append(np.mean(answers == land[500:]))
ledger.record("00_start_here", profile, {f"{name} accuracy": values for name, values in accuracies.items()})

# %% tags=["demo"] alt="Left: the training loss of the last run falls steeply at first and then slowly, over 600 steps. Right: accuracies on unseen dots with error bars: majority and logistic regression around one half, two layers close to 1."
fig, axes = plt.subplots(1, 2, figsize=(9, 3.2))
axes[0].plot(losses, color=plots.BLUE)
axes[0].set(title="Last run: training loss", xlabel="step", ylabel="cross-entropy", ylim=(0, None))
means, spreads = [np.mean(a) for a in accuracies.values()], [np.std(a, ddof=1) for a in accuracies.values()]
axes[1].bar(["majority", "logistic\nregression", "two\nlayers"], means, yerr=spreads, capsize=5, color=plots.BLUE)
axes[1].set(title="Mean and standard deviation", ylabel="accuracy on unseen dots", ylim=(0, 1))
plt.show()

# %% [markdown]
# On dots that it has not seen, the two-layer network is right in 96 %<!-- quick: two layers accuracy --> of the cases,
# with a standard deviation of 0.5 %<!-- quick: two layers accuracy: std --> over five runs. Always giving the more
# frequent answer reaches 56 %<!-- quick: majority accuracy -->, and the straight line of logistic regression with
# 50 %<!-- quick: logistic regression accuracy --> is no better than tossing a coin.
#
# One straight line cannot find an island; 32 of them with a bend can.

# %% [markdown]
# ### The same in Keras
#
# From now on Keras writes these loops for us. `Sequential` is a network as a list of layers. `compile` says which loss,
# what to report besides (`metrics`), and which **optimizer**: the rule for one step, here your `sgd_step`. And `fit` is
# the loop. It returns the *history*, your list of losses; `verbose=0` keeps it quiet.
#
# **Predict, then run.** Keras gets the same first weights as the last run above. How far will the losses of its first
# 20 steps be from yours? *I expect ...*

# %% tags=["demo"]
network = keras.Sequential(
    [
        keras.Input((2,)),
        keras.layers.Dense(32, activation="relu"),
        keras.layers.Dense(2, activation="softmax"),
    ]
)
network.set_weights(first_weights(32, run))
print("parameters:", network.count_params())

# %% tags=["demo"]
optimizer = keras.optimizers.SGD(learning_rate=0.2, momentum=0.9, weight_decay=0.0001)
network.compile(optimizer, loss="categorical_crossentropy", metrics=["accuracy"])
history = network.fit(points[:500], one_hot(land[:500], 2), batch_size=500, epochs=20, verbose=0)
compare("fit, losses of 20 steps", losses[:20], history.history["loss"])

# %% [markdown]
# Two words in there belong to every training. Here each step saw all 500 dots. With more data that takes too long, so a
# step only gets a random handful, a batch; how many is the **batch size**. One pass over all training samples is an
# **epoch**: with a batch size of 500 a single step, with 50 ten steps. Each of the ten is only roughly downhill, but ten
# times as cheap. This is the *stochastic* in the name of exercise 10.

# %% tags=["demo", "nbval-ignore-output"] nbval_reason="trained on this machine"
keras.utils.set_random_seed(seed)
network.fit(points[:500], one_hot(land[:500], 2), batch_size=50, epochs=30, verbose=0)
loss, accuracy = network.evaluate(points[500:], one_hot(land[500:], 2), verbose=0)
print(f"after 30 more epochs: loss {loss:.3f}, accuracy {accuracy:.1%} on unseen dots")

# %% [markdown]
# ## 14. What did we find?
#
# ### ✏️ Exercise 12: count the steps (1 point)
#
# **Goal:** a measurement of your own, to have figures for the text below.
#
# **Given:** `valley_start`, `valley_loss` and `valley_gradient` from section 10, and your `sgd_step`. Begin with
# velocity 0; no weight decay.
#
# **Question:** After how many steps is the loss below 0.001 for the first time? Three cases: with learning rate 0.01,
# with 0.02, and with 0.01 and momentum 0.9.
#
# <details><summary>Hint 1: where to begin</summary>
# The widget's function does the same with a fixed number of steps. You do not know the number: use <code>while</code>.
# </details>
# <details><summary>Hint 2: a plan</summary>
# Write one function that takes the learning rate and the momentum and returns the number of steps. Begin with a count
# of 0, and count one for each call of <code>sgd_step</code>. Stop as soon as the loss is below 0.001.
# </details>
# <details><summary>Hint 3: almost the code</summary>
# <code>while valley_loss(w) >= 0.001:</code> take a step, which gives new w <em>and</em> new velocity, and add 1 to
# the count. Call your function three times.
# </details>


# %% nbgrader={"grade_id": "steps", "solution": true}
# steps_slow = number of steps with learning rate 0.01
# steps_double = number of steps with learning rate 0.02
# steps_momentum = number of steps with learning rate 0.01 and momentum 0.9
### BEGIN SOLUTION
def count_steps(lr, momentum):
    w, velocity, steps = valley_start, np.zeros(2), 0
    while valley_loss(w) >= 0.001:
        w, velocity = sgd_step(w, valley_gradient(w), velocity, lr, momentum=momentum)
        steps += 1
    return steps


steps_slow, steps_double, steps_momentum = count_steps(0.01, 0), count_steps(0.02, 0), count_steps(0.01, 0.9)
print(f"0.01: {steps_slow} steps, 0.02: {steps_double} steps, 0.01 with momentum: {steps_momentum} steps")
### END SOLUTION

# %% nbgrader={"grade_id": "steps-test", "points": 1}
for _name, _value in [
    ("steps_slow", steps_slow),
    ("steps_double", steps_double),
    ("steps_momentum", steps_momentum),
]:
    assert np.ndim(_value) == 0, f"{_name} should be a single number, but has shape {np.shape(_value)}."
    assert _value > 1, f"{_name} is {_value}: one step is not enough to get down there."
    assert _value == int(_value), f"{_name} is {_value}, but steps are counted in whole numbers."
print("steps: the visible checks pass. More tests run when you hand in.")
### BEGIN HIDDEN TESTS
_counts = []
for _lr, _mu in [(0.01, 0.0), (0.02, 0.0), (0.01, 0.9)]:
    _place, _speed, _count = [10.0, 1.0], [0.0, 0.0], 0
    while (_place[0] ** 2 + 50 * _place[1] ** 2) / 2 >= 0.001:
        for _i, _steepness in enumerate([1.0, 50.0]):
            _speed[_i] = _mu * _speed[_i] - _lr * _steepness * _place[_i]
            _place[_i] += _speed[_i]
        _count += 1
    _counts.append(_count)
checks.close(int(steps_slow), _counts[0], "steps_slow")
checks.close(int(steps_double), _counts[1], "steps_double")
checks.close(int(steps_momentum), _counts[2], "steps_momentum")
### END HIDDEN TESTS

# %% [markdown]
# ### ✏️ Exercise 13: a claim to judge (2 points, written)
#
# A fellow student says: *"The larger the learning rate, the faster the network learns. So take the largest that fits
# into the computer."* Comment in four to six sentences, with your figures.
#
# | points | for |
# |---|---|
# | 1 | where the claim is right and where it stops being right, with the two step counts and one learning rate from the widget at which the path no longer goes down, and why |
# | 1 | what momentum does in this valley that a larger learning rate cannot, with the number that shows it |

# %% [markdown] nbgrader={"grade_id": "rate-text", "solution": true, "points": 2}
# **Model answer.** Up to a point the claim is right: with twice the learning rate, 0.02 instead of 0.01, 268 steps are
# enough instead of 539, about half. But the steep direction sets a limit. Each step multiplies the second weight by
# $1 - 50\,\eta$; for $\eta = 0.045$ this is $-1.25$, so the path jumps from side to side, further out each time, and the
# loss explodes. Just below the limit it zigzags: most of each step is wasted on the walls. Momentum needs only 91
# steps with the *small* rate 0.01. Along the floor all gradients point the same way, and the velocity grows up to ten
# times as large; across the valley they change sign and cancel out. So it speeds up the flat direction without
# endangering the steep one, which no single learning rate can do.
#
# **Marking guide.** One point per row of the table that students see.
#
# - Row 1: needs both step counts, "about half the steps" or the like, a rate at which the loss does not go down any more
#   (0.04 bounces for ever; 0.045 and 0.05 explode), and overshooting in the steep direction as the reason. Half a
#   point without the reason.
# - Row 2: needs the third step count and the idea that gradients which agree add up while those that alternate cancel out.

# %% [markdown]
# ## Can you do it now?
#
# - [ ] I can work with these notebooks: profiles, predictions, checks, hints, handing in.
# - [ ] I can read the shape of a tensor and any entry of it, and prepare images and labels for a network.
# - [ ] I can write a layer, its activation function and its loss in NumPy, and say what each is for.
# - [ ] I can improve weights by gradient descent with momentum and weight decay.
# - [ ] I can compute the gradient of a two-layer network by hand, check it in two independent ways, and say which line
#   of Keras does what.
#
# **What if ...**
#
# - ... the island network had only 3 hidden units? And 3000? Change the 32 in section 13, but predict the coast first.
# - ... all weights began at 0? Follow `backward` by hand: which gradients are 0, in the first step and ever after?
# - ... you left out ReLU in `forward`? What would the coast look like, and why is `backward` then wrong?
#
# **Further reading**
#
# - G. James, D. Witten, T. Hastie, R. Tibshirani, *An Introduction to Statistical Learning*, 2nd ed., chapter 10.
# - K. P. Murphy, *Probabilistic Machine Learning: An Introduction*, chapter 13.
# - D. Foster, *Generative Deep Learning*, chapter 2.
# - F. Chollet, *Deep Learning with Python*, the chapter on the mathematical building blocks of neural networks.
#
# Next: notebook 01, *Convolution by hand*. There a layer learns to look at neighbours.

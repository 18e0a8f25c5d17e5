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
# It can, and half-way through you will see it. A neural network turns out to be multiplications, additions and a bend;
# its learning is a walk downhill. You write every line of both, and at the end they find an island of your own.
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
# **Time** Half a minute to run every cell on a laptop with two cores. Plan five hours to work through it, in two
# sittings: sections 1 to 10, then 11 to 13. The break is marked.
#
# Nothing is downloaded in the profile `quick`. In `full`, section 3 shows real photos, and the last comparison has 20
# runs instead of 5. Exercises are marked with ✏️ and worth 20 points in total.

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
    print(f"{package:13}", "there" if find_spec(package) else "MISSING: see below")

# %% [markdown]
# Something is missing, or does not start later on? Open a terminal in the course's folder: `make lab` installs what is
# needed, and `.venv/bin/autograder doctor` says what is amiss and what to do. (With conda: activate the course's
# environment and type `autograder doctor`.)

# %% [markdown]
# ## 2. How these notebooks work
#
# **Profiles.** `quick` needs no network and little time: its data come with the course. `full` uses the real data set,
# where you have it or can download it. The `seed` chooses the random numbers, so that you get the same ones each time.

# %% tags=["parameters"]
profile = "quick"
seed = 0

# %% [markdown]
# **Set-up.** One locked cell loads what the exercises need, the next one what figures and predictions need.

# %% nbgrader={"grade_id": "setup", "locked": true}
try:
    import numpy as np

    from course_utils import checks
except ModuleNotFoundError:
    raise ModuleNotFoundError(
        "This notebook needs the course folder around it: open it from there with `make lab`, or `pip install -e` that folder."
    ) from None

# %% tags=["demo"]
import matplotlib.pyplot as plt

from course_utils import plots, predictions

plots.use_course_style()

# %% [markdown]
# **Folded cells.** Code that draws figures or checks answers need not be read, and so it is folded away: you see a bar
# with three dots. A folded cell runs like any other: select it, press Shift+Enter. A click on the dots unfolds it; a
# click on the blue line to its left folds it again. The next cell makes the dots from the beginning; two folded ones
# draw them.


# %% tags=["demo"]
def coast(angle):
    return 0.75 + 0.2 * np.sin(3 * angle)


def make_island(seed, coast=coast):
    points = np.random.default_rng(seed).uniform(-1, 1, (1000, 2))
    angle = np.arctan2(points[:, 1], points[:, 0])
    land = np.hypot(points[:, 0], points[:, 1]) < coast(angle)
    return points, land.astype(int)


# %% tags=["demo", "fold"]
def draw_dots(ax, points, land, title):
    ax.plot(*points[land == 0].T, "x", color=plots.BLUE, markersize=3)
    ax.plot(*points[land == 1].T, "o", color="#c67f00", markersize=3)
    ax.set(title=title, xticks=[], yticks=[], aspect="equal")


# %% tags=["demo", "fold"]
points, land = make_island(seed)
fig, ax = plt.subplots(figsize=(4.5, 4.5))
draw_dots(ax, points, land, "A thousand dots: land (brown dots) and sea (blue crosses)")
plots.show(
    "A square map with a thousand dots. Brown dots for land fill a region in the middle with three bulges, two at the top and one at the bottom; blue crosses for the sea surround it. No line is drawn between them."
)

# %% [markdown]
# You could draw the coast with a finger. The program only gets numbers: two coordinates per dot, and 1 for land or 0
# for sea.
#
# **Predict, then run.** Before an experiment you say what you expect. A click is enough (or double-click on the
# question and write your own words). It gives no points, and being wrong costs nothing: a surprise is when you learn
# most. Your choice is shown again beside the result. What we measured is folded below it: open that last.

# %% [markdown]
# **Predict, then run.** In Python, what is `1 + 2 / 2`? *I expect ...*

# %% tags=["demo"]
predictions.ask("division", ["1.5", "2", "2.0"])

# %% tags=["demo"]
print(1 + 2 / 2)
predictions.recall("division")

# %% [markdown]
# <details><summary>What we measured: open after you ran it</summary>
#
# 2.0. Python divides before it adds, and `/` gives a real number even where a whole one would do. You need both now.
#
# </details>

# %% [markdown]
# **Exercises** have a cell with `raise NotImplementedError(...)`. Replace that line and keep the rest. The folded cell
# below it holds **checks** that tell you what is wrong, and never what is right. Stuck? Open the first **hint**. It
# ends in a question: answer that before you open the next.
#
# **The visible checks are examples.** When you hand in, hidden tests run your function with other numbers. So solve
# the exercise and not the example. The points of an exercise are given as a whole.
#
# **Stuck for good?** Go on, past the exercise and past later cells that complain about `NotImplementedError`: what
# they show stands in the folded text below them. Where the coast is found, in section 10, none of your functions is
# needed.

# %% [markdown]
# ### ✏️ Exercise 1: `average` (1 point)
#
# **Goal:** try out how exercises work.
#
# **Given:** two numbers.
#
# **Question:** Which number lies half-way between them?
#
# *First make a mistake, on purpose:* write `return a + b / 2`, run that cell and the folded one below, and read what
# the check says. Then make it right.
#
# <details><summary>Hint 1: where to begin</summary>
# This is how hints look. The first is a nudge: add, then divide. What does Python do first in <code>a + b / 2</code>?
# </details>
# <details><summary>Hint 2: a plan</summary>
# The second says how to go about it. Half-way between 2 and 6 is 4: their sum, 8, divided by 2. How do you make Python
# add before it divides?
# </details>
# <details><summary>Hint 3: almost the code</summary>
# The third is almost the code, or a twin of it: the average of <em>three</em> numbers would be
# <pre>a, b, c = 1, 2, 6
# print((a + b + c) / 3)</pre>
# With two numbers, what do you add, and what do you divide by?
# </details>


# %% nbgrader={"grade_id": "average", "solution": true}
def average(a, b):
    """Return the number half-way between a and b."""
    ### BEGIN SOLUTION
    return (a + b) / 2
    ### END SOLUTION


# %% nbgrader={"grade_id": "average-test", "points": 1}
checks.close(
    average(2.0, 6.0),
    4.0,
    "average(2.0, 6.0)",
    misconceptions={
        "only b is divided, because / comes before +": 5.0,
        "only a is divided": 7.0,
        "the sum is not divided": 8.0,
        "this is half of the distance between them": 2.0,
        "they are multiplied, not added": 6.0,
    },
)
checks.close(
    average(1, 2),
    1.5,
    "average(1, 2)",
    misconceptions={"// and int() drop what comes after the point": 1, "round() drops what comes after the point": 2},
)
checks.close(average(-3.0, 1.0), -1.0, "average(-3.0, 1.0)", misconceptions={"the sign is lost": 1.0})
print("average: the visible checks pass. More tests run when you hand in.")
### BEGIN HIDDEN TESTS
for _a, _b in [(0, 0), (3, 8), (-5, 2), (0.25, 0.5), (-7, -1), (1000, -1)]:
    checks.close(average(_a, _b), float(np.mean([_a, _b])), f"average({_a}, {_b})")
### END HIDDEN TESTS

# %% [markdown]
# **When things get odd.** While a cell runs, `[*]` stands beside it; the button ■ above stops it. The notebook
# remembers each name from each cell that ran, in the order in which *you* ran them, even when the cell is long
# deleted. If something defies explanation, choose *Kernel > Restart Kernel* and run the cells again from the top.
#
# **Handing in.** Choose *Kernel > Restart Kernel and Run All Cells*, save, and hand in the `.ipynb` file under its own
# name. (*Run All* stops at the first unfinished exercise. Grading goes on: the others still count.) You get back a
# page with your points and with what each check said. You may add cells anywhere; editing a check changes nothing,
# since grading runs its own copy.

# %% [markdown]
# ## 3. Numbers in boxes: tensors
#
# Everything that goes into a network is a box of numbers, a **tensor**. With no axis it is a **scalar**, with one a
# **vector**, with two a **matrix**. Its **rank** is the number of axes, its **shape** says how long each is.

# %%
scalar = np.array(7)
vector = np.array([5, 8, 2])
matrix = np.array([[1, 2, 3], [4, 5, 6]])
cube = np.zeros((2, 4, 3))
for name, tensor in [("scalar", scalar), ("vector", vector), ("matrix", matrix), ("cube", cube)]:
    print(f"{name}: rank {tensor.ndim}, shape {tensor.shape}, {tensor.size} entries")

# %% [markdown]
# A colour picture has three axes: *height* (rows, from the top), *width* (columns, from the left) and *channel* (red,
# green, blue). A **set** of pictures has one more in front, the index of the picture:
#
# $$(\text{index}, \text{height}, \text{width}, \text{channel})$$
#
# Here are two tiny pictures of $2 \times 2$ pixels. Each pair of inner brackets is one pixel; count from 0.

# %%
tiny = np.array(
    [
        [[[255, 0, 0], [0, 255, 0]], [[0, 0, 255], [255, 255, 255]]],
        [[[10, 20, 30], [40, 50, 60]], [[70, 80, 90], [0, 0, 0]]],
    ]
)
print("shape:", tiny.shape)

# %% [markdown]
# **Predict, then run.** Which pixel is `tiny[1, 0, 1]`? *I expect ...*

# %% tags=["demo"]
predictions.ask("pixel", ["[0, 255, 0]", "[40, 50, 60]", "[70, 80, 90]"])

# %% tags=["demo"]
print("tiny[1]          has shape", tiny[1].shape)
print("tiny[1, 0]       has shape", tiny[1, 0].shape)
print("tiny[1, 0, 1]    is", tiny[1, 0, 1])
print("tiny[1, 0, 1, 2] is", tiny[1, 0, 1, 2])
predictions.recall("pixel")

# %% [markdown]
# <details><summary>What we measured: open after you ran it</summary>
#
# [40, 50, 60]: picture 1 is the second one, and in it row 0, column 1. (Rows come first: [70, 80, 90] is row 1, column
# 0.) Each index takes away one axis, from the left. With all four you reach a single number, here blue: 60.
#
# </details>

# %% [markdown]
# A famous set is *CIFAR-10*: 50,000 photos of $32 \times 32$ pixels for training, in 10 classes such as "frog" and
# "truck", shape `[50000, 32, 32, 3]`. In `quick`, drawn pictures of the same size take its place; the loader says
# which you have. (`validation=0` means: set none aside. Section 10 says why one does.)

# %% tags=["demo"]
from course_utils import data, widgets

pictures = data.cifar10(profile, validation=0)
pictures.describe()
x_train, y_train = pictures.x_train, pictures.y_train
print("shape of x_train:    ", x_train.shape)
print("shape of x_train[54]:", x_train[54].shape)

# %% [markdown]
# The ring marks the pixel `x_train[54, 12, 13]`. A single channel makes a grey picture: the brighter, the more of its
# colour. The number above it is the pixel's.

# %% tags=["demo", "fold"]
fig, axes = plt.subplots(1, 4, figsize=(10, 2.8))
plots.picture(axes[0], x_train[54], "x_train[54]")
for channel, (ax, name) in enumerate(zip(axes[1:], ["red", "green", "blue"], strict=True)):
    plots.picture(ax, x_train[54, :, :, channel], f"channel {channel}, {name}: {x_train[54, 12, 13, channel]}")
for ax in axes:
    ax.plot(13, 12, "o", color=plots.ORANGE, markersize=10, fillstyle="none", markeredgewidth=2)
plots.show(
    "Picture 54, in the drawn set a pink umbrella, and its red, green and blue channel as grey pictures. A ring marks row 12, column 13, a pixel of the umbrella: bright in the red channel, darker in the blue, darkest in the green."
)

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
# The cells above print the same things for smaller tensors. What are rank, size and shape of <code>tiny</code>?
# </details>
# <details><summary>Hint 2: a plan</summary>
# Rank: count the axes. Numbers: how many does one pixel hold, one picture, all pictures? Colour: the last index
# counts from 0. And which axes are left after two indices?
# </details>
# <details><summary>Hint 3: almost the code</summary>
# The twin of all four for the small set:
# <pre>tiny = np.zeros((2, 2, 2, 3))
# rank = len((2, 2, 2, 3))
# num_entries = 2 * 2 * 2 * 3
# row_shape = tiny[1, 0].shape
# colour = ["red", "green", "blue"][2]</pre>
# Python computes a product of lengths for you. Which lengths does the real set have, and which number picks the colour?
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
assert rank != 3, "rank: the index of the picture has an axis as well."
assert num_entries != 50_000 * 32 * 32, "num_entries: how many numbers does one pixel of a colour picture hold?"
assert num_entries != 50_000 + 32 + 32 + 3, "num_entries: the lengths of the axes are multiplied, not added."
assert num_entries != 32 * 32 * 3, "num_entries: this is one picture. How many does the set hold?"
assert np.ndim(row_shape) == 1, "row_shape should be a tuple with one length per axis that is left."
_shape = tuple(np.asarray(row_shape).tolist())
assert _shape != (32, 32, 3), "row_shape: this is the shape of x_train[54]. There is a second index."
assert _shape != (3,), "row_shape: this is the shape of x_train[54, 12, 13]. There are only two indices."
assert _shape != (50_000, 32), "row_shape: indices take axes away from the left, not from the right."
assert colour in ("red", "green", "blue"), f"colour should be 'red', 'green' or 'blue', but is {colour!r}."
assert colour != "red", "colour: the channels are counted from 0."
print("tensors: the visible checks pass. They look for common mistakes only; the numbers are tested when you hand in.")
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
# Pixels are stored as `uint8`: whole numbers from 0 to 255, one byte each.

# %% [markdown]
# **Predict, then run.** One pixel is 200, another 100. What is their sum, in bytes? *I expect ...*

# %% tags=["demo"]
predictions.ask("bytes", ["300", "255, the largest byte", "44", "an error"])

# %% tags=["demo"]
bright = np.array([200], dtype=np.uint8)
more = np.array([100], dtype=np.uint8)
print("200 + 100 =", (bright + more)[0])
predictions.recall("bytes")

# %% [markdown]
# <details><summary>What we measured: open after you ran it</summary>
#
# 44, without a warning: a byte that runs over starts again at 0, and 300 − 256 = 44.
#
# </details>

# %% [markdown]
# So we first **normalise**: divide by the largest value that a pixel *can* have, 255, and get real numbers from 0
# (none of this colour) to 1 (full). Networks also learn better from inputs of that size: sums of large numbers get out
# of hand. In the lecture's CIFAR-10, `x_train[54, 12, 13, 1]` is the byte 94:

# %%
print(f"94 / 255 = {np.float32(94) / np.float32(255):.8f}")

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
# 255 must become 1, and 51, a fifth of it, 0.2. What must a dark picture with only 0 and 1 in it become: brighter?
# </details>
# <details><summary>Hint 2: a plan</summary>
# Divide every entry by the same number. Which one, if a dark picture has to stay dark?
# </details>
# <details><summary>Hint 3: almost the code</summary>
# NumPy divides a whole array at once. The twin for marks from 0 to 20:
# <pre>marks = np.array([5, 20])
# print(marks / 20)</pre>
# (A double slash would throw the fractions away.) What stands in the places of <em>marks</em> and 20?
# </details>


# %% nbgrader={"grade_id": "normalise", "solution": true}
def normalise(images):
    """Scale pixels from 0...255 to 0...1.

    images: any shape, whole numbers from 0 to 255; lists are fine. Returns real numbers of the same shape.
    """
    images = np.asarray(images)
    ### BEGIN SOLUTION
    return images / 255
    ### END SOLUTION


# %% nbgrader={"grade_id": "normalise-test", "points": 1}
checks.close(
    normalise(np.array([[0, 51], [40, 255]], dtype=np.uint8)),
    [[0.0, 0.2], [0.15686275, 1.0]],
    "normalise([[0, 51], [40, 255]])",
    misconceptions={
        "the division is by how many values there are, not by the largest": [[0, 0.19921875], [0.15625, 0.99609375]],
        "whole numbers cannot hold fractions: look for //, int() and conversions to bytes": [[0, 0], [0, 1]],
        "round() loses digits": [[0, 0.2], [0.2, 1]],
        "this range is from -1 to 1": [[-1, -0.6], [-0.68627451, 1]],
    },
)
checks.close(
    normalise(np.array([0, 51], dtype=np.uint8)),
    [0.0, 0.2],
    "normalise([0, 51])",
    misconceptions={"the division is by the brightest pixel that is there": [0.0, 1.0]},
)
checks.close(
    normalise(np.array([[[0, 1]]], dtype=np.uint8)),
    [[[0.0, 0.00392157]]],
    "normalise([[[0, 1]]])",
    misconceptions={"very dark images are left as they are": [[[0, 1]]]},
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
    ((2, 3), 1, 2),
    ((4, 3, 3), 0, 2),
]:
    _images = _rng.integers(_low, _high, _shape).astype(np.uint8)
    _case = f"from {_low} to {_high - 1} of shape {_shape}"
    checks.close(normalise(_images.copy()), _images.astype(np.float64) * (1 / 255), f"normalise(bytes {_case})")
    checks.close(normalise(_images.tolist()), _images.astype(np.float64) * (1 / 255), f"normalise(numbers {_case})")
### END HIDDEN TESTS

# %% [markdown]
# ### Labels without an order
#
# The other half of the data are the answers, the **labels**. They are numbers too: 0 for the first class, 1 for the
# second, and so on.

# %% tags=["demo"]
fig, axes = plt.subplots(1, 8, figsize=(10, 1.9))
titles = [f"{label}\n{pictures.class_names[label]}" for label in y_train[:8]]
plots.pictures(axes, x_train[:8], titles)
plots.show("Eight small pictures in a row, each with its label, a number, and the name of its class above it.")

# %% [markdown]
# But 7 is not one more than 6 here! The numbers are only names. So each label becomes a vector with one place per
# class: a 1 in its own place, and 0 everywhere else. This is **one-hot** encoding. For label 2 of 4 classes:

# %%
encoded = np.zeros(4)
encoded[2] = 1
print(encoded)

# %% [markdown]
# Now any two labels are equally far apart, and they fit what a network gives: one number per class.

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
# The cell above encodes one label. Now there is a row for each. How many rows and columns has the result for the labels
# 2, 0, 0 and four classes?
# </details>
# <details><summary>Hint 2: a plan</summary>
# Begin with a matrix of zeros, with as many rows as labels and as many columns as classes. Then go through the rows.
# Which column of row number <code>i</code> gets the 1?
# </details>
# <details><summary>Hint 3: almost the code</summary>
# <code>encoded = np.zeros((len(labels), num_classes))</code> makes the zeros, and
# <code>for i, label in enumerate(labels):</code> goes through the rows. Inside the loop one entry becomes 1; behind it
# stands the return. With which two indices do you reach the entry?
# </details>


# %% nbgrader={"grade_id": "one_hot", "solution": true}
def one_hot(labels, num_classes):
    """Encode each label as a row with a single 1.

    labels: shape (n,), whole numbers from 0 to num_classes - 1; a list is fine. Returns an array of shape (n, num_classes).
    """
    labels = np.asarray(labels)
    ### BEGIN SOLUTION
    return np.eye(num_classes)[labels]
    ### END SOLUTION


# %% nbgrader={"grade_id": "one_hot-test", "points": 1}
checks.close(
    one_hot(np.array([2, 0, 0]), 3),
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
        "the order of the labels is lost": [[1, 0, 0], [1, 0, 0], [0, 0, 1]],
        "the label stands where the 1 should": [[0, 0, 2], [0, 0, 0], [0, 0, 0]],
    },
)
checks.close(
    one_hot(np.array([1, 1]), 4),
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
# **Keras** is the library in which the rest of the course builds networks. Nearly everything that you write has a name
# there:


# %% tags=["demo"]
import keras


def compare(name, theirs, ours):
    agree = np.abs(np.asarray(theirs) - np.asarray(ours)).max() < 1e-5  # Keras computes with 32 bits per number
    print(f"{name} and yours agree to 1e-5: {agree}")


compare("keras.utils.to_categorical", keras.utils.to_categorical([0, 2, 1], 3), one_hot([0, 2, 1], 3))

# %% [markdown]
# ## 5. A perceptron decides
#
# Shall I take the bike? It depends on the distance (in km) and on the rain (in mm per hour). Give each a **weight**
# that says how much it speaks for or against, and start from how much I like cycling, the **bias**:
#
# $$\text{score} = \text{distance} \cdot w_0 + \text{rain} \cdot w_1 + b$$
#
# If the score is above 0, I take the bike. This is a **perceptron**: a weighted sum, a bias, and a yes or no. For 3 km
# in a rain of 1 mm: $3 \cdot (-1) + 1 \cdot (-2) + 6 = 1$. Bike!

# %%
bike_weights = np.array([-1, -2])
bike_bias = 6
for trip in [(3, 1), (2, 3), (5, 0)]:
    score = np.sum(np.array(trip) * bike_weights) + bike_bias
    print(trip, "score", score, "bike" if score > 0 else "not the bike")

# %% [markdown]
# **Predict, then run.** Draw sixty trips as dots on a chart of distance and rain. What separates those by bike from the
# others? *I expect ...*

# %% tags=["demo"]
predictions.ask("border", ["a straight line", "a curve", "steps, like a staircase", "nothing: they are mixed"])

# %% tags=["demo", "fold"]
trips = np.random.default_rng(seed).uniform(0, [8, 5], (60, 2))
by_bike = trips @ bike_weights + bike_bias > 0
fig, ax = plt.subplots(figsize=(7, 3.4))
ax.plot(*trips[by_bike].T, "o", color=plots.BLUE, label="bike")
ax.plot(*trips[~by_bike].T, "x", color=plots.ORANGE, markeredgewidth=2, label="not the bike")
ax.plot([0, 6], [3, 0], color="black", label="score 0")
ax.set(title="Sixty trips, and where the score is 0", xlabel="distance (km)", ylabel="rain (mm per hour)")
ax.legend(loc="upper left", bbox_to_anchor=(1, 1))
plots.show(
    "A chart with distance from 0 to 8 km across and rain from 0 to 5 mm per hour upwards. A straight line falls from 3 mm at distance 0 to 0 mm at 6 km. Below it blue dots, trips by bike; above it orange crosses, trips without."
)
predictions.recall("border")

# %% [markdown]
# <details><summary>What we measured: open after you ran it</summary>
#
# A straight line, on which the score is exactly 0. The weights turn it, the bias shifts it, but straight it stays: one
# perceptron will never find the coast of an island. It needs colleagues.
#
# </details>

# %% [markdown]
# ## 6. A layer is a matrix product
#
# Let three perceptrons look at the same trip: one for the bike, one for the bus, one for walking. Each is a
# **unit** with weights of its own and a bias. Write the weights of a unit as a *column*:

# %%
travel_weights = np.array([[-1, 1, -2], [-2, 1, -1]])
travel_bias = np.array([6, -1, 5])
trip = np.array([3, 1])
for unit, name in enumerate(["bike", "bus", "walk"]):
    print(f"{name:4} score {np.sum(trip * travel_weights[:, unit]) + travel_bias[unit]}")

# %% [markdown]
# A row times each column in turn, summed up: this is a **matrix product**, in NumPy `@`. And if several trips, a
# **batch**, are stacked as rows, one product gives all scores of all trips. The row of a trip meets the column of a
# unit, in the picture $3 \cdot 1 + 1 \cdot 1 - 1 = 3$:

# %% tags=["demo", "fold"]
two_trips = np.array([[3, 1], [2, 3]])
fig, axes = plt.subplots(1, 4, figsize=(9.5, 1.9), width_ratios=[2, 3, 3, 3])
plots.number_grid(axes[0], two_trips, "x", window=(0, 0, 1, 2))
plots.number_grid(axes[1], travel_weights, "@ weights", window=(0, 1, 2, 1), cmap="Oranges")
plots.number_grid(axes[2], travel_bias, "+ bias", window=(0, 1, 1, 1), cmap="Oranges")
plots.number_grid(axes[3], [[1, 3, -2], [-2, 4, -2]], "= scores", window=(0, 1, 1, 1), color=plots.BLUE)
plots.show(
    "Four grids: two trips as rows, 3 1 and 2 3, the first framed; the weights, the second column framed; the bias, its second entry framed; and the scores, 1, 3, -2 and -2, 4, -2, with the 3 framed in blue."
)

# %% [markdown]
# | array | shape | in words |
# |---|---|---|
# | input `x` | $(n, d)$ | one row per sample, one column per input |
# | weights | $(d, m)$ | one row per input, one column per unit |
# | bias | $(m)$ | one number per unit |
# | output | $(n, m)$ | one row per sample, one column per unit |
#
# A **sample** is one example: here one trip. A layer in which every unit sees every input is called **dense**. Its
# weights and biases are its **parameters**, the numbers that it will learn: here $6 + 3 = 9$.

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
# Multiply the shapes in your mind: (n, d) times (d, m). Which shape is left?
# </details>
# <details><summary>Hint 2: a plan</summary>
# One matrix product, then add the bias. NumPy adds a vector of length m to every row of a matrix with m columns. Which
# of the two arrays stands on the left of the product, if its rows are the samples?
# </details>
# <details><summary>Hint 3: almost the code</summary>
# The twin, for one trip and the three units of this section:
# <pre>trip = np.array([[3, 1]])
# print(trip @ np.array([[-1, 1, -2], [-2, 1, -1]]) + np.array([6, -1, 5]))</pre>
# The sign <code>*</code> would multiply entry by entry. What changes in that line for a batch, and what are the names?
# </details>


# %% nbgrader={"grade_id": "dense", "solution": true}
def dense(x, weights, bias):
    """Return the scores of a dense layer, before any activation function.

    x: shape (n, d); weights: shape (d, m); bias: shape (m,). Returns an array of shape (n, m).
    """
    x, weights, bias = np.asarray(x), np.asarray(weights), np.asarray(bias)
    ### BEGIN SOLUTION
    return x @ weights + bias
    ### END SOLUTION


# %% nbgrader={"grade_id": "dense-test", "points": 1}
checks.close(
    dense(np.array([[1, 2], [3, 4]]), np.array([[1, 0], [10, 100]]), np.array([0, 1000])),
    [[21, 1200], [43, 1400]],
    "dense([[1, 2], [3, 4]], [[1, 0], [10, 100]], [0, 1000])",
    misconceptions={
        "this multiplies entry by entry": [[1, 1000], [30, 1400]],
        "the weights are transposed": [[1, 1210], [3, 1430]],
        "the bias is added per sample instead of per unit": [[21, 200], [1043, 1400]],
        "the weights stand on the left of the product": [[1, 1002], [310, 1420]],
        "the bias is missing": [[21, 200], [43, 400]],
        "the bias is subtracted": [[21, -800], [43, -600]],
        "every unit gets all biases": [[1021, 1200], [1043, 1400]],
        "rows and columns of the result are swapped": [[21, 43], [1200, 1400]],
    },
)
checks.close(
    dense(np.array([[3, 1], [2, 3]]), np.array([[-1, 1, -2], [-2, 1, -1]]), np.array([6, -1, 5])),
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

# %% tags=["demo"]
layer = keras.layers.Dense(3)
layer.build((None, 2))
layer.set_weights([travel_weights, travel_bias])
compare("keras.layers.Dense", layer(two_trips), dense(two_trips, travel_weights, travel_bias))

# %% [markdown]
# ## 7. A bend in between: activation functions
#
# Why not put a second dense layer behind the first? Try it with random weights.

# %% [markdown]
# **Predict, then run.** Two dense layers are replaced by *one*, whose weights are the product of theirs. Its scores:
# *I expect ...*

# %% tags=["demo"]
predictions.ask("one layer", ["quite different ones", "nearly the same", "exactly the same"])

# %% tags=["demo"]
rng = np.random.default_rng(seed)
w1, b1, w2, b2 = (rng.normal(size=shape) for shape in [(2, 5), (5,), (5, 3), (3,)])
two_layers = dense(dense(two_trips, w1, b1), w2, b2)
one_layer = dense(two_trips, w1 @ w2, b1 @ w2 + b2)
print("the same scores:", np.allclose(two_layers, one_layer))
predictions.recall("one layer")

# %% [markdown]
# <details><summary>What we measured: open after you ran it</summary>
#
# Exactly the same (up to rounding). Nothing gained: straight lines of straight lines are straight lines.
#
# </details>

# %% [markdown]
# So there has to be a bend *between* the layers: a function that is applied to each score, the **activation
# function**. The usual ones, for a score $z$:
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
# **Given:** scores in an array of any shape. (So `if z > 0` and `max(0, z)` will not do: they look at a single number.)
#
# **Question:** What does each function of the table give for every entry?
#
# <details><summary>Hint 1: where to begin</summary>
# Try each by hand first. What are the three values for the score -2, with a slope of 0.1?
# </details>
# <details><summary>Hint 2: a plan</summary>
# NumPy has functions that work entry by entry: <code>np.maximum(a, b)</code> takes the larger of two,
# <code>np.where(condition, a, b)</code> chooses, <code>np.exp</code> is the power of e. Which of them fits which row?
# </details>
# <details><summary>Hint 3: almost the code</summary>
# Twins of the three, with other numbers:
# <pre>z = np.array([-2.0, 0.0, 3.0])
# print(np.maximum(1, z))
# print(np.where(z == 0, 100, 2 * z))
# print(1 / (5 + np.exp(2 * z)))</pre>
# Mind the parentheses around the denominator. Which numbers and which condition has the table instead?
# </details>


# %% nbgrader={"grade_id": "activations", "solution": true}
def relu(z):
    """Replace negative scores by 0. z: any shape. Returns an array of that shape."""
    z = np.asarray(z)
    ### BEGIN SOLUTION
    return np.maximum(0, z)
    ### END SOLUTION


def leaky_relu(z, slope=0.1):
    """Multiply negative scores by slope (between 0 and 1). z: any shape. Returns an array of that shape."""
    z = np.asarray(z)
    ### BEGIN SOLUTION
    return np.where(z > 0, z, slope * z)
    ### END SOLUTION


def sigmoid(z):
    """Squeeze scores (from -30 to 30) into the range from 0 to 1. z: any shape. Returns an array of that shape."""
    z = np.asarray(z)
    ### BEGIN SOLUTION
    return 1 / (1 + np.exp(-z))
    ### END SOLUTION


# %% nbgrader={"grade_id": "activations-test", "points": 2}
_wrong = {
    "the minus sign is dropped instead of the number": [[2, 0], [0.5, 30]],
    "positive scores are cut off": [[-2, 0], [0, 0]],
    "entries are left out instead of set to 0": [0, 0.5, 30],
    "large scores are cut off as well": [[0, 0], [0.5, 1]],
    "this is 1 or 0 instead of the score or 0": [[0, 0], [1, 1]],
}
_got = relu(np.array([[-2.0, 0.0], [0.5, 30.0]]))
checks.close(_got, [[0, 0], [0.5, 30]], "relu([[-2, 0], [0.5, 30]])", misconceptions=_wrong)
_wrong = {
    "the slope argument is ignored": [-0.2, 0.0, 3.0],
    "the positive scores are multiplied by the slope": [-2, 0, 0.75],
    "all scores are multiplied by the slope": [-0.5, 0.0, 0.75],
    "the sign of negative scores is lost": [0.5, 0.0, 3.0],
    "the slope replaces the scores instead of multiplying them": [0.25, 0.25, 3.0],
    "this is plain ReLU, or an array of whole numbers that cannot hold fractions": [0, 0, 3],
}
_got = leaky_relu(np.array([-2, 0, 3]), slope=0.25)
checks.close(_got, [-0.5, 0.0, 3.0], "leaky_relu([-2, 0, 3], slope=0.25)", misconceptions=_wrong)
checks.close(leaky_relu(np.array([[-2.0], [1.0]])), [[-0.2], [1.0]], "leaky_relu([[-2], [1]]) without a slope")
_wrong = {
    "the minus sign in the exponent is missing": [0.88079708, 0.5, 0.11920292],
    "parentheses: only the 1 is divided by 1": [8.3890561, 2.0, 1.13533528],
    "this is tanh": [-0.96402758, 0, 0.96402758],
}
_got = sigmoid(np.array([-2.0, 0.0, 2.0]))
checks.close(_got, [0.11920292, 0.5, 0.88079708], "sigmoid([-2, 0, 2])", misconceptions=_wrong)
checks.close(sigmoid(np.array([[-30.0, 30.0]])), [[0.0, 1.0]], "sigmoid([[-30, 30]])")
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

# %% tags=["demo"]
z = np.linspace(-5, 5, 201)
compare("keras.activations.relu", keras.activations.relu(z), relu(z))
compare("keras.activations.leaky_relu", keras.activations.leaky_relu(z, 0.1), leaky_relu(z, 0.1))
compare("keras.activations.sigmoid", keras.activations.sigmoid(z), sigmoid(z))
compare("keras.activations.tanh", keras.activations.tanh(z), 2 * sigmoid(2 * z) - 1)

# %% [markdown]
# **Predict, then run.** A sigmoid gets the score 10. How *steep* is it there? *I expect a slope of ...*

# %% tags=["demo"]
predictions.ask("steepness", ["about 1", "about 0.25", "about 0.01", "less than 0.0001"])

# %% tags=["demo", "fold"]
fig, axes = plt.subplots(1, 4, figsize=(11, 2.9))
for ax, name in zip(axes, ["relu", "leaky_relu", "sigmoid", "tanh"], strict=True):
    values = np.asarray(keras.activations.get(name)(z))
    ax.plot(z, values, color=plots.BLUE, linewidth=2, label="value")
    ax.plot(z, np.gradient(values, z), "--", color=plots.ORANGE, label="slope")
    ax.set(title=name, xlabel="score z")
axes[0].legend(loc="upper left")
plots.show(
    "Four charts for scores from -5 to 5, each with the function as a blue line and its slope as a dashed orange line. ReLU: slope 0 on the left, 1 on the right. Leaky ReLU: a gentle slope on the left instead of 0. Sigmoid climbs in an S from 0 to 1, slope a low hump. Tanh climbs from -1 to 1, slope a hump of height 1."
)

# %% tags=["demo"]
for score in [0, 2, 5, 10]:
    s = float(keras.activations.sigmoid(float(score)))
    print(f"sigmoid at {score:2}: value {s:.5f}, slope {s * (1 - s):.5f}")
predictions.recall("steepness")

# %% [markdown]
# <details><summary>What we measured: open after you ran it</summary>
#
# 0.00005. The S curves **saturate**: for large scores they are flat. Learning follows slopes, as you will see, and
# gets stuck there; even at its steepest the sigmoid has only 0.25. ReLU never saturates on the right and costs next to
# nothing: the usual choice *between* layers. Leaky ReLU does not go flat on the left either. The sigmoid stands at the
# *end* of a network, for a yes-or-no probability.
#
# </details>

# %% [markdown]
# ### Maxout: let the unit choose
#
# A **maxout** unit has no fixed bend. It computes several scores, its **pieces**, each with weights and a bias of
# its own, and passes on the largest. With one input $x$ and three pieces:

# %% tags=["demo", "fold"]
x_line = np.linspace(-3, 3, 121)
three_pieces = x_line[:, None] * [-1.5, 0.2, 1] + [-1, 0.5, 0]
fig, ax = plt.subplots(figsize=(5.5, 3))
ax.plot(x_line, three_pieces, "--", color="grey", linewidth=1)
ax.plot(x_line, three_pieces.max(axis=1), color=plots.BLUE, linewidth=3)
ax.set(title="A maxout unit with three pieces", xlabel="input x", ylabel="passed on")
plots.show(
    "A chart for inputs from -3 to 3. Three thin dashed grey straight lines cross each other. A thick blue line follows whichever is highest: falling on the left, nearly flat in the middle, rising on the right, like a bowl with corners."
)

# %% [markdown]
# With the pieces $x$ and $-x$ the unit would be the absolute value, with $x$ and 0 it would be ReLU. The price: every
# piece has a full set of parameters.

# %% [markdown]
# ### ✏️ Exercise 7: `maxout` (1 point)
#
# **Goal:** a layer of maxout units.
#
# **Given:** a batch, and for each of $k$ pieces the weights and biases of a dense layer.
#
# **Question:** For each sample and unit, what is the largest of the $k$ scores?
#
# <details><summary>Hint 1: where to begin</summary>
# Piece number 0 is a dense layer with <code>weights[0]</code> and <code>biases[0]</code>. You have a function for it.
# What is piece number 1?
# </details>
# <details><summary>Hint 2: a plan</summary>
# Compute the scores of all pieces, put them into one array with the piece as the first axis, and take the
# maximum over that axis only. Which shape has the array before the maximum, and which one after it?
# </details>
# <details><summary>Hint 3: almost the code</summary>
# <code>scores = [dense(x, w, b) for w, b in zip(weights, biases)]</code> collects the pieces (no <code>dense</code> yet?
# The expression <code>x @ w + b</code> will do). A twin of the rest, with two pieces, one sample and three units:
# <pre>scores = [[[4, 0, -1]], [[2, 5, -3]]]
# print(np.max(scores, axis=0))</pre>
# What would <code>axis=1</code> compare with what?
# </details>


# %% nbgrader={"grade_id": "maxout", "solution": true}
def maxout(x, weights, biases):
    """Return the largest score over the pieces, for each sample and unit.

    x: shape (n, d); weights: shape (k, d, m); biases: shape (k, m), for k pieces. Returns an array of shape (n, m).
    """
    x, weights, biases = np.asarray(x), np.asarray(weights), np.asarray(biases)
    ### BEGIN SOLUTION
    return np.max([dense(x, w, b) for w, b in zip(weights, biases, strict=True)], axis=0)
    ### END SOLUTION


# %% nbgrader={"grade_id": "maxout-test", "points": 1}
_wrong = {
    "only the first piece is used": [[-3], [0], [2]],
    "only the last piece is used": [[1.5], [1.5], [1.5]],
    "only the first and the last piece are used": [[1.5], [1.5], [2]],
    "only the first two pieces are used": [[7], [1], [2]],
    "the pieces are added up": [[5.5], [2.5], [0.5]],
    "the pieces are averaged": [[5.5 / 3], [2.5 / 3], [0.5 / 3]],
    "this is the smallest score": [[-3], [0], [-3]],
    "the samples are compared with each other": [[2], [7], [1.5]],
    "the biases are ignored": [[6], [0], [2]],
}
_got = maxout(np.array([[-3], [0], [2]]), np.array([[[1]], [[-2]], [[0]]]), np.array([[0], [1], [1.5]]))
_case = "maxout([[-3], [0], [2]], [[[1]], [[-2]], [[0]]], [[0], [1], [1.5]])"
checks.close(_got, [[7], [1.5], [2]], _case, misconceptions=_wrong)
_wrong = {
    "the biases are ignored": [[5, 6]],
    "the units are compared with each other": [[6], [9]],
    "negative scores are cut off": [[0, 9]],
    "the sign of the scores is lost": [[5, 9]],
    "the biases are added after the maximum": [[-4, 15]],
    "the maximum is over all axes": 9,
}
_got = maxout(np.array([[1, 1]]), np.array([[[1, 2], [3, 4]], [[5, 0], [0, 0]]]), np.array([[-9, 0], [-9, 9]]))
checks.close(_got, [[-4, 9]], "maxout(one sample, two pieces, two units)", misconceptions=_wrong)
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

# %% tags=["demo"]
x_column = x_line[:, None]
same = np.allclose(maxout(x_column, [[[1]], [[0]]], [[0], [0]]), relu(x_column))
print("the pieces x and 0 give ReLU:", same)

# %% [markdown]
# ## 8. From scores to probabilities: softmax
#
# For our trip of 3 km the three units gave the scores 1, 3 and $-2$. Bus it is. But how *sure* is the layer? We want
# **probabilities**: one per class, none negative, adding up to 1. Two steps do it: $e$ to the power of each score
# makes everything positive; division by the sum makes it add up to 1. This is **softmax**, and the scores that go into
# it are called **logits**:
#
# $$p_j = \frac{e^{z_j}}{\sum_i e^{z_i}}$$

# %%
powers = np.exp([1, 3, -2])
print("powers       ", np.round(powers, 3))
print("their sum    ", f"{powers.sum():.3f}")
print("probabilities", np.round(powers / powers.sum(), 3))

# %% tags=["demo", "fold"]
fig, axes = plt.subplots(1, 3, figsize=(9, 2.5))
steps = {"scores": [1, 3, -2], "powers": powers, "probabilities": powers / powers.sum()}
for ax, (title, values) in zip(axes, steps.items(), strict=True):
    bars = ax.bar(["bike", "bus", "walk"], values, color=plots.BLUE)
    ax.bar_label(bars, [f"{value:.2f}".rstrip("0").rstrip(".") for value in values], padding=2)
    ax.axhline(0, color="black", linewidth=0.8)
    ax.margins(y=0.2)
    ax.set_title(title)
plots.show(
    "Three bar charts for bike, bus and walk. Scores: 1, 3 and -2. Powers: 2.72, 20.09 and 0.14. Probabilities: 0.12, 0.88 and 0.01."
)

# %% [markdown]
# **Predict, then run.** Add 2 to all three scores. The probabilities: *I expect ...*

# %% tags=["demo"]
predictions.ask(
    "shift", ["all three grow", "the largest grows, the others shrink", "they come closer", "nothing changes"]
)

# %% tags=["demo"]
powers = np.exp([1 + 2, 3 + 2, -2 + 2])
print("probabilities", np.round(powers / powers.sum(), 3))
predictions.recall("shift")

# %% [markdown]
# <details><summary>What we measured: open after you ran it</summary>
#
# Nothing changes: every power grows by the same factor $e^2$, and the division takes it out again. Only *differences*
# between scores matter.
#
# </details>

# %% [markdown]
# That is useful. A computer cannot hold $e^{1000}$; it becomes "infinite", and infinite divided by infinite is not a
# number, NaN. Since any shift is allowed, one may shift the scores before taking powers.

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
# Shift each row by a number of its own. Take powers, and divide each row by its own sum. By which number do you shift a
# row, so that no power is larger than 1 and not all of them are 0?
# </details>
# <details><summary>Hint 3: almost the code</summary>
# <code>z.max(axis=-1, keepdims=True)</code> is the largest score of each row; <code>keepdims</code> leaves it in a
# shape that can be subtracted from the rows. A twin of the division, which brings each row's sum to 1 without powers:
# <pre>shares = np.array([[1, 3], [2, 2]])
# print(shares / shares.sum(axis=-1, keepdims=True))</pre>
# What do you take powers of, and what do you divide?
# </details>


# %% nbgrader={"grade_id": "softmax", "solution": true}
def softmax(z):
    """Turn scores into probabilities along the last axis.

    z: shape (n, m) or (m,), numbers of any size, also in the thousands.
    Returns an array of the same shape, in which each row adds up to 1.
    """
    z = np.asarray(z)
    ### BEGIN SOLUTION
    powers = np.exp(z - z.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)
    ### END SOLUTION


# %% nbgrader={"grade_id": "softmax-test", "points": 2}
_wrong = {
    "the scores are divided by their sum, without taking powers": [[0.5, 1.5, -1.0]],
    "the powers are not divided by their sum": [[2.71828183, 20.08553692, 0.13533528]],
    "the powers are not divided by their sum, after the shift": [[0.13533528, 1.0, 0.00673795]],
    "this is the sigmoid of each score": [[0.73105858, 0.95257413, 0.11920292]],
    "each column is divided by its own sum": [[1.0, 1.0, 1.0]],
    "these are powers of 2 and not of e": [[0.19512195, 0.7804878, 0.02439024]],
    "this is 1 for the largest score and 0 for the others": [[0, 1, 0]],
}
_got = softmax(np.array([[1, 3, -2]]))
checks.close(_got, [[0.11849965, 0.87560056, 0.0058998]], "softmax([[1, 3, -2]])", misconceptions=_wrong)
_wrong = {
    "each column adds up to 1 instead of each row": [[1 / 3, 1 / 7], [2 / 3, 6 / 7]],
    "all entries together add up to 1": [[0.1, 0.1], [0.2, 0.6]],
    "the sums of the rows are laid along the columns (keepdims)": [[0.5, 0.75], [1 / 6, 0.75]],
    "the shifts of the rows are laid along the columns (keepdims)": [[6 / 7, 1 / 7], [2 / 3, 1 / 3]],
}
_got = softmax(np.log([[1, 1], [2, 6]]))
checks.close(_got, [[0.5, 0.5], [0.25, 0.75]], "softmax([[0, 0], [log 2, log 6]])", misconceptions=_wrong)
_wrong = {"large scores are cut off, so that they become equal": [[0.5, 0.5], [0.5, 0.5]]}
for _z, _p in [
    ([[1000, 1001], [-1001, -1000]], [[0.26894142, 0.73105858], [0.26894142, 0.73105858]]),
    ([[-1000, 1000]], [[0, 1]]),
]:
    _got = np.asarray(softmax(np.array(_z)), dtype=float)
    assert not np.isnan(_got).any(), f"softmax({_z}) contains NaN: a row's powers are infinite, or all 0."
    checks.close(_got, _p, f"softmax({_z})", misconceptions=_wrong)
checks.close(softmax(np.array([0, 0, 0, 0])), [0.25, 0.25, 0.25, 0.25], "softmax([0, 0, 0, 0])")
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

# %% tags=["demo"]
z_test = np.linspace(-4, 4, 12).reshape(4, 3)
compare("keras.activations.softmax", keras.activations.softmax(z_test), softmax(z_test))

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

# %% tags=["demo"]
p_line = np.linspace(0.01, 1, 200)
fig, ax = plt.subplots(figsize=(5.5, 3))
ax.plot(p_line, -np.log(p_line), color=plots.BLUE, linewidth=2)
ax.plot([0.1, 0.5], [-np.log(0.1), -np.log(0.5)], "o", color=plots.ORANGE)
ax.set(title="Cross-entropy of one sample", xlabel="probability of the true class", ylabel="loss")
plots.show(
    "A falling curve: the loss, minus log p, against p, the probability of the true class. It shoots up as p nears 0, is 2.3 at a tenth, 0.7 at one half, and reaches 0 at p equal to 1."
)

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
# The two cells above compute both for a tiny example. Over what is the mean taken in each?
# </details>
# <details><summary>Hint 2: a plan</summary>
# MSE: the mean over <em>all</em> entries. Cross-entropy: first one number per sample, the sum over its classes; then
# the mean over the samples. What would go wrong with a mean over all entries?
# </details>
# <details><summary>Hint 3: almost the code</summary>
# <code>np.mean((y - y_hat) ** 2)</code> is the first. A twin of the second, with rows of numbers in the place of the
# products of labels and logarithms:
# <pre>costs = np.array([[0.0, 0.7, 0.0], [1.4, 0.0, 0.0]])
# print(np.mean(np.sum(costs, axis=1)))</pre>
# What are the costs, in terms of <code>y</code> and <code>np.log(p)</code>, and where does the minus sign go?
# </details>


# %% nbgrader={"grade_id": "losses", "solution": true}
def mse(y, y_hat):
    """Return the mean squared error, a number. y, y_hat: truth and answers, any shape, the same for both."""
    y, y_hat = np.asarray(y), np.asarray(y_hat)
    ### BEGIN SOLUTION
    return np.mean((y - y_hat) ** 2)
    ### END SOLUTION


def cross_entropy(y, p):
    """Return the mean cross-entropy of a batch, a number.

    y: one-hot labels, shape (n, m); p: probabilities, shape (n, m), all above 0, some of them tiny.
    """
    y, p = np.asarray(y), np.asarray(p)
    ### BEGIN SOLUTION
    return np.mean(np.sum(y * -np.log(p), axis=1))
    ### END SOLUTION


# %% nbgrader={"grade_id": "losses-test", "points": 2}
_wrong = {
    "the squares are added up, without a mean": 21.0,
    "the division is by n - 1": 10.5,
    "a root is taken": 2.64575131,
    "absolute differences instead of squares": 7 / 3,
    "the mean is squared, instead of the squares averaged": 1.0,
    "this is half of the mean": 3.5,
}
_got = mse(np.array([20.0, 25.0, 30.0]), np.array([21.0, 23.0, 34.0]))
checks.close(_got, 7.0, "mse([20, 25, 30], [21, 23, 34])", misconceptions=_wrong)
_wrong = {
    "the division is by the number of rows, not of entries": 9.0,
    "there is one mean per column": [0.5, 2.0, 6.5],
    "there is one mean per row": [14 / 3, 4 / 3],
}
_got = mse(np.zeros((2, 3)), np.array([[1, 2, 3], [0, 0, 2]]))
checks.close(_got, 3.0, "mse([[0, 0, 0], [0, 0, 0]], [[1, 2, 3], [0, 0, 2]])", misconceptions=_wrong)
_wrong = {
    "the samples are added up, without a mean": 1.96611286,
    "the division is by n - 1": 0.98305643,
    "the mean over the samples is missing": [0.35667494, 0.69314718, 0.91629073],
    "the mean is over all entries, not over the samples": 0.21845698,
    "the minus sign is missing": -0.65537095,
    "the wrong classes are counted as well": 1.22431437,
    "the class with the largest probability is taken, not the true one": 0.58098977,
    "there is no logarithm": 0.46666667,
    "the logarithm is not the natural one, but of base 2": 0.94550042,
    "the logarithm is not the natural one, but of base 10": 0.28462399,
}
_p = np.array([[0.2, 0.7, 0.1], [0.5, 0.3, 0.2], [0.1, 0.5, 0.4]])
_got = cross_entropy(np.array([[0, 1, 0], [1, 0, 0], [0, 0, 1]]), _p)
checks.close(_got, 0.65537095, "cross_entropy(three samples, three classes)", misconceptions=_wrong)
_got, _wrong = cross_entropy(np.array([[1, 0]]), np.array([[1e-5, 1 - 1e-5]])), {"p is cut off at 0.001": 6.907755}
checks.close(_got, 11.512925, "cross_entropy([[1, 0]], [[0.00001, 0.99999]])", rtol=0.02, misconceptions=_wrong)
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
for _tiny in (3e-3, 4e-4, 2e-5):
    _y, _p = np.array([[0, 1], [1, 0]]), np.array([[1 - _tiny, _tiny], [1 - _tiny, _tiny]])
    _wanted = -float(np.log(_tiny) + np.log(1 - _tiny)) / 2
    checks.close(cross_entropy(_y, _p), _wanted, f"cross_entropy(a probability of {_tiny})", rtol=0.02)
### END HIDDEN TESTS

# %% tags=["demo"]
y_test, p_test = one_hot([0, 2, 1, 1], 3), softmax(z_test)
keras_loss = keras.losses.CategoricalCrossentropy()
compare("keras.losses.CategoricalCrossentropy", keras_loss(y_test, p_test), cross_entropy(y_test, p_test))
compare("keras.losses.MeanSquaredError", keras.losses.MeanSquaredError()(y_test, p_test), mse(y_test, p_test))

# %% [markdown]
# Worth remembering: a network that knows nothing and gives all of 10 classes the same probability has a loss of
# $\log 10 \approx 2.3$. When a training begins there, all is well.

# %% [markdown]
# ## 10. Keras finds the coast
#
# You have all the parts of a network. Before you see how one *learns*, let Keras do it. Two numbers go in, two
# probabilities come out; in between are 32 units that nobody outside sees, a **hidden layer**:

# %% tags=["demo"]
keras.utils.set_random_seed(seed)
network = keras.Sequential(
    [
        keras.Input((2,)),
        keras.layers.Dense(32, activation="relu"),
        keras.layers.Dense(2, activation="softmax"),
    ]
)
network.summary()

# %% [markdown]
# The parameters: $2 \cdot 32 + 32 = 96$ in the first layer, $32 \cdot 2 + 2 = 66$ in the second.
#
# Half of the dots are the **training set**: the network learns from them. The others are the **validation set**, kept
# aside to see how well it does on dots that it has not seen. The share of right answers is called **accuracy**.

# %% tags=["demo"]
points, land = make_island(seed)
labels = keras.utils.to_categorical(land, 2)
x_dots, y_dots = points[:500], labels[:500]
x_val, y_val = points[500:], labels[500:]

# %% [markdown]
# `compile` says which loss, what to report besides, and which **optimizer**, the rule by which weights get better.
# `fit` is the learning: it shows the network a **batch** of 50 dots, improves the weights a little, and takes the next
# 50. One pass over all training dots is an **epoch**.

# %% tags=["demo"]
optimizer = keras.optimizers.SGD(learning_rate=0.1, momentum=0.9)
network.compile(optimizer, loss="categorical_crossentropy", metrics=["accuracy"])
history = network.fit(x_dots, y_dots, validation_data=(x_val, y_val), batch_size=50, epochs=40, verbose=0)

# %% [markdown]
# **Predict, then run.** A thousand *new* dots of the same island. Always saying "sea" would be right for a little more
# than half of them. How often is the network right? *I expect ...*

# %% tags=["demo"]
predictions.ask("coast", ["hardly more often than that", "about 75 %", "over 90 %", "always"])

# %% tags=["demo", "nbval-ignore-output"] nbval_reason="trained on this machine"
new_points, new_land = make_island(seed + 1000)
loss, keras_accuracy = network.evaluate(new_points, keras.utils.to_categorical(new_land, 2), verbose=0)
print(f"on new dots: loss {loss:.3f}, accuracy {keras_accuracy:.1%} (always sea: {np.mean(new_land == 0):.1%})")
predictions.recall("coast")

# %% [markdown]
# `predict` gives the probabilities themselves. Asked for every place on the map, it draws what the network believes.

# %% tags=["demo"]
across, along = np.meshgrid(np.linspace(-1, 1, 150), np.linspace(-1, 1, 150))
everywhere = np.stack([across.ravel(), along.ravel()], axis=1)
p_everywhere = network.predict(everywhere, verbose=0)


# %% tags=["demo", "fold", "nbval-ignore-output"] nbval_reason="trained on this machine"
def draw_land(ax, p):
    p_land = p[:, 1].reshape(across.shape)
    ax.contourf(across, along, p_land, levels=[0, 0.5, 1], colors=["#dbe9f6", "#ffe9bf"])


fig, axes = plt.subplots(1, 2, figsize=(10, 3.8))
draw_land(axes[0], p_everywhere)
draw_dots(axes[0], x_dots, land[:500], "Shaded as land: probability above one half")
plots.learning_curves(axes[1], [history.history], "accuracy")
axes[1].set_title("Accuracy after each epoch")
plots.show(
    "Left: the map with the training dots; the region shaded as land covers the brown dots nearly exactly. Right: accuracy against epoch; training and validation climb steeply in the first ten epochs, then stay flat, near 0.95."
)

# %% [markdown]
# <details><summary>What we measured: open after you ran it</summary>
#
# It is right on 95 %<!-- quick: Keras accuracy --> of them. The curves have been flat for fifteen epochs: more training
# would not help. **The program has found the coast.**
#
# </details>

# %% [markdown]
# How can a network draw that? Each hidden unit is a perceptron: its score is 0 on a straight line, and on that line
# ReLU has its bend.

# %% [markdown]
# **Predict, then run.** Draw the lines of all 32 hidden units. Where does the coast turn a corner? *I expect ...*

# %% tags=["demo"]
predictions.ask("corners", ["anywhere: it is a smooth curve", "at training dots", "on the lines and nowhere else"])

# %% tags=["demo", "fold", "nbval-ignore-output"] nbval_reason="trained on this machine"
fig, ax = plt.subplots(figsize=(4.8, 4.8))
draw_land(ax, p_everywhere)
ax.contour(across, along, p_everywhere[:, 1].reshape(across.shape), levels=[0.5], colors="black")
hidden_weights, hidden_bias = network.layers[0].get_weights()
for unit in range(32):
    scores = across * hidden_weights[0, unit] + along * hidden_weights[1, unit] + hidden_bias[unit]
    ax.contour(across, along, scores, levels=[0], colors="grey", linewidths=0.7)
ax.set(title="The coast in black, and one line per hidden unit", xticks=[], yticks=[], aspect="equal")
plots.show(
    "The map of the land that the network found, without dots. Its coast is a black polygon of straight pieces. Thin grey straight lines, one per hidden unit, cross the map and the coast."
)
predictions.recall("corners")

# %% [markdown]
# <details><summary>What we measured: open after you ran it</summary>
#
# On the lines and nowhere else: between them nothing bends. The first layer lays out the lines, the second puts pieces
# together. Nobody told the network what an island is.
#
# </details>

# %% [markdown]
# And `predict` is no magic: it is three of your functions. Give them the weights that Keras found.

# %% tags=["demo", "nbval-ignore-output"] nbval_reason="trained on this machine"
w1, b1, w2, b2 = network.get_weights()
compare(
    "network.predict", network.predict(new_points, verbose=0), softmax(dense(relu(dense(new_points, w1, b1)), w2, b2))
)

# %% [markdown]
# So one box is still shut: how did `fit` find the 162 weights?
#
# ---
#
# **☕ This is the end of the first sitting.** Save the notebook. When you come back, the kernel has forgotten
# everything: select the next cell and choose *Run > Run All Above Selected Cell*. (It stops at an exercise that you
# skipped; go on below it.)

# %% [markdown]
# ## 11. Downhill: gradient descent
#
# Begin with a single weight $w$ and the loss $(w - 3)^2$. You see where its minimum is; the computer only feels the
# slope under its feet, the **gradient** $2(w - 3)$. So it takes a step *against* the slope, and the **learning rate**
# $\eta$ (eta; `lr` in code) says how far:
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
# **Predict, then run.** The same with a learning rate of 1.05, ten times as large. *I expect ...*

# %% tags=["demo"]
predictions.ask(
    "rates", ["it arrives ten times as fast", "it jumps across, nearer each time", "it jumps across, further each time"]
)

# %% tags=["demo", "fold"]
fig, axes = plt.subplots(1, 3, figsize=(10, 2.9), sharey=True)
w_line = np.linspace(-2, 8, 101)
for ax, lr in zip(axes, [0.1, 0.9, 1.05], strict=True):
    path = 3 + (0 - 3) * (1 - 2 * lr) ** np.arange(9)
    ax.plot(w_line, (w_line - 3) ** 2, color="lightgrey")
    ax.plot(path, (path - 3) ** 2, "o-", color=plots.BLUE, linewidth=1, markersize=4)
    ax.plot(path[0], 9, "o", color=plots.ORANGE)
    ax.set(title=f"learning rate {lr}", xlabel="weight w", xlim=(-2, 8), ylim=(-1, 25))
axes[0].set_ylabel("loss")
plots.show(
    "Three charts of the same parabola with its lowest point at w = 3. Learning rate 0.1: dots creep down the left side towards the bottom. Rate 0.9: dots jump from side to side, each time a little lower. Rate 1.05: dots jump from side to side, each time higher."
)
predictions.recall("rates")

# %% [markdown]
# <details><summary>What we measured: open after you ran it</summary>
#
# Further each time. Too small is slow, too large overshoots, and beyond a limit it never ends: each step multiplies the
# distance to the minimum by $1 - 2\eta$, here by $-1.1$.
#
# </details>

# %% [markdown]
# ### Momentum and weight decay
#
# With many weights the valley is often steep across and flat along its floor. A step that is small enough for the one
# is tiny for the other. **Momentum** helps: let the point roll like a ball that keeps a part $\mu$ (mu, such as 0.9)
# of its **velocity** $v$. Where gradients agree it gathers speed; where they alternate they cancel out.
#
# Large weights make a network jumpy. **Weight decay** pulls each weight a little towards 0 in every step, in
# proportion to its size and a small number $\lambda$ (lambda). Together:
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
# **Given:** weights, their gradient and velocity, in arrays of one shape. (The S in the name is for *stochastic*,
# random: in practice the gradient is that of a random batch.)
#
# **Question:** What are the new weights and the new velocity?
#
# <details><summary>Hint 1: where to begin</summary>
# The two formulas above work on whole arrays. Which of the two has to be computed first, and why?
# </details>
# <details><summary>Hint 2: a plan</summary>
# The new velocity first. Then the new weights from three parts: the old weights, the decay, the new velocity. Return
# both. Which two of the parts contain the learning rate?
# </details>
# <details><summary>Hint 3: almost the code</summary>
# Step 2 of the table, in code:
# <pre>w, velocity = 0.6, 0.6
# velocity = 0.5 * velocity - 0.1 * 2 * (w - 3)
# w = w + velocity
# print(w, velocity)</pre>
# The last line is <code>return w, velocity</code>. Which names stand for the numbers, and which term is missing in the
# third line?
# </details>


# %% nbgrader={"grade_id": "sgd_step", "solution": true}
def sgd_step(w, gradient, velocity, lr, *, momentum=0.0, weight_decay=0.0):
    """Return the weights and the velocity after one step, as a pair (w, velocity).

    w, gradient, velocity: arrays of the same shape, any shape.
    lr, momentum, weight_decay: the numbers eta, mu and lambda of the formulas. (The * in the first line means: what
    follows it is given by name, as in momentum=0.9.)
    """
    w, gradient, velocity = np.asarray(w), np.asarray(gradient), np.asarray(velocity)
    ### BEGIN SOLUTION
    velocity = momentum * velocity - lr * gradient
    return w - lr * weight_decay * w + velocity, velocity
    ### END SOLUTION


# %% nbgrader={"grade_id": "sgd_step-test", "points": 2}
_w, _g, _case = np.array([1, 2]), np.array([10, -20]), "sgd_step([1, 2], [10, -20], [3, -1], lr=0.1)"
_pair = sgd_step(_w, _g, np.array([3, -1]), lr=0.1)
assert _pair is not None, "sgd_step returns None. Is there a return?"
_right = len(_pair) == 2 and np.ndim(_pair[0]) == 1
assert _right, "sgd_step should return two arrays, one for the weights and one for the velocity."
_wrong = {
    "this step goes uphill": [2, 0],
    "the velocity is returned first": [-1, 2],
    "the old velocity is used": [4, 1],
    "the weights are returned as they came": [1, 2],
    "the gradient is not multiplied by the learning rate": [-9, 22],
    "the old velocity is kept whole, though there is no momentum": [3, 3],
    "without an argument the momentum should be 0": [2.7, 3.1],
}
checks.close(_pair[0], [0.0, 4.0], f"the weights of {_case}", misconceptions=_wrong)
_wrong = {"the learning rate is missing": [10, -20], "its sign": [1, -2], "this is the old velocity": [3, -1]}
checks.close(_pair[1], [-1.0, 2.0], f"the velocity of {_case}", misconceptions=_wrong)
_pair = sgd_step(_w, _g, np.array([2, 2]), lr=0.1, momentum=0.5)
_wrong = {
    "the old velocity is used": [3, 4],
    "the momentum is ignored": [0, 4],
    "the gradient is multiplied by 1 - momentum as well": [1.5, 4.0],
}
checks.close(_pair[0], [1.0, 5.0], "the weights with velocity [2, 2] and momentum 0.5", misconceptions=_wrong)
checks.close(_pair[1], [0.0, 3.0], "the velocity with velocity [2, 2] and momentum 0.5")
_pair = sgd_step(_w, _g, np.array([0, 0]), lr=0.1, weight_decay=0.5)
_wrong = {
    "the decay is not multiplied by the learning rate": [-0.5, 3],
    "the decay is ignored": [0, 4],
    "it decays after the step": [0, 3.8],
    "the decay pushes away from 0": [0.05, 4.1],
}
checks.close(_pair[0], [-0.05, 3.9], "the weights with weight_decay 0.5", misconceptions=_wrong)
_wrong = {"the decay acts on the velocity": [-1.05, 1.9]}
checks.close(_pair[1], [-1.0, 2.0], "the velocity with weight_decay 0.5", misconceptions=_wrong)
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
    _w, _g, _v = _rng.normal(size=_shape), _rng.normal(size=_shape), _rng.normal(size=_shape)
    _pair = sgd_step(_w, _g, _v, 0.1)
    checks.close(_pair[1], -0.1 * _g, f"the velocity of sgd_step for shape {_shape}, no momentum given")
    checks.close(_pair[0], _w - 0.1 * _g, f"the weights of sgd_step for shape {_shape}, no weight decay given")
### END HIDDEN TESTS

# %% [markdown]
# **Predict, then run.** On the parabola with its minimum at 3, where does the weight come to rest with a (very strong)
# weight decay of 1? *I expect ...*

# %% tags=["demo"]
predictions.ask("decay", ["at 3, only later", "between 0 and 3", "at 0", "nowhere: it swings"])

# %% tags=["demo"]
for decay in [0.0, 0.1, 1.0]:
    w, v = np.zeros(1), np.zeros(1)
    for _ in range(300):
        w, v = sgd_step(w, 2 * (w - 3), v, lr=0.1, weight_decay=decay)
    print(f"weight decay {decay}: w = {w[0]:.3f}")
predictions.recall("decay")

# %% [markdown]
# <details><summary>What we measured: open after you ran it</summary>
#
# At 2 (with a decay of 0.1 at 2.857): where the two pulls balance, $2(w - 3) + \lambda w = 0$. It no longer fits as
# well as it could. That is the price of small weights, and often a bargain, as a later notebook shows.
#
# </details>

# %% [markdown]
# ### A valley
#
# Now two weights, in a valley that is 50 times as steep across as along. `descend` gives the places that gradient
# descent visits there, one row per step, the start first. (It uses that the velocity is the last move.)


# %% nbgrader={"grade_id": "valley", "locked": true}
valley_start = np.array([10.0, 1.0])


def valley_loss(w):
    """Return the height of the valley at w, shape (2,); for columns of places, shape (2, n), one height each."""
    return (w[0] ** 2 + 50 * w[1] ** 2) / 2


def valley_gradient(w):
    """Return the gradient at w, shape (2,)."""
    return np.array([w[0], 50 * w[1]])


def descend(lr, momentum, num_steps):
    """Return the path of gradient descent from valley_start, without weight decay: shape (num_steps + 1, 2)."""
    path = [valley_start, valley_start]  # twice: at first there is no last move
    for _ in range(num_steps):
        path.append(path[-1] - lr * valley_gradient(path[-1]) + momentum * (path[-1] - path[-2]))
    return np.array(path[1:])


# %% [markdown]
# **Predict, then move.** Find a learning rate at which the path zigzags, and one at which the loss does not go down any
# more. Then add momentum. *I expect ...*

# %% tags=["demo"]
predictions.ask("explode", ["no rate up to 0.05 is too large", "0.03 is too large", "0.04 is too large"])


# %% tags=["demo", "fold", "nbval-ignore-output"] nbval_reason="a widget has a new id on each run"
def show_valley(lr, momentum):
    path = descend(lr, momentum, 40)
    across_valley, along_valley = np.meshgrid(np.linspace(-11, 11, 120), np.linspace(-2, 2, 80))
    heights = valley_loss(np.array([across_valley, along_valley]))
    fig, axes = plt.subplots(1, 2, figsize=(10, 3), width_ratios=[3, 2])
    axes[0].contour(across_valley, along_valley, heights, levels=[1, 5, 15, 30, 50, 80], colors="lightgrey")
    axes[0].plot(*path.T, "o-", color=plots.BLUE, linewidth=1, markersize=3)
    axes[0].plot(*valley_start, "o", color=plots.ORANGE)
    axes[0].set(title=f"learning rate {lr:.3f}, momentum {momentum:.1f}", xlabel="first weight", ylabel="second weight")
    axes[0].set(xlim=(-11, 11), ylim=(-2, 2))
    axes[1].semilogy(valley_loss(path.T), color=plots.BLUE)
    axes[1].set(title="loss", xlabel="step", ylim=(1e-3, 1e4))
    return fig


widgets.explore(
    show_valley,
    lr=(0.01, 0.05, 0.005),
    momentum=(0.0, 0.9, 0.1),
    alt="Left: a long, flat valley as contour lines, ellipses around its lowest point at the origin, with the path of 40 steps as blue dots from an orange start on the right. Right: the loss over the steps on a logarithmic scale. Sliders choose learning rate and momentum.",
)
predictions.recall("explode")

# %% [markdown]
# <details><summary>What we measured: open after you ran it</summary>
#
# 0.04 is too large. Why there, and what momentum changes, is yours to say in Exercise 12.
#
# </details>

# %% [markdown]
# ### ✏️ Exercise 11: count the steps (1 point)
#
# **Goal:** a measurement of your own, to have figures for the text below.
#
# **Given:** `descend` and `valley_loss`. With `path = descend(lr, momentum, 1000)`, the expression
# `valley_loss(path.T)` is the loss at the start, after 1 step, after 2 steps, and so on.
#
# **Question:** After how many steps is the loss below 0.001 for the first time? Three cases: with learning rate 0.01,
# with 0.02 (both without momentum), and with 0.01 and momentum 0.9.
#
# <details><summary>Hint 1: where to begin</summary>
# Compute the losses of the first case and look at a few of them. Is the loss below 0.001 after 1000 steps?
# </details>
# <details><summary>Hint 2: a plan</summary>
# Go through the losses from the start and stop at the first one that is small enough. Which number does a loop with
# <code>enumerate</code> give to the start: 0 or 1?
# </details>
# <details><summary>Hint 3: almost the code</summary>
# <code>np.argmax(losses &lt; 0.001)</code> is the place of the first True, counted from 0. A twin, which asks when a cup
# of tea is below 40 degrees for the first time:
# <pre>tea = np.array([80, 60, 47, 39, 33])
# print(np.argmax(tea &lt; 40))</pre>
# It prints 3: after three minutes. Which three arrays of losses do you need?
# </details>

# %% nbgrader={"grade_id": "steps", "solution": true}
# steps_slow = number of steps with learning rate 0.01
# steps_double = number of steps with learning rate 0.02
# steps_momentum = number of steps with learning rate 0.01 and momentum 0.9
### BEGIN SOLUTION
counts = []
for lr, momentum in [(0.01, 0.0), (0.02, 0.0), (0.01, 0.9)]:
    losses = valley_loss(descend(lr, momentum, 1000).T)
    counts.append(int(np.argmax(losses < 0.001)))

steps_slow, steps_double, steps_momentum = counts
print(f"0.01: {steps_slow} steps, 0.02: {steps_double} steps, 0.01 with momentum: {steps_momentum} steps")
### END SOLUTION

# %% nbgrader={"grade_id": "steps-test", "points": 1}
for _name, _value, _lr, _mu in [
    ("steps_slow", steps_slow, 0.01, 0.0),
    ("steps_double", steps_double, 0.02, 0.0),
    ("steps_momentum", steps_momentum, 0.01, 0.9),
]:
    assert np.ndim(_value) == 0, f"{_name} should be a single number, but has shape {np.shape(_value)}."
    assert _value == int(_value), f"{_name} is {_value}, but steps are counted in whole numbers."
    assert _value != 0, f"{_name} is 0: at the start the loss is 75. (np.argmax gives 0, too, where nothing is True.)"
    assert 0 < _value < 10_000, f"{_name} is {_value}, but should be between 1 and 10,000."
    _losses = valley_loss(descend(_lr, _mu, int(_value)).T)
    assert _losses[-1] < 0.001, f"{_name}: after {_value} steps the loss is {_losses[-1]:.6f}, not yet below 0.001."
    assert _losses[:-1].min() >= 0.001, f"{_name}: after {_value} steps it is not the first time below 0.001."
print("steps: the visible checks pass. The same is tested when you hand in.")
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
# Does your `sgd_step` walk the same path?

# %% tags=["demo"]
w, v = valley_start, np.zeros(2)
for _ in range(100):
    w, v = sgd_step(w, valley_gradient(w), v, lr=0.01, momentum=0.9)
print("the same place after 100 steps:", np.allclose(w, descend(0.01, 0.9, 100)[-1]))

# %% [markdown]
# ### ✏️ Exercise 12: a claim to judge (2 points, written)
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
# ## 12. Where gradients come from: backpropagation
#
# A network is a chain of functions, and its loss depends on the first weight only through everything that follows. The
# **chain rule** says: *multiply the slopes along the way.* Doing this from the end backwards, so that each slope is
# computed once, is **backpropagation**.
#
# The smallest network with two layers: one input $x$, one hidden unit with ReLU, one output, squared error.
# **Forward**, from left to right, we compute the loss:

# %%
x, y = 2.0, 1.0
w1, w2 = 3.0, 0.5
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

# %% tags=["demo", "fold"]
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
plots.show(
    "A chain of five boxes from left to right: x 2, score 6, hidden 6, out 3, loss 4, joined by arrows labelled times w1 = 3, ReLU, times w2 = 0.5, and minus y, squared. Below each box, in orange, the slope of the loss: score 2, hidden 2, out 4. Below the two weights, also in orange: d_w1 = 4 and d_w2 = 24."
)

# %% [markdown]
# Is it true? Nudge $w_1$ by a little and look. `d_w1` promises that the loss grows by 4 times the nudge.

# %% [markdown]
# **Predict, then run.** And $w_2$, by 0.001: how much does the loss grow? *I expect ...*

# %% tags=["demo"]
predictions.ask("nudge", ["0.001", "0.004", "0.024", "not at all"])


# %% tags=["demo"]
def small_loss(w1, w2):
    return (max(0.0, 2.0 * w1) * w2 - 1.0) ** 2


print(f"nudge w1: the loss grows by {small_loss(3.001, 0.5) - 4:.6f}")
print(f"nudge w2: the loss grows by {small_loss(3.0, 0.501) - 4:.6f}")
predictions.recall("nudge")

# %% [markdown]
# <details><summary>What we measured: open after you ran it</summary>
#
# By 0.024: 24 times the nudge, as `d_w2` promised. (The few millionths more are there because the loss is a curve.)
#
# </details>

# %% [markdown]
# ### The same for matrices
#
# Now the network of the island, for a batch: *dense, ReLU, dense, softmax, cross-entropy*. The rules are the same;
# sums appear because each number is used in several places. A gradient always has the **shape of the thing itself**,
# and often the shapes leave only one way to write the product.
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
# For one sample with true class t the loss is −log p<sub>t</sub> = −z<sub>t</sub> + log Σ<sub>i</sub>
# exp(z<sub>i</sub>). The slope of the first part is −1 for j = t, else 0: this is −y<sub>j</sub>. The slope of the
# second part with respect to z<sub>j</sub> is exp(z<sub>j</sub>) / Σ<sub>i</sub> exp(z<sub>i</sub>): this is
# p<sub>j</sub>.
# </details>

# %% [markdown]
# ### ✏️ Exercise 13: `backward` (3 points)
#
# **Goal:** backpropagation through a two-layer network. This is the heart of deep learning, in about six lines.
#
# **Given:** the batch `x`, the one-hot labels `y`, and from the forward pass `hidden` (after ReLU) and the
# probabilities `p`. Of the weights only `w2` is needed.
#
# **Question:** What are the gradients of the mean cross-entropy with respect to `w1`, `b1`, `w2` and `b2`?
#
# <details><summary>Hint 1: where to begin</summary>
# Begin at the end, with <code>d_scores</code>. Which of the arguments do you need for it, and which shape does it have?
# </details>
# <details><summary>Hint 2: a plan</summary>
# The order is: d_scores, then d_w2, d_b2 and d_hidden; then d_a; then d_w1 and d_b1. After each line compare the shape
# with that of the thing itself. Over which axis is the sum for <code>d_b2</code>, if one number per unit is left?
# </details>
# <details><summary>Hint 3: almost the code</summary>
# <code>d_scores = (p - y) / len(x)</code>, then the table, row by row: <code>d_w2 = hidden.T @ d_scores</code> and so
# on. The sum over the samples is <code>.sum(axis=0)</code>. For ReLU: <code>d_a = d_hidden * (hidden > 0)</code>, since
# True counts as 1 and False as 0. The last two are like the first two: what stands in the places of
# <code>hidden</code> and <code>d_scores</code>?
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
_x, _y = np.array([[1.0, 2.0, 0.0], [3.0, 4.0, 1.0], [2.0, 0.0, -1.0]]), np.array([[1, 0], [0, 1], [1, 0]])
_hidden = np.array([[1.0, 0.0], [4.0, 2.0], [0.0, 3.0]])
_p = np.array([[0.625, 0.375], [0.75, 0.25], [0.25, 0.75]])
_gradients = backward(_x, _y, _hidden, _p, np.array([[1.0, -1.0], [3.0, 0.0]]))
assert _gradients is not None, "backward returns None. Is there a return?"
assert len(_gradients) == 4, "backward should return four arrays: d_w1, d_b1, d_w2, d_b2."
_wrong = {
    "the gradient of the mean is divided by the number of samples": [[2.625, -2.625], [-0.75, 0.75]],
    "it is divided by the number of classes instead of samples": [[1.3125, -1.3125], [-0.375, 0.375]],
    "it is divided by the number of all entries of p": [[0.4375, -0.4375], [-0.125, 0.125]],
    "there is a factor 2 too many, as of a squared error": [[1.75, -1.75], [-0.5, 0.5]],
    "the sign: it is probability minus truth": [[-0.875, 0.875], [0.25, -0.25]],
    "the truth is not subtracted": [[1.20833333, 0.45833333], [0.75, 0.91666667]],
    "p (1 - p), the slope of a sigmoid, has no place here": [[0.15820312, -0.15820312], [-0.046875, 0.046875]],
    "this is d_w1: mind the order of the four": [[1.25, 0.75], [1.5, 3.0], [0.5, 1.5]],
}
checks.close(_gradients[2], [[0.875, -0.875], [-0.25, 0.25]], "d_w2", misconceptions=_wrong)
_wrong = {"mean instead of sum": [-1 / 24, 1 / 24], "the sum runs over classes, not over samples": [0, 0, 0]}
checks.close(_gradients[3], [-0.125, 0.125], "d_b2", misconceptions=_wrong)
_wrong = {
    "the slope of ReLU is missing": [[0.25, 0.375], [1.5, 2.25], [1.0, 1.5]],
    "negative gradients are cut off, instead of those where hidden is 0": [[1.5, 2.25], [2.0, 3.0], [0.5, 0.75]],
    "the gradient is multiplied by hidden, instead of by 1 or 0": [[5.75, 0.0], [7.5, 6.0], [2.0, 3.75]],
    "w2 is not transposed": [[-1.25, -0.25], [-1.5, -1.0], [-0.5, -0.5]],
}
checks.close(_gradients[0], [[1.25, 0.75], [1.5, 3.0], [0.5, 1.5]], "d_w1", misconceptions=_wrong)
_wrong = {
    "the slope of ReLU is missing": [-0.25, -0.375],
    "mean instead of sum": [1 / 12, 0],
    "the sum runs over units, not over samples": [-0.25, 1.25, -0.75],
}
checks.close(_gradients[1], [0.25, 0.0], "d_b1", misconceptions=_wrong)
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
# Trust a gradient when you have checked it. Take a small random network; its forward pass is made of your functions:


# %% tags=["demo"]
def forward(x, w1, b1, w2, b2):
    hidden = relu(dense(x, w1, b1))
    return hidden, softmax(dense(hidden, w2, b2))


rng = np.random.default_rng(seed)
x_batch, y_batch = rng.normal(size=(6, 4)), keras.utils.to_categorical(rng.integers(0, 3, 6), 3)
parameters = [rng.normal(size=shape) for shape in [(4, 5), (5,), (5, 3), (3,)]]

# %% [markdown]
# Nudge every parameter up and down by a small $\varepsilon$, and divide the difference of the losses by
# $2\varepsilon$:


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


# %% tags=["demo"]
hidden, p = forward(x_batch, *parameters)
by_hand = backward(x_batch, y_batch, hidden, p, parameters[2])
for name, ours, measured in zip(["w1", "b1", "w2", "b2"], by_hand, numeric_gradients(parameters), strict=True):
    agree = np.abs(ours - measured).max() < 1e-8
    print(f"gradient of {name}: shape {ours.shape!s:7} agrees with finite differences to 1e-8: {agree}")

# %% [markdown]
# **Predict, then run.** With which $\varepsilon$ is the error smallest? *I expect ...*

# %% tags=["demo"]
predictions.ask("epsilon", ["0.1", "0.00001", "as small as possible: 0.000000000001"])

# %% tags=["demo", "fold"]
epsilons = 10.0 ** np.arange(-12, 0)
errors = [
    max(np.abs(ours - measured).max() for ours, measured in zip(by_hand, numeric_gradients(parameters, e), strict=True))
    for e in epsilons
]
fig, ax = plt.subplots(figsize=(5.5, 3))
ax.loglog(epsilons, errors, "o-", color=plots.BLUE)
ax.set(title="Finite differences and your gradient", xlabel="epsilon", ylabel="largest difference")
plots.show(
    "A chart on logarithmic axes: the largest error of the measured gradient against the nudge epsilon, from 1e-12 on the left to 0.1 on the right. The error is smallest for nudges around 1e-5, and grows to both sides: a V."
)
predictions.recall("epsilon")

# %% [markdown]
# <details><summary>What we measured: open after you ran it</summary>
#
# All four agree to 1e-8. The best nudge is about 0.00001: with larger ones the loss curves underway, with smaller ones
# the difference of two nearly equal losses drowns in rounding errors. For *training* this is hopeless: two forward
# passes for each parameter. Backpropagation gets all gradients from one forward and one backward pass.
#
# </details>

# %% [markdown]
# ### Second check: TensorFlow
#
# **TensorFlow**, which works below Keras, computes gradients by itself: a `GradientTape` records the forward pass and
# plays it backwards, the very method that you have just written.

# %% tags=["demo"]
import tensorflow as tf

variables = [tf.Variable(parameter) for parameter in parameters]
with tf.GradientTape() as tape:
    hidden_tf = tf.nn.relu(x_batch @ variables[0] + variables[1])
    scores_tf = hidden_tf @ variables[2] + variables[3]
    loss_tf = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(y_batch, scores_tf))

# %% tags=["demo"]
for name, ours, theirs in zip(["w1", "b1", "w2", "b2"], by_hand, tape.gradient(loss_tf, variables), strict=True):
    print(f"gradient of {name}: agrees with TensorFlow to 1e-12: {np.abs(ours - theirs.numpy()).max() < 1e-12}")

# %% [markdown]
# There is no magic in these libraries. They are your functions, made fast and safe.

# %% [markdown]
# ## 13. The coast, found by your own functions
#
# Training is a loop, and nearly every line of it calls a function of yours: forward, loss, backward, step. The weights
# begin as random numbers: were they all equal, all hidden units would stay equal for ever.


# %% tags=["demo"]
def first_weights(num_hidden, seed):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=(2, num_hidden)), np.zeros(num_hidden), 0.3 * rng.normal(size=(num_hidden, 2)), np.zeros(2)]


# %% tags=["demo"]
def train(x, y, weights, num_steps=600):
    weights, velocities, losses = list(weights), [np.zeros_like(w) for w in weights], []
    for _ in range(num_steps):
        hidden, p = forward(x, *weights)
        losses.append(cross_entropy(y, p))
        for i, gradient in enumerate(backward(x, y, hidden, p, weights[2])):
            step = sgd_step(weights[i], gradient, velocities[i], 0.2, momentum=0.9, weight_decay=0.0001)
            weights[i], velocities[i] = step
    return weights, losses


# %% [markdown]
# **Predict, then run.** 32 hidden units learn from 500 dots, all in each step. After how many of the 600 steps is the
# island there, roughly? *I expect ...* (With Python loops over single numbers in your functions, this can take
# minutes.)

# %% tags=["demo"]
predictions.ask("steps", ["about 30", "about 300", "all 600"])

# %% tags=["demo"]
fig, axes = plt.subplots(1, 5, figsize=(12, 2.8))
for ax, num_steps in zip(axes, [0, 10, 30, 100, 600], strict=True):
    weights, losses = train(x_dots, y_dots, first_weights(32, seed), num_steps)
    draw_land(ax, forward(everywhere, *weights)[1])
    draw_dots(ax, x_dots, land[:500], f"{num_steps} steps")
plots.show(
    "Five maps with the training dots and the land that the network sees after 0, 10, 30, 100 and 600 steps: a random patch, a large blob, the rough shape, and twice a coast that follows the dots closely."
)
predictions.recall("steps")

# %% [markdown]
# <details><summary>What we measured: open after you ran it</summary>
#
# About 30. After 10 steps the land is a patch that is much too large, after 30 the island is there, after 100 the coast
# is nearly where it stays. The rest is polish.
#
# </details>

# %% [markdown]
# ### Once more, against Keras

# %% [markdown]
# **Predict, then run.** Keras gets the same first weights and the same batches, all 500 dots. How far are its first 20
# losses from yours? *I expect ...*

# %% tags=["demo"]
predictions.ask("losses", ["the same to five decimals", "similar, but not equal", "quite different: chance is at work"])

# %% tags=["demo"]
network.set_weights(first_weights(32, seed))
optimizer = keras.optimizers.SGD(learning_rate=0.2, momentum=0.9, weight_decay=0.0001)
network.compile(optimizer, loss="categorical_crossentropy")
history = network.fit(x_dots, y_dots, batch_size=500, epochs=20, verbose=0)
compare("the losses of fit", history.history["loss"], losses[:20])
predictions.recall("losses")

# %% [markdown]
# <details><summary>What we measured: open after you ran it</summary>
#
# They agree to five decimals: `fit` is your loop. In section 10 a batch had 50 dots, so an epoch had ten steps, each
# only roughly downhill, but ten times as cheap: the *stochastic* in the name of your function.
#
# </details>

# %% [markdown]
# ### Is that any good?
#
# We need something simple to compare with, a **baseline**: always the more frequent answer, or *logistic regression*,
# one dense layer with a sigmoid and no hidden units. One run may be lucky, so all is done several times, with new dots
# and new first weights. What counts is the mean, and how far the runs spread around it.

# %% [markdown]
# **Predict, then run.** On dots that it has not seen, how often is logistic regression right? *I expect ...*

# %% tags=["demo"]
predictions.ask("baseline", ["about 50 %, like a coin", "about 75 %", "about 95 %, like the network"])

# %% tags=["demo", "nbval-ignore-output"] nbval_reason="trained on this machine; the ledger test compares its figures within their spread"
from sklearn.linear_model import LogisticRegression

accuracies = {"majority": [], "logistic regression": [], "two layers": []}
for run in range(seed, seed + (5 if profile == "quick" else 20)):
    points, land = make_island(run)
    weights, losses = train(points[:500], keras.utils.to_categorical(land[:500], 2), first_weights(32, run))
    answers = forward(points[500:], *weights)[1].argmax(axis=1)
    straight = LogisticRegression().fit(points[:500], land[:500])
    accuracies["majority"].append(np.mean(land[500:] == np.bincount(land[:500]).argmax()))
    accuracies["logistic regression"].append(straight.score(points[500:], land[500:]))
    accuracies["two layers"].append(np.mean(answers == land[500:]))

# %% [markdown]
# The next cell prints the results (and keeps them for whoever builds the course).

# %% tags=["demo", "nbval-ignore-output"] nbval_reason="as above"
from course_utils import ledger

measured = {f"{name} accuracy": values for name, values in accuracies.items()}
ledger.record("00_start_here", profile, measured | {"Keras accuracy": keras_accuracy})
print("spread from drawing 500 dots, sqrt(p (1 - p) / n):", round((0.96 * 0.04 / 500) ** 0.5, 3))
predictions.recall("baseline")

# %% tags=["demo", "fold", "nbval-ignore-output"] nbval_reason="as above"
fig, axes = plt.subplots(1, 2, figsize=(9, 3.2))
axes[0].plot(losses, color=plots.BLUE)
axes[0].set(title="Last run: training loss", xlabel="step", ylabel="cross-entropy", ylim=(0, None))
means, spreads = [np.mean(a) for a in accuracies.values()], [np.std(a, ddof=1) for a in accuracies.values()]
axes[1].bar(["majority", "logistic\nregression", "two\nlayers"], means, yerr=spreads, capsize=5, color=plots.BLUE)
axes[1].set(title="Mean and standard deviation of the runs", ylabel="accuracy on unseen dots", ylim=(0, 1))
plots.show(
    "Left: the training loss of the last run falls steeply at first and then slowly, over 600 steps. Right: accuracies on unseen dots with error bars: majority and logistic regression around one half, two layers close to 1."
)

# %% [markdown]
# <details><summary>What we measured: open after you ran it</summary>
#
# The two-layer network is right on 96 %<!-- quick: two layers accuracy --> of the unseen dots, with a standard
# deviation of 0.5 %<!-- quick: two layers accuracy: std --> over five runs (a rough figure; that each run is tested on
# 500 dots alone makes 0.9 %). The more frequent answer reaches 56 %<!-- quick: majority accuracy -->; the straight
# line of logistic regression, with 50 %<!-- quick: logistic regression accuracy -->, is no better than a coin. One
# straight line cannot find an island; 32 of them with a bend can.
#
# </details>

# %% [markdown]
# ### An island of your own
#
# `my_coast` says how far the coast is from the middle, in each direction. Change it as you like, or the 32 hidden
# units: what do 3 make of it, and 300? Draw the coast in your mind first. (One of your functions is not there yet?
# `network.fit` and `network.predict` do the same.)


# %% tags=["demo"]
def my_coast(angle):
    return 0.5 + 0.4 * np.cos(4 * angle)


points, land = make_island(seed, my_coast)
weights, losses = train(points, keras.utils.to_categorical(land, 2), first_weights(32, seed))

# %% tags=["demo", "fold"]
fig, ax = plt.subplots(figsize=(4.5, 4.5))
draw_land(ax, forward(everywhere, *weights)[1])
draw_dots(ax, points, land, f"My island: loss {losses[-1]:.2f} after {len(losses)} steps")
plots.show("The map of an island of your own: its dots, and shaded the land that your network sees after 600 steps.")

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
# - ... all weights began at 0? Follow `backward` by hand: which gradients are 0, in the first step and ever after?
# - ... you left out ReLU in `forward`? What would the coast look like, and why is `backward` then wrong?
# - ... you added the decay to the gradient, before the velocity? Then it gathers momentum as well. When is it the same?
#
# **Further reading**
#
# - G. James, D. Witten, T. Hastie, R. Tibshirani, *An Introduction to Statistical Learning*, 2nd ed., chapter 10.
# - K. P. Murphy, *Probabilistic Machine Learning: An Introduction*, chapter 13.
# - D. Foster, *Generative Deep Learning*, chapter 2.
# - F. Chollet, *Deep Learning with Python*, the chapter on the mathematical building blocks of neural networks.
#
# Next: notebook 01, *Convolution by hand*. There a layer learns to look at neighbours.

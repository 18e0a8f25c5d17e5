# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 02 A CNN on MNIST
#
# Take a photo of a handwritten 7 and cut it into 784 square snippets, one per pixel. Now shuffle the snippets, the
# same way for every photo, and glue them back. **You cannot read a single digit any more. Can a network?**
#
# One kind of network does not even notice. Another kind loses everything that made it the better one. Find out which
# is which, and you have understood what convolution is good for. On the way there you build, count, train and open up
# your first convolutional network, a **convnet** or **CNN** for short.
#
# **When you are done, you can**
#
# 1. work out every shape and every parameter count of a convnet on paper,
# 2. build and train one with Keras, and compare it fairly with cheaper models, over several seeds,
# 3. say why the convnet wins, and show it by an experiment,
# 4. look inside: filters, feature maps, and the patch of the image that a filter likes best,
# 5. read a confusion matrix and find the worst mistakes.
#
# **Builds on** notebook 00 (tensors, dense layers, softmax, cross-entropy, gradient descent) and notebook 01
# (convolution, pooling, counting parameters).
#
# **Time** A good minute to run every cell on a laptop with two cores (`full`: a quarter of an hour or more). Plan two
# sittings of an hour and a half: sections 1 to 5, then 6 to 13.
#
# Nothing is downloaded: `quick` uses the 1,797 small digits that scikit-learn brings along. With `profile = "full"`
# the next cells use MNIST, 70,000 digits, and the settings of the lecture. Exercises are marked with ✏️ and worth 20
# points in total. *(Does the import below fail with "No module named course_utils"? Then you have this file without the course
# around it: install it first, as its README says.)*

# %% tags=["parameters"]
profile = "quick"
seed = 0

# %% nbgrader={"grade_id": "setup", "locked": true}
import numpy as np

from course_utils import checks

# %% [markdown]
# ## 1. The digits
#
# Load the tools and the data. Keras takes a few seconds.

# %% tags=["demo"]
validation = {"quick": 0.25, "full": 0.05}[profile]  # the share of the digits that is set aside

import keras
import matplotlib.pyplot as plt

from course_utils import data, ledger, plots, predictions
from course_utils.study import Study, evaluate_once

plots.use_course_style()
layers = keras.layers
digits = data.mnist(profile, validation=validation)
digits.describe()

# %% [markdown]
# Three parts, three jobs: we **train** on the first, **compare and choose** on the second (validation), and touch the
# third (test) once, at the very end. Keep that promise in mind.

# %% tags=["demo"]
fig, axes = plt.subplots(2, 6, figsize=(8, 3))
plots.pictures(axes.flat, digits.x_train[:12], digits.y_train[:12])
plots.show("Twelve handwritten digits, white on black, with their labels as titles. They differ in slant and shape.")

# %% [markdown]
# The digits come as bytes, 0 for black paper and 255 for white ink. A network likes small numbers, so we divide by
# 255. A convolution wants a channel axis, so we add one: grey images have one channel. The labels stay numbers from 0
# to 9; the loss called *sparse* categorical cross-entropy takes them as they are and spares us the one-hot vectors of
# notebook 00.


# %% tags=["demo"]
def prepare(images):
    return (images / 255).astype("float32")[..., None]


x_train, x_val = prepare(digits.x_train), prepare(digits.x_val)
y_train, y_val = digits.y_train, digits.y_val
print("x_train", x_train.shape, f"from {x_train.min():.0f} to {x_train.max():.0f}")

# %% [markdown]
# ## 2. Train one, once
#
# Here is the smallest convnet that deserves the name: one convolution with 16 filters of $3 \times 3$, one max pooling,
# and a dense layer that turns what is left into ten probabilities. Build it, and let Keras say what it has built.

# %% tags=["demo"]
model = keras.Sequential(
    [
        keras.Input((28, 28, 1)),
        layers.Conv2D(16, 3, activation="relu"),
        layers.MaxPooling2D(2),
        layers.Flatten(),
        layers.Dense(10, activation="softmax"),
    ]
)
model.summary()

# %% [markdown]
# How to read a line of that table (`None` stands for the number of images, which may be any):
#
# - the convolution: 28 pixels leave $28 - 3 + 1 = 26$ places for a window of 3, and 16 filters make 16 channels. Each
#   filter has $3 \cdot 3 \cdot 1$ weights and a bias: $16 \cdot (9 + 1) = 160$ parameters;
# - pooling halves height and width and learns nothing; flatten only lays $13 \cdot 13 \cdot 16 = 2{,}704$ numbers in a
#   row;
# - the dense layer: each of 10 units has a weight for each of the 2,704 inputs, and a bias:
#   $10 \cdot (2{,}704 + 1) = 27{,}050$.
#
# Now train it. `compile` says by which rule it learns: **RMSprop** is gradient descent that gives each weight a step
# size of its own, large where gradients are usually small. `fit` goes through the training digits ten times (ten
# **epochs**), in batches of 32, and measures on the validation digits after each epoch.

# %% tags=["demo", "nbval-ignore-output"] nbval_reason="trained on this machine; times and last digits differ"
model.compile(optimizer="rmsprop", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
history = model.fit(x_train, y_train, batch_size=32, epochs=10, validation_data=(x_val, y_val), verbose=2)

# %% [markdown]
# One line an epoch; from the first to the last the accuracy rises, on training and on validation digits. (In the first
# epoch training may lie *below* validation. That is no miracle: the training figure is an average over the whole epoch,
# its clumsy beginning included; the validation figure is taken at its end.)
#
# `evaluate` measures, `predict` gives the ten probabilities of each image. These two and the four calls before are the
# whole of Keras that you need today.

# %% tags=["demo", "nbval-ignore-output"] nbval_reason="trained on this machine; times and last digits differ"
loss, accuracy = model.evaluate(x_val, y_val, verbose=0)
print(f"validation accuracy {accuracy:.1%}")
probabilities = model.predict(x_val[:1], verbose=0)
print("probabilities of the first digit:", probabilities.round(2), " label:", y_val[0])

# %% [markdown]
# Is that good? A result means little alone. What does one get for nothing? The **majority** model always answers with
# the most frequent digit. **Logistic regression** is a network without a hidden layer: 784 pixels in, 10 scores out.

# %% [markdown]
# **Predict, then run.** Where does logistic regression end up, compared with the little convnet? *I expect ...*

# %% tags=["demo"]
predictions.ask("baseline", ["it just guesses, like the majority", "clearly below the convnet", "about equal"])

# %% tags=["demo"]
from sklearn.linear_model import SGDClassifier

majority = np.bincount(y_train).argmax()
logistic = SGDClassifier(loss="log_loss", max_iter=20, tol=None, random_state=seed)
logistic = logistic.fit(x_train.reshape(len(x_train), -1), y_train)

# %% tags=["demo"]
majority_accuracy = np.mean(y_val == majority)
logistic_accuracy = logistic.score(x_val.reshape(len(x_val), -1), y_val)
print(f"majority (always {majority}):  {majority_accuracy:.1%}")
print(f"logistic regression:  {logistic_accuracy:.1%}")
predictions.recall("baseline")

# %% [markdown]
# <details><summary>What we measured: open after you ran it</summary>
#
# Logistic regression reaches 70.5 %<!-- quick: logistic accuracy --> in `quick` and
# 93.0 %<!-- full: logistic accuracy --> in `full`. That is far more than the majority's
# 8.0 %<!-- quick: majority accuracy --> and 10.8 %<!-- full: majority accuracy -->, but less than the little convnet: look at
# the last line of its training.
#
# </details>

# %% [markdown]
# ## 3. The bill
#
# Now the lecture's convnet. Convolutions of $3 \times 3$ without padding take turns with max pooling of $2 \times 2$;
# then it flattens what is left and ends with two dense layers.


# %% tags=["demo"]
def convnet():
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(32, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Conv2D(64, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Conv2D(64, 3, activation="relu"),
            layers.Flatten(),
            layers.Dense(64, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ]
    )


# %% [markdown]
# Before Keras tells us what is in there, you do. Take paper.
#
# ### ✏️ Exercise 1: the table (2 points)
#
# **Goal:** read a network like a bill.
#
# **Given:** the convnet above, for one image of shape (28, 28, 1). Leave the sample axis out. The eight layers are:
# convolution, pooling, convolution, pooling, convolution, flatten, dense, dense.
#
# **Question:** What is the shape of each layer's output, and how many parameters does it have?
#
# Enter `table_shapes`, a list of eight tuples, and `table_parameters`, a list of eight whole numbers. One thing you
# may know in advance: the sum of all parameters is 93,322.
#
# <details><summary>Hint 1: where to begin</summary>
# The little convnet of section 2 has every kind of layer that you need, and its table is explained line by line. Here the
# first line differs in one number only: 32 filters instead of 16. Which two entries of that line does this change?
# </details>
# <details><summary>Hint 2: a plan</summary>
# Go layer by layer; what comes out of one goes into the next. A convolution's last axis is its number of filters;
# pooling keeps the channels. One filter has a weight for each pixel of its window in each channel <em>that comes
# in</em>, and one bias. How many channels come into the second convolution?
# </details>
# <details><summary>Hint 3: almost the numbers</summary>
# A worked twin: (12, 12, 5) comes into a convolution with 7 filters of 3 x 3, and then into pooling.
# <pre><code>shapes = [(10, 10, 7), (5, 5, 7)]
# parameters = [7 * (3 * 3 * 5 + 1), 0]</code></pre>
# In your table the second pooling layer gets 11 rows, which is odd. How many windows of 2 fit into 11 without sticking
# out?
# </details>

# %% nbgrader={"grade_id": "table", "solution": true}
# table_shapes = [(..., ..., ...), ...], eight tuples
# table_parameters = [..., ...], eight whole numbers
### BEGIN SOLUTION
table_shapes = [(26, 26, 32), (13, 13, 32), (11, 11, 64), (5, 5, 64), (3, 3, 64), (576,), (64,), (10,)]
table_parameters = [320, 0, 18496, 0, 36928, 0, 36928, 650]
### END SOLUTION

# %% nbgrader={"grade_id": "table-test", "points": 2}
_kinds = ["convolution", "pooling", "convolution", "pooling", "convolution", "flatten", "dense", "dense"]
_asks = {
    "convolution": "At how many places does its window fit entirely, and how many filters are there?",
    "pooling": "How many windows fit entirely, and what does pooling do to the channels?",
    "flatten": "How many numbers are there in all?",
    "dense": "How many units does it have?",
}
for _name, _list in [("table_shapes", table_shapes), ("table_parameters", table_parameters)]:
    assert np.ndim(np.array(_list, dtype=object)) > 0, f"{_name} should be a list with one entry per layer."
    assert len(_list) == 8, f"{_name} has {len(_list)} entries, but there are eight layers."
    for _entry in _list:
        assert np.asarray(_entry).dtype.kind in "iu", f"{_entry!r} in {_name} should be made of whole numbers only."
# the right answers are not written here, only what remains of them when they are divided
for _layer, (_shape, _left) in enumerate(zip(table_shapes, (76, 44, 20, 13, 78, 93, 44, 70), strict=True)):
    _got = int(np.dot(np.ravel(_shape)[:3], (7, 11, 13)[: np.size(_shape)])) % 101
    assert (_got, np.size(_shape)) == (_left, 3 if _layer < 5 else 1), (
        f"The shape of layer {_layer + 1} ({_kinds[_layer]}) is wrong: you have {_shape!r}. {_asks[_kinds[_layer]]}"
    )
_asks |= {
    "convolution": "How many weights has one filter, with all channels that come in? And its bias?",
    "dense": "How many inputs has one unit? And its bias?",
}
for _layer, (_count, _left) in enumerate(zip(table_parameters, (17, 0, 13, 0, 63, 0, 63, 44), strict=True)):
    _ask = _asks[_kinds[_layer]] if _left else "What could it learn?"
    assert (int(_count) % 101, _count == 0) == (_left, _left == 0), (
        f"The number of parameters of layer {_layer + 1} ({_kinds[_layer]}) is wrong: you have {_count:,}. {_ask}"
    )
print("table: the visible checks pass. More tests run when you hand in.")
### BEGIN HIDDEN TESTS
_shapes = [(26, 26, 32), (13, 13, 32), (11, 11, 64), (5, 5, 64), (3, 3, 64), (576,), (64,), (10,)]
for _layer, (_mine, _theirs) in enumerate(zip(_shapes, table_shapes, strict=True), start=1):
    checks.close(np.atleast_1d(_theirs), _mine, f"the shape after layer {_layer}")
for _layer, (_mine, _theirs) in enumerate(zip([320, 0, 18496, 0, 36928, 0, 36928, 650], table_parameters, strict=True)):
    checks.close(_theirs, _mine, f"the number of parameters of layer {_layer + 1}")
### END HIDDEN TESTS

# %% [markdown]
# Now let a program do it, so that it works for any network. We write a layer as a small tuple: `("conv", 3, 32)` is a
# convolution with a $3 \times 3$ window and 32 filters, without padding, with stride 1; `("pool", 2)` is max pooling
# with windows of $2 \times 2$ that do not overlap; then there are `("flatten",)` and `("dense", 64)`.

# %% nbgrader={"grade_id": "plan", "locked": true}
plan = [
    ("conv", 3, 32), ("pool", 2), ("conv", 3, 64), ("pool", 2), ("conv", 3, 64),
    ("flatten",), ("dense", 64), ("dense", 10),
]  # fmt: skip

# %% [markdown]
# ### ✏️ Exercise 2: `shapes_of` (2 points)
#
# **Goal:** follow a shape through a network.
#
# **Given:** a list of layers as above, and the shape of one image.
#
# **Question:** What is the shape after each layer?
#
# <details><summary>Hint 1: where to begin</summary>
# Walk through the list and keep the present shape in a variable. The first entry of each tuple tells the kind. What
# happens to the shape (9, 8, 1) in a convolution of 3 x 3 with 4 filters?
# </details>
# <details><summary>Hint 2: a plan</summary>
# For each kind, write down the new shape as a tuple: a convolution shrinks height and width and sets the channels,
# pooling divides height and width and keeps the channels, flatten multiplies all, dense forgets everything but its
# units. Which of the four need the shape that comes in, and which do not?
# </details>
# <details><summary>Hint 3: almost the code</summary>
# Inside the loop <code>for layer in plan:</code> each kind gets its branch, and after the branches
# <code>shapes.append(shape)</code>. The branch of pooling:
# <code>shape = (shape[0] // layer[1], shape[1] // layer[1], shape[2])</code>. For flatten,
# <code>shape = (int(np.prod(shape)),)</code>: the comma makes it a tuple. A convolution's window stands in
# <code>layer[1]</code>, its filters in <code>layer[2]</code>. So what do height and width lose?
# </details>


# %% nbgrader={"grade_id": "shapes_of", "solution": true}
def shapes_of(plan, shape):
    """Return the shape after each layer, a list of tuples of ints, as long as plan.

    plan: list of ("conv", window, filters), ("pool", size), ("flatten",) and ("dense", units).
    shape: (height, width, channels) of one image; height and width may differ.
    """
    ### BEGIN SOLUTION
    shapes = []
    for kind, *numbers in plan:
        if kind == "conv":
            window, filters = numbers
            shape = (shape[0] - window + 1, shape[1] - window + 1, filters)
        elif kind == "pool":
            shape = (shape[0] // numbers[0], shape[1] // numbers[0], shape[2])
        elif kind == "flatten":
            shape = (shape[0] * shape[1] * shape[2],)
        else:
            shape = (numbers[0],)
        shapes.append(shape)
    return shapes
    ### END SOLUTION


# %% nbgrader={"grade_id": "shapes_of-test", "points": 2}
_plan = [("conv", 3, 4), ("pool", 2), ("flatten",), ("dense", 5)]
_shapes = shapes_of(_plan, (9, 8, 1))
assert _shapes is not None, "shapes_of(...) is None. Is there a return?"
assert len(_shapes) == 4, f"shapes_of(four layers, (9, 8, 1)) gives {len(_shapes)} shapes instead of one per layer."
assert tuple(np.ravel(_shapes[0])) != (9, 8, 1), "The first shape is the image's; asked is the one AFTER each layer."
checks.close(
    np.atleast_1d(_shapes[0]),
    [7, 6, 4],
    "the shape after a convolution of (9, 8, 1) with 4 windows of 3 x 3",
    misconceptions={
        "the starting position is not counted": [6, 5, 4],
        "the image is padded": [9, 8, 4],
        "height and width are swapped": [6, 7, 4],
        "the width is computed from the height": [7, 7, 4],
        "the channels that come in are kept": [7, 6, 1],
    },
)
checks.close(
    np.atleast_1d(_shapes[1]),
    [3, 3, 4],
    "the shape after pooling (7, 6, 4) with windows of 2 x 2",
    misconceptions={"a window that sticks out is counted": [4, 3, 4], "the windows overlap": [6, 5, 4]},
)
for _shape, _numbers, _what in zip(
    _shapes[2:], (36, 5), ("flattening (3, 3, 4)", "a dense layer with 5 units"), strict=True
):
    checks.close(np.atleast_1d(_shape), [_numbers], f"the shape after {_what}")
    assert np.ndim(_shape) == 1, f"The shape {_shape!r} is a plain number. A shape is a tuple, also with one entry."
checks.close(
    np.atleast_1d(shapes_of([("conv", 2, 6), ("pool", 3)], (10, 13, 2))[-1]),
    [3, 4, 6],
    "the last shape of a convolution of (10, 13, 2) with 6 windows of 2 x 2, then pooling with 3 x 3",
    misconceptions={
        "the convolution's window is always taken for 3": [2, 3, 6],
        "the pooling window is always taken for 2": [4, 6, 6],
    },
)
print("shapes_of: the visible checks pass. More tests run when you hand in.")
### BEGIN HIDDEN TESTS
for _plan, _start, _wanted in [
    (plan, (28, 28, 1), [(26, 26, 32), (13, 13, 32), (11, 11, 64), (5, 5, 64), (3, 3, 64), (576,), (64,), (10,)]),
    ([("conv", 5, 7), ("conv", 1, 2), ("pool", 3)], (12, 20, 3), [(8, 16, 7), (8, 16, 2), (2, 5, 2)]),
    ([("flatten",), ("dense", 3), ("dense", 8)], (4, 5, 6), [(120,), (3,), (8,)]),
    ([("pool", 4), ("conv", 2, 9), ("flatten",)], (11, 9, 2), [(2, 2, 2), (1, 1, 9), (9,)]),
]:
    _got = shapes_of(list(_plan), tuple(_start))
    assert len(_got) == len(_wanted), f"shapes_of({_plan}, {_start}) gives {len(_got)} shapes."
    for _layer, _mine, _theirs in zip(_plan, _wanted, _got, strict=True):
        checks.close(np.atleast_1d(_theirs), _mine, f"the shape after {_layer} in shapes_of({_plan}, {_start})")
### END HIDDEN TESTS

# %% [markdown]
# ### ✏️ Exercise 3: `parameters_of` (2 points)
#
# **Goal:** count what a layer learns.
#
# **Given:** one layer, and the shape that *comes in*.
#
# **Question:** How many parameters does it have?
#
# <details><summary>Hint 1: where to begin</summary>
# You wrote <code>count_parameters</code> in notebook 01. A filter of the second convolution looks through all the
# channels that come in at once. Which entry of the shape tells how many these are?
# </details>
# <details><summary>Hint 2: a plan</summary>
# Three cases: a convolution, a dense layer, and everything else, which learns nothing. In both kinds that learn, count
# what <em>one</em> filter or unit has, then multiply. Is the bias counted before or after multiplying?
# </details>
# <details><summary>Hint 3: almost the code</summary>
# A dense layer: <code>(shape[0] + 1) * layer[1]</code>, for one unit has a weight for each input and a bias. The case
# that learns nothing ends in <code>return 0</code>. A convolution's window is <code>layer[1]</code>, its number of
# filters <code>layer[2]</code>, the channels that come in <code>shape[2]</code>. What takes the place of
# <code>shape[0]</code>, the number of inputs of one unit?
# </details>


# %% nbgrader={"grade_id": "parameters_of", "solution": true}
def parameters_of(layer, shape):
    """Return the number of weights and biases of a layer, an int.

    layer: ("conv", window, filters), ("pool", size), ("flatten",) or ("dense", units).
    shape: the shape of what comes in: (height, width, channels), or (n,) for a dense layer.
    """
    ### BEGIN SOLUTION
    kind, *numbers = layer
    if kind == "conv":
        window, filters = numbers
        return (window * window * shape[2] + 1) * filters
    if kind == "dense":
        return (shape[0] + 1) * numbers[0]
    return 0
    ### END SOLUTION


# %% nbgrader={"grade_id": "parameters_of-test", "points": 2}
checks.close(
    parameters_of(("conv", 4, 10), (32, 30, 3)),
    490,
    'parameters_of(("conv", 4, 10), (32, 30, 3))',
    misconceptions={
        "the biases are missing": 480,
        "there is one bias for the whole layer instead of one per filter": 481,
        "the channels that come in are missing": 170,
        "the height of the image is taken for the channels": 5130,
        "the width of the image is taken for the channels": 4810,
        "the window is counted along one side only": 130,
    },
)
checks.close(
    parameters_of(("conv", 2, 7), (9, 8, 5)),
    147,
    'parameters_of(("conv", 2, 7), (9, 8, 5))',
    misconceptions={"the window is always taken for 4 x 4": 567, "the window is always taken for 3 x 3": 322},
)
checks.close(
    parameters_of(("dense", 4), (6,)),
    28,
    'parameters_of(("dense", 4), (6,))',
    misconceptions={"the biases are missing": 24, "every input got a bias, instead of every unit": 30},
)
checks.close(parameters_of(("pool", 2), (8, 8, 4)), 0, 'parameters_of(("pool", 2), (8, 8, 4))')
checks.close(parameters_of(("flatten",), (2, 3, 4)), 0, 'parameters_of(("flatten",), (2, 3, 4))')
print("parameters_of: the visible checks pass. More tests run when you hand in.")
### BEGIN HIDDEN TESTS
_inputs = [(28, 28, 1), (26, 26, 32), (13, 13, 32), (11, 11, 64), (5, 5, 64), (3, 3, 64), (576,), (64,)]
for _layer, _shape, _wanted in zip(plan, _inputs, [320, 0, 18496, 0, 36928, 0, 36928, 650], strict=True):
    checks.close(parameters_of(_layer, _shape), _wanted, f"parameters_of({_layer}, {_shape})")
for _layer, _shape, _wanted in [
    (("conv", 1, 5), (6, 4, 8), 45),
    (("conv", 5, 3), (9, 7, 2), 153),
    (("dense", 1), (10,), 11),
    (("dense", 512), (30976,), 15860224),
    (("flatten",), (3, 3, 7), 0),
    (("pool", 3), (9, 9, 5), 0),
]:
    checks.close(parameters_of(_layer, _shape), _wanted, f"parameters_of({_layer}, {_shape})")
### END HIDDEN TESTS

# %% [markdown]
# Does Keras agree? Here is its table; and your two functions should make the same one.

# %% tags=["demo"]
convnet().summary()

# %% tags=["demo"]
shapes = shapes_of(plan, (28, 28, 1))
parameters = [parameters_of(layer, shape) for layer, shape in zip(plan, [(28, 28, 1), *shapes], strict=False)]
for layer, shape, count, keras_layer in zip(plan, shapes, parameters, convnet().layers, strict=True):
    agree = (shape, count) == (keras_layer.output.shape[1:], keras_layer.count_params())
    print(f"{layer!s:18} {shape!s:14} {count:>7,}  Keras agrees: {agree}")
print(f"{'total':33} {sum(parameters):>7,}")

# %% [markdown]
# ## 4. The race
#
# Two networks compete. The first is the one you know from notebook 00: flatten, 512 hidden units, 10 outputs. Each
# hidden unit has a weight for *every* pixel, and a bias: $(784 + 1) \cdot 512 = 401{,}920$ parameters; the output
# layer adds $(512 + 1) \cdot 10 = 5{,}130$.


# %% tags=["demo"]
def dense_net():
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Flatten(),
            layers.Dense(512, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ]
    )


print(f"dense net: {dense_net().count_params():,} parameters, convnet: {convnet().count_params():,}")

# %% [markdown]
# **One run could be luck.** Training starts from random weights and visits the examples in random order, so the same
# network ends up a little different each time; the **seed** decides how. So we train each network with three seeds,
# and look at the mean and at the **standard deviation**, the typical distance from it. (From three seeds it is a rough
# figure: often too small or too large by half.)
#
# `train` holds the lines of section 2, with everything that may be varied as an argument. It gives back the trained network;
# what `fit` has measured after each epoch is kept in `model.history`.


# %% tags=["demo"]
def train(build, seed, x, y, validation, *, epochs, batch_size, learning_rate):
    keras.utils.set_random_seed(seed)
    model = build()
    optimizer = keras.optimizers.RMSprop(learning_rate)
    model.compile(optimizer=optimizer, loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(x, y, batch_size=batch_size, epochs=epochs, validation_data=validation, verbose=0)
    return model


# %% [markdown]
# `full` has the lecture's settings: 5 epochs, batches of 64, steps of 0.001. In `quick` an epoch has only 33 batches,
# so it makes more epochs, with longer steps. `outcome` collects the curves, and their last values.

# %% tags=["demo"]
settings = {
    "quick": {"epochs": 14, "batch_size": 32, "learning_rate": 0.002},
    "full": {"epochs": 5, "batch_size": 64, "learning_rate": 0.001},
}[profile]
seeds = range(seed, seed + 3)


def outcome(model):
    curves = {key: model.history.history[key] for key in ("accuracy", "val_accuracy")}
    return {"training": curves["accuracy"][-1], "validation": curves["val_accuracy"][-1], **curves}


# %% [markdown]
# One sign may be new, the star. In a `def`, what stands behind a single star must be given by name. In a call, two stars
# unpack a dictionary: `train(..., **settings)` is `train(..., epochs=14, batch_size=32, learning_rate=0.002)`.

# %% [markdown]
# **Predict, then run.** Dense net with 407,050 parameters, or convnet with 93,322? *I expect ...*

# %% tags=["demo"]
predictions.ask(
    "race",
    ["the dense net: it has more parameters", "about equal", "the convnet, by a point or less", "the convnet, by more"],
)

# %% [markdown]
# Six trainings, half a minute. We keep the trained networks: later sections look at them again.

# %% tags=["demo"]
nets = {"dense net": dense_net, "convnet": convnet}
networks, race = {}, {}
for name, build in nets.items():
    networks[name] = [train(build, s, x_train, y_train, (x_val, y_val), **settings) for s in seeds]
    race[name] = [outcome(network) for network in networks[name]]


# %% tags=["demo", "nbval-ignore-output"] nbval_reason="trained on this machine; the ledger test compares its figures within their spread"
def report(name, runs):
    training, validation = ([100 * run[key] for run in runs] for key in ("training", "validation"))
    spread = np.std(validation, ddof=1)
    print(f"{name:12} training {np.mean(training):5.1f} %   validation {np.mean(validation):5.1f} % ± {spread:.1f}")


for name, runs in race.items():
    report(name, runs)
predictions.recall("race")

# %% tags=["demo", "fold"]
fig, axes = plt.subplots(1, 2, figsize=(10, 3.6))
for row, (name, runs) in enumerate(race.items()):
    plots.learning_curves(axes[0], runs, "accuracy", name)
    last = [run["validation"] for run in runs]
    axes[1].plot(last, [row] * len(last), "o", alpha=0.4, color="C0")
    axes[1].errorbar(np.mean(last), row, xerr=np.std(last, ddof=1), fmt="k|", markersize=14, capsize=4)
axes[0].set_title("Learning curves (mean ± sd over seeds)")
axes[1].axvline(logistic_accuracy, color="black", linestyle=":", label="logistic regression")
axes[1].set_yticks([0, 1], labels=list(race))
axes[1].set(ylim=(1.5, -0.5), xlabel="validation accuracy", title="After the last epoch (dot: a seed; bar: mean ± sd)")
axes[1].legend(loc="lower left")
plots.show(
    "Left: accuracy against epochs for both networks, training dashed, validation solid, bands of one standard "
    "deviation. Right: validation accuracy after the last epoch, a dot per seed, mean and bar; logistic regression dotted."
)

# %% [markdown]
# There is a second kind of chance: *which* digits happen to be in the validation set. A share $p$ of $n$ drawn
# examples has a standard deviation of $\sqrt{p (1 - p) / n}$. Print it once and remember it.

# %% tags=["demo", "nbval-ignore-output"] nbval_reason="trained on this machine; the last digit may differ"
p, n = np.mean([run["validation"] for run in race["convnet"]]), len(y_val)
print(f"accuracy {p:.1%} of {n:,} validation digits: ± {np.sqrt(p * (1 - p) / n):.1%} for the draw of the digits")

# %% [markdown]
# <details><summary>What we measured: open after you ran it</summary>
#
# | mean over three seeds | training | validation | standard deviation |
# |---|---|---|---|
# | `quick`: dense net | 99.4 %<!-- quick: dense net training --> | 89.8 %<!-- quick: dense net accuracy --> | 0.7 %<!-- quick: dense net accuracy: std --> |
# | `quick`: convnet | 99.3 %<!-- quick: convnet training --> | 95.1 %<!-- quick: convnet accuracy --> | 0.3 %<!-- quick: convnet accuracy: std --> |
# | `full`: dense net | 99.2 %<!-- full: dense net training --> | 98.13 %<!-- full: dense net accuracy --> | 0.46 %<!-- full: dense net accuracy: std --> |
# | `full`: convnet | 99.5 %<!-- full: convnet training --> | 99.19 %<!-- full: convnet accuracy --> | 0.07 %<!-- full: convnet accuracy: std --> |
#
# The convnet wins in both, with less than a quarter of the parameters. In `quick` the seeds of the dense net go from
# 89.1 %<!-- quick: dense net accuracy: min --> to 90.5 %<!-- quick: dense net accuracy: max -->, those of the convnet from
# 94.8 %<!-- quick: convnet accuracy: min --> to 95.4 %<!-- quick: convnet accuracy: max -->: a single run of each would tell the lead only roughly. The
# draw of the validation digits adds 1.2 %<!-- quick: draw of validation --> (0.16 %<!-- full: draw of validation --> in `full`); but both networks
# are judged on the same digits, so much of this chance hits both alike.
#
# Look at the dashed lines: in the end both networks know nearly all their training digits. But what the dense net has
# learnt from them helps it less with new ones, the solid lines.
#
# </details>
#
# Fewer parameters and a better result. Why? The rest of the notebook is about this question.

# %% [markdown]
# ## 5. Near and far
#
# A hidden unit of the dense net looks at **all** pixels at once, so what it learns is a **global** pattern: a whole
# digit at one place. A filter looks at $3 \times 3$ pixels, so what it learns is a **local** pattern: an edge, a
# corner, the end of a stroke. And what it has learnt in one place, it knows everywhere.
#
# But a digit is more than $3 \times 3$ pixels. How does the convnet ever see all of it? By stacking. The patch of the
# input that one number of a layer looks at is its **receptive field**.
#
# Do it by hand along one axis. Two numbers matter: the *size* of the receptive field, from its first pixel to its last,
# and the **jump**, by how many pixels it moves when you go to the neighbouring number.
#
# | layer | its window covers | size | jump |
# |---|---|---|---|
# | the input | | 1 | 1 |
# | convolution 3 | 3 neighbours, 1 pixel apart | 1 + 2 · 1 = 3 | 1 |
# | max pooling 2 | 2 neighbours, 1 pixel apart | 3 + 1 · 1 = 4 | 2 |
# | convolution 3 | 3 neighbours, 2 pixels apart | ... | ... |

# %% tags=["demo", "fold"]
fig, ax = plt.subplots(figsize=(7, 2.4))
rows = [("input", 10, 0, 1, 4), ("conv 3", 8, 1, 1, 2), ("pool 2", 4, 1.5, 2, 1)]
for height, (name, count, start, jump, seen) in enumerate(rows):
    x = start + jump * np.arange(count)
    colors = [plots.ORANGE if i < seen else "lightgrey" for i in range(count)]
    ax.scatter(x, [height] * count, s=420, marker="s", c=colors, edgecolors="white")
    ax.text(-1, height, name, ha="right", va="center")
ax.set(xlim=(-3, 10), ylim=(-0.5, 2.5), title="What one number after pooling looks at")
ax.axis("off")
plots.show(
    "Three rows of squares above each other: ten input pixels, eight outputs of a convolution, four of pooling. Orange: "
    "one pooling output, the two convolution outputs that it covers, and the four input pixels that these cover."
)

# %% [markdown]
# ### ✏️ Exercise 4: `receptive_field` (2 points)
#
# **Goal:** know how far a network can see.
#
# **Given:** the windows and strides of all layers, from the input on. (Pooling is a window of 2 with a stride of 2.)
#
# **Question:** How wide, in input pixels, is the patch that one number of the last layer looks at, along one axis, from
# the first pixel to the last?
#
# <details><summary>Hint 1: where to begin</summary>
# Go on with the table. The window of the second convolution covers 3 neighbours, each 2 pixels further than the one
# before. By how many pixels does the size grow?
# </details>
# <details><summary>Hint 2: a plan</summary>
# Keep two variables, size and jump, both 1 at the start. Each layer adds something to the size, and then multiplies
# the jump by something. Which of the two uses the window, and which the stride?
# </details>
# <details><summary>Hint 3: almost the code</summary>
# Begin with <code>size, jump = 1, 1</code> and go through the list with <code>for window, stride in windows:</code>.
# A window of 3 takes 2 steps from its first number to its last, a window of 5 takes 4, and each step is as long as
# the jump. At the end of each round: <code>jump = jump * stride</code>. Why not at its beginning?
# </details>


# %% nbgrader={"grade_id": "receptive_field", "solution": true}
def receptive_field(windows):
    """Return the width of the last layer's receptive field along one axis, in input pixels, an int.

    windows: list of (window, stride), one per layer, the first layer first; an empty list sees one pixel.
    """
    ### BEGIN SOLUTION
    size, jump = 1, 1
    for window, stride in windows:
        size += (window - 1) * jump
        jump *= stride
    return size
    ### END SOLUTION


# %% nbgrader={"grade_id": "receptive_field-test", "points": 2}
checks.close(receptive_field([]), 1, "receptive_field([])")
checks.close(
    receptive_field([(3, 1)]),
    3,
    "receptive_field([(3, 1)])",
    misconceptions={"the very first pixel is not counted": 2},
)
checks.close(
    receptive_field([(3, 1), (3, 1), (3, 1)]),
    7,
    "receptive_field([(3, 1), (3, 1), (3, 1)])",
    misconceptions={
        "the sizes are added up, as if neighbouring windows did not overlap": 9,
        "the sizes are multiplied, as if neighbouring windows did not overlap": 27,
        "only the last layer is counted": 3,
        "the very first pixel is not counted": 6,
    },
)
checks.close(
    receptive_field([(3, 1), (2, 2), (3, 1)]),
    8,
    "receptive_field([(3, 1), (2, 2), (3, 1)])",
    misconceptions={
        "the strides are ignored": 6,
        "a layer's stride is counted for its own window already": 9,
    },
)
checks.close(
    receptive_field([(3, 3), (3, 2), (2, 1)]),
    15,
    "receptive_field([(3, 3), (3, 2), (2, 1)])",
    misconceptions={
        "the strides are ignored": 6,
        "a layer's stride is counted for its own window already": 25,
        "only the stride of the layer before counts, not those of all layers before": 11,
        "strides are added up instead of multiplied": 13,
    },
)
print("receptive_field: the visible checks pass. More tests run when you hand in.")
### BEGIN HIDDEN TESTS
for _windows in [
    [],
    [(1, 1)],
    [(2, 2)],
    [(5, 3)],
    [(3, 2), (3, 2), (3, 2)],
    [(3, 1), (2, 2), (3, 1), (2, 2), (3, 1)],
    [(7, 4), (1, 1), (2, 1), (3, 2)],
    [(1, 3), (2, 1)],
]:
    _seen = {0}
    for _window, _stride in reversed(_windows):
        _seen = {_place * _stride + _step for _place in _seen for _step in range(_window)}
    checks.close(receptive_field(list(_windows)), max(_seen) - min(_seen) + 1, f"receptive_field({_windows})")
### END HIDDEN TESTS

# %% [markdown]
# ### Why pool?

# %% [markdown]
# **Predict, then run.** Leave the two pooling layers out of the convnet. What happens to the receptive field of the
# last convolution, and to the number of values that reach the dense layers? *I expect ...*

# %% tags=["demo"]
predictions.ask(
    "pooling",
    [
        "both grow",
        "the field shrinks, the values become more",
        "the field grows, the values become fewer",
        "both shrink",
    ],
)

# %% tags=["demo"]
no_pooling = [("conv", 3, 32), ("conv", 3, 64), ("conv", 3, 64), ("flatten",)]
shapes_without = shapes_of(no_pooling, (28, 28, 1))
count_without = sum(parameters_of(a, b) for a, b in zip(no_pooling, [(28, 28, 1), *shapes_without], strict=False))
print(f"without pooling: {shapes_without[2]} = {shapes_without[3][0]:,} values from {count_without:,} parameters")
print(f"a dense layer of 512 on top: {parameters_of(('dense', 512), shapes_without[3]):,} parameters")

# %% tags=["demo"]
conv, pool = (3, 1), (2, 2)
print("receptive field without pooling:", receptive_field([conv, conv, conv]))
print("receptive field with pooling:   ", receptive_field([conv, pool, conv, pool, conv]))
predictions.recall("pooling")

# %% [markdown]
# <details><summary>What we measured: open after you ran it</summary>
#
# Pooling does two jobs. Without it, the last convolution would still see only $7 \times 7$ of $28 \times 28$ pixels:
# the tip of a stroke, never a digit. With it, $18 \times 18$. And without it $22 \cdot 22 \cdot 64 = 30{,}976$ numbers,
# the classifier's **features**, from 55,744 parameters, would reach the dense layers instead of 576. A dense layer of
# 512 on top would have 15,860,224 parameters, almost all of the network: "15.8 million" in the lecture, which drops
# the rest, 15.9 million when rounded.
#
# </details>
#
# A good place to stop for the day.

# %% [markdown]
# ## 6. The shuffled pixels
#
# Now to the question from the beginning. If the convnet really lives on local patterns, it should suffer when nothing
# is local any more. If the dense net really treats all pixels alike, it should not care.
#
# ### ✏️ Exercise 5: `shuffle_pixels` (2 points)
#
# **Goal:** the control experiment, which removes what we think is the cause.
#
# **Given:** images, and the order in which the pixels should come, counted row by row. It is the same for all images.
#
# **Question:** What are the shuffled images?
#
# <details><summary>Hint 1: where to begin</summary>
# Lay the pixels of each image out in one row. NumPy can then pick columns by a list of numbers. What is the shape of
# two images of 2 x 3 pixels, laid out like that?
# </details>
# <details><summary>Hint 2: a plan</summary>
# Reshape to (number of images, number of pixels), pick the columns in the given order, reshape back. Images need not be
# square. So which shape do you go back to?
# </details>
# <details><summary>Hint 3: almost the code</summary>
# <code>flat = images.reshape(len(images), -1)</code> has one row per image. A worked twin, with one row:
# <pre><code>row = np.array([[10, 20, 30, 40]])
# print(row[:, [3, 0, 1, 2]])  # [[40 10 20 30]]</code></pre>
# The last step is <code>.reshape(images.shape)</code>. What stands between the brackets in your case?
# </details>


# %% nbgrader={"grade_id": "shuffle_pixels", "solution": true}
def shuffle_pixels(images, order):
    """Rearrange the pixels of all images in the same way.

    images: shape (n, H, W).
    order: H * W whole numbers; the new pixel k is the old pixel order[k], both counted row by row.
    Returns an array of shape (n, H, W).
    """
    images = np.asarray(images)
    ### BEGIN SOLUTION
    return images.reshape(len(images), -1)[:, order].reshape(images.shape)
    ### END SOLUTION


# %% nbgrader={"grade_id": "shuffle_pixels-test", "points": 2}
_images = np.array([[[1, 2, 3], [4, 5, 6]], [[10, 20, 30], [40, 50, 60]]])
checks.close(
    shuffle_pixels(_images, np.array([1, 2, 0, 5, 3, 4])),
    [[[2, 3, 1], [6, 4, 5]], [[20, 30, 10], [60, 40, 50]]],
    "shuffle_pixels(two images of 2 x 3 pixels, [1, 2, 0, 5, 3, 4])",
    misconceptions={
        "this goes the other way: old pixel k has become new pixel order[k]": [
            [[3, 1, 2], [5, 6, 4]],
            [[30, 10, 20], [50, 60, 40]],
        ],
        "the pixels are counted column by column": [[[4, 1, 5], [2, 6, 3]], [[40, 10, 50], [20, 60, 30]]],
        "the pixels are read column by column": [[[4, 2, 1], [6, 5, 3]], [[40, 20, 10], [60, 50, 30]]],
        "the order is read backwards": [[[5, 4, 6], [1, 3, 2]], [[50, 40, 60], [10, 30, 20]]],
        "the order is ignored": _images,
        "every image has become the first one": [[[2, 3, 1], [6, 4, 5]], [[2, 3, 1], [6, 4, 5]]],
        "the images are still flat": [[2, 3, 1, 6, 4, 5], [20, 30, 10, 60, 40, 50]],
        "height and width are swapped": [[[2, 3], [1, 6], [4, 5]], [[20, 30], [10, 60], [40, 50]]],
    },
)
print("shuffle_pixels: the visible check passes. More tests run when you hand in.")
### BEGIN HIDDEN TESTS
_rng = np.random.default_rng(25)
for _shape in [(1, 1, 1), (3, 4, 4), (5, 2, 7), (2, 6, 3)]:
    _images, _order = _rng.normal(size=_shape), _rng.permutation(_shape[1] * _shape[2])
    _wanted = [[_image[_k // _shape[2], _k % _shape[2]] for _k in _order] for _image in _images]
    checks.close(
        shuffle_pixels(_images, _order), np.reshape(_wanted, _shape), f"shuffle_pixels(images of shape {_shape}, order)"
    )
    checks.close(
        shuffle_pixels(_images, _order.tolist()),
        np.reshape(_wanted, _shape),
        f"shuffle_pixels(images of shape {_shape}, a list)",
    )
### END HIDDEN TESTS

# %% [markdown]
# The next cell uses your function. If it is not ready yet, set `own_shuffle = False`: then NumPy shuffles, in one call and in
# the same order, and you can go on with the experiment.

# %% tags=["demo"]
order = np.random.default_rng(seed).permutation(28 * 28)
own_shuffle = True  # False: let NumPy do it


def shuffled(images):
    if own_shuffle:
        return shuffle_pixels(images[..., 0], order)[..., None]
    return np.random.default_rng(seed).permutation(images.reshape(-1, 784), axis=1).reshape(images.shape)


# %% tags=["demo"]
fig, axes = plt.subplots(2, 6, figsize=(8, 3))
plots.pictures(axes[0], x_train[:6, :, :, 0], y_train[:6])
plots.pictures(axes[1], shuffled(x_train[:6])[..., 0], ["shuffled"] * 6)
plots.show(
    "Top row: six handwritten digits. Bottom row: the same six with shuffled pixels, each a cloud of white specks."
)

# %% [markdown]
# No information is lost: undo the shuffling and the digits are back. Both networks are now trained anew on shuffled
# digits, with as many steps as in the race, and are judged on shuffled validation digits.

# %% [markdown]
# **Predict, then run.** Who suffers from the shuffling? *I expect ...*

# %% tags=["demo"]
predictions.ask(
    "shuffle",
    [
        "both fall to guessing: nobody can read that",
        "both lose a little",
        "the convnet loses its lead, the dense net nothing",
        "the dense net loses, the convnet finds the pattern all the same",
    ],
)

# %% [markdown]
# `Study` calls a function for each setting and each seed, and keeps what it returns: the loop of section 4, for numbers.


# %% tags=["demo"]
def control(build, seed):
    validation = (shuffled(x_val), y_val)
    return outcome(train(build, seed, shuffled(x_train), y_train, validation, **settings))


shuffle_study = Study(control, {name: {"build": build} for name, build in nets.items()}, seeds)

# %% tags=["demo", "nbval-ignore-output"] nbval_reason="trained on this machine; the ledger test compares its figures within their spread"
for name in nets:
    report(f"{name}, in order", race[name])
    report(f"{name}, shuffled", shuffle_study.runs(name))
predictions.recall("shuffle")

# %% tags=["demo"]
fig, axes = plt.subplots(1, 2, figsize=(10, 3.6), sharey=True)
for name in nets:
    plots.learning_curves(axes[0], race[name], "accuracy", name)
    plots.learning_curves(axes[1], shuffle_study.runs(name), "accuracy", name)
axes[0].set_title("Pixels in order (mean ± sd over seeds)")
axes[1].set(title="Pixels shuffled (mean ± sd over seeds)", ylabel="")
plots.show(
    "Accuracy against epochs in two panels, pixels in order on the left, shuffled on the right: training dashed and "
    "validation solid for the dense net and the convnet, with bands of one standard deviation over the seeds."
)

# %% [markdown]
# <details><summary>What we measured: open after you ran it</summary>
#
# | validation accuracy | in order | shuffled | training, shuffled |
# |---|---|---|---|
# | `quick`: dense net | 89.8 %<!-- quick: dense net accuracy --> | 90.1 %<!-- quick: dense net, shuffled accuracy --> | 99.5 %<!-- quick: dense net, shuffled training --> |
# | `quick`: convnet | 95.1 %<!-- quick: convnet accuracy --> | 84.7 %<!-- quick: convnet, shuffled accuracy --> | 99.1 %<!-- quick: convnet, shuffled training --> |
# | `full`: dense net | 98.13 %<!-- full: dense net accuracy --> | 98.18 %<!-- full: dense net, shuffled accuracy --> | 99.2 %<!-- full: dense net, shuffled training --> |
# | `full`: convnet | 99.19 %<!-- full: convnet accuracy --> | 96.66 %<!-- full: convnet, shuffled accuracy --> | 97.9 %<!-- full: convnet, shuffled training --> |
#
# The dense net does not even notice: the difference is smaller than the error bars. Each of its weights belongs to one
# pixel, and it does not matter where that pixel stands in the list. The convnet loses its lead, and more than that: it
# falls below the dense net. And look at the last column. It is *not* that it cannot learn any more: in `quick` it knows
# its shuffled training digits by heart, nearly as well as the ones in order. It only cannot tell from them what new
# digits look like. (In `full` the training is not finished: after 4,455 steps the curves of the shuffled convnet still rise a
# little.)
#
# So it did not win because it has more layers. It won because its structure **fits images**: neighbours belong
# together. Such built-in knowledge is called an **inductive bias**. Where it fits, it is worth a lot of data; where
# it does not, it hurts.
#
# </details>

# %% [markdown]
# ## 7. When the digit moves
#
# The second part of the story: what a filter has learnt in one place, it knows everywhere. So move the validation
# digits aside and ask the networks of the race again. They have never trained on moved digits.
#
# ### ✏️ Exercise 6: `shift` (2 points)
#
# **Goal:** a tool to move images in any direction.
#
# **Given:** images, and by how many pixels to move them down and to the right. Negative numbers move up and left.
#
# **Question:** What are the moved images? Zeros come in where nothing was, and what leaves is lost.
#
# <details><summary>Hint 1: where to begin</summary>
# Solve "1 pixel to the right" first; <code>shift_right</code> in notebook 01 did this for a single image. Which columns
# of the old image are still there afterwards, and which column is new?
# </details>
# <details><summary>Hint 2: a plan</summary>
# <code>np.roll</code> moves along both axes at once, but what leaves on one side comes back on the other. So roll first,
# then set to zero what came back. After moving 2 pixels to the left, which columns are these?
# </details>
# <details><summary>Hint 3: almost the code</summary>
# <code>moved = np.roll(images, (down, right), axis=(1, 2))</code> gives a rolled copy. Then the columns:
# <code>if right > 0:</code> they are <code>moved[:, :, :right] = 0</code>, and <code>if right < 0:</code> they are
# <code>moved[:, :, right:] = 0</code>. The rows go likewise. Why must nothing be erased where <code>right</code> is 0?
# </details>


# %% nbgrader={"grade_id": "shift", "solution": true}
def shift(images, down, right):
    """Move all images; zeros come in, and what leaves the image is lost.

    images: shape (n, H, W).
    down, right: whole numbers of pixels, smaller than H and W; negative ones move up and to the left.
    Returns a new array of shape (n, H, W).
    """
    images = np.asarray(images)
    ### BEGIN SOLUTION
    height, width = images.shape[1:]
    moved = np.zeros_like(images)
    rows, columns = slice(max(down, 0), height + min(down, 0)), slice(max(right, 0), width + min(right, 0))
    from_rows, from_columns = slice(max(-down, 0), height - max(down, 0)), slice(max(-right, 0), width - max(right, 0))
    moved[:, rows, columns] = images[:, from_rows, from_columns]
    return moved
    ### END SOLUTION


# %% nbgrader={"grade_id": "shift-test", "points": 2}
_image = np.array([[[1, 2, 3], [4, 5, 6]]])
checks.close(shift(_image, 0, 0), _image, "shift(images, 0, 0)", misconceptions={"a move by 0 erases": 0 * _image})
checks.close(
    shift(_image, 0, 1),
    [[[0, 1, 2], [0, 4, 5]]],
    "shift([[[1, 2, 3], [4, 5, 6]]], 0, 1)",
    misconceptions={
        "what leaves on one side comes back on the other": [[[3, 1, 2], [6, 4, 5]]],
        "down and right are swapped": [[[0, 0, 0], [1, 2, 3]]],
        "this is a move to the left": [[[2, 3, 0], [5, 6, 0]]],
        "the edge is repeated where zeros should come in": [[[1, 1, 2], [4, 4, 5]]],
        "a move by 0 rows erases": 0 * _image,
    },
)
checks.close(
    shift(_image, -1, -2),
    [[[6, 0, 0], [0, 0, 0]]],
    "shift([[[1, 2, 3], [4, 5, 6]]], -1, -2)",
    misconceptions={
        "negative numbers are treated as positive": [[[0, 0, 0], [0, 0, 1]]],
        "negative numbers are treated as 0": _image,
        "what leaves on one side comes back on the other": [[[6, 4, 5], [3, 1, 2]]],
    },
)
checks.close(
    shift(np.array([[[1, 2], [3, 4]], [[5, 6], [7, 8]]]), 1, 0),
    [[[0, 0], [1, 2]], [[0, 0], [5, 6]]],
    "two images, down",
)
print("shift: the visible checks pass. More tests run when you hand in.")
### BEGIN HIDDEN TESTS
_rng = np.random.default_rng(26)
for _shape in [(1, 4, 4), (3, 5, 7), (2, 6, 3)]:
    _images = _rng.integers(1, 100, _shape)
    for _down in (-2, -1, 0, 1, 3):
        for _right in (-2, 0, 1, 2):
            _wide = np.pad(_images, ((0, 0), (4, 4), (4, 4)))
            _wanted = _wide[:, 4 - _down : 4 - _down + _shape[1], 4 - _right : 4 - _right + _shape[2]]
            checks.close(shift(_images, _down, _right), _wanted, f"shift(images of shape {_shape}, {_down}, {_right})")
checks.close(shift(np.array([[[0.5, 0.25]]]), 0, 1), [[[0.0, 0.5]]], "shift of fractions")
### END HIDDEN TESTS

# %% [markdown]
# Again there is a way on without it: `own_shift = False` lets SciPy move the digits.

# %% tags=["demo"]
from scipy import ndimage

own_shift = True  # False: let SciPy do it


def moved(images, pixels):
    if own_shift:
        return shift(images[..., 0], 0, pixels)[..., None]
    return ndimage.shift(images, (0, 0, pixels, 0), order=0)


# %% tags=["demo"]
fig, axes = plt.subplots(1, 7, figsize=(9, 1.6))
for pixels, ax in enumerate(axes):
    plots.picture(ax, moved(x_val[:1], pixels)[0], f"{pixels} px")
plots.show("Seven pictures of the same digit, moved to the right by 0 to 6 pixels.")

# %% [markdown]
# **Predict, then run.** What is left of the accuracies when the digits move by 4 pixels? *I expect ...*

# %% tags=["demo"]
predictions.ask(
    "moved",
    [
        "the convnet keeps its accuracy: convolution does not care where a stroke is",
        "both fall, the dense net more",
        "both fall, the convnet more",
        "both keep theirs: it is the same digit",
    ],
)

# %% tags=["demo"]
moves = range(7)


def moved_accuracies(network):
    return [network.evaluate(moved(x_val, pixels), y_val, verbose=0)[1] for pixels in moves]


by_move = {name: np.array([moved_accuracies(network) for network in networks[name]]) for name in nets}

# %% tags=["demo", "nbval-ignore-output"] nbval_reason="trained on this machine; the ledger test compares its figures within their spread"
print("pixels    " + "".join(f"{m:7}" for m in moves))
for name, values in by_move.items():
    print(f"{name:10}" + "".join(f"{value:7.1%}" for value in values.mean(axis=0)))
predictions.recall("moved")

# %% tags=["demo"]
fig, ax = plt.subplots(figsize=(7, 3.6))
for (name, values), marker in zip(by_move.items(), "os", strict=True):
    ax.errorbar(moves, values.mean(axis=0), values.std(axis=0, ddof=1), marker=marker, capsize=3, label=name)
ax.axhline(0.1, color="black", linestyle=":", label="chance")
ax.set(title="Digits moved to the right", xlabel="shift in pixels", ylabel="accuracy (mean ± sd)", ylim=(0, 1))
ax.legend()
plots.show(
    "Validation accuracy against the shift in pixels for both networks, with bars of one standard deviation over the "
    "seeds, and a dotted line at chance, 10 %."
)

# %% [markdown]
# <details><summary>What we measured: open after you ran it</summary>
#
# | moved by | dense net | convnet |
# |---|---|---|
# | 0 pixels, `quick` | 89.8 %<!-- quick: dense net moved 0 --> | 95.1 %<!-- quick: convnet moved 0 --> |
# | 4 pixels, `quick` | 48.1 %<!-- quick: dense net moved 4 --> | 68.1 %<!-- quick: convnet moved 4 --> |
# | 4 pixels, `full` | 36.8 %<!-- full: dense net moved 4 --> | 71.9 %<!-- full: convnet moved 4 --> |
#
# The convnet holds out longer, but it is *not* invariant. Its filters find the same strokes in the new place, as
# notebook 01 promised; but the dense layers behind them have a weight for each place of the last $3 \times 3$ map.
#
# </details>

# %% [markdown]
# ## 8. A look inside
#
# What did the filters learn? The first layer is easy to read: each filter is a $3 \times 3$ picture. Red weights want
# ink, blue weights want paper.

# %% tags=["demo"]
model = networks["convnet"][0]
filters = model.layers[0].get_weights()[0][:, :, 0, :]
fig, axes = plt.subplots(4, 8, figsize=(8, 4.2))
plots.pictures(axes.flat, np.moveaxis(filters, -1, 0), signed=True)
fig.suptitle("The 32 filters of the first layer")
plots.show(
    "The 32 filters of the first layer as 3x3 grids in red and blue. Some have red on one side and blue on the other, "
    "in different directions; others look like noise."
)

# %% [markdown]
# Some are edge detectors, red on one side and blue on the other. Nobody drew them: they grew out of noise. Some
# still look like the noise they began with; after so short a training that is no wonder.

# %% [markdown]
# Deeper filters have 32 or 64 channels and are hard to draw. Look at what they *do* instead: send one digit through
# and keep the output of every layer. Keras can make a model whose outputs are those of all layers in between.

# %% tags=["demo"]
inside = keras.Model(model.inputs[0], [layer.output for layer in model.layers[:5]])
digit_maps = inside.predict(x_val[:1], verbose=0)
for layer, maps in zip(model.layers, digit_maps, strict=False):
    print(f"{layer.__class__.__name__:13} {maps.shape}")

# %% [markdown]
# **Predict, then run.** In which layer can you no longer read the digit? *I expect ...*

# %% tags=["demo"]
predictions.ask("inside", ["in the first convolution", "in the second", "in the third", "one can read it to the end"])

# %% tags=["demo"]
fig, axes = plt.subplots(5, 9, figsize=(9, 5.4))
plots.pictures(axes[:, 0], x_val[:1, :, :, 0], ["digit"])
names = ["conv 1", "pool 1", "conv 2", "pool 2", "conv 3"]
for row, maps, name in zip(axes, digit_maps, names, strict=True):
    strongest = np.argsort(np.max(maps[0], axis=(0, 1)))[::-1][:8]
    plots.pictures(row[1:], np.moveaxis(maps[0], -1, 0)[strongest])
    row[1].set_ylabel(name)
plots.show(
    "A digit, and beside it five rows of eight feature maps, one row per layer: 26x26, 13x13, 11x11, 5x5 and 3x3 "
    "squares. The digit is plain in the first rows; the last rows are a few bright blocks."
)
predictions.recall("inside")

# %% [markdown]
# <details><summary>What we measured: open after you ran it</summary>
#
# Shown are the eight maps with the highest peak in each layer. In the first two rows the digit is plain to see, or its
# edges are. In the second convolution pieces of its strokes are left, each in a map of its own. In the third,
# $3 \times 3$ numbers a map, nobody reads a digit. The deeper, the coarser: less and less of *where*, more and more of
# *what*.
#
# </details>

# %% [markdown]
# A bright number says "what I look for is here". What does it look for? Cut out what it saw: for some filters, find the
# places in the validation digits where they answer most strongly.
#
# - A number of the second convolution sees $8 \times 8$ pixels, and its neighbour $8 \times 8$ pixels 2 further on: the
#   number in row $r$ and column $c$ looks at rows $2r$ to $2r + 7$ and columns $2c$ to $2c + 7$.
# - A number of the third sees $18 \times 18$ pixels, its neighbour $18 \times 18$ pixels 4 further on.


# %% tags=["demo"]
def best_patches(maps, size, jump, count=8):
    top = maps.max(axis=(1, 2)).argsort()[::-1][:count]  # the images with the highest peaks
    for image in top:
        row, column = np.unravel_index(maps[image].argmax(), maps[image].shape)
        yield x_val[image, jump * row : jump * row + size, jump * column : jump * column + size, 0]


all_maps = inside.predict(x_val[:500], verbose=0)


# %% tags=["demo", "fold"]
fig, axes = plt.subplots(6, 17, figsize=(12, 4.6), width_ratios=[1] * 8 + [0.4] + [1] * 8)
for first, maps, size, jump in [(0, all_maps[2], 8, 2), (9, all_maps[4], 18, 4)]:
    busy = maps.max(axis=(0, 1, 2)).argsort()[::-1][:30:5]  # every fifth of the thirty most active
    for row, number in zip(axes, busy, strict=True):
        plots.pictures(row[first : first + 8], list(best_patches(maps[..., number], size, jump)))
        row[first].set_ylabel(f"filter {number}", fontsize=8)
for ax in axes[:, 8]:
    ax.axis("off")
fig.suptitle("What six filters like best: second convolution (left, 8x8 pixels), third (right, 18x18 pixels)")
plots.show(
    "Two blocks of six rows of eight patches. Left, 8x8 pixels: within a row the patches are alike, pieces and edges of "
    "strokes. Right, 18x18 pixels: large parts of digits, such as loops, crossings and long strokes, alike within a row."
)

# %% [markdown]
# Each row comes from eight different digits, and yet the patches in it are alike. A filter of the second layer has its
# favourite *piece of a stroke*: an edge, a corner, an end. One of the third has its favourite *part of a digit*: a hook, a
# loop, sometimes nearly a whole digit. Edges, pieces of strokes, parts of digits: this is a **hierarchy of patterns**.

# %% [markdown]
# ## 9. Which knobs matter?
#
# The number of layers, the size of the window, the stride, the number of channels: somebody chose them. Was it a good
# choice? Vary **one knob at a time** around a small base net, and keep all else equal. To make many runs affordable,
# halve the images to $14 \times 14$ by averaging blocks of $2 \times 2$.


# %% tags=["demo"]
def halved(images):
    return images.reshape(len(images), 14, 2, 14, 2, 1).mean(axis=(2, 4))


print(halved(x_train).shape)

# %% [markdown]
# Now you build the nets. (The next cell loads Keras for the exercise, also when it is graded.)

# %% nbgrader={"grade_id": "keras", "locked": true}
import keras

# %% [markdown]
# ### ✏️ Exercise 7: `study_net` (2 points)
#
# **Goal:** a whole family of convnets from one function.
#
# **Given:** the four knobs. A **block** is a convolution with ReLU followed by max pooling of $2 \times 2$. Both get
# `padding="same"` here, so that even a small map survives many blocks.
#
# **Question:** What is the Keras model with images of shape (14, 14, 1) in, that many blocks, then flatten, then a
# dense layer with 10 outputs and softmax?
#
# <details><summary>Hint 1: where to begin</summary>
# <code>convnet</code> above shows all the layers that you need. Which of its lines would have to be repeated, and which
# stand there once?
# </details>
# <details><summary>Hint 2: a plan</summary>
# Begin with a model that holds only the input. In a loop, <code>add</code> the two layers of a block. After the loop add
# the two last layers, and return the model. What does your plan make of 0 blocks?
# </details>
# <details><summary>Hint 3: almost the code</summary>
# Begin with <code>model = keras.Sequential([keras.Input((14, 14, 1))])</code>. In the loop,
# <code>model.add(keras.layers.Conv2D(channels, window, strides=stride, padding="same", activation="relu"))</code> is the
# first half of a block. After the loop,
# <code>model.add(keras.layers.Dense(10, activation="softmax"))</code> is the last layer. Which two <code>add</code> are
# missing, and which of them belongs into the loop?
# </details>


# %% nbgrader={"grade_id": "study_net", "solution": true}
def study_net(blocks, window, stride, channels):
    """Return an untrained Keras model for images of shape (14, 14, 1) and 10 classes.

    blocks: how many blocks, 0 or more; each is a convolution and a max pooling of 2 x 2, both with padding "same".
    window, stride, channels: window, stride and number of filters of each convolution, which has ReLU.
    After the blocks: flatten, and a dense layer with 10 outputs and softmax.
    """
    ### BEGIN SOLUTION
    model = keras.Sequential([keras.Input((14, 14, 1))])
    for _ in range(blocks):
        model.add(keras.layers.Conv2D(channels, window, strides=stride, padding="same", activation="relu"))
        model.add(keras.layers.MaxPooling2D(2, padding="same"))
    model.add(keras.layers.Flatten())
    model.add(keras.layers.Dense(10, activation="softmax"))
    return model
    ### END SOLUTION


# %% nbgrader={"grade_id": "study_net-test", "points": 2}
_plain = {"InputLayer", "Conv2D", "MaxPooling2D", "Flatten", "Dense", "Activation", "ReLU", "Softmax"}
_cases = {
    (2, 3, 1, 16): ([(14, 14, 16), (7, 7, 16), (7, 7, 16), (4, 4, 16)], 5050),
    (1, 2, 2, 3): ([(7, 7, 3), (4, 4, 3)], 505),
}
for (_blocks, _window, _stride, _channels), (_shapes, _count) in _cases.items():
    _case = f"study_net({_blocks}, {_window}, {_stride}, {_channels})"
    _net = study_net(_blocks, _window, _stride, _channels)
    assert isinstance(_net, keras.Model), f"{_case} is not a Keras model. Is there a return?"
    assert _net.built, "The model does not know yet what comes in. Does it begin with keras.Input?"
    assert _net.input_shape == (None, 14, 14, 1), f"The model takes images of shape {_net.input_shape[1:]}."
    for _layer in _net.layers:
        _kind, _function = _layer.__class__.__name__, getattr(_layer, "activation", keras.activations.relu)
        assert _kind in _plain, f"{_case} has a layer {_kind}: nobody asked for it."
        assert _function.__module__.startswith("keras"), f"{_case}, {_kind}: use an activation of Keras, by its name."
    _parts = [_layer for _layer in _net.layers if _layer.__class__.__name__ in ("Conv2D", "MaxPooling2D")]
    _kinds = [_layer.__class__.__name__ for _layer in _parts]
    assert _kinds == ["Conv2D", "MaxPooling2D"] * _blocks, (
        f"The blocks of {_case} are made of {', '.join(_kinds) or 'nothing'}."
    )
    for _number, (_layer, _shape) in enumerate(zip(_parts, _shapes, strict=True)):
        _what = f"{_case}, block {_number // 2 + 1}, {_layer.__class__.__name__}:"
        if _number % 2 == 0:
            assert _layer.filters == _channels, f"{_what} it has {_layer.filters} filters."
            assert _layer.kernel_size == (_window, _window), f"{_what} its window is {_layer.kernel_size}."
            assert _layer.strides == (_stride, _stride), f"{_what} its stride is {_layer.strides}."
        assert _layer.padding == "same", f"{_what} its padding is {_layer.padding!r}."
        assert _layer.output.shape[1:] == _shape, f"{_what} its output has shape {_layer.output.shape[1:]}."
    checks.close(_net.count_params(), _count, f"the number of parameters of {_case}")
    _net.set_weights([-np.ones_like(_array) for _array in _net.get_weights()])
    _pooled = keras.Model(_net.inputs[0], _parts[-1].output)(np.ones((1, 14, 14, 1)))
    assert np.min(keras.ops.convert_to_numpy(_pooled)) >= 0, (
        f"{_case}: after a block there are negative numbers. Where is ReLU?"
    )
    _sum = float(np.sum(keras.ops.convert_to_numpy(_net(np.ones((1, 14, 14, 1))))))
    checks.close(_sum, 1.0, f"the sum of the ten outputs of {_case} for one image", atol=1e-4)
print("study_net: the visible checks pass. More tests run when you hand in.")
### BEGIN HIDDEN TESTS
_rng = np.random.default_rng(27)
_images = _rng.uniform(0, 1, (3, 14, 14, 1)).astype("float32")
for _blocks, _window, _stride, _channels in [(2, 3, 1, 16), (1, 5, 1, 4), (3, 2, 1, 6), (2, 3, 2, 5), (0, 3, 1, 4)]:
    _case = f"study_net({_blocks}, {_window}, {_stride}, {_channels})"
    _mine, _linear = [keras.Input((14, 14, 1))], [keras.Input((14, 14, 1))]
    for _ in range(_blocks):
        for _layers, _activation in [(_mine, "relu"), (_linear, None)]:
            _layers.append(keras.layers.Conv2D(_channels, _window, _stride, "same", activation=_activation))
            _layers.append(keras.layers.MaxPooling2D(2, padding="same"))
    _mine, _linear = (
        keras.Sequential([*_layers, keras.layers.Flatten(), keras.layers.Dense(10, activation="softmax")])
        for _layers in (_mine, _linear)
    )
    _net = study_net(_blocks, _window, _stride, _channels)
    checks.close(_net.count_params(), _mine.count_params(), f"the number of parameters of {_case}")
    _weights = [_rng.normal(0, 0.3, _weight.shape) for _weight in _mine.get_weights()]
    assert [_weight.shape for _weight in _net.get_weights()] == [_weight.shape for _weight in _weights], (
        f"the weights of {_case} do not have the right shapes."
    )
    for _model in (_mine, _linear, _net):
        _model.set_weights(_weights)
    _wanted, _without = (keras.ops.convert_to_numpy(_model(_images)) for _model in (_mine, _linear))
    for _when in (False, True):
        checks.close(
            keras.ops.convert_to_numpy(_net(_images, training=_when)),
            _wanted,
            f"the output of {_case} in training" if _when else f"the output of {_case}",
            misconceptions={"the convolutions have no ReLU": _without} if _blocks else {},
            rtol=1e-3,
            atol=1e-4,
        )
### END HIDDEN TESTS

# %% [markdown]
# All nets get as many steps as those of the race, on the same digits, with a step length that suits them: they are
# small and can take long steps.

# %% [markdown]
# **Predict, then run.** One block instead of two, a window of 5 instead of 3, a stride of 2 instead of 1, 4 channels
# instead of 16: which one hurts most? *I expect ...*

# %% tags=["demo"]
predictions.ask("knobs", ["one block fewer", "the wider window", "the longer stride", "fewer channels"])

# %% tags=["demo"]
knob_settings = settings | {"learning_rate": {"quick": 0.01, "full": 0.002}[profile]}


def try_knobs(seed, blocks=2, window=3, stride=1, channels=16):
    def build():
        return study_net(blocks, window, stride, channels)

    model = train(build, seed, halved(x_train), y_train, (halved(x_val), y_val), **knob_settings)
    return outcome(model) | {"parameters": model.count_params()}


knobs = {"base": {}, "1 block": {"blocks": 1}, "window 5": {"window": 5}, "stride 2": {"stride": 2}}
knobs["4 channels"] = {"channels": 4}
knob_study = Study(try_knobs, knobs, seeds if profile == "full" else seeds[:2])  # five nets: two seeds must do

# %% tags=["demo", "nbval-ignore-output"] nbval_reason="trained on this machine; the ledger test compares its figures within their spread"
table = knob_study.results().groupby("setting", sort=False)[["training", "validation", "parameters"]].mean()
table["sd of validation"] = knob_study.summary("validation")["std"]
print(table.round(3).to_string())
predictions.recall("knobs")

# %% tags=["demo"]
fig, axes = plt.subplots(1, 5, figsize=(12, 3), sharey=True)
for ax, name in zip(axes, knobs, strict=True):
    plots.learning_curves(ax, knob_study.runs(name), "accuracy").set_title(name)
    ax.label_outer()
fig.suptitle("One knob at a time (mean ± sd over seeds)")
plots.show(
    "Five panels of accuracy against epochs, one per net: base, 1 block, window 5, stride 2, 4 channels; training dashed "
    "and validation solid, with bands of one standard deviation over the seeds."
)

# %% [markdown]
# <details><summary>What we measured: open after you ran it</summary>
#
# | net | `quick`: training | validation | `full`: training | validation |
# |---|---|---|---|---|
# | base: 2 blocks, window 3, stride 1, 16 channels | 99.4 %<!-- quick: base training --> | 95.1 %<!-- quick: base accuracy --> | 98.2 %<!-- full: base training --> | 98.5 %<!-- full: base accuracy --> |
# | 1 block | 99.0 %<!-- quick: 1 block training --> | 90.0 %<!-- quick: 1 block accuracy --> | 97.9 %<!-- full: 1 block training --> | 98.5 %<!-- full: 1 block accuracy --> |
# | window 5 | 99.6 %<!-- quick: window 5 training --> | 96.1 %<!-- quick: window 5 accuracy --> | 98.8 %<!-- full: window 5 training --> | 98.7 %<!-- full: window 5 accuracy --> |
# | stride 2 | 86.6 %<!-- quick: stride 2 training --> | 78.9 %<!-- quick: stride 2 accuracy --> | 95.1 %<!-- full: stride 2 training --> | 95.9 %<!-- full: stride 2 accuracy --> |
# | 4 channels | 94.9 %<!-- quick: 4 channels training --> | 88.4 %<!-- quick: 4 channels accuracy --> | 95.3 %<!-- full: 4 channels training --> | 96.2 %<!-- full: 4 channels accuracy --> |
#
# The long stride and the few channels hurt in both, and their training figures are low as well: these nets can do too
# little. With a stride of 2 *and* pooling, two blocks leave $1 \times 1$ of $14 \times 14$ places, 16 numbers in all. But
# look at their curves: in `quick` they still rise after 462 steps, and the seeds differ by
# 9.1 %<!-- quick: stride 2 accuracy: std --> and 2.2 %<!-- quick: 4 channels accuracy: std -->. All we may say is that they learn more *slowly*; how
# good they get in the end is another question, which longer training would answer.
#
# The window of 5 is a little ahead in both, by about as much as the error bars are long, so it may be luck. And one block
# fewer costs 5 points in `quick` and nothing in `full`: with 54 times as many digits, its larger dense layer can learn what the
# second block would have given it. What is a good choice depends on how much data there is.
#
# (In `full` training lies *below* validation. It is the average over the last epoch, as in section 2.)
#
# And the knobs change the number of parameters in surprising ways: one block fewer leaves a larger map to the dense
# layer, and so *more* parameters.
#
# </details>

# %% [markdown]
# ## 10. The worst mistakes
#
# An accuracy does not say *what* goes wrong. The **confusion matrix** does: row = the true digit, column = the
# answer. The diagonal holds the right answers.

# %% tags=["demo"]
probabilities = model.predict(x_val, verbose=0)
answers = probabilities.argmax(axis=1)
fig, ax = plt.subplots(figsize=(5.5, 5))
plots.confusion_matrix(ax, y_val, answers, range(10))
ax.set_title("A convnet of the race on the validation digits")
plots.show(
    "A 10x10 table: rows are true digits, columns predicted ones. Large counts on the diagonal; a few orange cells off "
    "the diagonal hold the mistakes."
)

# %% [markdown]
# The most instructive mistakes are those of which the network is *sure*.
#
# ### ✏️ Exercise 8: `worst_mistakes` (2 points)
#
# **Goal:** find the digits worth looking at.
#
# **Given:** for each example the probabilities of all classes, and its true label. The network's answer is the
# class with the highest probability.
#
# **Question:** Which wrong answers were given with the highest probability?
#
# <details><summary>Hint 1: where to begin</summary>
# First find out which answers are wrong at all. How do you get all answers from the array of probabilities, in one call?
# </details>
# <details><summary>Hint 2: a plan</summary>
# You need three things: the answers (argmax), the numbers of the examples with a wrong answer, and how sure the
# network was of each of those answers. Then sort, highest first, and keep the first <code>count</code>. What is wrong
# with keeping <code>count</code> first and sorting then?
# </details>
# <details><summary>Hint 3: almost the code</summary>
# <code>wrong = np.flatnonzero(probabilities.argmax(axis=1) != labels)</code> are the numbers of the examples with a wrong
# answer. A worked twin of the sorting:
# <pre><code>numbers = np.array([4, 7, 9])
# sure = np.array([0.5, 0.9, 0.6])
# print(numbers[np.argsort(-sure)])  # [7 9 4]</code></pre>
# What is <code>sure</code> in your case, for the examples in <code>wrong</code> only?
# </details>


# %% nbgrader={"grade_id": "worst_mistakes", "solution": true}
def worst_mistakes(probabilities, labels, count):
    """Return the numbers of the wrongly classified examples, the most confident mistake first.

    probabilities: shape (n, classes). labels: shape (n,), the true classes.
    count: how many to return at most; fewer if there are fewer mistakes.
    Returns whole numbers, shape (min(count, number of mistakes),).
    """
    probabilities, labels = np.asarray(probabilities), np.asarray(labels)
    ### BEGIN SOLUTION
    wrong = np.flatnonzero(probabilities.argmax(axis=1) != labels)
    confidence = probabilities[wrong].max(axis=1)
    return wrong[np.argsort(-confidence)][:count]
    ### END SOLUTION


# %% nbgrader={"grade_id": "worst_mistakes-test", "points": 2}
_probabilities = np.array(
    [[0.2, 0.56, 0.24], [0.58, 0.4, 0.02], [0.28, 0.32, 0.4], [0.3, 0.55, 0.15], [0.04, 0.06, 0.9], [0.5, 0.12, 0.38]]
)
_labels = np.array([1, 2, 0, 0, 2, 1])
checks.close(
    worst_mistakes(_probabilities, _labels, 3),
    [1, 3, 5],
    "worst_mistakes(six examples with three classes, labels [1, 2, 0, 0, 2, 1], 3)",
    misconceptions={
        "right answers are among them": [4, 1, 0],
        "the least confident mistakes come first": [2, 5, 3],
        "they are not sorted by confidence": [1, 2, 3],
        "only the first mistakes are sorted, not all": [1, 3, 2],
        "they are sorted by the probability of the true class": [1, 5, 2],
        "they are sorted by the lead over the second highest probability": [3, 1, 5],
        "these are places among the mistakes, not numbers of examples": [0, 2, 3],
    },
)
checks.close(np.size(worst_mistakes(_probabilities, _labels, 9)), 4, "the number of mistakes where 9 are asked for")
print("worst_mistakes: the visible checks pass. More tests run when you hand in.")
### BEGIN HIDDEN TESTS
_rng = np.random.default_rng(28)
for _n, _classes, _count in [(30, 10, 5), (12, 3, 20), (8, 4, 1), (50, 10, 50)]:
    _scores = _rng.uniform(0, 1, (_n, _classes))
    _scores /= _scores.sum(axis=1, keepdims=True)
    _labels = np.where(_rng.uniform(size=_n) < 0.5, _scores.argmax(axis=1), _rng.integers(0, _classes, _n))
    _order = sorted(range(_n), key=lambda _i: -max(_scores[_i]))
    _wrong = [_i for _i in _order if list(_scores[_i]).index(max(_scores[_i])) != _labels[_i]]
    checks.close(
        worst_mistakes(_scores, _labels, _count),
        _wrong[:_count],
        f"worst_mistakes({_n} examples, {_classes} classes, {_count})",
        misconceptions={
            "they are sorted by the probability of the true class": sorted(
                _wrong, key=lambda _i: _scores[_i][_labels[_i]]
            )[:_count],
            "only the first mistakes are sorted, not all": sorted(sorted(_wrong)[:_count], key=_order.index),
        },
    )
### END HIDDEN TESTS

# %% [markdown]
# Without it, `own_worst = False` lets pandas look for them, in a table of all answers.

# %% tags=["demo"]
import pandas as pd

own_worst = True  # False: let pandas do it
table = pd.DataFrame({"label": y_val, "answer": answers, "probability": probabilities.max(axis=1)})
if own_worst:
    worst = worst_mistakes(probabilities, y_val, 8)
else:
    worst = table.query("answer != label").nlargest(8, "probability").index
print(table.loc[worst].round(3).to_string())

# %% tags=["demo"]
fig, axes = plt.subplots(1, 8, figsize=(10, 1.9))
titles = [f"{y_val[i]}, says {answers[i]}\n{probabilities[i].max():.0%}" for i in worst]
plots.pictures(axes, x_val[worst, :, :, 0], titles)
plots.show(
    "The convnet's most confident mistakes on the validation digits, each with its true label, the answer and its "
    "probability. Some are hard to read for people too; others are plain."
)

# %% [markdown]
# Which of them would you have got right? And does the network's percentage deserve its name?

# %% [markdown]
# ## 11. The test set, once
#
# All choices are made. Now, and only now, the test digits, for all three models of the race. `evaluate_once` keeps us
# honest: asked a second time for the same test set, it says so and gives back the first result.

# %% tags=["demo"]
x_test, y_test = prepare(digits.x_test), digits.y_test


def evaluate_all():
    scores = {"logistic": [logistic.score(x_test.reshape(len(x_test), -1), y_test)]}
    for name, trained in networks.items():
        scores[name] = [network.evaluate(x_test, y_test, verbose=0)[1] for network in trained]
    return scores


test_scores = evaluate_once("digits", evaluate_all)

# %% tags=["demo", "nbval-ignore-output"] nbval_reason="trained on this machine; the ledger test compares its figures within their spread"
for name, scores in test_scores.items():
    spread = f" ± {np.std(scores, ddof=1):.2%}" if len(scores) > 1 else ""
    print(f"{name:9} {np.mean(scores):.2%}{spread}")

# %% [markdown]
# And here is the whole story beside the figures that the lecture gives:
#
# | test accuracy | lecture | `full` | `quick` |
# |---|---|---|---|
# | logistic regression | | 91.7 %<!-- full: logistic test accuracy --> | 72.5 %<!-- quick: logistic test accuracy --> |
# | dense net, 407,050 parameters | 97.8 % | 97.94 %<!-- full: dense net test accuracy --> | 90.9 %<!-- quick: dense net test accuracy --> |
# | convnet, 93,322 parameters | 99.08 % and 99.13 % | 99.18 %<!-- full: convnet test accuracy --> | 96.7 %<!-- quick: convnet test accuracy --> |
#
# `full` trains on 57,000 digits and keeps 3,000 for validation; the lecture trains on all 60,000. `quick` has 1,048
# small ones. The order is the same everywhere. On MNIST the convnet makes less than half of the dense net's mistakes, and
# that is not luck: over three seeds the standard deviations in `full` are
# 0.19 %<!-- full: dense net test accuracy: std --> and 0.06 %<!-- full: convnet test accuracy: std -->.

# %% [markdown]
# ## 12. What did we find?
#
# Your numbers differ a little from those of your neighbour: another processor adds up in another order. So that
# everybody writes about the same ones, here are the validation accuracies of the race and of its control as the course
# recorded them, in the `quick` profile, one per seed.

# %% nbgrader={"grade_id": "recorded", "locked": true}
recorded = {
    "dense net, in order": [0.9054, 0.8911, 0.8968],  # quick: dense net accuracy
    "dense net, shuffled": [0.8940, 0.8997, 0.9083],  # quick: dense net, shuffled accuracy
    "convnet, in order": [0.9484, 0.9513, 0.9542],  # quick: convnet accuracy
    "convnet, shuffled": [0.8539, 0.8424, 0.8453],  # quick: convnet, shuffled accuracy
}

# %% [markdown]
# ### ✏️ Exercise 9: the lead (1 point)
#
# **Goal:** the figures for your text.
#
# **Given:** `recorded`.
#
# **Question:** By how many *percentage points* does the convnet's mean accuracy lie above that of the dense net, with
# the pixels in order (`lead_in_order`) and shuffled (`lead_shuffled`)? A lead is negative where it lies below.
#
# <details><summary>Hint 1: where to begin</summary>
# From 80 % to 90 % are 10 percentage points, and 12.5 per cent. Which of the two is asked for?
# </details>
# <details><summary>Hint 2: a plan</summary>
# A mean over the seeds for each of the four, two differences, and from fractions to points. Which mean is subtracted from
# which?
# </details>
# <details><summary>Hint 3: almost the code</summary>
# Two of the four means: <code>cnn = np.mean(recorded["convnet, in order"])</code> and
# <code>dense = np.mean(recorded["dense net, in order"])</code>. Then <code>lead_in_order = 100 * (cnn - dense)</code>.
# Which two lists does the other lead need?
# </details>

# %% nbgrader={"grade_id": "lead", "solution": true}
# lead_in_order = convnet minus dense net, in percentage points
# lead_shuffled = the same with shuffled pixels
### BEGIN SOLUTION
means = {name: 100 * np.mean(values) for name, values in recorded.items()}
lead_in_order = means["convnet, in order"] - means["dense net, in order"]
lead_shuffled = means["convnet, shuffled"] - means["dense net, shuffled"]
print(f"in order {lead_in_order:+.1f} points, shuffled {lead_shuffled:+.1f} points")
### END SOLUTION

# %% nbgrader={"grade_id": "lead-test", "points": 1}
for _order, _value in [("in order", lead_in_order), ("shuffled", lead_shuffled)]:
    _cnn, _dense = (np.array(recorded[f"{_net}, {_order}"]) for _net in ("convnet", "dense net"))
    assert np.ndim(_value) == 0, f"The lead {_order} should be a single number, but has shape {np.shape(_value)}."
    assert np.asarray(_value).dtype.kind in "iuf", f"The lead {_order} should be a number, but is {_value!r}."
    assert 1 < abs(_value) < 100, f"The lead {_order} is {_value:.4g}. Is it in percentage points?"
    for _mistake, _wrong in {
        "the medians were compared, not the means": np.median(_cnn) - np.median(_dense),
        "the best seeds were compared": _cnn.max() - _dense.max(),
        "the first seeds were compared": _cnn[0] - _dense[0],
        "these are per cent of the dense net's accuracy, not points": _cnn.mean() / _dense.mean() - 1,
    }.items():
        assert abs(_value - 100 * _wrong) > 0.01, f"The lead {_order} is wrong. Likely cause: {_mistake}."
assert lead_in_order > 0, "With the pixels in order the convnet leads. Is the difference taken the other way round?"
assert lead_shuffled < 0, "With shuffled pixels the convnet lies behind, so its lead is negative."
print("lead: sizes and signs can be right. Whether the two numbers are is tested when you hand in.")
### BEGIN HIDDEN TESTS
for _order, _value in [("in order", lead_in_order), ("shuffled", lead_shuffled)]:
    _cnn, _dense = recorded[f"convnet, {_order}"], recorded[f"dense net, {_order}"]
    checks.close(_value, 100 * (np.mean(_cnn) - np.mean(_dense)), f"the lead with pixels {_order}", atol=0.051)
### END HIDDEN TESTS

# %% [markdown]
# ### ✏️ Exercise 10: your findings (3 points, written)
#
# A library wants to read handwritten numbers on old index cards. Which of the models of this notebook do you
# recommend, and why? Comment on your findings in six to ten sentences.
#
# | points | for |
# |---|---|
# | 1 | the model that you recommend, with its mean accuracy, its spread over the seeds and its number of parameters, against the dense net and one cheap baseline |
# | 1 | *why* it wins, with both leads of Exercise 9 as evidence, and what the shuffled pixels show |
# | 1 | one limit that the notebook has measured (such as moved digits, or a difference within the error bars), and what you would try or check next for the index cards |

# %% [markdown] nbgrader={"grade_id": "findings", "solution": true, "points": 3}
# **Model answer.** I recommend the convnet. In the `quick` profile its mean validation accuracy over three seeds is
# 95.1 %<!-- quick: convnet accuracy --> with a standard deviation of 0.3 %<!-- quick: convnet accuracy: std -->, against
# 89.8 %<!-- quick: dense net accuracy --> ± 0.7 %<!-- quick: dense net accuracy: std --> for the dense net and 70.5 %<!-- quick: logistic accuracy --> for
# logistic regression, and it needs 93,322 parameters instead of 407,050. It wins because its filters look at
# neighbouring pixels and are used everywhere, which is what strokes need. The control experiment shows it: with the
# pixels in order it leads by 5.4 points, with shuffled pixels it lies 5.3 points *behind*, while the dense net does
# not change. In both cases it knows its training digits by heart, so it is not a lack of learning, but the fit of its
# structure to images that makes the difference. It is not robust to everything: for digits moved by 4 pixels the
# accuracy falls to 68.1 %<!-- quick: convnet moved 4 -->. Before using it on the index cards I would train with moved digits, label a
# few hundred digits from the cards, and measure on those.
#
# **Marking guide.** One point per row of the table that students see. The student's own numbers may differ from the
# ones above; accept what the student's notebook prints.
#
# - Row 1: needs a clear choice, mean *and* spread, and parameters of both networks. "Highest accuracy" alone, or a single
#   run: no point. A baseline (majority or logistic regression) must be named with its figure.
# - Row 2: needs both leads with the right signs, and the reason: neighbouring pixels belong together, filters are
#   local and shared; with shuffled pixels there is nothing local. "The convnet has more layers" or "more parameters", or
#   "shuffled digits cannot be learnt" (its training accuracy says otherwise): no point.
# - Row 3: needs a limit with a number from the notebook, and a next step that fits it. Good ones: digits moved by
#   several pixels (train with moved digits); old ink differs from these digits (label some of the cards
#   and measure on them); a difference smaller than the standard deviations (more seeds); choosing again and again on the
#   same validation digits; sureness about what is no digit (a heart).

# %% [markdown]
# ## 13. Your own digit
#
# Now write one yourself. Each `#` is ink, each `.` paper; the canvas has $14 \times 14$ squares, and the digit should
# leave two of them free all around, as those of the training set do. Change the drawing and run these cells again.

# %% tags=["demo"]
drawing = """
..............
..............
...#######....
..........#...
..........#...
.........#....
.....####.....
.........#....
..........#...
..........#...
...#......#...
....######....
..............
..............
"""

# %% [markdown]
# To make an image of it: ink becomes 1, paper 0, `np.kron` blows each square up to $2 \times 2$ pixels, and an average
# over $3 \times 3$ pixels makes the edges soft, as a pen does. (That is a convolution, too.)


# %% tags=["demo"]
def as_image(drawing):
    squares = np.array([[mark == "#" for mark in line] for line in drawing.split()], "float32")
    return ndimage.uniform_filter(np.kron(squares, np.ones((2, 2))), 3)[None, :, :, None]


def ask(drawing):
    return networks["convnet"][0].predict(as_image(drawing), verbose=0)[0]


# %% tags=["demo", "nbval-ignore-output"] nbval_reason="trained on this machine; the last digits differ"
fig, axes = plt.subplots(1, 2, figsize=(7, 2.4))
plots.picture(axes[0], as_image(drawing)[0])
axes[1].bar(range(10), ask(drawing))
axes[1].set(xticks=range(10), ylim=(0, 1), xlabel="digit", ylabel="probability", title="What the network says")
plots.show("Left: a digit drawn with squares, its edges blurred. Right: a bar for each of the ten probabilities.")

# %% [markdown]
# Tease it. How thin or how slanted may your digit get? Move it into a corner: section 7 told you what to expect. Ask
# the other networks too: `networks["dense net"][0]`, or another seed. And then something that is no digit at all:

# %% tags=["demo"]
heart = """
..............
..............
...##...##....
..#..#.#..#...
..#...#...#...
..#.......#...
...#.....#....
....#...#.....
.....#.#......
......#.......
..............
..............
..............
..............
"""

# %% [markdown]
# **Predict, then run.** What are the ten probabilities of a heart? *I expect ...*

# %% tags=["demo"]
predictions.ask(
    "heart",
    ["about 10 % each: it is none of them", "two or three digits share them", "one digit gets nearly everything"],
)

# %% tags=["demo", "nbval-ignore-output"] nbval_reason="trained on this machine; the last digits differ"
print("a heart:", {digit: f"{chance:.0%}" for digit, chance in enumerate(ask(heart))})
predictions.recall("heart")

# %% [markdown]
# <details><summary>What we measured: open after you ran it</summary>
#
# In `quick` each of the three convnets of the race gave one digit nearly everything: 99.7 %<!-- quick: heart --> on average, as sure as of
# the 3. In `full`, with 54 times as many digits to learn from, their first choice got 44.9 %<!-- full: heart --> on average: they hesitate,
# but only between digits. Softmax makes ten numbers that add up to 1, and none of them means "I do not know". A high
# probability says: *if* this is one of my ten classes, then probably that one. Remember this when a network tells you how
# sure it is.
#
# </details>

# %% [markdown]
# The next cell, folded, writes down everything that was measured, so that the text can be held to it.

# %% tags=["demo", "fold", "nbval-ignore-output"] nbval_reason="trained on this machine; the ledger test compares its figures within their spread"
measured = {"majority accuracy": majority_accuracy, "logistic accuracy": logistic_accuracy}
measured["draw of validation"] = float(np.sqrt(p * (1 - p) / n))
all_runs = race | {f"{name}, shuffled": shuffle_study.runs(name) for name in nets}
all_runs |= {name: knob_study.runs(name) for name in knobs}
for name, runs in all_runs.items():
    measured[f"{name} accuracy"] = [run["validation"] for run in runs]
    measured[f"{name} training"] = [run["training"] for run in runs]
measured |= {f"{name} test accuracy": scores for name, scores in test_scores.items()}
measured |= {f"{name} moved {m}": values[:, m].tolist() for name, values in by_move.items() for m in moves}
measured["heart"] = [float(network.predict(as_image(heart), verbose=0).max()) for network in networks["convnet"]]
ledger.record("02_cnn_on_mnist", profile, measured)

# %% [markdown]
# ## Can you do it now?
#
# - [ ] I can work out every shape and every parameter count of a convnet on paper.
# - [ ] I can build and train one with Keras, and compare it fairly with cheaper models, over several seeds.
# - [ ] I can say why the convnet wins, and show it by an experiment.
# - [ ] I can look inside: filters, feature maps, and the patch of the image that a filter likes best.
# - [ ] I can read a confusion matrix and find the worst mistakes.
#
# **What if ...**
#
# - ... you shuffle not single pixels but blocks of $7 \times 7$? What stays local, and which network will notice?
# - ... the training digits are moved at random as well? Predict both curves of section 7, then try it.
# - ... you replace the flatten layer by `GlobalMaxPooling2D`? How many parameters are left, and what happens to moved
#   digits?
#
# **Further reading**
#
# - G. James, D. Witten, T. Hastie, R. Tibshirani, *An Introduction to Statistical Learning*, 2nd ed., chapter 10.
# - K. P. Murphy, *Probabilistic Machine Learning: An Introduction*, chapter 14.
# - F. Chollet, *Deep Learning with Python*, the chapter on computer vision: the convnet of this notebook is his.
# - Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, *Gradient-based learning applied to document recognition* (1998): where
#   MNIST and the first convnets for it come from.

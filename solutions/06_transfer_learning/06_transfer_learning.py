# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 06 Transfer learning with VGG16
#
# A network that has never seen a cat tells cats from dogs better than one that has studied nothing else.
#
# How can that be? It was trained on bears, foxes, frogs, mice, owls, pigs, rabbits and squirrels. Nobody ever showed it
# a cat, or told it that there are dogs. **Where in its 230,568 numbers is the knowledge about them?**
#
# **When you are done, you can**
#
# 1. account for every layer of VGG16: shapes, parameters, multiply-adds, what one of its units sees,
# 2. use a trained network as a fixed pair of eyes: extract features once, keep them, train a small head on them,
# 3. fine-tune in the right order, and show what the wrong one does to what was already known,
# 4. choose where to cut when your pictures are far from those that the network knows,
# 5. explain what a skip connection does for the gradient in a deep network.
#
# **Builds on** notebooks 02 and 03 (convnets, seeds, batch normalisation) and 05 (augmentation).
#
# **Time** About a minute and a half to run every cell on a laptop with two cores; plan three sittings of an hour, with
# places to stop after sections 3 and 5.
#
# Nothing is downloaded: `quick` has drawn animals, and a narrow VGG16 that the course has trained on eight other kinds
# and brings along. Exercises are marked with ✏️ and worth 20 points in total.

# %% tags=["parameters"]
profile = "quick"
seed = 0

# %% nbgrader={"grade_id": "setup", "locked": true}
import keras
import numpy as np

from course_utils import checks

# %% [markdown]
# ## 1. Starting from nothing
#
# `full` has 2,000 real photos of cats and dogs, `quick` 200 drawn ones, of which we shall train on 100. All are
# shrunk to $64 \times 64$ pixels.

# %% tags=["demo", "fold"]
settings = {
    "quick": {"num": 100, "sizes": (20, 40), "steps": {"scratch": 60, "augmented": 120, "frozen": 100}},
    "full": {"num": 2000, "sizes": (200,), "steps": {"scratch": 1500, "augmented": 3000, "frozen": 1500}},
}[profile]
scratch_rate = {"quick": 0.002, "full": 0.001}[profile]
seeds = range(seed, seed + {"quick": 5, "full": 2}[profile])

# %% tags=["demo"]
import matplotlib.pyplot as plt

from course_utils import data, ledger, plots, predictions, vgg
from course_utils.study import Study, evaluate_once

plots.use_course_style()
layers = keras.layers

# %% tags=["demo"]
photos = data.cats_and_dogs(profile, size=64)
photos.describe()
x_train, x_val, x_test = (x.astype("float32") / 127.5 - 1 for x in (photos.x_train, photos.x_val, photos.x_test))
y_train, y_val, names = photos.y_train, photos.y_val, photos.class_names
print(x_train.shape, x_val.shape, names, f"pixels from {x_train.min():.0f} to {x_train.max():.0f}")

# %% tags=["demo"]
fig, axes = plt.subplots(2, 4, figsize=(4.6, 2.8))
plots.pictures(axes.flat, photos.x_train[:8], [names[y] for y in y_train[:8]])
plots.show("Eight pictures of cats and dogs with their class names, in two rows.")

# %% [markdown]
# First the plain way of notebook 05, in small: four blocks of convolution and pooling, dropout, a dense layer, and one
# output, the probability of "dog". Later it will also get the augmentation of notebook 05 in front: turns, shifts,
# zooms, flips.


# %% tags=["demo"]
def changes():
    options = {"fill_mode": "nearest"}
    return [
        layers.RandomFlip("horizontal"),
        layers.RandomRotation(40 / 360, **options),
        layers.RandomTranslation(0.2, 0.2, **options),
        layers.RandomZoom(0.2, **options),
    ]


def four_block_net(augment=False):
    net = keras.Sequential([keras.Input((64, 64, 3)), *(changes() if augment else [])])
    for filters in (8, 16, 32, 32):
        net.add(layers.Conv2D(filters, 3, padding="same", activation="relu"))
        net.add(layers.MaxPooling2D())
    for layer in (layers.Flatten(), layers.Dropout(0.5), layers.Dense(64, activation="relu")):
        net.add(layer)
    net.add(layers.Dense(1, activation="sigmoid"))
    return net


# %% tags=["demo", "nbval-ignore-output"] nbval_reason="training differs a little from machine to machine"
keras.utils.set_random_seed(seed)
num, epochs = settings["num"], 20 * settings["steps"]["scratch"] // settings["num"]  # 20 pictures a step
model = four_block_net()
model.summary()
model.compile(optimizer=keras.optimizers.Adam(scratch_rate), loss="binary_crossentropy", metrics=["accuracy"])
x, y = x_train[:num], y_train[:num]
history = model.fit(x, y, batch_size=20, epochs=epochs, validation_data=(x_val, y_val), verbose=0)
loss, accuracy = model.evaluate(x, y, verbose=0)
print(f"training:   loss {loss:.3f}, accuracy {accuracy:.1%}")
loss, accuracy = model.evaluate(x_val, y_val, verbose=0)
print(f"validation: loss {loss:.3f}, accuracy {accuracy:.1%}")
print(f"the first validation picture is a {names[y_val[0]]}: p(dog) = {model.predict(x_val[:1], verbose=0)[0, 0]:.2f}")

# %% [markdown]
# It knows its few pictures by heart, and is often wrong about others. (A logistic regression on the pixels, our cheap
# baseline, is worse still: you will see it in section 3.)
#
# ## 2. VGG16 on paper
#
# In 2014 K. Simonyan and A. Zisserman of Oxford's Visual Geometry Group took the plainest of all ideas and went deep
# with it. Every convolution is $3 \times 3$ with zero padding and ReLU, so it keeps height and width. Two or three of
# them and a $2 \times 2$ max pooling make a **block**. Five blocks:
#
# | block | convolutions | filters in each | side of the map, 224 at first, after the pooling |
# |---|---|---|---|
# | 1 | 2 | 64 | 112 |
# | 2 | 2 | 128 | 56 |
# | 3 | 3 | 256 | 28 |
# | 4 | 3 | 512 | 14 |
# | 5 | 3 | 512 | 7 |
#
# Thirteen convolutions; three dense layers on top (4096, 4096 and 1000 units, one per class of ImageNet) make sixteen
# layers with weights, hence the name. Keras calls the convolutions `block1_conv1` to `block5_conv3`, and so do we.
#
# The very first: $3 \cdot 3$ places, 3 channels, 64 filters with a bias each: $(3 \cdot 3 \cdot 3 + 1) \cdot 64 = 1{,}792$.
# And the next? Its filters must look at 64 channels.
#
# ### ✏️ Exercise 1: `vgg_parameters` (2 points)
#
# **Goal:** derive the table of a whole network from one rule.
#
# **Given:** for each block a pair (filters, number of convolutions), and the number of channels of the pictures.
#
# **Question:** How many parameters has each convolution? Name them as Keras does.
#
# <details><summary>Hint 1: where to begin</summary>
# One convolution needs two numbers: how many channels come in, and how many go out. Write both down for the first four
# layers. Which layer changes what the next one finds?
# </details>
# <details><summary>Hint 2: a plan</summary>
# Two loops: over the blocks, numbered from 1, and inside it over the convolutions of the block. A variable holds the channels
# that come in. When must it change: after each block, or after each convolution?
# </details>
# <details><summary>Hint 3: almost the code</summary>
# The loops: <code>for block, (filters, count) in enumerate(blocks, start=1):</code> and inside it
# <code>for k in range(1, count + 1):</code>. In there, <code>table[f"block{block}_conv{k}"] = (9 * channels + 1) * filters</code>
# and <code>channels = filters</code>. What is <code>table</code> at the start, and what is the last line of the function?
# </details>


# %% nbgrader={"grade_id": "vgg_parameters", "solution": true}
def vgg_parameters(blocks, channels=3):
    """Return a dictionary from names ("block1_conv1", ...) to numbers of parameters, in the order of the layers.

    blocks: one pair (filters, number of convolutions) per block; all windows are 3 x 3, each filter has a bias.
    """
    ### BEGIN SOLUTION
    table = {}
    for block, (filters, count) in enumerate(blocks, start=1):
        for k in range(1, count + 1):
            table[f"block{block}_conv{k}"] = (9 * channels + 1) * filters
            channels = filters
    return table
    ### END SOLUTION


# %% nbgrader={"grade_id": "vgg_parameters-test", "points": 2}
_table = vgg_parameters([(4, 2), (8, 3)], 3)
assert _table is not None, "vgg_parameters(...) is None. Is there a return?"
assert isinstance(_table, dict), "vgg_parameters(...) should be a dictionary: name of the layer, number of parameters."
_names = [f"block1_conv{_k}" for _k in (1, 2)] + [f"block2_conv{_k}" for _k in (1, 2, 3)]
assert list(_table) == _names, (
    f"vgg_parameters([(4, 2), (8, 3)]) has the layers {', '.join(map(str, _table))}. Are all there, numbered from 1, in order?"
)
checks.close(
    list(_table.values()),
    [112, 148, 296, 584, 584],
    "the values of vgg_parameters([(4, 2), (8, 3)], 3)",
    misconceptions={
        "the biases are missing": [108, 144, 288, 576, 576],
        "one bias is counted per layer, not per filter": [109, 145, 289, 577, 577],
        "inside a block every convolution gets the channels that came into the block": [112, 112, 296, 296, 296],
        "every convolution gets the channels of the picture": [112, 112, 224, 224, 224],
        "a window has 3 times 3 places": [40, 52, 104, 200, 200],
        "a filter has one bias, not one per place of its window": [144, 180, 360, 648, 648],
        "a window spans all channels, it does not look at one only": [40, 40, 80, 80, 80],
    },
)
print("vgg_parameters: the visible checks pass. More tests run when you hand in.")
### BEGIN HIDDEN TESTS
for _blocks, _channels in [
    (((64, 2), (128, 2), (256, 3), (512, 3), (512, 3)), 3),
    (((8, 2), (16, 2), (32, 3), (64, 3), (64, 3)), 3),
    (((5, 1),), 1),
    (((2, 4), (3, 1), (7, 2)), 4),
]:
    _wanted, _incoming = {}, _channels
    for _block, (_filters, _count) in enumerate(_blocks, 1):
        for _k in range(_count):
            _wanted[f"block{_block}_conv{_k + 1}"] = 9 * _incoming * _filters + _filters
            _incoming = _filters
    _got = vgg_parameters(_blocks, _channels)
    assert list(_got) == list(_wanted), f"vgg_parameters({_blocks}, {_channels}): the names are not those of Keras"
    checks.close(list(_got.values()), list(_wanted.values()), f"the values of vgg_parameters({_blocks}, {_channels})")
### END HIDDEN TESTS

# %% [markdown]
# The moment of truth: Keras has the network, and builds it without weights from anywhere. `include_top=False` leaves
# out the three dense layers.

# %% tags=["demo"]
wide = keras.applications.VGG16(weights=None, include_top=False, input_shape=(224, 224, 3))
mine = vgg_parameters([(64, 2), (128, 2), (256, 3), (512, 3), (512, 3)])
for name, number in mine.items():
    print(f"{name:14} mine {number:10,}   Keras {wide.get_layer(name).count_params():10,}")
print(f"{'together':14} mine {sum(mine.values()):10,}   Keras {wide.count_params():10,}")

# %% [markdown]
# 14,714,688, the lecture's number. Where do most of them sit? In the last six layers, which see maps of $28 \times 28$ and
# $14 \times 14$: VGG16 trades places for channels, block by block.
#
# ### What does one unit see?
#
# A $3 \times 3$ window sees 3 pixels across. Another one on top sees three such windows, each one step further: 5 pixels.
# That is one pixel more at each end. After a pooling with stride 2, neighbours on the map are *two* pixels apart, so the
# same window reaches twice as far.
#
# ### ✏️ Exercise 2: `receptive_field` (2 points)
#
# **Goal:** find out how much of the picture one unit depends on.
#
# **Given:** a pair (window, stride) for each layer, poolings included, from the picture upwards.
#
# **Question:** How many pixels across does a unit of the last layer see?
#
# <details><summary>Hint 1: where to begin</summary>
# Draw one row of pixels, and a window of 3 over a window of 3. Then put a pooling of 2 with stride 2 between them. Two
# quantities describe the state after each layer. One is the size that you are after. What is the other?
# </details>
# <details><summary>Hint 2: a plan</summary>
# Keep the size, 1 at first, and the step: how many pixels lie between neighbours on the map, 1 at first. A window of
# <code>w</code> adds <code>w - 1</code> neighbours to the one that is there. How many pixels is that? And which of the two
# numbers does the stride change, before or after?
# </details>
# <details><summary>Hint 3: almost the code</summary>
# In the loop <code>for window, stride in layers:</code> stand two lines,
# <code>size += (window - 1) * step</code> and then <code>step *= stride</code>. What are <code>size</code> and
# <code>step</code> before the loop, and which one is the answer?
# </details>


# %% nbgrader={"grade_id": "receptive_field", "solution": true}
def receptive_field(layers):
    """Return how many pixels across a unit of the last layer sees.

    layers: a pair (window, stride) per layer, the first one looks at the picture. Borders are ignored.
    """
    ### BEGIN SOLUTION
    size, step = 1, 1
    for window, stride in layers:
        size += (window - 1) * step
        step *= stride
    return size
    ### END SOLUTION


# %% nbgrader={"grade_id": "receptive_field-test", "points": 2}
checks.close(
    receptive_field([(3, 1), (3, 1)]),
    5,
    "receptive_field([(3, 1), (3, 1)])",
    misconceptions={
        "windows overlap: the second adds only what it sees beyond the first": 6,
        "the sizes are multiplied": 9,
        "a window of 3 adds two neighbours to the one that is there": 7,
        "before the first layer one pixel is seen, not none": 4,
    },
)
checks.close(
    receptive_field([(3, 1), (3, 1), (2, 2), (3, 1)]),
    10,
    "receptive_field([(3, 1), (3, 1), (2, 2), (3, 1)])",
    misconceptions={
        "after the stride, neighbours on the map are further apart than a pixel": 8,
        "the stride of a layer counts for the layers after it, not for its own window": 11,
        "a pooling has a window, too": 9,
        "the stride multiplies the step, not the size": 13,
    },
)
checks.close(
    receptive_field([(7, 2), (3, 3), (3, 1)]),
    23,
    "receptive_field([(7, 2), (3, 3), (3, 1)])",
    misconceptions={
        "strides one after the other multiply, they do not add": 21,
        "strides one after the other multiply, they do not add, and the step is 1 at first": 25,
        "only the stride of the layer just before counts": 17,
        "strides multiply: after 2 and 3 the step is not 4": 19,
    },
)
print("receptive_field: the visible checks pass. More tests run when you hand in.")
### BEGIN HIDDEN TESTS
_block = {2: [(3, 1)] * 2 + [(2, 2)], 3: [(3, 1)] * 3 + [(2, 2)]}
_vgg = _block[2] * 2 + _block[3] * 3
for _layers in (
    [(3, 1)],
    _vgg,
    _vgg[:-1],
    [(5, 3), (1, 1), (2, 2), (4, 1)],
    [(11, 4), (3, 2), (5, 1), (3, 2), (3, 1)],
    [],
):
    _low, _high = 0, 0  # places of the first and the last pixel that unit 0 of the last layer depends on
    for _window, _stride in reversed(_layers):
        _low, _high = _low * _stride, _high * _stride + _window - 1
    checks.close(receptive_field(_layers), _high - _low + 1, f"receptive_field({_layers})")
### END HIDDEN TESTS

# %% tags=["demo"]
stack = []
for block, (_, count) in enumerate(vgg.BLOCKS, start=1):
    stack += [(3, 1)] * count
    print(f"a unit of block{block}_conv{count} sees {receptive_field(stack):3} pixels across", end="; ")
    stack += [(2, 2)]
    print(f"behind the pooling {receptive_field(stack):3}")

# %% [markdown]
# The first block sees specks, the second an eye or a nose, the third a face. From block 4 on a unit sees all of
# our 64 pixels. Keep the picture in mind: **it climbs from specks to scenes.**
#
# ### The narrow twin
#
# VGG16 learnt from 1.2 million photos on four large graphics cards for two to three weeks. Ours has the same thirteen
# convolutions and the same names, each an eighth as wide: 8, 16, 32, 64, 64 filters. The script
# `course_utils/vgg/pretrain.py` trained it on 8,000 drawings of eight animals, in about four minutes of a laptop's time;
# `MODEL_CARD.md` beside it says how, and how well. No cat and no dog was among them.

# %% tags=["demo"]
source_net = vgg.narrow_vgg16()
print(f"{sum(layer.count_params() for layer in source_net.layers if layer.name.startswith('block')):,} in the blocks")
print("knows:", ", ".join(vgg.CLASS_NAMES))

# %% [markdown]
# One detail decided whether it learnt at all. Keras draws first weights as Glorot and Bengio proposed, with a spread made for
# tanh. ReLU throws half of the signal away. He and others therefore draw them with more spread:
# $\sqrt{2 / \text{inputs}}$.
# What is left of a picture after thirteen random layers?


# %% tags=["demo", "nbval-ignore-output"] nbval_reason="sums differ in their last digits from machine to machine"
def spread_after_blocks(initializer):
    keras.utils.set_random_seed(seed)
    x, pools = (pictures := keras.Input((64, 64, 3))), []
    for filters, count in vgg.BLOCKS:
        for _ in range(count):
            x = layers.Conv2D(filters, 3, padding="same", activation="relu", kernel_initializer=initializer)(x)
        pools.append(x := layers.MaxPooling2D()(x))
    return [maps.std() for maps in keras.Model(pictures, pools).predict(x_val[:50], batch_size=10, verbose=0)]


for initializer in ("glorot_uniform", "he_normal"):
    spread = spread_after_blocks(initializer)
    print(f"{initializer:15} standard deviation after blocks 1 to 5: " + ", ".join(f"{s:.4f}" for s in spread))

# %% [markdown]
# With Glorot's weights the picture fades to less than a thousandth before it arrives, and so does the gradient on its way
# back. (VGG's authors, in 2014, trained a shallow net first and grew it. He initialisation came in 2015.)
#
# ### Show it a cat
#
# What does a network say about something that it has no word for?

# %% [markdown]
# **Predict, then run.** Our net must answer with one of its eight animals. What does it call 150 cats, and 150 dogs?
# *I expect ...*

# %% tags=["demo"]
predictions.ask(
    "no word",
    [
        "all eight words, about equally often: it has never seen them",
        "one and the same word for nearly all of both",
        "a word for most cats, and another one for most dogs",
    ],
)

# %% tags=["demo", "fold", "nbval-ignore-output"] nbval_reason="sums differ in their last digits from machine to machine"
words = source_net.predict(x_val, batch_size=50, verbose=0).argmax(axis=1)
counts = np.array([[np.sum(words[y_val == y] == k) for k in range(8)] for y in (0, 1)])
fig, ax = plt.subplots(figsize=(8, 2.8))
for y in (0, 1):
    ax.bar(np.arange(8) + (y - 0.5) * 0.4, counts[y], 0.4, label=f"{names[y]}s")
ax.set_xticks(range(8), vgg.CLASS_NAMES)
ax.set(title="What the source net calls the validation pictures", ylabel="pictures")
ax.legend()
plots.show("Bars for each of the eight words of the source net: how many cats and how many dogs it gives that name to.")
cat_word, dog_word = ((counts[y] - counts[1 - y]).argmax() for y in (0, 1))
untrained = np.mean(np.where(counts[1][words] > counts[0][words], 1, 0) == y_val)
print(f"cats are most often called {vgg.CLASS_NAMES[cat_word]}, dogs {vgg.CLASS_NAMES[dog_word]}")
print(f"sorting by the eight words alone gets {untrained:.1%} of the validation pictures right")
predictions.recall("no word")

# %% [markdown]
# <details><summary>What we measured: open after you ran it</summary>
#
# In `quick` it calls 140<!-- quick: cats called mouse --> of 150 cats "mouse" and 135<!-- quick: dogs called fox --> of
# 150 dogs "fox". Our mice are drawn with the small nose and the whiskers of our cats, our foxes with the muzzle of our dogs.
# (Our foxes also have the cats' pointed ears. That fooled the net hardly ever: it has learnt to look at muzzles, for in the
# source pictures, too, ears mislead now and then.) Who knows which words stand for which animal sorts
# 99.3 %<!-- quick: sorted by words --> of the pictures, **without a single step of training.** A little is borrowed: which word
# goes with which animal was read off the same pictures.
#
# In `full` the photos are real, and our net has seen nothing but drawings. It calls 431<!-- full: called pig --> of 500 photos
# "pig", cats and dogs alike. Sorted by its words 52.4 %<!-- full: sorted by words --> are right, where guessing gives 50.
#
# </details>

# %% [markdown]
# ## 3. Off with its head
#
# The eight words are the business of the last layers. Below them, after block 5, a picture has become
# $2 \times 2 \times 64 = 256$ numbers, and these seem to hold what matters for cats and dogs too. So take the head off,
# keep the **base**, freeze it, and put a new, small head on it.
#
# ### The base wants its own kind of pixels
#
# A trained base expects pictures in the form in which it was trained. Ours had pixels from $-1$ to $1$. The real VGG16
# comes from another library, with three surprises: its channels are in the order **blue, green, red**, its pixels go
# **from 0 to 255**, and from each channel the mean over ImageNet is subtracted: 103.939 for blue, 116.779 for green,
# 123.68 for red.
#
# ### ✏️ Exercise 3: `prepare_vgg16` (1 point)
#
# **Goal:** feed a base what it was raised on.
#
# **Given:** pictures with channels red, green, blue, pixels from 0 to 255 (whole numbers, as they come from a file).
#
# **Question:** What does VGG16 want to see?
#
# <details><summary>Hint 1: where to begin</summary>
# Take one pixel, (255, 0, 10): red, green, blue. Write down the three numbers that VGG16 should get, by hand. Which is the
# first?
# </details>
# <details><summary>Hint 2: a plan</summary>
# Two steps: reverse the last axis, then subtract three means, which NumPy fits to the last axis by itself. In which order must
# the means stand, once the channels are reversed?
# </details>
# <details><summary>Hint 3: almost the code</summary>
# For lists of words, <code>[::-1]</code> reverses; for the last axis of an array it is <code>x[..., ::-1]</code>. The means,
# in the new order: <code>[103.939, 116.779, 123.68]</code>. What is left to do with the two?
# </details>


# %% nbgrader={"grade_id": "prepare_vgg16", "solution": true}
def prepare_vgg16(x):
    """Return pictures as VGG16 wants them: blue, green, red; each minus its mean.

    x: shape (..., height, width, 3), red, green, blue, from 0 to 255.
    """
    x = np.asarray(x, dtype="float32")
    ### BEGIN SOLUTION
    return x[..., ::-1] - np.array([103.939, 116.779, 123.68], dtype="float32")
    ### END SOLUTION


# %% nbgrader={"grade_id": "prepare_vgg16-test", "points": 1}
_x = np.array([[[[255, 0, 10], [20, 200, 90]]]], dtype=np.uint8)
_means = np.array([103.939, 116.779, 123.68])
_reversed = _x[..., ::-1].astype(float)
checks.close(
    prepare_vgg16(_x),
    _reversed - _means,
    "prepare_vgg16(a picture of two pixels, (255, 0, 10) and (20, 200, 90))",
    misconceptions={
        "the channels are still in the order red, green, blue": _x - _means[::-1],
        "the channels are still in the order red, green, blue, and the means are not": _x - _means,
        "the means stand in the order red, green, blue, the channels do not": _reversed - _means[::-1],
        "the means are added": _reversed + _means,
        "the pixels are divided by 255; this base wants them from 0 to 255": _reversed / 255 - _means,
        "the picture is mirrored: another axis is reversed": _x[:, :, ::-1] - _means,
        "the means are missing": _reversed,
        "the pictures come back as they were": _x,
    },
    rtol=1e-4,
    atol=1e-3,
)
print("prepare_vgg16: the visible checks pass. More tests run when you hand in.")
### BEGIN HIDDEN TESTS
_rng = np.random.default_rng(61)
for _shape in [(2, 3, 4, 3), (5, 5, 3), (1, 1, 3)]:
    _x = _rng.integers(0, 256, _shape)
    _wanted = np.stack([_x[..., 2] - 103.939, _x[..., 1] - 116.779, _x[..., 0] - 123.68], axis=-1)
    checks.close(prepare_vgg16(_x), _wanted, f"prepare_vgg16(x of shape {_shape})", rtol=1e-4, atol=1e-3)
### END HIDDEN TESTS

# %% tags=["demo"]
theirs = keras.applications.vgg16.preprocess_input(photos.x_train[:4].astype("float32"))
print("largest difference to Keras:", np.abs(prepare_vgg16(photos.x_train[:4]) - theirs).max())

# %% [markdown]
# ### Which base?
#
# In `full` the notebook looks for the real weights: the file
# `vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5` in your data folder, in Keras' cache, or by download, and takes it
# only if its checksum is the published one. With it everything below runs on the knowledge of 1.2 million photos. In
# `quick`, and where there is no such file, it runs on the narrow twin. **Every number of ours was measured with the narrow
# twin:** we did not have the real weights. Where a number is somebody else's, we say whose.

# %% tags=["demo"]
imagenet = data.vgg16_weights(profile)


def pretrained_base():
    if imagenet is None:
        return vgg.narrow_vgg16(include_top=False)
    return keras.applications.VGG16(weights=imagenet, include_top=False, input_shape=(64, 64, 3))


prepare = vgg.preprocess_input if imagenet is None else keras.applications.vgg16.preprocess_input
print("base:", "narrow VGG16, trained on drawn animals" if imagenet is None else "VGG16, trained on ImageNet")

# %% [markdown]
# ### Extract once, keep, train a head
#
# A frozen base gives the same numbers for the same picture, in every epoch. So let it look at each picture **once**, keep
# what it says (a *cache*), and train the head on that. We keep the maps after each of the five poolings: they will all be
# needed. (`num` pictures are trained on; the rest of the training pictures sit on the bench.)


# %% tags=["demo"]
def features_of(base, pictures):
    pools = [base.get_layer(f"block{block}_pool").output for block in range(1, 6)]
    x = prepare(pictures.astype("float32"))
    return keras.Model(base.inputs[0], pools).predict(x, batch_size=20, verbose=0)


def extract(base):
    return {
        "train": features_of(base, photos.x_train),
        "val": features_of(base, photos.x_val),
        "test": features_of(base, photos.x_test),
    }


cache = extract(pretrained_base())
for block, maps in enumerate(cache["train"], start=1):
    print(f"after block {block}: {maps.shape}")

# %% [markdown]
# Note the shape after block 5: there is no trace of a picture any more, only 64 (with the real VGG16, 512) answers at
# four places. On these a head is trained: flatten, dropout, 64 units, one output.


# %% tags=["demo"]
def head():
    return [
        layers.Flatten(),
        layers.Dropout(0.5),
        layers.Dense(64, activation="relu"),
        layers.Dense(1, activation="sigmoid"),
    ]


def train(net, x, y, steps, rate=0.001, **watched):
    x, y = (np.concatenate([a] * max(1, 200 // len(x))) for a in (x, y))  # an epoch: 200 pictures, or all there are
    net.compile(optimizer=keras.optimizers.Adam(rate), loss="binary_crossentropy", metrics=["accuracy"])
    return net.fit(x, y, batch_size=20, epochs=max(1, steps * 20 // len(x)), **watched, verbose=0).history


# %% [markdown]
# Three ways to learn from the same pictures, each with a number of steps of its own, 20 pictures a step: the four-block
# net from scratch; the same with augmentation, which needs longer; a head on the frozen base. (In `quick` the nets from scratch
# learn at a rate of 0.002 and the head at 0.001.) A run also puts its answers to the test pictures into an envelope, for the end.
# (An epoch is 200 pictures long: fewer are repeated.)


# %% tags=["demo"]
def says_dog(net, x):
    return np.asarray(net(x, training=False))[:, 0] > 0.5  # without dropout and augmentation, as in predict


def results(net, history, val, test):
    last = {"training": history["accuracy"][-1], "validation": np.mean(says_dog(net, val) == y_val)}
    return {**history, **last, "envelope": says_dog(net, test).tolist()}


# %% [markdown]
# One run: the frozen base needs no pictures, only what the cache holds after block 5. `watch` says whether validation is
# looked at after every epoch, for the curves; three seeds are enough for these.


# %% tags=["demo"]
def learn(seed, way, num, watch=True):
    keras.utils.set_random_seed(seed)
    if way == "frozen":
        net = keras.Sequential([keras.Input(cache["train"][-1].shape[1:]), *head()])
        x, val, test = (cache[part][-1] for part in ("train", "val", "test"))
    else:
        net, (x, val, test) = four_block_net(augment=way == "augmented"), (x_train, x_val, x_test)
    watched = {"validation_data": (val, y_val), "validation_batch_size": 300} if watch and seed in seeds[:3] else {}
    rate = 0.001 if way == "frozen" else scratch_rate
    return results(net, train(net, x[:num], y_train[:num], settings["steps"][way], rate, **watched), val, test)


ways = {"scratch": "scratch", "augmented": "augmented", "frozen base": "frozen"}
race_study = Study(learn, {name: {"way": way, "num": settings["num"]} for name, way in ways.items()}, seeds)

# %% [markdown]
# **Predict, then run.** The four-block net has only cats and dogs in its head. The base has none. Who is ahead on new
# pictures, in the mean over five seeds? *I expect ...*

# %% tags=["demo"]
predictions.ask(
    "race",
    [
        "scratch: it alone was made for this task",
        "augmented, then the frozen base, then scratch",
        "the frozen base, then augmented, then scratch",
        "all within three points",
    ],
)

# %% tags=["demo", "nbval-ignore-output"] nbval_reason="trained on this machine; the ledger test compares its figures within their spread"
from sklearn.linear_model import LogisticRegression

table = race_study.summary("validation").round(3)
table["training"] = race_study.summary("training")["mean"].round(3)
print(table.to_string())
flat = [x.reshape(len(x), -1) for x in (x_train[: settings["num"]], x_val)]
baseline = LogisticRegression(C=0.01, max_iter=200).fit(flat[0], y_train[: settings["num"]]).score(flat[1], y_val)
print(
    f"logistic regression on pixels {baseline:.3f}; chance among {len(y_val)} pictures: {np.sqrt(0.9 * 0.1 / len(y_val)):.3f} at 90 %"
)
predictions.recall("race")

# %% tags=["demo", "fold", "nbval-ignore-output"] nbval_reason="trained on this machine; the ledger test compares its figures within their spread"
fig, axes = plt.subplots(1, 3, figsize=(11, 3.2), sharey=True)
for ax, name in zip(axes, ways, strict=True):
    plots.learning_curves(ax, race_study.runs(name)[:3], "accuracy")
    ax.set(title=name, ylabel="")
axes[0].set_ylabel("accuracy, mean ± sd of three seeds")
plots.show(
    "Three panels of training and validation accuracy against epochs: the net from scratch, the net with augmentation, the "
    "head on the frozen base; bands show one standard deviation over three seeds."
)

# %% [markdown]
# <details><summary>What we measured: open after you ran it</summary>
#
# | `quick`, 100 drawings | validation accuracy | training accuracy |
# |---|---|---|
# | scratch | 71.2 %<!-- quick: scratch val --> ± 4.8 %<!-- quick: scratch val: std --> | 97.7 %<!-- quick: scratch training --> |
# | augmented | 83.2 %<!-- quick: augmented val --> ± 8.5 %<!-- quick: augmented val: std --> | 88.2 %<!-- quick: augmented training --> |
# | frozen base | 99.5 %<!-- quick: frozen base val --> ± 0.8 %<!-- quick: frozen base val: std --> | 98.8 %<!-- quick: frozen base training --> |
#
# There is the answer to the opening question: the base that never saw a cat wins, with a head that has learnt all it needs
# after some twenty steps. From scratch the 100 pictures are known nearly by heart, and more than a quarter of the new ones are
# wrong. Augmentation closes a good part of the gap, and after 120 steps its curve still rises: this is where it stands, not
# where it ends. How fast and how good are two questions. (The chance of 300 pictures is about 2 points. The seeds differ by more,
# most of all with augmentation, where some nets get going later than others; so look at the spread beside each mean.) With the
# bare pixels logistic regression gets 60.7 %<!-- quick: logistic regression val -->.
#
# `full`, 2,000 real photos, two seeds, is another story: scratch 73.1 %<!-- full: scratch val --> after 1,500 steps, augmented
# 72.4 %<!-- full: augmented val --> after 3,000 (with 73.8 %<!-- full: augmented training --> in training it has not yet learnt
# what there is to learn), and a head on our base 53.4 %<!-- full: frozen base val -->, little more than a coin. **A base is worth
# what it has seen**, and ours has seen drawings. With the real VGG16 F. Chollet reports about 90 % for a head on cached
# features (*Deep Learning with Python*, first edition, 2017; $150 \times 150$ pixels).
#
# </details>

# %% [markdown]
# ### And with augmentation through the frozen base?
#
# The cache has a price: a picture that changes from epoch to epoch cannot be kept. Then base and head must stand in one
# network, and every picture goes through all thirteen convolutions in every epoch. This is the lecture's second way.

# %% [markdown]
# **Predict, then run.** The same frozen base and the same 100 pictures, but each of them turned, moved and zoomed anew in
# every epoch. Compared with the head on the cache? *I expect ...*

# %% tags=["demo"]
predictions.ask(
    "changed",
    [
        "better by two points or more: it sees far more different pictures",
        "about as good: the base is frozen anyway",
        "worse by two points or more",
    ],
)


# %% tags=["demo"]
def half_a_pixel_on(x):  # for a question that comes up below
    return (x + np.roll(x, 1, axis=1) + np.roll(x, 1, axis=2) + np.roll(x, (1, 1), axis=(1, 2))) / 4


def end_to_end(seed):
    keras.utils.set_random_seed(seed)
    base = pretrained_base()
    base.trainable = False
    net = keras.Sequential([keras.Input((64, 64, 3)), *changes(), base, *head()])
    x, val = (prepare(pictures.astype("float32")) for pictures in (photos.x_train, photos.x_val))
    history = train(net, x[: settings["num"]], y_train[: settings["num"]], settings["steps"]["frozen"])
    scores = {"validation": np.mean(says_dog(net, val) == y_val)}
    scores["half a pixel on"] = np.mean(says_dog(net, half_a_pixel_on(val)) == y_val)
    return {"training": history["accuracy"][-1], **scores}


through_study = Study(end_to_end, {"frozen base, augmented": {}}, seeds[:2])

# %% tags=["demo", "nbval-ignore-output"] nbval_reason="trained on this machine; the ledger test compares its figures within their spread"
for study, name in ((through_study, "frozen base, augmented"), (race_study, "frozen base")):
    for run in study.runs(name)[:2]:
        print(f"{name:22} seed {run['seed']}: validation {run['validation']:.1%}, {run['seconds']:.1f} s")
predictions.recall("changed")

# %% [markdown]
# If you are surprised: so were we. Before you open what we found, one more look at the same trained nets. Move every validation
# picture by *half a pixel*, to the right and down. (`half_a_pixel_on` gives each pixel the mean of four neighbours, as moving,
# turning and zooming do, too.) That cannot matter, can it?

# %% tags=["demo", "nbval-ignore-output"] nbval_reason="trained on this machine; the ledger test compares its figures within their spread"
for run in through_study.runs("frozen base, augmented"):
    print(f"seed {run['seed']}: {run['validation']:.1%} as they are, {run['half a pixel on']:.1%} half a pixel on")

# %% [markdown]
# <details><summary>What we measured: open after you ran it</summary>
#
# In the mean of two seeds 82.3 %<!-- quick: end to end val --> (71.3 %<!-- quick: end to end val: min --> and
# 93.3 %<!-- quick: end to end val: max -->) after as many steps, with 96.3 %<!-- quick: end to end training --> in
# training, and not the 99.5 %<!-- quick: frozen base val --> of the cache. Half a pixel on, the *same* nets get
# 97.7 %<!-- quick: end to end half a pixel on -->. So it is not the turning that harms. Whoever turns or moves a picture computes
# each pixel anew as a mean of neighbours, and that makes it *smooth*; ours are grainy. The head was trained on smooth animals
# only, and then asked about grainy ones. **What augmentation changes by the way, it changes for training only**; here it is the
# grain, elsewhere a smeared border or a colour. A net that learns as a whole can get used to it (the four-block net
# had the same changed pictures, and reached 83.2 %<!-- quick: augmented val -->); a frozen base stays as it is.
#
# And there was nothing to gain: the head on the cache made hardly a mistake. Where it overfits, with photos, a large base and a
# graphics card, this way is the better one: for cats and dogs with the real VGG16 F. Chollet reports about 90 % from the cache
# and 96 % end to end (his book's first edition). Measure before you believe.
#
# </details>

# %% [markdown]
# So where is the knowledge? In the base; we know that much. In *which part* of it? That is the next section. A good place
# to stop for today.

# %% [markdown]
# ## 4. What the blocks respond to
#
# Two ways to ask a filter what it likes. The first: show it many pictures, and cut out the patch where it answered
# loudest, as large as its receptive field.

# %% tags=["demo", "fold", "nbval-ignore-output"] nbval_reason="sums differ in their last digits from machine to machine"
base = pretrained_base()
everything = photos.x_val
FIELDS = {1: 5, 2: 14, 3: 40, 4: 64, 5: 64}  # receptive fields of the blocks' last convolutions, at most the picture


def last_convolution(block):
    return base.get_layer(f"block{block}_conv{2 if block < 3 else 3}")


answers_of = keras.Model(base.inputs[0], [last_convolution(block).output for block in FIELDS])
answered = answers_of.predict(prepare(everything.astype("float32")), batch_size=50, verbose=0)
# the four filters of each block whose loudest answers differ most from picture to picture
filters = [np.argsort(-maps.max(axis=(1, 2)).std(axis=0))[:4] for maps in answered]


def patches(block, channel, number=4):
    maps = answered[block - 1][..., channel]
    best = np.argsort(-maps.max(axis=(1, 2)))[:number]
    found, size, step = [], FIELDS[block], 2 ** (block - 1)
    for k in best:
        places = np.array(np.unravel_index(maps[k].argmax(), maps[k].shape)) * step + step // 2
        top, left = np.clip(places - size // 2, 0, 64 - size)
        found.append(everything[k, top : top + size, left : left + size])
    return found


fig, axes = plt.subplots(5, 8, figsize=(6.8, 4.8))
for block, row in enumerate(axes, start=1):
    for start, channel in zip((0, 4), filters[block - 1][:2], strict=True):
        for ax, patch in zip(row[start : start + 4], patches(block, channel), strict=True):
            plots.picture(ax, patch)
    row[0].set_ylabel(f"block {block}")
fig.suptitle("The four patches that excite a filter most: two filters of each block")
plots.show(
    "Five rows of patches, one per block, for two filters each: dark specks of five pixels at the top, then noses, heads of dogs, and whole pictures of dogs or of cats."
)

# %% [markdown]
# The second way needs no pictures: **make** one. Start from grey noise, and change the *pixels* so that the filter's mean
# answer rises: gradient descent as always, but on the input, and uphill.
#
# $$x \leftarrow x + \text{rate} \cdot \frac{g}{\sqrt{\text{mean}(g^2)}}, \qquad g = \frac{\partial\,\text{answer}}{\partial x}$$
#
# Gradients on pixels may be tiny or huge, so each is divided by its root mean square: then a step has the same size
# everywhere on the way.
#
# ### ✏️ Exercise 4: `ascend` (2 points)
#
# **Goal:** climb.
#
# **Given:** a function that gives the gradient at a place, and a place to start from. The locked cell below has a hill to
# practise on, with its top at (3, 1).
#
# **Question:** Where are you after a number of steps?
#
# <details><summary>Hint 1: where to begin</summary>
# One step by hand, from (0, 0) on the practice hill: what is the gradient there, and its root mean square? How far does a
# step with rate 1 go?
# </details>
# <details><summary>Hint 2: a plan</summary>
# A loop over the steps. In it: ask for the gradient <em>at the place where you are now</em>, divide it by the root of the mean
# of its squares, and go. Which sign takes you uphill?
# </details>
# <details><summary>Hint 3: almost the code</summary>
# In the loop <code>g = gradient(x)</code>, then
# <code>x = x + rate * g / np.sqrt(np.mean(g**2))</code>. What comes after the loop, and why does
# <code>g</code> have to be computed inside it?
# </details>


# %% nbgrader={"grade_id": "hill", "locked": true}
def practice_gradient(x):
    """The gradient of -(x0 - 3)**2 - 2 (x1 - 1)**2, whose top is at (3, 1)."""
    return np.array([-2.0, -4.0]) * (np.asarray(x) - np.array([3.0, 1.0]))


# %% nbgrader={"grade_id": "ascend", "solution": true}
def ascend(gradient, x, steps, rate):
    """Return the place after a number of steps of normalised gradient ascent.

    gradient: a function that returns the gradient at a place, an array of the same shape. x: where to start.
    """
    x = np.asarray(x, dtype=float)
    ### BEGIN SOLUTION
    for _ in range(steps):
        g = gradient(x)
        x = x + rate * g / np.sqrt(np.mean(g**2))
    return x
    ### END SOLUTION


# %% nbgrader={"grade_id": "ascend-test", "points": 2}
_start = np.array([0.0, -1.0])
_g = np.array([6.0, 8.0])
_unit = _g / 50**0.5
checks.close(
    ascend(practice_gradient, _start, 1, 0.5),
    _start + 0.5 * _unit,
    "ascend(practice_gradient, [0, -1], steps 1, rate 0.5)",
    misconceptions={
        "this goes downhill": _start - 0.5 * _unit,
        "the squares are added, not averaged": _start + 0.05 * _g,
        "it is divided by the mean of the squares, not by its root": _start + 0.5 * _g / 50,
        "it is divided by the largest entry": _start + 0.5 * _g / 8,
        "only the sign of the gradient is used": _start + 0.5 * np.sign(_g),
        "it is divided by the mean size, not by the root mean square": _start + 0.5 * _g / 7,
        "the gradient is not divided by its root mean square (or by one that takes the mean off first)": _start
        + 0.5 * _g,
        "the rate is not used": _start + _unit,
        "neither the rate is used, nor the root mean square": _start + _g,
    },
)
_next = _start + 0.5 * _unit
_g2 = np.array([-2.0, -4.0]) * (_next - np.array([3.0, 1.0]))
checks.close(
    ascend(practice_gradient, _start, 2, 0.5),
    _next + 0.5 * _g2 / np.sqrt((_g2**2).mean()),
    "ascend(practice_gradient, [0, -1], steps 2, rate 0.5)",
    misconceptions={
        "the gradient is asked for once only, before the loop": _start + _unit,
        "the number of steps is not used": _next,
    },
)
print("ascend: the visible checks pass. More tests run when you hand in.")
### BEGIN HIDDEN TESTS
for _start, _steps, _rate in [
    ([1.0, 0.0], 7, 0.1),
    ([-2.0, 5.0], 3, 1.0),
    ([10.0, 10.0], 20, 0.3),
    ([0.0, 0.0], 0, 1.0),
]:
    _x = np.array(_start)
    for _ in range(_steps):
        _g = practice_gradient(_x)
        _x = _x + _rate * _g / (sum(_g**2) / len(_g)) ** 0.5
    checks.close(
        ascend(practice_gradient, _start, _steps, _rate),
        _x,
        f"ascend(practice_gradient, {_start}, {_steps}, {_rate})",
        rtol=1e-4,
        atol=1e-5,
    )
### END HIDDEN TESTS

# %% [markdown]
# Now with 64 · 64 · 3 = 12,288 numbers in place of two, for four filters of each block. (The same steps as yours, written
# with TensorFlow so that it gives the gradients. Two additions: it climbs on what the filter computes *before* its ReLU, for
# where a ReLU says 0 there is no gradient; and it smooths the gradient a little, so that shapes are drawn and not single
# pixels. Shown is the middle of each picture.)

# %% tags=["demo", "fold", "nbval-ignore-output"] nbval_reason="sums differ in their last digits from machine to machine"
import tensorflow as tf


def dream(block, channels, steps=20, rate=0.08):
    layer = last_convolution(block)
    below = keras.Model(base.inputs[0], layer.input)
    scale = 1.0 if imagenet is None else 127.5  # the pixels that this base is used to
    x = tf.constant(scale * np.random.default_rng(seed).normal(0, 0.1, (len(channels), 64, 64, 3)).astype("float32"))
    mask = tf.one_hot(channels, layer.filters)[:, None, None, :]
    for _ in range(steps):
        with tf.GradientTape() as tape:
            tape.watch(x)
            maps = tf.nn.conv2d(below(x), layer.kernel.value, 1, "SAME") + layer.bias.value
            answer = tf.reduce_sum(tf.reduce_mean(maps * mask, axis=(1, 2)))
        g = tf.nn.avg_pool2d(tf.nn.avg_pool2d(tape.gradient(answer, x), 3, 1, "SAME"), 3, 1, "SAME")
        x = x + scale * rate * g / (tf.sqrt(tf.reduce_mean(g**2, axis=(1, 2, 3), keepdims=True)) + 1e-8)
        x = tf.clip_by_value(x, -scale, scale)
    x = x.numpy()[..., :: 1 if imagenet is None else -1]
    return np.clip(x / scale / 2 + 0.5, 0, 1)


fig, axes = plt.subplots(5, 4, figsize=(6, 7.6))
for block, row in enumerate(axes, start=1):
    plots.pictures(row, dream(block, filters[block - 1])[:, 8:56, 8:56])
    row[0].set_ylabel(f"block {block}")
fig.suptitle("Pictures made by gradient ascent: four filters of each block")
plots.show(
    "Five rows of four made pictures: plain colours and stripes for block 1, fine textures for block 2, then dark dots in rows and groups, and dense patches of coloured pattern on grey for blocks 4 and 5."
)

# %% [markdown]
# Compare the two figures row by row. The first block likes plain colours, edges and stripes, as the lecture says of the real
# VGG16. The second is excited by noses, and draws fine textures. In the third it is heads, in the fourth and fifth whole
# animals, nearly all of one kind. But what gradient ascent draws for these is no animal: dark dots such as eyes and noses
# are, alone and in groups, and patterns that no picture holds. A filter counts parts; it has no idea of a whole. Knowledge
# climbs from what every picture is made of to what only animals have.
#
# ### Near and far
#
# If the first blocks know specks and strokes, they should be of use anywhere, and the last blocks only where things look
# like faces of animals. Test it: two target tasks, each with 150 pictures to learn from (drawn anew for each seed).
#
# - **near**: cats and dogs;
# - **far**: handwritten digits, white on black, ten classes.
#
# After each block: average the maps down to $2 \times 2$ places, so that every cut has few features, and train a logistic
# regression on them.

# %% [markdown]
# **Predict, then run.** After which block should one cut, for the cats and dogs, and for the digits? *I expect ...*

# %% tags=["demo"]
predictions.ask(
    "cut",
    [
        "after block 5 for both: the deepest features are the best",
        "after block 4 or 5 for cats and dogs, after block 2 or so for digits",
        "after block 1 for both: nothing is lost there",
        "digits: no cut is better than the bare pixels, the base knows only animals",
    ],
)


# %% tags=["demo", "fold"]
def enlarged(pictures):
    grey = pictures if pictures.ndim == 4 else np.repeat(pictures[..., None], 3, axis=-1)
    return keras.ops.convert_to_numpy(keras.ops.image.resize(grey.astype("float32"), (64, 64)))


def two_by_two(maps):
    side = maps.shape[1] // 2
    return maps.reshape(len(maps), 2, side, 2, side, -1).mean(axis=(2, 4)).reshape(len(maps), -1)


def tasks():
    near, far = photos, data.mnist(profile)
    return {
        "cats and dogs": (near.x_train, near.y_train, near.x_val, near.y_val),
        "digits": (far.x_train, far.y_train, far.x_val[:400], far.y_val[:400]),
    }


def at_each_cut(base, pictures):
    pictures = enlarged(pictures)
    return [two_by_two(maps) for maps in (pictures / 255, *features_of(base, pictures))]


def looked_at(base):
    return {
        name: (at_each_cut(base, x[:600]), y[:600], at_each_cut(base, x_val), y_val)
        for name, (x, y, x_val, y_val) in tasks().items()
    }


# %% tags=["demo"]
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(seed)
random_base = keras.models.clone_model(pretrained_base())  # the same layers, with new random weights
seen_by = {"trained": looked_at(pretrained_base()), "random": looked_at(random_base)}
cuts = ["pixels", *(f"block {block}" for block in range(1, 6))]


# %% tags=["demo"]
def probe(seed, base, task, cut):
    maps, y, maps_val, y_val = seen_by[base][task]
    some = np.random.default_rng(seed).permutation(len(y))[:150]
    judge = make_pipeline(StandardScaler(), LogisticRegression(C=0.03, max_iter=300))
    judge.fit(maps[cut][some], y[some])
    return {"accuracy": judge.score(maps_val[cut], y_val)}


grid = [(base, task, cut) for base in seen_by for task in seen_by[base] for cut in range(6)]
cut_study = Study(
    probe, {f"{b}, {t}, {cuts[c]}": {"base": b, "task": t, "cut": c} for b, t, c in grid}, range(seed, seed + 3)
)

# %% tags=["demo", "fold", "nbval-ignore-output"] nbval_reason="trained on this machine; the ledger test compares its figures within their spread"
scores = cut_study.summary("accuracy")
fig, axes = plt.subplots(1, 2, figsize=(8, 3.2))
for ax, task in zip(axes, seen_by["trained"], strict=True):
    for base_name, style in (("trained", "o-"), ("random", "s:")):
        rows = scores.loc[[f"{base_name}, {task}, {cut}" for cut in cuts]]
        ax.errorbar(range(6), rows["mean"], yerr=rows["std"], fmt=style, capsize=3, label=f"{base_name} weights")
    ax.set_xticks(range(6), ["pixels", 1, 2, 3, 4, 5])
    ax.set(title=task, xlabel="cut after block", ylabel="validation accuracy")
axes[0].legend()
plots.show(
    "Two panels, accuracy against the block after which the base is cut, for cats and dogs and for digits, with "
    "trained and with random weights; bars are one standard deviation over three draws of 150 training pictures."
)
print(scores["mean"].round(3).to_numpy().reshape(2, 2, 6))
predictions.recall("cut")

# %% [markdown]
# <details><summary>What we measured: open after you ran it</summary>
#
# Accuracy in `quick` with 150 training pictures, trained weights (random ones in brackets):
#
# | cut after | pixels | block 2 | block 4 | block 5 |
# |---|---|---|---|---|
# | cats and dogs | 46.8 %<!-- quick: cut trained, cats and dogs, pixels --> | 80.1 %<!-- quick: cut trained, cats and dogs, block 2 --> (52.7 %<!-- quick: cut random, cats and dogs, block 2 -->) | 97.6 %<!-- quick: cut trained, cats and dogs, block 4 --> (55.9 %<!-- quick: cut random, cats and dogs, block 4 -->) | 97.1 %<!-- quick: cut trained, cats and dogs, block 5 --> (58.7 %<!-- quick: cut random, cats and dogs, block 5 -->) |
# | digits | 26.4 %<!-- quick: cut trained, digits, pixels --> | 71.7 %<!-- quick: cut trained, digits, block 2 --> (66.0 %<!-- quick: cut random, digits, block 2 -->) | 53.1 %<!-- quick: cut trained, digits, block 4 --> (61.9 %<!-- quick: cut random, digits, block 4 -->) | 37.6 %<!-- quick: cut trained, digits, block 5 --> (51.4 %<!-- quick: cut random, digits, block 5 -->) |
#
# **The far task wants the shallower cut.** For cats and dogs the last two blocks are the best. For digits the peak lies
# after block 2, and going on to block 5 costs nearly half of it: what tells a mouse from a fox has been kept there, and what tells
# a 3 from an 8 thrown away.
#
# So "where is the knowledge?" has an answer: in the last two blocks, for animals. Compare with *random* weights (one draw): on
# cats and dogs the trained ones are far ahead, so it is knowledge, not architecture. On the digits the deep cuts tell the opposite: after
# block 4 or 5 random weights are *better* than trained ones: they know nothing, but have thrown less away. Knowledge of one
# thing can stand in the way of another (**negative transfer**).
#
# In `full` (real cats and dogs, MNIST; the base still knows drawings only) photos of cats and dogs are far, too:
# 60.3 %<!-- full: cut trained, cats and dogs, block 1 --> after block 1, 55.8 %<!-- full: cut trained, cats and dogs, block 5 --> after
# block 5, and random weights do as well (59.7 %<!-- full: cut random, cats and dogs, block 3 --> after block 3). Digits:
# 77.4 %<!-- full: cut trained, digits, block 2 --> after block 2, 47.3 %<!-- full: cut trained, digits, block 5 --> after block 5.
#
# </details>

# %% [markdown]
# ### ✏️ Exercise 5: `best_cut` (2 points)
#
# **Goal:** choose a depth without fooling yourself.
#
# Several cuts are often about equally good, and the highest mean may be luck. A common rule: take the **shallowest** cut
# (it is the cheapest) whose mean is not more than one *standard error* below the best mean. The standard error of a mean of
# $n$ scores is their standard deviation (with $n - 1$) divided by $\sqrt{n}$; the best cut's own counts.
#
# **Given:** validation accuracies, one row per cut, from shallow to deep, one column per seed.
#
# **Question:** Which row do you take?
#
# <details><summary>Hint 1: where to begin</summary>
# Three cuts, means 0.80, 0.89, 0.90, and the last has a standard error of 0.02. Which is the lowest mean that still passes?
# Which rows pass, and which of them is the shallowest?
# </details>
# <details><summary>Hint 2: a plan</summary>
# Means along the seeds; the row of the best mean; the standard error of that row; a threshold. Then a condition gives True or
# False for each row. Which function finds the first True?
# </details>
# <details><summary>Hint 3: almost the code</summary>
# <code>means = scores.mean(axis=1)</code> and <code>best = means.argmax()</code>. The standard error is
# <code>error = scores[best].std(ddof=1) / np.sqrt(scores.shape[1])</code>. And
# <code>np.argmax(means >= means[best] - error)</code> gives the first True. Why the first?
# </details>


# %% nbgrader={"grade_id": "best_cut", "solution": true}
def best_cut(scores):
    """Return the row of the shallowest cut whose mean is within one standard error of the best mean.

    scores: validation accuracies, shape (cuts, seeds), two seeds or more; row 0 is the shallowest cut.
    """
    scores = np.asarray(scores, dtype=float)
    ### BEGIN SOLUTION
    means = scores.mean(axis=1)
    best = means.argmax()
    error = scores[best].std(ddof=1) / np.sqrt(scores.shape[1])
    return int(np.argmax(means >= means[best] - error))
    ### END SOLUTION


# %% nbgrader={"grade_id": "best_cut-test", "points": 2}
_clear = np.array(
    [[0.60, 0.62, 0.61, 0.61], [0.70, 0.72, 0.71, 0.71], [0.90, 0.92, 0.91, 0.91], [0.80, 0.82, 0.81, 0.81]]
)
checks.close(
    best_cut(_clear),
    2,
    "best_cut(four cuts, of which one is far ahead)",
    misconceptions={
        "this is the deepest cut": 3,
        "this is the shallowest cut, and the lowest mean": 0,
        "is each mean taken over the seeds of one cut?": 1,
    },
)
_spread = np.repeat([[0.80], [0.868], [0.878], [0.889], [0.90], [0.899]], 4, axis=1)
_spread[4] = [0.94, 0.86, 0.94, 0.86]
checks.close(
    best_cut(_spread),
    2,
    "best_cut(means 0.80, 0.868, 0.878, 0.889, 0.90, 0.899; the fifth is that of 0.94, 0.86, 0.94, 0.86)",
    misconceptions={
        "this is the highest mean; is there none within one standard error that is shallower?": 4,
        "the standard error is too large: is it divided by the root of the number of seeds?": 1,
        "the standard error is too small: n - 1 for the deviation, and the root of the number of seeds": 3,
        "this is the deepest one that passes, not the shallowest": 5,
    },
)
print("best_cut: the visible checks pass. More tests run when you hand in.")
### BEGIN HIDDEN TESTS
_rng = np.random.default_rng(63)
for _cuts, _num in [(5, 3), (6, 5), (4, 2), (8, 10), (5, 16), (6, 4)] * 3:
    _scores = 0.8 + 0.02 * _rng.normal(size=(_cuts, 1)) + 0.03 * _rng.normal(size=(_cuts, _num))
    _means = [sum(_row) / _num for _row in _scores]
    _top = _means.index(max(_means))
    _error = (sum((_value - _means[_top]) ** 2 for _value in _scores[_top]) / (_num - 1) / _num) ** 0.5
    _wanted = next(_k for _k in range(_cuts) if _means[_k] >= _means[_top] - _error)
    checks.close(best_cut(_scores.tolist()), _wanted, f"best_cut(scores of {_cuts} cuts and {_num} seeds)")
_agreed = [[0.5, 0.5], [0.75, 0.75], [0.625, 0.625]]  # the error is 0: only the best mean will do
checks.close(best_cut(_agreed), 1, "best_cut(three cuts whose seeds agree)")
### END HIDDEN TESTS

# %% tags=["demo", "nbval-ignore-output"] nbval_reason="trained on this machine; the ledger test compares its figures within their spread"
for task in seen_by["trained"]:
    rows = [[run["accuracy"] for run in cut_study.runs(f"trained, {task}, {cut}")] for cut in cuts]
    print(f"{task:15} cut after: {cuts[best_cut(rows)]}")

# %% [markdown]
# A good place to stop.
#
# ## 5. Fine-tuning, in the right order
#
# A frozen base never learns anything about cats. Why not let its last block adapt? The lecture's recipe has five steps:
#
# 1. put your own head on the base, 2. freeze the base, 3. train the head, 4. unfreeze block 5, 5. train block 5 and the
# head together, at a low rate.
#
# Why so ceremonious? One could unfreeze at once and be done.
#
# ### What is frozen, and what only looks it
#
# `layer.trainable = False` takes a layer's weights out of what the optimizer changes. Two traps: `trainable` is read when
# the model is **compiled**, so compile again after every change. And setting it on a model sets it on all layers inside.
#
# ### ✏️ Exercise 6: `freeze_up_to` (2 points)
#
# **Goal:** decide, layer by layer, what may learn.
#
# **Given:** a Keras model, and the name of one of its layers. Its layers may be frozen or not, in any mixture.
#
# **Question:** Freeze every layer up to this one, this one included; all after it shall learn. Return the model.
#
# <details><summary>Hint 1: where to begin</summary>
# <code>net.layers</code> is a list, from the picture to the answer. Walk along it with your finger: at which layer does your
# decision change, before it or after it?
# </details>
# <details><summary>Hint 2: a plan</summary>
# A variable says whether the layers that come now may learn: no at first. For each layer, set its <code>trainable</code>, and then
# look at its name. What happens if you look at the name first? And is one that was frozen before thawed by your loop?
# </details>
# <details><summary>Hint 3: almost the code</summary>
# Before the loop <code>learning = False</code>; in it <code>layer.trainable = learning</code>, and then
# <code>if layer.name == name:</code> with <code>learning = True</code> inside. What is the loop over, and what must be returned?
# </details>


# %% nbgrader={"grade_id": "freeze_up_to", "solution": true}
def freeze_up_to(net, name):
    """Freeze the layers of net up to and including the one of that name, let all later ones learn, and return net."""
    ### BEGIN SOLUTION
    learning = False
    for layer in net.layers:
        layer.trainable = learning
        if layer.name == name:
            learning = True
    return net
    ### END SOLUTION


# %% nbgrader={"grade_id": "freeze_up_to-test", "points": 2}
def _net(frozen=()):
    _layers = [keras.layers.Dense(2, name=_name, trainable=_name not in frozen) for _name in "pcmxd"]
    return keras.Sequential([keras.Input((2,)), *_layers])


for _frozen, _name, _wanted in [("", "m", "00011"), ("pd", "c", "00111"), ("pcmxd", "p", "01111")]:
    _case = f'freeze_up_to(a net with layers p, c, m, x, d, frozen before: {_frozen or "none"}, name "{_name}")'
    _result = freeze_up_to(_net(_frozen), _name)
    assert _result is not None, f"{_case} is None. Is there a return, and is it outside the loop?"
    assert isinstance(_result, keras.Model), f"{_case} should be the model."
    _flags = "".join(str(int(_layer.trainable)) for _layer in _result.layers)
    _turned = " All flags are turned round." if all(_a != _b for _a, _b in zip(_flags, _wanted, strict=True)) else ""
    for _layer, _flag, _right in zip("pcmxd", _flags, _wanted, strict=True):
        _what = f"{_case}: layer {_layer} is {'trainable' if _flag == '1' else 'frozen'}, and should not be."
        assert _flag == _right or _layer != _name, f"{_what}{_turned} It is the named layer itself."
        assert _flag in (_right, "1") or _layer not in _frozen, f"{_what} It was frozen before; is it thawed?"
        assert _flag == _right, f"{_what}{_turned}"
print("freeze_up_to: the visible checks pass. More tests run when you hand in.")
### BEGIN HIDDEN TESTS
_deep = keras.Sequential([keras.Input((8, 8, 1))])
for _block in (1, 2, 3):
    _deep.add(keras.layers.Conv2D(2, 3, padding="same", name=f"block{_block}_conv1", trainable=_block != 3))
    _deep.add(keras.layers.MaxPooling2D(name=f"block{_block}_pool"))
_deep.add(keras.layers.Flatten(name="flatten"))
_deep.add(keras.layers.Dense(1, name="predictions"))
for _name, _first in [("block2_pool", 4), ("block1_conv1", 1), ("flatten", 7)]:
    _result = freeze_up_to(_deep, _name)
    for _k, _layer in enumerate(_result.layers):
        assert bool(_layer.trainable) == (_k >= _first), (
            f'freeze_up_to(a small VGG, "{_name}"): layer {_layer.name} is wrong'
        )
    assert len(_result.trainable_weights) == {1: 6, 4: 4, 7: 2}[_first], f'"{_name}": the trainable weights are wrong'
### END HIDDEN TESTS

# %% tags=["demo"]
base = pretrained_base()
for name in ("block4_pool", "block5_pool"):
    for layer in base.layers:
        layer.trainable = name == "block4_pool" and layer.name.startswith("block5")
    count = sum(int(np.prod(weight.shape)) for weight in base.trainable_weights)
    print(f"frozen up to {name}: {count:,} of {base.count_params():,} parameters may change")

# %% [markdown]
# In the real VGG16 block 5 has $3 \cdot 2{,}359{,}808 = 7{,}079{,}424$ of the 14.7 million. VGG has no batch normalisation.
# Most newer bases do, and there a third trap waits. You know from notebook 03 that such a layer keeps moving averages,
# which no gradient changes. Does freezing stop them?

# %% tags=["demo"]
numbers = np.random.default_rng(seed).normal(5, 2, (64, 1)).astype("float32")
for case, trainable in (("trainable", True), ("frozen", False)):
    layer = layers.BatchNormalization(momentum=0.9, trainable=trainable)
    y = layer(numbers, training=True)
    print(
        f"{case:9} training=True: moving mean {float(layer.moving_mean[0]):.2f}, sends a mean of {float(np.mean(y)):.2f}"
    )

# %% [markdown]
# Keras makes a special case of it: a *frozen* batch normalisation behaves as in use, even when it is told
# `training=True`: the averages stay as they were learnt. Once you unfreeze it, your few pictures overwrite them, and every
# later layer gets numbers that it has not been trained for. So leave batch normalisation frozen when you fine-tune.
# (Other libraries do not do this for you.)
#
# ### The shock
#
# How strongly does a head pull at block 5? Its gradient tells. For several layers there are several arrays; the length
# of all of them together is one number.
#
# ### ✏️ Exercise 7: `gradient_norm` (1 point)
#
# **Goal:** measure the pull.
#
# **Given:** a list of arrays of any shapes, the gradient for each weight.
#
# **Question:** How long is the vector of all their numbers together?
#
# <details><summary>Hint 1: where to begin</summary>
# The vector (3, 4) has length 5. Now cut it into two arrays, [3] and [4]. Their own lengths are 3 and 4. How does 5 come out of
# these?
# </details>
# <details><summary>Hint 2: a plan</summary>
# Square every number of every array, add all of it up, and take the root once, at the very end. What goes wrong if you take
# a root for each array and add the roots?
# </details>
# <details><summary>Hint 3: almost the code</summary>
# The sum over all arrays: <code>total = sum(np.sum(np.square(g)) for g in gradients)</code>. Which function is still missing
# around it?
# </details>


# %% nbgrader={"grade_id": "gradient_norm", "solution": true}
def gradient_norm(gradients):
    """Return the length of the vector of all numbers of all arrays in the list."""
    gradients = [np.asarray(g, dtype=float) for g in gradients]
    ### BEGIN SOLUTION
    total = sum(np.sum(np.square(g)) for g in gradients)
    return np.sqrt(total)
    ### END SOLUTION


# %% nbgrader={"grade_id": "gradient_norm-test", "points": 1}
_gradients = [np.array([[1.0, 2.0], [2.0, -4.0]]), np.array([-12.0, 5.0])]
checks.close(
    gradient_norm(_gradients),
    np.sqrt(194.0),
    "gradient_norm([[[1, 2], [2, -4]], [-12, 5]])",
    misconceptions={
        "the lengths of the arrays are added": 18.0,
        "the lengths of the arrays are averaged": 9.0,
        "the root is missing": 194.0,
        "the squares are averaged, not added": np.sqrt(194.0 / 6),
        "in each array the squares are averaged, not added": np.sqrt(25 / 4 + 169 / 2),
        "numbers are added before they are squared": np.sqrt(50.0),
        "sizes are added, not squares": 26.0,
        "only the last array counts": 13.0,
        "only the first array counts": 5.0,
    },
)
print("gradient_norm: the visible check passes. More tests run when you hand in.")
### BEGIN HIDDEN TESTS
_rng = np.random.default_rng(65)
for _shapes in [[(3,)], [(3, 3, 2, 4), (4,)], [(2, 2), (2,), (1,), (5, 1)]]:
    _gradients = [_rng.normal(size=_shape) for _shape in _shapes]
    _flat = np.concatenate([_g.ravel() for _g in _gradients])
    checks.close(gradient_norm(_gradients), (_flat @ _flat) ** 0.5, f"gradient_norm(arrays of shapes {_shapes})")
### END HIDDEN TESTS

# %% [markdown]
# Blocks 1 to 4 stay frozen, so their maps are in our cache, and what remains to be trained is short: block 5 and the
# head, on maps of $4 \times 4$. We pretend to have few pictures only (40 in `quick`), for then mistakes show.


# %% tags=["demo"]
def upper_net():
    maps = keras.Input(cache["train"][3].shape[1:])
    x = maps
    block5 = [layer for layer in pretrained_base().layers if layer.name.startswith("block5")]
    for layer in [*block5, *head()]:
        x = layer(x)
    return keras.Model(maps, x), block5[:3]


def pull(net, convolutions, x, y):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(keras.losses.binary_crossentropy(y[:, None].astype("float32"), net(x)))
    gradients = tape.gradient(loss, [layer.kernel.value for layer in convolutions])
    return float(tf.linalg.global_norm(gradients))  # TensorFlow's name for your gradient_norm


# %% [markdown]
# A run follows a plan: a list of trainings, each with (may block 5 learn?, rate, steps). It writes down the pull on block 5
# before the last training, the validation accuracy before it, and, at the end, how far block 5 has moved (as a share of its
# length) and what it still **knows**: put back under the *old* head, how many of 400 of the eight animals does it name?


# %% tags=["demo", "fold"]
from course_utils.data.embedded import photos as drawn

animals = drawn.make_source(seed=2, size=64, num=400)
animal_maps = features_of(pretrained_base(), animals["x_train"])[3]


def still_known(block5):
    x = maps = keras.Input(animal_maps.shape[1:])
    old_head = [source_net.get_layer(name) for name in ("block5_pool", "flatten", "fc1", "predictions")]
    for layer in [*block5, *old_head]:
        x = layer(x)
    words = np.asarray(keras.Model(maps, x)(animal_maps, training=False)).argmax(axis=1)
    return np.mean(words == animals["y_train"])


# %% tags=["demo"]
def fine_tune(seed, plan, num):
    keras.utils.set_random_seed(seed)
    net, block5 = upper_net()
    x, y, before = cache["train"][3][:num], y_train[:num], [layer.get_weights()[0] for layer in block5]
    for learns, rate, steps in plan:
        for layer in block5:
            layer.trainable = learns
        right = says_dog(net, cache["val"][3]) == y_val
        stage = {"pull on block 5": pull(net, block5, x, y), "validation before": np.mean(right)}
        history = train(net, x, y, steps, rate)
    after = [layer.get_weights()[0] for layer in block5]
    moved = [np.linalg.norm(new - old) / np.linalg.norm(old) for old, new in zip(before, after, strict=True)]
    stage |= {"moved": np.mean(moved), "still known": still_known(block5) if imagenet is None else np.nan}
    return {**results(net, history, cache["val"][3], cache["test"][3]), **stage}


few = settings["sizes"][-1]
RIGHT = ((False, 0.001, 40), (True, 0.0001, 40))
plans = {"head only": ((False, 0.001, 80),), "right order": RIGHT, "all at once": ((True, 0.001, 80),)}
order_study = Study(fine_tune, {name: {"plan": plan, "num": few} for name, plan in plans.items()}, seeds[:3])

# %% [markdown]
# **Predict, then run.** A head with random weights, or a trained one: which pulls harder at block 5, and by which factor?
# And what does "all at once" cost? *I expect ...*

# %% tags=["demo"]
predictions.ask(
    "order",
    [
        "no difference: in the end all of them fit the pictures",
        "the random head pulls about twice as hard; it costs less than a point",
        "the random head pulls ten times as hard or more; it costs some points",
        "the trained head pulls harder, because it knows what it wants",
    ],
)

# %% tags=["demo", "nbval-ignore-output"] nbval_reason="trained on this machine; the ledger test compares its figures within their spread"
table = order_study.summary("validation").round(3)
for column in ("training", "pull on block 5", "moved", "still known"):
    table[column] = order_study.summary(column)["mean"].round(3)
print(table.to_string())
predictions.recall("order")

# %% [markdown]
# <details><summary>What we measured: open after you ran it</summary>
#
# With 40 pictures, three seeds (so the deviations are rough):
#
# | | validation accuracy | block 5 moved by | animals still known |
# |---|---|---|---|
# | head only | 97.4 %<!-- quick: head only val --> ± 2.2 %<!-- quick: head only val: std --> | 0 | 90.5 %<!-- quick: head only known --> |
# | right order | 97.0 %<!-- quick: right order val --> ± 2.7 %<!-- quick: right order val: std --> | 1.1 %<!-- quick: right order moved --> | 90.6 %<!-- quick: right order known --> |
# | all at once | 93.4 %<!-- quick: all at once val --> ± 0.7 %<!-- quick: all at once val: std --> | 9.4 %<!-- quick: all at once moved --> | 67.7 %<!-- quick: all at once known --> |
#
# The random head pulls with 13.6<!-- quick: all at once pull -->, the trained one with
# 0.39<!-- quick: right order pull -->. A head that knows nothing makes large errors, the errors flow back, and block 5 follows
# wishes that are nonsense yet. Forty pictures are then fitted perfectly, by a base that has
# **forgotten** much of what it knew: look at the last column, whose three seeds lie
# between 47 %<!-- quick: all at once known: min --> and 87 %<!-- quick: all at once known: max -->. For cats and dogs it
# costs 3.6 points<!-- quick: cost of all at once --> against the right order; with three seeds that is no more than a hint. The right
# order moves block 5 only a little, and names the eight animals as well as before. And see that the head *alone* is as good:
# with few pictures from near by there may be nothing to gain. (The two plans differ in the order *and* in the rate; which of
# them does it is a question at the end.)
#
# With 200 real photos (`full`, two seeds) the ceremony buys nothing: head only 50.5 %<!-- full: head only val -->, right order
# 50.3 %<!-- full: right order val -->, all at once 56.4 %<!-- full: all at once val -->. What our base knows is of no use for photos, so
# there is nothing to protect. The order guards knowledge; it does not make any.
#
# </details>

# %% [markdown]
# A good place to stop.
#
# ## 6. How many pictures is a base worth?
#
# Pictures cost money, and labels even more. So the question is not only who wins with 100, but how many each way needs. We
# have the results with 100 already. The nets from scratch get only 20 now, a head on the base and block 5 get 20 and 40.

# %% [markdown]
# **Predict, then run.** With how few pictures does a head on the frozen base do as well as the augmented net with 100?
# *I expect ...*

# %% tags=["demo"]
predictions.ask("worth", ["it never does", "with 40", "with 20", "it needs more than 100"])


# %% tags=["demo"]
def with_few(seed, way, num):
    run = fine_tune(seed, RIGHT, num) if way == "tuned" else learn(seed, way, num, watch=False)
    return {key: value for key, value in run.items() if key.startswith("validation")}


fewest, most = settings["sizes"][0], settings["num"]
few_ways = {"scratch": "scratch", "augmented": "augmented", "fine-tuned": "tuned"}
few_settings = {f"{name}, {fewest}": {"way": way, "num": fewest} for name, way in few_ways.items()}
few_study = Study(with_few, few_settings, seeds[:3])

# %% tags=["demo", "fold", "nbval-ignore-output"] nbval_reason="trained on this machine; the ledger test compares its figures within their spread"
fig, ax = plt.subplots(figsize=(8, 3.6))
first, ordered = ({name: few_study.runs(f"{name}, {fewest}") for name in few_ways}, order_study.runs("right order"))
few_runs = {name: {fewest: first[name], most: race_study.runs(name)} for name in ("scratch", "augmented")}
few_runs["fine-tuned"] = {fewest: first["fine-tuned"], few: ordered}  # section 5 has trained the second
few_scores = {name: {n: [run["validation"] for run in r] for n, r in each.items()} for name, each in few_runs.items()}
few_scores["frozen base"] = {n: [run["validation before"] for run in r] for n, r in few_runs["fine-tuned"].items()}
few_scores["frozen base"][most] = [run["validation"] for run in race_study.runs("frozen base")]
for name, each in few_scores.items():
    means, spreads = [np.mean(s) for s in each.values()], [np.std(s, ddof=1) for s in each.values()]
    ax.errorbar(list(each), means, yerr=spreads, marker="o", capsize=4, label=name)
    print(f"{name:12}", ", ".join(f"{n}: {m:.3f} ± {s:.3f}" for n, m, s in zip(each, means, spreads, strict=True)))
sizes = [*settings["sizes"], most]
ax.set(
    xscale="log",
    title="Validation accuracy and number of training pictures",
    xlabel="training pictures",
    ylabel="validation accuracy",
)
ax.set_xticks(sizes, sizes)
ax.minorticks_off()
ax.legend(loc="center left", bbox_to_anchor=(1, 0.5))
plots.show(
    "Validation accuracy against the number of training pictures on a logarithmic axis for four ways to learn; bars are one "
    "standard deviation over the seeds."
)
predictions.recall("worth")

# %% [markdown]
# <details><summary>What we measured: open after you ran it</summary>
#
# | validation accuracy, `quick` | 20 pictures | 40 | 100 |
# |---|---|---|---|
# | scratch | 63.9 %<!-- quick: scratch, 20 pictures --> | | 71.2 %<!-- quick: scratch val --> |
# | augmented | 63.0 %<!-- quick: augmented, 20 pictures --> | | 83.2 %<!-- quick: augmented val --> |
# | frozen base | 97.0 %<!-- quick: frozen base, 20 pictures --> | 98.2 %<!-- quick: frozen base, 40 pictures --> | 99.5 %<!-- quick: frozen base val --> |
# | fine-tuned | 96.3 %<!-- quick: fine-tuned, 20 pictures --> | 97.0 %<!-- quick: fine-tuned, 40 pictures --> | |
#
# (With 100 pictures these are the five runs of section 3, elsewhere three. The frozen base with 20 and 40: the runs called
# fine-tuned, before block 5 is unfrozen. Empty: not trained.)
#
# A head on the base does with **20** pictures what the augmented net does not do with 100. Small data is where a base is worth
# most: the gaps shrink to the right. And augmentation needs something to work on: with 20 pictures it does not help yet, with
# 100 it does. Fine-tuning adds nothing here to the head alone. (In `full` we have not measured this section: on photos our
# base has nothing to give.)
#
# </details>

# %% [markdown]
# ## 7. The family
#
# VGG16 has older and younger relatives. To compare what they cost, two numbers per layer: parameters (memory) and
# **multiply-adds** (time): every filter multiplies its weights with the window, once at every place of its output.
#
# ### ✏️ Exercise 8: `conv_cost` (2 points)
#
# **Goal:** see that what is small in memory may be large in time.
#
# **Given:** a convolution with "same" padding on a map of (side, side, channels), its filters, window and stride. With "same"
# padding, stride $s$ leaves $\lceil \text{side} / s \rceil$ places across: a begun step counts as a whole.
#
# **Question:** How many parameters has it, and how many multiply-adds does one picture cost? (Adding the bias is not counted.)
#
# <details><summary>Hint 1: where to begin</summary>
# For <em>one</em> place of the output and <em>one</em> filter: how many multiplications? How many such places are there, and how
# many filters?
# </details>
# <details><summary>Hint 2: a plan</summary>
# Three lines: the side of the output, rounded up; the parameters, with a bias for each filter; the multiply-adds. In which of
# the three does the bias stand, and in which the stride?
# </details>
# <details><summary>Hint 3: almost the code</summary>
# Rounded up without a library: <code>out = -(-side // stride)</code>. A filter has
# <code>weights = window * window * channels</code>. Then the multiply-adds are
# <code>out * out * filters * weights</code>. What are the parameters, and in which order are both returned?
# </details>


# %% nbgrader={"grade_id": "conv_cost", "solution": true}
def conv_cost(side, channels, filters, window, stride=1):
    """Return (parameters, multiply_adds) of a convolution with "same" padding and one bias per filter.

    side, channels: of the map that comes in, side x side places. window: side of the square window.
    """
    ### BEGIN SOLUTION
    out = -(-side // stride)
    weights = window * window * channels
    return (weights + 1) * filters, out * out * filters * weights
    ### END SOLUTION


# %% nbgrader={"grade_id": "conv_cost-test", "points": 2}
_result = conv_cost(5, 2, 4, 3, 2)
assert _result is not None, "conv_cost(5, 2, 4, 3, 2) is None. Is there a return?"
assert np.shape(_result) == (2,), "conv_cost(5, 2, 4, 3, 2) should be two numbers: parameters, multiply-adds."
checks.close(
    _result[0],
    76,
    "the parameters in conv_cost(side 5, channels 2, filters 4, window 3, stride 2)",
    misconceptions={
        "the biases are missing": 72,
        "one bias per layer, not per filter": 73,
        "the channels that come in are forgotten": 40,
        "the window is square: it has window times window places": 28,
        "both numbers are swapped": 648,
        "parameters do not depend on the number of places": 684,
    },
)
checks.close(
    _result[1],
    648,
    "the multiply-adds in conv_cost(side 5, channels 2, filters 4, window 3, stride 2)",
    misconceptions={
        "the output is 3 places across: a begun step counts": 288,
        "the stride is not used": 1800,
        "the side must be squared: a map has side times side places": 216,
        "the filters are forgotten: each one is computed at each place": 162,
        "the biases are counted": 684,
        "the stride shortens both sides of the map, not one": 1080,
        "there is no half place: the side of the output is a whole number": 450,
    },
)
print("conv_cost: the visible checks pass. More tests run when you hand in.")
### BEGIN HIDDEN TESTS
for _side, _channels, _filters, _window, _stride in [
    (224, 3, 64, 3, 1),
    (224, 3, 64, 7, 2),
    (7, 5, 3, 1, 1),
    (9, 1, 2, 5, 4),
    (10, 4, 6, 3, 3),
]:
    _places = len(range(0, _side, _stride)) ** 2
    _weights = _channels * _window**2
    checks.close(
        conv_cost(_side, _channels, _filters, _window, _stride),
        [_weights * _filters + _filters, _places * _weights * _filters],
        f"conv_cost({_side}, {_channels}, {_filters}, {_window}, {_stride})",
    )
### END HIDDEN TESTS

# %% [markdown]
# Two ends of VGG16: `block1_conv2` has $37$ thousand parameters and `block5_conv3` 2.4 million. Which costs more time?

# %% tags=["demo"]
for name, args in {"block1_conv2": (224, 64, 64, 3), "block5_conv3": (14, 512, 512, 3)}.items():
    parameters, multiply_adds = conv_cost(*args)
    print(f"{name}: {parameters:9,} parameters, {multiply_adds:13,} multiply-adds")

# %% [markdown]
# The small one, four times as much: it works at 50,176 places. Now the relatives, built without weights. Each was the answer
# to a question:
#
# - **LeNet-5** (1998): do convolutions work at all? They read cheques.
# - **AlexNet** (2012): do they scale, with ReLU, dropout and graphics cards? In ImageNet's contest the share of pictures whose class was
#   not among five guesses fell from 26.2 % (the second) to 15.3 % (their paper).
# - **VGG16** (2014): is depth enough, with nothing but $3 \times 3$?
# - **Inception** (2014 to 2015): must one choose the window? Take several side by side, and squeeze channels by
#   $1 \times 1$ first.
# - **ResNet** (2015): why do deeper nets get *worse*, even in training? See below.


# %% tags=["demo", "fold"]
def lenet5():
    c1, c3 = (layers.Conv2D(f, 5, activation="tanh") for f in (6, 16))
    return keras.Sequential([keras.Input((32, 32, 1)), c1, layers.AveragePooling2D(2), c3, layers.AveragePooling2D(2)])


def alexnet():
    net = keras.Sequential([keras.Input((227, 227, 3)), layers.Conv2D(96, 11, strides=4, activation="relu")])
    net.add(layers.MaxPooling2D(3, strides=2))
    net.add(layers.Conv2D(256, 5, padding="same", groups=2, activation="relu"))
    net.add(layers.MaxPooling2D(3, strides=2))
    for filters, groups in ((384, 1), (384, 2), (256, 2)):
        net.add(layers.Conv2D(filters, 3, padding="same", groups=groups, activation="relu"))
    net.add(layers.MaxPooling2D(3, strides=2))
    return net


def published(build, side):
    return build(weights=None, include_top=False, input_shape=(side, side, 3))


# the convolutional part, the sizes of the dense layers on it (after flattening or averaging), layers with weights in a row
family = {
    "LeNet-5": (lenet5(), (400, 120, 84, 10), 5),
    "AlexNet": (alexnet(), (9216, 4096, 4096, 1000), 8),
    "VGG16": (wide, (25088, 4096, 4096, 1000), 16),
    "Inception (v3)": (published(keras.applications.InceptionV3, 299), (2048, 1000), 48),
    "ResNet-50": (published(keras.applications.ResNet50, 224), (2048, 1000), 50),
}

# %% tags=["demo", "fold"]
print(f"{'':15} depth  input  convolutional      dense part   multiply-adds")
for name, (net, dense, depth) in family.items():
    convolutions = [layer for layer in net.layers if isinstance(layer, layers.Conv2D)]
    multiply_adds = sum(int(np.prod(c.kernel.shape)) * c.output.shape[1] * c.output.shape[2] for c in convolutions)
    products = np.dot(dense[:-1], dense[1:])
    top, multiply_adds = products + sum(dense[1:]), multiply_adds + products
    print(f"{name:15} {depth:5}  {net.input_shape[1]:5}  {net.count_params():13,} {top:15,} {multiply_adds:15,}")

# %% [markdown]
# Read three stories in this table. VGG16's dense part holds 124 of its 138 million parameters, and hardly any of its time:
# its heirs throw it away and average each map instead. Inception and ResNet go three times as deep with a sixth of the
# parameters and a quarter to two fifths of the time. And depth has grown tenfold in seventeen years.
#
# ### The skip
#
# A very deep plain net trains badly, and not because it overfits: its *training* error is worse. He and others (2015) had
# a simple idea. Let a block compute only a **change**, and add it to what came in:
#
# $$y = \text{ReLU}(F(x) + x), \qquad F(x) = \text{conv}_2(\text{ReLU}(\text{conv}_1(x))) .$$
#
# If nothing needs to be changed, $F = 0$ will do, and that is easy to learn. (ResNet puts batch normalisation behind each
# convolution; we leave it out.)
#
# ### ✏️ Exercise 9: `residual_block` (2 points)
#
# **Goal:** a block with a skip, by hand.
#
# **Given:** a map x, two kernels, two biases; `same_conv` of the locked cell, which is notebook 01's convolution with
# "same" padding.
#
# **Question:** What does the block send on?
#
# <details><summary>Hint 1: where to begin</summary>
# Draw it as a street: where does the bypass leave, where does it come back? How many ReLUs are on the main road before the
# crossing, and how many behind it?
# </details>
# <details><summary>Hint 2: a plan</summary>
# ReLU of an array is <code>np.maximum(x, 0)</code>. The first convolution, ReLU; the second convolution, <em>no</em> ReLU yet; add
# x; ReLU. What would the block never be able to do if the ReLU came before the addition?
# </details>
# <details><summary>Hint 3: almost the code</summary>
# First <code>inner = np.maximum(same_conv(x, kernel1, bias1), 0)</code>, then
# <code>change = same_conv(inner, kernel2, bias2)</code>. One line is missing: what is added, and where is the last
# <code>np.maximum</code>?
# </details>


# %% nbgrader={"grade_id": "same_conv", "locked": true}
def same_conv(x, kernel, bias):
    """Convolve a map (height, width, channels) with a kernel (window, window, channels, filters), zeros around it."""
    window = kernel.shape[0]
    padded = np.pad(x, ((window // 2, window // 2), (window // 2, window // 2), (0, 0)))
    views = np.lib.stride_tricks.sliding_window_view(padded, (window, window), axis=(0, 1))
    return np.einsum("hwcij,ijcf->hwf", views, kernel) + bias


# %% nbgrader={"grade_id": "residual_block", "solution": true}
def residual_block(x, kernel1, bias1, kernel2, bias2):
    """Return ReLU(F(x) + x), with F = convolution, ReLU, convolution.

    x: shape (height, width, channels). kernels: (window, window, channels, channels). biases: (channels,).
    """
    x = np.asarray(x, dtype=float)
    ### BEGIN SOLUTION
    inner = np.maximum(same_conv(x, kernel1, bias1), 0)
    change = same_conv(inner, kernel2, bias2)
    return np.maximum(change + x, 0)
    ### END SOLUTION


# %% nbgrader={"grade_id": "residual_block-test", "points": 2}
_rng = np.random.default_rng(66)
_x = _rng.normal(size=(4, 5, 2))
_kernel1, _kernel2 = 0.4 * _rng.normal(size=(2, 3, 3, 2, 2))
_bias1, _bias2 = _rng.normal(size=(2, 2))
_first = same_conv(_x, _kernel1, _bias1)
_inner = np.maximum(_first, 0)
_change = same_conv(_inner, _kernel2, _bias2)
_zeros = np.zeros((3, 3, 2, 2))
checks.close(
    residual_block(_x, _zeros, np.zeros(2), _zeros, np.zeros(2)),
    np.maximum(_x, 0),
    "residual_block(x, kernels and biases of zeros)",
    misconceptions={"there is no skip": np.zeros_like(_x), "no ReLU comes after x is added": _x},
)
checks.close(
    residual_block(_x, _kernel1, _bias1, _kernel2, _bias2),
    np.maximum(_change + _x, 0),
    "residual_block(x of shape (4, 5, 2), kernels, biases)",
    misconceptions={
        "there is no skip": np.maximum(_change, 0),
        "x is added behind the last ReLU": np.maximum(_change, 0) + _x,
        "there is a ReLU too many, before x is added": np.maximum(np.maximum(_change, 0) + _x, 0),
        "the last ReLU is missing": _change + _x,
        "there is no ReLU between the convolutions": np.maximum(same_conv(_first, _kernel2, _bias2) + _x, 0),
        "the inner map is added, not x": np.maximum(_change + _inner, 0),
        "x is subtracted": np.maximum(_change - _x, 0),
        "x goes through a ReLU before it is added": np.maximum(_change + np.maximum(_x, 0), 0),
        "the first kernel is used twice": np.maximum(same_conv(_inner, _kernel1, _bias1) + _x, 0),
    },
)
print("residual_block: the visible checks pass. More tests run when you hand in.")
### BEGIN HIDDEN TESTS
for _shape, _window in [((3, 3, 1), 3), ((6, 4, 3), 3), ((5, 5, 2), 5)]:
    _x, _c = _rng.normal(size=_shape), _shape[-1]
    _kernels, _biases = 0.3 * _rng.normal(size=(2, _window, _window, _c, _c)), _rng.normal(size=(2, _c))
    _inner = same_conv(_x, _kernels[0], _biases[0]).clip(min=0)
    _sum = same_conv(_inner, _kernels[1], _biases[1]) + _x
    checks.close(
        residual_block(_x.tolist(), _kernels[0], _biases[0], _kernels[1], _biases[1]),
        _sum * (_sum > 0),
        f"residual_block(x of shape {_shape}, windows of {_window})",
    )
### END HIDDEN TESTS

# %% [markdown]
# And in Keras, where `layers.add` is the crossing:


# %% tags=["demo"]
def keras_block(x, skip=True, weights="glorot_uniform"):
    options = {"padding": "same", "kernel_initializer": weights}
    inner = layers.Conv2D(x.shape[-1], 3, activation="relu", **options)(x)
    change = layers.Conv2D(x.shape[-1], 3, **options)(inner)
    return layers.ReLU()(layers.add([change, x]) if skip else change)


# %% tags=["demo", "nbval-ignore-output"] nbval_reason="sums differ in their last digits from machine to machine"
keras.utils.set_random_seed(seed)
maps = keras.Input((8, 8, 4))
block_net = keras.Model(maps, keras_block(maps))
x = np.random.default_rng(seed).normal(size=(1, 8, 8, 4))
difference = np.abs(residual_block(x[0], *block_net.get_weights()) - block_net.predict(x, verbose=0)[0]).max()
print(f"largest difference to Keras: {difference:.1e}")

# %% [markdown]
# What does the skip do to the *gradient*? Stack 25 such blocks, 50 convolutions, untrained, with Keras' usual weights; send
# pictures through, and look at the gradient in each layer. Once with skips, once without.

# %% [markdown]
# **Predict, then run.** Without skips: how long is the gradient in a middle layer, compared with the net that has them?
# *I expect ...*

# %% tags=["demo"]
predictions.ask(
    "skip", ["about as long", "a tenth or so", "a millionth or less", "longer: it need not be shared with the skip"]
)


# %% tags=["demo"]
def gradients_in(skip, weights):
    keras.utils.set_random_seed(seed)
    pictures = keras.Input((16, 16, 3))
    x = layers.Conv2D(8, 3, padding="same")(pictures)
    for _ in range(25):
        x = keras_block(x, skip, weights)
    net = keras.Model(pictures, layers.Dense(1)(layers.GlobalAveragePooling2D()(x)))
    kernels = [layer.kernel.value for layer in net.layers if isinstance(layer, layers.Conv2D)]
    y = y_train[:64, None].astype("float32")
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(keras.losses.binary_crossentropy(y, net(x_train[:64, ::4, ::4]), from_logits=True))
    return [float(tf.norm(gradient)) for gradient in tape.gradient(loss, kernels)]


# %% tags=["demo", "nbval-ignore-output"] nbval_reason="sums differ in their last digits from machine to machine"
stacks = {
    "with skips": (True, "glorot_uniform"),
    "without": (False, "glorot_uniform"),
    "without, He's weights": (False, "he_normal"),
}
lengths = {name: gradients_in(*stack) for name, stack in stacks.items()}
for name, values in lengths.items():
    print(f"{name:22} first block {values[1]:.0e}, middle {np.median(values):.0e}, last block {values[-1]:.0e}")
predictions.recall("skip")

# %% tags=["demo", "fold", "nbval-ignore-output"] nbval_reason="sums differ in their last digits from machine to machine"
fig, ax = plt.subplots(figsize=(8, 3.2))
for (name, values), marker in zip(lengths.items(), "ovs", strict=True):
    ax.plot(range(1, len(values) + 1), values, marker=marker, markersize=4, label=name)
ax.set(
    yscale="log",
    title="Length of the gradient in each of 51 convolutions",
    xlabel="layer",
    ylabel="length of the gradient",
)
ax.legend()
plots.show(
    "Length of the gradient against the layer, logarithmic, for a stack of 25 blocks with skips, without, and without with He's weights."
)

# %% [markdown]
# <details><summary>What we measured: open after you ran it</summary>
#
# In the middle layer the gradient without skips is shorter by a factor of ten to the power of
# 11.2<!-- quick: powers of ten lost without skips -->. Nothing will be learnt there. The signal fades on its way up, the
# gradient on its way down, each by a product of fifty numbers that are a little too small. With the skip the derivative of
# $F(x) + x$ is $F'(x) + 1$: whatever the convolutions do, **a path with factor 1 remains**, all the way down.
#
# He's weights, the third line, undo most of the fading, in an untrained net. But training changes weights, and the skip stays.
# The authors of ResNet had both these weights and batch normalisation, and their plain net of 56 layers was still worse than one
# of 20 (*in training*, on CIFAR-10: He and others 2015, figure 1; not measured by us); with skips they went beyond a hundred layers.
#
# </details>

# %% [markdown]
# ## 8. The envelopes
#
# All choices are made. The labels of the test pictures, once, for all that was trained.


# %% tags=["demo"]
def open_envelopes():
    envelopes = {name: race_study.runs(name) for name in ways}
    envelopes |= {f"{name}, {few} pictures": order_study.runs(name) for name in plans}
    return {
        name: [float(np.mean(np.array(run["envelope"]) == photos.y_test)) for run in runs]
        for name, runs in envelopes.items()
    }


test_scores = evaluate_once("cats and dogs", open_envelopes)

# %% tags=["demo", "nbval-ignore-output"] nbval_reason="trained on this machine; the ledger test compares its figures within their spread"
for name, values in test_scores.items():
    print(f"{name:36} {np.mean(values):.1%} ± {np.std(values, ddof=1):.1%} over {len(values)} seeds")

# %% [markdown]
# | test accuracy, `quick` | |
# |---|---|
# | scratch | 70.0 %<!-- quick: scratch test --> ± 5.5 %<!-- quick: scratch test: std --> |
# | augmented | 83.7 %<!-- quick: augmented test --> ± 6.4 %<!-- quick: augmented test: std --> |
# | frozen base | 99.0 %<!-- quick: frozen base test --> ± 0.6 %<!-- quick: frozen base test: std --> |
# | head only, 40 pictures | 97.3 %<!-- quick: head only, 40 pictures test --> ± 1.7 %<!-- quick: head only, 40 pictures test: std --> |
# | right order, 40 pictures | 96.1 %<!-- quick: right order, 40 pictures test --> ± 3.2 %<!-- quick: right order, 40 pictures test: std --> |
# | all at once, 40 pictures | 92.6 %<!-- quick: all at once, 40 pictures test --> ± 0.2 %<!-- quick: all at once, 40 pictures test: std --> |
#
# The order is that of the validation. In `full` (two seeds) scratch gets 73.4 %<!-- full: scratch test -->, augmented
# 76.8 %<!-- full: augmented test --> and the head on our base 52.4 %<!-- full: frozen base test -->. In validation scratch was level
# with augmented: two seeds do not tell them apart. (Not measured in `full`: the frozen base end to end, and the last three rows.)

# %% [markdown]
# ### Something to play with
#
# Draw an animal of your own: a kind, with whosever ears. The source net says which of its eight it sees; a head, trained on
# our cats and dogs, says how much of a dog it is. Can you draw a cat that it takes for a dog?

# %% tags=["demo", "fold"]
from course_utils import widgets

EARS = {
    "own": None,
    "pointed": drawn.pointed_ears,
    "hanging": drawn.hanging_ears,
    "round": drawn.round_ears,
    "long": drawn.long_ears,
}
keras.utils.set_random_seed(seed)
play_head = keras.Sequential([keras.Input(cache["train"][-1].shape[1:]), *head()])
train(play_head, cache["train"][-1][: settings["num"]], y_train[: settings["num"]], 150)
play_base = pretrained_base()


def draw_animal(kind, ears, number):
    picture = drawn.draw(kind, 1, 64, np.random.default_rng(number), ears=EARS[ears])
    scores = source_net.predict(vgg.preprocess_input(picture), verbose=0)[0]
    chances = np.exp(scores - scores.max()) / np.exp(scores - scores.max()).sum()
    dog = play_head.predict(play_base.predict(prepare(picture.astype("float32")), verbose=0), verbose=0)[0, 0]
    fig, (left, right) = plt.subplots(1, 2, figsize=(7, 2.8), width_ratios=(1, 2))
    plots.picture(left, picture[0], f"p(dog) = {dog:.2f}")
    right.barh(range(8), chances)
    right.set_yticks(range(8), vgg.CLASS_NAMES)
    right.set(xlim=(0, 1), title="The source net's words", xlabel="probability")
    return fig


# %% tags=["demo", "nbval-ignore-output"] nbval_reason="trained on this machine"
widgets.explore(
    draw_animal,
    kind=list(drawn.KINDS),
    ears=list(EARS),
    number=(0, 30),
    alt="A drawn animal with the probability that it is a dog, and bars for the eight words of the source net.",
)

# %% tags=["demo", "fold", "nbval-ignore-output"] nbval_reason="trained on this machine; the ledger test compares its figures within their spread"
measured = {"cats called mouse": float(counts[0][list(vgg.CLASS_NAMES).index("mouse")])}
measured |= {
    "dogs called fox": float(counts[1][list(vgg.CLASS_NAMES).index("fox")]),
    "sorted by words": float(untrained),
}
measured["logistic regression val"] = float(baseline)
for name in ways:
    runs = race_study.runs(name)
    measured |= {
        f"{name} {what}": [run[column] for run in runs]
        for what, column in (("val", "validation"), ("training", "training"))
    }
runs = through_study.runs("frozen base, augmented")
for what, column in (("val", "validation"), ("training", "training"), ("half a pixel on", "half a pixel on")):
    measured[f"end to end {what}"] = [run[column] for run in runs]
for setting in cut_study.settings:
    measured[f"cut {setting}"] = [run["accuracy"] for run in cut_study.runs(setting)]
for name in plans:
    runs = order_study.runs(name)
    for what, column in (
        ("val", "validation"),
        ("moved", "moved"),
        ("pull", "pull on block 5"),
        ("known", "still known"),
    ):
        if imagenet is None or what != "known":
            measured[f"{name} {what}"] = [run[column] for run in runs]
right, wrong = (np.mean(measured[f"{name} val"]) for name in ("right order", "all at once"))
measured["cost of all at once"] = float(100 * (right - wrong))
for name, each in few_scores.items():
    measured |= {f"{name}, {n} pictures": values for n, values in each.items()}
measured |= {f"{name} test": values for name, values in test_scores.items()}
with_skips, without = (np.median(lengths[name]) for name in ("with skips", "without"))
measured["powers of ten lost without skips"] = float(np.log10(with_skips / without))
ledger.record("06_transfer_learning", profile, measured)

# %% [markdown]
# ## 9. What did we find?
#
# ### ✏️ Exercise 10: your findings (4 points, written)
#
# A museum of natural history has 60 labelled photos of two kinds of beetle, and asks how to build a classifier. A colleague
# proposes: "Take a pre-trained VGG16, unfreeze everything, and train with the usual rate." Comment on your findings, and
# identify the best way for the museum, in ten to fourteen sentences with your own numbers.
#
# | points | for |
# |---|---|
# | 1 | the comparison of section 3: mean and spread over the seeds of scratch, augmented and frozen base, training beside validation, and which you would call best |
# | 1 | what few and what more pictures buy (section 6: two ways, two numbers of pictures each), and what that means for 60 |
# | 1 | why not "unfreeze everything": the pull of a random and of a trained head (two numbers), and what the order did to the accuracy |
# | 1 | where to cut if beetles are far from what the base knows (section 4: two tasks, two cuts, numbers), and one limit of our comparison |

# %% [markdown] nbgrader={"grade_id": "findings", "solution": true, "points": 4}
# **Model answer.** In my notebook, with 100 pictures and five seeds, the net from scratch reached
# 71.2 %<!-- quick: scratch val --> ± 4.8 %<!-- quick: scratch val: std --> in validation with 97.7 %<!-- quick: scratch training -->
# in training: it knew its pictures nearly by heart. With augmentation it was 83.2 %<!-- quick: augmented val --> ±
# 8.5 %<!-- quick: augmented val: std -->, and a head on the frozen base 99.5 %<!-- quick: frozen base val --> ±
# 0.8 %<!-- quick: frozen base val: std -->. I call the frozen base the best: its lead is larger than the spread of both, and its
# head trains in seconds. The museum has 60 photos. With 20 pictures I had 63.9 %<!-- quick: scratch, 20 pictures --> from scratch,
# 63.0 %<!-- quick: augmented, 20 pictures --> augmented and 97.0 %<!-- quick: frozen base, 20 pictures --> with the base, with 40
# pictures 98.2 %<!-- quick: frozen base, 40 pictures -->. So 60 are enough for a head, and far too few for a net of one's own. I would
# not unfreeze everything: a head with random weights pulls at block 5 with 13.6<!-- quick: all at once pull -->, a trained one
# with 0.39<!-- quick: right order pull -->. All at once ended at 93.4 %<!-- quick: all at once val --> with 40 pictures, the right
# order at 97.0 %<!-- quick: right order val -->, the head alone at 97.4 %<!-- quick: head only val -->. With three
# seeds that is a hint; plainer is that after all at once block 5 let the old head name only
# 67.7 %<!-- quick: all at once known --> of the eight animals, after the right order 90.6 %<!-- quick: right order known -->. So: first a head on
# cached features; then, if the validation says so, block 5 at a low rate. Beetles may be far from what the base knows. For cats and
# dogs the cut after block 4 was best here (97.6 %<!-- quick: cut trained, cats and dogs, block 4 -->), for digits the one after
# block 2 (71.7 %<!-- quick: cut trained, digits, block 2 --> against
# 37.6 %<!-- quick: cut trained, digits, block 5 --> after block 5). I would try the cuts after blocks 2 to 5 and take the shallowest
# that is within one standard error of the best. One limit: our pictures are drawings, near to what the base was trained on. On real
# photos this very base was worth nothing (53.4 %<!-- full: frozen base val -->), so the museum needs one that has seen photos.
#
# **Marking guide.** One point per row of the table that students see. The student's own numbers may differ from the ones
# above; accept what the student's notebook prints.
#
# - Row 1: needs three means with spreads, the training accuracies (all near 100 % for scratch: it knows its pictures by
# heart) and a choice that follows from them. A ranking without spread: no point.
# - Row 2: needs at least two sizes for two ways, and a conclusion for 60. "More data is better" alone: no point.
# - Row 3: needs both pulls (or their ratio) and two accuracies. If the student's own accuracies do not differ by more than
# their spread, saying so earns the point.
# - Row 4: needs the best cuts of two tasks with accuracies, a cut for beetles with a reason, and a true limit (drawn
# pictures; one base; three to five seeds; 300 validation pictures that were looked at often; $64 \times 64$ pixels).

# %% [markdown]
# ## Can you do it now?
#
# - [ ] I can account for every layer of VGG16: shapes, parameters, multiply-adds, what one of its units sees.
# - [ ] I can use a trained network as a fixed pair of eyes: extract features once, keep them, train a small head on them.
# - [ ] I can fine-tune in the right order, and show what the wrong one does to what was already known.
# - [ ] I can choose where to cut when my pictures are far from those that the network knows.
# - [ ] I can explain what a skip connection does for the gradient in a deep network.
#
# **What if ...**
#
# - ... the pixels are prepared wrongly, say from 0 to 1 in place of from $-1$ to $1$? Change `prepare`, run section 3 again,
#   and see how much a small carelessness costs.
# - ... block 5 learns all at once, but at the low rate of 0.0001? Add a plan to section 5. Is it the order or the rate?
# - ... the source task had been a single animal against an empty field? What would the base have learnt? Train one:
#   `course_utils/vgg/pretrain.py` shows how.
# - ... the base had been trained on the very validation pictures, with other labels? Would that be cheating?
#
# **Further reading**
#
# - K. Simonyan, A. Zisserman, *Very Deep Convolutional Networks for Large-Scale Image Recognition* (2014): VGG16.
# - J. Yosinski and others, *How transferable are features in deep neural networks?* (2014): cuts at every depth.
# - K. He and others, *Deep Residual Learning for Image Recognition* and *Delving Deep into Rectifiers* (both 2015): skips, and
#   the weights that made our narrow twin learn.
# - C. Olah and others, *Feature Visualization* (2017): what filters like, with pictures to get lost in.
# - F. Chollet, *Deep Learning with Python*, the chapter on computer vision: the two ways of feature extraction, and fine-tuning,
#   with the real VGG16.

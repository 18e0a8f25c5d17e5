# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 08 1-D convolution for text
#
# Two programmers ask for help. Both names of languages are blacked out, but *swing* is a part of Java and *pandas* one
# of Python:
#
# > *i am moving my **swing** code to **pandas**.*
# >
# > *i am moving my **pandas** code to **swing**.*
#
# From Java to Python, from Python to Java: the same words, opposite questions. For all networks of notebook 07 they are
# one and the same, since a bag of words has no order. **Which network can tell them apart, and how far does it look?**
#
# You know the tool already: a window that slides. In notebook 01 it slid over pixels. Here it slides over words.
#
# **When you are done, you can**
#
# 1. slide a filter over word vectors by hand, pool what it finds, and count what it learns, as Keras does,
# 2. say how far a network looks, what wide windows and stacked layers buy, and what they cost,
# 3. show in the text itself what a filter has found, and what padding does to it,
# 4. study the seven hyper-parameters of a text convnet, and choose a model by a rule,
# 5. use word vectors that were learnt elsewhere, and say when they help.
#
# **Builds on** notebooks 01 (convolution, pooling), 02 (a convnet, receptive field) and 07 (vocabulary, embedding).
#
# **Time** About a minute and a half to run every cell on a laptop with two cores (`full`: half an hour or more).
# Plan three sittings of an hour or a little more; the places to stop are marked.
#
# Nothing is downloaded with `profile = "quick"`. With `"full"` the questions are real ones from Stack Overflow, and the
# reviews are IMDB's. Exercises are marked with ✏️ and worth 20 points in total.

# %% tags=["parameters"]
profile = "quick"
seed = 0

# %% nbgrader={"grade_id": "setup", "locked": true}
import numpy as np

from course_utils import checks

# %% [markdown]
# ## 1. A first drive
#
# First use it, then open the bonnet. The settings differ between the profiles, the code does not.

# %% tags=["demo", "fold"]
settings = {
    "quick": {
        "length": 80,
        "dims": 16,
        "filters": 32,
        "epochs": 6,
        "batch_size": 64,
        "learning_rate": 0.01,
        "bag_rate": 0.03,
    },
    "full": {
        "length": 250,
        "dims": 64,
        "filters": 64,
        "epochs": 8,
        "batch_size": 64,
        "learning_rate": 0.001,
        "bag_rate": 0.005,
    },
}[profile]
seeds = range(seed, seed + (3 if profile == "quick" else 2))
length = settings["length"]

# %% tags=["demo"]
import keras
import matplotlib.pyplot as plt

from course_utils import data, ledger, plots, predictions
from course_utils.study import Study, evaluate_once

plots.use_course_style()
layers = keras.layers
questions = data.stack_overflow(profile)
questions.describe()

# %% [markdown]
# As in notebook 07, `TextVectorization` turns each text into a row of word numbers: at most 10,001 different ones,
# adapted to training texts only. Rows have a fixed `length`; 0 fills up short texts.

# %% tags=["demo"]
vectorizer = layers.TextVectorization(max_tokens=10_001, output_sequence_length=length)
vectorizer.adapt(list(questions.x_train))
x_train, x_val, x_test = (
    np.asarray(vectorizer(list(texts))) for texts in (questions.x_train, questions.x_val, questions.x_test)
)
y_train, y_val = questions.y_train, questions.y_val
num_words = vectorizer.vocabulary_size()
print("x_train", x_train.shape, "different words:", num_words)

# %% [markdown]
# The lecture's network: a vector of 64 numbers for each word, half of them switched off by dropout, then **64 filters
# that look at 5 words at a time**, the strongest answer of each filter, and four logits.

# %% tags=["demo"]
keras.utils.set_random_seed(seed)  # the random numbers that the weights begin with
model = keras.Sequential(
    [
        keras.Input((length,)),
        layers.Embedding(10_001, 64),
        layers.Dropout(0.5),
        layers.Conv1D(64, 5, strides=2, padding="valid", activation="relu"),
        layers.GlobalMaxPooling1D(),
        layers.Dense(4),
    ]
)
model.summary()

# %% [markdown]
# **Predict, then run.** What will this network answer to the twins at the top? *I expect ...*

# %% tags=["demo"]
predictions.ask(
    "twins",
    [
        "the same language for both: the words are the same",
        "two languages, both right",
        "two languages, both wrong: it takes the first word that it knows",
    ],
)

# %% tags=["demo", "nbval-ignore-output"] nbval_reason="trained on this machine; the ledger test compares its figures within their spread"
model.compile(
    optimizer=keras.optimizers.Adam(settings["learning_rate"]),
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    metrics=["accuracy"],
)
how = {"epochs": settings["epochs"], "batch_size": settings["batch_size"], "verbose": 2}
model.fit(x_train, y_train, validation_data=(x_val, y_val), **how)
loss, accuracy = model.evaluate(x_val, y_val, verbose=0)
print(f"validation accuracy: {accuracy:.1%}")

# %% tags=["demo", "nbval-ignore-output"] nbval_reason="trained on this machine; the ledger test compares its figures within their spread"
twins = ["i am moving my swing code to pandas.", "i am moving my pandas code to swing."]
logits = model.predict(np.asarray(vectorizer(twins)), verbose=0)
for text, row in zip(twins, logits, strict=True):
    print(text, *(f"{language} {value:.1f} " for language, value in zip(questions.class_names, row, strict=True)))
predictions.recall("twins")

# %% [markdown]
# <details><summary>What we measured: open after you ran it</summary>
#
# With `quick` two languages, both right: the largest logit is Python's for the first twin and Java's for the second.
# Some filter must have learnt that what stands *before* a name matters: *to pandas* is not *my pandas*.
#
# With `full`, on real questions, the two rows of logits differ too, but the answers need not be right. People who ask
# real questions hardly ever write such sentences, and what is not in the training texts is not learnt. The network
# *can* tell twins apart. Whether it *does* is up to the data.
#
# </details>

# %% [markdown]
# One pair proves little. Here are fifty, and the comparison with the **multi-hot net** of notebook 07 (one dense layer
# on which words occur), over several seeds. Two more figures are of interest: the accuracy on validation questions that
# name words of *two* languages, and on all the others. The grammar behind the `quick` questions lists such words.

# %% tags=["demo"]
from course_utils.data.embedded import questions as grammar


def languages_in(text):
    words = {word.strip(".,?!") for word in text.lower().split()}
    return sum(bool(words & set(clues)) for clues in grammar.COMMON.values())


two = np.array([languages_in(text) >= 2 for text in questions.x_val])
print(f"{two.mean():.0%} of the validation questions name words of two languages or more")

# %% tags=["demo"]
pairs = [(a, b) for a in grammar.COMMON["java"][1:6] for b in grammar.COMMON["python"][:5]]
many_twins = [f"i am moving my {a} code to {b}." for a, b in pairs + [(b, a) for a, b in pairs]]
x_twins, y_twins = np.asarray(vectorizer(many_twins)), np.repeat([3, 1], len(pairs))  # python, then java
print(len(many_twins), "twins, such as", many_twins[0], many_twins[len(pairs)])

# %% [markdown]
# `fit` trains and gives back the history. `outputs` is `predict` in small, 400 texts at a time. `figures` collects what
# all our studies compare. The race also writes down each net's **answers to the test questions, sealed**: nobody
# compares them with the truth before section 8.


# %% tags=["demo"]
def fit(net, train, new, **changes):
    how = settings | changes
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    net.compile(keras.optimizers.Adam(how["learning_rate"]), loss, metrics=["accuracy"])
    how = {"epochs": how["epochs"], "batch_size": how["batch_size"], "verbose": 0}
    return net.fit(*train, validation_data=new, **how).history


def outputs(net, x):
    return np.concatenate([net(x[i : i + 400]) for i in range(0, len(x), 400)])


def answers(net, x):
    return outputs(net, x).argmax(axis=1)


def figures(net, history, x_val):
    right = answers(net, x_val) == y_val
    last = {"validation": right.mean(), "two languages": right[two].mean(), "others": right[~two].mean()}
    return history | last | {"training": history["accuracy"][-1], "parameters": net.count_params()}


# %% tags=["demo"]
def multi_hot(x):
    found = np.zeros((len(x), num_words), "float32")
    found[np.arange(len(x))[:, None], x] = 1
    return found[:, 1:]  # without the place of padding


def convnet(width=5, stride=2, pooling=layers.GlobalMaxPooling1D):
    net = keras.Sequential([keras.Input((length,)), layers.Embedding(10_001, settings["dims"])])
    net.add(layers.Dropout(0.5))
    net.add(layers.Conv1D(settings["filters"], width, strides=stride, activation="relu"))
    net.add(pooling())
    net.add(layers.Dense(4))
    return net


# %% [markdown]
# In `quick` this `convnet` is a narrow version of the lecture's net, 16 numbers a word and 32 filters; in `full` it is
# the lecture's.


# %% tags=["demo"]
def race(seed, kind):
    keras.utils.set_random_seed(seed)
    prepare = multi_hot if kind == "bag" else np.asarray
    net = keras.Sequential([layers.Dense(4)]) if kind == "bag" else convnet()
    rate = settings["bag_rate" if kind == "bag" else "learning_rate"]
    history = fit(net, (prepare(x_train), y_train), (prepare(x_val), y_val), learning_rate=rate)
    told = np.mean(answers(net, prepare(x_twins)) == y_twins)
    sealed = answers(net, prepare(x_test)).tolist()
    return figures(net, history, prepare(x_val)) | {"twins": told, "sealed": sealed}


first_study = Study(race, {"multi-hot net": {"kind": "bag"}, "convnet": {"kind": "words"}}, seeds)

# %% tags=["demo", "nbval-ignore-output"] nbval_reason="trained on this machine; the ledger test compares its figures within their spread"
majority = np.mean(y_val == np.bincount(y_train).argmax())
print(f"always the same language: {majority:.1%}")
for metric in ("training", "validation", "two languages", "others", "twins"):
    found = first_study.summary(metric)
    print(f"{metric:14}", *(f"{name} {row['mean']:.1%} ± {row['std']:.1%}   " for name, row in found.iterrows()))
draw = np.sqrt(0.9 * 0.1 / len(y_val))
print(f"and ± {draw:.1%} for an accuracy near 90 %, from which {len(y_val)} questions were drawn for validation")

# %% tags=["demo", "fold"]
fig, ax = plt.subplots(figsize=(7, 3.4))
for name in first_study.settings:
    plots.learning_curves(ax, first_study.runs(name), "accuracy", name)
ax.axhline(majority, color="grey", linestyle=":", label="majority")
ax.set(title="Accuracy over epochs (band: ± one standard deviation over seeds)", ylim=(0, 1))
ax.legend(loc="center left", bbox_to_anchor=(1.01, 0.5))
plots.show(
    "Accuracy over epochs for the multi-hot net and the convnet, training dashed and validation solid, each with a narrow band, and a dotted line for the majority. All curves rise steeply at first and are nearly flat at the end."
)

# %% [markdown]
# <details><summary>What we measured: open after you ran it</summary>
#
# | | multi-hot net | convnet |
# |---|---|---|
# | all validation questions | 78.3 %<!-- quick: race multi-hot net --> | 90.8 %<!-- quick: race convnet --> |
# | those that name two languages | 48.8 %<!-- quick: race multi-hot net two languages --> | 100.0 %<!-- quick: race convnet two languages --> |
# | all others | 87.7 %<!-- quick: race multi-hot net others --> | 87.8 %<!-- quick: race convnet others --> |
# | the fifty twins | 50.0 %<!-- quick: race multi-hot net twins --> | 100.0 %<!-- quick: race convnet twins --> |
#
# On most questions the two are equally good. **The whole lead of the convnet comes from the questions that name
# two languages**, about one in four. There the words tell only which two languages are in play; the order tells
# which one is asked about. Of each pair of twins the multi-hot net gets at most one right, whatever its weights:
# it must give both the same answer.
#
# The real questions of `full` tell it differently: 79.1 %<!-- full: race multi-hot net --> for the multi-hot net
# and 80.0 %<!-- full: race convnet --> for the convnet, which is hardly a difference. Less than one of them in a
# hundred names words of two of the four languages. So there is little order to be read, and hardly any to learn
# it from: of the twins the convnet gets 34.0 %<!-- full: race convnet twins --> right, often it names a third
# language. A better tool wins where its advantage is *needed*.
#
# </details>

# %% [markdown]
# ## 2. Under the bonnet
#
# Four words, each with a vector of two numbers, made up so that you can do the sums: the first says *from* or *to*, the
# second *java* or *python*.

# %% nbgrader={"grade_id": "toy", "locked": true}
toy = {"from": [1, 0], "to": [-1, 0], "java": [0, 1], "python": [0, -1]}
there = np.array([toy[word] for word in ["from", "java", "to", "python"]])
back = np.array([toy[word] for word in ["from", "python", "to", "java"]])
to_python = np.array([[-1, 0], [0, -1]])  # a filter two words wide: first "to", then "python"

# %% tags=["demo", "fold"]
fig, axes = plt.subplots(1, 3, figsize=(8, 2.6))
for ax, words, text in zip(
    axes, [there, back, to_python], ["from java to python", "from python to java", ""], strict=True
):
    plots.number_grid(ax, words, text or "the filter: to python", window=(0, 0, 2, 2) if text else None)
    ax.set_yticks(range(len(words)), labels=text.split() or ["first word", "second word"])
    ax.set_xticks([0, 1], labels=["1", "2"])
    ax.set_xlabel("number")
    ax.grid(visible=False)
plots.show(
    "Three small tables with two columns. From java to python: rows 1 0, 0 1, -1 0, 0 -1. From python to java: rows 1 0, 0 -1, -1 0, 0 1. The filter: rows -1 0 and 0 -1. An orange frame marks the first two rows of both texts."
)

# %% [markdown]
# A text is a table now: one row per word. In an image a window slides right *and* down. Here it **covers the whole
# width of the table, all numbers of a word**, and slides in one direction only, from word to word: hence the name 1-D
# convolution. (There is no sense in sliding from number 1 to number 2: they are not neighbours of anything.)
#
# The arithmetic is as in notebook 01: multiply what lies on top of each other, add up. For the first window of each
# text:

# %%
print("from java:  ", there[0:2].tolist(), "times the filter:", np.sum(there[0:2] * to_python))
print("from python:", back[0:2].tolist(), "times the filter:", np.sum(back[0:2] * to_python))

# %% [markdown]
# ### ✏️ Exercise 1: `slide` (2 points)
#
# **Goal:** the heart of all networks in this notebook.
#
# **Given:** the word vectors of a text, one row per word; a filter of the same number of columns, one row for each word
# that it covers; a bias; a stride, the number of words from one start to the next.
#
# **Question:** What does the filter answer at each place where it fits into the text as a whole?
#
# One answer per place: the sum of all products, plus the bias (once). No ReLU yet.
#
# <details><summary>Hint 1: where to begin</summary>
# You wrote <code>conv1d</code> in notebook 01. Only one thing is new: under the window lies a small table, not a row.
# At which word does the last window start, if the text has 6 words and the filter covers 2?
# </details>
# <details><summary>Hint 2: a plan</summary>
# Go through the starts, <code>stride</code> words apart. At each, cut out as many rows as the filter has, multiply them
# with the filter, add up everything to one number, and keep it in a list. How often does the bias go into each number?
# </details>
# <details><summary>Hint 3: almost the code</summary>
# The starts are <code>range(0, len(words) - len(kernel) + 1, stride)</code>. For one of them the rows are
# <code>words[start : start + len(kernel)]</code>, and <code>np.sum(rows * kernel)</code> adds up over words and numbers
# at once. Return <code>np.array(responses)</code>. Where does the bias belong?
# </details>


# %% nbgrader={"grade_id": "slide", "solution": true}
def slide(words, kernel, bias=0.0, stride=1):
    """Return the answers of one filter, shape (places,), the first place first.

    words: shape (number of words, dims). kernel: shape (width, dims), width at most the number of words.
    bias: a number, added to each answer. stride: words from one start to the next.
    """
    words, kernel = np.asarray(words, dtype=float), np.asarray(kernel, dtype=float)
    ### BEGIN SOLUTION
    responses = []
    for start in range(0, len(words) - len(kernel) + 1, stride):
        responses.append(np.sum(words[start : start + len(kernel)] * kernel) + bias)
    return np.array(responses)
    ### END SOLUTION


# %% nbgrader={"grade_id": "slide-test", "points": 2}
_words = np.array([[1, 0], [2, 1], [0, 3], [1, 1], [4, 0], [0, 2], [3, 1]])
checks.close(
    slide(_words, np.array([[1, 2], [3, -1]]), 0.5, 2),
    [6.5, 8.5, 2.5],
    "slide(7 words of 2 numbers, [[1, 2], [3, -1]], bias 0.5, stride 2)",
    misconceptions={
        "the stride is not used": [6.5, 1.5, 8.5, 15.5, 2.5, 12.5],
        "the bias is missing": [6.0, 8.0, 2.0],
        "the bias is added to each product, not once": [8.0, 10.0, 4.0],
        "the bias is added once for each word": [7.0, 9.0, 3.0],
        "the last window is missing": [6.5, 8.5],
        "a window that sticks out of the text is counted": [6.5, 8.5, 2.5, 13.5],
        "only the first place is answered": 6.5,
        "the filter is turned around before it slides": [7.5, 0.5, 16.5],
        "the numbers of a word are not added up, only the words": [[7.5, -0.5], [3.5, 5.5], [4.5, -1.5]],
        "the words are not added up, only their numbers": [[1.5, 5.5], [6.5, 2.5], [4.5, -1.5]],
    },
)
checks.close(
    slide(there, to_python),
    [-2.0, 0.0, 2.0],
    "slide(there, to_python)",
    misconceptions={"the last window is missing": [-2.0, 0.0], "there is a ReLU already": [0.0, 0.0, 2.0]},
)
print("slide: the visible checks pass. More tests run when you hand in.")
### BEGIN HIDDEN TESTS
_rng = np.random.default_rng(81)
for _count, _dims, _width, _stride in [
    (5, 3, 1, 1),
    (9, 4, 5, 2),
    (6, 1, 6, 3),
    (12, 2, 3, 4),
    (7, 6, 2, 1),
    (8, 2, 3, 2),
]:
    _text, _kernel = _rng.normal(size=(_count, _dims)), _rng.normal(size=(_width, _dims))
    _wanted = [
        sum(_text[_t + _k] @ _kernel[_k] for _k in range(_width)) - 0.25
        for _t in range(0, _count - _width + 1, _stride)
    ]
    _what = f"slide({_count} words of {_dims} numbers, a filter {_width} words wide, bias -0.25, stride {_stride})"
    checks.close(slide(_text, _kernel, -0.25, _stride), _wanted, _what)
    checks.close(slide(_text.tolist(), _kernel.tolist(), -0.25, _stride), _wanted, f"{_what}, from lists")
### END HIDDEN TESTS

# %% [markdown]
# Now both twins, with a bias of -1 and a ReLU. The bias is a threshold: an answer of 1 or less counts as nothing.

# %% tags=["demo"]
for text, words in [("from java to python", there), ("from python to java", back)]:
    print(
        f"{text}: answers {slide(words, to_python)}, after bias and ReLU {np.maximum(slide(words, to_python, -1), 0)}"
    )

# %% [markdown]
# There is the difference that no bag of single words can see: this filter fires at *to python*, and only there. (The
# 2-grams of notebook 07 see it, too, but there each pair of words needs a column of its own. A filter answers to every
# pair with vectors like these, also to one that it has never met.)
#
# ### The strongest answer
#
# Texts differ in length, and so do the rows of answers. A dense layer needs a fixed number of inputs. And for most
# questions it does not matter *where* in the text *to python* stands. So keep the maximum:
#
# - **max pooling** cuts the answers into groups of `size` and keeps the largest of each group, for each filter,
# - **global max pooling** has a single group: the whole text. One number per filter is left.
#
# ### ✏️ Exercise 2: `max_pool` (2 points)
#
# **Goal:** shrink a text to what matters.
#
# **Given:** the answers of several filters, shape (places, filters), and the size of a group.
#
# **Question:** What is the largest answer of each filter in each group?
#
# Groups do not overlap. Places at the end that do not fill a group are dropped, as in Keras.
#
# <details><summary>Hint 1: where to begin</summary>
# How many full groups of 2 do 5 places have? Which rows belong to group number 1?
# </details>
# <details><summary>Hint 2: a plan</summary>
# For each full group cut out its rows and take their maximum, but one for each filter: along which axis? Collect the
# results in a list, and make an array of it. What becomes of the rows that are left over?
# </details>
# <details><summary>Hint 3: almost the code</summary>
# There are <code>len(maps) // size</code> groups. Group <code>i</code> has the rows <code>maps[i * size : (i + 1) *
# size]</code>, and <code>rows.max(axis=0)</code> gives one number per column. Is a column a place or a filter?
# </details>


# %% nbgrader={"grade_id": "max_pool", "solution": true}
def max_pool(maps, size):
    """Return the largest answer of each filter in each group of places, shape (places // size, filters).

    maps: shape (places, filters). size: places in a group, at most the number of places.
    """
    maps = np.asarray(maps)
    ### BEGIN SOLUTION
    groups = [maps[i * size : (i + 1) * size].max(axis=0) for i in range(len(maps) // size)]
    return np.array(groups)
    ### END SOLUTION


# %% nbgrader={"grade_id": "max_pool-test", "points": 2}
checks.close(
    max_pool(np.array([[1, -5], [3, -2], [2, -9], [0, -1], [7, -3]]), 2),
    [[3, -2], [2, -1]],
    "max_pool([[1, -5], [3, -2], [2, -9], [0, -1], [7, -3]], 2)",
    misconceptions={
        "the places that do not fill a group are kept": [[3, -2], [2, -1], [7, -3]],
        "the groups overlap": [[3, -2], [3, -2], [2, -1], [7, -1]],
        "this is the average, not the maximum": [[2.0, -3.5], [1.0, -5.0]],
        "the maximum is taken over the filters too": [3, 2],
        "each group starts from 0, so that negative answers are lost": [[3, 0], [2, 0]],
        "this is the maximum over the filters at each place": [1, 3, 2, 0, 7],
        "the maximum is taken over the filters, not over the places": [[1, 3], [2, 0]],
        "group i begins at place i, not at i times size": [[3, -2], [3, -2]],
        "there is a single group, the whole text": [7, -1],
    },
)
print("max_pool: the visible check passes. More tests run when you hand in.")
### BEGIN HIDDEN TESTS
_rng = np.random.default_rng(82)
for _places, _filters, _size in [(6, 3, 3), (7, 2, 7), (10, 1, 4), (5, 4, 1), (11, 3, 5), (3, 2, 2)]:
    _maps = _rng.normal(size=(_places, _filters)) - 1
    _wanted = [
        [max(_maps[_g * _size + _i][_f] for _i in range(_size)) for _f in range(_filters)]
        for _g in range(_places // _size)
    ]
    checks.close(max_pool(_maps, _size), _wanted, f"max_pool({_places} places, {_filters} filters, size {_size})")
    checks.close(max_pool(_maps.tolist(), _size), _wanted, f"max_pool(list of {_places} places, size {_size})")
### END HIDDEN TESTS

# %% [markdown]
# ### The moment of truth
#
# Keras keeps all filters in one array of shape (width, dims, filters). One `slide` per filter, side by side, should be
# what `Conv1D` does. And without any loop: `sliding_window_view` gives all windows at once, and `einsum` multiplies and
# adds over the axes that are missing on the right of the arrow.

# %% tags=["demo"]
rng = np.random.default_rng(seed)
text, kernels, biases = rng.normal(size=(20, 8)), rng.normal(size=(5, 8, 3)), rng.normal(size=3)
ours = np.stack([slide(text, kernels[:, :, f], biases[f], stride=2) for f in range(3)], axis=1)
windows = np.lib.stride_tricks.sliding_window_view(text, 5, axis=0)[::2]  # (places, dims, width)
at_once = np.einsum("tdw,wdf->tf", windows, kernels) + biases

# %% tags=["demo"]
conv = layers.Conv1D(3, 5, strides=2)
conv.build((None, 20, 8))
conv.set_weights([kernels, biases])
theirs = np.asarray(conv(text[None]))[0]
print(
    "shape",
    theirs.shape,
    " loop equal:",
    np.allclose(ours, theirs, atol=1e-4),
    " at once:",
    np.allclose(at_once, theirs, atol=1e-4),
)
pooled, all_pooled = layers.MaxPooling1D(3)(theirs[None])[0], layers.GlobalMaxPooling1D()(theirs[None])[0]
print(
    "pooling equal:",
    np.allclose(max_pool(theirs, 3), pooled),
    np.allclose(max_pool(theirs, len(theirs))[0], all_pooled),
)

# %% [markdown]
# So the bill of the first drive can be checked. A filter of width 5 has a weight for each of the $5 \cdot 64$ numbers
# under it, and one bias:
#
# | layer | parameters |
# |---|---|
# | embedding | $10{,}001 \cdot 64 = 640{,}064$ |
# | convolution | $(5 \cdot 64 + 1) \cdot 64 = 20{,}544$ |
# | dropout, global max pooling | 0 |
# | dense | $(64 + 1) \cdot 4 = 260$ |
#
# Places: with a text of $T$ words, $\lfloor (T - 5) / 2 \rfloor + 1$. How *long* the text is changes nothing in the
# count of parameters. Nearly all of them are word vectors.

# %% [markdown]
# ## 3. What excites a filter?
#
# A filter of an image is hard to read once it is deeper than the first layer. A filter for text can be read in plain
# words: see *where* in the text it answers most strongly, and print the words under the window.
#
# ### ✏️ Exercise 3: `strongest_words` (2 points)
#
# **Goal:** from a number back to the text.
#
# **Given:** the words of a text; the answers of one filter, the first place first; the filter's width and stride.
#
# **Question:** Which words lie under the window with the largest answer?
#
# Where two places answer equally, take the first. (The window always lies inside the text here.)
#
# <details><summary>Hint 1: where to begin</summary>
# <code>np.argmax</code> gives the number of the place with the largest answer. With stride 2, at which word does place
# 3 start?
# </details>
# <details><summary>Hint 2: a plan</summary>
# Find the place, turn it into the number of its first word, and cut as many words as the filter is wide out of the
# list. Where does the stride come in?
# </details>
# <details><summary>Hint 3: almost the code</summary>
# <code>int(np.argmax(responses))</code> is the place. If <code>start</code> is the number of its first word, the answer
# is <code>list(tokens[start : start + width])</code>. How do you get from place to start?
# </details>


# %% nbgrader={"grade_id": "strongest_words", "solution": true}
def strongest_words(tokens, responses, width, stride):
    """Return the words under the window with the largest answer, a list of width str.

    tokens: list of str. responses: shape (places,), answers of one filter. width, stride: of the filter.
    """
    ### BEGIN SOLUTION
    start = int(np.argmax(responses)) * stride
    return list(tokens[start : start + width])
    ### END SOLUTION


# %% nbgrader={"grade_id": "strongest_words-test", "points": 2}
_tokens = ["i", "am", "moving", "my", "linq", "code", "to", "pandas", "this", "week"]
checks.equal(
    strongest_words(_tokens, np.array([0.0, 0.2, 0.7, 0.1]), 3, 2),
    ["linq", "code", "to"],
    "strongest_words(i am moving my linq code to pandas this week, [0.0, 0.2, 0.7, 0.1], 3, 2)",
    misconceptions={
        "the stride is not used: places are not words": ["moving", "my", "linq"],
        "the place is multiplied by the width, not by the stride": ["to", "pandas", "this"],
        "only one word is returned": ["linq"],
        "this is the weakest answer": ["i", "am", "moving"],
        "the window is one word too long": ["linq", "code", "to", "pandas"],
    },
)
checks.equal(
    strongest_words(_tokens, np.array([-3.0, -1.0, -2.0]), 2, 1),
    ["am", "moving"],
    "strongest_words(the same words, [-3, -1, -2], 2, 1)",
    misconceptions={"answers below 0 lose their sign, or count as nothing": ["i", "am"]},
)
print("strongest_words: the visible checks pass. More tests run when you hand in.")
### BEGIN HIDDEN TESTS
_rng = np.random.default_rng(83)
for _count, _width, _stride in [(9, 3, 3), (12, 5, 2), (6, 1, 1), (20, 4, 5), (7, 7, 2), (10, 2, 4)]:
    _tokens = [f"w{_i}" for _i in range(_count)]
    _answers = _rng.normal(size=(_count - _width) // _stride + 1) - 3
    _place = max(range(len(_answers)), key=lambda i: _answers[i])
    _wanted = [f"w{_place * _stride + _k}" for _k in range(_width)]
    _what = f"strongest_words({_count} words, {len(_answers)} answers, {_width}, {_stride})"
    checks.equal(strongest_words(_tokens, _answers, _width, _stride), _wanted, _what)
checks.equal(strongest_words(["a", "b", "c"], [1, 2, 2], 1, 1), ["b"], "strongest_words with two equal answers")
### END HIDDEN TESTS

# %% [markdown]
# On the trained network of the first drive: `listen` cuts it off after the convolution and gives the answers of its 64
# filters. Which filter speaks for which language? The dense layer on top has a weight for it.

# %% tags=["demo"]
listen = keras.Model(model.inputs, model.layers[2].output)
responses = listen.predict(x_val, batch_size=200, verbose=0)
speaks_for = model.layers[-1].get_weights()[0]  # (filters, languages)
vocabulary = [str(word) for word in vectorizer.get_vocabulary()]
val_tokens = [[vocabulary[number] or "(pad)" for number in row] for row in x_val]
print("answers:", responses.shape, " weights of the dense layer:", speaks_for.shape)

# %% [markdown]
# For each language take the two filters with the largest weight for it, and look up their four strongest answers on
# all validation questions.

# %% tags=["demo", "nbval-ignore-output"] nbval_reason="trained on this machine; the ledger test compares its figures within their spread"
for label, language in enumerate(questions.class_names):
    for f in np.argsort(-speaks_for[:, label])[:2]:
        best = np.argsort(-responses[:, :, f].max(axis=1))[:4]
        grams = [" ".join(strongest_words(val_tokens[n], responses[n, :, f], 5, 2)) for n in best]
        print(f"{language:10} filter {f:2}:", " | ".join(grams))

# %% [markdown]
# <details><summary>What we measured: open after you ran it</summary>
#
# In the recorded `quick` run filters of Java fire at *a table final recipethread value* and *to learn eclipse i
# tried*, those of C# at *userdto bar await userdto i*, those of JavaScript at *button const x animalselector
# the* and *have to learn callback*, those of Python at *with isgame as item i* and *must work with pip there*.
# So some have found a piece of grammar, `final`, `await`, `const`, `with ... as`, whatever the names in
# between; and others a name *together with the words before it*, *to learn*, *must work with*, which say that
# this is the language asked about. Nobody told them what a language looks like.
#
# </details>
#
# Now in the text itself. Each filter whose strongest answer is above 0 marks the words under that window, with the
# answer times its weight for the chosen language: red speaks for the language, blue against it. Try other questions
# and languages. (Without a running kernel you see the first one.)


# %% tags=["demo", "fold", "nbval-ignore-output"] nbval_reason="a widget has a new id on each run"
from course_utils import widgets


def mark(number, language):
    label, marks = list(questions.class_names).index(language), np.zeros(length)
    places, strongest = responses[number].argmax(axis=0), responses[number].max(axis=0)
    for f, place in enumerate(places):
        marks[place * 2 : place * 2 + 5] += strongest[f] * speaks_for[f, label]
    shown = int((x_val[number] > 0).sum())
    fig, ax = plt.subplots(figsize=(9, 1.7))
    title = f"question {number}, about {questions.class_names[y_val[number]]}: what speaks for {language}"
    plots.marked_text(ax, val_tokens[number][:shown], marks[:shown], title, signed=True)
    return fig


example = int(np.argmax(10 * two + (y_val == 3)))  # about Python, and names words of another language, too
widgets.explore(
    mark,
    number=[example, *range(12)],
    language=["python", "java", "javascript", "csharp"],
    alt="The words of one validation question, which names words of two languages. The words around the name of the language that is asked about have a red background, most others a paler one, red or blue.",
)

# %% [markdown]
# *A good place to stop for the day. The next sitting is about how far a network looks.*
#
# ## 4. What padding does to a maximum
#
# Texts are filled up with padding to one length, and padding has a word vector, too: row 0 of the table. Nobody said
# that its answers are small. A filter, a text of three words to which it answers below 0, and three rows of padding:

# %% tags=["demo"]
short = np.array([[1, 2], [2, 1], [1, 1], [0, 0], [0, 0], [0, 0]])
response = slide(short, np.array([[-1, 0], [0, -1]]), bias=0.5)
print("answers:", response)
print("maximum of the windows without padding:", response[:2].max(), " of all:", response.max())

# %% [markdown]
# The filter found nothing in the text, and still reports 0.5: its bias, heard at windows full of padding. So in a text
# with padding a filter can never stay silent if its answer to padding is above 0.
#
# ### ✏️ Exercise 4: `max_of_text` (2 points)
#
# **Goal:** a global maximum that does not hear padding.
#
# **Given:** the answers of several filters to a padded text, shape (places, filters); how many words the text itself
# has (they come first, then padding); the filters' width and stride.
#
# **Question:** What is each filter's largest answer over the windows that hold *no* padding?
#
# If the text is shorter than the filter, there is no such window: return zeros.
#
# <details><summary>Hint 1: where to begin</summary>
# A text of 5 words, a filter 2 words wide, stride 1: at which words do the windows without padding start? And with
# stride 2?
# </details>
# <details><summary>Hint 2: a plan</summary>
# Count the windows that fit into the text itself: the formula for the number of places, with the length of the text
# instead of that of the padded row. They are the first ones. Which rows do you keep, and what if there are none?
# </details>
# <details><summary>Hint 3: almost the code</summary>
# <code>(num_words - width) // stride + 1</code> windows hold no padding. Their answers are
# <code>responses[:count]</code>, one row per window. If <code>num_words &lt; width</code>, the answer is
# <code>np.zeros(responses.shape[1])</code>. Along which axis is the maximum?
# </details>


# %% nbgrader={"grade_id": "max_of_text", "solution": true}
def max_of_text(responses, num_words, width, stride):
    """Return each filter's largest answer over the windows without padding, shape (filters,).

    responses: shape (places, filters). num_words: words of the text, which come first; padding follows.
    width, stride: of the filters. Zeros if no window is without padding.
    """
    responses = np.asarray(responses, dtype=float)
    ### BEGIN SOLUTION
    if num_words < width:
        return np.zeros(responses.shape[1])
    count = (num_words - width) // stride + 1
    return responses[:count].max(axis=0)
    ### END SOLUTION


# %% nbgrader={"grade_id": "max_of_text-test", "points": 2}
_responses = np.array([[0.1, 0.9], [0.2, 0.3], [0.3, 0.1], [0.4, -0.2], [0.6, 0.5], [0.8, 1.0], [0.7, 1.5]])
checks.close(
    max_of_text(_responses, 5, 2, 1),
    [0.4, 0.9],
    "max_of_text(7 places of 2 filters, 5 words, width 2, stride 1)",
    misconceptions={
        "windows with padding are counted": [0.8, 1.5],
        "a window that holds a word and padding is counted": [0.6, 0.9],
        "the last window of the text is missing": [0.3, 0.9],
        "the maximum is taken over the filters too": 0.9,
        "the maximum is taken over the filters, not over the places": [0.9, 0.3, 0.3, 0.4],
    },
)
checks.close(
    max_of_text(_responses, 8, 3, 2),
    [0.3, 0.9],
    "max_of_text(7 places of 2 filters, 8 words, width 3, stride 2)",
    misconceptions={
        "the stride is not used": [0.8, 1.0],
        "a window that sticks out of the text is counted": [0.4, 0.9],
        "windows with padding are counted": [0.8, 1.5],
    },
)
checks.close(max_of_text(_responses, 2, 3, 1), [0.0, 0.0], "max_of_text of a text shorter than the filter")
print("max_of_text: the visible checks pass. More tests run when you hand in.")
### BEGIN HIDDEN TESTS
_rng = np.random.default_rng(84)
for _places, _filters, _width, _stride in [(9, 3, 2, 1), (6, 2, 5, 2), (8, 4, 3, 3), (5, 1, 1, 2), (7, 2, 4, 1)]:
    _maps = _rng.normal(size=(_places, _filters)) - 0.5
    for _words in range(1, (_places - 1) * _stride + _width + 1):
        _inside = [_maps[_t] for _t in range(_places) if _t * _stride + _width <= _words]
        _wanted = [max(_row[_f] for _row in _inside) if _inside else 0.0 for _f in range(_filters)]
        _what = f"max_of_text({_places} places of {_filters} filters, {_words} words, width {_width}, stride {_stride})"
        checks.close(max_of_text(_maps, _words, _width, _stride), _wanted, _what)
### END HIDDEN TESTS

# %% [markdown]
# **Predict, then run.** In the trained network: what share of the 64 maxima of a question comes from a window with
# padding? And what happens to the accuracy if those windows are left out? *I expect ...*

# %% tags=["demo"]
predictions.ask(
    "padding",
    [
        "next to none: padding means nothing, so it has learnt to ignore it",
        "some, and the accuracy hardly changes without them",
        "some, and the network is better without them",
        "some, and the network is worse without them",
    ],
)

# %% tags=["demo", "nbval-ignore-output"] nbval_reason="trained on this machine; the ledger test compares its figures within their spread"
text_lengths = (x_val > 0).sum(axis=1)


def share_of_padding(answered):
    last_word = answered.argmax(axis=1) * 2 + 5  # of the winning window: (questions, filters)
    return np.mean((last_word > text_lengths[:, None])[answered.max(axis=1) > 0])


keras.utils.set_random_seed(seed)
untrained = keras.Sequential(
    [keras.Input((length,)), layers.Embedding(10_001, 64), layers.Conv1D(64, 5, 2, activation="relu")]
)
padded = {"untrained": share_of_padding(outputs(untrained, x_val)), "trained": share_of_padding(responses)}
print("maxima from windows with padding:", {name: f"{share:.1%}" for name, share in padded.items()})

# %% tags=["demo", "nbval-ignore-output"] nbval_reason="trained on this machine; the ledger test compares its figures within their spread"
weights, bias = model.layers[-1].get_weights()
without = [max_of_text(one, count, 5, 2) @ weights + bias for one, count in zip(responses, text_lengths, strict=True)]
accuracy_without = np.mean(np.argmax(without, axis=1) == y_val)
print(f"accuracy with them {accuracy:.1%}, without them {accuracy_without:.1%}")
predictions.recall("padding")

# %% [markdown]
# <details><summary>What we measured: open after you ran it</summary>
#
# Next to none. With random weights 89.6 %<!-- quick: maxima from text, untrained --> of the maxima come from the
# text alone, and one in ten from a window with padding. After training
# 99.6 %<!-- quick: maxima from text, trained --> come from the text (`full`:
# 92.1 %<!-- full: maxima from text, untrained --> and 98.8 %<!-- full: maxima from text, trained -->). A filter
# that hears padding says the same about every text and so says nothing; training has given padding a vector to
# which the filters answer low. The accuracy hardly changes without those windows:
# 89.0 %<!-- quick: with padding --> with them, 89.1 %<!-- quick: without padding --> without. So in practice
# nobody masks a convnet with global max pooling. But it *is* learnt, not given: mind texts much shorter than
# those of the training.
#
# </details>
#
# Is more padding worse? The same question with no padding, with a little, and with a lot, for two ways of pooling:

# %% tags=["demo", "nbval-ignore-output"] nbval_reason="trained on this machine; the ledger test compares its figures within their spread"
words = x_val[np.argmin(text_lengths)]
for zeros in (0, 10, 100, 1000):
    row = np.concatenate([words[words > 0], np.zeros(zeros, dtype=int)])[None]
    hidden = model.layers[2](model.layers[0](row))
    logits = hidden.numpy().max(axis=1) @ weights + bias, hidden.numpy().mean(axis=1) @ weights + bias
    print(f"{zeros:4} zeros: maximum {logits[0][0].round(2)}, average {logits[1][0].round(2)}")

# %% [markdown]
# The maximum settles at once: a thousand windows of padding say nothing that one did not say. An average is diluted
# more and more. (Notebook 07 averaged with `mask_zero=True`, which told the average to skip padding.) Does `mask_zero`
# help here?

# %% tags=["demo"]
import warnings

with warnings.catch_warnings(record=True) as said:
    warnings.simplefilter("always")
    masked = keras.Sequential([keras.Input((length,)), layers.Embedding(10_001, 64, mask_zero=True)])
    masked.add(layers.Conv1D(64, 5, strides=2, activation="relu"))
    masked.set_weights(model.get_weights()[:3])
    with_mask = outputs(masked, x_val[:50])
print("Keras says:", str(said[0].message)[:120] if said else "nothing", "...")
print("the mask changes the answers:", not np.allclose(with_mask, responses[:50], atol=1e-4))

# %% [markdown]
# No. The embedding hands out a mask, and `Conv1D` does not know what to do with it: a window may hold words *and*
# padding. `MaxPooling1D`, `GlobalMaxPooling1D` and `Flatten` do not use it either. Layers that do:
# `GlobalAveragePooling1D` and the recurrent ones of notebook 09. For a convnet padding is just one more word.

# %% [markdown]
# ## 5. How far does it look?
#
# Twins again, now with other words in between: *java* and *python* stand `gap` words apart, among ten other words at
# random, and the network has to say which comes first. The names never stand near an end of the text.


# %% tags=["demo"]
def who_is_first(n, seed):
    rng = np.random.default_rng(seed)
    x, java_first, gap = rng.integers(3, 13, (n, 48)), rng.integers(0, 2, n), rng.integers(1, 13, n)
    start = 16 + (rng.random(n) * (16 - gap)).astype(int)
    x[range(n), start] = np.where(java_first, 1, 2)  # 1 is java, 2 is python
    x[range(n), start + gap] = np.where(java_first, 2, 1)
    return x, java_first, gap


x_order, y_order, _ = who_is_first(2500, seed)
x_asked, y_asked, gaps = who_is_first(2400, seed + 1)
print(x_order[0], "java first" if y_order[0] else "python first")

# %% [markdown]
# Four nets have a single convolution of width 1, 3, 5 or 9. The fifth has *two*: width 3, max pooling of 3, width 5.

# %% [markdown]
# **Predict, then run.** Up to which gap does the net of width 5 tell who is first? *I expect ...*

# %% tags=["demo"]
predictions.ask(
    "reach",
    [
        "any gap: global max pooling sees the whole text",
        "exactly up to 4 words, then it can only guess",
        "very well up to 4 or so, then slowly worse and worse",
        "no gap at all: the maximum forgets the order",
    ],
)


# %% tags=["demo"]
def order(seed, widths):
    keras.utils.set_random_seed(seed)
    net = keras.Sequential(
        [keras.Input((48,)), layers.Embedding(13, 8), layers.Conv1D(16, widths[0], activation="relu")]
    )
    if len(widths) > 1:
        net.add(layers.MaxPooling1D(3))
        net.add(layers.Conv1D(16, widths[1], activation="relu"))
    net.add(layers.GlobalMaxPooling1D())
    net.add(layers.Dense(1, activation="sigmoid"))
    net.compile(keras.optimizers.Adam(0.01), "binary_crossentropy")
    net.fit(x_order, y_order, epochs=8, batch_size=64, verbose=0)
    right = (outputs(net, x_asked)[:, 0] > 0.5) == y_asked
    return {"by gap": [right[gaps == gap].mean() for gap in range(1, 13)], "parameters": net.count_params()}


nets = {f"width {width}": {"widths": (width,)} for width in (1, 3, 5, 9)}
order_study = Study(order, nets | {"3, pool 3, 5": {"widths": (3, 5)}}, seeds[:2])

# %% tags=["demo", "fold", "nbval-ignore-output"] nbval_reason="trained on this machine; the ledger test compares its figures within their spread"
fig, ax = plt.subplots(figsize=(7.5, 3.4))
by_gap = {name: np.mean([run["by gap"] for run in order_study.runs(name)], axis=0) for name in order_study.settings}
for (name, values), marker in zip(by_gap.items(), "osD^v", strict=True):
    ax.plot(range(1, 13), values, marker=marker, label=name)
ax.set(title="Who is first? (mean over two seeds)", xlabel="gap in words", ylabel="accuracy", ylim=(0.3, 1.05))
ax.legend(loc="center left", bbox_to_anchor=(1.01, 0.5))
plots.show(
    "Accuracy against the gap from 1 to 12 words for five networks. Three curves stay at 1 up to some gap and then drop at once to about 0.5, each at another gap; one curve is at about 0.5 throughout, and one at 1 throughout."
)
predictions.recall("reach")

# %% [markdown]
# <details><summary>What we measured: open after you ran it</summary>
#
# Exactly up to 4. A window of 5 words covers *java*, three words and *python*; up to a gap of 4 the accuracy is
# 100.0 %<!-- quick: order width 5, within -->, from 5 on 49.3 %<!-- quick: order width 5, beyond -->, which is
# guessing. Width 3 falls from 100.0 %<!-- quick: order width 3, within --> to
# 48.6 %<!-- quick: order width 3, beyond --> after a gap of 2, width 9 after a gap of 8, and width 1 guesses
# everywhere.
#
# There is no fading, and no training would help. If no window holds both names, then the windows around *java*
# look the same whoever is first, and so do those around *python*. The maximum is taken over the same answers.
# Global max pooling does see the whole text, but only *whether* something occurs in it, not *where*.
#
# Two small layers do what one wide layer does: the second looks at groups of what the first has found. Its 5
# groups of 3 places cover $3 + (3 - 1) + (5 - 1) \cdot 3 = 17$ words, and up to the largest gap it is right in
# 100.0 %<!-- quick: order 3, pool 3, 5, within -->. This is the **spatial hierarchy** of text: from words to
# phrases, from phrases to parts of sentences. In pictures it leads from edges to eyes to faces.
#
# So, to the question at the very top: any net can tell the twins apart whose **receptive field covers the words
# that differ together**, and it looks exactly as far as that, not a word further.
#
# </details>

# %% [markdown]
# ### What do wide windows buy, and what do they cost?
#
# On the questions, where the twins differ in the two words around a name. All with stride 1, so that no word is
# skipped.
#
# The receptive field of notebook 02 counts how far a stack looks: the lecture's second net, in section 7, has width 7,
# pooling 5, width 7, and sees $7 + (5 - 1) + (7 - 1) \cdot 5 = 41$ words. With vectors of 128 numbers and 32 filters
# this is what the two ways to look that far cost:

# %% tags=["demo"]
print(f"one layer of width 41:   {(41 * 128 + 1) * 32:,} parameters")
print(f"two layers, pooling 5:   {(7 * 128 + 1) * 32 + (7 * 32 + 1) * 32:,} parameters")

# %% [markdown]
# **Predict, then run.** Windows of 1, 2, 5 and 25 words on the validation questions. Which is best? *I expect ...*

# %% tags=["demo"]
predictions.ask(
    "widths",
    [
        "the wider the better: more context",
        "1 is enough, the words themselves tell",
        "2 is clearly better than 1, and wider ones bring little more",
        "a peak in the middle, and 25 is clearly worse",
    ],
)


# %% tags=["demo"]
def window(seed, **change):
    keras.utils.set_random_seed(seed)
    net = convnet(**change)
    return figures(net, fit(net, (x_train, y_train), (x_val, y_val)), x_val)


widths = {f"width {width}": {"width": width, "stride": 1} for width in (1, 2, 5, 25)}
width_study = Study(window, widths, seeds[:2])

# %% tags=["demo", "nbval-ignore-output"] nbval_reason="trained on this machine; the ledger test compares its figures within their spread"
table = (
    width_study.results().groupby("setting", sort=False)[["training", "validation", "two languages", "seconds"]].mean()
)
table["conv parameters"] = [(s["width"] * settings["dims"] + 1) * settings["filters"] for s in widths.values()]
print(table.round(3).to_string())
predictions.recall("widths")

# %% [markdown]
# Most of those seconds go to the word vectors, which are the same for all widths. The time of the convolution alone, of
# the lecture's size, on 64 questions of 250 words:

# %% tags=["demo", "nbval-ignore-output"] nbval_reason="times differ from run to run"
from time import perf_counter

batch = np.random.default_rng(seed).normal(size=(64, 250, 64)).astype("float32")
for width in (1, 2, 5, 25):
    conv = layers.Conv1D(64, width)
    conv(batch)
    start = perf_counter()
    for _ in range(10):
        conv(batch)
    print(f"width {width:2}: {(perf_counter() - start) / 10 * 1000:5.1f} ms, {conv.count_params():,} parameters")

# %% [markdown]
# <details><summary>What we measured: open after you ran it</summary>
#
# | validation accuracy | quick | quick, two languages | full |
# |---|---|---|---|
# | width 1 | 68.6 %<!-- quick: questions width 1 --> | 50.0 %<!-- quick: questions width 1 two languages --> | 78.6 %<!-- full: questions width 1 --> |
# | width 2 | 89.5 %<!-- quick: questions width 2 --> | 100.0 %<!-- quick: questions width 2 two languages --> | 78.7 %<!-- full: questions width 2 --> |
# | width 5 | 90.7 %<!-- quick: questions width 5 --> | 100.0 %<!-- quick: questions width 5 two languages --> | 80.2 %<!-- full: questions width 5 --> |
# | width 25 | 90.8 %<!-- quick: questions width 25 --> | 100.0 %<!-- quick: questions width 25 two languages --> | 78.1 %<!-- full: questions width 25 --> |
#
# In `quick` the step from 1 to 2 is everything: *to pandas* needs two words. What comes after is within the
# spread. "Too large" begins where no more clues lie in the window. The net does not get worse at once, it only
# gets dearer: 25 times the weights, and, for the convolution alone, a multiple of the time.
#
# (With width 1 the net is a bag of words of a poor kind, 68.6 %<!-- quick: questions width 1 --> against the
# 78.3 %<!-- quick: race multi-hot net --> of the multi-hot net: each of its 32 filters must serve many words.
# It is also not trained to the end: 71.0 %<!-- quick: questions width 1 training --> on its own training
# questions after six epochs.)
#
# On the real questions order is hardly needed, and the step from 1 to 2 is gone. Width 5 is ahead by one and a
# half to two points, a little more than the luck of the draw (± 1.0 points for 1,600 questions), and 25 is no
# better than 1: with 98.5 %<!-- full: questions width 25 training --> it knows its training questions better than
# any of the others, and new ones no better. That is a second sense of "too large": so many weights that it learns
# by heart.
#
# </details>

# %% [markdown]
# ### Keep the maximum, or keep everything?
#
# Instead of pooling, `Flatten` hands *all* answers to the dense layer, each place with weights of its own. Two tests:
# the validation questions as they are, and with twenty polite words in front.

# %% [markdown]
# **Predict, then run.** Which net suffers from twenty words in front? *I expect ...*

# %% tags=["demo"]
predictions.ask("pooling", ["the one with flatten", "the one with the maximum", "both alike", "neither"])

# %% tags=["demo"]
polite = "hello everybody i hope that you are all well and thank you very much for reading this before anything else"
in_front = np.asarray(vectorizer([f"{polite} {text}" for text in questions.x_val]))


def pooled_net(seed, pooling):
    keras.utils.set_random_seed(seed)
    net = convnet(pooling=getattr(layers, pooling))
    found = figures(net, fit(net, (x_train, y_train), (x_val, y_val)), x_val)
    return found | {"twenty words in front": np.mean(answers(net, in_front) == y_val)}


poolings = {name: {"pooling": name} for name in ("GlobalMaxPooling1D", "GlobalAveragePooling1D", "Flatten")}
pool_study = Study(pooled_net, poolings, seeds[:2])

# %% tags=["demo", "nbval-ignore-output"] nbval_reason="trained on this machine; the ledger test compares its figures within their spread"
for metric in ("training", "validation", "twenty words in front"):
    found = pool_study.summary(metric)["mean"]
    print(f"{metric:18}", *(f"{name} {value:.1%}   " for name, value in found.items()))
dense = {name: int(4 * settings["filters"] * (1 if "Global" in name else (length - 5) // 2 + 1)) for name in poolings}
print("weights of the dense layer:", dense)
predictions.recall("pooling")

# %% [markdown]
# <details><summary>What we measured: open after you ran it</summary>
#
# | quick | validation | twenty words in front | weights of the dense layer |
# |---|---|---|---|
# | maximum | 90.8 %<!-- quick: pool GlobalMaxPooling1D --> | 90.4 %<!-- quick: pool GlobalMaxPooling1D twenty words in front --> | 128 |
# | average | 92.5 %<!-- quick: pool GlobalAveragePooling1D --> | 89.9 %<!-- quick: pool GlobalAveragePooling1D twenty words in front --> | 128 |
# | flatten | 89.9 %<!-- quick: pool Flatten --> | 84.1 %<!-- quick: pool Flatten twenty words in front --> | 4,864 |
#
# Flatten has 38 times the weights on top, and each of them knows one place only. What it has learnt about *to
# pandas* at place 7 it does not know at place 12. So it learns more slowly (after the same six epochs it has
# 88.6 %<!-- quick: pool Flatten training --> of its training questions right, the maximum
# 93.0 %<!-- quick: pool GlobalMaxPooling1D training -->), and twenty words in front cost it more than five
# points. The maximum does not care where. The average does a little better than the maximum on the questions as
# they are, and is hurt more by the greeting: twenty words that say nothing dilute it. Had you expected the
# average to be ahead of the maximum? One more reason to measure.
#
# In `full` the order is another: maximum 80.0 %<!-- full: pool GlobalMaxPooling1D --> and, with the words in
# front, 79.8 %<!-- full: pool GlobalMaxPooling1D twenty words in front -->; average
# 77.1 %<!-- full: pool GlobalAveragePooling1D --> and
# 77.6 %<!-- full: pool GlobalAveragePooling1D twenty words in front -->; flatten
# 74.8 %<!-- full: pool Flatten --> and 72.6 %<!-- full: pool Flatten twenty words in front -->. Real questions
# are long, and most of their words and lines of code say nothing about the language. The maximum passes them
# over; the average does not.
#
# </details>

# %% [markdown]
# ## 6. Seven knobs
#
# The lecture sets this as its exercise: vary the **vocabulary**, the **embedding size**, the **dropout**, the **kernel
# width**, the number of **filters**, the **stride** and the number of **layers**; comment on what you find, and
# identify the best model. You will need a whole family of nets. (The next cell loads Keras for the exercise, also when
# it is graded.)

# %% nbgrader={"grade_id": "keras", "locked": true}
import keras

# %% [markdown]
# ### ✏️ Exercise 5: `text_net` (3 points)
#
# **Goal:** all seven knobs in one function.
#
# **Given:** the seven knobs.
#
# **Question:** What is the Keras model with rows of word numbers in, as in the first drive, and four logits out?
#
# In this order: an embedding of `vocabulary` words with `dims` numbers each; dropout; `layers` convolutions with ReLU,
# all with the same `width` and number of `filters`, no padding; global max pooling; a dense layer. **The stride belongs
# to the first convolution only**; the others have stride 1. Rows may have any length: `keras.Input((None,))`.
#
# <details><summary>Hint 1: where to begin</summary>
# The network of the first drive has six of the seven knobs as fixed numbers. Which is the seventh, and which line has
# to be repeated for it?
# </details>
# <details><summary>Hint 2: a plan</summary>
# Begin with a <code>keras.Sequential</code> of input, embedding and dropout. Add the convolutions in a loop, and the
# two last layers after it. In the loop: how do you know that it is the first one?
# </details>
# <details><summary>Hint 3: almost the code</summary>
# <code>for number in range(layers):</code> goes around <code>net.add(...)</code> with a
# <code>keras.layers.Conv1D(filters, width, strides=step, activation="relu")</code>, where
# <code>step = stride if number == 0 else 1</code>. What has to come after the loop, and with which activation?
# </details>


# %% nbgrader={"grade_id": "text_net", "solution": true}
def text_net(vocabulary, dims, dropout, width, filters, stride, layers):
    """Return an untrained Keras model that maps rows of word numbers, shape (batch, words), to logits, shape (batch, 4).

    vocabulary, dims: of the embedding. dropout: rate of the dropout after it.
    width, filters, layers: the convolutions. stride: of the first one; the others have stride 1.
    """
    ### BEGIN SOLUTION
    net = keras.Sequential([keras.Input((None,)), keras.layers.Embedding(vocabulary, dims)])
    net.add(keras.layers.Dropout(dropout))
    for number in range(layers):
        step = stride if number == 0 else 1
        net.add(keras.layers.Conv1D(filters, width, strides=step, activation="relu"))
    net.add(keras.layers.GlobalMaxPooling1D())
    net.add(keras.layers.Dense(4))
    return net
    ### END SOLUTION


# %% nbgrader={"grade_id": "text_net-test", "points": 3}
_net = text_net(100, 8, 0.3, 3, 6, 2, 1)
assert isinstance(_net, keras.Model), "text_net(...) is not a Keras model. Is there a return?"
assert _net.built, "The model does not know yet what comes in. Does it begin with keras.Input((None,))?"
checks.equal(tuple(_net.output_shape), (None, 4), "the output shape of text_net(100, 8, 0.3, 3, 6, 2, 1)")
for _layers, _count, _wrong in [
    (1, 978, {"there is a convolution too many": 1092, "the convolution is missing": 836, "width and filters are swapped": 963}),
    (3, 1206, {"the argument layers is not used": 978, "one convolution is missing": 1092, "all convolutions are the same one": 1092}),
]:  # fmt: skip
    _what = f"the number of parameters of text_net(100, 8, 0.3, 3, 6, 2, {_layers})"
    checks.close(text_net(100, 8, 0.3, 3, 6, 2, _layers).count_params(), _count, _what, misconceptions=_wrong)
_rows = np.array([[1, 2, 3, 4, 5, 20]])
_sum = float(np.sum(keras.ops.convert_to_numpy(_net(_rows))))
assert abs(_sum - 1) > 1e-5, (
    "The four outputs add up to 1: these are probabilities, but logits come before the softmax."
)
_rates = [_layer.rate for _layer in _net.layers if hasattr(_layer, "rate")]
_wrong = {"there is no dropout": [], "the argument dropout is not used": [0.5]}
checks.equal([float(_r) for _r in _rates], [0.3], "the rates of all dropout layers", misconceptions=_wrong)
_deep = [_l for _l in text_net(100, 8, 0.3, 3, 6, 2, 3).layers if isinstance(_l, keras.layers.Conv1D)]
checks.equal(
    [int(_l.strides[0]) for _l in _deep],
    [2, 1, 1],
    "the strides of the three convolutions of text_net(100, 8, 0.3, 3, 6, 2, 3)",
    misconceptions={
        "all convolutions have the stride": [2, 2, 2],
        "the stride is not used": [1, 1, 1],
        "the stride belongs to the first convolution, not to the last": [1, 1, 2],
    },
)
_numbers = [np.full((100, 8), np.arange(100)[:, None]), np.ones((3, 8, 6)), np.zeros(6), np.ones((6, 4)), np.zeros(4)]
_numbers[3][:, 1::2] = -1  # and so do two of the outputs
_numbers[1][:, :, 3:] = -1  # half of the filters answer below 0 everywhere
_net.set_weights(_numbers)
checks.close(
    keras.ops.convert_to_numpy(_net(_rows)).ravel(),
    [288.0, -288.0] * 2,
    "text_net(100, 8, 0.3, 3, 6, 2, 1) with simple weights: its four outputs",
    misconceptions={
        "the convolution has no ReLU": [144.0, -144.0] * 2,
        "this is global average pooling": [216.0, -216.0] * 2,
        "the convolution pads the text": [600.0, -600.0] * 2,
        "the outputs have a ReLU": [288.0, 0.0] * 2,
        "the outputs have a sigmoid": [1.0, 0.0] * 2,
    },
)
print("text_net: the visible checks pass. More tests run when you hand in.")
### BEGIN HIDDEN TESTS
_rng = np.random.default_rng(85)
_rows = _rng.integers(0, 30, (4, 25))
for _knobs in [(30, 4, 0.3, 3, 5, 2, 1), (30, 5, 0.0, 2, 3, 3, 2), (30, 3, 0.2, 4, 6, 1, 3), (30, 6, 0.5, 1, 2, 4, 2)]:
    _words, _dims, _rate, _width, _filters, _stride, _layers = _knobs
    _net, _what = text_net(*_knobs), f"text_net{_knobs}"
    _outputs, _weights = {}, None
    for _slip, _activation, _first, _next in [
        ("", "relu", _stride, 1),
        ("the convolutions have no ReLU", None, _stride, 1),
        ("the stride is not used", "relu", 1, 1),
        ("all convolutions have the stride", "relu", _stride, _stride),
        ("the stride belongs to the last convolution", "relu", 1 if _layers > 1 else _stride, 1),
    ]:
        _mine = keras.Sequential([keras.Input((None,)), keras.layers.Embedding(_words, _dims)])
        for _i in range(_layers):
            _mine.add(keras.layers.Conv1D(_filters, _width, _next if _i else _first, activation=_activation))
        _mine.add(keras.layers.GlobalMaxPooling1D())
        _mine.add(keras.layers.Dense(4))
        if _weights is None:
            _weights = [_rng.normal(0, 0.7, _weight.shape) for _weight in _mine.get_weights()]
        _mine.set_weights(_weights)
        _outputs[_slip] = keras.ops.convert_to_numpy(_mine(_rows))
    _shapes = [tuple(_weight.shape) for _weight in _weights]
    checks.equal([tuple(_w.shape) for _w in _net.get_weights()], _shapes, f"the shapes of the weights of {_what}")
    _net.set_weights(_weights)
    _got, _wanted = keras.ops.convert_to_numpy(_net(_rows)), _outputs.pop("")
    checks.close(_got, _wanted, f"the output of {_what}, weights given", rtol=1e-3, atol=1e-4, misconceptions=_outputs)
    _kinds = [type(_layer).__name__ for _layer in _net.layers]
    assert not _rate or _kinds.index("Dropout") < _kinds.index("Conv1D"), f"{_what}: the dropout belongs before Conv1D."
    assert [_layer.rate for _layer in _net.layers if hasattr(_layer, "rate") and _layer.rate] == [_rate] * (
        _rate > 0
    ), f"{_what}: the rate of the dropout is not the one that was asked for."
### END HIDDEN TESTS

# %% [markdown]
# The base is the net of the race in section 1; each setting turns one knob.
#
# *Without Exercise 5:* leave out the cells from here to the folded finding, whose table holds our figures. Exercise 6
# does not need them, and the setting of your own that the report asks for can be another width in section 5.

# %% [markdown]
# **Predict, then run.** Which knob hurts most? *I expect ...*

# %% tags=["demo"]
predictions.ask(
    "knobs",
    ["1,000 words in place of 10,000", "an embedding of 4", "no dropout", "8 filters", "a second layer", "stride 4"],
)

# %% tags=["demo"]
base = {"vocabulary": 10_001, "dims": settings["dims"], "dropout": 0.5, "width": 5}
base |= {"filters": settings["filters"], "stride": 2, "layers": 1}
knobs = {
    "base": {},
    "vocabulary 1,000": {"vocabulary": 1000},
    "embedding 4": {"dims": 4},
    "no dropout": {"dropout": 0.0},
    "width 2": {"width": 2},
    "8 filters": {"filters": 8},
    "stride 4": {"stride": 4},
    "2 layers": {"layers": 2},
}

# %% [markdown]
# **Your part:** turn one knob further yourself. Put one or two settings into `mine` and run the cells again; only new
# runs are made.

# %% tags=["demo"]
mine = {}  # for example {"width 9": {"width": 9}}


def knob(seed, **change):
    keras.utils.set_random_seed(seed)
    net = text_net(**(base | change))
    size = (base | change)["vocabulary"]
    x, x_new = (np.where(rows < size, rows, 1) for rows in (x_train, x_val))  # rarer words become [UNK]
    return figures(net, fit(net, (x, y_train), (x_new, y_val)), x_new)


study = Study(knob, knobs | mine, seeds)

# %% tags=["demo", "fold", "nbval-ignore-output"] nbval_reason="trained on this machine; the ledger test compares its figures within their spread"
table = study.summary("validation")
for metric in ("training", "two languages", "parameters"):
    table[metric] = study.summary(metric)["mean"]
print(table.drop(columns="count").round(3).to_string())
fig, ax = plt.subplots(figsize=(7.5, 0.6 + 0.42 * len(study.settings)))
study.plot(ax, "validation")
ax.axvline(first_study.summary("validation")["mean"]["multi-hot net"], color="grey", linestyle=":")
ax.set_title("A dot per seed, mean ± standard deviation (dotted: multi-hot net)")
plots.show(
    "Validation accuracies of the settings of the study, one row each, with a dot per seed and a bar for mean and standard deviation; a dotted line marks the multi-hot net."
)
predictions.recall("knobs")

# %% [markdown]
# <details><summary>What we measured: open after you ran it</summary>
#
# | validation accuracy | quick | quick, training | full |
# |---|---|---|---|
# | base | 90.8 %<!-- quick: knob base --> ± 0.1 %<!-- quick: knob base: std --> | 93.0 %<!-- quick: knob base training --> | 80.0 %<!-- full: knob base --> |
# | vocabulary 1,000 | 87.5 %<!-- quick: knob vocabulary 1,000 --> | 90.0 %<!-- quick: knob vocabulary 1,000 training --> | 76.7 %<!-- full: knob vocabulary 1,000 --> |
# | embedding 4 | 88.2 %<!-- quick: knob embedding 4 --> | 77.5 %<!-- quick: knob embedding 4 training --> | 73.8 %<!-- full: knob embedding 4 --> |
# | no dropout | 88.6 %<!-- quick: knob no dropout --> | 98.1 %<!-- quick: knob no dropout training --> | 79.1 %<!-- full: knob no dropout --> |
# | width 2 | 89.2 %<!-- quick: knob width 2 --> | 89.6 %<!-- quick: knob width 2 training --> | 78.4 %<!-- full: knob width 2 --> |
# | 8 filters | 88.8 %<!-- quick: knob 8 filters --> | 89.4 %<!-- quick: knob 8 filters training --> | 75.7 %<!-- full: knob 8 filters --> |
# | stride 4 | 90.4 %<!-- quick: knob stride 4 --> | 91.2 %<!-- quick: knob stride 4 training --> | 79.2 %<!-- full: knob stride 4 --> |
# | 2 layers | 88.4 %<!-- quick: knob 2 layers --> | 88.5 %<!-- quick: knob 2 layers training --> | 75.8 %<!-- full: knob 2 layers --> |
#
# The vocabulary hurts most in `quick`, as in notebook 07: what is `[UNK]` cannot be found by any filter. Close
# behind come dropout, eight filters, an embedding of four and a second layer, at two to three points. Read the
# training column before you blame a knob. *No dropout*: it knows its training questions best of all and new
# ones worse, plain overfitting. *Embedding 4* with half of it dropped: it does badly on its *training*
# questions, since dropout leaves two numbers of a word. (It is measured without dropout on new questions, so
# those look better.) *2 layers*: not trained to the end after six epochs, and it has nothing to win, as the
# clues lie within five words. Stride 4 is nearly free, and halves the work once more. Differences of half a
# point are within the spread.
#
# `full`, with its larger net, agrees on vocabulary, embedding, filters and layers: three to six points lost.
# Dropout, width and stride cost at most one and a half there, hardly more than chance. (*Embedding 4* is still
# rising after eight epochs.)
#
# </details>

# %% [markdown]
# ### Which one is the best?
#
# The one with the highest mean? It might have been lucky, twice over: in its seeds, and in the questions drawn for
# validation. Both kinds of chance go into the **standard error** of a mean accuracy $p$, from $k$ seeds with standard
# deviation $s$ and on $n$ questions:
#
# $$\text{error} = \sqrt{\frac{s^2}{k} + \frac{p (1 - p)}{n}}$$
#
# The **one-standard-error rule** (ISLR, section 6.1.3): of all models whose mean is at most one standard error below
# the best mean, take the *simplest*. Simplest shall mean fewest parameters. (All models were asked the same questions,
# so the luck of the draw hits them alike, and the error is on the large side. The rule then leans towards the small
# model.)
#
# ### ✏️ Exercise 6: `choose` (2 points)
#
# **Goal:** a choice that you can defend.
#
# **Given:** the accuracies of each model, one per seed; the parameters of each model; the number of validation
# questions.
#
# **Question:** Which model does the rule choose?
#
# For $s$ divide by $k - 1$, as everywhere in this course. $p$, $s$ and $k$ are those of the model with the best mean.
#
# <details><summary>Hint 1: where to begin</summary>
# One mean per model. Which model has the largest, and what is its standard error?
# </details>
# <details><summary>Hint 2: a plan</summary>
# Best mean, its error, the limit (one minus the other), the names of all models whose mean reaches the limit, and of
# these the one with the fewest parameters. Whose standard deviation goes into the error?
# </details>
# <details><summary>Hint 3: almost the code</summary>
# <code>means = {name: np.mean(values) for name, values in accuracies.items()}</code>, and
# <code>best = max(means, key=means.get)</code>. With <code>s = np.std(accuracies[best], ddof=1)</code> and
# <code>p = means[best]</code> you can write down the error. At the end
# <code>min(good, key=parameters.get)</code>. Which names are in <code>good</code>?
# </details>


# %% nbgrader={"grade_id": "choose", "solution": true}
def choose(accuracies, parameters, n):
    """Return the name of the model that the one-standard-error rule chooses.

    accuracies: dict from name to a list of accuracies, one per seed (two seeds or more).
    parameters: dict from name to a number of parameters. n: number of validation questions.
    """
    ### BEGIN SOLUTION
    means = {name: np.mean(values) for name, values in accuracies.items()}
    best = max(means, key=means.get)
    p, s, k = means[best], np.std(accuracies[best], ddof=1), len(accuracies[best])
    limit = p - np.sqrt(s**2 / k + p * (1 - p) / n)
    good = [name for name, mean in means.items() if mean >= limit]
    return min(good, key=parameters.get)
    ### END SOLUTION


# %% nbgrader={"grade_id": "choose-test", "points": 2}
_means = {
    "a": 0.93,
    "b": 0.9245,
    "c": 0.9205,
    "d": 0.9175,
    "e": 0.9168,
    "f": 0.9162,
    "g": 0.9145,
    "h": 0.912,
    "i": 0.905,
}
_runs = {_name: [_mean - 0.01, _mean, _mean + 0.01] for _name, _mean in _means.items()} | {"j": [0.79, 0.8, 0.81]}
_sizes = {"a": 9000, "b": 8000, "c": 7000, "d": 6000, "e": 5000, "f": 4000, "g": 3000, "h": 2000, "i": 1000, "j": 500}
checks.equal(
    choose(_runs, _sizes, 400),
    "f",
    "choose(ten models a to j, three seeds each, 400 questions)",
    misconceptions={
        "this is the best model, however large": "a",
        "only the luck of the seeds is in the error": "b",
        "the limit uses the standard deviation over seeds in place of the standard error": "c",
        "only the luck of the draw is in the error": "d",
        "the standard deviation divides by k, not by k - 1": "e",
        "the square of s is not divided by the number of seeds": "g",
        "the two parts are added up before they are squared": "h",
        "the limit is two standard errors away": "i",
        "this is the smallest model of all, however bad": "j",
    },
)
checks.equal(choose({"x": [0.9, 0.92], "y": [0.5, 0.52]}, {"x": 10, "y": 20}, 100), "x", "choose(two models)")
print("choose: the visible checks pass. More tests run when you hand in.")
### BEGIN HIDDEN TESTS
_rng = np.random.default_rng(86)
for _case in range(8):
    _k, _n = int(_rng.integers(2, 6)), int(_rng.integers(50, 3000))
    _low = [0.80, 0.40][_case % 2]
    _runs = {f"net {_i}": list(_rng.uniform(_low, _low + 0.04) + _rng.normal(0, 0.01, _k)) for _i in range(7)}
    _sizes = {_name: int(_size) for _name, _size in zip(_runs, _rng.permutation(9999)[:7], strict=True)}
    _mean = {_name: sum(_values) / _k for _name, _values in _runs.items()}
    _best = sorted(_mean, key=lambda name: -_mean[name])[0]
    _square = sum((_value - _mean[_best]) ** 2 for _value in _runs[_best]) / (_k - 1)
    _limit = _mean[_best] - (_square / _k + _mean[_best] * (1 - _mean[_best]) / _n) ** 0.5
    _wanted = sorted((_name for _name in _runs if _mean[_name] >= _limit), key=lambda name: _sizes[name])[0]
    checks.equal(choose(dict(_runs), dict(_sizes), _n), _wanted, f"choose(7 models, {_k} seeds, {_n} questions)")
_runs, _sizes = {"x": [1.0, 1.0], "y": [0.5, 0.5], "z": [1.0, 1.0]}, {"x": 30, "y": 10, "z": 20}  # the error is 0
checks.equal(choose(dict(_runs), dict(_sizes), 100), "z", "choose(three models, two of them always right)")
### END HIDDEN TESTS

# %% tags=["demo", "nbval-ignore-output"] nbval_reason="trained on this machine; the ledger test compares its figures within their spread"
runs = {name: [run["validation"] for run in study.runs(name)] for name in study.settings}
sizes = {name: study.runs(name)[0]["parameters"] for name in study.settings}
print("best mean:     ", max(runs, key=lambda name: np.mean(runs[name])))
print("the rule takes:", choose(runs, sizes, len(y_val)))

# %% [markdown]
# *A good place to stop. The last sitting is about reviews, and about words that somebody else has learnt.*
#
# ## 7. Reviews
#
# IMDB holds 50,000 film reviews, 25,000 for training and 25,000 for the test; at most 30 are about one film. A review
# is negative if its author gave at most 4 of 10 points, and positive with 7 or more; those in between are left out.
# There are as many of one kind as of the other, so guessing gives half. The `quick` reviews are written by a grammar,
# half of each kind, too.

# %% tags=["demo"]
plan = {
    "quick": {"num_words": 2000, "length": 80, "dims": 32, "filters": 64, "epochs": 8, "rate": 0.003},
    "full": {"num_words": 10_000, "length": 500, "dims": 128, "filters": 250, "epochs": 10, "rate": 0.0001},
}[profile]
plan |= {
    "quick": {"bag_rate": 0.01, "frozen_rate": 0.003, "frozen_epochs": 8},
    "full": {"bag_rate": 0.001, "frozen_rate": 0.001, "frozen_epochs": 4},
}[profile]
reviews = data.imdb(profile, num_words=plan["num_words"])
reviews.describe()
print(reviews.decode(reviews.x_train[0][:60]), "->", reviews.class_names[reviews.y_train[0]])

# %% [markdown]
# The lecture's net for 500 words a review, of 10,000 different ones: an embedding of 128; a convolution of 32 filters,
# width 7; max pooling of 5; again a convolution of 32, width 7; global max pooling; one output. No strides, no padding.
#
# ### ✏️ Exercise 7: the bill (2 points)
#
# **Goal:** every shape and every count, on paper.
#
# **Given:** the six layers above, and one review: a row of 500 word numbers.
#
# **Question:** What is the shape of each layer's output (without the sample axis), and how many parameters does it
# have?
#
# Enter `bill_shapes`, a list of six tuples, and `bill_parameters`, a list of six whole numbers. You may know in
# advance: the sum of all parameters is 1,315,937.
#
# <details><summary>Hint 1: where to begin</summary>
# The embedding turns each of the 500 numbers into 128. So what is the shape of a review after it? And how many rows
# does the table of word vectors have?
# </details>
# <details><summary>Hint 2: a plan</summary>
# Go layer by layer. A convolution without padding loses width minus 1 places; a filter has a weight for each number
# under its window, and one bias. How many numbers per place come into the second convolution?
# </details>
# <details><summary>Hint 3: almost the code</summary>
# In a smaller net (20 words of 4 numbers, 3 filters of width 5, pooling of 3):
# <pre>
# print((20, 4), "->", (20 - 5 + 1, 3), "->", ((20 - 5 + 1) // 3, 3))
# print("parameters of the convolution:", (5 * 4 + 1) * 3)
# </pre>
# What is left of the places after global max pooling, and what shape has a single number?
# </details>

# %% nbgrader={"grade_id": "bill", "solution": true}
# bill_shapes = [(..., ...), ...], six tuples
# bill_parameters = [..., ...], six whole numbers
### BEGIN SOLUTION
bill_shapes = [(500, 128), (494, 32), (98, 32), (92, 32), (32,), (1,)]
bill_parameters = [1280000, 28704, 0, 7200, 0, 33]
### END SOLUTION

# %% nbgrader={"grade_id": "bill-test", "points": 2}
assert isinstance(bill_shapes, (list, tuple)), "bill_shapes should be a list of six tuples."
assert len(bill_shapes) == 6, f"bill_shapes has {len(bill_shapes)} entries, but there are six layers."
for _layer, (_shape, _axes) in enumerate(zip(bill_shapes, (2, 2, 2, 2, 1, 1), strict=True), start=1):
    assert isinstance(_shape, (list, tuple)), (
        f"The shape after layer {_layer}, {_shape!r}, should be a tuple. One number: (n,)."
    )
    assert len(_shape) == _axes, f"The shape after layer {_layer} has {len(_shape)} entries, and should have {_axes}."
checks.close(
    sum(_shape[0] for _shape in bill_shapes[:4]),
    1184,
    "the sum of the words or places after the first four layers",
    misconceptions={
        "the places are one too few after each convolution": 1182,
        "the convolutions pad the text": 1200,
        "a group that is not full is counted by the pooling": 1186,
        "places and numbers per place are swapped": 224,
    },
)
assert np.shape(bill_parameters) == (6,), "bill_parameters should be a list of six whole numbers."
checks.equal(
    int(np.sum(bill_parameters)),
    1315937,
    "the sum of bill_parameters",
    misconceptions={
        "the biases are missing": 1315872,
        "the numbers per word are forgotten in the convolutions": 1280545,
        "the second convolution gets 128 numbers per place, as the first": 1337441,
        "the embedding has a vector for each place, not for each word of the vocabulary": 99937,
        "the last layer gets all places, not one number per filter": 1318849,
    },
)
print("bill: the visible checks look at sums only. More tests run when you hand in.")
### BEGIN HIDDEN TESTS
for _layer, (_mine, _theirs) in enumerate(
    zip([(500, 128), (494, 32), (98, 32), (92, 32), (32,), (1,)], bill_shapes, strict=True), start=1
):
    checks.close(np.atleast_1d(_theirs), _mine, f"the shape after layer {_layer}")
for _layer, (_mine, _theirs) in enumerate(zip([1280000, 28704, 0, 7200, 0, 33], bill_parameters, strict=True), start=1):
    checks.close(_theirs, _mine, f"the number of parameters of layer {_layer}")
### END HIDDEN TESTS

# %% [markdown]
# ### The missing sigmoid
#
# In the lecture the last layer reads `Dense(1)`, and the loss `"binary_crossentropy"`. These do not fit together: the
# loss takes its input for a probability, and this output can be any number, a logit. Three answers to a positive
# review:

# %% tags=["demo"]
truth, logit = np.ones((3, 1)), np.array([[-2.0], [0.5], [3.0]])
as_probability = keras.losses.BinaryCrossentropy()
as_logit = keras.losses.BinaryCrossentropy(from_logits=True)
for name, loss, output in [
    ("logit, taken for a probability", as_probability, logit),
    ("logit, loss told so           ", as_logit, logit),
    ("sigmoid, then probability     ", as_probability, 1 / (1 + np.exp(-logit))),
]:
    print(name, [round(float(loss(t, o)), 3) for t, o in zip(truth, output, strict=True)])

# %% [markdown]
# The first line is wrong: the loss cuts what it gets to the range from 0 to 1. For -2 it is enormous, but *flat*: the
# gradient is 0, and such a review teaches nothing. So either give the layer a **sigmoid**, or tell the loss
# `from_logits=True` (a bit more exact, and then "positive" begins at 0, not at 0.5:
# `keras.metrics.BinaryAccuracy(threshold=0)`). We take the sigmoid. Here is the lecture's net in plain Keras:

# %% tags=["demo"]
x_reviews, x_new_reviews, x_test_reviews = (
    keras.utils.pad_sequences(part, maxlen=plan["length"]) for part in (reviews.x_train, reviews.x_val, reviews.x_test)
)


def lecture_net():
    return keras.Sequential(
        [
            keras.Input((plan["length"],)),
            layers.Embedding(plan["num_words"], plan["dims"]),
            layers.Conv1D(32, 7, activation="relu"),
            layers.MaxPooling1D(5),
            layers.Conv1D(32, 7, activation="relu"),
            layers.GlobalMaxPooling1D(),
            layers.Dense(1, activation="sigmoid"),
        ]
    )


# %% tags=["demo", "nbval-ignore-output"] nbval_reason="Keras numbers its layers on, and the hidden tests make some, too"
lecture_net().summary()

# %% [markdown]
# (`pad_sequences` fills up in *front* and keeps the end of long reviews. After section 4 you know why that is all the
# same to a convnet.)

# %% [markdown]
# ### Which net reads which review?
#
# The grammar of `quick` puts opinions in several forms. Most are plain. Some are negated (*never superb*). And in one
# review of ten the only clue is split: *i expected to love this film* at the beginning, *i was wrong* at the end, with
# plot in between. Each alone says nothing.
#
# Two nets: a bag of words (the average of 16 learnt numbers a word, as in notebook 07), and the lecture's net with its
# two layers of width 7.

# %% [markdown]
# **Predict, then run.** Which reviews defeat the lecture's net, with its 41 words of sight? *I expect ...*

# %% tags=["demo"]
predictions.ask("reviews", ["negated ones", "those with the split clue", "both, about equally", "neither"])

# %% tags=["demo"]
NEGATIONS = (" not ", " never ", " hardly ", "far from", "nobody could", "anything but")
val_texts = [f" {reviews.decode(review)} " for review in reviews.x_val]
split = np.array(["i was right" in text or "i was wrong" in text for text in val_texts])
negated = np.array([any(word in text for word in NEGATIONS) for text in val_texts]) & ~split
kinds = {"negated": negated, "split clue": split, "the rest": ~split & ~negated}
print({kind: int(of_kind.sum()) for kind, of_kind in kinds.items()})


# %% tags=["demo"]
def bag_net():
    return keras.Sequential(
        [
            keras.Input((plan["length"],)),
            layers.Embedding(plan["num_words"], 16, mask_zero=True),
            layers.GlobalAveragePooling1D(),
            layers.Dense(1, activation="sigmoid"),
        ]
    )


def review_run(seed, build, rate, epochs):
    keras.utils.set_random_seed(seed)
    net, new = build(), (x_new_reviews, reviews.y_val)
    net.compile(keras.optimizers.RMSprop(rate), "binary_crossentropy", metrics=["accuracy"])
    how = {"validation_data": new, "epochs": epochs, "batch_size": 128, "verbose": 0}
    history = net.fit(x_reviews, reviews.y_train, **how).history
    right = (outputs(net, x_new_reviews)[:, 0] > 0.5) == reviews.y_val
    sealed = (outputs(net, x_test_reviews)[:, 0] > 0.5).tolist()
    found = {kind: right[of_kind].mean() for kind, of_kind in kinds.items()}
    return history | found | {"validation": right.mean(), "parameters": net.count_params(), "sealed": sealed}


# %% tags=["demo"]
trainings = {
    "bag of words": {"build": bag_net, "rate": plan["bag_rate"], "epochs": plan["epochs"]},
    "lecture's net": {"build": lecture_net, "rate": plan["rate"], "epochs": plan["epochs"]},
}
review_study = Study(review_run, trainings, seeds[:2])

# %% tags=["demo", "nbval-ignore-output"] nbval_reason="trained on this machine; the ledger test compares its figures within their spread"
shown = ["validation", *kinds, "parameters", "seconds"]
print(review_study.results().groupby("setting", sort=False)[shown].mean().round(3).to_string())
predictions.recall("reviews")

# %% tags=["demo", "fold"]
fig, ax = plt.subplots(figsize=(7, 3.4))
for name in review_study.settings:
    plots.learning_curves(ax, review_study.runs(name), "accuracy", name)
ax.set(title="Reviews: accuracy over epochs (band: ± one standard deviation)", ylim=(0.45, 1.02))
plots.show(
    "Accuracy over epochs for the bag of words and the lecture's net on reviews, training dashed and validation solid. All rise; the bag of words ends lowest."
)

# %% [markdown]
# <details><summary>What we measured: open after you ran it</summary>
#
# | quick | all | negated | split clue | the rest |
# |---|---|---|---|---|
# | bag of words | 74.4 %<!-- quick: reviews bag of words --> | 53.3 %<!-- quick: reviews bag of words negated --> | 53.3 %<!-- quick: reviews bag of words split clue --> | 95.7 %<!-- quick: reviews bag of words the rest --> |
# | lecture's net | 96 %<!-- quick: reviews lecture's net --> | 100.0 %<!-- quick: reviews lecture's net negated --> | about 53 % | 100.0 %<!-- quick: reviews lecture's net the rest --> |
#
# Those with the split clue: there it guesses. Negations it reads without a mistake, where the bag guesses:
# *never superb* is two neighbouring words, well within a window of 7. The split clue is different: *love* and
# *wrong* often stand thirty words and more apart, neither means anything alone, and only one review in ten is
# of this kind. In these runs the net has found no rule for them. (The second "what if" at the end has a
# surprise for you.)
#
# On IMDB (`full`) the bag of words reaches 78.6 %<!-- full: reviews bag of words --> and the lecture's net
# 83.1 %<!-- full: reviews lecture's net --> of the validation reviews after ten epochs, which is what the lecture
# trains. Both curves still rise then, so this says who is ahead after ten epochs, not who is best in the end.
# (The third column in what the cell prints counts for `quick` only: real reviews that say *i was wrong* say a lot
# more.)
#
# </details>

# %% [markdown]
# ### Words that somebody else has learnt
#
# The lecture's third net does not learn its word vectors. It takes **GloVe**'s, which were made from billions of words,
# and **freezes** them: 250 filters of width 3, global max pooling, a dense layer of 250 with dropout of 0.2, and a
# sigmoid come on top. (The vectors of `quick` are made in the same spirit from 12,000 texts of our own grammars.)
#
# Their vocabulary is not ours. First the vectors have to be put in our order.
#
# ### ✏️ Exercise 8: `embedding_matrix` (2 points)
#
# **Goal:** hand over word vectors from one vocabulary to another.
#
# **Given:** our vocabulary, a list of words; `index`, a dictionary from a word to its row in `vectors`; `vectors`.
#
# **Question:** Which table has in row `i` the vector of our word number `i`, and zeros if `index` does not hold the
# word?
#
# <details><summary>Hint 1: where to begin</summary>
# Start with a table of zeros. How many rows and how many columns does it need?
# </details>
# <details><summary>Hint 2: a plan</summary>
# Go through our words together with their numbers. If <code>index</code> holds the word, copy the vector into the row
# of the word's number. Which of the two numbers belongs to which table?
# </details>
# <details><summary>Hint 3: almost the code</summary>
# <code>table = np.zeros((len(vocabulary), vectors.shape[1]))</code>, and then
# <code>for number, word in enumerate(vocabulary):</code> with the question <code>if word in index</code>. Inside,
# <code>vectors[index[word]]</code> is the vector. Where does it go?
# </details>


# %% nbgrader={"grade_id": "embedding_matrix", "solution": true}
def embedding_matrix(vocabulary, index, vectors):
    """Return a table with the vector of each word of the vocabulary, shape (len(vocabulary), dims).

    vocabulary: list of str. index: dict from str to the word's row in vectors. vectors: shape (words, dims).
    Rows of words that index does not hold are zero.
    """
    vectors = np.asarray(vectors, dtype=float)
    ### BEGIN SOLUTION
    table = np.zeros((len(vocabulary), vectors.shape[1]))
    for number, word in enumerate(vocabulary):
        if word in index:
            table[number] = vectors[index[word]]
    return table
    ### END SOLUTION


# %% nbgrader={"grade_id": "embedding_matrix-test", "points": 2}
checks.close(
    embedding_matrix(["", "[UNK]", "film", "the", "dull"], {"the": 0, "film": 1, "a": 2}, np.array([[1, 2], [3, 4], [5, 6]])),
    [[0.0, 0.0], [0.0, 0.0], [3.0, 4.0], [1.0, 2.0], [0.0, 0.0]],
    'embedding_matrix(["", "[UNK]", "film", "the", "dull"], {"the": 0, "film": 1, "a": 2}, [[1, 2], [3, 4], [5, 6]])',
    misconceptions={
        "rows are in the order of vectors, not of our vocabulary": [[1.0, 2.0], [3.0, 4.0], [0.0, 0.0], [0.0, 0.0], [0.0, 0.0]],
        "words that index does not hold got the first row": [[1.0, 2.0], [1.0, 2.0], [3.0, 4.0], [1.0, 2.0], [1.0, 2.0]],
        "words that index does not hold got the last row": [[5.0, 6.0], [5.0, 6.0], [3.0, 4.0], [1.0, 2.0], [5.0, 6.0]],
        "words that index does not hold are left out": [[3.0, 4.0], [1.0, 2.0]],
        "words that index does not hold are left out, so that later rows move up": [[3.0, 4.0], [1.0, 2.0], [0.0, 0.0], [0.0, 0.0], [0.0, 0.0]],
    },
)  # fmt: skip
print("embedding_matrix: the visible check passes. More tests run when you hand in.")
### BEGIN HIDDEN TESTS
_rng = np.random.default_rng(88)
for _ours, _theirs, _dims in [(6, 9, 4), (10, 3, 2), (4, 4, 5), (3, 0, 2)]:
    _index = {f"w{_i}": int(_row) for _i, _row in enumerate(_rng.permutation(_theirs + 1)[:_theirs])}
    _vectors = _rng.normal(size=(_theirs + 1, _dims))
    _words = [f"w{_i}" for _i in _rng.permutation(_ours + 3)[:_ours]]
    _wanted = [list(_vectors[_index[_word]]) if _word in _index else [0.0] * _dims for _word in _words]
    _what = f"embedding_matrix({_ours} words, index of {_theirs}, vectors of {_dims} numbers)"
    checks.close(embedding_matrix(_words, dict(_index), _vectors), _wanted, _what)
    checks.close(embedding_matrix(_words, dict(_index), _vectors.tolist()), _wanted, f"{_what}, from lists")
### END HIDDEN TESTS

# %% [markdown]
# *Without Exercise 8:* leave out the cells with code from here to *Your own review*, except one. In the cell that begins
# with `keras.utils.set_random_seed(seed)` and makes the `critic`, write `lecture_net()` in place of `frozen_net()`: so
# you have a net for your own review. The folded findings hold our figures.

# %% tags=["demo"]
glove = data.glove(profile, dim=50)
words = [*reviews.vocabulary, *[""] * (plan["num_words"] - len(reviews.vocabulary))]
glove_table = embedding_matrix(words, glove.index, glove.vectors)
known = np.array([word in glove.index for word in words[: len(reviews.vocabulary)]])
numbers = np.concatenate([np.asarray(review) for review in reviews.x_train])
print(f"{len(glove.index):,} words have a vector; of our {len(known):,} words {known.mean():.0%} are among them,")
print(f"and {known[numbers].mean():.0%} of all words in the training reviews")
missing = [word for word, has in zip(words, known, strict=False) if not has and word.isalpha()]
print("Most frequent of those without:", *missing[:24])

# %% [markdown]
# ### Few labels
#
# Labels are dear, text is cheap. Suppose only 500 texts have labels. Three ways to start: word vectors **learnt** from
# the 500 alone; **frozen** ones from elsewhere; and vectors from elsewhere that are **fine-tuned**, trained on like any
# other weight. (`quick` takes questions for this, `full` IMDB's reviews.)
#
# One thing is easily forgotten. The *vocabulary* may come from all texts, since it needs no labels. A fourth setting,
# frozen as well, only knows words that occur in the 500.

# %% tags=["demo"]
if profile == "quick":
    few_x, few_y, check = x_train[:500], y_train[:500], (x_val, y_val)
    few_table, unknown = embedding_matrix(vocabulary, glove.index, glove.vectors), 1
else:
    few_x, few_y, check = x_reviews[:500, -200:], reviews.y_train[:500], (x_new_reviews[:, -200:], reviews.y_val)
    few_table, unknown = glove_table, 2
seen = np.unique(few_x)
print(
    f"{len(few_table):,} words, {np.any(few_table, axis=1).mean():.0%} have a vector, {len(seen):,} occur in the 500 texts"
)
new_words = check[0][check[0] > 0]
print(f"Of all words in new texts {np.isin(new_words, seen).mean():.0%} occur in the 500, too")

# %% [markdown]
# **Predict, then run.** Rank the four. *I expect ...*

# %% tags=["demo"]
predictions.ask(
    "vectors",
    [
        "learnt is best: made for the task",
        "frozen is best: too few labels to learn word vectors",
        "fine-tuned is best, frozen close behind",
        "all alike: 500 texts are enough for so easy a task",
    ],
)


# %% tags=["demo"]
def few(seed, given, trainable, seen_only=False):
    keras.utils.set_random_seed(seed)
    net = keras.Sequential([keras.Input((None,)), layers.Embedding(*few_table.shape, trainable=trainable)])
    if given:
        net.layers[0].set_weights([few_table])
    for layer in (layers.Dropout(0.2), layers.Conv1D(64, 3, activation="relu"), layers.GlobalMaxPooling1D()):
        net.add(layer)
    net.add(layers.Dense(len(set(few_y))))
    x, x_new = (np.where(np.isin(rows, seen) | (not seen_only), rows, unknown) for rows in (few_x, check[0]))
    history = fit(net, (x, few_y), (x_new, check[1]), learning_rate=0.003, epochs=12, batch_size=32)
    return {"training": history["accuracy"][-1], "validation": history["val_accuracy"][-1]} | history


starts = {
    "learnt": {"given": False, "trainable": True},
    "frozen": {"given": True, "trainable": False},
    "fine-tuned": {"given": True, "trainable": True},
    "frozen, words of the 500 only": {"given": True, "trainable": False, "seen_only": True},
}
few_study = Study(few, starts, seeds[:2])

# %% tags=["demo", "nbval-ignore-output"] nbval_reason="trained on this machine; the ledger test compares its figures within their spread"
found = few_study.summary("validation")
found["training"] = few_study.summary("training")["mean"]
print(found.round(3).to_string())
predictions.recall("vectors")

# %% [markdown]
# <details><summary>What we measured: open after you ran it</summary>
#
# | validation accuracy | quick | full |
# |---|---|---|
# | learnt | 78.4 %<!-- quick: few learnt --> | 76.2 %<!-- full: few learnt --> |
# | frozen | 92.1 %<!-- quick: few frozen --> | 70.3 %<!-- full: few frozen --> |
# | fine-tuned | 93.4 %<!-- quick: few fine-tuned --> | 70.0 %<!-- full: few fine-tuned --> |
# | frozen, words of the 500 only | 80.6 %<!-- quick: few frozen, words of the 500 only --> | 70.1 %<!-- full: few frozen, words of the 500 only --> |
#
# With `quick`, vectors from elsewhere are worth fourteen points. Fine-tuning adds a little more. And look at the
# fourth line: with only the words that occur in the 500 texts, nearly all of it is gone. These make 99 % of all
# words in new questions, but the last hundredth are rare names, and names tell. The vectors do not help because
# they are *better*; they help because they cover words that no labelled text holds. A filter that has learnt to
# answer to *scorefactorybean* also answers to *eventfactorybean*, which lies next to it, without ever having seen
# it.
#
# In `full` it is the other way round: the learnt vectors win, and the fourth line equals the second. There are
# two reasons; the cells above print what shows them. In reviews common words tell good from bad, not rare names,
# and the 500 long reviews hold nearly all of those: there is little left to cover. And we measured with a
# selection of GloVe, 50 numbers a word, that holds 3,835 of the 10,000 words. That makes 80 % of all words in the
# reviews, which sounds like a lot. But look at which are missing: *boring*, *awful*, *wonderful*, *terrible*,
# *brilliant*. A frozen net is blind to the very words it needs; fine-tuning could learn them, and in twelve
# epochs hardly does. Look at what is missing, not only at how much. (With all of GloVe's 400,000 words `full` may
# end differently on your machine; we did not measure that.)
#
# </details>

# %% [markdown]
# ### The lecture's third net
#
# Now for all labelled reviews, in plain Keras. `trainable=False` is all that *frozen* means: training leaves the layer
# as it is.


# %% tags=["demo"]
def frozen_net():
    net = keras.Sequential([keras.Input((plan["length"],)), layers.Embedding(*glove_table.shape, trainable=False)])
    net.layers[0].set_weights([glove_table])
    net.add(layers.Conv1D(plan["filters"], 3, activation="relu"))
    net.add(layers.GlobalMaxPooling1D())
    net.add(layers.Dense(plan["filters"], activation="relu"))
    net.add(layers.Dropout(0.2))
    net.add(layers.Dense(1, activation="sigmoid"))
    return net


# %% tags=["demo", "nbval-ignore-output"] nbval_reason="trained on this machine; the ledger test compares its figures within their spread"
keras.utils.set_random_seed(seed)
critic = frozen_net()
critic.compile(
    optimizer=keras.optimizers.RMSprop(plan["frozen_rate"]), loss="binary_crossentropy", metrics=["accuracy"]
)
new = (x_new_reviews, reviews.y_val)
history = critic.fit(
    x_reviews, reviews.y_train, validation_data=new, epochs=plan["frozen_epochs"], batch_size=128, verbose=2
)

# %% [markdown]
# Two seeds, beside the lecture's second net:

# %% tags=["demo", "nbval-ignore-output"] nbval_reason="trained on this machine; the ledger test compares its figures within their spread"
frozen = {"build": frozen_net, "rate": plan["frozen_rate"], "epochs": plan["frozen_epochs"]}
frozen_study = Study(review_run, {"frozen vectors": frozen}, seeds[:2])
for net in (review_study, frozen_study):
    print(net.results().groupby("setting", sort=False)[shown].mean().round(3).to_string())

# %% [markdown]
# <details><summary>What we measured: open after you ran it</summary>
#
# With all labels the frozen net is about as good as the lecture's in `quick`:
# 95.0 %<!-- quick: reviews frozen vectors --> against 96 %<!-- quick: reviews lecture's net -->, with fewer
# numbers to learn. On IMDB it has 73.8 %<!-- full: reviews frozen vectors --> against
# 83.1 %<!-- full: reviews lecture's net -->, but after four epochs against ten, and half blind, as you saw. Word
# vectors from elsewhere are for those who have few labels, and whose words they hold.
#
# </details>

# %% [markdown]
# ### Your own review
#
# The lecture's network read one hand-written review and said 0.1246: most likely negative. Write one of your own, watch
# what the vocabulary knows of it, and ask. Where does it begin to go wrong? (The words that `quick` knows are few:
# praise or blame the acting, the music, the story, the ending.)

# %% tags=["demo", "nbval-ignore-output"] nbval_reason="trained on this machine; the ledger test compares its figures within their spread"
mine_too = [
    "what a dull and predictable story the acting seems lifeless",
    "the acting is never dull and the music is far from tedious",
    "although the story is predictable the film as a whole is wonderful",
]
coded = [reviews.encode(text) for text in mine_too]
probabilities = critic.predict(keras.utils.pad_sequences(coded, maxlen=plan["length"]), verbose=0)[:, 0]
for text, numbers, p in zip(mine_too, coded, probabilities, strict=True):
    print(f"{p:.4f} positive: {text}   (unknown words: {numbers.count(2)})")

# %% [markdown]
# ## 8. The test sets, once
#
# All choices are made. The answers to the test questions and reviews have lain sealed in the runs since they were
# trained. Open them, once. (The next but one cell opens those of the frozen net. It needs Exercise 8; without it, leave
# it out.)


# %% tags=["demo"]
def open_sealed(study, truth):
    return {name: [np.mean(np.array(run["sealed"]) == truth) for run in study.runs(name)] for name in study.settings}


test_scores = evaluate_once("questions", lambda: open_sealed(first_study, questions.y_test))
test_scores |= evaluate_once("reviews", lambda: open_sealed(review_study, reviews.y_test))

# %% tags=["demo"]
test_scores |= evaluate_once("reviews (frozen net)", lambda: open_sealed(frozen_study, reviews.y_test))

# %% tags=["demo", "nbval-ignore-output"] nbval_reason="trained on this machine; the ledger test compares its figures within their spread"
for name, scores in test_scores.items():
    print(f"{name:15} {np.mean(scores):.1%} ± {np.std(scores, ddof=1):.1%} over {len(scores)} seeds")
for truth in (questions.y_test, reviews.y_test):
    print(f"draw of {len(truth):,} test texts: ± {np.sqrt(0.9 * 0.1 / len(truth)):.1%} for an accuracy near 90 %")

# %% [markdown]
# | test accuracy | lecture | full | quick |
# |---|---|---|---|
# | questions: multi-hot net | about 80 % | 80.3 %<!-- full: test multi-hot net --> | 79.1 %<!-- quick: test multi-hot net --> |
# | questions: convnet | | 80.3 %<!-- full: test convnet --> | 90.2 %<!-- quick: test convnet --> |
# | reviews: bag of words | | 78.1 %<!-- full: test bag of words --> | 71.1 %<!-- quick: test bag of words --> |
# | reviews: lecture's net | | 83.1 %<!-- full: test lecture's net --> | 95 %<!-- quick: test lecture's net --> |
# | reviews: frozen vectors | | 73.1 %<!-- full: test frozen vectors --> | 94.1 %<!-- quick: test frozen vectors --> |
#
# Means over three seeds for the questions of `quick`, over two elsewhere. The lecture states no accuracy for
# its convnets. The folded cell below writes down what was measured, for the course's own tests; without Exercise 5 or 8
# it fails, and you lose nothing.

# %% tags=["demo", "fold", "nbval-ignore-output"] nbval_reason="trained on this machine; the ledger test compares its figures within their spread"
measured = {"majority": majority, "with padding": accuracy, "without padding": accuracy_without}
measured |= {f"maxima from text, {name}": 1 - share for name, share in padded.items()}


def collect(study, prefix, *metrics):
    for name in study.settings:
        for metric in metrics:
            label = f"{prefix} {name}" + ("" if metric == "validation" else f" {metric}")
            measured[label] = [float(run[metric]) for run in study.runs(name)]


kinds_told = ["two languages", "others"] if profile == "quick" else []
collect(first_study, "race", "validation", "training", "twins", *kinds_told)
collect(width_study, "questions", "validation", "training", *kinds_told)
collect(pool_study, "pool", "validation", "training", "twenty words in front")
collect(study, "knob", "validation", "training")
collect(review_study, "reviews", "validation", *(kinds if profile == "quick" else []))
collect(frozen_study, "reviews", "validation", *(kinds if profile == "quick" else []))
collect(few_study, "few", "validation", "training")
for name, reach in zip(order_study.settings, (0, 2, 4, 8, 12), strict=True):
    runs = [run["by gap"] for run in order_study.runs(name)]
    measured |= {f"order {name}, within": [np.mean(run[:reach]) for run in runs]} if reach else {}
    measured |= {f"order {name}, beyond": [np.mean(run[reach:]) for run in runs]} if reach < 12 else {}
ledger.record(
    "08_conv1d_for_text", profile, measured | {f"test {name}": scores for name, scores in test_scores.items()}
)

# %% [markdown]
# ## 9. What did we find?
#
# ### ✏️ Exercise 9: your report (3 points, written)
#
# This is the lecture's exercise: *comment on your findings in the study of the seven hyper-parameters, and identify the
# best model.* Write six to ten sentences for a team that has to sort questions by language. Use the table of section 6,
# with a setting of your own in `mine`.
#
# | points | for |
# |---|---|
# | 1 | the model that you recommend, by the rule of Exercise 6, with its mean, its spread and its parameters, beside the multi-hot net; and the figures of a setting of your own |
# | 1 | the two knobs that matter most and one that hardly matters, each with the difference in points, and a reason: what could the network no longer see, or learn? |
# | 1 | how far the model looks, with an experiment of section 5 as evidence, and one kind of text (of section 5 or 7) that it cannot read |

# %% [markdown] nbgrader={"grade_id": "report", "solution": true, "points": 3}
# **Model answer.** I recommend the base: an embedding of 16, dropout of 0.5, 32 filters of width 5, stride 2,
# one layer. Its mean over three seeds is 90.8 %<!-- quick: knob base --> ± 0.1 %<!-- quick: knob base: std -->,
# with 162,740 parameters. The multi-hot net of notebook 07 has 78.3 %<!-- quick: race multi-hot net --> on the
# same questions. My own setting, width 25 with stride 1, had
# 90.8 %<!-- quick: questions width 25 --> over two seeds with 172,980 parameters. That is within one standard error,
# about one point, and the base is smaller, so the rule takes the base. The two knobs that matter most are the vocabulary and the embedding. With 1,000 words the mean falls by
# 3.3 points to 87.5 %<!-- quick: knob vocabulary 1,000 -->: rare names become `[UNK]`, and no filter can find
# what is not there. With 4 numbers a word it falls by 2.6 points to 88.2 %<!-- quick: knob embedding 4 -->; the
# training accuracy of 77.5 %<!-- quick: knob embedding 4 training --> shows that it could not even learn its
# own questions, since dropout leaves only two numbers of a word. Stride 4 hardly matters, 0.4 points: each word
# still lies under some window. The model looks exactly as far as its window, 5 words. In section 5 the net of
# width 5 had 100.0 %<!-- quick: order width 5, within --> up to a gap of 4 words and
# 49.3 %<!-- quick: order width 5, beyond --> beyond, which is guessing. So it cannot use a clue that is split
# over more than five words, such as *i expected to love* at the beginning of a review and *i was wrong* at its
# end; even the lecture's net with two layers, which I ran as well, got only about half of those right.
#
# **Marking guide.** One point per row of the table that students see. Figures are those of `quick`; the
# student's own may differ by a point or two, and the rule may choose another of the good models.
#
# - Row 1: a model by the rule (not simply the best mean), with mean, spread and parameters; the multi-hot net's figure; a setting of the student's own with its figure. Without one of these: no point.
# - Row 2: two knobs with large and one with small differences, in points, and reasons about what the net can see or learn. "More parameters are better" is no reason.
# - Row 3: the width of the window (receptive field) as the reach, the accuracies at two gaps as evidence, and a text beyond it.

# %% [markdown]
# ## Can you do it now?
#
# - [ ] I can slide a filter over word vectors by hand, pool what it finds, and count what it learns, as Keras does.
# - [ ] I can say how far a network looks, what wide windows and stacked layers buy, and what they cost.
# - [ ] I can show in the text itself what a filter has found, and what padding does to it.
# - [ ] I can study the seven hyper-parameters of a text convnet, and choose a model by a rule.
# - [ ] I can use word vectors that were learnt elsewhere, and say when they help.
#
# **What if ...**
#
# - ... one network had filters of width 2, 3 *and* 5 side by side? Build it with the functional interface of Keras
#   (`keras.layers.Concatenate`). Is it better than the best single width with as many filters?
# - ... the net for reviews were the simplest one, a single layer of width 1 and global max pooling? Predict its accuracy on
#   negated reviews and on those with the split clue, then train it a few times.
# - ... every second word of a window were skipped (`dilation_rate=2`)? Which gaps can the net of width 5 tell in section 5,
#   and which not?
# - ... the tokens were single letters? How wide must a window be to cover *dataframe*, and what could such a net do with words that
#   it has never seen?
#
# **Further reading**
#
# - Y. Kim, *Convolutional Neural Networks for Sentence Classification*, arXiv:1408.5882: one layer, several widths, frozen and
#   fine-tuned vectors.
# - Y. Zhang, B. Wallace, *A Sensitivity Analysis of (and Practitioners' Guide to) Convolutional Neural Networks for Sentence
#   Classification*, arXiv:1510.03820: the study of section 6, at length.
# - H. Lane, C. Howard, H. M. Hapke, *Natural Language Processing in Action*, chapter 7: the frozen net of section 7.
# - F. Chollet, *Deep Learning with Python*, the chapter on text and sequences: the other net for IMDB.
# - J. Pennington, R. Socher, C. Manning, *GloVe: Global Vectors for Word Representation*, EMNLP 2014.
# - A. Maas et al., *Learning Word Vectors for Sentiment Analysis*, ACL 2011: where the IMDB reviews come from.

# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 04 Overfitting and regularisation
#
# A network reads 500 film reviews, forty times over. Then you quiz it. Was this one a rave or a slating? It gets 500
# out of 500. You hand it a review it has never seen, and the prodigy is suddenly a mediocre guesser who is *sure* of
# every guess.
#
# It has learnt two things at once: what makes a review good or bad, and these 500 reviews by heart. **How do you make
# it forget the right things?** In this notebook you try five remedies. Some change much less than their fame
# suggests, and some change something else than you would expect.
#
# **When you are done, you can**
#
# 1. read from learning curves whether a network underfits or overfits, and why its loss can rise while its accuracy does not fall,
# 2. compute L1 and L2 penalties and their gradients by hand, and say what each does to the weights,
# 3. do dropout by hand, and say why something has to be scaled, and when,
# 4. stop a training at the right moment, with a function of your own and with Keras,
# 5. compare remedies fairly: training beside validation, and two kinds of chance.
#
# **Builds on** notebook 00 (dense layers, cross-entropy, gradient descent, weight decay) and 02 (training a network
# with Keras, validation and test, several seeds).
#
# **Time** A minute and a half to run every cell on a laptop with two cores (`full`: ten minutes or more); plan
# three to four hours to work through it. Good places to stop for the day are the ends of sections 3, 5 and 7.
#
# Nothing is downloaded with `profile = "quick"`: its reviews are written by a small grammar. With `"full"` they are
# the real ones of IMDB. Exercises are marked with ✏️ and worth 20 points in total.

# %% tags=["parameters"]
profile = "quick"
seed = 0

# %% nbgrader={"grade_id": "setup", "locked": true}
import numpy as np

from course_utils import checks

# %% [markdown]
# ## 1. Reviews as rows of 0s and 1s
#
# The folded cell below holds what differs between the profiles. `reviews` is how many reviews the comparisons train
# on: 500 in `quick`, 15,000 in `full`, about as many as in the lecture. Both cut them into so many batches that each
# training makes 500 to 600 steps.

# %% tags=["demo", "fold"]
settings = {
    "quick": {"reviews": 500, "validation": 0.4, "learning_rate": 0.003, "steps": 32, "epochs": 16},
    "full": {"reviews": 15_000, "validation": 0.2, "learning_rate": 0.001, "steps": 30, "epochs": 20},
}[profile]
seeds = range(seed, seed + 3)

# %% tags=["demo"]
import keras
import matplotlib.pyplot as plt
import pandas as pd

from course_utils import data, ledger, plots, predictions
from course_utils.study import Study, evaluate_once

plots.use_course_style()
layers = keras.layers
found = data.imdb(profile, num_words=10_000, validation=settings["validation"])
found.describe()

# %% [markdown]
# Two of them, and their labels: 1 is a positive review, 0 a negative one. Every word comes as a number, the most
# frequent ones first; here they are turned back.

# %% tags=["demo"]
for ids, label in zip(found.x_train[:2], found.y_train[:2], strict=True):
    print(label, found.decode(ids)[:300])
    print("  ", ids[:12], "...")

# %% [markdown]
# A dense layer wants rows of one length, and the reviews are not. So write down only **which words occur**: one
# column per word, 1 where the review has it, 0 where not. Such a row is called **multi-hot**. Try it with a
# vocabulary of six words and a review that says word 2, word 5, word 2:

# %% tags=["demo"]
row = np.zeros(6)
row[[2, 5, 2]] = 1
print(row)

# %% [markdown]
# Order is lost, and how often a word came; "not good, bad" and "not bad, good" are one row. Notebook 07 has more on
# this. The lecture's rows are 10,000 wide, for the 10,000 most frequent words of IMDB, and so are those of `full`.
# The `quick` reviews come from a grammar that knows only about 500 words, so their rows are as wide as the
# vocabulary. What that loses: in real reviews most words are rare, and there are far more columns than reviews. That
# makes learning by heart even easier.

# %% tags=["demo"]
width = len(found.vocabulary)


def multi_hot(reviews):
    vectors = np.zeros((len(reviews), width), "float32")
    for vector, numbers in zip(vectors, reviews, strict=True):
        vector[numbers] = 1
    return vectors


# %% tags=["demo"]
x_train, x_val = multi_hot(found.x_train), multi_hot(found.x_val)
y_train, y_val = (labels[:, None].astype("float32") for labels in (found.y_train, found.y_val))
print("x_train", x_train.shape, " x_val", x_val.shape, f" words per review: {x_train.sum(axis=1).mean():.0f}")

# %% [markdown]
# We train on the first part, **compare and choose** on the second (validation), and touch the third (test) once, at
# the end.
#
# ## 2. Five hundred reviews by heart
#
# The lecture's network: two hidden layers of 16 units with ReLU, and one output with a **sigmoid**, the probability
# that the review is positive. We call it 16-16.

# %% tags=["demo"]
keras.utils.set_random_seed(seed)
model = keras.Sequential(
    [
        keras.Input((width,)),
        layers.Dense(16, activation="relu"),
        layers.Dense(16, activation="relu"),
        layers.Dense(1, activation="sigmoid"),
    ]
)
model.summary()

# %% [markdown]
# **Predict, then run.** It gets the first 500 reviews, 40 times. How many of these 500 will it know in the end, and
# how many of the new ones will it get right? Guessing gives half. *I expect ...*

# %% tags=["demo"]
predictions.ask(
    "first",
    [
        "about as many of the new ones as of the 500",
        "nearly all of the 500, clearly fewer new ones",
        "all 500, and no better than guessing on new ones",
    ],
)

# %% tags=["demo", "nbval-ignore-output"] nbval_reason="trained on this machine; the ledger test compares its figures within their spread"
model.compile(optimizer="rmsprop", loss="binary_crossentropy", metrics=["accuracy"])
history = model.fit(x_train[:500], y_train[:500], batch_size=16, epochs=40, validation_data=(x_val, y_val), verbose=2)

# %% tags=["demo", "nbval-ignore-output"] nbval_reason="trained on this machine; the ledger test compares its figures within their spread"
first_known = model.evaluate(x_train[:500], y_train[:500], verbose=0)
first_new = model.evaluate(x_val, y_val, verbose=0)
print(f"the 500 known reviews: accuracy {first_known[1]:.1%}, loss {first_known[0]:.3f}")
print(f"new reviews:           accuracy {first_new[1]:.1%}, loss {first_new[0]:.3f}")

# %% [markdown]
# And how sure is it? For each new review take the probability that the network gives to its own answer.

# %% tags=["demo", "nbval-ignore-output"] nbval_reason="trained on this machine; the ledger test compares its figures within their spread"
p = model.predict(x_val, verbose=0)
wrong = (p > 0.5) != (y_val == 1)
sure = np.maximum(p, 1 - p)
print(f"right answers: {sure[~wrong].mean():.0%} sure on average")
print(
    f"wrong answers: {sure[wrong].mean():.0%} sure on average, {np.mean(sure[wrong] > 0.9):.0%} of them more than 90 % sure"
)
predictions.recall("first")

# %% [markdown]
# <details><summary>What we measured: open after you ran it</summary>
#
# All 500: 100 %<!-- quick: first known accuracy --> on the known reviews, and
# 67.3 %<!-- quick: first new accuracy --> on new ones. So it *has* learnt something about reviews, it beats guessing.
# But most of what it can do with its own 500 is memory. And it does not know where its knowledge ends: about three
# quarters of its wrong answers come with more than 90 % certainty. On the real reviews of `full` it is the same with
# better marks: 100.0 %<!-- full: first known accuracy --> of the known 500, 80.3 %<!-- full: first new accuracy -->
# of the new ones.
#
# </details>
#
# ### The cheapest models first
#
# Is that accuracy good or bad? Two cheap models tell. The **majority** model always gives the more frequent answer.
# **Logistic regression** is the network without its hidden layers.

# %% tags=["demo"]
from sklearn.linear_model import LogisticRegression

majority = np.round(y_train[:500].mean())
logistic = LogisticRegression(max_iter=1000).fit(x_train[:500], y_train[:500, 0])
majority_accuracy, logistic_accuracy = np.mean(y_val == majority), logistic.score(x_val, y_val[:, 0])
print(f"majority:            {majority_accuracy:.1%}")
print(
    f"logistic regression: {logistic_accuracy:.1%}, on its own 500 reviews {logistic.score(x_train[:500], y_train[:500, 0]):.1%}"
)

# %% [markdown]
# On the 500 reviews of `quick` the hidden layers buy nothing: 66.9 %<!-- quick: logistic accuracy --> without them,
# 67.3 %<!-- quick: first new accuracy --> with them. On 500 real ones (`full`) they are two points ahead,
# 80.3 %<!-- full: first new accuracy --> against 78.1 %<!-- full: logistic accuracy -->. (scikit-learn's logistic
# regression has a penalty built in, of the kind that you build in section 4. Bear that in mind.)
#
# ## 3. Optimisation is not generalisation
#
# **Optimisation** makes the loss on the *known* reviews small. That worked perfectly. **Generalisation** is how well
# the network does on *new* ones, and this is what we want. The optimiser never sees it. So we watch both, epoch by
# epoch. The words for what one sees:
#
# - **underfitting**: still bad on known and new examples alike; there is more to learn,
# - **overfitting**: on the known ones it keeps improving, on the new ones it gets worse.
#
# We will train many networks, so the next cells put the above into functions with a few knobs: how many `units`, and
# three (`l1`, `l2`, `rate`) that you will meet one by one.


# %% tags=["demo"]
def build_net(units=16, l1=0.0, l2=0.0, rate=0.0):
    penalty = keras.regularizers.L1L2(l1=l1, l2=l2) if l1 or l2 else None
    model = keras.Sequential([keras.Input((width,))])
    for _ in range(2):
        model.add(layers.Dense(units, activation="relu", kernel_regularizer=penalty))
        if rate:
            model.add(layers.Dropout(rate))
    model.add(layers.Dense(1, activation="sigmoid"))
    return model


# %% [markdown]
# The folded cell compiles and fits, as above; it also records the plain cross-entropy under its own name (section 4
# says why). `run` trains once and returns the curves and four final numbers: accuracy and loss on the known reviews
# and on new ones.


# %% tags=["demo", "fold"]
def fit_net(seed, reviews=settings["reviews"], patience=None, **kind):
    keras.utils.set_random_seed(seed)
    model = build_net(**kind)
    cross_entropy = keras.metrics.BinaryCrossentropy(name="cross_entropy")
    optimizer = keras.optimizers.RMSprop(settings["learning_rate"])
    model.compile(optimizer=optimizer, loss="binary_crossentropy", metrics=["accuracy", cross_entropy])
    stop = keras.callbacks.EarlyStopping(
        "val_cross_entropy", patience=patience or 0, mode="min", restore_best_weights=True
    )
    history = model.fit(
        x_train[:reviews],
        y_train[:reviews],
        batch_size=reviews // settings["steps"],
        epochs=settings["epochs"],
        validation_data=(x_val, y_val),
        validation_batch_size=1000,
        callbacks=[stop] if patience else [],
        verbose=0,
    )
    return model, history.history


# %% tags=["demo"]
edges = np.arange(-0.51, 0.52, 0.02)


def run(seed, reviews=settings["reviews"], **kind):
    model, curves = fit_net(seed, reviews, **kind)
    known = model.evaluate(x_train[:reviews], y_train[:reviews], batch_size=1000, return_dict=True, verbose=0)
    new = model.evaluate(x_val, y_val, batch_size=1000, return_dict=True, verbose=0)
    ends = {"known_accuracy": known["accuracy"], "known_loss": known["cross_entropy"]}
    ends |= {"new_accuracy": new["accuracy"], "new_loss": new["cross_entropy"]}
    weights = np.clip(model.layers[0].get_weights()[0], -0.5, 0.5)
    return {**curves, **ends, "histogram": np.histogram(weights, edges)[0].tolist()}


# %% [markdown]
# (`edges` and `histogram` are for section 4, where we look at the weights.)
#
# ### Too small, too large?
#
# The obvious suspect is the network's size: whoever has much room can learn much by heart. The lecture compares 16-16
# with a small brother, 4-4, and a huge one, 512-512.
#
# **How many parameters have they?** With $d$ columns and $u$ units: $(d + 1) u + (u + 1) u + (u + 1)$.

# %% tags=["demo"]
for units in (4, 16, 512):
    print(f"{units}-{units}: {build_net(units).count_params():,} parameters")

# %% [markdown]
# **Predict, then run.** Same reviews, same number of steps, several seeds. Which size is best on *new* reviews in the
# end? *I expect ...*

# %% tags=["demo"]
predictions.ask(
    "sizes",
    ["the smallest, by three points or more", "about equal in accuracy", "the largest, by three points or more"],
)

# %% tags=["demo", "nbval-ignore-output"] nbval_reason="trained on this machine; the ledger test compares its figures within their spread"
ends = ["known_accuracy", "new_accuracy", "known_loss", "new_loss"]
sizes = Study(run, {"4-4": {"units": 4}, "16-16": {}, "512-512": {"units": 512}}, seeds)
print(sizes.results().groupby("setting", sort=False)[ends].mean().round(3).to_string())
predictions.recall("sizes")

# %% [markdown]
# The table has the end of the training; the curves show the way there. Dashed is training, solid is validation; the
# bands are one standard deviation over the seeds.


# %% tags=["demo", "fold"]
def draw_curves(groups):
    _, axes = plt.subplots(1, 2, figsize=(11, 3.8))
    for name, runs in groups.items():
        plots.learning_curves(axes[0], runs, "accuracy", name)
        plots.learning_curves(axes[1], runs, "cross_entropy", name)
    axes[0].get_legend().remove()
    axes[1].legend(loc="center left", bbox_to_anchor=(1, 0.5), fontsize=8)
    axes[0].set_title("Accuracy")
    axes[1].set_title("Loss (cross-entropy)")


# %% tags=["demo", "nbval-ignore-output"] nbval_reason="trained on this machine; the ledger test compares its figures within their spread"
draw_curves({name: sizes.runs(name) for name in sizes.settings})
plots.show(
    "Accuracy and loss against epochs for the nets 4-4, 16-16 and 512-512, training dashed and validation solid."
)

# %% [markdown]
# <details><summary>What we measured: open after you ran it</summary>
#
# All three learn their reviews by heart, in `quick` the little one with its 2,053 parameters nearly so
# (93.9 %<!-- quick: 4-4 known accuracy -->). On new reviews 4-4 ends at 66.2 %<!-- quick: 4-4 new accuracy -->, 16-16
# at 67.1 %<!-- quick: no remedy new accuracy --> and 512-512, with 60 times as many parameters, at
# 68.7 %<!-- quick: 512-512 new accuracy -->. Fewer parameters are *not* a remedy here, and the largest net does not
# do worst. What it does is to overfit *fastest*.
#
# Now look at the loss on new reviews. For 16-16 it falls to 0.62<!-- quick: 16-16 lowest loss --> within the first
# four epochs. Then it rises, to 1.74<!-- quick: no remedy new loss --> after 512 steps, and it is still on its way up.
# That is **overfitting**. But the accuracy does not fall meanwhile. In the first epochs, when both losses are still
# high and falling, the nets **underfit**; 4-4 stays in that phase longest.
#
#
# `full`, with 15,000 reviews: 4-4 87.2 %<!-- full: 4-4 new accuracy -->, 16-16
# 86.8 %<!-- full: no remedy new accuracy -->, 512-512 88.3 %<!-- full: 512-512 new accuracy -->; losses
# 0.42<!-- full: 4-4 new loss -->, 0.55<!-- full: no remedy new loss --> and 0.64<!-- full: 512-512 new loss -->. The
# largest net again has the best accuracy, here with the highest loss. And here the accuracy does fall: where its loss
# is lowest, 16-16 has 88.9 %<!-- full: early stopping new accuracy -->.
#
# </details>
#
# ### How can the loss rise while the accuracy does not fall?
#
# Accuracy asks only *on which side* of one half the answer lies. The cross-entropy asks how much probability the
# right answer got. Here are three stages of one network that gets the same review wrong every time:

# %% tags=["demo"]
for stage, probability in [("early", 0.4), ("later", 0.1), ("late", 0.001)]:
    print(
        f"{stage}: the right answer gets {probability}, accuracy 0, loss -ln {probability} = {-np.log(probability):.2f}"
    )

# %% [markdown]
# The answer does not change, it only becomes surer. That costs nothing in accuracy and a lot in cross-entropy. If you
# only want an answer, you may not care. If you want to know *when to trust it*, the rising loss is the alarm.
#
# ### ✏️ Exercise 1: read the curves (2 points)
#
# **Goal:** tell underfitting from overfitting by eye.
#
# **Given:** the losses of four trainings, below as numbers and as a picture.
#
# **Question:** What is each of them at its end, and in which epoch would you have stopped training A?
#
# Enter `verdicts`, a dictionary with `"underfits"`, `"overfits"` or `"fits"` for each of the letters A to D, and
# `best_epoch`, a whole number; the first epoch is number 1.
#
# <details><summary>Hint 1: where to begin</summary>
# Look at the solid line alone first. It is about new examples. Does it still go down at the end, lie flat, or go up?
# </details>
# <details><summary>Hint 2: a plan</summary>
# For each picture answer two questions. Is the loss on the known examples small? Did the loss on new ones turn
# upwards? Guessing between two classes costs ln 2, about 0.69. In training D something disturbs the network only
# while it trains, so that its dashed line lies higher. Does that make its solid line worse?
# </details>
# <details><summary>Hint 3: almost the code</summary>
# The entry looks like <code>{"A": "..."}</code>, with all four letters. A solid line that has turned upwards:
# overfits. Both lines still near ln 2: underfits. The solid line low and flat: fits. Where does
# <code>curves["A"][1]</code>, the second list of A, have its lowest number, if the first entry is epoch 1?
# </details>

# %% nbgrader={"grade_id": "curves", "locked": true}
curves = {  # letter: (loss on known examples, loss on new examples), one number per epoch
    "A": (
        [0.66, 0.55, 0.43, 0.32, 0.23, 0.16, 0.11, 0.07, 0.05, 0.03, 0.02, 0.02],
        [0.67, 0.59, 0.53, 0.49, 0.47, 0.48, 0.51, 0.56, 0.62, 0.69, 0.77, 0.85],
    ),
    "B": (
        [0.693, 0.692, 0.691, 0.690, 0.688, 0.686, 0.684, 0.682, 0.680, 0.677, 0.674, 0.671],
        [0.693, 0.693, 0.692, 0.691, 0.690, 0.688, 0.687, 0.685, 0.683, 0.681, 0.679, 0.676],
    ),
    "C": (
        [0.65, 0.52, 0.42, 0.36, 0.32, 0.30, 0.285, 0.275, 0.27, 0.265, 0.262, 0.26],
        [0.66, 0.54, 0.45, 0.39, 0.355, 0.335, 0.325, 0.32, 0.317, 0.315, 0.314, 0.314],
    ),
    "D": (
        [0.69, 0.64, 0.58, 0.53, 0.50, 0.475, 0.46, 0.45, 0.443, 0.438, 0.435, 0.433],
        [0.67, 0.57, 0.48, 0.42, 0.385, 0.36, 0.345, 0.336, 0.331, 0.328, 0.327, 0.326],
    ),
}

# %% tags=["demo", "fold"]
fig, axes = plt.subplots(1, 4, figsize=(12, 3), sharey=True)
for ax, (letter, (known, new)) in zip(axes, curves.items(), strict=True):
    ax.plot(range(1, 13), known, "--", label="training")
    ax.plot(range(1, 13), new, "-", color="C0", label="validation")
    ax.set(title=letter, xlabel="epoch", ylim=(0, 1), xticks=[1, 4, 8, 12])
axes[0].set_ylabel("loss")
axes[0].legend()
plots.show(
    "Four panels A to D: training loss dashed and validation loss solid against twelve epochs; the numbers are in the cell above."
)

# %% nbgrader={"grade_id": "verdicts", "solution": true}
# verdicts = {"A": "...", "B": "...", "C": "...", "D": "..."}
# best_epoch = ...
### BEGIN SOLUTION
verdicts = {"A": "overfits", "B": "underfits", "C": "fits", "D": "fits"}
best_epoch = 5
### END SOLUTION

# %% nbgrader={"grade_id": "verdicts-test", "points": 2}
assert isinstance(verdicts, dict), "verdicts should be a dictionary, with braces."
assert sorted(verdicts) == ["A", "B", "C", "D"], f"verdicts should have the keys A to D, and has {sorted(verdicts)}."
for _letter, _verdict in sorted(verdicts.items()):
    assert _verdict in ("underfits", "overfits", "fits"), (
        f"verdicts[{_letter!r}] is {_verdict!r}, but should be one of the three words."
    )
checks.close(
    best_epoch,
    5,
    "best_epoch",
    misconceptions={
        "the epochs are counted from 0": 4,
        "this is the last epoch: the loss on known examples is lowest there": 12,
        "this is the lowest loss itself, not its epoch": 0.47,
    },
)
print("verdicts: only the form is checked here, and best_epoch. The verdicts are looked at when you hand in.")
### BEGIN HIDDEN TESTS
for _letter, _verdict in [("A", "overfits"), ("B", "underfits"), ("C", "fits"), ("D", "fits")]:
    checks.equal(verdicts[_letter], _verdict, f"the verdict on training {_letter}")
### END HIDDEN TESTS

# %% [markdown]
# So much for the diagnosis. The next sections are about the cure. There are two kinds: leave the network less room or
# less time (penalties, dropout, early stopping: together they are called **regularisation**), or give it more to
# learn from.

# %% [markdown]
# ## 4. Make it pay for its weights
#
# To learn one review by heart, a network needs large weights on words that hardly any other review has: *if Grimwood
# is in it, it is number 137, and that one was bad*. So let weights cost something. Add a **penalty** to the loss, and
# only what helps with many reviews is worth its price. $\lambda$ (lambda), the **strength**, sets the price.
#
# | | penalty | name |
# |---|---|---|
# | L1 | $\lambda \sum_i \lvert w_i \rvert$ | sum of absolute values |
# | L2 | $\lambda \sum_i w_i^2$ | sum of squares, also known as weight decay |
#
# By hand, for two weights and $\lambda = 1$:

# %%
w = np.array([3.0, -4.0])
print("L1:", np.abs(w).sum())
print("L2:", (w**2).sum())
print("the length of w:", np.sqrt((w**2).sum()))

# %% [markdown]
# The lecture writes the L2 penalty **without its square**, $\lambda \lVert w \rVert_2$, which would be the last line.
# Which is right? "L2 norm" is the name of that length, root included; but the penalty that everybody means, and that
# Keras computes, is its square. Ask Keras:

# %% tags=["demo"]
for penalty in (keras.regularizers.L1(1.0), keras.regularizers.L2(1.0)):
    print(penalty.__class__.__name__, float(penalty(w)))

# %% [markdown]
# The square is no detail. With it the slope of the penalty is $2 \lambda w_i$: small weights are hardly pulled, and
# each weight can be treated by itself. Without it the slope is $\lambda w_i / \lVert w \rVert$, a pull of the same
# total strength however small the weights are, and undefined at zero.
#
# ### ✏️ Exercise 2: `l1_penalty` and `l2_penalty` (2 points)
#
# **Goal:** the price of a weight matrix.
#
# **Given:** an array of weights of any shape, and the strength.
#
# **Question:** What are the two penalties, as in the table?
#
# <details><summary>Hint 1: where to begin</summary>
# A penalty is one number for all weights together. What did the three lines above do with 3 and -4?
# </details>
# <details><summary>Hint 2: a plan</summary>
# Turn every weight into something that cannot be negative, in one way for L1 and in another for L2; add up; multiply
# once by the strength. Which NumPy function adds up all entries, whatever the shape?
# </details>
# <details><summary>Hint 3: almost the code</summary>
# For L1: <code>strength * np.sum(np.abs(weights))</code>. For L2 only the inside of the sum changes: what is
# <code>weights**2</code> for a weight of -4?
# </details>


# %% nbgrader={"grade_id": "penalties", "solution": true}
def l1_penalty(weights, strength):
    """Return strength times the sum of the absolute values, a float.

    weights: array of any shape; nested lists are fine.
    """
    weights = np.asarray(weights)
    ### BEGIN SOLUTION
    return strength * np.sum(np.abs(weights))
    ### END SOLUTION


def l2_penalty(weights, strength):
    """Return strength times the sum of the squares, a float.

    weights: array of any shape; nested lists are fine.
    """
    weights = np.asarray(weights)
    ### BEGIN SOLUTION
    return strength * np.sum(weights**2)
    ### END SOLUTION


# %% nbgrader={"grade_id": "penalties-test", "points": 2}
_weights = np.array([[3.0, -4.0], [0.5, 0.0]])
checks.close(
    l1_penalty(_weights, 0.1),
    0.75,
    "l1_penalty([[3, -4], [0.5, 0]], 0.1)",
    misconceptions={
        "negative weights count as negative": -0.05,
        "the strength is forgotten": 7.5,
        "this is the mean, not the sum": 0.1875,
        "there is a square in it": 2.525,
        "the weights are summed up before the absolute value is taken": 0.05,
        "only one axis is summed up": [0.35, 0.4],
    },
)
checks.close(
    l2_penalty(_weights, 0.1),
    2.525,
    "l2_penalty([[3, -4], [0.5, 0]], 0.1)",
    misconceptions={
        "a root is taken, as on the lecture's slide": 0.502494,
        "the strength is forgotten": 25.25,
        "this is the mean, not the sum": 0.63125,
        "the weights are summed up before they are squared": 0.025,
        "the strength is squared too": 0.2525,
        "there is a factor of one half that the table does not have": 1.2625,
        "absolute values in place of squares": 0.75,
        "only one axis is summed up": [0.925, 1.6],
    },
)
print("l1_penalty, l2_penalty: the visible checks pass. More tests run when you hand in.")
### BEGIN HIDDEN TESTS
_rng = np.random.default_rng(42)
for _shape in [(1,), (5,), (3, 4), (2, 3, 2)]:
    for _strength in (0.001, 2.0):
        _weights = _rng.normal(0, 2, _shape)
        _flat = [float(_weight) for _weight in _weights.ravel()]
        _case = f"(weights of shape {_shape}, {_strength})"
        checks.close(
            l1_penalty(_weights, _strength), sum(abs(_weight) for _weight in _flat) * _strength, f"l1_penalty{_case}"
        )
        checks.close(
            l2_penalty(_weights, _strength),
            sum(_weight * _weight for _weight in _flat) * _strength,
            f"l2_penalty{_case}",
        )
checks.close(l2_penalty([[1, -2], [0, 3]], 0.5), 7.0, "l2_penalty of a list of lists")
### END HIDDEN TESTS

# %% [markdown]
# ### The pull
#
# Gradient descent does not see the penalty, only its slope. In one dimension, $\lambda \lvert w \rvert$ is a V and
# $\lambda w^2$ a bowl. How steep is each at a weight of 3? At -0.01?
#
# ### ✏️ Exercise 3: `l1_gradient` and `l2_gradient` (2 points)
#
# **Goal:** what the penalty adds to the gradient of every weight.
#
# **Given:** weights and strength, as before.
#
# **Question:** What is the derivative of each penalty with respect to each weight? The V has no slope at its tip:
# take 0 there, as TensorFlow does.
#
# <details><summary>Hint 1: where to begin</summary>
# One number per weight comes out, so the result has the shape of the weights. What is the derivative of $w^2$?
# </details>
# <details><summary>Hint 2: a plan</summary>
# The V goes up with slope 1 to the right of 0 and down with slope -1 to the left. So for L1 only the <em>sign</em> of
# a weight matters, for L2 its size too. Where does the strength go?
# </details>
# <details><summary>Hint 3: almost the code</summary>
# <code>np.sign(weights)</code> gives 1, -1 or 0 for each weight, which is what L1 needs, up to a factor. L2 is proportional to the
# weights themselves. Which number comes down in front when you differentiate a square?
# </details>


# %% nbgrader={"grade_id": "gradients", "solution": true}
def l1_gradient(weights, strength):
    """Return the derivative of l1_penalty by each weight, an array of the shape of weights; 0 where a weight is 0."""
    weights = np.asarray(weights)
    ### BEGIN SOLUTION
    return strength * np.sign(weights)
    ### END SOLUTION


def l2_gradient(weights, strength):
    """Return the derivative of l2_penalty by each weight, an array of the shape of weights."""
    weights = np.asarray(weights)
    ### BEGIN SOLUTION
    return 2 * strength * weights
    ### END SOLUTION


# %% nbgrader={"grade_id": "gradients-test", "points": 2}
_weights = np.array([3.0, -4.0, 0.0, 0.5])
checks.close(
    l1_gradient(_weights, 0.1),
    [0.1, -0.1, 0.0, 0.1],
    "l1_gradient([3, -4, 0, 0.5], 0.1)",
    misconceptions={
        "the pull grows with the weight, which is so for L2 only": [0.3, -0.4, 0.0, 0.05],
        "all weights are pulled the same way, whatever their sign": [0.1, 0.1, 0.1, 0.1],
        "the sign is lost": [0.1, 0.1, 0.0, 0.1],
        "the strength is forgotten": [1.0, -1.0, 0.0, 1.0],
        "the slope at 0 is not 0": [0.1, -0.1, 0.1, 0.1],
        "this is the penalty of each weight, not its slope": [0.3, 0.4, 0.0, 0.05],
        "this is the direction of gradient descent, not the derivative": [-0.1, 0.1, 0.0, -0.1],
    },
)
checks.close(
    l2_gradient(_weights, 0.1),
    [0.6, -0.8, 0.0, 0.1],
    "l2_gradient([3, -4, 0, 0.5], 0.1)",
    misconceptions={
        "the factor from differentiating a square is missing": [0.3, -0.4, 0.0, 0.05],
        "the strength is forgotten": [6.0, -8.0, 0.0, 1.0],
        "the sign is lost": [0.6, 0.8, 0.0, 0.1],
        "this is the derivative of the length, the lecture's formula": [0.0597028, -0.0796030, 0.0, 0.0099504],
        "this is the penalty of each weight, not its slope": [0.9, 1.6, 0.0, 0.025],
        "this is the direction of gradient descent, not the derivative": [-0.6, 0.8, 0.0, -0.1],
    },
)
print("l1_gradient, l2_gradient: the visible checks pass. More tests run when you hand in.")
### BEGIN HIDDEN TESTS
_rng = np.random.default_rng(43)
for _shape in [(1,), (6,), (3, 2), (2, 2, 3)]:
    for _strength in (0.001, 2.0):
        _weights = _rng.normal(0, 2, _shape)
        _weights[0] = 0.0
        _case = f"(weights of shape {_shape}, {_strength})"
        _signs = np.where(_weights > 0, 1.0, np.where(_weights < 0, -1.0, 0.0))
        checks.close(l1_gradient(_weights, _strength), _strength * _signs, f"l1_gradient{_case}")
        checks.close(l2_gradient(_weights, _strength), (_weights + _weights) * _strength, f"l2_gradient{_case}")
### END HIDDEN TESTS

# %% [markdown]
# The moment of truth: TensorFlow differentiates Keras' penalties by itself. Do yours agree?

# %% tags=["demo"]
import tensorflow as tf

w = tf.Variable([[3.0, -4.0], [0.5, 0.0]])
for penalty, mine in [(keras.regularizers.L1(0.1), l1_gradient), (keras.regularizers.L2(0.1), l2_gradient)]:
    with tf.GradientTape() as tape:
        price = penalty(w)
    theirs = tape.gradient(price, w).numpy()
    print(penalty.__class__.__name__, "TensorFlow agrees:", np.allclose(theirs, mine(w.numpy(), 0.1)), theirs.ravel())

# %% [markdown]
# ### What each pull does, alone
#
# Switch the data off and let only the penalty act on one weight, with steps of 0.1 and $\lambda = 1$.

# %% tags=["demo"]
paths = {"L1": [0.95], "L2": [0.95]}
for _ in range(20):
    paths["L1"].append(paths["L1"][-1] - 0.1 * np.sign(paths["L1"][-1]))
    paths["L2"].append(paths["L2"][-1] - 0.1 * 2 * paths["L2"][-1])
for name, path in paths.items():
    print(name, np.round(path[:4], 3), "...", np.round(path[-4:], 3))

# %% tags=["demo"]
fig, ax = plt.subplots(figsize=(6, 3))
for (name, path), style in zip(paths.items(), ["o-", "s--"], strict=True):
    ax.plot(path, style, markersize=4, label=name)
ax.axhline(0, color="black", linewidth=0.8)
ax.locator_params(axis="x", integer=True)
ax.set(title="One weight, pulled by a penalty alone", xlabel="step", ylabel="weight")
ax.legend()
plots.show(
    "A weight against steps. L1: a straight line down from 0.95, then up and down between 0.05 and -0.05. L2: a curve that falls ever more slowly towards 0."
)

# %% [markdown]
# - **L2 takes a share**: a fifth of the weight in each step here. Large weights shrink fast, small ones hardly. It
# never arrives at 0.
# - **L1 takes a fixed amount**, from large and small alike. It arrives at 0, but then it jumps over it, and back, and
# over. A step has a length, so gradient descent hits *exact* zero only by accident.
#
# So an "L1 network" has many weights *near* 0, not at it. Whoever wants real zeros sets what is small to 0
# afterwards. We will count a weight as a **near-zero** if it lies between -0.01 and 0.01: a few steps of gradient
# descent wide, and small beside the weights that a network works with.
#
# ### In the network
#
# In Keras a penalty is an argument of the layer. The lecture's strength is 0.001:

# %% tags=["demo"]
keras.utils.set_random_seed(seed)
penalised = keras.Sequential(
    [keras.Input((width,)), layers.Dense(16, activation="relu", kernel_regularizer=keras.regularizers.L2(0.001))]
)
kernel = penalised.layers[0].get_weights()[0]
print(f"Keras adds to the loss: {float(penalised.losses[0]):.4f}, by hand: {0.001 * np.sum(kernel**2):.4f}")

# %% [markdown]
# **A trap.** Keras adds the penalty to what it reports as `loss` *and* as `val_loss`. So the `val_loss` of a
# penalised network is not comparable with that of a free one; comparisons of this kind are in many a tutorial. That
# is why `fit_net` records `cross_entropy` separately: it is the loss without the price, and what we call the loss in
# all that follows.
#
# Which strength? It has to be tried. A few were, and two of each kind are in the table: the lecture's and one that
# suits these data better.

# %% tags=["demo", "fold"]
strengths = {
    "quick": {"l2": [0.001, 0.03], "l1": [0.001, 0.003]},
    "full": {"l2": [0.001, 0.003], "l1": [0.001, 0.0003]},
}[profile]
penalties = Study(
    run, {f"{kind.upper()} {s:g}": {kind: s} for kind, values in strengths.items() for s in values}, seeds
)

# %% [markdown]
# **Predict, then run.** The network 16-16 with a penalty, beside the one without. What changes most on *new* reviews?
# *I expect ...*

# %% tags=["demo"]
predictions.ask(
    "penalty",
    [
        "the accuracy, it rises by five points or more",
        "the loss, it falls to less than three quarters",
        "both hardly change",
        "both get worse",
    ],
)

# %% tags=["demo", "nbval-ignore-output"] nbval_reason="trained on this machine; the ledger test compares its figures within their spread"
both = pd.concat([sizes.results().query("setting == '16-16'"), penalties.results()])
print(both.groupby("setting", sort=False)[ends].mean().round(3).to_string())
predictions.recall("penalty")

# %% tags=["demo", "nbval-ignore-output"] nbval_reason="trained on this machine; the ledger test compares its figures within their spread"
drawn = {"no penalty": sizes.runs("16-16")} | {name: penalties.runs(name) for name in ("L2 0.001", "L1 0.001")}
draw_curves(drawn)
plots.show(
    "Accuracy and cross-entropy against epochs for 16-16 without penalty, with L2 0.001 and with L1 0.001, training dashed and validation solid."
)

# %% [markdown]
# <details><summary>What we measured: open after you ran it</summary>
#
# The loss. In `quick` it falls from 1.74<!-- quick: no remedy new loss --> to 1.22<!-- quick: L2 0.001 new loss -->
# with L2 0.001 and to 0.92<!-- quick: L1 0.001 new loss --> with L1 0.001; the stronger prices bring it down to
# 0.64<!-- quick: L2 0.03 new loss --> and 0.68<!-- quick: L1 0.003 new loss -->. The accuracy on new reviews hardly
# moves: 67.1 %<!-- quick: no remedy new accuracy --> without, between 66.6 %<!-- quick: L2 0.03 new accuracy --> and
# 68.3 %<!-- quick: L1 0.003 new accuracy --> with a penalty. With the strong prices the net no longer knows all of
# its 500 (83.6 %<!-- quick: L2 0.03 known accuracy --> with L2 0.03), and answers new ones about as well. What it
# gave up was of no use.
#
# In `full` the loss falls from 0.55<!-- full: no remedy new loss --> to 0.40<!-- full: L2 0.001 new loss --> with L2
# 0.001 and 0.31<!-- full: L1 0.001 new loss --> with L1 0.001; the accuracies are
# 86.8 %<!-- full: no remedy new accuracy -->, 86.7 %<!-- full: L2 0.001 new accuracy --> and
# 86.6 %<!-- full: L1 0.001 new accuracy -->. The same picture.
#
# </details>
#
# ### What became of the weights?
#
# Both penalties make weights smaller. They do it in different ways, and a histogram shows it. To put a number on its
# shape we use two: the share of near-zeros, and the **entropy**, which says how evenly the weights are spread over
# the bars. With $p_k$ the share of bar $k$:
#
# $$H = -\sum_k p_k \log_2 p_k$$
#
# in bits. All weights in one bar: 0 bits. Evenly over 8 bars: 3 bits. An empty bar contributes nothing. By hand, for
# three bars with 2, 1 and 1 weights:

# %%
shares = np.array([2, 1, 1]) / 4
print(shares, "->", -(0.5 * np.log2(0.5) + 0.25 * np.log2(0.25) + 0.25 * np.log2(0.25)), "bits")

# %% [markdown]
# ### ✏️ Exercise 4: `entropy` (2 points)
#
# **Goal:** measure how concentrated a distribution is.
#
# **Given:** how many weights fall into each bar. Some bars may be empty.
#
# **Question:** What is the entropy in bits?
#
# <details><summary>Hint 1: where to begin</summary>
# The formula wants shares, and you have counts. What do the shares add up to?
# </details>
# <details><summary>Hint 2: a plan</summary>
# Divide by the total. Drop the empty bars, since the logarithm of 0 is minus infinity. Multiply each share by its
# logarithm to base 2, add up, change the sign. Can the result ever be negative?
# </details>
# <details><summary>Hint 3: almost the code</summary>
# <code>shares = counts[counts > 0] / counts.sum()</code> does the first two steps at once. Then
# <code>np.log2(shares)</code> gives all logarithms. What is left of the formula?
# </details>


# %% nbgrader={"grade_id": "entropy", "solution": true}
def entropy(counts):
    """Return the entropy of a histogram in bits, a float of at least 0.

    counts: how many values are in each bar, shape (n,), at least one of them not 0; a list is fine.
    """
    counts = np.asarray(counts)
    ### BEGIN SOLUTION
    shares = counts[counts > 0] / counts.sum()
    return -np.sum(shares * np.log2(shares))
    ### END SOLUTION


# %% nbgrader={"grade_id": "entropy-test", "points": 2}
_bits = entropy(np.array([6, 0, 1, 1]))
assert _bits is None or not np.any(np.isnan(_bits)), (
    "entropy([6, 0, 1, 1]) is NaN, not a number: the logarithm of an empty bar is minus infinity. What does the text say "
    "about empty bars?"
)
checks.close(
    _bits,
    1.0612781,
    "entropy([6, 0, 1, 1])",
    misconceptions={
        "the logarithm is the natural one": 0.7356219,
        "the logarithm has base 10": 0.3194765,
        "the sign is not changed": -1.0612781,
        "the counts are not made shares": -15.5097750,
        "the logarithms are not weighted with the shares": 6.4150375,
        "this is the mean over the bars, not the sum": 0.3537594,
        "the counts are divided by the largest one, not by their total": 0.8616542,
        "it is divided by the largest value it could have": 0.5306391,
    },
)
checks.close(
    entropy([5, 5, 5, 5, 5, 5, 5, 5]),
    3.0,
    "entropy of eight equal bars",
    misconceptions={"the logarithm is the natural one": 2.0794415},
)
print("entropy: the visible checks pass. More tests run when you hand in.")
### BEGIN HIDDEN TESTS
_rng = np.random.default_rng(44)
for _bars in (1, 2, 5, 51):
    _counts = _rng.integers(0, 40, _bars)
    _counts[0] += 1
    _total = sum(int(_count) for _count in _counts)
    _wanted = sum(_count / _total * (np.log2(_total) - np.log2(_count)) for _count in _counts.tolist() if _count)
    checks.close(entropy(_counts), _wanted, f"entropy of {_bars} bars", atol=1e-6)
checks.close(entropy([0, 0, 9, 0]), 0.0, "entropy of a histogram with a single bar that is not empty")
### END HIDDEN TESTS

# %% [markdown]
# Now the first layers of our networks, all weights of the first seed. SciPy's `entropy` computes the same as yours.

# %% tags=["demo", "nbval-ignore-output"] nbval_reason="trained on this machine; the ledger test compares its figures within their spread"
from scipy.stats import entropy as scipy_entropy

kinds = {"no penalty": sizes.runs("16-16")} | {name: penalties.runs(name) for name in penalties.settings}
shapes = {}
for name, runs in kinds.items():
    counts = np.array([r["histogram"] for r in runs])
    shapes[name] = (counts[:, 25] / counts.sum(axis=1), scipy_entropy(counts, base=2, axis=1))
    print(f"{name:11} near-zeros {shapes[name][0].mean():6.1%}   entropy {shapes[name][1].mean():.2f} bits")
unseen = np.mean(x_train[: settings["reviews"]].sum(axis=0) == 0)
print(f"columns that are 0 in all training reviews: {unseen:.1%}")

# %% tags=["demo", "fold", "nbval-ignore-output"] nbval_reason="trained on this machine; the ledger test compares its figures within their spread"
fig, axes = plt.subplots(1, 3, figsize=(11, 3), sharey=True)
for ax, name in zip(axes, ["no penalty", "L2 0.001", "L1 0.001"], strict=True):
    counts = np.array(kinds[name][0]["histogram"])
    ax.bar((edges[:-1] + edges[1:]) / 2, counts / counts.sum(), width=0.02)
    ax.set(title=name, xlabel="weight", yscale="log")
axes[0].set_ylabel("share of the weights (log scale)")
plots.show(
    "Histograms of the first layer's weights on a logarithmic scale: no penalty, L2 0.001, L1 0.001. The outermost bars hold all that lies beyond -0.5 and 0.5."
)

# %% [markdown]
# <details><summary>What we measured: open after you ran it</summary>
#
# Without a penalty 8 %<!-- quick: no penalty near-zeros --> of the weights are near-zeros and the entropy is
# 4.32<!-- quick: no penalty entropy --> bits: a broad hill. With L2 0.001 it is
# 52 %<!-- quick: L2 0.001 near-zeros --> and 2.85<!-- quick: L2 0.001 entropy --> bits, with L1 0.001
# 83 %<!-- quick: L1 0.001 near-zeros --> and 1.32<!-- quick: L1 0.001 entropy --> bits. At the same strength L1
# empties more of the net; the few weights that it keeps may stay as large as before.
#
# Some of this is housekeeping: 24 %<!-- quick: unseen columns --> of the columns are 0 in all 500 reviews. Without a
# penalty nothing ever moves their weights, and they keep their random start; any penalty clears them away, as nothing
# holds them. In `full` near-zeros are 26 %<!-- full: no penalty near-zeros -->,
# 60 %<!-- full: L2 0.001 near-zeros --> and 99 %<!-- full: L1 0.001 near-zeros -->; the share without a penalty is
# high there because random starts are small where rows are 10,000 wide.
#
# </details>
#
# ### The picture behind it
#
# Why does L1 like zeros and L2 not? Take a loss with two weights, whose best point is at (1.5, 1). Instead of a
# price, give the weights a **budget**: the penalty may be 1 at most. (For every price there is a budget that leads to
# the same place.) The points within the budget form a **ball**. For L2, $w_1^2 + w_2^2 \le 1$, it is a disc. The best
# allowed point is where the smallest contour of the loss touches it.


# %% nbgrader={"grade_id": "loss2", "locked": true}
def loss2(w1, w2):
    """A loss of two weights, best at (1.5, 1); an elongated valley."""
    u, v = w1 - 1.5, w2 - 1.0
    return 2.0 * u**2 + 1.2 * u * v + 0.5 * v**2


# %% tags=["demo", "fold"]
def draw_ball(ax, points, title):
    grid = np.linspace(-1.4, 2.2, 200)
    a, b = np.meshgrid(grid, grid)
    best = points[np.argmin(loss2(points[:, 0], points[:, 1]))]
    ax.contour(a, b, loss2(a, b), levels=np.sort([0.05, 0.3, loss2(*best), 2.5, 5.0]), colors="grey", linewidths=0.8)
    ax.fill(*points.T, alpha=0.3)
    ax.plot(*best, "o", color=plots.ORANGE, label=f"best allowed ({best[0]:.2f}, {best[1]:.2f})")
    ax.plot(1.5, 1.0, "k+", label="best of all")
    ax.axhline(0, color="black", linewidth=0.5)
    ax.axvline(0, color="black", linewidth=0.5)
    ax.set(title=title, xlabel="$w_1$", ylabel="$w_2$", aspect="equal")
    ax.legend(loc="lower left", fontsize=8)


# %% tags=["demo"]
angles = np.linspace(0, 2 * np.pi, 361)
l2_ball = np.stack([np.cos(angles), np.sin(angles)], axis=1)
fig, ax = plt.subplots(figsize=(4.6, 4.6))
draw_ball(ax, l2_ball, "L2 ball")
plots.show(
    "Contours of a loss as long ellipses around (1.5, 1), a disc of radius 1 around the origin, and the point of the disc with the lowest loss."
)

# %% [markdown]
# Here the lecture stops and asks: **how does this look for an L1 regulariser?** Draw it.
#
# ### ✏️ Exercise 5: `l1_ball` (2 points)
#
# **Goal:** the boundary of the L1 ball, $\lvert w_1 \rvert + \lvert w_2 \rvert = r$.
#
# **Given:** angles in radians, measured from the $w_1$ axis, and the radius $r$.
#
# **Question:** Which points of the boundary lie in these directions, seen from the origin? The cell below the checks
# draws what your function returns.
#
# <details><summary>Hint 1: where to begin</summary>
# For L2 the point in the direction $\varphi$ is $r (\cos \varphi, \sin \varphi)$. It lies in the right direction here
# too, only not at the right distance. What is $\lvert w_1 \rvert + \lvert w_2 \rvert$ there?
# </details>
# <details><summary>Hint 2: a plan</summary>
# Compute the two coordinates of the direction. Add up their absolute values. Divide both coordinates by this sum, and
# the new sum is 1. Which factor is still missing?
# </details>
# <details><summary>Hint 3: almost the code</summary>
# <code>directions = np.stack([np.cos(angles), np.sin(angles)], axis=1)</code> has one row per angle;
# <code>np.abs(directions).sum(axis=1, keepdims=True)</code> is one sum per row, as a column that divides all of
# it. How do you put these together with the radius?
# </details>


# %% nbgrader={"grade_id": "l1_ball", "solution": true}
def l1_ball(angles, radius):
    """Return points with |w1| + |w2| = radius, one in the direction of each angle.

    angles: shape (n,), in radians from the w1 axis; a list is fine.
    radius: a positive number.
    Returns an array of shape (n, 2), one point (w1, w2) per row.
    """
    angles = np.asarray(angles)
    ### BEGIN SOLUTION
    directions = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    return radius * directions / np.abs(directions).sum(axis=1, keepdims=True)
    ### END SOLUTION


# %% nbgrader={"grade_id": "l1_ball-test", "points": 2}
_angles = np.array([0.0, 0.6435011, 2.2142974])  # the directions (1, 0), (0.8, 0.6) and (-0.6, 0.8)
checks.close(
    l1_ball(_angles, 2.0),
    [[2.0, 0.0], [1.1428571, 0.8571429], [-0.8571429, 1.1428571]],
    "l1_ball(the angles of (1, 0), (0.8, 0.6), (-0.6, 0.8), 2)",
    misconceptions={
        "this is the L2 ball, a circle": [[2.0, 0.0], [1.6, 1.2], [-1.2, 1.6]],
        "the radius is forgotten": [[1.0, 0.0], [0.5714286, 0.4285714], [-0.4285714, 0.5714286]],
        "the signs are lost: all points lie in one quarter": [[2.0, 0.0], [1.1428571, 0.8571429], [0.8571429, 1.1428571]],
        "the sum is taken without absolute values": [[2.0, 0.0], [1.1428571, 0.8571429], [-6.0, 8.0]],
        "this is an upright square: its larger coordinate is the radius": [[2.0, 0.0], [2.0, 1.5], [-1.5, 2.0]],
        "w1 and w2 are swapped": [[0.0, 2.0], [0.8571429, 1.1428571], [1.1428571, -0.8571429]],
        "the distance is multiplied by the sum, not divided": [[2.0, 0.0], [2.24, 1.68], [-1.68, 2.24]],
        "the angles are taken for degrees": [[2.0, 0.0], [1.9777861, 0.0222139], [1.9255468, 0.0744533]],
    },
)  # fmt: skip
print("l1_ball: the visible check passes. More tests run when you hand in.")
### BEGIN HIDDEN TESTS
for _count, _radius in [(1, 1.0), (7, 0.5), (40, 3.0)]:
    _angles = np.linspace(-1.0, 6.0, _count)
    _wanted = []
    for _angle in _angles.tolist():
        _long = abs(np.cos(_angle)) + abs(np.sin(_angle))
        _wanted.append([_radius * np.cos(_angle) / _long, _radius * np.sin(_angle) / _long])
    checks.close(l1_ball(_angles, _radius), _wanted, f"l1_ball({_count} angles, {_radius})")
checks.close(l1_ball([0.0], 2), [[2.0, 0.0]], "l1_ball of a list with one angle")
### END HIDDEN TESTS

# %% tags=["demo"]
fig, axes = plt.subplots(1, 2, figsize=(9, 4.6))
draw_ball(axes[0], l2_ball, "L2 ball")
draw_ball(axes[1], l1_ball(angles, 1.0), "L1 ball, from your function")
plots.show(
    "The same loss contours twice, with the L2 ball and with the shape that l1_ball returns, and in each the point with the lowest loss."
)

# %% [markdown]
# <details><summary>What you should see: open after you ran it</summary>
#
# The L1 ball is a square that stands on its tip. Its corners lie *on the axes*, where one weight is exactly 0, and a
# corner sticks out: the smallest contour that touches the square usually touches it there. Here at (1, 0): the second
# weight is gone. The disc has no corners, and the contour touches it at (0.92, 0.39), where both weights are small
# but neither is 0. With thousands of weights the ball has thousands of corners, and L1 picks one where most weights
# are 0. (Here we searched the boundary; gradient descent comes *near* it.)
#
# </details>

# %% [markdown]
# ## 5. Dropout: work without your neighbour
#
# A different idea. In every training step each hidden unit is switched off with a certain probability, the **rate**;
# its output is 0 for this step. So no unit can rely on a particular neighbour, and no conspiracy of units can
# remember review number 137: half of them may be missing next time.
#
# By hand. The lecture's five outputs of a layer, and a draw of a mask: 1 stays, 0 is dropped.

# %% nbgrader={"grade_id": "outputs", "locked": true}
outputs = np.array([0.2, 0.5, 1.3, 0.8, 1.1])
kept = np.array([1, 0, 1, 1, 1])

# %%
print("before:", outputs, " sum", outputs.sum())
print("after: ", outputs * kept, " sum", np.round((outputs * kept).sum(), 2))

# %% [markdown]
# The next layer now gets less than before. On average over many masks, with a rate of 0.4, it gets only $1 - 0.4 =
# 0.6$ of it. At test time nothing is dropped: suddenly the next layer gets *more* than it ever saw in training.
# Somebody must make up for it. There are two ways:
#
# | | in training | at test time |
# |---|---|---|
# | **scaling at test time**, the original | drop | multiply all outputs by $1 - \text{rate}$ |
# | **inverted dropout**, Keras' way | drop, and divide what stays by $1 - \text{rate}$ | do nothing |
#
# ### ✏️ Exercise 6: `dropout` (2 points)
#
# **Goal:** both ways, in training and at test time.
#
# **Given:** a layer's outputs, a mask with 1 for what is kept and 0 for what is dropped, the rate, and two switches.
#
# **Question:** What does the layer hand on?
#
# The mask counts only in training. What is scaled depends on the *rate*, not on how many the mask happens to keep.
#
# <details><summary>Hint 1: where to begin</summary>
# The table has four cells, and the two switches choose one. In which of the four does nothing happen at all?
# </details>
# <details><summary>Hint 2: a plan</summary>
# First ask whether it is training. If so, multiply by the mask, and, for one of the two ways, also divide. If not,
# one of the two ways multiplies. What is the share that stays on average, in terms of the rate?
# </details>
# <details><summary>Hint 3: almost the code</summary>
# In training: <code>dropped = outputs * kept</code>, and for inverted dropout
# <code>dropped / (1 - rate)</code>. At test time the same factor appears once more, for the other way. Which operation
# belongs to it there?
# </details>


# %% nbgrader={"grade_id": "dropout", "solution": true}
def dropout(outputs, kept, rate, training, inverted):
    """Return what a dropout layer hands on, an array of the shape of outputs.

    outputs: array; a list is fine. kept: 0s and 1s of the same shape. rate: the probability to be dropped, below 1.
    training: True in training, False at test time, when the mask does not count.
    inverted: True for inverted dropout, False for scaling at test time.
    """
    outputs, kept = np.asarray(outputs), np.asarray(kept)
    ### BEGIN SOLUTION
    if training:
        dropped = outputs * kept
        return dropped / (1 - rate) if inverted else dropped
    return outputs if inverted else outputs * (1 - rate)
    ### END SOLUTION


# %% nbgrader={"grade_id": "dropout-test", "points": 2}
checks.close(
    dropout(outputs, kept, 0.4, True, True),
    [0.3333333, 0.0, 2.1666667, 1.3333333, 1.8333333],
    "dropout(outputs, kept, 0.4, training=True, inverted=True)",
    misconceptions={
        "nothing is scaled": [0.2, 0.0, 1.3, 0.8, 1.1],
        "it is divided by the rate": [0.5, 0.0, 3.25, 2.0, 2.75],
        "it is multiplied, so that even less comes through": [0.12, 0.0, 0.78, 0.48, 0.66],
        "it is scaled by the share that this mask keeps": [0.25, 0.0, 1.625, 1.0, 1.375],
        "the mask is taken the wrong way round": [0.0, 0.8333333, 0.0, 0.0, 0.0],
        "the mask is ignored": [0.3333333, 0.8333333, 2.1666667, 1.3333333, 1.8333333],
    },
)
checks.close(
    dropout(outputs, kept, 0.4, True, False),
    [0.2, 0.0, 1.3, 0.8, 1.1],
    "dropout(outputs, kept, 0.4, training=True, inverted=False)",
    misconceptions={
        "it is scaled in training and again at test time": [0.3333333, 0.0, 2.1666667, 1.3333333, 1.8333333],
        "this is what happens at test time": [0.12, 0.3, 0.78, 0.48, 0.66],
        "the mask is ignored": [0.2, 0.5, 1.3, 0.8, 1.1],
    },
)
checks.close(
    dropout(outputs, kept, 0.4, False, False),
    [0.12, 0.3, 0.78, 0.48, 0.66],
    "dropout(outputs, kept, 0.4, training=False, inverted=False)",
    misconceptions={
        "outputs are dropped at test time": [0.12, 0.0, 0.78, 0.48, 0.66],
        "it is multiplied by the share that is dropped": [0.08, 0.2, 0.52, 0.32, 0.44],
        "nothing is scaled": [0.2, 0.5, 1.3, 0.8, 1.1],
    },
)
_double = {"it is scaled in training and again at test time": [0.12, 0.3, 0.78, 0.48, 0.66]}
_last = dropout(outputs, kept, 0.4, False, True)
checks.close(_last, outputs, "dropout(outputs, kept, 0.4, training=False, inverted=True)", misconceptions=_double)
print("dropout: the visible checks pass. More tests run when you hand in.")
### BEGIN HIDDEN TESTS
_rng = np.random.default_rng(46)
for _shape, _rate in [((4,), 0.25), ((3, 5), 0.7), ((2, 3, 2), 0.0), ((6,), 0.5)]:
    _outputs, _kept = _rng.normal(size=_shape), _rng.integers(0, 2, _shape)
    _stays = 1 - _rate
    for _training, _inverted, _wanted in [
        (True, True, np.where(_kept == 1, _outputs / _stays, 0.0)),
        (True, False, np.where(_kept == 1, _outputs, 0.0)),
        (False, True, _outputs),
        (False, False, _stays * _outputs),
    ]:
        checks.close(
            dropout(_outputs, _kept, _rate, _training, _inverted),
            _wanted,
            f"dropout(shape {_shape}, rate {_rate}, training={_training}, inverted={_inverted})",
        )
checks.close(dropout([2, 4], [1, 0], 0.5, True, True), [4.0, 0.0], "dropout of lists")
### END HIDDEN TESTS

# %% [markdown]
# ### Do both ways keep the mean?
#
# Draw 100,000 masks and average. Keras' layer does inverted dropout; the other way is one product.

# %% tags=["demo"]
rng = np.random.default_rng(seed)
masks = rng.random((100_000, 5)) >= 0.4
layer = keras.layers.Dropout(0.4, seed=seed)
inverted = layer(np.tile(outputs, (100_000, 1)).astype("float32"), training=True)
print("the outputs:               ", outputs)
print("inverted, mean in training:", keras.ops.convert_to_numpy(inverted).mean(axis=0).round(2))
print("original, mean in training:", (masks * outputs).mean(axis=0).round(2))
print("original, at test time:    ", (0.6 * outputs).round(2))

# %% [markdown]
# Each way makes training and test agree *on average*: inverted dropout raises what it lets through in training, the
# original lowers everything at test time. Inverted is what everybody uses today: the trained network needs no
# after-treatment. (The mean agrees for the outputs themselves. After the next ReLU or the sigmoid it does so only
# roughly.)
#
# ### In the network
#
# A `Dropout` layer follows each hidden layer. The rate is the lecture's, 0.5.

# %% [markdown]
# **Predict, then run.** Half of the units are missing in each step. What happens to the accuracy on the *known*
# reviews, measured at the end with all units present? *I expect ...*

# %% tags=["demo"]
predictions.ask("dropout", ["it falls to the accuracy on new ones", "it falls to about 90 %", "it stays near 100 %"])

# %% tags=["demo", "nbval-ignore-output"] nbval_reason="trained on this machine; the ledger test compares its figures within their spread"
dropouts = Study(run, {"dropout 0.5": {"rate": 0.5}}, seeds)
both = pd.concat([sizes.results().query("setting == '16-16'"), dropouts.results()])
print(both.groupby("setting", sort=False)[ends].mean().round(3).to_string())
predictions.recall("dropout")

# %% tags=["demo", "nbval-ignore-output"] nbval_reason="trained on this machine; the ledger test compares its figures within their spread"
drawn = {"no dropout": sizes.runs("16-16")} | {name: dropouts.runs(name) for name in dropouts.settings}
draw_curves(drawn)
plots.show(
    "Accuracy and loss against epochs for 16-16 without dropout and with a rate of 0.5, training dashed and validation solid."
)

# %% [markdown]
# <details><summary>What we measured: open after you ran it</summary>
#
# With a rate of 0.5 it comes to 92.9 %<!-- quick: dropout 0.5 known accuracy --> in `quick`, and is still rising: no
# unit can count on another one, and still the net as a whole learns most by heart. It is less sure of it: on
# new reviews the loss is 0.64<!-- quick: dropout 0.5 new loss --> in place of 1.74<!-- quick: no remedy new loss -->,
# the accuracy 66.9 %<!-- quick: dropout 0.5 new accuracy --> in place of
# 67.1 %<!-- quick: no remedy new accuracy -->.
#
# In `full`: known 99.2 %<!-- full: dropout 0.5 known accuracy -->; on new reviews accuracy
# 88.4 %<!-- full: dropout 0.5 new accuracy --> against 86.8 %<!-- full: no remedy new accuracy -->, loss
# 0.52<!-- full: dropout 0.5 new loss --> against 0.55<!-- full: no remedy new loss -->. So on the real reviews
# dropout buys accuracy and hardly any loss; in `quick` it is the other way round.
#
# </details>
#
# Mind the dashed lines: while it trains, the network is measured *with* units missing, on new examples without. So
# with dropout the training curve may lie below the validation curve at first, as in picture D of Exercise 1. The
# table measures both without.
#
# ## 6. Stop in time
#
# Look once more at the loss curves of section 3. The network *was* at its best on new reviews, early on. So why not
# keep that one? **Early stopping**: watch the validation loss; when it has not reached a new lowest value for
# `patience` epochs in a row, stop, and go back to the best epoch.
#
# By hand, with a patience of 2:
#
# | epoch | 1 | 2 | 3 | 4 | 5 | 6 |
# |---|---|---|---|---|---|---|
# | validation loss | 0.70 | 0.60 | 0.65 | 0.58 | 0.61 | 0.58 |
# | epochs without a new lowest | 0 | 0 | 1 | 0 | 1 | 2: stop |
#
# Epoch 3 is forgiven, because 4 sets a new record. Epoch 6 only equals the record; that is not a *new* lowest. The
# best epoch is 4.
#
# ### ✏️ Exercise 7: `early_stop` (2 points)
#
# **Goal:** the rule as a function.
#
# **Given:** the validation losses of all epochs, and the patience, at least 1.
#
# **Question:** After which epoch does training stop, and which epoch up to then was the best? Epochs count from 1. If
# patience never runs out, training stops after the last epoch.
#
# <details><summary>Hint 1: where to begin</summary>
# Go through the table above column by column with a pencil. Which two things do you have to remember from one epoch
# to the next?
# </details>
# <details><summary>Hint 2: a plan</summary>
# Keep the number of the best epoch so far, and its loss. At each epoch: if the loss is lower, it becomes the best
# one. If not, how many epochs ago was the best one? Compare that with the patience. What do you return when the loop
# is through?
# </details>
# <details><summary>Hint 3: almost the code</summary>
# <code>for epoch, loss in enumerate(losses, start=1):</code> counts from 1. Inside:
# <code>if loss < losses[best - 1]: best = epoch</code>, with <code>best = 1</code> before the loop; and
# <code>elif epoch - best >= patience: return epoch, best</code>. Which two numbers come after the loop?
# </details>


# %% nbgrader={"grade_id": "early_stop", "solution": true}
def early_stop(losses, patience):
    """Return (last, best): the epoch after which training stops, and the best epoch up to then, two ints from 1 on.

    losses: the validation loss of every epoch, at least one. A loss that only equals the lowest is not a new lowest.
    patience: training stops when so many epochs in a row brought no new lowest loss; at least 1.
    """
    ### BEGIN SOLUTION
    best = 1
    for epoch, loss in enumerate(losses, start=1):
        if loss < losses[best - 1]:
            best = epoch
        elif epoch - best >= patience:
            return epoch, best
    return len(losses), best
    ### END SOLUTION


# %% nbgrader={"grade_id": "early_stop-test", "points": 2}
checks.close(
    early_stop([0.70, 0.60, 0.65, 0.58, 0.61, 0.58, 0.59, 0.60, 0.40], 2),
    [6, 4],
    "early_stop([0.70, 0.60, 0.65, 0.58, 0.61, 0.58, 0.59, 0.60, 0.40], 2)",
    misconceptions={
        "the epochs are counted from 0": [5, 3],
        "epochs after the stop are looked at": [6, 9],
        "training goes on to the end": [9, 9],
        "each rise counts, although a new lowest loss came in between": [5, 4],
        "an equal loss is taken for a new lowest": [8, 6],
        "of two equal losses the later is returned as the best": [6, 6],
        "the two numbers are swapped": [4, 6],
        "patience runs out one epoch too late": [7, 4],
        "the first rise stops the training": [3, 2],
        "a fall from one epoch to the next is taken for a new lowest": [8, 4],
    },
)
checks.close(
    early_stop([0.5, 0.6, 0.7, 0.65, 0.66, 0.64], 3),
    [4, 1],
    "early_stop([0.5, 0.6, 0.7, 0.65, 0.66, 0.64], 3)",
    misconceptions={
        "a fall from one epoch to the next is taken for a new lowest": [6, 1],
        "patience runs out one epoch too late": [5, 1],
        "patience runs out one epoch too early": [3, 1],
        "the epochs are counted from 0": [3, 0],
    },
)
checks.close(
    early_stop([0.9, 0.7, 0.8], 5),
    [3, 2],
    "early_stop([0.9, 0.7, 0.8], 5)",
    misconceptions={
        "where patience never runs out, the last epoch is taken for the best": [3, 3],
        "training cannot last longer than there are losses": [7, 2],
        "where patience never runs out, training ends with the last epoch, not the best": [2, 2],
    },
)
print("early_stop: the visible checks pass. More tests run when you hand in.")
### BEGIN HIDDEN TESTS
_rng = np.random.default_rng(47)
for _length in (1, 2, 6, 20, 40):
    for _patience in (1, 2, 5):
        _losses = np.round(0.5 + 0.3 * np.cos(np.arange(_length) / 3) + _rng.normal(0, 0.05, _length), 2).tolist()
        _wait, _lowest, _best, _last = 0, float("inf"), 0, _length
        for _epoch in range(_length):
            _wait += 1
            if _losses[_epoch] < _lowest:
                _wait, _lowest, _best = 0, _losses[_epoch], _epoch + 1
            if _wait == _patience:
                _last = _epoch + 1
                break
        checks.close(early_stop(_losses, _patience), [_last, _best], f"early_stop({_losses}, {_patience})")
checks.close(early_stop([0.9, 0.8, 0.7], 5), [3, 3], "early_stop([0.9, 0.8, 0.7], 5)")
checks.close(early_stop([0.5, 0.6, 0.55, 0.7], 4), [4, 1], "early_stop([0.5, 0.6, 0.55, 0.7], 4)")
### END HIDDEN TESTS

# %% [markdown]
# Keras has it as a **callback**, something that `fit` calls after every epoch:

# %% tags=["demo"]
callback = keras.callbacks.EarlyStopping(monitor="val_cross_entropy", mode="min", patience=5, restore_best_weights=True)

# %% [markdown]
# `fit_net` hands it to `fit` when it gets a `patience`. Does it agree with your function, applied to the full curve
# of the same seed?

# %% tags=["demo", "nbval-ignore-output"] nbval_reason="trained on this machine; the ledger test compares its figures within their spread"
early = Study(run, {"early stopping": {"patience": 5}}, seeds)
for stopped, full in zip(early.runs("early stopping"), sizes.runs("16-16"), strict=True):
    print("the callback stopped after epoch", len(stopped["val_cross_entropy"]), end="; ")
    print("your function says (last, best) =", early_stop(full["val_cross_entropy"], 5))

# %% tags=["demo", "nbval-ignore-output"] nbval_reason="trained on this machine; the ledger test compares its figures within their spread"
both = pd.concat([sizes.results().query("setting == '16-16'"), early.results()])
print(both.groupby("setting", sort=False)[ends].mean().round(3).to_string())

# %% [markdown]
# <details><summary>What we measured: open after you ran it</summary>
#
# In `quick` the callback stops after 9<!-- quick: early epochs --> epochs of 16 on average and goes back five. The
# loss on new reviews is 0.62<!-- quick: early stopping new loss -->, the lowest of all so far. The *accuracy* is
# 64.9 %<!-- quick: early stopping new accuracy -->, below the 67.1 %<!-- quick: no remedy new accuracy --> of the net
# that trained to the end! In these data the accuracy still creeps up while the loss already rises. You get what you
# watch: whoever wants accuracy may watch `val_accuracy`; whoever wants honest probabilities watches the loss. In
# `full` it stops after 10<!-- full: early epochs --> of 20 epochs, with 0.28<!-- full: early stopping new loss -->
# and 88.9 %<!-- full: early stopping new accuracy -->, against 0.55<!-- full: no remedy new loss --> and
# 86.8 %<!-- full: no remedy new accuracy --> at the end. There the accuracy falls as well once the loss rises, so
# that stopping wins both.
#
# </details>
#
# It costs nothing, it even saves time. But it has looked at the validation reviews to choose the epoch, so their
# figures are now a little too rosy for it. The test set will tell.
#
# ## 7. More data
#
# The dullest remedy. Let it read more reviews: with so many to remember, learning by heart becomes hard, and what
# holds for all of them becomes worth knowing. The number of steps stays the same, so the batches grow. (`full` goes
# the other way: it had 15,000 reviews all along, and gets 500 and 4,000 for comparison.)

# %% [markdown]
# **Predict, then run.** The plain network 16-16 with several times as many reviews, without and with the penalty L2
# 0.001. What does it do to the accuracy on new reviews, compared with the best remedy so far? *I expect ...*

# %% tags=["demo"]
predictions.ask(
    "more",
    [
        "less than the remedies",
        "about as much",
        "far more, and a penalty adds nothing",
        "far more, and a penalty adds to it",
    ],
)

# %% tags=["demo", "nbval-ignore-output"] nbval_reason="trained on this machine; the ledger test compares its figures within their spread"
amounts = {"quick": [3000], "full": [500, 4000]}[profile]
more = Study(
    run,
    {f"{n:,} reviews{', L2 0.001' if l2 else ''}": {"reviews": n, "l2": l2} for n in amounts for l2 in (0.0, 0.001)},
    seeds,
)
print(more.results().groupby("setting", sort=False)[ends].mean().round(3).to_string())
predictions.recall("more")

# %% tags=["demo", "fold", "nbval-ignore-output"] nbval_reason="trained on this machine; the ledger test compares its figures within their spread"
fig, ax = plt.subplots(figsize=(7, 3.8))
plain = {settings["reviews"]: sizes.runs("16-16")} | {n: more.runs(f"{n:,} reviews") for n in amounts}
priced = {settings["reviews"]: penalties.runs("L2 0.001")} | {n: more.runs(f"{n:,} reviews, L2 0.001") for n in amounts}
for name, runs, marker in [("no penalty", plain, "o"), ("L2 0.001", priced, "s")]:
    for key, style in [("known_accuracy", "--"), ("new_accuracy", "-")]:
        values = [[run[key] for run in runs[n]] for n in sorted(runs)]
        color = "C0" if marker == "o" else "C1"
        label = f"{name}, {'known' if key[0] == 'k' else 'new'} reviews"
        ax.errorbar(
            sorted(runs),
            np.mean(values, axis=1),
            np.std(values, axis=1, ddof=1),
            fmt=style + marker,
            color=color,
            capsize=3,
            label=label,
        )
ax.set(
    title="Accuracy against the number of reviews to learn from",
    xlabel="training reviews (log scale)",
    ylabel="accuracy (mean ± sd)",
    xscale="log",
)
ax.set_xticks(sorted(plain), labels=[f"{n:,}" for n in sorted(plain)])
ax.minorticks_off()
ax.legend(fontsize=8)
plots.show(
    "Accuracy against the number of training reviews with error bars, on known and on new reviews, without penalty and with L2 0.001."
)

# %% [markdown]
# <details><summary>What we measured: open after you ran it</summary>
#
# Far more. From 67.1 %<!-- quick: no remedy new accuracy --> with 500 reviews it goes to
# 82.4 %<!-- quick: 3,000 reviews new accuracy --> with 3,000. No remedy on 500 reviews came anywhere near. And the
# penalty adds a little to it, with each of the three seeds:
# 83.7 %<!-- quick: 3,000 reviews, L2 0.001 new accuracy -->. The loss with 3,000 reviews is
# 0.44<!-- quick: 3,000 reviews new loss --> without and 0.33<!-- quick: 3,000 reviews, L2 0.001 new loss --> with the
# penalty. Note the dashed lines: the net *still* knows nearly all of its 3,000 by heart. Knowing by heart is not the
# evil. Knowing nothing else is.
#
# The real reviews of `full`: 80.3 %<!-- full: 500 reviews new accuracy --> with 500,
# 85.9 %<!-- full: 4,000 reviews new accuracy --> with 4,000, 86.8 %<!-- full: no remedy new accuracy --> with 15,000.
# With L2 0.001 it is 78.2 %<!-- full: 500 reviews, L2 0.001 new accuracy -->,
# 84.7 %<!-- full: 4,000 reviews, L2 0.001 new accuracy --> and 86.7 %<!-- full: L2 0.001 new accuracy -->. There the
# first thousands bring most, and this penalty lowers the loss but not the mistakes: with 500 real reviews it even
# costs two points.
#
# </details>

# %% [markdown]
# ## 8. All remedies in one table
#
# Training beside validation, mean and standard deviation over the seeds:

# %% tags=["demo", "nbval-ignore-output"] nbval_reason="trained on this machine; the ledger test compares its figures within their spread"
everything = pd.concat([study.results() for study in (sizes, penalties, dropouts, early, more)])
everything["setting"] = everything["setting"].replace("16-16", "no remedy")
table = everything.groupby("setting", sort=False)[ends].agg(["mean", "std"]).round(3)
table = table.loc[["no remedy", *table.index.drop("no remedy")]]
print(table.to_string())

# %% tags=["demo", "fold", "nbval-ignore-output"] nbval_reason="trained on this machine; the ledger test compares its figures within their spread"
fig, axes = plt.subplots(1, 2, figsize=(11, 5), sharey=True)
rows = np.arange(len(table))
for ax, what in zip(axes, ["accuracy", "loss"], strict=True):
    for part, marker, color, shift in [("known", "s", "C1", -0.12), ("new", "o", "C0", 0.12)]:
        values = table[f"{part}_{what}"]
        ax.errorbar(
            values["mean"],
            rows + shift,
            xerr=values["std"],
            fmt=marker,
            color=color,
            capsize=3,
            label=f"{part} reviews",
        )
    ax.axvline(table[f"new_{what}"]["mean"]["no remedy"], color="black", linestyle=":", label="no remedy, new reviews")
    ax.set(title=f"{what.capitalize()} (mean ± sd over the seeds)", xlabel=what)
axes[0].set_yticks(rows, labels=table.index)
axes[0].invert_yaxis()
fig.legend(*axes[0].get_legend_handles_labels(), loc="upper center", bbox_to_anchor=(0.5, 0.02), ncols=3)
plots.show(
    "For every setting a row with accuracy on the left and loss on the right, on known and on new reviews, with error bars; a dotted line marks no remedy."
)

# %% [markdown]
# ### More than chance?
#
# Two nets, three seeds each: 0.70, 0.72, 0.71 and 0.68, 0.69, 0.70. The first leads by 2 points. Is that luck? **Two
# kinds of chance** play a part:
#
# - **The seeds.** Other random weights, another result. The standard deviation is 0.01 in both. A mean of three is
# surer than a single run, by $\sqrt 3$: $0.01 / \sqrt 3 = 0.006$ each. Differences of independent things add their
# *squares*: $\sqrt{0.006^2 + 0.006^2} = 0.008$.
# - **The reviews.** Other validation reviews, another result, even for the very same net. If it is right with
# probability $p$, its accuracy on $n$ reviews has the standard deviation $\sqrt{p (1 - p) / n}$. For $p = 0.7$ and $n
# = 2000$ this is 0.010, and for the difference $\sqrt{0.010^2 + 0.010^2} = 0.014$.
#
# A lead of about two such deviations or more is hard to explain by that kind of chance. (Three seeds give a standard
# deviation only roughly. And all our nets see the *same* reviews, which makes the second number too large rather than
# too small: easy reviews are easy for all.)
#
# ### ✏️ Exercise 8: `two_chances` (2 points)
#
# **Goal:** put both numbers beside every lead.
#
# **Given:** the accuracies of two nets, one per seed, and the number of validation reviews.
#
# **Question:** By how much does the mean of `a` lie above that of `b`, and how large is each kind of chance, computed
# as above?
#
# For the standard deviation over the seeds divide by the number of seeds minus 1, as in all our tables; for the
# reviews use the two mean accuracies.
#
# <details><summary>Hint 1: where to begin</summary>
# Three numbers come out. The first is a difference of two means. What is the standard deviation of 0.70, 0.72, 0.71,
# divided by 3 - 1 under the root?
# </details>
# <details><summary>Hint 2: a plan</summary>
# For each net compute two <em>variances</em> of its mean: over the seeds, variance divided by the number of seeds;
# over the reviews, p (1 - p) / n. Add those of <code>a</code> and <code>b</code>, kind by kind. What turns a variance
# back into a standard deviation?
# </details>
# <details><summary>Hint 3: almost the code</summary>
# <code>np.var(a, ddof=1) / len(a)</code> is one variance of the first kind, and with <code>p = np.mean(a)</code> the expression
# <code>p * (1 - p) / n</code> is one of the second. Each needs its partner from <code>b</code> and one <code>np.sqrt</code>. In which order does the text
# ask for the three numbers?
# </details>


# %% nbgrader={"grade_id": "two_chances", "solution": true}
def two_chances(a, b, n):
    """Return (lead, over_seeds, over_reviews), three floats.

    a, b: accuracies of two nets as fractions, one per seed, at least two each; not necessarily equally many.
    n: the number of validation reviews.
    lead: mean of a minus mean of b. over_seeds, over_reviews: its standard deviation by each kind of chance.
    """
    a, b = np.asarray(a), np.asarray(b)
    ### BEGIN SOLUTION
    over_seeds = np.sqrt(np.var(a, ddof=1) / len(a) + np.var(b, ddof=1) / len(b))
    variances = [p * (1 - p) / n for p in (np.mean(a), np.mean(b))]
    return np.mean(a) - np.mean(b), over_seeds, np.sqrt(sum(variances))
    ### END SOLUTION


# %% nbgrader={"grade_id": "two_chances-test", "points": 2}
_a, _b = np.array([0.80, 0.84, 0.88]), np.array([0.70, 0.71])
_got = two_chances(_a, _b, 500)
assert _got is not None, "two_chances(a, b, 500) is None. Is there a return?"
assert np.shape(_got) == (3,), f"two_chances(a, b, 500) should be three numbers, but has shape {np.shape(_got)}."
checks.close(
    _got[0],
    0.135,
    "the lead in two_chances([0.80, 0.84, 0.88], [0.70, 0.71], 500)",
    misconceptions={"b minus a": -0.135, "this is in percentage points": 13.5},
)
checks.close(
    _got[1],
    0.0236291,
    "over_seeds in two_chances([0.80, 0.84, 0.88], [0.70, 0.71], 500)",
    misconceptions={
        "these are variances: the root is missing": 0.000558333,
        "the spread of single runs: it is not divided by the number of seeds": 0.0406202,
        "the standard deviations are divided by the number of seeds, which belongs to the variances": 0.0137941,
        "the variance is computed with n, not n - 1": 0.0191848,
        "the standard deviations are added, not their squares": 0.0280940,
    },
)
checks.close(
    _got[2],
    0.0261677,
    "over_reviews in two_chances([0.80, 0.84, 0.88], [0.70, 0.71], 500)",
    misconceptions={
        "these are variances: the root is missing": 0.00068475,
        "only one of the two nets is counted, a": 0.0163951,
        "only one of the two nets is counted, b": 0.0203949,
        "the standard deviations are added, not their squares": 0.0367900,
        "it is divided by the root of n twice": 0.00117026,
        "the two accuracies are averaged first": 0.0187480,
    },
    rtol=1e-4,
)
print("two_chances: the visible checks pass. More tests run when you hand in.")
### BEGIN HIDDEN TESTS
_rng = np.random.default_rng(48)
for _i, _j, _n in [(2, 2, 100), (3, 5, 2000), (6, 2, 5000)]:
    _a, _b = _rng.uniform(0.6, 0.9, _i), _rng.uniform(0.5, 0.95, _j)
    _parts = [(sum(_x) / len(_x), len(_x), _x) for _x in (_a.tolist(), _b.tolist())]
    _seeds = sum(sum((_v - _m) ** 2 for _v in _x) / (_k - 1) / _k for _m, _k, _x in _parts) ** 0.5
    _reviews = sum((_m - _m * _m) / _n for _m, _k, _x in _parts) ** 0.5
    checks.close(
        two_chances(_a, _b, _n),
        [_parts[0][0] - _parts[1][0], _seeds, _reviews],
        f"two_chances({_i} seeds, {_j} seeds, {_n})",
    )
### END HIDDEN TESTS

# %% [markdown]
# **Predict, then run.** Every setting against *no remedy*, in accuracy on new reviews. Which leads are more than two
# deviations of *both* kinds? *I expect ...*

# %% tags=["demo"]
predictions.ask("chance", ["all of them", "more data and some of the others", "more data only", "none"])

# %% tags=["demo", "nbval-ignore-output"] nbval_reason="trained on this machine; the ledger test compares its figures within their spread"
by_setting = {name: rows["new_accuracy"].to_numpy() for name, rows in everything.groupby("setting", sort=False)}
for name, values in by_setting.items():
    lead, over_seeds, over_reviews = two_chances(values, by_setting["no remedy"], len(x_val))
    print(f"{name:26} {100 * lead:+5.1f} points   seeds ± {100 * over_seeds:.1f}   reviews ± {100 * over_reviews:.1f}")
predictions.recall("chance")

# %% [markdown]
# <details><summary>What we measured: open after you ran it</summary>
#
# In `quick` more data only. 3,000 reviews lead by 15 points, and either kind of chance explains two or less. All
# remedies on 500 reviews lie within about two points of *no remedy*, up or down, which is too little for the 2,000
# reviews that we have to tell.
#
# Look at the two kinds of chance by themselves: for 512-512 (+1.6 points) and early stopping (-2.2) the seeds agree
# so well that luck with the *seed* is hard to believe in. Not so luck with the *reviews*. Three seeds more would not help;
# more validation reviews would.
#
# In the **loss** there is no doubt. From 1.74<!-- quick: no remedy new loss --> it falls to
# 1.22<!-- quick: L2 0.001 new loss --> (L2 0.001), 0.64<!-- quick: dropout 0.5 new loss --> (dropout 0.5),
# 0.64<!-- quick: L2 0.03 new loss --> (L2 0.03), 0.62<!-- quick: early stopping new loss --> (early stopping), with
# standard deviations of about a tenth or less. So this is what the remedies do here: they do not make the net *know*
# more, they make it *sure of less*. They make it forget the right thing, its certainty. To know more it has to read
# more.
#
# In `full`, with 5,000 reviews to tell, chance over the reviews is 0.7 points, and three leads are more than that:
# early stopping (+2.1), dropout 0.5 (+1.6) and 512-512 (+1.5). There the net without a remedy *loses* accuracy after
# its first epochs, so that there is something to win back. The penalties again move the accuracy by less than chance,
# and the loss a lot: from 0.55<!-- full: no remedy new loss --> to 0.40<!-- full: L2 0.001 new loss --> (L2 0.001)
# and 0.31<!-- full: L1 0.001 new loss --> (L1 0.001); early stopping reaches
# 0.28<!-- full: early stopping new loss -->. And 500 reviews instead of 15,000 cost more than six points, whatever
# the remedy.
#
# </details>

# %% [markdown]
# ## 9. The test set, once
#
# All choices are made. Three nets go to the test: the one without a remedy, early stopping, and the most data with
# the penalty. `evaluate_once` keeps us honest.

# %% tags=["demo"]
x_test, y_test = multi_hot(found.x_test), found.y_test[:, None].astype("float32")
most = max(settings["reviews"], *amounts)


def final(seed, **kind):
    net, _ = fit_net(seed, **kind)
    scores = net.evaluate(x_test, y_test, batch_size=1000, return_dict=True, verbose=0)
    return {"test_accuracy": scores["accuracy"], "test_loss": scores["cross_entropy"]}


# %% tags=["demo", "nbval-ignore-output"] nbval_reason="trained on this machine; the ledger test compares its figures within their spread"
finalists = {
    "no remedy": {},
    "early stopping": {"patience": 5},
    "most data, L2 0.001": {"reviews": most, "l2": 0.001},
}
last = evaluate_once("reviews", Study(final, finalists, seeds).results)
print(last.groupby("setting", sort=False)[["test_accuracy", "test_loss"]].agg(["mean", "std"]).round(3).to_string())

# %% [markdown]
# | test accuracy, loss | `quick` | `full` |
# |---|---|---|
# | no remedy | 65.5 %<!-- quick: no remedy test accuracy -->, 1.83<!-- quick: no remedy test loss --> | 85.9 %<!-- full: no remedy test accuracy -->, 0.59<!-- full: no remedy test loss --> |
# | early stopping | 64.4 %<!-- quick: early stopping test accuracy -->, 0.64<!-- quick: early stopping test loss --> | 88.1 %<!-- full: early stopping test accuracy -->, 0.30<!-- full: early stopping test loss --> |
# | most data, L2 0.001 | 82.9 %<!-- quick: most data, L2 0.001 test accuracy -->, 0.34<!-- quick: most data, L2 0.001 test loss --> | 85.7 %<!-- full: most data, L2 0.001 test accuracy -->, 0.42<!-- full: most data, L2 0.001 test loss --> |
#
# The test agrees with the validation: the same order, and figures about as far apart. In `full` all three do a point
# worse than on the validation reviews, the chosen and the unchosen alike. (In `full` the comparisons train on all
# 15,000 reviews anyway, so "most data" means just the penalty.)
#
# ### Your own review
#
# Write one. Words that the net does not know count as unknown; with `quick` it knows only those of its little
# grammar, such as *superb*, *dull*, *acting*, *music*, *the film as a whole*. Which words can you change without any
# effect? Can you fool it with a *not*?

# %% tags=["demo", "nbval-ignore-output"] nbval_reason="trained on this machine; try your own text"
sober, _ = fit_net(seed, reviews=most, l2=0.001)
mine = "the music is wonderful but the film as a whole is dull"
for name, net in [("section 2", model), ("most data, L2 0.001", sober)]:
    print(f"{name:20} positive with probability {net.predict(multi_hot([found.encode(mine)]), verbose=0)[0, 0]:.3f}")

# %% [markdown]
# The next cell, folded, writes down everything that was measured, so that the text can be held to it.

# %% tags=["demo", "fold", "nbval-ignore-output"] nbval_reason="trained on this machine; the ledger test compares its figures within their spread"
measured = {
    "first known accuracy": first_known[1], "first new accuracy": first_new[1], "majority accuracy": majority_accuracy, "logistic accuracy": logistic_accuracy, "unseen columns": unseen,
}  # fmt: skip
for name, rows in everything.groupby("setting", sort=False):
    measured |= {f"{name} {end.replace('_', ' ')}": list(rows[end]) for end in ends[:2] + ends[3:]}
for name, (near, bits) in shapes.items():
    measured |= {f"{name} near-zeros": list(near), f"{name} entropy": list(bits)}
measured["early stopping known loss"] = list(early.results()["known_loss"])
measured["16-16 lowest loss"] = [min(r["val_cross_entropy"]) for r in sizes.runs("16-16")]
measured["early epochs"] = [len(r["val_cross_entropy"]) for r in early.runs("early stopping")]
for name, rows in last.groupby("setting", sort=False):
    measured |= {f"{name} test accuracy": list(rows["test_accuracy"]), f"{name} test loss": list(rows["test_loss"])}
ledger.record("04_overfitting", profile, measured)

# %% [markdown]
# ## 10. What did we find?
#
# So that everybody writes about the same numbers, here are some of those that the course recorded in `quick`, one per
# seed.

# %% nbgrader={"grade_id": "recorded", "locked": true}
recorded = {
    "no remedy new accuracy": [0.6720, 0.6620, 0.6785],  # quick: no remedy new accuracy
    "no remedy new loss": [1.7709, 1.8636, 1.5841],  # quick: no remedy new loss
    "L2 0.001 new accuracy": [0.6675, 0.6780, 0.6885],  # quick: L2 0.001 new accuracy
    "L2 0.001 new loss": [1.2501, 1.3011, 1.1228],  # quick: L2 0.001 new loss
    "L2 0.03 new accuracy": [0.6550, 0.6770, 0.6665],  # quick: L2 0.03 new accuracy
    "L2 0.03 new loss": [0.6786, 0.6124, 0.6229],  # quick: L2 0.03 new loss
    "L1 0.001 new accuracy": [0.6800, 0.6755, 0.6940],  # quick: L1 0.001 new accuracy
    "L1 0.001 new loss": [1.0380, 0.8637, 0.8602],  # quick: L1 0.001 new loss
    "dropout 0.5 new accuracy": [0.6765, 0.6760, 0.6550],  # quick: dropout 0.5 new accuracy
    "dropout 0.5 new loss": [0.6491, 0.6204, 0.6432],  # quick: dropout 0.5 new loss
    "early stopping new accuracy": [0.6570, 0.6385, 0.6520],  # quick: early stopping new accuracy
    "early stopping new loss": [0.6162, 0.6212, 0.6334],  # quick: early stopping new loss
    "3,000 reviews new accuracy": [0.7910, 0.8205, 0.8600],  # quick: 3,000 reviews new accuracy
    "3,000 reviews new loss": [0.5223, 0.4346, 0.3483],  # quick: 3,000 reviews new loss
    "3,000 reviews, L2 0.001 new accuracy": [0.8060, 0.8410, 0.8625],  # quick: 3,000 reviews, L2 0.001 new accuracy
    "3,000 reviews, L2 0.001 new loss": [0.3638, 0.3250, 0.2904],  # quick: 3,000 reviews, L2 0.001 new loss
}

# %% [markdown]
# ### ✏️ Exercise 9: your findings (4 points, written)
#
# A small publisher has 500 labelled reviews and wants a network to sort the rest. Labelling more costs money. What do
# you recommend? Comment on your findings in eight to twelve sentences.
#
# | points | for |
# |---|---|
# | 1 | the diagnosis: accuracy *and* loss on known and on new reviews for the net without a remedy, what they say together, and one cheap baseline beside them |
# | 1 | the remedy you recommend if there is no money, with its figures on known *and* new reviews, and whether its lead is more than chance, of both kinds |
# | 1 | what more reviews would bring, with figures, and whether a remedy is still worth its while then |
# | 1 | one remedy explained: what it does to the weights, the units or the training, with a number or picture from this notebook; and one limit of these measurements |

# %% [markdown] nbgrader={"grade_id": "findings", "solution": true, "points": 4}
# **Model answer.** (`quick`.) Without a remedy the net 16-16 knows its 500 reviews by heart (accuracy
# 99.9 %<!-- quick: no remedy known accuracy -->, loss next to 0), and of new ones it gets
# 67.1 %<!-- quick: no remedy new accuracy -->, with a loss of 1.74<!-- quick: no remedy new loss -->: it has learnt
# by heart, and it is sure of its wrong answers, since coin tossing would cost only 0.69. Logistic regression, with
# its built-in penalty, gets 66.9 %<!-- quick: logistic accuracy -->, so the hidden layers buy nothing here. Without
# money I recommend early stopping: the loss on new reviews falls to 0.62<!-- quick: early stopping new loss -->
# (known: 0.37<!-- quick: early stopping known loss -->), far beyond the standard deviation over the seeds of
# 0.01<!-- quick: early stopping new loss: std -->, and it even saves time. Its accuracy of
# 64.9 %<!-- quick: early stopping new accuracy --> (known: 88.3 %<!-- quick: early stopping known accuracy -->) lies
# 2.2 points below that of no remedy; that is more than chance over the seeds (0.7 points), but not more than chance
# over the 2,000 reviews (1.5 points). No remedy gains accuracy by more than chance. If there is money, I would spend
# it on labels: 3,000 reviews bring
# 82.4 %<!-- quick: 3,000 reviews new accuracy -->, which is beyond all chance. Then the penalty L2 0.001 is still
# worth its while: the loss falls from 0.44<!-- quick: 3,000 reviews new loss --> to
# 0.33<!-- quick: 3,000 reviews, L2 0.001 new loss -->, and the accuracy rises to
# 83.7 %<!-- quick: 3,000 reviews, L2 0.001 new accuracy -->. L1 pulls each weight by a fixed amount, whatever its
# size, so most of them end near zero: 83 %<!-- quick: L1 0.001 near-zeros --> of the first layer with L1 0.001,
# against 8 %<!-- quick: no penalty near-zeros --> without a penalty; exact zeros do not come out, as each step jumps
# over them. A limit: the reviews come from a small grammar and there are three seeds, so I would repeat the
# comparison on some hundreds of the publisher's own reviews before I decide.
#
# **Marking guide.** One point per row of the table that students see. Accept the numbers that the student's own
# notebook prints.
#
# - Row 1: needs all four numbers, and *both* halves of what they say: learnt by heart, and too sure (loss above 0.69
# while the accuracy is above one half). A baseline with its figure. "Accuracy is low, so it overfits": no point.
# - Row 2: any remedy is fine if the figures carry it: on known and on new reviews, with both kinds of chance. "No
# remedy improves the accuracy by more than chance" is right and expected. A choice by the highest accuracy alone,
# without a word on chance: no point.
# - Row 3: needs figures for 3,000 reviews without and with the penalty, and a conclusion.
# - Row 4: needs the mechanism (L1: fixed pull; L2: pull in proportion; dropout: no unit can rely on another; early
# stopping: goes back to the lowest validation loss) with a number or a picture, and a limit: few seeds, written
# reviews, one size of net, strengths chosen on the same validation reviews.

# %% [markdown]
# ## Can you do it now?
#
# - [ ] I can read from learning curves whether a network underfits or overfits, and why its loss can rise while its accuracy does not fall.
# - [ ] I can compute L1 and L2 penalties and their gradients by hand, and say what each does to the weights.
# - [ ] I can do dropout by hand, and say why something has to be scaled, and when.
# - [ ] I can stop a training at the right moment, with a function of my own and with Keras.
# - [ ] I can compare remedies fairly: training beside validation, and two kinds of chance.
#
# **What if ...**
#
# - ... 100 of the 500 labels were wrong? Flip them, predict the training accuracy of the net without a remedy, and
# try it. Which remedy notices?
# - ... you give 512-512 dropout of 0.5? Is a large net with a remedy better than a small one without?
# - ... you set all near-zeros of the L1 net to 0? How many weights can go before the validation accuracy does?
#
# **Further reading**
#
# - G. James, D. Witten, T. Hastie, R. Tibshirani, *An Introduction to Statistical Learning*, 2nd ed., sections 6.2
# (the two balls) and 10.7.
# - K. P. Murphy, *Probabilistic Machine Learning: An Introduction*, section 13.5.
# - F. Chollet, *Deep Learning with Python*: the chapter on the fundamentals of machine learning; the nets of this
# notebook are his.
# - N. Srivastava, G. Hinton, A. Krizhevsky, I. Sutskever, R. Salakhutdinov, *Dropout: A Simple Way to Prevent Neural
# Networks from Overfitting* (2014).

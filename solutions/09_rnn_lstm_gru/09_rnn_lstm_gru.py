# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 09 RNN, LSTM and GRU
#
# A photograph of a rolling ball. **Where will it be a moment later?** You cannot know: a photograph has no direction.
# Show me a second one, taken just before, and the answer is easy. The meaning is not *in* the pictures, it is in their
# *order*.
#
# Text is like that. Music too, and prices, and speech. The networks of this notebook read one thing after the other,
# and carry something along while they read: a **state**, their memory. You will build three of them by hand, find out
# what they remember, and see how hard it can be to *learn* a task that four numbers, chosen by you, solve perfectly.
#
# **When you are done, you can**
#
# 1. compute the states of a recurrent network by hand, for one sequence and for a batch, as Keras does,
# 2. tell four kinds of sequence task apart, and say when a layer has to return all its states,
# 3. follow a gradient back through time, and say why it vanishes or explodes, and what clipping cures,
# 4. compute one step of an LSTM and of a GRU, and say what each gate is for,
# 5. say when a recurrent network is worth its time, and when a bag of words or a convnet will do.
#
# **Builds on** notebooks 00 (chain rule, gradient descent), 07 (embedding) and 08 (1-D convolution, padding).
#
# **Time** About a minute and a half to run every cell on a laptop with two cores (`full`: two to three hours). Plan four
# sittings of an hour or a little less; the places to stop are marked.
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
# ## 1. Where will the ball be next?
#
# The settings differ between the profiles, the code does not. Only sections 7 to 9 use them.

# %% tags=["demo", "fold"]
settings = {
    "quick": {
        "length": 41, "dims": 16, "units": 16, "epochs": 6, "optimizer": "Adam", "learning_rate": 0.006,
        "seeds": 3, "improve_seeds": 1,
    },
    "full": {
        "length": 500, "dims": 32, "units": 32, "epochs": 10, "optimizer": "RMSprop",
        "learning_rate": 0.001, "seeds": 2, "improve_seeds": 1,
    },
}[profile]  # fmt: skip
seeds = range(seed, seed + settings["seeds"])

# %% tags=["demo"]
import time

import keras
import matplotlib.pyplot as plt
import pandas as pd

from course_utils import data, ledger, plots, predictions
from course_utils.study import Study, evaluate_once

plots.use_course_style()
layers = keras.layers
optimizer = getattr(keras.optimizers, settings["optimizer"])

# %% [markdown]
# A ball rolls in a box that is 2 metres wide, from -1 to 1 in both directions. Between two frames of the film it rolls
# 10 to 30 cm, in any direction, and it bounces off the walls.


# %% tags=["demo"]
def roll(films, frames, seed):
    rng = np.random.default_rng(seed)
    place = rng.uniform(-1, 1, (films, 2))
    angle, length = rng.uniform(0, 2 * np.pi, films), rng.uniform(0.1, 0.3, films)
    step = np.stack([length * np.cos(angle), length * np.sin(angle)], axis=1)
    places = []
    for _ in range(frames):
        places.append(place)
        place = place + step
        outside = np.abs(place) > 1
        place = np.where(outside, 2 * np.sign(place) - place, place)
        step = np.where(outside, -step, step)
    return np.stack(places, axis=1).astype("float32")


# %% tags=["demo"]
films = roll(5000, 5, seed)
before, after = films[:, :4], films[:, 4]
train, new, ball_epochs = slice(0, 4000), slice(4000, 5000), 9
print("before", before.shape, " after", after.shape)

# %% tags=["demo", "fold"]
fig, axes = plt.subplots(1, 3, figsize=(9, 3.2), sharey=True)
for ax, frames in zip(axes, (1, 2, 4), strict=True):
    shown = films[3, 4 - frames : 4]
    ax.scatter(*shown.T, s=120, c=range(frames), cmap="Blues", vmin=-2, vmax=frames - 0.5, edgecolor="black")
    ax.set(title=f"{frames} frame{'s' if frames > 1 else ''}", xlim=(-1, 1), ylim=(-1, 1), aspect="equal", xlabel="m")
    ax.spines[:].set_visible(True)
plots.show(
    "Three square boxes with the same ball: its place in one frame, in two frames and in four, earlier frames paler."
)

# %% [markdown]
# `before` has the shape that all recurrent layers of Keras want: **(batch, timesteps, features)**. Here 5,000 films, 4
# frames, 2 numbers a frame. The network reads with a `SimpleRNN`, which section 2 takes apart; for now: it goes through
# the frames in order and hands on 32 numbers. The first network gets the last two frames only.

# %% tags=["demo"]
keras.utils.set_random_seed(seed)
model = keras.Sequential([keras.Input((2, 2)), layers.SimpleRNN(32), layers.Dense(2)])
model.compile(optimizer=keras.optimizers.Adam(0.006), loss="mse", metrics=["mae"])
model.summary()

# %% [markdown]
# **Predict, then run.** One network sees one frame, another one two, a third one four. By how many centimetres will they
# miss the ball? The ball rolls 20 cm a frame on average. *I expect ...*

# %% tags=["demo"]
predictions.ask(
    "ball",
    [
        "one frame 15 cm, and each further frame takes away a few",
        "one frame about 20 cm, two frames far less, four about as two",
        "one frame 10 cm: it learns where balls usually are",
        "all near 0 after enough training",
    ],
)

# %% tags=["demo", "nbval-ignore-output"] nbval_reason="trained on this machine; the ledger test compares its figures within their spread"
two, new_two = before[train, 2:], before[new, 2:]
model.fit(two, after[train], epochs=ball_epochs, batch_size=64, validation_data=(new_two, after[new]), verbose=2)
loss, mae = model.evaluate(new_two, after[new], verbose=0)
print(f"new films: mean squared error {loss:.4f}, mean absolute error of a coordinate {mae:.3f} m")
print("film 4000: predicted", model.predict(new_two[:1], verbose=0)[0], "true", after[4000])

# %% [markdown]
# `miss` is the mean distance in centimetres. And two rules that have learnt nothing are the
# cheapest competitors: *it stays where it is*, and the **ruler**, *it goes on as it did*.


# %% tags=["demo"]
def miss(guess, which=slice(None)):
    return 100 * float(np.linalg.norm(guess - after[new], axis=1)[which].mean())


def watch(seed, frames):
    keras.utils.set_random_seed(seed)
    net = keras.Sequential([keras.Input((frames, 2)), layers.SimpleRNN(32), layers.Dense(2)])
    net.compile(keras.optimizers.Adam(0.006), "mse")
    x = before[:, 4 - frames :]
    history = net.fit(x[train], after[train], epochs=ball_epochs, batch_size=64, verbose=0).history
    guess = np.asarray(net(x[new]))
    return history | {"miss": miss(guess), "at the wall": miss(guess, wall), "in the open": miss(guess, ~wall)}


# %% tags=["demo", "nbval-ignore-output"] nbval_reason="trained on this machine; the ledger test compares its figures within their spread"
stays, ruler = before[new, 3], 2 * before[new, 3] - before[new, 2]
wall = np.linalg.norm(ruler - after[new], axis=1) > 0.001  # it bounced on the way
ball_study = Study(
    watch, {"one frame": {"frames": 1}, "two frames": {"frames": 2}, "four frames": {"frames": 4}}, seeds[:2]
)
print(f"it stays: {miss(stays):.1f} cm   ruler: {miss(ruler):.1f} cm, at a wall {miss(ruler, wall):.1f} cm")
print(ball_study.results().groupby("setting", sort=False)[["miss", "in the open", "at the wall"]].mean().round(1))
print(f"films that bounce between the last two frames: {wall.mean():.0%}")
predictions.recall("ball")

# %% [markdown]
# <details><summary>What we measured: open after you ran it</summary>
#
# One frame: 19.3<!-- quick: ball one frame miss --> cm, next to the 19.5<!-- quick: ball stays --> cm of *it stays where
# it is*. All directions are equally likely, so the least bad answer is: right here. The network has found out that it
# cannot know. **Two frames**: 5.7<!-- quick: ball two frames miss --> cm. Four: 5.4<!-- quick: ball four frames miss -->
# cm, no further apart than one seed is from the other. One frame more changes everything, and two more change next to
# nothing, because direction and speed are in two.
#
# And the ruler, which has learnt nothing? 4.1<!-- quick: ball ruler --> cm: it beats all networks. It never errs in the
# open. At a wall, in 25 %<!-- quick: wall share --> of the films, it misses by
# 16.5<!-- quick: ball ruler at the wall --> cm; the networks have learnt something about walls
# (11.4<!-- quick: ball two frames at the wall --> cm with two frames), and pay for it everywhere else
# (3.8<!-- quick: ball two frames in the open --> cm). Always ask what the cheapest rule can do. (The networks are not
# quite finished after 9 epochs: their loss still falls a little.)
#
# </details>

# %% [markdown]
# ## 2. Under the bonnet
#
# A recurrent layer has **one** set of weights and uses it again and again, once per time step. It adds two things up,
# what comes in *now* and what it has kept *so far*:
#
# $$h_t = \tanh(x_t W_x + h_{t-1} W_h + b)$$
#
# $h_t$ is the **state** after step $t$. Before the first step there is nothing to remember, so $h_0$ is all zeros. (The
# lecture writes the same as `activation(dot(W, input_t) + dot(U, state_t) + b)`; Keras calls $W_x$ the *kernel* and
# $W_h$ the *recurrent kernel*, and so do we. Vectors are rows and stand on the left.)
#
# By hand: one number in, one number of state, weights 1 and 0.5, no bias. Something happens once, then nothing more:

# %%
state = 0.0
for x_t in [1.0, 0.0, 0.0, 0.0]:
    state = np.tanh(1.0 * x_t + 0.5 * state)
    print(f"in: {x_t}   state: {state:.3f}")

# %% [markdown]
# The network still knows that there was something, but the memory fades, a little more than by half in each step. Keep
# this in mind.
#
# ### ✏️ Exercise 1: `rnn` (2 points)
#
# **Goal:** the loop that all of this notebook is about.
#
# **Given:** one sequence `x`, shape (timesteps, features), and the weights `w_x`, `w_h` and `b`.
#
# **Question:** What are the states after each step?
#
# <details><summary>Hint 1: where to begin</summary>
# The loop above does it for single numbers. Which of its multiplications become matrix products (<code>@</code>) when a
# step has several features and the state several units?
# </details>
# <details><summary>Hint 2: a plan</summary>
# Begin with a state of zeros, one per unit. Go through the rows of x. Each time compute the new state from the row and
# the old state, and append it to a list. At the end make an array of the list. How many units are there, if
# <code>b</code> has one bias for each?
# </details>
# <details><summary>Hint 3: almost the code</summary>
# Begin with <code>state = np.zeros(len(b))</code>. Inside <code>for x_t in x:</code> the sum is
# <code>x_t @ w_x + state @ w_h + b</code>. What is still to be done with it before it becomes the new
# <code>state</code>, and what has to be kept with <code>states.append(state)</code>?
# </details>


# %% nbgrader={"grade_id": "rnn", "solution": true}
def rnn(x, w_x, w_h, b):
    """Return the states after each step, shape (timesteps, units); the state before the first is zero.

    x: shape (timesteps, features). w_x: (features, units). w_h: (units, units). b: (units,).
    """
    x, w_x, w_h, b = (np.asarray(array, dtype=float) for array in (x, w_x, w_h, b))
    ### BEGIN SOLUTION
    state, states = np.zeros(len(b)), []
    for x_t in x:
        state = np.tanh(x_t @ w_x + state @ w_h + b)
        states.append(state)
    return np.array(states)
    ### END SOLUTION


# %% nbgrader={"grade_id": "rnn-test", "points": 2}
_x = np.array([[1.0, 0.0], [0.0, 2.0], [1.0, -1.0]])
_w_x, _w_h, _b = np.array([[0.5, -1.0], [0.3, 0.2]]), np.array([[0.4, 0.6], [-0.5, 0.1]]), np.array([0.1, -0.2])
checks.close(
    rnn(_x, _w_x, _w_h, _b),
    [[0.5370496, -0.8336546], [0.8696513, 0.4127026], [0.4148947, -0.6841843]],
    "rnn(3 steps of 2 features, 2 units)",
    misconceptions={
        "the matrices stand on the left of the vectors": [[0.5370496, 0.099668], [-0.9254007, -0.0584911], [0.8320447, 0.3424375]],
        "w_h stands on the left of the state": [[0.5370496, -0.8336546], [0.3923944, -0.1507329], [0.3509423, -0.9233476]],
        "w_x stands on the left of the step": [[0.5370496, 0.099668], [-0.9396457, 0.4870583], [0.7533309, -0.5476943]],
        "there is no tanh": [[0.6, -1.2], [1.54, 0.44], [0.696, -0.432]],
        "the old state is not used: every step begins with zeros": [[0.5370496, -0.8336546], [0.6043678, 0.1973753], [0.2913126, -0.8853516]],
        "the bias is missing": [[0.4621172, -0.7615942], [0.8228707, 0.5378396], [0.2545092, -0.5733463]],
        "the bias is added after tanh": [[0.5621172, -0.9615942], [0.963169, 0.3656555], [0.4820347, -0.7266753]],
        "the state that is carried on has not been through tanh": [[0.5370496, -0.8336546], [0.9121204, 0.4136444], [0.6018227, -0.4069914]],
        "time runs backwards": [[0.2913126, -0.8853516], [0.8508436, 0.2786819], [0.6645935, -0.5794442]],
        "the first state is 1, not 0": [[0.4621172, -0.4621172], [0.80614, 0.4062056], [0.3963854, -0.7042563]],
        "only the last state is returned": [0.4148947, -0.6841843],
        "the list holds one array three times, and it was changed in place": [[0.4148947, -0.6841843]] * 3,
        "the zeros before the first step are returned too": [[0.0, 0.0], [0.5370496, -0.8336546], [0.8696513, 0.4127026], [0.4148947, -0.6841843]],
    },
)  # fmt: skip
print("rnn: the visible check passes. More tests run when you hand in.")
### BEGIN HIDDEN TESTS
_rng = np.random.default_rng(91)
for _steps, _features, _units in [(1, 3, 2), (5, 1, 4), (7, 4, 1), (4, 3, 3)]:
    _x, _w_x = _rng.normal(size=(_steps, _features)), _rng.normal(size=(_features, _units))
    _w_h, _b = _rng.normal(size=(_units, _units)), _rng.normal(size=_units)
    _wanted = [np.zeros(_units)]
    for _t in range(_steps):
        _sum = np.einsum("f,fu->u", _x[_t], _w_x) + np.einsum("v,vu->u", _wanted[-1], _w_h)
        _wanted.append(np.tanh(_sum + _b))
    _what = f"rnn({_steps} steps of {_features} features, {_units} units)"
    checks.close(rnn(_x, _w_x, _w_h, _b), _wanted[1:], _what)
    checks.close(rnn(_x.tolist(), _w_x.tolist(), _w_h.tolist(), _b.tolist()), _wanted[1:], f"{_what}, from lists")
### END HIDDEN TESTS

# %% [markdown]
# ### Many sequences at once
#
# Keras reads a whole batch together: an axis in front, (batch, timesteps, features). The sequences know nothing of each
# other. Only **time** needs a loop, since each step needs the one before; the batch does not: `x[:, t] @ w_x` multiplies
# step `t` of all sequences at once. (So 500 steps are 500 turns of the loop, however many cores you have. This is why
# these networks are slow.)
#
# A recurrent layer can hand on two things:
#
# | `return_sequences` | shape | wanted when |
# |---|---|---|
# | `False`, as usual | (batch, units): the last state | one answer for the whole sequence |
# | `True` | (batch, timesteps, units): all states | one answer per step, or another layer that reads a sequence: a second recurrent one, a convolution, pooling over time |
#
# ### ✏️ Exercise 2: `rnn_batch` (2 points)
#
# **Goal:** what `SimpleRNN` does, both ways.
#
# **Given:** a batch `x`, shape (batch, timesteps, features), the weights, and the switch.
#
# **Question:** What does the layer hand on?
#
# <details><summary>Hint 1: where to begin</summary>
# Now there is one state per sequence: a table with a row for each. Which shape have the zeros at the start?
# </details>
# <details><summary>Hint 2: a plan</summary>
# The same loop as before, over the second axis this time. In each turn all rows of the state change together. Collect
# the states. At the end either return the last one, or put them together so that the batch comes first and time second.
# Along which axis do you stack?
# </details>
# <details><summary>Hint 3: almost the code</summary>
# Start: <code>state = np.zeros((len(x), len(b)))</code>. In <code>for t in range(x.shape[1]):</code> the input of this
# step is <code>x[:, t]</code>. After the loop <code>np.stack(states, axis=1)</code> is all of them, and
# <code>states[-1]</code> the last. Which of the two belongs to <code>return_sequences</code>?
# </details>


# %% nbgrader={"grade_id": "rnn_batch", "solution": true}
def rnn_batch(x, w_x, w_h, b, return_sequences=False):
    """Return the last states, shape (batch, units), or all states, shape (batch, timesteps, units).

    x: shape (batch, timesteps, features). w_x: (features, units). w_h: (units, units). b: (units,).
    """
    x, w_x, w_h, b = (np.asarray(array, dtype=float) for array in (x, w_x, w_h, b))
    ### BEGIN SOLUTION
    state, states = np.zeros((len(x), len(b))), []
    for t in range(x.shape[1]):
        state = np.tanh(x[:, t] @ w_x + state @ w_h + b)
        states.append(state)
    return np.stack(states, axis=1) if return_sequences else states[-1]
    ### END SOLUTION


# %% nbgrader={"grade_id": "rnn_batch-test", "points": 2}
_x = np.array([[[1.0, 0.0], [0.0, 2.0], [1.0, -1.0]], [[0.0, 1.0], [1.0, 1.0], [-1.0, 0.0]]])
_w_x, _w_h, _b = np.array([[0.5, -1.0], [0.3, 0.2]]), np.array([[0.4, 0.6], [-0.5, 0.1]]), np.array([0.1, -0.2])
_all = [
    [[0.5370496, -0.8336546], [0.8696513, 0.4127026], [0.4148947, -0.6841843]],
    [[0.379949, 0.0], [0.7825748, -0.6481087], [0.2327398, 0.8350929]],
]
checks.close(
    rnn_batch(_x, _w_x, _w_h, _b),
    [[0.4148947, -0.6841843], [0.2327398, 0.8350929]],
    "rnn_batch(2 sequences of 3 steps)",
    misconceptions={
        "these are the states of all steps, which are asked for only with return_sequences": _all,
        "these are the first states, not the last": [[0.5370496, -0.8336546], [0.379949, 0.0]],
        "the second sequence begins with the state in which the first one ended": [[0.4148947, -0.6841843], [0.1686672, 0.8425746]],
        "this is the mean over all steps": [[0.6071985, -0.3683788], [0.4650879, 0.0623281]],
        "these are all states of the last sequence": [[0.379949, 0.0], [0.7825748, -0.6481087], [0.2327398, 0.8350929]],
        "the loop runs over the sequences, not over time": [[0.7745681, 0.2344227], [0.7790933, -0.549484], [0.1578694, 0.7095378]],
    },
)  # fmt: skip
checks.close(
    rnn_batch(_x, _w_x, _w_h, _b, return_sequences=True),
    _all,
    "rnn_batch(2 sequences of 3 steps, return_sequences=True)",
    misconceptions={
        "time is the first axis, and should be the second": np.swapaxes(_all, 0, 1),
        "the switch has no effect": [[0.4148947, -0.6841843], [0.2327398, 0.8350929]],
        "time runs backwards": np.flip(_all, axis=1),
    },
)
print("rnn_batch: the visible checks pass. More tests run when you hand in.")
### BEGIN HIDDEN TESTS
_rng = np.random.default_rng(92)
for _batch, _steps, _features, _units in [(1, 4, 2, 3), (4, 1, 3, 2), (3, 3, 3, 3), (5, 6, 1, 2)]:
    _x, _w_x = _rng.normal(size=(_batch, _steps, _features)), _rng.normal(size=(_features, _units))
    _w_h, _b = _rng.normal(size=(_units, _units)), _rng.normal(size=_units)
    _wanted = np.zeros((_batch, _steps + 1, _units))
    for _n in range(_batch):
        for _t in range(_steps):
            _sum = np.einsum("f,fu->u", _x[_n, _t], _w_x) + np.einsum("v,vu->u", _wanted[_n, _t], _w_h)
            _wanted[_n, _t + 1] = np.tanh(_sum + _b)
    _what = f"rnn_batch({_batch} sequences of {_steps} steps, {_features} features, {_units} units"
    checks.close(rnn_batch(_x, _w_x, _w_h, _b), _wanted[:, -1], f"{_what})")
    checks.close(rnn_batch(_x, _w_x, _w_h, _b, True), _wanted[:, 1:], f"{_what}, return_sequences=True)")
### END HIDDEN TESTS

# %% [markdown]
# The moment of truth. The trained layer of section 1 gives away its three arrays; does your function, given them, hand
# on what Keras does?

# %% tags=["demo", "nbval-ignore-output"] nbval_reason="the weights were trained on this machine"
reader = model.layers[0]
w_x, w_h, b = reader.get_weights()
print("kernel", w_x.shape, " recurrent kernel", w_h.shape, " bias", b.shape, " together", reader.count_params())
few = before[:3]
both = layers.SimpleRNN(32, return_sequences=True)
both(few)  # the first call makes the weights
both.set_weights(reader.get_weights())
print("last states agree:", np.allclose(reader(few), rnn_batch(few, w_x, w_h, b), atol=1e-5))
print("all states agree: ", np.allclose(both(few), rnn_batch(few, w_x, w_h, b, return_sequences=True), atol=1e-5))

# %% [markdown]
# The layer was trained on two frames and has just read four: the number of steps is no part of its weights. With $F$
# features and $U$ units there are $U (F + U + 1)$ of them, here $32 \cdot (2 + 32 + 1) = 1{,}120$, for films of any
# length.
#
# ## 3. Four kinds of task
#
# What goes in and what comes out, a single thing or a sequence? A tiny example for each, with one unit, no tanh and
# weights so simple that you can check every number in your head.


# %% tags=["demo"]
def tiny(w_x, w_h, sequences, **more):
    layer = layers.SimpleRNN(1, activation=None, **more)
    layer.build((None, None, 1))
    layer.set_weights([np.array([[w_x]]), np.array([[w_h]]), np.zeros(1)])
    return np.asarray(layer(np.array(sequences, "float32")[:, :, None]))[..., 0]


# %% tags=["demo"]
celsius = layers.Dense(1)
celsius.build((None, 1))
celsius.set_weights([np.array([[1.8]]), np.array([32.0])])
print("one-to-one:   Celsius to Fahrenheit ", np.asarray(celsius(np.array([[20.0]])))[0])
receipts = [[5.0, 2.0, 4.0, 1.0]]
print("many-to-one:  total of the receipts ", tiny(1, 1, receipts))
print("many-to-many: running total         ", tiny(1, 1, receipts, return_sequences=True)[0])
print("one-to-many:  a bouncing ball's tops", tiny(1, 0.5, [[8.0, 0.0, 0.0, 0.0]], return_sequences=True)[0])

# %% [markdown]
# - **one-to-one**: no sequence at all, a network like those of notebooks 00 to 06.
# - **many-to-one**: a sequence in, one answer out. The ball of section 1; the mood of a review.
# - **many-to-many**: an answer for every step. Or a sequence of another length: then one network reads all of it, and a
# second one writes (a translation). This is called encoder and decoder.
# - **one-to-many**: one thing in, a sequence out. What comes out at each step goes in at the next. Only the first number
# above is given, the rest is zeros: the layer lives on its memory.
#
# The ball can do this too. Give it two frames, and then let it *dream*: predict a place, take it for the next frame,
# predict again.

# %% tags=["demo"]
true = roll(40, 14, seed + 1)[[4, 7, 11]]
dream = true[:, :2]
for _ in range(12):
    dream = np.concatenate([dream, np.asarray(model(dream[:, -2:]))[:, None]], axis=1)

# %% tags=["demo", "fold", "nbval-ignore-output"] nbval_reason="drawn from a network trained on this machine"
fig, axes = plt.subplots(1, 3, figsize=(9, 3.3), sharey=True)
for ax, path, dreamt in zip(axes, true, dream, strict=True):
    ax.plot(*path.T, "o-", color="grey", alpha=0.6, label="true")
    ax.plot(*dreamt.T, "s--", color=plots.BLUE, markersize=4, label="dreamt")
    ax.plot(*path[:2].T, "o", color=plots.ORANGE, markersize=9, label="given")
    ax.set(xlim=(-1.15, 1.15), ylim=(-1.15, 1.15), aspect="equal", xlabel="m")
    ax.add_patch(plt.Rectangle((-1, -1), 2, 2, fill=False))
axes[1].set_title("Two frames given, twelve dreamt")
axes[2].legend(loc="center left", bbox_to_anchor=(1, 0.5))
plots.show(
    "Three boxes, each with the true path of a ball in grey, two given frames in orange and twelve dreamt places in blue. The dreamt paths begin near the true ones and drift away from them, more and more with each step."
)

# %% [markdown]
# Each dreamt place is a little off, and the next one is built on it. Errors add up; this is so for every network that
# lives on its own output, those that write texts included.
#
# ### ✏️ Exercise 3: `kinds` and `all_states` (2 points)
#
# **Goal:** choose the right form before you build anything.
#
# **Given:** the six tasks and five layers in the next cell.
#
# **Question:** Which kind is each task, and which of the layers need `return_sequences=True`?
#
# Enter `kinds`, a dictionary from the name of the task to `"one-to-one"`, `"one-to-many"`, `"many-to-one"` or
# `"many-to-many"`, and `all_states`, a dictionary from the number of the layer to `True` or `False`.
#
# <details><summary>Hint 1: where to begin</summary>
# For each task ask twice: is what goes in one thing or a sequence? And what comes out? A picture counts as one thing, and
# so does a class. What about a sentence?
# </details>
# <details><summary>Hint 2: a plan</summary>
# For the layers look at what comes <em>after</em> them. A Dense layer for one answer per text wants a single row of
# numbers. What does a layer want that itself goes through time step by step, or takes a maximum over time?
# </details>
# <details><summary>Hint 3: almost the code</summary>
# One more task, and its kind: the temperatures of a week go in, tomorrow's comes out.
# <pre>
# kinds = {"weather": "many-to-one"}
# </pre>
# And the first two layers: <code>all_states = {1: False, 2: True}</code>. Which of 3, 4 and 5 are followed by something
# that reads a sequence?
# </details>

# %% nbgrader={"grade_id": "tasks", "locked": true}
tasks = {
    "spam": "an e-mail goes in, 'spam' or 'no spam' comes out",
    "names": "a sentence goes in; for each of its words: is it part of a name?",
    "caption": "a picture goes in, a sentence that describes it comes out",
    "digit": "a picture of one digit goes in, the digit comes out",
    "translation": "a sentence goes in, the same sentence in another language comes out",
    "melody": "the name of a style goes in, a melody comes out",
}
the_layers = {
    1: "the LSTM of the spam filter; a Dense layer with one output follows",
    2: "the LSTM that marks names; a Dense layer answers for each word",
    3: "the first of two LSTMs on top of each other, in another spam filter",
    4: "the second of these two; a Dense layer with one output follows",
    5: "an LSTM that is followed by GlobalMaxPooling1D",
}

# %% nbgrader={"grade_id": "kinds", "solution": true}
# kinds = {"spam": "...", "names": "...", "caption": "...", "digit": "...", "translation": "...", "melody": "..."}
# all_states = {1: ..., 2: ..., 3: ..., 4: ..., 5: ...}
### BEGIN SOLUTION
kinds = {
    "spam": "many-to-one",
    "names": "many-to-many",
    "caption": "one-to-many",
    "digit": "one-to-one",
    "translation": "many-to-many",
    "melody": "one-to-many",
}
all_states = {1: False, 2: True, 3: True, 4: False, 5: True}
### END SOLUTION

# %% nbgrader={"grade_id": "kinds-test", "points": 2}
assert isinstance(kinds, dict), "kinds should be a dictionary, with braces."
assert isinstance(all_states, dict), "all_states should be a dictionary, with braces."
assert sorted(kinds) == sorted(tasks), f"kinds should have the keys {sorted(tasks)}, and has {sorted(kinds)}."
assert sorted(all_states) == [1, 2, 3, 4, 5], f"all_states should have the keys 1 to 5, and has {list(all_states)}."
for _name in tasks:
    assert kinds[_name] in ("one-to-one", "one-to-many", "many-to-one", "many-to-many"), (
        f"kinds[{_name!r}] is {kinds[_name]!r}, but should be one of the four kinds."
    )
for _number in the_layers:
    assert all_states[_number] in (True, False), f"all_states[{_number}] should be True or False, without quotes."
print("kinds, all_states: only the form is checked here. The answers are looked at when you hand in.")
### BEGIN HIDDEN TESTS
for _name, _kind in [
    ("spam", "many-to-one"),
    ("names", "many-to-many"),
    ("caption", "one-to-many"),
    ("digit", "one-to-one"),
    ("translation", "many-to-many"),
    ("melody", "one-to-many"),
]:
    checks.equal(kinds[_name], _kind, f"the kind of the task {_name}")
for _number, _needed in [(1, False), (2, True), (3, True), (4, False), (5, True)]:
    checks.equal(bool(all_states[_number]), _needed, f"all_states[{_number}]")
### END HIDDEN TESTS

# %% [markdown]
# A good place to stop for today.
#
# ## 4. The lamp
#
# Somebody shouts *on* and *off* into a dark room, and in between the clock ticks. **At the end, is the lamp on?** Only the
# last command counts, however long ago it was. Every sequence has three *on* and three *off*, in random order at random
# times, so counting helps nobody: a bag of words must guess. And the **wait**, the number of ticks since the last
# command, is between 1 and 34.


# %% nbgrader={"grade_id": "lamps", "locked": true}
words = ["tick", "on", "off"]


def lamps(n, length, seed):
    """Return word numbers, shape (n, length), whether the lamp is on at the end, 1 or 0, and the waits."""
    rng = np.random.default_rng(seed)
    x, waits = np.zeros((n, length), int), rng.integers(1, length - 5, n)
    for row, wait in zip(x, waits, strict=True):
        last = length - 1 - wait
        places = np.append(rng.choice(last, 5, replace=False), last)
        row[np.sort(places)] = rng.permutation([1, 1, 1, 2, 2, 2])
    return x, (x[np.arange(n), length - 1 - waits] == 1).astype(int), waits


# %% tags=["demo"]
lamp_x, lamp_y, waits = lamps(5000, 40, seed)
for row, y, wait in zip(lamp_x[:3], lamp_y, waits, strict=False):
    print(" ".join(words[number] if number else "." for number in row), f"  -> {y}, wait {wait}")

# %% [markdown]
# ### ✏️ Exercise 4: `w_word` and `w_state` (2 points)
#
# **Goal:** a recurrent unit that remembers, with weights that you choose.
#
# **Given:** one unit with tanh. Its weight for what comes in is one number per word, in the order *tick, on, off*; its
# weight for its own old state is a single number; no bias.
#
# **Question:** Which numbers make the state end above 0.5 after a last *on* and below -0.5 after a last *off*, after any
# wait up to 100 ticks?
#
# Enter `w_word`, an array of three numbers, and `w_state`, a number. Many answers are right.
#
# <details><summary>Hint 1: where to begin</summary>
# Think of the ticks first. While the clock ticks nothing should come in. What is the weight of a tick, then?
# </details>
# <details><summary>Hint 2: a plan</summary>
# Now the memory: $h$ becomes $\tanh(w h)$, tick after tick. In section 2, with $w = 0.5$, it faded. Try $h = 0.9$ and some
# larger $w$ on paper or in a cell: is there a state that stays as it is? And the commands must be strong enough to turn
# over what the memory holds. What does a strong <em>off</em> have to beat?
# </details>
# <details><summary>Hint 3: almost the code</summary>
# The words: <code>w_word = np.array([0.0, strong, -strong])</code>, with a number for <code>strong</code> that is clearly
# larger than <code>w_state</code>. For <code>w_state</code> try this with other factors than 1.1, from 0.9 and from 0.1:
# <pre>
# state = 0.9
# for tick in range(100):
#     state = np.tanh(1.1 * state)
# print(state)
# </pre>
# From which factor on is a state above 0.5 left?
# </details>

# %% nbgrader={"grade_id": "lamp", "solution": true}
# w_word = np.array([..., ..., ...])
# w_state = ...
### BEGIN SOLUTION
w_word = np.array([0.0, 5.0, -5.0])
w_state = 2.0
### END SOLUTION


# %% nbgrader={"grade_id": "lamp-test", "points": 2}
def _end_state(sequence):
    state = 0.0
    for word in sequence:
        state = np.tanh(float(np.asarray(w_word)[word]) + float(w_state) * state)
    return state


assert np.shape(w_word) == (3,), f"w_word should be three numbers, and has shape {np.shape(w_word)}."
assert np.shape(w_state) == (), f"w_state should be a single number, and has shape {np.shape(w_state)}."
for _last, _sequence, _what in [
    (1, [1], "a single 'on'"),
    (2, [2], "a single 'off'"),
    (2, [1, 2], "'on off'"),
    (1, [1] + [0] * 5, "'on' and five ticks"),
    (2, [2] + [0] * 100, "'off' and a hundred ticks"),
]:
    _state = _end_state(_sequence)
    _side, _wanted = (_state, "above 0.5") if _last == 1 else (-_state, "below -0.5")
    _why = "it is on the wrong side" if _side < -0.5 else "it is too near to 0"
    assert _side > 0.5, f"After {_what} the state is {_state:.2f}, and should be {_wanted}: {_why}."
print("lamp: the visible checks pass. More sequences are tried when you hand in.")
### BEGIN HIDDEN TESTS
assert _end_state([2, 1]) > 0.5, "After 'off on' the state is not above 0.5: the 'on' does not beat the memory."
assert _end_state([1] + [0] * 100) > 0.5, "After 'on' and a hundred ticks the state is not above 0.5."
_hidden, _on, _ = lamps(60, 40, 94)
for _row, _y in zip(_hidden, _on, strict=True):
    _state = _end_state(_row)
    assert (_state > 0.5) if _y else (_state < -0.5), f"One of 60 lamps of 40 words ends with the state {_state:.2f}."
### END HIDDEN TESTS

# %% [markdown]
# How good is your unit on all five thousand?

# %% tags=["demo"]
state = np.zeros(len(lamp_x))
for t in range(40):
    state = np.tanh(w_word[lamp_x[:, t]] + w_state * state)
print(f"your unit: {np.mean((state > 0) == lamp_y):.1%}, with 4 numbers")

# %% [markdown]
# So a `SimpleRNN` with a single unit can solve this. Now give one **16** units, word vectors of 4 numbers, and 3,000
# sequences, and let gradient descent find the weights. The cell below builds the network for all kinds of layers that
# read.


# %% tags=["demo"]
readers = {
    "SimpleRNN": lambda: [layers.SimpleRNN(16)],
    "LSTM": lambda: [layers.LSTM(16)],
    "GRU": lambda: [layers.GRU(16)],
    "convnet": lambda: [layers.Conv1D(16, 7, activation="relu"), layers.GlobalMaxPooling1D()],
    "bag of words": lambda: [layers.GlobalAveragePooling1D(), layers.Dense(16, activation="relu")],
}


def lamp_net(kind):
    return keras.Sequential(
        [keras.Input((40,)), layers.Embedding(3, 4), *readers[kind](), layers.Dense(1, activation="sigmoid")]
    )


# %% [markdown]
# `blame` measures how much the answer depends on each step, before the training, after one epoch and at the end; section
# 5 needs it. `lamp_run` trains one network and looks at each wait on 2,000 new sequences.


# %% tags=["demo", "fold"]
import tensorflow as tf


def blame(net, x):
    """Mean size of the gradient of the answer by the word vector of each step, the last step first."""
    vectors = net.layers[0](x)
    with tf.GradientTape() as tape:
        tape.watch(vectors)
        answer = vectors
        for layer in net.layers[1:]:
            answer = layer(answer)
    return np.linalg.norm(tape.gradient(answer, vectors), axis=-1).mean(axis=0)[::-1].tolist()


# %% tags=["demo"]
lamp_epochs = 6


def lamp_run(seed, kind, epochs=None, clipping=None):
    keras.utils.set_random_seed(seed)
    net, x, y = lamp_net(kind), lamp_x[:3000], lamp_y[:3000]
    net.compile(keras.optimizers.Adam(0.005, global_clipnorm=clipping), "binary_crossentropy", metrics=["accuracy"])
    traces = [blame(net, x[:100])]

    def trace(epoch, logs):
        if epoch == 0:
            traces.append(blame(net, x[:100]))

    how = {"epochs": epochs or lamp_epochs, "batch_size": 64, "validation_batch_size": 1000, "verbose": 0}
    new = (lamp_x[3000:], lamp_y[3000:])
    watch_it = keras.callbacks.LambdaCallback(on_epoch_end=trace)
    history = net.fit(x, y, validation_data=new, callbacks=[watch_it], **how).history
    right = (np.asarray(net(new[0]))[:, 0] > 0.5) == new[1]
    by_wait = [right[(waits[3000:] - 1) // 5 == group].mean() for group in range(7)]  # 1 to 5, 6 to 10, ... 31 to 34
    ends = {"training": history["accuracy"][-1], "validation": right.mean(), "by wait": by_wait}
    return history | ends | {"before": traces[0], "one epoch": traces[1], "after": blame(net, x[:100])}


# %% [markdown]
# **Predict, then run.** 16 units, 280 steps of training. How well does the trained `SimpleRNN` know the lamp? *I expect
# ...*

# %% tags=["demo"]
predictions.ask(
    "lamp",
    [
        "always: one unit is enough, and it has 16",
        "nearly always after short waits, and ever less after longer ones",
        "hardly better than guessing over all, and a little better after the shortest waits only",
    ],
)

# %% tags=["demo", "nbval-ignore-output"] nbval_reason="trained on this machine; the ledger test compares its figures within their spread"
simple_study = Study(lamp_run, {"SimpleRNN": {"kind": "SimpleRNN"}}, seeds[:2])
runs = simple_study.runs("SimpleRNN")
print("accuracy on new lamps:", [f"{run['validation']:.1%}" for run in runs])
print("after waits of 1 to 5, 6 to 10, ...:", np.mean([run["by wait"] for run in runs], axis=0).round(2))
print("on its own 3,000:", [f"{run['accuracy'][-1]:.1%}" for run in runs])
predictions.recall("lamp")

# %% [markdown]
# <details><summary>What we measured: open after you ran it</summary>
#
# Badly. One seed ends at 55 %<!-- quick: lamp SimpleRNN: max -->, and so does the other: little better than guessing. After
# waits of up to five ticks they know 70 %<!-- quick: lamp SimpleRNN, short waits --> on average, after longer ones next to
# nothing. On their own 3,000 sequences they are no better, 55 and 57 %: this is no overfitting, they have *not learnt* them.
# And yet weights that solve the task exist, you have just written some down. **That a network can do something does not
# mean that gradient descent finds it.** Why not?
#
# </details>
#
# ## 5. Back through time
#
# Gradient descent needs to know how the loss would change if a weight changed. A recurrent layer uses its weight in
# *every* step, so each use gets its share of the blame: walk back from the last state to the first and add up. This is
# **backpropagation through time**, the chain rule and nothing else.
#
# One unit, $h_t = \tanh(w h_{t-1} + u x_t)$, three steps, and let us follow the last state $h_3$. Call the slope of tanh at
# step $t$ $s_t = 1 - h_t^2$. Back one step at a time:
#
# | step | how $h_3$ depends on the sum inside tanh | its share for $w$ | its share for $u$ |
# |---|---|---|---|
# | 3 | $d_3 = s_3$ | $d_3 h_2$ | $d_3 x_3$ |
# | 2 | $d_2 = d_3 \, w \, s_2$ | $d_2 h_1$ | $d_2 x_2$ |
# | 1 | $d_1 = d_2 \, w \, s_1$ | $d_1 h_0 = 0$ | $d_1 x_1$ |
#
# The derivative by $w$ is the sum of its column, and so for $u$.
#
# ### ✏️ Exercise 5: `bptt` (2 points)
#
# **Goal:** backpropagation through time, for any number of steps.
#
# **Given:** the inputs `x`, one number per step, and the weights `w` (for the old state) and `u` (for the input). The
# state begins at 0.
#
# **Question:** What are the derivatives of the **last** state by `w` and by `u`?
#
# <details><summary>Hint 1: where to begin</summary>
# The table needs all states. So first go forwards once and keep them, the 0 at the start too. How many are there for
# three steps?
# </details>
# <details><summary>Hint 2: a plan</summary>
# Then go backwards. Keep one number, how the last state depends on the state that you have reached; it is 1 at the end.
# Times the slope of tanh it is d. Add d times the state before to one sum, d times the input to the other. Which factor
# takes you to the state before?
# </details>
# <details><summary>Hint 3: almost the code</summary>
# With <code>states = [0.0]</code> and <code>states.append(np.tanh(w * states[-1] + u * x_t))</code> the state after step
# t is <code>states[t]</code>. Backwards: <code>for t in range(len(x), 0, -1):</code>, inside it
# <code>d = back * (1 - states[t] ** 2)</code>, then the two sums, with <code>states[t - 1]</code> and
# <code>x[t - 1]</code>, and at the end of each turn <code>back = d * w</code>. What is <code>back</code> before the loop?
# </details>


# %% nbgrader={"grade_id": "bptt", "solution": true}
def bptt(x, w, u):
    """Return (dw, du), the derivatives of the last state of h = tanh(w * h + u * x_t) by w and by u, two floats.

    x: the inputs, shape (timesteps,), at least one. The state before the first step is 0.
    """
    x = np.asarray(x, dtype=float)
    ### BEGIN SOLUTION
    states = [0.0]
    for x_t in x:
        states.append(np.tanh(w * states[-1] + u * x_t))
    back, dw, du = 1.0, 0.0, 0.0
    for t in range(len(x), 0, -1):
        d = back * (1 - states[t] ** 2)
        dw += d * states[t - 1]
        du += d * x[t - 1]
        back = d * w
    return dw, du
    ### END SOLUTION


# %% nbgrader={"grade_id": "bptt-test", "points": 2}
checks.close(
    bptt(np.array([1.0, -0.5, 2.0]), 0.8, 0.5),
    [0.1750105, 0.7606871],
    "bptt([1, -0.5, 2], w=0.8, u=0.5)",
    misconceptions={
        "the slope of tanh is missing": [0.4888191, 2.24],
        "w gets the state after the step, and should get the one before": [0.4060817, 0.7606871],
        "on the way back the factor w is missing": [0.2079849, 0.8260202],
        "only the last step is looked at": [0.0431128, 0.7238227],
        "on the way back the factor is u, and should be w": [0.1255489, 0.7047751],
        "the shares are not added up: only that of the first step is left": [0.0, 0.1795746],
        "the slope of tanh is taken for 1 - h, without a square": [0.0894876, 0.3925096],
        "the two derivatives are swapped": [0.7606871, 0.1750105],
        "the slope of tanh is forgotten on the way from step to step": [0.4075603, 0.8328256],
    },
)
print("bptt: the visible check passes. More tests run when you hand in.")
### BEGIN HIDDEN TESTS
_rng = np.random.default_rng(95)
for _steps, _w, _u in [(1, 0.7, -0.4), (2, -1.2, 0.9), (6, 1.5, 0.3), (15, 0.95, 0.2)]:
    _x = _rng.normal(size=_steps)
    _state, _by_w, _by_u = 0.0, 0.0, 0.0
    for _x_t in _x.tolist():
        _new = np.tanh(_w * _state + _u * _x_t)
        _by_w, _by_u = (1 - _new**2) * (_state + _w * _by_w), (1 - _new**2) * (_x_t + _w * _by_u)
        _state = _new
    checks.close(bptt(_x, _w, _u), [_by_w, _by_u], f"bptt({_steps} steps, w={_w}, u={_u})")
    checks.close(bptt(_x.tolist(), _w, _u), [_by_w, _by_u], f"bptt({_steps} steps, w={_w}, u={_u}), from a list")
### END HIDDEN TESTS

# %% [markdown]
# TensorFlow's tape does the same walk. Do the two agree?

# %% tags=["demo"]
x_steps = np.array([1.0, -0.5, 2.0])
w, u = tf.Variable(0.8, dtype="float64"), tf.Variable(0.5, dtype="float64")
with tf.GradientTape() as tape:
    h = tf.constant(0.0, dtype="float64")
    for x_t in x_steps:
        h = tf.tanh(w * h + u * x_t)
theirs = [float(g) for g in tape.gradient(h, [w, u])]
print("TensorFlow:", np.round(theirs, 7), " yours agrees:", np.allclose(theirs, bptt(x_steps, 0.8, 0.5)))

# %% [markdown]
# ### A product of many factors
#
# Look at the second column of the table again: each step back multiplies by $w \, s_t$. After 40 steps there are 40 such
# factors. Leave tanh aside for a moment; then it is $w$ to the power of 40.

# %% [markdown]
# **Predict, then run.** The influence of what came 40 steps ago, for $w = 0.9$ and for $w = 1.1$. How far are the two
# apart? *I expect ...*

# %% tags=["demo"]
predictions.ask(
    "powers",
    ["both are near 1: the weights are", "about 20 %, like the weights", "a factor of ten", "a factor of thousands"],
)

# %% tags=["demo"]
for w_old in (0.5, 0.9, 1.0, 1.1, 1.5):
    print(f"{w_old} to the power of 40: {w_old**40:.2g}")
print(f"1.1 against 0.9: a factor of {(1.1 / 0.9) ** 40:.0f}")
predictions.recall("powers")

# %% [markdown]
# <details><summary>What we measured: open after you ran it</summary>
#
# A factor of about 3,000: 0.015 against 45. And 0.5 leaves $10^{-12}$, 1.5 makes ten million of it. There is hardly
# anything in between: gradients **vanish** or **explode**, and only exactly 1 keeps them.
#
# </details>
#
# With many units $w$ is a matrix. Take 16 units and a recurrent kernel that turns the state and stretches it by a factor
# $g$ in every step, and measure how the last state depends on the one $k$ steps before, without tanh and with it.


# %% tags=["demo"]
def influence(g, with_tanh, steps=40, units=16):
    rng = np.random.default_rng(seed)
    w_h = g * np.linalg.qr(rng.normal(size=(units, units)))[0]  # a rotation, times g
    state, slopes = np.zeros(units), []
    for x_t in rng.normal(0, 0.5, (steps, units)):
        state = x_t + state @ w_h
        state = np.tanh(state) if with_tanh else state
        slopes.append(1 - state**2 if with_tanh else np.ones(units))
    back, sizes = np.eye(units), [1.0]
    for slope in slopes[::-1]:
        back = w_h @ (slope[:, None] * back)
        sizes.append(np.linalg.norm(back) / units**0.5)
    return sizes


# %% tags=["demo"]
fig, axes = plt.subplots(1, 2, figsize=(9, 3.4), sharey=True)
for g, style in zip((0.5, 0.9, 1.0, 1.1, 1.5), (":", "--", "-", "-.", (0, (5, 1))), strict=True):
    for ax, with_tanh in zip(axes, (False, True), strict=True):
        ax.plot(influence(g, with_tanh), linestyle=style, label=f"g = {g}")
axes[0].set(title="Without tanh", xlabel="steps back", ylabel="influence on the last state", yscale="log")
axes[1].set(title="With tanh", xlabel="steps back", ylim=(1e-9, 1e7))
axes[1].legend(loc="center left", bbox_to_anchor=(1, 0.5))
plots.show(
    "Influence on the last state against steps back, on a logarithmic scale, for recurrent kernels that stretch by 0.5, 0.9, 1.0, 1.1 and 1.5. Without tanh five straight lines, two falling, one level, two rising. With tanh all but the last fall; that for 1.5 stays near 1 or falls slowly."
)

# %% [markdown]
# Without tanh the lines are the powers from above. tanh makes it worse for the memory: its slope is at most 1, and less
# wherever a unit says something. Even a kernel with $g = 1$ forgets now. (With $g = 1.5$ stretching and flattening happen
# to cancel, nearly. Such a network is no good memory either: it tosses every little thing about.)
#
# What has this to do with the lamp? To learn from a command that came 30 ticks ago, the blame must travel 30 steps.
# Here is how much of it arrives: the gradient $k$ steps back, beside that of the last step.


# %% tags=["demo", "nbval-ignore-output"] nbval_reason="trained on this machine; the ledger test compares its figures within their spread"
def faded(runs, when, back):
    return [run[when][back] / run[when][0] for run in runs]


for when in ("before", "one epoch", "after"):
    shares = {back: np.mean(faded(runs, when, back)) for back in (10, 20, 30)}
    print(f"SimpleRNN, {when:10}", *(f"{back} steps back: {share:.2g}  " for back, share in shares.items()))

# %% [markdown]
# <details><summary>What we measured: open after you ran it</summary>
#
# Before training everything arrives: 1.6<!-- quick: blame SimpleRNN before --> times as much as from the last step. Keras
# starts every recurrent kernel as a rotation with $g = 1$, and fresh word vectors are tiny, so that tanh works where it is
# straight: this is the level line of the left picture. Only as the network learns, its states grow and tanh gets flat, and
# the way back is worn down: after six epochs to 0.04<!-- quick: blame SimpleRNN after: min --> for one seed, for the other
# hardly yet (0.68<!-- quick: blame SimpleRNN after: max -->). There is a law behind it: a state that is
# *robust*, like yours in Exercise 4, does not react to small changes, and what does not react has no gradient. A memory
# that holds firmly can hardly be taught any more.
#
# Note what this does *not* say. At first the way was open, for one seed to the end, and still neither learnt the lamp.
# Vanishing is one obstacle, not the only one; section 6 comes back to this.
#
# </details>
#
# ### Exploding: the cure is simple
#
# An explosion ruins the weights in a single step. The cure: if the gradient is too long, **shorten it, and keep its
# direction**. The length counts over all weights together,
#
# $$\lVert g \rVert = \sqrt{\textstyle\sum g_i^2},$$
#
# the sum running over every entry of every array. If $\lVert g \rVert$ is above the limit, everything is multiplied by
# limit / $\lVert g \rVert$; if not, nothing happens.
#
# By hand: the gradient (3, 4) is 5 long. With a limit of 2.5 it becomes (1.5, 2): half as long, the same direction.
#
# ### ✏️ Exercise 6: `clip` (2 points)
#
# **Goal:** clipping by the global norm.
#
# **Given:** the gradients of a network, a list of arrays of any shapes, and the limit.
#
# **Question:** What is left of them?
#
# <details><summary>Hint 1: where to begin</summary>
# One number decides about all arrays: the common length. What do the squares of all entries of all arrays add up to?
# </details>
# <details><summary>Hint 2: a plan</summary>
# Add up the squares array by array, take the root once at the end. Compare with the limit. Then return a list in which
# every array is multiplied by the same factor. Which factor is it when the length is below the limit?
# </details>
# <details><summary>Hint 3: almost the code</summary>
# The length is <code>norm = np.sqrt(sum(np.sum(g**2) for g in gradients))</code>. The factor is
# <code>limit / norm</code> if that is below 1, else 1. Return <code>[factor * g for g in gradients]</code>. How does
# <code>min</code> choose between the two?
# </details>


# %% nbgrader={"grade_id": "clip", "solution": true}
def clip(gradients, limit):
    """Return the gradients, a list of arrays, shortened so that they are together at most `limit` long.

    gradients: a list of arrays of any shapes, not all 0. limit: a positive number.
    """
    gradients = [np.asarray(gradient, dtype=float) for gradient in gradients]
    ### BEGIN SOLUTION
    norm = np.sqrt(sum(np.sum(gradient**2) for gradient in gradients))
    factor = min(1.0, limit / norm)
    return [factor * gradient for gradient in gradients]
    ### END SOLUTION


# %% nbgrader={"grade_id": "clip-test", "points": 2}
_gradients = [np.array([[3.0, 0.0], [0.0, -4.0]]), np.array([12.0])]  # together 13 long
_clipped = clip(_gradients, 3.25)
assert isinstance(_clipped, (list, tuple)), "clip should return a list of arrays, one for each that it got."
assert [np.shape(_array) for _array in _clipped] == [(2, 2), (1,)], "clip should keep the shape of every array."
checks.close(
    np.concatenate([np.ravel(_array) for _array in _clipped]),
    [0.75, 0.0, 0.0, -1.0, 3.0],
    "the entries of clip([[[3, 0], [0, -4]], [12]], 3.25)",
    misconceptions={
        "each entry is cut off by itself, which changes the direction": [3.0, 0.0, 0.0, -3.25, 3.25],
        "each array is shortened by itself, which changes the direction": [1.95, 0.0, 0.0, -2.6, 3.25],
        "the length is taken without a root": [0.0576923, 0.0, 0.0, -0.0769231, 0.2307692],
        "absolute values are added up, not squares": [0.5131579, 0.0, 0.0, -0.6842105, 2.0526316],
        "the largest entry is taken for the length": [0.8125, 0.0, 0.0, -1.0833333, 3.25],
        "nothing is shortened": [3.0, 0.0, 0.0, -4.0, 12.0],
        "the limit is forgotten: the length is 1 now": [0.2307692, 0.0, 0.0, -0.3076923, 0.9230769],
        "the signs are lost": [0.75, 0.0, 0.0, 1.0, 3.0],
    },
)
_short = clip([np.array([0.3, -0.4])], 2.0)
checks.close(
    np.ravel(_short[0]),
    [0.3, -0.4],
    "the entries of clip([[0.3, -0.4]], 2.0)",
    misconceptions={"gradients that are short enough are made longer": [1.2, -1.6]},
)
print("clip: the visible checks pass. More tests run when you hand in.")
### BEGIN HIDDEN TESTS
_rng = np.random.default_rng(96)
for _shapes, _limit in [([(3,), (2, 2)], 1.0), ([(4, 1), (2,), (1, 2, 3)], 0.5), ([(5,)], 100.0)]:
    _arrays = [_rng.normal(0, 2, _shape) for _shape in _shapes]
    _flat = np.concatenate([_array.ravel() for _array in _arrays])
    _wanted = _flat * min(1.0, _limit / np.linalg.norm(_flat))
    _got = clip([_array.copy() for _array in _arrays], _limit)
    assert [np.shape(_array) for _array in _got] == _shapes, "clip changes the shape of an array."
    checks.close(np.concatenate([np.ravel(_array) for _array in _got]), _wanted, f"clip(arrays {_shapes}, {_limit})")
### END HIDDEN TESTS

# %% [markdown]
# Keras has it as an argument of every optimiser: `global_clipnorm`. (`clipnorm` shortens each array by itself,
# `clipvalue` cuts off each entry.) One step of plain gradient descent with a rate of 1 moves the weights by exactly the
# clipped gradient:

# %% tags=["demo"]
gradients = [np.array([[3.0, 0.0], [0.0, -4.0]]), np.array([12.0])]
weights = [keras.Variable(np.zeros((2, 2))), keras.Variable(np.zeros(1))]
keras.optimizers.SGD(1.0, global_clipnorm=6.5).apply([tf.constant(g, "float32") for g in gradients], weights)
print("Keras:", *(-w.numpy().ravel() for w in weights))
print("yours agrees:", all(np.allclose(-w.numpy(), g) for w, g in zip(weights, clip(gradients, 6.5), strict=True)))

# %% [markdown]
# A network without tanh that stretches by 1.1, and 40 random numbers whose mean it
# should tell, trained without clipping and with it:


# %% tags=["demo"]
def average(clipping):
    keras.utils.set_random_seed(seed)
    numbers = np.random.default_rng(seed).uniform(0, 1, (1000, 40, 1)).astype("float32")
    start = keras.initializers.Orthogonal(gain=1.1)
    reader = layers.SimpleRNN(16, activation=None, recurrent_initializer=start)
    net = keras.Sequential([keras.Input((40, 1)), reader, layers.Dense(1)])
    net.compile(keras.optimizers.SGD(0.01, global_clipnorm=clipping), "mse")
    return net.fit(numbers, numbers.mean(axis=1), epochs=8, verbose=0).history["loss"]


# %% tags=["demo", "nbval-ignore-output"] nbval_reason="trained on this machine"
print("without clipping:", average(None))
print("with clipping:   ", np.round(average(1.0), 3))

# %% [markdown]
# Without clipping the loss is *nan*, not a number, in the first epoch. With it the loss falls. But clipping makes long
# gradients short; it cannot bring back what has vanished. **Against vanishing we need another cell.**

# %% [markdown]
# A good place to stop for today.
#
# ## 6. A conveyor belt with gates
#
# The state of a `SimpleRNN` is overwritten in every step. The **LSTM** (long short-term memory) keeps a second vector
# beside it, the **carry** $c$: a conveyor belt on which things ride along *unchanged*, unless somebody takes them off or
# puts something on. Three **gates** decide, for every unit by itself, with numbers between 0 (shut) and 1 (open):
#
# | | formula | decides |
# |---|---|---|
# | input gate | $i = \sigma(x W_i + h U_i + b_i)$ | how much of the candidate goes onto the belt |
# | forget gate | $f = \sigma(x W_f + h U_f + b_f)$ | how much of the belt is **kept** (1: all of it!) |
# | candidate | $g = \tanh(x W_g + h U_g + b_g)$ | what could go onto the belt |
# | output gate | $o = \sigma(x W_o + h U_o + b_o)$ | how much of the belt is shown |
# | **new carry** | $c' = f \cdot c + i \cdot g$ | |
# | **new state** | $h' = o \cdot \tanh(c')$ | what the next layer, and the next step, get to see |
#
# The products in the last two lines are entry by entry. (The *forget* gate is named badly: 1 means keep.) The lamp, with
# gates that are fully open or shut:
#
# | word | $f$ | $i$ | $g$ | $c' = f c + i g$ |
# |---|---|---|---|---|
# | on | 0 | 1 | +1 | +1 |
# | tick | 1 | 0 | any | +1 |
# | tick | 1 | 0 | any | +1 |
# | off | 0 | 1 | -1 | -1 |
#
# Follow the blame back along the belt: from $c'$ to $c$ it is multiplied by $f$, and by nothing else. No matrix, no tanh.
# While the gate is open, nothing vanishes.
#
# Keras keeps the four parts **side by side** in one array each: `w_x` is $[W_i, W_f, W_g, W_o]$, shape (features, 4 ·
# units), in this order, and so are `w_h` and `b`. One product gives all four sums, and `np.split(z, 4, axis=-1)` cuts
# them apart. $\sigma$ is the logistic function:


# %% nbgrader={"grade_id": "sigmoid", "locked": true}
def sigmoid(z):
    return 1 / (1 + np.exp(-np.asarray(z, dtype=float)))


# %% [markdown]
# ### ✏️ Exercise 7: `lstm_step` (2 points)
#
# **Goal:** one step of an LSTM, as Keras does it.
#
# **Given:** what comes in, `x`, shape (batch, features); state `h` and carry `c`, shape (batch, units); and the weights.
#
# **Question:** What are the new state and the new carry?
#
# <details><summary>Hint 1: where to begin</summary>
# All four formulas begin alike: x times something plus h times something plus a bias. With the weights side by side this
# is one line. What is the shape of its result for 2 units?
# </details>
# <details><summary>Hint 2: a plan</summary>
# Compute the long sum. Split it into four. Three parts go through sigmoid, one through tanh. Then the last two lines of
# the table, the carry first. Which of the four is the one for tanh, in Keras' order?
# </details>
# <details><summary>Hint 3: almost the code</summary>
# <code>z = x @ w_x + h @ w_h + b</code>, then <code>i, f, g, o = np.split(z, 4, axis=-1)</code>. The gates are
# <code>sigmoid(i)</code>, <code>sigmoid(f)</code> and <code>sigmoid(o)</code>, the candidate is <code>np.tanh(g)</code>.
# Return the state first, then the carry. Which of them do you have to compute first?
# </details>


# %% nbgrader={"grade_id": "lstm_step", "solution": true}
def lstm_step(x, h, c, w_x, w_h, b):
    """Return (new state, new carry), both of shape (batch, units).

    x: shape (batch, features). h, c: (batch, units). w_x: (features, 4 * units). w_h: (units, 4 * units).
    b: (4 * units,). Order in the weights: input gate, forget gate, candidate, output gate.
    """
    x, h, c, w_x, w_h, b = (np.asarray(array, dtype=float) for array in (x, h, c, w_x, w_h, b))
    ### BEGIN SOLUTION
    i, f, g, o = np.split(x @ w_x + h @ w_h + b, 4, axis=-1)
    c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(c), c
    ### END SOLUTION


# %% nbgrader={"grade_id": "lstm_step-test", "points": 2}
_x, _h, _c = np.array([[1.0, -2.0]]), np.array([[0.5, -0.3]]), np.array([[0.8, -1.2]])
_w_x = np.arange(-8, 8).reshape(2, 8) * 0.1
_w_h = np.array([[3, -1, 2, 0, -2, 1, 4, -3], [1, 2, -2, 3, 0, -1, 2, 1]]) * 0.1
_b = np.array([0.1, -0.1, 1.0, 1.0, 0.0, 0.2, -0.2, 0.3])
_result = lstm_step(_x, _h, _c, _w_x, _w_h, _b)
assert isinstance(_result, tuple), "lstm_step should return two arrays, the state and the carry."
assert len(_result) == 2, "lstm_step should return two arrays, the state and the carry."
assert [np.shape(_part) for _part in _result] == [(1, 2), (1, 2)], (
    f"state and carry should have shape (1, 2) here, and have {[np.shape(_part) for _part in _result]}."
)
checks.close(
    np.concatenate(_result),
    [[0.0229968, -0.1257322], [0.1226314, -0.7339984]],
    "state (first row) and carry (second row) of lstm_step(1 sequence, 2 features, 2 units)",
    misconceptions={
        "candidate and output gate are swapped": [[0.0234075, -0.170142], [0.1097351, -0.761533]],
        "input and forget gate are swapped": [[-0.0332176, -0.1143573], [-0.1781111, -0.6459193]],
        "the bias is missing": [[-0.0107168, -0.0730998], [-0.0485363, -0.5040815]],
        "the belt is shown without tanh": [[0.023112, -0.1475403], [0.1226314, -0.7339984]],
        "the candidate goes through sigmoid, and should go through tanh": [[0.0883934, -0.0892926], [0.5088027, -0.4774783]],
        "the candidate goes through nothing, and should go through tanh": [[-0.0065335, -0.1330266], [-0.0346805, -0.7959992]],
        "the carry is returned first": [[0.1226314, -0.7339984], [0.0229968, -0.1257322]],
        "the gates have not been through sigmoid": [[-1.032833, -1.2094864], [0.882, 1.3602]],
        "the old carry is shown, not the new one": [[0.1251492, -0.1675721], [0.1226314, -0.7339984]],
        "the old carry is lost": [[-0.0565026, -0.0378991], [-0.3093005, -0.1908275]],
        "the forget gate is read the wrong way: 1 means keep": [[0.011063, -0.1386647], [0.0587676, -0.8476566]],
        "the forget gate acts on the state, not on the carry": [[-0.0074111, -0.0634144], [-0.0393431, -0.3266202]],
        "the tanh for showing is kept on the belt": [[0.0229968, -0.1257322], [0.1220203, -0.6255054]],
        "the four parts are taken in turns, and stand side by side": [[0.1130876, -0.0945069], [0.2552408, -0.5102787]],
    },
)  # fmt: skip
print("lstm_step: the visible checks pass. More tests run when you hand in.")
### BEGIN HIDDEN TESTS
_rng = np.random.default_rng(97)
for _batch, _features, _units in [(1, 1, 1), (3, 2, 4), (4, 5, 2)]:
    _x, _h, _c = (
        _rng.normal(size=(_batch, _features)),
        _rng.normal(size=(_batch, _units)),
        _rng.normal(size=(_batch, _units)),
    )
    _w_x, _w_h = _rng.normal(size=(_features, 4 * _units)), _rng.normal(size=(_units, 4 * _units))
    _b = _rng.normal(size=4 * _units)
    _z = np.einsum("nf,fk->nk", _x, _w_x) + np.einsum("nu,uk->nk", _h, _w_h) + _b
    _i, _f, _g, _o = (_z[:, _k * _units : (_k + 1) * _units] for _k in range(4))
    _carry = _c / (1 + np.exp(-_f)) + np.tanh(_g) / (1 + np.exp(-_i))
    _wanted = np.concatenate([np.tanh(_carry) / (1 + np.exp(-_o)), _carry])
    _got = np.concatenate([np.asarray(_part) for _part in lstm_step(_x, _h, _c, _w_x, _w_h, _b)])
    checks.close(
        _got, _wanted, f"state and carry of lstm_step({_batch} sequences, {_features} features, {_units} units)"
    )
### END HIDDEN TESTS

# %% [markdown]
# Against Keras, with random weights, over five steps. Have a look at the fresh biases, too:

# %% tags=["demo"]
keras.utils.set_random_seed(seed)
lstm, x5 = layers.LSTM(3), np.random.default_rng(seed).normal(size=(2, 5, 4)).astype("float32")
wanted = np.asarray(lstm(x5))
print("biases of a fresh LSTM with 3 units:", lstm.get_weights()[2])
h, c = np.zeros((2, 3)), np.zeros((2, 3))
for t in range(5):
    h, c = lstm_step(x5[:, t], h, c, *lstm.get_weights())
print("your steps agree with Keras:", np.allclose(h, wanted, atol=1e-5))

# %% [markdown]
# The three ones are the forget gates' biases: Keras begins with gates that are rather open than shut, $\sigma(1) = 0.73$.
#
# ### GRU: the same idea, cheaper
#
# The **GRU** (gated recurrent unit) has no belt beside the state; it makes the state itself the belt. Two gates:
#
# | | formula |
# |---|---|
# | update gate | $z = \sigma(x W_z + b_z + h U_z + b'_z)$ |
# | reset gate | $r = \sigma(x W_r + b_r + h U_r + b'_r)$ |
# | candidate | $g = \tanh(x W_g + b_g + r \cdot (h U_g + b'_g))$ |
# | **new state** | $h' = z \cdot h + (1 - z) \cdot g$ |
#
# With $z = 1$ the state rides along unchanged. One gate does the work of two: what is not kept is replaced. Order in
# Keras: $z$, $r$, $g$. And there are **two rows of biases**, one that is added to $x W$ and one to $h U$; in the two gates
# that is the same as one, but in the candidate the second one is inside the reset gate's brackets. (Keras calls this
# `reset_after`: the gate acts *after* the product $h U_g$. The paper that introduced the GRU multiplied $r \cdot h$
# first. Half of all homemade GRUs disagree with Keras for this reason.)
#
# ### ✏️ Exercise 8: `gru_step` (2 points)
#
# **Goal:** one step of a GRU, as Keras does it.
#
# **Given:** `x`, `h` as before, and the weights; `b` has two rows, the first for `x`, the second for `h`.
#
# **Question:** What is the new state?
#
# <details><summary>Hint 1: where to begin</summary>
# This time the two products must not be added at once, because the reset gate comes between them in the candidate. How
# many parts has each of the two?
# </details>
# <details><summary>Hint 2: a plan</summary>
# Compute the sum for x (with the first row of biases) and the one for h (with the second), and split each into three.
# Add the first parts and the second parts for the two gates. In the candidate multiply the third part of h by r before
# you add. Then mix: how much of the old state stays?
# </details>
# <details><summary>Hint 3: almost the code</summary>
# <code>x_z, x_r, x_g = np.split(x @ w_x + b[0], 3, axis=-1)</code>, and the same for h with <code>b[1]</code>:
# <code>h_z, h_r, h_g</code>. Then <code>z = sigmoid(x_z + h_z)</code>, likewise r, and
# <code>g = np.tanh(x_g + r * h_g)</code>. Which two products make the new state?
# </details>


# %% nbgrader={"grade_id": "gru_step", "solution": true}
def gru_step(x, h, w_x, w_h, b):
    """Return the new state, shape (batch, units), of a GRU with reset_after, as in Keras.

    x: shape (batch, features). h: (batch, units). w_x: (features, 3 * units). w_h: (units, 3 * units).
    b: (2, 3 * units), a row for x and a row for h. Order in the weights: update gate, reset gate, candidate.
    """
    x, h, w_x, w_h, b = (np.asarray(array, dtype=float) for array in (x, h, w_x, w_h, b))
    ### BEGIN SOLUTION
    x_z, x_r, x_g = np.split(x @ w_x + b[0], 3, axis=-1)
    h_z, h_r, h_g = np.split(h @ w_h + b[1], 3, axis=-1)
    z, r = sigmoid(x_z + h_z), sigmoid(x_r + h_r)
    g = np.tanh(x_g + r * h_g)
    return z * h + (1 - z) * g
    ### END SOLUTION


# %% nbgrader={"grade_id": "gru_step-test", "points": 2}
_x, _h = np.array([[1.0, -2.0]]), np.array([[0.5, -0.3]])
_w_x = np.array([[2, -4, 1, 3, -5, 2], [-1, 3, 4, -2, 1, -3]]) * 0.1
_w_h = np.array([[1, -2, 3, -4, 5, 2], [-3, 4, 1, 2, 6, -5]]) * 0.1
_b = np.array([[1, 2, -1, 3, 2, -2], [-1, 1, 4, -2, -3, 3]]) * 0.1
checks.close(
    gru_step(_x, _h, _w_x, _w_h, _b),
    [[0.1184322, 0.4426768]],
    "gru_step(1 sequence, 2 features, 2 units)",
    misconceptions={
        "update and reset gate are swapped": [[-0.1085652, 0.0457815]],
        "the update gate is read the wrong way: 1 means keep": [[-0.1547729, -0.0040291]],
        "the reset gate acts before the product, on the state itself": [[0.070163, 0.470118]],
        "the biases are missing": [[0.0993466, 0.5034992]],
        "the second row of biases is missing": [[0.1742925, 0.3956461]],
        "the first row of biases is missing": [[0.0429778, 0.5318746]],
        "the reset gate is not used": [[0.0865013, 0.4992412]],
        "the candidate has not been through tanh": [[0.0953602, 0.5920128]],
        "the candidate goes through sigmoid, and should go through tanh": [[0.446455, 0.4297802]],
        "candidate and reset gate are swapped": [[0.1102106, 0.3235815]],
        "the second bias of the candidate is outside the brackets of the reset gate": [[0.077743, 0.4757343]],
        "the reset gate acts on what comes in, too": [[0.2038735, 0.3585332]],
        "the old state is lost": [[-0.197474, 0.5281642]],
        "this is the candidate, not the new state": [[-0.5363407, 0.7386477]],
    },
)
print("gru_step: the visible check passes. More tests run when you hand in.")
### BEGIN HIDDEN TESTS
_rng = np.random.default_rng(98)
for _batch, _features, _units in [(1, 1, 1), (3, 2, 4), (4, 5, 2)]:
    _x, _h = _rng.normal(size=(_batch, _features)), _rng.normal(size=(_batch, _units))
    _w_x, _w_h = _rng.normal(size=(_features, 3 * _units)), _rng.normal(size=(_units, 3 * _units))
    _b = _rng.normal(size=(2, 3 * _units))
    _from_x, _from_h = np.einsum("nf,fk->nk", _x, _w_x) + _b[0], np.einsum("nu,uk->nk", _h, _w_h) + _b[1]
    _z, _r = (1 / (1 + np.exp(-(_from_x + _from_h)[:, _k * _units : (_k + 1) * _units])) for _k in range(2))
    _g = np.tanh(_from_x[:, 2 * _units :] + _r * _from_h[:, 2 * _units :])
    _what = f"gru_step({_batch} sequences, {_features} features, {_units} units)"
    checks.close(gru_step(_x, _h, _w_x, _w_h, _b), _g + _z * (_h - _g), _what)
### END HIDDEN TESTS

# %% tags=["demo"]
gru = layers.GRU(3)
wanted, h = np.asarray(gru(x5)), np.zeros((2, 3))
for t in range(5):
    h = gru_step(x5[:, t], h, *gru.get_weights())
print("your steps agree with Keras:", np.allclose(h, wanted, atol=1e-5))
print("shapes of the weights:", [w.shape for w in gru.get_weights()])

# %% [markdown]
# ### ✏️ Exercise 9: `num_weights` (1 point)
#
# **Goal:** the parameters of the three layers, as `summary` prints them.
#
# **Given:** `"SimpleRNN"`, `"LSTM"` or `"GRU"`, the number of features and of units.
#
# **Question:** How many numbers does the layer learn?
#
# <details><summary>Hint 1: where to begin</summary>
# Section 2 has the formula for a SimpleRNN. How often does the LSTM have such a set of weights?
# </details>
# <details><summary>Hint 2: a plan</summary>
# Look at the shapes that the cells above print or name: a kernel, a recurrent kernel, biases. Multiply each shape out and
# add up. How many biases has a GRU per part?
# </details>
# <details><summary>Hint 3: almost the code</summary>
# The number of biases per unit and part: <code>biases = 2 if cell == "GRU" else 1</code>. With <code>parts</code> for the
# number of parts that stand side by side, the answer is <code>parts * units * (features + units + biases)</code>. How many
# parts has each of the three?
# </details>


# %% nbgrader={"grade_id": "num_weights", "solution": true}
def num_weights(cell, features, units):
    """Return the number of parameters of a layer, an int.

    cell: "SimpleRNN", "LSTM" or "GRU" (as in Keras, with two rows of biases). features, units: ints.
    """
    ### BEGIN SOLUTION
    parts = {"SimpleRNN": 1, "LSTM": 4, "GRU": 3}[cell]
    biases = 2 if cell == "GRU" else 1
    return parts * units * (features + units + biases)
    ### END SOLUTION


# %% nbgrader={"grade_id": "num_weights-test", "points": 1}
checks.close(
    num_weights("SimpleRNN", 4, 3),
    24,
    'num_weights("SimpleRNN", features=4, units=3)',
    misconceptions={
        "the biases are missing": 21,
        "the recurrent kernel is missing": 15,
        "features and units are swapped": 32,
        "there is one bias in all": 22,
        "the recurrent kernel is taken for a vector": 18,
    },
)
checks.close(
    num_weights("LSTM", 4, 3),
    96,
    'num_weights("LSTM", features=4, units=3)',
    misconceptions={
        "this is a SimpleRNN": 24,
        "only the gates are counted, not the candidate": 72,
        "the biases are missing": 84,
        "there are two rows of biases, as in a GRU": 108,
    },
)
checks.close(
    num_weights("GRU", 4, 3),
    81,
    'num_weights("GRU", features=4, units=3)',
    misconceptions={
        "there is one row of biases, as in an LSTM": 72,
        "only the gates are counted, not the candidate": 54,
        "the biases are missing": 63,
        "it has as many parts as an LSTM": 108,
    },
)
print("num_weights: the visible checks pass. More tests run when you hand in.")
### BEGIN HIDDEN TESTS
for _features, _units in [(32, 32), (1, 5), (7, 1)]:
    for _cell, _parts, _rows in [("SimpleRNN", 1, 1), ("LSTM", 4, 1), ("GRU", 3, 2)]:
        _wanted = _parts * (_features * _units + _units * _units + _rows * _units)
        checks.close(num_weights(_cell, _features, _units), _wanted, f"num_weights({_cell!r}, {_features}, {_units})")
### END HIDDEN TESTS

# %% [markdown]
# ### The lamp again
#
# Four more networks read the 3,000 lamps, with as many units and as many steps as the `SimpleRNN`: LSTM, GRU, the convnet
# of notebook 08 with 16 windows of 7 words, and a **bag of words**, which gets the mean of all word vectors. And the
# `SimpleRNN` gets a second chance: the same rate, but clipping, and twice as many steps.

# %% [markdown]
# **Predict, then run.** Which of these networks still knows the lamp after a wait of 30 ticks? *I expect ...*

# %% tags=["demo"]
predictions.ask(
    "again",
    [
        "LSTM and GRU only",
        "LSTM, GRU and the convnet",
        "LSTM, GRU and the SimpleRNN with its second chance",
        "all but the bag of words",
    ],
)

# %% tags=["demo"]
rest = {kind: {"kind": kind} for kind in ("LSTM", "GRU", "convnet", "bag of words")}
rest["SimpleRNN, patient"] = {"kind": "SimpleRNN", "clipping": 1.0, "epochs": 2 * lamp_epochs}
others = Study(lamp_run, rest, seeds[:1])

# %% tags=["demo", "nbval-ignore-output"] nbval_reason="trained on this machine; the ledger test compares its figures within their spread"
lamp_runs = {"SimpleRNN": runs} | {name: others.runs(name) for name in others.settings}
fig, ax = plt.subplots(figsize=(7.5, 3.4))
for (name, some), marker, size in zip(lamp_runs.items(), "osD^vP", (6, 12, 8, 6, 6, 5), strict=True):
    by_wait = np.mean([run["by wait"] for run in some], axis=0)
    ax.plot([3, 8, 13, 18, 23, 28, 32.5], by_wait, marker=marker, markersize=size, label=name)
    print(f"{name:19} training {np.mean([run['training'] for run in some]):.1%}", end="   ")
    print("new", *(f"{run['validation']:.1%}" for run in some))
ax.set(title="The lamp (mean over the seeds)", xlabel="wait in ticks", ylabel="accuracy", ylim=(0.3, 1.05))
ax.legend(loc="center left", bbox_to_anchor=(1.01, 0.5))
plots.show(
    "Accuracy against the wait from 3 to 32 ticks for six networks. Three lines lie at 1 for all waits, the bag of words lies near 0.5, the convnet rises from 0.6 to 1, and the SimpleRNN falls from about 0.7 to near 0.5."
)
predictions.recall("again")

# %% [markdown]
# <details><summary>What we measured: open after you ran it</summary>
#
# | accuracy on new lamps | all waits | 1 to 5 | over 20 |
# |---|---|---|---|
# | bag of words | 51.3 %<!-- quick: lamp bag of words --> | 50 %<!-- quick: lamp bag of words, short waits --> | 51 %<!-- quick: lamp bag of words, long waits --> |
# | convnet | 80.8 %<!-- quick: lamp convnet --> | 61 %<!-- quick: lamp convnet, short waits --> | 96 %<!-- quick: lamp convnet, long waits --> |
# | SimpleRNN | 55.4 %<!-- quick: lamp SimpleRNN --> | 70 %<!-- quick: lamp SimpleRNN, short waits --> | 54 %<!-- quick: lamp SimpleRNN, long waits --> |
# | SimpleRNN, patient | 100.0 %<!-- quick: lamp SimpleRNN, patient --> | 100 %<!-- quick: lamp SimpleRNN, patient, short waits --> | 100 %<!-- quick: lamp SimpleRNN, patient, long waits --> |
# | LSTM | 100.0 %<!-- quick: lamp LSTM --> | 100 %<!-- quick: lamp LSTM, short waits --> | 100 %<!-- quick: lamp LSTM, long waits --> |
# | GRU | 100.0 %<!-- quick: lamp GRU --> | 100 %<!-- quick: lamp GRU, short waits --> | 100 %<!-- quick: lamp GRU, long waits --> |
#
# (Two seeds for the first SimpleRNN, one for the others.) After 30 ticks: all but the bag of words, if the
# SimpleRNN gets its second chance. Four stories:
#
# - The **bag of words** has the same bag for *on* and for *off*. It must guess, whatever its weights.
# - **LSTM and GRU** know it always, and learn it within six epochs.
# - The **SimpleRNN can learn it**, with clipping and twice as many steps. So it was not unable. Say "worse after
# 280 steps", never "it cannot". (We changed two things at once, for one seed; which of them did it, you may find out.)
# - The **convnet** gets *better* the longer the wait, and it has no memory at all! It must have found a **clue that we did
# not mean to give**. Most likely this one: after a long wait all six commands are crowded at the beginning, so that a
# window of 7 words sees several of them and then silence. After short waits it is not far from guessing. Whoever makes a
# data set should look for such clues, and whoever reads a good accuracy should ask how it came about.
#
# </details>
#
# Gates are not open from the start. How does the blame travel in a **fresh** LSTM, before any training, compared with a
# fresh `SimpleRNN`?

# %% [markdown]
# **Predict, then run.** The share of the gradient that arrives 30 steps back, before training. *I expect ...*

# %% tags=["demo"]
predictions.ask(
    "fresh",
    [
        "LSTM and GRU: nearly all, SimpleRNN: next to nothing",
        "all three: next to nothing",
        "SimpleRNN: most of it, LSTM and GRU: next to nothing",
    ],
)

# %% tags=["demo", "nbval-ignore-output"] nbval_reason="trained on this machine; the ledger test compares its figures within their spread"
fig, axes = plt.subplots(1, 2, figsize=(9, 3.2), sharey=True)
for ax, when, title in zip(axes, ("before", "one epoch"), ("Before training", "After one epoch"), strict=True):
    for kind, style in zip(("SimpleRNN", "LSTM", "GRU"), ("-", "--", "-."), strict=True):
        shares = [np.mean(faded(lamp_runs[kind], when, back)) for back in range(40)]
        ax.plot(shares, linestyle=style, label=kind)
        print(f"{title:16} {kind:10} 30 steps back: {shares[30]:.2g}")
    ax.set(title=title, xlabel="steps back", yscale="log", ylim=(1e-3, 1e2))
axes[0].set_ylabel("gradient, last step = 1")
axes[1].legend(loc="center left", bbox_to_anchor=(1, 0.5))
plots.show(
    "Gradient against steps back on a logarithmic scale, before training and after one epoch, for SimpleRNN, LSTM and GRU. Before training the line of the SimpleRNN is level and those of LSTM and GRU fall; after one epoch that of the LSTM is level too and that of the GRU falls far less."
)
predictions.recall("fresh")

# %% [markdown]
# <details><summary>What we measured: open after you ran it</summary>
#
# The opposite of what most books let one expect. 30 steps back there arrives in the fresh SimpleRNN
# 1.6<!-- quick: blame SimpleRNN before --> times the last step's share, in the LSTM
# 0.006<!-- quick: blame LSTM before -->, and in the GRU about two millionths. Along the belt alone even less would
# arrive: a forget gate that is 0.73 open keeps $0.73^{30}$, less than a ten-thousandth; the rest comes by way of the state.
# The gates of a fresh GRU are half open only. And yet these two learn the lamp within a few epochs, and the SimpleRNN does not.
#
# The right picture shows why one should not judge a layer by its first day. LSTM and GRU have most likely **opened their
# gates** within one epoch, and the way back is there: 1.24<!-- quick: blame LSTM one epoch --> and
# 0.14<!-- quick: blame GRU one epoch -->. To keep at a tick and to replace at a command are two decisions, and a gate makes
# them word by word. The SimpleRNN has only one kernel for both: whatever makes the memory firmer makes it harder to
# overwrite, and each change upsets everything at once, which may be why clipped steps and more of them helped. The SimpleRNN's
# way is open, too (1.9<!-- quick: blame SimpleRNN one epoch -->): an open way is needed, but it is not enough. (This is
# our reading of the measurements, over two seeds for the SimpleRNN and one for the others; the shares differ a lot between
# seeds.)
#
# </details>
#
# A good place to stop for today.
#
# ## 7. Reviews: is it worth it?
#
# The lecture's experiment: is a film review positive or negative? An embedding of 32, a recurrent layer of 32 units, one
# sigmoid, on the first 500 words of each review of IMDB, 10 epochs. It reports 82.26 % on validation reviews with a
# `SimpleRNN` and 89 % with an LSTM. `full` does this. `quick` has its small reviews, those of up to 41 words, with 16 units
# and embeddings of 16.

# %% tags=["demo"]
reviews = data.imdb(profile, num_words=10_000, validation=0.2)
reviews.describe()
length, num_words = settings["length"], len(reviews.vocabulary)
longest = length if profile == "quick" else None


def rows_of(texts, labels):
    kept = np.array([longest is None or len(numbers) <= longest for numbers in texts])
    rows = [numbers for numbers, keep in zip(texts, kept, strict=True) if keep]
    return keras.utils.pad_sequences(rows, maxlen=length, truncating="post"), labels[kept]


# %% tags=["demo"]
x_train, y_train = rows_of(reviews.x_train, reviews.y_train)
x_val, y_val = rows_of(reviews.x_val, reviews.y_val)
x_test, y_test = rows_of(reviews.x_test, reviews.y_test)
print("x_train", x_train.shape, " x_val", x_val.shape, " x_test", x_test.shape, " different words:", num_words)

# %% [markdown]
# Short reviews are filled up with zeros **in front** (see notebook 08 on padding): so the last thing that the network
# reads is text, and what it has read need not survive a row of zeros. First one LSTM in plain Keras; we keep it.

# %% tags=["demo", "nbval-ignore-output"] nbval_reason="trained on this machine; the ledger test compares its figures within their spread"
keras.utils.set_random_seed(seed)
critic = keras.Sequential([keras.Input((length,)), layers.Embedding(num_words, settings["dims"])])
critic.add(layers.LSTM(settings["units"]))
critic.add(layers.Dense(1, activation="sigmoid"))
critic.compile(optimizer(settings["learning_rate"]), "binary_crossentropy", metrics=["accuracy"])
how = {"epochs": settings["epochs"], "batch_size": 64 if profile == "quick" else 128}
critic.fit(x_train, y_train, validation_data=(x_val, y_val), verbose=2, **how)
print("parameters:", critic.count_params())

# %% [markdown]
# Now the race: three recurrent layers, the lecture's convnet (notebook 08: twice 32 windows of 7 words, pooling between)
# and a bag of words with 16 hidden units, each several times.


# %% tags=["demo"]
cells = {"SimpleRNN": layers.SimpleRNN, "LSTM": layers.LSTM, "GRU": layers.GRU}


def review_net(kind, dims=settings["dims"], units=settings["units"], stacked=False, both_ways=False, dropout=0.0):
    if kind == "bag of words":
        middle = [keras.Input((num_words,)), layers.Dense(16, activation="relu")]
    else:
        middle = [keras.Input((length,)), layers.Embedding(num_words, dims)]
    if kind == "convnet":
        middle += [layers.Conv1D(32, 7, activation="relu"), layers.MaxPooling1D(5)]
        middle += [layers.Conv1D(32, 7, activation="relu"), layers.GlobalMaxPooling1D()]
    if kind in cells:
        reader = cells[kind](units, recurrent_dropout=dropout)
        middle += [cells[kind](units, return_sequences=True)] if stacked else []
        middle += [layers.Bidirectional(reader) if both_ways else reader]
    return keras.Sequential([*middle, layers.Dense(1, activation="sigmoid")])


# %% tags=["demo", "fold"]
def multi_hot(x):
    found = np.zeros((len(x), num_words), "uint8")
    found[np.arange(len(x))[:, None], x] = 1
    return found


def outputs(net, x):
    return np.concatenate([np.asarray(net(x[i : i + 500]))[:, 0] for i in range(0, len(x), 500)])


texts = [reviews.decode(row) for row in x_val]
endings = ("i was right", "i was wrong")  # the opinion is split between the first and the last sentence
split_clue = np.array([profile == "quick" and text.rstrip(" .").endswith(endings) for text in texts])

# %% [markdown]
# As in notebook 08, each run also writes down its answers to the test reviews, sealed. Nobody compares them with the truth
# before section 9.


# %% tags=["demo"]
def review_run(seed, kind="LSTM", **knobs):
    keras.utils.set_random_seed(seed)
    net, prepare = review_net(kind, **knobs), multi_hot if kind == "bag of words" else np.asarray
    net.compile(optimizer(settings["learning_rate"]), "binary_crossentropy", metrics=["accuracy"])
    x, x_new, ticks = prepare(x_train), prepare(x_val), []
    clock = keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: ticks.append(time.perf_counter()))
    more = {"validation_batch_size": 500, "callbacks": [clock], "verbose": 0}
    history = net.fit(x, y_train, validation_data=(x_new, y_val), **how, **more).history
    right = (outputs(net, x_new) > 0.5) == y_val
    split = right[split_clue].mean() if split_clue.any() else np.nan
    ends = {"training": history["accuracy"][-1], "validation": right.mean(), "split clue": split}
    sealed = [] if knobs else (outputs(net, prepare(x_test)) > 0.5).tolist()
    extra = {"parameters": net.count_params(), "sec/epoch": np.median(np.diff(ticks)), "sealed": sealed}
    return history | ends | extra


race = Study(
    review_run, {kind: {"kind": kind} for kind in ("bag of words", "convnet", "SimpleRNN", "LSTM", "GRU")}, seeds
)

# %% [markdown]
# **Predict, then run.** Which of the five is best on new reviews, and which is the fastest of the good ones? *I expect
# ...*

# %% tags=["demo"]
predictions.ask(
    "race",
    [
        "LSTM by two points or more, and it is slow",
        "the convnet near the LSTM, and faster",
        "the bag of words: single words tell",
        "the SimpleRNN: fewest parameters to learn",
    ],
)

# %% tags=["demo", "nbval-ignore-output"] nbval_reason="trained on this machine; the ledger test compares its figures within their spread"
shown = ["training", "validation", "split clue", "parameters", "sec/epoch"]
table = race.results().groupby("setting", sort=False)[shown].mean()
table.insert(2, "std over seeds", race.results().groupby("setting", sort=False)["validation"].std())
print(table.round(3).to_string())
majority = max(y_val.mean(), 1 - y_val.mean())
chance = np.sqrt(0.9 * 0.1 / len(y_val))
print(f"majority: {majority:.1%}; draw of {len(y_val)} reviews: ± {chance:.1%} for an accuracy near 90 %")
predictions.recall("race")

# %% tags=["demo", "fold", "nbval-ignore-output"] nbval_reason="trained on this machine; the ledger test compares its figures within their spread"
fig, axes = plt.subplots(1, 2, figsize=(10, 3.5), width_ratios=[1.3, 1])
for name in race.settings:
    plots.learning_curves(axes[0], race.runs(name), "accuracy", name)
axes[0].legend(ncols=2, fontsize=7, loc="upper center", bbox_to_anchor=(0.5, -0.18))
axes[0].set_title("Dashed: training; band: ± one std over seeds")
race.plot(axes[1], "validation")
axes[1].set_title("Last epoch; bar: ± one std over seeds")
plots.show(
    "Left: accuracy over epochs for the five networks, training dashed and validation solid. Right: validation accuracy after the last epoch, a point per seed and the mean with one standard deviation to each side."
)

# %% [markdown]
# <details><summary>What we measured: open after you ran it</summary>
#
# | `quick` | training | new reviews | of these, split clue | parameters |
# |---|---|---|---|---|
# | bag of words | 86.4 %<!-- quick: bag of words training --> | 79.0 %<!-- quick: bag of words validation --> | 54.3 %<!-- quick: bag of words split clue --> | 8,129 |
# | convnet | 99.6 %<!-- quick: convnet training --> | 95.4 %<!-- quick: convnet validation --> | 40.0 %<!-- quick: convnet split clue --> | 18,945 |
# | SimpleRNN | 81.2 %<!-- quick: SimpleRNN training --> | 67.0 %<!-- quick: SimpleRNN validation --> | 44.8 %<!-- quick: SimpleRNN split clue --> | 8,641 |
# | LSTM | 92.5 %<!-- quick: LSTM training --> | 93.6 %<!-- quick: LSTM validation --> | 59.0 %<!-- quick: LSTM split clue --> | 10,225 |
# | GRU | 94.7 %<!-- quick: GRU training --> | 93.3 %<!-- quick: GRU validation --> | 43.8 %<!-- quick: GRU split clue --> | 9,745 |
#
# **The convnet is best, and faster than the LSTM** (compare the last column of your table): it has no loop over time.
# LSTM and GRU follow, about two points behind. The LSTM leads the SimpleRNN by more than twenty points, and look at the
# SimpleRNN's seeds: one ends at 77 %, another at 55 %, hardly better than guessing. Whoever had run it once might have
# reported either. None of the recurrent curves is quite flat after 6 epochs. The bag of words is far behind: *not superb,
# but funny* and *superb, but not funny* are the same to it.
#
# So why have an LSTM at all? The lecture says that it is not what sentiment needs, and this is what it means: the mood of
# a review is in **a few words or short phrases, wherever they stand**. To find such a phrase is the trade of a convnet. A
# long memory is needed where the answer hangs on what came when, as with the lamp.
#
# On the real reviews of `full` the picture is another one. The bag of words ends at 87.4 %<!-- full: bag of words validation -->, the
# convnet at 86.4 %<!-- full: convnet validation -->, the LSTM at 86.5 %<!-- full: LSTM validation -->, the GRU at
# 86.5 %<!-- full: GRU validation --> and the SimpleRNN at 80.2 %<!-- full: SimpleRNN validation --> (two seeds; the lecture: 89 % with an LSTM, 82.26 % with a SimpleRNN). Ours lie about two points below the lecture's. They
# are those of the last epoch: in their best ones the SimpleRNN had 83 and 85 %, the bag of words 89 %, and then they overfit. A review of some hundred words
# has many words of praise or blame; *which* words it has tells nearly all, and a *not* here or there hardly matters. What
# is the same: the SimpleRNN is last, by far.
#
# </details>
#
# ### Far apart
#
# One column of the table is left over: the **split clue**. Some reviews say what they mean in two places, *i expected to
# love this film ... (the plot) ... i was wrong*. Is this not a case for a long memory? How do the five networks do on it?
# There are few such reviews among the short ones, in training too. But a bag of words does not mind long texts, and it
# is cheap. So give it all of them, for 8 epochs.

# %% tags=["demo", "nbval-ignore-output"] nbval_reason="trained on this machine; the ledger test compares its figures within their spread"
keras.utils.set_random_seed(seed)
all_x, all_new = (multi_hot(keras.utils.pad_sequences(rows)) for rows in (reviews.x_train, reviews.x_val))
bag = review_net("bag of words")
bag.compile(optimizer(settings["learning_rate"]), "binary_crossentropy", metrics=["accuracy"])
bag.fit(all_x, reviews.y_train, epochs=8, batch_size=64, verbose=0)
right = (bag.predict(all_new, verbose=0)[:, 0] > 0.5) == reviews.y_val
far = np.array([profile == "quick" and reviews.decode(row).rstrip(" .").endswith(endings) for row in reviews.x_val])
far_right = right[far].mean() if far.any() else np.nan
print(f"a bag of words that learnt from {len(all_x):,} reviews: {right.mean():.1%} of the new ones,")
print(f"{far_right:.1%} of the {far.sum()} with a split clue; of the race's there were {split_clue.sum()}")

# %% [markdown]
# <details><summary>What we measured: open after you ran it</summary>
#
# In the race nobody knew: between 40 and 59 % of only 35 reviews, where the draw alone moves a figure by 8 points. The bag
# of words that has seen all 4,000 reviews, and so more of them with a split clue, gets
# 100 %<!-- quick: all reviews split clue --> of them! *love* with *wrong*, *hate* with *right*: which words meet in a review decides, not their
# order, and a dense layer sees all words at once. **Far apart is not the same as in order.** (On all new reviews it has
# 83 %<!-- quick: all reviews validation -->: a *not* is still lost on it.) The LSTM could carry *love* over the plot, it can hold a lamp for 34
# ticks; from the few reviews with a split clue that it has seen it has not learnt to, in 6 epochs. The real reviews of
# `full` know no such trick.
#
# </details>
#
# ### What is on the belt?
#
# Take the LSTM `critic` from above and let it read the first short validation review word by word. After each word look at the carry, at the
# forget gates, and at what it would say if the review ended there.


# %% tags=["demo", "fold"]
def watch_belt(net, numbers):
    """Read one review; return carry and forget gates, shape (words, units), and the answer after each word."""
    cell, units = net.layers[1].cell, net.layers[1].units
    vectors = net.layers[0](keras.utils.pad_sequences([numbers], maxlen=length))  # as in training
    states, carries, gates, said = cell.get_initial_state(1), [], [], []
    for t in range(length):
        z = vectors[:, t] @ cell.kernel + states[0] @ cell.recurrent_kernel + cell.bias
        gates.append(sigmoid(z[0, units : 2 * units]))
        _, states = cell(vectors[:, t], states)
        carries.append(np.asarray(states[1][0]))
        said.append(float(net.layers[2](states[0])[0, 0]))
    return (np.array(array)[-len(numbers) :] for array in (carries, gates, said))


# %% tags=["demo", "nbval-ignore-output"] nbval_reason="from a network trained on this machine"
coded, label = next((row[row > 0], y) for row, y in zip(x_val, y_val, strict=True) if 20 <= np.sum(row > 0) <= 30)
carries, gates, said = watch_belt(critic, coded)
kept = np.cumprod(gates[::-1], axis=0)[::-1]  # of what lies on the belt before a word: the share left at the end
print(reviews.decode(coded), f"  -> {label}, and the LSTM says {said[-1]:.2f}")

# %% tags=["demo", "fold", "nbval-ignore-output"] nbval_reason="drawn from a network trained on this machine"
fig, axes = plt.subplots(3, 1, figsize=(10, 6), sharex=True, height_ratios=[2.4, 1, 1])
order = np.argsort(carries[-1])
bound = np.abs(carries).max()
axes[0].imshow(carries[:, order].T, cmap=plots.SIGNED, vmin=-bound, vmax=bound, aspect="auto")
axes[0].set(title="The carry after each word", ylabel="unit")
axes[0].grid(visible=False)
axes[1].plot(said, "o-")
axes[1].set(ylabel="positive?", ylim=(-0.05, 1.05))
axes[2].plot(np.sort(kept, axis=1)[:, -1], "o-", label="the most faithful unit")
axes[2].plot(np.median(kept, axis=1), "s--", label="median unit")
axes[2].set(ylabel="kept to the end", ylim=(-0.05, 1.05))
axes[2].legend(loc="upper left")
labels = ["(start)", *(reviews.decode([number]) for number in coded[1:])]
axes[2].set_xticks(range(len(coded)), labels=labels, rotation=60, ha="right")
plots.show(
    "Three panels over the words of a short review. Top: the carry of each unit as coloured stripes, which change at some words and go on level over others. Middle: the answer after each word. Bottom: how much of the belt before each word is left at the end, for the most faithful and for the median unit; both rise towards the last words."
)

# %% tags=["demo", "nbval-ignore-output"] nbval_reason="from a network trained on this machine"
faithful = gates.mean(axis=0).max()
print(f"forget gates on average: {gates.mean():.2f}, of the most faithful unit {faithful:.2f}")
print(f"that unit loses half of its belt in {np.log(0.5) / np.log(faithful):.0f} words")

# %% [markdown]
# <details><summary>What we measured: open after you ran it</summary>
#
# Read the three panels together. Many stripes go on nearly level through the plot, some fade; at the words of opinion,
# *far from awful* and most of all *what convincing*, nearly all of them change, and what the network would say moves with
# them. (It leans to one side before the first opinion: a prejudice, not knowledge. And *far from awful* takes it down,
# though it is a kind of praise.)
#
# The lower panel is sobering. The forget gates are open by about two thirds on average, so that half of what lies on the belt
# is gone after two words or so, even in the most faithful unit. This LSTM learnt from reviews that have an opinion
# in every second sentence; a long memory was hardly ever needed, and so it has not learnt one. (The gates are not all:
# what leaves the belt of one unit may be written again onto another's, by way of the state.) Compare with the lamp, where
# the same kind of layer held one command for 34 ticks, because there it had to.
#
# </details>
#
# ## 8. How to improve it
#
# What the lecture proposes, one change at a time, from the LSTM of the race:
#
# - **longer word vectors**, or a **larger state**,
# - **recurrent dropout**: in training a share of the state is switched off on its way to the next step. The *same* share
# in all steps of a sequence; a new draw in every step would wipe out the memory,
# - **both directions** (`Bidirectional`): a second layer reads from the end to the beginning; their states are put side
# by side,
# - **stacking**: one LSTM on top of another. The lower one must hand on all its states (Exercise 3).

# %% [markdown]
# **Predict, then run.** Which change brings two points or more? *I expect ...*

# %% tags=["demo"]
predictions.ask(
    "improve",
    ["both directions", "stacking", "a larger state or longer vectors", "recurrent dropout", "none of them"],
)

# %% tags=["demo"]
changes = {
    "vectors twice as long": {"dims": 2 * settings["dims"]},
    "state twice as large": {"units": 2 * settings["units"]},
    "recurrent dropout 0.2": {"dropout": 0.2},
    "both directions": {"both_ways": True},
    "two layers": {"stacked": True},
}
better = Study(review_run, changes, seeds[: settings["improve_seeds"]])

# %% tags=["demo", "nbval-ignore-output"] nbval_reason="trained on this machine; the ledger test compares its figures within their spread"
base = race.results().query("setting == 'LSTM'")
everything = pd.concat([base, better.results()])
table = everything.groupby("setting", sort=False)[shown].mean()
table.insert(2, "std over seeds", everything.groupby("setting", sort=False)["validation"].std())
print(table.round(3).to_string())
predictions.recall("improve")

# %% [markdown]
# <details><summary>What we measured: open after you ran it</summary>
#
# | `quick` | training | new reviews |
# |---|---|---|
# | LSTM of the race | 92.5 %<!-- quick: LSTM training --> | 93.6 %<!-- quick: LSTM validation --> |
# | vectors twice as long | 90.3 %<!-- quick: vectors twice as long training --> | 88.8 %<!-- quick: vectors twice as long validation --> |
# | state twice as large | 90.5 %<!-- quick: state twice as large training --> | 87.1 %<!-- quick: state twice as large validation --> |
# | recurrent dropout 0.2 | 91.6 %<!-- quick: recurrent dropout 0.2 training --> | 94.2 %<!-- quick: recurrent dropout 0.2 validation --> |
# | both directions | 85.5 %<!-- quick: both directions training --> | 89.5 %<!-- quick: both directions validation --> |
# | two layers | 92.9 %<!-- quick: two layers training --> | 93.3 %<!-- quick: two layers validation --> |
#
# (One run each, on seed 0; the base is the mean of three.) **None of them** helps, here, in 6 epochs. Recurrent dropout is
# half a point above the base and two layers a little below: both are less than what the draw of 465 reviews adds, 1.1
# points, not to speak of the seeds. (Dropout fights overfitting, a disease that this network does not have: its training
# accuracy is no higher than that on new reviews.) Longer vectors, a larger state and both directions end four to seven points lower. Do
# they harm? They have not got as far on their *training* reviews either, two to seven points less than the base: they
# have more to learn, and 6 epochs are few. Say "slower", not "worse"; how fast and how good are two questions. With
# three times the epochs you would know more.
#
# And on the real reviews of `full`, after 10 epochs, where training is at 91 to 94 % for all of them?
# Vectors twice as long 86.8 %<!-- full: vectors twice as long validation -->, state twice as large
# 86.7 %<!-- full: state twice as large validation -->, both directions 86.3 %<!-- full: both directions validation -->, two
# layers 85.5 %<!-- full: two layers validation -->, recurrent dropout 83.2 %<!-- full: recurrent dropout 0.2 validation -->,
# beside 86.5 %<!-- full: LSTM validation --> for the base, whose two seeds are 1.5 points apart. No gain there either, and a
# loss for recurrent dropout, whose training is the lowest, too: after 10 epochs it has slowed learning down. So before you make a network larger,
# ask what it lacks: room, steps, or examples.
#
# One more way to improve it stands in the table of section 7: take another kind of network.
#
# </details>
#
# ### What is used today
#
# All networks of this notebook read one word after the other and must squeeze the whole past into one state. Since 2017
# most of the field has gone another way: **attention** lets every word look at every other word directly, over any
# distance, and weigh what it sees. Nothing has to ride on a belt, and nothing has to wait for the step before, so that a
# whole text is computed at once; large language models (transformers) are built of it. It pays with a cost that grows
# with the square of the length. Recurrent layers, old ones and new relatives of them, live on where data arrive step by
# step, memory is scarce or sequences are very long. The ideas of this notebook, gates, a belt, clipped gradients, are in
# both. (Vaswani and others, *Attention Is All You Need*, arXiv:1706.03762.)
#
# ## 9. The test set, once
#
# The answers to the test reviews have lain sealed since the race. Open them.


# %% tags=["demo", "nbval-ignore-output"] nbval_reason="trained on this machine; the ledger test compares its figures within their spread"
def open_sealed():
    return {name: [np.mean(np.array(run["sealed"]) == y_test) for run in race.runs(name)] for name in race.settings}


test_scores = evaluate_once("reviews", open_sealed)
for name, scores in test_scores.items():
    print(f"{name:13} {np.mean(scores):.1%} ± {np.std(scores, ddof=1):.1%} over {len(scores)} seeds")
print(f"draw of {len(y_test):,} test reviews: ± {np.sqrt(0.9 * 0.1 / len(y_test)):.1%}")

# %% [markdown]
# | | lecture, validation | `quick`, validation | `quick`, test | `full`, validation | `full`, test |
# |---|---|---|---|---|---|
# | bag of words |  | 79.0 %<!-- quick: bag of words validation --> | 73.1 %<!-- quick: bag of words test --> | 87.4 %<!-- full: bag of words validation --> | 85.7 %<!-- full: bag of words test --> |
# | convnet |  | 95.4 %<!-- quick: convnet validation --> | 95.5 %<!-- quick: convnet test --> | 86.4 %<!-- full: convnet validation --> | 84.5 %<!-- full: convnet test --> |
# | SimpleRNN | 82.26 % | 67.0 %<!-- quick: SimpleRNN validation --> | 67.4 %<!-- quick: SimpleRNN test --> | 80.2 %<!-- full: SimpleRNN validation --> | 80.1 %<!-- full: SimpleRNN test --> |
# | LSTM | 89 % | 93.6 %<!-- quick: LSTM validation --> | 91.9 %<!-- quick: LSTM test --> | 86.5 %<!-- full: LSTM validation --> | 85.9 %<!-- full: LSTM test --> |
# | GRU |  | 93.3 %<!-- quick: GRU validation --> | 92.2 %<!-- quick: GRU test --> | 86.5 %<!-- full: GRU validation --> | 85.6 %<!-- full: GRU test --> |
#
# The test agrees with the validation: the convnet first, then GRU and LSTM, far behind them the bag of words, and last the
# SimpleRNN. (Only the bag loses much, six points; the draw of so few reviews explains two or three.) The lecture's figures are for the real IMDB, and so is `full`, over
# two seeds. There the bag of words is as strong as the LSTM and the GRU, here it is far behind; section 7 says why.
#
# ### Your own review
#
# Write one, and watch the LSTM change its mind from word to word. (With `quick` it knows the words of its small grammar:
# praise or blame the acting, the music, the story, the ending.) Where does a *not* arrive? What does a long plot at the
# end do to a verdict?

# %% tags=["demo", "nbval-ignore-output"] nbval_reason="from a network trained on this machine; try your own text"
my_review = "the story is not superb although the music is touching the film as a whole is dull"
_, _, said = watch_belt(critic, reviews.encode(my_review))
for word, p in zip(["(start)", *my_review.split()], said, strict=True):
    print(f"{word:10} {'#' * round(40 * p):40} {p:.2f}")

# %% tags=["demo", "fold", "nbval-ignore-output"] nbval_reason="trained on this machine; the ledger test compares its figures within their spread"
measured = {
    "ball stays": miss(stays), "ball ruler": miss(ruler), "ball ruler at the wall": miss(ruler, wall), "wall share": wall.mean(), "race majority": majority,
}  # fmt: skip
for name in ball_study.settings:
    for metric in ("miss", "in the open", "at the wall"):
        measured[f"ball {name} {metric}"] = [run[metric] for run in ball_study.runs(name)]
for name, some in lamp_runs.items():
    measured[f"lamp {name}"] = [run["validation"] for run in some]
    measured[f"lamp {name}, short waits"] = [run["by wait"][0] for run in some]
    measured[f"lamp {name}, long waits"] = [np.mean(run["by wait"][4:]) for run in some]
for kind in ("SimpleRNN", "LSTM", "GRU"):
    measured |= {f"blame {kind} {when}": faded(lamp_runs[kind], when, 30) for when in ("before", "one epoch", "after")}
for name in race.settings:
    for metric in ("validation", "training") + (("split clue",) if profile == "quick" else ()):
        measured[f"{name} {metric}"] = [run[metric] for run in race.runs(name)]
for name in better.settings:
    for metric in ("validation", "training"):
        measured[f"{name} {metric}"] = [run[metric] for run in better.runs(name)]
measured |= {"all reviews validation": right.mean()} | ({"all reviews split clue": far_right} if far.any() else {})
ledger.record("09_rnn_lstm_gru", profile, measured | {f"{name} test": scores for name, scores in test_scores.items()})

# %% [markdown]
# ## 10. What did we find?
#
# So that everybody writes about the same numbers, here are some of those that the course recorded in `quick`, one per
# seed. (How long an epoch takes is in your own table of section 7.)

# %% nbgrader={"grade_id": "recorded", "locked": true}
recorded = {
    "bag of words validation": [0.7978, 0.7785, 0.7935],  # quick: bag of words validation
    "bag of words training": [0.8829, 0.8523, 0.8555],  # quick: bag of words training
    "convnet validation": [0.9527, 0.9570, 0.9527],  # quick: convnet validation
    "convnet training": [0.9957, 0.9989, 0.9919],  # quick: convnet training
    "SimpleRNN validation": [0.6925, 0.7677, 0.5505],  # quick: SimpleRNN validation
    "SimpleRNN training": [0.8233, 0.8432, 0.7707],  # quick: SimpleRNN training
    "LSTM validation": [0.9355, 0.9355, 0.9376],  # quick: LSTM validation
    "LSTM training": [0.9264, 0.9141, 0.9334],  # quick: LSTM training
    "GRU validation": [0.9441, 0.8968, 0.9570],  # quick: GRU validation
    "GRU training": [0.9624, 0.9393, 0.9388],  # quick: GRU training
    "vectors twice as long validation": [0.8882],  # quick: vectors twice as long validation
    "state twice as large validation": [0.8710],  # quick: state twice as large validation
    "recurrent dropout 0.2 validation": [0.9419],  # quick: recurrent dropout 0.2 validation
    "both directions validation": [0.8946],  # quick: both directions validation
    "two layers validation": [0.9333],  # quick: two layers validation
    "lamp bag of words": [0.5130],  # quick: lamp bag of words
    "lamp convnet": [0.8075],  # quick: lamp convnet
    "lamp SimpleRNN": [0.5545, 0.5535],  # quick: lamp SimpleRNN
    "lamp SimpleRNN, patient": [1.0000],  # quick: lamp SimpleRNN, patient
    "lamp LSTM": [1.0000],  # quick: lamp LSTM
    "lamp GRU": [1.0000],  # quick: lamp GRU
}

# %% [markdown]
# ### ✏️ Exercise 10: your findings (3 points, written)
#
# A film portal wants to sort reviews by mood; its servers are small. And a building company wants to know from its
# switches' log whether a lamp is on; a log may be quiet for a long time. Which network do you recommend to each? Comment
# on your findings in eight to twelve sentences.
#
# | points | for |
# |---|---|
# | 1 | the reviews: your choice with accuracy, parameters and time per epoch, beside two of the other networks; whether the differences are more than chance, over the seeds and over the reviews drawn |
# | 1 | the lamp: the figures of the bag of words, the convnet, the SimpleRNN (both ways of training) and the LSTM, each with its *reason*: what does it not see, or not keep? |
# | 1 | one change of section 8 with its figures, and whether you would make it; one limit of these measurements |

# %% [markdown] nbgrader={"grade_id": "findings", "solution": true, "points": 3}
# **Model answer.** (`quick`.) For the reviews I recommend the convnet: 95.4 %<!-- quick: convnet validation --> on new
# reviews, mean over three seeds with a deviation of 0.2 %<!-- quick: convnet validation: std -->, with 18,945 parameters and about 0.1
# seconds an epoch on my laptop. The GRU has 93.3 %<!-- quick: GRU validation --> and the LSTM 93.6 %<!-- quick: LSTM validation -->,
# with about 10,000 parameters each, but an epoch takes about twice as long. The lead over the LSTM, 1.8 points, is more than chance
# over the seeds (the LSTM's deviation is 0.1 %<!-- quick: LSTM validation: std -->, which three seeds may owe to luck), but over the 465
# reviews drawn each figure may move by a point; on the 969 test reviews it is 3.6 points (95.5 %<!-- quick: convnet test --> against
# 91.9 %<!-- quick: LSTM test -->), so I believe it. The lead over the GRU, about two points, is within its spread of 3.2 %<!-- quick: GRU validation: std -->. The bag of words is the fastest and has only
# 79.0 %<!-- quick: bag of words validation -->: it does not see what a *not* belongs to. For the lamp the order of the commands is all
# that counts. The bag of words has 51.3 %<!-- quick: lamp bag of words -->, a guess: with three *on* and three *off* every sequence is
# the same bag. The convnet has 80.8 %<!-- quick: lamp convnet -->, but only 61 %<!-- quick: lamp convnet, short waits --> after short waits: its
# windows of 7 words cannot say which of two commands far apart came last; after long waits it uses that the commands are
# crowded, which a real log will not offer. The SimpleRNN ended at 55.4 %<!-- quick: lamp SimpleRNN --> in six epochs and at
# 100.0 %<!-- quick: lamp SimpleRNN, patient --> in twelve with clipping: it can keep the state; in six epochs without clipping training
# did not find that. The LSTM has 100.0 %<!-- quick: lamp LSTM --> whatever the wait: its forget gate keeps the belt at a tick, its input
# gate writes at a command, so I recommend it (or a GRU). Of the changes of section 8 I would
# make none: two layers have 93.3 %<!-- quick: two layers validation --> on the reviews where the base has 93.6 %<!-- quick: LSTM validation -->, for half as much time again,
# and one run cannot tell these apart. A limit: reviews and lamps are made by small
# grammars, and training stopped after 6 epochs while the recurrent curves still moved; I would repeat it on the portal's
# own reviews.
#
# **Marking guide.** One point per row of the table that students see. Accept the numbers that the student's own notebook
# prints.
#
# - Row 1: needs accuracy, parameters and time of the choice and of two others, and both kinds of chance. Another choice than the convnet is fine if the figures carry it (the GRU for fewer parameters). The best mean alone: no point.
# - Row 2: needs the figures and a mechanism for each: no order in a bag; a window that ends; a kernel that must keep and overwrite at once (or gradients that fade); gates. "The SimpleRNN cannot do it" is wrong: the patient one did, and a single unit with weights by hand does.
# - Row 3: one change with its figure beside the base, a decision that fits chance and cost, and a real limit: made-up data, few seeds, few epochs, one size.

# %% [markdown]
# ## Can you do it now?
#
# - [ ] I can compute the states of a recurrent network by hand, for one sequence and for a batch, as Keras does.
# - [ ] I can tell four kinds of sequence task apart, and say when a layer has to return all its states.
# - [ ] I can follow a gradient back through time, and say why it vanishes or explodes, and what clipping cures.
# - [ ] I can compute one step of an LSTM and of a GRU, and say what each gate is for.
# - [ ] I can say when a recurrent network is worth its time, and when a bag of words or a convnet will do.
#
# **What if ...**
#
# - ... only the **first** command counted, not the last? Find `w_word` and `w_state` for one stubborn unit that never
# changes its mind again. Which of your two units is harder to find by training?
# - ... the fresh forget gates were shut (`unit_forget_bias=False`, or a bias of -2)? Predict how many epochs the LSTM then
# needs for the lamp, and try it.
# - ... you padded the reviews behind the text, not in front? Predict the accuracy of the SimpleRNN and of the LSTM, then
# change `pad_sequences` and run the race again.
# - ... the ball rolled behind a curtain for three frames? Set these frames to zero in `before`. Which layer finds it again?
#
# **Further reading**
#
# - G. James, D. Witten, T. Hastie, R. Tibshirani, *An Introduction to Statistical Learning*, 2nd ed., section 10.5.
# - F. Chollet, *Deep Learning with Python*: the chapter on text and sequences; the NumPy loop and the nets for IMDB are
# his.
# - K. P. Murphy, *Probabilistic Machine Learning: An Introduction*, section 15.2.
# - S. Hochreiter, J. Schmidhuber, *Long Short-Term Memory*, Neural Computation 9 (1997).
# - K. Cho et al., *Learning Phrase Representations using RNN Encoder-Decoder for Statistical Machine Translation*,
# arXiv:1406.1078: where the GRU comes from.
# - R. Pascanu, T. Mikolov, Y. Bengio, *On the difficulty of training recurrent neural networks*, arXiv:1211.5063: why
# gradients vanish and explode, and clipping.

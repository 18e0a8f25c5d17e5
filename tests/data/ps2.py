# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # A second tiny assignment: arrays, a table of settings, refused input, a model

# %% nbgrader={"grade_id": "setup", "locked": true}
import keras
import numpy as np

from course_utils import checks


# %% nbgrader={"grade_id": "running", "solution": true}
def running(x):
    """Return the running sums of x, an array of the same length."""
    ### BEGIN SOLUTION
    return np.cumsum(x)
    ### END SOLUTION


# %% nbgrader={"grade_id": "running-test", "points": 2}
checks.close(running(np.array([1.0, 2.0])), [1.0, 3.0], "running([1, 2])")
### BEGIN HIDDEN TESTS
_numbers = np.random.default_rng(7).normal(size=20)
checks.close(running(_numbers), np.cumsum(_numbers), "running of 20 numbers")
### END HIDDEN TESTS


# %% nbgrader={"grade_id": "clamp", "solution": true}
def clamp(x):
    """Return x, but not less than 0 and not more than 1."""
    ### BEGIN SOLUTION
    return min(max(x, 0.0), 1.0)
    ### END SOLUTION


# %% nbgrader={"grade_id": "clamp-test", "points": 2}
checks.close(clamp(2.0), 1.0, "clamp(2.0)")
### BEGIN HIDDEN TESTS
_pairs = [(-1.0, 0.0), (0.25, 0.25), (3.0, 1.0)]
_right = map(lambda _pair: abs(clamp(_pair[0]) - _pair[1]) < 1e-9, _pairs)  # noqa: C417  (a loop that may end early)
assert all(_right), "clamp is wrong for other numbers"
### END HIDDEN TESTS

# %% nbgrader={"grade_id": "settings", "solution": true}
### BEGIN SOLUTION
settings = {"units": 8, "rate": 0.1}
### END SOLUTION

# %% nbgrader={"grade_id": "settings-test", "points": 1}
checks.equal(sorted(settings), ["rate", "units"], "the names in settings")
### BEGIN HIDDEN TESTS
checks.equal(settings["units"], 8, 'settings["units"]')
checks.close(settings["rate"], 0.1, 'settings["rate"]')
### END HIDDEN TESTS


# %% nbgrader={"grade_id": "root", "solution": true}
def root(x):
    """Return the square root of x; ValueError if there is none."""
    ### BEGIN SOLUTION
    if x < 0:
        raise ValueError("no root of a negative number")
    return x**0.5
    ### END SOLUTION


# %% nbgrader={"grade_id": "root-test", "points": 2}
checks.close(root(4.0), 2.0, "root(4)")
### BEGIN HIDDEN TESTS
checks.close(root(9.0), 3.0, "root(9)")
checks.raises(ValueError, lambda: root(-1.0), "root(-1)", "there is no root of a negative number")
### END HIDDEN TESTS


# %% nbgrader={"grade_id": "build", "solution": true}
def build():
    """Return a model: 4 numbers in, 3 hidden units with ReLU, 1 number out."""
    ### BEGIN SOLUTION
    return keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, activation="relu"), keras.layers.Dense(1)])
    ### END SOLUTION


# %% nbgrader={"grade_id": "build-test", "points": 3}
_model = build()
checks.equal(_model.count_params(), 19, "the number of parameters")
### BEGIN HIDDEN TESTS
_dense = [_layer for _layer in _model.layers if type(_layer).__name__ == "Dense"]
checks.equal([_layer.units for _layer in _dense], [3, 1], "the units of the layers")
checks.equal(_dense[0].activation.__name__, "relu", "the activation")
checks.equal(tuple(_model(np.ones((2, 4))).shape), (2, 1), "the shape of the output")
### END HIDDEN TESTS

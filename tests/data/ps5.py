# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # A fifth tiny assignment: three exercises that do without each other, a prediction, a question & <angle brackets>

# %% nbgrader={"grade_id": "setup", "locked": true}
from course_utils import checks, predictions

# %% tags=["demo"]
predictions.ask("race", ["the tortoise", "the hare"])

# %% tags=["demo"]
predictions.recall("race")

# %% [markdown]
# ## ✏️ `double`


# %% nbgrader={"grade_id": "double", "solution": true}
def double(x):
    """Return twice x."""
    ### BEGIN SOLUTION
    return 2 * x
    ### END SOLUTION


# %% nbgrader={"grade_id": "double-test", "points": 2}
checks.close(double(2), 4, "double(2)")
print("double: the visible checks pass.")
### BEGIN HIDDEN TESTS
checks.close(double(21), 42, "double of another number")
### END HIDDEN TESTS

# %% [markdown]
# ## ✏️ `share`


# %% nbgrader={"grade_id": "share", "solution": true}
def share(part, whole):
    """Return part / whole."""
    ### BEGIN SOLUTION
    return part / whole
    ### END SOLUTION


# %% nbgrader={"grade_id": "share-test", "points": 3}
checks.close(share(1, 4), 0.25, "share(1, 4)")
### BEGIN HIDDEN TESTS
checks.close(share(1, 8), 0.125, "share of another number")
### END HIDDEN TESTS

# %% [markdown]
# ## ✏️ `largest`


# %% nbgrader={"grade_id": "largest", "solution": true}
def largest(numbers):
    """Return the largest number."""
    ### BEGIN SOLUTION
    return max(numbers)
    ### END SOLUTION


# %% nbgrader={"grade_id": "largest-test", "points": 4}
checks.close(largest([1, 3, 2]), 3, "largest([1, 3, 2])")

# %% [markdown]
# ## ✏️ Why?

# %% [markdown] nbgrader={"grade_id": "why", "solution": true, "points": 5}
# Because. (Two points for a reason, three for a good one.)

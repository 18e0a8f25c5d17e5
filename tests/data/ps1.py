# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # A tiny assignment for the tests of the autograder

# %% tags=["parameters"]
profile = "quick"

# %% nbgrader={"grade_id": "setup", "locked": true}
from course_utils import checks

# %% tags=["demo"]
raise_if_run = 1
print("a lecture cell that the grader does not run")


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
_secret = 21
checks.close(double(_secret), 42, "double of another number")
### END HIDDEN TESTS


# %% nbgrader={"grade_id": "share", "solution": true}
def share(part, whole):
    """Return part / whole."""
    ### BEGIN SOLUTION
    return part / whole
    ### END SOLUTION


# %% nbgrader={"grade_id": "share-test", "points": 3}
checks.close(share(1, 4), 0.25, "share(1, 4)")
### BEGIN HIDDEN TESTS
_right = [share(_a, 8) == _a / 8 for _a in (1, 3, 5)]
### END HIDDEN TESTS

# %% nbgrader={"grade_id": "partial-test", "points": 4}
### BEGIN HIDDEN TESTS
_earned = float(double(1) == 2) + 3 * float(share(1, 2) == 0.5)
_earned
### END HIDDEN TESTS

# %% [markdown]
# Why?

# %% [markdown] nbgrader={"grade_id": "why", "solution": true, "points": 5}
# Because. (Two points for a reason, three for a good one.)

# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # A third tiny assignment: helpers of the tests in cells of their own, and credit for parts of an answer

# %% nbgrader={"grade_id": "setup", "locked": true}
import numpy as np

from course_utils.checks import close

close(np.add(1, 1), 2, "one and one")


# %% nbgrader={"grade_id": "helper", "locked": true}
def agree(got, right, what):
    """Compare both, and say what was compared."""
    close(got, right, what)
    return f"{what} is right"


# %% nbgrader={"grade_id": "triple", "solution": true}
def triple(x):
    """Return three times x."""
    ### BEGIN SOLUTION
    return 3 * x
    ### END SOLUTION


# %% nbgrader={"grade_id": "triple-test", "points": 2}
close(triple(2), 6, "triple(2)")
### BEGIN HIDDEN TESTS
print(agree(triple(5), 15, "triple(5)"))
### END HIDDEN TESTS


# %% nbgrader={"grade_id": "triple-more", "points": 1}
### BEGIN HIDDEN TESTS
print(agree(triple(7), 21, "triple(7)"))
### END HIDDEN TESTS


# %% nbgrader={"grade_id": "halves", "solution": true}
def halves(x):
    """Return an array of the halves of the numbers in x."""
    ### BEGIN SOLUTION
    return np.asarray(x) / 2
    ### END SOLUTION


# %% nbgrader={"grade_id": "halves-test", "points": 4}
### BEGIN HIDDEN TESTS
4 * np.mean(np.isclose(halves([1.0]), [0.5]))
### END HIDDEN TESTS


# %% nbgrader={"grade_id": "halves-more", "points": 2}
### BEGIN HIDDEN TESTS
2 - 9 * float(np.abs(np.subtract(halves([1.0, 3.0]), [0.5, 1.5])).max())
### END HIDDEN TESTS

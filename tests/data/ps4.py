# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # A fourth tiny assignment: exercises that build on each other

# %% nbgrader={"grade_id": "setup", "locked": true}
from course_utils import checks


# %% nbgrader={"grade_id": "square", "solution": true}
def square(x):
    """Return x times x."""
    ### BEGIN SOLUTION
    kingfisher = x * x
    return kingfisher
    ### END SOLUTION


# %% nbgrader={"grade_id": "square-test", "points": 2}
checks.close(square(3), 9, "square(3)")


# %% nbgrader={"grade_id": "fourth", "solution": true}
def fourth(x):
    """Return the fourth power of x."""
    ### BEGIN SOLUTION
    return square(square(x))
    ### END SOLUTION


# %% nbgrader={"grade_id": "fourth-test", "points": 3}
checks.close(fourth(2), 16, "fourth(2)")
### BEGIN HIDDEN TESTS
checks.close(fourth(3), 81, "fourth of another number")
### END HIDDEN TESTS

# %% [markdown]
# What is the fourth power of 2, plus the square of 5?

# %% nbgrader={"grade_id": "total", "solution": true}
### BEGIN SOLUTION
total = fourth(2) + square(5)
### END SOLUTION

# %% nbgrader={"grade_id": "total-test", "points": 4}
checks.close(total, 41, "total")

# %% nbgrader={"grade_id": "shared-test", "points": 5}
### BEGIN HIDDEN TESTS
2 * float(square(4) == 16) + 3 * float(fourth(1) == 1)
### END HIDDEN TESTS


# %% nbgrader={"grade_id": "alone", "solution": true}
def alone(x):
    """Return x plus 1."""
    ### BEGIN SOLUTION
    return x + 1
    ### END SOLUTION


# %% nbgrader={"grade_id": "alone-test", "points": 1}
checks.close(alone(1), 2, "alone(1)")

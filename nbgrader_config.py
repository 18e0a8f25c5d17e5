"""The course's configuration for nbgrader and for `autograder`: both read this file, so both do the same.

Run either from this folder. Every setting of nbgrader may be changed here; https://nbgrader.readthedocs.io lists them.
"""

c = get_config()  # noqa: F821  (provided by traitlets when it loads this file)

# Folders: solutions/ is what authors write, notebooks/ is what students get
c.CourseDirectory.course_id = "deep-learning"
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "notebooks"
c.CourseDirectory.ignore = [
    ".ipynb_checkpoints",
    "*.pyc",
    "__pycache__",
    "feedback",
    "[0-9][0-9]_*.py",  # the notebooks' sources hold the solutions: never released
]

# What students find in place of a solution
c.ClearSolutions.code_stub = {"python": 'raise NotImplementedError("Your code goes here: replace this line.")'}
c.ClearSolutions.text_stub = "*Your answer goes here: replace this line.*"

# Other users of the machine cannot read what kernels and grader say to each other
c.KernelManager.transport_encryption = "auto"

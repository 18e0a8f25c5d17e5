"""From an uploaded folder or zip to a submission that can be run: collected, read, rebuilt, and how late it is.

`preprocessors`  what nbgrader is told to use in place of its own parts, up to the run
"""

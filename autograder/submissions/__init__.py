"""From an uploaded folder or zip to a notebook that can be run.

`collect`        whose is which file? Copies each student's notebook to ``submitted/``
`archive`        the members of a folder or zip that anybody may have packed
`receipt`        what a student's own check left beside a notebook, as a claim
`reader`         a file that anybody may have written, as a plain notebook
`rebuild`        the student's answers, put into the released notebook
`late`           how late it was handed in, and what that costs; `times` reads and writes times
`preprocessors`  what nbgrader is told to use in place of its own parts, up to the run
"""

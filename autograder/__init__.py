"""Release, collect, grade, feedback, export: the instructor's side of the course, built on nbgrader.

A room for each step, in the order in which an assignment goes through them:

`authoring`    from a .py source to what students get
`submissions`  from an uploaded folder or zip to a notebook that can be run
`grading`      a class: what is to be run, where, and one who writes what it comes to
`execution`    one submission: two kernels, limits, points
`kernels`      kernels that are ready at once, and kernels that cannot hurt anyone
`judge`        what runs in kernels so that tests and submission never share one
`results`      pages for students, tables of marks, a report on the class
`lms`          what learning platforms give out and take back
`notebooks`    what a cell is, which names it needs, the source and its student version

`cli` is the command (`entry` says first where it cannot run), `plugins` what nbgrader_config.py may name, `course`
folders and configuration, `doctor` looks whether all is here that is needed. Each room imports from rooms below only:
docs/developers.md has the drawing.
"""

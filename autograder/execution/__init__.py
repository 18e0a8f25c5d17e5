"""Running one submission: the student's kernel, the judge's, limits that have names, points.

`execute`    all cells in order, in two kernels, as often as needed; what nbgrader is told to use for it
`runner`     one kernel that runs single cells within limits
`outcomes`   how a cell can end, and what the student is told of it
`scoring`    points of a test cell by what the test did
`reuse`      what an earlier run is still good for when only tests have changed
`follow_on`  a slip costs its own points only: the run with references
`turns`      which submissions run beside others on this machine, and which alone
"""

"""Running one submission: the student's kernel, the judge's, limits that have names, points.

`execute`    what nbgrader is told to use: settings, and one session for each submission
`session`    one submission: all cells in order, as often as needed, and what stands in the end
`pair`       the two kernels of one run, the student's and the judge's, and what they do together
`runner`     one kernel that runs single cells within limits
`output`     how much a kernel may show, and what becomes of more
`outcomes`   how a cell can end, and what the student is told of it
`scoring`    points of a test cell by what the test did
`reuse`      what an earlier run is still good for when only tests have changed
`follow_on`  a slip costs its own points only: what to try with references
`references` the run in which it is tried
`turns`      which submissions run beside others on this machine, and which alone
"""

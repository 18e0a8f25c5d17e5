"""Running one submission: two kernels, limits with names, scores.

`scoring`   points of a test cell by what the test did
`outcomes`  how a cell can end, and what the student is told of it
"""

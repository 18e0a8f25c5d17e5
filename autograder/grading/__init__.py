"""Grading a class: what is to be run, where it is run, and one writer who keeps what it came to.

`grade`      what is to be run, and on whom
`job`        what goes out to a worker and what comes back, all by value
`cluster`    where jobs run: Dask's workers, of this machine or of a cluster
`worker`     one job done: a private course in a temporary folder, nbgrader's autograde on it
`writer`     results become part of the course: journal, files, marks, records, in this order
`store`      what is kept of one assignment: records, journal, results that wait
`journal`    results on their way; `gradebook`: nbgrader's marks; `records`: what is kept of each submission
`patches`    what of nbgrader is changed from within, and for which versions
`versions`   what marks depend on beside the submission
`regrade`    what of an earlier run is kept, and what would change for whom
"""

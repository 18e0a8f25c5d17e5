"""From a .py source to what students get.

`new`       a small assignment that is complete, to begin with
`build`     sources become executed notebooks
`button`    the last cells of a student version: a button that checks it
`release`   executed notebooks become student versions, registered in the gradebook
`handout`   what students get, as a folder, a zip or a branch
`validate`  is an assignment fit to be graded? What its author should hear before students get it
`mutants`   small faults in a reference answer
`mutation`  do the tests tell them? What is known, what was found, what is named as equivalent
`mutant_runner`  tries them, in a process that may die
`trial`     runs a notebook's cells in one process, quick enough for hundreds of answers
"""

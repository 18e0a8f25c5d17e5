"""What a notebook holds, before and after students have it: its cells, their names, the source and its student version.

`cells`     what a cell is: test, answer, locked, lecture; the errors among its outputs
`names`     what a cell reads and what it defines
`markers`   nbgrader's marks, as authors write them
`source`    the solution notebook, and the student version made of it
`releases`  what students were ever given
"""

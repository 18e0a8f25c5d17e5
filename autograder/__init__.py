"""Release, collect, grade, feedback, export: the instructor's side of the course, built on nbgrader."""

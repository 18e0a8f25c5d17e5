"""What learning platforms give out and take back.

`tables`     CSV files, read and written without changing what is not ours
`platforms`  what their tables have in common: students are found in them, marks are filled in
`canvas`     Canvas' gradebook
`moodle`     Moodle's grading worksheet
`roster`     the list of a class, from any of these
"""

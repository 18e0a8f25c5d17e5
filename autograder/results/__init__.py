"""What comes out of grading: pages for students, tables of marks, a report on the class.

`feedback_view`  what of a notebook stands on the page that a student gets
"""

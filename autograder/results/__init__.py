"""What comes out of grading: pages for students, tables of marks, a report on the class.

`feedback`       a page for each student; `feedback_view`: what of the notebook stands on it
`pages`          the templates of pages, and what of a notebook a page may show
`safe_html`      what students wrote, as HTML in which nothing runs; `mathml`: their formulas
`bounded`        work on what students wrote, with an end to its time and memory
`export`         marks as a table, for people, Canvas or Moodle
`receipts`       what students' own checks said, beside what arrived
`report`         a page about how the class did
"""

"""Print for each exercise how many wrong answers lose their points and how many right ones keep them.

With ``--mutants``: put small faults into the reference answers, and require that the tests tell all of them but those
that are named in ``EQUIVALENT``. What else is given goes to ``autograder validate-source``: names, ``--exercise NAME``.
"""

from __future__ import annotations

import sys
from collections import defaultdict

from rich.console import Console
from rich.table import Table

from autograder.cli import app
from tests.exercises import Answer, answers, message

if "--mutants" in sys.argv:
    sys.argv[:1] = ["autograder", "validate-source"]
    app()

by_exercise: dict[tuple[str, str], list[Answer]] = defaultdict(list)
for answer in answers():
    by_exercise[answer.assignment, answer.exercise].append(answer)

table = Table("Notebook", "Exercise", "Wrong answers caught", "Right answers kept", title="Tests of the exercises")
mistakes = 0
for (assignment, exercise), found in by_exercise.items():
    wrong = [message(answer) is not None for answer in found if not answer.is_right]
    right = [message(answer) is None for answer in found if answer.is_right]
    mistakes += len(wrong) + len(right) - sum(wrong) - sum(right)
    table.add_row(assignment, exercise, f"{sum(wrong)} of {len(wrong)}", f"{sum(right)} of {len(right)}")
Console().print(table)
raise SystemExit(bool(mistakes))

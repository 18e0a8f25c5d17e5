"""The page: one HTML file without scripts, links to elsewhere, or anything of a student's that is not escaped."""

from __future__ import annotations

import re
from base64 import b64encode
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from statistics import median
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from autograder.grading.records import Outcome
from autograder.results.report import charts, measures, messages
from autograder.results.report.gather import NOT_YET, NOTHING, Class, Student
from autograder.results.report.measures import Exercise, Scores
from autograder.results.report.messages import Group
from autograder.results.report.similar import Pair

HERE = Path(__file__).parent
LONG = 12  # a longer table is folded
NAMES = 100  # students named behind one error
QUOTED = 100  # characters of the commonest error
MOST_ERRORS, MOST_PAIRS, MOST_LINES = 100, 30, 150
NO_MARK = [NOTHING, Outcome.MISSING.value, Outcome.UNREADABLE.value, Outcome.GRADER_ERROR.value, NOT_YET]
STATES = {Outcome.MISSING.value: "no notebook among the files"}  # where the record's word says too little
# Letters that a browser does not show, or that turn the writing around
UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")


@dataclass(frozen=True)
class Compared:
    """What came of comparing answers; `pairs` is None where they could not be compared."""

    pairs: list[Pair] | None
    submissions: int = 0
    common: int = 0  # what more students than this wrote was left out


def render(assignment: str, everybody: Class, compared: Compared, made: datetime | None = None) -> str:
    """Make the page.

    Args:
        assignment: the assignment's name.
        everybody: the class.
        compared: what came of comparing answers.
        made: when; now by default.

    Returns:
        The HTML.
    """
    style = (HERE / "page.css").read_text(encoding="utf-8")
    environment = Environment(
        loader=FileSystemLoader(HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"label": label, "duration": charts.duration, "slug": charts.slug, "signed": charts.signed}
    html = environment.get_template("page.html.j2").render(
        assignment=assignment,
        made=(made or datetime.now(UTC)).strftime("%Y-%m-%d %H:%M UTC"),
        style=Markup(style),  # noqa: S704  (our own file)
        policy=f"default-src 'none'; style-src 'sha256-{_digest(style)}'; base-uri 'none'; form-action 'none'",
        **_contents(everybody, compared),
    )
    return UNSEEN.sub("\N{REPLACEMENT CHARACTER}", html)


def label(name: str) -> str:
    """Name an exercise as its answer cell, without the test cell's ending.

    Args:
        name: a grade_id.
    """
    return name.removesuffix("-test")


def _contents(everybody: Class, compared: Compared) -> dict[str, Any]:
    students = everybody.students
    found, scores, errors = measures.exercises(students), measures.scores(students), messages.group(students)
    late = sorted((s for s in students if s.late), key=lambda student: -student.late)
    return {
        "students": students,
        "people": {student.id: student for student in students},
        "graded": [student for student in students if student.graded],
        "handed_in": sum(student.handed_in for student in students),
        "due": everybody.due and everybody.due.strftime("%Y-%m-%d %H:%M UTC"),
        "late": late,
        "usually_late": charts.duration(median(s.late.total_seconds() for s in late)) if late else "",
        "flagged": [student for student in students if student.record and student.record.flags],
        "unconfined": [student for student in students if student.record and not student.record.sandboxed],
        "missing": {STATES.get(state, state): [s for s in students if s.state == state] for state in NO_MARK},
        "errors": errors[:MOST_ERRORS],
        "further_errors": max(0, len(errors) - MOST_ERRORS),
        "remarks": messages.remarks(students),
        "exercises": found,
        "few": measures.FEW,
        "happened": measures.HAPPENED,
        "standing_out": _standing_out(students, found, errors, late, compared),
        "compared": compared,
        "pairs": (compared.pairs or [])[:MOST_PAIRS],
        "long": LONG,
        "names": NAMES,
        "lines": MOST_LINES,
        **_scores(scores),
        **_exercises(found),
        **_times(students),
    }


def _scores(scores: Scores) -> dict[str, Any]:
    counts, number = measures.histogram(scores), len(scores.points)
    parts = [f"{100 * k // len(counts)} to {100 * (k + 1) // len(counts)} %" for k in range(len(counts))]
    mean = float(scores.points.mean()) if number else None
    share = mean / scores.max_score if mean is not None and scores.max_score else None
    top = max(range(len(counts)), key=counts.__getitem__)
    words = f"Of {number} graded students, most ({counts[top]}) have {parts[top]} of {scores.max_score:g} points."
    return {
        "scores": scores,
        "mean": mean,
        "median": float(median(scores.points)) if number else None,
        "bins": list(zip(parts, counts, strict=True)),
        "score_chart": charts.histogram(counts, share, words) if number and scores.max_score else "",
    }


def _exercises(found: Sequence[Exercise]) -> dict[str, Any]:
    named = [Exercise(**{**vars(one), "name": label(one.name)}) for one in found]
    said = "; ".join(
        f"{one.name}: {_share(one.difficulty)} of the points, discrimination {charts.signed(one.discrimination)}"
        for one in named
    )
    counted = "; ".join(f"{one.name}: " + ", ".join(f"{n} {what}" for what, n in one.happened.items()) for one in named)
    return {
        "exercise_chart": charts.difficulty(named, f"{said}."),
        "happened_chart": charts.happened(named, f"{counted}."),
        "occurring": [what for what in measures.HAPPENED if any(one.happened.get(what) for one in found)],
    }


def _times(students: Sequence[Student]) -> dict[str, Any]:
    cells = measures.seconds(students)
    whole = sorted(student.record.seconds for student in students if student.record and student.record.seconds)
    said = "; ".join(f"{one.name}: median {charts.duration(one.median)}" for one in cells)
    return {
        "cells": cells,
        "time_chart": charts.times(cells, f"{said}.") if cells else "",
        "submission_median": charts.duration(median(whole)) if whole else "",
        "submission_longest": charts.duration(whole[-1]) if whole else "",
    }


def _standing_out(
    students: Sequence[Student],
    found: Sequence[Exercise],
    errors: Sequence[Group],
    late: Sequence[Student],
    compared: Compared,
) -> list[str]:
    """Say in a few sentences what an instructor would look for first."""
    said = []
    settled = [one for one in found if not one.happened.get("to be marked by hand")]
    measured = [one for one in settled if one.difficulty is not None]
    if len(measured) > 1:
        hardest = min(measured, key=lambda one: one.difficulty or 0.0)
        said.append(f"The hardest exercise is {label(hardest.name)}: {_share(hardest.difficulty)} of its points.")
    wrong = [label(one.name) for one in found if one.discrimination is not None and one.discrimination < 0.1]
    if wrong:
        said.append(f"Who does well elsewhere does no better in {', '.join(wrong)}: look at its text and tests.")
    if errors and len(errors[0].students) > 1:
        first = errors[0]
        text = first.message if len(first.message) <= QUOTED else f"{first.message[:QUOTED]}…"
        said.append(f"Said most often, to {_students(len(first.students))}: “{text}”")
    waiting = [label(one.name) for one in found if one.happened.get("to be marked by hand")]
    if waiting:
        said.append(f"Not everything is marked by hand yet: {', '.join(waiting)}.")
    states = Counter(student.state for student in students if not student.graded)
    if states:
        said.append(
            "No mark yet: "
            + ", ".join(f"{number} {STATES.get(state, state)}" for state, number in states.most_common())
            + "."
        )
    if late:
        said.append(f"{_students(len(late))} handed in late.")
    flags = sum(bool(student.record and student.record.flags) for student in students)
    if flags:
        said.append(f"{_students(flags)} with a flag to look at.")
    if compared.pairs:
        number, most = len(compared.pairs), len(compared.pairs[0].matches)
        said.append(
            f"{number} pair{'' if number == 1 else 's'} of submissions worth a look; "
            f"the most alike agree in {most} exercise{'' if most == 1 else 's'}."
        )
    return said


def _students(number: int) -> str:
    return f"{number} student{'' if number == 1 else 's'}"


def _share(share: float | None) -> str:
    return "no part known yet" if share is None else f"{100 * share:.0f} %"


def _digest(style: str) -> str:
    return b64encode(sha256(style.encode()).digest()).decode()

"""autograder.submissions.late: what lateness costs, whoever asks and whenever."""

from __future__ import annotations

import csv
import io
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from nbgrader.api import Gradebook

from autograder.course import Course
from autograder.errors import CourseError, SubmissionError, TableError
from autograder.grading.grade import grade
from autograder.results.export import export
from autograder.results.feedback import feedback
from autograder.submissions import late, times
from autograder.submissions.late import LatePolicy
from tests.support.classroom import Classroom
from tests.support.marked import DUE, Marked

BERLIN = ZoneInfo("Europe/Berlin")


def row(marked: Marked, student: str) -> dict[str, str]:
    """Export, and return a student's row."""
    out = marked.course.root / "grades.csv"
    export(marked.course, "ps1", out)
    [found] = [row for row in csv.DictReader(io.StringIO(out.read_text(encoding="utf-8"))) if row["student"] == student]
    return found


def money(found: dict[str, str]) -> tuple[str, ...]:
    return tuple(found[name] for name in ("late_days", "penalty", "score_before_penalty", "score"))


# times


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("2026-05-03 18:00:00 +0200", "2026-05-03 16:00"),
        ("2026-05-03 18:00:00+02:00", "2026-05-03 16:00"),
        ("2026-05-03T18:00:00Z", "2026-05-03 18:00"),
        ("2026-05-03 18:00:00.250000 UTC", "2026-05-03 18:00:00.250000"),
        ("2026-05-03 18:00:00 GMT", "2026-05-03 18:00"),
        ("2026-05-03 6:00 PM", "2026-05-03 18:00"),
        ("2026-05-03 12:00:30 AM", "2026-05-03 00:00:30"),
        ("  2026-05-03   18:00 ", "2026-05-03 18:00"),
        ("Sunday, 3 May 2026, 6:00 PM", "2026-05-03 18:00"),
    ],
)
def test_time_of_a_submission_is_the_moment_that_is_written(tmp_path: Path, text: str, wanted: str) -> None:
    (tmp_path / "timestamp.txt").write_text(text)
    assert times.submitted_at(tmp_path) == datetime.fromisoformat(wanted)


@pytest.mark.parametrize(
    "text",
    [
        "2026-05-03 18:00:00 CEST",
        "2026-05-03 18:00:00 EDT",
        "05/03/2026 6:00 PM",
        "03.05.2026 18:00",
        "3 May",
        "yesterday",
        "2026-13-01 18:00",
        "1777831200",
        "2026-05-03 18:00 \0",
        "2026-05-03 18:00\0",
        "\0" * 1000,
    ],
)
def test_time_that_may_mean_two_things_is_refused_with_the_file_and_a_mend(tmp_path: Path, text: str) -> None:
    (tmp_path / "timestamp.txt").write_text(text)
    with pytest.raises(
        SubmissionError, match=r"timestamp\.txt holds .* not a time.* Write for example 2026-05-03 16:00:00"
    ):
        times.submitted_at(tmp_path)


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        (
            "2026-10-24 21:59:59",
            "2026-10-25 22:59:59",
            1,
        ),  # 25 hours, the same time by the clock: summer time has ended
        ("2026-10-24 21:59:59", "2026-10-25 23:00:00", 2),
        ("2026-03-28 22:59:59", "2026-03-29 21:59:59", 1),  # 23 hours: summer time has begun
        ("2026-03-28 22:59:59", "2026-03-29 22:00:00", 2),
        ("2026-05-03 21:59:59", "2026-05-04 21:59:59", 1),
        ("2026-05-03 21:59:59", "2026-05-03 22:00:00", 1),
    ],
)
def test_day_later_is_the_same_time_by_the_clock(start: str, end: str, days: int) -> None:
    assert late.days_between(datetime.fromisoformat(start), datetime.fromisoformat(end), BERLIN) == days


def test_unknown_student_in_extensions_is_an_error_that_names_whom_it_may_mean(tmp_path: Path) -> None:
    path = tmp_path / "extensions.csv"
    path.write_text("student,assignment,until\nlovelaceadaa,ps1,2026-05-10\n")
    with pytest.raises(
        TableError, match=r"row 1 \(lovelaceadaa, ps1\): nobody of this name .* Is it 'lovelaceada'\?"
    ) as said:
        late.read_extensions(path, BERLIN, ["ps1"], {"lovelaceada", "booleg"})
    assert "nbgrader db student add lovelaceadaa" in str(said.value)


# policies


@pytest.mark.parametrize(
    ("rules", "days", "score", "lost"),
    [
        ({}, 3, 8, (0, False)),
        ({"kind": "none", "percent": 50, "cut_off_days": 0}, 3, 8, (0, False)),
        ({"kind": "per day"}, 0, 8, (0, False)),
        ({"kind": "per day"}, 1, 8, (1, False)),
        ({"kind": "per day"}, 3, 8, (3, False)),
        ({"kind": "per day"}, 300, 8, (8, False)),
        ({"kind": "per day", "percent": 12.5}, 1, 8, (1.25, False)),
        ({"kind": "per day", "floor": 50}, 3, 8, (3, False)),
        ({"kind": "per day", "floor": 60}, 3, 8, (2, False)),
        ({"kind": "per day", "floor": 90}, 3, 8, (0, False)),
        ({"kind": "per day", "cut_off_days": 2}, 2, 8, (2, False)),
        ({"kind": "per day", "cut_off_days": 2}, 3, 8, (8, True)),
        ({"kind": "per day", "floor": 50, "cut_off_days": 2}, 3, 8, (8, True)),
        ({"kind": "cut-off"}, 0, 8, (0, False)),
        ({"kind": "cut-off"}, 1, 8, (8, True)),
        ({"kind": "cut-off", "cut_off_days": 3}, 3, 8, (0, False)),
        ({"kind": "cut-off", "cut_off_days": 3}, 4, 8, (8, True)),
    ],
)
def test_policy_takes_what_it_says(rules, days, score, lost):
    assert LatePolicy(**rules).penalty(days, score, 10) == lost


@pytest.mark.parametrize("kind", ["none", "per day", "cut-off"])
@pytest.mark.parametrize("days", [0, 1, 2, 30])
@pytest.mark.parametrize("score", [0, 0.5, 10, 11])
def test_penalty_is_never_negative_and_never_more_than_the_score(kind, days, score):
    points, _ = LatePolicy(kind=kind, percent=33, floor=20).penalty(days, score, 10)
    assert 0 <= points <= score


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"kind": "perday"}, "kind: Input should be 'none', 'per day' or 'cut-off'"),
        ({"percent": 110}, "percent: Input should be less than or equal to 100"),
        ({"grace": 5}, "grace: Extra inputs are not permitted"),
        ({"cut_off_days": -1}, "cut_off_days: Input should be greater than or equal to 0"),
        ({"timezone": "Berlin"}, "timezone: Value error, there is no time zone 'Berlin'"),
        ({"timezone": "../etc/passwd"}, "timezone: Value error"),
    ],
)
def test_impossible_policy_is_refused_by_name(marked, values, message):
    marked.mark("ada", 8)
    marked.policy(**values)
    with pytest.raises(CourseError, match=r"LatePenalty\.policy") as caught:
        export(marked.course, "ps1", marked.course.root / "grades.csv")
    assert message in str(caught.value)
    assert "It may hold kind, percent" in str(caught.value)


@pytest.mark.parametrize(
    "lines", ['c.LatePenalty.policy = "none"', 'c.LatePenalty.assignment_policies = {"ps1": "none"}']
)
def test_policy_that_is_no_dictionary_is_refused(marked, lines):
    marked.configure(lines)
    with pytest.raises(CourseError, match=r"LatePenalty\.policy \(for ps1\) is not a dictionary"):
        late.policy(marked.course.config, "ps1")


def test_single_assignment_may_have_its_own_policy(marked):
    marked.policy(kind="per day", percent=20, timezone="Europe/Berlin")
    marked.configure('c.LatePenalty.assignment_policies = {"ps1": {"percent": 5}}')
    found = late.policy(marked.course.config, "ps1")
    assert (found.kind, found.percent, found.timezone) == ("per day", 5, "Europe/Berlin")
    assert late.policy(marked.course.config, "ps2").percent == 20


def test_default_costs_nothing(marked):
    marked.mark("ada", 8, at="2026-05-09 12:00:00")
    assert money(row(marked, "ada")) == ("8", "0.0", "8.0", "8.0")


# times


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-05-03 18:00", "2026-05-03 16:00:00"),
        ("2026-05-03T18:00:30", "2026-05-03 16:00:30"),
        ("2026-05-03 18:00Z", "2026-05-03 18:00:00"),
        ("2026-05-03 18:00+05:30", "2026-05-03 12:30:00"),
        ("2026-01-03 18:00", "2026-01-03 17:00:00"),
        (" Sunday, 3 May 2026, 6:00 PM ", "2026-05-03 16:00:00"),
        ("Sunday, May 3, 2026, 6:00 PM", "2026-05-03 16:00:00"),
        ("Sunday, 3 May 2026, 18:00", "2026-05-03 16:00:00"),
        ("2026-05-03", "2026-05-02 22:00:00"),
    ],
)
def test_times_are_understood(text, utc):
    assert times.parse_time(text, BERLIN) == datetime.fromisoformat(utc)


def test_date_alone_may_mean_the_end_of_the_day():
    assert times.parse_time("2026-05-03", BERLIN, end_of_day=True) == datetime(2026, 5, 3, 21, 59, 59)
    assert times.parse_time("2026-10-25", BERLIN, end_of_day=True) == datetime(2026, 10, 25, 22, 59, 59), (
        "winter by then"
    )


@pytest.mark.parametrize("text", ["", "tomorrow", "03/05/2026", "3.5.2026", "2026-13-01"])
def test_what_could_mean_two_days_is_not_a_time(text):
    with pytest.raises(ValueError, match="is not a time such as"):
        times.parse_time(text, BERLIN)


def test_stamp_is_what_nbgrader_reads(tmp_path):
    (tmp_path / times.TIMESTAMP).write_text(times.stamp(DUE))
    assert times.submitted_at(tmp_path) == DUE


def test_other_time_zones_in_a_timestamp_count(tmp_path):
    (tmp_path / times.TIMESTAMP).write_text("2026-05-02 00:00:00 Europe/Berlin")
    assert times.submitted_at(tmp_path) == datetime(2026, 5, 1, 22)


def test_timestamp_that_is_none_is_named_and_stops_nobody(marked):
    marked.mark("ada", 8, at="last Tuesday\0")
    marked.mark("bob", 8, at="2026-05-01 12:00:00")
    export(marked.course, "ps1", marked.course.root / "grades.csv")
    rows = {
        row["student"]: row
        for row in csv.DictReader(io.StringIO((marked.course.root / "grades.csv").read_text(encoding="utf-8")))
    }
    assert "which is not a time" in rows["ada"]["reason"]
    assert rows["bob"]["reason"] == ""
    assert {row["score"] for row in rows.values()} == {"8.0"}


def test_timestamp_does_not_make_a_submission_another(marked):
    marked.mark("ada", 8)
    marked.hand_in("ada", "2026-05-09 12:00:00")
    assert row(marked, "ada")["outcome"] == "graded"


@pytest.mark.parametrize(
    ("after", "grace", "days"),
    [(-1, 0, 0), (0, 0, 0), (1, 0, 1), (86400, 0, 1), (86401, 0, 2), (900, 15, 0), (901, 15, 1), (86401, 15, 2)],
)
def test_each_started_day_counts_from_the_due_date(marked, after, grace, days):
    rules = LatePolicy(kind="per day", grace_minutes=grace)
    folder = marked.hand_in("ada", str(DUE + timedelta(seconds=after)))
    verdict = late.assess(rules, folder, DUE, None, score=8, maximum=10)
    assert (verdict.days, verdict.points) == (days, days)


def test_without_a_due_date_nothing_is_late(marked):
    folder = marked.hand_in("ada", "2027-01-01 00:00:00")
    assert late.assess(LatePolicy(kind="cut-off"), folder, None, None, score=8, maximum=10).days == 0


def test_late_by_an_unknown_time_counts_as_a_day_and_is_said(marked):
    marked.policy(kind="per day")
    (marked.hand_in("ada") / times.LATE_MARK).touch()
    marked.mark("ada", 8)
    found = row(marked, "ada")
    assert money(found) == ("1", "1.0", "8.0", "7.0")
    assert found["reason"] == "late, but not known by how much: counted as one day"
    marked.extend("ada,ps1,2026-05-20")
    found = row(marked, "ada")
    assert money(found) == ("0", "0.0", "8.0", "8.0")
    assert found["reason"] == "late, but not known by how much: covered by the extension"


def test_known_time_goes_before_the_platforms_word(marked):
    marked.policy(kind="per day")
    (marked.hand_in("ada", "2026-05-01 21:59:59") / times.LATE_MARK).touch()
    marked.mark("ada", 8)
    assert row(marked, "ada")["late_days"] == "0"


# extensions


def test_extension_is_granted_and_taken_back_without_grading(marked):
    marked.policy(kind="per day", timezone="Europe/Berlin")
    marked.mark("ada", 8, at="2026-05-03 12:00:00")
    marked.mark("bob", 8, at="2026-05-03 12:00:00")
    assert row(marked, "ada")["score"] == "6.0"
    marked.extend("ada,ps1,2026-05-03 14:00")
    assert row(marked, "ada")["score"] == "8.0"
    assert row(marked, "bob")["score"] == "6.0"
    marked.extend("ada,ps1,2026-05-03 13:59")
    assert row(marked, "ada")["score"] == "7.0"
    (marked.course.root / late.EXTENSIONS).unlink()
    assert row(marked, "ada")["score"] == "6.0"


def test_extension_never_shortens_the_time(marked):
    marked.policy(kind="per day")
    marked.mark("ada", 8, at="2026-05-01 12:00:00")
    marked.extend("ada,ps1,2026-04-01")
    assert row(marked, "ada")["late_days"] == "0"


def test_gradebook_says_the_same_as_the_export(marked):
    marked.policy(kind="per day")
    marked.mark("ada", 8, at="2026-05-04 12:00:00")
    marked.extend("ada,ps1,2026-05-02 22:00")
    assert row(marked, "ada")["penalty"] == "2.0"
    with Gradebook(marked.course.directory.db_url) as gradebook:
        entry = gradebook.find_submission("ps1", "ada")
        assert entry.late_submission_penalty == 2
        assert entry.extension == timedelta(days=1)
        assert entry.timestamp == datetime(2026, 5, 4, 12)
        assert entry.total_seconds_late == 38 * 3600


def test_points_given_by_hand_after_grading_are_penalised_too(marked):
    marked.policy(kind="cut-off")
    marked.mark("ada", 0, None, at="2026-05-04 12:00:00")
    assert row(marked, "ada")["score"] == "0.0"
    marked.mark("ada", 0, 2)
    assert money(row(marked, "ada")) == ("3", "2.0", "2.0", "0.0")


def test_cut_off_may_mean_no_mark(marked):
    marked.policy(kind="cut-off", after_cut_off="no mark")
    marked.mark("ada", 8, at="2026-05-04 12:00:00")
    found = row(marked, "ada")
    assert money(found) == ("3", "8.0", "8.0", "")
    assert found["reason"] == "handed in after the cut-off"


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (["ada,ps1,soon"], r"row 1 \(ada, ps1\): until 'soon' is not a time"),
        (["ada,ps9,2026-05-03"], r"row 1 \(ada, ps9\): there is no assignment 'ps9'. Known: ps1"),
        (["ada,ps1,2026-05-03", "ada,ps1,2026-05-04"], r"row 2 \(ada, ps1\): this student has a row for it already"),
        (["ada,ps1"], "line 2: 2 cells, but the header has 3"),
    ],
)
def test_bad_extension_is_named(marked, lines, message):
    marked.mark("ada", 8)
    marked.extend(*lines)
    with pytest.raises(TableError, match=message):
        row(marked, "ada")


def test_extensions_from_a_spreadsheet_are_read(marked):
    marked.policy(kind="per day")
    marked.mark("ada", 8, at="2026-05-03 12:00:00")
    text = "\ufeffStudent;Assignment;Until;Why\r\nada;ps1;2026-05-05;ill\r\n;;;\r\n"
    (marked.course.root / late.EXTENSIONS).write_bytes(text.encode())
    assert row(marked, "ada")["late_days"] == "0"


# nbgrader's extension point


def penalise(marked: Marked, student: str) -> float | None:
    """Let nbgrader assign the penalty, as autograding does."""
    from nbformat.v4 import new_notebook
    from nbgrader.preprocessors import AssignLatePenalties

    marked.course = Course(marked.course.root)
    folder = marked.course.folder("submitted", student=student, assignment="ps1")
    url = marked.course.directory.db_url
    with Gradebook(url) as gradebook:
        gradebook.update_or_create_submission("ps1", student, timestamp=times.submitted_at(folder))
    about = {"notebook": "ps1", "assignment": "ps1", "student": student, "db_url": url}
    AssignLatePenalties(config=marked.course.config).preprocess(new_notebook(), {"nbgrader": about})
    with Gradebook(url) as gradebook:
        return gradebook.find_submission_notebook("ps1", "ps1", student).late_submission_penalty


def test_nbgrader_assigns_the_same_penalty(marked):
    marked.policy(kind="per day")
    marked.mark("ada", 8, at="2026-05-03 12:00:00")
    assert penalise(marked, "ada") == 2
    marked.extend("ada,ps1,2026-05-02 22:00")
    assert penalise(marked, "ada") == 1
    marked.extend("ada,ps1,2026-05-05")
    assert penalise(marked, "ada") is None


def test_bad_extensions_do_not_stop_grading(marked):
    marked.policy(kind="per day")
    marked.mark("ada", 8, at="2026-05-03 12:00:00")
    marked.extend("ada,ps1,soon")
    assert penalise(marked, "ada") is None


def test_feedback_says_what_lateness_cost(marked):
    from nbformat.v4 import new_notebook

    from autograder.results.feedback_view import FeedbackView

    marked.mark("ada", 8)
    about = {"notebook": "ps1", "assignment": "ps1", "student": "ada", "db_url": marked.course.directory.db_url}
    for penalty, said in ((0, False), (2.5, True)):
        resources = {"nbgrader": {**about, "late_penalty": penalty}, "inlining": {"css": []}}
        page, _ = FeedbackView().preprocess(new_notebook(), resources)
        assert ("Handed in late: 2.5 points less." in page.cells[0].source) == said


def test_feedback_says_what_is_not_marked_yet(marked):
    from nbconvert.exporters import HTMLExporter
    from nbformat.v4 import new_markdown_cell, new_notebook

    from autograder.results.feedback_view import FeedbackView

    marked.mark("ada", 8, None)
    about = {"notebook": "ps1", "assignment": "ps1", "student": "ada", "db_url": marked.course.directory.db_url}
    marks = {"grade_id": "why", "grade": True, "solution": True, "score": 0.0, "points": 2.0}
    resources = {"nbgrader": {**about, "score": 8.0}, "inlining": {"css": []}}
    page, resources = FeedbackView().preprocess(
        new_notebook(cells=[new_markdown_cell("!", metadata={"nbgrader": marks})]), resources
    )
    assert "*1 of your answers is not marked yet: points may be added.*" in page.cells[0].source
    assert "| not marked yet, out of 2 |" in page.cells[0].source
    jinja = HTMLExporter(config=marked.course.config).environment
    shown = jinja.from_string("{{ a | float | round(2) }} {{ b | float | round(2) }} {{ 1.005 | float | round(1) }}")
    score = page.cells[1].metadata.nbgrader.score
    assert shown.render(a=score, b=resources["nbgrader"]["score"]) == "not marked yet 8.0 so far 1.0"


@pytest.mark.parametrize(("score", "printed", "said"), [(1.0, "a", True), (1.0, "", False), (2.0, "a", False)])
def test_feedback_points_to_what_a_test_printed_that_gave_a_part_of_its_points(marked, score, printed, said):
    from nbformat.v4 import new_code_cell, new_notebook, new_output

    from autograder.results.feedback_view import FeedbackView

    marked.mark("ada", 8)
    about = {"notebook": "ps1", "assignment": "ps1", "student": "ada", "db_url": marked.course.directory.db_url}
    marks = {"grade_id": "double-test", "grade": True, "solution": False, "score": score, "points": 2.0}
    outputs = [new_output("stream", text=printed)] if printed else []
    cell = new_code_cell("1", outputs=outputs, metadata={"nbgrader": marks})
    page, _ = FeedbackView().preprocess(new_notebook(cells=[cell]), {"nbgrader": about, "inlining": {"css": []}})
    assert ("read below what the test printed" in page.cells[0].source) == said


def test_other_plugins_penalties_are_left_alone(marked):
    marked.configure('c.AssignLatePenalties.plugin_class = "nbgrader.plugins.LateSubmissionPlugin"')
    marked.configure('c.LateSubmissionPlugin.penalty_method = "zero"')
    marked.mark("ada", 8, at="2026-05-03 12:00:00")
    assert penalise(marked, "ada") == 8
    assert money(row(marked, "ada")) == ("2", "8.0", "8.0", "0.0")


def test_overtaken_mark_is_not_exported(marked):
    marked.mark("ada", 8)
    path = marked.course.folder("submitted", student="ada", assignment="ps1") / "ps1.ipynb"
    path.write_text("another one")
    assert (row(marked, "ada")["outcome"], row(marked, "ada")["score"]) == ("not graded yet", "")


def test_formulas_of_spreadsheets_are_defused_and_numbers_are_not(marked):
    marked.mark("=1+1", 8, -1)
    found = row(marked, "'=1+1")
    assert (found["score"], found["why"]) == ("7.0", "-1.0")


def test_file_that_cannot_be_written_is_an_error_and_leaves_nothing(marked, tmp_path: Path):
    marked.mark("ada", 8)
    with pytest.raises(TableError, match="cannot be written"):
        export(marked.course, "ps1", tmp_path / "nowhere" / "grades.csv")


@pytest.mark.slow
@pytest.mark.usefixtures("cluster")
def test_grading_feedback_and_export_agree(ps1: Classroom) -> None:
    with (ps1.course.root / "nbgrader_config.py").open("a") as config:
        config.write('\nc.LatePenalty.policy = {"kind": "per day", "percent": 10}\n')
    course = Course(ps1.course.root)
    with Gradebook(course.directory.db_url) as gradebook:
        gradebook.update_or_create_assignment("ps1", duedate=DUE)
    path = ps1.submit("ada", ps1.fill())
    path.with_name(times.TIMESTAMP).write_text("2026-05-03 12:00:00 UTC")
    [(record, _)] = grade(course, "ps1", ["ada"])
    assert record.score == 9, "the record holds what the tests gave"
    with Gradebook(course.directory.db_url) as gradebook:
        assert gradebook.find_submission("ps1", "ada").late_submission_penalty == pytest.approx(2.8)
    [page] = feedback(course, "ps1", ["ada"])
    assert "Handed in late: 2.8 points less." in page.path.read_text()
    export(course, "ps1", course.root / "grades.csv")
    assert ",6.2,14.0,1,2,2.8,9.0," in (course.root / "grades.csv").read_text()
    path.with_name(times.TIMESTAMP).write_text("2026-05-01 12:00:00 UTC")
    assert [fresh for _, fresh in grade(course, "ps1", ["ada"])] == [False], "another time is no other submission"
    export(course, "ps1", course.root / "grades.csv")
    assert ",9.0,14.0,1,0,0.0,9.0," in (course.root / "grades.csv").read_text()


def test_report_counts_as_late_what_costs_points(marked: Marked) -> None:
    from autograder.results.report import gather

    marked.mark("ada", 8)
    (marked.hand_in("ada") / times.LATE_MARK).write_text("late")
    marked.mark("bob", 8, at="2026-05-01 23:00:00")
    marked.mark("eve", 8, at="2026-05-01 23:00:00")
    marked.extend("eve,ps1,2026-05-10")
    found = {student.id: student.late for student in gather.gather(marked.course, "ps1").students}
    assert found == {"ada": timedelta(days=1), "bob": timedelta(hours=1), "eve": timedelta()}

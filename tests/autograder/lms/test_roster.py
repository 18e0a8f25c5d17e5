"""The list of the class: whoever handed in nothing is in every table, with name and address."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from autograder.errors import TableError
from autograder.grading.records import Outcome
from autograder.lms.roster import Person, read
from autograder.results.export import Exported, export
from autograder.results.report import report
from tests.autograder.lms.test_platforms import CANVAS, MOODLE, written
from tests.support.marked import Marked

PLAIN = "id;first_name;last_name;email\nlovelaceada_4711;Ada;Lovelace;ada@uni.edu\nboole;George;Boole;boole@uni.edu\n"


@pytest.mark.parametrize(
    ("text", "student", "absent", "who"),
    [
        (
            CANVAS,
            "lovelaceada_4711",
            "müllerlüdenscheidjörg_4712",
            Person("Jörg", "Müller-Lüdenscheid", "joerg@uni.edu"),
        ),
        (
            MOODLE,
            "Ada_Lovelace_4711",
            "Jörg_Müller-Lüdenscheid_4712",
            Person("Jörg", "Müller-Lüdenscheid", "joerg@uni.edu"),
        ),
        (PLAIN, "lovelaceada_4711", "boole", Person("George", "Boole", "boole@uni.edu")),
        (
            "Name,Email\nGeorge Boole,boole@uni.edu\n",
            "ada",
            "boole@uni.edu",
            Person("George", "Boole", "boole@uni.edu"),
        ),
    ],
)
def test_whoever_handed_in_nothing_gets_the_id_that_a_submission_would(
    tmp_path: Path, text: str, student: str, absent: str, who: Person
) -> None:
    people = read(written(tmp_path, text), [student])
    assert people.students[absent] == who
    if student != "ada":
        assert people.students[student].last_name == "Lovelace"
        assert not people.strangers
    else:
        assert "matches nobody" in people.strangers["ada"]


def test_a_list_without_ids_says_what_it_needs(tmp_path: Path) -> None:
    with pytest.raises(TableError, match=r"no column id. .*first_name, last_name and email. Its columns: first, last"):
        read(written(tmp_path, "first,last\nAda,Lovelace\n"), [])


def rows(path: Path) -> dict[str, dict[str, str]]:
    return {row["student"]: row for row in csv.DictReader(io.StringIO(path.read_text(encoding="utf-8")))}


def test_the_whole_class_is_in_export_and_report(marked: Marked, tmp_path: Path) -> None:
    marked.mark("lovelaceada_4711", 7, 1)
    marked.hand_in("essayist")
    marked.record("essayist", Outcome.MISSING, "There is no notebook (.ipynb) in what you handed in, only: essay.pdf.")
    out, roster = tmp_path / "grades.csv", written(tmp_path, PLAIN)
    done: Exported = export(marked.course, "ps1", out, roster)
    found = rows(out)
    assert [(name, row["outcome"]) for name, row in found.items()] == [
        ("boole", "nothing handed in"),
        ("essayist", "missing"),
        ("lovelaceada_4711", "graded"),
    ]
    assert found["essayist"]["reason"].endswith("only: essay.pdf.")
    assert found["lovelaceada_4711"]["email"] == "ada@uni.edu"
    assert found["boole"]["last_name"] == "Boole"
    assert [student for student, _ in done.strangers] == ["essayist"]
    assert report(marked.course, "ps1", tmp_path / "report.html", roster) == 3
    page = (tmp_path / "report.html").read_text("utf-8")
    assert "George Boole (boole)" in page
    assert "only: essay.pdf." in page


def test_what_nbgrader_imported_is_the_class_too(marked: Marked, tmp_path: Path) -> None:
    with marked.course.gradebook() as gradebook:
        gradebook.add_student("boole", first_name="George", last_name="Boole", email="boole@uni.edu")
    export(marked.course, "ps1", tmp_path / "grades.csv")
    row = rows(tmp_path / "grades.csv")["boole"]
    assert (row["outcome"], row["last_name"], row["email"]) == ("nothing handed in", "Boole", "boole@uni.edu")

"""Round trips: what Canvas and Moodle give out is collected and filled in, and what comes back is read as they do."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from pathlib import Path

import pytest

from autograder.errors import TableError
from autograder.grading.records import Outcome
from autograder.lms import platforms, tables
from autograder.lms.canvas import Canvas
from autograder.lms.moodle import Moodle
from autograder.lms.platforms import Mark
from autograder.lms.tables import Table
from autograder.results.export import Exported, Form, export_for
from autograder.submissions.collect import collect
from autograder.submissions.times import TIMESTAMP
from tests.support.marked import Marked

DATA = Path(__file__).parents[2] / "data"
CANVAS = (DATA / "canvas_gradebook.csv").read_text("utf-8")
MOODLE = (DATA / "moodle_worksheet.csv").read_text("utf-8")


def imported_by_canvas(path: Path, column: str = "ps1 (71)") -> dict[str, str]:
    """Read a gradebook as Canvas' importer does, and return marks by user id."""
    text = path.read_bytes().decode("utf-8")
    delimiter = ";" if text.split("\n", 1)[0].count(";") > 3 else ","
    header, *rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    assert "Student" in header[0]
    assert "ID" in header[1]
    assert header[4] == "Section"
    assert header[5:] == [column], "other columns are not touched"
    marks = {}
    for row in rows:
        if "Points Possible" in row[0]:
            assert float(row[5].replace(",", ".")) == 10
        elif any(not re.fullmatch(r"\s*(Muted|Manual Posting.*)?\s*", cell) for cell in row):
            marks[row[1]] = row[5]
    return marks


def imported_by_moodle(path: Path) -> dict[str, tuple[str, str, str]]:
    """Read a worksheet as Moodle's importer does: grade, time of the last grade and feedback by participant."""
    header, *rows = csv.reader(io.StringIO(path.read_text("utf-8-sig"), newline=""), strict=True)
    assert all(len(row) == len(header) for row in rows), "Moodle refuses the whole file otherwise"
    where = [header.index(name) for name in ("Grade", "Last modified (grade)", "Feedback comments")]
    return {row[0][len("Participant ") :]: tuple(row[index] for index in where) for row in rows}


def written(tmp_path: Path, text: str, name: str = "roster.csv", encoding: str = "utf-8") -> Path:
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    return path


# the whole way


def test_canvas_and_back(marked: Marked, tmp_path: Path) -> None:
    marked.policy(kind="per day", percent=10)
    archive = tmp_path / "submissions.zip"
    with zipfile.ZipFile(archive, "w") as made:
        made.writestr("lovelaceada_LATE_4711_9001_ps1.ipynb", "ada")
        made.writestr("müllerlüdenscheidjörg_4712_9002_ps1-1.ipynb", "jörg, again")
        made.writestr("müllerlüdenscheidjörg_4712_9002_ps1.ipynb", "jörg")
        made.writestr("hyperlinkhttpevil_4713_9003_ps1.ipynb", "evil")
        made.writestr("excusedeve_4714_9004_ps1.ipynb", "eve")
        made.writestr("absentabe_4715_9005_ps1.ipynb", "abe")
        made.writestr("nothingnora_4716_9006_data.csv", "1,2")
        made.writestr("groupa_4717_9007_ps1.ipynb", "a group")
    collection = collect(marked.course, "ps1", archive)
    assert collection.without == ["nothingnora_4716"]
    scores = {"lovelaceada_4711": 7, "müllerlüdenscheidjörg_4712": 3.456, "hyperlinkhttpevil_4713": 5}
    scores |= {"excusedeve_4714": 4, "absentabe_4715": 3, "groupa_4717": 2}
    assert {found.student for found in collection.students} == set(scores)
    for student, score in scores.items():
        marked.mark(student, score, 1)
    out = tmp_path / "grades-canvas.csv"
    done = export_for(Form.CANVAS, marked.course, "ps1", out, written(tmp_path, CANVAS))
    assert imported_by_canvas(out) == {
        "4711": "7",
        "4712": "4.46",
        "4713": "6",
        "4714": "EX",
        "4715": "N/A",
        "4716": "9.00",
        "4799": "",
    }
    assert {student: why.split(";")[0] for student, why in done.left_out} == {
        "absentabe_4715": "does not have this assignment in Canvas (N/A)",
        "excusedeve_4714": "is excused in Canvas",
        "groupa_4717": f"matches nobody in {tmp_path / 'roster.csv'}: is the file of another course or section?",
    }
    assert (done.students, done.without) == (3, [("nothingnora_4716", "not graded yet")])


def test_moodle_and_back(marked: Marked, tmp_path: Path) -> None:
    marked.policy(kind="per day", percent=10, timezone="Europe/Berlin")
    archive, worksheet = tmp_path / "submissions.zip", written(tmp_path, MOODLE, encoding="utf-8-sig")
    with zipfile.ZipFile(archive, "w") as made:
        made.writestr("Ada Lovelace_4711_assignsubmission_file_/my work.ipynb", "ada")
        made.writestr("Jörg Müller-Lüdenscheid_4712_assignsubmission_file_/ps1.ipynb", "jörg")
        made.writestr("Jörg Müller-Lüdenscheid_4712_assignsubmission_file_/data.csv", "1,2")
        made.writestr("HYPERLINK(httpevil)_4713_assignsubmission_file_/ps1.ipynb", "evil")
        made.writestr("Eve Excused_4714_assignsubmission_file_/ps1.ipynb", "eve")
        made.writestr("Group 1_4716_assignsubmission_file_/ps1.ipynb", "a group whose number is a participant's")
    collection = collect(marked.course, "ps1", archive, times=worksheet)
    assert [(found.student, str(found.at)) for found in collection.students] == [
        ("Ada_Lovelace_4711", "2026-05-03 14:00:00"),
        ("Eve_Excused_4714", "None"),
        ("Group_1_4716", "None"),
        ("HYPERLINK_httpevil__4713", "2026-05-01 08:00:00"),
        ("Jörg_Müller-Lüdenscheid_4712", "2026-05-01 21:59:00"),
    ]
    for found, score in zip(collection.students, (7, 6, 5, 8, 3.5), strict=True):
        marked.mark(found.student, score, 1)
    out = tmp_path / "grades-moodle.csv"
    done = export_for(Form.MOODLE, marked.course, "ps1", out, worksheet)
    assert imported_by_moodle(out) == {
        "4711": ("6", "-", ""),
        "4712": ("4.5", "Monday, 4 May 2026, 9:00 AM", '- nice, but\n"short"'),
        "4713": ("9", "-", "=1+1"),
        "4714": ("2.00", "Monday, 4 May 2026, 9:00 AM", ""),
        "4716": ("", "-", ""),
    }
    left_out = dict(done.left_out)
    assert set(left_out) == {"Eve_Excused_4714", "Group_1_4716"}
    assert "locked mark" in left_out["Eve_Excused_4714"]
    assert "number 4716 is 'Nora Nothing' there. A group?" in left_out["Group_1_4716"]
    assert out.read_bytes().startswith(b"\xef\xbb\xbf"), "as it was"


@pytest.mark.parametrize("form", [Form.CANVAS, Form.MOODLE])
def test_without_a_roster_file_names_are_enough(marked: Marked, tmp_path: Path, form: Form) -> None:
    marked.mark("lovelaceada_4711", 7)
    marked.mark("jane", 6)
    marked.hand_in("boole_4712")
    marked.record("boole_4712", Outcome.UNREADABLE, "ps1.ipynb is empty.")
    out = tmp_path / "grades.csv"
    done = export_for(form, marked.course, "ps1", out)
    expected = Exported(
        1,
        [("jane", "matches nobody in the table made without --roster: the id has no number")],
        [("boole_4712", "unreadable: ps1.ipynb is empty.")],
    )
    assert done == expected
    if form is Form.CANVAS:
        assert imported_by_canvas(out, "ps1") == {"4711": "7", "4712": ""}
    else:
        rows = list(csv.DictReader(io.StringIO(out.read_text(encoding="utf-8"))))
        assert {row["Identifier"]: row["Grade"] for row in rows} == {"Participant 4711": "7", "Participant 4712": ""}


@pytest.mark.parametrize("form", [Form.CANVAS, Form.MOODLE])
def test_points_so_far_are_no_mark_unless_asked_for(marked: Marked, tmp_path: Path, form: Form) -> None:
    marked.mark("lovelaceada_4711", 7, None)
    marked.mark("boole_4712", 6)
    out = tmp_path / "grades.csv"
    done = export_for(form, marked.course, "ps1", out)
    assert [student for student, why in done.left_out if "nobody has marked yet" in why] == ["lovelaceada_4711"]
    assert (done.students, done.to_be_marked) == (1, 1)
    assert export_for(form, marked.course, "ps1", out, provisional=True).left_out == []


# what platforms vary


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("delimiter", [",", ";"])
@pytest.mark.parametrize("comma", [False, True])
def test_separators_and_bom_of_canvas_come_back(tmp_path, encoding, delimiter, comma) -> None:
    rows = list(csv.reader(io.StringIO(CANVAS)))
    if comma:
        rows = [[re.sub(r"^(\d+)\.(\d\d)$", r"\1,\2", cell) for cell in row] for row in rows]
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows(rows)
    table = tables.read(written(tmp_path, text.getvalue(), encoding=encoding))
    filled = platforms.fill(Canvas(table, "ps1"), [Mark("lovelaceada_4711", 7.5)], 10)
    tables.write(tmp_path / "out.csv", filled.table)
    assert imported_by_canvas(tmp_path / "out.csv")["4711"] == "7.5"
    content = (tmp_path / "out.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf") == (encoding == "utf-8-sig")
    assert content.count(delimiter.encode()) > 40


def test_canvas_may_leave_columns_out_or_split_names(tmp_path) -> None:
    text = (
        "LastName,FirstName,ID,SIS Login ID,Section,ps1 (71)\n    Points Possible,,,,,10\nLovelace,Ada,4711,ada,One,\n"
    )
    roster = Canvas(tables.read(written(tmp_path, text)), "ps1")
    filled = platforms.fill(roster, [Mark("lovelaceada_4711", 7)], 10)
    assert filled.table.rows[-1] == ["Lovelace", "Ada", "4711", "ada", "One", "7"]


@pytest.mark.parametrize("name", ["Points Possible", "    Points Possible", "Ada Points  Possible", "points possible"])
def test_a_student_called_like_the_row_of_maxima_is_a_student(tmp_path, name) -> None:
    text = (
        f"Student,ID,SIS Login ID,Section,ps1 (71)\n    Points Possible,,,,10\n{name},4711,ada,One,99\n"
        f'"Byron, Points Possible",4712,bob,One,(read only)\n'
    )
    roster = Canvas(tables.read(written(tmp_path, text)), "ps1")
    assert roster.maximum == 10
    student = f"{name.strip().replace(' ', '')}_4711"
    filled = platforms.fill(roster, [Mark(student, 7), Mark("4712", 8)], 10)
    assert filled.entered == [student]
    assert [row[0] for row in filled.table.rows if re.search("Points Possible", row[0], re.IGNORECASE)] == [
        "    Points Possible"
    ]
    assert next(row for row in filled.table.rows if row[1] == "4711")[-1] == "7"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("the interpreter is changed (a;=HYPERLINK(1))", "the interpreter is changed (a;'=HYPERLINK(1))"),
        ("x; @SUM(A1)", "x; '@SUM(A1)"),
        ("x\t+1", "x\t'+1"),
        ("x,-1+1", "x,'-1+1"),
        ("x\n=1", "x\n'=1"),
        ("=1;=2", "'=1;'=2"),
        ("late; - ; counted", "late; - ; counted"),
        ("a = b; c", "a = b; c"),
    ],
)
def test_a_formula_behind_whatever_parts_cells_is_text(text, written) -> None:
    assert tables.harmless(text) == written


@pytest.mark.parametrize("name", ["ps1 (71)", "ps1", "PS1", "71"])
def test_column_of_canvas_is_found_by_name_or_number(tmp_path, name) -> None:
    assert Canvas(tables.read(written(tmp_path, CANVAS)), "other", name).grade == 7
    assert Canvas(tables.read(written(tmp_path, CANVAS)), name).grade == 7


@pytest.mark.parametrize("form", [Form.CANVAS, Form.MOODLE])
def test_formulas_are_defused_only_where_the_platform_does_not_read(tmp_path, form) -> None:
    if form is Form.CANVAS:
        table = Canvas(tables.read(written(tmp_path, CANVAS)), "ps1").upload()
        row = next(row for row in table.rows if row[1] == "4713")
        assert row == ['\'=HYPERLINK("http://evil")', "4713", "'+s-19", "'=cmd|'/c calc'!A1", "Two", ""]
        assert table.rows[1][0] == "    Points Possible"
    else:
        table = Moodle(tables.read(written(tmp_path, MOODLE))).upload()
        row = table.rows[2]
        assert row[:3] == ["Participant 4713", '\'=HYPERLINK("http://evil")', "'=cmd@uni.edu"]
        assert row[-2:] == ["-", "=1+1"], "the feedback would be changed in Moodle"


def test_other_ids_of_the_university_match_too(tmp_path) -> None:
    marks = [Mark("s-17", 7), Mark("joerg@uni.edu", 6)]
    assert platforms.fill(Canvas(tables.read(written(tmp_path, CANVAS)), "ps1"), marks, 10).left_out == []
    marks = [Mark("ada@uni.edu", 7)]
    assert platforms.fill(Moodle(tables.read(written(tmp_path, MOODLE))), marks, 10).left_out == []


def test_hidden_names_match_by_number(tmp_path) -> None:
    text = MOODLE.replace('"Full name",', "").replace('"Ada Lovelace",', "")
    text = "".join(io.StringIO(text, newline="").readlines()[:2])
    roster = Moodle(tables.read(written(tmp_path, text)))
    assert platforms.fill(roster, [Mark("Participant_4711", 7)], 10).entered == ["Participant_4711"]


# nobody's mark is lost in silence


def test_rows_that_two_students_claim_get_no_mark(tmp_path) -> None:
    marks = [Mark("lovelaceada_4711", 7), Mark("ada@uni.edu", 3)]
    filled = platforms.fill(Canvas(tables.read(written(tmp_path, CANVAS)), "ps1"), marks, 10)
    assert (filled.entered, filled.table.rows[2][-1]) == ([], "")
    assert filled.left_out[0] == ("lovelaceada_4711", "shares the row of 'Lovelace, Ada' with ada@uni.edu")


def test_student_that_fits_two_rows_gets_no_mark(tmp_path) -> None:
    text = CANVAS + '"Lovelace, Ada",4711,s-17,ada@uni.edu,Three,,,,,,\n'
    filled = platforms.fill(Canvas(tables.read(written(tmp_path, text)), "ps1"), [Mark("lovelaceada_4711", 7)], 10)
    [(_, why)] = filled.left_out
    assert why.endswith("roster.csv: Lovelace, Ada, Lovelace, Ada")
    assert filled.entered == []


def test_name_that_differs_is_not_believed(tmp_path) -> None:
    filled = platforms.fill(Canvas(tables.read(written(tmp_path, CANVAS)), "ps1"), [Mark("byronada_4711", 7)], 10)
    [(_, why)] = filled.left_out
    assert "number 4711 is 'Lovelace, Ada' there" in why
    assert "correct the name in the file" in why


@pytest.mark.parametrize("form", [Form.CANVAS, Form.MOODLE])
def test_every_mark_is_either_entered_or_reported(tmp_path, form) -> None:
    names = ["lovelaceada_4711", "Ada_Lovelace_4711", "excusedeve_4714", "Eve_Excused_4714"]
    names += ["nobody", "x_1", "ada@uni.edu"]
    marks = [Mark(name, 1) for name in names] + [Mark("none", None, "missing")]
    roster = (
        Canvas(tables.read(written(tmp_path, CANVAS)), "ps1")
        if form is Form.CANVAS
        else Moodle(tables.read(written(tmp_path, MOODLE)))
    )
    filled = platforms.fill(roster, marks, 10)
    assert sorted(filled.entered + [student for student, _ in filled.left_out]) == sorted(names)
    assert all(why for _, why in filled.left_out)
    assert filled.without == [("none", "missing")]


def test_other_maximum_is_refused_or_converted(tmp_path) -> None:
    def roster() -> Moodle:
        return Moodle(tables.read(written(tmp_path, MOODLE.replace("10.00", "100,00".join('""')))))

    with pytest.raises(TableError, match=r"100 points can be had there, but 10 here.*--scale"):
        platforms.fill(roster(), [Mark("Ada_Lovelace_4711", 7.25)], 10)
    filled = platforms.fill(roster(), [Mark("Ada_Lovelace_4711", 7.25)], 10, scale=True)
    assert filled.table.rows[0][4] == "72.5"


def test_mark_above_the_maximum_is_not_lost_in_moodle(tmp_path) -> None:
    filled = platforms.fill(Moodle(tables.read(written(tmp_path, MOODLE))), [Mark("Ada_Lovelace_4711", 11)], 10)
    assert filled.left_out == [("Ada_Lovelace_4711", "has 11 points, and Moodle takes no more than 10")]


def test_mark_above_the_maximum_is_fine_in_canvas(tmp_path) -> None:
    filled = platforms.fill(Canvas(tables.read(written(tmp_path, CANVAS)), "ps1"), [Mark("lovelaceada_4711", 11)], 10)
    assert filled.entered == ["lovelaceada_4711"]


# files that cannot be used


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty"),
        ("\n\n", "is empty"),
        ("Name,Mark\nada,1\n", r"has no column ID, Section\. In Canvas' gradebook choose Export"),
        ("ID,Section,ps1 (71)\n1,2,3\n", "has no column Student"),
        (CANVAS.replace("ps1 (71)", "Homework (71)"), r"has no column for 'ps1'.*--column.*Homework \(71\)"),
        (CANVAS.replace("ps10 (72)", "ps1 (72)"), r"has more than one column for 'ps1'.*--column"),
        (CANVAS.replace("5.00,10.00,10.00", "5.00,(read only),10.00"), "Canvas does not take marks for 'ps1"),
        (CANVAS + "a,b\n", "line 11: 2 cells, but the header has 11"),
        (CANVAS + '"a"b,\n', "line 11: .*Download or save the file anew"),
    ],
)
def test_file_that_is_no_gradebook_is_refused(tmp_path, text, message) -> None:
    with pytest.raises(TableError, match=message):
        Canvas(tables.read(written(tmp_path, text)), "ps1")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (MOODLE.replace("Identifier", "ID"), "has no column Identifier.*Download grading worksheet"),
        (MOODLE.replace("Identifier", "Bezeichnung").replace("Grade,", "Bewertung,"), "language set to English"),
        (MOODLE.replace(",10.00", ",Fail - Pass - Distinction"), "scales do not work"),
    ],
)
def test_file_that_is_no_worksheet_is_refused(tmp_path, text, message) -> None:
    with pytest.raises(TableError, match=message):
        Moodle(tables.read(written(tmp_path, text)))


@pytest.mark.parametrize("encoding", ["utf-16", "latin-1"])
def test_other_encodings_are_refused_with_the_mend(tmp_path, encoding) -> None:
    with pytest.raises(TableError, match=r"not a text file in UTF-8.*CSV UTF-8"):
        tables.read(written(tmp_path, CANVAS, encoding=encoding))


def test_file_that_is_not_there_is_named(tmp_path) -> None:
    with pytest.raises(TableError, match=r"nothing\.csv cannot be read: No such file"):
        tables.read(tmp_path / "nothing.csv")


def test_roster_is_never_overwritten(marked: Marked, tmp_path: Path) -> None:
    marked.mark("lovelaceada_4711", 7)
    roster = written(tmp_path, CANVAS)
    with pytest.raises(TableError, match="is the roster itself"):
        export_for(Form.CANVAS, marked.course, "ps1", tmp_path / "." / "roster.csv", roster)
    assert roster.read_text() == CANVAS


def test_refused_roster_leaves_the_old_file_as_it_was(marked: Marked, tmp_path: Path) -> None:
    marked.mark("lovelaceada_4711", 7)
    out = written(tmp_path, "old", "out.csv")
    with pytest.raises(TableError):
        export_for(Form.CANVAS, marked.course, "ps1", out, written(tmp_path, MOODLE))
    assert (out.read_text(), list(tmp_path.glob("*.tmp"))) == ("old", [])


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\t=1", "\r=1", "＝1"])
def test_formulas_are_defused(text) -> None:
    assert tables.harmless(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "-", "Ada", "    Points Possible", "1=1"])
def test_other_text_is_left_alone(text) -> None:
    assert tables.harmless(text) == text


@pytest.mark.parametrize(
    ("value", "text"), [(7, "7"), (7.5, "7.5"), (100, "100"), (3.456, "3.46"), (0, "0"), (0.1 + 0.2, "0.3")]
)
def test_numbers_have_two_decimals_at_most(value, text) -> None:
    assert tables.plain(value) == text


def test_table_comes_back_as_it_was(tmp_path) -> None:
    table = Table(["a", "b"], [["1,2", 'x "y"'], ["two\nlines", "ü"]], None, ";", bom=True)
    tables.write(tmp_path / "t.csv", table)
    again = tables.read(tmp_path / "t.csv")
    assert (again.header, again.rows, again.delimiter, again.bom) == (table.header, table.rows, ";", True)


def test_long_texts_of_students_are_no_obstacle(tmp_path) -> None:
    assert tables.read(written(tmp_path, f"a,b\n{'x' * 500_000},1\n")).rows[0][1] == "1"


# times


def test_times_come_from_a_file_of_ones_own(marked: Marked, tmp_path: Path) -> None:
    (tmp_path / "class").mkdir()
    for name in ("ada", "bob", "eve"):
        (tmp_path / "class" / f"{name}.ipynb").write_text(name)
    times = written(tmp_path, "time;student\n2026-05-03 12:00;ada\n-;bob\n2026-05-03 12:00+02:00;stranger\n")
    found = collect(marked.course, "ps1", tmp_path / "class", times=times).students
    assert [str(one.at) for one in found] == ["2026-05-03 12:00:00", "None", "None"]
    folder = marked.course.folder("submitted", student="ada", assignment="ps1")
    assert (folder / TIMESTAMP).read_text() == "2026-05-03 12:00:00.000000 UTC"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("student,when\nada,2026-05-03\n", "has no column time.*grading worksheet"),
        ("student,time\nada,soon\n", r"roster\.csv, ada: 'soon' is not a time"),
    ],
)
def test_file_of_times_that_cannot_be_used_is_refused(marked: Marked, tmp_path: Path, text, message) -> None:
    (tmp_path / "class").mkdir()
    (tmp_path / "class" / "ada.ipynb").touch()
    with pytest.raises(TableError, match=message):
        collect(marked.course, "ps1", tmp_path / "class", times=written(tmp_path, text))
    assert not marked.course.folder("submitted").exists()

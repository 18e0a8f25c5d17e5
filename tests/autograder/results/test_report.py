"""autograder.results.report: the numbers are right, nothing of a student's runs, and the page stands alone."""

from __future__ import annotations

import json
import re
import shutil
import time
from base64 import b64encode
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup

from autograder.authoring.build import from_source
from autograder.course import Course
from autograder.errors import AssignmentError
from autograder.grading.records import Item, Outcome, Record, Status
from autograder.grading.store import Store
from autograder.results.report import gather, measures, messages, page, report, similar
from autograder.results.report.gather import Class, Student
from autograder.submissions import reader
from tests.exercises import answers
from tests.support.classroom import Classroom, as_bytes

ROOT = Path(__file__).parents[3]
SCRIPT = "<script>alert(1)</script>"
ODD = f"{SCRIPT}\"'><img src=x onerror=alert(2)>\x00\x1b\u202e{{{{7*7}}}}"
LOOP = """
def total(values, weights):
    result = 0.0
    for position in range(len(values)):
        result += values[position] * weights[position]
        if result > 100:
            result = result - 100
    return result / sum(weights)
"""
SAME = """
def   total(xs, ws):
  "The same, in other words."
  acc=0.0   # other names, other blanks
  for k in range( len(xs) ):

    acc += xs[k]*ws[k]
    if acc>100:
        acc = acc-100
  return acc/sum(ws)
"""


def student(name: str, scores: dict[str, float | None] | None = None, message: str = "", **about: object) -> Student:
    """A graded student with points in exercises that have one point each; b has two."""
    items = [
        Item(grade_id=cell, status=Status.PASSED if score else Status.FAILED, score=score, max_score=1 + (cell == "b"))
        for cell, score in (scores or {"a": 1.0}).items()
    ]
    items[0].message = message
    record = Record(assignment="ps1", student=name, outcome=Outcome.GRADED, items=items, **about)  # type: ignore[arg-type]
    return Student(name, record=record, handed_in=True, points={item.grade_id: item.score for item in items})


def four() -> list[Student]:
    points = [(1, 2, 1), (1, 1, 0), (0, 1, 1), (0, 0, 0)]
    return [student(f"s{k}", dict(zip("abc", map(float, row), strict=True))) for k, row in enumerate(points)]


def rendered(*students: Student, pairs: list[similar.Pair] | None = None) -> str:
    return page.render(
        "ps1", Class(list(students)), page.Compared(pairs, len(students), 3), datetime(2026, 1, 2, tzinfo=UTC)
    )


@pytest.fixture
def room(tmp_path: Path) -> Classroom:
    """ps1, built without running it."""
    shutil.copy(ROOT / "nbgrader_config.py", tmp_path)
    for folder, cells in (("solutions", "source"), ("notebooks", "release")):
        (tmp_path / folder / "ps1").mkdir(parents=True)
        notebook = from_source(ROOT / "tests" / "data" / "ps1.py")
        if cells == "release":
            for cell in notebook.cells:
                cell.source = re.sub(r"(?s) *### BEGIN.*?### END \w+ ?\w*", "    pass", cell.source)
        nbformat.write(notebook, tmp_path / folder / "ps1" / "ps1.ipynb")
    return Classroom(Course(tmp_path), "ps1")


def hand_in(room: Classroom, name: str, answers: dict[str, str] | None = None, **about: object) -> None:
    room.submit(name, room.fill(answers))
    record = Record(assignment="ps1", student=name, outcome=Outcome.GRADED, **about)  # type: ignore[arg-type]
    record.submission = Store(room.course, "ps1").submission_digest(name)
    Store(room.course, record.assignment).save(record)


# numbers


def test_difficulty_is_the_mean_share_of_the_points():
    assert [one.difficulty for one in measures.exercises(four())] == [0.5, 0.5, 0.5]


def test_discrimination_leaves_the_exercise_out_of_the_total():
    # a: x = 1 1 0 0, the others 3 1 2 0: Σ(x - x̄)(y - ȳ) = 1, Σ(x - x̄)² = 1, Σ(y - ȳ)² = 5
    assert [one.discrimination for one in measures.exercises(four())] == pytest.approx([5**-0.5, 1, 5**-0.5])


@pytest.mark.parametrize(
    ("students", "why"),
    [
        (four()[:2], "fewer than three"),
        ([student(f"s{k}", {"a": 1.0, "b": float(k)}) for k in range(3)], "everybody has the same points"),
        ([student(f"s{k}", {"a": float(k), "b": 1.0}) for k in range(3)], "the same points in the other exercises"),
        ([student(f"s{k}", {"a": float(k)}) for k in range(3)], "no other exercise"),
    ],
)
def test_discrimination_that_is_not_defined_says_why(students, why):
    first = measures.exercises(students)[0]
    assert first.discrimination is None
    assert why in first.reading
    assert why in rendered(*students)


def test_answers_not_marked_yet_shift_nobody():
    students = [student("x", {"a": 1.0, "why": None}), *[student(f"s{k}", {"a": 0.0, "why": 1.0}) for k in range(3)]]
    why = measures.exercises(students)[1]
    assert (why.scored, why.difficulty) == (3, 1.0)
    assert measures.scores(students).left_out == ["why"]
    assert list(measures.scores(students).points) == [1, 0, 0, 0]


def test_histogram_puts_full_marks_and_borders_into_the_upper_part():
    points = measures.Scores(measures.np.array([0, 0.99, 3, 7, 9.99, 10, 11]), 10.0, [])
    assert measures.histogram(points) == [2, 0, 0, 1, 0, 0, 0, 1, 0, 3]


def test_times_are_summed_up_by_cell():
    found = measures.seconds([student(f"s{k}", cell_seconds={"a": float(k)}) for k in range(11)])
    assert [(one.name, one.number, one.low, one.median, one.high, one.longest) for one in found] == [
        ("a", 11, 1.0, 5.0, 9.0, 10.0)
    ]
    assert measures.seconds(four()) == []


# messages


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("f(2) is wrong: your value there is 0.5.", "f(2) is wrong: your value there is -3e-05."),
        ("x is wrong, first at index (0, 1): 4 (2 of 9 …)", "x is wrong, first at index (12, 3, 1): 5 (9 of 9 …)"),
        ("x has shape (3,), but should be (5,).", "x has shape (2, 2), but should be (5,)."),
        ("you have [1, 2, 3].", "you have [4.5 6.]."),
        ("you have [[1, 2], [3, 4]].", "you have [[1, 2, 3], [4, 5, 6], [7, 8, 9]]."),
        ("object at 0x7f01a", "object at 0x7e02b"),
        ("mean is 1.0", "mean is nan"),
    ],
)
def test_messages_that_differ_in_numbers_are_one(one, other):
    assert messages.normal(one) == messages.normal(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("conv1d(x) is None", "conv2d(x) is None"), ("name 'x1' is not defined", "name 'x2' is not defined"), ("a", "b")],
)
def test_messages_that_say_other_things_are_not(one, other):
    assert messages.normal(one) != messages.normal(other)


def test_groups_count_students_and_show_the_commonest_message():
    found = messages.group(
        [student(f"s{k}", message=f"a is {k // 2}.") for k in range(3)] + [student("t", message="no")]
    )
    assert [(one.message, one.students, len(one.texts)) for one in found] == [
        ("a is 0.", ["s0", "s1", "s2"], 2),
        ("no", ["t"], 1),
    ]


def test_an_untouched_stub_is_unanswered_and_no_error():
    stub = "NotImplementedError: Your code goes here: replace this line."
    class_of_three = [student(f"s{k}", {"a": 0.0, "b": 1.0}, stub if k else "wrong") for k in range(3)]
    assert [one.message for one in messages.group(class_of_three)] == ["wrong"]
    assert measures.exercises(class_of_three)[0].happened == {"unanswered": 2, "failed": 1}


def test_an_exercise_that_is_not_marked_is_not_the_hardest():
    graded = [student(f"s{k}", {"a": float(k > 0), "b": 1.0, "why": None if k else 0.0}) for k in range(3)]
    for one in graded[1:]:
        one.record.items[2].status = Status.TO_BE_MARKED
    assert [one.difficulty for one in measures.exercises(graded)][1:] == [0.5, None]
    assert "The hardest exercise is b" in rendered(*graded)
    assert "The hardest exercise is why" not in rendered(*graded)


def test_endless_message_is_cut_and_quick():
    assert len(messages.group([student("s", message="[1, " * 500_000)])[0].message) <= messages.LONGEST + 1


# similar answers


def test_renamed_variables_and_other_blanks_are_found():
    pair = similar.similar({"total": {"ada": LOOP, "bob": SAME}}, [], common=3)
    assert [(one.left, one.right, one.matches[0].overlap) for one in pair] == [("ada", "bob", 1.0)]
    marked = [text.strip() for text, alike in pair[0].matches[0].right if alike]
    assert "acc += xs[k]*ws[k]" in marked
    assert '"The same, in other words."' not in marked


def test_statements_in_another_order_are_found():
    lines = [f"value_{k} = np.sum(data[{k}:] * {k}, axis={k}) + offset_{k}" for k in range(12)]
    moved = "\n".join([*lines[6:], *lines[:6]])
    assert similar.similar({"e": {"ada": "\n".join(lines), "bob": moved}}, [], common=3)


def test_independent_right_answers_are_not():
    """Few of the right answers that we keep are alike, although they do the same: those that differ in one line."""
    by: dict[str, dict[str, str]] = {}
    for answer in answers():
        if answer.is_right:
            by.setdefault(f"{answer.assignment} {answer.exercise}", {})[answer.name] = answer.source
    pairs = {
        (exercise, pair.left, pair.right)
        for exercise, sources in by.items()
        for pair in similar.similar({exercise: sources}, [], common=10)
    }
    assert len(pairs) <= len(by) / 10, pairs


def test_released_code_is_nobodys():
    assert similar.similar({"total": {"ada": LOOP, "bob": SAME}}, [LOOP], common=3) == []


def test_what_many_wrote_is_nobodys():
    class_of_four = dict.fromkeys(["ada", "bob", "cyd", "dan"], LOOP)
    assert similar.similar({"total": class_of_four}, [], common=3) == []
    assert len(similar.similar({"total": class_of_four}, [], common=4)) == 6


def test_one_liners_that_a_dozen_wrote_are_no_likeness():
    usual = {f"s{k}": "def mean(values):\n    return sum(values) / len(values) if values else 0.0" for k in range(12)}
    found = similar.similar({"mean": usual, "total": {"s0": LOOP, "s1": SAME}}, [], common=3)
    assert [[match.exercise for match in one.matches] for one in found] == [["total"]]


def test_whole_notebook_comes_before_one_answer():
    other = "\n".join(f"result[{k}] = {k} * data[{k}].mean(axis={k}) - {k} ** 2" for k in range(8))
    first = {"ada": LOOP, "bob": SAME, "cyd": other, "dan": other}
    second = {"ada": other.replace("data", "x"), "bob": other, "cyd": "pass", "dan": "x = 1"}
    found = similar.similar({"one": first, "two": second}, [], common=3)
    assert [(one.left, one.right) for one in found] == [("ada", "bob"), ("cyd", "dan")]


@pytest.mark.parametrize(
    "source",
    [
        "",
        "def f(:\n  return '",
        "%%time\n!ls\nx = 'a\n",
        "'''never closed\n" * 3,
        "\x00\ud800 = (((",
        "x\\\ny",
        "é = 1 if",
    ],
)
def test_code_that_is_not_python_is_cut_into_tokens(source):
    similar.fingerprints(source + "\n" + LOOP)
    assert ("return", source.count("\n") + 8) in similar.tokens(source + "\n" + LOOP) or "'''" in source


def test_answer_made_to_be_slow_is_not():
    assert len(similar.tokens("'''x" * 10**6 + "\\")) < similar.LONGEST


def test_fingerprints_are_the_same_in_every_process():
    assert int(similar.fingerprints(LOOP)[0]) == 43161677067206104


@pytest.mark.parametrize(("students", "limit"), [(1, 3), (59, 5), (100, 10), (10_000, 10)])
def test_more_than_a_tenth_or_ten_is_common(students, limit):
    assert similar.common_limit(students) == limit


# reading


def test_code_of_a_submission_is_that_of_read(room):
    path = room.submit("ada", room.fill())
    cells = [cell for cell in reader.read(path).cells if cell.cell_type == "code"]
    assert [source for _, source in reader.code(path)] == [cell.source for cell in cells]
    assert ("double", room.right["double"]) in reader.code(path)


def test_report_of_a_class(room):
    copy = LOOP + "\ndouble = total"
    hand_in(
        room,
        "ada",
        {"double": copy},
        flags=["odd"],
        items=[Item(grade_id="double-test", status="passed", score=2, max_score=2)],
    )
    hand_in(room, "bob", {"double": SAME + "\ndouble = total"})
    room.submit("cyd", room.released())
    (room.course.folder("submitted", student="dan", assignment="ps1")).mkdir(parents=True)
    Store(room.course, "ps1").save(
        Record(assignment="ps1", student="eve", outcome=Outcome.UNREADABLE, reason="breaks off")
    )
    assert report(room.course, "ps1", room.course.root / "report.html") == 5
    text = BeautifulSoup((room.course.root / "report.html").read_text(), "html.parser").get_text(" ", strip=True)
    for said in ("Not graded yet: 2", "Unreadable: 1", "breaks off", "odd", "3 submissions compared", "no due date"):
        assert said in text
    assert re.search(r"ada and bob *: double", text)


@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")
def test_late_and_marks_by_hand_are_the_gradebooks(room):
    from nbgrader.api import Gradebook

    room.course.tools_on_path()
    due = datetime(2026, 3, 1, 12)
    with Gradebook(room.course.directory.db_url) as gradebook:
        gradebook.add_assignment("ps1", duedate=str(due))
        gradebook.add_notebook("ps1", "ps1")
        gradebook.add_grade_cell("why", "ps1", "ps1", max_score=5, cell_type="markdown")
        for name, hours in (("ada", 3), ("bob", -3), ("cyd", 3)):
            gradebook.add_student(name, first_name=name.title())
            gradebook.add_submission("ps1", name, timestamp=str(due + timedelta(hours=hours)))
        gradebook.grant_extension("ps1", "cyd", hours=4)
        gradebook.find_grade("why", "ps1", "ps1", "ada").manual_score = 4
        gradebook.db.commit()
    for name in ("ada", "bob"):
        hand_in(room, name, items=[Item(grade_id="why", status=Status.TO_BE_MARKED, score=None, max_score=5)])
    everybody = gather.gather(room.course, "ps1")
    assert everybody.due == due
    assert {one.name: one.late for one in everybody.students if one.late} == {"Ada": timedelta(hours=3)}
    assert [one.points for one in everybody.students] == [{"why": 4}, {"why": None}, {}]
    assert measures.exercises(everybody.students)[0].happened == {"marked by hand": 1, "to be marked by hand": 1}
    assert "Ada (ada)" in page.render("ps1", everybody, page.Compared(None))


def test_record_counts_after_the_submissions_are_gone(room):
    hand_in(room, "ada")
    shutil.rmtree(room.course.root / "submitted")
    assert [one.state for one in gather.gather(room.course, "ps1").students] == ["graded"]
    assert not (room.course.root / "gradebook.db").exists(), "reading makes none"


def test_record_of_an_earlier_submission_does_not_count(room):
    hand_in(room, "ada")
    room.submit("ada", room.released())
    assert [one.state for one in gather.gather(room.course, "ps1").students] == ["not graded yet"]


def test_nobody_to_report_on_says_what_to_do(room):
    with pytest.raises(AssignmentError, match="autograder grade ps1"):
        report(room.course, "ps1", room.course.root / "report.html")


def test_file_that_cannot_be_written_is_named(room):
    hand_in(room, "ada")
    with pytest.raises(AssignmentError, match=r"nowhere.report\.html"):
        report(room.course, "ps1", room.course.root / "nowhere" / "report.html")


# the page


def full() -> str:
    """A page that has everything, all of it written by somebody who wishes us ill."""
    match = similar.Match("a", 1.0, [(ODD, True)], [(ODD, False)])
    about = {"flags": [ODD], "notes": [ODD], "cell_seconds": {ODD: 0.5}, "seconds": 2.0, "sandboxed": False}
    students = [student(f"{ODD}{k}", {"a": k / 3, "b": 1.0, "c": k % 2}, ODD, **about) for k in range(20)]
    students += [
        Student(f"{ODD}{k}", ODD, Record(assignment="ps1", student="x", outcome=outcome, reason=ODD), True)
        for k, outcome in enumerate(list(Outcome)[1:], 20)
    ]
    students += [Student("late", ODD, students[0].record, True, timedelta(hours=2), {"a": 1.0}), Student("absent", ODD)]
    both = [similar.Pair(students[0].id, "late", 20, 9.0, [match])]
    return page.render(ODD, Class(students, datetime(2026, 3, 1)), page.Compared(both, 20, 3))


PAGES: dict[str, Callable[[], str]] = {
    "everything": full,
    "nobody": rendered,
    "one student": lambda: rendered(student("ada"), pairs=[]),
    "nobody graded": lambda: rendered(Student("ada"), Student("bob", handed_in=True)),
    "four": lambda: rendered(*four(), pairs=[]),
    "all to be marked": lambda: rendered(*[student(f"s{k}", {"why": None}) for k in range(3)]),
}


@pytest.fixture(params=PAGES)
def html(request: pytest.FixtureRequest) -> str:
    return PAGES[request.param]()


def test_nothing_that_students_wrote_becomes_html():
    soup = BeautifulSoup(full(), "html.parser")
    assert soup.find_all(["script", "img", "iframe", "object", "a[href^=javascript]"]) == []
    assert [tag for tag in soup.find_all(True) for name in tag.attrs if name.startswith("on") or name == "style"] == []
    assert soup.get_text().count(SCRIPT) > 30, "it is shown as it was written"
    assert not re.search("[\x00\x1b\u202e]", full())


def test_page_needs_nothing_from_elsewhere(html):
    soup = BeautifulSoup(html, "html.parser")
    assert [tag.name for tag in soup.find_all(["link", "script", "img", "iframe", "object", "base"])] == []
    assert all(tag["href"].startswith("#") for tag in soup.find_all(href=True))
    assert soup.find_all(src=True) == []
    assert "url(" not in html
    assert "@import" not in html


def test_policy_allows_the_one_style_and_nothing_else(html):
    soup = BeautifulSoup(html, "html.parser")
    digest = b64encode(sha256(soup.style.string.encode()).digest()).decode()
    policy = soup.find("meta", attrs={"http-equiv": "Content-Security-Policy"})["content"]
    assert policy.split("; ")[:2] == ["default-src 'none'", f"style-src 'sha256-{digest}'"]


def test_pictures_say_what_they_show(html):
    soup = BeautifulSoup(html, "html.parser")
    for picture in soup.find_all("svg"):
        if picture.get("aria-hidden") == "true":
            continue
        assert picture["role"] == "img"
        assert soup.find(id=picture["aria-labelledby"]).get_text(strip=True)
        assert soup.find(id=picture["aria-describedby"]).get_text(strip=True)
    ids = [tag["id"] for tag in soup.find_all(id=True)]
    assert len(ids) == len(set(ids))
    assert all(soup.find(id=tag["href"][1:]) for tag in soup.find_all("a"))
    assert all(table.caption and table.find("th", scope="col") for table in soup.find_all("table"))
    assert soup.html["lang"] == "en"


def test_every_picture_has_its_numbers_in_a_table():
    sections = BeautifulSoup(full(), "html.parser").find_all("section")
    with_pictures = [section for section in sections if section.find("svg", class_="chart")]
    assert [section["id"] for section in with_pictures] == ["scores", "exercises", "time"]
    assert all(section.select_one("details table") for section in with_pictures)


def test_nobody_and_one_student_are_said_in_words():
    assert "Nobody has been graded yet" in rendered()
    assert "Nobody is enrolled" in rendered()
    one = " ".join(rendered(student("ada"), pairs=[]).split())
    assert "With 1 student it is only a hint" in one
    assert "not defined: there is no other exercise" in one
    assert "no times of cells" in one
    assert "No two submissions stand out" in one


def test_large_class_names_only_some_behind_an_error():
    assert rendered(*[student(f"s{k}", message="no") for k in range(page.NAMES + 7)]).count("and 7 more") == 1


@pytest.mark.parametrize("dark", [False, True])
def test_text_stands_out_from_what_is_behind_it(dark):
    style = (ROOT / "autograder" / "results" / "report" / "page.css").read_text()
    schemes = [dict(re.findall(r"--([\w-]+): (#\w+)", block)) for block in re.findall(r":root \{(.*?)\}", style, re.S)]
    color = {**schemes[0], **schemes[1]} if dark else schemes[0]
    bars = dict(re.findall(r"svg \.([\w-]+) \{ fill: (#\w+)", style))
    on_bars = {
        (("#fff" if name == "stopped" else "#101418"), bar) for name, bar in {**bars, "passed": color["data"]}.items()
    }
    pairs = {(color[a], color[b]) for a in ("ink", "quiet", "link") for b in ("paper", "panel")} | on_bars
    pairs |= {(color["ink"], color["alike"])}
    assert {pair: contrast(*pair) for pair in pairs if contrast(*pair) < 4.5} == {}


def contrast(one: str, other: str) -> float:
    """Contrast ratio of WCAG 2."""
    lights = []
    for color in (one, other):
        digits = color[1:] if len(color) == 7 else "".join(2 * digit for digit in color[1:])
        parts = [int(digits[k : k + 2], 16) / 255 for k in (0, 2, 4)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        lights.append(sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True)))
    return (max(lights) + 0.05) / (min(lights) + 0.05)


def test_unreadable_submission_is_left_out_of_the_comparison(room):
    room.submit("ada", as_bytes(room.released())[:200])
    assert gather.answers(room.course, "ps1", {"double": "double"}, ["ada", "nobody"]) == {"double": {}}


def test_thousands_of_copies_of_an_answer_cost_what_they_hold(marked, tmp_path):
    source = "def double(x):\n    return 2 * x  # " + "x" * 900
    cell = {"cell_type": "code", "metadata": {"nbgrader": {"grade_id": "double"}}, "source": source, "outputs": []}
    folder = marked.hand_in("ada")
    (folder / "ps1.ipynb").write_text(json.dumps({"cells": [cell] * 1_990, "metadata": {}, "nbformat": 4}))
    started = time.process_time()
    found = gather.answers(marked.course, "ps1", {"double": "double"}, ["ada"])
    assert found["double"]["ada"] == "\n".join([source] * 1_990)
    similar.similar(found, [], common=3)
    assert time.process_time() - started < 5

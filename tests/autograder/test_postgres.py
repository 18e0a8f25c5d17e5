"""The gradebook in PostgreSQL does what it does in SQLite; with a server that is started here, and without kernels."""

from __future__ import annotations

import json
import os
import pickle
import re
import shutil
import signal
import subprocess
import sys
import traceback
from collections.abc import Iterator
from contextlib import nullcontext
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from autograder import cli, database
from autograder.authoring.build import from_source
from autograder.authoring.release import release
from autograder.course import Course
from autograder.errors import BusyError, GradebookError
from autograder.grading import cluster, grade
from autograder.grading import gradebook as book
from autograder.grading.store import Store
from autograder.results import export
from autograder.results.feedback import feedback
from autograder.results.report import report
from tests.support import postgres, quick
from tests.support.postgres import PASSWORD

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
numbers = count()
STUDENTS = {
    "ada": {"double-test": 2.0, "share-test": 3.0, "partial-test": 4.0},
    "bob": {"double-test": 0.1, "share-test": 0.2, "partial-test": 0.3},
    "cyd": {"double-test": 0.0, "share-test": 3.0, "partial-test": 1.0},
}
TOTALS = {"ada": 9.0, "bob": 0.6, "cyd": 4.0}
POLICY = '{"kind": "per day", "percent": 10}'
DUE = "2026-05-01 22:00:00"
KILLED = """
import os, signal, sys
from pathlib import Path
from autograder.grading import grade
from autograder.grading import gradebook as book
from autograder.course import Course
from tests.autograder import test_postgres

enter, entered = book._enter, []

def third_kills(course, gradebook, done):
    late = enter(course, gradebook, done)
    gradebook.db.flush()
    entered.append(done)
    if len(entered) == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return late

book._enter = third_kills
course = Course(Path(sys.argv[1]), sys.argv[2])
test_postgres.in_this_process(setattr)
list(grade.grade(course, "ps1", grade.submissions(course, "ps1")))
"""


def in_this_process(patch: Any) -> None:
    """Have jobs done here instead of by workers."""

    def run(client: Any, function: Any, jobs: Iterator[Any], watch: Any) -> Iterator[Any]:
        return (cluster.Ended(job, function(job)) for job in jobs)

    patch(cluster, "connect", lambda *_: nullcontext())
    patch(cluster, "run", run)
    patch(grade, "do", quick.mark)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with postgres.serve() as url:
        yield url


def new_database(server: str, template: str = "template1") -> str:
    """Make a database; gives its URL."""
    engine, name = create_engine(f"{server}/postgres", isolation_level="AUTOCOMMIT"), f"test{next(numbers)}"
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
    engine.dispose()
    return f"{server}/{name}"


@pytest.fixture(scope="module")
def prepared(server: str, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The root of a course that is released into SQLite and PostgreSQL, and the latter's URL; for copying."""
    root, url = new_course(tmp_path_factory.mktemp("prepared")), new_database(server)
    release(Course(root), "ps1")
    release(Course(root, url), "ps1")
    return root, url


@pytest.fixture
def course(prepared: tuple[Path, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Course:
    """A course with its gradebook in SQLite."""
    in_this_process(monkeypatch.setattr)
    return Course(shutil.copytree(prepared[0], tmp_path / "course"))


@pytest.fixture
def there(prepared: tuple[Path, str], server: str, course: Course) -> Course:
    """The same course with its gradebook in PostgreSQL."""
    return Course(course.root, new_database(server, prepared[1].rpartition("/")[2]))


def new_course(folder: Path) -> Path:
    """Make a course of three submissions, without running anything; gives its root."""
    import nbformat

    root = folder / "course"
    (root / "solutions" / "ps1").mkdir(parents=True)
    source = shutil.copy(ROOT / "tests" / "data" / "ps1.py", root / "solutions" / "ps1")
    nbformat.write(from_source(Path(source)), root / "solutions" / "ps1" / "ps1.ipynb")
    config = (ROOT / "nbgrader_config.py").read_text()
    (root / "nbgrader_config.py").write_text(
        f"{config}\nc.ExecuteSubmission.sandbox = False\nc.LatePenalty.policy = {POLICY}\n"
    )
    for number, (student, points) in enumerate(STUDENTS.items()):
        folder = root / "submitted" / student / "ps1"
        folder.mkdir(parents=True)
        (folder / "ps1.ipynb").write_text(json.dumps(points))
        (folder / "timestamp.txt").write_text(f"2026-05-0{number + 1} 12:00:00 UTC")
    return root


def run(course: Course, **options: Any) -> dict[str, bool]:
    made = grade.grade(course, "ps1", grade.submissions(course, "ps1"), **options)
    return {record.student: fresh for record, fresh in made}


def marks(course: Course) -> dict[str, float]:
    with course.gradebook() as gradebook:
        return {entry.student_id: round(entry.score, 4) for entry in gradebook.assignment_submissions("ps1")}


def term(course: Course) -> dict[str, str]:
    """Take an assignment from release to grades; give all that comes out of it."""
    release(course, "ps1")
    assert run(course) == dict.fromkeys(STUDENTS, True)
    with course.gradebook() as gradebook:
        gradebook.update_or_create_assignment("ps1", duedate=DUE)
        for student, points in (("ada", 4), ("bob", 2.5)):
            mark = gradebook.find_grade("why", "ps1", "ps1", student)
            mark.manual_score, mark.extra_credit, mark.needs_manual_grade = points, 0.5, False
            gradebook.find_comment("why", "ps1", "ps1", student).manual_comment = "Nicely put."
        gradebook.db.commit()
    release(course, "ps1")
    assert run(course) == dict.fromkeys(STUDENTS, False)
    assert run(course, force=True) == dict.fromkeys(STUDENTS, True)
    out = course.root / "out"
    out.mkdir()
    pages = list(feedback(course, "ps1", list(STUDENTS)))
    assert [page.problem for page in pages] == ["", "", ""]
    export.export(course, "ps1", out / "grades.csv")
    report(course, "ps1", out / "report.html")
    made = {page.path.parts[-3]: page.path.read_text() for page in pages}
    made |= {path.name: re.sub(r"chart-\d+|\d\d:\d\d UTC", "", path.read_text()) for path in out.iterdir()}
    return made | {"formgrader": formgrader(course), "for workers": for_workers(course)}


def formgrader(course: Course) -> str:
    """Show what nbgrader's formgrader shows."""
    from nbgrader.apps import NbGraderAPI

    api = NbGraderAPI(course.directory, config=course.config)
    tables = [
        *(api.get_assignments(), api.get_students(), api.get_submissions("ps1"), api.get_notebooks("ps1")),
        *(api.get_notebook_submissions("ps1", "ps1"), api.get_student_notebook_submissions("ada", "ps1")),
    ]

    def plain(row: dict[str, Any]) -> str:  # sums of floats, and what is numbered by ids, differ from time to time
        rounded = {name: round(value, 6) if isinstance(value, float) else str(value) for name, value in row.items()}
        return json.dumps({name: rounded[name] for name in sorted(rounded) if name not in ("id", "index")})

    return "\n".join(sorted(plain(row) for table in tables for row in table))


def for_workers(course: Course) -> str:
    from nbgrader.api import Gradebook

    copy = course.root / "copy.db"
    copy.write_bytes(book.only(course, "ps1"))
    with Gradebook(f"sqlite:///{copy}") as gradebook:
        assert gradebook.students == []
        notebook = gradebook.find_notebook("ps1", "ps1")
        rows = [f"{cell.name} {cell.max_score} {cell.cell_type}" for cell in notebook.grade_cells]
        rows += [f"{cell.name} {cell.source} {cell.locked} {cell.checksum}" for cell in notebook.source_cells]
        return "\n".join(sorted([*rows, *(cell.name for cell in notebook.solution_cells)]))


def test_every_step_gives_what_it_gives_with_sqlite(course: Course, there: Course) -> None:
    other = Course(shutil.copytree(course.root, course.root.with_name("other")), there.db)
    (other.root / "gradebook.db").unlink()
    expected = term(course)
    assert "ada,,,,graded,13.5,14.0,0,0,0.0,13.5," in expected["grades.csv"]
    assert "cyd,,,,graded,1.2,14.0,1,2,2.8,4.0," in expected["grades.csv"], "two days late"
    assert "Nicely put." in expected["ada"]
    found = term(other)
    assert found == {name: made.replace(str(course.root), str(other.root)) for name, made in expected.items()}
    assert not (other.root / "gradebook.db").exists()
    files = [path for path in other.root.rglob("*") if path.is_file()]
    assert [path for path in files if PASSWORD.encode() in path.read_bytes()] == []


def test_password_does_not_travel_to_workers(there: Course) -> None:
    assert PASSWORD in there.directory.db_url
    assert PASSWORD.encode() not in pickle.dumps(grade.make_kit(there, "ps1"))
    assert PASSWORD not in repr(there)


def test_marks_are_made_anew_for_another_gradebook(course: Course, there: Course) -> None:
    assert run(course) == dict.fromkeys(STUDENTS, True)
    assert marks(there) == {}
    assert run(there) == dict.fromkeys(STUDENTS, True)
    assert run(there) == dict.fromkeys(STUDENTS, False)
    assert marks(there) == marks(course) == TOTALS


def test_configured_gradebook_is_used(course: Course, there: Course) -> None:
    with (course.root / "nbgrader_config.py").open("a") as config:
        config.write(f"c.CourseDirectory.db_url = {there.db!r}\n")
    before = (course.root / "gradebook.db").read_bytes()
    assert run(Course(course.root)) == dict.fromkeys(STUDENTS, True)
    assert marks(there) == TOTALS
    assert (course.root / "gradebook.db").read_bytes() == before


def test_killed_writer_leaves_nothing_of_a_batch_and_no_lock(there: Course, tmp_path: Path) -> None:
    (tmp_path / "script.py").write_text(KILLED)
    command = [sys.executable, str(tmp_path / "script.py"), str(there.root), str(there.db)]
    killed = subprocess.run(command, check=False, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)})
    assert killed.returncode == -signal.SIGKILL
    assert marks(there) == {}
    assert len(list(Store(there, "ps1").journal.entries())) == len(STUDENTS)
    assert run(there) == dict.fromkeys(STUDENTS, True)
    assert marks(there) == TOTALS
    assert list(Store(there, "ps1").journal.entries()) == []


def test_lost_server_is_explained_and_the_next_run_goes_on(there: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    enter = book._enter

    def lose(course: Course, gradebook: Any, done: Any) -> bool:
        late = enter(course, gradebook, done)
        gradebook.db.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
        return late

    with monkeypatch.context() as patch:
        patch.setattr(book, "_enter", lose)
        with pytest.raises(GradebookError, match=r"terminating connection.* Is the server running"):
            run(there)
    assert marks(there) == {}
    monkeypatch.setattr(grade, "do", None)
    assert run(there) == dict.fromkeys(STUDENTS, True), "from the journal"
    assert marks(there) == TOTALS


def test_second_course_with_the_same_gradebook_waits_its_turn(there: Course) -> None:
    second = Course(shutil.copytree(there.root, there.root.with_name("second")), there.db)
    students = grade.submissions(there, "ps1")
    first = grade.grade(there, "ps1", students)
    next(first)
    who = rf"{re.escape(database.redacted(str(there.db)))} \(process {os.getpid()} on .*pg_terminate_backend\(\d+\)"
    with pytest.raises(BusyError, match=who) as caught:
        run(second)
    assert PASSWORD not in str(caught.value)
    first.close()
    assert run(second) == dict.fromkeys(STUDENTS, True)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ((PASSWORD, f"{PASSWORD}x"), "password authentication failed.*~/.pgpass"),
        ((f":{PASSWORD}@", "@"), "no password supplied.*PGPASSWORD"),
        ((f":{PASSWORD}@", f":{PASSWORD}@more@"), "an @ in user or password. Write it as %40"),
        (("/test", "/none"), 'database "none.*" does not exist.*createdb'),
        ((r":\d+/", ":1/"), "port 1 failed: Connection refused.*Is the server running"),
        (("127.0.0.1", "nowhere.invalid"), "nowhere.invalid.*Is the server running"),
        ((r":\d+/", ":port/"), "URL cannot be read. Write it so: postgresql"),
        ((r"\+psycopg", "+pg8000"), r"driver for postgresql\+pg8000:// is not installed. Run: pip install"),
        ((r"ql\+psycopg", ""), "cannot be in 'postgres', only in SQLite or PostgreSQL. Write: postgresql"),
        ((r"$", f"?password={PASSWORD}x"), "password authentication failed"),
        ((".*", PASSWORD), "URL cannot be read"),
        ((".*", "sqlite://"), "names no file"),
        ((".*", "sqlite:///no/such/folder/book.db"), "unable to open.*Is there such a folder"),
        ((".*", "sqlite:///nbgrader_config.py"), "not a database.*Name another"),
    ],
)
def test_what_is_wrong_is_said_without_the_password(
    server: str, prepared: tuple[Path, str], monkeypatch: pytest.MonkeyPatch, change: tuple[str, str], said: str
) -> None:
    root, _ = prepared
    monkeypatch.chdir(root)
    wrong = Course(root, re.sub(*change, f"{server}/test0", count=1))
    with pytest.raises(GradebookError, match=said) as caught, wrong.gradebook():
        pass
    assert PASSWORD not in "".join(traceback.format_exception(caught.value))


def test_user_who_may_not_write_is_told(server: str, course: Course) -> None:
    url = new_database(server)
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE ROLE reader LOGIN PASSWORD '{PASSWORD}'"))
    engine.dispose()
    with pytest.raises(GradebookError, match=r"permission denied for schema public.*make it the database's owner"):
        release(Course(course.root, url.replace("postgres:", "reader:")), "ps1")


def test_command_line_takes_it_and_hides_the_password(
    there: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def autograder(*arguments: str) -> int:
        monkeypatch.setattr(sys, "argv", ["autograder", "--course-dir", str(there.root), *arguments])
        with pytest.raises(SystemExit) as end:
            cli.app()
        return int(end.value.code or 0)

    url, out = str(there.db), str(tmp_path / "grades.csv")
    assert autograder("grade", "ps1", "--db", url) == 0
    assert autograder("export", "ps1", "--db", url, "--out", out) == 0
    assert "ada,,,,graded,9.0" in Path(out).read_text()
    assert autograder("grade", "ps1", "--db", url.replace(PASSWORD, f"{PASSWORD}x")) == 10
    printed = "".join(capsys.readouterr())
    assert "postgres:***@" in printed
    assert PASSWORD not in printed

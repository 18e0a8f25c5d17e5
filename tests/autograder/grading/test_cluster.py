"""Who runs what and what is kept, whoever dies; with jobs that need no kernel."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextvars import copy_context
from pathlib import Path
from typing import Any

import pytest

from autograder.errors import BusyError, ExecutorError
from autograder.grading import cluster, grade, gradebook, writer
from autograder.grading.journal import Journal
from autograder.grading.records import Outcome
from autograder.grading.store import Store
from tests.support import quick
from tests.support.marked import Marked

TOTAL = 12
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])}  # for jobs of tests.support.quick
SCRIPT = """
import sys
from pathlib import Path
from autograder.course import Course
from autograder.grading import grade, writer
from tests.support import quick

if __name__ == "__main__":
    grade.do, writer.BATCH, writer.SECONDS = quick.do, 4, 60
    course = Course(Path(sys.argv[1]))
    for record, fresh in grade.grade(course, "ps1", grade.submissions(course, "ps1"), workers=1):
        print(record.student, flush=True)
"""


@pytest.fixture
def room(marked: Marked, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Marked:
    """A class whose submissions are quickly graded, and a folder that says who ran what."""
    (tmp_path / "notes").mkdir()
    marked.configure(f"c.Quick.folder = {str(tmp_path / 'notes')!r}\nc.ExecuteSubmission.sandbox = False")
    for number in range(TOTAL):
        hand_in(marked, f"s{number:02}", b"fine")
    monkeypatch.setattr(grade, "do", quick.do)
    return marked


def test_workers_of_a_machine_share_out_its_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    there = cluster.places(["tls://10.0.0.7:41", "tcp://10.0.0.8:5", "tls://10.0.0.7:302", "tls://10.0.0.7:7"])
    assert sorted(place for address, place in there.items() if "0.7" in address) == [(0, 3), (1, 3), (2, 3)]
    assert there["tcp://10.0.0.8:5"] == (0, 1)
    for usable, workers, shares in (
        ({0, 1, 2, 3, 4}, 3, [[0, 3], [1, 4], [2]]),
        ({4, 7}, 1, [[4, 7]]),
        ({4, 7}, 2, [[4], [7]]),
        ({4, 7}, 3, [[4], [7], [4]]),  # more workers than processors: they have to share
    ):
        monkeypatch.setattr(os, "sched_getaffinity", lambda _, usable=usable: usable, raising=False)
        for number, share in enumerate(shares):
            there = copy_context()
            there.run(cluster._place.set, (number, workers))
            assert there.run(cluster.processors) == share


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    return tmp_path / "notes"


def hand_in(room: Marked, student: str, content: bytes) -> None:
    (room.hand_in(student) / "ps1.ipynb").write_bytes(content)


def run(room: Marked, **options: Any) -> dict[str, tuple[Outcome, bool]]:
    students = grade.submissions(room.course, "ps1")
    return {one.student: (one.outcome, fresh) for one, fresh in grade.grade(room.course, "ps1", students, **options)}


def until(there: Callable[[], bool], process: subprocess.Popen[bytes]) -> None:
    """Wait for what a process will do, as long as it lives."""
    while not there():
        assert process.poll() is None, "it has ended"
        time.sleep(0.05)


def marks(room: Marked) -> dict[str, float]:
    from nbgrader.api import Gradebook

    with Gradebook(room.course.directory.db_url) as gradebook:
        return {entry.student_id: entry.score for entry in gradebook.assignment_submissions("ps1")}


def is_whole(room: Marked, students: list[str]) -> bool:
    """Tell whether exactly these have been graded, each with mark, record and file, and nothing waits."""
    made = [room.course.folder("autograded", student=name, assignment="ps1") / "ps1.ipynb" for name in students]
    known = {name: Store(room.course, "ps1").current(name) for name in students}
    return (
        list(Store(room.course, "ps1").journal.entries()) == []
        and marks(room) == dict.fromkeys(students, 9.0)
        and all(record and record.outcome is Outcome.GRADED for record in known.values())
        and [path.read_text() for path in made] == [f'{{"of": "{name}"}}' for name in students]
    )


def everybody() -> list[str]:
    return [f"s{number:02}" for number in range(TOTAL)]


@pytest.mark.usefixtures("cluster")
def test_everybody_is_graded_once(room: Marked, notes: Path) -> None:
    states: list[cluster.State] = []
    assert run(room, watch=states.append) == dict.fromkeys(everybody(), (Outcome.GRADED, True))
    assert is_whole(room, everybody())
    assert quick.notes(notes, "ended") == dict.fromkeys(everybody(), 1)
    assert max(state.running for state in states) == 2
    assert states[0].dashboard.startswith("http")
    shares: dict[str, set[str]] = defaultdict(set)  # of the workers, by process number
    for path in notes.glob("*.on-*"):
        for worker in path.read_text().split():
            shares[worker].add(path.suffix)
    assert sorted(set.union(*shares.values())) == [f".on-{number}" for number in sorted(os.sched_getaffinity(0))]
    if len(os.sched_getaffinity(0)) > 1:
        assert not set.intersection(*shares.values()), "two workers, and each has processors of its own"
    assert run(room) == dict.fromkeys(everybody(), (Outcome.GRADED, False))
    assert quick.notes(notes, "ended") == dict.fromkeys(everybody(), 1)
    assert run(room, force=True) == dict.fromkeys(everybody(), (Outcome.GRADED, True))
    assert quick.notes(notes, "ended") == dict.fromkeys(everybody(), 2)


@pytest.mark.usefixtures("cluster")
def test_marks_given_by_hand_are_kept(room: Marked) -> None:
    from nbgrader.api import Gradebook

    run(room)
    with Gradebook(room.course.directory.db_url) as gradebook:
        mark = gradebook.find_grade("why", "ps1", "ps1", "s00")
        mark.manual_score, mark.needs_manual_grade = 2, False
        gradebook.db.commit()
    run(room, force=True)
    with Gradebook(room.course.directory.db_url) as gradebook:
        mark = gradebook.find_grade("why", "ps1", "ps1", "s00")
        assert (mark.manual_score, mark.needs_manual_grade) == (2, False), "nothing new to be looked at"


@pytest.mark.slow
def test_two_workers_and_one_that_dies(room: Marked, notes: Path) -> None:
    hand_in(room, "s03", quick.LETHAL)
    hand_in(room, "s05", quick.ONCE)
    found = run(room, workers=2)
    assert found.pop("s03") == (Outcome.GRADER_ERROR, True)
    assert set(found.values()) == {(Outcome.GRADED, True)}
    assert quick.notes(notes, "started")["s03"] == 3
    assert quick.notes(notes, "started")["s05"] == 2
    record = Store(room.course, "ps1").load("s03")
    assert record
    assert "brought three workers down" in record.reason
    assert sorted(marks(room)) == sorted(found)


@pytest.fixture
def remote(tmp_path: Path) -> Iterator[str]:
    """A scheduler with a worker, each started as on a cluster, elsewhere."""
    tools = Path(sys.executable).parent
    file = tmp_path / "scheduler.json"
    common: dict[str, Any] = {"cwd": tmp_path, "env": ENVIRONMENT, "stderr": subprocess.DEVNULL}
    options = ["--host", "127.0.0.1", "--port", "0", "--dashboard-address", "127.0.0.1:0"]
    start = [str(tools / "dask"), "scheduler", *options, "--scheduler-file", str(file)]
    join = [str(tools / "dask"), "worker", "--scheduler-file", str(file), "--nthreads", "1", "--no-dashboard"]
    with subprocess.Popen(start, **common) as one, subprocess.Popen(join, **common) as two:
        until(file.exists, one)
        import json

        yield json.loads(file.read_text())["address"]
        for process in (two, one):
            process.terminate()


@pytest.mark.slow
def test_workers_elsewhere_by_address(room: Marked, remote: str) -> None:
    assert run(room, scheduler=remote) == dict.fromkeys(everybody(), (Outcome.GRADED, True))
    assert is_whole(room, everybody())


def test_scheduler_that_does_not_answer_is_named(room: Marked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "PATIENCE", 0.5)
    with pytest.raises(ExecutorError, match=r"127.0.0.1:9 does not answer"):
        run(room, scheduler="tcp://127.0.0.1:9")


@pytest.mark.slow
@pytest.mark.parametrize("after", [2, 9])
def test_killed_grader_loses_nothing_and_does_nothing_twice(
    room: Marked, notes: Path, tmp_path: Path, scheduler: str, after: int
) -> None:
    hand_in(room, f"s{after:02}", quick.SLOW)
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    command = [sys.executable, str(script), str(room.course.root)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, env=ENVIRONMENT) as grader:
        until(lambda: f"s{after:02}" in quick.notes(notes, "started"), grader)
        grader.send_signal(signal.SIGKILL)
    assert len(list(Store(room.course, "ps1").journal.entries())) == after % 4
    before = quick.notes(notes, "ended")
    assert set(before) == set(everybody()[:after])
    hand_in(room, f"s{after:02}", b"fine")
    found = run(room, scheduler=scheduler)
    assert is_whole(room, everybody())
    assert quick.notes(notes, "ended") == dict.fromkeys(everybody(), 1)
    assert [fresh for _, fresh in found.values()].count(True) == TOTAL - after // 4 * 4


class KilledError(BaseException):
    """Stands for kill -9."""


@pytest.mark.usefixtures("cluster")
@pytest.mark.parametrize(
    ("where", "name"), [(writer, "_put_files"), (gradebook, "write"), (Store, "save"), (Journal, "remove")]
)
@pytest.mark.parametrize("late", [False, True])
def test_every_step_of_recording_may_be_the_last(
    room: Marked, notes: Path, monkeypatch: pytest.MonkeyPatch, where: Any, name: str, *, late: bool
) -> None:
    original = getattr(where, name)

    def killed(*arguments: Any) -> Any:
        if late or arguments[-1] == []:
            original(*arguments)
        if arguments[-1] != []:
            raise KilledError

    with monkeypatch.context() as patch:
        patch.setattr(where, name, killed)
        patch.setattr(writer, "BATCH", 5)
        with pytest.raises(KilledError):
            run(room)
    kept = {done.record.student for done in Store(room.course, "ps1").journal.entries()}
    kept |= {name for name in everybody() if Store(room.course, "ps1").current(name)}
    run(room)
    assert is_whole(room, everybody())
    ended = quick.notes(notes, "ended")
    assert len(kept) >= 5
    assert {ended[name] for name in kept} == {1}, "only what the other worker was doing may be done twice"


@pytest.mark.usefixtures("cluster")
def test_journal_of_another_file_is_not_believed(room: Marked, notes: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run(room)
    for record in map(Store(room.course, "ps1").load, everybody()):
        assert record
        Store(room.course, "ps1").save(record.model_copy(update={"submission": "another"}))
    with monkeypatch.context() as patch:
        patch.setattr(writer, "_record", lambda *_: [])
        run(room)
    assert len(list(Store(room.course, "ps1").journal.entries())) == TOTAL
    hand_in(room, "s07", b"another")
    Store(room.course, "ps1").journal.path("s08").write_bytes(b"half")
    run(room)
    assert is_whole(room, everybody())
    assert {name: number for name, number in quick.notes(notes, "ended").items() if number != 2} == {"s07": 3, "s08": 3}


@pytest.mark.usefixtures("cluster")
def test_second_grader_is_refused(room: Marked) -> None:
    students = grade.submissions(room.course, "ps1")
    first = grade.grade(room.course, "ps1", students)
    next(first)
    with pytest.raises(BusyError, match=f"Another grader is at work on this course \\(process {os.getpid()} on"):
        next(grade.grade(room.course, "ps1", students))
    first.close()
    assert len(run(room)) == TOTAL


@pytest.mark.slow
def test_interrupt_keeps_what_is_finished(room: Marked, notes: Path, tmp_path: Path) -> None:
    hand_in(room, "s06", quick.SLOW)
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    command = [sys.executable, str(script), str(room.course.root)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, start_new_session=True, env=ENVIRONMENT) as grader:
        until(lambda: "s06" in quick.notes(notes, "started"), grader)
        started = time.monotonic()
        os.killpg(grader.pid, signal.SIGINT)
        assert grader.stderr
        said = grader.stderr.read().decode()
    assert time.monotonic() - started < 15
    assert said.count("Traceback") == 1, said
    assert is_whole(room, everybody()[:6])

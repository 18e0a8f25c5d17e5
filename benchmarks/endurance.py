"""Does a class come through? Marks must not depend on who runs what, on who is killed, or on hostile neighbours.

    python -m benchmarks.endurance same --repeats 20       1, 2 and 8 workers and a scheduler by address, in turn
    python -m benchmarks.endurance kills --students 200    graders, workers, kernels and judges are killed at random
    python -m benchmarks.endurance hostile                 1,000 submissions, every tenth one hostile or broken

Each grades submissions with known marks in a course of its own, in a temporary folder, and says what it saw. Exit code
1 when a mark is not the one deserved, two runs differ, or something is left behind. On two idle cores they take about
5, 10 and 25 minutes.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import cycle
from pathlib import Path
from typing import Any

import psutil
from rich.console import Console
from rich.progress import track

from autograder.course import Course
from autograder.grading import cluster as executor
from autograder.grading.grade import grade, submissions
from autograder.grading.records import Outcome, Record
from autograder.grading.store import Store
from tests.support import forgeries
from tests.support.classroom import DEAF, Classroom, as_bytes

ASSIGNMENT = "ps1"
UNLIKE = {"seconds", "cell_seconds", "version"}  # times, and what tells one gradebook from another
DOUBLE = {  # answers by what they earn, partial credit included
    3.0: ("def double(x):\n    return 2 * x", "def double(x):\n    return x + x"),
    0.0: ("def double(x):\n    return 3 * x + 5", "def double(x):\n    return -7.0"),
}
SHARE = {6.0: "def share(part, whole):\n    return part / whole", 0.0: "def share(part, whole):\n    return -1.0"}
SERVER = "autograder.kernels.server"
ROLES = ["grader", "worker", *["kernel or judge"] * 4]
BETWEEN = 3  # results until the next kernel is killed: what dies again in the same cell counts, as it must
PATIENCE = 60  # seconds until what was told to end must have ended
console = Console()
Deserved = dict[str, tuple[Outcome, float | None]]


def honest(room: Classroom, number: int) -> tuple[str, float]:
    """Hand in something that nobody else has; give the student and the mark that it deserves."""
    chance = random.Random(number)
    points = chance.choice(list(DOUBLE)), chance.choice(list(SHARE))
    double = f"# student {number}\n{chance.choice(DOUBLE[points[0]])}"
    student = f"s{number:04}"
    room.submit(student, room.fill({"double": double, "share": SHARE[points[1]]}))
    return student, sum(points)


def hostile(room: Classroom, number: int) -> tuple[str, tuple[Outcome, float | None]]:
    """Hand in an attack, something that hangs or crashes, or something broken, in turn."""
    attacks = [entry for entry in forgeries.CORPUS.values() if entry.assignment == ASSIGNMENT]
    share = SHARE[0.0]
    others: list[tuple[Any, Outcome, float | None]] = [
        (as_bytes(room.fill())[:3000], Outcome.UNREADABLE, None),
        (b"", Outcome.UNREADABLE, None),
        (room.fill({"double": DEAF, "share": share}), Outcome.GRADED, 0.0),
        (room.fill({"double": "import os\nwhile True:\n    os.fork()", "share": share}), Outcome.GRADED, 0.0),
        (room.fill({"double": "import os\nos.kill(os.getppid(), 9)\nos._exit(0)"}), Outcome.GRADED, 3.0),
        (room.fill({"double": "x = [bytearray(1 << 24) for _ in range(1 << 20)]"}), Outcome.GRADED, 3.0),
        (room.fill({"double": "while True:\n    print('x' * 1000)"}), Outcome.GRADED, 3.0),
    ]
    builders: list[Callable[[], tuple[Any, Outcome, float | None]]] = [
        *(lambda one=one: one for one in others),  # type: ignore[misc]
        *(lambda e=e: (e.build(room), Outcome.GRADED, e.deserved) for e in attacks),  # type: ignore[misc]
    ]
    content, outcome, score = builders[number % len(builders)]()
    student = f"h{number:04}"
    room.submit(student, content)
    return student, (outcome, score)


def make_class(root: Path, students: int, every: int = 0) -> tuple[Course, Deserved]:
    """Make a course with submissions.

    Args:
        root: where.
        students: how many.
        every: each so manieth is hostile or broken; 0 for none.
    """
    course = forgeries.make_course(root)
    room = Classroom(course, ASSIGNMENT)
    deserved: Deserved = {}
    for number in track(range(students), description="making submissions", console=console, transient=True):
        if every and number % every == every - 1:
            student, due = hostile(room, number // every)
            deserved[student] = due
        else:
            student, score = honest(room, number)
            deserved[student] = (Outcome.GRADED, score)
    return course, deserved


def snapshot(course: Course) -> dict[str, Any]:
    """All that grading came to: records, marks in the gradebook, files."""
    from nbgrader.api import Gradebook

    found: dict[str, Any] = {}
    for student in course.students("submitted", ASSIGNMENT):
        record = Store(course, ASSIGNMENT).load(student)
        assert record, f"{student} has no record"
        made = course.folder("autograded", student=student, assignment=ASSIGNMENT) / f"{ASSIGNMENT}.ipynb"
        found[student] = record.model_dump(exclude=UNLIKE), made.read_bytes() if made.exists() else b""
    with Gradebook(course.directory.db_url) as gradebook:
        found["marks"] = {entry.student_id: entry.score for entry in gradebook.assignment_submissions(ASSIGNMENT)}
    return found


def wrong(course: Course, deserved: Deserved) -> list[str]:
    """Students whose mark is not the one they deserve."""
    found = {student: Store(course, ASSIGNMENT).load(student) for student in deserved}
    return [name for name, due in deserved.items() if not (one := found[name]) or (one.outcome, one.score) != due]


@contextmanager
def nothing_left(problems: list[str], *, killed: bool) -> Iterator[None]:
    """Have a temporary folder of our own, and look what is left in it and of the processes that were told of it.

    Args:
        problems: what is left is added.
        killed: whether graders and workers are killed: who is killed leaves files. These are only told.
    """
    before = os.environ.get("TMPDIR")
    with tempfile.TemporaryDirectory(prefix="e-") as folder:
        os.environ["TMPDIR"] = tempfile.tempdir = folder
        try:
            yield
        finally:
            tempfile.tempdir = None
            os.environ.pop("TMPDIR") if before is None else os.environ.update(TMPDIR=before)
        end = time.monotonic() + PATIENCE
        while (left := [one for one in processes(folder) if not waits(one)]) and time.monotonic() < end:
            time.sleep(1)
        if left:
            problems.append(f"processes left: {[line(one) for one in left]}")
        files = [path for path in Path(folder).iterdir() if not path.name.startswith("course-kernels-")]
        if more := [path.name for path in files if path.name != "dask-scratch-space" or any(path.iterdir())]:
            said = f"files left: {sorted(more)}"
            console.print(f"{said} (by those that were killed)") if killed else problems.append(said)
        for one in processes(folder):
            with suppress(psutil.NoSuchProcess):
                one.kill()


def processes(folder: str) -> list[psutil.Process]:
    """List the processes that keep their temporary files in a folder."""
    found = []
    for one in psutil.process_iter():
        with suppress(psutil.Error):
            started = any(option in line(one) for option in ("autograder", "multiprocessing"))
            if started and one.pid != os.getpid() and one.environ().get("TMPDIR") == folder:
                found.append(one)
    return [one for one in found if "resource_tracker" not in line(one)]  # that is our own


def line(one: psutil.Process) -> str:
    """Return the command line of a process; nothing when it has ended."""
    try:
        return " ".join(one.cmdline())
    except psutil.Error:
        return ""


def waits(one: psutil.Process) -> bool:
    """Tell whether a process is a fork server that has no kernel and waits for more work."""
    try:
        return SERVER in line(one) and not one.children()
    except psutil.Error:
        return True


def kernels(folder: str) -> list[psutil.Process]:
    """Kernels of students and judges, and the processes beside them."""
    servers = [one for one in processes(folder) if SERVER in line(one)]
    numbers = {one.pid for one in servers}
    with suppress(psutil.Error):
        return [one for one in servers if one.ppid() in numbers]
    return []


def same(root: Path, options: argparse.Namespace) -> list[str]:
    """Grade a class again and again, by different workers."""
    course, deserved = make_class(root, options.students or 12)
    students = submissions(course, ASSIGNMENT)
    first: dict[str, Any] = {}
    problems: list[str] = []
    with executor.local(2) as cluster:
        turns = cycle([("1 worker", {"workers": 1}), ("2 workers", {"workers": 2}), ("8 workers", {"workers": 8}),
                       ("by address", {"scheduler": str(cluster.scheduler_address)})])  # fmt: skip
        for number, (name, how) in zip(range(options.repeats), turns, strict=False):
            started = time.monotonic()
            list(grade(course, ASSIGNMENT, students, force=True, **how))  # type: ignore[arg-type]
            found = snapshot(course)
            first = first or found
            different = [key for key in first if first[key] != found[key]]
            console.print(f"{number + 1:3} {name}: {time.monotonic() - started:.0f} s, {len(different)} differ")
            problems += [f"run {number + 1} ({name}) differs: {different}"] if different else []
    return problems + [f"not as deserved: {wrong(course, deserved)}"] * bool(wrong(course, deserved))


def kills(root: Path, options: argparse.Namespace) -> list[str]:
    """Grade a class while its grader, workers, kernels and judges are killed, then one like it undisturbed."""
    chance = random.Random(options.seed)
    students = options.students or 200
    course, deserved = make_class(root / "disturbed", students)
    calm, _ = make_class(root / "calm", students)
    command = [str(Path(sys.executable).with_name("autograder")), "--course-dir", str(course.root), "grade", ASSIGNMENT]
    killed: Counter[str] = Counter()
    problems: list[str] = []
    role = chance.choice(ROLES)
    while True:
        grader = psutil.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True)
        time.sleep(chance.uniform(5, 25))
        while grader.poll() is None and killed.total() < options.kills:
            try:
                others = [one for one in grader.children(recursive=True) if SERVER not in line(one)]
                there = {"grader": [grader], "worker": others, "kernel or judge": kernels(tempfile.gettempdir())}[role]
                if not there:  # yet
                    time.sleep(0.05)
                    continue
                chance.choice(there).kill()
            except psutil.NoSuchProcess:
                continue
            killed[role] += 1
            done = recorded(course)
            console.print(f"killed {role} with {done} of {students} recorded")
            if role == "kernel or judge":
                wait_for(course, done + BETWEEN, grader)
            else:
                time.sleep(chance.uniform(2, 20))
            role = chance.choice(ROLES)
        said = grader.communicate()[1].decode(errors="replace")
        if grader.returncode == 0:
            break
        if grader.returncode > 0:
            console.print(f"grader ended by itself ({grader.returncode}): {said[-300:]}", markup=False)
            if killed.total() >= options.kills and (found := wrong(course, deserved)):
                return [f"not graded, with nobody killed any more: {found}"]
    console.print(f"killed: {dict(killed)}; now a class like it, undisturbed")
    list(grade(calm, ASSIGNMENT, submissions(calm, ASSIGNMENT)))
    one, other = snapshot(course), snapshot(calm)
    problems += [f"{key} differs" for key in one if one[key] != other[key]]
    return problems + [f"not as deserved: {wrong(course, deserved)}"] * bool(wrong(course, deserved))


def recorded(course: Course) -> int:
    """Count the submissions that are graded to the end."""
    return len(list((course.root / "records" / ASSIGNMENT).glob("*.json")))


def wait_for(course: Course, number: int, grader: psutil.Popen) -> None:
    """Wait until so many submissions are graded, or the grader is not at work any more."""
    end = time.monotonic() + PATIENCE
    while recorded(course) < number and grader.poll() is None and time.monotonic() < end:
        time.sleep(0.1)


def hostile_class(root: Path, options: argparse.Namespace) -> list[str]:
    """Grade a class in which every tenth submission is hostile or broken."""
    students = options.students or 1000
    course, deserved = make_class(root, students, every=10)
    started, memory = time.monotonic(), []
    flagged: list[Record] = []
    names = submissions(course, ASSIGNMENT)
    for record, _ in track(grade(course, ASSIGNMENT, names), "grading", total=len(names), console=console):
        memory.append(psutil.Process().memory_info().rss / 2**20)
        flagged += [record] * bool(record.flags)
    seconds = time.monotonic() - started
    console.print(
        f"{students} submissions in {seconds:.0f} s ({60 * students / seconds:.0f} a minute); the grader's memory "
        f"{memory[0]:.0f} MiB at the first, {memory[-1]:.0f} at the last; {len(flagged)} flagged, of which "
        f"{sum(record.student.startswith('s') for record in flagged)} honest"
    )
    outcomes = Counter(str(Store(course, ASSIGNMENT).load(name).outcome) for name in names)  # type: ignore[union-attr]
    console.print(dict(outcomes))
    found = wrong(course, deserved)
    for name in found:
        console.print(Store(course, ASSIGNMENT).load(name), deserved[name])
    return [f"not as deserved: {found}"] * bool(found)


def main() -> int:
    """Try what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["same", "kills", "hostile"])
    parser.add_argument("--students", type=int, help="how many there are; by default 12, 200 and 1000")
    parser.add_argument("--repeats", type=int, default=20, help="of same")
    parser.add_argument("--kills", type=int, default=30, help="of kills")
    parser.add_argument("--seed", type=int, default=0, help="of kills")
    options = parser.parse_args()
    problems: list[str] = []
    with nothing_left(problems, killed=options.what == "kills"), tempfile.TemporaryDirectory() as folder:
        problems += {"same": same, "kills": kills, "hostile": hostile_class}[options.what](Path(folder, "c"), options)
    console.print("\n".join(problems) or "[green]all as it should be[/]", markup=not problems)
    return bool(problems)


if __name__ == "__main__":
    sys.exit(main())

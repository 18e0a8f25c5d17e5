"""How fast submissions are graded: by us, by plain nbgrader, by otter; all in one run, on one machine.

    python -m benchmarks.grading                     the comparison: about eight minutes on two idle cores
    python -m benchmarks.grading --otter FOLDER      with a virtual environment that has otter-grader already
    python -m benchmarks.grading --sizes 100 1000    instead: whole classes of small submissions, with real kernels
    python -m benchmarks.grading --sizes 100 1000 10000 --without-kernels

The comparison: right and wrong answers to one assignment (tests/data/convnet.py), the same for all graders.

- nbgrader: one `nbgrader autograde` for all, with its default configuration and the ordinary kernel. In its time per
  submission are the kernel's start, the import of TensorFlow, the cells, and its own steps.
- otter: one `otter run` for each, as it is meant to be used, with the same tests. In its time is also its own start.
- ours: `autograder.grading.grade.grade`, sandboxed, with one and with two workers.
- plain cells: the same cells by `exec` in one process that has TensorFlow imported and has run them once. No grader
  that runs them one after the other can be faster; two workers can be twice as fast.

The graders take turns, each with a share of the submissions, ROUNDS times: a machine that is shared with others is not
always as fast, and what slows one then slows the other.

"a minute" counts from the end of a turn's first submission (of each worker's first) to the end of its last, so that
what is paid once does not count; "with the start" counts all, for ours also the start of the fork server. nbgrader
gives no points for a test during which something was written to stderr, as TensorFlow may; marks that it gets wrong
must be explained by that, and are counted. No variable tells TensorFlow to be quiet.

The exit status is 1 if ours with two workers is not TIMES times as fast as nbgrader, or if a mark is wrong that this
does not explain.

With --sizes each size is a class of its own, graded in a process of its own. --without-kernels leaves out what workers
do: what remains is what the coordinator does for each submission (read, send, receive, journal, files, gradebook,
record). The exit status is 1 if cost or memory at the last size is more than FLAT times that at the first.
"""

from __future__ import annotations

import argparse
import cProfile
import json
import os
import platform
import random
import shutil
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from importlib.metadata import version
from multiprocessing import get_context
from pathlib import Path
from typing import Any
from unittest.mock import patch

import nbformat
import psutil
from nbformat.v4 import new_code_cell, new_notebook
from rich.console import Console
from rich.table import Table

from autograder.authoring.build import build
from autograder.authoring.release import release
from autograder.course import CONFIG_FILE, Course
from autograder.grading import cluster
from autograder.grading.grade import grade, submissions
from autograder.grading.job import Done, Job
from autograder.grading.records import Item, Outcome, Status
from autograder.kernels import specs
from autograder.notebooks.cells import grade_id
from tests.support.classroom import Classroom, as_bytes

ROOT = Path(__file__).parents[1]
ASSIGNMENT, SMALL = "convnet", "ps1"
TIMES, FLAT, ROUNDS = 12, 1.25, 3
OTTER = "otter-grader==7.0.0"
STOCK_CONFIG = 'c = get_config()\nc.CourseDirectory.course_id = "stock"\n'
MARK = "# handed in by nobody yet"
RIGHT = {
    "output_size": [
        "def output_size(size, window, padding, stride):\n    return int((size - window + 2 * padding) / stride) + 1",
        "def output_size(size, window, padding, stride):\n"
        "    return len(range(0, size + 2 * padding - window + 1, stride))",
    ],
    "convolve": [
        "def convolve(image, kernel):\n"
        "    h, w = kernel.shape\n"
        "    out = np.zeros((image.shape[0] - h + 1, image.shape[1] - w + 1))\n"
        "    for i in range(out.shape[0]):\n"
        "        for j in range(out.shape[1]):\n"
        "            out[i, j] = (image[i : i + h, j : j + w] * kernel).sum()\n"
        "    return out",
        "def convolve(image, kernel):\n"
        "    return tf.nn.conv2d(image[None, :, :, None], kernel[:, :, None, None], 1, 'VALID').numpy()[0, :, :, 0]",
    ],
    "pool": [
        "def pool(image):\n"
        "    return np.array([[image[i : i + 2, j : j + 2].max() for j in range(0, image.shape[1], 2)]\n"
        "                     for i in range(0, image.shape[0], 2)])",
        "def pool(image):\n"
        "    return np.max([image[::2, ::2], image[1::2, ::2], image[::2, 1::2], image[1::2, 1::2]], axis=0)",
    ],
    "build": [
        "def build():\n"
        "    x = inputs = keras.Input((8, 8, 1))\n"
        "    x = keras.layers.Conv2D(4, (3, 3), activation='relu')(x)\n"
        "    x = keras.layers.MaxPooling2D((2, 2))(x)\n"
        "    return keras.Model(inputs, keras.layers.Dense(3)(keras.layers.Flatten()(x)))",
        "def build():\n"
        "    model = keras.Sequential([keras.Input((8, 8, 1))])\n"
        "    model.add(keras.layers.Conv2D(4, 3))\n"
        "    model.add(keras.layers.ReLU())\n"
        "    model.add(keras.layers.MaxPooling2D())\n"
        "    model.add(keras.layers.Flatten())\n"
        "    model.add(keras.layers.Dense(3))\n"
        "    return model",
    ],
}
WRONG = {
    "output_size": [
        "def output_size(size, window, padding, stride):\n    return (size - window) // stride + 1",
        "def output_size(size, window, padding, stride):\n    raise NotImplementedError",
    ],
    "convolve": [
        "def convolve(image, kernel):\n"
        "    turned = kernel[::-1, ::-1]\n"
        "    windows = np.lib.stride_tricks.sliding_window_view(image, kernel.shape)\n"
        "    return (windows * turned).sum(axis=(2, 3))",
        "def convolve(image, kernel):\n    return image * kernel",
    ],
    "pool": [
        "def pool(image):\n    return image.reshape(image.shape[0] // 2, 2, -1, 2).mean(axis=(1, 3))",
        "def pool(image):\n    return image[::2, ::2]",
    ],
    "build": [
        "def build():\n"
        "    layers = [keras.layers.Conv2D(4, 3), keras.layers.MaxPooling2D(), keras.layers.Flatten()]\n"
        "    return keras.Sequential([keras.Input((8, 8, 1)), *layers, keras.layers.Dense(3)])",
        "def build():\n    return keras.Sequential([keras.Input((8, 8, 1)), keras.layers.Flatten()])",
    ],
}
Marks = dict[str, dict[str, float]]  # by student and test
console = Console(width=None if sys.stdout.isatty() else 120)


@dataclass(frozen=True)
class Answers:
    """A submission, as answers by exercise and the points that each test must give."""

    student: str
    sources: Mapping[str, str]
    deserved: Mapping[str, float]


@dataclass
class Graded:
    """What a grader did, in one turn or in all."""

    who: str
    each: float  # seconds for one submission more
    seconds: float  # from its start to its end
    marks: Marks
    noisy: int = 0  # marks that are not as deserved because something was written to stderr
    unexplained: list[str] = field(default_factory=list)


def spacing(ends: list[float], workers: int = 1) -> float:
    """Give the seconds for one submission more, from when each ended; the first of each worker does not count."""
    ends = sorted(ends)
    return (ends[-1] - ends[workers - 1]) / (len(ends) - workers)


def together(turns: list[Graded]) -> Graded:
    """Sum up a grader's turns; each counts as much."""
    return Graded(
        turns[0].who,
        statistics.mean(turn.each for turn in turns),
        sum(turn.seconds for turn in turns),
        {student: marks for turn in turns for student, marks in turn.marks.items()},
        sum(turn.noisy for turn in turns),
        [name for turn in turns for name in turn.unexplained],
    )


@dataclass
class Run:
    """What grading a class took, as the process that did it tells."""

    ends: list[float]
    cells: float  # seconds that the cells took, in all kernels together
    processor: float  # seconds of the coordinator's own for each submission after the first
    memory: list[float]  # of the coordinator (PSS), MiB, now and then
    marks: Marks


# Submissions and courses


def make_answers(number: int, points: Mapping[str, float]) -> list[Answers]:
    """Make submissions that all differ: each answer right (two of three) or wrong, in one of a few ways."""
    made = []
    for k in range(number):
        dice, student = random.Random(k), f"student{k:05}"  # the same ones each time
        right = {name: dice.random() < 2 / 3 for name in RIGHT}
        sources = {
            name: f"# {student}\n{dice.choice((RIGHT if good else WRONG)[name])}" for name, good in right.items()
        }
        deserved = {f"{name}-test": points[f"{name}-test"] * good for name, good in right.items()}
        made.append(Answers(student, sources, deserved))
    return made


def make_ours(root: Path, assignment: str) -> Classroom:
    """Build and release an assignment in a new course of ours."""
    (root / "solutions" / assignment).mkdir(parents=True)
    shutil.copy(ROOT / "tests" / "data" / f"{assignment}.py", root / "solutions" / assignment)
    shutil.copy(ROOT / CONFIG_FILE, root)
    list(build(Course(root)))
    return Classroom(Course(root), assignment)


def make_stock(root: Path, ours: Classroom) -> Classroom:
    """Release the same assignment in a new course of plain nbgrader's."""
    (root / "source" / ours.assignment).mkdir(parents=True)
    shutil.copy(ours.course.source(ours.assignment), root / "source" / ours.assignment)
    (root / CONFIG_FILE).write_text(STOCK_CONFIG, encoding="utf-8")
    release(Course(root), ours.assignment)
    return Classroom(Course(root), ours.assignment)


def hand_in(room: Classroom, chosen: list[Answers]) -> None:
    """Put submissions where collecting puts them."""
    for answers in chosen:
        room.submit(answers.student, room.fill(answers.sources))


# Graders


def command(arguments: list[str | Path], folder: Path) -> None:
    """Run a program.

    Raises:
        RuntimeError: when it fails; with what it said.
    """
    ended = subprocess.run([*map(str, arguments)], cwd=folder, capture_output=True, text=True, check=False)
    if ended.returncode:
        raise RuntimeError(f"{' '.join(map(str, arguments))} failed:\n{(ended.stdout + ended.stderr)[-3000:]}")


def by_stock(room: Classroom, chosen: list[Answers]) -> Graded:
    """Have plain nbgrader grade a class by one command."""
    hand_in(room, chosen)
    start = time.time()
    command([Path(sys.executable).parent / "nbgrader", "autograde", room.assignment], room.course.root)
    made, ends = Graded("nbgrader autograde", 0.0, time.time() - start, {}), []
    for answers in chosen:
        folder = room.course.folder("autograded", student=answers.student, assignment=room.assignment)
        path = folder / f"{room.assignment}.ipynb"
        ends.append(path.stat().st_mtime)  # nbgrader writes it last
        cells = {grade_id(cell): cell for cell in nbformat.read(path, as_version=4).cells}
        made.marks[answers.student] = stock_marks(room, answers.student)
        for test, points in answers.deserved.items():
            if made.marks[answers.student][test] != points:
                loud = any(output.get("name") == "stderr" for output in cells[test].outputs)
                made.noisy += loud
                made.unexplained += [] if loud else [f"{answers.student}: {test}"]
    made.each = spacing(ends)
    return made


def stock_marks(room: Classroom, student: str) -> dict[str, float]:
    """Read a student's marks from nbgrader's gradebook."""
    from nbgrader.api import Gradebook

    with Gradebook(room.course.directory.db_url) as gradebook:
        grades = gradebook.find_submission_notebook(room.assignment, room.assignment, student).grades
        return {mark.name: mark.auto_score for mark in grades}


def make_otter(folder: Path) -> Path:
    """Make a virtual environment with otter that finds this environment's packages, too, and is found again.

    Raises:
        RuntimeError: when otter cannot be installed.
    """
    python = folder / "bin" / "python"
    if not (folder / "bin" / "otter").exists():
        command([sys.executable, "-m", "venv", "--clear", "--without-pip", folder], ROOT)
        where = subprocess.check_output([python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"])
        Path(where.decode().strip(), "course.pth").write_text(sysconfig.get_path("purelib"))
        command([sys.executable, "-m", "pip", "--python", python, "install", "--quiet", OTTER], ROOT)
    return folder


OTTER_TEST = """
from otter.test_files import test_case
OK_FORMAT = False
name = {name!r}
points = {points}
@test_case()
def run(env):
    exec({source!r}, env)
"""


def by_otter(environment: Path, room: Classroom, chosen: list[Answers], folder: Path) -> Graded:
    """Have otter grade submissions, one command for each, with tests made from ours."""
    cells = [cell for cell in room.source.cells if cell.cell_type == "code"]
    tests = {grade_id(cell): cell.source for cell in cells if grade_id(cell) in room.points}
    (folder / "tests").mkdir(parents=True)
    for name, source in tests.items():
        text = OTTER_TEST.format(name=name, points=room.points[name], source=source)
        (folder / "tests" / f"{name.replace('-', '_')}.py").write_text(text)
    otter, archive = environment / "bin" / "otter", folder / "autograder.zip"
    command([otter, "generate", "-t", "tests", "-o", archive, "--no-requirements", "--no-environment"], folder)
    marks, begin = Marks(), time.time()
    for answers in chosen:
        sources = [answers.sources.get(grade_id(cell), cell.source) for cell in cells if grade_id(cell) not in tests]
        notebook = new_notebook(cells=[new_code_cell(source) for source in sources], metadata=room.source.metadata)
        (folder / answers.student).mkdir()
        nbformat.write(notebook, folder / answers.student / "submission.ipynb")
        command([otter, "run", "-a", archive, "-o", ".", "--no-logo", "submission.ipynb"], folder / answers.student)
        results = json.loads((folder / answers.student / "results.json").read_text())["tests"]
        scores = {name: [row["score"] for row in results if row["name"].startswith(name)] for name in tests}
        marks[answers.student] = {name: sum(found) for name, found in scores.items()}
    seconds = time.time() - begin
    who = f"otter run ({OTTER.split('==')[1]})"
    return Graded(who, seconds / len(chosen), seconds, marks, unexplained=astray(marks, chosen))


@contextmanager
def apart(**variables: str) -> Iterator[Callable[..., Any]]:
    """Give a function that calls others in a new process, which has a fork server of its own."""
    with tempfile.TemporaryDirectory(prefix="bench-") as sockets:
        environment = {**variables, "XDG_RUNTIME_DIR": sockets}  # when it is gone, the server ends
        with patch.dict(os.environ, environment), ProcessPoolExecutor(1, get_context("spawn")) as pool:
            yield lambda function, *arguments: pool.submit(function, *arguments).result()


def by_us(room: Classroom, chosen: list[Answers], workers: int) -> Graded:
    """Grade a class ourselves, from a cold start."""
    begin = time.time()
    with apart() as call:
        run: Run = call(grade_class, room.course.root, room.assignment, workers)
        seconds = time.time() - begin
    who = f"ours, {workers} worker{'s' * (workers > 1)}"
    return Graded(who, spacing(run.ends, workers), seconds, run.marks, unexplained=astray(run.marks, chosen))


def grade_class(
    root: Path,
    assignment: str,
    workers: int,
    kernels: bool = True,
    profile: Path | None = None,
) -> Run:
    """Grade everything anew and tell what it took."""
    course, ends, spent, running, memory, marks, cells = Course(root), [], [], 0, [], {}, 0.0
    students = submissions(course, assignment)
    every = max(1, len(students) // 50)

    def watch(state: cluster.State) -> None:
        nonlocal running
        if state.running < running:
            ends.append(time.time())
            spent.append(time.process_time())
        running = state.running

    own = cProfile.Profile() if profile else nullcontext()
    with own, nullcontext() if kernels else patch("autograder.grading.grade.do", hollow):
        for number, (record, _) in enumerate(
            grade(course, assignment, students, force=True, workers=workers, watch=watch), 1
        ):
            if record.outcome is not Outcome.GRADED:
                raise RuntimeError(f"{record.student}: {record.outcome}, {record.reason}")
            marks[record.student] = {item.grade_id: item.score for item in record.items}
            cells += sum(record.cell_seconds.values())
            if number % every == 0:
                memory.append(psutil.Process().memory_full_info().pss / 2**20)
    if profile:
        own.dump_stats(profile)
    return Run(ends, cells, (spent[-1] - spent[0]) / (len(spent) - 1), memory, marks)


def hollow(job: Job) -> Done:
    """Do what a worker does, but for the grading: give full marks."""
    record, name = job.blank(), f"{job.kit.assignment}.ipynb"
    cells = json.loads(job.files[name].content or b"")["cells"]
    points = {about["grade_id"]: about["points"] for about in map(_about, cells) if about.get("points")}
    record.items = [
        Item(grade_id=test, status=Status.PASSED, score=each, max_score=each) for test, each in points.items()
    ]
    return Done(record, dict(job.files), {job.kit.assignment: dict(points)}, {job.kit.assignment: {}})


def _about(cell: dict[str, Any]) -> dict[str, Any]:
    return dict(cell["metadata"].get("nbgrader", {})) if cell["cell_type"] == "code" else {}


def astray(marks: Marks, chosen: list[Answers]) -> list[str]:
    """Name the tests that did not give what was deserved."""
    return [
        f"{answers.student}: {test}"
        for answers in chosen
        for test, points in answers.deserved.items()
        if marks[answers.student][test] != points
    ]


def plain_cells(notebooks: list[list[str]]) -> list[float]:
    """Run the cells of each notebook in this process, and all of the first one once before."""
    found = []
    for cells in [notebooks[0], *notebooks]:
        namespace: dict[str, Any] = {"__name__": "__main__"}
        begin = time.perf_counter()
        for source in cells:
            try:
                exec(source, namespace)
            except Exception:  # noqa: BLE001  (answers and tests may fail)
                continue
        found.append(time.perf_counter() - begin)
    return found[1:]


def executed_cells(room: Classroom, chosen: list[Answers]) -> list[list[str]]:
    """Give the code cells that were run for each submission, with the hidden tests."""
    paths = [room.course.folder("autograded", student=one.student, assignment=room.assignment) for one in chosen]
    notebooks = [nbformat.read(path / f"{room.assignment}.ipynb", as_version=4) for path in paths]
    return [[cell.source for cell in notebook.cells if cell.cell_type == "code"] for notebook in notebooks]


# What is printed


def machine() -> str:
    """Describe the machine and what is measured on it."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    names = {line.split(": ")[1] for line in lines if line.startswith("model name")}
    memory = psutil.virtual_memory().total / 2**30
    packages = ", ".join(f"{name} {version(name)}" for name in ("nbgrader", "keras", "distributed"))
    return (
        f"{len(os.sched_getaffinity(0))} cores ({', '.join(sorted(names)) or platform.machine()}), {memory:.0f} GiB, "
        f"Linux {platform.release()}, Python {platform.python_version()}, {packages}; "
        f"load before: {os.getloadavg()[0]:.1f}"
    )


def warn_of_load() -> None:
    """Say so if the machine is not idle."""
    if os.getloadavg()[0] > 0.5:
        console.print("[red]The machine was not idle: these times mean little.[/]")


def compare(options: argparse.Namespace, folder: Path) -> int:
    """Grade the same submissions by all, print the table, and give the exit status."""
    console.print("[dim]building the assignment[/]")
    ours = make_ours(folder / "ours", ASSIGNMENT)
    stock = make_stock(folder / "stock", ours)
    chosen = make_answers(max(options.submissions, options.stock, options.otter_submissions), ours.points)
    environment = None
    if options.otter_submissions:
        try:
            environment = make_otter(options.otter)
        except RuntimeError as error:
            console.print(f"[red]No figures of otter.[/] {error}", highlight=False)
    turns, plain = [], []
    for number in range(ROUNDS):
        share = lambda of, number=number: chosen[:of][number::ROUNDS]  # noqa: E731
        turn, seconds = one_turn((ours, stock), environment, share, options, folder / f"turn{number}")
        turns.append(turn)
        plain.append(seconds)
        told = ", ".join(f"{row.who} {row.each:.2f} s" for row in turn)
        console.print(f"[dim]turn {number + 1} of {ROUNDS}: {told}[/]", highlight=False)
    rows = [together(list(row)) for row in zip(*turns, strict=True)]
    console.print(comparison(rows, statistics.mean(plain), {one.student: one.deserved for one in chosen}))
    if rows[0].noisy:
        console.print(f"{rows[0].who}: no points for {rows[0].noisy} tests that wrote to stderr.", highlight=False)
    wrong = [f"{row.who}: {name}" for row in rows for name in row.unexplained]
    times = rows[0].each / rows[-1].each
    each = ", ".join(f"{turn[0].each / turn[-1].each:.1f}" for turn in turns)
    console.print(f"Marks that nothing explains: {', '.join(wrong) or 'none'}.", highlight=False)
    console.print(f"Ours with two workers: {times:.1f} times nbgrader ({each}); wanted: {TIMES}.", highlight=False)
    return int(bool(wrong) or times < TIMES)


def one_turn(
    rooms: tuple[Classroom, Classroom],
    environment: Path | None,
    share: Callable[[int], list[Answers]],
    options: argparse.Namespace,
    folder: Path,
) -> tuple[list[Graded], float]:
    """Have each grader grade its share; give what they did and the seconds that plain cells take."""
    ours, stock = rooms

    def copy(room: Classroom, name: str) -> Classroom:
        return Classroom(Course(shutil.copytree(room.course.root, folder / name)), ASSIGNMENT)

    made = [by_stock(copy(stock, "stock"), share(options.stock))]
    if environment:
        made.append(by_otter(environment, ours, share(options.otter_submissions), folder / "otter"))
    room, part = copy(ours, "ours"), share(options.submissions)
    hand_in(room, part)
    made += [by_us(room, part, workers) for workers in (1, 2)]
    with apart() as call:
        seconds = statistics.median(call(plain_cells, executed_cells(room, part)))
    shutil.rmtree(folder)
    return made, seconds


def comparison(rows: list[Graded], plain: float, deserved: Mapping[str, Mapping[str, float]]) -> Table:
    """Make the table."""
    made = Table("", "number", "s each", "a minute", "with the start", "× nbgrader", "÷ plain cells", "right marks")
    for row in rows:
        marks = [points == deserved[who][test] for who, tests in row.marks.items() for test, points in tests.items()]
        number = len(row.marks)
        made.add_row(
            row.who,
            str(number),
            f"{row.each:.2f}",
            f"{60 / row.each:.1f}",
            f"{60 * number / row.seconds:.1f}",
            f"{rows[0].each / row.each:.1f}",
            f"{row.each / plain:.1f}",
            f"{sum(marks)} of {len(marks)}",
        )
    times = f"{rows[0].each / plain:.1f}"
    made.add_row("plain cells, one process", "", f"{plain:.3f}", f"{60 / plain:.1f}", "", times, "1.0", "")
    return made


def grow(options: argparse.Namespace, folder: Path) -> int:
    """Grade classes of growing size, print the table, and give the exit status."""
    console.print("[dim]building the assignment[/]")
    template = make_ours(folder / "template", SMALL)
    content = as_bytes(template.fill({name: f"{MARK}\n{source}" for name, source in template.right.items()}))
    what = "the coordinator alone, no kernels" if options.without_kernels else "with kernels"
    made = Table(
        "class", "seconds", "ms each", "coordinator: CPU, ms each", "memory (PSS), MiB", "cells' share", title=what
    )
    costs, memories = [], []
    for size in options.sizes:
        course = Course(shutil.copytree(template.course.root, folder / str(size)))
        room = Classroom(course, SMALL)
        for k in range(size):
            room.submit(f"student{k:05}", content.replace(MARK.encode(), f"# handed in by student {k}".encode()))
        begin = time.time()
        with apart() as call:
            run: Run = call(
                grade_class, course.root, SMALL, options.workers, not options.without_kernels, options.profile
            )
        seconds = time.time() - begin
        each = spacing(run.ends, options.workers)
        costs.append(each)
        memories.append(max(run.memory))
        busy = f"{run.cells / size / each / options.workers:.0%}" if run.cells else "–"
        spent = (f"{seconds:.1f}", f"{1000 * each:.1f}", f"{1000 * run.processor:.1f}")
        made.add_row(str(size), *spent, f"{run.memory[0]:.0f} to {max(run.memory):.0f}", busy)
        console.print(f"[dim]{size}: {1000 * each:.1f} ms each[/]", highlight=False)
        shutil.rmtree(course.root)
    console.print(made)
    growth = costs[-1] / costs[0], memories[-1] / memories[0]
    console.print(
        f"From {options.sizes[0]} to {options.sizes[-1]}: cost for each × {growth[0]:.2f}, memory × {growth[1]:.2f}; "
        f"flat is up to {FLAT}.",
        highlight=False,
    )
    return int(max(growth) > FLAT)


def main() -> int:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--submissions", type=int, default=60, help="for ours (60)")
    parser.add_argument("--stock", type=int, default=9, help="how many of them for nbgrader (9)")
    parser.add_argument("--otter-submissions", type=int, default=3, help="how many of them for otter (3); 0: none")
    parser.add_argument("--otter", type=Path, default=ROOT / "build" / "otter", help="virtual environment with otter")
    parser.add_argument("--sizes", type=int, nargs="+", metavar="N", help="only this: classes of so many")
    parser.add_argument("--workers", type=int, default=2, help="with --sizes (2)")
    parser.add_argument("--without-kernels", action="store_true", help="with --sizes: only what the coordinator does")
    parser.add_argument("--profile", type=Path, help="with --sizes: cProfile's statistics of the last coordinator")
    options = parser.parse_args()
    options.otter = options.otter.absolute()  # links to Python stay links
    if min(options.submissions, options.stock) < 3 * ROUNDS or 0 < options.otter_submissions < ROUNDS:
        parser.error(f"each grader takes {ROUNDS} turns: {3 * ROUNDS} submissions or more, {ROUNDS} for otter")
    if options.sizes and min(options.sizes) <= options.workers:
        parser.error("a class must be larger than the number of workers")
    for name in [name for name in os.environ if name.startswith("TF_CPP_")]:
        del os.environ[name]
    os.environ["PYTHONPATH"] = str(ROOT)
    specs.ensure()
    console.print(machine(), highlight=False)
    warn_of_load()
    with tempfile.TemporaryDirectory(prefix="grading-", ignore_cleanup_errors=True) as folder:
        return (grow if options.sizes else compare)(options, Path(folder))


if __name__ == "__main__":
    from benchmarks import grading  # so that workers find it by this name

    sys.exit(grading.main())

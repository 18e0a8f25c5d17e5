"""The same submissions graded by us and by plain nbgrader: who gets more or less than deserved, by either.

    python -m benchmarks.forgeries                      our own corpus (tests/support/forgeries.py), about six minutes
    python -m benchmarks.forgeries --only agreeable honest_chatty
    python -m benchmarks.forgeries --prepare FOLDER     writes RELEASED.ipynb and ANSWERS.json of a tiny assignment
    python -m benchmarks.forgeries --corpus FOLDER      a corpus that a generator has made for that assignment:
                                                        manifest.json, and a folder with files for each of its items

Plain nbgrader is its own Autograde with its own preprocessors and settings, and each submission has a course of its
own, because one may stop all that follow. But it runs them in our sandboxed kernels, since such code must not run
unconfined. That makes it look better than it is: what a submission does to files, to the gradebook, to other processes
or over the network fails here and would succeed there. Only points are compared.

Prints a table of all submissions and the totals; the exit status is 1 if one of them does not get from us what it
deserves.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Any

import nbformat
from nbgrader.api import Gradebook
from nbgrader.converters import Autograde
from rich.console import Console
from rich.progress import track
from rich.table import Table

from autograder.authoring.release import release
from autograder.course import CONFIG_FILE, Course
from autograder.grading.grade import make_job, make_kit
from autograder.grading.store import Store
from autograder.grading.worker import do
from autograder.kernels import SANDBOXED, specs
from tests.support import forgeries
from tests.support.classroom import WRITTEN, Classroom, as_bytes

CELL_SECONDS = 10  # for plain nbgrader
WALL_SECONDS = 90  # for one submission, by either
STOCK_CONFIG = f"""
c = get_config()
c.CourseDirectory.course_id = "stock"
c.CourseDirectory.ignore = [".ipynb_checkpoints", "*.pyc", "__pycache__", "*.py"]
c.Execute.kernel_name = "{SANDBOXED}"
c.Execute.timeout = {CELL_SECONDS}
"""
ALL_FAILED = "specific errors on the above failures"  # what nbgrader says when it came to the end of the class
PREPARED = "ps1"
# so that processes start soon
PRELOAD = ["autograder.execution.execute", "autograder.grading.grade", "nbgrader.api", "tests.support.forgeries"]
WHO = ("nbgrader", "ours")
console = Console()


class Verdict(StrEnum):
    """A score beside what is deserved."""

    DESERVED = "as deserved"
    GAINS = "gains points"
    LOSES = "loses points"
    NO_MARK = "gets no mark"
    STOPS = "stops the class"


@dataclass(frozen=True)
class Item:
    """A submission to be graded by both."""

    name: str
    category: str
    assignment: str
    deserved: frozenset[float | None]  # any of these will do; None: no mark, but a reason
    hand_in: Callable[[Course], object]


@dataclass(frozen=True)
class Result:
    """What a submission got."""

    score: float | None
    stopped: bool = False  # those who come after it would not have been graded
    seconds: float = 0.0

    def verdict(self, deserved: frozenset[float | None]) -> Verdict:
        """Compare with what is deserved."""
        numbers = [value for value in deserved if value is not None]
        if self.stopped:
            return Verdict.STOPS
        if self.score in deserved:
            return Verdict.DESERVED
        if self.score is None:
            return Verdict.NO_MARK
        return Verdict.LOSES if numbers and self.score < max(numbers) else Verdict.GAINS

    def __str__(self) -> str:
        return "stopped" if self.stopped else "none" if self.score is None else f"{self.score:g}"


# Each grader, in a process of its own


def by_us(root: Path, assignment: str, student: str) -> tuple[float | None, bool]:
    """Grade with our configuration; give the score and whether the class stops."""
    course = Course(root)  # without workers: this process is alone with the submission already
    return do(make_job(Store(course, assignment), make_kit(course, assignment), student)).record.score, False


def by_stock(root: Path, assignment: str, student: str) -> tuple[float | None, bool]:
    """Grade with nbgrader's own steps; give the score and whether the class stops."""
    course = Course(root)
    try:
        course.convert(Autograde, assignment=assignment, student=student)
    except Exception as error:  # noqa: BLE001  (whatever gets here has left nbgrader's loop over the class)
        return None, ALL_FAILED not in str(error)
    with Gradebook(course.directory.db_url) as gradebook:
        return gradebook.find_submission_notebook(assignment, assignment, student).score, False


Grader = Callable[[Path, str, str], tuple[float | None, bool]]


def graded(grader: Grader, template: Path, item: Item) -> Result:
    """Grade one submission in a new copy of a course; one that takes too long is taken to stop the class."""
    begin = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="forgery-", ignore_cleanup_errors=True) as folder:
        root = shutil.copytree(template, Path(folder) / "course")
        item.hand_in(Course(root))
        receiver, sender = multiprocessing.Pipe(duplex=False)
        process = multiprocessing.get_context("forkserver").Process(
            target=_send, args=(sender, grader, root, item.assignment, item.name), daemon=True
        )
        process.start()
        sender.close()
        try:
            score, stopped = receiver.recv() if receiver.poll(WALL_SECONDS) else (None, True)
        except EOFError:  # it ended without a word
            score, stopped = None, True
        finally:
            process.kill()
            process.join()
            receiver.close()
    return Result(score, stopped, time.monotonic() - begin)


def _send(sender: Any, grader: Grader, root: Path, assignment: str, student: str) -> None:
    sender.send(grader(root, assignment, student))


# Courses and corpora


def make_courses(folder: Path) -> tuple[Path, Path]:
    """Make the course that each grader gets copies of: ours and plain nbgrader's."""
    ours = forgeries.make_course(folder / "ours")
    stock = folder / "stock"
    shutil.copytree(ours.root / "solutions", stock / "source")
    (stock / CONFIG_FILE).write_text(STOCK_CONFIG, encoding="utf-8")
    for assignment in forgeries.WRONG:
        release(Course(stock), assignment)
        for course in (ours, Course(stock)):  # somebody whose work could be stolen
            Classroom(course, assignment).submit("nina", Classroom(ours, assignment).fill())
    return ours.root, stock


def own_corpus(only: list[str]) -> Iterator[Item]:
    """Give the submissions of tests/support/forgeries.py."""
    for entry in forgeries.CORPUS.values():
        if not only or entry.name in only:
            kind = "honest" if entry.honest else "forgery"
            yield Item(
                entry.name,
                kind,
                entry.assignment,
                frozenset({entry.deserved}),
                partial(forgeries.hand_in, entry=entry),
            )


def other_corpus(folder: Path, only: list[str], ours: Path) -> Iterator[Item]:
    """Give the submissions of a generator's corpus; what they deserve is what we give honest work.

    Args:
        folder: with manifest.json.
        only: names of those wanted, empty for all.
        ours: our course.
    """
    scores = reference_scores(ours)
    for about in json.loads((folder / "manifest.json").read_text())["items"]:
        if not only or about["name"] in only:
            deserved = frozenset().union(*(scores[word] for word in about["deserved"].split("|")))
            files = partial(_copy_files, folder / about["name"], about["name"])
            yield Item(about["name"], about["category"], PREPARED, deserved, files)


def _copy_files(folder: Path, student: str, course: Course) -> None:
    shutil.copytree(
        folder, course.folder("submitted", student=student, assignment=PREPARED), symlinks=True, dirs_exist_ok=True
    )


def references(room: Classroom) -> Mapping[str, dict[str, str]]:
    """Honest answers of the prepared assignment, by the words that a manifest uses for what is deserved."""
    right = {**room.right, "why": WRITTEN}
    wrong = {**forgeries.WRONG[PREPARED], "why": "I do not know."}
    return {
        "correct": right,
        "wrong": wrong,
        "partial": {**right, "share": "def share(part, whole):\n    return 0.25"},
        "first_wrong": {**right, "double": wrong["double"]},
    }


def reference_scores(ours: Path) -> dict[str, frozenset[float | None]]:
    """Grade the honest submissions that a manifest's words stand for."""
    room = Classroom(Course(ours), PREPARED)
    notebooks = {word: room.fill(answers) for word, answers in references(room).items()} | {
        "blank": room.released(),
        "raises": room.fill({"double": "def double(x):\n    raise ValueError(x)"}),
    }
    scores = {}
    for word, notebook in track(notebooks.items(), "honest submissions", console=console, transient=True):
        hand_in = partial(_submit, word, as_bytes(notebook))
        scores[word] = graded(by_us, ours, Item(word, "honest", PREPARED, frozenset(), hand_in)).score
    found = {word: frozenset({score}) for word, score in scores.items()}
    # A first answer that gives nothing at all costs more than a wrong one where a test needs both answers
    found["first_wrong"] |= found["raises"]
    return {**found, "reject": frozenset({None})}


def _submit(student: str, content: bytes, course: Course) -> None:
    Classroom(course, PREPARED).submit(student, content)


def prepare(folder: Path) -> None:
    """Write what a generator of submissions needs to know of an assignment."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        room = Classroom(forgeries.make_course(Path(scratch) / "course"), PREPARED)
        nbformat.write(room.released(), folder / "RELEASED.ipynb")
        (folder / "ANSWERS.json").write_text(json.dumps(references(room), indent=1), encoding="utf-8")
    console.print(f"{folder / 'RELEASED.ipynb'} and {folder / 'ANSWERS.json'} are written")


# What is printed


def wanted(deserved: frozenset[float | None]) -> str:
    """Say what a submission deserves."""
    return " or ".join(sorted("none" if value is None else f"{value:g}" for value in deserved))


def table(rows: list[tuple[Item, Result, Result]]) -> Table:
    """Make the table of all submissions."""
    made = Table("submission", "kind", "deserves", *WHO, *WHO, "seconds")
    for item, stock, ours in rows:
        verdicts = [result.verdict(item.deserved) for result in (stock, ours)]
        coloured = [text if text is Verdict.DESERVED else f"[red]{text}[/red]" for text in verdicts]
        times = f"{stock.seconds:.1f} {ours.seconds:.1f}"
        made.add_row(item.name, item.category, wanted(item.deserved), str(stock), str(ours), *coloured, times)
    return made


def totals(rows: list[tuple[Item, Result, Result]]) -> Table:
    """Count the verdicts of both, by kind of submission."""
    bad = [verdict for verdict in Verdict if verdict is not Verdict.DESERVED]
    made = Table("kind", "number", *(f"{who}: {verdict}" for verdict in bad for who in WHO))
    for category in [*dict.fromkeys(item.category for item, *_ in rows), "all"]:
        chosen = [row for row in rows if category in (row[0].category, "all")]
        verdicts = [[results[who].verdict(item.deserved) for item, *results in chosen] for who in (0, 1)]
        counts = [str(verdicts[who].count(verdict)) for verdict in bad for who in (0, 1)]
        made.add_row(category, str(len(chosen)), *counts, end_section=category == "all")
    return made


def compare(items: list[Item], ours: Path, stock: Path) -> int:
    """Grade all submissions by both and print what came of it; interrupted, what there is so far.

    Returns:
        The exit status.
    """
    rows: list[tuple[Item, Result, Result]] = []
    interrupted = False
    try:
        for item in track(items, "grading twice", console=console, transient=True):
            row = item, graded(by_stock, stock, item), graded(by_us, ours, item)
            rows.append(row)
            said = [f"{who} {result} ({result.seconds:.0f} s)" for who, result in zip(WHO, row[1:], strict=True)]
            console.print(f"{item.name}: deserves {wanted(item.deserved)}, {', '.join(said)}", highlight=False)
    except KeyboardInterrupt:
        interrupted = True
    console.print(table(rows))
    console.print(totals(rows))
    if interrupted:
        console.print(f"Interrupted after {len(rows)} of {len(items)}.")
        return 130
    astray = [item.name for item, _, result in rows if result.verdict(item.deserved) is not Verdict.DESERVED]
    console.print(f"Ours deviates: {', '.join(astray)}" if astray else "Ours gives everybody what they deserve.")
    return int(bool(astray))


def main() -> int:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, metavar="FOLDER", help="a generator's corpus in place of our own")
    parser.add_argument("--only", nargs="+", default=[], metavar="NAME", help="only these submissions")
    parser.add_argument("--prepare", type=Path, metavar="FOLDER", help="only write what a generator needs")
    options = parser.parse_args()
    specs.ensure()
    if options.prepare:
        prepare(options.prepare)
        return 0
    multiprocessing.get_context("forkserver").set_forkserver_preload(PRELOAD)
    with tempfile.TemporaryDirectory(prefix="forgeries-", ignore_cleanup_errors=True) as folder:
        console.print("building the assignments")
        ours, stock = make_courses(Path(folder))
        if options.corpus:
            items = list(other_corpus(options.corpus, options.only, ours))
        else:
            items = list(own_corpus(options.only))
        missing = set(options.only) - {item.name for item in items}
        if missing:
            parser.error(f"there is no {', '.join(sorted(missing))}")
        return compare(items, ours, stock)


if __name__ == "__main__":
    sys.exit(main())

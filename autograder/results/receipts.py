"""What students' own checks said, beside what arrived: the receipts that were handed in with notebooks.

A receipt is a claim. It changes no mark; it helps to understand “but it worked on my machine”.
"""

from __future__ import annotations

import hashlib
import platform
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel

from autograder.errors import SubmissionError
from autograder.files import write_atomically
from autograder.grading.records import Record, Status
from autograder.grading.store import Store
from autograder.notebooks.cells import grade_id, is_graded
from autograder.notebooks.source import read_source
from autograder.submissions import reader
from autograder.submissions.reader import printable
from autograder.submissions.receipt import Receipt
from course_utils.check import digest, versions

if TYPE_CHECKING:
    from autograder.course import Course
    from autograder.submissions.archive import Collection

UNDONE = ("fails", "not run", "to do")
ELSEWHERE = (Status.TIMED_OUT, Status.KERNEL_DIED, Status.OUT_OF_MEMORY, Status.TOO_MUCH_OUTPUT, Status.NOT_RUN)
"""How a test ends for which no hidden test is the reason."""
MOST = 5  # names in a sentence


class Comparison(BaseModel):
    """One student's receipt beside what arrived; kept as JSON."""

    student: str
    differences: list[str] = []  # sentences about what is not as the receipt says; empty if all is
    remarks: list[str] = []  # what may well be so
    receipt: Receipt | None = None


def folder(course: Course, assignment: str) -> Path:
    """Where comparisons are kept, one file a student."""
    return Store(course, assignment).folder / "receipts"


def compare(course: Course, assignment: str, collection: Collection) -> list[Comparison]:
    """Compare the receipts of a collection with its notebooks, and with their results where they are graded already.

    Args:
        course: the course.
        assignment: the assignment's name.
        collection: as from `autograder.submissions.collect.collect`.

    Returns:
        One comparison for each student who handed in a notebook; they are kept in `folder`.
    """
    graded = [str(grade_id(cell)) for cell in read_source(course.source(assignment)).cells if is_graded(cell)]
    here = {"python": platform.python_version(), **versions()}
    store, kept = Store(course, assignment), folder(course, assignment)
    kept.mkdir(parents=True, exist_ok=True)
    found = []
    for student in [one.student for one in collection.students]:
        comparison = Comparison(student=student)
        notebook = course.folder("submitted", student=student, assignment=assignment) / f"{assignment}.ipynb"
        comparison.receipt, is_same = _fitting(collection.receipts.get(student, []), notebook)
        if comparison.receipt is None:
            comparison.differences.append("no receipt")
        else:
            receipt = comparison.receipt
            if not is_same:
                comparison.differences.append("the notebook was changed after the check")
            if receipt.file != notebook.name:
                comparison.differences.append(f"checked under another name: {printable(receipt.file)}")
            comparison.differences += _exercises(receipt, graded)
            comparison.differences += _versions(receipt, here)
            if is_same and (record := store.current(student)):
                _results(comparison, receipt, record)
        found.append(comparison)
        write_atomically(kept / f"{student}.json", comparison.model_dump_json(indent=1))
    return found


def _fitting(receipts: list[Receipt], notebook: Path) -> tuple[Receipt | None, bool]:
    """Choose the receipt that is about a notebook, else the last; tell whether it is."""
    whole = hashlib.sha256(notebook.read_bytes()).hexdigest()
    try:
        text = digest(reader.read(notebook))
    except SubmissionError:  # grading says so
        text = ""
    for receipt in receipts:
        if receipt.sha256 == whole or (text and receipt.sources == text):
            return receipt, True
    return (receipts[0] if receipts else None), False


def _exercises(receipt: Receipt, graded: list[str]) -> list[str]:
    told = [claim.name for claim in receipt.exercises]
    said = []
    if missing := [name for name in graded if name not in told]:
        said.append(f"the receipt says nothing of {_few(missing)}")
    if unknown := [name for name in told if name not in graded]:
        said.append(f"the receipt tells of other exercises: {_few(unknown)}")
    open_ = [claim.name for claim in receipt.exercises if claim.state in (*UNDONE, "partly")]
    if receipt.ready and open_:
        said.append(f"the receipt contradicts itself: all is done, but not {_few(open_)}")
    return said


def _versions(receipt: Receipt, here: dict[str, str]) -> list[str]:
    """Name what is of another release than here; the third number of a version changes no result."""
    told = {"python": receipt.python, **receipt.packages}
    others = [
        f"{name} {printable(version)} (here {here[name]})"
        for name, version in told.items()
        if version and name in here and version.split(".")[:2] != here[name].split(".")[:2]
    ]
    return [f"other versions: {', '.join(others)}"] if others else []


def _results(comparison: Comparison, receipt: Receipt, record: Record) -> None:
    """Compare what was said of exercises with how they were graded: hidden tests may fail where visible ones pass."""
    graded = {item.grade_id: item.status for item in record.items}
    for claim in receipt.exercises:
        status = graded.get(claim.name)
        said = f"{printable(claim.name)}: {claim.state} when checked, {status} when graded"
        if (claim.state in UNDONE and status is Status.PASSED) or (claim.state == "passes" and status in ELSEWHERE):
            comparison.differences.append(said)
        elif claim.state == "passes" and status is Status.FAILED:
            comparison.remarks.append(f"{said}; a hidden test may be why")


def _few(names: list[str]) -> str:
    more = f" and {len(names) - MOST} more" if len(names) > MOST else ""
    return ", ".join(map(printable, names[:MOST])) + more

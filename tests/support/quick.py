"""Jobs that need no kernel, for tests of who runs what and what is kept: workers import them from here."""

from __future__ import annotations

import json
import os
import re
import time
from pathlib import Path

from autograder.grading import cluster
from autograder.grading.job import Done, File, Job
from autograder.grading.records import Item, Outcome, Status

LETHAL, ONCE, SLOW, UNREADABLE = b"lethal", b"once", b"slow", b"unreadable"


def note(job: Job, word: str) -> None:
    """Write down, in the folder that the course's configuration names, that a job did something."""
    folder = Path(job.kit.config.Quick.folder)
    with (folder / f"{job.student}.{word}").open("a") as file:
        file.write(f"{os.getpid()}\n")


def notes(folder: Path, word: str) -> dict[str, int]:
    """Count by student how often jobs did something."""
    return {path.stem: len(path.read_text().splitlines()) for path in folder.glob(f"*.{word}")}


def do(job: Job) -> Done:
    """Give nine points, or what the test says; what the submission holds may bring the worker down, or take long."""
    content = b"".join(file.content or b"" for file in job.files.values())
    note(job, "started")
    for processor in cluster.processors():
        note(job, f"on-{processor}")
    first = len((Path(job.kit.config.Quick.folder) / f"{job.student}.started").read_text().splitlines()) == 1
    if content == LETHAL or (content == ONCE and first):
        os._exit(1)
    time.sleep(600 if content == SLOW else 0.05)
    record = job.blank()
    source = (job.kit.source["ps1.ipynb"].content or b"").decode()
    if job.student in re.findall(r"fails (\w+)", source):
        raise RuntimeError("as it should")
    if content == UNREADABLE:
        record.outcome = Outcome.UNREADABLE
    score = float(dict(re.findall(r"(\w+) has (\d)", source)).get(job.student, 9))
    record.items = [
        Item(grade_id="double-test", status=Status.PASSED, score=score, max_score=9),
        Item(grade_id="why", status=Status.TO_BE_MARKED, score=None, max_score=2),
    ]
    if job.before:
        note(job, "in part")
    file = File(f'{{"of": "{job.student}"}}'.encode(), 0o444)
    note(job, "ended")
    return Done(record, {"ps1.ipynb": file}, {"ps1": {"double-test": score}}, {"ps1": {}}, log="quick")


def mark(job: Job) -> Done:
    """Give the points that the submission itself names, by exercise; the notebook is the released one."""
    (text,) = (file.content for name, file in job.files.items() if name.endswith(".ipynb"))
    points = json.loads(text or b"{}")
    record = job.blank()
    record.items = [
        Item(grade_id=name, status=Status.PARTIAL, score=given, max_score=5) for name, given in points.items()
    ]
    why = Item(grade_id="why", status=Status.TO_BE_MARKED, score=None, max_score=5)
    record.items.append(why)
    return Done(record, {"ps1.ipynb": job.kit.release["ps1.ipynb"]}, {"ps1": points}, {"ps1": {}}, log="quick")

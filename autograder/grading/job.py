"""What goes out to a worker and what comes back: a submission and all that grading it takes, by value."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.grading.records import Outcome, Record

if TYPE_CHECKING:
    from traitlets.config import Config


@dataclass(frozen=True)
class File:
    """A file by value. What was no plain file (a link, a pipe) has no content, and its target is not looked at."""

    content: bytes | None
    mode: int = 0o644
    changed: int = 0  # nanoseconds since 1970


Files = Mapping[str, File]  # by path within their folder


@dataclass(frozen=True)
class Kit:
    """What all submissions of an assignment need."""

    assignment: str
    version: str
    """Fingerprint of source and configuration, and of the gradebook."""
    config: Config
    """nbgrader's configuration, as loaded, but for the gradebook's URL."""
    source: Files
    release: Files
    gradebook: bytes
    """A SQLite database that holds this assignment and no students."""
    released: bytes = b""
    """Fingerprints of all cells that students were ever given (`releases`)."""

    @property
    def sandboxed(self) -> bool:
        """Whether submissions are confined."""
        return bool(self.config.ExecuteSubmission.get("sandbox", True))


@dataclass(frozen=True)
class Before:
    """What a submission came to earlier, where only tests have changed since."""

    notebook: bytes
    cell_seconds: Mapping[str, float]


@dataclass(frozen=True)
class Job:
    """A submission to be graded."""

    kit: Kit
    student: str
    files: Files
    submission: str
    """Fingerprint of the files."""
    before: Before | None = None
    problem: str = ""
    """Why the files were not even looked at."""

    def blank(self) -> Record:
        """Start the record of this submission."""
        return Record(
            assignment=self.kit.assignment,
            student=self.student,
            outcome=Outcome.GRADED,
            submission=self.submission,
            version=self.kit.version,
            sandboxed=self.kit.sandboxed,
        )


@dataclass
class Done:
    """What a job came to."""

    record: Record
    files: dict[str, File] = field(default_factory=dict)  # for autograded/<student>/<assignment>/
    scores: dict[str, dict[str, float | None]] = field(default_factory=dict)  # automatic ones, by notebook and cell
    comments: dict[str, dict[str, str | None]] = field(default_factory=dict)  # automatic ones, in the same way
    log: str = ""


def take(folder: Path, paths: Iterable[Path] | None = None) -> dict[str, File]:
    """Read files into memory, without following links.

    Args:
        folder: their folder.
        paths: which; all by default.

    Returns:
        The files, by path within the folder; nothing if there is no such folder.
    """
    chosen = sorted(folder.rglob("*") if paths is None else paths)
    infos = [(path, path.lstat()) for path in chosen]
    return {
        str(path.relative_to(folder)): File(
            path.read_bytes() if stat.S_ISREG(info.st_mode) else None, stat.S_IMODE(info.st_mode), info.st_mtime_ns
        )
        for path, info in infos
        if not stat.S_ISDIR(info.st_mode)
    }


def put(folder: Path, files: Files) -> None:
    """Write files that `take` has read into a folder, which is made. Links lead nowhere."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, file in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if file.content is None:
            path.symlink_to("nowhere")
            continue
        path.write_bytes(file.content)
        path.chmod(file.mode)
        os.utime(path, ns=(file.changed, file.changed))

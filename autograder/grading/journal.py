"""Results on their way into the gradebook: each is written here first, and removed when its record is complete.

So whatever moment the grader is killed at, a result is in the journal or recorded, and a result that was recorded only
in part is recorded again. Results that would replace a mark wait in a folder of their own until somebody has agreed:
then they move into the journal.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from autograder.files import move, write_atomically
from autograder.grading.job import Done, File
from autograder.grading.records import Record

SUFFIX = ".msgpack"
NAMES = "surrogateescape"  # of files, which need not be UTF-8


@dataclass(frozen=True)
class Journal:
    """A folder of results, one for each student.

    Args:
        folder: it need not exist.
    """

    folder: Path

    def path(self, student: str) -> Path:
        """Return where the result of a student's submission is."""
        return self.folder / f"{student}{SUFFIX}"

    def write(self, done: Done) -> None:
        """Put a result down so that it is there after a crash of the machine, whole or not at all."""
        import msgpack

        self.folder.mkdir(parents=True, exist_ok=True)
        plain = {**asdict(done), "record": done.record.model_dump_json()}
        plain["files"] = {name: asdict(file) for name, file in done.files.items()}
        write_atomically(self.path(done.record.student), msgpack.packb(plain, unicode_errors=NAMES), sync=True)

    def entries(self) -> Iterator[Done]:
        """Read the results; a file that is none is removed."""
        for found in sorted(self.folder.glob(f"*{SUFFIX}")):
            try:
                yield _read(found)
            except (ValueError, TypeError, KeyError):
                found.unlink()

    def move(self, student: str, to: Journal) -> None:
        """Move a result to another journal, whole or not at all."""
        to.folder.mkdir(parents=True, exist_ok=True)
        move(self.path(student), to.path(student), sync=True)

    def remove(self, student: str) -> None:
        """Strike a result out: it is recorded, or not wanted any more."""
        self.path(student).unlink(missing_ok=True)


def _read(found: Path) -> Done:
    import msgpack

    plain = msgpack.unpackb(found.read_bytes(), unicode_errors=NAMES)
    plain["record"] = Record.model_validate_json(plain["record"])
    plain["files"] = {name: File(**file) for name, file in plain["files"].items()}
    return Done(**plain)

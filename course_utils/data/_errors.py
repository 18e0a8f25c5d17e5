"""What can go wrong with data; every message names the file, what is wrong with it, and how to mend that.

DataError
├── StagingError          COURSE_DATA_DIR is not a folder, or what it holds is incomplete
├── DataFileError         a file is damaged, cut off, or not in the format its name promises
│   └── UnsafeFileError   a file tries something that data has no business to: links, escapes, code, bombs
└── DownloadError         no mirror delivered the file; loaders catch it and turn to the embedded set
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MEND = "Delete it and fetch it again, or copy it anew from where you got it."


class DataError(Exception):
    """Base of all errors of `course_utils.data`."""

    def _render_traceback_(self) -> list[str]:
        """Show only the message in a notebook: IPython calls this instead of printing our own stack frames."""
        return [f"\x1b[0;31m{type(self).__name__}:\x1b[0m {self}"]


class StagingError(DataError):
    """The folder in COURSE_DATA_DIR cannot be used as it is."""


class DataFileError(DataError):
    """A data file cannot be read.

    Attributes:
        path: the file.
    """

    def __init__(self, path: Path, problem: str, mend: str = MEND) -> None:
        super().__init__(f"{path} {problem}. {mend}")
        self.path = path


class UnsafeFileError(DataFileError):
    """A data file was refused because reading it would not be safe."""

    def __init__(self, path: Path, problem: str) -> None:
        super().__init__(path, problem, "It is not the published file. Delete it and fetch it from the source.")


class DownloadError(DataError):
    """A file could not be downloaded from any of its addresses."""


@contextmanager
def reading(path: Path, *foreign: type[Exception]) -> Iterator[None]:
    """Turn the errors that a reader may raise over bad content (`foreign`, and OSError) into `DataFileError`."""
    known: tuple[type[Exception], ...] = (OSError, EOFError, *foreign)
    try:
        yield
    except DataError:
        raise
    except known as error:
        detail = str(error) or type(error).__name__
        raise DataFileError(path, f"is damaged, cut off or in another format ({detail})") from error

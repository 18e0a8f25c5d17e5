"""Files that are there whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path


def write_atomically(path: Path, data: bytes | str, *, sync: bool = False) -> None:
    """Write a file so that a crash leaves the old one or the new one, never half of one.

    Args:
        path: the file; its folder must be there.
        data: the content; text is written as UTF-8.
        sync: also survive a crash of the machine: return when file and name are on the disk.

    Raises:
        OSError: when it cannot be written; the old one is still there.
    """
    draft = path.with_name(f".{path.name}.tmp")
    try:
        with draft.open("wb") as file:
            file.write(data.encode() if isinstance(data, str) else data)
            if sync:
                file.flush()
                os.fsync(file.fileno())
        move(draft, path, sync=sync)
    except OSError:
        draft.unlink(missing_ok=True)
        raise


def move(source: Path, target: Path, *, sync: bool = False) -> None:
    """Give a file another name in one step; what has that name already is replaced.

    Args:
        source: the file.
        target: the new name, on the same disk.
        sync: return when the new name is on the disk.
    """
    os.replace(source, target)
    if sync:
        folder = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

"""What a submission may use. nbgrader_config.py sets it for the course and for single assignments."""

from __future__ import annotations

from typing import Annotated

from pydantic import ByteSize, Field

from autograder.settings import Settings

MIB = 1 << 20
Size = Annotated[ByteSize, Field(gt=0)]
Count = Annotated[int, Field(gt=0)]


class Limits(Settings):
    """Limits of one submission; the defaults suit the course's notebooks on a laptop.

    Sizes are bytes, or text such as ``"2 GiB"``; times are seconds.
    """

    memory: Size = ByteSize(2048 * MIB)
    """Of all processes together, beyond what every kernel starts with."""
    processes: Count = 256
    """Processes and threads; TensorFlow alone starts a few dozen."""
    open_files: Count = 256
    """File descriptors of one process."""
    file_size: Size = ByteSize(128 * MIB)
    """Of one file."""
    disk: Size = ByteSize(256 * MIB)
    """Of all files together; they are kept in memory."""
    files: Count = 10_000
    """Number of files."""
    threads: Count = 2
    """Of TensorFlow."""
    cell_output: Size = ByteSize(2 * MIB)
    """What one cell may write and show; more, and it is interrupted."""
    total_output: Size = ByteSize(32 * MIB)
    """What all cells may write and show; more, and the kernel is ended."""
    cell_time: Count = 20
    """For one cell."""
    own_time: Count = 120
    """For a cell of the instructor's that gives no points, as imports do."""
    total_time: Count = 300
    """For the notebook."""

"""The tree of errors.

AutograderError              anything we can explain: shown as one message, exit code 1
├── CourseError              the folder is not a course, or its configuration does not load (exit code 3)
├── AssignmentError          unknown, not built, not released or broken assignment (exit code 4)
├── ArchiveError             a folder or zip of submissions that cannot be collected (exit code 5)
├── FolderError              a folder of the course that may not be written (exit code 11)
├── KernelServerError        the fork server for warm kernels does not start (an ordinary kernel takes its place)
├── TableError               a CSV file that was handed to us cannot be used (exit code 7)
├── BusyError                another grader is at work on the course or its gradebook (exit code 8)
├── ExecutorError            there is nothing to run submissions on: scheduler or workers cannot be used (exit code 9)
├── GradebookError           the gradebook's database cannot be used (exit code 10)
├── JudgeLostError           the kernel that runs the tests died, not for the student's data; the next run tries again
├── LimitError               what a student wrote takes more time or memory to show than it may; the class goes on
├── SandboxError             untrusted notebooks cannot be confined here, so they are not run (exit code 6)
└── SubmissionError          one student's files cannot be read; the class goes on
    └── NoNotebookError      there is no notebook among them

Every message names the file, cell or key, what is wrong with it and a likely mend.
"""

from __future__ import annotations


class AutograderError(Exception):
    """Base of all errors whose message is meant for the person at the keyboard."""

    exit_code = 1


class CourseError(AutograderError):
    """The course folder or its nbgrader_config.py cannot be used."""

    exit_code = 3


class AssignmentError(AutograderError):
    """An assignment is unknown, not built, not released or broken."""

    exit_code = 4


class ArchiveError(AutograderError):
    """A folder or archive of submissions cannot be collected."""

    exit_code = 5


class FolderError(AutograderError):
    """A folder or file of the course cannot be written, maybe because it belongs to somebody else."""

    exit_code = 11


class TableError(AutograderError):
    """A CSV file that was handed to us (roster, extensions, times) cannot be used, or the result cannot be written."""

    exit_code = 7


class JudgeLostError(AutograderError):
    """The judge of a submission died without having met a limit: nothing is held against the student."""


class LimitError(AutograderError):
    """Something took more time or memory than what one student wrote is worth."""


class KernelServerError(AutograderError):
    """The fork server for warm kernels cannot be used."""


class BusyError(AutograderError):
    """Another grader is at work on the same course or gradebook."""

    exit_code = 8


class ExecutorError(AutograderError):
    """The scheduler or its workers cannot be used, or were lost."""

    exit_code = 9


class GradebookError(AutograderError):
    """The gradebook's database cannot be used: its URL, driver, server or rights are not right."""

    exit_code = 10


class SandboxError(AutograderError):
    """A layer of the sandbox that is required is not to be had on this machine."""

    exit_code = 6


class SubmissionError(AutograderError):
    """A single submission cannot be read; its message is shown to the student."""


class NoNotebookError(SubmissionError):
    """A submission holds no notebook."""

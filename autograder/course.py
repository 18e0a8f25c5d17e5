"""The course folder: where things are, and nbgrader set up from its configuration file."""

from __future__ import annotations

import io
import logging
import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder import database
from autograder.errors import AssignmentError, CourseError, FolderError, GradebookError

if TYPE_CHECKING:
    from nbgrader.api import Gradebook
    from nbgrader.converters import BaseConverter
    from nbgrader.coursedir import CourseDirectory

CONFIG_FILE = "nbgrader_config.py"
SPECIAL = set("*?[]{}%") | {"\n", "\r", "\t"}
"""What nbgrader, or the URL of its gradebook, takes for something else than a letter in a path."""


@dataclass(frozen=True)
class Course:
    """A folder with an nbgrader_config.py.

    Args:
        root: the course folder, absolute.
        db: URL of the gradebook's database, in place of the configured one.

    Raises:
        CourseError: when the folder has no nbgrader_config.py, or nbgrader cannot work in a folder of its name.
    """

    root: Path
    db: str | None = field(default=None, repr=False)  # may hold a password

    def __post_init__(self) -> None:
        if not (self.root / CONFIG_FILE).is_file():
            raise CourseError(
                f"{self.root} is not a course: it has no {CONFIG_FILE}. "
                "Run this in the course's root folder, or name it with --course-dir."
            )
        if special := sorted(SPECIAL & {*str(self.root)}):
            raise CourseError(
                f"The course's folder is {str(self.root)!r}, and nbgrader cannot work below a folder with "
                f"{' '.join(map(repr, special))} in its name. Rename it, or move the course to another place."
            )

    @classmethod
    def configured(cls, root: Path, config: Any) -> Course:
        """Return the course in a folder with a configuration in place of what its file says."""
        course = cls(root)
        vars(course)["config"] = config  # where the cached property below looks first
        return course

    @cached_property
    def config(self) -> Any:
        """The traitlets configuration of nbgrader_config.py, with the root and the gradebook's URL set.

        Raises:
            CourseError: when the file cannot be loaded.
            GradebookError: when the URL of the gradebook is none, or its driver is missing.
        """
        from traitlets.config import PyFileConfigLoader

        try:
            config = PyFileConfigLoader(CONFIG_FILE, path=str(self.root)).load_config()
        except Exception as error:
            raise CourseError(f"{self.root / CONFIG_FILE} does not load: {type(error).__name__}: {error}") from error
        config.CourseDirectory.root = str(self.root)
        if url := self.db or config.CourseDirectory.get("db_url"):
            config.CourseDirectory.db_url = database.resolve_url(url, Path.cwd() if self.db else self.root)
        return config

    @cached_property
    def directory(self) -> CourseDirectory:
        """nbgrader's own idea of the course."""
        from nbgrader.coursedir import CourseDirectory

        return CourseDirectory(config=self.config)

    @contextmanager
    def gradebook(self) -> Iterator[Gradebook]:
        """Open nbgrader's gradebook, which is made if there is none.

        Raises:
            GradebookError: when the database cannot be used.
        """
        from nbgrader.api import Gradebook

        self.tools_on_path()
        url, name = self.directory.db_url, self.directory.course_id
        with database.explain_errors(url), Gradebook(url, name) as gradebook:
            yield gradebook

    def convert(self, converter: type[BaseConverter], *, assignment: str, student: str) -> str:
        """Run one of nbgrader's converters on one student's copy of an assignment, replacing what it made before.

        nbgrader changes the working directory while it runs, so this is for processes, not threads.

        Args:
            converter: `GenerateAssignment`, `Autograde` or `GenerateFeedback` of nbgrader.converters.
            assignment: the assignment's name.
            student: the student's id, ``"."`` when generating an assignment.

        Returns:
            What nbgrader logged, warnings and worse.

        Raises:
            nbgrader.converters.NbGraderException: when nbgrader gives up; its ``log`` attribute holds what was logged.
            GradebookError: when the gradebook cannot be used.
        """
        from nbgrader.coursedir import CourseDirectory
        from sqlalchemy.exc import SAWarning

        buffer = io.StringIO()
        log = logging.Logger("nbgrader", logging.WARNING)
        log.addHandler(logging.StreamHandler(buffer))
        directory = CourseDirectory(config=self.config, assignment_id=assignment, student_id=student, log=log)
        self.tools_on_path()
        run = converter(coursedir=directory, config=self.config, log=log)
        run.force = True
        try:
            with warnings.catch_warnings(), database.explain_errors(directory.db_url):
                warnings.simplefilter("ignore", SAWarning)  # SQLAlchemy 2 has remarks on how nbgrader uses it
                run.start()
        except Exception as error:
            error.log = buffer.getvalue()  # type: ignore[attr-defined]
            raise
        return buffer.getvalue()

    def folder(self, step: str, *, student: str = ".", assignment: str = ".") -> Path:
        """Return the folder where nbgrader keeps files of one of its steps.

        Args:
            step: ``"source"``, ``"release"``, ``"submitted"``, ``"autograded"`` or ``"feedback"``.
            student: the student's id, ``"."`` for none.
            assignment: the assignment's name.

        Returns:
            The absolute path, which need not exist.
        """
        name = getattr(self.directory, f"{step}_directory")
        return Path(self.directory.format_path(name, student, assignment)).resolve()

    def require_writable(self, *folders: Path) -> None:
        """Check, before anything is changed, that folders can be written, or made.

        Raises:
            FolderError: when one of them cannot.
        """
        for folder in folders:
            there = next(path for path in (folder, *folder.parents) if path.exists())
            replaced = [folder.parent] if there == folder != self.root else []  # what is in it may be moved away
            for path in (there, *replaced):
                if not (path.is_dir() and os.access(path, os.W_OK | os.X_OK)):
                    raise FolderError(
                        f"{path} cannot be written by you, so nothing was done. If it is a colleague's: have it opened "
                        "to a group of both (chmod -R g+rwX), and set c.CourseDirectory.groupshared = True."
                    )

    def require_writable_gradebook(self) -> None:
        """Check, before anything is changed, that marks can be entered; a server says so by itself.

        Raises:
            GradebookError: when the file of a SQLite database cannot be written.
        """
        from sqlalchemy.engine import make_url

        url = make_url(self.directory.db_url)
        if url.get_backend_name() != "sqlite":
            return
        path = Path(url.database or "")
        if path.exists() and not (os.access(path, os.W_OK) and os.access(path.parent, os.W_OK | os.X_OK)):
            raise GradebookError(
                f"The gradebook {path} or its folder cannot be written by you, so nothing was done. If it is a "
                "colleague's: have it opened to a group of both (chmod g+rw)."
            )

    def assignments(self) -> list[str]:
        """List the assignments that have a source, in order."""
        return sorted(
            {path.parent.name for pattern in ("*/*.py", "*/*.ipynb") for path in self.folder("source").glob(pattern)}
        )

    def require(self, assignment: str) -> str:
        """Check that an assignment exists and return its name.

        Raises:
            AssignmentError: when it does not; the message lists those that do.
        """
        known = self.assignments()
        if assignment not in known:
            raise AssignmentError(
                f"There is no assignment {assignment!r} in {self.folder('source')}. "
                f"Known: {', '.join(known) or 'none'}."
            )
        return assignment

    def require_release(self, assignment: str) -> str:
        """Check that an assignment is in the gradebook, which releasing it does.

        Returns:
            Its id in this gradebook, which it has in no other.

        Raises:
            AssignmentError: when it is not.
            GradebookError: when the gradebook cannot be used.
        """
        from nbgrader.api import MissingEntry

        with self.gradebook() as gradebook:
            try:
                return str(gradebook.find_notebook(assignment, assignment).assignment_id)
            except MissingEntry:
                same = ", with the same --db" if self.db else ""
                raise AssignmentError(
                    f"{assignment} is not in the gradebook yet. Release it first: autograder release {assignment}{same}"
                ) from None

    def source(self, assignment: str) -> Path:
        """Return the executed source notebook of an assignment (its .py twin has the same name)."""
        return self.folder("source", assignment=assignment) / f"{assignment}.ipynb"

    def students(self, step: str, assignment: str) -> list[str]:
        """List the ids of the students that have a folder for an assignment in one of nbgrader's steps."""
        pattern = Path(self.directory.format_path(getattr(self.directory, f"{step}_directory"), "*", assignment))
        return sorted(path.parent.name for path in self.root.glob(str(pattern.relative_to(self.root))) if path.is_dir())

    @staticmethod
    def tools_on_path() -> None:
        """Let nbgrader find `alembic`, which it starts by name, also when the environment is not activated."""
        tools = str(Path(sys.executable).parent)
        if tools not in os.environ.get("PATH", "").split(os.pathsep):
            os.environ["PATH"] = tools + os.pathsep + os.environ.get("PATH", "")

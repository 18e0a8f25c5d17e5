"""What nbgrader is told to use in place of its own parts, from a student's file to the notebook that is run."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from nbconvert.exporters import NotebookExporter
from nbformat import NotebookNode
from nbgrader.coursedir import CourseDirectory
from nbgrader.plugins import LateSubmissionPlugin
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Dict
from traitlets.config import Config

from autograder.course import CONFIG_FILE, Course
from autograder.errors import AssignmentError, AutograderError
from autograder.notebooks import releases
from autograder.notebooks.cells import Result
from autograder.notebooks.source import read_source, student_version
from autograder.submissions import late, reader
from autograder.submissions.reader import printable
from autograder.submissions.rebuild import rebuild


def before_autograde(assignment: str, student: str, notebooks: list[str]) -> None:
    """Find a notebook that was handed in under another name (`Autograde.pre_convert_hook`).

    A copy with the right name is put beside it and takes its place in nbgrader's list. Where an assignment has several
    notebooks nobody can tell which is which: then the list stays as it is.

    Args:
        assignment: the assignment's name.
        student: whatever nbgrader was asked for, maybe ``"*"``; not used, the paths tell the student.
        notebooks: paths of this student's notebooks; changed in place.
    """
    del student
    names = _sources(assignment)
    if notebooks and len(names) == 1:
        notebooks[:] = [str(reader.adopt(Path(notebooks[0]).parent, names[0]))]


def _sources(assignment: str) -> list[str]:
    """Names of an assignment's notebooks. nbgrader tells hooks no folders, but is in the course's root meanwhile."""
    root = Path.cwd()
    config = Course(root).config if (root / CONFIG_FILE).exists() else Config()
    course = CourseDirectory(config=config, root=str(root))
    folder = Path(course.format_path(course.source_directory, ".", assignment))
    return sorted(path.stem for path in folder.glob("*.ipynb"))


class SubmissionReader(NotebookExporter):  # type: ignore[misc]
    """Reads submitted files with `autograder.submissions.reader.read` (`Autograde.exporter_class`)."""

    def from_filename(self, filename: str, resources: Any = None, **kwargs: Any) -> tuple[str, Any]:
        """Read a notebook: strictly where students wrote it, as it is where nbgrader wrote it."""
        resources = {**(resources or {}), "metadata": {"name": Path(filename).stem, "path": str(Path(filename).parent)}}
        course = CourseDirectory(config=self.config)
        ours = Path(course.format_path(course.autograded_directory, ".", ".")).resolve()
        if Path(filename).resolve().is_relative_to(ours):
            converted = super().from_filename(filename, resources, **kwargs)
        else:
            reader.refuse_links(Path(filename).parent)  # through which nbgrader has copied what is not the student's
            converted = self.from_notebook_node(reader.read(Path(filename)), resources, **kwargs)
        return converted  # type: ignore[no-any-return]


class RebuildSubmission(NbGraderPreprocessor):  # type: ignore[misc]
    """Puts the answers into the released notebook (first of `Autograde.sanitize_preprocessors`).

    Whatever kernel a submission names, it is run in ours, so the assignment must be in Python.
    """

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> Result:
        """Return the rebuilt notebook; notes for the student are left in its metadata."""
        course = CourseDirectory(config=self.config)
        folder = course.format_path(course.source_directory, ".", resources["nbgrader"]["assignment"])
        source = Path(folder) / f"{resources['nbgrader']['notebook']}.ipynb"
        released = student_version(read_source(source), self.config)
        language = released.metadata.get("kernelspec", {}).get("language", "python")
        if language.lower() != "python":
            raise AssignmentError(f"{source} is written in {language}. Only Python can be graded in the sandbox.")
        known = releases.load(Path(course.root), resources["nbgrader"]["assignment"])
        rebuilt, notes = rebuild(released, nb, known)
        submitted = Path(resources["metadata"]["path"])
        notes += [
            f"Your file was called “{printable(path.relative_to(submitted))}”; it was graded as “{source.name}”."
            for path in sorted(submitted.glob("*.ipynb"))
            if not (source.parent / path.name).exists() and _same(path, submitted / source.name)
        ]
        asked = {name for cell in released.cells for name in ASKED.findall(cell.source) if cell.cell_type == "code"}
        predictions = sorted(asked & set(nb.metadata.get("predicted", [])))
        rebuilt.metadata["autograder"] = {"notes": notes, "predictions": predictions}
        return rebuilt, resources


ASKED = re.compile(r"predictions\.ask\(\s*\"([^\"]+)\"")


def _same(first: Path, second: Path) -> bool:
    return not first.is_symlink() and first.read_bytes() == second.read_bytes()


class LatePenalty(LateSubmissionPlugin):  # type: ignore[misc]
    """Takes points off late submissions by the course's policy (`AssignLatePenalties.plugin_class`).

    nbgrader asks it when it grades, before anything is marked by hand; `late.apply_penalties` does the same sum again
    for feedback and export.
    """

    policy = Dict(help="What lateness costs: names and values as in autograder/submissions/late.py.").tag(config=True)
    assignment_policies = Dict(help="The same for single assignments, by name.").tag(config=True)

    def late_submission_penalty(self, student_id: str, score: float, total_seconds_late: float) -> float | None:
        """Return the points to take off; None for none."""
        del total_seconds_late  # by nbgrader's own record of extensions; ours may be newer
        assignment, root = self.parent.assignment_id, Path(CourseDirectory(config=self.config).root)
        entry = self.parent.gradebook.find_submission(assignment, student_id)
        try:
            course, rules = Course(root), late.policy(self.config, assignment)
            until = late.extensions(course, rules.zone).get((student_id, assignment))
            folder = course.folder("submitted", student=student_id, assignment=assignment)
            due, maximum = entry.assignment.duedate, entry.max_score
            verdict = late.assess(rules, folder, due, until, score=score, maximum=maximum)
        except AutograderError as error:  # no reason not to grade; feedback and export will insist
            self.log.warning("No penalty for lateness: %s", error)
            return None
        return verdict.points or None

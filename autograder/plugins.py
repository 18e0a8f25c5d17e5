"""What nbgrader is told to use in place of its own parts; nbgrader_config.py names each of these.

Because they are plugged into nbgrader, ``nbgrader autograde``, the formgrader's button and ``autograder grade`` do the
same. In the order in which they meet a submission:

`before_autograde`   finds the notebook under another name
`SubmissionReader`   reads the file, trusting nothing
`RebuildSubmission`  puts its answers into the released notebook
`execute.ExecuteSubmission`  runs it in a sandbox; hangs and crashes cost the cell that caused them, not the submission
`SaveMarks`          scores test cells by their outcome
`LatePenalty`        takes points off for lateness
`FeedbackView`       makes the page that the student sees
"""

from __future__ import annotations

import re
from math import inf
from pathlib import Path
from typing import Any

from jinja2.filters import do_float, do_round
from nbconvert.exporters import NotebookExporter
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell
from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory
from nbgrader.plugins import LateSubmissionPlugin
from nbgrader.preprocessors import (
    ClearHiddenTests,
    NbGraderPreprocessor,
    SaveAutoGrades,
)
from nbgrader.utils import is_grade
from pygments.formatters import HtmlFormatter
from traitlets import Dict
from traitlets.config import Config

from autograder import late, releases, submission, tables
from autograder.course import CONFIG_FILE, Course
from autograder.errors import AssignmentError, AutograderError, CourseError
from autograder.judge import IN_YOUR_CODE, RAISED_AT
from autograder.rebuild import rebuild
from autograder.release import read_source, student_version
from autograder.runner import OUTCOMES
from autograder.safe_html import literal
from autograder.submission import printable

Result = tuple[NotebookNode, dict[str, Any]]


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
        notebooks[:] = [str(submission.adopt(Path(notebooks[0]).parent, names[0]))]


def _sources(assignment: str) -> list[str]:
    """Names of an assignment's notebooks. nbgrader tells hooks no folders, but is in the course's root meanwhile."""
    root = Path.cwd()
    config = Course(root).config if (root / CONFIG_FILE).exists() else Config()
    course = CourseDirectory(config=config, root=str(root))
    folder = Path(course.format_path(course.source_directory, ".", assignment))
    return sorted(path.stem for path in folder.glob("*.ipynb"))


class SubmissionReader(NotebookExporter):  # type: ignore[misc]
    """Reads submitted files with `autograder.submission.read` (`Autograde.exporter_class`)."""

    def from_filename(self, filename: str, resources: Any = None, **kwargs: Any) -> tuple[str, Any]:
        """Read a notebook: strictly where students wrote it, as it is where nbgrader wrote it."""
        resources = {**(resources or {}), "metadata": {"name": Path(filename).stem, "path": str(Path(filename).parent)}}
        course = CourseDirectory(config=self.config)
        ours = Path(course.format_path(course.autograded_directory, ".", ".")).resolve()
        if Path(filename).resolve().is_relative_to(ours):
            converted = super().from_filename(filename, resources, **kwargs)
        else:
            submission.refuse_links(
                Path(filename).parent
            )  # through which nbgrader has copied what is not the student's
            converted = self.from_notebook_node(submission.read(Path(filename)), resources, **kwargs)
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
        handed_in = Path(resources["metadata"]["path"])
        notes += [
            f"Your file was called “{printable(path.relative_to(handed_in))}”; it was graded as “{source.name}”."
            for path in sorted(handed_in.glob("*.ipynb"))
            if not (source.parent / path.name).exists() and _same(path, handed_in / source.name)
        ]
        asked = {name for cell in released.cells for name in ASKED.findall(cell.source) if cell.cell_type == "code"}
        predictions = sorted(asked & set(nb.metadata.get("predicted", [])))
        rebuilt.metadata["autograder"] = {"notes": notes, "predictions": predictions}
        return rebuilt, resources


ASKED = re.compile(r"predictions\.ask\(\s*\"([^\"]+)\"")


def _same(first: Path, second: Path) -> bool:
    return not first.is_symlink() and first.read_bytes() == second.read_bytes()


class SaveMarks(SaveAutoGrades):  # type: ignore[misc]
    """Scores test cells by what the tests did (in `Autograde.autograde_preprocessors`).

    nbgrader fails a test cell that wrote to stderr; TensorFlow, warnings and progress bars all do.
    """

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> Result:
        """Record the scores of a notebook that was run: with no outputs at all, every test would seem to pass."""
        if "sandboxed" not in nb.metadata.get("autograder", {}):
            raise CourseError(
                "The submission was not run, and outputs that students stored are not marked. "
                "Leave out --no-execute and Execute.enabled."
            )
        return super().preprocess(nb, resources)  # type: ignore[no-any-return]

    def preprocess_cell(self, cell: NotebookNode, resources: dict[str, Any], cell_index: int) -> Result:
        """Record the score of a graded cell as if nothing had been written to stderr."""
        super().preprocess_cell(as_scored(cell), resources, cell_index)
        return cell, resources


NUMPYS = re.compile(r"np\.\w+\((.*)\)")


def as_scored(cell: NotebookNode) -> NotebookNode:
    """Give a cell as nbgrader is to score it: nothing on stderr, an error before all else, and credit that is a number.

    nbgrader gives all points for what `float` cannot read, such as ``np.float64(0.5)`` and ``False``, and for negative
    numbers and NaN, to which a wrong answer may well lead.
    """
    if cell.cell_type != "code" or not is_grade(cell):
        return cell
    judged = NotebookNode(cell)
    outputs = [_with_credit(output) for output in cell.outputs if output.get("name") != "stderr"]
    judged.outputs = sorted(outputs, key=lambda output: output.output_type != "error")
    return judged


def _with_credit(output: NotebookNode) -> NotebookNode:
    if output.output_type != "execute_result":
        return output
    shown = str(output.data.get("text/plain", ""))
    if shown in ("False", "np.False_"):  # a test that ends in a comparison
        shown = "0"
    found = NUMPYS.fullmatch(shown)
    try:
        credit = float(found[1] if found else shown)
    except ValueError:
        return output
    plain = NotebookNode(output)
    plain.data = {**output.data, "text/plain": repr(credit if 0 <= credit < inf else 0.0)}
    return plain


class LatePenalty(LateSubmissionPlugin):  # type: ignore[misc]
    """Takes points off late submissions by the course's policy (`AssignLatePenalties.plugin_class`).

    nbgrader asks it when it grades, before anything is marked by hand; `late.settle` does the same sum again for
    feedback and export.
    """

    policy = Dict(help="What lateness costs: names and values as in autograder/late.py.").tag(config=True)
    assignment_policies = Dict(help="The same for single assignments, by name.").tag(config=True)

    def late_submission_penalty(self, student_id: str, score: float, total_seconds_late: float) -> float | None:
        """Return the points to take off; None for none."""
        del total_seconds_late  # by nbgrader's own record of extensions; ours may be newer
        assignment, root = self.parent.assignment_id, Path(CourseDirectory(config=self.config).root)
        entry = self.parent.gradebook.find_submission(assignment, student_id)
        try:
            course, rules = Course(root), late.policy(self.config, assignment)
            until = late.extensions(course, rules.zone).get((student_id, assignment))
            folder = course.folder("submitted", student_id, assignment)
            due, maximum = entry.assignment.duedate, entry.max_score
            verdict = late.judge(rules, folder, due, until, score=score, maximum=maximum)
        except AutograderError as error:  # no reason not to grade; feedback and export will insist
            self.log.warning("No penalty for lateness: %s", error)
            return None
        return verdict.points or None


class FeedbackView(ClearHiddenTests):  # type: ignore[misc]
    """Makes the page that a student sees (last of `GenerateFeedback.preprocessors`).

    Hidden tests are taken out of test cells and of tracebacks; on top stands a table of all exercises with what the
    checks said, and what had to be put right in the submission.
    """

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> Result:
        """Return the notebook as the student may see it."""
        for cell in nb.cells:
            if cell.cell_type == "code" and is_grade(cell):
                self._hide(cell)
        about = resources["nbgrader"]
        if about.get("late_penalty"):
            taken_off = f"Handed in late: {tables.plain(about['late_penalty'])} points less."
            nb.metadata.setdefault("autograder", NotebookNode()).setdefault("notes", []).append(taken_off)
        unmarked = _unmarked(about)
        nb.cells.insert(0, new_markdown_cell(_overview(nb, unmarked)))
        if unmarked and "score" in about:
            about["score"] = Words(f"{round(float(about['score']), 2)} so far")
        for cell in nb.cells:
            if cell.metadata.get("nbgrader", {}).get("grade_id") in unmarked:
                cell.metadata.nbgrader["score"] = Words(NOT_YET)
        resources["inlining"]["css"] = code_colours()
        return nb, resources

    def _hide(self, cell: NotebookNode) -> None:
        hidden = self._hidden_lines(cell.source)
        for output in cell.outputs:
            if output.output_type == "error" and _line(output) in hidden:
                output.evalue = NOT_TOLD
        if self.begin_test_delimeter in cell.source:
            self._remove_hidden_test_region(cell)
            cell.source = cell.source.rstrip() + "\n# … and hidden tests"
        for output in cell.outputs:
            if output.output_type == "error":
                output.traceback = [*_student_frames(output.traceback), message(output)]

    def _hidden_lines(self, source: str) -> set[int | None]:
        """Lines of hidden tests, from 1, with 0 for “not known”: what a student's code says of them may quote them."""
        hidden: set[int | None] = set()
        inside = False
        for number, line in enumerate(source.split("\n"), start=1):
            inside = (inside or self.begin_test_delimeter in line) and self.end_test_delimeter not in line
            if inside:
                hidden |= {0, number}
        return hidden


NOT_YET = "not marked yet"
NOT_TOLD = "(raised in a hidden test; what it says is not shown)"


class Words(str):
    """What stands in a page of nbgrader's where it expects points."""


def as_float(value: Any, default: float = 0.0) -> Any:
    """Give a number, or words as they are (in place of Jinja's filter `float`; `HTMLExporter.filters`)."""
    return value if isinstance(value, Words) else do_float(value, default)


def as_rounded(value: Any, *how: Any) -> Any:
    """Round a number, and leave words as they are (in place of Jinja's filter `round`; `HTMLExporter.filters`)."""
    return value if isinstance(value, Words) else do_round(value, *how)


def message(output: NotebookNode) -> str:
    """What an error output tells the student, in one line or a few: a check's own words, else the error's name too."""
    plain = output.ename in {"CheckFailed", "AssertionError", "NotSent", *OUTCOMES} and _line(output) is None
    if plain and output.evalue:
        return str(output.evalue)
    return f"{output.ename}: {output.evalue}" if output.evalue else str(output.ename)


def told(cell: NotebookNode, about: NotebookNode) -> str:
    """What a graded cell tells the student; nothing where all is well.

    Args:
        cell: the cell, as it was run.
        about: what the notebook's metadata say about its run.
    """
    errors = [output for output in cell.get("outputs", []) if output.output_type == "error"]
    if errors:
        return message(errors[-1])
    if cell.metadata.nbgrader.grade_id in about.get("references", {}):
        return str(cell.outputs[0].text)
    return ""


def _line(output: NotebookNode) -> int | None:
    """The line of a test for which a student's code raised an error; None if it was the test that did."""
    found = [line.removeprefix(RAISED_AT).strip() for line in output.traceback if line.startswith(RAISED_AT)]
    return int(found[-1]) if found and found[-1].isdecimal() else None


def code_colours() -> list[str]:
    """Give CSS that colours code, in the light and in the dark."""
    light, dark = (HtmlFormatter(style=style).get_style_defs(".highlight") for style in ("default", "github-dark"))
    return [light, f"@media (prefers-color-scheme: dark) {{ {dark} }}"]


def _student_frames(traceback: list[str]) -> list[str]:
    """Keep what a test's traceback says about the student's cells: nothing of the test cell or of our files."""
    return [part for part in traceback if part.startswith(IN_YOUR_CODE)]


def _unmarked(where: dict[str, str]) -> set[str]:
    """Names of the written answers that nobody has marked yet."""
    with Gradebook(where["db_url"]) as gradebook:
        grades = gradebook.find_submission_notebook(where["notebook"], where["assignment"], where["student"]).grades
        return {grade.name for grade in grades if grade.needs_manual_grade and grade.manual_score is None}


def _partly(cell: NotebookNode) -> str:
    """Point to what a test printed that gave a part of its points."""
    marks, printed = cell.metadata.nbgrader, any(output.output_type == "stream" for output in cell.get("outputs", []))
    if marks.get("solution") or not printed or not 0 < marks["score"] < marks["points"]:
        return ""
    return "A part of the points: read below what the test printed."


def _overview(nb: NotebookNode, unmarked: set[str]) -> str:
    rows = []
    about = nb.metadata.get("autograder", NotebookNode())
    for cell in nb.cells:
        marks = cell.metadata.get("nbgrader", {})
        if not is_grade(cell):
            continue
        points = f"{marks['score']:g} of {marks['points']:g}"
        if marks["grade_id"] in unmarked:
            points = f"{NOT_YET}, out of {marks['points']:g}"
        said = literal(told(cell, about) or _partly(cell))
        name = marks["grade_id"]
        rows.append(f"| [{name.removesuffix('-test')}](#{name}) | {points} | {said} |")
    waiting = [
        f"*{len(unmarked)} of your answers {'is' if len(unmarked) == 1 else 'are'} {NOT_YET}: points may be added.*",
        "",
    ]
    notes = [f"- {literal(note)}" for note in about.get("notes", [])]
    table = ["| Exercise | Points | What the checks said |", "|---|---|---|", *rows]
    return "\n".join(
        [
            "## Your result",
            "",
            *(waiting if unmarked else []),
            *table,
            "",
            *(["**Please note**", "", *notes] if notes else []),
        ]
    )

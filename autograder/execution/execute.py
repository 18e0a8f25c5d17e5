"""What nbgrader is told to use to run a submission (nbgrader_config.py): settings, and one `Session` for each.

How a session goes is in session.py, what its two kernels do together in pair.py, and how a kernel runs a cell within
limits in runner.py.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import Execute
from traitlets import Bool, Dict, Integer, List, Unicode

from autograder.execution import follow_on, reuse, turns
from autograder.execution.pair import Terms
from autograder.execution.references import SecondRun
from autograder.execution.session import Session
from autograder.kernels import specs
from autograder.kernels.limits import Limits
from autograder.notebooks.cells import Result
from autograder.notebooks.source import read_source


class ExecuteSubmission(Execute):  # type: ignore[misc]
    """Runs a submission (first of `Autograde.autograde_preprocessors`) in two sandboxed kernels.

    The student's kernel runs all cells but the tests, in order. The judge runs the instructor's locked cells and the
    tests, at the same places; what a test reads of the student's is asked for while the student's kernel answers.

    A cell that runs or writes too long is interrupted and the next one goes on. A cell that cannot be interrupted is
    given up: all others are run again in new kernels without it. So is one that brings a kernel down, if it does so
    again while no other submission runs: the first time something outside may have done it (the system's memory killer,
    an administrator). Of a test that was run more than once the worst outcome stands. Lecture cells tagged
    demo are not run, unless it turns out that one of the student's cells lacks a name that they define: then everything
    is run. Where a test may have failed only for an earlier exercise that failed, there is a run with references
    (`autograder.execution.follow_on`).
    """

    limits = Dict(help="What a submission may use: names and values as in autograder/kernels/limits.py.").tag(
        config=True
    )
    assignment_limits = Dict(help="The same for single assignments, by name.").tag(config=True)
    max_restarts = Integer(3, help="Cells that may take the kernel with them before the rest is not run.").tag(
        config=True
    )
    timeout = Integer(
        None, allow_none=True, help="nbgrader's setting; where given, it replaces the limit cell_time."
    ).tag(config=True)
    before = Unicode(
        "",
        help="A notebook: what this submission came to earlier. Only tests have changed since; those that have not "
        "keep what they came to and are not run again.",
    ).tag(config=True)
    timings = Unicode("", help="A file: how long each cell took is written there, as JSON, by grade_id.").tag(
        config=True
    )
    processors = List(
        Integer(), help="Numbers of the machine's processors that its kernels may run on; by default all."
    ).tag(config=True)
    sandbox = Bool(True, help="Without it a submission can do whatever you can do on this machine.").tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any], km: Any = None) -> Result:
        """Run all cells; restart without the guilty one as often as needed and allowed."""
        del km  # each submission has kernels of its own
        limits = self._limits(resources["nbgrader"]["assignment"])
        before = nbformat.read(self.before, as_version=4) if self.before else None
        if before is not None and reuse.is_same(nb, before):
            reuse.fill(nb, before)
            return nb, resources
        specs.ensure()
        terms = self._terms(resources, limits)
        with turns.turn() as turn:
            session = Session(nb, terms, turn, before)
            session.run()
            if plan := follow_on.plan(terms.source, nb, session.scores()):
                SecondRun(session, plan).run()
        if self.timings:
            Path(self.timings).write_text(json.dumps(session.seconds), encoding="utf-8")
        return nb, resources

    def source(self, resources: dict[str, Any]) -> NotebookNode:
        """Read the notebook as the instructor wrote it."""
        course, where = CourseDirectory(config=self.config), resources["nbgrader"]
        folder = course.format_path(course.source_directory, ".", where["assignment"])
        return read_source(Path(folder) / f"{where['notebook']}.ipynb")

    def _limits(self, assignment: str) -> Limits:
        special = self.assignment_limits.get(assignment, {})
        if self.timeout:
            special = {**special, "cell_time": self.timeout}
        return Limits.of(self.limits, special, f"ExecuteSubmission.limits (for {assignment})")

    def _terms(self, resources: dict[str, Any], limits: Limits) -> Terms:
        course = CourseDirectory(config=self.config)
        released = str(course.format_path(course.release_directory, ".", resources["nbgrader"]["assignment"]))
        return Terms(
            source=self.source(resources),
            limits=limits,
            sandbox=self.sandbox,
            processors=tuple(self.processors),
            folder=resources["metadata"].get("path") or None,
            judges_folder=released if Path(released).is_dir() else None,
            max_restarts=self.max_restarts,
            config=self.config,
            log=self.log,
        )

"""The names that a course's nbgrader_config.py may use: what nbgrader is told to use in place of its own parts.

Because they are plugged into nbgrader, ``nbgrader autograde``, the formgrader's button and ``autograder grade`` do the
same. In the order in which they meet a submission:

`AddCheckButton`     puts a button at the end of what students get
`before_autograde`   finds the notebook under another name
`SubmissionReader`   reads the file, trusting nothing
`RebuildSubmission`  puts its answers into the released notebook
`ExecuteSubmission`  runs it in a sandbox; hangs and crashes cost the cell that caused them, not the submission
`SaveMarks`          scores test cells by their outcome
`LatePenalty`        takes points off for lateness
`FeedbackView`       makes the page that the student sees
`SafePage`           leaves of a notebook what a page may show; the filters below do so for what is written in it

Nothing else in this package is for a configuration to name: modules move, these names stay. Each is imported when it is
asked for, so that commands which only read the configuration start fast.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from autograder.authoring.button import AddCheckButton
    from autograder.execution.execute import ExecuteSubmission
    from autograder.execution.scoring import SaveMarks
    from autograder.results.feedback_view import FeedbackView, as_float, as_rounded
    from autograder.results.pages import templates
    from autograder.results.pages.safe import SafePage, hashes
    from autograder.results.safe_html import ansi2html, clean_html, markdown2html, unchanged
    from autograder.submissions.preprocessors import LatePenalty, RebuildSubmission, SubmissionReader, before_autograde

__all__ = [
    "AddCheckButton",
    "ExecuteSubmission",
    "FeedbackView",
    "LatePenalty",
    "RebuildSubmission",
    "SafePage",
    "SaveMarks",
    "SubmissionReader",
    "ansi2html",
    "as_float",
    "as_rounded",
    "before_autograde",
    "clean_html",
    "hashes",
    "markdown2html",
    "templates",
    "unchanged",
]

HOMES = {
    "autograder.authoring.button": ("AddCheckButton",),
    "autograder.submissions.preprocessors": (
        "before_autograde",
        "SubmissionReader",
        "RebuildSubmission",
        "LatePenalty",
    ),
    "autograder.execution.execute": ("ExecuteSubmission",),
    "autograder.execution.scoring": ("SaveMarks",),
    "autograder.results.feedback_view": ("FeedbackView", "as_float", "as_rounded"),
    "autograder.results.safe_html": ("markdown2html", "clean_html", "ansi2html", "unchanged"),
    "autograder.results.pages": ("templates",),
    "autograder.results.pages.safe": ("SafePage", "hashes"),
}
"""Where each name is defined."""


def __getattr__(name: str) -> Any:
    """Import a name where it is defined."""
    for module, names in HOMES.items():
        if name in names:
            return getattr(import_module(module), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

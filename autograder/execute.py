"""Where `ExecuteSubmission` was. In nbgrader_config.py write ``autograder.plugins.ExecuteSubmission``."""

import warnings

from autograder.execution.execute import ExecuteSubmission

__all__ = ["ExecuteSubmission"]

warnings.warn(
    "autograder.execute will go: in nbgrader_config.py write autograder.plugins.ExecuteSubmission. "
    "Nobody is graded again for it.",
    DeprecationWarning,
    stacklevel=2,
)

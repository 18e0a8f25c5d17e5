"""Where the folders of templates was. In nbgrader_config.py write ``autograder.plugins.…``."""

import warnings

from autograder.results.pages import templates

__all__ = ["templates"]

warnings.warn(
    "autograder.pages will go: in nbgrader_config.py write from autograder.plugins import templates.",
    DeprecationWarning,
    stacklevel=2,
)

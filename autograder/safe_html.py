"""Where the filters of pages was. In nbgrader_config.py write ``autograder.plugins.…``."""

import warnings

from autograder.results.safe_html import ansi2html, clean_html, markdown2html, unchanged

__all__ = ["ansi2html", "clean_html", "markdown2html", "unchanged"]

warnings.warn(
    "autograder.safe_html will go: in nbgrader_config.py write autograder.plugins.markdown2html and so on.",
    DeprecationWarning,
    stacklevel=2,
)

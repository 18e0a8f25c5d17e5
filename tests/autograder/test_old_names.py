"""Names of configurations that courses have copied before: they lead to where things are now, and say so."""

from __future__ import annotations

import importlib
import re
import sys
from pathlib import Path

import pytest
from traitlets.utils.importstring import import_item

from autograder import doctor
from autograder.course import Course
from autograder.results import pages

ROOT = Path(__file__).parents[2]

OLD = {
    "autograder.execute.ExecuteSubmission": "autograder.plugins.ExecuteSubmission",
    "autograder.safe_html.markdown2html": "autograder.plugins.markdown2html",
    "autograder.safe_html.clean_html": "autograder.plugins.clean_html",
    "autograder.safe_html.ansi2html": "autograder.plugins.ansi2html",
    "autograder.safe_html.unchanged": "autograder.plugins.unchanged",
    "autograder.pages.templates": "autograder.plugins.templates",
    "autograder.pages.safe.SafePage": "autograder.plugins.SafePage",
    "autograder.pages.safe.hashes": "autograder.plugins.hashes",
}


@pytest.mark.parametrize(("old", "new"), OLD.items())
def test_old_name_works_and_warns(old: str, new: str) -> None:
    module = old.rpartition(".")[0]
    sys.modules.pop(module, None)
    with pytest.warns(DeprecationWarning, match=f"{module} will go.*autograder.plugins"):
        importlib.import_module(module)
    assert import_item(old) is import_item(new)


def test_a_configuration_of_before_is_as_safe_and_is_told(tmp_path: Path) -> None:
    text = (ROOT / "nbgrader_config.py").read_text()
    for old, new in OLD.items():
        text = text.replace(f'"{new}"', f'"{old}"')
    text = text.replace("from autograder.plugins import templates", "from autograder.pages import templates")
    (tmp_path / "nbgrader_config.py").write_text(text)
    assert pages.unsafe(Course(tmp_path).config) == ""
    finding = next(doctor._course(tmp_path))
    assert finding.level is doctor.Level.WARNING
    assert re.search(
        r"names autograder\.execute, autograder\.pages, autograder\.pages\.safe, autograder\.safe_html", finding.what
    )

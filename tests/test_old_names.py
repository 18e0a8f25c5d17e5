"""Names of configurations that courses have copied before: they lead to where things are now, and say so."""

from __future__ import annotations

import importlib
import sys

import pytest
from traitlets.utils.importstring import import_item

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

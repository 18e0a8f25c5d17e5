"""Names of configurations that courses have copied before: they lead to where things are now, and say so."""

from __future__ import annotations

import importlib
import sys

import pytest
from traitlets.utils.importstring import import_item

OLD = {
    "autograder.execute.ExecuteSubmission": "autograder.plugins.ExecuteSubmission",
}


@pytest.mark.parametrize(("old", "new"), OLD.items())
def test_old_name_works_and_warns(old: str, new: str) -> None:
    module = old.rpartition(".")[0]
    sys.modules.pop(module, None)
    with pytest.warns(DeprecationWarning, match=f"{module} will go.*autograder.plugins"):
        importlib.import_module(module)
    assert import_item(old) is import_item(new)

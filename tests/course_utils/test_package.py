"""course_utils as a package: quick to import, and its public names are what notebooks rely on."""

from __future__ import annotations

import ast
import importlib
import inspect
import json
import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

PUBLIC = {
    "checks": ["CheckFailed", "Misconceptions", "close", "equal", "raises"],
    "plots": [
        "BLUE",
        "ORANGE",
        "SIGNED",
        "confusion_matrix",
        "described",
        "label_points",
        "learning_curves",
        "marked_text",
        "number_grid",
        "picture",
        "pictures",
        "show",
        "use_course_style",
    ],
    "predictions": ["FILE", "HOW", "MADE", "ask", "recall"],
    "projects": ["FILE", "final_test", "paste", "receipt", "rows_with_twins"],
    "widgets": ["explore"],
}
HEAVY = ["tensorflow", "keras", "matplotlib", "ipywidgets", "IPython", "sklearn"]


def fresh(code: str, **environment: str) -> object:
    """Run code in a new Python and return the value of `answer` in it."""
    result = subprocess.run(
        [sys.executable, "-c", f"import json\n{code}\nprint(json.dumps(answer))"],
        capture_output=True,
        text=True,
        check=True,
        env={**{name: value for name, value in os.environ.items() if not name.startswith("TF_")}, **environment},
    )
    return json.loads(result.stdout)


def defined(tree: ast.Module) -> Iterator[str]:
    """Yield the names that a module defines itself, at its top level."""
    for statement in tree.body:
        if isinstance(statement, ast.FunctionDef | ast.ClassDef):
            yield statement.name
        elif isinstance(statement, ast.Assign):
            for target in statement.targets:
                yield from (node.id for node in ast.walk(target) if isinstance(node, ast.Name))


@pytest.mark.parametrize("module", ["", ".checks", ".plots", ".widgets"])
def test_import_loads_no_heavy_package(module):
    loaded = fresh(f"import sys, course_utils{module}\nanswer = sorted(sys.modules)")
    assert set(HEAVY) & set(loaded) == set()


def test_import_changes_nothing_about_how_tensorflow_computes():
    set_by_us = fresh(
        "import os; before = set(os.environ); import course_utils\nanswer = sorted(set(os.environ) - before)"
    )
    assert set_by_us == ["TF_CPP_MIN_LOG_LEVEL"]


def test_import_respects_what_the_user_has_set():
    kept = fresh("import os, course_utils\nanswer = os.environ['TF_CPP_MIN_LOG_LEVEL']", TF_CPP_MIN_LOG_LEVEL="0")
    assert kept == "0"


@pytest.mark.parametrize("name", PUBLIC)
def test_public_names_are_the_documented_ones(name):
    tree = ast.parse(inspect.getsource(importlib.import_module(f"course_utils.{name}")))
    assert sorted(found for found in defined(tree) if not found.startswith("_")) == PUBLIC[name]


@pytest.mark.parametrize("name", PUBLIC)
def test_public_functions_are_documented(name):
    module = importlib.import_module(f"course_utils.{name}")
    functions = [getattr(module, public) for public in PUBLIC[name] if inspect.isfunction(getattr(module, public))]
    assert functions
    assert all(inspect.getdoc(function) for function in functions)

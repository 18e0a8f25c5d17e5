"""autograder.plugins: the names that a course's configuration uses, which stay whatever moves behind them."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from traitlets.utils.importstring import import_item

from autograder import plugins

ROOT = Path(__file__).parents[2]
NAMES = [
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


def test_the_names_are_a_promise() -> None:
    assert plugins.__all__ == NAMES
    assert sorted(name for names in plugins.HOMES.values() for name in names) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_every_name_is_found_as_nbgrader_looks_for_it(name: str) -> None:
    [home] = [module for module, names in plugins.HOMES.items() if name in names]
    assert import_item(f"autograder.plugins.{name}") is import_item(f"{home}.{name}")


def test_other_names_are_not_there() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Sandbox'"):
        plugins.__getattr__("Sandbox")


def test_the_configuration_names_nothing_else_of_ours() -> None:
    text = (ROOT / "nbgrader_config.py").read_text()
    named = set(re.findall(r'"autograder\.([\w.]+)"', text))
    assert {name.partition(".")[0] for name in named} == {"plugins"}
    assert {name.partition(".")[2] for name in named} | {"templates"} == set(NAMES)
    assert re.findall(r"^(?:from|import) autograder.*", text, flags=re.M) == [
        "from autograder.plugins import templates"
    ]


def test_a_command_that_only_reads_the_configuration_imports_no_converter() -> None:
    code = "import sys, autograder.plugins as p; p.templates(); print({'nbconvert', 'nbgrader'} & {*sys.modules})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "set()"

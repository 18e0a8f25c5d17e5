"""autograder.errors: the tree that is drawn is the tree that is there."""

from __future__ import annotations

import inspect
import re

import pytest

from autograder import cli, errors
from autograder.errors import AutograderError

ALL = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, AutograderError)]
DRAWN = dict(re.findall(r"(?m)^(?:[│ ]*[├└]── )?(\w+Error)(.*)$", errors.__doc__))


def test_all_errors_are_drawn_in_the_docstring():
    assert set(DRAWN) == {kind.__name__ for kind in ALL}


@pytest.mark.parametrize("kind", ALL)
def test_exit_code_is_the_documented_one(kind):
    documented = re.search(r"exit code (\d+)", DRAWN[kind.__name__])
    assert kind.exit_code == (int(documented[1]) if documented else AutograderError.exit_code)


def test_exit_codes_of_their_own_are_distinct():
    own = [kind.exit_code for kind in ALL if "exit_code" in vars(kind)]
    assert len(own) == len(set(own))
    assert not {0, 2, cli.INTERRUPTED} & set(own), "done, wrong usage and interrupted are not errors of ours"


@pytest.mark.parametrize("kind", [kind for kind in ALL if "exit_code" in vars(kind)])
def test_exit_code_is_told_in_the_help_of_the_command(kind):
    assert re.search(rf"\b{kind.exit_code} \w", cli.main.__doc__)


def test_command_shows_the_message_and_exits_with_its_code(monkeypatch, capsys, tmp_path):
    monkeypatch.setattr("sys.argv", ["autograder", "--course-dir", str(tmp_path), "build"])
    with pytest.raises(SystemExit) as exited:
        cli.app()
    assert exited.value.code == errors.CourseError.exit_code
    assert "is not a course" in " ".join(capsys.readouterr().err.split())

"""The `autograder` command where it cannot run: a word on what to do, and no traceback."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from autograder.kernels import layers

SCRIPT = Path(sys.executable).parent / "autograder"


def started(code: str) -> subprocess.CompletedProcess[str]:
    code += "\nfrom autograder.entry import main\nmain()"
    return subprocess.run(
        [sys.executable, "-c", code, "doctor"], capture_output=True, text=True, encoding="utf-8", check=False
    )


def test_command_is_the_entry() -> None:
    assert "from autograder.entry import main" in SCRIPT.read_text(encoding="utf-8")


def test_on_windows_it_names_wsl_and_the_check_and_imports_nothing() -> None:
    hidden = "for name in ('fcntl', 'resource', 'pwd', 'grp', 'termios', 'typer', 'nbgrader'): sys.modules[name] = None"
    done = started(f"import sys\nsys.platform = 'win32'\n{hidden}")
    assert done.returncode == 6
    assert "The grader needs Linux" in done.stderr
    assert "wsl --install" in done.stderr
    assert "py -m course_utils.check NOTEBOOK" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("missing", ["typer", "rich", "pydantic"])
def test_where_only_the_students_part_is_installed_it_says_how_to_get_the_grader(missing: str) -> None:
    done = started(f"import sys\nsys.modules[{missing!r}] = None")
    assert done.returncode == 6
    assert f"the grader is not installed ({missing} is missing)" in done.stderr
    assert 'pip install -e ".[grader]"' in done.stderr
    assert "Traceback" not in done.stderr


def test_a_slip_of_ours_is_not_taken_for_a_missing_package() -> None:
    done = started("import sys\nsys.modules['autograder.console'] = None")
    assert "Traceback" in done.stderr


@pytest.mark.parametrize("system", ["darwin", "win32"])
def test_a_sandbox_is_to_be_had_on_linux_only_and_the_mend_says_where(
    monkeypatch: pytest.MonkeyPatch, system: str
) -> None:
    monkeypatch.setattr(layers.sys, "platform", system)
    layers.probe.cache_clear()
    try:
        with pytest.raises(layers.SandboxError, match=rf"needs Linux, this is {system}.*in WSL"):
            layers.require()
    finally:
        layers.probe.cache_clear()

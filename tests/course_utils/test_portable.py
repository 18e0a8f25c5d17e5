"""What students use runs on any system: nothing that only POSIX has, files in UTF-8, paths with blanks and umlauts."""

from __future__ import annotations

import ast
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "course_utils").rglob("*.py"))
NOT_ON_WINDOWS = (
    *("fcntl", "grp", "pwd", "resource", "termios", "tty", "pty", "readline", "syslog", "crypt", "nis", "spwd"),
    *("posix", "posix_ipc", "_posixsubprocess"),
)
NAMES_NOT_ON_WINDOWS = {
    "os": "fork forkpty getuid geteuid getgid getegid getpgid setsid setuid setgid killpg uname mkfifo mknod chown "
    "lchown chroot nice getloadavg sysconf statvfs fchmod fchown wait WNOHANG WIFEXITED O_NONBLOCK O_CLOEXEC "
    "O_DIRECTORY register_at_fork memfd_create sendfile pread pwrite posix_spawn posix_fadvise sched_getaffinity "
    "sched_setaffinity openpty ttyname getgroups initgroups sync pipe2 set_blocking",
    "signal": "SIGKILL SIGALRM SIGHUP SIGUSR1 SIGUSR2 SIGCHLD SIGCONT SIGSTOP SIGPIPE alarm setitimer pause "
    "pthread_kill pthread_sigmask sigwait",
    "time": "tzset clock_gettime CLOCK_MONOTONIC",
    "socket": "AF_UNIX socketpair_unix SO_REUSEPORT",
    "select": "poll epoll kqueue",
    "mmap": "MAP_PRIVATE MAP_SHARED PROT_READ",
    "Path": "owner group",
}
SITE = f"""
import builtins, os, sys, warnings

hidden = {NOT_ON_WINDOWS!r}
plain = builtins.__import__


def ours(frame_globals):
    return str((frame_globals or {{}}).get("__name__", "")).partition(".")[0] in ("course_utils", "__main__")


def without(name, globals=None, locals=None, fromlist=(), level=0):
    if level == 0 and name.partition(".")[0] in hidden and ours(globals):
        raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)
    if level == 0 and name.partition(".")[0] in ("autograder", "nbgrader"):
        raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)
    return plain(name, globals, locals, fromlist, level)


builtins.__import__ = without
for name in ("fork", "forkpty", "nice", "mkfifo", "sched_setaffinity", "getloadavg"):
    if hasattr(os, name):
        delattr(os, name)
warnings.filterwarnings("error", category=EncodingWarning, module="course_utils")
"""
"""Put on the path of Python and of each kernel that it starts: our code finds no POSIX there."""


def marks(name: str, **more: object) -> dict[str, object]:
    kinds = dict.fromkeys(("grade", "solution", "locked", "task"), False)
    return {"nbgrader": {"grade_id": name, "schema_version": 3, **kinds, **more}}


def lesson() -> NotebookNode:
    """A notebook as students get it, answered, with letters that not every code page has."""
    modules = [".".join(path.relative_to(ROOT).with_suffix("").parts) for path in SOURCES if path.stem[0] != "_"]
    first = "\n".join(f"import {name}" for name in modules if not name.startswith("course_utils.vgg."))
    cells = [
        new_markdown_cell("# Übung ✏️ – “Größe” → 数"),
        new_code_cell(first),
        new_markdown_cell("### ✏️ Exercise 1: `größe` (2 points)"),
        new_code_cell("def größe(x):\n    return 2 * x  # → ✓", metadata=marks("größe", solution=True)),
        new_code_cell(
            "from course_utils import checks\nimport numpy as np\n"
            "checks.close(größe(np.arange(3.0)), np.array([0.0, 2.0, 4.0]), 'größe(…)')\nprint('✓ 数')",
            metadata=marks("größe-test", grade=True, locked=True, points=2),
        ),
    ]
    return new_notebook(cells=cells, metadata={"course": {"assignment": "Übung 1", "cell_time": 60}})


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder whose path has a blank, an umlaut and a letter that Windows' code page lacks."""
    folder = tmp_path / "Eigene Dateien" / "Übung, Łódź"
    folder.mkdir(parents=True)
    nbformat.write(lesson(), folder / "Übung 1.ipynb")
    return folder


def checked(
    folder: Path, *, hide: bool = False, name: str = "Übung 1.ipynb", **variables: str
) -> subprocess.CompletedProcess[bytes]:
    environment = {**os.environ, **variables}
    if hide:
        site = folder / "site"
        site.mkdir()
        (site / "sitecustomize.py").write_text(SITE, encoding="utf-8")
        environment["PYTHONPATH"] = os.pathsep.join([str(site), str(ROOT)])
        environment["PYTHONWARNDEFAULTENCODING"] = "1"  # a file of ours opened without an encoding is an error
    command = [sys.executable, "-m", "course_utils.check", name]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_nothing_is_used_that_windows_lacks(path: Path) -> None:
    assert list(posix_only(ast.parse(path.read_text(encoding="utf-8")))) == []


def posix_only(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.partition(".")[0] in NOT_ON_WINDOWS)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            if node.module in NOT_ON_WINDOWS:
                yield str(node.module)
            missing = NAMES_NOT_ON_WINDOWS.get(str(node.module), "").split()
            yield from (f"{node.module}.{alias.name}" for alias in node.names if alias.name in missing)
        elif (
            isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Name)
            and node.attr in NAMES_NOT_ON_WINDOWS.get(node.value.id, "").split()
        ):
            yield f"{node.value.id}.{node.attr}"


@pytest.mark.parametrize(
    "line", ["import fcntl", "from pwd import getpwuid", "os.fork()", "from signal import SIGKILL"]
)
def test_what_windows_lacks_is_found(line: str) -> None:
    assert len(list(posix_only(ast.parse(line)))) == 1


def test_text_files_are_utf8_whatever_the_system_prefers() -> None:
    pytest.importorskip("ruff")
    ruff = [sys.executable, "-m", "ruff", "check", "--isolated", "--preview", "--select", "PLW1514", "--no-cache"]
    done = subprocess.run([*ruff, "course_utils"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_check_starts_the_python_that_it_runs_in(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever somebody once installed for another Python under the name python3."""
    kernel = place / "kernels" / "python3"
    kernel.mkdir(parents=True)
    other = {"argv": ["no-such-python", "-f", "{connection_file}"], "display_name": "Python 3", "language": "python"}
    (kernel / "kernel.json").write_text(json.dumps(other), encoding="utf-8")
    done = checked(place, JUPYTER_PATH=str(place), JUPYTER_DATA_DIR=str(place))
    assert done.returncode == 0, done.stdout.decode() + done.stderr.decode()


@pytest.mark.slow
def test_all_of_it_imports_and_checks_where_there_is_no_posix_and_no_grader(place: Path) -> None:
    done = checked(place, hide=True)
    assert done.returncode == 0, done.stdout.decode() + done.stderr.decode()
    receipt = json.loads((place / "Übung 1.receipt.json").read_text(encoding="utf-8"))
    assert receipt["file"] == "Übung 1.ipynb"
    assert receipt["ready"]


@pytest.mark.slow
@pytest.mark.parametrize("encoding", ["cp1252", "ascii"])
def test_a_console_may_lack_letters(place: Path, encoding: str) -> None:
    done = checked(place, PYTHONIOENCODING=encoding)
    assert done.returncode == 0, done.stdout + done.stderr
    text = done.stdout.decode(encoding)
    assert "passes  Exercise 1: gr" in text
    assert done.stderr == b""


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("localedef"), reason="no locale can be made")
def test_the_systems_language_may_be_written_in_cp1252(place: Path, tmp_path: Path) -> None:
    locale = tmp_path / "locales" / "de_DE.CP1252"
    locale.parent.mkdir()
    made = subprocess.run(["localedef", "-i", "de_DE", "-f", "CP1252", str(locale)], capture_output=True, check=False)
    if not locale.exists():
        pytest.skip(made.stderr.decode())
    (place / "Übung 1.ipynb").rename(tmp_path / "ps 1.ipynb")
    old = {"LOCPATH": str(locale.parent), "LC_ALL": locale.name, "PYTHONUTF8": "0"}
    asked = [sys.executable, "-c", "import locale; print(locale.getencoding())"]
    assert subprocess.run(asked, env={**os.environ, **old}, capture_output=True, check=True).stdout.strip() == b"CP1252"
    done = checked(tmp_path, hide=True, name="ps 1.ipynb", **old)
    text = done.stdout.decode("cp1252")
    assert "passes  Exercise 1: größe" in text
    assert "Hand it in as Übung 1.ipynb" in text
    assert b"course_utils" not in done.stderr, "others may open files as they like"
    assert b"Traceback" not in done.stderr
    receipt = json.loads((tmp_path / "ps 1.receipt.json").read_text(encoding="utf-8"))
    assert receipt["exercises"][0]["name"] == "größe-test"
    assert receipt["ready"]

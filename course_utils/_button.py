"""The button in a notebook's last cell: `course_utils.check` for the file that the cell is in, without a terminal."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import Any

COMMAND = "python -m course_utils.check NOTEBOOK.ipynb"
PRESS = (
    "Save first (Ctrl+S, on a Mac ⌘S), then press. What is checked is the file as it was saved, in a Python of its own."
)
ELSEWHERE = f"No button here? Save, then in a terminal, in the course's folder: {COMMAND}"
NO_FILE = (
    "There is no file of this notebook where Python runs ({place}), as in Colab. Download the notebook "
    f"(File > Download), and check that file: {COMMAND}"
)


def show() -> None:
    """Show the button; where nothing is alive there stands what to do instead."""
    from IPython.display import display

    display({**_live(), **still()}, raw=True)


def still() -> dict[str, str]:
    """Give what stands there where nothing is alive, as an output's data."""
    return {"text/plain": f"{PRESS}\n{ELSEWHERE}", "text/html": f"<p>{escape(PRESS)}</p><p>{escape(ELSEWHERE)}</p>"}


def _live() -> dict[str, Any]:
    try:
        panel = Panel()
    except ImportError:  # no ipywidgets
        return {}
    return dict(panel.box._repr_mimebundle_() or {})


class Panel:
    """The button, and what the check says below it."""

    def __init__(self, find: Callable[[], list[Path]] | None = None) -> None:
        from ipywidgets import HTML, Button, Dropdown, Layout, VBox

        self._find = find or candidates
        self.press = Button(description="Check this notebook", button_style="primary", layout=Layout(width="16em"))
        self.files = Dropdown(description="Which one?", layout=Layout(width="max-content", display="none"))
        self.said = HTML()
        self.box = VBox([HTML(f"<p>{escape(PRESS)}</p>"), self.files, self.press, self.said])
        self.press.on_click(self._pressed)
        self.thread: threading.Thread | None = None

    def _pressed(self, _: object) -> None:
        if self.thread and self.thread.is_alive():
            return
        path = self._which()
        if path is not None:
            self.press.disabled = True
            self.thread = threading.Thread(target=self._check, args=(path,), daemon=True)
            self.thread.start()

    def _which(self) -> Path | None:
        """Choose the file; where there are several, the student does."""
        found = self._find()
        if not found:
            self.said.value = f"<p>{escape(NO_FILE.format(place=Path.cwd()))}</p>"
            return None
        if len(found) == 1:
            return found[0]
        options = [(path.name, str(path)) for path in found]
        if self.files.layout.display != "none" and self.files.value in [value for _, value in options]:
            return Path(self.files.value)
        self.files.options = options
        self.files.layout.display = "flex"
        self.said.value = "<p>There are several notebooks here. Choose this one, and press again.</p>"
        return None

    def _check(self, path: Path) -> None:
        seconds = max(0.0, time.time() - path.stat().st_mtime)
        saved = f"{path.name}, saved {_ago(seconds)}"
        try:
            code, said = _run(path, lambda what: self._tell(f"{saved}: {what} …"))
        except OSError as error:
            code, said = 2, f"The check could not be started: {error}"
        if code not in (0, 1, 2):
            said += f"\nThe check itself ended early (exit code {code}). Try it in a terminal: {COMMAND}"
        self._tell(saved + ".", said)
        self.press.disabled = False

    def _tell(self, what: str, said: str = "") -> None:
        text = f"<pre style='white-space: pre-wrap'>{escape(said)}</pre>" if said else ""
        self.said.value = f"<p>{escape(what)}</p>{text}"


def _run(path: Path, tell: Callable[[str], None]) -> tuple[int, str]:
    """Run the check as a process, which the notebook's own Python cannot disturb; return exit code and text."""
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8"}
    here = Path(__file__).parents[1]
    if here.name not in ("site-packages", "dist-packages"):  # found by a path that only this Python has, maybe
        environment["PYTHONPATH"] = os.pathsep.join(filter(None, [str(here), os.environ.get("PYTHONPATH")]))
    command = [sys.executable, "-m", "course_utils.check", "--progress", str(path)]
    flags = getattr(subprocess, "CREATE_NO_WINDOW", 0)  # Windows
    with subprocess.Popen(  # noqa: S603
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=environment,
        encoding="utf-8",
        errors="replace",
        creationflags=flags,
    ) as process:
        lines = []
        for line in process.stdout or ():
            if line.startswith(PROGRESS):
                tell(line.removeprefix(PROGRESS).strip())
            else:
                lines.append(line)
    return process.returncode, "".join(lines).strip()


PROGRESS = "\x01"
"""How a line begins that only says what is being done."""


def candidates() -> list[Path]:
    """Find the file that a cell of it was run in: the front end says it, or it is one of the folder's notebooks."""
    told = [os.environ.get("JPY_SESSION_NAME"), _of_vscode()]
    for name in told:
        path = Path(name) if name else None
        if path and path.suffix == ".ipynb" and path.is_file():
            return [path]
    return [path for path in sorted(Path.cwd().glob("*.ipynb")) if _holds_button(path)]


def _of_vscode() -> str | None:
    from IPython import get_ipython

    shell = get_ipython()
    name = shell.user_ns.get("__vsc_ipynb_file__") if shell else None
    return name if isinstance(name, str) else None


def _holds_button(path: Path) -> bool:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        sources = ["".join(cell.get("source", "")) for cell in content["cells"]]
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return False
    return any("check.button(" in source for source in sources)


def _ago(seconds: float) -> str:
    for size, name in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= size:
            number = int(seconds // size)
            return f"{number} {name}{'' if number == 1 else 's'} ago"
    return "just now"

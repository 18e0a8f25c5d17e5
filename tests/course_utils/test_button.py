"""The button in the last cell: alive it checks the file as it was saved, elsewhere it says what to do."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook

from course_utils import _button, check
from tests.course_utils.test_portable import lesson

CODE = "from course_utils import check\n\ncheck.button()"


@pytest.fixture
def there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a notebook that ends with the button; the kernel's own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    notebook = lesson()
    notebook.cells.append(new_code_cell(CODE, metadata={"tags": ["demo"]}))
    nbformat.write(notebook, tmp_path / "Übung 1.ipynb")
    return tmp_path / "Übung 1.ipynb"


def pressed(panel: _button.Panel) -> str:
    panel.press.click()
    if panel.thread:
        panel.thread.join()
    return panel.said.value


def test_what_is_not_alive_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = []
    monkeypatch.setattr("IPython.display.display", lambda data, raw: shown.append((data, raw)))
    check.button()
    [(data, raw)] = shown
    assert raw
    assert "application/vnd.jupyter.widget-view+json" in data
    assert "python -m course_utils.check" in data["text/plain"]
    assert "Save first" in data["text/html"]
    monkeypatch.setitem(sys.modules, "ipywidgets", None)
    check.button()
    assert set(shown[1][0]) == {"text/plain", "text/html"}


def test_nothing_is_started_until_it_is_pressed(there: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_button.subprocess, "Popen", lambda *_, **__: pytest.fail("started"))
    assert _button.Panel().thread is None


@pytest.mark.slow
def test_it_checks_the_file_as_it_was_saved(there: Path) -> None:
    panel = _button.Panel()
    before = there.read_bytes()
    said = pressed(panel)
    assert "Übung 1.ipynb, saved just now." in said
    assert "passes  Exercise 1: größe (2 points)" in said
    assert f"Hand in: {there}" in said
    assert "cell 3 of" not in said, "progress is over"
    assert not panel.press.disabled
    assert there.read_bytes() == before
    assert there.with_suffix(".receipt.json").exists()


@pytest.mark.slow
def test_it_does_nothing_where_a_notebook_is_run_from_top_to_bottom(tmp_path: Path) -> None:
    notebook = new_notebook(cells=[new_code_cell(CODE)])
    nbformat.write(notebook, tmp_path / "one.ipynb")
    NotebookClient(notebook, resources={"metadata": {"path": str(tmp_path)}}, kernel_name="python3").execute()
    [output] = notebook.cells[0].outputs
    assert output.data["text/plain"] == _button.still()["text/plain"]
    assert [path.name for path in tmp_path.iterdir()] == ["one.ipynb"]


def test_a_second_press_while_it_runs_starts_nothing(there: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    runs = []
    monkeypatch.setattr(_button, "_run", lambda path, tell: (runs.append(path), time.sleep(0.3), (0, ""))[2])
    panel = _button.Panel()
    panel.press.click()
    panel.press.click()
    assert panel.press.disabled
    pressed(panel)
    assert runs == [Path("Übung 1.ipynb").resolve()]


def test_words_of_a_check_are_shown_as_text(there: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_button, "_run", lambda path, tell: (1, "fails <script>alert(1)</script>"))
    assert "&lt;script&gt;" in pressed(_button.Panel())


def test_check_that_ends_early_or_cannot_start_is_told(there: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_button, "_run", lambda path, tell: (-9, "half"))
    assert "ended early (exit code -9)" in pressed(_button.Panel())

    def refuse(path: Path, tell: object) -> None:
        raise OSError("no more processes")

    monkeypatch.setattr(_button, "_run", refuse)
    panel = _button.Panel()
    assert "could not be started: no more processes" in pressed(panel)
    assert not panel.press.disabled


# Which file is it?


def test_the_front_end_tells(there: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = there.with_name("Übung 1-Copy1.ipynb")
    other.write_bytes(there.read_bytes())
    assert _button.candidates() == sorted([there, other])
    monkeypatch.setenv("JPY_SESSION_NAME", str(other))
    assert _button.candidates() == [other]
    other.unlink()  # it was renamed since
    assert _button.candidates() == [there]


def test_vscode_tells(there: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Shell:
        user_ns = {"__vsc_ipynb_file__": str(there)}  # noqa: RUF012

    there.with_name("other.ipynb").write_bytes(there.read_bytes())
    monkeypatch.setattr("IPython.get_ipython", Shell)
    assert _button.candidates() == [there]


def test_of_several_files_the_student_chooses(there: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    there.with_name("other.ipynb").write_bytes(there.read_bytes())
    for name, content in {"broken.ipynb": "{", "list.ipynb": "[]", "odd.ipynb": '{"cells": [5, null]}'}.items():
        there.with_name(name).write_text(content, encoding="utf-8")
    monkeypatch.setattr(_button, "_run", lambda path, tell: (0, f"checked {path.name}"))
    panel = _button.Panel()
    assert "Choose this one" in pressed(panel)
    assert [label for label, _ in panel.files.options] == ["other.ipynb", "Übung 1.ipynb"]
    panel.files.value = str(there)
    assert "checked Übung 1.ipynb" in pressed(panel)


def test_without_a_file_it_says_how_to_get_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    assert "as in Colab. Download the notebook" in pressed(_button.Panel())


@pytest.mark.parametrize(
    ("seconds", "said"), [(3, "just now"), (60, "1 minute ago"), (7300, "2 hours ago"), (90_000, "1 day ago")]
)
def test_how_old_the_file_is(seconds: float, said: str) -> None:
    assert _button._ago(seconds) == said

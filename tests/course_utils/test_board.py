"""course_utils.board: TensorBoard starts when its button is pressed, and ends when it should."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.request import urlopen

import ipywidgets
import psutil
import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from traitlets.config import Config

from course_utils import board

VIEW = "application/vnd.jupyter.widget-view+json"


def write(logs: Path) -> None:
    """Write event files as the callback of Keras does."""
    import tensorflow as tf

    for run, values in {"train": [1.5, 1.0, 0.5], "validation": [1.75, 1.25]}.items():
        with tf.summary.create_file_writer(str(logs / run)).as_default():
            for step, value in enumerate(values):
                tf.summary.scalar("epoch_loss", value, step=step)
            tf.summary.histogram("weights", [1.0, 2.0], step=0)


@pytest.fixture
def panel(tmp_path: Path):
    """A panel for a folder of logs; whatever it started is ended afterwards."""
    yield board.Panel(tmp_path, 400)
    if board.Panel.running is not None:
        board.Panel.running.close()
        board.Panel.running = None
    ipywidgets.Widget.close_all()


def is_gone(process: psutil.Process, seconds: float = 10) -> bool:
    """Tell whether a process ends in time."""
    deadline = time.monotonic() + seconds
    while process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def test_nothing_runs_before_the_button_is_pressed(tmp_path: Path) -> None:
    shell = InteractiveShell.instance(config=Config(HistoryManager={"enabled": False}))
    before = psutil.Process().children(recursive=True)
    try:
        with capture_output() as captured:
            board.show(tmp_path)
    finally:
        ipywidgets.Widget.close_all()
        type(shell).clear_instance()
    (output,) = captured.outputs
    assert set(output.data) == {VIEW}, "nothing for pages without a kernel, which could not press it"
    assert psutil.Process().children(recursive=True) == before
    assert board.Panel.running is None


def test_behind_a_hub_without_its_proxy_the_panel_says_what_to_do(panel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUPYTERHUB_SERVICE_PREFIX", "/user/ada/")
    monkeypatch.setattr(board, "find_spec", lambda name: None)
    panel.open.click()
    assert "jupyter-server-proxy" in panel.frame.value
    assert board.Panel.running is None
    assert panel.close.disabled


class Started:
    """Takes the place of a Board."""

    port = 6006
    closed = 0

    def __init__(self, logs: Path) -> None:
        del logs

    def close(self) -> None:
        Started.closed += 1


def test_behind_a_hub_the_frame_goes_through_its_proxy(panel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUPYTERHUB_SERVICE_PREFIX", "/user/ada/")
    monkeypatch.setattr(board, "find_spec", lambda name: name)
    monkeypatch.setattr(board, "Board", Started)
    panel.open.click()
    assert 'src="/user/ada/proxy/6006/"' in panel.frame.value


def test_opened_twice_the_first_one_is_ended(panel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JUPYTERHUB_SERVICE_PREFIX", raising=False)
    monkeypatch.setattr(board, "Board", Started)
    Started.closed = 0
    panel.open.click()
    assert 'src="http://127.0.0.1:6006/"' in panel.frame.value
    panel.open.click()
    assert Started.closed == 1
    panel.close.click()
    assert (Started.closed, panel.frame.value, panel.close.disabled) == (2, "", True)


def test_failure_to_start_is_said_in_the_notebook(panel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(board, "SERVER", "raise SystemExit('no port is free')")
    panel.open.click()
    assert panel.frame.value == "TensorBoard did not start: no port is free"
    assert board.Panel.running is None


def test_logs_without_event_files_have_no_curves(tmp_path: Path) -> None:
    assert board.read_scalars(tmp_path) == {}


@pytest.mark.slow
def test_curves_are_read_back_without_histograms(tmp_path: Path) -> None:
    write(tmp_path)
    expected = {"train": {"epoch_loss": [1.5, 1.0, 0.5]}, "validation": {"epoch_loss": [1.75, 1.25]}}
    assert board.read_scalars(tmp_path) == expected


@pytest.mark.slow
def test_button_opens_tensorboard_on_the_logs_and_the_other_ends_it(panel, tmp_path: Path) -> None:
    write(tmp_path)
    panel.open.click()
    assert board.Panel.running is not None, panel.frame.value
    process = psutil.Process(board.Panel.running.process.pid)
    address = f"http://127.0.0.1:{board.Panel.running.port}"
    assert f'src="{address}/"' in panel.frame.value
    with urlopen(f"{address}/") as page:
        assert "TensorBoard" in page.read().decode()
    deadline = time.monotonic() + 30
    runs: list[str] = []
    while not runs and time.monotonic() < deadline:  # the logs are loaded in the background
        with urlopen(f"{address}/data/runs") as answer:
            runs = json.load(answer)
        time.sleep(0.2)
    assert sorted(runs) == ["train", "validation"]
    panel.close.click()
    assert is_gone(process)


@pytest.mark.slow
def test_board_ends_with_the_kernel_however_that_ends(tmp_path: Path) -> None:
    code = f"from course_utils.board import Board; print(Board({str(tmp_path)!r}).process.pid, flush=True); input()"
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen([sys.executable, "-c", code], text=True, **pipes) as kernel:
        process = psutil.Process(int(kernel.stdout.readline()))
        kernel.send_signal(signal.SIGKILL)
    assert is_gone(process)

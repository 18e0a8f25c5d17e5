"""TensorBoard in a notebook: opened by a button, ended with the kernel at the latest; and its logs read back.

`keras.callbacks.TensorBoard` writes event files while a network trains. `show` puts a button into the notebook that
starts TensorBoard on them and embeds it below; nothing is started until somebody presses it, so a notebook that is
run from top to bottom (papermill, nbval, grading) leaves nothing behind. `read_scalars` gives what the same files hold
as lists, for a figure that pages without a kernel show too.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, Self

# Serves until its input is closed, which happens when whoever started it ends, in whatever way
SERVER = """
import sys
from tensorboard import program
board = program.TensorBoard()
board.configure(argv=[None, "--logdir", sys.argv[1], "--host", "127.0.0.1", "--port", "0", "--load_fast", "false"])
print(board.launch(), flush=True)
sys.stdin.read()
"""
REMOTE = (
    "An empty frame? Then this notebook's kernel runs on another computer. Forward the port "
    "(<code>ssh -L {port}:127.0.0.1:{port} ...</code>), or install <code>jupyter-server-proxy</code> where JupyterLab "
    "runs and open <code>/proxy/{port}/</code> below its address."
)
HUB = (
    "This is a JupyterHub, and only its proxy can reach TensorBoard. Run "
    "<code>%pip install jupyter-server-proxy</code>, restart your server (File &gt; Hub Control Panel), and press the "
    "button again. Until then, the figure below shows the curves."
)


class Board:
    """A TensorBoard of one's own, on a free port of this computer; a context manager that ends it.

    Args:
        logs: the folder that the callback writes to; it may still be empty.
    """

    def __init__(self, logs: str | Path) -> None:
        """Start TensorBoard and wait until it listens.

        Raises:
            RuntimeError: it ended at once; the message holds the last line that it wrote.
        """
        with TemporaryFile("w+", encoding="utf-8") as said:  # no pipe, which nobody would empty later on
            pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": said}
            # a session of its own: to interrupt the kernel does not end it
            environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}
            self.process = subprocess.Popen(  # noqa: S603
                [sys.executable, "-c", SERVER, str(logs)], text=True, start_new_session=True, env=environment, **pipes
            )
            assert self.process.stdout is not None
            address = self.process.stdout.readline().strip().rstrip("/")
            if not address:
                self.close()
                said.seek(0)
                last = (said.read().strip().splitlines() or ["it said nothing"])[-1]
                raise RuntimeError(f"TensorBoard did not start: {last}")
        self.port = int(address.rpartition(":")[2])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End it; a second time does nothing."""
        self.process.kill()
        self.process.communicate()


def show(logs: str | Path, *, height: int = 640) -> None:
    """Show a button that opens TensorBoard in the notebook, and one that closes it again.

    Where no kernel answers (an exported page, a run from top to bottom), nothing is shown and nothing is started.

    Args:
        logs: the folder that `keras.callbacks.TensorBoard` writes to.
        height: of the frame, in pixels.
    """
    from IPython.display import display

    bundle = Panel(logs, height).box._repr_mimebundle_()
    bundle.pop("text/plain", None)
    display(bundle, raw=True)


class Panel:
    """The two buttons and the frame; at most one TensorBoard runs for a notebook."""

    running: Board | None = None

    def __init__(self, logs: str | Path, height: int) -> None:
        from ipywidgets import HTML, Button, HBox, VBox

        self.logs, self.height = logs, height
        self.open = Button(description="Open TensorBoard", button_style="primary")
        self.close = Button(description="Close it", disabled=True)
        self.frame = HTML()
        self.box = VBox([HBox([self.open, self.close]), self.frame])
        self.open.on_click(self._open)
        self.close.on_click(self._close)

    def _open(self, _: object) -> None:
        self._close()
        prefix = os.environ.get("JUPYTERHUB_SERVICE_PREFIX")
        if prefix and find_spec("jupyter_server_proxy") is None:
            self.frame.value = HUB
            return
        self.frame.value = "TensorBoard is starting, which takes some seconds ..."
        try:
            board = Panel.running = Board(self.logs)
        except (OSError, RuntimeError) as error:
            self.frame.value = f"{error}"
            return
        address = f"{prefix}proxy/{board.port}/" if prefix else f"http://127.0.0.1:{board.port}/"
        note = "" if prefix else REMOTE.format(port=board.port)
        self.frame.value = (
            f'<iframe src="{address}" width="100%" height="{self.height}" frameborder="0" title="TensorBoard"></iframe>'
            f"<p>{note}</p>"
        )
        self.close.disabled = False

    def _close(self, _: object = None) -> None:
        if Panel.running is not None:
            Panel.running.close()
        Panel.running = None
        self.frame.value = ""
        self.close.disabled = True


def read_scalars(logs: str | Path) -> dict[str, dict[str, list[float]]]:
    """Read the curves back that a TensorBoard callback wrote.

    Args:
        logs: the folder that the callback wrote to.

    Returns:
        For each run, such as ``"train"`` and ``"validation"``, the values of each curve in order of their steps, such
        as ``"epoch_accuracy"``. Empty where there are no event files.
    """
    return {run: dict(_curves(Path(logs) / run)) for run in _runs(Path(logs))}


def _runs(logs: Path) -> list[str]:
    return sorted({path.parent.relative_to(logs).as_posix() for path in logs.rglob("*tfevents*")})


def _curves(folder: Path) -> Iterator[tuple[str, list[float]]]:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
    from tensorboard.util.tensor_util import make_ndarray

    found = EventAccumulator(str(folder), size_guidance={"tensors": 0})
    found.Reload()
    for tag in found.Tags()["tensors"]:
        if found.SummaryMetadata(tag).plugin_data.plugin_name == "scalars":
            events = sorted(found.Tensors(tag), key=lambda event: event.step)
            yield tag, [float(make_ndarray(event.tensor_proto)) for event in events]

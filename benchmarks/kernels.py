"""Warm and sandboxed kernels beside ordinary ones: start, memory, speed. All in one run, on one machine.

    python -m benchmarks.kernels              everything, about three minutes on two idle cores
    python -m benchmarks.kernels --soak 200   starts and stops so many kernels in a row and looks for what they leave

Prints a table: seconds from asking for a kernel until it has run ``import tensorflow, keras`` (median and range), what
that time is spent on, private memory of a further kernel (PSS, MiB, with TensorFlow imported), and the seconds of a
training cell. The fork server's own start is paid once and is told apart.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from subprocess import DEVNULL
from typing import Any

import psutil
from jupyter_client.manager import start_new_kernel
from rich.console import Console
from rich.progress import track
from rich.table import Table

from autograder.kernels import SANDBOXED, WARM, server, specs

IMPORT = "import tensorflow, keras"
TRAIN = """
import keras, numpy as np
keras.utils.set_random_seed(0)
x, y = np.random.rand(4000, 28, 28, 1).astype("float32"), np.random.randint(0, 10, 4000)
net = keras.Sequential([
    keras.Input((28, 28, 1)), keras.layers.Conv2D(16, 3, activation="relu"), keras.layers.MaxPooling2D(),
    keras.layers.Conv2D(32, 3, activation="relu"), keras.layers.Flatten(), keras.layers.Dense(10),
])
net.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
_ = net.fit(x[:256], y[:256], verbose=0)
import time
_start = time.perf_counter()
_ = net.fit(x, y, epochs=3, verbose=0)
print(time.perf_counter() - _start)
"""
KINDS = {"ordinary": "python3", "warm": WARM, "sandboxed": SANDBOXED}
console = Console()


@contextmanager
def kernel(name: str) -> Iterator[tuple[Any, Any]]:
    """Start a kernel in an empty folder and end it."""
    with tempfile.TemporaryDirectory() as folder:
        manager, client = start_new_kernel(kernel_name=name, cwd=folder, stdout=DEVNULL, stderr=DEVNULL)
        try:
            yield manager, client
        finally:
            client.stop_channels()
            manager.shutdown_kernel(now=True)


def run(client: Any, code: str) -> str:
    """Run code and return what it printed.

    Raises:
        RuntimeError: when it fails.
    """
    said: list[str] = []
    reply = client.execute_interactive(
        code, timeout=300, output_hook=lambda message: said.append(message["content"].get("text", ""))
    )
    if reply["content"]["status"] != "ok":
        raise RuntimeError(reply["content"]["evalue"])
    return "".join(said)


def private_memory(manager: Any) -> float:
    """Memory that a kernel costs, in MiB: proportional set size, of all its processes, the supervisor too."""
    process = psutil.Process(manager.provisioner.pid)
    family = [process, *process.children(recursive=True)]
    if "server" in " ".join(psutil.Process(process.ppid()).cmdline()):
        family.append(psutil.Process(process.ppid()))
    return sum(member.memory_full_info().pss for member in family) / 2**20


def once(name: str) -> dict[str, float]:
    """Measure one kernel."""
    begin = time.perf_counter()
    with kernel(name) as (manager, client):
        ready = time.perf_counter()
        run(client, IMPORT)
        imported = time.perf_counter()
        memory = private_memory(manager)
        return {
            "start": ready - begin,
            "import": imported - ready,
            "total": imported - begin,
            "memory": memory,
            "train": float(run(client, TRAIN).split()[-1]),
        }


def compare(repeats: int) -> None:
    """Measure all kinds in turn, so that what else the machine does meets all of them, and print the table."""
    begin = time.perf_counter()
    server.connect().close()
    console.print(f"fork server: ready after {time.perf_counter() - begin:.1f} s (once; 0.0 if it was there)")
    with kernel(WARM), kernel("python3"):
        pass  # files are in the system's cache from here on
    found: dict[str, list[dict[str, float]]] = {kind: [] for kind in KINDS}
    for _ in track(range(repeats), "measuring", console=console):
        for kind, name in KINDS.items():
            found[kind].append(once(name))
    middle = {
        kind: {key: statistics.median(row[key] for row in rows) for key in rows[0]} for kind, rows in found.items()
    }
    table = Table("", *KINDS, title=f"medians of {repeats}, in turn")
    for key, label, digits in [
        ("total", "start to TensorFlow imported, s", 2),
        ("start", "  of it: until the kernel answers", 2),
        ("import", "  of it: the import", 3),
        ("memory", "memory of one more kernel (PSS), MiB", 0),
        ("train", "training cell, s", 2),
    ]:
        table.add_row(label, *(f"{middle[kind][key]:.{digits}f}" for kind in KINDS))
    for key, label in [("total", "times as fast to start"), ("train", "training: speed beside ordinary")]:
        table.add_row(label, *(f"{middle['ordinary'][key] / middle[kind][key]:.2f}" for kind in KINDS))
    console.print(table)
    for kind, rows in found.items():
        totals = [row["total"] for row in rows]
        console.print(f"{kind}: start to imported {min(totals):.2f} to {max(totals):.2f} s")


def soak(number: int) -> None:
    """Start and stop kernels in a row and print what they left."""
    with kernel(WARM) as (manager, _):
        supervisor = psutil.Process(manager.provisioner.pid).parent()
        parent = supervisor.parent() if supervisor else None
    if parent is None:
        raise RuntimeError("the kernel is not a child of the fork server's")

    def look() -> dict[str, float]:
        return {
            "processes below the server": len(parent.children(recursive=True)),
            "server: open files": parent.num_fds(),
            "server: memory (PSS), MiB": parent.memory_full_info().pss / 2**20,
            "client: open files": psutil.Process().num_fds(),
            "client: threads": psutil.Process().num_threads(),
            "client: memory (RSS), MiB": psutil.Process().memory_info().rss / 2**20,
            "files in the sockets' folder": len(list(server.folder().rglob("*"))),
            "entries in the temporary folder": len(os.listdir(tempfile.gettempdir())),
        }

    for name in (WARM, SANDBOXED) * 5:
        with kernel(name) as (_, client):
            run(client, "1")
    before = look()
    begin = time.perf_counter()
    for number_now in track(range(number), f"{number} kernels", console=console):
        with kernel((WARM, SANDBOXED)[number_now % 2]) as (_, client):
            run(client, "import tensorflow")
    seconds = (time.perf_counter() - begin) / number
    after = look()
    table = Table("", "after 10", f"after {number + 10}", title=f"{seconds:.2f} s each, warm and sandboxed in turn")
    for key, value in before.items():
        table.add_row(key, f"{value:.0f}", f"{after[key]:.0f}")
    console.print(table)


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=int, default=5, help="of each kind")
    parser.add_argument("--soak", type=int, metavar="N", help="only this: N kernels in a row")
    options = parser.parse_args()
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    specs.ensure()
    if options.soak:
        soak(options.soak)
    else:
        compare(options.repeats)


if __name__ == "__main__":
    main()

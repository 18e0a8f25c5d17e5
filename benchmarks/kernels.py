"""Warm and sandboxed kernels beside ordinary ones: start, memory, speed. All in one run, on one machine.

    python -m benchmarks.kernels              everything, about three minutes on two idle cores
    python -m benchmarks.kernels --training   only how fast a training cell is
    python -m benchmarks.kernels --soak 200   starts and stops so many kernels in a row and looks for what they leave

Prints a table: seconds from asking for a kernel until it has run ``import tensorflow, keras`` (median and range), what
that time is spent on, and the memory that each further kernel adds (PSS, MiB, with TensorFlow imported). The fork
server's own start is paid once and is told apart.

Then a training cell, wall and CPU seconds: plain Keras in an ordinary kernel, the same after ``import course_utils``,
in a warm kernel, and in a sandboxed one, in turns. Ends with status 1 if one of them has less than 0.95 of plain Keras'
speed, in CPU seconds (what else the machine does counts little in them) or, on an idle machine, in wall seconds.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections import deque
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
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
_start = time.perf_counter(), time.process_time()
_ = net.fit(x, y, epochs=3, verbose=0)
print("seconds", time.perf_counter() - _start[0], time.process_time() - _start[1])
"""
KINDS = {"ordinary": "python3", "warm": WARM, "sandboxed": SANDBOXED}
PLAIN = "plain Keras"
COMPARED = {  # which kernel, and what runs in it first
    PLAIN: ("python3", ""),
    "course_utils": ("python3", "import course_utils"),
    "warm": (WARM, "import course_utils"),
    "sandboxed": (SANDBOXED, "import course_utils"),
}
LEAST = 0.95  # of plain Keras' speed
BUSY = 0.2  # processors' share of others from which on wall seconds tell nothing
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


def start(name: str) -> dict[str, float]:
    """Measure the start of one kernel, in seconds."""
    begin = time.perf_counter()
    with kernel(name) as (_, client):
        ready = time.perf_counter()
        run(client, IMPORT)
        imported = time.perf_counter()
    return {"start": ready - begin, "import": imported - ready, "total": imported - begin}


def further_memory(name: str, number: int = 4) -> float:
    """Measure what each further kernel adds to the memory of all of them and of what serves them (PSS), in MiB."""

    def total() -> float:
        return (
            sum(member.memory_full_info().pss for member in psutil.Process().children(recursive=True)) / 2**20
            + sum(
                process.memory_full_info().pss
                for process in psutil.process_iter()
                if "autograder.kernels.server" in " ".join(process.cmdline())
            )
            / 2**20
        )

    with ExitStack() as kernels:
        totals = []
        for _ in range(number):
            run(kernels.enter_context(kernel(name))[1], IMPORT)
            totals.append(total())
    return (totals[-1] - totals[0]) / (number - 1)


def training(repeats: int) -> dict[str, list[tuple[float, float]]]:
    """Measure a training cell in a kernel of each kind, in turn: wall and CPU seconds."""
    found: dict[str, list[tuple[float, float]]] = {kind: [] for kind in COMPARED}
    with ExitStack() as kernels:
        clients = {kind: kernels.enter_context(kernel(name))[1] for kind, (name, _) in COMPARED.items()}
        for kind, (_, first) in COMPARED.items():
            run(clients[kind], first)
        for turn in track(range(repeats), "training", console=console):
            order = deque(clients)
            order.rotate(turn)  # whoever comes after another finds the processor as that one left it
            for kind in order:
                wall, cpu = run(clients[kind], TRAIN).split("seconds")[-1].split()
                found[kind].append((float(wall), float(cpu)))
    return found


def compare_training(repeats: int) -> bool:
    """Print how fast a training cell is, and return whether every kind is nearly as fast as plain Keras."""
    busy = psutil.cpu_percent(1) / 100
    found = training(repeats)
    table = Table("", *COMPARED, title=f"a training cell: medians of {repeats}, in turn")
    speeds: dict[str, dict[str, float]] = {}
    for column, label in enumerate(["wall", "CPU"]):
        middle = {kind: statistics.median(row[column] for row in rows) for kind, rows in found.items()}
        # turn by turn, so that what changes on the machine from turn to turn meets both
        speeds[label] = {
            kind: statistics.median(p[column] / r[column] for p, r in zip(found[PLAIN], rows, strict=True))
            for kind, rows in found.items()
        }
        table.add_row(f"{label} seconds", *(f"{middle[kind]:.2f}" for kind in COMPARED))
        table.add_row("  speed beside plain Keras", *(f"{speeds[label][kind]:.2f}" for kind in COMPARED))
    console.print(table)
    judged = ["CPU"] if busy > BUSY else ["CPU", "wall"]
    slow = [f"{kind} ({label})" for label in judged for kind, speed in speeds[label].items() if speed < LEAST]
    if busy > BUSY:
        console.print(f"Other programs use {busy:.0%} of the processors: wall seconds are not judged.")
    console.print(f"Below {LEAST} of plain Keras' speed: {', '.join(slow) or 'none'}")
    return not slow


def compare(repeats: int) -> None:
    """Measure all kinds in turn, so that what else the machine does meets all of them, and print the table."""
    begin = time.perf_counter()
    server.connect().close()
    console.print(f"fork server: ready after {time.perf_counter() - begin:.1f} s (once; 0.0 if it was there)")
    with kernel(WARM), kernel("python3"):
        pass  # files are in the system's cache from here on
    starts: dict[str, list[dict[str, float]]] = {kind: [] for kind in KINDS}
    for _ in track(range(repeats), "starting", console=console):
        for kind, name in KINDS.items():
            starts[kind].append(start(name))
    middle = {
        kind: {key: statistics.median(row[key] for row in rows) for key in rows[0]} for kind, rows in starts.items()
    }
    memory = {kind: further_memory(name) for kind, name in KINDS.items()}
    table = Table("", *KINDS, title=f"medians of {repeats}, in turn")
    for key, label in [
        ("total", "start to TensorFlow imported, s"),
        ("start", "  of it: until it answers"),
        ("import", "  of it: the import"),
    ]:
        table.add_row(label, *(f"{middle[kind][key]:.3f}" for kind in KINDS))
    table.add_row("  times as fast", *(f"{middle['ordinary']['total'] / middle[kind]['total']:.1f}" for kind in KINDS))
    table.add_row("memory of a further kernel (PSS), MiB", *(f"{memory[kind]:.0f}" for kind in KINDS))
    console.print(table)
    for kind, rows in starts.items():
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


def main() -> int:
    """Read the command line; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=int, default=5, help="of each kind")
    parser.add_argument("--training", action="store_true", help="only how fast a training cell is")
    parser.add_argument("--soak", type=int, metavar="N", help="only this: N kernels in a row")
    options = parser.parse_args()
    for name in [name for name in os.environ if name.startswith("TF_")]:
        del os.environ[name]  # plain Keras is what it is where nobody has set anything
    specs.ensure()
    if options.soak:
        soak(options.soak)
        return 0
    if not options.training:
        compare(options.repeats)
    return 0 if compare_training(2 * options.repeats) else 1


if __name__ == "__main__":
    sys.exit(main())

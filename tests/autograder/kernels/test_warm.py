"""Warm kernels behave as ordinary ones do, recover when something is killed, and leave nothing behind.

Where a test takes a `name`, one expectation holds for the ordinary kernel and for the warm one. All kernels here come
from a fork server of their own (`runtime`), which other tests on this machine do not see.
"""

from __future__ import annotations

import contextlib
import gc
import json
import logging
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

import jupyter_kernel_test
import nbformat
import psutil
import pytest
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import KernelManager, start_new_kernel
from nbclient import NotebookClient
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from autograder.course import Course
from autograder.kernels import WARM, server
from autograder.kernels.provisioner import KernelProcess

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="warm kernels are forked, which needs Linux"),
]

ORDINARY = "python3"
PATIENCE = 180.0  # seconds until a test gives up, not a measure of anything: the machine may be busy
Reply = dict[str, Any]

each_kernel = pytest.mark.parametrize("name", [ORDINARY, WARM])


@dataclass(frozen=True)
class Kernel:
    """A kernel and the client that talks to it."""

    manager: KernelManager
    client: BlockingKernelClient

    @property
    def process(self) -> Any:
        return self.manager.provisioner.process

    @property
    def server(self) -> psutil.Process:
        """The fork server of a warm kernel: its supervisor's parent, as long as that lives."""
        return psutil.Process(self.process.pid).parent().parent()

    def run(self, code: str, *, react: Callable[[], None] | None = None) -> tuple[Reply, list[Reply]]:
        """Run code; give the reply and what was shown. React to the first output, at once, and now and then again.

        Again, because Python drops an interrupt that arrives while it finalises an object.
        """
        sent = self.client.execute(code, allow_stdin=False)
        shown: list[Reply] = []
        while True:
            message = self.client.get_iopub_msg(timeout=PATIENCE)
            if message["parent_header"].get("msg_id") != sent:
                continue
            if message["content"].get("execution_state") == "idle":
                return self.reply(sent), shown
            if message["msg_type"] not in ("status", "execute_input"):
                shown.append(message)
                if react and len(shown) % 200 == 1:
                    react()

    def reply(self, sent: str) -> Reply:
        while (message := self.client.get_shell_msg(timeout=PATIENCE))["parent_header"].get("msg_id") != sent:
            pass
        return dict(message["content"])

    def value(self, expression: str, *, after: str = "") -> Any:
        """Evaluate an expression; give its value, by way of JSON."""
        reply, shown = self.run(f"{after}\nimport json as _json\nprint('=', _json.dumps({expression}))")
        assert reply["status"] == "ok", "\n".join(reply["traceback"])
        return json.loads(printed(shown).rpartition("= ")[2])

    def die(self, code: str) -> int:
        """Run code that ends the kernel; give its exit status."""
        self.client.execute(code)
        return int(self.process.wait(PATIENCE))


def printed(shown: list[Reply], stream: str = "stdout") -> str:
    return "".join(m["content"]["text"] for m in shown if m["msg_type"] == "stream" and m["content"]["name"] == stream)


@contextlib.contextmanager
def started(name: str = WARM, log: logging.Logger | None = None, **options: Any) -> Iterator[Kernel]:
    """A kernel, shut down at the end."""
    manager = KernelManager(kernel_name=name, **({"log": log} if log else {}))
    variables = {name: value for name, value in os.environ.items() if name != "PYTEST_CURRENT_TEST"}
    manager.start_kernel(**{"env": variables, **options})  # within a test, ipykernel does not redirect file descriptors
    client = manager.client()
    client.start_channels()
    try:
        assert isinstance(manager.provisioner.process, KernelProcess) == (name == WARM)
        client.wait_for_ready(timeout=PATIENCE)
        yield Kernel(manager, client)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def wait_until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end, "it did not come to that"
        time.sleep(0.05)


def ended(process: psutil.Process) -> bool:
    """Whether a process has ended; one that waits for its parent to notice has."""
    try:
        return bool(process.status() == psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return True


@pytest.fixture(scope="module", autouse=True)
def runtime(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Folders of our own for sockets, connection files and IPython's history."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("run")
        patch.setenv("XDG_RUNTIME_DIR", str(folder))
        (folder / "tmp").mkdir()
        patch.setattr("tempfile.tempdir", str(folder / "tmp"))
        patch.setenv("IPYTHONDIR", str(folder / "ipython"))
        yield folder
        shutil.rmtree(server.folder())  # a server whose socket is gone ends


@pytest.fixture(scope="module")
def kernels() -> Iterator[dict[str, Kernel]]:
    """Both kinds of kernel, for tests that leave them as they were."""
    with started(ORDINARY) as ordinary, started(WARM) as warm:
        yield {ORDINARY: ordinary, WARM: warm}


class TestJupyterKernelTest(jupyter_kernel_test.KernelTests):
    """Jupyter's own tests of a kernel."""

    kernel_name = WARM
    language_name = "python"
    file_extension = ".py"
    code_hello_world = "print('hello, world')"
    code_stderr = "import sys; print('test', file=sys.stderr)"
    completion_samples = [{"text": "zi", "matches": {"zip"}}, {"text": "import ker", "matches": {"keras"}}]  # noqa: RUF012
    complete_code_samples = ["1", "print('hello, world')", "def f(x):\n  return x*2\n\n\n"]  # noqa: RUF012
    incomplete_code_samples = ["print('''hello", "def f(x):\n  x*2"]  # noqa: RUF012
    invalid_code_samples = ["import = 7q"]  # noqa: RUF012
    code_page_something = "zip?"
    code_generate_error = "raise RuntimeError"
    code_execute_result = [  # noqa: RUF012
        {"code": "1+2+3", "result": "6"},
        {"code": "[n*n for n in range(1, 4)]", "result": "[1, 4, 9]"},
        {"code": "import tensorflow as tf; int(tf.reduce_sum(tf.constant([2, 3])))", "result": "5"},
    ]
    code_display_data = [  # noqa: RUF012
        {"code": "from IPython.display import HTML, display; display(HTML('<b>test</b>'))", "mime": "text/html"},
        {"code": "import matplotlib.pyplot as plt; _ = plt.plot([1, 2])", "mime": "image/png"},
    ]
    code_history_pattern = "1?2*"
    supported_history_operations = ("tail", "search")
    code_inspect_sample = "zip"
    code_clear_output = "from IPython.display import clear_output; clear_output()"

    @classmethod
    def setUpClass(cls) -> None:
        cls.km, cls.kc = start_new_kernel(startup_timeout=PATIENCE, kernel_name=cls.kernel_name)

    def flush_channels(self) -> None:
        """Read what earlier tests left, up to the answer to a question; the original reads until a tenth of a second
        is quiet, which a busy machine's are, too."""
        sent = self.kc.kernel_info()
        for get in (self.kc.get_shell_msg, self.kc.get_iopub_msg):
            while True:
                message = get(timeout=PATIENCE)
                jupyter_kernel_test.validate_message(message)
                if message["parent_header"].get("msg_id") == sent and (
                    message["msg_type"] != "status" or message["content"]["execution_state"] == "idle"
                ):
                    break

    def execute_helper(self, code: str, *args: Any, **options: Any) -> tuple[Reply, list[Reply]]:
        """Wait for outputs longer than the original's tenth of a second."""
        channel = self.kc.iopub_channel
        get = channel.get_msg
        with mock.patch.object(channel, "get_msg", side_effect=lambda timeout: get(timeout=PATIENCE)):
            reply, shown = super().execute_helper(code, *args, **{"timeout": PATIENCE, **options})
        return reply, shown


class TestJupyterKernelTestOfWelcome(jupyter_kernel_test.IopubWelcomeTests):
    """That clients are told when they may listen."""

    kernel_name = WARM
    support_iopub_welcome = True


# What a kernel finds around it

FACTS = {
    "path": "sys.path",
    "arguments": "sys.argv[0].endswith('ipykernel_launcher.py') and sys.argv[1:2]",
    "folder": "os.getcwd()",
    "python": "[sys.executable, sys.prefix, sys.version, list(sys.flags), sys.getrecursionlimit()]",
    "texts": "[sys.getfilesystemencoding(), locale.getlocale(), locale.getpreferredencoding(), sys.stdout.encoding]",
    "time": "time.tzname",
    "main": "[__name__, sys.modules['__main__'].__dict__ is globals(), sorted(n for n in globals() if n[:1] != '_')]",
    "streams": "[str(type(s)) for s in (sys.stdin, sys.stdout, sys.stderr, sys.displayhook)]",
    "own session and group": "[os.getsid(0) == os.getpid(), os.getpgrp() == os.getpid()]",
    "input": "os.readlink('/proc/self/fd/0').partition(':')[0] in ('/dev/null', 'pipe')",
    "signals": "{s.name: str(signal.getsignal(s)).partition(' at ')[0] for s in signal.valid_signals()"
    " if hasattr(s, 'name')}",
    "blocked signals": "[int(s) for s in signal.pthread_sigmask(signal.SIG_BLOCK, [])]",
    "limits": "[resource.getrlimit(getattr(resource, n)) for n in dir(resource) if n.startswith('RLIMIT')]",
    "priority and processors": "[os.nice(0), sorted(os.sched_getaffinity(0))]",
    # An ordinary kernel has a thread that looks whether its client lives; a warm one's supervisor does that
    "threads": "sorted(re.sub(r'-\\d+', '', t.name) for t in threading.enumerate() if 'Parent' not in str(type(t)))",
    "backend": "matplotlib.get_backend().removeprefix('module://matplotlib_inline.backend_').replace('inline', '')",
    "figures": "{k: str(v) for k, v in matplotlib.rcParams.items() if k != 'backend'}",
    "numpy": "[str(numpy.get_printoptions()), numpy.geterr()]",
    "pandas": "pandas.describe_option(_print_desc=False).casefold()",
    "keras": "[keras.backend.backend(), keras.config.floatx(), keras.config.dtype_policy().name]",
    "tensorflow": "[tensorflow.executing_eagerly(), tensorflow.config.threading.get_inter_op_parallelism_threads(),"
    " [d.name for d in tensorflow.config.list_physical_devices()]]",
    "progress bars": "str(tqdm.auto.tqdm.__mro__)",
    "hooks": "{k: sorted(f.__name__ for f in v) for k, v in get_ipython().events.callbacks.items()}",
    "log": "{n: logging.getLogger(n).getEffectiveLevel() for n in ('', 'absl', 'tensorflow', 'matplotlib')}",
    "magics": "{k: sorted(v) for k, v in get_ipython().magics_manager.magics.items()}",
}
IMPORTS = (
    "import locale, logging, os, re, resource, signal, sys, threading, time, warnings\n"
    "import matplotlib, matplotlib.pyplot, numpy, pandas, tqdm.auto, keras, tensorflow, course_utils"
)


@pytest.fixture(scope="module")
def facts(kernels: dict[str, Kernel]) -> dict[str, dict[str, Any]]:
    """What both kernels find around them."""
    everything = "{" + ", ".join(f"{name!r}: {fact}" for name, fact in FACTS.items()) + "}"
    return {name: kernel.value(everything, after=IMPORTS) for name, kernel in kernels.items()}


@pytest.mark.parametrize("fact", FACTS)
def test_kernel_finds_what_an_ordinary_one_finds(fact: str, facts: dict[str, dict[str, Any]]) -> None:
    assert facts[WARM][fact] == facts[ORDINARY][fact]


def test_variables_are_those_of_the_client() -> None:
    found = {}
    for name in (ORDINARY, WARM):
        with started(name) as kernel:
            found[name] = kernel.value("dict(os.environ)", after="import os")
    found[ORDINARY].pop("JPY_PARENT_PID")  # by which it looks whether its client lives; a warm one's supervisor does
    found[ORDINARY].pop("PYDEVD_USE_FRAME_EVAL")  # set by the debugger's import, which the server has done
    assert found[WARM] == found[ORDINARY]


def test_warnings_are_shown_as_ever(kernels: dict[str, Kernel]) -> None:
    shown = [
        kernel.run(f"{IMPORTS}\nwarnings.warn('mine')\nwarnings.warn('old', DeprecationWarning)")[1]
        for kernel in kernels.values()
    ]
    for messages in shown:
        assert "UserWarning: mine" in printed(messages, "stderr")
        assert "DeprecationWarning: old" in printed(messages, "stderr")


def test_only_the_kernels_own_files_are_open(kernels: dict[str, Kernel]) -> None:
    code = "sorted(t for t in map(os.path.realpath, glob.glob('/proc/self/fd/*')) if t[:5] not in ('/dev/', '/proc'))"
    ordinary, warm = (kernel.value(code, after="import glob, os") for kernel in kernels.values())
    ours = ("history", "profile_default")  # SQLite opens the folder of a history for a moment
    found = [[path for path in paths if not any(name in path for name in ours)] for paths in (warm, ordinary)]
    assert found[0] == found[1]


@each_kernel
def test_folder_variables_and_outputs_are_those_asked_for(name: str, tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text("answer = 42")
    with (tmp_path / "out").open("w") as out, (tmp_path / "err").open("w") as err:
        variables = {**os.environ, "MINE": "yes", "MPLBACKEND": "agg"}
        with started(name, cwd=str(tmp_path), env=variables, stdout=out, stderr=err) as kernel:
            assert kernel.value("[os.getcwd(), mine.answer, os.environ['MINE']]", after="import os, mine") == [
                str(tmp_path),
                42,
                "yes",
            ]
            assert kernel.value("matplotlib.get_backend().lower()", after="import matplotlib.pyplot") == "agg"
            at_exit = "import atexit, sys\natexit.register(print, 'last', file=sys.__stdout__)\nquit()"
            assert kernel.die(at_exit) == 0
    assert "last" in (tmp_path / "out").read_text()
    assert "Kernel is running over TCP" in (tmp_path / "err").read_text()


@each_kernel
def test_module_folders_are_those_asked_for(name: str, tmp_path: Path) -> None:
    with started(name, env={**os.environ, "PYTHONPATH": str(tmp_path)}) as kernel:
        assert str(tmp_path) in kernel.value("sys.path", after="import sys")


@each_kernel
def test_permissions_of_new_files_are_the_clients(name: str) -> None:
    before = os.umask(0o027)
    try:
        with started(name) as kernel:
            assert kernel.value("os.umask(0)", after="import os") == 0o027
    finally:
        os.umask(before)


# What users do with a kernel


@each_kernel
@pytest.mark.parametrize("code", ["time.sleep(1000)", "while True: pass", "subprocess.run(['sleep', '1000'])"])
def test_interrupt(name: str, code: str, kernels: dict[str, Kernel]) -> None:
    kernel = kernels[name]
    kernel.run("import subprocess, time\nstate = 41")
    reply, _ = kernel.run(f"print('started', flush=True)\n{code}", react=kernel.manager.interrupt_kernel)
    assert reply["ename"] == "KeyboardInterrupt"
    assert kernel.value("state + 1") == 42


def test_interrupt_of_training(kernels: dict[str, Kernel]) -> None:
    kernel = kernels[WARM]
    code = TRAINING + "model.fit(x, y, epochs=10**9, verbose=2)"
    reply, _ = kernel.run(code, react=kernel.manager.interrupt_kernel)
    assert reply["ename"] == "KeyboardInterrupt"
    assert kernel.value("model.fit(x, y, verbose=0).history['loss'][0] >= 0")


TRAINING = """
import keras, numpy as np
keras.utils.set_random_seed(1)
x = np.random.default_rng(2).normal(size=(64, 3)).astype("float32")
y = x.sum(axis=1)
layers = [keras.layers.Dense(4, "relu"), keras.layers.Dropout(0.5), keras.layers.Dense(1)]
model = keras.Sequential([keras.Input((3,)), *layers])
model.compile("adam", "mse")
"""


@each_kernel
def test_restart(name: str) -> None:
    with started(name) as kernel:
        kernel.run("mine = 1")
        before, connection = psutil.Process(kernel.process.pid), Path(kernel.manager.connection_file).read_text()
        kernel.manager.restart_kernel()
        kernel.client.wait_for_ready(timeout=PATIENCE)
        assert not kernel.value("'mine' in globals()")
        assert Path(kernel.manager.connection_file).read_text() == connection
        assert kernel.value("os.getpid()", after="import os") == kernel.process.pid != before.pid
        assert ended(before)


@each_kernel
@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("import os; os._exit(3)", 3),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", -signal.SIGKILL),
        ("import os, signal; os.kill(os.getpid(), signal.SIGTERM)", -signal.SIGTERM),
        ("import ctypes; ctypes.string_at(0)", -signal.SIGSEGV),
        ("quit()", 0),
    ],
)
def test_exit_status(name: str, code: str, status: int) -> None:
    with started(name, stderr=subprocess.DEVNULL) as kernel:
        assert kernel.die(code) == status
        assert not kernel.manager.is_alive()


@each_kernel
def test_restart_after_a_crash(name: str) -> None:
    """Several times: a warm kernel listens so soon that it once got the shutdown request for its dead predecessor."""
    with started(name) as kernel:
        for _ in range(20 if name == WARM else 1):
            kernel.die("import os; os._exit(1)")
            kernel.manager.restart_kernel()
            kernel.client.wait_for_ready(timeout=PATIENCE)
            assert kernel.value("1 + 1") == 2


@each_kernel
@pytest.mark.parametrize("now", [True, False])
def test_shutdown_leaves_no_process(name: str, *, now: bool) -> None:
    with started(name) as kernel:
        child = kernel.value("subprocess.Popen(['sleep', '1000']).pid", after="import subprocess")
        processes = [psutil.Process(child), psutil.Process(kernel.process.pid)]
        if name == WARM:
            processes.append(processes[1].parent())
        kernel.manager.shutdown_kernel(now=now)
        wait_until(lambda: all(map(ended, processes)))
        assert not Path(kernel.manager.connection_file).exists()


@each_kernel
def test_input(name: str, kernels: dict[str, Kernel]) -> None:
    client = kernels[name].client
    asked = []

    def answer(message: Reply) -> None:
        asked.append((message["content"]["prompt"], message["content"]["password"]))
        client.input("Ada")

    code = "import getpass\nfound = [input('Name? '), getpass.getpass('Secret? ')]"
    client.execute_interactive(code, allow_stdin=True, stdin_hook=answer, timeout=PATIENCE)
    assert asked == [("Name? ", False), ("Secret? ", True)]
    assert kernels[name].value("found") == ["Ada", "Ada"]


@each_kernel
def test_widgets(name: str, kernels: dict[str, Kernel]) -> None:
    kernel = kernels[name]
    code = "import ipywidgets\nslider = ipywidgets.IntSlider(3)\nslider"
    _, shown = kernel.run(code)
    models = {m["content"]["data"]["state"]["_model_name"]: m for m in shown if m["msg_type"] == "comm_open"}
    assert {"IntSliderModel", "LayoutModel"} <= models.keys()
    assert "application/vnd.jupyter.widget-view+json" in shown[-1]["content"]["data"]
    moved = {"method": "update", "state": {"value": 7}, "buffer_paths": []}
    content = {"comm_id": models["IntSliderModel"]["content"]["comm_id"], "data": moved}
    kernel.client.shell_channel.send(kernel.client.session.msg("comm_msg", content))
    assert kernel.value("slider.value") == 7


@each_kernel
def test_output_of_programs(name: str, kernels: dict[str, Kernel]) -> None:
    code = """
import os, subprocess
!echo one
subprocess.run(["echo", "two"])
os.system("echo three >&2")
os.write(1, b"four")
"""
    kernel = kernels[name]
    reply, shown = kernel.run(code)
    assert reply["status"] == "ok"
    while len(printed(shown).split()) < 3 or not printed(
        shown, "stderr"
    ):  # it may come after the kernel says it is idle
        shown.append(kernel.client.get_iopub_msg(timeout=PATIENCE))
    assert sorted(printed(shown).split()) == ["four", "one", "two"]
    assert printed(shown, "stderr").split() == ["three"]


@each_kernel
def test_messages_of_libraries(name: str, kernels: dict[str, Kernel]) -> None:
    code = (
        "import absl.logging, tensorflow as tf\ntf.get_logger().warning('of tensorflow')\nabsl.logging.error('of absl')"
    )
    _, shown = kernels[name].run(code)
    assert "WARNING:tensorflow:of tensorflow" in printed(shown)
    assert "of absl" in printed(shown, "stderr")


@each_kernel
@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_multiprocessing(name: str, method: str, kernels: dict[str, Kernel]) -> None:
    code = f"""
import math, multiprocessing
with multiprocessing.get_context({method!r}).Pool(2) as pool:
    found = pool.map(math.factorial, range(5))
"""
    assert kernels[name].value("found", after=code) == [1, 1, 2, 6, 24]


def test_several_kernels_compute_at_the_same_time() -> None:
    """What libraries keep of threads does not survive a fork; each kernel must start its own."""
    code = "\n".join(
        [
            "import numpy as np, tensorflow as tf",
            "from sklearn.ensemble import HistGradientBoostingRegressor",
            TRAINING,
            "a = np.ones((600, 600)) @ np.ones((600, 600))",
            "b = tf.linalg.matmul(tf.ones((600, 600)), tf.ones((600, 600)))",
            "HistGradientBoostingRegressor(max_iter=3).fit(x, y)",
        ]
    )
    what = "[a.sum(), float(tf.reduce_sum(b)), model.fit(x, y, verbose=0).history['loss']]"
    with started() as one, started() as other, ThreadPoolExecutor() as threads:
        first, second = threads.map(lambda kernel: kernel.value(what, after=code), [one, other])
    assert first == second
    assert first[:2] == [600.0**3, 600.0**3]


RANDOM = {
    "random": "random.random()",
    "numpy": "np.random.random()",
    "numpy generator": "np.random.default_rng().random()",
    "tensorflow": "float(tf.random.uniform(()))",
    "keras": "float(keras.random.uniform(()))",
    "weights": "keras.initializers.GlorotUniform()((1, 1)).numpy().tolist()",
    "identifier": "uuid.uuid4().hex",
    "temporary name": "next(tempfile._get_candidate_names())",
}


def test_random_numbers_are_each_kernels_own_and_repeat_with_a_seed() -> None:
    imports = "import random, tempfile, uuid, keras, numpy as np, tensorflow as tf"
    draw = "{" + ", ".join(f"{name!r}: {code}" for name, code in RANDOM.items()) + "}"
    with started() as one, started() as other:
        first, second = (kernel.value(draw, after=imports) for kernel in (one, other))
        assert [name for name in RANDOM if first[name] == second[name]] == []
        first, second = (kernel.value(draw, after="keras.utils.set_random_seed(1)") for kernel in (one, other))
        assert [name for name in RANDOM if first[name] == second[name]] == [
            "random",
            "numpy",
            "tensorflow",
            "keras",
            "weights",
        ]


def test_notebook_gives_the_same_outputs(built: Path) -> None:
    """The solution of an assignment, and at its end a figure and a training run."""
    solution = nbformat.read(Course(built).source("ps1"), as_version=4)
    solution.cells += [
        new_code_cell("import matplotlib.pyplot as plt\nfrom course_utils import plots\nplt.plot([1, 3, 2]);"),
        new_code_cell(TRAINING + "model.fit(x, y, epochs=3, verbose=2)\nmodel.predict(x[:5], verbose=0)"),
        new_code_cell("model.summary()\n1 / 0", metadata={"tags": ["raises-exception"]}),
    ]
    ordinary, warm = (outputs(solution, name, built) for name in (ORDINARY, WARM))
    assert warm == ordinary
    assert "image/png" in str(warm)
    assert "ZeroDivisionError" in str(warm)


def outputs(notebook: NotebookNode, name: str, folder: Path) -> list[list[NotebookNode]]:
    """Run a copy of a notebook; give what its cells show, but for times."""
    copy = nbformat.from_dict(notebook)
    patience = {"timeout": int(PATIENCE), "startup_timeout": int(PATIENCE)}
    NotebookClient(copy, kernel_name=name, resources={"metadata": {"path": str(folder)}}, **patience).execute()
    return [json.loads(TIMES.sub("", json.dumps(cell.outputs))) for cell in copy.cells if cell.cell_type == "code"]


TIMES = re.compile(r"\d+m?s(/step|/epoch)?")


# Where no warm kernel is to be had


@pytest.fixture
def another_python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The Python of another environment, with a kernelspec "elsewhere" that asks for a warm kernel of it."""
    python = tmp_path / "environment" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.symlink_to(sys.executable)
    shutil.copy(Path(sys.prefix) / "pyvenv.cfg", python.parents[1])
    (python.parents[1] / "lib").symlink_to(Path(sys.prefix) / "lib")
    spec = KernelSpecManager().get_kernel_spec(WARM).to_dict()
    folder = tmp_path / "kernels" / "elsewhere"
    folder.mkdir(parents=True)
    (folder / "kernel.json").write_text(json.dumps({**spec, "argv": [str(python), *spec["argv"][1:]]}))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    return python


def test_other_environment_gets_an_ordinary_kernel(another_python: Path, caplog: pytest.LogCaptureFixture) -> None:
    with started("elsewhere", log=logging.getLogger(__name__)) as kernel:
        assert kernel.value("sys.executable", after="import sys") == str(another_python)
    [warning] = caplog.messages
    assert f"the kernel's Python is {another_python}, this program runs in {sys.executable}" in warning


def test_output_through_a_pipe_comes_from_an_ordinary_kernel(caplog: pytest.LogCaptureFixture) -> None:
    manager = KernelManager(kernel_name=WARM, log=logging.getLogger(__name__))
    manager.start_kernel(stdout=subprocess.PIPE)
    try:
        assert isinstance(manager.provisioner.process, subprocess.Popen)
    finally:
        manager.shutdown_kernel(now=True)
    assert "its output was asked for through a pipe" in caplog.text


# When something is killed


CLIENT = f"""
import sys, pathlib
from jupyter_client.manager import start_new_kernel
name, path = sys.argv[1:]
manager, client = start_new_kernel(startup_timeout={PATIENCE}, kernel_name=name)
client.execute_interactive(
    "import os, pathlib, subprocess\\n"
    "child = subprocess.Popen(['sleep', '1000'])\\n"
    f"_ = pathlib.Path({{path!r}}).write_text(f'{{{{os.getpid()}}}} {{{{child.pid}}}} .')"
)
sys.stdin.read()
client.stop_channels()
manager.shutdown_kernel()
"""


@dataclass(frozen=True)
class Program:
    """A program that has started a kernel, that kernel, and what the kernel has started."""

    program: subprocess.Popen[bytes]
    kernel: psutil.Process
    child: psutil.Process


@contextlib.contextmanager
def programs(folder: Path, number: int, name: str = WARM, redirection: str = "") -> Iterator[list[Program]]:
    """Programs that start a kernel each, all at once."""
    command = ["/bin/sh", "-c", f'exec "$@" {redirection}', "sh", sys.executable, "-c", CLIENT, name]
    paths = [folder / f"{name}-{k}" for k in range(number)]
    running = [subprocess.Popen([*command, str(path)], stdin=subprocess.PIPE) for path in paths]
    try:
        wait_until(lambda: all(path.exists() and path.read_text().endswith(".") for path in paths))
        found = [[psutil.Process(int(pid)) for pid in path.read_text().split()[:2]] for path in paths]
        yield [Program(program, *processes) for program, processes in zip(running, found, strict=True)]
    finally:
        for program in running:
            program.communicate(timeout=PATIENCE)
        for path in filter(Path.exists, paths):
            with contextlib.suppress(psutil.NoSuchProcess):
                psutil.Process(int(path.read_text().split()[1])).kill()


@each_kernel
def test_program_without_standard_output_gets_a_kernel(name: str, tmp_path: Path) -> None:
    with programs(tmp_path, 1, name, ">&-") as [found]:
        assert (found.kernel.ppid() == found.program.pid) == (name == ORDINARY)


def test_crashed_kernel_leaves_the_server_alone() -> None:
    with started() as kernel:
        before = kernel.server
        kernel.die("import os; os.abort()")
    with started() as kernel:
        assert kernel.server == before


def test_kernel_and_its_children_end_with_a_program_that_is_killed(tmp_path: Path) -> None:
    with programs(tmp_path, 1) as [found]:
        supervisor = found.kernel.parent()
        fork_server = supervisor.parent()
        found.program.kill()
        wait_until(lambda: all(map(ended, (supervisor, found.kernel, found.child))))
        assert not ended(fork_server)


def test_kernel_ends_with_a_supervisor_that_is_killed() -> None:
    with started() as kernel:
        process = psutil.Process(kernel.process.pid)
        process.parent().kill()
        assert kernel.process.wait(PATIENCE) == -signal.SIGKILL
        wait_until(lambda: ended(process))
        assert not kernel.manager.is_alive()
        kernel.manager.restart_kernel()
        kernel.client.wait_for_ready(timeout=PATIENCE)
        assert kernel.value("1 + 1") == 2


def forks() -> set[psutil.Process]:
    """Our fork servers and all that still goes by their command line."""
    wanted = str(server.folder())
    return {process for process in psutil.process_iter() if not ended(process) and wanted in " ".join(command(process))}


def command(process: psutil.Process) -> list[str]:
    try:
        return list(process.cmdline())
    except psutil.NoSuchProcess:
        return []


def test_server_that_is_killed_is_replaced_by_one_and_its_kernels_go_on(tmp_path: Path) -> None:
    with started() as kernel:
        killed = kernel.server
        killed.kill()
        wait_until(lambda: ended(killed))
        others = forks()
        with programs(tmp_path, 3) as found:
            [new] = {program.kernel.parent().parent() for program in found}
            assert forks() - others - set(new.children(recursive=True)) == {new}
        reply, _ = kernel.run(
            "import time\nprint(1, flush=True)\ntime.sleep(1000)", react=kernel.manager.interrupt_kernel
        )
        assert reply["ename"] == "KeyboardInterrupt"
        kernel.manager.restart_kernel()
        kernel.client.wait_for_ready(timeout=PATIENCE)
        assert kernel.server == new


def test_server_without_a_socket_ends_and_its_kernels_go_on_and_an_unused_one_ends_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with started() as kernel:
        lost = kernel.server
        server.address(server.environment(os.environ)).unlink()
        wait_until(lambda: ended(lost))
        assert kernel.value("1 + 1") == 2
    monkeypatch.setenv("KERNEL_SERVER_IDLE", "1")
    with started() as kernel:
        unused = kernel.server
        time.sleep(3)
        assert not ended(unused)  # it has a kernel
    wait_until(lambda: ended(unused))
    name = server.address(server.environment(os.environ)).stem
    assert [path.name for path in server.folder().glob(f"{name}.*")] == []


# What is left behind


def traces(process: psutil.Process, temporary: Path) -> dict[str, int]:
    """What kernels could leave behind, counted."""
    client = psutil.Process()
    gc.collect()
    return {
        "processes": len(process.children(recursive=True)),
        "the server's descriptors": process.num_fds(),
        "the server's threads": process.num_threads(),
        "our descriptors": client.num_fds(),
        "our threads": client.num_threads(),
        "our processes": len(client.children(recursive=True)),
        "files for sockets": len(list(server.folder().rglob("*"))),
        "connection files": len(list(temporary.iterdir())),
    }


def own_memory(process: psutil.Process) -> int:
    """Memory that belongs to no file, in bytes; unlike PSS it does not depend on how many forks share it."""
    status = dict(line.split(":", 1) for line in Path(f"/proc/{process.pid}/status").read_text().splitlines())
    return 1024 * int(status["RssAnon"].split()[0])


def test_many_kernels_leave_nothing_behind(runtime: Path) -> None:
    for number in range(1, 21):
        with started() as kernel:
            fork_server, supervisor = kernel.server, psutil.Process(kernel.process.pid).ppid()
            assert kernel.value("tf.reduce_sum([1, 2]).numpy().item()", after="import tensorflow as tf") == 3
        if number == 5:
            wait_until(lambda gone=supervisor: not psutil.pid_exists(gone))  # type: ignore[misc]  # the server noticed
            before, memory = traces(fork_server, runtime / "tmp"), own_memory(fork_server)
    wait_until(lambda: not psutil.pid_exists(supervisor))
    after = traces(fork_server, runtime / "tmp")
    assert {kind: (before[kind], after[kind]) for kind in before if after[kind] > before[kind]} == {}
    assert own_memory(fork_server) - memory < 4 << 20

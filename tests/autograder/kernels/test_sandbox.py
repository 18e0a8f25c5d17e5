"""Hostile code in a sandboxed kernel: nothing read, nothing changed, nothing left running; the next one is fine."""

from __future__ import annotations

import hashlib
import os
import re
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from subprocess import DEVNULL
from typing import Any

import pytest
from jupyter_client.manager import KernelManager, start_new_kernel

from autograder.kernels import SANDBOXED, layers, server
from autograder.kernels.limits import Limits

ROOT = Path(__file__).parents[3]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="the sandbox needs Linux"),
]

LIMITS = Limits.model_validate(
    {
        "memory": "256 MiB",
        "disk": "16 MiB",
        "file_size": "8 MiB",
        "files": 500,
        "processes": 96,
        "open_files": 96,
        "threads": 3,
    }
)


class Sandbox:
    """A sandboxed kernel to run code in."""

    def __init__(self, cwd: Path, limits: Limits = LIMITS, processors: list[int] | None = None) -> None:
        self.manager, self.client = start_new_kernel(
            kernel_name=SANDBOXED,
            cwd=str(cwd),
            limits=limits,
            processors=processors or [],
            stdout=DEVNULL,
            stderr=DEVNULL,
        )

    @property
    def process(self) -> Any:
        return self.manager.provisioner.process

    def run(self, code: str, timeout: float = 60) -> str:
        """Run code and return what it printed, its error last."""
        said: list[str] = []

        def listen(message: dict[str, Any]) -> None:
            content = message["content"]
            if message["msg_type"] == "stream":
                said.append(content["text"])
            elif message["msg_type"] == "error":
                said.append(f"{content['ename']}: {content['evalue']}")

        self.client.execute_interactive(code, timeout=timeout, output_hook=listen)
        return "".join(said)

    def close(self) -> None:
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)


@pytest.fixture
def work(tmp_path: Path) -> Path:
    folder = tmp_path / "work"
    folder.mkdir()
    (folder / "data.csv").write_text("1,2\n")
    (folder / "ps1.ipynb").write_text("hidden tests")
    (folder / "link").symlink_to("/etc/passwd")
    return folder


@pytest.fixture
def start(work: Path) -> Iterator[Callable[..., Sandbox]]:
    started: list[Sandbox] = []

    def begin(limits: Limits = LIMITS, processors: list[int] | None = None) -> Sandbox:
        started.append(Sandbox(work, limits, processors))
        return started[-1]

    yield begin
    for sandbox in started:
        sandbox.close()


@pytest.fixture
def kernel(start: Callable[..., Sandbox]) -> Sandbox:
    return start()


def test_all_layers_are_active_here() -> None:
    assert [(layer.name, layer.seen) for layer in layers.probe() if not layer.active] == []


def test_honest_work_runs(kernel: Sandbox) -> None:
    said = kernel.run(
        "import keras, numpy as np, os\n"
        "print(sorted(os.listdir()), open('data.csv').read().strip())\n"
        "open('result.txt', 'w').write('x')\n"
        "net = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])\n"
        "net.compile('adam', 'mse')\n"
        "print(len(net.fit(np.ones((64, 4)), np.ones(64), epochs=2, verbose=0).epoch), 'epochs')\n"
        "import tensorflow as tf\n"
        "print(tf.config.threading.get_intra_op_parallelism_threads(), 'threads')\n"
    )
    assert "['data.csv'] 1,2" in said  # a copy of the files, but neither notebooks nor links
    assert "2 epochs" in said
    assert f"{LIMITS.threads} threads" in said


def test_files_of_the_class_are_not_there(kernel: Sandbox, work: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    paths = [secret, work, ROOT / "solutions", ROOT / "tests", ROOT / "autograder", Path("/etc/shadow")]
    paths += [path for path in Path.home().iterdir() if not Path(sys.base_prefix).is_relative_to(path)]
    said = kernel.run(
        f"import os\nprint([p for p in {[str(p) for p in paths]!r} if os.path.exists(p)])\n"
        "print('passwd', open('/etc/passwd').read())"
    )
    assert said.startswith("[]"), said
    assert said.split("passwd ")[1].startswith("student:")


WRITE_EVERYWHERE = """
import os, sys
written = []
places = [d for d, _, _ in os.walk('/') if not d.startswith(('/proc', '/tmp', '/dev/shm'))]
for place in places:
    try:
        with open(os.path.join(place, 'mine'), 'w'):
            written.append(place)
    except OSError:
        pass
for path in [os.__file__, sys.executable, __import__('numpy').__file__, __import__('course_utils').__file__]:
    try:
        open(path, 'a').close()
        written.append(path)
    except OSError:
        pass
print(len(places) > 100, written)
"""


def test_nothing_is_written_outside_the_scratch_folder(kernel: Sandbox) -> None:
    assert kernel.run(WRITE_EVERYWHERE).startswith("True []")


def test_settings_of_the_grader_reach_no_mark(
    tmp_path: Path, start: Callable[..., Sandbox], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "home" / ".keras").mkdir(parents=True)
    (tmp_path / "home" / ".keras" / "keras.json").write_text(
        '{"image_data_format": "channels_first", "floatx": "float16"}'
    )
    (tmp_path / "modules").mkdir()
    (tmp_path / "modules" / "sitecustomize.py").write_text("import builtins; builtins.mine = True")
    for name, value in {
        "HOME": str(tmp_path / "home"),
        "KERAS_BACKEND": "torch",
        "PYTHONOPTIMIZE": "2",
        "PYTHONPATH": str(tmp_path / "modules"),
        "TF_ENABLE_ONEDNN_OPTS": "0",
    }.items():
        monkeypatch.setenv(name, value)
    said = start().run(
        "import builtins, os, keras\n"
        "print(__debug__, keras.config.backend(), keras.config.image_data_format(), keras.config.floatx())\n"
        "print(hasattr(builtins, 'mine'), 'TF_ENABLE_ONEDNN_OPTS' in os.environ)"
    )
    assert said == "True tensorflow channels_last float32\nFalse False\n"


@pytest.mark.parametrize(
    "line", ["!echo hello", "%ls", "%mkdir sub", "!cat nothing", "!pip install -q nothing-of-the-kind"]
)
def test_shell_line_does_not_stop_its_cell(kernel: Sandbox, line: str) -> None:
    said = kernel.run(f"{line}\nprint('went on')")
    assert "went on\n" in said  # what a shell writes comes when it comes
    assert "hello" in said or "echo" not in line


def test_files_stay_in_the_sandbox(kernel: Sandbox, start: Callable[..., Sandbox], work: Path) -> None:
    before = {path.name: path.lstat().st_mtime_ns for path in work.iterdir()}
    kernel.run("import os; open('mine', 'w').write('x'); open('/tmp/mine', 'w').write('x'); os.remove('data.csv')")
    assert {path.name: path.lstat().st_mtime_ns for path in work.iterdir()} == before
    assert not Path("/tmp/mine").exists()
    assert start().run("import os; print(os.listdir(), os.path.exists('/tmp/mine'))") == "['data.csv'] False\n"


def test_neither_environment_nor_memory_holds_a_secret(
    work: Path, start: Callable[..., Sandbox], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRADER_TOKEN", f"topsecret-{uuid.uuid4().hex}")
    other = KernelManager(kernel_name="deep-learning")  # this one is trusted, gets the token, and shares the server
    variables = server.neutral(os.environ) | {"GRADER_TOKEN": os.environ["GRADER_TOKEN"]}
    other.start_kernel(cwd=str(work), env=variables, stdout=DEVNULL, stderr=DEVNULL)
    try:
        said = start().run(
            "import glob, re\n"
            "found, read = set(), 0\n"
            "for path in glob.glob('/proc/*/environ') + glob.glob('/proc/*/cmdline'):\n"
            "    try:\n"
            "        found |= set(re.findall(rb'topsecret-[0-9a-f]{32}', open(path, 'rb').read()))\n"
            "    except PermissionError:\n"
            "        pass\n"
            "memory = open('/proc/self/mem', 'rb', 0)\n"
            "for line in open('/proc/self/maps'):\n"
            "    low, high = (int(x, 16) for x in line.split()[0].split('-'))\n"
            "    if 'rw' in line.split()[1]:\n"
            "        memory.seek(low)\n"
            "        try:\n"
            "            part = memory.read(high - low)\n"
            "        except OSError:\n"
            "            continue\n"
            "        read += len(part)\n"
            "        found |= set(re.findall(rb'topsecret-[0-9a-f]{32}', part))\n"
            "        del part\n"
            "print(read > 50_000_000, found)"
        )
    finally:
        other.shutdown_kernel(now=True)
    assert said.strip() == "True set()"


def test_no_network_of_any_kind(kernel: Sandbox, tmp_path: Path) -> None:
    seen: list[str] = []
    path = str(tmp_path / "socket")
    abstract = f"\0{uuid.uuid4().hex}"
    listeners = [socket.create_server(("127.0.0.1", 0)), socket.socket(socket.AF_UNIX), socket.socket(socket.AF_UNIX)]
    listeners[1].bind(path)
    listeners[2].bind(abstract)
    for listener in listeners:
        listener.listen()
    port = listeners[0].getsockname()[1]
    said = kernel.run(
        "import socket\n"
        f"for family, to in [(2, ('127.0.0.1', {port})), (2, ('10.0.0.1', 80)), (1, {path!r}), (1, {abstract!r})]:\n"
        "    s = socket.socket(family)\n"
        "    s.settimeout(2)\n"
        "    try:\n"
        "        s.connect(to)\n"
        "        print('HARM', to)\n"
        "    except OSError as error:\n"
        "        print(type(error).__name__)\n"
        "for family in (socket.AF_VSOCK, socket.AF_PACKET, socket.AF_ALG):\n"
        "    try:\n"
        "        socket.socket(family, socket.SOCK_RAW)\n"
        "        print('HARM', family)\n"
        "    except OSError:\n"
        "        pass\n"
        "try:\n"
        "    socket.getaddrinfo('example.org', 80)\n"
        "    print('HARM')\n"
        "except OSError:\n"
        "    print('no names')\n"
    )
    assert "HARM" not in said
    assert "no names" in said
    for listener in listeners:  # whoever came in waits there
        with listener, suppress(BlockingIOError):
            listener.setblocking(False)
            seen.append(str(listener.accept()))
    assert seen == []


SYSTEM_CALLS = """
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
done = []
calls = {
    'ptrace': lambda: libc.ptrace(16, 1, 0, 0),
    'mount': lambda: libc.mount(b'none', b'/tmp', b'tmpfs', 0, None),
    'umount': lambda: libc.umount2(b'/proc', 2),
    'chroot': lambda: libc.chroot(b'/tmp'),
    'unshare': lambda: libc.unshare(0x10000000),
    'setns': lambda: libc.setns(os.open('/proc/1/ns/mnt', os.O_RDONLY), 0),
    'setuid': lambda: libc.setuid(0),
    'memfd': lambda: libc.memfd_create(b'x', 0),
    'shmget': lambda: libc.shmget(0, 1 << 30, 0o1600),
    'process_vm_readv': lambda: libc.process_vm_readv(1, None, 0, None, 0, 0),
    'hostname': lambda: libc.sethostname(b'x', 1),
    'keyctl': lambda: libc.syscall(250, 0, -3, 1),
}
for name, call in calls.items():
    try:
        if call() != -1:
            done.append(name)
    except OSError:
        pass
print('done:', done)
"""


def test_system_calls_that_no_notebook_needs(kernel: Sandbox) -> None:
    assert kernel.run(SYSTEM_CALLS) == "done: []\n"


def test_other_processes_are_neither_seen_nor_signalled(kernel: Sandbox) -> None:
    bystander = subprocess.Popen(["sleep", "60"])
    try:
        said = kernel.run(
            "import os, signal\n"
            "print(sorted(int(name) for name in os.listdir('/proc') if name.isdigit()))\n"
            "for number in range(1, 40_000):\n"
            "    if not os.path.exists(f'/proc/self/task/{number}'):\n"
            "        try:\n"
            "            os.kill(number, signal.SIGKILL)\n"
            "        except OSError:\n"
            "            pass\n"
            "try:\n"
            "    os.kill(-1, signal.SIGTERM)\n"
            "except ProcessLookupError:\n"
            "    pass\n"
            "print('still here')"
        )
        assert bystander.poll() is None
    finally:
        bystander.kill()
        bystander.wait()
    assert said == "[1, 2]\nstill here\n"


@pytest.mark.parametrize(
    ("flood", "stopped_by"),
    [
        ("x = bytearray(300 << 20)", "MemoryError"),
        ("import numpy as np\nnp.ones(300 << 17)", "MemoryError"),
        ("import mmap\nx = mmap.mmap(-1, 1 << 20)", "Cannot allocate memory"),
        (
            "import ctypes\nx = [ctypes.CDLL(None).inotify_init() for _ in range(30)]\nassert -1 not in x",
            "AssertionError",
        ),
        ("for i in range(99):\n    open(f'f{i}', 'wb').write(bytes(1 << 20))", "No space left"),
        ("for i in range(99):\n    open(f'/dev/shm/f{i}', 'wb').write(bytes(1 << 20))", "No space left"),
        ("for i in range(9999):\n    open(f'f{i}', 'w').close()", "No space left"),
        ("open('f', 'wb', 0).write(bytes(9 << 20)); open('f', 'ab', 0).write(b'x')", "File too large"),
        # caught, so that they are closed again: without a descriptor a kernel cannot even show an error
        (
            "try:\n    files = [open('/dev/null') for _ in range(999)]\nexcept OSError as error:\n    print(error)",
            "Too many open files",
        ),
        (
            "import socket\ntry:\n    files = [socket.socketpair() for _ in range(999)]\n"
            "except OSError as error:\n    print(error)",
            "Too many open files",
        ),
        (
            "import threading, time\nfor _ in range(999):\n    threading.Thread(target=time.sleep, args=(1,)).start()",
            "start new",
        ),
        ("import subprocess\nall = [subprocess.Popen(['sleep', '9']) for _ in range(999)]", "temporarily unavailable"),
    ],
    ids=lambda value: re.sub(r"\W+", "-", value)[:40],
)
def test_floods_meet_their_limit_and_the_kernel_goes_on(kernel: Sandbox, flood: str, stopped_by: str) -> None:
    said = kernel.run(flood)
    assert stopped_by in said
    kernel.run("files = all = x = None")
    assert kernel.run("print('next cell')") == "next cell\n"


SOCKETS = """
import os, socket, time
for _ in range(3):
    os.fork()
pairs = []
for _ in range(30):
    pair = socket.socketpair()
    pairs.append(pair)
    for end in pair:
        end.setblocking(False)
        try:
            while True:
                end.send(bytes(1 << 16))
        except BlockingIOError:
            pass
time.sleep(60)
"""


@pytest.mark.parametrize(
    "hog",
    [
        SOCKETS,
        "import os, time\nfor _ in range(70):\n    if os.fork() == 0:\n        x = bytearray(4 << 20)\n"
        "        time.sleep(60)\ntime.sleep(60)",
        "import mmap, time\nm = mmap.mmap(-1, 150 << 30, mmap.MAP_PRIVATE | 0x4000 | 0x20, mmap.PROT_READ)\n"
        "for i in range(0, len(m), 2 << 20):\n    m[i]\ntime.sleep(60)",
        "import os, time\nfor _ in range(4):\n    if os.fork() == 0:\n        x = bytearray(100 << 20)\n"
        "        time.sleep(60)\ntime.sleep(60)",
    ],
    ids=["sockets", "many children", "page tables", "children"],
)
def test_memory_of_all_processes_together_is_limited(kernel: Sandbox, hog: str) -> None:
    kernel.client.execute(hog)
    kernel.process.wait(timeout=60)
    assert kernel.process.cause == "memory"


LEAVE = """
import os, subprocess, sys
everywhere = set(range(os.cpu_count()))
os.sched_setaffinity(0, everywhere)  # no error: an honest program goes on
ask = "import os; os.sched_setaffinity(0, {}); print(os.sched_getaffinity(0))".format(everywhere)
print(os.sched_getaffinity(0), subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True).stdout)
print({int(name): os.sched_getaffinity(int(name)) for name in os.listdir("/proc/self/task")}.values())
"""


def test_kernel_and_what_it_starts_stay_on_their_processors(start: Callable[..., Sandbox]) -> None:
    usable = sorted(os.sched_getaffinity(0))
    for only in {usable[0], usable[-1]}:
        said = start(processors=[only]).run(LEAVE)
        assert set(re.findall(r"{(.*?)}", said)) == {str(only)}, said
        assert said.count(f"{{{only}}}") > 3, said


def test_nothing_is_left_running(kernel: Sandbox) -> None:
    marker = f"6{uuid.uuid4().int % 10**8:08}"
    kernel.run(
        "import os, signal, subprocess, time\n"
        f"subprocess.Popen(['sleep', '{marker}'], start_new_session=True)\n"
        "if os.fork() == 0:\n"
        "    os.setsid()\n"
        "    if os.fork() == 0:\n"
        "        for number in (1, 2, 15):\n"
        "            signal.signal(number, signal.SIG_IGN)\n"
        f"        os.execvp('sleep', ['sleep', '{marker}'])\n"
        "    os._exit(0)\n"
        "time.sleep(1)"
    )
    assert len(_processes(marker)) == 2  # they were there
    kernel.manager.shutdown_kernel(now=True)
    assert _processes(marker) == []


def test_deaf_kernel_is_ended(kernel: Sandbox) -> None:
    kernel.run("import signal\nfor number in (1, 2, 3, 15):\n    signal.signal(number, signal.SIG_IGN)")
    kernel.client.execute("while True: pass")
    time.sleep(1)
    kernel.manager.interrupt_kernel()
    time.sleep(1)
    assert kernel.process.poll() is None
    kernel.manager.shutdown_kernel(now=True)
    assert not kernel.manager.has_kernel


def test_interrupt_reaches_the_kernel(kernel: Sandbox) -> None:
    threading.Timer(2, kernel.manager.interrupt_kernel).start()
    assert "KeyboardInterrupt" in kernel.run("import time\ntime.sleep(60)")
    assert kernel.run("print(1)") == "1\n"


@pytest.mark.parametrize(
    ("code", "status"), [("import os; os._exit(3)", 3), ("import os; os.kill(os.getpid(), 9)", -9)]
)
def test_exit_status(kernel: Sandbox, code: str, status: int) -> None:
    kernel.client.execute(code)
    assert kernel.process.wait(timeout=60) == status
    assert kernel.process.cause is None


def test_ending_the_grader_ends_the_sandbox(work: Path) -> None:
    marker = f"7{uuid.uuid4().int % 10**8:08}"
    code = (
        "import os, sys, time\n"
        "from tests.autograder.kernels.test_sandbox import Sandbox\n"
        "from pathlib import Path\n"
        f"sandbox = Sandbox(Path({str(work)!r}))\n"
        f"sandbox.run(\"import subprocess; subprocess.Popen(['sleep', '{marker}'])\")\n"
        "print(os.path.dirname(sandbox.manager.ip), flush=True)\n"
        "time.sleep(60)"
    )
    grader = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert grader.stdout
    sockets = Path(grader.stdout.readline().strip())
    assert sockets.is_dir()
    assert _processes(marker)
    grader.kill()
    grader.wait()
    deadline = time.monotonic() + 20
    while (_processes(marker) or sockets.exists()) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert _processes(marker) == []
    assert not sockets.exists()


def test_installed_files_are_as_before(start: Callable[..., Sandbox]) -> None:
    def digest() -> str:
        found = hashlib.sha256()
        for path in sorted((ROOT / "course_utils").rglob("*.py")):
            found.update(path.read_bytes())
        return found.hexdigest()

    before = digest()
    start().run(
        "import course_utils, os, shutil\n"
        "shutil.rmtree(os.path.dirname(course_utils.__file__), ignore_errors=True)\n"
        "os.system('rm -rf /usr /work /home /root /tmp 2>/dev/null')"
    )
    assert digest() == before
    assert start().run("import course_utils, os\nprint(os.listdir())") == "['data.csv']\n"


def _processes(marker: str) -> list[str]:
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if f"sleep\0{marker}" in path.read_bytes().decode(errors="replace"):
                found.append(path.parent.name)
        except OSError:  # ended meanwhile
            continue
    return found

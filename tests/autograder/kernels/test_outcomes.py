"""What a submission that goes too far comes to: a named outcome, in words, for its own cell; the class goes on."""

from __future__ import annotations

import asyncio
import errno
import os
import socket
import sys

import pytest
from nbclient.exceptions import DeadKernelError
from nbformat.v4 import new_code_cell, new_notebook
from traitlets.config import Config

from autograder.errors import CourseError, SandboxError
from autograder.execution.runner import Kernel
from autograder.grading.grade import accept, grade
from autograder.grading.records import Outcome, Record, Status
from autograder.grading.store import Store
from autograder.kernels import layers
from autograder.kernels.limits import Limits
from autograder.results.export import export
from autograder.results.feedback import feedback
from tests.support.classroom import Classroom

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the sandbox needs Linux")

SMALL = {
    "cell_time": 4,
    "memory": "200 MiB",
    "disk": "16 MiB",
    "cell_output": "64 KiB",
    "total_output": "1 MiB",
    "processes": 96,
}
BRAGGING = "def double(x):\n    {}\n    return 2 * x"


@pytest.fixture
def strict(ps1: Classroom, cluster: None) -> Classroom:
    """A class with small limits, in which Bob, who comes after Ada, hands in right answers."""
    ps1.course.config.ExecuteSubmission.limits = SMALL
    ps1.submit("bob", ps1.fill())
    return ps1


def grade_ada(room: Classroom, double: str) -> Record:
    """Grade Ada with this answer to the first exercise, then Bob, who must get his points."""
    room.submit("ada", room.fill({"double": double}))
    found = {record.student: record for record, _ in grade(room.course, "ps1", ["ada", "bob"])}
    ada, bob = found["ada"], found["bob"]
    assert (bob.outcome, bob.score) == (Outcome.GRADED, 9)
    assert ada.outcome is Outcome.GRADED
    return ada


def status(record: Record, name: str) -> tuple[Status, str]:
    [item] = [item for item in record.items if item.grade_id == name]
    return item.status, item.message


@pytest.mark.slow
@pytest.mark.parametrize(
    ("act", "expected", "words"),
    [
        ("while True: pass", Status.TIMED_OUT, "stopped after 4 s"),
        ("print('x' * 10_000_000)", Status.TOO_MUCH_OUTPUT, "wrote more than 64.0 KiB"),
        ("[print(i) for i in range(10**9)]", Status.TOO_MUCH_OUTPUT, "print in a long loop"),
        ("import os; os._exit(1)", Status.KERNEL_DIED, "ended the whole Python process"),
        ("x = bytearray(1 << 30)", Status.FAILED, "MemoryError"),
        (
            "import os, time\n"
            "    [os.fork() or (bytearray(90 << 20), time.sleep(60)) for _ in range(4)]\n"
            "    time.sleep(60)",
            Status.OUT_OF_MEMORY,
            "more than 200.0 MiB of memory",
        ),
        ("open('f', 'wb').write(bytes(17 << 20))", Status.FAILED, "No space left"),
        (
            "import threading, time\n    [threading.Thread(target=time.sleep, args=(1,)).start() for _ in range(999)]",
            Status.FAILED,
            "can't start new thread",
        ),
    ],
    ids=["time", "one output", "outputs", "exit", "memory", "memory of children", "disk", "threads"],
)
def test_each_limit_has_its_outcome(strict: Classroom, act: str, expected: Status, words: str) -> None:
    record = grade_ada(strict, BRAGGING.format(act))
    found, message = status(record, "double-test")
    assert (found, words in message) == (expected, True), message
    assert status(record, "share-test")[0] is Status.PASSED  # exercises that have nothing to do with it
    [page] = feedback(strict.course, "ps1", ["ada"])
    assert words in page.path.read_text().replace("&#x27;", "'").replace("&#39;", "'")


@pytest.mark.slow
def test_too_much_output_outside_the_tests_is_told(strict: Classroom) -> None:
    record = grade_ada(strict, "def double(x):\n    return 2 * x\n\nwhile True:\n    print('hello')")
    assert record.score == 9  # the function was there before the loop
    assert "wrote more than" in record.notes[0]


@pytest.mark.slow
def test_output_without_end_of_a_deaf_cell(strict: Classroom) -> None:
    deaf = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)\n    while True: print('x' * 1000)"
    record = grade_ada(strict, BRAGGING.format(deaf))
    assert status(record, "double-test")[0] is Status.TOO_MUCH_OUTPUT
    assert status(record, "share-test")[0] is Status.PASSED


KERNEL = """
import signal, time, zmq
from IPython import get_ipython
kernel = get_ipython().kernel
session = kernel.session
def send(kind, content, **others):
    session.send(kernel.iopub_socket, kind, content, **{"parent": kernel.get_parent("shell"), **others})
"""
HALF = """
plain = session.pack
session.pack = lambda message: plain(message).replace(b"HALF", b"\\\\ud800")
print("HALF")
"""
WIDGET = """
def double(x):
    send("comm_open", {"comm_id": "w", "target_name": "jupyter.widget", "data": {"state": {
        "_model_module": "@jupyter-widgets/output", "_model_name": "OutputModel", "outputs": []}}})
    send("comm_msg", {"comm_id": "w", "data": {"state": {"msg_id": kernel.get_parent("shell")["header"]["msg_id"]}}})
    kernel.shell_channel_thread.io_loop.add_callback(lambda: time.sleep(60))
    for _ in range(8000):
        send("clear_output", {})
    time.sleep(60)
"""
FOREIGN = """
def double(x):
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while True:
        send("stream", {"name": "stdout", "text": "x"}, parent={"msg_id": "foreign"})
"""
PARTS = """
import os, socket
def double(x):
    mine = [s for f in range(99) if (s := peer(f))][-1]
    for _ in range(400):
        mine.sendall(bytes([3]) + (8 << 20).to_bytes(8, "big") + bytes(8 << 20))
    time.sleep(60)
def peer(f):
    try:
        s = socket.socket(fileno=os.dup(f))
        if s.family == socket.AF_UNIX and s.getsockname().endswith("s-2"):
            s.getpeername()
            s.setblocking(True)
            return s
    except OSError:
        return None
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("attack", "expected"),
    [
        (WIDGET, {Status.TIMED_OUT}),
        (FOREIGN, {Status.TIMED_OUT, Status.TOO_MUCH_OUTPUT}),
        (PARTS, {Status.TIMED_OUT, Status.TOO_MUCH_OUTPUT}),
        ("send('stream', {'name': 'stdout', 'text': 7})", {Status.FAILED}),
        ("send('status', {})", {Status.FAILED}),
        ("session.send(kernel.iopub_socket, 'stream', {}, parent=[1])", {Status.FAILED, Status.TIMED_OUT}),
        ("def double(x):\n    send('stream', {'name': 'stdout', 'text': 7})\n    return 2 * x", {Status.PASSED}),
        ("def double(x):\n    send('status', {})\n    return 2 * x", {Status.PASSED}),
    ],
    ids=["widget", "foreign", "parts", "types", "status", "parent", "types while judged", "status while judged"],
)
def test_attack_on_the_grader_itself(strict: Classroom, attack: str, expected: set[Status]) -> None:
    record = grade_ada(strict, KERNEL + attack)
    found, message = status(record, "double-test")
    assert found in expected, message
    if attack is not WIDGET:  # which has put to sleep what answers the next cell too: its author's loss
        assert status(record, "share-test")[0] is Status.PASSED


@pytest.mark.slow
def test_files_that_do_not_fit_are_the_students_affair(strict: Classroom) -> None:
    strict.submit("ada", bytes(20 << 20), "data.bin")
    record = grade_ada(strict, "def double(x):\n    return 2 * x")
    found, message = status(record, "double-test")
    assert (found, "files beside the notebook" in message) == (Status.NOT_RUN, True)


@pytest.mark.slow
def test_limits_of_one_assignment(strict: Classroom) -> None:
    strict.course.config.ExecuteSubmission.assignment_limits = {"ps1": {"cell_time": 2}}
    record = grade_ada(strict, BRAGGING.format("while True: pass"))
    assert "stopped after 2 s" in status(record, "double-test")[1]


@pytest.mark.slow
@pytest.mark.usefixtures("cluster")
def test_without_the_sandbox_results_say_so(ps1: Classroom) -> None:
    ps1.submit("ada", ps1.fill({"double": "import os\ndef double(x):\n    return 2 * x if os.getppid() > 2 else 0"}))
    [(inside, _)] = grade(ps1.course, "ps1", ["ada"])
    ps1.course.config.ExecuteSubmission.sandbox = False
    [(outside, again)] = grade(ps1.course, "ps1", ["ada"])
    assert (inside.sandboxed, inside.score) == (True, 6)
    assert (outside.sandboxed, outside.score, again) == (False, 9, True)
    accept(ps1.course, "ps1", ["ada"])
    out = ps1.course.root / "grades.csv"
    export(ps1.course, "ps1", out)
    assert "run without sandbox" in out.read_text()


def test_nothing_is_run_where_it_cannot_be_confined(ps1: Classroom, monkeypatch: pytest.MonkeyPatch) -> None:
    ps1.submit("ada", ps1.fill())
    missing = layers.Layer("files", "why", "Do this.", seen="cannot have a user namespace")
    monkeypatch.setattr(layers, "probe", lambda: (missing,))
    with pytest.raises(SandboxError, match=r"Missing: files \(cannot have a user namespace\).*--no-sandbox"):
        list(grade(ps1.course, "ps1", ["ada"]))
    assert Store(ps1.course, "ps1").load("ada") is None


def test_layer_that_is_not_required_may_be_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layers, "probe", lambda: (layers.Layer("landlock", "why", "mend", required=False),))
    layers.require()


def test_each_try_belongs_to_a_layer_and_a_working_one_is_not_active() -> None:
    names = [name for layer in layers.LAYERS for name in layer.tries]
    outside, inside = dict.fromkeys(names, ""), dict.fromkeys(names, "PermissionError")
    assert all(layers._judge(layer, outside, inside).active for layer in layers.LAYERS)
    leaky = layers._judge(layers.LAYERS[0], outside, {**inside, "read_secret": ""})
    assert (leaky.active, leaky.seen) == (False, "read secret works inside")
    blind = layers._judge(layers.LAYERS[0], {**outside, "read_secret": "OSError"}, inside)
    assert (blind.active, blind.seen) == (False, "read secret fails outside too: OSError")
    bare = layers._judge(layers.LAYERS[0], {**outside, "read_secret": f"{layers.NOT_THERE}OSError"}, inside)
    assert bare.active  # who could not do it anyway is not kept from it


@pytest.mark.parametrize("there", [{socket.AF_VSOCK: {socket.SOCK_STREAM}}, {socket.AF_NETLINK: {socket.SOCK_RAW}}, {}])
def test_a_rare_socket_is_found_whatever_the_kernel_has(monkeypatch, there: dict[int, set[int]]) -> None:
    tries = object.__new__(layers.Tries)  # it needs no listeners for this

    class Sockets:
        def __init__(self, family: int, kind: int, protocol: int) -> None:
            del protocol
            if kind not in there.get(family, set()):
                code = errno.EPERM if family == socket.AF_PACKET else errno.ESOCKTNOSUPPORT
                raise OSError(code, os.strerror(code))

        def close(self) -> None:
            pass

    monkeypatch.setattr(layers.socket, "socket", Sockets)
    monkeypatch.setattr(layers, "LAYERS", [layer for layer in layers.LAYERS if "virtual_socket" in layer.tries])
    found = layers.attempt(tries)["virtual_socket"]
    assert found == "" if there else found.startswith(layers.NOT_THERE)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [({"memory": "much"}, "memory: "), ({"cell_tme": 3}, "cell_tme: .*It may hold memory"), ({"files": 0}, "files: ")],
)
def test_impossible_limits_are_named(wrong: dict[str, object], says: str) -> None:
    with pytest.raises(CourseError, match=f"key: {says}"):
        Limits.of({}, wrong, "key")


def test_limits_may_be_given_as_text() -> None:
    assert Limits.of({"memory": "1 GiB", "disk": 5}, {"disk": "1 MiB"}, "key").model_dump(
        include={"memory", "disk"}
    ) == {
        "memory": 1 << 30,
        "disk": 1 << 20,
    }


@pytest.mark.slow
def test_half_a_character_costs_only_the_cell_that_shows_it(strict: Classroom) -> None:
    record = grade_ada(strict, f"{KERNEL}{HALF}")
    assert status(record, "share-test")[0] is Status.PASSED
    assert "made the kernel send what none sends" in record.notes[0]


def test_cell_that_the_kernel_did_not_run_has_not_passed() -> None:
    cell, allowed = new_code_cell(), Limits()
    kernel = Kernel(new_notebook(cells=[cell]), ".", 0, allowed, sandbox=False, config=Config())
    kernel.on_cell_executed(cell=cell, cell_index=0, execute_reply={"content": {"status": "aborted"}})
    assert [output.ename for output in cell.outputs] == ["NotRun"]


def test_kernel_that_was_ended_is_not_watched_for_ever() -> None:
    kernel = Kernel(new_notebook(), ".", 0, Limits(), sandbox=False, config=Config())
    with pytest.raises(DeadKernelError):
        asyncio.run(kernel._async_check_alive())

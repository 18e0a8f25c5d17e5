"""TensorFlow is imported without its greeting, and nothing else that is written meanwhile is lost."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from course_utils import _quiet

GREETING = """\
WARNING: All log messages before absl::InitializeLog() is called are written to STDERR
I0000 00:00:1.5   31874 port.cc:153] oneDNN custom operations are on. You may see slightly different numerical results.
I0000 00:00:1.5   31874 cpu_feature_guard.cc:227] This TensorFlow binary is optimized to use available instructions.
To enable the following instructions: AVX2 FMA, in other operations, rebuild TensorFlow with the appropriate flags.
"""
FAKE = f"""\
import os, sys
def say(text):
    try:
        os.write(2, text.encode())
    except OSError:  # closed
        pass
say({GREETING!r})
"""
posix_only = pytest.mark.skipif(os.name != "posix", reason="signals")


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs code in a new Python in which `import tensorflow` greets and then does what the test says."""

    def run(tensorflow: str, code: str, **environment: str) -> subprocess.CompletedProcess[str]:
        (tmp_path / "tensorflow").mkdir()
        (tmp_path / "tensorflow" / "__init__.py").write_text(FAKE + tensorflow)
        ours = {name: value for name, value in os.environ.items() if not name.startswith("TF_")}
        return subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
            env={**ours, "PYTHONPATH": str(tmp_path), **environment},
        )

    return run


def test_the_greeting_is_dropped_and_all_else_arrives(run):
    found = run(
        "say('careful\\nno line break')\nprint('python too', file=sys.stderr)",
        "import course_utils, tensorflow, os; os.write(2, b'after')",
    )
    assert found.stderr == "careful\nno line breakpython too\nafter"
    assert found.returncode == 0


def test_an_import_that_fails_tells_why_and_the_next_one_is_quiet_too(run):
    found = run("say('wrong version\\n')\nraise ImportError('no library')", """
import course_utils
for _ in range(2):
    try:
        import tensorflow
    except ImportError as error:
        print(error)
""")  # fmt: skip
    assert (found.stdout, found.stderr) == ("no library\n" * 2, "wrong version\n" * 2)


def test_a_traceback_arrives(run):
    found = run("raise ImportError('no library')", "import course_utils, tensorflow")
    assert "ImportError: no library" in found.stderr
    assert "oneDNN" not in found.stderr


@posix_only
@pytest.mark.parametrize("end", ["os.kill(os.getpid(), 9)", "os.killpg(0, 9)", "os.abort()", "os._exit(3)"])
def test_what_is_written_before_the_process_dies_arrives(run, end: str):
    found = run(f"say('F0000 check failed\\n')\n{end}", "import os; os.setsid(); import course_utils, tensorflow")
    assert found.returncode != 0
    assert found.stderr == "F0000 check failed\n"


@posix_only
def test_the_filter_outlives_an_interrupt_of_the_whole_group(run):
    code = "import os; os.setsid(); import course_utils, tensorflow"
    found = run("import signal\ntry: os.killpg(0, signal.SIGINT)\nfinally: say('bye')", code)
    assert "bye" in found.stderr
    assert "KeyboardInterrupt" in found.stderr


def test_nothing_is_left_behind(run):
    found = run("", """
import os, sys
before = os.fstat(2), len(sys.meta_path), os.listdir('/proc/self/fd') if os.path.exists('/proc') else None
import course_utils, tensorflow
assert (os.fstat(2), len(sys.meta_path), os.listdir('/proc/self/fd') if os.path.exists('/proc') else None) == before
try:
    assert not hasattr(os, 'waitpid') or os.waitpid(-1, os.WNOHANG) and False
except ChildProcessError:
    print('no child')
""")  # fmt: skip
    assert (found.stdout, found.stderr) == ("no child\n", "")


def test_looking_for_tensorflow_does_not_use_it_up(run):
    found = run(
        "", "import course_utils, importlib.util as u; print(u.find_spec('tensorflow').name); import tensorflow"
    )
    assert (found.stdout, found.stderr) == ("tensorflow\n", "")


def test_imports_in_threads_are_one(run):
    found = run("import time; time.sleep(0.2); say('once\\n')", """
import course_utils, threading
threads = [threading.Thread(target=lambda: __import__('tensorflow')) for _ in range(4)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
""")  # fmt: skip
    assert found.stderr == "once\n"


def test_a_process_that_keeps_the_descriptor_does_not_hold_the_import_up_for_long(run):
    found = run("import subprocess; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(4)'])", """
import time; start = time.monotonic()
import course_utils, tensorflow
print(time.monotonic() - start < 4)
""")  # fmt: skip
    assert found.stdout == "True\n"


def test_what_was_imported_before_is_left_alone(run):
    found = run(
        "", "import tensorflow, sys; before = sys.meta_path[:]; import course_utils; print(sys.meta_path == before)"
    )
    assert (found.stdout, found.stderr) == ("True\n", GREETING)


def test_who_asks_for_all_messages_gets_them(run):
    assert run("", "import course_utils, tensorflow", TF_CPP_MIN_LOG_LEVEL="0").stderr == GREETING


@pytest.mark.parametrize("before", ["import os; os.close(2)", "import sys; sys.executable = '/nowhere'"])
def test_where_there_can_be_no_filter_the_import_works_all_the_same(run, before: str):
    found = run("", f"{before}; import course_utils, tensorflow; print('there')")
    assert found.stdout == "there\n"
    assert found.stderr in ("", GREETING)


def test_lines_in_pieces_are_put_together(tmp_path: Path):
    """The filter by itself: a notice that comes in two pieces is a notice."""
    source, target = os.pipe()
    half = len(GREETING) // 2
    for piece in (GREETING[:half], GREETING[half:] + "kept\n" + "x" * 20_000):
        os.write(target, piece.encode())
    os.close(target)
    with (tmp_path / "out").open("wb") as out:
        _quiet.pass_on(source, out.fileno())
    os.close(source)
    assert (tmp_path / "out").read_text() == "kept\n" + "x" * 20_000


@pytest.mark.slow
@pytest.mark.parametrize("first", ["from course_utils import checks", "import course_utils.data"])
def test_keras_in_an_ordinary_kernel_shows_nothing(first: str):
    from jupyter_client.manager import start_new_kernel

    # without PYTEST_...: ipykernel does not show what is written to the descriptor in tests
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("TF_", "PYTEST_"))}
    manager, client = start_new_kernel(kernel_name="python3", env=ours, stderr=subprocess.DEVNULL)
    try:
        shown: list[str] = []

        def run(code: str) -> None:
            reply = client.execute_interactive(
                code, timeout=120, output_hook=lambda message: shown.append(message["content"].get("text", ""))
            )
            assert reply["content"]["status"] == "ok"

        run(f"{first}\nimport keras\nimport tensorflow\n_ = keras.layers.Dense(3)(keras.ops.ones((2, 2)))")
        run("import os, time\n_ = os.write(2, b'seen')\ntime.sleep(1)")
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    assert "".join(shown) == "seen"

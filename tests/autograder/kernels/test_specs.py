"""Which kernels there are, when they cannot be warm, and by what a fork server is found."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.provisioning import KernelProvisionerFactory

from autograder.errors import KernelServerError
from autograder.kernels import INLINE, SANDBOXED, WARM, provisioner, server, specs

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="warm kernels are forked, which needs Linux")


def test_kernelspecs_differ_from_the_ordinary_one_only_in_who_starts_the_kernel(tmp_path: Path) -> None:
    specs.install(tmp_path)
    jupyter = KernelSpecManager(kernel_dirs=[str(tmp_path / "share" / "jupyter" / "kernels")])
    ordinary = jupyter.get_kernel_spec("python3")
    assert {WARM, SANDBOXED} <= set(jupyter.find_kernel_specs())
    for name in (WARM, SANDBOXED):
        spec = jupyter.get_kernel_spec(name)
        assert spec.argv == [sys.executable, *ordinary.argv[1:]]
        assert (spec.language, spec.interrupt_mode) == (ordinary.language, ordinary.interrupt_mode)
        assert {**spec.metadata, "kernel_provisioner": None} == {**ordinary.metadata, "kernel_provisioner": None}


def test_jupyter_finds_the_provisioners_of_the_kernelspecs(tmp_path: Path) -> None:
    specs.install(tmp_path)
    jupyter = KernelSpecManager(kernel_dirs=[str(tmp_path / "share" / "jupyter" / "kernels")])
    factory = KernelProvisionerFactory.instance()
    classes = {WARM: provisioner.WarmProvisioner, SANDBOXED: provisioner.SandboxProvisioner}
    for name, wanted in classes.items():
        made = factory.create_provisioner_instance("a-kernel", jupyter.get_kernel_spec(name), parent=None)
        assert type(made) is wanted


def test_installing_again_replaces_what_is_there(tmp_path: Path) -> None:
    [warm, _] = specs.install(tmp_path)
    (warm / "kernel.json").write_text("{}")
    assert specs.install(tmp_path)[0] == warm
    assert json.loads((warm / "kernel.json").read_text())["language"] == "python"


@linux_only
def test_kernels_of_this_python_can_be_warm() -> None:
    assert provisioner.unavailable() is None


def test_kernels_of_another_python_cannot_be_warm() -> None:
    why = provisioner.unavailable("/opt/other/bin/python") or ""
    assert "/opt/other/bin/python" in why
    assert sys.executable in why or sys.platform != "linux"


@linux_only
def test_kernels_of_this_python_by_another_name_can_be_warm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "python3").symlink_to(sys.executable)
    (tmp_path / "python").symlink_to("python3")
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python3"))
    assert provisioner.unavailable(str(tmp_path / "python")) is None


def test_kernels_elsewhere_than_on_linux_cannot_be_warm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    assert "win32" in (provisioner.unavailable() or "")


def test_environment_keeps_what_imports_may_read_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = {"KERAS_BACKEND": "tensorflow", "PYTHONPATH": "/modules", "OMP_NUM_THREADS": "1", "HOME": "/home/ada"}
    dropped = {"API_TOKEN": "secret", "JPY_SESSION_NAME": "a.ipynb", "COLUMNS": "80", "SSH_AUTH_SOCK": "/agent"}
    for name, value in {**kept, **dropped}.items():
        monkeypatch.setenv(name, value)
    found = server.environment(os.environ)
    assert {name: found[name] for name in kept} == kept
    assert not dropped.keys() & found.keys()


def test_figures_are_inline_unless_asked_for_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MPLBACKEND", raising=False)
    assert server.environment(os.environ)["MPLBACKEND"] == INLINE
    monkeypatch.setenv("MPLBACKEND", "agg")
    assert server.environment(os.environ)["MPLBACKEND"] == "agg"


@pytest.fixture
def runtime(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder for the sockets."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    return tmp_path


@pytest.mark.usefixtures("runtime")
def test_same_environment_finds_the_same_server() -> None:
    variables = {"KERAS_BACKEND": "tensorflow", "LANG": "C"}
    assert server.address(variables) == server.address(dict(reversed(variables.items())))


@pytest.mark.usefixtures("runtime")
@pytest.mark.parametrize("changed", [{"LANG": "C.UTF-8"}, {}, {"LANG": "C", "KERAS_BACKEND": "tensorflow"}])
def test_changed_variable_asks_for_another_server(changed: dict[str, str]) -> None:
    assert server.address(changed) != server.address({"LANG": "C"})


@pytest.mark.usefixtures("runtime")
@pytest.mark.parametrize("package", ["course_utils", "autograder", "autograder/kernels"])
def test_changed_source_file_asks_for_another_server(
    package: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = tmp_path / "checkout" / package / "module.py"
    module.parent.mkdir(parents=True)
    module.touch()
    monkeypatch.setattr(server, "PACKAGES", tmp_path / "checkout")
    before = server.address({})
    os.utime(module, (1, 1))
    edited = server.address({})
    module.with_name("another.py").touch()
    assert len({before, edited, server.address({})}) == 3


def test_every_module_of_ours_in_the_server_is_looked_at() -> None:
    ours = [name for name in server.PRELOAD if name.startswith(("course_utils", "autograder"))]
    code = f"import importlib, sys; [importlib.import_module(name) for name in {ours}]; "
    code += "print(*(m.__file__ for n, m in list(sys.modules.items()) if n.startswith(('course_utils', 'autograder'))))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert {Path(path) for path in loaded} <= {*server.modules()}
    assert len(loaded) > len(ours)


@pytest.mark.usefixtures("runtime")
def test_changed_package_asks_for_another_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    site = tmp_path / "site-packages"
    (site / "keras-3.11.0.dist-info").mkdir(parents=True)
    monkeypatch.setattr(sys, "path", [*sys.path, str(site)])
    before = server.address({})
    (site / "keras-3.11.0.dist-info").rename(site / "keras-3.12.0.dist-info")
    assert server.address({}) != before


def test_folder_is_for_this_user_only(runtime: Path) -> None:
    path = server.folder()
    assert path.parent == runtime
    assert path.stat().st_mode & 0o777 == 0o700
    assert server.folder() == path


def test_without_a_runtime_folder_the_temporary_one_serves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert server.folder().parent == tmp_path


@pytest.mark.parametrize("mode", [0o770, 0o707, 0o777])
def test_folder_that_others_can_write_to_is_refused(runtime: Path, mode: int) -> None:
    path = server.folder()
    path.chmod(mode)
    with pytest.raises(KernelServerError, match="Remove it and try again"):
        server.folder()
    assert path.parent == runtime


def test_link_in_the_folders_place_is_refused(runtime: Path) -> None:
    (runtime / "elsewhere").mkdir(mode=0o700)
    server.folder().rmdir()
    (runtime / f"course-kernels-{os.getuid()}").symlink_to(runtime / "elsewhere")
    with pytest.raises(KernelServerError, match="not a folder that only you can write to"):
        server.folder()


def test_folder_of_somebody_else_is_refused(runtime: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = server.folder()
    somebody_else = os.getuid() + 1
    path.rename(runtime / f"course-kernels-{somebody_else}")
    monkeypatch.setattr(os, "getuid", lambda: somebody_else)
    with pytest.raises(KernelServerError, match="not a folder that only you can write to"):
        server.folder()


@pytest.mark.parametrize("useless", ["of/the/last/session", "d" * 100])
def test_useless_runtime_folder_is_not_used(useless: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if "/" not in useless:
        (tmp_path / useless).mkdir()  # it is there, but too long for a socket
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / useless))
    assert server.folder().parent == Path(tempfile.gettempdir())
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / useless))
    assert server.folder().parent == Path("/tmp")


@linux_only
def test_no_place_for_sockets_is_a_reason_not_a_crash(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    deep = tmp_path / ("d" * 100)
    deep.mkdir()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(deep))
    monkeypatch.setattr(server.tempfile, "tempdir", str(deep))
    monkeypatch.setattr(server, "SHORT", str(deep))
    with pytest.raises(KernelServerError, match="short path"):
        server.connect()


@linux_only
class TestProcess:
    """The client's end of a supervisor, which a socket pair stands for."""

    def kernel(self) -> tuple[provisioner.KernelProcess, socket.socket]:
        ours, theirs = socket.socketpair()
        theirs.sendall(b'{"pid": 12}\n')
        return provisioner.KernelProcess(ours), theirs

    def test_exit_status_and_cause_are_the_supervisors(self) -> None:
        kernel, supervisor = self.kernel()
        assert (kernel.pid, kernel.poll(), kernel.returncode) == (12, None, None)
        supervisor.sendall(b'{"exit": -9, "cause": "memory"}\n')
        assert (kernel.wait(10), kernel.poll(), kernel.returncode, kernel.cause) == (-9, -9, -9, "memory")

    def test_waiting_for_a_kernel_that_runs_on_times_out(self) -> None:
        kernel, supervisor = self.kernel()
        with supervisor, pytest.raises(subprocess.TimeoutExpired):
            kernel.wait(0.01)

    def test_signals_are_passed_on_until_the_end(self) -> None:
        kernel, supervisor = self.kernel()
        kernel.terminate()
        kernel.kill()
        assert supervisor.recv(8) == bytes([15, 9])
        supervisor.sendall(b'{"exit": -15, "cause": null}\n')
        supervisor.close()
        kernel.kill()
        assert kernel.returncode == -15

    def test_supervisor_that_vanishes_takes_the_kernel_with_it(self) -> None:
        kernel, supervisor = self.kernel()
        supervisor.close()
        assert kernel.wait(10) == -9

    def test_message_may_come_in_pieces(self) -> None:
        kernel, supervisor = self.kernel()
        supervisor.sendall(b'{"exit": 3, ')
        assert kernel.poll() is None
        supervisor.sendall(b'"cause": null}\n')
        assert kernel.wait(10) == 3

    def test_kernel_that_does_not_start_leaves_no_descriptor(self) -> None:
        ours, theirs = socket.socketpair()
        theirs.sendall(b'{"error": "no such folder"}\n')
        with theirs, pytest.raises(KernelServerError, match="no such folder"):
            provisioner.KernelProcess(ours)
        assert ours.fileno() == -1

    def test_one_may_wait_while_another_asks(self) -> None:
        """Jupyter does: a thread waits for a kernel's end while its loop looks whether the kernel is alive."""
        assert {self.seen_by_two() for _ in range(50)} == {(3, 3)}

    def seen_by_two(self) -> tuple[int, int]:
        """Give the exit status that a thread which waits and a loop which polls see."""
        kernel, supervisor = self.kernel()

        def end() -> None:
            time.sleep(0.01)
            supervisor.sendall(b'{"exit": 3, "cause": null}\n')
            supervisor.close()

        with ThreadPoolExecutor() as threads:
            waiting = threads.submit(kernel.wait, 60)
            threads.submit(end)
            while (polled := kernel.poll()) is None:
                pass
            return polled, waiting.result()

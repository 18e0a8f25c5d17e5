"""autograder.doctor: each thing that can be missing is found, named and given a mend."""

from __future__ import annotations

import importlib.metadata
import json
import os
import shutil
import sys
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest

from autograder import doctor
from autograder.course import Course
from autograder.doctor import Level
from autograder.errors import CourseError
from autograder.kernels import layers, provisioner
from autograder.results import pages
from autograder.results.feedback import feedback

ROOT = Path(__file__).parents[2]
MEND = "the mend"


@pytest.fixture
def kernelspec(tmp_path, monkeypatch):
    """Install a kernelspec python3 that comes before all others."""
    folder = tmp_path / "jupyter" / "kernels" / "python3"
    folder.mkdir(parents=True)
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "jupyter"))
    monkeypatch.setenv("JUPYTER_PREFER_ENV_PATH", "0")

    def install(content) -> None:
        text = content if isinstance(content, str) else json.dumps(content)
        (folder / "kernel.json").write_text(text)

    return install


def test_right_python_is_named():
    finding = doctor._python()
    assert finding.level is Level.OK
    assert sys.prefix in finding.what


@pytest.mark.parametrize("version", [(3, 10, 14), (3, 14, 0), (2, 7, 18)])
def test_wrong_python_is_a_problem(monkeypatch, version):
    monkeypatch.setattr(doctor, "sys", SimpleNamespace(version_info=version, prefix=sys.prefix))
    finding = doctor._python()
    assert finding.level is Level.PROBLEM
    assert "Install Python 3.11, 3.12 or 3.13" in finding.mend


@pytest.mark.parametrize("version", [(3, 11, 0), (3, 12, 1), (3, 13, 9)])
def test_supported_python_is_fine(monkeypatch, version):
    monkeypatch.setattr(doctor, "sys", SimpleNamespace(version_info=version, prefix=sys.prefix))
    assert doctor._python().level is Level.OK


def packages(monkeypatch, *requirements: str) -> list[tuple[Level, str]]:
    """Return what is found when the course requires these packages."""
    monkeypatch.setattr(importlib.metadata, "requires", lambda _: list(requirements))
    return [(finding.level, finding.what) for finding in doctor._packages()]


def test_all_packages_there_is_one_finding(monkeypatch):
    ((level, what),) = packages(monkeypatch, "numpy>=2", "nbformat")
    assert level is Level.OK
    assert "all there" in what


def test_missing_package_is_a_problem(monkeypatch):
    found = packages(monkeypatch, "numpy>=2", "no-such-package-of-ours>=1")
    assert found == [(Level.PROBLEM, "no-such-package-of-ours is not installed")]


@pytest.mark.parametrize("bound", ["<2", ">=99", "==1.0"])
def test_package_out_of_bounds_is_a_warning_with_both_versions(monkeypatch, bound):
    found = packages(monkeypatch, f"numpy{bound}")
    assert found == [(Level.WARNING, f"numpy {importlib.metadata.version('numpy')} is not {bound}")]


def test_every_wrong_package_is_named(monkeypatch):
    found = packages(monkeypatch, "numpy<2", "no-such-package-of-ours", "nbformat<1")
    assert [level for level, _ in found] == [Level.WARNING, Level.PROBLEM, Level.WARNING]


@pytest.mark.parametrize(
    "line", ["no-such-package-of-ours; extra == 'dev'", "no-such-package-of-ours; sys_platform == 'amiga'"]
)
def test_package_that_is_not_for_this_machine_need_not_be_there(monkeypatch, line):
    ((level, _),) = packages(monkeypatch, line)
    assert level is Level.OK


def test_pre_release_within_bounds_is_fine(monkeypatch):
    monkeypatch.setattr(importlib.metadata, "version", lambda _: "3.0.0rc1")
    ((level, _),) = packages(monkeypatch, "numpy>=2,<4")
    assert level is Level.OK


def test_missing_kernel_is_a_problem(monkeypatch):
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

    def missing(_, name):
        raise NoSuchKernel(name)

    monkeypatch.setattr(KernelSpecManager, "get_kernel_spec", missing)
    finding = doctor._kernel("python3", MEND)
    assert (finding.level, finding.what) == (Level.PROBLEM, "there is no kernel called python3")
    assert finding.mend == MEND


def test_missing_layers_of_the_sandbox_are_named_with_a_mend(monkeypatch):
    found = (
        layers.Layer("files", "why files", "mend files", seen="no user namespace"),
        layers.Layer("calls", "why calls", "mend calls", active=True),
        layers.Layer("landlock", "why landlock", "mend landlock", required=False, seen="too old"),
    )
    monkeypatch.setattr(layers, "probe", lambda: found)
    assert [(finding.level, finding.what, finding.mend) for finding in doctor._sandbox()] == [
        (Level.PROBLEM, "files: missing (no user namespace); why files", "mend files"),
        (Level.OK, "calls: active", ""),
        (Level.WARNING, "landlock: missing (too old); why landlock", "mend landlock"),
    ]


def test_where_nothing_can_be_forked_the_ordinary_kernel_is_enough(monkeypatch):
    monkeypatch.setattr(provisioner.sys, "platform", "darwin")
    monkeypatch.setattr(doctor, "_kernel", lambda name, mend: doctor.Finding(Level.OK, name, mend))
    ordinary, warm = doctor._kernels()
    assert (ordinary.level, warm.level) == (Level.OK, Level.WARNING)
    assert "Linux only, this is darwin" in warm.what


def test_kernel_of_another_environment_is_a_warning(kernelspec):
    kernelspec(
        {"argv": ["/opt/other/bin/python", "-m", "ipykernel_launcher"], "display_name": "x", "language": "python"}
    )
    finding = doctor._kernel("python3", MEND)
    assert finding.level is Level.WARNING
    assert finding.what == "python3 runs /opt/other/bin/python, not this environment"


def test_kernel_that_does_not_start_is_a_problem(kernelspec):
    missing = str(Path(sys.prefix) / "bin" / "no-such-python")
    kernelspec({"argv": [missing, "-f", "{connection_file}"], "display_name": "x", "language": "python"})
    finding = doctor._kernel("python3", MEND)
    assert finding.level is Level.PROBLEM
    assert finding.what.startswith("python3 does not start: ")
    assert "no-such-python" in finding.what


@pytest.mark.parametrize("content", ["{", "[]", '{"argv": []}', '{"argv": 5}', "{}"])
def test_damaged_kernelspec_is_a_problem(kernelspec, content):
    kernelspec(content)
    finding = doctor._kernel("python3", MEND)
    assert finding.level is Level.PROBLEM
    assert "is damaged" in finding.what


@pytest.mark.slow
def test_kernel_that_dies_at_once_is_a_problem(kernelspec):
    kernelspec({"argv": [sys.executable, "-c", "raise SystemExit(1)"], "display_name": "x", "language": "python"})
    assert doctor._kernel("python3", MEND).what.startswith("python3 does not start: ")


@pytest.mark.parametrize("value", [None, ""])
def test_data_folder_need_not_be_set(monkeypatch, value):
    monkeypatch.delenv("COURSE_DATA_DIR", raising=False)
    if value is not None:
        monkeypatch.setenv("COURSE_DATA_DIR", value)
    (finding,) = doctor._data()
    assert finding.level is Level.OK
    assert "not set" in finding.what


def test_missing_data_folder_is_a_problem(monkeypatch, tmp_path):
    monkeypatch.setenv("COURSE_DATA_DIR", str(tmp_path / "gone"))
    (finding,) = doctor._data()
    assert (finding.level, finding.what) == (Level.PROBLEM, f"COURSE_DATA_DIR={tmp_path / 'gone'} is not a folder")
    assert "unset" in finding.mend


def test_data_folder_that_is_a_file_is_a_problem(monkeypatch, tmp_path):
    (tmp_path / "data").touch()
    monkeypatch.setenv("COURSE_DATA_DIR", str(tmp_path / "data"))
    assert [finding.level for finding in doctor._data()] == [Level.PROBLEM]


def test_data_folder_is_counted(monkeypatch, tmp_path):
    (tmp_path / "a.npz").touch()
    (tmp_path / "b").mkdir()
    monkeypatch.setenv("COURSE_DATA_DIR", str(tmp_path))
    (finding,) = doctor._data()
    assert (finding.level, finding.what) == (Level.OK, f"COURSE_DATA_DIR={tmp_path} holds 2 entries")


@pytest.mark.parametrize(
    ("gib", "level", "what"),
    [(0.5, Level.WARNING, "0.5 GiB free"), (0.0, Level.WARNING, "0.0 GiB free"), (40.2, Level.OK, "40 GiB free")],
)
def test_free_space_is_told(monkeypatch, tmp_path, gib, level, what):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=int(gib * 2**30)))
    finding = doctor._disk(tmp_path)
    assert (finding.level, finding.what) == (level, what)


def test_folder_that_does_not_exist_is_no_course_and_no_crash(tmp_path):
    root = tmp_path / "no" / "such"
    assert "GiB free" in doctor._disk(root).what
    assert [finding.level for finding in doctor._course(root)] == [Level.WARNING]


def test_folder_without_a_course_is_a_warning_for_instructors(tmp_path):
    (finding,) = doctor._course(tmp_path)
    assert finding.level is Level.WARNING
    assert finding.what == f"{tmp_path} has no nbgrader_config.py"
    assert "Only instructors need one" in finding.mend


def test_configuration_that_does_not_load_is_a_problem(tmp_path):
    (tmp_path / "nbgrader_config.py").write_text("c = get_config(\n")
    (finding,) = doctor._course(tmp_path)
    assert finding.level is Level.PROBLEM
    assert "does not load: SyntaxError" in finding.what


def test_course_without_assignments_is_a_warning(tmp_path):
    shutil.copy(ROOT / "nbgrader_config.py", tmp_path)
    (finding,) = doctor._course(tmp_path)
    assert finding.level is Level.WARNING
    assert "no assignments in" in finding.what


@pytest.mark.parametrize("setting", ["preprocessors", "sanitize_html", "extra_template_basedirs", "filters"])
def test_configuration_from_before_pages_were_safe_is_a_problem_and_makes_no_page(course, setting):
    assert pages.unsafe(course.config) == ""
    with (course.root / "nbgrader_config.py").open("a") as config:
        config.write(f"\ndel c.HTMLExporter.{setting}\n")
    finding = next(doctor._course(course.root))
    assert (finding.level, finding.topic) == (Level.PROBLEM, "pages")
    assert f"(c.HTMLExporter.{setting})" in finding.what
    with pytest.raises(CourseError, match=f"HTMLExporter.{setting}.*Copy its part “Feedback”"):
        next(feedback(Course(course.root), "ps1", ["ada"]))


def test_built_and_released_assignment_is_fine(course):
    (finding,) = doctor._course(course.root)
    assert (finding.level, finding.topic, finding.what) == (Level.OK, "ps1", "built and released")


def test_drifted_assignment_is_a_warning(course):
    source = course.source("ps1").with_suffix(".py")
    source.write_text(source.read_text().replace("Return twice x.", "Return x, twice."))
    (finding,) = doctor._course(course.root)
    assert (finding.level, finding.topic, finding.mend) == (Level.WARNING, "ps1", "Run `make notebooks`.")
    assert "was not built from the present ps1.py" in finding.what


def test_assignment_that_was_never_built_is_a_warning(course):
    course.source("ps1").unlink()
    (finding,) = doctor._course(course.root)
    assert (finding.level, finding.topic) == (Level.WARNING, "ps1")
    assert "does not exist" in finding.what


@pytest.mark.parametrize("content", ["", "<<<<<<< HEAD\n{}", "[]", '{"nbformat": 4}'])
def test_assignment_whose_notebook_is_damaged_is_a_warning(course, content):
    course.source("ps1").write_text(content)
    (finding,) = doctor._course(course.root)
    assert (finding.level, finding.topic, finding.mend) == (Level.WARNING, "ps1", "Run `make notebooks`.")


def test_assignment_without_its_py_source_is_a_problem(course):
    course.source("ps1").with_suffix(".py").unlink()
    (finding,) = doctor._course(course.root)
    assert finding.level is Level.PROBLEM
    assert "ps1.py does not exist" in finding.what


def test_assignment_that_was_not_released_is_a_warning(course):
    shutil.rmtree(course.folder("release", assignment="ps1"))
    (finding,) = doctor._course(course.root)
    assert (finding.level, finding.what) == (Level.WARNING, "has no student version")
    assert finding.mend == "Run: autograder release ps1"


def test_every_assignment_gets_a_finding(course):
    other = Course(course.root).folder("source", assignment="ps2")
    other.mkdir()
    shutil.copy(course.source("ps1").with_suffix(".py"), other / "ps2.py")
    findings = list(doctor._course(course.root))
    assert [(finding.topic, finding.level) for finding in findings] == [("ps1", Level.OK), ("ps2", Level.WARNING)]


def test_looking_changes_nothing(course):
    before = {path: path.read_bytes() for path in course.root.rglob("*") if path.is_file()}
    assert list(doctor._course(course.root))
    assert {path: path.read_bytes() for path in course.root.rglob("*") if path.is_file()} == before
    nbformat.read(course.source("ps1"), as_version=4)


@pytest.mark.slow
def test_this_environment_has_no_problem():
    findings = list(doctor.examine(ROOT))
    assert {"Python", "packages", "kernel", "data", "disk"} <= {finding.topic for finding in findings}
    assert [finding for finding in findings if finding.level is Level.PROBLEM] == []


@pytest.mark.slow
def test_every_finding_that_is_not_fine_has_a_mend(tmp_path):
    findings = [finding for finding in doctor.examine(tmp_path) if finding.level is not Level.OK]
    assert findings
    assert all(finding.mend for finding in findings)


def test_settings_that_grading_does_without_are_named(monkeypatch, tmp_path):
    for name in [name for name in os.environ if name.startswith(("KERAS_", "TF_", "PYTHON"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert list(doctor._settings()) == []
    monkeypatch.setenv("PYTHONOPTIMIZE", "2")
    (tmp_path / ".keras").mkdir()
    (tmp_path / ".keras" / "keras.json").write_text("{}")
    [finding] = doctor._settings()
    assert finding.level is Level.OK
    assert "PYTHONOPTIMIZE" in finding.what
    assert "keras.json" in finding.what

"""Is everything there that the course needs? Each finding says what to do about it."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import re
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from subprocess import DEVNULL

from autograder.course import CONFIG_FILE, Course
from autograder.errors import AutograderError
from autograder.results import pages
from autograder.settings import DISTRIBUTION

OLD_NAMES = re.compile(r"\bautograder\.(?:execute|safe_html|pages(?:\.safe)?)\b")
"""Modules that configurations named before `autograder.plugins` had all that they need."""


class Level(StrEnum):
    """How bad a finding is."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    level: Level
    topic: str
    what: str
    mend: str = ""


def examine(root: Path) -> Iterator[Finding]:
    """Look at Python, packages, kernel, data, disk and, when there is one, the course in a folder.

    Args:
        root: the folder to take for the course.

    Yields:
        Findings as they come; the kernel takes some seconds.
    """
    yield _python()
    yield from _packages()
    yield from _kernels()
    yield from _sandbox()
    yield from _settings()
    yield from _data()
    yield _disk(root)
    yield from _course(root)


def _python() -> Finding:
    version = platform.python_version()
    if not (3, 11) <= sys.version_info[:2] <= (3, 13):
        return Finding(Level.PROBLEM, "Python", version, "Install Python 3.11, 3.12 or 3.13 and run `make` with it.")
    return Finding(Level.OK, "Python", f"{version} in {sys.prefix}")


def _packages() -> Iterator[Finding]:
    from packaging.requirements import Requirement

    mend = "Run `make`, or: pip install --require-hashes -r requirements.lock"
    wrong = False
    for line in importlib.metadata.requires(DISTRIBUTION) or []:
        need = Requirement(line)
        if need.marker and not any(need.marker.evaluate({"extra": extra}) for extra in ("", "grader")):
            continue
        try:
            version = importlib.metadata.version(need.name)
        except importlib.metadata.PackageNotFoundError:
            wrong = True
            yield Finding(Level.PROBLEM, "packages", f"{need.name} is not installed", mend)
            continue
        if not need.specifier.contains(version, prereleases=True):
            wrong = True
            yield Finding(Level.WARNING, "packages", f"{need.name} {version} is not {need.specifier}", mend)
    if not wrong:
        yield Finding(Level.OK, "packages", "all there, in versions that the course was tested with")


def _kernels() -> Iterator[Finding]:
    from autograder.kernels import WARM
    from autograder.kernels.provisioner import unavailable

    yield _kernel("python3", f"Run: {sys.executable} -m ipykernel install --sys-prefix")
    why = unavailable()
    if why:
        what = f"{WARM} starts as slowly as python3: {why}"
        yield Finding(Level.WARNING, "kernel", what, "All works; importing TensorFlow takes its time in each kernel.")
    else:
        yield _kernel(WARM, f"Run: {sys.executable} -m autograder.kernels.specs")


def _kernel(name: str, mend: str) -> Finding:
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel
    from jupyter_client.manager import start_new_kernel

    try:
        command = KernelSpecManager().get_kernel_spec(name).argv[0]
    except NoSuchKernel:
        return Finding(Level.PROBLEM, "kernel", f"there is no kernel called {name}", mend)
    except Exception as error:  # noqa: BLE001  (whatever is wrong with kernel.json, installing it anew helps)
        what = f"the description of {name} is damaged ({type(error).__name__}: {error})"
        return Finding(Level.PROBLEM, "kernel", what, f"{mend}; then see: jupyter kernelspec list")
    if Path(command).is_absolute() and not Path(command).is_relative_to(sys.prefix):
        return Finding(Level.WARNING, "kernel", f"{name} runs {command}, not this environment", mend)
    try:
        manager, client = start_new_kernel(kernel_name=name, stdout=DEVNULL, stderr=DEVNULL)
    except Exception as error:  # noqa: BLE001  (whatever keeps a kernel from starting, the advice is the same)
        return Finding(Level.PROBLEM, "kernel", f"{name} does not start: {error}", mend)
    client.stop_channels()
    manager.shutdown_kernel(now=True)
    return Finding(Level.OK, "kernel", f"{name} starts and answers")


def _sandbox() -> Iterator[Finding]:
    from autograder.kernels import layers

    for layer in layers.probe():
        if layer.active:
            yield Finding(Level.OK, "sandbox", f"{layer.name}: active")
        else:
            level = Level.PROBLEM if layer.required else Level.WARNING
            what = f"{layer.name}: missing ({layer.seen}); {layer.why}"
            yield Finding(level, "sandbox", what, layer.mend)


def _settings() -> Iterator[Finding]:
    """Name settings of the user's that change what Keras and Python do: grading does without them."""
    named = [name for name in sorted(os.environ) if name.startswith(("KERAS_", "TF_", "PYTHON"))]
    file = Path(os.environ.get("KERAS_HOME") or Path.home() / ".keras") / "keras.json"
    found = [*named, *([str(file)] if file.exists() else [])]
    if found:
        what = f"kernels for grading do without these of yours: {', '.join(found)}"
        yield Finding(Level.OK, "settings", what)


def _data() -> Iterator[Finding]:
    staged = os.environ.get("COURSE_DATA_DIR")
    if not staged:
        yield Finding(Level.OK, "data", "COURSE_DATA_DIR is not set: notebooks use the data that they bring along")
    elif not Path(staged).is_dir():
        mend = "Create it and put the data sets there, or unset the variable."
        yield Finding(Level.PROBLEM, "data", f"COURSE_DATA_DIR={staged} is not a folder", mend)
    else:
        yield Finding(
            Level.OK, "data", f"COURSE_DATA_DIR={staged} holds {sum(1 for _ in Path(staged).iterdir())} entries"
        )


def _disk(root: Path) -> Finding:
    there = next(folder for folder in (root, *root.parents) if folder.exists())
    free = shutil.disk_usage(there).free / 2**30
    if free < 1:
        return Finding(
            Level.WARNING, "disk", f"{free:.1f} GiB free", "Free some space: grading a class takes up to 1 GiB."
        )
    return Finding(Level.OK, "disk", f"{free:.0f} GiB free")


def _course(root: Path) -> Iterator[Finding]:
    if not (root / CONFIG_FILE).exists():
        yield Finding(
            Level.WARNING,
            "course",
            f"{root} has no {CONFIG_FILE}",
            "Only instructors need one: run this in the course's root folder, or add --course-dir before `doctor`.",
        )
        return
    try:
        course = Course(root)
        if problem := pages.unsafe(course.config):
            yield Finding(Level.PROBLEM, "pages", problem)
        if old := sorted({*OLD_NAMES.findall((root / CONFIG_FILE).read_text(encoding="utf-8"))}):
            yield Finding(
                Level.WARNING,
                "course",
                f"{CONFIG_FILE} names {', '.join(old)}, which will go with the next version",
                "Write autograder.plugins before the last part of each name instead; nobody is graded again for it.",
            )
        yield from _assignments(course)
    except AutograderError as error:
        yield Finding(Level.PROBLEM, "course", str(error))


def _assignments(course: Course) -> Iterator[Finding]:
    from autograder.authoring.build import drift

    names = course.assignments()
    if not names:
        yield Finding(Level.WARNING, "course", f"no assignments in {course.folder('source')}", "Write one; see docs/.")
    for name in names:
        try:
            problems = drift(course, name)
        except AutograderError as error:
            yield Finding(Level.PROBLEM, name, str(error))
            continue
        released = (course.folder("release", assignment=name) / f"{name}.ipynb").exists()
        if problems:
            yield Finding(Level.WARNING, name, problems[0], "Run `make notebooks`.")
        elif not released:
            yield Finding(Level.WARNING, name, "has no student version", f"Run: autograder release {name}")
        else:
            yield Finding(Level.OK, name, "built and released")

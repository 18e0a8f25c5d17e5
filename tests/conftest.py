"""A course of one tiny assignment, built once and copied for each test that changes it."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from nbformat import NotebookNode

GRADER = sys.platform != "win32" and find_spec("nbgrader") is not None
"""Whether the grader is here; where only the students' part is, tests that import it are left out."""
if GRADER:
    from autograder.authoring.build import build
    from autograder.course import Course
    from autograder.grading import cluster as executor
    from tests.support import leaks
    from tests.support.classroom import Classroom
    from tests.support.marked import Marked, new_course

GRADERS = r"autograder|benchmarks|course_site|tests\.(support|judge)"
IMPORTS_GRADER = re.compile(rf"^ *(from|import) ({GRADERS})\b", re.MULTILINE)
ROOT = Path(__file__).parents[1]
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
os.environ["PYDEVD_DISABLE_FILE_VALIDATION"] = "1"


@pytest.fixture(scope="session", autouse=True)
def _nothing_leaks() -> Iterator[leaks.Snapshot | None]:
    """Fail when this process of the run has left threads, child processes or open files behind."""
    if not GRADER:
        yield None
        return
    before = leaks.Snapshot()
    yield before
    if found := before.leaked():
        pytest.fail("Left behind by this run of tests:\n" + "\n".join(found), pytrace=False)


@pytest.fixture(scope="module", autouse=True)
def _noted(_nothing_leaks: leaks.Snapshot | None, request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    if _nothing_leaks:
        if getattr(request.module, "LEAKS", ""):  # why it may
            _nothing_leaks.forgive()
        _nothing_leaks.note(request.node.nodeid)


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The root of a course whose assignment ps1 is built and released; for reading only."""
    root = tmp_path_factory.mktemp("course")
    shutil.copy(ROOT / "nbgrader_config.py", root)
    with (root / "nbgrader_config.py").open("a") as config:
        config.write('\nc.ExecuteSubmission.limits = {"cell_time": 6}\n')
    (root / "solutions" / "ps1").mkdir(parents=True)
    shutil.copy(ROOT / "tests" / "data" / "ps1.py", root / "solutions" / "ps1")
    assert list(build(Course(root))) == [("ps1", True)]
    return root


@pytest.fixture(scope="session")
def scheduler() -> Iterator[str]:
    """The address of a scheduler with two workers that many tests share."""
    import dask

    with dask.config.set(executor.LOCAL), executor.local(2) as cluster:
        yield str(cluster.scheduler_address)


@pytest.fixture
def cluster(scheduler: str) -> Iterator[None]:
    """Grades on the shared workers: to start some takes seconds."""
    import dask

    with dask.config.set({"scheduler-address": scheduler}):
        yield


@pytest.fixture
def course(built: Path, tmp_path: Path) -> Course:
    """A course of its own for a test."""
    shutil.copytree(built, tmp_path / "course")
    return Course(tmp_path / "course")


@pytest.fixture
def ps1(course: Course) -> Classroom:
    """Makes submissions of ps1."""
    return Classroom(course, "ps1")


@pytest.fixture
def released(ps1: Classroom) -> NotebookNode:
    """The student version of ps1."""
    return ps1.released()


@pytest.fixture(scope="session")
def unmarked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The root of a course with an assignment ps1 in the gradebook that nobody has handed in; for reading only."""
    return new_course(tmp_path_factory.mktemp("unmarked") / "course")


@pytest.fixture
def marked(unmarked: Path, tmp_path: Path) -> Marked:
    """Makes submissions of ps1 that are marked already."""
    shutil.copytree(unmarked, tmp_path / "course")
    return Marked(Course(tmp_path / "course"))


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        if sys.platform != "linux":
            pytest.skip("no chromium")
        pytest.fail("These tests look at pages in a browser: apt-get install chromium (.ci/run does).")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        # as root (in a container) chromium cannot make its own sandbox, and it looks at nothing but our own pages
        flags = ["--no-sandbox", "--disable-dev-shm-usage"]
        found = playwright.chromium.launch(executable_path=program, args=flags, chromium_sandbox=False)
        yield found
        found.close()


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    """A page that reaches nothing but this machine."""
    context = browser.new_context(viewport={"width": 1300, "height": 1600})
    context.set_default_timeout(60_000)
    context.route(re.compile(r"^(https?|wss?)://(?!127\.0\.0\.1)"), lambda route: route.abort("internetdisconnected"))
    yield (opened := context.new_page())
    if folder := os.environ.get("PAGES_SCREENSHOTS"):  # to be looked at
        opened.screenshot(path=Path(folder) / "page.png")
    context.close()


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Leave out what imports the grader where there is none."""
    is_test = collection_path.suffix == ".py" and collection_path.name.startswith("test_")
    if not GRADER and is_test and IMPORTS_GRADER.search(collection_path.read_text(encoding="utf-8")):
        return True
    return None


TOGETHER = ("test_class.py", "test_site.py", "test_stock_nbgrader.py")
"""Files whose tests share what takes minutes to make: each file in one process, or every process makes it."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run what takes longest first: notebooks, then the files of `TOGETHER`."""
    first = ("test_notebook_runs.py", *TOGETHER)
    items.sort(key=lambda item: first.index(item.path.name) if item.path.name in first else len(first))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Keep the files of `TOGETHER` together, for ``--dist loadgroup --no-loadscope-reorder`` in `make test`.

    In place of ``xdist_group`` marks: pytest-xdist 3.8 writes them into a name that pytest 9.2 no longer reads.
    """
    if config.getoption("dist") != "loadgroup":
        return None
    from xdist.scheduler import LoadScopeScheduling

    class Together(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            path = nodeid.split("::", maxsplit=1)[0]
            return path if path.endswith(TOGETHER) else nodeid

    return Together(config, log)

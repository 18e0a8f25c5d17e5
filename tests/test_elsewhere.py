"""Where students have no Python of their own: the steps of Colab, Kaggle, Binder, devcontainer and Docker."""

from __future__ import annotations

import importlib.metadata
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from autograder.authoring.handout import handout
from autograder.course import Course

ROOT = Path(__file__).parents[1]
STRINGS = {"type": "array", "items": {"type": "string"}}
DEVCONTAINER = {  # of https://containers.dev/implementors/json_reference, what we use, and nothing misspelt
    "type": "object",
    "required": ["name", "image"],
    "additionalProperties": False,
    "properties": {
        "name": {"type": "string"},
        "image": {"type": "string", "pattern": r"^mcr\.microsoft\.com/devcontainers/python:3\.1[123]$"},
        "postCreateCommand": {"type": "string"},
        "forwardPorts": {"type": "array", "items": {"type": "integer", "minimum": 1, "maximum": 65535}},
        "portsAttributes": {
            "type": "object",
            "patternProperties": {r"^\d+$": {"type": "object", "properties": {"label": {"type": "string"}}}},
            "additionalProperties": False,
        },
        "hostRequirements": {
            "type": "object",
            "properties": {
                "cpus": {"type": "integer"},
                "memory": {"type": "string", "pattern": r"^\d+[tgmk]b$"},
                "storage": {"type": "string", "pattern": r"^\d+[tgmk]b$"},
            },
            "additionalProperties": False,
        },
        "customizations": {
            "type": "object",
            "properties": {
                "vscode": {"properties": {"extensions": STRINGS, "settings": {"type": "object"}}},
            },
            "additionalProperties": False,
        },
    },
}


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The zip that students are given, of one notebook."""
    return handout(Course(ROOT), tmp_path_factory.mktemp("zip") / "deep-learning.zip", ["01_convolution_by_hand"])


def readme(tmp_path: Path, repository: str = "") -> str:
    made = handout(Course(ROOT), tmp_path / "made", ["01_convolution_by_hand"], repository)
    return (made / "README.md").read_text(encoding="utf-8")


def lines(text: str) -> list[str]:
    """The cells for Colab and Kaggle."""
    return [line for line in text.splitlines() if line.startswith("%pip")]


# Colab and Kaggle


@pytest.mark.slow
def test_pip_puts_the_zip_beside_the_tensorflow_that_is_there(archive: Path, tmp_path: Path) -> None:
    """As in Colab: the line of the README, with TensorFlow installed, and no network."""
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--no-build-isolation"]
    there = tmp_path / "site"
    before = sorted((one.name, one.version) for one in importlib.metadata.distributions())
    [line] = [line for line in lines(readme(tmp_path)) if "deep-learning.zip" in line]
    assert line == "%pip install -q --no-deps deep-learning.zip"
    done = subprocess.run(
        [*pip, "--no-deps", "--target", str(there), str(archive)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert sorted((one.name, one.version) for one in importlib.metadata.distributions()) == before
    assert {path.name for path in there.iterdir()} - {"__pycache__"} == {
        "course_utils",
        f"deep_learning_course-{importlib.metadata.version('deep-learning-course')}.dist-info",
    }
    for name in ("course.mplstyle", "py.typed", "_button.py", "data/embedded/_cache.py"):
        assert (there / "course_utils" / name).exists(), name
    assert list((there / "course_utils" / "vgg").glob("*.h5"))
    shutil.copy(ROOT / "notebooks" / "01_convolution_by_hand" / "01_convolution_by_hand.ipynb", tmp_path)
    code = "import course_utils, sys; print(course_utils.__file__)\n"
    code += "from course_utils.check import main; sys.exit(main(sys.argv[1:]))"
    checked = subprocess.run(
        [sys.executable, "-c", code, "01_convolution_by_hand.ipynb"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(there)},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert checked.stdout.startswith(str(there))
    assert checked.returncode == 1, checked.stderr
    assert "0 of 9 pass" in checked.stdout


def test_readme_names_addresses_only_where_there_are_any(tmp_path: Path) -> None:
    plain = readme(tmp_path)
    assert "github.com" not in plain
    assert "mybinder" not in plain
    named = readme(tmp_path, "https://github.com/ada/deep-learning/")
    tag = f"students-v{importlib.metadata.version('deep-learning-course')}"
    assert lines(named) == [
        f"%pip install -q --no-deps https://github.com/ada/deep-learning/archive/refs/tags/{tag}.zip"
    ]
    notebook = f"ada/deep-learning/blob/{tag}/notebooks/01_convolution_by_hand/01_convolution_by_hand.ipynb"
    assert f"(https://colab.research.google.com/github/{notebook})" in named
    assert f"(https://kaggle.com/kernels/welcome?src=https://github.com/{notebook})" in named
    assert f"(https://mybinder.org/v2/gh/ada/deep-learning/{tag}?urlpath=lab/tree/notebooks)" in named
    for text in (plain, named):
        assert "{" not in text
        assert all("--no-deps" in line for line in lines(text)), "their TensorFlow stays"


def test_workflow_sets_the_tag_that_the_readme_names() -> None:
    text = (ROOT / ".github" / "workflows" / "handout.yml").read_text(encoding="utf-8")
    assert '"students:refs/tags/students-$GITHUB_REF_NAME"' in text
    assert '--repository "$address"' in text


# Binder, devcontainer, Docker


def test_binder_installs_what_the_two_commands_do() -> None:
    assert (ROOT / "binder" / "requirements.txt").read_text(encoding="utf-8").split("\n") == ["-e .", ""]
    assert re.fullmatch(r"python-3\.1[123]\n", (ROOT / "binder" / "runtime.txt").read_text(encoding="utf-8"))
    assert {path.name for path in (ROOT / "binder").iterdir()} == {"requirements.txt", "runtime.txt"}


def test_devcontainer_is_as_its_schema_says_and_runs_the_two_commands() -> None:
    content = json.loads((ROOT / ".devcontainer" / "devcontainer.json").read_text(encoding="utf-8"))
    assert [error.message for error in Draft202012Validator(DEVCONTAINER).iter_errors(content)] == []
    commands = content["postCreateCommand"].split(" && ")
    for document in ("README.md", "docs/students.md", "autograder/authoring/templates/handout.md.txt"):
        assert "\n".join(commands) in (ROOT / document).read_text(encoding="utf-8"), document
    interpreter = content["customizations"]["vscode"]["settings"]["python.defaultInterpreterPath"]
    assert interpreter == "${containerWorkspaceFolder}/.venv/bin/python"


def dockerfile() -> list[tuple[str, str]]:
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    found = [line.split(" ", 1) for line in text.splitlines() if line and not line.startswith("#")]
    return [(word, rest) for word, rest in found]


def test_docker_runs_targets_of_the_makefile() -> None:
    steps = dockerfile()
    targets = [rest.removeprefix("make ") for word, rest in steps if word == "RUN" and rest.startswith("make ")]
    [command] = [json.loads(rest) for word, rest in steps if word == "CMD"]
    assert (targets, command[:2]) == ([".venv/installed"], ["make", "lab"])
    for target in [*targets, *command[1:2]]:
        made = ["make", "--dry-run", "PYTHON=python3", target, *command[2:]]
        done = subprocess.run(made, cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    assert "--ip=0.0.0.0 --no-browser" in done.stdout
    assert [rest for word, rest in steps if word == "USER"] == ["course"], "JupyterLab is not for root"


def test_docker_copies_what_installing_needs_before_and_no_student_at_all(tmp_path: Path) -> None:
    copied = [rest.split()[1:] for word, rest in dockerfile() if word == "COPY"]
    for *sources, target in copied[:-1]:
        for source in sources:
            path = ROOT / source
            place = tmp_path / (target if path.is_dir() else path.name)
            (shutil.copytree if path.is_dir() else shutil.copy)(path, place)
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-index", "--no-build-isolation"]
    done = subprocess.run([*pip, "-w", str(tmp_path / "w"), str(tmp_path)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    assert {"submitted", "autograded", "feedback", "records", "gradebook.db*", ".git", ".venv"} <= set(ignored)


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="no checkout")
def test_image_leaves_out_what_git_leaves_out_of_students() -> None:
    ignored = set((ROOT / ".dockerignore").read_text(encoding="utf-8").split())
    private = re.findall(r"(?m)^/([^\n/]+)/?$", (ROOT / ".gitignore").read_text(encoding="utf-8"))
    assert {name for name in private if not name.startswith(".")} <= ignored

"""What people install: the conda environment, the lock and pyproject.toml say the same."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


@pytest.fixture(scope="module")
def requirements(project: dict[str, Any]) -> list[Requirement]:
    extras = project["optional-dependencies"]
    return [Requirement(line) for line in project["dependencies"] + extras["grader"] + extras["dev"]]


def test_conda_environment_has_the_same_bounds(project: dict[str, Any], requirements: list[Requirement]) -> None:
    conda = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
    python = next(entry for entry in conda if isinstance(entry, str) and entry.startswith("python>"))
    assert SpecifierSet(python.removeprefix("python")) == SpecifierSet(project["requires-python"])
    pip = next(entry["pip"] for entry in conda if isinstance(entry, dict))
    assert [Requirement(line) for line in pip if not line.startswith("--")] == requirements


def test_every_requirement_has_an_upper_or_lower_bound(requirements: list[Requirement]) -> None:
    assert [str(need) for need in requirements if not need.specifier] == []


def test_lock_holds_a_fitting_version_of_every_requirement(requirements: list[Requirement]) -> None:
    lock = (ROOT / "requirements.lock").read_text()
    locked: dict[str, list[str]] = {}
    for name, version in re.findall(r"^([a-z0-9._-]+)==([^ \\]+)", lock, flags=re.M):
        locked.setdefault(name, []).append(version)
    missing = [need for need in requirements if not locked.get(need.name)]
    misfits = [need for need in requirements for version in locked.get(need.name, []) if version not in need.specifier]
    assert (missing, misfits) == ([], [])


def test_lock_has_a_hash_for_every_package_and_names_no_host() -> None:
    lock = (ROOT / "requirements.lock").read_text()
    entries = re.split(r"(?m)^(?=[a-z0-9._-]+==)", lock)[1:]
    assert len(entries) > 100
    assert [entry.splitlines()[0] for entry in entries if "--hash=sha256:" not in entry] == []
    assert "://" not in lock


def test_every_action_of_ci_is_pinned_to_a_commit() -> None:
    used = [
        line.partition("uses:")[2].strip()
        for path in (ROOT / ".github" / "workflows").glob("*.yml")
        for line in path.read_text(encoding="utf-8").splitlines()
        if "uses:" in line
    ]
    assert used
    assert [line for line in used if not re.fullmatch(r"[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line)] == []

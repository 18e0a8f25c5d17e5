"""The tests have a home of their own: what a machine remembers decides none of them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from course_utils.data import Places

ROOT = Path(__file__).parents[1]
ASK = """
import json, os
from pathlib import Path
import matplotlib
from jupyter_core import paths
from course_utils.data import Places

def test_ask():
    places = Places.from_environment()
    found = [Path.home(), places.keras, places.cache, matplotlib.get_configdir(), matplotlib.get_cachedir(),
             paths.jupyter_config_dir(), paths.jupyter_data_dir(), paths.jupyter_runtime_dir(),
             os.environ["IPYTHONDIR"]]
    assert places.staged is None
    assert "TF_ENABLE_ONEDNN_OPTS" not in os.environ
    before = [str(path) for path in Path(places.cache).rglob("*")]
    Path(os.environ["ANSWER"]).write_text(json.dumps([*map(str, found), *before]))
    (places.cache / "left behind").write_text("by this test")
"""


def test_this_run_has_a_home_of_its_own() -> None:
    home = Path(os.environ["HOME"])
    places = Places.from_environment()
    assert places.staged is None
    assert all(path.is_relative_to(home) for path in (Path.home(), places.keras, places.cache))


def test_a_run_finds_empty_folders_and_leaves_none(tmp_path: Path) -> None:
    """Run by hand on a machine that remembers a lot: nothing of it arrives, and the next run finds nothing either."""
    test = ROOT / "build" / f"test_ask_{os.getpid()}.py"
    test.parent.mkdir(exist_ok=True)
    test.write_text(ASK)
    remembered = {"COURSE_DATA_DIR": str(tmp_path), "KERAS_HOME": str(tmp_path), "TF_ENABLE_ONEDNN_OPTS": "0"}
    remembered |= {
        "COURSE_CACHE_DIR": str(tmp_path),
        "JUPYTER_CONFIG_DIR": str(tmp_path),
        "MPLCONFIGDIR": str(tmp_path),
    }
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    answers = []
    try:
        for number in range(2):
            answer = tmp_path / f"{number}.json"
            subprocess.run(
                [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(test)],
                env={**environment, **remembered, "HOME": str(tmp_path), "ANSWER": str(answer)},
                cwd=ROOT,
                check=True,
                capture_output=True,
            )
            answers.append(answer.read_text())
    finally:
        test.unlink()
    assert str(tmp_path) not in "".join(answers)
    assert "left behind" not in answers[1]
    assert not any(Path(folder).exists() for folder in json.loads(answers[0]))

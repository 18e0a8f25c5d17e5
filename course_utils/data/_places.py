"""Where data may be, and the one order in which every loader looks: staged, Keras' cache, download, embedded."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Literal

from platformdirs import user_cache_path

from ._download import fetch
from ._errors import DownloadError, StagingError
from ._sources import Source

Profile = Literal["quick", "full"]
NAME = "deep-learning-course"
"""Of the folder in the user's cache."""


class Origin(Enum):
    """Which data a loader returned."""

    STAGED = "from the staged folder"
    KERAS_CACHE = "from Keras' cache"
    DOWNLOAD = "downloaded and verified"
    EMBEDDED = "embedded"


@dataclass(frozen=True)
class Places:
    """The folders that loaders look in, and whether they may download.

    Attributes:
        staged: folder with files under their upstream names; only read.
        keras: Keras' `datasets` folder; its `models` folder lies beside it; both are only read.
        cache: where downloads and finished embedded sets are kept; may be deleted at any time.
        online: whether the network may be used (by `full`; `quick` never does).
    """

    staged: Path | None
    keras: Path
    cache: Path
    online: bool = True

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Places:
        """Read COURSE_DATA_DIR, KERAS_HOME, COURSE_CACHE_DIR and COURSE_OFFLINE."""
        staged = environment.get("COURSE_DATA_DIR")
        keras = environment.get("KERAS_HOME") or "~/.keras"
        cache = environment.get("COURSE_CACHE_DIR")
        return cls(
            staged=Path(staged).expanduser() if staged else None,
            keras=Path(keras).expanduser() / "datasets",
            cache=Path(cache).expanduser() if cache else user_cache_path(NAME, appauthor=False, opinion=False),
            online=environment.get("COURSE_OFFLINE", "") in {"", "0"},
        )


@dataclass(frozen=True)
class Found:
    """A file or folder of real data."""

    path: Path
    origin: Origin


def locate(
    source: Source,
    profile: Profile,
    places: Places,
    say: Callable[[str], None] = print,
    otherwise: str = "using the embedded data",
) -> Found | None:
    """Find a published file, or download it.

    Args:
        source: what to look for.
        profile: `quick` looks nowhere.
        places: where to look.
        say: takes the one line that tells why there is no real data.
        otherwise: how that line ends: what there is instead.

    Returns:
        Where it is. None means: use the embedded set, which in `full` a line to `say` has announced.

    Raises:
        StagingError: the staged folder does not exist.
    """
    if profile not in {"quick", "full"}:
        raise ValueError(f"profile is 'quick' or 'full', not {profile!r}")
    if profile == "quick":
        return None
    found = look(source, places)
    if found or source.remote is None:
        return found
    if not places.online:
        say(f"{source.remote.name} is not on this computer and COURSE_OFFLINE is set: {otherwise}.")
        return None
    try:
        return Found(fetch(source.remote, places.cache / "downloads"), Origin.DOWNLOAD)
    except DownloadError as error:
        mend = f"To have it all the same, fetch {source.remote.name} yourself and set COURSE_DATA_DIR to its folder."
        say(f"{error}: {otherwise}. {mend}")
        return None


def look(source: Source, places: Places) -> Found | None:
    """Find a published file in the staged folder or Keras' cache, without the network.

    Raises:
        StagingError: the staged folder does not exist.
    """
    if places.staged and not places.staged.is_dir():
        raise StagingError(f"COURSE_DATA_DIR is {str(places.staged)!r}, which is no folder. Correct it, or unset it.")
    keras = places.keras.with_name("models") if source.is_model else places.keras
    options = [(places.staged, source.staged, Origin.STAGED), (keras, source.cached, Origin.KERAS_CACHE)]
    for folder, names, origin in options:
        for name in names if folder else ():
            if folder and (folder / name).exists():
                return Found(folder / name, origin)
    return None

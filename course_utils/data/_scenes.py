"""Loader of scenes with boxes and masks."""

from __future__ import annotations

from ._places import Origin, Places, Profile
from ._records import SceneData, Scenes
from .embedded import scenes as drawn
from .embedded._cache import cached


def scenes(profile: Profile = "quick", *, places: Places | None = None) -> SceneData:
    """Load drawn scenes with a box, a class and a mask for each object: for detection and segmentation.

    There is only the embedded set (see `embedded.scenes`; no such set is small and free): `full` has more of it.

    Args:
        profile: `quick` (800 scenes for training) or `full` (4,000).
        places: where finished sets are kept; by default as the environment says.

    Returns:
        Three parts, each with pictures of shape (n, 64, 64, 3). See `Scenes`.
    """
    if profile not in drawn.NUM_TRAIN:
        raise ValueError(f"profile is 'quick' or 'full', not {profile!r}")
    places = places or Places.from_environment()
    num_train = drawn.NUM_TRAIN[profile]
    arrays = cached(drawn, places.cache, num_train=num_train)
    parts = (
        Scenes(*(arrays[f"{name}_{part}"] for name in ("x", "boxes", "labels", "instances")))
        for part in ("train", "val", "test")
    )
    return SceneData("drawn scenes", Origin.EMBEDDED, drawn.CLASS_NAMES, *parts)

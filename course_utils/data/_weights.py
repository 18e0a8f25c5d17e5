"""Finds the weights of a network that was trained on ImageNet: VGG16."""

from __future__ import annotations

from pathlib import Path

from . import _sources
from ._download import mismatch
from ._errors import DataFileError, reading
from ._places import Places, Profile, locate


def vgg16_weights(profile: Profile = "quick", *, places: Places | None = None) -> Path | None:
    """Find the weights of VGG16 without its top, to be given to `keras.applications.VGG16(weights=...)`.

    `full`: `vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5` as Keras publishes it (59 MB; K. Simonyan,
    A. Zisserman, 2014; CC BY 4.0), in the staged folder, in Keras' cache of models, or downloaded. It is only returned
    after its MD5 was found to be the one that Keras knows.

    Args:
        profile: `quick` looks nowhere.
        places: where to look; by default as the environment says.

    Returns:
        Where the file is. None where there is none, which in `full` a printed line has announced with its reason.

    Raises:
        DataFileError: a file was found but is not the published one.
    """
    places = places or Places.from_environment()
    found = locate(_sources.VGG16, profile, places, otherwise="there are no ImageNet weights")
    if found is None:
        return None
    with reading(found.path):
        difference = mismatch(found.path, _sources.VGG16_MD5)
    if difference:
        raise DataFileError(found.path, f"is not the published file: {difference}")
    return found.path

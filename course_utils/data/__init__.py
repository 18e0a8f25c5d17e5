"""Data sets for the course, there with or without a network.

    from course_utils import data

    digits = data.mnist(profile)
    digits.describe()

`quick` always gives the embedded set: small, made or shipped by the course, the same on every computer. `full` looks
for the real one in this order: the staged folder (`COURSE_DATA_DIR`, upstream file names), Keras' cache, a verified
download; where none of them has it, one line says so and the embedded set comes back. `origin` tells which it was.

A file that is found but damaged is an error that names it, never silently replaced. Nothing that the user put
anywhere is changed or deleted. See docs/data.md for the formats, licences and pictures of the embedded sets.
"""

from ._errors import DataError, DataFileError, DownloadError, StagingError, UnsafeFileError
from ._images import cats_and_dogs, cifar10, mnist
from ._places import Origin, Places, Profile
from ._projects import ProjectData, project
from ._records import Dataset, ImageData, ReviewData, SceneData, Scenes, TextData, WordVectors
from ._scenes import scenes
from ._texts import imdb, stack_overflow
from ._vectors import glove
from ._weights import vgg16_weights

__all__ = [
    "DataError",
    "DataFileError",
    "Dataset",
    "DownloadError",
    "ImageData",
    "Origin",
    "Places",
    "Profile",
    "ProjectData",
    "ReviewData",
    "SceneData",
    "Scenes",
    "StagingError",
    "TextData",
    "UnsafeFileError",
    "WordVectors",
    "cats_and_dogs",
    "cifar10",
    "glove",
    "imdb",
    "mnist",
    "project",
    "scenes",
    "stack_overflow",
    "vgg16_weights",
]

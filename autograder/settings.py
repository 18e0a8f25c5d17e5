"""Settings of the course and of single assignments: dictionaries in nbgrader_config.py, read with errors that help."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, ValidationError

from autograder.errors import CourseError

DISTRIBUTION = "deep-learning-course"  # the name under which all this is installed


class Settings(BaseModel):
    """What a dictionary in nbgrader_config.py may hold; each field says what it means where it is defined."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)

    @classmethod
    def of(cls, general: Mapping[str, Any], special: Mapping[str, Any], where: str) -> Self:
        """Read settings from a configuration.

        Args:
            general: for the course.
            special: for one assignment; these go before.
            where: the configuration's key, for messages.

        Raises:
            CourseError: no dictionary, unknown name or impossible value; the message lists the names.
        """
        known = f"It may hold {', '.join(cls.model_fields)}; {cls.__module__.replace('.', '/')}.py says what they mean."
        if not (isinstance(general, Mapping) and isinstance(special, Mapping)):
            raise CourseError(f"{where} is not a dictionary, such as {{'name': value}}. {known}")
        try:
            return cls(**{**general, **special})
        except ValidationError as error:
            first = error.errors()[0]
            raise CourseError(f"{where}: {first['loc'][0]}: {first['msg']}. {known}") from None

"""The receipt that a student's check left beside a notebook, handed in with it: a claim, read as what anybody may send.

`course_utils.check` writes it. Nothing of it reaches a mark: who wants can write one by hand.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints, ValidationError, field_validator

from autograder.errors import SubmissionError

NAME = re.compile(r"\.receipt(?P<try>-\d+| ?\(\d+\))?\.json(\.txt)?$", re.IGNORECASE)  # Canvas and browsers add numbers
MAX_BYTES = 256 * 2**10  # of one; an honest one has four
MAX_TRIES = 10  # of one student that are looked at

Word = Annotated[str, StringConstraints(max_length=200)]
Text = Annotated[str, StringConstraints(max_length=2000)]
Digest = Annotated[str, StringConstraints(pattern="^([0-9a-f]{64})?$")]


class Claim(BaseModel):
    """What a receipt says about one exercise."""

    title: Word = ""
    name: Word
    state: Literal["passes", "partly", "fails", "not run", "to do", "later", "written"]
    message: Text = ""


class Receipt(BaseModel):
    """What a check came to, as the student's machine says."""

    file: Word
    sha256: Digest
    sources: Digest = ""  # of the cells' text alone; receipts of before have none
    checked: datetime
    ready: bool = False
    exercises: Annotated[list[Claim], Field(max_length=500)] = []
    remarks: Annotated[list[Text], Field(max_length=200)] = []
    python: Word = ""
    system: Word = ""
    packages: Annotated[dict[Word, Word], Field(max_length=50)] = {}

    @field_validator("checked")
    @classmethod
    def _has_a_zone(cls, value: datetime) -> datetime:
        return value if value.tzinfo else value.astimezone()


def is_receipt(path: str) -> bool:
    """Tell by its name whether a file is a receipt."""
    return bool(NAME.search(path))


def notebook_of(path: str) -> str:
    """Return the name of the notebook that a receipt lies beside."""
    return NAME.sub(lambda found: f"{found['try'] or ''}.ipynb", path)


def parse(content: bytes) -> Receipt:
    """Read a receipt.

    Args:
        content: of the file.

    Raises:
        SubmissionError: it is none; the message says why.
    """
    if len(content) > MAX_BYTES:
        raise SubmissionError(f"larger than {MAX_BYTES // 2**10} KiB")
    try:
        return Receipt.model_validate_json(content)
    except (ValidationError, OverflowError) as error:
        where = ""
        if isinstance(error, ValidationError) and (place := error.errors()[0]["loc"]):
            where = f" (see {place[0]})" if isinstance(place[0], str) and place[0] in Receipt.model_fields else ""
        raise SubmissionError(f"not what a check writes{where}") from None

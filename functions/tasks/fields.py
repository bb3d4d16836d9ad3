"""Types of fields that several shapes of tasks share."""

import re
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from functions.tasks.recurrence import Rule
from shared.models import Text

Kind = Literal["assignment", "lecture", "study_session"]
Title = Annotated[Text, Field(min_length=1, max_length=200)]
Description = Annotated[Text, Field(max_length=5000)]
Url = Annotated[Text, Field(max_length=2000, pattern=r"^https?://[^\s]+$")]
Tag = Annotated[Text, Field(min_length=1, max_length=50)]
Tags = Annotated[list[Tag], Field(max_length=20)]
Offset = Literal[5, 15, 30, 60, 120, 1440]
Reminders = Annotated[list[Offset], Field(max_length=10)]
Rating = Annotated[int, Field(ge=1, le=5)]
WITH_COURSE = {"include": "course"}
"""What the predecessor's lists of items always answered with."""

_LOCAL = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?", re.ASCII)


def _local_time(value: Any) -> Any:
    if isinstance(value, str):
        if not _LOCAL.fullmatch(value):
            raise ValueError("must be a local time without an offset, such as 2026-11-20T10:30")
        value = datetime.fromisoformat(value)
    return value


def _within_reach(value: datetime) -> datetime:
    # A day within the bounds of instants, so that no time zone leads out of them.
    if not datetime(1970, 1, 2) <= value < datetime(2199, 12, 31):
        raise ValueError("must be between the years 1970 and 2200")
    return value


def local_time(text: str) -> datetime | None:
    """The local time that a path names; None when it is none."""
    try:
        return _within_reach(_local_time(text))
    except ValueError:
        return None


def _rule(text: str) -> str:
    return str(Rule.parse(text))


LocalTime = Annotated[
    datetime,
    BeforeValidator(_local_time),
    AfterValidator(_within_reach),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": f"^{_LOCAL.pattern}$",
            "examples": ["2027-01-15T10:00:00"],
        }
    ),
]
"""A time on the wall clock of a time zone that another field names."""
Recurrence = Annotated[Text, Field(max_length=500), AfterValidator(_rule)]
"""A recurrence rule: see `functions.tasks.recurrence`."""
Dates = Annotated[list[LocalTime], Field(max_length=400)]
"""Local times that a series has besides its rule (RDATE), or has not (EXDATE)."""

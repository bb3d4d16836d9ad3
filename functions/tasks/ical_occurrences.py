"""What differs in single occurrences of an imported series."""

from collections.abc import Container
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from functions.tasks.ical_entries import Entry, Skip
from functions.tasks.ical_items import LONGEST_LECTURE, Columns, Shape, digest, span


@dataclass(slots=True)
class Own:
    """What differs in one occurrence, as columns of `occurrence`."""

    entry: Entry
    recurrence_id: datetime
    columns: Columns

    @property
    def digest(self) -> str:
        return digest({**self.columns, "cancelled": self.entry.is_cancelled})


def own(one: Entry, shape: Shape, times: Container[datetime]) -> Own:
    """What an event changes of one of the times of a series. Errors: Skip, when it is none."""
    if one.recurrence_id is None or shape.kind == "study_session":
        raise Skip("no_occurrence")
    local = shape.local(one.recurrence_id)
    if local not in times:
        raise Skip("no_occurrence")
    found = as_in_series(one, shape, local)
    if one.is_cancelled:
        return found
    start = one.due or one.start
    moved = shape.local(start) if start else local
    if moved != local:
        found.columns["start_local"] = moved
    if one.title != shape.title:
        found.columns["title"] = one.title
    if shape.kind == "lecture":
        _, length = span(one) if one.start else (None, timedelta(minutes=shape.minutes))
        if length > LONGEST_LECTURE:
            raise Skip("too_long")
        minutes = ceil(length.total_seconds() / 60) or shape.minutes
        found.columns["duration_minutes"] = minutes if minutes != shape.minutes else None
        found.columns["location"] = one.location if one.location != shape.location else None
    return found


def as_in_series(one: Entry, shape: Shape, at: datetime) -> Own:
    """Nothing differs."""
    columns: Columns = {"title": None, "start_local": None}
    if shape.kind == "lecture":
        columns |= {"duration_minutes": None, "location": None}
    return Own(one, at, columns)

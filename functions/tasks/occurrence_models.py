"""Newest shapes of the occurrences of series."""

from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field, model_validator

from functions.tasks.fields import LocalTime, Title
from shared.models import Entity, Model, Query, Text

Scope = Literal["this", "thisAndFollowing", "all"]
OccurrenceStatus = Literal["planned", "cancelled", "done", "attended"]
RecurringKind = Literal["assignment", "lecture"]


class Occurrence(Entity):
    """One time of a series, as it takes place. `recurrence_id` is its local time by the series'
    own rule; `start_local` and `duration_minutes` are there when they differ from the series."""

    kind: RecurringKind
    item_id: UUID
    recurrence_id: LocalTime
    starts_at: datetime
    ends_at: datetime
    timezone: str
    status: OccurrenceStatus
    title: str
    location: str
    start_local: LocalTime | None
    duration_minutes: int | None


class _OccurrencePatch(Model):
    """Changes to an occurrence: absent fields stay, null means as in the series."""

    title: Title | None = None
    start_local: LocalTime | None = None

    @model_validator(mode="after")
    def _has_a_status(self) -> Self:
        if "status" in self.model_fields_set and getattr(self, "status", None) is None:
            raise ValueError("status cannot be null: planned is as in the series")
        return self


class LectureOccurrencePatch(_OccurrencePatch):
    """Changes to one time of a lecture, or (by `scope`) to more of them."""

    status: Literal["planned", "cancelled", "attended"] | None = None
    duration_minutes: Annotated[int, Field(ge=1, le=1440)] | None = None
    location: Annotated[Text, Field(max_length=200)] | None = None


class AssignmentOccurrencePatch(_OccurrencePatch):
    """Changes to one time that an assignment is due, or (by `scope`) to more of them."""

    status: Literal["planned", "cancelled", "done"] | None = None


class ScopeQuery(Query):
    """How far a change goes."""

    scope: Scope = "this"

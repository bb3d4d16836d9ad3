"""Newest shapes of what planner and calendar show."""

from datetime import date, datetime, timedelta
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field, model_validator

from functions.tasks.fields import Kind, LocalTime
from shared.models import AnyOf, Day, Model, Query, Timestamp

MOST_DAYS = 100


class PlannerEntry(Model):
    """One thing at one time: an occurrence of a series (`recurrence_id` says which), or an item."""

    kind: Kind
    id: UUID
    recurrence_id: LocalTime | None
    course_id: UUID | None
    title: str
    starts_at: datetime
    ends_at: datetime
    due_on: date | None
    status: Literal["planned", "cancelled", "done", "attended"]
    location: str


class Planner(Model):
    """What a range holds, in order. `truncated`: there is more than fits, ask for fewer days."""

    entries: list[PlannerEntry]
    truncated: bool


class CalendarDay(Model):
    """What one of the user's days holds, by kind. What began the day before is there."""

    on: date
    assignments: list[PlannerEntry]
    lectures: list[PlannerEntry]
    study_sessions: list[PlannerEntry]


class Calendar(Model):
    """A week, as the user's weeks begin. `week_name` is there in terms that have weeks A and B."""

    week_start: date
    timezone: str
    week_name: Literal["A", "B"] | None
    days: list[CalendarDay]


class Interval(Model):
    """A stretch of time, its end not included."""

    starts_at: datetime
    ends_at: datetime


class FreeBusy(Model):
    """How a range is taken up, without saying by what."""

    busy: list[Interval]
    free: list[Interval]


class _Range(Query):
    from_: Annotated[Timestamp, Field(alias="from")]
    to: Timestamp

    @model_validator(mode="after")
    def _is_a_range(self) -> Self:
        if not self.from_ < self.to <= self.from_ + timedelta(days=MOST_DAYS):
            raise ValueError(f"to must be after from, by at most {MOST_DAYS} days")
        return self


class PlannerQuery(_Range):
    """A range of at most 100 days, and which kinds."""

    kinds: AnyOf[Kind] | None = None


class FreeBusyQuery(_Range):
    """A range of at most 100 days."""


class CalendarQuery(Query):
    """A day of the week to show; today without one."""

    week_start: Day | None = None

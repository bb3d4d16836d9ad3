"""Shapes of imports of calendars."""

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from functions.tasks.fields import Kind, LocalTime
from shared.models import Id, Model, Query, QueryBoolean

Reason = Literal[
    "all_day",
    "cancelled",
    "deleted",
    "duplicate",
    "invalid",
    "locked",
    "needs_course",
    "no_date",
    "no_occurrence",
    "older",
    "out_of_range",
    "over_limit",
    "own",
    "too_long",
    "too_many",
    "unknown_timezone",
    "unsupported_recurrence",
]


class NewImport(Model):
    """What to import: the text of an iCalendar file, or an https address of one (webcal counts as
    https). `kind` says what events become, whatever they look like; a lecture needs a course.
    `course_id` is the course of all that is new."""

    text: Annotated[str, Field(min_length=1, max_length=1_048_576)] | None = None
    url: Annotated[str, Field(min_length=1, max_length=2000)] | None = None
    kind: Kind | None = None
    course_id: Id | None = None

    @model_validator(mode="after")
    def _from_one_place(self) -> Self:
        if (self.text is None) == (self.url is None):
            raise ValueError("needs either text or url")
        if self.kind == "lecture" and self.course_id is None:
            raise ValueError("kind lecture needs courseId")
        return self


class ImportQuery(Query):
    """With `dry_run`, nothing is changed: the answer says what would be."""

    dry_run: QueryBoolean = False


class KindCount(Model):
    """What an import did to one kind."""

    kind: Literal["assignment", "lecture", "study_session", "occurrence"]
    created: int
    updated: int
    deleted: int
    unchanged: int


class ReasonCount(Model):
    """How many events were left alone for a reason."""

    reason: Reason
    count: int


class SkippedEvent(Model):
    """An event that was left alone, by its UID and RECURRENCE-ID."""

    uid: str
    recurrence_id: LocalTime | None
    title: str
    reason: Reason


class ImportAllowance(Model):
    """The plan's limit of new items in 30 days, after this import; null is no limit."""

    limit: int | None
    used: int
    resets_at: datetime | None


class CalendarImport(Model):
    """What an import has done, or would do. Counts are of items and of occurrences that differ from
    their series; `examples` are the first 50 events that were left alone."""

    dry_run: bool
    created: int
    updated: int
    deleted: int
    unchanged: int
    skipped: int
    kinds: list[KindCount]
    reasons: list[ReasonCount]
    examples: list[SkippedEvent]
    allowance: ImportAllowance

"""Newest shapes of what tasks sums up."""

from datetime import datetime
from uuid import UUID

from functions.tasks.fields import Kind, LocalTime
from shared.models import AnyOf, Id, Model, Query, QueryBoolean, Timestamp


class NextTask(Model):
    """The next thing to attend, to begin or to hand in; of a series, which occurrence."""

    kind: Kind
    id: UUID
    course_id: UUID | None
    title: str
    occurs_at: datetime
    recurrence_id: LocalTime | None


class Today(Model):
    """How much the user's local day holds, by kind; `reviews` are due by its end."""

    assignments: int
    lectures: int
    study_sessions: int
    reviews: int


class Month(Model):
    """New items in the last 30 days, against the plan's limit (null: none)."""

    used: int
    limit: int | None
    resets_at: datetime | None


class Home(Model):
    """What the home screen shows."""

    next_task: NextTask | None
    today: Today
    month: Month


class Counts(Model):
    """How many live items there are, by kind."""

    assignments: int
    lectures: int
    study_sessions: int
    total: int


class CountQuery(Query):
    """What to count: items of some kinds, that are due or start in a range, or were made in one,
    of a course or several, done or not."""

    kind: AnyOf[Kind] | None = None
    course_id: Id | None = None
    course_ids: AnyOf[Id] | None = None
    created_after: Timestamp | None = None
    created_before: Timestamp | None = None
    after: Timestamp | None = None
    before: Timestamp | None = None
    done: QueryBoolean | None = None

"""Newest shapes of reminders."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from functions.tasks.fields import Kind, Offset
from shared.models import AnyOf, Entity, Id, ListQuery, Model, QueryBoolean, Timestamp

State = Literal["scheduled", "due", "sent", "dismissed", "skipped", "cancelled"]
Response = Literal["snoozed", "rescheduled", "dismissed", "cancelled"]
Reason = Literal["not_needed", "rescheduled", "task_completed", "other"]


class Reminder(Entity):
    """One reminder of an item, or (`review`) of recalling its topic. `occursAt` is what it reminds
    of. While it is `due` it is being told, and waits where nobody may be told; it is `skipped` when
    it did not matter any more. `response` is what was done about it."""

    kind: Kind
    item_id: UUID
    title: str
    review: bool
    offset_minutes: int
    occurs_at: datetime
    remind_at: datetime
    state: State
    response: Response | None
    reason: Reason | None
    sent_at: datetime | None
    responded_at: datetime | None


class ReminderQuery(ListQuery):
    """Filters of the list of reminders."""

    kind: AnyOf[Kind] | None = None
    item_id: AnyOf[Id] | None = None
    state: AnyOf[State] | None = None
    review: QueryBoolean | None = None
    remind_after: Timestamp | None = None
    remind_before: Timestamp | None = None


class NewReminder(Model):
    """A reminder at a time of one's own, before the item's."""

    kind: Kind
    item_id: Id
    remind_at: Timestamp


class Snooze(Model):
    """For how long not to be reminded."""

    minutes: Annotated[int, Field(ge=1, le=10_080)] = 10


class NewTime(Model):
    """When to be reminded instead."""

    remind_at: Timestamp


class Cancellation(Model):
    """Why a reminder is not needed."""

    reason: Reason = "not_needed"


class ItemCancellation(Model):
    """An item of which one is not to be reminded any more."""

    kind: Kind
    item_id: Id
    reason: Reason = "not_needed"


class CancelledReminders(Model):
    """How many reminders were cancelled."""

    cancelled: int


class ItemOffsets(Model):
    """How many minutes before an item to be reminded of it; `[]` for not at all."""

    offsets: Annotated[list[Offset], Field(max_length=10)]


class ItemReminders(Model):
    """The reminders of an item: `offsets` for each of its times, and what will come of it, the next
    100 of `coming`. `id` and `version` are the item's."""

    id: UUID
    version: int
    kind: Kind
    offsets: list[int]
    coming: int
    reminders: list[Reminder]

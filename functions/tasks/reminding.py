"""Telling what became of reminders: one fact for each change of an item that makes or ends some."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from events.tasks import Kind, ReminderCancelled, ReminderScheduled, reminder_facts
from shared.request import Request
from shared.work import Consumer


def tell_of_reminders(unit: Request | Consumer, changes: Iterable[dict[str, Any]]) -> None:
    """The facts of what `told_reminders` says."""
    for event, user_id in reminder_facts(changes):
        unit.emit(event, user_id=user_id)


def tell_scheduled(
    unit: Request | Consumer,
    kind: Kind,
    item_id: UUID,
    made: Sequence[Mapping[str, Any]] | None,
    *,
    review: bool = False,
) -> None:
    """The fact of new reminders, `id` and `remind_at` of each in their order; none: nothing."""
    if made:
        fact = {
            "reminder_id": made[0]["id"],
            "item_id": item_id,
            "kind": kind,
            "review": review,
            "remind_at": made[0]["remind_at"],
            "count": len(made),
            "last_at": made[-1]["remind_at"],
        }
        unit.emit(ReminderScheduled.of(fact))


def tell_reviews_cancelled(
    unit: Request | Consumer, session_id: UUID, cancelled: Sequence[UUID]
) -> None:
    """The fact that review reminders of a session were cancelled; none: nothing."""
    if cancelled:
        unit.emit(
            ReminderCancelled(
                reminder_id=cancelled[0],
                item_id=session_id,
                kind="study_session",
                review=True,
                count=len(cancelled),
            )
        )

"""Steps between the API versions of reminders."""

from typing import Any, Literal
from uuid import UUID

from functions.tasks.fields import Kind
from functions.tasks.reminder_models import (
    ItemCancellation,
    NewReminder,
    NewTime,
    Reminder,
    ReminderQuery,
)
from shared.versions import Change, OnlyNewer, OnlyOlder, Rename, Replace

_AHEAD = ("scheduled", "due")
_STATES = {"true": "sent,dismissed,skipped,cancelled", "false": ",".join(_AHEAD)}


def _of(kind: Kind) -> Any:
    return lambda document: document["item_id"] if document["kind"] == kind else None


class ReminderNames(Change):
    """A reminder's `reminder_time` became `remindAt`; `session_id`, `lecture_id` and
    `assignment_id` became `kind` with `itemId`, and `reminder_type` became `kind` with `review`.
    `completed` became `state`, `action_taken` became `response`, and `day_number` is gone:
    `offsetMinutes` says it. New are `occursAt`, `reason` and `respondedAt`."""

    models = (Reminder,)
    edits = (
        OnlyOlder("session_id", UUID | None, downgrade=_of("study_session")),
        OnlyOlder("lecture_id", UUID | None, downgrade=_of("lecture")),
        OnlyOlder("assignment_id", UUID | None, downgrade=_of("assignment")),
        OnlyOlder(
            "reminder_type",
            Literal["study_session", "lecture", "assignment", "spaced_repetition"],
            downgrade=lambda d: "spaced_repetition" if d["review"] else d["kind"],
        ),
        OnlyOlder("completed", bool, downgrade=lambda d: d["state"] not in _AHEAD),
        OnlyOlder("day_number", int, downgrade=lambda d: -(-d["offset_minutes"] // 1440)),
        Rename(newer="remind_at", older="reminder_time"),
        Rename(newer="response", older="action_taken"),
        *(
            OnlyNewer(name)
            for name in (
                "kind",
                "item_id",
                "review",
                "offset_minutes",
                "occurs_at",
                "state",
                "reason",
                "responded_at",
            )
        ),
    )


class ReminderFilters(Change):
    """The list of reminders filtered by `item_type` and `completed`; it filters by `kind` and
    `state`, and by `review`."""

    models = (ReminderQuery,)
    edits = (
        Rename(newer="kind", older="item_type"),
        Replace(
            newer="state",
            older="completed",
            older_type=str,
            upgrade=lambda text: _STATES.get(text, text),
            downgrade=lambda _: None,
        ),
        OnlyNewer("review"),
    )


class ItemOfReminder(Change):
    """In requests about the reminders of an item, `item_type` became `kind`, and `reminder_time`
    became `remindAt`."""

    models = (NewReminder, ItemCancellation)
    edits = (
        Rename(newer="kind", older="item_type"),
        Rename(newer="remind_at", older="reminder_time"),
    )


class NewTimeOfReminder(Change):
    """In putting a reminder off, `new_time` became `remindAt`."""

    models = (NewTime,)
    edits = (Rename(newer="remind_at", older="new_time"),)

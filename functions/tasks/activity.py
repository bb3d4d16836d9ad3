"""From facts to activity: what somebody did on which of their days.

Streak and statistics are read from these rows alone, and these follow from the event history
alone. Subscribers add a row an event as it happens; `rebuild_activity` reads the history again,
through the same function, so that both give the same rows whatever the order was.
"""

from datetime import datetime
from functools import singledispatch
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import orjson

from events.flashcards import FlashcardReviewed
from events.tasks import (
    AssignmentCompleted,
    AssignmentReopened,
    StreakUpdated,
    StudySessionFinished,
    StudySessionReviewed,
)
from shared.facts import CONTRACTS, Event
from shared.sql import queries
from shared.work import Consumer

sql = queries(__file__)

Row = dict[str, Any]
Doing = tuple[str, datetime | None, str, Row]
"""Kind, time (None: the event's own), time zone and further columns of an activity."""
BATCH = 500
QUALITY_OF_RATING = {"again": 1, "hard": 3, "good": 4, "easy": 5}
"""How well a card was recalled, on the scale of reviews."""


def keep(context: Consumer, event: Event) -> None:
    """Let an event count, once: in a repeated delivery or a history read again it is known."""
    if context.user_id and context.event_id:
        rows = _json([row_of(event, context.event_id, context.occurred_at)])
        streak = context.db.row(sql.record_activity, user_id=context.user_id, rows=rows)
        _tell(context, context.user_id, streak)


def rebuild(context: Consumer, user_id: UUID) -> int:
    """Drop what is known of one user's activity and read it from the history again. Returns how
    many events there were."""
    context.db.run(sql.forget_activity, user_id=user_id)
    after: Row = {"after_time": "-infinity", "after_id": UUID(int=0)}
    count = 0
    while True:
        facts = context.db.rows(
            sql.activity_history, user_id=user_id, types=TYPES, limit=BATCH, **after
        )
        rows = _json([_read(fact) for fact in facts])
        context.db.run(sql.add_activity, user_id=user_id, rows=rows)
        count += len(facts)
        if len(facts) < BATCH:
            break
        after = {"after_time": facts[-1]["occurred_at"], "after_id": facts[-1]["id"]}
    _tell(context, user_id, context.db.row(sql.keep_streak, user_id=user_id))
    return count


def row_of(event: Event, event_id: UUID, occurred_at: datetime) -> Row:
    """The row of `activity` that an event makes."""
    kind, at, zone, columns = _activity(event)
    local = (at or occurred_at).astimezone(ZoneInfo(zone))
    return {
        "event_id": event_id,
        "on_day": local.date(),
        "hour": local.hour,
        "kind": kind,
        "entity_id": event.entity_id,
        "entity_version": event.entity_version,
        "course_id": getattr(event, "course_id", None),
        **columns,
    }


@singledispatch
def _activity(event: Any) -> Doing:
    raise TypeError(f"{event.type} is no activity")


@_activity.register
def _(event: StudySessionFinished) -> Doing:
    """A session belongs to the day on which it ended, and to the hour in which it began."""
    columns = {
        "focus_seconds": event.focus_seconds,
        "confidence": event.confidence,
        "difficulty": event.difficulty,
    }
    if event.started_at:
        columns["hour"] = event.started_at.astimezone(ZoneInfo(event.timezone)).hour
    return "session", event.finished_at, event.timezone, columns


@_activity.register
def _(event: StudySessionReviewed) -> Doing:
    return "review", event.reviewed_at, event.timezone, {"quality": event.quality}


@_activity.register
def _(event: FlashcardReviewed) -> Doing:
    quality = QUALITY_OF_RATING[event.rating]
    return "flashcard", event.reviewed_at, event.timezone, {"quality": quality}


@_activity.register
def _(event: AssignmentCompleted) -> Doing:
    return "completion", event.completed_at, event.timezone, {"late": event.late}


@_activity.register
def _(event: AssignmentReopened) -> Doing:  # noqa: ARG001 (its type says all)
    """No day belongs to it: it takes a completion back from the sums."""
    return "reopening", None, "UTC", {}


TYPES = sorted(known.type for known in _activity.registry if known is not object)


def _read(fact: Row) -> Row:
    event = CONTRACTS[fact["type"]].read(fact["version"], fact["data"], fact["entity_version"])
    return row_of(event, fact["id"], fact["occurred_at"])


def _json(rows: list[Row]) -> str:
    return orjson.dumps(rows).decode()


def _tell(context: Consumer, user_id: UUID, streak: Row | None) -> None:
    if streak:
        told = StreakUpdated(
            streak_id=user_id,
            current_days=streak["current_days"],
            longest_days=streak["longest_days"],
            entity_version=streak["version"],
        )
        context.emit(told, user_id=user_id)

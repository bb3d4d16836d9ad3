"""Telling somebody something: the decision, and the rows that it leaves, in one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import partial
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import orjson

from events.notifications import (
    NotificationDeferred,
    NotificationRequested,
    NotificationSent,
    NotificationSuppressed,
)
from functions.notifications.deliveries import send_due
from functions.notifications.timing import QuietHours, Standing, Verdict, decide
from functions.notifications.workflows import Workflow
from shared.ids import uuid7
from shared.sql import queries
from shared.work import Consumer, unit_of_work

sql = queries(__file__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What is to be told to whom. `cause_id` is the event or reminder: each is told once.

    With `recheck` a deferred mail waits until `release` says that it still matters.
    """

    workflow: Workflow
    user_id: UUID
    cause_id: UUID
    title: str
    body: str
    action_url: str
    dedupe_key: str
    recheck: bool = False


def standing_of(context: Consumer, user_id: UUID) -> dict[str, Any] | None:
    """The person's preferences, locked until the transaction ends so that limits hold when two
    decisions meet. None for an account that is not told anything."""
    return context.db.row(sql.lock_preferences, user_id=user_id)


def tell(context: Consumer, notice: Notice) -> Sequence[Verdict]:
    """Decide, write notification and deliveries, and have mails sent after the commit."""
    chosen = standing_of(context, notice.user_id)
    if chosen is None:
        return []
    now = datetime.now(UTC)
    lately = context.db.rows(
        sql.told_lately,
        user_id=notice.user_id,
        category=notice.workflow.category,
        dedupe_key=notice.dedupe_key,
    )[0]
    standing = _standing(chosen, lately)
    verdicts = {
        channel: decide(now, notice.workflow, channel, standing)
        for channel in notice.workflow.channels
    }
    notification_id = uuid7()
    if not _add(context, notification_id, notice, verdicts):
        return []
    _emit(context, notification_id, notice, verdicts)
    if any(verdict.status == "pending" for verdict in verdicts.values()):
        context.afterwards(lambda: _send_now(context, notification_id))
    return list(verdicts.values())


def _send_now(context: Consumer, notification_id: UUID) -> None:
    unit = partial(unit_of_work, context.emissions.origin, role="system")
    send_due(unit, context.seconds_left, notification_id)


def _standing(chosen: Mapping[str, Any], lately: Mapping[str, Any]) -> Standing:
    hours = chosen["quiet_hours"]
    quiet = QuietHours(time.fromisoformat(hours["start"]), time.fromisoformat(hours["end"]))
    return Standing(
        zone=ZoneInfo(chosen["timezone"]),
        master=chosen["master"],
        channels=chosen["channels"],
        categories=chosen["categories"],
        workflows=chosen["workflows"],
        quiet=quiet if hours["enabled"] else None,
        dnd_until=chosen["dnd_until"],
        weekends=chosen["weekends"],
        cooldown=timedelta(minutes=chosen["cooldown_minutes"]),
        max_per_day=chosen["max_per_day"],
        repeated=lately["repeated"],
        unsubscribed=lately["unsubscribed"],
        mailed_at=tuple(lately["mailed_at"]),
        category_mailed_at=lately["category_mailed_at"],
    )


def _add(
    context: Consumer, notification_id: UUID, notice: Notice, verdicts: Mapping[str, Verdict]
) -> bool:
    deliveries = [
        {
            "id": uuid7(),
            "channel": channel,
            "status": verdict.status,
            "reason": verdict.reason,
            "due_at": verdict.due_at,
            "recheck": notice.recheck and verdict.status == "deferred",
        }
        for channel, verdict in verdicts.items()
    ]
    added = context.db.run(
        sql.add_notification,
        id=notification_id,
        user_id=notice.user_id,
        workflow=notice.workflow.name,
        category=notice.workflow.category,
        severity=notice.workflow.severity,
        title=notice.title,
        body=notice.body,
        action_url=notice.action_url,
        dedupe_key=notice.dedupe_key,
        cause_id=notice.cause_id,
        correlation_id=context.emissions.origin.correlation_id,
        visible=any(v.status == "sent" for v in verdicts.values()),
        deliveries=orjson.dumps(deliveries).decode(),
    )
    return added > 0


def _emit(
    context: Consumer, notification_id: UUID, notice: Notice, verdicts: Mapping[str, Verdict]
) -> None:
    told = {"notification_id": notification_id, "workflow": notice.workflow.name}
    context.emit(NotificationRequested(**told), user_id=notice.user_id)
    for channel, verdict in verdicts.items():
        if verdict.status == "sent":
            context.emit(NotificationSent(**told, channel=channel), user_id=notice.user_id)
        elif verdict.status == "deferred":
            context.emit(NotificationDeferred(**told, channel=channel), user_id=notice.user_id)
        elif verdict.status == "suppressed":
            suppressed = NotificationSuppressed(
                **told, channel=channel, reason=verdict.reason or ""
            )
            context.emit(suppressed, user_id=notice.user_id)

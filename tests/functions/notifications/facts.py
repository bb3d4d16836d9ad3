"""Facts of other domains, told as those domains tell them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from shared.facts import Emissions, Event, Origin, envelope
from shared.ids import uuid7
from tests.campus import Campus, User, queue_event


def fact(event: Event, user: User) -> dict[str, Any]:
    """What the bus carries for an event about a user."""
    emissions = Emissions(Origin("campus.tests", f"req_{uuid7().hex}", user_id=user.id))
    emissions.add(event)
    return orjson.loads(orjson.dumps(envelope(emissions.records[0]), option=orjson.OPT_UTC_Z))


def tell(campus: Campus, event: Event, user: User, times: int = 1) -> dict[str, Any]:
    """Hand an event to notifications, the same one as often as asked."""
    detail = fact(event, user)
    for _ in range(times):
        answer = campus.handlers["notifications"](queue_event(detail), None)
        assert answer == {"batchItemFailures": []}
    return detail


def deliveries(campus: Campus, user: User) -> list[tuple[Any, ...]]:
    """(workflow, channel, status, reason) of everything a user was to be told, in order."""
    return campus.rows(
        "select n.workflow, d.channel, d.status, d.reason from delivery as d"
        " join notification as n on n.id = d.notification_id where d.user_id = %s"
        " order by n.created_at, n.id, d.channel desc",
        user.id,
    )


def now() -> datetime:
    return datetime.now(UTC)


def quiet_now() -> dict[str, Any]:
    """Quiet hours (UTC) that began an hour ago and end in two, across midnight when it is near."""
    start, end = now() - timedelta(hours=1), now() + timedelta(hours=2)
    return {"enabled": True, "start": f"{start:%H:%M}", "end": f"{end:%H:%M}"}

"""Calendars to subscribe to: made, changed, and read by whoever has the address."""

import hashlib
import secrets
from datetime import UTC, datetime, timedelta
from typing import Any, get_args
from uuid import UUID

from events.calendar import (
    CalendarFeedCreated,
    CalendarFeedDeleted,
    CalendarFeedPurged,
    CalendarFeedRestored,
    CalendarFeedRotated,
    CalendarFeedUpdated,
)
from functions.tasks.calendar_feed_models import (
    CalendarFeed,
    CalendarFeedPatch,
    CalendarFeedQuery,
    CalendarFeedWithToken,
    NewCalendarFeed,
)
from functions.tasks.fields import Kind
from functions.tasks.ical_calendar import calendar
from functions.tasks.operations import entity, missing
from shared.errors import Refusal
from shared.ids import uuid7
from shared.models import Page, build
from shared.request import Reply, Request
from shared.routing import Routes
from shared.settings import setting
from shared.sql import Statement, queries

routes = Routes("/tasks/calendar/feeds", tag="tasks")
pages = Routes("/tasks/calendar/feeds", tag="tasks", versionless=True, access="token", limit="none")
sql = queries(__file__)

LIVE_FEEDS = 20
MOST = 1000
"""Items of each kind that a calendar shows."""
REACH = timedelta(days=400)
"""How far back it goes."""


@routes.get("")
def list_calendar_feeds(request: Request, query: CalendarFeedQuery) -> Page[CalendarFeed]:
    """List your calendars to subscribe to, the oldest first unless sorted otherwise."""
    return request.db.page(CalendarFeed, sql.list_calendar_feeds, query)


@routes.post(
    "",
    status=201,
    exclusive="calendar-feeds",
    secret_answer=True,
    errors=("RESOURCE_LIMIT_EXCEEDED",),
)
def create_calendar_feed(request: Request, body: NewCalendarFeed) -> CalendarFeedWithToken:
    """Make a calendar to subscribe to, with all you plan or with some kinds and courses of it. Its
    address is a permission in itself and shown in this answer only: rotate it when it is lost."""
    token = secrets.token_urlsafe(32)
    row = request.db.row(
        sql.create_calendar_feed,
        id=uuid7(),
        limit=LIVE_FEEDS,
        token_hash=_hash(token),
        **body.values(),
    )
    if row is None:
        raise _too_many()
    _check_courses(row)
    request.emit(CalendarFeedCreated(calendar_feed_id=row["id"]))
    return _with_token(row, token)


@routes.get("/{calendar_feed_id}")
def get_calendar_feed(request: Request, calendar_feed_id: UUID) -> CalendarFeed:
    """Get one calendar to subscribe to."""
    return request.db.one(CalendarFeed, sql.get_calendar_feed, id=calendar_feed_id)


@routes.patch("/{calendar_feed_id}", also_put=True)
def update_calendar_feed(
    request: Request, calendar_feed_id: UUID, body: CalendarFeedPatch
) -> CalendarFeed:
    """Change the name of a calendar, or what it holds (JSON Merge Patch). Its address stays."""
    changes = body.changes()
    named = {"changes": changes, "course_ids": body.course_ids or []}
    row = _written(request, sql.update_calendar_feed, calendar_feed_id, **named)
    _check_courses(row)
    feed = entity(CalendarFeed, row)
    if row["changed"]:
        request.emit(
            CalendarFeedUpdated(
                calendar_feed_id=feed.id, changed=sorted(changes), entity_version=feed.version
            )
        )
    return feed


@routes.post("/{calendar_feed_id}/rotate", limit="updates", secret_answer=True)
def rotate_calendar_feed(request: Request, calendar_feed_id: UUID) -> CalendarFeedWithToken:
    """Give a calendar a new address. The old one leads nowhere from now on."""
    token = secrets.token_urlsafe(32)
    row = _written(request, sql.rotate_calendar_feed, calendar_feed_id, token_hash=_hash(token))
    request.emit(
        CalendarFeedRotated(calendar_feed_id=calendar_feed_id, entity_version=row["version"])
    )
    return _with_token(row, token)


@routes.delete("/{calendar_feed_id}")
def delete_calendar_feed(request: Request, calendar_feed_id: UUID) -> None:
    """Delete a calendar. Its address leads nowhere at once."""
    deletion = uuid7()
    row = _written(request, sql.delete_calendar_feed, calendar_feed_id, deletion_id=deletion)
    request.emit(
        CalendarFeedDeleted(
            calendar_feed_id=calendar_feed_id, deletion_id=deletion, entity_version=row["version"]
        )
    )


@routes.post(
    "/{calendar_feed_id}/restore",
    limit="updates",
    exclusive="calendar-feeds",
    idempotency="required",
    errors=("RESOURCE_LIMIT_EXCEEDED",),
)
def restore_calendar_feed(request: Request, calendar_feed_id: UUID) -> CalendarFeed:
    """Take back the deletion of a calendar, with the address that it had."""
    row = _written(request, sql.restore_calendar_feed, calendar_feed_id, limit=LIVE_FEEDS)
    if row["id"] is None:
        raise _too_many()
    request.emit(
        CalendarFeedRestored(
            calendar_feed_id=calendar_feed_id,
            deletion_id=row["undone"],
            entity_version=row["version"],
        )
    )
    return entity(CalendarFeed, row)


@routes.delete("/{calendar_feed_id}/permanent", idempotency="required", critical=True)
def purge_calendar_feed(request: Request, calendar_feed_id: UUID) -> None:
    """Remove a calendar for good, deleted or not."""
    row = _written(request, sql.purge_calendar_feed, calendar_feed_id)
    request.emit(
        CalendarFeedPurged(calendar_feed_id=calendar_feed_id, entity_version=row["version"])
    )


# Whose it is decides what the second statement sees.
@pages.get("/{token}.ics", statements=2)
def read_calendar_feed(request: Request, token: str) -> Reply[Any]:
    """Read a calendar (RFC 5545): assignments at the time or on the day that they are due, lectures
    with their series, study sessions, from 400 days ago on. Answers `If-None-Match` with 304."""
    feed = request.db.row(sql.open_calendar_feed, token_hash=_hash(token))
    if feed is None:
        raise Refusal("NOT_FOUND")
    rows = request.db.rows(
        sql.feed_items,
        user_id=feed["user_id"],
        kinds=feed["kinds"] or list(get_args(Kind)),
        course_ids=feed["course_ids"],
        since=datetime.now(UTC) - REACH,
        most=MOST,
    )
    content = calendar(feed["name"], feed["timezone"], rows)
    digest = hashlib.blake2b(content, digest_size=16).hexdigest()
    return Reply(
        content=content,
        content_type="text/calendar; charset=utf-8",
        headers={
            "ETag": f'"{digest}"',
            "Cache-Control": "private, no-cache",
            "Content-Disposition": 'inline; filename="campus.ics"',
        },
    )


def _hash(token: str) -> bytes:
    """What the database keeps of a token: 256 random bits need no salt."""
    return hashlib.sha256(token.encode()).digest()


def _with_token(row: dict[str, Any], token: str) -> CalendarFeedWithToken:
    url = f"{setting('PUBLIC_URL')}/tasks/calendar/feeds/{token}.ics"
    shown = {name: row[name] for name in CalendarFeed.model_fields}
    return build(CalendarFeedWithToken, {**shown, "token": token, "url": url})


def _written(
    request: Request, statement: Statement, calendar_feed_id: UUID, **values: Any
) -> dict[str, Any]:
    row = request.db.row(statement, id=calendar_feed_id, **values)
    if row is None:
        raise missing(request)
    return row


def _check_courses(row: dict[str, Any]) -> None:
    if not row["courses_open"]:
        raise Refusal("NOT_FOUND", "One of the courses does not exist.")


def _too_many() -> Refusal:
    return Refusal("RESOURCE_LIMIT_EXCEEDED", details={"limit": LIVE_FEEDS})

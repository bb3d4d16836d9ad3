"""The inbox: what a person was told in the application."""

from typing import Any
from uuid import UUID

from events.notifications import InboxRead, NotificationRead
from functions.notifications.models import (
    CategoryCounts,
    Notification,
    NotificationPatch,
    NotificationQuery,
    ReadAllQuery,
    ReadAllResult,
    UnreadCount,
)
from shared.errors import Refusal
from shared.models import Page, build
from shared.request import Request
from shared.routing import Routes
from shared.sql import queries

routes = Routes("/notifications", tag="notifications", v1=True)
sql = queries(__file__)


@routes.get("", old=("notification-system/history",))
def list_notifications(request: Request, query: NotificationQuery) -> Page[Notification]:
    """List the inbox, newest first."""
    return request.db.page(Notification, sql.list_notifications, query)


@routes.get("/count", old=("notification-system/unread-count",))
def count_unread(request: Request) -> UnreadCount:
    """Count unread notifications, by category."""
    row = request.db.rows(sql.count_unread)[0]
    total = row.pop("total")
    return UnreadCount(total=total, categories=build(CategoryCounts, row))


@routes.patch("/{notification_id}", also_put=True)
def update_notification(
    request: Request, notification_id: UUID, body: NotificationPatch
) -> Notification:
    """Mark as read or unread, archive, or snooze until a time."""
    return _change(request, notification_id, body.changes())


@routes.post("/{notification_id}/read", limit="updates", old=("notification-system/mark-read",))
def read_notification(request: Request, notification_id: UUID) -> Notification:
    """Mark one notification as read. Doing it again changes nothing."""
    return _change(request, notification_id, {"read": True})


@routes.post("/read-all", limit="updates")
def read_all_notifications(request: Request, query: ReadAllQuery) -> ReadAllResult:
    """Mark everything in the inbox as read, or everything of one category."""
    updated = request.db.run(sql.read_all, category=query.category)
    if updated:
        inbox = InboxRead(inbox_id=request.user_id, notifications=updated, category=query.category)
        request.emit(inbox)
    return ReadAllResult(updated=updated)


def _change(request: Request, notification_id: UUID, changes: dict[str, Any]) -> Notification:
    row = request.db.row(sql.update_notification, id=notification_id, changes=changes)
    if row is None:
        raise Refusal("PRECONDITION_FAILED" if request.db.parameters["if_match"] else "NOT_FOUND")
    newly_read = row.pop("newly_read")
    notification = build(Notification, row)
    if newly_read:
        read = NotificationRead(
            notification_id=notification_id, entity_version=notification.version
        )
        request.emit(read)
    return notification

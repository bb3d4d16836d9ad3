"""Reminders: those of an item, and what a person does about a single one."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from events.tasks import ReminderCancelled
from functions.tasks import assignments, lectures, study_sessions
from functions.tasks.fields import Kind
from functions.tasks.models import AssignmentPatch, LecturePatch
from functions.tasks.operations import entity, item_limit, missing, refuse_locked
from functions.tasks.reminder_models import (
    Cancellation,
    CancelledReminders,
    ItemCancellation,
    ItemOffsets,
    ItemReminders,
    NewReminder,
    NewTime,
    Reminder,
    ReminderQuery,
    Response,
    Snooze,
)
from functions.tasks.reminding import tell_of_reminders
from functions.tasks.study_session_models import StudySessionPatch
from shared.errors import Refusal, invalid
from shared.ids import uuid7
from shared.models import Page, build
from shared.plans import plan_of, too_many_reminders
from shared.request import Request
from shared.routing import Old, Routes
from shared.sql import queries

routes = Routes("/tasks/reminders", tag="tasks", v1=True)
of_items = Routes("/tasks", tag="tasks")
sql = queries(__file__)

REACH = timedelta(days=400)
ITEM = {"id": "item_id", "type": "item_type"}
REFUSED = {
    "done": "What it reminds of is done.",
    "over": "It cannot be put off any more: it is cancelled, dismissed or put off already.",
}


@of_items.get("/assignments/{assignment_id}/reminders")
def get_assignment_reminders(request: Request, assignment_id: UUID) -> ItemReminders:
    """List what will remind of an assignment."""
    return _of_item(request, "assignment", assignment_id)


@of_items.get("/lectures/{lecture_id}/reminders")
def get_lecture_reminders(request: Request, lecture_id: UUID) -> ItemReminders:
    """List what will remind of a lecture, the next 100 reminders of a series."""
    return _of_item(request, "lecture", lecture_id)


@of_items.get("/study-sessions/{study_session_id}/reminders")
def get_study_session_reminders(request: Request, study_session_id: UUID) -> ItemReminders:
    """List what will remind of a study session, and of recalling its topic."""
    return _of_item(request, "study_session", study_session_id)


# The item is changed as by its own route; a statement does not see its own effect.
@of_items.put(
    "/assignments/{assignment_id}/reminders",
    exclusive="tasks",
    statements=2,
    errors=("TASK_LIMIT_EXCEEDED",),
)
def put_assignment_reminders(
    request: Request, assignment_id: UUID, body: ItemOffsets
) -> ItemReminders:
    """Choose how many minutes before it is due to be reminded of an assignment; of a series, before
    each time. What was done about single reminders that are still ahead is forgotten."""
    assignments.update_assignment(request, assignment_id, AssignmentPatch(reminders=body.offsets))
    return _of_item(request, "assignment", assignment_id)


@of_items.put(
    "/lectures/{lecture_id}/reminders",
    exclusive="tasks",
    statements=2,
    errors=("TASK_LIMIT_EXCEEDED",),
)
def put_lecture_reminders(request: Request, lecture_id: UUID, body: ItemOffsets) -> ItemReminders:
    """Choose how many minutes before it starts to be reminded of a lecture; of a series, before
    each time. What was done about single reminders that are still ahead is forgotten."""
    lectures.update_lecture(request, lecture_id, LecturePatch(reminders=body.offsets))
    return _of_item(request, "lecture", lecture_id)


@of_items.put(
    "/study-sessions/{study_session_id}/reminders",
    exclusive="tasks",
    statements=2,
    errors=("TASK_LIMIT_EXCEEDED",),
)
def put_study_session_reminders(
    request: Request, study_session_id: UUID, body: ItemOffsets
) -> ItemReminders:
    """Choose how many minutes before it starts to be reminded of a study session. Reminders to
    recall its topic stay."""
    patch = StudySessionPatch(reminders=body.offsets)
    study_sessions.update_study_session(request, study_session_id, patch)
    return _of_item(request, "study_session", study_session_id)


@routes.get("", old=("reminder-system/list",))
def list_reminders(request: Request, query: ReminderQuery) -> Page[Reminder]:
    """List reminders of all items, those that were told and those that will come, by their time."""
    return request.db.page(Reminder, sql.list_reminders, query)


@routes.post(
    "",
    status=201,
    errors=("CONFLICT", "TASK_LIMIT_EXCEEDED"),
    old=(Old("reminder-system/schedule", fields=ITEM),),
)
def add_reminder(request: Request, body: NewReminder) -> Reminder:
    """Be reminded of an item at a time of your own, before it is due or starts; of a series, before
    the next time after that. It stays when the item moves to a later time, and goes when there is
    none after it any more."""
    _check_ahead(body.remind_at)
    most = plan_of(request).reminders_per_item
    row = request.db.row(
        sql.add_reminder, id=uuid7(), most=most, limit=item_limit(request), **body.values()
    )
    if most is not None and row is not None and row["outcome"] == "full":
        raise too_many_reminders(most, row["used"])
    if row is not None and row["outcome"] == "over":
        raise invalid("remind_at", "must be before the item")
    return _answered(request, row)


@routes.get("/{reminder_id}")
def get_reminder(request: Request, reminder_id: UUID) -> Reminder:
    """Get one reminder."""
    return request.db.one(Reminder, sql.get_reminder, id=reminder_id)


@routes.post("/cancel-all", limit="updates", old=(Old("reminder-system/cancel-all", fields=ITEM),))
def cancel_item_reminders(request: Request, body: ItemCancellation) -> CancelledReminders:
    """Cancel all coming reminders of an item, those to recall its topic too. Times that come into
    the reach of an endless series later have theirs again: choose no offsets to end them."""
    row = request.db.row(sql.cancel_reminders, **body.values())
    if row is None:
        raise Refusal("NOT_FOUND")
    for review, gone in ((False, row["of_item"]), (True, row["of_reviews"])):
        if gone:
            told = {"kind": body.kind, "item_id": body.item_id, "reason": body.reason}
            request.emit(
                ReminderCancelled(reminder_id=gone[0], count=len(gone), review=review, **told)
            )
    return CancelledReminders(cancelled=len(row["of_item"]) + len(row["of_reviews"]))


@routes.post(
    "/{reminder_id}/cancel",
    limit="updates",
    old=("cancel-reminder", "reminder-system/cancel"),
)
def cancel_reminder(request: Request, reminder_id: UUID, body: Cancellation) -> Reminder:
    """Cancel a coming reminder. What was told or cancelled already stays as it is."""
    return _respond(request, reminder_id, "cancelled", reason=body.reason)


@routes.post("/{reminder_id}/dismiss", limit="updates", v1=False)
def dismiss_reminder(request: Request, reminder_id: UUID) -> Reminder:
    """Be done with a reminder: with one that was told, or with one that then need not come."""
    return _respond(request, reminder_id, "dismissed")


@routes.post(
    "/{reminder_id}/snooze",
    limit="updates",
    v1=False,
    errors=("CONFLICT", "TASK_LIMIT_EXCEEDED"),
)
def snooze_reminder(request: Request, reminder_id: UUID, body: Snooze) -> Reminder:
    """Be reminded again in some minutes, once. In the place of a reminder that was told comes a new
    one, which is the answer."""
    at = datetime.now(UTC) + timedelta(minutes=body.minutes)
    return _respond(request, reminder_id, "snoozed", remind_at=at)


@routes.post(
    "/{reminder_id}/reschedule",
    limit="updates",
    errors=("CONFLICT", "TASK_LIMIT_EXCEEDED"),
    old=(
        "reschedule-reminder",
        Old("reminder-system/update/{reminder_id}", fields={"reminder_time": "new_time"}),
    ),
)
def reschedule_reminder(request: Request, reminder_id: UUID, body: NewTime) -> Reminder:
    """Be reminded at another time ahead, once. In the place of a reminder that was told comes a new
    one, which is the answer."""
    _check_ahead(body.remind_at)
    return _respond(request, reminder_id, "rescheduled", remind_at=body.remind_at)


def _of_item(request: Request, kind: Kind, item_id: UUID) -> ItemReminders:
    rows = request.db.rows(sql.item_reminders, kind=kind, id=item_id)
    if not rows:
        raise Refusal("NOT_FOUND")
    first = rows[0]
    found = {
        "id": first["of_id"],
        "version": first["of_version"],
        "kind": kind,
        "offsets": first["offsets"],
        "coming": first["coming"],
        "reminders": [entity(Reminder, row) for row in rows if row["id"]],
    }
    return build(ItemReminders, found)


def _check_ahead(at: datetime) -> None:
    now = datetime.now(UTC)
    if not now < at <= now + REACH:
        raise invalid("remind_at", f"must be ahead, within {REACH.days} days")


def _respond(
    request: Request,
    reminder_id: UUID,
    response: Response,
    *,
    remind_at: datetime | None = None,
    reason: str | None = None,
) -> Reminder:
    row = request.db.row(
        sql.respond_to_reminder,
        id=reminder_id,
        response=response,
        remind_at=remind_at,
        reason=reason,
        limit=item_limit(request),
    )
    return _answered(request, row)


def _answered(request: Request, row: dict[str, Any] | None) -> Reminder:
    """The reminder as it is now. Errors: NOT_FOUND, TASK_LIMIT_EXCEEDED, CONFLICT."""
    if row is None:
        raise missing(request)
    standing = {**row, "locked": row["outcome"] == "locked", "created_at": row["item_made_at"]}
    refuse_locked(request, standing)
    if row["outcome"] in REFUSED:
        raise Refusal("CONFLICT", REFUSED[row["outcome"]], details={"state": row["state"]})
    tell_of_reminders(request, row["reminder_changes"])
    return entity(Reminder, row)

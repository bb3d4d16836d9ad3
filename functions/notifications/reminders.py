"""Due reminders: handed out by tasks with a lease, told once, deferred while nobody may be told."""

from datetime import UTC, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from events.notifications import NotificationSuppressed
from functions.notifications.dispatch import Notice, standing_of, tell
from functions.notifications.models import DueReminder
from functions.notifications.workflows import REMINDERS
from shared.models import build
from shared.sql import queries
from shared.work import Consumer

sql = queries(__file__)

BATCH = 50
PATHS = {
    "assignment": "/tasks/assignments",
    "lecture": "/tasks/lectures",
    "study_session": "/tasks/study-sessions",
    "review": "/tasks/study-sessions",
}
WORDS = {
    "assignment": "Due {when}.",
    "lecture": "It starts {when}.",
    "study_session": "Your study session starts {when}.",
    "review": "It is time to recall this topic: how well you do decides when the next time is.",
}


def claim(context: Consumer) -> list[DueReminder]:
    """Reminders that are due, leased to this run; tasks hands them out again if it fails."""
    return [build(DueReminder, row) for row in context.db.rows(sql.claim_reminders, batch=BATCH)]


def remind(context: Consumer, reminder: DueReminder) -> str:
    """Tell, wait, or let go. Returns what became of the reminder: sent, skipped, deferred, or
    withdrawn when it was cancelled, put off or told by another run since it was handed out.

    While its mail is deferred the reminder is not settled. Tasks hands it out again after each
    lease and says anew whether it matters, so that nobody is woken by what they have done.
    """
    if not context.db.value(sql.hold_reminder, id=reminder.id):
        return "withdrawn"
    chosen = standing_of(context, reminder.user_id)
    held = context.db.row(sql.told_reminder, user_id=reminder.user_id, cause_id=reminder.id)
    if chosen is None or (held is None and not reminder.relevant):
        outcome = "skipped"
    elif held is None:
        verdicts = tell(context, _notice(reminder, ZoneInfo(chosen["timezone"])))
        outcome = "deferred" if any(v.status == "deferred" for v in verdicts) else "sent"
    elif held["status"] != "deferred":
        outcome = "sent"
    elif not reminder.relevant:
        outcome = _withdraw(context, reminder, held["notification_id"], held["workflow"])
    elif held["due_at"] > datetime.now(UTC):
        outcome = "deferred"
    else:
        outcome = _release(context, reminder, held["notification_id"])
    if outcome != "deferred":
        context.db.run(sql.settle_reminder, id=reminder.id, status=outcome)
    return outcome


def _withdraw(
    context: Consumer, reminder: DueReminder, notification_id: UUID, workflow: str
) -> str:
    context.db.run(sql.withdraw_mail, user_id=reminder.user_id, notification_id=notification_id)
    suppressed = NotificationSuppressed(
        notification_id=notification_id,
        workflow=workflow,
        channel="email",
        reason="no_longer_relevant",
    )
    context.emit(suppressed, user_id=reminder.user_id)
    return "skipped"


def _release(context: Consumer, reminder: DueReminder, notification_id: UUID) -> str:
    context.db.run(sql.release_mail, user_id=reminder.user_id, notification_id=notification_id)
    return "sent"


def _notice(reminder: DueReminder, zone: ZoneInfo) -> Notice:
    when = reminder.occurs_at.astimezone(zone).strftime("on %A, %d %B %Y at %H:%M")
    return Notice(
        workflow=REMINDERS[reminder.kind],
        user_id=reminder.user_id,
        cause_id=reminder.id,
        title=f"Reminder: {reminder.title}",
        body=WORDS[reminder.kind].format(when=f"{when} ({zone.key})"),
        action_url=f"{PATHS[reminder.kind]}/{reminder.item_id}",
        dedupe_key=f"{reminder.kind}:{reminder.item_id}:{reminder.remind_at.isoformat()}",
        recheck=True,
    )

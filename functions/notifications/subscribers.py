"""Reactions of notifications to other domains' facts, and to the clock."""

from uuid import UUID

from events.courses import CourseDeleted
from events.organizations import InvitationCreated
from events.tasks import AssignmentCompleted
from events.users import UserCreated
from events.webhooks import SubscriptionChanged
from functions.notifications import deliveries, invitations, reminders
from functions.notifications.dispatch import Notice, tell
from functions.notifications.models import DueReminder
from functions.notifications.workflows import (
    ASSIGNMENT_COMPLETED,
    COURSE_DELETED,
    SUBSCRIPTION_ENDED,
    SUBSCRIPTION_STARTED,
    WELCOME,
)
from shared.consumer import Consumer, ScheduledRun, Subscribers
from shared.observe import log_failure

subscribers = Subscribers()

WELCOME_TEXT = (
    "Your account is ready. Campus keeps your courses, assignments, lectures and study sessions "
    "in one place, reminds you in time and counts the days you keep at it.\n\n"
    "Start with a course: its lectures and assignments gather below it."
)


@subscribers.on
def send_welcome(event: UserCreated, context: Consumer) -> None:
    """Preferences with their defaults, a first entry in the inbox, and a mail."""
    notice = Notice(
        workflow=WELCOME,
        user_id=event.user_id,
        cause_id=_cause(context),
        title="Welcome to Campus",
        body=WELCOME_TEXT,
        action_url="/users/me",
        dedupe_key="welcome",
    )
    tell(context, notice)


@subscribers.on
def tell_of_deleted_course(event: CourseDeleted, context: Consumer) -> None:
    """Where to find a deleted course again. Its title stays where it belongs, with the course."""
    if context.user_id is None:
        return
    notice = Notice(
        workflow=COURSE_DELETED,
        user_id=context.user_id,
        cause_id=_cause(context),
        title="A course went to the trash",
        body="Its assignments, lectures and study sessions went with it. You can restore all of "
        "it from the trash as long as it is kept there.",
        action_url=f"/tasks/trash?deletionId={event.deletion_id}",
        dedupe_key=f"course_deleted:{event.deletion_id}",
    )
    tell(context, notice)


@subscribers.on
def tell_of_completed_assignment(event: AssignmentCompleted, context: Consumer) -> None:
    """A quiet word in the inbox. Completed again within the hour it is not repeated."""
    if context.user_id is None:
        return
    notice = Notice(
        workflow=ASSIGNMENT_COMPLETED,
        user_id=context.user_id,
        cause_id=_cause(context),
        title="Done",
        body="You completed an assignment.",
        action_url=f"/tasks/assignments/{event.assignment_id}",
        dedupe_key=f"assignment_completed:{event.assignment_id}",
    )
    tell(context, notice)


@subscribers.on(role="system")
def tell_of_changed_subscription(event: SubscriptionChanged, context: Consumer) -> None:
    """A mail when the premium plan is bought or renewed, and when it has ended."""
    started = event.tier == "premium" and event.status == "active"
    if event.tier == "premium" and not started:
        return
    until = f" until {event.expires_at:%d %B %Y}" if event.expires_at else ""
    notice = Notice(
        workflow=SUBSCRIPTION_STARTED if started else SUBSCRIPTION_ENDED,
        user_id=event.subscription_id,
        cause_id=_cause(context),
        title="Your premium plan is active" if started else "Your premium plan has ended",
        body=f"Thank you. The limits of the premium plan are yours{until}."
        if started
        else "You are on the free plan now. Everything you made is still there; what is beyond "
        "the free plan's limits can be read, and changed again with a new plan.",
        action_url="/users/me/subscription",
        dedupe_key=f"subscription:{event.tier}:{event.status}:{event.expires_at}",
    )
    tell(context, notice)


@subscribers.on(role="system")
def mail_invitation(event: InvitationCreated, context: Consumer) -> None:
    """The mail of an invitation by mail, at once; what is left undone goes with the next minute."""
    if event.kind != "email":
        return
    invitations.send_afterwards(context)


@subscribers.every("rate(1 minute)")
def send_due_reminders(run: ScheduledRun) -> None:
    """Remind of what is due. A reminder that fails keeps no other from its time."""
    while run.seconds_left() > deliveries.SECONDS_A_MAIL:
        due: list[DueReminder] = run.unit(reminders.claim)
        for reminder in due:
            if run.seconds_left() < deliveries.SECONDS_A_MAIL:
                return
            _remind(run, reminder)
        if len(due) < reminders.BATCH:
            return


@subscribers.every("rate(1 minute)")
def deliver_pending(run: ScheduledRun) -> None:
    """Send the mails that are due and that nobody has sent: deferred ones, and what a crash or the
    provider left undone."""
    run.count("given_up", run.unit(deliveries.clear_away))
    run.count("invitations", invitations.send_invitations(run.unit, run.seconds_left))
    while run.seconds_left() > deliveries.SECONDS_A_MAIL:
        claimed = deliveries.send_due(run.unit, run.seconds_left)
        run.count("claimed", claimed)
        if claimed < deliveries.BATCH:
            return


def _remind(run: ScheduledRun, reminder: DueReminder) -> None:
    try:
        run.count(run.unit(lambda context: reminders.remind(context, reminder)))
    except Exception as error:  # tasks hands it out again when its lease has ended
        log_failure("notifications", error, reminder_id=str(reminder.id))
        run.count("failed")


def _cause(context: Consumer) -> UUID:
    """The event's id: what a notification is told once for."""
    assert context.event_id, "a subscriber always has an event"
    return context.event_id

"""What people are told of other domains' facts, and that they are told once."""

from datetime import UTC, datetime

import pytest

from events.courses import CourseDeleted
from events.tasks import AssignmentCompleted
from events.users import UserCreated
from events.webhooks import SubscriptionChanged
from functions.notifications import links
from shared.ids import uuid7
from tests.campus import Campus, User
from tests.functions.notifications.conftest import Mailbox
from tests.functions.notifications.facts import deliveries, now, tell


def latest(campus: Campus, user: User) -> dict:
    return campus.call("GET", "/v2/notifications", user).data[0]


def test_a_new_account_is_welcomed_once_in_the_inbox_and_by_mail(
    campus: Campus, user: User, mailbox: Mailbox
):
    detail = tell(campus, UserCreated(user_id=user.id), user, times=3)
    assert latest(campus, user)["title"] == "Welcome to Campus"
    (mail,) = mailbox.to(user.email)
    assert mail["subject"] == "Welcome to Campus"
    assert mail["text"].startswith("Hello Ada,")
    assert "Hello Ada," in mail["html"]
    assert deliveries(campus, user) == [
        ("welcome", "in_app", "sent", None),
        ("welcome", "email", "sent", None),
    ]
    assert campus.rows("select user_id from notification_preferences where user_id = %s", user.id)
    chain = campus.rows(
        "select distinct correlation_id from event where user_id = %s and type like 'notif%%'",
        user.id,
    )
    assert chain == [(detail["correlationId"],)]


def test_every_mail_carries_its_one_click_way_out(campus: Campus, user: User, mailbox: Mailbox):
    tell(campus, UserCreated(user_id=user.id), user)
    (mail,) = mailbox.to(user.email)
    url = links.unsubscribe_url(user.id, "security")
    assert mail["headers"] == {
        "List-Unsubscribe": f"<{url}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    assert url in mail["text"]
    assert url in mail["html"]
    path = url.removeprefix("https://api.campus.example")
    assert campus.call("POST", path).status == 200
    chosen = campus.call("GET", "/v2/notification-preferences", user).data
    assert chosen["unsubscribed"] == ["security"]


def test_a_name_is_text_in_a_mail_never_markup(campus: Campus, user: User, mailbox: Mailbox):
    campus.admin.execute("update app_user set first_name = '<b>$body' where id = %s", (user.id,))
    tell(campus, UserCreated(user_id=user.id), user)
    (mail,) = mailbox.to(user.email)
    assert "Hello &lt;b&gt;$body," in mail["html"]
    assert "<b>" not in mail["html"]


def test_a_deleted_course_can_be_found_again(campus: Campus, user: User):
    deletion = uuid7()
    event = CourseDeleted(course_id=uuid7(), deletion_id=deletion)
    tell(campus, event, user, times=2)
    assert latest(campus, user)["actionUrl"] == f"/tasks/trash?deletionId={deletion}"
    assert deliveries(campus, user) == [("course_deleted", "in_app", "sent", None)]


def test_done_again_within_the_hour_is_not_told_again(campus: Campus, user: User):
    assignment = uuid7()
    for version in (2, 4):
        done = AssignmentCompleted(
            assignment_id=assignment, course_id=None, completed_at=now(), entity_version=version
        )
        tell(campus, done, user)
    assert deliveries(campus, user) == [
        ("assignment_completed", "in_app", "sent", None),
        ("assignment_completed", "in_app", "suppressed", "duplicate"),
    ]
    assert len(campus.call("GET", "/v2/notifications", user).data) == 1
    assert campus.types(user).count("notification.suppressed") == 1


EXPIRY = datetime(2026, 12, 24, tzinfo=UTC)


@pytest.mark.parametrize(
    ("tier", "status", "workflow"),
    [
        ("premium", "active", "subscription_started"),
        ("free", "expired", "subscription_ended"),
        ("premium", "past_due", None),
        ("premium", "canceled", None),
    ],
)
def test_bought_and_ended_plans_are_mailed(
    campus: Campus, user: User, mailbox: Mailbox, tier: str, status: str, workflow: str | None
):
    event = SubscriptionChanged(
        subscription_id=user.id, tier=tier, status=status, expires_at=EXPIRY
    )
    tell(campus, event, user, times=2)
    assert {row[0] for row in deliveries(campus, user)} == ({workflow} if workflow else set())
    mails = mailbox.to(user.email)
    assert len(mails) == (1 if workflow else 0)
    if workflow == "subscription_started":
        assert "24 December 2026" in mails[0]["text"]


def test_who_turned_it_off_is_not_told(campus: Campus, user: User, mailbox: Mailbox):
    off = {"master": False, "workflows": {"courseDeleted": True}}
    assert campus.call("PATCH", "/v2/notification-preferences", user, off).status == 200
    tell(campus, UserCreated(user_id=user.id), user)
    tell(campus, CourseDeleted(course_id=uuid7(), deletion_id=uuid7()), user)
    assert mailbox.mails == []
    assert deliveries(campus, user) == [
        ("welcome", "in_app", "suppressed", "master_off"),
        ("welcome", "email", "suppressed", "master_off"),
        ("course_deleted", "in_app", "sent", None),
    ]
    assert len(campus.call("GET", "/v2/notifications", user).data) == 1


def test_suspended_accounts_are_told_nothing(campus: Campus, user: User, mailbox: Mailbox):
    campus.admin.execute(
        "update app_user set account_status = 'suspended' where id = %s", (user.id,)
    )
    tell(campus, UserCreated(user_id=user.id), user)
    assert mailbox.mails == []
    assert deliveries(campus, user) == []

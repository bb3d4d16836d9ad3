"""Sending: nothing twice, nothing lost, whatever breaks in between."""

import threading

import pytest
from botocore.exceptions import EndpointConnectionError, ReadTimeoutError

from events.users import UserCreated
from tests.campus import Campus, User
from tests.functions.notifications.conftest import Mailbox, ses_error
from tests.functions.notifications.facts import deliveries, quiet_now, tell


def mail_row(campus: Campus, user: User) -> tuple:
    """(status, reason, attempts) of the user's one mail."""
    (row,) = campus.rows(
        "select status, reason, attempts from delivery where user_id = %s and channel = 'email'",
        user.id,
    )
    return row


def let_time_pass(campus: Campus, user: User) -> None:
    """Leases and pauses of this user's deliveries are over."""
    campus.admin.execute(
        "update delivery set due_at = now() - interval '1 minute',"
        " claimed_until = now() - interval '1 second' where user_id = %s",
        (user.id,),
    )


def welcome(campus: Campus, user: User) -> None:
    tell(campus, UserCreated(user_id=user.id), user)


@pytest.mark.parametrize(
    "failure",
    [ses_error("TooManyRequestsException"), EndpointConnectionError(endpoint_url="https://ses")],
)
def test_what_never_arrived_is_sent_after_a_pause(
    campus: Campus, user: User, mailbox: Mailbox, failure: Exception
):
    mailbox.refusals = [failure]
    welcome(campus, user)
    assert mail_row(campus, user)[::2] == ("pending", 1)
    campus.run("notifications", "deliver_pending")
    assert mailbox.to(user.email) == []
    let_time_pass(campus, user)
    campus.run("notifications", "deliver_pending")
    assert len(mailbox.to(user.email)) == 1
    assert mail_row(campus, user) == ("sent", None, 2)
    assert campus.types(user).count("notification.sent") == 2


def test_what_ses_refuses_is_failed_for_good(campus: Campus, user: User, mailbox: Mailbox):
    mailbox.refusals = [ses_error("MessageRejected")]
    welcome(campus, user)
    assert mail_row(campus, user) == ("failed", "MessageRejected", 1)
    assert campus.types(user)[-1] == "notification.failed"


def test_a_mail_in_doubt_waits_for_its_lease(campus: Campus, user: User, mailbox: Mailbox):
    mailbox.refusals = [ReadTimeoutError(endpoint_url="https://ses")]
    welcome(campus, user)
    assert mail_row(campus, user) == ("sending", None, 1)
    campus.run("notifications", "deliver_pending")
    assert mailbox.to(user.email) == []
    let_time_pass(campus, user)
    campus.run("notifications", "deliver_pending")
    assert mail_row(campus, user) == ("sent", None, 2)


def test_five_attempts_are_enough(campus: Campus, user: User, mailbox: Mailbox):
    mailbox.refusals = [ReadTimeoutError(endpoint_url="https://ses") for _ in range(5)]
    welcome(campus, user)
    for _ in range(6):
        let_time_pass(campus, user)
        campus.run("notifications", "deliver_pending")
    assert mail_row(campus, user) == ("failed", "too_many_attempts", 5)
    assert mailbox.to(user.email) == []
    assert campus.types(user).count("notification.failed") == 1


def test_many_runs_at_once_send_each_mail_once(campus: Campus, mailbox: Mailbox):
    users = [campus.user() for _ in range(6)]
    for user in users:
        mailbox.refusals = [ses_error("TooManyRequestsException")]
        welcome(campus, user)
        let_time_pass(campus, user)
    runs = [
        threading.Thread(target=campus.run, args=("notifications", "deliver_pending"))
        for _ in range(4)
    ]
    for run in runs:
        run.start()
    for run in runs:
        run.join()
    assert [len(mailbox.to(user.email)) for user in users] == [1] * 6
    assert {mail_row(campus, user) for user in users} == {("sent", None, 2)}


def test_who_comes_late_changes_nothing(campus: Campus, user: User, mailbox: Mailbox):
    """The lease ended during the call and somebody else has it: their outcome stands."""

    def overtaken(**request):
        campus.admin.execute(
            "update delivery set status = 'claimed', version = version + 1,"
            " claimed_until = now() + interval '1 minute' where user_id = %s and channel = 'email'",
            (user.id,),
        )
        return {"MessageId": "late"}

    mailbox.send_email = overtaken
    welcome(campus, user)
    assert mail_row(campus, user) == ("claimed", None, 1)


def test_what_changed_since_the_decision_counts(campus: Campus, user: User, mailbox: Mailbox):
    mailbox.refusals = [ses_error("TooManyRequestsException")]
    welcome(campus, user)
    campus.admin.execute(
        "insert into suppression (user_id, channel, category, reason)"
        " values (%s, 'email', 'all', 'bounced')",
        (user.id,),
    )
    let_time_pass(campus, user)
    campus.run("notifications", "deliver_pending")
    assert deliveries(campus, user)[1] == ("welcome", "email", "suppressed", "bounced")
    assert campus.types(user)[-1] == "notification.suppressed"
    assert mailbox.to(user.email) == []


def test_what_had_to_wait_for_the_morning_is_sent_then(
    campus: Campus, user: User, mailbox: Mailbox
):
    quiet = {"quietHours": quiet_now()}
    assert campus.call("PATCH", "/v2/notification-preferences", user, quiet).status == 200
    welcome(campus, user)
    campus.run("notifications", "deliver_pending")
    assert mail_row(campus, user) == ("deferred", "quiet_hours", 0)
    let_time_pass(campus, user)
    campus.run("notifications", "deliver_pending")
    assert mail_row(campus, user) == ("sent", None, 1)
    assert len(mailbox.to(user.email)) == 1


def test_no_mail_is_sent_inside_a_transaction(campus: Campus, user: User, mailbox: Mailbox):
    seen = []
    take = mailbox.send_email

    def looking(**request):
        seen.extend(
            campus.rows(
                "select count(*) from pg_stat_activity where datname = current_database()"
                " and usename in ('campus_app', 'campus_system')"
                " and state like 'idle in transaction%%'"
            )
        )
        return take(**request)

    mailbox.send_email = looking
    welcome(campus, user)
    assert seen == [(0,)]

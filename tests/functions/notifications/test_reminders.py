"""Due reminders: told in time, once, and not to those who rest or are done."""

import threading
from datetime import timedelta

import pytest

from tests.campus import Campus, User
from tests.functions.notifications.conftest import Mailbox
from tests.functions.notifications.facts import deliveries, now, quiet_now


@pytest.fixture
def assignment(campus: Campus, user: User) -> str:
    """An assignment whose reminder is due now."""
    return make_due(campus, user)


def make_due(campus: Campus, user: User, title: str = "Essay") -> str:
    due = (now() + timedelta(minutes=40)).isoformat().replace("+00:00", "Z")
    body = {"title": title, "dueAt": due, "reminders": [30]}
    answer = campus.call("POST", "/v2/tasks/assignments", user, body)
    assert answer.status == 201, answer.text
    campus.admin.execute(
        "update reminder set remind_at = now() - interval '1 second' where assignment_id = %s",
        (answer.data["id"],),
    )
    return answer.data["id"]


def choose(campus: Campus, user: User, **body: object) -> None:
    answer = campus.call("PATCH", "/v2/notification-preferences", user, body)
    assert answer.status == 200, answer.text


def remind(campus: Campus) -> dict:
    return campus.run("notifications", "send_due_reminders")


def statuses(campus: Campus, user: User) -> list[str]:
    return [
        row[0]
        for row in campus.rows(
            "select status from reminder where user_id = %s order by remind_at", user.id
        )
    ]


def end_leases(campus: Campus, user: User) -> None:
    campus.admin.execute(
        "update reminder set claimed_until = now() - interval '1 second' where user_id = %s",
        (user.id,),
    )


def end_of_quiet_hours(campus: Campus, user: User) -> None:
    end_leases(campus, user)
    campus.admin.execute(
        "update delivery set due_at = now() - interval '1 second'"
        " where user_id = %s and status = 'deferred'",
        (user.id,),
    )


def test_a_due_reminder_is_told_once(campus: Campus, user: User, assignment: str, mailbox: Mailbox):
    remind(campus)
    end_leases(campus, user)
    remind(campus)
    found = campus.call("GET", "/v2/notifications", user).data
    assert [item["title"] for item in found] == ["Reminder: Essay"]
    assert found[0]["actionUrl"] == f"/tasks/assignments/{assignment}"
    (mail,) = mailbox.to(user.email)
    assert mail["subject"] == "Reminder: Essay"
    assert "(UTC)" in mail["text"]
    assert statuses(campus, user) == ["sent"]


def test_the_time_is_told_in_the_persons_zone(campus: Campus, user: User, mailbox: Mailbox):
    choose(campus, user, timezone="Asia/Kolkata")
    make_due(campus, user)
    remind(campus)
    assert "(Asia/Kolkata)" in mailbox.to(user.email)[0]["text"]


def test_what_is_done_is_not_reminded_of(
    campus: Campus, user: User, assignment: str, mailbox: Mailbox
):
    campus.admin.execute(
        "update assignment set status = 'submitted', completed_at = now() where id = %s",
        (assignment,),
    )
    remind(campus)
    assert deliveries(campus, user) == []
    assert statuses(campus, user) == ["skipped"]


def test_quiet_hours_defer_the_mail_until_their_end(campus: Campus, user: User, mailbox: Mailbox):
    choose(campus, user, quietHours=quiet_now())
    make_due(campus, user)
    for _ in range(2):
        remind(campus)
        campus.run("notifications", "deliver_pending")
        end_leases(campus, user)
    assert mailbox.mails == []
    assert deliveries(campus, user) == [
        ("assignment_reminder", "in_app", "sent", None),
        ("assignment_reminder", "email", "deferred", "quiet_hours"),
    ]
    assert campus.types(user).count("notification.deferred") == 1
    end_of_quiet_hours(campus, user)
    remind(campus)
    campus.run("notifications", "deliver_pending")
    assert len(mailbox.to(user.email)) == 1
    assert statuses(campus, user) == ["sent"]


def test_what_was_done_in_quiet_hours_is_not_mailed_after_them(
    campus: Campus, user: User, mailbox: Mailbox
):
    choose(campus, user, quietHours=quiet_now())
    assignment = make_due(campus, user)
    remind(campus)
    campus.admin.execute(
        "update assignment set status = 'submitted', completed_at = now() where id = %s",
        (assignment,),
    )
    end_of_quiet_hours(campus, user)
    remind(campus)
    campus.run("notifications", "deliver_pending")
    assert mailbox.mails == []
    assert deliveries(campus, user)[1][2:] == ("suppressed", "no_longer_relevant")
    assert statuses(campus, user) == ["skipped"]
    assert campus.types(user)[-1] == "notification.suppressed"


def test_a_cancelled_reminder_takes_its_deferred_mail_along(
    campus: Campus, user: User, mailbox: Mailbox
):
    choose(campus, user, quietHours=quiet_now())
    make_due(campus, user)
    remind(campus)
    campus.admin.execute("update reminder set status = 'cancelled' where user_id = %s", (user.id,))
    campus.admin.execute(
        "update delivery set due_at = now() - interval '2 hours'"
        " where user_id = %s and status = 'deferred'",
        (user.id,),
    )
    campus.run("notifications", "deliver_pending")
    assert mailbox.mails == []
    assert deliveries(campus, user)[1][2:] == ("suppressed", "no_longer_relevant")


def test_the_pause_between_two_mails_and_the_days_maximum_hold(
    campus: Campus, user: User, mailbox: Mailbox
):
    for number in range(3):
        make_due(campus, user, f"Essay {number}")
    choose(campus, user, maxPerDay=1, cooldownMinutes=0)
    remind(campus)
    assert len(mailbox.to(user.email)) == 1
    outcomes = [(status, reason) for _, channel, status, reason in deliveries(campus, user)
                if channel == "email"]  # fmt: skip
    assert outcomes == [("sent", None)] + [("suppressed", "daily_limit")] * 2
    assert len(campus.call("GET", "/v2/notifications", user).data) == 3


def test_a_second_mail_waits_for_the_cooldown(campus: Campus, user: User, mailbox: Mailbox):
    make_due(campus, user, "One")
    make_due(campus, user, "Two")
    remind(campus)
    assert len(mailbox.to(user.email)) == 1
    assert deliveries(campus, user)[3][2:] == ("deferred", "cooldown")


def test_reminders_that_are_turned_off_are_not_told(
    campus: Campus, user: User, assignment: str, mailbox: Mailbox
):
    choose(campus, user, categories={"reminder": False})
    remind(campus)
    assert mailbox.mails == []
    assert {row[3] for row in deliveries(campus, user)} == {"category_off"}
    assert statuses(campus, user) == ["sent"]


def test_many_runs_at_once_remind_once(campus: Campus, mailbox: Mailbox):
    users = [campus.user() for _ in range(8)]
    for user in users:
        make_due(campus, user)
    runs = [threading.Thread(target=remind, args=(campus,)) for _ in range(4)]
    for run in runs:
        run.start()
    for run in runs:
        run.join()
    assert [len(mailbox.to(user.email)) for user in users] == [1] * 8
    assert all(len(deliveries(campus, user)) == 2 for user in users)


def test_a_run_that_died_after_its_claim_is_made_good(
    campus: Campus, user: User, assignment: str, mailbox: Mailbox
):
    campus.rows("select * from claim_due_reminders(100)")
    remind(campus)
    assert mailbox.to(user.email) == []
    end_leases(campus, user)
    remind(campus)
    assert len(mailbox.to(user.email)) == 1

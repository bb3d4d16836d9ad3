"""Reminders: made with the item, cancelled when it is done, claimed once when they are due."""

from datetime import timedelta
from typing import Any

from tests.campus import Campus, User
from tests.functions.tasks.planning import PATHS, SOON, create, reminders


def due_now(campus: Campus, user: User) -> None:
    campus.admin.execute(
        "update reminder set remind_at = now() - interval '1 minute' where user_id = %s", (user.id,)
    )


def claim(campus: Campus, user: User) -> list[dict[str, Any]]:
    """What notifications would get, of this user's."""
    with campus.admin.transaction():
        campus.admin.execute("set local role campus_system")
        cursor = campus.admin.execute("select * from claim_due_reminders(1000)")
        names = [column.name for column in cursor.description or ()]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return [row for row in rows if row["user_id"] == user.id]


def settle(campus: Campus, reminder: dict[str, Any], status: str) -> bool:
    return campus.rows("select settle_reminder(%s, %s)", reminder["id"], status)[0][0]


def test_what_is_over_already_is_not_reminded_of(campus: Campus, user: User):
    create(campus, user, dueAt="2026-01-01T10:00:00Z")
    assert reminders(campus, user) == []


def test_the_plan_limits_reminders_of_an_item(campus: Campus, user: User, premium: User):
    given = {"title": "Essay", "dueAt": SOON.isoformat(), "reminders": [5, 15, 30, 60]}
    answer = campus.call("POST", PATHS["assignment"], user, given)
    assert (answer.status, answer.error) == (403, "TASK_LIMIT_EXCEEDED")
    assert answer.json["error"]["details"] == {"limit": 3, "used": 4, "resetsAt": None}
    assert campus.call("POST", PATHS["assignment"], premium, given).status == 201


def test_done_needs_no_reminder_and_reopened_needs_it_again(campus: Campus, user: User):
    made = create(campus, user)
    path = f"{PATHS['assignment']}/{made['id']}"
    campus.call("POST", f"{path}/complete", user)
    assert [status for status, _ in reminders(campus, user)] == ["cancelled"]
    campus.call("POST", f"{path}/reopen", user)
    pending = [at for status, at in reminders(campus, user) if status == "pending"]
    assert pending == [SOON - timedelta(minutes=30)]


def test_a_due_reminder_is_claimed_once(campus: Campus, user: User):
    made = create(campus, user, title="Essay on Ada")
    assert claim(campus, user) == []
    due_now(campus, user)
    (claimed,) = claim(campus, user)
    assert (claimed["kind"], str(claimed["item_id"])) == ("assignment", made["id"])
    assert (claimed["title"], claimed["occurs_at"]) == ("Essay on Ada", SOON)
    assert claimed["relevant"] is True
    assert claim(campus, user) == []
    assert settle(campus, claimed, "sent") is True
    assert settle(campus, claimed, "sent") is False
    assert claim(campus, user) == []


def test_a_lease_that_ran_out_is_due_again(campus: Campus, user: User):
    create(campus, user)
    due_now(campus, user)
    (first,) = claim(campus, user)
    campus.admin.execute(
        "update reminder set claimed_until = now() - interval '1 second' where id = %s",
        (first["id"],),
    )
    assert [row["id"] for row in claim(campus, user)] == [first["id"]]


def test_what_came_to_pass_meanwhile_is_not_relevant(campus: Campus, user: User):
    create(campus, user, "lecture")
    due_now(campus, user)
    campus.admin.execute(
        "update reminder set occurs_at = now() - interval '1 second' where user_id = %s", (user.id,)
    )
    assert [row["relevant"] for row in claim(campus, user)] == [False]


def test_deleted_items_remind_of_nothing(campus: Campus, user: User):
    made = create(campus, user, "study_session")
    due_now(campus, user)
    campus.call("DELETE", f"{PATHS['study_session']}/{made['id']}", user)
    assert claim(campus, user) == []

"""When somebody is reminded of a topic, and by when it has to sit."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.campus import Campus, User
from tests.functions.tasks.recalling import PATH, planned, review, schedule, session, wait


def test_another_day_of_the_exam_is_another_deadline(campus: Campus, user: User):
    made = campus.call("POST", "/v2/courses", user, {"title": "Logic"}).data
    of = session(campus, user, courseId=made["id"])
    for _ in range(2):
        review(campus, user, of, 5)
        wait(campus, of, 24 * 60)
    review(campus, user, of, 5)
    today = datetime.now(UTC).date()
    for exam, due in ((30, 16), (5, 4), (1, 1), (-3, 16), (16, 15), (None, 16)):
        exam_on = exam and (today + timedelta(days=exam)).isoformat()
        campus.call("PATCH", f"/v2/courses/{made['id']}", user, {"examOn": exam_on})
        assert campus.deliver() == []
        now = campus.call("GET", f"{PATH}/{of}", user).data
        assert now["reviewDueAt"][:10] == (today + timedelta(days=due)).isoformat(), exam
        assert now["reviewDueAt"][10:] == "T00:00:00Z"


def test_a_plan_has_the_intervals_of_the_tier(campus: Campus, user: User, premium: User):
    for person, days in ((user, [1, 3, 7]), (premium, [1, 3, 7, 14, 30, 60, 120, 180])):
        of = session(campus, person)
        answer = schedule(campus, person, of)
        assert answer.status == 200, answer.text
        assert [item["days"] for item in answer.data["reminders"]] == days
        assert (answer.data["hour"], answer.data["timezone"]) == (10, "UTC")
        assert answer.data["allowance"]["used"] == len(days)
        again = schedule(campus, person, of).data
        assert [item["remindAt"] for item in again["reminders"]] == [
            item["remindAt"] for item in answer.data["reminders"]
        ]
        assert again["allowance"]["used"] == len(days)
        assert len(planned(campus, person)) == len(planned(campus, person, "cancelled"))


def test_the_plan_is_in_the_zone_and_around_the_best_hour(campus: Campus, user: User):
    campus.admin.execute(
        "update app_user set timezone = 'America/New_York' where id = %s", (user.id,)
    )
    campus.admin.execute(
        "insert into activity (event_id, user_id, kind, on_day, hour, entity_id, entity_version)"
        " select uuid7(), %s, 'session', current_date, case n when 1 then 6 else 21 end,"
        " uuid7(), 1 from generate_series(1, 5) as n",
        (user.id,),
    )
    answer = schedule(campus, user, session(campus, user)).data
    assert answer["hour"] == 21
    for item in answer["reminders"]:
        at = datetime.fromisoformat(item["remindAt"])
        assert at.hour in (0, 1, 2)  # 21:00 in New York, half an hour around it


def test_the_limit_of_reminders_is_told(campus: Campus, user: User):
    for _ in range(5):
        assert schedule(campus, user, session(campus, user)).status == 200
    of = session(campus, user)
    refused = schedule(campus, user, of)
    assert (refused.status, refused.error) == (403, "TASK_LIMIT_EXCEEDED")
    details = refused.json["error"]["details"]
    assert (details["limit"], details["used"]) == (15, 15)
    resets = datetime.fromisoformat(details["resetsAt"])
    assert timedelta(days=29) < resets - datetime.now(UTC) <= timedelta(days=30)
    assert len(planned(campus, user)) == 15
    learnt = review(campus, user, of, 4)  # a review counts, though no reminder is left for it
    assert (learnt.status, len(planned(campus, user))) == (201, 15)
    campus.admin.execute(
        "update reminder set created_at = created_at - interval '30 days' where user_id = %s",
        (user.id,),
    )
    assert schedule(campus, user, of).status == 200


@pytest.mark.parametrize("day", ["1990-01-01", "2199-01-01", "soon", 5])
def test_a_plan_begins_within_a_year(campus: Campus, user: User, day: Any):
    answer = schedule(campus, user, session(campus, user), {"startsOn": day})
    assert (answer.status, answer.error) == (422, "VALIDATION_ERROR")
    assert answer.json["error"]["details"]["errors"][0]["pointer"] == "/startsOn"
    assert planned(campus, user) == []


def test_the_clock_and_changes_of_a_session_leave_its_reviews_alone(campus: Campus, user: User):
    of = session(campus, user)
    schedule(campus, user, of)
    later = (datetime.now(UTC) + timedelta(days=2)).isoformat()
    campus.call("PATCH", f"{PATH}/{of}", user, {"startsAt": later})
    campus.call("POST", f"{PATH}/{of}/start", user)
    assert len(planned(campus, user)) == 3
    campus.call("PATCH", f"{PATH}/{of}", user, {"spacedRepetition": False})
    assert planned(campus, user) == []


def test_a_new_session_for_spaced_repetition_gets_its_plan(campus: Campus, user: User):
    of = session(campus, user, spacedRepetition=True)
    fact = next(f for f in campus.bus.waiting if f["type"] == "study_session.created")
    assert campus.deliver() == []
    first = planned(campus, user)
    assert len(first) == 3
    campus.bus.waiting.append(fact)
    assert campus.deliver() == []
    assert planned(campus, user) == first
    later = datetime.now(UTC) + timedelta(days=20)
    campus.call("PATCH", f"{PATH}/{of}", user, {"startsAt": later.isoformat()})
    assert campus.deliver() == []
    assert [at - was for at, was in zip(planned(campus, user), first, strict=True)] == [
        timedelta(days=(later.date() - (datetime.now(UTC) - timedelta(hours=1)).date()).days)
    ] * 3
    campus.call("PATCH", f"{PATH}/{of}", user, {"spacedRepetition": False})
    assert campus.deliver() == []
    assert planned(campus, user) == []
    campus.call("PATCH", f"{PATH}/{of}", user, {"spacedRepetition": True})
    assert campus.deliver() == []
    assert len(planned(campus, user)) == 3


def test_no_plan_is_made_for_others_or_beyond_the_limit(campus: Campus, user: User):
    session(campus, user)
    assert campus.deliver() == []
    assert planned(campus, user) == []
    for _ in range(6):
        session(campus, user, spacedRepetition=True)
    assert campus.deliver() == []
    assert len(planned(campus, user)) == 15


def test_a_plan_of_ones_own_stays_when_its_fact_arrives(campus: Campus, user: User):
    of = session(campus, user)
    start = datetime.now(UTC).date() + timedelta(days=30)
    answer = schedule(campus, user, of, {"startsOn": start.isoformat()}).data
    assert campus.deliver() == []
    wanted = [datetime.fromisoformat(item["remindAt"]) for item in answer["reminders"]]
    assert planned(campus, user) == wanted


def test_reviews_of_today_are_on_the_home_screen(campus: Campus, user: User):
    of = session(campus, user)
    review(campus, user, of, 4)
    home = campus.call("GET", "/v2/tasks/home", user).data
    assert home["today"]["reviews"] == 0
    campus.admin.execute("update study_session set review_due_at = now() where id = %s", (of,))
    home = campus.call("GET", "/v1/tasks/home", user).data
    assert home["today_overview"]["reviews"] == 1


def test_a_review_reminder_is_told_as_one(campus: Campus, user: User):
    of = session(campus, user)
    schedule(campus, user, of)
    campus.call("POST", f"{PATH}/{of}/start", user)
    campus.call("POST", f"{PATH}/{of}/finish", user)
    campus.admin.execute(
        "update reminder set remind_at = now() where user_id = %s and status = 'pending'",
        (user.id,),
    )
    due = campus.rows("select kind, relevant from claim_due_reminders(1000) where user_id = %s",
                      user.id)  # fmt: skip
    assert due == [("review", True)] * 3
    campus.admin.execute("update reminder set claimed_until = now() where user_id = %s", (user.id,))
    campus.run("notifications", "send_due_reminders")
    told = campus.call("GET", "/v2/notifications", user).data
    assert any(item["body"].startswith("It is time to recall") for item in told)

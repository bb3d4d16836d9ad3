"""Spaced repetition as a client sees it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.campus import Campus, User, pages
from tests.functions.tasks.planning import course, keyed
from tests.functions.tasks.recalling import PATH, planned, review, schedule, session, wait


def test_reviews_follow_sm2(campus: Campus, user: User):
    of = session(campus, user)
    seen = []
    for quality in (5, 5, 5, 2):
        answer = review(campus, user, of, quality, responseSeconds=9)
        assert answer.status == 201, answer.text
        seen.append((answer.data["easeFactor"], answer.data["repetitions"]))
        assert answer.data["crammed"] is False
        wait(campus, of, 24 * 60)
    assert seen == [(2.6, 1), (2.7, 2), (2.8, 3), (2.48, 0)]
    listed = campus.call("GET", f"{PATH}/{of}/reviews", user).data
    assert [item["intervalDays"] for item in listed] == [1, 16, 6, 1]
    assert {item["responseSeconds"] for item in listed} == {9}
    bad = campus.call("GET", f"{PATH}/{of}/reviews?quality=0,1,2", user).data
    assert bad == listed[:1]
    now = campus.call("GET", f"{PATH}/{of}", user).data
    assert (now["reviewCount"], now["spacedRepetition"]) == (4, True)
    assert now["reviewDueAt"] == listed[0]["dueAt"]


def test_a_review_tells_of_itself_and_plans_the_next_reminder(campus: Campus, user: User):
    of = session(campus, user)
    made = review(campus, user, of, 4).data
    assert campus.types(user)[-2:] == ["study_session.reviewed", "reminder.scheduled"]
    [(data, version)] = campus.rows(
        "select data, entity_version from event"
        " where user_id = %s and type = 'study_session.reviewed'",
        user.id,
    )
    assert (data["quality"], data["sessionReviewId"]) == (4, made["id"])
    assert version == campus.call("GET", f"{PATH}/{of}", user).data["version"]
    [at] = planned(campus, user)
    due = datetime.fromisoformat(made["dueAt"])
    assert due.hour == due.minute == 0
    assert timedelta(hours=9, minutes=30) <= at - due <= timedelta(hours=10, minutes=30)
    wait(campus, of, 6)
    review(campus, user, of, 4)
    assert len(planned(campus, user)) == 1
    assert planned(campus, user, "cancelled") == [at]
    assert campus.types(user)[-3:] == [
        "study_session.reviewed",
        "reminder.cancelled",
        "reminder.scheduled",
    ]


def test_two_reviews_need_five_minutes_between_them(campus: Campus, user: User):
    of = session(campus, user)
    first = review(campus, user, of, 4)
    refused = review(campus, user, of, 4)
    assert (refused.status, refused.error) == (429, "RATE_LIMIT_EXCEEDED")
    assert 290 <= int(refused.headers["Retry-After"]) <= 300
    assert campus.call("GET", f"{PATH}/{of}/reviews", user).data == [first.data]
    wait(campus, of, 5)
    assert review(campus, user, of, 4).status == 201
    assert review(campus, user, session(campus, user), 4).status == 201


def test_a_third_review_within_a_day_is_cramming(campus: Campus, user: User):
    of = session(campus, user)
    crammed = []
    for minutes in (6, 6, 6, 24 * 60, 6):
        answer = review(campus, user, of, 4).data
        crammed.append((answer["crammed"], answer["easeFactor"]))
        wait(campus, of, minutes)
    assert crammed == [(False, 2.5), (False, 2.5), (True, 2.4), (True, 2.3), (False, 2.3)]


def test_a_key_reviews_once(campus: Campus, user: User):
    of = session(campus, user)
    key = {"Idempotency-Key": "recall"}
    path = f"{PATH}/{of}/reviews"
    first, again = (campus.call("POST", path, user, {"quality": 3}, key) for _ in range(2))
    assert (first.status, first.text) == (201, again.text)
    assert campus.call("GET", f"{PATH}/{of}", user).data["reviewCount"] == 1


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"quality": 6},
        {"quality": -1},
        {"quality": "5"},
        {"quality": 4.0},
        {"quality": 4, "responseSeconds": -1},
        {"quality": 4, "easeFactor": 3},
    ],
    ids=str,
)
def test_a_review_that_makes_no_sense_is_refused(campus: Campus, user: User, body: Any):
    of = session(campus, user)
    assert campus.call("POST", f"{PATH}/{of}/reviews", user, body).status == 422
    assert campus.call("GET", f"{PATH}/{of}/reviews", user).data == []


def test_an_exam_of_the_course_is_a_deadline(campus: Campus, user: User):
    course_id = course(campus, user)
    today = datetime.now(UTC).date()
    campus.admin.execute(
        "update course set exam_on = %s where id = %s", (today + timedelta(days=4), course_id)
    )
    of = session(campus, user, courseId=str(course_id))
    for _ in range(2):
        made = review(campus, user, of, 5).data
        wait(campus, of, 24 * 60)
    assert made["intervalDays"] == 6
    assert made["dueAt"][:10] == (today + timedelta(days=3)).isoformat()
    answer = schedule(campus, user, of, {"startsOn": today.isoformat()}).data
    assert answer["examOn"] == (today + timedelta(days=4)).isoformat()
    assert [item["days"] for item in answer["reminders"]] == [1, 3]


def test_what_is_due_is_listed_the_oldest_first(campus: Campus, user: User):
    ids = [session(campus, user) for _ in range(4)]
    for number, of in enumerate(ids):
        review(campus, user, of, 4)
        campus.admin.execute(
            "update study_session set review_due_at = now() + make_interval(hours => %s)"
            " where id = %s",
            (number - 2, of),
        )
    due = campus.call("GET", "/v2/tasks/reviews/due", user).data
    assert [item["id"] for item in due] == ids[:3]
    assert due[0]["easeFactor"] == 2.5
    soon = (datetime.now(UTC) + timedelta(hours=2)).isoformat().replace("+00:00", "Z")
    paged = [
        item["id"]
        for page in pages(campus, f"/v2/tasks/reviews/due?until={soon}", user, limit=1)
        for item in page
    ]
    assert paged == ids
    campus.call("DELETE", f"{PATH}/{ids[0]}", user)
    assert len(campus.call("GET", "/v2/tasks/reviews/due", user).data) == 2


def test_statistics_sum_up_what_is_there(campus: Campus, user: User):
    empty = campus.call("GET", "/v2/tasks/reviews/statistics", user).data
    assert (empty["reviews"], empty["averageQuality"], empty["due"]) == (0, None, 0)
    ids = [session(campus, user) for _ in range(3)]
    for of, quality in zip(ids, (5, 4, 0), strict=True):
        review(campus, user, of, quality)
    campus.call("DELETE", f"{PATH}/{ids[2]}", user)
    found = campus.call("GET", "/v2/tasks/reviews/statistics", user).data
    assert (found["reviews"], found["studySessions"], found["averageQuality"]) == (2, 2, 4.5)
    assert [item["count"] for item in found["distribution"]] == [0, 0, 0, 0, 1, 1]
    assert found["due"] == 0
    assert found["nextDueAt"]


def test_reviews_go_with_their_session_and_come_back(campus: Campus, user: User):
    of = session(campus, user)
    made = review(campus, user, of, 4).data
    campus.call("DELETE", f"{PATH}/{of}", user)
    assert campus.call("GET", f"{PATH}/{of}/reviews", user).status == 404
    assert keyed(campus, "POST", f"{PATH}/{of}/restore", user).status == 200
    [back] = campus.call("GET", f"{PATH}/{of}/reviews", user).data
    assert {**back, "version": 1, "updatedAt": made["updatedAt"]} == made
    assert len(planned(campus, user)) == 1
    campus.call("DELETE", f"{PATH}/{of}", user)
    assert keyed(campus, "DELETE", f"{PATH}/{of}/permanent", user).status == 204
    assert campus.rows("select id from session_review where user_id = %s", user.id) == []


def test_nobody_else_sees_or_adds_reviews(campus: Campus, user: User):
    of = session(campus, user)
    review(campus, user, of, 4)
    other = campus.user()
    for method, path, body in (
        ("GET", "reviews", None),
        ("POST", "reviews", {"quality": 5}),
        ("POST", "review-schedule", {}),
    ):
        answer = campus.call(method, f"{PATH}/{of}/{path}", other, body)
        assert (answer.status, answer.error) == (404, "NOT_FOUND")
    assert campus.call("GET", "/v2/tasks/reviews/due", other).data == []
    assert campus.call("GET", f"{PATH}/{of}", user).data["reviewCount"] == 1


def test_v1_clients_see_their_own_names(campus: Campus, user: User):
    of = session(campus, user)
    old = "/functions/v1"
    body = {"session_id": of, "quality": 4, "response_time": 12, "reminder_id": None}
    made = campus.call("POST", f"{old}/record-srs-performance", user, body)
    assert made.status == 201, made.text
    assert (made.data["session_id"], made.data["quality_rating"]) == (of, 4)
    assert made.data["response_time_seconds"] == 12
    assert (made.data["next_interval_days"], made.data["repetition_number"]) == (1, 1)
    assert made.data["next_review_date"]
    listed = campus.call("GET", f"{old}/srs-system/performance/{of}", user)
    assert listed.data == [made.data]
    campus.admin.execute("update study_session set review_due_at = now() where id = %s", (of,))
    [due] = campus.call("GET", f"{old}/srs-system/next-review", user).data
    assert due["session_id"] == of
    sums = campus.call("GET", f"{old}/srs-system/statistics", user).data
    assert (sums["total_reviews"], sums["due_reviews"]) == (1, 1)
    assert sums["quality_distribution"] == {"0": 0, "1": 0, "2": 0, "3": 0, "4": 1, "5": 0}
    asked = {"sessionId": of, "session_date": datetime.now(UTC).isoformat(), "topic": "Ada"}
    plan = campus.call("POST", f"{old}/schedule-reminders", user, asked)
    assert plan.status == 200, plan.text
    assert (plan.data["session_id"], plan.data["optimal_hour"]) == (of, 10)
    assert [item["days_after"] for item in plan.data["reminders"]] == [1, 3, 7]

"""Vacations and rest days: what keeps a streak without doing anything."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.campus import Answer, Campus, User, pages
from tests.functions.tasks.history import arrive, finished, happen, streak

STREAK = "/v2/tasks/stats/streak"
VACATIONS = f"{STREAK}/vacations"
NOW = datetime.now(UTC)


def day(ahead: int) -> str:
    return (NOW.date() + timedelta(days=ahead)).isoformat()


def declare(campus: Campus, user: User, begins: int, ends: int) -> Answer:
    return campus.call("POST", VACATIONS, user, {"startsOn": day(begins), "endsOn": day(ends)})


def move(campus: Campus, user: User, table: str, days: int) -> None:
    """Let days pass since something was declared."""
    campus.admin.execute(
        f"update {table} set starts_on = starts_on - %s, ends_on = ends_on - %s where user_id = %s",
        (days, days, user.id),
    )


def test_a_vacation_keeps_the_streak(campus: Campus, user: User):
    arrive(campus, happen(campus, user, *(finished(NOW - timedelta(n)) for n in (6, 7, 8))))
    assert streak(campus, user) == (0, 3)
    made = declare(campus, user, 0, 4)
    assert made.status == 201, made.text
    assert campus.call("GET", made.headers["Location"], user).data == made.data
    assert campus.call("GET", STREAK, user).data["dayOff"] is True
    move(campus, user, "vacation", 5)
    assert campus.call("GET", STREAK, user).data["dayOff"] is False
    assert streak(campus, user) == (3, 3)
    arrive(campus, happen(campus, user, finished(NOW)))
    assert streak(campus, user) == (4, 4)
    assert campus.types(user).count("vacation.declared") == 1


def test_a_day_between_a_vacation_and_today_breaks_the_streak(campus: Campus, user: User):
    arrive(campus, happen(campus, user, finished(NOW - timedelta(6))))
    declare(campus, user, 0, 3)
    move(campus, user, "vacation", 5)
    assert streak(campus, user) == (0, 1)


@pytest.mark.parametrize(
    ("begins", "ends", "field"), [(-1, 3, "/startsOn"), (3, 2, ""), (0, 92, "")]
)
def test_a_vacation_is_declared_ahead_and_bounded(
    campus: Campus, user: User, begins: int, ends: int, field: str
):
    refused = declare(campus, user, begins, ends)
    assert (refused.status, refused.error) == (422, "VALIDATION_ERROR")
    assert refused.json["error"]["details"]["errors"][0]["pointer"] == field
    assert campus.call("GET", VACATIONS, user).data == []


def test_today_is_the_users_own(campus: Campus, user: User):
    zone = "Pacific/Kiritimati"
    campus.admin.execute("update app_user set timezone = %s where id = %s", (zone, user.id))
    today = datetime.now(ZoneInfo(zone)).date()
    for begins, status in ((today - timedelta(1), 422), (today, 201)):
        body = {"startsOn": begins.isoformat(), "endsOn": today.isoformat()}
        assert campus.call("POST", VACATIONS, user, body).status == status


def test_there_is_an_end_to_vacations(campus: Campus, user: User):
    for _ in range(50):
        campus.admin.execute(
            "insert into vacation (id, user_id, starts_on, ends_on)"
            " values (uuid7(), %s, current_date, current_date)",
            (user.id,),
        )
    refused = declare(campus, user, 1, 2)
    assert (refused.status, refused.error) == (429, "RESOURCE_LIMIT_EXCEEDED")
    paged = [item for page in pages(campus, VACATIONS, user, limit=20) for item in page]
    assert len(paged) == 50


def test_a_vacation_is_taken_back_from_today_on(campus: Campus, user: User):
    ahead, begun, over = (declare(campus, user, 0, 2).data["id"] for _ in range(3))
    for vacation, days in ((begun, 2), (over, 5)):
        campus.admin.execute(
            "update vacation set starts_on = starts_on - %s, ends_on = ends_on - %s where id = %s",
            (days, days, vacation),
        )
    assert campus.call("DELETE", f"{VACATIONS}/{ahead}", user).status == 204
    assert campus.call("GET", f"{VACATIONS}/{ahead}", user).status == 404
    assert campus.call("DELETE", f"{VACATIONS}/{begun}", user).status == 204
    left = campus.call("GET", f"{VACATIONS}/{begun}", user).data
    assert (left["startsOn"], left["endsOn"]) == (day(-2), day(-1))
    refused = campus.call("DELETE", f"{VACATIONS}/{over}", user)
    assert (refused.status, refused.error) == (409, "CONFLICT")
    assert campus.types(user).count("vacation.withdrawn") == 2


def test_rest_days_keep_the_streak_from_when_they_are_declared(campus: Campus, user: User):
    yesterday = NOW.date() - timedelta(1)
    arrive(campus, happen(campus, user, finished(NOW - timedelta(2))))
    answer = campus.call(
        "PUT", f"{STREAK}/rest-days", user, {"weekdays": [yesterday.isoweekday()] * 2}
    )
    assert (answer.status, answer.data) == (200, {"weekdays": [yesterday.isoweekday()]})
    assert streak(campus, user) == (0, 1)  # too late for yesterday
    move(campus, user, "rest_day", 7)
    assert streak(campus, user) == (1, 1)
    campus.call("PUT", f"{STREAK}/rest-days", user, {"weekdays": []})
    assert campus.call("GET", f"{STREAK}/rest-days", user).data == {"weekdays": []}
    assert streak(campus, user) == (1, 1)  # what was a rest day stays one
    assert campus.types(user).count("rest_days.changed") == 2


def test_saying_the_same_rest_days_again_changes_nothing(campus: Campus, user: User):
    for weekdays in ([6, 7], [7, 6], [7], [6, 7]):
        campus.call("PUT", f"{STREAK}/rest-days", user, {"weekdays": weekdays})
    rows = campus.rows(
        "select weekday, ends_on from rest_day where user_id = %s order by weekday", user.id
    )
    assert rows == [(6, None), (7, None)]
    assert campus.types(user).count("rest_days.changed") == 3


@pytest.mark.parametrize("weekdays", [[0], [8], ["1"], [1, 2, 3, 4, 5, 6, 7], None, 3], ids=str)
def test_rest_days_are_weekdays_and_not_all(campus: Campus, user: User, weekdays: Any):
    refused = campus.call("PUT", f"{STREAK}/rest-days", user, {"weekdays": weekdays})
    assert (refused.status, refused.error) == (422, "VALIDATION_ERROR")


def test_nobody_else_sees_or_takes_days_off(campus: Campus, user: User):
    vacation = declare(campus, user, 0, 1).data["id"]
    campus.call("PUT", f"{STREAK}/rest-days", user, {"weekdays": [1]})
    other = campus.user()
    for method in ("GET", "DELETE"):
        assert campus.call(method, f"{VACATIONS}/{vacation}", other).status == 404
    assert campus.call("GET", VACATIONS, other).data == []
    assert campus.call("GET", f"{STREAK}/rest-days", other).data == {"weekdays": []}
    assert campus.call("GET", STREAK, other).data["dayOff"] is False

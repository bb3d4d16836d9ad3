"""Planner, calendar, free and busy times: what a user's time holds."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.tasks.expansion import instant, series
from tests.campus import Campus, User
from tests.functions.tasks.planning import SOON, create
from tests.functions.tasks.recurring import ZONES, rules
from tests.functions.tasks.test_series import LOCAL, WEEKLY

FROM, TO = "2027-01-01T00:00:00Z", "2027-02-01T00:00:00Z"


def get(campus: Campus, user: User, path: str) -> Any:
    answer = campus.call("GET", path, user)
    assert answer.status == 200, answer.text
    return answer.data


def planner(campus: Campus, user: User, since: str, until: str, more: str = "") -> list[Any]:
    found = get(campus, user, f"/v2/tasks/planner?from={since}&to={until}{more}")
    assert found["truncated"] is False
    return found["entries"]


def stamp(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def test_kinds_are_merged_in_order(campus: Campus, user: User):
    lecture = create(campus, user, "lecture", recurrence="FREQ=DAILY;COUNT=2", location="Hall A")
    session = create(campus, user, "study_session")
    essay = create(campus, user)
    since, until = stamp(SOON), stamp(SOON + timedelta(days=2))
    found = planner(campus, user, since, until)
    assert [(entry["kind"], entry["id"]) for entry in found] == [
        ("assignment", essay["id"]),
        ("lecture", lecture["id"]),
        ("study_session", session["id"]),
        ("lecture", lecture["id"]),
    ]
    assert [entry["recurrenceId"] for entry in found if entry["kind"] == "lecture"] == [
        LOCAL.isoformat(),
        (LOCAL + timedelta(days=1)).isoformat(),
    ]
    assert (found[1]["location"], found[0]["status"]) == ("Hall A", "planned")
    only = planner(campus, user, since, until, "&kinds=lecture,assignment")
    assert {entry["kind"] for entry in only} == {"lecture", "assignment"}
    assert planner(campus, campus.user(), since, until) == []


@settings(max_examples=20, deadline=None)
@given(rule=rules(), zone=ZONES, day=st.integers(0, 300), days=st.integers(1, 90))
def test_the_planner_shows_a_series_as_it_falls(
    campus: Campus, rule: str, zone: str, day: int, days: int
):
    user = campus.user()
    start = LOCAL.replace(second=0)
    made = create(
        campus, user, "lecture", startLocal=start.isoformat(), timezone=zone, recurrence=rule
    )
    since = SOON + timedelta(days=day)
    until = since + timedelta(days=days)
    found = planner(campus, user, stamp(since), stamp(until), "&kinds=lecture")
    whole = series(start, zone, rule, until=start + timedelta(days=395))
    moments = [instant(local, ZoneInfo(zone)) for local in whole]
    begun = since - timedelta(minutes=made["durationMinutes"])
    expected = [stamp(at) for at in moments if begun < at < until]
    assert [entry["startsAt"] for entry in found] == expected


def test_what_is_cancelled_moved_or_done_is_shown_so(campus: Campus, user: User):
    made = create(campus, user, "lecture", recurrence="FREQ=WEEKLY;COUNT=3")
    path = f"/v2/tasks/lectures/{made['id']}/occurrences"
    moved = WEEKLY[1] + timedelta(hours=1)
    campus.call("PATCH", f"{path}/{WEEKLY[0].isoformat()}", user, {"status": "cancelled"})
    change = {"startLocal": moved.isoformat(), "title": "Guest"}
    campus.call("PATCH", f"{path}/{WEEKLY[1].isoformat()}", user, change)
    found = planner(campus, user, stamp(SOON), stamp(SOON + timedelta(days=30)))
    assert [(entry["startsAt"][:-1], entry["status"], entry["title"]) for entry in found] == [
        (WEEKLY[0].isoformat(), "cancelled", "Logic"),
        (moved.isoformat(), "planned", "Guest"),
        (WEEKLY[2].isoformat(), "planned", "Logic"),
    ]


@pytest.mark.parametrize(
    "query",
    [
        "",
        f"?from={FROM}",
        f"?from={TO}&to={FROM}",
        f"?from={FROM}&to=2028-01-01T00:00:00Z",
        f"?from={FROM}&to={TO}&kinds=exam",
        "?from=today&to=tomorrow",
    ],
)
def test_what_is_no_range_is_refused(campus: Campus, user: User, query: str):
    for path in ("planner", "planner/free-busy"):
        answer = campus.call("GET", f"/v2/tasks/{path}{query}", user)
        assert (answer.status, answer.error) == (422, "VALIDATION_ERROR")


def test_times_are_busy_once_and_free_between(campus: Campus, user: User):
    def at(hour: int, minute: int = 0) -> str:
        return f"2027-01-04T{hour:02}:{minute:02}:00Z"

    create(campus, user, "lecture", startLocal=at(10)[:-1], durationMinutes=90)
    create(campus, user, "study_session", startsAt=at(11), endsAt=at(12))
    create(campus, user, "study_session", startsAt=at(15))
    create(campus, user, dueAt=at(18))
    found = get(campus, user, f"/v2/tasks/planner/free-busy?from={at(9)}&to={at(15, 30)}")
    assert found["busy"] == [
        {"startsAt": at(10), "endsAt": at(12)},
        {"startsAt": at(15), "endsAt": at(15, 30)},
    ]
    assert found["free"] == [
        {"startsAt": at(9), "endsAt": at(10)},
        {"startsAt": at(12), "endsAt": at(15)},
    ]


@pytest.mark.parametrize(
    ("starts_on", "day", "first"),
    [
        (1, "2027-03-28", "2027-03-22"),
        (0, "2027-03-28", "2027-03-28"),
        (6, "2027-03-28", "2027-03-27"),
    ],
)
def test_a_week_begins_where_the_users_weeks_do(
    campus: Campus, user: User, starts_on: int, day: str, first: str
):
    campus.admin.execute(
        "update app_user set week_starts_on = %s, timezone = 'Europe/Berlin' where id = %s",
        (starts_on, user.id),
    )
    found = get(campus, user, f"/v2/tasks/calendar?weekStart={day}")
    days = [entry["on"] for entry in found["days"]]
    assert days == [str(date.fromisoformat(first) + timedelta(days=n)) for n in range(7)]
    assert (found["weekStart"], found["timezone"]) == (first, "Europe/Berlin")


def test_a_day_is_the_users_also_when_clocks_change(campus: Campus, user: User):
    campus.admin.execute(
        "update app_user set timezone = 'America/New_York' where id = %s", (user.id,)
    )
    late = create(campus, user, dueAt="2027-03-15T03:30:00Z")  # Sunday night, in summer time
    early = create(campus, user, dueAt="2027-03-14T04:30:00Z")  # Saturday night, in winter time
    days = get(campus, user, "/v2/tasks/calendar?weekStart=2027-03-14")["days"]
    shown = {day["on"]: [item["id"] for item in day["assignments"]] for day in days}
    assert (shown["2027-03-14"], shown["2027-03-13"]) == ([late["id"]], [early["id"]])


def test_v1_and_the_old_function_show_the_week_by_day_and_kind(campus: Campus, user: User):
    made = create(campus, user, dueAt="2027-01-06T12:00:00Z")
    data = campus.call("GET", "/v1/tasks/calendar?week_start=2027-01-06", user).data
    [item] = data["days"][2]["assignments"]
    assert (data["days"][2]["date"], item["type"], item["id"]) == (
        "2027-01-06",
        "assignment",
        made["id"],
    )
    assert {"start_time", "end_time", "venue"} <= item.keys()
    old = "/functions/v1/get-calendar-data-for-week"
    asked = campus.call("POST", old, user, {"date": "2027-01-06"})
    assert (asked.status, asked.data) == (200, data), asked.text
    assert campus.call("GET", f"{old}?week_start=2027-01-06", user).data == data


def test_without_a_day_it_is_this_week(campus: Campus, user: User):
    found = get(campus, user, "/v2/tasks/calendar")
    today = datetime.now(UTC).date()
    assert found["weekStart"] == str(today - timedelta(days=today.weekday()))

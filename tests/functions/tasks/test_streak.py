"""Days in a row, whatever the clocks, zones, days off and deliveries do."""

import os
from datetime import UTC, date, datetime, timedelta
from threading import Thread
from zoneinfo import ZoneInfo

import orjson
import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.ids import uuid7
from tests.campus import Campus, User
from tests.functions.tasks.history import (
    arrive,
    completed,
    finished,
    happen,
    projection,
    reviewed,
    runs,
    streak,
)
from tests.functions.tasks.planning import PATHS, create

STREAK = "/v2/tasks/stats/streak"
NOW = datetime.now(UTC)
# Zones far apart and with changes of the clocks in both hemispheres, by an hour and by half of one.
ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Pacific/Auckland", "Australia/Lord_Howe",
         "Asia/Kathmandu", "Pacific/Kiritimati", "Pacific/Pago_Pago"]  # fmt: skip
CHANGES = [datetime(2026, 3, 28), datetime(2026, 10, 24), datetime(2026, 3, 7),
           datetime(2026, 10, 31), datetime(2026, 4, 4), datetime(2026, 9, 26)]  # fmt: skip
PROPERTY = settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def set_zone(campus: Campus, user: User, zone: str) -> None:
    campus.admin.execute("update app_user set timezone = %s where id = %s", (zone, user.id))


def test_a_streak_grows_by_days_and_ends_with_a_gap(campus: Campus, user: User):
    assert streak(campus, user) == (0, 0)
    arrive(campus, happen(campus, user, *(completed(NOW - timedelta(d)) for d in (9, 8, 8, 7))))
    assert streak(campus, user) == (0, 3)
    arrive(campus, happen(campus, user, *(completed(NOW - timedelta(d)) for d in (1, 0, 0))))
    assert streak(campus, user) == (2, 3)
    assert campus.types(user).count("streak.updated") == 5


def test_what_arrives_late_still_counts(campus: Campus, user: User):
    facts = happen(campus, user, *(reviewed(NOW - timedelta(d)) for d in (0, 1, 2)))
    arrive(campus, [facts[0], facts[2]])
    assert streak(campus, user) == (1, 1)
    arrive(campus, [facts[1]])
    assert streak(campus, user) == (3, 3)


def test_completing_finishing_and_reviewing_count(campus: Campus, user: User):
    made, session = create(campus, user), create(campus, user, "study_session")
    campus.call("POST", f"{PATHS['assignment']}/{made['id']}/complete", user)
    for verb in ("start", "finish"):
        campus.call("POST", f"{PATHS['study_session']}/{session['id']}/{verb}", user)
    campus.call("POST", f"{PATHS['study_session']}/{session['id']}/reviews", user, {"quality": 4})
    campus.call("POST", f"{PATHS['assignment']}/{made['id']}/reopen", user)
    facts = list(campus.bus.waiting)
    assert campus.deliver() == []
    arrive(campus, facts)
    kinds = campus.rows("select kind from activity where user_id = %s order by kind", user.id)
    assert kinds == [("completion",), ("reopening",), ("review",), ("session",)]
    assert streak(campus, user) == (1, 1)
    assert campus.types(user).count("streak.updated") == 1
    v1 = campus.call("GET", "/v1/tasks/stats/streak", user).data
    assert (v1["current_streak"], v1["longest_streak"]) == (1, 1)
    assert v1.keys() == {"current_streak", "longest_streak", "last_activity_date"}


def test_a_day_is_the_users_own_where_they_were(campus: Campus, user: User):
    for moment in ("2026-06-01T11:30:00Z", "2026-06-01T12:30:00Z"):
        at = datetime.fromisoformat(moment)
        arrive(campus, happen(campus, user, completed(at, "Pacific/Auckland")))
    assert streak(campus, user) == (0, 2)
    set_zone(campus, user, "America/New_York")
    assert streak(campus, user) == (0, 2)


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago"])
def test_a_streak_ends_when_the_users_own_day_does(campus: Campus, user: User, zone: str):
    set_zone(campus, user, zone)
    here = datetime.now(ZoneInfo(zone))
    for days, current in ((1, 1), (2, 0)):
        someone = campus.user()
        set_zone(campus, someone, zone)
        noon = (here - timedelta(days)).replace(hour=12)
        arrive(campus, happen(campus, someone, finished(noon.astimezone(UTC), zone)))
        assert streak(campus, someone) == (current, 1)
        found = campus.call("GET", STREAK, someone).data
        assert (found["lastActivityOn"], found["activeToday"]) == (noon.date().isoformat(), False)


@PROPERTY
@given(data=st.data())
def test_zones_changes_of_the_clocks_and_travels_lose_no_day(campus: Campus, data: st.DataObject):
    """One activity on each local day, at any hour and wherever somebody was: no gap, no double."""
    user = campus.user()
    first = data.draw(st.sampled_from(CHANGES)).date() - timedelta(days=2)
    zone = data.draw(st.sampled_from(ZONES))
    days = [first + timedelta(days=n) for n in range(6)]
    events = []
    for day in days:
        minute = data.draw(st.integers(0, 24 * 60 - 1))
        local = datetime(day.year, day.month, day.day) + timedelta(minutes=minute)
        at = local.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
        if at.astimezone(ZoneInfo(zone)).date() != day:
            at = datetime(day.year, day.month, day.day, 12, tzinfo=ZoneInfo(zone)).astimezone(UTC)
        events.append(finished(at, zone))
    facts = happen(campus, user, *events)
    arrive(campus, data.draw(st.permutations(facts + facts[:2])))
    assert streak(campus, user)[1] == len(days)
    _, [(_, longest, last)] = projection(campus, user)
    assert (longest, last) == (len(days), days[-1])


@PROPERTY
@given(
    ago=st.lists(st.integers(0, 40), min_size=1, max_size=15),
    vacation=st.tuples(st.integers(0, 40), st.integers(0, 12)),
    resting=st.sets(st.integers(1, 7), max_size=3),
    data=st.data(),
)
def test_a_streak_is_what_the_rule_says(
    campus: Campus,
    ago: list[int],
    vacation: tuple[int, int],
    resting: set[int],
    data: st.DataObject,
):
    user, today = campus.user(), datetime.now(UTC).date()
    begins = today - timedelta(days=vacation[0])
    ends = begins + timedelta(days=vacation[1])
    campus.admin.execute(
        "insert into vacation (id, user_id, starts_on, ends_on) values (%s, %s, %s, %s)",
        (uuid7(), user.id, begins, ends),
    )
    for weekday in resting:
        campus.admin.execute(
            "insert into rest_day (user_id, weekday, starts_on) values (%s, %s, %s)",
            (user.id, weekday, today - timedelta(days=30)),
        )
    facts = happen(campus, user, *(reviewed(NOW - timedelta(days=n)) for n in ago))
    arrive(campus, data.draw(st.permutations(facts)))
    every = [today - timedelta(days=n) for n in range(-1, 60)]
    excused = {
        day
        for day in every
        if begins <= day <= ends
        or (day.isoweekday() in resting and day >= today - timedelta(days=30))
    }
    found = runs({(NOW - timedelta(days=n)).date() for n in ago}, excused)
    last = found[-1][-1]
    missed = [day for day in every if last < day < today and day not in excused]
    assert streak(campus, user) == (0 if missed else len(found[-1]), max(map(len, found)))


def test_two_days_that_are_written_at_once_are_two(campus: Campus, user: User):
    def row(day: date) -> str:
        made = {"event_id": uuid7(), "kind": "session", "on_day": day, "hour": 10,
                "entity_id": uuid7(), "entity_version": 1}  # fmt: skip
        return orjson.dumps([made]).decode()

    today = datetime.now(UTC).date()
    add = "select * from record_activity(%s, %s::jsonb)"
    other = Thread(
        target=campus.admin.execute, args=(add, (user.id, row(today - timedelta(days=1))))
    )
    with psycopg.connect(os.environ["DATABASE_URL"]) as slow:
        slow.execute(add, (user.id, row(today)))
        other.start()
        other.join(0.3)
        assert other.is_alive()
    other.join()
    assert streak(campus, user) == (2, 2)

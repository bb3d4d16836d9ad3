"""On which day and at which moment somebody is reminded of a topic."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.tasks.review_times import JITTER, due_day, plan, remind_at
from shared.ids import uuid7

TODAY = date(2027, 3, 1)
FREE, PREMIUM = (1, 3, 7), (1, 3, 7, 14, 30, 60, 120, 180)
ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Pacific/Auckland", "Asia/Kathmandu",
         "Australia/Lord_Howe", "America/Sao_Paulo", "Africa/Casablanca"]  # fmt: skip
DAYS = st.dates(date(2024, 1, 1), date(2030, 12, 31))


@pytest.mark.parametrize(
    ("days", "exam", "due"),
    [
        (6, None, 6),
        (6, 10, 6),
        (6, 7, 6),
        (6, 6, 5),
        (6, 3, 2),
        (6, 1, 1),
        (1, 1, 1),
        (6, 0, 6),
        (6, -4, 6),
    ],
)
def test_an_exam_is_a_deadline(days: int, exam: int | None, due: int):
    exam_on = None if exam is None else TODAY + timedelta(days=exam)
    assert due_day(TODAY, days, exam_on) == TODAY + timedelta(days=due)


@pytest.mark.parametrize(
    ("exam", "planned"),
    [
        (None, [1, 3, 7]),
        (8, [1, 3, 7]),
        (7, [1, 3, 6]),
        (5, [1, 3, 4]),
        (4, [1, 3]),
        (2, [1]),
        (1, []),
        (0, [1, 3, 7]),
        (-9, [1, 3, 7]),
    ],
)
def test_a_plan_ends_on_the_eve_of_the_exam(exam: int | None, planned: list[int]):
    exam_on = None if exam is None else TODAY + timedelta(days=exam)
    assert plan(TODAY, FREE, exam_on) == planned


@given(st.integers(1, 400))
def test_no_plan_reaches_into_the_exam(exam: int):
    exam_on = TODAY + timedelta(days=exam)
    planned = plan(TODAY, PREMIUM, exam_on)
    assert planned == sorted(set(planned))
    assert all(0 < days < exam for days in planned)
    assert exam == 1 or (planned[-1] == exam - 1 or exam > PREMIUM[-1])


@given(DAYS, st.integers(0, 23), st.integers(1, 365), st.sampled_from(ZONES), st.uuids())
def test_the_moment_is_near_the_hour_on_that_day_whatever_the_clocks_do(
    day: date, hour: int, days: int, name: str, session: UUID
):
    zone = ZoneInfo(name)
    at = remind_at(session, days, day, hour, zone)
    assert at == remind_at(session, days, day, hour, zone)
    local = at.astimezone(zone).replace(tzinfo=None)
    wanted = datetime.combine(day, datetime.min.time()) + timedelta(hours=hour)
    skipped = timedelta(hours=1)  # an hour that is left out is an hour later
    assert wanted - timedelta(minutes=JITTER) <= local
    assert local <= wanted + timedelta(minutes=JITTER) + skipped
    assert local.date() == day or local - wanted > timedelta(minutes=JITTER)


def test_ten_oclock_stays_ten_oclock_when_the_clocks_change():
    zone, session = ZoneInfo("Europe/Berlin"), uuid7()
    before, after = (remind_at(session, 3, date(2027, 3, n), 10, zone) for n in (27, 28))
    assert after - before == timedelta(hours=23)
    left_out = remind_at(session, 3, date(2027, 3, 28), 2, zone)
    assert left_out.astimezone(UTC).hour in (0, 1)


def test_topics_are_spread_around_the_hour():
    zone = ZoneInfo("UTC")
    minutes = {
        (remind_at(uuid7(), 1, TODAY, 10, zone) - datetime(2027, 3, 1, 10, tzinfo=UTC))
        // timedelta(minutes=1)
        for _ in range(2000)
    }
    assert minutes == set(range(-JITTER, JITTER + 1))

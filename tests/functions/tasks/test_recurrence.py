"""Recurrence rules, held against an independent implementation."""

import datetime as calendar
import time
from datetime import UTC, datetime, timedelta
from itertools import takewhile
from unittest.mock import patch
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.tasks.expansion import HORIZON, instant, occurrences, series
from functions.tasks.recurrence import Rule
from tests.campus import Campus
from tests.functions.tasks.recurring import NIGHTS, STARTS, ZONES, rules

# Rules without end that fall on no day, or on few.
HOSTILE = [
    "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
    "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=31",
    "FREQ=MONTHLY;BYMONTHDAY=31;BYMONTH=4,6,9,11;COUNT=9999",
    "FREQ=YEARLY;BYYEARDAY=366;INTERVAL=100",
    "FREQ=DAILY;BYSETPOS=366;BYDAY=MO",
    "FREQ=YEARLY;BYWEEKNO=1;BYMONTH=7;BYDAY=MO",
    "FREQ=YEARLY;BYDAY=53MO;BYMONTH=1",
    "FREQ=WEEKLY;INTERVAL=366;BYMONTH=2;COUNT=9999",
]


# dateutil differs from RFC 5545 in corners that `alike` leaves out: it takes BYDAY=MO,2TU for both
# at once, BYWEEKNO alone for the whole week, and BYSETPOS of the first week from its start on.
@settings(max_examples=300, deadline=None, derandomize=True)
@given(rule=rules(alike=True), start=STARTS)
def test_the_expansion_is_that_of_rfc_5545(rule: str, start: datetime):
    begin, end = start.replace(tzinfo=UTC), start.replace(tzinfo=UTC) + HORIZON
    with patch.object(calendar, "MAXYEAR", end.year):  # it looks as far for a rule without dates
        known = rrulestr(rule, dtstart=begin).xafter(begin, inc=True)
        expected = list(takewhile(lambda moment: moment <= end, known))
    assert list(occurrences(start, "UTC", rule)) == expected


@pytest.mark.parametrize(
    ("rule", "days"),
    [
        ("FREQ=MONTHLY;BYDAY=-1FR;COUNT=3", ["0130", "0227", "0327"]),
        ("FREQ=MONTHLY;BYDAY=MO,2TU;COUNT=5", ["0105", "0112", "0113", "0119", "0126"]),
        ("FREQ=MONTHLY;BYMONTHDAY=31;COUNT=3", ["0131", "0331", "0531"]),
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;COUNT=2", ["0130", "0227"]),
        ("FREQ=YEARLY;BYWEEKNO=20;COUNT=1", ["0514"]),
        ("FREQ=YEARLY;BYMONTH=3;COUNT=1", ["0301"]),
        ("FREQ=WEEKLY;BYDAY=MO,TH;BYSETPOS=1;COUNT=2", ["0105", "0112"]),
        ("FREQ=DAILY;UNTIL=20260103", ["0101", "0102", "0103"]),
        ("FREQ=DAILY;UNTIL=20260102T100000", ["0101", "0102"]),
    ],
)
def test_what_rules_mean(rule: str, days: list[str]):
    found = occurrences(datetime(2026, 1, 1, 10), "UTC", rule)
    assert [f"{moment:%m%d}" for moment in found] == days


@given(rule=rules())
def test_a_rule_is_read_as_it_is_written(rule: str):
    assert Rule.parse(str(Rule.parse(rule))) == Rule.parse(rule)


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "COUNT=3",
        "FREQ=HOURLY",
        "FREQ=DAILY;FREQ=DAILY",
        "FREQ=DAILY;COUNT=2;UNTIL=20270101",
        "FREQ=DAILY;COUNT=10000",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=DAILY;BYDAY=1MO",
        "FREQ=WEEKLY;BYMONTHDAY=1",
        "FREQ=MONTHLY;BYYEARDAY=1",
        "FREQ=MONTHLY;BYWEEKNO=1",
        "FREQ=YEARLY;BYWEEKNO=1;BYDAY=1MO",
        "FREQ=YEARLY;BYMONTH=0",
        "FREQ=YEARLY;BYMONTH=-1",
        "FREQ=MONTHLY;BYMONTHDAY=32",
        "FREQ=MONTHLY;BYSETPOS=1",
        "FREQ=MONTHLY;BYDAY=54MO",
        "FREQ=MONTHLY;BYDAY=",
        "FREQ=DAILY;UNTIL=20270231",
        "FREQ=DAILY;WKST=XX",
        "FREQ=DAILY;BYHOUR=3",
        "FREQ=DAILY;BYMONTHDAY=١",
    ],
)
def test_what_is_no_rule_is_refused(wrong: str):
    with pytest.raises(ValueError, match=r"must|needs|takes|cannot"):
        Rule.parse(wrong)


@settings(max_examples=150, deadline=None)
@given(rule=rules(), start=NIGHTS, zone=ZONES)
def test_nothing_vanishes_doubles_or_drifts_when_clocks_change(
    rule: str, start: datetime, zone: str
):
    place, ending = ZoneInfo(zone), rule if "UNTIL" not in rule else "FREQ=DAILY"
    in_utc = series(start, "UTC", ending, until=start + HORIZON)
    there = series(start, zone, ending, until=start + HORIZON)
    assert there == in_utc  # the wall clock's times are the same everywhere
    moments = [instant(local, place) for local in there]
    assert moments == sorted(set(moments))
    for local, moment in zip(there, moments, strict=True):
        shown = moment.astimezone(place).replace(tzinfo=None)
        skipped = local.replace(tzinfo=place).astimezone(UTC).astimezone(place)
        assert shown in (local, skipped.replace(tzinfo=None))


@settings(max_examples=100, deadline=None)
@given(rule=rules(), start=STARTS, data=st.data())
def test_a_window_shows_what_the_whole_shows(rule: str, start: datetime, data: st.DataObject):
    whole = series(start, "Europe/Berlin", rule, until=start + HORIZON)
    since = start + timedelta(days=data.draw(st.integers(0, 300)))
    until = since + timedelta(days=data.draw(st.integers(0, 100)))
    part = series(start, "Europe/Berlin", rule, since=since, until=until)
    assert part == [local for local in whole if since <= local <= until]


@given(
    start=STARTS,
    added=st.lists(st.integers(1, 300), max_size=5, unique=True),
    left_out=st.lists(st.integers(0, 300), max_size=5, unique=True),
)
def test_dates_are_added_and_left_out(start: datetime, added: list[int], left_out: list[int]):
    rdates = [start + timedelta(days=n, hours=1) for n in added]
    exdates = [start + timedelta(days=n) for n in left_out] + rdates[:1]
    found = series(start, "UTC", "FREQ=DAILY", exdates, rdates, until=start + timedelta(days=300))
    daily = [start + timedelta(days=n) for n in range(301)]
    assert found == sorted({*daily, *[at for at in rdates if at <= daily[-1]]} - set(exdates))


@pytest.mark.parametrize("rule", HOSTILE)
def test_a_rule_that_falls_on_no_day_ends_soon(rule: str):
    start, began = datetime(1970, 1, 2, 3), time.process_time()
    series(start, "Europe/Berlin", rule, until=datetime(2199, 12, 31))
    assert time.process_time() - began < 2
    began = time.process_time()
    list(occurrences(start, "Europe/Berlin", rule))
    assert time.process_time() - began < 0.1


def test_ten_o_clock_stays_ten_o_clock():
    found = occurrences(datetime(2026, 10, 20, 10), "Europe/Berlin", "FREQ=WEEKLY;COUNT=2")
    assert [moment.hour for moment in found] == [8, 9]


@settings(max_examples=150, deadline=None)
@given(rule=rules(), start=NIGHTS, zone=ZONES)
def test_the_database_expands_as_the_function_does(
    campus: Campus, rule: str, start: datetime, zone: str
):
    rows = campus.rows("select * from lecture_occurrences(%s, %s, %s)", start, zone, rule)
    assert [row[0] for row in rows] == list(occurrences(start, zone, rule))


@settings(max_examples=50, deadline=None)
@given(rule=rules() | st.none(), start=STARTS, zone=ZONES, data=st.data())
def test_the_database_shows_the_same_window(
    campus: Campus, rule: str | None, start: datetime, zone: str, data: st.DataObject
):
    days = st.lists(st.integers(-5, 300).map(lambda n: start + timedelta(days=n)), max_size=4)
    exdates, rdates = data.draw(days), data.draw(days)
    since = start + timedelta(days=data.draw(st.integers(-100, 300)))
    until = since + timedelta(days=data.draw(st.integers(0, 400)))
    given_ = (start, zone, rule, exdates, rdates, since, until)
    rows = campus.rows(
        "select * from series_dates(%s, %s, %s, %s::timestamp[], %s::timestamp[], %s, %s)", *given_
    )
    expected = series(start, zone, rule, exdates, rdates, since=since, until=until)
    assert [row[0] for row in rows] == expected


@pytest.mark.parametrize("rule", HOSTILE)
def test_the_database_is_done_soon_with_a_hostile_rule(campus: Campus, rule: str):
    began = time.monotonic()
    campus.rows(
        "select * from series_dates('1970-01-02', 'Europe/Berlin', %s, '{}', '{}',"
        " '2026-01-01', '2027-02-05')",
        rule,
    )
    assert time.monotonic() - began < 20  # without a bound it would take hours

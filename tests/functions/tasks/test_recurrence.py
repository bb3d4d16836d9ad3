"""Recurrence rules: the database, the function and an independent implementation agree."""

from datetime import UTC, datetime, timedelta

from dateutil.rrule import rrulestr
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from functions.tasks.recurrence import WEEKDAYS, Rule, occurrences
from tests.campus import Campus

ZONES = st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Pacific/Auckland"])
STARTS = st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1)).map(
    lambda moment: moment.replace(second=0, microsecond=0)
)


@st.composite
def rules(draw: st.DrawFn) -> str:
    parts = [f"FREQ={draw(st.sampled_from(['DAILY', 'WEEKLY']))}"]
    if draw(st.booleans()):
        parts.append(f"INTERVAL={draw(st.integers(1, 5))}")
    if draw(st.booleans()):
        days = draw(st.lists(st.sampled_from(WEEKDAYS), min_size=1, unique=True))
        parts.append(f"BYDAY={','.join(days)}")
    ending = draw(st.sampled_from(["", "COUNT", "UNTIL"]))
    if ending == "COUNT":
        parts.append(f"COUNT={draw(st.integers(1, 60))}")
    elif ending == "UNTIL":
        until = draw(st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1)))
        parts.append(f"UNTIL={until:%Y%m%dT%H%M%SZ}")
    return ";".join(draw(st.permutations(parts)))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rule=rules(), start=STARTS, zone=ZONES)
def test_the_database_expands_as_the_function_does(
    campus: Campus, rule: str, start: datetime, zone: str
):
    rows = campus.rows("select * from lecture_occurrences(%s, %s, %s)", start, zone, rule)
    assert [row[0] for row in rows] == list(occurrences(start, zone, rule))


@settings(max_examples=60, deadline=None)
@given(rule=rules(), start=STARTS)
def test_the_expansion_is_that_of_rfc_5545(rule: str, start: datetime):
    end = start + timedelta(days=400)
    known = rrulestr(rule, dtstart=start.replace(tzinfo=UTC))
    expected = list(known.between(start.replace(tzinfo=UTC), end.replace(tzinfo=UTC), inc=True))
    assert list(occurrences(start, "UTC", rule)) == expected


@given(rule=rules())
def test_a_rule_is_read_as_it_is_written(rule: str):
    assert Rule.parse(str(Rule.parse(rule))) == Rule.parse(rule)


def test_ten_o_clock_stays_ten_o_clock():
    found = occurrences(datetime(2026, 10, 20, 10), "Europe/Berlin", "FREQ=WEEKLY;COUNT=2")
    assert [moment.hour for moment in found] == [8, 9]

"""Recurrence rules of every kind, for properties."""

from datetime import datetime
from typing import Any

from hypothesis import strategies as st

from functions.tasks.recurrence import FREQUENCIES, WEEKDAYS

# Both hemispheres, half hours, a zone that lost a day, one whose winter time is the odd one; none
# whose rules changed lately, since PostgreSQL and Python may have read different releases of them.
ZONES = st.sampled_from([
    "UTC", "Europe/Berlin", "Europe/Dublin", "America/New_York", "America/Sao_Paulo",
    "America/St_Johns", "America/Santiago", "Africa/Cairo", "Asia/Kolkata", "Asia/Beirut",
    "Australia/Lord_Howe", "Pacific/Auckland", "Pacific/Apia", "Pacific/Chatham",
])  # fmt: skip
STARTS = st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1)).map(
    lambda moment: moment.replace(second=0, microsecond=0, fold=0)
)
# What happens at night meets the changes of the clocks.
NIGHTS = st.tuples(STARTS, st.integers(0, 3 * 60 + 59)).map(
    lambda drawn: drawn[0].replace(hour=drawn[1] // 60, minute=drawn[1] % 60)
)


def _numbers(most: int) -> st.SearchStrategy[str]:
    number = st.integers(1, most) | st.integers(-most, -1)
    return st.lists(number, min_size=1, max_size=4, unique=True).map(
        lambda found: ",".join(map(str, found))
    )


@st.composite
def rules(draw: st.DrawFn, *, alike: bool = False) -> str:
    """A rule that RFC 5545 allows, its parts in any order. `alike`: without the corners that the
    independent implementation reads in another way (see test_recurrence)."""
    frequency = draw(st.sampled_from(FREQUENCIES))
    parts = [f"FREQ={frequency}", *_by(draw, frequency, alike)]
    if draw(st.booleans()):
        parts.append(f"INTERVAL={draw(st.integers(1, 5))}")
    if draw(st.booleans()):
        parts.append(f"WKST={draw(st.sampled_from(WEEKDAYS))}")
    ending = draw(st.sampled_from(["", "COUNT", "UNTIL"]))
    if ending == "COUNT":
        parts.append(f"COUNT={draw(st.integers(1, 60))}")
    elif ending == "UNTIL":
        until = draw(st.datetimes(datetime(2026, 1, 1), datetime(2029, 1, 1)))
        parts.append(f"UNTIL={until:%Y%m%dT%H%M%SZ}")
    return ";".join(draw(st.permutations(parts)))


def _by(draw: Any, frequency: str, alike: bool) -> list[str]:
    parts: list[str] = []
    weeks = frequency == "YEARLY" and draw(st.integers(0, 3)) == 0
    if weeks:
        parts.append(f"BYWEEKNO={draw(_numbers(50))}")
    if draw(st.booleans()) or (alike and weeks):
        parts.append(f"BYDAY={_days(draw, frequency, weeks, alike)}")
    if draw(st.integers(0, 2)) == 0:
        months = draw(st.lists(st.integers(1, 12), min_size=1, max_size=6, unique=True))
        parts.append(f"BYMONTH={','.join(map(str, months))}")
    if frequency != "WEEKLY" and draw(st.integers(0, 2)) == 0:
        parts.append(f"BYMONTHDAY={draw(_numbers(31))}")
    if frequency == "YEARLY" and draw(st.integers(0, 3)) == 0:
        parts.append(f"BYYEARDAY={draw(_numbers(366))}")
    if parts and draw(st.integers(0, 2)) == 0 and not (alike and frequency == "WEEKLY"):
        parts.append(f"BYSETPOS={draw(_numbers(5))}")
    return parts


def _days(draw: Any, frequency: str, weeks: bool, alike: bool) -> str:
    plain = st.sampled_from(WEEKDAYS)
    nth = st.tuples(st.integers(1, 5) | st.integers(-5, -1), plain).map(
        lambda drawn: f"{drawn[0]}{drawn[1]}"
    )
    if weeks or frequency in ("DAILY", "WEEKLY"):
        day = plain
    elif alike:
        day = draw(st.sampled_from([plain, nth]))
    else:
        day = plain | nth
    return ",".join(draw(st.lists(day, min_size=1, max_size=4, unique=True)))

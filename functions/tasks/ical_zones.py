"""Time zones as iCalendar tells them (RFC 5545, 3.6.5): when the clocks change, and by how much."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import groupby
from zoneinfo import ZoneInfo

from functions.tasks.ical_text import line, local, offset
from functions.tasks.recurrence import WEEKDAYS

_STRIDE = timedelta(days=14)
_SECOND = timedelta(seconds=1)
_ENOUGH = 4
"""Years after which a habit is taken for a rule."""


@dataclass(frozen=True, slots=True)
class Change:
    """A change of the clocks: when, in UTC, and how far from it the clocks are before and after."""

    at: datetime
    before: timedelta
    after: timedelta
    name: str
    is_summer: bool

    @property
    def onset(self) -> datetime:
        """The local time, by the clocks as they were."""
        return (self.at + self.before).replace(tzinfo=None)


@lru_cache(256)
def changes(zone: ZoneInfo, first_year: int, last_year: int) -> tuple[Change, ...]:
    """All changes of a zone's clocks in some years, in order."""
    found = list[Change]()
    at, end = datetime(first_year, 1, 1, tzinfo=UTC), datetime(last_year + 1, 1, 1, tzinfo=UTC)
    while at < end:
        following = min(at + _STRIDE, end)
        if _state(zone, at) != _state(zone, following):
            found.append(_change(zone, at, following))
            following = found[-1].at
        at = following
    return tuple(found)


@lru_cache(256)
def definition(name: str, first_year: int, last_year: int) -> bytes:
    """The VTIMEZONE of a zone, good for these years; a yearly habit goes on after them."""
    zone = ZoneInfo(name)
    at = datetime(first_year, 1, 1, tzinfo=UTC)
    span, title, is_summer = _state(zone, at)
    start = Change(at - span, span, span, title, is_summer)
    parts = [_observance([start])]
    ordered = sorted(changes(zone, first_year, last_year), key=_kind)
    for _, alike in groupby(ordered, key=_kind):
        parts += _observances(list(alike), last_year)
    head = line("BEGIN", "VTIMEZONE") + line("TZID", name) + line("X-LIC-LOCATION", name)
    return head + b"".join(parts) + line("END", "VTIMEZONE")


def _state(zone: ZoneInfo, at: datetime) -> tuple[timedelta, str, bool]:
    there = at.astimezone(zone)
    return there.utcoffset() or timedelta(), there.tzname() or "", bool(there.dst())


def _change(zone: ZoneInfo, low: datetime, high: datetime) -> Change:
    """The first change between two times, to the second."""
    before = _state(zone, low)
    while high - low > _SECOND:
        middle = low + (high - low) // 2
        middle = middle.replace(microsecond=0)
        low, high = (middle, high) if _state(zone, middle) == before else (low, middle)
    span, name, is_summer = _state(zone, high)
    return Change(high, before[0], span, name, is_summer)


def _kind(change: Change) -> tuple[timedelta, timedelta, str, bool]:
    return change.before, change.after, change.name, change.is_summer


def _observances(alike: list[Change], last_year: int) -> Iterator[bytes]:
    """The changes of one kind: those of a habit that goes on as a rule, the others by date."""
    for nth in (-1, 1, 2, 3, 4):
        habit = list[Change]()
        for change in reversed(alike):
            same = not habit or _follows(change, habit[-1])
            if not same or nth not in _places(change.onset):
                break
            habit.append(change)
        if len(habit) >= _ENOUGH and habit[0].onset.year == last_year:
            earlier = alike[: len(alike) - len(habit)]
            if earlier:
                yield _observance(earlier)
            onset = habit[-1].onset
            weekday = f"{nth}{WEEKDAYS[onset.weekday()]}"
            yield _observance([habit[-1]], f"FREQ=YEARLY;BYMONTH={onset.month};BYDAY={weekday}")
            return
    yield _observance(alike)


def _follows(earlier: Change, later: Change) -> bool:
    """Whether a change is a year before another, and alike in month, weekday and time."""
    a, b = earlier.onset, later.onset
    alike = (a.month, a.weekday(), a.time()) == (b.month, b.weekday(), b.time())
    return alike and a.year + 1 == b.year


def _places(onset: datetime) -> set[int]:
    """Which of its month's weekdays a day is: the nth, or the last (-1)."""
    is_last = (onset + timedelta(days=7)).month != onset.month
    return {(onset.day - 1) // 7 + 1, *([-1] if is_last else [])}


def _observance(alike: list[Change], rule: str = "") -> bytes:
    first, *others = alike
    kind = "DAYLIGHT" if first.is_summer else "STANDARD"
    lines = [
        line("BEGIN", kind),
        line("DTSTART", local(first.onset)),
        line("TZOFFSETFROM", offset(first.before)),
        line("TZOFFSETTO", offset(first.after)),
        line("TZNAME", first.name),
        line("RRULE", rule) if rule else b"",
        *(line("RDATE", local(change.onset)) for change in others),
        line("END", kind),
    ]
    return b"".join(lines)

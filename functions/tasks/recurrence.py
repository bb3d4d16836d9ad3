"""Recurrence rules: the part of RFC 5545 (3.3.10) that lectures use, daily or weekly.

    FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE;COUNT=16

The database expands a rule for reminders and the home screen (`lecture_occurrences`); here it is
checked, and expanded the same way for clients that want the occurrences themselves.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
HORIZON = timedelta(days=400)
MOST = 366


@dataclass(frozen=True, slots=True)
class Rule:
    """A recurrence rule in its parts."""

    frequency: str
    interval: int = 1
    weekdays: tuple[str, ...] = ()
    count: int | None = None
    until: str | None = None

    @classmethod
    def parse(cls, text: str) -> "Rule":
        """The rule of a text. Errors: ValueError with what is wrong, for the client to read."""
        given: dict[str, str] = {}
        for part in text.upper().split(";"):
            name, separator, value = part.partition("=")
            if name not in _PARTS or not separator or name in given:
                raise ValueError("must consist of FREQ, INTERVAL, BYDAY, and COUNT or UNTIL")
            given[name] = value
        if "FREQ" not in given:
            raise ValueError("needs FREQ")
        if {"COUNT", "UNTIL"} <= given.keys():
            raise ValueError("takes COUNT or UNTIL, not both")
        return cls(**{_PARTS[name][0]: _PARTS[name][1](value) for name, value in given.items()})

    def __str__(self) -> str:
        parts = [f"FREQ={self.frequency}"]
        if self.interval > 1:
            parts.append(f"INTERVAL={self.interval}")
        if self.weekdays:
            parts.append(f"BYDAY={','.join(self.weekdays)}")
        if self.count:
            parts.append(f"COUNT={self.count}")
        if self.until:
            parts.append(f"UNTIL={self.until}")
        return ";".join(parts)

    def occurrences(self, start: datetime, timezone: str) -> list[datetime]:
        """The instants of the series within 400 days of its start, in order."""
        zone = ZoneInfo(timezone)
        days = (start + timedelta(days=n) for n in range(HORIZON.days + 1) if self._is_on(start, n))
        instants = (day for day in days if self._is_before_end(day, zone))
        return [instant(day, zone) for day in islice(instants, self.count)]

    def _is_on(self, start: datetime, n: int) -> bool:
        weekday = (start.weekday() + n) % 7
        period = n if self.frequency == "DAILY" else (start.weekday() + n) // 7
        if period % self.interval:
            return False
        if self.weekdays:
            return WEEKDAYS[weekday] in self.weekdays
        return self.frequency == "DAILY" or weekday == start.weekday()

    def _is_before_end(self, day: datetime, zone: ZoneInfo) -> bool:
        if self.until is None:
            return True
        if "T" in self.until:
            return instant(day, zone) <= _until_instant(self.until)
        return f"{day:%Y%m%d}" <= self.until


def instant(local: datetime, zone: ZoneInfo) -> datetime:
    """A local time in UTC. Where the clocks change, the offset of winter counts, as in PostgreSQL:
    a time that is skipped moves on by the hour, one that comes twice is the later one."""
    return max(local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))


def _frequency(text: str) -> str:
    if text not in ("DAILY", "WEEKLY"):
        raise ValueError("FREQ must be DAILY or WEEKLY")
    return text


def _number(name: str) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not re.fullmatch(r"[0-9]{1,3}", text) or not 1 <= int(text) <= MOST:
            raise ValueError(f"{name} must be a number from 1 to {MOST}")
        return int(text)

    return read


def _weekdays(text: str) -> tuple[str, ...]:
    named = text.split(",")
    if not set(named) <= set(WEEKDAYS) or len(set(named)) < len(named):
        raise ValueError(f"BYDAY must name days among {','.join(WEEKDAYS)}, each once")
    return tuple(sorted(named, key=WEEKDAYS.index))


def _until(text: str) -> str:
    try:
        found = _until_instant(text) if "T" in text else _day(text)
    except ValueError:
        raise ValueError("UNTIL must be like 20261231 or 20261231T225959Z") from None
    if not 1970 <= found.year < 2200:
        raise ValueError("UNTIL must be between the years 1970 and 2200")
    return text


def _until_instant(text: str) -> datetime:
    if not re.fullmatch(r"[0-9]{8}T[0-9]{6}Z", text):
        raise ValueError(text)
    return datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)


def _day(text: str) -> datetime:
    if not re.fullmatch(r"[0-9]{8}", text):
        raise ValueError(text)
    return datetime.strptime(text, "%Y%m%d").replace(tzinfo=UTC)


_PARTS: dict[str, tuple[str, Callable[[str], Any]]] = {
    "FREQ": ("frequency", _frequency),
    "INTERVAL": ("interval", _number("INTERVAL")),
    "BYDAY": ("weekdays", _weekdays),
    "COUNT": ("count", _number("COUNT")),
    "UNTIL": ("until", _until),
}


def occurrences(start: datetime, timezone: str, rule: str | None) -> Iterator[datetime]:
    """When a lecture takes place: once, or as its rule says."""
    if rule is None:
        yield instant(start, ZoneInfo(timezone))
    else:
        yield from Rule.parse(rule).occurrences(start, timezone)

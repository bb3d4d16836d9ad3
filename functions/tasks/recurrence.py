"""Recurrence rules: RFC 5545, 3.3.10, for what happens daily or less often.

    FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE;COUNT=16
    FREQ=MONTHLY;BYDAY=-1FR
    FREQ=YEARLY;BYMONTH=3,9;BYMONTHDAY=1;BYSETPOS=-1;UNTIL=20301231

A rule is read and checked here; `functions.tasks.expansion` says on which days it falls. See
docs/decisions/0012-recurrence.md.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
MOST_INTERVALS = 366
MOST_TIMES = 9999
_NTH = re.compile(r"([+-]?[1-9][0-9]?)?(MO|TU|WE|TH|FR|SA|SU)", re.ASCII)
_NUMBER = re.compile(r"[+-]?[0-9]{1,3}", re.ASCII)


class NthDay(NamedTuple):
    """A weekday, every one or the nth of its month or year (from the end when negative)."""

    weekday: str
    nth: int | None = None

    def __str__(self) -> str:
        return f"{self.nth or ''}{self.weekday}"


@dataclass(frozen=True, slots=True)
class Rule:
    """A recurrence rule in its parts. `until` is a day (inclusive), a local time, or an instant."""

    frequency: str
    interval: int = 1
    days: tuple[NthDay, ...] = ()
    month_days: tuple[int, ...] = ()
    months: tuple[int, ...] = ()
    year_days: tuple[int, ...] = ()
    weeks: tuple[int, ...] = ()
    positions: tuple[int, ...] = ()
    week_start: str = "MO"
    count: int | None = None
    until: str | None = None

    @classmethod
    def parse(cls, text: str) -> "Rule":
        """The rule of a text. Errors: ValueError with what is wrong, for the client to read."""
        given: dict[str, Any] = {}
        for part in text.upper().split(";"):
            name, separator, value = part.partition("=")
            if name not in _PARTS or not separator:
                raise ValueError(f"must consist of parts such as {', '.join(_PARTS)}")
            field, read = _PARTS[name]
            if field in given:
                raise ValueError(f"takes {name} once")
            given[field] = read(value)
        if "frequency" not in given:
            raise ValueError("needs FREQ")
        rule = cls(**given)
        for holds, message in _conflicts(rule):
            if holds:
                raise ValueError(message)
        return rule

    def __str__(self) -> str:
        parts = [f"FREQ={self.frequency}"]
        for name, (field, _) in _PARTS.items():
            value = getattr(self, field)
            if name == "FREQ" or value in ((), None) or value == _DEFAULTS.get(name):
                continue
            text = ",".join(map(str, value)) if isinstance(value, tuple) else value
            parts.append(f"{name}={text}")
        return ";".join(parts)

    @property
    def names_days(self) -> bool:
        """Whether the rule itself says on which days it falls, not only its start."""
        return bool(self.days or self.month_days or self.months or self.year_days or self.weeks)


def moment_of_until(text: str) -> datetime:
    """The time of an UNTIL: aware if it ends in Z, else local; midnight if it is a day."""
    for pattern, layout in _UNTIL:
        if re.fullmatch(pattern, text, re.ASCII):
            found = datetime.strptime(text, layout)
            return found.replace(tzinfo=UTC) if text.endswith("Z") else found
    raise ValueError(text)


def _conflicts(rule: Rule) -> list[tuple[bool, str]]:
    frequency, nth = rule.frequency, any(day.nth for day in rule.days)
    named = rule.names_days
    return [
        (bool(rule.count and rule.until), "takes COUNT or UNTIL, not both"),
        (nth and frequency in ("DAILY", "WEEKLY"), f"BYDAY takes no numbers with FREQ={frequency}"),
        (nth and bool(rule.weeks), "BYDAY takes no numbers beside BYWEEKNO"),
        (bool(rule.month_days) and frequency == "WEEKLY", "BYMONTHDAY cannot be weekly"),
        (bool(rule.year_days) and frequency != "YEARLY", "BYYEARDAY needs FREQ=YEARLY"),
        (bool(rule.weeks) and frequency != "YEARLY", "BYWEEKNO needs FREQ=YEARLY"),
        (bool(rule.positions) and not named, "BYSETPOS needs another BY part beside it"),
    ]


def _frequency(text: str) -> str:
    if text not in FREQUENCIES:
        raise ValueError(f"FREQ must be one of {', '.join(FREQUENCIES)}: daily or less often")
    return text


def _number(name: str, most: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not re.fullmatch(r"[0-9]{1,4}", text, re.ASCII) or not 1 <= int(text) <= most:
            raise ValueError(f"{name} must be a number from 1 to {most}")
        return int(text)

    return read


def _numbers(name: str, most: int, *, negative: bool = True) -> Callable[[str], tuple[int, ...]]:
    span = f"from 1 to {most}" + (f" or from -{most} to -1" if negative else "")

    def read(text: str) -> tuple[int, ...]:
        parts = text.split(",")
        if not all(_NUMBER.fullmatch(part) for part in parts):
            raise ValueError(f"{name} must be numbers {span}")
        numbers = [int(part) for part in parts]
        if not all(1 <= (abs(n) if negative else n) <= most for n in numbers):
            raise ValueError(f"{name} must be numbers {span}")
        return tuple(sorted(set(numbers)))

    return read


def _days(text: str) -> tuple[NthDay, ...]:
    found = [_NTH.fullmatch(part) for part in text.split(",")]
    days = [NthDay(hit[2], int(hit[1]) if hit[1] else None) for hit in found if hit]
    if len(days) < len(found) or any(abs(day.nth or 0) > 53 for day in days):
        raise ValueError(f"BYDAY must name days among {','.join(WEEKDAYS)}, or the nth: 1MO, -1FR")
    return tuple(sorted(set(days), key=lambda day: (day.nth or 0, WEEKDAYS.index(day.weekday))))


def _weekday(text: str) -> str:
    if text not in WEEKDAYS:
        raise ValueError(f"WKST must be one of {', '.join(WEEKDAYS)}")
    return text


def _until(text: str) -> str:
    try:
        found = moment_of_until(text)
    except ValueError:
        raise ValueError("UNTIL must be like 20261231 or 20261231T225959Z") from None
    if not 1970 <= found.year < 2200:
        raise ValueError("UNTIL must be between the years 1970 and 2200")
    return text


_UNTIL = (
    (r"[0-9]{8}T[0-9]{6}Z", "%Y%m%dT%H%M%SZ"),
    (r"[0-9]{8}T[0-9]{6}", "%Y%m%dT%H%M%S"),
    (r"[0-9]{8}", "%Y%m%d"),
)
_DEFAULTS: dict[str, Any] = {"INTERVAL": 1, "WKST": "MO"}
_PARTS: dict[str, tuple[str, Callable[[str], Any]]] = {
    "FREQ": ("frequency", _frequency),
    "INTERVAL": ("interval", _number("INTERVAL", MOST_INTERVALS)),
    "BYMONTH": ("months", _numbers("BYMONTH", 12, negative=False)),
    "BYWEEKNO": ("weeks", _numbers("BYWEEKNO", 53)),
    "BYYEARDAY": ("year_days", _numbers("BYYEARDAY", 366)),
    "BYMONTHDAY": ("month_days", _numbers("BYMONTHDAY", 31)),
    "BYDAY": ("days", _days),
    "BYSETPOS": ("positions", _numbers("BYSETPOS", 366)),
    "WKST": ("week_start", _weekday),
    "COUNT": ("count", _number("COUNT", MOST_TIMES)),
    "UNTIL": ("until", _until),
}

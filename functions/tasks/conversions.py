"""Values of lectures as the predecessor's clients (v1) say them, and as v2 does."""

from datetime import UTC, datetime, timedelta
from typing import Any

from functions.tasks.expansion import occurrences
from functions.tasks.recurrence import Rule
from shared.errors import invalid
from shared.versions import Document

_PATTERNS = {
    "daily": "FREQ=DAILY;COUNT=16",
    "weekly": "FREQ=WEEKLY;COUNT=16",
    "biweekly": "FREQ=WEEKLY;INTERVAL=2;COUNT=16",
}
_NAMES = {rule: name for name, rule in _PATTERNS.items()}
_OTHER_NAMES = {"bi-weekly": "biweekly", "none": None}
_ONE_HOUR = 60


def rule_of_pattern(pattern: Any) -> Any:
    """The rule of a pattern's name; a rule is taken as well, and refused later if it is none."""
    if not isinstance(pattern, str):
        return pattern
    name = _OTHER_NAMES.get(pattern, pattern)
    return _PATTERNS.get(name, name) if name else None


def pattern_of_rule(rule: str | None) -> str | None:
    """The pattern's name of a rule that has one; else the rule itself, so that nothing is lost."""
    return _NAMES.get(str(Rule.parse(rule)), rule) if rule else None


def recur(document: Document, value: Any) -> None:
    """`is_recurring`: false ends a series, true alone means weekly."""
    if value is False:
        document["recurrence"] = None
    elif value is True:
        document.setdefault("recurrence", _PATTERNS["weekly"])


def wall_clock(start: Any) -> Any:
    """A moment as a local time in UTC, which is the time zone of what v1 creates."""
    moment = _moment(start)
    return moment.strftime("%Y-%m-%dT%H:%M:%S") if moment else start


def use_utc(document: Document, _: Any) -> None:
    """The time zone that `wall_clock` speaks of."""
    document["timezone"] = "UTC"


def set_duration(document: Document, end: Any) -> None:
    """The minutes between start and end, which v1 sends together; an hour without an end."""
    start, until = _moment(f"{document.get('start_local')}Z"), _moment(end)
    if end is None:
        document["duration_minutes"] = _ONE_HOUR
    elif until is None:
        raise invalid("duration_minutes", "must be a time such as 2027-01-15T11:30:00Z")
    elif "start_local" not in document:
        raise invalid("duration_minutes", "needs start_time beside it")
    else:  # without a start that is one there are no minutes, and the start is what is refused
        minutes = int((until - start).total_seconds() // 60) if start else _ONE_HOUR
        document["duration_minutes"] = minutes


def _moment(value: Any) -> datetime | None:
    try:
        moment = datetime.fromisoformat(value)
        return moment.astimezone(UTC) if moment.tzinfo else None
    except (ValueError, TypeError, OverflowError):
        return None


def end_time(document: Document) -> datetime:
    """When the first lecture ends."""
    return document["starts_at"] + timedelta(minutes=document["duration_minutes"])


def all_occurrences(document: Document) -> list[datetime]:
    """When the lecture takes place within 400 days: v1 has no rules to tell it by."""
    rule, zone = document["recurrence"], document["timezone"]
    apart = document["exdates"], document["rdates"]
    return list(occurrences(document["start_local"], zone, rule, *apart))

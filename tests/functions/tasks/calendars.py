"""Calendars as others read them: strictly, by parsers and expansions that are not ours."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from dateutil.rrule import rruleset, rrulestr
from icalendar import Calendar, Event

from functions.tasks.expansion import instant
from tests.campus import Answer, Campus, User

FEEDS = "/v2/tasks/calendar/feeds"


def feed(campus: Campus, user: User, **given: Any) -> dict[str, Any]:
    """A calendar to subscribe to, with its token."""
    answer = campus.call("POST", FEEDS, user, {"name": "Ada's term", **given})
    assert answer.status == 201, answer.text
    return answer.data


def fetch(campus: Campus, token: str, **headers: str) -> Answer:
    """What somebody without an account gets at a calendar's address."""
    return campus.call("GET", f"/tasks/calendar/feeds/{token}.ics", headers=headers)


def parsed(text: str) -> Calendar:
    """A calendar whose lines and values are all as RFC 5545 has them."""
    assert text.endswith("END:VCALENDAR\r\n")
    for line in text.removesuffix("\r\n").split("\r\n"):
        assert len(line.encode()) <= 75, line
        assert not set(line) & {*map(chr, range(9)), *map(chr, range(10, 32)), "\x7f"}, line
    calendar = Calendar.from_ical(text)
    assert isinstance(calendar, Calendar)
    for component in calendar.walk():
        assert component.errors == [], component.errors
        assert [name for name in component.required if name not in component] == []
        twice = [name for name in component.singletons if isinstance(component.get(name), list)]
        assert twice == []
    return calendar


def events(text: str) -> list[Event]:
    return [event for event in parsed(text).walk("VEVENT") if isinstance(event, Event)]


def titled(text: str) -> dict[str, Event]:
    """The events by what they are called."""
    return {str(event["SUMMARY"]): event for event in events(text)}


def times(text: str, until: datetime) -> list[tuple[str, datetime, datetime]]:
    """What takes place until a local time, and when: title, start and end of each occurrence."""
    found = list[tuple[str, datetime, datetime]]()
    every = events(text)
    for master in (event for event in every if "RECURRENCE-ID" not in event):
        own = {
            _local(event["RECURRENCE-ID"].dt): event
            for event in every
            if event["UID"] == master["UID"] and "RECURRENCE-ID" in event
        }
        for local in _series(master, until):
            event = own.get(local, master)
            if event.get("STATUS") != "CANCELLED":
                start = event["DTSTART"].dt if event is not master else local
                zone = master["DTSTART"].dt.tzinfo
                begins = instant(_local(start), ZoneInfo(str(zone)))
                length = event.get("DURATION")
                ends = begins + (length.dt if length else timedelta())
                found.append((str(event["SUMMARY"]), begins, ends))
    return sorted(found)


def _series(event: Event, until: datetime) -> list[datetime]:
    """The local times of an event, as dateutil expands it."""
    start = _local(event["DTSTART"].dt)
    every = rruleset()
    if "RRULE" in event:
        rule = event["RRULE"].to_ical().decode()
        aware = event["DTSTART"].dt if "UNTIL" in rule else start
        for at in rrulestr(rule, dtstart=aware).xafter(aware, inc=True):
            if _local(at) > until:
                break
            every.rdate(_local(at))
    else:
        every.rdate(start)
    for name, add in (("RDATE", every.rdate), ("EXDATE", every.exdate)):
        found = event.get(name, [])
        for one in found if isinstance(found, list) else [found]:
            for value in one.dts:
                add(_local(value.dt))
    return [at for at in every if at <= until]


def _local(at: Any) -> datetime:
    if isinstance(at, datetime):
        return at.replace(tzinfo=None)
    assert isinstance(at, date)
    return datetime(at.year, at.month, at.day)


def now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)

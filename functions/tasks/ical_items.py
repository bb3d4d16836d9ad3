"""What events and tasks of a calendar become: docs/decisions/0019-icalendar.md has the table."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from math import ceil
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from functions.tasks.expansion import HORIZON, instant, rule_times, series
from functions.tasks.fields import Kind
from functions.tasks.ical_entries import MOST_DATES, Entry, Moment, Skip, end_of
from functions.tasks.recurrence import Rule

END_OF_DAY = time(23, 59, 59)
LONGEST_LECTURE = timedelta(days=1)
_DAY = timedelta(days=1)
_CANVAS = re.compile(r"event-assignment-")
_PRIORITIES = ("medium", "urgent", "high", "high", "high", "medium", "low", "low", "low", "low")

Columns = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Shape:
    """What an item is, as far as it decides about its occurrences."""

    kind: Kind
    title: str
    start: datetime
    timezone: str
    rule: str | None = None
    exdates: tuple[datetime, ...] = ()
    rdates: tuple[datetime, ...] = ()
    minutes: int = 0
    location: str = ""
    is_day: bool = False

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> "Shape":
        """The shape of an item that is known."""
        return cls(
            row["kind"],
            row["title"],
            row["start_local"],
            row["timezone"],
            row["recurrence"],
            tuple(row["exdates"]),
            tuple(row["rdates"]),
            row["minutes"],
            row["location"],
            row["kind"] == "assignment" and row["start_local"].time() == END_OF_DAY,
        )

    @property
    def recurs(self) -> bool:
        return bool(self.rule or self.rdates)

    def local(self, moment: Moment) -> datetime:
        """A time in the series' zone; what is said of a day is said of its time in the series."""
        if moment.is_day:
            return datetime.combine(moment.local.date(), self.start.time())
        return moment.within(self.timezone).replace(microsecond=0)

    def times(self, now: datetime) -> set[datetime]:
        """The local times of its occurrences, within the window of those that have rows."""
        if not self.recurs:
            return set()
        since, until = now - HORIZON + _DAY, max(self.start, now) + HORIZON - _DAY
        told = self.rule, self.exdates, self.rdates
        return set(series(self.start, self.timezone, *told, since=since, until=until))


@dataclass(slots=True)
class Item:
    """An item as an event wants it. `columns` are of its table."""

    entry: Entry
    shape: Shape
    columns: Columns

    @property
    def digest(self) -> str:
        """Of what is taken over; that a task is done counts, not when."""
        done = self.columns.get("completed_at") is not None
        return digest({**self.columns, "completed_at": done})


def digest(values: Columns) -> str:
    raw = orjson.dumps(values, option=orjson.OPT_SORT_KEYS)
    return hashlib.blake2b(raw, digest_size=16).hexdigest()


def kind_of(one: Entry, wanted: Kind | None, *, has_course: bool) -> Kind:
    """What an event becomes. Errors: Skip, where it would be a lecture and there is no course."""
    if one.is_task:
        return "assignment"
    said = None if one.said == "lecture" and not has_course else one.said
    if wanted or said:
        return wanted or said or "assignment"
    if one.start is None:
        raise Skip("no_date")
    end = end_of(one, one.start)
    no_length = not one.start.is_day and end.at <= one.start.at
    if no_length or one.start.is_day or _CANVAS.match(one.uid):
        return "assignment"
    if has_course:
        return "lecture"
    if one.recurs:
        raise Skip("needs_course")
    return "study_session"


def item(one: Entry, kind: Kind, default: str) -> Item:
    """The item of an event. `default` is the zone of what has none. Errors: Skip."""
    make = {"assignment": _assignment, "lecture": _lecture, "study_session": _study_session}
    return make[kind](one, default)


def _assignment(one: Entry, default: str) -> Item:
    at = _due(one)
    if at.is_day:
        zone = at.zone
        shape = Shape("assignment", one.title, _end_of(at.local.date()), zone, is_day=True)
    else:
        zone = default if at.zone == "UTC" and not one.recurs else at.zone
        local = at.within(zone)
        shape = Shape("assignment", one.title, local, zone)
    shape = _recurring(shape, one)
    due_at = None if at.is_day else at.at if not shape.recurs else _at(shape)
    columns: Columns = {
        "title": one.title,
        "description": one.description,
        "due_at": due_at,
        "due_on": shape.start.date() if at.is_day else None,
        "timezone": shape.timezone,
        "submission_url": one.url,
        "tags": one.tags,
        **_series_columns(shape),
    }
    if one.is_task:
        columns["priority"] = _PRIORITIES[one.priority]
        columns["completed_at"] = one.finished
    return Item(one, shape, columns)


def _due(one: Entry) -> Moment:
    """When something is due: a task by its due time, an event as it begins or its last day ends."""
    if one.is_task:
        at = one.due or one.start
        if at is None:
            raise Skip("no_date")
        if one.due is None and one.length is not None:
            at = end_of(one, at)
        if one.recurs and one.start and one.start.local.date() != at.local.date():
            raise Skip("unsupported_recurrence")  # the rule is about another day
        return at
    if one.start is None:
        raise Skip("no_date")
    if not one.start.is_day:
        return one.start
    last = end_of(one, one.start).local - _DAY
    if last > one.start.local and one.recurs:
        raise Skip("unsupported_recurrence")
    return replace(one.start, local=max(last, one.start.local))


def _lecture(one: Entry, default: str) -> Item:
    start, length = span(one)
    if length > LONGEST_LECTURE:
        raise Skip("too_long")
    zone = start.zone
    if zone == "UTC" and not one.recurs:
        local = start.within(default)
        zone = default if instant(local, ZoneInfo(default)) == start.at else zone
    minutes = ceil(length.total_seconds() / 60) or 60
    shape = Shape(
        "lecture", one.title, start.within(zone), zone, minutes=minutes, location=one.location
    )
    shape = _recurring(shape, one)
    columns: Columns = {
        "title": one.title,
        "description": one.description,
        "start_local": shape.start,
        "timezone": shape.timezone,
        "duration_minutes": minutes,
        "location": one.location,
        "meeting_url": one.meeting_url,
        **_series_columns(shape),
    }
    return Item(one, shape, columns)


def _study_session(one: Entry, default: str) -> Item:
    if one.recurs:
        raise Skip("unsupported_recurrence")
    start, length = span(one)
    notes = "\n\n".join(part for part in (one.location, one.description) if part)
    columns: Columns = {
        "topic": one.title,
        "notes": notes[:5000],
        "starts_at": start.at,
        "ends_at": start.at + length if length else None,
    }
    return Item(one, Shape("study_session", one.title, start.within(default), default), columns)


def span(one: Entry) -> tuple[Moment, timedelta]:
    """When an event begins and how long it takes, never less than nothing."""
    if one.start is None:
        raise Skip("no_date")
    if one.start.is_day:
        raise Skip("all_day")
    length = end_of(one, one.start).at - one.start.at
    if length > timedelta(days=366):
        raise Skip("too_long")
    return one.start, max(length, timedelta())


def _recurring(shape: Shape, one: Entry) -> Shape:
    """The shape with the series of an event. Its start is an occurrence, whatever the rule says."""
    if not one.recurs:
        return shape
    rdates = {shape.local(at) for at in one.rdates}
    exdates = {shape.local(at) for at in one.exdates}
    rule = None
    if one.rule:
        rule = _rule(one.rule, shape)
        if not list(rule_times(shape.start, shape.timezone, rule, shape.start, shape.start)):
            rdates.add(shape.start)
    if len(rdates) > MOST_DATES or len(exdates) > MOST_DATES:
        raise Skip("unsupported_recurrence")
    said = str(rule) if rule else None
    if said and len(said) > 500:
        raise Skip("unsupported_recurrence")
    return replace(shape, rule=said, rdates=tuple(sorted(rdates)), exdates=tuple(sorted(exdates)))


def _rule(text: str, shape: Shape) -> Rule:
    try:
        rule = Rule.parse(text)
    except ValueError:
        raise Skip("unsupported_recurrence") from None
    if shape.is_day and rule.until:
        rule = replace(rule, until=rule.until[:8])
    return rule


def _series_columns(shape: Shape) -> Columns:
    return {
        "recurrence": shape.rule,
        "exdates": list(shape.exdates),
        "rdates": list(shape.rdates),
    }


def _end_of(day: date) -> datetime:
    return datetime.combine(day, END_OF_DAY)


def _at(shape: Shape) -> datetime:
    return instant(shape.start, ZoneInfo(shape.timezone)).astimezone(UTC)

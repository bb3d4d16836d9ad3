"""What somebody plans, as an iCalendar object (RFC 5545): docs/decisions/0019-icalendar.md.

Times are the wall clock's of each item's zone, so that a series stays where it is when the clocks
change; the day of an assignment is a day. `X-CAMPUS-KIND` tells an import what an event was.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from functions.tasks.expansion import instant, rule_times, series
from functions.tasks.ical_text import day, line, local, text, utc
from functions.tasks.ical_zones import definition
from functions.tasks.recurrence import Rule, moment_of_until

MOST_BYTES = 4 * 1024 * 1024
END_OF_DAY = time(23, 59, 59)
_AHEAD = timedelta(days=8 * 366)
"""Within which a rule falls on a day, or never: a 29 February is eight years off at most."""
_LATEST = datetime(2199, 12, 31)
_PAUSES = timedelta(days=400), timedelta(days=800)
"""From how long ago until how far ahead breaks are told."""

Row = Mapping[str, Any]


def calendar(name: str, timezone: str, rows: Iterable[Row]) -> bytes:
    """The calendar of some items, as many as have room, in the order in which they come."""
    today = datetime.now(UTC).date()
    zones, size = dict[str, tuple[int, int]](), 0
    events, paused = list[bytes](), None
    for row in rows:
        if row["pauses"] and paused is None:  # the same for all items
            paused = _days(row["pauses"], today)
        item = _Item.of(row, paused if row["pauses"] and paused else set())
        written = item.written() if item else b""
        if size + len(written) > MOST_BYTES:
            break
        events.append(written)
        size += len(written)
        if item and item.form == "zone":
            first, last = zones.get(item.timezone, (today.year, today.year))
            year = item.start.year
            zones[item.timezone] = min(first, year), max(last, year)
    head = [
        line("BEGIN", "VCALENDAR"),
        line("VERSION", "2.0"),
        line("PRODID", "-//Campus//Calendar 2.0//EN"),
        line("CALSCALE", "GREGORIAN"),
        line("X-WR-CALNAME", text(name)),
        line("X-WR-TIMEZONE", text(timezone)),
        line("REFRESH-INTERVAL", "PT1H", VALUE="DURATION"),
        line("X-PUBLISHED-TTL", "PT1H"),
    ]
    told = [definition(zone, y[0] - 1, min(y[1] + 5, 2199)) for zone, y in sorted(zones.items())]
    return b"".join([*head, *told, *events, line("END", "VCALENDAR")])


def _days(pauses: Iterable[Row], today: date) -> set[date]:
    """The days of breaks, those that are told."""
    earliest, latest = today - _PAUSES[0], today + _PAUSES[1]
    found = set[date]()
    for pause in pauses:
        at = max(date.fromisoformat(pause["starts_on"]), earliest)
        end = min(date.fromisoformat(pause["ends_on"]), latest)
        found |= {at + timedelta(days=n) for n in range((end - at).days + 1)}
    return found


@dataclass(slots=True)
class _Item:
    """One item. `form` is how its times are told: as days, in UTC, or by the clocks of a zone."""

    row: Row
    form: str
    start: datetime
    rule: Rule | None
    rdates: list[datetime]
    exdates: list[datetime]

    @property
    def timezone(self) -> str:
        return self.row["timezone"]

    @property
    def is_series(self) -> bool:
        return bool(self.rule or self.rdates)

    @classmethod
    def of(cls, row: Row, paused: set[date]) -> "_Item | None":
        """The item of a row; None when it never takes place. A series is told from the first time
        on that its rule falls on: the start of another one would be taken for an occurrence."""
        form, start = _form(row), row["start_local"]
        rule = Rule.parse(row["recurrence"]) if row["recurrence"] else None
        exdates = {*row["exdates"], *_skipped(row, paused)}
        rdates = {*row["rdates"]}
        fitting = None
        if rule:
            until = min(start + _AHEAD, _LATEST)
            fitting = next(rule_times(start, row["timezone"], rule, start, until), None)
        elif rdates:
            rdates.add(start)
        if fitting:
            start = fitting
        elif rule or rdates:
            rule, rdates = None, rdates - exdates
            if not rdates:
                return None
            start, exdates = min(rdates), set[datetime]()
        if form == "day":  # what is said of other times excludes nothing
            exdates = {at for at in exdates if at.time() == END_OF_DAY}
        return cls(row, form, start, rule, sorted(rdates - {start}), sorted(exdates))

    def written(self) -> bytes:
        """The event, and one more for each occurrence that differs."""
        own = self.row["own"] or []
        if not self.is_series:
            return self._event(next((o for o in own if self._at(o) == self.start), None))
        return self._event(None, self._recurrence()) + b"".join(
            self._event(one, self._time("RECURRENCE-ID", self._at(one))) for one in own
        )

    def _at(self, own: Row) -> datetime:
        """When an occurrence would be if nothing differed."""
        return _read(own["recurrence_id"])

    def _recurrence(self) -> bytes:
        lines = [self._time("RDATE", at) for at in self.rdates]
        lines += [self._time("EXDATE", at) for at in self.exdates]
        if self.rule:
            lines.insert(0, line("RRULE", str(replace(self.rule, until=self._until(self.rule)))))
        return b"".join(lines)

    def _event(self, own: Row | None, recurrence: bytes = b"") -> bytes:
        row, own = self.row, own or {}
        changed = max(row["updated_at"], _read(own["updated_at"]) if own else row["updated_at"])
        sequence = row["version"] - 1 + (own["version"] - 1 if own else 0)
        start = _read(own["start_local"]) if own.get("start_local") else None
        at = start or (self._at(own) if own else self.start)
        lines = [
            line("BEGIN", "VEVENT"),
            line("UID", f"{row['id']}@campus"),
            line("DTSTAMP", utc(changed.astimezone(UTC))),
            line("CREATED", utc(row["created_at"].astimezone(UTC))),
            line("LAST-MODIFIED", utc(changed.astimezone(UTC))),
            line("SEQUENCE", str(sequence)),
            self._time("DTSTART", at),
            self._end(own),
            recurrence,
            line("SUMMARY", text(own.get("title") or row["title"])),
            *self._details(own.get("location")),
            line("STATUS", "CANCELLED") if own.get("status") == "cancelled" else b"",
            line("TRANSP", "TRANSPARENT" if row["kind"] == "assignment" else "OPAQUE"),
            line("X-CAMPUS-KIND", row["kind"]),
            line("END", "VEVENT"),
        ]
        return b"".join(lines)

    def _details(self, location: str | None) -> list[bytes]:
        row = self.row
        tags = ",".join(text(tag) for tag in row["tags"])
        where = row["location"] if location is None else location
        return [
            line("DESCRIPTION", text(row["description"])) if row["description"] else b"",
            line("LOCATION", text(where)) if where else b"",
            line("URL", text(row["url"]).replace("\\", "")) if row["url"] else b"",
            line("CATEGORIES", tags) if tags else b"",
        ]

    def _end(self, own: Row) -> bytes:
        """As a duration: a local time that comes twice would leave the end open."""
        row = self.row
        if row["kind"] == "lecture":
            return line("DURATION", f"PT{own.get('minutes') or row['minutes']}M")
        start, end = (utc(row[name].astimezone(UTC)) for name in ("starts_at", "ends_at"))
        return line("DTEND", end) if end > start else b""

    def _time(self, name: str, at: datetime) -> bytes:
        if self.form == "day" and at.time() == END_OF_DAY:
            return line(name, day(at.date()), VALUE="DATE")
        if self.form == "zone":
            return line(name, local(at), TZID=self.timezone)
        if self.form == "instant" and at == self.start:
            return line(name, utc(self.row["starts_at"].astimezone(UTC)))
        return line(name, utc(instant(at, ZoneInfo(self.timezone))))

    def _until(self, rule: Rule) -> str | None:
        """UNTIL as the form wants it: a day beside days, else an instant."""
        if rule.until is None:
            return None
        end, zone = moment_of_until(rule.until), ZoneInfo(self.timezone)
        if "T" not in rule.until:
            end = datetime.combine(end, END_OF_DAY)
        if self.form != "day":
            return utc(end if end.tzinfo else instant(end, zone))
        there = end.astimezone(zone).replace(tzinfo=None) if end.tzinfo else end
        return day(there.date() - timedelta(days=there.time() < END_OF_DAY))


def _form(row: Row) -> str:
    """`day`, `zone`, or `instant` where the clock's time alone would not tell which is meant."""
    times = [row["start_local"], *row["rdates"]]
    if row["due_on"] and all(at.time() == END_OF_DAY for at in times):
        return "day"
    if row["timezone"] == "UTC":
        return "utc"
    zone, start = ZoneInfo(row["timezone"]), row["start_local"]
    first, second = (start.replace(tzinfo=zone, fold=fold).utcoffset() for fold in (0, 1))
    is_series = row["recurrence"] or row["rdates"]
    return "zone" if is_series or first == second else "instant"


def _skipped(row: Row, paused: set[date]) -> set[datetime]:
    """The times that a series would have in breaks."""
    if not paused or not (row["recurrence"] or row["rdates"]):
        return set()
    since = datetime.combine(min(paused), time())
    until = datetime.combine(max(paused), time.max)
    start, exdates, rdates = row["start_local"], row["exdates"], row["rdates"]
    times = series(
        start, row["timezone"], row["recurrence"], exdates, rdates, since=since, until=until
    )
    return {at for at in times if at.date() in paused}


def _read(value: str) -> datetime:
    """A time inside a JSON column."""
    return datetime.fromisoformat(value)

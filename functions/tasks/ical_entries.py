"""Events and tasks of a calendar as values: names, times in known zones, texts within bounds."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import get_args
from zoneinfo import ZoneInfo

from functions.tasks.calendar_import_models import Reason
from functions.tasks.expansion import instant
from functions.tasks.fields import Kind
from functions.tasks.ical_reading import Calendar, Component, Property
from functions.tasks.ical_text import duration, plain
from functions.tasks.ical_zone_names import zone_of

MOST_DATES = 400
UNTITLED = "Untitled"
_TIME = re.compile(r"(\d{8})(?:T(\d{4})(\d\d)?(Z)?)?", re.ASCII)
_URL = re.compile(r"https?://\S{1,1990}")
_EARLIEST, _LATEST = datetime(1970, 1, 2), datetime(2199, 12, 31)


class Skip(Exception):  # noqa: N818 (an event that is left alone is no error)
    """An event is not taken over."""

    def __init__(self, reason: Reason) -> None:
        self.reason: Reason = reason
        super().__init__(reason)


@dataclass(frozen=True, slots=True)
class Moment:
    """A time on the clocks of a zone, or a whole day."""

    local: datetime
    zone: str
    is_day: bool = False

    @property
    def at(self) -> datetime:
        return instant(self.local, ZoneInfo(self.zone))

    def within(self, zone: str) -> datetime:
        """The local time in another zone; a day is one anywhere."""
        if self.is_day or zone == self.zone:
            return self.local
        return self.at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


@dataclass(slots=True)
class Entry:
    """One VEVENT or VTODO."""

    is_task: bool
    uid: str
    title: str
    recurrence_id: Moment | None = None
    start: Moment | None = None
    end: Moment | None = None
    due: Moment | None = None
    length: timedelta | None = None
    sequence: int = 0
    modified: datetime | None = None
    is_cancelled: bool = False
    finished: datetime | None = None
    priority: int = 0
    description: str = ""
    location: str = ""
    url: str | None = None
    meeting_url: str | None = None
    tags: list[str] = field(default_factory=list[str])
    rule: str = ""
    exdates: list[Moment] = field(default_factory=list[Moment])
    rdates: list[Moment] = field(default_factory=list[Moment])
    said: Kind | None = None

    @property
    def recurs(self) -> bool:
        return bool(self.rule or self.rdates)

    @property
    def rank(self) -> tuple[int, datetime]:
        """The order of versions of one event."""
        return self.sequence, self.modified or datetime(1, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class Clocks:
    """The zones of a calendar. Times without one are in its own, or else in the reader's."""

    calendar: Calendar
    default: str
    known: dict[str, str | None] = field(default_factory=dict[str, str | None])

    @classmethod
    def of(cls, calendar: Calendar, timezone: str) -> "Clocks":
        return cls(calendar, zone_of(calendar.timezone) or timezone)

    def moment(self, found: Property) -> Moment:
        """The time of a property."""
        hit = _TIME.fullmatch(found.value.strip().partition("/")[0].upper())
        if hit is None:
            raise Skip("invalid")
        day, minute, second, in_utc = hit.groups()
        zone = "UTC" if in_utc else self._zone(found.parameters.get("TZID", ""))
        try:
            text = f"{day}{minute or '0000'}{min(second or '00', '59')}"
            local = datetime.strptime(text, "%Y%m%d%H%M%S")
        except ValueError:
            raise Skip("invalid") from None
        if not _EARLIEST <= local < _LATEST:
            raise Skip("out_of_range")
        return Moment(local, zone, minute is None)

    def moments(self, found: Iterable[Property]) -> list[Moment]:
        """The times of lists of them; of a period, its start."""
        parts = ((one, value) for one in found for value in one.value.split(",") if value.strip())
        times = list[Moment]()
        for one, value in parts:
            if len(times) > MOST_DATES:
                raise Skip("unsupported_recurrence")
            times.append(self.moment(Property(value, one.parameters)))
        return times

    def _zone(self, name: str) -> str:
        if not name:
            return self.default
        if name not in self.known:
            self.known[name] = zone_of(name, self.calendar.zones.get(name))
        zone = self.known[name]
        if zone is None:
            raise Skip("unknown_timezone")
        return zone


def name_of(component: Component) -> str:
    """The UID; one that is too long for a name, or missing, by a digest."""
    uid = _CONTROLS.sub("", component.value("UID"))
    if 1 <= len(uid) <= 500:
        return uid
    said = uid or f"{component.value('DTSTART')} {component.value('SUMMARY')}"
    return f"sha256:{hashlib.sha256(said.encode(errors='replace')).hexdigest()}"


def entry(component: Component, clocks: Clocks) -> Entry:
    """What a component says. Errors: Skip."""
    if component.every("EXRULE") or len(component.every("RRULE")) > 1:
        raise Skip("unsupported_recurrence")
    again = component.first("RECURRENCE-ID")
    if again and again.parameters.get("RANGE"):
        raise Skip("unsupported_recurrence")
    status = component.value("STATUS").upper()
    said = component.value("X-CAMPUS-KIND")
    location, url = _said(component, "LOCATION", 200), _url(component, "URL")
    return Entry(
        is_task=component.kind == "VTODO",
        uid=name_of(component),
        title=title_of(component),
        recurrence_id=clocks.moment(again) if again else None,
        start=_moment(component, clocks, "DTSTART"),
        end=_moment(component, clocks, "DTEND"),
        due=_moment(component, clocks, "DUE"),
        length=_length(component),
        sequence=_number(component, "SEQUENCE", 2**31 - 1),
        modified=_modified(component, "LAST-MODIFIED"),
        is_cancelled=status == "CANCELLED",
        finished=_finished(component, status),
        priority=_number(component, "PRIORITY", 9),
        description=_said(component, "DESCRIPTION", 5000),
        location=location,
        url=url,
        meeting_url=_url(component, "X-GOOGLE-CONFERENCE", "CONFERENCE") or url,
        tags=_tags(component),
        rule=component.value("RRULE").rstrip(";"),
        exdates=clocks.moments(component.every("EXDATE")),
        rdates=clocks.moments(component.every("RDATE")),
        said=next((kind for kind in get_args(Kind) if kind == said), None),
    )


def title_of(component: Component) -> str:
    return _said(component, "SUMMARY", 200) or UNTITLED


_CONTROLS = re.compile("[\x00-\x1f\x7f]")


def _said(component: Component, name: str, most: int) -> str:
    found = component.first(name)
    return unicodedata.normalize("NFC", plain(found.value)).strip()[:most].strip() if found else ""


def _url(component: Component, *names: str) -> str | None:
    found = component.first(*names)
    text = _CONTROLS.sub("", found.value).strip() if found else ""
    return text if _URL.fullmatch(text) else None


def _tags(component: Component) -> list[str]:
    """Categories: commas separate them, unless escaped."""
    values = (re.split(r"(?<!\\),", one.value) for one in component.every("CATEGORIES"))
    tags = [unicodedata.normalize("NFC", plain(tag)).strip() for some in values for tag in some]
    return list(dict.fromkeys(tag[:50].strip() for tag in tags if tag))[:20]


def _moment(component: Component, clocks: Clocks, name: str) -> Moment | None:
    found = component.first(name)
    return clocks.moment(found) if found else None


def _length(component: Component) -> timedelta | None:
    try:
        return duration(component.value("DURATION")) if component.first("DURATION") else None
    except (ValueError, OverflowError):
        raise Skip("invalid") from None


def _number(component: Component, name: str, most: int) -> int:
    text = component.value(name)
    return min(int(text), most) if re.fullmatch(r"\d{1,10}", text, re.ASCII) else 0


def _modified(component: Component, name: str) -> datetime | None:
    hit = re.fullmatch(r"\d{8}T\d{6}Z", component.value(name), re.ASCII)
    try:
        found = datetime.strptime(hit[0], "%Y%m%dT%H%M%SZ") if hit else None
    except ValueError:
        return None
    return found.replace(tzinfo=UTC) if found and _EARLIEST <= found < _LATEST else None


def _finished(component: Component, status: str) -> datetime | None:
    """When a task was done; now when that is not said, but that it is."""
    at = _modified(component, "COMPLETED")
    if at or component.kind != "VTODO":
        return min(at, datetime.now(UTC)) if at else None
    done = status == "COMPLETED" or component.value("PERCENT-COMPLETE") == "100"
    return datetime.now(UTC) if done else None


def end_of(one: Entry, start: Moment) -> Moment:
    """When an event is over: by its end, its length, else at once, or with its day."""
    if one.end is not None:
        return one.end
    length = one.length if one.length is not None else timedelta(days=start.is_day)
    try:
        if start.is_day:
            return Moment(start.local + length, start.zone, is_day=length.seconds == 0)
        at = (start.at + length).astimezone(ZoneInfo(start.zone))
        return Moment(at.replace(tzinfo=None), start.zone)
    except OverflowError:
        raise Skip("out_of_range") from None

"""Reads iCalendar (RFC 5545) as exporters write it, whatever else somebody sends.

Lenient: line ends of any kind, lower case, components that are not closed, properties that nobody
knows. Bounded: a line is looked at once, nothing nests, and what is kept of it has a limit.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

MOST_COMPONENTS = 5_000
MOST_PROPERTIES = 1_000
"""Of one component."""
LONGEST = 20_000
"""Characters of a property that are read."""

Kind = Literal["VEVENT", "VTODO"]
_NAME = re.compile(r"[A-Za-z0-9-]+")
_PARAMETER = re.compile(r';([A-Za-z0-9-]+)=((?:"[^"]*"|[^";:])*)')
_ITEMS = ("VEVENT", "VTODO")
_OBSERVANCES = ("STANDARD", "DAYLIGHT")
_KNOWN = {
    "BEGIN", "END", "UID", "RECURRENCE-ID", "SEQUENCE", "LAST-MODIFIED", "SUMMARY", "DESCRIPTION",
    "LOCATION", "URL", "CATEGORIES", "DTSTART", "DTEND", "DURATION", "DUE", "RRULE", "EXRULE",
    "RDATE", "EXDATE", "STATUS", "COMPLETED", "PERCENT-COMPLETE", "PRIORITY", "CONFERENCE",
    "X-GOOGLE-CONFERENCE", "X-CAMPUS-KIND", "X-WR-TIMEZONE", "TZID", "X-LIC-LOCATION",
    "TZOFFSETFROM", "TZOFFSETTO",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Property:
    """One property; the names of its parameters are in upper case."""

    value: str
    parameters: dict[str, str] = field(default_factory=dict[str, str])


@dataclass(slots=True)
class Component:
    """An event, a task or a time zone; of a zone, `parts` are its observances."""

    kind: str
    properties: dict[str, list[Property]] = field(default_factory=dict[str, list[Property]])
    parts: list["Component"] = field(default_factory=list["Component"])
    size: int = 0

    def add(self, name: str, found: Property) -> None:
        self.size += 1
        if self.size <= MOST_PROPERTIES:
            self.properties.setdefault(name, []).append(found)

    def first(self, *names: str) -> Property | None:
        """The first property that has one of the names, in their order."""
        return next((self.properties[name][0] for name in names if name in self.properties), None)

    def every(self, name: str) -> list[Property]:
        return self.properties.get(name, [])

    def value(self, name: str) -> str:
        """What the property says, "" without one."""
        found = self.first(name)
        return found.value.strip() if found else ""


@dataclass(slots=True)
class Calendar:
    """What a file holds. `broken` components have no end, `left` are beyond the bound."""

    items: list[Component] = field(default_factory=list[Component])
    zones: dict[str, Component] = field(default_factory=dict[str, Component])
    timezone: str = ""
    broken: int = 0
    left: int = 0


def read(text: str) -> Calendar | None:
    """The calendar of a text; None when it is none."""
    reader = _Reader()
    for line in _lines(text.removeprefix("\ufeff")):
        reader.take(line)
    return reader.finished()


class _Reader:
    """Takes lines. An item within an item (an alarm's) is passed over, by the depth of BEGINs."""

    def __init__(self) -> None:
        self.calendar = Calendar()
        self.is_calendar = False
        self.open: Component | None = None
        self.part: Component | None = None
        self.depth = 0

    def take(self, line: str) -> None:
        found = _property(line)
        if found is None:
            return
        name, said = found
        if name == "BEGIN":
            self._begin(said.value.strip().upper())
        elif name == "END":
            self._end(said.value.strip().upper())
        elif self.open is None:
            if name == "X-WR-TIMEZONE" and self.is_calendar:
                self.calendar.timezone = said.value.strip()
        elif self.part is not None:
            self.part.add(name, said)
        elif self.depth == 0:
            self.open.add(name, said)

    def finished(self) -> Calendar | None:
        self.calendar.broken += self.open is not None
        return self.calendar if self.is_calendar else None

    def _begin(self, kind: str) -> None:
        if kind == "VCALENDAR":
            self.is_calendar = True
        elif kind in _ITEMS or kind == "VTIMEZONE":
            self.calendar.broken += self.open is not None
            self.open, self.part, self.depth = Component(kind), None, 0
        elif self.open is not None:
            self.depth += 1
            is_part = self.open.kind == "VTIMEZONE" and kind in _OBSERVANCES
            if is_part and len(self.open.parts) < MOST_PROPERTIES:
                self.part = Component(kind)
                self.open.parts.append(self.part)

    def _end(self, kind: str) -> None:
        if self.open is None:
            return
        if kind == self.open.kind:
            self._keep(self.open)
            self.open = self.part = None
        elif self.depth:
            self.depth -= 1
            self.part = None

    def _keep(self, whole: Component) -> None:
        if not self.is_calendar:
            return
        if whole.kind == "VTIMEZONE":
            if len(self.calendar.zones) < MOST_PROPERTIES:
                self.calendar.zones[whole.value("TZID")] = whole
        elif len(self.calendar.items) < MOST_COMPONENTS:
            self.calendar.items.append(whole)
        else:
            self.calendar.left += 1


def _lines(text: str) -> Iterator[str]:
    """Lines, unfolded."""
    held, size = list[str](), 0
    for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        if line[:1] in (" ", "\t"):
            if size < LONGEST:
                held.append(line[1 : LONGEST + 1])
                size += len(line)
            continue
        if held:
            yield "".join(held)
        held, size = [line[:LONGEST]], len(line)
    yield "".join(held)


def _property(line: str) -> tuple[str, Property] | None:
    """Name and property of a line; None when it is none that somebody asks for."""
    named = _NAME.match(line)
    if named is None or (name := named[0].upper()) not in _KNOWN:
        return None
    at, parameters = named.end(), dict[str, str]()
    while found := _PARAMETER.match(line, at):
        parameters[found[1].upper()] = found[2].replace('"', "")
        at = found.end()
    return (name, Property(line[at + 1 :], parameters)) if line[at : at + 1] == ":" else None

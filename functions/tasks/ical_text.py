"""iCalendar as text (RFC 5545, 3.1 and 3.3): lines folded at 75 octets, values spelled and read."""

import re
from datetime import date, datetime, timedelta

# Line breaks that some parsers see besides the one of the RFC.
_BREAKS = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f]")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_DURATION = re.compile(
    r"([+-]?)P(?:(\d{1,5})W)?(?:(\d{1,5})D)?"
    r"(?:T(?:(\d{1,5})H)?(?:(\d{1,6})M)?(?:(\d{1,7})S)?)?",
    re.ASCII,
)


def line(name: str, value: str, **parameters: str) -> bytes:
    """One property, folded. Its value is spelled already; parameters are no free text."""
    named = "".join(f";{key}={said}" for key, said in parameters.items())
    raw = f"{name}{named}:{value}".encode()
    parts, start, room = list[bytes](), 0, 75
    while len(raw) - start > room:
        end = start + room
        while raw[end] & 0xC0 == 0x80:  # not within a character
            end -= 1
        parts.append(raw[start:end])
        start, room = end, 74
    parts.append(raw[start:])
    return b"\r\n ".join(parts) + b"\r\n"


def text(value: str) -> str:
    """A TEXT value. Nothing in it can begin another line."""
    value = value.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return _CONTROLS.sub("", _BREAKS.sub("\\\\n", value))


def plain(value: str) -> str:
    """What a TEXT value says."""
    said = _ESCAPED.sub(lambda found: "\n" if found[1] in "nN" else found[1], value)
    return _CONTROLS.sub("", _BREAKS.sub("\n", said))


def local(moment: datetime) -> str:
    """A DATE-TIME without a zone."""
    return f"{moment:%Y%m%dT%H%M%S}"


def utc(moment: datetime) -> str:
    """A DATE-TIME in UTC."""
    return f"{moment:%Y%m%dT%H%M%SZ}"


def day(moment: date) -> str:
    """A DATE."""
    return f"{moment:%Y%m%d}"


def offset(value: timedelta) -> str:
    """A UTC-OFFSET."""
    seconds = int(value.total_seconds())
    hours, rest = divmod(abs(seconds), 3600)
    minutes, rest = divmod(rest, 60)
    return f"{'-' if seconds < 0 else '+'}{hours:02}{minutes:02}" + (f"{rest:02}" if rest else "")


def duration(value: str) -> timedelta:
    """What a DURATION says. Errors: ValueError."""
    found = _DURATION.fullmatch(value.strip())
    if found is None or not any(found.groups()[1:]):
        raise ValueError(value)
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in found.groups()[1:])
    span = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
    return -span if found[1] == "-" else span

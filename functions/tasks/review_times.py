"""When a topic is to be recalled: on which local day, and at which moment of it to remind.

A person is reminded around the hour at which they study best, never at the same minute for every
topic: a jitter that follows from session and day spreads them, and a second look gives the same.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from uuid import UUID
from zoneinfo import ZoneInfo

DEFAULT_HOUR = 10
JITTER = 30


def due_day(today: date, days: int, exam_on: date | None) -> date:
    """The day `days` from now, or before an exam that would come first: on its eve at the latest,
    or tomorrow if that is the day."""
    day = today + timedelta(days=days)
    if exam_on is None or not today < exam_on <= day:
        return day
    return max(today + timedelta(days=1), exam_on - timedelta(days=1))


def plan(start: date, intervals: Sequence[int], exam_on: date | None) -> list[int]:
    """The days after `start` on which to review. What an exam leaves no time for is made up for on
    its eve."""
    if exam_on is None or exam_on <= start:
        return list(intervals)
    last = (exam_on - start).days - 1
    kept = [days for days in intervals if days <= last]
    if last >= 1 and len(kept) < len(intervals) and last not in kept:
        kept.append(last)
    return kept


def day_begins(day: date, zone: ZoneInfo) -> datetime:
    """The first moment of a local day."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def remind_at(session_id: UUID, days: int, day: date, hour: int, zone: ZoneInfo) -> datetime:
    """The moment on a local day to remind of a topic, `days` after it was studied.

    An hour that the change of the clocks leaves out is an hour later.
    """
    local = datetime.combine(day, time(hour), zone)
    shifted = local.replace(tzinfo=None) + timedelta(minutes=_jitter(session_id, days, hour))
    return shifted.replace(tzinfo=zone).astimezone(UTC)


def _jitter(session_id: UUID, days: int, hour: int) -> int:
    digest = sha256(f"{session_id}-{days}".encode()).digest()
    minutes = int.from_bytes(digest[:4]) % (2 * JITTER + 1) - JITTER
    return abs(minutes) if hour == 0 else minutes  # never on the day before

"""When a person may be told: preferences, quiet hours and limits, as functions of a moment.

The inbox (`in_app`) is silent and obeys switches only. What interrupts (mail) also keeps away
from quiet hours, "do not disturb", free weekends, the pause between two of a category, and the
day's maximum. All of it is reckoned in the person's own time zone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from functions.notifications.workflows import Channel, Workflow

MINUTE = timedelta(minutes=1)
LONGEST_DEFERRAL = timedelta(days=7)
_TWO_DAYS_AND_A_SHIFT = 50 * 60


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From `start` until just before `end` on the wall clock; they may cross midnight."""

    start: time
    end: time

    def covers(self, wall: time) -> bool:
        if self.start <= self.end:
            return self.start <= wall < self.end
        return wall >= self.start or wall < self.end


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What a person has chosen, and what they were told lately."""

    zone: ZoneInfo
    master: bool = True
    channels: Mapping[str, bool | None] = field(default_factory=dict)
    categories: Mapping[str, bool | None] = field(default_factory=dict)
    workflows: Mapping[str, bool | None] = field(default_factory=dict)
    quiet: QuietHours | None = None
    dnd_until: datetime | None = None
    weekends: bool = True
    cooldown: timedelta = timedelta()
    max_per_day: int = 1000
    repeated: bool = False
    unsubscribed: bool = False
    mailed_at: tuple[datetime, ...] = ()
    category_mailed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of a notification on one channel, when, and why."""

    status: Literal["sent", "pending", "deferred", "suppressed"]
    due_at: datetime
    reason: str | None = None


def decide(now: datetime, workflow: Workflow, channel: Channel, standing: Standing) -> Verdict:
    """The verdict on one channel at this moment."""
    if standing.repeated:
        return Verdict("suppressed", now, "duplicate")
    if off := switched_off(workflow, channel, standing):
        return Verdict("suppressed", now, off)
    if channel == "in_app":
        return Verdict("sent", now)
    if standing.unsubscribed:
        return Verdict("suppressed", now, "unsubscribed")
    if workflow.interrupts:
        return Verdict("pending", now)
    return _when(now, standing)


def switched_off(workflow: Workflow, channel: Channel, standing: Standing) -> str | None:
    """Which switch forbids it, if any. The narrowest one that is set decides: workflow, category,
    channel, master."""
    switches = (
        ("workflow_off", standing.workflows.get(workflow.name)),
        ("category_off", standing.categories.get(workflow.category)),
        ("channel_off", standing.channels.get(channel)),
        ("master_off", standing.master),
    )
    reason, allowed = next((name, value) for name, value in switches if value is not None)
    return None if allowed else reason


def _when(now: datetime, standing: Standing) -> Verdict:
    at, reason = now, None
    if standing.dnd_until and standing.dnd_until > at:
        at, reason = standing.dnd_until, "do_not_disturb"
    last = standing.category_mailed_at
    if last and standing.cooldown and last + standing.cooldown > at:
        at, reason = last + standing.cooldown, "cooldown"
    free = after_rest(at, standing)
    if free > at:
        at, reason = free, "quiet_hours"
    if at - now > LONGEST_DEFERRAL:
        return Verdict("suppressed", now, reason)
    day = at.astimezone(standing.zone).date()
    told = sum(1 for mailed in standing.mailed_at if mailed.astimezone(standing.zone).date() == day)
    if told >= standing.max_per_day:
        return Verdict("suppressed", now, "daily_limit")
    return Verdict("deferred" if at > now else "pending", at, reason)


def after_rest(at: datetime, standing: Standing) -> datetime:
    """The first moment from `at` on that is in no quiet hours and on no free weekend."""
    while True:
        moved = after_quiet(after_weekend(at, standing), standing)
        if moved == at:
            return at
        at = moved


def after_weekend(at: datetime, standing: Standing) -> datetime:
    """`at`, or the beginning of Monday when weekends are free and this is one."""
    local = at.astimezone(standing.zone)
    if standing.weekends or local.weekday() < 5:
        return at
    monday = local.date() + timedelta(days=7 - local.weekday())
    return datetime.combine(monday, time(), standing.zone).astimezone(UTC)


def after_quiet(at: datetime, standing: Standing) -> datetime:
    """`at`, or the first full minute after it that is outside quiet hours.

    The wall clock is asked minute by minute, since it may jump or repeat itself in the meantime.
    """
    quiet = standing.quiet
    if quiet is None or not quiet.covers(at.astimezone(standing.zone).time()):
        return at
    minute = at.astimezone(UTC).replace(second=0, microsecond=0)
    for _ in range(_TWO_DAYS_AND_A_SHIFT):
        minute += MINUTE
        if not quiet.covers(minute.astimezone(standing.zone).time()):
            return minute
    raise AssertionError("unreachable: quiet hours end within a day and a shift of the clock")

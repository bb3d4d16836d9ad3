"""Schedules by the local clock: rate(...) and cron(...) as EventBridge Scheduler reads them."""

import datetime
import re
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from infra.local.environments import Environments, FunctionError, show
from infra.local.functions import Schedule

_UNITS = {"minute": 60, "hour": 3600, "day": 86400}
_RATE = re.compile(r"rate\((\d+) (minute|hour|day)s?\)")
_CRON = re.compile(r"cron\((\S+) (\S+) (\S+) (\S+) (\S+) (\S+)\)")
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_YEARS_AHEAD = 5


class ScheduleError(ValueError):
    """An expression that this clock does not understand."""


def next_run(
    expression: str, after: datetime.datetime, timezone: str = "UTC"
) -> datetime.datetime | None:
    """The first run strictly after a moment, in UTC; None when there is none within five years.

    A rate counts from the epoch, so that the times are the same after a restart.
    """
    if rate := _RATE.fullmatch(expression):
        step = int(rate.group(1)) * _UNITS[rate.group(2)]
        seconds = (int(after.timestamp()) // step + 1) * step
        return datetime.datetime.fromtimestamp(seconds, datetime.UTC)
    if cron := _CRON.fullmatch(expression):
        return _next_cron(_Cron.parse(*cron.groups()), after, ZoneInfo(timezone))
    raise ScheduleError(f"not understood: {expression}")


@dataclass(frozen=True)
class _Cron:
    minutes: list[int]
    hours: list[int]
    days: set[int]
    months: set[int]
    weekdays: set[int]
    years: set[int]

    @classmethod
    def parse(
        cls, minute: str, hour: str, day: str, month: str, weekday: str, year: str
    ) -> "_Cron":
        return cls(
            sorted(_values(minute, 0, 59)),
            sorted(_values(hour, 0, 23)),
            _values(day, 1, 31),
            _values(month, 1, 12, _MONTHS),
            _values(weekday, 1, 7, _DAYS),
            _values(year, 1970, 2199),
        )

    def runs_on(self, day: datetime.date) -> bool:
        weekday = day.isoweekday() % 7 + 1  # Sunday is 1
        return (
            day.year in self.years
            and day.month in self.months
            and day.day in self.days
            and weekday in self.weekdays
        )


def _values(text: str, low: int, high: int, names: Sequence[str] | None = None) -> set[int]:
    def number(token: str) -> int:
        if names and token.upper() in names:
            return names.index(token.upper()) + low
        if not token.isdigit() or not low <= int(token) <= high:
            raise ScheduleError(f"not understood: {text}")
        return int(token)

    values: set[int] = set()
    for part in text.split(","):
        span, _, step = part.partition("/")
        first, _, last = span.partition("-")
        start = low if first in ("*", "?") else number(first)
        end = high if first in ("*", "?") or (step and not last) else number(last or first)
        values.update(range(start, end + 1, int(step or 1)))
    return values


def _next_cron(cron: _Cron, after: datetime.datetime, zone: ZoneInfo) -> datetime.datetime | None:
    day = after.astimezone(zone).date()
    for _ in range(_YEARS_AHEAD * 366):
        if cron.runs_on(day):
            for hour in cron.hours:
                for minute in cron.minutes:
                    local = datetime.datetime.combine(day, datetime.time(hour, minute), zone)
                    moment = local.astimezone(datetime.UTC)
                    exists = moment.astimezone(zone).hour == hour
                    if exists and moment > after:
                        return moment
        day += datetime.timedelta(days=1)
    return None


@dataclass
class Entry:
    """A schedule with its function, when it runs next and how it went last."""

    schedule: Schedule
    environments: Environments
    due: datetime.datetime | None
    last: str = field(default="")

    def run(self) -> None:
        """Run it now and remember the outcome."""
        started = datetime.datetime.now(datetime.UTC)
        try:
            self.environments.invoke(self.schedule.payload)
            outcome = "ok"
        except FunctionError as error:
            show(error)
            outcome = str(error).splitlines()[0]
        self.last = f"{started:%H:%M:%S} {outcome}"


class Clock:
    """Runs every schedule when it is due."""

    def __init__(self, environments: Iterable[Environments]) -> None:
        now = datetime.datetime.now(datetime.UTC)
        self.entries = [
            Entry(schedule, each, next_run(schedule.expression, now, schedule.timezone))
            for each in environments
            for schedule in each.function.schedules
        ]
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="clock", daemon=True)

    def start(self) -> None:
        """Begin to watch the time in the background."""
        self._thread.start()

    def stop(self) -> None:
        """Start no more runs."""
        self._stopping.set()

    def _run(self) -> None:
        while not self._stopping.wait(self._seconds_to_next()):
            now = datetime.datetime.now(datetime.UTC)
            for entry in self.entries:
                if entry.due and entry.due <= now:
                    schedule = entry.schedule
                    entry.due = next_run(schedule.expression, now, schedule.timezone)
                    threading.Thread(target=entry.run, daemon=True).start()

    def _seconds_to_next(self) -> float:
        now = datetime.datetime.now(datetime.UTC)
        due = [entry.due for entry in self.entries if entry.due]
        return max(0.0, min(((each - now).total_seconds() for each in due), default=3600.0))

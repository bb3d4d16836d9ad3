"""On which days a series falls. Bounded whatever the rule: days are walked through once, within a
window, and a rule that fits none of them ends where the window ends.

The database expands series in the same way (`series_dates`) where rows depend on them; tests hold
the two against each other and against an independent implementation.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from functions.tasks.recurrence import WEEKDAYS, Rule, moment_of_until

HORIZON = timedelta(days=400)
_DAY = timedelta(days=1)
_LAST = date(2199, 12, 31)


def occurrences(
    start: datetime,
    timezone: str,
    rule: str | None,
    exdates: Iterable[datetime] = (),
    rdates: Iterable[datetime] = (),
) -> Iterator[datetime]:
    """The instants of a series within 400 days of its start, in order; without a rule: once."""
    zone = ZoneInfo(timezone)
    for local in series(start, timezone, rule, exdates, rdates, until=start + HORIZON):
        yield instant(local, zone)


def series(
    start: datetime,
    timezone: str,
    rule: str | None,
    exdates: Iterable[datetime] = (),
    rdates: Iterable[datetime] = (),
    *,
    since: datetime | None = None,
    until: datetime,
) -> list[datetime]:
    """The local times of a series (RRULE or the start itself, RDATE, less EXDATE) from `since` (the
    first) to `until`, both inclusive, in order."""
    rdates = tuple(rdates)
    since = since or min((start, *rdates))
    if rule is None:
        regular: Iterable[datetime] = [start]
    else:
        regular = rule_times(start, timezone, Rule.parse(rule), since, until)
    found = {*regular, *rdates} - set(exdates)
    return sorted(local for local in found if since <= local <= until)


def rule_times(
    start: datetime, timezone: str, rule: Rule, since: datetime, until: datetime
) -> Iterator[datetime]:
    """The local times of a rule alone. COUNT counts from the start of the series."""
    zone, clock = ZoneInfo(timezone), start.time()
    counted = rule.count is not None
    days = rule_days(rule, start.date(), start.date() if counted else since.date(), until.date())
    times = (datetime.combine(day, clock) for day in days)
    for local in islice(times, rule.count):
        if not _is_before_end(rule, local, zone):
            return
        if since <= local <= until:
            yield local


def rule_days(rule: Rule, start: date, since: date, until: date) -> Iterator[date]:
    """The days of a rule from `since` to `until`, not before `start`, in order."""
    fits = _test(rule, start)
    first, until = max(start, since), min(until, _LAST)
    for begins, ends in _periods(rule, start, first, until):
        days = [day for day in _days(begins, ends) if fits(day)]
        if rule.positions:
            days = _picked(days, rule.positions)
        for day in days:
            if first <= day <= until:
                yield day


def instant(local: datetime, zone: ZoneInfo) -> datetime:
    """A local time in UTC. Where the clocks change, the offset of winter counts, as in PostgreSQL:
    a time that is skipped moves on by the hour, one that comes twice is the later one."""
    return max(local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))


def _is_before_end(rule: Rule, local: datetime, zone: ZoneInfo) -> bool:
    if rule.until is None:
        return True
    end = moment_of_until(rule.until)
    if end.tzinfo:
        return instant(local, zone) <= end
    return local <= end if "T" in rule.until else local.date() <= end.date()


def _periods(rule: Rule, start: date, first: date, until: date) -> Iterator[tuple[date, date]]:
    """The days, weeks, months or years that the interval names, from the one of `first` on."""
    number = _number(rule, start, first)
    number += -number % rule.interval
    while True:
        begins = _begin(rule, start, number)
        if begins > until:
            return
        yield begins, _begin(rule, start, number + 1) - _DAY
        number += rule.interval


def _number(rule: Rule, start: date, day: date) -> int:
    """How many periods after that of `start` a day lies."""
    if rule.frequency == "DAILY":
        return (day - start).days
    if rule.frequency == "WEEKLY":
        return (_week(rule, day) - _week(rule, start)).days // 7
    months = (day.year - start.year) * 12 + day.month - start.month
    return months if rule.frequency == "MONTHLY" else day.year - start.year


def _begin(rule: Rule, start: date, number: int) -> date:
    """The first day of the period with a number."""
    if rule.frequency == "DAILY":
        return start + number * _DAY
    if rule.frequency == "WEEKLY":
        return _week(rule, start) + 7 * number * _DAY
    if rule.frequency == "YEARLY":
        return date(start.year + number, 1, 1)
    year, month = divmod(start.year * 12 + start.month - 1 + number, 12)
    return date(year, month + 1, 1)


def _days(begins: date, ends: date) -> Iterator[date]:
    return (begins + n * _DAY for n in range((ends - begins).days + 1))


def _week(rule: Rule, day: date) -> date:
    """The first day of a day's week."""
    return day - (day.weekday() - WEEKDAYS.index(rule.week_start)) % 7 * _DAY


def _picked(days: list[date], positions: tuple[int, ...]) -> list[date]:
    """BYSETPOS: the nth of a period's days, from the end when negative."""
    wanted = {n - 1 if n > 0 else len(days) + n for n in positions}
    return [day for place, day in enumerate(days) if place in wanted]


def _test(rule: Rule, start: date) -> Callable[[date], bool]:
    """Whether a day fits the BY parts; what they leave open is as in `start`."""
    tests: list[Callable[[date], bool]] = []
    open_day = not (rule.days or rule.month_days or rule.year_days)
    if rule.months:
        tests.append(lambda day: day.month in rule.months)
    elif rule.frequency == "YEARLY" and open_day and not rule.weeks:
        tests.append(lambda day: day.month == start.month)
    if rule.month_days:
        tests.append(lambda day: bool(_of_month(day) & set(rule.month_days)))
    elif rule.frequency in ("MONTHLY", "YEARLY") and open_day and not rule.weeks:
        tests.append(lambda day: day.day == start.day)
    if rule.days:
        tests.append(_day_test(rule))
    elif rule.frequency == "WEEKLY" or (rule.weeks and open_day):
        tests.append(lambda day: day.weekday() == start.weekday())
    if rule.year_days:
        tests.append(lambda day: bool(_of_year(day) & set(rule.year_days)))
    if rule.weeks:
        tests.append(lambda day: bool(_week_numbers(rule, day) & set(rule.weeks)))
    return lambda day: all(test(day) for test in tests)


def _day_test(rule: Rule) -> Callable[[date], bool]:
    """BYDAY: the nth weekday of the month where there are months, else of the year."""
    of_month = rule.frequency == "MONTHLY" or bool(rule.months)
    wanted = {(WEEKDAYS.index(day.weekday), day.nth) for day in rule.days}

    def fits(day: date) -> bool:
        places = _of_month(day) if of_month else _of_year(day)
        weekday = day.weekday()
        nth = {(n - 1) // 7 + 1 if n > 0 else -((-n - 1) // 7 + 1) for n in places}
        return bool({(weekday, None), *((weekday, n) for n in nth)} & wanted)

    return fits


def _of_month(day: date) -> set[int]:
    """A day's number in its month, from the beginning and (negative) from the end."""
    following = date(day.year + day.month // 12, day.month % 12 + 1, 1)
    return {day.day, day.toordinal() - following.toordinal()}


def _of_year(day: date) -> set[int]:
    """A day's number in its year, from the beginning and (negative) from the end."""
    number = day.toordinal()
    return {
        number - date(day.year, 1, 1).toordinal() + 1,
        number - date(day.year + 1, 1, 1).toordinal(),
    }


def _week_numbers(rule: Rule, day: date) -> set[int]:
    """The number of a day's week: week 1 is the first with four days in its year."""
    middle = _week(rule, day) + 3 * _DAY
    number, to_end = sorted(_of_year(middle), reverse=True)
    return {(number - 1) // 7 + 1, -((-to_end - 1) // 7 + 1)}

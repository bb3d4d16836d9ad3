"""Series as values: what is left before and after an occurrence, and how they move."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from functions.tasks.expansion import instant, rule_times
from functions.tasks.recurrence import Rule, moment_of_until
from shared.errors import Refusal, invalid

_MOMENT = timedelta(seconds=1)
_FOREVER = datetime(2199, 12, 31)


@dataclass(frozen=True, slots=True)
class Series:
    """What says when something recurs."""

    start: datetime
    timezone: str
    rule: Rule | None
    exdates: tuple[datetime, ...] = ()
    rdates: tuple[datetime, ...] = ()

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> "Series":
        """The series of an item's row."""
        rule = Rule.parse(row["recurrence"]) if row["recurrence"] else None
        exdates, rdates = tuple(row["exdates"]), tuple(row["rdates"])
        return cls(row["start_local"], row["timezone"], rule, exdates, rdates)

    def columns(self) -> dict[str, Any]:
        """What of an item is different in another series."""
        return {
            "start_local": self.start.isoformat(),
            "recurrence": str(self.rule) if self.rule else None,
            "exdates": [at.isoformat() for at in self.exdates],
            "rdates": [at.isoformat() for at in self.rdates],
        }

    def split(self, at: datetime) -> tuple["Series | None", "Series"]:
        """What comes before a local time of the series (None: nothing), and what comes from it on.
        Together they are the series."""
        earlier = list(self._regular(self.start, at - _MOMENT))
        rdates = tuple(day for day in self.rdates if day < at)
        exdates = tuple(day for day in self.exdates if day < at)
        head = None
        if earlier:
            head = replace(self, rule=self._ending(earlier), exdates=exdates, rdates=rdates)
        elif rdates:
            head = Series(min(rdates), self.timezone, None, exdates, rdates)
        return head, self._from(at, len(earlier))

    def moved(self, shift: timedelta, days: int) -> "Series":
        """The series with every local time `shift` later, on a day that is `days` later. Errors:
        VALIDATION_ERROR where the rule names the days that it falls on."""
        rule = self.rule
        if rule and days and (rule.names_days or rule.frequency in ("MONTHLY", "YEARLY")):
            message = "its rule names the day: change startLocal and recurrence of the series"
            raise invalid("start_local", message)
        try:
            if rule and rule.until:
                rule = replace(rule, until=self._later(rule.until, shift, days))
            return Series(
                self.start + shift,
                self.timezone,
                rule,
                tuple(day + shift for day in self.exdates),
                tuple(day + shift for day in self.rdates),
            )
        except OverflowError:
            raise Refusal("VALIDATION_ERROR") from None

    def _regular(self, since: datetime, until: datetime) -> list[datetime]:
        if self.rule is None:
            return [self.start] if since <= self.start <= until else []
        return list(rule_times(self.start, self.timezone, self.rule, since, until))

    def _ending(self, earlier: list[datetime]) -> Rule | None:
        """The rule with an end after the last of its times; a series without one is its start."""
        if self.rule is None:
            return None
        if self.rule.count:
            return replace(self.rule, count=len(earlier))
        last = instant(earlier[-1], ZoneInfo(self.timezone))
        return replace(self.rule, until=f"{last:%Y%m%dT%H%M%SZ}")

    def _from(self, at: datetime, earlier: int) -> "Series":
        rdates = tuple(day for day in self.rdates if day >= at)
        exdates = tuple(day for day in self.exdates if day >= at)
        rule = self.rule
        start = self._next_regular(at)
        if start is None or rule is None:  # nothing is left but what was added
            return replace(self, start=at, rule=None, exdates=exdates, rdates=rdates)
        if rule.count:
            rule = replace(rule, count=rule.count - earlier)
        return replace(self, start=start, rule=rule, exdates=exdates, rdates=rdates)

    def _next_regular(self, at: datetime) -> datetime | None:
        if self.rule is None:
            return self.start if self.start >= at else None
        return next(rule_times(self.start, self.timezone, self.rule, at, _FOREVER), None)

    def _later(self, until: str, shift: timedelta, days: int) -> str:
        end, zone = moment_of_until(until), ZoneInfo(self.timezone)
        if end.tzinfo:
            local = end.astimezone(zone).replace(tzinfo=None) + shift
            return f"{instant(local, zone).astimezone(UTC):%Y%m%dT%H%M%SZ}"
        if "T" in until:
            return f"{end + shift:%Y%m%dT%H%M%S}"
        return f"{end + timedelta(days=days):%Y%m%d}"

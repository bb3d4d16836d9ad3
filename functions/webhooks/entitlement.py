"""Who holds the entitlement: a fold over what a provider has told, in the order in which it
happened. The order of arrival and repeats make no difference to the result.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

Effect = Literal["grant", "cancel", "past_due", "end", "move"]
Part = Literal["holder", "giver", "receiver"]
Status = Literal["active", "past_due", "canceled", "expired"]
# What a purchase without an end is worth: the predecessor's month.
MONTH = timedelta(days=31)


@dataclass(frozen=True, slots=True)
class Fact:
    """What one event says about one holder. A transfer has a fact for each side."""

    holder: str
    part: Part
    effect: Effect
    provider_event_id: str
    occurred_at: datetime
    expires_at: datetime | None = None
    grace_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Holding:
    """What a holder has. Paid until one time, and tolerated unpaid until another."""

    status: Status
    paid_until: datetime
    grace_until: datetime | None
    last_event_at: datetime

    @property
    def tier(self) -> Literal["free", "premium"]:
        """Free if it was over when last heard of. That it ends since then, readers see by
        `expires_at`: the clock is no part of the fold."""
        over = self.status == "expired" or self.expires_at <= self.last_event_at
        return "free" if over else "premium"

    @property
    def expires_at(self) -> datetime:
        return max(self.paid_until, self.grace_until or self.paid_until)


Holdings = dict[str, Holding]


def fold(facts: Iterable[Fact]) -> Holdings:
    """The holdings after all facts, by holder. Facts of one transfer have to be complete."""
    events: dict[tuple[datetime, str], set[Fact]] = {}
    for fact in facts:
        events.setdefault((fact.occurred_at, fact.provider_event_id), set()).add(fact)
    holdings: Holdings = {}
    for key in sorted(events):
        told = sorted(events[key], key=lambda fact: fact.holder)
        if told[0].effect == "move":
            _move(holdings, told)
        else:
            for fact in told:
                _apply(holdings, fact)
    return holdings


def _apply(holdings: Holdings, fact: Fact) -> None:
    held = holdings.get(fact.holder)
    if fact.effect == "grant":
        holdings[fact.holder] = _granted(held, fact)
    elif fact.effect == "end":
        holdings[fact.holder] = _ended(fact)
    else:
        lasting = _lasting(held, fact)
        if lasting:
            holdings[fact.holder] = lasting


def _granted(held: Holding | None, fact: Fact) -> Holding:
    until = fact.expires_at
    if until is None:
        runs = held is not None and held.status != "expired" and held.paid_until > fact.occurred_at
        until = held.paid_until if held and runs else fact.occurred_at + MONTH
    return Holding("active", until, None, fact.occurred_at)


def _ended(fact: Fact) -> Holding:
    """Over, at the end that the provider names if that is past already."""
    end = min(fact.expires_at or fact.occurred_at, fact.occurred_at)
    return Holding("expired", end, None, fact.occurred_at)


def _lasting(held: Holding | None, fact: Fact) -> Holding | None:
    """Cancelled or unpaid: access stays to the end of what is paid or tolerated.

    None where nothing can stay: it had ended, or nobody ever said until when it runs.
    """
    until = fact.expires_at or (held.paid_until if held else fact.grace_until)
    if until is None or (held and held.status == "expired"):
        return None
    grace = fact.grace_until or (held.grace_until if held else None)
    status: Status = "canceled" if fact.effect == "cancel" else "past_due"
    return Holding(status, until, grace, fact.occurred_at)


def _move(holdings: Holdings, told: list[Fact]) -> None:
    """What the givers hold goes to the receiver, who keeps the better of both."""
    at = told[0].occurred_at
    givers = [fact.holder for fact in told if fact.part == "giver"]
    receivers = [fact.holder for fact in told if fact.part == "receiver"]
    moved = [held for name in givers if (held := _live(holdings, name, at))]
    if not moved or not receivers:
        return
    for name in givers:
        if _live(holdings, name, at):
            holdings[name] = Holding("expired", at, None, at)
    own = [held for name in receivers if (held := _live(holdings, name, at))]
    best = max([*moved, *own], key=lambda held: (held.expires_at, held.status))
    for name in receivers:
        holdings[name] = replace(best, last_event_at=at)


def _live(holdings: Holdings, name: str, at: datetime) -> Holding | None:
    held = holdings.get(name)
    return held if held and held.status != "expired" and held.expires_at > at else None

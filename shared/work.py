"""Units of work outside HTTP: one transaction with its tenant settings, its facts, and what follows
the commit. Subscribers and schedules run in one each; routes with `database=None` and triggers of
the user pool, which call another system first, open theirs by `unit_of_work`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from shared import outbox
from shared.database import Command, Database, database, run_unit
from shared.facts import Emissions, Event, Origin
from shared.observe import log_failure
from shared.session import Session
from shared.tracing import span

R = TypeVar("R")
_TENANT = """select set_config('app.user_id', %(user)s, true),
       set_config('app.organization_ids', '{}', true), set_config('app.course_ids', '{}', true)"""


@dataclass(slots=True, eq=False, repr=False)
class Consumer:
    """What a subscriber or schedule works with, inside its own transaction."""

    db: Session
    emissions: Emissions
    seconds_left: Callable[[], float]
    event_id: UUID | None = None
    user_id: UUID | None = None
    occurred_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    _afterwards: list[Callable[[], None]] = field(default_factory=list[Callable[[], None]])

    def emit(
        self, event: Event, *, user_id: UUID | None = None, event_id: UUID | None = None
    ) -> UUID:
        """Tell a fact caused by this one, in the same transaction."""
        return self.emissions.add(event, user_id=user_id, event_id=event_id)

    def afterwards(self, action: Callable[[], None]) -> None:
        """Run after the commit, best effort: a sweep must find what is left undone."""
        self._afterwards.append(action)

    def take_afterwards(self) -> list[Callable[[], None]]:
        actions, self._afterwards = self._afterwards, []
        return actions


class Receipt(NamedTuple):
    """An event on its way to one subscriber: what the inbox row of its unit of work says."""

    subscriber: str
    event_id: UUID
    occurred_at: datetime

    @property
    def claim(self) -> Command:
        return (outbox.sql.claim_inbox.text, self._parameters)

    @property
    def resolve(self) -> Command:
        return (outbox.sql.resolve_failure.text, self._parameters)

    @property
    def _parameters(self) -> dict[str, Any]:
        return {"subscriber": self.subscriber, "event_id": self.event_id}


def unit_of_work(
    origin: Origin,
    work: Callable[[Consumer], R],
    *,
    role: str,
    seconds_left: Callable[[], float] = lambda: 25.0,
) -> R:
    """Run `work` in one transaction of a database role and return what it returns.

    The facts that it emits are published after the commit. It may run more than once, so it calls
    no other system.
    """
    return unit(database(role), origin, work, seconds_left)


def unit(
    held: Database,
    origin: Origin,
    work: Callable[[Consumer], Any],
    seconds_left: Callable[[], float],
    receipt: Receipt | None = None,
) -> Any:
    """One transaction: tenant settings, inbox claim, the work, its facts, COMMIT; then publish.

    False when the receipt's subscriber has had the event before.
    """
    finished: list[Consumer] = []

    def attempt(_: int) -> Any:
        finished.clear()
        session = Session(held)
        results = held.begin(*_opening(origin, receipt))
        session.open, session.parameters["user_id"] = True, origin.user_id
        if receipt and not results[-1].rows:
            session.close()
            return False
        consumer = Consumer(
            session, Emissions(origin), seconds_left, origin.causation_id, origin.user_id
        )
        if receipt:
            consumer.occurred_at = receipt.occurred_at
        value = work(consumer)
        closing = outbox.insert(consumer.emissions.records)
        session.close(*closing, *([receipt.resolve] if receipt else []))
        finished.append(consumer)
        return value

    value = run_unit(held, attempt, seconds_left=seconds_left, repeat_commit=receipt is not None)
    service = origin.source.removeprefix("campus.")
    for consumer in finished:
        after_commit(service, held, consumer.emissions.records, consumer.take_afterwards())
    return value


def _opening(origin: Origin, receipt: Receipt | None) -> list[Command]:
    tenant: Command = (_TENANT, {"user": str(origin.user_id or "")})
    return [("begin", None), tenant, *([receipt.claim] if receipt else [])]


def after_commit(
    service: str,
    held: Database,
    records: Sequence[dict[str, Any]],
    actions: Sequence[Callable[[], None]],
    **fields: Any,
) -> None:
    """Publish the facts and run what comes after; no failure of these reaches the client.

    What fails is found again: facts by the relay, actions by a sweep of their domain.
    """
    try:
        if records:
            with span("publish"):
                outbox.publish(held, records)
    except Exception as error:
        log_failure(service, error, **fields)
    for action in actions:
        try:
            action()
        except Exception as error:
            log_failure(service, error, **fields)

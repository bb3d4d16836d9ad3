"""Subscribers and schedules: reactions to facts and to the clock.

    subscribers = Subscribers()

    @subscribers.on
    def send_welcome_mail(event: UserCreated, context: Consumer) -> None: ...

    @subscribers.every("rate(1 minute)")
    def send_due_reminders(run: ScheduledRun) -> None: ...

At least once from the queue, exactly one effect: the inbox row `(subscriber, event)` is in the
same transaction as the effect. Each subscriber has its own transaction, so one that fails neither
blocks nor undoes another; the message comes back for it alone.
"""

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any
from uuid import UUID

import orjson

from shared import outbox
from shared.database import Command, Database, database, run_unit
from shared.facts import CONTRACTS, Emissions, Event, Origin
from shared.ids import uuid7
from shared.observe import Stopwatch, canonical_line, cold_start, failure_group, log_failure, span
from shared.session import Session

_TENANT = """select set_config('app.user_id', %(user)s, true),
       set_config('app.organization_ids', '{}', true), set_config('app.course_ids', '{}', true)"""


@dataclass(slots=True)
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


@dataclass(frozen=True, slots=True)
class Subscriber:
    """One reaction to one type of event, with the database role it runs in."""

    name: str
    event: type[Event]
    function: Callable[[Any, Consumer], None]
    role: str


@dataclass(frozen=True, slots=True)
class Schedule:
    """Something done by the clock. `expression` is EventBridge Scheduler's: rate() or cron()."""

    name: str
    expression: str
    function: Callable[[Any], None]
    role: str


class ScheduledRun:
    """A run of a schedule: units of work of its own, as many as it needs and has time for."""

    def __init__(self, service: str, schedule: Schedule, context: Any) -> None:
        self.service = service
        self.schedule = schedule
        self.correlation_id = f"run_{uuid7().hex}"
        self.counts: dict[str, int] = {}
        self._context = context

    def seconds_left(self) -> float:
        if self._context is None:
            return 60.0
        return self._context.get_remaining_time_in_millis() / 1000 - 2

    def count(self, name: str, number: int = 1) -> None:
        """Add to a figure of the run's canonical line."""
        self.counts[name] = self.counts.get(name, 0) + number

    def unit(self, work: Callable[[Consumer], Any], *, role: str | None = None) -> Any:
        """Run `work` in one transaction and return what it returns."""
        held = database(role or self.schedule.role)
        origin = Origin(f"campus.{self.service}", self.correlation_id, actor_id=self.schedule.name)
        return unit(self.service, held, origin, work, self.seconds_left, None, None, None)

    @property
    def database(self) -> Database:
        return database(self.schedule.role)


class Subscribers:
    """The reactions of one domain."""

    def __init__(self) -> None:
        self.subscribers: list[Subscriber] = []
        self.schedule_list: list[Schedule] = []

    def on(self, function: Any = None, *, role: str = "app") -> Any:
        """Subscribe a function to the event type of its first parameter.

        In the role `app` it sees the rows of the event's user, as that user would.
        """
        if function is None:
            return partial(self.on, role=role)
        first = next(iter(inspect.signature(function, eval_str=True).parameters.values()))
        self.subscribers.append(Subscriber(function.__name__, first.annotation, function, role))
        return function

    def every(self, expression: str, *, role: str = "system") -> Callable[[Any], Any]:
        """Run a function by the clock."""

        def register(function: Any) -> Any:
            self.schedule_list.append(Schedule(function.__name__, expression, function, role))
            return function

        return register

    def types(self) -> list[str]:
        """The event types of the domain's rule, sorted."""
        return sorted({subscriber.event.type for subscriber in self.subscribers})

    def schedules(self) -> dict[str, str]:
        """Schedule name to expression."""
        return {schedule.name: schedule.expression for schedule in self.schedule_list}


class Queue:
    """The event side of a function: SQS batches in, the failed messages out."""

    def __init__(self, service: str, subscribers: Subscribers) -> None:
        self.service = service
        self._subscribers = subscribers

    def handle(self, event: dict[str, Any], context: Any) -> dict[str, Any]:
        """A batch of SQS messages; the answer names those that have to come back."""
        failed = [
            {"itemIdentifier": record["messageId"]}
            for record in event["Records"]
            if not self._message(record, context)
        ]
        return {"batchItemFailures": failed}

    def run_schedule(self, name: str, context: Any) -> dict[str, Any]:
        """Run one schedule by name. A failure is raised: Lambda's own retry and alarm see it."""
        schedule = next(s for s in self._subscribers.schedule_list if s.name == name)
        run, watch = ScheduledRun(self.service, schedule, context), Stopwatch()
        error_code = None
        try:
            schedule.function(run)
        except Exception as error:
            error_code = failure_group(error)
            log_failure(self.service, error, schedule=name)
            raise
        finally:
            fields: dict[str, Any] = {
                "schedule": name,
                "correlation_id": run.correlation_id,
                "error_code": error_code,
                **run.counts,
            }
            canonical_line(
                self.service,
                "schedule",
                fields,
                {"schedule_duration_seconds": (watch.milliseconds / 1000, "Seconds")},
            )
        return {"schedule": name, **run.counts}

    def _message(self, record: dict[str, Any], context: Any) -> bool:
        """Whether every subscriber has taken the message's event into effect."""
        try:
            fact = orjson.loads(record["body"])["detail"]
            event = CONTRACTS[fact["type"]].read(
                fact["version"], fact["data"], fact["entity"]["version"]
            )
        except Exception as error:
            log_failure(self.service, error, message_id=record["messageId"])
            return False
        outcomes = [self._react(s, event, fact, context) for s in self._interested(fact)]
        return all(outcomes)

    def _interested(self, fact: dict[str, Any]) -> Iterator[Subscriber]:
        return (s for s in self._subscribers.subscribers if s.event.type == fact["type"])

    def _react(
        self, subscriber: Subscriber, event: Event, fact: dict[str, Any], context: Any
    ) -> bool:
        watch, name = Stopwatch(), f"{self.service}.{subscriber.name}"
        error_code, outcome = None, "done"
        held = database(subscriber.role)
        held.round_trips, held.seconds = 0, 0.0
        try:
            with span(name):
                if not self._effect(name, subscriber, event, fact, context):
                    outcome = "seen"
        except Exception as error:
            outcome, error_code = "failed", failure_group(error)
            log_failure(self.service, error, subscriber=name, event_id=fact["id"])
            _remember_failure(held, name, fact, error_code)
        fields: dict[str, Any] = {
            "subscriber": name,
            "event_type": fact["type"],
            "event_id": fact["id"],
            "correlation_id": fact["correlationId"],
            "xray_trace_id": fact["traceId"],
            "outcome": outcome,
            "error_code": error_code,
            "cold_start": cold_start(),
            "db_round_trips": held.round_trips,
            "level": "ERROR" if error_code else "INFO",
        }
        lag = (datetime.now(UTC) - datetime.fromisoformat(fact["occurredAt"])).total_seconds()
        canonical_line(
            self.service,
            "event",
            fields,
            {
                "event_lag_seconds": (lag, "Seconds"),
                "event_duration_seconds": (watch.milliseconds / 1000, "Seconds"),
            },
        )
        return error_code is None

    def _effect(
        self, name: str, subscriber: Subscriber, event: Event, fact: dict[str, Any], context: Any
    ) -> bool:
        def seconds_left() -> float:
            return context.get_remaining_time_in_millis() / 1000 - 1 if context else 30.0

        origin = Origin(
            source=f"campus.{self.service}",
            correlation_id=fact["correlationId"],
            actor_id=name,
            user_id=_uuid(fact["userId"]),
            on_behalf_of=_uuid(fact["userId"]),
            organization_id=_uuid(fact["organizationId"]),
            causation_id=UUID(fact["id"]),
            request_id=fact["requestId"],
            trace_id=fact["traceId"],
            api_version=fact["apiVersion"],
        )
        claim = (outbox.sql.claim_inbox.text, {"subscriber": name, "event_id": origin.causation_id})
        return unit(
            self.service,
            database(subscriber.role),
            origin,
            lambda consumer: subscriber.function(event, consumer) or True,
            seconds_left,
            claim,
            fact,
            name,
        )


def unit(
    service: str,
    held: Database,
    origin: Origin,
    work: Callable[[Consumer], Any],
    seconds_left: Callable[[], float],
    claim: Command | None,
    fact: dict[str, Any] | None,
    subscriber: str | None,
) -> Any:
    """One transaction: tenant settings, inbox claim, the work, its events, COMMIT, then publish."""
    finished: list[Consumer] = []

    def attempt(_: int) -> Any:
        finished.clear()
        session = Session(held)
        tenant = (_TENANT, {"user": str(origin.user_id or "")})
        opening: list[Command] = [("begin", None), tenant, *([claim] if claim else [])]
        results = held.begin(*opening)
        session.open, session.parameters["user_id"] = True, origin.user_id
        if claim and not results[-1].rows:
            session.close()
            return False
        consumer = Consumer(
            session, Emissions(origin), seconds_left, origin.causation_id, origin.user_id
        )
        if fact:
            consumer.occurred_at = datetime.fromisoformat(fact["occurredAt"])
        value = work(consumer)
        closing = outbox.insert(consumer.emissions.records)
        if subscriber:
            closing.append(
                (
                    outbox.sql.resolve_failure.text,
                    {"event_id": origin.causation_id, "subscriber": subscriber},
                )
            )
        session.close(*closing)
        finished.append(consumer)
        return value

    value = run_unit(held, attempt, seconds_left=seconds_left, repeat_commit=claim is not None)
    for consumer in finished:
        _after_commit(service, held, consumer)
    return value


def _after_commit(service: str, held: Database, consumer: Consumer) -> None:
    try:
        if consumer.emissions.records:
            outbox.publish(held, consumer.emissions.records)
    except Exception as error:  # the rows stay in the outbox; the relay publishes them
        log_failure(service, error)
    for action in consumer.take_afterwards():
        try:
            action()
        except Exception as error:  # a sweep does again what was left undone
            log_failure(service, error)


def _remember_failure(held: Database, name: str, fact: dict[str, Any], group: str) -> None:
    """Note the failure for operators; without a database the queue's own count has to do."""
    parameters = {
        "event_id": fact["id"],
        "subscriber": name,
        "event_type": fact["type"],
        "failure_group": group,
    }
    try:
        held.begin((outbox.sql.record_failure.text, parameters))
    except Exception:
        held.rollback()


def _uuid(text: str | None) -> UUID | None:
    return UUID(text) if text else None

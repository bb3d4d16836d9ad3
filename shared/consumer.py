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
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from importlib import import_module
from typing import Any, NamedTuple, cast
from uuid import UUID

import orjson

from shared import outbox
from shared.database import Database, database
from shared.facts import CONTRACTS, Event, Origin
from shared.ids import uuid7
from shared.observe import Stopwatch, canonical_line, cold_start, failure_group, log_failure
from shared.tracing import span
from shared.work import Consumer, Receipt, unit


class Subscriber(NamedTuple):
    """One reaction to one type of event, with the database role it runs in."""

    name: str
    event: type[Event]
    function: Callable[[Any, Consumer], None]
    role: str


class Schedule(NamedTuple):
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
        return unit(held, origin, work, self.seconds_left)

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

    def __init__(self, service: str, subscribers: Subscribers | str) -> None:
        self.service = service
        self._subscribers = subscribers

    @property
    def subscribers(self) -> Subscribers:
        """The reactions, imported by the first message when only their module was named."""
        if isinstance(self._subscribers, str):
            self._subscribers = cast(Subscribers, import_module(self._subscribers).subscribers)
        return self._subscribers

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
        schedule = next(s for s in self.subscribers.schedule_list if s.name == name)
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
            interested = self._interested(fact)
            event = CONTRACTS[fact["type"]].read(
                fact["version"], fact["data"], fact["entity"]["version"]
            )
        except Exception as error:
            log_failure(self.service, error, message_id=record["messageId"])
            return False
        outcomes = [self._react(s, event, fact, context) for s in interested]
        return all(outcomes)

    def _interested(self, fact: dict[str, Any]) -> list[Subscriber]:
        return [s for s in self.subscribers.subscribers if s.event.type == fact["type"]]

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
        receipt = Receipt(name, UUID(fact["id"]), datetime.fromisoformat(fact["occurredAt"]))
        return unit(
            database(subscriber.role),
            origin,
            lambda consumer: subscriber.function(event, consumer) or True,
            seconds_left,
            receipt,
        )


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

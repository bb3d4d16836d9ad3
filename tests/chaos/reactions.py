"""What workers do with events, and a subscriber in each function whose effects can be counted.

The functions' own subscribers take notice of what they did before and would hide a second call; the
one that is added here would not.
"""

import os
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from events.tasks import AssignmentCompleted, StudySessionFinished
from functions.notifications.handler import handle as notifications
from functions.relay.handler import handle as relay
from functions.tasks.handler import handle as tasks
from shared import outbox
from shared.consumer import Subscribers
from shared.database import database
from shared.facts import Emissions, Event, Origin
from shared.ids import uuid7
from shared.sql import Statement
from shared.work import Consumer
from tests.campus import context
from tests.chaos.blows import reach
from tests.chaos.bus import Bus, batch_of
from tests.chaos.ground import Ground, Person

HANDLERS: dict[str, Any] = {"tasks": tasks, "notifications": notifications}
COMPLETED = {
    "tasks.count_completion",
    "tasks.count_effect",
    "notifications.tell_of_completed_assignment",
    "notifications.count_effect",
}
STUDIED = {"tasks.count_study", "tasks.count_effect"}
MOST_IN_A_BATCH = 10
_COUNT = Statement("count", "insert into chaos_effect values (%(service)s, %(event_id)s)")


def prepare(ground: Ground) -> None:
    """The table of effects, and in both functions the subscriber that writes to it."""
    ground.rows("create table chaos_effect (service text not null, event_id uuid not null)")
    ground.rows("grant insert on chaos_effect to campus_app")
    for service, handle in HANDLERS.items():
        _subscribers(handle).on(_counter(service, AssignmentCompleted))
    _subscribers(tasks).on(_counter("tasks", StudySessionFinished))


def _counter(service: str, fact: type[Event]) -> Callable[..., None]:
    def count_effect(event: fact, context: Consumer) -> None:
        context.db.run(_COUNT, service=service, event_id=context.event_id)

    return count_effect


def _subscribers(handle: Any) -> Subscribers:
    return handle.queue.subscribers


def subscriptions() -> dict[str, list[str]]:
    """Queue to event types, as the template's rules have them."""
    return {name: _subscribers(handle).types() for name, handle in HANDLERS.items()}


def tell(people: Sequence[Person], studied: int = 0) -> list[UUID]:
    """In a worker: one fact about each, committed by an invocation that died before it published.
    After every completed assignment come so many study sessions. Returns the events' ids."""
    told: list[UUID] = []
    commands: list[Any] = []
    for number, person in enumerate(people):
        emissions = Emissions(Origin("campus.tasks", "req_chaos", user_id=person.id))
        told.append(emissions.add(_session() if number % (studied + 1) else _assignment()))
        commands += outbox.insert(emissions.records)
    due = "update outbox set claimed_until = now() where event_id = any(%(ids)s)"
    commands += [(due, {"ids": told}), ("commit", None)]
    database("system").begin(("begin", None), *commands)
    return told


def _assignment() -> AssignmentCompleted:
    return AssignmentCompleted(
        assignment_id=uuid7(), course_id=None, completed_at=datetime.now(UTC)
    )


def _session() -> StudySessionFinished:
    return StudySessionFinished(
        study_session_id=uuid7(), course_id=None, focus_seconds=1500, finished_at=datetime.now(UTC)
    )


def sweep() -> str:
    """In a worker: one run of the relay. The name of what it raised, "" for nothing."""
    try:
        relay({"schedule": "sweep"}, context())
    except Exception as error:  # Lambda would count it as a failed run, and go on
        return type(error).__name__
    return ""


def consume(bus: Bus, queue: str, number: int = MOST_IN_A_BATCH) -> tuple[int, int]:
    """In a worker: what Lambda's poller does with one batch. How many messages there were, and how
    many of them failed."""
    received = bus.receive(queue, number)
    if not received:
        return 0, 0
    reach("batch", "before")
    answer = HANDLERS[queue](batch_of(received), context())
    failed = {item["itemIdentifier"] for item in answer["batchItemFailures"]}
    reach("settle", "before")
    bus.settle(received, failed)
    reach("settle", "after")
    return len(received), len(failed)


def process() -> int:
    """In a worker: which process it is."""
    return os.getpid()

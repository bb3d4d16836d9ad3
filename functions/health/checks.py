"""What requests depend on, asked one by one: the fault of one never hides the state of another."""

import os
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any

from functions.health.models import Component, Readiness, Status
from shared.aws import client
from shared.database import database
from shared.observe import Stopwatch, failure_group
from shared.settings import secret, setting
from shared.sql import queries

sql = queries(__file__)
PATIENCE = 2.0
"""Seconds until a component that does not answer counts as unreachable."""
NEEDED_SCHEMA = Path(__file__).parent / "schema_version.txt"
_SECRETS = ("cursor-key", "database-password-app", "database-password-system")
_threads = ThreadPoolExecutor(max_workers=4, thread_name_prefix="health")


class _UnfitError(Exception):
    """A component answers, but cannot be worked with; the message is for operators."""


def readiness() -> Readiness:
    """All components, those outside the database at the same time."""
    waiting = {
        "secrets": _ask(_secrets),
        "events": _ask(_bus),
        "queues": _ask(_queues),
    }
    found = [_timed("database", _database), _timed("schema", _schema)]
    found += [_awaited(name, future) for name, future in waiting.items()]
    return Readiness(status=worst(component.status for component in found), components=found)


def worst(statuses: Any) -> Status:
    """The worst of some states."""
    order: tuple[Status, ...] = ("healthy", "degraded", "unhealthy")
    return max(statuses, key=order.index)


def queue_addresses(variable: str) -> list[str]:
    """Queue URLs from a variable that holds them with commas between."""
    return [address for address in os.environ.get(variable, "").split(",") if address]


def waiting_messages(address: str) -> int:
    """About how many messages a queue holds."""
    answer = client("sqs").get_queue_attributes(
        QueueUrl=address, AttributeNames=["ApproximateNumberOfMessages"]
    )
    return int(answer["Attributes"]["ApproximateNumberOfMessages"])


def dead_letters() -> dict[str, int]:
    """Messages in each dead-letter queue that is configured, by the queue's name."""
    asked = {
        address.rsplit("/", 1)[-1]: _threads.submit(waiting_messages, address)
        for address in queue_addresses("DEAD_LETTER_QUEUE_URLS")
    }
    return {name: future.result(timeout=PATIENCE) for name, future in asked.items()}


def _database() -> None:
    database("app").begin(("select 1", None))


def _schema() -> None:
    found = database("app").begin((sql.schema_version.text, None))[0].rows[0][0]
    if found is None or found < needed_schema():
        raise _UnfitError(f"the schema is at {found}, this release needs {needed_schema()}")


@cache
def needed_schema() -> str:
    """The newest migration that this release's code builds on."""
    return NEEDED_SCHEMA.read_text(encoding="utf-8").strip()


def _secrets() -> None:
    for name in _SECRETS:
        secret(name)


def _bus() -> None:
    client("events").describe_event_bus(Name=setting("EVENT_BUS_NAME"))


def _queues() -> None:
    for address in queue_addresses("QUEUE_URLS"):
        waiting_messages(address)


def _ask(check: Callable[[], None]) -> "Future[Component]":
    return _threads.submit(_timed, check.__name__.strip("_"), check)


def _timed(name: str, check: Callable[[], None]) -> Component:
    """The component's state. Reasons name a kind of error, never what the error says."""
    watch, reason = Stopwatch(), None
    try:
        check()
    except _UnfitError as unfit:
        reason = str(unfit)
    except Exception as error:
        reason = failure_group(error).partition("@")[0]
    return Component(
        name=name,
        status="unhealthy" if reason else "healthy",
        latency_ms=watch.milliseconds,
        reason=reason,
    )


def _awaited(name: str, future: "Future[Component]") -> Component:
    try:
        found = future.result(timeout=PATIENCE)
    except TimeoutError:
        reason = f"no answer within {PATIENCE:g} s"
        return Component(name=name, status="unhealthy", latency_ms=PATIENCE * 1000, reason=reason)
    return Component(
        name=name, status=found.status, latency_ms=found.latency_ms, reason=found.reason
    )

"""After a stop of any kind the queues are empty: what they held comes back from the history.

Every event of the last days that a subscriber has not taken into effect returns to the outbox, and
the relay publishes it again. Subscribers that did take it recognize it by their inbox.
"""

import datetime
import importlib
import json
from typing import TYPE_CHECKING, Any

import psycopg

from infra.local.logs import say
from shared.outbox import sql

if TYPE_CHECKING:
    from infra.local.serve import Stack

DAYS = 7
SWEEP = "sweep"


def recover(stack: "Stack") -> None:
    """Put back what is unhandled and let the relay publish it now."""
    found = requeue_unhandled(stack.description["database_url"], subscriptions(stack))
    if found:
        say(f"{found} events are published again: a subscriber has not handled them yet")
    for entry in stack.clock.entries:
        if entry.schedule.name == SWEEP:
            entry.run()


def subscriptions(stack: "Stack") -> list[dict[str, str]]:
    """Which subscriber wants which type of event, as the functions declare it."""
    found: list[dict[str, str]] = []
    for domain, environments in stack.environments.items():
        if environments.error:
            continue
        try:
            module: Any = importlib.import_module(f"functions.{domain}.subscribers")
        except ModuleNotFoundError:
            continue
        found += [
            {"type": event_type, "subscriber": subscriber}
            for event_type, subscriber in module.subscribers.subscriptions()
        ]
    return found


def requeue_unhandled(url: str, wanted: list[dict[str, str]]) -> int:
    """Returns how many events went back into the outbox."""
    since = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=DAYS)
    with psycopg.connect(url, autocommit=True) as connection:
        text: Any = sql.requeue_unhandled.text
        parameters = {"since": since, "subscriptions": json.dumps(wanted)}
        return connection.execute(text, parameters).rowcount

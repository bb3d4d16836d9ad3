"""After a stop of any kind the queues are empty: what they held comes back from the history.

Every event of the last days that a subscriber has not taken into effect returns to the outbox, and
the relay publishes it again. Subscribers that did take it recognize it by their inbox.
"""

import datetime
import importlib
import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import psycopg

from infra.local.logs import say
from infra.local.options import replace_file
from shared.outbox import sql

if TYPE_CHECKING:
    from infra.local.serve import Stack

DAYS = 7
SWEEP = "sweep"


def recover(stack: "Stack", emptied: bool) -> None:
    """Remember who subscribes to what; after a stop, put back what is unhandled and publish it.

    A subscriber that is new since the last run gets no history, as on AWS.
    """
    file = stack.options.data / "subscriptions.json"
    before: list[list[str]] = json.loads(file.read_text()) if file.exists() else []
    broken = [name for name, each in stack.environments.items() if each.error]
    pairs = subscriptions(domain for domain in stack.environments if domain not in broken)
    pairs += [pair for pair in before if pair[1].split(".")[0] in broken]
    replace_file(file, json.dumps(pairs))
    if not emptied:
        return
    found = requeue_unhandled(
        stack.description["database_url"], [pair for pair in pairs if pair in before]
    )
    if found:
        say(f"{found} events are published again: a subscriber has not handled them yet")
    for entry in stack.clock.entries:
        if entry.schedule.name == SWEEP:
            entry.run()


def subscriptions(domains: Iterable[str]) -> list[list[str]]:
    """Pairs of event type and subscriber, as the functions declare them."""
    found: list[list[str]] = []
    for domain in domains:
        try:
            module: Any = importlib.import_module(f"functions.{domain}.subscribers")
        except ModuleNotFoundError:
            continue
        found += [
            [each.event.type, f"{domain}.{each.name}"] for each in module.subscribers.subscribers
        ]
    return found


def requeue_unhandled(url: str, pairs: list[list[str]]) -> int:
    """Returns how many events went back into the outbox."""
    since = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=DAYS)
    wanted = [{"type": event_type, "subscriber": name} for event_type, name in pairs]
    with psycopg.connect(url, autocommit=True) as connection:
        text: Any = sql.requeue_unhandled.text
        parameters = {"since": since, "subscriptions": json.dumps(wanted)}
        return connection.execute(text, parameters).rowcount

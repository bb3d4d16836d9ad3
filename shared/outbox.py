"""The outbox: events leave it for the bus after their transaction has committed.

The invocation that made them publishes at once; the relay function sweeps what is left. A row goes
only when EventBridge has answered its entry with an EventId, so an event may be published twice
and is never lost. Subscribers' inboxes make the second one harmless.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import orjson

from shared.database import Command, Database
from shared.facts import envelope
from shared.settings import setting
from shared.sql import queries

sql = queries(__file__)

MAX_ENTRIES = 10
MAX_BYTES = 240_000
SWEEP_BATCH = 100


def insert(records: Sequence[dict[str, Any]]) -> list[Command]:
    """The commands that write events into history and outbox, for the closing flush."""
    if not records:
        return []
    payload = orjson.dumps(list(records), option=orjson.OPT_UTC_Z).decode()
    return [(sql.add_events.text, {"events": payload})]


def publish(database: Database, records: Sequence[dict[str, Any]]) -> int:
    """Put events on the bus and delete the confirmed ones from the outbox. Returns how many.

    Raises what boto3 raises; the rows stay and the relay takes them when their lease has ended.
    """
    from shared.aws import client

    bus = client("events")
    confirmed: list[Any] = []
    for batch in _batches(records):
        answer = bus.put_events(Entries=[entry for _, entry in batch])
        for (event_id, _), outcome in zip(batch, answer["Entries"], strict=True):
            if outcome.get("EventId"):
                confirmed.append(event_id)
    if confirmed:
        database.begin((sql.confirm_published.text, {"ids": confirmed}))
    return len(confirmed)


def sweep(database: Database, batch: int = SWEEP_BATCH) -> tuple[int, int]:
    """Claim, publish and delete one batch. Returns how many were claimed and published."""
    claimed = database.begin((sql.claim_outbox.text, {"batch": batch}))[0]
    records = [dict(zip(claimed.columns, row, strict=True)) for row in claimed.rows]
    return len(records), publish(database, records) if records else 0


def _batches(records: Sequence[dict[str, Any]]) -> Iterator[list[tuple[Any, dict[str, Any]]]]:
    """Entries in groups that one PutEvents call takes: 10 entries, 256 KB in all."""
    batch: list[tuple[Any, dict[str, Any]]] = []
    size = 0
    for record in records:
        entry = _entry(record)
        weight = len(entry["Detail"]) + 200
        if batch and (len(batch) == MAX_ENTRIES or size + weight > MAX_BYTES):
            yield batch
            batch, size = [], 0
        batch.append((record["id"], entry))
        size += weight
    if batch:
        yield batch


def _entry(record: dict[str, Any]) -> dict[str, Any]:
    entry = {
        "EventBusName": setting("EVENT_BUS_NAME"),
        "Source": record["source"],
        "DetailType": record["type"],
        "Detail": orjson.dumps(envelope(record), option=orjson.OPT_UTC_Z).decode(),
        "Time": record["occurred_at"],
    }
    if record["trace_id"]:
        entry["TraceHeader"] = record["trace_id"]
    return entry

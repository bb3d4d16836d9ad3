"""Stands for EventBridge and SQS: one SQLite file, which outlives every process that uses it.

At least once, as the originals: messages are doubled at times, come late and out of order, come
back when their receiver does not delete them, and go to the dead letters instead of being received
a sixth time. An entry may be refused, as PutEvents may refuse one among ten.
"""

import json
import random
import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.campus import queue_event
from tests.chaos.blows import reach

MOST_RECEIVES = 5  # template.yaml: maxReceiveCount
_TABLES = """
create table published (event_id text, type text);
create table message (id integer primary key, queue text, event_id text, body text, due real,
                      receives integer default 0, dead integer default 0);
create index message_due on message (queue, dead, due);
"""
_PUBLISH = "insert into published values (?, ?)"
_SEND = "insert into message (queue, event_id, body, due) values (?, ?, ?, ?)"
_BURY = "update message set dead = 1 where queue = ? and dead = 0 and due <= ? and receives >= ?"
_DUE = "select id, body from message where queue = ? and dead = 0 and due <= ? order by due limit ?"


@dataclass(frozen=True)
class Received:
    """A message in a receiver's hands."""

    id: int
    detail: dict[str, Any]


@dataclass(frozen=True)
class Bus:
    """`subscriptions`: queue to event types. Shares are between 0 and 1."""

    path: Path
    subscriptions: Mapping[str, Sequence[str]]
    doubled: float = 0.05
    refused: float = 0.01
    lateness_seconds: float = 0.3
    hidden_seconds: float = 2.0

    def create(self) -> None:
        with self._open() as file:
            file.executescript(_TABLES)

    def describe_event_bus(self, Name: str) -> dict[str, Any]:  # noqa: N803 (boto3's)
        return {"Name": Name}

    def put_events(self, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803 (boto3's)
        """Take entries to the queues, all in one transaction."""
        reach("put", "before")
        outcomes: list[dict[str, str]] = []
        with self._open() as file:
            for entry in Entries:
                if random.random() < self.refused:
                    outcomes.append({"ErrorCode": "InternalFailure", "ErrorMessage": "try again"})
                    continue
                outcomes.append({"EventId": "taken"})
                self._route(file, entry["Detail"])
            reach("put", "during")
        reach("put", "after")
        return {"Entries": outcomes}

    def receive(self, queue: str, number: int) -> list[Received]:
        """Up to `number` messages, hidden from others for a while."""
        now = time.time()
        with self._open() as file:
            file.execute(_BURY, (queue, now, MOST_RECEIVES))
            rows = file.execute(_DUE, (queue, now, number)).fetchall()
            file.executemany(
                "update message set receives = receives + 1, due = ? where id = ?",
                [(now + self.hidden_seconds, row[0]) for row in rows],
            )
        return [Received(row[0], json.loads(row[1])) for row in rows]

    def settle(self, received: Sequence[Received], failed: set[str]) -> None:
        """Delete what succeeded; what failed comes back soon."""
        done = [(one.id,) for one in received if str(one.id) not in failed]
        back = [(time.time() + 0.3, int(identity)) for identity in failed]
        with self._open() as file:
            file.executemany("delete from message where id = ?", done)
            file.executemany("update message set due = ? where id = ?", back)

    def redrive(self, queue: str) -> int:
        """Send a queue's dead letters back."""
        with self._open() as file:
            return file.execute(
                "update message set dead = 0, receives = 0, due = 0 where queue = ? and dead = 1",
                (queue,),
            ).rowcount

    def dead_letters(self) -> list[tuple[str, str, int]]:
        """Queue, event and receives of each."""
        return self._rows("select queue, event_id, receives from message where dead = 1")

    def waiting(self) -> int:
        """How many messages somebody still has to take."""
        return self._rows("select count(*) from message where dead = 0")[0][0]

    def published(self) -> list[str]:
        """The ids of all events that were taken, as often as each was."""
        return [row[0] for row in self._rows("select event_id from published")]

    def _route(self, file: sqlite3.Connection, detail: str) -> None:
        fact = json.loads(detail)
        file.execute(_PUBLISH, (fact["id"], fact["type"]))
        for queue, types in self.subscriptions.items():
            if fact["type"] in types:
                for _ in range(1 + (random.random() < self.doubled)):
                    due = time.time() + random.uniform(0, self.lateness_seconds)
                    file.execute(_SEND, (queue, fact["id"], detail, due))

    def _rows(self, text: str) -> list[Any]:
        with self._open() as file:
            return file.execute(text).fetchall()

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """One transaction on a connection of its own: SQLite's must not be carried over a fork.
        Killed inside, it never was; not flushed to disk, for only processes are killed."""
        file = sqlite3.connect(self.path, timeout=60, isolation_level=None)
        try:
            file.execute("pragma synchronous = off")
            file.execute("begin immediate")
            yield file
            if file.in_transaction:
                file.execute("commit")
        finally:
            file.close()


def batch_of(received: Sequence[Received]) -> dict[str, Any]:
    """The SQS batch that a function is invoked with."""
    records: list[dict[str, Any]] = []
    for one in received:
        record = queue_event(one.detail)["Records"][0]
        records.append({**record, "messageId": str(one.id)})
    return {"Records": records}

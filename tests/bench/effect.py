"""From a commit to what another function makes of it: `make up` with its emulated bus and queues.

An assignment is completed over HTTP (function tasks); its notice appears in the inbox (function
notifications). One connection watches both tables, so that publishing, bus, queue, poller and
subscriber are in between, and nothing of the client.
"""

import contextlib
import shutil
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psycopg

from tests.chaos.figures import Progress
from tests.journeys.people import Person
from tests.journeys.stack import Stack

PATIENCE = 10.0
ITEMS_A_PERSON = 60
"""Fewer than the plan allows in 30 days."""
_BETWEEN_LOOKS = 0.0005
_SEEN = """select exists (select from event
                where type = 'assignment.completed' and entity_id = %(id)s),
       exists (select from notification
                where dedupe_key = 'assignment_completed:' || %(id)s)"""
_DUE = {"title": "Essay", "dueAt": "2027-01-10T10:00:00Z"}


def delays(number: int) -> list[float]:
    """Seconds from commit to effect, of so many events one after another."""
    progress = Progress("commit to effect")
    found: list[float] = []
    with (
        _stack() as stack,
        psycopg.connect(stack.database_url, autocommit=True) as watch,
        ThreadPoolExecutor(1) as client,
    ):
        person = _premium(stack, watch, 0)
        for done in range(number):
            if done and done % ITEMS_A_PERSON == 0:
                person = _premium(stack, watch, done)
            made = person.send("POST", "/v2/tasks/assignments", 201, _DUE).data["id"]
            path = f"/v2/tasks/assignments/{made}/complete"
            found.append(_delay(watch, made, client.submit(person.send, "POST", path, 200)))
            progress.show(len(found), number, "events")
    return found


def _premium(stack: Stack, watch: psycopg.Connection[Any], number: int) -> Person:
    person = Person(stack, f"bench{number}")
    person.join()
    watch.execute("update app_user set subscription_tier = 'premium'")
    return person


def _delay(watch: psycopg.Connection[Any], entity: str, sent: Future[Any]) -> float:
    committed, until = 0.0, time.monotonic() + PATIENCE
    while time.monotonic() < until:
        row = watch.execute(_SEEN, {"id": entity}).fetchone()
        now = time.monotonic()
        if row and row[0]:
            committed = committed or now
        if row and row[1]:
            sent.result()
            return now - committed
        time.sleep(_BETWEEN_LOOKS)
    sent.result()
    raise RuntimeError(f"no effect within {PATIENCE} s")


@contextlib.contextmanager
def _stack() -> Iterator[Stack]:
    directory = Path(tempfile.mkdtemp(prefix="campus-bench-stack-"))
    directory.chmod(0o755)  # PostgreSQL runs as another user when we are root
    stack = Stack(directory / "data")
    try:
        stack.start()
        yield stack
    finally:
        stack.stop()
        shutil.rmtree(directory, ignore_errors=True)

"""What the queues held when everything was killed is published again, and nothing else."""

import json
import uuid
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import psycopg
import pytest

from infra.local import recovery
from infra.local.options import Options
from infra.local.serve import Stack

WELCOME = ["user.created", "notifications.send_welcome"]
FUNNEL = ["user.created", "admin.count_arrival"]


def add_event(connection: psycopg.Connection[Any], event_type: str, age: str = "1 hour") -> str:
    event_id = str(uuid.uuid4())
    connection.execute(
        """insert into event (id, occurred_at, type, version, source, actor_type, entity_type,
                              entity_id, entity_version, audience, correlation_id, data)
           values (%s, now() - %s::interval, %s, 1, 'campus.users', 'user', 'user', 'x', 1, 'user',
                   'req_1', '{}')""",
        (event_id, age, event_type),
    )
    return event_id


def handled(connection: psycopg.Connection[Any], event_id: str, subscriber: str) -> None:
    connection.execute(
        "insert into inbox (subscriber, event_id) values (%s, %s)", (subscriber, event_id)
    )


def outbox(connection: psycopg.Connection[Any]) -> set[str]:
    return {str(row[0]) for row in connection.execute("select event_id from outbox")}


def test_an_event_goes_back_unless_each_of_its_subscribers_has_handled_it(
    fresh_database_url: str,
) -> None:
    with psycopg.connect(fresh_database_url, autocommit=True) as connection:
        done = add_event(connection, "user.created")
        handled(connection, done, WELCOME[1])
        handled(connection, done, FUNNEL[1])
        half = add_event(connection, "user.created")
        handled(connection, half, WELCOME[1])
        lost = add_event(connection, "user.created")
        add_event(connection, "course.created")
        add_event(connection, "user.created", age="8 days")
        assert recovery.requeue_unhandled(fresh_database_url, [WELCOME, FUNNEL]) == 2
        assert outbox(connection) == {half, lost}
        assert recovery.requeue_unhandled(fresh_database_url, [WELCOME, FUNNEL]) == 0


@pytest.mark.parametrize(
    ("before", "emptied", "found"), [([WELCOME], True, 1), ([], True, 0), ([WELCOME], False, 0)]
)
def test_only_a_subscriber_of_the_last_run_gets_what_it_missed(
    fresh_database_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    before: list[list[str]],
    emptied: bool,
    found: int,
) -> None:
    (tmp_path / "subscriptions.json").write_text(json.dumps(before))
    monkeypatch.setattr(recovery, "subscriptions", lambda _: [WELCOME])
    stack = SimpleNamespace(
        options=Options(0, tmp_path),
        environments={},
        description={"database_url": fresh_database_url},
        clock=SimpleNamespace(entries=[]),
    )
    with psycopg.connect(fresh_database_url, autocommit=True) as connection:
        add_event(connection, "user.created")
        recovery.recover(cast(Stack, stack), emptied)
        assert len(outbox(connection)) == found
    assert json.loads((tmp_path / "subscriptions.json").read_text()) == [WELCOME]

"""Dead letters: seen, and sent back with a reason."""

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from functions.admin import queues
from shared import aws
from shared.ids import uuid7
from tests.campus import Campus, User
from tests.functions.admin.conftest import REASON

REPLAY = "/v2/admin/dead-letters/tasks/replay"


class Sqs:
    """Two queues in moto, with a real client."""

    def __init__(self) -> None:
        self.client: Any = boto3.client("sqs", region_name="eu-central-1")
        self.queue = self.client.create_queue(QueueName="tasks")["QueueUrl"]
        self.dead = self.client.create_queue(QueueName="tasks-dead")["QueueUrl"]

    def bury(self, count: int) -> list[str]:
        bodies = [json.dumps({"detail": {"n": n}, "é": "\u2603"}) for n in range(count)]
        for body in bodies:
            self.client.send_message(QueueUrl=self.dead, MessageBody=body)
        return bodies

    def take(self, url: str) -> list[str]:
        found: list[str] = []
        while messages := self.client.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get(
            "Messages"
        ):
            found += [message["Body"] for message in messages]
        return found


@pytest.fixture
def sqs(monkeypatch: pytest.MonkeyPatch) -> Iterator[Sqs]:
    with mock_aws():
        made = Sqs()
        urls = {"tasks": {"queue": made.queue, "deadLetters": made.dead}}
        monkeypatch.setenv("DEAD_LETTER_QUEUES", json.dumps(urls))
        monkeypatch.setitem(aws._clients, "sqs", made.client)
        yield made


@pytest.fixture
def failure(campus: Campus) -> Iterator[dict[str, Any]]:
    """Three open failures of one cause, and one that has been resolved."""
    group = f"KeyError@functions/tasks/subscribers.py:{uuid7().hex}"
    for resolved in ("null", "null", "null", "now()"):
        campus.admin.execute(
            "insert into consumer_failure (event_id, subscriber, event_type, failure_group,"
            " attempts, resolved_at)"
            f" values (%s, 'tasks.cascade', 'course.deleted', %s, 5, {resolved})",
            (uuid7(), group),
        )
    yield {"group": group}
    campus.admin.execute("delete from consumer_failure where failure_group = %s", (group,))


def listed(campus: Campus, admin: User, function: str) -> dict[str, Any]:
    answer = campus.call("GET", "/v2/admin/dead-letters", admin)
    assert answer.status == 200, answer.text
    assert answer.json["pageInfo"] == {"hasNextPage": False, "endCursor": None}
    return next(item for item in answer.data if item["function"] == function)


def told(campus: Campus, admin: User) -> list[tuple[Any, ...]]:
    """Facts of replays by this admin, with the reason."""
    return campus.rows(
        "select e.data ->> 'queue', (e.data ->> 'count')::int, a.reason, a.action,"
        " a.correlation_id = e.correlation_id and e.entity_id = a.id::text"
        " from event e join admin_action a on a.event_id = e.id"
        " where e.type = 'dead_letter.replayed' and a.actor_id = %s order by e.id",
        admin.id,
    )


def test_depth_and_causes_are_listed_by_function(campus, admin: User, sqs: Sqs, failure):
    sqs.bury(4)
    found = listed(campus, admin, "tasks")
    assert (found["depth"], found["replayable"]) == (4, True)
    group = next(f for f in found["failures"] if f["failureGroup"] == failure["group"])
    assert (group["subscriber"], group["eventType"]) == ("tasks.cascade", "course.deleted")
    assert (group["events"], group["attempts"]) == (3, 15)


def test_a_queue_that_does_not_answer_hides_nothing_else(campus, admin: User, failure, monkeypatch):
    class Down:
        def get_queue_attributes(self, **_: Any) -> None:
            raise ConnectionError("no answer")

    monkeypatch.setitem(aws._clients, "sqs", Down())
    monkeypatch.setenv("DEAD_LETTER_QUEUES", '{"tasks": {"queue": "a", "deadLetters": "b"}}')
    found = listed(campus, admin, "tasks")
    assert found["depth"] is None
    assert failure["group"] in [f["failureGroup"] for f in found["failures"]]
    dry = campus.call("POST", f"{REPLAY}?dryRun=true", admin, REASON)
    assert (dry.status, dry.error) == (502, "EXTERNAL_SERVICE_ERROR")


def test_failures_of_a_function_without_queues_are_listed(campus, admin, failure, monkeypatch):
    monkeypatch.delenv("DEAD_LETTER_QUEUES", raising=False)
    found = listed(campus, admin, "tasks")
    assert (found["depth"], found["replayable"]) == (None, False)


def test_a_dry_run_counts_and_moves_nothing(campus: Campus, admin: User, sqs: Sqs):
    bodies = sqs.bury(5)
    answer = campus.call("POST", f"{REPLAY}?dryRun=true&limit=3", admin, REASON)
    assert answer.status == 200, answer.text
    assert answer.data == {"function": "tasks", "dryRun": True, "count": 3, "remaining": 2}
    assert (sqs.take(sqs.queue), sorted(sqs.take(sqs.dead))) == ([], sorted(bodies))
    assert told(campus, admin) == []


def test_a_replay_moves_the_messages_as_they_are(campus: Campus, admin: User, sqs: Sqs):
    bodies = sqs.bury(23)
    answer = campus.call("POST", REPLAY, admin, REASON)
    assert answer.status == 200, answer.text
    assert answer.data == {"function": "tasks", "dryRun": False, "count": 23, "remaining": 0}
    assert sorted(sqs.take(sqs.queue)) == sorted(bodies)
    assert sqs.take(sqs.dead) == []
    assert told(campus, admin) == [("tasks", 23, REASON["reason"], "dead_letter.replayed", True)]
    assert campus.bus.seen[-1]["type"] == "dead_letter.replayed"


def test_a_replay_is_in_the_audit_with_its_reason(campus: Campus, admin: User, sqs: Sqs):
    campus.call("POST", REPLAY, admin, REASON)
    (entry,) = campus.call("GET", f"/v2/admin/audit-entries?actor={admin.id}", admin).data
    assert (entry["type"], entry["reason"]) == ("dead_letter.replayed", REASON["reason"])
    assert entry["data"]["count"] == 0


def test_a_replay_stops_at_its_limit(campus: Campus, admin: User, sqs: Sqs):
    sqs.bury(14)
    answer = campus.call("POST", f"{REPLAY}?limit=12", admin, REASON)
    assert (answer.data["count"], answer.data["remaining"]) == (12, 2)
    assert len(sqs.take(sqs.queue)) == 12


def test_a_replay_stops_when_time_runs_out(sqs: Sqs):
    sqs.bury(30)
    known = queues.configured()["tasks"]
    seconds = iter([20.0, 10.0, 4.0])
    moved = queues.redrive(known, 100, lambda: next(seconds))
    assert moved == queues.Moved(20, interrupted=False)


class Flaky:
    """SQS that takes only every second message, and never answers again after `good` calls."""

    def __init__(self, client: Any, good: int) -> None:
        self._client = client
        self._good = good

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def send_message_batch(self, **call: Any) -> Any:
        if self._good == 0:
            raise ConnectionError("no answer")
        self._good -= 1
        call["Entries"] = call["Entries"][::2]
        return self._client.send_message_batch(**call)


def test_what_sqs_does_not_take_stays_a_dead_letter(campus, admin: User, sqs: Sqs, monkeypatch):
    sqs.bury(6)
    monkeypatch.setitem(aws._clients, "sqs", Flaky(sqs.client, good=9))
    answer = campus.call("POST", REPLAY, admin, REASON)
    assert (answer.status, answer.data["count"]) == (200, 3)
    assert len(sqs.take(sqs.queue)) == 3
    held = sqs.client.get_queue_attributes(QueueUrl=sqs.dead, AttributeNames=["All"])["Attributes"]
    assert held["ApproximateNumberOfMessagesNotVisible"] == "3"


def test_a_replay_that_moved_nothing_is_an_error_and_in_the_trail(campus, admin, sqs, monkeypatch):
    sqs.bury(2)
    monkeypatch.setitem(aws._clients, "sqs", Flaky(sqs.client, good=0))
    answer = campus.call("POST", REPLAY, admin, REASON)
    assert (answer.status, answer.error) == (502, "EXTERNAL_SERVICE_ERROR")
    assert [row[:3] for row in told(campus, admin)] == [("tasks", 0, REASON["reason"])]


@pytest.mark.parametrize("name", ["nobody", "tasks%20", "%2e%2e", "Tasks"])
def test_an_unknown_function_is_not_found(campus: Campus, admin: User, sqs: Sqs, name: str):
    path = f"/v2/admin/dead-letters/{name}/replay"
    assert campus.call("POST", path, admin, REASON).status == 404


@pytest.mark.parametrize("query", ["limit=0", "limit=1001", "dryRun=yes", "dryRun=1", "x=1"])
def test_a_wrong_query_moves_nothing(campus: Campus, admin: User, sqs: Sqs, query: str):
    sqs.bury(1)
    answer = campus.call("POST", f"{REPLAY}?{query}", admin, REASON)
    assert (answer.status, answer.error) == (422, "VALIDATION_ERROR")
    assert sqs.take(sqs.queue) == []


def test_no_transaction_is_open_while_sqs_is_asked(campus: Campus, admin, sqs: Sqs, monkeypatch):
    states: list[str] = []

    class Watching(Flaky):
        def __getattr__(self, name: str) -> Any:
            rows = campus.rows(
                "select state from pg_stat_activity"
                " where usename = 'campus_support' and datname = current_database()"
            )
            states.extend(row[0] for row in rows)
            return super().__getattr__(name)

    monkeypatch.setitem(aws._clients, "sqs", Watching(sqs.client, good=9))
    campus.call("GET", "/v2/admin/dead-letters", admin)
    campus.call("POST", REPLAY, admin, REASON)
    campus.call("POST", f"{REPLAY}?dryRun=true", admin, REASON)
    assert set(states) == {"idle"}

"""Health: alive, ready, and how the whole is."""

import time
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest

from functions.health import checks
from shared import aws
from shared.ids import uuid7
from tests.campus import Campus, User

QUEUE = "https://sqs.eu-central-1.amazonaws.com/123456789012/campus-test-tasks"
DEAD = f"{QUEUE}-dead"


class Cloud:
    """The bus and the queues, as far as health asks them."""

    def __init__(self) -> None:
        self.messages = 0
        self.delay = 0.0
        self.error: Exception | None = None

    def describe_event_bus(self, Name: str) -> dict[str, Any]:  # noqa: N803 (boto3's)
        return {"Name": Name}

    def get_queue_attributes(self, QueueUrl: str, AttributeNames: list[str]) -> dict[str, Any]:  # noqa: N803
        time.sleep(self.delay)
        if self.error:
            raise self.error
        return {"Attributes": {AttributeNames[0]: str(self.messages)}}


@pytest.fixture(autouse=True)
def cloud(campus: Campus, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    cloud = Cloud()
    monkeypatch.setitem(aws._clients, "events", cloud)
    monkeypatch.setitem(aws._clients, "sqs", cloud)
    monkeypatch.setenv("QUEUE_URLS", QUEUE)
    monkeypatch.setenv("DEAD_LETTER_QUEUE_URLS", DEAD)
    campus.admin.execute("truncate outbox, consumer_failure, inbox, health_state")
    yield cloud
    campus.admin.execute("truncate health_state")


def components(answer: Any) -> dict[str, dict[str, Any]]:
    listed = answer.json.get("data") or answer.json["error"]["details"]
    return {component["name"]: component for component in listed["components"]}


def test_alive_says_so_without_asking_anybody(campus: Campus, cloud: Cloud):
    cloud.error = ConnectionError("down")
    for path in ("/health", "/health/live"):
        answer = campus.call("GET", path)
        assert (answer.status, answer.data) == (200, {"status": "healthy"})
        assert campus.lines[-1].get("db_round_trips") is None


def test_ready_names_every_component(campus: Campus):
    answer = campus.call("GET", "/health/ready")
    assert answer.status == 200, answer.text
    assert answer.data["status"] == "healthy"
    found = components(answer)
    assert found.keys() == {"database", "schema", "secrets", "events", "queues"}
    assert all(part["latencyMs"] >= 0 and part["reason"] is None for part in found.values())


def test_one_components_fault_leaves_the_others_their_own_state(campus: Campus, cloud: Cloud):
    cloud.error = ConnectionError("secret detail of a connection")
    answer = campus.call("GET", "/health/ready")
    assert (answer.status, answer.error) == (503, "SERVICE_UNAVAILABLE")
    assert answer.headers["Retry-After"] == "5"
    found = components(answer)
    assert found["queues"]["reason"] == "ConnectionError"
    assert found["database"]["status"] == found["events"]["status"] == "healthy"
    assert "secret detail" not in answer.text


def test_a_component_that_does_not_answer_counts_as_down_in_time(
    campus: Campus, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(checks, "PATIENCE", 0.05)
    cloud.delay = 1.0
    answer = campus.call("GET", "/health/ready")
    assert answer.status == 503
    assert components(answer)["queues"]["reason"] == "no answer within 0.05 s"


def test_a_schema_older_than_the_code_is_not_ready(campus: Campus, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(checks, "needed_schema", lambda: "99990101000000")
    answer = campus.call("GET", "/health/ready")
    assert answer.status == 503
    found = components(answer)
    assert "this release needs 99990101000000" in found["schema"]["reason"]
    assert found["database"]["status"] == "healthy"


def test_a_newer_schema_is_fine(campus: Campus, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(checks, "needed_schema", lambda: "20200101000000")
    assert campus.call("GET", "/health/ready").status == 200


def test_without_a_database_it_is_alive_and_not_ready(
    campus: Campus, monkeypatch: pytest.MonkeyPatch
):
    from shared.database import database

    database("app").drop()
    monkeypatch.setenv("DATABASE_URL", "postgresql://127.0.0.1:1/none")
    answer = campus.call("GET", "/health/ready")
    assert answer.status == 503
    found = components(answer)
    assert found["database"]["status"] == found["schema"]["status"] == "unhealthy"
    assert found["secrets"]["status"] == "healthy"
    assert campus.call("GET", "/health").status == 200


def test_the_whole_is_for_admins(campus: Campus, user: User, admin: User):
    assert campus.call("GET", "/health/deep").status == 401
    assert campus.call("GET", "/health/deep", user).status == 403
    answer = campus.call("GET", "/health/deep", admin)
    assert answer.status == 200, answer.text
    assert answer.data["status"] == "healthy"
    assert answer.data["figures"] == {
        "backlog": 0,
        "oldestSeconds": 0.0,
        "openFailures": 0,
        "deadLetters": 0,
        "errorRate": 0.0,
        "meanSeconds": 0.0,
    }


def reacted(campus: Campus, number: int, *, seconds: float, failures: int = 0) -> None:
    """Reactions to events of some seconds before, and failed ones."""
    for _ in range(number):
        event_id = tell(campus, seconds)
        campus.admin.execute("insert into inbox values ('t.s', %s, now())", (event_id,))
    for _ in range(failures):
        campus.admin.execute(
            """insert into consumer_failure (event_id, subscriber, event_type, failure_group)
               values (%s, 't.s', 'user.updated', 'ValueError@t')""",
            (uuid7(),),
        )


def tell(campus: Campus, seconds: float) -> UUID:
    event_id = uuid7()
    campus.admin.execute(
        """insert into event (id, occurred_at, type, version, source, actor_type, entity_type,
                              entity_id, entity_version, audience, correlation_id, data)
           values (%s, now() - make_interval(secs => %s), 'user.updated', 1, 't', 'system', 'user',
                   'x', 1, 'staff', 'c', '{}')""",
        (event_id, seconds),
    )
    return event_id


@pytest.mark.parametrize(
    ("seconds", "failures", "status"),
    [(0.5, 0, "healthy"), (0.5, 2, "degraded"), (3.0, 0, "degraded"), (3.0, 2, "unhealthy")],
)
def test_errors_and_slowness_degrade_and_both_are_unhealthy(
    campus: Campus, admin: User, seconds: float, failures: int, status: str
):
    reacted(campus, 18, seconds=seconds, failures=failures)
    assert campus.call("GET", "/health/deep", admin).data["status"] == status


def test_dead_letters_and_a_stuck_outbox_degrade(campus: Campus, admin: User, cloud: Cloud):
    cloud.messages = 3
    found = campus.call("GET", "/health/deep", admin).data
    assert (found["status"], found["figures"]["deadLetters"]) == ("degraded", 3)
    cloud.messages = 0
    event_id = tell(campus, 300)
    campus.admin.execute(
        "insert into outbox values (%s, now() - interval '5 minutes', now())", (event_id,)
    )
    found = campus.call("GET", "/health/deep", admin).data
    assert (found["status"], found["figures"]["backlog"]) == ("degraded", 1)
    assert found["figures"]["oldestSeconds"] > 290


def test_metrics_are_openmetrics_for_admins(campus: Campus, user: User, admin: User):
    assert campus.call("GET", "/metrics", user).status == 403
    answer = campus.call("GET", "/metrics", admin)
    assert answer.status == 200
    assert answer.headers["Content-Type"].startswith("application/openmetrics-text")
    lines = answer.text.splitlines()
    assert lines[-1] == "# EOF"
    assert "campus_backlog 0" in lines
    assert 'campus_component_up{component="database"} 1' in lines
    families = [line.split()[2] for line in lines if line.startswith("# TYPE")]
    assert len(families) == len(set(families))


def test_the_status_page_is_for_people(campus: Campus, cloud: Cloud):
    answer = campus.call("GET", "/status")
    assert answer.status == 200
    assert "All systems work." in answer.text
    assert "style-src 'sha256-" in answer.headers["Content-Security-Policy"]
    cloud.error = ConnectionError("down")
    answer = campus.call("GET", "/status")
    assert answer.status == 200
    assert "Parts of Campus do not work." in answer.text


def test_a_change_of_health_is_told_once(campus: Campus, cloud: Cloud):
    def told() -> list[tuple[str, str]]:
        return [
            (row[0], row[1])
            for row in campus.rows(
                "select type, entity_id from event where type like 'health.%%' order by id"
            )
        ]

    before = told()
    campus.run("health", "watch_health")
    assert told() == before
    cloud.error = ConnectionError("down")
    campus.run("health", "watch_health")
    campus.run("health", "watch_health")
    assert told()[len(before) :] == [("health.degraded", "campus"), ("health.degraded", "queues")]
    cloud.error = None
    campus.run("health", "watch_health")
    campus.run("health", "watch_health")
    assert told()[len(before) + 2 :] == [
        ("health.recovered", "campus"),
        ("health.recovered", "queues"),
    ]

"""Subscribers: at least once from the queue, exactly one effect, each on its own."""

from typing import Any
from uuid import UUID

import pytest

from shared.consumer import Queue, Subscribers
from shared.facts import Event
from shared.ids import uuid7
from shared.work import Consumer
from tests.campus import Campus, User, context, queue_event


class ProbeSent(Event, type="probe.sent"):
    """A fact for these tests."""

    probe_id: UUID
    number: int


class ProbeAnswered(Event, type="probe.answered"):
    """What a subscriber tells in answer."""

    probe_id: UUID


@pytest.fixture
def log(campus: Campus) -> Any:
    campus.admin.execute("create table if not exists probe_effect (subscriber text, number int)")
    campus.admin.execute("grant all on probe_effect to campus_app, campus_system")
    campus.admin.execute("truncate probe_effect")
    return lambda: campus.rows("select subscriber, number from probe_effect order by 1, 2")


def fact(user: User, number: int = 1) -> dict[str, Any]:
    return {
        "id": str(uuid7()),
        "type": "probe.sent",
        "version": 1,
        "source": "campus.tests",
        "occurredAt": "2026-11-20T10:00:00Z",
        "userId": str(user.id),
        "organizationId": None,
        "entity": {"type": "probe", "id": str(uuid7()), "version": 1},
        "actor": {"type": "system", "id": "tests", "onBehalfOf": None},
        "audience": "user",
        "correlationId": "req_test",
        "causationId": None,
        "requestId": "req_test",
        "traceId": None,
        "apiVersion": "v2",
        "data": {"probeId": str(uuid7()), "number": number},
    }


def effect(name: str, number: int, context: Consumer) -> None:
    from shared.sql import Statement

    context.db.run(
        Statement("effect", "insert into probe_effect values (%(name)s, %(number)s)"),
        name=name,
        number=number,
    )


def queue_of(*functions: Any) -> Queue:
    subscribers = Subscribers()
    for function in functions:
        subscribers.on(function)
    return Queue("probe", subscribers)


def good(event: ProbeSent, context: Consumer) -> None:
    effect("good", event.number, context)
    context.emit(ProbeAnswered(probe_id=event.probe_id))


def bad(event: ProbeSent, context: Consumer) -> None:
    effect("bad", event.number, context)
    raise ValueError("poison")


def test_the_same_event_twice_has_one_effect(campus: Campus, user: User, log: Any):
    queue, message = queue_of(good), queue_event(fact(user))
    assert queue.handle(message, context()) == {"batchItemFailures": []}
    assert queue.handle(message, context()) == {"batchItemFailures": []}
    assert log() == [("good", 1)]


def test_one_that_fails_neither_blocks_nor_undoes_another(campus: Campus, user: User, log: Any):
    queue, message = queue_of(bad, good), queue_event(fact(user))
    for _ in range(5):
        failed = queue.handle(message, context())["batchItemFailures"]
        assert failed == [{"itemIdentifier": message["Records"][0]["messageId"]}]
    assert log() == [("good", 1)]
    event_id = message["Records"][0]["body"]
    rows = campus.rows(
        "select failure_group, attempts, resolved_at from consumer_failure"
        " where subscriber = 'probe.bad' and %s like '%%' || event_id || '%%'",
        event_id,
    )
    assert rows[0][1:] == (5, None)
    assert rows[0][0].startswith("ValueError@")


def test_after_a_repair_the_failed_one_has_its_effect_once(campus: Campus, user: User, log: Any):
    message = queue_event(fact(user))
    queue_of(bad, good).handle(message, context())

    def repaired(event: ProbeSent, context: Consumer) -> None:
        effect("bad", event.number, context)

    repaired.__name__ = "bad"
    queue = queue_of(repaired, good)
    for _ in range(2):
        assert queue.handle(message, context()) == {"batchItemFailures": []}
    assert log() == [("bad", 1), ("good", 1)]
    open_failures = campus.rows(
        "select count(*) from consumer_failure"
        " where subscriber = 'probe.bad' and resolved_at is null"
        " and event_id = %s",
        __import__("json").loads(message["Records"][0]["body"])["detail"]["id"],
    )
    assert open_failures == [(0,)]


def test_a_poison_message_fails_alone_in_its_batch(campus: Campus, user: User, log: Any):
    batch = queue_event(fact(user, 1))
    poison = queue_event(fact(user, 2))
    poison["Records"][0]["body"] = "{not json"
    unknown = queue_event({**fact(user, 3), "type": "nobody.knows"})
    records = batch["Records"] + poison["Records"] + unknown["Records"]
    failed = queue_of(good).handle({"Records": records}, context())["batchItemFailures"]
    assert [item["itemIdentifier"] for item in failed] == [
        poison["Records"][0]["messageId"],
        unknown["Records"][0]["messageId"],
    ]
    assert log() == [("good", 1)]


def test_a_correlation_id_goes_from_cause_to_effect(campus: Campus, user: User, log: Any):
    cause = fact(user)
    queue_of(good).handle(queue_event(cause), context())
    rows = campus.rows(
        "select correlation_id, causation_id::text, on_behalf_of, actor_id"
        " from event where type = 'probe.answered' and user_id = %s",
        user.id,
    )
    assert rows == [("req_test", cause["id"], user.id, "probe.good")]


def test_a_subscriber_sees_the_rows_of_the_events_user_only(campus: Campus, user: User, log: Any):
    other, seen = campus.user(), []
    for who in (user, other):
        campus.call(
            "POST", "/v2/tasks/assignments", who, {"title": "x", "dueAt": "2027-01-01T10:00:00Z"}
        )

    def looker(event: ProbeSent, context: Consumer) -> None:
        from shared.sql import Statement

        seen.extend(context.db.rows(Statement("all", "select user_id from assignment")))

    queue_of(looker).handle(queue_event(fact(user)), context())
    assert [row["user_id"] for row in seen] == [user.id]


def test_a_swallowed_database_error_is_an_error(campus: Campus, user: User, log: Any):
    def swallower(event: ProbeSent, context: Consumer) -> None:
        from shared.sql import Statement

        effect("swallower", event.number, context)
        try:
            context.db.run(Statement("broken", "select 1 / 0"))
        except Exception:  # what this test is about
            return

    failed = queue_of(swallower).handle(queue_event(fact(user)), context())["batchItemFailures"]
    assert len(failed) == 1
    assert log() == []


def test_events_whose_publishing_failed_stay_in_the_outbox(campus: Campus, user: User):
    campus.bus.down = True
    try:
        answer = campus.call(
            "POST", "/v2/tasks/assignments", user, {"title": "x", "dueAt": "2027-01-01T10:00:00Z"}
        )
        assert answer.status == 201
    finally:
        campus.bus.down = False
    waiting = campus.rows(
        "select type from outbox join event on id = event_id where user_id = %s order by type",
        user.id,
    )
    assert waiting == [("assignment.created",), ("reminder.scheduled",)]

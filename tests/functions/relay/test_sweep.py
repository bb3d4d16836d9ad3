"""The relay: what could not be published at once is published later, exactly."""

import threading
from typing import Any
from uuid import UUID

import pytest

from events.users import UserUpdated
from shared import aws, outbox
from shared.database import database
from shared.facts import Emissions, Origin
from tests.campus import Campus, User


@pytest.fixture(autouse=True)
def nothing_waits(campus: Campus) -> None:
    """Tests in the same database leave events behind, some of which they have taken apart."""
    campus.rows("delete from outbox returning 1")
    campus.bus.waiting.clear()
    campus.bus.seen.clear()


def make_due(campus: Campus) -> None:
    campus.rows("update outbox set claimed_until = now() - interval '1 second' returning 1")


def told(campus: Campus, user: User, number: int) -> list[str]:
    """Events of committed transactions whose invocation died before it published them."""
    emissions = Emissions(Origin("campus.test", "req_test", user_id=user.id))
    for _ in range(number):
        emissions.add(UserUpdated(user_id=user.id, changed=["bio"]))
    database("system").begin(("begin", None), *outbox.insert(emissions.records), ("commit", None))
    make_due(campus)
    return [str(record["id"]) for record in emissions.records]


def left(campus: Campus, ids: list[str]) -> int:
    return campus.rows(
        "select count(*) from outbox where event_id = any(%s)", [UUID(i) for i in ids]
    )[0][0]


def test_events_that_the_bus_did_not_take_are_published_later(campus: Campus, user: User):
    campus.bus.down = True
    try:
        body = assignment() | {"reminders": []}
        answer = campus.call("POST", "/v2/tasks/assignments", user, body)
        assert answer.status == 201, answer.text
        make_due(campus)
        with pytest.raises(ConnectionError):
            campus.run("relay", "sweep")
    finally:
        campus.bus.down = False
    assert campus.bus.seen == []
    make_due(campus)
    assert campus.run("relay", "sweep")["published"] == 1
    assert [event["type"] for event in campus.bus.seen] == ["assignment.created"]
    make_due(campus)
    counts = campus.run("relay", "sweep")
    assert (counts["claimed"], counts["backlog"]) == (0, 0)


def assignment() -> dict[str, Any]:
    return {"title": "Essay", "dueAt": "2027-01-15T10:00:00Z"}


def test_batch_after_batch_is_published_while_something_is_due(campus: Campus, user: User):
    ids = told(campus, user, 250)
    counts = campus.run("relay", "sweep")
    assert (counts["claimed"], counts["published"], counts["backlog"]) == (250, 250, 0)
    assert sorted(event["id"] for event in campus.bus.seen) == sorted(ids)


def test_an_entry_that_the_bus_refuses_stays_alone(
    campus: Campus, user: User, monkeypatch: pytest.MonkeyPatch
):
    ids = told(campus, user, 25)
    refused = {ids[3], ids[17]}

    class Choosy:
        def put_events(self, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803
            answer = campus.bus.put_events(Entries)["Entries"]
            wrong = {"ErrorCode": "InternalFailure", "ErrorMessage": "try again"}
            return {"Entries": [wrong if e["EventId"] in refused else e for e in answer]}

    with monkeypatch.context() as patch:
        patch.setitem(aws._clients, "events", Choosy())
        counts = campus.run("relay", "sweep")
    assert (counts["claimed"], counts["published"], counts["backlog"]) == (25, 23, 2)
    assert left(campus, ids) == left(campus, sorted(refused)) == 2
    make_due(campus)
    assert campus.run("relay", "sweep")["published"] == 2
    assert left(campus, ids) == 0


def test_two_relays_at_once_share_the_work(campus: Campus, user: User):
    ids = told(campus, user, 600)
    runs = [threading.Thread(target=campus.run, args=("relay", "sweep")) for _ in range(2)]
    for run in runs:
        run.start()
    for run in runs:
        run.join()
    assert left(campus, ids) == 0
    assert sorted(event["id"] for event in campus.bus.seen) == sorted(ids)


def test_a_relay_without_time_leaves_the_rest_to_the_next(
    campus: Campus, user: User, monkeypatch: pytest.MonkeyPatch
):
    ids = told(campus, user, 150)
    seconds = iter([30.0, 1.0, 1.0, 1.0, 1.0])
    monkeypatch.setattr(
        "shared.consumer.ScheduledRun.seconds_left", lambda _: next(seconds), raising=True
    )
    counts = campus.run("relay", "sweep")
    assert (counts["published"], counts["backlog"]) == (100, 50)
    assert counts["oldest_seconds"] >= 0
    monkeypatch.undo()
    make_due(campus)
    campus.run("relay", "sweep")
    assert left(campus, ids) == 0


def test_the_canonical_line_carries_the_backlog(campus: Campus):
    campus.run("relay", "sweep")
    line = campus.lines[-1]
    assert (line["message"], line["schedule"]) == ("schedule", "sweep")
    assert {"claimed", "backlog", "oldest_seconds"} <= line.keys()

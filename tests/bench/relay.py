"""How fast the relay empties the outbox into a bus that takes everything at once."""

import contextlib
import time
from collections.abc import Iterator
from typing import Any

from shared import aws, outbox
from shared.database import Database as Held
from tests.bench.ground import Database

_EVENTS = """with fact as (
    insert into event (id, occurred_at, type, version, source, actor_type, user_id, entity_type,
                       entity_id, entity_version, audience, correlation_id, data)
    select uuid7(), now(), 'assignment.created', 1, 'campus.tasks', 'user', user_id, 'assignment',
           gen_random_uuid()::text, 1, 'user', 'req_bench',
           jsonb_build_object('assignmentId', gen_random_uuid(), 'courseId', null,
                              'dueAt', '2027-01-10T10:00:00Z')
      from generate_series(1, %(number)s) as n,
           (select user_id from identity order by subject limit 1) as someone
    returning id, occurred_at)
insert into outbox (event_id, occurred_at, claimed_until)
select id, occurred_at, now() - interval '1 second' from fact"""


class _Bus:
    """Stands for EventBridge."""

    @staticmethod
    def put_events(Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803 (boto3's)
        return {"Entries": [{"EventId": "1"} for _ in Entries]}


def rates(there: Database, sample: int, backlog: int) -> tuple[float, float]:
    """Events a second for `sample` events: all that there are, and the first of a backlog."""
    held = Held("system")
    with there.chosen(), _bus(), there.connect() as admin, contextlib.closing(admin):
        admin.execute("truncate outbox")
        alone: list[float] = []
        for _ in range(3):
            _fill(admin, sample)
            alone.append(_rate(held, sample))
        _fill(admin, backlog)
        crowded = [_rate(held, sample) for _ in range(3)]
        admin.execute("truncate outbox")
    held.drop()
    return max(alone), max(crowded)


@contextlib.contextmanager
def _bus() -> Iterator[None]:
    before = aws._clients.get("events")
    aws._clients["events"] = _Bus()
    yield
    aws._clients.pop("events")
    if before:
        aws._clients["events"] = before


def _fill(admin: Any, number: int) -> None:
    admin.execute(_EVENTS, {"number": number})
    admin.execute("analyze outbox")


def _rate(held: Held, sample: int) -> float:
    published, began = 0, time.perf_counter()
    while published < sample:
        claimed, taken = outbox.sweep(held)
        assert claimed == taken
        published += taken
    return published / (time.perf_counter() - began)

"""Dead letters: what functions gave up on, and sending it back.

SQS is never called inside a transaction: the one that admitted the request is closed before.
"""

from collections import defaultdict
from typing import Any

from events.operations import DeadLetterReplayed
from functions.admin import queues
from functions.admin.models import DeadLetterQueue, Explanation, Replay, ReplayQuery
from shared.errors import Refusal
from shared.ids import uuid7
from shared.models import Page
from shared.request import Request
from shared.routing import Routes
from shared.sql import queries
from shared.work import unit_of_work

routes = Routes("/admin/dead-letters", tag="admin", database="support", roles=("admin",))
sql = queries(__file__)


@routes.get("")
def list_dead_letters(request: Request) -> Page[DeadLetterQueue]:
    """List for each function how many messages it gave up on, and its open failures by cause."""
    failures: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in request.db.rows(sql.open_failures):  # carries the COMMIT
        failures[row["subscriber"].partition(".")[0]].append(row)
    known = queues.configured()
    documents = [
        {
            "function": name,
            "depth": queues.depth(known[name].dead_letters) if name in known else None,
            "replayable": name in known,
            "failures": failures[name],
        }
        for name in sorted({*known, *failures})
    ]
    return Page(DeadLetterQueue, documents)


# Statements: the reason, its COMMIT, and after the messages have moved the fact in its own
# transaction. Without stored answers for idempotency keys: those live in the first transaction,
# and a repetition finds the messages gone.
@routes.post(
    "/{function}/replay",
    limit="updates",
    statements=4,
    idempotency="ignored",
    errors=("EXTERNAL_SERVICE_ERROR",),
)
def replay_dead_letters(
    request: Request, function: str, query: ReplayQuery, body: Explanation
) -> Replay:
    """Send dead letters of a function back to its queue, the oldest first. With `dryRun=true`
    nothing moves. What had taken effect before does not take effect again."""
    known = queues.configured().get(function)
    if known is None:
        raise Refusal("NOT_FOUND")
    if query.dry_run:
        request.db.close()
        held = queues.depth(known.dead_letters)
        if held is None:
            raise Refusal("EXTERNAL_SERVICE_ERROR")
        count = min(held, query.limit)
        return Replay(function=function, dry_run=True, count=count, remaining=held - count)
    moved = _replay(request, function, known, query.limit, body.reason)
    if moved.interrupted and not moved.count:
        raise Refusal("EXTERNAL_SERVICE_ERROR")
    return Replay(
        function=function,
        dry_run=False,
        count=moved.count,
        remaining=queues.depth(known.dead_letters),
    )


def _replay(
    request: Request, function: str, known: queues.Queues, limit: int, reason: str
) -> queues.Moved:
    """The reason first, then the messages, then the fact with their number."""
    action_id, event_id = uuid7(), uuid7()
    request.db.run(
        sql.explain_replay,
        id=action_id,
        function=function,
        reason=reason,
        limit=limit,
        event_id=event_id,
        correlation_id=request.emissions.origin.correlation_id,
    )
    request.db.close()
    moved = queues.redrive(known, limit, request.seconds_left)
    fact = DeadLetterReplayed(dead_letter_id=action_id, queue=function, count=moved.count)
    unit_of_work(
        request.emissions.origin,
        lambda context: context.emit(fact, event_id=event_id),
        role="support",
        seconds_left=request.seconds_left,
    )
    return moved

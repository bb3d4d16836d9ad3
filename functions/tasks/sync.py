"""What a client that keeps a copy lacks: changes and tombstones since its last answer.

Nothing that commits late is missed. A token holds a position in the history of facts: a transaction
id below which, when it was made, every transaction had ended. Facts are read from there up to the
same bound of the new answer's snapshot. A transaction that was still running lies above the bound
of both its predecessors, so the answer after its end has it, in whatever order they commit. Items
are then read as they are now; a change made meanwhile comes again with the next token.
"""

from collections.abc import Iterable
from typing import Any, cast
from uuid import UUID

from functions.tasks.fields import Kind
from functions.tasks.models import Assignment, Lecture
from functions.tasks.occurrence_models import Occurrence
from functions.tasks.operations import item_limit
from functions.tasks.study_session_models import StudySession
from functions.tasks.sync_models import Sync, SyncQuery, Tombstone
from shared import cursors
from shared.models import M, build
from shared.request import Request
from shared.routing import Routes
from shared.sql import Statement, queries

routes = Routes("/tasks", tag="tasks")
sql = queries(__file__)

ITEMS = 200
FACTS = 500
LIFETIME = 30 * 86_400
NOTHING = UUID(int=0)
Item = tuple[Kind, UUID]


# Which items, their state, the three kinds and their occurrences: whatever their number.
@routes.get("/sync", statements=6, errors=("INVALID_CURSOR",))
def sync_items(request: Request, query: SyncQuery) -> Sync:
    """Everything at first, then (with the token of the answer before) what changed since, and what
    is no longer there. Ask again at once while `hasMore`. A token lasts 30 days; without a valid
    one, begin anew."""
    scope = f"sync|{request.user_id}"
    if query.token is None:
        return _all(request, scope, None, NOTHING)
    phase, *position = cursors.read(scope, query.token)
    if phase == "all":
        start, after = position
        return _all(request, scope, start, UUID(after))
    return _since(request, scope, position)


def _all(request: Request, scope: str, start: list[str] | None, after: UUID) -> Sync:
    """One page of all items. Changes will be asked for from where the first page stood."""
    rows = request.db.rows(sql.sync_all, after=after, most=ITEMS + 1)
    start = start or [rows[0]["position"], str(NOTHING), rows[0]["at"].isoformat()]
    found: list[Item] = [(row["kind"], row["id"]) for row in rows if row["id"]]
    has_more, found = len(found) > ITEMS, found[:ITEMS]
    following = ["all", start, str(found[-1][1])] if has_more else ["since", *start]
    return _answer(request, found, [], cursors.sign(scope, following, LIFETIME), has_more)


def _since(request: Request, scope: str, start: list[str]) -> Sync:
    """One page of what changed."""
    position, event_id, at = start
    rows = request.db.rows(
        sql.sync_changes, position=position, event_id=event_id, at=at, most=FACTS + 1
    )
    facts = [row for row in rows if row["event_id"]]
    has_more, facts = len(facts) > FACTS, facts[:FACTS]
    if has_more:
        following = [facts[-1]["position"], str(facts[-1]["event_id"]), at]
    else:
        following = [rows[0]["upto"], str(NOTHING), rows[0]["at"].isoformat()]
    live, gone = _state(request, facts)
    token = cursors.sign(scope, ["since", *following], LIFETIME)
    return _answer(request, live, gone, token, has_more)


def _state(request: Request, facts: list[dict[str, Any]]) -> tuple[list[Item], list[Item]]:
    """The items that facts speak of: those that are there, and those that are not."""
    if not facts:
        return [], []
    courses = {UUID(row["entity_id"]) for row in facts if row["entity_type"] == "course_items"}
    named = {_item(row) for row in facts if row["entity_type"] != "course_items"}
    ids = [item_id for _, item_id in named]
    rows = request.db.rows(sql.sync_items, ids=ids, course_ids=list(courses))
    live: set[Item] = {(row["kind"], row["id"]) for row in rows if row["is_live"]}
    deleted: set[Item] = {(row["kind"], row["id"]) for row in rows}
    return sorted(live), sorted((named | deleted) - live)


def _item(row: dict[str, Any]) -> Item:
    if row["entity_type"] == "occurrence":
        return row["of_kind"], UUID(row["of_id"])
    return cast(Kind, row["entity_type"]), UUID(row["entity_id"])


def _answer(
    request: Request, live: list[Item], gone: list[Item], token: str, has_more: bool
) -> Sync:
    assignments = _whole(request, Assignment, sql.list_assignments, "assignment", live)
    lectures = _whole(request, Lecture, sql.list_lectures, "lecture", live)
    sessions = _whole(request, StudySession, sql.list_study_sessions, "study_session", live)
    present = {item.id for item in (*assignments, *lectures, *sessions)}
    recurring = [item_id for kind, item_id in live if kind != "study_session"]
    occurrences: list[Occurrence] = []
    if recurring:
        occurrences = request.db.all(Occurrence, sql.sync_occurrences, ids=recurring)
    gone = gone + [item for item in live if item[1] not in present]
    return build(
        Sync,
        {
            "assignments": assignments,
            "lectures": lectures,
            "study_sessions": sessions,
            "occurrences": occurrences,
            "deleted": [build(Tombstone, {"kind": kind, "id": known}) for kind, known in gone],
            "token": token,
            "has_more": has_more,
        },
    )


def _whole(
    request: Request, model: type[M], statement: Statement, kind: Kind, items: Iterable[Item]
) -> list[M]:
    """The items of a kind as their list shows them."""
    ids = [item_id for of_kind, item_id in items if of_kind == kind]
    if not ids:
        return []
    some = statement._replace(text=f"{statement.text}\n   and id = any(%(ids)s)")
    return request.db.all(model, some, ids=ids, limit=item_limit(request))

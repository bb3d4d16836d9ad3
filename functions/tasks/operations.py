"""What the three kinds of items have in common: the plan's limits and what they lock, links that
must be open, reminders by default, and the way into the trash, back and out."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from functions.tasks.fields import Kind
from functions.tasks.reminding import tell_of_reminders, tell_scheduled
from shared.errors import Refusal
from shared.facts import CONTRACTS
from shared.ids import uuid7
from shared.models import M, Model, build, own_fields
from shared.plans import check_reminders, plan_of
from shared.request import Request
from shared.sql import Statement, queries

DEFAULT_REMINDERS: dict[Kind, list[int]] = {
    "assignment": [30],
    "lecture": [30],
    "study_session": [15],
}
LINKS = {
    "course_open": "There is no such course.",
    "parent_open": "There is no such assignment to be a part of.",
    "assignment_open": "There is no such assignment.",
}

WINDOW = timedelta(days=30)

sql = queries(__file__)


def create_item(
    request: Request,
    model: type[M],
    statement: Statement,
    kind: Kind,
    body: Model,
    **values: Any,
) -> M:
    """Run a kind's create statement. Errors: the plan's limits, NOT_FOUND for what it links to."""
    given = body.values()
    row = request.db.rows(
        statement,
        **{**given, **values, "reminders": reminders(request, kind, given["reminders"])},
        id=uuid7(),
        limit=item_limit(request),
    )[0]
    if not row["within_limit"]:
        raise over_limit(request, row)
    _check_links(row)
    tell_scheduled(request, kind, row["id"], row.get("reminded"))
    tell_of_reminders(request, row.get("reminder_changes", ()))
    return entity(model, row)


def over_limit(request: Request, row: Mapping[str, Any]) -> Refusal:
    """The refusal of one more item, with what `task_permission` said."""
    details = {
        "limit": item_limit(request),
        "used": row["used"],
        "resetsAt": row["resets_at"],
    }
    return Refusal("TASK_LIMIT_EXCEEDED", details=details)


def refuse_locked(request: Request, row: Mapping[str, Any]) -> None:
    """Refuse to change an item that is beyond the plan's limit until it leaves the window."""
    if row["locked"]:
        raise Refusal(
            "TASK_LIMIT_EXCEEDED",
            "The plan's limit of new items in 30 days keeps this one read-only.",
            details={
                "limit": item_limit(request),
                "used": row["used"],
                "resetsAt": row["created_at"] + WINDOW,
            },
        )


def change_item(
    request: Request, statement: Statement, kind: Kind, item_id: UUID, body: Model, **values: Any
) -> tuple[dict[str, Any], list[str]]:
    """Run a kind's update statement: the row as it is now, and the names of what was changed."""
    changes = body.changes()
    if "reminders" in changes:
        changes["reminders"] = reminders(request, kind, changes["reminders"])
    links = {name: value for name, value in body.values().items() if name.endswith("_id")}
    row = request.db.row(
        statement, id=item_id, changes=changes, limit=item_limit(request), **links, **values
    )
    if row is None:
        raise missing(request)
    refuse_locked(request, row)
    _check_links(row)
    tell_of_reminders(request, row["reminder_changes"])
    return row, sorted(changes) if row["changed"] else []


def _check_links(row: Mapping[str, Any]) -> None:
    for name, message in LINKS.items():
        if not row.get(name, True):
            raise Refusal("NOT_FOUND", message)


def missing(request: Request) -> Refusal:
    """The refusal when a statement that compares If-Match has found no row."""
    return Refusal(
        "NOT_FOUND" if request.db.parameters["if_match"] is None else "PRECONDITION_FAILED"
    )


def entity(model: type[M], row: Mapping[str, Any]) -> M:
    """The model of a row that says more than the model holds."""
    return build(model, {name: row[name] for name in own_fields(model)})


def item_limit(request: Request) -> int | None:
    """How many new items in 30 days the caller's plan allows; None without a limit."""
    return plan_of(request).new_tasks_in_30_days


def reminders(request: Request, kind: Kind, wanted: Sequence[int] | None) -> list[int]:
    """The reminders of an item: the kind's default when none are named, `[]` for none."""
    offsets = sorted(set(DEFAULT_REMINDERS[kind] if wanted is None else wanted))
    check_reminders(request, offsets)
    return offsets


def delete_item(request: Request, kind: Kind, item_id: UUID) -> None:
    """Move an item to the trash, with what hangs on it."""
    deletion = uuid7()
    rows = request.db.rows(sql.delete_item, kind=kind, id=item_id, deletion_id=deletion)
    _tell(request, "deleted", rows, deletion_id=deletion)


def restore_items(
    request: Request,
    *,
    kind: Kind | None = None,
    item_id: UUID | None = None,
    deletion_id: UUID | None = None,
) -> list[dict[str, Any]]:
    """Bring back what one deletion took, named by its id or by one of its items."""
    rows = request.db.rows(sql.restore_items, kind=kind, id=item_id, deletion_id=deletion_id)
    if rows and not rows[0]["courses_open"]:
        raise Refusal("CONFLICT", "Its course is deleted: restore the course first.")
    if rows and not rows[0]["parents_open"]:
        raise Refusal("CONFLICT", "What it is a part of is deleted: restore that first.")
    _tell(request, "restored", rows, deletion_id=rows[0]["deletion_id"] if rows else None)
    return rows


def purge_item(request: Request, kind: Kind, item_id: UUID, *, from_trash: bool = False) -> None:
    """Remove an item for good; with `from_trash` only when it is there."""
    rows = request.db.rows(sql.purge_item, kind=kind, id=item_id, from_trash=from_trash)
    _tell(request, "purged", rows)


def _tell(request: Request, verb: str, rows: Sequence[Mapping[str, Any]], **data: Any) -> None:
    """`<kind>.<verb>` for each item; these contracts differ in nothing but the kind. No item:
    refused."""
    if not rows:
        raise missing(request)
    for row in rows:
        fact = {f"{row['kind']}_id": row["id"], "entity_version": row["version"], **data}
        contract = CONTRACTS[f"{row['kind']}.{verb}"]
        request.emit(contract.of(fact))

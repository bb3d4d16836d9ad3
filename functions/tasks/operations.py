"""What the three kinds of items have in common: the plan's limits, links that must be open,
reminders by default, and the way into the trash, back and out."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from functions.tasks.fields import Kind
from shared.errors import Refusal
from shared.facts import CONTRACTS, Event
from shared.ids import uuid7
from shared.models import M, Model, build
from shared.request import Request
from shared.sql import Statement, queries

NEW_ITEMS = {"free": 15, "premium": 70}
REMINDERS = {"free": 3, "premium": 10}
TRASH_HOURS = {"free": 48, "premium": 120}
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
        details = {
            "limit": item_limit(request),
            "used": row["used"],
            "resetsAt": row["resets_at"],
        }
        raise Refusal("TASK_LIMIT_EXCEEDED", details=details)
    _check_links(row)
    return entity(model, row)


def change_item(
    request: Request, statement: Statement, kind: Kind, item_id: UUID, body: Model, **values: Any
) -> tuple[dict[str, Any], list[str]]:
    """Run a kind's update statement: the row as it is now, and the names of what was changed."""
    changes = body.changes()
    if "reminders" in changes:
        changes["reminders"] = reminders(request, kind, changes["reminders"])
    links = {name: value for name, value in body.values().items() if name.endswith("_id")}
    row = request.db.row(statement, id=item_id, changes=changes, **links, **values)
    if row is None:
        raise missing(request)
    _check_links(row)
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
    return build(model, {name: row[name] for name in model.model_fields})


def item_limit(request: Request) -> int | None:
    """How many new items in 30 days the caller's plan allows; None without a limit."""
    return None if request.is_admin else NEW_ITEMS[request.tier]


def reminders(request: Request, kind: Kind, wanted: Sequence[int] | None) -> list[int]:
    """The reminders of an item: the kind's default when none are named, `[]` for none."""
    offsets = sorted(set(DEFAULT_REMINDERS[kind] if wanted is None else wanted))
    limit = REMINDERS[request.tier]
    if len(offsets) > limit and not request.is_admin:
        raise Refusal(
            "VALIDATION_ERROR",
            f"The plan allows {limit} reminders an item.",
            details={
                "errors": [
                    {"field": "reminders", "code": "too_many", "message": f"at most {limit}"}
                ],
                "limit": limit,
            },
        )
    return offsets


def delete_item(request: Request, kind: Kind, item_id: UUID) -> None:
    """Move an item to the trash, with what hangs on it."""
    deletion = uuid7()
    version = request.db.value(sql.delete_item, kind=kind, id=item_id, deletion_id=deletion)
    if version is None:
        raise missing(request)
    request.emit(_fact(kind, "deleted", item_id, version, deletion_id=deletion))


def restore_items(
    request: Request,
    *,
    kind: Kind | None = None,
    item_id: UUID | None = None,
    deletion_id: UUID | None = None,
) -> list[dict[str, Any]]:
    """Bring back what one deletion took, named by its id or by one of its items."""
    rows = request.db.rows(sql.restore_items, kind=kind, id=item_id, deletion_id=deletion_id)
    if not rows:
        raise missing(request)
    if not rows[0]["courses_open"]:
        raise Refusal("CONFLICT", "Its course is deleted: restore the course first.")
    for row in rows:
        deletion = row["deletion_id"]
        request.emit(
            _fact(row["kind"], "restored", row["id"], row["version"], deletion_id=deletion)
        )
    return rows


def purge_item(request: Request, kind: Kind, item_id: UUID, *, from_trash: bool = False) -> None:
    """Remove an item for good; with `from_trash` only when it is there."""
    rows = request.db.rows(sql.purge_item, kind=kind, id=item_id, from_trash=from_trash)
    if not rows:
        raise missing(request)
    for row in rows:
        request.emit(_fact(row["kind"], "purged", row["id"], 1))


def _fact(kind: Kind, verb: str, item_id: UUID, version: int, **data: Any) -> Event:
    """`<kind>.<verb>`: these contracts differ in nothing but the kind."""
    contract = CONTRACTS[f"{kind}.{verb}"]
    return contract.model_validate(
        {f"{kind}_id": item_id, "entity_version": version, **data}, strict=False
    )

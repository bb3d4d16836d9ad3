"""Occurrences of series: changes of one of them, of this and the following, or of all."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from events.tasks import OccurrenceUpdated
from functions.tasks.fields import local_time
from functions.tasks.occurrence_models import (
    AssignmentOccurrencePatch,
    LectureOccurrencePatch,
    Occurrence,
    RecurringKind,
    ScopeQuery,
)
from functions.tasks.operations import (
    entity,
    item_limit,
    missing,
    over_limit,
    refuse_locked,
)
from functions.tasks.reminding import tell_of_reminders
from functions.tasks.series import Series
from shared.errors import Refusal, invalid
from shared.facts import CONTRACTS
from shared.ids import uuid7
from shared.models import Model
from shared.request import Request
from shared.routing import Routes
from shared.sql import queries

routes = Routes("/tasks", tag="tasks")
sql = queries(__file__)


# More than the one occurrence: what it was, the change, and what it has become.
@routes.patch(
    "/lectures/{lecture_id}/occurrences/{recurrence_id}",
    exclusive="tasks",
    statements=3,
    errors=("TASK_LIMIT_EXCEEDED",),
)
def change_lecture_occurrence(
    request: Request,
    lecture_id: UUID,
    recurrence_id: str,
    body: LectureOccurrencePatch,
    query: ScopeQuery,
) -> Occurrence:
    """Cancel, move, mark as attended or change an occurrence of a lecture (JSON Merge Patch).

    `scope` says how far: `this`, `all` (a new time of day moves all of them by as much), or
    `thisAndFollowing`, which ends the series before it and makes a new lecture from there on, with
    all that was changed of single occurrences; with `status: cancelled` there is no new one. An
    occurrence is named by its local time in the series, within 400 days from now."""
    return _change(_Change(request, "lecture", lecture_id, _local(recurrence_id)), body, query)


@routes.patch(
    "/assignments/{assignment_id}/occurrences/{recurrence_id}",
    exclusive="tasks",
    statements=3,
    errors=("TASK_LIMIT_EXCEEDED",),
)
def change_assignment_occurrence(
    request: Request,
    assignment_id: UUID,
    recurrence_id: str,
    body: AssignmentOccurrencePatch,
    query: ScopeQuery,
) -> Occurrence:
    """Cancel, move, mark as done or change one time that a recurring assignment is due (JSON Merge
    Patch). `scope` and names of occurrences are those of lectures."""
    change = _Change(request, "assignment", assignment_id, _local(recurrence_id))
    return _change(change, body, query)


@dataclass(frozen=True, slots=True)
class _Change:
    """Which occurrence is to be changed."""

    request: Request
    kind: RecurringKind
    item_id: UUID
    recurrence_id: datetime

    @property
    def named(self) -> dict[str, Any]:
        return {"kind": self.kind, "id": self.item_id, "recurrence_id": self.recurrence_id}

    def tell(self, verb: str, item_id: UUID, **data: Any) -> None:
        """`<kind>.<verb>`: these contracts differ in nothing but the kind."""
        contract = CONTRACTS[f"{self.kind}.{verb}"]
        fact = {f"{self.kind}_id": item_id, **data}
        self.request.emit(contract.of(fact))


def _local(text: str) -> datetime:
    found = local_time(text)
    if found is None:
        raise Refusal("NOT_FOUND")
    return found


def _change(change: _Change, body: Model, query: ScopeQuery) -> Occurrence:
    given = body.changes()
    if query.scope == "this":
        return _change_one(change, given)
    row = change.request.db.row(sql.get_series, limit=item_limit(change.request), **change.named)
    if row is None:
        raise missing(change.request)
    _refuse_locked(change, row)
    series = Series.of(row)
    head, tail = (None, series) if query.scope == "all" else series.split(change.recurrence_id)
    if "status" in given:
        return _end(change, given, head, row)
    if None in given.values():
        raise invalid(next(n for n, v in given.items() if v is None), "takes no null with a scope")
    return _rewrite(change, given, head, tail, row)


def _change_one(change: _Change, given: dict[str, Any]) -> Occurrence:
    changed = change.request.db.row(
        sql.change_occurrence, changes=given, limit=item_limit(change.request), **change.named
    )
    if changed is None:
        raise missing(change.request)
    _refuse_locked(change, changed)
    tell_of_reminders(change.request, changed["reminder_changes"])
    occurrence = entity(Occurrence, changed)
    if given:
        change.request.emit(
            OccurrenceUpdated(
                occurrence_id=occurrence.id,
                kind=change.kind,
                item_id=change.item_id,
                status=occurrence.status,
                changed=sorted(given),
                entity_version=occurrence.version,
            )
        )
    return occurrence


def _refuse_locked(change: _Change, row: dict[str, Any]) -> None:
    """An occurrence is locked with its item."""
    refuse_locked(change.request, {**row, "created_at": row["item_made_at"]})


def _end(
    change: _Change, given: dict[str, Any], head: Series | None, row: dict[str, Any]
) -> Occurrence:
    """Cancel this occurrence and all that follow. The answer is what it was, cancelled."""
    if given != {"status": "cancelled"}:
        raise invalid("status", "is of one occurrence, or cancelled alone with thisAndFollowing")
    if head is None:
        raise invalid("status", "nothing would be left: delete the item instead")
    _write(change, _rewriting(change, row, head=head.columns()))
    _tell_updated(change, row, ["recurrence"])
    return entity(Occurrence, {**row, "start_local": row["moved_to"], "status": "cancelled"})


def _rewrite(
    change: _Change,
    given: dict[str, Any],
    head: Series | None,
    tail: Series,
    row: dict[str, Any],
) -> Occurrence:
    """Change all of a series, or what is split off it."""
    if head and not row["within_limit"]:
        raise over_limit(change.request, row)
    at = change.recurrence_id
    to = datetime.fromisoformat(given["start_local"]) if "start_local" in given else at
    shift, days = to - at, (to.date() - at.date()).days
    new_id = uuid7() if head else None
    changed_tail = {**given, **tail.moved(shift, days).columns()}
    if given or head:
        told = _rewriting(change, row, tail=changed_tail, shift=shift, new_id=new_id)
        told |= {"head": head.columns() if head else None}
        _write(change, told)
        _tell_updated(change, row, ["recurrence"] if head else sorted(given))
    named = {"kind": change.kind, "id": new_id or change.item_id, "recurrence_id": at + shift}
    occurrence = change.request.db.one(Occurrence, sql.get_occurrence, **named)
    if new_id:
        when = "due_at" if change.kind == "assignment" else "starts_at"
        change.tell("created", new_id, course_id=row["course_id"], **{when: occurrence.starts_at})
    return occurrence


def _write(change: _Change, told: dict[str, Any]) -> None:
    row = change.request.db.rows(sql.rewrite_series, **told)[0]
    tell_of_reminders(change.request, row["reminder_changes"])


def _rewriting(change: _Change, row: dict[str, Any], **given: Any) -> dict[str, Any]:
    """Parameters of the statement: from this occurrence on, or all that a series has."""
    whole = given.get("head") is None and given.get("new_id") is None
    return {
        "kind": change.kind,
        "id": change.item_id,
        "since": row["start_local"] if whole else change.recurrence_id,
        "new_id": None,
        "head": None,
        "tail": None,
        "shift": timedelta(),
        **given,
    }


def _tell_updated(change: _Change, row: dict[str, Any], changed: list[str]) -> None:
    version = row["item_version"] + 1
    change.tell(
        "updated",
        change.item_id,
        course_id=row["course_id"],
        changed=changed,
        entity_version=version,
    )

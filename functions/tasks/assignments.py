"""Assignments."""

from typing import Any
from uuid import UUID

from events.tasks import (
    AssignmentCompleted,
    AssignmentCreated,
    AssignmentDeleted,
    AssignmentReopened,
    AssignmentUpdated,
)
from functions.tasks.models import (
    Assignment,
    AssignmentPatch,
    AssignmentQuery,
    NewAssignment,
)
from functions.tasks.operations import check_created, item_limit, reminders
from shared.errors import Refusal
from shared.ids import uuid7
from shared.models import Page, build
from shared.request import Request
from shared.routing import Routes
from shared.sql import queries

routes = Routes("/tasks/assignments", tag="tasks", v1=True)
sql = queries(__file__)


@routes.get("")
def list_assignments(request: Request, query: AssignmentQuery) -> Page[Assignment]:
    """List assignments, by due time unless sorted otherwise."""
    return request.db.page(Assignment, sql.list_assignments, query)


@routes.post("", status=201, exclusive="tasks", errors=("TASK_LIMIT_EXCEEDED",))
def create_assignment(request: Request, body: NewAssignment) -> Assignment:
    """Create an assignment. Without `reminders` it gets one 30 minutes before it is due."""
    values = {
        **body.values(),
        "id": uuid7(),
        "limit": item_limit(request),
        "checklist": _checklist(body),
        "reminders": reminders(request, "assignment", body.reminders),
    }
    row = request.db.rows(sql.create_assignment, **values)[0]
    check_created(request, row)
    assignment = _assignment(row)
    request.emit(
        AssignmentCreated(
            assignment_id=assignment.id, course_id=assignment.course_id, due_at=assignment.due_at
        )
    )
    return assignment


@routes.get("/{assignment_id}")
def get_assignment(request: Request, assignment_id: UUID) -> Assignment:
    """Get one assignment."""
    return request.db.one(Assignment, sql.get_assignment, id=assignment_id)


@routes.patch("/{assignment_id}", also_put=True)
def update_assignment(request: Request, assignment_id: UUID, body: AssignmentPatch) -> Assignment:
    """Change fields of an assignment (JSON Merge Patch)."""
    changes = body.changes()
    if "reminders" in changes:
        changes["reminders"] = reminders(request, "assignment", body.reminders)
    moved = bool({"due_at", "due_on", "reminders", "status", "timezone"} & changes.keys())
    assignment = request.db.one(
        Assignment,
        sql.update_assignment,
        id=assignment_id,
        changes=changes,
        course_id=body.course_id,
        reschedules=moved,
    )
    request.emit(
        AssignmentUpdated(
            assignment_id=assignment.id,
            course_id=assignment.course_id,
            changed=sorted(changes),
            entity_version=assignment.version,
        )
    )
    return assignment


@routes.post("/{assignment_id}/complete", limit="updates")
def complete_assignment(request: Request, assignment_id: UUID) -> Assignment:
    """Mark an assignment as done. Completing it again changes nothing."""
    return _set_status(request, assignment_id, "submitted")


@routes.post("/{assignment_id}/reopen", limit="updates")
def reopen_assignment(request: Request, assignment_id: UUID) -> Assignment:
    """Take a done assignment up again."""
    return _set_status(request, assignment_id, "todo")


@routes.delete("/{assignment_id}")
def delete_assignment(request: Request, assignment_id: UUID) -> None:
    """Move an assignment to the trash."""
    deletion = uuid7()
    counts = request.db.value(sql.delete_assignment, id=assignment_id, deletion_id=deletion)
    if counts is None:
        raise Refusal("NOT_FOUND")
    request.emit(AssignmentDeleted(assignment_id=assignment_id, deletion_id=deletion))


def _set_status(request: Request, assignment_id: UUID, status: str) -> Assignment:
    row = request.db.row(sql.set_assignment_status, id=assignment_id, status=status)
    if row is None:
        raise Refusal("PRECONDITION_FAILED" if request.db.parameters["if_match"] else "NOT_FOUND")
    changed, assignment = row["changed"], _assignment(row)
    if changed and assignment.completed_at:
        request.emit(
            AssignmentCompleted(
                assignment_id=assignment.id,
                course_id=assignment.course_id,
                completed_at=assignment.completed_at,
                entity_version=assignment.version,
            )
        )
    elif changed:
        request.emit(
            AssignmentReopened(
                assignment_id=assignment.id,
                course_id=assignment.course_id,
                entity_version=assignment.version,
            )
        )
    return assignment


def _assignment(row: dict[str, Any]) -> Assignment:
    names = Assignment.model_fields
    return build(Assignment, {name: value for name, value in row.items() if name in names})


def _checklist(body: NewAssignment) -> str:
    import orjson

    return orjson.dumps([item.model_dump() for item in body.checklist]).decode()

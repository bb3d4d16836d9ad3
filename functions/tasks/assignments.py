"""Assignments."""

from typing import Any
from uuid import UUID

import orjson

from events.tasks import (
    AssignmentCompleted,
    AssignmentCreated,
    AssignmentReopened,
    AssignmentUpdated,
)
from functions.tasks.fields import WITH_COURSE
from functions.tasks.models import (
    Assignment,
    AssignmentCopy,
    AssignmentPatch,
    AssignmentQuery,
    AssignmentRead,
    ChecklistItem,
    NewAssignment,
)
from functions.tasks.operations import (
    change_item,
    create_item,
    delete_item,
    entity,
    item_limit,
    purge_item,
    restore_items,
)
from shared.models import Page, build
from shared.plans import plan_of
from shared.request import Reply, Request
from shared.routing import Old, Routes
from shared.sql import queries

routes = Routes("/tasks/assignments", tag="tasks", v1=True)
sql = queries(__file__)

OPEN = ["todo", "in_progress", "excused", "dropped"]
DONE = ["submitted", "graded"]
SCHEDULING = [
    "due_at",
    "due_on",
    "timezone",
    "recurrence",
    "exdates",
    "rdates",
    "status",
]


@routes.get("", old=(Old("assignments-system/list", asks=WITH_COURSE), "api-v2/assignments/list"))
def list_assignments(request: Request, query: AssignmentQuery) -> Page[Assignment]:
    """List assignments, by due time unless sorted otherwise."""
    return request.db.page(Assignment, sql.list_assignments, query, limit=item_limit(request))


@routes.post(
    "",
    status=201,
    exclusive="tasks",
    errors=("TASK_LIMIT_EXCEEDED",),
    old=(
        "create-assignment",
        "assignments-system/create",
        "api-v2/assignments/create",
        Old("tasks/assignments", ("POST",)),
    ),
)
def create_assignment(request: Request, body: NewAssignment) -> Assignment:
    """Create an assignment. Without `reminders` it gets one 30 minutes before it is due."""
    checklist = orjson.dumps([item.model_dump() for item in body.checklist]).decode()
    assignment = create_item(
        request, Assignment, sql.create_assignment, "assignment", body, checklist=checklist
    )
    request.emit(
        AssignmentCreated(
            assignment_id=assignment.id, course_id=assignment.course_id, due_at=assignment.due_at
        )
    )
    return assignment


@routes.get(
    "/{assignment_id}",
    old=(
        Old("assignments-system/get/{assignment_id}", asks=WITH_COURSE),
        "api-v2/assignments/get",
    ),
)
def get_assignment(request: Request, assignment_id: UUID, query: AssignmentRead) -> Assignment:
    """Get one assignment."""
    limit = item_limit(request)
    return request.db.one(Assignment, sql.get_assignment, query, id=assignment_id, limit=limit)


@routes.patch(
    "/{assignment_id}",
    also_put=True,
    exclusive="tasks",
    errors=("TASK_LIMIT_EXCEEDED",),
    old=(
        "update-assignment",
        "assignments-system/update",
        "api-v2/assignments/update",
        Old("tasks/assignments/{assignment_id}", ("PUT",)),
    ),
)
def update_assignment(request: Request, assignment_id: UUID, body: AssignmentPatch) -> Assignment:
    """Change fields of an assignment (JSON Merge Patch)."""
    row, changed = _change(request, assignment_id, body, OPEN + DONE)
    assignment = entity(Assignment, row)
    if changed:
        request.emit(
            AssignmentUpdated(
                assignment_id=assignment.id,
                course_id=assignment.course_id,
                changed=changed,
                entity_version=assignment.version,
            )
        )
    return assignment


@routes.post("/{assignment_id}/complete", limit="updates", errors=("TASK_LIMIT_EXCEEDED",))
def complete_assignment(request: Request, assignment_id: UUID) -> Assignment:
    """Mark an assignment as done. Completing it again changes nothing."""
    done = AssignmentPatch(status="submitted", percent_done=100)
    return entity(Assignment, _change(request, assignment_id, done, OPEN)[0])


@routes.post("/{assignment_id}/reopen", limit="updates", errors=("TASK_LIMIT_EXCEEDED",))
def reopen_assignment(request: Request, assignment_id: UUID) -> Assignment:
    """Take a done assignment up again. It gets those of its reminders that are still ahead."""
    open_again = AssignmentPatch(status="todo", percent_done=0)
    return entity(Assignment, _change(request, assignment_id, open_again, DONE)[0])


# What is copied, then the copy: made like every other assignment, by the same statement.
@routes.post(
    "/{assignment_id}/duplicate",
    status=201,
    exclusive="tasks",
    statements=2,
    errors=("TASK_LIMIT_EXCEEDED",),
    v1=False,
)
def duplicate_assignment(
    request: Request, assignment_id: UUID, body: AssignmentCopy
) -> Reply[Assignment]:
    """Copy an assignment, to be done anew: without score and progress, its checklist unticked. It
    counts as a new one. Its parts are not copied. With another due time, `startOn`, `exdates` and
    `rdates` stay behind, as they are about the old one."""
    copied = _copy(request, get_assignment(request, assignment_id, AssignmentRead()), body)
    copy = create_assignment(request, copied)
    address = f"/{request.version.name}{routes.prefix}/{copy.id}"
    return Reply(copy, status=201, headers={"Location": address})


@routes.delete(
    "/{assignment_id}",
    old=(
        "delete-assignment",
        "assignments-system/delete",
        "api-v2/assignments/delete",
        Old("tasks/assignments/{assignment_id}", ("DELETE",)),
    ),
)
def delete_assignment(request: Request, assignment_id: UUID) -> None:
    """Move an assignment to the trash, with its parts and reminders."""
    delete_item(request, "assignment", assignment_id)


@routes.post(
    "/{assignment_id}/restore",
    limit="updates",
    exclusive="tasks",
    idempotency="required",
    statements=2,
    errors=("CONFLICT",),
    old=("restore-assignment", "assignments-system/restore", "api-v2/assignments/restore"),
)
def restore_assignment(request: Request, assignment_id: UUID) -> Assignment:
    """Take an assignment out of the trash, with all that went there together with it."""
    restore_items(request, kind="assignment", item_id=assignment_id)
    # A statement does not see its own effect.
    return get_assignment(request, assignment_id, AssignmentRead())


@routes.delete(
    "/{assignment_id}/permanent",
    idempotency="required",
    critical=True,
    old=("delete-assignment-permanently", "assignments-system/delete-permanently"),
)
def purge_assignment(request: Request, assignment_id: UUID) -> None:
    """Remove an assignment for good, from the trash or straight away."""
    purge_item(request, "assignment", assignment_id)


def _copy(request: Request, source: Assignment, body: AssignmentCopy) -> NewAssignment:
    """A new assignment like one there is. What the plan would not allow again is left out."""
    given = {name: getattr(body, name) for name in body.model_fields_set}
    copied = {name: getattr(source, name) for name in NewAssignment.model_fields}
    if given.keys() & {"due_at", "due_on"}:
        copied |= {"due_at": None, "due_on": None, "start_on": None, "exdates": [], "rdates": []}
    elif source.due_on:  # the end of that day is when it is due
        copied["due_at"] = None
    lines = [ChecklistItem.model_validate(line) for line in source.checklist]
    fresh = {
        "status": "todo",
        "percent_done": 0,
        "score": None,
        "checklist": [build(ChecklistItem, {"text": line.text, "done": False}) for line in lines],
        "reminders": source.reminders[: plan_of(request).reminders_per_item],
    }
    return build(NewAssignment, {**copied, **fresh, **given})


def _change(
    request: Request, assignment_id: UUID, body: AssignmentPatch, from_status: list[str]
) -> tuple[dict[str, Any], list[str]]:
    """Apply changes to an assignment in one of these statuses; tell when it gets or stops being
    done."""
    row, changed = change_item(
        request,
        sql.update_assignment,
        "assignment",
        assignment_id,
        body,
        from_status=from_status,
        scheduling=SCHEDULING,
    )
    known = {
        "assignment_id": assignment_id,
        "course_id": row["course_id"],
        "entity_version": row["version"],
    }
    if row["completed_at"] and not row["was_done"]:
        completed = {
            "completed_at": row["completed_at"],
            "timezone": request.known_caller.timezone,
            "late": row["late"],
        }
        request.emit(AssignmentCompleted(**completed, **known))
    elif row["was_done"] and not row["completed_at"]:
        request.emit(AssignmentReopened(**known))
    return row, changed

"""Several operations in one request."""

import json
from collections.abc import Callable
from typing import Any

from functions.tasks import assignments, lectures, study_clock, study_sessions
from functions.tasks.fields import Kind
from functions.tasks.models import (
    AssignmentPatch,
    AssignmentQuery,
    LecturePatch,
    LectureQuery,
    NewAssignment,
    NewLecture,
)
from functions.tasks.study_session_models import (
    NewStudySession,
    StudySessionPatch,
    StudySessionQuery,
)
from functions.tasks.trash_models import Action, Batch, Operation
from shared.batch import BatchResult, Effect, each, listed, told
from shared.errors import Refusal
from shared.inputs import parse
from shared.models import Model
from shared.request import Reply, Request
from shared.routing import Route, Routes

routes = Routes("/tasks", tag="tasks", v1=True)

OF_COURSES = "Operations on courses have a batch of their own."

BODIES: dict[tuple[Action, Kind], type[Model]] = {
    ("create", "assignment"): NewAssignment,
    ("create", "lecture"): NewLecture,
    ("create", "study_session"): NewStudySession,
    ("update", "assignment"): AssignmentPatch,
    ("update", "lecture"): LecturePatch,
    ("update", "study_session"): StudySessionPatch,
    ("list", "assignment"): AssignmentQuery,
    ("list", "lecture"): LectureQuery,
    ("list", "study_session"): StudySessionQuery,
}
ROUTES: dict[tuple[Action, Kind], Callable[..., Model | None]] = {
    ("create", "assignment"): assignments.create_assignment,
    ("update", "assignment"): assignments.update_assignment,
    ("delete", "assignment"): assignments.delete_assignment,
    ("restore", "assignment"): assignments.restore_assignment,
    ("complete", "assignment"): assignments.complete_assignment,
    ("create", "lecture"): lectures.create_lecture,
    ("update", "lecture"): lectures.update_lecture,
    ("delete", "lecture"): lectures.delete_lecture,
    ("restore", "lecture"): lectures.restore_lecture,
    ("create", "study_session"): study_sessions.create_study_session,
    ("update", "study_session"): study_sessions.update_study_session,
    ("delete", "study_session"): study_sessions.delete_study_session,
    ("restore", "study_session"): study_sessions.restore_study_session,
    ("complete", "study_session"): study_clock.finish,
}


# An operation is a savepoint and its route's statement (restore: two), and a rollback if refused.
@routes.post(
    "/batch",
    limit="creates",
    exclusive="tasks",
    idempotency="required",
    statements=150,
    per_item=True,
    cost=lambda body: len(body.operations),
    errors=("TASK_LIMIT_EXCEEDED", "CONFLICT", "GONE", "INVALID_CURSOR"),
    old=("tasks/batch", "batch-operations"),
)
def run_batch(request: Request, body: Batch) -> Reply[BatchResult]:
    """Create, update, delete, restore, complete and list items of all kinds in one transaction.
    Each operation counts as one request. A refused one leaves the others alone and makes the
    answer 207; with `atomic` it refuses the whole batch, and `details.index` names it."""
    return each(
        request,
        body.operations,
        lambda item: _operate(request, item),
        atomic=body.atomic,
        body_of=_body_of,
    )


def _operate(request: Request, operation: Operation) -> Effect:
    """Run the operation as its own route would."""
    if operation.kind == "course":
        raise Refusal("GONE", OF_COURSES, details={"successor": "/v2/courses/batch"})
    request.db.parameters["if_match"] = operation.version
    if operation.action == "list":
        return listed(request, LISTS[operation.kind], operation.data)
    named = (operation.action, operation.kind)
    arguments: list[Any] = [operation.id] if operation.id else []
    if operation.data is not None:
        arguments.append(parse(BODIES[named], request.version, json.dumps(operation.data).encode()))
    answer = ROUTES[named](request, *arguments)
    return told(request, answer, created=operation.action == "create")


def _body_of(operation: Operation) -> type[Model] | None:
    if operation.kind == "course":
        return None
    return BODIES.get((operation.action, operation.kind))


def _list(routes: Routes, name: str) -> Route:
    return next(route for route in routes.routes if route.name == name)


LISTS: dict[Kind, Route] = {
    "assignment": _list(assignments.routes, "list_assignments"),
    "lecture": _list(lectures.routes, "list_lectures"),
    "study_session": _list(study_sessions.routes, "list_study_sessions"),
}

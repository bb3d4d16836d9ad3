"""Several operations in one request."""

import json
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import psycopg

from functions.tasks import assignments, lectures, study_clock, study_sessions
from functions.tasks.fields import Kind
from functions.tasks.models import (
    AssignmentPatch,
    LecturePatch,
    NewAssignment,
    NewLecture,
)
from functions.tasks.study_session_models import (
    NewStudySession,
    StudySessionPatch,
)
from functions.tasks.trash_models import Action, Batch, BatchResult, Operation, Outcome
from shared.database import refusal_of
from shared.errors import Refusal
from shared.inputs import parse
from shared.models import Model, build
from shared.request import Reply, Request
from shared.routing import Routes
from shared.sql import queries
from shared.translation import spelled, to_wire

routes = Routes("/tasks", tag="tasks", v1=True)
sql = queries(__file__)
T = TypeVar("T")

BODIES: dict[tuple[Action, Kind], type[Model]] = {
    ("create", "assignment"): NewAssignment,
    ("create", "lecture"): NewLecture,
    ("create", "study_session"): NewStudySession,
    ("update", "assignment"): AssignmentPatch,
    ("update", "lecture"): LecturePatch,
    ("update", "study_session"): StudySessionPatch,
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
    errors=("TASK_LIMIT_EXCEEDED", "CONFLICT"),
)
def run_batch(request: Request, body: Batch) -> Reply[BatchResult]:
    """Create, update, delete, restore and complete items of all kinds in one transaction. Each
    operation counts as one request. A refused one leaves the others alone and makes the answer
    207; with `atomic` it refuses the whole batch, and `details.index` names it."""
    return each(request, body.operations, lambda item: _operate(request, item), body.atomic)


def _operate(request: Request, operation: Operation) -> tuple[int, dict[str, Any] | None]:
    """Run the operation as its own route would."""
    named = (operation.action, operation.kind)
    arguments: list[Any] = [operation.id] if operation.id else []
    if operation.data is not None:
        arguments.append(parse(BODIES[named], request.version, json.dumps(operation.data).encode()))
    request.db.parameters["if_match"] = operation.version
    answer = ROUTES[named](request, *arguments)
    if answer is None:
        return 204, None
    document = to_wire(request.version, type(answer), answer.__dict__)
    return 201 if operation.action == "create" else 200, document


def each(
    request: Request,
    items: Sequence[T],
    effect: Callable[[T], tuple[int, dict[str, Any] | None]],
    atomic: bool = False,
) -> Reply[BatchResult]:
    """Give every item its effect, each alone or (atomic) all or none."""
    outcomes: list[Outcome] = []
    for index, item in enumerate(items):
        try:
            status, data = _alone(request, lambda item=item: effect(item))
            outcome = {"index": index, "status": status, "data": data, "error": None}
        except Refusal as refusal:
            error = _error(request, refusal, index, item)
            if atomic:
                details = {**error["details"], "index": index}
                raise Refusal(refusal.code, refusal.message, details=details) from None
            outcome = {"index": index, "status": refusal.status, "data": None, "error": error}
        outcomes.append(build(Outcome, outcome))
    failed = sum(outcome.error is not None for outcome in outcomes)
    result = {"results": outcomes, "succeeded": len(outcomes) - failed, "failed": failed}
    return Reply(build(BatchResult, result), status=207 if failed else 200)


def _alone(request: Request, effect: Callable[[], T]) -> T:
    """Let an effect fail without the others: its rows and its facts are taken back."""
    told = len(request.emissions.records)
    request.db.run(sql.begin_item)
    try:
        return effect()
    except (Refusal, psycopg.Error) as error:
        refusal = error if isinstance(error, Refusal) else refusal_of(error)
        if not isinstance(refusal, Refusal) or refusal.status >= 500:
            raise  # a fault of ours, or one that repeating the whole request may heal
        del request.emissions.records[told:]
        request.db.run(sql.undo_item)
        raise refusal from None


def _error(request: Request, refusal: Refusal, index: int, item: Any) -> dict[str, Any]:
    """A refusal in the envelope's shape, its pointers in the caller's names."""
    details = dict(refusal.details)
    model = BODIES.get((item.action, item.kind)) if isinstance(item, Operation) else None
    if "errors" in details:
        details["errors"] = [
            {
                "pointer": f"/operations/{index}/data"
                + spelled(request.version, model, _path(found)),
                **{name: found[name] for name in ("code", "message") if name in found},
            }
            for found in details["errors"]
        ]
    return {"code": refusal.code, "message": refusal.message, "details": details}


def _path(found: dict[str, Any]) -> tuple[str | int, ...]:
    return found["path"] if "path" in found else (found["field"],)

"""Dependencies: what has to come before an item, of whatever kinds the two are."""

from typing import Any
from uuid import UUID

from events.tasks import DependencyCreated, DependencyDeleted
from functions.tasks.dependency_models import Dependency, DependencyQuery, NewDependency
from functions.tasks.fields import Kind
from functions.tasks.operations import entity, missing
from shared.errors import Refusal
from shared.ids import uuid7
from shared.models import Page
from shared.request import Request
from shared.routing import Routes
from shared.sql import queries

routes = Routes("/tasks", tag="tasks")
sql = queries(__file__)

ERRORS = ("CONFLICT", "ALREADY_EXISTS")


@routes.get("/assignments/{assignment_id}/dependencies")
def list_assignment_dependencies(
    request: Request, assignment_id: UUID, query: DependencyQuery
) -> Page[Dependency]:
    """List what an assignment depends on, in the order in which that was said. What blocks it now
    is `?type=blocking&done=false`; with `dependents=true`, what depends on it."""
    return _list(request, "assignment", assignment_id, query)


@routes.post(
    "/assignments/{assignment_id}/dependencies", status=201, exclusive="tasks", errors=ERRORS
)
def create_assignment_dependency(
    request: Request, assignment_id: UUID, body: NewDependency
) -> Dependency:
    """Let an assignment depend on another item. What would close a cycle (of `blocking` and
    `suggested` dependencies) is refused, and `details.cycle` tells it. Nothing is kept from being
    done: whether to wait is for people to decide."""
    return _create(request, "assignment", assignment_id, body)


@routes.delete("/assignments/{assignment_id}/dependencies/{dependency_id}")
def delete_assignment_dependency(
    request: Request, assignment_id: UUID, dependency_id: UUID
) -> None:
    """Take a dependency of an assignment back, for good."""
    _delete(request, "assignment", assignment_id, dependency_id)


@routes.get("/lectures/{lecture_id}/dependencies")
def list_lecture_dependencies(
    request: Request, lecture_id: UUID, query: DependencyQuery
) -> Page[Dependency]:
    """List what a lecture depends on; see the dependencies of assignments."""
    return _list(request, "lecture", lecture_id, query)


@routes.post("/lectures/{lecture_id}/dependencies", status=201, exclusive="tasks", errors=ERRORS)
def create_lecture_dependency(
    request: Request, lecture_id: UUID, body: NewDependency
) -> Dependency:
    """Let a lecture depend on another item; see the dependencies of assignments."""
    return _create(request, "lecture", lecture_id, body)


@routes.delete("/lectures/{lecture_id}/dependencies/{dependency_id}")
def delete_lecture_dependency(request: Request, lecture_id: UUID, dependency_id: UUID) -> None:
    """Take a dependency of a lecture back, for good."""
    _delete(request, "lecture", lecture_id, dependency_id)


@routes.get("/study-sessions/{study_session_id}/dependencies")
def list_study_session_dependencies(
    request: Request, study_session_id: UUID, query: DependencyQuery
) -> Page[Dependency]:
    """List what a study session depends on; see the dependencies of assignments."""
    return _list(request, "study_session", study_session_id, query)


@routes.post(
    "/study-sessions/{study_session_id}/dependencies", status=201, exclusive="tasks", errors=ERRORS
)
def create_study_session_dependency(
    request: Request, study_session_id: UUID, body: NewDependency
) -> Dependency:
    """Let a study session depend on another item; see the dependencies of assignments."""
    return _create(request, "study_session", study_session_id, body)


@routes.delete("/study-sessions/{study_session_id}/dependencies/{dependency_id}")
def delete_study_session_dependency(
    request: Request, study_session_id: UUID, dependency_id: UUID
) -> None:
    """Take a dependency of a study session back, for good."""
    _delete(request, "study_session", study_session_id, dependency_id)


def _list(request: Request, kind: Kind, item_id: UUID, query: DependencyQuery) -> Page[Dependency]:
    statement = sql.list_dependents if query.dependents else sql.list_dependencies
    return request.db.page(Dependency, statement, query, kind=kind, item_id=item_id)


def _create(request: Request, kind: Kind, item_id: UUID, body: NewDependency) -> Dependency:
    on = body.depends_on
    named: dict[str, Any] = {"kind": kind, "item_id": item_id, "on_kind": on.kind, "on_id": on.id}
    row = request.db.rows(sql.create_dependency, id=uuid7(), type=body.type, **named)[0]
    if not row["item_open"]:
        raise Refusal("NOT_FOUND")
    if not row["on_open"]:
        raise Refusal("NOT_FOUND", "There is no such item to depend on.")
    if row["cycle"]:
        message = "Each of these items would wait for the next one, and the last for the first."
        raise Refusal("CONFLICT", message, details={"cycle": row["cycle"]})
    if row["known"]:
        raise Refusal("ALREADY_EXISTS", "It depends on that item already.")
    dependency = entity(Dependency, row)
    request.emit(DependencyCreated(dependency_id=dependency.id, dependency_type=body.type, **named))
    return dependency


def _delete(request: Request, kind: Kind, item_id: UUID, dependency_id: UUID) -> None:
    named: dict[str, Any] = {"kind": kind, "item_id": item_id}
    version = request.db.value(sql.delete_dependency, id=dependency_id, **named)
    if version is None:
        raise missing(request)
    request.emit(DependencyDeleted(dependency_id=dependency_id, entity_version=version, **named))

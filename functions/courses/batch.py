"""Several operations on courses in one request."""

import json
from collections.abc import Callable
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from functions.courses import courses, trash
from functions.courses.models import CoursePatch, CourseQuery, DeletionQuery, NewCourse
from shared.batch import BatchResult, Effect, each, listed, told
from shared.inputs import parse
from shared.models import Id, Model
from shared.request import Reply, Request
from shared.routing import Routes

routes = Routes("/courses", tag="courses", v1=True)

Action = Literal["create", "update", "delete", "restore", "list"]
BODIES: dict[Action, type[Model]] = {
    "create": NewCourse,
    "update": CoursePatch,
    "list": CourseQuery,
}
FUNCTIONS: dict[Action, Callable[..., Model | None]] = {
    "create": courses.create_course,
    "update": courses.update_course,
    "delete": trash.delete_course,
    "restore": trash.restore_course,
}
LIST = next(route for route in courses.routes.routes if route.handler is courses.list_courses)


class CourseOperation(Model):
    """One of several operations. `data` is the body that the action's own route takes, for `list`
    the parameters of the list; `version` stands for If-Match."""

    action: Action
    id: Id | None = None
    version: Annotated[int, Field(ge=1, le=2_000_000_000)] | None = None
    data: dict[str, Any] | None = None

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if (self.id is None) != (self.action in ("create", "list")):
            raise ValueError("create and list take no id, all others need one")
        if self.action in ("create", "update") and self.data is None:
            raise ValueError("create and update need data")
        if self.action in ("delete", "restore") and self.data is not None:
            raise ValueError("delete and restore take no data")
        return self


class CourseBatch(Model):
    """Operations on courses, in this order. `atomic`: all of them or none."""

    operations: Annotated[list[CourseOperation], Field(min_length=1, max_length=50)]
    atomic: bool = False


# An operation is a savepoint and its route's statement, and a rollback if refused.
@routes.post(
    "/batch",
    limit="course_creates",
    exclusive="courses",
    idempotency="required",
    statements=150,
    per_item=True,
    cost=lambda body: len(body.operations),
    errors=("COURSE_LIMIT_EXCEEDED", "TASK_LIMIT_EXCEEDED", "FORBIDDEN", "INVALID_CURSOR"),
)
def run_course_batch(request: Request, body: CourseBatch) -> Reply[BatchResult]:
    """Create, update, delete, restore and list courses in one transaction. Each operation counts
    as one request. A refused one leaves the others alone and makes the answer 207; with `atomic`
    it refuses the whole batch, and `details.index` names it."""
    return each(
        request,
        body.operations,
        lambda item: _operate(request, item),
        atomic=body.atomic,
        body_of=lambda item: BODIES.get(item.action),
    )


def _operate(request: Request, operation: CourseOperation) -> Effect:
    """Run the operation as its own route would."""
    request.db.parameters["if_match"] = operation.version
    if operation.action == "list":
        return listed(request, LIST, operation.data)
    arguments: list[Any] = [operation.id] if operation.id else []
    if operation.data is not None:
        text = json.dumps(operation.data).encode()
        arguments.append(parse(BODIES[operation.action], request.version, text))
    if operation.action == "delete":
        arguments.append(DeletionQuery())
    answer = FUNCTIONS[operation.action](request, *arguments)
    return told(request, answer, created=operation.action == "create")

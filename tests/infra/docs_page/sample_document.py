"""A realistic OpenAPI 3.1 document, made from models the way Campus makes its own."""

from datetime import UTC, datetime
from typing import Any

from pydantic.json_schema import models_json_schema

from tests.infra.docs_page.sample_models import MODELS

COURSE_ID = "01936f5e-7c00-7000-8000-000000000001"
TASK_ID = "01936f5e-7c00-7000-8000-000000000002"
Json = dict[str, Any]
ID = {"type": "string", "format": "uuid"}
KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "Makes a repeat of this call harmless for 24 hours.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255},
}


def _reference(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


def _error(code: str, message: str) -> Json:
    example = {
        "success": False,
        "error": {"code": code, "message": message, "details": {}},
        "requestId": "req_01",
        "timestamp": datetime(2026, 11, 20, 10, 30, tzinfo=UTC).isoformat(),
    }
    media = {"schema": _reference("ErrorEnvelope"), "examples": {code: {"value": example}}}
    return {"description": message, "content": {"application/json": media}}


def _envelope(name: str, *, many: bool) -> Json:
    data = {"type": "array", "items": _reference(name)} if many else _reference(name)
    properties: Json = {"data": data}
    if many:
        properties["pageInfo"] = {
            "type": "object",
            "properties": {
                "hasNextPage": {"type": "boolean"},
                "endCursor": {"type": ["string", "null"]},
            },
        }
    return {"type": "object", "properties": properties, "required": list(properties)}


def _operation(name: str, tag: str, text: str, **parts: Any) -> Json:
    status, model = parts.pop("answer", ("204", None))
    answer: Json = {"description": "Done"}
    if model:
        schema = _envelope(model, many=parts.pop("many", False))
        answer["content"] = {"application/json": {"schema": schema}}
    body = parts.pop("body", None)
    if body:
        content = {"application/json": {"schema": _reference(body)}}
        parts["requestBody"] = {"required": True, "content": content}
    responses = {
        status: answer,
        "401": _error("UNAUTHORIZED", "No valid token was sent"),
        "404": _error("NOT_FOUND", "There is no such thing"),
        "422": _error("VALIDATION_ERROR", "A field does not fit"),
    }
    summary, _, description = text.partition("\n")
    head = {"operationId": name, "tags": [tag], "summary": summary}
    return {**head, "description": description, "responses": responses, **parts}


def _path_parameter(name: str, example: str) -> Json:
    return {"name": name, "in": "path", "required": True, "schema": ID, "example": example}


def _query(name: str, schema: Json, text: str) -> Json:
    return {"name": name, "in": "query", "description": text, "schema": schema}


ERROR_CODES = [
    {
        "code": "NOT_FOUND",
        "status": 404,
        "meaning": "There is no such thing for this caller.",
        "remedy": "Check the id.",
        "retryable": False,
    }
]
LIST_PARAMETERS = [
    _query("limit", {"type": "integer", "minimum": 1, "maximum": 100, "default": 20}, "Page size."),
    _query("cursor", {"type": "string"}, "Where the last page ended."),
    _query(
        "status",
        {"type": "array", "items": {"type": "string", "enum": ["pending", "completed"]}},
        "Any of these.",
    )
    | {"explode": False},
    _query("sort", {"type": "string", "enum": ["dueAt", "-dueAt"], "default": "dueAt"}, "Order."),
    _query("q", {"type": "string"}, "Full-text search."),
]


def _course_paths(prefix: str) -> Json:
    one = [_path_parameter("courseId", COURSE_ID)]
    return {
        f"{prefix}/courses": {
            "get": _operation(
                "listCourses",
                "courses",
                "List courses\n\nNewest first, with counts of what they hold.",
                parameters=LIST_PARAMETERS[:2],
                answer=("200", "Course"),
                many=True,
            ),
            "post": _operation(
                "createCourse",
                "courses",
                "Create a course\n\nWith its first lecture and **16 weekly** occurrences.",
                parameters=[KEY],
                body="NewCourse",
                answer=("201", "Course"),
            ),
        },
        f"{prefix}/courses/{{courseId}}": {
            "parameters": one,
            "get": _operation("getCourse", "courses", "Get a course", answer=("200", "Course")),
            "delete": _operation(
                "deleteCourse",
                "courses",
                "Delete a course\n\n`dryRun=true` counts what would go with it:\n\n"
                "- assignments\n- lectures",
                parameters=[
                    {**KEY, "required": True},
                    _query("dryRun", {"type": "boolean", "default": False}, "Preview."),
                ],
            ),
        },
    }


def _task_paths(prefix: str) -> Json:
    one = [_path_parameter("assignmentId", TASK_ID)]
    verbs = {
        "complete": "Mark an assignment as done",
        "reopen": "Take the completion back",
        "restore": "Restore an assignment from the trash",
    }
    paths: Json = {
        f"{prefix}/tasks/assignments": {
            "get": _operation(
                "listAssignments",
                "tasks",
                "List assignments",
                parameters=LIST_PARAMETERS,
                answer=("200", "Assignment"),
                many=True,
            ),
            "post": _operation(
                "createAssignment",
                "tasks",
                "Create an assignment\n\nReminders default to the owner's preference.",
                parameters=[KEY],
                body="NewAssignment",
                answer=("201", "Assignment"),
            ),
        },
        f"{prefix}/tasks/assignments/{{assignmentId}}": {
            "parameters": one,
            "get": _operation(
                "getAssignment", "tasks", "Get an assignment", answer=("200", "Assignment")
            ),
        },
    }
    for verb, text in verbs.items():
        operation = _operation(f"{verb}Assignment", "tasks", text, answer=("200", "Assignment"))
        operation["deprecated"] = verb == "reopen"
        paths[f"{prefix}/tasks/assignments/{{assignmentId}}/{verb}"] = {
            "parameters": one,
            "post": operation,
        }
    return paths


def _open_paths(prefix: str) -> Json:
    return {
        f"{prefix}/auth/sign-in": {
            "post": _operation(
                "signIn",
                "users",
                "Sign in\n\nFive failures lock the account for 15 minutes.",
                body="SignIn",
                answer=("200", "Tokens"),
                security=[],
            )
        },
        "/health": {
            "get": _operation("getHealth", "health", "Tell whether all is well", security=[])
        },
    }


def document(version: str) -> Json:
    """The OpenAPI document of one version; v1 has fewer routes than v2."""
    prefix = f"/{version}"
    paths = {**_course_paths(prefix), **_open_paths(prefix)}
    if version == "v2":
        paths |= _task_paths(prefix)
    _, definitions = models_json_schema(
        [(model, "validation") for model in MODELS],
        ref_template="#/components/schemas/{model}",
    )
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Campus",
            "version": version,
            "description": "Plan **assignments**, lectures and study sessions.\n\n"
            "| plan | requests a minute |\n| --- | --- |\n| free | 100 |\n| premium | 1,000 |\n\n"
            "See the [versions](versions), not [this](javascript:alert(1)).",
        },
        "servers": [{"url": "/"}],
        "tags": [{"name": "tasks", "description": "What a student has to do."}],
        "paths": paths,
        "components": {
            "schemas": definitions["$defs"],
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
                "apiKey": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
            },
        },
        "security": [{"bearer": []}, {"apiKey": []}],
        "x-error-codes": ERROR_CODES,
    }

"""The OpenAPI 3.1 document of a version."""

from typing import Any

from infra.openapi.components import (
    HEADERS,
    PARAMETERS,
    SECURITY,
    envelope_schemas,
    error_responses,
)
from infra.openapi.errors import registry
from infra.openapi.operations import operation
from infra.openapi.parameters import spelled_path
from infra.openapi.routes import all_routes, operation_ids
from infra.openapi.schemas import Schemas
from shared.routing import Route
from shared.versions import LATEST, Version, versions

Json = dict[str, Any]
_TAGS = {
    "admin": "Operation of Campus, for its staff.",
    "auth": "Signing up and in.",
    "courses": "Courses, which study items belong to.",
    "devices": "Devices that take push messages.",
    "docs": "This documentation.",
    "health": "Whether Campus works.",
    "notifications": "What a user is told, and how.",
    "tasks": "Assignments, lectures and study sessions.",
    "users": "Accounts and profiles.",
    "versions": "Versions of this API.",
    "webhooks": "Calls from other companies' systems.",
}


def build(name: str) -> Json:
    """The document of a version, the same for the same code.

    Routes without a version are in the documents of all versions of the newest one's style: they
    answer in it.
    """
    version = versions()[name]
    everything = all_routes()
    ids = operation_ids(everything)
    routes = [route for route in everything if belongs(route, version)]
    schemas = Schemas(version, _taken(routes), _given(routes), _patches(routes))
    paths: Json = {}
    for route in sorted(routes, key=lambda route: spelled_path(route, version)):
        item = paths.setdefault(spelled_path(route, version), {})
        item[route.method.lower()] = operation(route, schemas, ids[route.method, route.path])
    responses, examples = error_responses(version, routes)
    return {
        "openapi": "3.1.0",
        "info": _info(version),
        "servers": [{"url": "/"}],
        "security": [{"bearer": []}, {"apiKey": []}],
        "tags": [_tag(tag) for tag in sorted({route.tag for route in routes})],
        "paths": paths,
        "components": {
            "schemas": {**envelope_schemas(version), **schemas.components},
            "responses": responses,
            "parameters": PARAMETERS,
            "examples": examples,
            "headers": HEADERS,
            "securitySchemes": SECURITY,
        },
        "x-error-codes": registry(version),
    }


def belongs(route: Route, version: Version) -> bool:
    """Whether a route is in the document of a version."""
    if route.versionless:
        return (version.envelope, version.snake_case) == (LATEST.envelope, LATEST.snake_case)
    return version.name in route.versions


def _taken(routes: list[Route]) -> list[Any]:
    return [route.body[1] for route in routes if route.body]


def _patches(routes: list[Route]) -> list[Any]:
    return [route.body[1] for route in routes if route.body and route.method in ("PATCH", "PUT")]


def _given(routes: list[Route]) -> list[Any]:
    return [route.result for route in routes if route.result]


def _tag(name: str) -> Json:
    return {"name": name, **({"description": _TAGS[name]} if name in _TAGS else {})}


def _info(version: Version) -> Json:
    lines = [
        "The backend of a study platform. Errors always have the same envelope; their codes are "
        "listed under `x-error-codes`. Before a function runs, the gateway itself may answer "
        "413, 429 or 503, without the envelope."
    ]
    if version.sunset_on:
        lines.append(
            f"This version is deprecated and will be answered with 410 from {version.sunset_on} "
            f"on. [How to move on](/versions/{version.name}/migration-guide)."
        )
    info: Json = {
        "title": "Campus",
        "version": f"{version.name[1:]}.0.0",
        "description": "\n\n".join(lines),
    }
    if version.deprecated_on:
        info["x-deprecated-on"] = version.deprecated_on.isoformat()
    if version.sunset_on:
        info["x-sunset-on"] = version.sunset_on.isoformat()
    return info

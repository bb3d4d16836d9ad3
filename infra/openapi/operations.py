"""One route as one operation of the document."""

import inspect
import re
from types import NoneType
from typing import Any, TypeVar, get_args, get_origin

from infra.openapi.components import enveloped, error_name
from infra.openapi.errors import codes, meta_example
from infra.openapi.parameters import header_parameters, path_parameters, query_parameters
from infra.openapi.samples import answer_sample, request_sample
from infra.openapi.schemas import Schemas
from shared.request import Reply
from shared.routing import OLD_PATHS, Route
from shared.versions import Version

Json = dict[str, Any]
_PHRASES = {200: "OK", 201: "Created", 202: "Accepted", 204: "Done, no content", 207: "Per item"}
_CURSOR = "eyJrIjpbIjIwMjctMDEtMTUiXX0.c2lnbmF0dXJl"


def operation(route: Route, schemas: Schemas, operation_id: str) -> Json:
    """The operation of a route in the version of `schemas`."""
    version = schemas.version
    summary, description = _texts(route)
    found: Json = {
        "operationId": operation_id,
        "tags": [route.tag],
        "summary": summary,
        "description": description,
        "parameters": [
            *path_parameters(route, schemas),
            *query_parameters(route, schemas),
            *header_parameters(route),
        ],
        "requestBody": _body(route, schemas),
        "responses": {**_successes(route, schemas), **_failures(route, version)},
        "x-rate-limit": route.limit if route.limit != "none" else None,
        "x-roles": list(route.roles),
        "x-old-names": [OLD_PATHS + old.name for old in route.old],
        "deprecated": bool(version.deprecated_on and not route.versionless)
        or route.deprecated_on is not None,
    }
    found = {name: value for name, value in found.items() if value}
    if route.access != "user":
        found["security"] = []
    return found


def _texts(route: Route) -> tuple[str, str]:
    """Summary and description: the first sentence of the docstring, and the rest with the rules
    that follow from the declaration."""
    text = re.sub(r"(?<!\n)\n(?!\n)", " ", route.summary)
    summary, _, rest = re.sub(r"(?<=[.:])\s", "\n", text, count=1).partition("\n")
    notes = [rest.strip()]
    if route.access == "token":
        notes.append("The token in the path is the permission.")
    if route.access == "webhook":
        notes.append("Called by a provider, which signs the call.")
    if route.roles:
        notes.append(f"For the role {' or '.join(route.roles)}.")
    if route.critical:
        notes.append(
            "Critical: a person must have signed in within the last 5 minutes; an API key signs "
            "the request with `X-Signature`, `X-Timestamp` and `X-Nonce`."
        )
    return summary.rstrip(".:"), "\n\n".join(note for note in notes if note)


def _body(route: Route, schemas: Schemas) -> Json | None:
    if route.body is None:
        return {"content": {"*/*": {}}, "required": True} if route.raw_body else None
    model = route.body[1]
    schema = schemas.reference(model, "validation")
    content: Json = {"schema": schema, "example": request_sample(schemas, model)}
    kinds = ["application/json"]
    if route.method == "PATCH":
        kinds.append("application/merge-patch+json")
    required = bool(schemas.resolved(schema).get("required")) or route.method != "POST"
    return {"required": required, "content": dict.fromkeys(kinds, content)}


def _successes(route: Route, schemas: Schemas) -> Json:
    """The statuses of success: where a route may return None, that is 204."""
    told = _told(route)
    statuses = [route.status]
    if route.result is None and Reply not in told and route.status == 200:
        statuses = [204]
    elif NoneType in told:
        statuses.append(204)
    if route.per_item:
        statuses.append(207)
    answers = {str(status): _success(route, schemas, status, told) for status in statuses}
    if route.method == "GET" and (route.result is not None or Reply in told):
        answers["304"] = {"description": "Not changed: If-None-Match names this answer's ETag."}
    return answers


def _success(route: Route, schemas: Schemas, status: int, told: set[Any]) -> Json:
    found: Json = {
        "description": _PHRASES.get(status, "OK"),
        "headers": _headers(route, schemas.version, status),
    }
    if status == 204:
        return found
    if route.result is not None:
        found["content"] = {"application/json": _content(route, schemas)}
    elif Reply in told:
        found["content"] = {"*/*": {}}
    return found


def _told(route: Route) -> set[Any]:
    """What the function says that it returns: models, Reply (maybe not JSON), NoneType."""
    annotation = inspect.signature(route.handler, eval_str=True).return_annotation
    parts = [annotation, *get_args(annotation)]
    return {get_origin(part) or part for part in parts if not isinstance(part, TypeVar)}


def _headers(route: Route, version: Version, status: int) -> Json:
    names = ["X-API-Version", "X-Request-Id"]
    if route.limit != "none":
        names.append("RateLimit")
    if route.result is not None and status != 204:
        names.append("ETag")
    if status == 201:
        names.append("Location")
    if route.writes and route.idempotency != "ignored":
        names.append("Idempotency-Replayed")
    if version.deprecated_on and not route.versionless:
        names += ["Deprecation", "Link", "Sunset"]
    return {name: {"$ref": f"#/components/headers/{name}"} for name in sorted(names)}


def _content(route: Route, schemas: Schemas) -> Json:
    if route.result is None:
        raise TypeError("only routes with a result have content")
    version, page = schemas.version, route.result_is_page
    schema = enveloped(version, schemas.reference(route.result, "serialization"), page=page)
    data = answer_sample(version, route.result)
    return {"schema": schema, "example": _enveloped_example(version, data, page)}


def _enveloped_example(version: Version, data: Any, page: bool) -> Json:
    if version.envelope == "v2":
        if not page:
            return {"data": data}
        return {"data": [data], "pageInfo": {"hasNextPage": True, "endCursor": _CURSOR}}
    pagination = {
        "page": 1,
        "page_size": 20,
        "total": 21,
        "total_pages": 2,
        "has_next_page": True,
        "has_previous_page": False,
    }
    meta = {"meta": meta_example(version)}
    if page:
        return {"success": True, "data": [data], "pagination": pagination, **meta}
    return {"success": True, "data": data, **meta}


def _failures(route: Route, version: Version) -> Json:
    return {
        str(status): {"$ref": f"#/components/responses/{error_name(status, found)}"}
        for status, found in codes(route, version).items()
    }

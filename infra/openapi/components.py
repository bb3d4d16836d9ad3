"""What all operations share: envelopes, headers, parameters, errors, security."""

from typing import Any

from infra.openapi.errors import codes, error_example
from shared.errors import ERRORS
from shared.routing import Route
from shared.versions import Version

Json = dict[str, Any]
TEXT: Json = {"type": "string"}
TIME: Json = {"type": "string", "format": "date-time"}


def envelope_schemas(version: Version) -> Json:
    """Errors, page information, and v1's `meta` and `pagination`."""
    found: Json = {
        "Error": _object(
            success={"const": False},
            error=_object(
                code={"type": "string", "enum": sorted(ERRORS)},
                message={**TEXT, "description": "For developers; may change at any time."},
                details={"type": "object"},
            ),
            requestId=TEXT,
            timestamp=TIME,
        ),
        "Problem": _object(
            type={"type": "string", "format": "uri-reference"},
            title=TEXT,
            status={"type": "integer"},
            detail=TEXT,
            instance=TEXT,
            code={"type": "string", "enum": sorted(ERRORS)},
            details={"type": "object"},
            requestId=TEXT,
            timestamp=TIME,
        ),
    }
    if version.envelope == "v2":
        end = {"type": ["string", "null"], "description": "`cursor` of the next page."}
        found["PageInfo"] = _object(hasNextPage={"type": "boolean"}, endCursor=end)
        return found
    count: Json = {"type": "integer", "minimum": 0}
    found["Meta"] = _object(timestamp=TIME, version={"const": version.name}, request_id=TEXT)
    found["Pagination"] = _object(
        page={"type": "integer", "minimum": 1},
        page_size={"type": "integer", "minimum": 1},
        total=count,
        total_pages=count,
        has_next_page={"type": "boolean"},
        has_previous_page={"type": "boolean"},
    )
    found["Error"]["properties"]["meta"] = {"$ref": "#/components/schemas/Meta"}
    found["Error"]["required"].append("meta")
    return found


def enveloped(version: Version, data: Json, *, page: bool) -> Json:
    """The schema of an answer around its data."""
    content: Json = {"type": "array", "items": data} if page else data
    if version.envelope == "v1":
        extra: Json = {"pagination": {"$ref": "#/components/schemas/Pagination"}} if page else {}
        meta = {"$ref": "#/components/schemas/Meta"}
        return _object(success={"const": True}, data=content, **extra, meta=meta)
    extra = {"pageInfo": {"$ref": "#/components/schemas/PageInfo"}} if page else {}
    return _object(data=content, **extra)


def _object(**properties: Json) -> Json:
    return {"type": "object", "properties": properties, "required": list(properties)}


def error_responses(version: Version, routes: list[Route]) -> tuple[Json, Json]:
    """components.responses for each set of errors that some route has, and their examples."""
    responses: Json = {}
    used: set[str] = set()
    for route in routes:
        for status, found in codes(route, version).items():
            used |= set(found)
            responses[error_name(status, found)] = _error_response(found)
    examples = {
        code: {"summary": ERRORS[code].meaning, "value": error_example(code, version)}
        for code in sorted(used)
    }
    return dict(sorted(responses.items())), examples


def error_name(status: int, found: list[str]) -> str:
    """The name of the response that stands for some codes of one status."""
    return f"{status}-{'.'.join(found)}"


def _error_response(found: list[str]) -> Json:
    lines = [f"`{code}`: {ERRORS[code].meaning}" for code in found]
    examples = {code: {"$ref": f"#/components/examples/{code}"} for code in found}
    headers = {"X-Request-Id": _header("X-Request-Id")}
    if ERRORS[found[0]].status in (429, 503):
        headers["Retry-After"] = _header("Retry-After")
    return {
        "description": "\n\n".join(lines),
        "headers": headers,
        "content": {
            "application/json": {
                "schema": {"$ref": "#/components/schemas/Error"},
                "examples": examples,
            },
            "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}},
        },
    }


def _header(name: str) -> Json:
    return {"$ref": f"#/components/headers/{name}"}


def _described(text: str, **schema: Any) -> Json:
    return {"description": text, "schema": {"type": "string", **schema}}


HEADERS: Json = {
    "Deprecation": _described("Since when this version is deprecated (RFC 9745).", pattern="^@"),
    "ETag": _described("The version of the answer, for If-Match and If-None-Match."),
    "Idempotency-Replayed": _described("`true` when this is the first answer again."),
    "Link": _described("The migration guide and the successor of this path."),
    "Location": _described("Where the new record is.", format="uri-reference"),
    "RateLimit": _described("What is left of the limit (IETF draft)."),
    "Retry-After": _described("Seconds to wait before trying again."),
    "Sunset": _described("When this version ends (RFC 8594)."),
    "X-API-Version": _described("The version that answered."),
    "X-Request-Id": _described("The id of this request in our logs and events."),
}
PARAMETERS: Json = {
    "IdempotencyKey": {
        "name": "Idempotency-Key",
        "in": "header",
        "description": "Makes a repeat of this call harmless for 24 hours.",
        "schema": {"type": "string", "minLength": 1, "maxLength": 255},
        "example": "4a1c5f0e-0a52-4a53-9a0b-0f4c3f1d2e6b",
    },
    "IfMatch": {
        "name": "If-Match",
        "in": "header",
        "description": "Change only the version that this ETag names; 412 otherwise.",
        "schema": {"type": "string"},
    },
    "IfNoneMatch": {
        "name": "If-None-Match",
        "in": "header",
        "description": "Answer 304 when the ETag still holds.",
        "schema": {"type": "string"},
    },
    "ClientVersion": {
        "name": "X-Client-Version",
        "in": "header",
        "description": "Platform and release of the client, such as `ios/2.1`.",
        "schema": {"type": "string"},
    },
}
PARAMETERS["IdempotencyKeyRequired"] = {**PARAMETERS["IdempotencyKey"], "required": True}
SECURITY: Json = {
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "An access token, from `sign-in`. It lasts 15 minutes.",
    },
    "apiKey": {
        "type": "apiKey",
        "in": "header",
        "name": "X-API-Key",
        "description": "An API key of a user. Critical operations must be signed with its secret.",
    },
}

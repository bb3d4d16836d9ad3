"""Which errors a route can answer with, and how they look."""

from typing import Any

from shared.errors import ERRORS
from shared.models import ListQuery
from shared.routing import Route
from shared.versions import LATEST, Version, versions

Json = dict[str, Any]
REQUEST_ID = "req_01936f5e7c00700080000000000000aa"
TIME = "2026-11-20T10:30:00Z"
_DETAILS: dict[str, Json] = {
    "CLIENT_UPGRADE_REQUIRED": {"minimumVersion": "2.1"},
    "PAYLOAD_TOO_LARGE": {"maxSize": 1048576},
    "COURSE_LIMIT_EXCEEDED": {"limit": 3, "used": 3},
    "TASK_LIMIT_EXCEEDED": {"limit": 15, "used": 15, "resetsAt": "2026-12-01T08:00:00Z"},
    "ACCOUNT_SUSPENDED": {"suspendedUntil": "2026-12-01T08:00:00Z"},
    "VERSION_SUNSET": {
        "migrationGuide": "/versions/v1/migration-guide",
        "latestVersion": LATEST.name,
    },
    "UNSUPPORTED_VERSION": {
        "supportedVersions": list(versions()),
        "latestVersion": LATEST.name,
    },
    "VALIDATION_ERROR": {
        "errors": [
            {
                "pointer": "/title",
                "in": "body",
                "code": "string_too_short",
                "message": "String should have at least 1 character",
            }
        ]
    },
}


def codes(route: Route, version: Version) -> dict[int, list[str]]:
    """Status to the codes that a route can answer with, both sorted."""
    # If-Match is read on every route, and refused where it is not one of our ETags.
    found = {"CLIENT_UPGRADE_REQUIRED", "INTERNAL_ERROR", "PRECONDITION_FAILED", *route.errors}
    found |= _of_caller(route) | _of_inputs(route) | _of_database(route)
    if version.sunset_on and not route.versionless:
        found.add("VERSION_SUNSET")
    if route.limit != "none":
        found.add("RATE_LIMIT_EXCEEDED")
    if route.limit == "auth":
        found.add("EXTERNAL_SERVICE_ERROR")  # the user pool is behind all of them
    by_status: dict[int, list[str]] = {}
    for code in sorted(found):
        by_status.setdefault(status_of(code, version), []).append(code)
    return dict(sorted(by_status.items()))


def status_of(code: str, version: Version) -> int:
    """The status of a code in a version."""
    return version.invalid_status if code == "VALIDATION_ERROR" else ERRORS[code].status


def _of_caller(route: Route) -> set[str]:
    if route.access == "webhook":
        return {"UNAUTHORIZED"}
    if route.access == "token":
        return {"NOT_FOUND", "GONE"}
    found = {"TOKEN_EXPIRED", "INVALID_TOKEN", "SERVICE_UNAVAILABLE"}
    if route.access == "user":
        found |= {"UNAUTHORIZED", "FORBIDDEN", "ACCOUNT_SUSPENDED"}
    if route.critical:
        found.add("REAUTHENTICATION_REQUIRED")
    return found


def _of_inputs(route: Route) -> set[str]:
    found: set[str] = set()
    if route.parameters:
        found.add("NOT_FOUND")
    if route.body or route.raw_body:
        found |= {"PAYLOAD_TOO_LARGE", "MALFORMED_JSON", "VALIDATION_ERROR"}
    if route.body:
        found.add("UNSUPPORTED_MEDIA_TYPE")
    if route.query:
        found.add("VALIDATION_ERROR")
        if issubclass(route.query[1], ListQuery):
            found |= {"INVALID_CURSOR", "PAYLOAD_TOO_LARGE"}
    if route.writes and route.idempotency != "ignored":
        found |= {"INVALID_REQUEST", "IDEMPOTENCY_KEY_REUSED", "CONFLICT"}
        if route.idempotency == "required":
            found.add("IDEMPOTENCY_KEY_REQUIRED")
    return found


def _of_database(route: Route) -> set[str]:
    if route.database is None:
        return set()
    found = {"DATABASE_UNAVAILABLE", "SERVICE_UNAVAILABLE"}
    if route.writes:
        found |= {"ALREADY_EXISTS", "CONFLICT", "NOT_FOUND", "VALIDATION_ERROR"}
    return found


def error_example(code: str, version: Version) -> Json:
    """The envelope of an error, as the server writes it."""
    envelope: Json = {
        "success": False,
        "error": {
            "code": code,
            "message": ERRORS[code].meaning,
            "details": _DETAILS.get(code, {}),
        },
        "requestId": REQUEST_ID,
        "timestamp": TIME,
    }
    if version.envelope == "v1":
        envelope["meta"] = meta_example(version)
    return envelope


def meta_example(version: Version) -> Json:
    """v1's `meta`."""
    return {"timestamp": TIME, "version": version.name, "request_id": REQUEST_ID}


def registry(version: Version) -> list[Json]:
    """The error registry, for `x-error-codes`."""
    return [
        {
            "code": error.code,
            "status": status_of(error.code, version),
            "meaning": error.meaning,
            "remedy": error.remedy,
            "retryable": error.retryable,
        }
        for error in ERRORS.values()
    ]

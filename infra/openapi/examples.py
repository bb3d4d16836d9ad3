"""Examples: values that fit a schema, the same in every run, sensible where a name says more."""

import re
from collections.abc import Callable
from typing import Any

Json = dict[str, Any]
Resolve = Callable[[Json], Json]

NAMED: dict[str, Any] = {
    "about_course": "From the difference engine to the first program.",
    "action_url": "/v2/courses",
    "access_token": "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhZGEifQ.c2lnbmF0dXJl",
    "bio": "Writes programs for machines that do not exist yet.",
    "body": "Your essay is due tomorrow.",
    "code": "CS 101",
    "color": "#336699",
    "completed": "true",
    "correlation_id": "req_01936f5e7c00700080000000000000aa",
    "country": "GB",
    "course_code": "CS 101",
    "course_name": "History of computing",
    "cursor": "eyJrIjpbIjIwMjYtMTEtMjAiXX0.c2lnbmF0dXJl",
    "current_password": "Difference-Engine-1822",
    "description": "Five pages on the analytical engine.",
    "email": "ada@example.com",
    "end": "2027-01-15T11:30:00Z",
    "end_time": "2027-01-15T11:30:00Z",
    "first_name": "Ada",
    "ip_address": "203.0.113.7",
    "key": "campus_3kTMd_9mJ3qv7WvZ0h1nSg",
    "language": "en",
    "last_name": "Lovelace",
    "lecture_name": "Turing machines",
    "locale": "en-GB",
    "location": "Room 4.12",
    "name": "My laptop",
    "new_password": "Analytical-Engine-1843",
    "password": "Analytical-Engine-1843",
    "platform": "ios",
    "program": "Mathematics",
    "provider": "revenuecat",
    "q": "engine",
    "reason": "Asked for by the user.",
    "recurrence": "FREQ=WEEKLY;COUNT=16",
    "recurring_pattern": "weekly",
    "refresh_token": "eyJjdHkiOiJKV1QifQ.cmVmcmVzaA.c2lnbmF0dXJl",
    "request_id": "req_01936f5e7c00700080000000000000aa",
    "start": "2027-01-15T10:00:00Z",
    "start_time": "2027-01-15T10:00:00Z",
    "start_local": "2027-01-15T10:00:00",
    "submission_link": "https://example.com/essay.pdf",
    "submission_url": "https://example.com/essay.pdf",
    "tags": ["history"],
    "timezone": "Europe/Berlin",
    "title": "Essay on the analytical engine",
    "topic": "Bernoulli numbers",
    "university": "University of London",
    "username": "ada.lovelace",
    "venue": "Room 4.12",
    "workflow": "course_deleted",
}
FORMATS = {
    "date-time": "2027-01-15T10:00:00Z",
    "date-time-local": "2027-01-15T10:00:00",
    "date": "2027-01-15",
    "time": "08:00:00",
    "uuid": "01936f5e-7c00-7000-8000-000000000001",
    "email": "ada@example.com",
    "uri": "https://example.com/",
}
CANDIDATES = (
    "text",
    "https://example.com/",
    "123456",
    "08:00",
    "tasks:read",
    "#336699",
    "ada.lovelace",
    "en",
    "en-GB",
    "FREQ=WEEKLY;COUNT=16",
    "01936f5e-7c00-7000-8000-000000000001",
    "ExponentPushToken[3kTMd9mJ3qv7WvZ0h1nSga]",
    "a.b",
    "GB",
    "0" * 64,
)
DEEPEST = 6


def example(schema: Json, resolve: Resolve, name: str = "", depth: int = 0) -> Any:
    """A value that the schema accepts; `name` is the field's, in any spelling."""
    found = resolve(schema)
    if found.get("examples"):
        return found["examples"][0]
    if "const" in found:
        return found["const"]
    for choices in ("anyOf", "oneOf"):
        if choices in found:
            some = [part for part in found[choices] if resolve(part).get("type") != "null"]
            return example(some[0], resolve, name, depth) if some else None
    known = NAMED.get(snake(name))
    if known is not None and fits(known, found):
        return known
    if "enum" in found:
        return found["enum"][0]
    return _typed(found, resolve, name, depth)


def snake(name: str) -> str:
    """A name in snake_case, whatever its spelling."""
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)


def fits(value: Any, schema: Json) -> bool:
    """Whether a text or a list of texts keeps the schema's own limits."""
    if isinstance(value, list):
        return schema.get("type") == "array" and all(
            fits(item, schema.get("items", {})) for item in value
        )
    if schema.get("type") != "string":
        return False
    if "enum" in schema:
        return value in schema["enum"]
    if not schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", len(value)):
        return False
    return re.search(schema.get("pattern", ""), value) is not None


def _typed(schema: Json, resolve: Resolve, name: str, depth: int) -> Any:
    kind = schema.get("type")
    if kind == "string":
        return _text(schema)
    if kind in ("integer", "number"):
        return _number(schema)
    if kind == "boolean":
        return bool(schema.get("default", False))
    if kind == "array":
        return _list(schema, resolve, name, depth)
    if kind == "object":
        return _object(schema, resolve, depth)
    return None


def _text(schema: Json) -> str:
    if schema.get("format") in FORMATS:
        return FORMATS[schema["format"]]
    if schema.get("default") and fits(schema["default"], schema):
        return schema["default"]
    for candidate in CANDIDATES:
        if fits(candidate, schema):
            return candidate
    filler = "text" * (schema.get("minLength", 4) // 4 + 1)
    return filler[: schema.get("maxLength", len(filler))]


def _number(schema: Json) -> float:
    wanted = schema.get("default") or 1
    low = schema.get("minimum", schema.get("exclusiveMinimum", wanted - 1) + 1)
    return min(max(wanted, low), schema.get("maximum", max(wanted, low)))


def _list(schema: Json, resolve: Resolve, name: str, depth: int) -> list[Any]:
    if depth > DEEPEST or schema.get("maxItems") == 0:
        return []
    one = example(schema.get("items", {}), resolve, name.removesuffix("s"), depth + 1)
    return [one] * max(1, schema.get("minItems", 1)) if one is not None else []


def _object(schema: Json, resolve: Resolve, depth: int) -> Json:
    if depth > DEEPEST:
        return {}
    return {
        name: example(inner, resolve, name, depth + 1)
        for name, inner in schema.get("properties", {}).items()
    }

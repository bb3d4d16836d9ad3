"""What v1's clients were promised: the published document, and bodies that keep to it."""

import json
from typing import Any

from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from infra.openapi.__main__ import FROZEN
from infra.openapi.examples import NAMED
from shared.routing import Route
from tests.proofs.routes import every_route

Json = dict[str, Any]
DOCUMENT: Json = json.loads((FROZEN / "v1.json").read_text(encoding="utf-8"))
_FORMATS: dict[str, st.SearchStrategy[str]] = {
    "uuid": st.uuids().map(str),
    "date": st.dates().map(str),
    "email": st.sampled_from(["ada@example.com", "a.b+c@mail.example.org"]),
    "date-time": st.sampled_from(
        ["2027-01-15T10:00:00Z", "2027-03-28T02:30:00.5+02:00", "2031-12-31T23:59:59-11:00"]
    ),
}
# Forms that the published document does not tell of.
_FORMS: dict[str, list[str]] = {
    "end": ["2027-01-15T11:30:00Z", "2027-01-15T13:00:00+02:00"],
    "end_time": ["2027-01-15T11:30:00Z", "2027-01-15T13:00:00+02:00"],
    "recurring_pattern": ["none", "daily", "weekly", "bi-weekly"],
    "timezone": ["UTC", "Europe/Berlin"],
}


def promised() -> list[Route]:
    """The routes that v1 was published with."""
    return [
        route
        for _, version, route in every_route()
        if version == "v1" and route.method.lower() in DOCUMENT["paths"].get(f"/v1{route.path}", {})
    ]


def operation(route: Route) -> Json:
    """What was published about a route."""
    return DOCUMENT["paths"][f"/v1{route.path}"][route.method.lower()]


def body_schema(route: Route) -> Json:
    """The schema of a route's request."""
    return resolved(operation(route)["requestBody"]["content"]["application/json"]["schema"])


def answer_schema(route: Route) -> Json:
    """The schema of a route's answer, envelope and all."""
    responses = operation(route)["responses"]
    answer = next(found for status, found in responses.items() if status.startswith("2"))
    return answer["content"]["application/json"]["schema"]


def data_schema(route: Route) -> Json:
    """The schema of the thing in an answer, or of the things of a page."""
    data = resolved(answer_schema(route))["properties"]["data"]
    return resolved(data["items"] if data.get("type") == "array" else data)


def parameters(route: Route) -> dict[str, Json]:
    """The schemas of a route's query parameters by name."""
    found = [item for item in operation(route)["parameters"] if item.get("in") == "query"]
    return {item["name"]: item["schema"] for item in found}


def resolved(schema: Json) -> Json:
    """A schema behind its references."""
    while "$ref" in schema:
        schema = DOCUMENT["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    return schema


def validator(schema: Json) -> Draft202012Validator:
    """Checks a document, formats included. Fields that are not named are no fault."""
    whole = {**schema, "components": DOCUMENT["components"]}
    return Draft202012Validator(whole, format_checker=Draft202012Validator.FORMAT_CHECKER)


def knows(schema: Json, pointer: str) -> bool:
    """Whether a JSON pointer leads to something that a schema tells of."""
    places = [schema]
    for part in pointer.split("/")[1:]:
        inner = [found for place in places for found in _inside(place, part)]
        if not inner:
            return False
        places = inner
    return True


def _inside(schema: Json, part: str) -> list[Json]:
    schema = resolved(schema)
    found = [inner for choice in schema.get("anyOf", []) for inner in _inside(choice, part)]
    if part in schema.get("properties", {}):
        found.append(schema["properties"][part])
    if part.isdigit() and "items" in schema:
        found.append(schema["items"])
    if schema.get("additionalProperties") is True:
        found.append({"additionalProperties": True})
    return found


def required(schema: Json, field: str) -> bool:
    """Whether an object cannot be without a field."""
    schema = resolved(schema)
    choices = [resolved(choice) for choice in schema.get("anyOf", [schema])]
    return any(field in choice.get("required", ()) for choice in choices)


def bodies(schema: Json, name: str = "") -> st.SearchStrategy[Any]:
    """Documents that keep to a schema; `name` is the field that they are for."""
    schema = resolved(schema)
    if "const" in schema:
        return st.just(schema["const"])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if "anyOf" in schema:
        return st.one_of(*(bodies(choice, name) for choice in schema["anyOf"]))
    match schema.get("type"):
        case "object":
            return _objects(schema)
        case "array":
            inner = bodies(schema["items"], name.removesuffix("s"))
            return st.lists(inner, min_size=schema.get("minItems", 0), max_size=3)
        case "integer":
            return st.integers(schema.get("minimum", -9), schema.get("maximum", 9))
        case "number":
            return st.floats(schema.get("minimum", -9), schema.get("maximum", 9))
        case "boolean":
            return st.booleans()
        case "null":
            return st.none()
        case _:
            return _texts(schema, name)


def _objects(schema: Json) -> st.SearchStrategy[Json]:
    fields = schema.get("properties", {})
    if not fields:
        return st.just({})
    made = {name: bodies(inner, name) for name, inner in fields.items()}
    required = set(schema.get("required", ()))
    optional = {name: inner for name, inner in made.items() if name not in required}
    return st.fixed_dictionaries({name: made[name] for name in required}, optional=optional)


def _texts(schema: Json, name: str) -> st.SearchStrategy[str]:
    if "format" in schema:
        return _FORMATS[schema["format"]]
    if "pattern" in schema:
        some = st.from_regex(schema["pattern"], fullmatch=True)
        return some.filter(lambda text: len(text) <= schema.get("maxLength", len(text)))
    likely = [text for text in (*_FORMS.get(name, ()), NAMED.get(name)) if isinstance(text, str)]
    longest = min(schema.get("maxLength", 20), 40)
    anything = st.text(min_size=schema.get("minLength", 0), max_size=longest)
    fitting = [text for text in likely if len(text) <= schema.get("maxLength", len(text))]
    return st.sampled_from(fitting) | anything if fitting else anything

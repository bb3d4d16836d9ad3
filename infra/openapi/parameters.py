"""Parameters of an operation: path, query string, headers."""

from typing import Any

from pydantic.alias_generators import to_camel

from infra.openapi.examples import example
from infra.openapi.schemas import Schemas
from shared.models import ListQuery
from shared.routing import Route, variable
from shared.sql import Queries, Statement
from shared.versions import Version

Json = dict[str, Any]
_TOLD = {
    "limit": "How many items a page has.",
    "cursor": "Where the last page ended: its `pageInfo.endCursor`.",
    "sort": "What to sort by; `-` before it for descending.",
    "include": "Related data to answer with, with commas between.",
    "fields": "Only these fields of each item (and its id), with commas between.",
    "q": "Words to search for.",
    "page": "Number of the page, from 1.",
    "page_size": "How many items a page has; `pageSize` and `limit` mean the same.",
    "offset": "How many items to skip, in place of `page`.",
}
_OFFSET_PAGING: Json = {
    "page": {"type": "integer", "minimum": 1, "maximum": 10_000, "default": 1},
    "page_size": {"type": "integer", "minimum": 1, "maximum": 100, "default": 20},
    "offset": {"type": "integer", "minimum": 0, "maximum": 1_000_000},
}


def spelled(version: Version, name: str) -> str:
    """A parameter's name in a version."""
    return name if version.snake_case else to_camel(name)


def spelled_path(route: Route, version: Version) -> str:
    """The whole path of a route in a version."""
    parts = [
        _spelled_part(version, part) if part.startswith("{") else part
        for part in route.path.split("/")
    ]
    prefix = "" if route.versionless else f"/{version.name}"
    return prefix + "/".join(parts)


def _spelled_part(version: Version, part: str) -> str:
    name, ending = variable(part)
    return f"{{{spelled(version, name)}}}{ending}"


def path_parameters(route: Route, schemas: Schemas) -> list[Json]:
    """In the order of the path."""
    found: list[Json] = []
    for part in route.path.split("/"):
        if part.startswith("{"):
            name = variable(part)[0]
            schema = schemas.of_type(route.parameters[name])
            sample = example(schema, schemas.resolved, name)
            place = {"name": spelled(schemas.version, name), "in": "path", "required": True}
            found.append({**place, "schema": schema, "example": sample})
    return found


def query_parameters(route: Route, schemas: Schemas) -> list[Json]:
    """The fields of the query model; lists take several values with commas between."""
    if route.query is None:
        return []
    model = route.query[1]
    schema = schemas.parameters(model)
    properties: Json = dict(schema.get("properties", {}))
    if "include" in properties and not schemas.version.snake_case:
        properties["include"] = _camel(properties["include"])
    if issubclass(model, ListQuery):
        if sorts := _sorts(route, schemas.version):
            properties["sort"] = {"type": "string", "enum": sorts}
        if schemas.version.offset_paging:
            properties.pop("cursor", None)
            properties |= _OFFSET_PAGING
    required = schema.get("required", [])
    return [_query(name, inner, name in required) for name, inner in properties.items()]


def _camel(schema: Any) -> Any:
    """A schema whose choices are names of fields."""
    if isinstance(schema, list):
        return [_camel(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        name: to_camel(value)
        if name == "const"
        else [to_camel(choice) for choice in value]
        if name == "enum"
        else _camel(value)
        for name, value in schema.items()
    }


def _query(name: str, schema: Json, required: bool) -> Json:
    plain = _without_null(schema)
    described = plain.pop("description", None) or _TOLD.get(name)
    found: Json = {"name": name, "in": "query", "required": required, "schema": plain}
    if described:
        found["description"] = described
    if plain.get("type") == "array":
        found |= {"style": "form", "explode": False}
    return found


def _without_null(schema: Json) -> Json:
    """A parameter that is absent is not sent as null."""
    some = [part for part in schema.get("anyOf", []) if part.get("type") != "null"]
    if len(some) == 1:
        rest = {name: value for name, value in schema.items() if name != "anyOf"}
        schema = {**some[0], **rest}
    return {name: value for name, value in schema.items() if (name, value) != ("default", None)}


def _sorts(route: Route, version: Version) -> list[str]:
    """What the list statement that the route names can be sorted by, up and down."""
    sql: Any = route.handler.__globals__.get("sql")
    if not isinstance(sql, Queries):
        return []
    named = {statement.name: statement for statement in sql if statement.sorts}
    found: list[Statement] = [
        named[name] for name in route.handler.__code__.co_names if name in named
    ]
    keys = sorted({key for statement in found for key in statement.sorts})
    return [sign + spelled(version, key) for key in keys for sign in ("", "-")]


def header_parameters(route: Route) -> list[Json]:
    """What headers a route heeds besides the credentials."""
    names: list[str] = []
    if route.writes and route.idempotency != "ignored":
        required = route.idempotency == "required"
        names.append("IdempotencyKeyRequired" if required else "IdempotencyKey")
    if route.writes and route.parameters:
        names.append("IfMatch")
    if route.method == "GET" and route.result is not None:
        names.append("IfNoneMatch")
    names.append("ClientVersion")
    return [{"$ref": f"#/components/parameters/{name}"} for name in names]

"""The contract of each event as JSON Schema, with a sample that keeps it."""

import importlib
import pkgutil
from datetime import UTC, datetime
from functools import cache
from typing import Any
from uuid import UUID

import orjson

import events
from infra.openapi.examples import example
from infra.openapi.schemas import tidy
from shared.facts import CONTRACTS, Event, envelope

Json = dict[str, Any]
EVENT_ID = UUID("01936f5e-7c00-7000-8000-0000000000e1")
USER_ID = UUID("01936f5e-7c00-7000-8000-0000000000a1")
REQUEST_ID = "req_01936f5e7c00700080000000000000aa"
TIME = datetime(2026, 11, 20, 10, 30, tzinfo=UTC)
_OPERATIONS = {"cleanup": "cleanup", "health": "health", "dead_letter": "admin"}
_TEXT: Json = {"type": "string"}
_UUID: Json = {"type": "string", "format": "uuid"}


@cache
def contracts() -> dict[str, type[Event]]:
    """Every event that a module of `events` defines, sorted by type."""
    for module in pkgutil.iter_modules(events.__path__):
        importlib.import_module(f"events.{module.name}")
    return {
        name: contract
        for name, contract in sorted(CONTRACTS.items())
        if contract.__module__.startswith("events.")
    }


def file_name(contract: type[Event]) -> str:
    """`assignment.completed.v1.json`"""
    return f"{contract.type}.v{contract.schema_version}.json"


def schema(contract: type[Event]) -> Json:
    """The JSON Schema of what travels on the bus for an event."""
    data = tidy(contract.model().model_json_schema(by_alias=True, mode="serialization"))
    data["properties"].pop("entityVersion", None)
    data.pop("description", None)
    definitions = data.pop("$defs", {})
    properties = _properties(contract, data)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": contract.type,
        "description": contract.__doc__,
        "type": "object",
        "properties": properties,
        "required": list(properties),
        **({"$defs": definitions} if definitions else {}),
    }


def _properties(contract: type[Event], data: Json) -> Json:
    return {
        "id": _UUID,
        "type": {"const": contract.type},
        "version": {"const": contract.schema_version},
        "source": {"type": "string", "pattern": r"^campus\.[a-z]+$"},
        "occurredAt": {"type": "string", "format": "date-time"},
        "actor": _object(
            type={"enum": ["user", "api_key", "system", "provider"]},
            id=_nullable(_TEXT),
            onBehalfOf=_nullable(_UUID),
        ),
        "userId": _nullable(_UUID),
        "organizationId": _nullable(_UUID),
        "entity": _object(
            type={"const": contract.entity}, id=_TEXT, version={"type": "integer", "minimum": 1}
        ),
        "audience": {"const": contract.audience},
        "correlationId": _TEXT,
        "causationId": _nullable(_UUID),
        "requestId": _nullable(_TEXT),
        "traceId": _nullable(_TEXT),
        "apiVersion": _nullable(_TEXT),
        "data": data,
    }


def _object(**properties: Json) -> Json:
    return {"type": "object", "properties": properties, "required": list(properties)}


def _nullable(schema: Json) -> Json:
    return {"anyOf": [schema, {"type": "null"}]}


def sample(contract: type[Event]) -> Json:
    """An envelope that keeps the contract, made as the outbox makes it."""
    described = schema(contract)

    def resolve(inner: Json) -> Json:
        while "$ref" in inner:
            inner = described["$defs"][inner["$ref"].rsplit("/", 1)[1]]
        return inner

    data = example(described["properties"]["data"], resolve)
    event = contract.read(contract.schema_version, data, entity_version=1)
    domain = _OPERATIONS.get(contract.entity, contract.__module__.rsplit(".", 1)[1])
    record = {
        "id": EVENT_ID,
        "type": contract.type,
        "version": contract.schema_version,
        "source": f"campus.{domain}",
        "occurred_at": TIME,
        "actor_type": "user" if contract.audience == "user" else "system",
        "actor_id": str(USER_ID) if contract.audience == "user" else domain,
        "on_behalf_of": None,
        "user_id": USER_ID if contract.audience == "user" else None,
        "organization_id": None,
        "entity_type": contract.entity,
        "entity_id": event.entity_id,
        "entity_version": event.entity_version,
        "audience": contract.audience,
        "correlation_id": REQUEST_ID,
        "causation_id": None,
        "request_id": REQUEST_ID,
        "trace_id": None,
        "api_version": "v2",
        "data": event.data,
    }
    return orjson.loads(orjson.dumps(envelope(record), option=orjson.OPT_UTC_Z))

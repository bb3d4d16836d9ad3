"""The comparison of two documents: every seeded break is found, and nothing that breaks nobody."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from infra.openapi.__main__ import main
from infra.openapi.breaking import breaking_changes

Json = dict[str, Any]
TEXT: Json = {"type": "string"}
DOCUMENT: Json = {
    "openapi": "3.1.0",
    "info": {"title": "T", "version": "1"},
    "security": [{"bearer": []}, {"apiKey": []}],
    "paths": {
        "/v2/notes": {
            "get": {
                "operationId": "list_notes",
                "parameters": [
                    {
                        "name": "status",
                        "in": "query",
                        "schema": {
                            "type": "array",
                            "items": {"type": "string", "enum": ["open", "done"]},
                            "maxItems": 50,
                        },
                        "style": "form",
                        "explode": False,
                    },
                    {"name": "q", "in": "query", "schema": TEXT},
                ],
                "responses": {
                    "200": {
                        "description": "OK",
                        "headers": {"ETag": {"schema": TEXT}},
                        "content": {
                            "application/json": {
                                "schema": {
                                    "type": "object",
                                    "properties": {
                                        "data": {
                                            "type": "array",
                                            "items": {"$ref": "#/components/schemas/Note"},
                                        }
                                    },
                                    "required": ["data"],
                                }
                            }
                        },
                    },
                    "404": {"$ref": "#/components/responses/Missing"},
                },
            },
            "post": {
                "operationId": "create_note",
                "parameters": [{"name": "Idempotency-Key", "in": "header", "schema": TEXT}],
                "requestBody": {
                    "required": True,
                    "content": {
                        "application/json": {"schema": {"$ref": "#/components/schemas/NewNote"}}
                    },
                },
                "responses": {"201": {"description": "Created"}},
            },
        },
        "/health": {
            "get": {
                "operationId": "get_health",
                "security": [],
                "responses": {"200": {"description": "OK"}},
            }
        },
    },
    "components": {
        "responses": {
            "Missing": {
                "description": "Gone",
                "content": {"application/json": {"examples": {"NOT_FOUND": {"value": {}}}}},
            }
        },
        "schemas": {
            "Note": {
                "type": "object",
                "properties": {
                    "id": {"type": "string", "format": "uuid"},
                    "status": {"type": "string", "enum": ["open", "done"]},
                    "count": {"type": "integer"},
                    "due": {"anyOf": [{"type": "string", "format": "date"}, {"type": "null"}]},
                },
                "required": ["id", "status", "count"],
            },
            "NewNote": {
                "type": "object",
                "properties": {
                    "title": {"type": "string", "maxLength": 200, "minLength": 1},
                    "priority": {"type": "string", "enum": ["low", "high"]},
                    "weight": {"type": "number"},
                    "url": {"anyOf": [{"type": "string", "pattern": "^https?"}, {"type": "null"}]},
                    "tags": {"type": "array", "items": TEXT, "maxItems": 20},
                },
                "required": ["title"],
                "additionalProperties": False,
            },
        },
    },
    "x-error-codes": [{"code": "NOT_FOUND", "status": 404}, {"code": "CONFLICT", "status": 409}],
}


def at(document: Json, *path: Any) -> Any:
    for part in path:
        document = document[part]
    return document


def schema(document: Json, name: str) -> Json:
    return document["components"]["schemas"][name]["properties"]


def operation(document: Json, method: str, path: str = "/v2/notes") -> Json:
    return document["paths"][path][method]


def required(document: Json, name: str) -> list[str]:
    return document["components"]["schemas"][name]["required"]


Seed = Callable[[Json], Any]
BREAKING: dict[str, Seed] = {
    "a path is gone": lambda d: d["paths"].pop("/health"),
    "an operation is gone": lambda d: d["paths"]["/v2/notes"].pop("post"),
    "an operation has another id": lambda d: operation(d, "get").update(operationId="notes"),
    "a public operation needs credentials": lambda d: operation(d, "get", "/health").pop(
        "security"
    ),
    "a kind of credentials is no longer enough": lambda d: d.update(security=[{"bearer": []}]),
    "a parameter is gone": lambda d: operation(d, "get")["parameters"].pop(),
    "a new parameter is required": lambda d: operation(d, "get")["parameters"].append(
        {"name": "since", "in": "query", "required": True, "schema": TEXT}
    ),
    "a header is required now": lambda d: operation(d, "post")["parameters"][0].update(
        required=True
    ),
    "a parameter lost a value": lambda d: at(
        operation(d, "get"), "parameters", 0, "schema", "items", "enum"
    ).remove("done"),
    "a list parameter is repeated now": lambda d: operation(d, "get")["parameters"][0].update(
        explode=True
    ),
    "a new field of a request is required": lambda d: (
        schema(d, "NewNote").update(course=TEXT),
        required(d, "NewNote").append("course"),
    ),
    "a field of a request is required now": lambda d: required(d, "NewNote").append("priority"),
    "a field of a request is gone": lambda d: schema(d, "NewNote").pop("weight"),
    "a field that is now ignored": lambda d: (
        schema(d, "NewNote").pop("weight"),
        d["components"]["schemas"]["NewNote"].pop("additionalProperties"),
    ),
    "a field of a request takes fewer values": lambda d: schema(d, "NewNote")["priority"][
        "enum"
    ].remove("low"),
    "a field of a request has a narrower type": lambda d: schema(d, "NewNote").update(
        weight={"type": "integer"}
    ),
    "a field of a request is not null any more": lambda d: schema(d, "NewNote").update(
        url={"type": "string", "pattern": "^https?"}
    ),
    "a text may be less long": lambda d: schema(d, "NewNote")["title"].update(maxLength=100),
    "a text must be longer": lambda d: schema(d, "NewNote")["title"].update(minLength=3),
    "a text has a pattern now": lambda d: schema(d, "NewNote")["title"].update(pattern="^[A-Z]"),
    "a list may hold fewer": lambda d: schema(d, "NewNote")["tags"].update(maxItems=5),
    "a list holds something else": lambda d: schema(d, "NewNote")["tags"].update(
        items={"type": "integer"}
    ),
    "a field of an answer is gone": lambda d: schema(d, "Note").pop("due"),
    "a field of an answer is not always there": lambda d: required(d, "Note").remove("count"),
    "a field of an answer has a wider type": lambda d: schema(d, "Note").update(
        count={"type": "number"}
    ),
    "a field of an answer may be null": lambda d: schema(d, "Note").update(
        count={"type": ["integer", "null"]}
    ),
    "a field of an answer has another format": lambda d: schema(d, "Note").update(id=TEXT),
    "an answer lost a value": lambda d: schema(d, "Note")["status"]["enum"].remove("done"),
    "an answer has an unknown value": lambda d: schema(d, "Note")["status"]["enum"].append("new"),
    "success has another status": lambda d: operation(d, "post")["responses"].update(
        {"200": operation(d, "post")["responses"].pop("201")}
    ),
    "an answer lost its media type": lambda d: operation(d, "get")["responses"]["200"].update(
        content={"text/csv": {}}
    ),
    "an answer lost a header": lambda d: operation(d, "get")["responses"]["200"].pop("headers"),
    "a code is gone": lambda d: d["x-error-codes"].pop(),
    "a code has another status": lambda d: d["x-error-codes"][1].update(status=422),
    "an operation answers a code with another status": lambda d: operation(d, "get")[
        "responses"
    ].update({"410": operation(d, "get")["responses"].pop("404")}),
    "a body is required now": lambda d: operation(d, "get", "/health").update(
        requestBody={"required": True, "content": {"application/json": {}}}
    ),
    "a body may not be JSON any more": lambda d: operation(d, "post")["requestBody"].update(
        content={"text/csv": {}}
    ),
}
HARMLESS: dict[str, Seed] = {
    "nothing changed": lambda d: None,
    "a new path": lambda d: d["paths"].update({"/v2/new": {"get": {"responses": {}}}}),
    "a new optional parameter": lambda d: operation(d, "get")["parameters"].append(
        {"name": "since", "in": "query", "schema": TEXT}
    ),
    "a new optional field of a request": lambda d: schema(d, "NewNote").update(course=TEXT),
    "a new field of an answer": lambda d: (
        schema(d, "Note").update(course=TEXT),
        required(d, "Note").append("course"),
    ),
    "a field of an answer is always there now": lambda d: required(d, "Note").append("due"),
    "a field of an answer is never null now": lambda d: schema(d, "Note").update(
        due={"type": "string", "format": "date"}
    ),
    "a request takes one more value": lambda d: schema(d, "NewNote")["priority"]["enum"].append(
        "urgent"
    ),
    "a text may be longer": lambda d: schema(d, "NewNote")["title"].update(maxLength=500),
    "a field is required no more": lambda d: required(d, "NewNote").clear(),
    "a field of a request may be null": lambda d: schema(d, "NewNote").update(
        weight={"anyOf": [{"type": "number"}, {"type": "null"}]}
    ),
    "an operation needs no credentials any more": lambda d: operation(d, "get").update(security=[]),
    "another name of a component": lambda d: (
        d["components"]["schemas"].update(Memo=d["components"]["schemas"].pop("NewNote")),
        at(operation(d, "post"), "requestBody", "content", "application/json").update(
            schema={"$ref": "#/components/schemas/Memo"}
        ),
    ),
    "a new code": lambda d: d["x-error-codes"].append({"code": "GONE", "status": 410}),
    "another description": lambda d: operation(d, "get").update(summary="All notes"),
}


def seeded(change: Seed) -> Json:
    document = copy.deepcopy(DOCUMENT)
    change(document)
    return document


@pytest.mark.parametrize("name", BREAKING)
def test_a_seeded_break_is_found(name: str):
    new = seeded(BREAKING[name])
    assert new != DOCUMENT
    assert breaking_changes(DOCUMENT, new) != []


@pytest.mark.parametrize("name", HARMLESS)
def test_what_breaks_nobody_is_not_told(name: str):
    assert breaking_changes(DOCUMENT, seeded(HARMLESS[name])) == []


def test_a_break_is_told_with_its_place():
    new = seeded(lambda d: schema(d, "Note")["status"]["enum"].append("new"))
    assert breaking_changes(DOCUMENT, new) == [
        "GET /v2/notes: 200 body.data[].status may be 'new', which is not known"
    ]


def test_the_command_fails_on_a_break_and_prints_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    old, new = tmp_path / "old.json", tmp_path / "new.json"
    old.write_text(json.dumps(DOCUMENT))
    new.write_text(json.dumps(seeded(BREAKING["a path is gone"])))
    assert main(["diff", str(old), str(old)]) == 0
    assert capsys.readouterr().out == ""
    assert main(["diff", str(old), str(new)]) == 1
    assert capsys.readouterr().out == "/health: the path is gone\n"

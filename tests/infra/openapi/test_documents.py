"""The documents: valid, complete, the same for the same code, and true to what is checked in."""

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from infra.openapi.__main__ import FROZEN, drifted, dumps
from infra.openapi.breaking import breaking_changes
from infra.openapi.document import belongs, build
from infra.openapi.routes import all_routes, operation_ids
from infra.openapi.samples import accepted
from shared.errors import ERRORS
from shared.versions import versions
from tests.openapi import _inlined, document

VERSIONS = list(versions())


def operations(version: str) -> dict[str, tuple[str, str, dict[str, Any]]]:
    return {
        operation["operationId"]: (method, path, operation)
        for path, item in document(version)["paths"].items()
        for method, operation in item.items()
    }


@pytest.mark.parametrize("version", VERSIONS)
def test_a_document_is_valid_openapi(version: str):
    validate(document(version))


@pytest.mark.parametrize("version", VERSIONS)
def test_the_same_code_gives_the_same_document(version: str):
    assert dumps(build(version)) == dumps(build(version))


def test_what_is_checked_in_follows_from_the_code():
    assert [path.name for path in drifted()] == [], "run make fix"


@pytest.mark.parametrize("version", VERSIONS)
def test_nothing_that_was_published_is_broken(version: str):
    published = json.loads((FROZEN / f"{version}.json").read_text())
    assert breaking_changes(published, document(version)) == []


def test_every_route_is_an_operation_of_each_of_its_versions():
    for version in VERSIONS:
        routes = [r for r in all_routes() if belongs(r, versions()[version])]
        assert len(operations(version)) == len(routes)


def test_an_operation_has_the_same_id_in_every_version():
    older, newer = operations("v1"), operations("v2")
    assert older.keys() <= newer.keys()
    for name, (method, path, _) in older.items():
        other = newer[name]
        assert method == other[0]
        assert path.count("/") == other[1].count("/")


def test_only_public_routes_say_that_they_need_no_credentials():
    ids = operation_ids(all_routes())
    for route in all_routes():
        operation = operations("v2")[ids[route.method, route.path]][2]
        assert operation.get("security") == (None if route.access == "user" else [])


@pytest.mark.parametrize("version", VERSIONS)
def test_the_key_is_required_where_the_route_says_so(version: str):
    required = {r.name for r in all_routes() if r.idempotency == "required"}
    for name, (_, _, operation) in operations(version).items():
        wanted = {"$ref": "#/components/parameters/IdempotencyKeyRequired"}
        assert (wanted in operation["parameters"]) == (name.removeprefix("put_") in required)


@pytest.mark.parametrize("version", VERSIONS)
def test_the_registry_is_in_the_document(version: str):
    listed = {error["code"]: error for error in document(version)["x-error-codes"]}
    assert listed.keys() == ERRORS.keys()
    assert listed["VALIDATION_ERROR"]["status"] == (400 if version == "v1" else 422)
    assert all(error["meaning"] and error["remedy"] for error in listed.values())


@pytest.mark.parametrize("version", VERSIONS)
def test_every_example_keeps_its_schema(version: str):
    root = document(version)
    for _, path, operation in operations(version).values():
        for content in _contents(operation, root):
            schema = _inlined(content["schema"], root, sparse=False)
            for value in _examples(content, root):
                faults = list(Draft202012Validator(schema).iter_errors(value))
                assert faults == [], (path, value)


def _contents(operation: dict[str, Any], root: dict[str, Any]) -> list[dict[str, Any]]:
    parts = [operation.get("requestBody", {})]
    for response in operation["responses"].values():
        name = response.get("$ref", "").rsplit("/", 1)[-1]
        parts.append(root["components"]["responses"][name] if name else response)
    return [c for part in parts for c in part.get("content", {}).values() if "schema" in c]


def _examples(content: dict[str, Any], root: dict[str, Any]) -> list[Any]:
    named = [value["$ref"].rsplit("/", 1)[1] for value in content.get("examples", {}).values()]
    found = [root["components"]["examples"][name]["value"] for name in named]
    return [content["example"], *found] if "example" in content else found


@pytest.mark.parametrize("version", VERSIONS)
def test_the_server_accepts_every_example_of_a_body(version: str):
    ids = operation_ids(all_routes())
    for route in all_routes():
        if route.body and belongs(route, versions()[version]):
            _, path, operation = operations(version)[ids[route.method, route.path]]
            sample = operation["requestBody"]["content"]["application/json"]["example"]
            assert accepted(versions()[version], route.body[1], sample), path


def test_a_list_says_what_it_sorts_by_and_pages_as_its_version_does():
    newer = operations("v2")["list_assignments"][2]["parameters"]
    older = operations("v1")["list_assignments"][2]["parameters"]
    named = {p["name"]: p for p in newer if "name" in p}
    assert "-dueAt" in named["sort"]["schema"]["enum"]
    assert named["limit"]["schema"]["maximum"] == 100
    assert (named["status"]["style"], named["status"]["explode"]) == ("form", False)
    assert {"cursor"} <= named.keys()
    names = {p["name"] for p in older if "name" in p}
    assert {"page", "page_size", "completed"} <= names
    assert not {"cursor", "status", "dueAfter"} & names


def test_the_older_document_speaks_the_older_language():
    root = document("v1")
    fields = root["components"]["schemas"]["Assignment"]["properties"]
    assert {"due_date", "completed", "submission_link"} <= fields.keys()
    assert not {"due_at", "status", "dueAt"} & fields.keys()
    assert fields["completed"] == {"type": "boolean"}
    answer = operations("v1")["get_assignment"][2]["responses"]["200"]
    example = answer["content"]["application/json"]["example"]
    assert example["success"] is True
    assert example["meta"]["version"] == "v1"
    assert "due_date" in example["data"]

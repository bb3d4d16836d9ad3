"""Every response of the test suite against the OpenAPI document of its version.

`check_response` is called by `Campus.call`. What it raises is a `ContractViolationError`, so that a
response that is not as documented can be told from one that is not as a test expects.
"""

import json
import re
from dataclasses import dataclass
from functools import cache
from typing import Any, Protocol
from urllib.parse import parse_qs, urlsplit

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from infra.openapi.document import build
from infra.openapi.routes import handlers
from shared.errors import Refusal
from shared.routing import OLD_PATHS
from shared.versions import LATEST, versions

Json = dict[str, Any]


class ContractViolationError(AssertionError):
    """A response that the OpenAPI document does not tell of."""


class Response(Protocol):
    """What is checked of a response."""

    status: int
    headers: dict[str, str]
    text: str


@dataclass(frozen=True, slots=True)
class _Operation:
    version: str
    method: str
    path: str
    pattern: re.Pattern[str]


def check_response(method: str, target: str, answer: Response) -> None:
    """Status documented, body as documented, nothing in it that is not.

    Raises ContractViolationError. Paths and methods that are nowhere documented have to answer
    with an error in the envelope.
    """
    parts = urlsplit(target)
    first = parts.path.lstrip("/").partition("/")[0]
    version = first if first in versions() else LATEST.name
    path = parts.path
    if path.startswith(OLD_PATHS) and "UNSUPPORTED_VERSION" not in answer.text:
        version = answer.headers["X-API-Version"]
        method, path = _newer_place(version, method, path)
    operation = _find(version, method, path)
    if operation is None:
        if answer.status >= 400 and method != "HEAD":
            _validate(f"{method} {parts.path}", _error_schema(version), _body(answer))
        return
    where = f"{operation.method} {operation.path}"
    documented = _statuses(operation)
    if answer.status not in documented:
        raise ContractViolationError(
            f"OpenAPI: {where} answered {answer.status}, documented are "
            f"{', '.join(map(str, documented))}: {answer.text[:300]}\n"
            "An error is documented by the route's errors=(code, ...)."
        )
    if answer.status in (204, 304) or method == "HEAD":
        if answer.text:
            raise ContractViolationError(f"OpenAPI: {where}: {answer.status} has a body")
        return
    _check_body(where, operation, answer, sparse="fields" in parse_qs(parts.query))


def _check_body(where: str, operation: _Operation, answer: Response, *, sparse: bool) -> None:
    kind = answer.headers.get("Content-Type", "").partition(";")[0]
    contents = _contents(operation, answer.status)
    if kind not in contents:
        if "*/*" in contents:
            return
        raise ContractViolationError(f"OpenAPI: {where}: {answer.status} is {kind or 'untyped'}")
    validator = _validator(operation, answer.status, kind, sparse)
    body = _body(answer)
    _validate(where, validator, body)
    code = body["error"]["code"] if answer.status >= 400 and "error" in body else None
    if code and code not in _codes(operation, answer.status):
        raise ContractViolationError(
            f"OpenAPI: {where} answered {code}, which is not documented: errors=({code!r},)"
        )


def _body(answer: Response) -> Any:
    try:
        return json.loads(answer.text)
    except ValueError:
        raise ContractViolationError(f"OpenAPI: not JSON: {answer.text[:200]!r}") from None


def _validate(where: str, validator: Draft202012Validator, body: Any) -> None:
    error = best_match(validator.iter_errors(body))
    if error is not None:
        raise ContractViolationError(
            f"OpenAPI: {where}: the body breaks the document at {error.json_path}: "
            f"{error.message[:500]}"
        )


@cache
def document(version: str) -> Json:
    """The document of a version, as the code is now."""
    return build(version)


@cache
def _operations(version: str) -> list[_Operation]:
    """Operations with a pattern each; fixed paths before those with variables."""
    found: list[_Operation] = []
    for path, item in document(version)["paths"].items():
        pattern = re.compile(re.sub(r"\{\w+\}", "[^/]+", path.replace(".", r"\.")))
        found += [_Operation(version, method.upper(), path, pattern) for method in item]
    return sorted(found, key=lambda operation: operation.path.count("{"))


def _newer_place(version: str, method: str, path: str) -> tuple[str, str]:
    """Method and path of the route that one of the predecessor's paths leads to."""
    for handle in handlers().values():
        for place in (version, ""):
            try:
                route, _ = handle.api.table.find(place, method, path)
            except Refusal:
                continue
            return route.method, route.path if route.versionless else f"/{version}{route.path}"
    return method, path


@cache
def _find(version: str, method: str, path: str) -> _Operation | None:
    wanted = "GET" if method == "HEAD" else method
    for operation in _operations(version):
        if operation.method == wanted and operation.pattern.fullmatch(path):
            return operation
    return None


def _responses(operation: _Operation) -> Json:
    item = document(operation.version)["paths"][operation.path]
    return item[operation.method.lower()]["responses"]


def _statuses(operation: _Operation) -> list[int]:
    return [int(status) for status in _responses(operation)]


def _contents(operation: _Operation, status: int) -> Json:
    response = _responses(operation)[str(status)]
    if "$ref" in response:
        name = response["$ref"].rsplit("/", 1)[1]
        response = document(operation.version)["components"]["responses"][name]
    return response.get("content", {})


@cache
def _codes(operation: _Operation, status: int) -> set[str]:
    return set(_contents(operation, status)["application/json"].get("examples", {}))


@cache
def _validator(operation: _Operation, status: int, kind: str, sparse: bool) -> Draft202012Validator:
    schema = _contents(operation, status)[kind]["schema"]
    return Draft202012Validator(
        _inlined(schema, document(operation.version), sparse=sparse),
        format_checker=Draft202012Validator.FORMAT_CHECKER,
    )


@cache
def _error_schema(version: str) -> Draft202012Validator:
    name = {"$ref": "#/components/schemas/Error"}
    return Draft202012Validator(_inlined(name, document(version), sparse=False))


def _inlined(schema: Any, root: Json, *, sparse: bool, depth: int = 0) -> Any:
    """The schema without references, and closed: a field that is not documented is a fault.

    With `sparse` (`fields=` was sent) items may lack fields.
    """
    if isinstance(schema, list):
        return [_inlined(item, root, sparse=sparse, depth=depth) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[1]
        inner = root["components"]["schemas"][name]
        return _inlined(inner, root, sparse=sparse, depth=depth + 1)
    result = {
        key: value
        if key in ("enum", "const")
        else _inlined(value, root, sparse=sparse, depth=depth)
        for key, value in schema.items()
        if key not in ("description", "examples", "default")
    }
    if "properties" in schema:
        named = schema["properties"].items()
        result["properties"] = {
            name: _inlined(inner, root, sparse=sparse, depth=depth) for name, inner in named
        }
        result.setdefault("additionalProperties", False)
        if sparse and depth > 0:
            result["required"] = []
    return result

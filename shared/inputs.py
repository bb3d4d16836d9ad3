"""From bytes to typed arguments: bodies, query strings, preconditions and idempotency keys.

Nothing here touches the database: what is wrong with a request is known before or while it is
admitted, and told only after it has been.
"""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import orjson
from pydantic import ValidationError
from pydantic_core import ErrorDetails, from_json

from shared.edits import Faults
from shared.errors import Refusal
from shared.lists import Paging
from shared.models import ListQuery, Model, Query, nested_models, wire_names
from shared.request import Call
from shared.routing import Route
from shared.translation import from_older
from shared.versions import Version

_KEY = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]{0,253}[\x21-\x7e])?")
_TAG = re.compile(r'"(?P<version>v\d+)-(?P<number>\d{1,9})(?:-[0-9a-f]+)?"')
_MAX_PAGE = 10_000
_MAX_FAULTS = 50


@dataclass(slots=True, eq=False, repr=False)
class Inputs:
    """The arguments of a route's function, and what the headers ask for."""

    arguments: dict[str, Any] = field(default_factory=dict[str, Any])
    if_match: int | None = None
    idempotency_key: str | None = None
    request_hash: bytes = b""
    paging: Paging = field(default_factory=Paging)
    account: str = ""
    fault: Refusal | None = None
    rest: Callable[[], None] | None = None

    def complete(self) -> None:
        """Read the rest, if it was put off. What is wrong with it becomes the fault."""
        rest, self.rest = self.rest, None
        try:
            if rest:
                rest()
        except Refusal as refusal:
            self.fault = refusal


def read_inputs(
    call: Call,
    route: Route,
    version: Version,
    path: dict[str, Any],
    by: str = "",
    *,
    put_off: bool = False,
) -> Inputs:
    """Everything a route asks for. Errors: 400, 412, 413, 415 and VALIDATION_ERROR.

    `by` names the credentials: an answer is replayed to those that it was given to alone, since a
    person's API key may be allowed less than the person. What is not needed for admission can be
    put off until the server is busy with that: see `Inputs.complete`.
    """
    found = Inputs(arguments=dict(path))
    found.if_match = _if_match(call, version)
    if route.writes and route.idempotency != "ignored":
        found.idempotency_key = _idempotency_key(call, route)
    found.rest = partial(_read_rest, call, route, version, by, found)
    if not put_off or route.cost or route.limit == "auth":  # counted by what the body says
        found.rest()
        found.rest = None
    return found


def _read_rest(call: Call, route: Route, version: Version, by: str, found: Inputs) -> None:
    raw = call.body() if route.body or route.raw_body else b""
    if route.body:
        name, model = route.body
        found.arguments[name] = _body(call, model, version, raw)
        found.account = str(getattr(found.arguments[name], "email", ""))
    if route.query:
        name, query = route.query
        found.arguments[name] = _query(call, query, version, found)
    if found.idempotency_key:
        found.request_hash = _hash(call, raw, by)


def _body(call: Call, model: type[Model], version: Version, raw: bytes) -> Model:
    kind = call.headers.get("content-type", "").partition(";")[0].strip().lower()
    if raw and kind not in ("application/json", "application/merge-patch+json"):
        raise Refusal("UNSUPPORTED_MEDIA_TYPE")
    if not raw and call.method == "POST" and not _needs(model):
        raw = b"{}"
    return parse(model, version, raw)


def _needs(model: type[Model]) -> bool:
    """Whether a body has to say anything: a command whose fields are all optional goes without."""
    return any(info.is_required() for info in model.model_fields.values())


def parse(model: type[Model], version: Version, raw: bytes) -> Model:
    """A JSON document of a version as the model. Errors: MALFORMED_JSON, VALIDATION_ERROR."""
    faults: Faults = []
    try:
        if version.is_latest:
            return model.model_validate_json(raw, by_alias=True, by_name=False)
        document = from_json(raw, allow_inf_nan=False)
        upgraded = orjson.dumps(from_older(version, model, document, faults))
        made = model.model_validate_json(upgraded, by_alias=False, by_name=True)
    except ValidationError as error:
        raise refusal(error, "body", model, faults) from None
    except (ValueError, TypeError, RecursionError):
        # from_json on what is not JSON, orjson on an integer beyond 64 bits
        raise Refusal("MALFORMED_JSON") from None
    if faults:
        raise _invalid("body", [], faults)
    return made


def _query(call: Call, model: type[Query], version: Version, found: Inputs) -> Query:
    try:
        given = call.query()
    except ValueError:  # invalid UTF-8 after percent-decoding
        raise Refusal("VALIDATION_ERROR", "The query string is not UTF-8.") from None
    return query_of(given, model, version, found)


def as_parameter(value: Any) -> str | None:
    """A value out of JSON as a parameter: one text or several, or else JSON; None for null."""
    if isinstance(value, list) and all(isinstance(item, str | int) for item in value):  # pyright: ignore[reportUnknownVariableType]
        return ",".join(map(str, value))  # pyright: ignore[reportUnknownArgumentType]
    if value is None or isinstance(value, str):
        return value
    return orjson.dumps(value).decode()


def query_of(given: dict[str, str], model: type[Query], version: Version, found: Inputs) -> Query:
    """Parameters of a version as the model; how it pages goes to `found`."""
    document: dict[str, Any] = given
    faults: Faults = []
    if version.offset_paging and issubclass(model, ListQuery):
        found.paging, document = _offset_paging(given)
    latest = version.is_latest
    if not latest:
        document = from_older(version, model, document, faults)
    try:
        made = model.model_validate(document, by_alias=latest, by_name=not latest)
    except ValidationError as error:
        raise refusal(error, "query", model, faults) from None
    if faults:
        raise _invalid("query", [], faults)
    return made


def _offset_paging(given: dict[str, str]) -> tuple[Paging, dict[str, Any]]:
    """v1's `page` and `page_size` (also `pageSize`), or `limit` and `offset`, with its defaults."""
    rest = dict(given)
    size = rest.pop("page_size", None) or rest.pop("pageSize", None) or rest.get("limit")
    rest.pop("pageSize", None)
    page, offset = rest.pop("page", None), rest.pop("offset", None)
    limit = _bounded(size, "page_size", 1, 100) if size is not None else 20
    if page is not None:
        start = (_bounded(page, "page", 1, _MAX_PAGE) - 1) * limit
    else:
        start = _bounded(offset, "offset", 0, _MAX_PAGE * 100) if offset is not None else 0
    return Paging(offset=start), {**rest, "limit": limit}


def _bounded(text: str, name: str, low: int, high: int) -> int:
    if re.fullmatch(r"\d{1,9}", text, re.ASCII) and low <= int(text) <= high:
        return int(text)
    message = f"must be an integer from {low} to {high}"
    raise Refusal(
        "VALIDATION_ERROR",
        details={
            "errors": [
                {"pointer": f"/{name}", "in": "query", "code": "out_of_range", "message": message}
            ]
        },
    )


def _if_match(call: Call, version: Version) -> int | None:
    value = call.headers.get("if-match")
    if value is None or value.strip() == "*":
        return None
    tag = _TAG.fullmatch(value.strip())
    if tag is None or tag["version"] != version.name:
        raise Refusal("PRECONDITION_FAILED")
    return int(tag["number"])


def _idempotency_key(call: Call, route: Route) -> str | None:
    key = call.headers.get("idempotency-key")
    if key is None:
        if route.idempotency == "required":
            raise Refusal("IDEMPOTENCY_KEY_REQUIRED")
        return None
    if not _KEY.fullmatch(key):
        message = "Idempotency-Key must be 1 to 255 printable ASCII characters."
        raise Refusal("INVALID_REQUEST", message, details={"header": "Idempotency-Key"})
    return key


def _hash(call: Call, raw: bytes, by: str) -> bytes:
    digest = hashlib.sha256(f"{by} {call.method} {call.path}?{call.query_string}\n".encode())
    digest.update(raw)
    return digest.digest()


def refusal(
    error: ValidationError, place: str, model: type[Model], faults: Faults | None = None
) -> Refusal:
    """pydantic's findings as MALFORMED_JSON or VALIDATION_ERROR; input values stay out of it."""
    found = error.errors(include_url=False, include_context=True, include_input=False)
    if any(item["type"] == "json_invalid" for item in found):
        return Refusal("MALFORMED_JSON")
    return _invalid(
        place, [_finding(item, place, model) for item in found[:_MAX_FAULTS]], faults or []
    )


def _invalid(place: str, found: Faults, faults: Faults) -> Refusal:
    """What a model found, and the faults of fields that an older version's steps left out."""
    told = [fault["path"] for fault in faults if "path" in fault]
    found = [
        item for item in found if not any(item["path"] == p[: len(item["path"])] for p in told)
    ]
    errors = [*found, *({**fault, "in": place} for fault in faults)]
    return Refusal("VALIDATION_ERROR", details={"errors": errors[:_MAX_FAULTS]})


def _finding(item: ErrorDetails, place: str, model: type[Model]) -> dict[str, Any]:
    path: list[str | int] = []
    inside: type[Model] | None = model
    for part in item["loc"]:
        known = {alias: name for name, alias in wire_names(inside).items()} if inside else {}
        name = known.get(str(part), part)
        path.append(name)
        if isinstance(name, str):
            inside = nested_models(inside).get(name) if inside else None
    message = item["msg"].removeprefix("Value error, ")
    return {"path": tuple(path), "in": place, "code": item["type"], "message": message}

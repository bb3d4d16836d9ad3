"""The predecessor's function paths, `/functions/v1/{name}`, for its installed clients.

A route says which names lead to it (`old=("update-assignment",)`). A header chooses the version, v1
without one. The predecessor took everything in the body: from there comes what the route's own path
says. Then the call goes on as if it had come by that path, so that answers, replays, `Location` and
the successor's link are the same.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import orjson
from pydantic.alias_generators import to_snake
from pydantic_core import from_json

from shared.errors import Refusal
from shared.inputs import as_parameter
from shared.models import camel
from shared.request import Call
from shared.routing import OLD_PATHS, Old, Route
from shared.table import typed
from shared.versions import Version, versions

_BY_CLOCK = "It runs by the clock; nobody calls it."
_BY_EVENT = "It follows from events; nobody calls it."
_TEST = "It was a test."
DROPPED: Mapping[str, str] = {
    "auto-unsuspend-accounts": _BY_CLOCK,
    "check-budget-alerts": _BY_CLOCK,
    "check-grace-period": _BY_CLOCK,
    "check-policy-accessibility": _BY_CLOCK,
    "cleanup-deleted-items": _BY_CLOCK,
    "cleanup-idempotency-keys": _BY_CLOCK,
    "cleanup-old-reminders": _BY_CLOCK,
    "cleanup-rate-limits": _BY_CLOCK,
    "crash-rate-monitor": _BY_CLOCK,
    "decrypt-data": "Anybody could decrypt with it. Data is decrypted for its owner only.",
    "encrypt-data": "Anybody could encrypt with it. Data is encrypted where it is stored.",
    "grant-premium-access": "Whoever called it got the premium plan. Administrators grant it.",
    "monitor-edge-functions": _BY_CLOCK,
    "monitor-storage": _BY_CLOCK,
    "permanently-delete-account": _BY_CLOCK,
    "process-due-reminders": _BY_CLOCK,
    "process-jobs": _BY_EVENT,
    "process-notification-queue": _BY_CLOCK,
    "public-test": _TEST,
    "reminder-system/process": _BY_CLOCK,
    "send-alert-email": _BY_EVENT,
    "send-daily-summary-notifications": _BY_CLOCK,
    "send-evening-capture-notifications": _BY_CLOCK,
    "send-welcome-email": _BY_EVENT,
    "simple-test": _TEST,
    "test-home-data": _TEST,
    "test-no-db": _TEST,
    "update-revenuecat-subscription": "It believed the client. The provider's webhook tells.",
}


def wanted_version(headers: Mapping[str, str]) -> str:
    """The version that the header names, as `v2` or `2`; the oldest without one."""
    name = (headers.get("x-api-version") or headers.get("api-version") or "").strip().lower()
    if not name:
        return next(iter(versions()))
    return name if name.startswith("v") else f"v{name}"


def refuse_dropped(path: str) -> None:
    """GONE, with the reason, for a function that has no successor."""
    reason = DROPPED.get(path.removeprefix(OLD_PATHS))
    if reason:
        raise Refusal("GONE", f"This function is gone. {reason}", details={"reason": reason})


def translated(
    call: Call, route: Route, version: Version, found: Mapping[str, Any]
) -> tuple[Call, dict[str, Any]]:
    """The call as the route's own path would have brought it, and the path's parameters.

    `found` are those of the old path. Errors: NOT_FOUND, MALFORMED_JSON, VALIDATION_ERROR.
    """
    name = call.path.removeprefix(OLD_PATHS)
    old = next((old for old in route.old if _is_of(old.name, name)), Old(name))
    texts = {**old.values, **{key: str(value) for key, value in found.items()}}
    missing = [key for key in route.parameters if key not in texts]
    body = call.body() if missing or route.body or route.query else b""
    if body:
        document = _document(body, version, old)
        texts |= {key: _taken(document, key, version, old) for key in missing}
        if route.query:  # the predecessor's clients ask in bodies
            call = _asking(call, {key: as_parameter(value) for key, value in document.items()})
        body = orjson.dumps(document)
    elif missing:
        asked = _named(_parameters(call), version, old)
        texts |= {key: _taken(asked, key, version, old) for key in missing}
        call = _asking(replace(call, query_string=""), asked)
    if old.asks:
        call = _asking(call, old.asks)
    path = route.path if route.versionless else f"/{version.name}{route.path}"
    for key, text in texts.items():
        path = path.replace(f"{{{key}}}", text)
    method = "HEAD" if call.method == "HEAD" else route.method
    return call.moved(method, path, body or None), typed(route, texts)


def _is_of(pattern: str, name: str) -> bool:
    """Whether a name, ids in it, is one that was declared with parameters."""
    ours, theirs = pattern.split("/"), name.split("/")
    same = (our == their or our.startswith("{") for our, their in zip(ours, theirs, strict=False))
    return len(ours) == len(theirs) and all(same)


def _parameters(call: Call) -> dict[str, str]:
    """The query string. Errors: VALIDATION_ERROR when it is not UTF-8."""
    try:
        return call.query()
    except ValueError:
        raise Refusal("VALIDATION_ERROR", "The query string is not UTF-8.") from None


def _asking(call: Call, parameters: Mapping[str, str | None]) -> Call:
    """The call with more in its query string."""
    more = urlencode({key: value for key, value in parameters.items() if value is not None})
    return replace(call, query_string=f"{call.query_string}&{more}".strip("&"))


def _document(body: bytes, version: Version, old: Old) -> dict[str, Any]:
    """The body. The predecessor spelled some names in camelCase: v1 gets them as it knows them."""
    try:
        document = from_json(body, allow_inf_nan=False)
        orjson.dumps(document)
    except (ValueError, TypeError, RecursionError):
        raise Refusal("MALFORMED_JSON") from None
    if not isinstance(document, dict):
        return {}
    return _named(document, version, old)  # pyright: ignore[reportUnknownArgumentType]


def _named(given: dict[str, Any], version: Version, old: Old) -> dict[str, Any]:
    """Fields by the names that the version has for them."""
    if not version.snake_case:
        return given
    return {_renamed(key, old): value for key, value in given.items()}


def _taken(document: dict[str, Any], parameter: str, version: Version, old: Old) -> str:
    """A path parameter out of the body, by its own name, an old one, or plainly `id`."""
    names = {parameter, "id"} if parameter.endswith("_id") else {parameter}
    keys = [key for key in document if _renamed(key, old) in names]
    values = [document.pop(key) for key in keys]
    if not values or not isinstance(values[0], str) or not values[0]:
        raise _missing(parameter, version, old)
    return values[0]


def _renamed(key: str, old: Old) -> str:
    plain = to_snake(key)
    return old.fields.get(plain, plain)


def _missing(parameter: str, version: Version, old: Old) -> Refusal:
    name = next((key for key, newer in old.fields.items() if newer == parameter), parameter)
    spelled = name if version.snake_case else camel(name)
    error = {"pointer": f"/{spelled}", "in": "body", "code": "missing", "message": "is needed"}
    return Refusal("VALIDATION_ERROR", details={"errors": [error]})

"""What API Gateway does for an HTTP API: routing, and events of payload format 2.0.

Shapes and limits are those of AWS as published and as measured by others on real APIs: paths are
decoded, duplicate headers and query values are joined by commas, bodies are base64 unless their
type is text, JSON, XML or JavaScript (a form is base64, and so is a body without a type).
"""

import base64
import datetime
import http
import json
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote

from infra.local.functions import Function, Route
from infra.local.template import ACCOUNT

MAX_BODY = 10 * 1024 * 1024
MAX_HEADERS = 10_240
MAX_PAYLOAD = 6 * 1024 * 1024  # what Lambda takes and gives in one invocation
API_ID = "local"
_TEXT_TYPES = {"application/json", "application/javascript", "application/xml"}


@dataclass(frozen=True)
class Call:
    """A request as it came over the wire; header names in any case, in order."""

    method: str
    target: str
    headers: Sequence[tuple[str, str]]
    body: bytes
    source_ip: str
    protocol: str = "HTTP/1.1"


@dataclass(frozen=True)
class Reply:
    """What goes back over the wire."""

    status: int
    headers: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    body: bytes = b""


@dataclass(frozen=True)
class Match:
    """The route that serves a path, and the values of its variables."""

    function: Function
    route: Route
    parameters: Mapping[str, str]


class Router:
    """Chooses the most specific route: literal, then variable, then greedy, then $default."""

    def __init__(self, functions: Iterable[Function]) -> None:
        routes = [(route, function) for function in functions for route in function.routes]
        self._default = next((pair for pair in routes if pair[0].path == "$default"), None)
        ordered = sorted(
            (pair for pair in routes if pair[0].path != "$default"),
            key=lambda pair: (_specificity(pair[0].path), pair[0].method == "ANY"),
        )
        self._routes = [(_segments(route.path), route, function) for route, function in ordered]

    def match(self, method: str, path: str) -> Match | None:
        """The route for a decoded path; None when not even $default is declared."""
        segments = _segments(path)
        for pattern, route, function in self._routes:
            if route.method in ("ANY", method):
                parameters = _match(pattern, segments)
                if parameters is not None:
                    return Match(function, route, parameters)
        return Match(self._default[1], self._default[0], {}) if self._default else None


def _segments(path: str) -> list[str]:
    return path.removeprefix("/").split("/")


def _specificity(path: str) -> list[int]:
    return [
        2 if part.endswith("+}") else 1 if part.startswith("{") else 0 for part in _segments(path)
    ]


def _match(pattern: Sequence[str], segments: Sequence[str]) -> dict[str, str] | None:
    parameters: dict[str, str] = {}
    for position, part in enumerate(pattern):
        if position >= len(segments):
            return None
        if part.endswith("+}"):
            parameters[part[1:-2]] = "/".join(segments[position:])
            return parameters
        if part.startswith("{") and segments[position]:
            parameters[part[1:-1]] = segments[position]
        elif part != segments[position]:
            return None
    return parameters if len(pattern) == len(segments) else None


def decoded_path(target: str) -> str:
    """The path of a request target, decoded once as the gateway does before it routes.

    What follows a decoded question mark is lost there too.
    """
    path = target.split("?", 1)[0]
    if "://" in path:
        path = "/" + path.split("://", 1)[1].partition("/")[2]
    return unquote(path, errors="replace").split("?", 1)[0]


def to_event(call: Call, match: Match) -> dict[str, Any]:
    """The event that the gateway sends for a call."""
    path = decoded_path(call.target)
    query = call.target.partition("?")[2]
    headers, cookies = _headers(call)
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": match.route.key,
        "rawPath": path,
        "rawQueryString": query,
        "headers": headers,
        "requestContext": _context(call, match, path, headers),
    }
    if cookies:
        event["cookies"] = cookies
    if query:
        pairs = parse_qsl(query, keep_blank_values=True, errors="replace")
        event["queryStringParameters"] = _joined(pairs)
    if match.parameters:
        event["pathParameters"] = dict(match.parameters)
    return event | _body(call.body, headers.get("content-type", ""))


def _joined(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    values: dict[str, str] = {}
    for name, value in pairs:
        values[name] = f"{values[name]},{value}" if name in values else value
    return values


def _headers(call: Call) -> tuple[dict[str, str], list[str]]:
    named = [(name.lower(), value.strip()) for name, value in call.headers]
    cookies = [
        cookie.strip() for name, value in named if name == "cookie" for cookie in value.split(";")
    ]
    headers = _joined(pair for pair in named if pair[0] != "cookie")
    forwarded = headers.get("x-forwarded-for")
    headers["x-forwarded-for"] = f"{forwarded}, {call.source_ip}" if forwarded else call.source_ip
    headers["x-forwarded-proto"] = "http"
    headers.setdefault("x-amzn-trace-id", new_trace())
    headers.setdefault("content-length", str(len(call.body)))
    return headers, [cookie for cookie in cookies if cookie]


def new_trace() -> str:
    """A root trace id in X-Ray's form: version, seconds in hex, 96 random bits."""
    seconds = int(datetime.datetime.now(datetime.UTC).timestamp())
    return f"Root=1-{seconds:08x}-{secrets.token_hex(12)}"


def _context(call: Call, match: Match, path: str, headers: Mapping[str, str]) -> dict[str, Any]:
    now = datetime.datetime.now(datetime.UTC)
    domain = headers.get("host", "localhost")
    return {
        "accountId": ACCOUNT,
        "apiId": API_ID,
        "domainName": domain,
        "domainPrefix": domain.split(".", 1)[0],
        "http": {
            "method": call.method,
            "path": path,
            "protocol": call.protocol,
            "sourceIp": call.source_ip,
            "userAgent": headers.get("user-agent", ""),
        },
        "requestId": base64.urlsafe_b64encode(secrets.token_bytes(11)).decode(),
        "routeKey": match.route.key,
        "stage": "$default",
        "time": now.strftime("%d/%b/%Y:%H:%M:%S +0000"),
        "timeEpoch": int(now.timestamp() * 1000),
    }


def _body(body: bytes, content_type: str) -> dict[str, Any]:
    if not body:
        return {"isBase64Encoded": False}
    if _is_text(content_type):
        try:
            return {"body": body.decode(), "isBase64Encoded": False}
        except UnicodeDecodeError:
            pass
    return {"body": base64.b64encode(body).decode(), "isBase64Encoded": True}


def _is_text(content_type: str) -> bool:
    kind = content_type.split(";", 1)[0].strip().lower()
    return kind.startswith("text/") or kind in _TEXT_TYPES


def to_reply(answer: Any) -> Reply:
    """The reply for what a function returned; a malformed answer is the gateway's 500."""
    if not isinstance(answer, dict) or "statusCode" not in answer:
        return Reply(200, [("content-type", "application/json")], json.dumps(answer).encode())
    try:
        return _format_2(answer)
    except (AttributeError, TypeError, ValueError):
        return problem(500)


def _format_2(answer: dict[str, Any]) -> Reply:
    body = answer.get("body") or ""
    content = base64.b64decode(body) if answer.get("isBase64Encoded") else body.encode()
    headers = [(str(name).lower(), str(value)) for name, value in _items(answer.get("headers"))]
    if not any(name == "content-type" for name, _ in headers):
        headers.append(("content-type", "application/json"))
    headers += [("set-cookie", cookie) for cookie in answer.get("cookies") or ()]
    if any("\n" in name + value or "\r" in name + value for name, value in headers):
        raise ValueError("a header with a line break")
    return Reply(int(answer["statusCode"]), headers, content)


def _items(mapping: Mapping[str, Any] | None) -> Iterable[tuple[str, Any]]:
    return () if mapping is None else mapping.items()


def problem(status: int) -> Reply:
    """What the gateway itself answers, before or instead of a function."""
    body = json.dumps({"message": http.HTTPStatus(status).phrase}).encode()
    return Reply(status, [("content-type", "application/json")], body)

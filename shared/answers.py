"""From a route's result to a gateway response: style, envelope, ETag, compression, headers."""

import base64
import gzip
import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from email.utils import format_datetime
from typing import Any
from urllib.parse import quote

import orjson

from shared.errors import Refusal, invalid
from shared.inputs import Inputs
from shared.models import ListQuery, Model, Page, ReadQuery
from shared.request import Call, Reply
from shared.routing import Route
from shared.translation import all_to_wire, answer_fields, spelled, to_wire
from shared.versions import LATEST, Version, versions

GZIP_FROM = 1024
MAX_ANSWER = 5 * 1024 * 1024
SECURITY = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Vary": "Accept, Accept-Encoding, Authorization, Origin, X-API-Key",
}


@dataclass(slots=True, eq=False, repr=False)
class Answer:
    """A response before compression: what is stored for an idempotent replay."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict[str, str])
    error_code: str | None = None


def render(call: Call, route: Route, version: Version, inputs: Inputs, result: Any) -> Answer:
    """The answer to a request that was carried out."""
    status, headers = route.status, dict[str, str]()
    if isinstance(result, Reply):
        status, headers = result.status, dict(result.headers)
        if result.content is not None:
            headers.setdefault("Content-Type", result.content_type)
            tag = headers.get("ETag")
            if tag and route.method == "GET" and _matches(call.headers.get("if-none-match"), tag):
                return Answer(304, b"", headers)
            return Answer(status, result.content, headers)
        result = result.body  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    if result is None:
        return Answer(204 if status == 200 else status, b"", headers)
    data, document = _data(route, version, inputs, result)
    tag = _etag(version, data, document)
    headers.update({"Content-Type": "application/json", "ETag": tag})
    if status == 201 and "id" in document:
        headers.setdefault("Location", _address(f"{call.path.rstrip('/')}/{document['id']}"))
    if call.method in ("GET", "HEAD") and _matches(call.headers.get("if-none-match"), tag):
        return Answer(304, b"", {"ETag": tag})
    body = _enveloped(call, version, result, data)
    if len(body) > MAX_ANSWER:
        raise Refusal("PAYLOAD_TOO_LARGE", "The answer would be too large: ask for less.")
    return Answer(status, body, headers)


def _data(route: Route, version: Version, inputs: Inputs, result: Any) -> tuple[bytes, Any]:
    if isinstance(result, Page):
        page: Page[Any] = result  # pyright: ignore[reportUnknownVariableType]
        documents = all_to_wire(version, page.model, page.documents)
        wanted = _sparse(route, version, inputs, page.model)
        if wanted:
            documents = [{k: v for k, v in d.items() if k in wanted} for d in documents]
        return _json(documents), {}
    model: Model = result
    document = to_wire(version, type(model), model.__dict__)
    wanted = _sparse(route, version, inputs, type(model))
    shown = {k: v for k, v in document.items() if k in wanted} if wanted else document
    return _json(shown), document


def _sparse(route: Route, version: Version, inputs: Inputs, model: type[Model]) -> set[str]:
    """The fields to show, by the version's names: those asked for, the id, and what is included.
    None: all of them."""
    query = inputs.arguments.get(route.query[0]) if route.query else None
    if not isinstance(query, ListQuery | ReadQuery) or not query.fields:
        return set()
    known = answer_fields(version, model)
    wanted = set(query.fields.split(","))
    if not wanted <= known:
        raise invalid("fields", f"must name fields among {', '.join(sorted(known))}")
    return wanted | {"id"} | {spelled(version, model, (name,))[1:] for name in query.included}


def _enveloped(call: Call, version: Version, result: Any, data: bytes) -> bytes:
    """The envelope is written around the data's bytes, which are serialized once, for the ETag."""
    if version.envelope == "v1":
        extra: dict[str, Any] = {"meta": _meta(call, version)}
        if isinstance(result, Page):
            extra = {"pagination": _pagination(result), **extra}  # pyright: ignore[reportUnknownArgumentType]
        return b'{"success":true,"data":' + data + b"," + _json(extra)[1:]
    if isinstance(result, Page):
        info = {
            "hasNextPage": result.has_next,
            "endCursor": result.end_cursor if result.has_next else None,
        }
        return b'{"data":' + data + b',"pageInfo":' + _json(info) + b"}"
    return b'{"data":' + data + b"}"


def _pagination(page: Page[Any]) -> dict[str, Any]:
    total = page.total or 0
    number = page.offset // page.limit + 1
    return {
        "page": number,
        "page_size": page.limit,
        "total": total,
        "total_pages": -(-total // page.limit),
        "has_next_page": page.has_next,
        "has_previous_page": page.offset > 0,
    }


def _meta(call: Call, version: Version) -> dict[str, Any]:
    return {"timestamp": call.received_at, "version": version.name, "request_id": call.request_id}


def _etag(version: Version, data: bytes, document: Any) -> str:
    """`"v2-<entity version>-<digest>"`: If-Match compares the version, If-None-Match all of it."""
    digest = hashlib.blake2b(data, digest_size=8).hexdigest()
    return f'"{version.name}-{document.get("version", 0)}-{digest}"'


def _matches(given: str | None, tag: str) -> bool:
    """Weak comparison (RFC 9110, 8.8.3.2)."""
    if given is None:
        return False
    tags = {part.strip().removeprefix("W/") for part in given.split(",")}
    return tag in tags or "*" in tags


def refused(call: Call, version: Version, route: Route | None, refusal: Refusal) -> Answer:
    """The error envelope, or RFC 9457 where the client accepts application/problem+json."""
    status = refusal.status
    if refusal.code == "VALIDATION_ERROR":
        status = version.invalid_status
    details = _located(version, route, refusal.details)
    headers = dict(refusal.headers)
    if "application/problem+json" in call.headers.get("accept", ""):
        headers["Content-Type"] = "application/problem+json"
        problem = {
            "type": f"/docs/errors#{refusal.code}",
            "title": refusal.error.meaning,
            "status": status,
            "detail": refusal.message,
            "instance": call.request_id,
            "code": refusal.code,
            "details": details,
            "requestId": call.request_id,
            "timestamp": call.received_at,
        }
        return Answer(status, _json(problem), headers, refusal.code)
    headers["Content-Type"] = "application/json"
    envelope: dict[str, Any] = {
        "success": False,
        "error": {"code": refusal.code, "message": refusal.message, "details": details},
        "requestId": call.request_id,
        "timestamp": call.received_at,
    }
    if version.envelope == "v1":
        envelope["meta"] = _meta(call, version)
    return Answer(status, _json(envelope), headers, refusal.code)


def _located(version: Version, route: Route | None, details: dict[str, Any]) -> dict[str, Any]:
    """Error pointers in the caller's own field names."""
    if "errors" not in details:
        return details
    return {**details, "errors": [_pointed(version, route, item) for item in details["errors"]]}


def _pointed(version: Version, route: Route | None, item: dict[str, Any]) -> dict[str, Any]:
    if "pointer" in item:
        return item
    rest = {key: value for key, value in item.items() if key not in ("path", "field")}
    path: tuple[str | int, ...] = item["path"] if "path" in item else (item["field"],)
    body = route.body[1] if route and route.body else None
    query = route.query[1] if route and route.query else None
    in_query = (
        bool(path) and query is not None and (body is None or path[0] not in body.model_fields)
    )
    place = rest.setdefault("in", "query" if in_query else "body")
    model = query if place == "query" else body
    return {"pointer": spelled(version, model, path), **rest}


def version_headers(call: Call, version: Version, route: Route | None) -> dict[str, str]:
    """Which version answered, which there are, and what is deprecated about it (RFC 9745, 8594)."""
    known = versions()
    headers = {
        "X-API-Version": version.name,
        "X-Supported-Versions": ", ".join(v.name for v in known.values() if not v.is_sunset),
        "X-Latest-Version": LATEST.name,
    }
    if version.is_deprecated and version.deprecated_on:
        guide = migration_guide(version)
        headers["Deprecation"] = _deprecation(version.deprecated_on)
        headers["Link"] = f'<{guide}>; rel="deprecation"'
        prefix, path = f"/{version.name}/", call.path
        if path.startswith(prefix):  # a name of the predecessor may lead nowhere
            successor = _address(f"/{LATEST.name}/{path.removeprefix(prefix)}")
            headers["Link"] += f', <{successor}>; rel="successor-version"'
        headers["X-Deprecated-Version"] = version.name
        headers["X-Migration-Guide"] = guide
        if version.sunset_on:
            headers["Sunset"] = _http_date(version.sunset_on)
            headers["X-Sunset-Date"] = version.sunset_on.isoformat()
    elif route and route.deprecated_on:
        headers["Deprecation"] = _deprecation(route.deprecated_on)
        if route.sunset_on:
            headers["Sunset"] = _http_date(route.sunset_on)
    return headers


def _address(path: str) -> str:
    """A path for a header, encoded again: the gateway has decoded it, line breaks included."""
    return quote(path, safe="/:@!$&*+,;=~", errors="replace")


def migration_guide(version: Version) -> str:
    """Where the way out of a version is described."""
    return f"/versions/{version.name}/migration-guide"


def unsupported() -> Refusal:
    """What a call of a version that does not exist is told."""
    names = [version.name for version in versions().values() if not version.is_sunset]
    details = {"supportedVersions": names, "latestVersion": LATEST.name}
    return Refusal("UNSUPPORTED_VERSION", details=details)


def sunset(version: Version) -> Refusal:
    """What a call of a version that is over is told."""
    details = {"migrationGuide": migration_guide(version), "latestVersion": LATEST.name}
    return Refusal("VERSION_SUNSET", details=details)


def _deprecation(day: Any) -> str:
    return f"@{int(datetime.combine(day, time(), UTC).timestamp())}"


def _http_date(day: Any) -> str:
    return format_datetime(datetime.combine(day, time(), UTC), usegmt=True)


def gateway_response(call: Call, answer: Answer, headers: dict[str, str]) -> dict[str, Any]:
    """The function's result in payload format 2.0, compressed when it pays."""
    body, final = answer.body, {**SECURITY, **headers, **answer.headers}
    if answer.status in (204, 304):
        final.pop("Content-Type", None)
    encode = (
        len(body) >= GZIP_FROM
        and "Content-Encoding" not in final
        and _accepts_gzip(call.headers.get("accept-encoding", ""))
    )
    if encode:
        body = gzip.compress(body, 5, mtime=0)
        final["Content-Encoding"] = "gzip"
    if call.method == "HEAD":
        body = b""
    textual = not encode and final.get("Content-Type", "text/").startswith(
        ("text/", "application/json", "application/problem+json")
    )
    return {
        "statusCode": answer.status,
        "headers": final,
        "body": body.decode() if textual else base64.b64encode(body).decode(),
        "isBase64Encoded": not textual,
    }


def _accepts_gzip(header: str) -> bool:
    for part in header.split(","):
        coding, _, weight = part.strip().partition(";")
        if coding.strip().lower() == "gzip":
            return weight.replace(" ", "").lower() not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False


def _json(value: Any) -> bytes:
    return orjson.dumps(value, default=_plain, option=orjson.OPT_UTC_Z)


def _plain(value: Any) -> Any:
    """What orjson does not know: numeric columns, and models inside models."""
    if isinstance(value, Model):
        return value.__dict__
    return float(value)

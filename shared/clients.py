"""What depends on the client's program: browsers' origins, and releases too old to be served."""

import os
import re

from shared.answers import Answer
from shared.errors import Refusal
from shared.request import Call

EXPOSED = (
    "Deprecation, ETag, Idempotency-Replayed, Link, Location, RateLimit, RateLimit-Policy, "
    "Retry-After, Sunset, X-API-Version, X-Correlation-Id, X-Latest-Version, X-Request-Id, "
    "X-Supported-Versions"
)
TAKEN = (
    "API-Version, Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, "
    "X-API-Key, X-API-Version, X-Client-Version"
)
_RELEASE = re.compile(r"([a-z]{2,16})/(\d{1,5}(?:\.\d{1,5}){0,3})", re.ASCII)


def cross_origin(call: Call) -> dict[str, str]:
    """CORS for origins on the allow list (CORS_ORIGINS, commas between them)."""
    origin = call.headers.get("origin")
    if not origin or origin not in os.environ.get("CORS_ORIGINS", "").split(","):
        return {}
    return {"Access-Control-Allow-Origin": origin, "Access-Control-Expose-Headers": EXPOSED}


def preflight(call: Call, allow: str) -> Answer:
    """CORS preflight (Fetch standard, 3.2), or a plain OPTIONS."""
    if not allow:
        raise Refusal("NOT_FOUND")
    headers = {"Allow": allow}
    if cross_origin(call):
        headers["Access-Control-Allow-Methods"] = allow
        headers["Access-Control-Allow-Headers"] = TAKEN
        headers["Access-Control-Max-Age"] = "600"
    return Answer(204, b"", headers)


def check_release(call: Call) -> None:
    """426 for a release below its platform's minimum (MINIMUM_CLIENTS: `ios/2.1,web/3.0`)."""
    minimum = os.environ.get("MINIMUM_CLIENTS", "")
    given = _RELEASE.fullmatch(call.headers.get("x-client-version", ""))
    if not minimum or not given:
        return
    wanted = dict(part.strip().split("/") for part in minimum.split(","))
    platform, number = given.groups()
    if platform in wanted and _parts(number) < _parts(wanted[platform]):
        raise Refusal("CLIENT_UPGRADE_REQUIRED", details={"minimumVersion": wanted[platform]})


def _parts(number: str) -> list[int]:
    return [int(part) for part in number.split(".")]

"""Rate limits: a sliding minute per caller, per kind of request and per source address.

The count commits before the request's own transaction, in the same flush, so a refused request
still counts. Callers who keep violating are slowed and then blocked; violations fade in a day.
"""

import hashlib
import ipaddress
import math
import time
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from shared.database import Command
from shared.errors import Refusal
from shared.identity import Credentials
from shared.routing import Route

WINDOW = 60
ANONYMOUS = 10
REFUSED_CREDENTIALS = 100
AUTH_PER_ADDRESS = 300
AUTH_PER_ACCOUNT = 10
PER_ADDRESS = 3000
BY_TIER = {"free": 100, "premium": 1000, "api_key": 1000}
BY_KIND = {"creates": 100, "updates": 200, "deletes": 50, "course_creates": 50}
WARN, THROTTLE, BLOCK = 3, 10, 25


class Policy(NamedTuple):
    """One thing that is counted. `quota` None: the caller's tier decides. Many may share an
    address: one of them must not get the others blocked for a day, so it is not `penalized`."""

    name: str
    key: str
    quota: int | None
    cost: int = 1
    penalized: bool = True


class Standing(NamedTuple):
    """How the tightest policy stands after this request."""

    name: str
    quota: int
    remaining: int
    reset: int

    def headers(self) -> dict[str, str]:
        """draft-ietf-httpapi-ratelimit-headers-10, and the predecessor's names."""
        return {
            "RateLimit-Policy": f'"{self.name}";q={self.quota};w={WINDOW}',
            "RateLimit": f'"{self.name}";r={self.remaining};t={self.reset}',
            "X-RateLimit-Limit": str(self.quota),
            "X-RateLimit-Remaining": str(self.remaining),
            "X-RateLimit-Reset": str(int(time.time()) + self.reset),
        }


def policies(
    route: Route, credentials: Credentials | None, address: str, account: str, cost: int = 1
) -> list[Policy]:
    """What a request counts against. `account` is the e-mail address of an `/auth/*` call."""
    place = _place(address)
    if route.limit == "none":
        return []
    if route.limit == "auth":
        found = [Policy("auth-address", f"auth:{place}", AUTH_PER_ADDRESS)]
        if account:
            key = _digest(f"{account.lower()}|{place}")
            found.append(Policy("auth-account", f"account:{key}", AUTH_PER_ACCOUNT))
        return found
    if credentials is None:
        return [Policy("anonymous", f"anonymous:{place}", ANONYMOUS)]
    who = credentials.limit_key
    found = [
        Policy("requests", f"all:{who}", None, cost),
        Policy("address", f"address:{place}", PER_ADDRESS, penalized=False),
    ]
    if route.limit in BY_KIND:
        found.append(Policy(route.limit, f"{route.limit}:{who}", BY_KIND[route.limit], cost))
    return found


def refused_credentials(address: str) -> list[Policy]:
    """What bad credentials count against, apart from anonymous calls: a campus shares an address,
    and a client with an expired token must be told so, to refresh it."""
    return [Policy("refused", f"refused:{_place(address)}", REFUSED_CREDENTIALS)]


def count_command(counted: Sequence[Policy]) -> Command:
    """The command that counts a request against its policies."""
    return (
        "select key, used, violations from count_requests(%(keys)s, %(costs)s)",
        {"keys": [p.key for p in counted], "costs": [p.cost for p in counted]},
    )


def judge(
    counted: Sequence[Policy], rows: Sequence[tuple[str, int, float]], tier: str
) -> tuple[Standing | None, Policy | None]:
    """How the tightest policy stands, and the first violated one."""
    used = {key: (count, violations) for key, count, violations in rows}
    reset = WINDOW - int(time.time()) % WINDOW
    tightest: Standing | None = None
    for policy in counted:
        count, violations = used.get(policy.key, (0, 0.0))
        quota = _reduced(policy.quota if policy.quota is not None else BY_TIER[tier], violations)
        standing = Standing(policy.name, quota, max(quota - count, 0), reset)
        if count > quota:
            return standing, policy
        if tightest is None or standing.remaining < tightest.remaining:
            tightest = standing
    return tightest, None


def _reduced(quota: int, violations: float) -> int:
    """What is left of a quota for those who keep violating it."""
    if violations >= BLOCK:
        return 0
    return math.ceil(quota / 2) if violations >= THROTTLE else quota


def too_many(standing: Standing) -> Refusal:
    """429 with the violated policy."""
    return Refusal(
        "RATE_LIMIT_EXCEEDED",
        details={"policy": standing.name, "limit": standing.quota, "windowSeconds": WINDOW},
        headers={"Retry-After": str(standing.reset), **standing.headers()},
    )


@lru_cache(1000)
def _place(address: str) -> str:
    """A pseudonym for where a request comes from. One IPv6 client has a whole /64 at its command
    (RFC 6177), and may write an IPv4 address as an IPv6 one."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return _digest(address)
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped:
            return _digest(str(found.ipv4_mapped))
        return _digest(found.packed[:8].hex())
    return _digest(str(found))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]

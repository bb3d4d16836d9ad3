"""A request as a route sees it."""

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Generic, NamedTuple, TypeVar
from urllib.parse import parse_qsl
from uuid import UUID

from shared.errors import Refusal
from shared.facts import Emissions, Event
from shared.ids import uuid7
from shared.models import M, Page
from shared.routing import Route
from shared.session import Session
from shared.versions import Version

MAX_BODY = 1024 * 1024
T = TypeVar("T")


class Caller(NamedTuple):
    """Who is calling, as admission found them in the database."""

    user_id: UUID
    role: str
    account_status: str
    tier: str
    timezone: str
    api_key_id: UUID | None = None
    scopes: tuple[str, ...] = ()
    organization_ids: tuple[UUID, ...] = ()
    suspended_until: datetime | None = None


class Reply(Generic[M]):
    """An answer that is more than its model: another status, headers, or not JSON at all."""

    __slots__ = ("body", "content", "content_type", "headers", "status")

    def __init__(
        self,
        body: M | Page[M] | None = None,
        *,
        status: int = 200,
        headers: dict[str, str] | None = None,
        content: bytes | None = None,
        content_type: str = "application/json",
    ) -> None:
        self.body = body
        self.status = status
        self.headers = headers or {}
        self.content = content
        self.content_type = content_type


@dataclass(slots=True, eq=False, repr=False)
class Call:
    """The gateway's event (HTTP API, payload format 2.0), read once."""

    method: str
    path: str
    query_string: str
    headers: dict[str, str]
    address: str
    gateway_id: str
    _body: str | None
    _base64: bool
    request_id: str = field(default_factory=lambda: f"req_{uuid7().hex}")
    received_at: datetime = field(default_factory=lambda: datetime.now(UTC))

    @classmethod
    def of(cls, event: dict[str, Any]) -> "Call":
        context = event["requestContext"]
        http = context["http"]
        return cls(
            method=http["method"].upper(),
            path=event.get("rawPath") or "/",
            query_string=event.get("rawQueryString") or "",
            headers=_lower(event.get("headers") or {}),
            address=http.get("sourceIp") or "",
            gateway_id=context.get("requestId") or "",
            _body=event.get("body"),
            _base64=bool(event.get("isBase64Encoded")),
        )

    def body(self) -> bytes:
        """The raw body. Errors: PAYLOAD_TOO_LARGE, MALFORMED_JSON for a broken encoding."""
        text = self._body or ""
        if len(text) > MAX_BODY * 4 // 3 + 4:
            raise _too_large()
        try:
            raw = base64.b64decode(text, validate=True) if self._base64 else text.encode()
        except (binascii.Error, ValueError):  # UnicodeEncodeError (a lone surrogate) is one
            raise Refusal("MALFORMED_JSON") from None
        if len(raw) > MAX_BODY:
            raise _too_large()
        return raw

    def moved(self, method: str, path: str, body: bytes | None) -> "Call":
        """The same call at another path, with another body if there is one."""
        if body is None:
            return replace(self, method=method, path=path)
        return replace(self, method=method, path=path, _body=body.decode(), _base64=False)

    def query(self) -> dict[str, str]:
        """Query parameters; repeated ones joined by commas, as the gateway joins them."""
        found: dict[str, str] = {}
        for name, value in parse_qsl(self.query_string, keep_blank_values=True, errors="strict"):
            found[name] = f"{found[name]},{value}" if name in found else value
        return found


def _lower(headers: dict[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def _too_large() -> Refusal:
    return Refusal("PAYLOAD_TOO_LARGE", details={"maxSize": MAX_BODY})


class Outside(Exception):  # noqa: N818 (asked for by a route, no error)
    """A route wants something from another system before it goes on."""

    def __init__(self, action: Callable[[], Any]) -> None:
        self.action = action
        super().__init__()


def going_outside(unit: Callable[[], T], fetched: list[Any]) -> T:
    """Run a unit of work; once more, when it was left for something from outside."""
    try:
        return unit()
    except Outside as asked:
        fetched.append(asked.action())
    return unit()


@dataclass(slots=True, eq=False, repr=False)
class Request:
    """What a route works with: the caller, the database inside one transaction, and `emit`."""

    call: Call
    route: Route
    version: Version
    db: Session
    emissions: Emissions
    caller: Caller | None = None
    seconds_left: Callable[[], float] = lambda: 25.0
    fetched: list[Any] = field(default_factory=list[Any])
    _afterwards: list[Callable[[], None]] = field(default_factory=list[Callable[[], None]])

    @property
    def user_id(self) -> UUID:
        return self.known_caller.user_id

    @property
    def tier(self) -> str:
        return self.known_caller.tier

    @property
    def known_caller(self) -> Caller:
        """The caller of an authenticated route."""
        if self.caller is None:
            raise RuntimeError("a public route has no caller")
        return self.caller

    @property
    def is_admin(self) -> bool:
        return self.caller is not None and self.caller.role == "admin"

    def emit(
        self, event: Event, *, user_id: UUID | None = None, event_id: UUID | None = None
    ) -> UUID:
        """Tell a fact, in the same transaction as the change. Returns the event's id.

        The fact is about the caller, or about `user_id`.
        """
        return self.emissions.add(event, user_id=user_id, event_id=event_id)

    def outside(self, action: Callable[[], T]) -> T:
        """What `action` returns: it may call other systems, as it runs outside of the transaction.

        For that the unit is left, with nothing of it done but the count, and begun again: a route
        asks once, before all else, and declares two statements more. Its refusals are the route's.
        """
        if not self.fetched:
            raise Outside(action)
        return self.fetched[0]

    def afterwards(self, action: Callable[[], None]) -> None:
        """Run after the commit, best effort: whatever it does must also be found by a sweep."""
        self._afterwards.append(action)

    def take_afterwards(self) -> list[Callable[[], None]]:
        actions, self._afterwards = self._afterwards, []
        return actions

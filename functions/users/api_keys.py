"""API keys: credentials of programs. A key never gives away more than it may do itself."""

import secrets
import string
from typing import Any
from uuid import UUID

from events.users import ApiKeyCreated, ApiKeyRevoked, ApiKeyRotated
from functions.users.models import ApiKey, ApiKeyPatch, ApiKeyQuery, ApiKeyWithSecret, NewApiKey
from shared.errors import Refusal
from shared.identity import api_key_hash, api_key_text
from shared.ids import uuid7
from shared.models import Page
from shared.request import Request
from shared.routing import Routes
from shared.sealing import seal
from shared.sql import queries

LIVE_KEYS = 20
_ALPHABET = string.ascii_lowercase + string.digits
routes = Routes("/users/me/api-keys", tag="users")
sql = queries(__file__)


@routes.get("")
def list_api_keys(request: Request, query: ApiKeyQuery) -> Page[ApiKey]:
    """List your API keys that were not revoked, oldest first."""
    return request.db.page(ApiKey, sql.list_api_keys, query)


@routes.post(
    "",
    status=201,
    exclusive="api-keys",
    secret_answer=True,
    errors=("RESOURCE_LIMIT_EXCEEDED",),
)
def create_api_key(request: Request, body: NewApiKey) -> ApiKeyWithSecret:
    """Make an API key. Its text and its signing secret are shown in this answer only."""
    _check_scopes(request, body.scopes)
    fresh = _Fresh()
    row = request.db.row(
        sql.create_api_key,
        id=uuid7(),
        limit=LIVE_KEYS,
        maker=request.known_caller.api_key_id,
        **body.values(),
        **fresh.columns(),
    )
    if row is None:
        raise Refusal("RESOURCE_LIMIT_EXCEEDED", details={"limit": LIVE_KEYS})
    request.emit(ApiKeyCreated(api_key_id=row["id"]))
    return fresh.shown(row)


@routes.get("/{api_key_id}")
def get_api_key(request: Request, api_key_id: UUID) -> ApiKey:
    """Get one API key."""
    return request.db.one(ApiKey, sql.get_api_key, id=api_key_id)


@routes.patch("/{api_key_id}")
def update_api_key(request: Request, api_key_id: UUID, body: ApiKeyPatch) -> ApiKey:
    """Rename an API key, or change what it may do."""
    _check_scopes(request, body.scopes or [])
    return request.db.one(
        ApiKey, sql.update_api_key, id=api_key_id, held=_held(request), **body.values()
    )


@routes.delete("/{api_key_id}")
def revoke_api_key(request: Request, api_key_id: UUID) -> None:
    """Revoke an API key, at once and for good."""
    row = request.db.row(sql.revoke_api_key, id=api_key_id)
    if row is None:
        raise _missing(request)
    request.emit(ApiKeyRevoked(api_key_id=api_key_id, entity_version=row["version"]))


@routes.post("/{api_key_id}/rotate", critical=True, secret_answer=True, limit="updates")
def rotate_api_key(request: Request, api_key_id: UUID) -> ApiKeyWithSecret:
    """Replace the secrets of an API key; the old ones stop working at once. It is then valid for
    90 days, or as long as before if that is longer."""
    fresh = _Fresh()
    row = request.db.row(sql.rotate_api_key, id=api_key_id, held=_held(request), **fresh.columns())
    if row is None:
        raise _missing(request)
    request.emit(ApiKeyRotated(api_key_id=api_key_id, entity_version=row["version"]))
    return fresh.shown(row)


class _Fresh:
    """New secrets: a key of 256 bits, and another secret that signs critical requests."""

    def __init__(self) -> None:
        self.prefix = "".join(secrets.choice(_ALPHABET) for _ in range(8))
        self.key = api_key_text(self.prefix, secrets.token_urlsafe(32))
        self.signing_secret = secrets.token_urlsafe(32)

    def columns(self) -> dict[str, Any]:
        """What the database keeps: nothing that could be used."""
        return {
            "prefix": self.prefix,
            "key_hash": api_key_hash(self.key),
            "signing_secret": seal(self.signing_secret.encode(), "api_key.signing_secret"),
        }

    def shown(self, row: dict[str, Any]) -> ApiKeyWithSecret:
        return ApiKeyWithSecret(**row, key=self.key, signing_secret=self.signing_secret)


def _held(request: Request) -> list[str] | None:
    """The scopes of the calling key; None when everything is permitted."""
    caller = request.known_caller
    return None if caller.api_key_id is None or "*" in caller.scopes else list(caller.scopes)


def _check_scopes(request: Request, wanted: list[str]) -> None:
    held = _held(request)
    if held is not None and not set(wanted) <= set(held):
        raise Refusal("FORBIDDEN", "An API key cannot permit more than it may do itself.")


def _missing(request: Request) -> Refusal:
    return Refusal("PRECONDITION_FAILED" if request.db.parameters["if_match"] else "NOT_FOUND")

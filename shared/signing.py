"""Signed requests: critical operations by API key carry an HMAC-SHA256 (RFC 2104) over
`timestamp.nonce.rawBody` with the key's own signing secret. A nonce is accepted once, a timestamp
for five minutes."""

import hashlib
import hmac
import re
import time
from uuid import UUID

from shared.database import Command, Database
from shared.errors import Refusal
from shared.sealing import unseal

TOLERANCE = 300
_NONCE = re.compile(r"[\x21-\x7e]{8,128}")
_SECRET = "select signing_secret from api_key where id = %(id)s"  # noqa: S105 (SQL, not a secret)
_USE_NONCE = """insert into used_nonce (api_key_id, nonce) values (%(id)s, %(nonce)s)
on conflict do nothing returning nonce"""


def signature(signing_secret: bytes, timestamp: str, nonce: str, body: bytes) -> str:
    """The value of X-Signature: hex HMAC-SHA256."""
    message = f"{timestamp}.{nonce}.".encode() + body
    return hmac.new(signing_secret, message, hashlib.sha256).hexdigest()


def check(database: Database, api_key_id: UUID, headers: dict[str, str], body: bytes) -> Command:
    """Refuse an unsigned, stale, repeated or forged request with FORBIDDEN.

    Returns what uses the nonce up, for a request that is refused later: it must not be sent again
    by somebody who has seen it.
    """
    given = headers.get("x-signature", "")
    timestamp, nonce = headers.get("x-timestamp", ""), headers.get("x-nonce", "")
    fresh = re.fullmatch(r"\d{10}", timestamp, re.ASCII) and (
        abs(time.time() - int(timestamp)) <= TOLERANCE
    )
    if not fresh or not _NONCE.fullmatch(nonce):
        raise _refusal()
    use: Command = (_USE_NONCE, {"id": api_key_id, "nonce": nonce})
    stored, used = database.flush((_SECRET, {"id": api_key_id}), use)
    expected = signature(
        unseal(bytes(stored.rows[0][0]), "api_key.signing_secret"), timestamp, nonce, body
    )
    same = hmac.compare_digest(expected.encode(), given.encode(errors="replace"))
    if not same or not used.rows:
        raise _refusal()
    return use


def _refusal() -> Refusal:
    return Refusal("FORBIDDEN", "This operation must be signed: X-Timestamp, X-Nonce, X-Signature.")

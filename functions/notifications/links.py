"""Links that are a permission in themselves: who may be unsubscribed from what, signed.

HMAC-SHA256 (RFC 2104) over person and category, 128 bits of it kept. They do not expire: a mail
may be years old when its reader has had enough.
"""

import base64
import hashlib
import hmac
from uuid import UUID

from shared.cursors import unpadded
from shared.errors import Refusal
from shared.settings import secret, setting

_TAG = 16
_CONTEXT = b"campus.unsubscribe.v1\0"


def unsubscribe_url(user_id: UUID, category: str) -> str:
    """The address that a mail of this category names in its headers and at its end."""
    return f"{setting('PUBLIC_URL')}/unsubscribe/{sign(user_id, category)}"


def sign(user_id: UUID, category: str) -> str:
    """The token of one person and category."""
    payload = user_id.bytes + category.encode()
    return base64.urlsafe_b64encode(_tag(payload) + payload).rstrip(b"=").decode()


def read(token: str) -> tuple[UUID, str]:
    """Who and what a token is for. Errors: NOT_FOUND for anything that was not signed here."""
    try:
        raw = unpadded(token)
    except ValueError:
        raise Refusal("NOT_FOUND") from None
    payload = raw[_TAG:]
    if len(payload) <= 16 or not hmac.compare_digest(raw[:_TAG], _tag(payload)):
        raise Refusal("NOT_FOUND")
    return UUID(bytes=payload[:16]), payload[16:].decode()


def _tag(payload: bytes) -> bytes:
    key = secret("cursor-key").encode()
    return hmac.digest(key, _CONTEXT + payload, hashlib.sha256)[:_TAG]

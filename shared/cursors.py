"""Page cursors: opaque, signed, bound to the caller, the list and its filters, valid for a day.

HMAC-SHA256 (RFC 2104) over the JSON payload, 128 bits of it kept, base64url without padding.
"""

import base64
import hashlib
import hmac
import time
from typing import Any

import orjson

from shared.errors import Refusal
from shared.settings import secret

LIFETIME = 86_400
_TAG = 16


def sign(scope: str, position: list[Any], lifetime: int = LIFETIME) -> str:
    """A cursor for a position in the list that `scope` describes."""
    expires = int(time.time()) + lifetime
    payload = orjson.dumps([expires, position], option=orjson.OPT_UTC_Z)
    return base64.urlsafe_b64encode(_tag(scope, payload) + payload).rstrip(b"=").decode()


def read(scope: str, cursor: str) -> list[Any]:
    """The position in a cursor of this scope; anything else is refused as INVALID_CURSOR."""
    try:
        raw = unpadded(cursor)
    except ValueError:
        raise Refusal("INVALID_CURSOR") from None
    tag, payload = raw[:_TAG], raw[_TAG:]
    if not hmac.compare_digest(tag, _tag(scope, payload)):
        raise Refusal("INVALID_CURSOR")
    expires, position = orjson.loads(payload)
    if expires < time.time():
        raise Refusal("INVALID_CURSOR", "The cursor has expired.")
    return position


def unpadded(text: str) -> bytes:
    """base64url without padding, in its one spelling. Errors: ValueError for any other: a signed
    text that was altered must not pass because its last bits say nothing."""
    raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    if base64.urlsafe_b64encode(raw).rstrip(b"=").decode() != text:
        raise ValueError("not canonical")
    return raw


def _tag(scope: str, payload: bytes) -> bytes:
    key = secret("cursor-key").encode()
    return hmac.digest(key, scope.encode() + b"\0" + payload, hashlib.sha256)[:_TAG]

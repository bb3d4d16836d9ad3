"""Tokens that are a permission in themselves. The database keeps a SHA-256 of each: 128 random bits
and more need no salt."""

import hashlib
import re
import secrets

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: no I, L, O, U
_CODE = re.compile(rf"[{_ALPHABET}]{{26}}")


def fresh() -> str:
    """A token of 256 bits for a link."""
    return secrets.token_urlsafe(32)


def code() -> str:
    """A token of 130 bits to read out and type: 26 letters and digits that nobody mistakes."""
    letters = "".join(secrets.choice(_ALPHABET) for _ in range(26))
    return "-".join((letters[:5], letters[5:10], letters[10:15], letters[15:20], letters[20:]))


def token_hash(token: str) -> bytes:
    """What the database keeps of a token. A code may be typed in lower case or without hyphens."""
    typed = token.replace("-", "").upper()
    canonical = typed if _CODE.fullmatch(typed) else token
    return hashlib.sha256(canonical.encode()).digest()

"""Passwords of share links: scrypt (RFC 7914) with a salt of their own, 16 MiB and tens of
milliseconds a guess."""

import hashlib
import hmac
import os

_SALT = 16


def derive(password: str) -> bytes:
    """What the database keeps of a password: salt and key, 48 bytes."""
    salt = os.urandom(_SALT)
    return salt + _key(password, salt)


def matches(password: str, kept: bytes) -> bool:
    """Whether this is the password, in a time that does not tell how much of it is right."""
    return hmac.compare_digest(_key(password, kept[:_SALT]), kept[_SALT:])


def _key(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(password.encode(), salt=salt, n=2**14, r=8, p=1, dklen=32)

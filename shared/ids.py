"""Identifiers: UUIDv7 (RFC 9562, section 5.7), made by the server in Python.

Time ordered, so that rows of one owner lie together in every index. The 12 bits after the
milliseconds are their fraction (section 6.2, method 3), so that what one process makes is in
order; 62 random bits, so that an id cannot be guessed.
"""

import os
import re
import time
from uuid import UUID

CANONICAL_UUID = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")


def uuid7() -> UUID:
    """A new identifier: Unix milliseconds, version 7, their fraction, variant, random bits."""
    milliseconds, rest = divmod(time.time_ns(), 1_000_000)
    fraction = (rest << 12) // 1_000_000
    random = int.from_bytes(os.urandom(8), "big") >> 2
    return UUID(int=milliseconds << 80 | 0x7 << 76 | fraction << 64 | 0x2 << 62 | random)


def canonical_uuid(text: str) -> UUID | None:
    """The UUID of its 36-character form (RFC 9562, section 4), None for any other spelling."""
    return UUID(text) if CANONICAL_UUID.fullmatch(text) else None

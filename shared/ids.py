"""Identifiers: UUIDv7 (RFC 9562, section 5.7), made by the server in Python.

Time ordered, so that rows of one owner lie together in every index; 74 random bits, so that an id
cannot be guessed.
"""

import os
import re
import time
from uuid import UUID

CANONICAL_UUID = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")


def uuid7() -> UUID:
    """A new identifier: 48 bits of Unix milliseconds, then version, variant and random bits."""
    random = int.from_bytes(os.urandom(10), "big")
    value = (time.time_ns() // 1_000_000) << 80 | random
    value = value & ~(0xF << 76) | (0x7 << 76)
    value = value & ~(0x3 << 62) | (0x2 << 62)
    return UUID(int=value)


def canonical_uuid(text: str) -> UUID | None:
    """The UUID of its 36-character form (RFC 9562, section 4), None for any other spelling."""
    return UUID(text) if CANONICAL_UUID.fullmatch(text) else None

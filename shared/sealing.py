"""Sealing of values that the database keeps but must not know: AES-256-GCM (NIST SP 800-38D).

The key is derived from the secret `field-key` by HKDF (RFC 5869), so that its text may have any
length. `context` (table and column, say) is authenticated: a sealed value cannot be moved.
"""

import os
from functools import lru_cache

from shared.settings import secret

_NONCE = 12


def seal(plain: bytes, context: str) -> bytes:
    """Nonce and ciphertext."""
    nonce = os.urandom(_NONCE)
    return nonce + _cipher(secret("field-key")).encrypt(nonce, plain, context.encode())


def unseal(sealed: bytes, context: str) -> bytes:
    """What was sealed. Raises cryptography's InvalidTag for anything else."""
    cipher = _cipher(secret("field-key"))
    return cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], context.encode())


@lru_cache(maxsize=2)
def _cipher(key: str):
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    derived = HKDF(SHA256(), length=32, salt=None, info=b"campus field key v1").derive(key.encode())
    return AESGCM(derived)

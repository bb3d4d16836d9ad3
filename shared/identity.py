"""Who is calling: access tokens of the user pool and API keys, verified without the database.

Access tokens are JWTs (RFC 7519) with RS256 pinned (RFC 8725); the key is chosen by `kid` among the
pool's published keys and by nothing else in the token's header. API keys are
`campus_<prefix>_<256 bit, base64url>_<crc32, hex>`: the checksum finds typing errors offline, the
database knows only the SHA-256.
"""

import base64
import binascii
import hashlib
import re
import threading
import time
import zlib
from functools import lru_cache
from typing import Any, NamedTuple

import orjson

from shared.errors import Refusal
from shared.settings import setting

_API_KEY = re.compile(r"campus_([a-z0-9]{8})_([A-Za-z0-9_-]{43})_([0-9a-f]{8})")
_TOKEN_LENGTH = 8192
_KEYS_LIFETIME = 3600.0
_KEYS_COOLDOWN = 30.0
_CACHE_SIZE = 1000
_SKEW = 5


class Credentials(NamedTuple):
    """Verified credentials: a subject of an issuer, or an API key's hash."""

    issuer: str = ""
    subject: str = ""
    signed_in_at: int = 0
    expires_at: int = 0
    token: str = ""
    key_hash: bytes | None = None

    @property
    def limit_key(self) -> str:
        """A pseudonym for counting, the same for every token of one caller."""
        return _pseudonym(self.key_hash or f"{self.issuer}|{self.subject}".encode())


@lru_cache(1000)
def _pseudonym(seed: bytes) -> str:
    return hashlib.sha256(seed).hexdigest()[:32]


def read_credentials(headers: dict[str, str]) -> Credentials | None:
    """The caller's credentials, None without any. Errors: INVALID_TOKEN, TOKEN_EXPIRED."""
    key = headers.get("x-api-key")
    authorization = headers.get("authorization")
    if key is not None and authorization is not None:
        raise Refusal("INVALID_TOKEN", "Send either Authorization or X-API-Key.")
    if key is not None:
        return _api_key(key)
    if authorization is None:
        return None
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer":
        raise Refusal("INVALID_TOKEN")
    return verify(token)


def api_key_text(prefix: str, secret: str) -> str:
    """The text of an API key, checksum included."""
    body = f"campus_{prefix}_{secret}"
    return f"{body}_{zlib.crc32(body.encode()):08x}"


def api_key_hash(text: str) -> bytes:
    """What the database keeps of an API key: its SHA-256. 256 random bits need no salt."""
    return hashlib.sha256(text.encode()).digest()


def _api_key(text: str) -> Credentials:
    found = _API_KEY.fullmatch(text)
    if not found or api_key_text(found[1], found[2]) != text:
        raise Refusal("INVALID_TOKEN")
    return Credentials(key_hash=api_key_hash(text))


_verified: dict[str, Credentials] = {}


def verify(token: str) -> Credentials:
    """The credentials of an access token. Errors: INVALID_TOKEN, TOKEN_EXPIRED.

    A verified token is remembered until it expires, so that a warm request does not verify again.
    """
    held = _verified.get(token)
    if held is None:
        held = _verify(token)
        if len(_verified) >= _CACHE_SIZE:
            _verified.clear()
        _verified[token] = held
    if held.expires_at <= time.time():
        _verified.pop(token, None)
        raise Refusal("TOKEN_EXPIRED")
    return held


def prepare() -> None:
    """Have the pool's keys, and what verifies with them, before the first token comes."""
    _verifying()
    _keys.refresh()


def _verify(token: str) -> Credentials:
    parts = token.split(".")
    if len(token) > _TOKEN_LENGTH or len(parts) != 3:
        raise Refusal("INVALID_TOKEN")
    header, claims = _json(parts[0]), _json(parts[1])
    signature = _decode(parts[2])
    if header.get("alg") != "RS256" or "crit" in header or not isinstance(header.get("kid"), str):
        raise Refusal("INVALID_TOKEN")
    _check_signature(header["kid"], f"{parts[0]}.{parts[1]}".encode(), signature)
    return _check_claims(token, claims)


def _check_signature(kid: str, message: bytes, signature: bytes) -> None:
    wrong, padding, digest = _verifying()
    try:
        _keys.find(kid).verify(signature, message, padding(), digest())
    except wrong:
        raise Refusal("INVALID_TOKEN") from None


def _verifying() -> tuple[type[Exception], Any, Any]:
    """What RS256 takes. Functions that nobody signs in to never load it."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.hashes import SHA256

    return InvalidSignature, PKCS1v15, SHA256


def _check_claims(token: str, claims: dict[str, Any]) -> Credentials:
    numbers = [claims.get(name) for name in ("exp", "iat")]
    subject, issuer = claims.get("sub"), setting("USER_POOL_ISSUER")
    signed_in = claims.get("auth_time", 0)  # a token that does not say is of no recent sign-in
    if not isinstance(subject, str):
        raise Refusal("INVALID_TOKEN")
    sound = (
        all(type(number) is int for number in numbers)
        and 0 < len(subject) <= 128
        and claims.get("iss") == issuer
        and claims.get("token_use") == "access"
        and claims.get("client_id") == setting("USER_POOL_CLIENT_ID")
        and type(signed_in) is int
    )
    if not sound or claims["iat"] > time.time() + _SKEW:
        raise Refusal("INVALID_TOKEN")
    return Credentials(
        issuer=issuer,
        subject=subject,
        signed_in_at=int(signed_in or 0),
        expires_at=claims["exp"],
        token=token,
    )


def _json(segment: str) -> dict[str, Any]:
    try:
        value = orjson.loads(_decode(segment))
    except orjson.JSONDecodeError:
        raise Refusal("INVALID_TOKEN") from None
    if not isinstance(value, dict):
        raise Refusal("INVALID_TOKEN")
    return value  # pyright: ignore[reportUnknownVariableType]


def _decode(segment: str) -> bytes:
    """base64url without padding, in its one canonical spelling."""
    try:
        raw = base64.urlsafe_b64decode(segment + "=" * (-len(segment) % 4))
    except (binascii.Error, ValueError):
        raise Refusal("INVALID_TOKEN") from None
    if base64.urlsafe_b64encode(raw).rstrip(b"=").decode() != segment:
        raise Refusal("INVALID_TOKEN")
    return raw


class _KeySet:
    """The pool's public keys (RFC 7517), fetched hourly, or after a pause for an unknown `kid`."""

    def __init__(self) -> None:
        self._keys: dict[str, Any] = {}
        self._fetched_at = self._tried_at = -_KEYS_LIFETIME
        self._lock = threading.Lock()

    def find(self, kid: str) -> Any:
        self.refresh(kid)
        if kid not in self._keys:
            raise Refusal("INVALID_TOKEN")
        return self._keys[kid]

    def refresh(self, kid: str = "") -> None:
        if self._is_due(kid):
            with self._lock:
                if self._is_due(kid):
                    self._fetch()

    def _is_due(self, kid: str) -> bool:
        """Tried again after a pause only, whether the store or a caller is at fault."""
        now = time.monotonic()
        old = now - self._fetched_at > _KEYS_LIFETIME
        rested = now - self._tried_at > _KEYS_COOLDOWN
        return not self._keys or ((old or kid not in self._keys) and rested)

    def _fetch(self) -> None:
        from http.client import HTTPException
        from urllib.request import urlopen

        self._tried_at = time.monotonic()
        try:
            with urlopen(setting("USER_POOL_JWKS_URL"), timeout=3) as answer:  # noqa: S310 (https, configured)
                document = orjson.loads(answer.read())
            found = {key["kid"]: _public_key(key) for key in document["keys"] if _usable(key)}
        except (HTTPException, OSError, ValueError, LookupError, TypeError, AttributeError):
            found = {}  # not there, or not a set of keys
        if found:
            self._keys, self._fetched_at = found, self._tried_at
        elif not self._keys:  # keys that were good an hour ago are better than refusing everybody
            raise Refusal("SERVICE_UNAVAILABLE", headers={"Retry-After": "5"})


def _usable(key: dict[str, Any]) -> bool:
    return key.get("kty") == "RSA" and key.get("use", "sig") == "sig"


def _public_key(key: dict[str, Any]) -> Any:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers

    def number(text: str) -> int:
        return int.from_bytes(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)), "big")

    return RSAPublicNumbers(number(key["e"]), number(key["n"])).public_key()


_keys = _KeySet()

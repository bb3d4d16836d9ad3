"""Proof that a webhook comes from its provider. All comparisons take constant time, and a caller
never learns which of the proofs was missing or wrong.

A secret is a JSON list of accepted values, newest first, so that an old one stays valid while the
provider is being told the new one.
"""

import hashlib
import hmac
import re
import time
from collections.abc import Sequence

import orjson

from shared.errors import Refusal
from shared.settings import SECRET_LIFETIME, secret

TOLERANCE = 300
_SIGNATURE = re.compile(r"t=(\d{1,12})((?:,v1=[0-9a-f]{64}){1,5})", re.ASCII)
_absent: dict[str, float] = {}


def accepted_secrets(name: str) -> list[str]:
    """The values of a secret that has to be there. Errors: SERVICE_UNAVAILABLE without any."""
    found = optional_secrets(name)
    if not found:
        raise _not_configured()
    return found


def optional_secrets(name: str) -> list[str]:
    """The values of a secret, none when the secret does not exist (remembered for five minutes).

    Errors: SERVICE_UNAVAILABLE when the store does not answer or the value is not a list of texts.
    """
    if time.monotonic() - _absent.get(name, -SECRET_LIFETIME) < SECRET_LIFETIME:
        return []
    try:
        values = orjson.loads(secret(name))
    except Exception as error:  # the store's errors are known to boto3 only, which loads slowly
        if not _says_absent(error):
            raise _not_configured() from error
        _absent[name] = time.monotonic()
        return []
    if not isinstance(values, list) or not all(isinstance(v, str) and v for v in values):
        raise _not_configured()
    return values


def is_one_of(given: str, accepted: Sequence[str]) -> bool:
    """Whether a text equals one of the secrets. All are compared, whichever matches."""
    digest = _digest(given)
    matches = [hmac.compare_digest(digest, _digest(value)) for value in accepted]
    return any(matches)


def is_signed(header: str, raw: bytes, accepted: Sequence[str]) -> bool:
    """Whether `t=<unix>,v1=<hex>` is the HMAC-SHA256 of `<t>.<raw body>`, and was made just now."""
    found = _SIGNATURE.fullmatch(header)
    if not found or abs(time.time() - int(found[1])) > TOLERANCE:
        return False
    given = found[2].split(",v1=")[1:]
    message = found[1].encode() + b"." + raw
    expected = [hmac.new(key.encode(), message, hashlib.sha256).hexdigest() for key in accepted]
    matches = [hmac.compare_digest(one, other) for one in given for other in expected]
    return any(matches)


def refused() -> Refusal:
    """The one answer to every webhook that is not proven."""
    return Refusal("UNAUTHORIZED", "The webhook is not signed by its provider.")


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


def _says_absent(error: Exception) -> bool:
    answer = getattr(error, "response", {})
    code = answer.get("Error", {}).get("Code")
    return isinstance(error, KeyError) or code == "ResourceNotFoundException"


def _not_configured() -> Refusal:
    return Refusal("SERVICE_UNAVAILABLE", headers={"Retry-After": "60"})

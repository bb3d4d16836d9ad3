"""Access tokens that nobody may get in with: crafted ones, and mutations of a good one."""

import base64
import hashlib
import hmac
import json
import random
import time
from collections.abc import Iterator
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256, SHA512
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from tests.people import pool_key, sign, token

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
STRANGE = "=+/. \n\t\x00%\u00e9\u0660\u202e"


def segment(value: Any) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def claims(subject: str, **changes: Any) -> dict[str, Any]:
    return json.loads(base64.urlsafe_b64decode(token(subject, **changes).split(".")[1] + "=="))


def with_key(key: Any, header: dict[str, Any], payload: dict[str, Any], digest: Any = None) -> str:
    """A JWT with another RSA key or digest than the pool's."""
    message = f"{segment(header)}.{segment(payload)}"
    made = key.sign(message.encode(), padding.PKCS1v15(), digest or SHA256())
    return f"{message}.{segment(made)}"


def crafted(subject: str) -> dict[str, str]:
    """Forty and more forgeries by what is wrong with them; the subject has an account."""
    good, now, payload = token(subject), int(time.time()), claims(subject)
    head, body, signature = good.split(".")
    wrong_claims = {
        "id token": {"token_use": "id"}, "no token use": {"token_use": None},
        "refresh token": {"token_use": "refresh"}, "other client": {"client_id": "other"},
        "no client": {"client_id": None}, "client as a list": {"client_id": ["campus-test-client"]},
        "audience for client": {"client_id": None, "aud": "campus-test-client"},
        "other issuer": {"iss": "https://evil.example"}, "no issuer": {"iss": None},
        "issuer and a slash": {"iss": payload["iss"] + "/"},
        "issuer in upper case": {"iss": payload["iss"].upper()},
        "expired": {"exp": now - 1}, "expires now": {"exp": now}, "no exp": {"exp": None},
        "exp as text": {"exp": "9999999999"}, "exp as a float": {"exp": now + 900.5},
        "exp as true": {"exp": True}, "exp as a list": {"exp": [now + 900]},
        "exp of 30 digits": {"exp": 10**30}, "negative exp": {"exp": -1},
        "no iat": {"iat": None}, "iat as text": {"iat": str(now)},
        "issued tomorrow": {"iat": now + 86_400}, "no subject": {"sub": None},
        "empty subject": {"sub": ""}, "subject as a number": {"sub": 1},
        "subject as a list": {"sub": [subject]}, "long subject": {"sub": subject * 40},
        "auth_time as text": {"auth_time": "now"},
    }  # fmt: skip
    found = {name: token(subject, **changes) for name, changes in wrong_claims.items()}
    found |= headers(payload) | keys(payload) | encodings(head, body, signature)
    return found


def headers(payload: dict[str, Any]) -> dict[str, str]:
    """Headers that ask for another way to verify."""
    good = {"alg": "RS256", "kid": "campus-test"}
    unsigned = {
        f"alg {alg!r}": f"{segment({**good, 'alg': alg})}.{segment(payload)}."
        for alg in ("none", "None", "NONE", "nOnE", "", None)
    }
    changed = {
        "crit": {"crit": ["exp"]}, "RS512 in name": {"alg": "RS512"}, "no alg": {"alg": None},
        "alg in lower": {"alg": "rs256"}, "alg as a list": {"alg": ["RS256"]},
        "unknown kid": {"kid": "other"}, "no kid": {"kid": None}, "kid as a number": {"kid": 1},
        "kid that climbs": {"kid": "../../../../dev/null"}, "kid of SQL": {"kid": "' or 1=1 --"},
        "kid as a list": {"kid": ["campus-test"]}, "kid with NUL": {"kid": "campus-test\x00"},
        "kid with a space": {"kid": "campus-test "},
    }  # fmt: skip
    return unsigned | {name: sign({**good, **change}, payload) for name, change in changed.items()}


def keys(payload: dict[str, Any]) -> dict[str, str]:
    """Signed with keys that are not the pool's, some of them offered in the header."""
    evil = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    public = pool_key().public_key()
    numbers = evil.public_key().public_numbers()
    jwk = {"kty": "RSA", "kid": "campus-test", "e": "AQAB",
           "n": segment(numbers.n.to_bytes(256, "big"))}  # fmt: skip
    good = {"alg": "RS256", "kid": "campus-test"}
    found = {
        "another key": with_key(evil, good, payload),
        "jwk": with_key(evil, {**good, "jwk": jwk}, payload),
        "jku": with_key(evil, {**good, "jku": "https://evil.example/jwks.json"}, payload),
        "x5u": with_key(evil, {**good, "x5u": "https://evil.example/key.pem"}, payload),
        "x5c": with_key(evil, {**good, "x5c": [segment(b"certificate")]}, payload),
        "RS512": with_key(pool_key(), {**good, "alg": "RS512"}, payload, SHA512()),
        "SHA-512 as RS256": with_key(pool_key(), good, payload, SHA512()),
    }
    for name, secret in {
        "PEM": public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
        "DER": public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
        "nothing": b"",
    }.items():
        message = f"{segment({**good, 'alg': 'HS256'})}.{segment(payload)}"
        made = hmac.new(secret, message.encode(), hashlib.sha256).digest()
        found[f"HS256 with {name}"] = f"{message}.{segment(made)}"
    message = f"{segment({**good, 'alg': 'ES256'})}.{segment(payload)}"
    curve = ec.generate_private_key(ec.SECP256R1())
    found["ES256"] = f"{message}.{segment(curve.sign(message.encode(), ec.ECDSA(SHA256())))}"
    private = evil.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    found["a key for a signature"] = f"{message}.{segment(private)}"
    return found


def encodings(head: str, body: str, signature: str) -> dict[str, str]:
    """The right content, spelled in a way that must not be read."""
    good = f"{head}.{body}.{signature}"
    raw = base64.urlsafe_b64decode(signature + "==")
    return {
        "no signature": f"{head}.{body}.", "no dots": head + body + signature,
        "two parts": f"{head}.{body}", "four parts": f"{good}.{signature}", "only dots": "..",
        "JWE": f"{good}..", "padding": f"{head}.{body}.{signature}==", "a space": f"{good} ",
        "a line break": f"{good}\n", "space inside": f"{head}. {body}.{signature}",
        "standard alphabet": f"{head}.{body}.{base64.b64encode(raw).decode()}",
        "other last bits": good[:-1] + ALPHABET[ALPHABET.index(good[-1]) ^ 1],
        "signature of zeros": f"{head}.{body}.{segment(bytes(len(raw)))}",
        "signature cut": f"{head}.{body}.{segment(raw[:-1])}",
        "signature longer": f"{head}.{body}.{segment(raw + bytes(1))}",
        "header twice": f"{head}.{head}.{signature}", "body twice": f"{body}.{body}.{signature}",
        "header is a list": f"{segment([])}.{body}.{signature}",
        "body is null": f"{head}.{segment(None)}.{signature}",
        "body is deep": f"{head}.{segment(b'[' * 6000)}.{signature}",
        "body is no UTF-8": f"{head}.{segment(bytes([0xFF, 0xFE]))}.{signature}",
        "ten megabytes": f"{head}.{'A' * 10_000_000}.{signature}",
        "empty": "", "other letters": "ключ.ключ.ключ", "Bearer twice": f"Bearer {good}",
        "two tokens": f"{good}, {good}",
    }  # fmt: skip


def mutations(good: str, number: int, seed: str) -> Iterator[str]:
    """Texts that differ from a good token, always the same for a seed."""
    chance = random.Random(seed)
    kinds = (_replaced, _removed, _inserted, _swapped, _cut, _bit_flipped)
    for _ in range(number):
        made = good
        while made == good:
            for _ in range(chance.choice((1, 1, 1, 2, 5))):
                made = chance.choice(kinds)(made, chance)
        yield made


def _replaced(text: str, chance: random.Random) -> str:
    place = chance.randrange(len(text) or 1)
    return text[:place] + chance.choice(ALPHABET + STRANGE) + text[place + 1 :]


def _removed(text: str, chance: random.Random) -> str:
    place = chance.randrange(len(text) or 1)
    return text[:place] + text[place + 1 :]


def _inserted(text: str, chance: random.Random) -> str:
    place = chance.randrange(len(text) + 1)
    return text[:place] + chance.choice(ALPHABET + STRANGE) + text[place:]


def _swapped(text: str, chance: random.Random) -> str:
    parts = text.split(".")
    chance.shuffle(parts)
    return ".".join(parts)


def _cut(text: str, chance: random.Random) -> str:
    return text[: chance.randrange(len(text) + 1)]


def _bit_flipped(text: str, chance: random.Random) -> str:
    """One bit of what a segment says, encoded properly again."""
    parts = text.split(".")
    place = chance.randrange(len(parts))
    try:
        raw = bytearray(base64.urlsafe_b64decode(parts[place] + "=="))
    except ValueError:
        return text + "A"
    if raw:
        raw[chance.randrange(len(raw))] ^= 1 << chance.randrange(8)
    parts[place] = segment(bytes(raw))
    return ".".join(parts)

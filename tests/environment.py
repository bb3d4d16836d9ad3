"""What a deployed function finds in its environment, with values made for one test run."""

import base64
import json
import secrets
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

# Constant, since roles belong to a server that several runs may share.
PASSWORDS = {name: f"campus-test-{name}" for name in ("app", "system", "support")}
ISSUER = "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_campustest"
KEY_ID = "campus-test"


def function_environment(directory: Path) -> dict[str, str]:
    """The variables; files with the secrets and the user pool's keys are written to `directory`.

    CAMPUS_TEST_TOKEN_KEY is the private key (PEM) that signs tokens which the user pool's key
    set (USER_POOL_JWKS_URL) verifies, under the key id "campus-test".
    """
    (directory / "secrets.json").write_text(json.dumps(_secrets()))
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (directory / "token-key.pem").write_bytes(pem)
    (directory / "jwks.json").write_text(json.dumps({"keys": [_public_jwk(key)]}))
    return {
        "CAMPUS_STAGE": "test",
        "CAMPUS_SECRETS_FILE": str(directory / "secrets.json"),
        "CAMPUS_TEST_TOKEN_KEY": str(directory / "token-key.pem"),
        "EVENT_BUS_NAME": "campus",
        "FILES_BUCKET": "campus-files",
        "USER_POOL_ID": ISSUER.rsplit("/", 1)[1],
        "USER_POOL_CLIENT_ID": "campus-test-client",
        "USER_POOL_ISSUER": ISSUER,
        "USER_POOL_JWKS_URL": (directory / "jwks.json").as_uri(),
        "MAIL_FROM": "Campus <campus@example.com>",
        "PUBLIC_URL": "https://api.campus.example",
        "AWS_REGION": "eu-central-1",
        "AWS_DEFAULT_REGION": "eu-central-1",
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_SESSION_TOKEN": "testing",
        # Nobody answers there, at once; the real name takes seconds to be unknown.
        "AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER": "http://127.0.0.1:1",
    }


def _secrets() -> dict[str, str]:
    generated = ("cursor-key", "field-key", "user-pool-client-secret")
    return {
        **{f"database-password-{name}": password for name, password in PASSWORDS.items()},
        **{name: secrets.token_hex(32) for name in generated},
        "revenuecat-webhook": json.dumps([secrets.token_hex(16), secrets.token_hex(16)]),
    }


def _public_jwk(key: rsa.RSAPrivateKey) -> dict[str, str]:
    numbers = key.public_key().public_numbers()
    return {
        "kty": "RSA",
        "kid": KEY_ID,
        "alg": "RS256",
        "use": "sig",
        "n": _base64url(numbers.n),
        "e": _base64url(numbers.e),
    }


def _base64url(number: int) -> str:
    raw = number.to_bytes((number.bit_length() + 7) // 8, "big")
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()

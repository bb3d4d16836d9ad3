"""Accounts, and access tokens as the user pool of the tests signs them."""

import base64
import json
import os
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from shared.ids import uuid7


@dataclass
class User:
    """An account with a token."""

    id: UUID
    email: str
    subject: str
    given: str = ""

    @property
    def token(self) -> str:
        """The given one; else one of this minute, so that no test that runs late is signed out."""
        return self.given or _token_of(self.subject, int(time.time()) // 60)

    @token.setter
    def token(self, text: str) -> None:
        self.given = text

    @property
    def headers(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.token}"}


def token(subject: str, **claims: Any) -> str:
    """An access token as the user pool signs it; `claims` override or (None) remove."""
    now = int(time.time())
    payload = {
        "sub": subject,
        "iss": os.environ["USER_POOL_ISSUER"],
        "token_use": "access",
        "client_id": os.environ["USER_POOL_CLIENT_ID"],
        "scope": "aws.cognito.signin.user.admin",
        "auth_time": now,
        "iat": now,
        "exp": now + 900,
        "jti": str(uuid7()),
        "username": subject,
        **claims,
    }
    return sign(
        {"alg": "RS256", "kid": "campus-test"}, {k: v for k, v in payload.items() if v is not None}
    )


@cache
def _token_of(subject: str, minute: int) -> str:
    return token(subject)


def sign(header: dict[str, Any], payload: dict[str, Any]) -> str:
    """A JWT with the test pool's key."""
    message = f"{_segment(header)}.{_segment(payload)}"
    signature = pool_key().sign(message.encode(), PKCS1v15(), SHA256())
    return f"{message}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


@cache
def pool_key() -> Any:
    """The test pool's private key. Reading it takes longer than many a test."""
    return load_pem_private_key(Path(os.environ["CAMPUS_TEST_TOKEN_KEY"]).read_bytes(), None)


def _segment(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

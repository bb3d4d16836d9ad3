"""What tests of admin share."""

from collections.abc import Iterator
from typing import Any

import pytest

from shared import aws
from tests.campus import Campus, User

REASON = {"reason": "Asked for by the person, ticket 4711."}


@pytest.fixture
def support(campus: Campus) -> User:
    """Somebody of support."""
    return campus.user(role="support")


class Pool:
    """Stands for the user pool: who was signed out."""

    def __init__(self) -> None:
        self.signed_out: list[dict[str, Any]] = []
        self.down = False

    def admin_user_global_sign_out(self, **call: Any) -> None:
        if self.down:
            raise ConnectionError("the pool is down")
        self.signed_out.append(call)


@pytest.fixture
def pool() -> Iterator[Pool]:
    before = aws._clients.get("cognito-idp")
    stub = Pool()
    aws._clients["cognito-idp"] = stub
    yield stub
    aws._clients.pop("cognito-idp")
    if before is not None:
        aws._clients["cognito-idp"] = before

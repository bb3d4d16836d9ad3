"""A user pool for the tests of users."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from shared import aws
from shared.ids import uuid7
from tests.campus import Answer, Campus, User
from tests.functions.users.stand_in import POOL, StandInPool

PASSWORD = "Correct-horse-1"


@dataclass
class Someone:
    """A person who uses the API, from before they have an account."""

    campus: Campus
    pool: StandInPool
    email: str = field(default_factory=lambda: f"{uuid7().hex}@example.com")

    def does(self, what: str, **fields: Any) -> Answer:
        """A call of /v2/auth with their address."""
        body = {"email": self.email, **fields}
        return self.campus.call("POST", f"/v2/auth/{what}", None, body)

    def signs_up(self, password: str = PASSWORD) -> Answer:
        return self.does("sign-up", password=password, firstName="Ada", lastName="Lovelace")

    def joins(self) -> "Someone":
        assert self.signs_up().status == 201
        answer = self.does("confirm", code=self.pool.members[self.email].code)
        assert answer.status == 204, answer.text
        return self

    def signs_in(self, password: str = PASSWORD) -> Answer:
        return self.does("sign-in", password=password)

    def user(self) -> User:
        """Their account, with a token."""
        answer = self.signs_in()
        assert answer.status == 200, answer.text
        row = self.campus.rows("select id from app_user where email = %s", self.email)
        subject = self.pool.members[self.email].subject
        return User(row[0][0], self.email, subject, answer.data["accessToken"])


@pytest.fixture(scope="session")
def pool_client() -> Any:
    import boto3.session

    return boto3.session.Session().client(POOL, region_name="eu-central-1")


@pytest.fixture
def pool(
    pool_client: Any, campus: Campus, monkeypatch: pytest.MonkeyPatch
) -> Iterator[StandInPool]:
    """An empty pool; what every function takes for the real one."""
    stand_in = StandInPool(pool_client)
    stand_in.trigger = campus.handlers["users"]
    monkeypatch.setitem(aws._clients, POOL, pool_client)
    yield stand_in
    pool_client.meta.events.unregister("before-call.cognito-identity-provider", stand_in._answer)


@pytest.fixture
def someone(campus: Campus, pool: StandInPool) -> Someone:
    return Someone(campus, pool)

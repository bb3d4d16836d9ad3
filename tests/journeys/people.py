"""People with an account, as clients of a running application."""

from typing import Any
from uuid import uuid4

from tests.journeys.deployment import Deployment, Reply, wait_for

PASSWORD = "Engine-1843"


class Person:
    """A client with an account."""

    def __init__(self, stack: Deployment, name: str) -> None:
        self.stack = stack
        self.email = f"{name}-{uuid4().hex[:8]}@example.com"
        self.token = ""

    def join(self) -> None:
        """Sign up, confirm with the mailed code, sign in."""
        answer = self.stack.call(
            "POST",
            "/v2/auth/sign-up",
            body={
                "email": self.email,
                "password": PASSWORD,
                "firstName": "Ada",
                "lastName": "Lovelace",
            },
        )
        assert answer.status == 201, answer.text
        wrong = self.stack.call(
            "POST", "/v2/auth/confirm", body={"email": self.email, "code": "000000"}
        )
        assert wrong.status in (400, 422), wrong.text
        code = wait_for(lambda: self.stack.code_for(self.email), 60)
        confirmed = self.stack.call(
            "POST", "/v2/auth/confirm", body={"email": self.email, "code": code}
        )
        assert confirmed.status == 204, confirmed.text
        self.sign_in()
        self.id = self.get("/v2/users/me").data["id"]

    def sign_in(self) -> None:
        answer = self.stack.call(
            "POST", "/v2/auth/sign-in", body={"email": self.email, "password": PASSWORD}
        )
        assert answer.status == 200, answer.text
        assert set(answer.data) >= {"accessToken", "refreshToken", "expiresIn"}
        self.token = answer.data["accessToken"]

    def get(self, path: str, status: int = 200) -> Reply:
        return self.send("GET", path, status)

    def send(self, method: str, path: str, status: int, body: Any = None, **headers: str) -> Reply:
        answer = self.stack.call(method, path, self.token, body, **headers)
        assert answer.status == status, f"{method} {path}: {answer.status} {answer.text}"
        return answer

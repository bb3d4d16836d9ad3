"""Campus as its clients and its operator see it, wherever it runs."""

import json
import re
import time
import urllib.error
import urllib.request
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import Message
from types import MappingProxyType
from typing import Any


@dataclass
class Reply:
    """An HTTP answer."""

    status: int
    headers: Message
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)

    @property
    def data(self) -> Any:
        return self.json["data"]


class Deployment(ABC):
    """Something that runs all functions, and that a journey can be made through."""

    # How long `start` may take after `kill`: a start that hangs fails, a busy machine does not.
    restart_seconds: float
    # What every call carries, beside its own headers.
    headers: Mapping[str, str] = MappingProxyType({})

    @property
    @abstractmethod
    def address(self) -> str:
        """Where HTTP is spoken, without a slash at the end."""

    @property
    @abstractmethod
    def database_url(self) -> str:
        """The admin's way into the database."""

    @abstractmethod
    def kill(self) -> None:
        """End whatever runs functions at once, without a farewell."""

    @abstractmethod
    def start(self) -> float:
        """Serve (again). Returns the seconds until there were answers."""

    @abstractmethod
    def secret(self, name: str) -> str:
        """The value of a secret."""

    @abstractmethod
    def mails(self) -> list[dict[str, str]]:
        """Every mail that was sent, oldest first: to, subject, text, html."""

    def call(
        self, method: str, path: str, token: str = "", body: Any = None, **headers: str
    ) -> Reply:
        """One HTTP request. Underscores in header names stand for hyphens."""
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        if token:
            given["Authorization"] = f"Bearer {token}"
        content = None
        if body is not None:
            given["Content-Type"] = "application/json"
            content = json.dumps(body).encode()
        request = urllib.request.Request(
            self.address + path, content, {**self.headers, **given}, method=method
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return Reply(answer.status, answer.headers, answer.read().decode())
        except urllib.error.HTTPError as error:
            return Reply(error.code, error.headers, error.read().decode())
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return Reply(0, Message(), "")

    def mails_to(self, email: str) -> list[dict[str, str]]:
        """The mails that went to one address, oldest first."""
        return [mail for mail in self.mails() if email in mail["to"]]

    def code_for(self, email: str) -> str:
        """The six digits in the last mail to an address."""
        last = self.mails_to(email)[-1]
        return re.findall(r"\b\d{6}\b", last["text"] or last["html"])[0]


def wait_for(condition: Any, seconds: float, explain: Any = lambda: "") -> Any:
    """The condition's first true value, or a failure that explains itself.

    It is asked less and less often: most conditions make a request, and those are rationed.
    """
    until = time.monotonic() + seconds
    pause = 0.1
    while time.monotonic() < until:
        value = condition()
        if value:
            return value
        time.sleep(pause)
        pause = min(pause * 1.2, 1)
    raise AssertionError(f"it did not happen within {seconds} s\n{explain()}")

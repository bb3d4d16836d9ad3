"""Campus as its tests see it: real handlers, real gateway events, a real PostgreSQL.

The bus is a list: `deliver()` hands its events to every subscriber, as EventBridge and SQS would.
"""

import importlib
import os
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psycopg

from shared import aws, observe
from shared.ids import uuid7
from shared.routing import OLD_PATHS
from shared.versions import versions
from tests.gateway import Answer, context, decoded, gateway_event, queue_event, somewhere
from tests.openapi import check_response
from tests.people import User
from tests.people import token as token  # for tests that sign claims of their own
from tests.stand_ins import Bus, Lines, Mails

ROOT = Path(__file__).parent.parent
DOMAINS = sorted(path.parent.name for path in (ROOT / "functions").glob("*/handler.py"))


def handlers() -> dict[str, Any]:
    """Every function's entry by domain."""
    return {name: importlib.import_module(f"functions.{name}.handler").handle for name in DOMAINS}


class Campus:
    """The whole backend in this process."""

    def __init__(self) -> None:
        self.handlers = handlers()
        self.bus = Bus()
        self.lines: list[dict[str, Any]] = []
        observe.sys = SimpleNamespace(stdout=Lines(self.lines))
        aws._clients["events"] = self.bus
        aws._clients["sesv2"] = self.mails = Mails()
        self.admin = psycopg.connect(os.environ["DATABASE_URL"], autocommit=True)
        self.address = somewhere()

    def user(self, *, role: str = "user", tier: str = "free", email: str = "") -> User:
        """A fresh tenant with an account."""
        subject = str(uuid7())
        email = email or f"{subject}@example.com"
        self.admin.execute(
            "select * from provision_user(%s, %s, %s, %s, 'Ada', 'Lovelace')",
            (uuid7(), os.environ["USER_POOL_ISSUER"], subject, email),
        )
        row = self.admin.execute("select id from app_user where email = %s", (email,)).fetchone()
        assert row
        self.admin.execute(
            "update app_user set role = %s, subscription_tier = %s where id = %s",
            (role, tier, row[0]),
        )
        return User(row[0], email, subject)

    def call(
        self,
        method: str,
        path: str,
        user: User | None = None,
        body: Any = None,
        headers: dict[str, str] | None = None,
        raw: bytes | None = None,
    ) -> Answer:
        """One HTTP request, as the gateway would pass it on."""
        event = gateway_event(method, path, user, body, headers, raw, self.address)
        result = self.handlers[self._owner(method, event["rawPath"])](event, context())
        line = self.lines[-1]
        if result["statusCode"] < 400 and line.get("attempts") == 1:
            assert line["db_round_trips"] <= line["db_round_trips_declared"], line
        answer = decoded(result)
        check_response(method, path, answer)
        return answer

    def deliver(self) -> list[str]:
        """Let every subscriber have every waiting event, until none is left. Returns failures."""
        failures: list[str] = []
        while self.bus.waiting:
            detail = self.bus.waiting.pop(0)
            for name, handler in self.handlers.items():
                if detail["type"] in handler.queue.subscribers.types():
                    answer = handler(queue_event(detail), context())
                    failures += [f"{name}:{detail['type']}"] * len(answer["batchItemFailures"])
        return failures

    def run(self, domain: str, schedule: str) -> dict[str, Any]:
        """Let the clock run a schedule now."""
        return self.handlers[domain]({"schedule": schedule}, context())

    def rows(self, text: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """What the database holds, seen by its admin."""
        given: Any = parameters[0] if parameters and isinstance(parameters[0], dict) else parameters
        return self.admin.execute(text, given or None).fetchall()

    def types(self, user: User) -> list[str]:
        """The types of the events about a user, in order."""
        return [
            row[0]
            for row in self.rows("select type from event where user_id = %s order by id", user.id)
        ]

    def _owner(self, method: str, path: str) -> str:
        parts = path.split("/")
        versioned = len(parts) > 1 and parts[1] in versions()
        rest = "/" + "/".join(parts[2:]) if versioned else path
        places = ("v1", "") if path.startswith(OLD_PATHS) else (parts[1] if versioned else "",)
        for name, handler in self.handlers.items():
            try:
                if any(handler.api.table.methods(place, rest) for place in places):
                    return name
            except Exception:  # a hostile path: any function answers it alike
                break
        return "health" if "health" in self.handlers else "tasks"


def pages(campus: Campus, path: str, user: User, limit: int) -> Iterator[list[Any]]:
    """Every page of a v2 list."""
    separator, cursor = "&" if "?" in path else "?", ""
    while True:
        answer = campus.call("GET", f"{path}{separator}limit={limit}{cursor}", user)
        assert answer.status == 200, answer.text
        yield answer.data
        info = answer.json["pageInfo"]
        if not info["hasNextPage"]:
            return
        cursor = f"&cursor={info['endCursor']}"

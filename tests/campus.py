"""Campus as its tests see it: real handlers, real gateway events, a real PostgreSQL.

The bus is a list: `deliver()` hands its events to every subscriber, as EventBridge and SQS would.
"""

import base64
import gzip
import importlib
import json
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import psycopg
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from shared import aws, observe
from shared.ids import uuid7
from shared.routing import OLD_PATHS
from shared.versions import versions
from tests.openapi import check_response

ROOT = Path(__file__).parent.parent
DOMAINS = sorted(path.parent.name for path in (ROOT / "functions").glob("*/handler.py"))


def handlers() -> dict[str, Any]:
    """Every function's entry by domain."""
    return {name: importlib.import_module(f"functions.{name}.handler").handle for name in DOMAINS}


@dataclass
class Answer:
    """A gateway response, decoded."""

    status: int
    headers: dict[str, str]
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)

    @property
    def data(self) -> Any:
        return self.json["data"]

    @property
    def error(self) -> str:
        return self.json["error"]["code"]


@dataclass
class User:
    """An account with a token."""

    id: UUID
    email: str
    subject: str
    token: str

    @property
    def headers(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.token}"}


@dataclass
class Bus:
    """Stands for EventBridge: keeps what PutEvents was given."""

    waiting: list[dict[str, Any]] = field(default_factory=list)
    seen: list[dict[str, Any]] = field(default_factory=list)
    down: bool = False

    def describe_event_bus(self, Name: str) -> dict[str, Any]:  # noqa: N803 (boto3's)
        return {"Name": Name}

    def put_events(self, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803 (boto3's)
        if self.down:
            raise ConnectionError("the bus is down")
        details = [json.loads(entry["Detail"]) for entry in Entries]
        self.waiting.extend(details)
        self.seen.extend(details)
        return {"Entries": [{"EventId": detail["id"]} for detail in details]}


@dataclass
class Mails:
    """Stands for SES: keeps what it was given."""

    sent: list[dict[str, Any]] = field(default_factory=list)

    def send_email(self, **mail: Any) -> dict[str, Any]:
        self.sent.append(mail)
        return {"MessageId": f"ses-{len(self.sent)}"}


class _Lines:
    """Standard output that keeps the canonical lines."""

    def __init__(self, lines: list[dict[str, Any]]) -> None:
        self._lines = lines

    def write(self, text: str) -> None:
        self._lines.append(json.loads(text))


class Campus:
    """The whole backend in this process."""

    def __init__(self) -> None:
        self.handlers = handlers()
        self.bus = Bus()
        self.lines: list[dict[str, Any]] = []
        observe.sys = SimpleNamespace(stdout=_Lines(self.lines))
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
        return User(row[0], email, subject, token(subject))

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
                if detail["type"] in handler.queue._subscribers.types():
                    answer = handler(queue_event(detail), context())
                    failures += [f"{name}:{detail['type']}"] * len(answer["batchItemFailures"])
        return failures

    def run(self, domain: str, schedule: str) -> dict[str, Any]:
        """Let the clock run a schedule now."""
        return self.handlers[domain]({"schedule": schedule}, context())

    def rows(self, text: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """What the database holds, seen by its admin."""
        return self.admin.execute(text, parameters or None).fetchall()

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


def somewhere() -> str:
    """A source address that nobody has called from, in a /64 of its own."""
    return f"2001:db8:{uuid7().int >> 16 & 0xFFFF:x}:{uuid7().int % 2**16:x}::1"


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


def gateway_event(
    method: str,
    path: str,
    user: User | None,
    body: Any,
    headers: dict[str, str] | None,
    raw: bytes | None,
    address: str,
) -> dict[str, Any]:
    """An HTTP API event, payload format 2.0."""
    parts = urlsplit(path)
    given = {"accept": "application/json", "user-agent": "tests", **(user.headers if user else {})}
    if body is not None or raw is not None:
        given["content-type"] = "application/json"
    given.update({name.lower(): value for name, value in (headers or {}).items()})
    content: Any = json.dumps(body) if body is not None else None
    encoded = raw is not None
    if raw is not None:
        content = base64.b64encode(raw).decode()
    return {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": parts.path,
        "rawQueryString": parts.query,
        "headers": given,
        "body": content,
        "isBase64Encoded": encoded,
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "api",
            "stage": "$default",
            "requestId": "gateway-request",
            "timeEpoch": int(time.time() * 1000),
            "http": {
                "method": method,
                "path": parts.path,
                "protocol": "HTTP/1.1",
                "sourceIp": address,
                "userAgent": "tests",
            },
        },
    }


def queue_event(detail: dict[str, Any], received: int = 1) -> dict[str, Any]:
    """An SQS batch of one EventBridge event."""
    body = {
        "version": "0",
        "id": str(uuid7()),
        "detail-type": detail["type"],
        "source": detail["source"],
        "account": "123456789012",
        "time": detail["occurredAt"],
        "region": "eu-central-1",
        "resources": [],
        "detail": detail,
    }
    return {
        "Records": [
            {
                "messageId": str(uuid7()),
                "receiptHandle": "handle",
                "body": json.dumps(body),
                "attributes": {"ApproximateReceiveCount": str(received)},
                "messageAttributes": {},
                "eventSource": "aws:sqs",
                "eventSourceARN": "arn:aws:sqs:eu-central-1:123456789012:queue",
                "awsRegion": "eu-central-1",
            }
        ]
    }


def context() -> Any:
    """A Lambda context with 30 seconds left."""
    return SimpleNamespace(
        function_name="test",
        aws_request_id=str(uuid7()),
        memory_limit_in_mb=512,
        get_remaining_time_in_millis=lambda: 30_000,
    )


def decoded(result: dict[str, Any]) -> Answer:
    """The client's view of a function's result."""
    body = result["body"].encode()
    if result["isBase64Encoded"]:
        body = base64.b64decode(body)
    if result["headers"].get("Content-Encoding") == "gzip":
        body = gzip.decompress(body)
    return Answer(result["statusCode"], result["headers"], body.decode())


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

"""What Lambda hands to a function, and what a client makes of its result."""

import base64
import gzip
import json
import time
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

from shared.ids import uuid7
from tests.people import User


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


def somewhere() -> str:
    """A source address that nobody has called from, in a /64 of its own."""
    return f"2001:db8:{uuid7().int >> 16 & 0xFFFF:x}:{uuid7().int % 2**16:x}::1"


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

"""What stands for AWS in the process of a test: it keeps what it was given."""

import json
from dataclasses import dataclass, field
from typing import Any


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


class Lines:
    """Standard output that keeps the canonical lines."""

    def __init__(self, lines: list[dict[str, Any]]) -> None:
        self._lines = lines

    def write(self, text: str) -> None:
        self._lines.append(json.loads(text))

"""SES as a list, and what a test needs to see of preferences and deliveries."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from botocore.exceptions import ClientError

from shared import aws


@dataclass
class Mailbox:
    """Stands for SES: keeps what it was given; `refusals` are raised first, one a call."""

    mails: list[dict[str, Any]] = field(default_factory=list)
    refusals: list[Exception] = field(default_factory=list)

    def send_email(self, **request: Any) -> dict[str, Any]:
        if self.refusals:
            raise self.refusals.pop(0)
        self.mails.append(request)
        return {"MessageId": f"ses-{len(self.mails)}"}

    def to(self, address: str) -> list[dict[str, Any]]:
        """Subject, text, html and headers of the mails to an address."""
        return [
            {
                "subject": content["Subject"]["Data"],
                "text": content["Body"]["Text"]["Data"],
                "html": content["Body"]["Html"]["Data"],
                "headers": {item["Name"]: item["Value"] for item in content["Headers"]},
            }
            for mail in self.mails
            if mail["Destination"]["ToAddresses"] == [address]
            for content in [mail["Content"]["Simple"]]
        ]


def ses_error(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "no"}}, "SendEmail")


@pytest.fixture(autouse=True)
def mailbox() -> Iterator[Mailbox]:
    """What was mailed during the test."""
    before = aws._clients.get("sesv2")
    aws._clients["sesv2"] = box = Mailbox()
    yield box
    if before is None:
        del aws._clients["sesv2"]
    else:
        aws._clients["sesv2"] = before

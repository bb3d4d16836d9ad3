"""The one way out for mail: SES, API version 2."""

from dataclasses import dataclass
from typing import Any

from shared.aws import client
from shared.settings import setting

# A read timeout is not among them: SES may have taken the mail.
_NEVER_ARRIVED = ("EndpointConnectionError", "ConnectTimeoutError", "ProxyConnectionError")
_REFUSED = ("BadRequestException", "MessageRejected")


class Refused(Exception):  # noqa: N818 (an outcome, told to the delivery)
    """SES will not take this mail, now or later. The text is its error code."""


class NotSent(Exception):  # noqa: N818 (an outcome, told to the delivery)
    """SES has certainly not taken this mail, and may take it later."""


class Unclear(Exception):  # noqa: N818 (an outcome, told to the delivery)
    """The connection broke before SES answered: it may have taken this mail."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A mail to one person, in HTML and text, with its one-click way out (RFC 8058): all but those
    of a kind that nobody gets twice."""

    to: str
    subject: str
    html: str
    text: str
    unsubscribe_url: str = ""


def send(mail: Mail) -> str:
    """Hand a mail to SES and return its id there. Raises Refused, NotSent or Unclear."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        answer = client("sesv2").send_email(**_request(mail))
    except ClientError as error:
        code = str(error.response["Error"]["Code"])
        raise (Refused if code in _REFUSED else NotSent)(code) from None
    except BotoCoreError as error:
        name = type(error).__name__
        raise (NotSent if name in _NEVER_ARRIVED else Unclear)(name) from None
    return answer["MessageId"]


def _request(mail: Mail) -> dict[str, Any]:
    headers: dict[str, str] = {}
    if mail.unsubscribe_url:
        headers["List-Unsubscribe"] = f"<{mail.unsubscribe_url}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return {
        "FromEmailAddress": setting("MAIL_FROM"),
        "Destination": {"ToAddresses": [mail.to]},
        "Content": {
            "Simple": {
                "Subject": _utf8(mail.subject),
                "Body": {"Html": _utf8(mail.html), "Text": _utf8(mail.text)},
                "Headers": [{"Name": name, "Value": value} for name, value in headers.items()],
            }
        },
    }


def _utf8(text: str) -> dict[str, str]:
    return {"Data": text, "Charset": "UTF-8"}

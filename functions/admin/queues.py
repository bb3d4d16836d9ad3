"""The functions' queues and dead-letter queues, as SQS has them.

DEAD_LETTER_QUEUES says which: `{"tasks": {"queue": "<url>", "deadLetters": "<url>"}, ...}`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from shared.aws import client
from shared.observe import log_failure
from shared.settings import setting

BATCH = 10  # the most that SQS takes and gives in one call
HIDDEN_SECONDS = 60
RESERVE_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Queues:
    """URLs of a function's queue and of the queue of what it gave up on."""

    queue: str
    dead_letters: str


@dataclass(frozen=True, slots=True)
class Moved:
    """How many messages moved, and whether SQS failed in between."""

    count: int
    interrupted: bool


def configured() -> Mapping[str, Queues]:
    """Queues by function."""
    known = orjson.loads(setting("DEAD_LETTER_QUEUES", "{}"))
    return {name: Queues(urls["queue"], urls["deadLetters"]) for name, urls in known.items()}


def depth(url: str) -> int | None:
    """About how many messages a queue holds; None when SQS does not say."""
    try:
        answer = client("sqs").get_queue_attributes(
            QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"]
        )
    except Exception as error:  # boto3's types load slowly, and any failure means the same
        log_failure("admin", error)
        return None
    return int(answer["Attributes"]["ApproximateNumberOfMessages"])


def redrive(queues: Queues, limit: int, seconds_left: Callable[[], float]) -> Moved:
    """Send up to `limit` dead letters back as they are, while there is time.

    Each is deleted only after it was sent: one may arrive twice, which the inbox recognizes.
    """
    sqs, count = client("sqs"), 0
    try:
        while count < limit and seconds_left() > RESERVE_SECONDS:
            messages = _receive(sqs, queues.dead_letters, min(BATCH, limit - count))
            sent = _send(sqs, queues, messages) if messages else 0
            count += sent
            if sent < len(messages) or not messages:
                return Moved(count, interrupted=bool(messages))
    except Exception as error:
        log_failure("admin", error)
        return Moved(count, interrupted=True)
    return Moved(count, interrupted=False)


def _receive(sqs: Any, url: str, number: int) -> list[dict[str, Any]]:
    """A long poll asks all of SQS's servers, so that an empty answer means an empty queue."""
    answer = sqs.receive_message(
        QueueUrl=url,
        MaxNumberOfMessages=number,
        VisibilityTimeout=HIDDEN_SECONDS,
        WaitTimeSeconds=1,
    )
    return answer.get("Messages", [])


def _send(sqs: Any, queues: Queues, messages: list[dict[str, Any]]) -> int:
    """Move these messages; how many did. The others are seen again when their hiding ends."""
    entries = [
        {"Id": str(position), "MessageBody": message["Body"]}
        for position, message in enumerate(messages)
    ]
    answer = sqs.send_message_batch(QueueUrl=queues.queue, Entries=entries)
    sent = [item["Id"] for item in answer.get("Successful", [])]
    if sent:
        handles = [
            {"Id": position, "ReceiptHandle": messages[int(position)]["ReceiptHandle"]}
            for position in sent
        ]
        sqs.delete_message_batch(QueueUrl=queues.dead_letters, Entries=handles)
    return len(sent)

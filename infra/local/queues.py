"""Event source mappings: reads a function's queue and calls the function with batches.

As on AWS: a message is deleted when its batch succeeded and its id is not among the batch item
failures; everything else becomes visible again after the queue's timeout.
"""

import threading
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from infra.local.emulator import REGION
from infra.local.environments import Environments, FunctionError, show

POLL_SECONDS = 1  # a long poll; short enough that a stop does not wait for it
BATCHES_AT_ONCE = 4


class Poller:
    """Reads one queue for one function until it is told to stop."""

    def __init__(
        self, sqs: Any, url: str, arn: str, batch_size: int, environments: Environments
    ) -> None:
        self._sqs = sqs
        self._url = url
        self._arn = arn
        self._batch_size = batch_size
        self._environments = environments
        self._stopping = threading.Event()
        self._free = threading.Semaphore(BATCHES_AT_ONCE)
        self._thread = threading.Thread(target=self._run, name=f"poll-{arn}", daemon=True)

    def start(self) -> None:
        """Begin to poll in the background."""
        self._thread.start()

    def stop(self) -> None:
        """Take no more messages, and return when the batches at work are done."""
        self._stopping.set()
        self._thread.join(POLL_SECONDS + 1)
        for _ in range(BATCHES_AT_ONCE):
            self._free.acquire(timeout=self._environments.function.timeout)

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._free.acquire()
            messages = self._receive()
            if messages:
                threading.Thread(target=self._handle, args=(messages,), daemon=True).start()
            else:
                self._free.release()

    def _receive(self) -> list[dict[str, Any]]:
        try:
            answer = self._sqs.receive_message(
                QueueUrl=self._url,
                MaxNumberOfMessages=self._batch_size,
                WaitTimeSeconds=POLL_SECONDS,
                AttributeNames=["All"],
                MessageAttributeNames=["All"],
            )
        except (BotoCoreError, ClientError):
            self._stopping.wait(0.5)  # the emulator is stopping, or is being started again
            return []
        return answer.get("Messages", [])

    def _handle(self, messages: list[dict[str, Any]]) -> None:
        try:
            answer = self._environments.invoke({"Records": [self._record(m) for m in messages]})
            failed = failed_ids(answer, [message["MessageId"] for message in messages])
            self._delete([message for message in messages if message["MessageId"] not in failed])
        except FunctionError as error:
            show(error)
        except (BotoCoreError, ClientError):
            pass  # not deleted: delivered again, which the inbox recognizes
        finally:
            self._free.release()

    def _record(self, message: dict[str, Any]) -> dict[str, Any]:
        return to_record(message, self._arn)

    def _delete(self, messages: list[dict[str, Any]]) -> None:
        if messages:
            self._sqs.delete_message_batch(
                QueueUrl=self._url,
                Entries=[
                    {"Id": str(position), "ReceiptHandle": message["ReceiptHandle"]}
                    for position, message in enumerate(messages)
                ],
            )


def to_record(message: dict[str, Any], arn: str) -> dict[str, Any]:
    """A received message in the shape in which Lambda sends it."""
    attributes = message.get("MessageAttributes", {})
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": message.get("Attributes", {}),
        "messageAttributes": {name: _attribute(value) for name, value in attributes.items()},
        "md5OfBody": message["MD5OfBody"],
        "eventSource": "aws:sqs",
        "eventSourceARN": arn,
        "awsRegion": REGION,
    }


def _attribute(value: dict[str, Any]) -> dict[str, Any]:
    lists: dict[str, Any] = {"stringListValues": [], "binaryListValues": []}
    return lists | {name[0].lower() + name[1:]: each for name, each in value.items()}


def failed_ids(answer: Any, every_id: list[str]) -> set[str]:
    """Which messages failed. A malformed report fails the whole batch, as on AWS."""
    if not answer:
        return set()
    try:
        failures = {str(item["itemIdentifier"]) for item in answer.get("batchItemFailures") or ()}
    except (AttributeError, KeyError, TypeError):
        return set(every_id)
    return failures if failures <= set(every_id) else set(every_id)

"""Messages reach a function as SQS event source mappings send them, and failures come back."""

from typing import Any

import pytest

from infra.local.queues import failed_ids, to_record

MESSAGE = {
    "MessageId": "m1",
    "ReceiptHandle": "r1",
    "Body": "{}",
    "MD5OfBody": "md5",
    "Attributes": {"ApproximateReceiveCount": "2"},
    "MessageAttributes": {"trace": {"StringValue": "x", "DataType": "String"}},
}


def test_a_message_has_the_shape_of_lambda() -> None:
    record = to_record(MESSAGE, "arn:aws:sqs:eu-central-1:000000000000:q")
    assert record["messageId"] == "m1"
    assert record["attributes"]["ApproximateReceiveCount"] == "2"
    assert record["messageAttributes"]["trace"]["stringValue"] == "x"
    assert record["messageAttributes"]["trace"]["dataType"] == "String"
    assert (record["eventSource"], record["awsRegion"]) == ("aws:sqs", "eu-central-1")
    assert record["eventSourceARN"].endswith(":q")


@pytest.mark.parametrize(
    ("answer", "failed"),
    [
        (None, set[str]()),
        ({}, set[str]()),
        ({"batchItemFailures": []}, set[str]()),
        ({"batchItemFailures": None}, set[str]()),
        ({"batchItemFailures": [{"itemIdentifier": "a"}]}, {"a"}),
        ({"batchItemFailures": [{"itemIdentifier": ""}]}, {"a", "b"}),
        ({"batchItemFailures": [{"itemIdentifier": "unknown"}]}, {"a", "b"}),
        ({"batchItemFailures": [{"wrong": "a"}]}, {"a", "b"}),
        ({"batchItemFailures": "a"}, {"a", "b"}),
        ("text", {"a", "b"}),
    ],
)
def test_a_batch_report_is_read_as_lambda_reads_it(answer: Any, failed: set[str]) -> None:
    assert failed_ids(answer, ["a", "b"]) == failed

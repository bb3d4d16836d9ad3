"""The journey once more, deployed: gateway, functions, bus, rules and queues of the template.

Run by `make build-test`, which builds first; `make test` does not collect this file, since a deploy
and the journey take more than a minute.
"""

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.campus import DOMAINS
from tests.journeys.deployment import wait_for
from tests.journeys.emulated_aws import EmulatedAws
from tests.journeys.test_journey import test_the_journey  # noqa: F401 (runs on our own `stack`)


@pytest.fixture(scope="module")
def stack(database_url: str) -> Iterator[EmulatedAws]:
    with tempfile.TemporaryDirectory(prefix="campus-deployed-") as directory:
        deployed = EmulatedAws(Path(directory), database_url)
        try:
            deployed.deploy()
            deployed.start()
            yield deployed
        finally:
            deployed.stop()


def test_every_function_is_there_with_its_layer_and_its_queue(stack: EmulatedAws):
    functions = stack.client("lambda").list_functions()["Functions"]
    assert sorted(each["FunctionName"] for each in functions) == [
        f"campus-dev-{domain}" for domain in DOMAINS
    ]
    for each in functions:
        assert [":layer:campus-dev-arm64:" in layer["Arn"] for layer in each["Layers"]] == [True]
    sources = stack.client("lambda").list_event_source_mappings()["EventSourceMappings"]
    rules = stack.client("events").list_rules(EventBusName="campus-dev")["Rules"]
    assert len(sources) == len(rules) > 0


def test_documents_are_served_from_the_artifact(stack: EmulatedAws):
    assert stack.call("GET", "/version").status == 200
    assert stack.call("GET", "/openapi.json").json["openapi"].startswith("3.1")
    assert stack.call("GET", "/docs").text.startswith("<!doctype html>")
    assert stack.call("GET", "/nowhere").json["error"]["code"] == "NOT_FOUND"


def test_schedules_ran_and_no_function_lacked_a_permission(stack: EmulatedAws):
    """After the journey. No queue holds anything either: not the work, nor what is dead."""
    schedules = {"sweep", "send_due_reminders", "deliver_pending", "watch_health"}
    wait_for(lambda: schedules <= {each.get("schedule") for each in records(stack)}, 120)
    failed = [each for each in records(stack) if each.get("level") in ("ERROR", "CRITICAL")]
    assert failed == []
    sqs = stack.client("sqs")
    for url in sqs.list_queues(QueueNamePrefix="campus-dev-")["QueueUrls"]:
        assert "Messages" not in sqs.receive_message(QueueUrl=url), url


def records(stack: EmulatedAws) -> list[dict[str, str]]:
    """The functions' own JSON lines, without those of the runtime."""
    return [json.loads(line) for line in stack.lines() if line.startswith("{")]

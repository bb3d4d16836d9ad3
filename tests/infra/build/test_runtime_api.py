"""AWS's runtime interface client takes our stand-in for Lambda's Runtime API."""

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from infra.local.built import INTERPRETER
from infra.local.runtime_api import Invocation, InvocationError, RuntimeProcess

ARN = "arn:aws:lambda:eu-central-1:000000000000:function:sample"
PROGRAM = """
import os, time

def handle(event, context):
    if "sleep" in event:
        time.sleep(event["sleep"])
    if "exit" in event:
        os._exit(1)
    if "raise" in event:
        raise ValueError(event["raise"])
    return {
        "event": event,
        "id": context.aws_request_id,
        "arn": context.invoked_function_arn,
        "left": context.get_remaining_time_in_millis(),
        "trace": os.environ["_X_AMZN_TRACE_ID"],
        "process": os.getpid(),
    }
"""


def process(folder: Path, handler: str = "sample.handle") -> RuntimeProcess:
    command = [str(INTERPRETER), "-m", "awslambdaric", handler]
    variables = {"PATH": os.environ["PATH"], "AWS_REGION": "eu-central-1"}
    return RuntimeProcess(command, folder, variables)


@pytest.fixture
def running(tmp_path: Path) -> Iterator[RuntimeProcess]:
    (tmp_path / "sample.py").write_text(PROGRAM)
    started = process(tmp_path)
    yield started
    started.stop()


def invocation(event: Any, seconds: float = 20) -> Invocation:
    return Invocation(event, ARN, time.time() + seconds)


def test_a_process_answers_one_invocation_after_another(running: RuntimeProcess) -> None:
    first, second = invocation({"text": "é", "n": 1}), invocation({"n": 2})
    one, two = running.invoke(first), running.invoke(second)
    assert one["event"] == {"text": "é", "n": 1}
    assert (one["id"], two["id"]) == (first.id, second.id)
    assert one["arn"] == ARN
    assert 0 < two["left"] <= 20_000
    assert one["trace"].startswith("Root=1-")
    assert one["trace"] != two["trace"]
    assert one["process"] == two["process"]


def test_an_exception_is_told_and_the_process_goes_on(running: RuntimeProcess) -> None:
    with pytest.raises(InvocationError, match="ValueError: no"):
        running.invoke(invocation({"raise": "no"}))
    assert running.invoke(invocation({"n": 1}))["event"] == {"n": 1}


def test_a_process_that_ends_fails_its_invocation(running: RuntimeProcess) -> None:
    with pytest.raises(InvocationError, match="ExitError"):
        running.invoke(invocation({"exit": True}))
    assert not running.is_alive


def test_a_process_that_takes_too_long_is_ended(running: RuntimeProcess) -> None:
    running.invoke(invocation({}))
    with pytest.raises(TimeoutError):
        running.invoke(invocation({"sleep": 30}, seconds=0.3))
    assert not running.is_alive


def test_a_function_that_does_not_load_says_why(tmp_path: Path) -> None:
    (tmp_path / "sample.py").write_text("import nothing_of_this_name\n")
    broken = process(tmp_path)
    with pytest.raises(InvocationError, match="nothing_of_this_name"):
        broken.invoke(invocation({}))
    broken.stop()

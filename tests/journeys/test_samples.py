"""`make invoke` with every sample, against a running stack."""

import json
from pathlib import Path

import pytest

from infra.contracts.__main__ import SAMPLES
from infra.contracts.invocations import TOKEN
from infra.local.__main__ import main
from tests.journeys.stack import Stack

INVOCATIONS = [path for path in sorted(SAMPLES.glob("*/*.json")) if path.parent.name != "bus"]
FOR_ADMINISTRATORS = ("admin",)


@pytest.fixture(autouse=True)
def same_data(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAMPUS_DATA", str(stack.data))


@pytest.mark.parametrize("path", INVOCATIONS, ids=lambda p: f"{p.parent.name}/{p.name}")
def test_a_sample_runs_its_function(path: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["invoke", str(path)]) == 0
    answer = json.loads(capsys.readouterr().out)
    kind = path.name.partition("-")[0]
    if kind == "event":
        assert answer == {"batchItemFailures": []}
    elif kind == "http":
        assert answer["statusCode"] == expected(path), answer["body"]
    else:
        assert isinstance(answer, dict)


def expected(path: Path) -> int:
    """Where a sample has a place for a token, the demo account's is put there."""
    event = json.loads(path.read_text())
    if event["headers"].get("authorization") == TOKEN:
        return 403 if path.parent.name in FOR_ADMINISTRATORS else 200
    return 401 if event["rawPath"].startswith("/webhooks/") else 200

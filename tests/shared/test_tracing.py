"""Spans, as the X-Ray daemon gets them."""

import json
import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from shared.tracing import span

ROOT = "1-67400000-0123456789abcdef01234567"
Documents = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def daemon(monkeypatch: pytest.MonkeyPatch) -> Iterator[Documents]:
    """What a daemon on this machine has received so far."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listening:
        listening.bind(("127.0.0.1", 0))
        listening.settimeout(0.2)
        address = f"127.0.0.1:{listening.getsockname()[1]}"
        monkeypatch.setenv("AWS_XRAY_DAEMON_ADDRESS", address)
        monkeypatch.setenv("CAMPUS_TRACING", "on")
        monkeypatch.setenv("_X_AMZN_TRACE_ID", f"Root={ROOT};Parent=00000000000000aa;Sampled=1")

        def received() -> list[dict[str, Any]]:
            found: list[dict[str, Any]] = []
            while True:
                try:
                    head, _, body = listening.recv(65_536).partition(b"\n")
                except TimeoutError:
                    return found
                assert json.loads(head) == {"format": "json", "version": 1}
                found.append(json.loads(body))

        yield received


def test_spans_nest_below_the_segment_of_lambda(daemon: Documents):
    with span("tasks GET"), span("publish"):
        pass
    with span("next"):
        pass
    inner, outer, following = daemon()
    assert [outer["name"], outer["parent_id"]] == ["tasks GET", "00000000000000aa"]
    assert [inner["name"], inner["parent_id"]] == ["publish", outer["id"]]
    assert following["parent_id"] == "00000000000000aa"
    for document in (inner, outer, following):
        assert (document["type"], document["trace_id"]) == ("subsegment", ROOT)
        assert document["start_time"] <= document["end_time"]
        assert "fault" not in document


def test_a_span_of_an_invocation_that_was_left_open_is_no_parent(
    daemon: Documents, monkeypatch: pytest.MonkeyPatch
):
    with span("of the first invocation"):
        monkeypatch.setenv("_X_AMZN_TRACE_ID", "Root=1-2-3;Parent=00000000000000bb;Sampled=1")
        with span("of the second"):
            pass
    assert daemon()[0]["parent_id"] == "00000000000000bb"


def test_an_exception_is_a_fault_and_is_not_told(daemon: Documents):
    with pytest.raises(ValueError, match="secret"), span("tasks POST"):
        raise ValueError("a secret")
    [document] = daemon()
    assert document["fault"] is True
    assert "secret" not in json.dumps(document)


def test_a_name_has_the_characters_that_x_ray_takes(daemon: Documents):
    with span("tasks <script>\n" + "x" * 500):
        pass
    [document] = daemon()
    assert document["name"].startswith("tasks _script_")
    assert len(document["name"]) == 200


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("CAMPUS_TRACING", "off"),
        ("_X_AMZN_TRACE_ID", ""),
        ("_X_AMZN_TRACE_ID", f"Root={ROOT};Parent=00000000000000aa;Sampled=0"),
    ],
)
def test_what_is_not_sampled_is_not_sent(
    daemon: Documents, monkeypatch: pytest.MonkeyPatch, variable: str, value: str
):
    monkeypatch.setenv(variable, value)
    with span("tasks GET"):
        pass
    assert daemon() == []


@pytest.mark.parametrize("address", ["tcp:127.0.0.1:2000 udp:127.0.0.1:2000", "nowhere", ":0"])
def test_a_daemon_that_is_not_there_harms_nobody(
    daemon: Documents, monkeypatch: pytest.MonkeyPatch, address: str
):
    monkeypatch.setenv("AWS_XRAY_DAEMON_ADDRESS", address)
    with span("tasks GET"):
        pass

"""AWS clients: who is asked again after a failure, and who is not."""

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from botocore.exceptions import ClientError

from shared import aws

CALLS: list[tuple[str, str, dict[str, Any], int]] = [
    ("sesv2", "send_email", {"Content": {"Raw": {"Data": b"x"}}}, 1),
    ("events", "put_events", {"Entries": [{"Source": "x"}]}, 3),
]


class Failing(BaseHTTPRequestHandler):
    """A service in trouble, which counts how often it is asked."""

    asked = 0

    def do_POST(self) -> None:
        type(self).asked += 1
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(500)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.mark.parametrize(("service", "operation", "parameters", "asked"), CALLS)
def test_a_mail_is_sent_once_where_others_are_asked_again(
    service: str,
    operation: str,
    parameters: dict[str, Any],
    asked: int,
    monkeypatch: pytest.MonkeyPatch,
):
    trouble = type("Trouble", (Failing,), {})
    with ThreadingHTTPServer(("127.0.0.1", 0), trouble) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}"
        for name, value in {"ENDPOINT_URL": address, "ACCESS_KEY_ID": "test"}.items():
            monkeypatch.setenv(f"AWS_{name}", value)
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
        call = getattr(aws._make(service), operation)
        with pytest.raises(ClientError):
            call(**parameters)
        server.shutdown()
    assert trouble.asked == asked

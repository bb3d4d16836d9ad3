"""AWS clients: who is asked again after a failure, and who is not."""

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from botocore.exceptions import ClientError

from shared import aws


class Failing(BaseHTTPRequestHandler):
    """A service in trouble, which counts how often it is asked."""

    asked = 0

    def do_POST(self) -> None:
        type(self).asked += 1
        self.send_response(500)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.mark.parametrize(("service", "asked"), [("sesv2", 1), ("events", 3)])
def test_a_mail_is_sent_once_where_others_are_asked_again(
    service: str, asked: int, monkeypatch: pytest.MonkeyPatch
):
    trouble = type("Trouble", (Failing,), {"asked": 0})
    with ThreadingHTTPServer(("127.0.0.1", 0), trouble) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.server_port}")
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
        found = aws._make(service)
        with pytest.raises(ClientError):
            if service == "sesv2":
                found.send_email(Content={"Raw": {"Data": b"x"}})
            else:
                found.put_events(Entries=[{"Source": "x", "DetailType": "x", "Detail": "{}"}])
        server.shutdown()
    assert trouble.asked == asked

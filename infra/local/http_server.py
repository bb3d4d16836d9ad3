"""The HTTP side of the gateway: reads calls off the wire, writes replies, answers /_local/."""

import socket
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast

from infra.local.gateway import MAX_BODY, MAX_HEADERS, Call, Reply, problem

Answer = Callable[[Call], Reply]


class _RefusedError(Exception):
    """A call that the gateway answers itself, with this status."""

    def __init__(self, status: int) -> None:
        self.status = status


class Server(ThreadingHTTPServer):
    """Serves on a socket that is already bound; two processes may share it during a reload."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, listener: socket.socket, answer: Answer) -> None:
        super().__init__(listener.getsockname(), _Connection, bind_and_activate=False)
        self.socket.close()
        self.socket = listener
        self.socket.setblocking(False)  # the other process may have taken the connection
        self.answer = answer

    def get_request(self) -> tuple[socket.socket, Any]:
        """Accept one connection, in blocking mode on every system."""
        connection, address = self.socket.accept()
        connection.setblocking(True)
        return connection, address

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no news."""


class _Connection(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    timeout = 75

    def __getattr__(self, name: str) -> Any:
        """Every method is the function's business, also those that nobody knows."""
        if name.startswith("do_"):
            return self._serve
        raise AttributeError(name)

    def send_error(self, code: int, *_: Any, **__: Any) -> None:
        """What is no HTTP gets the gateway's own answer too."""
        self.close_connection = True
        self.command = getattr(self, "command", None) or "GET"
        self.request_version = self.protocol_version
        self._write(problem(code))

    def handle_expect_100(self) -> bool:
        """Ask for the body at once: writes are buffered here."""
        going_on = super().handle_expect_100()
        self.wfile.flush()
        return going_on

    def _serve(self) -> None:
        try:
            reply = cast(Server, self.server).answer(self._call())
        except _RefusedError as refused:
            self.close_connection = True
            reply = problem(refused.status)
        self._write(reply)

    def _call(self) -> Call:
        size = len(self.requestline) + sum(len(n) + len(v) for n, v in self.headers.items())
        if self.request_version == "HTTP/0.9":
            self.request_version = self.protocol_version
            raise _RefusedError(400)
        if size > MAX_HEADERS:
            raise _RefusedError(431)
        return Call(
            method=self.command,
            target=self.requestline.split(" ")[1],
            headers=list(self.headers.items()),
            body=self._body(),
            source_ip=self.client_address[0],
            protocol=self.request_version,
        )

    def _body(self) -> bytes:
        if "chunked" in self.headers.get("transfer-encoding", "").lower():
            return self._chunks()
        length = self.headers.get("content-length", "0")
        if not (length.isascii() and length.isdigit()):
            raise _RefusedError(400)
        if int(length) > MAX_BODY:
            raise _RefusedError(413)
        return self.rfile.read(int(length))

    def _chunks(self) -> bytes:
        body = bytearray()
        while True:
            try:
                size = int(self.rfile.readline(64).split(b";")[0], 16)
            except ValueError as error:
                raise _RefusedError(400) from error
            if size < 0 or len(body) + size > MAX_BODY:
                raise _RefusedError(413)
            if size == 0:
                break
            body += self.rfile.read(size)
            self.rfile.readline(64)
        while self.rfile.readline(MAX_HEADERS).strip():
            pass  # trailers
        return bytes(body)

    def _write(self, reply: Reply) -> None:
        self.send_response_only(reply.status)
        self.send_header("date", self.date_time_string())
        for name, value in reply.headers:
            if name != "content-length":
                self.send_header(name, value)
        if reply.status >= 200 and reply.status not in (204, 304):
            self.send_header("content-length", str(len(reply.body)))
        if self.close_connection:
            self.send_header("connection", "close")
        self.end_headers()
        if self.command != "HEAD" and reply.status not in (204, 304):
            self.wfile.write(reply.body)

    def log_message(self, format: str, *args: Any) -> None:
        """Calls are logged by whoever answers them."""

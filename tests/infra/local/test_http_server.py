"""Calls come off the wire whole, and what the gateway refuses never reaches a function."""

import json
import socket
import threading
from collections.abc import Iterator

import pytest

from infra.local.gateway import Call, Reply
from infra.local.http_server import Server


def echo(call: Call) -> Reply:
    told = {"method": call.method, "target": call.target, "body": call.body.decode()}
    return Reply(200, [("content-type", "application/json")], json.dumps(told).encode())


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    server = Server(socket.create_server(("127.0.0.1", 0)), echo)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()


def exchange(port: int, sent: bytes) -> tuple[int, str]:
    """The status of the answer and what follows its headers."""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        connection.sendall(sent)
        connection.shutdown(socket.SHUT_WR)
        received = b"".join(iter(lambda: connection.recv(65536), b""))
    head, _, body = received.decode().partition("\r\n\r\n")
    return int(head.split(" ")[1]), body


def call(line: str, *headers: str, body: bytes = b"") -> bytes:
    return "\r\n".join([line, "Host: localhost", *headers, "", ""]).encode("latin-1") + body


@pytest.mark.parametrize("method", ["GET", "OPTIONS", "PROPFIND", "BREW"])
def test_every_method_reaches_the_function(port: int, method: str) -> None:
    status, body = exchange(port, call(f"{method} //a%20b?x=1 HTTP/1.1"))
    assert (status, json.loads(body)["method"]) == (200, method)
    assert json.loads(body)["target"] == "//a%20b?x=1"


def test_the_answer_to_head_has_no_body(port: int) -> None:
    assert exchange(port, call("HEAD / HTTP/1.1")) == (200, "")


def test_a_chunked_body_arrives_in_one_piece(port: int) -> None:
    sent = call(
        "POST / HTTP/1.1", "Transfer-Encoding: chunked", body=b"2\r\nab\r\n1\r\nc\r\n0\r\n\r\n"
    )
    status, body = exchange(port, sent)
    assert (status, json.loads(body)["body"]) == (200, "abc")


def test_a_client_that_waits_for_leave_to_send_gets_it(port: int) -> None:
    sent = call("POST / HTTP/1.1", "Expect: 100-continue", "Content-Length: 1")
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        connection.sendall(sent)
        assert connection.recv(100).startswith(b"HTTP/1.1 100 Continue")


def test_calls_share_a_connection(port: int) -> None:
    status, rest = exchange(port, call("GET /1 HTTP/1.1") + call("GET /2 HTTP/1.1"))
    assert status == 200
    assert '"/1"' in rest
    assert '"/2"' in rest


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (call("POST / HTTP/1.1", "Content-Length: -1"), 400),
        (call("POST / HTTP/1.1", "Content-Length: many"), 400),
        (call("POST / HTTP/1.1", f"Content-Length: {11 * 1024 * 1024}"), 413),
        (call("POST / HTTP/1.1", "Transfer-Encoding: chunked", body=b"zz\r\n"), 400),
        (call("POST / HTTP/1.1", "Transfer-Encoding: chunked", body=b"fffffff\r\n"), 413),
        (call("GET / HTTP/1.1", "X: " + "a" * 10_240), 431),
        (call("GET / HTTP/1.1", *(f"x{n}: 1" for n in range(150))), 431),
        (call("GET /" + "a" * 70_000 + " HTTP/1.1"), 414),
        (call("GET / HTTP/2.0"), 505),
        (call("GET / / HTTP/1.1"), 400),
        (b"nonsense\r\n\r\n", 400),
        (b"GET /\r\n\r\n", 400),
    ],
)
def test_what_the_gateway_refuses_is_answered_by_it(port: int, sent: bytes, status: int) -> None:
    answered, body = exchange(port, sent)
    assert answered == status
    assert json.loads(body)["message"]

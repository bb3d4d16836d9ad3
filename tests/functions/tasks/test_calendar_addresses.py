"""Calendars at addresses: fetched outside of a transaction, from the internet alone."""

import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from shared import outbound
from tests.campus import Answer, Campus, User
from tests.functions.tasks.planning import live
from tests.functions.tasks.test_calendar_imports import IMPORTS, LECTURE, event, told, wrapped

HOST = "calendars.example.edu"
FILE = wrapped(event(*LECTURE, "DESCRIPTION:Grüße")).encode()


class Pages(BaseHTTPRequestHandler):
    """What the host has; `asked` are the paths that somebody wanted."""

    asked: list[str]

    def do_GET(self) -> None:
        type(self).asked.append(self.path)
        assert self.headers["Host"] == HOST
        name = self.path.partition("?")[0]
        if name == "/dripping":
            self._drip()
        elif name == "/moved":
            self._answer(302, b"", Location="/file.ics?again=1")
        elif name == "/inside":
            self._answer(301, b"", Location="https://metadata.internal/latest/")
        elif name == "/plain":
            self._answer(301, b"", Location=f"http://{HOST}/file.ics")
        elif name == "/loop":
            self._answer(308, b"", Location="/loop")
        elif name == "/large":
            self._answer(200, b"x" * 3_000_000)
        elif name == "/folded":
            at = FILE.index("ü".encode()) + 1
            self._answer(200, FILE[:at] + b"\r\n " + FILE[at:])
        elif name == "/page":
            self._answer(200, b"<html>")
        else:
            self._answer(200 if name == "/file.ics" else 404, FILE)

    def _answer(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for header, value in headers.items():
            self.send_header(header, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        with suppress(OSError):
            self.wfile.write(body)

    def _drip(self) -> None:
        self.send_response(200)
        self.end_headers()
        with suppress(OSError):
            for _ in range(200):
                self.wfile.write(b"x")
                time.sleep(0.05)

    def log_message(self, format: str, *args: Any) -> None:
        pass


def certificate(folder: Path) -> tuple[Path, Path]:
    """A key and a certificate for the host, by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .sign(key, SHA256())
    )
    secret, shown = folder / "key.pem", folder / "certificate.pem"
    kind = PrivateFormat.PKCS8
    secret.write_bytes(key.private_bytes(Encoding.PEM, kind, NoEncryption()))
    shown.write_bytes(made.public_bytes(Encoding.PEM))
    return secret, shown


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[outbound.Way]:
    """A host on this machine, and the way to it: the only one on which this machine is allowed."""
    secret, shown = certificate(tmp_path_factory.mktemp("tls"))
    server = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(shown, secret)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield outbound.Way(
        resolve=lambda host: ["10.0.0.1" if "internal" in host else "127.0.0.1"],
        is_public=lambda address: address == "127.0.0.1",
        port=server.server_port,
        tls=lambda: ssl.create_default_context(cafile=str(shown)),
    )
    server.shutdown()
    server.server_close()


@pytest.fixture(autouse=True)
def asked(served: outbound.Way, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setattr(outbound, "way", served)
    Pages.asked = []
    return Pages.asked


def send(campus: Campus, user: User, url: str, **headers: str) -> Answer:
    return campus.call("POST", IMPORTS, user, {"url": url}, headers)


@pytest.mark.parametrize(
    "url", [f"https://{HOST}/file.ics", f"webcal://{HOST}:443/moved?a=b", f"https://{HOST}/folded"]
)
def test_a_calendar_at_an_address_is_imported(campus: Campus, user: User, url: str):
    answer = send(campus, user, url)
    assert answer.status == 200, answer.text
    assert told(answer.data) == {"study_session created": 1}
    assert campus.rows("select notes from study_session where user_id = %s", user.id) == [
        ("Grüße",)
    ]
    assert told(send(campus, user, url).data) == {"study_session unchanged": 1}


def test_an_address_is_asked_once_and_outside_of_the_transaction(
    campus: Campus, user: User, asked: list[str], monkeypatch: pytest.MonkeyPatch
):
    fetch, open_units = outbound.fetch, list[int]()

    def watched(*arguments: Any, **named: Any) -> bytes:
        [(count,)] = campus.rows(
            "select count(*) from pg_stat_activity where datname = current_database()"
            " and xact_start is not null and pid <> pg_backend_pid()"
        )
        open_units.append(count)
        return fetch(*arguments, **named)

    monkeypatch.setattr(outbound, "fetch", watched)
    first, second = (send(campus, user, f"https://{HOST}/file.ics", **{"Idempotency-Key": "k"})
                     for _ in range(2))  # fmt: skip
    assert (first.status, second.text) == (200, first.text)
    assert second.headers["Idempotency-Replayed"] == "true"
    assert (open_units, asked) == ([0], ["/file.ics"])
    assert (
        int(second.headers["X-RateLimit-Remaining"])
        == int(first.headers["X-RateLimit-Remaining"]) - 1
    )


@pytest.mark.parametrize(
    "path", ["/nothing", "/inside", "/plain", "/loop", "/large", "/page", "/dripping"]
)
def test_what_an_address_gives_is_bounded(
    campus: Campus, user: User, path: str, monkeypatch: pytest.MonkeyPatch, asked: list[str]
):
    from functions.tasks import calendar_imports

    monkeypatch.setattr(calendar_imports, "SECONDS", 1.0)
    started = time.monotonic()
    answer = send(campus, user, f"https://{HOST}{path}")
    assert (answer.status, answer.json["error"]["details"]["errors"][0]["pointer"]) == (422, "/url")
    assert time.monotonic() - started < 5
    assert 1 <= len(asked) <= 4
    assert live(campus, user) == set()
    assert campus.types(user) == []


@pytest.mark.parametrize(
    "url",
    [
        f"http://{HOST}/file.ics", f"ftp://{HOST}/file.ics", f"//{HOST}/file.ics", "file:///etc/x",
        f"https://ada@{HOST}/file.ics", f"https://ada:x@{HOST}/file.ics", f"https://@{HOST}/",
        f"https://{HOST}:8443/file.ics", f"https://{HOST}:0/", f"https://{HOST}:99999/",
        "https://127.0.0.1/", "https://127.1/", "https://0x7f.1/", "https://2130706433/",
        "https://0177.0.0.1/", "https://[::1]/", "https://[::ffff:127.0.0.1]/", "https://0/",
        "https://①②⑦.⓪.⓪.①/", "https://127。0。0。1/", "https://localhost/", "https://a.1/",
        "https://[fe80::1%25eth0]/", "https://a.0x7f/", "https:///file.ics", "https://",
        f"https://{HOST}\\@10.0.0.1/", f"https://{HOST}/ file", f"https://{HOST}/\r\nHost: x",
        f"https://{HOST}/\t", "https://-.example.edu/", f"https://{'a' * 64}.edu/", "https://a..b/",
        f"https://{HOST}./",
    ],
)  # fmt: skip
def test_no_other_address_is_looked_up(url: str, monkeypatch: pytest.MonkeyPatch):
    looked_up = list[str]()
    monkeypatch.setattr(outbound, "way", outbound.Way(lambda host: looked_up.append(host) or []))
    with pytest.raises(outbound.UnreachableError):
        outbound.fetch(url, most=1000, seconds=2)
    assert looked_up == []


@pytest.mark.parametrize("path", ["/large", "/dripping", "/file.ics"])
def test_size_and_time_are_bounded_as_a_whole(path: str):
    most = len(FILE) - 1
    started = time.monotonic()
    with pytest.raises(outbound.UnreachableError):
        outbound.fetch(f"https://{HOST}{path}", most=most, seconds=1)
    assert time.monotonic() - started < 5


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.0.1", "169.254.169.254", "100.64.0.1",
        "0.0.0.0", "255.255.255.255", "224.0.0.1", "240.0.0.1", "192.0.2.1", "198.18.0.1",
        "192.88.99.1", "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:93.184.216.34",
        "64:ff9b::7f00:1", "64:ff9b::5db8:d822", "64:ff9b:1::1", "2002:7f00:1::", "2001:db8::1",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2", "fc00::1", "fd00:ec2::254", "fe80::1%eth0",
        "fec0::1", "ff02::1", "2001:10::1",
    ],
)  # fmt: skip
def test_what_is_not_of_the_internet(address: str):
    assert not outbound.is_public(address)


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946"])
def test_what_is_of_the_internet(address: str):
    assert outbound.is_public(address)


def test_a_name_has_to_be_public_in_all_that_it_means(
    served: outbound.Way, asked: list[str], monkeypatch: pytest.MonkeyPatch
):
    for meant in (["127.0.0.1", "10.0.0.1"], []):
        way = outbound.Way(lambda _, m=meant: m, served.is_public, served.port, served.tls)
        monkeypatch.setattr(outbound, "way", way)
        with pytest.raises(outbound.UnreachableError):
            outbound.fetch(f"https://{HOST}/file.ics", most=1000, seconds=2)
    assert asked == []


def test_a_certificate_has_to_be_the_hosts(asked: list[str]):
    with pytest.raises(outbound.UnreachableError):
        outbound.fetch("https://other.example.edu/file.ics", most=1000, seconds=2)
    assert asked == []


def test_the_way_out_of_the_application_is_the_strict_one():
    assert outbound.Way() == outbound.Way(
        outbound._resolve, outbound.is_public, 443, ssl.create_default_context
    )

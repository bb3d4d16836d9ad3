"""Files at addresses that clients name, without lending them a hand inside (SSRF).

An address is https, on its usual port, with a host's name: no user, no literal address in any
spelling. The name is looked up once, all that it means has to be public, and the connection goes to
what was looked up. Each redirect is a new address. Size and time are bounded as a whole.
"""

import ipaddress
import re
import socket
import ssl
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from urllib.parse import urljoin, urlsplit

REDIRECTS = 3
_WRITTEN = re.compile(r"[!#-\[\]-~]{1,2000}")
"""Printable ASCII without quote and backslash."""
_HOST = re.compile(
    r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?",
    re.ASCII | re.IGNORECASE,
)
"""A name of several labels, the last of which is no number in any base."""
_UNICAST6 = ipaddress.ip_network("2000::/3")
_EMBEDDING = tuple(
    ipaddress.ip_network(text) for text in ("2001::/32", "2002::/16", "192.88.99.0/24")
)
"""Teredo, 6to4 and its relays: a public address that leads to one within it. Those of NAT64 and
IPv4-mapped ones are no global unicast."""


class UnreachableError(Exception):
    """An address that may not be asked, or that gave nothing of use. Which one is not told: it
    would say what there is inside."""


def is_public(text: str) -> bool:
    """Whether an address belongs to the internet, and to nothing that leads elsewhere."""
    address = ipaddress.ip_address(text.partition("%")[0])
    if address.version == 6 and address not in _UNICAST6:
        return False
    embeds = any(address in net for net in _EMBEDDING if net.version == address.version)
    return address.is_global and not address.is_multicast and not embeds


def _resolve(host: str) -> list[str]:
    found = socket.getaddrinfo(host, 443, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in found]


@dataclass(frozen=True, slots=True)
class Way:
    """The way out. Tests, which serve on this machine, put another one in its place."""

    resolve: Callable[[str], list[str]] = _resolve
    is_public: Callable[[str], bool] = is_public
    port: int = 443
    tls: Callable[[], ssl.SSLContext] = ssl.create_default_context


way = Way()


def fetch(url: str, *, most: int, seconds: float, accept: str = "*/*") -> bytes:
    """The file at an address, of at most `most` bytes. Errors: UnreachableError. Not to be called
    within a transaction."""
    until = time.monotonic() + seconds
    for _ in range(REDIRECTS + 1):
        host, path = _target(url)
        try:
            found, body = _ask(host, path, most, until, accept)
        except (OSError, HTTPException, ValueError):  # ValueError: a broken answer
            raise UnreachableError from None
        if time.monotonic() > until or len(body) > most:
            raise UnreachableError
        if not found:
            return body
        url = urljoin(url, found)
    raise UnreachableError


def _target(url: str) -> tuple[str, str]:
    """Host and path of an address that may be asked."""
    try:
        parts = urlsplit(url if _WRITTEN.fullmatch(url) else "")
        port = parts.port
    except ValueError:
        raise UnreachableError from None
    host = parts.hostname or ""
    plain = parts.scheme == "https" and "@" not in parts.netloc and port in (None, 443)
    if not plain or not _HOST.fullmatch(host):
        raise UnreachableError
    return host, (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _ask(host: str, path: str, most: int, until: float, accept: str) -> tuple[str, bytes]:
    """Where an address redirects to ("" for nowhere), and what is there, a byte more at most."""
    addresses = way.resolve(host)
    if not addresses or not all(way.is_public(address) for address in addresses):
        raise UnreachableError
    left = max(until - time.monotonic(), 0.001)
    plain = socket.create_connection((addresses[0], way.port), timeout=left)
    with way.tls().wrap_socket(
        plain, server_hostname=host, do_handshake_on_connect=False
    ) as encrypted:
        # A timeout is for each read; whoever sends a byte now and then would have no end.
        watch = threading.Timer(max(until - time.monotonic(), 0.001), _hang_up, (encrypted,))
        watch.daemon = True
        watch.start()
        try:
            encrypted.do_handshake()
            connection = HTTPConnection(host)
            connection.sock = encrypted
            headers = {"Accept": accept, "Accept-Encoding": "identity", "User-Agent": "Campus/2"}
            connection.request("GET", path, headers={"Host": host, **headers})
            answer = connection.getresponse()
            if answer.status in (301, 302, 303, 307, 308):
                return answer.getheader("Location") or "-", b""
            if answer.status != 200:
                raise UnreachableError
            return "", answer.read(most + 1)
        finally:
            watch.cancel()


def _hang_up(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)

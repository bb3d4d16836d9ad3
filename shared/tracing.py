"""X-Ray: the subsegments of a traced invocation, sent to Lambda's daemon by UDP.

Lambda makes the segment, decides whether the invocation is sampled and says so in
`_X_AMZN_TRACE_ID`; what remains to do is a JSON document for each span. The X-Ray SDK imports
botocore to do it, and its support ends in February 2027 (docs/decisions/0024-tracing.md). Format
and transport: AWS X-Ray developer guide, "X-Ray segment documents" and "Sending trace data to AWS
X-Ray".
"""

import os
import re
import secrets
import socket
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import orjson

_HEADER = b'{"format": "json", "version": 1}\n'
_NAMELESS = re.compile(r"[^\w\s.:/%&#=+\\\-@]")
_FIELD = re.compile(r"(\w+)=([^;]*)")
_MAX_NAME = 200
_current = threading.local()
"""The innermost open span of this thread: `trace` and `span`."""


def trace_id() -> str | None:
    """The X-Ray trace header of this invocation, if there is one."""
    return os.environ.get("_X_AMZN_TRACE_ID") or None


@contextmanager
def span(name: str) -> Generator[None]:
    """A subsegment while tracing is on and this invocation is sampled; nothing otherwise.

    One that ends with an exception is marked as a fault. Nothing of the exception is sent.
    """
    header = trace_id()
    if not header or os.environ.get("CAMPUS_TRACING") != "on" or "Sampled=1" not in header:
        yield
        return
    known = dict(_FIELD.findall(header))
    outer = _parent(header) or known.get("Parent")
    document: dict[str, Any] = {
        "type": "subsegment",
        "id": secrets.token_hex(8),
        "trace_id": known.get("Root"),
        "parent_id": outer,
        "name": _NAMELESS.sub("_", name)[:_MAX_NAME],
        "start_time": time.time(),
    }
    _current.trace, _current.span = header, document["id"]
    try:
        yield
    except BaseException:
        document["fault"] = True
        raise
    finally:
        _current.span = outer
        _send({**document, "end_time": time.time()})


def _parent(header: str) -> str | None:
    """The open span around this one, of the same invocation."""
    same = getattr(_current, "trace", None) == header
    return getattr(_current, "span", None) if same else None


def _send(document: dict[str, Any]) -> None:
    """Hand a document to the daemon; whether it arrives is no concern of a request."""
    address = os.environ.get("AWS_XRAY_DAEMON_ADDRESS", "127.0.0.1:2000")
    host, _, port = address.rpartition("udp:")[2].split()[0].rpartition(":")
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as daemon:
            daemon.setblocking(False)
            daemon.sendto(_HEADER + orjson.dumps(document), (host, int(port)))
    except (OSError, ValueError):
        return

"""The last requests, for the console."""

import collections
import datetime
import threading
from typing import Any

from infra.local.gateway import Call, Reply

KEPT = 200


class RequestsSeen:
    """A bounded list of what was asked and answered, newest first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last: collections.deque[dict[str, Any]] = collections.deque(maxlen=KEPT)

    def add(
        self, call: Call, reply: Reply, domain: str, came: datetime.datetime, milliseconds: float
    ) -> None:
        """Remember one request by when it came, which is before whatever it caused; no header or
        body of it is kept."""
        headers = dict(reply.headers)
        with self._lock:
            self._last.appendleft(
                {
                    "at": came.isoformat(),
                    "method": call.method,
                    "path": call.target.partition("?")[0],
                    "status": reply.status,
                    "milliseconds": round(milliseconds, 1),
                    "function": domain,
                    "correlationId": headers.get("x-correlation-id", ""),
                }
            )

    def last(self) -> list[dict[str, Any]]:
        """What is remembered, newest first."""
        with self._lock:
            return list(self._last)

    def of_trace(self, correlation_id: str) -> list[dict[str, Any]]:
        """What is remembered of one trace, oldest first: a client may give many requests one id."""
        found = [each for each in self.last() if each["correlationId"] == correlation_id]
        return sorted(found, key=lambda each: each["at"])

"""AWS clients, each made when first needed: boto3 costs 70 ms of cold start."""

import os
import threading
from typing import Any

# SES takes no idempotency token: repeated after a timeout, a mail would arrive twice. Whether to
# send again is decided where the delivery's attempts are counted.
_ASKED_ONCE = ("sesv2",)
# A link to an object names the region's own host: the global one sends clients elsewhere while a
# bucket is new, and a signature is for one host.
_SPECIAL: dict[str, dict[str, Any]] = {
    "s3": {"signature_version": "s3v4", "s3": {"addressing_style": "virtual"}}
}
_lock = threading.Lock()
_clients: dict[str, Any] = {}


def client(service: str) -> Any:
    """The boto3 client of a service. Clients are thread safe; making them is not."""
    found = _clients.get(service)
    if found is None:
        with _lock:
            found = _clients.get(service) or _make(service)
            _clients[service] = found
    return found


def _make(service: str) -> Any:
    import boto3.session  # pyright: ignore[reportMissingTypeStubs]
    from botocore.config import Config  # pyright: ignore[reportMissingTypeStubs]

    attempts = 1 if service in _ASKED_ONCE else 3
    retries: Any = {"mode": "standard", "total_max_attempts": attempts}
    config = Config(connect_timeout=2, read_timeout=5, retries=retries, **_SPECIAL.get(service, {}))
    session: Any = boto3.session.Session()
    return session.client(
        service, region_name=os.environ.get("AWS_REGION", "eu-central-1"), config=config
    )

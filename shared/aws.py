"""AWS clients, each made when first needed: boto3 costs 70 ms of cold start."""

import os
import threading
from typing import Any

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

    config = Config(
        connect_timeout=2, read_timeout=5, retries={"mode": "standard", "max_attempts": 3}
    )
    session: Any = boto3.session.Session()
    return session.client(
        service, region_name=os.environ.get("AWS_REGION", "eu-central-1"), config=config
    )

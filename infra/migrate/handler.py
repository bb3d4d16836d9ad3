"""The migration function: the same commands as `python -m infra.migrate`, from the pipeline.

Event: `{"command": "up" | "down" | "status" | "verify" | "restore-point", "by": "<who>",
"count": 1, "snapshot": "<name>"}`. Answer: `{"lines": [...], "ok": true}`. A failed migration
raises, so that the pipeline's invoke fails. Lint and restore points by dump need the repository
and stay with the pipeline.
"""

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from psycopg.conninfo import make_conninfo

from infra.migrate.files import MigrationError
from infra.migrate.inspection import status, verify
from infra.migrate.restore_points import record_snapshot
from infra.migrate.runner import DEFAULTS, Options, down, up
from infra.migrate.session import LOGIN_ROLES

FILE_STAGES = ("local", "test")
SECONDS_TO_CLEAN_UP = 30.0

Event = Mapping[str, Any]


def handle(event: Event, context: Any) -> dict[str, Any]:
    command = COMMANDS.get(str(event.get("command")))
    if command is None:
        raise MigrationError(f"unknown command; there are {', '.join(COMMANDS)}")
    secret = _secrets()
    lines = command(_admin_url(secret), _options(event, context), event, secret)
    return {"lines": lines, "ok": command is not _verify or not lines}


def _up(url: str, options: Options, _: Event, secret: Callable[[str], str]) -> list[str]:
    passwords = {name: secret(f"database-password-{name}") for name in LOGIN_ROLES}
    return up(url, options, passwords)


def _down(url: str, options: Options, event: Event, _: object) -> list[str]:
    return down(url, int(event.get("count", 1)), options)


def _status(url: str, options: Options, _: Event, __: object) -> list[str]:
    return status(url, options.directory)


def _verify(url: str, options: Options, _: Event, __: object) -> list[str]:
    return verify(url, options.directory)


def _restore_point(url: str, options: Options, event: Event, _: object) -> list[str]:
    record_snapshot(url, str(event["snapshot"]), options.applied_by)
    return [str(event["snapshot"])]


COMMANDS = {
    "up": _up,
    "down": _down,
    "status": _status,
    "verify": _verify,
    "restore-point": _restore_point,
}


def _options(event: Event, context: Any) -> Options:
    """Stop trying for locks while there is time left to roll back and to report."""
    remaining = context.get_remaining_time_in_millis() / 1000 - SECONDS_TO_CLEAN_UP
    who = str(event.get("by") or context.invoked_function_arn)
    return replace(DEFAULTS, applied_by=who, patience=min(DEFAULTS.patience, max(remaining, 1.0)))


def _admin_url(secret: Callable[[str], str]) -> str:
    """DATABASE_URL with the admin of `database-admin`, a JSON of username and password as the
    database service keeps it; local servers trust whoever connects."""
    url = os.environ["DATABASE_URL"]
    if os.environ["CAMPUS_STAGE"] in FILE_STAGES:
        return url
    admin = json.loads(secret("database-admin"))
    return make_conninfo(url, user=admin["username"], password=admin["password"])


def _secrets() -> Callable[[str], str]:
    stage = os.environ["CAMPUS_STAGE"]
    if stage in FILE_STAGES:
        return json.loads(Path(os.environ["CAMPUS_SECRETS_FILE"]).read_text()).__getitem__
    import boto3  # 70 ms that a local run need not pay

    client: Any = boto3.client("secretsmanager")  # pyright: ignore[reportUnknownMemberType]
    return lambda name: client.get_secret_value(SecretId=f"campus/{stage}/{name}")["SecretString"]

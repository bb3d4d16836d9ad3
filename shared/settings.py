"""Configuration from the environment, and secrets with a lifetime of five minutes.

Secrets live in AWS Secrets Manager under `campus/<stage>/<name>`. The stages `local` and `test`
read them from a file instead, so that a laptop needs no AWS account.
"""

import json
import os
import time
from pathlib import Path

SECRET_LIFETIME = 300.0
_FILE_STAGES = ("local", "test")
_secrets: dict[str, tuple[float, str]] = {}


def setting(name: str, default: str | None = None) -> str:
    """The environment variable, or an error that says what to do."""
    value = os.environ.get(name, default)
    if value is None:
        raise RuntimeError(f"set the environment variable {name} (see template.yaml, Globals)")
    return value


def stage() -> str:
    """Which deployment this is: local, test, dev, staging or prod."""
    return setting("CAMPUS_STAGE")


def secret(name: str, *, fresh: bool = False) -> str:
    """The secret's text, at most five minutes old; `fresh` asks the store again (after a 401)."""
    now = time.monotonic()
    held = _secrets.get(name)
    if held and not fresh and now - held[0] < SECRET_LIFETIME:
        return held[1]
    value = _read_file(name) if stage() in _FILE_STAGES else _read_store(name)
    _secrets[name] = (now, value)
    return value


def _read_file(name: str) -> str:
    return json.loads(Path(setting("CAMPUS_SECRETS_FILE")).read_text())[name]


def _read_store(name: str) -> str:
    from shared.aws import client

    answer = client("secretsmanager").get_secret_value(SecretId=f"campus/{stage()}/{name}")
    return answer["SecretString"]

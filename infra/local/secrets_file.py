"""The secrets that template.yaml declares, with random values that are made once."""

import json
import secrets
from pathlib import Path

from infra.local.options import replace_file
from infra.local.template import Template

# Whoever sets it wants webhooks to be signed; until then they need not be, as on AWS.
_LEFT_EMPTY = ("revenuecat-webhook-hmac",)


def read_or_make(file: Path, template: Template) -> dict[str, str]:
    """Name to value of every secret; what the file lacks is generated."""
    known: dict[str, str] = json.loads(file.read_text()) if file.exists() else {}
    for properties in template.of_type("AWS::SecretsManager::Secret").values():
        name = template.resolve(properties["Name"]).rsplit("/", 1)[1]
        if name not in known:
            known[name] = "[]" if name in _LEFT_EMPTY else _value(properties)
    return known


def write(file: Path, values: dict[str, str]) -> None:
    """Keep the values for the next start."""
    replace_file(file, json.dumps(values, indent=2, sort_keys=True))


def _value(properties: dict[str, object]) -> str:
    """Random hex where AWS would generate; a JSON list with one value where operators set it."""
    if "GenerateSecretString" in properties:
        return secrets.token_hex(32)
    return json.dumps([secrets.token_hex(24)])

"""The providers whose webhooks are taken: one small module each.

A provider's module has three functions with the signatures below; adding one is writing it and
naming it here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from functions.webhooks import revenuecat
from functions.webhooks.models import Inbound, Outcome, Stored
from shared.work import Consumer


@dataclass(frozen=True, slots=True)
class Provider:
    """How one provider's webhooks are proven, read and processed."""

    verify: Callable[[Mapping[str, str], bytes], None]
    """Headers (lower case) and raw body. Errors: UNAUTHORIZED, SERVICE_UNAVAILABLE."""
    read: Callable[[bytes], Inbound]
    """The raw body of a proven webhook. Errors: MALFORMED_JSON, VALIDATION_ERROR."""
    process: Callable[[Stored, Consumer], Outcome]
    """Takes effect, whatever came before: webhooks arrive late, twice and in any order."""


PROVIDERS: Mapping[str, Provider] = {
    "revenuecat": Provider(revenuecat.verify, revenuecat.read, revenuecat.process),
}

"""What tests of webhooks share: the provider's format, and a provider that sends."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from functions.webhooks import signatures
from shared import settings
from shared.ids import uuid7
from tests.campus import Answer, Campus

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


class RevenueCat:
    """The provider: sends events, and knows the secret."""

    path = "/webhooks/revenuecat"

    def __init__(self, campus: Campus) -> None:
        self.campus = campus

    @property
    def secrets(self) -> list[str]:
        return json.loads(settings.secret("revenuecat-webhook"))

    def event(self, kind: str, user: object, at: datetime = NOW, **fields: Any) -> dict[str, Any]:
        return {
            "id": str(uuid7()),
            "type": kind,
            "app_user_id": str(user),
            "event_timestamp_ms": milliseconds(at),
            "entitlement_ids": ["oddity"],
            "environment": "PRODUCTION",
            "product_id": "oddity_monthly",
            "store": "APP_STORE",
            **fields,
        }

    def send(self, event: dict[str, Any], **headers: str) -> Answer:
        """Deliver one event, as often as one likes."""
        body = {"api_version": "1.0", "event": event}
        given = {"authorization": self.secrets[0], **headers}
        return self.campus.call("POST", self.path, None, body, given)

    def tell(self, kind: str, user: object, at: datetime = NOW, **fields: Any) -> dict[str, Any]:
        """Send an event and let it take effect."""
        event = self.event(kind, user, at, **fields)
        answer = self.send(event)
        assert answer.status == 200, answer.text
        self.settle()
        return event

    def settle(self) -> None:
        """Let what was sent take effect."""
        failures = [name for name in self.campus.deliver() if name.startswith("webhooks:")]
        assert failures == []

    def subscription(self, user: UUID) -> tuple[Any, ...] | None:
        """Tier, status and end of a user's subscription."""
        rows = self.campus.rows(
            "select tier, status, expires_at from subscription where user_id = %s", user
        )
        return rows[0] if rows else None

    def fate(self, event: dict[str, Any]) -> tuple[str, str]:
        """Status and outcome of a stored event."""
        return self.campus.rows(
            "select status, outcome from inbound_event where provider_event_id = %s", event["id"]
        )[0]  # pyright: ignore[reportReturnType]


@pytest.fixture
def revenuecat(campus: Campus, monkeypatch: pytest.MonkeyPatch) -> RevenueCat:
    monkeypatch.setattr(signatures, "_absent", {})
    return RevenueCat(campus)


@pytest.fixture
def secret(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Gives a secret another value, or none, until the test ends."""
    known = settings.secret

    def change(name: str, value: str | Exception) -> None:
        def read(wanted: str, *, fresh: bool = False) -> str:
            if wanted != name:
                return known(wanted, fresh=fresh)
            if isinstance(value, Exception):
                raise value
            return value

        monkeypatch.setattr(signatures, "secret", read)

    return change

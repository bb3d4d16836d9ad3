"""Facts that providers tell us."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from shared.facts import Event

Tier = Literal["free", "premium"]


class InboundEventReceived(Event, type="inbound_event.received", audience="staff"):
    """A verified webhook was stored, to be processed."""

    inbound_event_id: UUID
    provider: str
    kind: str


class InboundEventProcessed(Event, type="inbound_event.processed", audience="staff"):
    """A stored webhook took effect, or needed none."""

    inbound_event_id: UUID
    provider: str
    outcome: str


class InboundEventFailed(Event, type="inbound_event.failed", audience="staff"):
    """A stored webhook could not be processed."""

    inbound_event_id: UUID
    provider: str


class SubscriptionChanged(Event, type="subscription.changed"):
    """What a user has paid for changed. The entity id is the user's."""

    subscription_id: UUID
    tier: Tier
    status: str
    expires_at: datetime | None

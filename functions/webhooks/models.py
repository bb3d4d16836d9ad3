"""What a provider sends in common, and what it gets back."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from shared.models import Model

Environment = Literal["production", "sandbox"]


class Receipt(Model):
    """The webhook is stored, or was stored before."""

    received: bool


@dataclass(frozen=True, slots=True)
class Inbound:
    """What is known of a verified webhook before it is processed."""

    event_id: str
    kind: str
    environment: Environment
    occurred_at: datetime


@dataclass(frozen=True, slots=True)
class Stored:
    """A webhook that was stored and waits to be processed."""

    id: UUID
    provider_event_id: str
    environment: Environment
    occurred_at: datetime
    payload: bytes


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a stored webhook: its status, and in a word why."""

    status: Literal["processed", "ignored", "failed"]
    reason: str

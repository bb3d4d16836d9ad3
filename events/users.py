"""Facts about people and their credentials."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from shared import facts
from shared.facts import Event

Tier = Literal["free", "premium"]


class UserCreated(facts.UserCreated, type="user.created"):
    """A confirmed person has an account."""


class UserOnboarded(Event, type="user.onboarded"):
    """A user finished onboarding."""

    user_id: UUID


class UserUpdated(Event, type="user.updated"):
    """Fields of a profile changed."""

    user_id: UUID
    changed: list[str]


class UserSuspended(Event, type="user.suspended"):
    """An admin suspended an account."""

    user_id: UUID
    until: datetime | None


class UserUnsuspended(Event, type="user.unsuspended"):
    """An account may be used again."""

    user_id: UUID


class UserRoleChanged(Event, type="user.role_changed", audience="staff"):
    """A user's platform role changed."""

    user_id: UUID
    old: str
    new: str


class ApiKeyCreated(Event, type="api_key.created"):
    """A user made an API key."""

    api_key_id: UUID


class ApiKeyRotated(Event, type="api_key.rotated"):
    """An API key got a new secret."""

    api_key_id: UUID


class ApiKeyRevoked(Event, type="api_key.revoked"):
    """An API key is no longer valid."""

    api_key_id: UUID

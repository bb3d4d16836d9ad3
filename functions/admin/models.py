"""Newest shapes of what admin takes and gives."""

from datetime import datetime, timedelta
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, Field, model_validator

from shared.models import (
    AnyOf,
    Entity,
    Id,
    ListQuery,
    Model,
    Query,
    QueryBoolean,
    QueryInteger,
    Text,
    Timestamp,
)

Role = Literal["user", "support", "admin"]
AccountStatus = Literal["active", "suspended", "pending_deletion", "deleted"]
Tier = Literal["free", "premium"]
EventType = Annotated[str, Field(max_length=100, pattern=r"^[a-z_]+\.[a-z_]+$")]
EntityName = Annotated[Text, Field(max_length=200, pattern=r"^[a-z_]+:[^:]+$")]


def _said(text: str) -> str:
    if len(text.strip()) < 3:
        raise ValueError("must say why, in 3 characters at least")
    return text


Reason = Annotated[Text, Field(min_length=3, max_length=500), AfterValidator(_said)]
"""Why a member of staff changes something. Kept in the audit trail."""


class Account(Entity):
    """An account as staff sees it."""

    email: str
    email_verified_at: datetime | None
    first_name: str
    last_name: str
    username: str | None
    role: Role
    account_status: AccountStatus
    suspended_until: datetime | None
    deletion_scheduled_at: datetime | None
    subscription_tier: Tier
    subscription_status: str | None
    subscription_expires_at: datetime | None
    onboarding_completed_at: datetime | None


class AccountQuery(ListQuery):
    """Filters of the list of accounts. `q` finds any part of e-mail address and name."""

    q: Annotated[Text, Field(min_length=1, max_length=200)] | None = None
    role: AnyOf[Role] | None = None
    status: AnyOf[AccountStatus] | None = None
    tier: AnyOf[Tier] | None = None
    created_after: Timestamp | None = None
    created_before: Timestamp | None = None


class Suspension(Model):
    """Why an account is suspended, and until when or for how many days; without both for an
    unlimited time."""

    reason: Reason
    until: Timestamp | None = None
    days: Annotated[int, Field(ge=1, le=36_500)] | None = None

    @model_validator(mode="after")
    def _ends_once(self) -> Self:
        if self.until is not None and self.days is not None:
            raise ValueError("takes either until or days")
        return self

    def end(self, now: datetime) -> datetime | None:
        """When the suspension ends that begins now."""
        return now + timedelta(days=self.days) if self.days else self.until


class Explanation(Model):
    """Why something is done."""

    reason: Reason


class AuditEntry(Model):
    """One fact of the history; of a change by staff also the reason, and what it changed."""

    id: UUID
    occurred_at: datetime
    type: str
    version: int
    source: str
    actor_type: str
    actor_id: str | None
    on_behalf_of: UUID | None
    user_id: UUID | None
    entity_type: str
    entity_id: str
    entity_version: int
    correlation_id: str
    causation_id: UUID | None
    request_id: str | None
    api_version: str | None
    data: dict[str, Any]
    reason: str | None
    before: dict[str, Any] | None
    after: dict[str, Any] | None


class AuditQuery(ListQuery):
    """Filters of the audit: who acted, whom and what it concerns (`entity` is `<type>:<id>`),
    which types of events, one correlation id, a range of time."""

    actor: Id | None = None
    user: Id | None = None
    entity: EntityName | None = None
    type: AnyOf[EventType] | None = None
    correlation_id: Annotated[Text, Field(min_length=1, max_length=100)] | None = None
    occurred_after: Timestamp | None = None
    occurred_before: Timestamp | None = None


class FailureGroup(Model):
    """Events that one subscriber could not take, for one cause."""

    failure_group: str
    subscriber: str
    event_type: str
    events: int
    attempts: int
    first_at: datetime
    last_at: datetime


class DeadLetterQueue(Model):
    """What a function gave up on. `depth` is null when its queue does not answer."""

    function: str
    depth: int | None
    replayable: bool
    failures: list[FailureGroup]


class ReplayQuery(Query):
    """How much is replayed; `dryRun` only counts."""

    dry_run: QueryBoolean = False
    limit: Annotated[QueryInteger, Field(ge=1, le=1000)] = 100


class Replay(Model):
    """How many messages went back to the function's queue, or with `dryRun` would go."""

    function: str
    dry_run: bool
    count: int
    remaining: int | None

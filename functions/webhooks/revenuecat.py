"""RevenueCat: subscriptions bought in the app stores.

Each webhook carries one event. What it says about the entitlement is kept as facts, and the state
of everybody concerned is folded anew from all of theirs, so that order and repeats do not matter.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any

import orjson
from pydantic import ConfigDict, Field, ValidationError
from pydantic_core import from_json

from events.webhooks import SubscriptionChanged
from functions.webhooks.entitlement import Effect, Fact, Holdings, Part, fold
from functions.webhooks.models import Environment, Inbound, Outcome, Stored
from functions.webhooks.signatures import (
    accepted_secrets,
    is_one_of,
    is_signed,
    optional_secrets,
    refused,
)
from shared.errors import Refusal
from shared.ids import canonical_uuid
from shared.models import Model, Text
from shared.settings import stage
from shared.sql import queries
from shared.work import Consumer

ENTITLEMENT = "oddity"
SIGNATURE = "x-revenuecat-webhook-signature"
EFFECTS: Mapping[str, Effect] = {
    "INITIAL_PURCHASE": "grant",
    "RENEWAL": "grant",
    "PRODUCT_CHANGE": "grant",
    "UNCANCELLATION": "grant",
    "CANCELLATION": "cancel",
    "BILLING_ISSUE": "past_due",
    "EXPIRATION": "end",
    "TRANSFER": "move",
}
_LAST_MILLISECOND = int(datetime(2200, 1, 1, tzinfo=UTC).timestamp() * 1000) - 1
_STATE_FIELDS = ("tier", "status", "expires_at", "last_event_at")

Milliseconds = Annotated[int, Field(ge=0, le=_LAST_MILLISECOND)]
Name = Annotated[Text, Field(min_length=1, max_length=200)]
Names = Annotated[list[Name], Field(max_length=200)]
sql = queries(__file__)


class _Lenient(Model):
    """A part of the provider's format: their names, and fields of theirs that we do not know."""

    model_config = ConfigDict(extra="ignore", alias_generator=None)


class _Header(_Lenient):
    """What every event has; without it, it cannot be stored."""

    id: Name
    type: Annotated[Text, Field(min_length=1, max_length=100)]
    event_timestamp_ms: Milliseconds
    environment: Annotated[Text, Field(max_length=100)] | None = None


class _Event(_Lenient):
    """What an event says."""

    type: str
    app_user_id: Name | None = None
    original_app_user_id: Name | None = None
    aliases: Names | None = None
    # Absent in payloads that are of one entitlement only; null for a product that has none.
    entitlement_ids: Names | None = Field(default_factory=lambda: [ENTITLEMENT])
    expiration_at_ms: Milliseconds | None = None
    grace_period_expiration_at_ms: Milliseconds | None = None
    cancel_reason: Annotated[Text, Field(max_length=100)] | None = None
    transferred_from: Names | None = None
    transferred_to: Names | None = None

    def names(self) -> list[str]:
        """Whom the event is about, by all names, the most likely to be ours first."""
        named = [self.app_user_id, *(self.aliases or ()), self.original_app_user_id]
        return list(dict.fromkeys(name for name in named if name))

    def effect(self) -> Effect | None:
        """A cancellation for lack of payment is a billing issue: grace may run."""
        if self.type == "CANCELLATION" and self.cancel_reason == "BILLING_ERROR":
            return "past_due"
        return EFFECTS.get(self.type)


class _HeaderBody(_Lenient):
    event: _Header


class _EventBody(_Lenient):
    event: _Event


def verify(headers: Mapping[str, str], raw: bytes) -> None:
    """The secret in Authorization, and where it is configured the HMAC of the raw body."""
    accepted = accepted_secrets("revenuecat-webhook")
    keys = optional_secrets("revenuecat-webhook-hmac")
    known = is_one_of(headers.get("authorization", ""), accepted)
    signed = not keys or is_signed(headers.get(SIGNATURE, ""), raw, keys)
    if not (known and signed):
        raise refused()


def read(raw: bytes) -> Inbound:
    """The event's id, type, time and environment. Errors: MALFORMED_JSON, VALIDATION_ERROR."""
    try:
        event = _HeaderBody.model_validate(from_json(raw, allow_inf_nan=False)).event
    except ValidationError as error:
        raise _unreadable(error) from None
    except ValueError:
        raise Refusal("MALFORMED_JSON") from None
    return Inbound(event.id, event.type, _environment(event), _time(event.event_timestamp_ms))


def process(stored: Stored, context: Consumer) -> Outcome:
    """Keep what the event says, and fold the state of everybody it concerns."""
    try:
        event = _EventBody.model_validate_json(stored.payload).event
    except ValidationError:
        return Outcome("failed", "unreadable")
    effect = event.effect()
    if effect is None:
        return Outcome("ignored", "unknown_type")
    if stored.environment == "sandbox" and stage() == "prod":
        return Outcome("ignored", "sandbox")
    if effect != "move" and ENTITLEMENT not in (event.entitlement_ids or ()):
        return Outcome("ignored", "other_entitlement")
    parts, any_account = _parts(event, context)
    if not parts:
        return Outcome("ignored", "unknown_user")
    _keep(stored, event, effect, parts, context)
    changed = _settle(list(parts), context)
    if changed:
        return Outcome("processed", "applied")
    return Outcome("processed", "unchanged") if any_account else Outcome("ignored", "unknown_user")


def _parts(event: _Event, context: Consumer) -> tuple[dict[str, Part], bool]:
    """Who plays which part in the event, and whether one of them has an account.

    People without an account are kept too: a transfer may name later who they are.
    """
    receivers, givers = event.transferred_to or [], event.transferred_from or []
    accounts = _accounts([*event.names(), *receivers, *givers], context)
    if event.type == "TRANSFER":
        receiver = _first_known(receivers, accounts)
        parts: dict[str, Part] = {_spelled(name): "giver" for name in givers}
        parts |= {receiver: "receiver"} if receiver else {}
    else:
        holder = _first_known(event.names(), accounts)
        parts = {holder: "holder"} if holder else {}
    return parts, bool(accounts & parts.keys())


def _accounts(names: list[str], context: Consumer) -> set[str]:
    ids = [found for name in names if (found := canonical_uuid(name))]
    rows = context.db.rows(sql.known_accounts, ids=ids) if ids else []
    return {str(row["id"]) for row in rows}


def _first_known(names: list[str], accounts: set[str]) -> str | None:
    """The first name that is an account's, else the first."""
    spelled = [_spelled(name) for name in names]
    return next((name for name in spelled if name in accounts), next(iter(spelled), None))


def _spelled(name: str) -> str:
    """An id of ours in its one spelling; a name of the provider's as it is."""
    found = canonical_uuid(name)
    return str(found) if found else name


def _keep(
    stored: Stored, event: _Event, effect: Effect, parts: dict[str, Part], context: Consumer
) -> None:
    told = [{"holder": holder, "part": part} for holder, part in sorted(parts.items())]
    context.db.run(
        sql.add_facts,
        inbound_event_id=stored.id,
        provider_event_id=stored.provider_event_id,
        effect=effect,
        occurred_at=stored.occurred_at,
        expires_at=_time(event.expiration_at_ms),
        grace_until=_time(event.grace_period_expiration_at_ms),
        parts=orjson.dumps(told).decode(),
    )


def _settle(holders: list[str], context: Consumer) -> bool:
    """Fold the state of all who are connected with these holders. Whether anybody's changed."""
    rows = context.db.rows(sql.save_subscriptions, states=_states(_folded(holders, context)))
    for row in rows:
        context.emit(
            SubscriptionChanged(
                subscription_id=row["user_id"],
                tier=row["tier"],
                status=row["status"],
                expires_at=row["expires_at"],
                entity_version=row["version"],
            ),
            user_id=row["user_id"],
        )
    return bool(rows)


def _folded(holders: list[str], context: Consumer) -> Holdings:
    """Folded one at a time: what commits first is seen by the next."""
    context.db.run(sql.lock_subscriptions)
    rows = context.db.rows(sql.connected_facts, holders=holders)
    return fold([Fact(**row) for row in rows])


def _states(holdings: Holdings) -> str:
    states: list[dict[str, Any]] = [
        {"user_id": holder, **{name: getattr(held, name) for name in _STATE_FIELDS}}
        for holder, held in holdings.items()
        if canonical_uuid(holder)
    ]
    return orjson.dumps(states).decode()


def _environment(event: _Header) -> Environment:
    """A transfer may name none; it moves only what events of its kind have given."""
    given = event.environment or ("PRODUCTION" if event.type == "TRANSFER" else "SANDBOX")
    return "production" if given.upper() == "PRODUCTION" else "sandbox"


def _time(milliseconds: int | None) -> Any:
    return None if milliseconds is None else datetime.fromtimestamp(milliseconds / 1000, UTC)


def _unreadable(error: ValidationError) -> Refusal:
    """422 with the provider's own names of the fields."""
    found = error.errors(include_url=False, include_context=False, include_input=False)
    errors = [
        {
            "pointer": "".join(f"/{part}" for part in item["loc"]),
            "in": "body",
            "code": item["type"],
            "message": item["msg"],
        }
        for item in found
    ]
    return Refusal("VALIDATION_ERROR", details={"errors": errors})

"""Webhooks of providers: proven, stored, answered; everything else happens by event."""

from events.webhooks import InboundEventReceived
from functions.webhooks.models import Receipt
from functions.webhooks.providers import PROVIDERS
from shared.errors import Refusal
from shared.ids import uuid7
from shared.request import Request
from shared.routing import Old, Routes
from shared.sql import queries

routes = Routes(
    "/webhooks",
    tag="webhooks",
    database="system",
    access="webhook",
    limit="none",
    idempotency="ignored",
    versionless=True,
    raw_body=True,
)
sql = queries(__file__)


@routes.post(
    "/{provider}",
    errors=("UNAUTHORIZED", "MALFORMED_JSON", "SERVICE_UNAVAILABLE"),
    old=(Old("revenuecat-webhook", values={"provider": "revenuecat"}),),
)
def receive_webhook(request: Request, provider: str) -> Receipt:
    """Take a webhook of a provider (`revenuecat`), in the provider's own format.

    It must be signed as agreed with the provider. It takes effect soon after the answer, once,
    however often and in whatever order webhooks are sent.
    """
    known = PROVIDERS.get(provider)
    if known is None:
        raise Refusal("NOT_FOUND")
    raw = request.call.body()
    known.verify(request.call.headers, raw)
    inbound = known.read(raw)
    stored = request.db.value(
        sql.store_inbound_event,
        id=uuid7(),
        provider=provider,
        provider_event_id=inbound.event_id,
        kind=inbound.kind,
        environment=inbound.environment,
        occurred_at=inbound.occurred_at,
        payload=raw,
    )
    if stored:
        request.emit(
            InboundEventReceived(inbound_event_id=stored, provider=provider, kind=inbound.kind)
        )
    return Receipt(received=True)

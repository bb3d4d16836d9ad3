"""Reactions of webhooks: what was stored takes effect."""

from events.webhooks import InboundEventFailed, InboundEventProcessed, InboundEventReceived
from functions.webhooks.models import Stored
from functions.webhooks.providers import PROVIDERS
from shared.consumer import Consumer, Subscribers
from shared.sql import queries

subscribers = Subscribers()
sql = queries(__file__)


@subscribers.on(role="system")
def process_inbound_event(event: InboundEventReceived, context: Consumer) -> None:
    """Process one stored webhook, once. What cannot be read fails for good: a repetition would
    fail as well. Any other failure is raised, and the message comes back."""
    row = context.db.row(sql.waiting_inbound_event, id=event.inbound_event_id)
    if row is None:
        return
    outcome = PROVIDERS[event.provider].process(Stored(**row), context)
    context.db.run(
        sql.finish_inbound_event,
        id=event.inbound_event_id,
        status=outcome.status,
        outcome=outcome.reason,
    )
    if outcome.status == "failed":
        context.emit(
            InboundEventFailed(inbound_event_id=event.inbound_event_id, provider=event.provider)
        )
        return
    context.emit(
        InboundEventProcessed(
            inbound_event_id=event.inbound_event_id,
            provider=event.provider,
            outcome=outcome.reason,
        )
    )

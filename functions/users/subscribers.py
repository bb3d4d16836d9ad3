"""Reactions of users to other domains' facts and to the clock."""

from events.users import UserUpdated
from events.webhooks import SubscriptionChanged
from shared.consumer import Consumer, ScheduledRun, Subscribers
from shared.sql import Statement, queries

BATCH = 500
subscribers = Subscribers()
sql = queries(__file__)


@subscribers.on(role="system")
def change_plan(event: SubscriptionChanged, context: Consumer) -> None:
    """The account has the plan that was paid for, unless a newer change said otherwise."""
    version = context.db.value(
        sql.change_subscription,
        id=event.subscription_id,
        tier=event.tier,
        status=event.status,
        expires_at=event.expires_at,
        subscription_version=event.entity_version,
    )
    if version is not None:
        changed = ["subscription_expires_at", "subscription_status", "subscription_tier"]
        context.emit(
            UserUpdated(user_id=event.subscription_id, changed=changed, entity_version=version),
            user_id=event.subscription_id,
        )


@subscribers.every("rate(1 day)")
def forget_old_sign_ins(run: ScheduledRun) -> None:
    """Attempts are forgotten after a day, the history of sign-ins after 90."""
    for name, statement in (("attempts", sql.forget_attempts), ("sign_ins", sql.forget_sign_ins)):
        while run.seconds_left() > 5:
            removed = run.unit(_removal(statement))
            run.count(name, removed)
            if removed < BATCH:
                break


def _removal(statement: Statement):
    return lambda unit: unit.db.run(statement, limit=BATCH)

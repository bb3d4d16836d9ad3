"""Sending what is due: claimed with a lease, fenced by the attempt's number, sent, settled.

    pending, deferred -> claimed (lease) -> sending (attempt n) -> sent | failed | pending again

Each arrow is a transaction that names the version it starts from, so whoever comes late changes
nothing; the call to the provider lies between two of them. A process that dies while `claimed` has
sent nothing. One that dies while `sending` may have: SES takes no idempotency key, so that mail is
sent again once a longer lease has ended. An attempt calls SES once, and there are five at most.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from events.notifications import NotificationFailed, NotificationSent, NotificationSuppressed
from functions.notifications import mail
from functions.notifications.templates import compose
from shared.models import Model, build
from shared.observe import logger
from shared.sql import queries
from shared.work import Consumer

sql = queries(__file__)

Unit = Callable[[Callable[[Consumer], Any]], Any]
BATCH = 20
MAX_ATTEMPTS = 5
SECONDS_A_MAIL = 8.0
FIRST_PAUSE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to move one delivery on from one version."""

    id: UUID
    user_id: UUID
    version: int


class Letter(Model):
    """What a mail is made of, read when its sending begins."""

    status: str
    reason: str | None
    version: int
    attempts: int
    notification_id: UUID
    workflow: str
    category: str
    title: str
    body: str
    correlation_id: str
    email: str
    first_name: str
    user_id: UUID


def send_due(
    unit: Unit, seconds_left: Callable[[], float], notification_id: UUID | None = None
) -> int:
    """Send the mails that are due, of one notification or of all. Returns how many were claimed;
    those that there is no time for are free again when their lease ends."""
    found: list[dict[str, Any]] = unit(
        lambda context: context.db.rows(
            sql.claim_deliveries, notification_id=notification_id, batch=BATCH, most=MAX_ATTEMPTS
        )
    )
    for row in found:
        if seconds_left() < SECONDS_A_MAIL:
            break
        _send(unit, Claim(**row))
    return len(found)


def _send(unit: Unit, claim: Claim) -> None:
    letter: Letter | None = unit(lambda context: _begin(context, claim))
    if letter is None:
        return
    sending = replace(claim, version=letter.version)
    try:
        provider_id = mail.send(compose(letter))
    except mail.Refused as refused:
        reason = str(refused)
        unit(lambda context: _fail(context, sending, letter, reason))
    except mail.NotSent as failure:
        reason = str(failure)
        last = letter.attempts >= MAX_ATTEMPTS
        unit(lambda context: (_fail if last else _put_back)(context, sending, letter, reason))
    except mail.Unclear as doubt:
        # It may be out: it stays `sending`, and only the end of the lease permits another attempt.
        logger("notifications").warning("mail in doubt", reason=str(doubt))
    else:
        unit(lambda context: _settle(context, sending, letter, provider_id))


def _begin(context: Consumer, claim: Claim) -> Letter | None:
    """Mark the delivery as being sent, or as suppressed by what was learned since the decision.
    None when there is nothing to send any more, or the lease went to somebody else."""
    row = context.db.row(sql.begin_sending, **_fence(claim))
    if row is None:
        return None
    letter = build(Letter, row)
    if letter.status == "sending":
        return letter
    _trace(context, letter)
    suppressed = NotificationSuppressed(
        notification_id=letter.notification_id,
        workflow=letter.workflow,
        channel="email",
        reason=letter.reason or "",
    )
    context.emit(suppressed, user_id=claim.user_id)
    return None


def _settle(context: Consumer, claim: Claim, letter: Letter, provider_id: str) -> None:
    if context.db.run(sql.settle_sent, **_fence(claim), provider_id=provider_id):
        _trace(context, letter)
        sent = NotificationSent(
            notification_id=letter.notification_id, workflow=letter.workflow, channel="email"
        )
        context.emit(sent, user_id=claim.user_id)


def _fail(context: Consumer, claim: Claim, letter: Letter, reason: str) -> None:
    if context.db.run(sql.settle_failed, **_fence(claim), reason=reason):
        _trace(context, letter)
        failed = NotificationFailed(
            notification_id=letter.notification_id, workflow=letter.workflow, channel="email"
        )
        context.emit(failed, user_id=claim.user_id)


def _put_back(context: Consumer, claim: Claim, letter: Letter, reason: str) -> None:
    pause = FIRST_PAUSE * 2 ** (letter.attempts - 1)
    context.db.run(sql.put_back, **_fence(claim), reason=reason, pause=pause)


def _fence(claim: Claim) -> dict[str, Any]:
    return {"id": claim.id, "user_id": claim.user_id, "version": claim.version}


def _trace(context: Consumer, letter: Letter) -> None:
    """Facts told by the sweep belong to the request that began it all, too."""
    context.emissions.origin.correlation_id = letter.correlation_id


def clear_away(context: Consumer) -> int:
    """Give up what was tried too often without an end, and what waited for a reminder that never
    came back. Returns how many."""
    rows = context.db.rows(sql.give_up, most=MAX_ATTEMPTS)
    for row in rows:
        told = {"notification_id": row["notification_id"], "workflow": row["workflow"]}
        context.emissions.origin.correlation_id = row["correlation_id"]
        if row["status"] == "failed":
            event = NotificationFailed(**told, channel="email")
        else:
            event = NotificationSuppressed(**told, channel="email", reason=row["reason"])
        context.emit(event, user_id=row["user_id"])
    return len(rows)

"""Mails of invitations: to an address that need not be anybody's account, so there is no inbox, no
preference, and nothing to unsubscribe from; each invitation is mailed once.

    waiting -> claimed (lease) -> sent | failed | waiting again

The token comes sealed from the domain that made it and is forgotten there once the mail is out.
"""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from html import escape
from typing import Any
from uuid import UUID

from functions.notifications import mail
from functions.notifications.mail import Mail
from shared.models import Model
from shared.observe import logger
from shared.sealing import unseal
from shared.settings import setting
from shared.sql import queries
from shared.work import Consumer, unit_of_work

sql = queries(__file__)
Unit = Callable[[Callable[[Consumer], Any]], Any]
BATCH = 20
SECONDS_A_MAIL = 8.0


class InvitationMail(Model):
    """One invitation to be mailed, as the domain of organizations hands it out."""

    id: UUID
    email: str
    role: str
    organization: str
    inviter: str
    expires_at: datetime
    sealed_token: bytes


def send_invitations(unit: Unit, seconds_left: Callable[[], float]) -> int:
    """Send the mails of invitations that wait. Returns how many were claimed; those that there is
    no time for are free again when their lease ends."""
    found: list[InvitationMail] = unit(
        lambda context: context.db.all(InvitationMail, sql.claim_invitation_mails, batch=BATCH)
    )
    for invitation in found:
        if seconds_left() < SECONDS_A_MAIL:
            break
        _send(unit, invitation)
    return len(found)


def send_afterwards(context: Consumer) -> None:
    """Send them as soon as the transaction at hand is over."""
    unit = partial(unit_of_work, context.emissions.origin, role="system")

    def send() -> None:
        send_invitations(unit, context.seconds_left)

    context.afterwards(send)


def _send(unit: Unit, invitation: InvitationMail) -> None:
    try:
        mail.send(composed(invitation))
    except mail.Refused:
        outcome = "failed"
    except mail.NotSent:
        outcome = "waiting"
    except mail.Unclear as doubt:
        # It may be out: only the end of the lease permits another attempt.
        logger("notifications").warning("mail in doubt", reason=str(doubt))
        return
    else:
        outcome = "sent"
    unit(
        lambda context: context.db.value(
            sql.settle_invitation_mail, id=invitation.id, outcome=outcome
        )
    )


def composed(invitation: InvitationMail) -> Mail:
    """The mail with its link, in text and HTML."""
    token = unseal(bytes(invitation.sealed_token), "invitation.token").decode()
    who = invitation.inviter or "Somebody"
    paragraphs = (
        f"{who} invites you to {invitation.organization} on Campus, as {invitation.role}.",
        f"Accept with an account of this address: {setting('PUBLIC_URL')}/invitations/{token}",
        f"The invitation is good until {invitation.expires_at:%d %B %Y}. If you do not know what"
        " it is about, ignore this mail: nothing happens without you.",
    )
    return Mail(
        to=invitation.email,
        subject=" ".join(f"An invitation to {invitation.organization}".split()),
        html="".join(f"<p>{escape(text)}</p>" for text in paragraphs),
        text="\n\n".join(paragraphs) + "\n",
    )

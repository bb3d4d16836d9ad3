"""Shapes of invitations to organizations."""

from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field, model_validator

from shared.models import AnyOf, Entity, ListQuery, Model, Text

Kind = Literal["email", "link", "code"]
InvitedRole = Literal["admin", "instructor", "student"]
MailState = Literal["none", "waiting", "sent", "failed"]
Address = Annotated[Text, Field(max_length=320, pattern=r"^[^@\s]{1,64}@[^@\s]+\.[^@\s]+$")]


class Invitation(Entity):
    """An invitation to an organization. `mail` tells what has become of its mail."""

    organization_id: UUID
    kind: Kind
    email: str | None
    role: InvitedRole
    expires_at: datetime
    max_uses: int
    uses: int
    mail: MailState


class InvitationWithToken(Invitation):
    """A new invitation. The token of a link or code is shown once, as it is not kept; that of a
    mail goes to its address only."""

    token: str | None


class NewInvitation(Model):
    """A new invitation: by mail to one address, or by a link or a code for up to `maxUses`
    people."""

    kind: Kind = "link"
    email: Address | None = None
    role: InvitedRole = "student"
    expires_in_days: Annotated[int, Field(ge=1, le=90)] = 7
    max_uses: Annotated[int, Field(ge=1, le=10_000)] = 1

    @model_validator(mode="after")
    def _mail_has_an_address(self) -> Self:
        if (self.kind == "email") != (self.email is not None):
            raise ValueError("an invitation by mail has an email, and no other has one")
        if self.kind == "email" and self.max_uses != 1:
            raise ValueError("an invitation by mail is for one person")
        return self


class InvitationQuery(ListQuery):
    """Filters of the list of invitations."""

    kind: AnyOf[Kind] | None = None


class Joined(Model):
    """The membership that an invitation made."""

    organization_id: UUID
    member_id: UUID
    role: InvitedRole

"""Invitations to organizations, and accepting them."""

from typing import Any
from uuid import UUID

from events.organizations import (
    InvitationAccepted,
    InvitationCreated,
    InvitationRevoked,
    MemberAdded,
)
from functions.courses import tokens
from functions.courses.invitation_models import (
    Invitation,
    InvitationQuery,
    InvitationWithToken,
    Joined,
    NewInvitation,
)
from functions.courses.standing import judged, refused, stands_in
from shared.errors import Refusal
from shared.ids import uuid7
from shared.models import Page, build
from shared.request import Request
from shared.routing import Routes
from shared.sealing import seal
from shared.sql import queries

MEMBERSHIPS = 100
MANAGERS = ("owner", "admin")
_REFUSED = {
    "gone": ("GONE", "The invitation has expired, is used up or was revoked."),
    "there": ("ALREADY_EXISTS", "You are a member already."),
    "limit": ("RESOURCE_LIMIT_EXCEEDED", f"You belong to {MEMBERSHIPS} organizations already."),
}
routes = Routes("/organizations/{organization_id}/invitations", tag="courses")
accepting = Routes("/invitations", tag="courses")
sql = queries(__file__)


@routes.get("", statements=2)  # whether the caller manages it, as an empty page would not tell
def list_invitations(
    request: Request, organization_id: UUID, query: InvitationQuery
) -> Page[Invitation]:
    """List the invitations of an organization that you manage, the newest first."""
    stands_in(request, organization_id, *MANAGERS)
    return request.db.page(Invitation, sql.list_invitations, query, organization_id=organization_id)


@routes.post("", status=201, secret_answer=True)
def create_invitation(
    request: Request, organization_id: UUID, body: NewInvitation
) -> InvitationWithToken:
    """Invite somebody by mail, or whoever has the link or the code. Owners and admins may, only
    owners invite admins. The token of a link or code is shown in this answer only."""
    made = uuid7()
    token = tokens.code() if body.kind == "code" else tokens.fresh()
    by_mail = body.kind == "email"
    row = request.db.row(
        sql.create_invitation,
        id=made,
        organization_id=organization_id,
        token_hash=tokens.token_hash(token),
        sealed_token=seal(token.encode(), "invitation.token") if by_mail else None,
        **body.values(),
    )
    found: dict[str, Any] = dict(row or {})
    standing = found.pop("standing", None)
    judged(request, {"role": standing}, *MANAGERS)
    if found["id"] is None:
        raise Refusal("FORBIDDEN", "Only owners invite admins.")
    request.emit(
        InvitationCreated(
            invitation_id=made, organization_id=organization_id, kind=body.kind, role=body.role
        )
    )
    return build(InvitationWithToken, {**found, "token": None if by_mail else token})


@routes.get("/{invitation_id}")
def get_invitation(request: Request, organization_id: UUID, invitation_id: UUID) -> Invitation:
    """Get one invitation of an organization that you manage."""
    return request.db.one(
        Invitation, sql.get_invitation, organization_id=organization_id, id=invitation_id
    )


@routes.delete("/{invitation_id}")
def revoke_invitation(request: Request, organization_id: UUID, invitation_id: UUID) -> None:
    """Revoke an invitation, at once and for good. Who has accepted it stays a member."""
    found = request.db.row(
        sql.revoke_invitation,
        organization_id=organization_id,
        id=invitation_id,
        deletion_id=uuid7(),
    )
    row = judged(request, found, *MANAGERS)
    request.emit(
        InvitationRevoked(
            invitation_id=invitation_id,
            organization_id=organization_id,
            entity_version=row["version"],
        )
    )


@accepting.post(
    "/{token}/accept",
    status=201,
    errors=("GONE", "ALREADY_EXISTS", "RESOURCE_LIMIT_EXCEEDED"),
)
def accept_invitation(request: Request, token: str) -> Joined:
    """Join an organization by the token of an invitation. One by mail is for the account with that
    address. A member already uses nothing up."""
    member = uuid7()
    row = request.db.rows(
        sql.accept_invitation,
        token_hash=tokens.token_hash(token),
        membership_id=member,
        limit=MEMBERSHIPS,
    )[0]
    if row["outcome"] in _REFUSED:
        raise Refusal(*_REFUSED[row["outcome"]])
    refused(request, row["outcome"])
    joined = {
        "organization_id": row["organization_id"],
        "member_id": member,
        "role": row["member_role"],
    }
    request.emit(MemberAdded(**joined))
    request.emit(
        InvitationAccepted(
            invitation_id=row["invitation_id"],
            organization_id=row["organization_id"],
            member_id=member,
            entity_version=row["uses"] + 1,
        ),
        user_id=row["owner_id"],
    )
    return build(Joined, joined)

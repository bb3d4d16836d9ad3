"""Facts about organizations, their members and invitations."""

from typing import Literal
from uuid import UUID

from shared.facts import Event

Role = Literal["owner", "admin", "instructor", "student"]


class OrganizationCreated(Event, type="organization.created", audience="organization"):
    """Somebody founded an organization and owns it."""

    organization_id: UUID


class OrganizationUpdated(Event, type="organization.updated", audience="organization"):
    """Fields of an organization changed; `deleted_at` when it came back from the trash."""

    organization_id: UUID
    changed: list[str]


class OrganizationDeleted(Event, type="organization.deleted", audience="organization"):
    """An organization went to the trash, or for good; its courses by the same deletion id."""

    organization_id: UUID
    deletion_id: UUID | None = None


class MemberAdded(Event, type="member.added", audience="organization"):
    """Somebody accepted an invitation to an organization."""

    member_id: UUID
    organization_id: UUID
    role: Role


class MemberRoleChanged(Event, type="member.role_changed", audience="organization"):
    """A member of an organization has another role."""

    member_id: UUID
    organization_id: UUID
    old_role: Role
    role: Role


class MemberRemoved(Event, type="member.removed", audience="organization"):
    """Somebody left an organization, or was removed."""

    member_id: UUID
    organization_id: UUID
    role: Role


class InvitationCreated(Event, type="invitation.created", audience="organization"):
    """Somebody is invited by mail, or whoever has the link or the code is."""

    invitation_id: UUID
    organization_id: UUID
    kind: Literal["email", "link", "code"]
    role: Role


class InvitationAccepted(Event, type="invitation.accepted", audience="organization"):
    """An invitation made somebody a member."""

    invitation_id: UUID
    organization_id: UUID
    member_id: UUID


class InvitationRevoked(Event, type="invitation.revoked", audience="organization"):
    """An invitation is no longer good for anything."""

    invitation_id: UUID
    organization_id: UUID

"""Members of organizations: who belongs, as what, and how that ends."""

from typing import Any
from uuid import UUID

from events.courses import EnrollmentRemoved
from events.organizations import MemberRemoved, MemberRoleChanged
from functions.courses.organization_models import Member, MemberPatch, MemberQuery
from functions.courses.standing import refused, stands_in
from shared.errors import Refusal
from shared.ids import uuid7
from shared.models import Page
from shared.request import Request
from shared.routing import Routes
from shared.sql import queries

routes = Routes("/organizations/{organization_id}/members", tag="courses")
sql = queries(__file__)


@routes.get("", statements=2)  # whether it is the caller's, as an empty page would not tell
def list_members(request: Request, organization_id: UUID, query: MemberQuery) -> Page[Member]:
    """List the members of an organization that you belong to, the newest first unless sorted
    otherwise."""
    stands_in(request, organization_id)
    return request.db.page(Member, sql.list_members, query, organization_id=organization_id)


@routes.get("/{member_id}")
def get_member(request: Request, organization_id: UUID, member_id: UUID) -> Member:
    """Get one member of an organization that you belong to."""
    return request.db.one(Member, sql.get_member, organization_id=organization_id, id=member_id)


@routes.patch(
    "/{member_id}",
    also_put=True,
    critical=True,
    statements=2,  # the function's change is seen by a statement that begins after it
    errors=("CONFLICT",),
)
def change_role(
    request: Request, organization_id: UUID, member_id: UUID, body: MemberPatch
) -> Member:
    """Give a member another role. Owners give any; admins make instructors and students of each
    other. The last owner keeps the role."""
    row = _change(request, organization_id, member_id, body.role)
    request.emit(
        MemberRoleChanged(
            member_id=member_id,
            organization_id=organization_id,
            old_role=row["old_role"],
            role=body.role,
            entity_version=row["version"],
        ),
        user_id=row["user_id"],
    )
    return request.db.one(Member, sql.get_member, organization_id=organization_id, id=member_id)


# The second statement ends what depended on the membership that the first one has ended.
@routes.delete("/{member_id}", statements=2, errors=("CONFLICT",))
def remove_member(request: Request, organization_id: UUID, member_id: UUID) -> None:
    """Remove a member, or leave. Owners remove anybody, admins instructors and students. The last
    owner stays: make another one, or delete the organization. In the organization's courses that
    are not public the person takes no part any more, and teaches none; their own work stays."""
    row = _change(request, organization_id, member_id, None)
    request.emit(
        MemberRemoved(
            member_id=member_id,
            organization_id=organization_id,
            role=row["old_role"],
            entity_version=row["version"],
        ),
        user_id=row["user_id"],
    )
    ended = request.db.rows(
        sql.end_enrollments,
        organization_id=organization_id,
        member_user_id=row["user_id"],
        deletion_id=uuid7(),
    )
    for one in ended:
        gone = EnrollmentRemoved(
            enrollment_id=one["id"], course_id=one["course_id"], entity_version=one["version"]
        )
        request.emit(gone, user_id=row["user_id"])


def _change(
    request: Request, organization_id: UUID, member_id: UUID, role: str | None
) -> dict[str, Any]:
    row = request.db.rows(
        sql.change_member, organization_id=organization_id, id=member_id, role=role
    )[0]
    if row["outcome"] == "last_owner":
        raise Refusal("CONFLICT", "An organization keeps one owner at least.")
    refused(request, row["outcome"])
    return row

"""Organizations: found, read, change, delete with their courses, restore."""

import re
import secrets
import unicodedata
from uuid import UUID

from events.courses import CourseDeleted, CourseRestored
from events.organizations import OrganizationCreated, OrganizationDeleted, OrganizationUpdated
from functions.courses.organization_models import (
    DeletedOrganization,
    DeletedOrganizationQuery,
    NewOrganization,
    Organization,
    OrganizationPatch,
    OrganizationQuery,
    OrganizationRestoreQuery,
)
from functions.courses.standing import judged, refused
from shared.errors import Refusal
from shared.ids import uuid7
from shared.models import Page, build
from shared.plans import plan_of
from shared.request import Request
from shared.routing import Routes
from shared.sql import queries

OWNED = 20
LARGE = 1000
routes = Routes("/organizations", tag="courses")
sql = queries(__file__)


@routes.get("")
def list_organizations(request: Request, query: OrganizationQuery) -> Page[Organization]:
    """List the organizations that you belong to, with your role in each."""
    return request.db.page(Organization, sql.list_organizations, query)


@routes.post(
    "",
    status=201,
    exclusive="organizations",
    errors=("ALREADY_EXISTS", "RESOURCE_LIMIT_EXCEEDED"),
)
def create_organization(request: Request, body: NewOrganization) -> Organization:
    """Found an organization. You are its first owner. Slugs are unique among all organizations."""
    made = request.db.maybe(
        Organization,
        sql.create_organization,
        id=uuid7(),
        membership_id=uuid7(),
        name=body.name,
        slug=body.slug or _slug(body.name),
        settings=body.settings.model_dump(mode="json"),
        limit=OWNED,
    )
    if made is None:
        raise Refusal("RESOURCE_LIMIT_EXCEEDED", details={"limit": OWNED})
    request.emit(OrganizationCreated(organization_id=made.id))
    return made


@routes.get("/trash")
def list_deleted_organizations(
    request: Request, query: DeletedOrganizationQuery
) -> Page[DeletedOrganization]:
    """List the organizations in the trash that you owned, the last deleted first."""
    hours = plan_of(request).trash_hours
    return request.db.page(
        DeletedOrganization, sql.list_deleted_organizations, query, trash_hours=hours
    )


@routes.get("/{organization_id}")
def get_organization(request: Request, organization_id: UUID) -> Organization:
    """Get an organization that you belong to."""
    return request.db.one(Organization, sql.get_organization, id=organization_id)


@routes.patch("/{organization_id}", also_put=True, errors=("ALREADY_EXISTS",))
def update_organization(
    request: Request, organization_id: UUID, body: OrganizationPatch
) -> Organization:
    """Change an organization (JSON Merge Patch). Owners and admins may."""
    changes = body.changes()
    row = request.db.row(sql.update_organization, id=organization_id, changes=changes)
    changed = build(Organization, judged(request, row, "owner", "admin"))
    request.emit(
        OrganizationUpdated(
            organization_id=changed.id, changed=sorted(changes), entity_version=changed.version
        )
    )
    return changed


@routes.delete("/{organization_id}", errors=("CONFLICT",))
def delete_organization(request: Request, organization_id: UUID) -> None:
    """Move an organization to the trash, and with it its courses, memberships and invitations.
    Only owners may."""
    deletion = uuid7()
    row = request.db.rows(
        sql.delete_organization, id=organization_id, deletion_id=deletion, limit=LARGE
    )[0]
    if row["outcome"] == "large":
        raise Refusal(
            "CONFLICT", "Delete courses first: it has too many.", details={"limit": LARGE}
        )
    refused(request, row["outcome"])
    for course in row["courses"]:
        request.emit(
            CourseDeleted(
                course_id=UUID(course["id"]),
                deletion_id=deletion,
                entity_version=course["version"],
            ),
            user_id=UUID(course["user_id"]),
        )
    request.emit(
        OrganizationDeleted(
            organization_id=organization_id, deletion_id=deletion, entity_version=row["version"]
        )
    )


@routes.post(
    "/{organization_id}/restore",
    limit="updates",
    idempotency="required",
    statements=2,  # what has come back is seen by a statement that begins after it
    errors=("ALREADY_EXISTS",),
)
def restore_organization(
    request: Request, organization_id: UUID, query: OrganizationRestoreQuery
) -> Organization:
    """Bring an organization back from the trash, with exactly what its deletion took. Whoever owned
    it may. If its slug is taken meanwhile, `?slug=` gives it another."""
    row = request.db.rows(sql.restore_organization, id=organization_id, slug=query.slug)[0]
    if row["outcome"] == "taken":
        raise Refusal(
            "ALREADY_EXISTS",
            "The slug is taken: send another one as ?slug=.",
            details={"field": "slug"},
        )
    refused(request, row["outcome"])
    for course in row["courses"]:
        request.emit(
            CourseRestored(
                course_id=UUID(course["id"]),
                deletion_id=row["deletion_id"],
                entity_version=course["version"],
            ),
            user_id=UUID(course["user_id"]),
        )
    request.emit(
        OrganizationUpdated(
            organization_id=organization_id, changed=["deleted_at"], entity_version=row["version"]
        )
    )
    return request.db.one(Organization, sql.get_organization, id=organization_id)


@routes.delete("/{organization_id}/permanent", idempotency="required", critical=True)
def purge_organization(request: Request, organization_id: UUID) -> None:
    """Remove an organization in the trash for good, with its memberships and invitations. Its
    courses stay in the trash of their owners."""
    row = request.db.rows(sql.purge_organization, id=organization_id)[0]
    if row["outcome"] == "live":
        raise Refusal("CONFLICT", "The organization is not in the trash.")
    refused(request, row["outcome"])
    request.emit(
        OrganizationDeleted(organization_id=organization_id, entity_version=row["version"] + 1)
    )


def _slug(name: str) -> str:
    """A slug of a name's plain letters, with an ending that makes a clash unlikely."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", plain)[:40].strip("-") or "organization"
    return f"{words}-{secrets.token_hex(4)}"

"""Share links: made, limited and revoked by those who teach a course."""

from typing import Any
from uuid import UUID

from events.courses import ShareLinkCreated, ShareLinkRevoked, ShareLinkUpdated
from functions.courses import passwords, tokens
from functions.courses.share_models import (
    NewShareLink,
    ShareLink,
    ShareLinkPatch,
    ShareLinkQuery,
    ShareLinkWithToken,
)
from functions.courses.standing import judged, stands_to
from shared.ids import uuid7
from shared.models import Page, build
from shared.request import Request
from shared.routing import Routes
from shared.settings import setting
from shared.sql import queries

TEACHERS = ("owner", "admin", "instructor")
routes = Routes("/courses/{course_id}/share-links", tag="courses")
sql = queries(__file__)


@routes.get("", statements=2)  # whether the caller teaches it, as an empty page would not tell
def list_share_links(request: Request, course_id: UUID, query: ShareLinkQuery) -> Page[ShareLink]:
    """List the links to a course that you teach, the newest first."""
    stands_to(request, course_id, *TEACHERS)
    return request.db.page(ShareLink, sql.list_share_links, query, course_id=course_id)


@routes.post("", status=201, secret_answer=True)
def create_share_link(request: Request, course_id: UUID, body: NewShareLink) -> ShareLinkWithToken:
    """Make a link to a course that you teach. Its token is shown in this answer only."""
    token = tokens.fresh()
    row = request.db.row(
        sql.create_share_link,
        id=uuid7(),
        course_id=course_id,
        token_hash=tokens.token_hash(token),
        permission=body.permission,
        password_hash=passwords.derive(body.password) if body.password else None,
        expires_at=body.expires_at,
        max_views=body.max_views,
    )
    made = judged(request, row, *TEACHERS)
    request.emit(
        ShareLinkCreated(share_link_id=made["id"], course_id=course_id, permission=body.permission),
        user_id=made["owner_id"],
    )
    url = f"{setting('PUBLIC_URL')}/shared/{token}"
    return build(ShareLinkWithToken, {**_shown(made), "token": token, "url": url})


@routes.get("/{share_link_id}")
def get_share_link(request: Request, course_id: UUID, share_link_id: UUID) -> ShareLink:
    """Get one link to a course that you teach."""
    return request.db.one(ShareLink, sql.get_share_link, course_id=course_id, id=share_link_id)


@routes.patch("/{share_link_id}", also_put=True)
def update_share_link(
    request: Request, course_id: UUID, share_link_id: UUID, body: ShareLinkPatch
) -> ShareLink:
    """Change what a link permits and its limits; null lifts one (JSON Merge Patch)."""
    row = request.db.row(
        sql.update_share_link,
        course_id=course_id,
        id=share_link_id,
        changes={**body.changes(), **({"password": True} if body.password else {})},
        password_hash=passwords.derive(body.password) if body.password else None,
    )
    changed = judged(request, row, *TEACHERS)
    request.emit(
        ShareLinkUpdated(
            share_link_id=share_link_id,
            course_id=course_id,
            changed=sorted(body.changes()),
            entity_version=changed["version"],
        ),
        user_id=changed["owner_id"],
    )
    return build(ShareLink, _shown(changed))


@routes.delete("/{share_link_id}")
def revoke_share_link(request: Request, course_id: UUID, share_link_id: UUID) -> None:
    """Revoke a link, at once and for good."""
    found = request.db.row(
        sql.revoke_share_link, course_id=course_id, id=share_link_id, deletion_id=uuid7()
    )
    row = judged(request, found, *TEACHERS)
    request.emit(
        ShareLinkRevoked(
            share_link_id=share_link_id, course_id=course_id, entity_version=row["version"]
        ),
        user_id=row["owner_id"],
    )


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in ShareLink.model_fields}

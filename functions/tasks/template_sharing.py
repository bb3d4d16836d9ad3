"""With whom a template is shared, and what people think of it."""

from uuid import UUID

from events.templates import TemplateRated, TemplateShared, TemplateUnshared
from functions.tasks.operations import entity, missing
from functions.tasks.template_models import (
    NewTemplateRating,
    NewTemplateShare,
    TemplateRating,
    TemplateShare,
    TemplateShareQuery,
)
from shared.errors import Refusal
from shared.ids import uuid7
from shared.models import Page
from shared.request import Request
from shared.routing import Old, Routes
from shared.sql import queries

routes = Routes("/tasks/templates/{template_id}", tag="tasks")
sql = queries(__file__)


@routes.get("/shares")
def list_template_shares(
    request: Request, template_id: UUID, query: TemplateShareQuery
) -> Page[TemplateShare]:
    """List with whom one's template is shared; of somebody else's, one's own share."""
    return request.db.page(TemplateShare, sql.list_template_shares, query, template_id=template_id)


@routes.post(
    "/shares",
    status=201,
    errors=("FORBIDDEN",),
    v1=True,
    old=(Old("study-materials/share", fields={"material_id": "template_id"}),),
)
def share_template(request: Request, template_id: UUID, body: NewTemplateShare) -> TemplateShare:
    """Share one's template with a person, to look at (`view`), `use` or `edit` it. Said again,
    it is for something else from then on."""
    named = {"template_id": template_id, "person_id": body.user_id, "permission": body.permission}
    row = request.db.row(sql.share_template, id=uuid7(), **named)
    if row is None or row["role"] is None:
        raise Refusal("NOT_FOUND")
    if row["role"] != "owner":
        raise Refusal("FORBIDDEN", "Only its owner may share a template.")
    if row["id"] is None:
        raise Refusal("NOT_FOUND", "There is no such person to share it with.")
    share = entity(TemplateShare, row)
    request.emit(
        TemplateShared(
            template_id=template_id,
            template_share_id=share.id,
            permission=body.permission,
            entity_version=share.version,
        )
    )
    return share


@routes.delete("/shares/{template_share_id}")
def unshare_template(request: Request, template_id: UUID, template_share_id: UUID) -> None:
    """Share one's template with somebody no longer, or give up what somebody shared with one."""
    row = request.db.row(sql.unshare_template, id=template_share_id, template_id=template_id)
    if row is None:
        raise missing(request)
    told = TemplateUnshared(
        template_id=template_id,
        template_share_id=template_share_id,
        entity_version=row["version"],
    )
    request.emit(told, user_id=row["owner_id"])


@routes.put("/rating", errors=("FORBIDDEN",))
def rate_template(request: Request, template_id: UUID, body: NewTemplateRating) -> TemplateRating:
    """Rate a template of somebody else, from 1 to 5; the last rating counts. The template's average
    follows within seconds."""
    named = {"template_id": template_id, "rating": body.rating}
    row = request.db.row(sql.rate_template, id=uuid7(), **named)
    if row is None:
        raise Refusal("NOT_FOUND")
    if row["id"] is None:
        raise Refusal("FORBIDDEN", "Nobody rates a template of their own.")
    rating = entity(TemplateRating, row)
    request.emit(TemplateRated(template_id=template_id, rating=body.rating))
    return rating

"""Enrichments of lessons: drafted by hand, or asked for; what becomes of them is in
`enrichment_steps`."""

from uuid import UUID

import orjson

from events.enrichments import EnrichmentDrafted, EnrichmentRequested, EnrichmentUpdated
from functions.courses.content import (
    Piece,
    delete_content,
    purge_content,
    restore_content,
    teaching,
)
from functions.courses.enrichment_models import (
    Enrichment,
    EnrichmentBatch,
    EnrichmentPatch,
    EnrichmentQuery,
    EnrichmentSummary,
    NewEnrichment,
    RequestedEnrichments,
)
from functions.courses.operations import entity
from functions.courses.plan import course_limit
from shared.errors import Refusal
from shared.ids import uuid7
from shared.models import Page, build
from shared.request import Request
from shared.routing import Routes
from shared.sql import queries

routes = Routes("/lessons/{lesson_id}/enrichments", tag="courses")
batches = Routes("/courses/{course_id}/enrichments", tag="courses")
sql = queries(__file__)


@routes.get("")
def list_enrichments(
    request: Request, lesson_id: UUID, query: EnrichmentQuery
) -> Page[EnrichmentSummary]:
    """List the enrichments of a lesson, newest first; to learners those that are completed."""
    return request.db.page(EnrichmentSummary, sql.list_enrichments, query, lesson_id=lesson_id)


@routes.post("", status=201, errors=("FORBIDDEN", "COURSE_LIMIT_EXCEEDED"))
def create_enrichment(request: Request, lesson_id: UUID, body: NewEnrichment) -> Enrichment:
    """Add an enrichment to a lesson. With a `draft` it waits to be approved; without one it is
    asked for, and its draft will be generated."""
    row = request.db.row(
        sql.create_enrichment,
        id=uuid7(),
        lesson_id=lesson_id,
        limit=course_limit(request),
        type=body.type,
        status="draft" if body.draft else "pending",
        settings=body.settings.model_dump() if body.settings else {},
        draft=body.draft.model_dump(exclude_none=True) if body.draft else None,
    )
    row = teaching(request, row)
    made = entity(Enrichment, row)
    event = EnrichmentDrafted if body.draft else EnrichmentRequested
    request.emit(
        event(
            enrichment_id=made.id,
            lesson_id=lesson_id,
            course_id=made.course_id,
            enrichment_type=made.type,
        ),
        user_id=row["owner_id"],
    )
    return made


@batches.post(
    "/batch",
    status=201,
    limit="creates",
    idempotency="required",
    cost=lambda body: len(body.lesson_ids) * len(body.types),
    errors=("FORBIDDEN", "COURSE_LIMIT_EXCEEDED"),
)
def request_enrichments(
    request: Request, course_id: UUID, body: EnrichmentBatch
) -> RequestedEnrichments:
    """Ask for enrichments of several lessons, all or none. Each counts as one request."""
    wanted = [
        {"id": str(uuid7()), "lesson_id": str(lesson), "type": kind}
        for lesson in body.lesson_ids
        for kind in body.types
    ]
    rows = request.db.rows(
        sql.request_enrichments,
        course_id=course_id,
        limit=course_limit(request),
        wanted=orjson.dumps(wanted).decode(),
        settings=body.settings.model_dump() if body.settings else {},
    )
    first = teaching(request, rows[0] if rows else None)
    if not first["lessons_open"]:
        raise Refusal("NOT_FOUND", "There is no such lesson in the course.")
    made = [entity(EnrichmentSummary, row) for row in rows]
    for one in made:
        event = EnrichmentRequested(
            enrichment_id=one.id,
            lesson_id=one.lesson_id,
            course_id=course_id,
            enrichment_type=one.type,
        )
        request.emit(event, user_id=first["owner_id"])
    return build(RequestedEnrichments, {"enrichments": made})


@routes.get("/{enrichment_id}")
def get_enrichment(request: Request, lesson_id: UUID, enrichment_id: UUID) -> Enrichment:
    """Get one enrichment. Learners get what is completed, quizzes without the right answers."""
    return request.db.one(Enrichment, sql.get_enrichment, lesson_id=lesson_id, id=enrichment_id)


@routes.patch("/{enrichment_id}", also_put=True, errors=("FORBIDDEN", "COURSE_LIMIT_EXCEEDED"))
def update_enrichment(
    request: Request, lesson_id: UUID, enrichment_id: UUID, body: EnrichmentPatch
) -> Enrichment:
    """Change how an enrichment is to be generated the next time (JSON Merge Patch)."""
    row = request.db.row(
        sql.update_enrichment,
        id=enrichment_id,
        lesson_id=lesson_id,
        limit=course_limit(request),
        changes={"settings": body.changes().get("settings") or {}} if body.changes() else {},
    )
    row = teaching(request, row)
    made = entity(Enrichment, row)
    if body.changes():
        event = EnrichmentUpdated(
            enrichment_id=made.id, course_id=made.course_id, entity_version=made.version
        )
        request.emit(event, user_id=row["owner_id"])
    return made


@routes.delete("/{enrichment_id}", errors=("FORBIDDEN",))
def delete_enrichment(request: Request, lesson_id: UUID, enrichment_id: UUID) -> None:
    """Move an enrichment to the trash, with the attempts at it."""
    delete_content(request, Piece("enrichment", enrichment_id, lesson_id=lesson_id))


# The second statement reads what the first one brought back: one does not see its own effect.
@routes.post(
    "/{enrichment_id}/restore",
    limit="updates",
    idempotency="required",
    statements=2,
    errors=("CONFLICT", "FORBIDDEN", "COURSE_LIMIT_EXCEEDED"),
)
def restore_enrichment(request: Request, lesson_id: UUID, enrichment_id: UUID) -> Enrichment:
    """Bring an enrichment back from the trash, with exactly what its deletion took."""
    restore_content(request, Piece("enrichment", enrichment_id, lesson_id=lesson_id))
    return get_enrichment(request, lesson_id, enrichment_id)


@routes.delete(
    "/{enrichment_id}/permanent",
    idempotency="required",
    critical=True,
    errors=("CONFLICT", "FORBIDDEN"),
)
def purge_enrichment(request: Request, lesson_id: UUID, enrichment_id: UUID) -> None:
    """Remove an enrichment in the trash for good. A live one is refused."""
    purge_content(request, Piece("enrichment", enrichment_id, lesson_id=lesson_id))

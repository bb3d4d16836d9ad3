"""What becomes of an enrichment: another draft, approval, another generation, or none."""

from typing import Any
from uuid import UUID

from events.enrichments import (
    EnrichmentApproved,
    EnrichmentCancelled,
    EnrichmentCompleted,
    EnrichmentReported,
    EnrichmentRequested,
    EnrichmentUpdated,
)
from functions.courses.content import teaching
from functions.courses.enrichment_models import (
    PART_OF_TYPE,
    DraftPatch,
    Enrichment,
    NewReport,
    Report,
)
from functions.courses.enrichment_states import (
    APPROVE,
    CANCEL,
    EDITABLE,
    OF_WORDS,
    REGENERATE,
    Step,
)
from functions.courses.operations import entity, missing
from functions.courses.plan import course_limit
from shared.errors import Refusal, invalid
from shared.ids import uuid7
from shared.request import Request
from shared.routing import Routes
from shared.sql import queries

ERRORS = ("CONFLICT", "FORBIDDEN", "COURSE_LIMIT_EXCEEDED")

routes = Routes("/enrichments", tag="courses", limit="updates")
sql = queries(__file__)


@routes.patch("/{enrichment_id}/draft", errors=ERRORS)
def patch_draft(request: Request, enrichment_id: UUID, body: DraftPatch) -> Enrichment:
    """Put another draft in the place of one that has not been approved."""
    [part] = body.draft.parts
    row = request.db.row(
        sql.change_draft,
        id=enrichment_id,
        limit=course_limit(request),
        sources=list(EDITABLE),
        draft=body.draft.model_dump(exclude_none=True),
        part=part,
        parts=PART_OF_TYPE,
    )
    row = teaching(request, row)
    if not row["fits"]:
        raise invalid("draft", f"needs {PART_OF_TYPE.get(row['type'], 'text')}")
    if not row["changed"]:
        raise _not_from(row["status"], "draft", list(EDITABLE))
    made = entity(Enrichment, row)
    event = EnrichmentUpdated(
        enrichment_id=made.id, course_id=made.course_id, entity_version=made.version
    )
    request.emit(event, user_id=row["owner_id"])
    return made


@routes.post("/{enrichment_id}/approve", errors=ERRORS)
def approve_enrichment(request: Request, enrichment_id: UUID) -> Enrichment:
    """Approve a draft. Quizzes, summaries and flashcards are completed by that; of a medium the
    generation begins."""
    made, row = _step(request, enrichment_id, APPROVE)
    facts = _facts(made)
    request.emit(EnrichmentApproved(**facts), user_id=row["owner_id"])
    if made.status == "completed":
        request.emit(EnrichmentCompleted(**facts), user_id=row["owner_id"])
    return made


@routes.post("/{enrichment_id}/regenerate", errors=ERRORS)
def regenerate_enrichment(request: Request, enrichment_id: UUID) -> Enrichment:
    """Ask for another generation. What was there before goes."""
    made, row = _step(request, enrichment_id, REGENERATE)
    request.emit(EnrichmentRequested(**_facts(made)), user_id=row["owner_id"])
    return made


@routes.post("/{enrichment_id}/cancel", errors=ERRORS)
def cancel_enrichment(request: Request, enrichment_id: UUID) -> Enrichment:
    """Call a generation off."""
    made, row = _step(request, enrichment_id, CANCEL)
    event = EnrichmentCancelled(
        enrichment_id=made.id, course_id=made.course_id, entity_version=made.version
    )
    request.emit(event, user_id=row["owner_id"])
    return made


@routes.post("/{enrichment_id}/reports", status=201, limit="creates", errors=("ALREADY_EXISTS",))
def report_enrichment(request: Request, enrichment_id: UUID, body: NewReport) -> Report:
    """Say what is wrong with an enrichment, once."""
    row = request.db.row(
        sql.report_enrichment, id=uuid7(), enrichment_id=enrichment_id, **body.values()
    )
    if row is None:
        raise missing(request)
    made = entity(Report, row)
    event = EnrichmentReported(
        enrichment_id=enrichment_id,
        course_id=made.course_id,
        reason=made.reason,
        entity_version=row["enrichment_version"],
    )
    request.emit(event, user_id=row["owner_id"])
    return made


def _step(request: Request, enrichment_id: UUID, step: Step) -> tuple[Enrichment, dict[str, Any]]:
    """Take a step. Errors: as `teaching`, CONFLICT from a state that it does not lead out of."""
    row = request.db.row(
        sql.step_enrichment,
        id=enrichment_id,
        limit=course_limit(request),
        sources=list(step.sources),
        target=step.target,
        target_of_media=step.target_of_media,
        of_words=list(OF_WORDS),
    )
    found = dict(teaching(request, row))
    if not found["changed"]:
        raise _not_from(found["status"], step.name, list(step.sources))
    return entity(Enrichment, found), found


def _not_from(status: str, step: str, sources: list[str]) -> Refusal:
    return Refusal(
        "CONFLICT",
        f"An enrichment that is {status} does not take this step.",
        details={"status": status, "step": step, "allowedFrom": sources},
    )


def _facts(made: Enrichment) -> dict[str, Any]:
    return {
        "enrichment_id": made.id,
        "lesson_id": made.lesson_id,
        "course_id": made.course_id,
        "enrichment_type": made.type,
        "entity_version": made.version,
    }

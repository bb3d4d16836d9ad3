"""Reviewing flashcards: what is due, an answer, and taking it back."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from events.flashcards import FlashcardReviewed, FlashcardReviewUndone
from functions.courses.flashcard_models import (
    DueFlashcard,
    DueQuery,
    Flashcard,
    FlashcardReview,
    NewReview,
    Reviewed,
    ReviewQuery,
)
from functions.courses.operations import missing
from functions.courses.scheduling import due, next_dates, reviewed
from shared.errors import Refusal, invalid
from shared.ids import uuid7
from shared.models import Page, build
from shared.request import Request
from shared.routing import Routes
from shared.sql import queries

routes = Routes("/flashcards", tag="courses")
sql = queries(__file__)

AHEAD = timedelta(minutes=5)
"""How far the clock of a device may be ahead of ours."""


@routes.get("/due")
def list_due_flashcards(request: Request, query: DueQuery) -> Page[DueFlashcard]:
    """List the cards that wait to be reviewed, the longest due first, with what each answer would
    lead to."""
    zone, now = request.known_caller.timezone, datetime.now(UTC)
    page = request.db.page(DueFlashcard, sql.list_due_flashcards, query, timezone=zone)
    for document in page.documents:
        document["next"] = next_dates(document, now, document.pop("eve"))
    return page


@routes.get("/{flashcard_id}/reviews")
def list_flashcard_reviews(
    request: Request, flashcard_id: UUID, query: ReviewQuery
) -> Page[FlashcardReview]:
    """List the answers given to a card, the last one first."""
    return request.db.page(
        FlashcardReview, sql.list_flashcard_reviews, query, flashcard_id=flashcard_id
    )


# Two statements: the schedule is computed from what the first one reads, under the lock.
@routes.post(
    "/{flashcard_id}/reviews",
    status=201,
    limit="updates",
    exclusive="flashcards",
    statements=2,
    errors=("CONFLICT",),
)
def review_flashcard(request: Request, flashcard_id: UUID, body: NewReview) -> Reviewed:
    """Answer a card: `again`, `hard`, `good` or `easy`. FSRS says when it comes next, but no later
    than the day before the exam of its deck's course."""
    zone = request.known_caller.timezone
    before = request.db.row(sql.read_schedule, id=flashcard_id, timezone=zone)
    if before is None:
        raise missing(request)
    at = _time_of(body, before)
    state = reviewed(before, body.rating, at)
    state["due_at"] = due(state["scheduled_at"], at, before["eve"])
    answer = {"review_id": uuid7(), "rating": body.rating, "duration_ms": body.duration_ms}
    card = request.db.one(Flashcard, sql.record_review, id=flashcard_id, **answer, **state)
    _tell(request, card, before, body, at)
    following = next_dates(
        {**card.__dict__, "lapses": 0}, max(at, datetime.now(UTC)), before["eve"]
    )
    return build(Reviewed, {"id": answer["review_id"], "flashcard": card, "next": following})


@routes.delete(
    "/{flashcard_id}/reviews/{flashcard_review_id}", exclusive="flashcards", errors=("CONFLICT",)
)
def undo_review(request: Request, flashcard_id: UUID, flashcard_review_id: UUID) -> None:
    """Take the last answer to a card back: the card is as it was before. It is named, so that a
    request that is sent twice takes back one answer only; an earlier one is refused."""
    zone = request.known_caller.timezone
    row = request.db.row(
        sql.undo_review, id=flashcard_id, review_id=flashcard_review_id, timezone=zone
    )
    if row is None:
        raise missing(request)
    if row["version"] is None:
        raise Refusal("CONFLICT", "Only the last answer to a card can be taken back.")
    request.emit(
        FlashcardReviewUndone(
            flashcard_id=flashcard_id,
            deck_id=row["deck_id"],
            review_id=flashcard_review_id,
            entity_version=row["version"],
        )
    )


def _time_of(body: NewReview, card: dict[str, Any]) -> datetime:
    """When the answer was given, in the order of the log."""
    now = datetime.now(UTC)
    earliest = (card["last_reviewed_at"] or card["created_at"]).astimezone(UTC)
    if body.reviewed_at is None:
        return max(now, earliest)
    if body.reviewed_at > now + AHEAD:
        raise invalid("reviewed_at", "must not be ahead")
    if body.reviewed_at < earliest:
        raise Refusal("CONFLICT", "The card was made or reviewed after that time.")
    return body.reviewed_at


def _tell(
    request: Request, card: Flashcard, before: dict[str, Any], body: NewReview, at: datetime
) -> None:
    request.emit(
        FlashcardReviewed(
            flashcard_id=card.id,
            deck_id=card.deck_id,
            course_id=before["course_id"],
            rating=body.rating,
            state=card.state,
            reviewed_at=at,
            timezone=request.known_caller.timezone,
            duration_ms=body.duration_ms,
            entity_version=card.version,
        )
    )

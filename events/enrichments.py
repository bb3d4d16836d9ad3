"""Facts about what lessons are enriched with."""

from typing import Literal
from uuid import UUID

from shared.facts import Event

Type = Literal[
    "quiz", "summary", "flashcards", "audio", "video", "presentation", "document", "cover"
]


class EnrichmentRequested(Event, type="enrichment.requested"):
    """An enrichment is to be generated, for the first time or again."""

    enrichment_id: UUID
    lesson_id: UUID
    course_id: UUID
    enrichment_type: Type


class EnrichmentDrafted(Event, type="enrichment.draft_ready"):
    """An enrichment has a draft, by hand or generated, that waits to be approved."""

    enrichment_id: UUID
    lesson_id: UUID
    course_id: UUID
    enrichment_type: Type


class EnrichmentUpdated(Event, type="enrichment.updated"):
    """The draft of an enrichment was changed by hand, or how it is to be generated."""

    enrichment_id: UUID
    course_id: UUID


class EnrichmentApproved(Event, type="enrichment.approved"):
    """The draft of an enrichment was approved. One of a medium is to be generated from it."""

    enrichment_id: UUID
    lesson_id: UUID
    course_id: UUID
    enrichment_type: Type


class EnrichmentCompleted(Event, type="enrichment.completed"):
    """An enrichment has its content: learners see it."""

    enrichment_id: UUID
    lesson_id: UUID
    course_id: UUID
    enrichment_type: Type


class EnrichmentFailed(Event, type="enrichment.failed"):
    """An enrichment could not be generated."""

    enrichment_id: UUID
    lesson_id: UUID
    course_id: UUID
    enrichment_type: Type
    code: str
    retryable: bool


class EnrichmentCancelled(Event, type="enrichment.cancelled"):
    """The generation of an enrichment was called off."""

    enrichment_id: UUID
    course_id: UUID


class EnrichmentReported(Event, type="enrichment.reported"):
    """Somebody says that something is wrong with an enrichment."""

    enrichment_id: UUID
    course_id: UUID
    reason: Literal["wrong", "inappropriate", "copyright", "other"]


class EnrichmentDeleted(Event, type="enrichment.deleted"):
    """An enrichment went to the trash by itself."""

    enrichment_id: UUID
    course_id: UUID
    deletion_id: UUID


class EnrichmentRestored(Event, type="enrichment.restored"):
    """An enrichment came back, with exactly what that deletion took."""

    enrichment_id: UUID
    course_id: UUID
    deletion_id: UUID


class EnrichmentPurged(Event, type="enrichment.purged"):
    """An enrichment was removed for good."""

    enrichment_id: UUID
    course_id: UUID


class QuizAttempted(Event, type="quiz.attempted"):
    """Somebody answered a quiz (an enrichment) and was given points for it."""

    quiz_id: UUID
    attempt_id: UUID
    course_id: UUID
    points: int
    questions: int

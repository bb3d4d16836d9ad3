"""Newest shapes of spaced repetition."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from shared.models import AnyOf, Day, Entity, Id, ListQuery, Model, QueryInteger, Timestamp

Quality = Annotated[int, Field(ge=0, le=5)]


class NewSessionReview(Model):
    """How well a topic was recalled: from 0 (a blackout) over 3 (with effort) to 5 (perfectly)."""

    quality: Quality
    response_seconds: Annotated[int, Field(ge=0, le=86_400)] | None = None


class SessionReview(Entity):
    """A review, and what SM-2 makes of it: how easy the topic is by now (`easeFactor`, from 1.3
    to 3), how many reviews in a row went well, and when the next one is due."""

    study_session_id: UUID
    quality: int
    response_seconds: int | None
    reviewed_at: datetime
    crammed: bool
    ease_factor: float
    interval_days: int
    repetitions: int
    due_at: datetime


class SessionReviewQuery(ListQuery):
    """Filters of the reviews of a session."""

    quality: AnyOf[Annotated[QueryInteger, Field(ge=0, le=5)]] | None = None


class DueReview(Model):
    """A study session whose topic is to be recalled; `id` is the session's."""

    id: UUID
    version: int
    course_id: UUID | None
    topic: str
    review_due_at: datetime
    last_reviewed_at: datetime | None
    review_count: int
    interval_days: int
    ease_factor: float


class DueReviewQuery(ListQuery):
    """Filters of what is due: by now, or until a time ahead."""

    course_id: AnyOf[Id] | None = None
    until: Timestamp | None = None


class QualityCount(Model):
    """How many reviews were of a quality."""

    quality: int
    count: int


class ReviewStatistics(Model):
    """All reviews of the study sessions that there are."""

    reviews: int
    study_sessions: int
    average_quality: float | None
    due: int
    next_due_at: datetime | None
    distribution: list[QualityCount]


class NewReviewSchedule(Model):
    """From which day on to plan; by default the session's own."""

    starts_on: Day | None = None


class PlannedReview(Model):
    """A reminder, `days` after the first day of the schedule."""

    id: UUID
    days: int
    remind_at: datetime


class ReviewAllowance(Model):
    """Review reminders of the last 30 days, against the plan's limit (null: none)."""

    limit: int | None
    used: int
    resets_at: datetime | None


class ReviewSchedule(Model):
    """When to be reminded of a topic: around `hour` on the clock of `timezone`."""

    study_session_id: UUID
    starts_on: date
    exam_on: date | None
    hour: int
    timezone: str
    reminders: list[PlannedReview]
    allowance: ReviewAllowance

"""Newest shapes of study sessions."""

from datetime import datetime
from typing import Literal, Self
from uuid import UUID

from pydantic import model_validator

from functions.tasks.fields import Description, Rating, Reminders, Title
from functions.tasks.models import ABSENT, ItemAssignment, ItemCourse, Search
from shared.models import (
    INCLUDED,
    AnyOf,
    Deletable,
    Id,
    Include,
    ListQuery,
    Model,
    QueryBoolean,
    ReadQuery,
    Timestamp,
)

Technique = Literal["pomodoro", "free", "flashcards"]
SessionStatus = Literal["planned", "running", "paused", "finished"]


class StudySession(Deletable):
    """Time set apart to study. While it is running, `focus_seconds` holds the time before.
    `review_due_at` is when its topic is to be recalled again."""

    course_id: UUID | None
    assignment_id: UUID | None
    topic: str
    notes: str
    starts_at: datetime
    ends_at: datetime | None
    started_at: datetime | None
    ended_at: datetime | None
    focus_seconds: int
    pauses: int
    technique: Technique
    confidence: int | None
    difficulty: int | None
    status: SessionStatus
    spaced_repetition: bool
    review_count: int
    last_reviewed_at: datetime | None
    review_due_at: datetime | None
    reminders: list[int]
    locked: bool
    course: ItemCourse | None = INCLUDED
    assignment: ItemAssignment | None = INCLUDED


class _StudySessionFields(Model):
    """What a client may say about a study session, in creating and in changing it."""

    course_id: Id | None = None
    assignment_id: Id | None = None
    notes: Description = ""
    ends_at: Timestamp | None = None
    technique: Technique = "free"
    confidence: Rating | None = None
    difficulty: Rating | None = None
    spaced_repetition: bool = False
    reminders: Reminders | None = None


class NewStudySession(_StudySessionFields):
    """A new study session."""

    topic: Title
    starts_at: Timestamp

    @model_validator(mode="after")
    def _ends_later(self) -> Self:
        if self.ends_at is not None and self.ends_at <= self.starts_at:
            raise ValueError("endsAt must be after startsAt")
        return self


class StudySessionPatch(_StudySessionFields):
    """Changes to a study session: absent fields stay, null clears."""

    topic: Title = ABSENT
    starts_at: Timestamp = ABSENT


class SessionStart(Model):
    """How a session is begun; what is not said stays as it was planned."""

    technique: Technique | None = None


class SessionEnd(Model):
    """How a session went, as far as that is said: from 1 to 5."""

    confidence: Rating | None = None
    difficulty: Rating | None = None


class StudySessionQuery(ListQuery):
    """Filters of the list of study sessions."""

    course_id: AnyOf[Id] | None = None
    assignment_id: AnyOf[Id] | None = None
    status: AnyOf[SessionStatus] | None = None
    technique: AnyOf[Technique] | None = None
    spaced_repetition: QueryBoolean | None = None
    starts_after: Timestamp | None = None
    starts_before: Timestamp | None = None
    q: Search | None = None
    include: Include[Literal["course", "assignment"]] | None = None


class StudySessionRead(ReadQuery):
    """What of a study session, and with what."""

    include: Include[Literal["course", "assignment"]] | None = None

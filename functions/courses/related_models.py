"""Newest shapes of what `include=` shows beside courses, lessons and flashcards."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from shared.models import Model

AssignmentStatus = Literal["todo", "in_progress", "submitted", "graded", "excused", "dropped"]
LectureKind = Literal["lecture", "seminar", "lab", "exam", "office_hours"]


class CourseAssignment(Model):
    """One of the caller's assignments, beside its course."""

    id: UUID
    course_id: UUID
    title: str
    description: str
    due_at: datetime
    status: AssignmentStatus
    priority: Literal["low", "medium", "high", "urgent"]
    submission_method: Literal["online", "in_person", "none"]
    submission_url: str | None
    version: int
    created_at: datetime
    updated_at: datetime


class CourseLecture(Model):
    """One of the caller's lectures, beside its course. A series is one, where its first time is."""

    id: UUID
    course_id: UUID
    title: str
    description: str
    kind: LectureKind
    starts_at: datetime
    duration_minutes: int
    recurrence: str | None
    location: str
    version: int
    created_at: datetime
    updated_at: datetime


class CourseStudySession(Model):
    """One of the caller's study sessions, beside its course."""

    id: UUID
    course_id: UUID
    topic: str
    notes: str
    starts_at: datetime
    ends_at: datetime | None
    status: Literal["planned", "running", "paused", "finished"]
    version: int
    created_at: datetime
    updated_at: datetime


class CourseSection(Model):
    """A section of a course, in their order."""

    id: UUID
    title: str
    description: str
    position: int


class CourseLesson(Model):
    """A lesson of a course, by section and position."""

    id: UUID
    section_id: UUID | None
    title: str
    lesson_type: Literal["text", "video", "quiz", "interactive", "assignment"]
    duration_minutes: int
    position: int


class LessonSection(Model):
    """The section that a lesson is in."""

    id: UUID
    title: str
    position: int


class LessonEnrichment(Model):
    """What a lesson is enriched by; learners see what is completed."""

    id: UUID
    type: str
    status: str
    created_at: datetime


class CardDeck(Model):
    """The deck that a card is in."""

    id: UUID
    title: str
    course_id: UUID | None

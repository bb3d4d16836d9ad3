"""Shapes of figures and grades."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from shared.models import AnyOf, ListQuery, Model

Status = Literal["active", "completed", "suspended"]


class CourseStats(Model):
    """Figures of a course as of `refreshedAt`. `averagePercent` is over all students and lessons,
    `averageScore` the share of points in all attempts at quizzes (null without any)."""

    course_id: UUID
    sections: int
    lessons: int
    lesson_minutes: int
    students: int
    completions: int
    lessons_completed: int
    average_percent: float
    enrichments: int
    quiz_attempts: int
    average_score: float | None
    refreshed_at: datetime


class Grade(Model):
    """How a student stands; `id` is the enrollment's. Of each quiz the best attempt counts."""

    id: UUID
    user_id: UUID
    name: str
    status: Status
    lessons: int
    lessons_completed: int
    percent_done: float
    quizzes: int
    quizzes_attempted: int
    points: int
    questions: int
    last_active_at: datetime | None


class GradeQuery(ListQuery):
    """Filters of the gradebook."""

    status: AnyOf[Status] | None = None

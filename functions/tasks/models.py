"""Newest shapes of what tasks takes and gives."""

from datetime import date, datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field, model_validator

from shared.models import (
    AnyOf,
    Day,
    Deletable,
    Id,
    ListQuery,
    Model,
    Text,
    Timestamp,
    TimeZone,
)

Status = Literal["todo", "in_progress", "submitted", "graded", "excused", "dropped"]
Priority = Literal["low", "medium", "high", "urgent"]
SubmissionMethod = Literal["online", "in_person", "none"]
Source = Literal["manual", "ics", "job"]
Title = Annotated[Text, Field(min_length=1, max_length=200)]
Description = Annotated[Text, Field(max_length=5000)]
Url = Annotated[Text, Field(max_length=2000, pattern=r"^https?://[^\s]+$")]
Tag = Annotated[Text, Field(min_length=1, max_length=50)]
Tags = Annotated[list[Tag], Field(max_length=20)]
Offset = Literal[5, 15, 30, 60, 120, 1440]
Reminders = Annotated[list[Offset], Field(max_length=10)]


class ChecklistItem(Model):
    """One line of a checklist."""

    text: Title
    done: bool = False


Checklist = Annotated[list[ChecklistItem], Field(max_length=100)]


class Assignment(Deletable):
    """Something to hand in, or to have done by a time."""

    course_id: UUID | None
    parent_id: UUID | None
    title: str
    description: str
    due_at: datetime
    due_on: date | None
    timezone: str
    start_on: date | None
    status: Status
    priority: Priority
    estimated_minutes: int | None
    percent_done: int
    points: float | None
    score: float | None
    weight: float | None
    submission_method: SubmissionMethod
    submission_url: str | None
    tags: list[str]
    checklist: list[ChecklistItem]
    reminders: list[int]
    source: Source
    completed_at: datetime | None
    late: bool
    missing: bool


class _AssignmentFields(Model):
    """What a client may say about an assignment, in creating and in changing it."""

    course_id: Id | None = None
    parent_id: Id | None = None
    description: Description = ""
    due_at: Timestamp | None = None
    due_on: Day | None = None
    timezone: TimeZone = "UTC"
    start_on: Day | None = None
    priority: Priority = "medium"
    estimated_minutes: Annotated[int, Field(ge=0, le=100_000)] | None = None
    percent_done: Annotated[int, Field(ge=0, le=100)] = 0
    points: Annotated[float, Field(ge=0, le=1_000_000)] | None = None
    score: Annotated[float, Field(ge=0, le=1_000_000)] | None = None
    weight: Annotated[float, Field(ge=0, le=1_000)] | None = None
    submission_method: SubmissionMethod = "none"
    submission_url: Url | None = None
    tags: Tags = Field(default_factory=list)
    checklist: Checklist = Field(default_factory=list)
    reminders: Reminders | None = None


class NewAssignment(_AssignmentFields):
    """A new assignment: due at a time, or on a day (its end in `timezone`)."""

    title: Title
    status: Status = "todo"

    @model_validator(mode="after")
    def _due_once(self) -> Self:
        if (self.due_at is None) == (self.due_on is None):
            raise ValueError("needs either dueAt or dueOn")
        return self


class AssignmentPatch(_AssignmentFields):
    """Changes to an assignment: absent fields stay, null clears."""

    title: Title = ""
    status: Status = "todo"

    @model_validator(mode="after")
    def _clears_only_what_may_be_empty(self) -> Self:
        kept = {
            "title",
            "due_at",
            "description",
            "timezone",
            "status",
            "priority",
            "percent_done",
            "submission_method",
            "tags",
            "checklist",
        }
        for name in self.model_fields_set & kept:
            if getattr(self, name) is None:
                raise ValueError(f"{name} cannot be null")
        if {"due_at", "due_on"} <= self.model_fields_set and self.due_on is not None:
            raise ValueError("takes either dueAt or dueOn")
        return self


class AssignmentQuery(ListQuery):
    """Filters of the list of assignments."""

    course_id: AnyOf[Id] | None = None
    status: AnyOf[Status] | None = None
    priority: AnyOf[Priority] | None = None
    due_after: Timestamp | None = None
    due_before: Timestamp | None = None
    q: Annotated[Text, Field(min_length=1, max_length=200)] | None = None

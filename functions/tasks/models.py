"""Newest shapes of the three kinds of items that tasks takes and gives."""

from datetime import date, datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import Field, model_validator

from functions.tasks.fields import (
    Dates,
    Description,
    LocalTime,
    Recurrence,
    Reminders,
    Tag,
    Tags,
    Title,
    Url,
)
from shared.models import (
    INCLUDED,
    AnyOf,
    Day,
    Deletable,
    Id,
    Include,
    ListQuery,
    Model,
    QueryBoolean,
    ReadQuery,
    Text,
    Timestamp,
    TimeZone,
)

Status = Literal["todo", "in_progress", "submitted", "graded", "excused", "dropped"]
Priority = Literal["low", "medium", "high", "urgent"]
SubmissionMethod = Literal["online", "in_person", "none"]
Source = Literal["manual", "ics", "job"]
LectureKind = Literal["lecture", "seminar", "lab", "exam", "office_hours"]
Search = Annotated[Text, Field(min_length=1, max_length=200)]

# In a patch: absent unless the client names it, and then never null.
ABSENT: Any = Field(default=None)


class ChecklistItem(Model):
    """One line of a checklist."""

    text: Title
    done: bool = False


Checklist = Annotated[list[ChecklistItem], Field(max_length=100)]


class ItemCourse(Model):
    """The course that an item belongs to, as far as the caller may see it."""

    id: UUID
    title: str
    code: str
    color: str | None
    status: Literal["draft", "published", "archived"]


class ItemAssignment(Model):
    """The assignment that another one is a part of, or that a study session is for."""

    id: UUID
    title: str
    due_at: datetime
    status: Status


class Assignment(Deletable):
    """Something to hand in, or to have done by a time. `locked` items are beyond the plan's limit:
    they can be read and deleted, nothing else."""

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
    recurrence: str | None
    exdates: list[LocalTime]
    rdates: list[LocalTime]
    reminders: list[int]
    source: Source
    completed_at: datetime | None
    late: bool
    missing: bool
    locked: bool
    course: ItemCourse | None = INCLUDED
    parent: ItemAssignment | None = INCLUDED


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
    recurrence: Recurrence | None = None
    exdates: Dates = Field(default_factory=list)
    rdates: Dates = Field(default_factory=list)
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

    title: Title = ABSENT
    status: Status = ABSENT

    @model_validator(mode="after")
    def _stays_due(self) -> Self:
        if self.due_at is not None and self.due_on is not None:
            raise ValueError("takes either dueAt or dueOn")
        if "due_at" in self.model_fields_set and self.due_at is None and self.due_on is None:
            raise ValueError("dueAt can only be cleared by a dueOn")
        return self


class AssignmentCopy(Model):
    """What is different in a copy of an assignment: absent fields are copied, null clears."""

    course_id: Id | None = None
    parent_id: Id | None = None
    title: Title = ABSENT
    due_at: Timestamp = ABSENT
    due_on: Day = ABSENT
    timezone: TimeZone = ABSENT
    start_on: Day | None = None
    recurrence: Recurrence | None = None
    reminders: Reminders | None = None

    @model_validator(mode="after")
    def _due_once(self) -> Self:
        if {"due_at", "due_on"} <= self.model_fields_set:
            raise ValueError("takes either dueAt or dueOn")
        return self


class AssignmentQuery(ListQuery):
    """Filters of the list of assignments."""

    course_id: AnyOf[Id] | None = None
    status: AnyOf[Status] | None = None
    priority: AnyOf[Priority] | None = None
    parent_id: AnyOf[Id] | None = None
    tags: AnyOf[Tag] | None = None
    submission_method: AnyOf[SubmissionMethod] | None = None
    missing: QueryBoolean | None = None
    due_after: Timestamp | None = None
    due_before: Timestamp | None = None
    completed_after: Timestamp | None = None
    completed_before: Timestamp | None = None
    q: Search | None = None
    include: Include[Literal["course", "parent"]] | None = None


class AssignmentRead(ReadQuery):
    """What of an assignment, and with what."""

    include: Include[Literal["course", "parent"]] | None = None


class Lecture(Deletable):
    """Something to attend, once or as a series. `starts_at` is the first time, as an instant."""

    course_id: UUID
    title: str
    description: str
    kind: LectureKind
    start_local: LocalTime
    timezone: str
    starts_at: datetime
    duration_minutes: int
    recurrence: str | None
    exdates: list[LocalTime]
    rdates: list[LocalTime]
    skips_breaks: bool
    location: str
    meeting_url: str | None
    instructor_name: str | None
    reminders: list[int]
    locked: bool
    course: ItemCourse | None = INCLUDED


class _LectureFields(Model):
    """What a client may say about a lecture, in creating and in changing it."""

    description: Description = ""
    kind: LectureKind = "lecture"
    timezone: TimeZone = "UTC"
    duration_minutes: Annotated[int, Field(ge=1, le=1440)] = 60
    recurrence: Recurrence | None = None
    exdates: Dates = Field(default_factory=list)
    rdates: Dates = Field(default_factory=list)
    skips_breaks: bool = False
    location: Annotated[Text, Field(max_length=200)] = ""
    meeting_url: Url | None = None
    instructor_name: Annotated[Text, Field(max_length=100)] | None = None
    reminders: Reminders | None = None


class NewLecture(_LectureFields):
    """A new lecture: `startLocal` is the wall clock's time in `timezone`, also of a series."""

    course_id: Id
    title: Title
    start_local: LocalTime


class LecturePatch(_LectureFields):
    """Changes to a lecture and all of its occurrences: absent fields stay, null clears."""

    course_id: Id = ABSENT
    title: Title = ABSENT
    start_local: LocalTime = ABSENT


class LectureQuery(ListQuery):
    """Filters of the list of lectures; a series is where its first lecture is."""

    course_id: AnyOf[Id] | None = None
    kind: AnyOf[LectureKind] | None = None
    recurring: QueryBoolean | None = None
    starts_after: Timestamp | None = None
    starts_before: Timestamp | None = None
    q: Search | None = None
    include: Include[Literal["course"]] | None = None


class LectureRead(ReadQuery):
    """What of a lecture, and with what."""

    include: Include[Literal["course"]] | None = None

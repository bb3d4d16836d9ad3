"""Newest shapes of what courses takes and gives."""

import re
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from functions.courses.related_models import (
    CourseAssignment,
    CourseLecture,
    CourseLesson,
    CourseSection,
    CourseStudySession,
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
    Query,
    QueryBoolean,
    ReadQuery,
    Text,
    TimeZone,
)

Visibility = Literal["private", "organization", "public"]
Status = Literal["draft", "published", "archived"]
CourseRole = Literal["owner", "admin", "instructor", "student", "member"]
Recurrence = Literal["none", "weekly", "biweekly"]
Title = Annotated[Text, Field(min_length=3, max_length=100)]
Code = Annotated[Text, Field(max_length=20)]
Description = Annotated[Text, Field(max_length=5000)]
Color = Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$"), AfterValidator(str.lower)]
Language = Annotated[str, Field(max_length=35, pattern=r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$")]
Tag = Annotated[Text, Field(min_length=1, max_length=50)]
Tags = Annotated[list[Tag], Field(max_length=20)]
Offset = Literal[5, 15, 30, 60, 120, 1440]
Reminders = Annotated[list[Offset], Field(max_length=10)]
Minutes = Annotated[int, Field(ge=1, le=1440)]
Location = Annotated[Text, Field(max_length=200)]

_LOCAL = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?", re.ASCII)


def _local(value: Any) -> Any:
    if isinstance(value, datetime):
        return value
    if not isinstance(value, str) or not _LOCAL.fullmatch(value):
        raise ValueError("must be a local time without an offset, such as 2026-11-23T10:15")
    return datetime.fromisoformat(value)


def _within_our_time(value: datetime) -> datetime:
    # A year's distance from the bounds of stored times: a series runs on for 30 weeks.
    if value.tzinfo is not None or not 1971 <= value.year < 2199:
        raise ValueError("must be a local time between the years 1971 and 2199")
    return value


LocalTime = Annotated[datetime, BeforeValidator(_local), AfterValidator(_within_our_time)]
"""The time on a wall clock; a time zone beside it says whose wall."""


class CourseCounts(Model):
    """How many live items belong to a course. A series of lectures is one."""

    assignments: int
    lectures: int
    study_sessions: int


class Course(Deletable):
    """A course that a student takes. A locked one is beyond the plan's limit and read-only.

    `role` is what the caller is to it: its owner, an admin of its organization, an instructor, a
    student (enrolled), or a member of its organization. `counts` are of the caller's own items, and
    `termId` is one of its owner's terms, told to them alone.
    """

    title: str
    code: str
    description: str
    color: str | None
    visibility: Visibility
    status: Status
    language: str
    exam_on: date | None
    term_id: UUID | None
    tags: list[str]
    organization_id: UUID | None
    owner_id: UUID
    role: CourseRole
    locked: bool
    counts: CourseCounts
    assignments: list[CourseAssignment] = INCLUDED
    lectures: list[CourseLecture] = INCLUDED
    study_sessions: list[CourseStudySession] = INCLUDED
    sections: list[CourseSection] = INCLUDED
    lessons: list[CourseLesson] = INCLUDED


class DeletedCourse(Deletable):
    """A course in the trash. Everything that its deletion took carries the same `deletionId`."""

    title: str
    code: str
    description: str
    color: str | None
    deletion_id: UUID


class DeletionCounts(CourseCounts):
    """What a deletion takes along."""

    reminders: int
    enrollments: int
    share_links: int
    flashcard_decks: int
    flashcards: int
    flashcard_reviews: int
    sections: int
    lessons: int
    progress_records: int
    enrichments: int
    enrichment_reports: int
    quiz_attempts: int


class DeletionPreview(Model):
    """What deleting a course would take to the trash."""

    course: Course
    counts: DeletionCounts


class FirstLecture(Model):
    """A course's first lecture, alone or as a series of 16.

    It lasts `durationMinutes`, or until `endLocal`, or an hour. Without a title it has the
    course's, without a time zone the caller's, without `reminders` one 30 minutes before.
    """

    title: Annotated[Text, Field(min_length=1, max_length=200)] | None = None
    start_local: LocalTime
    end_local: LocalTime | None = None
    duration_minutes: Minutes | None = None
    timezone: TimeZone | None = None
    location: Location = ""
    recurrence: Recurrence = "none"
    reminders: Reminders | None = None

    @model_validator(mode="after")
    def _ends_once_and_within_a_day(self) -> Self:
        if self.end_local is None:
            return self
        if self.duration_minutes is not None:
            raise ValueError("takes either endLocal or durationMinutes")
        if not timedelta(minutes=1) <= self.end_local - self.start_local <= timedelta(days=1):
            raise ValueError("endLocal must be within 24 hours after startLocal")
        return self

    @property
    def minutes(self) -> int:
        if self.end_local is not None:
            return (self.end_local - self.start_local) // timedelta(minutes=1)
        return self.duration_minutes or 60


class _CourseFields(Model):
    """What a client may say about a course, in creating and in changing it."""

    code: Code = ""
    description: Description = ""
    color: Color | None = None
    visibility: Visibility = "private"
    status: Status = "published"
    language: Language = "en"
    exam_on: Day | None = None
    term_id: Id | None = None
    tags: Tags = Field(default_factory=list)


class NewCourse(_CourseFields):
    """A new course, maybe with its first lecture, maybe of an organization.

    Without a visibility it has its organization's default, or is private.
    """

    title: Title
    organization_id: Id | None = None
    first_lecture: FirstLecture | None = None


class CoursePatch(_CourseFields):
    """Changes to a course: absent fields stay, null clears."""

    title: Title = ""


class CourseQuery(ListQuery):
    """Filters of the list of courses: your own (with `includeDeleted=true` also those in the
    trash), or those of an organization that you may see, or with `enrolled=true` those that you
    take part in."""

    status: AnyOf[Status] | None = None
    visibility: AnyOf[Visibility] | None = None
    term_id: AnyOf[Id] | None = None
    language: AnyOf[Language] | None = None
    tags: AnyOf[Tag] | None = None
    exam_after: Day | None = None
    exam_before: Day | None = None
    organization_id: Id | None = None
    enrolled: QueryBoolean = False
    include_deleted: QueryBoolean = False
    q: Annotated[Text, Field(min_length=1, max_length=200)] | None = None
    include: Include[Literal["sections"]] | None = None


class CourseRead(ReadQuery):
    """What of a course, and with what: of the caller's own items the first 500 of each kind."""

    include: (
        Include[Literal["assignments", "lectures", "study_sessions", "sections", "lessons"]] | None
    ) = None


class DeletedCourseQuery(ListQuery):
    """The trash has no filters."""


class DeletionQuery(Query):
    """Whether to delete, or only to say what a deletion would take."""

    dry_run: QueryBoolean = False

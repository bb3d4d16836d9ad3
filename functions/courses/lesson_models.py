"""Newest shapes of sections, lessons, their order, and progress."""

from datetime import datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import Field, model_validator

from functions.courses.related_models import LessonEnrichment, LessonSection
from shared.models import (
    INCLUDED,
    AnyOf,
    Deletable,
    Entity,
    Id,
    Include,
    ListQuery,
    Model,
    ReadQuery,
    Text,
)

LessonType = Literal["text", "video", "quiz", "interactive", "assignment"]
SectionTitle = Annotated[Text, Field(min_length=1, max_length=200)]
SectionDescription = Annotated[Text, Field(max_length=2000)]
Content = Annotated[Text, Field(max_length=50_000)]
Duration = Annotated[int, Field(ge=0, le=10_000)]
Search = Annotated[Text, Field(min_length=1, max_length=200)]

# In a patch: absent unless the client names it, and then never null.
ABSENT: Any = Field(default=None)


class Section(Deletable):
    """A part of a course. `position` orders the sections; it need not be gapless."""

    course_id: UUID
    title: str
    description: str
    position: int


class NewSection(Model):
    """A new section, after the others."""

    title: SectionTitle
    description: SectionDescription = ""


class SectionPatch(Model):
    """Changes to a section: absent fields stay."""

    title: SectionTitle = ABSENT
    description: SectionDescription = ABSENT


class SectionQuery(ListQuery):
    """How the list of sections is paged."""


class LessonSummary(Deletable):
    """A lesson without its content. `position` orders the lessons of a section (or those in none);
    `percentDone` and `completedAt` are the caller's own progress."""

    course_id: UUID
    section_id: UUID | None
    title: str
    lesson_type: LessonType
    duration_minutes: int
    position: int
    percent_done: int
    completed_at: datetime | None
    section: LessonSection | None = INCLUDED
    enrichments: list[LessonEnrichment] = INCLUDED


class Lesson(LessonSummary):
    """A lesson. Its `content` is Markdown."""

    content: str


class NewLesson(Model):
    """A new lesson, after the others of its section."""

    section_id: Id | None = None
    title: SectionTitle
    lesson_type: LessonType = "text"
    content: Content = ""
    duration_minutes: Duration = 0


class LessonPatch(Model):
    """Changes to a lesson: absent fields stay. Another `sectionId` moves it to the end of that
    section, null out of any."""

    section_id: Id | None = None
    title: SectionTitle = ABSENT
    lesson_type: LessonType = ABSENT
    content: Content = ABSENT
    duration_minutes: Duration = ABSENT


class LessonQuery(ListQuery):
    """Filters of the list of lessons."""

    section_id: AnyOf[Id] | None = None
    lesson_type: AnyOf[LessonType] | None = None
    q: Search | None = None
    include: Include[Literal["section", "enrichments"]] | None = None


class LessonRead(ReadQuery):
    """What of a lesson, and with what."""

    include: Include[Literal["section", "enrichments"]] | None = None


ContentKind = Literal["section", "lesson", "enrichment"]


class DeletedContent(Model):
    """A section, a lesson or an enrichment (then `title` is its type) in the trash, by itself or
    with what it belongs to, as `deletionId` says."""

    id: UUID
    kind: ContentKind
    title: str
    deletion_id: UUID
    version: int
    created_at: datetime
    deleted_at: datetime


class DeletedContentQuery(ListQuery):
    """Filters of a course's trash."""

    kind: AnyOf[ContentKind] | None = None


class LessonBatch(Model):
    """New lessons, in their order."""

    lessons: Annotated[list[NewLesson], Field(min_length=1, max_length=50)]


class CreatedLessons(Model):
    """The lessons that a batch made, in its order."""

    lessons: list[Lesson]


class LessonPlace(Model):
    """A lesson in the structure of its course."""

    id: UUID
    title: str
    lesson_type: LessonType
    duration_minutes: int


class SectionPlace(Model):
    """A section in the structure of its course, with its lessons in their order."""

    id: UUID
    title: str
    lessons: list[LessonPlace]


class CourseStructure(Model):
    """All sections and lessons of a course in their order; `lessons` are those in no section.
    `version` says which order it is, for If-Match."""

    version: int
    sections: list[SectionPlace]
    lessons: list[LessonPlace]


class SectionOrder(Model):
    """A section with its lessons, in their new order."""

    id: Id
    lessons: Annotated[list[Id], Field(max_length=1000)] = Field(
        default_factory=list, examples=[["01936f5e-7c00-7000-8000-000000000003"]]
    )


class StructureOrder(Model):
    """The whole new order: every section and every lesson of the course once."""

    sections: Annotated[list[SectionOrder], Field(max_length=200)]
    lessons: Annotated[list[Id], Field(max_length=1000)] = Field(
        default_factory=list, examples=[["01936f5e-7c00-7000-8000-000000000002"]]
    )

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        lessons = [lesson for lesson, _ in self.places]
        for named in (self.section_ids, lessons):
            if len(named) != len(set(named)):
                raise ValueError("names something twice")
        return self

    @property
    def section_ids(self) -> list[UUID]:
        return [section.id for section in self.sections]

    @property
    def places(self) -> list[tuple[UUID, UUID | None]]:
        """Each lesson with its section."""
        within = [(lesson, section.id) for section in self.sections for lesson in section.lessons]
        return [*within, *((lesson, None) for lesson in self.lessons)]


class LessonProgress(Entity):
    """How far somebody has got in a lesson."""

    course_id: UUID
    lesson_id: UUID
    percent_done: int
    seconds_spent: int
    completed_at: datetime | None


class NewLessonProgress(Model):
    """How far the caller has got: 100 completes the lesson, less takes that back. Without
    `secondsSpent` it stays."""

    percent_done: Annotated[int, Field(ge=0, le=100)]
    seconds_spent: Annotated[int, Field(ge=0, le=100_000_000)] | None = None

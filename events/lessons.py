"""Facts about the content of courses."""

from datetime import datetime
from uuid import UUID

from shared.facts import Event


class SectionCreated(Event, type="section.created"):
    """A course got a section."""

    section_id: UUID
    course_id: UUID


class SectionUpdated(Event, type="section.updated"):
    """Fields of a section changed."""

    section_id: UUID
    course_id: UUID
    changed: list[str]


class SectionDeleted(Event, type="section.deleted"):
    """A section went to the trash, with its lessons."""

    section_id: UUID
    course_id: UUID
    deletion_id: UUID


class SectionRestored(Event, type="section.restored"):
    """A section came back, with exactly what that deletion took."""

    section_id: UUID
    course_id: UUID
    deletion_id: UUID


class SectionPurged(Event, type="section.purged"):
    """A section was removed for good, with its lessons."""

    section_id: UUID
    course_id: UUID


class LessonCreated(Event, type="lesson.created"):
    """A course got a lesson."""

    lesson_id: UUID
    course_id: UUID


class LessonUpdated(Event, type="lesson.updated"):
    """Fields of a lesson changed."""

    lesson_id: UUID
    course_id: UUID
    changed: list[str]


class LessonDeleted(Event, type="lesson.deleted"):
    """A lesson went to the trash by itself."""

    lesson_id: UUID
    course_id: UUID
    deletion_id: UUID


class LessonRestored(Event, type="lesson.restored"):
    """A lesson came back, with exactly what that deletion took."""

    lesson_id: UUID
    course_id: UUID
    deletion_id: UUID


class LessonPurged(Event, type="lesson.purged"):
    """A lesson was removed for good."""

    lesson_id: UUID
    course_id: UUID


class LessonCompleted(Event, type="lesson.completed"):
    """Somebody got to the end of a lesson."""

    lesson_id: UUID
    course_id: UUID
    completed_at: datetime

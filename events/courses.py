"""Facts about courses."""

from uuid import UUID

from shared.facts import Event


class CourseCreated(Event, type="course.created"):
    """A course was made, maybe with its first lecture."""

    course_id: UUID
    first_lecture_id: UUID | None = None


class CourseUpdated(Event, type="course.updated"):
    """Fields of a course changed."""

    course_id: UUID
    changed: list[str]


class CourseDeleted(Event, type="course.deleted"):
    """A course went to the trash; what lies under it follows with the same deletion id."""

    course_id: UUID
    deletion_id: UUID


class CourseRestored(Event, type="course.restored"):
    """A course came back, with exactly what that deletion took."""

    course_id: UUID
    deletion_id: UUID


class CoursePurged(Event, type="course.purged"):
    """A course was removed for good."""

    course_id: UUID

"""Facts about courses."""

from typing import Literal
from uuid import UUID

from shared.facts import Event

EnrollmentRole = Literal["student", "instructor"]
EnrollmentStatus = Literal["active", "completed", "suspended"]


class CourseCreated(Event, type="course.created"):
    """A course was made, maybe with its first lecture."""

    course_id: UUID
    first_lecture_id: UUID | None = None


class CourseUpdated(Event, type="course.updated"):
    """Fields of a course changed."""

    course_id: UUID
    changed: list[str]


class CoursePublished(Event, type="course.published"):
    """A draft or archived course was published."""

    course_id: UUID


class CourseArchived(Event, type="course.archived"):
    """A course was archived: it is over."""

    course_id: UUID


class CourseCloned(Event, type="course.cloned"):
    """A course was made as a copy of another one."""

    course_id: UUID
    source_id: UUID


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


class EnrollmentCreated(Event, type="enrollment.created"):
    """Somebody takes part in a course."""

    enrollment_id: UUID
    course_id: UUID
    role: EnrollmentRole


class EnrollmentUpdated(Event, type="enrollment.updated"):
    """Somebody takes part in a course as something else, or is done with it."""

    enrollment_id: UUID
    course_id: UUID
    role: EnrollmentRole
    status: EnrollmentStatus


class EnrollmentRemoved(Event, type="enrollment.removed"):
    """Somebody no longer takes part in a course."""

    enrollment_id: UUID
    course_id: UUID


class ShareLinkCreated(Event, type="share_link.created"):
    """A link to a course was made."""

    share_link_id: UUID
    course_id: UUID
    permission: Literal["view", "clone"]


class ShareLinkUpdated(Event, type="share_link.updated"):
    """What a link permits was changed, or its limits."""

    share_link_id: UUID
    course_id: UUID
    changed: list[str]


class ShareLinkUsed(Event, type="share_link.used"):
    """Somebody opened a course by a link. `views` is how often that has happened."""

    share_link_id: UUID
    course_id: UUID
    views: int


class ShareLinkRevoked(Event, type="share_link.revoked"):
    """A link to a course is no longer good for anything."""

    share_link_id: UUID
    course_id: UUID

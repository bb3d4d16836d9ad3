"""Shapes of enrollments."""

from datetime import datetime
from uuid import UUID

from events.courses import EnrollmentRole, EnrollmentStatus
from shared.models import AnyOf, Entity, Id, ListQuery, Model


class Enrollment(Entity):
    """Somebody who takes part in a course."""

    course_id: UUID
    user_id: UUID
    name: str
    role: EnrollmentRole
    status: EnrollmentStatus
    completed_at: datetime | None


class NewEnrollment(Model):
    """Who takes part: a member of the course's organization, without `memberId` the caller."""

    member_id: Id | None = None
    role: EnrollmentRole = "student"


class EnrollmentPatch(Model):
    """Changes to an enrollment: absent fields stay. A suspended student reads nothing."""

    role: EnrollmentRole = "student"
    status: EnrollmentStatus = "active"


class EnrollmentQuery(ListQuery):
    """Filters of the list of enrollments."""

    role: AnyOf[EnrollmentRole] | None = None
    status: AnyOf[EnrollmentStatus] | None = None

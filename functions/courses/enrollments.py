"""Who takes part in a course, and as what."""

from typing import Any
from uuid import UUID

from events.courses import EnrollmentCreated, EnrollmentRemoved, EnrollmentUpdated
from functions.courses.enrollment_models import (
    Enrollment,
    EnrollmentPatch,
    EnrollmentQuery,
    NewEnrollment,
)
from functions.courses.standing import judged, refused, stands_to
from shared.errors import Refusal, invalid
from shared.ids import uuid7
from shared.models import Page, build
from shared.request import Request
from shared.routing import Routes
from shared.sql import queries

TEACHERS = ("owner", "admin", "instructor")
routes = Routes("/courses/{course_id}/enrollments", tag="courses")
sql = queries(__file__)


@routes.get("", statements=2)  # whether the caller reads it, as an empty page would not tell
def list_enrollments(request: Request, course_id: UUID, query: EnrollmentQuery) -> Page[Enrollment]:
    """List who takes part in a course, the newest first. Students see themselves only."""
    stands_to(request, course_id)
    return request.db.page(Enrollment, sql.list_enrollments, query, course_id=course_id)


@routes.post(
    "",
    status=201,
    statements=2,  # the new row is seen by a statement that begins after it
    errors=("ALREADY_EXISTS",),
)
def create_enrollment(request: Request, course_id: UUID, body: NewEnrollment) -> Enrollment:
    """Take part in a course that is public, or open to members of its organization. Whoever teaches
    it enrolls members of its organization, as students or instructors."""
    made = uuid7()
    row = request.db.rows(
        sql.enroll, id=made, course_id=course_id, member_id=body.member_id, role=body.role
    )[0]
    if row["outcome"] == "stranger":
        raise invalid("member_id", "must be a member of the course's organization")
    if row["outcome"] == "there":
        raise Refusal("ALREADY_EXISTS", "This person takes part already.")
    refused(request, row["outcome"])
    request.emit(
        EnrollmentCreated(enrollment_id=made, course_id=course_id, role=body.role),
        user_id=row["person_id"],
    )
    return request.db.one(Enrollment, sql.get_enrollment, course_id=course_id, id=made)


@routes.get("/{enrollment_id}")
def get_enrollment(request: Request, course_id: UUID, enrollment_id: UUID) -> Enrollment:
    """Get one enrollment. Students see their own only."""
    return request.db.one(Enrollment, sql.get_enrollment, course_id=course_id, id=enrollment_id)


@routes.patch("/{enrollment_id}", also_put=True)
def update_enrollment(
    request: Request, course_id: UUID, enrollment_id: UUID, body: EnrollmentPatch
) -> Enrollment:
    """Change as what somebody takes part, suspend them, or say that they have completed the course.
    Whoever teaches it may."""
    found = request.db.row(
        sql.update_enrollment, course_id=course_id, id=enrollment_id, changes=body.changes()
    )
    changed = build(Enrollment, _settled(request, found, *TEACHERS))
    request.emit(
        EnrollmentUpdated(
            enrollment_id=changed.id,
            course_id=course_id,
            role=changed.role,
            status=changed.status,
            entity_version=changed.version,
        ),
        user_id=changed.user_id,
    )
    return changed


@routes.delete("/{enrollment_id}")
def remove_enrollment(request: Request, course_id: UUID, enrollment_id: UUID) -> None:
    """Leave a course, or as somebody who teaches it remove a person from it."""
    found = request.db.row(
        sql.remove_enrollment, course_id=course_id, id=enrollment_id, deletion_id=uuid7()
    )
    row = _settled(request, found, *TEACHERS, "student", "member")
    request.emit(
        EnrollmentRemoved(
            enrollment_id=enrollment_id, course_id=course_id, entity_version=row["version"]
        ),
        user_id=row["user_id"],
    )


def _settled(request: Request, row: dict[str, Any] | None, *roles: str) -> dict[str, Any]:
    """The changed enrollment, without the caller's standing."""
    found: dict[str, Any] = dict(row or {})
    standing = found.pop("standing", None)
    judged(request, {"role": standing, "id": found.get("id")}, *roles)
    return found

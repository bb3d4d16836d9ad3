"""Deleting courses, with a preview; the trash, restoring and removing for good."""

from uuid import UUID

from events.courses import CourseDeleted, CoursePurged, CourseRestored
from functions.courses.courses import course_of
from functions.courses.models import (
    Course,
    DeletedCourse,
    DeletedCourseQuery,
    DeletionPreview,
    DeletionQuery,
)
from functions.courses.plan import check_courses, course_limit
from functions.courses.standing import judged, missing
from shared.errors import Refusal
from shared.ids import uuid7
from shared.models import Page, build
from shared.plans import plan_of
from shared.request import Request
from shared.routing import Old, Routes
from shared.sql import queries

routes = Routes("/courses", tag="courses", v1=True)
sql = queries(__file__)


@routes.get("/trash")
def list_deleted_courses(request: Request, query: DeletedCourseQuery) -> Page[DeletedCourse]:
    """List the courses in the trash, the last deleted first."""
    hours = plan_of(request).trash_hours
    return request.db.page(DeletedCourse, sql.list_deleted_courses, query, trash_hours=hours)


@routes.delete(
    "/{course_id}",
    old=("delete-course", Old("courses/{course_id}", ("DELETE",)), "api-v2/courses/delete"),
)
def delete_course(
    request: Request, course_id: UUID, query: DeletionQuery
) -> DeletionPreview | None:
    """Move a course to the trash, and with it its assignments, lectures, study sessions,
    reminders and all that is in it. With `dryRun=true` nothing changes: the answer says what would
    go. Its owner and admins of its organization may; it goes to its owner's trash."""
    if query.dry_run:
        return _preview(request, course_id)
    deletion = uuid7()
    row = request.db.row(sql.delete_course, id=course_id, deletion_id=deletion)
    gone = judged(request, row, "owner", "admin")
    if gone["version"] is None:
        raise missing(request)
    request.emit(
        CourseDeleted(course_id=course_id, deletion_id=deletion, entity_version=gone["version"]),
        user_id=gone["user_id"],
    )
    return None


@routes.post(
    "/{course_id}/restore",
    limit="updates",
    exclusive="courses",
    idempotency="required",
    errors=("COURSE_LIMIT_EXCEEDED",),
    old=(
        "restore-course",
        Old("courses/{course_id}/restore", ("POST",)),
        "api-v2/courses/restore",
    ),
)
def restore_course(request: Request, course_id: UUID) -> Course:
    """Bring a course back from the trash, with exactly what its deletion took and nothing that
    was deleted before. The items follow within seconds: `counts` tells when."""
    row = request.db.row(sql.restore_course, id=course_id, limit=course_limit(request))
    if row is None:
        raise missing(request)
    check_courses(request, row)
    course = course_of(row)
    request.emit(
        CourseRestored(
            course_id=course.id,
            deletion_id=row["restored_deletion_id"],
            entity_version=course.version,
        )
    )
    return course


@routes.delete(
    "/{course_id}/permanent",
    idempotency="required",
    critical=True,
    old=("delete-course-permanently",),
)
def purge_course(request: Request, course_id: UUID) -> None:
    """Remove a course in the trash for good. A live one is refused: delete it first."""
    row = request.db.row(sql.purge_course, id=course_id)
    if row is None:
        raise missing(request)
    if row["version"] is None:
        raise Refusal("CONFLICT", "The course is not in the trash.")
    request.emit(CoursePurged(course_id=course_id, entity_version=row["version"] + 1))


def _preview(request: Request, course_id: UUID) -> DeletionPreview:
    found = request.db.row(sql.preview_deletion, id=course_id, limit=course_limit(request))
    row = judged(request, found, "owner", "admin")
    return build(DeletionPreview, {"course": course_of(row), "counts": row["taken"]})

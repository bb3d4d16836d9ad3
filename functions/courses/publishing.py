"""The life of a course: published, archived."""

from uuid import UUID

from events.courses import CourseArchived, CoursePublished
from functions.courses.courses import course_of
from functions.courses.models import Course, Status
from functions.courses.plan import course_limit
from functions.courses.standing import judged
from shared.request import Request
from shared.routing import Routes
from shared.sql import queries

routes = Routes("/courses", tag="courses")
sql = queries(__file__)


@routes.post("/{course_id}/publish", limit="updates")
def publish_course(request: Request, course_id: UUID) -> Course:
    """Publish a draft, or take up an archived course again. Its owner and admins of its
    organization may. A published course stays as it is."""
    course, changed = _set_status(request, course_id, "published")
    if changed:
        told = CoursePublished(course_id=course.id, entity_version=course.version)
        request.emit(told, user_id=course.owner_id)
    return course


@routes.post("/{course_id}/archive", limit="updates")
def archive_course(request: Request, course_id: UUID) -> Course:
    """Archive a course that is over: it can be read, and nobody enrolls any more. Its owner and
    admins of its organization may. An archived course stays as it is."""
    course, changed = _set_status(request, course_id, "archived")
    if changed:
        told = CourseArchived(course_id=course.id, entity_version=course.version)
        request.emit(told, user_id=course.owner_id)
    return course


def _set_status(request: Request, course_id: UUID, status: Status) -> tuple[Course, bool]:
    row = request.db.row(
        sql.set_course_status, id=course_id, status=status, limit=course_limit(request)
    )
    found = judged(request, row, "owner", "admin")
    return course_of(found), found["old_status"] != status

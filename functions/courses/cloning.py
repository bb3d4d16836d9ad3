"""Copies of courses."""

from collections.abc import Sequence
from uuid import UUID

from events.courses import CourseCloned
from functions.courses.courses import course_of
from functions.courses.models import Course
from functions.courses.plan import check_courses, course_limit
from functions.courses.share_models import Cloning
from functions.courses.standing import judged
from shared.ids import uuid7
from shared.request import Reply, Request
from shared.routing import Routes
from shared.sql import queries

routes = Routes("/courses", tag="courses")
sql = queries(__file__)


@routes.post(
    "/{course_id}/clone",
    status=201,
    limit="course_creates",
    exclusive="courses",
    errors=("COURSE_LIMIT_EXCEEDED",),
)
def clone_course(request: Request, course_id: UUID, body: Cloning) -> Reply[Course]:
    """Copy a course that you teach, with what is in it, without who takes part and what they did.
    The copy is yours, private, and no organization's. It counts against the plan's limit."""
    return copied(request, course_id, body, ("owner", "admin", "instructor"))


def copied(request: Request, course_id: UUID, body: Cloning, roles: Sequence[str]) -> Reply[Course]:
    """The copy of a course that the caller reads as one of `roles`. The route holds the lock that
    serializes a person's new courses."""
    found = request.db.row(
        sql.clone_course,
        id=uuid7(),
        source_id=course_id,
        title=body.title,
        roles=list(roles),
        limit=course_limit(request),
    )
    row = judged(request, found and {**found, "id": course_id}, *roles)
    check_courses(request, row)
    course = course_of({**row, "id": row["copy_id"], "role": "owner"})
    request.emit(CourseCloned(course_id=course.id, source_id=course_id))
    address = f"/{request.version.name}{routes.prefix}/{course.id}"
    return Reply(course, status=201, headers={"Location": address})

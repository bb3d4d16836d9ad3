"""The order of a course, all of its sections and lessons at once, and the trash of its content."""

from uuid import UUID

from events.courses import CourseUpdated
from functions.courses.content import teaching
from functions.courses.lesson_models import (
    CourseStructure,
    DeletedContent,
    DeletedContentQuery,
    StructureOrder,
)
from functions.courses.plan import course_limit
from functions.courses.standing import stands_to
from shared.errors import Refusal
from shared.models import Page
from shared.request import Request
from shared.routing import Routes
from shared.sql import queries

routes = Routes("/courses/{course_id}/structure", tag="courses")
trash = Routes("/courses/{course_id}/trash", tag="courses")
sql = queries(__file__)


@routes.get("")
def get_course_structure(request: Request, course_id: UUID) -> CourseStructure:
    """Get all sections and lessons of a course in their order, without the content."""
    return request.db.one(CourseStructure, sql.get_structure, course_id=course_id)


# The second statement reads what the first one arranged: one does not see its own effect.
@routes.put("", statements=2, errors=("CONFLICT", "FORBIDDEN", "COURSE_LIMIT_EXCEEDED"))
def put_course_structure(
    request: Request, course_id: UUID, body: StructureOrder
) -> CourseStructure:
    """Put a course into a new order. It names every section and every lesson once: when others have
    been added or deleted meanwhile, nothing is changed, and `details` says which."""
    places = body.places
    row = request.db.row(
        sql.arrange,
        course_id=course_id,
        sections=body.section_ids,
        lessons=[lesson for lesson, _ in places],
        places=[section for _, section in places],
        limit=course_limit(request),
    )
    row = teaching(request, row)
    if row["outcome"] == "stale":
        raise Refusal("PRECONDITION_FAILED")
    if row["outcome"] == "different":
        raise Refusal(
            "CONFLICT",
            "The order must name exactly the sections and lessons of the course.",
            details={"missing": row["missing"], "unknown": row["unknown"]},
        )
    event = CourseUpdated(course_id=course_id, changed=["structure"], entity_version=row["version"])
    request.emit(event, user_id=row["owner_id"])
    return get_course_structure(request, course_id)


# The first statement asks whether the caller teaches the course.
@trash.get("", statements=2, errors=("FORBIDDEN",))
def list_deleted_content(
    request: Request, course_id: UUID, query: DeletedContentQuery
) -> Page[DeletedContent]:
    """List what is in the trash of a live course, the last deleted first, for who teaches it."""
    stands_to(request, course_id, "owner", "admin", "instructor")
    return request.db.page(DeletedContent, sql.list_deleted_content, query, course_id=course_id)

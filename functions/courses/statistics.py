"""Figures of a course and the grades of its students."""

from uuid import UUID

from functions.courses.standing import stands_to
from functions.courses.statistics_models import CourseStats, Grade, GradeQuery
from shared.errors import Refusal
from shared.models import Page
from shared.request import Request
from shared.routing import Routes
from shared.sql import queries

routes = Routes("/courses/{course_id}", tag="courses")
sql = queries(__file__)


# The second statement is for those who get no figures: it says why.
@routes.get("/stats", statements=2, errors=("FORBIDDEN",))
def get_course_stats(request: Request, course_id: UUID) -> CourseStats:
    """Get the figures of a course, for who teaches it. They are computed every 15 minutes."""
    found = request.db.maybe(CourseStats, sql.course_statistics, course_id=course_id)
    if found is None:
        stands_to(request, course_id, "owner", "admin", "instructor")
        raise Refusal("NOT_FOUND")
    return found


@routes.get("/gradebook")
def list_grades(request: Request, course_id: UUID, query: GradeQuery) -> Page[Grade]:
    """List how the students of a course stand, the last enrolled first: all for who teaches it, a
    student for themselves."""
    return request.db.page(Grade, sql.list_grades, query, course_id=course_id)

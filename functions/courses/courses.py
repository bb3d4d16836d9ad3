"""Courses: create, read, list, change."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from events.courses import CourseCreated, CourseUpdated
from events.tasks import LectureCreated, reminder_facts
from functions.courses.models import Course, CoursePatch, CourseQuery, CourseRead, NewCourse
from functions.courses.plan import (
    check_courses,
    check_items,
    course_limit,
    item_limit,
    reminders,
)
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

_LECTURE = (
    "lecture_id",
    "lecture_title",
    "start_local",
    "timezone",
    "minutes",
    "location",
    "weeks",
    "occurrences",
    "reminders",
)
_WEEKS = {"none": 1, "weekly": 1, "biweekly": 2}
_OCCURRENCES = {"none": 1, "weekly": 16, "biweekly": 16}


@routes.get("", old=(Old("courses", ("GET",)), "api-v2/courses/list"))
def list_courses(request: Request, query: CourseQuery) -> Page[Course]:
    """List courses with their numbers of items, newest first unless sorted otherwise: your own, or
    with `organizationId` those of an organization that you may see, or with `enrolled=true` those
    that you take part in."""
    statement = sql.list_courses
    if query.organization_id:
        statement = sql.list_organization_courses
    elif query.enrolled:
        statement = sql.list_enrolled_courses
    elif query.include_deleted:
        statement = sql.list_courses_with_deleted
    return request.db.page(
        Course,
        statement,
        query,
        limit=course_limit(request),
        organization_id=query.organization_id,
        trash_hours=plan_of(request).trash_hours,
    )


@routes.post(
    "",
    status=201,
    limit="course_creates",
    exclusive="courses",
    errors=("COURSE_LIMIT_EXCEEDED", "TASK_LIMIT_EXCEEDED"),
    old=("create-course", Old("courses", ("POST",)), "api-v2/courses/create"),
)
def create_course(request: Request, body: NewCourse) -> Course:
    """Create a course, maybe with its first lecture.

    With a recurrence the first lecture begins a series of 16. The lecture counts as one new item
    of the plan's allowance, a series too; without room for it there is no course either. In an
    organization, owners, admins and instructors create courses.
    """
    chosen = "visibility" in body.model_fields_set
    values = {
        **body.values(),
        "visibility": body.visibility if chosen else None,
        **_lecture(request, body),
        "id": uuid7(),
        "limit": course_limit(request),
        "item_limit": item_limit(request),
    }
    row = request.db.rows(sql.create_course, **values)[0]
    if not row["may_teach"]:
        raise Refusal("FORBIDDEN" if row["organization_role"] else "NOT_FOUND")
    _check_term(row)
    check_courses(request, row)
    check_items(request, row)
    course = course_of(row)
    _tell_created(request, course, row["first_lecture_id"], row["starts_at"])
    for event, user_id in reminder_facts(row["reminder_changes"]):
        request.emit(event, user_id=user_id)
    return course


@routes.get("/{course_id}", old=(Old("courses/{course_id}", ("GET",)), "api-v2/courses/get"))
def get_course(request: Request, course_id: UUID, query: CourseRead) -> Course:
    """Get one course with its numbers of items."""
    return request.db.one(Course, sql.get_course, query, id=course_id, limit=course_limit(request))


@routes.patch(
    "/{course_id}",
    also_put=True,
    errors=("COURSE_LIMIT_EXCEEDED",),
    old=("update-course", Old("courses/{course_id}", ("PUT",)), "api-v2/courses/update"),
)
def update_course(request: Request, course_id: UUID, body: CoursePatch) -> Course:
    """Change fields of a course (JSON Merge Patch). Its owner and admins of its organization may,
    instructors all but its status and visibility. A locked course can only be read or deleted."""
    changes = body.changes()
    row = request.db.row(
        sql.update_course, id=course_id, changes=changes, limit=course_limit(request)
    )
    if row is None:
        raise missing(request)
    if row["locked"]:
        raise Refusal(
            "COURSE_LIMIT_EXCEEDED",
            "The plan's limit keeps this course read-only.",
            details={"limit": course_limit(request), "used": row["used"]},
        )
    governs = {"visibility", "status"} & changes.keys()
    if row["role"] in (may := ("owner", "admin", *(() if governs else ("instructor",)))):
        _check_term(row)
    judged(request, row, *may)
    course = course_of(row)
    request.emit(
        CourseUpdated(course_id=course.id, changed=sorted(changes), entity_version=course.version),
        user_id=course.owner_id,
    )
    return course


def course_of(row: dict[str, Any]) -> Course:
    """The course in a row that says more than the course."""
    names = Course.model_fields
    return build(Course, {name: value for name, value in row.items() if name in names})


def _check_term(row: Mapping[str, Any]) -> None:
    if not row["term_open"]:
        raise Refusal("NOT_FOUND", "There is no such term.")


def _lecture(request: Request, body: NewCourse) -> dict[str, Any]:
    """The first lecture as statement parameters, all null without one."""
    lecture = body.first_lecture
    if lecture is None:
        return dict.fromkeys(_LECTURE)
    values = (
        uuid7(),
        lecture.title or body.title,
        lecture.start_local,
        lecture.timezone or request.known_caller.timezone,
        lecture.minutes,
        lecture.location,
        _WEEKS[lecture.recurrence],
        _OCCURRENCES[lecture.recurrence],
        reminders(request, lecture.reminders),
    )
    return dict(zip(_LECTURE, values, strict=True))


def _tell_created(
    request: Request, course: Course, lecture_id: UUID | None, starts_at: datetime | None
) -> None:
    request.emit(CourseCreated(course_id=course.id, first_lecture_id=lecture_id))
    if lecture_id and starts_at:
        request.emit(
            LectureCreated(lecture_id=lecture_id, course_id=course.id, starts_at=starts_at)
        )

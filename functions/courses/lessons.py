"""Lessons of courses, and the progress that people make in them."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import orjson

from events.lessons import LessonCompleted, LessonCreated, LessonUpdated
from functions.courses.content import (
    Piece,
    delete_content,
    purge_content,
    restore_content,
    teaching,
)
from functions.courses.lesson_models import (
    CreatedLessons,
    Lesson,
    LessonBatch,
    LessonPatch,
    LessonProgress,
    LessonQuery,
    LessonRead,
    LessonSummary,
    NewLesson,
    NewLessonProgress,
)
from functions.courses.operations import entity, missing
from functions.courses.plan import course_limit
from shared.errors import Refusal
from shared.ids import uuid7
from shared.models import Page, build
from shared.request import Request
from shared.routing import Routes
from shared.sql import queries

routes = Routes("/courses/{course_id}/lessons", tag="courses")
progress = Routes("/lessons", tag="courses")
sql = queries(__file__)

MAX_LESSONS = 1000


@routes.get("")
def list_lessons(request: Request, course_id: UUID, query: LessonQuery) -> Page[LessonSummary]:
    """List the lessons of a course by their position in their sections, unless sorted otherwise."""
    return request.db.page(LessonSummary, sql.list_lessons, query, course_id=course_id)


@routes.post("", status=201, errors=("FORBIDDEN", "COURSE_LIMIT_EXCEEDED"))
def create_lesson(request: Request, course_id: UUID, body: NewLesson) -> Lesson:
    """Add a lesson after the others of its section. A course has 1000 at most."""
    return _create(request, course_id, [body])[0]


@routes.post(
    "/batch",
    status=201,
    limit="creates",
    idempotency="required",
    cost=lambda body: len(body.lessons),
    errors=("FORBIDDEN", "COURSE_LIMIT_EXCEEDED"),
)
def create_lessons(request: Request, course_id: UUID, body: LessonBatch) -> CreatedLessons:
    """Add up to 50 lessons in their order, all or none. Each counts as one request."""
    return build(CreatedLessons, {"lessons": _create(request, course_id, body.lessons)})


@routes.get("/{lesson_id}")
def get_lesson(request: Request, course_id: UUID, lesson_id: UUID, query: LessonRead) -> Lesson:
    """Get one lesson with its content."""
    return request.db.one(Lesson, sql.get_lesson, query, course_id=course_id, id=lesson_id)


@routes.patch("/{lesson_id}", also_put=True, errors=("FORBIDDEN", "COURSE_LIMIT_EXCEEDED"))
def update_lesson(request: Request, course_id: UUID, lesson_id: UUID, body: LessonPatch) -> Lesson:
    """Change fields of a lesson (JSON Merge Patch)."""
    changes = body.changes()
    row = request.db.row(
        sql.update_lesson,
        id=lesson_id,
        course_id=course_id,
        changes=changes,
        section_id=body.section_id,
        limit=course_limit(request),
    )
    row = _with_section(teaching(request, row))
    lesson = entity(Lesson, row)
    if changes:
        event = LessonUpdated(
            lesson_id=lesson.id,
            course_id=course_id,
            changed=sorted(changes),
            entity_version=lesson.version,
        )
        request.emit(event, user_id=row["owner_id"])
    return lesson


@routes.delete("/{lesson_id}", errors=("FORBIDDEN",))
def delete_lesson(request: Request, course_id: UUID, lesson_id: UUID) -> None:
    """Move a lesson to the trash, with its enrichments and the progress made in it."""
    delete_content(request, Piece("lesson", lesson_id, course_id))


# The second statement reads what the first one brought back: one does not see its own effect.
@routes.post(
    "/{lesson_id}/restore",
    limit="updates",
    idempotency="required",
    statements=2,
    errors=("CONFLICT", "FORBIDDEN", "COURSE_LIMIT_EXCEEDED"),
)
def restore_lesson(request: Request, course_id: UUID, lesson_id: UUID) -> Lesson:
    """Bring a lesson back from the trash, to where it was, with exactly what its deletion took."""
    restore_content(request, Piece("lesson", lesson_id, course_id))
    return request.db.one(Lesson, sql.get_lesson, course_id=course_id, id=lesson_id)


@routes.delete(
    "/{lesson_id}/permanent",
    idempotency="required",
    critical=True,
    errors=("CONFLICT", "FORBIDDEN"),
)
def purge_lesson(request: Request, course_id: UUID, lesson_id: UUID) -> None:
    """Remove a lesson in the trash for good. A live one is refused."""
    purge_content(request, Piece("lesson", lesson_id, course_id))


@progress.put("/{lesson_id}/progress")
def put_lesson_progress(
    request: Request, lesson_id: UUID, body: NewLessonProgress
) -> LessonProgress:
    """Say how far the caller has got in a lesson of a course that they read."""
    row = request.db.row(sql.put_progress, id=uuid7(), lesson_id=lesson_id, **body.values())
    if row is None:
        raise missing(request)
    made = entity(LessonProgress, row)
    if made.completed_at and not row["was_completed"]:
        request.emit(
            LessonCompleted(
                lesson_id=lesson_id,
                course_id=made.course_id,
                completed_at=made.completed_at,
                entity_version=row["lesson_version"],
            )
        )
    return made


def _create(request: Request, course_id: UUID, new: list[NewLesson]) -> list[Lesson]:
    """Add lessons in their order. Errors: as `teaching`, NOT_FOUND for a section."""
    lessons = [{"id": str(uuid7()), **lesson.model_dump(mode="json")} for lesson in new]
    rows = request.db.rows(
        sql.create_lessons,
        course_id=course_id,
        lessons=orjson.dumps(lessons).decode(),
        number=len(lessons),
        limit=course_limit(request),
        most=MAX_LESSONS,
    )
    first = _with_section(teaching(request, rows[0] if rows else None))
    if not first["room"]:
        raise Refusal("RESOURCE_LIMIT_EXCEEDED", details={"limit": MAX_LESSONS})
    made = [entity(Lesson, row) for row in rows]
    for lesson in made:
        event = LessonCreated(lesson_id=lesson.id, course_id=course_id)
        request.emit(event, user_id=first["owner_id"])
    return made


def _with_section(row: Mapping[str, Any]) -> Mapping[str, Any]:
    if not row["sections_open"]:
        raise Refusal("NOT_FOUND", "There is no such section in the course.")
    return row

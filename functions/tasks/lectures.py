"""Lectures, once or as a series."""

from uuid import UUID

from events.tasks import LectureCreated, LectureUpdated
from functions.tasks.fields import WITH_COURSE
from functions.tasks.models import (
    Lecture,
    LecturePatch,
    LectureQuery,
    LectureRead,
    NewLecture,
)
from functions.tasks.operations import (
    change_item,
    create_item,
    delete_item,
    entity,
    item_limit,
    purge_item,
    restore_items,
)
from shared.models import Page
from shared.request import Request
from shared.routing import Old, Routes
from shared.sql import queries

routes = Routes("/tasks/lectures", tag="tasks", v1=True)
sql = queries(__file__)

SCHEDULING = [
    "start_local",
    "timezone",
    "duration_minutes",
    "recurrence",
    "exdates",
    "rdates",
    "skips_breaks",
]


@routes.get("", old=(Old("lectures-system/list", asks=WITH_COURSE), "api-v2/lectures/list"))
def list_lectures(request: Request, query: LectureQuery) -> Page[Lecture]:
    """List lectures, by their first time unless sorted otherwise. A series is one lecture."""
    return request.db.page(Lecture, sql.list_lectures, query, limit=item_limit(request))


@routes.post(
    "",
    status=201,
    exclusive="tasks",
    errors=("TASK_LIMIT_EXCEEDED",),
    old=(
        "create-lecture",
        "lectures-system/create",
        "api-v2/lectures/create",
        Old("tasks/lectures", ("POST",)),
    ),
)
def create_lecture(request: Request, body: NewLecture) -> Lecture:
    """Create a lecture. `recurrence` is an RFC 5545 rule, daily or less often. Each occurrence has
    the reminders, by default one 30 minutes before."""
    lecture = create_item(request, Lecture, sql.create_lecture, "lecture", body)
    request.emit(
        LectureCreated(
            lecture_id=lecture.id, course_id=lecture.course_id, starts_at=lecture.starts_at
        )
    )
    return lecture


@routes.get(
    "/{lecture_id}",
    old=(
        Old("lectures-system/get/{lecture_id}", asks=WITH_COURSE),
        "api-v2/lectures/get",
    ),
)
def get_lecture(request: Request, lecture_id: UUID, query: LectureRead) -> Lecture:
    """Get one lecture."""
    limit = item_limit(request)
    return request.db.one(Lecture, sql.get_lecture, query, id=lecture_id, limit=limit)


@routes.patch(
    "/{lecture_id}",
    also_put=True,
    exclusive="tasks",
    errors=("TASK_LIMIT_EXCEEDED",),
    old=(
        "update-lecture",
        "lectures-system/update",
        "api-v2/lectures/update",
        Old("tasks/lectures/{lecture_id}", ("PUT",)),
    ),
)
def update_lecture(request: Request, lecture_id: UUID, body: LecturePatch) -> Lecture:
    """Change fields of a lecture and all of its occurrences (JSON Merge Patch)."""
    row, changed = change_item(
        request, sql.update_lecture, "lecture", lecture_id, body, scheduling=SCHEDULING
    )
    lecture = entity(Lecture, row)
    if changed:
        request.emit(
            LectureUpdated(
                lecture_id=lecture.id,
                course_id=lecture.course_id,
                changed=changed,
                entity_version=lecture.version,
            )
        )
    return lecture


@routes.delete(
    "/{lecture_id}",
    old=(
        "delete-lecture",
        "lectures-system/delete",
        "api-v2/lectures/delete",
        Old("tasks/lectures/{lecture_id}", ("DELETE",)),
    ),
)
def delete_lecture(request: Request, lecture_id: UUID) -> None:
    """Move a lecture to the trash, with all occurrences and reminders."""
    delete_item(request, "lecture", lecture_id)


@routes.post(
    "/{lecture_id}/restore",
    limit="updates",
    exclusive="tasks",
    idempotency="required",
    statements=2,
    errors=("CONFLICT",),
    old=("restore-lecture", "lectures-system/restore", "api-v2/lectures/restore"),
)
def restore_lecture(request: Request, lecture_id: UUID) -> Lecture:
    """Take a lecture out of the trash, with all that went there together with it."""
    restore_items(request, kind="lecture", item_id=lecture_id)
    # A statement does not see its own effect.
    return get_lecture(request, lecture_id, LectureRead())


@routes.delete(
    "/{lecture_id}/permanent",
    idempotency="required",
    critical=True,
    old=("delete-lecture-permanently", "lectures-system/delete-permanently"),
)
def purge_lecture(request: Request, lecture_id: UUID) -> None:
    """Remove a lecture for good, from the trash or straight away."""
    purge_item(request, "lecture", lecture_id)

"""Study sessions."""

from uuid import UUID

from events.tasks import (
    StudySessionCreated,
    StudySessionUpdated,
)
from functions.tasks.fields import WITH_COURSE
from functions.tasks.operations import (
    change_item,
    create_item,
    delete_item,
    entity,
    item_limit,
    purge_item,
    restore_items,
)
from functions.tasks.reminding import tell_reviews_cancelled
from functions.tasks.study_session_models import (
    NewStudySession,
    StudySession,
    StudySessionPatch,
    StudySessionQuery,
    StudySessionRead,
)
from shared.models import Page
from shared.request import Request
from shared.routing import Old, Routes
from shared.sql import queries

routes = Routes("/tasks/study-sessions", tag="tasks", v1=True)
clock = Routes(
    "/tasks/study-sessions",
    tag="tasks",
    limit="updates",
    errors=("CONFLICT", "TASK_LIMIT_EXCEEDED"),
)
sql = queries(__file__)

SESSION = {"session_id": "study_session_id"}
SCHEDULING = ["starts_at", "reminders"]


@routes.get(
    "", old=(Old("study-sessions-system/list", asks=WITH_COURSE), "api-v2/study-sessions/list")
)
def list_study_sessions(request: Request, query: StudySessionQuery) -> Page[StudySession]:
    """List study sessions, by planned start unless sorted otherwise."""
    return request.db.page(StudySession, sql.list_study_sessions, query, limit=item_limit(request))


@routes.post(
    "",
    status=201,
    exclusive="tasks",
    errors=("TASK_LIMIT_EXCEEDED",),
    old=(
        "create-study-session",
        "study-sessions-system/create",
        "api-v2/study-sessions/create",
        Old("tasks/study-sessions", ("POST",)),
    ),
)
def create_study_session(request: Request, body: NewStudySession) -> StudySession:
    """Create a study session. Without `reminders` it gets one 15 minutes before it starts."""
    session = create_item(request, StudySession, sql.create_study_session, "study_session", body)
    request.emit(
        StudySessionCreated(
            study_session_id=session.id, course_id=session.course_id, starts_at=session.starts_at
        )
    )
    return session


@routes.get(
    "/{study_session_id}",
    old=(
        Old("study-sessions-system/get/{study_session_id}", asks=WITH_COURSE),
        Old("api-v2/study-sessions/get", fields=SESSION),
    ),
)
def get_study_session(
    request: Request, study_session_id: UUID, query: StudySessionRead
) -> StudySession:
    """Get one study session."""
    limit = item_limit(request)
    return request.db.one(
        StudySession, sql.get_study_session, query, id=study_session_id, limit=limit
    )


@routes.patch(
    "/{study_session_id}",
    also_put=True,
    exclusive="tasks",
    errors=("TASK_LIMIT_EXCEEDED",),
    old=(
        Old("update-study-session", fields=SESSION),
        Old("study-sessions-system/update", fields=SESSION),
        Old("api-v2/study-sessions/update", fields=SESSION),
        Old("tasks/study-sessions/{study_session_id}", ("PUT",)),
    ),
)
def update_study_session(
    request: Request, study_session_id: UUID, body: StudySessionPatch
) -> StudySession:
    """Change fields of a study session (JSON Merge Patch)."""
    row, changed = change_item(
        request,
        sql.update_study_session,
        "study_session",
        study_session_id,
        body,
        scheduling=SCHEDULING,
    )
    tell_reviews_cancelled(request, study_session_id, row["unreviewed"])
    session = entity(StudySession, row)
    if changed:
        request.emit(
            StudySessionUpdated(
                study_session_id=session.id,
                course_id=session.course_id,
                changed=changed,
                entity_version=session.version,
            )
        )
    return session


@routes.delete(
    "/{study_session_id}",
    old=(
        Old("delete-study-session", fields=SESSION),
        Old("study-sessions-system/delete", fields=SESSION),
        Old("api-v2/study-sessions/delete", fields=SESSION),
        Old("tasks/study-sessions/{study_session_id}", ("DELETE",)),
    ),
)
def delete_study_session(request: Request, study_session_id: UUID) -> None:
    """Move a study session to the trash, with its reminders."""
    delete_item(request, "study_session", study_session_id)


@routes.post(
    "/{study_session_id}/restore",
    limit="updates",
    exclusive="tasks",
    idempotency="required",
    statements=2,
    errors=("CONFLICT",),
    old=(
        Old("restore-study-session", fields=SESSION),
        Old("study-sessions-system/restore", fields=SESSION),
        Old("api-v2/study-sessions/restore", fields=SESSION),
    ),
)
def restore_study_session(request: Request, study_session_id: UUID) -> StudySession:
    """Take a study session out of the trash, with all that went there together with it."""
    restore_items(request, kind="study_session", item_id=study_session_id)
    # A statement does not see its own effect.
    return get_study_session(request, study_session_id, StudySessionRead())


@routes.delete(
    "/{study_session_id}/permanent",
    idempotency="required",
    critical=True,
    old=(
        Old("delete-study-session-permanently", fields=SESSION),
        Old("study-sessions-system/delete-permanently", fields=SESSION),
    ),
)
def purge_study_session(request: Request, study_session_id: UUID) -> None:
    """Remove a study session for good, from the trash or straight away."""
    purge_item(request, "study_session", study_session_id)

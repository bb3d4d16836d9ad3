"""Study sessions and their clock."""

from uuid import UUID

from events.tasks import (
    StudySessionCreated,
    StudySessionFinished,
    StudySessionStarted,
    StudySessionUpdated,
)
from functions.tasks.fields import WITH_COURSE
from functions.tasks.operations import (
    change_item,
    create_item,
    delete_item,
    entity,
    item_limit,
    missing,
    purge_item,
    refuse_locked,
    restore_items,
)
from functions.tasks.reminding import tell_of_reminders, tell_reviews_cancelled
from functions.tasks.study_session_models import (
    NewStudySession,
    SessionEnd,
    SessionStart,
    SessionStatus,
    StudySession,
    StudySessionPatch,
    StudySessionQuery,
    StudySessionRead,
    Technique,
)
from shared.errors import Refusal
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


@routes.get("", old=(Old("study-sessions-system/list", asks=WITH_COURSE),))
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
    old=(Old("study-sessions-system/get/{study_session_id}", asks=WITH_COURSE),),
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


@clock.post("/{study_session_id}/start")
def start_study_session(
    request: Request, study_session_id: UUID, body: SessionStart
) -> StudySession:
    """Begin a planned session: its time runs from now."""
    session, changed = _clock(
        request, study_session_id, "running", ["planned"], technique=body.technique
    )
    if changed:
        request.emit(
            StudySessionStarted(study_session_id=session.id, entity_version=session.version)
        )
    return session


@clock.post("/{study_session_id}/pause")
def pause_study_session(request: Request, study_session_id: UUID) -> StudySession:
    """Stop the time of a running session."""
    session, changed = _clock(request, study_session_id, "paused", ["running"])
    if changed:
        _tell_of_clock(request, session, ["focus_seconds", "pauses", "status"])
    return session


@clock.post("/{study_session_id}/resume")
def resume_study_session(request: Request, study_session_id: UUID) -> StudySession:
    """Let the time of a paused session run again."""
    session, changed = _clock(request, study_session_id, "running", ["paused"])
    if changed:
        _tell_of_clock(request, session, ["status"])
    return session


@clock.post("/{study_session_id}/finish")
def finish_study_session(
    request: Request, study_session_id: UUID, body: SessionEnd
) -> StudySession:
    """End a running or paused session, and say how it went. Finishing it again changes nothing."""
    return finish(request, study_session_id, body.confidence, body.difficulty)


def finish(
    request: Request,
    study_session_id: UUID,
    confidence: int | None = None,
    difficulty: int | None = None,
) -> StudySession:
    """End a session and tell of it: what statistics and streaks are made from."""
    session, changed = _clock(
        request,
        study_session_id,
        "finished",
        ["running", "paused"],
        confidence=confidence,
        difficulty=difficulty,
    )
    if changed and session.ended_at and session.started_at:
        request.emit(
            StudySessionFinished(
                study_session_id=session.id,
                course_id=session.course_id,
                focus_seconds=session.focus_seconds,
                started_at=session.started_at,
                finished_at=session.ended_at,
                timezone=request.known_caller.timezone,
                pauses=session.pauses,
                technique=session.technique,
                confidence=session.confidence,
                difficulty=session.difficulty,
                entity_version=session.version,
            )
        )
    return session


def _tell_of_clock(request: Request, session: StudySession, changed: list[str]) -> None:
    request.emit(
        StudySessionUpdated(
            study_session_id=session.id,
            course_id=session.course_id,
            changed=changed,
            entity_version=session.version,
        )
    )


def _clock(
    request: Request,
    study_session_id: UUID,
    status: SessionStatus,
    from_status: list[SessionStatus],
    *,
    technique: Technique | None = None,
    confidence: int | None = None,
    difficulty: int | None = None,
) -> tuple[StudySession, bool]:
    """Bring a session into a status, and say whether that is new: repeating a step changes
    nothing, and a step that the session is not ready for is refused."""
    row = request.db.row(
        sql.clock_study_session,
        id=study_session_id,
        status=status,
        from_status=from_status,
        technique=technique,
        confidence=confidence,
        difficulty=difficulty,
        limit=item_limit(request),
    )
    if row is None:
        raise missing(request)
    refuse_locked(request, row)
    if row["status"] != status:
        allowed = " or ".join(from_status)
        raise Refusal(
            "CONFLICT",
            f"Only a session that is {allowed} can become {status}.",
            details={"status": row["status"]},
        )
    tell_of_reminders(request, row["reminder_changes"])
    return entity(StudySession, row), row["changed"]

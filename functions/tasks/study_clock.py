"""The clock of study sessions."""

from uuid import UUID

from events.tasks import StudySessionFinished, StudySessionStarted, StudySessionUpdated
from functions.tasks.operations import (
    entity,
    item_limit,
    missing,
    refuse_locked,
    tell_of_reminders,
)
from functions.tasks.study_session_models import (
    SessionEnd,
    SessionStart,
    SessionStatus,
    StudySession,
    Technique,
)
from shared.errors import Refusal
from shared.request import Request
from shared.routing import Routes
from shared.sql import queries

routes = Routes(
    "/tasks/study-sessions",
    tag="tasks",
    limit="updates",
    errors=("CONFLICT", "TASK_LIMIT_EXCEEDED"),
)
sql = queries(__file__)


@routes.post("/{study_session_id}/start")
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


@routes.post("/{study_session_id}/pause")
def pause_study_session(request: Request, study_session_id: UUID) -> StudySession:
    """Stop the time of a running session."""
    session, changed = _clock(request, study_session_id, "paused", ["running"])
    if changed:
        _tell_of_clock(request, session, ["focus_seconds", "pauses", "status"])
    return session


@routes.post("/{study_session_id}/resume")
def resume_study_session(request: Request, study_session_id: UUID) -> StudySession:
    """Let the time of a paused session run again."""
    session, changed = _clock(request, study_session_id, "running", ["paused"])
    if changed:
        _tell_of_clock(request, session, ["status"])
    return session


@routes.post("/{study_session_id}/finish")
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

"""What the tests of spaced repetition do again and again."""

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.campus import Answer, Campus, User
from tests.functions.tasks.planning import create

PATH = "/v2/tasks/study-sessions"


def session(campus: Campus, user: User, **fields: Any) -> str:
    started = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    return create(campus, user, "study_session", startsAt=started, **fields)["id"]


def review(campus: Campus, user: User, of: str, quality: int, **more: Any) -> Answer:
    return campus.call("POST", f"{PATH}/{of}/reviews", user, {"quality": quality, **more})


def wait(campus: Campus, of: str, minutes: int) -> None:
    """Let time pass since the reviews of a session."""
    for table, column in (
        ("session_review", "reviewed_at"),
        ("study_session", "last_reviewed_at"),
    ):
        key = "study_session_id" if table == "session_review" else "id"
        campus.admin.execute(
            f"update {table} set {column} = {column} - make_interval(mins => %s) where {key} = %s",
            (minutes, of),
        )


def schedule(campus: Campus, user: User, of: str, body: Any = None) -> Answer:
    return campus.call("POST", f"{PATH}/{of}/review-schedule", user, body)


def planned(campus: Campus, user: User, status: str = "pending") -> list[Any]:
    return [
        at
        for (at,) in campus.rows(
            "select remind_at from reminder where user_id = %s and purpose = 'review'"
            " and status = %s and deleted_at is null order by 1",
            user.id,
            status,
        )
    ]

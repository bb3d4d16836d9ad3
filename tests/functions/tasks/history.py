"""Facts as they come to be and as they arrive: late, twice, in any order, or read again."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from events.flashcards import FlashcardReviewed
from events.tasks import (
    AssignmentCompleted,
    AssignmentReopened,
    StudySessionFinished,
    StudySessionReviewed,
)
from shared.facts import Event, Origin
from shared.ids import uuid7
from shared.work import unit_of_work
from tests.campus import Campus, User

Fact = dict[str, Any]


def completed(at: datetime, timezone: str = "UTC", **more: Any) -> Event:
    known = {"assignment_id": uuid7(), "course_id": None, **more}
    return AssignmentCompleted(completed_at=at, timezone=timezone, **known)


def reopened(assignment_id: UUID, version: int) -> Event:
    return AssignmentReopened(assignment_id=assignment_id, course_id=None, entity_version=version)


def finished(at: datetime, timezone: str = "UTC", **more: Any) -> Event:
    known = {"study_session_id": uuid7(), "course_id": None, "focus_seconds": 1500, **more}
    return StudySessionFinished(finished_at=at, timezone=timezone, **known)


def reviewed(at: datetime, timezone: str = "UTC", quality: int = 4, **more: Any) -> Event:
    known = {"study_session_id": uuid7(), "session_review_id": uuid7(), "course_id": None, **more}
    return StudySessionReviewed(
        quality=quality, crammed=False, ease=250, interval_days=1, due_at=at, reviewed_at=at,
        timezone=timezone, **known,
    )  # fmt: skip


def answered(at: datetime, timezone: str = "UTC", **more: Any) -> Event:
    known = {"flashcard_id": uuid7(), "deck_id": uuid7(), "course_id": None, **more}
    return FlashcardReviewed(
        state="review", reviewed_at=at, timezone=timezone, duration_ms=None, **known
    )


def happen(campus: Campus, user: User, *events: Event) -> list[Fact]:
    """Let facts become history, and take them from the bus: they are still to arrive."""
    origin = Origin("campus.tasks", "req_history", user_id=user.id)
    others = len(campus.bus.waiting)
    unit_of_work(origin, lambda unit: [unit.emit(event) for event in events], role="app")
    facts = campus.bus.waiting[others:]
    del campus.bus.waiting[others:]
    return facts


def arrive(campus: Campus, facts: Iterable[Fact]) -> None:
    """Deliver facts one by one, in their order."""
    for fact in facts:
        campus.bus.waiting.append(fact)
        assert campus.deliver() == []


def forget_deliveries(campus: Campus, facts: Iterable[Fact]) -> None:
    """What the inbox does after 30 days."""
    ids = [fact["id"] for fact in facts]
    campus.admin.execute("delete from inbox where event_id = any(%s::uuid[])", (ids,))


def drop(campus: Campus, user: User) -> None:
    for table in ("activity", "streak"):
        campus.admin.execute(f"delete from {table} where user_id = %s", (user.id,))


def rebuild(campus: Campus, user: User) -> dict[str, Any]:
    """Let the schedule come to this user, who is the newest."""
    campus.admin.execute(
        "insert into projection_round (projection, after_id) values ('activity', %s)"
        " on conflict (projection) do update set after_id = excluded.after_id",
        (UUID(int=user.id.int - 1),),
    )
    return campus.run("tasks", "rebuild_statistics")


def projection(campus: Campus, user: User) -> tuple[list[Any], list[Any]]:
    """All that is read for streak and statistics."""
    return (
        campus.rows("select * from activity where user_id = %s order by event_id", user.id),
        campus.rows(
            "select current_days, longest_days, last_activity_on from streak where user_id = %s",
            user.id,
        ),
    )


def streak(campus: Campus, user: User) -> tuple[int, int]:
    found = campus.call("GET", "/v2/tasks/stats/streak", user).data
    return found["currentDays"], found["longestDays"]


def runs(days: set[date], excused: set[date]) -> list[list[date]]:
    """The rule in its own words: days in a row, where excused days may lie between."""
    found: list[list[date]] = []
    for day in sorted(days):
        last = found[-1][-1] if found else None
        between = {date.fromordinal(n) for n in range(last.toordinal() + 1, day.toordinal())} \
            if last else None  # fmt: skip
        if between is not None and between <= excused:
            found[-1].append(day)
        else:
            found.append([day])
    return found

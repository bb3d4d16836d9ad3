"""What a review changes, and what is planned for a topic: rules between two statements."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import orjson

from events.tasks import StudySessionReviewed, StudySessionUpdated
from functions.tasks import sm2
from functions.tasks.operations import entity, item_limit, missing, refuse_locked
from functions.tasks.reminding import tell_reviews_cancelled, tell_scheduled
from functions.tasks.review_models import (
    NewSessionReview,
    PlannedReview,
    ReviewAllowance,
    ReviewSchedule,
    SessionReview,
)
from functions.tasks.review_times import DEFAULT_HOUR, day_begins, due_day, plan, remind_at
from shared.errors import Refusal, invalid
from shared.ids import uuid7
from shared.models import build
from shared.plans import PLANS, Plan, plan_of
from shared.request import Request
from shared.sql import queries
from shared.work import Consumer

sql = queries(__file__)

Row = Mapping[str, Any]
HELPFUL = 2
"""Reviews within 24 hours that help; one more is cramming."""
REACH = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Learner:
    """In which time zone somebody is, and what their plan allows."""

    timezone: str
    plan: Plan

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)


def standing_of(request: Request, study_session_id: UUID) -> Row:
    """Where a topic stands, and the plan's allowance of reminders."""
    row = request.db.row(sql.review_standing, id=study_session_id, limit=item_limit(request))
    if row is None:
        raise missing(request)
    refuse_locked(request, {**row, "used": row["items_used"]})
    return row


def learn(request: Request, standing: Row, said: NewSessionReview) -> SessionReview:
    """Record a review, with what SM-2 makes of it. Errors: 429 within five minutes."""
    _refuse_haste(standing)
    crammed = standing["lately"] >= HELPFUL
    before = sm2.Standing(standing["ease"], standing["repetitions"], standing["interval_days"])
    after = sm2.review(before, said.quality, crammed=crammed)
    due_at, reminders = _next(request, standing, after.interval_days)
    row = request.db.row(
        sql.record_review,
        id=standing["id"],
        review_id=uuid7(),
        quality=said.quality,
        response_seconds=said.response_seconds,
        crammed=crammed,
        ease=after.ease,
        repetitions=after.repetitions,
        interval_days=after.interval_days,
        due_at=due_at,
        reminders=orjson.dumps(reminders).decode(),
    )
    if row is None:
        raise missing(request)
    _tell_of_review(request, row, after.ease)
    _tell_of_reminders(request, standing["id"], row["cancelled"], reminders)
    return entity(SessionReview, row)


def reschedule(request: Request, standing: Row, starts_on: date | None) -> ReviewSchedule:
    """Plan the reminders of a topic anew. Errors: TASK_LIMIT_EXCEEDED."""
    learner = Learner(request.known_caller.timezone, plan_of(request))
    start = _first_day(standing, starts_on, learner.zone)
    if not _near(start, standing, learner.zone):
        raise invalid("starts_on", "must be within a year of today")
    reminders = _planned(standing, learner, start)
    allowance = _allowance(learner, standing, len(reminders))
    if allowance is None:
        raise _limit_exceeded(learner, standing)
    if not _write_plan(request, standing, learner, start, reminders):
        raise missing(request)
    return build(
        ReviewSchedule,
        {
            "study_session_id": standing["id"],
            "starts_on": start,
            "exam_on": standing["exam_on"],
            "hour": _hour(standing),
            "timezone": learner.timezone,
            "reminders": [build(PlannedReview, dict(planned)) for planned in reminders],
            "allowance": allowance,
        },
    )


def follow_session(context: Consumer, study_session_id: UUID, *, moved: bool) -> None:
    """Plan the reviews of a topic for spaced repetition that nobody has reviewed yet: anew when
    its session has `moved`, else if nothing is planned. Beyond the plan's limit nothing is."""
    context.db.run(sql.lock_reviews)
    standing = context.db.row(sql.review_standing, id=study_session_id, limit=None)
    if standing is None or not standing["spaced_repetition"] or standing["review_count"]:
        return
    learner = _learner(context)
    start = _first_day(standing, None, learner.zone)
    if (standing["planned"] and not moved) or not _near(start, standing, learner.zone):
        return
    reminders = _planned(standing, learner, start)
    if _allowance(learner, standing, len(reminders)):
        _write_plan(context, standing, learner, start, reminders)


def _learner(context: Consumer) -> Learner:
    row = context.db.rows(sql.learner)[0]
    plan = PLANS[row["tier"]]
    if row["role"] == "admin":
        plan = plan._replace(review_reminders_in_30_days=None)
    return Learner(row["timezone"], plan)


def _planned(standing: Row, learner: Learner, start: date) -> list[dict[str, Any]]:
    days = plan(start, learner.plan.review_intervals_days, standing["exam_on"])
    return _reminders(standing, start, days, learner.zone)


def _write_plan(
    unit: Request | Consumer,
    standing: Row,
    learner: Learner,
    start: date,
    reminders: Sequence[Row],
) -> bool:
    """Put a plan in the place of what was planned, and tell of it. False: the session is gone."""
    days = [reminder["days"] for reminder in reminders] or [1]
    row = unit.db.row(
        sql.plan_reviews,
        id=standing["id"],
        due_at=day_begins(start + timedelta(days=days[0]), learner.zone),
        reminders=orjson.dumps(reminders).decode(),
    )
    if row is None:
        return False
    unit.emit(
        StudySessionUpdated(
            study_session_id=standing["id"],
            course_id=row["course_id"],
            changed=["review_due_at"],
            entity_version=row["version"],
        )
    )
    _tell_of_reminders(unit, standing["id"], row["cancelled"], reminders)
    return True


def _refuse_haste(standing: Row) -> None:
    seconds = standing["seconds_to_wait"]
    if seconds is not None and seconds > 0:
        raise Refusal(
            "RATE_LIMIT_EXCEEDED",
            "This topic was reviewed less than five minutes ago.",
            details={"retryAfterSeconds": seconds},
            headers={"Retry-After": str(seconds)},
        )


def _next(request: Request, standing: Row, days: int) -> tuple[datetime, list[dict[str, Any]]]:
    """When a topic is due again, and the reminder of it; none beyond the plan's limit."""
    zone = ZoneInfo(request.known_caller.timezone)
    today = standing["now"].astimezone(zone).date()
    day = due_day(today, days, standing["exam_on"])
    limit = plan_of(request).review_reminders_in_30_days
    if limit is not None and standing["used"] >= limit:
        return day_begins(day, zone), []
    return day_begins(day, zone), _reminders(standing, today, [(day - today).days], zone)


def _reminders(
    standing: Row, start: date, days: Sequence[int], zone: ZoneInfo
) -> list[dict[str, Any]]:
    """Those of the reminders that lie ahead."""
    hour, session = _hour(standing), standing["id"]
    times = [(n, remind_at(session, n, start + timedelta(days=n), hour, zone)) for n in days]
    return [{"id": uuid7(), "days": n, "remind_at": at} for n, at in times if at > standing["now"]]


def _hour(standing: Row) -> int:
    """The local hour at which the user studies best, as far as that is known."""
    best = standing["best_hour"]
    return DEFAULT_HOUR if best is None else best


def _first_day(standing: Row, starts_on: date | None, zone: ZoneInfo) -> date:
    begun: datetime = standing["ended_at"] or standing["starts_at"]
    return starts_on or begun.astimezone(zone).date()


def _near(start: date, standing: Row, zone: ZoneInfo) -> bool:
    return abs(start - standing["now"].astimezone(zone).date()) <= REACH


def _allowance(learner: Learner, standing: Row, wanted: int) -> ReviewAllowance | None:
    """The use of the plan's limit with `wanted` more; None when that is too many."""
    limit, used = learner.plan.review_reminders_in_30_days, standing["used"] + wanted
    if limit is not None and used > limit:
        return None
    found = {"limit": limit, "used": used, "resets_at": standing["resets_at"]}
    return build(ReviewAllowance, found)


def _limit_exceeded(learner: Learner, standing: Row) -> Refusal:
    limit = learner.plan.review_reminders_in_30_days
    return Refusal(
        "TASK_LIMIT_EXCEEDED",
        f"The plan allows {limit} review reminders in 30 days.",
        details={"limit": limit, "used": standing["used"], "resetsAt": standing["resets_at"]},
    )


def _tell_of_review(request: Request, row: Row, ease: int) -> None:
    request.emit(
        StudySessionReviewed(
            study_session_id=row["study_session_id"],
            course_id=row["course_id"],
            session_review_id=row["id"],
            quality=row["quality"],
            crammed=row["crammed"],
            ease=ease,
            interval_days=row["interval_days"],
            due_at=row["due_at"],
            reviewed_at=row["reviewed_at"],
            timezone=request.known_caller.timezone,
            entity_version=row["session_version"],
        )
    )


def _tell_of_reminders(
    unit: Request | Consumer, session: UUID, cancelled: Sequence[UUID], planned: Sequence[Row]
) -> None:
    tell_reviews_cancelled(unit, session, cancelled)
    tell_scheduled(unit, "study_session", session, planned, review=True)

"""Spaced repetition of study sessions: reviews, what is due, and the plan of reminders."""

from uuid import UUID

from functions.tasks.operations import entity
from functions.tasks.review_models import (
    DueReview,
    DueReviewQuery,
    NewReviewSchedule,
    NewSessionReview,
    QualityCount,
    ReviewSchedule,
    ReviewStatistics,
    SessionReview,
    SessionReviewQuery,
)
from functions.tasks.review_planning import learn, reschedule, standing_of
from shared.errors import Refusal
from shared.models import Page, build
from shared.request import Request
from shared.routing import Old, Routes
from shared.sql import queries

routes = Routes("/tasks", tag="tasks", v1=True)
sql = queries(__file__)

SESSION = {"session_id": "study_session_id"}


# SM-2 is Python, between the statement that reads where the topic stands and the one that writes.
@routes.post(
    "/study-sessions/{study_session_id}/reviews",
    status=201,
    exclusive="tasks",
    statements=2,
    errors=("RATE_LIMIT_EXCEEDED", "TASK_LIMIT_EXCEEDED"),
    old=(
        Old("record-srs-performance", fields=SESSION),
        Old("srs-system/record-performance", fields=SESSION),
    ),
)
def record_review(
    request: Request, study_session_id: UUID, body: NewSessionReview
) -> SessionReview:
    """Record how well a session's topic was recalled, and learn when to recall it again (SM-2).
    Five minutes have to pass between two reviews; a third within 24 hours is cramming, which
    makes the topic count as harder. An exam of the course is a deadline. The next reminder takes
    the place of those that were planned, as long as the plan's limit of them is not reached."""
    return learn(request, standing_of(request, study_session_id), body)


@routes.get(
    "/study-sessions/{study_session_id}/reviews",
    statements=2,
    old=("srs-system/performance/{study_session_id}",),
)
def list_reviews(
    request: Request, study_session_id: UUID, query: SessionReviewQuery
) -> Page[SessionReview]:
    """List the reviews of a study session, the newest first."""
    if not request.db.value(sql.study_session_exists, id=study_session_id):
        raise Refusal("NOT_FOUND")
    return request.db.page(
        SessionReview, sql.list_session_reviews, query, study_session_id=study_session_id
    )


@routes.get("/reviews/due", old=("srs-system/next-review",))
def list_due_reviews(request: Request, query: DueReviewQuery) -> Page[DueReview]:
    """List the study sessions whose topics are to be recalled now, or until a time ahead."""
    return request.db.page(DueReview, sql.list_due_reviews, query, until=query.until)


@routes.get("/reviews/statistics", old=("srs-system/statistics",))
def get_review_statistics(request: Request) -> ReviewStatistics:
    """Sum up all reviews: how many of which quality, and how many topics are due."""
    row = request.db.rows(sql.review_statistics)[0]
    counts = [
        build(QualityCount, {"quality": quality, "count": count})
        for quality, count in enumerate(row["counts"])
    ]
    return entity(ReviewStatistics, {**row, "distribution": counts})


# The plan is made in Python, between the statement that reads what it depends on and the one that
# writes it.
@routes.post(
    "/study-sessions/{study_session_id}/review-schedule",
    limit="updates",
    exclusive="tasks",
    statements=2,
    errors=("TASK_LIMIT_EXCEEDED",),
    old=(
        Old("schedule-reminders", fields=SESSION),
        Old("srs-system/schedule-review", fields=SESSION),
    ),
)
def schedule_reviews(
    request: Request, study_session_id: UUID, body: NewReviewSchedule
) -> ReviewSchedule:
    """Plan reminders to recall a session's topic, after the intervals of your plan and around the
    hour at which you study best. They take the place of those that were planned before. What an
    exam of the course leaves no time for is made up for on its eve."""
    return reschedule(request, standing_of(request, study_session_id), body.starts_on)
